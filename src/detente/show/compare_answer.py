"""Answers to `Case.compare` and `Case.screen`; they print and display as in a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from detente.ask.comparison import ComparedPlan, Comparison
from detente.ask.screening import Screening, ScreenStep, TypeAnswer
from detente.show.compare_json import comparison_as_json, screening_as_json
from detente.show.compare_terminal import render_comparison
from detente.show.notebook import render_html
from detente.show.screen_terminal import render_screening
from detente.show.terminal import print_plain


@dataclass(frozen=True, slots=True, repr=False)
class CompareAnswer:
    """Plans side by side."""

    record: Comparison

    @property
    def plans(self) -> tuple[ComparedPlan, ...]:
        """The plans, in the order asked for."""
        return self.record.plans

    @property
    def sentences(self) -> tuple[str, ...]:
        """The comparison in sentences."""
        return self.record.sentences

    def plan(self, name: str) -> ComparedPlan:
        """Give one plan by its name; of several files, ``file: plan``."""
        for each in self.record.plans:
            if each.name == name:
                return each
        raise KeyError(name)

    def __repr__(self) -> str:
        return f"<CompareAnswer {', '.join(each.name for each in self.record.plans)}>"

    def to_dict(self) -> dict[str, Any]:
        """Give what ``compare --json`` prints."""
        return comparison_as_json(self.record)

    def __str__(self) -> str:
        return print_plain(render_comparison(self.record), width=100)

    def _repr_html_(self) -> str:
        return render_html(render_comparison(self.record))


@dataclass(frozen=True, slots=True, repr=False)
class ScreenAnswer:
    """What each type of a party makes of a plan."""

    record: Screening

    @property
    def types(self) -> tuple[TypeAnswer, ...]:
        """Each type's best reply."""
        return self.record.types

    @property
    def steps(self) -> tuple[ScreenStep, ...]:
        """What each type does at every step, and what the others then believe."""
        return self.record.steps

    @property
    def sentences(self) -> tuple[str, ...]:
        """The screening in sentences."""
        return self.record.sentences

    def __repr__(self) -> str:
        names = ", ".join(each.type for each in self.record.types)
        return f"<ScreenAnswer {self.record.plan}: {self.record.party} as {names}>"

    def to_dict(self) -> dict[str, Any]:
        """Give what ``screen --json`` prints."""
        return screening_as_json(self.record)

    def __str__(self) -> str:
        return print_plain(render_screening(self.record), width=100)

    def _repr_html_(self) -> str:
        return render_html(render_screening(self.record))
