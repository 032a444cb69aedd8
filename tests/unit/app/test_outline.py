"""What sliders need: names, units, steps, and values written back as the file would."""

from __future__ import annotations

import math

import pytest

from detente.app.models import OpenGiven
from detente.app.outline import name_parameter, outline, write_value
from detente.cases import case_names, case_path
from detente.library import read_template
from detente.scenario.quantity import KIND_OF_UNIT, parse_quantity
from detente.scenario.reading import read_scenario_text
from detente.templates import template_names

TEXTS = {name: case_path(name).read_text(encoding="utf-8") for name in case_names()}
TEXTS |= {name: read_template(name) for name in template_names()}
SINGAPORE = read_scenario_text(TEXTS["singapore-2018"])


@pytest.mark.parametrize("name", TEXTS)
def test_every_position_of_every_slider_is_written_as_it_is_read(name: str) -> None:
    scenario = read_scenario_text(TEXTS[name])
    found = OpenGiven.model_validate(outline(scenario, name, None))
    assert found.parameters
    for each in found.parameters:
        assert each.group
        assert each.label
        assert each.low < each.high
        positions = math.floor((each.high - each.low) / each.step + 1e-9)
        assert 2 <= positions <= 400
        for position in {0, 1, positions // 2, positions}:
            value = each.low + position * each.step
            text = write_value(scenario, each.path, value)
            unit = scenario.quantities[each.path].unit
            assert parse_quantity(text, KIND_OF_UNIT[unit]).value == pytest.approx(value, rel=1e-8)
            assert len(text) < 24


@pytest.mark.parametrize(
    ("path", "group", "label"),
    [
        ("parties.us.patience", "United States", "patience"),
        ("ladders.arsenal.levels.none.undo", "North Korea's arsenal", "none undo time"),
        ("inspection.inspectors.false_alarm", "Inspection", "inspectors: false alarm"),
        ("payoffs.dprk.secret_gain", "What North Korea values", "secret gain"),
        ("if_broken.by_us.for", "If broken", "by United States: for how long"),
        ("types.dprk.stalling.payoffs.dprk.exposure", "Types of North Korea", "stalling exposure"),
        ("clock", "Clock", "clock"),
    ],
)
def test_names_of_numbers(path: str, group: str, label: str) -> None:
    assert path in SINGAPORE.quantities
    assert name_parameter(SINGAPORE, path) == (group, label)


def test_values_without_the_noise_of_arithmetic() -> None:
    assert write_value(SINGAPORE, "ladders.sanctions.levels.partial.undo", 1 / 12 + 4 / 24) == (
        "3 months"
    )
    assert write_value(SINGAPORE, "inspection.inspectors.catches", 0.1 + 0.2) == "30%"
    assert write_value(SINGAPORE, "ladders.arsenal.levels.none.undo", math.inf) == "never"
