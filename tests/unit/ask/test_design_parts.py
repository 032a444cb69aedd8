"""What designs are made of: goals, the text that is written, bargaining solutions, bounds."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ask.designing.bargaining import Solution, ideal_gains, score, solve_bargain
from detente.ask.designing.candidates import Workshop
from detente.ask.designing.choosing import list_purposes
from detente.ask.designing.goal import read_goal
from detente.ask.designing.records import Basis
from detente.ask.designing.steps import with_periods, write_time
from detente.ask.designing.text import PlanText, insert_plans
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.nodeal import find_no_deal
from detente.compile.build import compile_scenario
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.quantity import Kind, parse_quantity
from detente.scenario.reading import read_scenario, read_scenario_text

HEAD = """title: A small one
clock: 1 year
parties: {a: {name: A, patience: 90% per year}, b: {name: B, patience: 90% per year}}
ladders:
  arms: {held_by: a, levels: {full: today, half: {undo: 1 year}, gone: {undo: 2 years}}}
  pay: {held_by: b, renewed: every period, levels: {none: today, some: }}
"""
TAIL = """payoffs:
  a: {scale: points, arms: {full: 0, half: -1, gone: -2}, pay: {none: 0, some: 4}}
  b: {scale: points, arms: {full: 0, half: 2, gone: 4}, pay: {none: 0, some: -1}}
"""
ADDED = PlanText("more", 'a "new" one', "found", ("{a: {arms: half}}", "{b: {pay: some}}"))
FORMS = {
    "block": "plans:\n  deal:  # the first\n    - {a: {arms: half}}  # cut\n",
    "deep": "plans:\n    deal:\n      note: |\n        two\n        lines\n      steps:\n"
    "      - a: {arms: half}\n        b: {pay: some}\n",
    "note last": "plans:\n  deal:\n    steps: [{a: {arms: half}}]\n"
    "    note: |\n      two\n      lines\n\n",
    "flow": "plans: {deal: [{a: {arms: half}}]}  # in one line\n",
    "flow over lines": "plans: {\n  deal: [{a: {arms: half}}],\n}\n",
    "short": "steps:\n  - {a: {arms: half}}\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize("form", FORMS)
def test_plans_are_put_into_the_text_whatever_its_form(form, last):
    text = HEAD + (TAIL + FORMS[form] if last else FORMS[form] + TAIL)
    for given in (text, text.rstrip("\n"), text.rstrip("\n") + "\n...\n"):
        before = read_scenario_text(given, "x")
        written = insert_plans(before, (ADDED, PlanText("third", "", "", ("{b: {pay: some}}",))))
        after = read_scenario_text(written, "x")
        assert [p.id for p in after.plans if p.id in ("more", "third")] == ["more", "third"]
        assert len(after.plans) == len(before.plans) + 2
        assert after.plan("deal").steps[0].targets == before.plan("deal").steps[0].targets
        assert after.plan("deal").note == before.plan("deal").note
        more = after.plan("more")
        assert more.title == 'a "new" one'
        assert [dict(step.targets) for step in more.steps] == [{"arms": 1}, {"pay": 1}]
        # nothing that stood there is lost or moved
        rest = iter(written)
        assert all(character in rest for character in given)


@pytest.mark.parametrize(
    ("goal", "code", "offered"),
    [
        ("arsnal: none", "E394", "did you mean 'arsenal'?"),
        ("arsenal: nne", "E394", "did you mean 'none'?"),
        ("arsenal", "E394", "arsenal: none"),
        ("sanctions: beyond", "E394", "partial, lifted"),
        ("arsenal: none, arsenal: half", "E394", "name one"),
        ("arsenal: full", "E395", "further on"),
        ("", "E394", "ladders: arsenal"),
    ],
)
def test_goals_that_name_nothing(singapore, goal, code, offered):
    with pytest.raises(DetenteError) as caught:
        read_goal(singapore, goal)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert offered in problem.remedy


def test_all_problems_of_a_goal_come_at_once(singapore):
    with pytest.raises(DetenteError) as caught:
        read_goal(singapore, "arsnal: none, sanctions: liftd")
    assert [each.code for each in caught.value.problems] == ["E394", "E394"]


def test_several_ladders_make_a_goal(singapore):
    goal = read_goal(singapore, "arsenal = none , sanctions: lifted")
    assert goal.levels == {"arsenal": 4, "sanctions": 3}
    assert goal.words == "arsenal: none, sanctions: lifted"


def test_purposes(singapore):
    assert [each.id for each in list_purposes(singapore, "balanced")] == [*Solution]
    assert [each.id for each in list_purposes(singapore, "North Korea")] == ["for-dprk"]
    with pytest.raises(DetenteError, match="E396"):
        list_purposes(singapore, "dprkk")


@pytest.mark.parametrize("years", [0.5, 1.0, 1.5, 1 / 12, 10 / 365.25, 21 / 365.25, 0.3, 7 / 13])
def test_times_are_read_as_they_are_written(years):
    read = parse_quantity(write_time(years), Kind.TIME)
    assert read.value == pytest.approx(years, rel=1e-12)


def test_bargaining_on_a_triangle():
    """Hull of 0, (4, 0), (0, 2): Nash halves both; KS goes along (4, 2); equal gains 4/3."""
    corners = np.array([[4.0, 0.0], [0.0, 2.0]])
    assert ideal_gains(corners) == pytest.approx([4, 2])
    assert solve_bargain(Solution.NASH, corners) == pytest.approx([2, 1])
    assert solve_bargain(Solution.KALAI_SMORODINSKY, corners) == pytest.approx([2, 1])
    assert solve_bargain(Solution.EGALITARIAN, corners) == pytest.approx([4 / 3, 4 / 3])


def test_bargaining_with_a_kink():
    """Kalai and Smorodinsky's own point: more for one moves its solution, and not Nash's."""
    corners = np.array([[1.0, 0.0], [0.0, 1.0], [0.75, 0.75]])
    wider = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.7], [0.75, 0.75]])
    assert solve_bargain(Solution.NASH, corners) == pytest.approx([0.75, 0.75])
    assert solve_bargain(Solution.NASH, wider) == pytest.approx([1.0, 0.7])
    assert solve_bargain(Solution.KALAI_SMORODINSKY, corners) == pytest.approx([0.75, 0.75])


def test_bargaining_of_three():
    """Over the simplex all give a third of its own ideal to each (equal gains aside)."""
    corners = np.diag([3.0, 6.0, 9.0])
    assert solve_bargain(Solution.NASH, corners) == pytest.approx([1, 2, 3], rel=1e-4)
    assert solve_bargain(Solution.KALAI_SMORODINSKY, corners) == pytest.approx([1, 2, 3])
    even = 1 / (1 / 3 + 1 / 6 + 1 / 9)
    assert solve_bargain(Solution.EGALITARIAN, corners) == pytest.approx([even] * 3)


def test_nobody_bargains_where_somebody_gains_nothing():
    for solution in Solution:
        assert solve_bargain(solution, np.array([[3.0, 0.0], [5.0, -1.0]])) is None
        assert solve_bargain(solution, np.zeros((0, 2))) is None
    assert score(Solution.NASH, np.array([5.0, -1.0]), np.ones(2)) == -np.inf


@pytest.mark.slow
@pytest.mark.parametrize("exposure", [-80, -160, -300])
def test_bounds_never_exclude_what_holds(singapore, exposure):
    """Every goal that a confirmed plan reaches is left by the bounds, and so is its way."""
    scenario = singapore.with_values({"payoffs.dprk.exposure": float(exposure)})
    compiled = compile_scenario(with_periods(scenario, 12))
    no_deal = find_no_deal(compiled)
    workshop = Workshop(
        Knower(compiled, no_deal, 0.0), payoff_scales(compiled, no_deal),
        scenario.plans[0].responses,
    )  # fmt: skip
    for level in ("half", "none"):
        goal = read_goal(scenario, f"arsenal: {level}")
        moves = workshop.moves(goal)
        found = workshop.find(moves, goal)
        assert workshop.exclude(moves, goal).possible or not found
        if exposure == -80:
            assert found  # so that the line above says something


def test_bounds_exclude_what_nothing_can_make_hold(singapore):
    """A concession that costs more than all that could ever come of it."""
    scenario = singapore.with_values({"payoffs.dprk.exposure": -3000.0})
    compiled = compile_scenario(with_periods(scenario, 12))
    no_deal = find_no_deal(compiled)
    workshop = Workshop(
        Knower(compiled, no_deal, 0.0), payoff_scales(compiled, no_deal),
        scenario.plans[0].responses,
    )  # fmt: skip
    goal = read_goal(scenario, "arsenal: none")
    found = workshop.exclude(workshop.moves(goal), goal)
    assert not found.possible
    assert Basis.NO_DEAL not in workshop.find(workshop.moves(goal), goal)
