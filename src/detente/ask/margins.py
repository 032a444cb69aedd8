"""Values and margins of a plan's automaton under one reading: policy evaluation, best replies.

Values may have several columns (one per payoff term, or one per open outcome): every value on
the path is linear in them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.outcomes import Visible, list_visible
from detente.compile.plan import END_BASE, End, PlanGraph
from detente.solve.evaluate import Chain, solve_chain, split

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
            for place in np.flatnonzero(~free).tolist():
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


@dataclass(frozen=True, slots=True)
class NodeMargins:
    """The margins of every party at every node where it has a choice, as arrays of shape (n,).

    Attributes
    ----------
    node, party, option : int64; the option is the profile row of the best deviation
    staying, leaving : float64, points per year
    """

    node: IntArray
    party: IntArray
    staying: FloatArray
    leaving: FloatArray
    option: IntArray

    def __len__(self) -> int:
        return len(self.node)

    def __getitem__(self, place: int) -> NodeMargin:
        return NodeMargin(
            int(self.node[place]),
            int(self.party[place]),
            float(self.staying[place]),
            float(self.leaving[place]),
            int(self.option[place]),
        )

    def __iter__(self) -> Iterator[NodeMargin]:
        return (self[place] for place in range(len(self)))

    @property
    def margin(self) -> FloatArray:
        """Value of staying minus value of the best deviation: float64 (n,)."""
        return self.staying - self.leaving

    def in_units(self, scales: FloatArray) -> FloatArray:
        """Give the margins in units of each party's payoff range: float64 (n,)."""
        return np.asarray(self.margin / scales[self.party], dtype=np.float64)

    def take(self, keep: IntArray | BoolArray) -> NodeMargins:
        """Give some of them."""
        return NodeMargins(
            self.node[keep], self.party[keep], self.staying[keep], self.leaving[keep],
            self.option[keep],
        )  # fmt: skip


def end_table(graph: PlanGraph, ends: EndValues, width: int) -> FloatArray:
    """Give the values of all ends, in the order of `PlanGraph.targets_of`: float64 (T, C).

    Open outcomes that the plan does not reach have none: nan.
    """
    n_states = graph.compiled.n_states
    out = np.full((len(graph.ends) * n_states, width), np.nan)
    known = [graph.open_codes()]
    for number, (end, _) in enumerate(graph.ends):
        if end is End.NO_DEAL:
            known.append((END_BASE + number) * n_states + np.arange(n_states))
    codes = np.concatenate(known)
    if len(codes):
        out[codes - END_BASE * n_states] = ends(codes)
    return out


def worth_after(graph: PlanGraph, values: FloatArray, ends: EndValues) -> FloatArray:
    """Give the values of what can follow: of nodes (N, C), then of ends: float64 (T, C)."""
    return np.concatenate([values, end_table(graph, ends, values.shape[1])])


@dataclass(frozen=True, slots=True)
class PathShape:
    """Where the path can go, which does not depend on the numbers.

    Attributes
    ----------
    inside, away : int64, the entries of the path that lead to nodes, and to ends
    away_node, away_end : int64, where the latter start, and the end's place in `end_table`
    chain : of the former
    """

    inside: IntArray
    away: IntArray
    away_node: IntArray
    away_end: IntArray
    chain: Chain


def path_shape(graph: PlanGraph) -> PathShape:
    """Give the shape of a plan's path, kept with its automaton."""
    kept = graph.kept.get("path shape")
    if isinstance(kept, PathShape):
        return kept
    path = graph.path
    nodes = path.pair_of[path.entry_pair]
    stays = path.target < graph.n_nodes
    inside, away = np.flatnonzero(stays), np.flatnonzero(~stays)
    shape = PathShape(
        inside=inside,
        away=away,
        away_node=nodes[away],
        away_end=path.target[away] - graph.n_nodes,
        chain=split(graph.n_nodes, nodes[inside], path.target[inside]),
    )
    graph.kept["path shape"] = shape
    return shape


def path_values(graph: PlanGraph, party: int, rewards: FloatArray, ends: EndValues) -> FloatArray:
    """Give a party's values of keeping the plan at every node: float64 (N, C).

    ``rewards`` are points per year of the prescribed profiles, float64 (N, C).
    """
    path, delta = graph.path, float(graph.compiled.discount[party])
    shape = path_shape(graph)
    chance = path.chance * path.pair_weight[path.entry_pair]
    total = (1 - delta) * rewards
    if len(shape.away):
        table = end_table(graph, ends, rewards.shape[1])
        add_rows(total, shape.away_node, delta * chance[shape.away], table[shape.away_end])
    return solve_chain(shape.chain, chance[shape.inside], total, delta)


def add_rows(total: FloatArray, rows: IntArray, weights: FloatArray, values: FloatArray) -> None:
    """Add weighted values (n, C) to rows (n,) of a total (N, C)."""
    for c in range(total.shape[1]):
        total[:, c] += np.bincount(rows, weights * values[:, c], minlength=len(total))


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
    away = kinds >= END_BASE
    nodes = np.where(away, -1, graph.number[np.where(away, 0, kinds), rows])
    out[nodes >= 0] = values[nodes[nodes >= 0]]
    known = np.flatnonzero(away)
    known = known[(graph.ends_of(codes[known]) == 0) | np.isin(codes[known], graph.open_codes())]
    if len(known):
        out[known] = ends(codes[known])
    return out


def hidden_values(
    graph: PlanGraph,
    party: int,
    node: int,
    option: int,
    rewards: FloatArray,
    values: FloatArray,
    ends: EndValues,
) -> FloatArray:
    """Give the value of an option that is not answered as a breach, at a node: float64 (C,).

    ``rewards`` float64 (C,) are points per year of the option.
    """
    delta = float(graph.compiled.discount[party])
    unanswered = graph.unanswered(party)
    found = np.flatnonzero((unanswered.nodes == node) & (unanswered.options == option))
    follow = unanswered.outcomes.follow(worth_after(graph, values, ends))[found[0]]
    return np.asarray((1 - delta) * rewards + delta * follow, dtype=np.float64)


def breach_values(
    graph: PlanGraph, kind: int, party: int, values: FloatArray, ends: Ends
) -> FloatArray:
    """Give what a visible breach is worth to a party, by next base state: float64 (S,).

    ``kind`` is what answers it; -1 for the harshest credible punishment.
    """
    if kind < 0:
        if ends.punished is None:
            raise ValueError("no values of punishment were given")
        return ends.punished[:, party]
    n_states = graph.compiled.n_states
    codes = kind * n_states + np.arange(n_states)
    return values_by_row(graph, codes, values, ends.of(graph, party))[:, 0]


def answers_to_breach(graph: PlanGraph, party: int, *, punished: bool) -> tuple[IntArray, IntArray]:
    """Give the nodes at which a party's breach is answered, and the kinds that answer it.

    Both int64 (n,); the kind is -1 where the harshest credible punishment follows.
    """
    nodes = graph.by_phase
    phases = graph.node_phase[nodes]
    if punished:
        return nodes, np.full(len(nodes), -1)
    kind = np.full(len(graph.phases), -1)
    heeded = np.zeros(len(graph.phases), dtype=np.bool_)
    for phase in np.unique(phases).tolist():
        if not graph.ignores_breach(phase, party):
            kind[phase], heeded[phase] = graph.after_breach(phase, party), True
    keep = heeded[phases]
    return nodes[keep], kind[phases[keep]]


def visible_options(graph: PlanGraph, party: int, *, punished: bool) -> Visible:
    """List the visible deviations of a party that are answered, kept with the graph."""
    key = party, punished
    if key not in graph.visible:
        graph.visible[key] = list_visible(
            graph, party, *answers_to_breach(graph, party, punished=punished)
        )
    return graph.visible[key]


def best_visible(
    graph: PlanGraph, party: int, values: FloatArray, ends: Ends
) -> tuple[FloatArray, IntArray]:
    """Give a party's best visible deviation at every node: float64 and int64 (N,).

    Its value, -inf where there is none, and its profile row, -1 where there is none. ``values``
    float64 (N, 1) are its own at nodes.
    """
    delta = float(graph.compiled.discount[party])
    found = visible_options(graph, party, punished=ends.punished is not None)
    value, chosen = np.full(graph.n_nodes, -np.inf), np.full(graph.n_nodes, -1)
    if not len(found.option):
        return value, chosen
    after = np.stack([breach_values(graph, k, party, values, ends) for k in found.kinds.tolist()])
    weighted = found.chance * after[found.entry_kind, found.entry_row]
    worth = (1 - delta) * graph.compiled.payoff[found.option, party]
    worth = worth + delta * np.add.reduceat(weighted, found.begin)
    first = np.flatnonzero(np.diff(found.owner, prepend=-1))
    owned = found.owner[first]
    best, option = np.full(found.n_cases, -np.inf), np.full(found.n_cases, -1)
    best[owned] = np.maximum.reduceat(worth, first)
    # of equally good deviations take the first: the one that moves least
    close = 1e-12 * float(np.abs(worth[np.isfinite(worth)]).max(initial=1.0))
    place = np.where(worth >= best[found.owner] - close, np.arange(len(worth)), len(worth))
    option[owned] = found.option[np.minimum.reduceat(place, first)]
    value[found.nodes], chosen[found.nodes] = best[found.case], option[found.case]
    return value, chosen


def unanswered_values(
    graph: PlanGraph, party: int, rewards: FloatArray, values: FloatArray, ends: EndValues
) -> FloatArray:
    """Give the values of a party's deviations in which no breach is seen: float64 (n, C).

    ``rewards`` float64 (n, C) are points per year of them, as `PlanGraph.unanswered` lists them.
    """
    delta = float(graph.compiled.discount[party])
    follow = graph.unanswered(party).outcomes.follow(worth_after(graph, values, ends))
    return np.asarray((1 - delta) * rewards + delta * follow, dtype=np.float64)


def improve(
    best: FloatArray, option: IntArray, nodes: IntArray, worth: FloatArray, options: IntArray
) -> None:
    """Put the best of further deviations at nodes, all (n,), where it is better: best, (N,)."""
    if not len(nodes):
        return
    order = np.lexsort((np.arange(len(nodes)), -worth, nodes))
    order = order[np.flatnonzero(np.diff(nodes[order], prepend=-1))]
    order = order[worth[order] > best[nodes[order]]]
    best[nodes[order]], option[nodes[order]] = worth[order], options[order]


def node_margins(
    graph: PlanGraph, values: FloatArray, ends: Ends, answered: BoolArray | None = None
) -> NodeMargins:
    """Give the margin of every party at every node where it has a choice.

    ``answered``, bool (N, P), says where breaches of a party are left out.
    """
    pieces = []
    for party in range(graph.compiled.n_parties):
        own = values[:, [party]]
        best, option = best_visible(graph, party, own, ends)
        if answered is not None:
            best[answered[:, party]], option[answered[:, party]] = -np.inf, -1
        hidden = graph.unanswered(party)
        if len(hidden.nodes):
            rewards = graph.compiled.payoff[hidden.options, party][:, None]
            worth = unanswered_values(graph, party, rewards, own, ends.of(graph, party))[:, 0]
            improve(best, option, hidden.nodes, worth, hidden.options)
        pieces.append((party, best, option))
    return join_margins(graph, values, pieces)


def join_margins(
    graph: PlanGraph, values: FloatArray, pieces: list[tuple[int, FloatArray, IntArray]]
) -> NodeMargins:
    """Put parties' best deviations together; a party without one at a node has no margin there.

    ``pieces``: party, value of its best deviation and its profile row at every node, (N,).
    """
    nodes, parties, leaving, options = [], [], [], []
    for party, best, option in pieces:
        here = graph.by_phase[option[graph.by_phase] >= 0]
        nodes.append(here)
        parties.append(np.full(len(here), party))
        leaving.append(best[here])
        options.append(option[here])
    node, who = np.concatenate(nodes), np.concatenate(parties)
    return NodeMargins(
        node, who, values[node, who], np.concatenate(leaving), np.concatenate(options)
    )
