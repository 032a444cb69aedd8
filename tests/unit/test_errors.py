"""Diagnostics: their plain form, and the registry against code and documents."""

import ast
import re
from pathlib import Path

import pytest

from detente.errors import (
    CODES,
    MAX_LINE_SHOWN,
    MAX_PROBLEMS_SHOWN,
    DetenteError,
    Place,
    Problem,
    nearest,
)

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"E\d{3}")


def codes_in_source() -> set[str]:
    """Every code that stands as a text of its own in the package, but for the registry."""
    found = set()
    for path in (ROOT / "src" / "detente").rglob("*.py"):
        if path.name == "errors.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and CODE.fullmatch(node.value):
                found.add(node.value)
    return found


def sections() -> dict[str, str]:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    parts = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    return dict(part.split("\n", 1) for part in parts)


def test_registry_is_what_the_code_uses() -> None:
    assert codes_in_source() == set(CODES)


def test_registry_is_what_the_document_explains() -> None:
    assert list(sections()) == [f"{code} {title}" for code, title in CODES.items()]


@pytest.mark.parametrize("heading", sections())
def test_each_section_has_meaning_example_and_remedy(heading: str) -> None:
    meaning, example, remedy = [
        part.strip()
        for part in re.split(r"^- (?:Example|To mend):", sections()[heading], flags=re.M)
    ]
    assert meaning
    assert example
    assert remedy


def test_problem_shows_place_line_caret_and_remedy() -> None:
    problem = Problem(
        "E214",
        "'sanctons' is not a ladder",
        Place("singapore.yaml", 41, 10, 8),
        "did you mean 'sanctions'?",
        "ladders held by us: sanctions, guarantee",
        "    us: {sanctons: partial}",
    )
    assert problem.render() == (
        "error[E214]: 'sanctons' is not a ladder\n"
        "  --> singapore.yaml:41:10\n"
        "   |\n"
        "41 |     us: {sanctons: partial}\n"
        "   |          ^^^^^^^^ did you mean 'sanctions'?\n"
        "   = ladders held by us: sanctions, guarantee"
    )


def test_problem_without_a_place_is_message_and_remedy() -> None:
    assert Problem("E101", "gone", remedy="look").render() == "error[E101]: gone\n   = look"


def test_long_line_is_cut_around_the_caret() -> None:
    line = "x" * 500 + "HERE" + "y" * 500
    shown = Problem("E121", "m", Place("f", 1, 501, 4), line_text=line).render().splitlines()
    text, carets = shown[3].split("| ")[1], shown[4].split("| ")[1]
    assert len(text) == MAX_LINE_SHOWN
    assert text[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_control_characters_of_a_line_are_not_passed_on() -> None:
    shown = Problem("E103", "m", Place("f", 1, 1), line_text="a\x1b[31mb\tc").render()
    assert "\x1b" not in shown
    assert "\t" not in shown


def test_only_the_first_problems_are_shown_and_the_rest_counted() -> None:
    problems = [Problem("E121", f"number {n}") for n in range(MAX_PROBLEMS_SHOWN + 7)]
    error = DetenteError(problems)
    assert len(error.problems) == MAX_PROBLEMS_SHOWN + 7
    assert f"number {MAX_PROBLEMS_SHOWN - 1}\n" in str(error)
    assert f"number {MAX_PROBLEMS_SHOWN}\n" not in str(error)
    assert str(error).endswith("... and 7 more problems")


@pytest.mark.parametrize(
    ("word", "allowed", "expected"),
    [
        ("sanctons", ["sanctions", "guarantee"], "sanctions"),
        ("easd", ["full", "eased", "none"], "eased"),
        ("xyz", ["full", "eased"], None),
        ("south", ["north"], None),
        ("a", [], None),
        ("x" * 100_000, ["x" * 100_001], None),
    ],
)
def test_nearest_word(word: str, allowed: list[str], expected: str | None) -> None:
    assert nearest(word, allowed) == expected
