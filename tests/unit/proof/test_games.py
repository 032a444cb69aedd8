"""Proofs of solved games, checked by the independent checker."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from detente.proof.automata import audit
from detente.proof.equilibria import exhibit_vertices
from detente.proof.exact import exact_game
from detente.proof.games import prove_solution
from reference import games
from reference.random_games import list_games
from unit.proof.proving import check, points_of, prove, solve_document

# games of the known results, and corners of V in a state that are known in closed form
KNOWN = {
    "1 prisoners, patient": (games.dilemma(1.5, 1.0, 0.7), 0, [(1, 1), (1.75, 0), (0, 1.75)]),
    "1 prisoners, by a tie": (games.dilemma(1.5, 1.0, 0.6), 0, [(1, 1), (1.75, 0), (0, 1.75)]),
    "1 prisoners, impatient": (games.dilemma(1.5, 1.0, 0.3), 0, [(0, 0)]),
    "1 prisoners, between": (games.dilemma(1.5, 1.0, 0.5), 0, [(0, 0), (1.5, 0), (0, 1.5)]),
    "2 Abreu and Sannikov": (
        games.repeated(games.ABREU_SANNIKOV_TABLE, 0.3),
        0,
        [(7.337705, 10.982625), (1.125682, 2.8), (7.863090, 0), (15.563090, 9.1)],
    ),
    "4 battle, a segment": (games.repeated(games.BATTLE_TABLE, 0.3), 0, [(1, 3), (3, 1)]),
    "5 risk sharing": (games.risk_sharing(0.65), 0, [(7, 7)]),
    "5 risk sharing, impatient": (games.risk_sharing(0.3), 0, [(8.5, 1.5)]),
    "6 noisy, patient": (games.noisy_dilemma(0.9, 0.5, 0.2, 0.6), 0, [(0, 0), (1.75, 1.75)]),
    "6 noisy, impatient": (games.noisy_dilemma(0.9, 0.5, 0.2, 0.55), 0, [(0, 0)]),
    "8 turnover": (games.dilemma_with_turnover(0.5, 0.5, 0.2, 0.5), 0, [(5 / 6, 5 / 6)]),
    "9 a way back": (games.disarmament(0.8, True), 0, []),
    "9 no way back": (games.disarmament(0.8, False), 1, [(-0.3, 1)]),
    "10 irreversible steps": (games.irreversible_steps(3, 2.0, 0.8), 0, [(0, 0)]),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_results_are_proven(name, tmp_path):
    document, state, corners = KNOWN[name]
    proof = prove(document)
    assert proof.complete
    report = check(tmp_path, document, proof)
    assert report.verdict == "valid", report
    assert set(proof.nonempty) == set(range(len(document["states"])))
    paid = points_of(proof, state)
    table = [document["states"][s]["payoffs"] for s in range(len(document["states"]))]
    spread = max(map(np.max, table)) - min(map(np.min, table))
    for corner in corners:
        # a solve promises a millionth of the range; published corners have six decimals
        assert min(np.abs(np.array(paid) - corner).max(axis=1)) < 1e-6 * (1.0 + spread)


def test_a_game_without_pure_equilibrium_is_proven_empty(tmp_path):
    document = games.repeated(games.NO_PURE_TABLE, 0.05)
    proof = prove(document)
    assert (proof.nonempty, proof.empty, proof.complete) == ((), (0,), True)
    report = check(tmp_path, document, proof)
    assert report.verdict == "valid"
    assert report.proven == ("state 's0' has no equilibrium (in pure strategies)",)


def test_a_state_that_leads_to_an_empty_one_is_empty(tmp_path):
    empty = games.repeated(games.NO_PURE_TABLE, 0.05)["states"][0]
    apart = games.perfect_state("apart", (1, 1), lambda a: (1, 2), lambda a: [(1, 1.0)])
    before = games.perfect_state(
        "before", (2, 1), lambda a: (a[0], 0), lambda a: [(0, 0.5), (1, 0.5)]
    )
    document = games.document([empty, apart, before], 0.05)
    proof = prove(document)
    assert (proof.nonempty, proof.empty, proof.complete) == ((1,), (0, 2), True)
    assert check(tmp_path, document, proof).verdict == "valid"


@pytest.mark.parametrize("seed", [9, 45])
def test_rounds_of_half_planes_prove_random_games_empty(seed, tmp_path):
    states, signals, delta = {9: (5, 4, 0.3), 45: (2, 2, 0.45)}[seed]
    actions = {9: (2, 2), 45: (3, 3)}[seed]
    document = games.random_game(seed, states, actions, signals=signals, delta=delta)
    proof = prove(document)
    steps = [step["step"] for step in proof.file.steps]
    assert "outer" in steps
    assert proof.empty == tuple(range(states))
    assert check(tmp_path, document, proof).verdict == "valid"


def sample_games(step):
    """Every so many of the 200 games, but those whose arcs have hundreds of corners."""
    return [case for case in list_games()[3::step] if "patient" not in case.kind]


@pytest.mark.parametrize("case", sample_games(16), ids=lambda case: case.name)
def test_proofs_of_a_few_random_games_verify(case, tmp_path):
    assert_proven(case, tmp_path, 12)


@pytest.mark.slow
@pytest.mark.parametrize("case", sample_games(5), ids=lambda case: case.name)
def test_proofs_of_random_games_verify(case, tmp_path):
    assert_proven(case, tmp_path, 60)


def assert_proven(case, folder, most):
    """What is claimed verifies, agrees with the solution, and contains each inner vertex."""
    solution = solve_document(case.document, 1e-5 if case.noisy else 1e-6)
    if max(len(state.inner_vertices) for state in solution.states) > most:
        pytest.skip(f"sets of more than {most} corners take long to prove")
    proof = prove_solution(case.document, solution, seconds=30.0)
    if proof.file.claims:
        assert check(folder, case.document, proof).verdict == "valid"
    assert proof.complete, proof.missing
    payoffs = [u for state in case.document["states"] for row in state["payoffs"] for u in row]
    scale = np.maximum(np.ptp(np.array(payoffs, dtype=float), axis=0), 1e-300)
    for s, state in enumerate(solution.states):
        assert (s in proof.empty) == state.empty
        paid = np.array(points_near(proof, s))
        for vertex in state.inner_vertices:
            far = (np.abs(paid - vertex) / scale).max(axis=1).min()
            # the automaton is another equilibrium than the one that the error speaks of: it has
            # to pay nearly the same, measured by the distance of the two bounds
            assert far <= 2 * state.gap / scale.min() + 1e-9


def points_near(proof, state):
    return [
        [float(Fraction(v)) for v in claim["value"]]
        for claim in proof.file.document()["claims"]
        if claim["claim"] == "point" and claim["at"] == state
    ]


def test_a_proof_has_one_text():
    document = games.random_game(3, 3, (2, 2), delta=0.6)
    texts = {prove(json.loads(json.dumps(document))).file.text() for _ in range(2)}
    assert len(texts) == 1


def test_what_is_not_so_is_not_proven():
    """A solution that calls a state empty which is not, and one with payoffs nobody gets."""
    document = games.dilemma(1.5, 1.0, 0.7)
    solution = solve_document(document)
    (state,) = solution.states
    none = np.zeros((0, 2))
    wrong = replace(solution, states=(replace(state, outer_vertices=none, inner_vertices=none),))
    proof = prove_solution(document, wrong, seconds=5.0)
    assert not proof.empty
    assert proof.missing == ("that s0 has no equilibrium",)
    assert not proof.file.claims
    too_much = replace(state, inner_vertices=np.array([[0.0, 0.0], [1.2, 1.2]]))
    game = exact_game(document)
    assert exhibit_vertices(game, [too_much.inner_vertices], [(0, 1)], state.error) is None


def test_the_audit_finds_a_deviation_that_pays():
    document = games.dilemma(1.5, 1.0, 0.7)
    game = exact_game(document)
    sets = [state.inner_vertices for state in solve_document(document).states]
    exhibit = exhibit_vertices(game, sets, [(0, v) for v in range(len(sets[0]))], 1e-6)
    assert exhibit is not None
    assert exhibit.audit.holds
    kind = tuple(tuple(max(range(len(sets[0])), key=lambda v: sets[0][v][i]) for _ in "s")
                 for i in (0, 1))  # fmt: skip
    rewarded = replace(
        exhibit.automaton,
        punish=tuple((exhibit.node_of[0, each[0]],) for each in kind),
    )
    found = audit(game, rewarded)
    assert not found.holds
    assert found.tightest is not None
    assert found.tightest.slack < 0


@pytest.mark.parametrize(
    ("name", "document", "inside", "outside"),
    [
        ("prisoners", games.dilemma(1.5, 1.0, 0.7), (1, 1), (1.001, 1.001)),
        ("floor", games.dilemma(1.5, 1.0, 0.7), (0, 0), (-0.001, 0.5)),
        ("Abreu and Sannikov", games.repeated(games.ABREU_SANNIKOV_TABLE, 0.3),
         (15.563, 9.1), (15.6, 9.11)),
        ("noisy", games.noisy_dilemma(0.9, 0.5, 0.2, 0.6), (1.75, 1.75), (1.751, 1.751)),
        ("noisy, impatient", games.noisy_dilemma(0.9, 0.5, 0.2, 0.55), (0, 0), (0.01, 0.01)),
        ("turnover", games.dilemma_with_turnover(0.5, 0.5, 0.2, 0.5), (0.8, 0.8), (0.84, 0.84)),
        ("risk sharing", games.risk_sharing(0.65), (7, 7), (7.01, 7.01)),
    ],
)  # fmt: skip
def test_points_are_paid_or_paid_by_none(name, document, inside, outside, tmp_path):
    proof = prove(document, (0, inside), (0, outside))
    assert [each.paid for each in proof.points] == [True, False]
    assert proof.complete
    assert check(tmp_path, document, proof).verdict == "valid"
    mixture, bound = proof.file.document()["claims"]
    assert [Fraction(x) for x in mixture["value"]] == [Fraction(str(x)) for x in inside]
    assert all(Fraction(e) < Fraction(1, 10**5) for e in mixture["error"])
    direction = [Fraction(d) for d in bound["direction"]]
    worth = sum(d * Fraction(str(x)) for d, x in zip(direction, outside, strict=True))
    assert worth > Fraction(bound["most"])


def test_a_point_between_the_bounds_is_left_open():
    """With a rough solution a point lies neither near the inner set nor beyond the outer one."""
    document = games.dilemma(1.5, 1.0, 0.7)
    solution = solve_document(document)
    (state,) = solution.states
    small = replace(state, inner_vertices=np.array([[0.0, 0.0]]))
    from detente.proof.points import AskedPoint

    asked = [AskedPoint(0, (Fraction(1, 2), Fraction(1, 2)))]
    proof = prove_solution(document, replace(solution, states=(small,)), asked, seconds=5.0)
    assert [each.paid for each in proof.points] == [None]
    assert proof.missing == ("whether an equilibrium pays (0.5, 0.5) in s0",)
