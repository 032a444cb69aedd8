"""Write docs/json.md from the records that `check` and `explain` answer with.

python tests/tools/write_json_page.py docs/json.md
"""

from __future__ import annotations

import dataclasses
import sys
import types
import typing
from enum import Enum
from pathlib import Path

from detente.ask.casebook import CaseRow, CaseTable
from detente.ask.designing.records import (
    Attempt,
    Bargain,
    Design,
    Designing,
    EnforceableSet,
    Furthest,
    Opener,
    Searched,
)
from detente.ask.explanation import Explanation, TermRow
from detente.ask.sweeping.answer import (
    Box,
    Effect,
    Failure,
    PlanSweep,
    Share,
    ShareMap,
    Sweep,
    Threshold,
)
from detente.ask.sweeping.space import Range
from detente.ask.verdict import (
    Check,
    Entry,
    Margin,
    NoDeal,
    PayoffPicture,
    ReadingResult,
    Sizes,
    StatementResult,
    StepMove,
    Verdict,
)
from detente.errors import Place
from detente.scenario.model import Citation, Quantity
from detente.show.as_json import CHECK_FORMAT, DERIVED, EXPLANATION_FORMAT
from detente.show.case_answer import CASES_FORMAT
from detente.show.compare_json import COMPARE_FORMAT, SCREEN_FORMAT
from detente.show.design_json import DESIGN_FORMAT
from detente.show.mend_json import MEND_FORMAT
from detente.show.sweep_json import SWEEP_FORMAT

HEAD = f"""# Answers as JSON

`detente check FILE --json` prints one object of the kind *Check*, `detente explain ... --json` one
of the kind *Explanation*. Each begins with `format` (`{CHECK_FORMAT}`, `{EXPLANATION_FORMAT}`) and
`version` (of the program). A field is never removed or changed in meaning under the same format
number; new ones may come.

It is strict JSON: a number that is not known or has no bound is `null`. Points are points per year
on the party's own scale. Steps count from 1; the settled phase after the last step has the number
of steps plus one.

`detente sweep ... --json` prints one of the kind *Sweep* (`{SWEEP_FORMAT}`), which also has
`complete` (whether all samples are there) and `exit_code`; each of its `plans` also has its
`sentences`.

`detente mend ... --json` prints one of the kind *Mending* (`{MEND_FORMAT}`),
`detente design ... --json` one of the kind *Designing* (`{DESIGN_FORMAT}`), which also has
`exit_code`. What `detente compare ... --json` (`{COMPARE_FORMAT}`) and `detente screen ... --json`
(`{SCREEN_FORMAT}`) print stands on the pages of these questions: [compare](compare.md) and
[screen](screen.md).

`detente cases --table --json` prints one of the kind *CaseTable* (`{CASES_FORMAT}`), which also has
the `caution`; `detente cases NAME --json` prints a *CaseRow*.

This page is made from the code by `make docs`. What `detente solve --json` prints is the game file
format's own answer: `status`, `iterations`, `seconds`, `tolerance`, `residual` (`outer`, `inner`)
and, for each of `states`, its `name`, whether it is `empty`, `outer` (`directions`, `support`,
`vertices`), `inner` (`vertices`) and their `gap`. `status` is `converged` or `empty` for an answer,
else `iteration-limit`, `time-limit`, `interrupted`, `vertex-limit` (three parties and more: more
corners than are kept) or `numerical-trouble`. `converged` speaks of the outer bound; what is shown
of it to be
equilibrium payoffs is said by `gap`: `null` where no equilibrium was found, or none was looked for
(with `--directions`). `tolerance` is in points: `--tolerance` times the largest range of payoffs.
`residual` is measured on the answer by separate code, which applies the operator to it once: how
far the outer bound is from the result, and how far inner corners lie outside it, in points with
every party's payoffs stretched to the largest range; with three parties and more in at most 16
directions and at 12 corners a state; `null` where it was not measured. An answer
whose residual is larger than promised has status `numerical-trouble`.
"""

MEANINGS: dict[type, dict[str, str]] = {
    Check: {
        "title": "the scenario's title",
        "file": "path of the scenario file",
        "parties": "ids of the parties; arrays by party follow this order",
        "party_names": "their names",
        "scales": "what a point means to each",
        "settings": "`--set` values in force",
        "no_deal": "what happens without a deal",
        "verdicts": "one for each plan asked for",
        "statements": "what the analyst is sure of, and what came out",
        "warnings": "sentences",
        "sizes": "how large the compiled game is",
        "seconds": "run time",
        "picture": "payoff sets for the report; null unless a report was asked for",
        "exit_code": "of the worst verdict: 0 holds, 1 does not, 3 undecided",
    },
    Verdict: {
        "plan": "id of the plan",
        "title": "its title",
        "answer": "the answer over the readings asked for",
        "mildest": "the mildest reading that suffices, or null",
        "results": "one for each reading of a breach (and of what is left open), mildest first",
        "entries": "the plan against no deal",
        "moves": "the steps in words",
        "sentence": "the answer in a sentence",
        "reasons": "further sentences: why",
        "n_nodes": "situations that the plan can come to",
        "exit_code": "0 holds, 1 does not, 3 undecided",
    },
    ReadingResult: {
        "reading": "what follows a breach",
        "opening": "what follows where the plan leaves its own path open",
        "answer": "the verdict under this reading",
        "margins": "per step and party",
        "carries_to": "number of steps that are kept before the first that is not",
        "breaks_at": "the first margin below zero, or null",
        "status": "how the computation ended; only converged and empty are answers",
        "gap": "width of what is unknown, in points; 0 where nothing is",
        "by": "how it was decided",
    },
    Margin: {
        "step": "number of the step",
        "step_id": "its name",
        "party": "id of the party",
        "party_name": "its name",
        "staying": "what keeping to the plan is worth",
        "leaving": "what the best way out is worth",
        "margin": "staying less leaving",
        "low": "lower bound on the margin",
        "high": "upper bound on the margin",
        "deviation": "the best way out, in words",
        "state": "the situation, in words",
        "node": "number of the situation",
        "in_response": "empty on the plan's own path; else the response being carried out",
    },
    Entry: {
        "step": "number of the step",
        "step_id": "its name",
        "party": "id of the party",
        "party_name": "its name",
        "plan": "what the plan is worth from here",
        "no_deal": "what no deal is worth from here",
        "gain": "plan less no deal",
    },
    StepMove: {
        "step": "number of the step",
        "step_id": "its name",
        "words": "who moves what",
        "place": "where it stands in the file, or null",
    },
    NoDeal: {
        "words": "what the parties would do, in sentences",
        "values": "worth of it today, by party",
        "found": "false where the search went round in a circle",
        "several": "true where another such outcome was found",
        "warnings": "sentences",
    },
    StatementResult: {
        "words": "the statement",
        "because": "why the analyst is sure",
        "expected": "holds or fails",
        "found": "what came out",
        "place": "where it stands in the file, or null",
        "kept": "whether it came out as expected",
    },
    Sizes: {
        "states": "states",
        "profiles": "combinations of actions",
        "entries": "possible outcomes",
    },
    PayoffPicture: {
        "parties": "ids of the two parties",
        "feasible": "corners of all payoffs that any behaviour gives",
        "outer": "corners of the outer bound of equilibrium payoffs",
        "inner": "corners of the hull of equilibria found",
        "no_deal": "worth of no deal",
        "plans": "plan id, worth to the first party, to the second",
        "status": "how the computation ended",
        "gap": "largest distance between the two bounds, in points",
    },
    Explanation: {
        "plan": "id of the plan",
        "reading": "what follows a breach",
        "opening": "what follows where the plan leaves its own path open",
        "margin": "the margin explained",
        "prescribed": "what the plan asks of the party, in words",
        "rows": "the terms; their differences add up to the margin",
        "assumptions": "sentences",
    },
    TermRow: {
        "name": "the term's name in the file",
        "part": "`value`, or `afterwards` where no single path gives what follows",
        "staying": "what it adds to keeping to the plan",
        "leaving": "what it adds to the best way out",
        "place": "where it stands in the file, or null",
        "line": "the line",
        "quantities": "the numbers in it",
        "difference": "staying less leaving",
    },
    Quantity: {
        "path": "name for `--set`",
        "value": "value in the file, in the unit's own measure (chances 0 to 1, times in years)",
        "unit": "what it measures",
        "low": "lower end of its range, or null",
        "high": "upper end of its range, or null",
        "citations": "its sources",
        "text": "as written",
        "place": "where it stands in the file, or null",
    },
    Sweep: {
        "title": "the scenario's title",
        "file": "path of the scenario file",
        "settings": "`--set` values in force; these numbers are fixed",
        "seed": "seed of the quasi-random sequence",
        "samples": "how many were asked for",
        "done": "how many there are",
        "failed": "how many of these could not be judged; shares are of the others",
        "failures": "the commonest reasons",
        "studied": "how many of the first were looked at for what drives the answer",
        "ranges": "what was varied",
        "readings": "what may follow a breach, of those asked for, mildest first",
        "plans": "what came out, one a plan",
        "statements": "what the analyst is sure of, and what came out",
        "warnings": "sentences",
        "scenario_sha256": "fingerprint of the scenario's text",
        "versions": "name and version of all that may change a result",
        "output": "the file with all samples; empty where none was asked for",
        "seconds": "run time",
    },
    PlanSweep: {
        "plan": "id of the plan",
        "title": "its title",
        "today": "what comes out at the file's own values",
        "holds": "share in which it holds by what it provides (or under the one reading asked for)",
        "can_hold": "share in which only harsher threats than its own would hold it",
        "fails": "share in which it fails under every reading asked for",
        "undecided": "the rest",
        "not_by_itself": "share in which it certainly does not hold by what it provides",
        "by_mildest": "for each reading, the share in which it is the mildest that suffices",
        "effects": "what each number explains alone, largest first; empty where that is not known",
        "boxes": "thresholds that set apart where it does not hold by itself, and where it holds",
        "map": "the share that holds over two numbers, or null",
    },
    Share: {
        "count": "samples",
        "share": "of those that were judged, 0 to 1",
        "low": "lower end of the 95% interval (Wilson)",
        "high": "upper end",
    },
    Effect: {
        "path": "name of the number for `--set`",
        "index": "first-order variance-based index",
        "error": "half the width of its 95% bootstrap interval",
    },
    Box: {
        "holds": "whether it is where the plan holds, or where it does not",
        "thresholds": "all of them together",
        "coverage": "share of such samples that lie inside, on samples not used to find it",
        "density": "share of the samples inside that are such",
    },
    Threshold: {
        "path": "name of the number for `--set`",
        "unit": "what it measures",
        "under": "whether the number is under the value, or over it",
        "value": "in the unit's own measure",
    },
    ShareMap: {
        "x": "name of the number across",
        "y": "name of the number up",
        "x_unit": "what it measures",
        "y_unit": "what it measures",
        "x_edges": "edges of the cells across; null for never",
        "y_edges": "edges of the cells up",
        "share": "share that holds, a list for each row of cells; null where no sample is",
        "count": "samples, likewise",
    },
    Failure: {
        "reason": "why samples could not be judged",
        "count": "how many",
    },
    Range: {
        "path": "name of the number for `--set`",
        "unit": "what it measures",
        "low": "lower end",
        "high": "upper end; null for never",
    },
    CaseTable: {
        "rows": "one a case",
        "samples": "of each sweep; 0 where nothing was swept",
        "seed": "of the sweeps",
        "hits": "cases in which the model's word at the values and history agree",
        "misses": "cases in which they do not",
        "neither": "cases that count as neither",
        "seconds": "run time",
    },
    CaseRow: {
        "name": "the case's name",
        "title": "its title",
        "years": "when, in words",
        "about": "what it is about",
        "plan": "id of the plan that stands for what was agreed",
        "plan_title": "its title",
        "says": "the model's word at the values: by return to no deal, or as written",
        "beyond": "the answer where harsher threats count too",
        "breaks_at": "step at which it breaks by return to no deal; empty where it does not",
        "breaks_by": "name of who breaks it then",
        "holds": "share of the samples in which it holds by itself, or null",
        "breaks": "share in which it certainly does not, or null",
        "fate": "what history did; null for an invented case",
        "year": "when it was broken, or null",
        "step": "step during which it was broken; empty where it was not",
        "left_by": "names of who broke it; empty where that is contested",
        "score": "whether the model's word and history agree, by the rule of docs/cases/index.md",
        "agrees": "share of the samples in which they agree, or null",
        "same_step": "where both say broken: whether at the same step; else null",
        "same_party": "likewise, whether by the same party",
    },
    Designing: {
        "title": "the scenario's title",
        "file": "path of the scenario file",
        "parties": "ids of the parties; arrays by party follow this order",
        "party_names": "their names",
        "settings": "`--set` values in force",
        "goal": "levels at which ladders are to stand for good",
        "sentences": "the answer in words",
        "found": "whether some plan that holds reaches the goal",
        "proven": "where none does, whether that is proven for all plans that go on step by step",
        "unravels": "whether the reason is that irreversible steps unravel",
        "basis": "what makes the designs hold; null where there are none",
        "designs": "the plans, best purposes first",
        "bargains": "bargaining solutions; empty where nothing is bargained over",
        "enforceable": "the payoffs that were bargained over, or null",
        "attempt": "a plan straight to the goal that does not hold, or null",
        "furthest": "the furthest goal that some plan reaches, or null",
        "openers": "numbers that alone make the attempt hold",
        "searched": "how far the search went",
        "check": "the full check of the designs, or of the attempt",
        "text": "the scenario file with the designs among its plans",
        "seconds": "run time",
    },
    Design: {
        "purposes": "`fastest`, `for-` with a party's id, or bargaining solutions",
        "plan": "its name in the written file",
        "title": "its title",
        "periods": "periods until the goal is reached",
        "years": "the same in years",
        "values": "worth under the reading it holds by, by party",
        "gains": "the same less no deal",
        "gains_at_best": "if what it leaves open goes as well as can be; null where it fails so",
        "moves": "the steps in words",
        "lasts": "how long each step lasts at least; empty where a period",
        "steps": "the steps as lines of the scenario language",
        "verdict": "its verdict",
    },
    Bargain: {
        "solution": "`nash`, `kalai-smorodinsky` or `egalitarian`",
        "words": "its name",
        "gains": "over no deal, by party; null where no agreement gives every party something",
        "values": "worth, by party, or null",
        "plan": "id of the designed plan that is nearest",
    },
    EnforceableSet: {
        "by": "`payoff sets`, or `confirmed plans`, whose hull lies within these",
        "vertices": "corners",
        "status": "how the computation ended; empty where nothing was computed",
    },
    Attempt: {
        "plan": "id of the plan",
        "steps": "its steps as lines of the scenario language",
        "verdict": "its verdict",
    },
    Furthest: {"goal": "the goal that is reached", "design": "the plan that reaches it"},
    Opener: {
        "path": "name of the number for `--set`",
        "today": "its value",
        "holds_at": "a value at which the attempt holds",
        "fails_at": "the next one, at which it does not",
        "in_range": "whether the value that holds lies in the stated range",
        "words": "the same in words",
    },
    Searched: {
        "states": "states of the game",
        "moves": "moves of one period",
        "labels": "parts of plans looked at",
        "paths": "plans that the search found",
        "judged": "plans judged by a full check",
        "confirmed": "plans that hold",
        "complete": "whether no plan was left out for being too many",
        "longest_wait": "periods that plans may wait between two moves",
    },
    Citation: {
        "source": "id of the source",
        "locator": "where in it",
    },
    Place: {
        "file": "path",
        "line": "from 1",
        "column": "from 1",
        "length": "in characters",
    },
}
# What `mend` prints is made by hand (`detente.show.mend_json`); a test compares the names.
MEND_FIELDS: dict[str, dict[str, tuple[str, str]]] = {
    "Mending": {
        "format": ("text", f"`{MEND_FORMAT}`"),
        "version": ("text", "of the program"),
        "title": ("text", "the scenario's title"),
        "file": ("text", "path of the scenario file"),
        "settings": ("list of text", "`--set` values in force"),
        "plan": ("text", "id of the plan"),
        "readings": ("list of text", "what may follow a breach; the plan holds where one suffices"),
        "answer": ("`holds` or `fails` or `undecided`", "the verdict at the values in force"),
        "today": ("[WorstMargin](#worstmargin) or null", "its smallest margin"),
        "sentences": ("list of text", "the answer in words"),
        "mends": ("list of [MendedNumber](#mendednumber)", "each number alone, what mends first"),
        "left_out": ("list of text", "paths of numbers that do not enter the plan"),
        "structures": ("list of [OtherPlan](#otherplan)", "other orders of steps and clauses"),
        "structures_left_out": ("text", "why none was tried; empty where they were"),
        "pairs": ("list of [PairOfNumbers](#pairofnumbers)", "numbers two at a time"),
        "statements": (
            "list of [StatementResult](#statementresult)",
            "what the analyst is sure of, and what came out",
        ),
        "judged": ("integer", "how often the plan was judged"),
        "seconds": ("number", "run time"),
    },
    "MendedNumber": {
        "path": ("text", "shortest name for `--set`"),
        "full_path": ("text", "its full path"),
        "kind": ("`negotiable` or `world` or `model`", "who could change it"),
        "unit": ("text", "what it measures"),
        "from": ("number or `never`", "value in force"),
        "holds_at": ("number, `never` or null", "nearest value at which the plan holds"),
        "fails_at": ("number, `never` or null", "its neighbour, at which it does not"),
        "threshold": ("number or null", "where the answer changes between them"),
        "change": ("number or null", "how far that is, in widths of the stated range"),
        "in_range": ("true or false", "whether `holds_at` lies in the stated range"),
        "from_text": ("text", "`from` as written in the file"),
        "holds_text": ("text or null", "`holds_at` for `--set`"),
        "fails_text": ("text or null", "`fails_at` for `--set`"),
        "other_side": ("text or null", "the answer at `fails_at`"),
        "intervals": ("list of pairs of numbers", "where the plan holds"),
        "searched": ("pair of numbers", "least and largest value looked at"),
        "scanned": ("integer", "at how many values"),
        "gap": ("number", "widest distance between neighbours of these"),
        "matters": ("true or false", "whether the number changes the smallest margin"),
        "undecided": ("integer", "at how many of the values the answer is not known"),
        "best_at": ("number or `never`", "where the smallest margin is largest"),
        "best_margin": ("number or null", "what it is there"),
        "best": ("[WorstMargin](#worstmargin) or null", "the same with its party and step"),
    },
    "WorstMargin": {
        "margin": ("number or null", "points a year of the party"),
        "party": ("text", "id of the party"),
        "step": ("integer", "number of the step"),
        "step_id": ("text", "its name"),
        "reading": ("text", "the reading that gives it most"),
    },
    "OtherPlan": {
        "name": ("text", "for `--take`"),
        "words": ("text", "what is changed"),
        "plan": ("text", "id of the plan that was judged"),
        "settings": ("object", "numbers that are changed, by full path"),
        "answer": ("`holds` or `fails` or `undecided`", "its verdict"),
        "carries_to": ("integer", "number of steps that are kept"),
        "worst": ("[WorstMargin](#worstmargin) or null", "its smallest margin"),
    },
    "PairOfNumbers": {
        "first": ("text", "full path of the first number"),
        "second": ("text", "full path of the second"),
        "today": ("pair of numbers", "values in force"),
        "first_values": ("list of numbers", "values of the first"),
        "second_values": ("list of numbers", "values of the second"),
        "answers": ("list of lists of text", "the verdict, a list for each value of the first"),
        "worst_margin": ("list of lists of numbers", "in ranges of the party's payoffs, likewise"),
        "frontier": ("list of [FrontierPoint](#frontierpoint)", "where the answer changes"),
    },
    "FrontierPoint": {
        "first": ("number", "value of the first number"),
        "holds_at": ("number, `never` or null", "nearest value of the second that holds"),
        "fails_at": ("number, `never` or null", "its neighbour, which does not"),
    },
}
DERIVED_TYPES = {"gain": float, "kept": bool, "difference": float, "exit_code": int}


def write_page() -> str:
    """Give the page as Markdown."""
    parts = [HEAD]
    for record, meanings in MEANINGS.items():
        parts.append(f"\n## {record.__name__}\n\n| field | kind | meaning |\n|---|---|---|")
        for name, kind in fields_of(record).items():
            parts.append(f"| `{name}` | {kind} | {meanings[name]} |")
        if set(meanings) != set(fields_of(record)):
            raise KeyError(f"{record.__name__}: {set(meanings) ^ set(fields_of(record))}")
    for title, fields in MEND_FIELDS.items():
        parts.append(f"\n## {title}\n\n| field | kind | meaning |\n|---|---|---|")
        parts += [f"| `{name}` | {kind} | {words} |" for name, (kind, words) in fields.items()]
    return "\n".join(parts) + "\n"


def fields_of(record: type) -> dict[str, str]:
    """Give the fields that the JSON of a record has, each with its kind in words."""
    import numpy as np
    import numpy.typing as npt

    scope = {"FloatArray": npt.NDArray[np.float64]}
    hints = typing.get_type_hints(record, localns=scope)
    names = [field.name for field in dataclasses.fields(record)]
    found = {name: describe(hints[name]) for name in names}
    for name in DERIVED.get(record.__name__, ()):
        found[name] = describe(DERIVED_TYPES[name])
    return found


def describe(kind: object) -> str:
    """Say in words what a type becomes in JSON."""
    plain = {str: "text", int: "integer", float: "number", bool: "true or false"}
    if kind in plain:
        return plain[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " or ".join(f"`{member}`" for member in kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return " or ".join("null" if each is type(None) else describe(each) for each in inner)
    if origin is tuple and inner[-1] is Ellipsis:
        return f"list of {describe(inner[0])}"
    if origin is tuple:
        return f"list: {', '.join(describe(each) for each in inner)}"
    return "list of numbers"  # an array; nested where it has two axes


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page(), encoding="utf-8")
