"""The dates and numbers of a sentence, with what each of them counts or dates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from detente.sources.dates import Date, DateMention, find_dates
from detente.sources.numerals import Numeral, find_numerals
from detente.sources.prepared import Sentence
from detente.sources.words import STOP, Token

MAX_UNIT = 3  # words after a number among which its unit stands
WINDOW = 6  # words of content on each side that say what a number is about
ABOUT = 0.15  # "about 500" may be this far off
_CURRENCIES = "$\u20ac\u00a3\u00a5"
_MORE = re.compile(r"\b(?:more\s+than|over|at\s+least|above|exceeding|upwards\s+of)\s+\W?$", re.I)
_LESS = re.compile(
    r"\b(?:up\s+to|as\s+many\s+as|less\s+than|fewer\s+than|under|below|at\s+most|nearly|almost"
    r"|just\s+under)\s+\W?$",
    re.I,
)
_ABOUT = re.compile(
    r"\b(?:about|around|some|roughly|approximately|an\s+estimated|close\s+to|another|or\s+so)\s+\W?$",
    re.I,
)
_LABEL = re.compile(
    r"(?:\b(?!The\b|In\b|Of\b|At\b|By\b|From\b|About\b|Some\b|Over\b|All\b|These\b|Those\b|And\b|But\b"
    r"|Only\b|Around\b|Another\b|With\b|Nearly\b|Almost\b|More\b|Up\b|For\b|Its\b|Their\b|On\b|To\b)"
    r"[A-Z][\w.]*|\b(?:[Nn]o|[Nn]umber|[Aa]rticle|[Cc]hapter|[Pp]age|[Ss]ection|[Pp]aragraph|[Pp]hase"
    r"|[Ss]tep|[Gg]roup\s+of|[Aa]ged?|[Rr]esolution|[Rr]oute|[Rr]oom)\.?)\s+$"
)
_CLOCK = re.compile(r"\s*(?:[ap]\.?m\b|o'clock|gmt\b|hrs?\b|utc\b)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(?:-|\u2013|to|or)\s*$|\s+and\s+$")
_JOINS_YEARS = re.compile(r"\s*(?:,|and|or|/|,\s*and)\s*(?:in\s+)?$")


@dataclass(frozen=True, slots=True)
class Count:
    """A number that counts something.

    Attributes
    ----------
    low, high : what it may be; "about 500" leaves room
    said : as the text has it, with its unit
    units : stems of the words among which its unit stands
    of : stems of what it is a measure of: "tonnes of grain"
    start : where it stands in the sentence
    """

    low: float
    high: float
    said: str
    units: frozenset[str]
    of: frozenset[str]
    start: int

    def counts_the_same(self, other: Count) -> bool:
        """Whether both have a unit in common, and are not measures of different things."""
        apart = self.of and other.of and not self.of & other.of
        return bool(self.units & other.units) and not apart

    def agrees_with(self, other: Count) -> bool:
        """Whether both may be the same number."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Years:
    """Years in a row: "1994 and 2003"."""

    years: tuple[int, ...]
    said: str
    start: int


@dataclass(frozen=True, slots=True)
class Mentions:
    """The dates, rows of years and counts of a sentence."""

    dates: tuple[DateMention, ...]
    rows: tuple[Years, ...]
    counts: tuple[Count, ...]


def find_mentions(sentence: Sentence, written: Date | None) -> Mentions:
    """Find what a sentence dates and counts.

    Parameters
    ----------
    sentence : the sentence
    written : the day its document was written, where known
    """
    dates = [
        each
        for each in find_dates(sentence.text, written)
        if not (each.relative and sentence.is_quoted(each.start))  # spoken on another day perhaps
    ]
    taken = [(each.start, each.end) for each in dates]
    numerals = [
        each
        for each in find_numerals(sentence.text)
        if not any(start < each.end and each.start < end for start, end in taken)
    ]
    return Mentions(tuple(dates), _rows(sentence.text, dates), _counts(sentence, numerals))


def _rows(text: str, dates: list[DateMention]) -> tuple[Years, ...]:
    rows: list[list[DateMention]] = []
    for each in dates:
        only_year = len(each.dates) == 1 and each.dates[0].month is None and not each.relative
        if not only_year:
            continue
        joined = rows and _JOINS_YEARS.fullmatch(text[rows[-1][-1].end : each.start])
        if joined:
            rows[-1].append(each)
        else:
            rows.append([each])
    return tuple(
        Years(
            tuple(each.dates[0].year or 0 for each in row),
            text[row[0].start : row[-1].end],
            row[0].start,
        )
        for row in rows
        if len(row) > 1
    )


def _counts(sentence: Sentence, numerals: list[Numeral]) -> tuple[Count, ...]:
    out: list[Count] = []
    at = 0
    text = sentence.text
    while at < len(numerals):
        one, other = numerals[at], None
        if at + 1 < len(numerals):
            between = text[one.end : numerals[at + 1].start]
            is_range = _RANGE.fullmatch(between) is not None
            if is_range and ("and" not in between or _has_between(text, one.start)):
                other = numerals[at + 1]
        at += 1 if other is None else 2
        if _LABEL.search(text[: one.start][-20:]):
            continue
        end = one.end if other is None else other.end
        units, unit_end = _units(sentence, end)
        begin = one.start
        if begin and text[begin - 1] in _CURRENCIES:
            begin -= 1
            units, unit_end = units | {text[begin]}, max(unit_end, end)
        if not units or _CLOCK.match(text, end):
            continue
        low, high = _bounds(text, one, other)
        said = text[begin:unit_end].strip()
        of = _measured(sentence, unit_end)
        out.append(Count(low, high, said, frozenset(units), of, one.start))
    return tuple(out)


def _has_between(text: str, start: int) -> bool:
    return re.search(r"\bbetween\s+\W?$", text[:start], re.IGNORECASE) is not None


def _units(sentence: Sentence, end: int) -> tuple[set[str], int]:
    """Give the words after a number up to the next mark, and where the first of them ends."""
    text = sentence.text
    sign = re.match(r"\s*(?:%|per\s?cent\b|pct\b)", text[end:], re.IGNORECASE)
    if sign:
        return {"%"}, end + sign.end()
    units: set[str] = set()
    first_end = end
    place = end
    for token in sentence.tokens:
        if token.start < end:
            continue
        if re.search(r"[^\s\w-]", text[place : token.start]) or len(units) == MAX_UNIT:
            break
        if token.text in STOP or token.is_number:
            break
        units.add(token.stem)
        first_end = first_end if len(units) > 1 else token.end
        place = token.end
    return units, first_end


def _measured(sentence: Sentence, end: int) -> frozenset[str]:
    """Give what a unit is of: the words of content after "of", up to the next small word."""
    if not re.match(r"\s+of\s", sentence.text[end:]):
        return frozenset()
    of: set[str] = set()
    for token in sentence.tokens:
        if token.start < end or token.text in ("of", "the", "a", "its", "their"):
            continue
        if not token.is_content or len(of) == MAX_UNIT:
            break
        of.add(token.stem)
    return frozenset(of)


def _bounds(text: str, one: Numeral, other: Numeral | None) -> tuple[float, float]:
    if other is not None:
        return min(one.value, other.value), max(one.value, other.value)
    before = text[: one.start][-24:]
    value = one.value
    if _MORE.search(before):
        return value, float("inf")
    if _LESS.search(before):
        return value * (1 - 2 * ABOUT), value
    if _ABOUT.search(before):
        return value * (1 - ABOUT), value * (1 + ABOUT)
    return value, value


def owner_of(sentence: Sentence, start: int) -> frozenset[str]:
    """Give the words of the last name before a place: whose number it may be."""
    owner: list[Token] = []
    for token in sentence.tokens:
        if token.start >= start:
            break
        if token.text in sentence.names and sentence.text[token.start].isupper():
            joined = owner and sentence.text[owner[-1].end : token.start].strip() == ""
            owner = [*owner, token] if joined else [token]
    return frozenset(each.text for each in owner)


def stems_near(sentence: Sentence, start: int) -> frozenset[str]:
    """Give what stands around a place: the nearest words of content on both sides."""
    content = [each for each in sentence.tokens if each.is_content]
    before = [each for each in content if each.start < start][-WINDOW:]
    after = [each for each in content if each.start >= start][:WINDOW]
    return frozenset(each.stem for each in (*before, *after))
