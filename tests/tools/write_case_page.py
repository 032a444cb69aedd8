"""Write what comes out of the Singapore case into its page, below the heading "What comes out".

python tests/tools/write_case_page.py docs/cases/singapore-2018.md
"""

from __future__ import annotations

import sys
from pathlib import Path

from detente.ask.check import check
from detente.ask.verdict import Check, Reading, Verdict
from detente.cases import case_path
from detente.scenario.reading import read_scenario
from detente.show.numbers import print_points, print_signed

HEADING = "## What comes out"


def describe(answer: Check) -> str:
    """Give the section's text."""
    parts = [
        HEADING,
        "Made by `make docs` from `detente check singapore-2018`; nothing is written by hand.",
        "![Margins of both parties at every step](../pictures/singapore-2018-margins.png)",
        "![What both can get: any play, any equilibrium (bounds), no deal, two plans]"
        "(../pictures/singapore-2018-payoffs.png)",
        answer.no_deal.words[0],
        *(f"- {words}" for words in answer.no_deal.words[1:]),
    ]
    for verdict in answer.verdicts:
        parts.append(f"### {verdict.plan}\n\n{verdict.sentence}")
        parts += [f"- {reason[0].upper()}{reason[1:]}." for reason in verdict.reasons]
        parts.append(tabulate(answer, verdict))
    return "\n\n".join(parts).replace("\n\n- ", "\n- ") + "\n"


def tabulate(answer: Check, verdict: Verdict) -> str:
    """Give a verdict's margins under return to no deal, and what signing is worth, as a table."""
    names = answer.party_names
    rows = [
        f"| margin, points a year, by return to no deal | {' | '.join(names)} |",
        "|---|" + "---|" * len(names),
    ]
    margins = [m for m in verdict.result(Reading.NO_DEAL).margins if not m.in_response]
    for step in sorted({m.step for m in margins}):
        here = {m.party: m for m in margins if m.step == step}
        cells = [print_signed(here[p].margin) if p in here else "" for p in answer.parties]
        step_id = next(m.step_id for m in margins if m.step == step)
        rows.append(f"| {step} {step_id} | {' | '.join(cells)} |")
    entry = {e.party: e for e in verdict.entries if e.step == 1}
    cells = [
        f"{print_points(entry[p].plan)} against {print_points(entry[p].no_deal)}"
        for p in answer.parties
    ]
    rows.append(f"| worth at the start, against no deal | {' | '.join(cells)} |")
    return "\n".join(rows)


def page_with(text: str, section: str) -> str:
    """Give a page with everything from the heading on replaced."""
    return text[: text.index(HEADING)] + section


def main() -> None:
    """Rewrite the page named on the command line."""
    path = Path(sys.argv[1])
    answer = check(read_scenario(case_path("singapore-2018")))
    path.write_text(page_with(path.read_text(encoding="utf-8"), describe(answer)), encoding="utf-8")


if __name__ == "__main__":
    main()
