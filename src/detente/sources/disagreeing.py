"""Where two documents cannot both be right: dates, numbers, and who spoke.

Precision comes first. A difference counts only where both documents speak about the same thing
by strong signs, and where neither gives the other's value for it somewhere else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from detente.sources.aligning import Match, word_changes
from detente.sources.dates import DateMention
from detente.sources.findings import Cut, Disagreement, Matter
from detente.sources.mentions import Count, Mentions, Years, find_mentions, owner_of, stems_near
from detente.sources.numerals import find_numerals
from detente.sources.prepared import Prepared, Sentence, weigh_stems, weight
from detente.sources.speakers import Speaker
from detente.sources.vocabulary import CONTRASTS
from detente.sources.words import Token

MIN_SHARED = 3  # words of content that two sentences about one thing share
SAME_THING = 0.45  # share of the lighter sentence's weight that the other has too
SAME_PART = 0.25  # and share of the heavier one's
MIN_NEAR = 2  # words of content shared next to the two values
MIN_ROW = 3  # words of content shared by paragraphs with rows of years that share a year
MAX_PLACES = 40  # a word in more sentences does not tell which belong together
ELSEWHERE = 2  # shared words by which another sentence speaks of the same thing


@dataclass(frozen=True, slots=True)
class Side:
    """A document with the dates and numbers of each sentence, and where each word stands."""

    prepared: Prepared
    mentions: tuple[Mentions, ...]
    places: Mapping[str, Sequence[int]]

    @property
    def id(self) -> str:
        """The document's name."""
        return self.prepared.document.id

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The document's sentences."""
        return self.prepared.sentences

    def cut(self, at: int, *others: int) -> Cut:
        """Give a sentence as a finding; the paragraphs of others that say the same too."""
        numbers = {self.sentences[each].paragraph for each in (at, *others)}
        return Cut(self.id, tuple(sorted(numbers)), self.sentences[at].text)


def find_disagreements(
    first: Prepared, second: Prepared, matches: Iterable[Match]
) -> tuple[Disagreement, ...]:
    """Find where two documents on one event cannot both be right.

    Parameters
    ----------
    first, second : the documents
    matches : passages that both carry

    Returns
    -------
    tuple of Disagreement
        Each pair of values once, in the order of the first document.
    """
    one, other = _side(first), _side(second)
    weights = weigh_stems((first, second))
    found = [
        *_of_rows(one, other, weights),
        *_of_sentences(one, other, weights),
        *_of_matches(matches, first.document.id, second.document.id),
    ]
    out: dict[tuple[str, str, str], Disagreement] = {}
    for each in found:
        key = (each.matter, each.first_says.lower(), each.second_says.lower())
        if not any(_is_part(each, other) for other in found):
            out.setdefault(key, each)
    return tuple(sorted(out.values(), key=lambda each: each.first.paragraphs))


def _is_part(one: Disagreement, other: Disagreement) -> bool:
    """Whether a disagreement is told by another: "2003" by "1994 and 2003" in the same place."""
    says = (one.first_says, one.second_says), (other.first_says, other.second_says)
    return (
        says[0] != says[1]
        and all(a in b for a, b in zip(*says, strict=True))
        and bool({*one.first.paragraphs} & {*other.first.paragraphs})
        and bool({*one.second.paragraphs} & {*other.second.paragraphs})
    )


def _side(prepared: Prepared) -> Side:
    written = prepared.document.written
    places: dict[str, list[int]] = defaultdict(list)
    for at, sentence in enumerate(prepared.sentences):
        for stem in sentence.stems:
            places[stem].append(at)
    mentions = tuple(find_mentions(each, written) for each in prepared.sentences)
    return Side(prepared, mentions, places)


def _of_rows(one: Side, other: Side, weights: Mapping[str, float]) -> Iterator[Disagreement]:
    """Compare rows of years that share a year: "1994 and 2003" against "1994 and 2005"."""
    firsts, seconds = _rows_of(one), _rows_of(other)
    for years, places in firsts.items():
        if years in seconds:
            continue
        for others, found in seconds.items():
            if others in firsts or len(others) != len(years):
                continue
            if not set(years) & set(others):
                continue
            best = max(
                ((i, j) for i in places for j in found),
                key=lambda pair: _shared_around(one, other, pair, weights)[1],
            )
            count, _ = _shared_around(one, other, best, weights)
            if count >= MIN_ROW:
                yield Disagreement(
                    Matter.DATE,
                    places[best[0]].said,
                    found[best[1]].said,
                    one.cut(best[0], *places),
                    other.cut(best[1], *found),
                )


def _rows_of(side: Side) -> dict[tuple[int, ...], dict[int, Years]]:
    out: dict[tuple[int, ...], dict[int, Years]] = {}
    for at, mentions in enumerate(side.mentions):
        for row in mentions.rows:
            out.setdefault(tuple(sorted(row.years)), {})[at] = row
    return out


def _shared_around(
    one: Side, other: Side, pair: tuple[int, int], weights: Mapping[str, float]
) -> tuple[int, float]:
    """Count and weigh the words that the paragraphs of two sentences share."""
    a = one.prepared.around[one.sentences[pair[0]].paragraph]
    b = other.prepared.around[other.sentences[pair[1]].paragraph]
    return len(a & b), weight(a & b, weights)


def _of_sentences(one: Side, other: Side, weights: Mapping[str, float]) -> Iterator[Disagreement]:
    """Compare dates and counts of sentences about the same thing."""
    for i, sentence in enumerate(one.sentences):
        mentions = one.mentions[i]
        if not mentions.dates and not mentions.counts:
            continue
        for j in _alike(sentence, other, weights):
            yield from _dates(one, other, i, j)
            yield from _numbers(one, other, i, j)


def _alike(sentence: Sentence, other: Side, weights: Mapping[str, float]) -> Iterator[int]:
    """Give the other document's sentences about the same thing as one of this."""
    counts: Counter[int] = Counter()
    for stem in sentence.stems:
        places = other.places.get(stem, ())
        if len(places) <= MAX_PLACES:
            counts.update(places)
    whole = weight(sentence.stems, weights)
    for j, count in sorted(counts.items()):
        if count < MIN_SHARED - 1:
            continue
        their = other.sentences[j].stems
        shared = sentence.stems & their
        lighter, heavier = sorted((whole, weight(their, weights)))
        if _differ_in_subject(sentence, other.sentences[j]):
            continue
        common = weight(shared, weights)
        enough = common >= SAME_THING * lighter and common >= SAME_PART * heavier
        if enough and len(shared) >= MIN_SHARED:
            yield j


def _differ_in_subject(one: Sentence, other: Sentence) -> bool:
    """Whether each has a name that the other lacks, or they are set against each other."""
    if one.names - other.names and other.names - one.names:
        return True
    return _are_set_apart(one.tokens, other.tokens)


def _are_set_apart(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Whether two sentences have words that say different things: the north and the south."""
    ours, theirs = ({each.text for each in side} for side in (one, other))
    return any((ours & row) - theirs and (theirs & row) - ours for row in CONTRASTS)


def _dates(one: Side, other: Side, i: int, j: int) -> Iterator[Disagreement]:
    firsts = [d for d in one.mentions[i].dates if not _in_row(one, i, d.start)]
    seconds = [d for d in other.mentions[j].dates if not _in_row(other, j, d.start)]
    left = [a for a in firsts if not any(a.agrees_with(b) for b in seconds)]
    right = [b for b in seconds if not any(b.agrees_with(a) for a in firsts)]
    for a in left:
        rivals = [b for b in right if a.is_comparable(b)]
        peers = [each for each in left if each.is_comparable(a)]
        if len(rivals) != 1 or len(peers) != 1:
            continue
        b = rivals[0]
        if a.relative and b.relative:
            continue
        if not _near(one, other, i, j, a.start, b.start):
            continue
        known = one.sentences[i].stems & other.sentences[j].stems
        if any(a.agrees_with(each) for each in _elsewhere_dates(other, j, known)) or any(
            b.agrees_with(each) for each in _elsewhere_dates(one, i, known)
        ):
            continue
        yield Disagreement(
            Matter.DATE, _said(one, i, a), _said(other, j, b), one.cut(i), other.cut(j)
        )


def _in_row(side: Side, at: int, start: int) -> bool:
    rows = side.mentions[at].rows
    return any(row.start <= start < row.start + len(row.said) for row in rows)


def _said(side: Side, at: int, mention: DateMention) -> str:
    words = side.sentences[at].text[mention.start : mention.end]
    if not mention.relative:
        return words
    return f"{words} ({' or '.join(str(each) for each in mention.dates)})"


def _near(one: Side, other: Side, i: int, j: int, start: int, place: int) -> bool:
    """Whether the words around two values are alike."""
    near = stems_near(one.sentences[i], start) & stems_near(other.sentences[j], place)
    return len(near) >= MIN_NEAR


def _elsewhere_dates(side: Side, at: int, known: frozenset[str]) -> Iterator[DateMention]:
    for k in _same_thing(side, at, known):
        yield from side.mentions[k].dates


def _same_thing(side: Side, at: int, known: frozenset[str]) -> Iterator[int]:
    """Give the other sentences of a document that share some words."""
    counts: Counter[int] = Counter()
    for stem in known:
        counts.update(side.places.get(stem, ()))
    for k, count in counts.items():
        if k != at and count >= ELSEWHERE:
            yield k


def _numbers(one: Side, other: Side, i: int, j: int) -> Iterator[Disagreement]:
    firsts, seconds = one.mentions[i].counts, other.mentions[j].counts
    values = [
        {n.value for n in find_numerals(s.sentences[at].text)} for s, at in ((one, i), (other, j))
    ]
    for a in firsts:
        rivals = [b for b in seconds if a.counts_the_same(b)]
        peers = [each for each in firsts if a.counts_the_same(each)]
        if len(rivals) != 1 or len(peers) != 1 or a.agrees_with(rivals[0]):
            continue
        b = rivals[0]
        if a.low in values[1] or b.low in values[0]:  # the other has it too, of something else
            continue
        owners = owner_of(one.sentences[i], a.start), owner_of(other.sentences[j], b.start)
        if all(owners) and not owners[0] & owners[1]:
            continue
        if not _near(one, other, i, j, a.start, b.start):
            continue
        known = (one.sentences[i].stems & other.sentences[j].stems) | (a.units & b.units)
        if _given_elsewhere(other, j, a, known) or _given_elsewhere(one, i, b, known):
            continue
        yield Disagreement(Matter.NUMBER, a.said, b.said, one.cut(i), other.cut(j))


def _given_elsewhere(side: Side, at: int, count: Count, known: frozenset[str]) -> bool:
    return any(
        each.counts_the_same(count) and each.agrees_with(count)
        for k in _same_thing(side, at, known)
        for each in side.mentions[k].counts
    )


def _of_matches(matches: Iterable[Match], first: str, second: str) -> Iterator[Disagreement]:
    """Compare the numbers within passages that both carry, and who is said to have spoken."""
    for match in matches:
        a, b = match.first, match.second
        cuts = Cut(first, a.paragraphs, a.text), Cut(second, b.paragraphs, b.text)
        speakers = _rivals(a.speaker, b.speaker)
        if speakers is not None:
            yield Disagreement(Matter.SPEAKER, *speakers, *cuts)
        changes = () if _are_set_apart(a.tokens, b.tokens) else word_changes(a, b)
        for change in changes:
            ours, theirs = change.first, change.second
            values = find_numerals(ours), find_numerals(theirs)
            if [len(each) for each in values] == [1, 1] and (
                values[0][0].value != values[1][0].value
            ):
                is_year = all(each[0].plain and 1500 <= each[0].value < 2100 for each in values)
                matter = Matter.DATE if is_year else Matter.NUMBER
                yield Disagreement(matter, ours, theirs, *cuts)


def _rivals(one: Speaker | None, other: Speaker | None) -> tuple[str, str] | None:
    """Give two speakers' names where both documents name somebody outright, and not the same."""
    if one is None or other is None or one.by_pronoun or other.by_pronoun:
        return None
    if not (one.is_name and other.is_name):
        return None
    shares = set(one.name.lower().split()) & set(other.name.lower().split())
    return None if shares else (one.name, other.name)
