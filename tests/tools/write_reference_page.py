"""Write docs/reference.md, every entry of a scenario file, from the schema that editors use.

python tests/tools/write_reference_page.py docs/reference.md
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from detente.scenario.schema import json_schema

HEAD = """# Reference: every entry of a scenario file

[The scenario language](language.md) explains how a file is written and has a complete example;
this page lists every entry. It is made by `make docs` from the schema that the program reads
files by, and that editors show ([editors](editors.md)). What the entries mean in the model is
said, rule by rule, in [rules of meaning](rules.md).

*Needed* entries must be there; the others may be left out. Where a number stands, one token has
the value, how far it might be off, and where it comes from: `value (low to high) @source`.
"""
TITLES = {
    "": "The file",
    "PartyEntry": "A party",
    "LadderEntry": "A ladder",
    "LevelEntry": "A level",
    "InspectionEntry": "An inspection",
    "GovernmentEntry": "A government",
    "PayoffEntry": "Payoffs of a party",
    "PlanEntry": "A plan",
    "StepEntry": "A step",
    "ResponseEntry": "A response",
    "TypeEntry": "A type of a party",
    "StatementEntry": "A statement that must hold",
    "CorrelationEntry": "A correlation",
    "SourceEntry": "A source",
}
ANY_NAME = "*a name of your own*"


def write_page() -> str:
    """Give the page: the entries in the order in which the file leads to them."""
    schema = json_schema()
    models = {"": schema, **schema["$defs"]}
    order = dict.fromkeys([*(name for name in TITLES if name in models), *models])
    return "\n".join([HEAD, *(line for name in order for line in _section(name, models[name]))])


def _title(name: str) -> str:
    return TITLES.get(name, name.removesuffix("Entry"))


def _section(name: str, model: dict[str, Any]) -> Iterator[str]:
    yield f"## {_title(name)}\n"
    yield f"{model['description']}\n"
    yield "| entry | what stands there | what it is for | example |"
    yield "|---|---|---|---|"
    for key, entry in model["properties"].items():
        needed = " (needed)" if key in model.get("required", ()) else ""
        examples = ", ".join(f"`{example}`" for example in entry.get("examples", ()))
        words = _form(entry)
        yield f"| `{key}`{needed} | {words} | {_sentence(entry['description'])} | {examples} |"
    others = model.get("additionalProperties")
    if isinstance(others, dict):
        example = ", ".join(f"`{each}`" for each in others.get("examples", ()))
        words = _sentence(others["description"])
        yield f"| {ANY_NAME} | {_form(others)} | {words} | {example} |"
    yield ""


def _form(entry: dict[str, Any]) -> str:
    """Say in words what may stand there."""
    for key in ("oneOf", "anyOf"):
        if key in entry:
            forms = [_form(each) for each in entry[key] if each != {"type": "null"}]
            empty = {"type": "null"} in entry[key] and len(forms) > 1
            return " or ".join(dict.fromkeys([*forms, *(["nothing"] if empty else [])]))
    if "$ref" in entry:
        name = entry["$ref"].rsplit("/", 1)[-1]
        title = _title(name)
        return f"[{_lower(title)}](#{title.lower().replace(' ', '-')})"
    if "const" in entry:
        return f"`{entry['const']}`"
    if "enum" in entry:
        return " or ".join(f"`{each}`" for each in entry["enum"] if isinstance(each, str))
    if isinstance(entry.get("additionalProperties"), dict):
        return f"names, each with {_form(entry['additionalProperties'])}"
    if "items" in entry:
        return f"a list, each {_form(entry['items'])}"
    kinds = set(entry["type"] if isinstance(entry["type"], list) else [entry["type"]]) - {"null"}
    if kinds <= {"string", "number"}:
        return _scalar_form(entry.get("examples", [""])[0])
    raise ValueError(f"no words for {entry}")


def _scalar_form(example: str) -> str:
    if "*" in example:
        return "a number or a formula"
    if re.fullmatch(r"\d{4}-.*", example):
        return "a date"
    return "a number" if example.lstrip("-")[:1].isdigit() else "a word or text"


def _lower(title: str) -> str:
    return title[0].lower() + title[1:]


def _sentence(words: str) -> str:
    return (words[0].upper() + words[1:]).replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(write_page(), encoding="utf-8")
