"""Docstrings as they are written here: after the colon stands what a thing is, not its type."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx

SECTIONS = ("Parameters", "Attributes")
ENTRY = re.compile(r"(\w[\w, *]*?) : (.+)")


def put_words_below(*event: Any) -> None:
    """Move the words behind the colon of an entry to where descriptions stand."""
    lines: list[str] = event[-1]
    out: list[str] = []
    section = ""
    for number, line in enumerate(lines):
        if number + 1 < len(lines) and re.fullmatch(r"-{3,}", lines[number + 1]):
            section = line.strip()
        found = ENTRY.fullmatch(line) if section in SECTIONS else None
        out += [found[1], f"    {found[2]}"] if found else [line]
    lines[:] = out


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen before the docstrings are parsed."""
    app.connect("autodoc-process-docstring", put_words_below, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
