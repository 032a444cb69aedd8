"""The report's parts beside the verdicts: sliders, what verdicts hang on, all questions."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from dataclasses import replace

import pytest

from detente.ask.check import check
from detente.ask.dossier import CHEAP, Part, find_goal, fitting_parts, gather
from detente.ask.exploring import choose_numbers, explore
from detente.ask.leaning import READINGS, find_leaning
from detente.ask.verdict import Answer
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.show.explore_report import explore_section, read_script
from detente.show.report import render_report
from detente.show.report_plans import LINES_OF_PAGE, _is_long
from unit.ask.sweep_scenarios import way_back
from unit.show.test_report import Page

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

DEPTH = (Part.EXPLORE, Part.COMPARE, Part.MEND, Part.DESIGN)


@pytest.fixture(scope="module")
def scenario():
    return way_back()


@pytest.fixture(scope="module")
def answer(scenario):
    return check(scenario)


@pytest.fixture(scope="module")
def dossier(scenario, answer):
    return gather(scenario, answer, DEPTH)


@pytest.fixture(scope="module")
def page(scenario, answer, dossier):
    return render_report(answer, scenario, dossier)


def data_of(page):
    found = re.search(r'<script type="application/json" id="explore-data">(.*?)</script>', page)
    return json.loads(found[1])


def test_the_grid_is_judged_as_a_check_judges(scenario, dossier):
    """The payer keeps its word where patience squared is no less than the cost."""
    found = dossier.exploring
    assert {found.x.short, found.y.short} == {"b.patience", "b.relief.paid"}
    assert found.x.values[found.x.today] == scenario.values[found.x.path]
    assert found.y.values[found.y.today] == scenario.values[found.y.path]
    (grid,) = found.plans
    answers = set()
    for row, up in zip(grid.spots, found.y.values, strict=True):
        for spot, across in zip(row, found.x.values, strict=True):
            here = {found.x.path: across, found.y.path: up}
            patience, cost = here["parties.b.patience"], -here["payoffs.b.relief.paid"]
            assert (spot.answer is Answer.HOLDS) is (patience**2 - cost >= -1e-12), here
            if patience**2 - cost < 0:
                assert spot.margin == pytest.approx(patience**2 - cost, abs=1e-9)
                assert spot.party == "b"
            answers.add(spot.answer)
    assert answers == {Answer.HOLDS, Answer.FAILS}


def test_the_sliders_have_all_that_they_show(page, dossier):
    found, data = dossier.exploring, data_of(page)
    assert len(data["x"]["texts"]) == len(found.x.values) == 21
    for plan, grid in zip(data["plans"], found.plans, strict=True):
        for answers, margins, spots in zip(
            plan["answers"], plan["margins"], grid.spots, strict=True
        ):
            assert [data["styles"][n] for n in answers] == [str(spot.answer) for spot in spots]
            for text, spot in zip(margins, spots, strict=True):
                assert ("\N{MINUS SIGN}" in text) is (spot.margin < -1e-9)


def test_only_the_report_s_own_script_may_run(page):
    scripts = re.findall(r"<script>(.*?)</script>", page, re.S)
    assert scripts == [read_script()]
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]


def test_hostile_names_cannot_leave_the_data_or_the_maps(scenario, dossier):
    hostile = '</script><script>alert(1)</script><b onclick="x">&'
    found = replace(
        dossier.exploring,
        party_names=(hostile, hostile),
        plans=(replace(dossier.exploring.plans[0], title=hostile),),
    )
    section = explore_section(found, scenario)
    assert "alert(1)</script>" not in section.replace("&lt;/script&gt;", "")
    assert "<b onclick" not in section
    assert any(hostile in words for words in data_of(section)["where"])


def test_without_scripts_maps_and_tables_still_say_it(page, dossier):
    described = re.findall(r'role="img" aria-label="([^"]*)"', page)
    (grid,) = dossier.exploring.plans
    holding = sum(spot.answer is Answer.HOLDS for row in grid.spots for spot in row)
    assert any(f"holds at {holding} of 441 pairs" in words for words in described)
    assert 'id="explore-controls" hidden="hidden"' in page
    table = page.split("smallest margin, points a year of its party")[1].split("</table>")[0]
    # a head, values spread over the range, and today's where it is none of these
    assert table.count("<tr>") == 1 + 5 + (dossier.exploring.y.today % 5 != 0)
    assert "in the file" in table


def test_every_part_is_listed_and_ids_are_unique(page):
    read = Page(re.sub(r"<script.*?</script>", "", page, flags=re.S))
    assert len(read.ids) == len(set(read.ids))
    inside = {link[1:] for link in read.links if link.startswith("#")}
    assert inside <= set(read.ids)
    assert {"answer", "explore", "compare", "mend", "design", "words"} <= inside
    sections = re.findall(r'<section[^>]* id="([^"]+)"', page)
    assert all(each in inside for each in sections if not re.search(r"(mend|screen)-\d", each))


def test_the_numbers_on_which_a_verdict_hangs_are_marked(page, dossier):
    (leaning,) = dossier.leanings
    assert len(leaning.most) == 2
    table = page.split("What the verdict hangs on most")[1].split("</table>")[0]
    assert "b.<wbr>patience" in table
    assert "2 overturn the verdict" in table
    assert "40% per year: " in table
    marked = page.split("<h2>Assumptions</h2>")[1].split("</section>")[0]
    assert marked.count('class="mark"') == 2


def test_a_part_without_anything_to_show_says_why():
    bare = read_scenario_text(way_back().text.replace("(40% to 90%)", ""), "one.yaml")
    answer = check(bare)
    dossier = gather(bare, answer, [Part.EXPLORE])
    assert dossier.exploring is None
    page = render_report(answer, bare, dossier)
    assert "Nothing to explore: fewer than two numbers with a range move a verdict." in page
    assert "<script" not in page


def test_parts_that_do_not_fit_are_left_out_of_all():
    assert fitting_parts(way_back()) == (*DEPTH, Part.SWEEP)
    assert fitting_parts(way_back(), CHEAP) == (Part.COMPARE,)
    assert Part.SCREEN in fitting_parts(read_scenario(find_scenario("singapore-2018")))


def test_goals_are_what_the_plans_aim_at():
    singapore = read_scenario(find_scenario("singapore-2018"))
    assert find_goal(singapore, ["framework"]) == "arsenal: half"
    assert find_goal(singapore, ["framework", "phased"]) == "arsenal: none"
    # nothing is inspected: whatever the first plan ends with
    assert find_goal(way_back(), ["exchange"]) == "arsenal: disarmed, relief: paid"


def test_the_pair_may_be_named_and_must_be_two(scenario):
    found = explore(scenario, ("b.relief.paid", "a.patience"), points=3)
    assert found.x.path == "payoffs.b.relief.paid"
    assert found.y.path == "parties.a.patience"
    assert 0.7 in found.y.values
    with pytest.raises(DetenteError, match="named twice"):
        explore(scenario, ("b.patience", "parties.b.patience"))


def test_the_clock_is_never_chosen(scenario):
    text = scenario.text.replace("clock: 1 year", "clock: 1 year (6 months to 2 years)")
    ranged = read_scenario_text(text, "clock.yaml")
    leanings = [find_leaning(ranged, "exchange")]
    assert ranged.clock.path not in (choose_numbers(ranged, leanings) or ())
    assert leanings[0].readings == READINGS


def test_long_answers_leave_their_reasons_to_the_plans(scenario, answer):
    verdict = answer.verdicts[0]
    many = replace(verdict, reasons=tuple(f"Reason {n}: {'w ' * 60}" for n in range(LINES_OF_PAGE)))
    assert not _is_long(answer)
    long = replace(answer, verdicts=(many,))
    assert _is_long(long)
    page = render_report(long, scenario)
    first, _, rest = page.partition('class="plan"')
    assert "More reasons stand with each plan." in first
    assert rest.count("Reason 5:") + first.count("Reason 5:") == 1
