"""Steps of a plan moved in the text of its file: remarks go with them, all else stays."""

from __future__ import annotations

from typing import Any

import pytest

from detente.app.editing import differ
from detente.app.step_text import edit_steps
from detente.cases import case_names, case_path
from detente.errors import DetenteError
from detente.library import read_template
from detente.scenario.reading import read_scenario_text
from detente.templates import template_names

HEAD = """\
title: steps
clock: 1 year
parties:
  a: {name: A, patience: 90% per year}
  b: {name: B, patience: 90% per year}
ladders:
  arms: {held_by: a, levels: {full: today, half: {undo: 1 year}, none: {undo: 1 year}}}
  aid: {held_by: b, levels: {no: today, some: {undo: 1 year}, much: {undo: 1 year}}}
payoffs:
  a: {scale: points, arms: {full: 0, half: -1, none: -2}, aid: {no: 0, some: 2, much: 4}}
  b: {scale: points, arms: {full: 0, half: 2, none: 4}, aid: {no: 0, some: -1, much: -2}}
"""
BLOCK = """\
plans:
  p:
    title: a plan
    steps:  # what follows
      # the first
      - id: one
        a: {arms: half}   # half of it

      # the second
      - {id: two, b: {aid: some}}
      - id: three
        note: |
          In two
          lines.
        a: {arms: none}
  # after the plan
  q: [{a: {arms: half}}, {b: {aid: some}}]
"""
TEXT = HEAD + BLOCK


def edit(text: str, plan: str, **way: Any) -> str:
    return edit_steps(read_scenario_text(text), {"plan": plan, **way})


def ids(text: str, plan: str) -> list[str]:
    return [step.id for step in read_scenario_text(text).plan(plan).steps]


def test_remarks_go_with_their_steps() -> None:
    text = edit(TEXT, "p", order=["two", "one", "three"])
    assert ids(text, "p") == ["two", "one", "three"]
    body = text.removeprefix(HEAD)
    assert body.index("# the second") < body.index("id: two") < body.index("# the first")
    assert "a: {arms: half}   # half of it\n" in body
    assert body.endswith("  # after the plan\n  q: [{a: {arms: half}}, {b: {aid: some}}]\n")
    assert sorted(text.split()) == sorted(TEXT.split())


@pytest.mark.parametrize(
    ("to", "wanted"), [(1, "two one three"), (3, "one three two"), (99, "one three two")]
)
def test_move(to: int, wanted: str) -> None:
    text = edit(TEXT, "p", move={"step": "two", "to": to})
    assert ids(text, "p") == wanted.split()


def test_there_and_back_again_changes_nothing() -> None:
    there = edit(TEXT, "p", order=["two", "three", "one"])
    assert edit(there, "p", order=["one", "two", "three"]) == TEXT


def test_remove_takes_the_remarks_too() -> None:
    text = edit(TEXT, "p", remove="two")
    assert ids(text, "p") == ["one", "three"]
    assert "# the second" not in text
    assert "# the first" in text


def test_duplicate_gets_a_name_of_its_own() -> None:
    text = edit(TEXT, "p", duplicate="three")
    found = read_scenario_text(text.replace("a: {arms: none}\n  #", "b: {aid: much}\n  #"))
    assert [step.id for step in found.plan("p").steps] == ["one", "two", "three", "three-2"]
    assert text.count("In two") == 2


def test_steps_in_brackets() -> None:
    text = edit(TEXT, "q", order=["step-2", "step-1"])
    assert "q: [{b: {aid: some}}, {a: {arms: half}}]" in text
    assert edit(TEXT, "q", remove="1").endswith("q: [{b: {aid: some}}]\n")


def test_steps_at_the_top_of_the_file() -> None:
    text = HEAD + "steps:\n  - a: {arms: half}\n  - b: {aid: some}"  # no newline at the end
    changed = edit(text, "deal", order=["step-2", "step-1"])
    assert changed == HEAD + "steps:\n  - b: {aid: some}\n  - a: {arms: half}\n"


def test_dash_above_its_step_and_carriage_returns() -> None:
    text = HEAD + "plans:\n  p:\n    -\n      a: {arms: half}\n    -\n      b: {aid: some}\n"
    assert ids(edit(text, "p", remove="2"), "p") == ["step-1"]
    dos = TEXT.replace("\n", "\r\n")
    changed = edit(dos, "p", order=["two", "one", "three"])
    assert ids(changed, "p") == ["two", "one", "three"]
    assert changed.count("\r\n") == changed.count("\n")


@pytest.mark.parametrize(
    ("way", "code"),
    [
        ({"order": ["one", "two"]}, "E711"),
        ({"order": ["one", "two", "two"]}, "E711"),
        ({"order": ["one", "two", "four"]}, "E391"),
        ({"remove": "settled"}, "E711"),
        ({"remove": "nowhere"}, "E391"),
        ({}, "E711"),
        ({"remove": "one", "duplicate": "two"}, "E711"),
    ],
)
def test_what_cannot_be_done_is_said(way: dict[str, Any], code: str) -> None:
    with pytest.raises(DetenteError) as found:
        edit(TEXT, "p", **way)
    assert [each.code for each in found.value.problems] == [code]


def test_the_last_step_stays() -> None:
    with pytest.raises(DetenteError, match="E711"):
        edit(edit(TEXT, "q", remove="1"), "q", remove="1")


def shipped() -> list[str]:
    texts = [case_path(name).read_text(encoding="utf-8") for name in case_names()]
    return [*texts, *(read_template(name) for name in template_names())]


def test_all_shipped_plans_can_be_turned_round_and_back() -> None:
    seen = 0
    for text in shipped():
        for plan in read_scenario_text(text).plans:
            if len(plan.steps) < 2:
                continue
            names = [step.id for step in plan.steps]
            turned = edit_steps(
                read_scenario_text(text), {"plan": plan.id, "move": {"step": names[0], "to": 2}}
            )
            assert turned != text
            assert sorted(turned.split()) == sorted(text.split())
            changes = [line for line in differ(text, turned) if line["kind"] in ("add", "remove")]
            assert changes
            seen += 1
    assert seen > 20


def test_a_difference_has_line_numbers() -> None:
    before = "\n".join(f"line {n}" for n in range(1, 31))
    after = before.replace("line 15\n", "").replace("line 28", "line twenty-eight")
    found = differ(before, after)
    assert [each["kind"] for each in found].count("gap") == 2
    gone = next(each for each in found if each["kind"] == "remove")
    assert (gone["text"], gone["before"], gone["after"]) == ("line 15", 15, None)
    new = next(each for each in found if each["kind"] == "add")
    assert (new["text"], new["before"], new["after"]) == ("line twenty-eight", None, 27)
    assert differ(before, before) == []
