"""What stands beside a case of the library: what was agreed, and what came of it.

The scenario says nothing about the future of its day; this does. Results are never in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

GENERAL = "general_knowledge"  # stands where a source belongs, for a sentence that wants one
SETTLED = "settled"  # what follows a plan's last step


class Fate(StrEnum):
    """What became of an agreement."""

    KEPT = "kept"  # everybody did what it asks until its agreed end, or the day of writing
    BROKEN = "broken"  # somebody stopped doing, or never began, what it asks before its end
    UNCLEAR = "unclear"  # sources disagree about that


@dataclass(frozen=True, slots=True)
class Reference:
    """A source of the library, and where in it; `GENERAL` where there is none."""

    source: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """A source: of the scenario, or of the history beside it. ``address`` as far as known."""

    id: str
    title: str
    by: str = ""
    date: str = ""
    address: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and what it rests on."""

    words: str
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened on a day; ``date`` is a year, a month or a day: 2019, 2019-02, 2019-02-28."""

    date: str
    what: Sentence


@dataclass(frozen=True, slots=True)
class Fated:
    """How it ended.

    Attributes
    ----------
    was : what became of it
    year : when somebody first stopped doing what it asks; None where nobody did
    step : during which step of the plan (its id, or `SETTLED`); empty where nobody did
    left_by : who stopped; empty where nobody did, or where that is contested
    how : one sentence
    """

    was: Fate
    year: int | None
    step: str
    left_by: tuple[str, ...]
    how: Sentence


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Numbers tried for a page: never counted for or against the model."""

    words: str
    settings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """What stands beside a scenario of the library.

    Attributes
    ----------
    case : the scenario's name
    years, about : a few words for lists
    plan, plan_words : the plan that stands for what was agreed, and why
    outcome : None where the case is invented, so that nothing has happened
    sources : those of the scenario and of the history, by id
    """

    case: str
    years: str
    about: str
    story: tuple[Sentence, ...]
    dates: tuple[Event, ...]
    plan: str
    plan_words: str
    happened: tuple[Sentence, ...]
    outcome: Fated | None
    choices: tuple[str, ...]
    leaves_out: tuple[str, ...]
    what_if: tuple[WhatIf, ...]
    sources: Mapping[str, Origin]

    @property
    def invented(self) -> bool:
        """Whether nothing of it has happened."""
        return self.outcome is None
