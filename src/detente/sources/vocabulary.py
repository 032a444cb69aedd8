"""Lists of words, written as people read them."""

from __future__ import annotations


def words_of(text: str) -> frozenset[str]:
    """Give the words of a text.

    Examples
    --------
    >>> sorted(words_of("he she"))
    ['he', 'she']
    """
    return frozenset(text.split())


MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CALENDAR = frozenset(each.lower() for each in (*MONTHS, *WEEKDAYS))
CONTRASTS = tuple(
    words_of(each)
    for each in (
        "north northern south southern east eastern west western",
        "first second third fourth fifth last final next previous earlier later",
        "morning afternoon evening night",
        "men women children girls boys",
        "killed dead wounded injured missing arrested",
        "spring summer autumn fall winter",
        "imports exports import export",
        "left right",
        "old new",
        "began begun ended start end opened closed",
        "before after",
        "won lost",
        "for against",
        "wanted sought promised delivered offered demanded",
    )
)  # words of one row say different things of one subject
