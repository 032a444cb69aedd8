"""A solution as the JSON of the game file format: strict, so any program can read it."""

from __future__ import annotations

import json
import math
from typing import Any

from detente.arrays import FloatArray
from detente.solve.solution import Solution, StateSet


def document_from_solution(solution: Solution) -> dict[str, Any]:
    """Give a solution as plain values; a number that is not finite becomes None.

    The support of an empty state, a gap where nothing was shown from inside, and residuals that
    were not measured are None.
    """
    return {
        "status": solution.status.value,
        "iterations": solution.iterations,
        "seconds": _number(solution.seconds),
        "tolerance": _number(solution.tol),
        "residual": {
            "outer": _number(solution.residual_outer),
            "inner": _number(solution.residual_inner),
        },
        "states": [_describe(state) for state in solution.states],
    }


def write_solution(solution: Solution) -> str:
    """Give a solution as JSON text, one line, no NaN or Infinity."""
    return json.dumps(document_from_solution(solution), allow_nan=False, ensure_ascii=False)


def _describe(state: StateSet) -> dict[str, Any]:
    return {
        "name": state.name,
        "empty": state.empty,
        "outer": {
            "directions": _rows(state.outer_directions),
            "support": [_number(h) for h in state.outer_support],
            "vertices": _rows(state.outer_vertices),
        },
        "inner": {"vertices": _rows(state.inner_vertices)},
        "gap": _number(state.gap),
    }


def _rows(array: FloatArray) -> list[list[float | None]]:
    return [[_number(x) for x in row] for row in array]


def _number(value: float) -> float | None:
    plain = float(value)
    return plain + 0.0 if math.isfinite(plain) else None
