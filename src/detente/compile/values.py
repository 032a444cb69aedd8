"""What each party gets in a period, term by term, in points per year.

The terms of a party are its payoff terms in the file's order, then what it gains by cheating,
what it suffers from others' cheating, and its one-off points. Rules R7 to R10 of docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detente.compile.layout import Layout, State
from detente.compile.moves import Choice, Mover
from detente.errors import Place
from detente.game.game import FloatArray
from detente.scenario.formula import evaluate
from detente.scenario.model import Formula, OneOff, Scenario


@dataclass(frozen=True, slots=True)
class Term:
    """One column of a party's payoffs and where it comes from."""

    name: str
    place: Place | None
    quantities: tuple[str, ...]  # paths of the numbers in it
    compute: Callable[[State, tuple[int, ...], tuple[Choice, ...]], float]


@dataclass(frozen=True, slots=True)
class Valuer:
    """Evaluates terms; formulas are evaluated once per combination of what they depend on."""

    scenario: Scenario
    layout: Layout
    mover: Mover
    _known: dict[tuple[str, tuple[int, ...]], float] = field(default_factory=dict)

    def formula(self, name: str, formula: Formula, state: State, towards: tuple[int, ...]) -> float:
        """Evaluate a formula in a state; renewed ladders stand where they are moved now."""
        levels = []
        for ladder in formula.ladders:
            k = self._ladder_number(ladder)
            renewed = self.layout.ladders[k].renewed
            levels.append(towards[k] if renewed else state[self.layout.position[k]])
        hostile = [
            int(self.layout.hostile(state, self.layout.parties.index(party)))
            for party in formula.governments
        ]
        key = (name, (*levels, *hostile))
        if key not in self._known:
            self._known[key] = evaluate(
                formula,
                dict(zip(formula.ladders, levels, strict=True)),
                {p: bool(h) for p, h in zip(formula.governments, hostile, strict=True)},
                self.scenario,
            )
        return self._known[key]

    def _ladder_number(self, ladder: str) -> int:
        return next(k for k, each in enumerate(self.layout.ladders) if each.id == ladder)

    def one_off(self, one_off: OneOff, state: State, towards: tuple[int, ...]) -> float:
        """Give the expected one-off points of a period, as points per year of that period."""
        k = self._ladder_number(one_off.ladder)
        if self.layout.ladders[k].renewed:
            return 0.0
        level = state[self.layout.position[k]]
        chance = sum(
            p for to, p in self.mover.climb(k, level, towards[k]) if _counts(one_off, level, to)
        )
        return chance * self.scenario.value(one_off.points) / self.mover.clock_years


def _counts(one_off: OneOff, start: int, to: int) -> bool:
    if one_off.direction == "pair":
        return (start, to) == one_off.between
    return to > start if one_off.direction == "on" else to < start


def list_terms(valuer: Valuer, party: int) -> tuple[Term, ...]:
    """Give the columns of a party's payoffs."""
    payoffs = valuer.scenario.payoffs[valuer.layout.parties[party]]
    terms = []
    for each in payoffs.terms:
        terms.append(
            Term(each.name, each.place, each.formula.quantities, _plain(valuer, each.formula, each))
        )
    gain = payoffs.secret_gain
    if gain is not None:

        def gained(state: State, towards: tuple[int, ...], choices: tuple[Choice, ...]) -> float:
            if not choices[party].cheats:
                return 0.0
            return valuer.formula(f"{gain.party}.secret_gain", gain.formula, state, towards)

        terms.append(Term("secret gain", gain.place, gain.formula.quantities, gained))
    harm = payoffs.secret_harm
    if harm is not None:

        def harmed(state: State, towards: tuple[int, ...], choices: tuple[Choice, ...]) -> float:
            cheats = sum(c.cheats for j, c in enumerate(choices) if j != party)
            if not cheats:
                return 0.0
            return cheats * valuer.formula(
                f"{harm.party}.secret_harm", harm.formula, state, towards
            )

        terms.append(Term("harm from cheating", harm.place, harm.formula.quantities, harmed))
    for one_off in payoffs.one_offs:
        terms.append(
            Term(
                f"one-off: {one_off.ladder} {_way(valuer, one_off)}",
                one_off.place,
                (one_off.points.path,),
                _once(valuer, one_off),
            )
        )
    return tuple(terms)


def _way(valuer: Valuer, one_off: OneOff) -> str:
    if one_off.between is None:
        return one_off.direction
    levels = valuer.scenario.ladder(one_off.ladder).levels
    return f"{levels[one_off.between[0]].id} to {levels[one_off.between[1]].id}"


def _plain(
    valuer: Valuer, formula: Formula, term: object
) -> Callable[[State, tuple[int, ...], tuple[Choice, ...]], float]:
    name = f"{getattr(term, 'party', '')}.{getattr(term, 'name', '')}"

    def value(state: State, towards: tuple[int, ...], choices: tuple[Choice, ...]) -> float:  # noqa: ARG001
        return valuer.formula(name, formula, state, towards)

    return value


def _once(
    valuer: Valuer, one_off: OneOff
) -> Callable[[State, tuple[int, ...], tuple[Choice, ...]], float]:
    def value(state: State, towards: tuple[int, ...], choices: tuple[Choice, ...]) -> float:  # noqa: ARG001
        return valuer.one_off(one_off, state, towards)

    return value


def sum_terms(
    terms: tuple[Term, ...], state: State, towards: tuple[int, ...], choices: tuple[Choice, ...]
) -> FloatArray:
    """Give a party's terms in a state under a profile: float64, shape (terms,)."""
    return np.array([each.compute(state, towards, choices) for each in terms], dtype=np.float64)
