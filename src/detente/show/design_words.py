"""What ``design`` says in a terminal: sentences first, then the plans, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.arrays import FloatArray
from detente.ask.designing.records import Design, Designing
from detente.ask.designing.sentences import name_purposes
from detente.ask.verdict import Answer
from detente.library import name_file
from detente.show.numbers import clean_text, print_points, print_seconds, print_signed
from detente.show.terminal import broken_statements
from detente.show.words import as_you_say, count, sentence_case


def render_design(answer: Designing) -> RenderableType:
    """Give everything that `design` says, to be printed by a console."""
    parts: list[RenderableType] = [_head(answer)]
    broken = [each for each in answer.check.statements if not each.kept]
    if broken:
        parts += [Text(), *broken_statements(broken)]
    parts.append(Text())
    parts.append(_verdict(answer))
    parts += [Padding(Text(_sentence(each)), (0, 0, 0, 2)) for each in answer.sentences]
    for design in answer.designs:
        parts += _design(answer, design)
    if answer.furthest is not None:
        parts += [
            Text(),
            _rule(Text(f"As far as {clean_text(answer.furthest.goal)}", style="bold")),
        ]
        parts += _steps(answer, answer.furthest.design)
    if answer.attempt is not None:
        title = Text(f"{answer.attempt.plan}: straight on, and broken", style="bold")
        parts += [Text(), _rule(title)]
        parts += [Padding(Text(f"- {clean_text(s)}"), (0, 0, 0, 2)) for s in answer.attempt.steps]
        parts += _openers(answer)
    parts += _bargains(answer)
    parts += _ground(answer)
    return Group(*parts)


def _head(answer: Designing) -> Text:
    text = Text(clean_text(answer.title), style="bold")
    text.append(f"   {clean_text(name_file(answer.file))}", style="dim")
    for setting in answer.settings:
        text.append(f"   with {clean_text(setting)}", style="dim")
    return text


def _verdict(answer: Designing) -> Text:
    if answer.found:
        word, style = "CAN BE REACHED", "bold green"
    elif answer.proven:
        word, style = "CANNOT BE REACHED", "bold red"
    else:
        word, style = "NOTHING FOUND", "bold yellow"
    return Text(word, style=style).append(f"  {clean_text(answer.goal)}", style="bold")


def _rule(title: Text) -> Rule:
    return Rule(title, align="left", style="dim")


def _sentence(words: str) -> str:
    text = sentence_case(clean_text(words).strip())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _design(answer: Designing, design: Design) -> Iterator[RenderableType]:
    names = list(zip(answer.parties, answer.party_names, strict=True))
    title = Text(clean_text(design.plan), style="bold")
    title.append(f": {clean_text(name_purposes(names, design.purposes))}", style="not bold")
    yield Text()
    yield _rule(title)
    yield from _steps(answer, design)


def _steps(answer: Designing, design: Design) -> Iterator[RenderableType]:
    holding = [each for each in design.verdict.results if each.answer is Answer.HOLDS]
    result = holding[0]  # the mildest comes first
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("step", ratio=1)
    for name in answer.party_names:
        table.add_column(clean_text(name), justify="right")
    numbered = [
        (m.step, f"{m.step} {m.words}{f' (lasts {time})' if time else ''}")
        for m, time in zip(design.moves, design.lasts, strict=True)
    ]
    numbered.append((len(design.moves) + 1, "settled: it stays like that"))
    for step, words in numbered:
        cells = []
        for party in answer.parties:
            found = [m.margin for m in result.margins
                     if (m.step, m.party) == (step, party) and not m.in_response]  # fmt: skip
            cells.append(print_signed(min(found)) if found else "")
        table.add_row(clean_text(words), *cells)
    yield Text("Margins, in points a year, if what follows a breach is "
               f"{result.reading.words} and what is left open {result.opening.words}:",
               style="italic")  # fmt: skip
    yield table
    yield Text(clean_text(design.verdict.sentence))
    gains = [
        f"{clean_text(name)} {print_signed(float(gain))}"
        for name, gain in zip(answer.party_names, design.gains, strict=True)
    ]
    text = f"Worth over no deal: {', '.join(gains)} points a year"
    if design.gains_at_best is not None and (design.gains_at_best != design.gains).any():
        best = [print_signed(float(gain)) for gain in design.gains_at_best]
        text += f"; if what it leaves open goes as well as it can, {', '.join(best)}"
    yield Text(f"{text}.")


def _openers(answer: Designing) -> Iterator[RenderableType]:
    if answer.openers:
        yield Text("What alone would make it hold (checked on both sides):", style="bold")
    for each in answer.openers:
        beyond = "" if each.in_range else " (beyond its range)"
        yield Padding(Text(f"{clean_text(each.words)}{beyond}"), (0, 0, 0, 2))


def _bargains(answer: Designing) -> Iterator[RenderableType]:
    if not answer.bargains or answer.enforceable is None:
        return
    yield Text()
    yield Text("Bargaining solutions, gains over no deal in points a year:", style="bold")
    table = Table(box=None, pad_edge=False, show_edge=False, padding=(0, 2, 0, 0))
    table.add_column("solution, and the plan designed for it")
    for name in answer.party_names:
        table.add_column(clean_text(name), justify="right")
    plans = {each.plan: each for each in answer.designs}
    for each in answer.bargains:
        table.add_row(each.words, *_cells(each.gains, len(answer.parties)))
        own = plans[each.plan]
        table.add_row(f"  {clean_text(each.plan)}", *_cells(own.gains, len(answer.parties)))
        if own.gains_at_best is not None and (own.gains_at_best != own.gains).any():
            table.add_row("  if all goes well", *_cells(own.gains_at_best, len(answer.parties)))
    yield table
    if answer.enforceable.by == "payoff sets":
        words = "Bargained over: the payoffs of all equilibria, with lotteries between them."
    else:
        words = (
            "Bargained over: lotteries between no deal and the plans that were found to hold, with"
            " what they leave open going either way (all equilibria may allow more)."
        )
    yield Text(f"{words} The egalitarian solution compares points of different parties; the"
               " others do not.")  # fmt: skip


def _cells(gains: FloatArray | None, n_parties: int) -> list[str]:
    if gains is None:
        return ["none"] * n_parties
    return [print_signed(float(gain)) for gain in gains]


def _ground(answer: Designing) -> Iterator[RenderableType]:
    yield Text()
    values = [
        f"{clean_text(name)} {print_points(float(value))}"
        for name, value in zip(answer.party_names, answer.check.no_deal.values, strict=True)
    ]
    yield Text(f"No deal is worth, in points a year: {', '.join(values)}.")
    for warning in dict.fromkeys((*answer.check.no_deal.warnings, *answer.check.warnings)):
        yield Text("Note: ", style="bold yellow").append(clean_text(warning), style="not bold")
    kept = [each for each in answer.check.statements if each.kept]
    if kept:
        words = as_you_say(len(kept), len(answer.check.statements))
        yield Text(f"What you are sure of: {words}")
    searched = answer.searched
    more = "" if searched.complete else " Plans that hardly differ stood for each other."
    yield Text(
        f"Searched: steps that only go on, with waits of at most"
        f" {count(searched.longest_wait, 'period')} between them;"
        f" {count(searched.states, 'state')}, {count(searched.moves, 'move')},"
        f" {count(searched.labels, 'part of plans', 'parts of plans')};"
        f" {searched.confirmed:,} of {count(searched.judged, 'plan')} judged hold.{more}"
        f" {print_seconds(answer.seconds)}.",
        style="dim",
    )
