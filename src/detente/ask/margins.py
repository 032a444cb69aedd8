"""Values and margins of a plan's automaton under one reading: policy evaluation, best replies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.ask.evaluate import discounted_values
from detente.compile.moves import Choice
from detente.compile.plan import End, Outcome, PlanGraph, Target
from detente.game.game import FloatArray


@dataclass(frozen=True, slots=True)
class Ends:
    """What play is worth where it leaves the automaton.

    Attributes
    ----------
    no_deal : float64, shape (S, P)
    punished : float64, shape (S, P), what a party gets when it is punished, or None where no
        breach is punished
    opened : values float64 (P,) of the outcomes that the plan leaves open
    """

    no_deal: FloatArray
    punished: FloatArray | None = None
    opened: Mapping[Target, FloatArray] | None = None

    def value(self, target: Target, party: int) -> float:
        """Give a party's value at an end."""
        if target.end is End.NO_DEAL:
            return float(self.no_deal[target.row, party])
        if target.end is End.PUNISHED:
            if self.punished is None:
                raise ValueError("this reading punishes no breach")
            return float(self.punished[target.row, party])
        if self.opened is None:
            raise ValueError(f"no value for what the plan leaves open: {target.end}")
        return float(self.opened[target][party])


@dataclass(frozen=True, slots=True)
class NodeMargin:
    """Staying against the best deviation of one party at one node, points per year."""

    node: int
    party: int
    staying: float
    leaving: float
    choice: Choice | None  # None where the party has no other action

    @property
    def margin(self) -> float:
        """Value of staying minus value of the best deviation."""
        return self.staying - self.leaving


def stage_rewards(graph: PlanGraph, party: int) -> FloatArray:
    """Give a party's payoff of the prescribed profile at every node, points per year."""
    compiled = graph.compiled
    return np.array(
        [
            compiled.payoff(node.row, node.profile, compiled.resolve(node.row, node.profile), party)
            for node in graph.nodes
        ]
    )


def path_entries(graph: PlanGraph) -> tuple[list[int], list[int], list[float]]:
    """Give the entries of the node-to-node transition matrix on the path."""
    rows, columns, chances = [], [], []
    for n, node in enumerate(graph.nodes):
        for target, chance in node.outcomes:
            if target.end is None:
                rows.append(n)
                columns.append(target.node)
                chances.append(chance)
    return rows, columns, chances


def node_values(graph: PlanGraph, ends: Ends) -> FloatArray:
    """Give every party's value of keeping the plan at every node: float64, shape (N, P)."""
    compiled = graph.compiled
    entries = path_entries(graph)
    out = np.empty((len(graph.nodes), compiled.n_parties))
    for party in range(compiled.n_parties):
        delta = float(compiled.discount[party])
        reward = (1 - delta) * stage_rewards(graph, party)
        for n, node in enumerate(graph.nodes):
            reward[n] += delta * sum(
                chance * ends.value(target, party)
                for target, chance in node.outcomes
                if target.end is not None
            )
        out[:, party] = discounted_values(*entries, reward[:, None], delta)[:, 0]
    return out


def outcome_value(
    outcomes: tuple[Outcome, ...], values: FloatArray, ends: Ends, party: int
) -> float:
    """Give a party's expected value over outcomes."""
    return sum(
        chance * (values[target.node, party] if target.end is None else ends.value(target, party))
        for target, chance in outcomes
    )


def deviation_value(
    graph: PlanGraph, node: int, party: int, choice: Choice, values: FloatArray, ends: Ends
) -> float:
    """Give a party's value of deviating once at a node, everyone expecting the plan to go on."""
    compiled = graph.compiled
    delta = float(compiled.discount[party])
    profile, outcomes = graph.deviation_outcomes(node, party, choice)
    row = graph.nodes[node].row
    now = compiled.payoff(row, profile, compiled.resolve(row, profile), party)
    return (1 - delta) * now + delta * outcome_value(outcomes, values, ends, party)


def node_margins(graph: PlanGraph, values: FloatArray, ends: Ends) -> list[NodeMargin]:
    """Give the margin of every party at every node where it has a choice."""
    layout, states = graph.compiled.layout, graph.compiled.states
    found = []
    for n, node in enumerate(graph.nodes):
        for party in range(graph.compiled.n_parties):
            if layout.hostile(states[node.row], party):
                continue
            best: tuple[float, Choice | None] = (float("-inf"), None)
            for choice in graph.deviations(n, party):
                worth = deviation_value(graph, n, party, choice, values, ends)
                if worth > best[0]:
                    best = (worth, choice)
            if best[1] is not None:
                staying = float(values[n, party])
                found.append(NodeMargin(n, party, staying, best[0], best[1]))
    return found
