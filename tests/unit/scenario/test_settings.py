"""Numbers named by their path, and changed."""

import math
from pathlib import Path

import pytest

from detente.errors import DetenteError
from detente.scenario.model import Scenario
from detente.scenario.reading import read_scenario
from detente.scenario.settings import apply_settings, parse_settings, resolve_path

FILE = Path(__file__).parents[2] / "cases" / "good" / "everything.yaml"


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario(FILE)


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("inspectors.catches", "inspection.inspectors.catches"),
        ("inspection.inspectors.catches", "inspection.inspectors.catches"),
        ("arsenal.half.undo", "ladders.arsenal.levels.half.undo"),
        ("ladders.arsenal.levels.half.undo", "ladders.arsenal.levels.half.undo"),
        ("half.undo", "ladders.arsenal.levels.half.undo"),
        ("south.hostile_successor", "governments.south.hostile_successor"),
        ("north.patience", "parties.north.patience"),
        ("fear", "parameters.fear"),
        ("clock", "clock"),
        ("north.sanctions.eased", "payoffs.north.sanctions.eased"),
        ("exposure", "payoffs.north.exposure"),
        ("worry.1", "payoffs.north.worry.1"),
        ("freeze.lasts", "plans.phased.steps.freeze.lasts"),
        ("if_broken.by_north.for", "if_broken.by_north.for"),
        ("arsenal.half to full", "payoffs.north.one_off.arsenal.half to full"),
    ],
)
def test_path_or_unique_end_of_it(scenario: Scenario, path: str, full: str) -> None:
    assert resolve_path(scenario, path) == full


def test_every_full_path_means_itself(scenario: Scenario) -> None:
    for path in scenario.quantities:
        if not path.startswith("constants."):
            assert resolve_path(scenario, path) == path


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("catches", "E242", "inspection.inspectors.catches, inspection.satellites.catches"),
        ("inspector.catches", "E241", "did you mean 'inspection.inspectors.catches'?"),
        ("half.und", "E241", "did you mean 'ladders.arsenal.levels.half.undo'?"),
        ("constants.1", "E241", ""),
        ("levels", "E241", ""),
        ("", "E241", ""),
        ("x" * 10_000, "E241", ""),
    ],
)
def test_wrong_path(scenario: Scenario, path: str, code: str, words: str) -> None:
    with pytest.raises(DetenteError) as caught:
        resolve_path(scenario, path)
    (problem,) = caught.value.problems
    assert problem.code == code
    assert words in problem.remedy


def test_values_change_in_their_unit_and_ranges_do_not_limit_them(scenario: Scenario) -> None:
    changed = apply_settings(
        scenario,
        [
            "inspectors.catches=99%",
            "clock=1 year",
            "arsenal.half.undo = never",
            "south.turnover=1% per month",
            "exposure=-500",
        ],
    )
    assert changed.value(changed.inspections[0].catches) == 0.99
    assert changed.value(changed.clock) == 1.0
    assert changed.values["ladders.arsenal.levels.half.undo"] == math.inf
    assert changed.values["governments.south.turnover"] == pytest.approx(1 - 0.99**12)
    assert changed.values["payoffs.north.exposure"] == -500.0
    untouched = set(scenario.values) - {
        "inspection.inspectors.catches", "clock", "ladders.arsenal.levels.half.undo",
        "governments.south.turnover", "payoffs.north.exposure",
    }  # fmt: skip
    assert all(changed.values[path] == scenario.values[path] for path in untouched)
    assert scenario.value(scenario.clock) != 1.0


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (["clock"], ["E243"]),
        (["=3"], ["E243"]),
        (["clock="], ["E243"]),
        (["inspectors.catches=120%"], ["E124"]),
        (["north.patience=100% per year"], ["E124"]),
        (["north.patience=90%"], ["E122"]),
        (["fear=lots"], ["E121"]),
        (["fear=nan"], ["E125"]),
        (["clock=0"], ["E124"]),
        (["clock=never"], ["E124"]),
        (["freeze.lasts=never"], ["E304"]),
        (["clock", "inspectors.catches=120%", "nothing=3"], ["E243", "E124", "E241"]),
    ],
)
def test_settings_that_make_no_sense(
    scenario: Scenario, settings: list[str], codes: list[str]
) -> None:
    with pytest.raises(DetenteError) as caught:
        apply_settings(scenario, settings)
    assert [each.code for each in caught.value.problems] == codes


def test_setting_that_makes_a_plan_get_stuck(scenario: Scenario) -> None:
    text = FILE.read_text(encoding="utf-8").replace(
        "- {id: wait, first: together, lasts: 6 months}", "- {id: back, north: {arsenal: full}}"
    )
    from detente.scenario.reading import read_scenario_text

    with pytest.raises(DetenteError, match="E304"):
        apply_settings(read_scenario_text(text), ["arsenal.half.undo=never"])


def test_statement_settings_are_values_by_full_path(scenario: Scenario) -> None:
    assert parse_settings(scenario, scenario.must_hold[0].when) == {
        "inspection.inspectors.catches": 0.0,
        "ladders.arsenal.levels.half.undo": math.inf,
    }
