"""The numbers of a scenario and what each rests on; every citation with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from detente.errors import Place
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Citation, Payoffs, Quantity, Scenario, Source
from detente.scenario.problems import Problems
from detente.scenario.quantity import TokenError, scan_citations
from detente.scenario.tree import Block, Item, Scalar, Series, read_tree
from detente.sources.dates import Date, parse_date

SEPARATOR = "."


class Flag(StrEnum):
    """What a reader should know about a number."""

    UNCITED = "uncited"  # neither it nor an entry around it cites anything
    JUDGED = "judged"  # somebody's judgement
    UNUSED = "unused"  # it enters nothing
    ANACHRONISTIC = "anachronistic"  # from a source dated after the event


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation where it stands.

    Attributes
    ----------
    source, locator : what is cited, and where in it
    by : path of the number or the entry that cites it
    place : in the scenario file
    """

    source: str
    locator: str
    by: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class SourcedNumber:
    """A number of a scenario and what it rests on.

    Attributes
    ----------
    path : as in ``--set``
    text : value and range as written
    citations : its own
    entry : path of the nearest entry around it that cites something; empty where it has its own
    entry_citations : what that entry cites
    flags : what a reader should know
    place : in the scenario file
    """

    path: str
    text: str
    citations: tuple[Citation, ...]
    entry: str
    entry_citations: tuple[Citation, ...]
    flags: tuple[Flag, ...]
    place: Place | None


def find_references(scenario: Scenario) -> tuple[Reference, ...]:
    """Give every citation of a scenario file, of numbers and of entries, in its order."""
    out = list(_of_entries(scenario))
    for quantity in scenario.quantities.values():
        out += _of_number(quantity)
    order = sorted(out, key=lambda each: (each.place.line, each.place.column) if each.place else ())
    return tuple(order)


def _of_number(quantity: Quantity) -> Iterator[Reference]:
    start = 0
    for citation in quantity.citations:
        place = quantity.place
        at = quantity.text.find("@", start)
        if place is not None and at >= 0:
            length = 1 + len(citation.source) + len(citation.locator) + bool(citation.locator)
            place = Place(place.file, place.line, place.column + at, length)
            start = at + 1
        yield Reference(citation.source, citation.locator, quantity.path, place)


def _of_entries(scenario: Scenario) -> Iterator[Reference]:
    """Read the ``source:`` entries, which the scenario's records keep only in part."""
    root = read_tree(scenario.text, Problems(scenario.file, scenario.text))
    if root is None:
        return
    for path, scalar in _walk(root, ()):
        shift = 0 if scalar.text.startswith("@") else 1
        try:
            cited, _ = scan_citations("@" * shift + scalar.text, 0)
        except TokenError:  # refused when the file was read
            continue
        for each in cited:
            place = scalar.at(max(0, each.start - shift), each.length)
            place = Place(scenario.file, place.line, place.column, place.length)
            yield Reference(each.citation.source, each.citation.locator, path, place)


def _walk(item: Item, path: tuple[str, ...]) -> Iterator[tuple[str, Scalar]]:
    if isinstance(item, Series):
        for number, each in enumerate(item.items, start=1):
            yield from _walk(each, (*path, _name(each, number)))
    elif isinstance(item, Block):
        for key, value in item.items():
            top = not path and key.text == "sources"
            if key.text == "source" and isinstance(value, Scalar) and path and not value.is_empty:
                yield SEPARATOR.join(path), value
            elif not top:
                yield from _walk(value, (*path, key.text))


def _name(item: Item, number: int) -> str:
    """Name a step as the paths of its numbers do: by its id, or as ``step-1``."""
    given = item.entries.get("id") if isinstance(item, Block) else None
    return given.text if isinstance(given, Scalar) else f"step-{number}"


def source_numbers(
    scenario: Scenario, references: tuple[Reference, ...]
) -> tuple[SourcedNumber, ...]:
    """Say of every number of a scenario what it rests on.

    Parameters
    ----------
    scenario : the scenario
    references : what `find_references` gave for it

    Returns
    -------
    tuple of SourcedNumber
        In the order of the file. A 0 or 1 that only shapes a formula is nobody's, and left out.
    """
    entries: dict[str, list[Citation]] = {}
    for each in references:
        if each.by not in scenario.quantities:
            key = _without_steps(each.by)
            entries.setdefault(key, []).append(Citation(each.source, each.locator))
    event = parse_date(scenario.date) if scenario.date else None
    used = _used(scenario)
    out = []
    for quantity in scenario.quantities.values():
        if quantity.path in CONSTANTS.values() or quantity.place is None:
            continue
        entry = "" if quantity.citations else _around(quantity.path, entries)
        cited = tuple(entries.get(entry, ())) if entry else ()
        flags = _flags(quantity, cited, scenario.sources, event, quantity.path in used)
        out.append(
            SourcedNumber(
                quantity.path,
                quantity.text.partition("@")[0].strip(),
                quantity.citations,
                entry,
                cited,
                flags,
                quantity.place,
            )
        )
    return tuple(sorted(out, key=_position))


def _position(number: SourcedNumber) -> tuple[int, int]:
    return (number.place.line, number.place.column) if number.place else (0, 0)


def _without_steps(path: str) -> str:
    """Give a plan's entry the path that its numbers have, where it is only a list of steps."""
    parts = path.split(SEPARATOR)
    if parts[0] == "plans" and len(parts) == 3 and parts[2] != "steps":
        return SEPARATOR.join((*parts[:2], "steps", parts[2]))
    if parts[0] == "steps":
        return SEPARATOR.join(("plans", "deal", *parts))
    return path


def _around(path: str, entries: Mapping[str, list[Citation]]) -> str:
    """Give the nearest entry around a number that cites something."""
    parts = path.split(SEPARATOR)
    for size in range(len(parts), 1, -1):
        entry = SEPARATOR.join(parts[:size])
        if entry in entries:
            return entry
    return ""


def _flags(
    quantity: Quantity,
    around: tuple[Citation, ...],
    sources: Mapping[str, Source],
    event: Date | None,
    used: bool,
) -> tuple[Flag, ...]:
    named = [
        sources[each.source] for each in (quantity.citations or around) if each.source in sources
    ]
    flags = []
    if not named:
        flags.append(Flag.UNCITED)
    if any(each.judgement for each in named):
        flags.append(Flag.JUDGED)
    if not used:
        flags.append(Flag.UNUSED)
    if any(is_after(each, event) for each in named):
        flags.append(Flag.ANACHRONISTIC)
    return tuple(flags)


def is_after(source: Source, event: Date | None) -> bool:
    """Whether a source is dated after an event: its first day is after the event's last."""
    date = parse_date(source.date) if source.date else None
    its, days = (date.bounds() if date else None), (event.bounds() if event else None)
    return its is not None and days is not None and its[0] > days[1]


def _used(scenario: Scenario) -> set[str]:
    """Give the paths of the numbers that enter something."""
    used = {scenario.clock.path}
    used |= {each.patience.path for each in scenario.parties}
    for payoffs in scenario.payoffs.values():
        used |= _of_payoffs(payoffs, scenario)
    for ladder in scenario.ladders:
        undo = [each.undo.path for each in ladder.levels[1:] if each.undo is not None]
        used |= set(undo) if not ladder.renewed else set()
    for inspection in scenario.inspections:
        parts = (inspection.catches, inspection.false_alarm, inspection.every, inspection.contested)
        used |= {each.path for each in parts if each is not None}
    for government in scenario.governments:
        chances = (government.turnover, government.hostile_successor, government.returns)
        used |= {each.path for each in chances if each is not None}
    for plan in scenario.plans:
        used |= {step.lasts.path for step in plan.steps if step.lasts is not None}
        used |= {each.duration.path for each in plan.responses.values() if each.duration}
    for types in scenario.types.values():
        for each in types:
            used |= {each.share.path} if each.share else set()
            used |= {number.path for path, number in each.changes.items() if path in used}
    return used


def _of_payoffs(payoffs: Payoffs, scenario: Scenario) -> set[str]:
    terms = [*payoffs.terms]
    terms += [each for each in (payoffs.secret_gain, payoffs.secret_harm) if each is not None]
    used = {path for term in terms for path in term.formula.quantities}
    for each in payoffs.one_offs:
        if not scenario.ladder(each.ladder).renewed:
            used.add(each.points.path)
    return used
