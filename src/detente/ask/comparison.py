"""What a comparison answers: records only, no computing and no printing."""

from __future__ import annotations

from dataclasses import dataclass

from detente.ask.stepwise import GivenUp
from detente.ask.verdict import Opening, Reading, StatementResult, Verdict


@dataclass(frozen=True, slots=True)
class PartyStep:
    """A party at a step of a plan. Points per year on its own scale.

    ``flow``: what it gets each year once the step is done and as long as nothing else changes;
    ``change``: against before the step; ``own``: the part of that made by its own moves alone.
    ``plan``, ``no_deal``: worth of the plan from the beginning of the step on, and of no deal
    there. ``margin``: smallest margin at the step under the mildest reading asked for, None where
    the party has no choice. ``given_up``: what it has moved before the step and cannot take back at
    once; ``if_broken``: what it is worth to it when another party walks away as the step begins, in
    the way that is best for that party; None where nobody can.
    """

    party: str
    flow: float | None
    change: float | None
    own: float | None
    plan: float
    no_deal: float
    margin: float | None
    given_up: tuple[GivenUp, ...]
    if_broken: float | None
    never_signed: float

    @property
    def exposure(self) -> float | None:
        """What it would lose against never having signed, if the other broke the plan now."""
        return None if self.if_broken is None else self.never_signed - self.if_broken


@dataclass(frozen=True, slots=True)
class ComparedStep:
    """A step of a plan. ``begins``: years until it does when nothing disturbs the plan."""

    step: int
    step_id: str
    words: str
    begins: float | None
    parties: tuple[PartyStep, ...]


@dataclass(frozen=True, slots=True)
class TimeToGoal:
    """How long it takes until all steps are done, everybody keeping the plan.

    ``opening`` says what follows alarms and hostile governments. ``undisturbed``: years when there
    are none; ``expected``: years on average, given that it happens; ``chance``: that it ever does.
    None where it never does.
    """

    opening: Opening
    undisturbed: float | None
    expected: float | None
    chance: float


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What a party leaves on the table: the best self-enforcing outcome for it, less the plan.

    The best is known between ``best_low`` (some equilibrium that was exhibited gives it) and
    ``best_high`` (no equilibrium gives more); ``by`` says how the upper bound was found. Points
    per year, today. ``exact``: the two bounds are the same to a thousandth of the payoff range.
    """

    party: str
    plan: float
    best_low: float | None
    best_high: float
    by: str
    exact: bool


@dataclass(frozen=True, slots=True)
class ComparedPlan:
    """One plan of one scenario."""

    name: str  # unique in the comparison
    file: str
    plan: str
    title: str
    verdict: Verdict
    needs: Reading | None  # the mildest reading that suffices, whatever the plan leaves open
    opening: Opening | None  # what must follow where the plan leaves its path open, with `needs`
    steps: tuple[ComparedStep, ...]
    times: tuple[TimeToGoal, ...]
    left: tuple[LeftOver, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something in which scenario files differ; None where a file does not have it."""

    path: str
    values: tuple[str | None, ...]  # by file


@dataclass(frozen=True, slots=True)
class FileStatements:
    """What the analyst is sure of in one file, and what came out."""

    file: str
    statements: tuple[StatementResult, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The answer to ``compare``: plans side by side."""

    titles: tuple[str, ...]  # by file
    files: tuple[str, ...]
    settings: tuple[str, ...]
    parties: tuple[str, ...]
    party_names: tuple[str, ...]
    plans: tuple[ComparedPlan, ...]
    differences: tuple[Difference, ...]
    sentences: tuple[str, ...]
    statements: tuple[FileStatements, ...]
    warnings: tuple[str, ...]
    found: bool  # False: some search for no deal cycled, and what rests on it is not proven
    seconds: float

    @property
    def exit_code(self) -> int:
        """0 for an answer, 3 where some verdict is undecided or no deal was not found."""
        undecided = any(each.verdict.exit_code == 3 for each in self.plans)
        return 3 if undecided or not self.found else 0
