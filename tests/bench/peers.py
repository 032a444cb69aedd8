"""What others take for the same games: a general LP for each programme, and QuantEcon.py."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import linprog

from bench.clock import repeat
from bench.families import random_repeated, repeated_cournot, repeated_dilemma
from detente.game.files import document_from_game
from detente.game.game import Game
from detente.solve.options import Options, equally_spaced
from detente.solve.twoparty import solve
from reference import slow_sets
from reference.plain_game import PlainGame, read_document

Vertices = Any
INFEASIBLE = 2  # a status of scipy.optimize.linprog


def time_programmes(game: Game, directions: int, limit: float) -> dict[str, Any]:
    """Solve the programmes of one round, each by HiGHS, until the time is up.

    The sets are those in which the fixed-direction bound of the game ends, so a round that is
    complete must give their supports again.

    Returns
    -------
    dict : seconds of CPU for each programme, how many there were, on how many HiGHS gave up, and
    how far the supports of states without such are from those of the solver, relative to the
    payoff range
    """
    solution = solve(game, Options(tol=1e-9, directions=directions))
    plain = read_document(document_from_game(game))
    sets = [slow_sets.hull(state.outer_vertices) for state in solution.states]
    spent, solved, failed, worst = 0.0, 0, 0, 0.0
    for s, found in enumerate(_best_by_state(plain, sets, equally_spaced(directions))):
        seconds, support, count, lost = found
        spent, solved, failed = spent + seconds, solved + count, failed + lost
        if lost == 0 and len(solution.states[s].outer_vertices):
            worst = max(worst, float(np.abs(support - solution.states[s].outer_support).max()))
        if spent > limit:
            break
    unit = float(np.ptp(game.payoff, axis=0).max())
    return {
        "per_programme": spent / solved,
        "solved": solved,
        "failed": failed,
        "difference": worst / unit,
    }


def _best_by_state(
    game: PlainGame, sets: list[Any], directions: Any
) -> Iterator[tuple[float, np.ndarray, int, int]]:
    """Give, for each state, CPU seconds within HiGHS, the supports of one round, how many
    programmes there were, and on how many of them HiGHS gave up.
    """
    for s, state in enumerate(game.states):
        seconds, count, lost = 0.0, 0, 0
        support = np.full(len(directions), -np.inf)
        for a in state.payoff:
            parts = slow_sets.constraints(game, s, a, sets)
            if parts is None:
                continue
            outcomes, rows, bounds, value, constant = parts
            regions = [sets[state.follows[k]] for k in outcomes]
            equal = slow_sets.block([r.equal_rows for r in regions])
            ones = np.concatenate([r.equal for r in regions])
            for d, direction in enumerate(directions):
                at = time.process_time()
                found = linprog(-(direction @ value), rows, bounds, equal, ones, method="highs")
                seconds, count = seconds + time.process_time() - at, count + 1
                if found.status == 0:
                    support[d] = max(support[d], direction @ constant - found.fun)
                elif found.status != INFEASIBLE:
                    lost += 1
        yield seconds, support, count, lost


def repeated_games() -> dict[str, Game]:
    """Games of one state that QuantEcon.py takes too."""
    games = {"prisoner's dilemma": repeated_dilemma(), "Cournot, 15 x 15": repeated_cournot(15)}
    games |= {f"random, 3 x 3, seed {k}": random_repeated(3, seed=k) for k in range(4)}
    games |= {"random, 10 x 10": random_repeated(10), "random, 3 x 3, .9": random_repeated(3, 0.9)}
    return games


def compare_quantecon() -> Iterator[dict[str, Any]]:
    """Time both on repeated games, and say how far the answers are from each other."""
    at = time.perf_counter()
    from quantecon.game_theory import NormalFormGame, Player, RepeatedGame

    loaded = time.perf_counter() - at
    for name, game in repeated_games().items():
        shape = tuple(int(n) for n in game.n_actions[0])
        table = game.payoff.reshape((*shape, 2))
        players = (Player(table[..., 0].copy()), Player(table[..., 1].T.copy()))
        peer = RepeatedGame(NormalFormGame(players), float(game.discount[0]))
        ours = repeat(lambda g=game: solve(g, Options()), 0.5)
        row = {
            "name": name,
            "import_seconds": loaded,
            "ours_first": ours["cpu_first"],
            "ours": ours["cpu_best"],
            "ours_status": ours["answer"].status.value,
        }
        unit = float(np.ptp(game.payoff, axis=0).max())
        row["ours_gap"] = ours["answer"].gap / unit
        try:
            theirs = repeat(lambda p=peer: p.equilibrium_payoffs(), 0.5)
        except Exception as wrong:  # whatever a peer raises is its answer, and is shown
            words = " ".join(f"{type(wrong).__name__}: {wrong}".split())
            yield {**row, "failed": words.partition(" While executing")[0][:120]}
            continue
        found = theirs["answer"]
        corners = found.points[found.vertices]
        exact = ours["answer"].states[0].outer_vertices
        yield {
            **row,
            "theirs_first": theirs["cpu_first"],
            "theirs": theirs["cpu_best"],
            "difference": distance(corners, exact) / unit if len(exact) else float("inf"),
        }


def distance(one: Vertices, other: Vertices, directions: int = 20_000) -> float:
    """Give the largest difference of supports, which is the distance of convex sets."""
    unit = equally_spaced(directions)
    return float(np.abs(slow_sets.support(one, unit) - slow_sets.support(other, unit)).max())
