"""Walk over the profiles of a game and list what of their programmes the sets do not change.

`detente.solve.listing` calls it twice: once to count, once to write.
"""

from __future__ import annotations

from detente.kernels.rows import FloatArray, IntArray, kernel


@kernel
def list_outcomes(
    write: bool, deviation_start: IntArray, deviation: IntArray, first_outcome: IntArray,
    outcome_next: IntArray, entry_start: IntArray, entry_outcome: IntArray,
    entry_probability: FloatArray, starts: IntArray, nexts: IntArray, chances: FloatArray,
    reach: IntArray, chance: FloatArray,
) -> None:  # fmt: skip
    """Count what each list of `detente.kernels.rows.Listed` needs, or write the lists.

    Parameters
    ----------
    write : False only counts: ``nexts`` and ``chances`` are not touched
    first_outcome : int64 array, shape (A,), the first outcome of each profile's state
    starts : int64 array, shape (3, D + 1), receives ``variable_start`` (its first A + 1 places),
        ``change_start``, ``revealed_start``
    nexts : int64 array, shape (2, N), receives ``variable_next``, ``revealed_next``
    chances : float64 array, shape (3, N), receives ``variable_chance``, ``change``,
        ``revealed_chance``
    reach, chance : int64 and float64 arrays, shape (2, outcomes of a state), all zero: who reaches
        an outcome (1 the profile, 2 and 4 the parties' deviations), its place among the
        variables plus one; its chance under the profile and under a deviation
    """
    n_variables = n_changes = n_revealed = 0
    for a in range(len(first_outcome)):
        first = first_outcome[a]
        begin, end = deviation_start[2 * a], deviation_start[2 * a + 2]
        for d in range(begin - 1, end):  # the profile itself, and what deviations lead to
            b, who = a, 1
            if d >= begin:
                b, who = deviation[d], 2 if d < deviation_start[2 * a + 1] else 4
            for e in range(entry_start[b], entry_start[b + 1]):
                k = entry_outcome[e] - first
                reach[0, k] |= who
                if who == 1:
                    chance[0, k] += entry_probability[e]
        before = n_variables
        for d in range(begin - 1, end):
            b = a if d < begin else deviation[d]
            for e in range(entry_start[b], entry_start[b + 1]):
                k = entry_outcome[e] - first
                if (reach[0, k] & 1 or reach[0, k] == 6) and reach[1, k] == 0:
                    if write:
                        nexts[0, n_variables] = outcome_next[first + k]
                        chances[0, n_variables] = chance[0, k]
                    n_variables += 1
                    reach[1, k] = n_variables - before
        starts[0, a + 1] = n_variables
        for d in range(begin, end):
            b = deviation[d]
            hidden = False
            for e in range(entry_start[b], entry_start[b + 1]):
                hidden = hidden or reach[1, entry_outcome[e] - first] > 0
            if hidden:
                if write:
                    for k in range(n_variables - before):
                        chances[1, n_changes + k] = chances[0, before + k]
                for e in range(entry_start[b], entry_start[b + 1]):
                    k = entry_outcome[e] - first
                    if reach[1, k] == 0:
                        if write:
                            nexts[1, n_revealed] = outcome_next[first + k]
                            chances[2, n_revealed] = entry_probability[e]
                        n_revealed += 1
                    elif write:
                        chance[1, k] += entry_probability[e]
                        chances[1, n_changes + reach[1, k] - 1] = chance[0, k] - chance[1, k]
                for e in range(entry_start[b], entry_start[b + 1]):
                    chance[1, entry_outcome[e] - first] = 0.0
                n_changes += n_variables - before
            starts[1, d + 1] = n_changes
            starts[2, d + 1] = n_revealed
        for d in range(begin - 1, end):
            b = a if d < begin else deviation[d]
            for e in range(entry_start[b], entry_start[b + 1]):
                k = entry_outcome[e] - first
                reach[0, k] = reach[1, k] = 0
                chance[0, k] = 0.0
