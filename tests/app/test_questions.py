"""Every question through the server, as a page asks it; answers fit the description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.conftest import Served, serve
from detente.app import models as m
from detente.app.server import Setup
from detente.ask.check import check
from detente.ask.leaning import find_leaning
from detente.ask.verdict import Reading
from detente.cases import case_path
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.scenario.settings import apply_settings
from detente.show.as_json import check_as_json

SINGAPORE = case_path("singapore-2018").read_text(encoding="utf-8")
CATCHES = "inspection.inspectors.catches"


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    (folder / "mine.yaml").write_text(SINGAPORE, encoding="utf-8")
    with serve(Setup(folder, file="mine.yaml")) as served:
        yield served


def test_about_says_what_was_given(served: Served, folder: Path) -> None:
    found = m.AboutGiven.model_validate(served.client.get("/api/about").json())
    assert (found.folder, found.file, found.case) == (folder.name, "mine.yaml", None)
    assert [each.id for each in found.readings] == ["no-deal", "written", "harshest"]


def test_cases_lists_cases_templates_and_files(served: Served) -> None:
    found = [m.CaseGiven.model_validate(each) for each in served.client.get("/api/cases").json()]
    by_kind = {(each.kind, each.name): each for each in found}
    assert by_kind["case", "singapore-2018"].title == "Singapore, June 2018"
    assert by_kind["file", "mine.yaml"].question.startswith("Would disarming first")
    assert by_kind["template", "ceasefire"].question


@pytest.mark.parametrize(
    "way", [{"case": "singapore-2018"}, {"file": "mine.yaml"}, {"text": SINGAPORE}]
)
def test_open_gives_what_the_file_says(served: Served, way: dict[str, str]) -> None:
    found = m.OpenGiven.model_validate(served.ask("open", **way))
    scenario = read_scenario_text(SINGAPORE)
    assert found.text == SINGAPORE
    assert [each.id for each in found.plans] == [plan.id for plan in scenario.plans]
    steps = {each.id: [step.id for step in each.steps] for each in found.plans}
    assert steps["phased"] == [step.id for step in scenario.plan("phased").steps]
    ranged = [q.path for q in scenario.quantities.values() if q.low is not None]
    assert [each.path for each in found.parameters] == ranged


def test_sliders_say_where_numbers_come_from(served: Served) -> None:
    found = m.OpenGiven.model_validate(served.ask("open", case="singapore-2018"))
    by_path = {each.path: each for each in found.parameters}
    catches = by_path[CATCHES]
    assert (catches.words, catches.low, catches.high, catches.step) == ("70%", 0.4, 0.9, 0.005)
    assert catches.source.kind == "judgement"
    line = SINGAPORE.splitlines()[(catches.line or 0) - 1]
    assert line.strip().startswith("catches: 70% (40% to 90%)")
    exposure = next(each for each in found.parameters if "report_a" in str(each.citations))
    assert (exposure.source.kind, exposure.source.locator) == ("document", "p9")
    undo = by_path["ladders.arsenal.levels.none.undo"]
    assert undo.never
    assert undo.high > 10


@pytest.mark.parametrize("catches", [0.7, 0.9])
def test_verdict_is_that_of_check(served: Served, catches: float) -> None:
    found = m.VerdictsGiven.model_validate(
        served.ask("verdict", text=SINGAPORE, plan="phased", settings={CATCHES: catches})
    )
    scenario = apply_settings(read_scenario_text(SINGAPORE), [f"{CATCHES}={catches}"])
    (wanted,) = check(scenario, ["phased"], time_limit=0).verdicts
    (given,) = found.verdicts
    assert (given.answer, given.sentence) == (str(wanted.answer), wanted.sentence)
    assert given.reasons == list(wanted.reasons)
    answers = {str(each): str(wanted.result(each).answer) for each in Reading}
    assert given.answers == answers
    assert given.carries_to == wanted.results[0].carries_to


def test_undecided_for_want_of_sets_is_said(served: Served) -> None:
    body = {"text": SINGAPORE, "plan": "phased", "settings": {CATCHES: 0.5}}
    (given,) = served.ask("verdict", **body)["verdicts"]
    assert (given["answer"], given["needs_sets"]) == ("undecided", True)
    assert given["first"]["party"] == "us"
    assert given["first"]["margin"] < 0


def test_check_gives_the_record_of_the_command(served: Served) -> None:
    settings = {CATCHES: 0.9}
    found = m.CheckGiven.model_validate(
        served.ask("check", text=SINGAPORE, plans=["phased"], settings=settings,
            name="singapore-2018.yaml")
    )  # fmt: skip
    answer = check(read_scenario_text(SINGAPORE, "singapore-2018.yaml"), ["phased"],
                   settings=[f"{CATCHES}=90%"])  # fmt: skip
    wanted = json.loads(json.dumps(check_as_json(answer)))
    given = dict(found.record)
    for record in (wanted, given):
        record.pop("seconds")
    assert given == wanted
    rows = found.plans[0].margins
    least = min(row.margin or 0.0 for row in rows if row.reading == "no-deal")
    result = answer.verdicts[0].results[0]
    assert least == min(each.margin for each in result.margins)


def test_explain_adds_up(served: Served) -> None:
    found = m.ExplainGiven.model_validate(
        served.ask("explain", text=SINGAPORE, plan="phased", step=2, party="dprk")
    )
    terms = sum(row["difference"] for row in found.record["rows"])
    assert terms == pytest.approx(found.record["margin"]["margin"], abs=1e-9)
    assert found.sentences


def test_compare_and_screen_give_sections(served: Served) -> None:
    both = m.SectionGiven.model_validate(
        served.ask("compare", text=SINGAPORE, plans=["phased", "framework"])
    )
    assert [each["plan"] for each in both.record["plans"]] == ["phased", "framework"]
    assert both.html.startswith("<section")
    one = m.SectionGiven.model_validate(
        served.ask("screen", text=SINGAPORE, plan="phased", party="dprk")
    )
    assert one.record["party"] == "dprk"
    assert one.sentences


def test_change_keeps_comments(served: Served) -> None:
    settings = {CATCHES: 0.55, "ladders.arsenal.levels.none.undo": "never"}
    found = m.ChangeGiven.model_validate(served.ask("change", text=SINGAPORE, settings=settings))
    scenario = read_scenario_text(found.text)
    assert scenario.values[CATCHES] == 0.55
    assert scenario.values["ladders.arsenal.levels.none.undo"] == float("inf")
    changed = [each for each in found.difference if each.kind in ("add", "remove")]
    assert len(changed) == 4
    assert found.text.count("#") == SINGAPORE.count("#")


def test_problems_have_places(served: Served) -> None:
    wrong = SINGAPORE.replace("us: {sanctions: partial}", "us: {sanctons: partial}", 1)
    (problem,) = served.refused("open", 422, text=wrong)
    assert (problem["code"], problem["label"]) == ("E214", "did you mean 'sanctions'?")
    line = problem["source_line"][problem["column"] - 1 : problem["end_column"] - 1]
    assert line == "sanctons"


def test_settings_are_checked(served: Served) -> None:
    for path, value, code in (("no.such", 1, "E241"), (CATCHES, 1.5, "E124")):
        body = {"text": SINGAPORE, "plan": "phased", "settings": {path: value}}
        for question in ("verdict", "check"):
            extra = {"plans": [body["plan"]]} if question == "check" else {"plan": body["plan"]}
            given = {"text": SINGAPORE, "settings": body["settings"], **extra}
            assert [each["code"] for each in served.refused(question, 422, **given)] == [code]


def test_two_texts_do_not_disturb_each_other(served: Served) -> None:
    other = read_scenario(case_path("jcpoa-2015")).text
    first = served.ask("verdict", text=SINGAPORE, plan="phased")["verdicts"][0]
    plan = read_scenario_text(other).plans[0].id
    second = served.ask("verdict", text=other, plan=plan)["verdicts"][0]
    again = served.ask("verdict", text=SINGAPORE, plan="phased")["verdicts"][0]
    assert second["plan"] == plan
    assert first == again


def test_sources_give_every_number_with_its_flags(served: Served) -> None:
    found = m.RecordGiven.model_validate(served.ask("sources", text=SINGAPORE, settings={}))
    scenario = read_scenario_text(SINGAPORE)
    written = {path for path in scenario.quantities if not path.startswith("constants.")}
    assert {each["path"] for each in found.record["numbers"]} == written
    judged = [each for each in found.record["numbers"] if "judged" in each["flags"]]
    assert judged
    assert found.sentences


def test_leaning_names_what_the_report_marks(served: Served) -> None:
    found = m.LeaningGiven.model_validate(
        served.ask("leaning", text=SINGAPORE, settings={CATCHES: 0.6}, plan="phased")
    )
    scenario = apply_settings(read_scenario_text(SINGAPORE), ["inspectors.catches=60%"])
    expected = [each.path for each in find_leaning(scenario, "phased").most]
    assert [each.path for each in found.numbers] == expected
