"""``explain``: one margin, term by term; the differences add up to it."""

from __future__ import annotations

import math

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.explanation import Explanation, TermRow
from detente.ask.forgiving import automaton_values, cheating_values
from detente.ask.judge import DEFAULT_OPENING, Judged, judge, payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.margins import (
    EndValues,
    NodeMargin,
    hidden_values,
    path_values,
    values_by_row,
)
from detente.ask.nodeal import find_no_deal, policy_value_terms
from detente.ask.verdict import Margin, Reading
from detente.compile.build import Compiled, compile_scenario, describe_choice
from detente.compile.plan import End, PlanGraph
from detente.errors import DetenteError, Problem
from detente.library import select_party, select_plans, select_step
from detente.scenario.model import Plan, Quantity, Scenario

PUNISHED = "the harshest credible punishment"
LUMPS = {
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
    (found_plan,) = select_plans(scenario, [plan])
    number = select_step(found_plan, step)
    party = None if party is None else select_party(scenario, party)
    compiled = compile_scenario(scenario)
    knower = Knower(compiled, find_no_deal(compiled))
    scales = payoff_scales(compiled, knower.no_deal)
    judged = judge(knower, found_plan, reading, DEFAULT_OPENING[reading], scales)
    margin = _choose(found_plan, judged, number, party)
    who = compiled.layout.parties.index(margin.party)
    names, staying, leaving = _terms(knower, judged, margin, who)
    rows = [
        TermRow(
            name=names[c],
            part="value" if c < len(compiled.terms[who]) else "afterwards",
            staying=float(staying[c]),
            leaving=float(leaving[c]),
            place=compiled.terms[who][c].place if c < len(compiled.terms[who]) else None,
            line=_line(compiled, who, c),
            quantities=_quantities(compiled, who, c),
        )
        for c in range(len(names))
        if staying[c] != 0.0 or leaving[c] != 0.0
    ]
    graph = judged.graph
    row = int(graph.node_row[margin.node])
    own = compiled.tables.choice[graph.node_profile[margin.node], who]
    return Explanation(
        plan=plan,
        reading=reading,
        opening=judged.result.opening,
        margin=margin,
        prescribed=describe_choice(compiled, row, who, compiled.choices(row, who)[own]),
        rows=tuple(rows),
        assumptions=_assumptions(compiled, judged, margin, who),
    )


def _choose(plan: Plan, judged: Judged, step: int, party: str | None) -> Margin:
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
    compiled, graph = knower.compiled, judged.graph
    n_terms = len(compiled.terms[party])
    width = n_terms + len(LUMPS) + 1
    ends = _end_terms(knower, judged, party, width)

    def rewards(profiles: IntArray) -> FloatArray:
        out = np.zeros((len(profiles), width))
        out[:, :n_terms] = compiled.payoff_terms(party, profiles)
        return out

    shown, no_deal = judged.shown, policy_value_terms(compiled, knower.no_deal.policy, party)
    no_deal = np.pad(no_deal, ((0, 0), (0, width - n_terms)))
    keeping = rewards(graph.node_profile)
    if shown is None:
        values = path_values(graph, party, keeping, ends)
    else:
        values = automaton_values(graph, party, keeping, no_deal, ends, shown.ending, shown.cut)
    option = np.array([_deviation(judged, margin, party).option])
    nodes = np.array([margin.node])
    _, found, visible = compiled.options(graph.node_profile[nodes], party)
    ignored = graph.ignores_breach(int(graph.node_phase[margin.node]), party)
    if visible[found == option[0]][0] and not ignored:
        delta = float(compiled.discount[party])
        after = _breach_terms(judged, margin, party, values, ends)
        leaving = (1 - delta) * rewards(option)[0] + delta * compiled.expect(after, option)[0]
    elif shown is None:
        leaving = hidden_values(
            graph, party, margin.node, int(option[0]), rewards(option)[0], values, ends
        )
    else:
        on = values_by_row(
            graph, graph.when_quiet(int(graph.node_phase[margin.node])), values, ends
        )
        leaving = cheating_values(
            shown, margin.node, party, rewards(option)[0], compiled.expect(on, option)[0],
            compiled.expect(no_deal, option)[0],
        )  # fmt: skip
    names = [each.name for each in compiled.terms[party]] + [*LUMPS.values(), PUNISHED]
    return names, values[margin.node], leaving


def _end_terms(knower: Knower, judged: Judged, party: int, width: int) -> EndValues:
    """Give values at ends by term; what no single path gives stands in columns of its own."""
    graph, lumps = judged.graph, list(LUMPS)
    n_terms = len(knower.compiled.terms[party])
    no_deal = policy_value_terms(knower.compiled, knower.no_deal.policy, party)

    def values(codes: IntArray) -> FloatArray:
        out = np.zeros((len(codes), width))
        for place, code in enumerate(codes):
            end, _, row = graph.end_of(int(code))
            if end is End.NO_DEAL:
                out[place, :n_terms] = no_deal[row]
            elif judged.ends.opened is not None:
                out[place, n_terms + lumps.index(end)] = judged.ends.opened[int(code)][party]
        return out

    return values


def _breach_terms(
    judged: Judged, margin: Margin, party: int, values: FloatArray, ends: EndValues
) -> FloatArray:
    """Give by term what a visible breach leads to, by next base state: float64 (S, width)."""
    graph: PlanGraph = judged.graph
    phase = int(graph.node_phase[margin.node])
    n_states = graph.compiled.n_states
    if judged.ends.punished is not None:
        out = np.zeros((n_states, values.shape[1]))
        out[:, -1] = judged.ends.punished[:, party]
        return out
    codes = graph.after_breach(phase, party) * n_states + np.arange(n_states)
    return values_by_row(graph, codes, values, ends)


def _deviation(judged: Judged, margin: Margin, party: int) -> NodeMargin:
    for each in judged.margins:
        if (each.node, each.party) == (margin.node, party):
            return each
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
    row = int(judged.graph.node_row[margin.node])
    patience = scenario.value(scenario.parties[party].patience)
    months = compiled.mover.clock_years * 12
    period = "a year" if math.isclose(months, 12) else f"{months:.4g} months"
    period = "a month" if math.isclose(months, 1) else period
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
            caught = compiled.mover.alarm_chance(compiled.tables.states[row], party, True)
            false = compiled.mover.alarm_chance(compiled.tables.states[row], party, False)
            if caught or false:
                out.append(
                    f"an alarm about it follows within a period with a chance of {caught:.1%} if it"
                    f" cheats, {false:.1%} if it does not"
                )
            break
    return tuple(out)
