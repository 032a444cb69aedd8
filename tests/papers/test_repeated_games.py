"""Known results for repeated games that everybody sees (reference results 1 to 4)."""

from __future__ import annotations

import numpy as np
import pytest

from reference import games
from reference.asking import check_set, sets_of
from reference.plain_game import read_document
from reference.slow_sets import apply_B, circle, is_self_generating, outer_sets, support

STEP = 0.01  # how far from a threshold, in the discount factor


def triangle(z: float) -> list[list[float]]:
    return [[0, 0], [z, 0], [0, z]]


def kite(z: float) -> list[list[float]]:
    return [*triangle(z), [1, 1]]


def dilemma_set(g: float, loss: float, delta: float) -> list[list[float]]:
    """The set of item 1, derived anew.

    Everybody can hold itself at 0 and (0, 0) is an equilibrium, so worst points are 0. Both
    cooperate only if (1-d) g <= d w_i: with w = (1, 1) that is d >= g/(1+g). One-sided
    cooperation (1+g, -l) needs d w_2 >= (1-d) l and gives most to player 1 with equality:
    v = (z, 0), w_2 = (1-d) l/d.

    * w on the edge from (1, 1) to (z, 0), w_2 <= 1, that is d >= l/(1+l):
      w_1 = z - (z-1) w_2, so z = (1-d)(1+g) + d z - (z-1)(1-d) l, z = (1+g+l)/(1+l).
    * w_2 > 1 (only where l > g): w on the edge from (1, 1) to (0, z), w_1 = (z-w_2)/(z-1):
      z^2 - z [2 + g (1-d)] + (1-d)(1+g+l) = 0, the larger root, where it is real. (z > 1 needs
      2 + g(1-d) > 2 for the double root: always.)
    * without mutual cooperation: w on the edge from (z, 0) to (0, z), z = 1+g-l, which needs
      w_2 <= z: d >= l/(1+g); before g/(1+g) only where l < g.
    """
    if loss < g and delta < loss / (1 + g):
        return [[0, 0]]
    if loss < g and delta < g / (1 + g):
        return triangle(1 + g - loss)
    if delta < g / (1 + g):
        return [[0, 0]]
    if delta >= loss / (1 + loss):
        return kite((1 + g + loss) / (1 + loss))
    half = 1 + g * (1 - delta) / 2
    root = half**2 - (1 - delta) * (1 + g + loss)
    return kite(half + np.sqrt(root)) if root >= 0 else [[0, 0], [1, 1]]


def roots_from(g: float, loss: float) -> float:
    """The discount factor from which the quadratic of item 1 has real roots.

    With e = 1-d: (2+ge)^2 = 4e(1+g+l), g^2 e^2 - 4(1+l) e + 4 = 0, the smaller e.
    """
    e = (4 * (1 + loss) - np.sqrt(16 * (1 + loss) ** 2 - 16 * g**2)) / (2 * g**2)
    return float(1 - e)


def both_sides(*thresholds: float) -> list[float]:
    return [t + side * STEP for t in thresholds for side in (-1, 1)]


SMALL_LOSS = [(1.0, 0.5), (0.8, 0.2), (0.5, 0.3)]
LARGE_LOSS = [(0.5, 2.0), (1.0, 3.0), (0.3, 1.0)]
DILEMMAS = [
    (g, loss, delta)
    for g, loss in SMALL_LOSS
    for delta in [*both_sides(loss / (1 + g), g / (1 + g)), 0.9]
] + [
    (g, loss, delta)
    for g, loss in LARGE_LOSS
    for delta in [*both_sides(g / (1 + g), roots_from(g, loss), loss / (1 + loss)), 0.9]
]


@pytest.mark.parametrize(("g", "loss", "delta"), DILEMMAS)
def test_prisoners_dilemma(g: float, loss: float, delta: float) -> None:
    check_set(sets_of(games.dilemma(g, loss, delta)), 0, dilemma_set(g, loss, delta), tol=1e-6)


@pytest.mark.parametrize(("g", "loss"), LARGE_LOSS)
def test_the_thresholds_of_the_dilemma_lie_in_the_order_that_the_formula_says(
    g: float, loss: float
) -> None:
    assert g / (1 + g) < roots_from(g, loss) < loss / (1 + loss)
    sizes = [len(dilemma_set(g, loss, roots_from(g, loss) + side)) for side in (-1e-6, 1e-6)]
    assert sizes == [2, 4]


@pytest.mark.parametrize(
    ("g", "loss", "delta"), [(1.0, 0.5, 0.24), (1.0, 0.5, 0.45), (1.0, 0.5, 0.55), (0.5, 2.0, 0.6)]
)
def test_the_slow_reference_agrees_with_the_formula(g: float, loss: float, delta: float) -> None:
    """Inside: B confirms the set. Outside: rounds of half-planes, its own normals among them."""
    game = read_document(games.dilemma(g, loss, delta))
    vertices = np.array(dilemma_set(g, loss, delta), dtype=float)
    assert is_self_generating(game, [vertices], tol=1e-9)
    z = max(vertices[:, 0].max(), 1.0)
    D = np.vstack([circle(8), [[1, z - 1], [z - 1, 1]]])
    (h,) = outer_sets(game, D, tol=1e-9)
    assert h is not None
    assert abs(h - (D @ vertices.T).max(axis=1)).max() <= 1e-6


def test_abreu_and_sannikov_2014() -> None:
    """Item 2, printed with six decimals: tolerance 2e-6."""
    expected = [
        (7.337705, 10.982625), (1.125682, 2.8), (7.337705, 0), (7.863090, 0),
        (19.791798, 2.8), (15.563090, 9.1),
    ]  # fmt: skip
    solution = sets_of(games.repeated(games.ABREU_SANNIKOV_TABLE, 0.3))
    check_set(solution, 0, expected, tol=2e-6)
    assert len(solution.states[0].outer_vertices) == 6


def test_no_pure_equilibrium_is_said() -> None:
    """Item 3. One table without a pure equilibrium, and patience too small to make any.

    The best replies go round: in every profile somebody gains at least 1 at once, that is
    .95 now, and at most .05 times the range 3 of payoffs later.
    """
    solution = sets_of(games.repeated(games.NO_PURE_TABLE, 0.05))
    assert solution.status == "empty"
    check_set(solution, 0, [])


@pytest.mark.parametrize(
    ("delta", "expected"),
    [
        (0.3, [(1, 3), (3, 1)]),
        (0.49, [(1, 3), (3, 1)]),
        (0.51, [(1, 3), (3, 1), (1, 1)]),
        (0.7, [(1, 3), (3, 1), (1, 1)]),
    ],
)
def test_battle_of_the_sexes(delta: float, expected: list[tuple[float, float]]) -> None:
    """Item 4; 1/2 is the threshold itself.

    Everybody can hold itself at 1 (answer the other's worse action). Payoffs (0, 0) by the
    profile that each would leave for 1: (1-d) + d <= d w_i, w_i >= 1/d, and w_1 + w_2 <= 4:
    d >= 1/2; then it gives (1, 1) and the triangle. The other profile with (0, 0) is left for 3:
    3(1-d) + d <= d w_i asks d >= 3/4 and adds nothing below 1.
    """
    check_set(sets_of(games.repeated(games.BATTLE_TABLE, delta)), 0, expected)


COURNOT = [
    (10, 0.3, 34.960), (10, 0.5, 37.136), (10, 0.7, 38.202), (10, 0.9, 39.072),
    (15, 0.3, 36.037), (15, 0.5, 37.987), (15, 0.7, 39.206), (15, 0.9, 40.075),
]  # fmt: skip


def area(vertices: np.ndarray) -> float:
    x, y = vertices[:, 0], vertices[:, 1]
    return float(abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


@pytest.mark.parametrize(("quantities", "delta", "expected"), COURNOT)
def test_cournot_areas(quantities: int, delta: float, expected: float) -> None:
    """Item 13, cost 0: published areas, three decimals."""
    (state,) = sets_of(games.cournot(quantities, 0.0, delta)).states
    assert area(state.outer_vertices) == pytest.approx(expected, abs=6e-4)
    assert area(state.inner_vertices) == pytest.approx(expected, abs=6e-4)


def test_cournot_with_cost() -> None:
    """Item 13, cost .6, d = .8.

    Quantities are k/7 times 3, so the best joint flow is exact: (6 - .6 - Q) Q at Q = 18/7 is
    1782/245 = 7.2734694. The value once noted for it, 7.273470, is more than play can pay; it
    and the area noted with it, 26.022896, came from a bound 4e-6 too large. Here: 1782/245, and
    the area of the polygon that B, applied once by the slow reference, returns unmoved.
    """
    (state,) = sets_of(games.cournot(15, 0.6, 0.8)).states
    for vertices in (state.outer_vertices, state.inner_vertices):
        assert area(vertices) == pytest.approx(26.022896, abs=1e-5)
        assert area(vertices) == pytest.approx(26.0228916, abs=5e-7)
        assert vertices[:, 0].max() == pytest.approx(6.966531, abs=1e-6)
        assert vertices.sum(axis=1).max() == pytest.approx(1782 / 245, abs=1e-7)
        assert vertices.min() == pytest.approx(0, abs=1e-7)


@pytest.mark.slow
def test_the_slow_reference_leaves_the_cournot_set_unmoved() -> None:
    document = games.cournot(15, 0.6, 0.8)
    (state,) = sets_of(document).states
    V = state.outer_vertices
    steps = np.roll(V, -1, axis=0) - V
    D = np.column_stack([steps[:, 1], -steps[:, 0]])
    D = D[np.hypot(*D.T) > 1e-3]
    (once,) = apply_B(read_document(document), [V], D)
    assert once is not None
    assert abs(once - support(V, D)).max() <= 1e-6
