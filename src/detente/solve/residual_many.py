"""Apply B once to the sets of any number of parties, by separate and simple code.

`detente.solve.residual` does this for two parties. Here B is written out as linear programmes
(Abreu, Pearce and Stacchetti 1990, definition of B): weights on the vertices of the next sets, a
row for every deviation. Nothing is shared with the kernels that solve.

A sample is looked at, the same every time: per state at most `MOST_DIRECTIONS` directions of the
outer bound (the axes, then facets at equal steps of their list), and at most `MOST_VERTICES`
vertices of each bound (the lowest and highest payoff of every party, then vertices at equal steps).
Sets with fewer facets or vertices are looked at whole. An error elsewhere is not seen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.spatial import ConvexHull, QhullError

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.game.game import Game
from detente.solve.solution import Solution, Status

MOST_DIRECTIONS = 16
MOST_VERTICES = 12
NOISE = 1e-9  # of the range of payoffs: what a linear programme leaves open
ROUNDING = 1e-14  # relative to payoffs
TIDYING = 4e-8  # of the range, times 1 / (1 - discount): how far a vertex may have been moved
THIN = 1e-8  # of the range: extent below which a set has no facets to look at
CLEAR = 0.05  # a profile this near, in units of what is allowed, is not looked at more closely
ATTEMPTS = (("highs-ds", 1e-10), ("highs-ipm", 1e-10), ("highs-ds", 1e-8))


@dataclass(frozen=True, slots=True)
class _Scaled:
    """A game and sets in payoffs between 0 and 1, party by party."""

    game: Game
    payoff: FloatArray
    sets: list[FloatArray]
    rounding: float

    @property
    def slacks(self) -> tuple[float, float]:
        """By how much incentives are relaxed: for rounding, and for what tidying moved."""
        patience = 1.0 - float(self.game.discount.max())
        return 8.0 * self.rounding / patience, TIDYING / patience


@dataclass(frozen=True, slots=True)
class _Play:
    """One profile: what it pays today, its promises, and what they have to deter.

    Variables are weights x >= 0 on the vertices of every promised set, which sum to one by promise.

    Attributes
    ----------
    today : float64 (P,), ``(1 - d) u``
    worth : float64 (N, P), what a unit of weight on each vertex of each promise adds to payoffs
    rows, const : float64 (R, N) and (R,); incentives of the weights are ``rows x + const``
    starts : int64 (K + 1,), first columns of the promises
    """

    today: FloatArray
    worth: FloatArray
    rows: FloatArray
    const: FloatArray
    starts: IntArray

    def sums(self) -> FloatArray:
        """Give the rows that add the weights of every promise: float64 (K, N)."""
        out = np.zeros((len(self.starts) - 1, len(self.worth)))
        for k in range(len(out)):
            out[k, self.starts[k] : self.starts[k + 1]] = 1.0
        return out

    def reach(self, directions: FloatArray) -> FloatArray:
        """Give the most it could pay in directions if nothing had to be deterred: (D,)."""
        worth = directions @ self.worth.T
        best = np.maximum.reduceat(worth, self.starts[:-1], axis=1).sum(axis=1)
        return np.asarray(directions @ self.today + best)


def confirm(game: Game, solution: Solution, held: BoolArray, deadline: float = np.inf) -> Solution:
    """Apply B once to a solution's sets and put the residuals into it.

    Parameters
    ----------
    game : a game of any number of players
    solution : sets of all states
    held : bool (S,), states whose sets were given: they are taken as they are
    deadline : of `time.monotonic`; where it passes, nothing is said

    Returns
    -------
    Solution
        With ``residual_outer`` and ``residual_inner`` over the sample, in the largest difference
        of a coordinate. An answer whose residuals are larger than promised (``tol`` for the outer
        bound, each state's ``error`` for the inner one, and `NOISE`) has status
        NUMERICAL_TROUBLE; so has one for which a linear programme cannot be solved. Only answers
        are measured.
    """
    if not solution.status.is_answer:
        return solution
    lowest, highest = game.payoff.min(axis=0), game.payoff.max(axis=0)
    scale = np.where(highest > lowest, highest - lowest, 1.0)
    unit, payoff = float(scale.max()), (game.payoff - lowest) / scale
    size = float((np.maximum(np.abs(lowest), np.abs(highest)) / scale).max())
    far, near = (
        _Scaled(
            game, payoff, [(points - lowest) / scale for points in each], ROUNDING * (1.0 + size)
        )
        for each in (
            [s.outer_vertices for s in solution.states],
            [s.inner_vertices for s in solution.states],
        )
    )
    tol, outer, inner, kept = solution.tol / unit, 0.0, 0.0, True
    try:
        for s in np.flatnonzero(~held).tolist():
            if time.monotonic() > deadline:
                return solution
            error = solution.states[s].error / unit
            plays = _list_plays(far, s)
            outer = max(outer, _reach_beyond(far, s, plays, tol), _lie_outside(far, s, plays, tol))
            outside = _lie_outside(near, s, _list_plays(near, s), error)
            inner = max(inner, outside)
            kept = kept and outside <= error + NOISE
    except ArithmeticError:
        return replace(solution, status=Status.NUMERICAL_TROUBLE)
    kept = kept and outer <= tol + NOISE
    return replace(
        solution, status=solution.status if kept else Status.NUMERICAL_TROUBLE,
        residual_outer=outer * unit, residual_inner=inner * unit,
    )  # fmt: skip


def _reach_beyond(scaled: _Scaled, s: int, plays: Sequence[_Play], enough: float) -> float:
    """How far B of the sets reaches beyond a state's set, in the directions of the sample."""
    own = scaled.sets[s]
    slack = scaled.slacks[0]
    if len(own) == 0:
        nothing = np.zeros(scaled.game.n_players)
        return max((np.inf for p in plays if _support(p, nothing, slack) > -np.inf), default=0.0)
    directions = _choose_directions(own)
    most = (directions @ own.T).max(axis=1)
    size = np.abs(directions).sum(axis=1)
    beyond, dead = 0.0, set()
    excess = (_list_reach(plays, directions) - most) / size
    for d in range(len(directions)):
        for n in np.argsort(-excess[:, d], kind="stable").tolist():
            if excess[n, d] <= beyond:
                break
            if n in dead:
                continue
            if excess[n, d] <= CLEAR * enough:
                beyond = float(excess[n, d])
                break
            found = _support(plays[n], directions[d], slack)
            if found == -np.inf:
                dead.add(n)
            beyond = max(beyond, (found - float(most[d])) / float(size[d]))
    return beyond


def _lie_outside(scaled: _Scaled, s: int, plays: Sequence[_Play], enough: float) -> float:
    """How far the vertices of a state's set that are looked at lie outside B of the sets.

    Where incentives relaxed by rounding do not confirm a vertex, they are relaxed by what
    tidying may have moved the sets, too (B is not continuous where incentives hold by a tie).
    """
    own = scaled.sets[s]
    if len(own) == 0:
        return 0.0
    worst = 0.0
    axes = _list_axes(scaled.game.n_players)
    reach = _list_reach(plays, axes)
    size = np.abs(axes).sum(axis=1)
    for vertex in own[_choose_vertices(own)]:
        short = np.maximum(((axes @ vertex - reach) / size).max(axis=1, initial=0.0), 0.0)
        distance = np.inf
        for slack in scaled.slacks:
            distance = min(distance, _distance(plays, short, vertex, slack, enough))
            if distance <= enough:
                break
        worst = max(worst, distance)
    return worst


def _distance(
    plays: Sequence[_Play], short: FloatArray, vertex: FloatArray, slack: float, enough: float
) -> float:
    """Distance of a payoff from B: by one profile where that suffices, else by their mixtures."""
    best = np.inf
    for n in np.argsort(short, kind="stable").tolist():
        if short[n] > enough:
            break
        best = min(best, _solve_near([plays[n]], vertex, slack))
        if best <= enough:
            return best
    return min(best, _solve_near(plays, vertex, slack)) if len(plays) else best


def _list_reach(plays: Sequence[_Play], directions: FloatArray) -> FloatArray:
    """Give the most that each profile could pay in each direction, undeterred: (N, D)."""
    rows = np.array([p.reach(directions) for p in plays])
    return rows.reshape(len(plays), len(directions))


def _list_plays(scaled: _Scaled, s: int) -> list[_Play]:
    """Write the programmes of all profiles that may be prescribed and have a future."""
    profiles = [a for a in scaled.game.profiles(s) if scaled.game.prescribable[a]]
    plays = [_write_play(scaled, s, a) for a in profiles]
    return [p for p in plays if p is not None]


def _write_play(scaled: _Scaled, s: int, a: int) -> _Play | None:
    """Write the programme of a profile; None where an outcome leads to an empty set.

    What only one party's deviations can bring about is met by that party's lowest payoff there.
    """
    game, d = scaled.game, scaled.game.discount
    own, actions = _chances(game, a), game.actions_of(s, a)
    away = [
        (i, b, _chances(game, b))
        for i in range(game.n_players)
        for other in range(int(game.n_actions[s, i]))
        if other != actions[i]
        for b in [game.profile_of(s, (*actions[:i], other, *actions[i + 1 :]))]
    ]
    causes: dict[int, set[int]] = {k: set() for k in own}
    for i, _, chances in away:
        for k in chances:
            causes.setdefault(k, set()).add(i)
    sets = {k: scaled.sets[int(game.outcome_next[k])] for k in causes}
    if any(len(points) == 0 for points in sets.values()):
        return None
    promises = [k for k in causes if k in own or len(causes[k]) > 1]
    starts = np.cumsum([0, *(len(sets[k]) for k in promises)])
    today = (1.0 - d) * scaled.payoff[a]
    tightest: dict[tuple[int, tuple[float, ...]], float] = {}
    for i, b, chances in away:
        const = today[i] - (1.0 - d[i]) * scaled.payoff[b, i]
        for k, q in chances.items():
            if k not in promises:
                const -= d[i] * q * float(sets[k][:, i].min())
        coef = tuple(float(d[i]) * (own.get(k, 0.0) - chances.get(k, 0.0)) for k in promises)
        tightest[i, coef] = min(const, tightest.get((i, coef), np.inf))
    worth = np.concatenate([own.get(k, 0.0) * d * sets[k] for k in promises])
    rows = [
        np.concatenate([c * sets[k][:, i] for c, k in zip(coef, promises, strict=True)])
        for i, coef in tightest
    ]
    return _Play(
        today, worth, np.array(rows).reshape(len(rows), len(worth)),
        np.array(list(tightest.values())), np.asarray(starts, dtype=np.int64),
    )  # fmt: skip


def _chances(game: Game, a: int) -> dict[int, float]:
    """Give the probability of every outcome of a profile."""
    entries = range(int(game.entry_start[a]), int(game.entry_start[a + 1]))
    return {int(game.entry_outcome[e]): float(game.entry_probability[e]) for e in entries}


def _support(play: _Play, direction: FloatArray, slack: float) -> float:
    """Give the most that a profile can pay in a direction; -inf where nothing enforces it."""
    sums = play.sums()
    least = _minimise(
        -(play.worth @ direction), -play.rows, play.const + slack, sums, np.ones(len(sums))
    )
    return -np.inf if least is None else float(direction @ play.today) - least


def _solve_near(plays: Sequence[_Play], vertex: FloatArray, slack: float) -> float:
    """Give the largest-coordinate distance of a payoff from mixtures of profiles.

    The constraints of every profile are multiplied by its share, which makes one programme of the
    hull of their union. Columns: weights of all profiles, their shares, the distance.
    """
    n, shares = sum(len(p.worth) for p in plays), len(plays)
    rows, sums = [], []
    begin = 0
    for number, p in enumerate(plays):
        end = begin + len(p.worth)
        row = np.zeros((len(p.rows), n + shares + 1))
        row[:, begin:end], row[:, n + number] = -p.rows, -(p.const + slack)
        total = np.zeros((len(p.starts) - 1, n + shares + 1))
        total[:, begin:end], total[:, n + number] = p.sums(), -1.0
        rows.append(row)
        sums.append(total)
        begin = end
    value = np.vstack([*(p.worth for p in plays), *(p.today[None] for p in plays)]).T
    aside = np.ones((len(vertex), 1))
    upper = np.vstack([*rows, np.hstack([value, -aside]), np.hstack([-value, -aside])])
    bound = np.concatenate([np.zeros(len(upper) - 2 * len(vertex)), vertex, -vertex])
    whole = np.concatenate([np.zeros(n), np.ones(shares), [0.0]])
    equal = np.vstack([*sums, whole])
    right = np.append(np.zeros(len(equal) - 1), 1.0)
    least = _minimise(np.append(np.zeros(n + shares), 1.0), upper, bound, equal, right)
    return np.inf if least is None else max(0.0, least)


def _minimise(
    cost: FloatArray, upper: FloatArray, bound: FloatArray, equal: FloatArray, right: FloatArray
) -> float | None:
    """Solve a linear programme in variables that are not negative; None where infeasible.

    Raises
    ------
    ArithmeticError
        Where neither an optimum nor infeasibility was found.
    """
    for method, tol in ATTEMPTS:
        options = {"primal_feasibility_tolerance": tol, "dual_feasibility_tolerance": tol}
        answer = linprog(cost, upper, bound, equal, right, (0.0, None), method, options=options)
        if answer.status in (0, 2):
            return float(answer.fun) if answer.status == 0 else None
    raise ArithmeticError(f"a linear programme could not be solved: {answer.message}")


def _list_axes(n_parties: int) -> FloatArray:
    """Give every party's own direction, up and down: float64 (2 P, P)."""
    return np.vstack([np.eye(n_parties), -np.eye(n_parties)])


def _choose_directions(points: FloatArray) -> FloatArray:
    """Choose directions: the axes, and normals of facets at equal steps of their list."""
    axes = _list_axes(points.shape[1])
    normals = _list_normals(points)
    room = max(MOST_DIRECTIONS - len(axes), 0)
    return np.vstack([axes, normals[_step_through(len(normals), room)]])


def _list_normals(points: FloatArray) -> FloatArray:
    """Give the normals of a set's facets, and of the space that a flat set lies in, both ways."""
    moved = points - points.mean(axis=0)
    axes = np.linalg.svd(moved, full_matrices=True)[2]
    extent = np.abs(moved @ axes.T).max(axis=0)
    wide, across = axes[extent > THIN], axes[extent <= THIN]
    flat = np.vstack([across, -across])
    if len(wide) == 0:
        return flat
    if len(wide) == 1:
        return np.vstack([flat, wide, -wide])
    try:
        facets = ConvexHull(moved @ wide.T / extent[extent > THIN]).equations[:, :-1]
    except QhullError:  # too many ties for facets: towards the vertices instead
        facets = moved @ wide.T / extent[extent > THIN]
    normals = (facets / extent[extent > THIN]) @ wide
    lengths = np.linalg.norm(normals, axis=1)
    normals = normals[lengths > 0.0] / lengths[lengths > 0.0, None]
    _, first = np.unique(np.round(normals, 9), axis=0, return_index=True)
    return np.vstack([flat, normals[np.sort(first)]])


def _choose_vertices(points: FloatArray) -> IntArray:
    """Choose vertices: every party's lowest and highest payoff, then equal steps of their list."""
    if len(points) <= MOST_VERTICES:
        return np.arange(len(points))
    ends = np.concatenate([points.argmin(axis=0), points.argmax(axis=0)])
    steps = _step_through(len(points), max(MOST_VERTICES - len(ends), 0))
    return np.unique(np.concatenate([ends, steps]))


def _step_through(n: int, room: int) -> IntArray:
    """Give at most ``room`` of the numbers below ``n``, at equal steps."""
    return np.arange(n) if n <= room else np.linspace(0, n - 1, room).round().astype(np.int64)
