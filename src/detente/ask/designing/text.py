"""Puts plans into the text of a scenario file; every other character stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode

from detente.scenario.model import Scenario

INDENT = 2


@dataclass(frozen=True, slots=True)
class PlanText:
    """A plan to be written: its steps a line each, in the language of the file."""

    id: str
    title: str
    note: str
    steps: tuple[str, ...]


def insert_plans(scenario: Scenario, plans: tuple[PlanText, ...]) -> str:
    """Give the file's text with plans behind its own."""
    text = scenario.text
    root = YAML(typ="safe", pure=True).compose(text)
    section = _entry(root, "plans")
    if section is None:  # `steps:` at the top is short for one plan
        return _append(text, ["plans:", *_indent(_block(plans), INDENT)])
    if section.flow_style or not section.value:
        at = section.end_mark.index - 1
        inside = text[section.start_mark.index + 1 : at].strip()
        comma = ", " if inside and not inside.endswith(",") else ""
        return f"{text[:at]}{comma}{', '.join(_flow(each) for each in plans)}{text[at:]}"
    column = section.value[0][0].start_mark.column
    end = _end(section)
    while end and text[end - 1].isspace():
        end -= 1
    newline = text.find("\n", end)  # behind a remark on the same line
    head, tail = (f"{text}\n", "") if newline < 0 else (text[: newline + 1], text[newline + 1 :])
    added = "".join(f"{line}\n" for line in ["", *_indent(_block(plans), column)])
    return f"{head}{added}{tail}"


def _entry(root: Any, name: str) -> MappingNode | None:
    for key, value in root.value:
        if isinstance(key, ScalarNode) and key.value == name and isinstance(value, MappingNode):
            return value
    return None


def _end(node: Node) -> int:
    """Give where the last word of a node ends in the text."""
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _append(text: str, lines: list[str]) -> str:
    body = text if text.endswith("\n") or not text else f"{text}\n"
    head, sign, tail = body.partition("\n...\n")  # a mark for the end of the document
    added = "".join(f"{line}\n" for line in ["", *lines])
    return f"{head}\n{added}...\n{tail}" if sign else f"{body}{added}"


def _block(plans: tuple[PlanText, ...]) -> list[str]:
    lines: list[str] = []
    for each in plans:
        if lines:
            lines.append("")
        lines += [f"{each.id}:", f"  title: {_quote(each.title)}", f"  note: {_quote(each.note)}",
                  "  steps:"]  # fmt: skip
        lines += [f"    - {step}" for step in each.steps]
    return lines


def _flow(each: PlanText) -> str:
    head = f"title: {_quote(each.title)}, note: {_quote(each.note)}"
    return f"{each.id}: {{{head}, steps: [{', '.join(each.steps)}]}}"


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _indent(lines: list[str], width: int) -> list[str]:
    return [f"{' ' * width}{line}" if line else "" for line in lines]
