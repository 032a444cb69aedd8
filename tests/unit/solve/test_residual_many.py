"""B applied once to the sets of three parties: right sets are confirmed, wrong ones are not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from detente.game.build import perfect_game, stage
from detente.game.files import game_from_document
from detente.solve import residual_many
from detente.solve.nparty import solve
from detente.solve.options import Options
from detente.solve.residual_many import MOST_VERTICES, NOISE, confirm
from detente.solve.solution import Solution, StateSet, Status
from reference import games
from reference.games import Document
from reference.plain_game import read_document
from reference.slow_sets import apply_B, distance_to_B, support

NOTHING = np.empty((0, 3))


def answer(sets: list[Any], tol: float = 1e-6, error: float = 1e-6) -> Solution:
    """Answer the same sets from outside and from inside."""
    arrays = [np.reshape(np.array(v, dtype=float), (-1, 3)) for v in sets]
    states = tuple(
        StateSet(f"s{n}", NOTHING, np.empty(0), points, points, 0.0, error)
        for n, points in enumerate(arrays)
    )
    return Solution(Status.CONVERGED, 1, 0.0, tol, 0.0, states)


def look(document: Document, solution: Solution) -> Solution:
    game = game_from_document(document)
    return confirm(game, solution, np.zeros(game.n_states, np.bool_))


def dilemma(delta: float) -> Document:
    """Giving costs 0.7 and brings the others 1 each: everybody gives iff delta >= 0.35."""

    def payoff(a: tuple[int, ...]) -> list[float]:
        givers = sum(x == 0 for x in a)
        return [givers - (x == 0) - 0.7 * (x == 0) for x in a]

    state = games.perfect_state("s0", (2, 2, 2), payoff, lambda a: [(0, 1.0)])
    return {"players": ["a", "b", "c"], "discount": [delta] * 3, "states": [state]}


def leading_to_a_dilemma() -> Document:
    """The second state is a dilemma for ever; the first pays the same and leads there."""
    document = dilemma(0.6)
    (first,) = document["states"]
    second = {**first, "name": "s1", "transitions": lead_to(1)}
    return {**document, "states": [{**first, "transitions": lead_to(1)}, second]}


def lead_to(state: int) -> Any:
    return [[[[[state, 1.0]] for _ in range(2)] for _ in range(2)] for _ in range(2)]


def rescale(document: Document, scale: Any, shift: Any) -> Document:
    """Give every party payoffs in other units."""
    states = [
        {**s, "payoffs": (np.array(s["payoffs"]) * scale + shift).tolist()}
        for s in document["states"]
    ]
    return {**document, "states": states}


RANDOM = {
    "perfect": games.random_game(4, states=2, actions=(2, 2, 2), delta=0.4, whole=True),
    "signals": games.random_game(11, actions=(2, 2, 2), signals=5, delta=0.6),
    "ties": games.random_game(2, states=2, actions=(2, 2, 2), delta=0.5, whole=True, zeros=True),
}


@pytest.mark.parametrize("kind", RANDOM)
@pytest.mark.parametrize("seed", range(3))
def test_b_of_any_hulls_agrees_with_the_reference(
    kind: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On random hulls, far from any answer: every direction and vertex is measured right."""
    monkeypatch.setattr(residual_many, "CLEAR", 0.0)
    document = RANDOM[kind]
    plain, game = read_document(document), game_from_document(document)
    rng = np.random.default_rng(seed)
    low, spread = game.payoff.min(axis=0), np.ptp(game.payoff, axis=0)
    sets = [low + spread * rng.uniform(size=(5, 3)) for _ in range(game.n_states)]
    scaled = residual_many._Scaled(
        game, (game.payoff - low) / spread, [(points - low) / spread for points in sets], 1e-14
    )
    for s in range(game.n_states):
        plays, own = residual_many._list_plays(scaled, s), scaled.sets[s]
        directions = residual_many._choose_directions(own)
        exact = apply_B(plain, sets, directions / spread)[s]
        beyond = residual_many._reach_beyond(scaled, s, plays, 0.0)
        if exact is None:
            assert beyond == 0.0
            assert residual_many._lie_outside(scaled, s, plays, 0.0) == np.inf
            continue
        ratio = (exact - directions @ (low / spread) - support(own, directions)) / np.abs(
            directions
        ).sum(axis=1)
        assert beyond == pytest.approx(max(0.0, ratio.max()), abs=1e-8)
        # the reference measures in payoff units: give it payoffs in units of their ranges
        unit = rescale(document, 1 / spread, np.zeros(3))
        rescaled = [points / spread for points in sets]
        far = [distance_to_B(read_document(unit), rescaled, s, v) for v in rescaled[s]]
        outside = residual_many._lie_outside(scaled, s, plays, 0.0)
        assert outside == pytest.approx(max(far), abs=1e-6)


def test_a_known_set_is_confirmed() -> None:
    """Below the threshold nobody ever gives."""
    found = look(dilemma(0.3), answer([[[0, 0, 0]]]))
    assert found.status is Status.CONVERGED
    assert max(found.residual_outer, found.residual_inner) <= NOISE


@pytest.mark.parametrize("everybody", [1.29, 1.31])
def test_what_deviating_forever_can_reach_is_measured(everybody: float) -> None:
    """All give or nobody: 1.3 each is the most, and it is reached."""
    found = look(dilemma(0.6), answer([[[0, 0, 0], [everybody] * 3]]))
    assert found.status is Status.NUMERICAL_TROUBLE
    assert found.residual_outer > 0.001
    assert (found.residual_inner > 0.001) is (everybody > 1.3)


def solved(document: Document, tol: float) -> Solution:
    return solve(game_from_document(document), Options(tol=tol, refinements=0))


CASES = [
    (dilemma(0.37), 1e-5),
    (RANDOM["perfect"], 1e-2),
    (RANDOM["signals"], 1e-3),
    (RANDOM["ties"], 1e-2),
]


@pytest.mark.parametrize(("document", "tol"), CASES)
def test_answers_carry_residuals_within_what_they_promise(document: Document, tol: float) -> None:
    solution = solved(document, tol)
    assert solution.status is Status.CONVERGED
    assert 0.0 <= solution.residual_outer <= solution.tol
    assert 0.0 <= solution.residual_inner <= max(s.error for s in solution.states)


@pytest.mark.slow
@pytest.mark.parametrize("delta", [0.3, 0.45, 0.6])
@pytest.mark.parametrize("signals", [0, 3])
@pytest.mark.parametrize("seed", range(100, 104))
def test_more_answers_keep_what_they_promise(seed: int, signals: int, delta: float) -> None:
    whole = seed % 2 == 0
    document = games.random_game(
        seed, states=1 + seed % 2, actions=(2, 2, 2), signals=signals, delta=delta,
        whole=whole, zeros=whole,
    )  # fmt: skip
    solution = solved(document, 1e-2)
    assert solution.status.is_answer
    assert 0.0 <= solution.residual_outer <= solution.tol
    assert 0.0 <= solution.residual_inner <= max(s.error for s in solution.states)


def changed(solution: Solution, **fields: Any) -> Solution:
    first = replace(solution.states[0], **fields)
    return replace(solution, states=(first, *solution.states[1:]))


@pytest.mark.parametrize(("document", "tol"), CASES)
def test_a_wrong_answer_is_never_called_converged(document: Document, tol: float) -> None:
    solution = solved(document, tol)
    outer, inner = solution.states[0].outer_vertices, solution.states[0].inner_vertices
    spread = float(np.ptp(game_from_document(document).payoff))
    away = 0.1 * spread
    out, lone = outer.copy(), inner.copy()
    out[np.argmax(outer[:, 0]), 0] += away
    lone[np.argmax(inner[:, 1]), 1] += away
    low, high = outer.min(axis=0) - away, outer.max(axis=0) + away
    box = np.array(np.meshgrid(*zip(low, high, strict=True))).reshape(3, -1).T
    for wrong in (
        changed(solution, outer_vertices=out),
        changed(solution, outer_vertices=outer.mean(axis=0) + 0.5 * (outer - outer.mean(axis=0))),
        changed(solution, outer_vertices=box),
        changed(solution, inner_vertices=lone),
        changed(solution, inner_vertices=box),
    ):
        again = look(document, wrong)
        assert again.status is Status.NUMERICAL_TROUBLE
        assert max(again.residual_outer, again.residual_inner) > solution.tol


def test_an_empty_set_that_b_fills_is_not_confirmed() -> None:
    document = leading_to_a_dilemma()
    good = solved(dilemma(0.6), 1e-3).states[0].outer_vertices
    found = look(document, answer([NOTHING, good], 1e-2, 1e-2))
    assert found.status is Status.NUMERICAL_TROUBLE
    assert found.residual_outer == np.inf


def test_a_set_whose_next_sets_are_empty_is_not_confirmed() -> None:
    document = leading_to_a_dilemma()
    found = look(document, answer([[[0, 0, 0]], NOTHING]))
    assert found.status is Status.NUMERICAL_TROUBLE
    assert found.residual_outer == found.residual_inner == np.inf


def test_units_do_not_matter() -> None:
    plain = solved(dilemma(0.6), 1e-3)
    scale, shift = np.array([1e6, 1e-6, 1.0]), np.array([3e6, 0.0, -5.0])
    (found,) = plain.states
    moved = changed(
        plain,
        outer_vertices=found.outer_vertices * scale + shift,
        inner_vertices=found.inner_vertices * scale + shift,
        error=1e6 * found.error,
    )
    other = look(rescale(dilemma(0.6), scale, shift), replace(moved, tol=1e6 * plain.tol))
    assert other.status is Status.CONVERGED
    assert other.residual_outer == pytest.approx(1e6 * plain.residual_outer, rel=1e-3)
    assert other.residual_inner == pytest.approx(1e6 * plain.residual_inner, rel=1e-3)


def test_only_answers_are_measured() -> None:
    game = game_from_document(dilemma(0.6))
    stopped = solve(game, Options(max_iterations=1))
    assert stopped.status is Status.ITERATION_LIMIT
    assert np.isnan([stopped.residual_outer, stopped.residual_inner]).all()
    held = np.zeros(1, np.bool_)
    late = confirm(game, answer([[[0, 0, 0]]]), held, deadline=0.0)
    assert late.status is Status.CONVERGED
    assert np.isnan(late.residual_outer)


def test_sets_that_were_given_are_not_measured() -> None:
    game = game_from_document(dilemma(0.6))
    found = confirm(game, answer([[[9, 9, 9]]]), np.ones(1, np.bool_))
    assert found.status is Status.CONVERGED


def test_a_programme_that_cannot_be_solved_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ArithmeticError("no")

    monkeypatch.setattr(residual_many, "_minimise", fail)
    found = look(dilemma(0.3), answer([[[0, 0, 0]]]))
    assert found.status is Status.NUMERICAL_TROUBLE
    assert np.isnan(found.residual_outer)


def test_one_party_alone_is_measured() -> None:
    game = perfect_game(["a"], [0.9], [stage("s", [["work", "rest"]], [(1,), (0,)])])
    found = solve(game)
    assert found.status is Status.CONVERGED
    assert max(found.residual_outer, found.residual_inner) <= NOISE


def test_the_sample_holds_what_answers_are_read_from() -> None:
    points = np.random.default_rng(0).normal(size=(300, 3))
    chosen = residual_many._choose_vertices(points)
    assert len(chosen) <= MOST_VERTICES
    assert set(points.argmin(axis=0)) | set(points.argmax(axis=0)) <= set(chosen.tolist())
    axes = residual_many._choose_directions(points)[:6]
    assert np.array_equal(axes, np.vstack([np.eye(3), -np.eye(3)]))


@pytest.mark.parametrize(
    ("points", "across"),
    [
        ([[1.0, 2.0, 3.0]], 6),
        ([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], 4),
        ([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]], 2),
    ],
)
def test_flat_sets_are_looked_at_across(points: Any, across: int) -> None:
    points = np.array(points)
    normals = residual_many._list_normals(points)
    heights = normals @ points.T
    flat = np.ptp(heights, axis=1) <= 1e-12
    assert int(flat.sum()) == across
    assert np.linalg.matrix_rank(normals) == 3
