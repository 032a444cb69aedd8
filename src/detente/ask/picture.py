"""What the payoff-set picture shows: sets at today's state, no deal, and each plan's value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.ask.knowledge import Knower
from detente.ask.verdict import PayoffPicture, Verdict
from detente.solve.feasible import feasible_vertices, order_hull

FEASIBLE_DIRECTIONS = 48
# Where no verdict needs the sets, rounds end them before a clock does: the same input gives the
# same picture. A round takes some 0.15 s where a game has this many transitions.
PICTURE_ROUNDS, PICTURE_ENTRIES = 75, 60_000
PICTURE_SECONDS = 45.0


def draw_payoffs(knower: Knower, verdicts: Sequence[Verdict]) -> PayoffPicture:
    """Collect the payoff picture of a scenario with two parties."""
    entries = len(knower.compiled.tables.entry_chance)
    rounds = max(1, round(PICTURE_ROUNDS * (PICTURE_ENTRIES / entries) ** 0.25))
    seconds = min(PICTURE_SECONDS, knower.time_limit or PICTURE_SECONDS)
    knowledge = knower.sets(seconds, rounds)
    solution = knowledge.solution
    if solution is None:
        raise ValueError("the payoff sets were not computed")
    today = solution.states[0]
    plans = []
    for verdict in verdicts:
        first = {e.party: e.plan for e in verdict.entries if e.step == 1}
        values = [first[p] for p in knower.compiled.layout.parties]
        plans.append((verdict.plan, values[0], values[1]))
    names = [p.name for p in knower.compiled.scenario.parties]
    return PayoffPicture(
        parties=(names[0], names[1]),
        feasible=feasible_vertices(knower.game, 0, FEASIBLE_DIRECTIONS),
        outer=today.outer_vertices,
        inner=order_hull(np.vstack([knowledge.inner[0], *knower.exhibits.get(0, [])])),
        no_deal=knower.no_deal.values[0],
        plans=tuple(plans),
        status=solution.status,
        gap=today.gap,
    )
