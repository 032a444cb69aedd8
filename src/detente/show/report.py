"""The report: one HTML file that needs no network and no JavaScript, on screen and in print."""

from __future__ import annotations

import hashlib
from pathlib import Path

from detente.ask.verdict import Check
from detente.scenario.model import Scenario
from detente.show.markup import Child, Html, join, tag
from detente.show.pages import wrap_page
from detente.show.report_ground import (
    assumptions_section,
    glossary_section,
    no_deal_section,
    payoffs_section,
    sources_section,
    statements_section,
    warnings_section,
)
from detente.show.report_margins import plan_name
from detente.show.report_plans import answers_section, plan_section
from detente.show.words import count
from detente.version import __version__

# Nothing is fetched and nothing runs, whatever a stranger's file holds.


def write_report(check: Check, scenario: Scenario, path: Path) -> None:
    """Write the report of a check as one HTML file.

    Parameters
    ----------
    check : the answers
    scenario : the scenario they belong to, with the values in force
    path : the file to write; replaced where it is there

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    OSError
        Where the file cannot be written.
    """
    page = render_report(check, scenario)
    path.write_text(page, encoding="utf-8", newline="\n")


def render_report(check: Check, scenario: Scenario) -> str:
    """Give the report of a check as HTML: the same bytes for the same check.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    plans = [
        plan_section(check, scenario, verdict, n)
        for n, verdict in enumerate(check.verdicts, start=1)
    ]
    body = tag(
        "main",
        _header(check, scenario),
        answers_section(check),
        *plans,
        no_deal_section(check),
        payoffs_section(check),
        assumptions_section(scenario),
        sources_section(scenario),
        statements_section(check),
        warnings_section(check, scenario),
        glossary_section(),
        _footer(check, scenario),
    )
    return wrap_page(f"{check.title}: will it hold?", body)


def _header(check: Check, scenario: Scenario) -> Html:
    links: list[Child] = [
        tag("a", plan_name(verdict), href=f"#plan-{n}")
        for n, verdict in enumerate(check.verdicts, start=1)
    ]
    for words, anchor in (
        ("Without a deal", "no-deal"),
        ("What could be kept up", "payoffs"),
        ("Assumptions", "assumptions"),
        ("Sources", "sources"),
        ("What must hold", "statements"),
        ("Words", "words"),
    ):
        links.append(tag("a", words, href=f"#{anchor}"))
    return tag(
        "header",
        tag("h1", check.title),
        tag("p", scenario.question, class_="question") if scenario.question else None,
        tag("nav", join(links, " "), aria_label="Contents"),
    )


def _footer(check: Check, scenario: Scenario) -> Html:
    digest = hashlib.sha256(scenario.text.encode("utf-8")).hexdigest()
    settings = ", ".join(check.settings) if check.settings else "none"
    sizes = check.sizes
    return tag(
        "footer",
        tag("p", f"Scenario {Path(check.file).name}, sha256 of its text {digest}."),
        tag("p", f"Numbers changed for this check: {settings}."),
        tag(
            "p",
            f"The game has {count(sizes.states, 'state')}, {count(sizes.profiles, 'profile')} and "
            f"{count(sizes.entries, 'transition')}. Made by Detente {__version__}.",
        ),
    )
