"""What a report tells beside the verdicts: the answers to the other questions, put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from detente.ask.comparison import Comparison
from detente.ask.designing.records import Designing
from detente.ask.leaning import READINGS, Leaning, find_leaning
from detente.ask.mending.probe import Prober
from detente.ask.mending.records import Mending
from detente.ask.screening import Screening
from detente.ask.sweeping.answer import Sweep
from detente.ask.verdict import Check
from detente.scenario.correlations import has_range
from detente.scenario.model import Scenario

if TYPE_CHECKING:
    from detente.ask.exploring import Exploring

SAMPLES, SEED = 256, 1  # of a report's sweep

Progress = Callable[[str], None]


class Part(StrEnum):
    """A part of a report that answers a question of its own."""

    EXPLORE = "explore"
    COMPARE = "compare"
    MEND = "mend"
    DESIGN = "design"
    SCREEN = "screen"
    SWEEP = "sweep"


CHEAP = (Part.COMPARE, Part.SCREEN)  # a report has them unless told otherwise


@dataclass(frozen=True, slots=True)
class Dossier:
    """The answers that a report puts together.

    Attributes
    ----------
    leanings : the numbers on which each plan's verdict hangs, one a plan
    parts : what was asked for; a part without an answer says why
    screenings, mendings : one a plan (and a party with types)
    """

    leanings: tuple[Leaning, ...] = ()
    parts: tuple[Part, ...] = ()
    exploring: Exploring | None = None
    comparison: Comparison | None = None
    mendings: tuple[Mending, ...] = ()
    designing: Designing | None = None
    screenings: tuple[Screening, ...] = ()
    sweep: Sweep | None = None

    def leaning(self, plan: str) -> Leaning | None:
        """Give what the verdict on a plan hangs on, where that was looked at."""
        return next((each for each in self.leanings if each.plan == plan), None)


def fitting_parts(scenario: Scenario, parts: Collection[Part] = tuple(Part)) -> tuple[Part, ...]:
    """Give those parts that the scenario has something for, in the order of a report.

    Types are needed for `screen`, ranges for `sweep` and `explore`.
    """
    has_types = bool(scenario.types)
    ranged = any(has_range(each) for each in scenario.quantities.values())
    needs = {Part.SCREEN: has_types, Part.SWEEP: ranged, Part.EXPLORE: ranged}
    return tuple(each for each in Part if each in parts and needs.get(each, True))


def gather(
    scenario: Scenario,
    check: Check,
    parts: Collection[Part] = CHEAP,
    *,
    goal: str | None = None,
    pair: tuple[str, str] | None = None,
    workers: int | None = None,
    time_limit: float | None = 60.0,
    tell: Progress | None = None,
) -> Dossier:
    """Ask what a report tells beside the verdicts.

    Parameters
    ----------
    scenario : that was checked, with the settings in force
    check : its verdicts; the same plans are looked at
    parts : what to ask
    goal : for `design`; None for the one that `find_goal` gives
    pair : paths of the numbers to explore; None for the two on which most verdicts hang
    workers : processes of the sweep; None for one a processor
    time_limit : seconds for payoff sets where a compared plan needs them
    tell : told what is being asked

    Raises
    ------
    DetenteError
        As the questions do: for a goal, a number or a plan that is none, where a screen finds no
        types or a sweep no ranges.
    """
    say = tell or (lambda _: None)
    plans = [verdict.plan for verdict in check.verdicts]
    say("looking for what the verdicts hang on")
    prober = Prober(scenario, READINGS, 0.0)
    leanings = tuple(find_leaning(scenario, plan, prober) for plan in plans)
    asked = _Asker(scenario, plans, check.settings, leanings, say)
    return Dossier(
        leanings=leanings,
        parts=tuple(each for each in Part if each in parts),
        exploring=asked.explore(pair) if Part.EXPLORE in parts else None,
        comparison=asked.compare(time_limit) if Part.COMPARE in parts else None,
        mendings=asked.mend() if Part.MEND in parts else (),
        designing=asked.design(goal) if Part.DESIGN in parts else None,
        screenings=asked.screen() if Part.SCREEN in parts else (),
        sweep=asked.sweep(workers) if Part.SWEEP in parts else None,
    )


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks one question after the other about the same plans; loads each when it is asked."""

    scenario: Scenario
    plans: Sequence[str]
    settings: Sequence[str]
    leanings: Sequence[Leaning]
    say: Progress

    def explore(self, pair: tuple[str, str] | None) -> Exploring | None:
        from detente.ask.exploring import explore  # noqa: PLC0415

        self.say("judging a grid of two numbers")
        return explore(self.scenario, pair, self.plans, self.settings, leanings=self.leanings)

    def compare(self, time_limit: float | None) -> Comparison:
        from detente.ask.compare import compare  # noqa: PLC0415

        self.say("comparing the plans")
        return compare([self.scenario], self.plans, settings=self.settings, time_limit=time_limit)

    def mend(self) -> tuple[Mending, ...]:
        from detente.ask.mending.mend import mend  # noqa: PLC0415

        found = []
        for plan in self.plans:
            self.say(f"looking for what would make {plan} hold")
            found.append(mend(self.scenario, plan, settings=self.settings, best_pair=True))
        return tuple(found)

    def design(self, goal: str | None) -> Designing:
        from detente.ask.design import design  # noqa: PLC0415

        wanted = find_goal(self.scenario, self.plans) if goal is None else goal
        self.say(f"designing plans for {wanted}")
        return design(self.scenario, wanted, settings=self.settings)

    def screen(self) -> tuple[Screening, ...]:
        from detente.ask.screen import screen  # noqa: PLC0415

        found = []
        for plan in self.plans:
            self.say(f"screening {plan}")
            # Without types, `screen` itself says so.
            for party in self.scenario.types or (None,):
                found.append(screen(self.scenario, plan, party, settings=self.settings))
        return tuple(found)

    def sweep(self, workers: int | None) -> Sweep:
        from detente.ask.sweeping.sweep import sweep  # noqa: PLC0415

        self.say(f"sweeping the ranges with {SAMPLES} samples")
        return sweep(
            self.scenario,
            self.plans,
            settings=self.settings,
            samples=SAMPLES,
            seed=SEED,
            workers=workers,
        )


def find_goal(scenario: Scenario, plans: Sequence[str]) -> str:
    """Give the goal that the plans seem to have, as `design` reads it.

    It is the furthest level to which one of the plans moves each ladder that inspectors watch;
    where they move none of these, whatever the first plan ends with.

    Examples
    --------
    >>> from detente.library import find_scenario
    >>> from detente.scenario.reading import read_scenario
    >>> find_goal(read_scenario(find_scenario("singapore-2018")), ["framework", "phased"])
    'arsenal: none'
    """
    ends = [_end_of(scenario, plan) for plan in plans]
    watched = {each for inspection in scenario.inspections for each in inspection.watches}
    goal: dict[str, int] = {}
    for end in ends:
        for ladder in sorted(watched & set(end)):
            goal[ladder] = max(goal.get(ladder, 0), end[ladder])
    goal = goal or ends[0]
    names = [(scenario.ladder(ladder), level) for ladder, level in goal.items()]
    return ", ".join(f"{ladder.id}: {ladder.levels[level].id}" for ladder, level in names)


def _end_of(scenario: Scenario, plan: str) -> dict[str, int]:
    """Give the levels of ladders at which a plan leaves them elsewhere than they stand today."""
    end: dict[str, int] = {}
    for step in scenario.plan(plan).steps:
        end.update(step.targets)
    return {name: level for name, level in end.items() if level != scenario.ladder(name).today}
