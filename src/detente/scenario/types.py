"""The section ``types``: what a party may be, unknown to the others."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import replace

from detente.errors import DetenteError
from detente.scenario.book import Book
from detente.scenario.checks import check_values
from detente.scenario.model import PartyType, Quantity, Scenario
from detente.scenario.problems import Problems
from detente.scenario.quantity import KIND_OF_UNIT, Kind
from detente.scenario.settings import TYPES, resolve_path
from detente.scenario.tree import Block, Scalar

TOL_SHARES = 1e-9  # of the whole: percentages such as 33.3% are not meant to add up by chance
MAY_DIFFER = re.compile(
    r"(payoffs|parameters)\..+"
    r"|inspection\.[^.]+\.catches"
    r"|ladders\.[^.]+\.levels\.[^.]+\.(?!undo$)[^.]+"
)


def read_types(scenario: Scenario, book: Book) -> Scenario:
    """Read ``types`` and give the scenario with them; their numbers join its `quantities`.

    Parameters
    ----------
    scenario : with all other numbers read
    book : where problems are noted
    """
    section = book.section("types")
    found: dict[str, tuple[PartyType, ...]] = {}
    for key, block in section.items() if section is not None else ():
        party = book.party(key)
        if party is None or not isinstance(block, Block):
            continue
        types = tuple(
            _read_type(scenario, book, party, name, item if isinstance(item, Block) else None)
            for name, item in block.items()
        )
        if len(types) < 2:
            book.problems.add(
                "E246",
                f"'{party}' has one type only: there is nothing to tell it from",
                key.place,
                remedy="name at least two, such as 'serious:' and 'stalling: {with: {...}}'",
            )
        found[party] = types
    values = {path: each.value for path, each in book.quantities.items()}
    return replace(scenario, types=found, values=values)


def _read_type(
    scenario: Scenario, book: Book, party: str, name: Scalar, entry: Block | None
) -> PartyType:
    book.check_name(name, "types")
    if entry is None:
        return PartyType(party, name.text, {}, place=name.place)
    path = f"{TYPES}{party}.{name.text}"
    written = entry.entries.get("with")
    return PartyType(
        party=party,
        id=name.text,
        changes=_read_changes(scenario, book, party, path, written)
        if isinstance(written, Block)
        else {},
        share=book.optional(entry, "share", Kind.CHANCE, path),
        note=book.text(entry, "note"),
        citations=book.citations(entry),
        place=name.place,
    )


def _read_changes(
    scenario: Scenario, book: Book, party: str, path: str, written: Block
) -> dict[str, Quantity]:
    """Read ``with: {PATH: value (low to high) @source}``, each in the unit of its number."""
    changes: dict[str, Quantity] = {}
    for key, item in written.items():
        try:
            full = resolve_path(scenario, key.text)
        except DetenteError as error:
            for each in error.problems if not book.pruned else ():
                book.problems.add(each.code, each.message, key.place, each.label, each.remedy)
            continue
        if full != f"parties.{party}.patience" and not MAY_DIFFER.fullmatch(full):
            book.problems.add(
                "E244",
                f"a type of '{party}' cannot differ in '{full}'",
                key.place,
                remedy="types differ in payoffs, parameters, attributes of levels, their own"
                " patience, and in how well inspections catch them",
            )
            continue
        if full in changes:
            book.problems.add(
                "E108",
                f"'{key.text}' names a number that this type has changed already",
                key.place,
                remedy="keep one of the two",
            )
            continue
        kind = KIND_OF_UNIT[scenario.quantities[full].unit]
        changes[full] = book.number(item, kind, f"{path}.{full}", key.text)
    return changes


def check_types(scenario: Scenario, problems: Problems) -> None:
    """Refuse shares that do not add up, and types with which the scenario makes no sense."""
    for types in scenario.types.values():
        stated = [scenario.value(each.share) for each in types if each.share is not None]
        total = math.fsum(stated)
        missing = len(stated) < len(types)
        if total > 1 + TOL_SHARES or (not missing and abs(total - 1) > TOL_SHARES):
            problems.add(
                "E245",
                f"the shares of these types add up to {100 * total:g}%",
                types[0].place,
                remedy="let them add up to 100%, or leave one out: it takes the rest",
            )
        for each in types if not problems else ():
            check_values(scenario.with_values(values_of(scenario, each)), problems)


def values_of(scenario: Scenario, each: PartyType) -> Mapping[str, float]:
    """Give the numbers in which a type differs from the file, by full path, in force."""
    return {path: scenario.value(quantity) for path, quantity in each.changes.items()}


def shares_of(scenario: Scenario, types: tuple[PartyType, ...]) -> tuple[float, ...]:
    """Give how likely the others think each type, as shares of one.

    Types without a share divide equally what the stated ones leave over; shares that a setting
    has moved away from one are taken relative to their sum.
    """
    stated = [None if each.share is None else scenario.value(each.share) for each in types]
    known = math.fsum(share for share in stated if share is not None)
    rest = max(0.0, 1.0 - known) / max(1, stated.count(None))
    shares = [rest if share is None else share for share in stated]
    total = math.fsum(shares)
    if total <= 0:
        return (1.0 / len(types),) * len(types)
    return tuple(share / total for share in shares)
