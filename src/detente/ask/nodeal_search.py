"""A complete search for no deal, where alternating best replies go round in circles.

Only the ladders that they move are looked at, with the others held at today's level: that is a
small game, in which all pure Markov policies are gone through. What is found is carried over to
the whole game, where alternating best replies must leave it as it is. Rules R11 and R12.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np

from detente.arrays import IntArray
from detente.compile.build import Compiled
from detente.compile.moves import Choice
from detente.kernels.stable import FOUND, NONE, search_stable
from detente.solve.evaluate import payoff_ranges

MAX_WORK = 2_000_000  # profiles valued: less than a tenth of a second
MAX_CELLS = 50_000_000  # of what is kept on the way
TOL_WORSE = 1e-9  # of the payoff range: a choice is worse where it is so by more


class Ended(Enum):
    """How a complete search ended."""

    FOUND = "found"
    NONE = "there is none"
    STOPPED = "too large"


@dataclass(frozen=True, slots=True)
class Part:
    """The game over some ladders, the others held at today's level.

    Attributes
    ----------
    ladders : numbers of the ladders that may move
    rows : int64 (R,), its states
    choices : for each of its states and each party, what the party may choose, as places among
        its choices
    profiles : int64 (A,), profile rows, in the order of these choices, the last party's fastest
    """

    ladders: frozenset[int]
    rows: IntArray
    choices: tuple[tuple[tuple[int, ...], ...], ...]
    profiles: IntArray


@dataclass(frozen=True, slots=True)
class Exhausted:
    """What a complete search has shown about the game over some ladders.

    ``policy``, int64 (P, S), is for the whole game: what was found, and elsewhere the policy that
    was given; None where nothing was found.
    """

    ended: Ended
    ladders: frozenset[int]
    policy: IntArray | None


def search_apart(compiled: Compiled, circle: Sequence[IntArray]) -> Exhausted:
    """Look for a pure Markov perfect equilibrium over the ladders that policies move.

    Parameters
    ----------
    circle : policies, each int64 (P, S)
    """
    part = _find_part(compiled, circle)
    index, source = compiled.entries_of(part.profiles)
    inside = np.full(compiled.n_states, -1)
    inside[part.rows] = np.arange(len(part.rows))
    following, chance = (
        inside[compiled.tables.entry_next[index]],
        compiled.tables.entry_chance[index],
    )
    stays = following >= 0
    sizes = np.array([[len(own) for own in each] for each in part.choices])
    payoff = compiled.payoff[part.profiles]
    if (1 + np.count_nonzero(sizes > 1)) * payoff.size > MAX_CELLS:
        return Exhausted(Ended.STOPPED, part.ladders, None)
    status, found, _ = search_stable(
        sizes.astype(np.int64),
        np.concatenate([[0], np.cumsum(sizes.prod(axis=1))]).astype(np.int64),
        payoff,
        compiled.discount,
        np.searchsorted(source[stays], np.arange(len(part.profiles) + 1)),
        following[stays],
        chance[stays],
        _order(compiled, part),
        TOL_WORSE * payoff_ranges(payoff),
        MAX_WORK,
    )
    if status != FOUND:
        return Exhausted(Ended.NONE if status == NONE else Ended.STOPPED, part.ladders, None)
    return Exhausted(Ended.FOUND, part.ladders, _carry_over(compiled, part, found, circle[-1]))


def _find_part(compiled: Compiled, circle: Sequence[IntArray]) -> Part:
    """Give the game over the ladders that some policy moves while the others are as today."""
    tables = compiled.tables
    profiles = [compiled.profiles_of(policy) for policy in circle]
    today = np.array([each.today for each in compiled.layout.ladders])
    ladders: frozenset[int] = frozenset()
    while True:
        part = _make_part(compiled, ladders)
        index, _ = compiled.entries_of(part.profiles)
        happens = tables.entry_chance[index] > 0
        moves = (tables.levels[tables.entry_next[index[happens]]] != today).any(axis=0)
        for each in profiles:
            moves |= (tables.towards[each[part.rows]] != today).any(axis=0)
        more = ladders | set(np.flatnonzero(moves).tolist())
        if more == ladders:
            return part
        ladders = more


def _make_part(compiled: Compiled, ladders: frozenset[int]) -> Part:
    layout, tables = compiled.layout, compiled.tables
    held = [k for k in range(len(layout.ladders)) if k not in ladders]
    keep = np.ones(compiled.n_states, dtype=np.bool_)
    for k in held:
        keep &= tables.levels[:, k] == layout.ladders[k].today
    rows = np.flatnonzero(keep)
    known: dict[tuple[int, int], tuple[int, ...]] = {}
    choices, profiles = [], []
    strides = np.stack([compiled.stride(i) for i in range(compiled.n_parties)], axis=1)
    for row in rows.tolist():
        own = []
        for party in range(compiled.n_parties):
            key = party, int(tables.catalog_of[row, party])
            if key not in known:
                known[key] = _holding(compiled, row, party, held)
            own.append(known[key])
        choices.append(tuple(own))
        start, stride = int(tables.profile_start[row]), strides[row].tolist()
        for each in itertools.product(*own):
            profiles.append(start + sum(c * s for c, s in zip(each, stride, strict=True)))
    return Part(ladders, rows, tuple(choices), np.array(profiles, dtype=np.int64))


def _holding(compiled: Compiled, row: int, party: int, held: list[int]) -> tuple[int, ...]:
    """Give the choices in a state that hold ladders at today's level; all of a hostile party."""
    found = compiled.choices(row, party)
    if compiled.tables.hostile[row, party]:
        return tuple(range(len(found)))
    ladders = compiled.layout.ladders
    own = compiled.layout.held[party]
    return tuple(
        place
        for place, each in enumerate(found)
        if all(
            target == ladders[k].today
            for k, target in zip(own, each.targets, strict=True)
            if k in held
        )
    )


def _order(compiled: Compiled, part: Part) -> IntArray:
    """Give the order in which choices are fixed: where play is likely to end first.

    Governments that can choose come first, then the states farthest along the ladder that takes
    longest to climb back, then the order of the states.
    """
    tables, mover = compiled.tables, compiled.mover
    lasting = [k for k in compiled.layout.lasting if k in part.ladders]
    slowest = max(lasting, key=lambda k: sum(mover.undo_years[k]), default=None)
    hostile = tables.hostile[part.rows].sum(axis=1)
    level = np.zeros(len(part.rows)) if slowest is None else tables.levels[part.rows, slowest]
    return np.lexsort((np.arange(len(part.rows)), -level, hostile))


def _carry_over(compiled: Compiled, part: Part, found: IntArray, base: IntArray) -> IntArray:
    """Let the parties move the part's ladders as found, whatever the others stand at.

    Parameters
    ----------
    found : int64 (R,), a profile of each of the part's states, by place in ``part.profiles``
    base : int64 (P, S), how the other ladders are moved
    """
    layout, tables = compiled.layout, compiled.tables
    at = {row: int(part.profiles[p]) for row, p in zip(part.rows.tolist(), found, strict=True)}
    row_of = {state: row for row, state in enumerate(tables.states)}
    policy = base.copy()
    for row, state in enumerate(tables.states):
        like = list(state)
        for k in layout.lasting:
            if k not in part.ladders:
                like[layout.position[k]] = layout.ladders[k].today
        near = row_of[tuple(like)]
        for party in range(compiled.n_parties):
            if tables.hostile[row, party]:
                continue
            theirs = compiled.choices(near, party)[int(tables.choice[at[near], party])]
            own = compiled.choices(row, party)[int(base[party, row])]
            targets = tuple(
                there if k in part.ladders else here
                for k, there, here in zip(
                    layout.held[party], theirs.targets, own.targets, strict=True
                )
            )
            choice = Choice(targets, theirs.cheats)
            if choice in compiled.choices(row, party):
                policy[party, row] = compiled.choice_index(row, party, choice)
    return policy
