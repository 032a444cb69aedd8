"""The page of the Singapore case says what comes out of it today."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.ask.check import check
from detente.cases import case_path
from detente.scenario.reading import read_scenario
from tools.write_case_page import HEADING, describe

PAGE = Path(__file__).parents[2] / "docs" / "cases" / "singapore-2018.md"


@pytest.mark.slow
def test_the_page_is_up_to_date():
    text = PAGE.read_text(encoding="utf-8")
    answer = check(read_scenario(case_path("singapore-2018")))
    assert text[text.index(HEADING) :] == describe(answer), "run `make docs`"
