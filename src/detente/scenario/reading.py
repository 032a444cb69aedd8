"""Reads a scenario file: text to tree, tree to document, document to `Scenario`."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path

from detente.errors import DetenteError, Place, Problem
from detente.scenario.actors import (
    check_citations,
    read_date,
    read_governments,
    read_inspections,
    read_ladders,
    read_parties,
    read_sources,
)
from detente.scenario.book import Book
from detente.scenario.checks import check_values, warn_of_idle
from detente.scenario.correlations import read_correlations
from detente.scenario.model import Scenario
from detente.scenario.payoffs import PayoffReader, warn_unused
from detente.scenario.plans import read_no_deal, read_plans, read_statements
from detente.scenario.problems import Problems
from detente.scenario.quantity import Kind
from detente.scenario.schema import check_shape
from detente.scenario.settings import parse_setting
from detente.scenario.tree import NOT_TEXT, Block, Item, read_tree
from detente.scenario.types import check_types, read_types

MAX_BYTES = 1_000_000
# scanning a tag takes time that grows with the square of its length
LONG_TAG = re.compile(r"(?:^|[\s\[{,])(!\S{200})")
LINE_ENDS = ("\n", "\r", "\u2028", "\u2029", "\x85")


def read_scenario(path: str | os.PathLike[str]) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path : str or path-like
        The file.

    Returns
    -------
    Scenario
        The checked scenario; what may not be meant is in its ``warnings``.

    Raises
    ------
    DetenteError
        With all problems of the file, in its order.
    """
    file = os.fspath(path)
    try:
        # the size is not asked for beforehand: it may be a pipe
        with Path(file).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except IsADirectoryError:
        raise DetenteError(
            Problem("E101", f"'{file}' is a directory", remedy="name the scenario file in it")
        ) from None
    except FileNotFoundError:
        raise DetenteError(
            Problem(
                "E101",
                f"there is no file '{file}'",
                remedy="look for a misspelt name; 'detente new' writes a first scenario",
            )
        ) from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise DetenteError(
            Problem(
                "E101",
                f"'{file}' cannot be opened: {reason}",
                remedy="look at the file's name and permissions",
            )
        ) from None
    if len(data) > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E102",
                f"'{file}' has more than {MAX_BYTES // 1000} kB",
                Place(file, 1, 1),
                remedy="a scenario has a few kB; is it the right file?",
            )
        )
    return read_scenario_text(_decode(data, file), file)


def _decode(data: bytes, file: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DetenteError(
            Problem(
                "E103",
                "this is not text in UTF-8",
                Place(file, line, column),
                remedy="a scenario is a plain text file; save it as UTF-8",
            )
        ) from None


def read_scenario_text(text: str, file: str = "<text>") -> Scenario:
    """Read and check a scenario given as text.

    Parameters
    ----------
    text : str
        The text of a scenario file.
    file : str
        The name to show in messages.

    Raises
    ------
    DetenteError
        With all problems of the text, in its order.
    """
    text = text.removeprefix("\ufeff")
    problems = Problems(file, text)
    _check_text(text, problems)
    problems.raise_all()
    root = read_tree(text, problems)
    if root is None or not isinstance(root, Block):
        if not problems:
            _refuse_root(root, problems)
        problems.raise_all()
    assert isinstance(root, Block)  # others were raised  # noqa: S101
    book = Book(root, problems)
    book.learn_names()
    book.pruned = check_shape(root, problems)
    return _build(book, text, file)


def _check_text(text: str, problems: Problems) -> None:
    if len(text) > MAX_BYTES:
        problems.add(
            "E102",
            f"the text has more than {MAX_BYTES // 1000} thousand characters",
            Place(problems.file, 1, 1),
            remedy="a scenario has a few thousand; is it the right file?",
        )
        return
    if not text.strip():
        problems.add(
            "E104",
            "there is nothing in this file",
            Place(problems.file, 1, 1),
            remedy="'detente new' writes a first scenario to begin with",
        )
        return
    tag = LONG_TAG.search(text)
    if tag is not None:
        before = text[: tag.start(1)].splitlines()
        problems.add(
            "E111",
            "a very long word that begins with '!'",
            Place(problems.file, max(1, len(before)), 1),
            remedy="take it out, or put spaces into it",
        )
        return
    found = NOT_TEXT.search(text)
    if found is not None:
        before = text[: found.start()].splitlines(keepends=True)
        # the last piece is the line's beginning, unless it ends in a line break
        begun = bool(before) and not before[-1].endswith(LINE_ENDS)
        line, column = (len(before), len(before[-1])) if begun else (len(before) + 1, 0)
        problems.add(
            "E103",
            f"a character that is not text (code {ord(found.group(0))})",
            Place(problems.file, line, column + 1),
            remedy="a scenario is a plain text file; take the character out",
        )


def _refuse_root(root: Item | None, problems: Problems) -> None:
    if root is None:
        problems.add(
            "E104",
            "there is nothing but comments in this file",
            Place(problems.file, 1, 1),
            remedy="'detente new' writes a first scenario to begin with",
        )
    else:
        problems.add(
            "E114",
            "a scenario begins with keys such as 'title:' and 'parties:'",
            root.place,
            remedy="'detente new' writes a first scenario to begin with",
        )


def _build(book: Book, text: str, file: str) -> Scenario:
    """Go through the sections in the order in which they refer to each other."""
    root = book.root
    clock = book.number(root.entries.get("clock"), Kind.TIME, "clock")
    parties = read_parties(book)
    ladders = read_ladders(book)
    inspections = read_inspections(book)
    governments = read_governments(book)
    payoff_reader = PayoffReader(book, tuple(each.party for each in governments))
    payoff_reader.read_parameters()
    payoffs = payoff_reader.read_payoffs()
    plans = read_plans(book)
    no_deal = read_no_deal(book)
    must_hold = read_statements(book)
    sources = read_sources(book)
    scenario = Scenario(
        title=book.text(root, "title"),
        question=book.text(root, "question"),
        file=file,
        text=text,
        clock=clock,
        parties=parties,
        ladders=ladders,
        inspections=inspections,
        governments=governments,
        payoffs=payoffs,
        plans=plans,
        no_deal=no_deal,
        must_hold=must_hold,
        sources=sources,
        quantities=book.quantities,
        values={path: each.value for path, each in book.quantities.items()},
        date=read_date(book),
    )
    scenario = read_types(scenario, book)
    check_citations(book, sources)
    check_values(scenario, book.problems, book.damaged_steps)
    _check_statements(scenario, book)
    scenario = replace(scenario, correlations=read_correlations(scenario, book))
    check_types(scenario, book.problems)
    book.problems.raise_all()
    warn_unused(book, book.quantities)
    warnings = [*book.warnings, *warn_of_idle(scenario)]
    return _with_warnings(scenario, warnings)


def _check_statements(scenario: Scenario, book: Book) -> None:
    """Refuse settings of statements that no number fits; not where numbers were lost."""
    for key, value in book.settings if not book.pruned else ():
        try:
            parse_setting(scenario, key.text, value.text)
        except DetenteError as error:
            for each in error.problems:
                place = key.place if each.code in ("E241", "E242") else value.place
                book.problems.add(each.code, each.message, place, each.label, each.remedy)


def _with_warnings(scenario: Scenario, warnings: list[tuple[Place | None, str]]) -> Scenario:
    ordered = sorted(warnings, key=lambda each: (each[0].line if each[0] else 0, each[1]))
    words = tuple(f"{place}: {text}" if place else text for place, text in ordered)
    return replace(scenario, warnings=words)
