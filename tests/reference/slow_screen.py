"""A slow, plain best reply to a plan, by value iteration over the nodes of `SlowPlan`."""

from __future__ import annotations

import math
from collections.abc import Mapping

from detente.scenario.model import Scenario
from reference.slow_plan import Chances, Node, SlowPlan
from reference.slow_world import Act, NoDeal, State, World

TOL = 1e-10
TIE = 1e-8

Row = tuple[float, list[tuple[Node, float]]]  # points of the period for one, what follows


def reply_values(
    scenario: Scenario, kind: Scenario, plan: str, party: int, as_written: bool
) -> tuple[list[float], list[float]]:
    """Give every party's value of a plan to which one party replies as best it can, and of no deal.

    ``kind`` is the scenario with the numbers of the party's type. All others keep the plan, and
    without a deal do what they would do in ``scenario``.
    """
    base, world = World(scenario), World(kind)
    no_deal = NoDeal(base)
    policy = reply_without(world, no_deal.policy, party)
    no_deal.world = world
    no_deal.values = [follow_policy(world, policy, j) for j in range(len(world.parties))]
    slow = SlowPlan(world, no_deal, plan, as_written)
    start: Node = (slow.begin(0), world.today)
    nodes = list(slow.reach([start], breaches=True))
    options = {node: list_options(slow, node, party) for node in nodes}
    values = best_values(slow, options, party)
    chosen = {
        node: choose(rows, values, slow, world.delta[party], party)
        for node, rows in options.items()
    }
    found = []
    for j in range(len(world.parties)):
        rows = {
            node: [(world.flow(node[1], acts), list(then.items()))]
            for node, (acts, then) in chosen.items()
        }
        found.append(best_values(slow, rows, j)[start])
    return found, [each[world.today] for each in no_deal.values]


def list_options(slow: SlowPlan, node: Node, party: int) -> list[tuple]:
    """Give all that a party may do at a node; keeping the plan first."""
    stage, state = node
    asked = slow.prescribed(stage, state)
    ways = [(asked, slow.follow(node, asked, None)), *slow.deviations(node, party)]
    return [(slow.world.flow(state, acts), list(then.items()), acts, then) for acts, then in ways]


def best_values(slow: SlowPlan, options: Mapping[Node, list], party: int) -> dict[Node, float]:
    """Iterate a party's values of the best of its options."""
    delta = slow.world.delta[party]
    values = dict.fromkeys(options, 0.0)
    change = math.inf
    while change > TOL:
        change = 0.0
        for node in reversed(options):
            best = max(worth(row, values, slow, delta, party) for row in options[node])
            change = max(change, abs(best - values[node]) / (1 - delta))
            values[node] = best
    return values


def worth(row: tuple, values: dict, slow: SlowPlan, delta: float, party: int) -> float:
    later = sum(
        p * (slow.no_deal.values[party][after[1]] if after[0] is None else values[after])
        for after, p in row[1]
    )
    return (1 - delta) * row[0][party] + delta * later


def choose(
    rows: list, values: dict, slow: SlowPlan, delta: float, party: int
) -> tuple[tuple[Act, ...], Chances]:
    """Take the first of the best options."""
    worths = [worth(row, values, slow, delta, party) for row in rows]
    best = next(k for k, each in enumerate(worths) if each >= max(worths) - TIE)
    return rows[best][2], rows[best][3]


def reply_without(
    world: World, others: Mapping[State, tuple[Act, ...]], party: int
) -> dict[State, tuple[Act, ...]]:
    """Give what all do without a deal when one party replies as best it can to the others."""
    delta = world.delta[party]
    table = {}
    for state, acts in others.items():
        ways = [(*acts[:party], act, *acts[party + 1 :]) for act in world.options(state, party)]
        table[state] = [
            (world.flow(state, way)[party], world.next_states(state, world.together(way)), way)
            for way in ways
        ]
    values = dict.fromkeys(table, 0.0)

    def score(row: tuple) -> float:
        return (1 - delta) * row[0] + delta * sum(p * values[s] for s, p in row[1].items())

    change = math.inf
    while change > TOL:
        change = 0.0
        for state, rows in table.items():
            best = max(score(row) for row in rows)
            change = max(change, abs(best - values[state]) / (1 - delta))
            values[state] = best
    return {
        state: next(row[2] for row in rows if score(row) >= max(score(r) for r in rows) - TIE)
        for state, rows in table.items()
    }


def follow_policy(
    world: World, policy: Mapping[State, tuple[Act, ...]], party: int
) -> dict[State, float]:
    """Give a party's value of a policy without a deal in every state."""
    delta = world.delta[party]
    values = dict.fromkeys(policy, 0.0)
    change = math.inf
    while change > TOL:
        change = 0.0
        for state, acts in policy.items():
            then = world.next_states(state, world.together(acts))
            value = (1 - delta) * world.flow(state, acts)[party]
            value += delta * sum(p * values[after] for after, p in then.items())
            change = max(change, abs(value - values[state]) / (1 - delta))
            values[state] = value
    return values
