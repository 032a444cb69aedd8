"""What a phase of a plan leads to: marks on (kind, base state), for growing a plan's automaton."""

from __future__ import annotations

from numba import njit

from detente.arrays import BoolArray, IntArray


@njit(cache=True)
def mark_following(
    rows: IntArray,
    following: IntArray,
    live: BoolArray,
    alarms: IntArray,
    quiet: IntArray,
    end_base: int,
    reached: BoolArray,
    pending: BoolArray,
    touched: BoolArray,
    ended: BoolArray,
) -> None:
    """Mark all that follows one phase at some base states.

    Parameters
    ----------
    rows : int64 (n,), base states
    following : int64 (S, K), the states that each can lead to, some repeated; -1 for none
    live : bool (S, 1 + P), the columns of alarms that can come
    alarms : int64 (P,), the kind that follows an alarm about each party; -1 as if there were none
    quiet : int64 (S,), the kind that follows by next base state
    end_base : kinds from here on are ends
    reached, pending : bool (kinds, S), extended; pending where new
    touched : bool (kinds,), set where something new is pending
    ended : bool (ends, S), extended
    """
    for r in range(len(rows)):
        row = rows[r]
        for column in range(live.shape[1]):
            if not live[row, column]:
                continue
            always = alarms[column - 1] if column > 0 else -1
            for k in range(following.shape[1]):
                after = following[row, k]
                if after < 0:
                    continue
                kind = always if always >= 0 else quiet[after]
                if kind >= end_base:
                    ended[kind - end_base, after] = True
                elif not reached[kind, after]:
                    reached[kind, after] = True
                    pending[kind, after] = True
                    touched[kind] = True
