"""Answers as HTML for notebooks: what the terminal shows, with its colours."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

WIDTH = 100
PAGE = '<pre style="white-space:pre;line-height:1.35;overflow-x:auto">{code}</pre>'


def render_html(renderable: RenderableType) -> str:
    """Give a renderable as a fragment of HTML with the colours in it, all text escaped.

    Examples
    --------
    >>> "&lt;b&gt;" in render_html("<b>")
    True
    """
    console = Console(
        file=io.StringIO(),
        record=True,
        width=WIDTH,
        highlight=False,
        markup=False,
        emoji=False,
        force_jupyter=False,
    )
    console.print(renderable)
    return console.export_html(inline_styles=True, code_format=PAGE)
