"""What makes a plan hold: against closed forms, and against `check` on both sides."""

from __future__ import annotations

import json
import math

import pytest
from typer.testing import CliRunner

from detente.ask.check import check
from detente.ask.mending.domains import find_domain, list_numbers, shorten_path
from detente.ask.mending.edits import change_numbers
from detente.ask.mending.mend import mend
from detente.ask.mending.probe import Prober
from detente.ask.mending.writing import names_of_mends, write_mend
from detente.ask.verdict import Answer, Reading
from detente.cli.app import app
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.scenario.settings import resolve_path
from detente.show.mend_json import mending_as_json
from detente.show.mend_report import render_mending_report
from detente.show.mend_terminal import render_mending
from detente.show.terminal import print_plain
from reference.scenarios import INSPECTED, TURNOVER, WAY_BACK

TOL = 1e-6


def scenario(template, **numbers):
    return read_scenario_text(template.substitute(numbers), "test.yaml")


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


def only(found):
    (number,) = found.numbers
    return number


def holds(case, plan, settings, readings=(Reading.NO_DEAL, Reading.WRITTEN)):
    """Whether `check` says that a plan holds without threats."""
    return check(case, [plan], readings, settings).verdicts[0].exit_code == 0


def test_way_back_threshold_is_the_root_of_kappa_over_beta():
    """Item 9: the payer keeps its word from patience sqrt(.5 / 1) on."""
    case = scenario(WAY_BACK, delta="60%", undo="1 year")
    found = mend(case, "exchange", settings=["a.patience=80%  per year"], numbers=["b.patience"])
    number = only(found)
    assert number.threshold == pytest.approx(math.sqrt(0.5), abs=TOL)
    assert number.holds_at.text == "71% per year"
    assert number.fails_at.text == "70% per year"
    assert (number.holds_at.answer, number.fails_at.answer) == (Answer.HOLDS, Answer.FAILS)


def test_without_the_way_back_no_patience_is_enough():
    """Item 9: at no patience, and both parties' patience together do not help either."""
    case = scenario(WAY_BACK, delta="60%", undo="never")
    found = mend(case, "exchange", pairs=[("a.patience", "b.patience")], structure=False)
    by_path = {each.path: each for each in found.numbers}
    assert by_path["parties.b.patience"].holds_at is None
    assert by_path["parties.b.patience"].best.margin < 0
    (pair,) = found.pairs
    assert {answer for row in pair.answers for answer in row} == {Answer.FAILS}
    # the way back itself mends it once the payer is patient enough
    patient = scenario(WAY_BACK, delta="80%", undo="never")
    undo = only(mend(patient, "exchange", numbers=["disarmed.undo"]))
    assert undo.holds_at is not None
    assert undo.holds_at.value < math.inf


@pytest.mark.parametrize("catches", ["25%", "30%"])
def test_inspected_party_thresholds(catches):
    """Item 7: self-enforcing iff delta >= b / (b (1 - f) + (d - f) s), solved for d as well.

    Being frozen costs k, and one more period of it is paid after the deal has ended: s - delta k.
    """
    relief, cost, gain, false_alarm, delta = 5.0, 1.0, 4.0, 0.1, 0.8
    case = scenario(INSPECTED, delta="80%", catches=catches, false_alarm="10%")
    found = mend(case, "exchange", Reading.NO_DEAL, numbers=["inspectors.catches"])
    worth = relief - delta * cost
    wanted = false_alarm + gain * (1 - delta * (1 - false_alarm)) / (delta * worth)
    assert found.answer is Answer.FAILS
    assert only(found).threshold == pytest.approx(wanted, abs=TOL)
    more = float(catches.rstrip("%")) / 100 - false_alarm
    patient = only(mend(case, "exchange", Reading.NO_DEAL, numbers=["a.patience"]))
    linear = gain * (1 - false_alarm) + more * relief
    root = (linear - math.sqrt(linear**2 - 4 * more * cost * gain)) / (2 * more * cost)
    assert patient.threshold == pytest.approx(root, abs=TOL)


def test_turnover_threshold():
    """Item 8: with g = l = .5 aid is kept iff patience >= 5/12 at a turnover of 20%."""
    case = scenario(TURNOVER, delta="60%", turnover="20%")
    patience = only(
        mend(case, "exchange", Reading.NO_DEAL, ["b.patience=30% per year"], numbers=["b.patience"])
    )
    assert patience.threshold == pytest.approx(5 / 12, abs=TOL)
    often = scenario(TURNOVER, delta="50%", turnover="40%")
    turnover = only(mend(often, "exchange", Reading.NO_DEAL, numbers=["b.turnover"]))
    assert turnover.threshold == pytest.approx(1 / 3, abs=TOL)
    assert turnover.holds_at.value < 1 / 3 < turnover.fails_at.value


def test_a_plan_that_holds_tells_where_it_would_break():
    case = scenario(WAY_BACK, delta="80%", undo="1 year")
    found = mend(case, "exchange", numbers=["b.patience"])
    number = only(found)
    assert found.answer is Answer.HOLDS
    assert found.sentences[0].startswith("exchange holds as it is")
    assert number.fails_at.value < math.sqrt(0.5) < number.holds_at.value
    assert number.threshold == pytest.approx(math.sqrt(0.5), abs=TOL)
    with pytest.raises(DetenteError, match="E384"):
        write_mend(found, case)


NUMBERS = ("us.secret_harm", "us.patience", "none.undo", "inspectors.catches", "by_dprk.for")


@pytest.fixture(scope="module")
def phased(singapore):
    return mend(singapore, "phased", numbers=NUMBERS)


def test_both_sides_are_what_check_says(singapore, phased):
    seen = 0
    for each in phased.numbers:
        if each.holds_at is not None:
            seen += 1
            assert holds(singapore, "phased", [f"{each.path}={each.holds_at.text}"])
            assert not holds(singapore, "phased", [f"{each.path}={each.fails_at.text}"])
    assert seen == 3


def test_every_interval_is_one(singapore, phased):
    """US patience holds in an interval, the way back in two; inside they hold, outside not."""
    by_path = {each.short: each for each in phased.numbers}
    assert [len(by_path[name].intervals) for name in ("us.patience", "none.undo")] == [1, 2]
    for name in ("us.patience", "none.undo"):
        each = by_path[name]
        prober = Prober(singapore, (Reading.NO_DEAL, Reading.WRITTEN), 0.0)
        plan = singapore.plan("phased")
        for span in each.intervals:
            for value in (span.low, (span.low + span.high) / 2, span.high):
                assert prober.judge(plan, {each.path: value})[0] is Answer.HOLDS
            out = 0.02 * (span.high - span.low) + 1e-3
            for value in (span.low - out, span.high + out):
                if each.searched[0] <= value <= each.searched[1]:
                    assert prober.judge(plan, {each.path: value})[0] is not Answer.HOLDS


def test_what_mends_comes_first_and_small_changes_before_large(phased):
    changes = [each.change for each in phased.numbers if each.in_range]
    assert changes == sorted(changes)
    found = [each.holds_at is not None for each in phased.numbers]
    assert found == sorted(found, reverse=True)


def test_a_number_that_does_nothing(phased):
    by_path = {each.short: each for each in phased.numbers}
    response = by_path["by_dprk.for"]
    assert not response.matters
    assert response.holds_at is None
    assert response.best.margin == pytest.approx(phased.today.margin, abs=1e-12)


def test_probes_agree_with_check(singapore):
    """The quick probe gives the answer of `check` at numbers far apart."""
    plan = singapore.plan("phased")
    prober = Prober(singapore, (Reading.NO_DEAL, Reading.WRITTEN), 0.0)
    for path, value, text in (
        ("payoffs.us.secret_harm", -50.0, "-50"),
        ("governments.us.turnover", 0.0, "0% per year"),
        ("inspection.inspectors.catches", 1.0, "100%"),
        ("parties.us.patience", 0.8, "80% per year"),
        ("clock", 1.0, "1 year"),
    ):
        probe = prober.probe(plan, {path: value})
        result = check(singapore, ["phased"], None, [f"{path}={text}"], time_limit=0).verdicts[0]
        assert probe.holds == (result.exit_code == 0), path
        mild = result.result(Reading.NO_DEAL)
        if probe.worst.reading is Reading.NO_DEAL and mild.breaks_at is not None:
            assert probe.worst.margin == pytest.approx(
                min(each.margin for each in mild.margins if each.party == probe.worst.party)
            )


def test_written_numbers_keep_everything_else(singapore, phased):
    written = write_mend(phased, singapore, "us.patience")
    before, after = singapore.text.splitlines(), written.text.splitlines()
    head = len(after) - len(before)
    assert all(line.startswith("#") for line in after[:head])
    changed = [(a, b) for a, b in zip(before, after[head:], strict=True) if a != b]
    assert len(changed) == 1
    assert "87.3% per year (80% to 95%) @judgement" in changed[0][1]
    assert changed[0][0].partition("#")[2] == changed[0][1].partition("#")[2]
    assert holds(read_scenario_text(written.text), written.plan, [])


def test_a_range_is_widened_where_it_must_be(singapore):
    text = change_numbers(singapore, {"ladders.peace.levels.treaty.undo": "5 years"})
    assert "undo: 5 years (6 months to 5 years) @judgement" in text
    low = change_numbers(singapore, {"ladders.arsenal.levels.half.undo": "0.5 years"})
    assert "undo: 0.5 years (0.5 years to 4 years) @judgement" in low
    high = change_numbers(singapore, {"ladders.guarantee.levels.pledge.undo": "9 months"})
    assert read_scenario_text(high).quantities["ladders.guarantee.levels.pledge.undo"].high == 0.75
    formula = change_numbers(singapore, {"payoffs.dprk.exposure": "-20"})
    assert "exposure: -20 (-120 to -20) @judgement @report_a:p9 * (1 - arsenal" in formula


def test_settings_in_force_are_written_too(singapore):
    found = mend(
        singapore, "phased", settings=["us.patience=0.91"], numbers=["us.secret_harm"]
    )  # fmt: skip
    written = write_mend(found, singapore)
    again = read_scenario_text(written.text)
    assert again.values["parties.us.patience"] == 0.91
    assert holds(again, "phased", [])


def test_a_number_that_stands_for_two_is_not_written():
    text = WAY_BACK.substitute(delta="60%", undo="1 year").replace(
        "a: {name: The armed side, patience: 60% per year}",
        "a: {name: The armed side, patience: &same 60% per year}",
    ).replace("patience: 60% per year}\nladders", "patience: *same}\nladders")  # fmt: skip
    case = read_scenario_text(text, "test.yaml")
    with pytest.raises(DetenteError, match="E381"):
        change_numbers(case, {"parties.a.patience": "80% per year"})


def test_another_order_mends_the_demand_to_disarm_first(singapore, tmp_path):
    """The reward before the last level goes: the written file holds, and keeps all else."""
    found = mend(singapore, "disarm-first", numbers=["inspectors.catches"], structure=True)
    assert names_of_mends(found) == ["swap-finish-reward"]
    written = write_mend(found, singapore, "swap-finish-reward")
    kept = written.text.splitlines()
    assert all(line in kept for line in singapore.text.splitlines())
    again = read_scenario_text(written.text)
    assert [step.id for step in again.plan(written.plan).steps][-2:] == ["reward", "finish"]
    assert holds(again, written.plan, [])
    assert not holds(again, "disarm-first", [])
    with pytest.raises(DetenteError, match="swap-finish-reward"):
        write_mend(found, singapore, "swap-finish-rewrd")


def test_every_other_order_is_judged_as_check_judges_it(singapore):
    found = mend(singapore, "phased-no-guarantee", numbers=["inspectors.catches"], structure=True)
    good = [each for each in found.structures if each.answer is Answer.HOLDS]
    assert len(good) >= 4
    for each in good[:2]:
        written = write_mend(found, singapore, each.name)
        assert holds(read_scenario_text(written.text), written.plan, [])
    assert any(each.name.startswith("add-guarantee-pledge") for each in good)
    assert {each.answer for each in found.structures} == {Answer.HOLDS, Answer.FAILS}


def test_plans_inside_of_brackets_are_left_alone():
    text = WAY_BACK.substitute(delta="60%", undo="1 year")
    start = text.index("plans:")
    flow = text[:start] + "plans: {exchange: [{a: {arsenal: disarmed}, b: {relief: paid}}]}\n"
    found = mend(read_scenario_text(flow), "exchange", numbers=["b.patience"], structure=True)
    assert "inside of" in found.structures_left_out
    assert only(found).holds_at is not None


def test_a_pair_has_a_frontier_judged_on_both_sides(singapore):
    found = mend(
        singapore, "phased", numbers=["us.peace.treaty"],
        pairs=[("us.peace.treaty", "us.sanctions.lifted")], structure=False,
    )  # fmt: skip
    (pair,) = found.pairs
    assert {Answer.HOLDS, Answer.FAILS} <= {a for row in pair.answers for a in row}
    points = [each for each in pair.frontier if each.holds_at is not None]
    assert len(points) >= 5
    for each in points[::4]:
        at = f"{pair.first}={each.first_text}"
        assert holds(singapore, "phased", [at, f"{pair.second}={each.holds_at.text}"])
        assert not holds(singapore, "phased", [at, f"{pair.second}={each.fails_at.text}"])
    page = render_mending_report(found)
    assert page.count("<svg") == 1
    assert page == render_mending_report(found)
    assert "# holds" in print_plain(render_mending(found))


def test_the_same_number_twice_is_no_pair(singapore):
    with pytest.raises(DetenteError, match="E383"):
        mend(singapore, "phased", numbers=["us.patience"], pairs=[("us.patience", "us.patience")])


def test_statements_that_do_not_come_out_are_shown_first(singapore):
    text = singapore.text.replace("verdict: fails", "verdict: holds", 1)
    found = mend(read_scenario_text(text), "phased", numbers=["by_us.for"], structure=False)
    shown = print_plain(render_mending(found))
    assert shown.index("The model is wrong, not the world") < shown.index("DOES NOT HOLD")
    assert mending_as_json(found)["statements"][0]["kept"] is False


def test_paths_domains_and_print(singapore):
    plan = singapore.plan("phased")
    taken, left = list_numbers(singapore, plan)
    assert not set(taken) & set(left)
    assert all(path.startswith("plans.") for path in left)
    for path in taken:
        assert resolve_path(singapore, shorten_path(singapore, path)) == path
        domain = find_domain(singapore, plan, path)
        assert domain.value in domain.grid
        assert list(domain.grid) == sorted(set(domain.grid))
        for value in domain.grid:
            assert domain.printer.read(domain.printer.exact(value)) == pytest.approx(value)
    points = find_domain(singapore, plan, "payoffs.dprk.exposure").printer
    assert points.exact(-20.601132958329828) == "-20.601132958329828"
    assert points.short(-20.601132958329828) == "-20.6"
    months = find_domain(singapore, plan, "ladders.guarantee.levels.pledge.undo").printer
    assert (months.short(1 / 7), months.short(math.inf)) == ("1.714 months", "never")


def test_the_command_and_both_sides_through_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = CliRunner()
    asked = ["--number", "us.patience", "--number", "none.undo", "--number", "dprk.peace.treaty"]
    words = ["mend", "singapore-2018", "--plan", "phased", *asked]
    result = run.invoke(app, [*words, "--json", "--write", "mended.yaml"])
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert answer["format"] == "detente-mend/1"
    sides = 0
    for each in answer["mends"]:
        assert each["path"].split(".")[-1] in each["full_path"]
        if each["holds_at"] is None:
            assert each["best_margin"] < 0
            continue
        for key, code in (("holds_at", 0), ("fails_at", 1)):
            sides += 1
            setting = f"{each['path']}={each[key]}"
            command = [
                "check",
                "singapore-2018",
                "--plan",
                "phased",
                "--set",
                setting,
                "--time-limit",
                "0",
            ]
            assert run.invoke(app, command).exit_code == code, setting
    assert sides == 4
    command = ["check", "mended.yaml", "--plan", "phased"]
    assert run.invoke(app, command).exit_code == 0
    again = run.invoke(app, [*words, "--write", "mended.yaml"])
    assert again.exit_code == 2
    assert "E194" in again.output
    nothing = run.invoke(app, [*words[:4], "--number", "dprk.peace.treaty"])
    assert nothing.exit_code == 1
    assert "alone is not enough" in nothing.output
