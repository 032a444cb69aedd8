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
from typing import TYPE_CHECKING, overload

from detente.ask.verdict import Reading
from detente.library import find_scenario, select_party, select_plans, select_step
from detente.scenario.model import Scenario

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from detente.show.case_answer import Library
    from detente.show.check_answer import CheckAnswer, PlanAnswer
    from detente.show.compare_answer import CompareAnswer, ScreenAnswer
    from detente.show.design_answer import DesignAnswer
    from detente.show.explain_answer import ExplainAnswer
    from detente.show.mend_answer import MendAnswer
    from detente.show.proof_answer import ProofAnswer
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
        from detente.show.check_answer import CheckAnswer

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
        from detente.show.proof_answer import ProofAnswer

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
        from detente.show.explain_answer import ExplainAnswer

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
        from detente.show.mend_answer import MendAnswer

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
        sets: bool = False,
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
        sets : whether to compute payoff sets where a verdict needs them, which takes long

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

    def report(
        self,
        path: str | Path,
        *plans: str,
        parts: Sequence[str] | None = None,
        goal: str | None = None,
        pair: tuple[str, str] | None = None,
        time_limit: float | None = 60.0,
    ) -> None:
        """Write a report, as ``check --report`` does, in the format that its name ends in.

        Parameters
        ----------
        path : ends in .html, .pdf, .docx or .md; replaced where it is there
        plans : plans' names; all where there are none
        parts : what it tells beside the verdicts: ``"compare"``, ``"mend"``, ``"design"``,
            ``"screen"``, ``"sweep"``, ``"explore"``. None: what costs little
        goal : for ``"design"``; None for what the plans seem to be after
        pair : numbers for the sliders of ``"explore"``; None for those that matter most
        time_limit : seconds for the payoff sets; None for no limit

        Raises
        ------
        DetenteError
            Where a plan, a goal or a number is none, or the format needs what is not installed.
        ValueError
            For a part or a format that is none.
        OSError
            Where the file cannot be written.
        """
        from detente.ask.check import check
        from detente.ask.dossier import CHEAP, Part, fitting_parts, gather
        from detente.show.formats import check_format, convert, name_format
        from detente.show.report import render_report

        target = Path(path)
        format_ = name_format(target)
        check_format(format_)
        cheap = fitting_parts(self.scenario, CHEAP)
        wanted = cheap if parts is None else tuple(Part(each) for each in parts)
        answer = check(
            self.scenario, plans or None, None, self.settings, picture=True, time_limit=time_limit
        )
        dossier = gather(self.scenario, answer, wanted, goal=goal, pair=pair, time_limit=time_limit)
        target.write_bytes(convert(render_report(answer, self.scenario, dossier), format_))


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
