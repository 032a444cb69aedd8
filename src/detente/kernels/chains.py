"""Discounted values of a Markov chain, by its strongly connected parts.

Ladders mostly move one way, so the parts of a chain are small: they are solved one after the other,
each after all that it leads to, and elimination never fills more than a part.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from detente.arrays import FloatArray, IntArray


@njit(cache=True)
def sort_rows(n: int, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Sort the entries of a sparse matrix of n rows by row, in the order given within one.

    Returns
    -------
    start : int64 (n + 1,), where each row begins; entry : int64 (E,), the entries in order
    """
    start = np.zeros(n + 1, np.int64)
    for e in range(len(rows)):
        start[rows[e] + 1] += 1
    for r in range(n):
        start[r + 1] += start[r]
    place = start[:-1].copy()
    entry = np.empty(len(rows), np.int64)
    for e in range(len(rows)):
        r = rows[e]
        entry[place[r]] = e
        place[r] += 1
    return start, entry


@njit(cache=True)
def split_chain(start: IntArray, column: IntArray) -> tuple[IntArray, IntArray]:
    """Split a chain into strongly connected parts, each after all that it leads to.

    Tarjan's algorithm (SIAM J. Comput. 1, 1972), without recursion.

    Returns
    -------
    order : int64 (N,), the nodes part by part
    part_start : int64 (parts + 1,), where each part begins in ``order``
    """
    n = len(start) - 1
    number = np.full(n, -1, np.int64)
    lowest = np.zeros(n, np.int64)
    edge = start[:-1].copy()
    on_stack = np.zeros(n, np.bool_)
    stack = np.empty(n, np.int64)
    path = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    part_start = np.zeros(n + 1, np.int64)
    depth, height, counter, placed, parts = 0, 0, 0, 0, 0
    for root in range(n):
        if number[root] >= 0:
            continue
        path[0] = root
        depth = 1
        while depth > 0:
            node = path[depth - 1]
            if number[node] < 0:
                number[node] = lowest[node] = counter
                counter += 1
                stack[height] = node
                height += 1
                on_stack[node] = True
            deeper = False
            while edge[node] < start[node + 1]:
                target = column[edge[node]]
                edge[node] += 1
                if number[target] < 0:
                    path[depth] = target
                    depth += 1
                    deeper = True
                    break
                if on_stack[target]:
                    lowest[node] = min(lowest[node], number[target])
            if deeper:
                continue
            depth -= 1
            if depth > 0:
                above = path[depth - 1]
                lowest[above] = min(lowest[above], lowest[node])
            if lowest[node] == number[node]:
                while True:
                    height -= 1
                    member = stack[height]
                    on_stack[member] = False
                    order[placed] = member
                    placed += 1
                    if member == node:
                        break
                parts += 1
                part_start[parts] = placed
    return order, part_start[: parts + 1].copy()


@njit(cache=True)
def solve_parts(
    start: IntArray,
    column: IntArray,
    chance: FloatArray,
    order: IntArray,
    part_start: IntArray,
    rewards: FloatArray,
    discount: float,
) -> FloatArray:
    """Solve ``x = rewards + discount * P x`` part by part: float64 (N, C)."""
    out = np.empty_like(rewards)
    solve_some_parts(
        start, column, chance, order, part_start, 0, len(part_start) - 1, rewards, discount, out
    )
    return out


@njit(cache=True)
def solve_some_parts(
    start: IntArray,
    column: IntArray,
    chance: FloatArray,
    order: IntArray,
    part_start: IntArray,
    first_part: int,
    last_part: int,
    rewards: FloatArray,
    discount: float,
    out: FloatArray,
) -> None:
    """Solve the parts from ``first_part`` to before ``last_part`` into ``out``, float64 (N, C).

    ``I - discount * P`` is strictly diagonally dominant by rows, so elimination needs no exchange
    of rows (Golub and Van Loan, Matrix Computations, section 4.1). Within a part the order of
    `split_chain` eliminates what is met last first, which fills little; zeros are passed over.
    """
    n, width = rewards.shape
    local = np.full(n, -1, np.int64)
    largest = 0
    for p in range(first_part, last_part):
        largest = max(largest, part_start[p + 1] - part_start[p])
    system = np.zeros((largest, largest))
    right = np.zeros((largest, width))
    filled = np.empty(largest, np.int64)
    for p in range(first_part, last_part):
        first, size = part_start[p], part_start[p + 1] - part_start[p]
        for a in range(size):
            local[order[first + a]] = a
        for a in range(size):
            node = order[first + a]
            for b in range(size):
                system[a, b] = 0.0
            system[a, a] = 1.0
            for c in range(width):
                right[a, c] = rewards[node, c]
            for e in range(start[node], start[node + 1]):
                target = column[e]
                b = local[target]
                if b >= 0:
                    system[a, b] -= discount * chance[e]
                else:
                    for c in range(width):
                        right[a, c] += discount * chance[e] * out[target, c]
        _eliminate(system, right, size, filled)
        for a in range(size):
            node = order[first + a]
            local[node] = -1
            for c in range(width):
                out[node, c] = right[a, c]


@njit(cache=True)
def _eliminate(system: FloatArray, right: FloatArray, size: int, filled: IntArray) -> None:
    """Solve the leading ``size`` equations in place; the answer is in ``right``, float64 (n, C)."""
    width = right.shape[1]
    for k in range(size):
        count = 0
        for b in range(k + 1, size):
            if system[k, b] != 0.0:
                filled[count] = b
                count += 1
        for a in range(k + 1, size):
            if system[a, k] != 0.0:
                factor = system[a, k] / system[k, k]
                for f in range(count):
                    system[a, filled[f]] -= factor * system[k, filled[f]]
                for c in range(width):
                    right[a, c] -= factor * right[k, c]
    for a in range(size - 1, -1, -1):
        for c in range(width):
            total = right[a, c]
            for b in range(a + 1, size):
                total -= system[a, b] * right[b, c]
            right[a, c] = total / system[a, a]
