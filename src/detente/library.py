"""The cases and templates that come with the program, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from detente.errors import DetenteError, Problem, listed, nearest

HERE = Path(__file__).parent
CASES = HERE / "cases"
TEMPLATES = HERE / "templates"
ENDINGS = (".yaml", ".yml")


def list_cases() -> tuple[str, ...]:
    """Give the names of the shipped cases."""
    return tuple(sorted(path.stem for path in CASES.glob("*.yaml")))


def list_templates() -> dict[str, str]:
    """Give the templates by name, each with its title."""
    return {path.stem: _title(path) for path in sorted(TEMPLATES.glob("*.yaml"))}


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
    cases = list_cases()
    if text in cases:
        return CASES / f"{text}.yaml"
    raise DetenteError(_unknown(text, "a file or a case", cases, "cases"))


def read_template(name: str) -> str:
    """Give a template's text.

    Raises
    ------
    DetenteError
        E192, where there is no such template.
    """
    names = tuple(list_templates())
    if name not in names:
        raise DetenteError(_unknown(name, "a template", names, "templates", "E192"))
    return (TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8")


def _looks_like_path(text: str) -> bool:
    return text == "" or "/" in text or "\\" in text or text.endswith(ENDINGS)


def _unknown(
    word: str, what: str, names: tuple[str, ...], plural: str, code: str = "E191"
) -> Problem:
    near = nearest(word, names)
    meant = f"did you mean '{near}'? " if near else ""
    return Problem(code, f"'{word}' is not {what}", remedy=f"{meant}{plural}: {listed(names)}")


def _title(path: Path) -> str:
    return next((line for line in _titles(path)), path.stem)


def _titles(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("title:"):
            yield line.removeprefix("title:").split(" #")[0].strip().strip("\"'")
