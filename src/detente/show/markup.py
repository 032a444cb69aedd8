"""HTML that is safe by construction: text is escaped unless this module made it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from detente.show.numbers import clean_text

_LINKED = re.compile(r"https?://[^\s<>\"']+", re.ASCII)
MAX_SHORT = 14  # rows; a table this short stays on one printed page
_VOID = frozenset({"br", "meta", "wbr", "col", "input"})


class Html(str):
    """Text that is markup already; only `tag`, `raw` and `join` make it."""

    __slots__ = ()


Child = str | Html | None


def escape(text: str) -> Html:
    """Give text as markup: every special or unprintable character made harmless.

    Examples
    --------
    >>> escape('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    if isinstance(text, Html):
        return text
    return Html(html.escape(clean_text(text), quote=True))


def raw(markup: str) -> Html:
    """Mark a text of our own making (a picture, the style sheet) as markup."""
    return Html(markup)


def join(children: Iterable[Child], between: str = "") -> Html:
    """Join pieces, escaping those that are plain text; None is left out."""
    gap = escape(between)
    return Html(gap.join(escape(child) for child in children if child is not None))


def tag(name: str, /, *children: Child, **attributes: str | int | None) -> Html:
    """Give an element; an attribute's trailing underscore is dropped, None leaves it out.

    Examples
    --------
    >>> tag("td", "a < b", tag("br"), class_="number", colspan=2)
    '<td class="number" colspan="2">a &lt; b<br></td>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{given}>")
    return Html(f"<{name}{given}>{join(children)}</{name}>")


def link(url: str, words: str) -> Html:
    """Give a link to a web address; anything else is shown as text and leads nowhere.

    Examples
    --------
    >>> link("https://example.org/?a=1&b=2", "a24")
    '<a href="https://example.org/?a=1&amp;b=2" rel="noopener noreferrer">a24</a>'
    >>> link("javascript:alert(1)", "a24")
    'a24'
    """
    if not _LINKED.fullmatch(url):
        return escape(words)
    return tag("a", words, href=url, rel="noopener noreferrer")


def table(
    head: Sequence[Html],
    rows: Iterable[Sequence[Html]],
    *,
    caption: Child = None,
    class_: str | None = None,
) -> Html:
    """Give a table in a box that scrolls by itself on a narrow screen.

    Parameters
    ----------
    head : the header row's cells (``th`` elements)
    rows : each row's cells (``td`` or ``th`` elements)
    """
    lines = [tag("tr", *cells) for cells in rows]
    if len(lines) <= MAX_SHORT:
        class_ = f"{class_} short" if class_ else "short"
    body = join(lines, "\n")
    inner = tag(
        "table",
        tag("caption", caption) if caption is not None else None,
        tag("thead", tag("tr", *head)),
        tag("tbody", body),
        class_=class_,
    )
    return Html(f'<div class="scroll" tabindex="0" role="region">{inner}</div>\n')


def columns(*words: Child, numbers: Sequence[int] = ()) -> list[Html]:
    """Give header cells; those whose index is in ``numbers`` stand to the right."""
    return [
        tag("th", word, scope="col", class_="number" if n in numbers else None)
        for n, word in enumerate(words)
    ]


def breakable(path: str) -> Html:
    """Give a dotted path that may be broken after its dots.

    Examples
    --------
    >>> breakable("a.b")
    'a.<wbr>b'
    """
    return Html("<wbr>".join(escape(part) for part in re.split(r"(?<=[._])", path)))
