"""Answers as strict JSON: every record field by its name, no NaN and no infinity."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import Any

import numpy as np

from detente.ask.explanation import Explanation
from detente.ask.verdict import Check
from detente.version import __version__

CHECK_FORMAT = "detente-check/1"
EXPLANATION_FORMAT = "detente-explanation/1"
DERIVED = {  # properties that a reader of the JSON should not have to work out
    "Entry": ("gain",),
    "StatementResult": ("kept",),
    "TermRow": ("difference",),
    "Check": ("exit_code",),
    "PartyStep": ("exposure",),
    "Comparison": ("exit_code",),
    "Exposure": ("loss",),
    "Screening": ("exit_code",),
}


def check_as_json(check: Check) -> dict[str, Any]:
    """Give the answer to ``check`` as JSON values (see docs/json.md)."""
    return {"format": CHECK_FORMAT, "version": __version__, **as_values(check)}


def explanation_as_json(explanation: Explanation) -> dict[str, Any]:
    """Give the answer to ``explain`` as JSON values (see docs/json.md)."""
    return {"format": EXPLANATION_FORMAT, "version": __version__, **as_values(explanation)}


def as_values(thing: Any) -> Any:
    """Turn records, arrays and enums into JSON values; NaN and infinities become null.

    Raises
    ------
    TypeError
        For anything that has no place in an answer.
    """
    if thing is None or isinstance(thing, (bool, int)):
        return thing
    if isinstance(thing, Enum):
        return str(thing)
    if isinstance(thing, str):
        return thing
    if isinstance(thing, (float, np.floating)):
        return float(thing) if math.isfinite(thing) else None
    if isinstance(thing, np.integer):
        return int(thing)
    if isinstance(thing, np.ndarray):
        return as_values(thing.tolist())
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        names = [field.name for field in dataclasses.fields(thing)]
        names += DERIVED.get(type(thing).__name__, ())
        return {name: as_values(getattr(thing, name)) for name in names}
    if isinstance(thing, Mapping):
        return {str(key): as_values(value) for key, value in thing.items()}
    if isinstance(thing, (tuple, list)):
        return [as_values(each) for each in thing]
    raise TypeError(f"{type(thing).__name__} has no JSON form here")


def dump_json(values: Any) -> str:
    """Write JSON values as text, strictly (no NaN), with a final newline.

    Only ASCII is written, so that the text survives whatever encoding a pipe has.
    """
    return json.dumps(values, indent=2, allow_nan=False) + "\n"
