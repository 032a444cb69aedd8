"""``explain``: one margin, term by term; the differences add up to it."""

from __future__ import annotations

import math

import numpy as np

from detente.ask.check import find_plan
from detente.ask.evaluate import discounted_values
from detente.ask.explanation import Explanation, TermRow
from detente.ask.judge import DEFAULT_OPENING, Judged, judge, payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.margins import path_entries
from detente.ask.nodeal import find_no_deal, policy_value_terms
from detente.ask.verdict import Margin, Reading
from detente.compile.build import Compiled, compile_scenario, describe_choice
from detente.compile.moves import Choice
from detente.compile.plan import End, Outcome
from detente.errors import DetenteError, Problem, listed, nearest
from detente.game.game import FloatArray
from detente.scenario.model import Plan, Quantity, Scenario

LUMPS = {
    End.PUNISHED: "the harshest credible punishment",
    End.OPEN_ALARM: "the best equilibrium after an alarm",
    End.OPEN_HOSTILE: "the best equilibrium under a hostile government",
    End.OPEN_LATER: "the best equilibrium once the agreed steps are done",
}


def explain(
    scenario: Scenario,
    plan: str,
    step: str,
    party: str | None = None,
    reading: Reading = Reading.NO_DEAL,
) -> Explanation:
    """Explain a party's margin at a step; the party with the smallest one where none is named.

    Parameters
    ----------
    step : a step's id, its number (from 1), or ``settled``

    Raises
    ------
    DetenteError
        E390 to E392 for a plan, step or party that is not there, or has no choice there.
    """
    found_plan = find_plan(scenario, plan)
    compiled = compile_scenario(scenario)
    knower = Knower(compiled, find_no_deal(compiled))
    scales = payoff_scales(compiled, knower.no_deal)
    judged = judge(knower, found_plan, reading, DEFAULT_OPENING[reading], scales)
    margin = _choose(scenario, found_plan, judged, _step_number(found_plan, step), party)
    number = compiled.layout.parties.index(margin.party)
    names, staying, leaving = _terms(knower, judged, margin, number)
    rows = [
        TermRow(
            name=names[c],
            part="value" if c < len(compiled.terms[number]) else "afterwards",
            staying=float(staying[c]),
            leaving=float(leaving[c]),
            place=compiled.terms[number][c].place if c < len(compiled.terms[number]) else None,
            line=_line(compiled, number, c),
            quantities=_quantities(compiled, number, c),
        )
        for c in range(len(names))
        if staying[c] != 0.0 or leaving[c] != 0.0
    ]
    node = judged.graph.nodes[margin.node]
    return Explanation(
        plan=plan,
        reading=reading,
        opening=judged.result.opening,
        margin=margin,
        prescribed=describe_choice(compiled, node.row, number, node.profile[number]),
        rows=tuple(rows),
        assumptions=_assumptions(compiled, judged, margin, number),
    )


def _step_number(plan: Plan, step: str) -> int:
    ids = [each.id for each in plan.steps]
    if step == "settled":
        return len(ids) + 1
    if step in ids:
        return ids.index(step) + 1
    if step.isdecimal() and 1 <= int(step) <= len(ids) + 1:
        return int(step)
    guess = nearest(step, [*ids, "settled"])
    hint = f"did you mean '{guess}'? " if guess else ""
    raise DetenteError(
        Problem(
            "E391",
            f"'{step}' is not a step of the plan '{plan.id}'",
            remedy=f"{hint}steps: {listed([*ids, 'settled'])}",
        )
    )


def _choose(scenario: Scenario, plan: Plan, judged: Judged, step: int, party: str | None) -> Margin:
    ids = [each.id for each in scenario.parties]
    if party is not None and party not in ids:
        guess = nearest(party, ids)
        hint = f"did you mean '{guess}'? " if guess else ""
        raise DetenteError(
            Problem("E392", f"'{party}' is not a party", remedy=f"{hint}parties: {listed(ids)}")
        )
    here = [m for m in judged.result.margins if m.step == step and not m.in_response]
    own = [m for m in here if party in (None, m.party)]
    if not own:
        who = party or "nobody"
        raise DetenteError(
            Problem(
                "E392",
                f"{who} has no choice to explain at step {step} of '{plan.id}'",
                remedy="name a step and a party that `check` shows a margin for",
            )
        )
    return min(own, key=lambda m: m.margin)


def _terms(
    knower: Knower, judged: Judged, margin: Margin, party: int
) -> tuple[list[str], FloatArray, FloatArray]:
    """Give names, staying and leaving values by term, lumps last; float64 (terms + lumps,)."""
    compiled, graph, ends = knower.compiled, judged.graph, judged.ends
    delta = float(compiled.discount[party])
    n_terms = len(compiled.terms[party])
    lumps = list(LUMPS)
    no_deal = policy_value_terms(compiled, knower.no_deal.policy, party)

    def at_end(outcomes: tuple[Outcome, ...]) -> FloatArray:
        out = np.zeros(n_terms + len(lumps))
        for target, chance in outcomes:
            if target.end is End.NO_DEAL:
                out[:n_terms] += chance * no_deal[target.row]
            elif target.end is not None:
                out[n_terms + lumps.index(target.end)] += chance * ends.value(target, party)
        return out

    rewards = np.zeros((len(graph.nodes), n_terms + len(lumps)))
    for n, node in enumerate(graph.nodes):
        rewards[n, :n_terms] = (1 - delta) * compiled.payoff_terms(node.row, node.profile, party)
        rewards[n] += delta * at_end(node.outcomes)
    values = discounted_values(*path_entries(graph), rewards, delta)
    choice = _deviation(judged, margin, party)
    profile, outcomes = graph.deviation_outcomes(margin.node, party, choice)
    row = graph.nodes[margin.node].row
    leaving = delta * at_end(outcomes)
    leaving[:n_terms] += (1 - delta) * compiled.payoff_terms(row, profile, party)
    for target, chance in outcomes:
        if target.end is None:
            leaving += delta * chance * values[target.node]
    names = [each.name for each in compiled.terms[party]] + [LUMPS[end] for end in lumps]
    return names, values[margin.node], leaving


def _deviation(judged: Judged, margin: Margin, party: int) -> Choice:
    for each in judged.margins:
        if (each.node, each.party) == (margin.node, party) and each.choice is not None:
            return each.choice
    raise ValueError("the margin has no deviation")


def _line(compiled: Compiled, party: int, column: int) -> str:
    if column >= len(compiled.terms[party]):
        return ""
    return compiled.scenario.line(compiled.terms[party][column].place).strip()


def _quantities(compiled: Compiled, party: int, column: int) -> tuple[Quantity, ...]:
    if column >= len(compiled.terms[party]):
        return ()
    paths = compiled.terms[party][column].quantities
    return tuple(compiled.scenario.quantities[path] for path in paths)


def _assumptions(compiled: Compiled, judged: Judged, margin: Margin, party: int) -> tuple[str, ...]:
    scenario = compiled.scenario
    patience = scenario.value(scenario.parties[party].patience)
    months = compiled.mover.clock_years * 12
    period = f"{months:g} months" if not math.isclose(months, 12) else "a year"
    out = [
        f"one period is {period}; {margin.party_name} values a payoff one year later at"
        f" {patience:.4g} of its worth today ({compiled.discount[party]:.4g} one period later)",
        f"at this step: {margin.state}",
        f"a breach is followed by: {judged.result.reading.words}",
        f"where the plan leaves its path open (an alarm, a hostile government, later steps):"
        f" {judged.result.opening.words}",
        "values are discounted averages in points per year; everyone expects the plan to go on",
    ]
    for each in scenario.inspections:
        if any(
            scenario.ladder(w).holders and margin.party in scenario.ladder(w).holders
            for w in each.watches
        ):
            caught = compiled.mover.alarm_chance(
                compiled.states[judged.graph.nodes[margin.node].row], party, True
            )
            false = compiled.mover.alarm_chance(
                compiled.states[judged.graph.nodes[margin.node].row], party, False
            )
            if caught or false:
                out.append(
                    f"an alarm about it follows within a period with {caught:.3g} if it cheats,"
                    f" {false:.3g} if it does not"
                )
            break
    return tuple(out)
