"""What a worker does: judges samples of one sweep, whatever process or machine it runs on."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from detente.arrays import FloatArray
from detente.ask.checker import Checker
from detente.ask.deciding import decide_plan
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Reading, ReadingResult
from detente.errors import DetenteError
from detente.library import select_plans
from detente.scenario.model import Plan
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import apply_settings
from detente.version import __version__

DIGITS = 9  # of margins: what other processors round differently is far beyond
MAX_REASON = 200  # characters
# Rounds of the operator for the payoff sets of one sample. No clock decides, since the same seed
# must give the same answers on a slow machine.
MAX_ROUNDS = 400

_one_at_a_time = threading.Lock()  # a checker keeps what it compiled


@dataclass(frozen=True, slots=True)
class Job:
    """All that decides the results of a sweep but its points; travels to the workers."""

    text: str
    file: str
    settings: tuple[str, ...]
    plans: tuple[str, ...]
    readings: tuple[Reading, ...]
    paths: tuple[str, ...]
    sets: bool = False  # whether to compute payoff sets where a verdict needs them


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What came out for one plan at one sample.

    Attributes
    ----------
    answers : for each reading asked for, mildest first; None where a milder one suffices
    carries_to : number of steps that are kept, under the first reading asked for
    margin : the smallest margin of all steps under that reading, points per year (9 digits)
    """

    answers: tuple[Answer | None, ...]
    carries_to: int
    margin: float

    @property
    def answer(self) -> Answer:
        """The answer over these readings, as `check` gives it."""
        if Answer.HOLDS in self.answers:
            return Answer.HOLDS
        return Answer.UNDECIDED if Answer.UNDECIDED in self.answers else Answer.FAILS


@dataclass(frozen=True, slots=True)
class SampleResult:
    """The results of one sample, one a plan; none where it failed, and why."""

    plans: tuple[PlanResult, ...]
    failed: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a worker hands back for consecutive samples."""

    results: tuple[SampleResult, ...]
    seconds: float
    versions: tuple[tuple[str, str], ...]


@cache
def versions_here() -> tuple[tuple[str, str], ...]:
    """Give the versions of all that may change a result."""
    python = ".".join(platform.python_version_tuple()[:2])
    found = {name: version(name) for name in ("numpy", "scipy", "numba")}
    return (("detente", __version__), ("python", python), *found.items())


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker keeps from sample to sample: the compiled scenario, and what is asked."""

    checker: Checker
    plans: tuple[Plan, ...]
    readings: tuple[Reading, ...]
    time_limit: float | None

    def judge(self, values: Mapping[str, float]) -> tuple[PlanResult, ...]:
        """Judge the plans at some numbers, mildest reading first, until one suffices.

        Raises
        ------
        DetenteError
            Where the scenario makes no sense with these numbers.
        """
        compiled = self.checker.compile(values)
        knower = Knower(compiled, find_no_deal(compiled), self.time_limit, MAX_ROUNDS)
        scales = payoff_scales(compiled, knower.no_deal)
        return tuple(self._judge_plan(knower, plan, scales) for plan in self.plans)

    def _judge_plan(self, knower: Knower, plan: Plan, scales: FloatArray) -> PlanResult:
        found = decide_plan(knower, plan, self.readings, scales, until_one_holds=True)
        return sum_up(self.readings, found.first, [answer for _, answer in found.answers])


def set_up(job: Job) -> Bench:
    """Read the scenario of a job and compile it."""
    scenario = apply_settings(read_scenario_text(job.text, job.file), job.settings)
    checker = Checker(scenario, job.plans, job.readings)
    plans = select_plans(scenario, job.plans)
    return Bench(checker, plans, job.readings, None if job.sets else 0)


_bench_of = lru_cache(maxsize=2)(set_up)


def judge_chunk(job: Job, points: FloatArray) -> Chunk:
    """Judge samples one after the other; what goes wrong with one is its result.

    Parameters
    ----------
    points : float64 (n, D), values of ``job.paths`` in their units
    """
    with _one_at_a_time:
        start = time.perf_counter()
        bench = _bench_of(job)
        results = tuple(_try(job, bench, point) for point in points)
        return Chunk(results, time.perf_counter() - start, versions_here())


def _try(job: Job, bench: Bench, point: FloatArray) -> SampleResult:
    values = dict(zip(job.paths, point.tolist(), strict=True))
    try:
        return SampleResult(bench.judge(values))
    except DetenteError as error:
        first = error.problems[0]
        return SampleResult((), shorten_reason(f"{first.code} {first.message}"))
    except Exception as error:  # recorded: one bad sample must not end the others
        return SampleResult((), shorten_reason(f"{type(error).__name__}: {error}"))


def sum_up(
    readings: tuple[Reading, ...], first: ReadingResult, found: Sequence[Answer]
) -> PlanResult:
    """Sum up the first reading's result and the answers, fewer where a mild one suffices."""
    margins = [each.margin for each in first.margins if not each.in_response]
    return PlanResult(
        answers=(*found, *[None] * (len(readings) - len(found))),
        carries_to=first.carries_to,
        margin=float(f"{min(margins, default=float('nan')):.{DIGITS}g}"),
    )


def shorten_reason(text: str) -> str:
    """Give a reason on one line of bounded length."""
    return " ".join(text.split())[:MAX_REASON]
