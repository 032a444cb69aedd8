"""Gambit's formats: what is read, what is written, and that Gambit's own package agrees."""

from __future__ import annotations

import io
import itertools
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.errors import DetenteError
from detente.game.convert import print_document, read_document
from detente.game.efg import estimate_nodes, write_efg
from detente.game.files import game_from_document
from detente.game.nfg import parse_nfg, write_nfg
from reference.game_tree import count, infosets, read_tree, value
from reference.games import dilemma, inspected, random_game

PAYOFFS = """NFG 1 R "Title with \\"marks\\"" { "Row player" "Column" }
{ { "up" "down" }
  { "left" "middle" "right" }
}
"a comment
over two lines"

1 1  2 2  3/4 -3  0.10 .5  1e1 5  -6 6
"""
OUTCOMES = """NFG 1 D "o" { "p" "q" } { 2 2 } ""
{ { "good" 1, 2 } { "bad" -1, 1/3 } }
1 2 0 1
"""


def payoffs_of(text):
    return parse_nfg(text, [0.9])["states"][0]["payoffs"]


def test_payoffs_are_read_with_the_first_player_changing_fastest() -> None:
    document = parse_nfg(PAYOFFS, ["9/10", 0.8])
    state = document["states"][0]
    assert document["players"] == ["Row player", "Column"]
    assert document["discount"] == ["9/10", 0.8]
    assert state["name"] == 'Title with "marks"'
    assert state["actions"] == [["up", "down"], ["left", "middle", "right"]]
    assert state["payoffs"] == [
        [[1, 1], [0.75, -3], [10, 5]],
        [[2, 2], [0.1, 0.5], [-6, 6]],
    ]
    game = game_from_document(document)
    assert game.outcome_next.tolist() == [0] * 6


def test_outcomes_are_read_and_number_nought_pays_nothing() -> None:
    assert payoffs_of(OUTCOMES) == [[[1, 2], [0, 0]], [[-1, "1/3"], [1, 2]]]


def test_one_player_and_three() -> None:
    assert payoffs_of('NFG 1 R "" { "a" } { 3 } 1 2 3') == [[1], [2], [3]]
    cells = [[i, 10 * i, 100 * i] for i in range(8)]
    text = 'NFG 1 R "" { "a" "b" "c" } { 2 2 2 } ' + " ".join(str(x) for c in cells for x in c)
    table = payoffs_of(text)
    for k, (c, b, a) in enumerate(itertools.product(range(2), repeat=3)):
        assert table[a][b][c] == cells[k]


def test_a_long_decimal_is_kept_to_the_last_digit() -> None:
    long = "0.1234567890123456789012345"
    (cell,) = payoffs_of(f'NFG 1 R "" {{ "a" }} {{ 1 }} {long}')
    assert isinstance(cell[0], str)
    assert Fraction(cell[0]) == Fraction(long)


HEAD = 'NFG 1 R "t" { "a" "b" } { 2 2 } '


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "expected NFG, found the end of the file"),
        ('EFG 2 R "t" {}', 1, 1, "expected NFG, found 'EFG'"),
        ('NFG 2 R "t"', 1, 5, "expected version 1"),
        ('NFG 1 X "t"', 1, 7, "expected R or D"),
        ("NFG 1 R title", 1, 9, "expected the title in quotation marks, found 'title'"),
        ('NFG 1 R "title', 1, 9, "a text is not closed"),
        ('NFG 1 R "t" { } { }', 1, 17, "at least one player"),
        ('NFG 1 R "t" { "a" "b" } { 2 }', 1, 29, "expected strategies of 2 players, found"),
        ('NFG 1 R "t" { "a" "b" } { 2 0 }', 1, 29, "a whole number of strategies, at least 1"),
        ('NFG 1 R "t" { "a" "b" } { 2 1/2 }', 1, 29, "a whole number of strategies"),
        ('NFG 1 R "t" { "a" "b" } { { "x" } { } }', 1, 35, "at least one strategy"),
        (HEAD + "1 1 2 2 3 3 4", 1, 46, "expected payoff 2 of profile 4, found the end"),
        (HEAD + "1 1 2 2 3 3 4 4 5", 1, 49, "expected the end of the file"),
        (HEAD + "\n1 1 2 2\nx 3 4 4", 3, 1, "expected payoff 1 of profile 3, found 'x'"),
        (HEAD + "1 1 nan 2 3 3 4 4", 1, 37, "found 'nan'"),
        (HEAD + '{ { "o" 1 2 } } 1 2 1 1', 1, 51, "there is no outcome 2; 1 are listed"),
        (HEAD + '{ { "o" 1 2 3 } } 1 1 1 1', 1, 45, "expected } after the payoffs"),
    ],
)
def test_damage_is_placed(text, line, column, words) -> None:
    with pytest.raises(DetenteError) as caught:
        parse_nfg(text, [0.9], "g.nfg")
    (problem,) = caught.value.problems
    assert problem.code == "E441"
    assert words in problem.message
    assert problem.place is not None
    assert (problem.place.file, problem.place.line, problem.place.column) == ("g.nfg", line, column)
    assert problem.remedy


def test_sizes_are_refused_before_anything_is_made() -> None:
    with pytest.raises(DetenteError, match="E429"):
        parse_nfg('NFG 1 R "t" { "a" "b" } { 100000 100000 }', [0.9])
    for counts in ("1e300 1", "20000000 1", "1 3"):
        with pytest.raises(DetenteError, match="E441"):
            parse_nfg(f'NFG 1 R "t" {{ "a" "b" }} {{ {counts} }} 1 2', [0.9])


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_whatever_is_damaged_is_a_message(data) -> None:
    """Cut out, doubled or replaced pieces of a file give a game or an error, nothing else."""
    text = data.draw(st.sampled_from([PAYOFFS, OUTCOMES]))
    for _ in range(data.draw(st.integers(1, 3))):
        low = data.draw(st.integers(0, len(text)))
        high = data.draw(st.integers(low, min(len(text), low + 12)))
        put = data.draw(
            st.sampled_from(["", text[low:high] * 2, '"', "{", "}", "\\", "-", "9e9", "0"])
        )
        text = text[:low] + put + text[high:]
    problems = ()
    try:
        game_from_document(parse_nfg(text, [0.9]))
    except DetenteError as error:
        problems = error.problems
    assert all(p.remedy for p in problems)


def test_a_discount_factor_is_asked_for() -> None:
    with pytest.raises(DetenteError, match="E442"):
        parse_nfg(HEAD + "1 1 2 2 3 3 4 4", [])


@pytest.mark.parametrize("actions", [(2, 3), (4,), (2, 3, 2), (1, 1)])
def test_strategic_form_comes_back(actions) -> None:
    document = random_game(1, 1, actions, delta=0.5)
    back = parse_nfg(write_nfg(document), [0.5])
    assert back["states"][0]["actions"] == document["states"][0]["actions"]
    assert back["states"][0]["payoffs"] == document["states"][0]["payoffs"]


def test_what_the_formats_cannot_hold_is_refused() -> None:
    with pytest.raises(DetenteError, match=r"E442.*2 states"):
        write_nfg(random_game(0, 2))
    document = random_game(0, 1)
    document["states"][0]["prescribable"] = [[True, False], [True, True]]
    for write in (write_nfg, write_efg):
        with pytest.raises(DetenteError, match=r"E442.*prescribe"):
            write(document)


# ----------------------------------------------------------------------------------- trees


def play(document, periods, start, choose):
    """Discounted payoffs of public strategies by walking the game itself.

    ``choose(player, state, public history)`` gives an action.
    """
    names = [state["name"] for state in document["states"]]
    discount = [Fraction(str(d)) for d in document["discount"]]

    def value_from(s, left, history):
        state = document["states"][s]
        a = tuple(choose(i, s, history) for i in range(len(discount)))
        cell, chances = state["payoffs"], state.get("transitions", state.get("probabilities"))
        for k in a:
            cell, chances = cell[k], chances[k]
        total = [Fraction(repr(x)) for x in cell]
        if left == 1:
            return total
        if "transitions" in state:
            drawn = [(to, Fraction(repr(float(q))), (a, to)) for to, q in chances if q]
        else:
            drawn = [
                (state["outcomes"][k]["next"], Fraction(repr(float(q))), k)
                for k, q in enumerate(chances) if q
            ]  # fmt: skip
        for to, q, seen in drawn:
            later = value_from(to, left - 1, (*history, seen))
            total = [x + d * q * y for x, d, y in zip(total, discount, later, strict=True)]
        return total

    return value_from(names.index(start), periods, ())


@pytest.mark.parametrize("signals", [0, 2])
@pytest.mark.parametrize(("actions", "periods"), [((2, 2), 3), ((3, 1), 3), ((2, 2, 2), 2)])
def test_strategies_are_worth_the_same_in_the_tree_and_in_the_game(signals, actions, periods):
    """Stationary strategies: what a player does depends on the state alone."""
    document = random_game(5, 2, actions, signals, [0.5, 0.75, 0.25][: len(actions)], zeros=True)
    text = write_efg(document, periods, "s1")
    players, root = read_tree(text)
    assert players == document["players"]
    assert count(root) == estimate_nodes(document, periods, "s1")
    state_of = {}  # the name of an information set ends in the state's
    for line in text.splitlines():
        if line.startswith("p"):
            words = line.split('"')
            player, number = words[3].split()[0].split(".")
            state_of[int(player), int(number)] = int(words[3].rsplit("s", 1)[1])
    rng = np.random.default_rng(0)
    for _ in range(8):
        policy = [[int(rng.integers(n)) for n in actions] for _ in document["states"]]
        found = value(root, lambda i, h, p=policy: p[state_of[i, h]][i - 1])
        assert found == play(document, periods, "s1", lambda i, s, _, p=policy: p[s][i])


def test_information_sets_are_what_players_know() -> None:
    """Seen actions: one set for each history; signals: own actions and signals alone."""
    _, root = read_tree(write_efg(dilemma(1, 1, 0.5), 3))
    found = infosets(root)
    assert sum(player == 1 for player, _ in found) == 1 + 4 + 16
    assert sum(player == 2 for player, _ in found) == 1 + 4 + 16
    noisy = random_game(0, 1, (2, 3), signals=2)
    _, root = read_tree(write_efg(noisy, 3))
    found = infosets(root)
    assert sum(player == 1 for player, _ in found) == 1 + 2 * 2 + (2 * 2) ** 2
    assert sum(player == 2 for player, _ in found) == 1 + 3 * 2 + (3 * 2) ** 2


def test_trees_that_are_too_large_are_refused_with_the_number_of_nodes() -> None:
    document = dilemma(1, 1, 0.5)
    nodes = 3 * sum(4**t for t in range(4)) + 4**4
    assert estimate_nodes(document, 4) == nodes
    assert write_efg(document, 4, max_nodes=nodes).count("\n") == nodes + 3
    with pytest.raises(DetenteError, match=rf"E443.*{nodes} nodes.*at most {nodes - 1}"):
        write_efg(document, 4, max_nodes=nodes - 1)
    with pytest.raises(DetenteError, match="E443"):
        write_efg(document, 200)


def test_periods_and_start_are_checked() -> None:
    for periods in (0, 201):
        with pytest.raises(DetenteError, match="E401"):
            write_efg(dilemma(1, 1, 0.5), periods)
    with pytest.raises(DetenteError, match="E426"):
        write_efg(dilemma(1, 1, 0.5), 1, "s1")


def test_files_are_told_apart_by_their_names(tmp_path) -> None:
    stage, game = tmp_path / "stage.nfg", tmp_path / "game.json"
    stage.write_text(PAYOFFS, encoding="utf-8")
    document = read_document(stage, ["0.9"])
    game.write_text(print_document(document, ".json"), encoding="utf-8")
    again = read_document(game)
    assert game_from_document(again).content_hash == game_from_document(document).content_hash
    for path, factors in ((tmp_path / "a.txt", []), (tmp_path / "a", [])):
        with pytest.raises(DetenteError, match="E440"):
            read_document(path, factors)
    with pytest.raises(DetenteError, match=r"E442.*of its own"):
        read_document(game, ["0.9"])
    with pytest.raises(DetenteError, match="E101"):
        read_document(tmp_path / "none.nfg", ["0.9"])


def test_game_files_keep_all_digits_of_a_decimal(tmp_path) -> None:
    file = tmp_path / "game.json"
    long = "0.1234567890123456789012345"
    document = dilemma(1, 1, 0.5)
    file.write_text(json.dumps(document).replace("-1.0", long, 1), encoding="utf-8")
    assert long in write_nfg(read_document(file))


# ------------------------------------------------------------------------ Gambit's own package


@pytest.fixture(scope="module")
def gambit():
    return pytest.importorskip(
        "pygambit", reason="Gambit's own package, the extra 'gambit', is not installed"
    )


@pytest.mark.parametrize("text", [PAYOFFS.replace("1e1", "10"), OUTCOMES])
def test_gambit_reads_the_same_payoffs(gambit, text) -> None:
    ours, theirs = payoffs_of(text), gambit.read_nfg(io.BytesIO(text.encode()))
    for a, row in enumerate(ours):
        for b, cell in enumerate(row):
            paid = theirs[a, b]  # None for the outcome that pays nothing
            shown = [str(paid[p]) if paid else "0" for p in theirs.players]
            assert list(map(Fraction, shown)) == [Fraction(str(x)) for x in cell]


@pytest.mark.parametrize("actions", [(2, 3), (2, 3, 2)])
def test_gambit_reads_what_is_written_and_is_read_back(gambit, actions) -> None:
    document = random_game(2, 1, actions, delta=0.5)
    table = np.array(document["states"][0]["payoffs"])
    theirs = gambit.read_nfg(io.BytesIO(write_nfg(document).encode()))
    for profile in np.ndindex(actions):
        paid = [float(theirs[profile][p]) for p in theirs.players]
        assert paid == table[profile].tolist()
    back = parse_nfg(theirs.to_nfg(), [0.5])
    assert back["states"][0]["payoffs"] == document["states"][0]["payoffs"]


@pytest.mark.parametrize(
    ("document", "periods"),
    [
        (random_game(3, 2, (2, 3), signals=2), 2),
        (random_game(4, 3, (2, 2), zeros=True), 3),
        (random_game(4, 2, (2, 2, 2)), 2),
        (inspected(0.5, 0.4, 0.1, 0.5, 0.9), 3),
    ],
)
def test_gambit_reads_the_trees(gambit, document, periods) -> None:
    text = write_efg(document, periods)
    theirs = gambit.read_efg(io.BytesIO(text.encode()))
    _, root = read_tree(text)
    assert theirs.is_perfect_recall
    assert len(theirs.nodes) == count(root)
    assert sum(len(p.infosets) for p in theirs.players) == len(infosets(root))
    even = theirs.mixed_behavior_profile(rational=True)
    paid = [Fraction(str(even.payoff(p))) for p in theirs.players]
    assert paid == mean_value(root)


def mean_value(node):
    """Expected payoffs when everybody mixes evenly everywhere."""
    if node.kind == "t":
        return node.payoffs
    weights = node.chances or [Fraction(1, len(node.children))] * len(node.children)
    parts = [mean_value(child) for child in node.children]
    return [sum(w * part[i] for w, part in zip(weights, parts, strict=True))
            for i in range(len(parts[0]))]  # fmt: skip
