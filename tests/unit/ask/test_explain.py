"""Explanations add up: the terms of a margin are the margin."""

from __future__ import annotations

from importlib.resources import files

import pytest

from detente.ask.check import check
from detente.ask.explain import explain
from detente.ask.verdict import Reading
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import apply_settings
from reference.plan_scenarios import BY_HAND
from reference.scenarios import INSPECTED, WAY_BACK

SMALL = {
    "written": BY_HAND["two years"],
    "breach ignored": BY_HAND["breach ignored"],
    "both cheat": BY_HAND["both cheat, written"],
    "government": BY_HAND["hostile, nothing written"],
    "way back": WAY_BACK.substitute(delta="75%", undo="1 year"),
    "template": files("detente.templates").joinpath("arms-for-relief.yaml").read_text("utf-8"),
    "inspected": INSPECTED.substitute(delta="80%", catches="70%", false_alarm="3%"),
}


def assert_terms_add_up(text: str, readings: tuple[Reading, ...]) -> None:
    """Every row's difference is in the sum, and the sides add up to the values compared."""
    scenario = read_scenario_text(text, "test.yaml")
    answer = check(scenario, readings=readings)
    for verdict in answer.verdicts:
        for reading in readings:
            shown = [m for m in verdict.result(reading).margins if not m.in_response]
            assert shown
            for margin in shown:
                found = explain(scenario, verdict.plan, str(margin.step), margin.party, reading)
                assert found.reading is reading
                scale = max(1.0, abs(margin.staying), abs(margin.leaving))
                close = {"abs": 1e-9 * scale, "rel": 0.0}
                assert found.margin.margin == pytest.approx(margin.margin, **close)
                total = sum(row.difference for row in found.rows)
                assert total == pytest.approx(margin.margin, **close)
                assert sum(row.staying for row in found.rows) == pytest.approx(
                    margin.staying, **close
                )
                assert sum(row.leaving for row in found.rows) == pytest.approx(
                    margin.leaving, **close
                )


@pytest.mark.parametrize("name", SMALL)
def test_terms_add_up(name):
    assert_terms_add_up(SMALL[name], (Reading.NO_DEAL, Reading.WRITTEN))


@pytest.mark.parametrize("name", ["way back", "inspected", "both cheat", "template"])
def test_terms_add_up_under_the_harshest_reading(name):
    assert_terms_add_up(SMALL[name], (Reading.HARSHEST,))


def test_rows_of_the_way_back():
    """Paying for ever: 1 - 1/2. Stopping: (1-d) 1 now, and (1-d) d 1 while the other rearms."""
    scenario = read_scenario_text(SMALL["way back"], "test.yaml")
    found = explain(scenario, "exchange", "settled", "b")
    rows = {row.name: row for row in found.rows}
    d = 0.75
    assert rows["relief"].staying == pytest.approx(-0.5, abs=1e-12)
    assert rows["relief"].leaving == pytest.approx(0.0, abs=1e-12)
    assert rows["arsenal"].staying == pytest.approx(1.0, abs=1e-12)
    assert rows["arsenal"].leaving == pytest.approx((1 - d) * (1 + d), abs=1e-12)
    assert found.margin.margin == pytest.approx(d**2 - 0.5, abs=1e-12)
    assert "arsenal" in rows["arsenal"].line
    assert found.prescribed


def test_settings_change_what_is_explained():
    text = SMALL["way back"]
    changed = apply_settings(read_scenario_text(text, "test.yaml"), ["b.patience=70% per year"])
    found = explain(changed, "exchange", "settled", "b")
    assert found.margin.margin == pytest.approx(0.7**2 - 0.5, abs=1e-12)
