"""What must not matter in a scenario file: the order of things, and units."""

from __future__ import annotations

import io
from typing import Any

import pytest
from ruamel.yaml import YAML

from detente.ask.check import check
from detente.ask.verdict import Check, Reading
from detente.scenario.reading import read_scenario_text
from reference.scenarios import INSPECTED, TURNOVER, WAY_BACK

TEXTS = {
    "inspected": INSPECTED.substitute(delta="80%", catches="70%", false_alarm="10%"),
    "turnover": TURNOVER.substitute(delta="50%", turnover="20%"),
    "way back": WAY_BACK.substitute(delta="72%", undo="1 year"),
}


def loaded(name: str) -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(TEXTS[name])
    return data


def answer(data: dict[str, Any]) -> Check:
    out = io.StringIO()
    YAML().dump(data, out)
    return check(read_scenario_text(out.getvalue(), "property.yaml"))


def margins(found: Check, scale: float = 1.0) -> dict[tuple[Any, ...], float]:
    return {
        (m.step, m.party, m.in_response, r.reading): m.margin * scale
        for verdict in found.verdicts
        for r in verdict.results
        if r.opening is verdict.result(r.reading).opening
        for m in r.margins
    }


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("section", ["parties", "ladders", "payoffs"])
def test_order_in_the_file_does_not_matter(name: str, section: str) -> None:
    data = loaded(name)
    before = answer(data)
    data[section] = dict(reversed(data[section].items()))
    after = answer(data)
    assert margins(after) == pytest.approx(margins(before), abs=1e-9)
    assert after.exit_code == before.exit_code


@pytest.mark.parametrize("name", TEXTS)
def test_a_partys_unit_changes_only_its_own_numbers(name: str) -> None:
    """Ten times the points for b, and 7 points more in every year: ten times its margins."""
    data = loaded(name)
    before = answer(data)
    payoffs = data["payoffs"]["b"]
    for table in payoffs.values():
        if isinstance(table, dict):
            for level in table:
                table[level] = 10 * table[level]
    payoffs["extra"] = "7"
    after = answer(data)
    scaled = {
        key: value * (10.0 if key[1] == "b" else 1.0) for key, value in margins(before).items()
    }
    assert margins(after) == pytest.approx(scaled, abs=1e-6)


@pytest.mark.parametrize("name", TEXTS)
def test_a_ladder_that_nobody_values_changes_no_verdict(name: str) -> None:
    """A second copy of the world, told apart by an idle ladder, gives the same margins."""
    data = loaded(name)
    before = answer(data)
    data["ladders"]["flag"] = {"held_by": "a", "levels": {"low": "today", "high": {}}}
    after = answer(data)
    for reading in (Reading.NO_DEAL, Reading.WRITTEN):
        one = {k: v for k, v in margins(before).items() if k[3] is reading}
        two = {k: v for k, v in margins(after).items() if k[3] is reading}
        # moving the idle ladder is one more way to break the deal: margins can only shrink
        assert all(two[key] <= value + 1e-9 for key, value in one.items())
    same = [v.result(r.reading).answer for v in before.verdicts for r in v.results]
    assert same == [v.result(r.reading).answer for v in after.verdicts for r in v.results]
