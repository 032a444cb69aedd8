"""Comparisons and screenings as a reader sees them: terminal, JSON, report, command, Python."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

import detente
from detente.ask.compare import compare
from detente.ask.screen import screen
from detente.cli.app import app
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.show.compare_report import render_comparison_report
from detente.show.compare_terminal import render_comparison
from detente.show.screen_report import render_screening_report
from detente.show.screen_terminal import render_screening
from detente.show.terminal import print_plain

WRONG = """
title: <b>Wrong</b>
clock: 1 year
parties: {a: {patience: 60% per year}, b: {patience: 60% per year}}
ladders:
  gift_a: {held_by: a, renewed: every period, levels: {none: today, given: }}
  gift_b: {held_by: b, renewed: every period, levels: {none: today, given: }}
payoffs:
  a: {scale: points, gift_a: {none: 0, given: -1}, gift_b: {none: 0, given: 2}}
  b: {scale: points, gift_b: {none: 0, given: -1}, gift_a: {none: 0, given: 2}}
plans:
  exchange: [{a: {gift_a: given}, b: {gift_b: given}}]
types:
  a: {kind: , greedy: {with: {a.gift_a.given: -3}}}
must_hold:
  - {plan: exchange, verdict: fails, because: nobody gives anything away}
"""
SAID = "The model is wrong, not the world"


@pytest.fixture
def wrong():
    return read_scenario_text(WRONG, "wrong.yaml")


def run(*words):
    return CliRunner().invoke(app, list(words))


def test_a_statement_that_fails_comes_first(wrong):
    for shown in (
        print_plain(render_comparison(compare([wrong]))),
        print_plain(render_screening(screen(wrong, "exchange"))),
    ):
        lines = [each for each in shown.splitlines() if each.strip()]
        assert SAID in " ".join(lines[:4])


def test_reports_say_it_too_and_escape_what_the_file_says(wrong):
    for page in (
        render_comparison_report(compare([wrong])),
        render_screening_report(screen(wrong, "exchange")),
    ):
        assert page.index(SAID) < page.index('class="sentence"')
        assert "<b>Wrong" not in page
        assert "&lt;b&gt;Wrong" in page
        assert "<script" not in page


def test_nothing_is_said_where_statements_come_out():
    scenario = read_scenario(find_scenario("singapore-2018"))
    answer = screen(scenario, "phased", "dprk")
    assert all(each.kept for each in answer.statements)
    assert SAID not in print_plain(render_screening(answer))


def test_compare_on_the_command_line(tmp_path):
    page = tmp_path / "c.html"
    shown = run("compare", "singapore-2018", "--plan", "phased", "--plan", "disarm-first",
                "--report", str(page))  # fmt: skip
    assert shown.exit_code == 0, shown.output
    assert "Side by side" in shown.output
    assert "North Korea is exposed most in disarm-first" in " ".join(shown.output.split())
    assert "Plans side by side" in page.read_text(encoding="utf-8")


def test_compare_as_json():
    shown = run("compare", "singapore-2018", "--plan", "phased", "--json", "--set", "catches=80%")
    told = json.loads(shown.stdout)
    assert told["format"] == "detente-compare/1"
    assert told["settings"] == ["catches=80%"]
    (plan,) = told["plans"]
    assert plan["steps"][0]["parties"][0]["change"] == pytest.approx(13)
    assert plan["steps"][0]["parties"][1]["exposure"] == pytest.approx(2.3, abs=0.05)
    assert plan["verdict"]["answer"] == "holds"


def test_screen_on_the_command_line(tmp_path):
    page = tmp_path / "s.html"
    shown = run("screen", "singapore-2018", "--plan", "phased", "--party", "dprk",
                "--report", str(page))  # fmt: skip
    assert shown.exit_code == 0, shown.output
    assert "'stalling' imitates" in shown.output
    assert "Types of North Korea" in page.read_text(encoding="utf-8")


def test_screen_as_json():
    shown = run("screen", "singapore-2018", "--plan", "disarm-first", "--party", "North Korea",
                "--reading", "no-deal", "--json")  # fmt: skip
    told = json.loads(shown.stdout)
    assert told["format"] == "detente-screen/1"
    serious, stalling = told["types"]
    assert (serious["kept_openly"], stalling["kept_openly"]) == (None, 0)
    assert stalling["exposures"][0]["loss"] == pytest.approx(0, abs=1e-9)
    assert told["steps"][0]["separates"] is True
    assert told["steps"][0]["kept"] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("screen", "singapore-2018", "--plan", "phased"), "E393"),
        (("screen", "singapore-2018", "--plan", "phasd", "--party", "us"), "E390"),
        (("compare", "singapore-2018", "nothing.yaml"), "E101"),
        (("compare", "singapore-2018", "--plan", "phasd"), "E390"),
    ],
)
def test_what_is_wrong_is_said(words, code):
    shown = run(*words)
    assert shown.exit_code == 2
    assert code in shown.output


def test_python_reads_like_the_command_line():
    case = detente.load("singapore-2018").having("catches=80%")
    compared = case.compare("phased", "disarm-first", reading="no-deal")
    assert repr(compared) == "<CompareAnswer phased, disarm-first>"
    assert compared.plan("phased").plan == "phased"
    assert compared.record.settings == ("catches=80%",)
    screened = case.screen("phased", "dprk", reading="no-deal")
    assert repr(screened) == "<ScreenAnswer phased: dprk as serious, stalling>"
    assert "Types of North Korea" in str(screened)
    assert "<pre" in screened._repr_html_()
    assert screened.to_dict()["settings"] == ["catches=80%"]
    assert compared.to_dict()["plans"][0]["name"] == "phased"
