"""All states and action profiles of a scenario as arrays, with their transitions.

Axis letters: S states, P parties, L ladders, A profiles (of all states, stacked; row-major in the
parties' choices, the last party's fastest), E entries of the sparse matrix "profile -> state".
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.layout import Layout, State
from detente.compile.moves import Choice, Mover
from detente.errors import DetenteError, Problem
from detente.scenario.model import Scenario

MAX_STATES = 20_000
MAX_PROFILES = 1_000_000


@dataclass(frozen=True, slots=True)
class Tables:
    """States, choices, profiles and transitions.

    Attributes
    ----------
    states : public states; today's first
    levels : int64 (S, L), level of each ladder (today's for renewed ones)
    hostile : bool (S, P)
    catalogs : per party, the different lists of choices; holding first in each
    catalog_of : int64 (S, P), which list a party has in a state
    n_choices : int64 (S, P)
    profile_start : int64 (S + 1,)
    row : int64 (A,), state of each profile
    choice : int64 (A, P), choice of each party
    towards : int64 (A, L), level towards which each ladder goes
    cheats : bool (A, P)
    unanimous : bool (A,), whether the holders of every joint ladder move it alike, hostile
        governments aside: they have no choice
    entry_start : int64 (A + 1,)
    entry_next, entry_chance : int64 and float64 (E,)
    alarm : float64 (S, P, 2), chance of an alarm about a party that is honest, that cheats
    factors : int64 (places, E), which chance of every ladder or government makes up an entry's
    """

    states: tuple[State, ...]
    levels: IntArray
    hostile: BoolArray
    catalogs: tuple[tuple[tuple[Choice, ...], ...], ...]
    catalog_of: IntArray
    n_choices: IntArray
    profile_start: IntArray
    row: IntArray
    choice: IntArray
    towards: IntArray
    cheats: BoolArray
    unanimous: BoolArray
    entry_start: IntArray
    entry_next: IntArray
    entry_chance: FloatArray
    alarm: FloatArray
    factors: IntArray


def describe_shape(layout: Layout, mover: Mover) -> tuple[object, ...]:
    """Give what decides the tables, chances aside: where moves can lead, and who can cheat."""
    ladders = []
    for k, ladder in enumerate(layout.ladders):
        levels = range(len(ladder.levels))
        ladders.append(
            tuple(
                (mover.targets(k, a), tuple(tuple(to for to, p in mover.climb(k, a, b) if p > 0)
                                            for b in levels))
                for a in levels
            )
        )  # fmt: skip
    turns = tuple(
        (out > 0, out < 1, back > 0, back < 1)
        for out, back in zip(mover.turns_hostile, mover.turns_back, strict=True)
    )
    return tuple(ladders), turns, mover.can_cheat


def make_tables(
    scenario: Scenario, layout: Layout, mover: Mover, like: Tables | None = None
) -> Tables:
    """Enumerate the states that can be reached, all profiles, and where they lead.

    ``like`` are tables of the same scenario and shape with other numbers: then only the chances
    are made anew.

    Raises
    ------
    DetenteError
        E290 when there are more than `MAX_STATES` states or `MAX_PROFILES` profiles.
    """
    options = [reachable_levels(layout, mover, k) for k in layout.lasting]
    options += [[0, 1] if chance > 0 else [0] for chance in mover.turns_hostile]
    if like is not None:
        return replace(
            like,
            entry_chance=_multiply(_chances(layout, mover, options), like.factors),
            alarm=_alarms(mover, like.states, like.catalog_of),
        )
    if math.prod(len(each) for each in options) > MAX_STATES:
        raise DetenteError(_too_large(scenario, options))
    states = tuple(itertools.product(*options))
    n, n_parties = len(states), len(layout.parties)
    hostile = np.array([[layout.hostile(s, i) for i in range(n_parties)] for s in states])
    levels = np.array([[layout.level(s, k) for k in range(len(layout.ladders))] for s in states])
    levels = levels.reshape(n, len(layout.ladders)).astype(np.int64)
    if sum(_count_profiles(layout, mover, state) for state in states) > MAX_PROFILES:
        raise DetenteError(_too_large(scenario, options))
    catalogs, catalog_of = _catalogs(states, layout, mover)
    sizes = [np.array([len(each) for each in catalogs[i]]) for i in range(n_parties)]
    n_choices = np.stack([sizes[i][catalog_of[:, i]] for i in range(n_parties)], axis=1)
    counts = n_choices.prod(axis=1)
    if counts.sum() > MAX_PROFILES:
        raise DetenteError(_too_large(scenario, options))
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    row = np.repeat(np.arange(n), counts)
    choice = _unravel(np.arange(len(row)) - start[row], n_choices[row])
    towards, cheats, unanimous = _resolve(
        layout, levels, hostile, catalogs, catalog_of, row, choice
    )
    chances = _chances(layout, mover, options)
    entry_start, entry_next, factors = _transitions(
        layout, options, chances, levels, hostile, row, towards
    )
    return Tables(
        states, levels, hostile, catalogs, catalog_of, n_choices, start, row, choice, towards,
        cheats, unanimous, entry_start, entry_next, _multiply(chances, factors),
        _alarms(mover, states, catalog_of), factors,
    )  # fmt: skip


def _alarms(mover: Mover, states: tuple[State, ...], catalog_of: IntArray) -> FloatArray:
    """Give the chances of alarms; states in which a party has the same choices share them."""
    alarm = np.empty((*catalog_of.shape, 2))
    for party in range(catalog_of.shape[1]):
        _, rows, which = np.unique(catalog_of[:, party], return_index=True, return_inverse=True)
        chances = [[mover.alarm_chance(states[row], party, c) for c in (False, True)]
                   for row in rows.tolist()]  # fmt: skip
        alarm[:, party] = np.array(chances)[which.reshape(-1)]
    return alarm


def reachable_levels(layout: Layout, mover: Mover, ladder: int) -> list[int]:
    """Give the levels that some sequence of moves reaches; today's first.

    Ladders move independently, so the reachable states are all combinations.
    """
    found = [layout.ladders[ladder].today]
    goals = [g.would[name] for g in layout.governments for name in g.would
             if name == layout.ladders[ladder].id]  # fmt: skip
    for level in found:  # grows while it is read
        for target in (*mover.targets(ladder, level), *(g for g in goals if g > level)):
            for reached, chance in mover.climb(ladder, level, target):
                if chance > 0 and reached not in found:
                    found.append(reached)
    return [found[0], *sorted(found[1:])]


def _count_profiles(layout: Layout, mover: Mover, state: State) -> int:
    """Give how many profiles of a state there are without cheating, nothing being listed."""
    return math.prod(
        len(mover.targets(k, layout.level(state, k)))
        for party in range(len(layout.parties))
        if not layout.hostile(state, party)
        for k in layout.held[party]
    )


def _catalogs(
    states: tuple[State, ...], layout: Layout, mover: Mover
) -> tuple[tuple[tuple[tuple[Choice, ...], ...], ...], IntArray]:
    """Give the different lists of choices of each party, and which one it has where."""
    catalogs = []
    catalog_of = np.empty((len(states), len(layout.parties)), dtype=np.int64)
    for party in range(len(layout.parties)):
        known: dict[tuple[int, ...], int] = {}
        lists: list[tuple[Choice, ...]] = []
        for s, state in enumerate(states):
            key = (*(layout.level(state, k) for k in layout.held[party]),
                   int(layout.hostile(state, party)))  # fmt: skip
            if key not in known:
                known[key] = len(lists)
                lists.append(mover.choices(state, party))
            catalog_of[s, party] = known[key]
        catalogs.append(tuple(lists))
    return tuple(catalogs), catalog_of


def _unravel(local: IntArray, shape: IntArray) -> IntArray:
    """Give the parties' choices in a profile: int64 (A, P)."""
    out = np.empty_like(shape)
    for party in range(shape.shape[1] - 1, -1, -1):
        out[:, party] = local % shape[:, party]
        local = local // shape[:, party]
    return out


def _resolve(
    layout: Layout,
    levels: IntArray,
    hostile: BoolArray,
    catalogs: tuple[tuple[tuple[Choice, ...], ...], ...],
    catalog_of: IntArray,
    row: IntArray,
    choice: IntArray,
) -> tuple[IntArray, BoolArray, BoolArray]:
    """Give where each ladder goes, who cheats, and whether joint holders who can choose agree.

    A joint ladder follows the lowest vote.
    """
    n_parties = choice.shape[1]
    towards = levels[row].copy()
    voted = np.zeros(len(layout.ladders), dtype=np.bool_)
    chosen = np.full(towards.shape, -1)  # the first vote by somebody who can choose
    cheats = np.empty(choice.shape, dtype=np.bool_)
    unanimous = np.ones(len(row), dtype=np.bool_)
    for party in range(n_parties):
        lists = catalogs[party]
        first = np.concatenate([[0], np.cumsum([len(each) for each in lists])])
        flat = [each for choices in lists for each in choices]
        targets = np.array([each.targets for each in flat], dtype=np.int64)
        targets = targets.reshape(len(flat), len(layout.held[party]))
        hidden = np.array([each.cheats for each in flat])
        which = first[catalog_of[row, party]] + choice[:, party]
        cheats[:, party] = hidden[which]
        for place, k in enumerate(layout.held[party]):
            vote = targets[which, place]
            free = ~hostile[row, party]
            unanimous &= ~free | (chosen[:, k] < 0) | (vote == chosen[:, k])
            chosen[:, k] = np.where(free & (chosen[:, k] < 0), vote, chosen[:, k])
            if not voted[k]:
                towards[:, k] = vote
            elif layout.ladders[k].renewed:
                towards[:, k] = np.where(towards[:, k] == vote, vote, layout.ladders[k].today)
            else:
                towards[:, k] = np.minimum(towards[:, k], vote)
            voted[k] = True
    return towards, cheats, unanimous


def _chances(
    layout: Layout, mover: Mover, options: list[list[int]]
) -> list[tuple[IntArray, FloatArray]]:
    """Give, per ladder or government, where it goes and with what chances."""
    lasting = [_spread_table(layout, mover, k, options[i]) for i, k in enumerate(layout.lasting)]
    return lasting + [_government_table(mover, g) for g in range(len(layout.governments))]


def _multiply(chances: list[tuple[IntArray, FloatArray]], factors: IntArray) -> FloatArray:
    """Give the chance of every entry, as the product of those of ladders and governments."""
    out = np.ones(factors.shape[1])
    for place, (_, probability) in enumerate(chances):
        out *= probability.reshape(-1)[factors[place]]
    return out


def _transitions(
    layout: Layout,
    options: list[list[int]],
    chances: list[tuple[IntArray, FloatArray]],
    levels: IntArray,
    hostile: BoolArray,
    row: IntArray,
    towards: IntArray,
) -> tuple[IntArray, IntArray, IntArray]:
    """Give the sparse transition matrix: every ladder and government moves independently.

    Its chances are given as places in those of ladders and governments, int64 (places, E).
    """
    profile = np.arange(len(row))
    code = np.zeros(len(row), dtype=np.int64)
    factors = np.zeros((0, len(row)), dtype=np.int64)
    for place, (allowed, (to, probability)) in enumerate(zip(options, chances, strict=True)):
        if place < len(layout.lasting):
            k = layout.lasting[place]
            at: tuple[IntArray, ...] = (levels[row[profile], k], towards[profile, k])
        else:
            government = layout.governments[place - len(layout.lasting)]
            at = (hostile[row[profile], layout.parties.index(government.party)].astype(np.int64),)
        first = np.ravel_multi_index(at, probability.shape[:-1]) * probability.shape[-1]
        parts = []
        for branch in (0, 1):
            keep = probability[(*at, branch)] > 0
            reached = code[keep] * len(allowed) + to[(*at, branch)][keep]
            chosen = np.vstack([factors[:, keep], first[keep] + branch])
            parts.append((profile[keep], reached, chosen))
        profile = np.concatenate([each for each, _, _ in parts])
        code = np.concatenate([each for _, each, _ in parts])
        factors = np.hstack([each for _, _, each in parts])
    order = np.lexsort((code, profile))
    start = np.concatenate([[0], np.cumsum(np.bincount(profile, minlength=len(row)))])
    return start.astype(np.int64), code[order], np.ascontiguousarray(factors[:, order])


def _spread_table(
    layout: Layout, mover: Mover, ladder: int, allowed: list[int]
) -> tuple[IntArray, FloatArray]:
    """Give, by level and target, the (at most two) next places in ``allowed`` and chances."""
    size = len(layout.ladders[ladder].levels)
    to = np.zeros((size, size, 2), dtype=np.int64)
    chance = np.zeros((size, size, 2))
    for level in allowed:
        for target in range(size):
            for branch, (reached, p) in enumerate(mover.climb(ladder, level, target)):
                if reached in allowed:
                    to[level, target, branch] = allowed.index(reached)
                    chance[level, target, branch] = p
    return to, chance


def _government_table(mover: Mover, government: int) -> tuple[IntArray, FloatArray]:
    turns, back = mover.turns_hostile[government], mover.turns_back[government]
    to = np.array([[0, 1], [1, 0]], dtype=np.int64)
    return to, np.array([[1.0 - turns, turns], [1.0 - back, back]])


def _too_large(scenario: Scenario, options: list[list[int]]) -> Problem:
    largest = sorted(scenario.ladders, key=lambda each: -len(each.levels))
    count = math.prod(len(each) for each in options)
    names = ", ".join(f"{each.id} ({len(each.levels)} levels)" for each in largest[:4])
    return Problem(
        code="E290",
        message=(
            f"the scenario is too large: {count:,} states; the limit is {MAX_STATES:,} states"
            f" and {MAX_PROFILES:,} combinations of moves"
        ),
        place=largest[0].place,
        line_text=scenario.line(largest[0].place),
        label="the ladder with most levels",
        remedy=f"merge levels of the largest ladders: {names}",
    )
