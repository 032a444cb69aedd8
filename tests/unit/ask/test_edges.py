"""Scenarios at the edge: no pure equilibrium, nothing at stake, no end, three parties."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ask.best_continuation import choose_continuation
from detente.ask.check import check
from detente.ask.judge import judge, make_openness, payoff_scales
from detente.ask.knowledge import Knower, _merge
from detente.ask.margins import Ends
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Opening, Reading
from detente.compile.build import build_game, compile_scenario
from detente.compile.plan import build_graph
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text
from detente.solve.options import Options
from detente.solve.solution import Status
from detente.solve.twoparty import solve
from reference.plan_scenarios import THREE, draw
from reference.scenarios import INSPECTED

HEAD = """title: Edge
clock: 1 year
parties:
  a: {patience: 85% per year}
  b: {patience: 90% per year}
"""

PENNIES = (
    HEAD
    + """ladders:
  x: {held_by: a, renewed: every period, levels: {heads: today, tails: }}
  y: {held_by: b, renewed: every period, levels: {heads: today, tails: }}
  z: {held_by: b, levels: {full: today, half: {undo: 3 years}}}
governments:
  b: {turnover: 10% per year, hostile_successor: 30%, it_would: {z: full}}
payoffs:
  a: {scale: s, same: (x is heads) * (y is heads) + (x is tails) * (y is tails), z: {full: 0, half: 5}}
  b: {scale: s, other: (x is heads) * (y is tails) + (x is tails) * (y is heads), z: {full: 0, half: -0.1}}
plans:
  fixed:
    - {id: one, b: {z: half}}
  framework:
    later_steps: open
    steps:
      - {id: one, b: {z: half}}
if_broken:
  by_b: {then: {x: tails}, for: 2 years}
must_hold:
  - {plan: fixed, verdict: fails, because: test}
"""  # noqa: E501
)

CONSTANT = (
    HEAD
    + """ladders:
  x: {held_by: a, levels: {full: today, half: {undo: 2 years}}}
  y: {held_by: b, levels: {full: today, half: {undo: 3 years}}}
payoffs:
  a: {scale: s, x: {full: 0, half: -1}, y: {full: 0, half: 30}}
  b: {scale: s, always: CONSTANT / 3}
plans:
  deal:
    - {id: one, a: {x: half}, b: {y: half}}
"""
)

MUTUAL = (
    HEAD
    + """ladders:
  x: {held_by: a, levels: {full: today, half: {undo: 2 years}}}
  y: {held_by: b, levels: {full: today, half: {undo: 3 years}}}
inspection:
  people: {watches: x, catches: 70%, every: 6 months}
payoffs:
  a: {scale: s, x: {full: 0, half: -1}, y: {full: 0, half: 3}, secret_gain: 0.1}
  b: {scale: s, x: {full: 0, half: 3}, y: {full: 0, half: -1}}
plans:
  deal:
    - {id: one, a: {x: half}, b: {y: half}LASTS}
"""
)


@pytest.fixture(scope="module")
def pennies():
    return check(read_scenario_text(PENNIES, "pennies.yaml"))


def test_nothing_is_claimed_that_rests_on_a_no_deal_that_was_not_found(pennies):
    """R12: matching pennies has no pure equilibrium, so nobody knows what no deal is."""
    assert not pennies.no_deal.found
    for verdict in pennies.verdicts:
        for reading in (Reading.NO_DEAL, Reading.WRITTEN):
            result = verdict.result(reading)
            assert result.answer is Answer.UNDECIDED
            assert not result.status.is_answer
            assert result.breaks_at is None
        assert verdict.exit_code == 3
    (statement,) = pennies.statements
    assert statement.found == "undecided"
    assert not statement.kept


def test_harshest_needs_no_no_deal(pennies):
    """b can always get 1 with a chance to choose second: no response deters it."""
    for verdict in pennies.verdicts:
        result = verdict.result(Reading.HARSHEST)
        assert result.answer is Answer.FAILS
        assert result.breaks_at.party == "b"


def test_a_plan_open_into_states_without_equilibrium_fails():
    """With a free hand (no cost to b) the step itself is kept, but nothing can follow it."""
    text = PENNIES.replace("z: {full: 0, half: -0.1}", "z: {full: 0, half: 40}")
    scenario = read_scenario_text(text, "pennies.yaml")
    compiled = compile_scenario(scenario)
    knower = Knower(compiled, find_no_deal(compiled))
    scales = payoff_scales(compiled, knower.no_deal)
    assert all(state.empty for state in knower.sets().solution.states)
    judged = judge(knower, scenario.plan("framework"), Reading.HARSHEST, Opening.BEST, scales)
    assert judged.result.answer is Answer.FAILS
    assert judged.result.breaks_at is None
    assert np.isfinite(judged.values).all()


@pytest.mark.parametrize("number", ["135.365", "847.434", "763.775", "255.070", "437.3"])
def test_rounding_of_a_constant_is_no_breach(number):
    """A party to which nothing matters is indifferent, whatever its constant payoff is."""
    scenario = read_scenario_text(CONSTANT.replace("CONSTANT", number), "constant.yaml")
    compiled = compile_scenario(scenario)
    assert find_no_deal(compiled).found
    scales = payoff_scales(compiled, find_no_deal(compiled))
    assert scales[1] > 1e-4 * float(number) / 3
    answer = check(scenario, readings=[Reading.NO_DEAL])
    (result,) = answer.verdicts[0].results
    assert {m.party for m in result.margins} == {"a", "b"}
    assert result.breaks_at is None or result.breaks_at.party == "a"
    assert all(abs(m.margin) < 1e-11 for m in result.margins if m.party == "b")


def test_a_last_step_that_lasts_for_ever_is_the_end_state():
    ever = check(read_scenario_text(MUTUAL.replace("LASTS", ", lasts: never"), "ever.yaml"))
    once = check(read_scenario_text(MUTUAL.replace("LASTS", ""), "once.yaml"))
    for reading in Reading:
        first, second = (each.verdicts[0].result(reading) for each in (ever, once))
        assert first.answer is second.answer
        assert {m.step for m in first.margins if not m.in_response} == {1}
        one, other = (
            {m.party: m.margin for m in each.margins if m.step == 1 and not m.in_response}
            for each in (first, second)
        )
        assert one == pytest.approx(other, abs=1e-6)


def test_inspections_all_the_time_are_refused_as_a_setting_too():
    scenario = read_scenario_text(MUTUAL.replace("LASTS", ""), "mutual.yaml")
    with pytest.raises(DetenteError, match="E124"):
        check(scenario, settings=["people.every=0"])


@pytest.fixture
def three_with_little_to_gain():
    text = THREE.replace("arms: {full: 0, half: -5}, relief", "arms: {full: 0, half: -14}, relief")
    assert text != THREE
    return read_scenario_text(text, "three.yaml")


def test_three_parties_get_bounds_where_sets_would_be_needed(three_with_little_to_gain):
    result = check(three_with_little_to_gain, time_limit=0).verdicts[0].result(Reading.HARSHEST)
    assert (result.answer, result.status) == (Answer.UNDECIDED, Status.TIME_LIMIT)
    assert result.gap > 0


@pytest.mark.slow
def test_three_parties_are_decided_by_their_sets(three_with_little_to_gain):
    result = check(three_with_little_to_gain, time_limit=None).verdicts[0].result(Reading.HARSHEST)
    assert (result.answer, result.by) == (Answer.FAILS, "payoff sets")


def test_bounds_from_sets_allow_for_the_error_of_the_sets():
    """What is proven by sets stays proven when every vertex is off by as much as it may be."""
    scenario = read_scenario_text(
        INSPECTED.substitute(delta="80%", catches="70%", false_alarm="3%"), "inspected.yaml"
    )
    compiled = compile_scenario(scenario)
    knower = Knower(compiled, find_no_deal(compiled))
    solution = solve(build_game(compiled), Options(tol=1e-3))
    knowledge = _merge(knower.cheap(), solution)
    assert knowledge.error == max(state.error for state in solution.states) > 0
    for row, state in enumerate(solution.states):
        for party in range(2):
            low, high = solution.lowest(row, party)
            assert knowledge.punished_low[row, party] >= low
            assert knowledge.punished_high[row, party] <= high
            from_sets = state.outer_vertices[:, party].min() - state.error
            floor = knower.cheap().punished_low[row, party]
            assert knowledge.punished_low[row, party] == max(from_sets, floor)


def test_chosen_continuations_lie_in_the_hulls():
    scenario = read_scenario_text(
        INSPECTED.substitute(delta="80%", catches="70%", false_alarm="3%"), "inspected.yaml"
    )
    compiled = compile_scenario(scenario)
    no_deal = find_no_deal(compiled)
    graph = build_graph(compiled, scenario.plans[0], make_openness(Reading.NO_DEAL, Opening.BEST))
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    chosen = choose_continuation(
        graph,
        Ends(no_deal.values),
        dict.fromkeys(range(compiled.n_states), square),
        payoff_scales(compiled, no_deal),
    )
    assert chosen.opened
    for point in chosen.opened.values():
        assert (point >= 0).all()
        assert (point <= 1).all()


def test_only_what_an_equilibrium_reaches_is_exhibited():
    """Behind a node where no deal follows at once, nobody's margin was looked at."""
    scenario = read_scenario_text(draw(8), "drawn.yaml")
    compiled = compile_scenario(scenario)
    knower = Knower(compiled, find_no_deal(compiled))
    scales = payoff_scales(compiled, knower.no_deal)
    judged = judge(knower, scenario.plans[0], Reading.HARSHEST, Opening.BEST, scales)
    shown = judged.shown
    assert shown is not None
    behind = ~shown.reached & ~shown.cut
    assert behind.any()
    looked_at = {m.node for m in shown.margins}
    assert not looked_at & set(np.flatnonzero(behind).tolist())
    exhibited = [tuple(value) for values in knower.exhibits.values() for value in values]
    assert sorted(exhibited) == sorted(tuple(v) for v in shown.values[shown.reached])
