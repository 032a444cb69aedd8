"""``sweep``: over what share of the stated ranges plans hold, and what that rests on."""

from __future__ import annotations

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from detente.ask.check import ALL_READINGS, check, check_statements
from detente.ask.sweeping.answer import Outcome, PlanSweep, Sweep
from detente.ask.sweeping.cluster import connect, greet
from detente.ask.sweeping.drivers import (
    PACKAGES,
    Study,
    choose_pair,
    draw_map,
    find_boxes,
    find_effects,
    missing_packages,
)
from detente.ask.sweeping.judging import Job, versions_here
from detente.ask.sweeping.running import Runner, slots_of
from detente.ask.sweeping.space import MAX_SAMPLES, Range, Sampler, find_ranges
from detente.ask.sweeping.store import Store, check_output
from detente.ask.sweeping.table import Table
from detente.ask.sweeping.tally import HOLDS, OPEN, Tally, today_of
from detente.ask.sweeping.workers import WorkerProcesses, count_processors
from detente.ask.verdict import Check, Reading, StatementResult
from detente.errors import DetenteError, Problem
from detente.library import select_plans
from detente.scenario.model import Scenario
from detente.scenario.settings import apply_settings, parse_setting, resolve_path

FORMAT = "detente-sweep/1"
DEFAULT_SAMPLES = 1024
DEFAULT_SEED = 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a sweep is: samples there, asked for, and of these from an earlier run."""

    done: int
    samples: int
    earlier: int
    workers: int


def sweep(
    scenario: Scenario,
    plans: Sequence[str] | None = None,
    readings: Sequence[Reading] | None = None,
    settings: Sequence[str] = (),
    *,
    samples: int = DEFAULT_SAMPLES,
    seed: int = DEFAULT_SEED,
    workers: int | None = None,
    executor: Executor | None = None,
    cluster: str | None = None,
    output: Path | None = None,
    resume: bool = False,
    pair: tuple[str, str] | None = None,
    sets: bool = False,
    tell: Callable[[Progress], None] | None = None,
    warn: Callable[[Sequence[StatementResult]], None] | None = None,
) -> Sweep:
    """Judge plans at quasi-random points of the scenario's ranges.

    The same seed gives the same results whatever computes them. Ctrl-C ends a sweep early: the
    answer is then about the samples that are there.

    Parameters
    ----------
    scenario : as read, without settings
    plans : ids of plans; all where None
    readings : readings of a breach; all where None
    settings : ``path=value`` texts; these numbers are fixed
    samples : how many; powers of two cover the ranges most evenly
    seed : of the scrambling of the sequence
    workers : processes on this machine, or tasks given to ``executor`` at a time; None for as many
        as there are processors
    executor : any executor of `concurrent.futures`, instead of processes of its own
    cluster : address of a Dask scheduler, ``tcp://host:port``, instead of these
    output : a file ending in ``.csv`` or ``.parquet`` for all samples
    resume : go on with the unfinished sweep in ``output``
    pair : paths of two numbers for the map; None for those that matter most
    sets : whether to compute payoff sets where a verdict needs them, which takes long
    tell : called now and then with how far it is, first when the workers start
    warn : called before any sample is judged with the statements under ``must_hold`` that do not
        come out at the file's own values, where there are some

    Raises
    ------
    DetenteError
        E451 to E457; E194, E195 for the output; E390 for a plan that does not exist.
    """
    start = time.perf_counter()
    _check_numbers(samples, seed, workers)
    _check_output(output, resume)
    if cluster is not None:
        greet(cluster)
    asked = tuple(r for r in ALL_READINGS if readings is None or r in readings)
    chosen = tuple(each.id for each in select_plans(scenario, plans or ()))
    fixed = [parse_setting(scenario, *_split(each))[0] for each in settings]
    changed = apply_settings(scenario, settings)
    ranges = find_ranges(changed, fixed)
    drawn = None if pair is None else _resolve_pair(changed, ranges, pair)
    paths = tuple(each.path for each in ranges)
    job = Job(scenario.text, scenario.file, tuple(settings), chosen, asked, paths, sets)
    about = _describe(changed, job, ranges, samples, seed)
    table = _lay_out(job, about)
    tally = Tally(len(chosen), asked)
    with (
        _open_store(output, table, about, resume) as store,
        ThreadPoolExecutor(1) as aside,  # while the workers start
    ):
        asking = aside.submit(check, scenario, chosen, asked, settings, time_limit=0)
        for row in store.rows() if store.done else ():
            tally.add(row)
        if not store.is_finished:
            if warn is not None:
                _warn_of_statements(changed, warn)
            with _open_executor(executor, cluster, workers) as (engine, slots):
                if tell is not None:
                    tell(Progress(tally.done, samples, tally.done, slots))
                sampler = Sampler(changed, ranges, seed)
                sampler.skip(store.done)
                runner = Runner(engine, slots, job, sampler, store.done, samples)
                _fill(runner, store, tally, samples, slots, tell)
            if tally.done >= samples:
                store.finish()
        today = asking.result()
    answers = _sum_up(today, job, ranges, tally, drawn)
    return _conclude(job, about, ranges, tally, today, answers, output, start)


def _warn_of_statements(
    scenario: Scenario, warn: Callable[[Sequence[StatementResult]], None]
) -> None:
    broken = [each for each in check_statements(scenario) if not each.kept]
    if broken:
        warn(broken)


def _conclude(
    job: Job,
    about: dict[str, Any],
    ranges: tuple[Range, ...],
    tally: Tally,
    today: Check,
    plans: tuple[PlanSweep, ...],
    output: Path | None,
    start: float,
) -> Sweep:
    return Sweep(
        title=today.title,
        file=today.file,
        settings=job.settings,
        seed=about["seed"],
        samples=about["samples"],
        done=tally.done,
        failed=tally.failed,
        failures=tally.failures,
        studied=tally.studied,
        ranges=ranges,
        readings=job.readings,
        plans=plans,
        statements=today.statements,
        warnings=(*_warn(tally), *today.no_deal.warnings, *today.warnings),
        scenario_sha256=about["scenario_sha256"],
        versions=versions_here(),
        output="" if output is None else str(output),
        seconds=time.perf_counter() - start,
    )


def _check_output(output: Path | None, resume: bool) -> None:
    if output is not None:
        check_output(output)
    elif resume:
        raise DetenteError(
            Problem("E453", "there is nothing to go on with, since no file is named",
                    remedy="add --output with the name of the file")
        )  # fmt: skip


def _lay_out(job: Job, about: dict[str, Any]) -> Table:
    """Give the table of the results; note its columns among what is described."""
    table = Table(job, _marks(about))
    about["columns"] = [
        {"name": each.name, "kind": each.kind, "meaning": each.meaning} for each in table.columns
    ]
    return table


def _check_numbers(samples: int, seed: int, workers: int | None) -> None:
    problems = []
    if not 1 <= samples <= MAX_SAMPLES:
        problems.append(
            Problem("E451", f"a sweep of {samples:,} samples cannot be drawn",
                    remedy=f"ask for 1 to {MAX_SAMPLES:,}, best a power of two such as 1024")
        )  # fmt: skip
    if seed < 0:
        problems.append(Problem("E451", "a seed is not negative", remedy="write --seed 1"))
    if workers is not None and workers < 1:
        problems.append(
            Problem("E451", "nothing is done without a worker", remedy="write --workers 1 or more")
        )
    if problems:
        raise DetenteError(problems)


def _split(setting: str) -> tuple[str, str]:
    path, _, value = setting.partition("=")
    return path.strip(), value.strip()


def _resolve_pair(
    scenario: Scenario, ranges: tuple[Range, ...], pair: tuple[str, str]
) -> tuple[str, str]:
    known = {each.path for each in ranges}
    found = [resolve_path(scenario, each) for each in pair]
    for path in found:
        if path not in known or found[0] == found[1]:
            raise DetenteError(
                Problem("E452", f"no map can be drawn over {found[0]} and {found[1]}",
                        remedy="name two different numbers that have ranges and are not --set")
            )  # fmt: skip
    return found[0], found[1]


def _describe(
    scenario: Scenario, job: Job, ranges: tuple[Range, ...], samples: int, seed: int
) -> dict[str, Any]:
    """Give all that decides the results, as JSON values."""
    return {
        "format": FORMAT,
        "title": scenario.title,
        "scenario": Path(scenario.file).name,
        "scenario_sha256": hashlib.sha256(scenario.text.encode("utf-8")).hexdigest(),
        "settings": list(job.settings),
        "plans": list(job.plans),
        "readings": [str(each) for each in job.readings],
        "sets": job.sets,
        "samples": samples,
        "seed": seed,
        "sequence": "Sobol, scrambled (scipy.stats.qmc.Sobol)",
        "ranges": [
            {
                "path": each.path,
                "unit": str(each.unit),
                "low": each.low,
                "high": "never" if each.by_rate else each.high,
            }
            for each in ranges
        ],
        "correlations": [
            {"between": list(each.between), "rank": each.rank} for each in scenario.correlations
        ],
        "versions": dict(versions_here()),
    }


def _marks(about: dict[str, Any]) -> dict[str, str]:
    """Give what stands in every line, so that lines of several sweeps can be put together."""
    return {
        "scenario": about["scenario_sha256"][:16],
        "seed": str(about["seed"]),
        "version": about["versions"]["detente"],
    }


@contextmanager
def _open_store(
    output: Path | None, table: Table, about: dict[str, Any], resume: bool
) -> Iterator[Store]:
    """Open the file of the results; one that is thrown away where none is asked for."""
    if output is not None:
        with Store(output, table, about, resume=resume) as store:
            yield store
        return
    with (
        tempfile.TemporaryDirectory(prefix="detente-sweep-") as folder,
        Store(Path(folder) / "results.csv", table, about, resume=False) as store,
    ):
        yield store


@contextmanager
def _open_executor(
    executor: Executor | None, cluster: str | None, workers: int | None
) -> Iterator[tuple[Executor, int]]:
    """Give what computes, and how many tasks it should have at a time."""
    if executor is not None:
        yield executor, slots_of(executor, workers)
    elif cluster is not None:
        with connect(cluster) as (engine, threads):
            yield engine, workers or 2 * threads
    else:
        processes = WorkerProcesses(workers or count_processors())
        ended = False
        try:
            yield processes, processes.count
            ended = True
        finally:
            processes.shutdown(cancel_futures=not ended)


def _fill(
    runner: Runner,
    store: Store,
    tally: Tally,
    samples: int,
    workers: int,
    tell: Callable[[Progress], None] | None,
) -> None:
    """Let it run; Ctrl-C ends it with what is there."""
    earlier = tally.done
    steps = runner.run()
    try:
        for rows in steps:
            if rows:
                store.append(rows)
            for row in rows:
                tally.add(row)
            if tell is not None:
                tell(Progress(tally.done, samples, earlier, workers))
    except KeyboardInterrupt:
        if tally.done == 0:
            raise
    finally:
        steps.close()


def _sum_up(
    today: Check,
    job: Job,
    ranges: tuple[Range, ...],
    tally: Tally,
    pair: tuple[str, str] | None,
) -> tuple[PlanSweep, ...]:
    able = not missing_packages()
    found = []
    for n, verdict in enumerate(today.verdicts):
        study = _study(ranges, tally, n)
        effects = find_effects(study) if able else ()
        boxes = find_boxes(study) if able else ()
        two = pair or choose_pair(ranges, effects, boxes)
        counts = tally.outcomes[n]
        shares = {each: tally.share(counts[each]) for each in Outcome}
        plan = PlanSweep(
            plan=verdict.plan,
            title=verdict.title,
            today=today_of(job.readings, verdict),
            holds=shares[Outcome.HOLDS],
            can_hold=shares[Outcome.CAN_HOLD],
            fails=shares[Outcome.FAILS],
            undecided=shares[Outcome.UNDECIDED],
            not_by_itself=tally.share(tally.breaks[n]),
            by_mildest=tuple((r, tally.share(tally.mildest[n][r])) for r in job.readings),
            effects=effects,
            boxes=boxes,
            map=draw_map(study, *two) if two is not None and len(study.points) else None,
        )
        found.append(plan)
    return tuple(found)


def _study(ranges: tuple[Range, ...], tally: Tally, plan: int) -> Study:
    """Give the kept samples at which it is known whether the plan holds by itself."""
    points, holding = tally.points(), tally.holding(plan)
    known = np.flatnonzero(holding != OPEN)
    empty = np.empty((0, len(ranges)))
    return Study(ranges, points[known] if len(known) else empty, holding[known] == HOLDS)


def _warn(tally: Tally) -> tuple[str, ...]:
    found = []
    if tally.failed:
        found.append(
            f"{tally.failed:,} of {tally.done:,} samples could not be judged; shares are of the"
            " others"
        )
    if missing_packages():
        found.append(
            f"what drives the answer is found with {' and '.join(PACKAGES)}, which are not"
            " installed: pip install 'detente[sweep]'"
        )
    return tuple(found)
