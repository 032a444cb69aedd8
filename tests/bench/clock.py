"""How a solve is measured: CPU seconds of the solve alone, best and median of repeats."""

from __future__ import annotations

import hashlib
import resource
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from detente.game.game import Game
from detente.solve.options import Options
from detente.solve.solution import Solution
from detente.solve.twoparty import solve

MEBIBYTE = 2**20
MOST_REPEATS = 200


def peak_megabytes() -> float:
    """Give the most memory that this process has had at any moment, in MiB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / MEBIBYTE


def repeat(call: Callable[[], Any], budget: float, least: int = 3) -> dict[str, Any]:
    """Time a call again and again: at least ``least`` times, then while the budget lasts.

    A call that takes more than four times the budget is not repeated.

    Returns
    -------
    dict with CPU seconds of the first call (``cpu_first``), of the best and the median of those
    after it (of the first, where there are no others), wall seconds likewise, how many there
    were, and what the last one answered
    """
    cpu, wall, answer = [], [], None
    started = time.perf_counter()
    while len(cpu) <= least or time.perf_counter() - started < budget:
        at_cpu, at_wall = time.process_time(), time.perf_counter()
        answer = call()
        cpu.append(time.process_time() - at_cpu)
        wall.append(time.perf_counter() - at_wall)
        if len(cpu) > MOST_REPEATS or sum(wall) > 4 * budget:
            break
    later = cpu[1:] or cpu
    return {
        "cpu_first": cpu[0],
        "wall_first": wall[0],
        "cpu_best": min(later),
        "cpu_median": statistics.median(later),
        "wall_best": min(wall[1:] or wall),
        "repeats": len(later),
        "answer": answer,
    }


def measure(name: str, game: Game, options: Options, budget: float = 3.0) -> dict[str, Any]:
    """Time the solve of a game, and say what it answered."""
    before = peak_megabytes()
    found = repeat(lambda: solve(game, options), budget)
    solution: Solution = found.pop("answer")
    unit = float(np.ptp(game.payoff, axis=0).max()) or 1.0
    return {
        "name": name,
        "states": game.n_states,
        "profiles": game.n_profiles,
        "discount": float(game.discount.max()),
        "tol": options.tol,
        **found,
        "status": solution.status.value,
        "rounds": solution.iterations,
        "gap": solution.gap / unit,
        "residual": solution.residual / unit,
        "corners": float(np.mean([len(s.outer_vertices) for s in solution.states])),
        "digest": digest(solution),
        "peak_before": before,
        "peak": peak_megabytes(),
    }


def digest(solution: Solution) -> str:
    """Give a hash of every bit of the sets."""
    out = hashlib.sha256()
    for state in solution.states:
        for array in (state.outer_vertices, state.inner_vertices, state.outer_support):
            out.update(repr(array.shape).encode())
            out.update(np.ascontiguousarray(array).tobytes())
    return out.hexdigest()[:16]
