"""What a screening answers: records only, no computing and no printing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from detente.ask.stepwise import GivenUp
from detente.ask.verdict import Opening, Reading, StatementResult


class Deed(StrEnum):
    """What a type does at a step of the plan's own path."""

    KEEPS = "keeps"
    CHEATS = "cheats"  # in secret: it looks as if it kept the step
    BREAKS = "breaks"  # openly
    GONE = "gone"  # it has broken the plan before


@dataclass(frozen=True, slots=True)
class TypeStep:
    """What a type does at a step, and what its part of the step costs it.

    ``cost``: points per year while the step's own moves are in force, negative where they cost it
    something; ``once``: points when it makes them. ``words``: how it departs, empty where it keeps.
    ``staying``: worth of keeping its word to the end from here; ``best``: worth of its best reply;
    points per year. Both None where it does not come here.
    """

    type: str
    deed: Deed
    words: str
    cost: float
    once: float
    staying: float | None
    best: float | None


@dataclass(frozen=True, slots=True)
class Exposure:
    """What another party stands to lose when a type departs.

    ``worth``: from then on, points per year; ``never_signed``: without a deal, from today.
    """

    party: str
    party_name: str
    worth: float
    never_signed: float
    given_up: tuple[GivenUp, ...]

    @property
    def loss(self) -> float:
        """How much worse off it is from then on than if it had never signed; negative: better."""
        return self.never_signed - self.worth


@dataclass(frozen=True, slots=True)
class TypeAnswer:
    """A type's best reply to the plan.

    ``kept_openly``: number of steps that it is seen to keep (of `Screening.n_steps`), ``None`` for
    ever; ``kept``: number of steps that it keeps, ``None`` for ever. ``departs``: how it first
    departs, and at which step. ``honest``, ``best``, ``no_deal``: worth of always keeping its word,
    of its best reply, and of no deal, points per year.
    """

    type: str
    share: float
    changes: tuple[str, ...]
    note: str
    signs: bool
    honest: float
    best: float
    no_deal: float
    kept_openly: int | None
    kept: int | None
    departs_at: int | None
    departs: str
    exposures: tuple[Exposure, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """Beliefs in the first type for which something is worth it; None where there are none."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ScreenStep:
    """A step of the plan: what each type does, what the others then believe, and what they need.

    ``belief``: chance of each type once all steps before were kept without an alarm;
    ``kept``: once this one is kept too; ``alarm``: after an alarm at this step. None where no type
    gets there. ``cheap``: the step costs no type anything. ``separates``: types differ here for
    the first time. ``needed``: for every other party, beliefs in the first type at which keeping
    the step is worth no less than breaking the plan openly here.
    """

    step: int
    step_id: str
    words: str
    types: tuple[TypeStep, ...]
    asks: bool
    cheap: bool
    separates: bool
    belief: tuple[float, ...] | None
    kept: tuple[float, ...] | None
    alarm: tuple[float, ...] | None
    needed: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class Entering:
    """Whether another party should sign, by what it believes.

    ``gains``: worth of the plan against each type less no deal, points per year; ``worth_it``:
    beliefs in the first type at which signing is worth no less than no deal.
    """

    party: str
    party_name: str
    gains: tuple[float, ...]
    worth_it: Interval | None
    expected: float  # gain at the shares of the file


@dataclass(frozen=True, slots=True)
class Screening:
    """The answer to ``screen``: what each type of a party makes of a plan."""

    title: str
    file: str
    settings: tuple[str, ...]
    plan: str
    plan_title: str
    party: str
    party_name: str
    reading: Reading
    opening: Opening
    n_steps: int
    shares_stated: bool
    types: tuple[TypeAnswer, ...]
    steps: tuple[ScreenStep, ...]
    entering: tuple[Entering, ...]
    sentences: tuple[str, ...]
    statements: tuple[StatementResult, ...]
    warnings: tuple[str, ...]
    found: bool  # False: the search for no deal cycled, and nothing here is proven
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 for an answer, 3 where it rests on a no deal that was not found."""
        return 0 if self.found else 3
