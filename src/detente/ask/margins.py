"""Values and margins of a plan's automaton under one reading: policy evaluation, best replies.

Values may have several columns (one per payoff term, or one per open outcome): every value on
the path is linear in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.plan import END_BASE, PlanGraph
from detente.solve.evaluate import discounted_values

EndValues = Callable[[IntArray], FloatArray]  # codes of ends, (n,) -> values (n, C)


@dataclass(frozen=True, slots=True)
class Ends:
    """What play is worth where it leaves the automaton.

    Attributes
    ----------
    no_deal : float64, shape (S, P)
    punished : float64, shape (S, P), what a party gets once its breach is met by the harshest
        credible punishment; None where breaches are read otherwise
    opened : by code, values float64 (P,) of the outcomes that the plan leaves open
    """

    no_deal: FloatArray
    punished: FloatArray | None = None
    opened: Mapping[int, FloatArray] | None = None

    def of(self, graph: PlanGraph, party: int) -> EndValues:
        """Give a party's values at ends, as a function of codes."""

        def values(codes: IntArray) -> FloatArray:
            out = np.empty((len(codes), 1))
            ends = graph.ends_of(codes)
            free = ends == 0
            out[free, 0] = self.no_deal[codes[free] % graph.compiled.n_states, party]
            if not free.all() and self.opened is None:
                raise ValueError("no value for what the plan leaves open")
            for place in np.flatnonzero(~free):
                out[place, 0] = (self.opened or {})[int(codes[place])][party]
            return out

        return values


@dataclass(frozen=True, slots=True)
class NodeMargin:
    """Staying against the best deviation of one party at one node, points per year.

    ``option`` is the profile row in which the party deviates.
    """

    node: int
    party: int
    staying: float
    leaving: float
    option: int

    @property
    def margin(self) -> float:
        """Value of staying minus value of the best deviation."""
        return self.staying - self.leaving


def path_values(graph: PlanGraph, party: int, rewards: FloatArray, ends: EndValues) -> FloatArray:
    """Give a party's values of keeping the plan at every node: float64 (N, C).

    ``rewards`` are points per year of the prescribed profiles, float64 (N, C).
    """
    delta = float(graph.compiled.discount[party])
    total = (1 - delta) * rewards
    n_states = graph.compiled.n_states
    leaves = graph.entry_code // n_states >= END_BASE
    codes, which = np.unique(graph.entry_code[leaves], return_inverse=True)
    if len(codes):
        worth = ends(codes)[which]
        weighted = delta * graph.entry_chance[leaves][:, None] * worth
        np.add.at(total, graph.entry_node[leaves], weighted)
    stays = ~leaves
    following = graph.number[
        graph.entry_code[stays] // n_states, graph.entry_code[stays] % n_states
    ]
    return discounted_values(
        graph.entry_node[stays], following, graph.entry_chance[stays], total, delta
    )


def node_values(graph: PlanGraph, ends: Ends) -> FloatArray:
    """Give every party's value of keeping the plan at every node: float64 (N, P)."""
    payoff = graph.compiled.payoff
    columns = [
        path_values(graph, i, payoff[graph.node_profile, i][:, None], ends.of(graph, i))
        for i in range(graph.compiled.n_parties)
    ]
    return np.hstack(columns)


def values_by_row(
    graph: PlanGraph, codes: IntArray, values: FloatArray, ends: EndValues
) -> FloatArray:
    """Look values up by code; nan where a code is a node that is not reached: float64 (n, C)."""
    n_states = graph.compiled.n_states
    out = np.full((len(codes), values.shape[1]), np.nan)
    kinds, rows = codes // n_states, codes % n_states
    leaves = kinds >= END_BASE
    nodes = np.full(len(codes), -1)
    nodes[~leaves] = graph.number[kinds[~leaves], rows[~leaves]]
    out[nodes >= 0] = values[nodes[nodes >= 0]]
    known = np.flatnonzero(leaves)
    reached = _known_ends(graph, codes[known])
    if reached.any():
        out[known[reached]] = ends(codes[known[reached]])
    return out


def _known_ends(graph: PlanGraph, codes: IntArray) -> BoolArray:
    """Say which ends have a value: no deal always, open outcomes where the path reaches them."""
    found: BoolArray = np.asarray(graph.ends_of(codes) == 0)
    open_ones = np.flatnonzero(~found)
    if len(open_ones):
        found[open_ones] = np.isin(codes[open_ones], graph.open_codes())
    return found


def outcome_expectations(
    graph: PlanGraph, phase: int, profiles: IntArray, values: FloatArray, ends: EndValues
) -> FloatArray:
    """Give expected values with no alarm and with an alarm about each: float64 (1 + P, n, C)."""
    compiled = graph.compiled
    index, source = compiled.entries_of(profiles)
    chance, rows = compiled.tables.entry_chance[index], compiled.tables.entry_next[index]
    out = []
    for by_row in graph.outcome_codes(phase):
        looked = values_by_row(graph, by_row, values, ends)
        total = np.zeros((len(profiles), values.shape[1]))
        np.add.at(total, source, chance[:, None] * looked[rows])
        out.append(total)
    return np.stack(out)


def hidden_values(
    graph: PlanGraph,
    party: int,
    nodes: IntArray,
    options: IntArray,
    rewards: FloatArray,
    values: FloatArray,
    ends: EndValues,
) -> FloatArray:
    """Give values of options that are not answered as a breach, at nodes of one phase.

    ``rewards`` float64 (n, C) are points per year of the options; the answer is (n, C).
    """
    compiled = graph.compiled
    delta = float(compiled.discount[party])
    phase = int(graph.node_phase[nodes[0]])
    expected = outcome_expectations(graph, phase, options, values, ends)
    rows, cheats = graph.node_row[nodes], compiled.tables.cheats[options, party]
    weights = np.where(cheats[:, None], graph.alarm_weights(rows, party), graph.alarm_weights(rows))
    follow = np.zeros_like(rewards)
    for column in range(weights.shape[1]):
        weight = weights[:, [column]]
        follow += np.where(weight > 0, weight * expected[column], 0.0)
    return (1 - delta) * rewards + delta * follow


def breach_values(
    graph: PlanGraph, phase: int, party: int, values: FloatArray, ends: Ends
) -> FloatArray:
    """Give what a visible breach by a party is worth to it, by next base state: float64 (S,)."""
    if ends.punished is not None:
        return ends.punished[:, party]
    n_states = graph.compiled.n_states
    codes = graph.after_breach(phase, party) * n_states + np.arange(n_states)
    return values_by_row(graph, codes, values, ends.of(graph, party))[:, 0]


def phases_with_nodes(graph: PlanGraph) -> Iterator[tuple[int, IntArray]]:
    """Give the phases that are reached, each with its nodes."""
    for phase in range(len(graph.number)):
        nodes = graph.number[phase]
        nodes = nodes[nodes >= 0]
        if len(nodes):
            yield phase, nodes


def best_visible(
    graph: PlanGraph, party: int, nodes: IntArray, after: FloatArray
) -> tuple[FloatArray, IntArray]:
    """Give the best visible deviation at nodes: value (n,), -inf for none, and profile row."""
    compiled = graph.compiled
    delta = float(compiled.discount[party])
    source, options, visible = compiled.options(graph.node_profile[nodes], party)
    source, options = source[visible], options[visible]
    value = np.full(len(nodes), -np.inf)
    chosen = np.full(len(nodes), -1)
    if len(options):
        worth = (1 - delta) * compiled.payoff[options, party]
        worth = worth + delta * compiled.expect(after, options)
        begin = np.searchsorted(source, np.arange(len(nodes)))
        owned = np.isin(np.arange(len(nodes)), source)
        value[owned] = np.maximum.reduceat(worth, begin[owned])
        # of equally good deviations take the first: the one that moves least
        close = 1e-12 * float(np.abs(worth[np.isfinite(worth)]).max(initial=1.0))
        place = np.where(worth >= value[source] - close, np.arange(len(worth)), len(worth))
        chosen[owned] = options[np.minimum.reduceat(place, begin[owned])]
    return value, chosen


def hidden_options(graph: PlanGraph, party: int, nodes: IntArray) -> tuple[IntArray, IntArray]:
    """Give the actions at nodes of one phase that are not answered as a breach.

    That is, where there is one, the action that cheats behind the prescribed look; and where
    breaches by the party are ignored, all others too.
    """
    phase = int(graph.node_phase[nodes[0]])
    source, options, _ = graph.unanswered(phase, graph.node_profile[nodes], party)
    return source, options


def node_margins(graph: PlanGraph, values: FloatArray, ends: Ends) -> list[NodeMargin]:
    """Give the margin of every party at every node where it has a choice."""
    found = []
    for party in range(graph.compiled.n_parties):
        own = values[:, [party]]
        known: dict[tuple[object, int], tuple[FloatArray, dict[int, tuple[float, int]]]] = {}
        for phase, nodes in phases_with_nodes(graph):
            best, option = np.full(len(nodes), -np.inf), np.full(len(nodes), -1)
            if ends.punished is not None or not graph.ignores_breach(phase, party):
                kind = -1 if ends.punished is not None else graph.after_breach(phase, party)
                key = (graph.phases[phase].family, kind)
                if key not in known:
                    known[key] = breach_values(graph, phase, party, own, ends), {}
                best, option = _remembered(graph, party, nodes, *known[key])
            source, options = hidden_options(graph, party, nodes)
            if len(options):
                hidden = hidden_values(
                    graph, party, nodes[source], options,
                    graph.compiled.payoff[options, party][:, None], own, ends.of(graph, party),
                )[:, 0]  # fmt: skip
                for place, worth, other in zip(source, hidden, options, strict=True):
                    if worth > best[place]:
                        best[place], option[place] = worth, other
            found += [
                NodeMargin(int(n), party, float(values[n, party]), float(b), int(o))
                for n, b, o in zip(nodes, best, option, strict=True)
                if o >= 0
            ]
    return found


def _remembered(
    graph: PlanGraph,
    party: int,
    nodes: IntArray,
    after: FloatArray,
    memory: dict[int, tuple[float, int]],
) -> tuple[FloatArray, IntArray]:
    """Give best visible deviations; phases that differ only in time left share them."""
    rows = graph.node_row[nodes]
    new = np.array([row not in memory for row in rows], dtype=np.bool_)
    if new.any():
        value, option = best_visible(graph, party, nodes[new], after)
        for row, worth, choice in zip(rows[new], value, option, strict=True):
            memory[int(row)] = (float(worth), int(choice))
    value = np.array([memory[int(row)][0] for row in rows])
    return value, np.array([memory[int(row)][1] for row in rows], dtype=np.int64)
