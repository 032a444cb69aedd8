"""What `screen` says in a terminal: sentences, then types, then step by step."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.ask.screen_words import percent
from detente.ask.screening import Deed, Interval, Screening, ScreenStep, TypeAnswer, TypeStep
from detente.library import name_file
from detente.show.compare_terminal import end_sentence
from detente.show.numbers import clean_text, print_points, print_seconds, print_signed
from detente.show.tables import plain_table
from detente.show.terminal import broken_statements

STYLE_OF = {
    Deed.KEEPS: "green",
    Deed.CHEATS: "yellow",
    Deed.BREAKS: "bold red",
    Deed.GONE: "dim",
}
WORD_OF = {
    Deed.KEEPS: "keeps it",
    Deed.CHEATS: "cheats in secret",
    Deed.BREAKS: "breaks it openly",
    Deed.GONE: "has left before",
}


def render_screening(found: Screening) -> RenderableType:
    """Give everything that `screen` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(found)]
    broken = [each for each in found.statements if not each.kept]
    if broken:
        parts += [Text(), *broken_statements(broken)]
    parts.append(Text())
    parts += [Text(end_sentence(words)) for words in found.sentences]
    parts += [Text(), _rule("Types"), _types(found)]
    for each in found.types:
        if each.changes:
            words = f"'{each.type}' differs in: {'; '.join(each.changes)}"
            parts.append(Padding(Text(clean_text(words), style="dim"), (0, 0, 0, 2)))
    parts += [Text(), _rule("Step by step")]
    for step in found.steps:
        if step.words:
            name = Text(f"{step.step} {clean_text(step.step_id)}", style="bold")
            parts.append(name.append(f": {clean_text(step.words)}", style="not bold"))
    parts += [Text(), _steps(found), Text(), *_ground(found)]
    return Group(*parts)


def _head(found: Screening) -> Text:
    text = Text(clean_text(found.title), style="bold")
    text.append(f"   {clean_text(name_file(found.file))}", style="not bold dim")
    for setting in found.settings:
        text.append(f"\nwith {clean_text(setting)}", style="not bold yellow")
    who = f"\nTypes of {found.party_name} under {found.plan}"
    text.append(f"{clean_text(who)}, if what follows a breach is: {found.reading.words}", "bold")
    return text


def _rule(name: str) -> Rule:
    return Rule(Text(name, style="bold"), align="left", style="dim")


def _types(found: Screening) -> Table:
    table = plain_table()
    table.add_column("type", ratio=1, overflow="fold")
    table.add_column("share", justify="right")
    for name in ("best reply", "if it kept its word", "no deal"):
        table.add_column(name, justify="right", max_width=11)
    table.add_column("is seen to keep", max_width=16)
    for each in found.types:
        table.add_row(
            Text(clean_text(each.type), style="bold"),
            percent(each.share),
            print_points(each.best),
            print_points(each.honest),
            print_points(each.no_deal),
            seen_to_keep(found, each),
        )
    return table


def seen_to_keep(found: Screening, each: TypeAnswer) -> str:
    """Say how far a type is seen to keep the plan."""
    if not each.signs:
        return "would not sign"
    if each.kept_openly is None:
        return "for ever" if each.kept is None else "for ever, cheating"
    return f"{each.kept_openly} of {found.n_steps} steps"


def _steps(found: Screening) -> Table:
    table = plain_table()
    table.add_column("step", ratio=1, overflow="fold")
    for each in found.types:
        table.add_column(clean_text(each.type), overflow="fold", max_width=17)
    first = clean_text(found.types[0].type)
    table.add_column(f"belief in {first}", justify="right", max_width=10)
    table.add_column("after an alarm", justify="right", max_width=8)
    for other in found.entering:
        table.add_column(f"{clean_text(other.party_name)} needs", justify="right", max_width=14)
    for step in found.steps:
        table.add_row(
            Text(f"{step.step} {clean_text(step.step_id)}", style="bold"),
            *(_deed(each, step) for each in step.types),
            "-" if step.belief is None else percent(step.belief[0]),
            "-" if step.alarm is None else percent(step.alarm[0]),
            *(say_needed(step, each) for each in step.needed),
        )
    return table


def _deed(each: TypeStep, step: ScreenStep) -> Text:
    text = Text(WORD_OF[each.deed], style=STYLE_OF[each.deed])
    if step.asks:
        text.append(f"\nmoves: {print_signed(each.cost)}", style="not bold dim")
    return text


def say_needed(step: ScreenStep, needed: Interval | None) -> str:
    """Say which beliefs keep another party in the plan at a step."""
    if step.belief is None:
        return "-"
    if needed is None:
        return "none is enough"
    if needed.low <= 0 and needed.high >= 1:
        return "any"
    if needed.high >= 1:
        return f"at least {percent(needed.low)}"
    if needed.low <= 0:
        return f"at most {percent(needed.high)}"
    return f"{percent(needed.low)} to {percent(needed.high)}"


def _ground(found: Screening) -> Iterator[RenderableType]:
    shares = "as the file says" if found.shares_stated else "the same for all, as none is stated"
    yield Text(
        "Every type does what is best for it; all others keep the plan, answer breaches as above,"
        " and outside the plan do what they would do without a deal at the numbers of the file."
        f" Shares at the beginning are {shares}. Belief: as the step begins, all steps before kept"
        " and no alarm raised. Needs: belief from which keeping the step is worth no less to the"
        " other party than breaking the plan openly there. Points are a year, on each party's own"
        " scale.",
        style="italic",
    )
    if not found.found:
        yield Text("Not an answer: the search for no deal went round in a circle.", style="yellow")
    for warning in found.warnings:
        yield Text("Note: ", style="bold yellow").append(clean_text(warning), style="not bold")
    yield Text(print_seconds(found.seconds), style="dim")
