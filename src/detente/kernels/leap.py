"""Rounds of B with multipliers held fixed: a bound that is linear in the heights of polygons.

Every polygon W(s) is described by its heights ``h`` along a fan of normals: those of its edges and
those of the axes. For a profile a, a normal ``l`` and multipliers ``m >= 0`` on the two floors, the
support of what a generates is at most (weak duality)

    (l + m) . (1 - d) u(a) + sum_s' q(s' | a) h_s'(d (l + m)) - sum_i m_i floor_i(a),

where ``d (l + m)`` lies between two neighbours of the fan of s' and is a sum of these with weights
that are not negative, so that ``h_s'`` there is at most the same sum of the two heights; and where
``floor_i`` is at least what one deviation b earns, (1 - d_i) u_i(b) + d_i sum q low_i, with low_i
the height along -e_i, sign changed. So every row is a constant plus weights >= 0 times heights,
whatever the multipliers; `freeze` takes those that are best at the polygons at hand.

Axis letters: S states, J normals of all states of the part (stacked), R rows, T terms of rows.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels import edges
from detente.kernels.perfect import INNER, Arrays, Polygons, Scratch, list_tried, store, walk_sum
from detente.kernels.polygons import close_hull

HELD = -1  # instead of a row: the height stays
APART = 1e-12  # normals at smaller angles are taken for one
MOST_ROWS = 12  # profiles kept for one normal; the others are bounded by a constant


class Fan(NamedTuple):
    """Normals of the sets of some states, stacked, by state in growing order of their angle.

    Attributes
    ----------
    first, last : int64 (S,), where the normals of a state stand (first = last: held or empty)
    key : float64 (J,), grows with the angle; see `detente.kernels.edges`
    normal : float64 (J, 2), of length 1
    height : float64 (J,), the support of the set
    lowest : int64 (S, 2), where -e_0 and -e_1 stand
    """

    first: IntArray
    last: IntArray
    key: FloatArray
    normal: FloatArray
    height: FloatArray
    lowest: IntArray


class Rows(NamedTuple):
    """Bounds on new heights: those of normal j are ``start[j]:start[j + 1]``.

    Row r is ``constant[r]`` plus the sum of ``weight[t] * height[place[t]]`` over
    ``term_start[r] <= t < term_start[r + 1]``.
    """

    start: IntArray
    constant: FloatArray
    term_start: IntArray
    place: IntArray
    weight: FloatArray


@njit(cache=True, nogil=True)
def _key_of(nx: float, ny: float) -> float:
    """Give the key of an edge with this outward normal."""
    return edges.find_key(-ny, nx)


@njit(cache=True, nogil=True)
def _append(
    at: int, first: int, ux: float, uy: float, length: float, height: float, keys: FloatArray,
    normal: FloatArray, heights: FloatArray, lengths: FloatArray,
) -> int:  # fmt: skip
    """Append the normal of an edge of direction u; give the new number of normals.

    Where two cannot be told apart, or stand in the wrong order, the one of the shorter edge is
    dropped: rounding has turned it most. (Axes have edges of length inf.)
    """
    key = edges.find_key(ux, uy)
    while at > first:
        turn = normal[at - 1, 0] * (-ux) - normal[at - 1, 1] * uy
        far = key - keys[at - 1] >= 1.0
        if key > keys[at - 1] and (far or turn > APART):
            break
        if lengths[at - 1] >= length:
            return at
        at -= 1
    keys[at], lengths[at], heights[at] = key, length, height
    normal[at, 0], normal[at, 1] = uy, -ux
    return at + 1


@njit(cache=True, nogil=True)
def list_fan(states: IntArray, n_states: int, sets: Polygons) -> Fan:
    """List the normals of the edges of some states' sets and of the axes."""
    total = 0
    for s in states:
        total += sets.count[s] + 4
    keys, normal = np.empty(total), np.empty((total, 2))
    height, lengths = np.empty(total), np.empty(total)
    first, last = np.zeros(n_states, np.int64), np.zeros(n_states, np.int64)
    lowest = np.zeros((n_states, 2), np.int64)
    at = 0
    for s in states:
        n = sets.count[s]
        first[s] = last[s] = at
        if n == 0:
            continue
        mark = 1
        for j in range(n if n > 1 else 0):
            k = j + 1 if j + 1 < n else 0
            ax, ay = sets.vertices[s, j, 0], sets.vertices[s, j, 1]
            bx, by = sets.vertices[s, k, 0], sets.vertices[s, k, 1]
            length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
            if length == 0.0:
                continue
            ux, uy = (bx - ax) / length, (by - ay) / length
            key = edges.find_key(ux, uy)
            while mark <= 4 and key >= mark - 0.5 and (key >= mark or _along(mark, ux, uy)):
                at = _append_axis(
                    at, s, mark, first[s], sets, keys, normal, height, lengths, lowest
                )
                mark += 1
            passed = 4 if key < 0.5 else mark - 1
            if passed > 0 and (key < 0.5 or key < passed + 0.5) and _along(passed, ux, uy):
                continue
            tall = max(uy * ax - ux * ay, uy * bx - ux * by)
            at = _append(at, first[s], ux, uy, length, tall, keys, normal, height, lengths)
        while mark <= 4:
            at = _append_axis(at, s, mark, first[s], sets, keys, normal, height, lengths, lowest)
            mark += 1
        last[s] = at
    return Fan(first, last, keys[:at].copy(), normal[:at].copy(), height[:at].copy(), lowest)


@njit(cache=True, nogil=True)
def _along(mark: int, ux: float, uy: float) -> bool:
    """Whether an edge cannot be told from the line of the one that marks an axis."""
    return (abs(ux) if mark in (1, 3) else abs(uy)) <= APART


@njit(cache=True, nogil=True)
def _append_axis(
    at: int, s: int, mark: int, first: int, sets: Polygons, keys: FloatArray, normal: FloatArray,
    heights: FloatArray, lengths: FloatArray, lowest: IntArray,
) -> int:  # fmt: skip
    """Append the normal of an axis: e_0, e_1, -e_0, -e_1 for marks 1 to 4."""
    axis = 0 if mark in (1, 3) else 1
    height = sets.high[s, axis] if mark < 3 else -sets.low[s, axis]
    ux = 1.0 if mark == 4 else (-1.0 if mark == 2 else 0.0)
    uy = 1.0 if mark == 1 else (-1.0 if mark == 3 else 0.0)
    at = _append(at, first, ux, uy, np.inf, height, keys, normal, heights, lengths)
    if mark > 2:
        lowest[s, axis] = at - 1
    return at


@njit(cache=True, nogil=True)
def _find(keys: FloatArray, first: int, last: int, key: float) -> int:
    """Find the first place in ``first:last`` whose key is larger."""
    low, high = first, last
    while low < high:
        middle = (low + high) // 2
        if keys[middle] <= key:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _find_crossings(
    points: FloatArray, n_edges: int, list_: FloatArray, f0: float, f1: float, cross: IntArray
) -> bool:
    """Find the edges of a walked sum that cross the floors; give whether anything is above.

    ``cross``: the edges (by the vertex that they lead to) that cross the first floor on top and
    below, and the second one right and left; 0 where there is none.
    """
    xs, ys = points[0], points[1]
    right = _find(list_, 0, n_edges, 1.0)
    top = _find(list_, 0, n_edges, 2.0)
    left = _find(list_, 0, n_edges, 3.0)
    cross[:] = 0
    if ys[top] < f1 or xs[right] < f0:
        return False
    if ys[0] < f1:
        low, high = 0, top  # ys[low] < f1 <= ys[high]
        while high - low > 1:
            middle = (low + high) // 2
            if ys[middle] < f1:
                low = middle
            else:
                high = middle
        cross[2] = high
        low, high = top, n_edges
        while high - low > 1:
            middle = (low + high) // 2
            if ys[middle] < f1:
                high = middle
            else:
                low = middle
        cross[3] = high
        if cross[2] > right:  # the part above is left of the rightmost vertex
            k = cross[2]
            share = (f1 - ys[k - 1]) / (ys[k] - ys[k - 1])
            if xs[k - 1] + share * (xs[k] - xs[k - 1]) < f0:
                return False
    if xs[left] < f0:
        low, high = right, left
        while high - low > 1:
            middle = (low + high) // 2
            if xs[middle] < f0:
                high = middle
            else:
                low = middle
        cross[0] = high
        low, high = left, n_edges + right  # round the start
        while high - low > 1:
            middle = (low + high) // 2
            if xs[middle if middle <= n_edges else middle - n_edges] < f0:
                low = middle
            else:
                high = middle
        cross[1] = high if high <= n_edges else high - n_edges
        if ys[0] < f1 and cross[0] <= top:
            k = cross[0]
            share = (xs[k - 1] - f0) / (xs[k - 1] - xs[k])
            if ys[k - 1] + share * (ys[k] - ys[k - 1]) < f1:
                return False
    return True


@njit(cache=True, nogil=True)
def _price(
    l0: float, l1: float, points: FloatArray, n_edges: int, list_: FloatArray, f0: float,
    f1: float, cross: IntArray, d0: float, d1: float, found: FloatArray,
) -> None:  # fmt: skip
    """Find the multipliers with the lowest bound: ``found`` receives it and the two of them.

    The best ones are 0, or make l + m a normal of an edge that crosses a floor, or make it 0
    (the corner of both floors).
    """
    j = _find(list_[0], 0, n_edges, _key_of(d0 * l0, d1 * l1))
    found[0], found[1], found[2] = l0 * points[0, j] + l1 * points[1, j], 0.0, 0.0
    for c in range(4):
        k = cross[c]
        if k == 0:
            continue
        n0, n1 = d1 * list_[2, k - 1], -d0 * list_[1, k - 1]
        on, off = (n1, n0) if c < 2 else (n0, n1)
        given, lifted = (l1, l0) if c < 2 else (l0, l1)
        if on * given <= 0.0:
            continue
        times = given / on
        m = times * off - lifted
        if m < 0.0:
            continue
        value = times * (n0 * points[0, k] + n1 * points[1, k]) - m * (f0 if c < 2 else f1)
        if value < found[0]:
            found[0] = value
            found[1], found[2] = (m, 0.0) if c < 2 else (0.0, m)
    reached = (l0 == 0.0 or f0 > -np.inf) and (l1 == 0.0 or f1 > -np.inf)
    if l0 <= 0.0 and l1 <= 0.0 and reached:
        value = (l0 * f0 if l0 < 0.0 else 0.0) + (l1 * f1 if l1 < 0.0 else 0.0)
        if value < found[0]:
            found[0], found[1], found[2] = value, -l0, -l1


@njit(cache=True, nogil=True)
def _best_deviation(a: int, i: int, game: Arrays, sets: Polygons) -> int:
    """Find the deviation of player i that sets the floor of a profile."""
    best, which = -np.inf, -1
    for d in range(game.deviation_start[2 * a + i], game.deviation_start[2 * a + i + 1]):
        b = game.deviation_rows[d]
        worst = 0.0
        for e in range(game.entry_start[b], game.entry_start[b + 1]):
            worst += game.entry_probability[e] * sets.low[game.entry_next[e], i]
        earned = (1.0 - game.discount[i]) * game.payoff[b, i] + game.discount[i] * worst
        if earned > best:
            best, which = earned, b
    return which


@njit(cache=True, nogil=True)
def _write_support(
    t: int, y0: float, y1: float, times: float, fan: Fan, sets: Polygons, place: IntArray,
    weight: FloatArray, at: int,
) -> tuple[int, float]:  # fmt: skip
    """Append ``times`` the support of state t's set in a direction; give the constant part."""
    first, last = fan.first[t], fan.last[t]
    if y0 == 0.0 and y1 == 0.0:
        return at, 0.0
    if first == last:  # held: its set does not change
        most = -np.inf
        for v in range(sets.count[t]):
            most = max(most, y0 * sets.vertices[t, v, 0] + y1 * sets.vertices[t, v, 1])
        return at, times * most
    j = _find(fan.key, first, last, _key_of(y0, y1)) - 1
    j = j if j >= first else last - 1
    k = j + 1 if j + 1 < last else first
    a0, a1, b0, b1 = fan.normal[j, 0], fan.normal[j, 1], fan.normal[k, 0], fan.normal[k, 1]
    turn = a0 * b1 - a1 * b0
    alpha = max((y0 * b1 - y1 * b0) / turn, 0.0)
    beta = (y0 - alpha * a0) * b0 + (y1 - alpha * a1) * b1
    if beta <= 0.0:  # along the first of the two, rounding apart
        alpha, beta = max(y0 * a0 + y1 * a1, 0.0), 0.0
    off0, off1 = y0 - alpha * a0 - beta * b0, y1 - alpha * a1 - beta * b1
    place[at], weight[at] = j, times * alpha
    place[at + 1], weight[at + 1] = k, times * beta
    extra = (off0 * sets.high[t, 0] if off0 > 0.0 else off0 * sets.low[t, 0]) + (
        off1 * sets.high[t, 1] if off1 > 0.0 else off1 * sets.low[t, 1]
    )
    return at + 2, times * max(extra, 0.0)


@njit(cache=True, nogil=True)
def _write_row(
    a: int, l0: float, l1: float, m0: float, m1: float, shift: float, game: Arrays,
    sets: Polygons, fan: Fan, copies: int, place: IntArray, weight: FloatArray, at: int,
) -> tuple[int, float]:  # fmt: skip
    """Append the terms of one row; give its constant."""
    y0, y1 = l0 + m0, l1 + m1
    d0, d1 = game.discount[0], game.discount[1]
    constant = y0 * (1.0 - d0) * game.payoff[a, 0] + y1 * (1.0 - d1) * game.payoff[a, 1]
    for e in range(game.entry_start[a], game.entry_start[a + 1]):
        at, fixed = _write_support(
            game.entry_next[e] % copies, d0 * y0, d1 * y1, game.entry_probability[e], fan, sets,
            place, weight, at,
        )  # fmt: skip
        constant += fixed
    for i in range(2):
        m = m0 if i == 0 else m1
        if m == 0.0:
            continue
        b = _best_deviation(a, i, game, sets)
        constant -= m * ((1.0 - game.discount[i]) * game.payoff[b, i] + shift)
        for e in range(game.entry_start[b], game.entry_start[b + 1]):
            t = game.entry_next[e] % copies
            share = m * game.discount[i] * game.entry_probability[e]
            if fan.first[t] == fan.last[t]:
                constant -= share * sets.low[t, i]
            else:
                place[at], weight[at] = fan.lowest[t, i], share
                at += 1
    return at, constant


@njit(cache=True, nogil=True)
def _longer(array: FloatArray, least: int) -> FloatArray:
    out = np.empty(max(2 * len(array), least))
    out[: len(array)] = array
    return out


@njit(cache=True, nogil=True)
def _longer_ints(array: IntArray, least: int) -> IntArray:
    out = np.empty(max(2 * len(array), least), np.int64)
    out[: len(array)] = array
    return out


@njit(cache=True, nogil=True)
def _price_state(
    s: int, tried: int, shared: bool, row: int, n_edges: int, game: Arrays, sets: Polygons,
    fan: Fan, room: Scratch, found: FloatArray,
) -> None:  # fmt: skip
    """Price every tried profile along every normal of a state: ``found`` (C, D, 3)."""
    cross = np.empty(4, np.int64)
    points = room.points[0]
    d0, d1 = game.discount[0], game.discount[1]
    for c in range(tried):
        a = room.tried[c]
        if shared:
            near = game.near_start[s + 1] - game.near_start[s]
        else:
            own = game.entry_next[game.entry_start[a] : game.entry_start[a + 1]]
            near = len(own)
            row, n_edges = edges.sort_edges(
                own, sets.vertices, sets.count, room.list_, room.owners, room.ends, room.order
            )
        walk_sum(a, near, shared, game, sets, room, row, n_edges, points)
        f0, f1 = room.floor[c, 0], room.floor[c, 1]
        list_ = room.list_[row]
        above = _find_crossings(points, n_edges, list_[0], f0, f1, cross)
        for j in range(fan.first[s], fan.last[s]):
            priced = found[c, j - fan.first[s]]
            priced[0] = -np.inf
            if above:
                _price(
                    fan.normal[j, 0], fan.normal[j, 1], points, n_edges, list_, f0, f1, cross,
                    d0, d1, priced,
                )  # fmt: skip


@njit(cache=True, nogil=True)
def freeze(
    states: IntArray, shift: float, margin: float, game: Arrays, sets: Polygons,
    alive: BoolArray, room: Scratch, fan: Fan,
) -> Rows:  # fmt: skip
    """Keep the multipliers that are best at the sets at hand, for every normal of the fan.

    Profiles within ``margin`` of the best one keep a row of their own; the others are bounded
    by what they generate now, which only falls while the sets shrink.

    Parameters
    ----------
    states : int64 array, the states of the fan
    shift : added to every floor
    """
    copies = len(game.profile_start) - 1
    n = len(fan.key)
    start = np.zeros(n + 1, np.int64)
    constant, term_start = np.empty(2 * n + 8), np.zeros(2 * n + 9, np.int64)
    place, weight = np.empty(64 * n + 64, np.int64), np.empty(64 * n + 64)
    n_rows, at, group, row, n_edges = 0, 0, -1, 0, 0
    for s in states:
        width = fan.last[s] - fan.first[s]
        if width == 0:
            continue
        tried = list_tried(s, INNER, shift, game, sets, alive, room)
        near = game.near_states[game.near_start[s] : game.near_start[s + 1]]
        if game.shared[s] and group != game.group[s]:
            group = game.group[s]
            row, n_edges = edges.sort_edges(
                near, sets.vertices, sets.count, room.list_, room.owners, room.ends, room.order
            )
        if not game.shared[s]:
            group = -1
        found = np.empty((tried, width, 3))
        _price_state(s, tried, game.shared[s], row, n_edges, game, sets, fan, room, found)
        for j in range(fan.first[s], fan.last[s]):
            here = found[:, j - fan.first[s]]
            best = -np.inf
            for kept in range(MOST_ROWS + 1):
                chosen = -1
                for c in range(tried):
                    if here[c, 0] > (here[chosen, 0] if chosen >= 0 else -np.inf):
                        chosen = c
                if chosen < 0:
                    break
                value = here[chosen, 0]
                best = max(best, value)
                a = room.tried[chosen]
                if n_rows + 1 >= len(constant):
                    constant = _longer(constant, 0)
                    term_start = _longer_ints(term_start, len(constant) + 1)
                last = kept == MOST_ROWS or value < best - margin
                if last:
                    constant[n_rows] = value
                else:
                    most = at + 2 * (game.entry_start[a + 1] - game.entry_start[a])
                    most += 2 * len(near) + 64 + _count_deviations(a, game)
                    if most > len(place):
                        place, weight = _longer_ints(place, most), _longer(weight, most)
                    at, constant[n_rows] = _write_row(
                        a, fan.normal[j, 0], fan.normal[j, 1], here[chosen, 1], here[chosen, 2],
                        shift, game, sets, fan, copies, place, weight, at,
                    )  # fmt: skip
                here[chosen, 0] = -np.inf
                n_rows += 1
                term_start[n_rows] = at
                if last:
                    break
            start[j + 1] = n_rows
    return Rows(
        start, constant[:n_rows].copy(), term_start[: n_rows + 1].copy(), place[:at].copy(),
        weight[:at].copy(),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _count_deviations(a: int, game: Arrays) -> int:
    """Count the entries that the two best deviations from a profile can have."""
    most = 0
    for i in range(2):
        longest = 0
        for d in range(game.deviation_start[2 * a + i], game.deviation_start[2 * a + i + 1]):
            b = game.deviation_rows[d]
            longest = max(longest, game.entry_start[b + 1] - game.entry_start[b])
        most += longest
    return most


@njit(cache=True, nogil=True)
def apply(rows: Rows, height: FloatArray, out: FloatArray, best: IntArray) -> None:
    """Write the new heights, and the rows that give them."""
    for j in range(len(height)):
        out[j], best[j] = _bound(rows, j, height)


@njit(cache=True, nogil=True)
def _bound(rows: Rows, j: int, height: FloatArray) -> tuple[float, int]:
    """Give the highest row of a normal."""
    most, which = -np.inf, HELD
    for r in range(rows.start[j], rows.start[j + 1]):
        total = rows.constant[r]
        for t in range(rows.term_start[r], rows.term_start[r + 1]):
            total += rows.weight[t] * height[rows.place[t]]
        if total > most:
            most, which = total, r
    return most, which


@njit(cache=True, nogil=True)
def lower(rows: Rows, height: FloatArray, rounds: int, stop: float, policy: IntArray) -> None:
    """Repeat rounds in place, never raising a height; stop once none falls by over ``stop``.

    ``policy`` receives the row that gave each height, HELD where it has not fallen.
    """
    policy[:] = HELD
    for _ in range(rounds):
        fell = 0.0
        for j in range(len(height)):
            most, which = _bound(rows, j, height)
            if most < height[j]:
                fell = max(fell, height[j] - most)
                height[j] = most
                policy[j] = which
        if fell <= stop:
            break


@njit(cache=True, nogil=True)
def fill(
    rows: Rows, policy: IntArray, ceiling: FloatArray, matrix: FloatArray, right: FloatArray
) -> None:
    """Write the system ``(1 - A) (h, k) = (c, 1)`` of one row for each normal.

    Parameters
    ----------
    policy : int64 (J,), rows; HELD for a height that stays at its ceiling
    ceiling : float64 (J,)
    matrix : float64 (J, J), receives 1 - A
    right : float64 (J, 2), receives c and ones
    """
    matrix[:] = 0.0
    for j in range(len(policy)):
        r = policy[j]
        right[j, 0], right[j, 1] = ceiling[j], 1.0
        if r != HELD:
            right[j, 0] = rows.constant[r]
            for t in range(rows.term_start[r], rows.term_start[r + 1]):
                matrix[j, rows.place[t]] -= rows.weight[t]
        matrix[j, j] += 1.0


@njit(cache=True, nogil=True)
def _clip(points: FloatArray, n: int, nx: float, ny: float, height: float, out: FloatArray) -> int:
    """Write the part of a polygon where ``nx x + ny y <= height``; gives its points."""
    m = 0
    for j in range(n):
        k = j + 1 if j + 1 < n else 0
        a = nx * points[j, 0] + ny * points[j, 1] - height
        b = nx * points[k, 0] + ny * points[k, 1] - height
        if a <= 0.0:
            out[m, 0], out[m, 1] = points[j, 0], points[j, 1]
            m += 1
        if (a < 0.0 < b) or (b < 0.0 < a):
            share = a / (a - b)
            out[m, 0] = points[j, 0] + share * (points[k, 0] - points[j, 0])
            out[m, 1] = points[j, 1] + share * (points[k, 1] - points[j, 1])
            m += 1
    return m


@njit(cache=True, nogil=True)
def cut_sets(states: IntArray, fan: Fan, height: FloatArray, sets: Polygons) -> bool:
    """Cut the sets at new heights along the normals of their fans.

    Gives False, and changes nothing, where a set would become empty.
    """
    room = sets.vertices.shape[1]
    n_normals = len(fan.key)
    spare = np.empty((2, 2 * (room + n_normals) + 8, 2))
    new = np.empty((n_normals + room * len(states), 2))
    count = np.empty(len(states), np.int64)
    used = 0
    for number in range(len(states)):
        s = states[number]
        n = sets.count[s]
        spare[0, :n] = sets.vertices[s, :n]
        now = 0
        for j in range(fan.first[s], fan.last[s]):
            if height[j] < fan.height[j]:
                n = _clip(
                    spare[now], n, fan.normal[j, 0], fan.normal[j, 1], height[j], spare[1 - now]
                )
                now = 1 - now
        n = close_hull(spare[now], n, spare[1 - now])
        if n == 0 and sets.count[s] > 0:
            return False
        if n > room:  # as it was
            n = sets.count[s]
            spare[1 - now, :n] = sets.vertices[s, :n]
        new[used : used + n] = spare[1 - now, :n]
        used += n
        count[number] = n
    used = 0
    for number in range(len(states)):
        s, n = states[number], count[number]
        store(s, new[used:], n, sets.vertices, sets.count, sets.low, sets.high)
        used += n
    return True
