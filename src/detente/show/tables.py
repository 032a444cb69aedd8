"""The tables of a check in a terminal: margins step by step, and readings of a breach."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from detente.ask.verdict import Answer, Check, Margin, ReadingResult, Verdict
from detente.show.numbers import NOISE, clean_text, print_signed
from detente.show.responses import name_response
from detente.show.words import count

STYLE_OF = {Answer.HOLDS: "bold green", Answer.FAILS: "bold red", Answer.UNDECIDED: "bold yellow"}
WORD_OF = {Answer.HOLDS: "holds", Answer.FAILS: "does not hold", Answer.UNDECIDED: "undecided"}
BY_WORDS = {
    "policy evaluation": "worked out exactly",
    "punishment floors": "no punishment deters it",
    "payoff sets": "bounds on all equilibria",
}


def plain_table(*, header: bool = True) -> Table:
    """Give an empty table with the look that all tables here share."""
    return Table(
        box=box.SIMPLE_HEAD if header else None,
        show_header=header,
        show_edge=False,
        pad_edge=False,
        header_style="bold",
        padding=(0, 1),
    )


def answer_text(answer: Answer) -> Text:
    """Give the answer as a coloured word."""
    return Text(WORD_OF[answer], style=STYLE_OF[answer])


def tabulate_margins(check: Check, verdict: Verdict, result: ReadingResult) -> Table:
    """Give the margins on the plan's own path: a row a step, a column a party."""
    margins = [m for m in result.margins if not m.in_response]
    table = plain_table()
    table.add_column("step", ratio=1, overflow="fold")
    for name in check.party_names:
        table.add_column(clean_text(name), justify="right", overflow="fold", max_width=22)
    by_step: dict[int, dict[str, Margin]] = {}
    names: dict[int, str] = {}
    for margin in margins:
        row = by_step.setdefault(margin.step, {})
        names.setdefault(margin.step, margin.step_id)
        if margin.party not in row or margin.low < row[margin.party].low:
            row[margin.party] = margin
    words = {move.step: move.words for move in verdict.moves}
    for step in sorted(by_step):
        label: list[RenderableType] = [Text(f"{step} {clean_text(names[step])}", style="bold")]
        if words.get(step):
            label.append(Padding(Text(clean_text(words[step]), style="dim"), (0, 0, 0, 2)))
        row = by_step[step]
        table.add_row(
            Group(*label), *(margin_text(row[p]) if p in row else Text("-") for p in check.parties)
        )
    return table


def tabulate_responses(check: Check, result: ReadingResult) -> Table | None:
    """Give who would not carry out its part of which response, and where that is worst.

    Only responses with a negative margin are given: the others do their work. None where all do.
    """
    worst: dict[tuple[str, str], Margin] = {}
    for margin in result.margins:
        key = margin.in_response, margin.party
        lower = key not in worst or margin.low < worst[key].low
        if margin.in_response and margin.low < -NOISE and lower:
            worst[key] = margin
    if not worst:
        return None
    table = plain_table()
    table.add_column("response", ratio=1)
    table.add_column("who", overflow="fold", max_width=22)
    table.add_column("at worst", justify="right", no_wrap=True)
    table.add_column("broken off at", overflow="fold", max_width=16)
    for (response, _), margin in worst.items():
        table.add_row(
            clean_text(name_response(check, response)),
            clean_text(margin.party_name),
            margin_text(margin),
            clean_text(f"{margin.step} {margin.step_id}"),
        )
    return table


def margin_text(margin: Margin) -> Text:
    """Give a margin with its sign; a negative one also says so in a word."""
    if margin.high - margin.low > NOISE and margin.low < -NOISE <= margin.high:
        span = f"{print_signed(margin.low)} to {print_signed(margin.high)}"
        return Text(f"unknown {span}", style="yellow")
    if margin.margin < -NOISE:
        return Text(f"breaks {print_signed(margin.margin)}", style="bold red")
    if margin.margin <= NOISE:
        return Text("0.0")
    return Text(print_signed(margin.margin), style="green")


def tabulate_readings(verdict: Verdict) -> Table:
    """Give one row a reading of a breach: the answer, how far it carries, how it was decided.

    What follows where the plan leaves its own path open is said where one reading of a breach
    has several answers.
    """
    readings = [result.reading for result in verdict.results]
    table = plain_table()
    table.add_column("what follows a breach")
    table.add_column("the plan", no_wrap=True)
    table.add_column("is kept", no_wrap=True)
    table.add_column("how decided", ratio=1)
    for result in verdict.results:
        name: list[RenderableType] = [Text(result.reading.words)]
        if readings.count(result.reading) > 1:
            opening = Text(f"left open: {result.opening.words}", style="dim")
            name.append(Padding(opening, (0, 0, 0, 2)))
        table.add_row(
            Group(*name), answer_text(result.answer), how_far(verdict, result), how_decided(result)
        )
    return table


def how_far(verdict: Verdict, result: ReadingResult) -> str:
    """Say how many steps are kept."""
    if result.answer is Answer.HOLDS:
        return "to the end"
    steps = n_steps(verdict)
    if result.answer is Answer.UNDECIDED:
        return "not known"
    if result.breaks_at is None:
        return "not known"
    if result.breaks_at.in_response:
        return "its steps, not responses"
    if result.carries_to <= 0:
        return "not even at step 1"
    if result.carries_to >= steps > 0:
        return f"all {count(steps, 'step')}, not after" if steps > 1 else "step 1, not after"
    return f"to step {result.carries_to} of {steps}"


def n_steps(verdict: Verdict) -> int:
    """Give the number of steps of the plan, without the settled phase."""
    settled = {"settled", "open", "later"}
    return max((m.step for m in verdict.moves if m.step_id not in settled), default=0)


def why_unfinished(result: ReadingResult) -> str:
    """Say which limit was hit, or give nothing where the computation ended."""
    if result.status.is_answer:
        return ""
    if result.by == "policy evaluation":  # exact, once it is known what no deal is
        return "it rests on a no deal that was not found"
    return result.status.words


def how_decided(result: ReadingResult) -> Text:
    """Say how the answer came about; a limit that was hit is said first."""
    words = Text(BY_WORDS.get(result.by, clean_text(result.by)))
    if not result.status.is_answer:
        return Text(why_unfinished(result), style="yellow")
    if result.answer is Answer.UNDECIDED:
        words.append(f"; known within {print_signed(result.gap).lstrip('+')} points", "yellow")
    return words
