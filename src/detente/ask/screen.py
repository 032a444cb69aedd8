"""``screen``: what each type of a party makes of a plan, and what the others should believe.

Every type replies to the plan as best it can (`detente.ask.reply`), while all others keep it, carry
out its responses, and outside it do what they would do without a deal at the numbers of the file.
Beliefs move by Bayes' rule with what everybody sees: steps kept or not, alarms.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.check import check_statements
from detente.ask.course import Course, first_departure, follow_course, steps_of_nodes
from detente.ask.judge import DEFAULT_OPENING, make_openness
from detente.ask.margins import Ends, path_values
from detente.ask.nodeal import find_no_deal
from detente.ask.reply import KEEP, Reply, best_plan_reply, values_against
from detente.ask.screen_words import screen_sentences
from detente.ask.screening import (
    Deed,
    Entering,
    Exposure,
    Interval,
    Screening,
    ScreenStep,
    TypeAnswer,
    TypeStep,
)
from detente.ask.sentences import describe_moves
from detente.ask.stepwise import StepFlow, given_up, step_flows
from detente.ask.verdict import Reading
from detente.compile.build import Compiled, compile_scenario, describe_deviation
from detente.compile.plan import PlanGraph, build_graph
from detente.errors import DetenteError, Problem, listed
from detente.library import select_party, select_plans
from detente.scenario.checks import check_values
from detente.scenario.model import PartyType, Plan, Scenario
from detente.scenario.problems import Problems
from detente.scenario.settings import apply_settings
from detente.scenario.types import shares_of, values_of
from detente.solve.evaluate import payoff_ranges

TOL_ZERO = 1e-9  # of the payoff range: gains and costs this close to zero count as zero


@dataclass(frozen=True, slots=True)
class _Known:
    """A type's reply with all that it leads to.

    ``worth`` float64 (N, P), ``without`` float64 (S, P): points per year under the reply;
    ``honest`` float64 (N,): the party's own when it keeps the plan.
    """

    kind: PartyType
    share: float
    compiled: Compiled
    graph: PlanGraph
    reply: Reply
    course: Course
    flows: tuple[StepFlow, ...]
    worth: FloatArray
    without: FloatArray
    honest: FloatArray
    signs: bool
    first: dict[int, int]  # step -> the first node of it on the own path that is met


def screen(
    scenario: Scenario,
    plan: str,
    party: str | None = None,
    reading: Reading = Reading.WRITTEN,
    settings: Sequence[str] = (),
) -> Screening:
    """Find what each type of a party would do under a plan, and what that tells the others.

    Parameters
    ----------
    scenario : with a section ``types``
    plan : a plan's id
    party : whose types; None where the scenario has types of one party only
    reading : what follows a breach, `Reading.NO_DEAL` or `Reading.WRITTEN`; what the plan leaves
        open goes the same way
    settings : ``path=value`` texts, applied here

    Raises
    ------
    DetenteError
        E390, E392 or E393 for a plan, a party or types that do not exist.
    ValueError
        For the harshest reading: which punishment is credible would depend on beliefs.
    """
    start = time.perf_counter()
    if reading is Reading.HARSHEST:
        raise ValueError("types are screened with return to no deal, or as written")
    scenario = apply_settings(scenario, list(settings)) if settings else scenario
    (chosen,) = select_plans(scenario, [plan])
    who = select_types(scenario, party)
    base = compile_scenario(scenario)
    number = base.layout.parties.index(who)
    no_deal = find_no_deal(base)
    types = scenario.types[who]
    shares = shares_of(scenario, types)
    known: list[_Known] = []
    for each, share in zip(types, shares, strict=True):
        known.append(_know(base, chosen, number, each, share, no_deal.policy, reading, known))
    others = [i for i in range(base.n_parties) if i != number]
    steps = _steps(base, chosen, number, known, others)
    answers = tuple(_answer(scenario, number, each, others) for each in known)
    entering = tuple(_entering(scenario, known, each) for each in others)
    return Screening(
        title=scenario.title,
        file=scenario.file,
        settings=tuple(settings),
        plan=chosen.id,
        plan_title=chosen.title,
        party=who,
        party_name=scenario.party(who).name,
        reading=reading,
        opening=DEFAULT_OPENING[reading],
        n_steps=len(chosen.steps),
        shares_stated=any(each.share is not None for each in types),
        types=answers,
        steps=steps,
        entering=entering,
        sentences=screen_sentences(scenario.party(who).name, chosen, answers, steps, entering),
        statements=check_statements(scenario),
        warnings=scenario.warnings,
        found=no_deal.found,
        seconds=time.perf_counter() - start,
    )


def select_types(scenario: Scenario, party: str | None) -> str:
    """Give the party whose types are to be told apart.

    Raises
    ------
    DetenteError
        E392 where it is no party, E393 where it has no types or several parties have.
    """
    having = tuple(scenario.types)
    if party is None and len(having) == 1:
        return having[0]
    who = None if party is None else select_party(scenario, party)
    if who in having:
        return str(who)
    if not having:
        message = "the scenario has no types to tell apart"
        remedy = "add a section 'types: {PARTY: {serious: , stalling: {with: {PATH: VALUE}}}}'"
    elif who is None:
        message, remedy = "several parties have types", f"name one of: {listed(having)}"
    else:
        message, remedy = f"'{who}' has no types", f"parties with types: {listed(having)}"
    raise DetenteError(Problem("E393", message, remedy=remedy))


def _know(
    base: Compiled,
    plan: Plan,
    party: int,
    kind: PartyType,
    share: float,
    no_deal: IntArray,
    reading: Reading,
    before: list[_Known],
) -> _Known:
    scenario = base.scenario.with_values(values_of(base.scenario, kind))
    found = Problems(scenario.file, scenario.text)
    check_values(scenario, found)  # a setting may have changed the type's own numbers
    found.raise_all()
    compiled = compile_scenario(scenario, base)
    graph = build_graph(compiled, plan, make_openness(reading, DEFAULT_OPENING[reading]))
    reply = best_plan_reply(graph, party, no_deal, before[-1].reply if before else None)
    pairs = [values_against(reply, i) for i in range(compiled.n_parties)]
    worth = np.stack([nodes for nodes, _ in pairs], axis=1)
    without = np.stack([states for _, states in pairs], axis=1)
    course = follow_course(reply)
    payoff = compiled.payoff[graph.node_profile, party]
    scale = float(payoff_ranges(payoff[:, None])[0])
    step = steps_of_nodes(graph)
    first: dict[int, int] = {}
    for node in course.order:
        first.setdefault(int(step[node]), node)
    return _Known(
        kind=kind,
        share=share,
        compiled=compiled,
        graph=graph,
        reply=reply,
        course=course,
        flows=tuple(each[party] for each in step_flows(compiled, plan)),
        worth=worth,
        without=without,
        honest=path_values(graph, party, payoff[:, None], Ends(without).of(graph, party))[:, 0],
        signs=bool(worth[0, party] >= without[0, party] - TOL_ZERO * scale),
        first=first,
    )


def _answer(scenario: Scenario, party: int, known: _Known, others: list[int]) -> TypeAnswer:
    openly = first_departure(known.course, known.reply, openly=True)
    departs = first_departure(known.course, known.reply, openly=False)
    at = openly if openly is not None else departs
    graph = known.graph
    return TypeAnswer(
        type=known.kind.id,
        share=known.share,
        changes=tuple(f"{path}: {each.text}" for path, each in known.kind.changes.items()),
        note=known.kind.note,
        signs=known.signs,
        honest=float(known.honest[0]),
        best=float(known.worth[0, party]),
        no_deal=float(known.without[0, party]),
        kept_openly=None if openly is None else graph.step_of(openly),
        kept=None if departs is None else graph.step_of(departs),
        departs_at=None if departs is None else graph.step_of(departs) + 1,
        departs="" if departs is None else _departure(known, party, departs),
        exposures=()
        if at is None or not known.signs
        else tuple(_expose(scenario, known, at, other) for other in others),
    )


def _departure(known: _Known, party: int, node: int) -> str:
    profile = int(known.graph.node_profile[node])
    return describe_deviation(known.compiled, party, profile, int(known.reply.profile[node]))


def _expose(scenario: Scenario, known: _Known, node: int, other: int) -> Exposure:
    each = scenario.parties[other]
    return Exposure(
        party=each.id,
        party_name=each.name,
        worth=float(known.worth[node, other]),
        never_signed=float(known.without[0, other]),
        given_up=given_up(known.compiled, int(known.graph.node_row[node]), other),
    )


def _steps(
    base: Compiled, plan: Plan, party: int, known: list[_Known], others: list[int]
) -> tuple[ScreenStep, ...]:
    words = [each.words for each in describe_moves(base, plan)]
    names = [each.id for each in plan.steps]
    if not plan.later_steps_open:
        words.append("")
        names.append("settled")
    found: list[ScreenStep] = []
    separated = not all(each.signs for each in known) and any(each.signs for each in known)
    for step, (name, moves) in enumerate(zip(names, words, strict=True)):
        types = tuple(_type_step(each, party, step) for each in known)
        present = {
            each.deed
            for each, by in zip(types, known, strict=True)
            if by.signs and each.deed is not Deed.GONE
        }
        differ = len(present) > 1
        asks = any(each.flows[step].moves for each in known) if step < len(plan.steps) else False
        found.append(
            ScreenStep(
                step=step + 1,
                step_id=name,
                words=moves,
                types=types,
                asks=asks,
                cheap=asks and all(_is_cheap(each, party, step) for each in known),
                separates=differ and not separated,
                belief=_believe(known, [each.course.arrive[step] for each in known]),
                kept=_believe(known, [each.course.kept[step] for each in known]),
                alarm=_believe(known, [each.course.alarm[step] for each in known]),
                needed=tuple(_needed(known, step, other) for other in others),
            )
        )
        separated = separated or differ
    return tuple(found)


def _type_step(known: _Known, party: int, step: int) -> TypeStep:
    flow = known.flows[step] if step < len(known.flows) else None
    cost, once = (0.0, 0.0) if flow is None else (flow.own, flow.once)
    first = known.first.get(step)
    if first is None:
        return TypeStep(known.kind.id, Deed.GONE, "", cost, once, None, None)
    here = [n for n in known.course.order if known.graph.step_of(n) == step]
    # the worst; of equals, the first that is met
    worst = max(here, key=lambda n: (bool(known.reply.seen[n]), int(known.reply.act[n])))
    act, seen = int(known.reply.act[worst]), bool(known.reply.seen[worst])
    return TypeStep(
        type=known.kind.id,
        deed=Deed.KEEPS if act == KEEP else Deed.BREAKS if seen else Deed.CHEATS,
        words="" if act == KEEP else _departure(known, party, worst),
        cost=cost,
        once=once,
        staying=float(known.honest[first]),
        best=float(known.worth[first, party]),
    )


def _is_cheap(known: _Known, party: int, step: int) -> bool:
    """Say whether a step's own moves cost a type nothing (or even please it)."""
    flow = known.flows[step]
    scale = float(payoff_ranges(known.compiled.payoff[:, [party]])[0])
    return flow.own >= -TOL_ZERO * scale and flow.once >= -TOL_ZERO * scale


def _believe(known: list[_Known], chances: Sequence[float]) -> tuple[float, ...] | None:
    """Give the belief in each type after something that it does with these chances (Bayes)."""
    if any(np.isnan(chances)):
        return None
    weights = [
        each.share * float(chance) * each.signs for each, chance in zip(known, chances, strict=True)
    ]
    total = sum(weights)
    return None if total <= 0 else tuple(weight / total for weight in weights)


def _entering(scenario: Scenario, known: list[_Known], other: int) -> Entering:
    """Compare signing with no deal for another party; a type that does not sign changes nothing."""
    gains = [
        float(each.worth[0, other] - each.without[0, other]) if each.signs else 0.0
        for each in known
    ]
    party = scenario.parties[other]
    scale = float(payoff_ranges(known[0].compiled.payoff[:, [other]])[0])
    return Entering(
        party=party.id,
        party_name=party.name,
        gains=tuple(gains),
        worth_it=_worth_it(known, [gains], TOL_ZERO * scale),
        expected=float(np.dot(gains, [each.share for each in known])),
    )


def _worth_it(known: list[_Known], gains: Sequence[Sequence[float]], tol: float) -> Interval | None:
    """Give the beliefs in the first type at which no expected gain, one a row, is negative.

    The other types keep their shares relative to each other.
    """
    rest = np.array([each.share for each in known[1:]])
    rest = rest / rest.sum() if rest.sum() > 0 else np.full(len(rest), 1 / max(1, len(rest)))
    low, high = 0.0, 1.0
    for row in gains:
        one = float(row[0])
        other = float(np.dot(rest, row[1:])) if len(rest) else one
        if one < -tol and other < -tol:
            return None
        if other < -tol:
            low = max(low, other / (other - one) if one > other else 1.0)
        elif one < -tol:
            high = min(high, other / (other - one))
    return Interval(low, high) if low <= high else None


def _needed(known: list[_Known], step: int, other: int) -> Interval | None:
    """Give the beliefs at which another party keeps a step rather than break the plan there.

    Only types that come here count.
    """
    here = [each for each in known if each.signs and step in each.first]
    if not here:
        return None
    rows = [_open_breaches(each, each.first[step], other) for each in here]
    choices = sorted(set.intersection(*(set(row) for row in rows)))
    staying = [float(each.worth[each.first[step], other]) for each in here]
    gains = [
        [stay - row[choice] for stay, row in zip(staying, rows, strict=True)] for choice in choices
    ]
    scale = float(payoff_ranges(here[0].compiled.payoff[:, [other]])[0])
    return _worth_it(here, gains, TOL_ZERO * scale)


def _open_breaches(known: _Known, node: int, other: int) -> dict[int, float]:
    """Give the worth of another party's open breaches at a node, by its choice.

    The type does there what it does; where both break at once, no deal follows.
    """
    graph, compiled = known.graph, known.compiled
    delta = float(compiled.discount[other])
    _, found, seen = compiled.options(known.reply.profile[[node]], other)
    found = found[seen]
    phase = int(graph.node_phase[node])
    if graph.ignores_breach(phase, other) or not len(found):
        return {}
    after = known.without[:, other]
    if not known.reply.seen[node]:
        kind = graph.after_breach(phase, other)
        if kind < len(graph.phases):
            nodes = graph.number[kind]
            after = np.where(nodes >= 0, known.worth[nodes, other], np.nan)
    index, source = compiled.entries_of(found)
    weighted = compiled.tables.entry_chance[index] * after[compiled.tables.entry_next[index]]
    begin = np.searchsorted(source, np.arange(len(found)))
    worth = (1 - delta) * compiled.payoff[found, other]
    worth = worth + delta * np.add.reduceat(weighted, begin)
    if np.isnan(worth).any():
        raise ValueError("a node that follows a breach is not reached")
    choices = compiled.tables.choice[found, other]
    return dict(zip(choices.tolist(), worth.tolist(), strict=True))
