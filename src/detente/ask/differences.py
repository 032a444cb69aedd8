"""In what scenario files differ: numbers, formulas, levels, and the steps of plans."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from detente.ask.comparison import Difference
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Formula, Plan, Scenario

_NUMBER = re.compile(r"@\S+|\([^()]*\bto\b[^()]*\)|\d[\d.]*%?")


def find_differences(scenarios: Sequence[Scenario]) -> tuple[Difference, ...]:
    """Give everything that not all files have alike, in the order of the first file.

    Numbers are compared at their values in force, with their ranges; notes and sources are not
    compared. Of plans, the moves of each step are.
    """
    if len(scenarios) < 2:
        return ()
    found: list[Difference] = []
    views: tuple[Callable[[Scenario], Mapping[str, tuple[object, str]]], ...] = (
        _numbers, _formulas, _ladders, _plans,
    )  # fmt: skip
    for view in views:
        each = [view(scenario) for scenario in scenarios]
        for path in dict.fromkeys(path for known in each for path in known):
            cells = [known.get(path) for known in each]
            if len({None if cell is None else cell[0] for cell in cells}) > 1:
                texts = tuple(None if cell is None else cell[1] for cell in cells)
                found.append(Difference(path, texts))
    return tuple(found)


def _numbers(scenario: Scenario) -> dict[str, tuple[object, str]]:
    out: dict[str, tuple[object, str]] = {}
    for path, each in scenario.quantities.items():
        if path in CONSTANTS.values():
            continue
        value = scenario.value(each)
        text = each.text.partition("@")[0].strip()
        out[path] = (value, each.low, each.high), text if value == each.value else f"{value:g}"
    return out


def _formulas(scenario: Scenario) -> dict[str, tuple[object, str]]:
    """Give the formulas of payoffs, compared without the numbers in them."""
    out: dict[str, tuple[object, str]] = {}
    for party, payoffs in scenario.payoffs.items():
        named = [(term.name, term.formula) for term in payoffs.terms]
        named += [
            (name, term.formula)
            for name, term in (
                ("secret_gain", payoffs.secret_gain),
                ("secret_harm", payoffs.secret_harm),
            )
            if term is not None
        ]
        for name, formula in named:
            out[f"payoffs.{party}.{name} (formula)"] = _bare(formula), formula.text
    return out


def _bare(formula: Formula) -> str:
    return " ".join(_NUMBER.sub("#", formula.text).split())


def _ladders(scenario: Scenario) -> dict[str, tuple[object, str]]:
    out: dict[str, tuple[object, str]] = {}
    for each in scenario.ladders:
        names = ", ".join(level.id for level in each.levels)
        words = f"{names}; today {each.levels[each.today].id}, held by {' and '.join(each.holders)}"
        out[f"ladders.{each.id}"] = words, words
    return out


def _plans(scenario: Scenario) -> dict[str, tuple[object, str]]:
    out: dict[str, tuple[object, str]] = {}
    for plan in scenario.plans:
        words = _steps(scenario, plan)
        out[f"plans.{plan.id}"] = words, words
    return out


def _steps(scenario: Scenario, plan: Plan) -> str:
    parts = []
    for step in plan.steps:
        moves = ", ".join(
            f"{name} to {scenario.ladder(name).levels[to].id}" for name, to in step.targets.items()
        )
        first = f" ({step.first} first)" if step.first else ""
        parts.append(f"{step.id}: {moves}{first}")
    return "; ".join(parts) + ("; then open" if plan.later_steps_open else "")
