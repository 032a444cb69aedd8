"""The library of cases: what the model says of each, and what history did.

The rule of hits and misses was fixed before anything was computed (docs/cases/index.md). A
handful of cases that somebody picked is an illustration, not a test.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from detente.ask.check import ALL_READINGS, check
from detente.ask.sweeping.answer import Outcome, PlanSweep, Share, Sweep
from detente.ask.sweeping.sweep import DEFAULT_SEED, sweep
from detente.ask.sweeping.tally import today_of
from detente.ask.verdict import Answer, Check, Margin, Reading, Verdict
from detente.cases import case_names
from detente.library import read_case
from detente.scenario.history import Fate, History
from detente.scenario.model import Scenario
from detente.scenario.settings import apply_settings

DEFAULT_SAMPLES = 128
OWN_READINGS = tuple(each for each in ALL_READINGS if each is not Reading.HARSHEST)


class Word(StrEnum):
    """What the model says of a plan at the values of the file."""

    HOLDS = "holds"  # by return to no deal, or as written
    BREAKS = "does-not-hold"  # by neither, for certain
    OPEN = "nothing-claimed"


class Score(StrEnum):
    """Whether the model's word and history's agree."""

    HIT = "hit"
    MISS = "miss"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in the table.

    Attributes
    ----------
    plan : the plan that stands for what was agreed
    says : the model's word on it
    beyond : what comes out where harsher threats than the plan's own count too
    breaks_at, breaks_by : by return to no deal, the first step that somebody would not keep (its
        id), and who (a name); empty where all is kept
    holds, breaks : shares of the samples in which it holds by itself, and in which it certainly
        does not; None where nothing was swept
    fate, year, step, left_by : what history did; fate is None where the case is invented
    score : whether the two agree
    agrees : share of the samples in which they do; None where that has no meaning
    same_step, same_party : where both say that it breaks; else None
    """

    name: str
    title: str
    years: str
    about: str
    plan: str
    plan_title: str
    says: Word
    beyond: Outcome
    breaks_at: str
    breaks_by: str
    holds: Share | None
    breaks: Share | None
    fate: Fate | None
    year: int | None
    step: str
    left_by: tuple[str, ...]
    score: Score
    agrees: Share | None
    same_step: bool | None
    same_party: bool | None


@dataclass(frozen=True, slots=True)
class CaseTable:
    """All cases."""

    rows: tuple[CaseRow, ...]
    samples: int
    seed: int
    hits: int
    misses: int
    neither: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out at numbers that were merely tried."""

    words: str
    settings: tuple[str, ...]
    says: Word
    sentence: str


@dataclass(frozen=True, slots=True)
class CaseStudy:
    """All that a page about a case is made of."""

    scenario: Scenario
    history: History
    check: Check
    sweep: Sweep | None
    tried: tuple[Tried, ...]
    row: CaseRow


def tabulate_cases(
    names: Sequence[str] = (),
    *,
    samples: int = DEFAULT_SAMPLES,
    seed: int = DEFAULT_SEED,
    workers: int | None = None,
    tell: Callable[[str], None] | None = None,
) -> CaseTable:
    """Set what the model says of the agreed plans beside what history did.

    Parameters
    ----------
    names : cases; all where there are none
    samples : of each sweep; 0 for none
    seed : of the sweeps
    workers : processes; None for as many as there are processors
    tell : called with each case's title before it is looked at

    Raises
    ------
    DetenteError
        Where a name is no case.
    """
    start = time.perf_counter()
    rows = []
    for name, scenario, history in [(name, *read_case(name)) for name in names or case_names()]:
        if tell is not None:
            tell(scenario.title)
        answer, swept = _ask(scenario, (history.plan,), samples, seed, workers)
        rows.append(_row(name, scenario, history, answer, swept))
    return gather_rows(rows, samples, seed, time.perf_counter() - start)


def gather_rows(rows: Sequence[CaseRow], samples: int, seed: int, seconds: float) -> CaseTable:
    """Count hits and misses, and put the rows together."""
    found = Counter(row.score for row in rows)
    return CaseTable(
        rows=tuple(rows),
        samples=samples,
        seed=seed,
        hits=found[Score.HIT],
        misses=found[Score.MISS],
        neither=found[Score.NEITHER],
        seconds=seconds,
    )


def study_case(
    name: str,
    *,
    samples: int = DEFAULT_SAMPLES,
    seed: int = DEFAULT_SEED,
    workers: int | None = None,
) -> CaseStudy:
    """Judge all plans of a case, and the numbers that its history wants tried.

    Raises
    ------
    DetenteError
        Where the name is no case.
    """
    scenario, history = read_case(name)
    plans = (history.plan, *(p.id for p in scenario.plans if p.id != history.plan))
    answer, swept = _ask(scenario, plans, samples, seed, workers)
    row = _row(name, scenario, history, answer, swept)
    return CaseStudy(scenario, history, answer, swept, _try(scenario, history), row)


def word_of(verdict: Verdict) -> Word:
    """Say whether a plan holds by what it provides itself."""
    answers = [verdict.result(reading).answer for reading in OWN_READINGS]
    if Answer.HOLDS in answers:
        return Word.HOLDS
    return Word.OPEN if Answer.UNDECIDED in answers else Word.BREAKS


def score(says: Word, fate: Fate | None) -> Score:
    """Compare the model's word with history's, by the rule of the library.

    Examples
    --------
    >>> str(score(Word.HOLDS, Fate.KEPT)), str(score(Word.HOLDS, Fate.BROKEN))
    ('hit', 'miss')
    >>> str(score(Word.BREAKS, Fate.BROKEN)), str(score(Word.OPEN, Fate.KEPT))
    ('hit', 'neither')
    """
    if says is Word.OPEN or fate in (None, Fate.UNCLEAR):
        return Score.NEITHER
    return Score.HIT if (says is Word.HOLDS) is (fate is Fate.KEPT) else Score.MISS


def _ask(
    scenario: Scenario, plans: tuple[str, ...], samples: int, seed: int, workers: int | None
) -> tuple[Check, Sweep | None]:
    """Check plans and sweep them; no clock decides, so that the same seed says the same."""
    answer = check(scenario, plans, time_limit=0)
    if samples == 0:
        return answer, None
    return answer, sweep(scenario, plans, samples=samples, seed=seed, workers=workers, sets=False)


def _row(
    name: str, scenario: Scenario, history: History, answer: Check, swept: Sweep | None
) -> CaseRow:
    verdict = next(each for each in answer.verdicts if each.plan == history.plan)
    said = None if swept is None else next(p for p in swept.plans if p.plan == history.plan)
    fated = history.outcome
    fate = None if fated is None else fated.was
    says = word_of(verdict)
    first = verdict.result(Reading.NO_DEAL).breaks_at
    both = first if fate is Fate.BROKEN and says is Word.BREAKS else None
    return CaseRow(
        name=name,
        title=scenario.title,
        years=history.years,
        about=history.about,
        plan=history.plan,
        plan_title=scenario.plan(history.plan).title,
        says=says,
        beyond=today_of(ALL_READINGS, verdict),
        breaks_at="" if first is None else first.step_id,
        breaks_by="" if first is None else first.party_name,
        holds=None if said is None else said.holds,
        breaks=None if said is None else said.not_by_itself,
        fate=fate,
        year=None if fated is None else fated.year,
        step="" if fated is None else fated.step,
        left_by=() if fated is None else tuple(scenario.party(p).name for p in fated.left_by),
        score=score(says, fate),
        agrees=None if said is None else _agreeing(said, fate),
        same_step=None if both is None or fated is None else both.step_id == fated.step,
        same_party=_same_party(both, history),
    )


def _same_party(first: Margin | None, history: History) -> bool | None:
    if first is None or history.outcome is None or not history.outcome.left_by:
        return None
    return first.party in history.outcome.left_by


def _agreeing(swept: PlanSweep, fate: Fate | None) -> Share | None:
    if fate is Fate.KEPT:
        return swept.holds
    return swept.not_by_itself if fate is Fate.BROKEN else None


def _try(scenario: Scenario, history: History) -> tuple[Tried, ...]:
    out = []
    for each in history.what_if:
        changed = apply_settings(scenario, each.settings)
        verdict = check(changed, (history.plan,), time_limit=0).verdicts[0]
        out.append(Tried(each.words, each.settings, word_of(verdict), verdict.sentence))
    return tuple(out)
