"""A document made ready for comparing: its sentences and quotations as comparable words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from detente.sources.quotes import Saying, find_sayings, find_spans
from detente.sources.text import Document, Paragraph, split_sentences
from detente.sources.vocabulary import CALENDAR
from detente.sources.words import Token, content_stems, tokenise


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a document's text.

    Attributes
    ----------
    paragraph : its number
    text : its words
    start : where it begins in the paragraph
    tokens : its words made comparable, placed in ``text``
    stems : what it is about
    quoted : stretches of ``text`` between quotation marks
    """

    paragraph: int
    text: str
    start: int
    tokens: tuple[Token, ...]
    stems: frozenset[str]
    quoted: tuple[tuple[int, int], ...]

    @property
    def names(self) -> frozenset[str]:
        """The words written large within it: people, places, bodies."""
        return frozenset(
            each.text
            for each in self.tokens
            if each.start
            and each.is_content
            and self.text[each.start].isupper()
            and each.text not in CALENDAR
        )

    def is_quoted(self, at: int) -> bool:
        """Whether a place of the text is between quotation marks."""
        return any(start <= at < end for start, end in self.quoted)

    @property
    def quoted_share(self) -> float:
        """The share of the text between quotation marks, 0 to 1."""
        return sum(end - start for start, end in self.quoted) / max(1, len(self.text))


@dataclass(frozen=True, slots=True)
class Passage:
    """A quoted sentence, with its words made comparable; all places where it stands."""

    saying: Saying
    paragraphs: tuple[int, ...]
    tokens: tuple[Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The comparable words."""
        return tuple(each.text for each in self.tokens)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document made ready: ``around`` gives the stems of each paragraph."""

    document: Document
    sentences: tuple[Sentence, ...]
    passages: tuple[Passage, ...]
    around: Mapping[int, frozenset[str]]

    @property
    def names(self) -> frozenset[str]:
        """The words that it writes large within sentences: people, places, bodies."""
        return frozenset().union(*(each.names for each in self.sentences))

    @property
    def stems(self) -> frozenset[str]:
        """Everything that it is about."""
        return frozenset().union(*self.around.values()) if self.around else frozenset()


def prepare(document: Document) -> Prepared:
    """Make a document ready for comparing."""
    body = document.body
    sentences: list[Sentence] = []
    for at, paragraph in enumerate(body):
        following = body[at + 1].text if at + 1 < len(body) else ""
        sentences += _cut(paragraph, following)
    around: dict[int, frozenset[str]] = {}
    for each in sentences:
        around[each.paragraph] = around.get(each.paragraph, frozenset()) | each.stems
    return Prepared(document, tuple(sentences), _passages(find_sayings(document)), around)


def _cut(paragraph: Paragraph, following: str) -> Iterable[Sentence]:
    spans = find_spans(paragraph.text, following)
    for start, end in split_sentences(paragraph.text):
        text = paragraph.text[start:end]
        tokens = tuple(tokenise(text))
        quoted = tuple(
            (max(0, each.start - start), min(len(text), each.end - start))
            for each in spans
            if each.start < end and each.end > start
        )
        yield Sentence(paragraph.number, text, start, tokens, content_stems(tokens), quoted)


def _passages(sayings: Iterable[Saying]) -> tuple[Passage, ...]:
    """Put repeated quotations together; the first that names its speaker stands for all."""
    found: dict[tuple[str, ...], Passage] = {}
    for each in sayings:
        tokens = tuple(tokenise(each.text))
        words = tuple(token.text for token in tokens)
        if not words:
            continue
        known = found.get(words)
        if known is None:
            found[words] = Passage(each, (each.paragraph,), tokens)
            continue
        paragraphs = tuple(dict.fromkeys((*known.paragraphs, each.paragraph)))
        keeps = known.saying.speaker is not None or each.speaker is None
        best = known if keeps else Passage(each, paragraphs, tokens)
        found[words] = Passage(best.saying, paragraphs, best.tokens)
    return tuple(found.values())


def weigh_stems(documents: Iterable[Prepared]) -> dict[str, float]:
    """Weigh words by how rare they are: the logarithm of paragraphs per paragraph with the word.

    References
    ----------
    Sparck Jones (1972), A statistical interpretation of term specificity.
    """
    counts: Counter[str] = Counter()
    total = 0
    for each in documents:
        for stems in each.around.values():
            counts.update(stems)
            total += 1
    return {word: math.log((total + 1) / (count + 0.5)) for word, count in counts.items()}


def weight(stems: Iterable[str], weights: Mapping[str, float]) -> float:
    """Add up the weights of some words."""
    return sum(weights.get(each, 0.0) for each in stems)
