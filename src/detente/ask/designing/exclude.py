"""What no plan that goes on step by step can do, whatever follows a breach.

An upper bound on what the rest of a plan can be worth is carried backward. The path on which all
comply is played out exactly; whatever leaves it (an alarm, a hostile government) is counted at
the most that any play could give, a breach at the least that any equilibrium leaves a party
(punishment floors). A move that somebody would break even so is broken under every reading, since
after a breach every reading goes on with an equilibrium. Where no moves are left that lead
from today to the goal, no plan of this kind holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.ask.designing.stepping import Base
from detente.solve.floors import Extremes


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What the bounds leave.

    Attributes
    ----------
    possible : whether some path from today to the goal is left
    n_ends : states of rest at the goal; n_ends_left : those in which staying is not excluded
    breakers : the parties (numbers) that break every state of rest at the goal, where none is left
    """

    possible: bool
    n_ends: int
    n_ends_left: int
    breakers: tuple[int, ...]


def exclude(base: Base, extremes: Extremes, is_end: Callable[[int], bool]) -> Exclusion:
    """Find out whether any plan from today to the goal is left by the bounds.

    Parameters
    ----------
    base : of the moves, with breaches at their floors
    extremes : bounds on equilibrium payoffs in every state
    is_end : whether a plan may end with a move that stays
    """
    moves = base.moves
    bounds = _Bounds(base, extremes)
    most: dict[int, FloatArray] = {}
    n_ends, left = 0, 0
    breakers: set[int] = set()
    for row in moves.order:
        staying = [m for m in moves.at[row].tolist() if moves.target[m] == row]
        values = []
        for move in moves.at[row].tolist():
            after = int(moves.target[move])
            if after != row and after in most:
                value, broken = bounds.before(move, most[after])
                if not broken:
                    values.append(value)
        for move in staying:
            if is_end(move):
                n_ends += 1
                value, broken = bounds.settled(move)
                breakers |= set(broken)
                if not broken:
                    left += 1
                    values.append(value)
        if values:
            most[row] = bounds.after_waiting(staying, np.max(values, axis=0))
    today = moves.compiled.row_of(moves.compiled.layout.today)
    return Exclusion(today in most, n_ends, left, tuple(sorted(breakers)) if not left else ())


class _Bounds:
    """The most that moves can be worth, and who breaks them even then."""

    def __init__(self, base: Base, extremes: Extremes) -> None:
        compiled, ways = base.moves.compiled, base.ways
        self._base, self._delta = base, compiled.discount
        self._floors = extremes.floors
        high, low = extremes.ceilings, extremes.floors
        profile = base.moves.profile
        self._away_high = (ways.hostile[:, :, None] * high[ways.rows]).sum(axis=1)
        self._away_low = (ways.hostile[:, :, None] * low[ways.rows]).sum(axis=1)
        self._all_high = compiled.expect(high, profile)
        self._all_low = compiled.expect(low, profile)

    def before(self, move: int, rest: FloatArray) -> tuple[FloatArray, tuple[int, ...]]:
        """Bound a move put before plans worth at most ``rest``, (P,); say who breaks it."""
        base = self._base
        quiet = 1.0 - base.alarms[move].sum()
        on = base.ways.going_on[move] * rest + self._away_high[move]
        value = base.reward[move] + self._delta * (quiet * on + (1 - quiet) * self._all_high[move])
        low = base.ways.going_on[move] * self._floors[base.moves.target[move]]
        low = low + self._away_low[move]
        margin = value - base.breach[move]
        for party in np.flatnonzero(base.secret[move] >= 0).tolist():
            less = base.alarms[move] - base.secret_alarms[move, party]
            change = -float(less.sum()) * (on if less.sum() < 0 else low)[party]
            change += (np.maximum(less, 0) * self._all_high[move, party]).sum()
            change += (np.minimum(less, 0) * self._all_low[move, party]).sum()
            gain = base.secret_reward[move, party] - base.reward[move, party]
            margin[party] = min(margin[party], self._delta[party] * change - gain)
        return value, tuple(np.flatnonzero(margin < -base.tol).tolist())

    def settled(self, move: int) -> tuple[FloatArray, tuple[int, ...]]:
        """Bound staying for ever, (P,); say who breaks it."""
        at_zero, _ = self.before(move, np.zeros(len(self._delta)))
        value = at_zero / (1 - self._slope(move))
        return value, self.before(move, value)[1]

    def after_waiting(self, staying: list[int], value: FloatArray) -> FloatArray:
        """Raise a bound by what any number of periods of waiting before could add.

        A period of it never leads beyond the value of staying for ever. Waits that somebody breaks
        even before the most that the rest can be worth are none.
        """
        ahead = list(staying)
        while True:
            kept = [m for m in ahead if not self.before(m, value)[1]]
            if not kept:
                return value
            ahead = [m for m in ahead if m not in kept]
            for move in kept:
                at_zero, _ = self.before(move, np.zeros(len(self._delta)))
                value = np.maximum(value, at_zero / (1 - self._slope(move)))

    def _slope(self, move: int) -> FloatArray:
        base = self._base
        quiet = 1.0 - base.alarms[move].sum()
        return np.asarray(self._delta * quiet * base.ways.going_on[move], dtype=np.float64)
