"""How long a plan takes when everybody keeps it: absorbing chains over its automaton."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.comparison import TimeToGoal
from detente.ask.course import steps_of_nodes
from detente.ask.knowledge import Knower
from detente.ask.verdict import Opening
from detente.compile.plan import End, Openness, PlanGraph
from detente.scenario.model import Plan
from detente.solve.evaluate import discounted_values


@dataclass(frozen=True, slots=True)
class _Chain:
    """Where the plan goes from nodes that have not reached its goal; ``hits`` (N,), it at once."""

    tails: IntArray
    heads: IntArray
    chance: FloatArray
    hits: FloatArray
    done: BoolArray


def time_to_goal(knower: Knower, plan: Plan) -> tuple[TimeToGoal, ...]:
    """Give the time until all steps are done, where alarms and hostility end the plan, and else.

    The second, where something is written that follows them, has the plan's own responses.
    """
    found = [_time(knower, plan, Opening.NO_DEAL)]
    if plan.responses:
        found.append(_time(knower, plan, Opening.WRITTEN))
    return tuple(found)


def _time(knower: Knower, plan: Plan, opening: Opening) -> TimeToGoal:
    graph = knower.graph(plan, Openness(False, opening is Opening.WRITTEN, True))
    years = knower.compiled.mover.clock_years
    chance, periods = _until(_chain(graph))
    alone, undisturbed = _until(_chain(graph, undisturbed=True))
    return TimeToGoal(
        opening=opening,
        undisturbed=float(undisturbed[0]) * years if alone[0] > 0 else None,
        expected=float(periods[0]) * years if chance[0] > 0 else None,
        chance=min(1.0, float(chance[0])),
    )


def step_beginnings(knower: Knower, plan: Plan) -> tuple[float | None, ...]:
    """Give the years until every step, and the settled phase, begins if nothing disturbs it."""
    graph = knower.graph(plan, Openness(False, False, True))
    step = steps_of_nodes(graph)
    found: list[float | None] = [0.0]
    for number in range(1, len(plan.steps) + 1):
        chance, periods = _until(_chain(graph, step >= number, undisturbed=True))
        begins = float(periods[0]) * knower.compiled.mover.clock_years
        found.append(begins if chance[0] > 0 else None)
    return tuple(found)


def _chain(graph: PlanGraph, goal: BoolArray | None = None, *, undisturbed: bool = False) -> _Chain:
    """Give the chain until a goal: nodes (N,), by default those of the settled phase.

    The end of a plan whose later steps are open is a goal too. ``undisturbed`` leaves out alarms
    and responses.
    """
    path = graph.path
    own = np.array([each.response is None for each in graph.phases])[graph.node_phase]
    done = own & (steps_of_nodes(graph) == len(graph.plan.steps)) if goal is None else goal & own
    tails, heads = path.pair_of[path.entry_pair], path.target
    chance = path.chance * path.pair_weight[path.entry_pair]
    inside = heads < graph.n_nodes
    ends = np.array([end is End.OPEN_LATER for end, _ in graph.ends], dtype=np.bool_)
    reaches = inside.copy()
    reaches[inside] = done[heads[inside]]
    if not inside.all():
        number = (heads[~inside] - graph.n_nodes) // graph.compiled.n_states
        reaches[~inside] = ends[number]
    allowed = ~done[tails]
    if undisturbed:
        allowed &= own[tails] & (path.pair_column[path.entry_pair] == 0)
    hits = np.bincount(tails[allowed & reaches], chance[allowed & reaches], minlength=graph.n_nodes)
    goes = allowed & inside & ~reaches
    if undisturbed:
        goes[goes] = own[heads[goes]]
    chances = np.asarray(hits, dtype=np.float64)
    return _Chain(tails[goes], heads[goes], chance[goes], chances, done)


def _until(chain: _Chain) -> tuple[FloatArray, FloatArray]:
    """Give the chance that the goal is ever reached, and the periods until then if it is: (N,)."""
    can = chain.hits > 0
    while True:  # nodes that cannot reach the goal would make the system singular
        more = can.copy()
        more[chain.tails[can[chain.heads]]] = True
        if (more == can).all():
            break
        can = more
    live = can[chain.tails] & can[chain.heads]
    tails, heads, chance = chain.tails[live], chain.heads[live], chain.chance[live]
    ever = discounted_values(tails, heads, chance, chain.hits[:, None], 1.0)
    periods = discounted_values(tails, heads, chance, ever, 1.0)
    share = np.where(ever[:, 0] > 0, periods[:, 0] / np.maximum(ever[:, 0], 1e-300), 0.0)
    return np.where(chain.done, 1.0, ever[:, 0]), np.where(chain.done, 0.0, share)
