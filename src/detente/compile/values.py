"""What each party gets in a period, term by term, in points per year.

The terms of a party are its payoff terms in the file's order, then what it gains by cheating,
what it suffers from others' cheating, and its one-off points. Rules R7 to R10 of docs/rules.md.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.compile.layout import Layout
from detente.compile.moves import Mover
from detente.compile.tables import Tables
from detente.errors import Place
from detente.scenario.formula import evaluate
from detente.scenario.model import Formula, OneOff, PayoffTerm, Scenario


@dataclass(frozen=True, slots=True)
class Term:
    """One column of a party's payoffs and where it comes from.

    ``compute`` takes profile rows, int64 (n,), and gives points per year, float64 (n,).
    """

    name: str
    place: Place | None
    quantities: tuple[str, ...]  # paths of the numbers in it
    compute: Callable[[IntArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Valuer:
    """What terms are computed from."""

    scenario: Scenario
    layout: Layout
    mover: Mover
    tables: Tables

    def formula(self, formula: Formula, profiles: IntArray) -> FloatArray:
        """Evaluate a formula; renewed ladders stand where they are moved in the period."""
        table = self._tabulate(formula)
        index = []
        rows = self.tables.row[profiles]
        for ladder in formula.ladders:
            k = self.layout.number(ladder)
            renewed = self.layout.ladders[k].renewed
            index.append(
                self.tables.towards[profiles, k] if renewed else self.tables.levels[rows, k]
            )
        for party in formula.governments:
            hostile = self.tables.hostile[rows, self.layout.parties.index(party)]
            index.append(hostile.astype(np.int64))
        if not index:
            return np.full(len(profiles), float(table))
        return np.asarray(table[tuple(index)], dtype=np.float64)

    def _tabulate(self, formula: Formula) -> FloatArray:
        """Evaluate a formula once for every combination of what it depends on."""
        sizes = [len(self.scenario.ladder(name).levels) for name in formula.ladders]
        sizes += [2] * len(formula.governments)
        table = np.empty(sizes)
        n = len(formula.ladders)
        for index in itertools.product(*(range(size) for size in sizes)):
            levels = dict(zip(formula.ladders, index[:n], strict=True))
            hostile = {
                party: bool(flag)
                for party, flag in zip(formula.governments, index[n:], strict=True)
            }
            table[index] = evaluate(formula, levels, hostile, self.scenario)
        return table

    def one_off(self, one_off: OneOff, profiles: IntArray) -> FloatArray:
        """Give expected one-off points of a period, as points per year of that period."""
        k = self.layout.number(one_off.ladder)
        if self.layout.ladders[k].renewed:
            return np.zeros(len(profiles))
        size = len(self.layout.ladders[k].levels)
        chance = np.zeros((size, size))
        for level, target in itertools.product(range(size), repeat=2):
            chance[level, target] = sum(
                p for to, p in self.mover.climb(k, level, target) if _counts(one_off, level, to)
            )
        level = self.tables.levels[self.tables.row[profiles], k]
        points = self.scenario.value(one_off.points) / self.mover.clock_years
        expected = chance[level, self.tables.towards[profiles, k]]
        return np.asarray(points * expected, dtype=np.float64)


def _counts(one_off: OneOff, start: int, to: int) -> bool:
    if one_off.direction == "pair":
        return (start, to) == one_off.between
    return to > start if one_off.direction == "on" else to < start


def list_terms(valuer: Valuer, party: int) -> tuple[Term, ...]:
    """Give the columns of a party's payoffs."""
    payoffs = valuer.scenario.payoffs[valuer.layout.parties[party]]
    terms = [_plain(valuer, each) for each in payoffs.terms]
    if payoffs.secret_gain is not None:
        terms.append(_secret(valuer, payoffs.secret_gain, "secret gain", [party]))
    if payoffs.secret_harm is not None:
        others = [j for j in range(len(valuer.layout.parties)) if j != party]
        terms.append(_secret(valuer, payoffs.secret_harm, "harm from cheating", others))
    return (*terms, *(_once(valuer, each) for each in payoffs.one_offs))


def _plain(valuer: Valuer, term: PayoffTerm) -> Term:
    return Term(
        term.name,
        term.place,
        term.formula.quantities,
        lambda profiles: valuer.formula(term.formula, profiles),
    )


def _secret(valuer: Valuer, term: PayoffTerm, name: str, cheaters: list[int]) -> Term:
    def compute(profiles: IntArray) -> FloatArray:
        count = valuer.tables.cheats[profiles][:, cheaters].sum(axis=1)
        if not count.any():
            return np.zeros(len(profiles))
        return np.asarray(count * valuer.formula(term.formula, profiles), dtype=np.float64)

    return Term(name, term.place, term.formula.quantities, compute)


def _once(valuer: Valuer, one_off: OneOff) -> Term:
    way = one_off.direction
    if one_off.between is not None:
        levels = valuer.scenario.ladder(one_off.ladder).levels
        way = f"{levels[one_off.between[0]].id} to {levels[one_off.between[1]].id}"
    return Term(
        f"one-off: {one_off.ladder} {way}",
        one_off.place,
        (one_off.points.path,),
        lambda profiles: valuer.one_off(one_off, profiles),
    )
