"""Samples on executors: in order, whatever fails or dies."""

from __future__ import annotations

import os
import signal
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from detente.ask.check import ALL_READINGS, check
from detente.ask.checker import Checker
from detente.ask.sweeping import judging, running
from detente.ask.sweeping.judging import Chunk, judge_chunk, set_up
from detente.ask.sweeping.running import Runner
from detente.ask.sweeping.space import Sampler, find_ranges
from detente.ask.sweeping.workers import WorkerProcesses
from detente.ask.verdict import Answer
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario
from unit.ask.sweep_scenarios import inspected, job_of, way_back


def sampler_of(scenario, start=0, seed=1):
    sampler = Sampler(scenario, find_ranges(scenario), seed)
    sampler.skip(start)
    return sampler


def run(executor, scenario, end, start=0, slots=2):
    job = job_of(scenario)
    runner = Runner(executor, slots, job, sampler_of(scenario, start), start, end)
    return [row for rows in runner.run() for row in rows]


class Scripted(Executor):
    """Runs each task at once, but lets some go wrong: ``fate`` gets the points, may raise."""

    def __init__(self, fate):
        self.fate = fate
        self.sizes = []

    def submit(self, fn, /, job, points):
        future = Future()
        self.sizes.append(len(points))
        try:
            self.fate(points)
            future.set_result(fn(job, points))
        except Exception as error:
            future.set_exception(error)
        return future


def test_rows_come_in_order_and_complete():
    with ThreadPoolExecutor(3) as executor:
        rows = run(executor, inspected(), 50, start=7, slots=3)
    assert [row.number for row in rows] == list(range(7, 50))
    expected = sampler_of(inspected(), 7).draw(43)
    assert np.array([row.point for row in rows]).tobytes() == expected.tobytes()


def test_answers_are_those_of_check():
    scenario = way_back()
    job = job_of(scenario, ALL_READINGS)
    points = sampler_of(scenario).draw(6)
    for point, result in zip(points, judge_chunk(job, points).results, strict=True):
        changed = scenario.with_values(dict(zip(job.paths, point.tolist(), strict=True)))
        (verdict,) = check(changed).verdicts
        assert result.plans[0].answer is verdict.answer
        held = [r for r, a in zip(ALL_READINGS, result.plans[0].answers, strict=True)
                if a is Answer.HOLDS]  # fmt: skip
        assert held == ([verdict.mildest] if verdict.mildest else [])


@pytest.mark.slow
def test_answers_are_those_of_the_checker_on_singapore():
    scenario = read_scenario(find_scenario("singapore-2018"))
    job = judging.Job(
        scenario.text, scenario.file, (), ("phased", "disarm-first"), ALL_READINGS,
        tuple(each.path for each in find_ranges(scenario)),
    )  # fmt: skip
    bench, checker = set_up(job), Checker(scenario, job.plans, time_limit=0)
    for point in sampler_of(scenario, seed=4).draw(6):
        values = dict(zip(job.paths, point.tolist(), strict=True))
        lean, full = bench.judge(values), checker.judge(values).verdicts
        for mine, verdict in zip(lean, full, strict=True):
            held = [r for r, a in zip(ALL_READINGS, mine.answers, strict=True)
                    if a is Answer.HOLDS]  # fmt: skip
            assert (mine.answer, held) == (
                verdict.answer, [verdict.mildest] if verdict.mildest else [],
            )  # fmt: skip


def test_a_bad_sample_is_recorded_and_the_others_go_on(monkeypatch):
    scenario = inspected()
    bad = sampler_of(scenario).draw(8)[5]
    plain = judging.Bench.judge

    def judge(self, values):
        if list(values.values()) == bad.tolist():
            raise ArithmeticError("no\nluck")
        return plain(self, values)

    monkeypatch.setattr(judging.Bench, "judge", judge)
    rows = run(Scripted(lambda points: None), scenario, 8)
    assert [row.result.failed for row in rows] == [""] * 5 + ["ArithmeticError: no luck"] + [""] * 2
    assert rows[5].result.plans == ()


def test_a_sample_that_makes_no_sense_says_why():
    text = inspected().text.replace("frozen: 3}", "frozen: 3}\n    odd: 1 / (1 (-1 to 3))")
    from detente.scenario.reading import read_scenario_text

    scenario = read_scenario_text(text, "odd.yaml")
    job = job_of(scenario)
    place = [n for n, path in enumerate(job.paths) if path.startswith("payoffs.b.odd")]
    points = sampler_of(scenario).draw(2)
    points[1, place] = 0.0
    first, second = judge_chunk(job, points).results
    assert not first.failed
    assert second.failed.startswith("E233")


def test_a_sample_that_kills_twice_is_recorded_and_only_that():
    scenario = inspected()
    killer = sampler_of(scenario).draw(40)[23]

    def fate(points):
        if (points == killer).all(axis=1).any():
            raise BrokenExecutor("terminated abruptly")

    executor = Scripted(fate)
    rows = run(executor, scenario, 40)
    failed = [row.number for row in rows if row.result.failed]
    assert failed == [23]
    assert "died 2 times" in rows[23].result.failed
    assert [row.number for row in rows] == list(range(40))


def test_workers_that_all_die_end_it():
    def fate(points):
        raise BrokenExecutor("gone")

    with pytest.raises(DetenteError, match="E457"):
        run(Scripted(fate), inspected(), 64)


def test_what_cannot_be_loaded_ends_it():
    def fate(points):
        raise ModuleNotFoundError("No module named 'detente'")

    with pytest.raises(DetenteError, match=r"E457.*No module named 'detente'"):
        run(Scripted(fate), inspected(), 4)


def test_other_versions_end_it(monkeypatch):
    def older(job, points):
        found = judge_chunk(job, points)
        return Chunk(found.results, found.seconds, (("detente", "0.0.1"), *found.versions[1:]))

    monkeypatch.setattr(running, "judge_chunk", older)
    with pytest.raises(DetenteError, match=r"E457.*detente 0\.0\.1 \(here"):
        run(Scripted(lambda points: None), inspected(), 4)


def test_pieces_grow_to_a_second_and_shrink_to_the_end():
    executor = Scripted(lambda points: None)
    run(executor, inspected(), 200)
    assert executor.sizes[0] == 1
    assert max(executor.sizes) > 4
    assert executor.sizes[-1] <= 2


def slow_pid(seconds):
    import time

    time.sleep(seconds)
    return os.getpid()


@pytest.mark.slow
def test_a_dead_process_is_replaced_and_only_its_task_fails():
    with WorkerProcesses(2) as workers:
        pids = [workers.submit(slow_pid, 0.5) for _ in range(2)]
        first, second = (each.result(60) for each in pids)
        assert first != second
        doomed, other = workers.submit(slow_pid, 30), workers.submit(slow_pid, 1)
        os.kill(first, signal.SIGKILL)
        with pytest.raises(BrokenExecutor):
            doomed.result(60)
        assert other.result(60) == second
        again = [workers.submit(slow_pid, 0.5) for _ in range(2)]
        fresh = {each.result(60) for each in again}
        assert second in fresh
        assert first not in fresh
