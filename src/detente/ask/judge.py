"""The verdict on a plan under one reading of a breach and one of what it leaves open."""

from __future__ import annotations

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
from detente.ask.margins import Ends, NodeMargin, NodeMargins, node_margins, node_values
from detente.ask.nodeal import NoDealPolicy
from detente.ask.verdict import Answer, Margin, Opening, Reading, ReadingResult
from detente.compile.build import Compiled, describe_deviation
from detente.compile.plan import End, Openness, PlanGraph
from detente.scenario.model import Plan, Trigger
from detente.solve.dispatch import MOST_PARTIES
from detente.solve.evaluate import payoff_ranges
from detente.solve.solution import Status

TOL_ZERO = 1e-9  # of the payoff range: a margin this close to zero counts as zero
TOL_TIE = 1e-11  # of the payoff range: margins this close to each other count as equal

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
    margins: NodeMargins
    shown: Forgiving | None = None


@dataclass(frozen=True, slots=True)
class _Evaluation:
    """Margins at every node under one set of ends.

    ``least``: margins when the payoffs chosen at open outcomes are off by as much as they may be.
    ``excluded``: no choice at the open outcomes helps.
    """

    margins: NodeMargins
    least: NodeMargins
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


def openings_that_differ(knower: Knower, plan: Plan, reading: Reading) -> tuple[Opening, ...]:
    """Give the openings worth telling apart, the reading's default first."""
    default = DEFAULT_OPENING[reading]
    graph = knower.graph(plan, make_openness(Reading.NO_DEAL, Opening.BEST))
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
    ends = judged.graph.ends
    if reading is Reading.HARSHEST:
        ends = ends[: judged.graph.n_path_ends]  # the others were met in other readings
    rests_on_no_deal = any(end is End.NO_DEAL for end, _ in ends)
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
    graph = knower.graph(plan, make_openness(reading, opening))
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
    can_solve = knower.compiled.n_parties <= MOST_PARTIES
    if judged.result.answer is Answer.UNDECIDED and can_solve and not knower.has_sets:
        if knower.time_limit == 0:
            return _say_no_time(judged, knower.sets())
        judged = _judge_between(graph, knower, knower.sets(), reading, opening, scales)
        if judged.result.answer is Answer.UNDECIDED and reading is Reading.HARSHEST:
            return _judge_merged(knower, judged)
    return judged


def _say_no_time(judged: Judged, knowledge: Knowledge) -> Judged:
    """Say of a verdict that needs the payoff sets that there was no time for them."""
    result = replace(judged.result, status=knowledge.status, by=knowledge.by)
    return replace(judged, result=result)


def _judge_merged(knower: Knower, judged: Judged) -> Judged:
    """Decide by the sets of the plan's own nodes, where the margins alone did not."""
    if judged.result.opening is not Opening.BEST:
        return judged
    first = knower.node_set(judged.graph)
    if first is None:
        return judged
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
        worst = float(found.margins.in_units(scales).min(initial=np.inf))
        if best is None or worst > best[0]:
            best = worst, found
    if best is None or best[0] < -TOL_ZERO:
        return None
    found = best[1]
    knower.exhibit(graph.node_row[found.reached], found.values[found.reached])
    shown = _Evaluation(found.margins, found.margins, found.values, found.ends)
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
    if fails_before_breaches(knower, plan, scales):
        return False
    second = judge(knower, plan, Reading.WRITTEN, Opening.WRITTEN, scales)
    return second.result.answer is Answer.HOLDS


def fails_before_breaches(knower: Knower, plan: Plan, scales: FloatArray) -> bool:
    """Say whether the plan as written fails by a margin that no response to a breach enters.

    That is hidden cheating anywhere on the path, with what is written after alarms and under
    hostile governments, and breaches to which no deal follows. It takes a small part of the nodes.
    """
    graph = knower.graph(plan, Openness(written_breach=False, written_open=True, best_open=False))
    ends = Ends(knower.no_deal.values)
    own = np.array([phase.response is None for phase in graph.phases])[graph.node_phase]
    answered = np.zeros((graph.n_nodes, knower.compiled.n_parties), dtype=np.bool_)
    for party, name in enumerate(knower.compiled.layout.parties):
        if (Trigger.BROKEN, name) in plan.responses:
            answered[own, party] = True
    found = node_margins(graph, node_values(graph, ends), ends, answered)
    return bool((found.in_units(scales) < -TOL_ZERO).any())


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


def surely_holds(
    graph: PlanGraph, knower: Knower, knowledge: Knowledge, reading: Reading, scales: FloatArray
) -> bool:
    """Say whether the plan holds with what is surely credible."""
    sure = _evaluate(graph, knower, knowledge, reading, scales, sure=True)
    return sure is not None and _all_hold(sure, scales)


def _all_hold(sure: _Evaluation, scales: FloatArray) -> bool:
    zero = -TOL_ZERO * scales
    return bool((sure.least.margin >= zero[sure.least.party]).all())


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
    none = np.zeros(0, dtype=np.int64)
    margins = NodeMargins(none, none, np.zeros(0), np.zeros(0), none)
    return Judged(result, graph, ends, node_values(graph, ends), margins)


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


def _least_margins(graph: PlanGraph, ends: Ends, error: float) -> NodeMargins:
    """Give the margins when every payoff at an open outcome may be off by ``error``."""
    opened = ends.opened or {}
    low = Ends(ends.no_deal, ends.punished, {c: v - error for c, v in opened.items()})
    high = Ends(ends.no_deal, ends.punished, {c: v + error for c, v in opened.items()})
    staying = node_values(graph, low)
    found = node_margins(graph, node_values(graph, high), high)
    return replace(found, staying=staying[found.node, found.party])


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
    zero = -TOL_ZERO * scales
    holds = sure is not None and _all_hold(sure, scales)
    fails = bool((most.margins.margin < zero[most.margins.party]).any())
    if fails and len(graph.open_codes()) and not most.excluded:
        fails = False  # another choice of continuations, varying over time, is not excluded
    answer = Answer.HOLDS if holds else Answer.FAILS if fails else Answer.UNDECIDED
    shown = sure if holds and sure is not None else most
    low = np.full((graph.n_nodes, len(scales)), -np.inf)
    if sure is not None:
        low[sure.least.node, sure.least.party] = sure.least.margin
    high = np.full((graph.n_nodes, len(scales)), np.nan)
    high[most.margins.node, most.margins.party] = most.margins.margin
    margins = _worst_per_step(graph, shown.margins, low, high, scales)
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
    return Judged(result, graph, shown.ends, shown.values, shown.margins)


def _worst_per_step(
    graph: PlanGraph, margins: NodeMargins, low: FloatArray, high: FloatArray, scales: FloatArray
) -> list[Margin]:
    """Keep the worst node of every step, party and written response.

    ``low`` and ``high``, float64 (N, P), bound the margins; nan where nothing is known.
    """
    phase, main = graph.node_phase[margins.node], own_path(graph)[margins.node]
    places: dict[tuple[int, str], int] = {}
    group = np.zeros((len(graph.phases), 2), dtype=np.int64)
    for code in np.unique(phase * 2 + main).tolist():
        where = code // 2, bool(code % 2)
        key = graph.step_of_phase(where[0]), _part(graph, *where)
        group[code // 2, code % 2] = places.setdefault(key, len(places))
    n_parties = low.shape[1]
    owner = group[phase, main.astype(np.int64)] * n_parties + margins.party
    least = np.full((len(places) + 1) * n_parties, np.inf)
    np.minimum.at(least, owner, margins.margin)
    # of equally bad nodes take the first, whatever rounding says
    worst = np.flatnonzero(margins.margin <= least[owner] + TOL_TIE * scales[margins.party])
    worst = worst[np.unique(owner[worst], return_index=True)[1]]
    names = [part for _, part in places]
    found = [(margins[w], names[int(owner[w]) // n_parties]) for w in worst.tolist()]
    found.sort(key=lambda f: (f[1] != "", f[1], graph.step_of(f[0].node), f[0].party))
    return [_describe(graph, each, part, low, high) for each, part in found]


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
    low: FloatArray,
    high: FloatArray,
) -> Margin:
    compiled, row = graph.compiled, int(graph.node_row[each.node])
    tables = compiled.tables
    step = graph.step_of(each.node)
    steps = graph.plan.steps
    party = compiled.scenario.parties[each.party]
    most = float(high[each.node, each.party])
    return Margin(
        step=step + 1,
        step_id=steps[step].id if step < len(steps) else "settled",
        party=party.id,
        party_name=party.name,
        staying=each.staying,
        leaving=each.leaving,
        margin=each.margin,
        low=float(low[each.node, each.party]),
        high=each.margin if np.isnan(most) else most,
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
