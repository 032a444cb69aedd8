"""The one place where the number of parties decides who solves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detente.game.game import Game
from detente.solve.options import Options
from detente.solve.solution import Solution, StateSet

MOST_PARTIES = 5  # payoff sets of more are not computed


def solve(
    game: Game, options: Options | None = None, known: Mapping[int, StateSet] | None = None
) -> Solution:
    """Bound the equilibrium payoffs of every state of a game.

    Two players: exact polygons (`detente.solve.twoparty`). One, or three to five: hulls
    (`detente.solve.nparty`). Parameters, answer and errors are theirs.

    Examples
    --------
    >>> from detente.game.build import perfect_game, stage
    >>> alone = perfect_game(["a"], [0.9], [stage("s", [["work", "rest"]], [(1,), (0,)])])
    >>> solve(alone).states[0].outer_vertices.round(6).tolist()
    [[1.0]]
    """
    if game.n_players == 2:
        from detente.solve import twoparty  # noqa: PLC0415  (imports the kernels)

        return twoparty.solve(game, options, known)
    from detente.solve import nparty  # noqa: PLC0415  (imports the kernels and qhull)

    return nparty.solve(game, options, known)


def widen(bound: StateSet) -> StateSet:
    """Move an outer bound outward by its error, so that it contains all equilibrium payoffs."""
    if bound.empty:
        return bound
    n = bound.outer_vertices.shape[1]
    signs = np.array(np.meshgrid(*[[1.0, -1.0]] * n, indexing="ij")).reshape(n, -1).T
    points = (bound.outer_vertices[:, None, :] + bound.error * signs).reshape(-1, n)
    if n == 2:
        from detente.solve.feasible import order_hull  # noqa: PLC0415  (imports the kernels)

        return replace(bound, outer_vertices=order_hull(points))
    from detente.solve.hulls import find_extreme_points  # noqa: PLC0415  (imports qhull)

    return replace(bound, outer_vertices=find_extreme_points(points))
