"""Weights on deviations that bound what a profile can pay, found by linear programmes.

The programme is the one of `detente.proof.witnesses` seen from outside: promises come from polygons
that contain every equilibrium payoff, and the dual prices of the incentive constraints are the
weights (rules P32 and P52 of docs/proof-format.md). Any weights are valid, so nothing here has to
be exact; what is written is checked in fractions by `detente.proof.facts`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from detente.arrays import FloatArray
from detente.proof.exact import Profile, round_number
from detente.proof.facts import Facts, Weights, corner_points

WEIGHT_DIGITS = 9
LEAST_WEIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class _Programme:
    """One profile: ``now`` payoffs, value and incentive rows over outcomes' payoffs.

    Attributes
    ----------
    outcomes : next state of each outcome
    chances : float64 (K,), of the profile
    rows : (player, action) of every deviation that changes something
    gain : float64 (R,), what deviating loses at once, threats under perfect monitoring included
    change : float64 (R, K), discounted chance of an outcome less that after the deviation
    """

    now: FloatArray
    outcomes: tuple[int, ...]
    chances: FloatArray
    rows: tuple[tuple[int, int], ...]
    gain: FloatArray
    threats: FloatArray
    change: FloatArray


class Pricer:
    """Finds weights, given corners of the sets that are known to contain the payoffs.

    Attributes
    ----------
    corners : by state, float64 (V, P)
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.discount = np.array([float(d) for d in facts.game.discount])
        self.programmes: dict[tuple[int, Profile], _Programme] = {}
        self.corners: list[FloatArray] = [np.zeros((0, 0))] * len(facts.game.states)
        for s in range(len(facts.game.states)):
            self.refresh(s)

    def refresh(self, s: int) -> None:
        """Take the corners of a state from the newest half-planes, or from the box."""
        planes = self.facts.planes.get(s)
        if planes:
            points: Sequence[Sequence[Fraction]] = corner_points(planes[-1])
        else:
            sides = zip(self.facts.low[s], self.facts.high[s], strict=True)
            points = list(itertools.product(*sides))
        self.corners[s] = np.unique(np.array(points, dtype=float), axis=0)

    def exclude(self, s: int, profile: Profile) -> Weights | None:
        """Find weights that show that a profile cannot be prescribed; None where there are none."""
        found = self._solve(s, profile, None)
        if found is None or found[0] >= 0.0:
            return None
        weights = self._choose(s, profile, found[1])
        zero = (0,) * len(self.discount)
        return weights if weights and self.facts.bound(s, profile, zero, weights) < 0 else None

    def exclusion(self, s: int, profile: Profile) -> Weights:
        """Give the weights of the margin, whatever its sign: they add up to one."""
        found = self._solve(s, profile, None)
        return () if found is None else self._choose(s, profile, found[1])

    def price(
        self, s: int, profile: Profile, direction: Sequence[int]
    ) -> tuple[float, Weights] | None:
        """Find the most a profile can pay in a direction, and weights that show it.

        None where the profile cannot be prescribed at all.
        """
        found = self._solve(s, profile, np.array(direction, dtype=float))
        return None if found is None else (found[0], self._choose(s, profile, found[1]))

    def _choose(self, s: int, profile: Profile, duals: FloatArray) -> Weights:
        rows = self.programmes[s, profile].rows
        least = LEAST_WEIGHT * max(1.0, float(np.abs(duals).max(initial=0.0)))
        return tuple(
            (*row, round_number(float(w), WEIGHT_DIGITS))
            for row, w in zip(rows, duals, strict=True) if w > least
        )  # fmt: skip

    def _solve(
        self, s: int, profile: Profile, direction: FloatArray | None
    ) -> tuple[float, FloatArray] | None:
        """Solve for a direction, or for the margin (None); give the optimum and the prices."""
        if (s, profile) not in self.programmes:
            self.programmes[s, profile] = self._prepare(s, profile)
        one = self.programmes[s, profile]
        n_rows = len(one.rows)
        if n_rows == 0 and direction is None:
            return None
        points = [self.corners[t] for t in one.outcomes]
        start = np.cumsum([0, *(len(p) for p in points)])
        n = int(start[-1]) + 1
        upper = np.zeros((n_rows, n))
        cost = np.zeros(n)
        sums = np.zeros((len(points), n))
        for k, each in enumerate(points):
            span = slice(int(start[k]), int(start[k + 1]))
            sums[k, span] = 1.0
            for r, (i, _) in enumerate(one.rows):
                upper[r, span] = -one.change[r, k] * each[:, i]
            if direction is not None:
                cost[span] = -one.chances[k] * (each @ (self.discount * direction))
        bound = one.gain - self._threaten(one)
        if direction is None:
            upper[:, -1], cost[-1] = 1.0, -1.0
        limits = [(0.0, None)] * (n - 1) + [(None, None) if direction is None else (0.0, 0.0)]
        for method in ("highs-ds", "highs-ipm"):
            answer = linprog(cost, upper, bound, sums, np.ones(len(points)), limits, method=method)
            if answer.status in (0, 2):
                break
        if answer.status != 0:
            return None
        base = 0.0 if direction is None else float(direction @ one.now)
        return base - float(answer.fun), np.maximum(-answer.ineqlin.marginals, 0.0)

    def _threaten(self, one: _Programme) -> FloatArray:
        """Give what deviations that are seen are paid at least, per row: float64 (R,)."""
        least = np.array([c.min(axis=0) if len(c) else np.zeros(len(self.discount))
                          for c in self.corners])  # fmt: skip
        players = [i for i, _ in one.rows]
        return np.asarray((one.threats * least[:, players].T).sum(axis=1))

    def _prepare(self, s: int, profile: Profile) -> _Programme:
        game = self.facts.game
        state = game.states[s]
        own = {k: float(q) for k, q in state.chances[profile]}
        deviations = [
            (i, action, away)
            for i, action, away in state.deviations(profile)
            if state.perfect or not same_play(self.facts, s, i, profile, away)
        ]
        keys = set(own)
        if not state.perfect:
            keys.update(k for _, _, away in deviations for k, _ in state.chances[away])
        outcomes = sorted(keys)
        place = {k: n for n, k in enumerate(outcomes)}
        gain = np.zeros(len(deviations))
        change = np.zeros((len(deviations), len(outcomes)))
        threats = np.zeros((len(deviations), len(game.states)))
        for r, (i, _, away) in enumerate(deviations):
            d = game.discount[i]
            gain[r] = float((1 - d) * (state.payoff[profile][i] - state.payoff[away][i]))
            for k, q in own.items():
                change[r, place[k]] += float(d) * q
            for k, exact in state.chances[away]:
                if state.perfect:
                    threats[r, k] += float(d * exact)
                else:
                    change[r, place[k]] -= float(d * exact)
        return _Programme(
            (1 - self.discount) * np.array([float(u) for u in state.payoff[profile]]),
            tuple(state.follows(k) for k in outcomes),
            np.array([own.get(k, 0.0) for k in outcomes]),
            tuple((i, action) for i, action, _ in deviations), gain, threats, change,
        )  # fmt: skip


def same_play(facts: Facts, s: int, player: int, profile: Profile, away: Profile) -> bool:
    """Whether a deviation changes nothing: neither what is seen nor what the player is paid."""
    state = facts.game.states[s]
    same = state.payoff[profile][player] == state.payoff[away][player]
    return same and state.chances[profile] == state.chances[away]
