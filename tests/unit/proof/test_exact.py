"""Exact numbers, games and the text of a proof."""

from __future__ import annotations

import json
from fractions import Fraction as F

import pytest

from detente.proof.exact import (
    exact_game,
    read_exact,
    round_number,
    round_weights,
    solve_exactly,
    write_number,
)
from detente.proof.writing import ProofFile, canonical_text, hash_game
from reference.games import dilemma, noisy_dilemma


@pytest.mark.parametrize("text", ["0", "5", "-1/8", "2/3", f"1/{2**60}"])
def test_a_number_is_written_exactly(text):
    assert write_number(F(text)) == text


@pytest.mark.parametrize("value", [2 / 3, -2 / 3, 1e-9, 123456.789, F(1, 7)])
def test_rounding_keeps_its_side(value):
    low, high = (round_number(value, 6, side) for side in (-1, 1))
    assert low < F(value) < high
    assert high - low <= abs(F(value)) / 10**5
    assert round_number(value, 6) in (low, high)


def test_weights_add_up_to_exactly_one():
    weights = round_weights([0.1, 0.2, 0.7 - 1e-13, 1e-13])
    assert sum(weights) == 1
    assert weights[3] == 0


def test_weights_that_are_no_weights_are_refused():
    with pytest.raises(ArithmeticError):
        round_weights([3.0, 4.0, 5.0])


def test_a_linear_system_is_solved_exactly():
    matrix = [{1: F(2)}, {0: F(1), 1: F(1, 3)}, {0: F(1), 2: F(5)}]
    solved = solve_exactly(matrix, [[F(1)], [F(1)], [F(0)]])
    assert solved == [(F(5, 6),), (F(1, 2),), (F(-1, 6),)]


def test_a_singular_system_is_refused():
    with pytest.raises(ArithmeticError):
        solve_exactly([{0: F(1), 1: F(1)}, {0: F(2), 1: F(2)}], [[F(1)], [F(2)]])


def test_decimals_of_a_file_are_exact(tmp_path):
    path = tmp_path / "game.json"
    text = json.dumps(dilemma(0.5, 0.5, 0.3)).replace("0.3", "0.30000000000000000001")
    path.write_text(text)
    game = exact_game(read_exact(path))
    assert game.discount[0] == F("0.30000000000000000001")
    assert game.states[0].payoff[0, 1] == (F(-1, 2), F(3, 2))


def test_chances_are_divided_by_their_sum():
    document = noisy_dilemma(0.9, 0.5, 0.2, 0.6)
    document["states"][0]["probabilities"][0][0] = ["1/3", 0.6666666666]
    state = exact_game(document).states[0]
    assert sum(q for _, q in state.chances[0, 0]) == 1


def test_sparse_chances_read_as_dense_ones():
    dense = noisy_dilemma(0.9, 0.5, 0.2, 0.6)
    sparse = json.loads(json.dumps(dense))
    state = sparse["states"][0]
    table = state.pop("probabilities")
    state["chances"] = [[[[k, q] for k, q in enumerate(cell)] for cell in row] for row in table]
    assert exact_game(sparse).states[0] == exact_game(dense).states[0]


def test_the_hash_sees_values_and_not_their_spelling():
    game = dilemma(0.5, 0.5, 0.3)
    again = json.loads(json.dumps(game))
    again["discount"] = ["3/10", "0.300"]
    again["states"][0]["payoffs"][0][0] = ["1", 1]
    assert canonical_text(again) == canonical_text(game)
    again["discount"] = ["3/10", "0.3001"]
    assert hash_game(again) != hash_game(game)


def test_the_text_of_a_proof_is_json_with_numbers_as_texts():
    proof = ProofFile("00")
    assert proof.add_step({"step": "bounds", "low": [[F(1, 4)]]}) == 0
    assert proof.add_step({"step": "empty", "positions": ()}) == 1
    proof.add_claim({"claim": "empty", "at": 0})
    read = json.loads(proof.text())
    assert read["steps"] == [{"step": "bounds", "low": [["1/4"]]},
                             {"step": "empty", "positions": []}]  # fmt: skip
    assert read["claims"] == [{"claim": "empty", "at": 0}]
    assert read == proof.document()
