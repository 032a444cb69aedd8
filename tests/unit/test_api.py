"""The Python interface reads like the command line and says the same."""

from __future__ import annotations

import csv
import io

import pytest

import detente
from detente.ask.verdict import Reading
from detente.show.check_answer import CheckAnswer
from unit.show import records

GOOD = "tests/cases/good"


@pytest.fixture(scope="module")
def case(request):
    return detente.load(request.config.rootpath / GOOD / "unravel-k2.yaml")


def test_the_top_level_is_small():
    assert set(dir(detente)) == {"Case", "DetenteError", "__version__", "casebook", "load"}
    with pytest.raises(AttributeError, match="no attribute 'chek'"):
        detente.chek  # noqa: B018


def test_a_case_knows_its_plans(case):
    assert case.plans == ("together",)
    assert case.title == "Effort that is never lowered, in two steps"


def test_one_plan_gives_its_verdict(case):
    verdict = case.check("together", reading="no-deal")
    assert (verdict.name, str(verdict.answer), verdict.mildest) == ("together", "fails", None)
    assert verdict.sentence.startswith("together CARRIES TO step 1")
    assert verdict.result("no-deal").carries_to == 1
    assert "breaks -0.5" in str(verdict)
    assert "breaks -0.5" in verdict._repr_html_()


def test_margins_are_a_table(case):
    margins = case.check("together", reading="no-deal").margins
    frame = margins.to_pandas()
    rows = list(csv.DictReader(io.StringIO(margins.to_csv())))
    assert len(frame) == len(rows) > 0
    assert list(frame["margin"]) == [float(row["margin"]) for row in rows]
    assert (frame["staying"] - frame["leaving"] - frame["margin"]).abs().max() < 1e-9
    assert "2 step2" in str(margins)
    assert "2 step2" in margins._repr_html_()


def test_all_plans_give_a_check(case):
    answer = case.check(reading="no-deal")
    assert [each.name for each in answer.plans] == list(case.plans)
    assert answer.to_dict()["verdicts"][0]["plan"] == "together"
    assert len(answer.to_pandas()) == len(answer.plan("together").margins.to_pandas())
    assert "DOES NOT HOLD" in str(answer)
    assert "DOES NOT HOLD" in answer._repr_html_()


def test_answers_are_short_where_python_shows_them(case):
    assert repr(case).startswith("<Case 'Effort that is never lowered")
    answer = case.check(reading="no-deal")
    assert repr(answer).endswith("together fails>")
    assert repr(answer.plan("together")) == "<PlanAnswer together: fails>"
    assert repr(answer.plan("together").margins).startswith("<Margins together: ")
    assert "step 2 of together: margin -0.45>" in repr(case.explain("together", 2, "b"))
    assert answer.exit_code == answer.record.exit_code == 1


def test_settings_change_the_answer_and_are_told(case):
    path = next(p for p in case.scenario.quantities if p.startswith("parties.a"))
    changed = case.having(f"{path}=50% per year")
    assert changed.check(reading="no-deal").record.settings == (f"{path}=50% per year",)
    direct = case.check("together", "no-deal", settings=[f"{path}=50% per year"])
    assert direct.sentence == changed.check("together", "no-deal").sentence
    assert direct.sentence != case.check("together", "no-deal").sentence


def test_an_explanation_adds_up(case):
    answer = case.explain("together", 2, "b")
    assert sum(row.difference for row in answer.rows) == pytest.approx(answer.margin, abs=1e-9)
    assert answer.to_dict()["plan"] == "together"
    assert "would break the plan here" in str(answer)
    assert "would break the plan here" in answer._repr_html_()
    assert case.explain("together", "step2", "b").margin == answer.margin


def test_what_is_named_wrongly_is_corrected(case):
    with pytest.raises(detente.DetenteError, match="did you mean 'together'"):
        case.check("togehter")
    with pytest.raises(ValueError, match="harsh"):
        case.check("together", reading="harsh")
    with pytest.raises(detente.DetenteError, match="E191"):
        detente.load("no-such-case")


def test_records_are_shown_without_a_solver():
    answer = CheckAnswer(records.make_check())
    with pytest.raises(KeyError):
        answer.plan("none")
    assert answer.plan("phased").result("written").reading is Reading.WRITTEN


def test_a_report_is_written_as_its_name_ends_and_a_wrong_name_costs_nothing(tmp_path, request):
    case = detente.load(request.config.rootpath / GOOD / "unravel-k2.yaml")
    page = tmp_path / "small.html"
    case.report(page, parts=["compare"])
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert case.title in text
    assert 'id="compare"' in text
    with pytest.raises(ValueError, match="should end in"):
        case.report(tmp_path / "small.odt")
    with pytest.raises(ValueError, match="poetry"):
        case.report(page, parts=["poetry"])
