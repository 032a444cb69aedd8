"""Reads what stands beside a case: text to tree, tree to `History`; all problems at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from pathlib import Path

from detente.errors import DetenteError, Place
from detente.scenario.history import (
    GENERAL,
    SETTLED,
    Event,
    Fate,
    Fated,
    History,
    Origin,
    Reference,
    Sentence,
    WhatIf,
)
from detente.scenario.model import Scenario
from detente.scenario.problems import Problems
from detente.scenario.settings import parse_setting
from detente.scenario.tree import Block, Item, Scalar, Series, read_tree

KEYS = {
    "": ("case", "years", "about", "invented", "story", "dates", "agreed", "happened",
         "outcome", "choices", "leaves_out", "what_if", "sources"),
    "sentence": ("words", "source"),
    "date": ("date", "what", "source"),
    "agreed": ("plan", "words"),
    "outcome": ("was", "year", "step", "left_by", "words", "source"),
    "what_if": ("words", "settings"),
    "source": ("title", "by", "date", "address", "note"),
}  # fmt: skip
OPTIONAL = frozenset(
    {"invented", "outcome", "what_if", "sources", "year", "step", "left_by", "by", "address"}
)
_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
_REFERENCE = re.compile(r"([^\s:]+)(?::(\S+))?")


def read_history(path: Path, scenario: Scenario) -> History:
    """Read the history of a case.

    Parameters
    ----------
    path : the file
    scenario : the case; plans, steps, parties, numbers and sources are looked up in it

    Raises
    ------
    DetenteError
        With all problems of the file, in its order.
    """
    text = path.read_text(encoding="utf-8")
    problems = Problems(str(path), text)
    root = read_tree(text, problems)
    problems.raise_all()
    reader = _Reader(scenario, problems)
    history = reader.read(reader.block(root, Place(str(path), 1, 1), ""))
    problems.raise_all()
    return history


class _Reader:
    """Reads one file; what is wrong is noted, and something harmless stands in for it."""

    def __init__(self, scenario: Scenario, problems: Problems) -> None:
        self.scenario = scenario
        self.problems = problems
        self.sources: dict[str, Origin] = {
            each.id: Origin(
                each.id, each.title or "Judgement", each.by, each.date, each.url, each.note
            )
            for each in scenario.sources.values()
        }
        self.cited: set[str] = set()

    def read(self, root: Block) -> History:
        """Read the whole file."""
        own = self.read_sources(root)
        agreed = self.block(root.entries.get("agreed"), root.place, "agreed")
        plan = self.read_plan(agreed)
        history = History(
            case=self.text(root, "case"),
            years=self.text(root, "years"),
            about=self.text(root, "about"),
            story=self.sentences(root, "story"),
            dates=tuple(self.event(each) for each in self.series(root, "dates", "date")),
            plan=plan,
            plan_words=self.text(agreed, "words"),
            happened=self.sentences(root, "happened"),
            outcome=self.read_outcome(root, plan),
            choices=self.texts(root, "choices"),
            leaves_out=self.texts(root, "leaves_out"),
            what_if=tuple(self.what_if(each) for each in self.series(root, "what_if", "what_if")),
            sources=self.sources,
        )
        self.check_name(root, history.case)
        for key in own:
            if key.text not in self.cited:
                self.problems.add(
                    "E215", f"nothing cites the source '{key.text}'", key.place,
                    remedy="cite it, or take it out",
                )  # fmt: skip
        return history

    def check_name(self, root: Block, case: str) -> None:
        """See that the file lies beside the right scenario."""
        name = Path(self.scenario.file).stem
        if case and case != name:
            self.wrong(root.entries["case"], f"the case is called '{name}', not '{case}'")

    def read_sources(self, root: Block) -> list[Scalar]:
        """Read the history's own sources."""
        item = root.entries.get("sources")
        if item is None:
            return []
        if not isinstance(item, Block):
            self.wrong(item, "'sources' is a mapping of sources by name")
            return []
        for key, value in item.items():
            if key.text in self.sources or key.text == GENERAL:
                self.wrong(key, f"there is a source '{key.text}' already")
                continue
            entry = self.block(value, key.place, "source")
            words = {each: self.text(entry, each) for each in KEYS["source"]}
            self.sources[key.text] = Origin(key.text, **words)
        return list(item.keys.values())

    def read_plan(self, agreed: Block) -> str:
        """Read which plan stands for what was agreed."""
        plan = self.text(agreed, "plan")
        names = [each.id for each in self.scenario.plans]
        if plan and plan not in names:
            self.problems.add_unknown(
                "E217", plan, "a plan", names, agreed.entries["plan"].place, "plans"
            )
        return plan

    def read_outcome(self, root: Block, plan: str) -> Fated | None:
        """Read how it ended."""
        invented = self.text(root, "invented") in ("yes", "true")
        item = root.entries.get("outcome")
        if item is None or invented:
            if (item is None) is not invented:
                self.wrong(root, "a case has an outcome, unless it is 'invented: yes'")
            return None
        entry = self.block(item, root.place, "outcome")
        was = self.text(entry, "was")
        if was not in tuple(Fate):
            self.wrong(entry.entries.get("was", entry), "'was' is kept, broken or unclear")
            was = Fate.UNCLEAR
        fate = Fate(was)
        year, step = self.text(entry, "year"), self.text(entry, "step")
        left_by: tuple[str, ...] = ()
        if fate is Fate.BROKEN:
            year, step = self.need(entry, "year"), self.need(entry, "step")
            self.need(entry, "left_by")
            left_by = self.read_parties(entry)
        self.check_step(entry, plan, step)
        if year and not year.isdigit():
            self.wrong(entry.entries["year"], "'year' is a year such as 2019")
            year = ""
        return Fated(fate, int(year) if year else None, step, left_by, self.sentence(entry))

    def read_parties(self, entry: Block) -> tuple[str, ...]:
        """Read who stopped keeping it."""
        item = entry.entries.get("left_by")
        if not isinstance(item, Series):
            self.wrong(item or entry, "'left_by' is a list of parties: [us], or []")
            return ()
        known = [each.id for each in self.scenario.parties]
        names = []
        for each in item.items:
            word = each.text if isinstance(each, Scalar) else ""
            if word not in known:
                self.problems.add_unknown("E211", word, "a party", known, each.place, "parties")
            names.append(word)
        return tuple(names)

    def check_step(self, entry: Block, plan: str, step: str) -> None:
        """See that the plan has the step."""
        plans = [each for each in self.scenario.plans if each.id == plan]
        names = [*(each.id for found in plans for each in found.steps), SETTLED]
        if plans and step and step not in names:
            place = entry.entries["step"].place
            self.problems.add_unknown("E391", step, f"a step of '{plan}'", names, place, "steps")

    def event(self, entry: Block) -> Event:
        """Read one date."""
        date = self.text(entry, "date")
        if date and not _is_date(date):
            self.wrong(entry.entries["date"], "a date is written 2019, 2019-02 or 2019-02-28")
        return Event(date, Sentence(self.text(entry, "what"), self.references(entry)))

    def what_if(self, entry: Block) -> WhatIf:
        """Read numbers to be tried."""
        settings = self.texts(entry, "settings")
        for each in settings:
            try:
                parse_setting(self.scenario, *each.split("=", 1)) if "=" in each else None
            except DetenteError as error:
                self.wrong(entry.entries["settings"], error.problems[0].message)
            if "=" not in each:
                self.wrong(entry.entries["settings"], f"'{each}' should be PATH=VALUE")
        return WhatIf(self.text(entry, "words"), settings)

    def sentences(self, root: Block, key: str) -> tuple[Sentence, ...]:
        """Read a list of sentences."""
        return tuple(self.sentence(each) for each in self.series(root, key, "sentence"))

    def sentence(self, entry: Block) -> Sentence:
        """Read a sentence with what it rests on."""
        return Sentence(self.text(entry, "words"), self.references(entry))

    def references(self, entry: Block) -> tuple[Reference, ...]:
        """Read ``source:``, keys parted by spaces, each with an optional locator."""
        out = []
        for word in self.text(entry, "source").split():
            found = _REFERENCE.fullmatch(word.removeprefix("@"))
            key = found[1] if found else word
            if key != GENERAL and key not in self.sources:
                known = [*self.sources, GENERAL]
                place = entry.entries["source"].place
                self.problems.add_unknown("E215", key, "a source", known, place, "sources")
            self.cited.add(key)
            out.append(Reference(key, (found[2] or "") if found else ""))
        return tuple(out)

    def series(self, root: Block, key: str, kind: str) -> Iterator[Block]:
        """Give the entries of a list of mappings."""
        item = root.entries.get(key)
        if isinstance(item, Series):
            for each in item.items:
                yield self.block(each, each.place, kind)
        elif item is not None:
            self.wrong(item, f"'{key}' is a list: each entry begins with '- '")

    def texts(self, root: Block, key: str) -> tuple[str, ...]:
        """Give a list of words."""
        item = root.entries.get(key)
        if isinstance(item, Series) and all(isinstance(each, Scalar) for each in item.items):
            return tuple(each.text.strip() for each in item.items if isinstance(each, Scalar))
        if item is not None:
            self.wrong(item, f"'{key}' is a list of sentences")
        return ()

    def block(self, item: Item | None, place: Place, kind: str) -> Block:
        """Give a mapping, its keys checked; an empty one where it is none (noted)."""
        if not isinstance(item, Block):
            at = place if item is None else item.place
            self.problems.add("E114", f"this should have {', '.join(KEYS[kind])}", at)
            return Block(place)
        for key in item.keys.values():
            if key.text not in KEYS[kind]:
                self.problems.add_unknown(
                    "E112", key.text, "known here", KEYS[kind], key.place, "keys"
                )
        optional = OPTIONAL | ({"date", "note"} if kind == "source" else set())
        for name in KEYS[kind]:
            if name not in item and name not in optional:
                self.problems.add("E113", f"'{name}' is missing", item.place)
        return item

    def need(self, entry: Block, key: str) -> str:
        """Give an entry's text; note where it is missing."""
        if key not in entry:
            self.problems.add("E113", f"'{key}' is missing: it was broken", entry.place)
        return self.text(entry, key)

    def text(self, entry: Block, key: str) -> str:
        """Give an entry's text, empty where there is none."""
        item = entry.entries.get(key)
        return " ".join(item.text.split()) if isinstance(item, Scalar) else ""

    def wrong(self, item: Item, words: str) -> None:
        """Note the wrong kind of entry."""
        self.problems.add("E114", words, item.place)


def _is_date(text: str) -> bool:
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True
