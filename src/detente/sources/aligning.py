"""Passages that two documents carry in the same words, or nearly so."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.errors import DetenteError, Problem
from detente.sources.findings import Cut, Quoted, Shared, WordChange
from detente.sources.prepared import Passage, Prepared, Sentence
from detente.sources.speakers import Speaker
from detente.sources.words import STOP, Token

MIN_QUOTED = 3  # words of a quotation that is looked for
SHORT = 6  # below this many words, only the very same words are called the same
ALIKE = 0.70  # share of equal words from which two quotations are one
ALIKE_TEXT = 0.80  # and two sentences that nobody marks as quoted
MIN_TEXT = 8  # words of such sentences
CONTAINED = 0.90  # share of a quotation's words found in a row in the other document's text
MAX_COMMON = 60  # passages with a pair of words; more say nothing about which belong together


@dataclass(frozen=True, slots=True)
class Unit:
    """Words to be aligned, and where they come from."""

    paragraphs: tuple[int, ...]
    text: str
    tokens: tuple[Token, ...]
    speaker: Speaker | None
    quoted: bool
    mark: str

    @property
    def words(self) -> list[str]:
        """The comparable words."""
        return [each.text for each in self.tokens]


@dataclass(frozen=True, slots=True)
class Match:
    """Two units that are one passage, and the share of their words that agree."""

    first: Unit
    second: Unit
    alike: float


def load_rapidfuzz() -> Any:
    """Import the library that aligns words.

    Raises
    ------
    DetenteError
        E490 where it is not installed.
    """
    try:
        import rapidfuzz  # noqa: PLC0415  (an extra)
        import rapidfuzz.distance  # noqa: PLC0415
    except ImportError as error:
        raise DetenteError(
            Problem(
                "E490",
                "documents are compared by a package that is not installed: rapidfuzz",
                remedy="install it with: pip install 'detente[sources]'",
            )
        ) from error
    return rapidfuzz


def quoted_units(prepared: Prepared) -> list[Unit]:
    """Give a document's quotations."""
    return [_of_passage(each) for each in prepared.passages if len(each.tokens) >= MIN_QUOTED]


def _of_passage(each: Passage) -> Unit:
    saying = each.saying
    return Unit(each.paragraphs, saying.text, each.tokens, saying.speaker, True, saying.mark)


def text_units(prepared: Prepared) -> list[Unit]:
    """Give a document's sentences that are not mostly quotation; repeated ones once."""
    found: dict[tuple[str, ...], Unit] = {}
    for each in prepared.sentences:
        if len(each.tokens) < MIN_TEXT or each.quoted_share > 0.5:
            continue
        words = tuple(token.text for token in each.tokens)
        known = found.get(words)
        paragraphs = (*(known.paragraphs if known else ()), each.paragraph)
        found[words] = Unit(
            tuple(dict.fromkeys(paragraphs)), each.text, each.tokens, None, False, ""
        )
    return list(found.values())


def match_units(firsts: Sequence[Unit], seconds: Sequence[Unit], least: float) -> list[Match]:
    """Pair units one to one, those with most words in common first.

    Parameters
    ----------
    firsts, seconds : the units of two documents
    least : share of equal words from which two are one

    Returns
    -------
    list of Match
        In the order of the first document.
    """
    alike = load_rapidfuzz().distance.Indel.normalized_similarity
    found: list[tuple[float, float, int, int]] = []
    for i, j in _candidates(firsts, seconds):
        a, b = firsts[i].words, seconds[j].words
        short = min(len(a), len(b))
        share = alike(a, b)
        if share < (least if short >= SHORT else 1.0):
            continue
        if short < SHORT and all(word in STOP for word in a):
            continue
        found.append((share * (len(a) + len(b)), share, i, j))
    taken_first: set[int] = set()
    taken_second: set[int] = set()
    out: list[tuple[int, Match]] = []
    for _, share, i, j in sorted(found, key=lambda each: (-each[0], each[2], each[3])):
        if i not in taken_first and j not in taken_second:
            taken_first.add(i)
            taken_second.add(j)
            out.append((i, Match(firsts[i], seconds[j], share)))
    return [match for _, match in sorted(out, key=lambda each: each[0])]


def _candidates(firsts: Sequence[Unit], seconds: Sequence[Unit]) -> list[tuple[int, int]]:
    """Find the pairs that share two words in a row, and enough of them to be looked at."""
    index: dict[tuple[str, str], list[int]] = defaultdict(list)
    for j, unit in enumerate(seconds):
        words = unit.words
        for pair in set(itertools.pairwise(words)):
            index[pair].append(j)
    out: list[tuple[int, int]] = []
    for i, unit in enumerate(firsts):
        words = unit.words
        counts: Counter[int] = Counter()
        for pair in set(itertools.pairwise(words)):
            places = index.get(pair, ())
            if len(places) <= MAX_COMMON:
                counts.update(places)
        enough = max(1, len(words) // 8)
        out += [(i, j) for j, count in sorted(counts.items()) if count >= enough]
    return out


def find_in_text(unit: Unit, sentences: Sequence[Sentence], index: TextIndex) -> Sentence | None:
    """Find the sentence that carries a quotation's words without quotation marks.

    Only quotations of at least `SHORT` words are looked for.
    """
    words = unit.words
    if len(words) < SHORT:
        return None
    ratio = load_rapidfuzz().fuzz.partial_ratio
    for at in index.places(words):
        other = [each.text for each in sentences[at].tokens]
        if len(other) >= len(words) and ratio(words, other) >= 100 * CONTAINED:
            return sentences[at]
    return None


class TextIndex:
    """Finds the sentences that share three words in a row with some others."""

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.index: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, sentence in enumerate(sentences):
            words = [each.text for each in sentence.tokens]
            for triple in set(zip(words, words[1:], words[2:], strict=False)):
                self.index[triple].append(at)

    def places(self, words: Sequence[str]) -> list[int]:
        """Give the positions of sentences worth looking at, the likeliest first."""
        counts: Counter[int] = Counter()
        for triple in set(zip(words, words[1:], words[2:], strict=False)):
            places = self.index.get(triple, ())
            if len(places) <= MAX_COMMON:
                counts.update(places)
        return [at for at, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:5]]


def word_changes(first: Unit, second: Unit) -> tuple[WordChange, ...]:
    """Give the words in which two forms of a passage differ, as each document writes them."""
    opcodes = load_rapidfuzz().distance.Levenshtein.opcodes(first.words, second.words)
    out = []
    for each in opcodes:
        if each.tag != "equal":
            out.append(
                WordChange(
                    _written(first, each.src_start, each.src_end),
                    _written(second, each.dest_start, each.dest_end),
                )
            )
    return tuple(out)


def _written(unit: Unit, start: int, end: int) -> str:
    if start >= end:
        return ""
    return unit.text[unit.tokens[start].start : unit.tokens[end - 1].end]


def as_shared(match: Match, first: str, second: str) -> Shared:
    """Give a match as a finding."""
    return Shared(
        as_quoted(match.first, first),
        as_quoted(match.second, second),
        round(match.alike, 3),
        word_changes(match.first, match.second),
    )


def as_quoted(unit: Unit, document: str) -> Quoted:
    """Give a unit as a finding."""
    cut = Cut(document, unit.paragraphs, unit.text)
    return Quoted(cut, unit.speaker.name if unit.speaker else "", unit.quoted, unit.mark)
