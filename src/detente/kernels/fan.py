"""One round of the operator B with a fixed fan of directions: the classical outer bound.

Every state's set is the intersection of the half-planes of the same directions; a round
computes the support of B of those sets in each direction (Judd, Yeltekin and Conklin 2003,
"Computing Supergame Equilibria", Econometrica 71, section 5, outer approximation). All
states move at once: a round reads the sets of the round before.

Sets only shrink, so a profile that could not be enforced once never can be, and the bound a
profile had in a direction still holds: it is computed again only where it could matter.

Axis letters: S states, A profiles (stacked), D directions, V vertices.
"""

from __future__ import annotations

import numpy as np

from detente.kernels.perfect import Polygons
from detente.kernels.pricing import solve_direction
from detente.kernels.rows import (
    ANSWER,
    INFEASIBLE,
    STOPPED,
    BoolArray,
    FloatArray,
    IntArray,
    Listed,
    Tables,
    Workspace,
    helper,
    kernel,
    largest_payoff,
    measure,
    prepare,
    value_deviations,
    workspace_for,
)
from detente.kernels.signals import clip


@kernel
def round_directions(
    game: Tables, listed: Listed, sets: Polygons, directions: FloatArray, support: FloatArray,
    bounds: FloatArray, alive: BoolArray, wins: IntArray,
) -> tuple[float, float]:  # fmt: skip
    """Replace the sets of all states by those after one round, in place.

    Parameters
    ----------
    sets : vertices of shape (S, V, 3), V >= D + 8; the third column is not read
    directions : float64 array, shape (D, 2), unit vectors
    support : float64 array, shape (S, D); -inf where a state is empty
    bounds : float64 array, shape (A, D), what each profile could give at most (inf at first)
    alive : bool array, shape (A,), profiles that may be prescribed and still can be enforced
    wins : int64 array, shape (A,), in how many directions a profile was best in the last round

    Returns
    -------
    moved : largest fall of a support (inf where a state became empty)
    unmet : largest difference between a bound that counted and the payoff found for it
    """
    n_states = len(sets.count)
    n_directions = len(directions)
    ws = workspace_for(np.arange(n_states), game, listed)
    worst = np.empty((np.diff(game.profile_start).max(), 2))
    best = np.empty((n_states, n_directions))
    unmet = 0.0
    for s in range(n_states):
        scale = largest_payoff(s, game, sets)
        value_deviations(s, game, sets, worst)
        for d in range(n_directions):
            best[s, d] = -np.inf
        for a in _order(game.profile_start[s], game.profile_start[s + 1], wins):
            if not alive[a]:
                continue
            wins[a] = 0
            if not _could_matter(bounds[a], best[s]):
                continue
            if prepare(s, a, game, listed, sets, worst, 0.0, scale, False, ws) == INFEASIBLE:
                alive[a] = False
                continue
            short = _raise_supports(ws, sets, directions, bounds[a], best[s], wins, a)
            if short < 0.0:
                alive[a] = False
            unmet = max(unmet, short)
    moved = 0.0
    spare = np.empty((sets.vertices.shape[1] + 1, 3))
    for s in range(n_states):
        if sets.count[s] > 0:
            fall = _shrink(directions, best[s], support[s], sets, s, spare)
            moved = max(moved, fall)
    return moved, unmet


@helper
def _order(first: int, last: int, wins: IntArray) -> IntArray:
    """Profiles of a state, those that were best most often first."""
    order = np.empty(last - first, np.int64)
    for n in range(last - first):
        j = n
        while j > 0 and wins[order[j - 1]] < wins[first + n]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = first + n
    return order


@helper
def _could_matter(bound: FloatArray, best: FloatArray) -> bool:
    for d in range(len(best)):  # noqa: SIM110
        if bound[d] > best[d]:
            return True
    return False


@helper
def _raise_supports(
    ws: Workspace,
    sets: Polygons,
    directions: FloatArray,
    bound: FloatArray,
    best: FloatArray,
    wins: IntArray,
    a: int,
) -> float:
    """Raise the supports of a state by one prepared profile where it could give more.

    Gives the largest difference between a bound and the payoff found; -1 if the profile
    cannot be enforced.
    """
    short = 0.0
    for d in range(len(directions)):
        if bound[d] <= best[d]:
            continue
        ended = solve_direction(directions[d, 0], directions[d, 1], False, ws, sets)
        if ended == INFEASIBLE:
            return -1.0
        bound[d] = min(bound[d], ws.lines[ANSWER, 1])
        if bound[d] > best[d]:
            best[d] = bound[d]
            wins[a] += 1
        if ended == STOPPED:
            short = max(short, ws.lines[ANSWER, 1] - ws.lines[ANSWER, 0])
    return short


@helper
def _shrink(
    directions: FloatArray,
    best: FloatArray,
    support: FloatArray,
    sets: Polygons,
    s: int,
    spare: FloatArray,
) -> float:
    """Lower a state's supports and cut its polygon; give the largest fall."""
    moved = 0.0
    size = 0.0
    for d in range(len(directions)):
        moved = max(moved, support[d] - best[d])
        support[d] = min(support[d], best[d])
        size = max(size, abs(support[d]))
    n = 0
    if moved < np.inf:
        n = meet_halfplanes(
            directions, support, sets.vertices[s], sets.count[s], 1e-15 * size, spare
        )
    sets.count[s] = n
    measure(s, sets)
    return moved


@kernel
def meet_halfplanes(
    directions: FloatArray,
    support: FloatArray,
    polygon: FloatArray,
    n: int,
    slack: float,
    spare: FloatArray,
) -> int:
    """Cut a convex polygon, in place, by all half-planes ``d . v <= support``."""
    for d in range(len(directions)):
        nx, ny, h = directions[d, 0], directions[d, 1], support[d]
        beyond = False
        for j in range(n):
            if nx * polygon[j, 0] + ny * polygon[j, 1] > h + slack:
                beyond = True
        if beyond:
            n = clip(polygon, n, nx, ny, h, slack, spare)
            for j in range(n):
                polygon[j, 0] = spare[j, 0]
                polygon[j, 1] = spare[j, 1]
    return n
