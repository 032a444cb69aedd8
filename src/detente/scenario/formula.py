"""Formulas as trees: what they depend on, and their values at levels and governments."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from detente.errors import DetenteError, Place, Problem
from detente.scenario.model import Formula, Ladder, Node, Op, Scenario

CREDIBILITY = "credibility"
# bare 0 and 1 beside other numbers, as in (1 - x): nobody's judgement, so nothing to set
CONSTANTS = {0.0: "constants.0", 1.0: "constants.1"}


def walk(tree: Node) -> Iterator[Node]:
    """Iterate over a tree's nodes, parents first."""
    stack = [tree]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def make_formula(
    text: str, tree: Node, ladders: Mapping[str, Ladder], place: Place | None = None
) -> Formula:
    """Put a checked tree into a `Formula` with what it depends on."""
    names: dict[str, None] = {}
    governments: dict[str, None] = {}
    quantities: dict[str, None] = {}
    for node in walk(tree):
        if node.op in (Op.ATTRIBUTE, Op.IS, Op.TABLE):
            names[node.name] = None
        if node.op is Op.HOSTILE:
            governments[node.name] = None
        if node.op in (Op.QUANTITY, Op.PARAMETER) and node.name not in CONSTANTS.values():
            quantities[node.name] = None
        if node.op is Op.ATTRIBUTE and node.name in ladders:
            for level in ladders[node.name].levels:
                if node.detail in level.attributes:
                    quantities[level.attributes[node.detail].path] = None
    return Formula(text, tree, tuple(names), tuple(governments), tuple(quantities), place)


def evaluate(
    formula: Formula, levels: Mapping[str, int], hostile: Mapping[str, bool], scenario: Scenario
) -> float:
    """Evaluate a formula at the values in force.

    Parameters
    ----------
    formula : Formula
        What to evaluate.
    levels : mapping of str to int
        Where each ladder that the formula depends on stands (level index).
    hostile : mapping of str to bool
        Whether each government is hostile; a party left out is not.
    scenario : Scenario
        Gives values and ladders.

    Returns
    -------
    float
        In the formula's own unit (points per year for payoffs).

    Raises
    ------
    DetenteError
        E233 where it divides by zero, E234 where the value is not finite.
    """
    try:
        value = evaluate_node(formula.tree, levels, hostile, scenario)
    except ZeroDivisionError:
        raise DetenteError(
            _trouble("E233", "this divides by zero", formula, levels, scenario)
        ) from None
    if not math.isfinite(value):
        raise DetenteError(_trouble("E234", "this is too large", formula, levels, scenario))
    return value


def _trouble(
    code: str, message: str, formula: Formula, levels: Mapping[str, int], scenario: Scenario
) -> Problem:
    where = describe_levels(formula.ladders, levels, scenario)
    return Problem(
        code,
        f"{message}{where}",
        formula.place,
        remedy="change a number, or write max(..., 1) around what it divides by",
        line_text=scenario.line(formula.place) or None,
    )


def describe_levels(ladders: tuple[str, ...], levels: Mapping[str, int], scenario: Scenario) -> str:
    """Say where ladders stand: `` when arsenal is full and sanctions is none``."""
    parts = [f"{name} is {scenario.ladder(name).levels[levels[name]].id}" for name in ladders]
    return f" when {' and '.join(parts)}" if parts else ""


def evaluate_node(
    node: Node, levels: Mapping[str, int], hostile: Mapping[str, bool], scenario: Scenario
) -> float:
    """Evaluate one node of a formula; see `evaluate`. Raises ZeroDivisionError."""
    op = node.op
    if op in (Op.QUANTITY, Op.PARAMETER):
        return scenario.values[node.name]
    if op is Op.ATTRIBUTE:
        given = scenario.ladder(node.name).levels[levels[node.name]].attributes.get(node.detail)
        return scenario.values[given.path] if given is not None else 0.0
    if op is Op.IS:
        ladder = scenario.ladder(node.name)
        return 1.0 if ladder.levels[levels[node.name]].id == node.detail else 0.0
    if op is Op.HOSTILE:
        return 1.0 if hostile.get(node.name, False) else 0.0
    if op is Op.TABLE:
        return evaluate_node(node.children[levels[node.name]], levels, hostile, scenario)
    parts = [evaluate_node(child, levels, hostile, scenario) for child in node.children]
    return _combine(op, parts)


def _combine(op: Op, parts: list[float]) -> float:
    if op is Op.NEGATE:
        return -parts[0]
    if op is Op.MIN:
        return min(parts)
    if op is Op.MAX:
        return max(parts)
    left, right = parts
    if op is Op.ADD:
        return left + right
    if op is Op.SUBTRACT:
        return left - right
    if op is Op.MULTIPLY:
        return left * right
    return left / right
