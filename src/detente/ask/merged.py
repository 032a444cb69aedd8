"""A plan's phases as states of one game with the base game: the last word on the harshest reading.

A node of the plan is a state in which only the prescribed profile may be prescribed; its
outcomes on the path lead to nodes, what leaves the plan leads to ordinary states. The plan holds
under the harshest reading, with the best equilibrium where its path is open, iff the first node
has an equilibrium.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.compile.plan import END_BASE, PlanGraph
from detente.game.game import Game, Monitoring


@dataclass(slots=True)
class _Nodes:
    """Arrays of the node states, to be put behind those of the base game."""

    profile_start: list[int] = field(default_factory=list)
    payoff: list[list[float]] = field(default_factory=list)
    prescribable: list[bool] = field(default_factory=list)
    outcome_start: list[int] = field(default_factory=list)
    outcome_next: list[int] = field(default_factory=list)
    outcome_signal: list[str] = field(default_factory=list)
    entry_start: list[int] = field(default_factory=list)
    entry_outcome: list[int] = field(default_factory=list)
    entry_probability: list[float] = field(default_factory=list)


def merge_plan(game: Game, graph: PlanGraph) -> Game:
    """Give the base game with the plan's nodes behind it: node n is state S + n.

    ``graph`` must leave open outcomes open, and read breaches as met by ordinary play.
    """
    rows = graph.node_row
    out = _Nodes()
    for n in range(graph.n_nodes):
        _add_node(game, graph, n, out)

    def joined(name: str, kind: type) -> npt.NDArray[Any]:
        base: npt.NDArray[Any] = getattr(game, name)
        more: npt.NDArray[Any] = np.array(getattr(out, name), dtype=kind)
        return np.concatenate([base, more.reshape((-1, *base.shape[1:]))])

    signals = np.full(graph.n_nodes, int(Monitoring.SIGNALS))
    return Game(
        players=game.players,
        discount=game.discount.copy(),
        state_names=(*game.state_names, *(f"node {n}" for n in range(graph.n_nodes))),
        action_names=(*game.action_names, *(game.action_names[row] for row in rows)),
        n_actions=np.concatenate([game.n_actions, game.n_actions[rows]]),
        profile_start=joined("profile_start", np.int64),
        payoff=joined("payoff", np.float64),
        prescribable=joined("prescribable", np.bool_),
        monitoring=np.concatenate([game.monitoring, signals]),
        outcome_start=joined("outcome_start", np.int64),
        outcome_next=joined("outcome_next", np.int64),
        outcome_signal=(*game.outcome_signal, *out.outcome_signal),
        entry_start=joined("entry_start", np.int64),
        entry_outcome=joined("entry_outcome", np.int64),
        entry_probability=joined("entry_probability", np.float64),
    )


def _add_node(game: Game, graph: PlanGraph, n: int, out: _Nodes) -> None:
    towards = graph.compiled.tables.towards
    prescribed = int(graph.node_profile[n])
    first_outcome = len(game.outcome_next)
    known: dict[tuple[object, ...], int] = {}

    def outcome(key: tuple[object, ...], signal: str, following: int) -> int:
        if key not in known:
            known[key] = first_outcome + len(out.outcome_next)
            out.outcome_next.append(following)
            out.outcome_signal.append(signal)
        return known[key]

    for a in game.profiles(int(graph.node_row[n])):
        out.payoff.append([float(x) for x in game.payoff[a]])
        out.prescribable.append(a == prescribed)
        if (towards[a] == towards[prescribed]).all():
            for signal, code, chance in _on_path(graph, n, a):
                following = _state_of(graph, code)
                out.entry_outcome.append(outcome(("path", signal, code), signal, following))
                out.entry_probability.append(chance)
        else:
            for e in range(game.entry_start[a], game.entry_start[a + 1]):
                k = int(game.entry_outcome[e])
                signal, following = game.outcome_signal[k], int(game.outcome_next[k])
                out.entry_outcome.append(outcome(("breach", k), signal, following))
                out.entry_probability.append(float(game.entry_probability[e]))
        out.entry_start.append(len(game.entry_outcome) + len(out.entry_outcome))
    out.profile_start.append(game.n_profiles + len(out.payoff))
    out.outcome_start.append(first_outcome + len(out.outcome_next))


def _on_path(graph: PlanGraph, n: int, profile: int) -> list[tuple[str, int, float]]:
    """Give signal, code and chance of every outcome of a profile that looks as prescribed."""
    compiled, phase = graph.compiled, int(graph.node_phase[n])
    tables = compiled.tables
    row = tables.row[profile]
    index, _ = compiled.entries_of(np.array([profile]))
    quiet, found = 1.0, []
    codes = graph.outcome_codes(phase)
    weights = []
    for party in range(compiled.n_parties):
        alarm = float(tables.alarm[row, party, int(tables.cheats[profile, party])])
        weights.append(quiet * alarm)
        quiet *= 1.0 - alarm
    names = ["", *(f"alarm about {party}" for party in compiled.layout.parties)]
    for name, weight, by_row in zip(names, [quiet, *weights], codes, strict=True):
        if weight > 0:
            for e in index:
                code = int(by_row[tables.entry_next[e]])
                found.append((name, code, weight * float(tables.entry_chance[e])))
    return found


def _state_of(graph: PlanGraph, code: int) -> int:
    kind, row = divmod(code, graph.compiled.n_states)
    return row if kind >= END_BASE else graph.compiled.n_states + int(graph.number[kind, row])
