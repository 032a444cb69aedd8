"""Every small change of a document: digits, types, keys, entries dropped, doubled and swapped."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from proofs.tools import change

RATIONAL = re.compile(r"-?\d+(/\d+)?")
STEPS = (Fraction(1, 1000), Fraction(-1, 1000), Fraction(10**6), Fraction(-(10**6)))


class Mutant(NamedTuple):
    """A changed copy: where, what was done, and the result."""

    path: tuple[Any, ...]
    kind: str
    document: Any


def walk(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Give all values inside a document with their paths."""
    yield path, value
    pairs = value.items() if isinstance(value, dict) else (
        enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    for key, inner in pairs:
        yield from walk(inner, (*path, key))


def make_mutants(document: Any) -> Iterator[Mutant]:
    """Give all mutants of a document."""
    for path, value in walk(document):
        for kind, new in _replace(value) if path else ():
            mutant = copy.deepcopy(document)
            change(mutant, list(path), new)
            yield Mutant(path, kind, mutant)
        for kind, edit in _edit(value):
            mutant = copy.deepcopy(document)
            inside = mutant
            for key in path:
                inside = inside[key]
            edit(inside)
            yield Mutant(path, kind, mutant)


def _replace(value: Any) -> Iterator[tuple[str, Any]]:
    yield "drop", "DROP"
    if value is not None:
        yield "null", None
    if isinstance(value, str) and RATIONAL.fullmatch(value):
        yield from (("digit", str(Fraction(value) + step)) for step in STEPS)
        yield "type", 1
    elif isinstance(value, str):
        yield "text", value + "x"
        yield "type", 1
    elif isinstance(value, int):
        yield "digit", value + 1
        yield "digit", value - 1
        yield "type", str(value)
        yield "type", bool(value)
    elif value is None:
        yield "digit", "1000000"
        yield "digit", "-1000000"
    else:
        yield "type", {} if isinstance(value, list) else []


def _edit(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield "key", lambda inside: inside.update(extra=0)
    if isinstance(value, list):
        for j, entry in enumerate(value):
            yield "twice", lambda inside, j=j: inside.insert(j, copy.deepcopy(inside[j]))
            if j and value[j - 1] != entry:
                yield "swap", lambda inside, j=j: inside.insert(j - 1, inside.pop(j))
