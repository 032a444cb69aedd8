"""A plan's positions as the states of one plain game, and what is proven of it brought back.

"A plan is more states": every position that can be reached becomes a state in which only what may
be prescribed there may be prescribed. Rules G7 and G8 of docs/proof-format.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from detente.arrays import FloatArray
from detente.game.files import game_from_document
from detente.proof.automata import Automaton as PlainAutomaton
from detente.proof.empty import prove_empty
from detente.proof.equilibria import exhibit_vertices
from detente.proof.exact import exact_game
from detente.proof.holding import Automaton, Lottery, Node, drop_idle
from detente.proof.plans import neighbours
from detente.proof.positions import Position, Positions, write_position
from detente.solve.dispatch import solve
from detente.solve.options import Options

CERTAINTY = Fraction(1)
MAX_PROFILES = 4000  # of all positions together; larger games are left alone


@dataclass(frozen=True, slots=True)
class Merged:
    """A plain game and the position that each of its states stands for, the start first."""

    document: dict[str, Any]
    order: list[Position]


def merge_positions(positions: Positions, start: Position) -> Merged | None:
    """Write the positions that can be reached from one as states; None where they are too many."""
    order = [start]
    known = {start: 0}
    size = 0
    for x in order:
        for profile in positions.allowed(x):
            for y in neighbours(positions, x, profile):
                if y not in known:
                    known[y] = len(order)
                    order.append(y)
        size += int(np.prod(positions.shape(positions.state_of(x))))
        if size > MAX_PROFILES:
            return None
    states = [_merge_state(positions, n, x, known) for n, x in enumerate(order)]
    document = {key: positions.document[key] for key in ("players", "discount")}
    return Merged({**document, "states": states}, order)


def _merge_state(
    positions: Positions, number: int, x: Position, known: Mapping[Position, int]
) -> dict[str, Any]:
    s = positions.state_of(x)
    one = dict(positions.document["states"][s])
    one["name"] = f"{number}"
    shape = positions.shape(s)
    only = positions.prescribed(x)
    if only is not None:
        flags = np.zeros(shape, dtype=np.bool_)
        flags[only] = True
        one["prescribable"] = flags.tolist()
    if one.get("monitoring") == "perfect":
        one["transitions"] = _nested(
            shape,
            lambda a: [
                [known.get(_lead(positions, x, a, outcome), 0), str(q)]
                for outcome, q in positions.outcomes(s, a)
            ],
        )
        return one
    nexts: dict[int, int] = {}
    for profile in positions.allowed(x):
        for outcome in positions.neighbouring(s, profile):
            nexts[outcome.number] = known[positions.follow(x, profile, outcome)]
    one["outcomes"] = [
        {"signal": str(k), "next": nexts.get(k, 0)} for k in range(len(one["outcomes"]))
    ]
    return one


def _lead(positions: Positions, x: Position, profile: Any, outcome: Any) -> Position:
    """Give where an outcome of any profile leads when play is as prescribed at ``x``.

    After two deviations at once that may be a position nobody asks for; any state stands for it.
    """
    only = positions.prescribed(x)
    return positions.follow(x, profile if only is None else only, outcome)


def _nested(shape: Sequence[int], cell: Any, done: tuple[int, ...] = ()) -> Any:
    if len(done) == len(shape):
        return cell(done)
    return [_nested(shape, cell, (*done, k)) for k in range(shape[len(done)])]


def prove_empty_start(
    positions: Positions, start: Position, seconds: float
) -> list[dict[str, Any]] | None:
    """Write that no equilibrium starts at a position, by half-planes where boxes do not do."""
    merged = merge_positions(positions, start)
    if merged is None:
        return None
    facts, steps = prove_empty(exact_game(merged.document), [0], seconds)
    return [_bring_back(step, merged) for step in steps] if 0 in facts.empty else None


def _bring_back(step: dict[str, Any], merged: Merged) -> dict[str, Any]:
    """Replace the merged game's states by positions, in the steps that exclude."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: write_position(merged.order[each])
                if key in ("at", "next") and isinstance(each, int) else walk(each)
                for key, each in value.items()
            }  # fmt: skip
        return [walk(each) for each in value] if isinstance(value, list) else value

    found = walk(step)
    if not isinstance(found, dict):
        raise TypeError("a step is an object")
    return found


def exhibit_start(
    positions: Positions, start: Position, tol: float, seconds: float
) -> Automaton | None:
    """Build an automaton that starts at a position from its payoff set, where one is found."""
    merged = merge_positions(positions, start)
    if merged is None:
        return None
    game = game_from_document(merged.document)
    solution = solve(game, Options(tol=tol, time_limit_seconds=seconds))
    sets: list[FloatArray] = [one.inner_vertices for one in solution.states]
    if not len(sets[0]):
        return None
    error = max((one.error for one in solution.states if len(one.inner_vertices)), default=0.0)
    exhibit = exhibit_vertices(exact_game(merged.document), sets, [(0, 0)], error)
    if exhibit is None:
        return None
    woven = _weave_back(positions, merged, exhibit.automaton)
    return drop_idle(woven, [exhibit.node_of[0, 0]])


def _weave_back(positions: Positions, merged: Merged, plain: PlainAutomaton) -> Automaton:
    nodes = []
    for each in plain.nodes:
        x = merged.order[each.state]
        node = Node(x, tuple(each.actions))
        perfect = merged.document["states"][each.state].get("monitoring") == "perfect"
        for key, lottery in each.promises.items():
            if perfect:
                node.next[positions.state_of(merged.order[key])] = tuple(lottery)
            else:
                node.signals[key] = tuple(lottery)
        nodes.append(node)
    punish: dict[tuple[int, int], Lottery] = {}
    for player, row in enumerate(plain.punish):
        for state, number in enumerate(row):
            y = merged.order[state]
            if number is not None and isinstance(y, int):
                punish[player, y] = ((number, CERTAINTY),)
    return Automaton(positions, nodes, punish)
