"""Bargaining solutions over the payoffs that agreements can give, with no deal to fall back on.

Gains are counted from no deal, in each party's own points. Nash (1950): the largest product of
gains. Kalai and Smorodinsky (1975): gains in proportion to the most that each could gain where
nobody loses. Egalitarian (Kalai 1977): equal gains, which, unlike the other two, compares points of
different parties. A lottery between agreements counts as an agreement, so the set is convex.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from scipy.optimize import linprog, minimize

from detente.arrays import FloatArray

TOL_GAIN = 1e-9  # of the range of gains: gains below it count as none


class Solution(StrEnum):
    """A bargaining solution."""

    NASH = "nash"
    KALAI_SMORODINSKY = "kalai-smorodinsky"
    EGALITARIAN = "egalitarian"

    @property
    def words(self) -> str:
        """The solution's name for a reader."""
        return {
            Solution.NASH: "Nash",
            Solution.KALAI_SMORODINSKY: "Kalai and Smorodinsky",
            Solution.EGALITARIAN: "egalitarian",
        }[self]


def solve_bargain(solution: Solution, gains: FloatArray) -> FloatArray | None:
    """Find a solution over the hull of gains and no gain.

    Parameters
    ----------
    gains : float64 (V, P), gains over no deal whose hull, with the origin, is bargained over

    Returns
    -------
    float64 (P,), the gains at the solution; None where no point gives every party a gain

    Examples
    --------
    >>> corners = np.array([[4.0, 0.0], [0.0, 2.0]])
    >>> solve_bargain(Solution.NASH, corners).round(6).tolist()
    [2.0, 1.0]
    >>> solve_bargain(Solution.EGALITARIAN, corners).round(6).tolist()
    [1.333333, 1.333333]
    """
    points = np.vstack([np.zeros(gains.shape[1]), gains])
    tol = TOL_GAIN * max(1e-12, float(np.abs(points).max()))
    even = _along(points, np.ones(points.shape[1]))
    if even.min() <= tol:
        return None
    if solution is Solution.EGALITARIAN:
        return even
    if solution is Solution.KALAI_SMORODINSKY:
        return _along(points, ideal_gains(gains))
    return _nash(points, even)


def ideal_gains(gains: FloatArray) -> FloatArray:
    """Give the most that each party could gain where nobody loses: float64 (P,)."""
    points = np.vstack([np.zeros(gains.shape[1]), gains])
    n = len(points)
    best = np.empty(points.shape[1])
    for party in range(points.shape[1]):
        found = linprog(
            -points[:, party], A_ub=-points.T, b_ub=np.zeros(points.shape[1]),
            A_eq=np.ones((1, n)), b_eq=[1.0], method="highs",
        )  # fmt: skip
        if found.status:
            raise RuntimeError(f"the most that a party could gain was not found: {found.message}")
        best[party] = -found.fun
    return best


def _along(points: FloatArray, direction: FloatArray) -> FloatArray:
    """Give the farthest point in a direction that some point of the hull reaches or passes."""
    n, n_parties = points.shape
    cost = np.concatenate([np.zeros(n), [-1.0]])
    below = np.hstack([-points.T, direction[:, None]])
    one = np.concatenate([np.ones(n), [0.0]])[None]
    found = linprog(
        cost, A_ub=below, b_ub=np.zeros(n_parties), A_eq=one, b_eq=[1.0], method="highs"
    )
    if found.status:
        raise RuntimeError(f"a bargaining solution was not found: {found.message}")
    return np.asarray(direction * found.x[-1], dtype=np.float64)


def _nash(points: FloatArray, start: FloatArray) -> FloatArray:
    if points.shape[1] == 2:
        return _nash_of_two(points)
    n = len(points)
    scale = np.abs(points).max(axis=0)
    unit = points / scale

    def loss(weights: FloatArray) -> float:
        gains = np.maximum(weights @ unit, 1e-12)
        return -float(np.log(gains).sum())

    def slope(weights: FloatArray) -> FloatArray:
        gains = np.maximum(weights @ unit, 1e-12)
        return np.asarray(-(unit / gains).sum(axis=1), dtype=np.float64)

    feasible = linprog(
        np.zeros(n), A_ub=-unit.T, b_ub=-start / scale * (1 - 1e-9), A_eq=np.ones((1, n)),
        b_eq=[1.0], method="highs",
    )  # fmt: skip
    if feasible.status:
        raise RuntimeError(f"a bargaining solution was not found: {feasible.message}")
    found = minimize(
        loss, feasible.x, jac=slope, method="SLSQP", bounds=[(0.0, 1.0)] * n,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0,
                     "jac": lambda w: np.ones_like(w)},
        options={"maxiter": 500, "ftol": 1e-13},
    )  # fmt: skip
    if not found.success:
        raise RuntimeError(f"the Nash solution was not found: {found.message}")
    return np.asarray(found.x @ points, dtype=np.float64)


def _nash_of_two(points: FloatArray) -> FloatArray:
    """Try every segment between two points: the best lies on one of them."""
    first, second = np.triu_indices(len(points), 1)
    a, b = points[first], points[second] - points[first]
    square = b[:, 0] * b[:, 1]
    linear = a[:, 0] * b[:, 1] + a[:, 1] * b[:, 0]
    inner = np.divide(-linear, 2 * square, out=np.zeros(len(a)), where=square < 0)
    tried = np.vstack([points, a + np.clip(inner, 0.0, 1.0)[:, None] * b])
    product = np.where((tried > 0).all(axis=1), tried[:, 0] * tried[:, 1], -np.inf)
    return np.asarray(tried[int(product.argmax())], dtype=np.float64)


def score(solution: Solution, gains: FloatArray, ideal: FloatArray) -> float:
    """Say how well one agreement does by the measure of a solution; larger is better.

    ``gains`` and ``ideal`` are float64 (P,); -inf where somebody loses.
    """
    if (gains < 0).any():
        return -np.inf
    if solution is Solution.EGALITARIAN:
        return float(gains.min())
    if solution is Solution.KALAI_SMORODINSKY:
        return float((gains / np.maximum(ideal, 1e-300)).min())
    return float(np.prod(gains ** (1 / len(gains))))
