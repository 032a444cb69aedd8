"""Reports from the command line: parts, formats, refusals, and the same bytes every time."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from detente.cli.app import app
from unit.ask.sweep_scenarios import way_back

pytest.importorskip("altair")
pytest.importorskip("vl_convert")


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "way-back.yaml"
    path.write_text(way_back().text, encoding="utf-8")
    return path.name


def run(*words):
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200"})


def sections(path):
    text = path.read_text(encoding="utf-8")
    return [part.split('"')[0] for part in text.split('<section id="')[1:]]


def test_a_report_has_the_cheap_parts_by_itself(scenario, tmp_path):
    done = run("check", scenario, "--report", "out.html")
    assert done.exit_code == 1
    assert "compare" in sections(tmp_path / "out.html")
    assert "mend" not in sections(tmp_path / "out.html")
    assert f"The report is in {tmp_path / 'out.html'}" in done.stderr


def test_parts_are_chosen_and_options_imply_theirs(scenario, tmp_path):
    words = ("check", scenario, "--report", "out.html")
    assert run(*words, "--with", "none").exit_code == 1
    assert "compare" not in sections(tmp_path / "out.html")
    done = run(*words, "--with", "none", "--goal", "arsenal: disarmed",
               "--explore", "a.patience,b.patience")  # fmt: skip
    assert done.exit_code == 1, done.output
    found = sections(tmp_path / "out.html")
    assert "design" in found
    assert "explore" in found
    assert "mend" not in found


@pytest.mark.parametrize(
    ("words", "code", "remedy"),
    [
        (("--report", "o.html", "--with", "costs"), "E491", "compare"),
        (("--report", "o.html", "--with", "sweeps"), "E491", "did you mean 'sweep'?"),
        (("--with", "mend"), "E491", "add --report"),
        (("--explore", "a.patience,b.patience"), "E491", "add --report"),
        (("--report", "o.html", "--explore", "a.patience"), "E491", "PATH,PATH"),
        (("--report", "o.html", "--explore", "a.patience,b.patiense"), "E241", "b.patience"),
        (("--report", "o.doc"), "E195", "o.html"),
        (("--report", "o.html", "--goal", "arsenal: gone"), "E394", "armed, disarmed"),
    ],
)
def test_what_makes_no_report_is_refused(scenario, tmp_path, words, code, remedy):
    done = run("check", scenario, *words)
    assert done.exit_code == 2
    assert f"error[{code}" in done.stderr
    assert remedy in done.stderr
    assert not list(tmp_path.glob("o.*"))


@pytest.mark.parametrize("command", ["check", "compare", "mend", "design", "sweep"])
def test_every_question_writes_every_format(scenario, tmp_path, command):
    pytest.importorskip("markdownify")
    more = {
        "mend": ("--plan", "exchange", "--number", "b.patience"),
        "design": ("--goal", "arsenal: disarmed"),
        "sweep": ("--samples", "4", "--workers", "1"),
    }
    done = run(command, scenario, *more.get(command, ()), "--report", "out.md")
    assert done.exit_code in (0, 1, 3), done.output
    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert text.startswith("# Disarmament for relief\n")
    # `--format` goes before the ending of the name
    if command == "design":
        run(command, scenario, *more[command], "--report", "page.txt", "--format", "html")
        assert (tmp_path / "page.txt").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["html", "pdf", "docx", "md"])
def test_fresh_processes_write_the_same_bytes(scenario, tmp_path, ending):
    for package in {"pdf": ["weasyprint"], "docx": ["docx"], "md": ["markdownify"]}.get(ending, []):
        pytest.importorskip(package)
    parts = "all" if ending == "html" else "compare,mend"
    written = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        path = tmp_path / seed / f"out.{ending}"
        path.parent.mkdir()
        done = subprocess.run(
            [sys.executable, "-m", "detente", "check", scenario, "--report", path, "--with", parts],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            text=True,
            check=False,
        )
        if ending == "pdf" and "Pango" in done.stderr:
            pytest.skip("Pango is not installed")
        assert done.returncode == 1, done.stderr
        written.append(path.read_bytes())
    assert written[0] == written[1]
    assert len(written[0]) > 10_000
