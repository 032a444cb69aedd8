"""Promises that generate given payoffs: one small linear programme for a vertex and a profile.

For a payoff v of state s and a profile a, the programme chooses for every outcome a mixture of the
vertices of the next state's set such that no deviation pays, with ``slack`` to spare, and comes as
near to v as it can (Abreu, Pearce and Stacchetti 1990, definition of B). A basic solution mixes few
vertices. Payoffs are scaled to the range 1 inside.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from detente.arrays import FloatArray, IntArray
from detente.proof.exact import ExactGame, ExactState, Profile

NEAR = 100.0  # profiles that fall short by more than this, in units of ``close``, are not tried
FEW = 24  # vertices of a set up to which all are offered at first
ATTEMPTS = (("highs-ds", 1e-10), ("highs-ipm", 1e-10), ("highs-ds", 1e-8))


@dataclass(frozen=True, slots=True)
class Witness:
    """A profile, and weights of vertices by outcome: ``weights[outcome]`` has shape (V,)."""

    actions: Profile
    weights: dict[int, FloatArray]
    distance: float


class Finder:
    """Finds witnesses in given sets (payoffs scaled to the range 1; ``sets[s]``: float64 (V, P)).

    Attributes
    ----------
    slack : what every deviation must lose at least, in scaled payoffs
    """

    def __init__(self, game: ExactGame, sets: Sequence[FloatArray], slack: float) -> None:
        self.game = game
        players = range(game.n_players)
        low = np.array([float(game.least_payoff(i)) for i in players])
        high = np.array([float(game.largest_payoff(i)) for i in players])
        self.offset, self.scale = low, np.where(high > low, high - low, 1.0)
        self.discount = np.array([float(d) for d in game.discount])
        self.sets = [(each - self.offset) / self.scale for each in sets]
        self.slack = slack
        empty = np.full(len(low), np.nan)
        self.least = [each.min(axis=0) if len(each) else empty for each in self.sets]
        self.fan = _make_fan(len(low))
        self._support = [
            ((self.fan * self.discount) @ each.T).max(axis=1) if len(each) else np.empty(0)
            for each in self.sets
        ]
        self._reach: dict[tuple[int, Profile], FloatArray] = {}
        self.floors = {s: self._list_floors(s) for s in range(len(sets)) if len(sets[s])}

    def payoff(self, s: int, profile: Profile) -> FloatArray:
        """Give scaled payoffs of one period: float64 (P,)."""
        exact = np.array([float(u) for u in self.game.states[s].payoff[profile]])
        return np.asarray((exact - self.offset) / self.scale)

    def _list_floors(self, s: int) -> dict[Profile, FloatArray]:
        """List the profiles that may be prescribed, with what each player must get at least.

        With signals the floor is -inf here. A profile that one deviation can lead to a state
        without a set is left out.
        """
        state = self.game.states[s]
        floors = {}
        for a in state.prescribable:
            floor = np.full(len(self.scale), -np.inf)
            reached = {state.follows(k) for k, _ in state.chances[a]}
            for i, _, away in state.deviations(a):
                reached.update(state.follows(k) for k, _ in state.chances[away])
                if state.perfect:
                    d = self.discount[i]
                    later = sum(float(q) * self.least[t][i] for t, q in state.chances[away])
                    floor[i] = max(floor[i], (1 - d) * self.payoff(s, away)[i] + d * later)
            if all(len(self.sets[t]) for t in reached):
                floors[a] = floor + self.slack
        return floors

    def find(self, s: int, target: FloatArray, close: float) -> Witness | None:
        """Find the profile and promises nearest to a scaled payoff of a state.

        The first within ``close`` is taken. None where no profile can be enforced at all.
        """
        order = sorted(
            ((self._shortfall(s, a, target), a) for a in self.floors[s]), key=lambda each: each[0]
        )
        best: Witness | None = None
        few = self._offer(s, target)
        everything = {t: np.arange(len(each)) for t, each in enumerate(self.sets)}
        thinned = any(len(few[t]) < len(everything[t]) for t in few)
        for offered in (few, everything) if thinned else (everything,):
            for shortfall, a in order:
                if shortfall > (NEAR * close if best is None else best.distance):
                    break
                found = self._solve(s, a, target, offered)
                if found is not None and (best is None or found.distance < best.distance):
                    best = found
                if best is not None and best.distance <= close:
                    return best
        return best

    def _shortfall(self, s: int, a: Profile, target: FloatArray) -> float:
        """Bound from below how far floors and what can follow keep a profile from a payoff."""
        if (s, a) not in self._reach:
            reach = self.fan @ ((1 - self.discount) * self.payoff(s, a))
            state = self.game.states[s]
            for k, q in state.chances[a]:
                reach = reach + float(q) * self._support[state.follows(k)]
            self._reach[s, a] = reach
        beyond = float((self.fan @ target - self._reach[s, a]).max())
        return max(0.0, float((self.floors[s][a] - target).max()), beyond)

    def _offer(self, s: int, target: FloatArray) -> dict[int, IntArray]:
        """Choose the vertices of each next state that are offered: all where there are few.

        Else those extreme in directions around the target's own position in its set.
        """
        offered: dict[int, IntArray] = {}
        around = target - self.sets[s].mean(axis=0)
        for t in range(len(self.sets)):
            each = self.sets[t]
            if len(each) <= FEW:
                offered[t] = np.arange(len(each))
                continue
            axes = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=each.shape[1])))
            size = max(float(np.abs(around).max()), 1e-9)
            fan = np.concatenate([axes, around / size + 0.3 * axes, around / size + 0.05 * axes])
            offered[t] = np.unique((fan @ each.T).argmax(axis=1))
        return offered

    def _solve(
        self, s: int, a: Profile, target: FloatArray, offered: dict[int, IntArray]
    ) -> Witness | None:
        state = self.game.states[s]
        outcomes = list_outcomes(state, a)
        chosen = [offered[state.follows(k)] for k in outcomes]
        points = [self.sets[state.follows(k)][v] for k, v in zip(outcomes, chosen, strict=True)]
        start = np.cumsum([0, *(len(v) for v in chosen)])
        n = int(start[-1])

        def spread(chances: dict[int, float]) -> FloatArray:
            """Give the expected next payoff of every player as a row in the weights: (P, n)."""
            rows = [chances.get(k, 0.0) * p.T for k, p in zip(outcomes, points, strict=True)]
            return np.concatenate(rows, axis=1)

        own = spread(_chances(state, a))
        value = self.discount[:, None] * own
        now = (1 - self.discount) * self.payoff(s, a)
        upper, bound = [], []
        for sign in (1.0, -1.0):  # |value + now - target| <= distance
            upper.append(np.column_stack([sign * value, -np.ones(len(now))]))
            bound.append(sign * (target - now))
        if state.perfect:
            floor = self.floors[s][a]
            for i in np.flatnonzero(np.isfinite(floor)).tolist():
                upper.append(np.append(-value[i], 0.0)[None])
                bound.append(np.array([now[i] - floor[i]]))
        else:
            for i, _, away in state.deviations(a):
                if _same_play(state, i, a, away):
                    continue
                d = self.discount[i]
                row = d * (own[i] - spread(_chances(state, away))[i])
                gain = (1 - d) * (self.payoff(s, a)[i] - self.payoff(s, away)[i])
                upper.append(np.append(-row, 0.0)[None])
                bound.append(np.array([gain - self.slack]))
        sums = np.zeros((len(outcomes), n + 1))
        for k in range(len(outcomes)):
            sums[k, start[k] : start[k + 1]] = 1.0
        x = minimise_last(
            np.concatenate(upper), np.concatenate(bound), sums, np.ones(len(outcomes))
        )
        if x is None:
            return None
        weights = {}
        for k, outcome in enumerate(outcomes):
            full = np.zeros(len(self.sets[state.follows(outcome)]))
            full[chosen[k]] = x[start[k] : start[k + 1]]
            weights[outcome] = full
        return Witness(a, weights, float(x[-1]))


def _make_fan(n_players: int) -> FloatArray:
    """Make directions around the origin, float64 (D, P), whose parts add up to 1 in size."""
    steps = np.linspace(-1.0, 1.0, 17 if n_players == 2 else 5)
    fan = np.array([d for d in itertools.product(steps, repeat=n_players) if any(d)])
    return np.asarray(fan / np.abs(fan).sum(axis=1, keepdims=True))


def minimise_last(
    upper: FloatArray, bound: FloatArray, sums: FloatArray, totals: FloatArray
) -> FloatArray | None:
    """Make the last variable as small as rows allow; None where they cannot all hold.

    The simplex gives up now and then on nearly equal columns; then interior points are asked.
    Only an answer that meets the rows is taken.
    """
    cost = np.zeros(upper.shape[1])
    cost[-1] = 1.0
    for method, tol in ATTEMPTS:
        options = {"primal_feasibility_tolerance": tol, "dual_feasibility_tolerance": tol}
        answer = linprog(
            cost, upper, bound, sums, totals, (0.0, None), method=method, options=options
        )
        if answer.status == 0 and np.abs(sums @ answer.x - totals).max() <= 10.0 * tol:
            return np.asarray(answer.x)
    return None


def list_outcomes(state: ExactState, profile: Profile) -> list[int]:
    """List the outcomes that need promises: the profile's own, and with signals deviations'."""
    outcomes = {k for k, _ in state.chances[profile]}
    if not state.perfect:
        for _, _, away in state.deviations(profile):
            outcomes.update(k for k, _ in state.chances[away])
    return sorted(outcomes)


def _chances(state: ExactState, profile: Profile) -> dict[int, float]:
    return {k: float(q) for k, q in state.chances[profile]}


def _same_play(state: ExactState, player: int, a: Profile, away: Profile) -> bool:
    """Whether a deviation changes nothing, neither what is seen nor what the player is paid."""
    same = state.payoff[a][player] == state.payoff[away][player]
    return same and state.chances[a] == state.chances[away]
