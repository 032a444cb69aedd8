"""What `mend` says in a terminal: sentences, then numbers, then other orders and maps."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.ask.mending.records import Mending, NumberMend, PairMap, StructureMend
from detente.ask.verdict import Answer
from detente.library import name_file
from detente.scenario.model import Unit
from detente.show.numbers import clean_text, print_seconds, print_signed
from detente.show.tables import STYLE_OF, WORD_OF, plain_table
from detente.show.terminal import broken_statements
from detente.show.words import as_you_say, count, quantity, sentence_case

MOST_SHOWN = 6  # other orders that do not hold
MARKS = {Answer.HOLDS: "#", Answer.FAILS: ".", Answer.UNDECIDED: "?"}


def render_mending(found: Mending) -> RenderableType:
    """Give everything that `mend` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(found)]
    broken = [each for each in found.statements if not each.kept]
    if broken:
        parts += [Text(), *broken_statements(broken)]
    parts += [Text(), *_answer(found), Text(), _rule("One number alone"), *_numbers(found)]
    if found.structures or found.structures_left_out:
        parts += [Text(), _rule("Other orders and clauses"), *_structures(found)]
    for pair in found.pairs:
        parts += [Text(), _rule(f"{pair.names[0]} and {pair.names[1]}"), *_pair(pair)]
    parts += [Text(), _ground(found)]
    return Group(*parts)


def _rule(words: str) -> Rule:
    return Rule(Text(clean_text(words), style="bold"), align="left", style="dim")


def _head(found: Mending) -> Text:
    text = Text(clean_text(found.title), style="bold")
    text.append(f"   {clean_text(name_file(found.file))}", style="not bold dim")
    for setting in found.settings:
        text.append(f"\nwith {clean_text(setting)}", style="not bold yellow")
    return text


def _answer(found: Mending) -> Iterator[RenderableType]:
    text = Text(WORD_OF[found.answer].upper(), style=STYLE_OF[found.answer])
    yield text.append(f"  {clean_text(found.plan)}", style="bold")
    lines = "\n".join(sentence_case(clean_text(each)) for each in found.sentences)
    yield Padding(Text(lines), (0, 0, 0, 2))


def _numbers(found: Mending) -> Iterator[RenderableType]:
    holds = found.answer is Answer.HOLDS
    good = [each for each in found.numbers if each.holds_at is not None]
    within = [each for each in good if _in_range(each, holds)]
    beyond = [each for each in good if not _in_range(each, holds)]
    if within:
        yield Text("Within the stated range, smallest change first:")
        yield Padding(_tabulate(within, holds=holds), (0, 0, 0, 2))
    if beyond:
        yield Text("Beyond the stated range, or without one:")
        yield Padding(_tabulate(beyond, holds=holds), (0, 0, 0, 2))
    rest = [each for each in found.numbers if each.holds_at is None]
    better = [] if holds else [each for each in rest if _helps(found, each)]
    if better:
        yield Text("No value of these alone is enough; the best that each can do:")
        yield Padding(_tabulate_best(found, better), (0, 0, 0, 2))
    idle = [each for each in rest if each not in better]
    if idle:
        what = "No value changes the answer" if holds else "No value raises the worst margin"
        names = ", ".join(each.short for each in idle)
        yield Text(f"{what}: {clean_text(names)}.", style="dim")
    unsure = [each for each in rest if each.undecided]
    if unsure:
        names = ", ".join(f"{e.short} ({e.undecided} of {e.scanned})" for e in unsure)
        yield Text(
            "Undecided at some of the values looked at, where no rest was found for what happens"
            f" without a deal: {clean_text(names)}.",
            style="dim",
        )


def _helps(found: Mending, each: NumberMend) -> bool:
    """Whether some value raises the worst margin."""
    if each.best is None or not each.matters:
        return False
    return found.today is None or each.best.margin > found.today.margin + 1e-9


def _in_range(each: NumberMend, holds: bool) -> bool:
    side = each.fails_at if holds else each.holds_at
    if side is None or each.low is None or each.high is None:
        return False
    return each.low <= side.value <= each.high


def _tabulate(numbers: list[NumberMend], *, holds: bool) -> Table:
    table = plain_table()
    table.add_column("number", overflow="fold", min_width=20, ratio=3)
    for name in ("today", "still holds" if holds else "holds", "fails"):
        table.add_column(name, justify="right", max_width=9)
    table.add_column("holds from .. to", overflow="fold", ratio=2)
    for each in numbers:
        good = "" if each.holds_at is None else each.holds_at.text
        bad = "" if each.fails_at is None else each.fails_at.text
        if each.fails_at is not None and each.fails_at.answer is Answer.UNDECIDED:
            bad += " (undecided)"
        table.add_row(clean_text(each.short), each.text, good, bad, _intervals(each))
    return table


def _intervals(each: NumberMend) -> str:
    return "; ".join(
        f"{_say(i.low, each.unit)} .. {_say(i.high, each.unit)}" for i in each.intervals
    )


def _say(value: float, unit: Unit) -> str:
    """Write a value shortly: its unit's own words, without what they are counted by."""
    if unit is Unit.YEARS and 0 < value < math.inf and value * 12 != round(value * 12):
        return f"{value:.3g} years"
    text = quantity(value, unit) if unit is Unit.YEARS else _digits(value, unit)
    return text.replace("\N{MINUS SIGN}", "-")


def _digits(value: float, unit: Unit) -> str:
    if unit is Unit.NUMBER:
        return f"{value:.4g}" if value else "0"
    return f"{100 * value:.4g}%"


def _tabulate_best(found: Mending, numbers: list[NumberMend]) -> Table:
    table = plain_table()
    table.add_column("number", overflow="fold", ratio=2)
    table.add_column("today", justify="right")
    table.add_column("best at", justify="right")
    table.add_column("worst margin then", overflow="fold", ratio=2)
    for each in numbers:
        if each.best is None:
            words = "not known"
        else:
            party = clean_text(found.parties[each.best.party])
            words = f"{print_signed(each.best.margin)} {party}, {each.best.step_id}"
        best = _say(each.best_at.value, each.unit)
        table.add_row(clean_text(each.short), each.text, best, words)
    return table


def _structures(found: Mending) -> Iterator[RenderableType]:
    if found.structures:
        table = plain_table()
        table.add_column("name", overflow="fold", min_width=22, ratio=2)
        table.add_column("what", overflow="fold", ratio=3)
        table.add_column("answer")
        table.add_column("kept", justify="right")
        table.add_column("worst", overflow="fold")
        good = [each for each in found.structures if each.answer is Answer.HOLDS]
        shown = good or list(found.structures[:MOST_SHOWN])
        for each in shown:
            answer = Text(WORD_OF[each.answer], style=STYLE_OF[each.answer])
            table.add_row(clean_text(each.name), clean_text(each.words), answer,
                          str(each.carries_to), _worst(each))  # fmt: skip
        yield Padding(table, (0, 0, 0, 2))
        more = len(found.structures) - len(shown)
        if more:
            yield Text(f"{count(more, 'other')} that were tried are no better.", style="dim")
    if found.structures_left_out:
        yield Text(f"Other orders were not tried: {clean_text(found.structures_left_out)}.")


def _worst(each: StructureMend) -> str:
    if each.worst is None:
        return "not known"
    return f"{print_signed(each.worst.margin)} {clean_text(each.worst.party)}"


def _pair(pair: PairMap) -> Iterator[RenderableType]:
    first, second = pair.names
    yield Text(
        f"# holds, . fails, ? undecided. Across: {clean_text(first)} from"
        f" {_say(pair.xs[0], pair.units[0])} to {_say(pair.xs[-1], pair.units[0])};"
        f" up: {clean_text(second)}."
    )
    width = max(len(_say(y, pair.units[1])) for y in pair.ys)
    for n in reversed(range(len(pair.ys))):
        row = " ".join(MARKS[pair.answers[m][n]] for m in range(len(pair.xs)))
        yield Text(f"  {_say(pair.ys[n], pair.units[1]):>{width}}  {row}", no_wrap=True)
    known = [each for each in pair.frontier if each.holds_at is not None]
    if not known:
        yield Text("No border between holding and failing was found.")
        return
    table = plain_table()
    for name in (first, f"{second} holds", "fails"):
        table.add_column(clean_text(name), justify="right", overflow="fold")
    for each in known:
        good = "" if each.holds_at is None else each.holds_at.text
        bad = "" if each.fails_at is None else each.fails_at.text
        table.add_row(each.first_text, good, bad)
    yield Padding(table, (0, 0, 0, 2))


def _ground(found: Mending) -> Text:
    readings = " or ".join(each.words for each in found.readings)
    kept = sum(each.kept for each in found.statements)
    words = (
        f"A plan holds here by {readings}. Each number is looked at over the whole of what its"
        " unit allows (points: at least four times as far), on a grid, with the borders worked"
        " out between its values; an interval narrower than the grid could be missed."
    )
    if found.statements:
        words += f" {as_you_say(kept, len(found.statements))}"
    words += f" {count(found.judged, 'set')} of numbers judged; {print_seconds(found.seconds)}."
    return Text(words, style="dim")
