"""Answers in a notebook: pictures where they can be drawn, text in any case."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import pytest
from sample_check import sample_check, sample_picture

import detente
from detente import games
from detente.show import notebook_pictures
from detente.show.check_answer import CheckAnswer
from detente.show.markup import escape
from detente.show.notebook_pictures import (
    picture_check,
    picture_margins,
    picture_solution,
    picture_verdict,
)

STRAIT = Path(__file__).parents[3] / "docs" / "examples" / "strait.yaml"
DILEMMA = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]


@pytest.fixture(scope="module")
def solution():
    return games.solve(games.from_arrays(DILEMMA, discount=0.6))


def parse(html):
    """Read as XML, which is stricter than a notebook."""
    return ET.fromstring(f"<main>{html}</main>".replace("<br>", "<br/>"))


def test_a_verdict_has_a_picture_a_party():
    check = sample_check(sample_picture())
    verdict = check.verdicts[0]
    html = picture_margins(check, verdict)
    page = parse(html)
    assert html.count("<svg") == len(check.parties)
    labels = [each.get("aria-label") for each in page.iter("div") if each.get("role") == "img"]
    assert len(labels) == len(check.parties)
    for name in check.party_names:
        assert f"<b>{escape(name)}</b>" in html  # one of them holds markup
    assert verdict.title in html


def test_no_two_pictures_share_an_id():
    html = picture_check(sample_check(sample_picture()))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert ids
    assert len(ids) == len(set(ids))
    for used in re.findall(r"url\(#([^)]+)\)", html):
        assert used in ids


def test_the_payoffs_are_drawn_where_they_were_computed():
    check = sample_check(sample_picture())
    assert check.picture is not None
    assert "<b>Payoffs</b>" in picture_check(check)
    assert "<b>Payoffs</b>" in picture_verdict(check, check.verdicts[0])
    without = replace(check, picture=None)
    assert "<b>Payoffs</b>" not in picture_check(without)


def test_a_case_is_asked_for_its_payoffs():
    case = detente.load(STRAIT)
    answer = case.check("sell-boats", reading="no-deal", picture=True)
    assert answer.check.picture is not None
    assert "<b>Payoffs</b>" in answer._repr_html_()
    assert case.check("sell-boats", reading="no-deal").check.picture is None
    changed = case.check(reading="no-deal", settings=["sold.undo=2 years"], picture=True)
    assert changed.record.picture is not None


def test_a_game_shows_its_sets(solution):
    html = solution._repr_html_()
    assert html.count("<svg") == 1
    assert "p1, payoff" in html
    assert "<pre" in html
    parse(picture_solution(solution, solution.players))


def test_a_game_of_three_or_without_equilibrium_has_text_alone(solution):
    assert picture_solution(solution, ("a", "b", "c")) == ""
    pennies = [[[1, -1], [-1, 1]], [[-1, 1], [1, -1]]]
    none = games.solve(games.from_arrays(pennies, discount=0.1))
    assert none.states[0].empty
    assert "<svg" not in none._repr_html_()
    assert "no pure equilibrium" in none._repr_html_()


def test_without_the_extra_there_is_text(monkeypatch, solution):
    monkeypatch.setattr(notebook_pictures.importlib.util, "find_spec", lambda name: None)
    check = sample_check(sample_picture())
    for html in (CheckAnswer(check)._repr_html_(), solution._repr_html_()):
        assert "<svg" not in html
        assert "<pre" in html


def test_a_solution_prints_itself(solution):
    assert repr(solution) == f"<Solution: converged, 1 state, gap {solution.gap:.1e}>"
    assert "0 to 1.5" in str(solution)
    assert isinstance(solution, games.Solution)
