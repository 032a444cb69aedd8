"""Verdicts on plans are proven, and the independent checker agrees (docs/proof-format.md)."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from detente import cases
from detente.ask.check import ALL_READINGS, judge_plan
from detente.ask.judge import payoff_scales
from detente.ask.knowledge import Knower
from detente.ask.nodeal import find_no_deal
from detente.ask.proving import Proving, prove_verdicts
from detente.ask.verdict import Answer, Verdict
from detente.compile.build import build_game, compile_scenario
from detente.compile.export import export_game
from detente.game.files import game_from_document
from detente.game.game import Game
from detente.scenario.model import Scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente_verify.proof import Report, check_files
from reference.plan_scenarios import arms, draw, governments


def prove(scenario: Scenario, time_limit: float = 0.5) -> tuple[list[Verdict], Proving]:
    compiled = compile_scenario(scenario)
    no_deal = find_no_deal(compiled)
    knower = Knower(compiled, no_deal, time_limit)
    scales = payoff_scales(compiled, no_deal)
    verdicts = [judge_plan(knower, plan, ALL_READINGS, scales) for plan in scenario.plans]
    return verdicts, prove_verdicts(knower, verdicts)


def verify(folder: Path, proving: Proving, text: str | None = None) -> Report:
    game, proof = folder / "game.json", folder / "proof.json"
    game.write_text(json.dumps(proving.game))
    proof.write_text(proving.text if text is None else text)
    return check_files(game, proof)


def agree(scenario: Scenario, folder: Path) -> Proving:
    """Prove all verdicts; the checker finds the proof valid, and as many verdicts in it."""
    verdicts, proving = prove(scenario)
    n_results = sum(len(verdict.results) for verdict in verdicts)
    assert len(proving.verdicts) == n_results
    proven = [each for each in proving.verdicts if each.proven]
    for each in proving.verdicts:
        assert each.proven or each.why_not
        assert not (each.proven and each.answer is Answer.UNDECIDED)
    if proven:
        report = verify(folder, proving)
        assert report.verdict == "valid", (report.place, report.message, report.failing)
        assert len(report.proven) == len(proven)
    return proving


@pytest.mark.parametrize("seed", [1, 3, 5, 8, 9, 11, 12])
def test_verdicts_of_drawn_scenarios_are_proven(seed: int, tmp_path: Path) -> None:
    proving = agree(read_scenario_text(draw(seed)), tmp_path)
    assert proving.complete, [each for each in proving.verdicts if not each.proven]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40, 70))
def test_verdicts_of_more_scenarios_are_proven_or_reasoned(seed: int, tmp_path: Path) -> None:
    proving = agree(read_scenario_text(draw(seed)), tmp_path)
    mild = [each for each in proving.verdicts if "harshest" not in str(each.reading)]
    assert any(each.proven for each in mild)


@pytest.mark.slow
@pytest.mark.parametrize("text", [arms(), governments()])
def test_responses_joint_ladders_and_governments(text: str, tmp_path: Path) -> None:
    proving = agree(read_scenario_text(text), tmp_path)
    assert any(each.proven for each in proving.verdicts)


@pytest.mark.slow
def test_every_verdict_on_singapore_is_proven(tmp_path: Path) -> None:
    path = Path(next(iter(cases.__path__))) / "singapore-2018.yaml"
    proving = agree(read_scenario(path), tmp_path)
    assert proving.complete
    answers = {each.answer for each in proving.verdicts}
    assert answers == {Answer.HOLDS, Answer.FAILS}
    assert len(proving.text) < 5_000_000


def test_a_proof_has_one_text() -> None:
    first = prove(read_scenario_text(draw(5)))[1]
    second = prove(read_scenario_text(draw(5)))[1]
    assert first.text == second.text
    assert first.game == second.game


def test_a_proof_is_about_one_scenario(tmp_path: Path) -> None:
    here = prove(read_scenario_text(draw(5)))[1]
    there = prove(read_scenario_text(draw(9)))[1]
    report = verify(tmp_path, here, there.text)
    assert (report.verdict, report.rule) == ("invalid", "P2")


def test_the_opposite_verdict_is_rejected(tmp_path: Path) -> None:
    proving = prove(read_scenario_text(draw(5)))[1]
    fails, holds = '"verdict":"fails"', '"verdict":"holds"'
    old, new = (fails, holds) if fails in proving.text else (holds, fails)
    assert old in proving.text
    report = verify(tmp_path, proving, proving.text.replace(old, new, 1))
    assert (report.verdict, report.rule) == ("invalid", "P44")


@pytest.mark.parametrize("text", [draw(2), draw(7), draw(9), arms()])
def test_the_game_file_is_the_compiled_game(text: str) -> None:
    compiled = compile_scenario(read_scenario_text(text))
    game = build_game(compiled)
    read = game_from_document(json.loads(json.dumps(export_game(compiled, None, ()))))
    np.testing.assert_array_equal(read.n_actions, game.n_actions)
    np.testing.assert_array_equal(read.prescribable, game.prescribable)
    np.testing.assert_allclose(read.payoff, game.payoff, rtol=1e-13, atol=1e-13)
    np.testing.assert_allclose(read.discount, game.discount, rtol=1e-14)
    for a in range(game.n_profiles):
        assert spread(read, a) == pytest.approx(spread(game, a), abs=1e-13)


def spread(game: Game, profile: int) -> dict[int, float]:
    """Chances of the next states after a profile."""
    begin, end = game.entry_start[profile : profile + 2]
    found: dict[int, float] = {}
    for e in range(begin, end):
        t = int(game.outcome_next[game.entry_outcome[e]])
        found[t] = found.get(t, 0.0) + float(game.entry_probability[e])
    return found
