"""The answer to whether plans hold: prints and displays as in a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    MarginTable,
    Opening,
    Reading,
    ReadingResult,
    Verdict,
)
from detente.show.as_json import check_as_json
from detente.show.margin_rows import render_margins
from detente.show.notebook import render_html
from detente.show.notebook_pictures import picture_check, picture_verdict
from detente.show.terminal import print_plain, render_check, render_verdict

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class CheckAnswer:
    """The answer to `Case.check` for several plans; prints and displays as in a terminal."""

    record: Check

    @property
    def plans(self) -> tuple[PlanAnswer, ...]:
        """The verdicts, one a plan."""
        return tuple(PlanAnswer(verdict, self.record) for verdict in self.record.verdicts)

    def plan(self, name: str) -> PlanAnswer:
        """Give the verdict on one plan."""
        for each in self.plans:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def exit_code(self) -> int:
        """What ``check`` leaves with: 0 every plan holds, 1 one does not, 3 one is undecided."""
        return self.record.exit_code

    def __repr__(self) -> str:
        answers = ", ".join(f"{each.name} {each.said}" for each in self.plans)
        return f"<CheckAnswer {self.record.title!r}: {answers}>"

    def to_pandas(self) -> pd.DataFrame:
        """Give the margins of all plans as one `pandas.DataFrame`."""
        import pandas as pd  # noqa: PLC0415  (an extra)

        return pd.DataFrame([row for each in self.plans for row in each.margins.rows()])

    def to_dict(self) -> dict[str, Any]:
        """Give what ``check --json`` prints."""
        return check_as_json(self.record)

    def __str__(self) -> str:

        return print_plain(render_check(self.record))

    def _repr_html_(self) -> str:

        return picture_check(self.record) + render_html(render_check(self.record))


@dataclass(frozen=True, slots=True, repr=False)
class PlanAnswer:
    """The verdict on one plan; prints and displays as in a terminal."""

    verdict: Verdict
    check: Check

    @property
    def name(self) -> str:
        """The plan's name."""
        return self.verdict.plan

    @property
    def answer(self) -> Answer:
        """Whether some reading asked for suffices (`mildest` says which), or none, or undecided."""
        return self.verdict.answer

    @property
    def said(self) -> str:
        """The answer with the mildest reading that suffices, in a few words."""
        if self.mildest is None:
            return str(self.answer)
        return f"{self.answer} ({self.mildest.words})"

    def __repr__(self) -> str:
        return f"<PlanAnswer {self.name}: {self.said}>"

    @property
    def mildest(self) -> Reading | None:
        """The mildest reading of a breach that suffices, or None."""
        return self.verdict.mildest

    @property
    def sentence(self) -> str:
        """The answer in a sentence."""
        return self.verdict.sentence

    @property
    def reasons(self) -> tuple[str, ...]:
        """Further sentences: why."""
        return self.verdict.reasons

    @property
    def margins(self) -> Margins:
        """Every margin under every reading, with ``to_pandas()`` and ``to_csv()``."""
        return Margins(self.verdict.plan, self.verdict.results)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The plan's value against no deal, per party and step."""
        return self.verdict.entries

    def result(self, reading: str, opening: str | None = None) -> ReadingResult:
        """Give the result under one reading of a breach (and of what is left open)."""
        return self.verdict.result(Reading(reading), None if opening is None else Opening(opening))

    def __str__(self) -> str:

        return print_plain(render_verdict(self.check, self.verdict))

    def _repr_html_(self) -> str:

        text = render_html(render_verdict(self.check, self.verdict))
        return picture_verdict(self.check, self.verdict) + text


@dataclass(frozen=True, slots=True, repr=False)
class Margins(MarginTable):
    """The table of margins; prints and displays itself."""

    def __repr__(self) -> str:
        return f"<Margins {self.plan}: {sum(1 for _ in self.rows())} rows>"

    def __str__(self) -> str:

        return print_plain(render_margins(self), width=120)

    def _repr_html_(self) -> str:

        return render_html(render_margins(self))
