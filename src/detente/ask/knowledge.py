"""What is known of the equilibrium payoffs of the base game, cheap bounds first, sets last."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.merged import merge_plan
from detente.ask.nodeal import NoDealPolicy
from detente.compile.build import Compiled, build_game
from detente.compile.plan import Openness, PlanGraph, build_graph
from detente.game.game import Game
from detente.scenario.model import Plan
from detente.solve.floors import Extremes, Moves, bound_payoffs
from detente.solve.options import Options
from detente.solve.solution import Solution, StateSet, Status

if TYPE_CHECKING:
    from detente.ask.judge import Judged

TOL_SETS = 2e-4  # of the payoff range: how closely the sets are computed for a verdict


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Bounds on equilibrium payoffs per base state.

    Attributes
    ----------
    punished_low, punished_high : float64 (S, P), bounds on each party's worst equilibrium
        payoff (high is what some exhibited equilibrium gives; inf where none is known)
    outer, inner : per state, vertices float64 (V, P) that contain all, and that are contained
        in the set of, equilibrium payoffs, both up to ``error``
    error : how far payoffs of ``outer`` and ``inner`` may be off; the bounds on punishments
        have it in them
    by : how the bounds were found
    """

    punished_low: FloatArray
    punished_high: FloatArray
    outer: tuple[FloatArray, ...]
    inner: tuple[FloatArray, ...]
    status: Status
    by: str
    solution: Solution | None = None
    error: float = 0.0


@dataclass(slots=True)
class Knower:
    """Finds out more only when asked to; keeps what it found.

    ``time_limit``: seconds for sets; None for no limit, 0 for none at all.
    ``max_rounds``: of the operator, in any one pass, for the same.
    ``exhibits``: equilibrium payoffs that were shown on the way, by base state.
    """

    compiled: Compiled
    no_deal: NoDealPolicy
    time_limit: float | None = 60.0
    max_rounds: int = 20_000
    _game: Game | None = None
    _cheap: Knowledge | None = None
    _sets: Knowledge | None = None
    exhibits: dict[int, list[FloatArray]] = field(default_factory=dict)
    showed_plans: bool = False
    forgiving: dict[tuple[str, str], Judged | None] = field(default_factory=dict)
    _graphs: dict[tuple[str, Openness], PlanGraph] = field(default_factory=dict)

    def graph(self, plan: Plan, openness: Openness) -> PlanGraph:
        """Give a plan's automaton; readings that differ in punishment alone share one."""
        key = plan.id, openness
        if key not in self._graphs:
            self._graphs[key] = build_graph(self.compiled, plan, openness)
        return self._graphs[key]

    def exhibit(self, rows: IntArray, values: FloatArray) -> None:
        """Remember equilibrium payoffs (n, P) that an automaton shows at base states (n,)."""
        for row, value in zip(rows, values, strict=True):
            self.exhibits.setdefault(int(row), []).append(value)

    @property
    def game(self) -> Game:
        """The base game as arrays."""
        if self._game is None:
            self._game = build_game(self.compiled)
        return self._game

    @property
    def has_sets(self) -> bool:
        """Whether the payoff sets were computed already."""
        return self._sets is not None

    def cheap(self) -> Knowledge:
        """Give floors and ceilings from outside, exhibited Markov equilibria from inside."""
        if self._cheap is None:
            tables = self.compiled.tables
            moves = Moves(
                tables.n_choices, tables.profile_start, self.compiled.payoff,
                self.compiled.discount, tables.entry_start, tables.entry_next,
                tables.entry_chance,
            )  # fmt: skip
            self._cheap = _cheap(self.no_deal, bound_payoffs(moves))
        return self._cheap

    def sets(self, time_limit: float | None = None, max_rounds: int | None = None) -> Knowledge:
        """Give the bounds from the payoff sets of the base game, solved at most once.

        With a time limit of 0 nothing is solved: the cheap bounds, which say that it was reached.
        Limits given here come before those of the knower.
        """
        limit = self.time_limit if time_limit is None else time_limit
        if self._sets is None and limit == 0:
            return replace(self.cheap(), status=Status.TIME_LIMIT, by="payoff sets")
        if self._sets is None:
            from detente.solve.dispatch import solve  # noqa: PLC0415

            options = Options(TOL_SETS, max_rounds or self.max_rounds, limit)
            self._sets = _merge(self.cheap(), solve(self.game, options))
        return self._sets

    def node_set(self, graph: PlanGraph) -> StateSet | None:
        """Give the bounds on the equilibrium payoffs of a plan's first node; None without sets."""
        from detente.solve.dispatch import solve, widen  # noqa: PLC0415

        base = self.sets().solution
        if base is None:
            return None
        limit = None if self.time_limit is None else self.time_limit / 3
        options = Options(TOL_SETS, self.max_rounds, limit)
        given = {s: widen(bound) for s, bound in enumerate(base.states)}
        return solve(merge_plan(self.game, graph), options, given).states[len(given)]


def _cheap(no_deal: NoDealPolicy, extremes: Extremes) -> Knowledge:
    shown = [no_deal.values, *no_deal.others] if no_deal.found else []
    n_states, n_players = extremes.floors.shape
    inner = tuple(
        np.array([values[s] for values in shown]).reshape(-1, n_players) for s in range(n_states)
    )
    high = np.min(np.stack(shown), axis=0) if shown else np.full_like(extremes.floors, np.inf)
    outer = tuple(_box(extremes.floors[s], extremes.ceilings[s]) for s in range(n_states))
    return Knowledge(extremes.floors, high, outer, inner, Status.CONVERGED, "punishment floors")


def _box(low: FloatArray, high: FloatArray) -> FloatArray:
    corners = np.array(np.meshgrid(*zip(low, high, strict=True), indexing="ij"))
    return corners.reshape(len(low), -1).T.copy()


def _merge(cheap: Knowledge, solution: Solution) -> Knowledge:
    low, high = cheap.punished_low.copy(), cheap.punished_high.copy()
    outer, inner = [], []
    for s, bound in enumerate(solution.states):
        if bound.empty:
            low[s], high[s] = np.inf, np.inf
        else:
            low[s] = np.maximum(low[s], bound.outer_vertices.min(axis=0) - bound.error)
        if len(bound.inner_vertices):
            high[s] = np.minimum(high[s], bound.inner_vertices.min(axis=0) + bound.error)
        both = np.vstack([cheap.inner[s], bound.inner_vertices.reshape(-1, low.shape[1])])
        outer.append(bound.outer_vertices)
        inner.append(both)
    error = max((bound.error for bound in solution.states), default=0.0)
    return Knowledge(
        low, high, tuple(outer), tuple(inner), solution.status, "payoff sets", solution, error
    )
