"""A path over levels as a plan of the scenario's language: records, and text.

Every step is one period's moves, with the waiting after it in its ``lasts``. Steps over several
levels at once would be fewer, but each would allow that jump to everybody (R2 of docs/rules.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from detente.ask.designing.moves import Moves
from detente.ask.designing.search import Path
from detente.compile.build import Compiled
from detente.scenario.model import Plan, Quantity, Response, Scenario, Step, Trigger, Unit

MONTHS = 12
DAYS = 365.25
TOL_WHOLE = 1e-9
PERIODS = "design.periods"  # path of the numbers that say how long a designed step lasts

Responses = Mapping[tuple[Trigger, str], Response]


def split_path(moves: Moves, path: Path) -> tuple[tuple[tuple[int, ...], int], ...]:
    """Give the steps of a path: the levels in force, and how many periods it lasts at least.

    The last entry of a path rests for ever; it is a step of its own only where renewed
    ladders then stand otherwise than before.
    """
    levels = [tuple(moves.levels[m].tolist()) for m in path.moves]
    steps: list[tuple[tuple[int, ...], int]] = []
    for each in levels[:-1]:
        if steps and steps[-1][0] == each:
            steps[-1] = each, steps[-1][1] + 1
        else:
            steps.append((each, 1))
    if not steps or steps[-1][0] != levels[-1]:
        steps.append((levels[-1], 1))
    return tuple(steps)


def make_plan(
    moves: Moves, path: Path, name: str, title: str, responses: Responses, note: str = ""
) -> Plan:
    """Write a path as a plan.

    The scenario must have the values of `with_periods` for as many periods as a step lasts.
    """
    layout = moves.compiled.layout
    before = tuple(ladder.today for ladder in layout.ladders)
    steps = []
    for number, (levels, periods) in enumerate(split_path(moves, path), start=1):
        targets = {
            ladder.id: level
            for ladder, level, was in zip(layout.ladders, levels, before, strict=True)
            if level != was
        }
        lasts = None if periods == 1 else Quantity(f"{PERIODS}.{periods}", 0.0, Unit.YEARS)
        steps.append(Step(f"step-{number}", targets, lasts=lasts))
        before = levels
    return Plan(name, title, tuple(steps), False, responses, note)


def with_periods(scenario: Scenario, most: int) -> Scenario:
    """Give the scenario with numbers for steps that last up to so many periods."""
    clock = scenario.value(scenario.clock)
    return scenario.with_values({f"{PERIODS}.{n}": n * clock for n in range(1, most + 1)})


def write_steps(compiled: Compiled, plan: Plan) -> tuple[str, ...]:
    """Write the steps of a plan, a line each: ``{dprk: {arsenal: most}, us: {...}}``."""
    clock = compiled.mover.clock_years
    return tuple(_write_step(compiled.scenario, step, clock) for step in plan.steps)


def _write_step(scenario: Scenario, step: Step, clock: float) -> str:
    by_holder: dict[str, list[str]] = {}
    for name, level in step.targets.items():
        ladder = scenario.ladder(name)
        who = ladder.holders[0] if len(ladder.holders) == 1 else "together"
        by_holder.setdefault(who, []).append(f"{name}: {ladder.levels[level].id}")
    parts = [f"{who}: {{{', '.join(moves)}}}" for who, moves in _sorted(scenario, by_holder)]
    lasts = _write_lasting(step, clock)
    if lasts:
        parts.append(f"lasts: {lasts}")
    return f"{{{', '.join(parts)}}}"


def write_lasting(compiled: Compiled, plan: Plan) -> tuple[str, ...]:
    """Write how long the steps of a designed plan last; empty where that is a period."""
    return tuple(_write_lasting(step, compiled.mover.clock_years) for step in plan.steps)


def _write_lasting(step: Step, clock: float) -> str:
    if step.lasts is None:
        return ""
    return write_time(int(step.lasts.path.rpartition(".")[2]) * clock)


def _sorted(
    scenario: Scenario, by_holder: Mapping[str, list[str]]
) -> Iterable[tuple[str, list[str]]]:
    order = [*(party.id for party in scenario.parties), "together"]
    return sorted(by_holder.items(), key=lambda each: order.index(each[0]))


def write_time(years: float) -> str:
    """Write a time so that it is read as the same: in years, months or days, if whole in them.

    Examples
    --------
    >>> write_time(2.0), write_time(1.5), write_time(30 / 365.25), write_time(0.3)
    ('2 years', '18 months', '30 days', '0.3 years')
    """
    for unit, per_year in (("year", 1.0), ("month", MONTHS), ("day", DAYS)):
        whole = round(years * per_year)
        if whole and math.isclose(years * per_year, whole, rel_tol=TOL_WHOLE):
            return f"{whole} {unit}{'s' if whole > 1 else ''}"
    return f"{years!r} years"
