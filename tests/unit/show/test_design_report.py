"""The report's section on designed plans: what it says, in order, of a real answer."""

from __future__ import annotations

import re

import pytest

import detente
from detente.ask.designing.records import Designing
from detente.show.design_report import design_section, render_design_report
from detente.show.words import signed_points


@pytest.fixture(scope="module")
def reached() -> Designing:
    """A goal that can be reached."""
    return detente.load("singapore-2018").design("arsenal: half", "fastest").record


def test_designs_are_shown_with_their_gains_and_smallest_margins(reached: Designing) -> None:
    page = design_section(reached)
    assert '<section id="design">' in page
    assert "Can be reached." in page
    (design,) = reached.designs
    for gain in design.gains:
        assert f'<td class="number">{signed_points(float(gain))}' in page
    result = next(each for each in design.verdict.results if str(each.answer) == "holds")
    smallest = min(each.margin for each in result.margins if not each.in_response)
    assert signed_points(smallest) in page
    for line in design.steps:
        assert line in page  # as lines of the language, ready to be copied


def test_the_page_opens_without_anything_running(reached: Designing) -> None:
    page = render_design_report(reached)
    assert page == render_design_report(reached)
    assert "<script" not in page
    assert re.search(r"seconds|\d\.\d s\b", page) is None  # run time differs from run to run


def test_ids_begin_with_the_key(reached: Designing) -> None:
    ids = re.findall(r'id="([^"]+)"', design_section(reached, "design-2"))
    assert ids[0] == "design-2"
    assert all(each.startswith("design-2") for each in ids)


def test_a_goal_out_of_reach_says_so_with_what_would_open_it() -> None:
    case = detente.load("singapore-2018").having("us.patience=0.3", "dprk.patience=0.3")
    answer = case.design("arsenal: none", "fastest").record
    page = design_section(answer)
    assert not answer.found
    word = "Cannot be reached." if answer.proven else "Nothing was found."
    assert word in page
    assert "Can be reached." not in page
    assert "With us.patience=0.3, dprk.patience=0.3." in page
    assert answer.attempt is not None
    for each in answer.openers:
        assert each.holds_at in page
        assert each.fails_at in page
