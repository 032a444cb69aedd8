"""The question what a scenario rests on: its numbers, its documents, and what these say."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from detente.errors import DetenteError, Place, Problem, listed
from detente.scenario.model import Scenario, Source
from detente.sources.citing import (
    Flag,
    Reference,
    SourcedNumber,
    find_references,
    is_after,
    source_numbers,
)
from detente.sources.dates import parse_date
from detente.sources.findings import Pair
from detente.sources.folder import (
    Match,
    Matched,
    Stored,
    is_plain_name,
    list_folder,
    match_documents,
    read_text,
)
from detente.sources.locators import Located, read_locator
from detente.sources.text import Document, Kind, date_stated, read_document

MENDED = 1  # exit code where something is to be mended
NOTHING_TO_MEND = 0


@dataclass(frozen=True, slots=True)
class ListedSource:
    """An entry of ``sources`` and what became of it.

    Attributes
    ----------
    id, title, date : as in the file
    judgement : whether it is somebody's judgement
    cited_by : paths of the numbers and entries that cite it
    after_event : whether it is dated after the event
    match : how its document was found; None where no folder was named
    file : the document's file name; empty where there is none
    sha256 : that file's fingerprint; empty where there is none
    paragraphs : how many the document has; None where it was not read
    residue : numbers of its paragraphs that are menus, share and comment boxes, and the like
    """

    id: str
    title: str
    date: str
    judgement: bool
    cited_by: tuple[str, ...]
    after_event: bool
    match: Match | None = None
    file: str = ""
    sha256: str = ""
    paragraphs: int | None = None
    residue: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedPassage:
    """A passage that a scenario cites.

    Attributes
    ----------
    source : the source's id
    locator : as in the file
    paragraphs : the numbers of its paragraphs
    text : their words, a line each
    cited_by : paths of the numbers and entries that cite it
    kind : what the first paragraph is; residue of a web page is nothing to rest a number on
    """

    source: str
    locator: str
    paragraphs: tuple[int, ...]
    text: str
    cited_by: tuple[str, ...]
    kind: Kind


@dataclass(frozen=True, slots=True)
class Sourcing:
    """What a scenario rests on.

    Attributes
    ----------
    title, file, date : of the scenario; ``date`` is the event's, empty where the file has none
    folder : where the documents are; empty where none was named
    numbers : every number, with its sources and flags
    sources : every entry of the list
    unused_sources : those that nothing cites
    passages : the cited passages
    unknown : files of the folder that are no source's document
    pairs : documents laid side by side, two at a time
    problems : what is to be mended
    sentences : the answer in sentences
    seconds : how long it took
    """

    title: str
    file: str
    date: str
    folder: str
    numbers: tuple[SourcedNumber, ...]
    sources: tuple[ListedSource, ...]
    unused_sources: tuple[str, ...]
    passages: tuple[CitedPassage, ...]
    unknown: tuple[Stored, ...]
    pairs: tuple[Pair, ...]
    problems: tuple[Problem, ...]
    sentences: tuple[str, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 where there is nothing to mend, else 1."""
        return MENDED if self.problems else NOTHING_TO_MEND

    def flagged(self, flag: Flag) -> tuple[SourcedNumber, ...]:
        """Give the numbers with a flag."""
        return tuple(each for each in self.numbers if flag in each.flags)


def trace_sources(scenario: Scenario, folder: str | Path | None = None) -> Sourcing:
    """Say what each number of a scenario rests on, and what its documents say.

    Parameters
    ----------
    scenario : the scenario
    folder : where its documents are; None looks at no document

    Raises
    ------
    DetenteError
        E801 where the folder cannot be read, E490 where a library is not installed.
    """
    started = time.perf_counter()
    references = find_references(scenario)
    numbers = source_numbers(scenario, references)
    problems = list(_check_names(scenario))
    listed_sources = _list_sources(scenario, references)
    passages: tuple[CitedPassage, ...] = ()
    unknown: tuple[Stored, ...] = ()
    pairs: tuple[Pair, ...] = ()
    if folder is not None:
        matched, unknown = match_documents(scenario.sources, list_folder(Path(folder)))
        problems += _check_matches(scenario, matched, Path(folder))
        documents, unread = _read_documents(scenario, matched, Path(folder))
        problems += unread
        listed_sources = _with_documents(listed_sources, matched, documents)
        passages, missed = _find_passages(scenario, references, documents)
        problems += [*missed, *_check_dates(scenario, documents)]
        pairs = _compare(documents)
    unused = tuple(each.id for each in listed_sources if not each.cited_by)
    order = sorted(problems, key=lambda each: each.place.line if each.place else 0)
    sentences = _say(scenario, numbers, listed_sources, pairs, len(problems), folder is not None)
    return Sourcing(
        scenario.title,
        scenario.file,
        scenario.date,
        "" if folder is None else str(folder),
        numbers,
        listed_sources,
        unused,
        passages,
        unknown,
        pairs,
        tuple(order),
        sentences,
        time.perf_counter() - started,
    )


def _list_sources(scenario: Scenario, references: Sequence[Reference]) -> tuple[ListedSource, ...]:
    event = parse_date(scenario.date) if scenario.date else None
    cited: dict[str, list[str]] = {name: [] for name in scenario.sources}
    for each in references:
        cited.setdefault(each.source, []).append(each.by)
    return tuple(
        ListedSource(
            source.id,
            source.title,
            source.date,
            source.judgement,
            tuple(dict.fromkeys(cited[source.id])),
            is_after(source, event),
        )
        for source in scenario.sources.values()
    )


def _with_documents(
    sources: Sequence[ListedSource],
    matched: Sequence[Matched],
    documents: dict[str, Document],
) -> tuple[ListedSource, ...]:
    out = []
    for source, match in zip(sources, matched, strict=True):
        document = documents.get(source.id)
        paragraphs = None if document is None else len(document.paragraphs)
        residue = [
            each.number
            for each in (document.paragraphs if document else ())
            if each.kind is Kind.RESIDUE
        ]
        out.append(
            ListedSource(
                source.id,
                source.title,
                source.date,
                source.judgement,
                source.cited_by,
                source.after_event,
                match.match,
                match.file.name if match.file else "",
                match.file.sha256 if match.file else "",
                paragraphs,
                tuple(residue),
            )
        )
    return tuple(out)


def _problem(
    scenario: Scenario, code: str, message: str, place: Place | None, remedy: str, label: str = ""
) -> Problem:
    line = scenario.line(place) if place is not None else None
    return Problem(code, message, place, label, remedy, line)


def _check_names(scenario: Scenario) -> list[Problem]:
    return [
        _problem(
            scenario,
            "E802",
            f"'{each.document[:60]}', the document of '{each.id}', is not a bare name",
            each.place,
            "write the document's name without folders; say where it is with --documents DIR",
        )
        for each in scenario.sources.values()
        if each.document and not is_plain_name(each.document)
    ]


def _check_matches(scenario: Scenario, matched: Sequence[Matched], folder: Path) -> list[Problem]:
    out = []
    for each in matched:
        source = scenario.sources[each.source]
        name = source.document or "its fingerprint"
        if each.match is Match.CHANGED and each.file is not None:
            now = each.file.sha256 or "unknown: the file is too large"
            message = f"the document of '{source.id}' has changed since it was cited"
            remedy = (
                f"read {each.file.name} again; if the citations still hold, write sha256: {now}"
            )
            out.append(_problem(scenario, "E804", message, source.place, remedy))
        elif each.match is Match.MISSING and is_plain_name(source.document):
            message = f"the document of '{source.id}' ({name}) is not in {folder}"
            remedy = "put it there; it is found by its fingerprint, whatever its name"
            out.append(_problem(scenario, "E805", message, source.place, remedy))
    return out


def _read_documents(
    scenario: Scenario, matched: Sequence[Matched], folder: Path
) -> tuple[dict[str, Document], list[Problem]]:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for each in matched:
        source = scenario.sources[each.source]
        if each.file is None:
            continue
        try:
            text = read_text(folder, each.file)
        except DetenteError as error:
            problems += [
                _problem(scenario, one.code, one.message, source.place, one.remedy)
                for one in error.problems
            ]
            continue
        written = parse_date(source.date) if source.date else None
        documents[source.id] = read_document(text, source.id, written)
    return documents, problems


def _find_passages(
    scenario: Scenario, references: Sequence[Reference], documents: dict[str, Document]
) -> tuple[tuple[CitedPassage, ...], list[Problem]]:
    """Look every locator up; give the passages in the order of the documents."""
    found: dict[tuple[str, str], tuple[Located, list[str]]] = {}
    problems: list[Problem] = []
    for each in references:
        document = documents.get(each.source)
        located = read_locator(each.locator) if each.locator else None
        if document is None or located is None:
            continue
        last = document.pages if located.pages else len(document.paragraphs)
        if not 1 <= located.first <= located.last <= last:
            noun = "pages" if located.pages else "paragraphs"
            message = f"'{each.source}' has no {located.words}: it has {last} {noun}"
            remedy = "a paragraph is a line that is not empty, counted from 1; a page ends with"
            problems.append(
                _problem(
                    scenario, "E806", message, each.place, f"{remedy} a form feed", "leads nowhere"
                )
            )
            continue
        _, by = found.setdefault((each.source, each.locator), (located, []))
        by.append(each.by)
    passages = [
        _cut_out(documents[source], source, locator, located, by)
        for (source, locator), (located, by) in found.items()
    ]
    order = list(documents)
    passages.sort(key=lambda each: (order.index(each.source), each.paragraphs))
    return tuple(passages), problems


def _cut_out(
    document: Document, source: str, locator: str, located: Located, by: Sequence[str]
) -> CitedPassage:
    chosen = [
        each
        for each in document.paragraphs
        if located.first <= (each.page if located.pages else each.number) <= located.last
    ]
    return CitedPassage(
        source,
        locator,
        tuple(each.number for each in chosen),
        "\n".join(each.text for each in chosen),
        tuple(dict.fromkeys(by)),
        chosen[0].kind if chosen else Kind.TEXT,
    )


def _check_dates(scenario: Scenario, documents: dict[str, Document]) -> list[Problem]:
    """Compare the date of each source with the one that its document states."""
    out = []
    for name, document in documents.items():
        source: Source = scenario.sources[name]
        stated, given = date_stated(document), parse_date(source.date) if source.date else None
        if stated is not None and given is not None and not stated[0].agrees_with(given):
            message = f"'{name}' is dated {given}, but its document says {stated[0]}"
            remedy = f"see paragraph {stated[1]} of the document; mend the date of the source"
            out.append(_problem(scenario, "E807", message, source.place, remedy))
    return out


def _compare(documents: dict[str, Document]) -> tuple[Pair, ...]:
    if len(documents) < 2:
        return ()
    from detente.sources.comparing import compare_documents  # noqa: PLC0415  (needs an extra)
    from detente.sources.prepared import prepare  # noqa: PLC0415

    ready = [prepare(each) for each in documents.values()]
    return tuple(compare_documents(a, b) for a, b in itertools.combinations(ready, 2))


def _say(
    scenario: Scenario,
    numbers: Sequence[SourcedNumber],
    sources: Sequence[ListedSource],
    pairs: Sequence[Pair],
    problems: int,
    looked: bool,
) -> tuple[str, ...]:
    """Put the answer into sentences."""

    def having(flag: Flag) -> int:
        return sum(flag in each.flags for each in numbers)

    judged, uncited = having(Flag.JUDGED), having(Flag.UNCITED)
    rest = [each for each in numbers if not {Flag.JUDGED, Flag.UNCITED} & {*each.flags}]
    own = sum(bool(each.citations) for each in rest)
    out = [
        f"{_count(len(numbers), 'number')}: {judged} judged, {own} from a document,"
        f" {len(rest) - own} with only the source of the entry around them, {uncited} without any"
    ]
    if having(Flag.UNUSED):
        out.append(f"{_count(having(Flag.UNUSED), 'number')} enter nothing")
    if scenario.date:
        late = having(Flag.ANACHRONISTIC)
        after = [each.id for each in sources if each.after_event and each.cited_by]
        if late:
            names = listed(after)
            out.append(
                f"{_count(late, 'number')} rest on what is dated after the event"
                f" ({parse_date(scenario.date)}): {names}"
            )
        else:
            out.append(f"nothing is dated after the event ({parse_date(scenario.date)})")
    else:
        out.append(
            "the file has no date for the event ('date:' at its top), so nothing is said about"
            " numbers dated after it"
        )
    unused = [each.id for each in sources if not each.cited_by]
    if unused:
        out.append(f"nothing cites {listed(unused)}")
    if looked:
        out += [_say_documents(sources), *(_say_pair(each) for each in pairs)]
    out.append(f"to mend: {_count(problems, 'thing')}" if problems else "there is nothing to mend")
    return tuple(out)


def _say_documents(sources: Sequence[ListedSource]) -> str:
    counts = [
        (sum(each.match is match for each in sources), words)
        for match, words in (
            (Match.FOUND, "found by fingerprint"),
            (Match.NAMED, "found by name alone"),
            (Match.CHANGED, "changed"),
            (Match.MISSING, "missing"),
        )
    ]
    said = [f"{count} {words}" for count, words in counts if count]
    return f"documents: {listed(said)}" if said else "no source names a document"


def _say_pair(pair: Pair) -> str:
    names = f"{pair.first} and {pair.second}"
    if not pair.related:
        return (
            f"the documents {names} do not seem to be about the same event, and were not compared"
        )
    return (
        f"between {names}: {_count(len(pair.shared), 'shared passage')},"
        f" {_count(len(pair.disagreements), 'disagreement')},"
        f" {_count(len(pair.lists), 'list')} with different points"
    )


def _count(n: int, noun: str) -> str:
    return f"{n} {noun if n == 1 else noun + 's'}"
