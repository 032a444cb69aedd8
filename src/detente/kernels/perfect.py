"""One round of the operator B for two parties where the outcome reveals the profile.

A revealed deviation is met by the deviator's worst point of W, so the incentive constraints of
a profile are one floor per party under its own payoff (Abreu and Sannikov, Theor. Econ. 9,
2014, eq. 1; Abreu, Brooks and Sannikov, Econometrica 88, 2020, section 3):

    v_i >= max over a_i' of (1 - d_i) u_i(a_i', a_-i) + d_i sum_s' q(s' | a_i', a_-i) min_i W(s')

Axis letters: S states, A profiles (stacked), E entries (profile -> next state), V vertices,
N states that a state can lead to.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels import edges
from detente.kernels.polygons import (
    close_hull,
    excess,
    hull,
    simplify_inward,
    simplify_outward,
)

OUTER, INNER = 0, 1
DONE, PAUSED, NO_ROOM, ROUNDS_SPENT = 0, 1, 2, 3
BATCH = 64  # sums of one state that are compared at once


class Arrays(NamedTuple):
    """The fixed arrays of a game (payoffs scaled, next states merged).

    ``near_states[near_start[s]:near_start[s + 1]]`` are the next states of the prescribable
    profiles of s, and ``entry_local`` says where in that list an entry's next state stands.
    States with the same list have the same ``group``. ``shared`` says for which states one
    sorted list of edges serves all profiles; for the others each profile sorts its own.
    """

    profile_start: IntArray
    payoff: FloatArray
    discount: FloatArray
    deviation_start: IntArray
    deviation_rows: IntArray
    entry_start: IntArray
    entry_next: IntArray
    entry_probability: FloatArray
    entry_local: IntArray
    near_start: IntArray
    near_states: IntArray
    group: IntArray
    shared: BoolArray


class Polygons(NamedTuple):
    """Polygons (float64 (S, V, 2), int64 (S,)) and their lowest and highest payoffs (S, 2)."""

    vertices: FloatArray
    count: IntArray  # type: ignore[assignment]  # hides the tuple's method
    low: FloatArray
    high: FloatArray


class Scratch(NamedTuple):
    """Room to work in, for one thread at a time; see `make_scratch`."""

    value: FloatArray
    tried: IntArray
    floor: FloatArray
    weights: FloatArray
    list_: FloatArray
    owners: IntArray
    fresh: FloatArray
    fresh_owners: IntArray
    ends: IntArray
    order: IntArray
    points: FloatArray
    best: FloatArray
    which: IntArray
    bag: FloatArray
    polygon: FloatArray
    spot: FloatArray


def make_scratch(profiles: int, near: int, room: int) -> Scratch:
    """Make scratch for states with so many profiles and next states, and polygons' room."""
    n_edges = near * room + 8
    bag = count_bag_rows(near, room)
    sums = min(profiles, BATCH)
    return Scratch(
        np.empty((profiles, 2)), np.empty(profiles, np.int64), np.empty((profiles, 2)),
        np.empty((near + 1, 2)), np.empty((2, 3, n_edges)), np.empty((2, n_edges), np.int64),
        np.empty((1, 3, room + 1)), np.empty((1, room + 1), np.int64),
        np.empty(n_edges + 1, np.int64), np.empty(n_edges, np.int64),
        np.empty((sums, 2, n_edges + 1)), np.empty(n_edges),
        np.empty(n_edges, np.int64), np.empty((bag, 2)), np.empty((bag + 1, 2)), np.empty(2),
    )  # fmt: skip


def count_bag_rows(near: int, room: int) -> int:
    """Count the rows that the corners of one state's sums can need, room to spare included."""
    return max(6 * (near * room + 8) + room + 64, 12_288)


@njit(cache=True, nogil=True)
def store(
    s: int, polygon: FloatArray, n: int, vertices: FloatArray, count: IntArray, low: FloatArray,
    high: FloatArray,
) -> None:  # fmt: skip
    """Make ``polygon[:n]`` the set of state s and note its lowest and highest payoffs."""
    count[s] = n
    for i in range(2):
        low[s, i] = np.inf
        high[s, i] = -np.inf
    for j in range(n):
        for i in range(2):
            vertices[s, j, i] = polygon[j, i]
            low[s, i] = min(low[s, i], polygon[j, i])
            high[s, i] = max(high[s, i], polygon[j, i])


@njit(cache=True, nogil=True)
def _give_up(
    mode: int, polygon: FloatArray, n: int, room: int,
) -> int:  # fmt: skip
    """Fit a polygon by force: its bounding box (OUTER) or the first of its vertices."""
    if mode != OUTER:
        return room
    x0, x1, y0, y1 = np.inf, -np.inf, np.inf, -np.inf
    for j in range(n):
        x0, x1 = min(x0, polygon[j, 0]), max(x1, polygon[j, 0])
        y0, y1 = min(y0, polygon[j, 1]), max(y1, polygon[j, 1])
    polygon[0, 0], polygon[0, 1] = x1, y0
    polygon[1, 0], polygon[1, 1] = x1, y1
    polygon[2, 0], polygon[2, 1] = x0, y1
    polygon[3, 0], polygon[3, 1] = x0, y0
    return 4


@njit(cache=True, nogil=True)
def finish_state(
    s: int, mode: int, tol: float, bag: FloatArray, used: int, polygon: FloatArray,
    vertices: FloatArray, count: IntArray, low: FloatArray, high: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Make the hull of ``bag[:used]`` the new set of state s; see `replace_set`."""
    n = hull(bag, used, polygon)
    return replace_set(s, mode, tol, polygon, n, bag, vertices, count, low, high)


@njit(cache=True, nogil=True)
def replace_set(
    s: int, mode: int, tol: float, polygon: FloatArray, n: int, spare: FloatArray,
    vertices: FloatArray, count: IntArray, low: FloatArray, high: FloatArray,
) -> tuple[float, float]:  # fmt: skip
    """Make ``polygon[:n]`` the new set of state s, simplified within ``tol``.

    In mode OUTER it may only grow by the simplification, in INNER only shrink. ``spare`` is
    scratch with n + 2 rows.

    Returns
    -------
    moved : float
        How far the old set reaches beyond the new one (INNER: or the new beyond the old); inf
        where the state has just become empty.
    spent : float
        The simplification used, more than ``tol`` only where the polygon would not fit.
    """
    old = count[s]
    spent = 0.0
    step = tol
    room = vertices.shape[1]
    for _ in range(60):
        before = n
        if mode == OUTER:
            n = simplify_outward(polygon, n, step, spare)
        else:
            n = simplify_inward(polygon, n, step)
        if n < before:
            spent += step
        if n <= room:
            break
        step = max(2.0 * step, 1e-15)
    if n > room:  # never seen: 60 passes could not make it fit
        spent = np.inf
        n = _give_up(mode, polygon, n, room)
    moved = excess(vertices[s], old, polygon, n)
    if mode == INNER:  # a set that still grows has not settled either
        moved = max(moved, excess(polygon, n, vertices[s], old))
    store(s, polygon, n, vertices, count, low, high)
    return moved, spent


@njit(cache=True, nogil=True)
def list_tried(
    s: int, mode: int, shift: float, game: Arrays, sets: Polygons, alive: BoolArray, room: Scratch
) -> int:
    """List the profiles of a state that may generate something, and their floors.

    Those that surely generate nothing are struck from ``alive`` in mode OUTER.
    """
    first, last = game.profile_start[s], game.profile_start[s + 1]
    for a in range(first, last):
        worst_0, worst_1 = 0.0, 0.0
        for e in range(game.entry_start[a], game.entry_start[a + 1]):
            t, q = game.entry_next[e], game.entry_probability[e]
            worst_0 += q * sets.low[t, 0]
            worst_1 += q * sets.low[t, 1]
        d0, d1 = game.discount[0], game.discount[1]
        room.value[a - first, 0] = (1.0 - d0) * game.payoff[a, 0] + d0 * worst_0
        room.value[a - first, 1] = (1.0 - d1) * game.payoff[a, 1] + d1 * worst_1
    n = 0
    for a in range(first, last):
        if not alive[a]:
            continue
        fits = True
        for i in range(2):
            floor = -np.inf
            for d in range(game.deviation_start[2 * a + i], game.deviation_start[2 * a + i + 1]):
                floor = max(floor, room.value[game.deviation_rows[d] - first, i] + shift)
            best = 0.0  # the most it could pay
            for e in range(game.entry_start[a], game.entry_start[a + 1]):
                best += game.entry_probability[e] * sets.high[game.entry_next[e], i]
            best = (1.0 - game.discount[i]) * game.payoff[a, i] + game.discount[i] * best
            # an empty set has high = -inf and low = +inf, so it fails here as well
            fits = fits and best > -np.inf and floor <= best + 1e-12
            room.floor[n, i] = floor
        if fits:
            room.tried[n] = a
            n += 1
        elif mode == OUTER:
            alive[a] = False
    return n


@njit(cache=True, nogil=True)
def walk_sum(
    a: int, chosen: int, local: bool, game: Arrays, sets: Polygons, room: Scratch, row: int,
    n_edges: int, points: FloatArray,
) -> None:  # fmt: skip
    """Write what profile ``a`` and any promises pay.

    ``local``: the sorted list is that of the state's next states, of which there are
    ``chosen``; otherwise that of the profile's own.
    """
    d0, d1 = game.discount[0], game.discount[1]
    x = (1.0 - d0) * game.payoff[a, 0]
    y = (1.0 - d1) * game.payoff[a, 1]
    room.weights[: chosen + 1] = 0.0
    start = game.entry_start[a]
    for e in range(start, game.entry_start[a + 1]):
        t, q = game.entry_next[e], game.entry_probability[e]
        x += d0 * q * sets.vertices[t, 0, 0]
        y += d1 * q * sets.vertices[t, 0, 1]
        where = game.entry_local[e] if local else e - start
        room.weights[where, 0] = d0 * q
        room.weights[where, 1] = d1 * q
    edges.walk(x, y, room.weights, room.list_[row], room.owners[row], n_edges, points)


@njit(cache=True, nogil=True)
def _walk_profile(
    a: int, c: int, chosen: int, local: bool, game: Arrays, sets: Polygons, room: Scratch,
    row: int, n_edges: int, points: FloatArray,
) -> bool:  # fmt: skip
    """Write what profile ``a`` generates above its floors; give whether that is anything.

    ``chosen`` and ``local`` as those of `walk_sum`.
    """
    walk_sum(a, chosen, local, game, sets, room, row, n_edges, points)
    if not edges.cut_bottom(points, n_edges, room.floor[c, 1], room.spot):
        return False
    mark = edges.find_mark(room.list_[row], room.owners[row], n_edges, chosen)
    return edges.cut_left(points, n_edges, mark, room.floor[c, 0], room.spot)


@njit(cache=True, nogil=True)
def _generate_shared(
    tried: int, mode: int, near: int, row: int, n_edges: int, game: Arrays, sets: Polygons,
    alive: BoolArray, room: Scratch,
) -> int:  # fmt: skip
    """Write the hull of what the tried profiles generate to ``room.polygon``.

    All walk the same list of edges. Gives the number of vertices, -1 where room was short.
    """
    used = 0
    sums = 0
    batches = 0
    room.best[:n_edges] = -np.inf
    for c in range(tried):
        a = room.tried[c]
        points = room.points[sums]
        if not _walk_profile(a, c, near, True, game, sets, room, row, n_edges, points):
            if mode == OUTER:
                alive[a] = False
        else:
            edges.note_best(
                sums, points, room.list_[row], n_edges, game.discount, room.best, room.which
            )
            sums += 1
        if sums > 0 and (sums == len(room.points) or c == tried - 1):
            if used > len(room.bag) // 2:
                used = hull(room.bag, used, room.polygon)
                room.bag[:used] = room.polygon[:used]
            used = edges.join_sums(sums, room.points, n_edges, room.which, room.bag, used)
            if used < 0:
                return -1
            sums = 0
            batches += 1
            room.best[:n_edges] = -np.inf
    if batches == 1:
        return close_hull(room.bag, used, room.polygon)
    return hull(room.bag, used, room.polygon)


@njit(cache=True, nogil=True)
def _generate_apart(
    tried: int, mode: int, game: Arrays, sets: Polygons, alive: BoolArray, room: Scratch
) -> tuple[int, int]:
    """As `_generate_shared`, each profile with the edges of its own next states.

    Gives the number of edges walked as well.
    """
    used = 0
    work = 0
    points = room.points[0]
    for c in range(tried):
        a = room.tried[c]
        own = game.entry_next[game.entry_start[a] : game.entry_start[a + 1]]
        row, n_edges = edges.sort_edges(
            own,
            sets.vertices,
            sets.count,
            room.list_,
            room.owners,
            room.ends,
            room.order,
        )
        work += n_edges
        if not _walk_profile(a, c, len(own), False, game, sets, room, row, n_edges, points):
            if mode == OUTER:
                alive[a] = False
            continue
        if used + n_edges > len(room.bag):
            used = hull(room.bag, used, room.polygon)
            room.bag[:used] = room.polygon[:used]
            if used + n_edges > len(room.bag):
                return -1, work
        for j in range(1, n_edges + 1):
            x, y = points[0, j], points[1, j]
            if used == 0 or room.bag[used - 1, 0] != x or room.bag[used - 1, 1] != y:
                room.bag[used, 0], room.bag[used, 1] = x, y
                used += 1
    return hull(room.bag, used, room.polygon), work


@njit(cache=True, nogil=True)
def copy_sets(states: IntArray, further: int, sets: Polygons) -> None:
    """Copy the sets of some states to the rows ``further`` on."""
    for s in states:
        n = sets.count[s]
        sets.count[s + further] = n
        for i in range(2):
            sets.low[s + further, i] = sets.low[s, i]
            sets.high[s + further, i] = sets.high[s, i]
            for j in range(n):
                sets.vertices[s + further, j, i] = sets.vertices[s, j, i]


@njit(cache=True, nogil=True)
def sweep(
    states: IntArray, at: int, mode: int, shift: float, tol: float, quota: int, game: Arrays,
    sets: Polygons, alive: BoolArray, room: Scratch,
) -> tuple[int, float, float, int]:  # fmt: skip
    """Apply B once to the sets of some states, one after the other, in place.

    A profile is left out where a next state it can reach, or one that a deviation from it can
    reach, has the empty set: what follows must itself be an equilibrium, and there is none.

    Parameters
    ----------
    states : int64 array, the states to renew, all with perfect monitoring
    at : the first position in ``states`` to renew
    mode : OUTER (sets may only be made larger by simplification; profiles that turn out to be
        unenforceable are struck from ``alive``) or INNER (only smaller)
    shift : added to every floor, in payoff units; negative loosens
    tol : simplification of the polygons, Euclidean, in payoff units
    quota : stop early once so much work is done (a unit is one edge of one sum)
    alive : bool array, shape (A,), the profiles still to be tried; changed in mode OUTER

    Returns
    -------
    at : position of the first state not renewed
    moved, spent : largest values of `replace_set`
    work : work done
    """
    moved, spent = 0.0, 0.0
    work = 0
    group = -1
    row, n_edges = 0, 0
    while at < len(states) and work <= quota:
        s = states[at]
        at += 1
        tried = list_tried(s, mode, shift, game, sets, alive, room)
        near = game.near_states[game.near_start[s] : game.near_start[s + 1]]
        if tried == 0:
            n = 0
        elif game.shared[s]:
            if group != game.group[s]:
                group = game.group[s]
                row, n_edges = edges.sort_edges(
                    near,
                    sets.vertices,
                    sets.count,
                    room.list_,
                    room.owners,
                    room.ends,
                    room.order,
                )
            n = _generate_shared(tried, mode, len(near), row, n_edges, game, sets, alive, room)
            work += tried * n_edges
        else:
            group = -1
            n, done = _generate_apart(tried, mode, game, sets, alive, room)
            work += 8 * done
        work += 200
        if n < 0:
            return at, moved, np.inf, work
        m, t = replace_set(
            s, mode, tol, room.polygon, n, room.bag, sets.vertices, sets.count, sets.low,
            sets.high,
        )  # fmt: skip
        moved, spent = max(moved, m), max(spent, t)
        if group >= 0 and at < len(states) and game.group[states[at]] == group:
            where = np.searchsorted(near, s)
            if where < len(near) and near[where] == s:
                row, n_edges = edges.replace_edges(
                    where, sets.vertices[s], sets.count[s], row, n_edges, room.list_,
                    room.owners, room.fresh, room.fresh_owners,
                )  # fmt: skip
        else:
            group = -1
    return at, moved, spent, work


@njit(cache=True, nogil=True)
def settle(
    states: IntArray, at: int, mode: int, shift: float, tol: float, stop: float, rough: float,
    moved: float, max_rounds: int, quota: int, game: Arrays, sets: Polygons, alive: BoolArray,
    room: Scratch,
) -> tuple[int, int, int, float, float]:  # fmt: skip
    """Repeat `sweep` until it moves nothing by more than ``stop``.

    Polygons are simplified within ``rough``, which falls to a tenth of the last move, at least
    ``tol``. ``at`` and ``moved`` carry on a round that was left unfinished.

    Returns
    -------
    code : DONE, PAUSED (the quota is spent), NO_ROOM (polygons need more rows) or ROUNDS_SPENT
    rounds : whole rounds done
    at, moved, rough : to carry on with
    """
    rounds = 0
    while True:
        at, step, spent, work = sweep(
            states, at, mode, shift, rough, quota, game, sets, alive, room
        )
        moved = max(moved, step)
        quota -= work
        if spent > 2.0 * rough + 1e-12:
            return NO_ROOM, rounds, 0, 0.0, rough
        if at < len(states):
            return PAUSED, rounds, at, moved, rough
        rounds += 1
        if moved <= stop and rough <= stop:
            return DONE, rounds, 0, moved, rough
        if rounds >= max_rounds:
            return ROUNDS_SPENT, rounds, 0, moved, rough
        rough = min(rough, max(tol, 0.1 * moved))
        at, moved = 0, 0.0
        if quota <= 0:
            return PAUSED, rounds, at, moved, rough
