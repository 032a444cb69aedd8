"""The interface for those who come only for the solver."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from detente import games
from detente.cli.app import app

DILEMMA = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]
NFG = 'NFG 1 R "pd" { "a" "b" } { 2 2 }\n1 1 2 -1 -1 2 0 0\n'


def test_every_public_name_is_there_and_documented():
    for name in games.__all__:
        assert getattr(games, name).__doc__, name


def test_a_game_goes_round_through_a_file(tmp_path):
    game = games.from_arrays(DILEMMA, 0.6)
    games.write(game, tmp_path / "game.json")
    assert games.read(tmp_path / "game.json").content_hash == game.content_hash


@pytest.mark.parametrize("discount", [0.6, "3/5", [0.6], [0.6, "6/10"], (0.6, 0.6)])
def test_a_strategic_game_is_repeated(tmp_path, discount):
    path = tmp_path / "stage.nfg"
    path.write_text(NFG, encoding="utf-8")
    game = games.read(path, discount)
    assert game.discount.tolist() == [0.6, 0.6]
    assert games.to_arrays(game)[0].payoffs.tolist() == DILEMMA
    solution = games.solve(game)
    assert solution.status is games.Status.CONVERGED
    top = solution.states[0].outer_vertices.max(axis=0)
    np.testing.assert_allclose(top, 1.5, atol=1e-5)  # 1 + (1 - .5): item 1 with g = loss = 1


def test_settings_reach_the_solver():
    game = games.from_arrays(DILEMMA, 0.6)
    fan = games.solve(game, directions=8)
    assert len(fan.states[0].outer_support) == 8
    starved = games.solve(game, max_iterations=1)
    assert starved.status is games.Status.ITERATION_LIMIT
    assert not starved.status.is_answer
    for words in ({"tolerance": 2.0}, {"time_limit": -1.0}, {"directions": 2}, {"threads": 0}):
        with pytest.raises(games.DetenteError, match="E40"):
            games.solve(game, **words)


def test_trees_and_stages_are_written(tmp_path):
    game = games.from_arrays(DILEMMA, 0.5)
    games.write(game, tmp_path / "g.nfg")
    assert games.read(tmp_path / "g.nfg", 0.5).payoff.tolist() == game.payoff.tolist()
    games.write(game, tmp_path / "g.efg", periods=2, start="s0")
    assert (tmp_path / "g.efg").read_text().count('\nt "" ') == 16
    with pytest.raises(games.DetenteError, match="E440"):
        games.write(game, tmp_path / "g.txt")
    with pytest.raises(games.DetenteError, match="E195"):
        games.write(game, tmp_path / "none" / "g.json")


def test_the_package_does_not_load_it_before_it_is_asked_for():
    code = "import detente, sys; sys.exit('numba' in sys.modules or 'detente.games' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# ------------------------------------------------------------------------- detente convert


def convert(*words):
    return CliRunner().invoke(app, ["convert", *map(str, words)])


def test_convert_between_formats(tmp_path):
    stage, game, tree = (tmp_path / f"g.{kind}" for kind in ("nfg", "json", "efg"))
    stage.write_text(NFG.replace("0 0", "1/3 0.1"), encoding="utf-8")
    assert convert(stage, game, "--discount", "9/10").exit_code == 0
    document = json.loads(game.read_text())
    assert document["discount"] == ["9/10", "9/10"]
    assert document["states"][0]["payoffs"][1][1] == ["1/3", 0.1]
    assert convert(game, tree, "--periods", "2").exit_code == 0
    # two periods of defection: 1/3 (1 + 9/10) and 1/10 (1 + 9/10)
    assert tree.read_text().splitlines()[-1].endswith("{ 19/30, 0.19 }")
    back = tmp_path / "back.nfg"
    assert convert(game, back).exit_code == 0
    assert "1/3 0.1" in back.read_text()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["g.nfg", "g.json"], "E442"),
        (["g.nfg", "g.json", "--discount", "1"], "E422"),
        (["g.nfg", "g.json", "--discount", ".5", "--discount", ".5", "--discount", ".5"], "E420"),
        (["g.nfg", "g.txt", "--discount", ".9"], "E440"),
        (["none.nfg", "g.json", "--discount", ".9"], "E101"),
        (["g.nfg", "old.json", "--discount", ".9"], "E194"),
        (["g.nfg", "g.efg", "--discount", ".9", "--periods", "40"], "E443"),
        (["g.nfg", "g.efg", "--discount", ".9", "--start", "elsewhere"], "E426"),
    ],
)
def test_convert_refuses_with_one_clear_error(tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "g.nfg").write_text(NFG, encoding="utf-8")
    (tmp_path / "old.json").write_text("kept", encoding="utf-8")
    result = convert(*words)
    assert result.exit_code == 2
    assert result.output.count("error[") == 1 + (code == "E422")  # one for each player
    assert code in result.output
    assert (tmp_path / "old.json").read_text() == "kept"
    assert not (tmp_path / "g.json").exists()
