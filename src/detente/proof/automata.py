"""Finite automata whose values are equilibrium payoffs, checked in exact fractions.

A node prescribes a profile in a state and promises, after every outcome, a lottery over nodes.
Values claimed for the nodes need not solve the recursion exactly: if one more application moves
player i's claims by at most r, the true values lie within r / (1 - d_i) of the claims (Blackwell).
A visible deviation of player i that leads to state t goes to the node ``punish[i][t]``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.proof.exact import (
    ExactGame,
    Point,
    Profile,
    round_places,
    solve_exactly,
)
from detente.solve.evaluate import discounted_values

Lottery = tuple[tuple[int, Fraction], ...]
ZERO = Fraction(0)
DIGITS = 13  # that values keep
MAX_EXACT = 16  # nodes up to which values are solved exactly


@dataclass(frozen=True, slots=True)
class Node:
    """What is prescribed in a state, and the lottery over nodes promised by outcome.

    Under perfect monitoring the outcomes are the next states after the prescribed profile; with
    signals those of the profile and of every deviation by one player.
    """

    state: int
    actions: Profile
    promises: Mapping[int, Lottery]


@dataclass(frozen=True, slots=True)
class Automaton:
    """Nodes, the values claimed for them, and ``punish[player][state]`` (a node or None)."""

    nodes: tuple[Node, ...]
    values: tuple[Point, ...]
    punish: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """The one-shot deviation with least to spare: ``slack`` < 0 where it may pay."""

    node: int
    player: int
    action: int
    slack: Fraction


@dataclass(frozen=True, slots=True)
class Audit:
    """Distance of the claims from true values by player, and the tightest deviation, if any."""

    errors: Point
    tightest: Loss | None

    @property
    def holds(self) -> bool:
        """Whether no one-shot deviation pays."""
        return self.tightest is None or self.tightest.slack >= 0


def audit(game: ExactGame, automaton: Automaton) -> Audit:
    """Check every node exactly: its value (rule P14), and every one-shot deviation (rule P15)."""
    paid = [
        [_weigh(_follow(game, automaton, node, node.actions, None), automaton, i)
         for i in range(game.n_players)]
        for node in automaton.nodes
    ]  # fmt: skip
    residuals = [ZERO] * game.n_players
    for number, node in enumerate(automaton.nodes):
        now = game.states[node.state].payoff[node.actions]
        for i, d in enumerate(game.discount):
            value = (1 - d) * now[i] + d * paid[number][i]
            residuals[i] = max(residuals[i], abs(value - automaton.values[number][i]))
    errors = tuple(r / (1 - d) for r, d in zip(residuals, game.discount, strict=True))
    tightest: Loss | None = None
    for number, node in enumerate(automaton.nodes):
        for i, action, away in game.states[node.state].deviations(node.actions):
            slack = _lose(game, automaton, node, (i, away), errors[i])
            if tightest is None or slack < tightest.slack:
                tightest = Loss(number, i, action, slack)
    return Audit(errors, tightest)


def _lose(
    game: ExactGame, automaton: Automaton, node: Node, deviation: tuple[int, Profile],
    error: Fraction,
) -> Fraction:  # fmt: skip
    """Give what a deviation loses at least: negative where it may pay."""
    i, away = deviation
    change = _follow(game, automaton, node, away, i)
    for target, q in _follow(game, automaton, node, node.actions, None).items():
        change[target] = change.get(target, ZERO) - q
    d, payoff = game.discount[i], game.states[node.state].payoff
    gain = (1 - d) * (payoff[away][i] - payoff[node.actions][i])
    gain += d * _weigh(change, automaton, i)
    return -gain - d * error * sum(map(abs, change.values()), ZERO)


def _follow(
    game: ExactGame, automaton: Automaton, node: Node, profile: Profile, deviator: int | None
) -> dict[int, Fraction]:
    """Give the chance of going on at each node after a profile at a node."""
    state = game.states[node.state]
    out: dict[int, Fraction] = {}
    for k, q in state.chances[profile]:
        if state.perfect and deviator is not None:
            target = automaton.punish[deviator][k]
            if target is None:
                raise LookupError(f"no punishment of player {deviator} in state {k}")
            out[target] = out.get(target, ZERO) + q
        else:
            for target, weight in node.promises[k]:
                out[target] = out.get(target, ZERO) + q * weight
    return out


def _weigh(chances: Mapping[int, Fraction], automaton: Automaton, player: int) -> Fraction:
    return sum((q * automaton.values[m][player] for m, q in chances.items()), ZERO)


def evaluate(game: ExactGame, nodes: Sequence[Node]) -> tuple[Point, ...]:
    """Give values of the nodes, rounded to decimals."""
    rows, columns, chances = [], [], []
    for number, node in enumerate(nodes):
        for k, q in game.states[node.state].chances[node.actions]:
            for target, weight in node.promises[k]:
                rows.append(number)
                columns.append(target)
                chances.append(float(q * weight))
    entries = np.array(rows), np.array(columns), np.array(chances)
    paid = []
    for i, d in enumerate(game.discount):
        low = game.least_payoff(i)
        scale = game.largest_payoff(i) - low or Fraction(1)
        places = DIGITS - math.ceil(math.log10(scale))  # so fine relative to the range of payoffs
        rewards = [
            float((1 - d) * (game.states[n.state].payoff[n.actions][i] - low) / scale)
            for n in nodes
        ]
        values = discounted_values(*entries, np.array(rewards)[:, None], float(d))
        paid.append([round_places(low + scale * Fraction(float(v)), places) for v in values[:, 0]])
    return tuple(zip(*paid, strict=True))


def evaluate_exactly(game: ExactGame, nodes: Sequence[Node]) -> tuple[Point, ...]:
    """Give the exact values of the nodes; their digits grow with the number of nodes."""
    paid = []
    for i, d in enumerate(game.discount):
        matrix: list[dict[int, Fraction]] = []
        right = []
        for number, node in enumerate(nodes):
            row = {number: Fraction(1)}
            for k, q in game.states[node.state].chances[node.actions]:
                for target, weight in node.promises[k]:
                    row[target] = row.get(target, ZERO) - d * q * weight
            matrix.append(row)
            right.append([(1 - d) * game.states[node.state].payoff[node.actions][i]])
        paid.append([value for (value,) in solve_exactly(matrix, right)])
    return tuple(zip(*paid, strict=True))


def settle(
    game: ExactGame, nodes: Sequence[Node], punish: tuple[tuple[int | None, ...], ...]
) -> tuple[Automaton, Audit]:
    """Give nodes their values, as short as the deviations allow, and check them.

    Values are rounded to decimals first, which suits wherever deviations lose something; where
    they do not and the nodes are few, values are exact.
    """
    automaton = Automaton(tuple(nodes), evaluate(game, nodes), punish)
    checked = audit(game, automaton)
    if not checked.holds and len(nodes) <= MAX_EXACT:
        automaton = Automaton(tuple(nodes), evaluate_exactly(game, nodes), punish)
        checked = audit(game, automaton)
    return automaton, checked


def markov_nodes(game: ExactGame, policy: Mapping[int, Profile]) -> tuple[Node, ...]:
    """Make one node a state of a policy, in the order of the policy, promising to stay with it.

    The states must be closed: whatever happens after anybody's deviation leads to one of them.
    """
    number = {s: n for n, s in enumerate(policy)}
    nodes = []
    for s, actions in policy.items():
        state = game.states[s]
        outcomes = dict.fromkeys(k for k, _ in state.chances[actions])
        if not state.perfect:
            for _, _, away in state.deviations(actions):
                outcomes.update(dict.fromkeys(k for k, _ in state.chances[away]))
        promises = {k: ((number[state.follows(k)], Fraction(1)),) for k in sorted(outcomes)}
        nodes.append(Node(s, actions, promises))
    return tuple(nodes)


def step_from_automaton(game: ExactGame, automaton: Automaton) -> dict[str, Any]:
    """Write an automaton as a step ``equilibrium`` of a proof file."""
    threats: list[dict[str, int]] = [{} for _ in range(game.n_players)]
    nodes = []
    for node, value in zip(automaton.nodes, automaton.values, strict=True):
        state = game.states[node.state]
        promises = {str(k): _write_lottery(lottery) for k, lottery in node.promises.items()}
        nodes.append({
            "at": node.state, "actions": list(node.actions), "value": list(value),
            "next" if state.perfect else "signals": promises,
        })  # fmt: skip
        if not state.perfect:
            continue
        for i, _, away in state.deviations(node.actions):
            for t, _ in state.chances[away]:
                target = automaton.punish[i][t]
                if target is None:
                    raise LookupError(f"no punishment of player {i} in state {t}")
                threats[i][str(t)] = target
    step: dict[str, Any] = {"step": "equilibrium", "nodes": nodes}
    if any(threats):
        step["punish"] = [dict(sorted(t.items(), key=lambda each: int(each[0]))) for t in threats]
    return step


def _write_lottery(lottery: Lottery) -> Any:
    return lottery[0][0] if len(lottery) == 1 else [list(each) for each in lottery]
