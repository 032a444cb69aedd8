"""Ask the package for the sets of a game document, and compare sets."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.game.files import game_from_document
from detente.solve.options import Options
from detente.solve.solution import Solution, Status
from detente.solve.twoparty import solve
from reference.games import Document
from reference.slow_sets import circle


def only_perfect(document: Document) -> bool:
    return all(state.get("monitoring") == "perfect" for state in document["states"])


def usual_tol(document: Document) -> float:
    """Tolerance asked of a solve, relative to the range of payoffs.

    Under perfect monitoring sets have few vertices and can be had to rounding. With signals the
    boundary may be curved: an error of 1e-6 then takes about a thousand vertices.
    """
    return 1e-8 if only_perfect(document) else 1e-6


def sets_of(document: Document, tol: float | None = None, **options: Any) -> Solution:
    """Solve exactly; anything but an answer fails the test that asked."""
    asked = Options(
        tol=usual_tol(document) if tol is None else tol, time_limit_seconds=60.0, **options
    )
    solution = solve(game_from_document(document), asked)
    assert solution.status.is_answer, solution.status.words
    assert (solution.status is Status.EMPTY) == all(state.empty for state in solution.states)
    return solution


def normals(vertices: np.ndarray) -> np.ndarray:
    """Unit normals, both ways, of every line through two vertices."""
    steps = (vertices[:, None, :] - vertices[None, :, :]).reshape(-1, 2)
    length = np.hypot(steps[:, 0], steps[:, 1])
    steps = steps[length > 1e-9] / length[length > 1e-9, None]
    return np.column_stack([-steps[:, 1], steps[:, 0]])


def distance(first: Any, second: Any) -> float:
    """Hausdorff distance of two plane convex hulls: the largest difference of their supports.

    The directions are the normals of the edges of either set and 360 others, which leaves an
    error of at most 4e-5 of the distance itself.
    """
    A, B = (np.asarray(v, dtype=float).reshape(-1, 2) for v in (first, second))
    if len(A) == 0 or len(B) == 0:
        return 0.0 if len(A) == len(B) else np.inf
    apart = (A[:, None, :] - B[None, :, :]).reshape(-1, 2)
    toward = apart / np.maximum(np.hypot(apart[:, 0], apart[:, 1]), 1e-300)[:, None]
    D = np.vstack([circle(360), normals(A), normals(B), toward, -toward])
    return float(abs((D @ A.T).max(axis=1) - (D @ B.T).max(axis=1)).max())


def check_set(solution: Solution, state: int, expected: Any, tol: float = 1e-6) -> None:
    """Both bounds of a state's set are the expected hull, to tol in payoff units."""
    found = solution.states[state]
    outer, inner = found.outer_vertices, found.inner_vertices
    assert distance(outer, expected) <= tol, f"outer bound\n{outer}\nexpected\n{expected}"
    assert distance(inner, expected) <= tol, f"inner bound\n{inner}\nexpected\n{expected}"


def most(solution: Solution, state: int, direction: tuple[float, float]) -> tuple[float, float]:
    """Bounds on the largest value of direction . v in a state: exhibited, and not exceeded."""
    found = solution.states[state]
    lam = np.asarray(direction, dtype=float)
    inner = float((found.inner_vertices @ lam).max()) if len(found.inner_vertices) else -np.inf
    return inner, float((found.outer_vertices @ lam).max())
