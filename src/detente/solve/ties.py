"""Equilibria that hold by an exact tie, exhibited in rational numbers.

An inner bound in floating point needs room to spare in every incentive. Where equilibria exist
only by a tie (patience exactly at a threshold, a party to whom everything is worth the same),
there is none. Here an equilibrium is written down instead: a finite automaton whose nodes stand
for corners of the outer bound. A node prescribes a profile and promises, after every outcome, a
lottery over nodes of the next state; what only one party's deviation can bring about leads to that
party's worst node. The automaton's payoffs solve a linear system exactly, and every deviation of
one period is compared exactly (Abreu, Pearce and Stacchetti 1990: the nodes are then
self-generating). Programmes in floating point only propose: what fails the exact test is dropped.

Numbers of the game are read as the shortest decimals that give the same floats (.6 is 3/5), and
the chances of a profile are divided by their exact sum. What is exhibited is an equilibrium of
that game; its payoffs differ from those of the floats by rounding.

Not every tie can be met: an automaton's payoffs are rational, and corners that solve a quadratic
equation are not. Then the gap says what was not shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.game.game import Game
from detente.solve.components import list_next_states
from detente.solve.feasible import order_hull
from detente.solve.polygon_sets import make_state_set
from detente.solve.rational import solve_exactly
from detente.solve.solution import Solution, StateSet, Status

MAX_NODES = 40  # corners of all states together; the exact system grows with their cube
MAX_PROGRAMMES = 800
MAX_ROUNDS = 15
ALMOST = 1e-9  # of the range of payoffs: incentives that fail by less may be ties
NEAREST = 2e-8  # of the range: promises need not pay a corner more exactly than this


@dataclass(frozen=True, slots=True)
class _Stage:
    """One profile of a state, exactly.

    Attributes
    ----------
    state, profile : rows of the game
    chance : outcome -> chance under the profile
    deviations : (party, row of the deviation's profile, outcome -> chance)
    shared : outcomes that are promised for
    private : outcome -> the only party whose deviations can bring it about
    """

    state: int
    profile: int
    chance: dict[int, Fraction]
    deviations: list[tuple[int, int, dict[int, Fraction]]]
    shared: list[int]
    private: dict[int, int]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a node does: a stage, and a lottery over nodes after every shared outcome.

    ``room`` says whether promises were sought that leave room in the incentives.
    """

    stage: _Stage
    promise: dict[int, dict[int, Fraction]]
    room: bool


@dataclass(slots=True)
class _Search:
    """The nodes that are left, with what each may still try.

    Attributes
    ----------
    points : float64 (N, 2), the corner that each node stands for, payoffs in units of their range
    states : int64 (N,)
    alive : bool (N,)
    refused : profiles, and whether with room, whose plans failed the exact test, per node
    near : how far promises may pay from a corner, by coordinate; half of it is the most room
        that they are asked to leave in every incentive
    programmes : how many programmes were solved
    """

    game: Game
    scale: FloatArray
    points: FloatArray
    states: IntArray
    alive: BoolArray
    stages: dict[int, list[_Stage]]
    refused: list[set[tuple[int, bool]]]
    near: float
    programmes: int = 0

    def nodes_of(self, state: int) -> IntArray:
        return np.flatnonzero(self.alive & (self.states == state))

    def worst(self, outcome: int, party: int) -> float:
        nodes = self.nodes_of(int(self.game.outcome_next[outcome]))
        return float(self.points[nodes, party].min())


def exhibit(game: Game, solution: Solution, held: BoolArray) -> Solution:
    """Add equilibria that hold by ties to inner bounds that are too far from the outer ones.

    Nothing is tried where sets were given, where a limit was hit, or where the states in question
    and those they lead to have more than `MAX_NODES` corners.

    Parameters
    ----------
    game : a game of two players
    solution : polygons of all states
    held : bool (S,), states whose sets were given

    Returns
    -------
    Solution
        With larger inner sets where something was exhibited, and their gaps.
    """
    wide = [s for s, bound in enumerate(solution.states) if bound.gap > solution.tol]
    if not wide or held.any() or solution.status is not Status.CONVERGED:
        return solution
    needed = _list_reached(game, wide)
    if sum(len(solution.states[s].outer_vertices) for s in needed) > MAX_NODES:
        return solution
    found = _find_equilibria(game, solution, needed)
    states = tuple(
        _enlarge(bound, found[s]) if s in found else bound
        for s, bound in enumerate(solution.states)
    )
    return replace(solution, states=states)


def _list_reached(game: Game, start: list[int]) -> list[int]:
    first, following = list_next_states(game)
    reached, todo = set(start), list(start)
    while todo:
        s = todo.pop()
        for t in following[first[s] : first[s + 1]].tolist():
            if t not in reached:
                reached.add(t)
                todo.append(t)
    return sorted(reached)


def _enlarge(bound: StateSet, points: FloatArray) -> StateSet:
    inner = order_hull(np.vstack([bound.inner_vertices, points]))
    wider = make_state_set(
        bound.name, bound.outer_vertices, inner, bound.outer_directions, bound.error
    )
    return wider if wider.gap < bound.gap else bound


def _find_equilibria(game: Game, solution: Solution, states: list[int]) -> dict[int, FloatArray]:
    """Propose plans for all corners, drop what fails the exact test, until all that is left holds.

    Gives the payoffs of the nodes left, float64 (V, 2), by state.
    """
    search = _start(game, solution, states)
    plans: dict[int, _Plan] = {}
    for _ in range(MAX_ROUNDS):
        if not _propose(search, plans):
            return {}
        if not search.alive.any():
            return {}
        values = _evaluate(search, plans)
        failed = [x for x in plans if not _holds(search, plans, values, x)]
        if not failed:
            return _collect(search, values)
        for x in failed:
            search.refused[x].add((plans[x].stage.profile, plans[x].room))
            del plans[x]
    return {}


def _start(game: Game, solution: Solution, states: list[int]) -> _Search:
    scale = np.where(np.ptp(game.payoff, axis=0) > 0, np.ptp(game.payoff, axis=0), 1.0)
    corners = [solution.states[s].outer_vertices / scale for s in states]
    points = np.concatenate(corners)
    owner = np.repeat(states, [len(c) for c in corners])
    near = 0.1 * solution.tol / float(scale.max()) * (1.0 - float(game.discount.max()))
    stages = {s: [_read_stage(game, s, a) for a in game.profiles(s) if game.prescribable[a]]
              for s in states}  # fmt: skip
    return _Search(
        game, scale, points, owner, np.ones(len(points), np.bool_), stages,
        [set() for _ in points], max(near, NEAREST),
    )  # fmt: skip


def _exact(value: float) -> Fraction:
    return Fraction(repr(float(value)))


def _chances(game: Game, profile: int) -> dict[int, Fraction]:
    entries = range(int(game.entry_start[profile]), int(game.entry_start[profile + 1]))
    chance: dict[int, Fraction] = {}
    for e in entries:
        k = int(game.entry_outcome[e])
        chance[k] = chance.get(k, Fraction(0)) + _exact(game.entry_probability[e])
    total = sum(chance.values())
    return {k: q / total for k, q in chance.items()}


def _read_stage(game: Game, state: int, profile: int) -> _Stage:
    own = game.actions_of(state, profile)
    deviations = []
    for i in range(2):
        for b in range(int(game.n_actions[state, i])):
            if b != own[i]:
                other = game.profile_of(state, (*own[:i], b, *own[i + 1 :]))
                deviations.append((i, other, _chances(game, other)))
    chance = _chances(game, profile)
    parties: dict[int, set[int]] = {}
    for i, _, q in deviations:
        for k in q:
            parties.setdefault(k, set()).add(i)
    private = {k: min(who) for k, who in parties.items() if len(who) == 1 and k not in chance}
    shared = [k for k in {**chance, **dict.fromkeys(parties)} if k not in private]
    return _Stage(state, profile, chance, deviations, shared, private)


# ---------------------------------------------------------------- proposals, in floating point


def _propose(search: _Search, plans: dict[int, _Plan]) -> bool:
    """Give every node a plan or drop it; False where too many programmes would be needed.

    A dropped node may be part of other nodes' plans, or their worst: these are made again.
    """
    while True:
        dropped = False
        for x in np.flatnonzero(search.alive).tolist():
            if x in plans:
                continue
            plan = _find_plan(search, x)
            if search.programmes > MAX_PROGRAMMES:
                return False
            if plan is None:
                search.alive[x] = False
                plans.clear()
                dropped = True
                break
            plans[x] = plan
        if not dropped:
            return True


def _find_plan(search: _Search, node: int) -> _Plan | None:
    """Find a plan that pays what the node stands for, exactly if it may be, else with room.

    Room moves the payoffs by up to ``near``: where another node's tie hangs on this one, that
    would break it, so it comes second.
    """
    for seek_room in (False, True):
        for stage in search.stages[int(search.states[node])]:
            outcomes = [*stage.shared, *stage.private]
            reached = {int(search.game.outcome_next[k]) for k in outcomes}
            refused = (stage.profile, seek_room) in search.refused[node]
            if refused or not all(len(search.nodes_of(t)) for t in reached):
                continue
            plan = _promise(search, node, stage, seek_room)
            if plan is not None:
                return plan
    return None


def _promise(search: _Search, node: int, stage: _Stage, seek_room: bool) -> _Plan | None:
    """Find promises over the nodes by a linear programme.

    Variables: weights by outcome and node, the room left in each deviation (at most half of
    ``near``, none where none is sought), and the distance from the point by coordinate, both ways.
    """
    from scipy.optimize import linprog  # noqa: PLC0415  (only where a tie is suspected)

    game, search.programmes = search.game, search.programmes + 1
    follow = [search.nodes_of(int(game.outcome_next[k])) for k in stage.shared]
    start = np.cumsum([0, *[len(f) for f in follow]])
    n, m = int(start[-1]), len(stage.deviations)
    payoff = game.payoff / search.scale
    pays = np.zeros((2, n + m + 4))
    rows, least = np.zeros((m, n + m + 4)), np.zeros(m)
    totals = np.zeros((len(follow), n + m + 4))
    for c, k in enumerate(stage.shared):
        part = slice(start[c], start[c + 1])
        totals[c, part] = 1.0
        values = search.points[follow[c]]
        pays[:, part] = (game.discount * float(stage.chance.get(k, 0)) * values).T
        for r, (i, _, q) in enumerate(stage.deviations):
            weight = float(stage.chance.get(k, 0) - q.get(k, Fraction(0)))
            rows[r, part] = game.discount[i] * weight * values[:, i]
    for r, (i, other, q) in enumerate(stage.deviations):
        now = (1.0 - game.discount[i]) * (payoff[stage.profile, i] - payoff[other, i])
        later = sum(float(q[k]) * search.worst(k, i) for k in stage.private if k in q)
        least[r] = -now + game.discount[i] * later - ALMOST
        rows[r, n + r] = -1.0
    for i in range(2):
        pays[i, n + m + 2 * i : n + m + 2 * i + 2] = 1.0, -1.0
    target = search.points[node] - (1.0 - game.discount) * payoff[stage.profile]
    cost = np.concatenate([np.zeros(n), np.full(m, -1.0 if seek_room else 0.0), np.full(4, 1e-3)])
    most = 0.5 * search.near if seek_room else 0.0
    bounds = [*[(0.0, 1.0)] * n, *[(0.0, most)] * m, *[(0.0, search.near)] * 4]
    answer = linprog(
        cost, -rows, -least, np.vstack([totals, pays]),
        np.concatenate([np.ones(len(follow)), target]), bounds, method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10},
    )  # fmt: skip
    if answer.status != 0:
        return None
    promise = {
        k: _round_weights(follow[c], answer.x[start[c] : start[c + 1]], search.near)
        for c, k in enumerate(stage.shared)
    }
    return _Plan(stage, promise, seek_room)


def _round_weights(nodes: IntArray, weights: FloatArray, near: float) -> dict[int, Fraction]:
    """Make a lottery rational: simple fractions where they are within ``near``, else to 2^-40."""
    lottery = {}
    for node, weight in zip(nodes.tolist(), weights.tolist(), strict=True):
        simple = Fraction(weight).limit_denominator(100)
        fine = Fraction(round(weight * 2**40), 2**40)
        share = simple if abs(float(simple) - weight) <= near else fine
        if share > 0:
            lottery[node] = share
    total = sum(lottery.values())
    return {node: share / total for node, share in lottery.items()}


# ---------------------------------------------------------------- the exact test


def _evaluate(search: _Search, plans: dict[int, _Plan]) -> dict[int, tuple[Fraction, ...]]:
    """Solve for the payoffs of all nodes, exactly."""
    game = search.game
    place = {x: n for n, x in enumerate(plans)}
    columns = []
    for i in range(2):
        delta = _exact(game.discount[i])
        rows, right = [], []
        for x, plan in plans.items():
            row = {place[x]: Fraction(1)}
            for k, q in plan.stage.chance.items():
                for y, share in plan.promise[k].items():
                    row[place[y]] = row.get(place[y], Fraction(0)) - delta * q * share
            rows.append(row)
            right.append((1 - delta) * _exact(game.payoff[plan.stage.profile, i]))
        columns.append(solve_exactly(rows, right))
    return {x: tuple(column[n] for column in columns) for x, n in place.items()}


def _holds(
    search: _Search, plans: dict[int, _Plan], values: dict[int, tuple[Fraction, ...]], node: int
) -> bool:
    """Compare every deviation of one period with keeping to the plan, exactly."""
    game, plan = search.game, plans[node]
    for i, other, chance in plan.stage.deviations:
        delta = _exact(game.discount[i])
        worth = (1 - delta) * _exact(game.payoff[other, i])
        for k, q in chance.items():
            if k in plan.stage.private:
                nodes = search.nodes_of(int(game.outcome_next[k]))
                follow = min(values[y][i] for y in nodes.tolist())
            else:
                follow = sum(
                    (share * values[y][i] for y, share in plan.promise[k].items()), Fraction(0)
                )
            worth += delta * q * follow
        if worth > values[node][i]:
            return False
    return True


def _collect(search: _Search, values: dict[int, tuple[Fraction, ...]]) -> dict[int, FloatArray]:
    found: dict[int, list[list[float]]] = {}
    for x, value in values.items():
        found.setdefault(int(search.states[x]), []).append([float(v) for v in value])
    return {s: np.array(points) for s, points in found.items()}
