"""Game files: what is read, what is refused and with which words."""

from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detente.errors import CODES, DetenteError
from detente.game import json_text
from detente.game.files import (
    document_from_game,
    game_from_document,
    parse_number,
    read_game,
)
from detente.game.game import Monitoring
from detente.game.json_text import Document

NOISY: dict[str, Any] = {
    "players": ["a", "b"],
    "discount": [0.8, "4/5"],
    "states": [
        {"name": "s0", "actions": [["c", "d"], ["c", "d"]],
         "payoffs": [[[2, 2], [-1, 3]], [[3, "-1"], [0, 0]]],
         "outcomes": [{"signal": "good", "next": 0}, {"signal": "bad", "next": "node"}],
         "probabilities": [[["9/10", "1/10"], [0.4, 0.6]], [[0.4, 0.6], [0, 1]]]},
        {"name": "node", "actions": [["c", "d"], ["x"]], "payoffs": [[[2, 2]], [[-1, 3]]],
         "monitoring": "perfect", "prescribable": [[True], [False]],
         "transitions": [[[["s0", "1/3"], [1, "2/3"]]], [[[1, 1]]]]},
    ],
}  # fmt: skip


def damaged(path: list[Any], value: Any) -> dict[str, Any]:
    document = copy.deepcopy(NOISY)
    spot: Any = document
    for key in path[:-1]:
        spot = spot[key]
    if value is None:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return document


def test_a_game_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "game.json"
    file.write_text(json.dumps(NOISY), encoding="utf-8")
    game = read_game(file)
    assert game.players == ("a", "b")
    assert game.discount.tolist() == [0.8, 0.8]
    assert game.state_names == ("s0", "node")
    assert game.monitoring.tolist() == [Monitoring.SIGNALS, Monitoring.PERFECT]
    assert game.payoff[game.profile_of(0, (1, 0))].tolist() == [3, -1]
    assert game.prescribable.tolist() == [True] * 5 + [False]
    last = game.profile_of(0, (1, 1))
    assert game.entry_start[last + 1] - game.entry_start[last] == 1  # no entry for chance 0
    node = game.profile_of(1, (0, 0))
    span = slice(game.entry_start[node], game.entry_start[node + 1])
    assert game.entry_probability[span].tolist() == [1 / 3, 2 / 3]
    assert game.outcome_next[game.entry_outcome[span]].tolist() == [0, 1]


def test_what_is_written_reads_as_the_same_game() -> None:
    game = game_from_document(NOISY)
    written = json.loads(json.dumps(document_from_game(game)))
    assert game_from_document(written).content_hash == game.content_hash


def test_three_players() -> None:
    document = {
        "players": ["a", "b", "c"], "discount": [0.5, 0.6, 0.7],
        "states": [{"actions": [["x", "y"], ["x"], ["x", "y"]],
                    "payoffs": [[[[1, 2, 3], [4, 5, 6]]], [[[7, 8, 9], [10, 11, 12]]]],
                    "monitoring": "perfect",
                    "transitions": [[[[[0, 1]], [[0, 1]]]], [[[[0, 1]], [[0, 1]]]]]}],
    }  # fmt: skip
    game = game_from_document(document)
    assert game.state_names == ("s0",)
    assert game.payoff[game.profile_of(0, (1, 0, 0))].tolist() == [7, 8, 9]
    assert game_from_document(document_from_game(game)).content_hash == game.content_hash


STATE: list[Any] = ["states", 0]
CELL = [*STATE, "probabilities", 0, 0]
MOVES = ["states", 1, "transitions", 0, 0]


@pytest.mark.parametrize(
    ("path", "value", "code", "words"),
    [
        (["discount", 0], 1, "E422", "discount[0]: a discount factor must lie strictly"),
        (["discount", 0], "one", "E121", "discount[0]: 'one' is not a number"),
        (["discount"], [0.5], "E420", "2 players but 1 discount factors"),
        (["players"], "ab", "E114", "players: expected a list, found a text"),
        (["players"], None, "E113", "the key 'players' is missing"),
        (["player"], [], "E112", "'player' is not a key"),
        (["states"], [], "E421", "at least one state"),
        ([*STATE, "payofs"], [], "E112", "'payofs' is not a key"),
        ([*STATE, "payoffs"], None, "E113", "the key 'payoffs' is missing"),
        ([*STATE, "payoffs", 0, 1], [1, 2, 3], "E423", "payoffs[0][1]: 3 entries, expected 2"),
        ([*STATE, "payoffs", 0, 1, 0], "1/0", "E121", "payoffs[0][1][0]: '1/0' is not a number"),
        ([*STATE, "payoffs", 0, 1, 0], True, "E114", "found true or false"),
        ([*STATE, "payoffs", 0, 1, 0], float("nan"), "E125", "nan is not a finite number"),
        ([*STATE, "payoffs", 0, 1, 0], float("inf"), "E125", "inf is not a finite number"),
        ([*STATE, "payoffs", 0, 1, 0], "1e400", "E121", "is not a number"),
        ([*STATE, "payoffs", 0, 1, 0], "1e999999999", "E121", "is not a number"),
        ([*STATE, "actions", 1], [], "E424", "actions[1]: a player needs at least one action"),
        ([*STATE, "actions", 1], ["c", "c"], "E433", "two actions have the same name"),
        ([*STATE, "actions"], [["c", "d"]], "E423", "actions: 1 entries, expected 2"),
        ([*STATE, "monitoring"], "none", "E434", "must be \"perfect\" or \"signals\""),
        ([*STATE, "transitions"], [], "E435", "does not go with monitoring"),
        ([*STATE, "outcomes", 1, "next"], 2, "E426", "outcomes[1].next: there is no state 2"),
        ([*STATE, "outcomes", 1, "next"], "nod", "E426", "there is no state 'nod'"),
        ([*STATE, "outcomes", 1, "next"], 1.5, "E114", "expected the index or name of a state"),
        ([*STATE, "outcomes"], [], "E424", "outcomes: a state needs at least one outcome"),
        (CELL, ["9/10", "1/9"], "E428",
         "probabilities[0][0]: the probabilities add up to 91/90, off by 1/90"),
        (CELL, [0.9, 0.100001], "E428", "add up to 1.000001, off by +1e-06"),
        (CELL, [1.5, -0.5], "E427", "must lie between 0 and 1"),
        (MOVES, [[0, "1/3"]], "E428", "transitions[0][0]: the probabilities add up to 1/3"),
        (MOVES, [[7, 1]], "E426", "transitions[0][0][0]: there is no state 7"),
        (MOVES, [[0]], "E423", "transitions[0][0][0]: 1 entries, expected 2"),
        (["states", 1, "prescribable", 0], ["yes"], "E114", "expected true or false"),
        (["states", 1, "name"], "s0", "E433", "'s0' is also the name of states[0]"),
    ],
)  # fmt: skip
def test_damage_is_named(path: list[Any], value: Any, code: str, words: str) -> None:
    with pytest.raises(DetenteError) as caught:
        game_from_document(damaged(path, value))
    found = [p for p in caught.value.problems if p.code == code]
    assert found, [p.message for p in caught.value.problems]
    assert words in found[0].message
    assert all(p.code in CODES and p.remedy for p in caught.value.problems)


def test_all_problems_are_found_at_once_and_placed(tmp_path: Path) -> None:
    document = damaged(CELL, [0.9, 0.2])
    document["discount"][0] = 2
    document["states"][0]["payoffs"][0][0][0] = "x"
    document["states"][1]["transitions"][1][0] = [[5, 1]]
    file = tmp_path / "game.json"
    text = json.dumps(document, indent=1)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DetenteError) as caught:
        read_game(file)
    assert [p.code for p in caught.value.problems] == ["E422", "E121", "E428", "E426"]
    line = text.splitlines().index('      "x",') + 1
    place = caught.value.problems[1].place
    assert place is not None
    assert (place.line, place.column) == (line, 7)


@pytest.mark.parametrize(
    ("content", "code", "line", "column"),
    [
        (b"", "E104", 1, 1),
        (b"  \n ", "E104", 1, 1),
        (b"\x00\x01\x02", "E103", 1, 1),
        (b"{\n\xff\xfe}", "E103", 2, 1),
        (b'{"players": ["a",\n "b"\n "discount": 1}', "E116", 3, 2),
        (b'{"players": [],\n "players": []}', "E108", 2, 2),
        (b'{"discount": [\n  NaN]}', "E125", 2, 3),
        (b'{"discount": [-Infinity]}', "E125", 1, 15),
        (b"[" * 100_000 + b"]" * 100_000, "E109", 1, 1),
        (b"[" * 200 + b"]" * 200, "E109", 1, 1),
        (b"1" * 10_000, "E116", 1, 1),
        (b"[1, 2]", "E114", 1, 1),
    ],
)
def test_unreadable_files(
    tmp_path: Path, content: bytes, code: str, line: int, column: int
) -> None:
    file = tmp_path / "game.json"
    file.write_bytes(content)
    with pytest.raises(DetenteError) as caught:
        read_game(file)
    problem = caught.value.problems[0]
    assert problem.code == code
    assert problem.remedy
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == (line, column)


def test_directory_missing_file_and_large_file(tmp_path: Path) -> None:
    for path, code in ((tmp_path, "E101"), (tmp_path / "none.json", "E101")):
        with pytest.raises(DetenteError, match=code):
            read_game(path)
    large = tmp_path / "large.json"
    with large.open("wb") as stream:
        stream.truncate(65 * 2**20)
    with pytest.raises(DetenteError, match="E102"):
        read_game(large)


def test_sizes_are_refused_before_anything_is_allocated() -> None:
    document = {
        "players": [f"p{i}" for i in range(40)], "discount": [0.5] * 40,
        "states": [{"actions": [["x", "y"]] * 40, "payoffs": [], "monitoring": "perfect",
                    "transitions": []}],
    }  # fmt: skip
    with pytest.raises(DetenteError, match="E429") as caught:
        game_from_document(document)
    assert "GB" in caught.value.problems[0].message


def test_a_near_sum_is_normalised_and_an_exact_one_kept() -> None:
    game = game_from_document(damaged(CELL, [0.9, 0.1 + 5e-10]))
    assert abs(float(game.entry_probability[:2].sum()) - 1.0) < 1e-15
    game = game_from_document(damaged(CELL, ["1/3", "2/3"]))
    assert np.array_equal(game.entry_probability[:2], [1 / 3, 2 / 3])


@pytest.mark.parametrize("text", ["", "x", "1/0", "0x10", "1_000", "nan", "inf", "1e401", "1/2/3"])
def test_texts_that_are_no_numbers(text: str) -> None:
    assert parse_number(text) is None


def test_texts_that_are_numbers() -> None:
    assert parse_number(" -1/3 ") == Fraction(-1, 3)
    assert parse_number("2.50") == Fraction(5, 2)
    assert parse_number("1E-2") == Fraction(1, 100)


def test_problems_are_placed_in_large_files_too(tmp_path: Path) -> None:
    document = damaged(CELL, [0.9, 0.2])
    document["states"][0]["outcomes"][0]["signal"] = "x" * (
        6 * 2**20
    )  # larger than what was once searched
    document["states"][1]["transitions"][1][0] = [[5, 1]]
    file = tmp_path / "game.json"
    text = json.dumps(document, indent=1)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DetenteError) as caught:
        read_game(file)
    lines = text.splitlines()
    found = [p.place.line for p in caught.value.problems if p.place is not None]
    assert [lines[line - 1].strip() for line in found] == ["[", "["]
    assert found == sorted(found)
    assert found[0] > 1


def test_searching_ends_where_it_would_take_long(monkeypatch: pytest.MonkeyPatch) -> None:
    document = Document("g.json", '{"players":\n []}', {})
    assert document.find("players") == (2, 2, " []}")
    monkeypatch.setattr(json_text, "MAX_SEARCHED", 2 * len(document.text))
    assert document.find("players", 1) == (2, 2, " []}")
    assert document.find("players", 2) == (1, 1, None)
