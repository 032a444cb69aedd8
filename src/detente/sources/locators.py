"""Locators: where in a document something stands, as far as that can be looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PARAGRAPHS = re.compile(r"(?:pp?|para(?:graphs?)?)\.?(\d+)(?:[-\u2013](\d+))?", re.IGNORECASE)
_PAGE = re.compile(r"page\.?(\d+)(?:[-\u2013](\d+))?", re.IGNORECASE)
MAX_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Located:
    """What a locator says: paragraphs or pages, from one to another, both counted from 1."""

    first: int
    last: int
    pages: bool = False

    @property
    def words(self) -> str:
        """The locator in words: "paragraph 4", "pages 2 to 3"."""
        noun = "page" if self.pages else "paragraph"
        if self.first == self.last:
            return f"{noun} {self.first}"
        return f"{noun}s {self.first} to {self.last}"


def read_locator(text: str) -> Located | None:
    """Read a locator; None where it is in words of its own, which nobody can look up.

    Examples
    --------
    >>> read_locator("p4").words, read_locator("pp4-6").words, read_locator("page12").words
    ('paragraph 4', 'paragraphs 4 to 6', 'page 12')
    >>> read_locator("annex2") is None
    True
    """
    for pattern, pages in ((_PARAGRAPHS, False), (_PAGE, True)):
        found = pattern.fullmatch(text)
        if found is None:
            continue
        if max(len(each or "") for each in found.groups()) > MAX_DIGITS:
            return Located(10**MAX_DIGITS, 10**MAX_DIGITS, pages)
        first = int(found[1])
        return Located(first, int(found[2] or first), pages)
    return None
