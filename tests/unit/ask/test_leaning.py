"""What a verdict hangs on most: against margins known by hand, and against `check`."""

from __future__ import annotations

import math

import pytest

from detente.ask.check import check
from detente.ask.leaning import MOST, READINGS, find_leaning
from detente.ask.mending.probe import Prober
from detente.ask.verdict import Answer
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.scenario.settings import apply_settings
from reference.scenarios import WAY_BACK
from unit.ask.sweep_scenarios import way_back


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


def test_ends_of_the_way_back_are_those_known_by_hand():
    """The payer's margin once settled is patience squared less the cost of relief.

    It stops paying, and has the disarmed neighbour for two periods
    still: (1 - c) - (1 - d)(1 + d) = d^2 - c, at d = 70% (40% to 90%) and c = .5 (.3 to .8).
    """
    leaning = find_leaning(way_back(), "exchange")
    assert leaning.answer is Answer.FAILS
    assert leaning.today.margin == pytest.approx(0.7**2 - 0.5, abs=1e-12)
    patience, cost = leaning.numbers
    assert (patience.short, cost.short) == ("b.patience", "b.relief.paid")
    assert patience.low.worst.margin == pytest.approx(0.4**2 - 0.5, abs=1e-12)
    assert cost.low.worst.margin == pytest.approx(0.7**2 - 0.8, abs=1e-12)
    assert (patience.low.worst.party, cost.low.worst.party) == ("b", "b")
    # .9^2 > .5 and .7^2 > .3: the payer keeps its word at the other ends, and the plan holds
    assert (patience.high.answer, cost.high.answer) == (Answer.HOLDS, Answer.HOLDS)
    assert patience.overturns
    assert cost.overturns
    # a point of the payer is worth as much at both, so the furthest move is .33 against .30
    moved = patience.low.worst.units - leaning.today.units
    assert abs(moved) * 0.30 == pytest.approx(
        abs(cost.low.worst.units - leaning.today.units) * 0.33, rel=1e-9
    )
    assert patience.swing >= abs(moved)
    assert (leaning.n_tried, len(leaning.numbers)) == (2, 2)


@pytest.mark.parametrize("plan", ["disarm-first", "phased"])
def test_ends_are_those_of_a_check(singapore, plan):
    for each in find_leaning(singapore, plan).most:
        for end in (each.low, each.high):
            if math.isinf(end.value):
                changed = apply_settings(singapore, [f"{each.path}=never"])
            else:
                changed = apply_settings(singapore, [f"{each.path}={end.value!r}"])
            verdict = check(changed, [plan], READINGS).verdicts[0]
            assert verdict.answer is end.answer
            if end.worst is not None:
                margins = [m.margin for m in verdict.result(end.worst.reading).margins]
                assert min(abs(m - end.worst.margin) for m in margins) < 1e-9


def test_what_overturns_comes_first_then_what_moves_most(singapore):
    numbers = find_leaning(singapore, "phased").numbers
    overturns = [each.overturns for each in numbers]
    assert overturns == sorted(overturns, reverse=True)
    first = [each.swing for each in numbers if each.overturns]
    assert first == sorted(first, reverse=True)
    assert len(first) > 1
    assert len(find_leaning(singapore, "phased").most) == MOST


def test_a_shared_prober_gives_the_same(singapore):
    prober = Prober(singapore, READINGS, 0.0)
    find_leaning(singapore, "disarm-first", prober)
    assert find_leaning(singapore, "phased", prober) == find_leaning(singapore, "phased")


def test_without_ranges_there_is_nothing_to_hang_on():
    text = WAY_BACK.substitute(delta="70%", undo="1 year")
    leaning = find_leaning(read_scenario_text(text, "bare.yaml"), "exchange")
    assert leaning.numbers == ()
    assert leaning.n_tried == 0
    assert leaning.n_bare > 0


def test_a_plan_that_is_not_there_is_refused(singapore):
    with pytest.raises(DetenteError, match="no-such"):
        find_leaning(singapore, "no-such")
