"""Quotations in a document: marked ones, also where a mark is missing, with their sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detente.sources.speakers import Speaker, is_attribution, name_speakers
from detente.sources.text import Document, Paragraph, split_sentences

_DOUBLE_OPEN = "\u201c\u201e\u00ab"
_DOUBLE_CLOSE = "\u201d\u00bb"
_LETTER = re.compile(r"\w")
MAX_BETWEEN = 90  # characters of "he said" between two halves of a sentence


@dataclass(frozen=True, slots=True)
class Span:
    """Where a quotation stands in a paragraph, without its marks.

    ``mark``: which mark is missing, ``"opening"``, ``"closing"`` or neither. ``open_end``: it goes
    on in the next paragraph.
    """

    start: int
    end: int
    mark: str = ""
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence of a quotation, as the document has it.

    Attributes
    ----------
    paragraph : its number
    text : the words, halves joined where "he said" stood between them
    speaker : who said it, or None where the document does not say
    start, end : where it stands in the paragraph
    mark : which quotation mark is missing, if one is
    """

    paragraph: int
    text: str
    speaker: Speaker | None
    start: int
    end: int
    mark: str = ""


def find_sayings(document: Document) -> tuple[Saying, ...]:
    """Give the quoted sentences of a document, in its order, with their speakers."""
    body = document.body
    spans = [find_spans(each.text, _next(body, at)) for at, each in enumerate(body)]
    speakers = name_speakers(body, spans)
    out: list[Saying] = []
    for paragraph, marked, named in zip(body, spans, speakers, strict=True):
        out += _sentences(paragraph, marked, named)
    return tuple(out)


def _next(body: Sequence[Paragraph], at: int) -> str:
    return body[at + 1].text if at + 1 < len(body) else ""


def find_spans(text: str, following: str = "") -> list[Span]:
    """Find what stands between quotation marks in a paragraph.

    Parameters
    ----------
    text : the paragraph
    following : the paragraph after it; where that begins with a mark, a quotation that is not
        closed goes on in it

    Examples
    --------
    >>> [(each.start, each.end) for each in find_spans('He said: "Not now." and left.')]
    [(10, 18)]
    """
    spans = list(_double(text, following))
    inside = [(each.start, each.end) for each in spans]
    spans += [
        each
        for each in _single(text)
        if not any(start <= each.start < end for start, end in inside)
    ]
    return sorted(spans, key=lambda each: each.start)


def _double(text: str, following: str) -> Iterator[Span]:
    opened: int | None = None
    closed = 0  # where the last quotation ended
    for at, char in enumerate(text):
        opens = char in _DOUBLE_OPEN or (char == '"' and opened is None and _may_open(text, at))
        closes = char in _DOUBLE_CLOSE or (char == '"' and not opens)
        if opens:
            if opened is not None and _LETTER.search(text, opened, at):  # never closed
                yield _cut(text, opened, at)
            opened = at + 1
        elif closes and opened is not None:
            if _LETTER.search(text, opened, at):
                yield Span(opened, at)
            opened, closed = None, at + 1
        elif closes and _LETTER.search(text, closed, at):
            start = _sentence_start(text, closed, at)
            yield Span(start, at, mark="opening")
            closed = at + 1
    if opened is not None and _LETTER.search(text, opened):
        if following[:1] in (*_DOUBLE_OPEN, '"') and following:
            yield Span(opened, len(text), open_end=True)
        else:
            yield _cut(text, opened, len(text))


def _may_open(text: str, at: int) -> bool:
    before = text[at - 1] if at else " "
    after = text[at + 1] if at + 1 < len(text) else " "
    return (before.isspace() or before in "([\u2014\u2013-") and not after.isspace()


def _cut(text: str, start: int, end: int) -> Span:
    """Let a quotation that is never closed end with its first sentence."""
    first = split_sentences(text[start:end])
    return Span(start, start + first[0][1] if first else end, mark="closing")


def _sentence_start(text: str, begin: int, end: int) -> int:
    sentences = split_sentences(text[begin:end])
    return begin + (sentences[-1][0] if sentences else 0)


_SINGLE = re.compile(
    r"(?:(?<=^)|(?<=[\s(\u2014]))[\u2018'](?=[^\W\d_])(?P<inner>[^\u2018\u201c\u201d\"]{1,900}?)"
    r"(?<=[\w.,!?\u2026])['\u2019](?=[\s.,;:!?)\u2014]|$)"
)
MIN_SINGLE = 3  # words; shorter ones are titles, emphasis and apostrophes


def _single(text: str) -> Iterator[Span]:
    for found in _SINGLE.finditer(text):
        words = found["inner"].split()
        ends_in_s = found["inner"].endswith("s") and text[found.end() : found.end() + 2].strip()
        if len(words) >= MIN_SINGLE and not (ends_in_s and found["inner"][-1] == "s" and
                                             _plural_owner(text, found)):  # fmt: skip
            yield Span(found.start("inner"), found.end("inner"))


def _plural_owner(text: str, found: re.Match[str]) -> bool:
    """Whether the closing mark may be an apostrophe, as in "the inspectors' report"."""
    after = text[found.end() : found.end() + 2]
    return after[:1] == " " and after[1:2].islower() and "\u2019" not in text[found.end() + 1 :]


def _sentences(
    paragraph: Paragraph, spans: Sequence[Span], speakers: Sequence[Speaker | None]
) -> Iterator[Saying]:
    """Join what "he said" has cut in two, and cut what is several sentences."""
    text = paragraph.text
    at = 0
    while at < len(spans):
        pieces = [spans[at]]
        while at + 1 < len(spans) and _goes_on(text, pieces[-1], spans[at + 1]):
            at += 1
            pieces.append(spans[at])
        mark = next((each.mark for each in pieces if each.mark), "")
        words = " ".join(text[each.start : each.end].strip() for each in pieces).rstrip(",")
        whole = Saying(paragraph.number, words, speakers[at], pieces[0].start, pieces[-1].end, mark)
        cut = split_sentences(words)
        if len(cut) < 2:
            yield whole
        elif len(pieces) == 1:
            for start, end in cut:
                begin = whole.start + start
                part = text[begin : whole.start + end].rstrip(",")
                yield replace(whole, text=part, start=begin, end=whole.start + end)
        else:
            for start, end in cut:
                yield replace(whole, text=words[start:end])
        at += 1


def _goes_on(text: str, one: Span, other: Span) -> bool:
    between = text[one.end + 1 : max(one.end + 1, other.start - 1)]
    said = text[one.start : one.end].rstrip()
    rest = text[other.start : other.end].lstrip()
    return (
        said.endswith((",", "-", "\u2014", "\u2026"))
        and rest[:1].islower()
        and len(between) <= MAX_BETWEEN
        and not re.search(r"[.!?]\s", between)
        and between.rstrip().endswith((",", "\u2014"))
        and is_attribution(between)
    )
