"""Scenario files become the records that they describe."""

import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detente.errors import DetenteError, Place
from detente.scenario.model import Citation, Scenario, Trigger, Unit
from detente.scenario.reading import read_scenario, read_scenario_text

ROOT = Path(__file__).parents[3]
GOOD = ROOT / "tests" / "cases" / "good"
SHIPPED = sorted(
    path
    for path in (ROOT / "src" / "detente").glob("*/*.yaml")
    if not path.name.endswith(".history.yaml")  # what stands beside a case is no scenario
)
ALL = [*sorted(GOOD.glob("*.yaml")), *SHIPPED]


@pytest.fixture(scope="module")
def everything() -> Scenario:
    return read_scenario(GOOD / "everything.yaml")


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_good_file_is_read_without_warnings(path: Path) -> None:
    scenario = read_scenario(path)
    assert scenario.warnings == ()
    assert scenario.plans
    assert set(scenario.payoffs) == {party.id for party in scenario.parties}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_every_number_has_its_place_in_the_file(path: Path) -> None:
    scenario = read_scenario(path)
    lines = scenario.text.splitlines()
    for name, quantity in scenario.quantities.items():
        assert name == quantity.path
        assert scenario.values[name] == quantity.value
        if name.startswith("constants."):
            continue
        assert quantity.place is not None
        start = quantity.place.column - 1
        written = lines[quantity.place.line - 1][start : start + quantity.place.length]
        assert written == quantity.text


def test_smallest_scenario() -> None:
    scenario = read_scenario(GOOD / "minimal.yaml")
    (plan,) = scenario.plans
    assert (plan.id, plan.title, plan.later_steps_open) == ("deal", "deal", False)
    (step,) = plan.steps
    assert (step.id, dict(step.targets), step.first) == ("step-1", {"arms": 1, "aid": 1}, None)
    assert [ladder.today for ladder in scenario.ladders] == [0, 0]
    assert scenario.inspections == scenario.governments == scenario.must_hold == ()
    assert scenario.party("a").name == "a"


def test_parties(everything: Scenario) -> None:
    north, south = everything.parties
    assert (north.name, north.patience.value) == ("Northland", 0.85)
    assert (north.patience.low, north.patience.high) == (0.75, 0.95)
    assert north.patience.citations == (Citation("analyst"),)
    assert north.patience.unit is Unit.PATIENCE
    assert north.note == "the north: a party"
    assert south.patience.value == pytest.approx(0.99**12)
    assert everything.clock.value == pytest.approx(26 * 7 / 365.25)


def test_ladders(everything: Scenario) -> None:
    arsenal = everything.ladder("arsenal")
    assert [level.id for level in arsenal.levels] == ["more", "full", "half", "none"]
    assert arsenal.today == 1
    assert arsenal.holders == ("north",)
    assert arsenal.citations == (Citation("report_a", "p2"),)
    half = arsenal.levels[2]
    assert half.undo is not None
    assert (half.undo.value, half.undo.low, half.undo.high) == (2.0, 1.0, 4.0)
    assert half.attributes["share"].value == 0.5
    assert half.note == "half is left"
    assert half.citations == (Citation("report_b", "4"),)
    assert half.place == Place(everything.file, 25, 7, 4)
    assert everything.ladder("peace").holders == ("north", "south")
    assert everything.ladder("aid").renewed
    assert not arsenal.renewed
    assert everything.ladder("sanctions").levels[0].undo is None
    assert everything.ladder("old-pact").levels[1].id == "50"


def test_inspection_and_governments(everything: Scenario) -> None:
    inspectors, satellites = everything.inspections
    assert inspectors.watches == satellites.watches == ("arsenal",)
    assert inspectors.every is not None
    assert inspectors.every.value == 0.25
    assert inspectors.contested is not None
    assert inspectors.contested.value == 0.1
    assert satellites.every is satellites.false_alarm is satellites.contested is None
    south, north = everything.governments
    assert south.turnover.value == pytest.approx(1 - 0.99**12)
    assert south.turnover.low == pytest.approx(1 - 0.995**12)
    assert dict(south.would) == {"sanctions": 1, "shield": 0}
    assert south.returns is not None
    assert north.returns is None


def test_payoffs(everything: Scenario) -> None:
    north, south = everything.payoffs["north"], everything.payoffs["south"]
    assert [term.name for term in north.terms] == [
        "sanctions", "aid", "shield", "peace", "exposure", "worry", "pride",
    ]  # fmt: skip
    assert north.secret_gain is not None
    assert north.secret_gain.formula.ladders == ("shield",)
    assert [(o.ladder, o.direction, o.between) for o in north.one_offs] == [
        ("arsenal", "pair", (2, 1)),
        ("arsenal", "on", None),
        ("arsenal", "back", None),
    ]
    assert south.secret_gain is None
    assert south.secret_harm is not None
    assert south.one_offs[0].points.low == -80.0


def test_plans_and_responses(everything: Scenario) -> None:
    phased, framework = everything.plans
    freeze, wait, end = phased.steps
    assert dict(freeze.targets) == {"arsenal": 2, "sanctions": 2, "aid": 1}
    assert (freeze.first, wait.first) == ("north", None)
    assert freeze.lasts is not None
    assert freeze.lasts.path == "plans.phased.steps.freeze.lasts"
    assert dict(wait.targets) == {}
    assert end.targets["peace"] == 1
    assert framework.later_steps_open
    assert framework.steps[0].id == "step-1"
    alarm = phased.responses[Trigger.ALARM, "north"]
    assert (alarm.ignored, dict(alarm.targets)) == (False, {"sanctions": 1})
    assert framework.responses[Trigger.ALARM, "north"].ignored
    threat = framework.responses[Trigger.BROKEN, "south"]
    assert (threat.resume, dict(threat.targets)) == (False, {"arsenal": 0})
    assert threat.duration is not None
    assert threat.duration.path == "plans.framework.if_broken.by_south.for"
    common = phased.responses[Trigger.BROKEN, "south"]
    assert (common.duration, common.resume) == (None, True)
    assert framework.responses[Trigger.BROKEN, "north"].targets["sanctions"] == 0
    assert phased.responses[Trigger.HOSTILE, "south"].targets == {}


def test_statements_sources_and_no_deal(everything: Scenario) -> None:
    first, second = everything.must_hold
    assert dict(first.when) == {"inspectors.catches": "0%", "arsenal.half.undo": "never"}
    assert (second.plan, second.verdict) == ("framework", "holds")
    assert everything.sources["analyst"].judgement
    assert everything.sources["report_a"].date == "2024-06"
    assert dict(everything.no_deal) == {"sanctions": 1, "arsenal": 1}
    statement = read_scenario(GOOD / "northland.yaml").must_hold[0]
    assert (statement.plan, statement.verdict) == ("deal", "fails")


def test_examples_of_the_language_page_are_read() -> None:
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    examples = [
        found for found in re.findall(r"```yaml\n(.*?)```", page, re.S) if "parties:" in found
    ]
    assert len(examples) == 2
    for example in examples:
        assert read_scenario_text(example).warnings == ()


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_and_byte_order_mark_do_not_matter(ending: str, tmp_path: Path) -> None:
    plain = read_scenario(GOOD / "minimal.yaml")
    path = tmp_path / "copy.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + plain.text.replace("\n", ending).encode())
    other = read_scenario(path)
    assert replace(other, text="", file="").values == replace(plain, text="", file="").values
    assert [
        step.place and (step.place.line, step.place.column) for step in other.plans[0].steps
    ] == [step.place and (step.place.line, step.place.column) for step in plain.plans[0].steps]


def test_places_count_characters_not_bytes() -> None:
    text = (GOOD / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace("{arms: half}", "{αρμς: half}")
    with pytest.raises(DetenteError) as caught:
        read_scenario_text(text)
    (problem,) = caught.value.problems
    assert problem.place is not None
    assert problem.line_text is not None
    start = problem.place.column - 1
    assert problem.line_text[start : start + problem.place.length] == "αρμς"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("ladders:", "parameters: {fear: 3}\nladders:", "the parameter 'fear' is never used"),
        ("ladders:", "sources: {x: {judgement: yes}}\nladders:", "the source 'x' is never cited"),
        ("full: ,", "full: {share: 3},", "the attribute 'arms.share' is used in no formula"),
        ("full: ,", "full: {undo: 1 year},", "'undo' of arms.full has no effect"),
        (
            "payoffs:\n  a: {",
            "inspection: {i: {watches: aid, catches: 1}}\npayoffs:\n  a: {secret_gain: 3, ",
            "no inspection watches a ladder of a",
        ),
        ("payoffs:", "inspection: {i: {watches: arms, catches: 1}}\npayoffs:", "no 'secret_gain'"),
        ("held_by: b,", "held_by: a,", "'b' holds no ladder"),
        (
            "{held_by: b, levels: {none: , paid: }}",
            "{held_by: b, renewed: every period, levels: {none: , paid: }}",
            "one_off points of aid have no effect",
        ),
    ],
)
def test_what_may_not_be_meant_is_warned_of(old: str, new: str, words: str) -> None:
    text = (GOOD / "minimal.yaml").read_text(encoding="utf-8")
    text = text.replace(old, new, 1)
    text = text.replace("aid: {none: 0, paid: 100}}", "aid: {none: 0, paid: 100}, ONE_OFF}")
    text = text.replace("ONE_OFF", "one_off: {aid: {on: 1}}")
    if "held_by: a," in new:
        text = text.replace("b: {aid: paid}", "a: {aid: paid}").replace("a: {arms: half}, ", "")
    scenario = read_scenario_text(text, "f.yaml")
    assert [each for each in scenario.warnings if words in each]
    assert all(re.match(r"f\.yaml:\d+:\d+: ", each) for each in scenario.warnings)


def test_reading_imports_neither_solver_nor_command_line() -> None:
    code = (
        "import sys; from detente.scenario.reading import read_scenario; "
        f"read_scenario({os.fspath(GOOD / 'northland.yaml')!r}); "
        "print([m for m in ('numba', 'numpy', 'rich', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
