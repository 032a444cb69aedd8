"""Two documents side by side in a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from detente.show.numbers import clean_text
from detente.show.words import joined
from detente.sources.findings import Alone, Cut, Disagreement, Pair, PointLists, Quoted, Shared

MAX_ALONE = 25  # places listed of each document; --json has them all
MAX_SNIPPET = 160
UNNAMED = "speaker not named"
OPEN, CLOSE = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"


def render_pair(pair: Pair) -> Iterator[RenderableType]:
    """Iterate over what is said of two documents."""
    if not pair.related:
        yield Text(
            f"They share {pair.alike:.0%} of the names in the one with fewer, so they do not seem"
            " to be about the same event. Nothing was compared."
        )
        return
    yield _title("Both carry")
    for shared in pair.shared:
        yield from _shared(shared)
    if not pair.shared:
        yield _indent(Text("no passage in the same words"))
    yield Text()
    yield _title("They disagree on")
    for each in pair.disagreements:
        yield from _disagreement(each)
    if not pair.disagreements:
        yield _indent(Text("no date, number or speaker that was found"))
    for points in pair.lists:
        yield Text()
        yield _title("Their lists differ")
        yield from _points(points)
    for name, alone in ((pair.first, pair.only_first), (pair.second, pair.only_second)):
        yield Text()
        yield _title(f"Only {clean_text(name)} has")
        for one in alone[:MAX_ALONE]:
            yield _indent(_alone(one))
        if len(alone) > MAX_ALONE:
            yield _indent(Text(f"... and {len(alone) - MAX_ALONE} more places", style="dim"))
        if not alone:
            yield _indent(Text("nothing that was found"))


def _title(words: str) -> Text:
    return Text(words, style="bold")


def _indent(what: RenderableType, by: int = 2) -> Padding:
    return Padding(what, (0, 0, 0, by))


def place(cut: Cut) -> str:
    """Give the place of a finding: ``report_a, 4 and 6``."""
    return f"{clean_text(cut.document)}, {joined([str(each) for each in cut.paragraphs])}"


def snippet(text: str, size: int = MAX_SNIPPET) -> str:
    """Give the beginning of a passage on one line."""
    return textwrap.shorten(clean_text(text), size, placeholder=" ...")


def _said_by(quoted: Quoted) -> str:
    if not quoted.quoted:
        return "not marked as a quotation"
    words = clean_text(quoted.speaker) if quoted.speaker else UNNAMED
    return f"{words}; the {quoted.mark} mark is missing" if quoted.mark else words


def _shared(shared: Shared) -> Iterator[RenderableType]:
    is_quote = shared.first.quoted or shared.second.quoted
    words = snippet(shared.first.cut.text, 400)
    yield _indent(Text(f"{OPEN}{words}{CLOSE}" if is_quote else words))
    for each in (shared.first, shared.second):
        said = f" ({_said_by(each)})" if is_quote else ""
        yield _indent(Text(f"{place(each.cut)}{said}", style="dim"), 4)
    changes = [
        f"{change.first or '(nothing)'} / {change.second or '(nothing)'}"
        for change in shared.changes
    ]
    if changes and shared.first.quoted and shared.second.quoted:
        yield _indent(Text(f"words that differ: {clean_text('; '.join(changes))}", "yellow"), 4)


def _disagreement(each: Disagreement) -> Iterator[RenderableType]:
    text = Text(f"a {each.matter}: ")
    text.append(clean_text(each.first_says), style="bold red").append(" against ")
    text.append(clean_text(each.second_says), style="bold red")
    yield _indent(text)
    for cut in (each.first, each.second):
        yield _indent(Text(f"{place(cut)}: {snippet(cut.text, 260)}", style="dim"), 4)


def _points(points: PointLists) -> Iterator[RenderableType]:
    yield _indent(Text(f"{snippet(points.about)} ..."))
    for both in points.both:
        words = f"both: {clean_text(both.first)} / {clean_text(both.second)}"
        yield _indent(Text(words), 4)
    for cut, only in ((points.first, points.only_first), (points.second, points.only_second)):
        for point in only:
            text = Text(f"only {place(cut)}: ", style="bold")
            yield _indent(text.append(clean_text(point), style="not bold"), 4)


def _alone(alone: Alone) -> Text:
    text = Text(f"{', '.join(str(each) for each in alone.cut.paragraphs)}: ", style="bold")
    parts: list[str] = []
    if alone.names or alone.figures:
        parts.append(clean_text(", ".join((*alone.names, *alone.figures))))
    for quote in alone.quotes:
        parts.append(f"{OPEN}{snippet(quote.cut.text, 90)}{CLOSE} ({_said_by(quote)})")
    text.append("; ".join(parts), style="not bold")
    if alone.names or alone.figures:
        text.append(f"\n{snippet(alone.cut.text)}", style="not bold dim")
    return text
