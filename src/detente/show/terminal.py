"""What `check` says in a terminal: the answer first, then what it rests on."""

from __future__ import annotations

import io
import shlex
from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    Margin,
    Reading,
    ReadingResult,
    StatementResult,
    Verdict,
)
from detente.library import name_file
from detente.show.numbers import (
    NOISE,
    clean_text,
    decimals_for,
    print_points,
    print_seconds,
    print_signed,
)
from detente.show.tables import (
    STYLE_OF,
    WORD_OF,
    tabulate_margins,
    tabulate_readings,
    tabulate_responses,
    why_unfinished,
)
from detente.show.words import as_you_say, count, joined, sentence_case

MAX_LISTED = 4  # breaches listed under a table; the table has them all
GLOSSARY = {
    Reading.NO_DEAL: "the others go back to what they would do without any deal",
    Reading.WRITTEN: "the plan's own response follows, as far as it is in their interest",
    Reading.HARSHEST: "the worst that anybody could credibly do to the one who broke it",
}


def render_check(check: Check) -> RenderableType:
    """Give everything that `check` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(check)]
    broken = [each for each in check.statements if not each.kept]
    if broken:
        parts += [Text(), *broken_statements(broken)]
    parts.append(Text())
    for verdict in check.verdicts:
        parts += _answer(verdict)
    for verdict in check.verdicts:
        parts += [Text(), Rule(_plan_name(verdict), align="left", style="dim")]
        parts += _plan(check, verdict)
    parts += [Text(), Rule(Text("What this rests on", style="bold"), align="left", style="dim")]
    parts += _ground(check)
    return Group(*parts)


def render_verdict(check: Check, verdict: Verdict) -> RenderableType:
    """Give what `check` says about one plan."""
    return Group(*_answer(verdict), Text(), *_plan(check, verdict))


def _head(check: Check) -> Text:
    text = Text(clean_text(check.title), style="bold")
    text.append(f"   {clean_text(name_file(check.file))}", style="not bold dim")
    for setting in check.settings:
        text.append(f"\nwith {clean_text(setting)}", style="not bold yellow")
    return text


def broken_statements(broken: list[StatementResult]) -> Iterator[RenderableType]:
    """Give what is said of statements that do not come out."""
    text = Text("The model is wrong, not the world: ", style="bold red")
    yield text.append("something you are sure of does not come out.", style="not bold")
    for each in broken:
        words = Text(f"{clean_text(each.words)}: ")
        words.append(f"you say {each.expected}, the model says {each.found}", style="red")
        if each.because:
            words.append(f" (because {clean_text(each.because)})")
        if each.place is not None:
            words.append(f" [{clean_text(str(each.place))}]", style="dim")
        yield Padding(words, (0, 0, 0, 2))
    yield Text("Mend the numbers or the payoffs before you trust the answers below.")


def _answer(verdict: Verdict) -> Iterator[RenderableType]:
    readings = {result.reading for result in verdict.results}
    if verdict.answer is Answer.HOLDS and verdict.mildest is Reading.HARSHEST and len(readings) > 1:
        text = Text("CAN HOLD", style="bold yellow")  # but not by what the plan itself provides
    else:
        text = Text(WORD_OF[verdict.answer].upper(), style=STYLE_OF[verdict.answer])
    text.append(f"  {clean_text(verdict.plan)}", style="bold")
    yield text
    body = Text(clean_text(verdict.sentence))
    for reason in verdict.reasons:
        body.append(f"\n{_as_sentence(reason)}")
    yield Padding(body, (0, 0, 0, 2))


def _plan_name(verdict: Verdict) -> Text:
    text = Text(clean_text(verdict.plan), style="bold")
    if verdict.title and verdict.title != verdict.plan:
        text.append(f": {clean_text(verdict.title)}", style="not bold")
    return text


def _plan(check: Check, verdict: Verdict) -> Iterator[RenderableType]:
    if verdict.results:
        result = verdict.results[0]
        also = sum(each.reading is result.reading for each in verdict.results) > 1
        left_open = f" (and, where the plan leaves its path open, {result.opening.words})"
        yield Text(
            "Margins: points a year that each party gains by keeping its word rather than "
            f"breaking it, if what follows a breach is {result.reading.words}"
            f"{left_open if also else ''}.",
            style="italic",
        )
        if not result.status.is_answer:
            yield Text(f"Not an answer: {why_unfinished(result)}.", style="yellow")
        yield tabulate_margins(check, verdict, result)
        yield from _breaches(result)
        yield Text()
        yield tabulate_readings(verdict)
        written = [each for each in verdict.results if each.reading is Reading.WRITTEN]
        table = tabulate_responses(check, written[0]) if written else None
        if table is not None:
            yield Text("\nWithin these responses somebody would not do its part:")
            yield table
    entries = list(_entry(check, verdict))
    if entries:
        yield Text("\nGlad to sign?", style="bold")
        if not check.no_deal.found:
            yield Text("  Not an answer: no deal was not found.", style="yellow")
        yield from entries


def _breaches(result: ReadingResult) -> Iterator[RenderableType]:
    """List the breaches that the sentence does not name."""
    named = result.breaks_at
    worst: dict[tuple[int, str], Margin] = {}
    for margin in result.margins:
        key = (margin.step, margin.party)
        negative = not margin.in_response and margin.margin < -NOISE
        if negative and (key not in worst or margin.margin < worst[key].margin):
            worst[key] = margin
    if named is not None and not named.in_response:
        worst.pop((named.step, named.party), None)
    listed = sorted(worst.values(), key=lambda m: m.step)
    for margin in listed[:MAX_LISTED]:
        digits = decimals_for(margin.margin)
        words = (
            f"Also at step {margin.step}: {clean_text(margin.party_name)} would break it"
            f"{f' ({clean_text(margin.deviation)})' if margin.deviation else ''}: staying "
            f"{print_points(margin.staying, digits)}, "
            f"leaving {print_points(margin.leaving, digits)}."
        )
        yield Padding(Text(words), (0, 0, 0, 2))
    if len(listed) > MAX_LISTED:
        yield Text(f"  ... and {count(len(listed) - MAX_LISTED, 'more breach', 'more breaches')}.")


def _entry(check: Check, verdict: Verdict) -> Iterator[RenderableType]:
    for party, name in zip(check.parties, check.party_names, strict=True):
        entries = sorted((e for e in verdict.entries if e.party == party), key=lambda e: e.step)
        if entries:
            text = Text.assemble((clean_text(name), "bold"), f": {_glad(entries)}")
            yield Padding(text, (0, 0, 0, 2))


def _glad(entries: list[Entry]) -> str:
    first = entries[0]
    compared = f"the plan is worth {print_signed(first.gain)} points a year against no deal"
    sorry = [each for each in entries[1:] if each.gain < -NOISE]
    if first.gain < -NOISE:
        return f"no, {compared}."
    if abs(first.gain) <= NOISE:
        return "indifferent: the plan is worth what no deal is worth."
    if not sorry:
        later = ", and it stays glad at every step" if len(entries) > 1 else ""
        return f"yes, {compared}{later}."
    steps = joined([str(each.step) for each in sorry])
    worst = min(sorry, key=lambda e: e.gain)
    where = f" at step {worst.step}" if len(sorry) > 1 else ""
    return (
        f"yes, {compared}; but at step {steps} no deal would be better for it "
        f"({print_signed(worst.gain)}{where})."
    )


def _ground(check: Check) -> Iterator[RenderableType]:
    today, later = check.no_deal.words[:1], check.no_deal.words[1:]
    no_deal = Text(" ".join(_as_sentence(words) for words in today))
    values = [
        f"{clean_text(name)} {print_points(float(value))}"
        for name, value in zip(check.party_names, check.no_deal.values, strict=True)
    ]
    no_deal.append(f" Worth today, in points a year: {joined(values)}.")
    if not check.no_deal.found:
        no_deal.append(
            " The search went round in a circle: take this as one possibility.", "yellow"
        )
    if check.no_deal.several and not check.no_deal.warnings:
        no_deal.append(" There is more than one such outcome; this is the one used.", "yellow")
    yield no_deal
    for words in later:
        yield Padding(Text(_as_sentence(words)), (0, 0, 0, 2))
    for name, scale in zip(check.party_names, check.scales, strict=True):
        if scale:
            text = Text(f"Points of {clean_text(name)}: ", style="bold")
            text.append(f"{clean_text(scale).rstrip('.')}.", style="not bold")
            yield text
    yield Text("Each party has a scale of its own: never compare points of two parties.")
    readings = {result.reading for verdict in check.verdicts for result in verdict.results}
    for reading, words in GLOSSARY.items():
        if reading in readings:
            text = Text(f"{sentence_case(reading.words)}: ", style="bold")
            yield text.append(f"{words}.", style="not bold")
    if _has_openings(check):
        text = Text("Left open: ", style="bold")
        words = "where the plan says nothing: after an alarm, a hostile government, later steps."
        yield text.append(words, style="not bold")
    yield from _statements(check)
    for warning in dict.fromkeys((*check.no_deal.warnings, *check.warnings)):
        yield Text("Note: ", style="bold yellow").append(clean_text(warning), style="not bold")
    yield from _hint(check)
    sizes = check.sizes
    yield Text(
        f"{count(sizes.states, 'state')}, {count(sizes.profiles, 'combination')} of actions, "
        f"{count(sizes.entries, 'possible outcome')}; {print_seconds(check.seconds)}.",
        style="dim",
    )


def _has_openings(check: Check) -> bool:
    return any(
        len(verdict.results) > len({result.reading for result in verdict.results})
        for verdict in check.verdicts
    )


def _as_sentence(words: str) -> str:
    text = sentence_case(clean_text(words).strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _statements(check: Check) -> Iterator[Text]:
    kept = [each for each in check.statements if each.kept]
    if kept:
        text = Text("What you are sure of: ", style="bold")
        words = as_you_say(len(kept), len(check.statements))
        yield text.append(words, style="not bold")


def _hint(check: Check) -> Iterator[Text]:
    """Offer the command that explains a breach, or where there is none the tightest margin."""
    breaks = [v for v in check.verdicts if v.answer is not Answer.HOLDS]
    for verdict in [*breaks, *check.verdicts]:
        result = verdict.results[0] if verdict.results else None
        own = [m for m in result.margins if not m.in_response] if result is not None else []
        if result is None or not own:
            continue
        first = result.breaks_at
        if first is None or first.in_response:
            first = min(own, key=lambda m: m.margin)
        words = ["detente", "explain", name_file(check.file), "--plan", verdict.plan]
        words += ["--step", str(first.step), "--party", first.party]
        words += ["--reading", result.reading] if result.reading is not Reading.NO_DEAL else []
        for setting in check.settings:
            words += ["--set", setting]
        yield Text("Why, term by term:", style="bold")
        # On one line whatever the width, so that it can be copied whole.
        command = f"  {shlex.join(clean_text(word) for word in words)}"
        yield Text(command, style="cyan", no_wrap=True, overflow="ignore")
        return


def print_plain(renderable: RenderableType, width: int = 80) -> str:
    """Give what a console of some width would print, without colour.

    Examples
    --------
    >>> print_plain(Text("all well", style="bold green")).strip()
    'all well'
    """
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, emoji=False, markup=False)
    console.print(renderable, crop=False)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"
