"""A plan as an automaton: phases over public states, with what follows every outcome.

Rules R13 to R20 of docs/rules.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from detente.compile.build import Compiled, Profile, alarm_patterns
from detente.compile.moves import Choice
from detente.scenario.model import Plan, Response, Step, Trigger


class End(StrEnum):
    """How play can leave the automaton."""

    NO_DEAL = "no deal"
    OPEN_ALARM = "alarm"  # the plan does not say; about which party stands in `party`
    OPEN_HOSTILE = "hostile government"
    OPEN_LATER = "later steps"
    PUNISHED = "punished"  # a breach by `party`, met by the harshest credible punishment


@dataclass(frozen=True, slots=True)
class Phase:
    """Where the plan stands.

    ``stage`` counts the parts of steps in order; the settled phase comes after the last.
    ``left`` counts the periods that the phase still lasts at least (steps) or exactly
    (responses; 0 = for ever).
    """

    stage: int
    left: int = 1
    response: tuple[Trigger, str] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where an outcome leads: a node, or an end at a base state."""

    node: int = -1
    end: End | None = None
    row: int = -1
    party: int = -1


Outcome = tuple[Target, float]


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a step: the levels that all ladders stand at when it is done."""

    step: int  # counts from 0
    goals: tuple[int, ...]
    periods: int


@dataclass(frozen=True, slots=True)
class PlanNode:
    """A phase at a base state with its prescribed profile and its outcomes on the path."""

    phase: Phase
    row: int
    profile: Profile
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Openness:
    """How breaches and open outcomes are read while the automaton is built."""

    written_breach: bool
    harshest_breach: bool
    written_open: bool
    best_open: bool


@dataclass(slots=True)
class PlanGraph:
    """The nodes that the plan reaches from today's state under one openness."""

    compiled: Compiled
    plan: Plan
    openness: Openness
    stages: tuple[Stage, ...]
    nodes: list[PlanNode] = field(default_factory=list)
    number: dict[tuple[Phase, int], int] = field(default_factory=dict)
    _queue: list[tuple[Phase, int]] = field(default_factory=list)

    def step_of(self, node: int) -> int:
        """Give the step (from 0; the number of steps when settled) that a node belongs to."""
        stage = self.nodes[node].phase.stage
        return self.stages[stage].step if stage < len(self.stages) else len(self.plan.steps)

    def _node(self, phase: Phase, row: int) -> Target:
        key = (phase, row)
        if key not in self.number:
            self.number[key] = len(self.number)
            self._queue.append(key)
        return Target(node=self.number[key])

    def _periods(self, response: Response) -> int:
        if response.duration is None:
            return 0
        years = self.compiled.scenario.value(response.duration)
        if math.isinf(years):
            return 0
        return max(1, math.ceil(years / self.compiled.mover.clock_years - 1e-9))

    def _open(self, end: End, row: int, party: int) -> Target:
        return Target(end=end if self.openness.best_open else End.NO_DEAL, row=row, party=party)

    def _stage_phase(self, stage: int, row: int) -> Target:
        if stage == len(self.stages) and self.plan.later_steps_open:
            return self._open(End.OPEN_LATER, row, -1)
        periods = self.stages[stage].periods if stage < len(self.stages) else 1
        return self._node(Phase(stage, periods), row)

    def _respond(self, response: Response, stage: int, row: int) -> Target:
        key = (response.trigger, response.party)
        return self._node(Phase(stage, self._periods(response), key), row)

    def after_breach(self, phase: Phase, party: int, row: int) -> Target:
        """Give what follows a visible breach by a party."""
        if self.openness.harshest_breach:
            return Target(end=End.PUNISHED, row=row, party=party)
        name = self.compiled.layout.parties[party]
        response = self.plan.responses.get((Trigger.BROKEN, name))
        if not self.openness.written_breach or response is None or phase.response is not None:
            return Target(end=End.NO_DEAL, row=row)
        if response.ignored:
            return self._node(phase, row)
        return self._respond(response, phase.stage, row)

    def follow(self, phase: Phase, alarms: tuple[int, ...], row: int) -> Target:
        """Give what follows when everybody was seen to comply."""
        alarm = self._after_alarm(phase, alarms, row)
        if alarm is not None:
            return alarm
        if phase.response is None:
            return self._go_on(phase, row)
        response = self.plan.responses[phase.response]
        if response.trigger is Trigger.HOSTILE:
            if not self.compiled.layout.any_hostile(self.compiled.states[row]):
                return self._finish(response, phase.stage, row)
            if phase.left == 1:
                return Target(end=End.NO_DEAL, row=row)
        elif phase.left == 1:
            return self._finish(response, phase.stage, row)
        return self._node(Phase(phase.stage, max(0, phase.left - 1), phase.response), row)

    def _after_alarm(self, phase: Phase, alarms: tuple[int, ...], row: int) -> Target | None:
        if not alarms:
            return None
        if not self.openness.written_open:
            return self._open(End.OPEN_ALARM, row, alarms[0])
        name = self.compiled.layout.parties[alarms[0]]
        response = self.plan.responses.get((Trigger.ALARM, name))
        response = response or self.plan.responses.get((Trigger.BROKEN, name))
        if response is None:
            return Target(end=End.NO_DEAL, row=row)
        return None if response.ignored else self._respond(response, phase.stage, row)

    def _finish(self, response: Response, stage: int, row: int) -> Target:
        if not response.resume:
            return Target(end=End.NO_DEAL, row=row)
        hostile = self._hostile(stage, row)
        return hostile if hostile is not None else self._stage_phase(stage, row)

    def _hostile(self, stage: int, row: int) -> Target | None:
        """Give what follows while some government is hostile; None where the plan goes on."""
        layout = self.compiled.layout
        for party in layout.hostile_parties(self.compiled.states[row]):
            response = self.plan.responses.get((Trigger.HOSTILE, layout.parties[party]))
            if not self.openness.written_open:
                return self._open(End.OPEN_HOSTILE, row, party)
            if response is None:
                return Target(end=End.NO_DEAL, row=row)
            if not response.ignored:
                return self._respond(response, stage, row)
        return None

    def _go_on(self, phase: Phase, row: int) -> Target:
        hostile = self._hostile(phase.stage, row)
        if hostile is not None:
            return hostile
        if phase.stage == len(self.stages):
            return self._node(phase, row)
        layout, state = self.compiled.layout, self.compiled.states[row]
        goals = self.stages[phase.stage].goals
        done = all(layout.level(state, k) == goals[k] for k in layout.lasting)
        if done and phase.left == 1:
            return self._stage_phase(phase.stage + 1, row)
        return self._node(Phase(phase.stage, max(1, phase.left - 1)), row)

    def prescribed(self, phase: Phase, row: int) -> Profile:
        """Give the profile that the plan asks for; a hostile government does its own."""
        compiled = self.compiled
        layout, state = compiled.layout, compiled.states[row]
        stage = min(phase.stage, len(self.stages) - 1)
        goals = list(self.stages[stage].goals)
        if phase.response is not None:
            for k in layout.lasting:
                goals[k] = layout.level(state, k)
            response = self.plan.responses[phase.response]
            for ladder, target in response.targets.items():
                goals[ladder_number(compiled, ladder)] = target
        profile = []
        for party in range(compiled.n_parties):
            if layout.hostile(state, party):
                profile.append(Choice(compiled.mover.hostile_move(state, party)))
                continue
            profile.append(
                Choice(
                    tuple(
                        compiled.mover.towards(k, layout.level(state, k), goals[k])
                        for k in layout.held[party]
                    )
                )
            )
        return tuple(profile)

    def outcomes(self, phase: Phase, row: int, profile: Profile) -> tuple[Outcome, ...]:
        """Give the outcomes of a profile that nobody is seen to deviate with."""
        compiled = self.compiled
        rows, chances = compiled.next_rows(row, compiled.resolve(row, profile))
        found: dict[Target, float] = {}
        everyone = tuple(range(compiled.n_parties))
        for alarms, alarm_chance in alarm_patterns(compiled, row, profile, everyone):
            for following, chance in zip(rows, chances, strict=True):
                target = self.follow(phase, alarms, following)
                found[target] = found.get(target, 0.0) + chance * alarm_chance
        return tuple(found.items())

    def deviation_outcomes(
        self, node: int, party: int, choice: Choice
    ) -> tuple[Profile, tuple[Outcome, ...]]:
        """Give the profile and the outcomes when a party deviates once at a node."""
        here = self.nodes[node]
        profile = (*here.profile[:party], choice, *here.profile[party + 1 :])
        if choice.targets == here.profile[party].targets:
            return profile, self.outcomes(here.phase, here.row, profile)
        rows, chances = self.compiled.next_rows(here.row, self.compiled.resolve(here.row, profile))
        found = [
            (self.after_breach(here.phase, party, following), chance)
            for following, chance in zip(rows, chances, strict=True)
        ]
        return profile, tuple(found)

    def deviations(self, node: int, party: int) -> tuple[Choice, ...]:
        """Give a party's actions at a node other than the prescribed one."""
        here = self.nodes[node]
        return tuple(
            each for each in self.compiled.choices[here.row][party] if each != here.profile[party]
        )

    def grow(self) -> None:
        """Add every node reached on the path, and, as written, after any single breach."""
        while self._queue:
            phase, row = self._queue.pop(0)
            profile = self.prescribed(phase, row)
            self.nodes.append(PlanNode(phase, row, profile, self.outcomes(phase, row, profile)))
            if not self.openness.written_breach:
                continue
            node = len(self.nodes) - 1
            for party in range(self.compiled.n_parties):
                for choice in self.deviations(node, party):
                    self.deviation_outcomes(node, party, choice)


def ladder_number(compiled: Compiled, ladder: str) -> int:
    """Give a ladder's number by its id."""
    return next(k for k, each in enumerate(compiled.layout.ladders) if each.id == ladder)


def build_graph(compiled: Compiled, plan: Plan, openness: Openness) -> PlanGraph:
    """Build the automaton of a plan from today's state."""
    graph = PlanGraph(compiled, plan, openness, make_stages(compiled, plan))
    graph._stage_phase(0, 0)
    graph.grow()
    return graph


def make_stages(compiled: Compiled, plan: Plan) -> tuple[Stage, ...]:
    """Split the steps into parts: where one party moves first, it does so a period earlier."""
    levels = [ladder.today for ladder in compiled.layout.ladders]
    stages = []
    for index, step in enumerate(plan.steps):
        periods = _step_periods(compiled, step)
        early = _moved_first(compiled, step)
        if early and len(early) < len(step.targets):
            for ladder in early:
                levels[ladder_number(compiled, ladder)] = step.targets[ladder]
            stages.append(Stage(index, tuple(levels), 1))
            periods -= 1
        for ladder, target in step.targets.items():
            levels[ladder_number(compiled, ladder)] = target
        stages.append(Stage(index, tuple(levels), max(1, periods)))
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
    if step.lasts is None:
        return 1
    years = compiled.scenario.value(step.lasts)
    return max(1, math.ceil(years / compiled.mover.clock_years - 1e-9))
