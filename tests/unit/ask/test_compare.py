"""Comparisons: numbers by hand, and time and exposure from code that shares nothing."""

from __future__ import annotations

import math

import pytest

from detente.ask.compare import compare
from detente.ask.verdict import Answer, Opening, Reading
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from reference.plan_scenarios import BY_HAND
from reference.slow_plan import SlowPlan
from reference.slow_world import NoDeal, World


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


@pytest.fixture(scope="module")
def found(singapore):
    return compare([singapore], ["phased", "disarm-first"])


def test_a_plan_that_needs_more_than_no_deal_does_not_hold_by_itself(found):
    """Check says that they hold only with the best continuation; so does the comparison."""
    assert {each.opening for each in found.plans} == {Opening.BEST}
    assert found.sentences[0] == (
        "phased and disarm-first each holds only if the best equilibrium for it follows where it"
        " is left open; returning to no deal then deters every breach"
    )


def test_payoffs_of_a_step_by_hand(found):
    """After 'first-cut': -85 - 2 for one; -100 - 80 * 0.25 * (1 - 0.2) for the other."""
    us, dprk = found.plans[0].steps[0].parties
    assert (us.flow, us.change, us.own) == pytest.approx((-87, 13, -2))
    assert (dprk.flow, dprk.change, dprk.own) == pytest.approx((-116, -16, -20))


def test_what_was_given_up(found):
    """Arsenal at 'none': 1 + 2 + 4 + 10 years; nobody has given anything up at the start."""
    first, *_, settled = found.plans[1].steps
    assert [each.given_up for each in first.parties] == [(), ()]
    (given,) = settled.parties[1].given_up
    assert (given.ladder, given.level, given.years) == ("arsenal", "none", pytest.approx(17))


def test_time_of_disarm_first_by_hand(found):
    """Five periods; a false alarm in four of them, a hostile government in five."""
    stop, go = found.plans[1].times
    hostile = (1 - 0.88**0.5) * 0.3
    assert stop.opening is Opening.NO_DEAL
    assert stop.undisturbed == go.undisturbed == pytest.approx(2.5)
    assert stop.chance == pytest.approx((1 - 0.03 * 0.85) ** 4 * (1 - hostile) ** 5)
    assert go.chance == pytest.approx(1.0)
    assert [each.begins for each in found.plans[1].steps] == pytest.approx([0, 0.5, 1, 1.5, 2, 2.5])


def slow_time(scenario, plan, as_written):
    """Follow the chances of all nodes period by period: chance of the goal, years until it."""
    world = World(scenario)
    slow = SlowPlan(world, None, plan, as_written)  # what follows no deal plays no part
    now = {(slow.begin(0), world.today): 1.0}
    ever = years = 0.0
    for period in range(1, 4000):
        after = {}
        for node, chance in now.items():
            stage, state = node
            for then, p in slow.follow(node, slow.prescribed(stage, state), None).items():
                if then[0] is None:
                    continue
                if then[0].trigger is None and then[0].part == len(slow.parts) - 1:
                    ever += chance * p
                    years += chance * p * period * world.clock
                else:
                    after[then] = after.get(then, 0.0) + chance * p
        now = after
        if sum(now.values()) < 1e-13:
            break
    return ever, years / ever


@pytest.mark.parametrize("plan", ["phased", "disarm-first"])
def test_time_against_following_every_chance(singapore, found, plan):
    (compared,) = [each for each in found.plans if each.plan == plan]
    for each in compared.times:
        chance, years = slow_time(singapore, plan, each.opening is Opening.WRITTEN)
        assert each.chance == pytest.approx(chance, abs=1e-9)
        assert each.expected == pytest.approx(years, abs=1e-7)


@pytest.mark.parametrize("name", ["both cheat", "alarm ends it"])
def test_exposure_against_the_slow_plan(name):
    """The other walks away as is best for it; what that leaves."""
    scenario = read_scenario_text(BY_HAND[name], "test.yaml")
    plan = scenario.plans[0].id
    (compared,) = compare([scenario], [plan], [Reading.NO_DEAL]).plans
    world = World(scenario)
    no_deal = NoDeal(world)
    slow = SlowPlan(world, no_deal, plan, as_written=False)
    node = (slow.begin(0), world.today)
    slow.evaluate(slow.reach([node], breaches=True))
    asked = slow.prescribed(*node)
    for party, each in enumerate(compared.steps[0].parties):
        open_ways = [
            (acts, then)
            for acts, then in slow.deviations(node, 1 - party)
            if world.together(acts) != world.together(asked)
        ]
        best = max(open_ways, key=lambda w: slow.worth(1 - party, node[1], *w))
        assert each.if_broken == pytest.approx(slow.worth(party, node[1], *best), abs=1e-6)
        never = no_deal.values[party][world.today]
        assert each.exposure == pytest.approx(never - each.if_broken, abs=1e-6)


def test_margins_and_worth_are_those_of_check(found):
    for plan in found.plans:
        result = plan.verdict.results[0]
        for step in plan.steps:
            for each in step.parties:
                own = [
                    m.margin
                    for m in result.margins
                    if (m.step, m.party, m.in_response) == (step.step, each.party, "")
                ]
                assert each.margin == min(own)


def test_bounds_on_the_best_outcome_close_in(singapore):
    wide = compare([singapore], ["phased"], [Reading.NO_DEAL]).plans[0].left
    assert all(each.best_low <= each.best_high for each in wide)
    assert not any(each.exact for each in wide)
    assert {each.by for each in wide} == {"punishment floors"}


PRISONERS = """
title: Prisoners
clock: 1 year
parties: {a: {patience: 60% per year}, b: {patience: 60% per year}}
ladders:
  gift_a: {held_by: a, renewed: every period, levels: {none: today, given: }}
  gift_b: {held_by: b, renewed: every period, levels: {none: today, given: }}
payoffs:
  a: {scale: points, gift_a: {none: 0, given: -1}, gift_b: {none: 0, given: 2}}
  b: {scale: points, gift_b: {none: 0, given: -1}, gift_a: {none: 0, given: 2}}
plans:
  exchange: [{a: {gift_a: given}, b: {gift_b: given}}]
  alms: [{a: {gift_a: given}}]
"""


def test_what_is_left_on_the_table_of_prisoners():
    """The best equilibrium for one keeps the other at 0: 2 x - y with 2 y - x = 0 and x = 1."""
    scenario = read_scenario_text(PRISONERS)
    answer = compare([scenario], sets_seconds=20.0)
    exchange, alms = answer.plans
    for each in exchange.left:
        assert each.exact
        assert each.by == "payoff sets"
        assert each.best_high == pytest.approx(1.5, abs=1e-2)
        assert each.plan == pytest.approx(1.0)
    assert exchange.needs is Reading.NO_DEAL
    assert alms.needs is None
    assert alms.verdict.answer is Answer.FAILS
    assert answer.sentences[0].startswith("exchange holds by itself")
    assert answer.sentences[1] == "alms does not hold, whatever follows a breach"
    assert any("it would not sign alms" in each for each in answer.sentences)


def test_files_that_differ(tmp_path, singapore):
    text = singapore.text.replace("catches: 70% (40% to 90%)", "catches: 80% (40% to 90%)")
    text = text.replace(
        "{id: finish,     dprk: {arsenal: none},      us: {sanctions: lifted}}", "", 1
    )
    text = text.replace("      - \n", "", 1)
    path = tmp_path / "other.yaml"
    path.write_text(text, encoding="utf-8")
    answer = compare([singapore, read_scenario(path)], ["phased"], [Reading.NO_DEAL])
    assert [each.name for each in answer.plans] == ["singapore-2018: phased", "other.yaml: phased"]
    paths = {each.path: each.values for each in answer.differences}
    assert paths["inspection.inspectors.catches"] == ("70% (40% to 90%)", "80% (40% to 90%)")
    assert set(paths) == {"inspection.inspectors.catches", "plans.phased"}


def test_the_same_file_twice_does_not_differ(singapore):
    answer = compare([singapore, singapore], ["phased"], [Reading.NO_DEAL])
    assert answer.differences == ()
    first, second = answer.plans
    assert first.steps == second.steps


def test_scenarios_of_other_parties(singapore):
    with pytest.raises(DetenteError, match="E397"):
        compare([singapore, read_scenario_text(PRISONERS)])


def test_a_plan_that_is_nowhere(singapore):
    with pytest.raises(DetenteError, match=r"E390.*'phasd' is not a plan"):
        compare([singapore, singapore], ["phased", "phasd"])


def test_a_plan_without_a_settled_phase(singapore):
    (plan,) = compare([singapore], ["framework"], [Reading.NO_DEAL]).plans
    assert [each.step_id for each in plan.steps] == ["first-cut", "halve"]
    assert plan.times[0].undisturbed == pytest.approx(2.0)
    assert math.isfinite(plan.times[0].expected)
