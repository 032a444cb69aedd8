"""Words made comparable: spelling, contractions, numbers, stems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from detente.sources.numerals import find_numerals
from detente.sources.vocabulary import words_of

STOP = words_of(
    """a about after again all also although am an and any are as at away be became because become
    been before being both but by came can come could did do does down during each either else even
    ever every few for from further get given go going got had has have he her here hers him his
    how however i if in instead into is it its itself just last later least less like made make
    many may me might more most much must my near neither new next no nor not now of off on once
    one only onto or other our out over own per quite rather said same say saying says she should
    since so some still such take than that the their them then there these they thing this those
    though through thus to told too took toward under unless until up upon us very was way we well
    were what when where whether which while who whom whose why will with within without would yet
    you your mr mrs ms dr"""
)
_TOKEN = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:['\u2019][^\W\d_]+)*", re.UNICODE)
_NAMES = {"us": "usa", "usa": "usa", "uk": "uk", "un": "un", "eu": "eu"}
_IRREGULAR = {"can't": ["can", "not"], "won't": ["will", "not"], "shan't": ["shall", "not"]}
_ENDINGS = (("n't", "not"), ("'re", "are"), ("'ve", "have"), ("'ll", "will"), ("'d", "would"),
            ("'m", "am"))  # fmt: skip
_IS = words_of("it that he she there what who where here let")
_SAME = {
    "programme": "program", "programmes": "programs", "grey": "gray", "judgement": "judgment",
    "defence": "defense", "offence": "offense", "licence": "license", "tyre": "tire",
    "ageing": "aging", "percent": "%", "pct": "%",
}  # fmt: skip
_AMERICAN = (
    (re.compile(r"(?<=..)is(e|ed|es|ing|ation|ations)$"), r"iz\1"),
    (re.compile(r"(?<=..)ys(e|ed|es|ing)$"), r"yz\1"),
    (re.compile(r"(?<=.)our(ed|ing|s|ably|able|al|ful|hood|ite|ites|er|ers|)$"), r"or\1"),
    (re.compile(r"(?<=.)tre(s|)$"), r"ter\1"),
    (re.compile(r"(?<=.)ogue(s|)$"), r"og\1"),
    (re.compile(r"ll(ed|ing|er|ers)$"), r"l\1"),
)
_SUFFIXES = (
    "izations", "ization", "izing", "izes", "ized", "ize", "ations", "ation", "ements", "ement",
    "ments", "ment", "ings", "ing", "ies", "ied", "edly", "ed", "es", "ly", "s", "e", "y",
)  # fmt: skip
MIN_STEM = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A word made comparable, its stem, and where it stands."""

    text: str
    stem: str
    start: int
    end: int

    @property
    def is_content(self) -> bool:
        """Whether it says what a text is about: neither a small word nor a number."""
        return self.text not in STOP and len(self.text) > 1 and not self.is_number

    @property
    def is_number(self) -> bool:
        """Whether it is a number."""
        return self.text[0].isdigit()


def tokenise(text: str) -> list[Token]:
    """Cut a text into comparable words.

    Small letters, American spelling, contractions written out, numbers as digits.

    Examples
    --------
    >>> " ".join(each.text for each in tokenise("We\u2019re realising twenty-one of the U.S. aims"))
    'we are realizing 21 of the usa aims'
    >>> [each.stem for each in tokenise("denuclearisation denuclearize")]
    ['denuclear', 'denuclear']
    """
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    numerals = {each.start: each for each in find_numerals(text)}
    ends = -1
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if start < ends:
            continue
        if start in numerals:
            numeral = numerals[start]
            ends = numeral.end
            word = f"{numeral.value:.15g}"
            yield Token(word, word, start, numeral.end)
            continue
        for word in normalise(found[0]):
            yield Token(word, stem(word), start, end)


@lru_cache(maxsize=65536)
def normalise(word: str) -> tuple[str, ...]:
    """Give a word as it is compared: one word, or two where it is a contraction."""
    if word.isupper() or "." in word:
        name = word.replace(".", "").lower()
        if name in _NAMES:
            return (_NAMES[name],)
    small = word.lower().replace("\u2019", "'").replace(".", "")
    if small in _IRREGULAR:
        return tuple(_IRREGULAR[small])
    for ending, written in _ENDINGS:
        if small.endswith(ending) and len(small) > len(ending):
            return (_american(small.removesuffix(ending)), written)
    if small.endswith("'s"):
        head = small[:-2]
        return (head, "is") if head in _IS else (_american(head),)
    return (_american(small.replace("'", "")),)


def _american(word: str) -> str:
    if word in _SAME:
        return _SAME[word]
    for pattern, american in _AMERICAN:
        changed = pattern.sub(american, word)
        if changed != word:
            return changed
    return word


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """Cut the ending off a word, so that forms of one word become equal.

    Examples
    --------
    >>> stem("guarantees"), stem("inspected"), stem("sites")
    ('guarante', 'inspect', 'sit')
    """
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= MIN_STEM:
            return word.removesuffix(suffix)
    return word


def content_stems(tokens: Iterable[Token]) -> frozenset[str]:
    """Give the stems of the words that say what a text is about."""
    return frozenset(each.stem for each in tokens if each.is_content)
