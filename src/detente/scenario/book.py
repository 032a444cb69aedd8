"""What the passes over a scenario file share: numbers, citations, names, problems."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from detente.errors import Place
from detente.scenario.model import Citation, Ladder, Quantity, Unit
from detente.scenario.problems import Problems
from detente.scenario.quantity import (
    Cited,
    Kind,
    Token,
    TokenError,
    parse_quantity,
    scan_citations,
)
from detente.scenario.tree import Block, Item, Scalar

SECTIONS = (
    "parties", "parameters", "ladders", "inspection", "governments", "payoffs", "plans", "sources",
)  # fmt: skip
STEP_WORDS = ("id", "first", "together", "lasts", "note", "source")
PAYOFF_WORDS = ("scale", "secret_gain", "secret_harm", "one_off", "note", "source")
LEVEL_WORDS = ("today", "undo", "note", "source")
FORMULA_WORDS = ("min", "max", "hostile", "is", "to", "nan", "inf", "infinity", "never")
RESERVED: Mapping[str, tuple[str, ...]] = {
    "parties": STEP_WORDS,
    "ladders": (*PAYOFF_WORDS, *FORMULA_WORDS),
    "parameters": FORMULA_WORDS,
    "levels": ("today",),
}

_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*")
_LEVEL = re.compile(r"\w+(?:-\w+)*")
_YES = frozenset({"yes", "true", "Yes", "True", "YES", "TRUE"})
_NO = frozenset({"no", "false", "No", "False", "NO", "FALSE"})
# stands in for a number that could not be read, so that reading can go on
_STAND_IN = {
    Unit.NUMBER: 1.0,
    Unit.CHANCE: 0.5,
    Unit.RATE: 0.5,
    Unit.YEARS: 1.0,
    Unit.PATIENCE: 0.5,
}


@dataclass(slots=True)
class Book:
    """All that is gathered while a file is read."""

    root: Block
    problems: Problems
    quantities: dict[str, Quantity] = field(default_factory=dict)
    ladders: dict[str, Ladder] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)  # names per section, as written
    lost: set[str] = field(default_factory=set)  # sections that are missing or unreadable
    cited: list[tuple[str, Place]] = field(default_factory=list)
    damaged_steps: set[tuple[str, int]] = field(default_factory=set)  # plan, number from 0
    pruned: bool = False  # whether entries with a wrong shape were taken out
    used: set[str] = field(default_factory=set)  # parameters and attributes that something uses
    settings: list[tuple[Scalar, Scalar]] = field(default_factory=list)  # of all `when:`
    warnings: list[tuple[Place | None, str]] = field(default_factory=list)

    def learn_names(self) -> None:
        """Note which names the file gives, before anything that cannot be read is taken out."""
        for section in SECTIONS:
            item = self.root.entries.get(section)
            self.known[section] = list(item.entries) if isinstance(item, Block) else []
            required = section in ("parties", "ladders")
            if not isinstance(item, Block) and (required or item is not None):
                self.lost.add(section)
        if "steps" in self.root:
            self.known["plans"].append("deal")

    def section(self, name: str) -> Block | None:
        """Give a section of the file, if it is there."""
        item = self.root.entries.get(name)
        return item if isinstance(item, Block) else None

    def check_name(self, key: Scalar, section: str) -> None:
        """Refuse names that could not be referred to."""
        pattern = _LEVEL if section == "levels" else _NAME
        if key.text in RESERVED.get(section, ()):
            self.problems.add(
                "E115",
                f"'{key.text}' has a meaning of its own in this language",
                key.place,
                remedy="choose another name",
            )
        elif not pattern.fullmatch(key.text) or len(key.text) > 60:
            begin = "" if section == "levels" else ", and begin with a letter"
            self.problems.add(
                "E115",
                f"'{key.text[:60]}' cannot be a name",
                key.place,
                remedy=f"names have letters, digits, '_' and '-'{begin}; "
                "what readers should see goes into 'name:'",
            )

    def warn(self, place: Place | None, words: str) -> None:
        """Note something that is no mistake but may not be meant."""
        self.warnings.append((place, words))

    def number(self, item: Item | None, kind: Kind, path: str, what: str = "") -> Quantity:
        """Read and register a number; a stand-in where it cannot be read."""
        stand_in = Quantity(path, _STAND_IN[kind.unit], kind.unit)
        if not isinstance(item, Scalar):
            if item is not None:
                self.problems.add(
                    "E114",
                    f"'{path}' should be {kind.value}",
                    item.place,
                    remedy=f"write {kind.value} such as {kind.example}",
                )
            return self._register(stand_in)
        if item.is_empty:
            self.problems.add(
                "E113",
                f"'{what or path}' is empty",
                item.place,
                remedy=f"write {kind.value} such as {kind.example}",
            )
            return self._register(stand_in)
        try:
            token = parse_quantity(item.text, kind)
        except TokenError as error:
            self.refuse(error, item)
            return self._register(stand_in)
        return self.register_token(token, item, kind, path)

    def optional(self, entry: Block, key: str, kind: Kind, path: str) -> Quantity | None:
        """Read a number that may be left out."""
        if key not in entry:
            return None
        return self.number(entry.entries[key], kind, f"{path}.{key}")

    def register_token(
        self, token: Token, item: Scalar, kind: Kind, path: str, start: int = 0
    ) -> Quantity:
        """Register a number that was read from a part of a word."""
        place = item.at(start, token.end - start)
        self._cite(token.cited, item)
        citations = tuple(each.citation for each in token.cited)
        text = item.text[start : token.end].strip()
        return self._register(
            Quantity(path, token.value, kind.unit, token.low, token.high, citations, text, place)
        )

    def _register(self, quantity: Quantity) -> Quantity:
        self.quantities[quantity.path] = quantity
        return quantity

    def refuse(self, error: TokenError, item: Scalar) -> None:
        """Note what is wrong in a part of a word."""
        self.problems.add(
            error.code, error.message, item.at(error.start, error.length), error.label, error.remedy
        )

    def citations(self, entry: Block) -> tuple[Citation, ...]:
        """Read an entry's ``source:``; the '@' of the first may be left out."""
        item = entry.entries.get("source")
        if not isinstance(item, Scalar) or item.is_empty:
            return ()
        shift = 0 if item.text.startswith("@") else 1
        text = item.text if shift == 0 else "@" + item.text
        try:
            cited, end = scan_citations(text, 0)
        except TokenError as error:
            self.refuse(error, item)
            return ()
        if text[end:].strip():
            self.problems.add(
                "E215",
                f"'{item.text[:60]}' does not name a source",
                item.place,
                remedy="write 'source: report_a:p2'; several: 'source: report_a:p2 @report_b'",
            )
            return ()
        self._cite(cited, item, shift)
        return tuple(each.citation for each in cited)

    def _cite(self, cited: tuple[Cited, ...], item: Scalar, shift: int = 0) -> None:
        for each in cited:
            place = item.at(max(0, each.start - shift), each.length)
            self.cited.append((each.citation.source, place))

    def text(self, entry: Block, key: str, default: str = "") -> str:
        """Give an entry's text."""
        item = entry.entries.get(key)
        if not isinstance(item, Scalar) or item.is_empty:
            return default
        return item.text.strip()

    def flag(self, entry: Block, key: str, default: bool) -> bool:
        """Read yes or no."""
        item = entry.entries.get(key)
        if not isinstance(item, Scalar) or item.is_empty:
            return default
        if item.text not in _YES | _NO:
            self.problems.add(
                "E114",
                f"'{key}' is either yes or no",
                item.place,
                remedy=f"write '{key}: yes' or '{key}: no'",
            )
        return item.text in _YES

    def party(self, item: Scalar) -> str | None:
        """Check the name of a party; None where it is none (noted)."""
        if item.text in self.known["parties"]:
            return item.text
        if "parties" not in self.lost:
            self.problems.add_unknown(
                "E211", item.text, "a party", self.known["parties"], item.place, "parties"
            )
        return None

    def ladder(self, item: Scalar, held_by: str = "") -> Ladder | None:
        """Look a ladder up; None where there is none (noted), or where it could not be read."""
        found = self.ladders.get(item.text)
        if found is None and item.text not in self.known["ladders"] and "ladders" not in self.lost:
            held = [n for n, each in self.ladders.items() if held_by in each.holders]
            self.problems.add_unknown(
                "E214",
                item.text,
                "a ladder",
                held if held else self.known["ladders"],
                item.place,
                f"ladders held by {held_by}" if held else "ladders",
            )
        return found

    def level(self, ladder: Ladder, item: Item) -> int | None:
        """Look a level up; None where there is none (noted)."""
        names = [each.id for each in ladder.levels]
        if isinstance(item, Scalar) and item.text in names:
            return names.index(item.text)
        word = item.text if isinstance(item, Scalar) else "this"
        self.problems.add_unknown(
            "E213", word, f"a level of {ladder.id}", names, item.place, f"levels of {ladder.id}"
        )
        return None

    def targets(self, entry: Block, held_by: str = "") -> dict[str, int]:
        """Read ``{ladder: level, ...}``."""
        out: dict[str, int] = {}
        for key, value in entry.items():
            ladder = self.ladder(key, held_by)
            if ladder is not None and (level := self.level(ladder, value)) is not None:
                out[ladder.id] = level
        return out
