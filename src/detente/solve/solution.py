"""The one result type of every solver, and the statuses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detente.game.game import FloatArray


class Status(StrEnum):
    """How a solve ended. Only CONVERGED and EMPTY are answers."""

    CONVERGED = "converged"
    EMPTY = "empty"
    ITERATION_LIMIT = "iteration-limit"
    TIME_LIMIT = "time-limit"
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
    gap : largest distance of the outer bound from the inner one (inf where inner is empty and
        outer is not; 0 where both are)
    """

    name: str
    outer_directions: FloatArray
    outer_support: FloatArray
    outer_vertices: FloatArray
    inner_vertices: FloatArray
    gap: float

    @property
    def empty(self) -> bool:
        """Whether the state is proven to have no equilibrium in pure strategies."""
        return len(self.outer_vertices) == 0


@dataclass(frozen=True, slots=True)
class Solution:
    """What a solver answers: a status that cannot be dropped, and the sets.

    ``tol`` is absolute, in payoff units. ``residual`` is the largest distance by which one
    more application of B moves the outer bound.
    """

    status: Status
    iterations: int
    seconds: float
    tol: float
    residual: float
    states: tuple[StateSet, ...]

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
        low = float(bound.outer_vertices[:, player].min()) if not bound.empty else float("nan")
        inner = bound.inner_vertices
        return low, float(inner[:, player].min()) if len(inner) else float("inf")
