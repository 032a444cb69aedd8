"""Weighted sums of many convex polygons by one walk along all their edges, sorted by angle.

The edges of all polygons that can take part are sorted once. Every weighted sum of them then
has its vertices along that list: vertex j is reached after edge j. Four edges without length
mark the directions of the axes: so a sum that is cut at the floors keeps the same list of
normals, no two neighbours among the normals are more than a right angle apart, and the hull of
several such sums is found normal by normal, without sorting points.

Axis letters: V vertices, E edges of the sorted list, C sums that are compared.
"""

from __future__ import annotations

from numba import njit

from detente.arrays import FloatArray, IntArray

LEFT_KEY = 3.0  # of the edge (0, -1), whose normal points at the floor of the first axis


@njit(cache=True, nogil=True, inline="always")
def find_key(dx: float, dy: float) -> float:
    """Give a number in [0, 4] that grows with the angle of an edge in (0, 2 pi]."""
    share = dx / (abs(dx) + abs(dy))
    if dy > 0.0 or (dy == 0.0 and dx < 0.0):
        return 1.0 - share
    return 3.0 + share


@njit(cache=True, nogil=True)
def _place(
    polygon: FloatArray, n: int, owner: int, row: int, at: int, list_: FloatArray,
    owners: IntArray,
) -> int:  # fmt: skip
    """Append the edges of one polygon to the list in buffer ``row``; give the new length."""
    if n < 2:
        return at
    x, y = polygon[0, 0], polygon[0, 1]
    for j in range(1, n + 1):
        k = j if j < n else 0
        dx, dy = polygon[k, 0] - x, polygon[k, 1] - y
        x, y = polygon[k, 0], polygon[k, 1]
        if dx != 0.0 or dy != 0.0:
            list_[row, 0, at] = find_key(dx, dy)
            list_[row, 1, at] = dx
            list_[row, 2, at] = dy
            owners[row, at] = owner
            at += 1
    return at


@njit(cache=True, nogil=True)
def sort_edges(
    chosen: IntArray, vertices: FloatArray, count: IntArray, list_: FloatArray,
    owners: IntArray, ends: IntArray, order: IntArray,
) -> tuple[int, int]:  # fmt: skip
    """Sort the edges of chosen polygons by angle (in buckets), the axes' directions included.

    Parameters
    ----------
    chosen : int64 array, shape (N,), indices of the polygons
    vertices, count : float64 (S, V, 2) and int64 (S,)
    list_ : float64 array, shape (2, 3, >= E), two buffers with rows key, dx, dy
    owners : int64 array, shape (2, >= E), position in ``chosen``; N for the directions of the axes
    ends, order : int64 arrays, shapes (>= E + 1,) and (>= E,), scratch

    Returns
    -------
    row, n_edges : int
        The buffer that holds the sorted list, and its length.
    """
    at = 0
    for c in range(len(chosen)):
        t = chosen[c]
        at = _place(vertices[t], count[t], c, 0, at, list_, owners)
    for mark in range(1, 5):
        list_[0, 0, at] = float(mark)
        list_[0, 1, at] = 1.0 if mark == 4 else (-1.0 if mark == 2 else 0.0)
        list_[0, 2, at] = 1.0 if mark == 1 else (-1.0 if mark == 3 else 0.0)
        owners[0, at] = len(chosen)
        at += 1
    scale = 0.25 * (at - 1)
    ends[: at + 1] = 0
    for j in range(at):
        ends[int(scale * list_[0, 0, j]) + 1] += 1
    for j in range(at):
        ends[j + 1] += ends[j]
    for j in range(at):
        bucket = int(scale * list_[0, 0, j])
        order[ends[bucket]] = j
        ends[bucket] += 1
    for m in range(at):
        k = order[m]
        key = list_[0, 0, k]
        j = m
        while j > 0 and list_[1, 0, j - 1] > key:
            list_[1, 0, j] = list_[1, 0, j - 1]
            order[j] = order[j - 1]
            j -= 1
        list_[1, 0, j] = key
        order[j] = k
    for j in range(at):
        k = order[j]
        list_[1, 1, j] = list_[0, 1, k]
        list_[1, 2, j] = list_[0, 2, k]
        owners[1, j] = owners[0, k]
    return 1, at


@njit(cache=True, nogil=True)
def replace_edges(
    owner: int, polygon: FloatArray, n: int, row: int, n_edges: int, list_: FloatArray,
    owners: IntArray, fresh: FloatArray, fresh_owners: IntArray,
) -> tuple[int, int]:  # fmt: skip
    """Exchange the edges of one polygon in a sorted list; gives what `sort_edges` gives.

    ``fresh`` and ``fresh_owners`` are scratch of shapes (1, 3, >= n) and (1, >= n).
    """
    added = _place(polygon, n, owner, 0, 0, fresh, fresh_owners)
    other = 1 - row
    m = 0
    j = 0
    for i in range(n_edges):
        if owners[row, i] == owner:
            continue
        key = list_[row, 0, i]
        while j < added and fresh[0, 0, j] < key:
            for k in range(3):
                list_[other, k, m] = fresh[0, k, j]
            owners[other, m] = owner
            j += 1
            m += 1
        for k in range(3):
            list_[other, k, m] = list_[row, k, i]
        owners[other, m] = owners[row, i]
        m += 1
    while j < added:
        for k in range(3):
            list_[other, k, m] = fresh[0, k, j]
        owners[other, m] = owner
        j += 1
        m += 1
    return other, m


@njit(cache=True, nogil=True)
def walk(
    x: float, y: float, weights: FloatArray, list_: FloatArray, owners: IntArray, n_edges: int,
    out: FloatArray,
) -> None:  # fmt: skip
    """Write the vertices of a weighted sum, from its lowest (rightmost) one at (x, y) on.

    Parameters
    ----------
    weights : float64 array, shape (N + 1, 2), by owner and axis; the last row is 0
    list_, owners : one buffer of the sorted list, shapes (3, >= E) and (>= E,)
    out : float64 array, shape (2, >= E + 1)
    """
    out[0, 0] = x
    out[1, 0] = y
    for j in range(n_edges):
        c = owners[j]
        x += weights[c, 0] * list_[1, j]
        y += weights[c, 1] * list_[2, j]
        out[0, j + 1] = x
        out[1, j + 1] = y
    out[0, n_edges], out[1, n_edges] = out[0, 0], out[1, 0]  # it closes, rounding apart


@njit(cache=True, nogil=True)
def _cross(
    points: FloatArray, below: int, above: int, axis: int, floor: float, out: FloatArray
) -> None:
    """Write the point where an edge crosses a floor to ``out``, shape (2,)."""
    a = points[axis, above] - floor
    share = a / (points[axis, above] - points[axis, below])
    other = 1 - axis
    out[axis] = floor
    out[other] = points[other, above] + share * (points[other, below] - points[other, above])


@njit(cache=True, nogil=True)
def cut_bottom(points: FloatArray, n_edges: int, floor: float, spot: FloatArray) -> bool:
    """Cut a walked sum at a floor of the second axis, in place; give whether anything is left.

    The vertices below are moved to the two ends of the cut, so that vertex j still is the
    furthest one for all normals between those of edges j and j + 1.
    """
    if points[1, 0] >= floor:
        return True
    first = 0
    while first <= n_edges and points[1, first] < floor:
        first += 1
    if first > n_edges:
        return False
    last = n_edges
    while points[1, last] < floor:
        last -= 1
    if last < n_edges:
        _cross(points, last + 1, last, 1, floor, spot)
        for j in range(last + 1, n_edges):
            points[0, j], points[1, j] = spot[0], spot[1]
    _cross(points, first - 1, first, 1, floor, spot)
    for j in range(first):
        points[0, j], points[1, j] = spot[0], spot[1]
    points[0, n_edges], points[1, n_edges] = spot[0], spot[1]
    return True


@njit(cache=True, nogil=True)
def cut_left(points: FloatArray, n_edges: int, mark: int, floor: float, spot: FloatArray) -> bool:
    """Cut a walked sum at a floor of the first axis, as `cut_bottom` does.

    ``mark`` is the vertex reached after the edge that marks the direction of this floor.
    """
    if points[0, mark] >= floor:
        return True
    top = mark - 1
    while top >= 0 and points[0, top] < floor:
        top -= 1
    if top < 0:
        return False
    low = mark
    while low <= n_edges and points[0, low] < floor:
        low += 1
    first = 0
    if low > n_edges:
        while points[0, first] < floor:
            first += 1
        _cross(points, first - 1 if first > 0 else n_edges, first, 0, floor, spot)
    else:
        _cross(points, low - 1, low, 0, floor, spot)
    end_x, end_y = spot[0], spot[1]
    _cross(points, top + 1, top, 0, floor, spot)
    for j in range(top + 1, mark):
        points[0, j], points[1, j] = spot[0], spot[1]
    for j in range(mark, min(low, n_edges + 1)):
        points[0, j], points[1, j] = end_x, end_y
    for j in range(first):
        points[0, j], points[1, j] = end_x, end_y
    return True


@njit(cache=True, nogil=True)
def find_mark(list_: FloatArray, owners: IntArray, n_edges: int, marker: int) -> int:
    """Find the vertex after the edge that marks the floor of the first axis."""
    low, high = 0, n_edges
    while low < high:
        middle = (low + high) // 2
        if list_[0, middle] < LEFT_KEY:
            low = middle + 1
        else:
            high = middle
    while owners[low] != marker:
        low += 1
    return low + 1


@njit(cache=True, nogil=True)
def note_best(
    c: int, points: FloatArray, list_: FloatArray, n_edges: int, discount: FloatArray,
    best: FloatArray, which: IntArray,
) -> None:  # fmt: skip
    """Note for every normal whether sum c reaches further than those before it.

    The weights of one polygon's edges in the sums are ``discount`` times a number, so that
    the normals of all sums are those of the edges times ``discount``, axis by axis.

    ``best`` and ``which`` have shape (>= E,); entry j belongs to the normal of edge j, whose
    end is vertex j + 1.
    """
    d0, d1 = discount[0], discount[1]
    xs, ys = points[0, 1 : n_edges + 1], points[1, 1 : n_edges + 1]
    dxs, dys = list_[1, :n_edges], list_[2, :n_edges]
    for j in range(n_edges):
        reach = xs[j] * (d1 * dys[j]) - ys[j] * (d0 * dxs[j])
        better = reach > best[j]
        best[j] = reach if better else best[j]
        which[j] = c if better else which[j]


@njit(cache=True, nogil=True)
def join_sums(
    n_sums: int, points: FloatArray, n_edges: int, which: IntArray, out: FloatArray, used: int
) -> int:
    """Append the vertices of the hull of several walked sums to ``out``, counter-clockwise.

    Between the normals of two edges that follow each other every sum has one vertex: where the
    same sum reaches furthest for both, it does so for all normals between; where they differ,
    the vertices of all sums there are wrapped.

    Parameters
    ----------
    points : float64 array, shape (C, 2, >= E + 1), from `walk` and the cuts
    which : int64 array, shape (>= E,), from `note_best`

    Returns
    -------
    int
        Rows used, -1 where ``out`` is too short. There may be duplicates and points on a chord.
    """
    for j in range(n_edges):
        if used + n_sums + 1 > len(out):
            return -1
        a = which[j]
        b = which[j + 1] if j + 1 < n_edges else which[0]
        x, y = points[a, 0, j + 1], points[a, 1, j + 1]
        if used == 0 or out[used - 1, 0] != x or out[used - 1, 1] != y:
            out[used, 0], out[used, 1] = x, y
            used += 1
        for _ in range(n_sums):
            if a == b:
                break
            end_x, end_y = points[b, 0, j + 1], points[b, 1, j + 1]
            following = b
            for c in range(n_sums):
                # right of the line to the one chosen so far, and not behind
                ux, uy = end_x - x, end_y - y
                vx, vy = points[c, 0, j + 1] - x, points[c, 1, j + 1] - y
                turn = ux * vy - uy * vx
                if turn < 0.0 and ux * vx + uy * vy > 0.0:
                    following = c
                    end_x, end_y = points[c, 0, j + 1], points[c, 1, j + 1]
            a = following
            x, y = end_x, end_y
            if out[used - 1, 0] != x or out[used - 1, 1] != y:
                out[used, 0], out[used, 1] = x, y
                used += 1
    return used
