"""The order in which states are solved: strongly connected parts, what they lead to first."""

from __future__ import annotations

import numpy as np

from detente.arrays import BoolArray, IntArray
from detente.game.game import Game


def list_next_states(game: Game) -> tuple[IntArray, IntArray]:
    """List the states that each state can lead to, under any profile.

    Returns
    -------
    start : int64 array, shape (S + 1,)
    following : int64 array; those of state s are ``following[start[s]:start[s + 1]]``
    """
    n = game.n_states
    profile_state = np.repeat(np.arange(n), np.diff(game.profile_start))
    entry_state = np.repeat(profile_state, np.diff(game.entry_start))
    pairs = np.unique(entry_state * n + game.outcome_next[game.entry_outcome])
    start = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(pairs // n, minlength=n), out=start[1:])
    return start, np.asarray(pairs % n, dtype=np.int64)


def split_states(game: Game, held: BoolArray) -> list[IntArray]:
    """Split the states that are not held into strongly connected parts.

    Tarjan's algorithm (SIAM J. Comput. 1, 1972), without recursion. A part comes after every
    part that it leads to.

    Parameters
    ----------
    held : bool array, shape (S,), states whose sets are given
    """
    start, following = list_next_states(game)
    bounds, targets, skip = start.tolist(), following.tolist(), held.tolist()
    n = game.n_states
    number = [-1] * n
    lowest = [0] * n
    on_stack = [False] * n
    stack: list[int] = []
    parts: list[IntArray] = []
    counter = 0
    for root in range(n):
        if skip[root] or number[root] >= 0:
            continue
        path = [(root, bounds[root])]
        while path:
            state, edge = path.pop()
            if number[state] < 0:
                number[state] = lowest[state] = counter
                counter += 1
                stack.append(state)
                on_stack[state] = True
            deeper = False
            while edge < bounds[state + 1]:
                target = targets[edge]
                edge += 1
                if skip[target]:
                    continue
                if number[target] < 0:
                    path.append((state, edge - 1))
                    path.append((target, bounds[target]))
                    deeper = True
                    break
                if on_stack[target]:
                    lowest[state] = min(lowest[state], lowest[target])
            if not deeper and lowest[state] == number[state]:
                members = []
                while True:
                    member = stack.pop()
                    on_stack[member] = False
                    members.append(member)
                    if member == state:
                        break
                parts.append(np.array(sorted(members), dtype=np.int64))
    return parts
