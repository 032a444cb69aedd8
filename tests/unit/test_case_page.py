"""The pages of the library say what comes out of the cases today."""

from __future__ import annotations

from pathlib import Path

import pytest

from detente.ask.casebook import study_case, tabulate_cases
from detente.cases import case_names
from detente.show.case_pages import render_index
from detente.show.case_words import CAUTION, SCORE_WORDS, say_history, say_model
from tools.write_case_pages import write_page

FOLDER = Path(__file__).parents[2] / "docs" / "cases"


@pytest.mark.slow
@pytest.mark.parametrize("name", case_names())
def test_a_page_is_up_to_date(name):
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    study = study_case(name, samples=0)
    # whatever a page says but for its shares, block by block; shares take minutes
    blocks = write_page(study, FOLDER).split("\n\n")
    missing = [each for each in blocks if each not in text and "not swept" not in each]
    assert missing == [], "run `make cases`"
    index = (FOLDER / "index.md").read_text(encoding="utf-8")
    (line,) = [each for each in index.splitlines() if each.startswith(f"| [{study.row.title}]")]
    assert f"| {say_model(study.row)} |" in line, "run `make cases`"
    assert f"| {say_history(study.row)} | **{SCORE_WORDS[study.row.score]}** |" in line


@pytest.mark.slow
def test_the_index_is_up_to_date_but_for_its_shares():
    text = (FOLDER / "index.md").read_text(encoding="utf-8")
    blocks = render_index(tabulate_cases(samples=0)).rstrip("\n").split("\n\n")
    missing = [each for each in blocks if each not in text]
    assert [each.partition("\n")[0][:8] for each in missing] == ["| case |", "Nothing "]


def test_every_case_has_its_page_and_every_page_the_caution():
    pages = {path.stem for path in FOLDER.glob("*.md")}
    assert pages == {*case_names(), "index"}
    for path in FOLDER.glob("*.md"):
        assert CAUTION in path.read_text(encoding="utf-8"), path.name
