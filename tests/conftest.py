"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
REQUIRED = os.environ.get("DETENTE_REQUIRE_SHARED") == "1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip tests that need the developers' folder where it is missing; never where it must be."""
    if SHARED.is_dir():
        return
    if REQUIRED and any(item.get_closest_marker("shared") for item in items):
        raise pytest.UsageError(f"{SHARED} is missing, and DETENTE_REQUIRE_SHARED is set")
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason=f"needs {SHARED}"))
