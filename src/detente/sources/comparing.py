"""Two documents on the same event, side by side: the whole comparison."""

from __future__ import annotations

from collections.abc import Sequence

from detente.sources.aligning import (
    ALIKE,
    ALIKE_TEXT,
    Match,
    TextIndex,
    Unit,
    as_shared,
    find_in_text,
    match_units,
    quoted_units,
    text_units,
)
from detente.sources.alone import find_alone
from detente.sources.disagreeing import find_disagreements
from detente.sources.findings import Pair
from detente.sources.points import compare_lists
from detente.sources.prepared import Prepared, weigh_stems

RELATED = 0.25  # share of the names of the one with fewer from which two are on one event
MIN_RELATED = 4  # and so many names at least


def compare_documents(first: Prepared, second: Prepared) -> Pair:
    """Lay two documents side by side.

    Parameters
    ----------
    first, second : documents made ready by `detente.sources.prepared.prepare`

    Raises
    ------
    DetenteError
        E490 where the library that aligns words is not installed.
    """
    names = first.document.id, second.document.id
    both = len(first.names & second.names)
    fewer = min(len(first.names), len(second.names))
    alike = both / fewer if fewer else 0.0
    if alike < RELATED or both < MIN_RELATED:
        return Pair(*names, round(alike, 3), related=False)
    ours, theirs = quoted_units(first), quoted_units(second)
    matches = match_units(ours, theirs, ALIKE)
    plain = match_units(text_units(first), text_units(second), ALIKE_TEXT)
    left, right = _unmatched(ours, matches, 0), _unmatched(theirs, matches, 1)
    unmarked = [*_unmarked(left, second), *_turned(_unmarked(right, first))]
    matches = sorted([*matches, *unmarked, *plain], key=lambda each: each.first.paragraphs)
    disagreements = find_disagreements(first, second, matches)
    lists = compare_lists(first, second)
    spoken_of = [each.first for each in disagreements] + [each.first for each in lists]
    spoken_of += [each.second for each in disagreements] + [each.second for each in lists]
    weights = weigh_stems((first, second))
    return Pair(
        *names,
        round(alike, 3),
        related=True,
        shared=tuple(as_shared(each, *names) for each in matches),
        disagreements=disagreements,
        lists=lists,
        only_first=find_alone(first, second, _unmatched(ours, matches, 0), spoken_of, weights),
        only_second=find_alone(second, first, _unmatched(theirs, matches, 1), spoken_of, weights),
    )


def _unmatched(units: Sequence[Unit], matches: Sequence[Match], side: int) -> list[Unit]:
    taken = {id((each.first, each.second)[side]) for each in matches}
    return [each for each in units if id(each) not in taken]


def _unmarked(units: Sequence[Unit], other: Prepared) -> list[Match]:
    """Find quotations that the other document has without quotation marks."""
    index = TextIndex(other.sentences)
    out = []
    for unit in units:
        sentence = find_in_text(unit, other.sentences, index)
        if sentence is not None:
            plain = Unit((sentence.paragraph,), sentence.text, sentence.tokens, None, False, "")
            out.append(Match(unit, plain, 1.0))
    return out


def _turned(matches: Sequence[Match]) -> list[Match]:
    return [Match(each.second, each.first, each.alike) for each in matches]
