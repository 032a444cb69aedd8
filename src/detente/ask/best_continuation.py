"""The best equilibrium for the plan where it leaves its own path open: linear programmes.

Every value on the path is linear in the continuation payoffs at the open outcomes, so whether
some choice of equilibrium payoffs keeps everybody in the plan is a linear programme: make the
smallest margin as large as possible, then the next smallest, and so on. One payoff per open
outcome is enough for the parties' last phase (the average over time of a choice that varies is
as good, whatever the patience); see rule R24 of docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detente.ask.evaluate import discounted_values
from detente.ask.margins import Ends, path_entries, stage_rewards
from detente.compile.moves import Choice
from detente.compile.plan import End, PlanGraph, Target
from detente.game.game import FloatArray

OPEN_ENDS = (End.OPEN_ALARM, End.OPEN_HOSTILE, End.OPEN_LATER)
MAX_LEXIMIN_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Continuation:
    """Chosen payoffs at the open outcomes, and how large the smallest margin can be made.

    ``smallest`` is in units of each party's payoff range; -inf where some open outcome has no
    equilibrium to choose. ``each_alone`` is the least, over the rows, of what a row's margin
    could be if the choice were made for it alone: when that is negative, nothing helps.
    """

    smallest: float
    each_alone: float
    opened: Mapping[Target, FloatArray]


@dataclass(frozen=True, slots=True)
class _Rows:
    base: FloatArray  # (R,)
    weight: FloatArray  # (R, O): coefficient of the party's own payoff at each open outcome
    party: list[int]


def open_targets(graph: PlanGraph) -> list[Target]:
    """Give the open outcomes that the automaton reaches, on the path, in order."""
    found = {t: None for node in graph.nodes for t, _ in node.outcomes if t.end in OPEN_ENDS}
    return list(found)


def choose_continuation(
    graph: PlanGraph, ends: Ends, hulls: Mapping[int, FloatArray], scales: FloatArray
) -> Continuation:
    """Choose the continuation payoffs that serve the plan best.

    Parameters
    ----------
    ends : values of no deal and of punishment
    hulls : base state -> float64 (V, P), vertices of what may be chosen there
    scales : float64 (P,), payoff range of each party
    """
    targets = open_targets(graph)
    if any(len(hulls[target.row]) == 0 for target in targets):
        return Continuation(float("-inf"), float("-inf"), {})
    rows = _linear_rows(graph, ends, targets)
    columns = _columns(rows, targets, hulls, scales)
    alone = _each_alone(rows, columns, targets, hulls, scales)
    smallest, weights = _leximin(rows.base / scales[rows.party], columns, targets, hulls)
    opened, first = {}, 0
    for target in targets:
        vertices = hulls[target.row]
        opened[target] = weights[first : first + len(vertices)] @ vertices
        first += len(vertices)
    return Continuation(smallest, alone, opened)


def _linear_rows(graph: PlanGraph, ends: Ends, targets: list[Target]) -> _Rows:
    """Write every margin as base + weight . (own payoffs at the open outcomes)."""
    index = {target: o for o, target in enumerate(targets)}
    layout, states = graph.compiled.layout, graph.compiled.states
    entries = path_entries(graph)
    base: list[float] = []
    weight: list[FloatArray] = []
    parties: list[int] = []
    for party in range(graph.compiled.n_parties):
        delta = float(graph.compiled.discount[party])
        rewards = np.zeros((len(graph.nodes), 1 + len(targets)))
        rewards[:, 0] = (1 - delta) * stage_rewards(graph, party)
        for n, node in enumerate(graph.nodes):
            for target, chance in node.outcomes:
                if target in index:
                    rewards[n, 1 + index[target]] += delta * chance
                elif target.end is not None:
                    rewards[n, 0] += delta * chance * ends.value(target, party)
        values = discounted_values(*entries, rewards, delta)
        for n, node in enumerate(graph.nodes):
            if layout.hostile(states[node.row], party):
                continue
            best: dict[bytes, FloatArray] = {}
            for choice in graph.deviations(n, party):
                leave = _deviation_row(graph, n, party, choice, values, ends, index)
                key = np.round(leave[1:], 12).tobytes()
                if key not in best or leave[0] > best[key][0]:
                    best[key] = leave
            for leave in best.values():
                base.append(float(values[n, 0] - leave[0]))
                weight.append(values[n, 1:] - leave[1:])
                parties.append(party)
    return _Rows(np.array(base), np.array(weight).reshape(len(base), len(targets)), parties)


def _deviation_row(
    graph: PlanGraph,
    node: int,
    party: int,
    choice: Choice,
    values: FloatArray,
    ends: Ends,
    index: Mapping[Target, int],
) -> FloatArray:
    compiled = graph.compiled
    delta = float(compiled.discount[party])
    profile, outcomes = graph.deviation_outcomes(node, party, choice)
    row = graph.nodes[node].row
    out = np.zeros(values.shape[1])
    out[0] = (1 - delta) * compiled.payoff(row, profile, compiled.resolve(row, profile), party)
    for target, chance in outcomes:
        if target.end is None:
            out += delta * chance * values[target.node]
        elif target in index:
            out[1 + index[target]] += delta * chance
        else:
            out[0] += delta * chance * ends.value(target, party)
    return out


def _columns(
    rows: _Rows, targets: list[Target], hulls: Mapping[int, FloatArray], scales: FloatArray
) -> FloatArray:
    """Give each row's coefficient of each weight on a vertex, in units of the payoff range."""
    blocks = []
    for o, target in enumerate(targets):
        own = hulls[target.row][:, rows.party].T  # (R, V)
        blocks.append(rows.weight[:, [o]] * own)
    joined = np.hstack(blocks) if blocks else np.zeros((len(rows.base), 0))
    return joined / scales[rows.party][:, None]


def _each_alone(
    rows: _Rows,
    columns: FloatArray,
    targets: list[Target],
    hulls: Mapping[int, FloatArray],
    scales: FloatArray,
) -> float:
    total = rows.base / scales[rows.party]
    first = 0
    for target in targets:
        count = len(hulls[target.row])
        total = total + columns[:, first : first + count].max(axis=1)
        first += count
    return float(total.min()) if len(total) else float("inf")


def _leximin(
    base: FloatArray, columns: FloatArray, targets: list[Target], hulls: Mapping[int, FloatArray]
) -> tuple[float, FloatArray]:
    """Make the smallest of ``base + columns @ x`` as large as possible, then the next, ..."""
    if columns.shape[1] == 0:
        return float(base.min(initial=np.inf)), np.zeros(0)
    from scipy.optimize import linprog  # noqa: PLC0415  (only where something is left open)

    n = columns.shape[1]
    simplex = np.zeros((len(targets), n + 1))
    first = 0
    for o, target in enumerate(targets):
        simplex[o, first : first + len(hulls[target.row])] = 1.0
        first += len(hulls[target.row])
    fixed = np.full(len(base), np.nan)
    smallest, best = float("nan"), np.zeros(n)
    for round_number in range(MAX_LEXIMIN_ROUNDS):
        free = np.isnan(fixed)
        if not free.any():
            break
        rise = np.where(free, 1.0, 0.0)[:, None]
        limit = base - np.where(free, 0.0, np.nan_to_num(fixed) - 1e-9)
        answer = linprog(
            c=np.r_[np.zeros(n), -1.0],
            A_ub=np.hstack([-columns, rise]),
            b_ub=limit,
            A_eq=simplex,
            b_eq=np.ones(len(targets)),
            bounds=[(0, None)] * n + [(None, None)],
            method="highs",
        )
        if answer.status != 0:
            break
        best = answer.x[:n]
        if round_number == 0:
            smallest = float(answer.x[n])
        tight = free & (answer.ineqlin.marginals < -1e-9)
        if not tight.any():
            break
        fixed[tight] = answer.x[n]
    if np.isnan(smallest):
        raise ArithmeticError("the linear programme of the best continuation was not solved")
    return smallest, best
