"""A game in exact fractions, and the few operations on them that writers of proofs share.

Everything here is slow and plain on purpose: it decides whether a step of a proof is written, so it
uses no floating point. Numbers of a game file are taken as the decimals that are written.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.errors import DetenteError, Problem
from detente.game.files import parse_number

Profile = tuple[int, ...]
Point = tuple[Fraction, ...]
DIGITS = 13  # significant digits that a rounded number keeps


@dataclass(frozen=True, slots=True)
class ExactState:
    """One state of a game, exact.

    Attributes
    ----------
    shape : number of actions of each player
    perfect : whether the outcome reveals the profile
    payoff : profile -> payoffs of one period
    chances : profile -> (outcome, probability > 0), growing outcomes; under perfect monitoring
        an outcome is the next state itself
    next_state : next state of every outcome; empty under perfect monitoring
    prescribable : profiles that an equilibrium may prescribe, in order
    """

    name: str
    shape: tuple[int, ...]
    perfect: bool
    payoff: Mapping[Profile, Point]
    chances: Mapping[Profile, tuple[tuple[int, Fraction], ...]]
    next_state: tuple[int, ...]
    prescribable: tuple[Profile, ...]

    def follows(self, outcome: int) -> int:
        """Give the next state of an outcome."""
        return outcome if self.perfect else self.next_state[outcome]

    def deviations(self, profile: Profile) -> list[tuple[int, int, Profile]]:
        """List (player, its other action, the profile then played)."""
        return [
            (i, other, (*profile[:i], other, *profile[i + 1 :]))
            for i in range(len(profile))
            for other in range(self.shape[i])
            if other != profile[i]
        ]


@dataclass(frozen=True, slots=True)
class ExactGame:
    """A game in fractions: discount factors per player, and the states."""

    discount: tuple[Fraction, ...]
    states: tuple[ExactState, ...]

    @property
    def n_players(self) -> int:
        """Number of players P."""
        return len(self.discount)

    def least_payoff(self, player: int) -> Fraction:
        """Give the least payoff of a period that a player can get anywhere."""
        return min(u[player] for state in self.states for u in state.payoff.values())

    def largest_payoff(self, player: int) -> Fraction:
        """Give the largest payoff of a period that a player can get anywhere."""
        return max(u[player] for state in self.states for u in state.payoff.values())


def to_fraction(value: Any) -> Fraction:
    """Give the exact value of a number of a document; a float counts as the decimal it prints.

    Examples
    --------
    >>> to_fraction(0.1), to_fraction("1/3"), to_fraction(2)
    (Fraction(1, 10), Fraction(1, 3), Fraction(2, 1))
    """
    if isinstance(value, Fraction | int) and not isinstance(value, bool):
        return Fraction(value)
    found = parse_number(repr(value) if isinstance(value, float) else value)
    if found is None:
        raise ValueError(f"{value!r:.60} is not a number")
    return found


def read_exact(path: str | Path) -> Any:
    """Read a JSON file with every decimal as an exact fraction (whole numbers stay ints).

    The file is expected to have passed `detente.game.files.read_game`, which explains mistakes.
    """
    text = Path(path).read_bytes().decode("utf-8-sig")
    try:
        return json.loads(text, parse_float=to_fraction)
    except ValueError as wrong:
        raise DetenteError(
            Problem("E116", f"{path}: {wrong}", remedy="give numbers of ordinary length")
        ) from None


def exact_game(document: Mapping[str, Any]) -> ExactGame:
    """Read the content of a game file exactly.

    Probabilities that add up to one only nearly are divided by their exact sum. Chances may be
    dense (``probabilities``) or sparse (``chances``: lists of outcome and probability).
    """
    names = {one.get("name", f"s{s}"): s for s, one in enumerate(document["states"])}
    return ExactGame(
        tuple(to_fraction(d) for d in document["discount"]),
        tuple(_read_state(one, s, names) for s, one in enumerate(document["states"])),
    )


def _read_state(one: Mapping[str, Any], s: int, names: Mapping[str, int]) -> ExactState:
    shape = tuple(len(actions) for actions in one["actions"])
    perfect = one.get("monitoring") == "perfect"
    profiles = list(itertools.product(*map(range, shape)))
    allowed = one.get("prescribable")

    def number_of(target: Any) -> int:
        return names[target] if isinstance(target, str) else int(target)

    chances = {}
    for a in profiles:
        if perfect:
            cell = [(number_of(t), q) for t, q in _at(one["transitions"], a)]
        elif "chances" in one:
            cell = [(int(k), q) for k, q in _at(one["chances"], a)]
        else:
            cell = list(enumerate(_at(one["probabilities"], a)))
        chances[a] = _add_up(cell)
    return ExactState(
        name=one.get("name", f"s{s}"),
        shape=shape,
        perfect=perfect,
        payoff={a: tuple(to_fraction(u) for u in _at(one["payoffs"], a)) for a in profiles},
        chances=chances,
        next_state=() if perfect else tuple(number_of(k["next"]) for k in one["outcomes"]),
        prescribable=tuple(a for a in profiles if allowed is None or _at(allowed, a)),
    )


def _at(table: Any, profile: Profile) -> Any:
    for action in profile:
        table = table[action]
    return table


def _add_up(cell: list[tuple[int, Any]]) -> tuple[tuple[int, Fraction], ...]:
    total: dict[int, Fraction] = {}
    for k, q in cell:
        total[k] = total.get(k, Fraction(0)) + to_fraction(q)
    whole = sum(total.values(), Fraction(0))
    return tuple((k, total[k] / whole) for k in sorted(total) if total[k] > 0)


def round_number(value: float | Fraction, digits: int = DIGITS, towards: int = 0) -> Fraction:
    """Round to so many significant decimal digits.

    Parameters
    ----------
    towards : 0 to the nearest, -1 down, +1 up

    Examples
    --------
    >>> round_number(2 / 3, 3), round_number(2 / 3, 3, -1)
    (Fraction(667, 1000), Fraction(333, 500))
    """
    exact = Fraction(value)
    if exact == 0:
        return exact
    mode = {0: ROUND_HALF_EVEN, -1: ROUND_FLOOR, 1: ROUND_CEILING}[towards]
    context = Context(prec=digits, rounding=mode)
    return Fraction(context.divide(Decimal(exact.numerator), Decimal(exact.denominator)))


def round_places(value: Fraction, places: int) -> Fraction:
    """Round to a multiple of a power of ten: so many places after the point (or before, if < 0).

    Examples
    --------
    >>> round_places(Fraction(2, 3), 2), round_places(Fraction(1234), -2)
    (Fraction(67, 100), Fraction(1200, 1))
    """
    unit = Fraction(10) ** -places
    return round(value / unit) * unit


def write_number(value: Fraction) -> str:
    """Write a fraction reduced, as a proof file wants it (rule P1).

    Examples
    --------
    >>> write_number(Fraction(1, 8)), write_number(Fraction(-5))
    ('1/8', '-5')
    """
    return str(value)


def round_weights(weights: Sequence[float], digits: int = 12) -> list[Fraction]:
    """Round probabilities to decimals that add up to exactly one; tiny ones become 0."""
    unit = 10**digits
    whole = [0 if w < 1e-12 else max(0, round(w * unit)) for w in weights]
    largest = max(range(len(whole)), key=whole.__getitem__)
    whole[largest] += unit - sum(whole)
    if whole[largest] <= 0:
        raise ArithmeticError(f"weights do not add up to one: {math.fsum(weights)}")
    return [Fraction(w, unit) for w in whole]


def simple_weights(weights: Sequence[float]) -> list[Fraction]:
    """Give probabilities as simple fractions where they are that and add up to one, else rounded.

    Examples
    --------
    >>> simple_weights([0.33333333333, 0.66666666667])
    [Fraction(1, 3), Fraction(2, 3)]
    """
    simple = [Fraction(w).limit_denominator(1000) for w in weights]
    near = all(abs(float(s) - w) <= 1e-9 for s, w in zip(simple, weights, strict=True))
    return simple if near and sum(simple) == 1 else round_weights(weights)


def solve_exactly(matrix: list[dict[int, Fraction]], right: list[list[Fraction]]) -> list[Point]:
    """Solve a square sparse linear system by elimination in fractions.

    Parameters
    ----------
    matrix : a row is column -> entry
    right : one list of right-hand sides for every row
    """
    n = len(matrix)
    rows = [dict(row) for row in matrix]
    sides = [list(side) for side in right]
    for k in range(n):
        pivot = min(
            (r for r in range(k, n) if rows[r].get(k)), key=lambda r: len(rows[r]), default=None
        )
        if pivot is None:
            raise ArithmeticError("a linear system without a unique solution")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        sides[k], sides[pivot] = sides[pivot], sides[k]
        for r in range(k + 1, n):
            if rows[r].get(k):
                factor = rows[r].pop(k) / rows[k][k]
                for column, entry in rows[k].items():
                    if column > k:
                        rows[r][column] = rows[r].get(column, Fraction(0)) - factor * entry
                sides[r] = [x - factor * y for x, y in zip(sides[r], sides[k], strict=True)]
    out: list[Point] = [()] * n
    for k in reversed(range(n)):
        rest = sides[k]
        for column, entry in rows[k].items():
            if column > k and entry:
                rest = [x - entry * y for x, y in zip(rest, out[column], strict=True)]
        out[k] = tuple(x / rows[k][k] for x in rest)
    return out
