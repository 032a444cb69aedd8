"""The verdicts on a scenario's plans at many sets of numbers, as fast as can be.

Mending and sweeping ask the same question thousands of times with other numbers. What does not
depend on them (states, moves, the automata of plans, the pattern of every list) is made once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detente.arrays import FloatArray
from detente.ask.check import ALL_READINGS, judge_plan
from detente.ask.deciding import Decision, decide_plan
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Reading, Verdict
from detente.compile.build import Compiled, compile_scenario
from detente.errors import DetenteError, Problem
from detente.library import select_plans
from detente.scenario.checks import check_values
from detente.scenario.model import Scenario, Unit
from detente.scenario.problems import Problems
from detente.scenario.quantity import MAX_NUMBER


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdicts at one set of numbers.

    Attributes
    ----------
    values : the numbers that were changed, by full path
    no_deal : float64 (P,), values of no deal today, points per year
    found : whether the search for no deal ended
    verdicts : one a plan, in the order asked for
    """

    values: Mapping[str, float]
    no_deal: FloatArray
    found: bool
    verdicts: tuple[Verdict, ...]


class Checker:
    """Judges plans of one scenario at any numbers; its answers are those of `check` to the bit.

    Parameters
    ----------
    scenario : as read
    plans : ids of plans; all where None
    readings : readings of a breach; all where None
    time_limit : seconds for the payoff sets, where a verdict needs them; None for no limit, 0 to
        compute none (what needs them is then undecided)

    Raises
    ------
    DetenteError
        For a plan that does not exist, or a game that is too large.

    Examples
    --------
    >>> from detente.library import find_scenario
    >>> from detente.scenario.reading import read_scenario
    >>> checker = Checker(read_scenario(find_scenario("singapore-2018")), ["phased"])
    >>> today = checker.judge()
    >>> blind = checker.judge({"inspection.inspectors.catches": 0.0})
    >>> str(today.verdicts[0].answer)
    'holds'
    >>> str(checker.decide()[0].answer)
    'holds'
    """

    def __init__(
        self,
        scenario: Scenario,
        plans: Sequence[str] | None = None,
        readings: Sequence[Reading] | None = None,
        *,
        time_limit: float | None = 60.0,
    ) -> None:
        self._scenario = scenario
        self._plans = select_plans(scenario, plans or ())
        self._asked = tuple(r for r in ALL_READINGS if readings is None or r in readings)
        self._time_limit = time_limit
        self._base: Compiled | None = None

    def judge(self, values: Mapping[str, float] | None = None) -> Judgement:
        """Judge the plans.

        Parameters
        ----------
        values : numbers by full path (`Scenario.quantities`), in their unit, that differ from the
            file's

        Raises
        ------
        DetenteError
            Where the scenario makes no sense with them.
        KeyError
            For a path that the scenario does not have.
        """
        knower = self._know(values or {})
        scales = payoff_scales(knower.compiled, knower.no_deal)
        return Judgement(
            values=dict(values or {}),
            no_deal=knower.no_deal.values[0].copy(),
            found=knower.no_deal.found,
            verdicts=tuple(judge_plan(knower, p, self._asked, scales) for p in self._plans),
        )

    def decide(self, values: Mapping[str, float] | None = None) -> tuple[Decision, ...]:
        """Give the answers of `judge` alone, one a plan, several times as fast.

        The first reading asked for has all its margins; the others have their answers only.

        Parameters
        ----------
        values : as of `judge`

        Raises
        ------
        DetenteError, KeyError
            As `judge`.
        """
        knower = self._know(values or {})
        scales = payoff_scales(knower.compiled, knower.no_deal)
        return tuple(decide_plan(knower, plan, self._asked, scales) for plan in self._plans)

    def _know(self, values: Mapping[str, float]) -> Knower:
        for path in values:
            if path not in self._scenario.quantities:
                raise KeyError(path)
        compiled = self.compile(values)
        return Knower(compiled, find_no_deal(compiled), self._time_limit)

    def compile(self, values: Mapping[str, float]) -> Compiled:
        """Compile the scenario at other numbers, reusing what does not depend on them."""
        scenario = self._scenario.with_values(values) if values else self._scenario
        if values:
            refuse_outside(self._scenario, values)
            found = Problems(scenario.file, scenario.text)
            check_values(scenario, found)
            found.raise_all()
        compiled = compile_scenario(scenario, self._base)
        if self._base is None:
            self._base = compiled
        return compiled


def refuse_outside(scenario: Scenario, values: Mapping[str, float]) -> None:
    """Refuse numbers beyond the limits of their units, which reading a file refuses too.

    Raises
    ------
    DetenteError
        E124
    """
    problems = []
    for path, value in values.items():
        unit = scenario.quantities[path].unit
        if unit in (Unit.CHANCE, Unit.RATE):
            fits = 0 <= value <= 1
        elif unit is Unit.PATIENCE:
            fits = 0 < value < 1
        elif unit is Unit.YEARS:
            fits = value >= 0
        else:
            fits = abs(value) <= MAX_NUMBER
        if not fits:
            problems.append(
                Problem(
                    "E124",
                    f"{path}: {value:g} is beyond the limits of its unit ({unit.value})",
                    remedy="chances lie from 0 to 1, patience between them; times are not negative",
                )
            )
    if problems:
        raise DetenteError(problems)
