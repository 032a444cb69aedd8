"""Changes of a plan's steps in the text of its file: whole steps move, with their comments."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from detente.errors import DetenteError, Problem
from detente.library import select_plans, select_step
from detente.scenario.model import Plan, Scenario
from detente.scenario.plans import SHORT_PLAN

ID = re.compile(r"(?m)(^\s*-\s+|^\s+|[{,]\s*)id:\s*[^\s,}]+")
WAYS = ("order", "move", "remove", "duplicate")


@dataclass(frozen=True, slots=True)
class _Copy:
    """A step in its new place: its number in the file (from 0), and a new name or none."""

    number: int
    name: str | None = None


def edit_steps(scenario: Scenario, given: Mapping[str, Any]) -> str:
    """Give the scenario's text with the steps of a plan changed.

    Parameters
    ----------
    scenario : as read, without settings
    given : ``plan``, and one of ``order`` (ids of all steps), ``move`` (``step``, ``to``),
        ``remove`` and ``duplicate`` (an id)

    Raises
    ------
    DetenteError
        E390, E391 for a plan or step that is not there, E711 where it cannot be done.
    """
    (plan,) = select_plans(scenario, [given["plan"]])
    asked = [way for way in WAYS if given.get(way) is not None]
    if len(asked) != 1:
        raise _cannot("say one thing at a time", f"give one of {', '.join(WAYS)}")
    return _rewrite(scenario, plan, _arrange(plan, asked[0], given[asked[0]]))


def _arrange(plan: Plan, way: str, what: Any) -> list[_Copy]:
    """Give the new sequence of steps."""
    copies = [_Copy(number) for number in range(len(plan.steps))]
    if way == "order":
        numbers = [_number(plan, each) for each in what]
        if sorted(numbers) != list(range(len(plan.steps))):
            steps = ", ".join(step.id for step in plan.steps)
            raise _cannot("the order does not name every step once", f"steps: {steps}")
        return [_Copy(number) for number in numbers]
    if way == "move":
        number = _number(plan, what["step"])
        moved = copies.pop(number)
        copies.insert(min(what["to"], len(plan.steps)) - 1, moved)
        return copies
    number = _number(plan, what)
    if way == "remove":
        if len(copies) == 1:
            raise _cannot("a plan needs a step", "remove the plan in the text instead")
        del copies[number]
        return copies
    used = {step.id for step in plan.steps}
    names = (f"{plan.steps[number].id}-{n}" for n in itertools.count(2))
    copies.insert(number + 1, _Copy(number, next(name for name in names if name not in used)))
    return copies


def _number(plan: Plan, step: str) -> int:
    number = select_step(plan, step) - 1
    if number >= len(plan.steps):
        raise _cannot("what follows the last step is not a step", "name one of the plan's steps")
    return number


def _cannot(message: str, remedy: str) -> DetenteError:
    return DetenteError(Problem("E711", message, remedy=remedy))


def _rewrite(scenario: Scenario, plan: Plan, copies: Sequence[_Copy]) -> str:
    text = scenario.text
    steps = _find_steps(YAML(typ="safe", pure=True).compose(text), plan.id)
    if steps is None or len(steps.value) != len(plan.steps):
        raise _cannot(f"the steps of '{plan.id}' are not found in the text", "edit the text")
    pieces = _cut_flow(text, steps) if steps.flow_style else _cut_block(text, steps)
    written = [_rename(pieces.items[copy.number], copy.name) for copy in copies]
    changed = pieces.head + pieces.glue.join(written) + pieces.tail
    _compare(text, changed, plan.id, copies)
    return changed


def _compare(before: str, after: str, plan: str, copies: Sequence[_Copy]) -> None:
    """Make sure that the steps are what was meant, and nothing else has changed."""
    wanted, found = _load(before), _load(after)
    steps = _steps_of(wanted, plan)
    arranged = [dict(steps[copy.number]) for copy in copies]
    for step, copy in zip(arranged, copies, strict=True):
        if copy.name is not None and "id" in step:
            step["id"] = copy.name
    steps[:] = arranged
    if wanted != found:
        raise _cannot("these steps cannot be told apart in the text", "edit the text")


def _load(text: str) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        raise _cannot("the steps do not fit into their new places", "edit the text") from None


def _steps_of(root: Any, plan: str) -> list[Any]:
    entry = (root.get("plans") or {}).get(plan, root.get("steps"))
    found: list[Any] = entry["steps"] if isinstance(entry, dict) else entry
    return found


@dataclass(frozen=True, slots=True)
class _Pieces:
    """A text in parts: what stands before the steps, each step, and what stands after."""

    head: str
    items: tuple[str, ...]
    glue: str
    tail: str


def _find_steps(root: Any, plan: str) -> SequenceNode | None:
    entry = _entry(_entry(root, "plans"), plan)
    if entry is None and plan == SHORT_PLAN:
        entry = _entry(root, "steps")
    if isinstance(entry, MappingNode):
        entry = _entry(entry, "steps")
    return entry if isinstance(entry, SequenceNode) else None


def _entry(root: Node | None, name: str) -> Node | None:
    if not isinstance(root, MappingNode):
        return None
    for key, value in root.value:
        if isinstance(key, ScalarNode) and key.value == name:
            found: Node = value
            return found
    return None


def _cut_flow(text: str, steps: SequenceNode) -> _Pieces:
    """Cut ``[step, step]``: what stands between steps stays where it is."""
    items = [(each.start_mark.index, each.end_mark.index) for each in steps.value]
    between = {text[a[1] : b[0]] for a, b in itertools.pairwise(items)}
    if any("#" in each for each in between):
        raise _cannot("there are remarks between these steps", "edit the text")
    glue = sorted(between)[0] if between else ", "
    return _Pieces(
        text[: items[0][0]],
        tuple(text[start:end] for start, end in items),
        glue,
        text[items[-1][1] :],
    )


def _cut_block(text: str, steps: SequenceNode) -> _Pieces:
    """Cut steps on lines of their own; remarks above a step, and behind it, go with it."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    firsts = [_dash_line(lines, each) for each in steps.value]
    if len(set(firsts)) != len(firsts):
        raise _cannot("several of these steps stand on one line", "edit the text")
    ends = [_last_line(text, each) + 1 for each in steps.value]
    starts = [firsts[0]]
    for end, first in zip(ends, firsts[1:], strict=False):
        starts.append(end if end <= first else first)
    while starts[0] > 0 and lines[starts[0] - 1].strip()[:1] in ("", "#"):
        starts[0] -= 1  # as between steps: what stands above the first step is its own
    items = tuple("".join(lines[a:b]) for a, b in zip(starts, ends, strict=True))
    return _Pieces("".join(lines[: starts[0]]), items, "", "".join(lines[ends[-1] :]))


def _dash_line(lines: Sequence[str], item: Node) -> int:
    """Give the line (from 0) with the dash of an item, which may stand above the item."""
    number = int(item.start_mark.line)
    while number > 0 and not re.match(r"\s*-(\s|$)", lines[number]):
        number -= 1
    return number


def _last_line(text: str, item: Node) -> int:
    """Give the line (from 0) in which the last word of an item stands."""
    return text.count("\n", 0, len(text[: _end(item)].rstrip()))


def _end(node: Node) -> int:
    if not isinstance(node, CollectionNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _rename(item: str, name: str | None) -> str:
    """Give a step's text with another id; one without an id keeps having none."""
    if name is None:
        return item
    return ID.sub(rf"\g<1>id: {name}", item, count=1)
