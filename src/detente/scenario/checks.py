"""Checks of a whole scenario at the values in force: plans that cannot go on, formulas."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Set

from detente.errors import Place
from detente.scenario.formula import describe_levels, evaluate_node, walk
from detente.scenario.model import (
    Formula,
    Ladder,
    Node,
    Op,
    PayoffTerm,
    Plan,
    Response,
    Scenario,
    Step,
)
from detente.scenario.problems import Problems

MAX_COMBINATIONS = 20_000  # of levels, per division
MAX_SAMPLED = 500  # of levels, per formula without one; only its size is looked at


def check_values(
    scenario: Scenario, problems: Problems, damaged: Set[tuple[str, int]] = frozenset()
) -> None:
    """Check what depends on values: plans that get stuck, divisions by zero, the clock.

    Parameters
    ----------
    scenario : Scenario
        With the values to check.
    problems : Problems
        Where to note what is wrong.
    damaged : set of (str, int)
        Plans and their steps (from 0) that could not be read; from there on, where the
        ladders stand is not known.
    """
    clock = scenario.value(scenario.clock)
    if clock == 0 or math.isinf(clock):
        problems.add(
            "E124",
            "the clock cannot be 0 or never",
            scenario.clock.place,
            remedy="write the length of one period, such as '6 months'",
        )
    for inspection in scenario.inspections:
        every = inspection.every
        if every is not None and scenario.value(every) == 0:
            problems.add(
                "E124",
                "the time between inspections cannot be 0",
                every.place,
                remedy="write a time such as '1 month'",
            )
    for payoffs in scenario.payoffs.values():
        secret = [each for each in (payoffs.secret_gain, payoffs.secret_harm) if each]
        for term in (*payoffs.terms, *secret):
            _check_term(scenario, term, problems)
    for plan in scenario.plans:
        broken = min((number for name, number in damaged if name == plan.id), default=None)
        positions = _check_steps(scenario, plan, plan.steps[:broken], problems)
        if broken is not None:
            continue
        for response in plan.responses.values():
            _check_response(scenario, plan, response, positions, problems)


def _check_steps(
    scenario: Scenario, plan: Plan, steps: tuple[Step, ...], problems: Problems
) -> list[dict[str, int]]:
    """Follow a plan; give where the ladders stand at the start and after every step."""
    at = {ladder.id: ladder.today for ladder in scenario.ladders}
    positions = [dict(at)]
    for number, step in enumerate(steps):
        changed = {name: to for name, to in step.targets.items() if at[name] != to}
        if not changed and step.lasts is None:
            problems.add(
                "E303",
                f"step '{step.id}' of '{plan.id}' changes nothing",
                step.place,
                remedy="take it out, or say how long it lasts: 'lasts: 1 year'",
            )
        for name, to in changed.items():
            ladder = scenario.ladder(name)
            stuck = blocked_at(scenario, ladder, at[name], to)
            if stuck is not None:
                problems.add(
                    "E304",
                    f"'{plan.id}' never gets past step '{step.id}': '{name}' would climb back "
                    f"from '{ladder.levels[stuck].id}', whose undo is never",
                    step.place,
                    remedy=f"leave '{name}' where it is, or give that level a time to undo",
                )
        is_last = number + 1 == len(plan.steps)
        if step.lasts is not None and not is_last and math.isinf(scenario.value(step.lasts)):
            problems.add(
                "E304",
                f"'{plan.id}' never gets past step '{step.id}', which lasts forever",
                step.lasts.place or step.place,
                remedy="write how long it lasts at least, or make it the last step",
            )
        at.update(step.targets)
        positions.append(dict(at))
    return positions


def blocked_at(scenario: Scenario, ladder: Ladder, start: int, target: int) -> int | None:
    """Give the level from which a ladder never climbs back on its way, or None."""
    if ladder.renewed:
        return None
    for position in range(start, target, -1):
        undo = ladder.levels[position].undo
        if undo is not None and math.isinf(scenario.value(undo)):
            return position
    return None


def _check_response(
    scenario: Scenario,
    plan: Plan,
    response: Response,
    positions: list[dict[str, int]],
    problems: Problems,
) -> None:
    """Refuse a response that can be carried out nowhere along the plan."""
    for name, to in response.targets.items():
        ladder = scenario.ladder(name)
        stuck = [blocked_at(scenario, ladder, at[name], to) for at in positions]
        if all(each is not None for each in stuck):
            level = ladder.levels[stuck[0] or 0].id
            problems.add(
                "E306",
                f"'{name}' can never go to '{ladder.levels[to].id}' in '{plan.id}': "
                f"the undo of '{level}' is never",
                response.place,
                remedy=f"choose a level that can be reached, or give '{level}' a time to undo",
            )


def _check_term(scenario: Scenario, term: PayoffTerm, problems: Problems) -> None:
    """Evaluate a formula, and what it divides by, at every combination of levels."""
    formula = term.formula
    divisors = [node.children[1] for node in walk(formula.tree) if node.op is Op.DIVIDE]
    for node in divisors:
        if not _check_node(scenario, formula, node, True, problems):
            return
    _check_node(scenario, formula, formula.tree, False, problems)


def _check_node(
    scenario: Scenario, formula: Formula, node: Node, divides: bool, problems: Problems
) -> bool:
    ladders, parties = _depends_on(node)
    limit = MAX_COMBINATIONS if divides else MAX_SAMPLED
    for levels, hostile in _combinations(scenario, ladders, parties, limit):
        if levels is None:
            if divides:
                problems.add(
                    "E133",
                    "what this divides by depends on too many ladders to be checked",
                    formula.place,
                    remedy="divide by something that depends on fewer ladders",
                )
                return False
            return True
        where = describe_levels(ladders, levels, scenario)
        try:
            value = evaluate_node(node, levels, hostile, scenario)
        except (ZeroDivisionError, OverflowError):
            value = math.nan if not divides else 0.0
        if divides and value == 0:
            problems.add(
                "E233",
                f"this divides by zero{where}",
                formula.place,
                remedy="add something to what it divides by, or write max(..., 1)",
            )
            return False
        if not math.isfinite(value):
            problems.add(
                "E234",
                f"this is too large for a number{where}",
                formula.place,
                remedy="choose a scale on which the numbers are smaller",
            )
            return False
    return True


def _depends_on(node: Node) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ladders: dict[str, None] = {}
    parties: dict[str, None] = {}
    for each in walk(node):
        if each.op in (Op.ATTRIBUTE, Op.IS, Op.TABLE):
            ladders[each.name] = None
        elif each.op is Op.HOSTILE:
            parties[each.name] = None
    return tuple(ladders), tuple(parties)


def _combinations(
    scenario: Scenario, ladders: tuple[str, ...], parties: tuple[str, ...], limit: int
) -> Iterator[tuple[dict[str, int] | None, dict[str, bool]]]:
    """Iterate over where ladders and governments may stand; (None, {}) where too many."""
    counts = [len(scenario.ladder(name).levels) for name in ladders]
    if math.prod(counts) * 2 ** len(parties) > limit:
        yield None, {}
        return
    for where in itertools.product(*(range(count) for count in counts)):
        for who in itertools.product((False, True), repeat=len(parties)):
            yield dict(zip(ladders, where, strict=True)), dict(zip(parties, who, strict=True))


def warn_of_idle(scenario: Scenario) -> Iterator[tuple[Place | None, str]]:
    """Iterate over places and words on what has no effect."""
    watched = {name for each in scenario.inspections for name in each.watches}
    for party in scenario.parties:
        held = {ladder.id for ladder in scenario.ladders if party.id in ladder.holders}
        payoffs = scenario.payoffs.get(party.id)
        if not held:
            yield party.place, f"'{party.id}' holds no ladder, so it decides nothing"
        gain = payoffs.secret_gain if payoffs else None
        if gain is not None and watched and not held & watched:
            yield (
                gain.place,
                f"no inspection watches a ladder of {party.id}, so its 'secret_gain' is never seen",
            )
        if gain is None and held & watched:
            yield (
                payoffs.place if payoffs else None,
                (
                    f"{party.id} holds an inspected ladder but has no 'secret_gain': "
                    "cheating would gain it nothing"
                ),
            )
