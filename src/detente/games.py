"""For those who come only for the solver: games in, equilibrium payoff sets out.

What stands here is kept stable: the functions, and the attributes of `Game`, `StateArrays`,
`Solution` and `StateSet` as their own pages describe them. docs/games.md is the tutorial.

Examples
--------
>>> from detente import games
>>> dilemma = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]
>>> solution = games.solve(games.from_arrays(dilemma, discount=0.6))
>>> solution.status.value, round(float(solution.states[0].outer_vertices.max()), 4)
('converged', 1.5)
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from detente.arrays import FloatArray
from detente.errors import DetenteError, Problem
from detente.game.convert import WRITTEN, check_ending, print_document, read_document
from detente.game.files import Value, document_from_game, game_from_document
from detente.game.from_arrays import StateArrays, from_arrays, to_arrays
from detente.game.game import Game, Monitoring
from detente.solve.dispatch import solve as _solve
from detente.solve.options import Options
from detente.solve.solution import Solution, StateSet, Status

__all__ = [
    "DetenteError",
    "Game",
    "Monitoring",
    "ShownSolution",
    "Solution",
    "StateArrays",
    "StateSet",
    "Status",
    "from_arrays",
    "read",
    "solve",
    "to_arrays",
    "write",
]


@dataclasses.dataclass(frozen=True, slots=True, repr=False)
class ShownSolution(Solution):
    """A `Solution` that prints as in a terminal, and shows its sets in a notebook.

    Attributes
    ----------
    players : the players' names, in the order of the columns of the sets
    """

    players: tuple[str, ...] = ()

    def __repr__(self) -> str:
        n = len(self.states)
        return f"<Solution: {self.status}, {n} state{'' if n == 1 else 's'}, gap {self.gap:.1e}>"

    def __str__(self) -> str:
        from detente.show.solved import render_solution
        from detente.show.terminal import print_plain

        return print_plain(render_solution(self, self.players))

    def _repr_html_(self) -> str:
        from detente.show.notebook import render_html
        from detente.show.notebook_pictures import picture_solution
        from detente.show.solved import render_solution

        text = render_html(render_solution(self, self.players))
        return picture_solution(self, self.players) + text


def read(path: str | Path, discount: float | str | Sequence[Value] | None = None) -> Game:
    """Read a game file (.json), or a strategic game of Gambit (.nfg) to be repeated for ever.

    Parameters
    ----------
    discount : for an .nfg file, which has none: the discount factor per period of all players,
        or one for each

    Raises
    ------
    DetenteError
        E1xx where the file cannot be read, E42x and E43x where it is no game, E440 to E442 for
        a file of another kind or without a discount factor.
    """
    factors = (
        [] if discount is None else [discount] if isinstance(discount, float | str) else discount
    )
    return game_from_document(read_document(path, factors), str(path))


def write(game: Game, path: str | Path, periods: int = 1, start: int | str = 0) -> None:
    """Write a game to a game file (.json) or in Gambit's formats, replacing what was there.

    Parameters
    ----------
    path : what it ends in decides: ``.json``; ``.nfg``, the stage of a game with one state; or
        ``.efg``, the tree of the first periods
    periods : how many periods the tree has; a player's payoff is the sum of those of the periods,
        each times discount^t, t = 0, 1, ..
    start : number or name of the state in which the tree starts

    Raises
    ------
    DetenteError
        E195 where the file cannot be written, E440 where its name ends otherwise, E442 for a game
        that the format cannot hold, E443, with the number of nodes, for too large a tree.
    """
    path = Path(path)
    ending = check_ending(path, WRITTEN, "written to")
    text = print_document(document_from_game(game), ending, periods, start)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as wrong:
        message = f"{path} cannot be written: {wrong.strerror or wrong}"
        raise DetenteError(Problem("E195", message, remedy="choose another place")) from None


def solve(
    game: Game,
    tolerance: float = 1e-6,
    directions: int | FloatArray | None = None,
    max_iterations: int = 20_000,
    time_limit: float | None = None,
    threads: int | None = None,
) -> ShownSolution:
    """Bound the equilibrium payoffs of every state, from outside and from inside.

    Parameters
    ----------
    game : the game
    tolerance : relative to the largest range of one player's payoffs
    directions : None for exact polygons; a number of equally spaced directions (two players), or
        float64 array, shape (D, P), for the outer bound by these directions alone
    max_iterations : most rounds
    time_limit : seconds, or None
    threads : None for one a core; the answer is the same to the bit

    Returns
    -------
    ShownSolution
        a `Solution` that shows itself; read its ``status`` and its ``gap`` before its sets: only
        CONVERGED and EMPTY are answers, and of everything within the outer set only what lies in
        the inner one is shown to be payoffs of equilibria

    Raises
    ------
    DetenteError
        E401 and E402 for settings out of range, E403 for a number of players that is not solved,
        E405 where the sets would not fit into memory.
    """
    options = Options(
        tol=tolerance,
        max_iterations=max_iterations,
        time_limit_seconds=time_limit,
        directions=directions,
        threads=threads,
    )
    found = _solve(game, options)
    fields = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return ShownSolution(**fields, players=game.players)
