"""Rows of a sweep as lines of a CSV file, and back."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from detente.ask.sweeping.judging import Job, PlanResult, SampleResult
from detente.ask.sweeping.running import Row
from detente.ask.verdict import Answer, Reading

NUMBERS, WHOLE, WORDS = "number", "whole number", "text"
ANSWER, CARRIES, MARGIN = "answer", "carries_to", "margin"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the results: its name, kind and meaning."""

    name: str
    kind: str
    meaning: str


class Table:
    """How one sweep's samples are written: a line each, in their order.

    Parameters
    ----------
    job : what is judged
    marks : what the last columns say in every line: name -> value
    """

    def __init__(self, job: Job, marks: dict[str, str]) -> None:
        self._job = job
        self._marks = tuple(marks.values())
        self.columns = (
            Column("sample", WHOLE, "number of the sample, from 0"),
            *(Column(path, NUMBERS, "value of this number, in its unit") for path in job.paths),
            *(column for plan in job.plans for column in _plan_columns(plan, job.readings)),
            Column("failed", WORDS, "why the sample could not be judged; else empty"),
            *(Column(name, WORDS, "the same in every line") for name in marks),
        )

    def header(self) -> str:
        """Give the first line."""
        return _lines([[each.name for each in self.columns]])

    def lines(self, rows: Iterable[Row]) -> str:
        """Give rows as text, a line each."""
        return _lines([self._cells(row) for row in rows])

    def _cells(self, row: Row) -> list[str]:
        cells = [str(row.number), *(repr(value) for value in row.point.tolist())]
        for plan in row.result.plans:
            cells += [str(answer or "") for answer in plan.answers]
            cells += [str(plan.answer), str(plan.carries_to)]
            cells.append("" if math.isnan(plan.margin) else repr(plan.margin))
        if row.result.failed:
            cells += [""] * (len(self._job.plans) * (len(self._job.readings) + 3))
        return [*cells, row.result.failed, *self._marks]

    def read(self, lines: Iterable[str]) -> Iterator[Row]:
        """Iterate over the rows of lines that `lines` has written.

        Raises
        ------
        ValueError
            For a line that it cannot have written.
        """
        for cells in csv.reader(lines):
            if len(cells) != len(self.columns):
                raise ValueError(f"{len(cells)} entries where {len(self.columns)} belong")
            numbers = 1 + len(self._job.paths)
            point = np.array([float(cell) for cell in cells[1:numbers]])
            failed = cells[-1 - len(self._marks)]
            plans = () if failed else tuple(self._read_plans(cells[numbers:]))
            yield Row(int(cells[0]), point, SampleResult(plans, failed))

    def _read_plans(self, cells: list[str]) -> Iterator[PlanResult]:
        width = len(self._job.readings)
        for n in range(len(self._job.plans)):
            own = cells[n * (width + 3) : (n + 1) * (width + 3)]
            _, carries, margin = own[width:]
            yield PlanResult(
                answers=tuple(Answer(each) if each else None for each in own[:width]),
                carries_to=int(carries),
                margin=float(margin or "nan"),
            )


def _plan_columns(plan: str, readings: tuple[Reading, ...]) -> list[Column]:
    found = [
        Column(
            f"{plan}.{each}",
            WORDS,
            f"answer where {each.words} follows a breach; empty where a milder reading suffices",
        )
        for each in readings
    ]
    return [
        *found,
        Column(f"{plan}.{ANSWER}", WORDS, "answer over these readings, as `check` says"),
        Column(f"{plan}.{CARRIES}", WHOLE, f"steps that are kept: {readings[0].words}"),
        Column(f"{plan}.{MARGIN}", NUMBERS, f"smallest margin: {readings[0].words}"),
    ]


def _lines(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()
