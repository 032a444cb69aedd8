"""What has been proven so far, and the bounds it gives (S of rule P32)."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cmp_to_key
from typing import Any

from detente_verify.exact import common_denominator
from detente_verify.form import take_list, take_rational
from detente_verify.outcome import Clock, Rejected
from detente_verify.world import World

Vector = tuple[Fraction, ...]
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Point:
    """An equilibrium payoff at a position, with its error by player."""

    value: Vector
    error: Vector


@dataclass(frozen=True, slots=True)
class Planes:
    """Half-planes ``normals[j] . v <= most[j]``, their normals going round once (P50).

    ``growth`` is the k of every plane, empty where the step has none.
    """

    normals: tuple[tuple[Fraction, Fraction], ...]
    most: Vector
    growth: Vector
    first: int  # the plane whose normal comes first, counter-clockwise from (1, 0)
    turned: tuple[Any, ...]  # keys of the angles from there on

    def split(self, y: Vector) -> list[tuple[int, Fraction]]:
        """Write a direction as a sum of two neighbouring normals, weights not negative."""
        n = len(self.normals)
        j = (self.first + bisect_right(self.turned, _angle(y)) - 1) % n
        (a, b), (c, d) = self.normals[j], self.normals[(j + 1) % n]
        cross = a * d - b * c
        parts = [(j, (y[0] * d - y[1] * c) / cross), ((j + 1) % n, (a * y[1] - b * y[0]) / cross)]
        if parts[0][1] < 0 or parts[1][1] < 0:
            raise ArithmeticError("a direction is not between its neighbouring normals")
        return parts

    def bound(self, y: Vector) -> tuple[Fraction, Fraction]:
        """Give the bound and the growth for a direction (P50)."""
        if not any(y):
            return ZERO, ZERO
        parts = self.split(y)
        most = sum((w * self.most[j] for j, w in parts), ZERO)
        growth = sum((w * self.growth[j] for j, w in parts), ZERO) if self.growth else ZERO
        return most, growth


def _half(v: Vector) -> int:
    return 0 if v[1] > 0 or (v[1] == 0 and v[0] > 0) else 1


def _turn(v: Vector, w: Vector) -> int:
    """Compare two directions by their angle from (1, 0), counter-clockwise."""
    if _half(v) != _half(w):
        return _half(v) - _half(w)
    cross = v[0] * w[1] - v[1] * w[0]
    return -1 if cross > 0 else int(cross < 0)


_angle = cmp_to_key(_turn)


def take_planes(value: Any, *, growing: bool) -> Planes:
    """Read the planes of a set and check that they go round once (P50)."""
    rows = [tuple(take_rational(x) for x in take_list(row, 4 if growing else 3))
            for row in take_list(value)]  # fmt: skip
    normals = tuple((row[0], row[1]) for row in rows)
    after = normals[1:] + normals[:1]
    if len(rows) < 3:
        raise Rejected("P50", f"{len(rows)} planes, three or more are needed")
    for j, (v, w) in enumerate(zip(normals, after, strict=True)):
        if v[0] * w[1] - v[1] * w[0] <= 0:
            raise Rejected("P50", f"the normal after plane {j} does not turn left by less than 180")
    # every step turns left by less than half a turn, so the number of turns is how often the
    # angle from (1, 0) jumps back
    if sum(_turn(v, w) > 0 for v, w in zip(normals, after, strict=True)) != 1:
        raise Rejected("P50", "the normals go round more than once")
    common_denominator([x for row in rows for x in row], "the planes")
    keys = [_angle(normal) for normal in normals]
    first = min(range(len(keys)), key=keys.__getitem__)
    growth = tuple(row[3] for row in rows) if growing else ()
    return Planes(
        normals, tuple(row[2] for row in rows), growth, first, (*keys[first:], *keys[:first])
    )


@dataclass(slots=True)
class Facts:
    """Facts proven by the steps so far.

    Attributes
    ----------
    points : by position, equilibria exhibited
    low, high : by player, bounds by position; ``least`` and ``most`` hold everywhere
    planes : by position
    empty : positions without equilibrium
    """

    world: World
    clock: Clock
    points: dict[int, list[Point]] = field(default_factory=dict)
    low: list[dict[int, Fraction]] = field(default_factory=list)
    high: list[dict[int, Fraction]] = field(default_factory=list)
    least: list[Fraction] = field(default_factory=list)
    most: list[Fraction] = field(default_factory=list)
    planes: dict[int, list[Planes]] = field(default_factory=dict)
    empty: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        game = self.world.game
        for i, scale in enumerate(game.payoff_scale):
            column = [row[i] for state in game.states for row in state.payoffs]
            self.least.append(Fraction(min(column), scale))
            self.most.append(Fraction(max(column), scale))
            self.low.append({})
            self.high.append({})

    def low_of(self, player: int, position: int) -> Fraction:
        """Give the floor in force."""
        return self.low[player].get(position, self.least[player])

    def high_of(self, player: int, position: int) -> Fraction:
        """Give the ceiling in force."""
        return self.high[player].get(position, self.most[player])

    def support(self, position: int, y: Vector) -> Fraction:
        """Bound ``y . v`` over the equilibrium payoffs v of a position (S of P32)."""
        out = ZERO
        for i, part in enumerate(y):
            if part > 0:
                out += part * self.high_of(i, position)
            elif part < 0:
                out += part * self.low_of(i, position)
        return min([out, *(planes.bound(y)[0] for planes in self.planes.get(position, []))])

    def leads_to_empty(self, position: int, profile: int) -> bool:
        """Say whether a neighbouring outcome leads to a position proven empty."""
        if not self.empty:
            return False
        state, lead = self.world.state(position), self.world.lead(position, profile)
        return any(
            lead(k) in self.empty for each in state.neighbours(profile) for k in state.rows[each][0]
        )
