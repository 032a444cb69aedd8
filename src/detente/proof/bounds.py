"""Floors and ceilings of equilibrium payoffs as a step of a proof."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.arrays import BoolArray, FloatArray
from detente.proof.exact import round_number
from detente.proof.facts import Facts

SETTLED = 1e-13  # of the payoff range
MARGIN = 1e-9  # of the payoff range: by how much floors are lowered so that they hold exactly
MAX_ROUNDS = 100_000


@dataclass(frozen=True, slots=True)
class _Table:
    """One state for one player: payoffs (a1, ..), chances (a1, .., S), profiles that count."""

    now: FloatArray
    follow: FloatArray
    counts: BoolArray


def prove_bounds(facts: Facts) -> dict[str, Any] | None:
    """Find floors and ceilings, check them exactly, and add them to what is known.

    Returns
    -------
    The step ``bounds``, or None where no state has anything to say.
    """
    game = facts.game
    alive = [s for s in range(len(game.states)) if s not in facts.empty]
    low = [list(each) for each in facts.low]
    high = [list(each) for each in facts.high]
    for i in range(game.n_players):
        tables = {s: _make_table(facts, s, i) for s in alive}
        unit = float(game.largest_payoff(i) - game.least_payoff(i)) or 1.0
        for side, numbers, known in ((-1, low, facts.low), (1, high, facts.high)):
            start = np.array([float(each[i]) for each in known])
            found = _settle(tables, start, float(game.discount[i]), unit, side)
            for s in alive:
                moved = round_number(float(found[s]) + side * MARGIN * unit, towards=side)
                better = max(moved, known[s][i]) if side < 0 else min(moved, known[s][i])
                numbers[s][i] = better
    _loosen(facts, low, high)
    entries = [
        {"at": s, "low": low[s], "high": high[s]}
        for s in alive
        if low[s] != facts.low[s] or high[s] != facts.high[s]
    ]
    facts.low, facts.high = low, high
    return {"step": "bounds", "entries": entries} if entries else None


def _make_table(facts: Facts, s: int, i: int) -> _Table:
    game = facts.game
    state = game.states[s]
    now = np.zeros(state.shape)
    follow = np.zeros((*state.shape, len(game.states)))
    counts = np.zeros(state.shape, dtype=np.bool_)
    for a, u in state.payoff.items():
        now[a] = float((1 - game.discount[i]) * u[i])
        for k, q in state.chances[a]:
            follow[(*a, state.follows(k))] += float(game.discount[i] * q)
    for a in state.prescribable:
        counts[a] = facts.leads_to_empty(s, a) is None
    # the player whose floor is looked for comes first
    return _Table(np.moveaxis(now, i, 0), np.moveaxis(follow, i, 0), np.moveaxis(counts, i, 0))


def _settle(
    tables: dict[int, _Table], start: FloatArray, discount: float, unit: float, side: int
) -> FloatArray:
    """Repeat the map of rule P20 (side -1) or P21 (side +1) from what is known."""
    values = start.copy()
    for _ in range(MAX_ROUNDS):
        new = values.copy()
        for s, table in tables.items():
            if not table.counts.any():
                continue
            worth = table.now + table.follow @ values
            if side < 0:
                reply = np.broadcast_to(worth.max(axis=0), worth.shape)
                new[s] = max(values[s], float(reply[table.counts].min()))
            else:
                new[s] = min(values[s], float(worth[table.counts].max()))
        moved = float(np.abs(new - values).max())
        values = new
        if moved <= SETTLED * unit * (1 - discount):
            break
    return values


def _loosen(facts: Facts, low: list[list[Fraction]], high: list[list[Fraction]]) -> None:
    """Put back what was known wherever an inequality does not hold exactly, until all hold."""
    game = facts.game
    while True:
        wrong = False
        for s in range(len(game.states)):
            for i in range(game.n_players):
                if low[s][i] != facts.low[s][i] and not facts.floor_holds(s, i, low):
                    low[s][i], wrong = facts.low[s][i], True
                if high[s][i] != facts.high[s][i] and not facts.ceiling_holds(s, i, high):
                    high[s][i], wrong = facts.high[s][i], True
                if low[s][i] > high[s][i]:
                    low[s][i], high[s][i], wrong = facts.low[s][i], facts.high[s][i], True
        if not wrong:
            return
