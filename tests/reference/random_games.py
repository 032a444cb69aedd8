"""The 200 seeded games that every promise of the solver is tested on.

Whoever has something to test on all of them takes `list_games()`. Half are drawn without any
structure, half from families that are degenerate on purpose: each kind says in a word what it is.
All have 2 to 12 states and 1 to 4 actions per player.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reference import games
from reference.games import Document


class Case(NamedTuple):
    """A game, with a name that says its kind and seed."""

    name: str
    kind: str
    document: Document

    @property
    def noisy(self) -> bool:
        return any("outcomes" in state for state in self.document["states"])

    @property
    def tol(self) -> float:
        """What is asked of a solve: with signals boundaries are curved and may take long."""
        return 1e-4 if self.kind == "signals_patient" else 1e-5 if self.noisy else 1e-6


Drawer = Callable[[np.random.Generator, int], Document]


def draw_delta(rng: np.random.Generator, low: float = 0.3, high: float = 0.95) -> float:
    """A discount factor of three decimals."""
    return round(float(rng.uniform(low, high)), 3)


def draw_size(rng: np.random.Generator) -> tuple[int, float]:
    """How many states, and how patient: many states need patience to have equilibria at all."""
    n = int(rng.integers(2, 13))
    return n, draw_delta(rng, 0.3 if n <= 3 else 0.5 if n <= 6 else 0.65)


def shape_of(rng: np.random.Generator, least: int = 2, most: int = 4) -> tuple[int, int]:
    return int(rng.integers(least, most + 1)), int(rng.integers(least, most + 1))


# ---------------------------------------------------------------- without structure


def perfect(rng: np.random.Generator, seed: int) -> Document:
    n, delta = draw_size(rng)
    return games.random_game(seed, n, shape_of(rng), 0, delta, zeros=bool(rng.integers(2)))


def perfect_own_patience(rng: np.random.Generator, seed: int) -> Document:
    """Players who differ in patience."""
    factors = [draw_delta(rng), draw_delta(rng)]
    return games.random_game(seed, int(rng.integers(2, 7)), shape_of(rng, 2, 3), 0, factors)


def signals(rng: np.random.Generator, seed: int) -> Document:
    """Patience up to .75, where sets have corners rather than arcs of hundreds of them."""
    return games.random_game(
        seed, int(rng.integers(2, 13)), shape_of(rng, 2, 3), int(rng.integers(2, 4)),
        draw_delta(rng, 0.5, 0.75), zeros=bool(rng.integers(2)),
    )  # fmt: skip


def signals_patient(rng: np.random.Generator, seed: int) -> Document:
    return games.random_game(
        seed, int(rng.integers(2, 4)), (2, 2), 2, draw_delta(rng, 0.75, 0.95)
    )  # fmt: skip


def mixed_monitoring(rng: np.random.Generator, seed: int) -> Document:
    """Half of the states are seen perfectly, half through signals."""
    n, delta = int(rng.integers(2, 7)), draw_delta(rng, 0.3, 0.7)
    seen = games.random_game(seed, n, (2, 2), 0, delta)
    heard = games.random_game(seed + 1, n, (2, 2), 3, delta)
    states = [(seen if s % 2 else heard)["states"][s] for s in range(n)]
    return games.document(states, delta)


# ---------------------------------------------------------------- degenerate on purpose


def whole_payoffs(rng: np.random.Generator, seed: int) -> Document:
    """Whole payoffs and simple patience: parallel edges, floors through corners."""
    delta = float(rng.choice([0.5, 0.6, 0.75, 0.8]))
    return games.random_game(
        seed, int(rng.integers(2, 7)), shape_of(rng, 2, 3), 0, delta, whole=True, zeros=True
    )


def whole_payoffs_signals(rng: np.random.Generator, seed: int) -> Document:
    delta = float(rng.choice([0.5, 0.6]))
    return games.random_game(seed, int(rng.integers(2, 5)), (2, 2), 2, delta, whole=True)


def same_interests(rng: np.random.Generator, seed: int) -> Document:
    """Both always get the same: sets are points and segments."""
    game = perfect(rng, seed) if rng.integers(2) else signals(rng, seed)
    for state in game["states"]:
        state["payoffs"] = [[[u[0], u[0]] for u in row] for row in state["payoffs"]]
    return game


def opposed_interests(rng: np.random.Generator, seed: int) -> Document:
    """What one gains the other loses; where both move, there is often no pure equilibrium."""
    game = perfect(rng, seed) if seed % 4 == 0 else one_mover(rng, seed)
    for state in game["states"]:
        state["payoffs"] = [[[u[0], 10.0 - u[0]] for u in row] for row in state["payoffs"]]
    return game


def duplicated_actions(rng: np.random.Generator, seed: int) -> Document:
    noisy = bool(rng.integers(2))
    game = games.random_game(
        seed, int(rng.integers(2, 6)), (2, 2), 3 * noisy, draw_delta(rng, 0.3, 0.7)
    )
    for s in range(len(game["states"])):
        game = games.duplicate_action(game, s, s % 2, 0)
    return game


def mixed_scales(rng: np.random.Generator, seed: int) -> Document:
    """Payoffs of a millionth for one player and of millions for the other."""
    game = games.random_game(seed, int(rng.integers(2, 6)), (2, 2), 0, draw_delta(rng, 0.3, 0.9))
    scale = [1e-7, 1e5] if rng.integers(2) else [1e5, 1e-7]
    return games.rescale(game, scale, [0.0, 0.0])


def mixed_state_scales(rng: np.random.Generator, seed: int) -> Document:
    """Stakes that differ by up to a million from state to state."""
    game = games.random_game(seed, int(rng.integers(2, 6)), (2, 2), 0, draw_delta(rng, 0.3, 0.9))
    for state in game["states"]:
        factor = float(10.0 ** rng.integers(-3, 4))
        state["payoffs"] = [[[factor * x for x in u] for u in row] for row in state["payoffs"]]
    return game


def impatient(rng: np.random.Generator, seed: int) -> Document:
    return games.random_game(seed, int(rng.integers(2, 4)), (2, 2), 0, draw_delta(rng, 0.01, 0.1))


def patient(rng: np.random.Generator, seed: int) -> Document:
    delta = float(rng.choice([0.97, 0.99, 0.999]))
    return games.random_game(seed, 2, (2, 2), 0, delta, absorbing=bool(rng.integers(2)))


def absorbing(rng: np.random.Generator, seed: int) -> Document:
    noisy = bool(rng.integers(2))
    return games.random_game(
        seed, int(rng.integers(2, 9)), (2, 2), 3 * noisy, draw_delta(rng, 0.3, 0.75),
        absorbing=True,
    )  # fmt: skip


def unreachable(rng: np.random.Generator, seed: int) -> Document:
    """The last state is never entered."""
    n = int(rng.integers(3, 8))
    game = games.random_game(seed, n, (2, 2), 0, draw_delta(rng))
    for state in game["states"]:
        games.redirect(state, lambda t: t % (n - 1))
    return game


def one_mover(rng: np.random.Generator, seed: int) -> Document:
    """In every state one player has nothing to choose; in one of them both."""
    n, delta = int(rng.integers(2, 7)), draw_delta(rng)
    kinds = [(int(rng.integers(2, 5)), 1), (1, int(rng.integers(2, 5))), (1, 1)]
    states = []
    for s in range(n):
        game = games.random_game(seed + s, n, kinds[s % 3], 0, delta)
        states.append(game["states"][s])
    return games.document(states, delta)


def nothing_at_stake(rng: np.random.Generator, seed: int) -> Document:
    """All payoffs zero for one player or for both: whatever is, is by a tie."""
    noisy = bool(rng.integers(2))
    game = games.random_game(
        seed, int(rng.integers(2, 5)), (2, 2), 2 * noisy, draw_delta(rng, 0.3, 0.6)
    )
    keep = float(rng.integers(2))
    for state in game["states"]:
        state["payoffs"] = [[[keep * u[0], 0.0] for u in row] for row in state["payoffs"]]
    return game


def no_equilibrium(rng: np.random.Generator, seed: int) -> Document:
    """Matching pennies with too little patience, and a state that leads there."""
    n, delta = int(rng.integers(2, 5)), draw_delta(rng, 0.01, 0.15)
    game = games.random_game(seed, n, (2, 2), 0, delta)
    pennies = games.NO_PURE_TABLE
    game["states"][0] |= games.perfect_state(
        "pennies", (2, 2), lambda a: pennies[a[0]][a[1]], lambda _: [(0, 1.0)]
    )
    return game


FAMILIES: list[tuple[Drawer, int]] = [
    (perfect, 50), (perfect_own_patience, 10), (signals, 30), (signals_patient, 5),
    (mixed_monitoring, 5), (whole_payoffs, 16), (whole_payoffs_signals, 6), (same_interests, 10),
    (opposed_interests, 8), (duplicated_actions, 10), (mixed_scales, 8), (mixed_state_scales, 6),
    (impatient, 6), (patient, 4), (absorbing, 8), (unreachable, 4), (one_mover, 6),
    (nothing_at_stake, 5), (no_equilibrium, 3),
]  # fmt: skip


def list_games() -> list[Case]:
    """All 200, always the same."""
    cases = []
    for family, (draw, count) in enumerate(FAMILIES):
        for n in range(count):
            seed = 1000 * family + n
            document = draw(np.random.default_rng([7, seed]), seed)
            cases.append(Case(f"{draw.__name__}-{seed}", draw.__name__, document))
    return cases


def few_games() -> list[Case]:
    """The first of every family, and one more of those without structure."""
    first = {case.kind: case for case in reversed(list_games())}
    return [*first.values(), list_games()[1]]
