"""Proofs about three parties and more, checked by the independent checker."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
import pytest

from detente.ask.check import ALL_READINGS, judge_plan
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.nodeal import find_no_deal
from detente.ask.proving import Proving, prove_verdicts
from detente.ask.verdict import Answer, Reading
from detente.compile.build import compile_scenario
from detente.scenario.reading import read_scenario_text
from detente_verify.proof import check_files
from reference import games
from reference.games import Document
from reference.three_parties import ALLY, GUARANTOR, WATCHED
from unit.proof.proving import check, points_of, prove

TOL = 1e-2


def repeat(shape: tuple[int, ...], payoff: Callable[[Any], list[float]], delta: float) -> Document:
    state = games.perfect_state("s0", shape, payoff, lambda a: [(0, 1.0)])
    return {
        "players": [f"p{i}" for i in range(len(shape))],
        "discount": [delta] * len(shape),
        "states": [state],
    }


def give(a: tuple[int, ...]) -> list[float]:
    """Giving costs 0.7 and brings each of the others 1: everybody can give iff d >= 0.35."""
    givers = sum(x == 0 for x in a)
    return [givers - (x == 0) - 0.7 * (x == 0) for x in a]


def match(a: tuple[int, ...]) -> list[float]:
    same = 1.0 if a[0] == a[1] else -1.0
    return [same, -same, 0.0]


PROVEN = {
    "actions seen": repeat((2, 2, 2), give, 0.45),
    "several states": games.random_game(
        4, states=2, actions=(2, 2, 2), delta=0.4, absorbing=True, whole=True
    ),
    "ties": games.random_game(
        2, states=2, actions=(2, 2, 2), delta=0.5, whole=True, zeros=True
    ),
    "signals": games.random_game(11, actions=(2, 2, 2), signals=5, delta=0.6),
    "four": repeat((2, 2, 2, 2), give, 0.1),
}  # fmt: skip


@pytest.mark.parametrize("name", PROVEN)
def test_every_state_and_vertex_is_proven(name: str, tmp_path: Path) -> None:
    document = PROVEN[name]
    proof = prove(document, tol=TOL)
    assert proof.complete
    assert set(proof.nonempty) == set(range(len(document["states"])))
    report = check(tmp_path, document, proof)
    assert report.verdict == "valid", report
    claims = proof.file.document()["claims"]
    assert sum(claim["claim"] == "point" for claim in claims) >= len(document["states"])
    assert all(len(c["value"]) == len(document["players"]) for c in claims if "value" in c)


def test_that_everybody_gives_is_among_what_is_proven(tmp_path: Path) -> None:
    document = PROVEN["actions seen"]
    proof = prove(document, (0, (1.3, 1.3, 1.3)), (0, (0, 0, 0)), (0, (5, 5, 5)), tol=TOL)
    assert [answer.paid for answer in proof.points] == [True, True, False]
    report = check(tmp_path, document, proof)
    assert report.verdict == "valid"
    assert len(report.proven) == 3
    vertices = np.array(points_of(prove(document, tol=TOL), 0))
    assert vertices.min() == pytest.approx(0.0, abs=1e-2)


def test_what_only_half_planes_could_exclude_is_left_open() -> None:
    """Payoffs sum to 3.9 at most, but no party's own ceiling says so."""
    proof = prove(PROVEN["actions seen"], (0, (1.8, 0, 1.8)), (0, (1.7, 1.7, 1.7)), tol=TOL)
    assert [answer.paid for answer in proof.points] == [None, None]


def test_a_game_without_pure_equilibrium_is_proven_empty(tmp_path: Path) -> None:
    document = repeat((2, 2, 1), match, 0.2)
    proof = prove(document, tol=TOL)
    assert proof.complete
    assert set(proof.empty) == {0}
    assert check(tmp_path, document, proof).verdict == "valid"


@pytest.mark.parametrize("name", ["actions seen", "signals"])
def test_a_changed_value_is_rejected(name: str, tmp_path: Path) -> None:
    document = PROVEN[name]
    proof = prove(document, tol=TOL)
    content = proof.file.document()
    value = content["steps"][0]["nodes"][0]["value"]
    value[2] = str(Fraction(value[2]) + 1)
    (tmp_path / "game.json").write_text(json.dumps(document))
    (tmp_path / "proof.json").write_text(json.dumps(content))
    assert check_files(tmp_path / "game.json", tmp_path / "proof.json").verdict == "invalid"


def prove_scenario(template: Template, delta: str, readings: tuple[Reading, ...]) -> Proving:
    compiled = compile_scenario(read_scenario_text(template.substitute(delta=delta)))
    no_deal = find_no_deal(compiled)
    knower = Knower(compiled, no_deal, 10.0)
    scales = payoff_scales(compiled, no_deal)
    plans = compiled.scenario.plans
    return prove_verdicts(knower, [judge_plan(knower, plan, readings, scales) for plan in plans])


@pytest.mark.parametrize(
    ("template", "delta", "answers"),
    [
        (GUARANTOR, "90%", {Answer.HOLDS, Answer.FAILS}),
        (GUARANTOR, "35%", {Answer.FAILS}),
        (ALLY, "70%", {Answer.HOLDS, Answer.FAILS}),
        (ALLY, "64%", {Answer.FAILS}),
        (WATCHED, "85%", {Answer.HOLDS, Answer.FAILS}),
        (WATCHED, "15%", {Answer.FAILS}),
    ],
)
def test_verdicts_on_plans_are_proven(
    template: Template, delta: str, answers: set[Answer], tmp_path: Path
) -> None:
    proving = prove_scenario(template, delta, ALL_READINGS)
    assert {each.answer for each in proving.verdicts} == answers
    assert proving.complete, [each for each in proving.verdicts if not each.proven]
    game, proof = tmp_path / "game.json", tmp_path / "proof.json"
    game.write_text(json.dumps(proving.game))
    proof.write_text(proving.text)
    report = check_files(game, proof)
    assert report.verdict == "valid", report
    assert len(report.proven) == len(proving.verdicts)


@pytest.mark.slow
def test_what_only_payoff_sets_show_is_listed_with_its_reason() -> None:
    proving = prove_scenario(WATCHED, "17.5%", (Reading.HARSHEST,))
    (verdict,) = [each for each in proving.verdicts if each.reading is Reading.HARSHEST]
    assert verdict.answer is Answer.FAILS
    assert not verdict.proven
    assert "half-planes are drawn for two parties only" in verdict.why_not
