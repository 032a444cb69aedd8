"""A screening in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detente.ask.screening import Deed, Entering, Exposure, Interval, ScreenStep, TypeAnswer
from detente.ask.sentences import in_sentence, number
from detente.ask.stepwise import GivenUp
from detente.scenario.model import Plan

TOL_BELIEF = 5e-4  # beliefs are printed to a tenth of a percent


def screen_sentences(
    name: str,
    plan: Plan,
    types: Sequence[TypeAnswer],
    steps: Sequence[ScreenStep],
    entering: Sequence[Entering],
) -> tuple[str, ...]:
    """Say what each type does, what that costs the others, and what they can learn.

    Parameters
    ----------
    name : the name of the party whose types they are
    """
    return (
        *(_course(plan, each, steps) for each in types),
        *_losses(types),
        *_entering(types, entering),
        *_separation(name, types, steps),
        *_beliefs(types, steps),
        *_waiting(types, steps, entering),
    )


def percent(belief: float) -> str:
    """Write a belief as a percentage.

    Examples
    --------
    >>> percent(0.4), percent(0.5625), percent(1.0), percent(0.99999)
    ('40%', '56.3%', '100%', 'over 99.9%')
    """
    if 0 < belief < TOL_BELIEF:
        return "under 0.1%"
    if 1 - TOL_BELIEF < belief < 1:
        return "over 99.9%"
    return f"{100 * belief:.1f}".removesuffix(".0") + "%"


def _name_step(plan: Plan, step: int) -> str:
    """Name a step, counted from 1."""
    if step > len(plan.steps):
        return "the end, once all steps are done"
    return f"step {step} '{plan.steps[step - 1].id}'"


def _course(plan: Plan, each: TypeAnswer, steps: Sequence[ScreenStep]) -> str:
    if not each.signs:
        return (
            f"'{each.type}' would not sign: its best reply to the plan is worth"
            f" {number(each.best)} points a year to it, no deal {number(each.no_deal)}"
        )
    gain = f" ({number(each.best - each.no_deal)} points a year more than no deal)"
    if each.departs_at is None:
        words = f"'{each.type}' keeps the plan to its end{gain}"
        off = each.best - each.honest
        if off > 1e-6 * max(1.0, abs(each.best)):
            words += (
                ", as long as nothing disturbs it: in responses, and when the plan resumes after"
                f" them, it would depart, which is worth {number(off)}"
            )
        return words
    tempted = f"{number(each.best - each.honest)} points a year more than keeping its word"
    where = _name_step(plan, each.departs_at)
    if each.kept_openly == each.kept:
        done = _kept(each.departs_at - 1, len(plan.steps))
        return f"'{each.type}' {done} openly at {where} ({each.departs}); worth {tempted}"
    since = f"from {where} on" if each.departs_at <= len(plan.steps) else "once all steps are done"
    words = f"'{each.type}' imitates: it would {each.departs} {since}"
    if each.kept_openly is None:
        return f"{words} and is never seen to break the plan; worth {tempted}"
    later = _name_step(plan, each.kept_openly + 1)
    how = next(
        (t.words for s in steps for t in s.types if t.type == each.type and t.deed is Deed.BREAKS),
        "",
    )
    return f"{words}, and would break it openly at {later} ({how}); worth {tempted}"


def _kept(done: int, n_steps: int) -> str:
    if done == 0:
        return "breaks the plan at once,"
    if done >= n_steps:
        return "keeps all steps and then breaks the plan"
    return f"keeps {'step 1' if done == 1 else f'steps 1 to {done}'} and breaks the plan"


def _losses(types: Sequence[TypeAnswer]) -> Iterator[str]:
    for each in types:
        for other in each.exposures:
            yield _loss(each, other)


def _loss(each: TypeAnswer, other: Exposure) -> str:
    name = in_sentence(other.party_name)
    given = name_given_up(other.given_up)
    had = f"has given up {given}" if given else "has given up nothing that it cannot take back"
    gap = other.loss
    if abs(gap) < 1e-9 * max(1.0, abs(other.worth)):
        compared = "as if it had never signed"
    else:
        word = "less" if gap > 0 else "more"
        compared = f"{number(abs(gap))} {word} than if it had never signed"
    return (
        f"when '{each.type}' departs, {name} {had}; from then on it gets {number(other.worth)}"
        f" points a year, {compared}"
    )


def name_given_up(given: Sequence[GivenUp]) -> str:
    """List what was given up, with the time that it takes to get it back."""
    parts = []
    for each in given:
        time = "never to be taken back" if each.years == float("inf") else _years(each.years)
        parts.append(f"{each.ladder} ({each.level}: {time})")
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _years(years: float) -> str:
    size, noun = (12 * years, "month") if years < 0.95 else (years, "year")
    text = f"{size:.1f}".removesuffix(".0")
    return f"{text} {noun if text == '1' else noun + 's'} to take back"


def _entering(types: Sequence[TypeAnswer], entering: Sequence[Entering]) -> Iterator[str]:
    first = types[0].type
    for each in entering:
        name = in_sentence(each.party_name)
        gains = ", ".join(
            f"{'+' if gain > 0 else ''}{number(gain)} against '{kind.type}'"
            for kind, gain in zip(types, each.gains, strict=True)
        )
        found = f"for {name} signing is worth it {when_believed(each.worth_it, first)}"
        expected = f"; {number(each.expected)} at the shares of the file"
        yield f"{found} ({gains} points a year, compared with no deal{expected})"


def when_believed(interval: Interval | None, first: str) -> str:
    """Say for which beliefs in a type something is so.

    Examples
    --------
    >>> when_believed(Interval(0.25, 1.0), "serious")
    "from a belief of 25% in 'serious' on"
    """
    if interval is None:
        return "at no belief"
    if interval.low <= 0 and interval.high >= 1:
        return "whatever it believes"
    if interval.high >= 1:
        return f"from a belief of {percent(interval.low)} in '{first}' on"
    if interval.low <= 0:
        return f"up to a belief of {percent(interval.high)} in '{first}'"
    low, high = percent(interval.low), percent(interval.high)
    return f"for beliefs of {low} to {high} in '{first}'"


def _separation(
    name: str, types: Sequence[TypeAnswer], steps: Sequence[ScreenStep]
) -> Iterator[str]:
    signing = {each.signs for each in types}
    if len(signing) > 1:
        yield "signing itself separates the types: not all of them would"
    found = next((each for each in steps if each.separates), None)
    if found is not None:
        where = "the end" if found.step_id == "settled" else f"step {found.step} '{found.step_id}'"
        deeds = {each.deed for each in found.types if each.deed is not Deed.GONE}
        if Deed.BREAKS in deeds:
            yield f"{where} separates the types: there some of them break it and others do not"
        else:
            yield (
                f"{where} is where the types part, in secret only: all look as if they kept it, and"
                " nothing but alarms tells them apart"
            )
    elif len(signing) == 1:
        yield "no step of this plan separates the types: all of them do the same at every step"
    idle = [each for each in steps if not each.asks and each.step_id != "settled"]
    if idle:
        which = " and ".join(f"step {each.step} '{each.step_id}'" for each in idle)
        verb = "asks" if len(idle) == 1 else "ask"
        yield (
            f"{which} {verb} nothing of {in_sentence(name)}, so keeping"
            f" {'it' if len(idle) == 1 else 'them'} says nothing about its type"
        )
    cheap = [each for each in steps if each.cheap]
    if cheap:
        which = " and ".join(f"step {each.step} '{each.step_id}'" for each in cheap)
        yield (
            f"what {which} asks of {in_sentence(name)} costs no type anything: keeping it is a"
            " cheap statement, and separates nothing"
        )


def _beliefs(types: Sequence[TypeAnswer], steps: Sequence[ScreenStep]) -> Iterator[str]:
    known = [each for each in steps if each.belief is not None]
    ends = [each for each in steps if each.kept is not None and each.step_id != "settled"]
    if not known or not ends or known[0].belief is None or ends[-1].kept is None:
        return
    first, start, end = types[0].type, known[0].belief[0], ends[-1].kept[0]
    if abs(start - end) < TOL_BELIEF:
        words = (
            f"kept without an alarm, the steps leave the belief in '{first}' at {percent(start)}"
        )
    else:
        words = (
            f"kept without an alarm, the steps move the belief in '{first}' from"
            f" {percent(start)} to {percent(end)}"
        )
    told = [
        each
        for each in steps
        if each.alarm is not None
        and each.belief is not None
        and abs(each.alarm[0] - each.belief[0]) >= TOL_BELIEF
    ]
    if told:
        most = max(told, key=lambda s: abs(s.alarm[0] - s.belief[0]) if s.alarm and s.belief else 0)
        if most.alarm is not None and most.belief is not None:
            where = "the end" if most.step_id == "settled" else f"step {most.step}"
            words += (
                f"; an alarm at {where} moves it from {percent(most.belief[0])} to"
                f" {percent(most.alarm[0])}"
            )
    yield words


def _waiting(
    types: Sequence[TypeAnswer], steps: Sequence[ScreenStep], entering: Sequence[Entering]
) -> Iterator[str]:
    """Say at which step another party would stop for want of belief, if it does."""
    first = types[0].type
    for place, other in enumerate(entering):
        name = in_sentence(other.party_name)
        for each in steps:
            if each.belief is None:
                continue
            need, have = each.needed[place], each.belief[0]
            if need is not None and need.low - 1e-12 <= have <= need.high + 1e-12:
                continue
            where = "the end" if each.step_id == "settled" else f"step {each.step} '{each.step_id}'"
            yield (
                f"at {where} {name} would rather break the plan itself: keeping it is worth it"
                f" {when_believed(need, first)}, and it believes {percent(have)}"
            )
            break
