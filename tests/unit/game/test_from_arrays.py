"""Games from arrays and back: the same game whichever way it is built, and what is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest
from scipy import sparse

from detente.errors import CODES, DetenteError
from detente.game import limits
from detente.game.build import build_game, noisy_stage, stage
from detente.game.files import document_from_game, game_from_document
from detente.game.from_arrays import from_arrays, to_arrays
from detente.game.game import Game, Monitoring
from reference.games import random_game

DILEMMA = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]
TWO = np.array([DILEMMA, DILEMMA], float)
HALF = np.full((2, 2, 2), 0.5)


def arrays_are_equal(one: Game, two: Game) -> bool:
    mine, others = one.arrays(), two.arrays()
    return all(np.array_equal(mine[name], others[name]) for name in mine)


def rebuilt(game: Game) -> Game:
    states = to_arrays(game)
    noisy = [s.signals is not None for s in states]
    return from_arrays(
        [s.payoffs for s in states], game.discount.tolist(),
        transitions=[None if n else s.transitions for n, s in zip(noisy, states, strict=True)],
        signals=[s.signals for s in states], leads_to=[s.leads_to for s in states],
        prescribable=[s.prescribable for s in states], players=game.players,
        states=game.state_names,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("signals", [0, 3])
@pytest.mark.parametrize("actions", [(2, 3), (3, 1), (2, 2, 2), (4,)])
def test_taken_apart_and_put_together_is_the_same_game(seed, signals, actions) -> None:
    document = random_game(seed, 3, actions, signals, 0.6, zeros=True)
    game = game_from_document(
        json.loads(json.dumps(document_from_game(game_from_document(document))))
    )
    assert arrays_are_equal(rebuilt(game), game)


def test_states_of_different_size_and_monitoring() -> None:
    stages = [
        stage("seen", [["a0", "a1"], ["b0"]], [[(1, 2)], [(3, 4)]],
              [[[(0, 0.25), (1, 0.75)]], [[(1, 1.0)]]], [[True], [False]]),
        noisy_stage("noisy", [["a0"], ["b0", "b1"]], [[(5, 6), (7, 8)]], [("k0", 1), ("k1", 0)],
                    [[[0.5, 0.5], [1.0, 0.0]]]),
    ]  # fmt: skip
    game = build_game(["p1", "p2"], [0.5, 0.6], stages)
    assert rebuilt(game).monitoring.tolist() == [Monitoring.PERFECT, Monitoring.SIGNALS]
    assert arrays_are_equal(rebuilt(game), game)
    seen, noisy = to_arrays(game)
    assert seen.transitions[0, 0].tolist() == [0.25, 0.75]
    assert seen.prescribable.tolist() == [[True], [False]]
    assert noisy.transitions[0, 0].tolist() == [0.5, 0.5]
    assert noisy.transitions[0, 1].tolist() == [0.0, 1.0]
    assert noisy.leads_to is not None
    assert noisy.leads_to.tolist() == [1, 0]


def test_one_state_three_ways() -> None:
    alone, listed, stacked = (
        from_arrays(given, 0.5) for given in (DILEMMA, [np.array(DILEMMA)], np.array([DILEMMA]))
    )
    assert alone.content_hash == listed.content_hash == stacked.content_hash
    assert alone.outcome_next.tolist() == [0, 0, 0, 0]


def test_sparse_transitions_are_the_dense_ones() -> None:
    rng = np.random.default_rng(0)
    dense = rng.dirichlet(np.ones(3), size=(3, 2, 2)) * (rng.random((3, 2, 2, 3)) < 0.7)
    dense[dense.sum(-1) == 0, 0] = 1.0
    dense /= dense.sum(-1, keepdims=True)
    payoffs = rng.uniform(size=(3, 2, 2, 2))
    rows = sparse.csc_array(dense.reshape(-1, 3))
    assert arrays_are_equal(from_arrays(payoffs, 0.5, rows), from_arrays(payoffs, 0.5, dense))


def test_fractions_are_exact_and_decimals_normalised() -> None:
    thirds = np.empty((2, 2, 2), object)
    thirds[..., 0], thirds[..., 1] = Fraction(1, 3), Fraction(2, 3)
    game = from_arrays(DILEMMA, Fraction(1, 2), signals=thirds)
    assert game.entry_probability[:2].tolist() == [1 / 3, 2 / 3]
    near = from_arrays(DILEMMA, 0.5, signals=HALF + np.array([0, 5e-10]))
    assert abs(near.entry_probability[:2].sum() - 1) < 1e-15


def thirds_off() -> np.ndarray:
    table = np.empty((2, 2, 2), object)
    table[...] = Fraction(1, 2)
    table[1, 0, 1] = Fraction(1, 3)
    return table


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((DILEMMA, 1.0), "E422", "discount[0]: a discount factor must lie strictly"),
        ((DILEMMA, [0.5]), "E420", "2 players but 1 discount factors"),
        ((DILEMMA, "half"), "E121", "discount: 'half' is not a number"),
        (([[[1, 1], [-1, 2]], [[2]]], 0.5), "E423", "the lists differ in length"),
        (([[1, 2], [3, 4]], 0.5), "E423", "payoffs: shape (2, 2)"),
        ((np.zeros((0, 2, 2, 2)), 0.5), "E421", "at least one state"),
        ((np.zeros((2, 0, 2)), 0.5), "E424", "player 1 needs at least one action"),
        (([[[1, np.nan], [-1, 2]], [[2, -1], [0, 0]]], 0.5), "E125", "payoffs[0][0][0][1]: nan"),
        (([[["x", 1], [-1, 2]], [[2, -1], [0, 0]]], 0.5), "E121", "not an array of numbers"),
        (([np.zeros((2, 2, 2)), np.zeros((2, 2, 3))], 0.5), "E423", "payoffs[1]: shape (2, 2, 3)"),
        ((DILEMMA, 0.5, np.full((2, 2, 1), 0.9)), "E428", "transitions[0][0][0]: the probabilities"
         " add up to 0.9, off by -0.1"),
        ((DILEMMA, 0.5, None, thirds_off()), "E428", "signals[0][1][0]: the probabilities add up to"
         " 5/6, off by -1/6"),
        ((DILEMMA, 0.5, np.full((2, 2, 1), 1.5)), "E427", "1.5 is not a probability"),
        ((DILEMMA, 0.5, np.full((2, 2, 1), np.inf)), "E125", "inf is not a finite number"),
        ((DILEMMA, 0.5, HALF), "E423", "transitions[0]: shape (2, 2, 2), expected (2, 2, 1)"),
        ((TWO, 0.5, HALF), "E423", "transitions: 1 entries, expected an array for each of the 2"),
        ((DILEMMA, 0.5, None, HALF, [0, 1]), "E426", "leads_to[0][1]: there is no state 1"),
        ((DILEMMA, 0.5, None, HALF, [0]), "E423", "leads_to[0]: 1 next states for 2 outcomes"),
        ((DILEMMA, 0.5, None, HALF, [0.0, 0.5]), "E426", "expected a list of state numbers"),
        ((DILEMMA, 0.5, None, np.zeros((2, 2, 0))), "E424", "at least one outcome"),
        ((TWO, 0.5, [HALF, None], [HALF, None]), "E435", "signals[0]: this state has transitions"),
        ((DILEMMA, 0.5, sparse.csr_array(np.full((4, 1), 0.8))), "E428", "transitions[0]: the"),
        ((DILEMMA, 0.5, sparse.csr_array(np.full((3, 1), 1.0))), "E423", "expected (4, 1)"),
        ((DILEMMA, 0.5, sparse.csr_array(np.full((4, 1), np.nan))), "E427", "nan is not a prob"),
        ((DILEMMA, 0.5, None, None, None, np.ones((2, 3), bool)), "E423", "prescribable[0]: shape"),
        ((DILEMMA, 0.5, None, None, None, np.ones((2, 2))), "E114", "expected true or false"),
        ((DILEMMA, 0.5, None, None, None, None, ["a", "a"]), "E433", "players: 'a' stands twice"),
        ((DILEMMA, 0.5, None, None, None, None, None, ["a", "b"]), "E423", "2 names for 1 states"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(arguments, code, words) -> None:
    with pytest.raises(DetenteError) as caught:
        from_arrays(*arguments)
    found = [p for p in caught.value.problems if p.code == code]
    assert found, [p.message for p in caught.value.problems]
    assert words in found[0].message
    assert all(p.code in CODES and p.remedy for p in caught.value.problems)


def test_what_would_not_fit_is_refused_with_the_estimate_and_before_anything_is_made() -> None:
    huge = np.broadcast_to(0.0, (20_000, 20_000, 2_000, 3))  # a view of one number
    with pytest.raises(DetenteError, match=r"E430.*would take about \d+\.\d GB"):
        from_arrays(huge, 0.5)


def test_the_limit_is_between_what_fits_and_what_does_not(monkeypatch) -> None:
    game = from_arrays(TWO, 0.5, np.full((2, 2, 2, 2), 0.5))
    size = limits.game_bytes(8, 2, 16, 16)
    monkeypatch.setattr(limits, "memory_limit", lambda: size)
    assert from_arrays(TWO, 0.5, np.full((2, 2, 2, 2), 0.5)).content_hash == game.content_hash
    monkeypatch.setattr(limits, "memory_limit", lambda: size - 1)
    with pytest.raises(DetenteError, match=r"E430.*16 transitions"):
        from_arrays(TWO, 0.5, np.full((2, 2, 2, 2), 0.5))
    monkeypatch.setattr(limits, "memory_limit", lambda: 8 * 8 * 4 - 1)
    with pytest.raises(DetenteError, match=r"E430.*32 numbers in dense arrays"):
        to_arrays(game)


def test_the_estimate_is_near_what_a_game_takes() -> None:
    game = game_from_document(random_game(0, 6, (3, 3)))
    arrays = sum(a.nbytes for a in game.arrays().values())
    estimate = limits.game_bytes(
        game.n_profiles, 2, len(game.outcome_next), len(game.entry_outcome)
    )
    assert arrays <= estimate <= 5 * arrays


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"payoffs": [[(1, 2)], [(3,)]]}, "E423", "payoffs: not an array of numbers"),
        ({"payoffs": [[(1, 2, 3)], [(3, 4, 5)]]}, "E423", "payoffs: shape (2, 1, 3)"),
        ({"transitions": [[[(0, 1.0)]]]}, "E423", "transitions: there is no entry [1][0]"),
        ({"prescribable": [[True, True]]}, "E423", "prescribable: expected shape (2, 1)"),
    ],
)
def test_stages_that_do_not_fit_are_refused(change, code, words) -> None:
    given = {"payoffs": [[(1, 2)], [(3, 4)]], "transitions": None, "prescribable": None, **change}
    with pytest.raises(DetenteError) as caught:
        build_game(["a", "b"], [0.5, 0.5], [stage("s", [["x", "y"], ["z"]], **given)])
    assert [p.code for p in caught.value.problems] == [code]
    assert words in caught.value.problems[0].message
    assert caught.value.problems[0].remedy
