"""The Python interface: it reads like the command line.

Examples
--------
>>> import detente
>>> verdict = detente.load("singapore-2018").check("phased", reading="no-deal")
>>> str(verdict.answer) in ("holds", "fails", "undecided")
True
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from detente.ask.explanation import Explanation, TermRow
from detente.ask.mending.records import Mending, NumberMend
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
from detente.library import find_scenario, select_party, select_plans, select_step
from detente.scenario.model import Scenario, Source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Executor

    import pandas as pd

    from detente.ask.proving import ProvenVerdict, Proving
    from detente.show.case_answer import Library
    from detente.show.compare_answer import CompareAnswer, ScreenAnswer
    from detente.show.design_answer import DesignAnswer
    from detente.show.sources_answer import SourcesAnswer
    from detente.show.sweep_answer import SweepAnswer


@dataclass(frozen=True, slots=True, repr=False)
class Case:
    """A scenario that questions can be asked about.

    Attributes
    ----------
    scenario : the scenario as read, with the settings in force
    settings : ``path=value`` texts, as after ``--set``
    """

    scenario: Scenario
    settings: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The scenario's title."""
        return self.scenario.title

    @property
    def plans(self) -> tuple[str, ...]:
        """Names of the plans on the table."""
        return tuple(plan.id for plan in self.scenario.plans)

    def __repr__(self) -> str:
        changed = f", with {', '.join(self.settings)}" if self.settings else ""
        return f"<Case {self.title!r}: plans {', '.join(self.plans)}{changed}>"

    def having(self, *settings: str) -> Case:
        """Give the same case with some numbers changed.

        Parameters
        ----------
        settings : ``path=value``, for instance ``"inspectors.catches=50%"``

        Raises
        ------
        DetenteError
            Where a path or a value is wrong.
        """
        from detente.scenario.settings import apply_settings

        return Case(apply_settings(self.scenario, settings), (*self.settings, *settings))

    @overload
    def check(
        self, plan: str, reading: str | None = None, settings: Sequence[str] = (), *,
        picture: bool = False,
    ) -> PlanAnswer: ...  # fmt: skip
    @overload
    def check(
        self, plan: None = None, reading: str | None = None, settings: Sequence[str] = (), *,
        picture: bool = False,
    ) -> CheckAnswer: ...  # fmt: skip
    def check(
        self, plan: str | None = None, reading: str | None = None, settings: Sequence[str] = (), *,
        picture: bool = False,
    ) -> PlanAnswer | CheckAnswer:  # fmt: skip
        """Say whether every party would want to keep a plan at every step.

        Parameters
        ----------
        plan : a plan's name (then its verdict is given), or None for all
        reading : ``"no-deal"``, ``"written"``, ``"harshest"``, or None for all three
        settings : numbers to change first, as in `having`
        picture : compute the payoff sets too, for the picture of what both could get (two parties)

        Raises
        ------
        DetenteError
            Where a plan, a path or a value is wrong.
        ValueError
            Where the reading is none of the three.
        """
        if settings:
            changed = self.having(*settings)
            if plan is None:
                return changed.check(reading=reading, picture=picture)
            return changed.check(plan, reading, picture=picture)
        asked = () if plan is None else (plan,)
        names = tuple(each.id for each in select_plans(self.scenario, asked))
        readings = None if reading is None else (Reading(reading),)
        from detente.ask.check import check

        answer = CheckAnswer(check(self.scenario, names, readings, self.settings, picture=picture))
        return answer if plan is None else answer.plan(plan)

    def prove(self, plan: str | None = None, reading: str | None = None) -> ProofAnswer:
        """Prove the verdicts of `check`, for a reader who trusts none of this program.

        Parameters
        ----------
        plan, reading : as in `check`

        Raises
        ------
        DetenteError
            Where there is no such plan.
        ValueError
            Where the reading is none of the three.

        Examples
        --------
        >>> import detente
        >>> proof = detente.load("singapore-2018").prove("framework", reading="no-deal")
        >>> all(each.proven for each in proof.verdicts)
        True
        """
        asked = () if plan is None else (plan,)
        names = tuple(each.id for each in select_plans(self.scenario, asked))
        readings = None if reading is None else (Reading(reading),)
        from detente.ask.check import check_knowing
        from detente.ask.proving import prove_verdicts

        answer, knower = check_knowing(self.scenario, names, readings, self.settings)
        return ProofAnswer(prove_verdicts(knower, answer.verdicts))

    def explain(
        self,
        plan: str,
        step: int | str,
        party: str | None = None,
        reading: str = "no-deal",
        settings: Sequence[str] = (),
    ) -> ExplainAnswer:
        """Show the terms that a margin is made of.

        Parameters
        ----------
        plan : a plan's name
        step : its number (from 1), its name, or ``"settled"``
        party : whose margin; None for the smallest margin's at that step
        reading : what follows a breach
        settings : numbers to change first, as in `having`

        Raises
        ------
        DetenteError
            Where a plan, step, party, path or value is wrong.
        ValueError
            Where the reading is none of the three.
        """
        if settings:
            return self.having(*settings).explain(plan, step, party, reading)
        (chosen,) = select_plans(self.scenario, [plan])
        number = select_step(chosen, step)
        who = None if party is None else select_party(self.scenario, party)
        from detente.ask.explain import explain

        record = explain(self.scenario, plan, str(number), who, Reading(reading))
        return ExplainAnswer(record, self.scenario.sources)

    def mend(
        self,
        plan: str,
        reading: str | None = None,
        settings: Sequence[str] = (),
        *,
        numbers: Sequence[str] | None = None,
        pairs: Sequence[tuple[str, str]] = (),
    ) -> MendAnswer:
        """Find the smallest changes that make a plan hold.

        Parameters
        ----------
        plan : a plan's name
        reading : what follows a breach; None: return to no deal or as written
        settings : numbers to change first, as in `having`
        numbers : paths of the numbers to look at; then no other orders of steps are tried.
            None: every number that enters the plan, and other orders
        pairs : numbers to map two at a time

        Raises
        ------
        DetenteError
            Where a plan, a path or a value is wrong.
        ValueError
            Where the reading is none of the three.
        """
        if settings:
            return self.having(*settings).mend(plan, reading, numbers=numbers, pairs=pairs)
        from detente.ask.mending.mend import mend

        found = mend(
            self.scenario,
            plan,
            None if reading is None else Reading(reading),
            self.settings,
            numbers=numbers,
            pairs=pairs,
            structure=numbers is None,
        )
        return MendAnswer(found, self.scenario)

    def sweep(
        self,
        *plans: str,
        samples: int = 1024,
        seed: int = 1,
        reading: str | None = None,
        workers: int | None = None,
        executor: Executor | None = None,
        cluster: str | None = None,
        output: str | Path | None = None,
        resume: bool = False,
        pair: tuple[str, str] | None = None,
        sets: bool | None = None,
    ) -> SweepAnswer:
        """Say over what share of the stated ranges plans hold, and what that hangs on.

        It starts processes: a script that calls it begins with ``if __name__ == "__main__":``.

        Parameters
        ----------
        plans : plans' names; none for all
        samples, seed : of the quasi-random sequence
        reading : as in `check`
        workers : processes on this machine; None for one a processor
        executor : any executor of `concurrent.futures`, instead of processes of its own
        cluster : address of a Dask scheduler, instead of these
        output : a file ending in ``.csv`` or ``.parquet``, for all samples
        resume : go on with the unfinished sweep in ``output``
        pair : paths of two numbers to map; None for those that matter most
        sets : whether to compute payoff sets where a verdict needs them; None: in small games

        Raises
        ------
        DetenteError
            Where a plan, a path, a file or the cluster is wrong.
        ValueError
            Where the reading is none of the three.
        """
        from detente.ask.sweeping.sweep import sweep
        from detente.show.sweep_answer import SweepAnswer

        return SweepAnswer(
            sweep(
                self.scenario,
                plans or None,
                None if reading is None else (Reading(reading),),
                self.settings,
                samples=samples,
                seed=seed,
                workers=workers,
                executor=executor,
                cluster=cluster,
                output=None if output is None else Path(output),
                resume=resume,
                pair=pair,
                sets=sets,
            )
        )

    def design(self, goal: str, purpose: str | None = None) -> DesignAnswer:
        """Find plans that hold and reach a goal, or say why there are none.

        Parameters
        ----------
        goal : ``ladder: level``, several parted by commas
        purpose : a party, ``"balanced"`` or ``"fastest"``; None for all of them

        Raises
        ------
        DetenteError
            Where the goal or the purpose is wrong, or the goal is reached already.
        """
        from detente.ask.design import design
        from detente.show.design_answer import DesignAnswer

        return DesignAnswer(design(self.scenario, goal, purpose, self.settings))

    def sources(self, documents: str | Path | None = None) -> SourcesAnswer:
        """Show what every number rests on, and what the documents behind it say.

        Parameters
        ----------
        documents : the folder with the documents; None looks at none

        Raises
        ------
        DetenteError
            Where the folder cannot be read, or a library is not installed.

        Examples
        --------
        >>> import detente
        >>> detente.load("singapore-2018").sources().problems
        ()
        """
        from detente.ask.sourcing import trace_sources
        from detente.show.sources_answer import SourcesAnswer

        return SourcesAnswer(trace_sources(self.scenario, documents))

    def compare(
        self, *plans: str, others: Sequence[Case] = (), reading: str | None = None
    ) -> CompareAnswer:
        """Compare plans step by step: of this case, and of others with the same parties.

        Parameters
        ----------
        plans : plans' names; all where there are none
        others : further cases to compare with
        reading : what follows a breach; None for all three

        Raises
        ------
        DetenteError
            Where a plan is wrong, or another case has other parties.
        ValueError
            Where the reading is none of the three.
        """
        from detente.ask.compare import compare
        from detente.show.compare_answer import CompareAnswer

        readings = None if reading is None else (Reading(reading),)
        scenarios = [self.scenario, *(each.scenario for each in others)]
        return CompareAnswer(compare(scenarios, plans, readings, self.settings))

    def screen(self, plan: str, party: str | None = None, reading: str = "written") -> ScreenAnswer:
        """Find what each type of a party would make of a plan, and what the others could learn.

        Parameters
        ----------
        plan : a plan's name
        party : whose types; None where only one party has some
        reading : what follows a breach, ``"no-deal"`` or ``"written"``

        Raises
        ------
        DetenteError
            Where a plan or a party is wrong, or the party has no types.
        ValueError
            Where the reading is none of the two.
        """
        from detente.ask.screen import screen
        from detente.show.compare_answer import ScreenAnswer

        return ScreenAnswer(screen(self.scenario, plan, party, Reading(reading), self.settings))


def load(name_or_path: str | Path) -> Case:
    """Read a scenario: a file, or a shipped case by its name.

    Raises
    ------
    DetenteError
        Where there is no such file or case, or the file is wrong; with all problems found.

    Examples
    --------
    >>> load("singapore-2018").title
    'Singapore, June 2018'
    """
    from detente.scenario.reading import read_scenario

    return Case(read_scenario(find_scenario(name_or_path)))


def casebook() -> Library:
    """Give the cases that are shipped: their names, what came of them, and the table over all.

    Examples
    --------
    >>> "singapore-2018" in casebook().names
    True
    """
    from detente.library import list_cases
    from detente.show.case_answer import Library

    return Library(list_cases())


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
        import pandas as pd

        return pd.DataFrame([row for each in self.plans for row in each.margins.rows()])

    def to_dict(self) -> dict[str, Any]:
        """Give what ``check --json`` prints."""
        from detente.show.as_json import check_as_json

        return check_as_json(self.record)

    def __str__(self) -> str:
        from detente.show.terminal import print_plain, render_check

        return print_plain(render_check(self.record))

    def _repr_html_(self) -> str:
        from detente.show.notebook import render_html
        from detente.show.notebook_pictures import picture_check
        from detente.show.terminal import render_check

        return picture_check(self.record) + render_html(render_check(self.record))


@dataclass(frozen=True, slots=True, repr=False)
class ProofAnswer:
    """The answer to `Case.prove`: two files, and which verdicts they prove."""

    record: Proving

    @property
    def verdicts(self) -> tuple[ProvenVerdict, ...]:
        """Every verdict, and whether it is proven."""
        return self.record.verdicts

    def write(self, game: str | Path, proof: str | Path) -> None:
        """Write the game file and the proof, for ``detente-verify GAME PROOF``."""
        from detente.proof.writing import write_game

        Path(game).write_text(write_game(self.record.game), encoding="utf-8")
        Path(proof).write_text(self.record.text, encoding="utf-8")

    def __repr__(self) -> str:
        proven = sum(each.proven for each in self.verdicts)
        return f"<ProofAnswer: {proven} of {len(self.verdicts)} verdicts proven>"


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
        from detente.show.terminal import print_plain, render_verdict

        return print_plain(render_verdict(self.check, self.verdict))

    def _repr_html_(self) -> str:
        from detente.show.notebook import render_html
        from detente.show.notebook_pictures import picture_verdict
        from detente.show.terminal import render_verdict

        text = render_html(render_verdict(self.check, self.verdict))
        return picture_verdict(self.check, self.verdict) + text


@dataclass(frozen=True, slots=True, repr=False)
class Margins(MarginTable):
    """The table of margins; prints and displays itself."""

    def __repr__(self) -> str:
        return f"<Margins {self.plan}: {sum(1 for _ in self.rows())} rows>"

    def __str__(self) -> str:
        from detente.show.margin_rows import render_margins
        from detente.show.terminal import print_plain

        return print_plain(render_margins(self), width=120)

    def _repr_html_(self) -> str:
        from detente.show.margin_rows import render_margins
        from detente.show.notebook import render_html

        return render_html(render_margins(self))


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
        from detente.show.as_json import explanation_as_json

        return explanation_as_json(self.record)

    def __str__(self) -> str:
        from detente.show.explained import render_explanation
        from detente.show.terminal import print_plain

        return print_plain(render_explanation(self.record, self.sources))

    def _repr_html_(self) -> str:
        from detente.show.explained import render_explanation
        from detente.show.notebook import render_html

        return render_html(render_explanation(self.record, self.sources))


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
        from detente.ask.mending.writing import write_mend

        written = write_mend(self.record, self.scenario, take)
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(written.text)
        return written.plan

    def __repr__(self) -> str:
        found = sum(each.holds_at is not None for each in self.mends)
        return f"<MendAnswer {self.record.plan}: {self.record.answer}, {found} numbers mend it>"

    def to_dict(self) -> dict[str, Any]:
        """Give what ``mend --json`` prints."""
        from detente.show.mend_json import mending_as_json

        return mending_as_json(self.record)

    def __str__(self) -> str:
        from detente.show.mend_terminal import render_mending
        from detente.show.terminal import print_plain

        return print_plain(render_mending(self.record))

    def _repr_html_(self) -> str:
        from detente.show.mend_terminal import render_mending
        from detente.show.notebook import render_html

        return render_html(render_mending(self.record))
