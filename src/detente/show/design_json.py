"""The answer to ``design`` as JSON."""

from __future__ import annotations

from typing import Any

from detente.ask.designing.records import Designing
from detente.show.as_json import as_values
from detente.version import __version__

DESIGN_FORMAT = "detente-design/1"


def design_as_json(answer: Designing) -> dict[str, Any]:
    """Give the answer to ``design`` as JSON values (see docs/design.md)."""
    values = as_values(answer)
    values["exit_code"] = answer.exit_code
    return {"format": DESIGN_FORMAT, "version": __version__, **values}
