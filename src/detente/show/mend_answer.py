"""The answer to what would make a plan hold: prints and displays as in a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from detente.ask.mending.records import Mending, NumberMend
from detente.ask.mending.writing import write_mend
from detente.show.mend_json import mending_as_json
from detente.show.mend_terminal import render_mending
from detente.show.notebook import render_html
from detente.show.terminal import print_plain

if TYPE_CHECKING:
    from detente.scenario.model import Scenario


@dataclass(frozen=True, slots=True, repr=False)
class MendAnswer:
    """The answer to `Case.mend`; prints and displays as in a terminal."""

    record: Mending
    scenario: Scenario

    @property
    def mends(self) -> tuple[NumberMend, ...]:
        """What each number alone can do; what holds first, smallest change first."""
        return self.record.numbers

    @property
    def sentences(self) -> tuple[str, ...]:
        """The answer in sentences."""
        return self.record.sentences

    def mend(self, path: str) -> NumberMend:
        """Give what one number can do."""
        for each in self.mends:
            if path in (each.short, each.path):
                return each
        raise KeyError(path)

    def write(self, path: str | Path, take: str | None = None) -> str:
        """Write a mended scenario to a new file; give the plan that holds in it.

        Parameters
        ----------
        path : the file, which must not be there yet
        take : which mend, by its path or name; None for the smallest change

        Raises
        ------
        DetenteError
            E384 where there is no such mend.
        FileExistsError
            Where the file is there.
        """
        written = write_mend(self.record, self.scenario, take)
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(written.text)
        return written.plan

    def __repr__(self) -> str:
        found = sum(each.holds_at is not None for each in self.mends)
        return f"<MendAnswer {self.record.plan}: {self.record.answer}, {found} numbers mend it>"

    def to_dict(self) -> dict[str, Any]:
        """Give what ``mend --json`` prints."""
        return mending_as_json(self.record)

    def __str__(self) -> str:

        return print_plain(render_mending(self.record))

    def _repr_html_(self) -> str:

        return render_html(render_mending(self.record))
