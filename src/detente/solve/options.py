"""What a solver is asked: one frozen record."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.errors import DetenteError, Problem

DEFAULT_DIRECTIONS = 64
MAX_DIRECTIONS = 100_000


@dataclass(frozen=True, slots=True)
class Options:
    """Settings of a solve.

    Attributes
    ----------
    tol : tolerance, relative to the largest range of one party's payoffs
    max_iterations : most rounds of the operator in any one pass over a group of states
    time_limit_seconds : wall-clock limit, or None
    directions : None for exact polygons (two players); a number for that many equally spaced
        directions starting at (1, 0) (two players); or float64 array, shape (D, P), the
        directions themselves. With directions the set handed from round to round is the
        intersection of their half-planes.
    refinements : where inner and outer bound do not meet within ``tol``, how often to try
        again with everything a hundred times finer
    threads : threads for games with large parts, None for one a core; the answer is the same
        to the bit whatever the number
    keep_interrupted : whether an interrupt from the keyboard ends a solve of two players with
        the bounds found so far (status INTERRUPTED) instead of a KeyboardInterrupt
    """

    tol: float = 1e-6
    max_iterations: int = 20_000
    time_limit_seconds: float | None = None
    directions: int | FloatArray | None = None
    refinements: int = 2
    threads: int | None = None
    keep_interrupted: bool = False

    def __post_init__(self) -> None:
        problems = list(_find_problems(self))
        if problems:
            raise DetenteError(problems)

    def direction_array(self) -> FloatArray:
        """Give the directions asked for (or 64), for two players, float64, shape (D, 2)."""
        if isinstance(self.directions, np.ndarray):
            return self.directions
        return equally_spaced(
            DEFAULT_DIRECTIONS if self.directions is None else int(self.directions)
        )


def equally_spaced(count: int) -> FloatArray:
    """Give unit vectors of the plane at equal angles, starting at (1, 0).

    Examples
    --------
    >>> equally_spaced(4).tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]
    """
    angle = 2.0 * np.pi * np.arange(count) / count
    out = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    out[np.abs(out) < 1e-15] = 0.0
    return out


def _find_problems(options: Options) -> list[Problem]:
    found = []
    if not (math.isfinite(options.tol) and 0.0 < options.tol < 1.0):
        found.append(
            Problem("E401", f"the tolerance must lie between 0 and 1, not {options.tol}",
                    remedy="it is relative to the range of payoffs; 1e-6 is usual")
        )  # fmt: skip
    if options.max_iterations < 1:
        found.append(
            Problem(
                "E401",
                f"the limit on rounds must be at least 1, not {options.max_iterations}",
                remedy="leave it out for the default, 20000",
            )
        )
    limit = options.time_limit_seconds
    if limit is not None and not (limit > 0.0):
        found.append(
            Problem(
                "E401",
                f"the time limit must be above 0 seconds, not {limit}",
                remedy="leave it out for no limit",
            )
        )
    if options.refinements < 0:
        found.append(Problem("E401", "the number of refinements must not be negative"))
    if options.threads is not None and options.threads < 1:
        found.append(
            Problem(
                "E401",
                f"the number of threads must be at least 1, not {options.threads}",
                remedy="leave it out for one a core",
            )
        )
    directions = options.directions
    if isinstance(directions, np.ndarray):
        if directions.ndim != 2 or len(directions) == 0:
            found.append(Problem("E402", "directions must be a list of vectors of equal length"))
        elif not np.isfinite(directions).all():
            found.append(
                Problem(
                    "E402",
                    "directions must be finite numbers",
                    remedy="for instance [[1, 0], [0, 1], [-1, -1]]",
                )
            )
        elif not (np.abs(directions).sum(axis=1) > 0.0).all():
            found.append(
                Problem("E402", "a direction must not be the zero vector", remedy="drop it")
            )
    elif directions is not None and not 3 <= directions <= MAX_DIRECTIONS:
        found.append(
            Problem("E402", f"the number of directions must lie between 3 and {MAX_DIRECTIONS}, "
                            f"not {directions}", remedy="64 is usual")
        )  # fmt: skip
    return found
