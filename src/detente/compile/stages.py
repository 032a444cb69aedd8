"""The steps of a plan, split where one party moves first. Rules R13 and R14 of docs/rules.md."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from detente.compile.build import Compiled
from detente.errors import DetenteError, Problem
from detente.scenario.model import Plan, Quantity, Step

MAX_PERIODS = 5_000


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a step: the levels that all ladders stand at when it is done.

    ``periods``: how many it lasts at least; 0 = for ever.
    """

    step: int  # counts from 0
    goals: tuple[int, ...]
    periods: int


def make_stages(compiled: Compiled, plan: Plan) -> tuple[Stage, ...]:
    """Split the steps into parts: where one party moves first, it does so a period earlier."""
    layout = compiled.layout
    levels = [ladder.today for ladder in layout.ladders]
    stages = []
    for index, step in enumerate(plan.steps):
        periods = _step_periods(compiled, step)
        early = _moved_first(compiled, step)
        if early and len(early) < len(step.targets):
            for ladder, target in early.items():
                levels[layout.number(ladder)] = target
            stages.append(Stage(index, tuple(levels), 1))
            periods = max(1, periods - 1) if periods else 0
        for ladder, target in step.targets.items():
            levels[layout.number(ladder)] = target
        stages.append(Stage(index, tuple(levels), periods))
    return tuple(stages)


def _moved_first(compiled: Compiled, step: Step) -> Mapping[str, int]:
    if step.first is None:
        return {}
    return {
        ladder: target
        for ladder, target in step.targets.items()
        if compiled.scenario.ladder(ladder).holders == (step.first,)
    }


def _step_periods(compiled: Compiled, step: Step) -> int:
    return 1 if step.lasts is None else count_periods(compiled, step.lasts)


def count_periods(compiled: Compiled, time: Quantity) -> int:
    """Give a time in whole periods, at least one; 0 for ever.

    Raises
    ------
    DetenteError
        E290 when there are more than `MAX_PERIODS`: each one is a phase of its own.
    """
    years = compiled.scenario.value(time)
    if math.isinf(years):
        return 0
    periods = max(1, math.ceil(years / compiled.mover.clock_years - 1e-9))
    if periods > MAX_PERIODS:
        raise DetenteError(
            Problem(
                code="E290",
                message=f"this lasts {periods:,} periods; the limit is {MAX_PERIODS:,}",
                place=time.place,
                line_text=compiled.scenario.line(time.place),
                remedy="write a longer clock or a shorter time",
            )
        )
    return periods
