"""The library of cases as Python readers and readers of JSON meet it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.ask.casebook import DEFAULT_SAMPLES, CaseRow, CaseTable, tabulate_cases
from detente.ask.sweeping.sweep import DEFAULT_SEED
from detente.scenario.history import History
from detente.scenario.model import Scenario
from detente.show.as_json import as_values
from detente.show.case_pages import tabulate_markdown
from detente.show.case_terminal import render_list, render_table
from detente.show.case_words import CAUTION
from detente.show.notebook import render_html
from detente.show.terminal import print_plain
from detente.version import __version__

if TYPE_CHECKING:
    import pandas as pd

CASES_FORMAT = "detente-cases/1"


def table_as_json(table: CaseTable) -> dict[str, Any]:
    """Give the table over all cases as JSON values, with its ``caution`` (see docs/json.md)."""
    return {
        "format": CASES_FORMAT,
        "version": __version__,
        "caution": CAUTION,
        **as_values(table),
    }


def list_as_json(cases: tuple[tuple[str, Scenario, History], ...]) -> list[dict[str, Any]]:
    """Give the list of cases as JSON values: names and words, no verdicts."""
    return [
        {
            "name": name,
            "title": scenario.title,
            "question": scenario.question,
            "years": history.years,
            "about": history.about,
            "plan": history.plan,
            "invented": history.invented,
        }
        for name, scenario, history in cases
    ]


def table_as_csv(table: CaseTable) -> str:
    """Give the table as CSV text with a header line; shares with their intervals' ends."""
    out = io.StringIO()
    rows = list(flat_rows(table))
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def flat_rows(table: CaseTable) -> Iterator[dict[str, Any]]:
    """Give one flat dict a case."""
    for row in table.rows:
        flat = as_values(row)
        for name in ("holds", "breaks", "agrees"):
            share = flat.pop(name)
            for end in ("share", "low", "high"):
                flat[f"{name}_{end}"] = None if share is None else share[end]
        flat["left_by"] = "; ".join(row.left_by)
        yield flat


@dataclass(frozen=True, slots=True, repr=False)
class CaseTableAnswer:
    """The table over all cases; prints and displays as in a terminal."""

    record: CaseTable

    @property
    def rows(self) -> tuple[CaseRow, ...]:
        """One a case."""
        return self.record.rows

    def to_dict(self) -> dict[str, Any]:
        """Give what ``cases --table --json`` prints."""
        return table_as_json(self.record)

    def to_csv(self) -> str:
        """Give the table as CSV text."""
        return table_as_csv(self.record)

    def to_markdown(self) -> str:
        """Give the table as Markdown."""
        return tabulate_markdown(self.record)

    def to_pandas(self) -> pd.DataFrame:
        """Give the table as a `pandas.DataFrame`, a row a case."""
        import pandas as pd  # noqa: PLC0415  (an extra)

        return pd.DataFrame(list(flat_rows(self.record)))

    def __repr__(self) -> str:
        table = self.record
        return (
            f"<CaseTableAnswer: {table.hits} hits, {table.misses} misses, {table.neither} neither>"
        )

    def __str__(self) -> str:
        return print_plain(render_table(self.record))

    def _repr_html_(self) -> str:
        return render_html(render_table(self.record))


@dataclass(frozen=True, slots=True, repr=False)
class Library:
    """The cases that are shipped; `detente.load` takes their names."""

    cases: tuple[tuple[str, Scenario, History], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What `detente.load` takes."""
        return tuple(name for name, _, _ in self.cases)

    def history(self, name: str) -> History:
        """Give what came of a case."""
        for each, _, history in self.cases:
            if each == name:
                return history
        raise KeyError(name)

    def table(
        self,
        *names: str,
        samples: int = DEFAULT_SAMPLES,
        seed: int = DEFAULT_SEED,
        workers: int | None = None,
    ) -> CaseTableAnswer:
        """Set what the model says of the agreed plans beside what history did.

        Parameters
        ----------
        names : cases; none for all
        samples : of each sweep; 0 for the values alone
        seed, workers : as in `detente.Case.sweep`

        Raises
        ------
        DetenteError
            Where a name is no case.
        """
        return CaseTableAnswer(tabulate_cases(names, samples=samples, seed=seed, workers=workers))

    def to_dict(self) -> list[dict[str, Any]]:
        """Give what ``cases --json`` prints."""
        return list_as_json(self.cases)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.cases)

    def __repr__(self) -> str:
        return f"<Library: {', '.join(self.names)}>"

    def __str__(self) -> str:
        return print_plain(render_list(self.cases))

    def _repr_html_(self) -> str:
        return render_html(render_list(self.cases))
