"""Three parties: margins against the slow reference, verdicts on both sides of thresholds."""

from __future__ import annotations

import math

import pytest

from detente.ask.check import check
from detente.ask.judge import make_openness
from detente.ask.merged import merge_plan
from detente.ask.verdict import Answer, Opening, Reading
from detente.compile.build import build_game, compile_scenario
from detente.compile.plan import build_graph
from detente.scenario.reading import read_scenario_text
from detente.solve.dispatch import solve
from detente.solve.options import Options
from reference.slow_plan import SlowPlan
from reference.slow_world import NoDeal, World
from reference.three_parties import ALLY, GUARANTOR, WATCHED


def read(template, delta):
    return read_scenario_text(template.substitute(delta=delta), "test.yaml")


def result_of(verdict, reading, opening=None):
    openings = {Reading.HARSHEST: Opening.BEST, Reading.NO_DEAL: Opening.NO_DEAL}
    return verdict.result(reading, opening or openings[reading])


def margin_of(result, party, step_id="settled"):
    return next(
        m for m in result.margins if m.step_id == step_id and m.party == party and not m.in_response
    )


@pytest.mark.parametrize(
    ("template", "delta"),
    [(GUARANTOR, "80%"), (GUARANTOR, "35%"), (ALLY, "70%"), (WATCHED, "85%"), (WATCHED, "30%")],
)
def test_margins_and_verdicts_are_those_of_the_slow_evaluator(template, delta):
    scenario = read(template, delta)
    world = World(scenario)
    no_deal = NoDeal(world)
    readings = {Reading.NO_DEAL: Opening.NO_DEAL, Reading.WRITTEN: Opening.WRITTEN}
    for verdict in check(scenario, None, tuple(readings)).verdicts:
        for reading, opening in readings.items():
            result = verdict.result(reading, opening)
            written = reading is Reading.WRITTEN
            judged = SlowPlan(world, no_deal, verdict.plan, as_written=written).judge()
            own = {(m.step, m.party): m.margin for m in result.margins if not m.in_response}
            assert len({party for _, party in own}) == 3
            assert own == pytest.approx(judged.steps, abs=1e-6)
            others = [m.margin for m in result.margins if m.in_response]
            assert min(others, default=math.inf) == pytest.approx(judged.others, abs=1e-6)
            assert (result.answer is Answer.HOLDS) is (judged.worst > 0)


@pytest.mark.parametrize(("delta", "holds"), [(0.56, False), (0.58, True)])
def test_a_guarantee_carries_the_pact_from_four_sevenths(delta, holds):
    answer = check(read(GUARANTOR, f"{delta:.0%}"), ["pact"])
    (verdict,) = answer.verdicts
    result = result_of(verdict, Reading.NO_DEAL)
    assert (result.answer is Answer.HOLDS) is holds
    for party, stay, leave in [("state", 3, 7), ("rival", 4, 6), ("guarantor", 3, 5)]:
        expected = delta * (stay - (1 - delta) * leave)  # a move shows after a period
        assert margin_of(result, party).margin == pytest.approx(expected, abs=1e-12)
    # nobody can be pushed below no deal by more than its own floor, which is 0
    assert (result_of(verdict, Reading.HARSHEST).answer is Answer.HOLDS) is holds


def test_without_the_guarantee_nothing_deters_the_state():
    (verdict,) = check(read(GUARANTOR, "90%"), ["without"]).verdicts
    assert result_of(verdict, Reading.HARSHEST).answer is Answer.FAILS
    assert margin_of(result_of(verdict, Reading.NO_DEAL), "state").margin < 0


@pytest.mark.parametrize(("delta", "answer"), [(0.64, Answer.FAILS), (0.7, Answer.HOLDS)])
def test_an_ally_pays_under_the_harshest_reading_from_two_thirds(delta, answer):
    """The sets decide: the ally's worst equilibrium is -6, which no deal (0) does not show."""
    (verdict,) = check(read(ALLY, f"{delta:.0%}")).verdicts
    assert result_of(verdict, Reading.NO_DEAL).answer is Answer.FAILS
    harshest = result_of(verdict, Reading.HARSHEST)
    assert harshest.answer is answer
    assert margin_of(harshest, "ally").margin == pytest.approx(-4 + 6 * delta, abs=2e-3)
    if answer is Answer.HOLDS:
        assert harshest.by == "payoff sets"


def test_the_sets_of_the_ally_reach_its_floor():
    game = build_game(compile_scenario(read(ALLY, "80%")))
    (found,) = solve(game, Options(tol=1e-4)).states
    assert found.outer_vertices[:, 0].min() == pytest.approx(-6, abs=found.gap)
    assert found.inner_vertices[:, 0].min() == pytest.approx(-6, abs=found.gap)
    assert found.inner_vertices[:, 1:].min() == pytest.approx(0, abs=found.gap)


@pytest.mark.parametrize(("delta", "empty"), [(0.64, True), (0.7, False)])
def test_the_plan_s_own_phases_join_the_base_game(delta, empty):
    compiled = compile_scenario(read(ALLY, f"{delta:.0%}"))
    graph = build_graph(
        compiled, compiled.scenario.plans[0], make_openness(Reading.HARSHEST, Opening.BEST)
    )
    game = build_game(compiled)
    first = solve(merge_plan(game, graph), Options(tol=1e-3)).states[game.n_states]
    assert first.empty is empty
    assert (len(first.inner_vertices) == 0) is empty


@pytest.mark.parametrize(
    ("delta", "answer", "by"),
    [
        ("15%", Answer.FAILS, "punishment floors"),
        pytest.param("17.5%", Answer.FAILS, "payoff sets", marks=pytest.mark.slow),
        ("22%", Answer.HOLDS, "an equilibrium is exhibited"),
    ],
)
def test_the_harshest_reading_where_the_plan_leaves_its_path_open(delta, answer, by):
    """Alarms and a hostile government of the guarantor."""
    (verdict,) = check(read(WATCHED, delta), readings=[Reading.HARSHEST]).verdicts
    result = result_of(verdict, Reading.HARSHEST)
    assert (result.answer, result.by) == (answer, by)
    assert {m.party for m in result.margins} == {"state", "rival", "guarantor"}
