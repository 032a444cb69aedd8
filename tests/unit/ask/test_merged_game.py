"""Harshest credible, from outside: a plan's phases as states of one game with the base game.

A node of the plan is a state in which only the prescribed profile may be prescribed; what leaves
the plan leads to ordinary states. The plan holds under the harshest reading, with the best
equilibrium where its path is open, iff the first node has an equilibrium.
"""

from __future__ import annotations

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.judge import make_openness
from detente.ask.verdict import Answer, Opening, Reading
from detente.compile.build import build_game, compile_scenario
from detente.compile.plan import END_BASE, build_graph
from detente.game.files import document_from_game, game_from_document
from detente.scenario.reading import read_scenario_text
from detente.solve.options import Options
from detente.solve.twoparty import solve
from reference.scenarios import INSPECTED, TURNOVER, WAY_BACK


def merge(compiled, plan):
    """The base game and the plan's nodes as one game document; node n is state S + n."""
    graph = build_graph(compiled, plan, make_openness(Reading.HARSHEST, Opening.BEST))
    document = document_from_game(build_game(compiled))
    document["states"] += [node_state(compiled, graph, n) for n in range(graph.n_nodes)]
    return document


def node_state(compiled, graph, n):
    tables, row = compiled.tables, int(graph.node_row[n])
    phase, prescribed = int(graph.node_phase[n]), int(graph.node_profile[n])
    shape = tuple(tables.n_choices[row])
    chances, allowed = {}, {}
    for local in range(int(np.prod(shape))):
        a = int(tables.profile_start[row]) + local
        where = np.unravel_index(local, shape)
        allowed[where] = a == prescribed
        chances[where] = outcomes(compiled, graph, phase, prescribed, a)
    labels = sorted({label for each in chances.values() for label in each}, key=str)
    place = {label: k for k, label in enumerate(labels)}
    return {
        "name": f"node {n}",
        "actions": [[f"{k}" for k in range(size)] for size in shape],
        "payoffs": nest(
            shape, lambda w: compiled.payoff[profile_at(tables, row, shape, w)].tolist()
        ),
        "outcomes": [{"signal": str(label[:-1]), "next": int(label[-1])} for label in labels],
        "probabilities": nest(shape, lambda w: spread(chances[w], place)),
        "prescribable": nest(shape, lambda w: bool(allowed[w])),
    }


def profile_at(tables, row, shape, where):
    return int(tables.profile_start[row]) + int(np.ravel_multi_index(where, shape))


def nest(shape, cell, where=()):
    if len(where) == len(shape):
        return cell(where)
    return [nest(shape, cell, (*where, k)) for k in range(shape[len(where)])]


def spread(chances, place):
    out = [0.0] * len(place)
    for label, chance in chances.items():
        out[place[label]] += float(chance)
    return out


def outcomes(compiled, graph, phase, prescribed, a):
    """Label (what is seen, next state) -> chance; only alarms tell cheating from complying."""
    tables = compiled.tables
    index, _ = compiled.entries_of(np.array([a]))
    found = {}
    if not (tables.towards[a] == tables.towards[prescribed]).all():
        for e in index:
            label = (f"breach {a}", int(tables.entry_next[e]))
            found[label] = found.get(label, 0.0) + tables.entry_chance[e]
        return found
    quiet = np.ones(1)
    weights = []
    for party in range(compiled.n_parties):
        alarm = tables.alarm[tables.row[a], party, int(tables.cheats[a, party])]
        weights.append(quiet * alarm)
        quiet = quiet * (1 - alarm)
    for column, (weight, codes) in enumerate(
        zip([quiet, *weights], graph.outcome_codes(phase), strict=True)
    ):
        for e in index:
            kind, row = divmod(int(codes[tables.entry_next[e]]), compiled.n_states)
            to = row if kind >= END_BASE else compiled.n_states + int(graph.number[kind, row])
            chance = float(weight[0] * tables.entry_chance[e])
            if chance > 0:
                label = (f"signal {column}", to)
                found[label] = found.get(label, 0.0) + chance
    return found


CASES = [
    (WAY_BACK, {"delta": "70%", "undo": "1 year"}, False),
    (WAY_BACK, {"delta": "72%", "undo": "1 year"}, True),
    (WAY_BACK, {"delta": "90%", "undo": "never"}, False),
    (TURNOVER, {"delta": "41%", "turnover": "20%"}, False),
    (TURNOVER, {"delta": "43%", "turnover": "20%"}, True),
    (INSPECTED, {"delta": "80%", "catches": "70%", "false_alarm": "22%"}, True),
    (INSPECTED, {"delta": "80%", "catches": "70%", "false_alarm": "25%"}, False),
    (INSPECTED, {"delta": "60%", "catches": "90%", "false_alarm": "2%"}, True),
    (INSPECTED, {"delta": "60%", "catches": "40%", "false_alarm": "2%"}, False),
]


@pytest.mark.parametrize(("template", "numbers", "holds"), CASES)
def test_the_first_node_has_an_equilibrium_iff_the_plan_holds(template, numbers, holds):
    scenario = read_scenario_text(template.substitute(numbers), "merged.yaml")
    compiled = compile_scenario(scenario)
    game = game_from_document(merge(compiled, scenario.plans[0]), "merged")
    first = solve(game, Options(tol=1e-5)).states[compiled.n_states]
    assert (len(first.inner_vertices) > 0) is holds
    assert (not first.empty) is holds
    judged = check(scenario).verdicts[0].result(Reading.HARSHEST)
    assert judged.answer is (Answer.HOLDS if holds else Answer.FAILS)
