"""Checks against the slow reference of tests/reference, which shares no code with them."""

from __future__ import annotations

import math
from importlib.resources import files

import pytest

from detente.ask.check import check
from detente.ask.verdict import Answer, Opening, Reading
from detente.scenario.reading import read_scenario_text
from reference.plan_scenarios import BY_HAND, draw
from reference.slow_plan import SlowPlan
from reference.slow_world import NoDeal, World

OPENED = {Reading.NO_DEAL: Opening.NO_DEAL, Reading.WRITTEN: Opening.WRITTEN}
LONG = {"three months", "two governments", "two governments, one ignored", "written"} | {
    name for name, text in BY_HAND.items() if "in_b" in text and name != "hostility ignored"
}


def assert_agreement(
    text: str, plans: list[str] | None = None, readings: tuple[Reading, ...] = tuple(OPENED)
) -> set[Answer]:
    """No deal, entry, every margin and every verdict are those of the reference."""
    scenario = read_scenario_text(text, "test.yaml")
    world = World(scenario)
    no_deal = NoDeal(world)
    answer = check(scenario, plans, readings)
    assert answer.no_deal.found
    today = [values[world.today] for values in no_deal.values]
    assert list(answer.no_deal.values) == pytest.approx(today, abs=1e-6)
    answers = set()
    for verdict in answer.verdicts:
        for reading in readings:
            result = verdict.result(reading, OPENED[reading])
            judged = SlowPlan(
                world, no_deal, verdict.plan, as_written=reading is Reading.WRITTEN
            ).judge()
            own = {(m.step, m.party): m.margin for m in result.margins if not m.in_response}
            assert own == pytest.approx(judged.steps, abs=1e-6)
            others = [m.margin for m in result.margins if m.in_response]
            assert min(others, default=math.inf) == pytest.approx(judged.others, abs=1e-6)
            # a verdict is compared where rounding cannot turn it
            if abs(judged.worst) > 1e-6:
                assert (result.answer is Answer.HOLDS) is (judged.worst > 0)
            answers.add(result.answer)
            if reading is Reading.NO_DEAL:
                entry = {e.party: e.plan for e in verdict.entries if e.step == 1}
                assert entry == pytest.approx(judged.entry, abs=1e-6)
    return answers


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in BY_HAND]
)
def test_every_rule(name):
    """R1 to R22."""
    assert_agreement(BY_HAND[name])


@pytest.mark.parametrize(
    "name",
    [
        "arms-for-relief",
        "mutual-limits",
        "ai-limits",
        "guaranteed-peace",
        pytest.param("ceasefire", marks=pytest.mark.slow),
    ],
)
def test_templates(name):
    text = files("detente.templates").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    assert_agreement(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("plans", "readings"),
    [(None, (Reading.NO_DEAL,)), (["framework"], (Reading.NO_DEAL, Reading.WRITTEN))],
)
def test_singapore(plans, readings):
    text = files("detente.cases").joinpath("singapore-2018.yaml").read_text(encoding="utf-8")
    assert_agreement(text, plans, readings)


def test_a_few_drawn_scenarios():
    answers = set()
    for seed in range(1000, 1012):
        answers |= assert_agreement(draw(seed))
    assert answers == {Answer.HOLDS, Answer.FAILS}


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 120, 20))
def test_many_drawn_scenarios(first):
    for seed in range(first, first + 20):
        assert_agreement(draw(seed))
