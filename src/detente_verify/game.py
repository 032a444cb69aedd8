"""The game as the checker reads it, in integers over common denominators (rules G1 to G5)."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente_verify.exact import MAX_TOTAL_BITS, common_denominator
from detente_verify.outcome import LimitHit, Unreadable, show
from detente_verify.reading import describe, parse_number

SUM_SLACK = Fraction(1, 10**9)
GAME_KEYS = {"players", "discount", "states", "no_deal", "plans"}
STATE_KEYS = {
    "name", "actions", "payoffs", "monitoring", "outcomes", "probabilities", "chances",
    "transitions", "prescribable",
}  # fmt: skip
OUTCOME_KEYS = {"signal", "next", "seen", "alarms"}
Look = tuple[int, ...]
Row = tuple[tuple[int, ...], tuple[int, ...]]  # outcomes and their weights


@dataclass(frozen=True, slots=True)
class State:
    """One state. Profiles are numbered row-major, the last player's action changing fastest.

    Under perfect monitoring the outcome "profile a, next state t" has number ``a * S + t``.

    Attributes
    ----------
    payoffs : by profile and player, integers over ``Game.payoff_scale``
    rows : by profile, the outcomes of positive probability and their weights
    total : what the weights of every row add up to
    allowed : by profile, whether an equilibrium may prescribe it in the open position
    nexts, seen, alarms : by outcome, for states with signals
    """

    name: str
    actions: tuple[tuple[str, ...], ...]
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    payoffs: list[tuple[int, ...]]
    rows: list[Row]
    total: int
    allowed: tuple[int, ...]
    perfect: bool
    n_states: int
    nexts: tuple[int, ...]
    seen: tuple[Look | None, ...]
    alarms: tuple[frozenset[int], ...]

    def actions_of(self, profile: int) -> Look:
        """Give the players' actions in a profile."""
        return tuple(profile // s % n for s, n in zip(self.strides, self.shape, strict=True))

    def profile_of(self, actions: Any) -> int | None:
        """Give the number of a profile, None where it is none of this state."""
        if type(actions) is not list or len(actions) != len(self.shape):
            return None
        if not all(type(b) is int and 0 <= b < n for b, n in zip(actions, self.shape, strict=True)):
            return None
        return sum([int(b) * s for b, s in zip(actions, self.strides, strict=True)])

    def replace(self, profile: int, player: int, action: int) -> int:
        """Give the profile in which one player takes another action."""
        stride = self.strides[player]
        return profile + (action - profile // stride % self.shape[player]) * stride

    def deviations(self, profile: int, player: int) -> list[tuple[int, int]]:
        """Give the other actions of a player, with the profiles they make."""
        stride, n = self.strides[player], self.shape[player]
        own = profile // stride % n
        return [(b, profile + (b - own) * stride) for b in range(n) if b != own]

    def neighbours(self, profile: int) -> Iterator[int]:
        """Give a profile and all that one player makes of it."""
        yield profile
        for player in range(len(self.shape)):
            for _, other in self.deviations(profile, player):
                yield other

    def next_of(self, outcome: int) -> int:
        """Give the next state of an outcome."""
        return outcome % self.n_states if self.perfect else self.nexts[outcome]

    def seen_in(self, outcome: int) -> Look | None:
        """Give what the players were seen to do in an outcome."""
        return self.actions_of(outcome // self.n_states) if self.perfect else self.seen[outcome]

    def look_of(self, profile: int) -> Look | None:
        """Give the look that all outcomes of a profile carry, None where they differ (G4)."""
        if self.perfect:
            return self.actions_of(profile)
        looks = {self.seen[k] for k in self.rows[profile][0]}
        return looks.pop() if len(looks) == 1 else None

    def words(self, profile: int) -> str:
        """Name the actions of a profile."""
        names = [a[b] for a, b in zip(self.actions, self.actions_of(profile), strict=True)]
        return ", ".join(names)


@dataclass(frozen=True, slots=True)
class Game:
    """A game.

    Attributes
    ----------
    patience : by player, (d, m) with discount factor d / m
    payoff_scale : by player, the common denominator of all payoffs
    no_deal : by state, the profile that return to no deal means; None where the file has none
    document : the parsed file, for the plans
    """

    players: tuple[str, ...]
    patience: tuple[tuple[int, int], ...]
    payoff_scale: tuple[int, ...]
    states: tuple[State, ...]
    no_deal: tuple[int, ...] | None
    document: dict[str, Any]
    sha256: str

    def payoff(self, state: int, profile: int, player: int) -> Fraction:
        """Give a payoff of one period."""
        number = self.states[state].payoffs[profile][player]
        return Fraction(number, self.payoff_scale[player])

    def discount(self, player: int) -> Fraction:
        """Give a discount factor."""
        return Fraction(*self.patience[player])


def take_keys(value: Any, known: set[str], needed: set[str], where: str) -> dict[str, Any]:
    """Check that a value of the game file is an object with these keys."""
    if type(value) is not dict:
        raise Unreadable(f"{where}: expected an object, found {describe(value)}")
    for key in value:
        if key not in known:
            raise Unreadable(f"{where}: unknown key '{key[:60]}'")
    for key in sorted(needed):
        if key not in value:
            raise Unreadable(f"{where}: the key '{key}' is missing")
    return value


def take_list(value: Any, where: str, length: int | None = None) -> list[Any]:
    """Check that a value of the game file is a list, of a length."""
    if type(value) is not list:
        raise Unreadable(f"{where}: expected a list, found {describe(value)}")
    if length is not None and len(value) != length:
        raise Unreadable(f"{where}: {len(value)} entries, expected {length}")
    return value


def _take_names(value: Any, where: str) -> tuple[str, ...]:
    names = take_list(value, where)
    if not names or not all(type(name) is str for name in names):
        raise Unreadable(f"{where}: expected a list of names")
    return tuple(names)


def _flatten(value: Any, shape: tuple[int, ...], where: str) -> list[Any]:
    level = [value]
    for n in shape:
        level = [inner for outer in level for inner in take_list(outer, where, n)]
    return level


class GameReader:
    """Turns the parsed game file into a `Game`; every number is parsed once."""

    def __init__(self, document: Any) -> None:
        self.document = take_keys(document, GAME_KEYS, {"players", "discount", "states"}, "game")
        self._numbers: dict[str | int, Fraction] = {}
        self._texts: dict[str | int, str] = {}
        self._bits = 0  # of all weights

    def read(self) -> Game:
        """Read the game.

        Raises
        ------
        Unreadable
            Where a rule G is broken.
        LimitHit
            Where common denominators are too large.
        """
        doc = self.document
        players = _take_names(doc["players"], "players")
        factors = [self._number(d) for d in take_list(doc["discount"], "discount", len(players))]
        if not all(0 < d < 1 for d in factors):
            raise Unreadable("discount: each factor lies between 0 and 1 (G1)")
        raw = take_list(doc["states"], "states")
        names: dict[str, int] = {}
        for s, state in enumerate(raw):
            take_keys(state, STATE_KEYS, {"name", "actions", "payoffs"}, f"states[{s}]")
            if type(state["name"]) is not str or state["name"] in names:
                raise Unreadable(f"states[{s}]: needs a name of its own")
            names[state["name"]] = s
        if not raw:
            raise Unreadable("states: there are none")
        payoffs = [self._payoffs(state, len(players), f"states[{s}]")
                   for s, state in enumerate(raw)]  # fmt: skip
        scale = tuple(
            common_denominator([row[i] for rows in payoffs for row in rows], "the payoffs")
            for i in range(len(players))
        )
        states = tuple(
            self._state(state, s, names, payoffs[s], scale) for s, state in enumerate(raw)
        )
        return Game(
            players, tuple((d.numerator, d.denominator) for d in factors), scale, states,
            _read_no_deal(doc, states), doc, self._hash(),
        )  # fmt: skip

    def _number(self, value: Any) -> Fraction:
        if type(value) is not int and not isinstance(value, str):
            return parse_number(value)
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = parse_number(value)
        return found

    def _payoffs(self, raw: dict[str, Any], n: int, where: str) -> list[tuple[Fraction, ...]]:
        actions = take_list(raw["actions"], f"{where}.actions", n)
        shape = tuple(len(_take_names(a, f"{where}.actions")) for a in actions)
        cells = _flatten(raw["payoffs"], shape, f"{where}.payoffs")
        return [
            tuple(self._number(u) for u in take_list(cell, f"{where}.payoffs", n)) for cell in cells
        ]

    def _state(
        self,
        raw: dict[str, Any],
        s: int,
        names: dict[str, int],
        payoffs: list[tuple[Fraction, ...]],
        scale: tuple[int, ...],
    ) -> State:
        where = f"states[{s}]"
        actions = tuple(tuple(names) for names in raw["actions"])
        shape = tuple(len(names) for names in actions)
        strides = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
        monitoring = raw.get("monitoring", "signals")
        if monitoring not in ("perfect", "signals"):
            raise Unreadable(f"{where}.monitoring: expected 'perfect' or 'signals'")
        perfect = monitoring == "perfect"
        nexts, seen, alarms = _read_outcomes(raw, where, names, len(shape), perfect)
        if perfect:
            spread = self._transitions(raw, where, names, shape)
        else:
            spread = self._chances(raw, where, len(nexts), shape)
        rows, total = _scale_rows(spread, where)
        self._bits += total.bit_length() * sum(len(row[0]) for row in rows)
        if self._bits > MAX_TOTAL_BITS:
            raise LimitHit("the probabilities are too many for their common denominators")
        allowed = tuple(range(len(payoffs)))
        if "prescribable" in raw:
            flags = _flatten(raw["prescribable"], shape, f"{where}.prescribable")
            if not all(type(flag) is bool for flag in flags):
                raise Unreadable(f"{where}.prescribable: expected true or false")
            allowed = tuple(a for a, flag in enumerate(flags) if flag)
        scaled = [tuple(int(u * q) for u, q in zip(row, scale, strict=True)) for row in payoffs]
        return State(
            raw["name"], actions, shape, strides, scaled, rows, total, allowed, perfect,
            len(names), nexts, seen, alarms,
        )  # fmt: skip

    def _transitions(
        self, raw: dict[str, Any], where: str, names: dict[str, int], shape: tuple[int, ...]
    ) -> list[dict[int, Fraction]]:
        if "transitions" not in raw or {"outcomes", "probabilities", "chances"} & set(raw):
            raise Unreadable(f"{where}: perfect monitoring needs 'transitions' alone (G2)")
        where += ".transitions"
        out: list[dict[int, Fraction]] = []
        for profile, cell in enumerate(_flatten(raw["transitions"], shape, where)):
            row: dict[int, Fraction] = {}
            for pair in take_list(cell, where):
                following, chance = take_list(pair, where, 2)
                outcome = profile * len(names) + _take_next(following, names, where)
                row[outcome] = row.get(outcome, Fraction(0)) + self._chance(chance, where)
            out.append(row)
        return out

    def _chances(
        self, raw: dict[str, Any], where: str, n_outcomes: int, shape: tuple[int, ...]
    ) -> list[dict[int, Fraction]]:
        if ("probabilities" in raw) == ("chances" in raw):
            raise Unreadable(f"{where}: one of 'probabilities' and 'chances' (G3)")
        if "probabilities" in raw:
            where += ".probabilities"
            cells = _flatten(raw["probabilities"], shape, where)
            return [
                {k: self._chance(q, where)
                 for k, q in enumerate(take_list(cell, where, n_outcomes))} for cell in cells
            ]  # fmt: skip
        where += ".chances"
        out: list[dict[int, Fraction]] = []
        for cell in _flatten(raw["chances"], shape, where):
            row: dict[int, Fraction] = {}
            for pair in take_list(cell, where):
                outcome, chance = take_list(pair, where, 2)
                if type(outcome) is not int or not 0 <= outcome < n_outcomes or outcome in row:
                    raise Unreadable(f"{where}: each outcome once, by number (G3)")
                row[outcome] = self._chance(chance, where)
            out.append(row)
        return out

    def _chance(self, value: Any, where: str) -> Fraction:
        chance = self._number(value)
        if chance < 0:
            raise Unreadable(f"{where}: a probability is negative (G3)")
        return chance

    def _hash(self) -> str:
        document = dict(self.document)
        document["discount"] = self._rewrite(document["discount"])
        states = []
        for raw in document["states"]:
            state = dict(raw)
            for key in ("payoffs", "probabilities"):
                if key in state:
                    state[key] = self._rewrite(state[key])
            for key in ("transitions", "chances"):
                if key in state:
                    state[key] = self._rewrite_pairs(state[key], len(state["actions"]))
            states.append(state)
        document["states"] = states
        text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        try:
            return hashlib.sha256(text.encode()).hexdigest()
        except UnicodeEncodeError:
            raise Unreadable("holds a character that UTF-8 cannot write") from None

    def _rewrite(self, value: Any) -> Any:
        return [self._rewrite(v) for v in value] if type(value) is list else self._text(value)

    def _rewrite_pairs(self, value: Any, depth: int) -> Any:
        if depth:
            return [self._rewrite_pairs(v, depth - 1) for v in value]
        return [[first, self._text(second)] for first, second in value]

    def _text(self, value: Any) -> str:
        found = self._texts.get(value)
        if found is None:
            found = self._texts[value] = str(self._number(value))
        return found


def _take_next(value: Any, names: dict[str, int], where: str) -> int:
    if type(value) is int and 0 <= value < len(names):
        return value
    if type(value) is str and value in names:
        return names[value]
    raise Unreadable(f"{where}: a next state that does not exist (G2)")


def _read_outcomes(
    raw: dict[str, Any], where: str, names: dict[str, int], n_players: int, perfect: bool
) -> tuple[tuple[int, ...], tuple[Look | None, ...], tuple[frozenset[int], ...]]:
    if perfect:
        return (), (), ()
    if "outcomes" not in raw or "transitions" in raw:
        raise Unreadable(f"{where}: signals need 'outcomes' and no 'transitions' (G2)")
    nexts: list[int] = []
    seen: list[Look | None] = []
    alarms: list[frozenset[int]] = []
    for k, outcome in enumerate(take_list(raw["outcomes"], f"{where}.outcomes")):
        place = f"{where}.outcomes[{k}]"
        take_keys(outcome, OUTCOME_KEYS, {"next"}, place)
        if type(outcome.get("signal", "")) is not str:
            raise Unreadable(f"{place}.signal: expected a text")
        nexts.append(_take_next(outcome["next"], names, place))
        labels = None
        if "seen" in outcome:
            labels = tuple(take_list(outcome["seen"], f"{place}.seen", n_players))
            if not all(type(label) is int for label in labels):
                raise Unreadable(f"{place}.seen: expected an integer for each player (G4)")
        seen.append(labels)
        about = take_list(outcome.get("alarms", []), f"{place}.alarms")
        if not all(type(i) is int and 0 <= i < n_players for i in about):
            raise Unreadable(f"{place}.alarms: expected numbers of players (G4)")
        alarms.append(frozenset(about))
    return tuple(nexts), tuple(seen), tuple(alarms)


def _scale_rows(spread: list[dict[int, Fraction]], where: str) -> tuple[list[Row], int]:
    """Write all rows of a state as integer weights with one total (G3)."""
    what = f"the probabilities of {where}"
    rows: list[Row] = []
    masses: list[Fraction] = []
    for profile, row in enumerate(spread):
        under = common_denominator(row.values(), what)
        outcomes = tuple(sorted(k for k, q in row.items() if q))
        weights = [row[k].numerator * (under // row[k].denominator) for k in outcomes]
        mass = Fraction(sum(weights), under)
        if abs(mass - 1) > SUM_SLACK:
            raise Unreadable(
                f"{where}: the probabilities of profile {profile} sum to {show(mass)} (G3)"
            )
        divisor = math.gcd(*weights)
        weights = [w // divisor for w in weights]
        rows.append((outcomes, tuple(weights)))
        masses.append(Fraction(1, sum(weights)))
    total = common_denominator(masses, what)
    return [
        (outcomes, tuple([w * (total // mass.denominator) for w in weights]))
        for (outcomes, weights), mass in zip(rows, masses, strict=True)
    ], total  # fmt: skip


def _read_no_deal(doc: dict[str, Any], states: tuple[State, ...]) -> tuple[int, ...] | None:
    if "no_deal" not in doc:
        return None
    profiles = []
    for state, actions in zip(
        states, take_list(doc["no_deal"], "no_deal", len(states)), strict=True
    ):
        profile = state.profile_of(actions)
        if profile is None:
            raise Unreadable(f"no_deal: not a profile of state '{state.name}' (G5)")
        profiles.append(profile)
    return tuple(profiles)
