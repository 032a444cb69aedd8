"""A comparison in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.ask.comparison import ComparedPlan, ComparedStep, PartyStep, TimeToGoal
from detente.ask.screen_words import name_given_up
from detente.ask.sentences import in_sentence, number
from detente.ask.verdict import Answer, Opening, Reading

NEAR = 1e-9


def compare_sentences(names: Sequence[str], plans: Sequence[ComparedPlan]) -> tuple[str, ...]:
    """Say which plans hold and on what, who is better off, who is exposed, and how long it takes.

    Parameters
    ----------
    names : of the parties
    plans : in the order asked for
    """
    return (
        *_holding(plans),
        *_carrying(plans),
        *_best_for(names, plans),
        *_exposed(names, plans),
        *_times(plans),
        *_on_the_table(names, plans),
    )


def _all(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _holding(plans: Sequence[ComparedPlan]) -> Iterator[str]:
    """Say what each plan needs, mildest first; plans that need the same together."""
    groups: dict[str, list[str]] = {}
    for each in sorted(plans, key=_strength):
        groups.setdefault(say_needs(each), []).append(each.name)
    for words, names in groups.items():
        if len(names) == 1:
            yield f"{names[0]} {words}"
        else:
            yield f"{_all(names)} each {words}"


def _strength(each: ComparedPlan) -> tuple[int, int]:
    order = [Reading.NO_DEAL, Reading.WRITTEN, Reading.HARSHEST]
    if each.needs is None:
        return (len(order) + (each.verdict.answer is Answer.FAILS), 0)
    return (order.index(each.needs), each.opening is Opening.BEST)


def say_needs(each: ComparedPlan) -> str:
    """Say on what enforcement a plan rests."""
    if each.needs is None:
        if each.verdict.answer is Answer.UNDECIDED:
            return "is undecided: the bounds are still too wide"
        return "does not hold, whatever follows a breach"
    main = next(r for r in each.verdict.results if r.reading is each.needs)
    if each.needs is not Reading.HARSHEST and main.opening is not each.opening:
        after = {
            Opening.NO_DEAL: "no deal follows",
            Opening.WRITTEN: "the written responses follow",
            Opening.BEST: "the best equilibrium for it follows",
        }[each.opening or Opening.BEST]
        then = {
            Reading.NO_DEAL: "returning to no deal",
            Reading.WRITTEN: "what is written in it",
        }[each.needs]
        return f"holds only if {after} where it is left open; {then} then deters every breach"
    return {
        Reading.NO_DEAL: "holds by itself: returning to no deal is enough against every breach",
        Reading.WRITTEN: "holds by the responses written in it",
        Reading.HARSHEST: "holds only under the harshest credible threats",
    }[each.needs]


def _carrying(plans: Sequence[ComparedPlan]) -> Iterator[str]:
    """Say how far plans carry under the mildest reading, where some do not carry to the end."""
    broken = [
        (each, result)
        for each in plans
        if (result := each.verdict.results[0]).answer is Answer.FAILS
        and result.breaks_at is not None
    ]
    if not broken:
        return
    parts = []
    for each, result in broken:
        at = result.breaks_at
        if at is None:
            continue
        where = "the end" if at.step_id == "settled" else f"step {at.step} '{at.step_id}'"
        n = len(each.verdict.moves)
        inside = " in a response" if at.in_response else ""
        who = in_sentence(at.party_name)
        done = f"{min(result.carries_to, n)} of {n} steps"
        parts.append(
            f"{each.name} carries through {done}, then {who} breaks it{inside} at {where}"
            f" (short by {number(-at.margin)})"
        )
    result = broken[0][1]
    yield f"under {result.reading.words}, with {result.opening.words} where it is left open: " + (
        "; ".join(parts)
    )


def _best_for(names: Sequence[str], plans: Sequence[ComparedPlan]) -> Iterator[str]:
    if len(plans) < 2:
        return
    for party, name in enumerate(names):
        gains = [(each.steps[0].parties[party], each) for each in plans]
        ranked = sorted(gains, key=lambda g: g[0].no_deal - g[0].plan)
        first, last = ranked[0], ranked[-1]
        who = in_sentence(name)
        if abs(_gain(first[0]) - _gain(last[0])) < NEAR * max(1.0, abs(_gain(first[0]))):
            same = _signed(_gain(first[0]))
            yield f"all plans are worth the same to {who}: {same} against no deal"
            continue
        text = (
            f"{first[1].name} is best for {who} ({_signed(_gain(first[0]))} points a year against"
            f" no deal), {last[1].name} worst ({_signed(_gain(last[0]))})"
        )
        unsigned = [each.name for step, each in gains if _gain(step) < -NEAR]
        if unsigned:
            text += f"; it would not sign {_all(unsigned)}"
        yield text


def _gain(step: PartyStep) -> float:
    return step.plan - step.no_deal


def _signed(value: float) -> str:
    text = number(value)
    return f"+{text}" if value > 0 and text != "0" else text


def _exposed(names: Sequence[str], plans: Sequence[ComparedPlan]) -> Iterator[str]:
    """Say for each party in which plan, and when, it is exposed most."""
    for party, name in enumerate(names):
        found: list[tuple[float, ComparedPlan, ComparedStep, PartyStep]] = [
            (step.parties[party].exposure or 0.0, each, step, step.parties[party])
            for each in plans
            for step in each.steps
            if step.parties[party].exposure is not None
        ]
        if not found:
            continue
        worst = max(found, key=lambda f: f[0])
        who = in_sentence(name)
        if worst[0] <= NEAR:
            yield f"{who} is never exposed: a broken plan leaves it no worse than not signing"
            continue
        _, each, step, mine = worst
        where = "at the end" if step.step_id == "settled" else f"as step {step.step} begins"
        given = name_given_up(mine.given_up)
        had = f", having given up {given}" if given else ""
        yield (
            f"{who} is exposed most in {each.name} {where}{had}: if it is broken then, that"
            f" costs it {number(worst[0])} points a year against never having signed"
        )


def _times(plans: Sequence[ComparedPlan]) -> Iterator[str]:
    parts = []
    for each in plans:
        alone = each.times[0].undisturbed
        if alone is None:
            parts.append(f"{each.name} is never completed without a disturbance")
            continue
        written = next((t for t in each.times if t.opening is Opening.WRITTEN), None)
        parts.append(f"{each.name} {say_time(each.times[0], written)}")
    if parts:
        yield "time until all steps are done, everybody keeping the plan: " + "; ".join(parts)


def say_time(first: TimeToGoal, written: TimeToGoal | None) -> str:
    """Say how long a plan takes."""
    if first.undisturbed is None:
        return "never"
    words = f"{say_years(first.undisturbed)} if nothing disturbs it"
    if first.chance < 1 - NEAR:
        words += f" (the chance of that is {100 * first.chance:.0f}%)"
    if written is not None and written.expected is not None:
        words += f", {say_years(written.expected)} on average with its responses"
        if written.chance < 1 - 1e-6:
            words += f" where it is completed at all ({100 * written.chance:.0f}%)"
    return words


def say_years(years: float) -> str:
    """Write a number of years.

    Examples
    --------
    >>> say_years(1.0), say_years(2.54), say_years(0.0)
    ('1 year', '2.5 years', '0 years')
    """
    text = f"{years:.1f}".removesuffix(".0")
    return "1 year" if text == "1" else f"{text} years"


def _on_the_table(names: Sequence[str], plans: Sequence[ComparedPlan]) -> Iterator[str]:
    for party, name in enumerate(names):
        parts = []
        for each in plans:
            left = each.left[party]
            high = max(0.0, left.best_high - left.plan)
            low = 0.0 if left.best_low is None else max(0.0, left.best_low - left.plan)
            if left.exact or high <= low:
                parts.append(f"{number(high)} in {each.name}")
            else:
                parts.append(f"{number(low)} to {number(high)} in {each.name}")
        if parts:
            yield (
                f"against the best self-enforcing outcome for it, {in_sentence(name)} leaves on the"
                f" table, in points a year: {', '.join(parts)}"
            )
