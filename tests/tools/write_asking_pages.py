"""Write what comes out of the Singapore case, and the fields of the JSON, into two pages.

python tests/tools/write_asking_pages.py docs
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping
from pathlib import Path

from detente.ask.compare import compare
from detente.ask.comparison import (
    ComparedPlan,
    ComparedStep,
    Comparison,
    Difference,
    FileStatements,
    LeftOver,
    PartyStep,
    TimeToGoal,
)
from detente.ask.screen import screen
from detente.ask.screening import (
    Entering,
    Exposure,
    Interval,
    Screening,
    ScreenStep,
    TypeAnswer,
    TypeStep,
)
from detente.ask.stepwise import GivenUp
from detente.ask.verdict import Reading
from detente.cases import case_path
from detente.scenario.reading import read_scenario
from detente.show.as_json import DERIVED
from detente.show.compare_json import COMPARE_FORMAT, SCREEN_FORMAT
from detente.show.compare_terminal import end_sentence
from detente.show.numbers import print_points, print_signed
from detente.show.screen_terminal import WORD_OF, percent, say_needed

HEADING = "## The Singapore case"
PLANS = ("disarm-first", "phased")
KNOWN_PARTS = "Parts named in [answers as JSON](json.md) are as there."

COMPARE_FIELDS: dict[type, dict[str, str]] = {
    Comparison: {
        "titles": "of the scenarios, by file",
        "files": "paths",
        "settings": "`--set` values in force",
        "parties": "ids; arrays by party follow this order",
        "party_names": "their names",
        "plans": "the plans, in the order asked for",
        "differences": "in what the files differ",
        "sentences": "the answer in sentences",
        "statements": "what the analyst is sure of, by file",
        "warnings": "sentences",
        "found": "false where some search for no deal went round in a circle",
        "seconds": "run time",
        "exit_code": "0 for an answer, 3 where some verdict is undecided or no deal was not found",
    },
    ComparedPlan: {
        "name": "of the plan; with several files, file and plan",
        "file": "path",
        "plan": "id",
        "title": "title",
        "verdict": "as `check` answers",
        "needs": "the mildest reading that makes it hold, or null",
        "opening": "what must follow where the plan leaves its path open, with `needs`",
        "steps": "one a step, and the settled phase",
        "times": "by what follows alarms and hostile governments",
        "left": "what each party leaves on the table",
    },
    ComparedStep: {
        "step": "number",
        "step_id": "name",
        "words": "who moves what",
        "begins": "years until it begins if nothing disturbs the plan, or null",
        "parties": "by party",
    },
    PartyStep: {
        "party": "id",
        "flow": "points a year once the step is done",
        "change": "against before the step",
        "own": "the part of it made by its own moves",
        "plan": "worth of the plan from here",
        "no_deal": "worth of no deal from here",
        "margin": "the smallest at this step, or null where it has no choice",
        "given_up": "what it cannot take back at once",
        "if_broken": "what it gets if another walks away here, or null",
        "never_signed": "what no deal is worth today",
        "exposure": "`never_signed` less `if_broken`",
    },
    GivenUp: {"ladder": "id", "level": "where it stands", "years": "to take back; null for never"},
    TimeToGoal: {
        "opening": "what follows alarms and hostile governments",
        "undisturbed": "years if there are none",
        "expected": "years on average, given that all steps are ever done",
        "chance": "that they are",
    },
    LeftOver: {
        "party": "id",
        "plan": "worth of the plan today",
        "best_low": "some equilibrium gives this much, or null",
        "best_high": "no equilibrium gives more",
        "by": "how the bounds were found",
        "exact": "whether they are the same to a thousandth of the payoff range",
    },
    Difference: {"path": "what differs", "values": "by file; null where it is not there"},
    FileStatements: {"file": "path", "statements": "what came out"},
}
SCREEN_FIELDS: dict[type, dict[str, str]] = {
    Screening: {
        "title": "of the scenario",
        "file": "path",
        "settings": "`--set` values in force",
        "plan": "id of the plan",
        "plan_title": "its title",
        "party": "whose types",
        "party_name": "its name",
        "reading": "what follows a breach",
        "opening": "what follows where the plan leaves its path open",
        "n_steps": "number of steps",
        "shares_stated": "whether the file says how likely the types are",
        "types": "one a type, in the order of the file",
        "steps": "one a step, and the settled phase",
        "entering": "one for every other party",
        "sentences": "the answer in sentences",
        "statements": "what the analyst is sure of",
        "warnings": "sentences",
        "found": "false where the search for no deal went round in a circle",
        "seconds": "run time",
        "exit_code": "0, or 3 where no deal was not found",
    },
    TypeAnswer: {
        "type": "name",
        "share": "how likely it is thought at the beginning",
        "changes": "the numbers in which it differs",
        "note": "text",
        "signs": "whether its best reply is worth no less to it than no deal",
        "honest": "worth of always keeping its word",
        "best": "worth of its best reply",
        "no_deal": "worth of no deal",
        "kept_openly": "number of steps that it is seen to keep; null for ever",
        "kept": "number of steps that it keeps; null for ever",
        "departs_at": "step of the first departure, or null",
        "departs": "how",
        "exposures": "what that leaves the others",
    },
    Exposure: {
        "party": "id",
        "party_name": "name",
        "worth": "what it gets from then on",
        "never_signed": "what no deal is worth today",
        "given_up": "what it cannot take back at once",
        "loss": "`never_signed` less `worth`",
    },
    ScreenStep: {
        "step": "number",
        "step_id": "name",
        "words": "who moves what",
        "types": "by type",
        "asks": "whether the step asks the party for a move",
        "cheap": "whether that costs no type anything",
        "separates": "whether types differ here for the first time",
        "belief": "in each type as the step begins",
        "kept": "once it is kept too without an alarm; for the settled phase, after a period",
        "alarm": "after an alarm at the step; for the settled phase, in its first period",
        "needed": "beliefs in the first type at which each other party keeps the step, or null",
    },
    TypeStep: {
        "type": "name",
        "deed": "what it does",
        "words": "how it departs",
        "cost": "points a year that its own moves make",
        "once": "points when it makes them",
        "staying": "worth of keeping its word from here, or null",
        "best": "worth of its best reply from here, or null",
    },
    Interval: {"low": "least belief in the first type", "high": "largest"},
    Entering: {
        "party": "id",
        "party_name": "name",
        "gains": "by type: worth of signing less no deal",
        "worth_it": "beliefs at which signing is worth it, or null",
        "expected": "gain at the shares of the file",
    },
}


def write_fields(meanings: Mapping[type, Mapping[str, str]], name: str) -> str:
    """Give the fields of records as Markdown tables.

    Raises
    ------
    KeyError
        Where a record and its table differ.
    """
    parts = [f"## As JSON\n\n`--json` prints one object that begins with `format` (`{name}`) and"
             f" `version`. {KNOWN_PARTS}\n"]  # fmt: skip
    for record, fields in meanings.items():
        names = [each.name for each in dataclasses.fields(record)]
        names += DERIVED.get(record.__name__, ())
        if list(fields) != names:
            raise KeyError(f"{record.__name__}: {set(fields) ^ set(names)}")
        rows = "\n".join(f"| `{field}` | {words} |" for field, words in fields.items())
        parts.append(f"### {record.__name__}\n\n| field | meaning |\n|---|---|\n{rows}\n")
    return "\n".join(parts)


def describe_comparison() -> str:
    """Give what comes out of comparing two plans of the case."""
    found = compare([read_scenario(case_path("singapore-2018"))], PLANS)
    names = found.party_names
    parts = [f"{HEADING}\n\nMade from `detente compare singapore-2018 --plan disarm-first --plan"
             " phased`; nothing is written by hand.\n"]  # fmt: skip
    parts += [f"- {end_sentence(words)}" for words in found.sentences]
    for plan in found.plans:
        head = " | ".join(f"{name}: change (own) | plan, no deal | exposed" for name in names)
        parts.append(f"\n### {plan.name}\n\n| step | {head} |\n|---|" + "---|" * 3 * len(names))
        for step in plan.steps:
            cells = []
            for each in step.parties:
                own = "" if each.own is None else f" ({print_signed(each.own)})"
                change = "" if each.change is None else print_signed(each.change)
                exposed = "" if each.exposure is None else print_points(max(0.0, each.exposure))
                worth = f"{print_points(each.plan)}, {print_points(each.no_deal)}"
                cells += [f"{change}{own}", worth, exposed]
            parts.append(f"| {step.step} {step.step_id} | {' | '.join(cells)} |")
    return "\n".join(parts) + "\n\n"


def describe_screening() -> str:
    """Give what comes out of screening both parties' types under a plan of the case."""
    scenario = read_scenario(case_path("singapore-2018"))
    parts = [
        f"{HEADING}\n\nMade from `detente screen singapore-2018 --plan phased`, for each party and"
        " reading; nothing is written by hand. All numbers of the types are judged."
    ]
    for party in scenario.types:
        for reading in (Reading.WRITTEN, Reading.NO_DEAL):
            found = screen(scenario, "phased", party, reading)
            parts.append(f"\n### {found.party_name}, {reading.words}\n")
            parts += [f"- {end_sentence(words)}" for words in found.sentences]
            names = " | ".join(each.type for each in found.types)
            needs = " | ".join(f"{each.party_name} needs" for each in found.entering)
            parts.append(f"\n| step | {names} | belief in {found.types[0].type} | {needs} |")
            parts.append("|---|" + "---|" * (len(found.types) + 1 + len(found.entering)))
            for step in found.steps:
                cells = [WORD_OF[each.deed] for each in step.types]
                cells.append("" if step.belief is None else percent(step.belief[0]))
                cells += [say_needed(step, each) for each in step.needed]
                parts.append(f"| {step.step} {step.step_id} | {' | '.join(cells)} |")
    return "\n".join(parts) + "\n\n"


def pages() -> dict[str, str]:
    """Give what stands in each page from the heading on."""
    return {
        "compare.md": describe_comparison() + write_fields(COMPARE_FIELDS, COMPARE_FORMAT),
        "screen.md": describe_screening() + write_fields(SCREEN_FIELDS, SCREEN_FORMAT),
    }


def main() -> None:
    """Rewrite both pages in the folder named on the command line."""
    for name, section in pages().items():
        path = Path(sys.argv[1]) / name
        head = path.read_text(encoding="utf-8").partition(HEADING)[0]
        path.write_text(head + section, encoding="utf-8")


if __name__ == "__main__":
    main()
