"""Proofs that play is an equilibrium: finite automata over positions of a game file.

The step `equilibrium` of docs/proof-format.md (rules P10 to P15). The automaton is given; values
are computed here, and every one-shot deviation is checked before anything is written: in floating
point where it surely loses, in exact arithmetic where it is near a tie.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from graphlib import TopologicalSorter
from typing import Any

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from detente.arrays import FloatArray
from detente.proof.exact import Point, Profile, round_number, solve_exactly
from detente.proof.plans import neighbours
from detente.proof.positions import Outcome, Position, Positions, write_position
from detente.solve.evaluate import discounted_values

Lottery = tuple[tuple[int, Fraction], ...]
NEAR = 1e-8  # of the largest value: gains this close to zero are computed exactly
DIGITS = 15  # of a value that is not exact
MAX_EXACT_PART = 40  # connected nodes that are solved in fractions
MAX_TEXT = 1500  # digits of a fraction


@dataclass(slots=True)
class Node:
    """One node: where it stands, what it prescribes, and how play goes on.

    ``next`` by next state when nobody is seen to differ, ``signals`` by outcome number,
    ``punish`` by player and next state; what is missing follows rule P12.
    """

    at: Position
    actions: Profile
    next: dict[int, Lottery] = field(default_factory=dict)
    signals: dict[int, Lottery] = field(default_factory=dict)
    punish: dict[tuple[int, int], Lottery] = field(default_factory=dict)


@dataclass(slots=True)
class Automaton:
    """Nodes, and what follows a visible deviation where it leads to an open position."""

    positions: Positions
    nodes: list[Node]
    punish: dict[tuple[int, int], Lottery] = field(default_factory=dict)
    _alone: dict[Position, int] = field(default_factory=dict)

    def continuation(self, node: Node, outcome: Outcome) -> Lottery:
        """Give the nodes that play goes on at after an outcome, with weights (rule P12).

        Raises
        ------
        LookupError
            Where the automaton does not say.
        """
        positions = self.positions
        t = outcome.follows
        if outcome.number in node.signals:
            return node.signals[outcome.number]
        y = positions.follow(node.at, node.actions, outcome)
        who = positions.departed(node.at, node.actions, outcome)
        if not who and t in node.next:
            return node.next[t]
        if len(who) == 1:
            if (who[0], t) in node.punish:
                return node.punish[who[0], t]
            if isinstance(y, int) and (who[0], t) in self.punish:
                return self.punish[who[0], t]
        if not self._alone:
            for number, each in enumerate(self.nodes):
                self._alone[each.at] = -1 if each.at in self._alone else number
        only = self._alone.get(y, -1)
        if only < 0:
            raise LookupError(f"nothing follows at {y} after outcome {outcome} of {node.at}")
        return ((only, Fraction(1)),)

    def spread(self, node: Node, profile: Profile) -> dict[int, Fraction]:
        """Give the chance of every node after a profile is played at a node."""
        found: dict[int, Fraction] = {}
        state = self.positions.state_of(node.at)
        for outcome, q in self.positions.outcomes(state, profile):
            for target, weight in self.continuation(node, outcome):
                found[target] = found.get(target, Fraction(0)) + q * weight
        return found

    def guess(self, node: Node, profile: Profile) -> dict[int, float]:
        """Give the chances of `spread` in floating point."""
        found: dict[int, float] = {}
        state = self.positions.state_of(node.at)
        for outcome, q in self.positions.chances(state, profile):
            for target, weight in self.continuation(node, outcome):
                found[target] = found.get(target, 0.0) + q * float(weight)
        return found

    def write(self, values: Sequence[Point]) -> dict[str, Any]:
        """Write the step `equilibrium`."""
        step: dict[str, Any] = {
            "step": "equilibrium",
            "nodes": [self._write_node(n, v) for n, v in zip(self.nodes, values, strict=True)],
        }
        if self.punish:
            step["punish"] = self._write_punish(self.punish)
        return step

    def _write_node(self, node: Node, value: Point) -> dict[str, Any]:
        out: dict[str, Any] = {"at": write_position(node.at), "value": list(value)}
        if isinstance(node.at, int):
            out["actions"] = list(node.actions)
        for key, table in (("next", node.next), ("signals", node.signals)):
            if table:
                out[key] = {str(k): _write_lottery(each) for k, each in sorted(table.items())}
        if node.punish:
            out["punish"] = self._write_punish(node.punish)
        return out

    def _write_punish(self, table: Mapping[tuple[int, int], Lottery]) -> list[dict[str, Any]]:
        out: list[dict[str, Any]] = [{} for _ in range(self.positions.n_players)]
        for (player, t), lottery in sorted(table.items()):
            out[player][str(t)] = _write_lottery(lottery)
        return out


def _write_lottery(lottery: Lottery) -> Any:
    return lottery[0][0] if len(lottery) == 1 else [[n, w] for n, w in lottery]


def follow_prescriptions(positions: Positions, start: Position) -> Automaton | None:
    """Give the automaton in which everybody does as prescribed, whatever happened before.

    None where an open position is reached: nothing is prescribed there.
    """
    order = [start]
    known = {start}
    nodes = []
    for x in order:
        profile = positions.prescribed(x)
        if profile is None:
            return None
        nodes.append(Node(x, profile))
        for y in neighbours(positions, x, profile):
            if y not in known:
                known.add(y)
                order.append(y)
    return Automaton(positions, nodes)


def drop_idle(automaton: Automaton, starts: Sequence[int]) -> Automaton:
    """Keep the nodes that play can reach from some nodes, and the entries that are used."""
    used: set[tuple[str, int, int, int]] = set()
    order = list(dict.fromkeys(starts))
    known = set(order)
    for n in order:
        node = automaton.nodes[n]
        state = automaton.positions.state_of(node.at)
        for outcome in automaton.positions.neighbouring(state, node.actions):
            used.update(_entry_used(automaton, n, outcome))
            for m, _ in automaton.continuation(node, outcome):
                if m not in known:
                    known.add(m)
                    order.append(m)
    number = {old: new for new, old in enumerate(order)}

    def rename(lottery: Lottery) -> Lottery:
        return tuple((number[m], w) for m, w in lottery)

    nodes = []
    for n in order:
        node = automaton.nodes[n]
        nodes.append(
            Node(
                node.at, node.actions,
                {t: rename(each) for t, each in node.next.items() if ("next", n, 0, t) in used},
                {k: rename(each) for k, each in node.signals.items()
                 if ("signals", n, 0, k) in used},
                {(i, t): rename(each) for (i, t), each in node.punish.items()
                 if ("punish", n, i, t) in used},
            )
        )  # fmt: skip
    punish = {
        (i, t): rename(each)
        for (i, t), each in automaton.punish.items()
        if ("punish", -1, i, t) in used
    }
    return Automaton(automaton.positions, nodes, punish)


def _entry_used(
    automaton: Automaton, n: int, outcome: Outcome
) -> Iterator[tuple[str, int, int, int]]:
    """Name the entry that decides what follows an outcome, if one does."""
    node, t = automaton.nodes[n], outcome.follows
    if outcome.number in node.signals:
        yield "signals", n, 0, outcome.number
        return
    who = automaton.positions.departed(node.at, node.actions, outcome)
    if not who and t in node.next:
        yield "next", n, 0, t
    elif len(who) == 1 and (who[0], t) in node.punish:
        yield "punish", n, who[0], t
    elif len(who) == 1 and isinstance(
        automaton.positions.follow(node.at, node.actions, outcome), int
    ) and (who[0], t) in automaton.punish:  # fmt: skip
        yield "punish", -1, who[0], t


def prove_equilibrium(automaton: Automaton) -> dict[str, Any] | None:
    """Write the step `equilibrium`, or None where it cannot be shown that nobody gains."""
    kept = [automaton.spread(node, node.actions) for node in automaton.nodes]
    approximate = _evaluate(automaton, kept)
    values: list[Point] = [
        tuple(round_number(float(v), DIGITS) for v in row) for row in approximate
    ]
    near = _near_ties(automaton, kept, approximate)
    if near is None:
        return None
    if near and not _ties_hold(automaton, kept, values, near):
        exact = _solve(automaton, kept)
        if exact is None or not _ties_hold(automaton, kept, exact, near):
            return None
        values = exact
    return automaton.write(values)


def _evaluate(automaton: Automaton, kept: Sequence[Mapping[int, Fraction]]) -> FloatArray:
    positions = automaton.positions
    source = np.array([n for n, row in enumerate(kept) for _ in row], np.int64)
    target = np.array([m for row in kept for m in row], np.int64)
    chance = np.array([float(q) for row in kept for q in row.values()])
    payoff = np.array([
        [float(u) for u in positions.payoff(positions.state_of(node.at), node.actions)]
        for node in automaton.nodes
    ])  # fmt: skip
    columns = []
    for player in range(positions.n_players):
        delta = float(positions.discount[player])
        rewards = (1.0 - delta) * payoff[:, [player]]
        first = discounted_values(source, target, chance, rewards, delta)
        follow = np.bincount(source, chance * first[target, 0], minlength=len(payoff))
        missing = rewards - first + delta * follow[:, None]
        columns.append(first + discounted_values(source, target, chance, missing, delta))
    return np.hstack(columns)


Tie = tuple[int, int, Profile]  # node, player, profile after the deviation


def _near_ties(
    automaton: Automaton, kept: Sequence[Mapping[int, Fraction]], values: FloatArray
) -> list[Tie] | None:
    """List deviations whose gain is too near to zero for floats; None where one surely pays."""
    positions = automaton.positions
    scale = NEAR * np.maximum(np.abs(values).max(axis=0), 1e-300)
    found: list[Tie] = []
    for n, node in enumerate(automaton.nodes):
        state = positions.state_of(node.at)
        pay = [float(u) for u in positions.payoff(state, node.actions)]
        stay = {m: float(q) for m, q in kept[n].items()}
        for player, _, other in positions.deviations(state, node.actions):
            delta = float(positions.discount[player])
            after = automaton.guess(node, other)
            more = float(positions.payoff(state, other)[player]) - pay[player]
            gain = (1.0 - delta) * more
            gain += delta * sum(
                (after.get(m, 0.0) - stay.get(m, 0.0)) * values[m, player] for m in after | stay
            )
            if gain > scale[player]:
                return None
            if gain > -scale[player]:
                found.append((n, player, other))
    return found


def _ties_hold(
    automaton: Automaton, kept: Sequence[Mapping[int, Fraction]], values: Sequence[Point],
    near: Sequence[Tie],
) -> bool:  # fmt: skip
    """Check rule P15 in exact arithmetic for some deviations."""
    positions = automaton.positions
    error = []
    for player, delta in enumerate(positions.discount):
        worst = Fraction(0)
        for n, node in enumerate(automaton.nodes):
            pay = positions.payoff(positions.state_of(node.at), node.actions)[player]
            follow = sum((q * values[m][player] for m, q in kept[n].items()), Fraction(0))
            worst = max(worst, abs(values[n][player] - (1 - delta) * pay - delta * follow))
        error.append(worst / (1 - delta))
    for n, player, other in near:
        node, delta = automaton.nodes[n], positions.discount[player]
        state = positions.state_of(node.at)
        after = automaton.spread(node, other)
        shift = {m: after.get(m, Fraction(0)) - kept[n].get(m, Fraction(0))
                 for m in after | dict(kept[n])}  # fmt: skip
        here = positions.payoff(state, node.actions)[player]
        gain = (1 - delta) * (positions.payoff(state, other)[player] - here)
        gain += delta * sum((x * values[m][player] for m, x in shift.items()), Fraction(0))
        gain += delta * error[player] * sum(map(abs, shift.values()), Fraction(0))
        if gain > 0:
            return False
    return True


def _solve(automaton: Automaton, kept: Sequence[Mapping[int, Fraction]]) -> list[Point] | None:
    """Give the exact values, part by part; None where that takes too large fractions."""
    positions = automaton.positions
    values: list[Point] = [()] * len(kept)
    for part in _split(kept):
        if len(part) > MAX_EXACT_PART:
            return None
        place = {n: k for k, n in enumerate(part)}
        columns = []
        for player, delta in enumerate(positions.discount):
            matrix, right = [], []
            for n in place:
                node = automaton.nodes[n]
                pay = positions.payoff(positions.state_of(node.at), node.actions)[player]
                row = {place[n]: Fraction(1)}
                side = (1 - delta) * pay
                for m, q in kept[n].items():
                    if m in place:
                        row[place[m]] = row.get(place[m], Fraction(0)) - delta * q
                    else:
                        side += delta * q * values[m][player]
                matrix.append(row)
                right.append([side])
            columns.append([x[0] for x in solve_exactly(matrix, right)])
        for n, k in place.items():
            values[n] = tuple(column[k] for column in columns)
            if any(max(len(str(abs(v.numerator))), len(str(v.denominator))) > MAX_TEXT
                   for v in values[n]):  # fmt: skip
                return None
    return values


def _split(kept: Sequence[Mapping[int, Fraction]]) -> list[list[int]]:
    """Split nodes into strongly connected parts, what they lead to first."""
    n = len(kept)
    pairs = [(a, b) for a, row in enumerate(kept) for b in row]
    rows, columns = np.array(pairs, np.int64).reshape(-1, 2).T
    graph = csr_array((np.ones(len(pairs)), (rows, columns)), shape=(n, n))
    count, label = connected_components(graph, connection="strong")
    sorter: TopologicalSorter[int] = TopologicalSorter(dict.fromkeys(range(count), ()))
    for a, b in {(int(label[a]), int(label[b])) for a, b in pairs}:
        if a != b:
            sorter.add(a, b)
    members: list[list[int]] = [[] for _ in range(count)]
    for node, part in enumerate(label):
        members[part].append(node)
    return [members[k] for k in sorter.static_order()]
