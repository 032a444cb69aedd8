"""B applied once to given polygons where everybody sees the profile, to check a solve.

Separate on purpose: nothing here is shared with the kernels that solve. The weighted Minkowski
sum of the next polygons is a walk along all their edges in the order of their angle, cut at the
two floors (Abreu and Sannikov, Theor. Econ. 9, 2014, eq. 1); what all profiles give together is
wrapped by a hull. Distances are Euclidean, from a vertex of one polygon to the other polygon.

Axis letters: S states, A profiles (stacked), E entries (profile -> next state), N vertices of all
polygons (those of state s are rows ``start[s]:start[s + 1]``, counter-clockwise).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray

CORNERS = 16  # directions whose extreme points let the hull ignore what lies between them
BAG = 32_768  # points gathered before they are replaced by their hull
CROWDED = 8  # walk all edges rather than sort, where a sum has more than one in so many of them


@njit(cache=True)
def wrap(points: FloatArray, n: int, out: FloatArray) -> int:
    """Write the hull of ``points[:n]`` to ``out``, counter-clockwise (Andrew's chains)."""
    if n == 0:
        return 0
    kept = _drop_middle(points, n, out)
    order = np.argsort(out[:kept, 0])
    sorted_ = np.empty((kept, 2))
    for j in range(kept):
        sorted_[j] = out[order[j]]
    j = 0
    while j < kept:  # equal first coordinates: in the order of the second
        k = j + 1
        while k < kept and sorted_[k, 0] == sorted_[j, 0]:
            k += 1
        if k > j + 1:
            sorted_[j:k, 1] = np.sort(sorted_[j:k, 1])
        j = k
    used = _chain(sorted_, kept, 1, out, 0)
    upper = _chain(sorted_, kept, -1, out, used - 1)
    last = upper - 1  # the upper chain ends where the lower one began
    return last if last > 0 else 1


@njit(cache=True)
def _chain(points: FloatArray, n: int, step: int, out: FloatArray, base: int) -> int:
    """Append the left-turning chain of sorted points to ``out[base:]``; give its end."""
    used = base
    for j in range(n):
        place = j if step > 0 else n - 1 - j
        x, y = points[place, 0], points[place, 1]
        while used - base >= 2:
            ax, ay = out[used - 2, 0], out[used - 2, 1]
            bx, by = out[used - 1, 0], out[used - 1, 1]
            if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0:
                break
            used -= 1
        if used > base and out[used - 1, 0] == x and out[used - 1, 1] == y:
            continue
        out[used, 0] = x
        out[used, 1] = y
        used += 1
    return used


@njit(cache=True)
def _drop_middle(points: FloatArray, n: int, out: FloatArray) -> int:
    """Copy the points that are not well inside the hull of the extreme ones (Akl, Toussaint)."""
    if n <= 4 * CORNERS:
        out[:n] = points[:n]
        return n
    corner = np.zeros(CORNERS, np.int64)
    for c in range(CORNERS):
        x, y = np.cos(2.0 * np.pi * c / CORNERS), np.sin(2.0 * np.pi * c / CORNERS)
        best = -np.inf
        for j in range(n):
            reach = x * points[j, 0] + y * points[j, 1]
            if reach > best:
                best = reach
                corner[c] = j
    side = np.empty((CORNERS, 3))  # half-planes of the polygon of the extreme points
    sides = 0
    size = 0.0
    for c in range(CORNERS):
        p, q = points[corner[c]], points[corner[(c + 1) % CORNERS]]
        if p[0] != q[0] or p[1] != q[1]:
            side[sides, 0] = p[1] - q[1]
            side[sides, 1] = q[0] - p[0]
            side[sides, 2] = side[sides, 0] * p[0] + side[sides, 1] * p[1]
            size = max(size, abs(side[sides, 0]), abs(side[sides, 1]))
            sides += 1
    kept = 0
    for j in range(n):
        inside = sides >= 3
        for c in range(sides):
            reach = side[c, 0] * points[j, 0] + side[c, 1] * points[j, 1]
            if reach <= side[c, 2] + 1e-12 * size:
                inside = False
                break
        if not inside:
            out[kept, 0] = points[j, 0]
            out[kept, 1] = points[j, 1]
            kept += 1
    return kept


@njit(cache=True)
def distance(x: float, y: float, polygon: FloatArray, n: int) -> float:
    """Give the distance of a point from a polygon (0 inside; inf from an empty one)."""
    least = np.inf
    inside = n >= 3
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        ax, ay = polygon[j, 0], polygon[j, 1]
        bx, by = polygon[k, 0], polygon[k, 1]
        dx, dy = bx - ax, by - ay
        if dx * (y - ay) - dy * (x - ax) < 0.0:
            inside = False
        length = dx * dx + dy * dy
        part = 0.0
        if length > 0.0:
            part = min(1.0, max(0.0, ((x - ax) * dx + (y - ay) * dy) / length))
        off_x, off_y = x - ax - part * dx, y - ay - part * dy
        least = min(least, off_x * off_x + off_y * off_y)
    return 0.0 if inside else np.sqrt(least)


@njit(cache=True)
def reach_beyond(first: FloatArray, n_first: int, second: FloatArray, n_second: int) -> float:
    """Give how far the first polygon reaches outside the second (0 where it is empty)."""
    most = 0.0
    for j in range(n_first):
        most = max(most, distance(first[j, 0], first[j, 1], second, n_second))
    return most


@njit(cache=True)
def find_floors(
    s: int, n_actions: IntArray, profile_start: IntArray, payoff: FloatArray, discount: FloatArray,
    entry_start: IntArray, entry_next: IntArray, entry_probability: FloatArray, low: FloatArray,
    floors: FloatArray,
) -> None:  # fmt: skip
    """Write what each party can have by deviating from each profile of a state, then punished.

    ``floors[a - first, i]``, shape (A_s, 2); inf where an empty set could follow.
    """
    first, last = profile_start[s], profile_start[s + 1]
    width = n_actions[s, 1]
    worth = np.empty((last - first, 2))
    for a in range(first, last):
        for i in range(2):
            follow = 0.0
            for e in range(entry_start[a], entry_start[a + 1]):
                follow += entry_probability[e] * low[entry_next[e], i]
            worth[a - first, i] = (1.0 - discount[i]) * payoff[a, i] + discount[i] * follow
    for a in range(last - first):
        floors[a, 0] = -np.inf
        floors[a, 1] = -np.inf
        for b in range(n_actions[s, 0]):
            floors[a, 0] = max(floors[a, 0], worth[b * width + a % width, 0])
        for b in range(width):
            floors[a, 1] = max(floors[a, 1], worth[a - a % width + b, 1])


@njit(cache=True)
def _list_sum_edges(
    a: int, entry_start: IntArray, entry_next: IntArray, start: IntArray, rank: IntArray,
    chosen: IntArray,
) -> int:  # fmt: skip
    """Write the ranks of the edges of all next polygons in the order of angle; how many."""
    used = 0
    for e in range(entry_start[a], entry_start[a + 1]):
        for v in range(start[entry_next[e]], start[entry_next[e] + 1]):
            chosen[used] = rank[v]
            used += 1
    chosen[:used].sort()
    return used


@njit(cache=True)
def generate(
    a: int, payoff: FloatArray, discount: FloatArray, entry_start: IntArray, entry_next: IntArray,
    entry_probability: FloatArray, points: FloatArray, start: IntArray, order: IntArray,
    rank: IntArray, owner: IntArray, weight: FloatArray, chosen: IntArray, out: FloatArray,
) -> int:  # fmt: skip
    """Write what profile ``a`` pays, enforced or not, as a chain of points; how many.

    Parameters
    ----------
    order, rank : int64 (N,), the edges (each named by the vertex it leaves) by angle from -pi
        on, and the place of each edge in that order
    owner : int64 (N,), the state whose polygon an edge belongs to
    weight : float64 (S,), all zero; left so
    """
    x, y = 0.0, 0.0
    total = 0
    for e in range(entry_start[a], entry_start[a + 1]):
        t = entry_next[e]
        weight[t] += entry_probability[e]
        total += start[t + 1] - start[t]
        top = start[t]  # the edge walk begins at the vertex that the first edge leaves
        for v in range(start[t], start[t + 1]):
            if rank[v] < rank[top]:
                top = v
        x += entry_probability[e] * points[top, 0]
        y += entry_probability[e] * points[top, 1]
    x = (1.0 - discount[0]) * payoff[a, 0] + discount[0] * x
    y = (1.0 - discount[1]) * payoff[a, 1] + discount[1] * y
    crowded = CROWDED * total > len(order)
    steps = len(order) if crowded else _list_sum_edges(
        a, entry_start, entry_next, start, rank, chosen
    )  # fmt: skip
    out[0, 0] = x
    out[0, 1] = y
    n = 1
    for j in range(steps):
        v = order[j if crowded else chosen[j]]
        t = owner[v]
        if weight[t] == 0.0 or (not crowded and j > 0 and chosen[j] == chosen[j - 1]):
            continue
        head = v + 1 if v + 1 < start[t + 1] else start[t]
        x += discount[0] * weight[t] * (points[head, 0] - points[v, 0])
        y += discount[1] * weight[t] * (points[head, 1] - points[v, 1])
        out[n, 0] = x
        out[n, 1] = y
        n += 1
    for e in range(entry_start[a], entry_start[a + 1]):
        weight[entry_next[e]] = 0.0
    return n


@njit(cache=True)
def keep_above(points: FloatArray, n: int, axis: int, floor: float, out: FloatArray) -> int:
    """Write the part of a polygon where a coordinate is at least ``floor``; how many points."""
    used = 0
    other = 1 - axis
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        here, there = points[j, axis], points[k, axis]
        if here >= floor:
            out[used, axis] = here
            out[used, other] = points[j, other]
            used += 1
        if n > 1 and (here >= floor) != (there >= floor):
            part = (floor - here) / (there - here)
            out[used, axis] = floor
            out[used, other] = points[j, other] + part * (points[k, other] - points[j, other])
            used += 1
    return used


@njit(cache=True)
def check_perfect(
    states: IntArray, slack: float, n_actions: IntArray, profile_start: IntArray,
    payoff: FloatArray, prescribable: BoolArray, discount: FloatArray, entry_start: IntArray,
    entry_next: IntArray, entry_probability: FloatArray, points: FloatArray, start: IntArray,
    order: IntArray, rank: IntArray, owner: IntArray, low: FloatArray, gaps: FloatArray,
) -> None:  # fmt: skip
    """Compare the polygons of some states with B of all polygons, once.

    Parameters
    ----------
    states : int64 array, states with perfect monitoring
    slack : every floor is lowered by this much
    low : float64 (S, 2), the lowest payoffs of each polygon; inf where it is empty
    gaps : float64 (S, 2), written: how far B reaches beyond the polygon, and it beyond B
    """
    longest = 0
    for a in range(profile_start[-1]):
        edges = 8
        for e in range(entry_start[a], entry_start[a + 1]):
            edges += start[entry_next[e] + 1] - start[entry_next[e]]
        longest = max(longest, edges)
    chosen = np.empty(longest, np.int64)
    sum_, cut = np.empty((2 * longest, 2)), np.empty((2 * longest, 2))
    bag = np.empty((BAG + 2 * longest, 2))
    hull = np.empty((len(bag) + 1, 2))
    weight = np.zeros(len(start) - 1)
    floors = np.empty((np.diff(profile_start).max(), 2))
    for s in states:
        find_floors(
            s, n_actions, profile_start, payoff, discount, entry_start, entry_next,
            entry_probability, low, floors,
        )  # fmt: skip
        used = 0
        for a in range(profile_start[s], profile_start[s + 1]):
            f0, f1 = floors[a - profile_start[s]]
            if not prescribable[a] or not (f0 < np.inf and f1 < np.inf):
                continue
            n = generate(
                a, payoff, discount, entry_start, entry_next, entry_probability, points, start,
                order, rank, owner, weight, chosen, sum_,
            )  # fmt: skip
            n = keep_above(sum_, n, 0, f0 - slack, cut)
            n = keep_above(cut, n, 1, f1 - slack, sum_)
            if used + n > len(bag):
                used = wrap(bag, used, hull)
                bag = bag if used < BAG else np.empty((2 * used + 2 * longest, 2))
                bag[:used] = hull[:used]
                hull = np.empty((len(bag) + 1, 2))
            bag[used : used + n] = sum_[:n]
            used += n
        n = wrap(bag, used, hull)
        own = points[start[s] : start[s + 1]]
        gaps[s, 0] = reach_beyond(hull, n, own, len(own))
        gaps[s, 1] = reach_beyond(own, len(own), hull, n)
