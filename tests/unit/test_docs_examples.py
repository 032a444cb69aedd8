"""Whatever a reader could copy from the README and the documents runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli.app import app
from detente.scenario.reading import read_scenario
from tools.write_json_page import write_page

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language):
    examples = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if found[1] == language:
                line = text[: found.start()].count("\n") + 1
                examples.append(pytest.param(found[2], id=f"{page.relative_to(ROOT)}:{line}"))
    return examples


def commands(block):
    joined = block.replace("\\\n", " ")
    return [words for line in joined.splitlines() if (words := shlex.split(line, comments=True))]


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_run(block, tmp_path, monkeypatch):
    for file in (ROOT / "docs" / "examples").iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    for words in commands(block):
        if words[0] == "make":
            continue  # below
        assert words[0] == "detente", f"no way to try {words}"
        result = CliRunner().invoke(app, words[1:])
        assert result.exit_code in (0, 1, 3), f"{words}: {result.output}"
        assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("block", blocks("sh"))
def test_commands_are_spelt_as_the_program_spells_them(block):
    known = {each.callback.__name__ for each in app.registered_commands}
    for words in commands(block):
        if words[0] == "detente":
            assert words[1] in known
            text = CliRunner().invoke(app, [words[1], "--help"], env={"COLUMNS": "200"}).output
            options = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
            assert all(option in text for option in options), words
        else:
            targets = [word for word in words[1:] if "=" not in word]
            subprocess.run(["make", "-n", *targets], cwd=ROOT, check=True, capture_output=True)


@pytest.mark.slow
@pytest.mark.parametrize("block", blocks("python"))
def test_python_runs(block, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("block", blocks("yaml"))
def test_scenarios_are_read(block, tmp_path):
    if not block.startswith("title:"):
        pytest.skip("not a whole scenario")
    path = tmp_path / "example.yaml"
    path.write_text(block, encoding="utf-8")
    assert read_scenario(path).plans


def test_json_is_json():
    for block in blocks("json"):
        assert json.loads(block.values[0]), block.id


def test_every_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_on_json_is_that_of_the_records():
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert page == write_page(), "run: make docs"
