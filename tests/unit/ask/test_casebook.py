"""The library of cases: every case reads, checks and names its sources; the rule is the rule."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from detente.ask import casebook
from detente.ask.casebook import Score, Word, score, study_case, tabulate_cases, word_of
from detente.ask.check import check
from detente.ask.sweeping import sweep as sweeping
from detente.ask.verdict import Reading
from detente.cases import case_names
from detente.library import read_case
from detente.scenario.history import GENERAL, Fate
from detente.show.case_answer import table_as_csv, table_as_json
from detente.show.case_pages import WANTS_SOURCE, render_index, render_page
from detente.show.case_words import CAUTION, sum_up

WANTED = {
    "agreed-framework-1994", "ai-limits", "budapest-1994", "inf-1987", "jcpoa-2015",
    "libya-2003", "new-start-2010", "singapore-2018", "six-party-2005",
}  # fmt: skip


@pytest.fixture
def threads(monkeypatch):
    """Let threads do the work of sweeps, which start faster than processes."""

    class Threads(ThreadPoolExecutor):
        count = 1

    monkeypatch.setattr(sweeping, "WorkerProcesses", lambda count: Threads(1))


@pytest.mark.parametrize(
    ("says", "fate", "expected"),
    [
        (Word.HOLDS, Fate.KEPT, Score.HIT),
        (Word.HOLDS, Fate.BROKEN, Score.MISS),
        (Word.BREAKS, Fate.KEPT, Score.MISS),
        (Word.BREAKS, Fate.BROKEN, Score.HIT),
        (Word.OPEN, Fate.KEPT, Score.NEITHER),
        (Word.OPEN, Fate.BROKEN, Score.NEITHER),
        (Word.HOLDS, Fate.UNCLEAR, Score.NEITHER),
        (Word.BREAKS, Fate.UNCLEAR, Score.NEITHER),
        (Word.HOLDS, None, Score.NEITHER),
    ],
)
def test_hits_and_misses_follow_the_rule(says, fate, expected):
    assert score(says, fate) is expected


def test_the_library_has_the_cases_that_were_asked_for():
    assert set(case_names()) >= WANTED
    assert len(case_names()) >= 10


@pytest.mark.parametrize("name", case_names())
def test_a_case_is_whole(name):
    scenario, history = read_case(name)
    assert not scenario.warnings
    assert scenario.question
    assert len(scenario.plans) >= 2
    assert scenario.must_hold
    assert history.story
    assert history.happened
    assert history.leaves_out
    assert history.choices
    told = [*history.story, *history.happened, *(each.what for each in history.dates)]
    assert all(sentence.words and sentence.references for sentence in told)
    assert [each.date for each in history.dates] == sorted(each.date for each in history.dates)


@pytest.mark.parametrize("name", case_names())
def test_a_judged_number_has_a_range_and_every_range_a_source(name):
    scenario, _ = read_case(name)
    judged = {key for key, each in scenario.sources.items() if each.judgement}
    for quantity in scenario.quantities.values():
        cited = {each.source for each in quantity.citations}
        if cited and cited <= judged:
            assert quantity.low is not None, quantity.path
        if quantity.low is not None:
            assert cited, quantity.path


@pytest.mark.slow
@pytest.mark.parametrize("name", case_names())
def test_what_a_case_is_sure_of_comes_out(name):
    scenario, _ = read_case(name)
    answer = check(scenario, time_limit=0)
    assert answer.statements
    assert [each.words for each in answer.statements if not each.kept] == []
    assert answer.no_deal.found


@pytest.mark.slow
def test_the_table_says_what_check_says(threads):
    table = tabulate_cases(samples=4, workers=1)
    assert [row.name for row in table.rows] == list(case_names())
    assert table.hits + table.misses + table.neither == len(table.rows)
    for row in table.rows:
        scenario, history = read_case(row.name)
        answer = check(scenario, (history.plan,), (Reading.NO_DEAL, Reading.WRITTEN), time_limit=0)
        assert row.says is word_of(answer.verdicts[0])
        assert row.holds is not None
        assert row.breaks is not None
        assert row.holds.count + row.breaks.count <= 4
        assert row.score is score(row.says, row.fate)
    page = render_index(table)
    assert page.count(CAUTION) == 1
    assert page.count("**MISS**") == table.misses
    assert page.count("**hit**") == table.hits + 1  # the rule names it too
    assert len(table_as_csv(table).splitlines()) == len(table.rows) + 1
    values = table_as_json(table)
    assert values["caution"] == CAUTION
    assert values["misses"] == table.misses


def test_a_page_tells_all(threads):
    study = study_case("singapore-2018", samples=4, workers=1)
    page = render_page(study)
    history = study.history
    for sentence in (*history.story, *history.happened):
        assert sentence.words in page
    assert all(words in page for words in (*history.choices, *history.leaves_out))
    assert CAUTION in page
    assert page.count(WANTS_SOURCE) == page.count("wants a source") > 0
    assert "of 4 samples" in page
    for verdict in study.check.verdicts:
        assert verdict.sentence.partition(";")[0] in page
    assert "| `inspectors.catches` | 70% (40% to 90%) | judged | declared sites are easy" in page
    marks = {int(n) for found in re.findall(r"\\\[([\d:, p]+)\\\]", page)
             for n in re.findall(r"(?:^|, )(\d+)", found)}  # fmt: skip
    assert marks == set(range(1, len(marks) + 1))
    assert f"\n{len(marks)}. " in page[page.index("## Sources") :]


def test_a_page_of_a_case_without_a_sweep_says_so():
    study = study_case("inf-1987", samples=0)
    assert study.sweep is None
    assert "not swept" in render_page(study)
    assert [each.settings for each in study.tried] == [w.settings for w in study.history.what_if]


def test_sources_are_named_apart_from_general_knowledge():
    for name in case_names():
        _, history = read_case(name)
        assert GENERAL not in history.sources


def test_a_guess_without_a_model_is_told(threads):
    table = tabulate_cases(["singapore-2018", "inf-1987"], samples=0)
    assert any("without any model" in line for line in sum_up(table))
    assert all(row.holds is None and row.agrees is None for row in table.rows)
    assert casebook.DEFAULT_SAMPLES == 128
