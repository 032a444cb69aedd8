"""Write the pages of the library of cases, and the page with the table over all of them.

python tests/tools/write_case_pages.py docs/cases [--samples N] [--workers W] [NAME ...]

With names only their pages are written, and not the table.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from detente.ask.casebook import DEFAULT_SAMPLES, CaseStudy, gather_rows, study_case
from detente.ask.sweeping.sweep import DEFAULT_SEED
from detente.cases import case_names
from detente.show.case_pages import HEADING, render_index, render_page

BY_HAND = ("singapore-2018",)  # their pages begin with what was written by hand


def write_page(study: CaseStudy, folder: Path) -> str:
    """Give the page of a case, as it belongs into a folder."""
    name = study.row.name
    above = ""
    if name in BY_HAND:
        text = (folder / f"{name}.md").read_text(encoding="utf-8")
        above = text[: text.index(HEADING)]
    pictures = [
        f"![{words}](../pictures/{name}-{kind}.png)"
        for kind, words in (
            ("margins", "Margins of both parties at every step"),
            (
                "payoffs",
                "What both can get: any play, any equilibrium (bounds), no deal, two plans",
            ),
        )
        if (folder.parent / "pictures" / f"{name}-{kind}.png").exists()
    ]
    return render_page(study, above=above, pictures=pictures)


def main() -> None:
    """Write the pages named on the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--samples", type=int, default=DEFAULT_SAMPLES)
    parser.add_argument("--workers", type=int)
    asked = parser.parse_intermixed_args()
    rows, start = [], time.perf_counter()
    for name in asked.names or case_names():
        begun = time.perf_counter()
        study = study_case(name, samples=asked.samples, workers=asked.workers)
        page = write_page(study, asked.folder)
        (asked.folder / f"{name}.md").write_text(page, encoding="utf-8")
        rows.append(study.row)
        print(f"{name}.md: {time.perf_counter() - begun:.0f} s", flush=True)
    if not asked.names:
        table = gather_rows(rows, asked.samples, DEFAULT_SEED, time.perf_counter() - start)
        (asked.folder / "index.md").write_text(render_index(table), encoding="utf-8")
        print(f"index.md: {time.perf_counter() - start:.0f} s in all")


if __name__ == "__main__":
    main()
