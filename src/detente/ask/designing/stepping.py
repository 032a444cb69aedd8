"""What a move is worth, given what the rest of the plan is worth, and whether anybody breaks it.

Two readings of what a plan leaves open are worked out here; a breach leads to no deal in both.

`Strict`: an alarm or a hostile government leads to no deal. Exact: the values and margins are
those that `check` gives under return to no deal.

`Patient`: a hostile government is waited out, and an alarm ends the plan with the least chance
that makes cheating not worth while (`detente.ask.forgiving`). Approximate in three places: no
alarm is minded while the others wait and resume, the period that a resumed step lasts anew is left
out, and waiting is left to whoever wants it only at its beginning. So plans found this way
are candidates, and the exact automaton decides.

With r the period's payoff, w the value of the rest of the plan, and a the chance to get there, both
give v = (1 - d) r + d (a w + what else can follow). Breaches never lead to the rest of the plan, so
the margin of an open breach rises with the own w; so does that of secret cheating, as far as
an alarm is more likely when somebody cheats. A larger w for one party therefore never hurts the
others' margins, and only values that no other plan from the same state beats for all parties
at once can matter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.designing.moves import (
    Moves,
    Ways,
    alarm_weights,
    best_breach,
    find_ways,
    secret_options,
)
from detente.solve.evaluate import discounted_values

MAX_ROUNDS = 60
TOL_SETTLED = 1e-10


class Stepper(Protocol):
    """Judges one move at a time."""

    def advance(self, move: int, rest: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Put a move before plans worth ``rest``, (n, P): values (n, P), and which of them hold."""
        ...

    def settle(self, move: int) -> tuple[FloatArray, bool]:
        """Give the values (P,) of a move that stays, for ever, and whether it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Base:
    """What both readings need of every move.

    Attributes
    ----------
    reward : float64 (M, P), points per year, weighted by 1 - d
    breach : float64 (M, P), worth of the best open breach
    secret : int64 (M, P), profile in which a party cheats behind the move; -1 for none
    secret_reward : float64 (M, P), as ``reward``
    alarms : float64 (M, P), chance of a first alarm about each party
    secret_alarms : float64 (M, P, P), the same when the party of the second axis cheats
    no_deal : float64 (M, P), expected worth of no deal afterwards
    ways : where the moves lead
    tol : float64 (P,), what counts as zero
    """

    moves: Moves
    reward: FloatArray
    breach: FloatArray
    secret: IntArray
    secret_reward: FloatArray
    alarms: FloatArray
    secret_alarms: FloatArray
    no_deal: FloatArray
    ways: Ways
    tol: FloatArray


def make_base(moves: Moves, no_deal: FloatArray, punished: FloatArray, tol: FloatArray) -> Base:
    """Work out what does not depend on the rest of a plan.

    ``no_deal`` and ``punished``, float64 (S, P): what follows an open outcome, and a breach.
    """
    compiled = moves.compiled
    factor = 1 - compiled.discount
    secret = secret_options(compiled, moves.profile)
    parties = range(compiled.n_parties)
    reward = factor * compiled.payoff[moves.profile]
    secret_reward = np.where(secret >= 0, factor * compiled.payoff[secret, list(parties)], -np.inf)
    return Base(
        moves=moves,
        reward=reward,
        breach=best_breach(compiled, moves.profile, punished),
        secret=secret,
        secret_reward=secret_reward,
        alarms=alarm_weights(compiled, moves.row),
        secret_alarms=np.stack([alarm_weights(compiled, moves.row, p) for p in parties], axis=1),
        no_deal=compiled.expect(no_deal, moves.profile),
        ways=find_ways(compiled, moves.profile),
        tol=tol,
    )


@dataclass(frozen=True, slots=True)
class Strict:
    """Alarms and hostile governments lead to no deal."""

    base: Base
    intercept: FloatArray  # (M, P)
    slope: FloatArray  # (M, P)
    secret_intercept: FloatArray  # (M, P), of the party that cheats
    secret_slope: FloatArray

    def advance(self, move: int, rest: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Put a move before plans worth ``rest``."""
        values = self.intercept[move] + self.slope[move] * rest
        return values, self._holds(move, rest, values)

    def settle(self, move: int) -> tuple[FloatArray, bool]:
        """Give the values of staying for ever."""
        values = self.intercept[move] / (1 - self.slope[move])
        return values, bool(self._holds(move, values[None], values[None])[0])

    def _holds(self, move: int, rest: FloatArray, values: FloatArray) -> BoolArray:
        cheating = self.secret_intercept[move] + self.secret_slope[move] * rest
        best = np.maximum(self.base.breach[move], cheating)
        return np.asarray((values - best >= -self.base.tol).all(axis=1), dtype=np.bool_)


def make_strict(base: Base, no_deal: FloatArray) -> Strict:
    """Work out the moves where open outcomes lead to no deal, worth ``no_deal`` (S, P)."""
    delta, ways = base.moves.compiled.discount, base.ways
    away = (ways.hostile[:, :, None] * no_deal[ways.rows]).sum(axis=1)
    quiet = 1.0 - base.alarms.sum(axis=1, keepdims=True)
    going_on = ways.going_on[:, None]
    secret_quiet = 1.0 - base.secret_alarms.sum(axis=2)
    return Strict(
        base=base,
        intercept=base.reward + delta * (quiet * away + (1 - quiet) * base.no_deal),
        slope=delta * quiet * going_on,
        secret_intercept=base.secret_reward
        + delta * (secret_quiet * away + (1 - secret_quiet) * base.no_deal),
        secret_slope=delta * secret_quiet * going_on,
    )


@dataclass(slots=True)
class Patient:
    """Hostile governments are waited out; alarms end the plan as rarely as deters cheating.

    ``trust``: how much of what waiting is worth beyond no deal is counted, between 0 and 1.
    """

    base: Base
    no_deal: FloatArray
    trust: float = 1.0
    _waits: dict[int, tuple[FloatArray, FloatArray]] = field(default_factory=dict)

    def advance(self, move: int, rest: FloatArray) -> tuple[FloatArray, BoolArray]:
        """Put a move before plans worth ``rest``."""
        base, delta = self.base, self.base.moves.compiled.discount
        on = self._going_on(move, rest)
        loss = on - base.no_deal[move]
        ending = self._ending(move, loss)
        stop = (base.alarms[move] * ending).sum(axis=1, keepdims=True)
        values = base.reward[move] + delta * (on - stop * loss)
        secret_stop = ending @ base.secret_alarms[move].T
        cheating = base.secret_reward[move] + delta * (on - secret_stop * loss)
        best = np.maximum(base.breach[move], cheating)
        return values, np.asarray((values - best >= -base.tol).all(axis=1), dtype=np.bool_)

    def settle(self, move: int) -> tuple[FloatArray, bool]:
        """Give the values of staying for ever."""
        rest = (self.base.reward[move] / (1 - self.base.moves.compiled.discount))[None]
        holds = np.zeros(1, dtype=np.bool_)
        for _ in range(MAX_ROUNDS):
            before, step = rest, np.maximum(1e-6 * np.abs(rest), 1e-6)
            values, holds = self.advance(move, rest)
            slope = (self.advance(move, rest + step)[0] - values) / step
            rest = rest + (values - rest) / np.maximum(1 - slope, 1e-9)
            if np.abs(rest - before).max() <= TOL_SETTLED * np.abs(rest).max(initial=1.0):
                break
        return rest[0], bool(holds[0])

    def _going_on(self, move: int, rest: FloatArray) -> FloatArray:
        ways = self.base.ways
        on = ways.going_on[move] * rest
        live = np.flatnonzero(ways.hostile[move])
        if len(live):
            fixed, share = self._wait(move)
            worth = fixed + share * rest[:, None, :]
            without = self.no_deal[ways.rows[move]]
            worth = without + self.trust * (worth - without)
            unwilling = (worth < without - self.base.tol).any(axis=2, keepdims=True)
            worth = np.where(unwilling, without, worth)
            on = on + (ways.hostile[move][live][None, :, None] * worth[:, live]).sum(axis=1)
        return np.asarray(on, dtype=np.float64)

    def _ending(self, move: int, loss: FloatArray) -> FloatArray:
        """Give the least chance that an alarm about a party ends the plan, (n, P)."""
        base, delta = self.base, self.base.moves.compiled.discount
        ending = np.zeros_like(loss)
        tempted = np.flatnonzero(base.secret[move] >= 0)
        for _ in range(1 if len(tempted) < 2 else MAX_ROUNDS):
            before = ending.copy()
            for party in tempted.tolist():
                more = base.secret_alarms[move, party] - base.alarms[move]
                others = ending @ more - ending[:, party] * more[party]
                gain = base.secret_reward[move, party] - base.reward[move, party]
                missing = gain - delta[party] * others * loss[:, party]
                each = delta[party] * more[party] * loss[:, party]
                needed = np.divide(missing, each, out=np.ones_like(missing), where=each > 0)
                ending[:, party] = np.clip(np.where(missing > 0, needed, 0.0), 0.0, 1.0)
            if np.abs(ending - before).max() <= TOL_SETTLED:
                break
        return ending

    def _wait(self, move: int) -> tuple[FloatArray, FloatArray]:
        """Give the worth of waiting in the hostile states: fixed, and per unit of the rest."""
        if move not in self._waits:
            self._waits[move] = self._work_out_wait(move)
        return self._waits[move]

    def _work_out_wait(self, move: int) -> tuple[FloatArray, FloatArray]:
        compiled = self.base.moves.compiled
        tables, end = compiled.tables, int(self.base.moves.target[move])
        goals = tuple(self.base.moves.levels[move].tolist())
        keep: list[int | None] = list(goals)
        for k in compiled.layout.lasting:
            keep[k] = None
        hostile = tables.hostile.any(axis=1)
        profiles = np.where(
            hostile, compiled.heading(tuple(keep)).profiles, compiled.heading(goals).profiles
        )
        index, source = compiled.entries_of(profiles)
        following, chance = tables.entry_next[index], tables.entry_chance[index]
        live = source != end
        rows = self.base.ways.rows[move]
        fixed = np.empty((len(rows), compiled.n_parties))
        share = np.empty_like(fixed)
        for party, delta in enumerate(compiled.discount.tolist()):
            rewards = np.zeros((compiled.n_states, 2))
            rewards[:, 0] = (1 - delta) * compiled.payoff[profiles, party]
            rewards[end] = 0.0, 1.0
            worth = discounted_values(source[live], following[live], chance[live], rewards, delta)
            fixed[:, party], share[:, party] = worth[rows].T
        return fixed, share
