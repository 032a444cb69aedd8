"""Diagnostics with a place and a remedy. Imports nothing of the package."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file (line and column count from 1; length in characters)."""

    file: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, what was expected, and one remedy."""

    code: str
    message: str
    place: Place | None = None
    label: str = ""
    remedy: str = ""
    line_text: str | None = None

    def render(self) -> str:
        """Give the plain-text form: message, place, the line with a caret, the remedy."""
        out = [f"error[{self.code}]: {self.message}"]
        if self.place is not None:
            out.append(f"  --> {self.place}")
            if self.line_text is not None:
                out.extend(_underline(self.place, self.line_text, self.label))
        if self.remedy:
            out.append(f"   = {self.remedy}")
        return "\n".join(out)


class DetenteError(Exception):
    """What a user can mend: one or more problems, all that were found at once."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n\n".join(problem.render() for problem in self.problems))


MAX_LINE_SHOWN = 160


def _underline(place: Place, line_text: str, label: str) -> list[str]:
    width = max(2, len(str(place.line)))
    start = place.column - 1
    offset = max(0, start - 60) if len(line_text) > MAX_LINE_SHOWN else 0
    shown = line_text[offset : offset + MAX_LINE_SHOWN].replace("\t", " ").rstrip("\r\n")
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    carets = "^" * max(1, min(place.length, MAX_LINE_SHOWN - (start - offset)))
    pad = " " * (width + 1)
    mark = f"{pad}| {' ' * (start - offset)}{carets} {label}".rstrip()
    return [f"{pad}|", f"{place.line:>{width}} | {shown}", mark]


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Give the allowed word nearest to a misspelt one, or None where nothing is near.

    Examples
    --------
    >>> nearest("sanctons", ["sanctions", "guarantee"])
    'sanctions'
    """
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return found[0] if found else None


def listed(words: Iterable[str]) -> str:
    """Join words for a sentence: ``a, b, c``.

    Examples
    --------
    >>> listed(["sanctions", "guarantee"])
    'sanctions, guarantee'
    """
    return ", ".join(words)
