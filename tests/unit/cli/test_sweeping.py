"""`detente sweep`: what it asks for, prints and leaves behind."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from typer.testing import CliRunner

from detente.ask.sweeping import sweep as module
from detente.cli import sweeping
from detente.cli.app import app
from unit.ask.sweep_scenarios import inspected_text

runner = CliRunner()


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """Write a scenario; let threads do the work, which start faster than processes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "s.yaml").write_text(inspected_text(), encoding="utf-8")

    class Threads(ThreadPoolExecutor):
        count = 1

    monkeypatch.setattr(module, "WorkerProcesses", lambda count: Threads(1))
    return tmp_path


def run(*words):
    return runner.invoke(app, ["sweep", "s.yaml", "--reading", "no-deal", *words])


def test_sentences_and_file(scenario):
    done = run("--samples", "64", "--output", "r.csv")
    assert done.exit_code == 0, done.output
    assert "HOLDS IN 7" in done.stdout
    assert "All samples are in r.csv" in done.stdout
    assert "of 64 samples" in done.stderr
    assert len((scenario / "r.csv").read_text(encoding="utf-8").splitlines()) == 65


def test_json_is_alone_on_stdout(scenario):
    done = run("--samples", "16", "--json", "--plans", "exchange")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["done"] == 16


def test_same_seed_same_answer_other_seed_other_points(scenario):
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        assert run("--samples", "32", "--seed", seed, "--output", f"{name}.csv").exit_code == 0
    first, second, third = ((scenario / f"{n}.csv").read_bytes() for n in "abc")
    assert first == second != third


def test_report(scenario):
    pytest.importorskip("altair")
    done = run("--samples", "16", "--report", "r.html")
    assert done.exit_code == 0, done.output
    assert "Over what share" in (scenario / "r.html").read_text(encoding="utf-8")


def test_parquet(scenario):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run("--samples", "16", "--output", "r.parquet").exit_code == 0
    assert parquet.read_table("r.parquet").num_rows == 16


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--samples", "0"), "E451"),
        (("--set", "inspectors.catches=50%"), "E452"),
        (("--map", "catches"), "E452"),
        (("--output", "r.json"), "E453"),
        (("--resume",), "E453"),
        (("--plans", "exchang"), "E390"),
        (("--report", "r.txt"), "E195"),
        (("--output", "s.csv"), "E194"),
    ],
)
def test_bad_input(scenario, words, code):
    (scenario / "s.csv").write_text("mine", encoding="utf-8")
    done = run(*words)
    assert done.exit_code == 2
    assert f"error[{code}]" in done.stderr
    assert done.stdout == ""
    assert (scenario / "s.csv").read_text(encoding="utf-8") == "mine"


def test_results_of_another_seed_are_refused(scenario):
    assert run("--samples", "16", "--output", "r.csv").exit_code == 0
    done = run("--samples", "16", "--output", "r.csv", "--resume", "--seed", "2")
    assert done.exit_code == 2
    assert "error[E454]" in done.stderr
    assert "seed 1, now 2" in done.stderr


def test_pace_is_said_with_the_time_left(monkeypatch):
    clock = iter([100.0, 110.0])
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: next(clock))
    pace = sweeping._Pace()
    assert pace.words(module.Progress(20, 1000, 20, 2)) == "starting 2 workers"
    assert pace.words(module.Progress(120, 1000, 20, 2)) == "10 a second, 1 min 28 s left"


def test_lines_say_at_once_that_it_starts_and_then_the_first_rate(monkeypatch, capsys):
    clock = iter([100.0, 100.0, 101.0, 101.0, 102.0, 102.0])
    monkeypatch.setattr(sweeping.time, "monotonic", lambda: next(clock))
    lines = sweeping._Lines()
    for done in (0, 8, 16):
        lines(module.Progress(done, 64, 0, 1))
    assert capsys.readouterr().err.splitlines() == [
        "0 of 64 samples, starting 1 worker",
        "8 of 64 samples, 8 a second, 7 s left",
    ]
