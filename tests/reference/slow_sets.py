"""Slow, readable reference for equilibrium payoff sets. Shares no code with the solver.

The operator, for each state ``s`` (Abreu, Pearce, Stacchetti 1990; discount factors may differ):

    B(W)(s) = co U_a { (1-d) u(s,a) + d sum_k q(k|s,a) w_k :  w_k in W(s'_k), and for all i, a_i'
        (1-d_i) (u_i(s,a) - u_i(s,a_i',a_-i)) + d_i sum_k [q(k|s,a) - q(k|s,a_i',a_-i)] w_k,i >= 0 }

Every value is one linear programme with one vector ``w_k`` per public outcome, whatever the
monitoring. Perfect monitoring gets no treatment of its own: its outcomes are the pairs (profile,
next state). Outcomes that neither the profile nor one deviation from it can produce do not appear
in the formula above, so their continuation sets are not looked at.

A set is either the convex hull of vertices or an intersection of half-planes (`hull`,
`half_planes`); both say ``w = M z`` for ``z`` in a polyhedron. No set is written ``None``: empty.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import linprog

from reference.plain_game import PlainGame, PlainState

# The simplex of HiGHS gives up now and then on nearly equal columns (no proof that a programme is
# infeasible); its interior-point method is then asked.
ATTEMPTS = [("highs", 1e-10), ("highs-ipm", 1e-10), ("highs-ipm", 1e-9)]


class Region(NamedTuple):
    """The set { M z : upper_rows z <= upper, equal_rows z = equal, z >= lower }."""

    M: np.ndarray
    upper_rows: np.ndarray
    upper: np.ndarray
    equal_rows: np.ndarray
    equal: np.ndarray
    lower: float | None


# ---------------------------------------------------------------- sets


def hull(vertices: Any) -> Region | None:
    """All mixtures of the vertices (V, P)."""
    V = np.asarray(vertices, dtype=float)
    if len(V) == 0:
        return None
    return Region(V.T, np.zeros((0, len(V))), np.zeros(0), np.ones((1, len(V))), np.ones(1), 0.0)


def half_planes(directions: np.ndarray, support: np.ndarray) -> Region:
    """All points w with directions @ w <= support."""
    P = directions.shape[1]
    return Region(np.eye(P), directions, support, np.zeros((0, P)), np.zeros(0), None)


def support(vertices: Any, directions: Any) -> np.ndarray:
    return (np.asarray(directions, float) @ np.asarray(vertices, float).T).max(axis=1)


def circle(n: int) -> np.ndarray:
    """n equally spaced directions of the plane, the first (1, 0)."""
    angle = 2 * np.pi * np.arange(n) / n
    return np.column_stack([np.cos(angle), np.sin(angle)])


# ---------------------------------------------------------------- the operator


def deviations(state: PlainState, a: tuple[int, ...]) -> list[tuple[int, tuple[int, ...]]]:
    """All (player, profile after its deviation)."""
    return [
        (i, (*a[:i], other, *a[i + 1 :]))
        for i in range(len(a))
        for other in range(state.shape[i])
        if other != a[i]
    ]


def constraints(game: PlainGame, s: int, a: tuple[int, ...], W: list[Region | None]) -> Any:
    """Columns, incentive rows and value rows of one profile; None where a set is empty.

    Answers (outcomes, G, g, value, constant): the incentives hold iff ``G z <= g``, and the
    payoff is ``constant + value z``, where z stacks the z_k of the outcomes.
    """
    state, d = game.states[s], game.discount
    away = deviations(state, a)
    outcomes = sorted({k for b in [a, *(b for _, b in away)] for k in state.chance[b]})
    if any(W[state.follows[k]] is None for k in outcomes):
        return None
    M = [W[state.follows[k]].M for k in outcomes]
    q = {b: [state.chance[b].get(k, 0.0) for k in outcomes] for b in [a, *(b for _, b in away)]}
    value = np.hstack([d[:, None] * q[a][n] * M[n] for n in range(len(outcomes))])
    constant = (1 - d) * state.payoff[a]
    G = np.zeros((len(away), value.shape[1]))
    g = np.zeros(len(away))
    for row, (i, b) in enumerate(away):
        G[row] = -np.hstack([d[i] * (q[a][n] - q[b][n]) * M[n][i] for n in range(len(outcomes))])
        g[row] = (1 - d[i]) * (state.payoff[a][i] - state.payoff[b][i])
    return outcomes, G, g, value, constant


def block(matrices: list[np.ndarray]) -> np.ndarray:
    out = np.zeros((sum(m.shape[0] for m in matrices), sum(m.shape[1] for m in matrices)))
    row = column = 0
    for m in matrices:
        out[row : row + m.shape[0], column : column + m.shape[1]] = m
        row, column = row + m.shape[0], column + m.shape[1]
    return out


def solve_programme(cost: Any, ub: Any, b_ub: Any, eq: Any, b_eq: Any, bounds: Any) -> Any:
    """Minimise; None where infeasible; anything but these two outcomes is an error."""
    for method, tol in ATTEMPTS:
        options = {"primal_feasibility_tolerance": tol, "dual_feasibility_tolerance": tol}
        answer = linprog(cost, ub, b_ub, eq, b_eq, bounds, method=method, options=options)
        if answer.status in (0, 2):
            return answer if answer.status == 0 else None
    raise ArithmeticError(f"linear programme: {answer.message}")


def best_of_profile(
    game: PlainGame, s: int, a: tuple[int, ...], W: list[Region | None], lam: Any, relax: float
) -> float | None:
    """Greatest ``lam . payoff`` of profile a, each incentive constraint relaxed by ``relax``."""
    parts = constraints(game, s, a, W)
    if parts is None:
        return None
    outcomes, G, g, value, constant = parts
    sets = [W[game.states[s].follows[k]] for k in outcomes]
    answer = solve_programme(
        -(np.asarray(lam) @ value),
        np.vstack([G, block([r.upper_rows for r in sets])]),
        np.concatenate([g + relax, *[r.upper for r in sets]]),
        block([r.equal_rows for r in sets]),
        np.concatenate([r.equal for r in sets]),
        [(r.lower, None) for r in sets for _ in range(r.M.shape[1])],
    )
    return None if answer is None else float(np.asarray(lam) @ constant - answer.fun)


def again(
    game: PlainGame, s: int, a: tuple[int, ...], W: list[Region | None], lam: Any, relax: float
) -> float:
    """`best_of_profile` where another direction showed the profile to be enforceable.

    In sets thinner than the solver's tolerance it may say otherwise here: that is its arithmetic.
    """
    for slack in (0.0, 1e-9, 1e-8, 1e-7):
        found = best_of_profile(game, s, a, W, lam, relax + slack)
        if found is not None:
            return found
    raise ArithmeticError("enforceable in one direction and not in another")


def apply_regions(
    game: PlainGame, W: list[Region | None], directions: Any, relax: float = 0.0
) -> list[np.ndarray | None]:
    """Support of B(W)(s) in the directions, for every state; None where B(W)(s) is empty."""
    answer: list[np.ndarray | None] = []
    for s, state in enumerate(game.states):
        profiles = [a for a in state.payoff if state.prescribable[a]]
        rows = []
        for a in profiles:
            first = best_of_profile(game, s, a, W, directions[0], relax)
            if first is not None:  # whether it is enforceable depends on no direction
                rest = [again(game, s, a, W, lam, relax) for lam in directions[1:]]
                rows.append([first, *rest])
        answer.append(np.array(rows, dtype=float).max(axis=0) if rows else None)
    return answer


def apply_B(
    game: PlainGame, sets: list[Any], directions: Any, relax: float = 0.0
) -> list[np.ndarray | None]:
    """B applied once to the hulls of vertices: its support in the directions, by state."""
    return apply_regions(game, [hull(v) for v in sets], directions, relax)


def outer_sets(
    game: PlainGame, directions: Any, tol: float = 1e-10, max_rounds: int = 1000
) -> list[np.ndarray | None]:
    """The classical outer bound: rounds of B, each followed by the half-planes of directions."""
    D = np.asarray(directions, dtype=float)
    payoffs = np.array([u for state in game.states for u in state.payoff.values()])
    box = [payoffs.min(axis=0), payoffs.max(axis=0)]
    corner = np.where(D > 0, box[1], box[0])
    h: list[np.ndarray | None] = [(D * corner).sum(axis=1) for _ in game.states]
    for _ in range(max_rounds):
        W = [None if x is None else half_planes(D, x) for x in h]
        new = apply_regions(game, W, D)
        moved = max(
            0.0 if x is None else np.inf if y is None else float(abs(x - y).max())
            for x, y in zip(h, new, strict=True)
        )
        h = new
        if moved <= tol:
            return h
    raise ArithmeticError(f"no convergence in {max_rounds} rounds: last moved {moved}")


# ---------------------------------------------------------------- checking a set from inside


def distance_to_B(
    game: PlainGame, sets: list[Any], s: int, point: Any, relax: float = 0.0
) -> float:
    """Largest-coordinate distance of a point from B(hulls of sets)(s), by one programme.

    A point of the hull of a union of polytopes is a sum over profiles a of points of p_a times
    the polytope, sum p_a = 1: multiply the constraints of each profile through by p_a.
    """
    state, W, point = game.states[s], [hull(v) for v in sets], np.asarray(point, dtype=float)
    found = [constraints(game, s, a, W) for a in state.payoff if state.prescribable[a]]
    found = [parts for parts in found if parts is not None]
    if not found:
        return np.inf
    P, A = len(point), len(found)
    value = np.hstack([parts[3] for parts in found])
    constant = np.column_stack([parts[4] for parts in found])
    # Columns: z of every profile, then p (A), then the distance t.
    incentives = np.hstack([
        block([parts[1] for parts in found]),
        -block([parts[2][:, None] + relax for parts in found]),
        np.zeros((sum(len(parts[2]) for parts in found), 1)),
    ])  # fmt: skip
    near = np.hstack([value, constant, -np.ones((P, 1))])
    far = np.hstack([-value, -constant, -np.ones((P, 1))])
    totals, shares = [], []
    for n, parts in enumerate(found):
        blocks = [W[state.follows[k]].equal_rows for k in parts[0]]
        totals.append(block(blocks))
        shares.append(np.tile(-np.eye(A)[n], (len(blocks), 1)))
    weights = np.hstack([block(totals), np.vstack(shares)])
    weights = np.hstack([weights, np.zeros((len(weights), 1))])
    whole = np.concatenate([np.zeros(value.shape[1]), np.ones(A), [0.0]])
    answer = solve_programme(
        np.eye(value.shape[1] + A + 1)[-1],
        np.vstack([incentives, near, far]),
        np.concatenate([np.zeros(len(incentives)), point, -point]),
        np.vstack([weights, whole]),
        np.concatenate([np.zeros(len(weights)), [1.0]]),
        [(0.0, None)] * (value.shape[1] + A + 1),
    )
    return np.inf if answer is None else float(answer.fun)


def escape(game: PlainGame, sets: list[Any], relax: float = 0.0) -> float:
    """How far the sets reach outside B of themselves (0: self-generating, all equilibria)."""
    return max(
        (distance_to_B(game, sets, s, v, relax) for s, V in enumerate(sets) for v in V),
        default=0.0,
    )


def is_self_generating(
    game: PlainGame, sets: list[Any], tol: float = 1e-9, relax: float = 0.0
) -> bool:
    """Whether every vertex of every set lies in B of the sets, to tol in payoff units."""
    return escape(game, sets, relax) <= tol
