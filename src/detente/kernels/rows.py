"""The rows of one programme of the operator B: what a profile has to be enforced against.

A deviation whose outcomes can be reached neither by the profile nor by another party's
deviation reveals the deviator: it is met by the deviator's worst promises, and all such
deviations of a party collapse to one floor. Every other deviation is a row of its own. An
outcome off the path that both parties could have caused stays a variable: one promise has to
deter both. `detente.kernels.pricing` solves what is written here.

Two parties; vertices are ``float64[S, V, 2]``.
"""

from __future__ import annotations

from typing import NamedTuple

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

# Places in `Workspace.ints`.
ROWS, VARIABLES, READY, PIVOTS, CERTIFICATE = 0, 1, 2, 3, 4


class Workspace(NamedTuple):
    """Arrays of one programme, reused for all programmes of a state.

    M rows, K variable outcomes. Rows are divided by ``scale[0]`` (the largest payoff), so that
    slacks are of order one.
    """

    ints: IntArray  # rows, variables, basis ready, pivots since factorising, certifying row
    scale: FloatArray  # (1,) largest payoff in absolute value
    base: FloatArray  # (2,) (1 - delta_i) u_i(a)
    delta: FloatArray  # (2,)
    var_next: IntArray  # (K,) next state
    var_weight: FloatArray  # (K,) probability under the profile
    row_player: IntArray  # (M,)
    row_const: FloatArray  # (M,) scaled
    row_coef: FloatArray  # (M, K) scaled, times the promise to the row's player
    kind: IntArray  # (M + 1,) what is basic
    basis: FloatArray  # (M + 1, M + 1) basic columns
    inverse: FloatArray  # (M + 1, M + 1)
    point: FloatArray  # (M + 1, 2) payoffs of basic columns
    cost: FloatArray  # (M + 1,)
    dual: FloatArray  # (M + 1,)
    step: FloatArray  # (M + 1,)
    column: FloatArray  # (M + 1,) column priced last
    priced: FloatArray  # (2,) its payoffs
    clipped: FloatArray  # (M,) multipliers at the last pricing
    multipliers: FloatArray  # (M,) those of the best bound (sum to one: infeasibility, margin)
    answer: FloatArray  # (4,) value, bound, v_1, v_2
    dense: FloatArray  # (3, K_s) scratch: probabilities of the profile, of a deviation; lowest
    reach: IntArray  # (2, K_s) scratch: who reaches an outcome; its place among the variables


@njit(cache=True)
def make_workspace(n_rows: int, n_outcomes: int) -> Workspace:
    """Allocate for at most ``n_rows`` rows and ``n_outcomes`` outcomes of the state."""
    m, k = max(n_rows, 1), max(n_outcomes, 1)
    return Workspace(
        np.zeros(5, np.int64),
        np.ones(1),
        np.zeros(2),
        np.zeros(2),
        np.zeros(k, np.int64),
        np.zeros(k),
        np.zeros(m, np.int64),
        np.zeros(m),
        np.zeros((m, k)),
        np.zeros(m + 1, np.int64),
        np.zeros((m + 1, m + 1)),
        np.zeros((m + 1, m + 1)),
        np.zeros((m + 1, 2)),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(m + 1),
        np.zeros(2),
        np.zeros(m),
        np.zeros(m),
        np.zeros(4),
        np.zeros((3, k)),
        np.zeros((2, k), np.int64),
    )


@njit(cache=True)
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


@njit(cache=True)
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
        ws.reach[0, k] = 0
        ws.reach[1, k] = -1
        ws.dense[0, k] = 0.0
    for e in range(entry_start[a], entry_start[a + 1]):
        k = entry_outcome[e] - first
        ws.reach[0, k] |= 1
        ws.dense[0, k] += entry_probability[e]
    local = a - profile_start[s]
    for i in range(2):
        stride = n_actions[s, 1] if i == 0 else 1
        own = (local // stride) % n_actions[s, i]
        for alt in range(n_actions[s, i]):
            if alt == own:
                continue
            other = a + (alt - own) * stride
            for e in range(entry_start[other], entry_start[other + 1]):
                ws.reach[0, entry_outcome[e] - first] |= 2 << i
    n_variables = 0
    for k in range(n_outcomes):
        reached = ws.reach[0, k]
        if reached != 0 and count[outcome_next[first + k]] == 0:
            return False
        if reached & 1 or reached == 6:
            ws.reach[1, k] = n_variables
            ws.var_next[n_variables] = outcome_next[first + k]
            ws.var_weight[n_variables] = ws.dense[0, k]
            n_variables += 1
    ws.ints[VARIABLES] = n_variables
    return True


@njit(cache=True)
def _lowest(vertices: FloatArray, count: IntArray, state: int, player: int) -> float:
    low: float = vertices[state, 0, player]
    for v in range(1, count[state]):
        low = min(low, vertices[state, v, player])
    return low


@njit(cache=True)
def _close_row(ws: Workspace, vertices: FloatArray, count: IntArray, keep_all: bool) -> int:
    """Keep the row written last (1), drop it as never binding (0), or find it hopeless (-1)."""
    r = ws.ints[ROWS]
    player = ws.row_player[r]
    low = high = ws.row_const[r]
    for k in range(ws.ints[VARIABLES]):
        coef = ws.row_coef[r, k]
        if coef == 0.0:
            continue
        nxt = ws.var_next[k]
        least = most = coef * vertices[nxt, 0, player]
        for v in range(1, count[nxt]):
            term = coef * vertices[nxt, v, player]
            least = min(least, term)
            most = max(most, term)
        low += least
        high += most
    ws.dual[0] = high  # the margin of this row alone, read where the row is hopeless
    if keep_all or (low < 0.0 and high >= -RESOLUTION):
        ws.ints[ROWS] = r + 1
        return 1
    if low >= 0.0:
        return 0
    return -1


@njit(cache=True)
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
    (``ws.ints[4] = -1``), or one row alone cannot be met (``ws.ints[4]`` is that row, written
    last; ``ws.answer[1]`` the most its slack can be, negative).
    """
    ws.scale[0] = scale
    ws.ints[ROWS] = 0
    ws.ints[READY] = 0
    ws.ints[CERTIFICATE] = -1
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
        ws.delta[i] = delta
        ws.base[i] = (1.0 - delta) * payoff[a, i]
        for k in range(n_outcomes):
            if ws.reach[0, k] == 2 << i:
                ws.dense[2, k] = _lowest(vertices, count, outcome_next[first + k], i)
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
            r = ws.ints[ROWS]
            if not hidden:
                floor = max(floor, -ws.row_const[r])
                continue
            ws.row_const[r] = (ws.row_const[r] + ws.base[i] - eta) / scale
            if _close_row(ws, vertices, count, keep_all) < 0:
                return _hopeless(ws)
        if floor > -np.inf:
            r = ws.ints[ROWS]
            ws.row_player[r] = i
            ws.row_const[r] = (ws.base[i] - floor - eta) / scale
            for k in range(ws.ints[VARIABLES]):
                ws.row_coef[r, k] = delta * ws.var_weight[k] / scale
            if _close_row(ws, vertices, count, keep_all) < 0:
                return _hopeless(ws)
    return OPTIMAL


@njit(cache=True)
def _hopeless(ws: Workspace) -> int:
    """Report that the row written last cannot be met whatever is promised."""
    r = ws.ints[ROWS]
    ws.ints[CERTIFICATE] = r
    ws.answer[1] = ws.dual[0] * ws.scale[0]
    for j in range(len(ws.multipliers)):
        ws.multipliers[j] = 0.0
    ws.multipliers[r] = 1.0
    return INFEASIBLE


@njit(cache=True)
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
    r = ws.ints[ROWS]
    delta = ws.delta[i]
    scale = ws.scale[0]
    ws.row_player[r] = i
    for k in range(n_outcomes):
        ws.dense[1, k] = 0.0
    hidden = False
    const = -(1.0 - delta) * payoff[other, i]
    for e in range(entry_start[other], entry_start[other + 1]):
        k = entry_outcome[e] - first
        if ws.reach[1, k] >= 0:
            hidden = True
            ws.dense[1, k] += entry_probability[e]
        else:
            const -= delta * entry_probability[e] * ws.dense[2, k]
    ws.row_const[r] = const
    if hidden:
        for k in range(n_outcomes):
            place = ws.reach[1, k]
            if place >= 0:
                ws.row_coef[r, place] = delta * (ws.dense[0, k] - ws.dense[1, k]) / scale
    return hidden
