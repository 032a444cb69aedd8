"""Draw the pictures of docs/notebook.md: what a notebook shows, in a browser.

python tools/notebook_pictures.py [BROWSER]
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

import detente
from detente import games

DOCS = Path(__file__).parents[1] / "docs"
BROWSER = "/usr/bin/chromium"
WIDTH = 860  # pixels
DILEMMA = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]


def main(browser: str) -> None:
    """Write the pictures."""
    verdict = detente.load(DOCS / "examples" / "strait.yaml").check("sell-boats", picture=True)
    solution = games.solve(games.from_arrays(DILEMMA, discount=0.6))
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": WIDTH, "height": 600}, device_scale_factor=1.5)
        for name, answer, n in (
            ("verdict", verdict, 0),
            ("payoffs", verdict, 1),
            ("set", solution, 0),
        ):
            page.set_content(f"<body style='margin:0'>{answer._repr_html_()}</body>")
            picture = page.locator("body > div").nth(n)
            picture.screenshot(path=str(DOCS / "pictures" / f"notebook-{name}.png"))
        opened.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or [BROWSER]))
