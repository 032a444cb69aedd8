"""Counts what came out, and keeps the first samples for a closer look."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.stats import binomtest

from detente.arrays import FloatArray
from detente.ask.sweeping.answer import Failure, Outcome, Share
from detente.ask.sweeping.judging import PlanResult, sum_up
from detente.ask.sweeping.running import Row
from detente.ask.verdict import Answer, Reading, Verdict

MAX_KEPT = 2**14  # the first samples of the sequence cover the ranges evenly by themselves
MAX_REASONS = 5
MAX_REASONS_COUNTED = 1000  # different ones; memory must not grow with the samples
OTHER_REASONS = "other reasons"

HOLDS, BREAKS, OPEN = 1, 0, -1  # by what the plan itself provides


def own_readings(readings: tuple[Reading, ...]) -> tuple[int, ...]:
    """Give the positions of the readings under which a plan holds by itself.

    Harsher threats than the plan's own count only where nothing else was asked for.
    """
    own = tuple(n for n, each in enumerate(readings) if each is not Reading.HARSHEST)
    return own or tuple(range(len(readings)))


def outcome_of(readings: tuple[Reading, ...], result: PlanResult) -> Outcome:
    """Say what came out for a plan."""
    own = own_readings(readings)
    if any(result.answers[n] is Answer.HOLDS for n in own):
        return Outcome.HOLDS
    if result.answer is Answer.HOLDS:
        return Outcome.CAN_HOLD
    return Outcome.FAILS if result.answer is Answer.FAILS else Outcome.UNDECIDED


def holds_by_itself(readings: tuple[Reading, ...], result: PlanResult) -> int:
    """Say whether a plan holds by what it provides: `HOLDS`, `BREAKS` or `OPEN`."""
    answers = [result.answers[n] for n in own_readings(readings)]
    if Answer.HOLDS in answers:
        return HOLDS
    return OPEN if Answer.UNDECIDED in answers else BREAKS


def today_of(readings: tuple[Reading, ...], verdict: Verdict) -> Outcome:
    """Say what comes out at the file's own values."""
    results = [verdict.result(reading) for reading in readings]
    return outcome_of(readings, sum_up(readings, results[0], [each.answer for each in results]))


class Tally:
    """Counts of all samples, and the first ones themselves.

    Parameters
    ----------
    plans : how many
    readings : those asked for
    """

    def __init__(self, plans: int, readings: tuple[Reading, ...]) -> None:
        self.readings = readings
        self.done = 0
        self.failed = 0
        self.outcomes: list[Counter[Outcome]] = [Counter() for _ in range(plans)]
        self.mildest: list[Counter[Reading]] = [Counter() for _ in range(plans)]
        self.breaks = [0] * plans
        self._reasons: Counter[str] = Counter()
        self._points: list[FloatArray] = []
        self._holding: list[list[int]] = []

    def add(self, row: Row) -> None:
        """Count one sample."""
        self.done += 1
        if row.result.failed:
            self.failed += 1
            known = row.result.failed in self._reasons or len(self._reasons) < MAX_REASONS_COUNTED
            self._reasons[row.result.failed if known else OTHER_REASONS] += 1
            return
        holding = []
        for n, result in enumerate(row.result.plans):
            self.outcomes[n][outcome_of(self.readings, result)] += 1
            held = zip(self.readings, result.answers, strict=True)
            self.mildest[n].update(each for each, answer in held if answer is Answer.HOLDS)
            holding.append(holds_by_itself(self.readings, result))
            self.breaks[n] += holding[-1] == BREAKS
        if len(self._points) < MAX_KEPT:
            self._points.append(np.array(row.point))
            self._holding.append(holding)

    @property
    def judged(self) -> int:
        """How many samples were judged."""
        return self.done - self.failed

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The commonest reasons for which samples could not be judged."""
        ranked = sorted(self._reasons.items(), key=lambda each: (-each[1], each[0]))
        return tuple(Failure(reason, count) for reason, count in ranked[:MAX_REASONS])

    @property
    def studied(self) -> int:
        """How many samples are kept."""
        return len(self._points)

    def points(self) -> FloatArray:
        """Give the kept points: float64 (n, D)."""
        return np.array(self._points)

    def holding(self, plan: int) -> FloatArray:
        """Give whether a plan holds at the kept points: `HOLDS`, `BREAKS`, `OPEN`: (n,)."""
        return np.array([each[plan] for each in self._holding], dtype=np.float64)

    def share(self, count: int) -> Share:
        """Give a count as a share of the judged samples; the interval is 0 to 1 without any.

        The interval supposes independent draws; quasi-random ones are rather closer.
        """
        if self.judged == 0:
            return Share(0, float("nan"), 0.0, 1.0)
        interval = binomtest(count, self.judged).proportion_ci(method="wilson")
        return Share(count, count / self.judged, float(interval.low), float(interval.high))
