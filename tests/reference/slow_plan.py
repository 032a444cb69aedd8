"""A slow, plain evaluator of plans, written from docs/rules.md alone (R13 to R22, R26).

Dicts, tuples and value iteration only; nothing of the compiler or of the judging is used.
It knows the readings "return to no deal" (what is open leads to no deal too) and "as written".
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from detente.scenario.model import Quantity, Response, Trigger
from reference.slow_world import VALUE_TOL, Act, NoDeal, State, World


class Part(NamedTuple):
    """R13, R14: a step, or a part of it where one party moves first; the last is settled."""

    step: int  # from 0; the number of steps when settled
    force: tuple[int, ...]  # the levels in force
    lasts: int  # periods


class Stage(NamedTuple):
    """Where a plan stands: in which part, for how long.

    During a response `trigger` and `party` name it; it has `left` periods to go, and the plan
    resumes at `part`.
    """

    part: int
    passed: int
    trigger: Trigger | None = None
    party: int = -1
    left: float = math.inf


Node = tuple[Stage | None, State]  # None: no deal
Chances = dict[Node, float]


@dataclass(frozen=True)
class Judgement:
    """Margins of a plan under one reading; steps count from 1."""

    steps: dict[tuple[int, str], float]
    others: float  # the worst in responses, and after them
    entry: dict[str, float]

    @property
    def worst(self) -> float:
        return min([self.others, *self.steps.values()])


class SlowPlan:
    """One plan under one reading: a graph of nodes, their values and margins."""

    def __init__(self, world: World, no_deal: NoDeal, plan: str, as_written: bool) -> None:
        self.world, self.no_deal, self.as_written = world, no_deal, as_written
        self.plan = world.scenario.plan(plan)
        self.parts = self.find_parts()
        self.values: dict[Node, list[float]] = {}

    def find_parts(self) -> list[Part]:
        """R13, R14."""
        number, ladders = self.world.number, self.world.ladders
        force = list(self.world.today.levels)
        parts = []
        for k, step in enumerate(self.plan.steps):
            lasts = self.periods(step.lasts)
            first = [n for n in step.targets if ladders[number[n]].holders == (step.first,)]
            if step.first is not None and len(first) < len(step.targets):
                for name in first:
                    force[number[name]] = step.targets[name]
                parts.append(Part(k, tuple(force), 1))
                lasts -= 1
            for name, level in step.targets.items():
                force[number[name]] = level
            parts.append(Part(k, tuple(force), max(1, lasts)))
        return [*parts, Part(len(self.plan.steps), tuple(force), 1)]

    def periods(self, time: Quantity | None) -> int:
        """Round a time up to whole periods, at least one."""
        if time is None:
            return 1
        return max(1, math.ceil(self.world.scenario.value(time) / self.world.clock - 1e-9))

    # -- where the plan goes -------------------------------------------------------------

    def begin(self, part: int) -> Stage | None:
        """R20: a part begins; without a settled phase what follows is open."""
        if part == len(self.parts) - 1 and self.plan.later_steps_open:
            return None
        return Stage(part, 0)

    def proceed(self, stage: Stage, state: State) -> Stage | None:
        """R13: a part goes on or is over; the settled phase stays."""
        part = self.parts[stage.part]
        if stage.part == len(self.parts) - 1:
            return stage
        passed = min(stage.passed + 1, part.lasts)
        there = all(
            ladder.renewed or state.levels[j] == part.force[j]
            for j, ladder in enumerate(self.world.ladders)
        )
        return (
            self.begin(stage.part + 1)
            if there and passed == part.lasts
            else Stage(stage.part, passed)
        )

    def written(self, trigger: Trigger, i: int) -> Response | None:
        """R16: what the plan writes, if that is to be heeded."""
        party = self.world.parties[i]
        response = self.plan.responses.get((trigger, party))
        if response is None and trigger is Trigger.ALARM:
            response = self.plan.responses.get((Trigger.BROKEN, party))
        return response if self.as_written else None

    def start(self, response: Response | None, part: int) -> Stage | None:
        """R17: a response begins; no deal where nothing is written."""
        if response is None:
            return None
        time = response.duration
        endless = time is None or math.isinf(self.world.scenario.value(time))
        left = math.inf if endless else self.periods(time)
        return Stage(part, 0, response.trigger, self.world.parties.index(response.party), left)

    def look_at_governments(self, part: int, plain: Stage | None, state: State) -> Stage | None:
        """R16: a hostile government in office stops the plan, unless it is ignored."""
        for i, hostile in enumerate(state.hostile):
            response = self.written(Trigger.HOSTILE, i)
            if hostile and (response is None or not response.ignored):
                return self.start(response, part)
        return plain

    def quiet(self, stage: Stage, state: State) -> Stage | None:
        """What follows when all keep to the plan and no alarm is raised."""
        if stage.trigger is None:
            return self.look_at_governments(stage.part, self.proceed(stage, state), state)
        response = self.plan.responses[stage.trigger, self.world.parties[stage.party]]
        waits = stage.trigger is Trigger.HOSTILE and state.hostile[stage.party]
        if waits and stage.left <= 1:
            return None  # R17: it is not waited for longer
        if waits or (stage.trigger is not Trigger.HOSTILE and stage.left > 1):
            return stage._replace(left=stage.left - 1)
        if not response.resume:
            return None
        return self.look_at_governments(stage.part, self.begin(stage.part), state)

    def after(self, stage: Stage, state: State, alarms: tuple[int, ...]) -> Stage | None:
        """R16, R18: what follows when all keep to the plan; the first alarm counts."""
        for i in alarms:
            response = self.written(Trigger.ALARM, i)
            if response is not None and response.ignored:
                continue
            if stage.trigger in (Trigger.BROKEN, Trigger.ALARM):
                response = self.plan.responses[stage.trigger, self.world.parties[stage.party]]
            return self.start(response, stage.part)
        return self.quiet(stage, state)

    # -- what the plan asks --------------------------------------------------------------

    def prescribed(self, stage: Stage, state: State) -> tuple[Act, ...]:
        """R13, R17: what everybody does at a node."""
        goals = list(self.parts[stage.part].force)
        if stage.trigger is not None:
            response = self.plan.responses[stage.trigger, self.world.parties[stage.party]]
            for j, ladder in enumerate(self.world.ladders):
                goals[j] = goals[j] if ladder.renewed else state.levels[j]
                goals[j] = response.targets.get(ladder.id, goals[j])
        acts = []
        for i in range(len(self.world.parties)):
            sends = tuple(
                self.world.toward(j, state.levels[j], goals[j]) for j in self.world.held[i]
            )
            acts.append(self.world.forced(state, i) or Act(sends, False))
        return tuple(acts)

    def follow(self, node: Node, acts: tuple[Act, ...], breach_by: int | None) -> Chances:
        """Chances of the next nodes; R15 and R18 where somebody breaches."""
        stage, state = node
        assert stage is not None
        response = None if breach_by is None else self.written(Trigger.BROKEN, breach_by)
        if stage.trigger is not None:
            response = None
        elif response is not None and response.ignored:
            breach_by = None  # as if nothing had happened
        found: Chances = {}
        signals = self.world.alarms(state, acts)
        for after, p in self.world.next_states(state, self.world.together(acts)).items():
            for alarms, q in signals.items():
                if breach_by is None:
                    then = self.after(stage, after, alarms)
                else:
                    then = self.start(response, stage.part)
                found[then, after] = found.get((then, after), 0.0) + p * q
        return found

    def deviations(self, node: Node, i: int) -> Iterator[tuple[tuple[Act, ...], Chances]]:
        """R15: everything else party i may do, with what it leads to."""
        stage, state = node
        assert stage is not None
        asked = self.prescribed(stage, state)
        for act in self.world.options(state, i):
            acts = (*asked[:i], act, *asked[i + 1 :])
            breach = self.world.together(acts) != self.world.together(asked)
            if breach or act.cheats:
                yield acts, self.follow(node, acts, i if breach else None)

    # -- values and margins --------------------------------------------------------------

    def judge(self) -> Judgement:
        """R21, R22, R26."""
        start: Node = (self.begin(0), self.world.today)
        nodes = self.reach([start], breaches=True)
        own = self.reach([start], responses=False)
        self.evaluate(nodes)
        steps: dict[tuple[int, str], float] = {}
        others = math.inf
        for node in nodes:
            assert node[0] is not None
            for i, party in enumerate(self.world.parties):
                margin = self.margin(node, i)
                if node in own:
                    key = (self.parts[node[0].part].step + 1, party)
                    steps[key] = min(steps.get(key, math.inf), margin)
                else:
                    others = min(others, margin)
        steps = {key: margin for key, margin in steps.items() if margin < math.inf}
        entry = dict(zip(self.world.parties, self.values[start], strict=True))
        return Judgement(steps, others, entry)

    def reach(
        self, start: list[Node], breaches: bool = False, responses: bool = True
    ) -> dict[Node, None]:
        """Nodes of the plan that play leads to, with or without breaches and responses."""
        found = dict.fromkeys(start)
        waiting = list(found)
        while waiting:
            stage, state = node = waiting.pop()
            assert stage is not None
            ways = [self.follow(node, self.prescribed(stage, state), None)]
            if breaches:
                parties = range(len(self.world.parties))
                ways += [then for i in parties for _, then in self.deviations(node, i)]
            for after in itertools.chain(*ways):
                allowed = after[0] is not None and (responses or after[0].trigger is None)
                if allowed and after not in found:
                    found[after] = None
                    waiting.append(after)
        return found

    def evaluate(self, nodes: dict[Node, None]) -> None:
        """Values when all keep to the plan, by value iteration."""
        self.values = {node: [0.0 for _ in self.world.parties] for node in nodes}
        table = []
        for node, values in self.values.items():
            assert node[0] is not None
            acts = self.prescribed(node[0], node[1])
            then = self.follow(node, acts, None)
            later = [(p, self.values_at(after)) for after, p in then.items()]
            table.append((values, self.world.flow(node[1], acts), later))
        table.reverse()  # what comes later first: fewer sweeps
        change = math.inf
        while change > VALUE_TOL:
            change = 0.0
            for values, flow, later in table:
                for i, delta in enumerate(self.world.delta):
                    value = (1.0 - delta) * flow[i] + delta * sum(p * v[i] for p, v in later)
                    change = max(change, abs(value - values[i]) / (1.0 - delta))
                    values[i] = value

    def values_at(self, node: Node) -> list[float]:
        """Every party's value of a node, or of no deal."""
        if node[0] is None:
            return [values[node[1]] for values in self.no_deal.values]
        return self.values[node]

    def worth(self, i: int, state: State, acts: tuple[Act, ...], then: Chances) -> float:
        """R7: this period's points, and what follows."""
        later = sum(p * self.values_at(after)[i] for after, p in then.items())
        delta = self.world.delta[i]
        return (1.0 - delta) * self.world.flow(state, acts)[i] + delta * later

    def margin(self, node: Node, i: int) -> float:
        """R22: staying minus the best single deviation; infinite where there is none."""
        leaving = [self.worth(i, node[1], acts, then) for acts, then in self.deviations(node, i)]
        return self.values[node][i] - max(leaving, default=-math.inf)
