"""What docs/walkthrough.md says is what the program says; its pictures are there and small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import detente

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "walkthrough.md").read_text(encoding="utf-8")
WORDS = re.sub(r"\s+", " ", PAGE).replace("−", "-")
MAX_BYTES = 150_000
PATH = "payoffs.us.peace.treaty"


def test_every_picture_is_there_and_small_and_none_is_left_over() -> None:
    named = set(re.findall(r"\(pictures/(walkthrough-[\w-]+\.png)\)", PAGE))
    there = {each.name for each in (ROOT / "docs" / "pictures").glob("walkthrough-*.png")}
    assert named == there
    for name in named:
        assert (ROOT / "docs" / "pictures" / name).stat().st_size <= MAX_BYTES, name


def test_the_verdict_on_the_phased_plan_is_as_said() -> None:
    answer = detente.load("singapore-2018").check("phased")
    rows = [each for each in answer.margins.rows() if each["reading"] == each["open"] == "no-deal"]
    broken = next(each for each in rows if each["margin"] < 0 and not each["in_response"])
    assert (answer.answer, answer.mildest) == ("holds", "harshest")
    assert f"it carries to step {broken['step'] - 1}." in WORDS
    assert f"At step {broken['step']} the United States would walk away" in WORDS
    assert f"by {-broken['margin']:.1f} points a year" in WORDS
    assert broken["party"] == "us"


@pytest.mark.parametrize(
    ("value", "mildest"), [(-2, "no-deal"), (-4.3, "no-deal"), (-4.4, "harshest")]
)
def test_the_treaty_costs_that_matter_are_as_said(value: float, mildest: str) -> None:
    case = detente.load("singapore-2018")
    assert case.check("phased", settings=[f"us.peace.treaty={value}"]).mildest == mildest
    assert str(abs(value)) in WORDS


def test_the_number_that_is_moved_stands_in_the_file_as_said() -> None:
    treaty = detente.load("singapore-2018").scenario.quantities[PATH]
    assert (treaty.value, treaty.high) == (-6, -2)
    assert "from -6 to -2" in WORDS
