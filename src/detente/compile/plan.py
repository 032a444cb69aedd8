"""A plan as an automaton: phases over public states, with what follows every outcome.

An outcome leads to a code: ``kind * S + row``, where the kind is a phase's number (then it is a
node) or an end's number (then play leaves the automaton at that base state). Rules R13 to R20 of
docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.build import Compiled, Heading
from detente.compile.outcomes import Outcomes, Unanswered, Visible, list_outcomes
from detente.compile.stages import Stage, count_periods, make_stages
from detente.kernels.reaching import mark_following
from detente.scenario.model import Plan, Response, Trigger

END_BASE = 1_000_000
MAX_SHARED = 64  # automata that are kept for one shape of a scenario


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
    by_phase : int64 (N,), the nodes by phase and base state
    path : what follows at every node when all keep the plan
    n_path_ends : how many of the ends come from the path and what is written
    visible : deviations that are answered, by party and whether by the harshest punishment
    end_codes : the codes of ends that the path, or cheating once on it, leads to
    kept : what others keep with all automata of one shape, whatever their numbers
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
    by_phase: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    end_codes: set[int] = field(default_factory=set)
    n_path_ends: int = 0
    visible: dict[tuple[int, bool], Visible] = field(default_factory=dict)
    kept: dict[str, object] = field(default_factory=dict)
    _path: Outcomes | None = None
    _unanswered: dict[int, Unanswered] = field(default_factory=dict)
    _weights: dict[int, FloatArray] = field(default_factory=dict)
    _kinds: tuple[IntArray, IntArray] | None = None
    _nodes_by_phase: list[tuple[int, slice]] = field(default_factory=list)
    _phase_number: dict[Phase, int] = field(default_factory=dict)
    _end_number: dict[tuple[End, int], int] = field(default_factory=dict)
    _quiet: dict[int, IntArray] = field(default_factory=dict)
    _more: dict[tuple[int, tuple[Trigger, str] | None], BoolArray] = field(default_factory=dict)
    _headings: dict[tuple[int, tuple[Trigger, str] | None], Heading] = field(default_factory=dict)
    _responses: dict[tuple[Trigger, str, int], int] = field(default_factory=dict)

    @property
    def n_nodes(self) -> int:
        """Number of nodes N."""
        return len(self.node_row)

    def step_of(self, node: int) -> int:
        """Give the step (from 0; the number of steps when settled) that a node belongs to."""
        return self.step_of_phase(int(self.node_phase[node]))

    def step_of_phase(self, phase: int) -> int:
        """Give the step (from 0; the number of steps when settled) that a phase belongs to."""
        stage = self.phases[phase].stage
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
        kind = self._alarm_kind(phase, party)
        if kind < 0:
            return self.when_quiet(phase)
        return kind * self.compiled.n_states + np.arange(self.compiled.n_states)

    def _alarm_kind(self, phase: int, party: int) -> int:
        """Give the kind that follows an alarm about a party; -1 where it is ignored."""
        kind = self._end(End.OPEN_ALARM, party)
        if self.ignores_alarm(party):
            return -1
        if self.openness.written_open:
            response = self._alarm_response(party)
            here = self.phases[phase]
            if here.response is not None and here.response[0] is not Trigger.HOSTILE:
                response = self.plan.responses[here.response]  # it starts afresh
            if response is not None:
                kind = self._respond(response, here.stage)
        return kind

    def when_quiet(self, phase: int) -> IntArray:
        """Give the codes that follow when all were seen to comply, by next row: int64 (S,)."""
        rows = np.arange(self.compiled.n_states)
        return self._kinds_when_quiet(phase) * self.compiled.n_states + rows

    def _kinds_when_quiet(self, phase: int) -> IntArray:
        if phase not in self._quiet:
            self._quiet[phase] = self._quiet_kinds(phase)
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
        return self._heading(phase).profiles

    def _heading(self, phase: int) -> Heading:
        family = self.phases[phase].family
        if family not in self._headings:
            self._headings[family] = self.compiled.heading(self._goals(*family))
        return self._headings[family]

    def _goals(self, stage: int, key: tuple[Trigger, str] | None) -> tuple[int | None, ...]:
        """Give where each ladder is to go; None to hold."""
        layout = self.compiled.layout
        goals: list[int | None] = list(self.stages[min(stage, len(self.stages) - 1)].goals)
        if key is not None:
            for k in layout.lasting:
                goals[k] = None
            for ladder, target in self.plan.responses[key].targets.items():
                goals[layout.number(ladder)] = target
        return tuple(goals)

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
        marks = _Marks(self.compiled.n_states)
        order: list[tuple[int, IntArray]] = []
        ways: dict[int, list[_Way]] = {}
        marks.begin(self._begin(0), len(self.phases))
        while marks.queue:
            phase, rows = marks.take()
            order.append((phase, rows))
            if phase not in ways:
                ways[phase] = self._list_ways(phase)
                marks.make_room(len(self.phases), len(self.ends))
            for way in ways[phase]:
                if way.ignored < 0:
                    marks.mark(rows, way)
                    continue
                for live, following in self._after_ignored(phase, rows, way.ignored):
                    once = replace(way, following=following, live=live)
                    marks.mark(np.zeros(1, dtype=np.int64), once)
        for number, (end, _) in enumerate(self.ends):
            if end is not End.NO_DEAL:
                codes = (END_BASE + number) * self.compiled.n_states
                self.end_codes.update((codes + np.flatnonzero(marks.ended[number])).tolist())
        self.n_path_ends = len(self.ends)
        self._number_nodes(order)

    def _list_ways(self, phase: int) -> list[_Way]:
        """List the ways in which play can go on from a phase, and number what follows."""
        compiled, heading = self.compiled, self._heading(phase)
        kinds = [self._alarm_kind(phase, party) for party in range(compiled.n_parties)]
        alarms = np.array(kinds, dtype=np.int64)
        quiet = self._kinds_when_quiet(phase)
        honest = _Way(heading.following, self.weights_by_row() > 0, alarms, quiet)
        more = self._only_by_cheating(phase)
        ways = [honest, replace(honest, live=more)] if more.any() else [honest]
        for party in range(compiled.n_parties):
            if self.ignores_breach(phase, party):
                ways.append(replace(honest, ignored=party))
            elif self._answer(phase, party):
                whatever = np.zeros_like(honest.live)
                whatever[:, 0] = True  # it is the breach that is answered, not an alarm
                answer = np.full_like(quiet, self.after_breach(phase, party))
                following = compiled.after_breaches(heading, party)
                ways.append(_Way(following, whatever, alarms, answer))
        return ways

    def _only_by_cheating(self, phase: int) -> BoolArray:
        """Give the columns of alarms that only cheating has a chance of: bool (S, 1 + P)."""
        family = self.phases[phase].family
        if family not in self._more:
            honest = self.weights_by_row() > 0
            more = np.zeros_like(honest)
            for party in range(self.compiled.n_parties):
                rows = self._heading(phase).behind[party] >= 0
                more[rows] |= self.weights_by_row(party)[rows] > 0
            self._more[family] = more & ~honest
        return self._more[family]

    def _after_ignored(
        self, phase: int, rows: IntArray, party: int
    ) -> Iterator[tuple[BoolArray, IntArray]]:
        """Give columns of alarms, bool (1, 1 + P), and the states (1, K) that follow with them.

        After breaches from rows that are ignored.
        """
        compiled = self.compiled
        _, option, seen = compiled.options(self.prescribed(phase)[rows], party)
        index, origin = compiled.entries_of(option[seen])
        weights = self._weights_of(option[seen], party)[origin]
        following = compiled.tables.entry_next[index]
        for column in range(weights.shape[1]):
            live = np.zeros((1, weights.shape[1]), dtype=np.bool_)
            live[0, column] = True
            yield live, np.unique(following[weights[:, column] > 0])[None, :]

    def unanswered(self, party: int) -> Unanswered:
        """Give a party's deviations that no breach is seen in: hidden ones, and ignored ones.

        Hidden is, where there is one, the action that cheats behind the prescribed look.
        """
        if party not in self._unanswered:
            self._unanswered[party] = self._list_unanswered(party)
        return self._unanswered[party]

    def _list_unanswered(self, party: int) -> Unanswered:
        compiled = self.compiled
        behind = np.empty(self.n_nodes, dtype=np.int64)
        for phase, here in self._nodes_by_phase:
            behind[here] = self._heading(phase).behind[party][self.node_row[here]]
        nodes = self.by_phase[behind[self.by_phase] >= 0]
        options = behind[nodes]
        hidden = np.ones(len(nodes), dtype=np.bool_)
        ignoring = np.array([self.ignores_breach(p, party) for p in range(len(self.phases))])
        if ignoring.any():
            ignored = self.by_phase[ignoring[self.node_phase[self.by_phase]]]
            source, found, seen = compiled.options(self.node_profile[ignored], party)
            nodes = np.concatenate([nodes, ignored[source[seen]]])
            options = np.concatenate([options, found[seen]])
            hidden = np.concatenate([hidden, np.zeros(int(seen.sum()), dtype=np.bool_)])
        weights = self._weights_of(options, party)
        outcomes = list_outcomes(self, nodes, options, weights)
        return Unanswered(nodes, options, outcomes, hidden)

    def change_of_alarms(self, party: int) -> Outcomes:
        """Give what follows unanswered deviations, weighted by honest less cheating chances."""
        found = self.unanswered(party)
        honest = self.weights_by_row()[self.node_row[found.nodes]]
        change = honest - self.weights_by_row(party)[self.node_row[found.nodes]]
        return list_outcomes(self, found.nodes, found.options, change)

    def with_numbers(self, compiled: Compiled) -> PlanGraph:
        """Give the automaton of the same plan with other numbers, of the same `shape_of` it."""
        chances = compiled.tables.entry_chance
        graph = replace(
            self, compiled=compiled, ends=list(self.ends), _end_number=dict(self._end_number),
            _weights={}, _unanswered={}, _path=None,
            visible={key: replace(each, chance=chances[each.entry_index])
                     for key, each in self.visible.items()},
        )  # fmt: skip
        if self._path is not None:
            weights = graph.weights_by_row()[graph.node_row]
            graph._path = self._path.with_chances(weights, chances)
        for party, found in self._unanswered.items():
            weights = graph._weights_of(found.options, party)
            outcomes = found.outcomes.with_chances(weights, chances)
            graph._unanswered[party] = replace(found, outcomes=outcomes)
        return graph

    def _weights_of(self, profiles: IntArray, party: int) -> FloatArray:
        """Give the chances of alarms when a party plays its part of profiles: (n, 1 + P)."""
        rows, cheats = self.compiled.tables.row[profiles], self.compiled.tables.cheats[profiles]
        return np.where(
            cheats[:, [party]],
            self.weights_by_row(party)[rows],
            self.weights_by_row()[rows],
        )

    def weights_by_row(self, cheater: int = -1) -> FloatArray:
        """Give `alarm_weights` of all base states: float64 (S, 1 + P)."""
        if cheater not in self._weights:
            rows = np.arange(self.compiled.n_states)
            self._weights[cheater] = self.alarm_weights(rows, cheater)
        return self._weights[cheater]

    @property
    def path(self) -> Outcomes:
        """What follows at every node when all keep the plan."""
        if self._path is None:
            nodes = np.arange(self.n_nodes)
            weights = self.weights_by_row()[self.node_row]
            self._path = list_outcomes(self, nodes, self.node_profile, weights)
        return self._path

    def kinds_after(self, phases: IntArray, columns: IntArray, rows: IntArray) -> IntArray:
        """Give the kinds that follow, by phase, column of alarms and next base state."""
        if self._kinds is None:
            shape = len(self.phases), self.compiled.n_parties
            quiet = np.full((shape[0], self.compiled.n_states), -1)
            alarms = np.full(shape, -1)
            for phase in np.unique(self.node_phase).tolist():
                quiet[phase] = self._kinds_when_quiet(phase)
                alarms[phase] = [self._alarm_kind(phase, p) for p in range(shape[1])]
            self._kinds = quiet, alarms
        quiet, alarms = self._kinds
        after = np.where(columns > 0, alarms[phases, np.maximum(columns - 1, 0)], -1)
        return np.asarray(np.where(after >= 0, after, quiet[phases, rows]), dtype=np.int64)

    def targets_of(self, kinds: IntArray, rows: IntArray) -> IntArray:
        """Number what follows: a node's number, or, at an end, N + its place among all ends.

        Raises
        ------
        ValueError
            For a node that is not reached.
        """
        inside = kinds < END_BASE
        nodes = self.number[np.where(inside, kinds, 0), rows]
        away = self.n_nodes + (kinds - END_BASE) * self.compiled.n_states + rows
        out = np.where(inside, nodes, away)
        if len(out) and out.min() < 0:
            raise ValueError("a node that follows is not reached")
        return np.asarray(out, dtype=np.int64)

    def _number_nodes(self, order: list[tuple[int, IntArray]]) -> None:
        n_states = self.compiled.n_states
        self.node_phase = np.concatenate([np.full(len(rows), phase) for phase, rows in order])
        self.node_row = np.concatenate([rows for _, rows in order])
        self.node_profile = np.concatenate([self.prescribed(p)[rows] for p, rows in order])
        first = np.cumsum([0, *(len(rows) for _, rows in order)]).tolist()
        self._nodes_by_phase = [
            (phase, slice(begin, end))
            for (phase, _), (begin, end) in zip(order, pairwise(first), strict=True)
        ]
        self.number = np.full((len(self.phases), n_states), -1, dtype=np.int64)
        self.number[self.node_phase, self.node_row] = np.arange(len(self.node_row))
        self.by_phase = self.number[self.number >= 0]

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


@dataclass(frozen=True, slots=True)
class _Way:
    """A way in which play can go on from a phase, as `mark_following` takes it.

    ``ignored``: the party whose breaches are ignored, whose following is listed by row; or -1.
    """

    following: IntArray
    live: BoolArray
    alarms: IntArray
    quiet: IntArray
    ignored: int = -1


class _Marks:
    """What was reached while an automaton grows, by kind and base state."""

    def __init__(self, n_states: int) -> None:
        self._reached = np.zeros((0, n_states), dtype=np.bool_)
        self._pending = self._reached.copy()
        self._touched = np.zeros(0, dtype=np.bool_)
        self.ended = self._reached.copy()
        self.queue: dict[int, None] = {}  # phases with something pending, oldest first

    def make_room(self, phases: int, ends: int) -> None:
        """Make room for that many phases and ends, and for more to come."""
        n_states = self.ended.shape[1]
        if phases > len(self._touched):
            more = 2 * phases - len(self._touched)
            space = np.zeros((more, n_states), dtype=np.bool_)
            self._reached = np.concatenate([self._reached, space])
            self._pending = np.concatenate([self._pending, space])
            self._touched = np.concatenate([self._touched, np.zeros(more, dtype=np.bool_)])
        if ends > len(self.ended):
            space = np.zeros((ends - len(self.ended), n_states), dtype=np.bool_)
            self.ended = np.concatenate([self.ended, space])

    def begin(self, kind: int, phases: int) -> None:
        """Reach the first base state under a kind; an end is not pending."""
        self.make_room(phases, max(0, kind - END_BASE + 1))
        if kind >= END_BASE:
            self.ended[kind - END_BASE, 0] = True
        else:
            self._reached[kind, 0] = self._pending[kind, 0] = True
            self.queue[kind] = None

    def take(self) -> tuple[int, IntArray]:
        """Take the phase that has waited longest, and its new base states."""
        phase = next(iter(self.queue))
        del self.queue[phase]
        rows = np.flatnonzero(self._pending[phase])
        self._pending[phase] = False
        return phase, rows

    def mark(self, rows: IntArray, way: _Way) -> None:
        """Reach what follows at base states (n,); new phases wait in order of number."""
        mark_following(
            rows, way.following, way.live, way.alarms, way.quiet, END_BASE,
            self._reached, self._pending, self._touched, self.ended,
        )  # fmt: skip
        for kind in np.flatnonzero(self._touched).tolist():
            self.queue.setdefault(kind)
            self._touched[kind] = False


def shape_of(compiled: Compiled, plan: Plan, openness: Openness) -> tuple[object, ...]:
    """Give what decides a plan's automaton, chances aside, among compilations of one shape."""
    alarm = compiled.tables.alarm
    periods = tuple(
        None if each.duration is None else count_periods(compiled, each.duration)
        for each in plan.responses.values()
    )
    responses = tuple(
        (key, each.resume, each.ignored, tuple(each.targets.items()))
        for key, each in plan.responses.items()
    )
    certain = (alarm > 0).tobytes(), (alarm >= 1).tobytes()
    return plan.id, openness, make_stages(compiled, plan), responses, periods, certain


def build_graph(compiled: Compiled, plan: Plan, openness: Openness) -> PlanGraph:
    """Build the automaton of a plan from today's state.

    Where one of the same shape was built before, only its chances are made anew.
    """
    key = shape_of(compiled, plan, openness)
    like = compiled.shared.get(key)
    if isinstance(like, PlanGraph):
        return like.with_numbers(compiled)
    graph = PlanGraph(compiled, plan, openness, make_stages(compiled, plan))
    graph.grow()
    if len(compiled.shared) >= MAX_SHARED:
        compiled.shared.clear()
    compiled.shared[key] = graph
    return graph
