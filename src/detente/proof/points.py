"""Proofs about single payoffs: an equilibrium pays it, or none does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.arrays import FloatArray
from detente.proof.automata import step_from_automaton
from detente.proof.equilibria import Exhibit, exhibit_vertices
from detente.proof.exact import ExactGame, Point, round_number, round_weights
from detente.proof.outside import exclude_point
from detente.proof.witnesses import minimise_last
from detente.proof.writing import ProofFile
from detente.solve.solution import Solution

ERROR_DIGITS = 3
BEYOND = 4.0  # points within so many errors of the inner set are first tried as payoffs


@dataclass(frozen=True, slots=True)
class AskedPoint:
    """A payoff vector of a state that somebody asks about."""

    state: int
    value: Point

    def words(self, solution: Solution) -> str:
        """Name the point in a sentence."""
        shown = ", ".join(f"{float(x):g}" for x in self.value)
        return f"({shown}) in {solution.states[self.state].name}"


@dataclass(frozen=True, slots=True)
class PointAnswer:
    """What was proven about a point: True (paid), False (paid by none), None (neither)."""

    point: AskedPoint
    paid: bool | None


def prove_points(
    file: ProofFile, document: Mapping[str, Any], game: ExactGame, solution: Solution,
    points: Sequence[AskedPoint], seconds: float,
) -> list[PointAnswer]:  # fmt: skip
    """Add steps and claims about points: each is paid by an equilibrium, or by none."""
    error = max((one.error for one in solution.states if len(one.inner_vertices)), default=0.0)
    sets = [one.inner_vertices for one in solution.states]
    near: dict[AskedPoint, list[int]] = {}
    for point in points:
        target = np.array([float(x) for x in point.value])
        used, weights, far = mix(sets[point.state], target)
        if far <= BEYOND * error + 1e-12 * float(np.abs(target).max(initial=1.0)):
            near[point] = [v for v, w in zip(used, weights, strict=True) if w]
    wanted = [(point.state, v) for point, used in near.items() for v in used]
    exhibit = exhibit_vertices(game, sets, wanted, error) if wanted else None
    answers = []
    if exhibit is not None:
        file.add_step(step_from_automaton(game, exhibit.automaton))
    for point in points:
        paid: bool | None = None
        if exhibit is not None and point in near:
            file.add_claim(_claim_mixture(exhibit, point, near[point]))
            paid = True
        elif point not in near:
            where, value = point.state, point.value
            if exclude_point(file, document, game, solution, where, value, seconds):
                paid = False
        answers.append(PointAnswer(point, paid))
    return answers


def mix(vertices: FloatArray, target: FloatArray) -> tuple[list[int], list[Fraction], float]:
    """Mix few vertices (float64 (V, P)) to come as near to a point as they can.

    Returns
    -------
    The vertices used, their weights (which add up to exactly 1), and the largest difference left.
    """
    if len(vertices) == 0:
        return [], [], float("inf")
    scale = float(np.abs(vertices - target).max()) or 1.0
    shifted = (vertices - target).T / scale
    ones = np.ones((1, len(vertices)))
    x = minimise_last(
        np.column_stack([np.concatenate([shifted, -shifted]), -np.ones(2 * len(target))]),
        np.zeros(2 * len(target)),
        np.column_stack([ones, np.zeros(1)]),
        np.ones(1),
    )
    if x is None:
        raise ArithmeticError("a mixture of vertices was not found")
    used = [int(v) for v in np.flatnonzero(x[:-1] >= 1e-12)]
    weights = round_weights([float(x[v]) for v in used])
    return used, weights, float(x[-1]) * scale


def _claim_mixture(exhibit: Exhibit, point: AskedPoint, used: Sequence[int]) -> dict[str, object]:
    """Claim a point as a lottery over the payoffs of nodes at its state."""
    nodes = [exhibit.node_of[point.state, v] for v in used]
    values = list(dict.fromkeys(exhibit.automaton.values[n] for n in nodes))
    target = np.array([float(x) for x in point.value])
    kept, weights, _ = mix(np.array([[float(x) for x in v] for v in values]), target)
    lottery = [(w, values[v]) for v, w in zip(kept, weights, strict=True) if w]
    error = []
    for i, asked in enumerate(point.value):
        paid = sum((w * value[i] for w, value in lottery), Fraction(0))
        error.append(round_number(abs(paid - asked) + exhibit.audit.errors[i], ERROR_DIGITS, 1))
    return {
        "claim": "mixture", "at": point.state, "value": list(point.value), "error": error,
        "of": [[w, list(value)] for w, value in lottery],
    }  # fmt: skip
