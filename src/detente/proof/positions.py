"""Positions of a game file with plans: what may be played there, and where outcomes lead.

A plain reading of rules G3 to G9 of docs/proof-format.md, on the content of the file alone, so
that proofs are about what the file says. Chances and payoffs are exact; floats are derived.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.proof.exact import Profile, to_fraction

NO_DEAL, ANY = "no-deal", "any"
# an ordinary state, ("no-deal", state), or (plan, phase, state)
Position = int | tuple[str, int] | tuple[int, int, int]
Look = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What everybody sees, and the next state. ``number`` is -1 under perfect monitoring."""

    number: int
    follows: int
    seen: Look | None
    alarms: tuple[int, ...] = ()


@dataclass(slots=True)
class Positions:
    """The content of a game file, with a memory for what was read."""

    document: Mapping[str, Any]
    _profiles: dict[tuple[int, Profile], tuple[tuple[Outcome, Fraction], ...]] = field(
        default_factory=dict
    )
    _floats: dict[tuple[int, Profile], tuple[tuple[Outcome, float], ...]] = field(
        default_factory=dict
    )
    _outcomes: dict[int, list[Outcome]] = field(default_factory=dict)
    _payoffs: dict[tuple[int, Profile], tuple[Fraction, ...]] = field(default_factory=dict)
    _looks: dict[tuple[int, Profile], Look | None] = field(default_factory=dict)
    _alike: dict[tuple[int, int, int], frozenset[Look]] = field(default_factory=dict)
    _discount: tuple[Fraction, ...] = ()

    @property
    def n_states(self) -> int:
        """Number of states."""
        return len(self.document["states"])

    @property
    def n_players(self) -> int:
        """Number of players."""
        return len(self.document["players"])

    @property
    def discount(self) -> tuple[Fraction, ...]:
        """Discount factors, exact."""
        if not self._discount:
            self._discount = tuple(to_fraction(d) for d in self.document["discount"])
        return self._discount

    def shape(self, state: int) -> tuple[int, ...]:
        """Give the number of actions of every player in a state."""
        return tuple(len(names) for names in self.document["states"][state]["actions"])

    def payoff(self, state: int, profile: Profile) -> tuple[Fraction, ...]:
        """Give the payoffs of one period."""
        key = state, profile
        if key not in self._payoffs:
            table = self.document["states"][state]["payoffs"]
            self._payoffs[key] = tuple(to_fraction(u) for u in _at(table, profile))
        return self._payoffs[key]

    def outcomes(self, state: int, profile: Profile) -> tuple[tuple[Outcome, Fraction], ...]:
        """Give the outcomes of a profile with their probabilities, all positive."""
        key = state, profile
        if key not in self._profiles:
            self._profiles[key] = tuple(self._read(state, profile))
        return self._profiles[key]

    def chances(self, state: int, profile: Profile) -> tuple[tuple[Outcome, float], ...]:
        """Give the outcomes of a profile with their probabilities in floating point."""
        key = state, profile
        if key not in self._floats:
            self._floats[key] = tuple((o, float(q)) for o, q in self.outcomes(state, profile))
        return self._floats[key]

    def _read(self, state: int, profile: Profile) -> Iterator[tuple[Outcome, Fraction]]:
        one = self.document["states"][state]
        if one.get("monitoring") == "perfect":
            cell = [(Outcome(-1, int(t), profile), to_fraction(q))
                    for t, q in _at(one["transitions"], profile)]  # fmt: skip
        else:
            if state not in self._outcomes:
                self._outcomes[state] = [
                    Outcome(k, int(each["next"]), _look(each.get("seen")),
                            tuple(each.get("alarms", ())))
                    for k, each in enumerate(one["outcomes"])
                ]  # fmt: skip
            pairs = (
                _at(one["chances"], profile)
                if "chances" in one
                else enumerate(_at(one["probabilities"], profile))
            )
            cell = [(self._outcomes[state][k], to_fraction(q)) for k, q in pairs]
        whole = sum((q for _, q in cell), Fraction(0))
        return ((outcome, q / whole) for outcome, q in cell if q > 0)

    def state_of(self, position: Position) -> int:
        """Give the state of a position."""
        return position if isinstance(position, int) else position[-1]

    def prescribed(self, position: Position) -> Profile | None:
        """Give the one profile that may be prescribed, or None at an open position."""
        if isinstance(position, int):
            return None
        if len(position) == 2:
            return tuple(self.document["no_deal"][position[1]])
        plan, phase, state = position
        return tuple(self.document["plans"][plan]["phases"][phase]["actions"][str(state)])

    def allowed(self, position: Position) -> list[Profile]:
        """List the profiles that may be prescribed at a position."""
        only = self.prescribed(position)
        if only is not None:
            return [only]
        state = self.state_of(position)
        table = self.document["states"][state].get("prescribable")
        every = itertools.product(*map(range, self.shape(state)))
        return [a for a in every if table is None or _at(table, a)]

    def start(self, plan: int) -> Position:
        """Give the position where a plan begins."""
        phase, state = self.document["plans"][plan]["start"]
        return plan, phase, state

    def deviations(self, state: int, profile: Profile) -> list[tuple[int, int, Profile]]:
        """List (player, its other action, the profile then played)."""
        return [
            (i, other, (*profile[:i], other, *profile[i + 1 :]))
            for i, size in enumerate(self.shape(state))
            for other in range(size)
            if other != profile[i]
        ]

    def neighbouring(self, state: int, profile: Profile) -> list[Outcome]:
        """List the outcomes of a profile and of the deviations of one player from it."""
        others = [each for _, _, each in self.deviations(state, profile)]
        found: dict[Outcome, None] = {}
        for each in (profile, *others):
            found.update(dict.fromkeys(o for o, _ in self.outcomes(state, each)))
        return list(found)

    def look(self, state: int, profile: Profile) -> Look | None:
        """Give the look that all outcomes of a profile carry, or None."""
        key = state, profile
        if key not in self._looks:
            looks = {outcome.seen for outcome, _ in self.outcomes(state, profile)}
            self._looks[key] = looks.pop() if len(looks) == 1 else None
        return self._looks[key]

    def departed(self, x: Position, profile: Profile, outcome: Outcome) -> list[int]:
        """List the players that are seen to differ from the profile prescribed at a position."""
        look = self.look(self.state_of(x), profile)
        if look is None or outcome.seen is None or look == outcome.seen:
            return []
        if outcome.seen in self._alike_at(x):
            return []
        return [i for i, (x, y) in enumerate(zip(look, outcome.seen, strict=True)) if x != y]

    def _alike_at(self, x: Position) -> frozenset[Look]:
        if isinstance(x, int) or len(x) == 2:
            return frozenset()
        if x not in self._alike:
            plan, phase, state = x
            alike = self.document["plans"][plan]["phases"][phase].get("alike", {})
            self._alike[x] = frozenset(tuple(look) for look in alike.get(str(state), ()))
        return self._alike[x]

    def follow(self, position: Position, profile: Profile, outcome: Outcome) -> Position:
        """Give the position that an outcome leads to when ``profile`` is prescribed."""
        t = outcome.follows
        if isinstance(position, int):
            return t
        if len(position) == 2:
            return NO_DEAL, t
        number, phase_number, _ = position
        plan = self.document["plans"][number]
        phase = plan["phases"][phase_number]
        who = self.departed(position, profile, outcome)
        if not who:
            target = phase["kept"]
            for player, then in phase.get("alarms", ()):
                if player in outcome.alarms:
                    target = then
                    break
        elif len(who) == 1:
            target = phase["breach"][who[0]]
        else:
            target = ANY if plan["reading"] == "harshest" else NO_DEAL
        if isinstance(target, list):
            target = target[t]
        if target == NO_DEAL:
            return NO_DEAL, t
        return t if target == ANY else (number, int(target), t)


def write_position(position: Position) -> int | list[Any]:
    """Write a position as the format does."""
    return position if isinstance(position, int) else list(position)


def _look(seen: Sequence[int] | None) -> Look | None:
    return None if seen is None else tuple(int(x) for x in seen)


def _at(table: Any, profile: Profile) -> Any:
    for action in profile:
        table = table[action]
    return table
