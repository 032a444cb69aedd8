"""Collects all problems of a file, so that they are reported together."""

from __future__ import annotations

from collections.abc import Iterable

from detente.errors import CODES, DetenteError, Place, Problem, listed, nearest

MAX_LISTED = 12
MAX_KEPT = 500  # a file this damaged is not mended problem by problem


class Problems:
    """What is wrong with one file.

    Parameters
    ----------
    file : str
        The file's name as the user gave it.
    text : str
        The file's text, for the lines shown.
    """

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self.lines = text.splitlines()
        self.found: list[Problem] = []

    def __bool__(self) -> bool:
        return bool(self.found)

    def add(
        self,
        code: str,
        message: str,
        place: Place | None,
        label: str = "",
        remedy: str = "",
    ) -> None:
        """Note one problem (each code and place once)."""
        if code not in CODES:
            raise KeyError(code)
        if len(self.found) >= MAX_KEPT:
            return
        line_text = None
        if place is not None and 1 <= place.line <= len(self.lines):
            line_text = self.lines[place.line - 1]
        problem = Problem(
            code, shorten(message, 240), place, shorten(label, 90), shorten(remedy, 360), line_text
        )
        if problem not in self.found:
            self.found.append(problem)

    def add_unknown(
        self,
        code: str,
        word: str,
        what: str,
        allowed: Iterable[str],
        place: Place | None,
        whose: str = "",
    ) -> None:
        """Note a word that is none of the allowed ones, and offer the nearest.

        Parameters
        ----------
        code : str
            Code of the problem.
        word : str
            The word as written.
        what : str
            What it should have been, with its article: ``"a ladder"``.
        allowed : iterable of str
            The words that would have been right.
        place : Place or None
            Where the word stands.
        whose : str
            The heading of the list of allowed words; ``what`` in the plural where empty.
        """
        words = list(allowed)
        near = nearest(word, words)
        heading = whose or what.split(" ", 1)[1] + "s"
        shown = listed(words[:MAX_LISTED]) + (", ..." if len(words) > MAX_LISTED else "")
        self.add(
            code,
            f"'{shorten(word)}' is not {what}",
            place,
            label=f"did you mean '{near}'?" if near else "",
            remedy=f"{heading}: {shown}" if words else f"{heading}: none",
        )

    def raise_all(self) -> None:
        """Raise everything found, in the order of the file; do nothing where all is well."""
        if self.found:
            raise DetenteError(sorted(self.found, key=_order))


def _order(problem: Problem) -> tuple[int, int, str]:
    place = problem.place
    return (place.line, place.column, problem.code) if place else (0, 0, problem.code)


def shorten(word: str, limit: int = 60) -> str:
    """Cut a long word for a message.

    Examples
    --------
    >>> shorten("abcdef", 4)
    'abc…'
    """
    flat = " ".join(word.split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"
