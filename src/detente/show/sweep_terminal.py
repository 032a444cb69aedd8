"""What `sweep` says in a terminal: sentences first, then pictures, the table last."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.ask.sweeping.answer import Outcome, PlanSweep, ShareMap, Sweep
from detente.library import name_file
from detente.scenario.model import Unit
from detente.show.numbers import clean_text, print_seconds
from detente.show.sweep_words import (
    MIN_EFFECT,
    OUTCOME_WORDS,
    holding_share,
    percent,
    plan_sentences,
    short_name,
    with_interval,
)
from detente.show.tables import plain_table
from detente.show.terminal import broken_statements
from detente.show.words import count, quantity

BAR = 40  # characters
MAX_BARS = 6
STYLES = {
    Outcome.HOLDS: "green",
    Outcome.CAN_HOLD: "yellow",
    Outcome.FAILS: "red",
    Outcome.UNDECIDED: "bright_black",
}
MARKS = {Outcome.HOLDS: "#", Outcome.CAN_HOLD: "+", Outcome.FAILS: "-", Outcome.UNDECIDED: "?"}


def render_sweep(sweep: Sweep) -> RenderableType:
    """Give everything that `sweep` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(sweep)]
    broken = [each for each in sweep.statements if not each.kept]
    if broken:
        parts += [Text(), *broken_statements(broken)]
    if not sweep.complete:
        parts += [Text(), _unfinished(sweep)]
    parts.append(Text())
    for plan in sweep.plans:
        parts += _answer(sweep, plan)
    if sweep.done > sweep.failed:
        parts += [Text(), _rule("Shares"), *_shares(sweep)]
    for plan in sweep.plans:
        parts += _drivers(plan)
    parts += [Text(), _rule("What was varied"), _ranges(sweep), *_ground(sweep)]
    return Group(*parts)


def _rule(words: str) -> Rule:
    return Rule(Text(clean_text(words), style="bold"), align="left", style="dim")


def _head(sweep: Sweep) -> Text:
    text = Text(clean_text(sweep.title), style="bold")
    text.append(f"   {clean_text(name_file(sweep.file))}", style="not bold dim")
    for setting in sweep.settings:
        text.append(f"\nwith {clean_text(setting)}", style="not bold yellow")
    return text


def _unfinished(sweep: Sweep) -> Text:
    return Text(
        f"Not finished: {sweep.done:,} of {count(sweep.samples, 'sample')}. What follows is about"
        " these.",
        style="yellow",
    )


def _answer(sweep: Sweep, plan: PlanSweep) -> Iterator[RenderableType]:
    share = holding_share(plan, sweep.done - sweep.failed)
    text = Text(f"HOLDS IN {share.replace(' to ', ' TO ')}", style="bold")
    yield text.append(f"  {clean_text(plan.plan)}", style="bold")
    lines = [clean_text(each) for each in plan_sentences(sweep, plan)]
    lines.append(f"At the file's own values: {OUTCOME_WORDS[plan.today]}.")
    yield Padding(Text("\n".join(lines)), (0, 0, 0, 2))


def _shares(sweep: Sweep) -> Iterator[RenderableType]:
    table = plain_table(header=False)
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    for plan in sweep.plans:
        table.add_row(clean_text(plan.plan), _bar(plan))
    yield Padding(table, (0, 0, 0, 2))
    used = [each for each in Outcome if any(_share(plan, each) for plan in sweep.plans)]
    words = "  ".join(f"{MARKS[each]} {OUTCOME_WORDS[each]}" for each in used)
    yield Padding(Text(words, style="dim"), (0, 0, 1, 3))
    yield Padding(tabulate_plans(sweep), (0, 0, 0, 2))


def _share(plan: PlanSweep, outcome: Outcome) -> float:
    shares = {
        Outcome.HOLDS: plan.holds,
        Outcome.CAN_HOLD: plan.can_hold,
        Outcome.FAILS: plan.fails,
        Outcome.UNDECIDED: plan.undecided,
    }
    return shares[outcome].share


def _bar(plan: PlanSweep) -> Text:
    """Give the four shares as one line of marks, rounded so that the line is full."""
    text, done, drawn = Text(), 0.0, 0
    for outcome in Outcome:
        done += _share(plan, outcome)
        width = round(BAR * done) - drawn
        text.append(MARKS[outcome] * width, style=STYLES[outcome])
        drawn += width
    return text


def _drivers(plan: PlanSweep) -> Iterator[RenderableType]:
    strong = [each for each in plan.effects[:MAX_BARS] if each.index >= MIN_EFFECT]
    if not strong and plan.map is None:
        return
    yield Text()
    yield _rule(f"What {plan.plan} hangs on")
    if strong:
        yield Text("Share of whether it holds that is explained by each number alone:")
        table = plain_table(header=False)
        table.add_column(overflow="fold")
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        for each in strong:
            bar = "#" * max(1, round(BAR * min(1.0, each.index)))
            size = f"{percent(each.index)} (+-{round(100 * each.error)})"
            table.add_row(clean_text(short_name(each.path)), bar, size)
        yield Padding(table, (0, 0, 0, 2))
    if plan.map is not None:
        yield from _map(plan.map)


def _map(found: ShareMap) -> Iterator[RenderableType]:
    yield Text(
        f"In how many of 100 it holds, by {clean_text(short_name(found.x))} (across) and"
        f" {clean_text(short_name(found.y))} (up), values at the middle of each cell:"
    )
    table = plain_table()
    table.add_column("", justify="right", no_wrap=True)
    for low, high in zip(found.x_edges[:-1], found.x_edges[1:], strict=True):
        table.add_column(_say(low, high, found.x_unit), justify="right")
    for n in reversed(range(len(found.share))):
        cells = [_cell(float(value)) for value in found.share[n]]
        table.add_row(_say(found.y_edges[n], found.y_edges[n + 1], found.y_unit), *cells)
    yield Padding(table, (0, 0, 0, 2))


def _say(low: float, high: float, unit: Unit) -> str:
    middle = 2 * low if np.isinf(high) else (low + high) / 2
    text = quantity(float(f"{middle:.2g}"), unit)
    return text.replace("\N{MINUS SIGN}", "-").removesuffix(" per year")


def _cell(share: float) -> Text:
    if np.isnan(share):
        return Text("")
    style = "green" if share >= 2 / 3 else "red" if share < 1 / 3 else "yellow"
    return Text(f"{round(100 * share)}", style=style)


def _ranges(sweep: Sweep) -> RenderableType:
    table = plain_table()
    table.add_column("number", overflow="fold")
    table.add_column("from", justify="right", no_wrap=True)
    table.add_column("to", justify="right", no_wrap=True)
    for each in sweep.ranges:
        low, high = quantity(each.low, each.unit), quantity(each.high, each.unit)
        table.add_row(
            clean_text(short_name(each.path)),
            low.replace("\N{MINUS SIGN}", "-"),
            high.replace("\N{MINUS SIGN}", "-"),
        )
    return Padding(table, (0, 0, 0, 2))


def _ground(sweep: Sweep) -> Iterator[RenderableType]:
    yield Text(
        "All numbers are drawn together, evenly from their ranges; every plan is judged at the same"
        " samples. The shares say how much of the stated ranges speaks for a plan, not how likely"
        " it is. In brackets: 95% confidence intervals."
    )
    if sweep.studied < sweep.done - sweep.failed:
        yield Text(f"What drives the answer is taken from the first {sweep.studied:,} samples.")
    for failure in sweep.failures:
        yield Text(f"Not judged ({failure.count:,}): {clean_text(failure.reason)}", style="yellow")
    for warning in dict.fromkeys(sweep.warnings):
        yield Text("Note: ", style="bold yellow").append(clean_text(warning), style="not bold")
    if any(plan.undecided.count for plan in sweep.plans):
        yield Text(
            "Undecided samples need the payoff sets, which take long: add --sets to compute them."
        )
    where = f" All samples are in {clean_text(sweep.output)}." if sweep.output else ""
    yield Text(
        f"{count(sweep.done, 'sample')}, seed {sweep.seed}, {count(len(sweep.ranges), 'number')}"
        f" varied; {print_seconds(sweep.seconds)}.{where}",
        style="dim",
    )


def tabulate_plans(sweep: Sweep) -> Table:
    """Give the shares of all plans as a table."""
    table = plain_table()
    for name in ("plan", "holds", "can hold", "fails", "undecided"):
        if name == "plan":
            table.add_column(name, overflow="fold")
        else:
            table.add_column(name, justify="right", no_wrap=True)
    for plan in sweep.plans:
        shares = (plan.holds, plan.can_hold, plan.fails, plan.undecided)
        table.add_row(clean_text(plan.plan), *(with_interval(each) for each in shares))
    return table
