"""Where profiles lead to at nodes of a plan: sparse lists that every evaluation works on.

What follows is a number below N for a node, and N + t for the t-th of the ends that are met.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray

if TYPE_CHECKING:
    from detente.compile.plan import PlanGraph


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What follows some profiles, each played at a node: n of them.

    A pair is one of them with one column of alarms (none, or a first one about a party) that has
    a chance.

    Attributes
    ----------
    n : how many profiles
    pair_of, pair_column : int64 (Q,), the profile and the column of each pair, in order
    pair_weight : float64 (Q,), the chance of the column
    pair_begin : int64 (Q,), where the entries of each pair begin
    entry_pair : int64 (E,)
    entry_index : int64 (E,), entry of the tables
    entry_row : int64 (E,), the next base state
    target : int64 (E,), what follows; chance : float64 (E,), chance of the next base state
    """

    n: int
    pair_of: IntArray
    pair_column: IntArray
    pair_weight: FloatArray
    pair_begin: IntArray
    entry_pair: IntArray
    entry_index: IntArray
    entry_row: IntArray
    target: IntArray
    chance: FloatArray

    def with_chances(self, weights: FloatArray, chances: FloatArray) -> Outcomes:
        """Give the same lists with other chances: of alarms, (n, 1 + P), and of entries.

        The same of them must be positive.
        """
        return replace(
            self,
            pair_weight=weights[self.pair_of, self.pair_column],
            chance=chances[self.entry_index],
        )

    def expect(self, worth: FloatArray) -> FloatArray:
        """Give the expected worth of every pair, from that of what follows: (T, C) -> (Q, C)."""
        if not len(self.target):
            return np.zeros((len(self.pair_of), worth.shape[1]))
        if worth.shape[1] == 1:  # the usual case, and a quick one
            flat = np.add.reduceat(self.chance * worth[self.target, 0], self.pair_begin)
            return np.asarray(flat[:, None], dtype=np.float64)
        weighted = self.chance[:, None] * worth[self.target]
        return np.asarray(np.add.reduceat(weighted, self.pair_begin, axis=0), dtype=np.float64)

    def sum_pairs(self, weights: FloatArray, expected: FloatArray) -> FloatArray:
        """Add the pairs of every profile up, weighted: (Q,), (Q, C) -> (n, C)."""
        out = np.zeros((self.n, expected.shape[1]))
        for c in range(expected.shape[1]):
            out[:, c] = np.bincount(self.pair_of, weights * expected[:, c], minlength=self.n)
        return out

    def follow(self, worth: FloatArray) -> FloatArray:
        """Give what is expected to follow every profile: (T, C) -> (n, C)."""
        return self.sum_pairs(self.pair_weight, self.expect(worth))


def list_outcomes(
    graph: PlanGraph, nodes: IntArray, profiles: IntArray, weights: FloatArray
) -> Outcomes:
    """List what follows profiles that are not answered as a breach, played at nodes.

    Parameters
    ----------
    nodes, profiles : int64 (n,)
    weights : float64 (n, 1 + P), the chances of no alarm and of a first alarm about each party, or
        differences of them
    """
    compiled = graph.compiled
    pair_of, column = np.nonzero(weights)
    index, source = compiled.entries_of(profiles[pair_of])
    rows = compiled.tables.entry_next[index]
    phase = graph.node_phase[nodes[pair_of]]
    kinds = graph.kinds_after(phase[source], column[source], rows)
    return Outcomes(
        n=len(nodes),
        pair_of=pair_of,
        pair_column=column,
        pair_weight=weights[pair_of, column],
        pair_begin=np.searchsorted(source, np.arange(len(pair_of))),
        entry_pair=source,
        entry_index=index,
        entry_row=rows,
        target=graph.targets_of(kinds, rows),
        chance=compiled.tables.entry_chance[index],
    )


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A party's deviations at nodes of a plan that no breach is seen in.

    Attributes
    ----------
    nodes, options : int64 (n,), where, and the profile row of the deviation
    outcomes : what follows them
    hidden : bool (n,), whether the deviation is cheating, not a breach that is ignored
    """

    nodes: IntArray
    options: IntArray
    outcomes: Outcomes
    hidden: BoolArray


@dataclass(frozen=True, slots=True)
class Visible:
    """A party's visible deviations that are answered, shared by nodes of one profile and answer.

    Attributes
    ----------
    nodes : int64 (n,); case : int64 (n,), which of the G cases each of them is
    kinds : int64 (R,), the different kinds that answer
    answer : int64 (G,), which of ``kinds`` answers in each case
    option, owner : int64 (O,), profile row of every deviation, and its case, in order
    begin : int64 (O,), where its entries begin
    entry_kind, entry_index, entry_row : int64 (E,), the answer, the entry of the tables, and the
        next base state
    chance : float64 (E,)
    """

    nodes: IntArray
    case: IntArray
    n_cases: int
    kinds: IntArray
    answer: IntArray
    option: IntArray
    owner: IntArray
    begin: IntArray
    entry_kind: IntArray
    entry_index: IntArray
    entry_row: IntArray
    chance: FloatArray


def list_visible(graph: PlanGraph, party: int, nodes: IntArray, kinds: IntArray) -> Visible:
    """List a party's visible deviations at nodes, int64 (n,), answered by kinds, int64 (n,)."""
    compiled = graph.compiled
    profiles = graph.node_profile[nodes]
    distinct, answer = np.unique(kinds, return_inverse=True)
    code, case = np.unique(profiles * len(distinct) + answer, return_inverse=True)
    owner, option, seen = compiled.options(code // max(1, len(distinct)), party)
    owner, option = owner[seen], option[seen]
    index, source = compiled.entries_of(option)
    answers = code % max(1, len(distinct))
    return Visible(
        nodes=nodes,
        case=case.reshape(-1),
        n_cases=len(code),
        kinds=distinct,
        answer=answers,
        option=option,
        owner=owner,
        begin=np.searchsorted(source, np.arange(len(option))),
        entry_kind=answers[owner[source]],
        entry_index=index,
        entry_row=compiled.tables.entry_next[index],
        chance=compiled.tables.entry_chance[index],
    )
