"""The one-period moves that plans are made of: who goes on where, and what that can lead to.

A plan that goes on step by step is a path over levels: in every period each party holds its
ladders or moves some of them on. A move is one period of that, from a state without a hostile
government.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.compile.build import Compiled
from detente.compile.moves import Choice

MAX_MOVES = 200_000


@dataclass(frozen=True, slots=True)
class Moves:
    """All moves between the states that the search may meet: M of them.

    Attributes
    ----------
    compiled : the base game
    row, target : int64 (M,), from which state to which, when nobody's government turns hostile
    profile : int64 (M,)
    levels : int64 (M, L), the level that every ladder is moved to, renewed ones included
    at : by state, its moves; those that stay in the state come last
    order : the states, each before those that it can be reached from
    """

    compiled: Compiled
    row: IntArray
    target: IntArray
    profile: IntArray
    levels: IntArray
    at: Mapping[int, IntArray]
    order: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.row)


class TooManyMovesError(Exception):
    """More moves than a search can take."""


def list_moves(compiled: Compiled, goal: Mapping[str, int]) -> Moves:
    """List the moves of plans that go on, and never past the goal.

    Parameters
    ----------
    compiled : the base game
    goal : ladder -> index of the level at which it is to end

    Raises
    ------
    TooManyMovesError
        Where there are more than `MAX_MOVES`.
    """
    layout, tables = compiled.layout, compiled.tables
    limits = [len(each.levels) - 1 for each in layout.ladders]
    for name, level in goal.items():
        limits[layout.number(name)] = level
    number = {state: row for row, state in enumerate(tables.states)}
    first = number[layout.today]
    pending, seen = [first], {first}
    found: list[tuple[int, int, int, tuple[int, ...]]] = []
    while pending:
        row = pending.pop()
        for levels in _onward(compiled, row, limits):
            after = number[_state(compiled, levels)]
            found.append((row, after, _profile(compiled, row, levels), levels))
            if after not in seen:
                seen.add(after)
                pending.append(after)
        if len(found) > MAX_MOVES:
            raise TooManyMovesError
    lasting = list(layout.lasting)
    height = {row: int(tables.levels[row][lasting].sum()) for row in seen}
    found.sort(key=lambda m: (m[0], m[0] == m[1], m[3]))
    rows = np.array([each[0] for each in found], dtype=np.int64)
    starts = np.searchsorted(rows, np.arange(compiled.n_states + 1))
    return Moves(
        compiled=compiled,
        row=rows,
        target=np.array([each[1] for each in found], dtype=np.int64),
        profile=np.array([each[2] for each in found], dtype=np.int64),
        levels=np.array([each[3] for each in found], dtype=np.int64).reshape(len(found), -1),
        at={r: np.arange(starts[r], starts[r + 1]) for r in seen},
        order=tuple(sorted(seen, key=lambda r: (-height[r], r))),
    )


def _onward(compiled: Compiled, row: int, limits: list[int]) -> Iterator[tuple[int, ...]]:
    """Give where the ladders can be moved to in one period, none back and none too far."""
    layout, options = compiled.layout, []
    state = compiled.tables.states[row]
    for k, ladder in enumerate(layout.ladders):
        if ladder.renewed:
            options.append(list(range(len(ladder.levels))))
            continue
        level = layout.level(state, k)
        onward = compiled.mover.targets(k, level)
        options.append([each for each in onward if level <= each <= limits[k]])
    return itertools.product(*options)


def _state(compiled: Compiled, levels: tuple[int, ...]) -> tuple[int, ...]:
    layout = compiled.layout
    return tuple(levels[k] for k in layout.lasting) + (0,) * len(layout.governments)


def _profile(compiled: Compiled, row: int, levels: tuple[int, ...]) -> int:
    layout = compiled.layout
    out = int(compiled.tables.profile_start[row])
    for party in range(compiled.n_parties):
        choice = Choice(tuple(levels[k] for k in layout.held[party]))
        out += compiled.choice_index(row, party, choice) * int(compiled.stride(party)[row])
    return out


@dataclass(frozen=True, slots=True)
class Ways:
    """Where profiles lead, as far as the search tells it apart: n profiles, all in a state.

    Attributes
    ----------
    going_on : float64 (n,), chance that no government turns hostile
    hostile : float64 (n, H), chance of each of the states with a hostile government
    rows : int64 (n, H), those states
    """

    going_on: FloatArray
    hostile: FloatArray
    rows: IntArray


def find_ways(compiled: Compiled, profiles: IntArray) -> Ways:
    """Tell apart, for profiles that move no ladder back, what they can lead to."""
    index, source = compiled.entries_of(profiles)
    rows, chance = compiled.tables.entry_next[index], compiled.tables.entry_chance[index]
    opposed = compiled.tables.hostile[rows].any(axis=1)
    n = len(profiles)
    going_on = np.bincount(source[~opposed], chance[~opposed], minlength=n)
    count = np.bincount(source[opposed], minlength=n)
    width = int(count.max(initial=0))
    hostile, where = np.zeros((n, width)), np.zeros((n, width), dtype=np.int64)
    begin = np.concatenate([[0], np.cumsum(count)])[:-1]
    place = np.arange(int(opposed.sum())) - begin[source[opposed]]
    hostile[source[opposed], place] = chance[opposed]
    where[source[opposed], place] = rows[opposed]
    return Ways(going_on.astype(np.float64), hostile, where)


def alarm_weights(compiled: Compiled, rows: IntArray, cheater: int = -1) -> FloatArray:
    """Give the chances of a first alarm about each party in states: float64 (n, P)."""
    out = np.empty((len(rows), compiled.n_parties))
    quiet = np.ones(len(rows))
    for party in range(compiled.n_parties):
        alarm = compiled.tables.alarm[rows, party, int(party == cheater)]
        out[:, party] = quiet * alarm
        quiet = quiet * (1.0 - alarm)
    return out


def best_breach(compiled: Compiled, profiles: IntArray, worth: FloatArray) -> FloatArray:
    """Give what the best visible breach is worth to each party: float64 (n, P), -inf for none.

    ``worth``, float64 (S, P), is what a party has in the state that its breach leads to.
    """
    out = np.full((len(profiles), compiled.n_parties), -np.inf)
    for party in range(compiled.n_parties):
        source, option, seen = compiled.options(profiles, party)
        source, option = source[seen], option[seen]
        if not len(option):
            continue
        delta = float(compiled.discount[party])
        gain = (1 - delta) * compiled.payoff[option, party]
        gain = gain + delta * compiled.expect(worth[:, party], option)
        np.maximum.at(out[:, party], source, gain)
    return out


def secret_options(compiled: Compiled, profiles: IntArray) -> IntArray:
    """Give the profiles in which a party cheats behind the look of profiles: int64 (n, P)."""
    parties = range(compiled.n_parties)
    return np.stack([compiled.cheats_behind(profiles, party) for party in parties], axis=1)
