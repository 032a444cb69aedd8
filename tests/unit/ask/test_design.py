"""Designed plans against closed forms, against `check`, and where there can be none."""

from __future__ import annotations

from string import Template

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.design import design
from detente.ask.designing.candidates import Workshop
from detente.ask.designing.goal import read_goal
from detente.ask.designing.records import Basis
from detente.ask.designing.stepping import make_base, make_strict
from detente.ask.designing.steps import with_periods
from detente.ask.forgiving import find_forgiving, forgiving_graph
from detente.ask.judge import TOL_ZERO, payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.margins import Ends
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Reading
from detente.compile.build import compile_scenario
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from reference.scenarios import INSPECTED, TURNOVER, WAY_BACK

ARMS_RACE = Template("""
title: Arms race of Kranz's RelationalContracts vignette, without transfers
clock: 1 year
parties: {a: {name: A, patience: 99% per year}, b: {name: B, patience: 99% per year}}
ladders:
  weapons_a:
    held_by: a
    levels: {$levels}
  weapons_b:
    held_by: b
    levels: {$levels}
  attack_a: {held_by: a, renewed: every period, levels: {no: today, yes: }}
  attack_b: {held_by: b, renewed: every period, levels: {no: today, yes: }}
payoffs:
  a:
    scale: 1 point
    keeping: -0.3 * weapons_a.n
    attacking: -0.05 * weapons_a.n * (attack_a is yes)
    suffering: -1 * weapons_b.n * (attack_b is yes)
    one_off: {weapons_a: {back: -0.125}}
  b:
    scale: 1 point
    keeping: -0.3 * weapons_b.n
    attacking: -0.05 * weapons_b.n * (attack_b is yes)
    suffering: -1 * weapons_a.n * (attack_a is yes)
    one_off: {weapons_b: {back: -0.125}}
plans:
  first: [{a: {weapons_a: w0}, b: {weapons_b: w0}}]
""")

EFFORT = Template("""
title: Effort that is never lowered
clock: 1 year
parties: {a: {name: A, patience: $patience per year}, b: {name: B, patience: $patience per year}}
ladders:
  effort_a: {held_by: a, levels: {$levels}}
  effort_b: {held_by: b, levels: {$levels}}
payoffs:
  a: {scale: 1 point, flow: 3 * effort_b.c - effort_a.c}
  b: {scale: 1 point, flow: 3 * effort_a.c - effort_b.c}
plans:
  first: [{a: {effort_a: c1}, b: {effort_b: c1}}]
""")


def arms_race(weapons):
    """Success of building is .08 a year (undo 12.5 years), and costs .01: .125 by success.

    Nothing in the plan may name a jump over levels, so its only step is one weapon less.
    """
    levels = [f"w{weapons}: {{today: yes, n: {weapons}}}"]
    levels += [f"w{n}: {{undo: 12.5 years, n: {n}}}" for n in range(weapons - 1, -1, -1)]
    text = ARMS_RACE.substitute(levels=", ".join(levels))
    return read_scenario_text(text.replace(": w0}", f": w{weapons - 1}}}"), "arms.yaml")


def effort(steps, patience):
    levels = ["c0: {today: yes, c: 0%}"]
    levels += [f"c{k}: {{undo: never, c: {k / steps}}}" for k in range(1, steps + 1)]
    return read_scenario_text(
        EFFORT.substitute(levels=", ".join(levels), patience=patience), "effort.yaml"
    )


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


@pytest.fixture(scope="module")
def answer(singapore):
    return design(singapore, "arsenal: none")


@pytest.mark.parametrize("weapons", [1, 3])
def test_arms_race_disarms_step_by_step(weapons):
    """Best payoff of each side: -(1-d) .3 sum_{k<x} d^k (x-k); for x = 3, -.0178803."""
    found = design(arms_race(weapons), "weapons_a: w0, weapons_b: w0", time_limit=0)
    best = -0.01 * 0.3 * sum(0.99**k * (weapons - k) for k in range(weapons))
    if weapons == 3:
        assert best == pytest.approx(-0.0178803, abs=5e-8)
    for plan in found.designs:
        assert plan.values.max() <= best + 1e-12
    for purpose, party in (("for-a", 0), ("for-b", 1)):
        plan = next(each for each in found.designs if purpose in each.purposes)
        assert plan.values[party] == pytest.approx(best, abs=1e-12)
    fastest = next(each for each in found.designs if "fastest" in each.purposes)
    assert fastest.steps == tuple(
        f"{{a: {{weapons_a: w{n}}}, b: {{weapons_b: w{n}}}}}" for n in range(weapons - 1, -1, -1)
    )
    assert fastest.values == pytest.approx([best, best], abs=1e-12)
    assert fastest.verdict.mildest is Reading.NO_DEAL


@pytest.mark.parametrize("patience", ["40%", "90%", "99%"])
@pytest.mark.parametrize("steps", [1, 2, 4, 7])
def test_irreversible_steps_unravel_however_fine(steps, patience):
    """Item 10: only c = 0, for every patience and number of steps; proven, and the reason said."""
    goal = f"effort_a: c{steps}, effort_b: c{steps}"
    found = design(effort(steps, patience), goal)
    assert not found.found
    assert found.proven
    assert found.exit_code == 1
    assert found.unravels
    assert any("this is unravelling" in words for words in found.sentences)
    assert found.furthest is None
    assert found.designs == ()
    verdict = found.check.verdicts[0]
    assert {each.answer for each in verdict.results} == {Answer.FAILS}


@pytest.mark.parametrize(("delta", "holds"), [(0.70, False), (0.715, True)])
def test_way_back_threshold(delta, holds):
    """Item 9: from patience sqrt(1/2) on; below it that nothing holds is proven."""
    scenario = read_scenario_text(WAY_BACK.substitute(delta=f"{delta:.1%}", undo="1 year"), "w")
    ladder = scenario.ladders[0]
    found = design(scenario, f"{ladder.id}: {ladder.levels[-1].id}")
    assert found.found is holds
    assert found.proven


@pytest.mark.parametrize("delta", [0.5, 0.72, 0.95])
def test_no_way_back_is_proven_to_have_no_plan(delta):
    """Item 9 without the way back."""
    scenario = read_scenario_text(WAY_BACK.substitute(delta=f"{delta:.0%}", undo="never"), "w")
    ladder = scenario.ladders[0]
    found = design(scenario, f"{ladder.id}: {ladder.levels[-1].id}")
    assert (found.found, found.proven, found.unravels) == (False, True, True)


@pytest.mark.parametrize(("delta", "holds"), [("41%", False), ("43%", True)])
def test_turnover_threshold(delta, holds):
    """Item 8: aid on both sides for ever is enforceable by reversion from patience 5/12 on."""
    scenario = read_scenario_text(TURNOVER.substitute(delta=delta, turnover="20%"), "t")
    goal = ", ".join(
        f"{ladder.id}: {ladder.levels[-1].id}" for ladder in scenario.ladders if ladder.renewed
    )
    found = design(scenario, goal, "fastest")
    assert (found.basis is Basis.NO_DEAL) is holds


def test_inspection_threshold():
    """Item 7: cheating must cost more than it gains; both sides of the critical detection."""
    # margin = d (D - f)(stay - after) - (1 - d) b, as in test_closed_forms.test_inspected_party
    for catches, holds in (("20%", False), ("70%", True)):
        text = INSPECTED.substitute(delta="80%", catches=catches, false_alarm="3%")
        scenario = read_scenario_text(text, "i")
        expected = check(scenario, readings=[Reading.NO_DEAL]).verdicts[0].answer
        assert (expected is Answer.HOLDS) is holds
        ends = {}
        for step in scenario.plans[0].steps:
            ends.update(step.targets)
        goal = ", ".join(f"{n}: {scenario.ladder(n).levels[k].id}" for n, k in ends.items())
        found = design(scenario, goal, "fastest")
        assert (found.basis is Basis.NO_DEAL) is holds


def test_designs_hold_by_check(answer, singapore, tmp_path):
    """The written file is the old one with plans added, and `check` confirms every one of them."""
    assert answer.found
    assert answer.exit_code == 0
    path = tmp_path / "designed.yaml"
    path.write_text(answer.text, encoding="utf-8")
    names = [each.plan for each in answer.designs]
    again = check(read_scenario(path), names, readings=[Reading.NO_DEAL])
    for design_, verdict in zip(answer.designs, again.verdicts, strict=True):
        assert verdict.answer is Answer.HOLDS
        assert verdict.mildest is Reading.NO_DEAL
        entries = [each.plan for each in verdict.entries if each.step == 1]
        assert entries == pytest.approx(design_.values, abs=1e-9)
    old, new = singapore.text.splitlines(), answer.text.splitlines()
    assert [line for line in new if line in set(old)] != []
    kept = iter(new)
    assert all(line in kept for line in old)  # every old line, remarks too, in order
    assert [plan.id for plan in read_scenario(path).plans] == [
        *(plan.id for plan in singapore.plans), *names,
    ]  # fmt: skip


def test_purposes_are_served(answer):
    """No designed plan beats another at what that one was designed for, beyond what is a tie."""
    by = {purpose: each for each in answer.designs for purpose in each.purposes}
    assert set(by) == {
        "nash", "kalai-smorodinsky", "egalitarian", "for-us", "for-dprk", "fastest",
    }  # fmt: skip
    for each in answer.designs:
        assert by["fastest"].periods <= each.periods
        assert by["for-us"].values[0] >= each.values[0] - 1.0
        assert by["for-dprk"].values[1] >= each.values[1] - 1.0
        assert each.gains.prod() <= by["nash"].gains.prod() * 1.02
        assert each.gains.min() <= by["egalitarian"].gains.min() + 0.5
        assert (each.gains_at_best >= each.gains - 1e-9).all()
    assert by["fastest"].periods == 4  # the arsenal has four levels to go


def test_strict_search_finds_what_enumeration_finds(singapore):
    """All step plans without waits of a small goal, judged one by one by the full check."""
    workshop = _workshop(singapore)
    goal = read_goal(singapore, "arsenal: most")
    moves = workshop.moves(goal)
    is_end = workshop.ends_at(moves, goal)
    found = {round(float(v), 9) for v in _fastest_values(workshop, moves, goal)}
    today = moves.compiled.row_of(moves.compiled.layout.today)
    shown = {}
    for first in moves.at[today].tolist():
        rests = [m for m in moves.at[int(moves.target[first])].tolist()
                 if moves.target[m] == moves.row[m] and is_end(m)]  # fmt: skip
        for rest in rests:
            plan = workshop.plan_of(moves, _path(first, rest))
            judged = workshop.judge_strict(plan)
            if judged.result.answer is Answer.HOLDS:
                shown[(first, rest)] = judged.values[0]
    values = np.array(list(shown.values()))
    undominated = [
        v for v in values if not any((o >= v + 1e-12).any() and (o >= v - 1e-12).all()
                                     for o in values)
    ]  # fmt: skip
    assert len(undominated) >= 1
    assert {round(float(v[0]), 9) for v in undominated} <= found


def test_strict_steps_are_exact(singapore):
    """The search's values are those of the full evaluation, so that all it finds is confirmed."""
    workshop = _workshop(singapore)
    goal = read_goal(singapore, "arsenal: none")
    moves = workshop.moves(goal)
    found = workshop.find(moves, goal)
    assert len(found[Basis.NO_DEAL]) > 10
    for each in found[Basis.NO_DEAL]:
        assert each.path.values == pytest.approx(each.values, abs=1e-9)
    # those of the patient search are near, and nearly all of them are confirmed
    assert len(found[Basis.BEST]) >= 0.75 * (workshop.n_paths - len(found[Basis.NO_DEAL]))


def test_patient_steps_are_exact_without_governments():
    """Alarms end a plan as rarely as deters cheating: the same as the automaton's own search."""
    text = INSPECTED.substitute(delta="80%", catches="70%", false_alarm="3%")
    scenario = read_scenario_text(text, "i")
    workshop = _workshop(scenario)
    goal = read_goal(scenario, "arms: frozen, relief: paid")
    moves = workshop.moves(goal)
    found = workshop.find(moves, goal)[Basis.BEST]
    ends = Ends(workshop.knower.no_deal.values)
    assert len(found) > 3
    for each in found:
        graph = forgiving_graph(moves.compiled, each.plan)
        exact = find_forgiving(graph, ends).values[0]
        assert each.path.values == pytest.approx(exact, abs=1e-5)


def _workshop(scenario):
    compiled = compile_scenario(with_periods(scenario, 12))
    no_deal = find_no_deal(compiled)
    return Workshop(
        Knower(compiled, no_deal, 0.0), payoff_scales(compiled, no_deal),
        scenario.plans[0].responses,
    )  # fmt: skip


def _path(*numbers):
    from detente.ask.designing.search import Path as Way

    return Way(tuple(numbers), np.zeros(2))


def _fastest_values(workshop, moves, goal):
    from detente.ask.designing.search import search_paths

    no_deal = workshop.knower.no_deal.values
    base = make_base(moves, no_deal, no_deal, TOL_ZERO * workshop.scales)
    strict = make_strict(base, no_deal)
    found = search_paths(moves, strict, workshop.ends_at(moves, goal), workshop.scales, 0)
    return [path.values[0] for path in found.paths]


def test_where_no_state_at_the_goal_is_kept_no_number_of_looks_is_told():
    """Blurred inspection: nothing tried deters at the goal, and bounds do not exclude it."""
    text = INSPECTED.substitute(delta="80%", catches="20%", false_alarm="10%")
    found = design(read_scenario_text(text, "inspected.yaml"), "arms: frozen", time_limit=0)
    assert not found.found
    assert not found.proven
    assert found.sentences[0] == (
        "none was found: once 'arms: frozen' is reached, with the other ladders at whatever level,"
        " somebody would not keep to it under any threat that was tried. That is no proof that"
        " there is none"
    )
