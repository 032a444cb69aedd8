"""Whatever a reader could copy from the README and the documents runs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from detente.cases import case_path
from detente.cli.app import app
from detente.scenario.reading import read_scenario
from tools.run_pages import find_examples, is_session, run_page
from tools.write_json_page import write_page
from tools.write_reference_page import write_page as write_reference

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SESSIONS = [page for page in PAGES if is_session(page.read_text(encoding="utf-8"))]
# Whose examples are tested here, or are no examples: output, drawings, files of other programs.
TRIED = {"sh", "python", "yaml", "console", "diff", "json"}
SHOWN = {"", "text", "mermaid", "lua", "xml"}


def blocks(language):
    """Give the examples of a language that stand for themselves, and are run."""
    return [
        pytest.param(each.text, id=f"{page.relative_to(ROOT)}:{each.line}")
        for page in PAGES
        for each in find_examples(page.read_text(encoding="utf-8"))
        if each.language == language and not each.reason
        if not (page in SESSIONS and (each.file or language == "python"))
    ]


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
        if words[0] in ("make", "pip") or words[:2] == ["detente", "app"]:
            continue  # below; the app, which does not end by itself, in tests/app
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
        elif words[0] == "pip":
            assert words[1] == "install"
            assert set(re.findall(r"[\w-]+", words[2].partition("[")[2])) <= set(EXTRAS), words
        else:
            targets = [word for word in words[1:] if "=" not in word]
            subprocess.run(["make", "-n", *targets], cwd=ROOT, check=True, capture_output=True)


def python_of_pages():
    """Give all Python of each page that is no session, in order."""
    found = {}
    for each in blocks("python"):
        found.setdefault(each.id.rpartition(":")[0], []).append(each.values[0])
    return [pytest.param("\n".join(parts), id=page) for page, parts in found.items()]


@pytest.mark.slow
@pytest.mark.parametrize("text", python_of_pages())
def test_python_runs(text, tmp_path, monkeypatch):
    for file in (ROOT / "docs" / "examples").iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    exec(compile(text, "example", "exec"), {"__name__": "example"})


@pytest.mark.parametrize("block", blocks("yaml"))
def test_scenarios_are_read(block, tmp_path):
    path = tmp_path / "example.yaml"
    if not block.startswith("title:"):  # some sections: of the case that has what they name
        block = _put_into_a_case(block)
    path.write_text(block, encoding="utf-8")
    assert read_scenario(path).plans


def _put_into_a_case(block):
    """Put sections of a scenario in the place of those of a scenario with the same names."""
    sections = YAML(typ="safe", pure=True).load(block)
    for path in (case_path("singapore-2018"), ROOT / "docs" / "examples" / "strait.yaml"):
        text = path.read_text(encoding="utf-8")
        parties = YAML(typ="safe", pure=True).load(text)["parties"]
        if set(sections.get("types", parties)) <= set(parties):
            break
    for name in sections:
        text = re.sub(rf"^{name}:.*\n(?:[ #\n].*\n?)*", "", text, flags=re.M)
    return f"{text}\n{block}"


def examples_of(page):
    return find_examples(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_example_is_left_out(page):
    for each in examples_of(page):
        assert each.language in TRIED | SHOWN, f"{page.name}:{each.line}"
        assert each.language != "diff" or each.file, f"{page.name}:{each.line}: of which file?"
        known = not each.mark or each.reason or each.file or each.mark == "printed"
        assert known, f"{page.name}:{each.line}: '{each.mark}' means nothing"


@pytest.mark.slow
@pytest.mark.parametrize("page", SESSIONS, ids=lambda page: str(page.relative_to(ROOT)))
def test_sessions_print_what_the_page_shows(page, tmp_path):
    text = page.read_text(encoding="utf-8")
    assert run_page(text, tmp_path.resolve()) == text, f"look, then: make docs ({page.name})"


def test_the_tutorial_ends_with_the_file_that_other_pages_begin_with(tmp_path):
    page = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    fence = re.compile(r"^```console\n.*?^```$", re.M | re.S)
    run_page(fence.sub("", page), tmp_path)
    shipped = (ROOT / "docs" / "examples" / "strait.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "strait.yaml").read_text(encoding="utf-8") == shipped


def test_output_that_has_changed_is_found(tmp_path):
    page = "```console\n$ detente new\nnothing\n```\n"
    assert "ceasefire" in run_page(page, tmp_path)
    page = "```console\n$ detente new\n...\nTake one with: detente new TEMPLATE\n```\n"
    assert run_page(page, tmp_path) == page


def test_a_change_that_does_not_fit_is_refused(tmp_path):
    page = (
        "<!-- file: a.yaml -->\n```yaml\na: 1\n```\n"
        "<!-- file: a.yaml -->\n```diff\n-b: 1\n+b: 2\n```\n"
    )
    with pytest.raises(ValueError, match="the change fits"):
        run_page(page, tmp_path)


def test_json_is_json():
    for block in blocks("json"):
        assert json.loads(block.values[0]), block.id


def test_every_link_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_page_of_entries_is_that_of_the_schema():
    page = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")
    assert page == write_reference(), "run: make docs"


def test_the_page_on_json_is_that_of_the_records():
    page = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    assert page == write_page(), "run: make docs"
