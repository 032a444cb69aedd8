"""The verdict in words: one sentence, the moves of each step, and the reasons behind."""

from __future__ import annotations

import math

from detente.ask.knowledge import Knower
from detente.ask.verdict import (
    Answer,
    Entry,
    Margin,
    Opening,
    Reading,
    ReadingResult,
    StepMove,
)
from detente.compile.build import Compiled
from detente.scenario.model import Plan, Scenario, Step
from detente.solve.dispatch import MOST_PARTIES

WORDS_OF_READING = {
    Reading.NO_DEAL: "by return to no deal: whoever breaks it loses enough when the other side"
    " merely goes back to what it would do anyway",
    Reading.WRITTEN: "as written: its own responses are enough, and worth carrying out",
    Reading.HARSHEST: "only under the harshest credible threats",
}

IF_OPENED = {
    Opening.NO_DEAL: "if no deal follows",
    Opening.WRITTEN: "if the written responses follow",
    Opening.BEST: "if the best equilibrium for the plan follows",
}


def number(value: float) -> str:
    """Write points for a sentence: no decimals from 10 on, else one.

    Examples
    --------
    >>> number(231.4), number(-3.26), number(0.004), number(1e-17)
    ('231', '-3.3', '0.004', '0')
    """
    if not math.isfinite(value):
        return "without bound"
    if abs(value) < 1e-12:
        return "0"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 0.1 else f"{value:.2g}"


def staying_and_leaving(margin: Margin) -> str:
    """Write both sides of a failing margin with digits that tell them apart and add up."""
    short = abs(margin.margin)
    for digits in range(0 if short >= 2 else 1, 7):
        shown = [round(each, digits) for each in (margin.leaving, margin.staying, short)]
        if shown[2] and abs(shown[0] - shown[1] - shown[2]) < 0.5 * 10**-digits:
            break
    return (
        f"staying {margin.staying:.{digits}f}, leaving {margin.leaving:.{digits}f}, short by"
        f" {short:.{digits}f} points a year"
    )


def in_sentence(name: str) -> str:
    """Give a party's name as it stands within a sentence.

    Examples
    --------
    >>> in_sentence("The exporter"), in_sentence("North Korea")
    ('the exporter', 'North Korea')
    """
    return f"the {name[4:]}" if name.startswith("The ") else name


def sum_up(
    scenario: Scenario,
    plan: Plan,
    results: tuple[ReadingResult, ...],
    asked: tuple[Reading, ...],
) -> str:
    """Say in one sentence whether the plan holds, or where it breaks and by how much."""
    main = [next(r for r in results if r.reading is reading) for reading in asked]
    holds = next((r for r in main if r.answer is Answer.HOLDS), None)
    if holds is not None and holds is main[0]:
        return f"{plan.id} HOLDS {WORDS_OF_READING[holds.reading]}{_tightest(holds)}."
    if holds is None:
        return f"{plan.id} {_breaking(plan, main[0], capitals=True)}{_beyond(main)}."
    open_well = any(
        r.reading is Reading.NO_DEAL and r.opening is Opening.BEST and r.answer is Answer.HOLDS
        for r in results
    )
    if holds.reading is Reading.HARSHEST and open_well:
        return (
            f"{plan.id} HOLDS only if whatever it leaves open ({_left_open(scenario, plan)}) is"
            f" followed by the best equilibrium for it; return to no deal then deters every breach."
            f" If no deal follows there, it {_breaking(plan, main[0])}."
        )
    return (
        f"{plan.id} HOLDS {WORDS_OF_READING[holds.reading]}{_tightest(holds)};"
        f" by {main[0].reading.words} alone it {_breaking(plan, main[0])}."
    )


def _left_open(scenario: Scenario, plan: Plan) -> str:
    """Name what can leave the plan's path open in this scenario."""
    found = ["an alarm"] if scenario.inspections else []
    found += ["a hostile government"] if scenario.governments else []
    found += ["its later steps"] if plan.later_steps_open else []
    return ", ".join(found)


def _tightest(result: ReadingResult) -> str:
    own = [m for m in result.margins if not m.in_response]
    if not own:
        return ""
    least = min(own, key=lambda m: m.margin)
    if least.margin < 1e-6 * max(1.0, abs(least.staying)):
        return f"; nothing is to spare for {in_sentence(least.party_name)} at {_where(least)}"
    return (
        f"; the tightest margin is {in_sentence(least.party_name)}'s at {_where(least)},"
        f" {number(least.margin)} points a year"
    )


def _where(margin: Margin) -> str:
    if margin.step_id == "settled":
        return "the end, once all steps are done"
    return f"step {margin.step} '{margin.step_id}'"


def _breaking(plan: Plan, result: ReadingResult, capitals: bool = False) -> str:
    broken = result.breaks_at
    if broken is None and result.answer is Answer.FAILS:
        verb = "DOES NOT HOLD" if capitals else "does not hold"
        return f"{verb}: no equilibrium keeps to it, whatever follows a breach"
    if broken is None:
        return f"is undecided under {result.reading.words}"
    if broken.in_response:
        reach = "KEEPS ITS OWN STEPS" if capitals else "keeps its own steps"
        where = f"but {_name_part(broken, result)}, at {_where(broken)},"
    elif result.carries_to == 0:
        reach = "BREAKS AT ONCE" if capitals else "breaks at once"
        where = f"at {_where(broken)}"
    else:
        end = result.carries_to >= len(plan.steps)
        to = "its end" if end else f"step {result.carries_to}"
        reach = f"{'CARRIES TO' if capitals else 'carries to'} {to}"
        where = f"at {_where(broken)}"
    return f"{reach}; {where} {_leaving(broken)}: {staying_and_leaving(broken)}"


def _leaving(broken: Margin) -> str:
    """Say what the party would do: cheat, or walk away and how."""
    name = in_sentence(broken.party_name)
    if broken.deviation == "cheat in secret":
        return f"{name} would cheat in secret"
    how = f" ({broken.deviation})" if broken.deviation else ""
    return f"{name} would walk away{how}"


def _name_part(broken: Margin, result: ReadingResult) -> str:
    """Name the response in which a margin stands, with the party's name for its id."""
    words = broken.in_response
    if words == "resuming after a response":
        return "when it resumes after a response"
    head, _, party = words.rpartition(" ")
    names = {m.party: in_sentence(m.party_name) for m in result.margins}
    name = names.get(party, party)
    if head == "while the government is hostile in":
        return f"while the government of {name} is hostile"
    return f"in the {head} {name}"


def _beyond(main: list[ReadingResult]) -> str:
    """Say what the harsher readings that were asked for could do about it."""
    last = main[-1]
    if last.reading is Reading.HARSHEST:
        if last.answer is Answer.FAILS:
            return _beyond_all(main[0].breaks_at, last)
        if last.answer is Answer.UNDECIDED:
            known = last.status.words
            if last.by == "punishment floors":
                known = f"all equilibria are computed for at most {MOST_PARTIES} parties"
            return (
                "; whether a harsher response could deter this is undecided:"
                f" the bounds are still {number(last.gap)} points apart ({known})"
            )
    if last.reading is Reading.WRITTEN and len(main) > 1:
        return "; the written responses do not deter this"
    return ""


def _beyond_all(broken: Margin | None, harshest: ReadingResult) -> str:
    """Say that no response helps: not with this breach, or not with a later one."""
    fatal = harshest.breaks_at
    same = [
        m
        for m in harshest.margins
        if broken is not None
        and (m.step, m.party, m.in_response) == (broken.step, broken.party, broken.in_response)
    ]
    if fatal is None or any(m.margin < 0 for m in same):
        return "; no response that anyone would want to carry out deters this"
    return (
        "; nor would the harshest response that anyone would want to carry out make it hold:"
        f" under that, {_leaving(fatal)} at {_where(fatal)}"
    )


def describe_moves(compiled: Compiled, plan: Plan) -> tuple[StepMove, ...]:
    """Say who moves what at each step."""
    return tuple(
        StepMove(index + 1, step.id, _moves(compiled, step), step.place)
        for index, step in enumerate(plan.steps)
    )


def _moves(compiled: Compiled, step: Step) -> str:
    by_holder: dict[str, list[str]] = {}
    for ladder, target in step.targets.items():
        each = compiled.layout.ladders[compiled.layout.number(ladder)]
        holders = " and ".join(compiled.scenario.party(p).name for p in each.holders)
        by_holder.setdefault(holders, []).append(f"{ladder} to {each.levels[target].id}")
    parts = [f"{holders}: {', '.join(moves)}" for holders, moves in by_holder.items()]
    first = f" ({compiled.scenario.party(step.first).name} first)" if step.first else ""
    return "; ".join(parts) + first


def add_reasons(
    knower: Knower, plan: Plan, results: tuple[ReadingResult, ...], entries: tuple[Entry, ...]
) -> tuple[str, ...]:
    """Give further sentences: entry, the end state, unravelling, open readings."""
    compiled = knower.compiled
    reasons = [
        f"{in_sentence(each.party_name)} would not sign: the plan is worth"
        f" {number(each.plan)} points a year to it, no deal {number(each.no_deal)}"
        for each in entries
        if each.step == 1 and each.gain < -1e-9 * max(1.0, abs(each.plan))
    ]
    failed = next((r for r in results if r.answer is Answer.FAILS), None)
    broken = failed.breaks_at if failed is not None else None
    if broken is not None and failed is not None:
        unravels = (
            ""
            if any(r.answer is Answer.HOLDS for r in results)
            else explain_unravelling(compiled, plan, broken)
        )
        if unravels:
            reasons.append(unravels)
        settled = [m for m in failed.margins if m.step_id == "settled" and not m.in_response]
        weak = [m for m in settled if m.margin < -1e-9]
        holds = any(r.answer is Answer.HOLDS for r in results)
        if weak and not holds and broken.step_id != "settled":
            names = " and ".join(dict.fromkeys(in_sentence(m.party_name) for m in weak))
            order = ", so no order of the same steps holds" if len(plan.steps) > 1 else ""
            reasons.append(
                f"the end state does not hold by itself either, under {failed.reading.words}:"
                f" {names} would walk away once all steps are done{order}"
            )
    reasons += _by_opening(compiled.scenario, plan, results)
    return tuple(reasons)


def _by_opening(scenario: Scenario, plan: Plan, results: tuple[ReadingResult, ...]) -> list[str]:
    """Say how the answer depends on what follows where the plan leaves its path open.

    Said once, under the mildest reading where it does: a table has the others.
    """
    for reading in dict.fromkeys(r.reading for r in results):
        same = {r.opening: r for r in results if r.reading is reading}
        if len(same) > 1:
            cases = "; ".join(
                f"{IF_OPENED[opening]}, it {_outcome(same[opening])}"
                for opening in Opening
                if opening in same
            )
            return [
                f"under {reading.words} it matters what follows where the plan leaves its path"
                f" open ({_left_open(scenario, plan)}): {cases}"
            ]
    return []


def _outcome(result: ReadingResult) -> str:
    if result.answer is Answer.HOLDS:
        return "holds"
    if result.answer is Answer.UNDECIDED:
        return "is undecided"
    if result.breaks_at is None:
        return "does not hold"
    if result.breaks_at.in_response:
        return "keeps its steps, but not its responses"
    return f"carries to step {result.carries_to}" if result.carries_to else "breaks at once"


def explain_unravelling(compiled: Compiled, plan: Plan, broken: Margin) -> str:
    """Say so where nothing that the other side does can be taken back any more.

    Whoever walks away then keeps all it was given; see design note "finite irreversible steps
    unravel" (docs/rules.md, R25).
    """
    end: dict[str, int] = {}
    for step in plan.steps:
        end.update(step.targets)
    given = []
    for ladder, target in end.items():
        each = compiled.layout.ladders[compiled.layout.number(ladder)]
        if each.holders == (broken.party,):
            continue
        if each.renewed or target <= each.today:
            return ""
        k = compiled.layout.number(ladder)
        undo = compiled.mover.undo_years[k][each.today + 1 : target + 1]
        if not all(math.isinf(years) for years in undo):
            return ""
        given.append(ladder)
    if not given:
        return ""
    return (
        f"this is unravelling: {' and '.join(given)} can never be taken back, so once that has been"
        f" given nothing keeps {in_sentence(broken.party_name)} to its own part; foreseeing that,"
        " the other side"
        " does not take the last irreversible step, nor the one before. What cures it: steps that"
        " can be undone, benefits that flow on and can be withdrawn, promises that cost something"
        " to break"
    )
