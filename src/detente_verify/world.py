"""Positions and what outcomes lead to: states, the no deal, and the nodes of plans (G6 to G9).

A position is coded as ``kind * S + state``: kind 0 is open, kind 1 is no deal, every phase of
every plan has a kind of its own after these.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from detente_verify.game import Game, Look, State, take_keys, take_list
from detente_verify.outcome import Rejected, Unreadable
from detente_verify.reading import describe

OPEN, NO_DEAL = 0, 1
QUIET, SEVERAL = -1, -2  # who was seen to differ: nobody, more than one
READINGS = ("no-deal", "as-written", "harshest")
OPENINGS = ("no-deal", "as-written", "best")
MAX_REMEMBERED = 1_000_000  # outcomes classified and kept
PLAN_KEYS = {"name", "reading", "opening", "start", "phases"}
PHASE_KEYS = {"name", "actions", "kept", "alarms", "breach", "alike"}
Target = int | tuple[int | None, ...]  # a kind, or kinds by next state


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a plan. ``targets``: after keeping, each alarm, each breach, and all else."""

    place: str
    profiles: dict[int, int]
    alarm_order: tuple[int, ...]
    alike: dict[int, frozenset[Look]]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan; ``first_kind`` is the kind of its first phase."""

    name: str
    reading: str
    opening: str
    first_kind: int
    start: int
    phases: tuple[Phase, ...]

    @property
    def words(self) -> str:
        """Name the plan with its readings."""
        return f"plan '{self.name}' (reading {self.reading}, opening {self.opening})"


class Move(NamedTuple):
    """An outcome as it matters for strategies."""

    outcome: int
    party: int  # who was seen to differ: a player, QUIET or SEVERAL
    following: int
    position: int


class Group(NamedTuple):
    """Neighbouring outcomes of a profile that share a target of the phase."""

    number: int  # no two groups have the same
    party: int
    target: int  # place among the targets of a phase
    outcomes: tuple[tuple[int, int], ...]  # with the next state


@dataclass(slots=True)
class World:
    """All positions of a game."""

    game: Game
    plans: tuple[Plan, ...]
    phases: tuple[Phase, ...]  # kind - 2
    _classes: dict[Any, list[Group]] = field(default_factory=dict)
    _size: int = 0
    _made: int = 0

    @property
    def n_states(self) -> int:
        """Number of states S."""
        return len(self.game.states)

    def state(self, position: int) -> State:
        """Give the state of a position."""
        return self.game.states[position % len(self.game.states)]

    def prescribable(self, position: int) -> tuple[int, ...]:
        """Give the profiles that may be prescribed at a position (G7)."""
        kind, s = divmod(position, self.n_states)
        if kind == OPEN:
            return self.game.states[s].allowed
        if kind == NO_DEAL:
            return (self._no_deal(s),)
        return (self.phases[kind - 2].profiles[s],)

    def _no_deal(self, s: int) -> int:
        if self.game.no_deal is None:
            raise Unreadable("'no_deal' is missing, and a plan leads to it (G5)")
        return self.game.no_deal[s]

    def moves(self, position: int, profile: int) -> list[Move]:
        """Give the neighbouring outcomes of a profile and where they lead (G8, G9)."""
        return [
            move for group, target in self.routes(position, profile)
            for move in self.follow(group, target)
        ]  # fmt: skip

    def routes(self, position: int, profile: int) -> list[tuple[Group, Target]]:
        """Give the neighbouring outcomes in groups, with the target that each group has."""
        kind, s = divmod(position, self.n_states)
        if kind < 2:
            return [(group, kind) for group in self._classify(s, profile, frozenset(), ())]
        phase = self.phases[kind - 2]
        groups = self._classify(s, profile, phase.alike.get(s, frozenset()), phase.alarm_order)
        return [(group, phase.targets[group.target]) for group in groups]

    def follow(self, group: Group, target: Target) -> list[Move]:
        """Give where the outcomes of a group lead (G8)."""
        moves = []
        for k, t in group.outcomes:
            to = target[t] if isinstance(target, tuple) else target
            if to is None:
                raise Unreadable(f"a plan says null for state {t}, which is reached (G6)")
            if to >= 2 and t not in self.phases[to - 2].profiles:
                raise Unreadable(
                    f"{self.phases[to - 2].place}.actions: state {t} is reached and not there (G6)"
                )
            moves.append(Move(k, group.party, t, to * self.n_states + t))
        return moves

    def lead(self, position: int, profile: int) -> Callable[[int], int]:
        """Give the function from neighbouring outcomes of a profile to positions."""
        kind, s = divmod(position, self.n_states)
        if kind < 2:
            base, next_of = kind * self.n_states, self.game.states[s].next_of
            return lambda outcome: base + next_of(outcome)
        return {m.outcome: m.position for m in self.moves(position, profile)}.__getitem__

    def _classify(
        self, s: int, profile: int, alike: frozenset[Look], order: tuple[int, ...]
    ) -> list[Group]:
        key = s, profile, alike, order
        if key not in self._classes:
            state = self.game.states[s]
            look = state.look_of(profile)
            outcomes: set[int] = set()
            for each in state.neighbours(profile):
                outcomes.update(state.rows[each][0])
            found: dict[tuple[int, int], list[tuple[int, int]]] = {}
            for k in sorted(outcomes):
                party = _who_differs(look, state.seen_in(k), alike)
                where = party, self._number(state, k, party, order)
                found.setdefault(where, []).append((k, state.next_of(k)))
            self._size += len(outcomes)
            if self._size > MAX_REMEMBERED:
                self._classes.clear()
                self._size = len(outcomes)
            self._classes[key] = [
                Group(self._made + j, party, number, tuple(pairs))
                for j, ((party, number), pairs) in enumerate(found.items())
            ]
            self._made += len(found)
        return self._classes[key]

    def _number(self, state: State, outcome: int, party: int, order: tuple[int, ...]) -> int:
        if party == QUIET:
            rung = () if state.perfect else state.alarms[outcome]
            return next((1 + j for j, i in enumerate(order) if i in rung), 0)
        n_players = len(self.game.players)
        return 1 + len(order) + (n_players if party == SEVERAL else party)

    def position(self, value: Any) -> int:
        """Read a position of a proof (P3)."""
        n = self.n_states
        if type(value) is int and 0 <= value < n:
            return value
        if type(value) is list and len(value) == 2 and value[0] == "no-deal":
            if type(value[1]) is int and 0 <= value[1] < n and self.game.no_deal is not None:
                return n + int(value[1])
        elif type(value) is list and len(value) == 3 and all(type(x) is int for x in value):
            p, f, s = (int(x) for x in value)
            if 0 <= p < len(self.plans) and 0 <= f < len(self.plans[p].phases):
                kind = self.plans[p].first_kind + f
                if s in self.phases[kind - 2].profiles:
                    return kind * n + s
        if type(value) is int or type(value) is list:
            raise Rejected("P3", f"there is no position {str(value)[:60]}")
        raise Rejected("P1", f"expected a position, found {describe(value)}")

    def words(self, position: int) -> str:
        """Name a position."""
        kind, s = divmod(position, self.n_states)
        name = f"state '{self.game.states[s].name}'"
        if kind == OPEN:
            return name
        return f"{name}, no deal" if kind == NO_DEAL else f"{name}, {self.phases[kind - 2].place}"


def _who_differs(look: Look | None, seen: Look | None, alike: frozenset[Look]) -> int:
    if look is None or seen is None or look == seen or seen in alike:
        return QUIET
    parties = [i for i, (a, b) in enumerate(zip(look, seen, strict=True)) if a != b]
    return parties[0] if len(parties) == 1 else SEVERAL


def make_world(game: Game) -> World:
    """Read the plans of a game file (G6).

    Raises
    ------
    Unreadable
        Where a rule G is broken.
    """
    plans: list[Plan] = []
    phases: list[Phase] = []
    names: set[tuple[str, str, str]] = set()
    for p, raw in enumerate(take_list(game.document.get("plans", []), "plans")):
        plan = _read_plan(raw, f"plans[{p}]", game, 2 + len(phases))
        if (plan.name, plan.reading, plan.opening) in names:
            raise Unreadable(f"plans[{p}]: this name with these readings stands twice (G6)")
        names.add((plan.name, plan.reading, plan.opening))
        plans.append(plan)
        phases.extend(plan.phases)
    return World(game, tuple(plans), tuple(phases))


def _read_plan(raw: Any, where: str, game: Game, first_kind: int) -> Plan:
    take_keys(raw, PLAN_KEYS, PLAN_KEYS, where)
    reading, opening = raw["reading"], raw["opening"]
    if type(raw["name"]) is not str or reading not in READINGS or opening not in OPENINGS:
        raise Unreadable(f"{where}: needs a name, a reading and an opening (G6)")
    entries = take_list(raw["phases"], f"{where}.phases")
    reader = _PhaseReader(game, raw["name"], reading, opening, first_kind, len(entries))
    phases = tuple(reader.read(entry, f"{where}.phases[{f}]") for f, entry in enumerate(entries))
    start = take_list(raw["start"], f"{where}.start", 2)
    if not all(type(x) is int for x in start) or not 0 <= start[0] < len(phases):
        raise Unreadable(f"{where}.start: expected a phase and a state (G6)")
    if start[1] not in phases[start[0]].profiles:
        raise Unreadable(f"{where}.start: the phase has no actions in this state (G6)")
    position = (first_kind + start[0]) * len(game.states) + start[1]
    return Plan(raw["name"], reading, opening, first_kind, position, phases)


@dataclass(frozen=True, slots=True)
class _PhaseReader:
    game: Game
    plan: str
    reading: str
    opening: str
    first_kind: int
    n_phases: int

    def read(self, raw: Any, where: str) -> Phase:
        take_keys(raw, PHASE_KEYS, PHASE_KEYS - {"alarms", "alike"}, where)
        if type(raw["name"]) is not str:
            raise Unreadable(f"{where}.name: expected a text")
        n_players = len(self.game.players)
        open_kinds = {OPEN} if self.opening == "best" else set()
        kept = self._target(raw["kept"], f"{where}.kept", open_kinds)
        order, after = [], []
        for pair in take_list(raw.get("alarms", []), f"{where}.alarms"):
            player, target = take_list(pair, f"{where}.alarms", 2)
            if type(player) is not int or not 0 <= player < n_players or player in order:
                raise Unreadable(f"{where}.alarms: each player once, by number (G6)")
            order.append(player)
            after.append(self._target(target, f"{where}.alarms", open_kinds))
        breach = [
            self._target(target, f"{where}.breach", None)
            for target in take_list(raw["breach"], f"{where}.breach", n_players)
        ]
        self._check_breach(breach, f"{where}.breach")
        other = OPEN if self.reading == "harshest" else NO_DEAL
        profiles = self._profiles(raw["actions"], f"{where}.actions")
        alike = self._alike(raw.get("alike", {}), f"{where}.alike")
        if self.reading != "as-written":
            self._check_alike(alike, profiles, f"{where}.alike")
        return Phase(
            f"phase '{raw['name']}' of plan '{self.plan}'", profiles, tuple(order), alike,
            (kept, *after, *breach, other),
        )  # fmt: skip

    def _check_breach(self, breach: list[Target], where: str) -> None:
        kinds = {kind for target in breach for kind in _kinds(target)}
        right = {
            "no-deal": kinds == {NO_DEAL}, "harshest": kinds == {OPEN},
            "as-written": OPEN not in kinds,
        }[self.reading]  # fmt: skip
        if not right:
            raise Unreadable(f"{where}: does not fit the reading '{self.reading}' (G6)")

    def _target(self, value: Any, where: str, open_kinds: set[int] | None) -> Target:
        if type(value) is list:
            take_list(value, where, len(self.game.states))
            target: Target = tuple(None if v is None else self._kind(v, where) for v in value)
        else:
            target = self._kind(value, where)
        if open_kinds is not None and OPEN in _kinds(target) and OPEN not in open_kinds:
            raise Unreadable(f"{where}: 'any' does not fit the opening '{self.opening}' (G6)")
        if NO_DEAL in _kinds(target) and self.game.no_deal is None:
            raise Unreadable("'no_deal' is missing, and a plan leads to it (G5)")
        return target

    def _kind(self, value: Any, where: str) -> int:
        if value == "no-deal":
            return NO_DEAL
        if value == "any":
            return OPEN
        if type(value) is int and 0 <= value < self.n_phases:
            return self.first_kind + value
        raise Unreadable(f"{where}: expected a phase's number, 'no-deal' or 'any' (G6)")

    def _profiles(self, raw: Any, where: str) -> dict[int, int]:
        profiles: dict[int, int] = {}
        for key, actions in _by_state(raw, where, self.game):
            state = self.game.states[key]
            profile = state.profile_of(actions)
            if profile is None:
                raise Unreadable(f"{where}: not a profile of state {key} (G6)")
            has_looks = any(seen is not None for seen in state.seen)
            if has_looks and state.look_of(profile) is None:
                raise Unreadable(f"{where}: the profile of state {key} has no look (G8)")
            profiles[key] = profile
        return profiles

    def _alike(self, raw: Any, where: str) -> dict[int, frozenset[Look]]:
        found: dict[int, frozenset[Look]] = {}
        for key, looks in _by_state(raw, where, self.game):
            each = [tuple(take_list(x, where, len(self.game.players)))
                    for x in take_list(looks, where)]  # fmt: skip
            if not all(type(label) is int for look in each for label in look):
                raise Unreadable(f"{where}: expected lists of integers (G6)")
            found[key] = frozenset(each)
        return found

    def _check_alike(
        self, alike: dict[int, frozenset[Look]], profiles: dict[int, int], where: str
    ) -> None:
        for s, looks in alike.items():
            state = self.game.states[s]
            if s not in profiles:
                raise Unreadable(f"{where}: nothing is prescribed in state {s} (G6)")
            here = _next_weights(state, profiles[s])
            for other in state.neighbours(profiles[s]):
                if state.look_of(other) in looks and _next_weights(state, other) != here:
                    raise Unreadable(
                        f"{where}: does not fit the reading '{self.reading}', for it moves"
                        f" something in state {s} (G6)"
                    )


def _next_weights(state: State, profile: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for outcome, weight in zip(*state.rows[profile], strict=True):
        t = state.next_of(outcome)
        found[t] = found.get(t, 0) + weight
    return found


def _kinds(target: Target) -> set[int]:
    if isinstance(target, int):
        return {target}
    return {kind for kind in target if kind is not None}


def _by_state(raw: Any, where: str, game: Game) -> list[tuple[int, Any]]:
    if type(raw) is not dict:
        raise Unreadable(f"{where}: expected an object, found {describe(raw)}")
    found = []
    for key, value in raw.items():
        if not (key.isascii() and key.isdigit() and len(key) < 10 and str(int(key)) == key):
            raise Unreadable(f"{where}: '{key[:40]}' is no state's number (G6)")
        if int(key) >= len(game.states):
            raise Unreadable(f"{where}: there is no state {key} (G6)")
        found.append((int(key), value))
    return found
