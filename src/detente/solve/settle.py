"""Repeat the operator B on a part of the game until its sets settle, or a limit is hit."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from detente.arrays import BoolArray, IntArray
from detente.game.game import Monitoring
from detente.kernels import perfect
from detente.solve.leap import leap_part
from detente.solve.options import Options
from detente.solve.prepared import Prepared, Sets, make_scratch, widen
from detente.solve.solution import Status
from detente.solve.sweep_signals import sweep_signals

MAX_ROOM = 16_384
ROUGHEST = 1e-3
ROUNDS_BEFORE = 8  # the first leap
ROUNDS_BETWEEN = 6  # leaps at least; twice as many where a leap did not help
MOST_BETWEEN = 96
WORTH_A_LEAP = 40  # rounds
FINER = 0.02  # after a leap, polygons are simplified within this share of the last move,
FLOOR = 0.2  # or this share of what the task asks for
START_FINEST = 0.01  # before the first leap, not within less than this share of ``rough``
SHARE = 0.4  # of the last move: outer sets simplified within it settle late, but with few corners
QUOTA = 10_000_000  # work between two looks at the clock: about a twentieth of a second

Sweep = Callable[[float], tuple[float, float] | None]


@dataclass(slots=True)
class Clock:
    """Rounds and time spent, and the first limit that was hit."""

    max_iterations: int
    deadline: float
    started: float
    threads: int = 1
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
    deadline = np.inf if limit is None else now + limit
    return Clock(options.max_iterations, deadline, now, options.threads or _count_cores())


def _count_cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True)
class Task:
    """What is asked of a part: INNER or OUTER, the shift of floors, and when it has settled.

    The shift grows, away from 0, with the rounding of longer polygons.

    Polygons are simplified within a tenth of the last move (outer ones, a round at a time, within
    `SHARE` of it), at most ``rough`` and at least ``tol``; a part has settled once B moves nothing
    by more than ``stop``.
    """

    mode: int
    shift: float
    tol: float
    stop: float
    rough: float


def settle_part(
    prepared: Prepared, sets: Sets, number: int, alive: BoolArray, task: Task, clock: Clock
) -> float | None:
    """Repeat B on the part of this number until it has settled; in place.

    Gives the last move, or None where a limit was hit first.
    """
    part, blocks = prepared.parts[number], prepared.blocks[number]
    noisy = prepared.game.monitoring[part] == Monitoring.SIGNALS
    if noisy.any():
        sweep = partial(_sweep_mixed, prepared, sets, part[~noisy], part[noisy], alive, task, clock)
        return _settle_by_rounds(prepared, sets, sweep, task, clock)
    if len(blocks) > 1:
        with ThreadPoolExecutor(clock.threads) as pool:
            sweep = partial(_sweep_blocks, prepared, sets, blocks, alive, task, clock, pool)
            return _settle_by_rounds(prepared, sets, sweep, task, clock)
    rounds, at, moved, rough = 0, 0, 0.0, task.rough
    pause, between, before = ROUNDS_BEFORE, ROUNDS_BETWEEN, np.inf
    finest = max(task.tol, START_FINEST * rough)  # boxes may not move at all at first
    while True:
        if clock.out_of_time():
            return None
        code, done, at, moved, rough = perfect.settle(
            part, at, task.mode, task.shift, finest, task.stop, rough, moved,
            min(clock.max_iterations, pause) - rounds, QUOTA, prepared.arrays, sets.polygons,
            alive, sets.scratch,
        )  # fmt: skip
        rounds += done
        clock.iterations = max(clock.iterations, rounds)
        if code == perfect.DONE:
            return float(moved)
        if code == perfect.ROUNDS_SPENT:
            if rounds >= clock.max_iterations:
                clock.limits.append(Status.ITERATION_LIMIT)
                return None
            finest = task.tol
            left = _count_rounds_left(prepared, task, moved)
            if task.mode == perfect.OUTER and left > WORTH_A_LEAP:
                between = ROUNDS_BETWEEN if moved < 0.5 * before else min(2 * between, MOST_BETWEEN)
                before = moved
                leapt = leap_part(prepared, sets, part, alive, task.shift, moved)
                share, floor = (FINER, FLOOR) if leapt else (0.1, 1.0)
                rough = min(rough, max(floor * task.tol, share * moved))
            else:
                rough = min(rough, max(task.tol, 0.1 * moved))
            pause = rounds + between
            moved = 0.0
        if code == perfect.NO_ROOM and not _make_room(prepared, sets, task, clock):
            return None


def _count_rounds_left(prepared: Prepared, task: Task, moved: float) -> float:
    """Estimate how many rounds it takes until sets that move so much have settled."""
    if moved <= task.stop:
        return 0.0
    return math.log(task.stop / moved) / math.log(prepared.contraction)


def _make_room(prepared: Prepared, sets: Sets, task: Task, clock: Clock) -> bool:
    if sets.vertices.shape[1] >= MAX_ROOM:
        clock.limits.append(Status.NUMERICAL_TROUBLE)
        return False
    before = prepared.rounding
    widen(prepared, sets)
    more = 4.0 * (prepared.rounding - before)
    task.shift += more if task.mode == perfect.INNER else -more
    return True


def _settle_by_rounds(
    prepared: Prepared, sets: Sets, sweep: Sweep, task: Task, clock: Clock
) -> float | None:
    """As `settle_part`, one round at a time; ``sweep`` answers None where time was up."""
    rough = task.rough
    for round_ in range(1, clock.max_iterations + 1):
        answer = sweep(rough)
        if answer is None:
            return None
        moved, spent = answer
        clock.iterations = max(clock.iterations, round_)
        if spent > 2.0 * rough + 1e-12:
            if not _make_room(prepared, sets, task, clock):
                return None
            continue
        if moved <= task.stop and rough <= task.stop:
            return moved
        outer = task.mode == perfect.OUTER
        coarse = SHARE * max(task.stop, moved) if outer else 0.1 * moved
        rough = min(rough, max(task.tol, coarse))
    clock.limits.append(Status.ITERATION_LIMIT)
    return None


def _sweep_seen(
    prepared: Prepared, sets: Sets, scratch: perfect.Scratch, states: IntArray, alive: BoolArray,
    task: Task, clock: Clock, rough: float,
) -> tuple[float, float] | None:  # fmt: skip
    """Renew states whose actions are seen, with a look at the clock now and then."""
    at, moved, spent = 0, 0.0, 0.0
    while at < len(states):
        if clock.out_of_time():
            return None
        at, step, used, _ = perfect.sweep(
            states, at, task.mode, task.shift, rough, QUOTA, prepared.arrays, sets.polygons, alive,
            scratch,
        )  # fmt: skip
        moved, spent = max(moved, step), max(spent, used)
    return moved, spent


def _sweep_mixed(
    prepared: Prepared, sets: Sets, seen: IntArray, unseen: IntArray, alive: BoolArray, task: Task,
    clock: Clock, rough: float,
) -> tuple[float, float] | None:  # fmt: skip
    """Renew the states of a part where the actions of some are not seen."""
    answer = _sweep_seen(prepared, sets, sets.scratch, seen, alive, task, clock, rough)
    if answer is None:
        return None
    swept = sweep_signals(
        prepared, sets, unseen, alive, task.shift, rough, task.stop, task.mode == perfect.INNER,
        clock.out_of_time,
    )  # fmt: skip
    if swept is None:
        return None
    return max(swept[0], answer[0]), max(swept[1], answer[1])


def _sweep_blocks(
    prepared: Prepared, sets: Sets, blocks: list[IntArray], alive: BoolArray, task: Task,
    clock: Clock, pool: ThreadPoolExecutor, rough: float,
) -> tuple[float, float] | None:  # fmt: skip
    """Renew the blocks of a large part at the same time; each reads the others as they were."""
    for block in blocks:
        perfect.copy_sets(block, prepared.game.n_states, sets.polygons)
    room = [sets.scratch, *(make_scratch(prepared, sets.room) for _ in blocks[1:])]
    jobs = [
        pool.submit(_sweep_seen, prepared, sets, scratch, block, alive, task, clock, rough)
        for scratch, block in zip(room, blocks, strict=True)
    ]
    answers = [job.result() for job in jobs]
    found = [answer for answer in answers if answer is not None]
    if len(found) < len(answers):
        return None
    return max(moved for moved, _ in found), max(spent for _, spent in found)
