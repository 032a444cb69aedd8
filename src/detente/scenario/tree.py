"""A YAML text as a tree of words with places; nothing in it becomes a Python object.

The parser's events are put together here, rather than by the library's composer, so that a
stranger's file meets its limits while it is read and not after it has filled the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from detente.errors import Place
from detente.scenario.problems import Problems

MAX_DEPTH = 24
MAX_ITEMS = 20_000  # aliases count as often as they are used
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Scalar:
    """A word or a number, as text. ``exact``: column ``i`` of the text is column ``i`` of it."""

    place: Place
    text: str
    plain: bool = True
    exact: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        return self.plain and self.text in NULLS

    def at(self, offset: int, length: int = 1) -> Place:
        """Give the place of a part of the text."""
        if not self.exact or not self.text:
            return self.place
        shift = offset + (0 if self.plain else 1)
        return Place(self.place.file, self.place.line, self.place.column + shift, max(1, length))


@dataclass(slots=True)
class Block:
    """A mapping in the order of the file; ``keys`` holds the keys with their places."""

    place: Place
    entries: dict[str, Item] = field(default_factory=dict)
    keys: dict[str, Scalar] = field(default_factory=dict)

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def items(self) -> Iterator[tuple[Scalar, Item]]:
        """Iterate over keys and values."""
        for key, value in self.entries.items():
            yield self.keys[key], value

    def drop(self, key: str) -> None:
        """Take an entry out."""
        del self.entries[key]
        del self.keys[key]


@dataclass(slots=True)
class Series:
    """A list."""

    place: Place
    items: list[Item] = field(default_factory=list)


Item = Scalar | Block | Series


# control characters but tab and line ends; lone surrogates; noncharacters
NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


class _StopReadingError(Exception):
    """Reading cannot go on; the problem has been noted."""


def read_tree(text: str, problems: Problems) -> Item | None:
    """Compose a YAML text; None where that was impossible (the problems say why).

    Parameters
    ----------
    text : str
        The whole file.
    problems : Problems
        Collects what is wrong.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415  (only readers pay for the import)
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415

    from detente.scenario.syntax import explain_syntax_error  # noqa: PLC0415

    yaml: Any = YAML(typ="safe", pure=True)
    composer = _Composer(problems)
    try:
        for event in yaml.parse(text):
            composer.take(event)
    except _StopReadingError:
        return None
    except MarkedYAMLError as error:
        explain_syntax_error(error, text, problems)
        return None
    except (YAMLError, ValueError) as error:
        words = " ".join(str(error).split())[:200]
        problems.add("E105", f"this is not valid YAML: {words}", Place(problems.file, 1, 1))
        return None
    return composer.root


class _Composer:
    """Puts events together; counts items and depth on the way."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.root: Item | None = None
        self.stack: list[Block | Series] = []
        self.pending: list[Scalar | None] = []  # the key that waits for its value, per level
        self.anchors: dict[str, tuple[Item, int]] = {}
        self.opened: list[tuple[str | None, int]] = []  # anchor, count when opened
        self.count = 0
        self.documents = 0

    def take(self, event: Any) -> None:
        """Take in the next event."""
        name = type(event).__name__
        if name == "DocumentStartEvent":
            self.documents += 1
            if self.documents > 1:
                self._refuse(
                    event,
                    "a scenario is one document; this file has several",
                    "take out the line '---'",
                )
        elif name == "ScalarEvent":
            self._check_tag(event)
            self._grow(1, event)
            scalar = self._scalar(event)
            if event.anchor:
                self.anchors[event.anchor] = (scalar, 1)
            self._place(scalar)
        elif name == "AliasEvent":
            self._alias(event)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            self._open(event, Block if name == "MappingStartEvent" else Series)
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            anchor, before = self.opened.pop()
            done = self.stack.pop()
            self.pending.pop()
            if anchor:
                self.anchors[anchor] = (done, self.count - before)

    def _open(self, event: Any, kind: type[Block] | type[Series]) -> None:
        self._check_tag(event)
        self.opened.append((event.anchor, self.count))
        self._grow(1, event)
        if self._waits_for_key():
            self._refuse(event, "a key must be a single word", "write the key as one word")
        if len(self.stack) >= MAX_DEPTH:
            self.problems.add(
                "E109",
                f"entries are nested more than {MAX_DEPTH} deep",
                self._at(event),
                remedy="a scenario needs no more than 6 levels; look for a bracket too many",
            )
            raise _StopReadingError
        item = kind(self._at(event))
        self._place(item)
        self.stack.append(item)
        self.pending.append(None)

    def _alias(self, event: Any) -> None:
        found = self.anchors.get(event.anchor)
        if found is None:
            self.problems.add(
                "E111",
                f"'*{event.anchor}' refers to something that is not there before it",
                self._at(event),
                remedy="'*' stands for an entry marked '&' earlier; put other text in quotes",
            )
            raise _StopReadingError
        item, size = found
        self._grow(size, event)
        if self._waits_for_key() and not isinstance(item, Scalar):
            self._refuse(event, "a key must be a single word", "write the key as one word")
        self._place(item)

    def _waits_for_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1], Block) and self.pending[-1] is None

    def _place(self, item: Item) -> None:
        if not self.stack:
            self.root = item
            return
        parent = self.stack[-1]
        if isinstance(parent, Series):
            parent.items.append(item)
            return
        key = self.pending[-1]
        if key is None:
            assert isinstance(item, Scalar)  # others were refused before  # noqa: S101
            self.pending[-1] = item
            if item.plain and item.text == "<<":
                self.problems.add(
                    "E111",
                    "'<<' (merging) is not part of the language",
                    item.place,
                    remedy="write the entries out",
                )
                raise _StopReadingError
            return
        self.pending[-1] = None
        first = parent.keys.get(key.text)
        if first is not None:
            self.problems.add(
                "E108",
                f"'{key.text}' is written twice here",
                key.place,
                label="the second",
                remedy=f"the first is at {first.place}; keep one of them",
            )
            return
        parent.keys[key.text] = key
        parent.entries[key.text] = item

    def _grow(self, size: int, event: Any) -> None:
        self.count += size
        if self.count > MAX_ITEMS:
            self.problems.add(
                "E110",
                f"the file has more than {MAX_ITEMS} entries, aliases ('*name') counted as "
                "often as they are used",
                self._at(event),
                remedy="a scenario has a few hundred; split the file, or take out the aliases",
            )
            raise _StopReadingError

    def _check_tag(self, event: Any) -> None:
        tag = event.ctag
        if tag is not None and str(tag) not in ("None", "!"):
            self._refuse(
                event,
                f"tags such as '{str(tag)[:40]}' are not read",
                "take out the word that begins with '!'",
            )

    def _refuse(self, event: Any, message: str, remedy: str) -> None:
        self.problems.add("E111", message, self._at(event), remedy=remedy)
        raise _StopReadingError

    def _at(self, event: Any) -> Place:
        start, end = event.start_mark, event.end_mark
        length = end.column - start.column if end.line == start.line else 1
        return Place(self.problems.file, start.line + 1, start.column + 1, max(1, length))

    def _scalar(self, event: Any) -> Scalar:
        start, end = event.start_mark, event.end_mark
        plain = event.style is None
        width = end.column - start.column
        exact = start.line == end.line and width == len(event.value) + (0 if plain else 2)
        place = self._at(event)
        if NOT_TEXT.search(event.value):
            self.problems.add(
                "E103",
                "a character that is not text, written as an escape",
                place,
                remedy="take the backslash and what follows it out",
            )
            raise _StopReadingError
        if plain and not event.value:
            place = self._empty_place(place)
        return Scalar(place, event.value, plain, exact)

    def _empty_place(self, place: Place) -> Place:
        """Point at the key of an entry without a value, not at the next line."""
        key = self.pending[-1] if self.pending else None
        return key.place if key is not None else place
