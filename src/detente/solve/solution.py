"""The one result type of every solver, and the statuses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from detente.arrays import FloatArray


class Status(StrEnum):
    """How a solve ended. Only CONVERGED and EMPTY are answers."""

    CONVERGED = "converged"
    EMPTY = "empty"
    ITERATION_LIMIT = "iteration-limit"
    TIME_LIMIT = "time-limit"
    INTERRUPTED = "interrupted"
    VERTEX_LIMIT = "vertex-limit"
    NUMERICAL_TROUBLE = "numerical-trouble"

    @property
    def is_answer(self) -> bool:
        """Whether the solve answered the question, rather than hit a limit."""
        return self in (Status.CONVERGED, Status.EMPTY)

    @property
    def words(self) -> str:
        """What the status means, in words."""
        return _WORDS[self]


_WORDS = {
    Status.CONVERGED: "solved to the tolerance asked for",
    Status.EMPTY: "no state has an equilibrium in pure strategies",
    Status.ITERATION_LIMIT: "stopped at the limit on rounds before the bounds met",
    Status.TIME_LIMIT: "stopped at the time limit before the bounds met",
    Status.INTERRUPTED: "interrupted before the bounds met",
    Status.VERTEX_LIMIT: "stopped at the largest number of corners before the bounds met",
    Status.NUMERICAL_TROUBLE: "the arithmetic could not be trusted any further",
}


@dataclass(frozen=True, slots=True)
class StateSet:
    """Bounds on the equilibrium payoffs of one state, in payoff units.

    Attributes
    ----------
    name : name of the state
    outer_directions : float64 array, shape (D, P)
    outer_support : float64 array, shape (D,); support of the outer bound in each direction
    outer_vertices : float64 array, shape (V, P), counter-clockwise for two players; no row
        when the outer bound is empty (then the state has no pure equilibrium: proven)
    inner_vertices : float64 array, shape (V, P); hull of payoffs shown to be equilibria; no
        row where none was found
    gap : largest distance of the outer bound from the inner one, ``error`` included (inf where
        inner is empty and outer is not; 0 where both are)
    error : every inner vertex is within this distance of an equilibrium payoff, and the outer
        bound, moved outward by it, contains all of them whatever was rounded
    """

    name: str
    outer_directions: FloatArray
    outer_support: FloatArray
    outer_vertices: FloatArray
    inner_vertices: FloatArray
    gap: float
    error: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether the state is proven to have no equilibrium in pure strategies."""
        return len(self.outer_vertices) == 0


@dataclass(frozen=True, slots=True)
class Solution:
    """What a solver answers: a status that cannot be dropped, and the sets.

    CONVERGED says that the outer bound has settled, and that code which shares nothing with
    the solver confirmed both bounds by applying B to them once more. How much of the outer bound
    is shown to be payoffs of equilibria is said by the ``gap`` alone, which may stay above
    ``tol`` (even infinite) where equilibria exist only by an exact tie and none could be
    exhibited in rational numbers. Whoever reads a set must read its gap.

    Attributes
    ----------
    iterations : largest number of rounds that any group of states took
    tol : absolute, in payoff units
    residual : largest distance by which the solver's own last round moved the outer bound (inf
        where a limit was hit)
    residual_outer : distance of the outer bound from B of it, in both directions, as separate
        code measured it (two parties: `detente.solve.residual`; else
        `detente.solve.residual_many`, in a sample of directions and vertices where there are
        many); at most ``tol``, else the status is NUMERICAL_TROUBLE
    residual_inner : how far inner vertices lie outside B of the inner sets, measured by the same
        code; at most the ``error`` of their state, else the status is NUMERICAL_TROUBLE

    Both are in payoff units, every party's payoffs stretched to the largest range of payoffs,
    and nan where they were not measured.
    """

    status: Status
    iterations: int
    seconds: float
    tol: float
    residual: float
    states: tuple[StateSet, ...]
    residual_outer: float = math.nan
    residual_inner: float = math.nan

    @property
    def gap(self) -> float:
        """Largest gap over the states."""
        return max((s.gap for s in self.states), default=0.0)

    def lowest(self, state: int, player: int) -> tuple[float, float]:
        """Bounds on a player's lowest equilibrium payoff in a state (nan where empty).

        The first is a lower bound (from the outer set), the second an upper one (from the
        inner set; inf where no equilibrium was exhibited).
        """
        bound = self.states[state]
        if bound.empty:
            return float("nan"), float("nan")
        low = float(bound.outer_vertices[:, player].min()) - bound.error
        inner = bound.inner_vertices
        return low, float(inner[:, player].min()) + bound.error if len(inner) else float("inf")
