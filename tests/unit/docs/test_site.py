"""The documentation site builds without a warning, and needs nothing but the disk to be read."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FETCHED = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the site as `make docs` does."""
    out = tmp_path_factory.mktemp("site")
    command = ["-W", "--keep-going", "-q", "-b", "html", "-d", str(out / "doctrees")]
    run = subprocess.run(
        [sys.executable, "-m", "sphinx", *command, str(ROOT / "docs"), str(out / "html")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    return out / "html"


class Links(HTMLParser):
    """Collects what a page has fetched by itself, and where it leads."""

    def __init__(self):
        super().__init__()
        self.fetched, self.links, self.ids = [], [], set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "id" in values:
            self.ids.add(values["id"])
        if tag in FETCHED and values.get(FETCHED[tag]):
            self.fetched.append(values[FETCHED[tag]])
        if tag == "a" and values.get("href"):
            self.links.append(values["href"])


def read(path):
    links = Links()
    links.feed(path.read_text(encoding="utf-8"))
    return links


def pages(site):
    found = sorted(site.rglob("*.html"))
    assert len(found) > 30
    return found


def test_nothing_is_fetched_from_elsewhere(site):
    for path in pages(site):
        for address in read(path).fetched:
            assert not re.match(r"(\w+:)?//", address), f"{path.name}: {address}"
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"url\(['\"]?(https?:)?//|@import\s+['\"]http", text), path


def test_links_lead_somewhere_on_the_disk(site):
    known = {path: read(path) for path in pages(site)}
    for path, page in known.items():
        for link in page.links:
            if re.match(r"[a-z]+:", link) or link == "#":
                continue
            assert not link.startswith("/"), f"{path.name}: {link} needs a server"
            file, _, anchor = link.partition("#")
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            assert target.exists(), f"{path.name}: {link}"
            if anchor and target in known:
                assert anchor in known[target].ids, f"{path.name}: {link}"


def test_the_mathematics_is_in_the_page(site):
    text = (site / "mathematics.html").read_text(encoding="utf-8")
    assert text.count("<math ") > 40
    assert 'display="block"' in text
    assert not any("mathjax" in each.lower() for each in read(site / "mathematics.html").fetched)
    assert not re.search(
        r"\\(frac|left|sum|delta)", re.sub(r"<annotation.*?</annotation>", "", text)
    )


def test_every_public_name_has_its_place(site):
    text = (site / "api.html").read_text(encoding="utf-8")
    for name in ("load", "Case.check", "Case.design", "Case.sweep", "Margins", "games.solve"):
        assert re.search(rf'id="detente\.(api\.|show\.check_answer\.)?{re.escape(name)}"', text), (
            name
        )


def test_search_has_an_index(site):
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    assert "Search.setIndex" in index
    assert '"tutorial"' in index
