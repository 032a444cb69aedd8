"""A scenario as the page shows it: parties, plans, ladders, and what its sliders need."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from detente.ask.mending.domains import find_domain, shorten_path
from detente.ask.sentences import in_sentence
from detente.scenario.model import Citation, Ladder, Plan, Quantity, Scenario, Step, Unit
from detente.scenario.plans import PREFIX
from detente.show.words import DAYS_PER_YEAR, quantity, sentence_case

STEPS = 100  # positions of a slider, at least
NEVER_FACTOR = 5.0  # times the low end: the last finite position of a range that ends with never
PLAIN = {"undo": "undo time", "for": "for how long", "one_off": "once:"}
HEADINGS = {
    "parties": "{}",
    "ladders": "{}",
    "governments": "Government of {}",
    "payoffs": "What {} values",
    "types": "Types of {}",
    "plans": "Plan {}",
}
UNDERSTOOD = frozenset(
    {"levels", "steps", "with", "payoffs", "inspection", "governments", "ladders", "parties"}
)


def outline(scenario: Scenario, name: str, digest: str | None) -> dict[str, Any]:
    """Give a scenario as `detente.app.models.OpenGiven` describes it.

    ``digest``: of the file's bytes, where it was read from a file.
    """
    return {
        "name": name,
        "text": scenario.text,
        "digest": digest or hashlib.sha256(scenario.text.encode("utf-8")).hexdigest(),
        "title": scenario.title,
        "question": scenario.question,
        "clock": quantity(scenario.value(scenario.clock), Unit.YEARS),
        "parties": [
            {"id": p.id, "name": p.name, "scale": scenario.payoffs[p.id].scale, "note": p.note}
            for p in scenario.parties
        ],
        "plans": [_plan(scenario, plan) for plan in scenario.plans],
        "ladders": [_ladder(scenario, ladder) for ladder in scenario.ladders],
        "parameters": [
            _parameter(scenario, each) for each in scenario.quantities.values() if _is_ranged(each)
        ],
        "goals": [
            {
                "goal": f"{ladder.id}: {level.id}",
                "words": f"{ladder.name}: {level.id}",
                "ladder": ladder.id,
                "level": level.id,
            }
            for ladder in scenario.ladders
            for level in ladder.levels[ladder.today + 1 :]
        ],
        "types": [
            {
                "party": party,
                "types": [
                    {
                        "id": each.id,
                        "note": each.note,
                        "share": None if each.share is None else scenario.value(each.share),
                    }
                    for each in types
                ],
            }
            for party, types in scenario.types.items()
        ],
        "sources": [
            {
                "id": each.id,
                "judgement": each.judgement,
                "title": each.title,
                "by": each.by,
                "date": each.date,
                "url": each.url,
                "note": each.note,
                "line": None if each.place is None else each.place.line,
            }
            for each in scenario.sources.values()
        ],
        "warnings": list(scenario.warnings),
    }


def _plan(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "name": plan.title or plan.id,
        "note": plan.note,
        "later_steps_open": plan.later_steps_open,
        "steps": [_step(scenario, step) for step in plan.steps],
        "line": None if plan.place is None else plan.place.line,
    }


def _step(scenario: Scenario, step: Step) -> dict[str, Any]:
    targets = {
        ladder: scenario.ladder(ladder).levels[level].id for ladder, level in step.targets.items()
    }
    lasts = None if step.lasts is None else quantity(scenario.value(step.lasts), Unit.YEARS)
    return {
        "id": step.id,
        "words": _moves(scenario, step, targets),
        "note": step.note,
        "targets": targets,
        "first": step.first,
        "lasts": lasts,
        "line": None if step.place is None else step.place.line,
    }


def _moves(scenario: Scenario, step: Step, targets: dict[str, str]) -> str:
    by_holder: dict[str, list[str]] = {}
    for ladder, level in targets.items():
        holders = [scenario.party(p).name for p in scenario.ladder(ladder).holders]
        by_holder.setdefault(" and ".join(holders), []).append(f"{ladder} to {level}")
    said = "; ".join(f"{who}: {', '.join(moves)}" for who, moves in by_holder.items())
    return f"{said} ({scenario.party(step.first).name} first)" if step.first else said


def _ladder(scenario: Scenario, ladder: Ladder) -> dict[str, Any]:
    return {
        "id": ladder.id,
        "name": ladder.name,
        "holders": list(ladder.holders),
        "levels": [
            {
                "id": level.id,
                "note": level.note,
                "undo": None
                if level.undo is None
                else quantity(scenario.value(level.undo), Unit.YEARS),
            }
            for level in ladder.levels
        ],
        "today": ladder.levels[ladder.today].id,
        "note": ladder.note,
    }


def _is_ranged(each: Quantity) -> bool:
    return each.low is not None and each.high is not None and math.isfinite(each.low)


def _parameter(scenario: Scenario, each: Quantity) -> dict[str, Any]:
    low, high, value = float(each.low or 0.0), float(each.high or 0.0), each.value
    never = math.isinf(high)
    if never:
        high = max(NEVER_FACTOR * low, 2 * value if math.isfinite(value) else 0.0, 1.0)
    group, label = name_parameter(scenario, each.path)
    sources = [_source(scenario, cited) for cited in each.citations]
    return {
        "path": each.path,
        "short": shorten_path(scenario, each.path),
        "label": label,
        "words": quantity(value, Unit.CHANCE if _in_percent(each) else each.unit),
        "text": each.text,
        "value": "never" if math.isinf(value) else value,
        "low": low,
        "high": high,
        "never": never,
        "unit": str(each.unit),
        "percent": _in_percent(each),
        "step": _step_of_times(high - low) if each.unit is Unit.YEARS else _nice_step(high - low),
        "source": _main_source(sources),
        "citations": sources,
        "line": None if each.place is None else each.place.line,
        "group": group,
    }


def _in_percent(each: Quantity) -> bool:
    """Whether a plain number is written as a percentage in the file."""
    amount = each.text.partition("(")[0].partition("@")[0]
    return each.unit is Unit.CHANCE or (each.unit is Unit.NUMBER and "%" in amount)


def _nice_step(width: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that leaves a slider its positions.

    Examples
    --------
    >>> _nice_step(0.68), _nice_step(30.0), _nice_step(200.0)
    (0.005, 0.2, 2.0)
    """
    step = width / STEPS
    if step <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step) + 1e-9)
    factor = max(f for f in (1, 2, 5) if f * power <= step * (1 + 1e-9))
    return float(f"{factor * power:.6g}")


def _step_of_times(width: float) -> float:
    """Give a slider's step in years: days, half months, months, or quarters of a year.

    Examples
    --------
    >>> [round(12 * _step_of_times(width), 3) for width in (0.1, 0.9, 8.0, 40.0)]
    [0.033, 0.5, 1.0, 3.0]
    """
    for longest, step in ((0.2, 1 / DAYS_PER_YEAR), (1.0, 1 / 24), (15.0, 1 / 12)):
        if width < longest:
            return step
    return 0.25


def name_parameter(scenario: Scenario, path: str) -> tuple[str, str]:
    """Give the heading that a number stands under, and its name there."""
    words = path.split(".")
    kind, owner = words[0], words[1] if len(words) > 2 else ""
    names = {party.id: party.name for party in scenario.parties}
    label = _label(names, words[2:])
    if kind in HEADINGS:
        name = names.get(owner, owner)
        if kind == "ladders":
            name = next((each.name for each in scenario.ladders if each.id == owner), owner)
        said = name if HEADINGS[kind] == "{}" else in_sentence(name)
        return HEADINGS[kind].format(said), label
    if kind == "inspection":
        return "Inspection", f"{owner}: {label}" if label else owner
    return sentence_case(kind.replace("_", " ")), _label(names, words[1:]) or kind


def _label(names: Mapping[str, str], words: Sequence[str]) -> str:
    """Give the end of a path in words: parties by their names, what is understood left out."""
    said = []
    for word in words:
        if word in UNDERSTOOD or word in names:
            continue
        start, _, party = word.partition("_")
        if f"{start}_" in PREFIX.values() and party in names:
            said.append(f"{start} {names[party]}:")
        else:
            said.append(PLAIN.get(word, word.replace("_", " ")))
    return " ".join(said)


def _source(scenario: Scenario, cited: Citation) -> dict[str, Any]:
    source = scenario.sources.get(cited.source)
    judged = source is None or source.judgement
    return {
        "kind": "judgement" if judged else "document",
        "id": cited.source,
        "locator": cited.locator,
        "title": "" if source is None else source.title,
    }


def _main_source(sources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Give the first document cited, else the first source, else none."""
    for each in sources:
        if each["kind"] == "document":
            return each
    return sources[0] if sources else {"kind": "none", "id": "", "locator": "", "title": ""}


def write_value(scenario: Scenario, path: str, value: float) -> str:
    """Write a number's value as the file would, without the noise of a slider's arithmetic."""
    printer = find_domain(scenario, scenario.plans[0], path).printer
    if math.isinf(value):
        return "never"
    text = printer.write(Decimal(repr(round(printer.numeral(value), 9))))
    near = math.isclose(printer.read(text), value, rel_tol=1e-9, abs_tol=1e-12)
    return text if near else printer.exact(value)
