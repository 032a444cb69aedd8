"""The answer to ``mend`` as JSON (docs/mend.md)."""

from __future__ import annotations

import math
from typing import Any

from detente.ask.mending.records import (
    FrontierPoint,
    Mending,
    NumberMend,
    PairMap,
    Side,
    StructureMend,
    Worst,
)
from detente.show.as_json import as_values
from detente.version import __version__

MEND_FORMAT = "detente-mend/1"


def mending_as_json(found: Mending) -> dict[str, Any]:
    """Give the answer to ``mend`` as JSON values."""
    return {
        "format": MEND_FORMAT,
        "version": __version__,
        "title": found.title,
        "file": found.file,
        "settings": list(found.settings),
        "plan": found.plan,
        "readings": [str(each) for each in found.readings],
        "answer": str(found.answer),
        "today": _worst(found.today),
        "sentences": list(found.sentences),
        "mends": [_number(each) for each in found.numbers],
        "left_out": list(found.left_out),
        "structures": [_structure(each) for each in found.structures],
        "structures_left_out": found.structures_left_out,
        "pairs": [_pair(each) for each in found.pairs],
        "statements": as_values(found.statements),
        "judged": found.judged,
        "seconds": found.seconds,
    }


def _number(each: NumberMend) -> dict[str, Any]:
    return {
        "path": each.short,
        "full_path": each.path,
        "kind": str(each.kind),
        "unit": str(each.unit),
        "from": _number_or_never(each.value),
        "holds_at": _value(each.holds_at),
        "fails_at": _value(each.fails_at),
        "threshold": as_values(each.threshold),
        "change": as_values(each.change),
        "in_range": each.in_range,
        "from_text": each.text,
        "holds_text": None if each.holds_at is None else each.holds_at.text,
        "fails_text": None if each.fails_at is None else each.fails_at.text,
        "other_side": None if each.fails_at is None else str(each.fails_at.answer),
        "intervals": [[_number_or_never(i.low), _number_or_never(i.high)] for i in each.intervals],
        "searched": [_number_or_never(end) for end in each.searched],
        "scanned": each.scanned,
        "gap": as_values(each.gap),
        "matters": each.matters,
        "undecided": each.undecided,
        "best_at": _value(each.best_at),
        "best_margin": None if each.best is None else as_values(each.best.margin),
        "best": _worst(each.best),
    }


def _value(side: Side | None) -> Any:
    return None if side is None else _number_or_never(side.value)


def _number_or_never(value: float) -> Any:
    """Give a value as `--set` takes it: a time without end is called never."""
    return "never" if math.isinf(value) else as_values(value)


def _worst(worst: Worst | None) -> Any:
    if worst is None:
        return None
    return {
        "margin": as_values(worst.margin),
        "party": worst.party,
        "step": worst.step,
        "step_id": worst.step_id,
        "reading": str(worst.reading),
    }


def _structure(each: StructureMend) -> dict[str, Any]:
    return {
        "name": each.name,
        "words": each.words,
        "plan": each.plan,
        "settings": dict(each.settings),
        "answer": str(each.answer),
        "carries_to": each.carries_to,
        "worst": _worst(each.worst),
    }


def _pair(each: PairMap) -> dict[str, Any]:
    return {
        "first": each.first,
        "second": each.second,
        "today": as_values(each.today),
        "first_values": as_values(each.xs),
        "second_values": as_values(each.ys),
        "answers": as_values(each.answers),
        "worst_margin": as_values(each.units_at),
        "frontier": [_frontier(point) for point in each.frontier],
    }


def _frontier(point: FrontierPoint) -> dict[str, Any]:
    return {
        "first": as_values(point.first),
        "holds_at": _value(point.holds_at),
        "fails_at": _value(point.fails_at),
    }
