"""``detente design`` as a user meets it."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from detente.ask.check import check
from detente.ask.verdict import Answer, Reading
from detente.cli.app import app
from detente.scenario.reading import read_scenario
from reference.scenarios import WAY_BACK


def run(*words):
    return CliRunner().invoke(app, ["design", *words])


@pytest.fixture
def way_back(tmp_path):
    path = tmp_path / "way-back.yaml"
    path.write_text(WAY_BACK.substitute(delta="75%", undo="1 year"), encoding="utf-8")
    return path


def test_sentences_come_first_and_the_file_is_confirmed(way_back, tmp_path):
    new = tmp_path / "designed.yaml"
    told = run(
        str(way_back), "--goal", "arsenal: disarmed", "--for", "fastest", "--write", str(new)
    )
    assert told.exit_code == 0
    order = ("Disarmament for relief", "CAN BE REACHED", "hold by return", "Margins", "Searched")
    words = " ".join(told.stdout.split()).replace("it holds by", "they hold by")
    places = [words.index(each) for each in order]
    assert places == sorted(places)
    assert "design-fastest" in told.output
    (verdict,) = check(read_scenario(new), ["design-fastest"]).verdicts
    assert (verdict.answer, verdict.mildest) == (Answer.HOLDS, Reading.NO_DEAL)
    again = run(str(way_back), "--goal", "arsenal: disarmed", "--write", str(new))
    assert again.exit_code == 2
    assert "E194" in again.output


def test_json(way_back):
    told = run(str(way_back), "--goal", "arsenal: disarmed", "--for", "balanced", "--json")
    values = json.loads(told.stdout)
    assert values["format"] == "detente-design/1"
    assert values["found"] is True
    assert values["exit_code"] == told.exit_code == 0
    assert [each["solution"] for each in values["bargains"]] == [
        "nash", "kalai-smorodinsky", "egalitarian",
    ]  # fmt: skip
    plans = {each["plan"]: each for each in values["designs"]}
    for bargain in values["bargains"]:
        assert min(plans[bargain["plan"]]["gains"]) >= 0


def test_what_cannot_be_reached(tmp_path):
    path = tmp_path / "stuck.yaml"
    path.write_text(WAY_BACK.substitute(delta="90%", undo="never"), encoding="utf-8")
    told = run(str(path), "--goal", "arsenal: disarmed")
    assert told.exit_code == 1
    assert "CANNOT BE REACHED" in told.output
    assert "unravelling" in told.output


def test_statements_that_do_not_come_out_are_shown_first(way_back):
    text = way_back.read_text(encoding="utf-8")
    text += "must_hold:\n  - {when: {}, plan: exchange, verdict: fails, because: it was said so}\n"
    way_back.write_text(text, encoding="utf-8")
    told = run(str(way_back), "--goal", "arsenal: disarmed", "--for", "fastest")
    assert told.output.index("it was said so") < told.output.index("CAN BE REACHED")


def test_a_goal_that_names_no_level(way_back):
    told = run(str(way_back), "--goal", "arsenal: disarmd")
    assert told.exit_code == 2
    assert "did you mean 'disarmed'?" in told.output
