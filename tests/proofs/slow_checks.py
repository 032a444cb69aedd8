"""Automata and bounds of small random games, judged by slow and plain code in fractions."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

from proofs.tools import hash_game, seal


def make_game(rng: random.Random, *, perfect: bool, n_players: int = 2) -> dict[str, Any]:
    """Make a game of two or three states with two or three actions each."""
    n_states = rng.randint(2, 3)
    states = []
    for s in range(n_states):
        shape = [rng.randint(2, 3) for _ in range(n_players)]

        def nest(make: Any, shape: list[int]) -> Any:
            return [nest(make, shape[1:]) for _ in range(shape[0])] if shape else make()

        state: dict[str, Any] = {
            "name": f"s{s}", "actions": [[f"a{b}" for b in range(n)] for n in shape],
            "payoffs": nest(lambda: [rng.randint(0, 6) for _ in range(n_players)], shape),
        }  # fmt: skip
        if perfect:
            state["monitoring"] = "perfect"
            state["transitions"] = nest(
                lambda: [[t, q] for t, q in enumerate(_chances(rng, n_states))], shape
            )
        else:
            state["outcomes"] = [{"next": rng.randrange(n_states)} for _ in range(3)]
            state["probabilities"] = nest(lambda: _chances(rng, 3), shape)
        states.append(state)
    discount = [str(Fraction(rng.randint(1, 9), 10)) for _ in range(n_players)]
    return {"players": [f"p{i}" for i in range(n_players)], "discount": discount, "states": states}


def _chances(rng: random.Random, n: int) -> list[str]:
    weights = [rng.randint(0, 3) for _ in range(n)]
    weights[rng.randrange(n)] += 1
    return [str(Fraction(w, sum(weights))) for w in weights]


def look_up(nested: Any, profile: tuple[int, ...]) -> Any:
    """Give the entry of nested lists at a profile."""
    for b in profile:
        nested = nested[b]
    return nested


def spread(game: Any, s: int, profile: tuple[int, ...]) -> dict[Any, tuple[Fraction, int]]:
    """Give the outcomes of a profile: what is seen -> (probability, next state)."""
    state = game["states"][s]
    if state.get("monitoring") == "perfect":
        cell = look_up(state["transitions"], profile)
        return {(profile, t): (Fraction(q), t) for t, q in cell if Fraction(q)}
    row = look_up(state["probabilities"], profile)
    return {
        k: (Fraction(q), state["outcomes"][k]["next"]) for k, q in enumerate(row) if Fraction(q)
    }


class RandomAutomaton:
    """Two nodes a state; what follows an outcome is drawn among the nodes of the next.

    They prescribe the ``first`` actions, or any.
    """

    def __init__(self, rng: random.Random, game: Any, *, first: bool) -> None:
        self.game = game
        self.perfect = game["states"][0].get("monitoring") == "perfect"
        self.nodes = [s for s in range(len(game["states"])) for _ in range(2)]
        shapes = [[len(a) for a in state["actions"]] for state in game["states"]]
        self.profiles = [
            tuple(0 if first else rng.randrange(n) for n in shapes[s]) for s in self.nodes
        ]
        self.keep = [self._draw(rng) for _ in self.nodes]
        n = len(game["players"])
        self.punish = [[self._draw(rng) for _ in range(n)] for _ in self.nodes]
        self.values = [self._solve(i) for i in range(n)]

    def _draw(self, rng: random.Random) -> dict[int, list[tuple[int, Fraction]]]:
        """Draw a lottery by what is told apart: next state, or the outcome of a signal."""
        out = {}
        for t in range(4):
            first = rng.randrange(2)
            weight = Fraction(rng.randint(0, 2), 2)
            parts = [(first, weight), (1 - first, 1 - weight)]
            out[t] = [(j, w) for j, w in parts if w]
        return out

    def follow(self, j: int, outcome: Any, t: int) -> list[tuple[int, Fraction]]:
        """Give the nodes that follow an outcome, with their weights."""
        if not self.perfect:
            lottery = self.keep[j][outcome]
        elif outcome[0] == self.profiles[j]:
            lottery = self.keep[j][t]
        else:
            pairs = zip(outcome[0], self.profiles[j], strict=True)
            player = next(i for i, (a, b) in enumerate(pairs) if a != b)
            lottery = self.punish[j][player][t]
        return [(2 * t + choice, weight) for choice, weight in lottery]

    def worth(self, j: int, i: int, profile: tuple[int, ...], values: list[Fraction]) -> Fraction:
        """Give what a profile is worth at a node, with given values of the nodes."""
        d = Fraction(self.game["discount"][i])
        s = self.nodes[j]
        total = (1 - d) * Fraction(look_up(self.game["states"][s]["payoffs"], profile)[i])
        for outcome, (q, t) in spread(self.game, s, profile).items():
            total += d * q * sum(w * values[m] for m, w in self.follow(j, outcome, t))
        return total

    def _solve(self, i: int) -> list[Fraction]:
        n = len(self.nodes)
        zero = [Fraction(0)] * n
        constant = [self.worth(j, i, self.profiles[j], zero) for j in range(n)]
        rows = []
        for j in range(n):
            units = [[*zero[:m], Fraction(1), *zero[m + 1 :]] for m in range(n)]
            rows.append(
                [Fraction(int(j == m)) - self.worth(j, i, self.profiles[j], unit) + constant[j]
                 for m, unit in enumerate(units)] + [constant[j]]
            )  # fmt: skip
        for p in range(n):
            pivot = next(r for r in range(p, n) if rows[r][p])
            rows[p], rows[pivot] = rows[pivot], rows[p]
            rows[p] = [x / rows[p][p] for x in rows[p]]
            for r in range(n):
                if r != p and rows[r][p]:
                    rows[r] = [x - rows[r][p] * y for x, y in zip(rows[r], rows[p], strict=True)]
        return [row[-1] for row in rows]

    def best_gain(self) -> Fraction:
        """Give the most that any one-shot deviation gains anywhere."""
        gains = []
        for j, s in enumerate(self.nodes):
            for i, names in enumerate(self.game["states"][s]["actions"]):
                for b in set(range(len(names))) - {self.profiles[j][i]}:
                    other = (*self.profiles[j][:i], b, *self.profiles[j][i + 1 :])
                    gains.append(self.worth(j, i, other, self.values[i]) - self.values[i][j])
        return max(gains)

    def proof(self, shift: Fraction = Fraction(0)) -> dict[str, Any]:
        """Write the automaton as a proof, its values shifted."""
        nodes = [self._write(j, shift) for j in range(len(self.nodes))]
        return seal({
            "detente_proof": 1, "made_by": "test", "game_sha256": hash_game(self.game),
            "steps": [{"step": "equilibrium", "nodes": nodes}],
            "claims": [{"claim": "nonempty", "at": 0}],
        })  # fmt: skip

    def _write(self, j: int, shift: Fraction) -> dict[str, Any]:
        reached: dict[str, set[Any]] = {"next": set(), "signals": set()}
        punished: list[set[int]] = [set() for _ in self.punish[j]]
        s = self.nodes[j]
        for i, names in enumerate(self.game["states"][s]["actions"]):
            for b in range(len(names)):
                profile = (*self.profiles[j][:i], b, *self.profiles[j][i + 1 :])
                for outcome, (_, t) in spread(self.game, s, profile).items():
                    if not self.perfect:
                        reached["signals"].add((outcome, t))
                    elif profile == self.profiles[j]:
                        reached["next"].add((t, t))
                    else:
                        punished[i].add(t)

        def write(lottery: list[tuple[int, Fraction]], t: int) -> list[list[Any]]:
            return [[2 * t + choice, str(weight)] for choice, weight in lottery]

        maps = {
            name: {str(key): write(self.keep[j][key], t) for key, t in sorted(found)}
            for name, found in reached.items() if found
        }  # fmt: skip
        node = {"at": s, "actions": list(self.profiles[j]),
                "value": [str(v[j] + shift) for v in self.values], **maps}  # fmt: skip
        if self.perfect:
            node["punish"] = [
                {str(t): write(self.punish[j][i][t], t) for t in sorted(found)}
                for i, found in enumerate(punished)
            ]
        return node


def find_floor(game: Any, player: int, rounds: int = 60) -> list[Fraction]:
    """Give floors from below: min over the others' actions of the best own one, iterated."""
    d = Fraction(game["discount"][player])
    cells = (
        look_up(state["payoffs"], profile)
        for state in game["states"]
        for profile in itertools.product(*(range(len(a)) for a in state["actions"]))
    )
    least = min(Fraction(cell[player]) for cell in cells)
    floor = [least] * len(game["states"])
    for _ in range(rounds):
        floor = [_replied(game, player, s, d, floor) for s in range(len(floor))]
        floor = [Fraction(int(f * 10**6), 10**6) for f in floor]  # rounded down, payoffs are >= 0
    return floor


def _replied(game: Any, player: int, s: int, d: Fraction, floor: list[Fraction]) -> Fraction:
    state = game["states"][s]
    worth: dict[tuple[int, ...], Fraction] = {}
    for profile in itertools.product(*(range(len(a)) for a in state["actions"])):
        u = Fraction(look_up(state["payoffs"], profile)[player])
        later = sum(q * floor[t] for q, t in spread(game, s, profile).values())
        others = profile[:player] + profile[player + 1 :]
        worth[others] = max(worth.get(others, Fraction(-1)), (1 - d) * u + d * later)
    return min(worth.values())
