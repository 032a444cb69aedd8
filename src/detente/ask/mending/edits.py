"""Changes of a scenario's text that keep everything else of it, comments included."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from detente.errors import DetenteError, Place, Problem
from detente.scenario.model import Plan, Quantity, Response, Scenario, Step, Trigger
from detente.scenario.plans import PREFIX, SHORT_PLAN
from detente.scenario.quantity import KIND_OF_UNIT, parse_quantity
from detente.scenario.reading import read_scenario_text

_RANGE = re.compile(r"\(([^()]*?)\bto\b([^()]*)\)")


def change_numbers(scenario: Scenario, texts: Mapping[str, str], remark: str = "") -> str:
    """Give the scenario's text with numbers changed in their places.

    A range that does not contain its new number is widened up to it. The result is read again,
    and every number in it compared.

    Parameters
    ----------
    scenario : as read, without settings
    texts : new numbers by full path, written as in the file
    remark : put on top of the file, as a comment

    Raises
    ------
    DetenteError
        E381 where a number cannot be changed in its place alone.
    """
    lines = scenario.text.splitlines(keepends=True)
    edits = sorted(
        ((scenario.quantities[path], text) for path, text in texts.items()),
        key=lambda edit: _position(edit[0]),
        reverse=True,
    )
    for quantity, text in edits:
        place = quantity.place
        line = lines[place.line - 1] if place is not None and place.line <= len(lines) else ""
        start = place.column - 1 if place is not None else 0
        if not quantity.text or not line[start:].startswith(quantity.text):
            raise _no_place(quantity)
        new = _rewrite(quantity, text)
        lines[quantity_line(quantity)] = line[:start] + new + line[start + len(quantity.text) :]
    changed = "".join(lines)
    _compare(scenario, changed, texts)
    return _with_remark(changed, remark)


def quantity_line(quantity: Quantity) -> int:
    """Give the line (from 0) in which a number stands."""
    return quantity.place.line - 1 if quantity.place is not None else 0


def _position(quantity: Quantity) -> tuple[int, int]:
    place = quantity.place
    return (place.line, place.column) if place is not None else (0, 0)


def _no_place(quantity: Quantity) -> DetenteError:
    return DetenteError(
        Problem(
            "E381",
            f"'{quantity.path}' cannot be changed in its place alone",
            quantity.place,
            remedy="write the number out, on one line and without '*', and try again",
        )
    )


def _rewrite(quantity: Quantity, text: str) -> str:
    """Put a new amount in front of a number's range and sources."""
    old = quantity.text
    cut = min([old.index(sign) for sign in "(@" if sign in old], default=len(old))
    rest = old[cut:]
    if quantity.low is not None and quantity.high is not None:
        value = parse_quantity(text, KIND_OF_UNIT[quantity.unit]).value
        found = _RANGE.match(rest)
        if found is not None and not quantity.low <= value <= quantity.high:
            low, high = found.group(1).strip(), found.group(2).strip()
            unit = re.sub(r"^[+-]?[\d.eE+-]+\s*", "", high)
            if value < quantity.low:
                new = f"({text} to {high})"
            else:
                own = re.search(r"[%A-Za-z]", low)
                low = low if own or not unit or unit == "never" else f"{low}{_glue(unit)}"
                new = f"({low} to {text})"
            rest = new + rest[found.end() :]
    return f"{text} {rest}".rstrip() if rest else text


def _glue(unit: str) -> str:
    return unit if unit.startswith("%") else f" {unit}"


def _compare(scenario: Scenario, text: str, texts: Mapping[str, str]) -> None:
    """Make sure that the changed text says what was meant, and nothing else."""
    found = read_scenario_text(text, scenario.file)
    for path, quantity in scenario.quantities.items():
        wanted = quantity.value
        if path in texts:
            wanted = parse_quantity(texts[path], KIND_OF_UNIT[quantity.unit]).value
        new = found.quantities.get(path)
        if new is None or new.value != wanted:
            raise _no_place(scenario.quantities[next(iter(texts))])


def _with_remark(text: str, remark: str) -> str:
    if not remark:
        return text
    lines = "".join(f"# {line}\n" for line in remark.splitlines())
    return f"{lines}#\n{text}"


def add_plans(scenario: Scenario, plans: Sequence[tuple[str, Plan, str]], remark: str = "") -> str:
    """Give the scenario's text with plans added behind the ones that they were made from.

    Parameters
    ----------
    scenario : as read, without settings
    plans : id of the plan they were made from, the new plan, and a remark

    Raises
    ------
    DetenteError
        E382 where the file's plans are written so that none can be added.
    """
    lines = scenario.text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    by_line: dict[int, list[str]] = {}
    for origin, plan, words in plans:
        key = scenario.plan(origin).place
        line, indent, head = _where_to_add(lines, origin, key)
        wrote = [head] if head and line not in by_line else []
        wrote += write_plan(scenario, plan, indent, words)
        by_line.setdefault(line, []).extend(wrote)
    for line in sorted(by_line, reverse=True):
        lines[line:line] = by_line[line]
    return _with_remark("".join(lines), remark)


def _where_to_add(lines: list[str], origin: str, key: Place | None) -> tuple[int, str, str]:
    """Give the line before which a plan is added, its indentation, and a heading if needed."""
    if key is None:
        raise _no_room(key)
    line = lines[key.line - 1]
    before = line[: key.column - 1]
    if origin == SHORT_PLAN and not before.strip() and line[key.column - 1 :].startswith("steps"):
        return len(lines), "  ", "plans:\n"
    if before.strip() or not before:
        raise _no_room(key)  # inside of { }
    last = key.line - 1
    for number in range(key.line, len(lines)):
        text = lines[number]
        bare = text.strip()
        if not bare or bare.startswith("#"):
            continue
        width = len(text) - len(text.lstrip(" "))
        if width < len(before) or (width == len(before) and not bare.startswith("- ")):
            break
        last = number
    return last + 1, before, ""


def _no_room(key: Place | None) -> DetenteError:
    return DetenteError(
        Problem(
            "E382",
            "no plan can be added to this file: its plans stand inside of { }",
            key,
            remedy="write each plan on lines of its own, as in docs/language.md",
        )
    )


def write_plan(scenario: Scenario, plan: Plan, indent: str, words: str) -> list[str]:
    """Give a plan as lines of a scenario."""
    out = ["\n", f"{indent}{plan.id}:\n", f"{indent}  title: {_quote(plan.title)}\n"]
    out.append(f"{indent}  note: {_quote(words)}\n")
    if plan.later_steps_open:
        out.append(f"{indent}  later_steps: open\n")
    for trigger in Trigger:
        own = [each for (t, _), each in plan.responses.items() if t is trigger]
        if own:
            out.append(f"{indent}  {trigger.value}:\n")
            out += [f"{indent}    {_write_response(scenario, each)}\n" for each in own]
    out.append(f"{indent}  steps:\n")
    out += [f"{indent}    - {{{_write_step(scenario, step)}}}\n" for step in plan.steps]
    return out


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _write_response(scenario: Scenario, response: Response) -> str:
    name = f"{PREFIX[response.trigger]}{response.party}"
    if response.ignored:
        return f"{name}: ignored"
    then = ", ".join(_write_target(scenario, k, v) for k, v in response.targets.items())
    parts = [f"then: {{{then}}}"]
    if response.duration is not None:
        parts.append(f"for: {_write_time(response.duration, scenario)}")
    parts.append(f"resume: {'yes' if response.resume else 'no'}")
    return f"{name}: {{{', '.join(parts)}}}"


def _write_target(scenario: Scenario, ladder: str, level: int) -> str:
    return f"{ladder}: {scenario.ladder(ladder).levels[level].id}"


def _write_step(scenario: Scenario, step: Step) -> str:
    parts = [f"id: {step.id}"]
    if step.first is not None:
        parts.append(f"first: {step.first}")
    by_holder: dict[str, list[str]] = {}
    for ladder, level in step.targets.items():
        holders = scenario.ladder(ladder).holders
        who = holders[0] if len(holders) == 1 else "together"
        by_holder.setdefault(who, []).append(_write_target(scenario, ladder, level))
    parts += [f"{who}: {{{', '.join(targets)}}}" for who, targets in by_holder.items()]
    if step.lasts is not None:
        parts.append(f"lasts: {_write_time(step.lasts, scenario)}")
    return ", ".join(parts)


def _write_time(quantity: Quantity, scenario: Scenario) -> str:
    """Write a time as in the file, or in the value in force where that is another."""
    value = scenario.values.get(quantity.path, quantity.value)
    if value == quantity.value and quantity.text and "," not in quantity.text:
        return quantity.text
    if math.isinf(value):
        return "never"
    return f"{value!r} years"
