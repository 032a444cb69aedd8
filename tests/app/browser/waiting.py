"""Waiting for a page, without what its security policy forbids (evaluating texts in the page)."""

from __future__ import annotations

import time
from typing import Any

PATIENCE = 60.0  # seconds: machines are slow at times
PAUSE = 50.0  # milliseconds


def until(page: Any, expression: str) -> None:
    """Wait until an expression is true in the page."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(expression):
        assert time.monotonic() < end, f"waited in vain for {expression}"
        page.wait_for_timeout(PAUSE)


def judged(page: Any) -> str:
    """Wait for a verdict on what is shown, payoff sets and all, and give its word."""
    page.wait_for_selector("#verdict:not(.stale) .badge:not(:has-text('Not decided yet')) svg")
    return str(page.inner_text("#verdict .badge")).strip()
