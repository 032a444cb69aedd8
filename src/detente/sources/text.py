"""Documents as paragraphs and sentences, each with what it is: text, heading, or residue."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum

from detente.sources.dates import Date, is_dateline, stated_date
from detente.sources.residue import is_residue

MAX_HEADING = 25  # words
MAX_PIECE = 5_000  # characters of a paragraph that are looked at together
MAX_TOP = 12  # paragraphs among which a document says when it was published
_END = re.compile(
    r"(?:[.!?]|\.\.\.|\u2026)[\"'\u201d\u2019)\]]*\s+(?=[\"'\u201c\u2018(\[]*[A-Z0-9])"
)
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Maj|Capt|Lt|Sgt|Adm|Sen|Rep|Gov|Pres|St|Jr|Sr|No|Nos|vs|etc"
    r"|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|Art|approx|pp?)|\b[A-Z]|\b[a-z])\.$"
)
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_PAGE_BREAK = "\f"


class Kind(StrEnum):
    """What a paragraph is."""

    TEXT = "text"
    HEADING = "heading"
    DATELINE = "dateline"
    RESIDUE = "residue"  # of a web page: menus, share and comment boxes


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a document that is not empty, counted from 1. ``page`` counts form feeds."""

    number: int
    text: str
    kind: Kind = Kind.TEXT
    page: int = 1


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text.

    Attributes
    ----------
    id : the name of its source
    paragraphs : all of them, residue too, so that numbers agree with the file
    written : the day it was written, as far as that is known
    """

    id: str
    paragraphs: tuple[Paragraph, ...]
    written: Date | None = None
    pages: int = field(default=1)

    @property
    def body(self) -> tuple[Paragraph, ...]:
        """The paragraphs that say something, without headings and residue.

        A very long one comes in pieces of the same number.
        """
        return tuple(
            replace(each, text=piece)
            for each in self.paragraphs
            if each.kind is Kind.TEXT
            for piece in _pieces(each.text)
        )


def read_document(text: str, name: str, written: Date | None = None) -> Document:
    r"""Cut a text into paragraphs.

    Parameters
    ----------
    text : the whole document
    name : what to call it
    written : the day it was written; where it is None, a dateline of the document may tell

    Examples
    --------
    >>> document = read_document("Home | News | World\n\nTalks begin\n\nThey met today.", "a")
    >>> [str(each.kind) for each in document.paragraphs]
    ['residue', 'heading', 'text']
    """
    lines: list[tuple[str, int]] = []
    pages = 1
    for line in re.split(r"(\f)|\r\n|[\n\r\u2028\u2029\x85]", text):
        if line == _PAGE_BREAK:
            pages += 1
        elif line and (words := tidy(line)):
            lines.append((words, pages))
    paragraphs = []
    for at, (line, page) in enumerate(lines):
        following = tuple(each for each, _ in lines[at + 1 : at + 4])
        paragraphs.append(Paragraph(at + 1, line, _kind(line, following), page))
    document = Document(name, tuple(paragraphs), written, pages)
    stated = date_stated(document)
    return replace(document, written=stated[0]) if stated and written is None else document


def tidy(line: str) -> str:
    """Give a line with plain spaces, and without marks that nobody sees.

    Examples
    --------
    >>> tidy("future\u00a0talks\u200b ")
    'future talks'
    """
    return " ".join(_UNSEEN.sub("", line).split())


def _pieces(text: str) -> list[str]:
    """Cut a very long paragraph behind sentences, or where it must be."""
    out: list[str] = []
    start = 0
    while len(text) - start > MAX_PIECE:
        end = text.rfind(". ", start, start + MAX_PIECE) + 2
        if end <= start + 1:
            end = text.rfind(" ", start, start + MAX_PIECE) + 1
        if end <= start:
            end = start + MAX_PIECE
        out.append(text[start:end])
        start = end
    return [*out, text[start:]]


def date_stated(document: Document) -> tuple[Date, int] | None:
    """Give the day on which a dateline says the document was published, and its paragraph."""
    for each in document.paragraphs[:MAX_TOP]:
        stated = stated_date(each.text) if each.kind is Kind.DATELINE else None
        if stated is not None:
            return stated, each.number
    return None


def _kind(line: str, following: tuple[str, ...]) -> Kind:
    if is_residue(line, following):
        return Kind.RESIDUE
    if is_dateline(line):
        return Kind.DATELINE
    ended = line.rstrip("\"'\u201d\u2019)] ").endswith((".", "!", "?", ":", ";", ",", "\u2026"))
    listed = re.match(r"(?:[-*\u2022\u2013]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s", line) is not None
    if not ended and not listed and len(line.split()) <= MAX_HEADING:
        return Kind.HEADING
    return Kind.TEXT


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Give where the sentences of a paragraph begin and end.

    Examples
    --------
    >>> text = "Mr. Ek met the U.S. envoy. He left."
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['Mr. Ek met the U.S. envoy.', 'He left.']
    """
    out: list[tuple[int, int]] = []
    start = 0
    for found in _END.finditer(text):
        head = text[start : found.start() + 1]
        if _ABBREVIATION.search(head[-12:]) and not head.endswith(".."):
            continue
        end = found.end() - (len(found[0]) - len(found[0].rstrip()))
        out.append((start, end))
        start = found.end()
    if text[start:].strip():
        out.append((start, len(text.rstrip())))
    return out
