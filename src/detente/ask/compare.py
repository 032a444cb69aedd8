"""``compare``: plans of a scenario, or of several, side by side and step by step."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.check import ALL_READINGS, check_knowing
from detente.ask.compare_words import compare_sentences
from detente.ask.comparison import (
    ComparedPlan,
    ComparedStep,
    Comparison,
    FileStatements,
    LeftOver,
    PartyStep,
)
from detente.ask.course import steps_of_nodes
from detente.ask.differences import find_differences
from detente.ask.judge import DEFAULT_OPENING, make_openness
from detente.ask.knowledge import Knower
from detente.ask.margins import Ends, best_visible, breach_values, node_values
from detente.ask.stepwise import GivenUp, StepFlow, given_up, step_flows
from detente.ask.timing import step_beginnings, time_to_goal
from detente.ask.verdict import Answer, Check, Reading, Verdict
from detente.compile.plan import PlanGraph
from detente.errors import DetenteError, Problem, listed
from detente.library import name_file, select_plans
from detente.scenario.model import Plan, Scenario
from detente.scenario.settings import apply_settings
from detente.solve.dispatch import MOST_PARTIES
from detente.solve.evaluate import payoff_ranges

EXACT = 1e-3  # of the payoff range: bounds this close are called the same


def compare(
    scenarios: Sequence[Scenario],
    plans: Sequence[str] = (),
    readings: Sequence[Reading] | None = None,
    settings: Sequence[str] = (),
    *,
    time_limit: float | None = 60.0,
    sets_seconds: float = 0.0,
) -> Comparison:
    """Compare plans of one scenario, or of several.

    Parameters
    ----------
    scenarios : at least one, all with the same parties
    plans : ids of plans, each in at least one scenario; all plans where empty
    readings : readings of a breach; all where None. Margins are those of the mildest
    settings : ``path=value`` texts, applied here to every scenario
    time_limit : seconds for payoff sets where a verdict needs them; None for no limit
    sets_seconds : seconds for payoff sets where only the best outcome needs them; with 0 that is
        known within the bounds that are there anyway

    Raises
    ------
    DetenteError
        E390 for a plan that no scenario has, E397 for scenarios without the same parties.
    """
    start = time.perf_counter()
    if settings:
        scenarios = [apply_settings(each, list(settings)) for each in scenarios]
    _refuse_strangers(scenarios)
    chosen = _choose(scenarios, plans)
    asked = tuple(r for r in ALL_READINGS if readings is None or r in readings)
    compared: list[ComparedPlan] = []
    checks: list[Check] = []
    names = _names(scenarios)
    for scenario, ids, name in zip(scenarios, chosen, names, strict=True):
        answer, knower = check_knowing(scenario, ids, asked, time_limit=time_limit)
        checks.append(answer)
        if sets_seconds > 0 and knower.compiled.n_parties <= MOST_PARTIES:
            knower.sets(sets_seconds)
        for plan, verdict in zip(ids, answer.verdicts, strict=True):
            label = f"{name}: {plan}" if name else plan
            compared.append(_compare_plan(knower, scenario.plan(plan), verdict, asked[0], label))
    first = scenarios[0]
    return Comparison(
        titles=tuple(each.title for each in scenarios),
        files=tuple(each.file for each in scenarios),
        settings=tuple(settings),
        parties=tuple(each.id for each in first.parties),
        party_names=tuple(each.name for each in first.parties),
        plans=tuple(compared),
        differences=find_differences(scenarios),
        sentences=compare_sentences(tuple(each.name for each in first.parties), compared),
        statements=tuple(FileStatements(each.file, each.statements) for each in checks),
        warnings=tuple(
            dict.fromkeys(w for c in checks for w in (*c.no_deal.warnings, *c.warnings))
        ),
        found=all(each.no_deal.found for each in checks),
        seconds=time.perf_counter() - start,
    )


def _refuse_strangers(scenarios: Sequence[Scenario]) -> None:
    known = {each.id for each in scenarios[0].parties}
    for scenario in scenarios[1:]:
        here = {each.id for each in scenario.parties}
        if here != known:
            raise DetenteError(
                Problem(
                    "E397",
                    f"{scenario.file} has the parties {listed(sorted(here))}, and"
                    f" {scenarios[0].file} {listed(sorted(known))}",
                    remedy="compare scenarios of the same parties, named alike",
                )
            )


def _choose(scenarios: Sequence[Scenario], plans: Sequence[str]) -> list[tuple[str, ...]]:
    """Give the plans to compare, by scenario."""
    known = {plan.id for scenario in scenarios for plan in scenario.plans}
    if any(each not in known for each in plans):
        select_plans(scenarios[0], [each for each in plans if each not in known])
    return [
        tuple(
            each
            for each in (dict.fromkeys(plans) if plans else (p.id for p in scenario.plans))
            if any(p.id == each for p in scenario.plans)
        )
        for scenario in scenarios
    ]


def _names(scenarios: Sequence[Scenario]) -> list[str]:
    """Give short names of files that tell them apart; empty for a file alone."""
    if len(scenarios) == 1:
        return [""]
    short = [name_file(each.file).rpartition("/")[2] for each in scenarios]
    return short if len(set(short)) == len(short) else [each.file for each in scenarios]


def _compare_plan(
    knower: Knower, plan: Plan, verdict: Verdict, reading: Reading, name: str
) -> ComparedPlan:
    holding = next((each for each in verdict.results if each.answer is Answer.HOLDS), None)
    return ComparedPlan(
        name=name,
        file=knower.compiled.scenario.file,
        plan=plan.id,
        title=plan.title,
        verdict=verdict,
        needs=None if holding is None else holding.reading,
        opening=None if holding is None else holding.opening,
        steps=_steps(knower, plan, verdict, reading),
        times=time_to_goal(knower, plan),
        left=_left_over(knower, verdict),
    )


def _steps(
    knower: Knower, plan: Plan, verdict: Verdict, reading: Reading
) -> tuple[ComparedStep, ...]:
    # a harshest response differs by what is known of it: walking away is then read as mildly as can
    mild = Reading.NO_DEAL if reading is Reading.HARSHEST else reading
    graph = knower.graph(plan, make_openness(mild, DEFAULT_OPENING[mild]))
    ends = Ends(knower.no_deal.values)
    values = node_values(graph, ends)
    leaving = [
        best_visible(graph, i, values[:, [i]], ends)[1] for i in range(knower.compiled.n_parties)
    ]
    flows = step_flows(knower.compiled, plan)
    begins = step_beginnings(knower, plan)
    words = {each.step: each.words for each in verdict.moves}
    names = [each.id for each in plan.steps] + ([] if plan.later_steps_open else ["settled"])
    step, own = steps_of_nodes(graph), _own(graph)
    found = []
    for number, name in enumerate(names):
        first = int(np.flatnonzero((step == number) & own)[0])
        flow = flows[number] if number < len(flows) else None
        parties = tuple(
            _party_step(
                knower, verdict, number, party, None if flow is None else flow[party],
                given_up(knower.compiled, int(graph.node_row[first]), party),
                _if_broken(graph, values, ends, leaving, first, party),
            )
            for party in range(knower.compiled.n_parties)
        )  # fmt: skip
        found.append(
            ComparedStep(number + 1, name, words.get(number + 1, ""), begins[number], parties)
        )
    return tuple(found)


def _own(graph: PlanGraph) -> BoolArray:
    return np.array([each.response is None for each in graph.phases])[graph.node_phase]


def _party_step(
    knower: Knower,
    verdict: Verdict,
    step: int,
    party: int,
    flow: StepFlow | None,
    given: tuple[GivenUp, ...],
    broken: float | None,
) -> PartyStep:
    who = knower.compiled.scenario.parties[party].id
    entry = next(e for e in verdict.entries if e.step == step + 1 and e.party == who)
    margins = [
        each.margin
        for each in verdict.results[0].margins
        if each.step == step + 1 and each.party == who and not each.in_response
    ]
    return PartyStep(
        party=who,
        flow=None if flow is None else flow.after,
        change=None if flow is None else flow.change,
        own=None if flow is None else flow.own,
        plan=entry.plan,
        no_deal=entry.no_deal,
        margin=min(margins, default=None),
        given_up=given,
        if_broken=broken,
        never_signed=float(knower.no_deal.values[0, party]),
    )


def _if_broken(
    graph: PlanGraph,
    values: FloatArray,
    ends: Ends,
    leaving: list[IntArray],
    node: int,
    party: int,
) -> float | None:
    """Give what a party gets when another walks away at a node, the worst of them for it."""
    compiled = graph.compiled
    delta = float(compiled.discount[party])
    phase = int(graph.node_phase[node])
    worst: float | None = None
    for other in range(compiled.n_parties):
        option = int(leaving[other][node])
        if other == party or option < 0 or graph.ignores_breach(phase, other):
            continue
        kind = graph.after_breach(phase, other)
        after = breach_values(graph, kind, party, values[:, [party]], ends)
        index, _ = compiled.entries_of(np.array([option]))
        follow = compiled.tables.entry_chance[index] @ after[compiled.tables.entry_next[index]]
        worth = float((1 - delta) * compiled.payoff[option, party] + delta * follow)
        worst = worth if worst is None else min(worst, worth)
    return worst


def _left_over(knower: Knower, verdict: Verdict) -> tuple[LeftOver, ...]:
    """Compare a plan's worth today with the best that any equilibrium gives each party."""
    known = knower.sets() if knower.has_sets else knower.cheap()
    shown = [known.inner[0].reshape(-1, knower.compiled.n_parties), *knower.exhibits.get(0, [])]
    inside = np.vstack(shown)
    outside = known.outer[0].max(axis=0) + known.error if len(known.outer[0]) else None
    scales = payoff_ranges(knower.compiled.payoff)
    found = []
    for party, each in enumerate(knower.compiled.scenario.parties):
        entry = next(e for e in verdict.entries if e.step == 1 and e.party == each.id)
        low = float(inside[:, party].max()) if len(inside) else None
        high = float("-inf") if outside is None else float(outside[party])
        low = None if low is None else min(low, high)
        exact = low is not None and high - low <= EXACT * float(scales[party])
        by = known.by if known.status.is_answer else f"{known.by}: {known.status.words}"
        found.append(LeftOver(each.id, entry.plan, low, high, by, exact))
    return tuple(found)
