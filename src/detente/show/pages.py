"""One HTML page around sections of a report, the same for every question."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from detente.ask.verdict import StatementResult
from detente.show.markup import Html, raw, tag
from detente.version import __version__

# Nothing is fetched and nothing runs, whatever a stranger's file holds.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def render_page(title: str, question: str, sections: Sequence[Html]) -> str:
    """Give one HTML page that needs no network and no JavaScript.

    Parameters
    ----------
    title : shown at the top
    question : what the page answers, for the window's title
    sections : in order
    """
    footer = tag("footer", tag("p", f"Made by Detente {__version__}."))
    return wrap_page(question, tag("main", tag("header", tag("h1", title)), *sections, footer))


def wrap_page(title: str, main: Html, script: str = "") -> str:
    """Put a page's content into a document with the style of reports.

    Parameters
    ----------
    title : of the window
    main : the whole content
    script : the one script of our own that the page may run, or none
    """
    style = resources.files("detente.show").joinpath("report.css").read_text(encoding="utf-8")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", raw(style)),
    )
    runs = tag("script", raw(script)) if script else None
    return f"<!doctype html>\n{tag('html', head, tag('body', main, runs), lang='en')}\n"


def _policy(script: str) -> str:
    """Allow exactly this script to run, named by its hash; nothing where there is none."""
    if not script:
        return POLICY
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return f"{POLICY}; script-src 'sha256-{digest}'"


def broken_statements_note(statements: Sequence[StatementResult]) -> Html | None:
    """Say first which statements do not come out; None where all do."""
    broken = [each for each in statements if not each.kept]
    if not broken:
        return None
    lines = [
        tag("li", f"{each.words}: you say {each.expected}, the model says {each.found}")
        for each in broken
    ]
    return tag(
        "div",
        tag("p", "The model is wrong, not the world: something you are sure of does not come out."),
        tag("ul", *lines),
        class_="warning",
    )
