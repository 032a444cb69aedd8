"""Contents that name pages by patterns: a pattern without pages is left out, not an error."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

PATTERN = re.compile(r"[\w/-]+\*")


def leave_out_empty(app: Sphinx, name: str, source: list[str]) -> None:
    """Drop the lines of the first page's contents that match no page."""
    if name != "index":
        return
    folder = Path(app.srcdir)
    source[0] = "\n".join(
        line
        for line in source[0].splitlines()
        if not PATTERN.fullmatch(line) or any(folder.glob(f"{line}.md"))
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Listen to pages being read."""
    app.connect("source-read", leave_out_empty)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
