"""Builders of game files (design, section 7): the games of the known results, and random ones."""

from __future__ import annotations

import itertools
from copy import deepcopy
from typing import Any

import numpy as np

Document = dict[str, Any]


def each_profile(shape: tuple[int, ...], cell: Any) -> Any:
    """Nested lists with ``cell(profile)`` in every place."""
    if not shape:
        return cell(())
    return [each_profile(shape[1:], lambda rest, n=n: cell((n, *rest))) for n in range(shape[0])]


def named(shape: tuple[int, ...]) -> list[list[str]]:
    return [[f"{'abcde'[i]}{n}" for n in range(size)] for i, size in enumerate(shape)]


def document(states: list[Document], discount: float | list[float], players: int = 2) -> Document:
    factors = discount if isinstance(discount, list) else [discount] * players
    return {"players": [f"p{i + 1}" for i in range(players)], "discount": factors, "states": states}


def perfect_state(name: str, shape: tuple[int, ...], payoff: Any, move: Any) -> Document:
    """A state whose actions everybody sees; move(profile) lists (next state, probability)."""
    return {
        "name": name,
        "actions": named(shape),
        "payoffs": each_profile(shape, lambda a: [float(x) for x in payoff(a)]),
        "monitoring": "perfect",
        "transitions": each_profile(shape, lambda a: [[s, p] for s, p in move(a)]),
    }


def signal_state(
    name: str, shape: tuple[int, ...], payoff: Any, outcomes: list[tuple[str, int]], chance: Any
) -> Document:
    """All see one outcome (signal, next state), drawn by chance(profile)."""
    return {
        "name": name,
        "actions": named(shape),
        "payoffs": each_profile(shape, lambda a: [float(x) for x in payoff(a)]),
        "outcomes": [{"signal": signal, "next": target} for signal, target in outcomes],
        "probabilities": each_profile(shape, lambda a: [float(p) for p in chance(a)]),
    }


def repeated(table: Any, discount: float | list[float]) -> Document:
    """The same table [a1][a2][player] for ever, perfect monitoring."""
    t = np.asarray(table, dtype=float)
    state = perfect_state("s0", t.shape[:-1], lambda a: t[a], lambda a: [(0, 1.0)])
    return document([state], discount, t.shape[-1])


# ---------------------------------------------------------------- the known results, by item


def dilemma_table(g: float, loss: float) -> list[list[list[float]]]:
    """Action 0 cooperates."""
    return [[[1, 1], [-loss, 1 + g]], [[1 + g, -loss], [0, 0]]]


def dilemma(g: float, loss: float, delta: float) -> Document:
    """Item 1."""
    return repeated(dilemma_table(g, loss), delta)


ABREU_SANNIKOV_TABLE = [
    [[16, 9], [3, 13], [0, 3]],
    [[21, 1], [10, 4], [-1, 0]],
    [[9, 0], [5, -4], [-5, -15]],
]  # item 2
NO_PURE_TABLE = [[[1, -1], [-1, 2]], [[-2, 2], [1, 0]]]  # item 3
BATTLE_TABLE = [[[0, 0], [1, 3]], [[3, 1], [0, 0]]]  # item 4
RISK_OUTCOMES = [(0, 10), (4, 9), (7, 7), (9, 4), (10, 0)]


def risk_sharing(delta: float) -> Document:
    """Item 5: in state 0 player 1 alone chooses the outcome, in state 1 player 2."""
    even = [(0, 0.5), (1, 0.5)]
    states = [
        perfect_state("s0", (5, 1), lambda a: RISK_OUTCOMES[a[0]], lambda a: even),
        perfect_state("s1", (1, 5), lambda a: RISK_OUTCOMES[a[1]], lambda a: even),
    ]
    return document(states, delta)


def noisy_dilemma(p: float, q: float, r: float, delta: float) -> Document:
    """Item 6: the good signal has probability p, q, r after both, one, none cooperate."""
    table = [[(2, 2), (-1, 3)], [(3, -1), (0, 0)]]
    good = [[p, q], [q, r]]
    state = signal_state(
        "s0", (2, 2), lambda a: table[a[0]][a[1]], [("good", 0), ("bad", 0)],
        lambda a: (good[a[0]][a[1]], 1 - good[a[0]][a[1]]),
    )  # fmt: skip
    return document([state], delta)


def inspected(s: float, b: float, f: float, d: float, delta: float) -> Document:
    """Item 7: player 1 complies, cheats or walks out; player 2 pays relief; all see an alarm.

    Compliance is worth as much to player 2 as the relief to player 1, paying for anything else
    costs it 1, so it never does. Unpaid, player 1 would walk out: that is worth 0 to both, and
    for ever it is the loss of everything. Player 2 always has a strict reason for what it does.
    """
    table = [[(s, s), (-0.1, 0)], [(s + b, -1), (-0.1, 0)], [(0, -1), (0, 0)]]
    alarm = (f, d, d)
    state = signal_state(
        "s0", (3, 2), lambda a: table[a[0]][a[1]], [("quiet", 0), ("alarm", 0)],
        lambda a: (1 - alarm[a[0]], alarm[a[0]]),
    )  # fmt: skip
    return document([state], delta)


def inspected_for_nothing(s: float, b: float, f: float, d: float, delta: float) -> Document:
    """Item 7 with a player 2 to whom everything but rewarding a cheat is worth exactly 0.

    It is indifferent in every equilibrium, so no constraint of its own can ever be strict.
    """
    table = [[(s, 0), (0, 0)], [(s + b, -1), (0, 0)]]
    alarm = (f, d)
    state = signal_state(
        "s0", (2, 2), lambda a: table[a[0]][a[1]], [("quiet", 0), ("alarm", 0)],
        lambda a: (1 - alarm[a[0]], alarm[a[0]]),
    )  # fmt: skip
    return document([state], delta)


def dilemma_with_turnover(g: float, loss: float, chance: float, delta: float) -> Document:
    """Item 8: each period the game ends with the given chance, in a state worth 0 to all."""
    t = dilemma_table(g, loss)
    states = [
        perfect_state(
            "on", (2, 2), lambda a: t[a[0]][a[1]], lambda a: [(0, 1 - chance), (1, chance)]
        ),
        perfect_state("over", (1, 1), lambda a: (0, 0), lambda a: [(1, 1.0)]),
    ]
    return document(states, delta)


def disarmament(
    delta: float, way_back: bool, s: float = 1.0, kappa: float = 0.5, k: float = 0.3,
    beta: float = 1.0, c: float = 0.1,
) -> Document:  # fmt: skip
    """Item 9: player 1 is A (action 0 keeps, 1 switches), player 2 is B (0 pays, 1 does not)."""

    def armed(a: tuple[int, ...]) -> tuple[float, float]:
        paid = a[1] == 0
        return s * paid, -kappa * paid

    def disarmed(a: tuple[int, ...]) -> tuple[float, float]:
        paid, rearms = a[1] == 0, a[0] == 1
        return s * paid - k - c * rearms, beta - kappa * paid

    actions = 2 if way_back else 1
    states = [
        perfect_state("armed", (2, 2), armed, lambda a: [(a[0], 1.0)]),
        perfect_state("disarmed", (actions, 2), disarmed, lambda a: [(1 - a[0], 1.0)]),
    ]
    return document(states, delta)


def irreversible_steps(K: int, b: float, delta: float) -> Document:
    """Item 10: both choose a level in {0, 1/K, .., 1}, never below the one reached before."""
    levels = list(itertools.product(range(K + 1), repeat=2))

    def state(reached: tuple[int, int]) -> Document:
        def chosen(a: tuple[int, ...]) -> tuple[int, int]:
            return reached[0] + a[0], reached[1] + a[1]

        def payoff(a: tuple[int, ...]) -> tuple[float, float]:
            x, y = chosen(a)
            return (b * y - x) / K, (b * x - y) / K

        shape = (K + 1 - reached[0], K + 1 - reached[1])
        return perfect_state(
            f"{reached[0]}-{reached[1]}", shape, payoff, lambda a: [(levels.index(chosen(a)), 1.0)]
        )

    return document([state(reached) for reached in levels], delta)


def cournot(n: int, cost: float, delta: float) -> Document:
    """Item 13: n quantities equally spaced on [0, 6], price max(6 - Q, 0)."""
    x = np.linspace(0, 6, n)
    price = np.maximum(6 - x[:, None] - x[None, :], 0)
    table = np.stack([(price - cost) * x[:, None], (price - cost) * x[None, :]], axis=-1)
    return repeated(table, delta)


# ---------------------------------------------------------------- random games


def random_chances(rng: np.random.Generator, n: int, zeros: bool) -> list[float]:
    """Probabilities that are whole sixty-fourths, so that they sum to one exactly."""
    weights = rng.exponential(size=n)
    if zeros:
        weights *= rng.random(n) < 0.6
    if weights.sum() == 0:
        weights[rng.integers(n)] = 1.0
    parts = np.floor(64 * weights / weights.sum())
    parts[np.argmax(parts)] += 64 - parts.sum()
    return [float(x) for x in parts / 64]


def random_game(
    seed: int,
    states: int = 1,
    actions: tuple[int, ...] = (2, 2),
    signals: int = 0,
    delta: float | list[float] = 0.5,
    whole: bool = False,
    zeros: bool = False,
    absorbing: bool = False,
) -> Document:
    """A random game of 2 or more players, payoffs in [0, 10].

    Parameters
    ----------
    signals : number of public outcomes per state; 0 for perfect monitoring
    whole : whole payoffs in 0..4, so that many are equal
    zeros : probabilities that are often zero
    absorbing : the last state is never left
    """
    rng = np.random.default_rng(seed)

    def state(s: int) -> Document:
        shape = (*actions, len(actions))
        table = rng.integers(0, 5, shape).astype(float) if whole else rng.uniform(0, 10, shape)
        stay = absorbing and s == states - 1
        if signals:
            chances = {
                a: random_chances(rng, signals, zeros)
                for a in itertools.product(*map(range, actions))
            }
            targets = [s if stay else int(rng.integers(states)) for _ in range(signals)]
            outcomes = [(f"y{n}", target) for n, target in enumerate(targets)]
            return signal_state(f"s{s}", actions, lambda a: table[a], outcomes, chances.get)
        moves = {
            a: [(s, 1.0)] if stay else list(enumerate(random_chances(rng, states, zeros)))
            for a in itertools.product(*map(range, actions))
        }
        return perfect_state(f"s{s}", actions, lambda a: table[a], moves.get)

    return document([state(s) for s in range(states)], delta, len(actions))


# ---------------------------------------------------------------- changes that should not matter


def cells(state: Document) -> tuple[str, ...]:
    """The tables of a state that have one cell per profile."""
    return tuple(
        key for key in ("payoffs", "transitions", "probabilities", "prescribable") if key in state
    )


def swap_players(game: Document) -> Document:
    """The same game with the two players' names exchanged."""
    new = deepcopy(game)
    new["players"].reverse()
    new["discount"] = new["discount"][::-1]
    for state in new["states"]:
        state["actions"].reverse()
        for key in cells(state):
            rows = [list(column) for column in zip(*state[key], strict=True)]
            state[key] = rows
        state["payoffs"] = [[u[::-1] for u in row] for row in state["payoffs"]]
    return new


def redirect(state: Document, target: Any) -> None:
    """Replace every next state t of a state by target(t)."""
    for outcome in state.get("outcomes", []):
        outcome["next"] = target(outcome["next"])
    for row in state.get("transitions", []):
        for cell in row:
            for entry in cell:
                entry[0] = target(entry[0])


def permute_states(game: Document, order: list[int]) -> Document:
    """The same game with state order[n] in place n."""
    new = deepcopy(game)
    place = {old: n for n, old in enumerate(order)}
    for state in new["states"]:
        redirect(state, place.__getitem__)
    new["states"] = [new["states"][old] for old in order]
    return new


def rescale(game: Document, scale: list[float], shift: list[float]) -> Document:
    """Payoffs scale * u + shift, player by player."""
    new = deepcopy(game)
    for state in new["states"]:
        state["payoffs"] = [
            [[m * x + c for m, x, c in zip(scale, u, shift, strict=True)] for u in row]
            for row in state["payoffs"]
        ]
    return new


def duplicate_action(game: Document, state: int, player: int, action: int) -> Document:
    """Give a player a second action that does exactly what one of its actions does."""
    new = deepcopy(game)
    s = new["states"][state]
    s["actions"][player].append(s["actions"][player][action] + "-again")
    for key in cells(s):
        if player == 0:
            s[key].append(deepcopy(s[key][action]))
        else:
            for row in s[key]:
                row.append(deepcopy(row[action]))
    return new


def copy_state(game: Document, state: int) -> Document:
    """Append a copy of a state and send half of what led to the state to the copy.

    With signals every second outcome that leads to the state is sent to the copy; under perfect
    monitoring every chance of reaching the state is halved.
    """
    new = deepcopy(game)
    copy = len(new["states"])
    new["states"].append(deepcopy(new["states"][state]) | {"name": "copy"})
    for s in new["states"]:
        for n, outcome in enumerate(s.get("outcomes", [])):
            if outcome["next"] == state and n % 2:
                outcome["next"] = copy
        for row in s.get("transitions", []):
            for cell in row:
                halved = [[t, p / 2] for t, p in cell if t == state]
                rest = [[t, p] for t, p in cell if t != state]
                cell[:] = rest + halved + [[copy, p] for _, p in halved]
    return new


def side_by_side(first: Document, second: Document) -> Document:
    """Two games that have nothing to do with each other, in one file (same discount)."""
    new = deepcopy(first)
    shift = len(first["states"])
    other = deepcopy(second["states"])
    for state in other:
        redirect(state, lambda t: t + shift)
        state["name"] += "-other"
    new["states"] += other
    return new


def only_whole_payoffs(game: Document) -> bool:
    """Whether all payoffs are whole numbers, so that exact ties are likely."""
    return all(x == round(x) for s in game["states"] for x in np.ravel(s["payoffs"]))
