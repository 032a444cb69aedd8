"""The answer to ``design`` in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from detente.ask.designing.choosing import FASTEST, Purpose
from detente.ask.designing.exclude import Exclusion
from detente.ask.designing.goal import Goal
from detente.ask.designing.records import Attempt, Basis, Design, Furthest, Opener, Searched
from detente.ask.sentences import in_sentence, number
from detente.scenario.model import Scenario

MOST_NAMED = 4
BARGAINS = {
    "nash": "Nash",
    "kalai-smorodinsky": "Kalai and Smorodinsky",
    "egalitarian": "egalitarian",
}


def name_purpose(names: Sequence[tuple[str, str]], purpose: str) -> str:
    """Give a purpose's name for a reader; ``names``: ids and names of the parties."""
    if purpose in BARGAINS:
        return f"balanced ({BARGAINS[purpose]})"
    if purpose == FASTEST:
        return FASTEST
    party = purpose.removeprefix("for-")
    return f"best for {next(in_sentence(name) for each, name in names if each == party)}"


def name_purposes(names: Sequence[tuple[str, str]], purposes: Sequence[str]) -> str:
    """Give several purposes for a reader."""
    solutions = [BARGAINS[each] for each in purposes if each in BARGAINS]
    words = [f"balanced ({', '.join(solutions)})"] if solutions else []
    words += [name_purpose(names, each) for each in purposes if each not in BARGAINS]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def title_of(scenario: Scenario, goal: Goal, purposes: Sequence[Purpose]) -> str:
    """Give a designed plan's title."""
    names = [(party.id, party.name) for party in scenario.parties]
    words = name_purposes(names, [each.id for each in purposes])
    return f"Designed to reach '{goal.words}': {words}"


def describe_designs(
    scenario: Scenario, goal: Goal, basis: Basis, designs: Sequence[Design]
) -> tuple[str, ...]:
    """Say that the goal can be reached, on what that rests, and how."""
    several = len(designs) > 1
    what = "plans" if several else "a plan"
    head = (
        f"'{goal.words}' can be reached by {what} that every party wants to"
        f" keep at every step: {'they hold' if several else 'it holds'} {basis.words}"
    )
    names = [(party.id, party.name) for party in scenario.parties]
    out = [head]
    for each in designs:
        steps = f"{len(each.steps)} step{'s' if len(each.steps) > 1 else ''}"
        worth = " and ".join(
            f"{in_sentence(party.name)} {float(gain):+.1f}"
            for party, gain in zip(scenario.parties, each.gains, strict=True)
        )
        out.append(
            f"{name_purposes(names, each.purposes)}: {each.plan}, {steps} within"
            f" {say_years(each.years)}; gains over no deal, in points a year: {worth}"
        )
    return tuple(out)


def say_years(years: float) -> str:
    """Say a time.

    Examples
    --------
    >>> say_years(2.0), say_years(0.5), say_years(0.0)
    ('2 years', '6 months', 'the first period')
    """
    if years == 0:
        return "the first period"
    months = years * 12
    if abs(years - round(years)) < 1e-9:
        return f"{round(years)} year{'s' if round(years) != 1 else ''}"
    if abs(months - round(months)) < 1e-9:
        return f"{round(months)} months"
    return f"{number(years)} years"


def describe_failure(
    scenario: Scenario,
    goal: Goal,
    exclusion: Exclusion,
    searched: Searched,
    attempt: Attempt,
    furthest: Furthest | None,
    unravels: bool,
    openers: Sequence[Opener] | None,
) -> tuple[str, ...]:
    """Say that no plan was found, what proves that there is none, and how far one can go."""
    kind = "plan that goes on step by step"
    out = []
    if not exclusion.possible and not exclusion.n_ends_left and exclusion.breakers:
        who = " or ".join(in_sentence(scenario.parties[p].name) for p in exclusion.breakers)
        out.append(
            f"no {kind} reaches '{goal.words}' and holds, whatever follows a breach: once it is"
            f" reached, with the other ladders at whatever level, {who} would not keep to it even"
            " if a breach brought the least that any equilibrium leaves (punishment floors)"
        )
    elif not exclusion.possible:
        out.append(
            f"no {kind} reaches '{goal.words}' and holds, whatever follows a breach: on every way"
            " there some step would be broken even if a breach brought the least that any"
            " equilibrium leaves (punishment floors)"
        )
    elif not searched.labels:
        out.append(
            f"none was found: once '{goal.words}' is reached, with the other ladders at whatever"
            " level, somebody would not keep to it under any threat that was tried. That is no"
            " proof that there is none"
        )
    else:
        out.append(
            f"none was found among the plans that go on step by step towards '{goal.words}':"
            f" {searched.labels:,} parts of plans were looked at, {searched.judged:,} whole plans"
            " were judged. That is no proof that there is none"
        )
    if unravels:
        reason = next(each for each in attempt.verdict.reasons if "unravelling" in each)
        out.append(reason)
    if furthest is None:
        out.append("no lesser level of the same ladders was found that a plan could reach either")
        way = "the straight way there"
    else:
        n_steps = len(furthest.design.steps)
        out.append(
            f"the furthest that a plan was found to reach and hold is '{furthest.goal}', in"
            f" {n_steps} step{'s' if n_steps > 1 else ''}"
        )
        way = "straight on from there"
    out.append(f"{way}: {attempt.verdict.sentence.rstrip('.')}")
    if openers is not None:
        out.append(_open(attempt, openers))
    return tuple(out)


def _open(attempt: Attempt, openers: Sequence[Opener]) -> str:
    if not openers:
        return f"no single number, at whatever value, makes {attempt.plan} hold"
    named = "; ".join(each.words for each in openers[:MOST_NAMED])
    more = f"; and {len(openers) - MOST_NAMED} more" if len(openers) > MOST_NAMED else ""
    return f"what alone would make {attempt.plan} hold: {named}{more}"
