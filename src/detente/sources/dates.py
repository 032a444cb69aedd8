"""Explicit dates and years in a text. What is not sure to be a date is left out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from detente.errors import DetenteError, Problem
from detente.sources.vocabulary import MONTHS, WEEKDAYS

LEAP_YEAR = 2000  # stands in where no year is given, so that 29 February is read
DAYS_OFF = 1  # a report may be written the day before or after the one it carries

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sept?(?:ember|\.)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)(?![a-z])"
)
_YEAR = r"(?:1[5-9]\d\d|20\d\d)(?![\d-]|,\d|\.\d|s\b)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?(?!\d)"
_FULL = re.compile(
    rf"(?<![\w,./-])(?:(?P<iso>(?:1[5-9]|20)\d\d-\d\d-\d\d)(?![\d-])"
    rf"|{_DAY}(?:\s+of)?\s+{_MONTH}(?:,?\s+{_YEAR})?"
    rf"|{_MONTH}\s+{_DAY}(?!\s*(?:[:%]|per\b))(?:,?\s+{_YEAR})?"
    rf"|{_MONTH},?\s+{_YEAR})"
)
_BARE_MONTH = re.compile(
    rf"(?<=\b(?:in|by|of)\s)(?P<two>{_MONTH})|(?<=\bsince\s)(?P<since>{_MONTH})"
    rf"|(?<=\buntil\s)(?P<until>{_MONTH})|(?<=\b(?:last|late)\s)(?P<last>{_MONTH})"
    rf"|(?<=\bearly\s)(?P<early>{_MONTH})"
)
_BARE_YEAR = re.compile(rf"(?<![\w,./$\u20ac\u00a3#-])(?P<year>{_YEAR})(?![/%\w])")
_COUNTED = re.compile(
    r"\s*-?(?:(?:more|fewer|other|armed|extra|new|nuclear|military)\s+)?(?:%|percent|per\s+cent"
    r"|people|persons|men|women|children|troops|soldiers|fighters|prisoners|hostages|inspectors"
    r"|officers|officials|workers|civilians|refugees|families|homes|houses|sites|missiles|warheads"
    r"|weapons|bombs|tanks|aircraft|jets|ships|boats|vessels|trucks|lorries|centrifuges|rounds"
    r"|tons?|tonnes?|kg|kilograms?|kilogrammes?|pounds|litres?|liters?|barrels|gallons"
    r"|km|kilomet(?:re|er)s?|met(?:re|er)s?|miles|feet|hectares|acres|dollars|euros|roubles|rubles"
    r"|hours|days|weeks|months|years|minutes|seconds|times|votes|seats|points|words|pages|cases"
    r"|deaths|dead|wounded|injured|degrees|volts|watts|mw|megawatts|gmt|local\s+time)\b",
    re.IGNORECASE,
)  # fmt: skip
_SPAN_BEFORE = re.compile(r"(?<!\d)\d{1,2}(?:st|nd|rd|th)?\s*(?:-|\u2013|to|and|or|,|/)\s*$")
_RELATIVE = re.compile(
    r"\b(?:(?P<day>Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)|(?P<near>today"
    r"|yesterday|tomorrow))\b"
)
_OFFSETS = {"yesterday": -1, "today": 0, "tomorrow": 1}
_STATED = re.compile(
    r"\b(?:first\s+)?(?:published|posted|date|dated|issued)\b(?:\s+(?:on|at))?\s*:?\s*",
    re.IGNORECASE,
)
_DATELINE = re.compile(
    r"\W*(?:first\s+)?(?:published|posted|updated|last\s+(?:updated|modified)|date|dated|issued)\b",
    re.IGNORECASE,
)
MAX_DATELINE = 90


@dataclass(frozen=True, slots=True)
class Date:
    """A date as far as it is given; parts that are not are None."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        words = [str(self.day)] if self.day else []
        words += [MONTHS[self.month - 1]] if self.month else []
        words += [str(self.year)] if self.year else []
        return " ".join(words)

    def agrees_with(self, other: Date) -> bool:
        """Whether both can be the same date: no part that both give differs."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(a is None or b is None or a == b for a, b in pairs)

    def is_comparable(self, other: Date) -> bool:
        """Whether both give the same parts of a date, but for a year that one leaves out."""
        return (self.month is None) == (other.month is None) and (self.day is None) == (
            other.day is None
        )

    def bounds(self) -> tuple[datetime.date, datetime.date] | None:
        """Give the first and the last day that it may be; None where it has no year."""
        if self.year is None:
            return None
        first = datetime.date(self.year, self.month or 1, self.day or 1)
        if self.day:
            return first, first
        if self.month is None or self.month == 12:
            return first, datetime.date(self.year, 12, 31)
        return first, datetime.date(self.year, self.month + 1, 1) - datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date in a text. ``dates``: what it may be (several where "Monday" may be two)."""

    dates: tuple[Date, ...]
    start: int
    end: int
    relative: bool = False

    def agrees_with(self, other: DateMention) -> bool:
        """Whether both may be the same date, seen generously where one is relative."""
        if any(a.agrees_with(b) for a in self.dates for b in other.dates):
            return True
        return (self.relative or other.relative) and any(
            _near(a, b) for a in self.dates for b in other.dates
        )

    def is_comparable(self, other: DateMention) -> bool:
        """Whether both give the same parts of a date."""
        return any(a.is_comparable(b) for a in self.dates for b in other.dates)


def _near(one: Date, other: Date) -> bool:
    year = one.year or other.year
    a, b = (Date(each.year or year, each.month, each.day).bounds() for each in (one, other))
    if a is None or b is None:
        return False
    return abs(a[0] - b[0]) <= datetime.timedelta(days=DAYS_OFF)


def parse_date(text: str) -> Date | None:
    """Read ``2018``, ``2018-06`` or ``2018-06-11``, as scenario files write dates.

    Examples
    --------
    >>> str(parse_date("2018-06-11")), str(parse_date("2018-06"))
    ('11 June 2018', 'June 2018')
    """
    parts = text.split("-")
    if not all(part.isdigit() for part in parts) or not 1 <= len(parts) <= 3:
        return None
    numbers = [int(part) for part in parts] + [0, 0]
    date = Date(numbers[0], numbers[1] or None, numbers[2] or None)
    try:
        date.bounds()
    except ValueError:
        return None
    return date


def find_dates(text: str, written: Date | None = None) -> list[DateMention]:
    """Find the dates of a text, in its order.

    Parameters
    ----------
    text : a paragraph in English
    written : the day on which the document was written, against which "Monday" and "yesterday"
        are understood; they are left out where it is not known to the day

    Notes
    -----
    Dates in figures alone (11/06/2018) are left out: whether the day or the month comes first is
    not known. So are stretches of days (10-12 June) and years that count something.

    Examples
    --------
    >>> [str(each.dates[0]) for each in find_dates("On June 12, 2018, not in 1994, nor by May.")]
    ['12 June 2018', '1994', 'May']
    """
    found = [*_explicit(text), *_relative(text, written)]
    return sorted(found, key=lambda each: each.start)


def _explicit(text: str) -> Iterator[DateMention]:
    taken: list[tuple[int, int]] = []
    for each in _FULL.finditer(text):
        taken.append(each.span())
        date = _read(each[0])
        if date is not None and not _SPAN_BEFORE.search(text[: each.start()][-12:]):
            yield DateMention((date,), *each.span())
    for each in _BARE_MONTH.finditer(text):
        if any(start < each.end() and each.start() < end for start, end in taken):
            continue
        date = _read(f"{each[0]} {LEAP_YEAR}")
        if date is not None:
            yield DateMention((Date(None, date.month),), *each.span())
    for each in _BARE_YEAR.finditer(text):
        if any(start < each.end() and each.start() < end for start, end in taken):
            continue
        if not _COUNTED.match(text, each.end()):
            yield DateMention((Date(int(each[0])),), *each.span())


def _relative(text: str, written: Date | None) -> Iterator[DateMention]:
    if written is None or written.year is None or written.day is None:
        return
    day = datetime.date(written.year, written.month or 1, written.day)
    for each in _RELATIVE.finditer(text):
        if each["near"]:
            days = [day + datetime.timedelta(days=_OFFSETS[each["near"]])]
        else:
            ahead = (WEEKDAYS.index(each["day"]) - day.weekday()) % 7
            days = [day + datetime.timedelta(days=shift) for shift in {ahead, ahead - 7}]
            days += [day] if ahead == 0 else []
        dates = tuple(Date(d.year, d.month, d.day) for d in sorted(set(days)))
        yield DateMention(dates, *each.span(), relative=True)


@cache
def _parser() -> Any:
    try:
        from dateparser.date import DateDataParser  # noqa: PLC0415  (an extra, and slow)
    except ImportError as error:
        raise DetenteError(
            Problem(
                "E490",
                "dates in documents are read by a package that is not installed: dateparser",
                remedy="install it with: pip install 'detente[sources]'",
            )
        ) from error
    return DateDataParser(languages=["en"], settings={"PREFER_DAY_OF_MONTH": "first"})


@lru_cache(maxsize=8192)
def _read(text: str) -> Date | None:
    """Read words that look like a date; None where there is no such day."""
    words = " ".join(text.split())
    has_year = re.search(r"\d{4}", words) is not None
    read = _parser().get_date_data(words if has_year else f"{words} {LEAP_YEAR}")
    if read.date_obj is None:
        return None
    has_day = re.search(r"(?<!\d)\d{1,2}(?!\d)", words) is not None
    value = read.date_obj
    return Date(value.year if has_year else None, value.month, value.day if has_day else None)


def is_dateline(text: str) -> bool:
    """Whether a paragraph only says when the document was published.

    Examples
    --------
    >>> is_dateline("Published 11 June 2018"), is_dateline("Dated ships are hard to keep.")
    (True, False)
    """
    return (
        len(text) <= MAX_DATELINE and _DATELINE.match(text) is not None and any(_explicit(text))
    ) or (len(text) < 40 and (found := _FULL.match(text.strip())) is not None and (
        found.end() == len(text.strip())
    ))  # fmt: skip


def stated_date(text: str) -> Date | None:
    """Give the day on which a dateline says that the document was published.

    Examples
    --------
    >>> str(stated_date("Published 11 June 2018")), stated_date("Updated 12 June 2018")
    ('11 June 2018', None)
    """
    found = _STATED.search(text)
    alone = _FULL.fullmatch(text.strip())
    begin = found.end() if found else 0 if alone else len(text)
    dates = [each.dates[0] for each in _explicit(text[begin:])]
    full = [each for each in dates if each.year and each.day]
    return full[0] if full else None
