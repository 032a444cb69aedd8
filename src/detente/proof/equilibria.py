"""Automata that pay the vertices of inner sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.proof.automata import Audit, Automaton, Node, settle
from detente.proof.exact import ExactGame, simple_weights
from detente.proof.witnesses import Finder, Witness

Place = tuple[int, int]  # a state and a vertex of its set


@dataclass(frozen=True, slots=True)
class Exhibit:
    """An automaton that was checked exactly, and which node pays which vertex."""

    automaton: Automaton
    audit: Audit
    node_of: dict[Place, int]


def exhibit_vertices(
    game: ExactGame,
    sets: Sequence[FloatArray],
    wanted: Iterable[Place],
    error: float,
    looser: float = 1.0,
) -> Exhibit | None:
    """Build an automaton that pays vertices of inner sets, up to about ``error``.

    Parameters
    ----------
    sets : vertices by state, float64 (V, P), in payoff units; empty where nothing is shown
    error : distance of the sets from equilibrium payoffs, in payoff units
    looser : deviations must lose twice the error, times this; with 0 they may tie, which only
        succeeds where promises are simple fractions

    Returns
    -------
    Exhibit or None
        None where the automaton found does not pass its own check in fractions.
    """
    finder = Finder(game, sets, 0.0)
    error = error / float(finder.scale.max())
    finder = Finder(game, sets, 2.0 * looser * error)
    lowest = [
        [int(each[:, i].argmin()) if len(each) else None for each in finder.sets]
        for i in range(game.n_players)
    ]
    found: dict[Place, Witness] = {}
    waiting = list(dict.fromkeys(wanted))
    for place in waiting:  # grows while it is walked
        if place in found:
            continue
        witness = finder.find(
            place[0], finder.sets[place[0]][place[1]], close=0.5 * (looser or 1.0) * error
        )
        if witness is None:
            return None
        found[place] = witness
        waiting.extend(_list_places(game, place[0], witness, lowest))
    number = {place: n for n, place in enumerate(found)}
    nodes = tuple(_make_node(game, place[0], found[place], number) for place in found)
    punish = tuple(
        tuple(None if v is None else number.get((t, v)) for t, v in enumerate(row))
        for row in lowest
    )
    automaton, checked = settle(game, nodes, punish)
    return Exhibit(automaton, checked, number) if checked.holds else None


def _list_places(
    game: ExactGame, s: int, witness: Witness, lowest: list[list[int | None]]
) -> list[Place]:
    """List the vertices that a witness promises or threatens with."""
    state = game.states[s]
    out = [
        (state.follows(k), int(v))
        for k, weights in witness.weights.items()
        for v in np.flatnonzero(weights >= 1e-12)
    ]
    if state.perfect:
        for i, _, away in state.deviations(witness.actions):
            for t, _ in state.chances[away]:
                v = lowest[i][t]
                if v is None:
                    raise LookupError(f"no set in state {t}")
                out.append((t, v))
    return out


def _make_node(game: ExactGame, s: int, witness: Witness, number: dict[Place, int]) -> Node:
    state = game.states[s]
    promises = {}
    for k, weights in witness.weights.items():
        used = np.flatnonzero(weights >= 1e-12)
        shares = simple_weights([float(w) for w in weights[used] / weights[used].sum()])
        promises[k] = tuple(
            (number[state.follows(k), int(v)], share)
            for v, share in zip(used, shares, strict=True) if share
        )  # fmt: skip
    return Node(s, witness.actions, promises)
