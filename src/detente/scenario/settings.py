"""Numbers named by their path: ``--set path=value`` and ``when:``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from detente.errors import DetenteError, Problem, listed, nearest
from detente.scenario.checks import check_values
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Scenario, Unit
from detente.scenario.problems import MAX_LISTED, Problems
from detente.scenario.quantity import KIND_OF_UNIT, TokenError, parse_quantity

TYPES = "types."  # paths of the numbers in which types differ, and of their shares
UNSAID = {Unit.YEARS: "years", Unit.RATE: "per year", Unit.PATIENCE: "per year"}
BARE = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
OPTIONAL_WORDS = frozenset(
    {
        "parties",
        "parameters",
        "ladders",
        "levels",
        "inspection",
        "governments",
        "payoffs",
        "plans",
        "steps",
        "types",
        "with",
    }
)


def resolve_path(scenario: Scenario, path: str) -> str:
    """Give the full path of a number named by its path or a unique end of it.

    Parameters
    ----------
    scenario : Scenario
        Whose numbers are meant.
    path : str
        Such as ``inspectors.catches``; words such as ``levels`` may be left out.

    Raises
    ------
    DetenteError
        E241 where no number has such a path, E242 where several have.
    """
    return _resolve(scenario, path)


def _resolve(scenario: Scenario, path: str) -> str:
    known = [each for each in scenario.quantities if each not in CONSTANTS.values()]
    if path in known:
        return path
    wanted = _short(path)
    found = [each for each in known if wanted and _ends_with(_short(each), wanted)]
    exact = [each for each in found if _short(each) == wanted]
    # a number of the file comes before a type's own value of it
    own = [each for each in found if not each.startswith(TYPES)]
    found = exact or own or found
    if len(found) == 1:
        return found[0]
    if found:
        shown = listed(found[:MAX_LISTED]) + (", ..." if len(found) > MAX_LISTED else "")
        raise DetenteError(
            Problem("E242", f"'{path}' fits several numbers", remedy=f"write one of: {shown}")
        )
    plain = [each for each in known if not each.startswith(TYPES)]
    ends = {".".join(_short(each)[-n:]): each for each in plain for n in (1, 2, 3, 4)}
    near = nearest(".".join(wanted), [*ends, *known])
    holding = [".".join(_short(each)) for each in plain if path and path in each]
    if near:
        remedy = f"did you mean '{ends.get(near, near)}'?"
    elif holding:
        remedy = f"did you mean one of: {listed(holding[:MAX_LISTED])}"
    else:
        remedy = "name it by its path in the file, such as 'parties.PARTY.patience'"
    raise DetenteError(Problem("E241", f"no number of the file is called '{path}'", remedy=remedy))


def _short(path: str) -> list[str]:
    """Give a path's words without those that may be left out."""
    words = [word.strip() for word in path.split(".")]
    return [word for word in words if word and word not in OPTIONAL_WORDS]


def _ends_with(words: list[str], end: list[str]) -> bool:
    return len(end) <= len(words) and words[len(words) - len(end) :] == end


def parse_setting(scenario: Scenario, path: str, text: str) -> tuple[str, float]:
    """Give the full path and the value of a setting.

    Parameters
    ----------
    scenario : Scenario
        Whose number is meant.
    path, text : str
        The number's path, or a unique end of it, and its value in its unit. A bare number
        is in the unit in which answers give it: years, or per year.

    Raises
    ------
    DetenteError
        E241 or E242 for the path, E121 to E125 for the value.
    """
    full = _resolve(scenario, path)
    unit = scenario.quantities[full].unit
    if unit in UNSAID and BARE.fullmatch(text.strip()):
        text = f"{text.strip()} {UNSAID[unit]}"
    try:
        return full, parse_quantity(text, KIND_OF_UNIT[unit]).value
    except TokenError as error:
        raise DetenteError(
            Problem(error.code, f"'{path}={text}': {error.message}", remedy=error.remedy)
        ) from None


def parse_settings(scenario: Scenario, settings: Mapping[str, str]) -> dict[str, float]:
    """Give values by full path for settings ``path -> value as text``, such as ``when:``.

    Raises
    ------
    DetenteError
        With everything that is wrong in them.
    """
    out: dict[str, float] = {}
    problems: list[Problem] = []
    for path, text in settings.items():
        try:
            full, value = parse_setting(scenario, path, text)
        except DetenteError as error:
            problems.extend(error.problems)
        else:
            out[full] = value
    if problems:
        raise DetenteError(problems)
    return out


def apply_settings(scenario: Scenario, settings: Iterable[str]) -> Scenario:
    """Give the scenario with values changed, as ``--set`` does.

    Parameters
    ----------
    scenario : Scenario
        Whose numbers are changed.
    settings : iterable of str
        ``path=value``; the value in the unit of its number. Ranges do not limit it, the
        limits of the unit do.

    Raises
    ------
    DetenteError
        Where a setting cannot be read, or the scenario with it makes no sense.
    """
    wanted: dict[str, str] = {}
    problems: list[Problem] = []
    for setting in settings:
        path, sign, value = setting.partition("=")
        if not sign or not path.strip() or not value.strip():
            problems.append(
                Problem(
                    "E243",
                    f"the setting '{setting}' has no path or no value",
                    remedy="write PATH=VALUE, such as 'inspectors.catches=80%'",
                )
            )
        else:
            wanted[path.strip()] = value.strip()
    values: dict[str, float] = {}
    try:
        values = parse_settings(scenario, wanted)
    except DetenteError as error:
        problems.extend(error.problems)
    if problems:
        raise DetenteError(problems)
    changed = scenario.with_values(values)
    found = Problems(scenario.file, scenario.text)
    check_values(changed, found)
    found.raise_all()
    return changed
