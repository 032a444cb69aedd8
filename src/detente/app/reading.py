"""Scenarios in a worker: read once, kept for the next request with the same text."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from detente.app.outline import write_value
from detente.ask.checker import Checker, refuse_outside
from detente.errors import DetenteError, Problem
from detente.scenario.model import Scenario
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import resolve_path

MOST_KEPT = 3  # scenarios, and checkers of them
UNNAMED = "scenario.yaml"

_scenarios: OrderedDict[str, Scenario] = OrderedDict()
_checkers: OrderedDict[tuple[str, str | None, bool], Checker] = OrderedDict()


def read(given: Mapping[str, Any]) -> Scenario:
    """Read the text of a request, or give what was read of it before.

    Raises
    ------
    DetenteError
        With all problems of the text.
    """
    name = given.get("name") or UNNAMED
    key = _key(given["text"], name)
    if key not in _scenarios:
        _keep(_scenarios, key, read_scenario_text(given["text"], name))
    _scenarios.move_to_end(key)
    return _scenarios[key]


def read_checker(given: Mapping[str, Any], plan: str | None, seconds: float) -> Checker:
    """Give a checker of one plan (of all where None); ``seconds`` for payoff sets."""
    scenario = read(given)
    key = (_key(given["text"], scenario.file), plan, seconds > 0)
    if key not in _checkers:
        plans = None if plan is None else [plan]
        _keep(_checkers, key, Checker(scenario, plans, time_limit=seconds))
    _checkers.move_to_end(key)
    return _checkers[key]


def values_of(scenario: Scenario, settings: Mapping[str, float | str]) -> dict[str, float]:
    """Give the settings of a request by full path; what equals the file's value is left out.

    Raises
    ------
    DetenteError
        E241, E242 for paths that name no number or several.
    """
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for path, value in settings.items():
        try:
            full = resolve_path(scenario, path)
        except DetenteError as error:
            problems += error.problems
            continue
        number = math.inf if value == "never" else float(value)
        if number != scenario.values[full]:
            values[full] = number
    if problems:
        raise DetenteError(problems)
    return values


def settings_of(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the settings of a request as ``path=value`` texts, as after ``--set``."""
    scenario = read(given)
    values = values_of(scenario, given["settings"])
    refuse_outside(scenario, values)
    return tuple(f"{path}={write_value(scenario, path, v)}" for path, v in values.items())


def _key(text: str, name: str) -> str:
    return hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()


def _keep(kept: OrderedDict[Any, Any], key: Any, thing: Any) -> None:
    kept[key] = thing
    while len(kept) > MOST_KEPT:
        kept.popitem(last=False)
