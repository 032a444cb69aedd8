"""`detente cases`: the list, a page, the table, and what is refused."""

from __future__ import annotations

import csv
import json

import pytest
from typer.testing import CliRunner

import detente
from detente.ask.casebook import DEFAULT_SAMPLES
from detente.cases import case_names
from detente.cli import casebook
from detente.cli.app import app

runner = CliRunner()


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Work in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    return runner.invoke(app, ["cases", *words])


def test_the_list_has_every_case_and_no_verdict():
    done = run()
    assert done.exit_code == 0, done.output
    assert all(name in done.stdout for name in case_names())
    assert "holds" not in done.stdout.replace("detente cases", "")
    listed = json.loads(run("--json").stdout)
    assert [each["name"] for each in listed] == list(case_names())


def test_a_page_is_shown_without_its_numbers():
    done = run("inf-1987")
    assert done.exit_code == 0, done.output
    assert "2,692 missiles" in done.stdout
    assert "What the model leaves out" in done.stdout
    assert "us_missiles.none.undo" not in done.stdout
    assert "us_missiles.none.undo" in run("inf-1987", "--numbers").stdout


def test_the_table_is_printed_and_written(folder):
    done = run("inf-1987", "--table", "--samples", "0", "--output", "t.csv")
    assert done.exit_code == 0, done.output
    assert "Caution:" in done.stdout
    with (folder / "t.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert row["name"] == "inf-1987"
    assert row["fate"] == "broken"
    again = run("--table", "--samples", "0", "--output", "t.csv")
    assert again.exit_code == 2
    assert "E194" in again.output


def test_the_table_in_json_is_alone_on_stdout():
    done = run("inf-1987", "--table", "--samples", "0", "--json")
    values = json.loads(done.stdout)
    assert values["format"] == "detente-cases/1"
    assert [row["name"] for row in values["rows"]] == ["inf-1987"]
    assert "illustration" in values["caution"]


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("inf-1978",), "E191", "did you mean 'inf-1987'?"),
        (("inf-1978", "--table"), "E191", "did you mean 'inf-1987'?"),
        (("--output", "x.md"), "E195", "add --table"),
        (("--table", "--output", "x.txt"), "E195", "no known ending"),
        (("inf-1987", "--output", "x.csv"), "E195", "end the name in .md"),
        (("--table", "--output", "no/x.md"), "E195", "there is no folder no"),
        (("--table", "--samples", "-1"), "E451", "-1 samples"),
    ],
)
def test_what_cannot_be_done_is_told(words, code, told):
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert code in done.output
    assert told in done.output


def test_python_reads_like_the_command_line():
    library = detente.casebook()
    assert tuple(library) == library.names == case_names()
    assert "inf-1987" in str(library)
    assert library.history("inf-1987").plan == "as-signed"
    table = library.table("inf-1987", samples=0)
    assert [row.name for row in table.rows] == ["inf-1987"]
    assert table.to_dict()["rows"][0]["plan"] == "as-signed"
    assert "Caution:" in str(table)
    assert table.to_pandas()["name"].tolist() == ["inf-1987"]
    assert table.to_markdown().count("\n") == 2
    assert table.to_csv().count("\n") == 2


def test_the_default_is_that_of_the_question():
    assert casebook.DEFAULT_SAMPLES == DEFAULT_SAMPLES
