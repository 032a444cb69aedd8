"""What follows the action profiles of a game given as arrays: read, checked, made sparse."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from detente.arrays import FloatArray, IntArray
from detente.errors import Problem
from detente.game.build import TOL_ROUNDING, TOL_SUM
from detente.game.game import Monitoring

Shape = tuple[int, ...]
AnyArray = npt.NDArray[Any]
MAX_PER_STATE = 5  # problems listed of one array


@dataclass(frozen=True, slots=True)
class Chances:
    """The chances of one state; rows are its profiles, the last player's action fastest.

    Attributes
    ----------
    monitoring : what everybody sees
    start : int64 array, shape (A_s + 1,), first entry of every row
    column : int64 array, shape (E_s,), next state, or number of the outcome with signals
    value : float64 array, shape (E_s,), positive, summing to one in every row
    leads_to : int64 array, shape (K,), next state after each outcome; empty if perfect
    """

    monitoring: Monitoring
    start: IntArray
    column: IntArray
    value: FloatArray
    leads_to: IntArray


def list_states(given: Any, n_states: int, n_axes: int) -> list[Any] | None:
    """Give one entry for each state; None where that cannot be told.

    A list that holds an array or None has one entry for each state; everything else is one
    array, of ``n_axes`` axes for a single state and one more for a stack.
    """
    if given is None:
        return [None] * n_states
    if isinstance(given, list | tuple) and any(
        one is None or isinstance(one, np.ndarray) for one in given
    ):
        return list(given)
    try:
        table = np.asarray(given)
    except ValueError:  # lists of different length: one for each state, if that
        return list(given)
    if table.ndim == n_axes:
        return [table]
    return list(table) if table.ndim == n_axes + 1 else None


def as_numbers(where: str, given: Any, found: list[Problem]) -> FloatArray | None:
    """Bring an array of numbers or fractions to float64; complain of what is not finite."""
    try:
        table = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        found.append(Problem("E121", f"{where}: not an array of numbers"))
        return None
    wrong = np.argwhere(~np.isfinite(table))
    if len(wrong):
        value = table[tuple(wrong[0])]
        found.append(Problem("E125", f"{where}{_spot(wrong[0])}: {value} is not a finite number"))
        return None
    return table


def read_chances(
    shapes: list[Shape], transitions: Any, signals: Any, leads_to: Any, found: list[Problem]
) -> list[Chances]:
    """Read what follows every profile, state by state; problems are added to ``found``."""
    if sparse.issparse(transitions):
        if signals is not None:
            found.append(Problem("E435", "signals: they do not go with sparse transitions"))
        return _read_sparse(shapes, transitions, found)
    n_states, n_axes = len(shapes), len(shapes[0]) + 1
    lists = {}
    for name, given in (("transitions", transitions), ("signals", signals)):
        listed = list_states(given, n_states, n_axes)
        if listed is None or len(listed) != n_states:
            shown = f"shape {np.shape(given)}" if listed is None else f"{len(listed)} entries"
            found.append(
                Problem("E423", f"{name}: {shown}, expected an array for each of the {n_states} "
                                "states")
            )  # fmt: skip
            listed = [None] * n_states
        lists[name] = listed
    targets = _read_targets(leads_to, n_states, found)
    out = []
    for s, shape in enumerate(shapes):
        moves, seen = lists["transitions"][s], lists["signals"][s]
        if moves is not None and seen is not None:
            found.append(Problem("E435", f"signals[{s}]: this state has transitions too"))
        elif seen is not None:
            out.append(_read_signals(s, seen, shape, targets[s], found))
        elif moves is not None:
            out.append(_read_dense(f"transitions[{s}]", moves, (*shape, n_states), found))
        else:
            n = math.prod(shape)
            column = np.full(n, s, np.int64)
            out.append(_perfect(np.arange(n + 1), column, np.ones(n)))
    return out


def _perfect(start: IntArray, column: IntArray, value: FloatArray) -> Chances:
    return Chances(Monitoring.PERFECT, start, column, value, np.zeros(0, np.int64))


def _read_signals(s: int, given: Any, shape: Shape, targets: Any, found: list[Problem]) -> Chances:
    width = np.shape(given)[-1] if np.ndim(given) else 0
    if width == 0:
        found.append(Problem("E424", f"signals[{s}]: a state needs at least one outcome"))
    leads_to = np.full(width, s, np.int64) if targets is None else targets
    if len(leads_to) != width:
        found.append(
            Problem("E423", f"leads_to[{s}]: {len(leads_to)} next states for {width} outcomes")
        )
    read = _read_dense(f"signals[{s}]", given, (*shape, width), found)
    return Chances(Monitoring.SIGNALS, read.start, read.column, read.value, leads_to)


def _read_targets(leads_to: Any, n_states: int, found: list[Problem]) -> list[Any]:
    """Give the next state after each outcome of every state; None for those that stay."""
    if leads_to is None:
        return [None] * n_states
    alone = not any(one is None or np.ndim(one) for one in leads_to)
    listed = [leads_to] if alone else list(leads_to)
    if len(listed) != n_states:
        found.append(
            Problem("E423", f"leads_to: {len(listed)} lists, expected one for each of the "
                            f"{n_states} states")
        )  # fmt: skip
        return [None] * n_states
    out: list[Any] = []
    for s, one in enumerate(listed):
        table = None if one is None else np.asarray(one)
        if table is not None and (table.dtype.kind not in "iu" or table.ndim != 1):
            found.append(Problem("E426", f"leads_to[{s}]: expected a list of state numbers"))
            table = None
        if table is not None:
            found.extend(_out_of_range(f"leads_to[{s}]", table, n_states))
        out.append(None if table is None else table.astype(np.int64))
    return out


def _out_of_range(where: str, states: AnyArray, n_states: int) -> list[Problem]:
    return [
        Problem("E426", f"{where}[{k}]: there is no state {states[k]}; states are 0 to "
                        f"{n_states - 1}")
        for k in np.flatnonzero((states < 0) | (states >= n_states))[:MAX_PER_STATE]
    ]  # fmt: skip


def _read_dense(where: str, given: Any, shape: Shape, found: list[Problem]) -> Chances:
    """Read the rows of a dense array, (n_1, .., n_P, S or K)."""
    n_rows = math.prod(shape[:-1])
    nothing = _perfect(np.zeros(n_rows + 1, np.int64), np.zeros(0, np.int64), np.zeros(0))
    if np.shape(given) != shape:
        found.append(Problem("E423", f"{where}: shape {np.shape(given)}, expected {shape}"))
        return nothing
    before = len(found)
    table = as_numbers(where, given, found)
    if table is None:
        return nothing
    wrong = np.argwhere((table < 0.0) | (table > 1.0))
    found.extend(
        Problem("E427", f"{where}{_spot(at)}: {table[tuple(at)]:g} is not a probability")
        for at in wrong[:MAX_PER_STATE]
    )
    if len(found) == before:
        found.extend(_check_sums(where, np.asarray(given), table))
    rows = table.reshape(n_rows, shape[-1])
    row, column = np.nonzero(rows)
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=n_rows))]).astype(np.int64)
    return _perfect(start, column, _normalise(start, rows[row, column]))


def _check_sums(where: str, given: AnyArray, table: FloatArray) -> list[Problem]:
    """Find the rows that do not add up to one; nothing excuses fractions."""
    exact = given.dtype.kind in "iuO" and all(
        isinstance(q, int | Fraction | np.integer) for q in given.flat
    )
    totals = np.asarray(given.sum(axis=-1) if exact else table.sum(axis=-1))
    wrong = np.argwhere(totals != 1 if exact else np.abs(totals - 1.0) > TOL_SUM)
    return [_off(f"{where}{_spot(at)}", totals[tuple(at)], exact) for at in wrong[:MAX_PER_STATE]]


def _off(place: str, total: Any, exact: bool) -> Problem:
    shown, off = (f"{total}", f"{total - 1}") if exact else (f"{total:.12g}", f"{total - 1.0:+.3g}")
    return Problem("E428", f"{place}: the probabilities add up to {shown}, off by {off}")


def _read_sparse(shapes: list[Shape], transitions: Any, found: list[Problem]) -> list[Chances]:
    """Read a sparse array, (A, S)."""
    sizes = [math.prod(shape) for shape in shapes]
    if transitions.shape != (sum(sizes), len(shapes)):
        found.append(
            Problem("E423", f"transitions: shape {transitions.shape}, expected "
                            f"{(sum(sizes), len(shapes))}: a row for each action profile of all "
                            "states")
        )  # fmt: skip
        return []
    rows = sparse.csr_array(transitions).astype(np.float64)
    rows.sum_duplicates()
    rows.eliminate_zeros()
    start, column = rows.indptr.astype(np.int64), rows.indices.astype(np.int64)
    value = rows.data
    at = np.repeat(np.arange(len(start) - 1), np.diff(start))
    for e in np.flatnonzero(~((value >= 0.0) & (value <= 1.0)))[:MAX_PER_STATE]:
        found.append(
            Problem("E427", f"transitions[{at[e]}][{column[e]}]: {value[e]:g} is not a "
                            "probability")
        )  # fmt: skip
    totals = np.bincount(at, value, len(start) - 1)
    for a in np.flatnonzero(np.abs(totals - 1.0) > TOL_SUM)[:MAX_PER_STATE]:
        found.append(_off(f"transitions[{a}]", totals[a], False))
    if found:
        return []
    value = _normalise(start, value)
    first = np.concatenate([[0], np.cumsum(sizes)])
    out = []
    for low, high in itertools.pairwise(first):
        span = slice(start[low], start[high])
        out.append(_perfect(start[low : high + 1] - start[low], column[span], value[span]))
    return out


def _normalise(start: IntArray, value: FloatArray) -> FloatArray:
    """Divide rows whose sum is off by more than rounding by their sum."""
    counts = np.diff(start)
    if not len(value) or not counts.all():
        return value
    totals = np.add.reduceat(value, start[:-1])
    totals[np.abs(totals - 1.0) <= TOL_ROUNDING] = 1.0
    return np.asarray(value / np.repeat(totals, counts), dtype=np.float64)


def _spot(where: Any) -> str:
    return "".join(f"[{k}]" for k in where)
