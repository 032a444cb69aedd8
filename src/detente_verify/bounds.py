"""Step `bounds`: floors and ceilings of equilibrium payoffs, inductively (P20 to P22)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from detente_verify.exact import common_denominator
from detente_verify.facts import Facts
from detente_verify.form import take_list, take_object, take_rational, take_some
from detente_verify.game import Game, State
from detente_verify.outcome import Rejected, compare


def check_bounds(step: dict[str, Any], facts: Facts) -> str:
    """Check a step `bounds` and add its facts; give what it says in words."""
    take_object(step, {"step", "entries"})
    positions, low, high = _read(take_some(step["entries"]), facts)
    sides = [_Side(facts, i, low[i], ceiling=False) for i in range(len(low))]
    sides += [_Side(facts, i, high[i], ceiling=True) for i in range(len(high))]
    for n, position in enumerate(positions):
        facts.clock.tick()
        try:
            _check_order(position, sides, len(low))
            _check_entry(position, sides, facts)
        except Rejected as wrong:
            raise wrong.at(f"entry {n}") from None
    for side in sides:
        side.conclude()
    return f"floors and ceilings of the payoffs at {len(positions)} positions"


def _read(
    entries: list[Any], facts: Facts
) -> tuple[list[int], list[dict[int, Fraction]], list[dict[int, Fraction]]]:
    n_players = len(facts.world.game.players)
    positions: list[int] = []
    low: list[dict[int, Fraction]] = [{} for _ in range(n_players)]
    high: list[dict[int, Fraction]] = [{} for _ in range(n_players)]
    taken: set[int] = set()
    for n, entry in enumerate(entries):
        try:
            take_object(entry, {"at", "low", "high"})
            position = facts.world.position(entry["at"])
            if position in taken:
                raise Rejected("P1", "the position stands twice in one step")
            given = 0
            for side, into in (("low", low), ("high", high)):
                for i, value in enumerate(take_list(entry[side], n_players)):
                    if value is not None:
                        into[i][position] = take_rational(value)
                        given += 1
            if not given:
                raise Rejected("P1", "the entry has no number")
        except Rejected as wrong:
            raise wrong.at(f"entry {n}") from None
        taken.add(position)
        positions.append(position)
    return positions, low, high


class _Side:
    """The floors or the ceilings of one player, as integers over a common denominator."""

    def __init__(
        self, facts: Facts, player: int, claimed: dict[int, Fraction], *, ceiling: bool
    ) -> None:
        self.player, self.claimed, self.ceiling = player, claimed, ceiling
        self.known = facts.high[player] if ceiling else facts.low[player]
        self.anywhere = facts.most[player] if ceiling else facts.least[player]
        numbers = [*self.known.values(), *claimed.values(), self.anywhere]
        self.scale = common_denominator(numbers, "the bounds")
        inside = {**self.known, **claimed}
        self.numbers = {x: int(value * self.scale) for x, value in inside.items()}
        self.otherwise = int(self.anywhere * self.scale)

    def in_force(self, position: int) -> Fraction:
        """Give the bound that the step uses at a position."""
        return self.claimed.get(position, self.known.get(position, self.anywhere))

    def denominator(self, game: Game, state: State) -> int:
        """Give what `worth` is over."""
        i = self.player
        return game.patience[i][1] * game.payoff_scale[i] * state.total * self.scale

    def worth(self, game: Game, state: State, profile: int, lead: Callable[[int], int]) -> int:
        """Give the bound on the payoff of a profile; ``lead(k)`` is where an outcome leads."""
        i = self.player
        d, m = game.patience[i]
        outcomes, weights = state.rows[profile]
        numbers, otherwise = self.numbers, self.otherwise
        later = sum([w * numbers.get(lead(k), otherwise)
                     for k, w in zip(outcomes, weights, strict=True)])  # fmt: skip
        now = (m - d) * state.total * self.scale * state.payoffs[profile][i]
        return now + d * game.payoff_scale[i] * later

    def conclude(self) -> None:
        """Keep what was proven where it is better than what was known."""
        pick = min if self.ceiling else max
        for position, value in self.claimed.items():
            self.known[position] = pick(value, self.known.get(position, value))


def _check_order(position: int, sides: list[_Side], n_players: int) -> None:
    for i in range(n_players):
        low, high = sides[i].in_force(position), sides[n_players + i].in_force(position)
        if low > high:
            raise Rejected("P22", f"player {i}: the floor is above the ceiling",
                           compare(low, "<=", high))  # fmt: skip


def _check_entry(position: int, sides: list[_Side], facts: Facts) -> None:
    """Check P20 and P21 at a position, for every profile that is not left out."""
    world = facts.world
    state = world.state(position)
    profiles = [a for a in world.prescribable(position) if not facts.leads_to_empty(position, a)]
    leads = {a: world.lead(position, a) for a in profiles}
    for side in sides:
        if position not in side.claimed:
            continue
        # one profile only may be prescribed, or where outcomes lead does not depend on it
        worths: dict[int, int] = {}
        for a in profiles:
            own = [a] if side.ceiling else [
                a, *(b for _, b in state.deviations(a, side.player))
            ]  # fmt: skip
            for b in own:
                if b not in worths:
                    worths[b] = side.worth(world.game, state, b, leads[a])
            _compare(side, position, facts, a, max(worths[b] for b in own))


def _compare(side: _Side, position: int, facts: Facts, profile: int, worth: int) -> None:
    game, state = facts.world.game, facts.world.state(position)
    under = side.denominator(game, state)
    claimed = side.claimed[position]
    gap = claimed.numerator * under - worth * claimed.denominator
    if gap < 0 if side.ceiling else gap > 0:
        rule, word, relation = ("P21", "ceiling", ">=") if side.ceiling else ("P20", "floor", "<=")
        raise Rejected(
            rule, f"at {facts.world.words(position)}, the {word} of "
            f"{game.players[side.player]} does not hold for the profile {state.words(profile)}",
            compare(claimed, relation, Fraction(worth, under)),
        )  # fmt: skip
