"""Lists in documents: what talks are about, what a text has, who came; and how two differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.sources.findings import Cut, PointLists, WordChange
from detente.sources.prepared import Prepared, Sentence
from detente.sources.words import Token, content_stems, tokenise

SAME_POINT = 0.6  # share of the shorter point's words that the other has too
MIN_ITEMS = 2
MAX_ITEMS = 30
MAX_ITEM = 30  # words; a longer stretch is a sentence of its own
_VERBS = (  # verbs that open a list; those in a row mean the same
    ("focus", r"focus(?:es|ed|ing|sed|ses)?\s+on|concentrat(?:e|es|ed|ing)\s+on"),
    ("focus", r"cover(?:s|ed|ing)?|discuss(?:es|ed|ing)?|address(?:es|ed|ing)?"),
    ("focus", r"deal(?:s|t|ing)?\s+with|centre[sd]?\s+on|center(?:s|ed)?\s+on"),
    ("include", r"includ(?:e|es|ed)|consist(?:s|ed)?\s+of|compris(?:e|es|ed)|contain(?:s|ed)?"),
    ("agree", r"agreed\s+(?:to|on)|commit(?:s|ted)?\s+(?:itself|themselves|himself|herself)?\s*to"),
    ("demand", r"demand(?:s|ed)|call(?:s|ed)\s+for|require[sd]?"),
)
_OPENERS = tuple((name, re.compile(rf"\b(?:{pattern})\b")) for name, pattern in _VERBS)
_SAME_SUBJECT = {
    stem: kind
    for kind, words in {
        "talks": "talks talk discussions discussion negotiations negotiation summit meeting agenda",
        "text": "agreement deal accord text document plan treaty pact proposal",
        "delegation": "delegation team party",
    }.items()
    for word in words.split()
    for stem in content_stems(tokenise(word))
}
_GENERIC = content_stems(
    tokenise(
        "issue issues effort efforts matter matters question questions topic topics point points"
        " building making achieving realising including concern steps measures"
    )
)
_SPLIT = re.compile(
    r"\s*;\s*(?:and\s+)?|\s*,\s*(?:and\s+|or\s+|as\s+well\s+as\s+)?|\s+and\s+|\s+as\s+well\s+as\s+"
)
_BULLET = re.compile(r"^\s*(?:[-*\u2022\u2013]|\(?\d{1,2}[.)]|\(?[a-z][.)])\s+")
_STOPS = re.compile(
    r"[\u201d\"]?,?\s+(?:[A-Z][\w.\u2019'-]*\s+){0,3}(?:he|she|they|it)?\s*(?:said|says|added|told)\b"
    r"|,\s+(?:according|adding|saying|which|who|while|although|but|as)\b|\s+(?:before|after|when)\s+"
)


@dataclass(frozen=True, slots=True)
class PointList:
    """A list: what opens it, and its points."""

    paragraph: int
    text: str
    about: str
    opener: str
    subject: frozenset[str]
    points: tuple[str, ...]


def find_lists(prepared: Prepared) -> list[PointList]:
    """Find the lists of a document: in a sentence, or one point a paragraph."""
    out = [each for sentence in prepared.sentences for each in _in_sentence(sentence)]
    return [*out, *_in_paragraphs(prepared)]


def _in_sentence(sentence: Sentence) -> Iterator[PointList]:
    for opener, pattern in _OPENERS:
        found = pattern.search(sentence.text)
        if found is None or sentence.is_quoted(found.start()):
            continue
        head = sentence.text[: found.start()]
        rest = sentence.text[found.end() :]
        stop = _STOPS.search(rest)
        points = split_points(rest[: stop.start()] if stop else rest)
        subject = _subject(head)
        if len(points) >= MIN_ITEMS and subject:
            about = sentence.text[: found.end()].strip()
            yield PointList(
                sentence.paragraph, sentence.text, about, opener, subject, tuple(points)
            )
            return


def split_points(text: str) -> list[str]:
    """Cut a list into its points.

    Examples
    --------
    >>> split_points("the borders, the return of prisoners, and trade.")
    ['the borders', 'the return of prisoners', 'trade']
    >>> split_points("the north and the south of the valley; arms")
    ['the north and the south of the valley', 'arms']
    """
    text = text.strip(" .:\u201c\u201d\"'")
    if ";" in text:
        parts = re.split(r"\s*;\s*(?:and\s+)?", text)
    elif "," in text:
        parts = re.split(r"\s*,\s*(?:and\s+|or\s+|as\s+well\s+as\s+)?", text)
        last = re.split(r"\s+and\s+", parts[-1])
        # "a, b and c": the last comma part holds two points
        if len(last) == 2 and not re.search(r",\s*and\s", text):
            parts = [*parts[:-1], *last]
    else:
        parts = re.split(r"\s+and\s+|\s+as\s+well\s+as\s+", text)
    points = [part.strip(" .,:\u201c\u201d\"'") for part in parts]
    points = [part for part in points if part]
    fits = all(len(part.split()) <= MAX_ITEM for part in points) and len(points) <= MAX_ITEMS
    return points if fits else []


def _subject(head: str) -> frozenset[str]:
    """Give what a list belongs to: the words of content before its verb, by kind where known."""
    tokens = [each for each in tokenise(head) if each.is_content]
    return frozenset(_kind(each) for each in tokens[-6:])


def _kind(token: Token) -> str:
    return _SAME_SUBJECT.get(token.stem, token.stem)


def _in_paragraphs(prepared: Prepared) -> Iterator[PointList]:
    """Find lists with a bullet or a number before each point."""
    paragraphs = prepared.document.paragraphs
    at = 0
    while at < len(paragraphs):
        end = at
        while end < len(paragraphs) and _BULLET.match(paragraphs[end].text):
            end += 1
        if end - at >= MIN_ITEMS:
            lead = paragraphs[at - 1].text if at else ""
            points = tuple(_BULLET.sub("", each.text).rstrip(" ;.") for each in paragraphs[at:end])
            opener = next((name for name, pattern in _OPENERS if pattern.search(lead)), "list")
            text = " ".join(each.text for each in paragraphs[at:end])
            yield PointList(
                paragraphs[at].number, text, lead.rstrip(" :"), opener, _subject(lead), points
            )
        at = max(end, at + 1)


def compare_lists(first: Prepared, second: Prepared) -> tuple[PointLists, ...]:
    """Find lists of the same thing that do not have the same points.

    Two lists are of the same thing where their verbs mean the same, their subjects share a word,
    and at least one point is in both; or where most points are in both.
    """
    out: list[PointLists] = []
    seconds = find_lists(second)
    for one in find_lists(first):
        for other in seconds:
            pairs = _pair_points(one.points, other.points)
            fewer = min(len(one.points), len(other.points))
            same = one.opener == other.opener and one.subject & other.subject and pairs
            if not same and not (len(pairs) >= 2 and 2 * len(pairs) >= fewer and fewer > 2):
                continue
            if len(pairs) == len(one.points) == len(other.points):
                continue
            out.append(
                PointLists(
                    one.about,
                    Cut(first.document.id, (one.paragraph,), one.text),
                    Cut(second.document.id, (other.paragraph,), other.text),
                    tuple(WordChange(one.points[i], other.points[j]) for i, j in pairs),
                    _rest(one.points, [i for i, _ in pairs]),
                    _rest(other.points, [j for _, j in pairs]),
                )
            )
    return tuple(out)


def _rest(points: Sequence[str], taken: Sequence[int]) -> tuple[str, ...]:
    return tuple(point for at, point in enumerate(points) if at not in taken)


def _pair_points(firsts: Sequence[str], seconds: Sequence[str]) -> list[tuple[int, int]]:
    stems = [[_point_stems(each) for each in side] for side in (firsts, seconds)]
    found = []
    for i, a in enumerate(stems[0]):
        for j, b in enumerate(stems[1]):
            fewer = min(len(a), len(b))
            share = len(a & b) / fewer if fewer else 0.0
            if share >= SAME_POINT:
                found.append((-share, -len(a & b), i, j))
    out: list[tuple[int, int]] = []
    for _, _, i, j in sorted(found):
        if all(i != each[0] and j != each[1] for each in out):
            out.append((i, j))
    return sorted(out)


def _point_stems(point: str) -> frozenset[str]:
    tokens = tokenise(point)
    stems = content_stems(tokens)
    return (stems - _GENERIC) or stems
