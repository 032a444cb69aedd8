"""The rows of one programme of the operator B: what a profile has to be enforced against.

A deviation whose outcomes can be reached neither by the profile nor by another party's
deviation reveals the deviator: it is met by the deviator's worst promises, and all such
deviations of a party collapse to one floor. Every other deviation is a row of its own. An
outcome off the path that both parties could have caused stays a variable: one promise has to
deter both. `detente.kernels.pricing` solves what is written here.

Two parties; vertices are ``float64[S, V, 2]``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from numba import njit

from detente.kernels.perfect import Polygons

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# What a programme can answer.
OPTIMAL = 0  # value and bound agree up to rounding
INFEASIBLE = 1  # the profile cannot be enforced; the multipliers show it
STOPPED = 2  # pivots used up: the bound is valid, the point is feasible, they do not meet

# Relative to the largest payoff: what the arithmetic is trusted to tell apart.
RESOLUTION = 1e-11

# Rows of `Workspace.ints`, and places in its head: rows, variables, whether the basis is
# feasible, pivots since the last factorisation, row that shows infeasibility by itself, the
# profile prepared (kept by callers).
HEAD, NEXT, PLAYER, KIND, DEVIATION = 0, 1, 2, 3, 4
ROWS, VARIABLES, READY, PIVOTS, CERTIFICATE, PREPARED = 0, 1, 2, 3, 4, 5

# Rows of `Workspace.lines` (0 is HEAD) and tables of `Workspace.square`.
BASE, DELTA, PRICED, ANSWER, WEIGHT, CONST, MULTIPLIERS, CLIPPED = 1, 2, 3, 4, 5, 6, 7, 8
COST, DUAL, STEP, COLUMN, POINT = 9, 10, 11, 12, 13
BASIS, INVERSE, SPARE = 0, 1, 2


_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile on first use, cached on disk; divisions by zero follow NumPy."""
    jit: Any = njit
    flags = {"no_cfunc_wrapper": True, "nogil": True}
    compiled: _Function = jit(cache=True, error_model="numpy", **flags)(function)
    return compiled


def helper(function: _Function) -> _Function:
    """Compile a function that only kernels call: no Python wrapper, which saves compile time."""
    jit: Any = njit
    flags = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True, "nogil": True}
    compiled: _Function = jit(cache=True, error_model="numpy", **flags)(function)
    return compiled


def spliced(function: _Function) -> _Function:
    """Splice a function into the one kernel that calls it.

    Every level of calls above a large function is optimised with all of it once more, so each
    level between `pricing.solve_direction` and a kernel costs seconds of compile time.
    """
    jit: Any = njit
    flags = {"no_cfunc_wrapper": True, "nogil": True, "inline": "always"}
    compiled: _Function = jit(cache=True, error_model="numpy", **flags)(function)
    return compiled


class Tables(NamedTuple):
    """The arrays of `detente.game.game.Game` that programmes read, under the same names."""

    n_actions: IntArray
    profile_start: IntArray
    payoff: FloatArray
    discount: FloatArray
    outcome_start: IntArray
    outcome_next: IntArray
    entry_start: IntArray
    entry_outcome: IntArray
    entry_probability: FloatArray


class Listed(NamedTuple):
    """What of all programmes does not depend on the sets; written by `kernels.listing`.

    Attributes
    ----------
    variable_start : int64 array, shape (A + 1,); the variable outcomes of each profile
    variable_next, variable_chance : next state, and chance under the profile
    deviation_start : int64 array, shape (2 A + 1,); deviations of party i from profile a are
        ``deviation[deviation_start[2 a + i]:deviation_start[2 a + i + 1]]``, profile rows
    change_start : int64 array, shape (deviations + 1,); no entry where a deviation reveals itself,
        else one per variable of the profile: ``change``, its chance less that of the deviation
    revealed_start : int64 array, shape (deviations + 1,); of a deviation that could go
        unnoticed, the outcomes that show it: ``revealed_next``, ``revealed_chance``
    """

    variable_start: IntArray
    variable_next: IntArray
    variable_chance: FloatArray
    deviation_start: IntArray
    deviation: IntArray
    change_start: IntArray
    change: FloatArray
    revealed_start: IntArray
    revealed_next: IntArray
    revealed_chance: FloatArray


class Workspace(NamedTuple):
    """Arrays of one programme, reused for all programmes of a state.

    M rows, K variable outcomes. Rows are divided by the largest payoff, so that slacks are of
    order one. A few tables stand for what would be two dozen arrays, because every array in
    every signature costs compile time.

    Attributes
    ----------
    ints : int64 array, shape (5, N)
        ``HEAD``: counts and flags (``ROWS`` ...); ``NEXT`` (K) next state of a variable
        outcome; ``PLAYER`` (M) whose deviation; ``DEVIATION`` (M) the profile it leads to (of a
        floor, the best one that reveals itself); ``KIND`` (M + 1) what is basic
    lines : float64 array, shape (15, N)
        ``HEAD``: largest payoff; ``BASE``, ``DELTA``, ``PRICED`` (2): (1 - delta_i) u_i(a),
        delta_i, payoffs of the column priced last; ``ANSWER`` (4): value, bound, v_1, v_2;
        ``WEIGHT`` (K) probability; ``CONST`` (M); ``MULTIPLIERS`` (M) those of the best bound
        (they sum to one for infeasibility and margins), ``CLIPPED`` (M) those priced last;
        ``COST``, ``DUAL``, ``STEP``, ``COLUMN``, ``POINT``, ``POINT + 1`` (M + 1) of the simplex
        method
    coef : float64 array, shape (M, K), times the promise to the row's player
    square : float64 array, shape (3, M + 1, M + 1): ``BASIS``, ``INVERSE``, ``SPARE``
    """

    ints: IntArray
    lines: FloatArray
    coef: FloatArray
    square: FloatArray


@kernel
def make_workspace(n_rows: int, n_outcomes: int) -> Workspace:
    """Allocate for at most ``n_rows`` rows and ``n_outcomes`` variable outcomes."""
    m, k = max(n_rows, 1), max(n_outcomes, 1)
    width = max(m + 1, k, 6)
    return Workspace(
        np.zeros((5, width), np.int64),
        np.zeros((15, width)),
        np.zeros((m, k)),
        np.zeros((3, m + 1, m + 1)),
    )


@kernel
def workspace_for(states: IntArray, game: Tables, listed: Listed) -> Workspace:
    """Allocate for the programmes of some states."""
    most_rows = most_outcomes = 0
    for s in states:
        most_rows = max(most_rows, game.n_actions[s, 0] + game.n_actions[s, 1])
        for a in range(game.profile_start[s], game.profile_start[s + 1]):
            most_outcomes = max(
                most_outcomes, listed.variable_start[a + 1] - listed.variable_start[a]
            )
    return make_workspace(most_rows, most_outcomes)


@kernel
def largest_payoff(s: int, game: Tables, sets: Polygons) -> float:
    """Largest absolute payoff that a programme of state ``s`` can meet (at least 1e-300)."""
    scale: float = 1e-300
    for a in range(game.profile_start[s], game.profile_start[s + 1]):
        for i in range(2):
            scale = max(scale, abs(game.payoff[a, i]))
    for k in range(game.outcome_start[s], game.outcome_start[s + 1]):
        nxt = game.outcome_next[k]
        if sets.count[nxt] > 0:
            for i in range(2):
                scale = max(scale, abs(sets.low[nxt, i]), abs(sets.high[nxt, i]))
    return scale


@kernel
def measure(s: int, sets: Polygons) -> None:
    """Note the least and the most each party gets in a state's set (inf and -inf if empty)."""
    for i in range(2):
        sets.low[s, i] = np.inf
        sets.high[s, i] = -np.inf
        for v in range(sets.count[s]):
            sets.low[s, i] = min(sets.low[s, i], sets.vertices[s, v, i])
            sets.high[s, i] = max(sets.high[s, i], sets.vertices[s, v, i])


@kernel
def value_deviations(s: int, game: Tables, sets: Polygons, out: FloatArray) -> None:
    """Write what each profile gives each party that is held to its worst promise afterwards.

    ``out`` is float64, shape (profiles of the state, 2); inf where a next state has an empty set.
    """
    first = game.profile_start[s]
    for a in range(first, game.profile_start[s + 1]):
        for i in range(2):
            worst = 0.0
            for e in range(game.entry_start[a], game.entry_start[a + 1]):
                nxt = game.outcome_next[game.entry_outcome[e]]
                worst += game.entry_probability[e] * sets.low[nxt, i]
            out[a - first, i] = (1.0 - game.discount[i]) * game.payoff[a, i] + (
                game.discount[i] * worst
            )


@helper
def _has_future(a: int, first: int, listed: Listed, worst: FloatArray) -> bool:
    """Whether no outcome of a profile, or of a deviation from it, leads to an empty set."""
    if worst[a - first, 0] == np.inf:
        return False
    for d in range(listed.deviation_start[2 * a], listed.deviation_start[2 * a + 2]):
        if worst[listed.deviation[d] - first, 0] == np.inf:
            return False
    return True


@helper
def _close_row(ws: Workspace, sets: Polygons, keep_all: bool) -> int:
    """Keep the row written last (1), drop it as never binding (0), or find it hopeless (-1)."""
    r = ws.ints[HEAD, ROWS]
    player = ws.ints[PLAYER, r]
    low = high = ws.lines[CONST, r]
    for k in range(ws.ints[HEAD, VARIABLES]):
        coef = ws.coef[r, k]
        if coef == 0.0:
            continue
        nxt = ws.ints[NEXT, k]
        at_low, at_high = coef * sets.low[nxt, player], coef * sets.high[nxt, player]
        low += min(at_low, at_high)
        high += max(at_low, at_high)
    ws.lines[DUAL, 0] = high  # the margin of this row alone, read where the row is hopeless
    if keep_all or (low < 0.0 and high >= -RESOLUTION):
        ws.ints[HEAD, ROWS] = r + 1
        return 1
    if low >= 0.0:
        return 0
    return -1


@helper
def _depends_on_promises(ws: Workspace) -> bool:
    r = ws.ints[HEAD, ROWS]
    depends = False
    for k in range(ws.ints[HEAD, VARIABLES]):
        depends = depends or ws.coef[r, k] != 0.0
    return depends


@kernel
def prepare(
    s: int, a: int, game: Tables, listed: Listed, sets: Polygons, worst: FloatArray, eta: float,
    scale: float, keep_all: bool, ws: Workspace,
) -> int:  # fmt: skip
    """Write the rows of profile ``a`` (a global row) in state ``s`` into the workspace.

    ``worst`` comes from `value_deviations`. Rows that can never bind are dropped unless
    ``keep_all`` (the margin needs them all).

    Returns
    -------
    OPTIMAL: the programme is ready. INFEASIBLE: an outcome has an empty next state
    (``ws.ints[HEAD, CERTIFICATE]`` is -1), or one row alone cannot be met (it is that row, written
    last; ``ws.lines[ANSWER, 1]`` is the most its slack can be, negative).
    """
    ws.lines[HEAD, 0] = scale
    ws.ints[HEAD, ROWS] = 0
    ws.ints[HEAD, READY] = 0
    ws.ints[HEAD, CERTIFICATE] = -1
    if not _has_future(a, game.profile_start[s], listed, worst):
        return INFEASIBLE
    first = listed.variable_start[a]
    n = listed.variable_start[a + 1] - first
    ws.ints[HEAD, VARIABLES] = n
    for k in range(n):
        ws.ints[NEXT, k] = listed.variable_next[first + k]
        ws.lines[WEIGHT, k] = listed.variable_chance[first + k]
    for i in range(2):
        ws.lines[DELTA, i] = game.discount[i]
        ws.lines[BASE, i] = (1.0 - game.discount[i]) * game.payoff[a, i]
    for i in range(2):
        floor, by = -np.inf, -1
        for d in range(listed.deviation_start[2 * a + i], listed.deviation_start[2 * a + i + 1]):
            other = listed.deviation[d]
            if listed.change_start[d] == listed.change_start[d + 1]:
                value = worst[other - game.profile_start[s], i]
                if value > floor:
                    floor, by = value, other
                continue
            _write_deviation(d, i, game, listed, sets, ws)
            # where no promise matters, no error of a promise does either: nothing to tighten
            tight = eta if _depends_on_promises(ws) else 0.0
            r = ws.ints[HEAD, ROWS]
            ws.lines[CONST, r] = (ws.lines[CONST, r] + ws.lines[BASE, i] - tight) / scale
            if _close_row(ws, sets, keep_all) < 0:
                return _hopeless(ws)
        if floor > -np.inf:
            r = ws.ints[HEAD, ROWS]
            ws.ints[PLAYER, r] = i
            ws.ints[DEVIATION, r] = by
            ws.lines[CONST, r] = (ws.lines[BASE, i] - floor - eta) / scale
            for k in range(n):
                ws.coef[r, k] = ws.lines[DELTA, i] * ws.lines[WEIGHT, k] / scale
            if _close_row(ws, sets, keep_all) < 0:
                return _hopeless(ws)
    return OPTIMAL


@helper
def _hopeless(ws: Workspace) -> int:
    """Report that the row written last cannot be met whatever is promised."""
    r = ws.ints[HEAD, ROWS]
    ws.ints[HEAD, CERTIFICATE] = r
    ws.lines[ANSWER, 1] = ws.lines[DUAL, 0] * ws.lines[HEAD, 0]
    for j in range(len(ws.coef)):
        ws.lines[MULTIPLIERS, j] = 0.0
    ws.lines[MULTIPLIERS, r] = 1.0
    return INFEASIBLE


@helper
def _write_deviation(
    d: int, i: int, game: Tables, listed: Listed, sets: Polygons, ws: Workspace
) -> None:
    """Write the row of a deviation that could go unnoticed.

    The constant is minus what the deviation gives without the variable promises, unscaled.
    """
    r = ws.ints[HEAD, ROWS]
    delta = ws.lines[DELTA, i]
    other = listed.deviation[d]
    ws.ints[PLAYER, r] = i
    ws.ints[DEVIATION, r] = other
    for k in range(ws.ints[HEAD, VARIABLES]):
        change = listed.change[listed.change_start[d] + k]
        ws.coef[r, k] = delta * change / ws.lines[HEAD, 0]
    const = -(1.0 - delta) * game.payoff[other, i]
    for e in range(listed.revealed_start[d], listed.revealed_start[d + 1]):
        const -= delta * listed.revealed_chance[e] * sets.low[listed.revealed_next[e], i]
    ws.lines[CONST, r] = const
