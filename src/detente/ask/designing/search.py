"""The search for step plans: backward over levels, keeping what no other plan beats.

A label is a plan from a state on: its values, how many periods it takes, its first move, and the
label that follows. States are met in an order in which no move leads back, so every label is
made once; staying in a state makes chains of at most `MAX_WAIT` periods.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.designing.moves import Moves
from detente.ask.designing.stepping import Stepper

MAX_WAIT = 8  # periods that a plan may wait between two moves
MAX_LABELS = 64  # kept at a state
FINENESS = 1 / 400  # of the payoff range: labels closer than this stand for each other where many


@dataclass(frozen=True, slots=True)
class Path:
    """A plan as one move a period, then for ever the last of them.

    Attributes
    ----------
    moves : numbers of moves; the last stays where it is, for ever
    values : float64 (P,), of the plan at its start
    """

    moves: tuple[int, ...]
    values: FloatArray

    @property
    def periods(self) -> int:
        """Periods until the end is reached."""
        return len(self.moves) - 1


@dataclass(slots=True)
class Found:
    """What a search found.

    Attributes
    ----------
    paths : plans from today's state
    n_labels : plans from any state that were looked at
    n_ends : states at the goal in which staying holds
    complete : False where plans were dropped because there were too many (or a wait was as long as
        it may be)
    """

    paths: list[Path]
    n_labels: int = 0
    n_ends: int = 0
    complete: bool = True


@dataclass(slots=True)
class _Labels:
    """All labels, by number; ``front`` has those of each state that are kept."""

    values: list[FloatArray] = field(default_factory=list)
    periods: list[int] = field(default_factory=list)
    move: list[int] = field(default_factory=list)
    rest: list[int] = field(default_factory=list)
    front: dict[int, IntArray] = field(default_factory=dict)

    def add(self, values: FloatArray, periods: IntArray, move: int, rest: IntArray) -> IntArray:
        """Add labels with one first move; give their numbers."""
        first = len(self.move)
        self.values.extend(values)
        self.periods.extend(periods.tolist())
        self.move.extend([move] * len(values))
        self.rest.extend(rest.tolist())
        return np.arange(first, len(self.move))

    def of(self, numbers: IntArray) -> tuple[FloatArray, IntArray]:
        """Give the values (n, P) and periods (n,) of labels."""
        values = np.array([self.values[n] for n in numbers.tolist()])
        return values, np.array([self.periods[n] for n in numbers.tolist()], dtype=np.int64)

    def path(self, number: int) -> Path:
        """Follow a label to its end."""
        moves, at = [], number
        while at >= 0:
            moves.append(self.move[at])
            at = self.rest[at]
        return Path(tuple(moves), self.values[number])


def search_paths(
    moves: Moves,
    stepper: Stepper,
    is_end: Callable[[int], bool],
    scales: FloatArray,
    max_wait: int = MAX_WAIT,
) -> Found:
    """Find the plans from today's state that hold and end in a state of rest.

    Parameters
    ----------
    moves : what plans are made of
    stepper : what a move is worth, and whether it holds
    is_end : whether a plan may end with a move that stays
    scales : float64 (P,), the parties' payoff ranges
    """
    labels, found = _Labels(), Found([])
    today = moves.compiled.row_of(moves.compiled.layout.today)
    for row in moves.order:
        here: list[IntArray] = []
        for move in moves.at[row].tolist():
            after = int(moves.target[move])
            if after != row:
                here += _put_before(labels, stepper, move, labels.front[after])
            elif is_end(move):
                values, holds = stepper.settle(move)
                if holds:
                    found.n_ends += 1
                    none = np.zeros(1, dtype=np.int64)
                    here.append(labels.add(values[None], none, move, none - 1))
        front = _keep(labels, _join(here), scales, found)
        if row != today:
            front = _wait(labels, moves, stepper, row, front, scales, max_wait, found)
        labels.front[row] = front
    found.n_labels = len(labels.move)
    if today is not None:
        found.paths = [labels.path(n) for n in labels.front[today].tolist()]
    return found


def _join(pieces: list[IntArray]) -> IntArray:
    return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int64)


def _put_before(labels: _Labels, stepper: Stepper, move: int, front: IntArray) -> list[IntArray]:
    if not len(front):
        return []
    rest, periods = labels.of(front)
    values, holds = stepper.advance(move, rest)
    if not holds.any():
        return []
    return [labels.add(values[holds], periods[holds] + 1, move, front[holds])]


def _wait(
    labels: _Labels,
    moves: Moves,
    stepper: Stepper,
    row: int,
    front: IntArray,
    scales: FloatArray,
    max_wait: int,
    found: Found,
) -> IntArray:
    """Put periods of waiting before the plans of a state, as long as that can matter."""
    staying = [m for m in moves.at[row].tolist() if moves.target[m] == row]
    # waiting before resting for ever is resting, unless renewed ladders stand otherwise
    newest = np.array([n for n in front.tolist() if labels.rest[n] >= 0 or len(staying) > 1],
                      dtype=np.int64)  # fmt: skip
    for _ in range(max_wait):
        pieces = [p for m in staying for p in _put_before(labels, stepper, m, newest)]
        added = _join(pieces)
        if not len(added):
            return front
        front = _keep(labels, np.concatenate([front, added]), scales, found)
        newest = front[np.isin(front, added)]
        if not len(newest):
            return front
    return front


def _keep(labels: _Labels, numbers: IntArray, scales: FloatArray, found: Found) -> IntArray:
    """Keep what is not beaten in all values and periods at once; thin out where that is much."""
    if len(numbers) < 2:
        return numbers
    values, periods = labels.of(numbers)
    order = np.lexsort((*(-values.T), periods))
    numbers, values, periods = numbers[order], values[order], periods[order]
    score = np.column_stack([values / scales, -periods])
    kept: list[int] = []
    for n in range(len(numbers)):
        if not kept or not (score[kept] >= score[n] - 1e-12).all(axis=1).any():
            kept.append(n)
    place = np.array(kept)
    fineness = FINENESS
    while len(place) > MAX_LABELS:
        found.complete = False
        place = _thin(score, place, fineness)
        fineness *= 2
    return np.asarray(numbers[place], dtype=np.int64)


def _thin(score: FloatArray, place: IntArray, fineness: float) -> IntArray:
    """Keep one label a box, and always the best for each party and the shortest."""
    boxes = np.floor(score[place, :-1] / fineness)
    _, first = np.unique(boxes, axis=0, return_index=True)
    best = score[place].argmax(axis=0)
    return np.asarray(place[np.unique(np.concatenate([first, best]))], dtype=np.int64)
