"""What `Case.sources` answers with: the record, as it prints and displays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.ask.sourcing import CitedPassage, Sourcing
from detente.errors import Problem
from detente.show.notebook import render_html
from detente.show.sources_json import sourcing_as_json
from detente.show.sources_terminal import render_sourcing
from detente.show.terminal import print_plain
from detente.sources.citing import Flag, SourcedNumber
from detente.sources.findings import Pair


@dataclass(frozen=True, slots=True, repr=False)
class SourcesAnswer:
    """The answer to `Case.sources`; prints and displays as in a terminal."""

    record: Sourcing

    @property
    def numbers(self) -> tuple[SourcedNumber, ...]:
        """Every number of the scenario, with its sources and flags."""
        return self.record.numbers

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The documents laid side by side, two at a time."""
        return self.record.pairs

    @property
    def passages(self) -> tuple[CitedPassage, ...]:
        """The cited passages."""
        return self.record.passages

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is to be mended."""
        return self.record.problems

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in sentences."""
        return self.record.sentences

    def flagged(self, flag: str) -> tuple[SourcedNumber, ...]:
        """Give the numbers with a flag: ``"uncited"``, ``"judged"``, ``"unused"``, ..."""
        return self.record.flagged(Flag(flag))

    def to_dict(self) -> dict[str, Any]:
        """Give what ``sources --json`` prints."""
        return sourcing_as_json(self.record)

    def __repr__(self) -> str:
        record = self.record
        said = f"{len(record.numbers)} numbers, {len(record.problems)} things to mend"
        return f"<SourcesAnswer {record.title!r}: {said}>"

    def __str__(self) -> str:
        return print_plain(render_sourcing(self.record))

    def _repr_html_(self) -> str:
        return render_html(render_sourcing(self.record))
