"""What a check answers: records only, no computing and no printing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from detente.arrays import FloatArray
from detente.errors import Place
from detente.solve.solution import Status

if TYPE_CHECKING:
    import pandas as pd


class Reading(StrEnum):
    """What follows a breach, mildest first."""

    NO_DEAL = "no-deal"
    WRITTEN = "written"
    HARSHEST = "harshest"

    @property
    def words(self) -> str:
        """The reading's name for a reader."""
        return {
            Reading.NO_DEAL: "return to no deal",
            Reading.WRITTEN: "as written",
            Reading.HARSHEST: "harshest credible",
        }[self]


class Opening(StrEnum):
    """What follows where the plan leaves its own path open (alarm, hostile government, later)."""

    NO_DEAL = "no-deal"
    WRITTEN = "written"
    BEST = "best"

    @property
    def words(self) -> str:
        """The reading's name for a reader."""
        return {
            Opening.NO_DEAL: "no deal",
            Opening.WRITTEN: "as written",
            Opening.BEST: "the best equilibrium for the plan",
        }[self]


class Answer(StrEnum):
    """A verdict under one reading."""

    HOLDS = "holds"
    FAILS = "fails"
    UNDECIDED = "undecided"


def overall_answer(answers: Sequence[Answer]) -> Answer:
    """Give the answer over several readings: it is enough that one suffices."""
    if Answer.HOLDS in answers:
        return Answer.HOLDS
    return Answer.UNDECIDED if Answer.UNDECIDED in answers else Answer.FAILS


@dataclass(frozen=True, slots=True)
class Margin:
    """Staying minus leaving for one party at one step, in its own points per year.

    ``low`` and ``high`` bound ``margin`` (they differ only under the harshest reading, where
    the worst credible punishment is known between bounds). ``step`` counts from 1; the settled
    phase after the last step has the number of steps plus one. ``in_response`` is empty on the
    plan's own path; else it names the written response being carried out.
    """

    step: int
    step_id: str
    party: str
    party_name: str
    staying: float
    leaving: float
    margin: float
    low: float
    high: float
    deviation: str
    state: str
    node: int
    in_response: str = ""


@dataclass(frozen=True, slots=True)
class ReadingResult:
    """The verdict under one reading of a breach and one of what is left open."""

    reading: Reading
    opening: Opening
    answer: Answer
    margins: tuple[Margin, ...]
    carries_to: int  # number of steps that are kept before the first that is not
    breaks_at: Margin | None
    status: Status
    gap: float  # width of what is unknown, in points; 0 where nothing is
    by: str  # how it was decided: "policy evaluation", "punishment floors", "payoff sets"


@dataclass(frozen=True, slots=True)
class Entry:
    """Value of the plan against no deal for a party, at the start (step 1) and at every step."""

    step: int
    step_id: str
    party: str
    party_name: str
    plan: float
    no_deal: float

    @property
    def gain(self) -> float:
        """What the party gains by having the plan rather than no deal."""
        return self.plan - self.no_deal


@dataclass(frozen=True, slots=True)
class StepMove:
    """Who moves what at a step, in words, and where it stands in the file."""

    step: int
    step_id: str
    words: str
    place: Place | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one plan."""

    plan: str
    title: str
    answer: Answer
    mildest: Reading | None  # the mildest reading that suffices
    results: tuple[ReadingResult, ...]
    entries: tuple[Entry, ...]
    moves: tuple[StepMove, ...]
    sentence: str
    reasons: tuple[str, ...]  # further sentences: unravelling, costless concessions, entry
    n_nodes: int
    exit_code: int

    @property
    def margins(self) -> MarginTable:
        """Every party's margin at every step under each reading, as a table."""
        return MarginTable(self.plan, self.results)

    def result(self, reading: Reading, opening: Opening | None = None) -> ReadingResult:
        """Give the result under a reading (the first opening computed where none is named)."""
        for each in self.results:
            if each.reading is reading and opening in (None, each.opening):
                return each
        raise KeyError((reading, opening))


@dataclass(frozen=True, slots=True)
class MarginTable:
    """Margins as rows; a thin view that exports itself."""

    plan: str
    results: tuple[ReadingResult, ...]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give one dict a row: plan, readings, step, party and the numbers."""
        for result in self.results:
            for each in result.margins:
                yield {
                    "plan": self.plan,
                    "reading": str(result.reading),
                    "open": str(result.opening),
                    "answer": str(result.answer),
                    "status": str(result.status),
                    "step": each.step,
                    "step_id": each.step_id,
                    "in_response": each.in_response,
                    "party": each.party,
                    "staying": each.staying,
                    "leaving": each.leaving,
                    "margin": each.margin,
                    "low": each.low,
                    "high": each.high,
                    "deviation": each.deviation,
                }

    def to_pandas(self) -> pd.DataFrame:
        """Give a `pandas.DataFrame` (needs the extra ``pandas``)."""
        import pandas as pd  # noqa: PLC0415  (an extra)

        return pd.DataFrame(list(self.rows()))

    def to_csv(self) -> str:
        """Give the table as CSV text with a header line."""
        import csv  # noqa: PLC0415
        import io  # noqa: PLC0415

        rows = list(self.rows())
        out = io.StringIO()
        if rows:
            writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return out.getvalue()


@dataclass(frozen=True, slots=True)
class NoDeal:
    """What the parties would do without an agreement."""

    words: tuple[str, ...]
    values: FloatArray  # at today's state, one per party, points per year
    found: bool  # False: the search cycled; the values are then of the last policy tried
    several: bool  # another equilibrium was found from another starting point
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StatementResult:
    """A ``must_hold`` statement and what came out."""

    words: str
    because: str
    expected: str
    found: str
    place: Place | None

    @property
    def kept(self) -> bool:
        """Whether what came out is what the analyst is sure of."""
        return self.expected == self.found


@dataclass(frozen=True, slots=True)
class PayoffPicture:
    """What a payoff-set picture shows, for two parties at today's state (points per year)."""

    parties: tuple[str, str]
    feasible: FloatArray  # vertices
    outer: FloatArray  # vertices of the outer bound of equilibrium payoffs, counter-clockwise
    inner: FloatArray
    no_deal: FloatArray  # shape (2,)
    plans: tuple[tuple[str, float, float], ...]  # plan, value of the first, of the second party
    status: Status
    gap: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """How large the compiled game is."""

    states: int
    profiles: int
    entries: int


@dataclass(frozen=True, slots=True)
class Check:
    """The answer to ``check``: all plans asked for."""

    title: str
    file: str
    parties: tuple[str, ...]
    party_names: tuple[str, ...]
    scales: tuple[str, ...]
    settings: tuple[str, ...]  # --set values in force
    no_deal: NoDeal
    verdicts: tuple[Verdict, ...]
    statements: tuple[StatementResult, ...]
    warnings: tuple[str, ...]
    sizes: Sizes
    seconds: float
    picture: PayoffPicture | None = None

    @property
    def exit_code(self) -> int:
        """Exit code of the worst: bad (2) before fails (1) before undecided (3) before holds."""
        order = {0: 0, 3: 1, 1: 2, 2: 3}
        return max((v.exit_code for v in self.verdicts), key=lambda c: order[c], default=0)
