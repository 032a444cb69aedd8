"""The pages on comparing and screening say what comes out of the Singapore case today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.write_asking_pages import HEADING, pages

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.slow
def test_the_pages_are_up_to_date():
    for name, section in pages().items():
        text = (DOCS / name).read_text(encoding="utf-8")
        assert text[text.index(HEADING) :] == section, "run `make docs`"
