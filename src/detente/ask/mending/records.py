"""What `mend` answers: records only, no computing and no printing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from detente.ask.verdict import Answer, Reading, StatementResult
from detente.scenario.model import Unit


class Kind(StrEnum):
    """Who could change a number."""

    NEGOTIABLE = "negotiable"  # a clause: times of steps and responses, inspection
    WORLD = "world"  # what the parties are like, what things cost, what nature does
    MODEL = "model"  # the clock


@dataclass(frozen=True, slots=True)
class Worst:
    """The smallest margin of a plan, under the reading that gives it most.

    Attributes
    ----------
    margin : points per year of the party
    units : the margin in units of the party's range of payoffs at the file's numbers
    """

    margin: float
    units: float
    party: str
    step: int
    step_id: str
    reading: Reading


@dataclass(frozen=True, slots=True)
class Side:
    """A value at which the plan was judged as `check` judges it."""

    value: float
    text: str  # as after `--set path=`
    answer: Answer


@dataclass(frozen=True, slots=True)
class Interval:
    """Values between which the plan holds, ends included; an end is the scan's own or a root."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class NumberMend:
    """What one number alone can do.

    Attributes
    ----------
    path, short : its full path, and its shortest unique end
    value, text : today's, as a number in its unit, and as written
    low, high : its stated range
    searched : the least and the largest value looked at
    scanned : at how many values the plan was judged
    gap : the widest distance between neighbouring values of the scan, in the number's unit: an
        interval narrower than it may have been missed
    intervals : where the plan holds
    holds_at, fails_at : the nearest pair of printed values, judged as `check` does; None where
        the whole of what was searched gives one answer
    threshold : where the answer changes between them, to about 1e-9 of the unit
    change : distance from today's value to the changed one, in units of the stated range; of the
        value itself where no range is stated
    best_at, best : where the smallest margin is largest, and what it is there; where the plan
        holds at several values, no larger one was looked for
    undecided : at how many of the values the answer is not known, for instance because the search
        for what happens without a deal goes round in circles there
    matters : whether the number changes the worst margin
    """

    path: str
    short: str
    kind: Kind
    unit: Unit
    value: float
    text: str
    low: float | None
    high: float | None
    searched: tuple[float, float]
    scanned: int
    gap: float
    intervals: tuple[Interval, ...]
    holds_at: Side | None
    fails_at: Side | None
    threshold: float | None
    change: float | None
    best_at: Side
    best: Worst | None
    undecided: int
    matters: bool

    @property
    def in_range(self) -> bool:
        """Whether the value that holds lies in the stated range."""
        if self.holds_at is None or self.low is None or self.high is None:
            return False
        return self.low <= self.holds_at.value <= self.high


@dataclass(frozen=True, slots=True)
class StructureMend:
    """What another plan, or another clause, would do.

    ``settings``: numbers that are changed (then the plan is the same), by full path as text.
    """

    name: str
    words: str
    plan: str
    settings: Mapping[str, str]
    answer: Answer
    carries_to: int
    worst: Worst | None


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """For one value of the first number: the nearest values of the second that hold and fail."""

    first: float
    first_text: str
    holds_at: Side | None
    fails_at: Side | None


@dataclass(frozen=True, slots=True)
class PairMap:
    """What two numbers can do together.

    Attributes
    ----------
    first, second : their full paths; `names` their short ones, `units` their units
    today : their values
    xs, ys : values of the first and of the second
    units_at : smallest margin at ``[x][y]``, in units of payoff ranges; None where the scenario
        makes no sense
    answers : verdict at ``[x][y]``
    """

    first: str
    second: str
    names: tuple[str, str]
    units: tuple[Unit, Unit]
    today: tuple[float, float]
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    units_at: tuple[tuple[float | None, ...], ...]
    answers: tuple[tuple[Answer, ...], ...]
    frontier: tuple[FrontierPoint, ...]


@dataclass(frozen=True, slots=True)
class Mending:
    """The answer to ``mend``.

    ``numbers`` and ``structures`` come with what holds first, smallest change first.
    """

    title: str
    file: str
    settings: tuple[str, ...]
    plan: str
    plan_title: str
    readings: tuple[Reading, ...]
    parties: Mapping[str, str]
    answer: Answer
    today: Worst | None
    numbers: tuple[NumberMend, ...]
    left_out: tuple[str, ...]
    structures: tuple[StructureMend, ...]
    structures_left_out: str
    pairs: tuple[PairMap, ...]
    statements: tuple[StatementResult, ...]
    sentences: tuple[str, ...]
    judged: int
    seconds: float
