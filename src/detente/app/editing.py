"""Texts of scenarios, in a worker: opened, changed with their comments kept, compared."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from detente.app.outline import outline, write_value
from detente.app.problems import describe
from detente.app.reading import UNNAMED, read, values_of
from detente.app.step_text import edit_steps
from detente.ask.mending.edits import change_numbers
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text

Given = Mapping[str, Any]
AROUND = 3  # lines shown around a change
MOST_WORDS = 300  # characters of a title or a question in a list


def answer_open(given: Given) -> dict[str, Any]:
    """Read a scenario."""
    return outline(read(given), given.get("name") or "", given.get("digest"))


def answer_titles(given: Given) -> dict[str, Any]:
    """Give title and question of several texts, as far as they stand on lines of their own."""
    return {
        name: {"title": _line_of(text, "title") or name, "question": _line_of(text, "question")}
        for name, text in given["texts"].items()
    }


def _line_of(text: str, key: str) -> str:
    """Give the value of an entry on a line of its own, without reading the rest."""
    found = re.search(rf"^{key}:[ \t]+(\S.*)$", text, re.MULTILINE)
    if found is None:
        return ""
    words = re.sub(r"\s+#.*", "", found[1]).strip()
    quoted = len(words) > 1 and words[0] == words[-1] and words[0] in "\"'"
    return (words[1:-1] if quoted else words)[:MOST_WORDS]


def answer_change(given: Given) -> dict[str, Any]:
    """Write settings into the text."""
    scenario = read(given)
    values = values_of(scenario, given["settings"])
    texts = {path: write_value(scenario, path, value) for path, value in values.items()}
    text = change_numbers(scenario, texts) if texts else scenario.text
    return {"text": text, "difference": differ(scenario.text, text)}


def answer_steps(given: Given) -> dict[str, Any]:
    """Change the steps of a plan, and read the text again."""
    scenario = read(given)
    text = edit_steps(scenario, given)
    problems = []
    try:
        read_scenario_text(text, given.get("name") or UNNAMED)
    except DetenteError as error:
        problems = [describe(each) for each in error.problems]
    return {"text": text, "difference": differ(scenario.text, text), "problems": problems}


def answer_difference(given: Given) -> dict[str, Any]:
    """Compare two texts line by line."""
    return {"difference": differ(given["before"], given["after"])}


def differ(before: str, after: str) -> list[dict[str, Any]]:
    """Give the lines that differ, with some around them; nothing where none do.

    Examples
    --------
    >>> [(line["kind"], line["text"]) for line in differ("a: 1", "a: 2")]
    [('remove', 'a: 1'), ('add', 'a: 2')]
    """
    old, new = before.splitlines(), after.splitlines()
    out: list[dict[str, Any]] = []
    end = 0
    for group in difflib.SequenceMatcher(None, old, new).get_grouped_opcodes(AROUND):
        if group[0][1] > end:
            out.append({"kind": "gap", "text": "", "before": None, "after": None})
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                pairs = zip(range(i1, i2), range(j1, j2), strict=True)
                out += [_line("same", old[i], i + 1, j + 1) for i, j in pairs]
                continue
            out += [_line("remove", old[i], i + 1, None) for i in range(i1, i2)]
            out += [_line("add", new[j], None, j + 1) for j in range(j1, j2)]
        end = group[-1][2]
    return out


def _line(kind: str, text: str, before: int | None, after: int | None) -> dict[str, Any]:
    return {"kind": kind, "text": text, "before": before, "after": after}
