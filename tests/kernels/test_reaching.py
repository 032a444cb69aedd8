"""Marks of what follows a phase: compiled code against plain sets."""

from __future__ import annotations

import numpy as np
import pytest

from detente.kernels.reaching import mark_following

END_BASE = 1_000


@pytest.mark.parametrize("seed", range(20))
def test_marks_are_what_follows(seed):
    rng = np.random.default_rng(seed)
    n_states, n_parties, n_kinds, n_ends = 7, 2, 5, 3
    following = rng.integers(-1, n_states, (n_states, 4))
    live = rng.random((n_states, 1 + n_parties)) < 0.6
    kinds = np.array([*range(n_kinds), *range(END_BASE, END_BASE + n_ends)])
    alarms = rng.choice([-1, *kinds.tolist()], n_parties)
    quiet = rng.choice(kinds, n_states)
    rows = np.flatnonzero(rng.random(n_states) < 0.7)
    before = rng.random((n_kinds, n_states)) < 0.3
    expected = {
        (int(alarms[column - 1]) if column and alarms[column - 1] >= 0 else int(quiet[after]),
         int(after))
        for row in rows
        for column in np.flatnonzero(live[row])
        for after in following[row]
        if after >= 0
    }  # fmt: skip
    for mark in (mark_following, mark_following.py_func):
        reached, pending = before.copy(), np.zeros_like(before)
        touched = np.zeros(n_kinds, dtype=np.bool_)
        ended = np.zeros((n_ends, n_states), dtype=np.bool_)
        mark(rows, following, live, alarms, quiet, END_BASE, reached, pending, touched, ended)
        new = {(kind, row) for kind, row in expected if kind < END_BASE and not before[kind, row]}
        assert set(zip(*np.nonzero(pending), strict=True)) == new
        assert set(np.flatnonzero(touched)) == {kind for kind, _ in new}
        assert (reached == (before | pending)).all()
        met = {(kind - END_BASE, row) for kind, row in expected if kind >= END_BASE}
        assert set(zip(*np.nonzero(ended), strict=True)) == met
