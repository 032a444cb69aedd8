"""Known results for games whose state moves (reference results 5, 8, 9 and 10)."""

from __future__ import annotations

import numpy as np
import pytest

from detente.solve.solution import Solution
from reference import games
from reference.asking import check_set, distance, most, sets_of
from reference.plain_game import read_document
from reference.slow_sets import is_self_generating, outer_sets

# ---------------------------------------------------------------- 5: risk sharing


def mirrored(vertices: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(y, x) for x, y in vertices]


def full_insurance(delta: float) -> list[tuple[float, float]]:
    """The set of state 0 for patience at or a little above .6, derived anew.

    Whoever owns (10, 0) can keep it: floors f = 10 - 5d in the own state and 5d in the other's.
    (7, 7) for ever is an equilibrium iff f <= 7, d >= .6. With x = (7 + 2/3 (7-f), f), the
    point of the other state's frontier at the other's floor (one unit of (9, 4) instead of
    (7, 7) costs 3 and gives 2), the frontier of state 0 towards player 1 has the kinks
    K = (1-d)(9, 4) + d (K + x)/2 and J = (1-d)(10, 0) + d (J + x)/2, where player 2 is at 5d.
    """
    f = 10 - 5 * delta
    x = np.array([7 + 2 / 3 * (7 - f), f])

    def kink(now: tuple[float, float]) -> tuple[float, float]:
        v = ((1 - delta) * np.array(now) + delta / 2 * x) / (1 - delta / 2)
        return float(v[0]), float(v[1])

    return [(f, 5 * delta), kink((10, 0)), kink((9, 4)), (7, 7), (f, 7 + 2 / 3 * (7 - f))]


def test_the_formula_gives_the_printed_vertices_at_the_threshold() -> None:
    expected = [(7, 3), (61 / 7, 3), (57 / 7, 37 / 7), (7, 7)]
    assert distance(full_insurance(0.6), expected) <= 1e-12


@pytest.mark.parametrize("delta", [0.601, 0.61, 0.62])
def test_full_insurance_above_the_threshold(delta: float) -> None:
    solution = sets_of(games.risk_sharing(delta))
    check_set(solution, 0, full_insurance(delta))
    check_set(solution, 1, mirrored(full_insurance(delta)))


@pytest.mark.parametrize("delta", [0.55, 0.59, 0.599])
def test_no_full_insurance_below_the_threshold(delta: float) -> None:
    """The outcomes add up to 14 only in (7, 7), so a sum of 14 is (7, 7) for ever."""
    _, outer = most(sets_of(games.risk_sharing(delta)), 0, (1, 1))
    assert outer < 14 - 1e-3


@pytest.mark.parametrize("delta", [0.3, 0.39])
def test_without_patience_nobody_shares(delta: float) -> None:
    """Giving 1 to let the other gain 4, and back: (1-d) <= d/2 (4-1), nothing before d = .4."""
    solution = sets_of(games.risk_sharing(delta))
    check_set(solution, 0, [(10 - 5 * delta, 5 * delta)])
    check_set(solution, 1, [(5 * delta, 10 - 5 * delta)])


def test_partial_sharing_begins() -> None:
    """Above d = .4: (9, 4) and (4, 9) for ever, worth 9 - 2.5 d and 4 + 2.5 d in state 0."""
    delta = 0.41
    inner, _ = most(sets_of(games.risk_sharing(delta)), 0, (1, 1))
    assert inner >= 13 - 1e-6


# ---------------------------------------------------------------- 8: turnover


@pytest.mark.parametrize(
    ("g", "loss", "chance", "delta", "holds"),
    [
        (0.5, 0.5, 0.2, 5 / 12 - 0.01, False),
        (0.5, 0.5, 0.2, 5 / 12 + 0.01, True),
        (1.0, 0.4, 0.1, 5 / 9 - 0.01, False),  # g/(1+g) = 1/2 of patience .9 d
        (1.0, 0.4, 0.1, 5 / 9 + 0.01, True),
    ],
)
def test_turnover_makes_impatient(
    g: float, loss: float, chance: float, delta: float, holds: bool
) -> None:
    """A game that ends with chance c is the game at d' = d (1-c), scaled.

    v = (1-d) u + d (1-c) w with v = m v', w = m w', m = (1-d)/(1-d') is v' = (1-d') u + d' w';
    the incentive constraints scale alike. The sets of the game at d' are those of item 1.
    """
    effective = delta * (1 - chance)
    assert holds == (effective > g / (1 + g))
    scale = (1 - delta) / (1 - effective)
    solution = sets_of(games.dilemma_with_turnover(g, loss, chance, delta))
    y = (1 + g + loss) / (1 + loss)
    if holds:
        unscaled = [(0, 0), (1, 1), (y, 0), (0, y)]
    elif effective > loss / (1 + g):
        unscaled = [(0, 0), (1 + g - loss, 0), (0, 1 + g - loss)]
    else:
        unscaled = [(0, 0)]
    check_set(solution, 0, scale * np.array(unscaled, dtype=float))
    check_set(solution, 1, [(0, 0)])


# ---------------------------------------------------------------- 9: disarmament for relief


S, KAPPA, K, BETA, C = 1.0, 0.5, 0.3, 1.0, 0.1
THRESHOLD = (KAPPA / BETA) ** 0.5


def test_relief_and_disarmament_hold_above_the_threshold() -> None:
    """B keeps paying iff beta - kappa >= (1-d) beta + d (1-d) beta, that is d^2 >= kappa/beta.

    The worst that A can do when relief stops is to rearm in the next period (its own interest:
    staying disarmed unpaid costs k for ever). The same condition lets B pay in the period in
    which A switches: d beta - kappa >= d (1-d) beta. Per period the sum of payoffs is at most
    s - k + beta - kappa in state 1, attained only there, so a sum of that size in state 1 is
    relief and disarmament for ever.
    """
    for delta in (THRESHOLD + 0.005, 0.8):
        solution = sets_of(games.disarmament(delta, way_back=True))
        together = S - K + BETA - KAPPA
        from_armed = (1 - delta) * (S - KAPPA) + delta * together
        for state, expected in ((1, together), (0, from_armed)):
            inner, outer = most(solution, state, (1, 1))
            assert inner == pytest.approx(expected, abs=1e-6)
            assert outer == pytest.approx(expected, abs=1e-6)
        check_worst_of_b(solution, delta)


@pytest.mark.parametrize("delta", [0.6, THRESHOLD - 0.005])
def test_relief_and_disarmament_break_below_the_threshold(delta: float) -> None:
    solution = sets_of(games.disarmament(delta, way_back=True))
    for state, bound in ((1, 1.2), (0, (1 - delta) * 0.5 + delta * 1.2)):
        _, outer = most(solution, state, (1, 1))
        assert outer < bound - 1e-3


def check_worst_of_b(solution: Solution, delta: float) -> None:
    """Rearming at once leaves B its benefit for one period and nothing after."""
    low, exhibited = solution.lowest(1, 1)
    assert low == pytest.approx((1 - delta) * BETA, abs=1e-6)
    assert exhibited == pytest.approx((1 - delta) * BETA, abs=1e-6)


@pytest.mark.parametrize("delta", [0.3, 0.7, 0.72, 0.95])
def test_without_the_way_back_nothing_is_exchanged(delta: float) -> None:
    """Disarmed for ever, A cannot answer, so B does not pay; so A does not disarm."""
    solution = sets_of(games.disarmament(delta, way_back=False))
    check_set(solution, 0, [(0, 0)])
    check_set(solution, 1, [(-K, BETA)])


def test_the_slow_reference_agrees_on_disarmament() -> None:
    D = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1)]
    game = read_document(games.disarmament(0.72, way_back=True))
    (_, disarmed) = outer_sets(game, D, tol=1e-8)
    assert disarmed is not None
    assert disarmed[4] == pytest.approx(1.2, abs=1e-6)
    without = read_document(games.disarmament(0.72, way_back=False))
    assert is_self_generating(without, [[(0, 0)], [(-K, BETA)]])
    armed, disarmed = outer_sets(without, D, tol=1e-9)
    assert armed == pytest.approx([0, 0, 0, 0, 0], abs=1e-6)
    assert disarmed == pytest.approx([-K, BETA, K, -BETA, BETA - K], abs=1e-6)


# ---------------------------------------------------------------- 10: irreversible steps


def check_unravelling(steps: int, b: float, delta: float) -> None:
    """In every state nobody moves any more.

    From the last states back: a state above is worth exactly its own flow. Were both to raise,
    each would rather stay and let the other raise. Were one to raise, it would give up the flow
    that it can secure by never raising. (Lockwood and Thomas 2002 for the continuum.)
    """
    solution = sets_of(games.irreversible_steps(steps, b, delta))
    for x in range(steps + 1):
        for y in range(steps + 1):
            stay = ((b * y - x) / steps, (b * x - y) / steps)
            check_set(solution, x * (steps + 1) + y, [stay])


@pytest.mark.parametrize("steps", [1, 2, 3])
@pytest.mark.parametrize("delta", [0.4, 0.8])
def test_finite_irreversible_steps_unravel(steps: int, delta: float) -> None:
    check_unravelling(steps, 2.0, delta)


@pytest.mark.parametrize(("steps", "b", "delta"), [(1, 2.0, 0.99), (4, 3.0, 0.9), (2, 5.0, 0.97)])
def test_patience_does_not_mend_irreversible_steps(steps: int, b: float, delta: float) -> None:
    check_unravelling(steps, b, delta)


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "b"), [(3, 2.0), (4, 2.0), (4, 10.0)])
def test_patience_of_99_percent_does_not_mend_irreversible_steps(steps: int, b: float) -> None:
    check_unravelling(steps, b, 0.99)
