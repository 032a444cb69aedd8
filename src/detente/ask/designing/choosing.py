"""Which of the plans that hold is best, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray
from detente.ask.designing.bargaining import Solution, ideal_gains, score, solve_bargain
from detente.ask.designing.candidates import Candidate
from detente.errors import DetenteError, Problem, listed, nearest
from detente.scenario.model import Scenario

TOL_SAME = 0.005  # of the payoff range: of plans this close the one with fewest steps is taken
BALANCED, FASTEST = "balanced", "fastest"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a plan is designed for: a party's payoff, a bargaining solution, or speed."""

    id: str
    party: int = -1
    solution: Solution | None = None


def list_purposes(scenario: Scenario, asked: str | None) -> tuple[Purpose, ...]:
    """Give what to design for: one purpose asked for, or all.

    Raises
    ------
    DetenteError
        E396 for a word that is no purpose.
    """
    balanced = tuple(Purpose(str(each), solution=each) for each in Solution)
    parties = tuple(Purpose(f"for-{p.id}", n) for n, p in enumerate(scenario.parties))
    fastest = Purpose(FASTEST)
    if asked is None:
        return (*balanced, *parties, fastest)
    if asked in (BALANCED, FASTEST):
        return balanced if asked == BALANCED else (fastest,)
    for n, party in enumerate(scenario.parties):
        if asked in (party.id, party.name):
            return (parties[n],)
    names = [*(p.id for p in scenario.parties), BALANCED, FASTEST]
    near = nearest(asked, names)
    meant = f"did you mean '{near}'? " if near else ""
    raise DetenteError(
        Problem("E396", f"'{asked}' is nothing that a plan can be designed for",
                remedy=f"{meant}write one of: {listed(names)}")
    )  # fmt: skip


def choose(
    purpose: Purpose, candidates: Sequence[Candidate], no_deal: FloatArray, scales: FloatArray
) -> Candidate:
    """Give the plan that serves a purpose best; of plans as good, the one with fewest steps.

    Parameters
    ----------
    no_deal : float64 (P,), what every party has without a deal
    scales : float64 (P,), the parties' payoff ranges
    """
    gains = np.array([each.values - no_deal for each in candidates])
    gains = np.where(np.abs(gains) <= 1e-9 * scales, 0.0, gains)
    if purpose.id == FASTEST:
        worth = -np.array([float(each.path.periods) for each in candidates])
        tol = 0.0
    elif purpose.solution is None:
        worth, tol = gains[:, purpose.party], TOL_SAME * float(scales[purpose.party])
    else:
        measure = gains if purpose.solution is Solution.EGALITARIAN else gains / scales
        ideal = ideal_gains(measure)
        worth = np.array([score(purpose.solution, each, ideal) for each in measure])
        tol = TOL_SAME * float(np.abs(worth[np.isfinite(worth)]).max(initial=0.0))
    second = np.array([score(Solution.NASH, each / scales, each) for each in gains])
    good = np.flatnonzero(worth >= worth.max() - tol)
    order = sorted(
        good.tolist(),
        key=lambda n: (candidates[n].n_steps, candidates[n].path.periods, -worth[n], -second[n], n),
    )
    return candidates[order[0]]


def bargain_over(
    solution: Solution, vertices: FloatArray, no_deal: FloatArray
) -> FloatArray | None:
    """Give the gains at a bargaining solution over payoffs, float64 (V, P); None for none."""
    return solve_bargain(solution, vertices - no_deal)
