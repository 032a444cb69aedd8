"""Who said what: the nearest verb of saying, its subject, and whom a pronoun stands for.

Nobody is guessed. Where no verb of saying belongs to a quotation, or a pronoun may stand for
more than one person, there is no speaker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from detente.sources.text import Paragraph, split_sentences
from detente.sources.vocabulary import words_of
from detente.sources.words import STOP

_FINITE = (
    "said|says|say|told|tells|added|adds|wrote|writes|tweeted|stated|states|announced|announces"
    "|insisted|insists|warned|warns|argued|argues|declared|declares|noted|notes|replied|replies"
    "|responded|explained|explains|remarked|claimed|claims|asked|asks|acknowledged|acknowledges"
    "|admitted|stressed|stresses|emphasi[sz]ed|emphasi[sz]es|promised|promises|vowed|pledged"
    "|concluded|continued|recalled|confirmed|commented|suggested|observed|complained|conceded"
    "|joked|quipped|testified"
)
_PARTICIPLE = (
    "saying|adding|telling|stating|noting|warning|insisting|writing|arguing|claiming|stressing"
    "|declaring|calling|describing|promising|explaining"
)
_UPPER = "A-Z\u00c0-\u00d6\u00d8-\u00de"
_CAP = (
    rf"(?:(?:[{_UPPER}]\.)+|(?:Mr|Mrs|Ms|Dr|Gen|Adm|Col|Lt|Sen|Rep|Gov|St)\."
    rf"|[{_UPPER}][\w\u2019'-]*)"
)
_PROPER = rf"{_CAP}(?:\s+(?:(?:of|the|de|von|van|bin|al|el)\s+)?{_CAP}){{0,7}}"
_BODY = (
    r"(?P<body>\s+(?:news\s+agency|agency|ministry|government|office|officials?|spokesman|spokeswoman"
    r"|spokesperson|commission|administration|team|side))?"
)
_NO_JOIN = (
    r"(?!(?:and|or|that|which|who|but|as|with|by|to|in|on|at|from|is|was|are|were|has|had|it|he|she"
    r"|they|when|while|before|after)\b)"
)
_ROLE = (
    r"(?:[Tt]he|[Aa]n?|[Oo]ne|[Aa]nother|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir)\s+"
    rf"(?:{_NO_JOIN}[\w.\u2019'-]+\s+){{0,5}}?{_NO_JOIN}[a-z][\w-]{{2,}}"
)
_PRONOUN = r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ii]t)"
_SUBJECT = rf"(?:(?P<pronoun>{_PRONOUN})|(?P<name>{_PROPER}){_BODY}|(?P<role>{_ROLE}))"
_ADVERB = (
    r"(?:(?:also|later|earlier|then|now|once|again|further|previously|recently|publicly|repeatedly"
    r"|simply|only|has|had|have|would|[a-z]+ly)\s+){0,2}"
)
_WHEN = (
    r"(?:(?:on\s+[A-Z][a-z]+day|(?:earlier\s+|later\s+)?(?:today|yesterday))"
    r"(?:\s+\([^)]{2,20}\))?\s+)?"
)
_ASIDE = r"(?:,\s+(?:who|the|a|an|its|his|her|[a-z])[^,.;:\u201c\u201d\"]{2,70},)?"
_OFFICE = (  # "White House press secretary", before the name
    rf"(?:{_PROPER}\s+(?:(?:press|prime|foreign|defen[cs]e|finance|interior|energy|state|secretary"
    r"|minister|president|spokesman|spokeswoman|spokesperson|leader|chief|advis[eo]r|envoy|ambassador"
    rf"|director|chairman|negotiator|senator|deputy|vice|national|security|of)\s+){{1,5}}(?={_CAP}))?"
)
_SAID = re.compile(rf"{_SUBJECT}{_ASIDE},?\s+{_WHEN}{_ADVERB}(?:{_FINITE})\b")
_SAID_LAST = re.compile(rf"(?<=,)\s+{_SUBJECT}{_ASIDE},?\s+{_WHEN}{_ADVERB}(?:{_FINITE})\b")
_TAIL_NAME_FIRST = re.compile(rf"\s*,?\s*{_SUBJECT}{_ASIDE},?\s+{_WHEN}{_ADVERB}(?:{_FINITE})\b")
_TAIL_VERB_FIRST = re.compile(rf"\s*,?\s*(?:{_FINITE})\s+{_OFFICE}{_SUBJECT}(?=[\s,.;:]|$)")
_ACCORDING = re.compile(rf"\b[Aa]ccording\s+to\s+{_SUBJECT}")
_ELIDED = re.compile(
    rf"\b(?:(?:and|but|then|or)\s+{_WHEN}{_ADVERB}(?:{_FINITE})"
    rf"|(?<!\bby\s)(?<!\bof\s)(?<!\bfor\s)(?<!\bwithout\s)(?<!\bfrom\s)(?:{_PARTICIPLE}))\b"
)
_ANY_VERB = re.compile(rf"\b(?:{_FINITE}|{_PARTICIPLE})\b")
_LEAD = re.compile(
    r"^(?:(?:But|And|So|Yet|Still|However|Meanwhile|Later|Earlier|Then|Also|Separately|Instead)"
    r",?\s+)?(?:(?:On|At|In|During|After|Before|By|For|From|With|Speaking|Asked)\s[^,]{2,90},\s+)?"
)
_FIRST = re.compile(_SUBJECT)
_SENTENCE_SUBJECT = re.compile(rf"{_SUBJECT}\s+(?=[a-z])(?!and\b|of\b|or\b)")
_NOT_NAMES = words_of(
    """But And So Yet Still However Meanwhile Later Earlier Then Also While When As If Although
    Though Because Since After Before On In At By For From With During Under Over Of To That This
    These Those There Here What Why How Who Where Asked Speaking Instead Separately Only Even Both
    Some Many Most Others The A An Besides Beside Despite According Like Unlike Regarding Against
    Among Amid Until Within Without Through Initially Yesterday Today Tomorrow Tonight Recently
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June
    July August September October November December Now Again Once Just First Second Finally Next
    Last Not No All Each Every Any It He She They We I You Officials Analysts Experts Observers
    Critics Sources Diplomats"""
)
_TITLES = words_of(
    """Mr Mrs Ms Dr Sir Lord Lady Prof Professor President Vice Prime Minister Secretary State
    Foreign Defence Defense Interior Finance Energy Chancellor Senator Sen Rep Representative
    Congressman Governor Gov Mayor Ambassador Envoy Special General Gen Admiral Adm Colonel Col
    Major Captain Lieutenant Lt Sergeant King Queen Prince Princess Pope Director Chief Deputy
    Adviser Advisor Spokesman Spokeswoman Chairman Chairwoman Judge Justice Speaker Leader Ministry
    US U.S UN EU UK USA American British House White Staff Press National Security General"""
)
_SENTENCE_BEGINS = re.compile(r"(?:\A|[.!?:][\"'\u201d\u2019)]*\s+)[\"'\u201c\u2018]?$")
_PERSON = re.compile(r"(?:Mr|Mrs|Ms|Dr|Sir|President|Minister|Secretary)\.?\s")
_PERSON_FIRST = re.compile(
    rf"(?:{_CAP}\s+[a-z]+\s+)?(?P<name>{_PROPER}){_ASIDE}"
    r"\s+(?:was|is|had|has|came|went|left|met|[a-z]+ed)\b"
)
LOOK_BACK = 2  # paragraphs in which a pronoun's name may stand


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is said to have spoken.

    Attributes
    ----------
    name : as the document has it; the fullest form of the name that it uses
    is_name : whether that is a name, and not only a role ("the president")
    by_pronoun : whether it was reached through "he" or "she", or through a verb without a subject
    """

    name: str
    is_name: bool
    by_pronoun: bool = False

    @property
    def surname(self) -> str:
        """The last word of the name, in small letters."""
        return self.name.split()[-1].lower() if self.name else ""


class Marked(Protocol):
    """What is needed of a quotation here."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""

    @property
    def open_end(self) -> bool:
        """Whether it goes on in the next paragraph."""


def is_attribution(text: str) -> bool:
    """Whether some words say that somebody spoke."""
    return _ANY_VERB.search(text) is not None


def name_speakers(
    body: Sequence[Paragraph], spans: Sequence[Sequence[Marked]]
) -> list[list[Speaker | None]]:
    """Give the speaker of each quotation of each paragraph; None where there is none to name."""
    teller = _Teller(body, spans)
    out = [teller.speakers_of(at) for at in range(len(body))]
    for at in reversed(range(len(body) - 1)):  # "..." in several paragraphs, named at the end
        if spans[at] and spans[at][-1].open_end and out[at][-1] is None and out[at + 1]:
            out[at][-1] = out[at + 1][0]
    return out


def _mask(text: str, spans: Sequence[Marked]) -> str:
    """Blank what is quoted, so that verbs in it are not taken for the document's own."""
    out = list(text)
    for each in spans:
        out[each.start : each.end] = "_" * (each.end - each.start)
    return "".join(out)


def _blank_marks(text: str) -> str:
    return text.translate({ord(char): " " for char in '\u201c\u201d"\u2018\u00ab\u00bb'})


def _bare_name(words: str) -> str:
    """Take titles, owners and the like off a name: "U.S. Secretary of State Jo Ek" is Jo Ek."""
    words = re.split(r"['\u2019]s\s", words)[-1]
    parts = [re.sub(r"['\u2019]s?$", "", each) for each in words.split()]
    while parts and (parts[0].rstrip(".") in _NOT_NAMES or parts[0] in ("of", "the", "and")):
        parts.pop(0)
    titled = [at for at, each in enumerate(parts) if each.rstrip(".") in _TITLES]
    if titled and titled[-1] == len(parts) - 1:  # "the White House", "the Prime Minister"
        return " ".join(parts)
    return " ".join(parts[titled[-1] + 1 :] if titled else parts)


class _Teller:
    """Goes through a document and remembers who spoke last."""

    def __init__(self, body: Sequence[Paragraph], spans: Sequence[Sequence[Marked]]) -> None:
        self.body = body
        self.spans = spans
        self.masked = [_mask(p.text, s) for p, s in zip(body, spans, strict=True)]
        self.plain = [_blank_marks(each) for each in self.masked]
        self.last: tuple[int, int, Speaker] | None = None  # paragraph, place, who
        self.full: dict[str, str] = {}
        self.heard: set[str] = set()  # surnames of all who spoke so far
        self.before: Speaker | None = None  # who speaks on from the paragraph before
        for text in self.masked:
            self._learn_names(text)

    def _learn_names(self, text: str) -> None:
        for found in re.finditer(_PROPER, text):
            parts = _bare_name(re.split(r"\s+of\s+", found[0])[-1]).split()
            head = _bare_name(found[0]).split()
            if "of" in head:  # "Jo Ek of Torr"
                parts = head[: head.index("of")]
            begins = parts and found[0].split()[0] == parts[0]
            if begins and _SENTENCE_BEGINS.search(text[: found.start()][-6:]):
                # the first word of a sentence is large anyway
                small = parts[0].lower()
                parts = parts[1:] if small in STOP or small.endswith("ly") else parts
            name = " ".join(parts)
            if 2 <= len(parts) <= 4 and not any(each in ("of", "the", "and") for each in parts):
                known = self.full.get(parts[-1].lower())
                if known is None:
                    self.full[parts[-1].lower()] = name
                elif known.lower() != name.lower():
                    # two people of one surname, unless one form is part of the other
                    longer, shorter = sorted((known, name), key=len, reverse=True)
                    same = longer.lower().endswith(shorter.lower())
                    self.full[parts[-1].lower()] = longer if same else ""

    def speakers_of(self, at: int) -> list[Speaker | None]:
        """Name the speakers of one paragraph's quotations."""
        out: list[Speaker | None] = []
        text, plain = self.masked[at], self.plain[at]
        sentences = split_sentences(self.body[at].text)
        reached = 0
        for number, span in enumerate(self.spans[at]):
            self._hear(at, reached, max(reached, span.start - 1))
            reached = max(reached, span.start - 1)
            begins = max((s for s, _ in sentences if s <= span.start), default=0)
            finishes = min((e for _, e in sentences if e >= span.end), default=len(text))
            who = self._tail(at, span, finishes)
            who = who or self._ahead(at, plain, begins, span.start)
            who = who or self._behind(at, plain, span.end, finishes)
            bare = not plain[begins : span.start].strip()
            if who is None and bare and number and out[-1] is not None:
                previous = self.spans[at][number - 1]
                if len(split_sentences(plain[previous.end : span.start])) <= 1:
                    who = out[-1]
            if who is None and bare and number == 0 and begins == 0:
                who = self.before or self._announced(at)
            out.append(who)
            if who is not None and who.is_name:
                self._remember(at, span.end, who)
        self._hear(at, reached, len(plain))
        ends_open = bool(self.spans[at]) and self.spans[at][-1].open_end
        self.before = out[-1] if ends_open else None
        return out

    def _hear(self, at: int, start: int, end: int) -> None:
        """Remember the last named subject of a verb of saying in a stretch of text."""
        for found in _SAID.finditer(self.plain[at], start, end):
            who = self._resolve(found, at, found.start())
            if who is not None and who.is_name:
                self._remember(at, found.start(), who)

    def _remember(self, at: int, place: int, who: Speaker) -> None:
        self.last = (at, place, who)
        self.heard.add(who.surname)

    def _tail(self, at: int, span: Marked, finishes: int) -> Speaker | None:
        """Read what follows a quotation directly: "...," he told reporters."""
        ending = self.body[at].text[span.start : span.end].rstrip()[-1:]
        text = self.plain[at]
        after = span.end + 1
        for pattern in (_TAIL_VERB_FIRST, _TAIL_NAME_FIRST):
            found = pattern.match(text, after)
            if found is None:
                continue
            if ending == "." or (ending in "?!\u2026" and not self._closes(text, found)):
                return None
            return self._resolve(found, at, after)
        found = _ACCORDING.search(text, after, finishes)
        if found and found.start() - after < 4 and ending != ".":
            return self._resolve(found, at, after)
        return None

    @staticmethod
    def _closes(text: str, found: re.Match[str]) -> bool:
        return bool(found["pronoun"] and found["pronoun"][0].islower()) or re.match(
            r"(?:\s+\w+){0,3}\s*(?:[.,;]|$)", text[found.end() :]
        ) is not None  # fmt: skip

    def _ahead(self, at: int, plain: str, begins: int, start: int) -> Speaker | None:
        """Read what stands before a quotation in its sentence: He added: "..."."""
        stretch = plain[begins:start]
        found = _last(_SAID, plain, begins, start)
        elided = _last(_ELIDED, plain, begins, start)
        according = _last(_ACCORDING, plain, begins, start)
        if according and (found is None or according.start() > found.start()):
            return self._resolve(according, at, according.start())
        if found is not None:
            return self._resolve(found, at, found.start())
        if elided is None or not stretch.strip():
            return None
        lead = _LEAD.match(stretch)
        subject = _SENTENCE_SUBJECT.match(stretch, lead.end() if lead else 0)
        if subject is None:
            return None
        who = self._resolve(subject, at, begins)
        return None if who is None else Speaker(who.name, who.is_name, by_pronoun=True)

    def _behind(self, at: int, plain: str, end: int, finishes: int) -> Speaker | None:
        """Read the end of the sentence: The plan gives "..." to both, Ek said."""
        found = _last(_SAID_LAST, plain, end, finishes)
        if found is None or not re.match(
            r"(?:\s+[\w:]+){0,4}\s*[.,]?\s*$", plain[found.end() : finishes]
        ):
            return None
        return self._resolve(found, at, found.start())

    def _announced(self, at: int) -> Speaker | None:
        """Read a paragraph before that ends with a colon."""
        if at == 0 or not self.masked[at - 1].rstrip().endswith(":"):
            return None
        sentences = split_sentences(self.masked[at - 1])
        begins = sentences[-1][0] if sentences else 0
        return self._ahead(at - 1, self.plain[at - 1], begins, len(self.plain[at - 1]))

    def _resolve(self, found: re.Match[str], at: int, place: int) -> Speaker | None:
        if found["pronoun"]:
            return self._whom(found["pronoun"].lower(), at, place)
        if found["role"]:
            return Speaker(" ".join(found["role"].split()), is_name=False)
        name = self._without_place(_bare_name(found["name"]))
        if found.groupdict().get("body"):
            return Speaker(f"{name}{found['body']}".strip(), is_name=False)
        if not name or name.split()[-1].rstrip(".") in _TITLES | _NOT_NAMES:
            return Speaker(" ".join(found["name"].split()), is_name=False) if name else None
        full = self.full.get(name.split()[-1].lower(), "")
        return Speaker(full if full.lower().endswith(name.lower()) else name, is_name=True)

    def _whom(self, pronoun: str, at: int, place: int) -> Speaker | None:
        """Say whom a pronoun stands for: the last who spoke, if nobody else came between."""
        if pronoun == "they":
            return None
        present = self._present(at, place) if pronoun in ("he", "she") else None
        if present is not None or self.last is None:
            return present
        paragraph, since, who = self.last
        if at - paragraph > LOOK_BACK:
            return None
        for between in range(paragraph, at + 1):
            text = self.plain[between]
            first = since if between == paragraph else -1
            stop = place if between == at else len(text)
            for start, end in split_sentences(text):
                if start <= first or start >= stop or end > stop:
                    continue
                lead = _LEAD.match(text[start:end])
                begin = start + (lead.end() if lead else 0)
                subject = _FIRST.match(text, begin)
                if subject and subject["name"] and self._is_other(subject["name"], who):
                    return None
        return Speaker(who.name, who.is_name, by_pronoun=True)

    def _present(self, at: int, place: int) -> Speaker | None:
        """Give the one person whom the sentence before is about."""
        before = [(s, e) for s, e in split_sentences(self.body[at].text) if e <= place]
        if not before and at and not self.plain[at][:place].strip(" _,"):
            at -= 1  # the paragraph begins with the quotation
            before = split_sentences(self.body[at].text)
        if not before:
            return None
        text = self.plain[at]
        start, end = before[-1]
        lead = _LEAD.match(text[start:end])
        subject = _PERSON_FIRST.match(text, start + (lead.end() if lead else 0), end)
        if subject is None:
            return None
        # "Council chairman Jo Ek of Torr": the name is the last that is known in full
        named = [
            each
            for each in re.findall(_PROPER, text[start:end])
            if self._surname(each) in self.full or _PERSON.match(each)
        ]
        surnames = {self._surname(each) for each in named}
        if len(surnames) != 1 or self._surname(subject["name"]) not in surnames:
            return None
        surname = surnames.pop()
        name = self.full.get(surname) or self._without_place(_bare_name(subject["name"]))
        return Speaker(name, is_name=True, by_pronoun=True)

    def _without_place(self, name: str) -> str:
        head, of, _ = name.partition(" of ")
        return head if of and head.split()[-1:] and head.split()[-1].lower() in self.full else name

    def _surname(self, words: str) -> str:
        parts = self._without_place(_bare_name(words)).split()
        return parts[-1].lower() if parts else ""

    def _is_other(self, words: str, who: Speaker) -> bool:
        """Whether some words name a person who is not the one who spoke last."""
        name = _bare_name(words)
        if not name or name.isupper():
            return False
        surname = name.split()[-1].lower()
        is_person = (
            surname in self.full or surname in self.heard or _PERSON.match(words) is not None
        )
        return is_person and surname != who.surname


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    found = None
    for each in pattern.finditer(text, start, end):
        found = each
    return found
