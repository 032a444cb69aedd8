"""The report: one HTML file that needs no network, on screen and in print."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from detente.ask.dossier import Dossier, Part
from detente.ask.verdict import Check
from detente.scenario.model import Scenario
from detente.show.compare_report import comparison_section
from detente.show.design_report import design_section
from detente.show.explore_report import explore_section, no_explore_section, read_script
from detente.show.leaning_report import marks_of
from detente.show.markup import Html, join, tag
from detente.show.mend_report import mending_section
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
from detente.show.screen_report import screening_section
from detente.show.sweep_report import sweep_section
from detente.show.words import count
from detente.version import __version__


def write_report(
    check: Check, scenario: Scenario, path: Path, dossier: Dossier | None = None
) -> None:
    """Write the report of a check as one HTML file.

    Parameters
    ----------
    check : the answers
    scenario : the scenario they belong to, with the values in force
    path : the file to write; replaced where it is there
    dossier : what else the report tells

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    OSError
        Where the file cannot be written.
    """
    page = render_report(check, scenario, dossier)
    path.write_text(page, encoding="utf-8", newline="\n")


def render_report(check: Check, scenario: Scenario, dossier: Dossier | None = None) -> str:
    """Give the report of a check as HTML: the same bytes for the same answers.

    Nothing runs in it but the script of the explorer, where the report has one.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    told = Dossier() if dossier is None else dossier
    sections = _sections(check, scenario, told)
    body = tag(
        "main",
        _header(check, scenario, sections),
        *(section for _, _, section in sections),
        _footer(check, scenario),
    )
    script = read_script() if told.exploring is not None else ""
    return wrap_page(f"{check.title}: will it hold?", body, script)


MOST_ROWS = 8  # of what would not mend a plan; `detente mend` lists all
Listed = tuple[str, str, Html]  # words in the list of contents, id, section


def _sections(check: Check, scenario: Scenario, told: Dossier) -> list[Listed]:
    """Give the report's sections in order; those without words are not listed."""
    found: list[Listed] = [("Will it hold?", "answer", answers_section(check))]
    if told.exploring is not None:
        section = explore_section(told.exploring, scenario)
        found.append(("Two numbers", "explore", section))
    elif Part.EXPLORE in told.parts:
        found.append(("Two numbers", "explore", no_explore_section()))
    if told.comparison is not None:
        found.append(("Plans compared", "compare", comparison_section(told.comparison)))
    for n, verdict in enumerate(check.verdicts, start=1):
        section = plan_section(check, scenario, verdict, n, told.leaning(verdict.plan))
        found.append((plan_name(verdict), f"plan-{n}", section))
    found += _asked_sections(told)
    found += [
        ("Without a deal", "no-deal", no_deal_section(check)),
        ("What could be kept up", "payoffs", payoffs_section(check)),
        ("Assumptions", "assumptions", assumptions_section(scenario, marks_of(told.leanings))),
        ("Sources", "sources", sources_section(scenario)),
        ("What must hold", "statements", statements_section(check)),
    ]
    warnings = warnings_section(check, scenario)
    if warnings is not None:
        found.append(("Warnings", "warnings", warnings))
    found.append(("Words", "words", glossary_section()))
    return found


def _asked_sections(told: Dossier) -> list[Listed]:
    found: list[Listed] = []
    if told.mendings:
        sections = [
            mending_section(each, f"mend-{n}", "h3", MOST_ROWS)
            for n, each in enumerate(told.mendings, 1)
        ]
        found.append(("What would mend it", "mend", _group("What would mend it", "mend", sections)))
    if told.designing is not None:
        found.append(("Plans designed", "design", design_section(told.designing)))
    if told.screenings:
        sections = [
            screening_section(each, f"screen-{n}", "h3")
            for n, each in enumerate(told.screenings, 1)
        ]
        found.append(
            ("Types of a party", "screen", _group("Who would keep it?", "screen", sections))
        )
    if told.sweep is not None:
        found.append(("Over the ranges", "sweep", sweep_section(told.sweep)))
    return found


def _group(title: str, key: str, sections: Sequence[Html]) -> Html:
    return tag("section", tag("h2", title), *sections, id=key, class_="group")


def _header(check: Check, scenario: Scenario, sections: Sequence[Listed]) -> Html:
    links = [tag("a", words, href=f"#{anchor}") for words, anchor, _ in sections]
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
