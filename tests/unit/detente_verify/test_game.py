"""The game as the checker reads it: rules G1 to G8, each broken once."""

import copy
from pathlib import Path
from typing import Any

import pytest

from detente_verify.outcome import Unreadable
from detente_verify.world import NO_DEAL, QUIET, SEVERAL, make_world
from proofs.tools import change, check, load, read_game

S = ["states", 0]
BROKEN = [
    ("prisoners", [], "extra", 1, "unknown key 'extra'"),
    ("prisoners", S, "extra", 1, "unknown key 'extra'"),
    ("prisoners", [], "discount", "DROP", "'discount' is missing"),
    ("prisoners", ["discount"], 0, 1, "between 0 and 1"),
    ("prisoners", ["discount"], 0, "0", "between 0 and 1"),
    ("prisoners", [], "discount", [0.5], "1 entries, expected 2"),
    ("prisoners", [], "players", [], "list of names"),
    ("prisoners", [], "states", [], "there are none"),
    ("prisoners", S, "name", 1, "name of its own"),
    ("prisoners", [*S, "actions"], 0, [], "list of names"),
    ("prisoners", [*S, "payoffs"], 0, [[2, 2]], "1 entries, expected 2"),
    ("prisoners", [*S, "payoffs", 0, 0], 0, None, "expected a number, found null"),
    ("prisoners", [*S, "payoffs", 0, 0], 0, True, "expected a number, found true or false"),
    ("prisoners", [*S, "transitions", 0], 0, [[1, 1]], "does not exist"),
    ("prisoners", [*S, "transitions", 0], 0, [["none", 1]], "does not exist"),
    ("prisoners", [*S, "transitions", 0], 0, [[0, 0.99]], "sum to 99/100"),
    ("prisoners", [*S, "transitions", 0], 0, [[0, 2], [0, -1]], "negative"),
    ("prisoners", [*S, "transitions", 0], 0, [], "sum to 0"),
    ("prisoners", S, "monitoring", "none", "'perfect' or 'signals'"),
    ("prisoners", S, "outcomes", [], "'transitions' alone"),
    ("prisoners", S, "prescribable", [[1, 1], [1, 1]], "true or false"),
    ("noisy", [*S, "outcomes", 0], "next", 1.0, "does not exist"),
    ("noisy", [*S, "outcomes", 0], "seen", [0], "1 entries, expected 2"),
    ("noisy", [*S, "outcomes", 0], "seen", [0, "x"], "an integer for each player"),
    ("noisy", [*S, "outcomes", 0], "alarms", [2], "numbers of players"),
    ("noisy", S, "chances", [], "one of 'probabilities' and 'chances'"),
    ("noisy", S, "probabilities", "DROP", "one of 'probabilities' and 'chances'"),
    ("plans", [*S, "chances", 0, 0, 1], 0, 0, "each outcome once"),
    ("plans", [], "no_deal", "DROP", "'no_deal' is missing"),
    ("plans", [], "no_deal", [[3, 0]], "not a profile of state 'truce'"),
    ("plans", ["plans", 0], "reading", "as-you-like", "a name, a reading and an opening"),
    ("plans", ["plans", 0], "reading", "harshest", "does not fit the reading 'harshest'"),
    ("plans", ["plans", 2], "reading", "no-deal", "does not fit the reading 'no-deal'"),
    ("plans", ["plans", 2], "reading", "as-written", "does not fit the reading 'as-written'"),
    ("plans", ["plans", 2], "opening", "no-deal", "does not fit the opening 'no-deal'"),
    ("plans", ["plans", 1], "reading", "no-deal", "does not fit the reading"),
    ("plans", ["plans", 3], "name", "strict", "stands twice"),
    ("plans", ["plans", 0], "start", [0, 1], "no actions in this state"),
    ("plans", ["plans", 0], "start", [1, 0], "a phase and a state"),
    ("plans", ["plans", 0, "phases", 0], "kept", 1, "a phase's number"),
    ("plans", ["plans", 0, "phases", 0], "kept", [0, 0], "2 entries, expected 1"),
    ("plans", ["plans", 0, "phases", 0], "alarms", [[0, 0], [0, 0]], "each player once"),
    ("plans", ["plans", 0, "phases", 0], "actions", {"1": [0, 0]}, "no state 1"),
    ("plans", ["plans", 0, "phases", 0], "actions", {"00": [0, 0]}, "no state's number"),
    ("plans", ["plans", 0, "phases", 0], "actions", {"0": [0, 2]}, "not a profile"),
    ("plans", ["plans", 1, "phases", 1], "alike", {"0": [[0]]}, "1 entries, expected 2"),
]


@pytest.mark.parametrize(("name", "path", "key", "value", "message"), BROKEN)
def test_a_broken_game_is_refused(
    name: str, path: list[Any], key: Any, value: Any, message: str, tmp_path: Path
) -> None:
    game, proof = load(name)
    change(game, [*path, key], value)
    with pytest.raises(Unreadable, match=message):
        make_world(read_game(game))
    assert check(tmp_path, game, proof).verdict in ("unreadable", "invalid")


def test_null_targets_that_are_reached_are_refused(tmp_path: Path) -> None:
    game, _ = load("plans")
    game["plans"][0]["phases"][0]["kept"] = [None]
    world = make_world(read_game(game))
    with pytest.raises(Unreadable, match="null for state 0"):
        world.moves(world.position([0, 0, 0]), 0)


def test_without_written_responses_a_look_is_alike_only_if_it_moves_nothing() -> None:
    game, _ = load("plans")
    game["plans"][0]["phases"][0]["alike"] = {"0": [[0, 1]]}
    world = make_world(read_game(game))
    moves = {m.outcome: m.party for m in world.moves(world.position([0, 0, 0]), 0)}
    assert (moves[1], moves[2]) == (QUIET, 0)
    other = copy.deepcopy(game["states"][0])
    game["states"].append({**other, "name": "war"})
    game["no_deal"].append([1, 1])
    change(game, ["states", 0, "outcomes", 1, "next"], 1)
    game["plans"][0]["phases"][0]["actions"]["1"] = [0, 0]
    game["plans"][3]["phases"][0]["kept"] = 1
    with pytest.raises(Unreadable, match="does not fit the reading 'no-deal'"):
        make_world(read_game(game))
    game["plans"][0]["phases"][0]["alike"] = {"0": [[1, 0]]}
    make_world(read_game(game))


def test_sums_near_one_are_divided_exactly() -> None:
    game, _ = load("prisoners")
    game["states"][0]["transitions"][0][0] = [[0, 0.3333333333], [0, 0.6666666668]]
    assert read_game(game).states[0].rows[0] == ((0,), (read_game(game).states[0].total,))


def test_hash_sees_numbers_not_how_they_are_written() -> None:
    game, _ = load("noisy")
    before = read_game(game).sha256
    other = copy.deepcopy(game)
    other["discount"] = ["9/10", "0.90"]
    other["states"][0]["payoffs"][0][0] = [2.0, "4/2"]
    assert read_game(other).sha256 == before
    other["states"][0]["payoffs"][0][0] = [2.0, "4/3"]
    assert read_game(other).sha256 != before


def test_where_outcomes_of_a_plan_lead() -> None:
    """By hand, plan 'answered': outcomes are numbered 2 * first look + second, alarms from 4."""
    world = make_world(read_game(load("plans")[0]))
    kept, pause, over = (world.position(x) for x in ([1, 0, 0], [1, 1, 0], ["no-deal", 0]))
    at = {m.outcome: (m.party, m.position) for m in world.moves(kept, 0)}
    assert at == {
        0: (QUIET, kept), 4: (QUIET, pause), 1: (1, pause), 5: (1, pause), 2: (0, pause),
    }  # fmt: skip
    # while paused both leave (look 1, 1); north seen to keep is alike, south's keeping is not
    at = {m.outcome: (m.party, m.position) for m in world.moves(pause, 3)}
    assert at == {3: (QUIET, kept), 2: (1, over), 1: (QUIET, kept), 5: (QUIET, kept)}
    assert over // world.n_states == NO_DEAL


def test_labels_of_two_players_lead_to_the_rest() -> None:
    game, _ = load("plans")
    # keeping while south leaves is seen, wrongly, as both having left
    game["states"][0]["chances"][0][1] = [[3, 1]]
    world = make_world(read_game(game))
    moves = {m.outcome: m for m in world.moves(world.position([2, 0, 0]), 0)}
    assert (moves[3].party, moves[3].position) == (SEVERAL, 0)
    moves = {m.outcome: m for m in world.moves(world.position([1, 0, 0]), 0)}
    assert moves[3].position == world.position(["no-deal", 0])
