"""How long the commands take: fresh processes, warm ones, and the first run on a machine.

Targets stand in `write_page.py`. Nothing here fails for being slow.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

import detente
from detente.ask.verdict import Answer
from detente.cases import case_path

CASE = "singapore-2018"
MODULE = [sys.executable, "-m", "detente"]


def run(words, **environment):
    done = subprocess.run(
        words, capture_output=True, text=True, env={**os.environ, **environment}, check=False
    )
    assert done.returncode in (0, 1, 3), done.stderr
    return done


@pytest.fixture(scope="module")
def kernels_cached(tmp_path_factory):
    report = tmp_path_factory.mktemp("report") / "first.html"
    run([*MODULE, "check", CASE, "--report", str(report)])


@pytest.mark.benchmark(group="start")
def test_help(benchmark):
    done = benchmark.pedantic(run, ([*MODULE, "--help"],), rounds=5, warmup_rounds=1)
    assert "check" in done.stdout


@pytest.mark.benchmark(group="start")
def test_check_help(benchmark):
    done = benchmark.pedantic(run, ([*MODULE, "check", "--help"],), rounds=5, warmup_rounds=1)
    assert "--plan" in done.stdout


@pytest.mark.benchmark(group="start")
def test_import(benchmark):
    words = [sys.executable, "-c", "import detente"]
    benchmark.pedantic(run, (words,), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="start")
def test_empty_python(benchmark):
    benchmark.pedantic(run, ([sys.executable, "-c", ""],), rounds=5, warmup_rounds=1)


@pytest.mark.benchmark(group="singapore")
def test_fresh_all_readings(benchmark, kernels_cached):
    done = benchmark.pedantic(run, ([*MODULE, "check", CASE],), rounds=3)
    assert "phased" in done.stdout


@pytest.mark.benchmark(group="singapore")
def test_fresh_no_deal(benchmark, kernels_cached):
    words = [*MODULE, "check", CASE, "--reading", "no-deal"]
    done = benchmark.pedantic(run, (words,), rounds=3)
    assert "phased" in done.stdout


@pytest.mark.benchmark(group="singapore")
def test_fresh_with_report(benchmark, kernels_cached, tmp_path):
    words = [*MODULE, "check", CASE, "--report", str(tmp_path / "report.html")]
    done = benchmark.pedantic(run, (words,), rounds=1)
    assert "phased" in done.stdout


@pytest.mark.benchmark(group="singapore")
def test_warm_all_readings(benchmark):
    case = detente.load(CASE)
    answer = benchmark.pedantic(case.check, rounds=3, warmup_rounds=1)
    assert len(answer.plans) == len(case.plans)


@pytest.mark.benchmark(group="singapore")
def test_warm_no_deal(benchmark):
    case = detente.load(CASE)
    answer = benchmark.pedantic(
        case.check, kwargs={"reading": "no-deal"}, rounds=5, warmup_rounds=1
    )
    assert all(each.answer in tuple(Answer) for each in answer.plans)


@pytest.mark.benchmark(group="singapore")
def test_mend_every_number(benchmark):
    case = detente.load(CASE)
    answer = benchmark.pedantic(case.mend, ("phased",), rounds=1)
    assert len(answer.mends) > 40


@pytest.mark.benchmark(group="singapore")
def test_design_all_purposes(benchmark):
    case = detente.load(CASE)
    answer = benchmark.pedantic(case.design, ("arsenal: none",), rounds=2, warmup_rounds=1)
    assert answer.found


@pytest.mark.benchmark(group="singapore")
def test_first_run_on_a_machine(benchmark, tmp_path):
    done = benchmark.pedantic(
        run,
        ([*MODULE, "check", CASE, "--report", str(tmp_path / "report.html")],),
        {"NUMBA_CACHE_DIR": str(tmp_path / "empty")},
        rounds=1,
    )
    assert "once on this machine" in done.stderr


@pytest.mark.benchmark(group="sweep")
@pytest.mark.parametrize("workers", [1, 2])
def test_sweep_two_plans(benchmark, kernels_cached, workers):
    """64 samples of two plans; a sweep of 1,024 takes sixteen times what is beyond the start."""
    case = detente.load(CASE)
    asked = {"samples": 64, "workers": workers}
    answer = benchmark.pedantic(case.sweep, ("phased", "disarm-first"), asked, rounds=1)
    assert answer.record.done == 64


@pytest.mark.benchmark(group="sweep")
def test_sweep_start(benchmark, kernels_cached):
    """What a sweep takes before its samples: processes, compiling, the file's own values."""
    case = detente.load(CASE)
    asked = {"samples": 2, "workers": 2}
    answer = benchmark.pedantic(case.sweep, ("phased", "disarm-first"), asked, rounds=1)
    assert answer.record.done == 2


@contextmanager
def served():
    """Start the app, and give a client once its first page is there."""
    import httpx

    words = [*MODULE, "app", "--no-browser", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            url = re.search(r"http://\S+", process.stdout.readline())[0]
            with httpx.Client(base_url=url, timeout=60) as client:
                while True:
                    try:
                        assert client.get("/").status_code == 200
                        break
                    except httpx.TransportError:
                        time.sleep(0.01)
                yield client
        finally:
            process.terminate()


def show_first_page():
    with served() as client:
        return client.get("/").text


@pytest.mark.benchmark(group="app")
def test_app_first_page(benchmark):
    """From the command to the first page; the end of the program is in it too."""
    page = benchmark.pedantic(show_first_page, rounds=3, warmup_rounds=1)
    assert "<html" in page


@pytest.mark.benchmark(group="app")
def test_app_verdict(benchmark, kernels_cached):
    """One move of a slider: request, verdict of the plan shown, answer."""
    text = case_path(CASE).read_text(encoding="utf-8")
    settings = {"inspection.inspectors.catches": 0.72}
    body = {"text": text, "plan": "phased", "settings": settings}
    with served() as client:

        def move():
            return client.post("/api/verdict", json=body).json()

        found = benchmark.pedantic(move, rounds=20, warmup_rounds=10)
    assert [each["plan"] for each in found["verdicts"]] == ["phased"]
