"""The commands: what they print, where, and with which exit code."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from detente.ask.verdict import Answer, Reading
from detente.cli import commands
from detente.cli.app import app
from detente.errors import DetenteError, Place, Problem
from detente.game.files import read_game
from detente.solve.solution import Status
from detente_verify.proof import check_files
from reference.plan_scenarios import draw
from unit.show import records

runner = CliRunner()
COMMANDS = (
    "demo", "tour", "check", "explain", "compare", "screen", "mend", "design", "sweep",
    "sources", "cases", "app", "new", "schema", "solve", "convert", "compile",
)  # fmt: skip


def run(*words):
    return runner.invoke(app, list(words))


@pytest.fixture
def answered(monkeypatch):
    """Let `check` answer with a hand-made record; gives what it was asked."""
    asked = {}

    def install(check):
        def ask(scenario, plans=None, reading=None, settings=(), time_limit=60.0, *, picture=False):
            asked.update(
                plans=plans, reading=reading, settings=settings, time_limit=time_limit,
                picture=picture,
            )  # fmt: skip
            return check, None

        monkeypatch.setattr(commands, "_ask", ask)
        return asked

    return install


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command):
    result = run(*command.split(), "--help")
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_help_names_every_command():
    assert set(COMMANDS) == {c.callback.__name__ for c in app.registered_commands}


def test_version():
    assert re.fullmatch(r"detente \d+\.\d+\.\d+\n", run("--version").output)


@pytest.mark.parametrize("code", [0, 1, 3])
def test_check_leaves_with_the_worst_exit_code(answered, code):
    verdicts = (records.make_verdict(exit_code=0), records.make_verdict(exit_code=code))
    answered(records.make_check(verdicts))
    assert run("check", "singapore-2018").exit_code == code


def test_check_passes_on_what_it_was_asked(answered):
    asked = answered(records.make_check())
    run("check", "singapore-2018", "--plan", "phased", "--reading", "written", "--time-limit", "5")
    assert asked == {
        "plans": ("phased",), "reading": "written", "settings": (), "time_limit": 5.0,
        "picture": False,
    }  # fmt: skip


def test_json_is_strict_and_alone_on_stdout(answered):
    answered(records.make_check())
    result = run("check", "singapore-2018", "--json")
    assert result.stderr == ""
    values = json.loads(result.stdout, parse_constant=pytest.fail)
    assert values["verdicts"][0]["plan"] == "phased"
    assert result.exit_code == 1


def test_a_starved_check_reads_as_undecided(answered):
    result = records.make_result(
        Reading.HARSHEST, Answer.UNDECIDED, status=Status.TIME_LIMIT, by="payoff sets"
    )
    verdict = records.make_verdict(answer=Answer.UNDECIDED, results=(result,), exit_code=3)
    answered(records.make_check((verdict,)))
    shown = run("check", "singapore-2018")
    assert shown.exit_code == 3
    assert "UNDECIDED" in shown.stdout
    assert "stopped at the time limit" in re.sub(r"\s+", " ", shown.stdout)


def test_reading_names_are_those_of_the_records():
    assert [str(r) for r in commands.ReadingName] == [str(r) for r in Reading]


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "singapore-2018", "--reading", "harsh"),
        ("explain", "singapore-2018"),
        ("solve", "game.json", "--directions", "many"),
        ("no-such-command",),
    ],
)
def test_wrong_use_leaves_with_2(words):
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr


def test_a_problem_is_shown_on_stderr_without_a_traceback(monkeypatch):
    problem = Problem("E214", "no", Place("a.yaml", 3, 5), "here", "mend it", "line of text")

    def fail(*_):
        raise DetenteError([problem, replace(problem, code="E215")])

    monkeypatch.setattr(commands, "read_file", fail)
    result = run("check", "a.yaml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert problem.render() in result.stderr
    assert "error[E215]" in result.stderr
    assert "2 problems" in result.stderr


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("check", "singapor-2018"), "E191", "did you mean 'singapore-2018'?"),
        (("check", "singapore-2018", "--plan", "phasd"), "E390", "did you mean 'phased'?"),
        (("new", "ceasefir"), "E192", "did you mean 'ceasefire'?"),
        (("check", "singapore-2018", "--report", "out.yaml"), "E195", "out.html"),
        (("check", "singapore-2018", "--report", "no/such/out.html"), "E195", "make the folder"),
        (
            ("explain", "singapore-2018", "--plan", "phased", "--step", "99"),
            "E391",
            "settled",
        ),
        (
            ("explain", "singapore-2018", "--plan", "phased", "--step", "1", "--party", "uss"),
            "E392",
            "did you mean 'us'?",
        ),
    ],
)
def test_what_is_named_wrongly_is_corrected(words, code, message):
    result = run(*words)
    assert result.exit_code == 2, result.output
    assert f"error[{code}]" in result.stderr
    assert message in result.stderr
    assert result.stdout == ""


def test_new_lists_the_templates():
    result = run("new")
    assert result.exit_code == 0
    for name in (
        "arms-for-relief", "ceasefire", "mutual-limits", "ai-limits", "guaranteed-peace"
    ):  # fmt: skip
        assert re.search(rf"^{name} +\S", result.stdout, re.M)


def test_new_writes_once_and_never_over(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "ceasefire").exit_code == 0
    path = tmp_path / "ceasefire.yaml"
    first, second, *_ = path.read_text(encoding="utf-8").splitlines()
    assert first == "# yaml-language-server: $schema=detente.schema.json"
    assert second.startswith("# Ceasefire")
    path.write_text("mine", encoding="utf-8")
    result = run("new", "ceasefire")
    assert result.exit_code == 2
    assert "error[E194]" in result.stderr
    assert path.read_text(encoding="utf-8") == "mine"


def test_the_line_for_editors_leads_to_the_schema(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run("new", "ceasefire", "--output", "mine.yaml").exit_code == 0
    written = json.loads(Path("detente.schema.json").read_text(encoding="utf-8"))
    assert written == json.loads(run("schema").stdout)
    data = YAML(typ="safe", pure=True).load(Path("mine.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(json.dumps(data, default=str)), written)


def test_new_brings_an_older_schema_up_to_date_and_leaves_other_files_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = Path("detente.schema.json")
    path.write_text('{"title": "Detente scenario"}', encoding="utf-8")
    assert run("new", "ceasefire").exit_code == 0
    assert "$defs" in json.loads(path.read_text(encoding="utf-8"))
    for mine in ('{"title": "mine"}', "[]", "not JSON"):
        path.write_text(mine, encoding="utf-8")
        assert run("new", "ai-limits", "--output", f"{len(mine)}.yaml").exit_code == 0
        assert path.read_text(encoding="utf-8") == mine


def test_the_schema_goes_to_a_file(tmp_path):
    path = tmp_path / "s.json"
    result = run("schema", "--output", str(path))
    assert result.exit_code == 0
    assert str(path) in result.stdout.replace("\n", "")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(run("schema").stdout)
    result = run("schema", "--output", str(tmp_path / "missing" / "s.json"))
    assert result.exit_code == 2
    assert "error[E195]" in result.stderr


def test_new_says_when_it_cannot_write(tmp_path):
    result = run("new", "ceasefire", "--output", str(tmp_path / "missing" / "a.yaml"))
    assert result.exit_code == 2
    assert "error[E195]" in result.stderr


def test_a_file_comes_before_a_case_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("singapore-2018").write_text("title: mine\n", encoding="utf-8")
    result = run("check", "singapore-2018")
    assert result.exit_code == 2  # the file is no scenario
    assert "error[E" in result.stderr


@pytest.mark.parametrize("text", ["{}", "[]", "[[1, 0], [1]]", "[[true, 1]]", "[[1,", "[1, 2]"])
def test_directions_must_be_vectors(tmp_path, text):
    from detente.cli.files import read_directions

    path = tmp_path / "directions.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DetenteError, match=r"E402"):
        read_directions(path)


def test_directions_are_read(tmp_path):
    from detente.cli.files import read_directions

    path = tmp_path / "directions.json"
    path.write_text("[[1, 0], [0, 1]]", encoding="utf-8")
    assert read_directions(path).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(DetenteError, match="E196"):
        read_directions(tmp_path / "none.json")


def test_compile_writes_a_game_file_that_solve_reads(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deal.yaml").write_text(draw(5), encoding="utf-8")
    result = run("compile", "deal.yaml")
    assert result.exit_code == 0, result.output
    assert read_game(tmp_path / "deal.game.json").n_states > 1


def test_check_writes_a_proof_that_the_checker_accepts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "deal.yaml").write_text(draw(5), encoding="utf-8")
    result = run("check", "deal.yaml", "--proof", "proof.json")
    assert result.exit_code in (0, 1), result.output
    assert "Check it with: detente-verify deal.game.json proof.json" in result.stderr
    assert check_files("deal.game.json", "proof.json").verdict == "valid"
    assert run("compile", "deal.yaml", "-o", "again.json").exit_code == 0
    assert Path("again.json").read_bytes() == Path("deal.game.json").read_bytes()


def test_a_proof_needs_a_folder(tmp_path):
    result = run("check", "singapore-2018", "--proof", str(tmp_path / "none" / "proof.json"))
    assert result.exit_code == 2
    assert "E195" in result.stderr
