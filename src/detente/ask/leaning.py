"""The numbers on which a verdict hangs most: each moved alone to both ends of its range.

For every number that has a stated range and enters the plan, the plan is judged twice, with this
number at the lower and at the upper end and all others as they stand. What is compared is the
deciding margin: the smallest margin of the plan, in units of its party's range of payoffs, under
the reading that gives it most (return to no deal, or as written). Numbers that overturn the verdict
at an end come first, then those at an end of which the answer is not known; among equals, those
that move the deciding margin furthest. Both ends are looked at and nothing between them: what a
number does only in the middle of its range is left to `mend` and `sweep`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from detente.ask.mending.domains import list_numbers, shorten_path
from detente.ask.mending.probe import Probe, Prober
from detente.ask.mending.records import Worst
from detente.ask.verdict import Answer, Reading
from detente.errors import Place
from detente.library import select_plans
from detente.scenario.model import Citation, Scenario, Unit

READINGS = (Reading.NO_DEAL, Reading.WRITTEN)
MOST = 5  # numbers that a report marks
TOL_MOVED = 1e-9  # of a party's range of payoffs: a change this small is the arithmetic's


@dataclass(frozen=True, slots=True)
class LeanEnd:
    """The verdict with one number at an end of its range.

    ``worst`` is None where the scenario makes no sense there, or no deal is not known.
    """

    value: float
    answer: Answer
    worst: Worst | None


@dataclass(frozen=True, slots=True)
class Lean:
    """What one number does to a verdict over its range, alone.

    Attributes
    ----------
    path, short : its full path, and its shortest unique end
    value : in force, in its unit
    citations : its sources
    low, high : what comes out at the ends of its range
    swing : the furthest that the deciding margin moves from today's to either end, in units of its
        party's range of payoffs; infinite where it is not known at an end
    overturns : whether the answer at an end is the opposite of today's
    """

    path: str
    short: str
    unit: Unit
    value: float
    citations: tuple[Citation, ...]
    place: Place | None
    low: LeanEnd
    high: LeanEnd
    swing: float
    overturns: bool


@dataclass(frozen=True, slots=True)
class Leaning:
    """The numbers on which the verdict on a plan hangs, most first.

    Attributes
    ----------
    answer, today : the verdict at the numbers in force under the readings below, and the smallest
        margin; None where no deal is not known
    readings : those of which one has to suffice
    numbers : every ranged number that moves the verdict or the deciding margin
    n_tried : how many ranged numbers were looked at
    n_bare : how many numbers of the plan have no range, and were not
    """

    plan: str
    plan_title: str
    readings: tuple[Reading, ...]
    answer: Answer
    today: Worst | None
    numbers: tuple[Lean, ...]
    n_tried: int
    n_bare: int

    @property
    def most(self) -> tuple[Lean, ...]:
        """The few on which it hangs most."""
        return self.numbers[:MOST]


def find_leaning(scenario: Scenario, plan: str, prober: Prober | None = None) -> Leaning:
    """Find the numbers on which the verdict on a plan hangs most.

    Parameters
    ----------
    scenario : as read, with the settings in force
    plan : id of the plan
    prober : of the same scenario under `READINGS`, where several plans are looked at

    Raises
    ------
    DetenteError
        For a plan that does not exist.

    Examples
    --------
    >>> from detente.library import find_scenario
    >>> from detente.scenario.reading import read_scenario
    >>> leaning = find_leaning(read_scenario(find_scenario("singapore-2018")), "phased")
    >>> len(leaning.most)
    5
    """
    (chosen,) = select_plans(scenario, [plan])
    prober = Prober(scenario, READINGS, 0.0) if prober is None else prober
    today = prober.probe(chosen)
    found: list[Lean] = []
    n_tried = n_bare = 0
    for path in list_numbers(scenario, chosen)[0]:
        each = scenario.quantities[path]
        if each.low is None or each.high is None:
            n_bare += 1
            continue
        n_tried += 1
        low, high = (prober.probe(chosen, {path: end}) for end in (each.low, each.high))
        swing = max(_moved(today, low), _moved(today, high))
        if swing <= TOL_MOVED and low.answer is high.answer is today.answer:
            continue
        found.append(
            Lean(
                path=path,
                short=shorten_path(scenario, path),
                unit=each.unit,
                value=scenario.value(each),
                citations=each.citations,
                place=each.place,
                low=LeanEnd(each.low, low.answer, low.worst),
                high=LeanEnd(each.high, high.answer, high.worst),
                swing=swing,
                overturns=any(_is_opposite(end.answer, today.answer) for end in (low, high)),
            )
        )
    found.sort(key=lambda lean: (_rank(lean, today.answer), -lean.swing, lean.path))
    return Leaning(
        plan=chosen.id,
        plan_title=chosen.title,
        readings=READINGS,
        answer=today.answer,
        today=today.worst,
        numbers=tuple(found),
        n_tried=n_tried,
        n_bare=n_bare,
    )


def _moved(today: Probe, end: Probe) -> float:
    """Give how far the deciding margin is from today's, in units of payoff ranges."""
    if today.worst is None or end.worst is None:
        return 0.0 if today.worst is end.worst else math.inf
    return abs(end.worst.units - today.worst.units)


def _is_opposite(one: Answer, other: Answer) -> bool:
    return {one, other} == {Answer.HOLDS, Answer.FAILS}


def _rank(lean: Lean, today: Answer) -> int:
    if lean.overturns:
        return 0
    return 1 if {lean.low.answer, lean.high.answer} != {today} else 2
