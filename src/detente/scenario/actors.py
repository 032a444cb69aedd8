"""Parties, ladders, inspections, governments and sources: document to records."""

from __future__ import annotations

import datetime
import re

from detente.scenario.book import LEVEL_WORDS, Book
from detente.scenario.formula import CREDIBILITY
from detente.scenario.model import (
    Government,
    Inspection,
    Ladder,
    Level,
    Party,
    Source,
)
from detente.scenario.quantity import Kind
from detente.scenario.tree import Block, Item, Scalar, Series

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def read_parties(book: Book) -> tuple[Party, ...]:
    """Read ``parties``."""
    out: list[Party] = []
    section = book.section("parties")
    if section is None:
        return ()
    for key, entry in section.items():
        book.check_name(key, "parties")
        if isinstance(entry, Block):
            patience = book.number(
                entry.entries.get("patience"), Kind.PATIENCE, f"parties.{key.text}.patience"
            )
            book.citations(entry)
            name = book.text(entry, "name", key.text)
            out.append(Party(key.text, name, patience, book.text(entry, "note"), key.place))
    if len(book.known["parties"]) < 2:
        book.problems.add(
            "E212",
            "an agreement needs at least two parties",
            section.place,
            remedy="add the other side under 'parties'",
        )
    return tuple(out)


def read_ladders(book: Book) -> tuple[Ladder, ...]:
    """Read ``ladders``; they are entered in the book under their names."""
    section = book.section("ladders")
    if section is None:
        return ()
    for key, entry in section.items():
        book.check_name(key, "ladders")
        if key.text in book.known["parameters"]:
            book.problems.add(
                "E115",
                f"'{key.text}' is a ladder and a parameter",
                key.place,
                remedy="give one of them another name",
            )
        if isinstance(entry, Block) and isinstance(entry.entries.get("levels"), Block):
            book.ladders[key.text] = _read_ladder(book, key, entry)
    return tuple(book.ladders.values())


def _read_ladder(book: Book, key: Scalar, entry: Block) -> Ladder:
    renewed = False
    if "renewed" in entry:
        renewed = True
        _check_word(book, entry.entries["renewed"], "renewed", "every period")
    block = entry.entries["levels"]
    assert isinstance(block, Block)  # checked by the caller  # noqa: S101
    levels: list[Level] = []
    marked: list[int] = []
    for position, (name, item) in enumerate(block.items()):
        book.check_name(name, "levels")
        level, is_today = _read_level(book, key.text, name, item)
        if is_today:
            marked.append(position)
        if renewed and level.undo is not None:
            book.problems.add(
                "E225",
                f"'{key.text}' is chosen anew each period, so there is nothing to undo",
                level.undo.place or name.place,
                remedy="take 'undo' out here, or 'renewed' out of the ladder",
            )
        elif position == 0 and level.undo is not None:
            book.warn(
                level.undo.place,
                f"'undo' of {key.text}.{name.text} has no effect: "
                "it is the first level, so there is nothing to climb back to",
            )
        levels.append(level)
    for position in marked[1:]:
        book.problems.add(
            "E221",
            f"'{key.text}' stands at two levels today",
            levels[position].place,
            remedy=f"'{levels[marked[0]].id}' is marked as well; keep one",
        )
    if len(levels) < 2:
        book.problems.add(
            "E222",
            f"'{key.text}' has {len(levels)} level, so nothing can move",
            key.place,
            remedy="a ladder has at least two levels",
        )
    return Ladder(
        key.text,
        book.text(entry, "name", key.text),
        _read_names(book, entry.entries.get("held_by")),
        tuple(levels),
        marked[0] if marked else 0,
        renewed,
        book.text(entry, "note"),
        book.citations(entry),
        key.place,
    )


def _check_word(book: Book, item: Item, key: str, word: str) -> None:
    if not isinstance(item, Scalar) or item.text != word:
        book.problems.add(
            "E114",
            f"'{key}' can only be '{word}'",
            item.place,
            remedy=f"write '{key}: {word}', or take it out",
        )


def _read_names(book: Book, item: Item | None) -> tuple[str, ...]:
    """Read one party, or a list of parties."""
    words = item.items if isinstance(item, Series) else [item] if item is not None else []
    out: dict[str, None] = {}
    for word in words:
        if isinstance(word, Scalar) and (party := book.party(word)):
            out[party] = None
    return tuple(out)


def _read_level(book: Book, ladder: str, name: Scalar, item: Item) -> tuple[Level, bool]:
    path = f"ladders.{ladder}.levels.{name.text}"
    if isinstance(item, Scalar):
        if item.text != "today" and not item.is_empty:
            book.problems.add(
                "E114",
                f"'{item.text[:60]}' says nothing about a level",
                item.place,
                remedy="write 'today', nothing, or {undo: 6 months}",
            )
        return Level(name.text, place=name.place), item.text == "today"
    if not isinstance(item, Block):
        return Level(name.text, place=name.place), False
    attributes = {}
    for key, value in item.items():
        if key.text in LEVEL_WORDS:
            continue
        if key.text != CREDIBILITY:
            book.check_name(key, "attributes")
        kind = Kind.CHANCE if key.text == CREDIBILITY else Kind.NUMBER
        attributes[key.text] = book.number(value, kind, f"{path}.{key.text}", key.text)
    level = Level(
        name.text,
        book.optional(item, "undo", Kind.TIME, path),
        attributes,
        book.text(item, "note"),
        book.citations(item),
        name.place,
    )
    return level, book.flag(item, "today", False)


def read_inspections(book: Book) -> tuple[Inspection, ...]:
    """Read ``inspection``."""
    out: list[Inspection] = []
    section = book.section("inspection")
    for key, entry in section.items() if section else ():
        book.check_name(key, "inspection")
        if not isinstance(entry, Block):
            continue
        path = f"inspection.{key.text}"
        every = book.optional(entry, "every", Kind.TIME, path)
        watches = entry.entries.get("watches")
        words = watches.items if isinstance(watches, Series) else [watches]
        ladders = [book.ladder(word) for word in words if isinstance(word, Scalar)]
        book.citations(entry)
        out.append(
            Inspection(
                key.text,
                tuple(dict.fromkeys(each.id for each in ladders if each is not None)),
                book.number(entry.entries.get("catches"), Kind.CHANCE, f"{path}.catches"),
                book.optional(entry, "false_alarm", Kind.CHANCE, path),
                every,
                book.optional(entry, "contested", Kind.CHANCE, path),
                key.place,
            )
        )
    return tuple(out)


def read_governments(book: Book) -> tuple[Government, ...]:
    """Read ``governments``."""
    out: list[Government] = []
    section = book.section("governments")
    for key, entry in section.items() if section else ():
        party = book.party(key)
        if not isinstance(entry, Block):
            continue
        path = f"governments.{key.text}"
        would = entry.entries.get("it_would")
        targets: dict[str, int] = {}
        if isinstance(would, Block):
            targets = book.targets(would, party or "")
            if party is not None:
                _check_held(book, would, party)
        book.citations(entry)
        out.append(
            Government(
                key.text,
                book.number(entry.entries.get("turnover"), Kind.RATE, f"{path}.turnover"),
                book.number(
                    entry.entries.get("hostile_successor"), Kind.CHANCE, f"{path}.hostile_successor"
                ),
                targets,
                book.optional(entry, "returns", Kind.CHANCE, path),
                key.place,
            )
        )
    return tuple(out)


def _check_held(book: Book, would: Block, party: str) -> None:
    """Refuse ladders that the hostile government does not hold."""
    for key, _ in would.items():
        ladder = book.ladders.get(key.text)
        if ladder is not None and ladder.holders and party not in ladder.holders:
            held = [each.id for each in book.ladders.values() if party in each.holders]
            book.problems.add(
                "E220",
                f"'{key.text}' is held by {', '.join(ladder.holders)}, not by {party}",
                key.place,
                remedy=f"ladders held by {party}: {', '.join(held) or 'none'}",
            )


def read_sources(book: Book) -> dict[str, Source]:
    """Read ``sources``."""
    out: dict[str, Source] = {}
    section = book.section("sources")
    for key, entry in section.items() if section else ():
        book.check_name(key, "sources")
        if not isinstance(entry, Block):
            continue
        judgement = book.flag(entry, "judgement", False)
        words = {
            each: book.text(entry, each)
            for each in ("title", "by", "date", "url", "document", "sha256", "note")
        }
        if not judgement and not words["title"]:
            book.problems.add(
                "E216",
                f"the source '{key.text}' has no title",
                key.place,
                remedy="add 'title: ...', or 'judgement: yes' where it is somebody's judgement",
            )
        if words["date"] and not _is_date(words["date"]):
            book.problems.add(
                "E216",
                f"'{words['date'][:40]}' is not a date",
                entry.entries["date"].place,
                remedy="write 2024, 2024-06 or 2024-06-30",
            )
        if words["sha256"] and not _SHA256.fullmatch(words["sha256"]):
            book.problems.add(
                "E216",
                "a sha256 has 64 digits and letters a to f",
                entry.entries["sha256"].place,
                remedy="copy it from the output of 'sha256sum'",
            )
        out[key.text] = Source(key.text, judgement, **words, place=key.place)
    return out


def read_date(book: Book) -> str:
    """Read the day of the event, ``date`` at the top of the file."""
    date = book.text(book.root, "date")
    if date and not _is_date(date):
        book.problems.add(
            "E114",
            f"'{date[:40]}' is not a date",
            book.root.entries["date"].place,
            remedy="write 2018, 2018-06 or 2018-06-12",
        )
    return date


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def check_citations(book: Book, sources: dict[str, Source]) -> None:
    """Refuse citations of sources that are not there; warn of sources never cited."""
    known = [*book.known["sources"]]
    for name, place in book.cited:
        if name not in known and "sources" not in book.lost:
            book.problems.add_unknown(
                "E215", name, "an entry of 'sources'", known, place, "sources"
            )
    used = {name for name, _ in book.cited}
    for source in sources.values():
        if source.id not in used:
            book.warn(source.place, f"the source '{source.id}' is never cited")
