"""What a plan's steps change: payoffs while they are in force, and what has been given up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.compile.build import Compiled
from detente.scenario.model import Plan


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A ladder that a party has moved on and cannot take back at once.

    ``years``: mean time to climb back to today's level; infinite where that is never.
    """

    ladder: str
    level: str
    years: float


@dataclass(frozen=True, slots=True)
class StepFlow:
    """What a step changes in a party's payoff, once done and as long as it is in force.

    Points per year, but for ``once``: points, when the party makes its own moves.
    ``own`` is the part of the change that its own moves alone make.
    """

    before: float
    after: float
    own: float
    once: float
    moves: bool  # whether the step asks the party for a move

    @property
    def change(self) -> float:
        """Points per year gained, or lost where negative."""
        return self.after - self.before


def step_flows(compiled: Compiled, plan: Plan) -> tuple[tuple[StepFlow, ...], ...]:
    """Give what every step changes for every party: by step, then by party.

    Everybody is honest, nobody's government is hostile, and ladders stand where the step puts
    them.
    """
    levels = [ladder.today for ladder in compiled.layout.ladders]
    before = flow_at(compiled, levels)
    found = []
    for step in plan.steps:
        start = list(levels)
        _apply(compiled, levels, step.targets)
        after = flow_at(compiled, levels)
        row = []
        for i, party in enumerate(compiled.layout.parties):
            mine = {
                name: to
                for name, to in step.targets.items()
                if compiled.scenario.ladder(name).holders == (party,)
            }
            own = list(start)
            _apply(compiled, own, mine)
            row.append(
                StepFlow(
                    before=float(before[i]),
                    after=float(after[i]),
                    own=float(flow_at(compiled, own)[i] - before[i]),
                    once=_points_at_once(compiled, start, own, i),
                    moves=own != start,
                )
            )
        found.append(tuple(row))
        before = after
    return tuple(found)


def _apply(compiled: Compiled, levels: list[int], targets: Mapping[str, int]) -> None:
    for name, target in targets.items():
        levels[compiled.layout.number(name)] = target


def flow_at(compiled: Compiled, levels: Sequence[int]) -> FloatArray:
    """Give every party's points per year while all ladders are held at levels: float64 (P,)."""
    row = row_at(compiled, levels)
    profile = compiled.heading(tuple(levels)).profiles[row]
    return np.asarray(compiled.payoff[profile], dtype=np.float64)


def row_at(compiled: Compiled, levels: Sequence[int]) -> int:
    """Give the base state in which all ladders stand at levels and no government is hostile."""
    layout = compiled.layout
    state = tuple(levels[k] for k in layout.lasting) + (0,) * len(layout.governments)
    row = compiled.row_of(state)
    if row is None:
        raise ValueError("a plan leads to a state that was not compiled")
    return row


def _points_at_once(
    compiled: Compiled, start: Sequence[int], goals: Sequence[int], party: int
) -> float:
    """Give the one-off points of a party's own lasting moves in the period that it makes them."""
    layout = compiled.layout
    wanted = [goals[k] if k in layout.lasting else start[k] for k in range(len(goals))]
    row = row_at(compiled, start)
    held = compiled.heading(tuple(start)).profiles[row]
    moved = compiled.heading(tuple(wanted)).profiles[row]
    change = compiled.payoff[moved, party] - compiled.payoff[held, party]
    return float(change) * compiled.mover.clock_years


def given_up(compiled: Compiled, row: int, party: int) -> tuple[GivenUp, ...]:
    """Give what a party alone has moved on at a base state, and cannot take back at once."""
    layout, state = compiled.layout, compiled.tables.states[row]
    found = []
    for k in layout.held[party]:
        ladder = layout.ladders[k]
        level = layout.level(state, k)
        if ladder.renewed or len(ladder.holders) > 1 or level <= ladder.today:
            continue
        years = math.fsum(compiled.mover.undo_years[k][ladder.today + 1 : level + 1])
        if years > 0:
            found.append(GivenUp(ladder.id, ladder.levels[level].id, years))
    return tuple(found)
