"""What `sources` says in a terminal: sentences, what to mend, numbers, documents, passages."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from detente.ask.sourcing import CitedPassage, ListedSource, Sourcing
from detente.library import name_file
from detente.scenario.model import Citation
from detente.show.numbers import clean_text, print_seconds
from detente.show.problems import render_problems
from detente.show.sources_pair import render_pair
from detente.show.tables import plain_table
from detente.show.words import count, sentence_case
from detente.sources.citing import Flag, SourcedNumber
from detente.sources.folder import Match
from detente.sources.text import Kind

STYLE_OF_FLAG = {
    Flag.UNCITED: "yellow",
    Flag.JUDGED: "dim",
    Flag.UNUSED: "bold yellow",
    Flag.ANACHRONISTIC: "magenta",
}
STYLE_OF_MATCH = {
    Match.FOUND: "green",
    Match.NAMED: "yellow",
    Match.CHANGED: "bold red",
    Match.MISSING: "bold red",
    Match.NOT_STORED: "dim",
}
DEEP = ("ladders", "inspection", "governments", "payoffs", "plans", "types")  # headings of two
MAX_CITERS = 6  # of a passage; --json has them all
MAX_RUN = 1500  # characters of a cited passage that are printed


def render_sourcing(found: Sourcing) -> RenderableType:
    """Give everything that `sources` says, to be printed by a console."""
    head = Text(clean_text(found.title), style="bold")
    head.append(f"   {clean_text(name_file(found.file))}", style="not bold dim")
    parts: list[RenderableType] = [head, Text()]
    parts += [Text(_sentence(each)) for each in found.sentences]
    if found.problems:
        parts += [Text(), _rule("To mend"), render_problems(found.problems)]
    parts += [Text(), _rule("Numbers"), _tabulate_numbers(found.numbers), *_flags(found)]
    parts += [Text(), _rule("Sources"), _tabulate_sources(found)]
    if found.unknown:
        names = ", ".join(each.name for each in found.unknown)
        words = f"In the folder, but no source's document: {clean_text(names)}"
        parts.append(Text(words, style="yellow"))
    if found.passages:
        parts += [Text(), _rule("Cited passages")]
        for number, passage in enumerate(found.passages):
            parts += [Text()] if number else []
            parts += list(_passage(passage))
    for pair in found.pairs:
        parts += [Text(), _rule(f"{pair.first} and {pair.second}"), *render_pair(pair)]
    if not found.folder:
        parts += [Text(), Text("Documents are looked at with --documents DIR.", style="dim")]
    parts.append(Text(print_seconds(found.seconds), style="dim"))
    return Group(*parts)


def _sentence(words: str) -> str:
    return f"{sentence_case(clean_text(words))}."


def _rule(title: str) -> Rule:
    return Rule(Text(clean_text(title), style="bold"), align="left", style="dim")


def cite(citations: Sequence[Citation]) -> str:
    """Write citations as the file does: ``report_a:p4 judgement``."""
    return " ".join(f"{c.source}:{c.locator}" if c.locator else c.source for c in citations)


def _tabulate_numbers(numbers: Sequence[SourcedNumber]) -> Table:
    """Give a row a number, under headings where the path begins alike."""
    table = plain_table()
    table.expand = True  # so that widths follow the ratios
    table.add_column("number", ratio=5, overflow="fold")
    table.add_column("value", ratio=4, overflow="fold")
    table.add_column("source", ratio=3, overflow="fold")
    table.add_column("", no_wrap=True)
    section = ""
    for each in numbers:
        head, rest = _cut_path(each.path)
        if rest and head != section:
            table.add_row(Text(clean_text(head), style="bold", no_wrap=True, overflow="ellipsis"))
        section = head if rest else ""
        own = Text(clean_text(cite(each.citations)))
        if not each.citations and each.entry:
            own = Text(clean_text(cite(each.entry_citations)), style="dim")
            own.append(f" (of {clean_text(each.entry.rpartition('.')[2])})", style="dim")
        flags = Text()
        for flag in each.flags:
            flags.append(" " if flags else "").append(str(flag), style=STYLE_OF_FLAG[flag])
        name = f" {rest}" if rest else each.path
        table.add_row(clean_text(name), clean_text(each.text), own, flags)
    return table


def _cut_path(path: str) -> tuple[str, str]:
    """Cut a path into the heading under which a number stands, and the rest."""
    parts = _short(path).split(".")
    size = 2 if parts[0] in DEEP and len(parts) > 2 else 1
    return ".".join(parts[:size]), ".".join(parts[size:])


def _short(path: str) -> str:
    return path.replace(".levels.", ".").replace(".steps.", ".")


def _flags(found: Sourcing) -> Iterator[RenderableType]:
    meanings = {
        Flag.UNCITED: "neither it nor an entry around it cites anything",
        Flag.JUDGED: "somebody's judgement",
        Flag.UNUSED: "it enters nothing",
        Flag.ANACHRONISTIC: "it rests on what is dated after the event",
    }
    for flag, meaning in meanings.items():
        if found.flagged(flag):
            text = Text(f"{flag}: ", style=STYLE_OF_FLAG[flag])
            yield text.append(f"{meaning}.", style="not bold dim")
    if any(each.entry for each in found.numbers):
        yield Text("(of ...): cited by the entry around the number.", style="dim")


def _tabulate_sources(found: Sourcing) -> Table:
    table = plain_table()
    table.add_column("source", overflow="fold", max_width=16)
    table.add_column("title", ratio=1, overflow="fold")
    table.add_column("date", no_wrap=True)
    table.add_column("cited by", justify="right", no_wrap=True)
    if found.folder:
        table.add_column("document", ratio=1, overflow="fold")
    for each in found.sources:
        title = each.title or ("somebody's judgement" if each.judgement else "")
        date = Text(clean_text(each.date), style="magenta" if each.after_event else "")
        cited = Text(str(len(each.cited_by)) if each.cited_by else "nothing")
        cited.stylize("" if each.cited_by else "bold yellow")
        row: list[RenderableType] = [Text(clean_text(each.id), style="bold"), clean_text(title)]
        row += [date, cited]
        if found.folder:
            row.append(_document(each))
        table.add_row(*row)
    return table


def _document(source: ListedSource) -> Text:
    if source.match is None:
        return Text()
    text = Text(str(source.match), style=STYLE_OF_MATCH[source.match])
    if source.file:
        text.append(f": {clean_text(source.file)}", style="not bold")
    if source.paragraphs is not None:
        text.append(f", {count(source.paragraphs, 'paragraph')}", style="dim")
    if source.residue:
        numbers = ", ".join(str(each) for each in source.residue[:6])
        more = "..." if len(source.residue) > 6 else ""
        text.append(f" ({numbers}{more} of the web page)", style="dim")
    if source.match is Match.NAMED:
        text.append(f"; write sha256: {source.sha256}", style="yellow")
    return text


def _passage(passage: CitedPassage) -> Iterator[RenderableType]:
    numbers = passage.paragraphs
    where = f"paragraph {numbers[0]}" if len(numbers) == 1 else (
        f"paragraphs {numbers[0]} to {numbers[-1]}" if numbers else "an empty page"
    )  # fmt: skip
    text = Text(f"{clean_text(passage.source)}, {where}", style="bold")
    if passage.kind is Kind.RESIDUE:
        text.append("  not the document's own text, but of the web page", style="bold yellow")
    yield text
    words = clean_text(passage.text)
    if len(words) > MAX_RUN:
        words = f"{textwrap.shorten(words, MAX_RUN, placeholder=' ...')}"
    yield Padding(Text(words), (0, 0, 0, 2))
    named = [_short(each) for each in passage.cited_by[:MAX_CITERS]]
    more = len(passage.cited_by) - len(named)
    said = f"for {', '.join(named)}{f' and {more} more' if more > 0 else ''}"
    yield Padding(Text(clean_text(said), style="dim"), (0, 0, 0, 2))
