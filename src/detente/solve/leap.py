"""Leaps of the outer and inner bound: where a round moves little, go near the limit at once.

With multipliers held fixed (`detente.kernels.leap`) a round of B is at most T, a maximum of linear
maps of the heights whose weights are not negative: T is monotone and convex. Let v be the heights
of V along the normals, so that ``v <= T(v)``, let ``v <= z``, and let x be heights with

    T(x) <= x    and    T(z) <= x + r (z - x)    for one r < 1.

Then ``v <= x``: for t in [0, 1], T(x + t (z - x)) <= x + r t (z - x) by convexity, so from
``v <= x + t (z - x)`` follows the same with r t. Here x solves ``x = T(x)`` by policy iteration
(one linear system for each choice of rows), ``k = 1 + A k`` with the matrix A of that system, and
``z = x + c k`` with c so large that z is nowhere below the heights at hand: then
``A k = k - 1 < k`` makes the second condition hold, unless another row takes over. Where T would
raise a height, that stays (v does not exceed it, so neither condition is needed there). Both
conditions are checked for all other rows; where they fail, the heights after plain rounds of T are
taken instead, which are bounds at every moment.

Rounding. Floors are loosened by 4 e (see `detente.solve.twoparty`), so that ``u = v - e |l|_1``,
the heights of V less a square of half width e, satisfies ``u <= T(u) - (1 - d) e``: weights belong
to neighbouring normals, which the axes keep within one quadrant, where ``|l|_1`` is linear; so the
square takes d e (|l + m|_1 + m_0 + m_1) off a row, and the floors give 4 e (m_0 + m_1) back. A
round of T is off by less than a half of (1 - d) e (1 + m_0 + m_1), and the checks may leave the
other half. So ``u <= x``, and the sets are cut at ``x + e |l|_1``.
"""

from __future__ import annotations

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels import leap, perfect
from detente.kernels.leap import Rows
from detente.solve.prepared import Prepared, Sets

MOST_NORMALS = 1500  # beyond, the linear systems cost more than they save
MOST_STEPS = 12  # of policy iteration
FREEING_STEPS = 4  # in which heights that stayed may fall after all
ROUNDS = 40  # of T before it, to choose the rows


def find_limit(rows: Rows, height: FloatArray, slack: float) -> FloatArray:
    """Give heights that V cannot exceed, near the largest fixed point of T.

    Parameters
    ----------
    rows : T
    height : float64 (J,), heights that V does not exceed
    slack : how far the conditions may be missed, see above

    Returns
    -------
    float64 (J,)
    """
    n = len(height)
    lowered, policy, best = height.copy(), np.empty(n, np.int64), np.empty(n, np.int64)
    leap.lower(rows, lowered, ROUNDS, slack, policy)
    matrix, right, out = np.empty((n, n)), np.empty((n, 2)), np.empty(n)
    for step in range(MOST_STEPS):
        leap.fill(rows, policy, height, matrix, right)
        try:
            solved = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            return lowered
        x, k = np.ascontiguousarray(solved[:, 0]), np.ascontiguousarray(solved[:, 1])
        if not k.min() >= 1.0 - 1e-9:
            return lowered
        leap.apply(rows, x, out, best)
        held = policy == leap.HELD
        above = ~held & (x > height)
        wrong = ~held & (out > x + slack)
        freed = held & (out < height - slack) if step < FREEING_STEPS else held & False
        if not (above.any() or wrong.any() or freed.any()):
            far = x + max(float(((height - x) / k).max()), slack) * k
            leap.apply(rows, far, out, best)
            return np.minimum(x, lowered) if bool((out < far)[~held].all()) else lowered
        policy[wrong | freed] = best[wrong | freed]
        policy[above] = leap.HELD
    return lowered


def leap_part(
    prepared: Prepared, sets: Sets, part: IntArray, alive: BoolArray, shift: float, moved: float
) -> bool:  # fmt: skip
    """Cut the sets of one part, all with perfect monitoring, near the limit of rounds of B.

    Gives whether that was done: not where the sets have too many edges, or would become empty.

    Parameters
    ----------
    sets : valid bounds, changed in place; an outer bound stays one
    shift : added to every floor
    moved : how far the last round moved the sets
    """
    game = prepared.game
    if len(sets.vertices) > game.n_states:
        perfect.copy_sets(part, game.n_states, sets.polygons)
    fan = leap.list_fan(part, game.n_states, sets.polygons)
    if len(fan.key) > MOST_NORMALS:
        return False
    margin = moved / (1.0 - prepared.contraction)
    rows = leap.freeze(
        part, shift, margin, prepared.arrays, sets.polygons, alive, sets.scratch, fan
    )
    once = prepared.rounding * (1.0 - prepared.contraction)
    height = find_limit(rows, fan.height, 0.5 * once)
    height += prepared.rounding * np.abs(fan.normal).sum(axis=1)
    return bool(leap.cut_sets(part, fan, height, sets.polygons))
