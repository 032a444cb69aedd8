"""Verdicts in words: what a party would do instead, numbers that add up, nothing said twice."""

import re
from pathlib import Path

import pytest

from detente.ask.check import check
from detente.ask.sentences import in_sentence, staying_and_leaving
from detente.ask.verdict import Margin, Reading
from detente.scenario.reading import read_scenario

WATER = """\
title: A dam upstream, payments from downstream
clock: 1 year
parties:
  upper: {name: Upperland, patience: 92% per year}
  lower: {name: The Lower State, patience: 88% per year}
ladders:
  release:
    held_by: upper
    levels: {none: , low: today, agreed: {undo: 1 month}}
  payment: {held_by: lower, renewed: every period, levels: {none: today, paid: }}
payoffs:
  upper:
    scale: 1 point = a million a year
    release: {none: -5, low: 0, agreed: -20}
    payment: {none: 0, paid: 30}
  lower:
    scale: 1 point = a million a year
    release: {none: -90, low: -60, agreed: 0}
    payment: {none: 0, paid: -30}
plans:
  barter: [{id: flow, upper: {release: agreed}, lower: {payment: paid}}]
"""


def judged(tmp_path: Path, *settings: str, text: str = WATER):
    path = tmp_path / "water.yaml"
    path.write_text(text, encoding="utf-8")
    return check(read_scenario(path), None, [Reading.NO_DEAL], settings).verdicts[0]


def test_a_plan_that_holds_names_its_tightest_margin(tmp_path):
    # By hand, with patience 0.92: staying 0.08 * 30 + 0.92 * 10 = 11.6, not moving 0.08 * 30 = 2.4.
    verdict = judged(tmp_path)
    assert "HOLDS by return to no deal" in verdict.sentence
    assert "the tightest margin is Upperland's at step 1 'flow', 9.2 points" in verdict.sentence


def test_a_payment_withheld_is_said_to_be_withheld(tmp_path):
    # By hand, with patience 0.2: staying 0.8 * -90 + 0.2 * -30 = -78; withholding the payment,
    # 0.8 * -60 + 0.2 * (0.8 * 0 + 0.2 * -60) = -50.4.
    verdict = judged(tmp_path, "lower.patience=20% per year")
    assert verdict.sentence == (
        "barter BREAKS AT ONCE; at step 1 'flow' the Lower State would walk away (choose payment"
        " 'none' instead of 'paid'): staying -78, leaving -50, short by 28 points a year."
    )
    assert any(r.startswith("the Lower State would not sign") for r in verdict.reasons)


@pytest.mark.parametrize(
    ("setting", "step", "words"),
    [
        ("payoffs.upper.release.agreed=-40", "flow", "keep release at 'low'"),
        ("payoffs.upper.release.none=25", "settled", "move release to 'none'"),
        ("lower.patience=20% per year", "settled", "choose payment 'none' instead of 'paid'"),
    ],
)
def test_only_what_differs_from_the_plan_is_said(tmp_path, setting, step, words):
    margins = judged(tmp_path, setting).results[0].margins
    assert words in {m.deviation for m in margins if m.step_id == step and m.margin < 0}


def test_reasons_do_not_repeat_each_other():
    verdict = check(read_scenario(TEMPLATES / "ceasefire.yaml"), None, None).verdicts[0]
    about_open = [reason for reason in verdict.reasons if "leaves its path open" in reason]
    assert len(about_open) <= 1


TEMPLATES = Path(__file__).parents[3] / "src" / "detente" / "templates"


@pytest.mark.parametrize(
    ("staying", "leaving"),
    [(212.0, 231.0), (10.4, 12.6), (-40.84, -39.64), (0.5, 0.53), (-104.3, -100.4)],
)
def test_printed_numbers_add_up(staying, leaving):
    margin = staying - leaving
    words = staying_and_leaving(
        Margin(1, "s", "a", "A", staying, leaving, margin, margin, margin, "", "", 0)
    )
    shown = re.fullmatch(r"staying (\S+), leaving (\S+), short by (\S+) points a year", words)
    assert shown is not None
    stay, leave, short = map(float, shown.groups())
    assert leave - stay == pytest.approx(short, abs=1e-9)
    assert short > 0


def test_an_article_is_small_within_a_sentence():
    assert in_sentence("The Alliance") == "the Alliance"
    assert in_sentence("Theland") == "Theland"
