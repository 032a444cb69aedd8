"""Small scenarios with ranges, whose shares are known by hand."""

from __future__ import annotations

from detente.ask.sweeping.judging import Job
from detente.ask.sweeping.space import find_ranges
from detente.ask.verdict import Reading
from detente.scenario.reading import read_scenario_text
from reference.scenarios import INSPECTED, WAY_BACK


def inspected_text(catches: str = "70% (10% to 90%)") -> str:
    """Give the inspected party whose chance of being caught is not known."""
    return INSPECTED.substitute(delta="80%", catches=catches, false_alarm="3%")


def inspected(catches: str = "70% (10% to 90%)"):
    return read_scenario_text(inspected_text(catches), "inspected.yaml")


def way_back():
    """Give disarmament for relief: b's patience and the cost of relief are not known."""
    text = WAY_BACK.substitute(delta="70%", undo="1 year")
    payer = "b: {name: The paying side, patience: 70% per year"
    assert payer in text
    text = text.replace(payer, f"{payer} (40% to 90%)")
    text = text.replace("paid: -0.5", "paid: -0.5 (-0.8 to -0.3)")
    return read_scenario_text(text, "way-back.yaml")


def job_of(scenario, readings=(Reading.NO_DEAL,)) -> Job:
    paths = tuple(each.path for each in find_ranges(scenario))
    plans = tuple(each.id for each in scenario.plans)
    return Job(scenario.text, scenario.file, (), plans, tuple(readings), paths)
