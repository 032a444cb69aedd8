"""The verdict on a plan under one reading of a breach and one of what it leaves open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from detente.arrays import FloatArray
from detente.ask.best_continuation import bound_margins, choose_continuation
from detente.ask.forgiving import (
    Forgiving,
    find_forgiving,
    forgiving_graph,
    own_path,
)
from detente.ask.knowledge import Knower, Knowledge
from detente.ask.margins import Ends, NodeMargin, node_margins, node_values
from detente.ask.nodeal import NoDealPolicy
from detente.ask.verdict import Answer, Margin, Opening, Reading, ReadingResult
from detente.compile.build import Compiled, describe_deviation
from detente.compile.plan import End, Openness, PlanGraph, build_graph
from detente.scenario.model import Plan, Trigger
from detente.solve.evaluate import payoff_ranges
from detente.solve.solution import Status

TOL_ZERO = 1e-9  # of the payoff range: a margin this close to zero counts as zero

DEFAULT_OPENING = {
    Reading.NO_DEAL: Opening.NO_DEAL,
    Reading.WRITTEN: Opening.WRITTEN,
    Reading.HARSHEST: Opening.BEST,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A reading's result with the graph and the values it rests on, for explanations.

    ``shown``: the equilibrium that was exhibited, where one was.
    """

    result: ReadingResult
    graph: PlanGraph
    ends: Ends
    values: FloatArray
    margins: tuple[NodeMargin, ...]
    shown: Forgiving | None = None


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Margins at every node under one set of ends.

    ``least``: margins when the payoffs chosen at open outcomes are off by as much as they may be.
    ``excluded``: no choice at the open outcomes helps.
    """

    margins: list[NodeMargin]
    least: list[NodeMargin]
    values: FloatArray
    ends: Ends
    excluded: bool = False


def make_openness(reading: Reading, opening: Opening) -> Openness:
    """Say how the automaton treats breaches and open outcomes."""
    return Openness(
        written_breach=reading is Reading.WRITTEN,
        written_open=opening is Opening.WRITTEN,
        best_open=opening is Opening.BEST,
    )


def openings_that_differ(compiled: Compiled, plan: Plan, reading: Reading) -> tuple[Opening, ...]:
    """Give the openings worth telling apart, the reading's default first."""
    default = DEFAULT_OPENING[reading]
    graph = build_graph(compiled, plan, make_openness(Reading.NO_DEAL, Opening.BEST))
    left_open = {graph.end_of(int(code))[0] for code in graph.open_codes()}
    if not left_open:
        return (default,)
    found = [Opening.NO_DEAL]
    triggers = {trigger for trigger, _ in plan.responses}
    hostile = Trigger.HOSTILE in triggers and End.OPEN_HOSTILE in left_open
    alarm = triggers & {Trigger.ALARM, Trigger.BROKEN} and End.OPEN_ALARM in left_open
    if hostile or alarm:
        found.append(Opening.WRITTEN)
    if reading is not Reading.WRITTEN:
        found.append(Opening.BEST)
    return (default, *(each for each in found if each is not default))


def payoff_scales(compiled: Compiled, no_deal: NoDealPolicy) -> FloatArray:
    """Give each party's range of payoffs that the compiled states offer: float64 (P,)."""
    profiles = compiled.profiles_of(no_deal.policy)
    return payoff_ranges(compiled.payoff[profiles])


def judge(
    knower: Knower, plan: Plan, reading: Reading, opening: Opening, scales: FloatArray
) -> Judged:
    """Judge a plan under one reading, with as little computing as settles it.

    Nothing is claimed that rests on a search for no deal that did not end.
    """
    judged = _judge(knower, plan, reading, opening, scales)
    rests_on_no_deal = any(end is End.NO_DEAL for end, _ in judged.graph.ends)
    if knower.no_deal.found or not rests_on_no_deal:
        return judged
    result = replace(
        judged.result, answer=Answer.UNDECIDED, breaks_at=None, carries_to=0,
        status=Status.ITERATION_LIMIT,
    )  # fmt: skip
    return replace(judged, result=result)


def _judge(
    knower: Knower, plan: Plan, reading: Reading, opening: Opening, scales: FloatArray
) -> Judged:
    graph = build_graph(knower.compiled, plan, make_openness(reading, opening))
    if reading is not Reading.HARSHEST and opening is not Opening.BEST:
        ends = Ends(knower.no_deal.values)
        values = node_values(graph, ends)
        margins = node_margins(graph, values, ends)
        exact = _Evaluation(margins, margins, values, ends)
        return _conclude(graph, reading, opening, exact, exact, scales, Status.CONVERGED,
                         "policy evaluation")  # fmt: skip
    if opening is Opening.BEST:
        shown = judge_forgiving(knower, plan, reading, scales)
        if shown is not None:
            return shown
    knowledge = knower.sets() if knower.has_sets else knower.cheap()
    judged = _judge_between(graph, knower, knowledge, reading, opening, scales)
    can_solve = knower.compiled.n_parties == 2
    if judged.result.answer is Answer.UNDECIDED and can_solve and not knower.has_sets:
        judged = _judge_between(graph, knower, knower.sets(), reading, opening, scales)
        if judged.result.answer is Answer.UNDECIDED and reading is Reading.HARSHEST:
            return _judge_merged(knower, judged)
    return judged


def _judge_merged(knower: Knower, judged: Judged) -> Judged:
    """Decide by the sets of the plan's own nodes, where the margins alone did not."""
    if judged.result.opening is not Opening.BEST or knower.compiled.n_parties != 2:
        return judged
    first = knower.node_set(judged.graph)
    if first.empty:
        answer = Answer.FAILS
    elif len(first.inner_vertices):
        answer = Answer.HOLDS
    else:
        return judged
    broken = judged.result.breaks_at
    breaks = broken if answer is Answer.FAILS and broken and broken.margin < 0 else None
    kept = 0 if breaks is None else judged.result.carries_to
    carries = kept if answer is Answer.FAILS else len(judged.graph.plan.steps)
    result = replace(
        judged.result, answer=answer, breaks_at=breaks, carries_to=carries, gap=0.0,
        status=Status.CONVERGED, by="payoff sets",
    )  # fmt: skip
    return replace(judged, result=result)


def judge_forgiving(
    knower: Knower, plan: Plan, reading: Reading, scales: FloatArray
) -> Judged | None:
    """Give the verdict `holds` where a forgiving automaton is an equilibrium, else None.

    An automaton that return to no deal sustains is good under the harshest reading too.
    """
    if reading is Reading.HARSHEST:
        milder = judge_forgiving(knower, plan, Reading.NO_DEAL, scales)
        if milder is not None:
            return replace(milder, result=replace(milder.result, reading=reading))
    key = plan.id, str(reading)
    if key not in knower.forgiving:
        knower.forgiving[key] = _exhibit(knower, plan, reading, scales)
    return knower.forgiving[key]


def _exhibit(knower: Knower, plan: Plan, reading: Reading, scales: FloatArray) -> Judged | None:
    if not knower.no_deal.found:
        return None
    graph = forgiving_graph(knower.compiled, plan)
    codes = [int(code) for code in graph.open_codes()]
    if codes:
        _exhibit_closed_plans(knower, scales)
    punished = knower.cheap().punished_high if reading is Reading.HARSHEST else None
    best: tuple[float, Forgiving] | None = None
    for opened in _later_choices(knower, graph, codes):
        found = find_forgiving(graph, Ends(knower.no_deal.values, punished, opened), scales)
        worst = min((m.margin / scales[m.party] for m in found.margins), default=np.inf)
        if best is None or worst > best[0]:
            best = worst, found
    if best is None or best[0] < -TOL_ZERO:
        return None
    found = best[1]
    knower.exhibit(graph.node_row[found.reached], found.values[found.reached])
    margins = list(found.margins)
    shown = _Evaluation(margins, margins, found.values, found.ends)
    judged = _conclude(
        graph, reading, Opening.BEST, shown, shown, scales, Status.CONVERGED,
        "an equilibrium is exhibited",
    )  # fmt: skip
    return replace(judged, shown=found)


def _exhibit_closed_plans(knower: Knower, scales: FloatArray) -> None:
    """Show equilibria that an open plan may go on with: the scenario's other plans."""
    if knower.showed_plans:
        return
    knower.showed_plans = True
    for plan in knower.compiled.scenario.plans:
        if not plan.later_steps_open:
            judge_forgiving(knower, plan, Reading.HARSHEST, scales)


def _later_choices(
    knower: Knower, graph: PlanGraph, codes: list[int]
) -> list[dict[int, FloatArray]]:
    """Give the continuations to try once the agreed steps are done: shown equilibria."""
    rows = [graph.end_of(code)[2] for code in codes]
    choices = [{c: knower.no_deal.values[r] for c, r in zip(codes, rows, strict=True)}]
    if not codes:
        return choices
    most = min(len(knower.exhibits.get(row, [])) for row in rows)
    for place in range(most):
        choices.append({c: knower.exhibits[r][place] for c, r in zip(codes, rows, strict=True)})
    return choices


def holds_without_threats(knower: Knower, plan: Plan, scales: FloatArray) -> bool:
    """Say whether a plan holds by return to no deal or as written."""
    first = judge(knower, plan, Reading.NO_DEAL, Opening.NO_DEAL, scales)
    if first.result.answer is Answer.HOLDS:
        return True
    # hidden cheating on the path as written needs no responses to breaches: a quick look first
    path = build_graph(knower.compiled, plan, Openness(False, True, False))
    ends = Ends(knower.no_deal.values)
    for each in node_margins(path, node_values(path, ends), ends):
        same = knower.compiled.tables.towards[[each.option, path.node_profile[each.node]]]
        if (same[0] == same[1]).all() and each.margin < -TOL_ZERO * scales[each.party]:
            return False
    second = judge(knower, plan, Reading.WRITTEN, Opening.WRITTEN, scales)
    return second.result.answer is Answer.HOLDS


def _judge_between(
    graph: PlanGraph,
    knower: Knower,
    knowledge: Knowledge,
    reading: Reading,
    opening: Opening,
    scales: FloatArray,
) -> Judged:
    """Evaluate with what is surely credible, and with the most that could be."""
    sure = _evaluate(graph, knower, knowledge, reading, scales, sure=True)
    most = _evaluate(graph, knower, knowledge, reading, scales, sure=False)
    if most is None:
        most = sure
    if most is None:
        return _judge_impossible(graph, knower, reading, opening, knowledge)
    return _conclude(graph, reading, opening, sure, most, scales, knowledge.status, knowledge.by)


def _judge_impossible(
    graph: PlanGraph, knower: Knower, reading: Reading, opening: Opening, knowledge: Knowledge
) -> Judged:
    """Give the verdict where some open outcome leads to a state proven to have no equilibrium."""
    no_deal = knower.no_deal.values
    stand_in = {int(code): no_deal[graph.end_of(int(code))[2]] for code in graph.open_codes()}
    ends = Ends(no_deal, None, stand_in)
    result = ReadingResult(
        reading, opening, Answer.FAILS, (), 0, None, Status.CONVERGED, 0.0, knowledge.by
    )
    return Judged(result, graph, ends, node_values(graph, ends), ())


def _evaluate(
    graph: PlanGraph,
    knower: Knower,
    knowledge: Knowledge,
    reading: Reading,
    scales: FloatArray,
    *,
    sure: bool,
) -> _Evaluation | None:
    """Evaluate with what is surely credible, or the most that could be; None where nothing is."""
    punished = knowledge.punished_high if sure else knowledge.punished_low
    hulls = dict(enumerate(knowledge.inner if sure else knowledge.outer))
    ends = Ends(knower.no_deal.values, punished if reading is Reading.HARSHEST else None)
    if not len(graph.open_codes()):
        values = node_values(graph, ends)
        margins = node_margins(graph, values, ends)
        return _Evaluation(margins, margins, values, ends)
    chosen = choose_continuation(graph, ends, hulls, scales)
    if not chosen.opened:
        return None
    bound = bound_margins(graph, ends, hulls, scales, knowledge.error)
    ends = Ends(ends.no_deal, ends.punished, chosen.opened)
    values = node_values(graph, ends)
    margins = node_margins(graph, values, ends)
    least = _least_margins(graph, ends, knowledge.error) if knowledge.error else margins
    return _Evaluation(margins, least, values, ends, bound < -TOL_ZERO)


def _least_margins(graph: PlanGraph, ends: Ends, error: float) -> list[NodeMargin]:
    """Give the margins when every payoff at an open outcome may be off by ``error``."""
    opened = ends.opened or {}
    low = Ends(ends.no_deal, ends.punished, {c: v - error for c, v in opened.items()})
    high = Ends(ends.no_deal, ends.punished, {c: v + error for c, v in opened.items()})
    staying = node_values(graph, low)
    return [
        replace(each, staying=float(staying[each.node, each.party]))
        for each in node_margins(graph, node_values(graph, high), high)
    ]


def _conclude(
    graph: PlanGraph,
    reading: Reading,
    opening: Opening,
    sure: _Evaluation | None,
    most: _Evaluation,
    scales: FloatArray,
    status: Status,
    by: str,
) -> Judged:
    holds = sure is not None and all(m.margin >= -TOL_ZERO * scales[m.party] for m in sure.least)
    fails = any(m.margin < -TOL_ZERO * scales[m.party] for m in most.margins)
    if fails and len(graph.open_codes()) and not most.excluded:
        fails = False  # another choice of continuations, varying over time, is not excluded
    answer = Answer.HOLDS if holds else Answer.FAILS if fails else Answer.UNDECIDED
    shown = sure if holds and sure is not None else most
    low = {(m.node, m.party): m.margin for m in sure.least} if sure is not None else {}
    high = {(m.node, m.party): m.margin for m in most.margins}
    margins = _worst_per_step(graph, shown.margins, low, high)
    breaks = _first_break(graph, margins, scales) if answer is not Answer.HOLDS else None
    n_steps = len(graph.plan.steps)
    if breaks is not None and not np.isfinite(breaks.margin):
        breaks = None  # no equilibrium follows: that is nobody's gain
    own_break = breaks is not None and not breaks.in_response
    carries = min(breaks.step - 1, n_steps) if breaks is not None and own_break else n_steps
    decided = answer is not Answer.UNDECIDED
    gap = 0.0 if decided else max((m.high - m.low for m in margins if m.low < 0), default=0.0)
    result = ReadingResult(
        reading=reading,
        opening=opening,
        answer=answer,
        margins=tuple(margins),
        carries_to=carries,
        breaks_at=breaks,
        status=Status.CONVERGED if decided else status,
        gap=gap,
        by="policy evaluation" if holds and by == "punishment floors" else by,
    )
    return Judged(result, graph, shown.ends, shown.values, tuple(shown.margins))


def _worst_per_step(
    graph: PlanGraph,
    margins: Iterable[NodeMargin],
    low: dict[tuple[int, int], float],
    high: dict[tuple[int, int], float],
) -> list[Margin]:
    """Keep the worst node of every step, party and written response."""
    main = own_path(graph)
    places: dict[tuple[int, bool], tuple[int, str]] = {}
    worst: dict[tuple[int, str, int], tuple[float, NodeMargin]] = {}
    for each in margins:
        where = int(graph.node_phase[each.node]), bool(main[each.node])
        if where not in places:
            places[where] = graph.step_of(each.node), _part(graph, *where)
        key = (*places[where], each.party)
        if key not in worst or each.margin < worst[key][0]:
            worst[key] = each.margin, each
    return [
        _describe(graph, worst[key][1], key[1], low, high)
        for key in sorted(worst, key=lambda k: (k[1] != "", k[1], k[0], k[2]))
    ]


def _part(graph: PlanGraph, phase: int, main: bool) -> str:
    response = graph.phases[phase].response
    if response is not None:
        words = {
            Trigger.BROKEN: "response to a breach by",
            Trigger.ALARM: "response to an alarm about",
            Trigger.HOSTILE: "while the government is hostile in",
        }
        return f"{words[response[0]]} {response[1]}"
    return "" if main else "resuming after a response"


def _describe(
    graph: PlanGraph,
    each: NodeMargin,
    part: str,
    low: dict[tuple[int, int], float],
    high: dict[tuple[int, int], float],
) -> Margin:
    compiled, row = graph.compiled, int(graph.node_row[each.node])
    tables = compiled.tables
    step = graph.step_of(each.node)
    steps = graph.plan.steps
    party = compiled.scenario.parties[each.party]
    key = (each.node, each.party)
    return Margin(
        step=step + 1,
        step_id=steps[step].id if step < len(steps) else "settled",
        party=party.id,
        party_name=party.name,
        staying=each.staying,
        leaving=each.leaving,
        margin=each.margin,
        low=low.get(key, float("-inf")),
        high=high.get(key, each.margin),
        deviation=describe_deviation(
            compiled, each.party, int(graph.node_profile[each.node]), each.option
        ),
        state=compiled.layout.words(tables.states[row]),
        node=each.node,
        in_response=part,
    )


def _first_break(graph: PlanGraph, margins: list[Margin], scales: FloatArray) -> Margin | None:
    """Give the first failing margin: by step on the plan's own path, then in responses."""
    zero = dict(zip(graph.compiled.layout.parties, TOL_ZERO * scales, strict=True))
    failing = [m for m in margins if m.margin < -zero[m.party]]
    return min(failing, key=lambda m: (m.in_response != "", m.step, m.margin), default=None)
