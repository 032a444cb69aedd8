"""Comparisons and screenings as JSON (docs/compare.md, docs/screen.md)."""

from __future__ import annotations

from typing import Any

from detente.ask.comparison import Comparison
from detente.ask.screening import Screening
from detente.show.as_json import as_values
from detente.version import __version__

COMPARE_FORMAT = "detente-compare/1"
SCREEN_FORMAT = "detente-screen/1"


def comparison_as_json(found: Comparison) -> dict[str, Any]:
    """Give the answer to ``compare`` as JSON values."""
    return {"format": COMPARE_FORMAT, "version": __version__, **as_values(found)}


def screening_as_json(found: Screening) -> dict[str, Any]:
    """Give the answer to ``screen`` as JSON values."""
    return {"format": SCREEN_FORMAT, "version": __version__, **as_values(found)}
