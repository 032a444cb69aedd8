"""Problems in colour: the same text as `Problem.render`, line by line."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from detente.errors import Problem
from detente.show.numbers import clean_text


def render_problems(problems: Sequence[Problem]) -> Text:
    """Give all problems, one after another, and how many there are where there are several."""
    text = Text()
    for problem in problems:
        for line in clean_text(problem.render()).split("\n"):
            text.append_text(_colour(line))
            text.append("\n")
        text.append("\n")
    if len(problems) > 1:
        text.append(f"{len(problems)} problems", style="bold red")
    text.rstrip()
    return text


def _colour(line: str) -> Text:
    if line.startswith("error["):
        head, _, rest = line.partition(":")
        return Text.assemble((head, "bold red"), (f":{rest}", "bold"))
    if line.startswith("  --> "):
        return Text.assemble(("  --> ", "blue"), line.removeprefix("  --> "))
    number, bar, rest = line.partition("|")
    if bar and (not number.strip() or number.strip().isdigit()):
        style = "red" if not number.strip() else ""
        return Text.assemble((number + bar, "blue"), (rest, style))
    if line.startswith("   = "):
        return Text.assemble(("   = ", "blue"), line.removeprefix("   = "))
    return Text(line)
