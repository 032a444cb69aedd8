"""The measurements: what is stopped is said to be, and the page tells what was measured."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from bench import families
from bench.run import run_part
from bench.sections import TARGETS, reached, seconds, write_threads
from bench.write_page import COMMANDS, write_page
from detente.game.from_arrays import from_arrays
from detente.solve.options import Options
from detente.solve.twoparty import solve

GAME = {
    "name": "pd2", "states": 2, "profiles": 8, "discount": 0.6, "cpu_first": 0.5,
    "cpu_best": 0.0004, "cpu_median": 0.0006, "wall_best": 0.0004, "status": "converged",
    "rounds": 26, "gap": 1e-7, "residual": 0.0, "peak_before": 98.7, "peak": 175.2, "digest": "ab",
    "tol": 1e-6, "repeats": 9, "corners": 4.0,
}  # fmt: skip


def part(name, *rows, ended="finished", **more):
    return {"part": name, "ended": ended, "limit": 20.0, "rows": list(rows), **more}


def page_of(*parts):
    commands = {
        "benchmarks": [{"name": "test_help", "stats": {"median": 0.3, "min": 0.25, "max": 0.6}}],
        "machine_info": {"python_version": "3.11", "system": "Linux", "cpu": {"count": 2}},
        "datetime": "2026-01-01",
    }
    return write_page(commands, {"parts": list(parts)}, "- an idea: no faster\n")


def line_of(page, start):
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {start} |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_target_kept_and_one_missed():
    assert reached(0.5, 0.5) == "kept"
    assert reached(0.51, 0.5) == "**missed**, 1.02 times"
    assert reached(1600, 1500, at_most=False) == "kept"
    assert reached(750, 1500, at_most=False) == "**missed**, 2 times"
    assert reached(1.0, None) == ""


def test_times_have_the_digits_that_matter():
    assert [seconds(x) for x in (0.00051234, 0.512, 5.123, 51.23, 512.3)] == [
        "0.00051", "0.51", "5.12", "51.2", "512",
    ]  # fmt: skip


def test_page_shows_the_measured_the_stopped_and_the_never_started():
    page = page_of(
        part("table pd2", GAME, {**GAME, "tol": 1e-7, "cpu_best": 0.0009}),
        part("table risk2", {**GAME, "cpu_best": 0.003}),
        part("table r10.7", {**GAME, "status": "time-limit", "gap": "inf"}),
        part("table r50.9", ended="stopped"),
        part("table r100.7", ended="not started"),
        part("signals", ended="failed", words=["ValueError: why"]),
    )
    words = [cells[0] for cells in TARGETS.values()]
    games = {word: line_of(page.split("## Games with signals")[0], word) for word in words}
    assert games[words[0]][4:7] == ["0.0004", "0.0006", "kept"]
    assert games[words[0]][-1] == "0.0009"
    assert games[words[1]][6] == "**missed**, 2 times"
    assert games[TARGETS["r10.7"][0]][6:9] == ["**time-limit**", "26", "not bounded"]
    assert games[TARGETS["r50.9"][0]][4] == "stopped after 20 s"
    assert "the time of the run was used up" in games[TARGETS["r100.7"][0]][4]
    assert games[TARGETS["r50.7"][0]][4] == "not measured"
    assert "failed: ValueError: why" in page
    assert "- table r50.9: stopped after 20 s" in page
    assert "- an idea: no faster" in page
    assert line_of(page, COMMANDS["test_help"][0])[1:] == ["0.3", "0.25 to 0.6", "0.5", "kept"]
    assert line_of(page, COMMANDS["test_import"][0])[1] == "not measured"


def test_threads_are_compared_only_where_both_solved():
    one = {**GAME, "name": "r50.7", "threads": 1}
    two = {**one, "threads": 2}

    def verdict(second):
        measures = {"threads 1": part("threads 1", one), "threads 2": part("threads 2", second)}
        return line_of(write_threads(measures), "r50.7")[-1]

    assert verdict(two) == "yes"
    assert verdict({**two, "digest": "cd"}) == "**no**"
    assert verdict({**two, "digest": "cd", "status": "time-limit"}).startswith("not compared")


def test_what_was_stopped_keeps_no_target():
    row = {**GAME, "status": "time-limit", "wall_best": 1.0}
    parts = [part(name, row) for name in ("singapore sets", "sparse 10000", "table r10.9")]
    page = page_of(*parts, part("table r10.99", GAME))
    assert "time-limit**" in line_of(page, "pd2, time-limit, gap 1.0e-07")[-1]
    assert "10,000 states: 1.00 s (to reach: 60), **time-limit**" in page
    assert "Patience: " not in page
    assert page.count("kept |") == 1  # the command of the sample


def test_a_part_that_takes_too_long_is_stopped_and_told():
    found = run_part("table pd2", 0.05, {})
    assert (found["ended"], found["rows"]) == ("stopped", [])
    found = run_part("no such part", 60.0, {})
    assert found["ended"] == "failed"
    assert "no such part" in found["words"][0]


@pytest.mark.slow
def test_a_part_runs_and_keeps_its_rows():
    found = run_part("table pd2", 300.0, {})
    assert found["ended"] == "finished"
    assert [row["status"] for row in found["rows"]] == ["converged", "converged"]
    assert found["rows"][0]["gap"] <= 1e-6 < 1.0


@pytest.mark.parametrize("name", ["pd2", "risk2", "r10.7", "signals2", "signals10"])
def test_a_family_is_one_game(name):
    make = families.FAMILIES[name]
    assert make().content_hash == make().content_hash


def test_families_are_those_of_the_targets():
    assert set(TARGETS) <= set(families.FAMILIES)
    assert families.risk_sharing(5).n_profiles == 4405
    game = families.random_dense(10, 0.7)
    assert (np.diff(game.entry_start) == 10).all()
    np.testing.assert_allclose(np.add.reduceat(game.entry_probability, game.entry_start[:-1]), 1)


@pytest.mark.parametrize("states", [100, 300, 1000])
def test_sparse_games_are_as_sparse_as_promised(states):
    game = families.scenario_like(states)
    assert states <= game.n_states <= 1.25 * states
    assert np.diff(game.profile_start).max() <= 20
    assert np.diff(game.entry_start).max() <= 8


def test_one_giver_at_most_is_prescribed():
    game = families.risk_sharing(2)
    for s in range(2):
        for a in game.profiles(s):
            assert game.prescribable[a] == (min(game.actions_of(s, a)) == 0)


def test_taking_a_game_apart_changes_nothing():
    game = families.risk_sharing(3, steps=2)
    again = copy.copy(families.all_stages(game))
    assert [one.name for one in again] == list(game.state_names)
    built = families.build_game(game.players, game.discount.tolist(), again)
    assert all(np.array_equal(built.arrays()[k], game.arrays()[k]) for k in game.arrays())


def test_the_peer_that_is_compared_is_the_same_game():
    """The textbook dilemma at .6: the corners are known."""
    found = solve(families.repeated_dilemma(), Options()).states[0].outer_vertices
    corners = np.array([[3, 3], [9.75, 3], [9, 9], [3, 9.75]])
    far = np.abs(found[:, None] - corners).max(axis=2).min(axis=1)
    assert far.max() < 1e-4
    table = [[[9, 9], [1, 10]], [[10, 1], [3, 3]]]
    assert np.array_equal(from_arrays(table, 0.6).payoff, families.repeated_dilemma().payoff)
