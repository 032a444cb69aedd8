"""The worst margin of a plan at given numbers, as quickly as can be."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.ask.checker import Checker
from detente.ask.judge import DEFAULT_OPENING, TOL_ZERO, judge, make_openness, payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.margins import Ends, NodeMargins, node_margins, node_values
from detente.ask.mending.records import Worst
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Reading, ReadingResult
from detente.compile.plan import End, Openness, PlanGraph
from detente.errors import DetenteError
from detente.scenario.model import Plan, Scenario


@dataclass(frozen=True, slots=True)
class Probe:
    """The verdict at some numbers.

    ``worst`` is None where the scenario makes no sense, or where it is not known what happens
    without a deal.
    """

    answer: Answer
    worst: Worst | None

    @property
    def holds(self) -> bool:
        """Whether the plan holds."""
        return self.answer is Answer.HOLDS

    @property
    def height(self) -> float:
        """The worst margin in units of payoff ranges; -inf where there is none."""
        return -math.inf if self.worst is None else self.worst.units


UNKNOWN = Probe(Answer.UNDECIDED, None)


class Prober:
    """Judges plans of a scenario at many numbers under the readings that count.

    A plan holds where it does under one of the readings, each with what it takes for the plan's
    open path (R28 of docs/rules.md for the first two). The worst margin is that of the reading
    that gives it most; where as written surely fails, that of the milder reading.

    Parameters
    ----------
    scenario : as read
    readings : which of them suffice, mildest first
    time_limit : seconds for payoff sets, where the harshest reading needs them
    """

    def __init__(
        self, scenario: Scenario, readings: tuple[Reading, ...], time_limit: float | None
    ) -> None:
        self.scenario = scenario
        self.readings = readings
        self.count = 0
        self._time_limit = time_limit
        self._checker = Checker(scenario, None, readings, time_limit=time_limit)
        self._scales: FloatArray | None = None
        self._known: dict[tuple[str, tuple[tuple[str, float], ...]], Probe] = {}

    def probe(self, plan: Plan, values: Mapping[str, float] | None = None) -> Probe:
        """Give the verdict and the worst margin at numbers by full path, in their units."""
        changed = {
            path: value
            for path, value in (values or {}).items()
            if value != self.scenario.values[path]
        }
        key = plan.id, tuple(sorted(changed.items()))
        if key not in self._known:
            if changed and self._scales is None:
                self.probe(plan)  # margins are told in units of the file's own payoffs
            self.count += 1
            try:
                self._known[key] = self._probe(plan, changed)
            except DetenteError:
                self._known[key] = UNKNOWN  # such numbers make no sense in this scenario
        return self._known[key]

    def judge(self, plan: Plan, values: Mapping[str, float]) -> tuple[Answer, ReadingResult | None]:
        """Judge as `check` does; give the mildest reading's result that suffices, else the first.

        Where the numbers make no sense in the scenario: undecided, and no result.
        """
        try:
            knower = self._know(values)
        except DetenteError:
            return Answer.UNDECIDED, None
        scales = payoff_scales(knower.compiled, knower.no_deal)
        results: list[ReadingResult] = []
        for reading in self.readings:
            failed = reading is Reading.WRITTEN and len(results) > 0
            if failed and self._fails_as_written(knower, plan, scales):
                continue
            found = judge(knower, plan, reading, DEFAULT_OPENING[reading], scales).result
            if found.answer is Answer.HOLDS:
                return Answer.HOLDS, found
            results.append(found)
        unsure = any(each.answer is Answer.UNDECIDED for each in results)
        return (Answer.UNDECIDED if unsure else Answer.FAILS), results[0]

    def _know(self, values: Mapping[str, float]) -> Knower:
        compiled = self._checker.compile(values)
        needs_all = Reading.HARSHEST in self.readings
        return Knower(compiled, find_no_deal(compiled, several=needs_all), self._time_limit)

    def _probe(self, plan: Plan, values: Mapping[str, float]) -> Probe:
        knower = self._know(values)
        scales = payoff_scales(knower.compiled, knower.no_deal)
        if self._scales is None:
            self._scales = scales
        best: Probe | None = None
        for reading in self.readings:
            if reading is Reading.HARSHEST:
                found = self._probe_harshest(knower, plan, scales)
            elif reading is Reading.WRITTEN and best is not None and best.worst is not None:
                if self._fails_as_written(knower, plan, scales):
                    continue
                found = self._probe_reading(knower, plan, reading, scales)
            else:
                found = self._probe_reading(knower, plan, reading, scales)
            if found.holds:
                return found
            best = found if best is None else _better(best, found)
        if best is None:
            raise ValueError("no reading was asked for")
        return best

    def _probe_reading(
        self, knower: Knower, plan: Plan, reading: Reading, scales: FloatArray
    ) -> Probe:
        graph = knower.graph(plan, make_openness(reading, DEFAULT_OPENING[reading]))
        ends = Ends(knower.no_deal.values)
        found = node_margins(graph, node_values(graph, ends), ends)
        rests = any(end is End.NO_DEAL for end, _ in graph.ends)
        if not knower.no_deal.found and rests:
            return UNKNOWN  # margins over a policy that nobody would keep to say nothing
        kept = bool((found.margin >= -TOL_ZERO * scales[found.party]).all())
        answer = Answer.HOLDS if kept else Answer.FAILS
        return Probe(answer, self._worst(graph, found, reading))

    def _worst(self, graph: PlanGraph, found: NodeMargins, reading: Reading) -> Worst | None:
        if not len(found) or self._scales is None:
            return None
        units = found.in_units(self._scales)
        place = int(np.argmin(units))
        step = graph.step_of(int(found.node[place]))
        steps = graph.plan.steps
        return Worst(
            margin=float(found.margin[place]),
            units=float(units[place]),
            party=graph.compiled.scenario.parties[int(found.party[place])].id,
            step=step + 1,
            step_id=steps[step].id if step < len(steps) else "settled",
            reading=reading,
        )

    def _fails_as_written(self, knower: Knower, plan: Plan, scales: FloatArray) -> bool:
        """Whether hidden cheating on the path alone breaks the plan as written.

        A quick look: it needs no responses to breaches (as in `holds_without_threats`).
        """
        if not knower.no_deal.found:
            return False
        graph = knower.graph(plan, Openness(False, True, False))
        ends = Ends(knower.no_deal.values)
        found = node_margins(graph, node_values(graph, ends), ends)
        towards = knower.compiled.tables.towards
        hidden = (towards[found.option] == towards[graph.node_profile[found.node]]).all(axis=1)
        return bool((hidden & (found.in_units(scales) < -TOL_ZERO)).any())

    def _probe_harshest(self, knower: Knower, plan: Plan, scales: FloatArray) -> Probe:
        opening = DEFAULT_OPENING[Reading.HARSHEST]
        result = judge(knower, plan, Reading.HARSHEST, opening, scales).result
        number = {party.id: n for n, party in enumerate(knower.compiled.scenario.parties)}
        base = self._scales if self._scales is not None else scales
        worst = None
        for each in result.margins:
            units = each.margin / float(base[number[each.party]])
            if math.isfinite(units) and (worst is None or units < worst.units):
                worst = Worst(
                    each.margin, units, each.party, each.step, each.step_id, Reading.HARSHEST
                )
        return Probe(result.answer, worst)


def _better(one: Probe, other: Probe) -> Probe:
    """Give the higher of two failing probes; undecided where one of them is."""
    higher = other if other.height > one.height else one
    unsure = Answer.UNDECIDED in (one.answer, other.answer)
    return Probe(Answer.UNDECIDED, higher.worst) if unsure else higher
