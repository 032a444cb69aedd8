"""Repeat the operator B on a part of the game until its sets settle, or a limit is hit."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from detente.arrays import BoolArray, IntArray
from detente.game.game import Monitoring
from detente.kernels import perfect
from detente.solve.options import Options
from detente.solve.prepared import Prepared, Sets, widen
from detente.solve.solution import Status
from detente.solve.sweep_signals import sweep_signals

MAX_ROOM = 16_384
ROUGHEST = 1e-3
QUOTA = 10_000_000  # work between two looks at the clock: about a twentieth of a second


@dataclass(slots=True)
class Clock:
    """Rounds and time spent, and the first limit that was hit."""

    max_iterations: int
    deadline: float
    started: float
    iterations: int = 0
    residual: float = 0.0
    limits: list[Status] = field(default_factory=list)

    def out_of_time(self) -> bool:
        """Note whether the time is up."""
        if time.monotonic() > self.deadline:
            self.limits.append(Status.TIME_LIMIT)
            return True
        return False


def start_clock(options: Options) -> Clock:
    """Start counting for a solve."""
    now = time.monotonic()
    limit = options.time_limit_seconds
    return Clock(options.max_iterations, np.inf if limit is None else now + limit, now)


@dataclass(frozen=True, slots=True)
class Task:
    """What is asked of a part: INNER or OUTER, the shift of floors, and when it has settled.

    Polygons are simplified within a tenth of the last move, at most ``rough`` and at least
    ``tol``; a part has settled once B moves nothing by more than ``stop``.
    """

    mode: int
    shift: float
    tol: float
    stop: float
    rough: float


def settle_part(
    prepared: Prepared, sets: Sets, part: IntArray, alive: BoolArray, task: Task, clock: Clock
) -> float | None:
    """Repeat B on a part until it has settled; in place.

    Gives the last move, or None where a limit was hit first.
    """
    noisy = prepared.game.monitoring[part] == Monitoring.SIGNALS
    if noisy.any():
        return _settle_mixed(prepared, sets, part[~noisy], part[noisy], alive, task, clock)
    rounds, at, moved, rough = 0, 0, 0.0, task.rough
    while True:
        if clock.out_of_time():
            return None
        code, done, at, moved, rough = perfect.settle(
            part, at, task.mode, task.shift, task.tol, task.stop, rough, moved,
            clock.max_iterations - rounds, QUOTA, prepared.arrays, sets.polygons, alive,
            sets.scratch,
        )  # fmt: skip
        rounds += done
        clock.iterations = max(clock.iterations, rounds)
        if code == perfect.DONE:
            return float(moved)
        if code == perfect.ROUNDS_SPENT:
            clock.limits.append(Status.ITERATION_LIMIT)
            return None
        if code == perfect.NO_ROOM and not _make_room(prepared, sets, clock):
            return None


def _make_room(prepared: Prepared, sets: Sets, clock: Clock) -> bool:
    if sets.vertices.shape[1] >= MAX_ROOM:
        clock.limits.append(Status.NUMERICAL_TROUBLE)
        return False
    widen(prepared, sets)
    return True


def _settle_mixed(
    prepared: Prepared, sets: Sets, seen: IntArray, unseen: IntArray, alive: BoolArray,
    task: Task, clock: Clock,
) -> float | None:  # fmt: skip
    """As `settle_part`, for a part where the actions of some states are not seen."""
    rough = task.rough
    for round_ in range(1, clock.max_iterations + 1):
        at, moved, spent = 0, 0.0, 0.0
        while at < len(seen):
            if clock.out_of_time():
                return None
            at, step, used, _ = perfect.sweep(
                seen, at, task.mode, task.shift, rough, QUOTA, prepared.arrays, sets.polygons,
                alive, sets.scratch,
            )  # fmt: skip
            moved, spent = max(moved, step), max(spent, used)
        if clock.out_of_time():
            return None
        step, used = sweep_signals(
            prepared, sets, unseen, alive, task.shift, rough, task.mode == perfect.INNER
        )
        moved, spent = max(moved, step), max(spent, used)
        clock.iterations = max(clock.iterations, round_)
        if spent > 2.0 * rough + 1e-12:
            if not _make_room(prepared, sets, clock):
                return None
            continue
        if moved <= task.stop and rough <= task.stop:
            return moved
        rough = min(rough, max(task.tol, 0.1 * moved))
    clock.limits.append(Status.ITERATION_LIMIT)
    return None
