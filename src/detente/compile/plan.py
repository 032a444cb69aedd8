"""A plan as an automaton: phases over public states, with what follows every outcome.

An outcome leads to a code: ``kind * S + row``, where the kind is a phase's number (then it is a
node) or an end's number (then play leaves the automaton at that base state). Rules R13 to R20 of
docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.build import Compiled
from detente.compile.moves import Choice
from detente.compile.stages import Stage, count_periods, make_stages
from detente.scenario.model import Plan, Response, Trigger

END_BASE = 1_000_000


class End(StrEnum):
    """How play can leave the automaton."""

    NO_DEAL = "no deal"
    OPEN_ALARM = "alarm"
    OPEN_HOSTILE = "hostile government"
    OPEN_LATER = "later steps"


@dataclass(frozen=True, slots=True)
class Phase:
    """Where the plan stands.

    ``stage`` counts the parts of steps in order; the settled phase comes after the last.
    ``left`` counts the periods that the phase still lasts at least (steps) or exactly
    (responses); 0 = for ever.
    """

    stage: int
    left: int = 1
    response: tuple[Trigger, str] | None = None

    @property
    def family(self) -> tuple[int, tuple[Trigger, str] | None]:
        """What decides the prescribed profile."""
        return self.stage, self.response


@dataclass(frozen=True, slots=True)
class Openness:
    """How breaches and open outcomes are read while the automaton is built."""

    written_breach: bool
    written_open: bool
    best_open: bool


@dataclass(slots=True)
class PlanGraph:
    """The nodes that the plan reaches from today's state under one openness.

    Attributes
    ----------
    phases : by number; ends : by number, with the party an alarm or a government is about
    node_phase, node_row, node_profile : int64 (N,); the profile is a row of the tables
    number : int64 (phases, S), node number, -1 where not reached
    entry_node, entry_code, entry_chance : outcomes on the path, (E,)
    entry_alarm : int64 (E,), the party that the first alarm is about, -1 where there is none
    end_codes : the codes of ends that the path, or cheating once on it, leads to
    """

    compiled: Compiled
    plan: Plan
    openness: Openness
    stages: tuple[Stage, ...]
    phases: list[Phase] = field(default_factory=list)
    ends: list[tuple[End, int]] = field(default_factory=list)
    node_phase: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    node_row: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    node_profile: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    number: IntArray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    entry_node: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    entry_code: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    entry_chance: FloatArray = field(default_factory=lambda: np.zeros(0))
    entry_alarm: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    end_codes: set[int] = field(default_factory=set)
    _phase_number: dict[Phase, int] = field(default_factory=dict)
    _end_number: dict[tuple[End, int], int] = field(default_factory=dict)
    _quiet: dict[int, IntArray] = field(default_factory=dict)
    _profiles: dict[tuple[int, tuple[Trigger, str] | None], IntArray] = field(default_factory=dict)
    _responses: dict[tuple[Trigger, str, int], int] = field(default_factory=dict)

    @property
    def n_nodes(self) -> int:
        """Number of nodes N."""
        return len(self.node_row)

    def step_of(self, node: int) -> int:
        """Give the step (from 0; the number of steps when settled) that a node belongs to."""
        stage = self.phases[self.node_phase[node]].stage
        return self.stages[stage].step if stage < len(self.stages) else len(self.plan.steps)

    def _phase(self, phase: Phase) -> int:
        if phase not in self._phase_number:
            self._phase_number[phase] = len(self.phases)
            self.phases.append(phase)
        return self._phase_number[phase]

    def _end(self, end: End, party: int = -1) -> int:
        if end is not End.NO_DEAL and not self.openness.best_open:
            end, party = End.NO_DEAL, -1
        if (end, party) not in self._end_number:
            self._end_number[end, party] = END_BASE + len(self.ends)
            self.ends.append((end, party))
        return self._end_number[end, party]

    def _periods(self, response: Response) -> int:
        if response.duration is None:
            return 0
        return count_periods(self.compiled, response.duration)

    def _begin(self, stage: int) -> int:
        if stage == len(self.stages) and self.plan.later_steps_open:
            return self._end(End.OPEN_LATER)
        return self._phase(
            Phase(stage, self.stages[stage].periods if stage < len(self.stages) else 1)
        )

    def _respond(self, response: Response, stage: int) -> int:
        key = (response.trigger, response.party, stage)
        if key not in self._responses:
            phase = Phase(stage, self._periods(response), (response.trigger, response.party))
            self._responses[key] = self._phase(phase)
        return self._responses[key]

    def _answer(self, phase: int, party: int) -> Response | None:
        """Give what is written for a visible breach by a party, if that is to be heeded."""
        if not self.openness.written_breach or self.phases[phase].response is not None:
            return None
        return self.plan.responses.get((Trigger.BROKEN, self.compiled.layout.parties[party]))

    def ignores_breach(self, phase: int, party: int) -> bool:
        """Say whether the plan goes on as if nothing had happened when a party breaches."""
        response = self._answer(phase, party)
        return response is not None and response.ignored

    def after_breach(self, phase: int, party: int) -> int:
        """Give the kind that follows a visible breach by a party (harshest aside).

        Raises
        ------
        ValueError
            Where it is ignored: then what follows is as if the party had complied.
        """
        response = self._answer(phase, party)
        if response is None:
            return self._end(End.NO_DEAL)
        if response.ignored:
            raise ValueError("a breach that is ignored has no answer of its own")
        return self._respond(response, self.phases[phase].stage)

    def _alarm_response(self, party: int) -> Response | None:
        name = self.compiled.layout.parties[party]
        response = self.plan.responses.get((Trigger.ALARM, name))
        return response or self.plan.responses.get((Trigger.BROKEN, name))

    def ignores_alarm(self, party: int) -> bool:
        """Say whether the plan goes on as if nothing had happened after an alarm."""
        response = self._alarm_response(party) if self.openness.written_open else None
        return response is not None and response.ignored

    def after_alarm(self, phase: int, party: int) -> IntArray:
        """Give the codes that follow an alarm about a party, by next row: int64 (S,)."""
        rows = np.arange(self.compiled.n_states)
        kind = self._end(End.OPEN_ALARM, party)
        if self.ignores_alarm(party):
            return self.when_quiet(phase)
        if self.openness.written_open:
            response = self._alarm_response(party)
            here = self.phases[phase]
            if here.response is not None and here.response[0] is not Trigger.HOSTILE:
                response = self.plan.responses[here.response]  # it starts afresh
            if response is not None:
                kind = self._respond(response, here.stage)
        return kind * self.compiled.n_states + rows

    def when_quiet(self, phase: int) -> IntArray:
        """Give the codes that follow when all were seen to comply, by next row: int64 (S,)."""
        if phase not in self._quiet:
            rows = np.arange(self.compiled.n_states)
            self._quiet[phase] = self._quiet_kinds(phase) * self.compiled.n_states + rows
        return self._quiet[phase]

    def _quiet_kinds(self, number: int) -> IntArray:
        phase = self.phases[number]
        if phase.response is None:
            return self._with_hostile(phase.stage, self._go_on(number))
        response = self.plan.responses[phase.response]
        finish = np.full(self.compiled.n_states, self._end(End.NO_DEAL))
        if response.resume:
            begin = np.full(self.compiled.n_states, self._begin(phase.stage))
            finish = self._with_hostile(phase.stage, begin)
        if response.trigger is not Trigger.HOSTILE:
            return finish if phase.left == 1 else np.full_like(finish, self._count_down(phase))
        hostile = self.compiled.tables.hostile[
            :, self.compiled.layout.parties.index(response.party)
        ]
        over = self._end(End.NO_DEAL) if phase.left == 1 else self._count_down(phase)
        return np.where(hostile, over, finish)

    def _count_down(self, phase: Phase) -> int:
        return self._phase(Phase(phase.stage, max(0, phase.left - 1), phase.response))

    def _go_on(self, number: int) -> IntArray:
        phase = self.phases[number]
        if phase.stage == len(self.stages) or phase.left == 0:
            return np.full(self.compiled.n_states, number)
        lasting = list(self.compiled.layout.lasting)
        goals = np.array(self.stages[phase.stage].goals, dtype=np.int64)[lasting]
        done = (self.compiled.tables.levels[:, lasting] == goals).all(axis=1)
        stay = self._phase(Phase(phase.stage, max(1, phase.left - 1)))
        if phase.left > 1:
            return np.full(self.compiled.n_states, stay)
        return np.where(done, self._begin(phase.stage + 1), stay)

    def _with_hostile(self, stage: int, kinds: IntArray) -> IntArray:
        """Replace what follows while some government is hostile."""
        out = kinds.copy()
        todo = np.ones(len(out), dtype=np.bool_)
        for party, name in enumerate(self.compiled.layout.parties):
            response = self.plan.responses.get((Trigger.HOSTILE, name))
            if self.openness.written_open and response is not None and response.ignored:
                continue
            here = self.compiled.tables.hostile[:, party] & todo
            if not here.any():
                continue
            if self.openness.written_open and response is not None:
                out[here] = self._respond(response, stage)
            else:
                out[here] = self._end(End.OPEN_HOSTILE, party)
            todo &= ~here
        return out

    def prescribed(self, phase: int) -> IntArray:
        """Give the profile that the plan asks for in every base state: int64 (S,)."""
        family = self.phases[phase].family
        if family not in self._profiles:
            self._profiles[family] = self._prescribe(*family)
        return self._profiles[family]

    def _prescribe(self, stage: int, key: tuple[Trigger, str] | None) -> IntArray:
        compiled, layout = self.compiled, self.compiled.layout
        goals: list[int | None] = list(self.stages[min(stage, len(self.stages) - 1)].goals)
        if key is not None:
            for k in layout.lasting:
                goals[k] = None
            for ladder, target in self.plan.responses[key].targets.items():
                goals[layout.number(ladder)] = target
        policy = np.empty((compiled.n_parties, compiled.n_states), dtype=np.int64)
        for party in range(compiled.n_parties):
            known: dict[int, int] = {}
            for row, state in enumerate(compiled.tables.states):
                catalog = int(compiled.tables.catalog_of[row, party])
                if catalog not in known:
                    targets = []
                    for k in layout.held[party]:
                        level, goal = layout.level(state, k), goals[k]
                        keep = level if goal is None else compiled.mover.towards(k, level, goal)
                        targets.append(keep)
                    known[catalog] = (
                        0
                        if layout.hostile(state, party)
                        else compiled.choice_index(row, party, Choice(tuple(targets)))
                    )
                policy[party, row] = known[catalog]
        return compiled.profiles_of(policy)

    def alarm_weights(self, rows: IntArray, cheater: int = -1) -> FloatArray:
        """Give the chances of no alarm and of a first alarm about each party: float64 (n, 1 + P).

        ``cheater`` is the party that cheats, or -1. An alarm that is ignored counts after all
        others, so that it does not hide one to which something follows.
        """
        n_parties = self.compiled.n_parties
        out = np.empty((len(rows), 1 + n_parties))
        quiet = np.ones(len(rows))
        for party in sorted(range(n_parties), key=self.ignores_alarm):
            alarm = self.compiled.tables.alarm[rows, party, int(party == cheater)]
            out[:, 1 + party] = quiet * alarm
            quiet = quiet * (1.0 - alarm)
        out[:, 0] = quiet
        return out

    def outcome_codes(self, phase: int) -> list[IntArray]:
        """Give the codes by next row with no alarm, then with one about each party."""
        alarms = [self.after_alarm(phase, party) for party in range(self.compiled.n_parties)]
        return [self.when_quiet(phase), *alarms]

    def grow(self) -> None:
        """Add every node reached on the path, and, as written, after any single breach."""
        n_states = self.compiled.n_states
        reached: dict[int, BoolArray] = {}
        pending: dict[int, BoolArray] = {}
        order: list[tuple[int, IntArray]] = []
        pieces: list[tuple[IntArray, IntArray, FloatArray, IntArray]] = []

        def reach(codes: IntArray) -> None:
            for kind in np.unique(codes // n_states):
                if kind >= END_BASE:
                    self.end_codes.update(int(c) for c in codes[codes // n_states == kind])
                    continue
                rows = np.zeros(n_states, dtype=np.bool_)
                rows[codes[codes // n_states == kind] % n_states] = True
                new = rows & ~reached.setdefault(int(kind), np.zeros(n_states, dtype=np.bool_))
                if new.any():
                    reached[int(kind)] |= new
                    pending[int(kind)] = pending.get(int(kind), np.zeros_like(new)) | new

        reach(np.array([self._begin(0) * n_states]))
        while pending:
            phase = next(iter(pending))
            rows = np.flatnonzero(pending.pop(phase))
            order.append((phase, rows))
            pieces.append(self._path_entries(phase, rows))
            reach(pieces[-1][1])
            for party in range(self.compiled.n_parties):
                reach(self._unanswered_codes(phase, rows, party))
                if self._answer(phase, party) and not self.ignores_breach(phase, party):
                    kind = self.after_breach(phase, party)
                    reach(kind * n_states + self._breach_rows(phase, rows, party))
        self._number_nodes(order, pieces)

    def _path_entries(
        self, phase: int, rows: IntArray
    ) -> tuple[IntArray, IntArray, FloatArray, IntArray]:
        """Give phase-and-row keys, codes, chances and alarms of the outcomes on the path."""
        compiled = self.compiled
        index, source = compiled.entries_of(self.prescribed(phase)[rows])
        weights = self.alarm_weights(rows)
        pieces = []
        for column, code_by_row in enumerate(self.outcome_codes(phase)):
            chance = compiled.tables.entry_chance[index] * weights[source, column]
            keep = chance > 0
            key = (phase * compiled.n_states + rows[source])[keep]
            code = code_by_row[compiled.tables.entry_next[index]][keep]
            pieces.append((key, code, chance[keep], np.full(len(key), column - 1)))
        keys, codes, chances, alarms = (np.concatenate(each) for each in zip(*pieces, strict=True))
        return keys, codes, chances, alarms

    def _breach_rows(self, phase: int, rows: IntArray, party: int) -> IntArray:
        """Give the base states to which a visible breach by a party can lead."""
        compiled = self.compiled
        _, profiles, visible = compiled.options(self.prescribed(phase)[rows], party)
        index, _ = compiled.entries_of(profiles[visible])
        return np.unique(compiled.tables.entry_next[index])

    def unanswered(
        self, phase: int, profiles: IntArray, party: int
    ) -> tuple[IntArray, IntArray, FloatArray]:
        """Give the deviations that no breach is seen in: hidden ones, and those that are ignored.

        Returns
        -------
        for every one: from which of ``profiles`` (of one phase) it departs, its profile row, and
        the chances of no alarm and of a first alarm about each party, float64 (n, 1 + P)
        """
        tables = self.compiled.tables
        source, found, seen = self.compiled.options(profiles, party)
        cheats = tables.cheats[found, party]
        hidden = ~seen & (cheats != tables.cheats[profiles[source], party])
        # votes on joint ladders that move nothing make copies: the first moves least
        _, first = np.unique(source[hidden], return_index=True)
        keep = np.flatnonzero(hidden)[first]
        if self.ignores_breach(phase, party):
            keep = np.concatenate([keep, np.flatnonzero(seen)])
        source, found, cheats = source[keep], found[keep], cheats[keep]
        rows = tables.row[found]
        weights = np.where(
            cheats[:, None], self.alarm_weights(rows, party), self.alarm_weights(rows)
        )
        return source, found, weights

    def _unanswered_codes(self, phase: int, rows: IntArray, party: int) -> IntArray:
        """Give the codes to which deviations lead that no breach is seen in."""
        compiled = self.compiled
        _, found, weights = self.unanswered(phase, self.prescribed(phase)[rows], party)
        index, source = compiled.entries_of(found)
        following = compiled.tables.entry_next[index]
        pieces = [
            by_row[following[weights[source, column] > 0]]
            for column, by_row in enumerate(self.outcome_codes(phase))
        ]
        return np.unique(np.concatenate(pieces))

    def _number_nodes(
        self,
        order: list[tuple[int, IntArray]],
        pieces: list[tuple[IntArray, IntArray, FloatArray, IntArray]],
    ) -> None:
        n_states = self.compiled.n_states
        self.node_phase = np.concatenate([np.full(len(rows), phase) for phase, rows in order])
        self.node_row = np.concatenate([rows for _, rows in order])
        self.node_profile = np.concatenate([self.prescribed(p)[rows] for p, rows in order])
        self.number = np.full((len(self.phases), n_states), -1, dtype=np.int64)
        self.number[self.node_phase, self.node_row] = np.arange(len(self.node_row))
        keys, codes, chances, alarms = (np.concatenate(each) for each in zip(*pieces, strict=True))
        self.entry_alarm = alarms
        self.entry_node = self.number[keys // n_states, keys % n_states]
        self.entry_code = codes
        self.entry_chance = chances

    def open_codes(self) -> IntArray:
        """Give the codes of open outcomes that are reached, in order."""
        codes = np.array(sorted(self.end_codes), dtype=np.int64)
        return codes[self.ends_of(codes) == 1] if len(codes) else codes

    def ends_of(self, codes: IntArray) -> IntArray:
        """Give 0 for codes of no deal, 1 for open outcomes: int64 (n,)."""
        is_open = np.array([end is not End.NO_DEAL for end, _ in self.ends], dtype=np.int64)
        return is_open[codes // self.compiled.n_states - END_BASE]

    def end_of(self, code: int) -> tuple[End, int, int]:
        """Give the end, the party it is about, and the base row of an end's code."""
        kind, row = divmod(int(code), self.compiled.n_states)
        end, party = self.ends[kind - END_BASE]
        return end, party, row


def build_graph(compiled: Compiled, plan: Plan, openness: Openness) -> PlanGraph:
    """Build the automaton of a plan from today's state."""
    graph = PlanGraph(compiled, plan, openness, make_stages(compiled, plan))
    graph.grow()
    return graph
