"""The table of margins as it displays itself: one row a margin."""

from __future__ import annotations

from rich.table import Table

from detente.ask.verdict import MarginTable
from detente.show.numbers import clean_text, print_signed
from detente.show.tables import plain_table

COLUMNS = ("reading", "open", "answer", "step", "in_response", "party", "margin", "deviation")


def render_margins(table: MarginTable) -> Table:
    """Give the margins row by row; bounds stand where a margin is known only between them."""
    shown = plain_table()
    for name in COLUMNS:
        shown.add_column(name, justify="right" if name == "margin" else "left", overflow="fold")
    for row in table.rows():
        known = not row["high"] > row["low"]
        span = f"{print_signed(row['low'])} to {print_signed(row['high'])}"
        cells = {
            **row,
            "step": f"{row['step']} {row['step_id']}",
            "margin": print_signed(row["margin"]) if known else span,
        }
        shown.add_row(*(clean_text(str(cells[name])) for name in COLUMNS))
    return shown
