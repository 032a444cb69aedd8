"""How a reply to a plan unfolds on the plan's own path, as long as no alarm is raised."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.reply import KEEP, Reply
from detente.compile.plan import PlanGraph
from detente.solve.evaluate import discounted_values


@dataclass(frozen=True, slots=True)
class Course:
    """Where a party's reply takes the plan before any alarm, response or hostile government.

    Steps count from 0; the settled phase after K steps is number K.

    Attributes
    ----------
    order : nodes in the order in which they can first be met
    arrive : float64 (K + 1,), chance of coming to each step
    kept : float64 (K + 1,), chance of coming through it; for the settled phase, through its first
        period; nan for the last step of a plan whose later steps are open
    alarm : float64 (K + 1,), chance that a first alarm about the party is raised at it; for the
        settled phase, in its first period
    """

    order: tuple[int, ...]
    arrive: FloatArray
    kept: FloatArray
    alarm: FloatArray


def steps_of_nodes(graph: PlanGraph) -> IntArray:
    """Give the step of every node, from 0: int64 (N,)."""
    by_phase = np.array([graph.step_of_phase(p) for p in range(len(graph.phases))])
    return np.asarray(by_phase[graph.node_phase], dtype=np.int64)


def follow_course(reply: Reply) -> Course:
    """Follow a reply along the plan's own path."""
    graph, moves = reply.graph, reply.moves
    n_steps = len(graph.plan.steps)
    step = steps_of_nodes(graph)
    quiet, order, reached = _quiet_moves(reply)
    tails, heads, chance = moves.node[quiet], moves.target[quiet], moves.chance[quiet]
    # where the plan stays for ever, only the first period is counted
    endless = np.array([each.left == 0 for each in graph.phases])[graph.node_phase]
    stays = endless | (step == n_steps)
    before = ~stays[tails] & ~stays[heads]
    first = np.zeros((graph.n_nodes, 1))
    first[0] = 1.0
    mass = discounted_values(heads[before], tails[before], chance[before], first, 1.0)[:, 0]
    enters = ~stays[tails] & stays[heads]
    entered = np.bincount(
        heads[enters], mass[tails[enters]] * chance[enters], minlength=graph.n_nodes
    )
    mass = np.where(stays, entered + first[:, 0], mass)
    flow = mass[tails] * chance
    new = step[tails] < step[heads]
    arrive = np.zeros(n_steps + 1)
    np.add.at(arrive, step[heads[new]], flow[new])
    arrive[0] = 1.0
    lasting = stays[tails]
    kept = np.append(arrive[1:], 0.0)
    kept += np.bincount(step[tails[lasting]], flow[lasting], minlength=n_steps + 1)
    if graph.plan.later_steps_open:
        kept[n_steps - 1] = np.nan
    about = (moves.column == 1 + reply.party) & reached[moves.node] & ~reply.seen[moves.node]
    alarm = np.zeros(n_steps + 1)
    alarmed = moves.node[about]
    np.add.at(alarm, step[alarmed], mass[alarmed] * moves.chance[about])
    return Course(order, arrive, kept, alarm)


def _quiet_moves(reply: Reply) -> tuple[BoolArray, tuple[int, ...], BoolArray]:
    """Give the moves along the own path that show no breach and no alarm, and the nodes met."""
    graph, moves = reply.graph, reply.moves
    own = np.array([each.response is None for each in graph.phases])[graph.node_phase]
    quiet = (moves.column == 0) & (moves.target < graph.n_nodes) & ~reply.seen[moves.node]
    quiet[quiet] = own[moves.target[quiet]]
    order, reached = _visit(graph, reply, quiet)
    return quiet & reached[moves.node], order, reached


def _visit(graph: PlanGraph, reply: Reply, quiet: BoolArray) -> tuple[tuple[int, ...], BoolArray]:
    """Give the nodes met on the own path in order, up to open breaches, and which they are."""
    tails, heads = reply.moves.node[quiet], reply.moves.target[quiet]
    following: dict[int, list[int]] = {}
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        following.setdefault(tail, []).append(head)
    order, waiting = [0], deque([0])
    reached = np.zeros(graph.n_nodes, dtype=np.bool_)
    reached[0] = True
    while waiting:
        node = waiting.popleft()
        for head in sorted(following.get(node, ())):
            if not reached[head]:
                reached[head] = True
                order.append(head)
                waiting.append(head)
    return tuple(order), reached


def first_departure(course: Course, reply: Reply, *, openly: bool) -> int | None:
    """Give the first node at which a reply departs from the plan, openly or at all; else None."""
    for node in course.order:
        if reply.seen[node] or (reply.act[node] != KEEP and not openly):
            return node
    return None
