"""What ``explain`` answers: records only."""

from __future__ import annotations

from dataclasses import dataclass

from detente.ask.verdict import Margin, Opening, Reading
from detente.errors import Place
from detente.scenario.model import Quantity


@dataclass(frozen=True, slots=True)
class TermRow:
    """One term of a margin; the differences of all rows add up to the margin.

    ``part`` is ``"value"`` (the term over the whole future, discounted) or ``"afterwards"``
    (what follows a deviation under the harshest reading, which no single path gives).
    """

    name: str
    part: str
    staying: float
    leaving: float
    place: Place | None
    line: str
    quantities: tuple[Quantity, ...]

    @property
    def difference(self) -> float:
        """What the term adds to the margin."""
        return self.staying - self.leaving


@dataclass(frozen=True, slots=True)
class Explanation:
    """One margin, term by term, with the assumptions it rests on."""

    plan: str
    reading: Reading
    opening: Opening
    margin: Margin
    prescribed: str  # what the plan asks of the party at this step, in words
    rows: tuple[TermRow, ...]
    assumptions: tuple[str, ...]  # sentences: patience, clock, reading, what happens after
