"""The operator B for a state with public signals: next polygon of equilibrium payoffs.

The hull over the profiles that may be prescribed is sandwiched between payoffs attained (inside)
and supporting lines (outside); directions are refined where the sandwich is thickest. In each
direction the profiles are priced in the order of what is known of them at most, until no other can
give more. Source of the operator: Abreu, Pearce and Stacchetti (1990), "Toward a Theory of
Discounted Repeated Games with Imperfect Monitoring", Econometrica 58, equation (6); the sandwich:
Rote (1992), "The convergence rate of the sandwich algorithm for approximating convex functions",
Computing 48.

A chord of the inside whose normal gives no better point is an edge of the exact set, so
a polygon is found exactly in about two directions per vertex.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from detente.kernels.perfect import OUTER, Polygons, finish_state
from detente.kernels.polygons import distance_to, hull, simplify_inward, simplify_outward
from detente.kernels.pricing import solve_direction
from detente.kernels.rows import (
    ANSWER,
    BASE,
    DELTA,
    HEAD,
    INFEASIBLE,
    MULTIPLIERS,
    NEXT,
    PREPARED,
    ROWS,
    VARIABLES,
    WEIGHT,
    BoolArray,
    FloatArray,
    IntArray,
    Listed,
    Tables,
    Workspace,
    helper,
    kernel,
    largest_payoff,
    prepare,
    spliced,
    value_deviations,
    workspace_for,
)

FULL = -1  # answer of `operate_signals` when the polygon does not fit into ``out_vertices``
FINEST = 2e-13  # no finer tolerance is met; relative to the largest payoff
MOST_DIRECTIONS = 8192  # per state; beyond, the sandwich stays thicker than asked for
REACH_ROOM = 24  # vertices kept of what a profile could give


class Reach(NamedTuple):
    """What each profile could give at most: an outer polygon, kept from round to round.

    As long as sets only shrink, what was shown of a profile stays true, so a profile that others
    outdo is not priced again.

    Attributes
    ----------
    polygon : float64 array, shape (A, REACH_ROOM, 3); the third column is scratch
    size : int64 array, shape (A,), vertices; -1 nothing known yet, 0 the profile cannot be enforced
    """

    polygon: FloatArray
    size: IntArray


class Scratch(NamedTuple):
    """Arrays that the states of a sweep share: the sandwich, and the profiles of one state."""

    inner: FloatArray  # (N, 2)
    outer: FloatArray  # (2 N + 1, 3)
    spare: FloatArray  # (2 N + 1, 3)
    worth: FloatArray  # (profiles of a state,)
    found: FloatArray  # (2,)
    worst: FloatArray  # (profiles of a state, 2), of `value_deviations`


@kernel
def make_scratch(most_profiles: int, most_directions: int) -> Scratch:
    """Allocate for states of so many profiles and polygons of so many directions."""
    n = min(most_directions, MOST_DIRECTIONS) + 8
    return Scratch(
        np.empty((n, 2)), np.empty((2 * n + 1, 3)), np.empty((2 * n + 1, 3)),
        np.empty(most_profiles), np.empty(2), np.empty((most_profiles, 2)),
    )  # fmt: skip


@spliced
def operate_signals(
    s: int, game: Tables, listed: Listed, sets: Polygons, alive: BoolArray, reach: Reach, tol:
    float, eta: float, want_inner: bool, out_vertices: FloatArray, scratch: Scratch, ws: Workspace,
) -> int:  # fmt: skip
    """Next polygon of state ``s``: hull over the profiles that may be prescribed.

    Parameters
    ----------
    s : the state
    alive : bool array, shape (A,), profiles to be tried; unless ``want_inner``, those that cannot
        be enforced are struck out
    reach : what is known of the profiles, for these sets or larger ones; made sharper
    tol : largest distance between the polygon answered and the exact one (payoff units); 0 asks
        for the resolution of the arithmetic, `FINEST` of the largest payoff
    eta : every incentive constraint is tightened by this much (payoff units, average payoffs)
    want_inner : False gives an outer polygon (supporting lines, each shown by multipliers); True
        the hull of payoffs attained, each by promises that were computed
    out_vertices : float64 array, shape (Vout, 2); filled counter-clockwise from the lowest vertex

    Returns
    -------
    Number of vertices written; 0 empty; `FULL` (-1) when more than Vout would be needed (nothing
    is written then; ask again with a larger array or tolerance). A profile with an outcome
    (its own, or of one party's deviation) whose next state is empty cannot be prescribed: after
    it, too, play must be an equilibrium.
    """
    scale = largest_payoff(s, game, sets)
    if not begin_reach(
        s, game, listed, sets, alive, reach, eta, scale, want_inner, scratch.worst, ws
    ):
        return 0
    resolution = FINEST * scale
    stop = max(0.5 * tol, resolution)
    limit = len(scratch.inner) - 8
    n_outer = _surround(s, game, reach, alive, scratch.outer)
    n_inner = 0
    if tol > 0.0 and sets.count[s] > 2:
        n_outer, n_inner = _ask_known(
            s, game, listed, sets, alive, reach, eta, scale, stop, want_inner, n_outer, scratch, ws
        )
    while True:
        n_outer, n_inner = _sandwich(
            s, game, listed, sets, alive, reach, eta, scale, stop, limit, want_inner, n_outer,
            n_inner, scratch, ws,
        )  # fmt: skip
        if want_inner or n_inner > 2 or n_outer == 0 or stop <= resolution:
            break
        stop = resolution  # a point or a segment deserves to be met exactly
    if want_inner:
        n_inner = simplify_inward(scratch.inner, n_inner, 0.5 * tol)
        return _write(scratch.inner, n_inner, 4e-15 * scale, out_vertices)
    n_outer = _join(scratch, n_outer, n_inner)
    step = max(0.5 * tol, resolution)
    n_outer = simplify_outward(scratch.outer, n_outer, step, scratch.spare)
    return _write(scratch.outer, n_outer, 4e-15 * scale, out_vertices)


@helper
def _join(scratch: Scratch, n_outer: int, n_inner: int) -> int:
    """Add the inside to the outside: what is attained belongs to it, whatever was rounded."""
    if n_outer == 0:
        return 0
    for j in range(n_outer):
        for axis in range(2):
            scratch.spare[j, axis] = scratch.outer[j, axis]
    for j in range(n_inner):
        for axis in range(2):
            scratch.spare[n_outer + j, axis] = scratch.inner[j, axis]
    n: int = hull(scratch.spare, n_outer + n_inner, scratch.outer)
    return n


@kernel
def sweep_states(
    states: IntArray, mode: int, shift: float, tol: float, game: Tables, listed: Listed, sets:
    Polygons, alive: BoolArray, reach: Reach, bag: FloatArray, polygon: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Apply B once to the sets of some states with signals, one after the other, in place.

    Parameters and returns as those of `detente.kernels.perfect.sweep`; inf where a polygon
    does not fit.
    """
    most_profiles = 0
    for s in states:
        most_profiles = max(most_profiles, game.profile_start[s + 1] - game.profile_start[s])
    ws = workspace_for(states, game, listed)
    scratch = make_scratch(most_profiles, 4 * sets.vertices.shape[1] + 64)
    moved, spent = 0.0, 0.0
    for s in states:
        n = operate_signals(
            s, game, listed, sets, alive, reach, 0.5 * tol, shift, mode != OUTER, bag, scratch, ws
        )
        if n < 0:
            return np.inf, np.inf
        step, used = finish_state(
            s, mode, 0.5 * tol, bag, n, polygon, sets.vertices, sets.count, sets.low, sets.high
        )
        moved, spent = max(moved, step), max(spent, used)
    return moved, spent


@spliced
def begin_reach(
    s: int, game: Tables, listed: Listed, sets: Polygons, alive: BoolArray, reach: Reach,
    eta: float, scale: float, strict: bool, worst: FloatArray, ws: Workspace,
) -> bool:  # fmt: skip
    """Bound what each profile of a state could give, where nothing is known; whether any is left.

    ``worst`` is filled by `value_deviations`.
    """
    value_deviations(s, game, sets, worst)
    ws.ints[HEAD, PREPARED] = -1
    left = False
    for a in range(game.profile_start[s], game.profile_start[s + 1]):
        if not alive[a]:
            continue
        if reach.size[a] < 0:
            if prepare(s, a, game, listed, sets, worst, eta, scale, False, ws) == INFEASIBLE:
                _strike(a, alive, reach, strict)
            else:
                _box(ws, sets, reach.polygon, a)
                reach.size[a] = 4
        left = left or reach.size[a] > 0
    return left


@helper
def _strike(a: int, alive: BoolArray, reach: Reach, strict: bool) -> None:
    reach.size[a] = 0
    if not strict:
        alive[a] = False


@helper
def _box(ws: Workspace, sets: Polygons, out: FloatArray, a: int) -> None:
    """Write the box around what the profile could give if nothing had to be enforced."""
    for i in range(2):
        low = high = ws.lines[BASE, i]
        for k in range(ws.ints[HEAD, VARIABLES]):
            weight = ws.lines[DELTA, i] * ws.lines[WEIGHT, k]
            low += weight * sets.low[ws.ints[NEXT, k], i]
            high += weight * sets.high[ws.ints[NEXT, k], i]
        for j in range(4):
            out[a, j, i] = high if (1 <= j <= 2 if i == 0 else j >= 2) else low
    for j in range(4):
        out[a, j, 2] = 0.0


@spliced
def _surround(s: int, game: Tables, reach: Reach, alive: BoolArray, out: FloatArray) -> int:
    """Write the box around what any profile of the state could give.

    The third column of an outer polygon bounds the distance from the inside: it was that once,
    and the inside only grows.
    """
    x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
    for a in range(game.profile_start[s], game.profile_start[s + 1]):
        if alive[a]:
            for j in range(reach.size[a]):
                x0, x1 = min(x0, reach.polygon[a, j, 0]), max(x1, reach.polygon[a, j, 0])
                y0, y1 = min(y0, reach.polygon[a, j, 1]), max(y1, reach.polygon[a, j, 1])
    for j in range(4):
        out[j, 0] = x1 if 1 <= j <= 2 else x0
        out[j, 1] = y1 if j >= 2 else y0
        out[j, 2] = np.inf
    return 4


@kernel
def best_in_direction(
    s: int, lam1: float, lam2: float, game: Tables, listed: Listed, sets: Polygons, alive:
    BoolArray, reach: Reach, eta: float, scale: float, eps: float, strict: bool, scratch: Scratch,
    ws: Workspace,
) -> float:  # fmt: skip
    """Bound what the state can give in a direction, within ``eps``; -inf if nothing.

    ``scratch.found`` receives the best payoff attained (nan if none). Profiles are priced in the
    order of what they could give at most; pricing makes ``reach`` sharper. Afterwards
    ``scratch.worth`` is -inf for profiles priced here, and what the others could give.
    """
    first, last = game.profile_start[s], game.profile_start[s + 1]
    for a in range(first, last):
        worth = -np.inf
        if alive[a]:
            for j in range(reach.size[a]):
                worth = max(worth, lam1 * reach.polygon[a, j, 0] + lam2 * reach.polygon[a, j, 1])
        scratch.worth[a - first] = worth
    best, value = -np.inf, -np.inf
    scratch.found[0] = scratch.found[1] = np.nan
    while True:
        a = first
        for b in range(first + 1, last):
            if scratch.worth[b - first] > scratch.worth[a - first]:
                a = b
        most: float = scratch.worth[a - first]
        if most <= (value if strict else best) + eps:
            return max(best, most)
        scratch.worth[a - first] = -np.inf
        bound = price(
            s,
            a,
            lam1,
            lam2,
            game,
            listed,
            sets,
            alive,
            reach,
            eta,
            scale,
            strict,
            scratch.spare,
            scratch.worst,
            ws,
        )
        best = max(best, bound)
        if bound > -np.inf and ws.lines[ANSWER, 0] > value:
            value = ws.lines[ANSWER, 0]
            scratch.found[0] = ws.lines[ANSWER, 2]
            scratch.found[1] = ws.lines[ANSWER, 3]


@spliced
def price(
    s: int, a: int, lam1: float, lam2: float, game: Tables, listed: Listed, sets: Polygons, alive:
    BoolArray, reach: Reach, eta: float, scale: float, strict: bool, spare: FloatArray,
    worst: FloatArray, ws: Workspace,
) -> float:  # fmt: skip
    """Solve a profile's programme in a direction; give its bound, -inf if it is not enforced."""
    if ws.ints[HEAD, PREPARED] != a:
        ready = prepare(s, a, game, listed, sets, worst, eta, scale, False, ws)
        ws.ints[HEAD, PREPARED] = a
        if ready == INFEASIBLE:
            _strike(a, alive, reach, strict)
            return -np.inf
    if solve_direction(lam1, lam2, strict, ws, sets) == INFEASIBLE:
        _strike(a, alive, reach, strict)
        return -np.inf
    bound: float = ws.lines[ANSWER, 1] + _rounding(ws)
    n = reach.size[a]
    if n + 1 >= REACH_ROOM:
        n = _box_again(reach, a)
    n = clip(reach.polygon[a], n, lam1, lam2, bound, 0.0, spare)
    for j in range(n):
        for axis in range(3):
            reach.polygon[a, j, axis] = spare[j, axis]
    reach.size[a] = n
    return bound


@helper
def _box_again(reach: Reach, a: int) -> int:
    """Forget all but the box of what a profile could give: its polygon has no more room."""
    x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
    for j in range(reach.size[a]):
        x0, x1 = min(x0, reach.polygon[a, j, 0]), max(x1, reach.polygon[a, j, 0])
        y0, y1 = min(y0, reach.polygon[a, j, 1]), max(y1, reach.polygon[a, j, 1])
    for j in range(4):
        reach.polygon[a, j, 0] = x1 if 1 <= j <= 2 else x0
        reach.polygon[a, j, 1] = y1 if j >= 2 else y0
    return 4


@helper
def _write(polygon: FloatArray, n: int, thin: float, out_vertices: FloatArray) -> int:
    """Copy a polygon, lowest vertex first; one thinner than rounding is a segment or point."""
    if n == 0:
        return 0
    p, q = _far_pair(polygon, n)
    dx, dy = polygon[q, 0] - polygon[p, 0], polygon[q, 1] - polygon[p, 1]
    length = (dx * dx + dy * dy) ** 0.5
    width = 0.0
    if length > 0.0:
        for j in range(n):
            across = dx * (polygon[j, 1] - polygon[p, 1]) - dy * (polygon[j, 0] - polygon[p, 0])
            width = max(width, abs(across) / length)
    if width <= thin:
        x, y = polygon[q, 0], polygon[q, 1]
        for axis in range(2):
            polygon[0, axis] = polygon[p, axis]
        polygon[1, 0] = x
        polygon[1, 1] = y
        n = 1 if length <= thin else 2
    if n > len(out_vertices):
        return FULL
    lowest = 0
    for j in range(1, n):
        if polygon[j, 1] < polygon[lowest, 1] or (
            polygon[j, 1] == polygon[lowest, 1] and polygon[j, 0] > polygon[lowest, 0]
        ):
            lowest = j
    for j in range(n):
        for axis in range(2):
            out_vertices[j, axis] = polygon[(lowest + j) % n, axis]
    return n


@helper
def _far_pair(points: FloatArray, n: int) -> tuple[int, int]:
    """Two vertices far apart: the one farthest from the first, and the one farthest from that."""
    p = 0
    q = 0
    for _ in range(2):
        p, far = q, -1.0
        for j in range(n):
            dx, dy = points[j, 0] - points[p, 0], points[j, 1] - points[p, 1]
            if dx * dx + dy * dy > far:
                far = dx * dx + dy * dy
                q = j
    return p, q


@spliced
def _ask_known(
    s: int, game: Tables, listed: Listed, sets: Polygons, alive: BoolArray, reach: Reach, eta:
    float, scale: float, stop: float, strict: bool, n_outer: int, scratch: Scratch, ws: Workspace,
) -> tuple[int, int]:  # fmt: skip
    """Ask first in the directions of the edges that the state's set has now."""
    n_inner = 0
    eps = max(0.01 * stop, 1e-15 * scale)
    n = sets.count[s]
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        dx = sets.vertices[s, k, 0] - sets.vertices[s, j, 0]
        dy = sets.vertices[s, k, 1] - sets.vertices[s, j, 1]
        length = (dx * dx + dy * dy) ** 0.5
        if length <= 4.0 * stop or n_outer + 4 >= len(scratch.inner):
            continue
        lam1, lam2 = dy / length, -dx / length
        bound = best_in_direction(
            s, lam1, lam2, game, listed, sets, alive, reach, eta, scale, eps, strict, scratch, ws
        )
        if bound == -np.inf:
            return 0, 0
        if not np.isnan(scratch.found[0]) and n_inner + 1 < len(scratch.inner):
            n_inner, _ = _insert(
                scratch.inner, n_inner, scratch.found[0], scratch.found[1], eps, scratch.spare
            )
        n_outer = _cut(scratch, n_outer, lam1, lam2, bound)
    return n_outer, n_inner


@helper
def _cut(scratch: Scratch, n_outer: int, lam1: float, lam2: float, bound: float) -> int:
    """Cut the outside; exactly, for what rounding takes off an outer bound is lost for good."""
    n: int = clip(scratch.outer, n_outer, lam1, lam2, bound, 0.0, scratch.spare)
    for j in range(n):
        for axis in range(3):
            scratch.outer[j, axis] = scratch.spare[j, axis]
    return n


@spliced
def _sandwich(
    s: int, game: Tables, listed: Listed, sets: Polygons, alive: BoolArray, reach: Reach,
    eta: float, scale: float, stop: float, limit: int, strict: bool, n_outer: int, n_inner: int,
    scratch: Scratch, ws: Workspace,
) -> tuple[int, int]:  # fmt: skip
    """Bring the outside within ``stop`` of the inside; give the numbers of vertices of both.

    0 outer vertices where no profile can be enforced.
    """
    inner, outer = scratch.inner, scratch.outer
    eps = max(0.01 * stop, 1e-15 * scale)
    lam1, lam2, beyond, z = 1.0, 0.0, np.inf, 0
    for _ in range(limit):
        if n_inner > 0:
            z, far = _farthest(outer, n_outer, inner, n_inner, stop)
            if far <= stop or max(n_inner, n_outer) + 2 >= len(inner):
                break
            lam1, lam2 = _facing(outer[z, 0], outer[z, 1], inner, n_inner, stop)
            beyond = lam1 * outer[z, 0] + lam2 * outer[z, 1]
        bound = best_in_direction(
            s, lam1, lam2, game, listed, sets, alive, reach, eta, scale, eps, strict, scratch, ws
        )
        if bound == -np.inf:
            return 0, 0
        grown = False
        if not np.isnan(scratch.found[0]):
            n_inner, grown = _insert(
                inner, n_inner, scratch.found[0], scratch.found[1], eps, scratch.spare
            )
        if n_inner == 0:
            break  # pivots ran out before a feasible point: the box is all that is known
        if not (grown or beyond > bound + eps):
            outer[z, 2] = 0.0  # bound and point do not quite meet: the vertex stays
        n_outer = _cut(scratch, n_outer, lam1, lam2, bound)
    return n_outer, n_inner


@helper
def _rounding(ws: Workspace) -> float:
    """Allow for what rounding can take off a bound, which grows with the multipliers."""
    total: float = 2e-15 * ws.lines[HEAD, 0]
    for r in range(ws.ints[HEAD, ROWS]):
        total += 2e-15 * ws.lines[HEAD, 0] * ws.lines[MULTIPLIERS, r]
    return total


@helper
def _farthest(
    outer: FloatArray, n_outer: int, inner: FloatArray, n_inner: int, stop: float
) -> tuple[int, float]:
    """Give an outer vertex about as far from the inside as any, and how far it is.

    At most ``stop`` only if that holds for all of them.
    """
    while True:
        at = 0
        for j in range(1, n_outer):
            if outer[j, 2] > outer[at, 2]:
                at = j
        known: float = outer[at, 2]
        if known <= stop:
            return at, known
        distance: float = distance_to(outer[at, 0], outer[at, 1], inner, n_inner)
        outer[at, 2] = distance
        if distance > stop and (distance >= 0.5 * known or known == np.inf):
            return at, distance


@helper
def _facing(x: float, y: float, inner: FloatArray, n: int, stop: float) -> tuple[float, float]:
    """Direction in which to look for payoffs near (x, y), which lies outside the inside.

    The normal of the edge that (x, y) lies farthest beyond, so that edges are found exactly;
    beyond a sharp corner, where no edge is passed by more than ``stop``, away from the corner.
    """
    best, lam1, lam2 = stop, 0.0, 0.0
    if n >= 2:
        for j in range(n):
            k = j + 1 if j + 1 < n else 0
            dx, dy = inner[k, 0] - inner[j, 0], inner[k, 1] - inner[j, 1]
            length = (dx * dx + dy * dy) ** 0.5
            if length == 0.0:
                continue
            beyond = (dy * (x - inner[j, 0]) - dx * (y - inner[j, 1])) / length
            if beyond > best:
                best, lam1, lam2 = beyond, dy / length, -dx / length
    if best > stop:
        return lam1, lam2
    near, nx, ny = np.inf, 0.0, 0.0
    for j in range(n):
        dx, dy = x - inner[j, 0], y - inner[j, 1]
        distance = (dx * dx + dy * dy) ** 0.5
        if distance < near:
            near, nx, ny = distance, dx, dy
    return nx / near, ny / near


@helper
def _insert(
    inner: FloatArray, n: int, x: float, y: float, eps: float, spare: FloatArray
) -> tuple[int, bool]:
    """Add a point to a convex polygon in place; False if it lies within ``eps`` of it."""
    if n > 0 and distance_to(x, y, inner, n) <= eps:
        return n, False
    if n < 3:
        return _insert_early(inner, n, x, y), True
    # edges that the point lies beyond are next to each other, around the one passed farthest
    start, most = 0, -np.inf
    for j in range(n):
        beyond = _beyond(inner, n, j, x, y)
        if beyond > most:
            start, most = j, beyond
    end = start
    kept = n
    while kept > 2 and _beyond(inner, n, (start - 1) % n, x, y) > 0.0:
        start = (start - 1) % n
        kept -= 1
    while kept > 2 and _beyond(inner, n, (end + 1) % n, x, y) > 0.0:
        end = (end + 1) % n
        kept -= 1
    for j in range(kept):
        from_vertex = (end + 1 + j) % n
        spare[j, 0] = inner[from_vertex, 0]
        spare[j, 1] = inner[from_vertex, 1]
    spare[kept, 0] = x
    spare[kept, 1] = y
    for j in range(kept + 1):
        inner[j, 0] = spare[j, 0]
        inner[j, 1] = spare[j, 1]
    return kept + 1, True


@helper
def _insert_early(inner: FloatArray, n: int, x: float, y: float) -> int:
    """Add a point to nothing, to another point, or to a segment, in place."""
    inner[n, 0] = x
    inner[n, 1] = y
    if n < 2:
        return n + 1
    ux, uy = inner[1, 0] - inner[0, 0], inner[1, 1] - inner[0, 1]
    vx, vy = x - inner[0, 0], y - inner[0, 1]
    turn = ux * vy - uy * vx
    if turn != 0.0:
        if turn < 0.0:
            for axis in range(2):
                inner[2, axis] = inner[1, axis]
            inner[1, 0] = x
            inner[1, 1] = y
        return 3
    along = (ux * vx + uy * vy) / (ux * ux + uy * uy)
    if along > 1.0:
        inner[1, 0] = x
        inner[1, 1] = y
    elif along < 0.0:
        inner[0, 0] = x
        inner[0, 1] = y
    return 2


@helper
def _beyond(inner: FloatArray, n: int, j: int, x: float, y: float) -> float:
    """How far a point lies beyond edge ``j`` of a polygon (negative: on the inner side)."""
    k = j + 1 if j + 1 < n else 0
    dx, dy = inner[k, 0] - inner[j, 0], inner[k, 1] - inner[j, 1]
    length: float = (dx * dx + dy * dy) ** 0.5
    if length == 0.0:
        return -np.inf
    beyond: float = (dy * (x - inner[j, 0]) - dx * (y - inner[j, 1])) / length
    return beyond


@kernel
def clip(
    points: FloatArray, n: int, nx: float, ny: float, bound: float, slack: float, out: FloatArray
) -> int:
    """Write the part of a convex polygon with ``nx x + ny y <= bound`` to ``out``.

    Points are rows (x, y, g) where g is any convex function's value or an upper bound of it: a
    new vertex gets the larger one of its neighbours'. Vertices beyond the line by at most
    ``slack`` stay. Points closer than ``slack`` to the one before are joined. Where nothing
    remains, the vertex nearest to the line is kept: callers only cut along lines that are
    known to touch what the polygon surrounds.
    """
    m = 0
    nearest, least = 0, np.inf
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        a = nx * points[j, 0] + ny * points[j, 1] - bound
        b = nx * points[k, 0] + ny * points[k, 1] - bound
        if a < least:
            nearest, least = j, a
        if a <= slack:
            m = _append(out, m, points[j, 0], points[j, 1], points[j, 2], slack)
        if (a > slack and b < 0.0) or (b > slack and a < 0.0):
            share = a / (a - b)
            x = points[j, 0] + share * (points[k, 0] - points[j, 0])
            y = points[j, 1] + share * (points[k, 1] - points[j, 1])
            m = _append(out, m, x, y, max(points[j, 2], points[k, 2]), slack)
    if (
        m > 1
        and abs(out[m - 1, 0] - out[0, 0]) <= slack
        and abs(out[m - 1, 1] - out[0, 1]) <= slack
    ):
        m -= 1
        out[0, 2] = max(out[0, 2], out[m, 2])
    if m == 0 and n > 0:
        for axis in range(3):
            out[0, axis] = points[nearest, axis]
        m = 1
    return m


@helper
def _append(out: FloatArray, m: int, x: float, y: float, g: float, slack: float) -> int:
    if m > 0 and abs(out[m - 1, 0] - x) <= slack and abs(out[m - 1, 1] - y) <= slack:
        out[m - 1, 2] = max(out[m - 1, 2], g)
        return m
    out[m, 0] = x
    out[m, 1] = y
    out[m, 2] = g
    return m + 1
