"""Games as plain dictionaries, for the slow reference. Shares no code with the package."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np


class PlainState(NamedTuple):
    name: str
    shape: tuple[int, ...]  # number of actions of each player
    payoff: dict  # profile -> float array (P,)
    chance: dict  # profile -> {outcome: probability}, positive entries only
    follows: dict  # outcome -> next state
    prescribable: dict  # profile -> bool


class PlainGame(NamedTuple):
    discount: np.ndarray  # (P,)
    states: list[PlainState]


def number(value: Any) -> float:
    return float(Fraction(value)) if isinstance(value, str) else float(value)


def at(table: Any, profile: tuple[int, ...]) -> Any:
    for action in profile:
        table = table[action]
    return table


def read_document(document: dict) -> PlainGame:
    """Read a game file (design, section 7) without the package."""
    names = [state["name"] for state in document["states"]]
    states = []
    for state in document["states"]:
        shape = tuple(len(actions) for actions in state["actions"])
        payoff, chance, follows, prescribable = {}, {}, {}, {}
        for a in itertools.product(*map(range, shape)):
            payoff[a] = np.array([number(x) for x in at(state["payoffs"], a)])
            allowed = state.get("prescribable")
            prescribable[a] = True if allowed is None else bool(at(allowed, a))
            chance[a] = {}
            if state.get("monitoring") == "perfect":
                for target, p in at(state["transitions"], a):
                    target = names.index(target) if isinstance(target, str) else target
                    follows[a, target] = target
                    chance[a][a, target] = chance[a].get((a, target), 0.0) + number(p)
            else:
                for k, p in enumerate(at(state["probabilities"], a)):
                    target = state["outcomes"][k]["next"]
                    follows[k] = names.index(target) if isinstance(target, str) else target
                    chance[a][k] = number(p)
            chance[a] = {k: p for k, p in chance[a].items() if p > 0}
        states.append(PlainState(state["name"], shape, payoff, chance, follows, prescribable))
    return PlainGame(np.array([number(d) for d in document["discount"]]), states)


def read_game(game: Any) -> PlainGame:
    """Read a compiled `Game` through its documented arrays only."""
    states = []
    for s in range(game.n_states):
        payoff, chance, follows, prescribable = {}, {}, {}, {}
        shape = tuple(int(n) for n in game.n_actions[s])
        for offset, a in enumerate(itertools.product(*map(range, shape))):
            row = int(game.profile_start[s]) + offset
            payoff[a] = np.array(game.payoff[row])
            prescribable[a] = bool(game.prescribable[row])
            entries = range(int(game.entry_start[row]), int(game.entry_start[row + 1]))
            chance[a] = {
                int(game.entry_outcome[e]): float(game.entry_probability[e]) for e in entries
            }
            follows |= {k: int(game.outcome_next[k]) for k in chance[a]}
        states.append(PlainState(game.state_names[s], shape, payoff, chance, follows, prescribable))
    return PlainGame(np.array(game.discount), states)
