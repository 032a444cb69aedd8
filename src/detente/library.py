"""What a user names in words: cases, templates, plans, steps, parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from detente.cases import case_names, case_path, history_path
from detente.errors import DetenteError, Problem, listed, nearest
from detente.scenario.history import History
from detente.scenario.model import Plan, Scenario
from detente.templates import template_names, template_path

ENDINGS = (".yaml", ".yml")


def describe_templates() -> dict[str, str]:
    """Give the templates by name, each with the first line of its file, which says what it is."""
    return {name: _first_words(read_template(name)) for name in template_names()}


def find_scenario(name_or_path: str | Path) -> Path:
    """Give the path of a scenario named by a shipped case's name or by a path.

    A file that exists always comes before a case of the same name. A path that does not exist
    is handed back as it is, for the reader to report; a bare word that is neither gives an
    error that offers the nearest case.

    Raises
    ------
    DetenteError
        E191, where a bare word is neither a file nor a case.

    Examples
    --------
    >>> find_scenario("singapore-2018").name
    'singapore-2018.yaml'
    """
    text = str(name_or_path)
    path = Path(text)
    if "\0" in text or path.exists() or _looks_like_path(text):
        return path
    if text in case_names():
        return case_path(text)
    raise DetenteError(_unknown("E191", text, "a file or a case", case_names(), "cases"))


def list_cases() -> tuple[tuple[str, Scenario, History], ...]:
    """Read all cases of the library: name, scenario, and what came of it."""
    return tuple((name, *read_case(name)) for name in case_names())


def read_case(name: str) -> tuple[Scenario, History]:
    """Read a case of the library: its scenario, and what came of it.

    Raises
    ------
    DetenteError
        E191, where there is no such case; what is wrong with its files.
    """
    from detente.scenario.history_reading import read_history  # noqa: PLC0415  (readers only)
    from detente.scenario.reading import read_scenario  # noqa: PLC0415

    if name not in case_names():
        raise DetenteError(_unknown("E191", name, "a case", case_names(), "cases"))
    scenario = read_scenario(case_path(name))
    path = history_path(name)
    if not path.exists():
        raise DetenteError(Problem("E101", f"the case '{name}' has no {path.name} beside it"))
    return scenario, read_history(path, scenario)


def name_file(file: str) -> str:
    """Give the name that a command takes for a file: a shipped case's name, or the path.

    Examples
    --------
    >>> name_file(str(find_scenario("singapore-2018"))), name_file("mine.yaml")
    ('singapore-2018', 'mine.yaml')
    """
    path = Path(file)
    shipped = path.stem in case_names() and path.resolve() == case_path(path.stem).resolve()
    return path.stem if shipped else file


def read_template(name: str) -> str:
    """Give a template's text.

    Raises
    ------
    DetenteError
        E192, where there is no such template.
    """
    if name not in template_names():
        raise DetenteError(_unknown("E192", name, "a template", template_names(), "templates"))
    return template_path(name).read_text(encoding="utf-8")


def select_plans(scenario: Scenario, names: Sequence[str]) -> tuple[Plan, ...]:
    """Give the plans named (all where none is), in the order asked for, each once.

    Raises
    ------
    DetenteError
        E390, naming every word that is not a plan of the scenario.
    """
    known = {plan.id: plan for plan in scenario.plans}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise DetenteError([_unknown("E390", n, "a plan", tuple(known), "plans") for n in wrong])
    return tuple(known[name] for name in dict.fromkeys(names or known))


def select_step(plan: Plan, step: str | int) -> int:
    """Give a step's number from its number or its name; ``settled`` is what follows the last.

    Raises
    ------
    DetenteError
        E391, where the plan has no such step.
    """
    names = (*(each.id for each in plan.steps), "settled")
    text = str(step)
    if text in names:
        return names.index(text) + 1
    if text.isascii() and text.isdigit() and 1 <= int(text) <= len(names):
        return int(text)
    numbered = tuple(f"{number} {name}" for number, name in enumerate(names, 1))
    problem = _unknown("E391", text, f"a step of '{plan.id}'", names, "steps")
    raise DetenteError(replace(problem, remedy=f"steps: {listed(numbered)}"))


def select_party(scenario: Scenario, party: str) -> str:
    """Give a party's name in the file; its full name is understood too.

    Raises
    ------
    DetenteError
        E392, where the scenario has no such party.
    """
    for each in scenario.parties:
        if party in (each.id, each.name):
            return each.id
    names = tuple(each.id for each in scenario.parties)
    raise DetenteError(_unknown("E392", party, "a party", names, "parties"))


def _looks_like_path(text: str) -> bool:
    return text == "" or "/" in text or "\\" in text or text.endswith(ENDINGS)


def _unknown(code: str, word: str, what: str, names: tuple[str, ...], plural: str) -> Problem:
    near = nearest(word, names)
    meant = f"did you mean '{near}'? " if near else ""
    return Problem(code, f"'{word}' is not {what}", remedy=f"{meant}{plural}: {listed(names)}")


def _first_words(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ").rstrip()
