"""What `solve` says in a terminal: how the solve ended, then each state's payoffs."""

from __future__ import annotations

import math

from rich.console import Group, RenderableType
from rich.text import Text

from detente.show.numbers import clean_text, print_seconds
from detente.show.tables import plain_table
from detente.show.words import count
from detente.solve.solution import Solution, StateSet


def render_solution(solution: Solution, players: tuple[str, ...]) -> RenderableType:
    """Give everything that `solve` says, to be printed by a console."""
    good = solution.status.is_answer
    head = Text(f"{solution.status}: ", style="bold green" if good else "bold yellow")
    head.append(f"{solution.status.words}.", style="not bold")
    wide = any(s.gap > solution.tol for s in solution.states)
    if good and wide:
        head.append(
            " That is said of the outer bound: not all of it is shown to be equilibrium payoffs. "
            "Read the gap.", "not bold yellow",
        )  # fmt: skip
    if not good:
        head.append(" The outer bounds below are valid, but wider than they could be.", "not bold")
    table = plain_table()
    table.add_column("state")
    for player in players:
        table.add_column(f"{clean_text(player)}, lowest to highest", justify="right")
    table.add_column("corners", justify="right")
    table.add_column("gap", justify="right")
    for state in solution.states:
        table.add_row(clean_text(state.name), *_cells(state, len(players), solution.tol))
    foot = Text(
        f"{count(solution.iterations, 'round')}, {print_seconds(solution.seconds)}. "
        "Lowest and highest are of the outer bound; the gap is its largest distance from "
        "equilibria that were found." + _say_residuals(solution),
        style="dim",
    )
    return Group(head, Text(), table, Text(), foot)


def _say_residuals(solution: Solution) -> str:
    outer, inner = solution.residual_outer, solution.residual_inner
    if not (math.isfinite(outer) and math.isfinite(inner)):
        return ""
    return (
        f" Applied once more by separate code, the operator moves the outer bound by {outer:.1e} "
        f"and misses the inner one by {inner:.1e}."
    )


def _cells(state: StateSet, n_players: int, tol: float) -> list[str]:
    if state.empty:
        return ["no pure equilibrium", *[""] * (n_players + 1)]
    low, high = state.outer_vertices.min(axis=0), state.outer_vertices.max(axis=0)
    spans = [f"{_near(low[i], tol)} to {_near(high[i], tol)}" for i in range(n_players)]
    gap = f"{state.gap:.1e}" if math.isfinite(state.gap) else "none found"
    return [*spans, str(len(state.outer_vertices)), gap]


def _near(value: float, tol: float) -> str:
    return f"{0.0 if abs(value) <= tol else value:.6g}"
