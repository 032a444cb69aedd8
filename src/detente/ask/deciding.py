"""Verdicts alone, without what an answer to a reader needs: for thousands of sets of numbers.

The answers are those of `detente.ask.check`; what does not change them is left out. A plan fails
as written as soon as one margin does that no response to a breach enters; under the harshest
reading it is bounds that decide, and no linear programme is solved.
"""

from __future__ import annotations

from dataclasses import dataclass

from detente.arrays import FloatArray
from detente.ask.best_continuation import bound_margins
from detente.ask.forgiving import find_forgiving, forgiving_graph
from detente.ask.judge import (
    DEFAULT_OPENING,
    TOL_ZERO,
    fails_before_breaches,
    judge,
    make_openness,
    surely_holds,
)
from detente.ask.knowledge import Knower, Knowledge
from detente.ask.margins import Ends
from detente.ask.verdict import Answer, Opening, Reading, ReadingResult, overall_answer
from detente.compile.plan import End, PlanGraph
from detente.scenario.model import Plan

NEAR = 1e-10  # of the payoff range: a bound this close to the line is not trusted to decide


@dataclass(frozen=True, slots=True)
class Decision:
    """The answers on one plan.

    Attributes
    ----------
    answers : for the readings asked for, each with its default for what the plan leaves open
    answer, mildest : over these readings, as `Verdict` has them
    first : the result under the first reading asked for, with all margins
    """

    plan: str
    answers: tuple[tuple[Reading, Answer], ...]
    answer: Answer
    mildest: Reading | None
    first: ReadingResult

    def under(self, reading: Reading) -> Answer:
        """Give the answer under a reading that was asked for."""
        return dict(self.answers)[reading]


def decide_plan(
    knower: Knower,
    plan: Plan,
    asked: tuple[Reading, ...],
    scales: FloatArray,
    *,
    until_one_holds: bool = False,
) -> Decision:
    """Decide about a plan under the readings asked for, mildest first.

    ``until_one_holds``: leave out the readings after the mildest that suffices.
    """
    first = judge(knower, plan, asked[0], DEFAULT_OPENING[asked[0]], scales).result
    answers = [first.answer]
    for reading in asked[1:]:
        if until_one_holds and answers[-1] is Answer.HOLDS:
            break
        answers.append(decide(knower, plan, reading, scales))
    known = tuple(zip(asked, answers, strict=False))
    return Decision(
        plan=plan.id,
        answers=known,
        answer=overall_answer(answers),
        mildest=next((reading for reading, answer in known if answer is Answer.HOLDS), None),
        first=first,
    )


def decide(knower: Knower, plan: Plan, reading: Reading, scales: FloatArray) -> Answer:
    """Give the answer of `judge` under a reading, with its default for what is left open."""
    found: Answer | None = None
    if reading is Reading.WRITTEN:
        found = _decide_written(knower, plan, scales)
    elif reading is Reading.HARSHEST:
        found = _decide_harshest(knower, plan, scales)
    if found is not None:
        return found
    return judge(knower, plan, reading, DEFAULT_OPENING[reading], scales).result.answer


def _decide_written(knower: Knower, plan: Plan, scales: FloatArray) -> Answer | None:
    """Decide by what follows alarms and governments; None where breaches have to be followed."""
    if not knower.no_deal.found:
        return Answer.UNDECIDED  # an alarm or a breach in a response leads to no deal
    return Answer.FAILS if fails_before_breaches(knower, plan, scales) else None


def _decide_harshest(knower: Knower, plan: Plan, scales: FloatArray) -> Answer | None:
    """Decide by an exhibited equilibrium or by bounds; None where it takes more."""
    if knower.has_sets:
        return None
    forgives = _is_forgiving(knower, plan, scales)
    if forgives is not False:
        return Answer.HOLDS if forgives else None
    graph = knower.graph(plan, make_openness(Reading.HARSHEST, Opening.BEST))
    if not len(graph.open_codes()):
        return None
    ends = graph.ends[: graph.n_path_ends]
    if not knower.no_deal.found and any(end is End.NO_DEAL for end, _ in ends):
        return Answer.UNDECIDED
    knowledge = knower.cheap()
    bound = _bound(graph, knower, knowledge, scales)
    if abs(bound + TOL_ZERO) < NEAR:
        return None
    if bound < -TOL_ZERO:
        return Answer.FAILS
    if surely_holds(graph, knower, knowledge, Reading.HARSHEST, scales):
        return Answer.HOLDS
    return Answer.UNDECIDED if knower.time_limit == 0 else None


def _is_forgiving(knower: Knower, plan: Plan, scales: FloatArray) -> bool | None:
    """Say whether `judge_forgiving` shows an equilibrium; None where it takes other plans'."""
    if not knower.no_deal.found:
        return False
    graph = forgiving_graph(knower.compiled, plan)
    if len(graph.open_codes()):
        return None
    for punished in (None, knower.cheap().punished_high):
        found = find_forgiving(graph, Ends(knower.no_deal.values, punished, {}))
        if found.margins.in_units(scales).min(initial=0.0) >= -TOL_ZERO:
            return True
    return False


def _bound(graph: PlanGraph, knower: Knower, knowledge: Knowledge, scales: FloatArray) -> float:
    """Bound the smallest margin under the most that could be credible."""
    ends = Ends(knower.no_deal.values, knowledge.punished_low)
    hulls = dict(enumerate(knowledge.outer))
    return bound_margins(graph, ends, hulls, scales, knowledge.error)
