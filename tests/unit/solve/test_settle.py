"""Large parts in blocks and threads; limits and interrupts that leave valid bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.families import one_way, random_dense, random_sparse, scenario_like
from detente.arrays import FloatArray
from detente.errors import DetenteError
from detente.game.game import Game
from detente.solve import settle
from detente.solve.options import Options
from detente.solve.solution import Solution, Status
from detente.solve.twoparty import solve

TOL = 1e-3


def supports(solution: Solution) -> FloatArray:
    return np.array([state.outer_support for state in solution.states])


def assert_around(wide: Solution, truth: Solution) -> None:
    """The outer bound of one contains the inner one of the other."""
    for a, b in zip(wide.states, truth.states, strict=True):
        if len(b.inner_vertices):
            inside = (b.inner_vertices @ a.outer_directions.T).max(axis=0)
            assert (inside <= a.outer_support + a.error + b.error).all()


@pytest.fixture
def many_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.solve.prepared.LARGE_PART", 8)


GAMES = {
    "scenario": lambda: scenario_like(40),
    "sparse": lambda: random_sparse(30, discount=(0.6, 0.8)),
    "one-way": lambda: one_way(36, discount=0.8, levels=2),
    "dense": lambda: random_dense(12, 0.7),
}


@pytest.mark.parametrize("name", GAMES)
def test_threads_change_no_bit(name: str, many_blocks: None) -> None:
    game: Game = GAMES[name]()
    one, *others = (solve(game, Options(tol=TOL, threads=n)) for n in (1, 2, 4))
    assert one.status is Status.CONVERGED
    for other in others:
        assert other.iterations == one.iterations
        for a, b in zip(one.states, other.states, strict=True):
            assert a.outer_vertices.tobytes() == b.outer_vertices.tobytes()
            assert a.inner_vertices.tobytes() == b.inner_vertices.tobytes()


@pytest.mark.parametrize("name", GAMES)
def test_blocks_answer_like_one_after_the_other(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    game: Game = GAMES[name]()
    whole = solve(game, Options(tol=TOL))
    monkeypatch.setattr("detente.solve.prepared.LARGE_PART", 8)
    blocks = solve(game, Options(tol=TOL))
    assert np.abs(supports(whole) - supports(blocks)).max() <= whole.tol
    assert max(whole.gap, blocks.gap) <= whole.tol


@pytest.mark.parametrize("name", GAMES)
def test_one_list_for_all_profiles_or_one_each(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    game: Game = GAMES[name]()
    shared = solve(game, Options(tol=TOL))
    monkeypatch.setattr("detente.solve.prepared.SHARED_UP_TO", 0)
    apart = solve(game, Options(tol=TOL))
    assert np.abs(supports(shared) - supports(apart)).max() <= shared.tol
    assert max(shared.gap, apart.gap) <= shared.tol


def test_a_room_that_is_too_small_is_widened(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_dense(6, 0.8)
    wide = solve(game, Options(tol=TOL))
    monkeypatch.setattr("detente.solve.prepared.START_ROOM", 4)
    monkeypatch.setattr("detente.solve.twoparty.START_ROOM", 4)
    narrow = solve(game, Options(tol=TOL))
    assert max(len(s.outer_vertices) for s in narrow.states) > 4
    assert np.abs(supports(wide) - supports(narrow)).max() <= wide.tol


class Stopped:
    """A clock's look that interrupts, or says that time is up, at a given count."""

    def __init__(self, after: int, status: Status) -> None:
        self.left, self.status = after, status

    def __call__(self, clock: settle.Clock) -> bool:
        self.left -= 1
        if self.left > 0:
            return False
        if self.status is Status.INTERRUPTED:
            raise KeyboardInterrupt
        clock.limits.append(Status.TIME_LIMIT)
        return True


@pytest.mark.parametrize("after", [1, 2, 5, 12, 40])
@pytest.mark.parametrize("status", [Status.INTERRUPTED, Status.TIME_LIMIT])
def test_what_was_found_when_stopped_is_valid(
    after: int, status: Status, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = random_dense(10, 0.7)
    truth = solve(game)
    monkeypatch.setattr(settle, "QUOTA", 3_000)
    stopped = Stopped(after, status)
    monkeypatch.setattr(settle.Clock, "out_of_time", lambda clock: stopped(clock))
    partial = solve(game, Options(keep_interrupted=True))
    assert partial.status is status
    assert not partial.status.is_answer
    assert partial.residual == np.inf
    assert_around(partial, truth)
    for a, b in zip(partial.states, truth.states, strict=True):  # what is exhibited is in V
        if len(a.inner_vertices):
            found = (a.inner_vertices @ b.outer_directions.T).max(axis=0)
            assert (found <= b.outer_support + a.error + b.error).all()


def test_an_interrupt_is_raised_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = Stopped(1, Status.INTERRUPTED)
    monkeypatch.setattr(settle.Clock, "out_of_time", lambda clock: stopped(clock))
    with pytest.raises(KeyboardInterrupt):
        solve(random_dense(3, 0.7))


def test_an_interrupt_of_threads_is_kept_too(
    many_blocks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = random_dense(12, 0.7)
    stopped = Stopped(9, Status.INTERRUPTED)
    monkeypatch.setattr(settle.Clock, "out_of_time", lambda clock: stopped(clock))
    partial = solve(game, Options(tol=TOL, threads=1, keep_interrupted=True))
    assert partial.status is Status.INTERRUPTED
    monkeypatch.undo()
    assert_around(partial, solve(game, Options(tol=TOL)))


def test_a_number_of_threads_below_one_is_refused() -> None:
    with pytest.raises(DetenteError, match="E401"):
        Options(threads=0)


DELTAS: list[Any] = [0.01, 0.3, 0.9, 0.99, (0.2, 0.95)]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("delta", DELTAS)
def test_bounds_meet_whatever_the_patience(delta: Any, seed: int) -> None:
    solution = solve(random_dense(3, delta, seed, actions=2), Options(tol=1e-5))
    assert solution.status in (Status.CONVERGED, Status.EMPTY)
    assert solution.gap <= solution.tol
