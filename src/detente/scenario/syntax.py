"""What a YAML syntax error means, in words for somebody who does not program."""

from __future__ import annotations

import re
from typing import Any

from detente.errors import Place
from detente.scenario.problems import Problems

_NO_COLON = re.compile(r"[\s-]*([\w-]+)\s+[{\[]")
_MISFITS = ("<block end>", "not allowed here", "<document start>")
_STARTS = re.compile(r"found character '(.)' that cannot start any token")


def explain_syntax_error(error: Any, text: str, problems: Problems) -> None:
    """Note what is wrong where the YAML parser stopped.

    Parameters
    ----------
    error : ruamel.yaml.error.MarkedYAMLError
        The parser's error.
    text : str
        The whole file.
    problems : Problems
        Where to note it.
    """
    problem = str(error.problem or "")
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark is not None else 0
    column = mark.column if mark is not None else 0
    if _explain_tab(text, line, problems):
        return
    if _explain_colon(problem, error, line, column, problems):
        return
    place = Place(problems.file, line + 1, column + 1)
    start = _STARTS.search(problem)
    if start:
        _explain_start(start.group(1), place, problems)
    elif problem.startswith(("expected ',' or", "found unexpected end of stream")):
        opened = error.context_mark
        what = "bracket" if problem.startswith("expected") else "quote"
        where = Place(problems.file, opened.line + 1, opened.column + 1) if opened else place
        problems.add(
            "E105",
            f"this {what} is not closed, or something is wrong before its end at {place}",
            where,
            remedy="close it, or put a comma between two entries",
        )
    elif any(each in problem for each in _MISFITS):
        problems.add(
            "E105",
            "this line does not fit what stands above it",
            place,
            remedy="entries of one block begin in the same column; use spaces",
        )
    else:
        problems.add(
            "E105",
            f"this is not valid YAML: {problem or error.context}",
            place,
            remedy="compare with the examples in docs/language.md",
        )


def _explain_tab(text: str, line: int, problems: Problems) -> bool:
    """Note a tab in the indentation at or before the line where the parser stopped."""
    for number, content in enumerate(text.splitlines()[: line + 1]):
        blank = content[: len(content) - len(content.lstrip(" \t"))]
        if "\t" in blank and number >= line - 1:
            problems.add(
                "E106",
                "this line is indented with a tab",
                Place(problems.file, number + 1, blank.index("\t") + 1),
                remedy="YAML allows spaces only; replace the tab by two spaces",
            )
            return True
    return False


def _explain_colon(problem: str, error: Any, line: int, column: int, problems: Problems) -> bool:
    if problem == "could not find expected ':'" and error.context_mark is not None:
        at = error.context_mark
        _add_missing_colon(at.line, at.column, problems)
        return True
    if problem != "mapping values are not allowed here":
        return False
    before = line - 1
    while before >= 0 and not _content(problems.lines[before]):
        before -= 1
    if before >= 0 and ":" not in _content(problems.lines[before]):
        above = problems.lines[before]
        _add_missing_colon(before, len(above) - len(above.lstrip(" -")), problems)
        return True
    if found := _NO_COLON.match(problems.lines[line][: column + 1]):
        _add_missing_colon(line, found.start(1), problems, found.group(1))
        return True
    if ":" in problems.lines[line][:column]:
        problems.add(
            "E105",
            "a second ':' in one entry",
            Place(problems.file, line + 1, column + 1),
            remedy="put text that has ': ' in it in quotes, or begin a new line",
        )
        return True
    return False


def _add_missing_colon(line: int, column: int, problems: Problems, key: str = "") -> None:
    word = key or _content(problems.lines[line])[column:].split(":")[0].strip() or "this word"
    problems.add(
        "E107",
        f"there is no ':' after '{word[:40]}'",
        Place(problems.file, line + 1, column + 1, max(1, len(word))),
        remedy=f"write '{word[:40]}:'",
    )


def _content(line: str) -> str:
    return re.sub(r"(^|\s)#.*", "", line).rstrip()


def _explain_start(character: str, place: Place, problems: Problems) -> None:
    if character == "\t":
        problems.add(
            "E106",
            "a tab stands where spaces are needed",
            place,
            remedy="replace the tab by spaces",
        )
    elif character == "@":
        problems.add(
            "E105",
            "an entry cannot begin with '@'",
            place,
            remedy="leave the '@' out here, as in 'source: report_a:p2'",
        )
    else:
        problems.add(
            "E105",
            f"an entry cannot begin with '{character}'",
            place,
            remedy="put the entry in quotes",
        )
