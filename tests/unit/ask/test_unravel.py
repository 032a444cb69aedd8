"""Finite irreversible steps unravel, a way back cures it: items 9 and 10 as shipped cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.ask.check import check
from detente.ask.sentences import in_sentence
from detente.ask.verdict import Answer, Reading
from detente.scenario.reading import read_scenario

CASES = Path(__file__).parents[2] / "cases" / "good"
STUCK = ["unravel-k1", "unravel-k2", "unravel-k4", "no-way-back"]


@pytest.mark.parametrize("patience", ["30%", "90%", "99%"])
@pytest.mark.parametrize("name", STUCK)
def test_nothing_holds_without_a_way_back(name, patience):
    """R25: however patient both are, and whatever the reading; the reason is named."""
    answer = check(
        read_scenario(CASES / f"{name}.yaml"),
        settings=[f"a.patience={patience} per year", f"b.patience={patience} per year"],
    )
    for verdict in answer.verdicts:
        assert [(each.reading, each.answer) for each in verdict.results] == [
            (reading, Answer.FAILS) for reading in Reading
        ]
        assert verdict.mildest is None
        assert verdict.exit_code == 1
        (why,) = (each for each in verdict.reasons if "this is unravelling" in each)
        breaker = verdict.results[0].breaks_at.party_name
        assert f"nothing keeps {in_sentence(breaker)} to its own part" in why


@pytest.mark.parametrize(("patience", "holds"), [("70%", False), ("71.5%", True)])
def test_the_way_back_holds_above_its_threshold(patience, holds):
    """Item 9: the threshold is the square root of 1/2; below it no punishment helps."""
    answer = check(
        read_scenario(CASES / "way-back.yaml"),
        settings=[f"a.patience={patience} per year", f"b.patience={patience} per year"],
    )
    (verdict,) = answer.verdicts
    expected = Answer.HOLDS if holds else Answer.FAILS
    assert {each.answer for each in verdict.results} == {expected}
    assert verdict.mildest is (Reading.NO_DEAL if holds else None)
    assert not any("this is unravelling" in reason for reason in verdict.reasons)


@pytest.mark.parametrize("steps", [1, 2, 4])
def test_the_last_irreversible_step_breaks_first(steps):
    """Everyone expecting the plan to go on, each step is paid for by the next but the last."""
    (verdict,) = check(
        read_scenario(CASES / f"unravel-k{steps}.yaml"), readings=[Reading.NO_DEAL]
    ).verdicts
    result = verdict.result(Reading.NO_DEAL)
    assert result.breaks_at is not None
    assert result.breaks_at.step == steps
    assert result.carries_to == steps - 1
