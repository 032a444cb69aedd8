"""The section `types`: what is read, how its numbers are named, and its shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.errors import DetenteError
from detente.scenario.model import Unit
from detente.scenario.reading import read_scenario
from detente.scenario.settings import apply_settings, resolve_path
from detente.scenario.types import shares_of, values_of

GOOD = Path(__file__).parents[2] / "cases" / "good"


@pytest.fixture(scope="module")
def scenario():
    return read_scenario(GOOD / "everything.yaml")


def test_what_is_read(scenario):
    serious, stalling, other = scenario.types["north"]
    assert [each.id for each in (serious, stalling, other)] == ["serious", "stalling", "other"]
    assert serious.note == "as above"
    assert values_of(scenario, serious) == values_of(scenario, other) == {}
    assert values_of(scenario, stalling) == {
        "parties.north.patience": 0.8,
        "inspection.inspectors.catches": 0.4,
        "ladders.arsenal.levels.full.share": 0.9,
        "parameters.fear": 60.0,
    }


def test_numbers_of_types_have_ranges_units_and_sources(scenario):
    stalling = scenario.types["north"][1]
    catches = stalling.changes["inspection.inspectors.catches"]
    assert (catches.unit, catches.low, catches.high) == (Unit.CHANCE, 0.3, 0.5)
    assert catches.path == "types.north.stalling.inspection.inspectors.catches"
    assert scenario.types["north"][0].share.citations[0].source == "analyst"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("inspectors.catches", "inspection.inspectors.catches"),
        ("fear", "parameters.fear"),
        ("serious.share", "types.north.serious.share"),
        ("stalling.parameters.fear", "types.north.stalling.parameters.fear"),
    ],
)
def test_a_number_of_the_file_comes_before_that_of_a_type(scenario, written, path):
    assert resolve_path(scenario, written) == path


def test_a_misspelt_number_is_compared_with_the_file_s_own(scenario):
    with pytest.raises(DetenteError, match=r"did you mean 'inspection.inspectors.catches'"):
        resolve_path(scenario, "inspector.catches")


def test_types_without_a_share_divide_the_rest(scenario):
    assert shares_of(scenario, scenario.types["north"]) == pytest.approx((0.4, 0.3, 0.3))
    assert shares_of(scenario, scenario.types["south"]) == pytest.approx((0.7, 0.3))


def test_a_type_s_numbers_can_be_set(scenario):
    changed = apply_settings(scenario, ["serious.share=100%", "stalling.parameters.fear=7"])
    assert shares_of(changed, changed.types["north"]) == pytest.approx((1.0, 0.0, 0.0))
    assert values_of(changed, changed.types["north"][1])["parameters.fear"] == 7.0


def test_what_a_setting_changes_a_type_may_change_again(scenario):
    changed = apply_settings(scenario, ["inspectors.catches=90%"])
    assert changed.value(changed.inspections[0].catches) == 0.9
    assert values_of(changed, changed.types["north"][1])["inspection.inspectors.catches"] == 0.4
