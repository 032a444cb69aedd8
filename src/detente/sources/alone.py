"""What only one of two documents reports.

That something is missing elsewhere is easily said wrongly: the other document may put it in
other words. So a sentence is listed only where the other document has few of its words, and where
it has a name, a number or a date that the other does not have anywhere. Quotations are listed
where the other document has nothing like them.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from detente.sources.aligning import Unit, as_quoted, load_rapidfuzz
from detente.sources.dates import DateMention
from detente.sources.findings import Alone, Cut
from detente.sources.mentions import Count, find_mentions
from detente.sources.numerals import find_numerals
from detente.sources.prepared import Prepared, Sentence, weight
from detente.sources.vocabulary import CALENDAR, words_of
from detente.sources.words import STOP, content_stems, tokenise

FEW = 0.35  # share of a sentence's weight up to which the other document has few of its words
WINDOW = 6  # words of content in a row, of which
KNOWN = 0.75  # this share of the weight in one sentence means that it is reported there
MIN_STEMS = 5  # words of content of a sentence that can be judged
MAX_LOOKED_AT = 8  # places where most of a sentence's words stand
NEIGHBOURS = 1  # paragraphs around such a place
MIN_TOLD = 2  # words of content of a quotation that can be recognised in reported speech
LIKE = 0.5  # share of equal words from which a quotation may be another form of one
_NAME = re.compile(
    r"[A-Z\u00c0-\u00de][\w\u2019'-]*(?:\s+(?:(?:of|by|for)\s+(?:the\s+)?)?[A-Z\u00c0-\u00de][\w\u2019'-]*)*"
)
_PLAIN = CALENDAR | words_of(
    "mr mrs ms dr sir president minister secretary prime foreign general"
    " jan feb mar apr jun jul aug sept sep oct nov dec"
)


def find_alone(
    one: Prepared,
    other: Prepared,
    quotes: Sequence[Unit],
    spoken_of: Sequence[Cut],
    weights: Mapping[str, float],
) -> tuple[Alone, ...]:
    """Give what one document reports and another does not, a paragraph at a time.

    Parameters
    ----------
    one, other : the documents
    quotes : quotations of ``one`` without a counterpart
    spoken_of : sentences that other findings are about, which are left out
    weights : how much each word tells (`detente.sources.prepared.weigh_stems`)
    """
    places = _Places(other)
    known = _Known(other)
    name = one.document.id
    told = {cut.text for cut in spoken_of if cut.document == name}
    sentences: dict[int, list[tuple[Sentence, list[str], list[str]]]] = defaultdict(list)
    for sentence in one.sentences:
        if sentence.text in told or len(sentence.stems) < MIN_STEMS:
            continue
        names, figures = known.new_names(sentence), known.new_figures(sentence, one)
        if (names or figures) and places.is_new(sentence, weights):
            sentences[sentence.paragraph].append((sentence, names, figures))
    spoken: dict[int, list[Unit]] = defaultdict(list)
    for unit in _unlike(quotes, other):
        if not any(unit.text in words for words in told):
            spoken[unit.paragraphs[0]].append(unit)
    out = []
    for number in sorted({*sentences, *spoken}):
        found, units = sentences.get(number, []), spoken.get(number, [])
        text = " ".join(each.text for each, _, _ in found) or " ".join(u.text for u in units)
        paragraphs = (number,) if found else tuple(sorted({n for u in units for n in u.paragraphs}))
        out.append(
            Alone(
                Cut(name, paragraphs, text),
                _names(each for _, names, _ in found for each in names),
                _once(each for _, _, figures in found for each in figures),
                tuple(as_quoted(each, name) for each in units),
            )
        )
    return tuple(out)


def _once(words: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _names(names: Iterator[str]) -> tuple[str, ...]:
    """Give each name once, in its first form."""
    out: dict[str, str] = {}
    for name in names:
        out.setdefault(name.split()[-1].lower(), name)
    return tuple(out.values())


def _unlike(quotes: Sequence[Unit], other: Prepared) -> Iterator[Unit]:
    """Give the quotations of which the other document has no form at all."""
    alike = load_rapidfuzz().distance.Indel.normalized_similarity
    index: dict[tuple[str, str], set[int]] = defaultdict(set)
    words_of = [[token.text for token in each.tokens] for each in other.passages]
    words_of += [[token.text for token in each.tokens] for each in other.sentences]
    for at, words in enumerate(words_of):
        for pair in itertools.pairwise(words):
            index[pair].add(at)
    spread: dict[str, set[int]] = defaultdict(set)
    for at, sentence in enumerate(other.sentences):
        for stem in sentence.stems:
            spread[stem].add(at)
    for unit in quotes:
        if _is_told(content_stems(unit.tokens), other.sentences, spread):
            continue
        words = unit.words
        near = set().union(*(index.get(p, ()) for p in itertools.pairwise(words)))
        if not any(alike(words, words_of[at]) >= LIKE for at in near):
            yield unit


def _tells(word: str) -> bool:
    """Whether a word of a name tells it from others: no title, no day, nothing very short."""
    return len(word) > 2 and word not in STOP | _PLAIN and not word[0].isdigit()


def _is_told(
    stems: frozenset[str], sentences: Sequence[Sentence], spread: Mapping[str, set[int]]
) -> bool:
    """Whether one sentence has most of a quotation's words, as reported speech may."""
    if len(stems) < MIN_TOLD:
        return False
    # whoever has three quarters of the words has one of the rarest third of them
    rare = sorted((spread.get(each, set()) for each in stems), key=len)[: len(stems) // 3 + 1]
    places = set().union(*rare)
    return any(len(stems & sentences[at].stems) >= KNOWN * len(stems) for at in places)


class _Known:
    """The names, numbers and dates that a document has anywhere, headings included."""

    def __init__(self, prepared: Prepared) -> None:
        document = prepared.document
        texts = [each.text for each in document.paragraphs]
        self.words = {token.text for text in texts for token in tokenise(text)}
        self.stems = {token.stem for text in texts for token in tokenise(text)}
        self.values = {each.value for text in texts for each in find_numerals(text)}
        self.dates: list[DateMention] = []
        for sentence in prepared.sentences:
            self.dates += find_mentions(sentence, document.written).dates

    def new_names(self, sentence: Sentence) -> list[str]:
        """Give the names in a sentence of which this document lacks some word."""
        out = []
        for found in _NAME.finditer(sentence.text):
            if found.start() == 0 or sentence.is_quoted(found.start()):
                continue
            words = [each.text for each in tokenise(found[0])]
            telling = [each for each in words if _tells(each)]
            if telling and all(self._lacks(each) for each in telling):
                out.append(re.sub(r"['\u2019]s\b.*$", "", found[0]))
        return out

    def _lacks(self, word: str) -> bool:
        stems = {token.stem for token in tokenise(word)}
        return word not in self.words and not stems & self.stems

    def new_figures(self, sentence: Sentence, one: Prepared) -> list[str]:
        """Give the dates and counts in a sentence that this document does not have."""
        mentions = find_mentions(sentence, one.document.written)
        out: list[tuple[int, str]] = []
        for date in mentions.dates:
            if not date.relative and not any(date.agrees_with(each) for each in self.dates):
                out.append((date.start, sentence.text[date.start : date.end]))
        for count in mentions.counts:
            if self._is_new(count):
                out.append((count.start, count.said))
        return [words for _, words in sorted(out)]

    def _is_new(self, count: Count) -> bool:
        return count.low == count.high and count.low not in self.values and count.low > 2


class _Places:
    """Finds where in a document the words of a sentence stand."""

    def __init__(self, prepared: Prepared) -> None:
        self.numbers = sorted(prepared.around)
        self.around = prepared.around
        self.sentences = prepared.sentences
        self.index: dict[str, list[int]] = defaultdict(list)
        for at, number in enumerate(self.numbers):
            for stem in prepared.around[number]:
                self.index[stem].append(at)
        self.of_paragraph: dict[int, list[int]] = defaultdict(list)
        for at, sentence in enumerate(prepared.sentences):
            self.of_paragraph[sentence.paragraph].append(at)

    def is_new(self, sentence: Sentence, weights: Mapping[str, float]) -> bool:
        """Whether no place has more than few of a sentence's words, nor most of any part of it."""
        likely = self._likely(sentence, weights)
        whole = weight(sentence.stems, weights)
        for at in likely:
            near = self.numbers[max(0, at - NEIGHBOURS) : at + NEIGHBOURS + 1]
            stems = frozenset().union(*(self.around[each] for each in near))
            if weight(sentence.stems & stems, weights) >= FEW * whole:
                return False
        order = [each.stem for each in sentence.tokens if each.is_content]
        windows = [frozenset(order[i : i + WINDOW]) for i in range(max(1, len(order) - WINDOW + 1))]
        for at in likely:
            for place in self.of_paragraph[self.numbers[at]]:
                stems = self.sentences[place].stems
                if any(
                    weight(each & stems, weights) >= KNOWN * weight(each, weights)
                    for each in windows
                ):
                    return False
        return True

    def _likely(self, sentence: Sentence, weights: Mapping[str, float]) -> list[int]:
        counts: dict[int, float] = defaultdict(float)
        for stem in sentence.stems:
            for at in self.index.get(stem, ()):
                counts[at] += weights[stem]
        return heapq.nlargest(MAX_LOOKED_AT, counts, key=lambda at: (counts[at], -at))
