"""The best equilibrium for the plan where it leaves its own path open: linear programmes.

Every value on the path is linear in the continuation payoffs at the open outcomes, so whether
some choice of equilibrium payoffs keeps everybody in the plan is a linear programme: make the
smallest margin as large as possible, then the next smallest, and so on. The programme chooses one
payoff per open outcome; that nothing helps is only said by `bound_margins`, which allows choices
that vary with the history. Rule R24 of docs/rules.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.margins import (
    Ends,
    best_visible,
    node_values,
    path_values,
    unanswered_values,
    worth_after,
)
from detente.compile.plan import End, PlanGraph

MAX_LEXIMIN_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Continuation:
    """Chosen payoffs at the open outcomes, and how large the smallest margin can be made.

    ``smallest`` is in units of each party's payoff range; -inf where some open outcome has no
    equilibrium to choose.
    """

    smallest: float
    opened: Mapping[int, FloatArray]  # by code


@dataclass(frozen=True, slots=True)
class _Rows:
    base: FloatArray  # (R,)
    weight: FloatArray  # (R, O): coefficient of the party's own payoff at each open outcome
    party: IntArray  # (R,)


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
    codes = [int(code) for code in graph.open_codes()]
    vertices = [hulls[graph.end_of(code)[2]] for code in codes]
    if any(len(each) == 0 for each in vertices):
        return Continuation(float("-inf"), {})
    rows = _linear_rows(graph, ends, codes)
    columns = _columns(rows, vertices, scales)
    smallest, weights = _leximin(rows.base / scales[rows.party], columns, vertices)
    opened, first = {}, 0
    for code, each in zip(codes, vertices, strict=True):
        # the programme keeps its bounds only to a tolerance; what is chosen must lie in the hull
        share = np.maximum(weights[first : first + len(each)], 0.0)
        opened[code] = share / share.sum() @ each
        first += len(each)
    return Continuation(smallest, opened)


def _linear_rows(graph: PlanGraph, ends: Ends, codes: list[int]) -> _Rows:
    """Write every margin as base + weight . (own payoffs at the open outcomes).

    Breaches must not lead to responses, whose values would depend on the choice too.
    """
    if graph.openness.written_breach:
        raise ValueError("the best continuation is not defined for written responses to a breach")
    index = {code: 1 + o for o, code in enumerate(codes)}
    pieces: list[tuple[FloatArray, int]] = []
    for party in range(graph.compiled.n_parties):
        linear = _end_columns(graph, ends, party, index)
        rewards = np.zeros((graph.n_nodes, 1 + len(codes)))
        rewards[:, 0] = graph.compiled.payoff[graph.node_profile, party]
        values = path_values(graph, party, rewards, linear)
        best, _ = best_visible(graph, party, values[:, :1], ends)
        seen = values[graph.by_phase].copy()
        seen[:, 0] -= best[graph.by_phase]
        pieces.append((seen[np.isfinite(seen[:, 0])], party))
        hidden = graph.unanswered(party)
        if len(hidden.nodes):
            gains = np.zeros((len(hidden.nodes), 1 + len(codes)))
            gains[:, 0] = graph.compiled.payoff[hidden.options, party]
            cheating = unanswered_values(graph, party, gains, values, linear)
            pieces.append((values[hidden.nodes] - cheating, party))
    stacked = np.vstack([each for each, _ in pieces])
    parties = np.concatenate([np.full(len(each), party) for each, party in pieces])
    return _Rows(stacked[:, 0], stacked[:, 1:], parties)


def _end_columns(
    graph: PlanGraph, ends: Ends, party: int, index: Mapping[int, int]
) -> Callable[[IntArray], FloatArray]:
    """Give values at ends with one column for what is known and one per open outcome."""

    def columns(codes: IntArray) -> FloatArray:
        out = np.zeros((len(codes), 1 + len(index)))
        for place, code in enumerate(codes):
            end, _, row = graph.end_of(int(code))
            if end is End.NO_DEAL:
                out[place, 0] = ends.no_deal[row, party]
            else:
                out[place, index[int(code)]] = 1.0
        return out

    return columns


def _columns(rows: _Rows, vertices: list[FloatArray], scales: FloatArray) -> FloatArray:
    """Give each row's coefficient of each weight on a vertex, in units of the payoff range."""
    blocks = [rows.weight[:, [o]] * each[:, rows.party].T for o, each in enumerate(vertices)]
    joined = np.hstack(blocks) if blocks else np.zeros((len(rows.base), 0))
    return np.asarray(joined / scales[rows.party][:, None], dtype=np.float64)


def bound_margins(
    graph: PlanGraph,
    ends: Ends,
    hulls: Mapping[int, FloatArray],
    scales: FloatArray,
    error: float = 0.0,
) -> float:
    """Bound the smallest margin that any choices at the open outcomes could give.

    Every margin is bounded on its own: what comes later is as good as it could be for the party,
    what an alarm brings now as bad. In units of the party's payoff range; when it is negative,
    no choice helps, not even one that varies with the history. What may be chosen lies within
    ``error`` of the hulls.
    """
    codes = [int(code) for code in graph.open_codes()]
    tops = {c: hulls[graph.end_of(c)[2]].max(axis=0) + error for c in codes}
    bottoms = {c: hulls[graph.end_of(c)[2]].min(axis=0) - error for c in codes}
    best = Ends(ends.no_deal, ends.punished, tops)
    worst = Ends(ends.no_deal, ends.punished, bottoms)
    high, low = node_values(graph, best), node_values(graph, worst)
    least = float("inf")
    for party in range(graph.compiled.n_parties):
        leaving, _ = best_visible(graph, party, high[:, [party]], best)
        least = min(least, float((high[:, party] - leaving).min()) / scales[party])
        if len(graph.unanswered(party).nodes):
            bound = _bound_hidden(graph, party, (high, low, best, worst))
            least = min(least, float(bound.min()) / scales[party])
    return least


def _bound_hidden(
    graph: PlanGraph, party: int, bounds: tuple[FloatArray, FloatArray, Ends, Ends]
) -> FloatArray:
    """Bound the margins against unanswered deviations from above: float64 (n,)."""
    high, low, best, worst = bounds
    compiled, hidden = graph.compiled, graph.unanswered(party)
    delta = float(compiled.discount[party])
    pairs = graph.change_of_alarms(party)
    most, least = (
        pairs.expect(worth_after(graph, values[:, [party]], ends.of(graph, party)))
        for values, ends in ((high, best), (low, worst))
    )
    part = np.where(pairs.pair_weight[:, None] >= 0, most, least)
    follow = pairs.sum_pairs(pairs.pair_weight, part)[:, 0]
    payoff = compiled.payoff[:, party]
    now = payoff[graph.node_profile[hidden.nodes]] - payoff[hidden.options]
    return np.asarray((1 - delta) * now + delta * follow, dtype=np.float64)


def _leximin(
    base: FloatArray, columns: FloatArray, vertices: list[FloatArray]
) -> tuple[float, FloatArray]:
    """Make the smallest of ``base + columns @ x`` as large as possible, then the next, ..."""
    if columns.shape[1] == 0:
        return float(base.min(initial=np.inf)), np.zeros(0)
    if all(len(each) == 1 for each in vertices):  # nothing to choose
        alone = np.ones(columns.shape[1])
        return float((base + columns @ alone).min(initial=np.inf)), alone
    from scipy.optimize import linprog  # noqa: PLC0415  (only where something is left open)

    n = columns.shape[1]
    simplex = np.zeros((len(vertices), n + 1))
    first = 0
    for o, each in enumerate(vertices):
        simplex[o, first : first + len(each)] = 1.0
        first += len(each)
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
            b_eq=np.ones(len(vertices)),
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
