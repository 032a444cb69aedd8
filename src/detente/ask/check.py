"""``check``: whether each party would want to keep each plan at every step."""

from __future__ import annotations

import time
from collections.abc import Sequence

from detente.arrays import FloatArray
from detente.ask.judge import (
    DEFAULT_OPENING,
    Judged,
    holds_without_threats,
    judge,
    judge_forgiving,
    openings_that_differ,
    payoff_scales,
)
from detente.ask.knowledge import Knower
from detente.ask.nodeal import (
    NoDealPolicy,
    describe_no_deal,
    find_no_deal,
    free_concessions,
)
from detente.ask.picture import draw_payoffs
from detente.ask.sentences import add_reasons, describe_moves, sum_up
from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    NoDeal,
    Opening,
    Reading,
    Sizes,
    StatementResult,
    Verdict,
    overall_answer,
)
from detente.compile.build import Compiled, compile_scenario
from detente.library import select_plans
from detente.scenario.model import MustHold, Plan, Scenario
from detente.scenario.settings import apply_settings

ALL_READINGS = (Reading.NO_DEAL, Reading.WRITTEN, Reading.HARSHEST)


def check(
    scenario: Scenario,
    plans: Sequence[str] | None = None,
    readings: Sequence[Reading] | None = None,
    settings: Sequence[str] = (),
    *,
    picture: bool = False,
    time_limit: float | None = 60.0,
) -> Check:
    """Judge plans of a scenario, mildest reading first.

    Parameters
    ----------
    scenario : as read; ``settings`` already applied are named there only for the record
    plans : ids of plans; all where None
    readings : readings of a breach; all where None
    settings : ``path=value`` texts, applied here
    picture : also compute the payoff sets and polygons that the report draws
    time_limit : seconds for the payoff sets where a verdict needs them; None for no limit, 0 to
        compute none (what needs them is then undecided)

    Raises
    ------
    DetenteError
        for a plan that does not exist, a setting that does not fit, a game that is too large.
    """
    return check_knowing(
        scenario, plans, readings, settings, picture=picture, time_limit=time_limit
    )[0]


def check_knowing(
    scenario: Scenario,
    plans: Sequence[str] | None = None,
    readings: Sequence[Reading] | None = None,
    settings: Sequence[str] = (),
    *,
    picture: bool = False,
    time_limit: float | None = 60.0,
) -> tuple[Check, Knower]:
    """Judge plans as `check` does; give also what was found out on the way, for proofs."""
    start = time.perf_counter()
    scenario = apply_settings(scenario, list(settings)) if settings else scenario
    chosen = select_plans(scenario, plans or ())
    asked = tuple(r for r in ALL_READINGS if readings is None or r in readings)
    compiled = compile_scenario(scenario)
    no_deal = find_no_deal(compiled)
    knower = Knower(compiled, no_deal, time_limit)
    scales = payoff_scales(compiled, no_deal)
    verdicts = tuple(judge_plan(knower, plan, asked, scales) for plan in chosen)
    drawn = draw_payoffs(knower, verdicts) if picture and compiled.n_parties == 2 else None
    answer = Check(
        title=scenario.title,
        file=scenario.file,
        parties=tuple(p.id for p in scenario.parties),
        party_names=tuple(p.name for p in scenario.parties),
        scales=tuple(scenario.payoffs[p.id].scale for p in scenario.parties),
        settings=tuple(settings),
        no_deal=NoDeal(
            words=describe_no_deal(compiled, no_deal),
            values=no_deal.values[0],
            found=no_deal.found,
            several=bool(no_deal.others),
            warnings=_no_deal_warnings(no_deal),
        ),
        verdicts=verdicts,
        statements=_check_statements(compiled),
        warnings=(*scenario.warnings, *free_concessions(compiled, no_deal)),
        sizes=Sizes(compiled.n_states, compiled.n_profiles, len(compiled.tables.entry_next)),
        seconds=time.perf_counter() - start,
        picture=drawn,
    )
    return answer, knower


def _no_deal_warnings(no_deal: NoDealPolicy) -> tuple[str, ...]:
    nothing = "its last round is used, and no verdict that rests on it is proven"
    if no_deal.none_over:
        return (
            "the search for what happens without a deal went round in circles, and no way to move"
            f" {' and '.join(no_deal.none_over)} is stable unless somebody mixes at random;"
            f" {nothing}",
        )
    if not no_deal.found:
        return (
            "the search for what happens without a deal went round in circles; whether any way to"
            f" behave is stable is not known; {nothing}: state `no_deal` in the file to try another"
            " starting point",
        )
    if no_deal.others:
        return (
            "more than one way to behave without a deal is stable; the one found from `everybody"
            " holds` is used: state `no_deal` in the file to choose",
        )
    return ()


def judge_plan(
    knower: Knower, plan: Plan, asked: tuple[Reading, ...], scales: FloatArray
) -> Verdict:
    """Judge a plan under the readings asked for, with all that it may leave open."""
    judged: list[Judged] = []
    later: list[tuple[Reading, Judged]] = []
    for reading in asked:
        openings = openings_that_differ(knower, plan, reading)
        judged.append(judge(knower, plan, reading, openings[0], scales))
        for opening in openings[1:]:
            if opening is Opening.BEST and not knower.has_sets:
                other = judge_forgiving(knower, plan, reading, scales)
            else:
                other = judge(knower, plan, reading, opening, scales)
            if other is not None:
                later.append((reading, other))
    results = [each.result for each in judged]
    for reading, other in later:
        main = next(r for r in results if r.reading is reading)
        if other.result.answer is not main.answer or other.result.carries_to != main.carries_to:
            results.append(other.result)
    results.sort(
        key=lambda r: (ALL_READINGS.index(r.reading), r.opening is not DEFAULT_OPENING[r.reading])
    )
    mildest = next((j.result.reading for j in judged if j.result.answer is Answer.HOLDS), None)
    answer = overall_answer([each.result.answer for each in judged])
    entries = _entries(knower, plan, judged[0])
    return Verdict(
        plan=plan.id,
        title=plan.title,
        answer=answer,
        mildest=mildest,
        results=tuple(results),
        entries=entries,
        moves=describe_moves(knower.compiled, plan),
        sentence=sum_up(knower.compiled.scenario, plan, tuple(results), asked),
        reasons=add_reasons(knower, plan, tuple(results), entries),
        n_nodes=judged[0].graph.n_nodes,
        exit_code=_exit_code(answer, mildest, asked),
    )


def _exit_code(answer: Answer, mildest: Reading | None, asked: tuple[Reading, ...]) -> int:
    if answer is Answer.UNDECIDED:
        return 3
    if answer is Answer.FAILS:
        return 1
    return 1 if mildest is Reading.HARSHEST and len(asked) > 1 else 0


def _entries(knower: Knower, plan: Plan, judged: Judged) -> tuple[Entry, ...]:
    """Compare the plan's value with no deal, at the first node of every step."""
    compiled, graph = knower.compiled, judged.graph
    first: dict[int, int] = {}
    for n in range(graph.n_nodes):
        if graph.phases[graph.node_phase[n]].response is None:
            first.setdefault(graph.step_of(n), n)
    found = []
    for step, n in sorted(first.items()):
        step_id = plan.steps[step].id if step < len(plan.steps) else "settled"
        for party in range(compiled.n_parties):
            each = compiled.scenario.parties[party]
            without = float(knower.no_deal.values[graph.node_row[n], party])
            worth = float(judged.values[n, party])
            found.append(Entry(step + 1, step_id, each.id, each.name, worth, without))
    return tuple(found)


def check_statements(scenario: Scenario) -> tuple[StatementResult, ...]:
    """Judge what the analyst is sure of (`must_hold`), at the values in force."""
    return _check_statements(compile_scenario(scenario))


def _check_statements(compiled: Compiled) -> tuple[StatementResult, ...]:
    """Judge the scenario's statements; those with the same conditions share what is known."""
    known: dict[tuple[tuple[str, str], ...], Knower] = {}
    found = []
    for each in compiled.scenario.must_hold:
        conditions = tuple(each.when.items())
        if conditions not in known:
            changed = apply_settings(compiled.scenario, [f"{p}={v}" for p, v in conditions])
            other = compile_scenario(changed, compiled)
            known[conditions] = Knower(other, find_no_deal(other))
        found.append(_check_statement(known[conditions], each))
    return tuple(found)


def _check_statement(knower: Knower, statement: MustHold) -> StatementResult:
    """Judge a statement under the readings that need no threats beyond the written ones."""
    scales = payoff_scales(knower.compiled, knower.no_deal)
    (plan,) = select_plans(knower.compiled.scenario, [statement.plan])
    found = "holds" if holds_without_threats(knower, plan, scales) else "fails"
    conditions = " and ".join(f"{path} is {value}" for path, value in statement.when.items())
    words = f"{statement.plan} {statement.verdict}" + (f" when {conditions}" if conditions else "")
    return StatementResult(
        words=words,
        because=statement.because,
        expected=statement.verdict,
        found=found if knower.no_deal.found else "undecided",
        place=statement.place,
    )
