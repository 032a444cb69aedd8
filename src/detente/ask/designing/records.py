"""What ``design`` answers: records only, no computing and no printing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detente.arrays import FloatArray
from detente.ask.verdict import Check, StepMove, Verdict


class Basis(StrEnum):
    """What makes designed plans hold, mildest first."""

    NO_DEAL = "no-deal"
    WRITTEN = "written"
    BEST = "best"
    HARSHEST = "harshest"

    @property
    def words(self) -> str:
        """What it is for a reader."""
        return {
            Basis.NO_DEAL: "by return to no deal, even if no deal also follows an alarm or a"
            " hostile government",
            Basis.WRITTEN: "as written: the file's own responses are enough, and worth carrying"
            " out",
            Basis.BEST: "by return to no deal, if whatever they leave open (an alarm, a hostile"
            " government) is followed by the best equilibrium",
            Basis.HARSHEST: "only under the harshest credible threats",
        }[self]


@dataclass(frozen=True, slots=True)
class Design:
    """A plan that holds and reaches the goal, and what it was designed for.

    Attributes
    ----------
    purposes : ``fastest``, ``for us`` (a party), or a bargaining solution
    plan : its name in the written file
    periods, years : how long until the goal is reached
    values : float64 (P,), points per year under the reading it holds by
    gains : float64 (P,), the same less no deal
    gains_at_best : float64 (P,), gains if the best equilibrium for the plan follows wherever its
        path is open (a hostile government is waited out); None where it does not hold so
    moves : who moves what, step by step
    lasts : how long each of the steps lasts at least, in words; empty where a period
    steps : the same as lines of the file's language
    """

    purposes: tuple[str, ...]
    plan: str
    title: str
    periods: int
    years: float
    values: FloatArray
    gains: FloatArray
    gains_at_best: FloatArray | None
    moves: tuple[StepMove, ...]
    lasts: tuple[str, ...]
    steps: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Bargain:
    """A bargaining solution over the enforceable set, and the designed plan that is nearest.

    ``gains``: float64 (P,), over no deal; None where no agreement gives every party something.
    """

    solution: str
    words: str
    gains: FloatArray | None
    values: FloatArray | None
    plan: str


@dataclass(frozen=True, slots=True)
class EnforceableSet:
    """The payoffs that were bargained over.

    ``vertices``: float64 (V, P), points per year; ``by``: "payoff sets", or "confirmed plans",
    whose hull lies within the set of all equilibrium payoffs.
    """

    by: str
    vertices: FloatArray
    status: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """A plan straight to the goal, on from the furthest that holds; it does not hold."""

    plan: str
    steps: tuple[str, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Furthest:
    """The furthest goal that some plan reaches, where the one asked for cannot be reached."""

    goal: str
    design: Design


@dataclass(frozen=True, slots=True)
class Opener:
    """A number that alone makes the attempt hold (`detente mend`): what holds, and what fails.

    ``in_range``: whether what holds lies in the number's stated range.
    """

    path: str
    today: str
    holds_at: str
    fails_at: str
    in_range: bool
    words: str


@dataclass(frozen=True, slots=True)
class Searched:
    """How far the search went.

    Attributes
    ----------
    moves : one-period moves; paths : plans found by the search, judged : by the full check,
        confirmed : that hold
    complete : whether no plan was left out for being too many
    longest_wait : periods that plans may wait between two moves
    """

    states: int
    moves: int
    labels: int
    paths: int
    judged: int
    confirmed: int
    complete: bool
    longest_wait: int


@dataclass(frozen=True, slots=True)
class Designing:
    """The answer to ``design``.

    Attributes
    ----------
    sentences : the answer in words
    found : whether some plan that holds reaches the goal
    proven : where none does, whether that is proven for all plans that go on step by step
    unravels : whether the reason is that irreversible steps unravel
    basis : what makes the designs hold; None where there are none
    check : the full check of the designs (or of the attempt), with the statements
    text : the scenario file with the designs among its plans
    """

    title: str
    file: str
    parties: tuple[str, ...]
    party_names: tuple[str, ...]
    settings: tuple[str, ...]
    goal: str
    sentences: tuple[str, ...]
    found: bool
    proven: bool
    unravels: bool
    basis: Basis | None
    designs: tuple[Design, ...]
    bargains: tuple[Bargain, ...]
    enforceable: EnforceableSet | None
    attempt: Attempt | None
    furthest: Furthest | None
    openers: tuple[Opener, ...]
    searched: Searched
    check: Check
    text: str
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 where a plan holds and reaches the goal, 1 where none can, 3 where none was found."""
        return 0 if self.found else 1 if self.proven else 3
