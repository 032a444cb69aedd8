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
from detente.compile.stages import ladder_number
from detente.scenario.model import Plan, Step

WORDS_OF_READING = {
    Reading.NO_DEAL: "by return to no deal: whoever breaks it loses enough when the other side"
    " merely goes back to what it would do anyway",
    Reading.WRITTEN: "as written: its own responses are enough, and worth carrying out",
    Reading.HARSHEST: "only under the harshest credible threats",
}


def number(value: float) -> str:
    """Write points for a sentence: no decimals from 10 on, else one.

    Examples
    --------
    >>> number(231.4), number(-3.26), number(0.004)
    ('231', '-3.3', '0.004')
    """
    if not math.isfinite(value):
        return "without bound"
    if abs(value) >= 10:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 0.1 else f"{value:.2g}"


def staying_and_leaving(margin: Margin) -> str:
    """Write both sides of a failing margin with as many digits as tell them apart."""
    for digits in range(7):
        short = round(margin.leaving - margin.staying, digits)
        if (digits and short) or abs(margin.margin) >= 2:
            break
    return (
        f"staying {margin.staying:.{digits}f}, leaving {margin.leaving:.{digits}f}, short by"
        f" {abs(margin.margin):.{digits}f} points a year"
    )


def sum_up(plan: Plan, results: tuple[ReadingResult, ...], asked: tuple[Reading, ...]) -> str:
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
            f"{plan.id} HOLDS only if what it leaves open ({_left_open(plan)}) is met in the way"
            f" best for the plan, and then return to no deal deters every breach; with no deal in"
            f" its place it {_breaking(plan, main[0])}."
        )
    return (
        f"{plan.id} HOLDS {WORDS_OF_READING[holds.reading]}{_tightest(holds)};"
        f" by {main[0].reading.words} alone it {_breaking(plan, main[0])}."
    )


def _left_open(plan: Plan) -> str:
    later = ", the later steps" if plan.later_steps_open else ""
    return f"alarms, hostile governments{later}"


def _tightest(result: ReadingResult) -> str:
    own = [m for m in result.margins if not m.in_response]
    if not own:
        return ""
    least = min(own, key=lambda m: m.margin)
    if least.margin < 1e-6 * max(1.0, abs(least.staying)):
        return f"; nothing is to spare for {least.party_name} at {_where(least)}"
    return (
        f"; the tightest margin is {least.party_name}'s at {_where(least)},"
        f" {number(least.margin)} points a year"
    )


def _where(margin: Margin) -> str:
    if margin.step_id == "settled":
        return "the end, once all steps are done"
    return f"step {margin.step} '{margin.step_id}'"


def _breaking(plan: Plan, result: ReadingResult, capitals: bool = False) -> str:
    broken = result.breaks_at
    if broken is None:
        return f"is undecided under {result.reading.words}"
    if broken.in_response:
        reach = "KEEPS ITS OWN STEPS" if capitals else "keeps its own steps"
        where = f"but {broken.in_response} (broken off at {_where(broken)})"
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
    if broken.deviation == "cheat in secret":
        return f"{broken.party_name} would cheat in secret"
    how = f" ({broken.deviation})" if broken.deviation else ""
    return f"{broken.party_name} would walk away{how}"


def _beyond(main: list[ReadingResult]) -> str:
    """Say what the harsher readings that were asked for could do about it."""
    last = main[-1]
    if last.reading is Reading.HARSHEST:
        if last.answer is Answer.FAILS:
            return "; no response that anyone would itself want to carry out deters this"
        if last.answer is Answer.UNDECIDED:
            return (
                "; whether a harsher response could deter this is undecided:"
                f" the bounds are still {number(last.gap)} points apart ({last.status.words})"
            )
    if last.reading is Reading.WRITTEN and len(main) > 1:
        return "; the written responses do not deter this"
    return ""


def describe_moves(compiled: Compiled, plan: Plan) -> tuple[StepMove, ...]:
    """Say who moves what at each step."""
    return tuple(
        StepMove(index + 1, step.id, _moves(compiled, step), step.place)
        for index, step in enumerate(plan.steps)
    )


def _moves(compiled: Compiled, step: Step) -> str:
    by_holder: dict[str, list[str]] = {}
    for ladder, target in step.targets.items():
        each = compiled.layout.ladders[ladder_number(compiled.layout, ladder)]
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
        f"{each.party_name} would not sign: the plan is worth {number(each.plan)} points a year"
        f" to it, no deal {number(each.no_deal)}"
        for each in entries
        if each.step == 1 and each.gain < -1e-9 * max(1.0, abs(each.plan))
    ]
    failed = next((r for r in results if r.answer is Answer.FAILS), None)
    broken = failed.breaks_at if failed is not None else None
    if broken is not None and failed is not None:
        unravels = (
            ""
            if any(r.answer is Answer.HOLDS for r in results)
            else _unravelling(compiled, plan, broken)
        )
        if unravels:
            reasons.append(unravels)
        settled = [m for m in failed.margins if m.step_id == "settled" and not m.in_response]
        weak = [m for m in settled if m.margin < -1e-9]
        holds = any(r.answer is Answer.HOLDS for r in results)
        if weak and not holds and broken.step_id != "settled":
            names = " and ".join(dict.fromkeys(m.party_name for m in weak))
            reasons.append(
                f"the end state does not hold by itself either: {names} would walk away once all"
                " steps are done, so no order of the same steps holds under this reading"
            )
    for reading in dict.fromkeys(r.reading for r in results):
        same = [r for r in results if r.reading is reading]
        if len(same) > 1:
            reasons.append(_by_opening(same))
    return tuple(reasons)


def _by_opening(same: list[ReadingResult]) -> str:
    """Say how the answer depends on what follows where the plan leaves its path open."""
    cases = "; ".join(f"{r.opening.words}: it {_outcome(r)}" for r in same)
    return (
        f"under {same[0].reading.words} the answer depends on what follows where the plan leaves"
        f" its path open: {cases}"
    )


def _outcome(result: ReadingResult) -> str:
    if result.answer is Answer.HOLDS:
        return "holds"
    if result.answer is Answer.UNDECIDED:
        return "is undecided"
    if result.breaks_at is not None and result.breaks_at.in_response:
        return "keeps its steps, but not its responses"
    return f"carries to step {result.carries_to}" if result.carries_to else "breaks at once"


def _unravelling(compiled: Compiled, plan: Plan, broken: Margin) -> str:
    """Say so where nothing that the other side does can be taken back any more.

    Whoever walks away then keeps all it was given; see design note "finite irreversible steps
    unravel" (docs/rules.md, R25).
    """
    end: dict[str, int] = {}
    for step in plan.steps:
        end.update(step.targets)
    given = []
    for ladder, target in end.items():
        each = compiled.layout.ladders[ladder_number(compiled.layout, ladder)]
        if each.holders == (broken.party,):
            continue
        if each.renewed or target <= each.today:
            return ""
        k = ladder_number(compiled.layout, ladder)
        undo = compiled.mover.undo_years[k][each.today + 1 : target + 1]
        if not all(math.isinf(years) for years in undo):
            return ""
        given.append(ladder)
    if not given:
        return ""
    return (
        f"this is unravelling: {' and '.join(given)} can never be taken back, so once it has been"
        f" given nothing keeps {broken.party_name} paying for it; foreseeing that, the other side"
        " does not take the last irreversible step, nor the one before. What cures it: steps that"
        " can be undone, benefits that flow on and can be withdrawn, promises that cost something"
        " to break"
    )
