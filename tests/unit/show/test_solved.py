"""What `solve` says in a terminal."""

from __future__ import annotations

import numpy as np

from detente.show.solved import render_solution
from detente.show.terminal import print_plain
from detente.solve.solution import Solution, StateSet, Status

NOTHING = np.empty((0, 2))
SQUARE = np.array([[0.0, -1e-9], [2.5, 0.0], [2.5, 1.0], [0.0, 1.0]])


def show(status, *states):
    return print_plain(render_solution(Solution(status, 7, 0.02, 1e-6, 0.0, states), ("a", "b")))


def test_lowest_and_highest_of_every_state():
    state = StateSet("s0", np.eye(2), np.ones(2), SQUARE, SQUARE, 2e-7)
    text = show(Status.CONVERGED, state)
    assert text.startswith("converged: ")
    row = next(line for line in text.splitlines() if line.startswith("s0"))
    assert row.split() == ["s0", "0", "to", "2.5", "0", "to", "1", "4", "2.0e-07"]


def test_a_state_without_equilibrium_says_so():
    text = show(Status.EMPTY, StateSet("s0", np.eye(2), np.ones(2), NOTHING, NOTHING, 0.0))
    assert "no pure equilibrium" in text


def test_a_limit_is_said_before_the_numbers():
    state = StateSet("s0", np.eye(2), np.ones(2), SQUARE, NOTHING, float("inf"))
    text = show(Status.ITERATION_LIMIT, state)
    assert text.startswith("iteration-limit: stopped at the limit on rounds")
    assert "wider than they could be" in text
    assert "none found" in text


def test_a_gap_above_the_tolerance_is_said_before_the_numbers():
    wide = StateSet("s0", np.eye(2), np.ones(2), SQUARE, SQUARE[:1], 1.4)
    assert "not all of it is shown to be equilibrium" in show(Status.CONVERGED, wide)
    close = StateSet("s0", np.eye(2), np.ones(2), SQUARE, SQUARE, 2e-7)
    assert "not all of it" not in show(Status.CONVERGED, close)
