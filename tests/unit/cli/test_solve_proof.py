"""`detente solve --proof`: what is written, what is told, and the exit codes."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from detente.cli.app import app
from detente.proof import games as proofs
from detente_verify.proof import check_files
from reference import games

runner = CliRunner()


@pytest.fixture
def write(tmp_path):
    def put(document):
        path = tmp_path / "game.json"
        path.write_text(json.dumps(document))
        return path, tmp_path / "proof.json"

    return put


def solve(game, proof, *more):
    return runner.invoke(app, ["solve", str(game), "--proof", str(proof), *more])


def test_states_and_vertices_are_proven(write):
    game, proof = write(games.dilemma(1.5, 1.0, 0.7))
    result = solve(game, proof)
    assert result.exit_code == 0
    assert "1 state with equilibria, 5 vertices" in result.stderr
    assert f"detente-verify {game} {proof}" in result.stderr
    assert check_files(game, proof).verdict == "valid"


def test_a_decimal_too_long_for_a_float_is_taken_as_written(write):
    game, proof = write(games.dilemma(1.5, 1.0, 0.7))
    game.write_text(game.read_text().replace("0.7", "0.70000000000000000000000001"))
    assert solve(game, proof).exit_code == 0
    assert check_files(game, proof).verdict == "valid"


def test_an_empty_game_is_proven_empty_and_the_json_answer_stays_alone(write):
    game, proof = write(games.repeated(games.NO_PURE_TABLE, 0.05))
    result = solve(game, proof, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["status"] == "empty"
    assert "1 state without" in result.stderr
    assert check_files(game, proof).verdict == "valid"


def test_points_are_proven_instead(write):
    game, proof = write(games.dilemma(1.5, 1.0, 0.7))
    result = solve(game, proof, "--point", "s0:1,1", "--point", "0:11/10,1")
    assert result.exit_code == 0
    assert "an equilibrium pays (1, 1) in s0; no equilibrium pays (1.1, 1) in s0" in result.stderr
    report = check_files(game, proof)
    assert report.verdict == "valid"
    assert len(report.proven) == 2


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--point", "s1:1,1"], "E426"),
        (["--point", "1,1"], "E426"),
        (["--point", "-1:1,1"], "E426"),
        (["--point", "s0:1,one"], "E121"),
        (["--point", "s0:"], "E121"),
        (["--point", "s0:1"], "E423"),
    ],
)
def test_a_point_that_cannot_be_read_is_refused(write, more, code):
    game, proof = write(games.dilemma(1.5, 1.0, 0.7))
    result = solve(game, proof, *more)
    assert result.exit_code == 2
    assert f"error[{code}]" in result.stderr
    assert not proof.exists()


def test_points_without_a_proof_are_refused(write):
    game, _ = write(games.dilemma(1.5, 1.0, 0.7))
    result = runner.invoke(app, ["solve", str(game), "--point", "s0:1,1"])
    assert result.exit_code == 2
    assert "error[E501]" in result.stderr


def test_what_could_not_be_proven_is_said_and_leaves_with_3(write, monkeypatch):
    game, proof = write(games.repeated(games.NO_PURE_TABLE, 0.05))
    monkeypatch.setattr(proofs, "_claim_empty", lambda *_: [])
    result = solve(game, proof)
    assert result.exit_code == 3
    assert "Nothing could be proven, so no proof is written." in result.stderr
    assert "Not proven: that s0 has no equilibrium." in result.stderr
    assert not proof.exists()
