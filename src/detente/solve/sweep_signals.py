"""One round of B over states whose actions are seen through public signals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, IntArray
from detente.kernels import perfect, signals
from detente.kernels.rows import Listed, Tables
from detente.solve.listing import list_programmes, tables_of
from detente.solve.prepared import Prepared, Sets

QUOTA = 4_096  # profiles between two looks at the clock: well under a second


@dataclass(slots=True)
class Programmes:
    """The programmes of a game, listed once, and what the last rounds showed of each profile."""

    tables: Tables
    listed: Listed
    reach: signals.Reach
    inner: bool = False


def know_nothing(n_profiles: int) -> signals.Reach:
    """Start to keep what is known of so many profiles."""
    return signals.Reach(
        np.empty((n_profiles, signals.REACH_ROOM, 3)), np.full(n_profiles, -1, np.int64)
    )


def sweep_signals(
    prepared: Prepared, sets: Sets, states: IntArray, alive: BoolArray, shift: float, tol: float,
    stop: float, inner: bool, out_of_time: Callable[[], bool],
) -> tuple[float, float] | None:  # fmt: skip
    """Apply B once to the sets of some states with signals, one after the other, in place.

    What a profile was shown not to reach is not looked at again, for sets only shrink and
    ``shift`` only grows from one outer round to the next, and from those to inner rounds. Outer
    rounds after inner ones start afresh. Simplified outward, sets may grow a little beyond what
    was shown: a round that moves nothing by more than ``stop`` is done again without it.

    Returns
    -------
    moved, spent : as those of `detente.kernels.perfect.replace_set`, the largest ones; inf where
        a polygon does not fit. None where the time was up before all states were renewed.
    """
    programmes = _programmes(prepared)
    if programmes.inner and not inner:
        programmes.reach.size[:] = -1
    programmes.inner = inner
    answer = _sweep(prepared, sets, states, alive, shift, tol, inner, out_of_time)
    if inner or answer is None or answer[0] > stop or tol > stop:
        return answer
    for s in states.tolist():
        programmes.reach.size[prepared.game.profiles(s)] = -1
    return _sweep(prepared, sets, states, alive, shift, tol, inner, out_of_time)


def _sweep(
    prepared: Prepared, sets: Sets, states: IntArray, alive: BoolArray, shift: float, tol: float,
    inner: bool, out_of_time: Callable[[], bool],
) -> tuple[float, float] | None:  # fmt: skip
    mode = perfect.INNER if inner else perfect.OUTER
    programmes = _programmes(prepared)
    sizes = np.cumsum(np.diff(prepared.game.profile_start)[states])
    moved, spent = 0.0, 0.0
    for chunk in np.split(states, np.flatnonzero(np.diff(sizes // QUOTA)) + 1):
        if out_of_time():
            return None
        step, used = signals.sweep_states(
            chunk, mode, shift, tol, programmes.tables, programmes.listed, sets.polygons, alive,
            programmes.reach, sets.bag, sets.polygon,
        )  # fmt: skip
        moved, spent = max(moved, float(step)), max(spent, float(used))
    return moved, spent


def _programmes(prepared: Prepared) -> Programmes:
    """List the programmes of a game when they are first needed."""
    found = prepared.programmes
    if not isinstance(found, Programmes):
        tables = tables_of(prepared.game, prepared.payoff)
        found = Programmes(tables, list_programmes(tables), know_nothing(prepared.game.n_profiles))
        prepared.programmes = found
    return found
