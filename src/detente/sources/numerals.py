"""Numbers as people write them: digits, words, and both together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SMALL = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
SMALL = {word: value for value, word in enumerate(_SMALL)}
TENS = {word: 10 * value for value, word in enumerate(_TENS, start=2)}
SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
SHORT_SCALES = {"k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}

_SCALE = "|".join(SCALES)
_AND = "(?:" + "|".join(rf"(?<={each})" for each in SCALES) + r")\s+and\s+"
_WORD = "|".join([*SMALL, *TENS, *SCALES])
_WORDS = re.compile(
    rf"\b(?:(?:half\s+)?an?\s+dozen|(?:(?:{_WORD})[\s-]+)?dozen"
    rf"|(?:a\s+(?:{_SCALE})|(?:{_WORD}))(?:(?:{_AND}|[\s-]+)(?:{_WORD}))*)\b",
    re.IGNORECASE,
)
_DIGITS = re.compile(
    r"(?<![\w.,/:])(?<![A-Za-z]-)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:(k|m|bn|tn)\b|[\s-]({_SCALE})\b)?(?![\d/:]|[.,]\d|[A-Za-z]{{4}})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: its value and where it stands. ``plain``: digits and nothing else."""

    value: float
    start: int
    end: int
    plain: bool


def find_numerals(text: str) -> list[Numeral]:
    """Find the numbers of a text, in its order.

    A lone "one" is left out, because it is more often a pronoun than a count.

    Examples
    --------
    >>> [each.value for each in find_numerals("forty-five of 1,200 men, half a dozen boats")]
    [45.0, 1200.0, 6.0]
    >>> [each.value for each in find_numerals("2.5 million, two hundred and ten, one of them")]
    [2500000.0, 210.0]
    """
    found = sorted([*_in_digits(text), *_in_words(text)], key=lambda each: each.start)
    out: list[Numeral] = []
    for each in found:
        if not out or each.start >= out[-1].end:
            out.append(each)
    return out


def _in_digits(text: str) -> Iterator[Numeral]:
    for found in _DIGITS.finditer(text):
        digits = found[1].replace(",", "")
        if len(digits) > 30:  # a key or a serial number
            continue
        scale = SHORT_SCALES.get((found[2] or "").lower()) or SCALES.get((found[3] or "").lower())
        plain = scale is None and found[1].isdigit()
        yield Numeral(float(digits) * (scale or 1.0), found.start(), found.end(), plain)


def _in_words(text: str) -> Iterator[Numeral]:
    for found in _WORDS.finditer(text):
        words = re.split(r"[\s-]+", found[0].lower())
        if words == ["one"] or words == ["hundred"] or words[0] in SCALES:
            continue
        value = _value_of(words)
        if value is not None:
            yield Numeral(value, found.start(), found.end(), plain=False)


def _value_of(words: list[str]) -> float | None:
    """Add up the words of a number; None where they are several numbers in a row."""
    if words[-1] == "dozen":
        head = [word for word in words[:-1] if word not in ("a", "an", "half")]
        count = _value_of(head) if head else 1.0
        if count is None:
            return None
        return count * (6.0 if "half" in words else 12.0)
    total = part = 0.0
    last = ""
    for word in words:
        if word in ("and", "a", "an"):
            part = 1.0 if word != "and" else part
        elif word in SCALES:
            part = max(part, 1.0) * SCALES[word]
            if SCALES[word] > 100:
                total, part = total + part, 0.0
        elif word in TENS:
            if last in TENS or last in SMALL:
                return None
            part += TENS[word]
        else:
            if last in SMALL or (last in TENS and SMALL[word] > 9):
                return None
            part += SMALL[word]
        last = word if word != "and" else ""
    return total + part
