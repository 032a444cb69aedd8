"""Whole sweeps: shares that are known, the same bytes however they are computed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from detente.ask.sweeping import running
from detente.ask.sweeping import sweep as sweep_module
from detente.ask.sweeping.answer import Outcome
from detente.ask.sweeping.sweep import sweep
from detente.ask.verdict import Reading
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text
from unit.ask.sweep_scenarios import inspected, inspected_text, way_back

MAIN = "from detente.cli import main; main()"


@pytest.fixture
def threads():
    with ThreadPoolExecutor(1) as executor:
        yield executor


def test_critical_detection(threads):
    """Reference result 7: comply iff delta (b (1 - f) + (d - f) s) >= b, s = 5 - delta.

    Relief of 5 costs a year of standing there disarmed, which after an alarm lasts one more: the
    loss of both is s = 5 - delta * 1. With d even over 10 % to 90 % the share is known.
    """
    delta, gain, false_alarm, loss = 0.8, 4.0, 0.03, 5.0 - 0.8
    critical = false_alarm + (gain / delta - gain * (1 - false_alarm)) / loss
    expected = (0.9 - critical) / 0.8
    found = sweep(inspected(), readings=[Reading.NO_DEAL], samples=1024, executor=threads)
    (plan,) = found.plans
    assert plan.holds.share == pytest.approx(expected, abs=1.5 / 1024)
    assert plan.holds.low < expected < plan.holds.high
    assert plan.fails.share == 1 - plan.holds.share
    assert plan.today is Outcome.HOLDS
    off = 0.005  # how far the threshold found on one half of the samples may be off
    astray = off / min(0.9 - critical, critical - 0.1) + 2.0 / 512  # of the other half, then
    if plan.boxes:
        for box in plan.boxes:
            (only,) = box.thresholds
            assert only.value == pytest.approx(critical, abs=off)
            assert only.under is not box.holds
            assert box.coverage == pytest.approx(1.0, abs=astray)
            assert box.density == pytest.approx(1.0, abs=astray)


def test_two_numbers_with_a_known_share(threads):
    """Reference result 9: it holds iff delta >= sqrt(kappa); delta over .4 to .9, kappa .3 to .8.

    The share and the variances of its means over one number, by a fine grid.
    """
    found = sweep(way_back(), readings=[Reading.NO_DEAL], samples=512, executor=threads)
    (plan,) = found.plans
    delta = 0.4 + 0.5 * (np.arange(4000) + 0.5) / 4000
    by_delta = np.clip((delta**2 - 0.3) / 0.5, 0.0, 1.0)
    share = by_delta.mean()
    assert plan.holds.share == pytest.approx(share, abs=0.005)
    if plan.effects:
        first = {each.path: each for each in plan.effects}["parties.b.patience"]
        assert first.index == pytest.approx(by_delta.var() / (share * (1 - share)), abs=0.05)
    assert (plan.map.x, plan.map.y) in {
        ("parties.b.patience", "payoffs.b.relief.paid"),
        ("payoffs.b.relief.paid", "parties.b.patience"),
    }


def test_payoff_sets_decide_where_they_are_asked_for(threads):
    found = sweep(way_back(), samples=48, executor=threads, sets=True)
    (plan,) = found.plans
    assert plan.holds.count + plan.can_hold.count + plan.fails.count == 48
    undecided = sweep(inspected(), samples=48, executor=threads).plans[0].undecided
    decided = sweep(inspected(), samples=48, executor=threads, sets=True).plans[0].undecided
    assert undecided.count > decided.count == 0


def test_settings_fix_numbers(threads):
    found = sweep(
        way_back(), settings=["b.patience=80% per year"], readings=[Reading.NO_DEAL], samples=512,
        executor=threads,
    )  # fmt: skip
    assert [each.path for each in found.ranges] == ["payoffs.b.relief.paid"]
    assert found.plans[0].holds.share == pytest.approx((0.64 - 0.3) / 0.5, abs=2 / 512)


def run_to(path, threads, **more):
    return sweep(
        inspected(), readings=[Reading.NO_DEAL], samples=300, output=path, executor=threads, **more
    )


def test_the_file_says_what_the_answer_says(tmp_path, threads):
    path = tmp_path / "r.csv"
    found = run_to(path, threads)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 301
    place = lines[0].split(",").index("exchange.answer")
    answers = [line.split(",")[place] for line in lines[1:]]
    assert answers.count("holds") == found.plans[0].holds.count
    about = json.loads((tmp_path / "r.csv-metadata.json").read_text(encoding="utf-8"))
    assert about["scenario_sha256"] == found.scenario_sha256
    assert about["seed"] == found.seed
    assert about["versions"] == dict(found.versions)


def test_going_on_gives_the_same_bytes(tmp_path, threads):
    whole, pieces = tmp_path / "whole.csv", tmp_path / "pieces.csv"
    first = run_to(whole, threads)
    lines = whole.read_bytes().splitlines(keepends=True)
    run_to(pieces, threads)
    pieces.unlink()
    (tmp_path / "pieces.csv.partial").write_bytes(b"".join(lines[:118]) + lines[118][:9])
    again = run_to(pieces, threads, resume=True)
    assert pieces.read_bytes() == whole.read_bytes()
    assert again.plans[0].holds == first.plans[0].holds
    assert again.plans[0].effects == first.plans[0].effects
    once_more = run_to(pieces, threads, resume=True)  # complete: nothing is computed
    assert once_more.plans[0].boxes == first.plans[0].boxes


def test_interrupted_it_answers_with_what_is_there(tmp_path, threads):
    def interrupt(progress):
        if progress.done >= 20:
            raise KeyboardInterrupt

    found = run_to(tmp_path / "r.csv", threads, tell=interrupt)
    assert not found.complete
    assert 20 <= found.done < 300
    assert (tmp_path / "r.csv.partial").read_text().count("\n") == found.done + 1
    assert run_to(tmp_path / "r.csv", threads, resume=True).complete


def test_memory_is_bounded_by_what_is_kept(threads, monkeypatch):
    from detente.ask.sweeping import tally

    monkeypatch.setattr(tally, "MAX_KEPT", 64)
    found = sweep(inspected(), readings=[Reading.NO_DEAL], samples=256, executor=threads)
    assert found.studied == 64
    assert found.plans[0].holds.count + found.plans[0].fails.count == 256


def test_without_the_extra_shares_are_still_there(threads, monkeypatch):
    monkeypatch.setattr(sweep_module, "missing_packages", lambda: ("SALib",))
    found = sweep(inspected(), readings=[Reading.NO_DEAL], samples=128, executor=threads)
    assert found.plans[0].effects == ()
    assert found.plans[0].holds.count > 0
    assert any("detente[sweep]" in each for each in found.warnings)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"samples": 0}, "E451"),
        ({"samples": 2**30 + 1}, "E451"),
        ({"seed": -1}, "E451"),
        ({"workers": 0}, "E451"),
        ({"resume": True}, "E453"),
        ({"output": Path("r.txt")}, "E453"),
        ({"plans": ["exchnge"]}, "E390"),
        ({"settings": ["inspectors.catches=50%"]}, "E452"),
        ({"settings": ["inspectors.catch=50%"]}, "E241"),
        ({"pair": ("inspectors.catches", "clock")}, "E452"),
    ],
)
def test_bad_input(more, code, threads):
    with pytest.raises(DetenteError, match=code):
        sweep(inspected(), executor=threads, **more)


def start(folder, name, *words):
    (folder / "s.yaml").write_text(inspected_text(), encoding="utf-8")
    command = [sys.executable, "-c", MAIN, "sweep", "s.yaml", "--reading", "no-deal",
               "--output", name, "--json", *words]  # fmt: skip
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(each) for each in found]


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


@pytest.mark.slow
def test_the_same_bytes_for_one_worker_and_for_two(tmp_path):
    for workers in ("1", "2"):
        done = start(tmp_path, f"{workers}.csv", "--samples", "256", "--workers", workers)
        out, err = done.communicate(timeout=120)
        assert done.returncode == 0, err.decode()
        assert json.loads(out)["done"] == 256
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_killed_and_gone_on_with(tmp_path):
    """kill -9 loses no line that was there, leaves no process, and the rest comes out the same."""
    words = ("--samples", "2000", "--workers", "2")
    running = start(tmp_path, "r.csv", *words)
    partial = tmp_path / "r.csv.partial"
    wait_for(lambda: partial.exists() and partial.read_bytes().count(b"\n") > 200)
    workers = children(running.pid)
    assert len(workers) >= 2
    running.kill()
    running.communicate()
    wait_for(lambda: not any(is_alive(pid) for pid in workers), 10)
    before = partial.read_bytes()
    before = before[: before.rfind(b"\n") + 1]
    done = start(tmp_path, "r.csv", *words, "--resume")
    _, err = done.communicate(timeout=200)
    assert done.returncode == 0, err.decode()
    whole = (tmp_path / "r.csv").read_bytes()
    assert whole.startswith(before)
    assert whole.count(b"\n") == 2001
    straight = start(tmp_path, "s.csv", *words)
    straight.communicate(timeout=200)
    assert (tmp_path / "s.csv").read_bytes() == whole


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_a_killed_worker_is_replaced(tmp_path):
    running = start(tmp_path, "r.csv", "--samples", "1500", "--workers", "2")
    partial = tmp_path / "r.csv.partial"
    wait_for(lambda: partial.exists() and partial.read_bytes().count(b"\n") > 100)
    named = {pid: Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children(running.pid)}
    victim = next(pid for pid, words in named.items() if b"spawn_main" in words)
    os.kill(victim, signal.SIGKILL)
    out, err = running.communicate(timeout=200)
    assert running.returncode == 0, err.decode()
    answer = json.loads(out)
    assert (answer["done"], answer["failed"]) == (1500, 0)


@pytest.mark.slow
def test_ctrl_c_says_how_to_go_on(tmp_path):
    running = start(tmp_path, "r.csv", "--samples", "100000", "--workers", "2")
    partial = tmp_path / "r.csv.partial"
    wait_for(lambda: partial.exists() and partial.read_bytes().count(b"\n") > 100)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert "--resume" in err.decode()
    assert json.loads(out)["complete"] is False
    assert "Traceback" not in err.decode()


def test_a_broken_statement_is_told_before_any_sample_is_judged(threads, monkeypatch):
    plan = inspected().plans[0].id
    statement = f"  - {{plan: {plan}, verdict: fails, because: nobody said so}}\n"
    scenario = read_scenario_text(f"{inspected_text()}must_hold:\n{statement}", "inspected.yaml")
    told = []
    judge = running.judge_chunk

    def judging(*arguments):
        told.append("sample")
        return judge(*arguments)

    monkeypatch.setattr(running, "judge_chunk", judging)
    sweep(
        scenario, samples=4, executor=threads, workers=1,
        warn=lambda broken: told.append([each.because for each in broken]),
        tell=lambda progress: told.append(progress.done),
    )  # fmt: skip
    assert told[:3] == [["nobody said so"], 0, "sample"]
    assert told[-1] == 4
