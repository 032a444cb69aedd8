"""Games and scenarios of three parties on the command line and in Python."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

import detente
from detente import games
from detente.cli.app import app
from reference.games import perfect_state
from reference.three_parties import GUARANTOR

DIRECTIONS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [-1, -1, -1], [2, 2, 2]]


def payoff(a: tuple[int, ...]) -> list[float]:
    givers = sum(x == 0 for x in a)
    return [givers - (x == 0) - 0.7 * (x == 0) for x in a]


@pytest.fixture
def game_file(tmp_path):
    state = perfect_state("s0", (2, 2, 2), payoff, lambda a: [(0, 1.0)])
    path = tmp_path / "game.json"
    document = {"players": ["a", "b", "c"], "discount": [0.6] * 3, "states": [state]}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


@pytest.fixture
def directions_file(tmp_path):
    path = tmp_path / "directions.json"
    path.write_text(json.dumps(DIRECTIONS), encoding="utf-8")
    return path


def run(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def test_solve_answers_in_json(game_file):
    answer = json.loads(run("solve", game_file, "--tolerance", "1e-3", "--json"))
    assert answer["status"] == "converged"
    (state,) = answer["states"]
    inner = np.array(state["inner"]["vertices"])
    assert inner.shape[1] == 3
    assert inner.sum(axis=1).max() == pytest.approx(3.9, abs=state["gap"] * 2)
    assert len(state["outer"]["support"]) == len(state["outer"]["directions"]) == 14


def test_solve_answers_in_a_table(game_file):
    text = run("solve", game_file, "--tolerance", "1e-3")
    assert text.startswith("converged")
    assert "s0" in text


def test_a_file_of_directions_is_answered_in_its_own_length(game_file, directions_file):
    words = ["solve", game_file, "--directions-file", directions_file, "--json"]
    answer = json.loads(run(*words))
    (state,) = answer["states"]
    assert state["outer"]["directions"] == DIRECTIONS
    assert state["outer"]["support"][4] == pytest.approx(2 * 3.9, abs=12**0.5 * answer["tolerance"])
    assert state["inner"]["vertices"] == []
    assert state["gap"] is None


def test_equally_spaced_directions_are_refused(game_file):
    result = CliRunner().invoke(app, ["solve", str(game_file), "--directions", "16"])
    assert result.exit_code == 2
    assert "E402" in result.stderr
    assert "--directions-file" in result.stderr


def test_games_solve_takes_three_players(game_file):
    solution = games.solve(games.read(game_file), tolerance=1e-3)
    assert solution.status is games.Status.CONVERGED
    assert solution.states[0].outer_vertices.shape[1] == 3


def test_a_scenario_of_three_is_checked_and_reported(tmp_path):
    path = tmp_path / "three.yaml"
    path.write_text(GUARANTOR.substitute(delta="80%"), encoding="utf-8")
    page = tmp_path / "page.html"
    text = run("check", path, "--plan", "pact", "--report", page)
    assert "The guarantor" in text
    assert "it is drawn for two parties only" in page.read_text(encoding="utf-8")
    assert detente.load(path).check("pact").answer == "holds"
