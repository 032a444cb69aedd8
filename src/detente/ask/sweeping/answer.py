"""What a sweep answers: records only, no computing and no printing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detente.arrays import FloatArray
from detente.ask.sweeping.space import Range
from detente.ask.verdict import Reading, StatementResult
from detente.scenario.model import Unit


class Outcome(StrEnum):
    """What came out for a plan at a sample."""

    HOLDS = "holds"  # by what the plan itself provides (or under the one reading asked for)
    CAN_HOLD = "can-hold"  # only under harsher threats than the plan's own
    FAILS = "fails"  # under every reading asked for
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the samples, with its confidence interval (Wilson 1927, 95 %)."""

    count: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """How much of whether a plan holds a number explains alone: its first-order index.

    ``error`` is half the width of its 95 % bootstrap interval.
    """

    path: str
    index: float
    error: float


@dataclass(frozen=True, slots=True)
class Threshold:
    """One side of a box: the number is under (or over) a value, in its unit."""

    path: str
    unit: Unit
    under: bool
    value: float


@dataclass(frozen=True, slots=True)
class Box:
    """Thresholds that set samples apart, found on one half of them and measured on the other.

    Attributes
    ----------
    holds : whether it is where the plan holds, or where it does not
    thresholds : all of them together
    coverage : share of such samples that lie in the box
    density : share of the samples in the box that are such
    """

    holds: bool
    thresholds: tuple[Threshold, ...]
    coverage: float
    density: float


@dataclass(frozen=True, slots=True)
class ShareMap:
    """The share that holds over two numbers.

    Attributes
    ----------
    x, y : paths
    x_edges, y_edges : float64 (X + 1,) and (Y + 1,), in their units; equally many samples between
    share : float64 (Y, X), nan where no sample is
    count : float64 (Y, X), samples
    """

    x: str
    y: str
    x_unit: Unit
    y_unit: Unit
    x_edges: FloatArray
    y_edges: FloatArray
    share: FloatArray
    count: FloatArray


@dataclass(frozen=True, slots=True)
class PlanSweep:
    """What a sweep says about one plan.

    Attributes
    ----------
    today : the answer at the file's own values
    holds, can_hold, fails, undecided : shares of the judged samples; they add up to one
    not_by_itself : share that certainly does not hold by what the plan provides, whatever harsher
        threats would do
    by_mildest : for each reading asked for, the share for which it is the mildest that suffices
    """

    plan: str
    title: str
    today: Outcome
    holds: Share
    can_hold: Share
    fails: Share
    undecided: Share
    not_by_itself: Share
    by_mildest: tuple[tuple[Reading, Share], ...]
    effects: tuple[Effect, ...]
    boxes: tuple[Box, ...]
    map: ShareMap | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A reason for which samples could not be judged, and how often it came."""

    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Sweep:
    """The answer to ``sweep``.

    Attributes
    ----------
    samples : how many were asked for
    done : how many there are
    failed : how many of these could not be judged; ``failures`` has the commonest reasons
    studied : how many of the first were looked at for what drives the answer
    output : the file with all samples; empty where none was asked for
    """

    title: str
    file: str
    settings: tuple[str, ...]
    seed: int
    samples: int
    done: int
    failed: int
    failures: tuple[Failure, ...]
    studied: int
    ranges: tuple[Range, ...]
    readings: tuple[Reading, ...]
    plans: tuple[PlanSweep, ...]
    statements: tuple[StatementResult, ...]
    warnings: tuple[str, ...]
    scenario_sha256: str
    versions: tuple[tuple[str, str], ...]
    output: str
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether all samples asked for are there."""
        return self.done >= self.samples

    @property
    def exit_code(self) -> int:
        """Give 0 where all samples are there, else 3."""
        return 0 if self.complete else 3
