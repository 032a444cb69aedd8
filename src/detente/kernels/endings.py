"""The least chances of ending a plan after an alarm that make cheating not worth while.

The fixed point that `detente.ask.forgiving` looks for, round by round.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.kernels.chains import solve_parts


@njit(cache=True)
def settle_endings(
    start: IntArray,
    target: IntArray,
    chance: FloatArray,
    column: IntArray,
    away: FloatArray,
    off: FloatArray,
    rewards: FloatArray,
    cut: BoolArray,
    cut_worth: FloatArray,
    order: IntArray,
    part_start: IntArray,
    discount: FloatArray,
    party: IntArray,
    node: IntArray,
    gain: FloatArray,
    more: FloatArray,
    on_start: IntArray,
    on_target: IntArray,
    on_chance: FloatArray,
    on_known: FloatArray,
    cheat_off: FloatArray,
    multiple: float,
    max_rounds: int,
    tol: float,
) -> FloatArray:
    """Raise the chances of ending from zero until they change by at most ``tol``: float64 (N, P).

    Parameters
    ----------
    start, target, chance, column : entries of the path by node, E of them; the column of alarms is
        0 for none; the target is -1 where play leaves the automaton
    away : float64 (E, P), worth of what follows there, 0 elsewhere
    off : float64 (E, P), worth of no deal at the next base state
    rewards : float64 (N, P), weighted with 1 - discount
    cut, cut_worth : bool (N,) and float64 (N, P), nodes at which no deal follows at once
    order, part_start : connected parts of the chain
    party, node, gain, more, on_*, cheat_off : chances to cheat, n of them; ``more`` is
        float64 (n, P), how much likelier cheating makes an alarm about each; the entries ``on``
        lead to nodes when the plan goes on, the rest of its worth is ``on_known``
    multiple : of the least chance that deters
    """
    n, n_parties = rewards.shape
    ending = np.zeros((n, n_parties))
    needed = np.zeros((n, n_parties))
    values = np.empty((n, n_parties))
    total = np.empty((n, 1))
    weight = np.empty(len(chance))
    inner = target.copy()
    for s in range(n):
        for e in range(start[s], start[s + 1]):
            if target[e] < 0:
                inner[e] = s
    for _ in range(max_rounds):
        for i in range(n_parties):
            for s in range(n):
                total[s, 0] = cut_worth[s, i] if cut[s] else rewards[s, i]
                for e in range(start[s], start[s + 1]):
                    weight[e] = 0.0
                    if cut[s]:
                        continue
                    stop = ending[s, column[e] - 1] if column[e] > 0 else 0.0
                    worth = stop * off[e, i]
                    if target[e] >= 0:
                        weight[e] = chance[e] * (1.0 - stop)
                    else:
                        worth += (1.0 - stop) * away[e, i]
                    total[s, 0] += discount[i] * chance[e] * worth
            values[:, i] = solve_parts(start, inner, weight, order, part_start, total, discount[i])[
                :, 0
            ]
        needed[:] = 0.0
        for c in range(len(node)):
            i, s = party[c], node[c]
            on = on_known[c]
            for e in range(on_start[c], on_start[c + 1]):
                on += on_chance[e] * values[on_target[e], i]
            loss = on - cheat_off[c]
            others = 0.0
            for j in range(n_parties):
                if j != i:
                    others += more[c, j] * ending[s, j]
            missing = (1.0 - discount[i]) * gain[c] - discount[i] * others * loss
            if missing > 0:
                deters = discount[i] * more[c, i] * loss
                least = missing / deters if deters > 0 else 1.0
                needed[s, i] = min(1.0, multiple * min(1.0, least))
        change = 0.0
        for s in range(n):
            for i in range(n_parties):
                change = max(change, abs(needed[s, i] - ending[s, i]))
                ending[s, i] = needed[s, i]
        if change <= tol:
            break
    return ending
