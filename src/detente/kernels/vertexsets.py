"""Supports of B(W)(s) for any number of parties: the operator in given directions.

For every profile that may be prescribed the rows are written once (what it has to be enforced
against), then the programme of `detente.kernels.columns` is solved in each direction. A deviation
whose outcomes only one party's deviations can reach reveals that party: it is met by the
party's worst promises, and all such deviations of a party collapse to one floor. Under perfect
monitoring there is nothing but floors, so a programme has at most one row per party. An outcome
off the path that several parties could have caused stays a variable: one promise has to deter all.

Source of the operator: Abreu, Pearce and Stacchetti (1990), Econometrica 58, equation (6).
"""

from __future__ import annotations

import numpy as np

from detente.kernels.columns import (
    BASE,
    DELTA,
    HEAD,
    LOWEST,
    NEXT,
    OTHER,
    OWN,
    PLACE,
    PLAYER,
    POINT,
    REACH,
    READY,
    ROWS,
    VARIABLES,
    WEIGHT,
    Programme,
    make_programme,
    solve_programme,
)
from detente.kernels.rows import (
    INFEASIBLE,
    OPTIMAL,
    RESOLUTION,
    BoolArray,
    FloatArray,
    IntArray,
    helper,
    kernel,
)


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
    prog: Programme,
) -> bool:
    """Find who reaches which outcome and number the variables; False if one has no future."""
    first = outcome_start[s]
    n_outcomes = outcome_start[s + 1] - first
    for k in range(n_outcomes):
        prog.ints[REACH, k] = 0
        prog.ints[PLACE, k] = -1
        prog.outcomes[OWN, k] = 0.0
    for e in range(entry_start[a], entry_start[a + 1]):
        k = entry_outcome[e] - first
        prog.ints[REACH, k] |= 1
        prog.outcomes[OWN, k] += entry_probability[e]
    stride = 1
    for i in range(n_actions.shape[1] - 1, -1, -1):
        own = ((a - profile_start[s]) // stride) % n_actions[s, i]
        for alt in range(n_actions[s, i]):
            if alt == own:
                continue
            other = a + (alt - own) * stride
            for e in range(entry_start[other], entry_start[other + 1]):
                prog.ints[REACH, entry_outcome[e] - first] |= 2 << i
        stride *= n_actions[s, i]
    n_variables = 0
    for k in range(n_outcomes):
        reached = prog.ints[REACH, k]
        if reached != 0 and count[outcome_next[first + k]] == 0:
            return False
        others = reached >> 1
        if reached & 1 or others & (others - 1):  # on the path, or several could have caused it
            prog.ints[PLACE, k] = n_variables
            prog.ints[NEXT, n_variables] = outcome_next[first + k]
            prog.outcomes[WEIGHT, n_variables] = prog.outcomes[OWN, k]
            n_variables += 1
    prog.ints[HEAD, VARIABLES] = n_variables
    return True


@helper
def _close_row(eta: float, prog: Programme, vertices: FloatArray, count: IntArray) -> bool:
    """Tighten the row written last and keep it unless it never binds; False if hopeless.

    Where no promise matters to a row, no error of a promise does: nothing to tighten.
    """
    r = prog.ints[HEAD, ROWS]
    player = prog.ints[PLAYER, r]
    low = high = 0.0
    depends = False
    for k in range(prog.ints[HEAD, VARIABLES]):
        coef = prog.coef[r, k]
        if coef == 0.0:
            continue
        depends = True
        nxt = prog.ints[NEXT, k]
        least = most = coef * vertices[nxt, 0, player]
        for v in range(1, count[nxt]):
            term = coef * vertices[nxt, v, player]
            least = min(least, term)
            most = max(most, term)
        low += least
        high += most
    if depends:
        prog.const[r] -= eta
    if low + prog.const[r] >= 0.0:
        return True
    if high + prog.const[r] < -RESOLUTION:
        return False
    prog.ints[HEAD, ROWS] = r + 1
    return True


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
    prog: Programme,
) -> bool:
    """Write the row of a deviation to profile ``other``; True if it could go unnoticed.

    The constant is minus what the deviation gives without the variable promises.
    """
    r = prog.ints[HEAD, ROWS]
    delta = prog.parties[DELTA, i]
    prog.ints[PLAYER, r] = i
    for k in range(n_outcomes):
        prog.outcomes[OTHER, k] = 0.0
    hidden = False
    const = -(1.0 - delta) * payoff[other, i]
    for e in range(entry_start[other], entry_start[other + 1]):
        k = entry_outcome[e] - first
        if prog.ints[PLACE, k] >= 0:
            hidden = True
            prog.outcomes[OTHER, k] += entry_probability[e]
        else:
            const -= delta * entry_probability[e] * prog.outcomes[LOWEST, k]
    prog.const[r] = const
    if hidden:
        for k in range(n_outcomes):
            place = prog.ints[PLACE, k]
            if place >= 0:
                prog.coef[r, place] = delta * (prog.outcomes[OWN, k] - prog.outcomes[OTHER, k])
    return hidden


@helper
def _merge_variables(prog: Programme) -> None:
    """Join outcomes that lead to the same state and say the same about every deviation.

    The set of promises is convex, so one promise for both gives whatever two could.
    """
    m, n = prog.ints[HEAD, ROWS], prog.ints[HEAD, VARIABLES]
    kept = 0
    for k in range(n):
        weight, into = prog.outcomes[WEIGHT, k], -1
        for j in range(kept):
            against = prog.outcomes[WEIGHT, j]
            if prog.ints[NEXT, j] != prog.ints[NEXT, k] or weight <= 0.0 or against <= 0.0:
                continue
            same = True
            for r in range(m):
                x, y = prog.coef[r, k] * against, prog.coef[r, j] * weight
                same = same and abs(x - y) <= 4e-16 * (abs(x) + abs(y))
            if same:
                into = j
                break
        at = into if into >= 0 else kept
        if into < 0:
            prog.ints[NEXT, kept] = prog.ints[NEXT, k]
            kept += 1
        prog.outcomes[WEIGHT, at] = weight + (prog.outcomes[WEIGHT, at] if into >= 0 else 0.0)
        for r in range(m):
            prog.coef[r, at] = prog.coef[r, k] + (prog.coef[r, at] if into >= 0 else 0.0)
    prog.ints[HEAD, VARIABLES] = kept


@helper
def _prepare(
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
    prog: Programme,
) -> int:
    """Write the rows of profile ``a``; INFEASIBLE if no promises can enforce it."""
    prog.ints[HEAD, ROWS] = 0
    prog.ints[HEAD, READY] = 0
    if not _classify_outcomes(
        s, a, profile_start, n_actions, outcome_start, outcome_next,
        entry_start, entry_outcome, entry_probability, count, prog,
    ):  # fmt: skip
        return INFEASIBLE
    first = outcome_start[s]
    n_outcomes = outcome_start[s + 1] - first
    stride = 1
    for i in range(n_actions.shape[1] - 1, -1, -1):
        delta = discount[i]
        prog.parties[DELTA, i] = delta
        base = prog.parties[BASE, i] = (1.0 - delta) * payoff[a, i]
        for k in range(n_outcomes):
            if prog.ints[REACH, k] == 2 << i:
                nxt = outcome_next[first + k]
                low = vertices[nxt, 0, i]
                for v in range(1, count[nxt]):
                    low = min(low, vertices[nxt, v, i])
                prog.outcomes[LOWEST, k] = low
        own = ((a - profile_start[s]) // stride) % n_actions[s, i]
        floor = -np.inf
        for alt in range(n_actions[s, i]):
            if alt == own:
                continue
            hidden = _write_deviation(
                i, a + (alt - own) * stride, first, n_outcomes, payoff, entry_start,
                entry_outcome, entry_probability, prog,
            )  # fmt: skip
            r = prog.ints[HEAD, ROWS]
            if not hidden:
                floor = max(floor, -prog.const[r])
                continue
            prog.const[r] += base
            if not _close_row(eta, prog, vertices, count):
                return INFEASIBLE
        stride *= n_actions[s, i]
        if floor > -np.inf:
            r = prog.ints[HEAD, ROWS]
            prog.ints[PLAYER, r] = i
            prog.const[r] = base - floor
            for k in range(prog.ints[HEAD, VARIABLES]):
                prog.coef[r, k] = delta * prog.outcomes[WEIGHT, k]
            if not _close_row(eta, prog, vertices, count):
                return INFEASIBLE
    _merge_variables(prog)
    return OPTIMAL


@helper
def _best_free(
    lam: FloatArray, d: int, tops: FloatArray, places: IntArray, slot: IntArray,
    prog: Programme, vertices: FloatArray,
) -> tuple[float, bool]:  # fmt: skip
    """Give the best value without any row, and whether its promises meet every row.

    They are then the answer, and their payoffs are written to ``prog.parties[POINT]``.
    """
    n_parties = len(lam)
    value = 0.0
    for i in range(n_parties):
        value += lam[i] * prog.parties[BASE, i]
        prog.parties[POINT, i] = prog.parties[BASE, i]
    for k in range(prog.ints[HEAD, VARIABLES]):
        nxt = prog.ints[NEXT, k]
        value += prog.outcomes[WEIGHT, k] * tops[d, slot[nxt]]
        at = places[d, slot[nxt]]
        for i in range(n_parties):
            weight = prog.parties[DELTA, i] * prog.outcomes[WEIGHT, k]
            prog.parties[POINT, i] += weight * vertices[nxt, at, i]
    for r in range(prog.ints[HEAD, ROWS]):
        total = prog.const[r]
        for k in range(prog.ints[HEAD, VARIABLES]):
            nxt = prog.ints[NEXT, k]
            at = places[d, slot[nxt]]
            total += prog.coef[r, k] * vertices[nxt, at, prog.ints[PLAYER, r]]
        if total < 0.0:
            return value, False
    return value, True


@helper
def _look_up_tops(
    s: int, directions: FloatArray, discount: FloatArray, outcome_start: IntArray,
    outcome_next: IntArray, vertices: FloatArray, count: IntArray, slot: IntArray,
) -> tuple[FloatArray, IntArray]:  # fmt: skip
    """Best vertex of every next state in every direction, in units of today: value and place."""
    n_slots = 0
    slot[:] = -1
    for k in range(outcome_start[s], outcome_start[s + 1]):
        if slot[outcome_next[k]] < 0:
            slot[outcome_next[k]] = n_slots
            n_slots += 1
    tops = np.full((len(directions), n_slots), -np.inf)
    places = np.zeros((len(directions), n_slots), np.int64)
    for nxt in range(len(slot)):
        if slot[nxt] < 0:
            continue
        for d in range(len(directions)):
            for v in range(count[nxt]):
                worth = 0.0
                for i in range(len(discount)):
                    worth += directions[d, i] * discount[i] * vertices[nxt, v, i]
                if worth > tops[d, slot[nxt]]:
                    tops[d, slot[nxt]] = worth
                    places[d, slot[nxt]] = v
    return tops, places


@kernel
def find_supports(
    s: int,
    directions: FloatArray,
    profile_start: IntArray,
    n_actions: IntArray,
    payoff: FloatArray,
    alive: BoolArray,
    discount: FloatArray,
    outcome_start: IntArray,
    outcome_next: IntArray,
    entry_start: IntArray,
    entry_outcome: IntArray,
    entry_probability: FloatArray,
    vertices: FloatArray,
    count: IntArray,
    eta: float,
    strict: bool,
    bounds: FloatArray,
    values: FloatArray,
    points: FloatArray,
) -> None:
    """Find the support of B(W)(s) in each direction, and a payoff that attains it.

    The arrays of the game are those of `detente.game.game.Game`, payoffs of order one.

    Parameters
    ----------
    s : the state
    directions : float64 array, shape (D, P), unit vectors
    alive : bool array, shape (A,), profiles to look at; those of ``s`` that no promises can
        enforce are set to False
    vertices : float64 array, shape (S, V, P); the sets W promises come from
    count : int64 array, shape (S,); vertices in use, 0 for an empty set
    eta : every incentive constraint is tightened by this much (negative: loosened)
    strict : the points must satisfy the constraints to the last digit (inner bounds)
    bounds : float64 array, shape (D,), filled: no payoff is beyond; -inf where there is none
    values, points : float64 arrays, shapes (D,) and (D, P), filled: the best payoff attained and
        its value; -inf where none was found. Less than the bound only where arithmetic stopped.
    """
    rows = 0
    for i in range(n_actions.shape[1]):
        rows += n_actions[s, i]
    prog = make_programme(len(discount), rows, outcome_start[s + 1] - outcome_start[s])
    slot = np.empty(len(count), np.int64)
    tops, places = _look_up_tops(
        s, directions, discount, outcome_start, outcome_next, vertices, count, slot
    )
    bounds[:] = -np.inf
    values[:] = -np.inf
    for a in range(profile_start[s], profile_start[s + 1]):
        if not alive[a]:
            continue
        if (
            _prepare(
                s, a, profile_start, n_actions, payoff, discount, outcome_start, outcome_next,
                entry_start, entry_outcome, entry_probability, vertices, count, eta, prog,
            )
            == INFEASIBLE
        ):  # fmt: skip
            alive[a] = False
            continue
        for d in range(len(directions)):
            lam = directions[d]
            bound, meets = _best_free(lam, d, tops, places, slot, prog, vertices)
            if bound <= values[d]:
                continue
            if not meets:
                if solve_programme(lam, strict, prog, vertices, count) == INFEASIBLE:
                    alive[a] = False
                    break
                bound = min(bound, prog.least[0])
            bounds[d] = max(bounds[d], bound)
            value = 0.0
            for i in range(len(lam)):
                value += lam[i] * prog.parties[POINT, i]
            if value > values[d]:
                values[d] = value
                points[d] = prog.parties[POINT]
