"""What a scenario rests on, as JSON (docs/sources.md)."""

from __future__ import annotations

from typing import Any

from detente.ask.sourcing import Sourcing
from detente.show.as_json import as_values
from detente.version import __version__

SOURCES_FORMAT = "detente-sources/1"


def sourcing_as_json(found: Sourcing) -> dict[str, Any]:
    """Give the answer to ``sources`` as JSON values."""
    head = {"format": SOURCES_FORMAT, "version": __version__}
    return {**head, **as_values(found), "exit_code": found.exit_code}
