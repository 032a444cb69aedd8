"""``design``: plans that hold and reach a goal, or why there are none."""

from __future__ import annotations

import itertools
import time
from collections.abc import Sequence

import numpy as np

from detente.arrays import FloatArray
from detente.ask.check import check
from detente.ask.designing.bargaining import Solution
from detente.ask.designing.candidates import Candidate, Workshop
from detente.ask.designing.choosing import Purpose, bargain_over, choose, list_purposes
from detente.ask.designing.goal import Goal, make_goal, read_goal
from detente.ask.designing.moves import MAX_MOVES, Moves, TooManyMovesError
from detente.ask.designing.records import (
    Attempt,
    Bargain,
    Basis,
    Design,
    Designing,
    EnforceableSet,
    Furthest,
    Opener,
    Searched,
)
from detente.ask.designing.search import MAX_WAIT
from detente.ask.designing.sentences import describe_designs, describe_failure, title_of
from detente.ask.designing.steps import Responses, with_periods, write_lasting, write_steps
from detente.ask.designing.text import PlanText, insert_plans
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.mending.mend import Progress, mend
from detente.ask.mending.sentences import say_change
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Check
from detente.compile.build import compile_scenario
from detente.errors import DetenteError, Problem
from detente.scenario.model import Plan, Scenario
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import apply_settings
from detente.solve.dispatch import MOST_PARTIES
from detente.solve.solution import Status

MAX_PROFILES = 3_000  # of games whose payoff sets are computed
MILDEST_FIRST = (Basis.NO_DEAL, Basis.WRITTEN, Basis.BEST, Basis.HARSHEST)
MAX_LESSER = 200  # lesser goals that are tried


def design(
    scenario: Scenario,
    goal: str,
    purpose: str | None = None,
    settings: Sequence[str] = (),
    *,
    time_limit: float | None = 5.0,
    mending: bool = True,
    progress: Progress | None = None,
) -> Designing:
    """Find plans that hold and reach a goal.

    Plans are looked for whose steps only go on: in every period each party holds its ladders, or
    moves some on by a level (or by a jump that some plan of the file takes), with waits between.
    What is found is judged as `check` judges it, and only what holds is reported.

    Parameters
    ----------
    scenario : as read, with any values
    goal : ``ladder: level``, several parted by commas
    purpose : a party, ``balanced`` or ``fastest``; all of them where None
    settings : ``path=value`` texts, applied here
    time_limit : seconds for the payoff sets, which are computed for small games only; None for no
        limit
    mending : where no plan is found, whether to look for single numbers that would open the way
    progress : told what is being done; how many parts are done, of how many, where that is known

    Raises
    ------
    DetenteError
        For a goal or a purpose that the scenario does not have, a goal that is reached already, a
        setting that does not fit, or a game that is too large.

    Examples
    --------
    >>> from detente.library import find_scenario
    >>> from detente.scenario.reading import read_scenario
    >>> found = design(read_scenario(find_scenario("singapore-2018")), "arsenal: none", "fastest")
    >>> found.found, found.designs[0].periods
    (True, 4)
    """
    start = time.perf_counter()
    tell = progress or _say_nothing
    scenario = apply_settings(scenario, list(settings)) if settings else scenario
    wanted = read_goal(scenario, goal)
    purposes = list_purposes(scenario, purpose)
    workshop = _open_workshop(scenario, time_limit)
    try:
        moves = workshop.moves(wanted)
    except TooManyMovesError:
        raise DetenteError(
            Problem(
                "E290",
                f"plans could be made of more than {MAX_MOVES:,} moves",
                remedy="take ladders or levels out that the goal does not need",
            )
        ) from None
    tell(0, 0, f"looking for plans among {len(moves):,} moves")
    found = workshop.find(moves, wanted)
    if not found and _is_small(workshop) and workshop.exclude(moves, wanted).possible:
        tell(0, 0, "computing payoff sets")
        workshop.knower.sets()  # sharper floors and punishments
        found = workshop.find_threatened(moves, wanted)
    task = _Task(scenario, wanted, tuple(settings), purposes, workshop, moves, time_limit)
    if found:
        tell(0, 0, "choosing among the plans that hold")
        return task.answer_found(found, start)
    return task.answer_none(start, mending=mending, tell=tell)


def _say_nothing(done: int, total: int, words: str) -> None:
    """Tell nobody."""


def _open_workshop(scenario: Scenario, time_limit: float | None) -> Workshop:
    compiled = compile_scenario(with_periods(scenario, MAX_WAIT + 1))
    no_deal = find_no_deal(compiled)
    knower = Knower(compiled, no_deal, time_limit)
    return Workshop(knower, payoff_scales(compiled, no_deal), _common_responses(scenario))


def _common_responses(scenario: Scenario) -> Responses:
    """Give what the file lets every plan's breaches lead to: read as a plan that adds nothing."""
    ladder = next(each for each in scenario.ladders if len(each.levels) > 1)
    holder = ladder.holders[0] if len(ladder.holders) == 1 else "together"
    level = ladder.levels[ladder.today + 1 if ladder.today + 1 < len(ladder.levels) else 0]
    name = _free_name(scenario, "probe", ())
    step = f"{{{holder}: {{{ladder.id}: {level.id}}}}}"
    text = insert_plans(scenario, (PlanText(name, "", "", (step,)),))
    return read_scenario_text(text, scenario.file).plan(name).responses


def _free_name(scenario: Scenario, name: str, taken: Sequence[str]) -> str:
    used = {*(plan.id for plan in scenario.plans), *taken}
    names = (name if n == 1 else f"{name}-{n}" for n in itertools.count(1))
    return next(each for each in names if each not in used)


def _is_small(workshop: Workshop) -> bool:
    compiled = workshop.knower.compiled
    few = compiled.n_profiles <= MAX_PROFILES and compiled.n_parties <= MOST_PARTIES
    return few and workshop.knower.time_limit != 0


class _Task:
    """One question while it is answered."""

    def __init__(
        self,
        scenario: Scenario,
        goal: Goal,
        settings: tuple[str, ...],
        purposes: tuple[Purpose, ...],
        workshop: Workshop,
        moves: Moves,
        time_limit: float | None,
    ) -> None:
        self.scenario, self.goal, self.settings = scenario, goal, settings
        self.purposes, self.workshop, self.moves = purposes, workshop, moves
        self.time_limit = time_limit
        self.today = workshop.knower.no_deal.values[0]

    def answer_found(self, found: dict[Basis, list[Candidate]], start: float) -> Designing:
        """Answer where some plan reaches the goal."""
        basis = next(each for each in MILDEST_FIRST if each in found)
        chosen = self.choose(found[basis])
        designs, answer, text = self.write(self.moves, chosen)
        enforceable = self.enforceable(found)
        bargains = self.bargains(enforceable, chosen, designs)
        return self.answer(
            sentences=describe_designs(self.scenario, self.goal, basis, designs),
            found=True, proven=True, unravels=False, basis=basis, designs=designs,
            bargains=bargains, enforceable=enforceable, attempt=None, furthest=None, openers=(),
            check=answer, text=text, start=start,
        )  # fmt: skip

    def answer_none(self, start: float, *, mending: bool, tell: Progress) -> Designing:
        """Answer where no plan was found that reaches the goal."""
        tell(0, 0, "no plan reaches the goal; looking how far one gets")
        exclusion = self.workshop.exclude(self.moves, self.goal)
        furthest, reached = self.furthest()
        path = self.workshop.attempt(self.moves, self.goal, reached)
        plan = self.workshop.plan_of(self.moves, path)
        ids, answer, text = self.write_plans([(plan, "attempt", self.attempt_title())])
        verdict = answer.verdicts[0]
        attempt = Attempt(ids[0], write_steps(self.moves.compiled, plan), verdict)
        unravels = any("this is unravelling" in reason for reason in verdict.reasons)
        openers = self.openers(text, ids[0], tell) if mending else None
        return self.answer(
            sentences=describe_failure(
                self.scenario, self.goal, exclusion, self.searched(), attempt, furthest, unravels,
                openers,
            ),
            found=False, proven=not exclusion.possible, unravels=unravels, basis=None, designs=(),
            bargains=(), enforceable=None, attempt=attempt, furthest=furthest,
            openers=openers or (), check=answer, text=text, start=start,
        )  # fmt: skip

    def openers(self, text: str, plan: str, tell: Progress) -> tuple[Opener, ...]:
        """Find the numbers that alone would make the attempt hold, the smallest change first."""
        again = read_scenario_text(text, self.scenario.file).with_values(self.scenario.values)
        found = mend(again, plan, structure=False, time_limit=0, progress=tell)
        return tuple(
            Opener(each.path, each.text, each.holds_at.text, each.fails_at.text, each.in_range,
                   say_change(each))
            for each in found.numbers
            if each.holds_at is not None and each.fails_at is not None
        )  # fmt: skip

    def answer(self, *, check: Check, text: str, start: float, **given: object) -> Designing:
        """Put an answer together."""
        return Designing(
            title=self.scenario.title, file=self.scenario.file, parties=check.parties,
            party_names=check.party_names, settings=self.settings, goal=self.goal.words,
            searched=self.searched(), check=check, text=text,
            seconds=time.perf_counter() - start, **given,  # type: ignore[arg-type]
        )  # fmt: skip

    def choose(self, candidates: list[Candidate]) -> dict[Purpose, Candidate]:
        """Choose a plan for every purpose."""
        scales = self.workshop.scales
        return {each: choose(each, candidates, self.today, scales) for each in self.purposes}

    def write(
        self, moves: Moves, chosen: dict[Purpose, Candidate]
    ) -> tuple[tuple[Design, ...], Check, str]:
        """Write the chosen plans into the file, and check them there."""
        served: dict[str, tuple[Candidate, list[Purpose]]] = {}
        for purpose, each in chosen.items():
            served.setdefault(each.plan.id, (each, []))[1].append(purpose)
        named = [
            (each.plan, purposes[0].id, title_of(self.scenario, self.goal, purposes))
            for each, purposes in served.values()
        ]
        ids, answer, text = self.write_plans(named)
        designs = []
        for (each, purposes), name, (_, _, title), verdict in zip(
            served.values(), ids, named, answer.verdicts, strict=True
        ):
            _require_same(each, verdict.answer is Answer.HOLDS)
            periods, at_best = each.path.periods, self.workshop.at_best(each.plan)
            designs.append(
                Design(
                    purposes=tuple(p.id for p in purposes),
                    plan=name,
                    title=title,
                    periods=periods,
                    years=periods * moves.compiled.mover.clock_years,
                    values=each.values,
                    gains=each.values - self.today,
                    gains_at_best=None if at_best is None else at_best - self.today,
                    moves=verdict.moves,
                    lasts=write_lasting(moves.compiled, each.plan),
                    steps=write_steps(moves.compiled, each.plan),
                    verdict=verdict,
                )
            )
        return tuple(designs), answer, text

    def write_plans(
        self, plans: Sequence[tuple[Plan, str, str]]
    ) -> tuple[tuple[str, ...], Check, str]:
        """Write plans into the file under names of their own; check them as they are read."""
        names: list[str] = []
        texts = []
        for plan, suffix, title in plans:
            names.append(_free_name(self.scenario, f"design-{suffix}", names))
            steps = write_steps(self.workshop.knower.compiled, plan)
            texts.append(PlanText(names[-1], title, self.note(), steps))
        text = insert_plans(self.scenario, tuple(texts))
        again = read_scenario_text(text, self.scenario.file).with_values(self.scenario.values)
        limit = self.time_limit if _is_small(self.workshop) else 0.0
        return tuple(names), check(again, names, settings=self.settings, time_limit=limit), text

    def note(self) -> str:
        """Say in the written file where a plan comes from."""
        numbers = f", with {', '.join(self.settings)}" if self.settings else ""
        return f"Found by: detente design, goal '{self.goal.words}'{numbers}."

    def attempt_title(self) -> str:
        """Give the title of a plan that does not hold."""
        return f"Straight to {self.goal.words} (does not hold)"

    def enforceable(self, found: dict[Basis, list[Candidate]]) -> EnforceableSet:
        """Give the payoffs to bargain over: of all equilibria where known, else of these plans."""
        knower = self.workshop.knower
        values = [each.values for candidates in found.values() for each in candidates]
        if _is_small(self.workshop):
            sets = knower.sets()
            if sets.solution is not None and sets.status is Status.CONVERGED:
                return EnforceableSet(
                    "payoff sets", np.vstack([sets.inner[0], *values]), str(sets.status)
                )
        return EnforceableSet("confirmed plans", np.vstack([self.today, *values]), "")

    def bargains(
        self,
        enforceable: EnforceableSet,
        chosen: dict[Purpose, Candidate],
        designs: tuple[Design, ...],
    ) -> tuple[Bargain, ...]:
        """Give the bargaining solutions, each with the plan designed for it."""
        out = []
        for purpose in chosen:
            if purpose.solution is None:
                continue
            gains = bargain_over(purpose.solution, enforceable.vertices, self.today)
            plan = next(d.plan for d in designs if purpose.id in d.purposes)
            values: FloatArray | None = None if gains is None else gains + self.today
            out.append(Bargain(str(purpose.solution), purpose.solution.words, gains, values, plan))
        return tuple(out)

    def furthest(self) -> tuple[Furthest | None, tuple[int, ...]]:
        """Find the furthest lesser goal that some plan reaches, and the moves of that plan."""
        ladders = {name: self.scenario.ladder(name) for name in self.goal.levels}
        choices = [range(each.today, self.goal.levels[name] + 1) for name, each in ladders.items()]
        lesser = [dict(zip(ladders, levels, strict=True)) for levels in itertools.product(*choices)]
        today = {name: each.today for name, each in ladders.items()}
        lesser = [each for each in lesser if each not in (today, dict(self.goal.levels))]
        lesser.sort(key=lambda each: -sum(each.values()))
        for levels in lesser[:MAX_LESSER]:
            goal = make_goal(self.scenario, levels)
            moves = self.workshop.moves(goal)
            if not self.workshop.exclude(moves, goal).possible:
                continue
            found = self.workshop.find(moves, goal)
            if found:
                basis = next(each for each in MILDEST_FIRST if each in found)
                purpose = Purpose(str(Solution.NASH), solution=Solution.NASH)
                best = choose(purpose, found[basis], self.today, self.workshop.scales)
                task = _Task(self.scenario, goal, self.settings, (purpose,), self.workshop, moves,
                             self.time_limit)  # fmt: skip
                designs, _, _ = task.write(moves, {purpose: best})
                reached = self.workshop.same_moves(self.moves, moves, best.path)
                return Furthest(goal.words, designs[0]), reached
        return None, ()

    def searched(self) -> Searched:
        """Say how far the search went."""
        shop = self.workshop
        return Searched(
            states=len(self.moves.order), moves=len(self.moves), labels=shop.n_labels,
            paths=shop.n_paths, judged=shop.n_judged, confirmed=shop.n_confirmed,
            complete=shop.complete, longest_wait=MAX_WAIT,
        )  # fmt: skip


def _require_same(candidate: Candidate, holds: bool) -> None:
    """Refuse to report a plan that reads otherwise once it is written."""
    if not holds:
        raise RuntimeError(f"a plan that holds was judged otherwise once written: {candidate}")
