"""A scenario as the page shows it: parties, plans, ladders, and what its sliders need."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from detente.ask.mending.domains import find_domain, shorten_path
from detente.scenario.model import Citation, Ladder, Plan, Quantity, Scenario, Step, Unit
from detente.show.words import quantity, sentence_case

STEPS = 100  # positions of a slider, at least
NEVER_FACTOR = 5.0  # times the low end: the last finite position of a range that ends with never
PLAIN = {"patience": "patience", "undo": "undo time", "lasts": "lasts"}


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
    group, label = _place_in_scenario(scenario, each.path)
    sources = [_source(scenario, cited) for cited in each.citations]
    return {
        "path": each.path,
        "short": shorten_path(scenario, each.path),
        "label": label,
        "words": quantity(value, each.unit),
        "text": each.text,
        "value": "never" if math.isinf(value) else value,
        "low": low,
        "high": high,
        "never": never,
        "unit": str(each.unit),
        "step": _nice_step((high - low) / STEPS),
        "source": _main_source(sources),
        "citations": sources,
        "line": None if each.place is None else each.place.line,
        "group": group,
    }


def _nice_step(width: float) -> float:
    """Give the largest of 1, 2 and 5 times a power of ten that is no wider.

    Examples
    --------
    >>> _nice_step(0.0068), _nice_step(0.3), _nice_step(2.0)
    (0.005, 0.2, 2.0)
    """
    if width <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(width) + 1e-9)
    factor = max(f for f in (1, 2, 5) if f * power <= width * (1 + 1e-9))
    return float(f"{factor * power:.6g}")


def _place_in_scenario(scenario: Scenario, path: str) -> tuple[str, str]:
    """Give the heading that a number stands under, and its name there."""
    words = path.split(".")
    kind, owner = words[0], words[1] if len(words) > 2 else ""
    rest = [word for word in words[2:] if word not in ("levels", "steps", "with")]
    label = " ".join(PLAIN.get(word, word).replace("_", " ") for word in rest)
    names = {party.id: party.name for party in scenario.parties}
    ladders = {ladder.id: ladder.name for ladder in scenario.ladders}
    if kind == "ladders":
        return ladders.get(owner, owner), label
    if kind in ("parties", "governments", "payoffs", "types"):
        headings = {
            "parties": names.get(owner, owner),
            "governments": f"Government of {names.get(owner, owner)}",
            "payoffs": f"What {names.get(owner, owner)} values",
            "types": f"Types of {names.get(owner, owner)}",
        }
        return headings[kind], label
    if kind == "plans":
        return f"Plan {owner}", label
    if kind == "inspection":
        return "Inspection", f"{owner} {label}".strip()
    return sentence_case(kind.replace("_", " ")), " ".join(words[1:]).replace("_", " ") or kind


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
    """Write a number's value as the file would, as closely as its unit allows."""
    return find_domain(scenario, scenario.plans[0], path).printer.exact(value)
