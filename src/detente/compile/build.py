"""Scenario -> base game: reachable states, all moves, payoffs by term, and the `Game`."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from detente.compile.layout import Layout, State, lay_out
from detente.compile.moves import Choice, Mover, Visible, make_mover
from detente.compile.values import Term, Valuer, list_terms, sum_terms
from detente.errors import DetenteError, Problem
from detente.game.game import FloatArray, Game, Monitoring
from detente.scenario.model import Scenario

MAX_STATES = 20_000
MAX_PROFILES = 1_000_000

Profile = tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """The base game of a scenario in the form that policy evaluation uses.

    Attributes
    ----------
    states : reachable public states; today's first
    number : state -> its row
    choices : per state and party, the actions; holding first
    terms : per party, the columns of its payoffs
    discount : float64, shape (P,), per period
    """

    scenario: Scenario
    layout: Layout
    mover: Mover
    states: tuple[State, ...]
    number: dict[State, int]
    choices: tuple[tuple[tuple[Choice, ...], ...], ...]
    terms: tuple[tuple[Term, ...], ...]
    discount: FloatArray
    _next: dict[tuple[int, tuple[int, ...]], tuple[tuple[int, ...], tuple[float, ...]]] = field(
        default_factory=dict
    )
    _payoff: dict[tuple[int, int, tuple[int, ...], tuple[bool, ...]], float] = field(
        default_factory=dict
    )

    @property
    def n_parties(self) -> int:
        """Number of parties P."""
        return len(self.layout.parties)

    @property
    def n_profiles(self) -> int:
        """Number of action profiles over all states."""
        return sum(math.prod(len(each) for each in row) for row in self.choices)

    @property
    def n_transitions(self) -> int:
        """Number of (state, moves, next state) that were looked at so far."""
        return sum(len(rows) for rows, _ in self._next.values())

    def resolve(self, row: int, profile: Profile) -> tuple[int, ...]:
        """Give the level towards which every ladder goes under a profile."""
        return self.mover.resolve(self.states[row], tuple(each.targets for each in profile))

    def next_rows(
        self, row: int, towards: tuple[int, ...]
    ) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """Give next state rows and probabilities."""
        lasting = tuple(towards[k] for k in self.layout.lasting)
        key = (row, lasting)
        if key not in self._next:
            found = self.mover.next_states(self.states[row], towards)
            self._next[key] = (
                tuple(self.number[state] for state, _ in found),
                tuple(p for _, p in found),
            )
        return self._next[key]

    def payoff_terms(self, row: int, profile: Profile, party: int) -> FloatArray:
        """Give a party's payoff by term, points per year: float64, shape (terms,)."""
        towards = self.resolve(row, profile)
        return sum_terms(self.terms[party], self.states[row], towards, profile)

    def payoff(self, row: int, profile: Profile, towards: tuple[int, ...], party: int) -> float:
        """Give a party's payoff in a period, points per year."""
        key = (party, row, towards, tuple(each.cheats for each in profile))
        if key not in self._payoff:
            state = self.states[row]
            self._payoff[key] = math.fsum(
                each.compute(state, towards, profile) for each in self.terms[party]
            )
        return self._payoff[key]

    def profiles(self, row: int) -> Iterator[Profile]:
        """Give the profiles of a state, row-major in the parties' choices."""
        return itertools.product(*self.choices[row])


def compile_scenario(scenario: Scenario) -> Compiled:
    """Compile a scenario at the values in force.

    Raises
    ------
    DetenteError
        E290 when the game would be larger than `MAX_STATES` states or `MAX_PROFILES` profiles.
    """
    layout = lay_out(scenario)
    mover = make_mover(scenario, layout)
    states, choices = _reach(scenario, layout, mover)
    valuer = Valuer(scenario, layout, mover)
    clock = scenario.value(scenario.clock)
    return Compiled(
        scenario=scenario,
        layout=layout,
        mover=mover,
        states=tuple(states),
        number={state: row for row, state in enumerate(states)},
        choices=tuple(choices),
        terms=tuple(list_terms(valuer, party) for party in range(len(layout.parties))),
        discount=np.array([scenario.value(p.patience) ** clock for p in scenario.parties]),
    )


def _reach(
    scenario: Scenario, layout: Layout, mover: Mover
) -> tuple[list[State], list[tuple[tuple[Choice, ...], ...]]]:
    """Enumerate the states that some sequence of moves reaches from today's."""
    states = [layout.today]
    seen = {layout.today}
    choices: list[tuple[tuple[Choice, ...], ...]] = []
    profiles = 0
    for state in states:  # grows while it is read
        row = tuple(mover.choices(state, party) for party in range(len(layout.parties)))
        choices.append(row)
        profiles += math.prod(len(each) for each in row)
        visible: list[list[Visible]] = [
            list(dict.fromkeys(choice.targets for choice in each)) for each in row
        ]
        towards_seen = set()
        for combination in itertools.product(*visible):
            towards = mover.resolve(state, combination)
            lasting = tuple(towards[k] for k in layout.lasting)
            if lasting in towards_seen:
                continue
            towards_seen.add(lasting)
            for following, _ in mover.next_states(state, towards):
                if following not in seen:
                    seen.add(following)
                    states.append(following)
        if len(states) > MAX_STATES or profiles > MAX_PROFILES:
            raise DetenteError(_too_large(scenario, layout))
    return states, choices


def _too_large(scenario: Scenario, layout: Layout) -> Problem:
    largest = sorted(scenario.ladders, key=lambda each: -len(each.levels))
    count = math.prod(len(each.levels) for each in scenario.ladders if not each.renewed)
    count *= 2 ** len(layout.governments)
    names = ", ".join(f"{each.id} ({len(each.levels)} levels)" for each in largest[:4])
    return Problem(
        code="E290",
        message=(
            f"the scenario is too large: up to {count:,} states; the limit is {MAX_STATES:,} states"
            f" and {MAX_PROFILES:,} combinations of moves"
        ),
        place=largest[0].place,
        line_text=scenario.line(largest[0].place),
        label="the ladder with most levels",
        remedy=f"merge levels of the largest ladders: {names}",
    )


def build_game(compiled: Compiled) -> Game:
    """Give the base game as arrays, for the solver.

    Where a party could cheat, what everybody sees is the visible moves and the alarms; in all
    other states the outcome reveals the profile.
    """
    builder = _Arrays()
    for row in range(len(compiled.states)):
        _add_state(compiled, row, builder)
    action_names = tuple(
        tuple(
            tuple(describe_choice(compiled, row, party, each) for each in choices)
            for party, choices in enumerate(state_choices)
        )
        for row, state_choices in enumerate(compiled.choices)
    )
    return Game(
        players=compiled.layout.parties,
        discount=compiled.discount.copy(),
        state_names=tuple(compiled.layout.words(state) for state in compiled.states),
        action_names=action_names,
        n_actions=np.array([[len(c) for c in row] for row in compiled.choices], dtype=np.int64),
        profile_start=np.array(builder.profile_start, dtype=np.int64),
        payoff=np.array(builder.payoff, dtype=np.float64).reshape(-1, compiled.n_parties),
        prescribable=np.ones(len(builder.payoff), dtype=np.bool_),
        monitoring=np.array(builder.monitoring, dtype=np.int64),
        outcome_start=np.array(builder.outcome_start, dtype=np.int64),
        outcome_next=np.array(builder.outcome_next, dtype=np.int64),
        outcome_signal=tuple(builder.outcome_signal),
        entry_start=np.array(builder.entry_start, dtype=np.int64),
        entry_outcome=np.array(builder.entry_outcome, dtype=np.int64),
        entry_probability=np.array(builder.entry_probability, dtype=np.float64),
    )


@dataclass(slots=True)
class _Arrays:
    profile_start: list[int] = field(default_factory=lambda: [0])
    payoff: list[list[float]] = field(default_factory=list)
    monitoring: list[int] = field(default_factory=list)
    outcome_start: list[int] = field(default_factory=lambda: [0])
    outcome_next: list[int] = field(default_factory=list)
    outcome_signal: list[str] = field(default_factory=list)
    entry_start: list[int] = field(default_factory=lambda: [0])
    entry_outcome: list[int] = field(default_factory=list)
    entry_probability: list[float] = field(default_factory=list)


def _add_state(compiled: Compiled, row: int, out: _Arrays) -> None:
    hidden = tuple(
        party
        for party in range(compiled.n_parties)
        if any(each.cheats for each in compiled.choices[row][party])
    )
    outcomes: dict[tuple[object, ...], int] = {}
    for profile in compiled.profiles(row):
        towards = compiled.resolve(row, profile)
        out.payoff.append(
            [compiled.payoff(row, profile, towards, i) for i in range(compiled.n_parties)]
        )
        visible = tuple(each.targets for each in profile)
        rows, chances = compiled.next_rows(row, towards)
        for alarms, alarm_chance in alarm_patterns(compiled, row, profile, hidden):
            for following, chance in zip(rows, chances, strict=True):
                key = (visible, alarms, following)
                if key not in outcomes:
                    outcomes[key] = len(out.outcome_next)
                    out.outcome_next.append(following)
                    out.outcome_signal.append(_signal_name(compiled, alarms))
                out.entry_outcome.append(outcomes[key])
                out.entry_probability.append(chance * alarm_chance)
        out.entry_start.append(len(out.entry_outcome))
    out.profile_start.append(len(out.payoff))
    out.outcome_start.append(len(out.outcome_next))
    out.monitoring.append(int(Monitoring.SIGNALS if hidden else Monitoring.PERFECT))


def _signal_name(compiled: Compiled, alarms: tuple[int, ...]) -> str:
    return " and ".join(f"alarm about {compiled.layout.parties[i]}" for i in alarms)


def alarm_patterns(
    compiled: Compiled, row: int, profile: Profile, watched: tuple[int, ...]
) -> list[tuple[tuple[int, ...], float]]:
    """Give which parties an alarm is raised about, with probabilities (positive)."""
    state = compiled.states[row]
    out: list[tuple[tuple[int, ...], float]] = [((), 1.0)]
    for party in watched:
        alarm = compiled.mover.alarm_chance(state, party, profile[party].cheats)
        longer = []
        for pattern, chance in out:
            if alarm < 1.0:
                longer.append((pattern, chance * (1.0 - alarm)))
            if alarm > 0.0:
                longer.append(((*pattern, party), chance * alarm))
        out = longer
    return out


def describe_choice(compiled: Compiled, row: int, party: int, choice: Choice) -> str:
    """Say an action in words: ``arsenal on to half, and cheat``."""
    layout, state = compiled.layout, compiled.states[row]
    parts = []
    for k, target in zip(layout.held[party], choice.targets, strict=True):
        ladder = layout.ladders[k]
        level = layout.level(state, k)
        if ladder.renewed:
            if target != ladder.today:
                parts.append(f"{ladder.id} {ladder.levels[target].id}")
        elif target > level:
            parts.append(f"{ladder.id} on to {ladder.levels[target].id}")
        elif target < level:
            parts.append(f"{ladder.id} back to {ladder.levels[target].id}")
    if layout.hostile(state, party):
        return "hostile government: " + (", ".join(parts) or "hold")
    if choice.cheats:
        parts.append("cheat in secret")
    return ", ".join(parts) or "hold"
