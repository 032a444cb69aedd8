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
# feasible, pivots since the last factorisation, row that shows infeasibility by itself.
HEAD, NEXT, PLAYER, KIND, REACH, PLACE = 0, 1, 2, 3, 4, 5
ROWS, VARIABLES, READY, PIVOTS, CERTIFICATE = 0, 1, 2, 3, 4

# Rows of `Workspace.lines` (0 is HEAD) and tables of `Workspace.square`.
BASE, DELTA, PRICED, ANSWER, WEIGHT, CONST, MULTIPLIERS, CLIPPED = 1, 2, 3, 4, 5, 6, 7, 8
COST, DUAL, STEP, COLUMN, POINT, OWN, OTHER, LOWEST = 9, 10, 11, 12, 13, 15, 16, 17
BASIS, INVERSE, SPARE = 0, 1, 2


_Function = TypeVar("_Function", bound=Callable[..., Any])


def kernel(function: _Function) -> _Function:
    """Compile on first use, cached on disk; divisions by zero follow NumPy."""
    jit: Any = njit
    compiled: _Function = jit(cache=True, error_model="numpy", no_cfunc_wrapper=True)(function)
    return compiled


def helper(function: _Function) -> _Function:
    """Compile a function that only kernels call: no Python wrapper, which saves compile time."""
    jit: Any = njit
    flags = {"no_cfunc_wrapper": True, "no_cpython_wrapper": True}
    compiled: _Function = jit(cache=True, error_model="numpy", **flags)(function)
    return compiled


class Workspace(NamedTuple):
    """Arrays of one programme, reused for all programmes of a state.

    M rows, K variable outcomes. Rows are divided by the largest payoff, so that slacks are of
    order one. A few tables stand for what would be two dozen arrays, because every array in
    every signature costs compile time.

    Attributes
    ----------
    ints : int64 array, shape (6, N)
        ``HEAD``: counts and flags (``ROWS`` ...); ``NEXT`` (K) next state of a variable
        outcome; ``PLAYER`` (M) whose deviation; ``KIND`` (M + 1) what is basic; ``REACH`` and
        ``PLACE``: who reaches an outcome of the state, its place among the variables
    lines : float64 array, shape (18, N)
        ``HEAD``: largest payoff; ``BASE``, ``DELTA``, ``PRICED`` (2): (1 - delta_i) u_i(a),
        delta_i, payoffs of the column priced last; ``ANSWER`` (4): value, bound, v_1, v_2;
        ``WEIGHT`` (K) probability; ``CONST`` (M); ``MULTIPLIERS`` (M) those of the best bound
        (they sum to one for infeasibility and margins), ``CLIPPED`` (M) those priced last;
        ``COST``, ``DUAL``, ``STEP``, ``COLUMN``, ``POINT``, ``POINT + 1`` (M + 1) of the simplex
        method; ``OWN``, ``OTHER``, ``LOWEST``: scratch by outcome of the state
    coef : float64 array, shape (M, K), times the promise to the row's player
    square : float64 array, shape (3, M + 1, M + 1): ``BASIS``, ``INVERSE``, ``SPARE``
    """

    ints: IntArray
    lines: FloatArray
    coef: FloatArray
    square: FloatArray


@kernel
def make_workspace(n_rows: int, n_outcomes: int) -> Workspace:
    """Allocate for at most ``n_rows`` rows and ``n_outcomes`` outcomes of the state."""
    m, k = max(n_rows, 1), max(n_outcomes, 1)
    width = max(m + 1, k, 5)
    return Workspace(
        np.zeros((6, width), np.int64),
        np.zeros((18, width)),
        np.zeros((m, k)),
        np.zeros((3, m + 1, m + 1)),
    )


@kernel
def largest_payoff(
    s: int,
    profile_start: IntArray,
    payoff: FloatArray,
    outcome_start: IntArray,
    outcome_next: IntArray,
    vertices: FloatArray,
    count: IntArray,
) -> float:
    """Largest absolute payoff that a programme of state ``s`` can meet (at least 1e-300)."""
    scale: float = 1e-300
    for a in range(profile_start[s], profile_start[s + 1]):
        for i in range(2):
            scale = max(scale, abs(payoff[a, i]))
    for k in range(outcome_start[s], outcome_start[s + 1]):
        nxt = outcome_next[k]
        for v in range(count[nxt]):
            scale = max(scale, abs(vertices[nxt, v, 0]), abs(vertices[nxt, v, 1]))
    return scale


@helper
def _classify_outcomes(
    s: int,
    a: int,
    profile_start: IntArray,
    n_actions: IntArray,
    outcome_start: IntArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    count: IntArray,
    ws: Workspace,
) -> bool:
    """Find who reaches which outcome and number the variables; False if one has no future."""
    first = outcome_start[s]
    n_outcomes = outcome_start[s + 1] - first
    for k in range(n_outcomes):
        ws.ints[REACH, k] = 0
        ws.ints[PLACE, k] = -1
        ws.lines[OWN, k] = 0.0
    for e in range(entry_start[a], entry_start[a + 1]):
        k = entry_outcome[e] - first
        ws.ints[REACH, k] |= 1
        ws.lines[OWN, k] += entry_probability[e]
    local = a - profile_start[s]
    for i in range(2):
        stride = n_actions[s, 1] if i == 0 else 1
        own = (local // stride) % n_actions[s, i]
        for alt in range(n_actions[s, i]):
            if alt == own:
                continue
            other = a + (alt - own) * stride
            for e in range(entry_start[other], entry_start[other + 1]):
                ws.ints[REACH, entry_outcome[e] - first] |= 2 << i
    n_variables = 0
    for k in range(n_outcomes):
        reached = ws.ints[REACH, k]
        if reached != 0 and count[outcome_next[first + k]] == 0:
            return False
        if reached & 1 or reached == 6:
            ws.ints[PLACE, k] = n_variables
            ws.ints[NEXT, n_variables] = outcome_next[first + k]
            ws.lines[WEIGHT, n_variables] = ws.lines[OWN, k]
            n_variables += 1
    ws.ints[HEAD, VARIABLES] = n_variables
    return True


@helper
def _lowest(vertices: FloatArray, count: IntArray, state: int, player: int) -> float:
    low: float = vertices[state, 0, player]
    for v in range(1, count[state]):
        low = min(low, vertices[state, v, player])
    return low


@helper
def _close_row(ws: Workspace, vertices: FloatArray, count: IntArray, keep_all: bool) -> int:
    """Keep the row written last (1), drop it as never binding (0), or find it hopeless (-1)."""
    r = ws.ints[HEAD, ROWS]
    player = ws.ints[PLAYER, r]
    low = high = ws.lines[CONST, r]
    for k in range(ws.ints[HEAD, VARIABLES]):
        coef = ws.coef[r, k]
        if coef == 0.0:
            continue
        nxt = ws.ints[NEXT, k]
        least = most = coef * vertices[nxt, 0, player]
        for v in range(1, count[nxt]):
            term = coef * vertices[nxt, v, player]
            least = min(least, term)
            most = max(most, term)
        low += least
        high += most
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
    s: int,
    a: int,
    profile_start: IntArray,
    n_actions: IntArray,
    payoff: FloatArray,
    discount: FloatArray,
    outcome_start: IntArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    vertices: FloatArray,
    count: IntArray,
    eta: float,
    scale: float,
    keep_all: bool,
    ws: Workspace,
) -> int:
    """Write the rows of profile ``a`` (a global row) in state ``s`` into the workspace.

    Rows that can never bind are dropped unless ``keep_all`` (the margin needs them all).

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
    if not _classify_outcomes(
        s, a, profile_start, n_actions, outcome_start, outcome_next,
        entry_start, entry_outcome, entry_probability, count, ws,
    ):  # fmt: skip
        return INFEASIBLE
    first = outcome_start[s]
    n_outcomes = outcome_start[s + 1] - first
    local = a - profile_start[s]
    for i in range(2):
        delta = discount[i]
        ws.lines[DELTA, i] = delta
        ws.lines[BASE, i] = (1.0 - delta) * payoff[a, i]
        for k in range(n_outcomes):
            if ws.ints[REACH, k] == 2 << i:
                ws.lines[LOWEST, k] = _lowest(vertices, count, outcome_next[first + k], i)
        stride = n_actions[s, 1] if i == 0 else 1
        own = (local // stride) % n_actions[s, i]
        floor = -np.inf
        for alt in range(n_actions[s, i]):
            if alt == own:
                continue
            other = a + (alt - own) * stride
            hidden = _write_deviation(
                i, other, first, n_outcomes, payoff, entry_start, entry_outcome,
                entry_probability, ws,
            )  # fmt: skip
            r = ws.ints[HEAD, ROWS]
            if not hidden:
                floor = max(floor, -ws.lines[CONST, r])
                continue
            # where no promise matters, no error of a promise does either: nothing to tighten
            tight = eta if _depends_on_promises(ws) else 0.0
            ws.lines[CONST, r] = (ws.lines[CONST, r] + ws.lines[BASE, i] - tight) / scale
            if _close_row(ws, vertices, count, keep_all) < 0:
                return _hopeless(ws)
        if floor > -np.inf:
            r = ws.ints[HEAD, ROWS]
            ws.ints[PLAYER, r] = i
            ws.lines[CONST, r] = (ws.lines[BASE, i] - floor - eta) / scale
            for k in range(ws.ints[HEAD, VARIABLES]):
                ws.coef[r, k] = delta * ws.lines[WEIGHT, k] / scale
            if _close_row(ws, vertices, count, keep_all) < 0:
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
    i: int,
    other: int,
    first: int,
    n_outcomes: int,
    payoff: FloatArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    ws: Workspace,
) -> bool:
    """Write the row of a deviation to profile ``other``; True if it could go unnoticed.

    The constant is minus what the deviation gives without the variable promises, unscaled.
    """
    r = ws.ints[HEAD, ROWS]
    delta = ws.lines[DELTA, i]
    scale = ws.lines[HEAD, 0]
    ws.ints[PLAYER, r] = i
    for k in range(n_outcomes):
        ws.lines[OTHER, k] = 0.0
    hidden = False
    const = -(1.0 - delta) * payoff[other, i]
    for e in range(entry_start[other], entry_start[other + 1]):
        k = entry_outcome[e] - first
        if ws.ints[PLACE, k] >= 0:
            hidden = True
            ws.lines[OTHER, k] += entry_probability[e]
        else:
            const -= delta * entry_probability[e] * ws.lines[LOWEST, k]
    ws.lines[CONST, r] = const
    if hidden:
        for k in range(n_outcomes):
            place = ws.ints[PLACE, k]
            if place >= 0:
                ws.coef[r, place] = delta * (ws.lines[OWN, k] - ws.lines[OTHER, k]) / scale
    return hidden
