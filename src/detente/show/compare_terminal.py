"""What `compare` says in a terminal: sentences, then the plans side by side, then step by step."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.ask.compare_words import say_time, say_years
from detente.ask.comparison import ComparedPlan, ComparedStep, Comparison, LeftOver, PartyStep
from detente.ask.screen_words import name_given_up
from detente.ask.verdict import Answer, Opening
from detente.library import name_file
from detente.show.numbers import NOISE, clean_text, print_points, print_seconds, print_signed
from detente.show.tables import STYLE_OF, WORD_OF, how_far, plain_table
from detente.show.terminal import broken_statements
from detente.show.words import sentence_case

MAX_DIFFERENCES = 40


def render_comparison(found: Comparison) -> RenderableType:
    """Give everything that `compare` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(found)]
    for each in found.statements:
        broken = [one for one in each.statements if not one.kept]
        if broken:
            parts += [Text(), *broken_statements(broken)]
    parts.append(Text())
    parts += [Text(end_sentence(words)) for words in found.sentences]
    parts += [Text(), _rule("Side by side"), _overview(found)]
    for plan in found.plans:
        parts += [Text(), _rule(plan.name, plan.title), *_steps(found, plan)]
    if found.differences:
        parts += [Text(), _rule("In what the files differ"), *_differences(found)]
    parts += [Text(), *_ground(found)]
    return Group(*parts)


def end_sentence(words: str) -> str:
    """Give words as a sentence."""
    text = sentence_case(clean_text(words))
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _head(found: Comparison) -> Text:
    text = Text(clean_text(" | ".join(dict.fromkeys(found.titles))), style="bold")
    files = ", ".join(name_file(each) for each in found.files)
    text.append(f"   {clean_text(files)}", style="not bold dim")
    for setting in found.settings:
        text.append(f"\nwith {clean_text(setting)}", style="not bold yellow")
    return text


def _rule(name: str, title: str = "") -> Rule:
    text = Text(clean_text(name), style="bold")
    if title and title != name:
        text.append(f": {clean_text(title)}", style="not bold")
    return Rule(text, align="left", style="dim")


def _overview(found: Comparison) -> Table:
    """Give one row a plan: what it needs, how far it carries, gains, exposure."""
    table = plain_table()
    table.add_column("plan", ratio=1, overflow="fold")
    table.add_column("enforcement needed", overflow="fold", max_width=20)
    table.add_column("is kept", overflow="fold", max_width=16)
    for name in found.party_names:
        table.add_column(f"{clean_text(name)}: gain, exposed", justify="right", max_width=16)
    for plan in found.plans:
        result = plan.verdict.results[0]
        table.add_row(
            Text(clean_text(plan.name), style="bold"),
            _needs(plan),
            how_far(plan.verdict, result),
            *(_gain_and_exposure(plan, party) for party in range(len(found.parties))),
        )
    return table


def _needs(plan: ComparedPlan) -> Text:
    answer = plan.verdict.answer
    if plan.needs is None:
        return Text(WORD_OF[answer], style=STYLE_OF[answer])
    text = Text(plan.needs.words, style=STYLE_OF[Answer.HOLDS])
    if plan.opening is Opening.BEST:
        text.append("; best if left open", style="not bold dim")
    return text


def _gain_and_exposure(plan: ComparedPlan, party: int) -> Text:
    first = plan.steps[0].parties[party]
    gain = first.plan - first.no_deal
    exposed = max((step.parties[party].exposure or 0.0 for step in plan.steps), default=0.0)
    style = "red" if gain < -NOISE else "green" if gain > NOISE else ""
    return Text.assemble((print_signed(gain), style), f", {print_points(max(0.0, exposed))}")


def _steps(found: Comparison, plan: ComparedPlan) -> Iterator[RenderableType]:
    written = next((t for t in plan.times if t.opening is Opening.WRITTEN), None)
    yield Text(end_sentence(f"time: {say_time(plan.times[0], written)}"))
    yield Text(
        end_sentence(
            "left on the table: "
            + "; ".join(
                f"{name} {left_words(each)}"
                for name, each in zip(found.party_names, plan.left, strict=True)
            )
        )
    )
    for step in plan.steps:
        yield from _step_words(found, step)
    table = plain_table()
    table.add_column("points a year at step", ratio=1, overflow="fold")
    table.add_column("who", overflow="fold", max_width=16)
    for name in ("change", "own", "plan", "no deal", "margin", "exposed"):
        table.add_column(name, justify="right", no_wrap=True)
    for step in plan.steps:
        for party, each in enumerate(step.parties):
            name = f"{step.step} {step.step_id}" if party == 0 else ""
            label = Text(clean_text(name), style="bold")
            table.add_row(label, clean_text(found.party_names[party]), *_cells(each))
    yield Text()
    yield table


def _step_words(found: Comparison, step: ComparedStep) -> Iterator[RenderableType]:
    """Say when a step begins, who moves what, and what has been given up by then."""
    name = Text(f"{step.step} {clean_text(step.step_id)}", style="bold")
    when = "" if step.begins is None else f", after {say_years(step.begins)}"
    words = f": {step.words}" if step.words else ""
    name.append(f"{when}{clean_text(words)}", style="not bold")
    yield name
    for party, each in enumerate(step.parties):
        given = name_given_up(each.given_up)
        if given:
            said = f"{found.party_names[party]} has given up {given}"
            yield Padding(Text(clean_text(said), style="dim"), (0, 0, 0, 2))


def _cells(each: PartyStep) -> Iterator[Text]:
    yield Text("" if each.change is None else print_signed(each.change))
    yield Text("" if each.own is None else print_signed(each.own))
    yield Text(print_points(each.plan))
    yield Text(print_points(each.no_deal))
    margin = each.margin
    style = "" if margin is None else "bold red" if margin < -NOISE else "green"
    yield Text("-" if margin is None else print_signed(margin), style=style)
    exposed = each.exposure
    yield Text("-" if exposed is None else print_points(max(0.0, exposed)))


def left_words(each: LeftOver) -> str:
    """Say what a party leaves on the table, as a number or as bounds."""
    high = max(0.0, each.best_high - each.plan)
    low = 0.0 if each.best_low is None else max(0.0, each.best_low - each.plan)
    if each.exact or high <= low:
        return f"{print_points(high)} ({each.by})"
    return f"between {print_points(low)} and {print_points(high)} (bounds: {each.by})"


def _differences(found: Comparison) -> Iterator[RenderableType]:
    table = plain_table()
    table.add_column("what", ratio=1, overflow="fold")
    for file in found.files:
        table.add_column(clean_text(name_file(file).rpartition("/")[2]), ratio=1, overflow="fold")
    for each in found.differences[:MAX_DIFFERENCES]:
        cells = ("not there" if value is None else clean_text(value) for value in each.values)
        table.add_row(clean_text(each.path), *cells)
    yield table
    more = len(found.differences) - MAX_DIFFERENCES
    if more > 0:
        yield Text(f"... and {more} more; --json has them all.")


def _ground(found: Comparison) -> Iterator[RenderableType]:
    yield Text(
        "Change: points a year that the step makes while it is in force; own: the part of it that"
        " the party's own moves make. Plan, no deal: worth from the step on. Exposed: what the"
        " party loses a year against never having signed, if another walks away as the step begins."
        " Each party has a scale of its own: never compare points of two parties.",
        style="italic",
    )
    if not found.found:
        yield Text("Not an answer: the search for no deal went round in a circle.", style="yellow")
    for warning in found.warnings:
        yield Text("Note: ", style="bold yellow").append(clean_text(warning), style="not bold")
    yield Text(print_seconds(found.seconds), style="dim")
