"""What stands beside a case is read with care: every word is looked up."""

from __future__ import annotations

import shutil

import pytest

from detente.cases import case_names, case_path, history_path
from detente.errors import DetenteError
from detente.library import read_case
from detente.scenario.history import Fate
from detente.scenario.history_reading import read_history
from detente.scenario.reading import read_scenario

CASE = "singapore-2018"


@pytest.fixture
def damaged(tmp_path):
    """Give a function that reads the history of Singapore with some words changed."""

    def read(old, new):
        text = history_path(CASE).read_text(encoding="utf-8")
        assert text.count(old) >= 1
        scenario = tmp_path / f"{CASE}.yaml"
        shutil.copy(case_path(CASE), scenario)
        path = tmp_path / f"{CASE}.history.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return read_history(path, read_scenario(scenario))

    return read


def test_histories_are_no_cases():
    assert not any(name.endswith(".history") for name in case_names())


def test_what_happened_is_read():
    _, history = read_case(CASE)
    assert history.outcome is not None
    assert (history.outcome.was, history.outcome.year) == (Fate.BROKEN, 2019)
    assert history.plan == "framework"
    assert not history.invented
    assert history.sources["report_a"].title.startswith("US to offer")


@pytest.mark.parametrize(
    ("old", "new", "code", "words"),
    [
        ("case: singapore-2018", "case: hanoi", "E114", "the case is called 'singapore-2018'"),
        ("years: 2018 to 2019\n", "", "E113", "'years' is missing"),
        ("about:", "abaut:", "E112", "did you mean 'about'"),
        ("plan: framework", "plan: framwork", "E217", "did you mean 'framework'"),
        ("step: first-cut", "step: first-cat", "E391", "did you mean 'first-cut'"),
        ("left_by: []", "left_by: [usa]", "E211", "parties: us, dprk"),
        ("left_by: []", "left_by: us", "E114", "is a list of parties"),
        ("was: broken", "was: gone", "E114", "kept, broken or unclear"),
        ("  year: 2019\n", "", "E113", "'year' is missing: it was broken"),
        ("year: 2019", "year: later", "E114", "a year such as 2019"),
        ("date: 2018-06-12", "date: 2018-02-30", "E114", "a date is written"),
        ("source: full_text four_points", "source: fulltext", "E215", "did you mean 'full_text'"),
        ("story:\n", "story: none\nx:\n", "E114", "'story' is a list"),
        ("  nzherald: {", "  unused: {title: A page}\n  nzherald: {", "E215", "nothing cites"),
        ("  nzherald: {", "  report_a: {title: A page}\n  nzherald: {", "E114", "already"),
        ("outcome:\n", "invented: yes\noutcome:\n", "E114", "unless it is 'invented: yes'"),
        ("sources:\n", "what_if:\n  - {words: A, settings: [us.patienc=50%]}\nsources:\n",
         "E114", "us.patienc"),
        ("sources:\n", "what_if:\n  - {words: A, settings: [us.patience]}\nsources:\n",
         "E114", "PATH=VALUE"),
    ],
)  # fmt: skip
def test_mistakes_are_told_with_their_place(damaged, old, new, code, words):
    with pytest.raises(DetenteError) as caught:
        damaged(old, new)
    found = [each for each in caught.value.problems if each.code == code]
    assert found, caught.value.render()
    assert all(each.place is not None for each in found)
    assert words in "\n".join(each.render() for each in found)


def test_a_word_that_is_no_case_is_refused():
    with pytest.raises(DetenteError, match="did you mean 'singapore-2018'"):
        read_case("singapore-2008")
