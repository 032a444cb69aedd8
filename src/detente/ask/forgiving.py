"""An equilibrium that keeps a plan alive where it leaves its own path open.

After an alarm the plan ends in no deal with a chance that makes hidden cheating not worth while,
and goes on otherwise; under a hostile government the others wait, or do what the plan
writes, and it goes on afterwards. Where waiting or resuming is not worth while to somebody, no
deal follows at once instead. That is an automaton with lotteries: when no party gains by one
deviation at any of its nodes, it is a perfect public equilibrium, so the reading "best
equilibrium" holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.margins import (
    Ends,
    EndValues,
    NodeMargin,
    best_visible,
    breach_values,
    hidden_options,
    phases_with_nodes,
)
from detente.compile.build import Compiled
from detente.compile.plan import END_BASE, Openness, PlanGraph, build_graph
from detente.scenario.model import Plan, Response, Trigger
from detente.solve.evaluate import discounted_values

MAX_ROUNDS = 400
TOL_CHANCE = 1e-13
MULTIPLES = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 1e9)
SLACK = 1e-6  # the chance of ending is this much above the least, so that rounding cannot matter


@dataclass(frozen=True, slots=True)
class Forgiving:
    """The automaton, its values (N, P), margins, and the chance that an alarm ends it (N, P).

    ``cut``, bool (N,), says at which nodes no deal follows at once; ``reached``, bool (N,), which
    nodes are still met then. The values of all others are not those of an equilibrium.
    """

    graph: PlanGraph
    ends: Ends
    values: FloatArray
    margins: tuple[NodeMargin, ...]
    ending: FloatArray
    cut: BoolArray
    reached: BoolArray


def forgiving_graph(compiled: Compiled, plan: Plan) -> PlanGraph:
    """Build the automaton in which alarms do not stop the plan, and others wait out hostility."""
    responses = {key: each for key, each in plan.responses.items() if key[0] is Trigger.HOSTILE}
    for party in compiled.layout.parties:
        responses[Trigger.ALARM, party] = Response(Trigger.ALARM, party, {}, ignored=True)
        responses.setdefault(
            (Trigger.HOSTILE, party), Response(Trigger.HOSTILE, party, {}, resume=True)
        )
    openness = Openness(written_breach=False, written_open=True, best_open=True)
    return build_graph(compiled, replace(plan, responses=responses), openness)


def find_forgiving(graph: PlanGraph, ends: Ends, scales: FloatArray | None = None) -> Forgiving:
    """Find an automaton that deters hidden cheating and keeps the plan alive where it can.

    Without ``scales`` alarms end the plan with the least chance that deters, which gives the
    highest values and leaves a cheat nothing to spare. With ``scales``, float64 (P,), the parties'
    payoff ranges, multiples of that chance are tried, and the one with the largest smallest margin
    (in units of those ranges) is taken. ``ends.opened`` must give a value for every open outcome
    of the graph (later steps).
    """
    hidden = _hidden(graph, ends)
    own = own_path(graph)
    cut = np.zeros(graph.n_nodes, dtype=np.bool_)
    while True:
        found = _evaluate(graph, ends, hidden, cut, 1.0)
        failing = [m for m in found.margins if m.margin < 0 and not own[m.node]]
        if not failing:
            break
        cut[min(failing, key=lambda m: m.margin).node] = True
    if scales is None or not hidden or any(m.margin < 0 for m in found.margins):
        return found
    others = [_evaluate(graph, ends, hidden, cut, multiple) for multiple in MULTIPLES]
    return max([found, *others], key=lambda each: _smallest(each, scales))


def _smallest(found: Forgiving, scales: FloatArray) -> float:
    return min((m.margin / float(scales[m.party]) for m in found.margins), default=np.inf)


def _evaluate(
    graph: PlanGraph, ends: Ends, hidden: list[_Cheats], cut: BoolArray, multiple: float
) -> Forgiving:
    """Evaluate the automaton whose chances of ending are a multiple of the least that deter."""
    ending = np.zeros((graph.n_nodes, graph.compiled.n_parties))
    for _ in range(MAX_ROUNDS):
        values = _values(graph, ends, ending, cut)
        needed = np.minimum(1.0, multiple * _needed(graph, ending, values, hidden))
        change = float(np.abs(needed - ending).max(initial=0.0))
        ending = needed
        if change <= TOL_CHANCE:
            break
    ending = np.minimum(1.0, ending * (1 + SLACK))
    values = _values(graph, ends, ending, cut)
    reached = _reached(graph, cut)
    margins = [m for m in _margins(graph, ends, ending, values, hidden) if reached[m.node]]
    return Forgiving(graph, ends, values, tuple(margins), ending, cut, reached)


def own_path(graph: PlanGraph) -> BoolArray:
    """Say which nodes the plan reaches with no hostile government and no response before."""
    plain = np.array([phase.response is None for phase in graph.phases])[graph.node_phase]
    return _reached(graph, ~plain)


def _reached(graph: PlanGraph, closed: BoolArray) -> BoolArray:
    """Say which nodes are reached from the first without entering a closed one."""
    n_states = graph.compiled.n_states
    kinds = graph.entry_code // n_states
    inside = kinds < END_BASE
    tails = graph.entry_node[inside]
    heads = graph.number[kinds[inside], graph.entry_code[inside] % n_states]
    reached = np.zeros(graph.n_nodes, dtype=np.bool_)
    reached[0] = True
    while True:
        more = heads[reached[tails] & ~closed[heads] & ~reached[heads]]
        if not len(more):
            return reached
        reached[more] = True


@dataclass(frozen=True, slots=True)
class _Cheats:
    """One party's chances to cheat, at all nodes together.

    Attributes
    ----------
    nodes, options : int64 (n,), where, and the profile row of the cheat
    gain : float64 (n,), points per year
    honest, cheating : float64 (n, 1 + P), chances of no alarm and of a first alarm about each
    place, node, chance : entries of the expected value when the plan goes on
    on_known : float64 (n,), the part of it that leaves the automaton
    off : float64 (n,), expected value in no deal
    """

    party: int
    nodes: IntArray
    options: IntArray
    gain: FloatArray
    honest: FloatArray
    cheating: FloatArray
    place: IntArray
    node: IntArray
    chance: FloatArray
    on_known: FloatArray
    off: FloatArray

    def on(self, values: FloatArray) -> FloatArray:
        """Give the expected value when the plan goes on: float64 (n,)."""
        known = self.chance * values[self.node, self.party]
        return self.on_known + np.bincount(self.place, known, minlength=len(self.nodes))


def _hidden(graph: PlanGraph, ends: Ends) -> list[_Cheats]:
    return [
        found
        for party in range(graph.compiled.n_parties)
        if (found := _cheats_of(graph, ends, party)) is not None
    ]


def _cheats_of(graph: PlanGraph, ends: Ends, party: int) -> _Cheats | None:
    compiled, n_states = graph.compiled, graph.compiled.n_states
    nodes, options, place, code, chance, rows = [], [], [], [], [], []
    count = 0
    for phase, here in phases_with_nodes(graph):
        source, found = hidden_options(graph, party, here)
        if not len(source):
            continue
        nodes.append(here[source])
        options.append(found)
        index, origin = compiled.entries_of(graph.node_profile[nodes[-1]])
        following = compiled.tables.entry_next[index]
        place.append(count + origin)
        code.append(graph.when_quiet(phase)[following])
        chance.append(compiled.tables.entry_chance[index])
        rows.append(following)
        count += len(source)
    if not count:
        return None
    all_nodes, all_options = np.concatenate(nodes), np.concatenate(options)
    places, codes, chances = np.concatenate(place), np.concatenate(code), np.concatenate(chance)
    leaves = codes // n_states >= END_BASE
    known = np.zeros(len(codes))
    if leaves.any():
        known[leaves] = ends.of(graph, party)(codes[leaves])[:, 0]
    no_deal = ends.no_deal[np.concatenate(rows), party]
    payoff = compiled.payoff[:, party]
    at = graph.node_row[all_nodes]
    inside = ~leaves
    return _Cheats(
        party=party,
        nodes=all_nodes,
        options=all_options,
        gain=payoff[all_options] - payoff[graph.node_profile[all_nodes]],
        honest=graph.alarm_weights(at),
        cheating=graph.alarm_weights(at, party),
        place=places[inside],
        node=graph.number[codes[inside] // n_states, codes[inside] % n_states],
        chance=chances[inside],
        on_known=np.bincount(places, chances * known, minlength=count).astype(np.float64),
        off=np.bincount(places, chances * no_deal, minlength=count).astype(np.float64),
    )


def _values(graph: PlanGraph, ends: Ends, ending: FloatArray, cut: BoolArray) -> FloatArray:
    payoff = graph.compiled.payoff
    columns = [
        automaton_values(
            graph, party, payoff[graph.node_profile, party][:, None], ends.no_deal[:, [party]],
            ends.of(graph, party), ending, cut,
        )
        for party in range(graph.compiled.n_parties)
    ]  # fmt: skip
    return np.hstack(columns)


def automaton_values(
    graph: PlanGraph,
    party: int,
    rewards: FloatArray,
    no_deal: FloatArray,
    ends: EndValues,
    ending: FloatArray,
    cut: BoolArray,
) -> FloatArray:
    """Give a party's values of the automaton at every node: float64 (N, C).

    ``rewards`` (N, C) are points per year of the prescribed profiles, ``no_deal`` (S, C) values
    of no deal; ``ending`` and ``cut`` are those of `Forgiving`.
    """
    compiled, n_states = graph.compiled, graph.compiled.n_states
    delta = float(compiled.discount[party])
    leaves = graph.entry_code // n_states >= END_BASE
    rows = graph.entry_code % n_states
    stop = np.where(
        graph.entry_alarm >= 0, ending[graph.entry_node, np.maximum(graph.entry_alarm, 0)], 0.0
    )
    worth = stop[:, None] * no_deal[rows]
    if leaves.any():
        worth[leaves] += (1 - stop[leaves])[:, None] * ends(graph.entry_code[leaves])
    total = (1 - delta) * rewards
    np.add.at(total, graph.entry_node, delta * graph.entry_chance[:, None] * worth)
    total[cut] = no_deal[graph.node_row[cut]]
    inside = ~leaves
    following = graph.number[graph.entry_code[inside] // n_states, rows[inside]]
    chance = graph.entry_chance[inside] * (1 - stop[inside]) * ~cut[graph.entry_node[inside]]
    return discounted_values(graph.entry_node[inside], following, chance, total, delta)


def _needed(
    graph: PlanGraph, ending: FloatArray, values: FloatArray, hidden: list[_Cheats]
) -> FloatArray:
    """Give the chance of ending after an alarm that just takes the gain of cheating away."""
    out = np.zeros_like(ending)
    for cheat in hidden:
        party, delta = cheat.party, float(graph.compiled.discount[cheat.party])
        more = (cheat.cheating - cheat.honest)[:, 1:]
        loss = cheat.on(values) - cheat.off
        others = (more * ending[cheat.nodes]).sum(axis=1) - more[:, party] * ending[
            cheat.nodes, party
        ]
        missing = (1 - delta) * cheat.gain - delta * others * loss
        per_chance = delta * more[:, party] * loss
        ratio = np.divide(missing, per_chance, out=np.ones_like(missing), where=per_chance > 0)
        out[cheat.nodes, party] = np.clip(np.where(missing > 0, ratio, 0.0), 0.0, 1.0)
    return out


def _margins(
    graph: PlanGraph, ends: Ends, ending: FloatArray, values: FloatArray, hidden: list[_Cheats]
) -> list[NodeMargin]:
    best: dict[tuple[int, int], tuple[float, int]] = {}
    for party in range(graph.compiled.n_parties):
        for phase, nodes in phases_with_nodes(graph):
            after = breach_values(graph, phase, party, values[:, [party]], ends)
            worth, options = best_visible(graph, party, nodes, after)
            for n, w, o in zip(nodes, worth, options, strict=True):
                if o >= 0:
                    best[int(n), party] = float(w), int(o)
    for cheat in hidden:
        party, delta = cheat.party, float(graph.compiled.discount[cheat.party])
        on = cheat.on(values)
        stops = (cheat.cheating[:, 1:] * ending[cheat.nodes]).sum(axis=1)
        worth = (1 - delta) * graph.compiled.payoff[cheat.options, party]
        worth = worth + delta * (on + stops * (cheat.off - on))
        for n, w, o in zip(cheat.nodes, worth, cheat.options, strict=True):
            if w > best.get((int(n), party), (-np.inf, -1))[0]:
                best[int(n), party] = float(w), int(o)
    return [
        NodeMargin(n, party, float(values[n, party]), worth, option)
        for (n, party), (worth, option) in sorted(best.items())
    ]


def cheating_values(
    found: Forgiving, node: int, party: int, rewards: FloatArray, on: FloatArray, off: FloatArray
) -> FloatArray:
    """Give what cheating behind the prescribed look is worth at a node, by columns: float64 (C,).

    ``rewards`` (C,) are points per year of the cheat, ``on`` and ``off`` (C,) expected values when
    the plan goes on, and in no deal.
    """
    delta = float(found.graph.compiled.discount[party])
    weights = found.graph.alarm_weights(found.graph.node_row[[node]], cheater=party)[0, 1:]
    stops = float(weights @ found.ending[node])
    return np.asarray((1 - delta) * rewards + delta * (on + stops * (off - on)), dtype=np.float64)
