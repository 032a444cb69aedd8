"""What `Case.design` answers with: the record, as it prints and displays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente.ask.designing.records import Design, Designing
from detente.show.design_json import design_as_json
from detente.show.design_words import render_design
from detente.show.notebook import render_html
from detente.show.terminal import print_plain


@dataclass(frozen=True, slots=True, repr=False)
class DesignAnswer:
    """The answer to `Case.design`; prints and displays as in a terminal."""

    record: Designing

    @property
    def found(self) -> bool:
        """Whether some plan that holds reaches the goal."""
        return self.record.found

    @property
    def designs(self) -> tuple[Design, ...]:
        """The designed plans."""
        return self.record.designs

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in sentences."""
        return self.record.sentences

    def best(self, purpose: str) -> Design:
        """Give the plan designed for a purpose: ``"fastest"``, ``"nash"``, ``"for-PARTY"``, ..."""
        for each in self.designs:
            if purpose in each.purposes:
                return each
        raise KeyError(purpose)

    def write(self, path: str | Path) -> tuple[str, ...]:
        """Write the scenario with the plans added to a new file; give their names.

        Raises
        ------
        FileExistsError
            Where the file is there.
        """
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(self.record.text)
        return tuple(each.plan for each in self.record.check.verdicts)

    def to_dict(self) -> dict[str, Any]:
        """Give what ``design --json`` prints."""
        return design_as_json(self.record)

    def __repr__(self) -> str:
        record = self.record
        said = f"{len(self.designs)} plans" if self.found else "no plan"
        return f"<DesignAnswer {record.title!r}, {record.goal}: {said}>"

    def __str__(self) -> str:
        return print_plain(render_design(self.record))

    def _repr_html_(self) -> str:
        return render_html(render_design(self.record))
