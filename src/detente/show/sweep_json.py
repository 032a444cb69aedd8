"""The answer to `sweep` as JSON (see docs/json.md)."""

from __future__ import annotations

from typing import Any

from detente.ask.sweeping.answer import Sweep
from detente.show.as_json import as_values
from detente.show.sweep_words import plan_sentences
from detente.version import __version__

SWEEP_FORMAT = "detente-sweep/1"


def sweep_as_json(sweep: Sweep) -> dict[str, Any]:
    """Give the answer to ``sweep`` as JSON values; each plan also has its ``sentences``."""
    values = as_values(sweep)
    for plan, each in zip(sweep.plans, values["plans"], strict=True):
        each["sentences"] = list(plan_sentences(sweep, plan))
    return {
        "format": SWEEP_FORMAT,
        "version": __version__,
        **values,
        "complete": sweep.complete,
        "exit_code": sweep.exit_code,
    }
