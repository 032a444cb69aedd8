"""The answer to why a margin is what it is: prints and displays as in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.ask.explanation import Explanation, TermRow
from detente.show.as_json import explanation_as_json
from detente.show.explained import render_explanation
from detente.show.notebook import render_html
from detente.show.terminal import print_plain

if TYPE_CHECKING:
    from detente.scenario.model import Source


@dataclass(frozen=True, slots=True, repr=False)
class ExplainAnswer:
    """The answer to `Case.explain`; prints and displays as in a terminal."""

    record: Explanation
    sources: Mapping[str, Source]

    def __repr__(self) -> str:
        margin = self.record.margin
        where = f"step {margin.step} of {self.record.plan}"
        return f"<ExplainAnswer {margin.party_name} at {where}: margin {self.margin:.4g}>"

    @property
    def margin(self) -> float:
        """Staying less leaving, in the party's points per year."""
        return self.record.margin.margin

    @property
    def rows(self) -> tuple[TermRow, ...]:
        """The terms; their differences add up to the margin."""
        return self.record.rows

    def to_dict(self) -> dict[str, Any]:
        """Give what ``explain --json`` prints."""
        return explanation_as_json(self.record)

    def __str__(self) -> str:

        return print_plain(render_explanation(self.record, self.sources))

    def _repr_html_(self) -> str:

        return render_html(render_explanation(self.record, self.sources))
