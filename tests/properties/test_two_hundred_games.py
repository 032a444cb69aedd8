"""What a solve promises, on 200 seeded games; on one of each kind in the fast tests."""

from __future__ import annotations

import numpy as np
import pytest

from detente.game.files import game_from_document
from detente.solve.options import Options
from detente.solve.residual import measure
from detente.solve.solution import Solution, Status
from detente.solve.twoparty import solve
from reference import games
from reference.games import Document
from reference.plain_game import read_document
from reference.random_games import Case, few_games, list_games
from reference.slow_sets import apply_B, circle, escape, outer_sets, support

CASES = list_games()
FEW = few_games()
SMALL = [case for case in CASES if sum(np.size(s["payoffs"]) for s in case.document["states"]) < 30]


def names(cases: list[Case]) -> list[str]:
    return [case.name for case in cases]


def bounds_of(document: Document, tol: float) -> Solution:
    return solve(game_from_document(document), Options(tol=tol))


def ranges(document: Document) -> np.ndarray:
    payoffs = np.concatenate([np.reshape(s["payoffs"], (-1, 2)) for s in document["states"]])
    spread = np.ptp(payoffs, axis=0)
    return np.where(spread > 0, spread, 1.0)


def reach(A: np.ndarray, B: np.ndarray) -> float:
    """How far the hull of A reaches outside that of B, both counter-clockwise corners."""
    if len(A) == 0 or len(B) == 0:
        return 0.0 if len(A) == 0 else np.inf
    along = np.roll(B, -1, axis=0) - B
    off = A[:, None, :] - B
    length = np.maximum((along**2).sum(axis=1), 1e-300)
    part = np.clip((off * along).sum(axis=2) / length, 0.0, 1.0)
    far = np.linalg.norm(off - part[..., None] * along, axis=2).min(axis=1)
    left = along[:, 0] * off[..., 1] - along[:, 1] * off[..., 0]
    inside = (left >= 0.0).all(axis=1) & (len(B) > 2)
    return float(np.where(inside, 0.0, far).max())


def distance(A: np.ndarray, B: np.ndarray) -> float:
    return max(reach(A, B), reach(B, A))


def check_promises(case: Case) -> None:
    """An answer; both bounds within the tolerance of each other; confirmed by separate code."""
    game = game_from_document(case.document)
    solution = solve(game, Options(tol=case.tol))
    states = solution.states
    assert solution.status.is_answer, solution.status.words
    assert (solution.status is Status.EMPTY) == all(state.empty for state in states)
    assert solution.tol == pytest.approx(case.tol * ranges(case.document).max())
    assert solution.gap <= solution.tol
    assert solution.residual_outer <= solution.tol
    assert solution.residual_inner <= max(state.error for state in states)
    for state in states:
        assert state.empty == (len(state.inner_vertices) == 0)
        if not state.empty:
            apart = distance(state.outer_vertices, state.inner_vertices)
            assert apart + state.error <= state.gap + 1e-9 * solution.tol
    everywhere = np.arange(game.n_states)
    for sets in ([s.outer_vertices for s in states], [s.inner_vertices for s in states]):
        residuals = measure(game, sets, everywhere, case.tol)
        assert residuals.within.max() <= case.tol


def check_relabelling(case: Case) -> None:
    """Exchanging the players and turning the states around changes nothing else."""
    document = case.document
    order = list(reversed(range(len(document["states"]))))
    other = games.swap_players(games.permute_states(document, order))
    plain, changed = bounds_of(document, case.tol), bounds_of(other, case.tol)
    scale = ranges(document)
    for place, s in enumerate(order):
        x, y = plain.states[s], changed.states[place]
        if not (plain.status.is_answer and changed.status.is_answer):
            # an exact tie that one order of the arithmetic tells from a loss and the other does
            # not; the residual found it. The bounds must still agree as bounds.
            for near, far in (
                (x.inner_vertices / scale, y.outer_vertices[:, ::-1] / scale),
                (y.inner_vertices[:, ::-1] / scale, x.outer_vertices / scale),
            ):
                if len(near):
                    reach = (circle(360) @ near.T).max(axis=1)
                    assert (reach <= (circle(360) @ far.T).max(axis=1) + case.tol).all()
            continue
        for first, second in (
            (x.outer_vertices, y.outer_vertices),
            (x.inner_vertices, y.inner_vertices),
        ):
            mirrored = second[::-1, ::-1]  # counter-clockwise again
            assert distance(first / scale, mirrored / scale) <= 2 * case.tol


def check_by_programmes(case: Case) -> None:
    """B by the slow code, one linear programme at a time, moves neither bound."""
    scale = ranges(case.document)
    small = games.rescale(case.document, list(1.0 / scale), [0.0, 0.0])
    plain = read_document(small)
    states = bounds_of(case.document, case.tol).states
    outer = [state.outer_vertices / scale for state in states]
    inner = [state.inner_vertices / scale for state in states]
    D = circle(8)
    for V, h in zip(outer, apply_B(plain, outer, D, relax=1e-9), strict=True):
        assert (len(V) == 0) == (h is None)
        if h is not None:
            assert abs(h - support(V, D)).max() <= case.tol
    assert escape(plain, inner, relax=1e-9) <= case.tol


def test_there_are_two_hundred() -> None:
    assert len(CASES) == len({case.name for case in CASES}) == 200
    sizes = [len(case.document["states"]) for case in CASES]
    assert (min(sizes), max(sizes)) == (2, 12)
    assert sum(case.noisy for case in CASES) >= 50


@pytest.mark.parametrize("case", FEW, ids=names(FEW))
def test_promises_are_kept(case: Case) -> None:
    check_promises(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_promises_are_kept_on_all_games(case: Case) -> None:
    check_promises(case)


@pytest.mark.slow
def test_most_games_have_equilibria() -> None:
    """Else the promises would be about nothing."""
    empty = [bounds_of(case.document, 1e-3).status is Status.EMPTY for case in CASES]
    assert 20 <= sum(empty) <= 70


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES[::2], ids=names(CASES[::2]))
def test_names_and_order_do_not_matter(case: Case) -> None:
    check_relabelling(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", SMALL[::3], ids=names(SMALL[::3]))
def test_linear_programmes_agree(case: Case) -> None:
    check_by_programmes(case)


@pytest.mark.slow
def test_half_planes_find_nothing_where_nothing_is() -> None:
    """Emptiness cannot be confirmed by B of the empty set, so the slow code starts from a box."""
    empty = [case for case in SMALL if bounds_of(case.document, case.tol).status is Status.EMPTY]
    smallest = sorted(empty, key=lambda case: len(case.document["states"]))[:2]
    assert len(smallest) == 2
    for case in smallest:
        found = outer_sets(read_document(case.document), circle(8))
        assert found == [None] * len(case.document["states"])
