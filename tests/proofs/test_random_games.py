"""The checker agrees with slow, plain code on random games."""

import itertools
import random
from fractions import Fraction

import pytest

from proofs.slow_checks import RandomAutomaton, find_floor, look_up, make_game
from proofs.tools import hash_game, judge, read_game, seal

SEEDS = range(24)


@pytest.mark.parametrize("perfect", [True, False])
@pytest.mark.parametrize("n_players", [2, 3])
def test_automata_are_accepted_exactly_when_no_deviation_gains(
    perfect: bool, n_players: int
) -> None:
    found = set()
    for seed in SEEDS:
        rng = random.Random(seed)
        game = make_game(rng, perfect=perfect, n_players=n_players)
        if seed % 2:
            _make_dominant(game)
        automaton = RandomAutomaton(rng, game, first=bool(seed % 2))
        holds = automaton.best_gain() <= 0
        found.add(holds)
        assert judge(read_game(game), automaton.proof())[0] == ("" if holds else "P15"), seed
    assert found == {True, False}


def _make_dominant(game: dict) -> None:
    """Let the first action pay far more than others, so that some automaton is met that holds."""
    for state in game["states"]:
        shape = [range(len(names)) for names in state["actions"]]
        for profile in itertools.product(*shape):
            cell = look_up(state["payoffs"], profile)
            for i, b in enumerate(profile):
                cell[i] += 0 if b else 60


def test_values_that_are_off_need_slack() -> None:
    accepted = refused = 0
    for seed in SEEDS:
        rng = random.Random(seed)
        game = make_game(rng, perfect=seed % 4 < 2)
        _make_dominant(game)
        automaton = RandomAutomaton(rng, game, first=True)
        gain = automaton.best_gain()
        if gain >= 0:
            continue
        # all values are off by the shift, the residual is (1-d) shift, and the error the shift
        shift = Fraction(1, 7)
        d = max(Fraction(x) for x in game["discount"])
        rule, _ = judge(read_game(game), automaton.proof(shift))
        if gain + 2 * d * shift <= 0:
            assert rule == ""
            accepted += 1
        assert judge(read_game(game), automaton.proof(Fraction(10**6)))[0] in ("", "P15")
        refused += judge(read_game(game), automaton.proof(Fraction(10**6)))[0] == "P15"
    assert accepted > 5
    assert refused > 5


def test_floors_are_accepted_and_what_is_above_them_is_not() -> None:
    for seed in range(20):
        game = make_game(random.Random(seed), perfect=bool(seed % 2))
        floors = [find_floor(game, i) for i in range(2)]
        step = {"step": "bounds", "entries": [
            {"at": s, "low": [str(floor[s]) for floor in floors], "high": [None, None]}
            for s in range(len(game["states"]))
        ]}  # fmt: skip
        claim = {"claim": "bound", "at": 0, "direction": ["-1", "0"], "most": str(-floors[0][0])}
        proof = {"detente_proof": 1, "made_by": "test", "game_sha256": hash_game(game),
                 "steps": [step], "claims": [claim]}  # fmt: skip
        assert judge(read_game(game), seal(proof))[0] == "", seed
        for entry in step["entries"]:
            entry["low"] = [str(Fraction(x) + Fraction(1, 100)) for x in entry["low"]]
        assert judge(read_game(game), seal(proof))[0] == "P20", seed
