"""Rows with frozen multipliers are bounds on B, and exact where they were frozen."""

from __future__ import annotations

import numpy as np
import pytest

from bench.families import dilemma_two_states, random_dense, random_sparse, risk_sharing
from detente.arrays import BoolArray, FloatArray
from detente.game.game import Game
from detente.kernels import leap, perfect
from detente.solve.leap import find_limit
from detente.solve.options import Options
from detente.solve.prepared import Prepared, Sets, prepare
from detente.solve.twoparty import _first_sets, solve

GAMES = {
    "dense": lambda: random_dense(4, 0.9),
    "unequal": lambda: random_dense(3, (0.5, 0.97), seed=2),
    "sparse": lambda: random_sparse(9, discount=(0.93, 0.9)),
    "risk": lambda: risk_sharing(2, steps=6),
    "dilemma": dilemma_two_states,
}


def apply_B(prepared: Prepared, sets: Sets, s: int, alive: BoolArray, shift: float) -> FloatArray:
    """B of the sets for one state, without simplification; shape (V, 2)."""
    roomy = np.zeros((len(sets.vertices), 1024, 2))  # room that no polygon needs
    roomy[:, : sets.room] = sets.vertices
    new = perfect.Polygons(roomy, sets.count.copy(), sets.low.copy(), sets.high.copy())
    perfect.sweep(
        np.array([s]), 0, perfect.INNER, shift, 0.0, 10**9, prepared.arrays, new, alive,
        sets.scratch,
    )  # fmt: skip
    return new.vertices[s, : new.count[s]]


def settle_some(prepared: Prepared, rounds: int, shift: float) -> Sets:
    sets = _first_sets(prepared, {})
    alive = prepared.game.prescribable.copy()
    for part in prepared.parts:
        perfect.settle(
            part, 0, perfect.OUTER, shift, 1e-5, 1e-9, 1e-5, 0.0, rounds, 10**9, prepared.arrays,
            sets.polygons, alive, sets.scratch,
        )  # fmt: skip
    return sets


@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("margin", [0.0, 1.0])
@pytest.mark.parametrize("shift", [-1e-12, 1e-3])
def test_rows_bound_B(name: str, margin: float, shift: float) -> None:
    game: Game = GAMES[name]()
    prepared = prepare(game, {})
    sets, smaller = (settle_some(prepared, 6, -1e-12) for _ in range(2))
    rng = np.random.default_rng(0)
    alive = game.prescribable.copy()
    checked = 0
    for part in prepared.parts:
        fan = leap.list_fan(part, game.n_states, sets.polygons)
        rows = leap.freeze(
            part, shift, margin, prepared.arrays, sets.polygons, alive, sets.scratch, fan
        )
        lower = fan.height - rng.uniform(0.0, 1e-3, len(fan.height))
        leap.cut_sets(part, fan, lower, smaller.polygons)
        later = np.array([
            (smaller.vertices[s, : smaller.count[s]] @ fan.normal[j]).max()
            for s in part for j in range(fan.first[s], fan.last[s])
        ])  # fmt: skip
        assert (later <= lower + 1e-14).all()
        here, there, best = np.empty(len(later)), np.empty(len(later)), np.empty(len(later), int)
        leap.apply(rows, fan.height, here, best)
        leap.apply(rows, later, there, best)
        for s in part:
            for given, bound, exact in ((sets, here, True), (smaller, there, False)):
                corners = apply_B(prepared, given, int(s), alive, shift)
                for j in range(fan.first[s], fan.last[s] if len(corners) else 0):
                    reach = (corners @ fan.normal[j]).max()
                    assert reach <= bound[j] + 1e-13
                    assert not exact or bound[j] <= reach + 1e-11
                    checked += 1
    assert checked > 0


@pytest.mark.parametrize("seed", range(4))
def test_limits_are_what_rounds_come_to(seed: int) -> None:
    game = random_dense(3, 0.8, seed=seed)
    prepared = prepare(game, {})
    sets = settle_some(prepared, 12, -1e-12)
    part = prepared.parts[0]
    fan = leap.list_fan(part, game.n_states, sets.polygons)
    alive = game.prescribable.copy()
    rows = leap.freeze(part, -1e-12, 1.0, prepared.arrays, sets.polygons, alive, sets.scratch, fan)
    plain, policy = fan.height.copy(), np.empty(len(fan.height), np.int64)
    leap.lower(rows, plain, 5000, 1e-16, policy)
    limit = find_limit(rows, fan.height, 1e-14)
    assert (limit <= fan.height).all()
    assert (limit >= plain - 1e-12).all()
    assert (fan.height - limit).sum() >= 0.999 * (fan.height - plain).sum() > 0.0


@pytest.mark.parametrize(("states", "discount"), [(2, 0.95), (3, 0.98), (2, (0.99, 0.9))])
@pytest.mark.parametrize("seed", range(3))
def test_leaps_answer_like_plain_rounds(
    states: int, discount: float, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = random_dense(states, discount, seed=seed, actions=2)
    quick = solve(game, Options(tol=1e-5))
    monkeypatch.setattr("detente.solve.settle.WORTH_A_LEAP", np.inf)
    plain = solve(game, Options(tol=1e-5))
    assert quick.iterations < plain.iterations
    for a, b in zip(quick.states, plain.states, strict=True):
        assert len(a.inner_vertices) == 0 or len(b.inner_vertices) > 0
        for outer, inner in ((a, b), (b, a)):
            if len(inner.inner_vertices):
                reach = (inner.inner_vertices @ outer.outer_directions.T).max(axis=0)
                assert (reach <= outer.outer_support + outer.error + inner.error).all()
