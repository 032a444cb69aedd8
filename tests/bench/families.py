"""The games that are measured: families with seeds, so that a name and its numbers mean one game.

``FAMILIES`` lists them by name. Every generator answers with a `Game`; none of them is timed.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from detente.game.build import Stage, build_game, noisy_stage, stage
from detente.game.game import Game, Monitoring

PLAYERS = ("a", "b")


def _names(shape: Sequence[int]) -> list[list[str]]:
    return [[f"{PLAYERS[i]}{k}" for k in range(n)] for i, n in enumerate(shape)]


def _cells(shape: tuple[int, ...], cell: Callable[[tuple[int, ...]], Any]) -> Any:
    out = np.empty(shape, dtype=object)
    for actions in np.ndindex(shape):
        out[actions] = cell(actions)
    return out


def _pair(discount: float | Sequence[float]) -> list[float]:
    return [discount, discount] if isinstance(discount, float) else [float(d) for d in discount]


# ------------------------------------------------------------------------- perfect monitoring


def dilemma_two_states(discount: float = 0.6) -> Game:
    """A prisoner's dilemma whose payoffs are twice as large in the second state, i.i.d. even."""
    table = np.array([[(1, 1), (-1, 2)], [(2, -1), (0, 0)]], float)
    even = _cells((2, 2), lambda _: [(0, 0.5), (1, 0.5)])
    stages = [stage(f"s{s}", _names((2, 2)), table * (1 + s), even) for s in range(2)]
    return build_game(PLAYERS, _pair(discount), stages)


def risk_sharing(endowments: int, steps: int = 20, discount: float = 0.7) -> Game:
    """Risk sharing of the Kocherlakota type.

    Endowments e = j/(n-1) of party 1 and 1-e of party 2, i.i.d. uniform; payoff is the root of
    consumption. Each may give 0 .. its endowment in steps of 1/(steps (n-1)); an equilibrium
    prescribes at most one giver, all pairs are deviations.
    """
    step = 1 / (steps * (endowments - 1))
    stages = []
    for j in range(endowments):
        own = j / (endowments - 1)
        shape = (round(own / step) + 1, round((1 - own) / step) + 1)
        first, second = (np.arange(n) * step for n in shape)
        consumption = own - first[:, None] + second[None, :]
        payoffs = np.sqrt(np.maximum(np.stack([consumption, 1 - consumption], axis=-1), 0))
        draw = [(t, 1 / endowments) for t in range(endowments)]
        one_giver = (first[:, None] == 0) | (second[None, :] == 0)
        stages.append(
            stage(f"e{j}", _names(shape), payoffs, _cells(shape, lambda _, d=draw: d), one_giver)
        )
    return build_game(PLAYERS, _pair(discount), stages)


def random_dense(
    states: int, discount: float | Sequence[float], seed: int = 0, actions: int = 3
) -> Game:
    """Payoffs U(0, 10), transitions U(0, 1) normalised, every state leads to every state."""
    rng = np.random.default_rng(seed)
    shape = (actions, actions)
    stages = []
    for s in range(states):
        payoffs = rng.uniform(0, 10, (*shape, 2))
        chances = rng.uniform(0, 1, (*shape, states))
        chances /= chances.sum(-1, keepdims=True)
        moves = _cells(shape, lambda a, q=chances: list(enumerate(q[a].tolist())))
        stages.append(stage(f"s{s}", _names(shape), payoffs, moves))
    return build_game(PLAYERS, _pair(discount), stages)


def repeated_cournot(quantities: int, discount: float = 0.6, cost: float = 0.6) -> Game:
    """One state: quantities on [0, 6], price max(6 - Q, 0); the usual repeated example."""
    x = np.linspace(0, 6, quantities)
    price = np.maximum(6 - x[:, None] - x[None, :], 0)
    payoffs = np.stack([(price - cost) * x[:, None], (price - cost) * x[None, :]], axis=-1)
    shape = (quantities, quantities)
    return build_game(PLAYERS, _pair(discount), [stage("s0", _names(shape), payoffs)])


def repeated_dilemma(discount: float = 0.6) -> Game:
    """One state, the textbook prisoner's dilemma."""
    payoffs = np.array([[(9, 9), (1, 10)], [(10, 1), (3, 3)]], float)
    return build_game(PLAYERS, _pair(discount), [stage("s0", _names((2, 2)), payoffs)])


def random_repeated(actions: int, discount: float = 0.6, seed: int = 0) -> Game:
    """One state, payoffs U(0, 10)."""
    payoffs = np.random.default_rng(seed).uniform(0, 10, (actions, actions, 2))
    return build_game(PLAYERS, _pair(discount), [stage("s0", _names((actions,) * 2), payoffs)])


# -------------------------------------------------------------------------------- with signals


def random_signals(
    states: int, discount: float = 0.7, seed: int = 0, actions: int = 2, signals: int = 3
) -> Game:
    """Payoffs U(0, 10); each state has some signals, each leading to a random state."""
    rng = np.random.default_rng(seed)
    stages = []
    for s in range(states):
        payoffs = rng.uniform(0, 10, (actions, actions, 2))
        outcomes = [(f"y{k}", int(rng.integers(states))) for k in range(signals)]
        chances = rng.dirichlet(np.ones(signals), size=(actions, actions))
        stages.append(noisy_stage(f"s{s}", _names((actions, actions)), payoffs, outcomes, chances))
    return build_game(PLAYERS, _pair(discount), stages)


# --------------------------------------------------------------------------- like a scenario


def scenario_like(states: int, seed: int = 0, discount: Sequence[float] = (0.9, 0.92)) -> Game:
    """A sparse game as scenario files make them; the number of states is rounded up.

    Party a holds one ladder, party b two, and a government of b changes by chance. A move up is
    made at once, a move down fails half of the time (`undo`). 3 x 5 profiles and at most 8
    next states each; payoffs are terms by level that grow or fall along each ladder, and
    interact, so that ties are rare.
    """
    length = max(2, int((states / 2) ** (1 / 3) + 1e-9))
    width = max(2, math.isqrt(states // (2 * length)))
    sizes = (length, width, max(2, -(-states // (2 * length * width))))
    rng = np.random.default_rng(seed)
    worth = [np.sort(rng.uniform(0, 10, n)) for n in sizes]
    costs = [np.sort(rng.uniform(0, 7, n)) for n in sizes]
    joint = rng.uniform(-1, 1, (2, *sizes))
    index = {where: n for n, where in enumerate(itertools.product(range(2), *map(range, sizes)))}
    moves = (((0,), (1,), (-1,)), ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)))
    change = (0.06, 0.12)  # chance that the government of b leaves office: the friendly one first
    stages = []
    for (g, x, y, z), _ in index.items():
        terms = (
            np.array(
                [
                    worth[1][y] + worth[2][z] - costs[0][x],
                    worth[0][x] * (1 - 0.4 * g) - costs[1][y] - costs[2][z] * (1 + 0.5 * g),
                ]
            )
            + joint[:, x, y, z]
        )

        def cell(a: tuple[int, ...], g=g, where=(x, y, z)) -> list[tuple[int, float]]:
            step = (*moves[0][a[0]], *moves[1][a[1]])
            return _scatter(index, sizes, g, where, step, change[g])

        effort = np.array([[(-0.2 * (i > 0), -0.2 * (j > 0)) for j in range(5)] for i in range(3)])
        stages.append(
            stage(f"{'fh'[g]}-{x}-{y}-{z}", _names((3, 5)), terms + effort, _cells((3, 5), cell))
        )
    return build_game(PLAYERS, _pair(discount), stages)


def _scatter(
    index: dict[tuple[int, ...], int], sizes: tuple[int, ...], g: int, where: tuple[int, ...],
    step: tuple[int, ...], change: float,
) -> list[tuple[int, float]]:  # fmt: skip
    """Give the next states of a profile: each move down succeeds half of the time."""
    chances = {where: 1.0}
    for i, d in enumerate(step):
        if d == 0:
            continue
        moved: dict[tuple[int, ...], float] = {}
        for at, q in chances.items():
            to = list(at)
            to[i] = min(max(at[i] + d, 0), sizes[i] - 1)
            lands = 1.0 if d > 0 else 0.5
            moved[tuple(to)] = moved.get(tuple(to), 0.0) + q * lands
            if lands < 1.0:
                moved[at] = moved.get(at, 0.0) + q * (1.0 - lands)
        chances = moved
    return [
        (index[(other, *at)], q * p)
        for other, p in ((g, 1.0 - change), (1 - g, change))
        for at, q in chances.items()
    ]


def random_sparse(
    states: int, seed: int = 0, discount: float | Sequence[float] = 0.96, next_states: int = 4
) -> Game:
    """Random payoffs and few next states, near at hand but for one: one part, no order in it.

    4 x 4 profiles with ``next_states`` next states each, out of 8 that the state can lead to.
    """
    rng = np.random.default_rng(seed)
    stages = []
    for s in range(states):
        payoffs = rng.uniform(0, 10, (4, 4, 2))
        reach = np.unique(np.r_[(s + 1) % states, rng.integers(0, states, 1),
                                (s + rng.integers(-9, 10, 6)) % states])  # fmt: skip

        def cell(a: tuple[int, ...], reach=reach) -> list[tuple[int, float]]:
            chosen = rng.choice(reach, min(next_states, len(reach)), replace=False)
            chances = rng.dirichlet(np.ones(len(chosen)))
            return [(int(t), float(q)) for t, q in zip(chosen, chances, strict=True)]

        stages.append(stage(f"s{s}", _names((4, 4)), payoffs, _cells((4, 4), cell)))
    return build_game(PLAYERS, _pair(discount), stages)


def one_way(
    states: int, seed: int = 0, discount: float | Sequence[float] = 0.96, levels: int = 5
) -> Game:
    """A product of ladders where one ladder of each party only goes up: many strong parts.

    Each party may climb its ladder that goes up only (half of the attempts succeed) and move
    another one up or down. The number of states is rounded up.
    """
    width = max(2, -(-states // levels**2))
    width = max(2, math.isqrt(width - 1) + 1)
    sizes = (levels, levels, width, width)
    rng = np.random.default_rng(seed)
    index = {where: n for n, where in enumerate(itertools.product(*map(range, sizes)))}
    worth = [np.sort(rng.uniform(0, 10, n)) for n in sizes]
    joint = rng.uniform(-1, 1, (*sizes, 2))
    moves = ((0, 0), (1, 0), (0, 1), (0, -1))  # up for good, up, down
    stages = []
    for where in index:
        up_a, up_b, a, b = where
        terms = joint[where] + np.array([
            worth[1][up_b] + worth[3][b] - 0.6 * (worth[0][up_a] + worth[2][a]),
            worth[0][up_a] + worth[2][a] - 0.6 * (worth[1][up_b] + worth[3][b]),
        ])  # fmt: skip

        def cell(pair: tuple[int, ...], where=where) -> list[tuple[int, float]]:
            (x, c), (y, d) = moves[pair[0]], moves[pair[1]]
            return _climb(index, sizes, where, (x, y), (c, d))

        effort = np.array([[(-0.2 * (i > 0), -0.2 * (j > 0)) for j in range(4)] for i in range(4)])
        stages.append(stage("-".join(map(str, where)), _names((4, 4)), terms + effort,
                            _cells((4, 4), cell)))  # fmt: skip
    return build_game(PLAYERS, _pair(discount), stages)


def _climb(
    index: dict[tuple[int, ...], int], sizes: tuple[int, ...], where: tuple[int, ...],
    up: tuple[int, int], step: tuple[int, int],
) -> list[tuple[int, float]]:  # fmt: skip
    """Give the next states of a profile of `one_way`: climbing for good fails half of the time."""
    chances: dict[int, float] = {}
    for ups in itertools.product(*({0, u} for u in up)):
        to = [*(at + u for at, u in zip(where, ups, strict=False)),
              *(at + c for at, c in zip(where[2:], step, strict=True))]  # fmt: skip
        target = index[tuple(min(max(t, 0), n - 1) for t, n in zip(to, sizes, strict=True))]
        chances[target] = chances.get(target, 0.0) + 0.5 ** sum(u != 0 for u in up)
    return list(chances.items())


# -------------------------------------------------------------------------------- degenerate


def all_stages(game: Game) -> list[Stage]:
    """Take a game of perfect monitoring apart again, to build a changed one."""
    stages = []
    for s in range(game.n_states):
        if game.monitoring[s] != Monitoring.PERFECT:
            raise ValueError("only games of perfect monitoring")
        shape = tuple(int(n) for n in game.n_actions[s])
        rows = game.profiles(s)

        def cell(a: tuple[int, ...], first=rows.start, shape=shape) -> list[tuple[int, float]]:
            p = first + int(np.ravel_multi_index(a, shape))
            span = range(int(game.entry_start[p]), int(game.entry_start[p + 1]))
            return [
                (int(game.outcome_next[game.entry_outcome[e]]), float(game.entry_probability[e]))
                for e in span
            ]

        stages.append(
            stage(
                game.state_names[s], game.action_names[s],
                game.payoff[rows.start : rows.stop].reshape((*shape, -1)), _cells(shape, cell),
                game.prescribable[rows.start : rows.stop].reshape(shape),
            )
        )  # fmt: skip
    return stages


FAMILIES: dict[str, Callable[[], Game]] = {
    "pd2": dilemma_two_states,
    "risk2": lambda: risk_sharing(2),
    "risk5": lambda: risk_sharing(5),
    "r10.7": lambda: random_dense(10, 0.7),
    "r10.9": lambda: random_dense(10, 0.9),
    "r10.99": lambda: random_dense(10, 0.99),
    "r50.7": lambda: random_dense(50, 0.7),
    "r50.9": lambda: random_dense(50, 0.9),
    "r100.7": lambda: random_dense(100, 0.7),
    "signals2": lambda: random_signals(2, 0.7, seed=3),
    "signals10": lambda: random_signals(10, 0.9, actions=3),
    "sparse1000": lambda: scenario_like(1_000),
    "sparse10000": lambda: scenario_like(10_000),
}
