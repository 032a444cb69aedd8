"""What a worker does: judges samples of one sweep, whatever process or machine it runs on."""

from __future__ import annotations

import platform
import threading
import time
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from detente.arrays import FloatArray
from detente.ask.checker import Checker
from detente.ask.verdict import Answer, Reading, Verdict
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import apply_settings
from detente.version import __version__

DIGITS = 9  # of margins: what other processors round differently is far beyond
MAX_REASON = 200  # characters
# Games up to this size have their payoff sets computed: it takes well under a second. No clock
# decides, since the same seed must give the same answers on a slow machine.
MAX_STATES_FOR_SETS = 40

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
    sets: bool | None = None  # whether to compute payoff sets; None: where the game is small


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What came out for one plan at one sample.

    Attributes
    ----------
    answers : one for each reading asked for
    answer : over these readings, as `check` says
    mildest : the mildest of them that suffices, or None
    carries_to : number of steps that are kept, under the first reading asked for
    margin : the smallest margin of all steps under that reading, points per year (9 digits)
    """

    answers: tuple[Answer, ...]
    answer: Answer
    mildest: Reading | None
    carries_to: int
    margin: float


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


@lru_cache(maxsize=2)
def _checker_of(job: Job) -> Checker:
    scenario = apply_settings(read_scenario_text(job.text, job.file), job.settings)
    checker = Checker(scenario, job.plans, job.readings, time_limit=0)
    small = checker.compile({}).n_states <= MAX_STATES_FOR_SETS
    if job.sets or (job.sets is None and small):
        checker = Checker(scenario, job.plans, job.readings, time_limit=None)
    return checker


def judge_chunk(job: Job, points: FloatArray) -> Chunk:
    """Judge samples one after the other; what goes wrong with one is its result.

    Parameters
    ----------
    points : float64 (n, D), values of ``job.paths`` in their units
    """
    with _one_at_a_time:
        start = time.perf_counter()
        checker = _checker_of(job)
        results = tuple(_judge(job, checker, point) for point in points)
        return Chunk(results, time.perf_counter() - start, versions_here())


def _judge(job: Job, checker: Checker, point: FloatArray) -> SampleResult:
    values = dict(zip(job.paths, point.tolist(), strict=True))
    try:
        verdicts = checker.judge(values).verdicts
    except DetenteError as error:
        first = error.problems[0]
        return SampleResult((), shorten_reason(f"{first.code} {first.message}"))
    except Exception as error:  # recorded: one bad sample must not end the others
        return SampleResult((), shorten_reason(f"{type(error).__name__}: {error}"))
    return SampleResult(tuple(sum_up(job.readings, verdict) for verdict in verdicts))


def sum_up(readings: tuple[Reading, ...], verdict: Verdict) -> PlanResult:
    """Give what a verdict says under the readings asked for."""
    results = [verdict.result(reading) for reading in readings]
    margins = [each.margin for each in results[0].margins if not each.in_response]
    return PlanResult(
        answers=tuple(each.answer for each in results),
        answer=verdict.answer,
        mildest=verdict.mildest,
        carries_to=results[0].carries_to,
        margin=float(f"{min(margins, default=float('nan')):.{DIGITS}g}"),
    )


def shorten_reason(text: str) -> str:
    """Give a reason on one line of bounded length."""
    return " ".join(text.split())[:MAX_REASON]
