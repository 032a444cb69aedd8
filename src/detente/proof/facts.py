"""What a proof has shown so far about payoffs from outside, and the inequalities that show more.

The rules are those of docs/proof-format.md: boxes (P20 to P22), weights (P32), half-planes (P50 to
P53). Everything is exact; a step is written only after the inequality held here.
"""

from __future__ import annotations

import bisect
import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from detente.proof.exact import ExactGame, Point, Profile

ZERO = Fraction(0)
Weights = tuple[tuple[int, int, Fraction], ...]  # (player, action, weight > 0)
Direction = tuple[int, int]
Outcome = tuple[int, Profile | None]  # an outcome; under perfect monitoring with its profile


@dataclass(frozen=True, slots=True)
class Planes:
    """Half-planes ``normal . v <= most``, counter-clockwise, around the payoffs of a state."""

    normals: tuple[Direction, ...]
    most: tuple[Fraction, ...]

    def support(self, y: Sequence[Fraction]) -> Fraction:
        """Bound y . v by the two neighbouring planes (rule P50)."""
        if not any(y):
            return ZERO
        j, alpha, beta = self.split(y)
        return alpha * self.most[j] + beta * self.most[(j + 1) % len(self.most)]

    def split(self, y: Sequence[Fraction]) -> tuple[int, Fraction, Fraction]:
        """Give j, alpha and beta with ``y = alpha normals[j] + beta normals[j + 1]``."""
        n = len(self.normals)
        angle = math.atan2(y[1], y[0]) % math.tau
        guess = bisect.bisect_right(_list_angles(self.normals), angle) - 1
        for j in (guess % n, (guess + 1) % n, (guess - 1) % n):  # the angle may be off by rounding
            (a, b), (c, d) = self.normals[j], self.normals[(j + 1) % n]
            left, right = a * y[1] - b * y[0], y[0] * d - y[1] * c
            if left >= 0 and right > 0:
                turn = a * d - b * c
                return j, right / turn, left / turn
        raise ArithmeticError("the normals do not go round once, starting near the first axis")


@functools.lru_cache
def _list_angles(normals: tuple[Direction, ...]) -> list[float]:
    """List the angles of normals that go round once from the first axis: 0 <= angle < 2 pi."""
    return [math.atan2(b, a) % math.tau for a, b in normals]


@dataclass(slots=True)
class Facts:
    """Boxes, half-planes and empty states shown so far.

    Attributes
    ----------
    low, high : by state and player
    planes : state -> the families of half-planes shown
    empty : states shown to have no equilibrium
    """

    game: ExactGame
    low: list[list[Fraction]] = field(default_factory=list)
    high: list[list[Fraction]] = field(default_factory=list)
    planes: dict[int, list[Planes]] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        players = range(self.game.n_players)
        least = [self.game.least_payoff(i) for i in players]
        most = [self.game.largest_payoff(i) for i in players]
        self.low = [list(least) for _ in self.game.states]
        self.high = [list(most) for _ in self.game.states]

    def support(self, t: int, y: Sequence[Fraction]) -> Fraction:
        """Bound y . v over the payoffs of a state: the least of the box and the half-planes."""
        box = sum(
            (each * (self.high[t][i] if each > 0 else self.low[t][i]) for i, each in enumerate(y)),
            ZERO,
        )
        return min([box, *(planes.support(y) for planes in self.planes.get(t, ()))])

    def leads_to_empty(self, s: int, profile: Profile) -> int | None:
        """Give an empty state that a profile, or one deviation from it, can lead to."""
        state = self.game.states[s]
        for played in [profile, *(away for _, _, away in state.deviations(profile))]:
            for k, _ in state.chances[played]:
                if state.follows(k) in self.empty:
                    return state.follows(k)
        return None

    def bound(
        self, s: int, profile: Profile, direction: Sequence[int], weights: Weights
    ) -> Fraction:
        """Bound ``direction . v`` over payoffs v that a profile can be part of (A of rule P52).

        With direction 0 a negative answer shows that the profile cannot be prescribed (P32).
        """
        total, pulls = self.pull(s, profile, direction, weights)
        return total + sum((self.support(t, y) for t, y in pulls), ZERO)

    def pull(
        self, s: int, profile: Profile, direction: Sequence[int], weights: Weights
    ) -> tuple[Fraction, list[tuple[int, list[Fraction]]]]:
        """Give the constant of rule P52, and (next state, y(k)) for every outcome k."""
        state = self.game.states[s]
        found: dict[Outcome, list[Fraction]] = {}
        total = ZERO

        def weigh(played: Profile, amounts: Sequence[Fraction]) -> None:
            nonlocal total
            for i, amount in enumerate(amounts):
                total += amount * (1 - self.game.discount[i]) * state.payoff[played][i]
            for k, q in state.chances[played]:
                y = found.setdefault((k, played if state.perfect else None), [ZERO] * len(amounts))
                for i, amount in enumerate(amounts):
                    y[i] += self.game.discount[i] * q * amount

        own = [Fraction(each) for each in direction]
        for i, action, weight in weights:
            own[i] += weight
            against = [ZERO] * len(own)
            against[i] = -weight
            weigh((*profile[:i], action, *profile[i + 1 :]), against)
        weigh(profile, own)
        return total, [(state.follows(k), y) for (k, _), y in found.items()]

    def floor_holds(self, s: int, player: int, low: Sequence[Sequence[Fraction]]) -> bool:
        """Whether rule P20 holds at a state for candidate floors of all states."""
        state = self.game.states[s]
        return all(
            low[s][player]
            <= max(
                self._worth(s, (*a[:player], b, *a[player + 1 :]), player, low)
                for b in range(state.shape[player])
            )
            for a in state.prescribable
            if self.leads_to_empty(s, a) is None
        )

    def ceiling_holds(self, s: int, player: int, high: Sequence[Sequence[Fraction]]) -> bool:
        """Whether rule P21 holds at a state for candidate ceilings of all states."""
        return all(
            high[s][player] >= self._worth(s, a, player, high)
            for a in self.game.states[s].prescribable
            if self.leads_to_empty(s, a) is None
        )

    def _worth(
        self, s: int, profile: Profile, player: int, later: Sequence[Sequence[Fraction]]
    ) -> Fraction:
        state, d = self.game.states[s], self.game.discount[player]
        after = sum((q * later[state.follows(k)][player] for k, q in state.chances[profile]), ZERO)
        return (1 - d) * state.payoff[profile][player] + d * after


def corner_points(planes: Planes) -> list[Point]:
    """Give the points where neighbouring planes meet."""
    out: list[Point] = []
    n = len(planes.normals)
    for j in range(n):
        (a, b), (c, d) = planes.normals[j], planes.normals[(j + 1) % n]
        h, g = planes.most[j], planes.most[(j + 1) % n]
        turn = a * d - b * c
        out.append(((h * d - g * b) / turn, (a * g - c * h) / turn))
    return out
