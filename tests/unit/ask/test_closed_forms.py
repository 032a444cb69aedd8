"""Margins, verdicts and sets of scenarios whose answers are known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.verdict import Answer, Reading
from detente.compile.build import build_game, compile_scenario
from detente.scenario.reading import read_scenario_text
from detente.solve.options import Options
from detente.solve.twoparty import solve
from reference.scenarios import INSPECTED, TURNOVER, WAY_BACK


def scenario(template, **numbers):
    return read_scenario_text(template.substitute(numbers), "test.yaml")


def settled(verdict, party, reading=Reading.NO_DEAL):
    return next(
        m
        for m in verdict.result(reading).margins
        if m.step_id == "settled" and m.party == party and not m.in_response
    )


@pytest.mark.parametrize(("catches", "false_alarm"), [(0.7, 0.03), (0.5, 0.2), (0.0, 0.0)])
def test_inspected_party(catches, false_alarm):
    """R6, R16: comply v = (1-d)(s-k) + d((1-f)v + f w), no deal after an alarm w = (1-d)(-k).

    Cheating once gains (1-d) b and adds (D-f) to the chance of an alarm.
    """
    delta, relief, gain, cost = 0.8, 5.0, 4.0, 1.0
    texts = {"catches": f"{catches:.0%}", "false_alarm": f"{false_alarm:.0%}"}
    answer = check(scenario(INSPECTED, delta="80%", **texts), readings=[Reading.NO_DEAL])
    after = -(1 - delta) * cost
    stay = ((1 - delta) * (relief - cost) + delta * false_alarm * after) / (
        1 - delta * (1 - false_alarm)
    )
    margin = delta * (catches - false_alarm) * (stay - after) - (1 - delta) * gain
    found = settled(answer.verdicts[0], "a")
    assert found.staying == pytest.approx(stay, abs=1e-12)
    assert found.margin == pytest.approx(margin, abs=1e-12)
    assert (answer.verdicts[0].answer is Answer.HOLDS) == (margin >= 0)


@pytest.mark.parametrize(("delta", "holds"), [(0.41, False), (0.43, True)])
def test_turnover_threshold_five_twelfths(delta, holds):
    """Item 8: g = l = .5, turnover .2: aid on both sides holds iff delta >= 5/12."""
    answer = check(
        scenario(TURNOVER, delta=f"{delta:.0%}", turnover="20%"), readings=[Reading.NO_DEAL]
    )
    verdict = answer.verdicts[0]
    assert (verdict.answer is Answer.HOLDS) is holds
    stay = (1 - delta) / (1 - delta * 0.8)
    assert settled(verdict, "a").staying == pytest.approx(stay, abs=1e-12)
    assert settled(verdict, "b").margin == pytest.approx(stay - (1 - delta) * 1.5, abs=1e-12)


@pytest.mark.parametrize(("delta", "holds"), [(0.70, False), (0.72, True)])
def test_way_back_as_plan(delta, holds):
    """Item 9: relief for disarmament holds iff delta >= sqrt(kappa / beta) = .7071."""
    verdict = check(
        scenario(WAY_BACK, delta=f"{delta:.0%}", undo="1 year"), readings=[Reading.NO_DEAL]
    ).verdicts[0]
    assert (verdict.answer is Answer.HOLDS) is holds
    assert settled(verdict, "b").margin == pytest.approx(delta**2 - 0.5, abs=1e-12)


@pytest.mark.parametrize(("delta", "holds"), [(0.70, False), (0.715, True)])
def test_way_back_under_every_reading(delta, holds):
    """Item 9: below the threshold no punishment helps, above it return to no deal does."""
    answer = check(scenario(WAY_BACK, delta=f"{delta:.1%}", undo="1 year"))
    verdict = answer.verdicts[0]
    assert verdict.result(Reading.HARSHEST).answer is (Answer.HOLDS if holds else Answer.FAILS)
    assert verdict.exit_code == (0 if holds else 1)


@pytest.mark.parametrize("delta", [0.5, 0.72, 0.95])
def test_no_way_back_fails_and_says_why(delta):
    """Item 9 without the way back: nothing holds at any patience; it unravels (R25)."""
    verdict = check(scenario(WAY_BACK, delta=f"{delta:.0%}", undo="never")).verdicts[0]
    assert verdict.answer is Answer.FAILS
    assert verdict.result(Reading.HARSHEST).answer is Answer.FAILS
    assert any("unravelling" in reason for reason in verdict.reasons)


@pytest.mark.parametrize("delta", [0.6, 0.9])
def test_no_way_back_sets_of_the_compiled_game(delta):
    """Item 9: state 0 {(0, 0)}, state 1 {(-.3, 1)}, from the compiled scenario."""
    compiled = compile_scenario(scenario(WAY_BACK, delta=f"{delta:.0%}", undo="never"))
    solution = solve(build_game(compiled), Options(tol=1e-6))
    for found, point in zip(solution.states, ((0.0, 0.0), (-0.3, 1.0)), strict=True):
        assert len(found.outer_vertices) >= 1
        assert np.abs(found.outer_vertices - point).max() < 1e-5


def test_way_back_sets_jump_at_the_threshold():
    """Item 9: (.7, .5), relief and disarmament for ever, is the only play worth 1.2 in sum."""
    for delta, reached in ((0.70, False), (0.715, True)):
        compiled = compile_scenario(scenario(WAY_BACK, delta=f"{delta:.1%}", undo="1 year"))
        disarmed = solve(build_game(compiled), Options(tol=1e-6)).states[1]
        shown = disarmed.inner_vertices if reached else disarmed.outer_vertices
        assert bool(shown.sum(axis=1).max() >= 1.2 - 1e-4) is reached
