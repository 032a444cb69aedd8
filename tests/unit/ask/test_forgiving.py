"""R24: an exhibited equilibrium that keeps a plan alive after alarms, against a closed form."""

from __future__ import annotations

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.forgiving import find_forgiving, forgiving_graph
from detente.ask.margins import Ends
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Opening, Reading
from detente.compile.build import compile_scenario
from detente.scenario.reading import read_scenario_text
from reference.scenarios import INSPECTED

RELIEF, GAIN, COST = 5.0, 4.0, 1.0


def inspected(delta, catches, false_alarm):
    text = INSPECTED.substitute(
        delta=f"{delta:.0%}", catches=f"{catches:.0%}", false_alarm=f"{false_alarm:.0%}"
    )
    return read_scenario_text(text, "inspected.yaml")


@pytest.mark.parametrize(
    ("delta", "catches", "false_alarm"), [(0.8, 0.7, 0.1), (0.9, 0.6, 0.2), (0.7, 0.9, 0.05)]
)
def test_best_payoff_of_an_inspected_party(delta, catches, false_alarm):
    """Item 7: the best payoff is s - b f / (d - f), here less the cost of the concession."""
    compiled = compile_scenario(inspected(delta, catches, false_alarm))
    graph = forgiving_graph(compiled, compiled.scenario.plans[0])
    found = find_forgiving(graph, Ends(find_no_deal(compiled).values))
    expected = RELIEF - COST - GAIN * false_alarm / (catches - false_alarm)
    settled = [m for m in found.margins if m.node == graph.n_nodes - 1 and m.party == 0]
    assert settled[0].staying == pytest.approx(expected, abs=1e-4)
    assert 0 <= settled[0].margin < 1e-4


@pytest.mark.parametrize(("delta", "catches", "false_alarm"), [(0.8, 0.7, 0.1), (0.9, 0.6, 0.2)])
def test_the_answer_takes_the_chance_with_the_largest_smallest_margin(delta, catches, false_alarm):
    """R24: no multiple of the least chance, tried one by one, leaves more to spare."""
    scenario = inspected(delta, catches, false_alarm)
    result = (
        check(scenario, readings=[Reading.HARSHEST])
        .verdicts[0]
        .result(Reading.HARSHEST, Opening.BEST)
    )
    assert result.answer is Answer.HOLDS
    compiled = compile_scenario(scenario)
    graph = forgiving_graph(compiled, compiled.scenario.plans[0])
    ends = Ends(find_no_deal(compiled).values)
    scales = np.array([1.0, 1.0])
    least, chosen = find_forgiving(graph, ends), find_forgiving(graph, ends, scales)
    assert min(m.margin for m in least.margins) < 1e-4 < min(m.margin for m in chosen.margins)
    assert (chosen.ending >= least.ending - 1e-9).all()
    assert chosen.ending.max() <= 1.0


@pytest.mark.parametrize(("false_alarm", "holds"), [(0.23, True), (0.25, False)])
def test_too_many_false_alarms_leave_nothing_worth_keeping(false_alarm, holds):
    """An alarm can do no more than end the plan: x <= 1 iff 1 <= 4.2 (.7 - f) - 4 f, f <= .2366.

    (1-d) b <= d (D-f)(v-w) with v = 4 - 4 f / (.7-f), w = -.2, d = .8, D = .7, b = 4.
    """
    compiled = compile_scenario(inspected(0.8, 0.7, false_alarm))
    no_deal = find_no_deal(compiled)
    graph = forgiving_graph(compiled, compiled.scenario.plans[0])
    found = find_forgiving(graph, Ends(no_deal.values))
    assert (min(m.margin for m in found.margins) >= 0) is holds
    assert found.ending.max() <= 1.0


def test_the_least_chance_of_ending_is_what_deters():
    """At the settled node x = (1-d) b / (d (D - f)(v - w)), v after quiet, w in no deal."""
    delta, catches, false_alarm = 0.8, 0.7, 0.1
    compiled = compile_scenario(inspected(delta, catches, false_alarm))
    no_deal = find_no_deal(compiled)
    graph = forgiving_graph(compiled, compiled.scenario.plans[0])
    found = find_forgiving(graph, Ends(no_deal.values))
    node = graph.n_nodes - 1
    stay = RELIEF - COST - GAIN * false_alarm / (catches - false_alarm)
    gone = -(1 - delta) * COST
    chance = (1 - delta) * GAIN / (delta * (catches - false_alarm) * (stay - gone))
    assert found.ending[node, 0] == pytest.approx(chance, rel=1e-4)
