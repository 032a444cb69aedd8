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
from typing import Any

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.margins import (
    Ends,
    EndValues,
    NodeMargins,
    add_rows,
    best_visible,
    end_table,
    improve,
    join_margins,
    path_shape,
)
from detente.compile.build import Compiled
from detente.compile.outcomes import list_outcomes
from detente.compile.plan import Openness, PlanGraph, build_graph
from detente.kernels.endings import settle_endings
from detente.scenario.model import Plan, Response, Trigger
from detente.solve.evaluate import MAX_PART, solve_chain

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
    margins: NodeMargins
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
    search = _make_search(graph, ends, hidden)
    own = own_path(graph)
    cut = np.zeros(graph.n_nodes, dtype=np.bool_)
    while True:
        found = _evaluate(search, cut, 1.0)
        margin = found.margins.margin
        failing = np.where(own[found.margins.node], np.inf, margin)
        if not len(failing) or failing.min() >= 0:
            break
        cut[found.margins.node[np.argmin(failing)]] = True
    if scales is None or not hidden or (margin < 0).any():
        return found
    others = [_evaluate(search, cut, multiple) for multiple in MULTIPLES]
    return max([found, *others], key=lambda each: _smallest(each, scales))


def _smallest(found: Forgiving, scales: FloatArray) -> float:
    return float(found.margins.in_units(scales).min(initial=np.inf))


def _evaluate(search: _Search, cut: BoolArray, multiple: float) -> Forgiving:
    """Evaluate the automaton whose chances of ending are a multiple of the least that deter."""
    graph, ends, hidden = search.graph, search.ends, search.hidden
    settle = settle_compiled if search.largest_part <= MAX_PART else settle_plainly
    ending = settle(search, cut, multiple)
    ending = np.minimum(1.0, ending * (1 + SLACK))
    values = _values(graph, ends, ending, cut)
    reached = _reached(graph, cut)
    margins = _margins(graph, ends, ending, values, hidden)
    return Forgiving(graph, ends, values, margins.take(reached[margins.node]), ending, cut, reached)


def settle_compiled(search: _Search, cut: BoolArray, multiple: float) -> FloatArray:
    """Find the chances that an alarm ends the plan, float64 (N, P), by compiled code."""
    arguments: tuple[Any, ...] = (
        *search.path, cut, *search.after_cut, *search.cheats, multiple, MAX_ROUNDS, TOL_CHANCE
    )  # fmt: skip
    return np.asarray(settle_endings(*arguments), dtype=np.float64)


def settle_plainly(search: _Search, cut: BoolArray, multiple: float) -> FloatArray:
    """Find the chances that an alarm ends the plan, float64 (N, P), by arrays."""
    graph = search.graph
    ending = np.zeros((graph.n_nodes, graph.compiled.n_parties))
    for _ in range(MAX_ROUNDS):
        values = _values(graph, search.ends, ending, cut)
        needed = np.minimum(1.0, multiple * _needed(graph, ending, values, search.hidden))
        change = float(np.abs(needed - ending).max(initial=0.0))
        ending = needed
        if change <= TOL_CHANCE:
            break
    return ending


@dataclass(frozen=True, slots=True)
class _Search:
    """What a search works on; ``path``, ``after_cut`` and ``cheats`` are arrays for the kernel."""

    graph: PlanGraph
    ends: Ends
    hidden: list[_Cheats]
    largest_part: int
    path: tuple[IntArray | FloatArray, ...]
    after_cut: tuple[IntArray | FloatArray, ...]
    cheats: tuple[IntArray | FloatArray, ...]


def _make_search(graph: PlanGraph, ends: Ends, hidden: list[_Cheats]) -> _Search:
    compiled, path, n = graph.compiled, graph.path, graph.n_nodes
    parties = range(compiled.n_parties)
    nodes = path.pair_of[path.entry_pair]
    inside, chain = path.target < n, path_shape(graph).chain
    away = np.zeros((len(nodes), compiled.n_parties))
    if not inside.all():
        for i in parties:
            table = end_table(graph, ends.of(graph, i), 1)[:, 0]
            away[~inside, i] = table[path.target[~inside] - n]
    rewards = (1 - compiled.discount) * compiled.payoff[graph.node_profile]
    cut_worth = ends.no_deal[graph.node_row]
    return _Search(
        graph=graph,
        ends=ends,
        hidden=hidden,
        largest_part=chain.largest,
        path=(
            np.searchsorted(nodes, np.arange(n + 1)), np.where(inside, path.target, -1),
            path.chance * path.pair_weight[path.entry_pair], path.pair_column[path.entry_pair],
            away, ends.no_deal[path.entry_row], rewards,
        ),
        after_cut=(cut_worth, chain.order, chain.part_start, compiled.discount),
        cheats=_join_cheats(hidden, compiled.n_parties),
    )  # fmt: skip


def _join_cheats(hidden: list[_Cheats], n_parties: int) -> tuple[IntArray | FloatArray, ...]:
    """Put the parties' chances to cheat behind each other, as `settle_endings` takes them."""
    whole = np.zeros(0, dtype=np.int64)
    party, node, start, target = [whole], [whole], [np.zeros(1, dtype=np.int64)], [whole]
    gain, chance, known, off = ([np.zeros(0)] for _ in range(4))
    more = [np.zeros((0, n_parties))]
    for each in hidden:
        count = len(each.nodes)
        party.append(np.full(count, each.party))
        node.append(each.nodes)
        start.append(start[-1][-1] + np.searchsorted(each.place, np.arange(1, count + 1)))
        target.append(each.node)
        gain.append(each.gain)
        chance.append(each.chance)
        known.append(each.on_known)
        off.append(each.off)
        more.append((each.cheating - each.honest)[:, 1:])
    return (
        np.concatenate(party), np.concatenate(node), np.concatenate(gain), np.concatenate(more),
        np.concatenate(start), np.concatenate(target), np.concatenate(chance),
        np.concatenate(known), np.concatenate(off),
    )  # fmt: skip


def own_path(graph: PlanGraph) -> BoolArray:
    """Say which nodes the plan reaches with no hostile government and no response before."""
    plain = np.array([phase.response is None for phase in graph.phases])[graph.node_phase]
    return _reached(graph, ~plain)


def _reached(graph: PlanGraph, closed: BoolArray) -> BoolArray:
    """Say which nodes are reached from the first without entering a closed one."""
    path = graph.path
    inside = path.target < graph.n_nodes
    tails, heads = path.pair_of[path.entry_pair][inside], path.target[inside]
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
    compiled = graph.compiled
    unanswered = graph.unanswered(party)
    if not len(unanswered.nodes):
        return None
    nodes, options = unanswered.nodes, unanswered.options
    alone = np.zeros((len(nodes), 1 + compiled.n_parties))
    alone[:, 0] = 1.0
    quiet = list_outcomes(graph, nodes, graph.node_profile[nodes], alone)
    away = quiet.target >= graph.n_nodes
    known = np.zeros(len(away))
    if away.any():
        table = end_table(graph, ends.of(graph, party), 1)
        known[away] = table[quiet.target[away] - graph.n_nodes, 0]
    no_deal = ends.no_deal[quiet.entry_row, party]
    payoff = compiled.payoff[:, party]
    at = graph.node_row[nodes]
    place, inside = quiet.entry_pair, ~away
    return _Cheats(
        party=party,
        nodes=nodes,
        options=options,
        gain=payoff[options] - payoff[graph.node_profile[nodes]],
        honest=graph.weights_by_row()[at],
        cheating=graph.weights_by_row(party)[at],
        place=place[inside],
        node=quiet.target[inside],
        chance=quiet.chance[inside],
        on_known=np.bincount(place, quiet.chance * known, len(nodes)).astype(np.float64),
        off=np.bincount(place, quiet.chance * no_deal, len(nodes)).astype(np.float64),
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
    path, delta = graph.path, float(graph.compiled.discount[party])
    nodes = path.pair_of[path.entry_pair]
    column = path.pair_column[path.entry_pair]
    weight = path.chance * path.pair_weight[path.entry_pair]
    stop = np.where(column > 0, ending[nodes, np.maximum(column - 1, 0)], 0.0)
    total = (1 - delta) * rewards
    stops = np.flatnonzero(stop)
    add_rows(total, nodes[stops], delta * weight[stops] * stop[stops],
             no_deal[path.entry_row[stops]])  # fmt: skip
    shape = path_shape(graph)
    if len(shape.away):
        table = end_table(graph, ends, rewards.shape[1])
        on = delta * weight[shape.away] * (1 - stop[shape.away])
        add_rows(total, shape.away_node, on, table[shape.away_end])
    total[cut] = no_deal[graph.node_row[cut]]
    chance = (weight * (1 - stop) * ~cut[nodes])[shape.inside]
    return solve_chain(shape.chain, chance, total, delta)


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
) -> NodeMargins:
    pieces = {
        party: best_visible(graph, party, values[:, [party]], ends)
        for party in range(graph.compiled.n_parties)
    }
    for cheat in hidden:
        party, delta = cheat.party, float(graph.compiled.discount[cheat.party])
        on = cheat.on(values)
        stops = (cheat.cheating[:, 1:] * ending[cheat.nodes]).sum(axis=1)
        worth = (1 - delta) * graph.compiled.payoff[cheat.options, party]
        worth = worth + delta * (on + stops * (cheat.off - on))
        improve(*pieces[party], cheat.nodes, worth, cheat.options)
    return join_margins(graph, values, [(i, *found) for i, found in pieces.items()])


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
