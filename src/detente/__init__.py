"""Says whether an agreement between parties who do not trust each other will hold.

Examples
--------
>>> import detente
>>> case = detente.load("singapore-2018")
>>> case.plans
('disarm-first', 'phased', 'framework', 'phased-no-guarantee')
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.version import __version__

if TYPE_CHECKING:
    from detente.api import Case, casebook, load
    from detente.errors import DetenteError

__all__ = ["Case", "DetenteError", "__version__", "casebook", "load"]

_HOME = {
    "Case": "detente.api",
    "casebook": "detente.api",
    "load": "detente.api",
    "DetenteError": "detente.errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import detente`` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'detente' has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Give the public names, loaded or not."""
    return sorted(__all__)
