"""Games from NumPy arrays, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.errors import DetenteError, Problem
from detente.game.array_chances import Chances, as_numbers, list_states, read_chances
from detente.game.build import REMEDIES, check_players
from detente.game.game import Game, Monitoring
from detente.game.limits import game_bytes, refuse_large

MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class StateArrays:
    """One state of a game as dense arrays (n_i: number of actions of player i in it).

    Attributes
    ----------
    payoffs : float64 array, shape (n_1, .., n_P, P), payoff units per period
    transitions : float64 array, shape (n_1, .., n_P, S), chance of each next state
    signals : float64 array, shape (n_1, .., n_P, K), chance of each public outcome; None under
        perfect monitoring
    leads_to : int64 array, shape (K,), the next state after each outcome; None likewise
    prescribable : bool array, shape (n_1, .., n_P)
    """

    payoffs: FloatArray
    transitions: FloatArray
    signals: FloatArray | None
    leads_to: IntArray | None
    prescribable: BoolArray


def from_arrays(
    payoffs: Any,
    discount: float | Sequence[float],
    transitions: Any = None,
    signals: Any = None,
    leads_to: Any = None,
    prescribable: Any = None,
    players: Sequence[str] | None = None,
    states: Sequence[str] | None = None,
) -> Game:
    """Make a game from arrays.

    Parameters
    ----------
    payoffs : array, shape (n_1, .., n_P, P), for one state; a list of such arrays, one for each
        state (numbers of actions may differ); or one array, shape (S, n_1, .., n_P, P)
    discount : discount factor per period, in (0, 1): one for all players, or P of them
    transitions : chance of each next state where everybody sees all actions: arrays, shape
        (n_1, .., n_P, S), listed or stacked as the payoffs are, or one sparse array of SciPy,
        shape (A, S), with a row for each action profile of all states, the last player's action
        changing fastest. None stays in the state for ever; so does None in a list.
    signals : chance of each public outcome where actions are not seen: arrays, shape
        (n_1, .., n_P, K), listed or stacked; None in a list is a state whose actions are seen
    leads_to : next state after each outcome: K integers, or a list of them for each state; None
        stays in the state
    prescribable : bool arrays, shape (n_1, .., n_P), listed or stacked: the profiles that an
        equilibrium may prescribe; None for all
    players, states : names; by default p1, p2, .. and s0, s1, ..

    Returns
    -------
    Game

    Raises
    ------
    DetenteError
        E121, E125, E420 to E435: all problems at once, each with its place; E430, with the
        estimate, where the game would not fit into memory. Probabilities given as fractions
        must add up to one exactly, others to 1e-9.

    Examples
    --------
    >>> dilemma = [[[1, 1], [-1, 2]], [[2, -1], [0, 0]]]
    >>> game = from_arrays(dilemma, 0.6)
    >>> game.n_states, game.n_profiles, game.discount.tolist()
    (1, 4, [0.6, 0.6])
    """
    tables = _read_payoffs(payoffs)
    n_states, n_players = len(tables), int(tables[0].shape[-1])
    factors = _read_discount(discount, n_players)
    who = tuple(f"p{i + 1}" for i in range(n_players)) if players is None else tuple(players)
    names = tuple(f"s{s}" for s in range(n_states)) if states is None else tuple(states)
    shapes = [table.shape[:-1] for table in tables]
    found = [*check_players(who, factors), *_check_names(who, names, n_players, n_states)]
    chances = read_chances(shapes, transitions, signals, leads_to, found)
    allowed = _read_flags(shapes, prescribable, found)
    if not found:
        n_outcomes, n_entries = _count(chances)
        n_profiles = sum(math.prod(shape) for shape in shapes)
        size = game_bytes(n_profiles, n_players, n_outcomes, n_entries)
        found += refuse_large("transitions", f"{n_entries} transitions", size)
    if found:
        _refuse(found)
    return _put_together(who, factors, names, tables, chances, allowed)


def to_arrays(game: Game) -> list[StateArrays]:
    """Give every state of a game as dense arrays.

    Raises
    ------
    DetenteError
        E430 where the dense arrays would not fit into memory.

    Examples
    --------
    >>> game = from_arrays([[[1, 1], [-1, 2]], [[2, -1], [0, 0]]], 0.6)
    >>> state = to_arrays(game)[0]
    >>> state.payoffs.shape, state.transitions[0, 0].tolist(), state.signals is None
    ((2, 2, 2), [1.0], True)
    """
    noisy = game.monitoring == Monitoring.SIGNALS
    outcomes = np.diff(game.outcome_start) * noisy
    cells = game.n_profiles * (game.n_players + game.n_states)
    cells += int((np.diff(game.profile_start) * outcomes).sum())
    found = refuse_large("states", f"{cells} numbers in dense arrays", 8 * cells)
    if found:
        _refuse(found)
    return [_take_apart(game, s) for s in range(game.n_states)]


def _take_apart(game: Game, s: int) -> StateArrays:
    shape = tuple(int(n) for n in game.n_actions[s])
    rows = game.profiles(s)
    part = slice(rows.start, rows.stop)
    starts = game.entry_start[rows.start : rows.stop + 1]
    span = slice(int(starts[0]), int(starts[-1]))
    row = np.repeat(np.arange(len(rows)), np.diff(starts))
    outcome, chance = game.entry_outcome[span], game.entry_probability[span]
    moves = np.zeros((len(rows), game.n_states))
    np.add.at(moves, (row, game.outcome_next[outcome]), chance)
    signals, leads_to = None, None
    if game.monitoring[s] == Monitoring.SIGNALS:
        first, last = int(game.outcome_start[s]), int(game.outcome_start[s + 1])
        table = np.zeros((len(rows), last - first))
        np.add.at(table, (row, outcome - first), chance)
        signals, leads_to = table.reshape((*shape, -1)), game.outcome_next[first:last].copy()
    return StateArrays(
        game.payoff[part].reshape((*shape, -1)).copy(), moves.reshape((*shape, -1)),
        signals, leads_to, game.prescribable[part].reshape(shape).copy(),
    )  # fmt: skip


def _refuse(problems: list[Problem]) -> NoReturn:
    raise DetenteError(
        [replace(p, remedy=p.remedy or REMEDIES[p.code]) for p in problems[:MAX_PROBLEMS]]
    )


def _read_payoffs(payoffs: Any) -> list[FloatArray]:
    """Give the payoffs of every state, float64 (n_1, .., n_P, P), or raise."""
    listed = _list_payoffs(payoffs)
    n_players = listed[0].shape[-1] if listed[0].ndim else 0
    found: list[Problem] = []
    for s, one in enumerate(listed):
        if n_players == 0 or one.ndim != n_players + 1 or one.shape[-1] != n_players:
            found.append(
                Problem("E423", f"payoffs[{s}]: shape {one.shape}, expected one axis for the "
                                "actions of each player and a last one with a payoff for each")
            )  # fmt: skip
        elif 0 in one.shape:
            found.append(
                Problem("E424", f"payoffs[{s}]: shape {one.shape}, but player "
                                f"{one.shape.index(0)} needs at least one action in every state")
            )  # fmt: skip
    if not found:
        n_profiles = sum(math.prod(one.shape[:-1]) for one in listed)
        size = game_bytes(n_profiles, n_players, n_profiles, n_profiles)
        found = refuse_large("payoffs", f"{n_profiles} action profiles", size)
    if found:
        _refuse(found)
    tables = [as_numbers(f"payoffs[{s}]", one, found) for s, one in enumerate(listed)]
    if found:
        _refuse(found)
    return [np.array(table, dtype=np.float64) for table in tables]


def _list_payoffs(payoffs: Any) -> list[Any]:
    """Give one array for each state, whatever is in it."""
    if isinstance(payoffs, list | tuple) and any(isinstance(p, np.ndarray) for p in payoffs):
        return [np.asarray(one) for one in payoffs]
    try:
        table = np.asarray(payoffs)
    except ValueError:
        _refuse([Problem("E423", "payoffs: the lists differ in length; expected an array, or a "
                                 "list with an array for each state")])  # fmt: skip
    n_axes = 1 + table.shape[-1] if table.ndim else 0
    if table.ndim == 0 or table.ndim not in (n_axes, n_axes + 1):
        _refuse([Problem("E423", f"payoffs: shape {table.shape}, expected one axis for the "
                                 "actions of each player and a last one with a payoff for each; "
                                 "with states, a first axis for these")])  # fmt: skip
    if len(table) == 0 and table.ndim == n_axes + 1:
        _refuse([Problem("E421", "payoffs: a game needs at least one state")])
    return [table] if table.ndim == n_axes else list(table)


def _read_discount(discount: Any, n_players: int) -> list[float]:
    listed = [discount] * n_players if np.ndim(discount) == 0 else list(discount)
    try:
        return [float(d) for d in listed]
    except (TypeError, ValueError):
        _refuse([Problem("E121", f"discount: {str(discount)[:40]!r} is not a number")])


def _check_names(
    players: tuple[str, ...], states: tuple[str, ...], n_players: int, n_states: int
) -> list[Problem]:
    found = []
    if len(players) != n_players:
        found.append(Problem("E420", f"players: {len(players)} names for {n_players} players"))
    if len(states) != n_states:
        found.append(Problem("E423", f"states: {len(states)} names for {n_states} states"))
    for word, names in (("players", players), ("states", states)):
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            found.append(Problem("E433", f"{word}: '{twice}' stands twice"))
    return found


def _read_flags(
    shapes: list[tuple[int, ...]], prescribable: Any, found: list[Problem]
) -> list[BoolArray]:
    listed = list_states(prescribable, len(shapes), len(shapes[0]))
    if listed is None or len(listed) != len(shapes):
        found.append(
            Problem("E423", f"prescribable: expected an array for each of the {len(shapes)} states")
        )
        return []
    out = []
    for s, (one, shape) in enumerate(zip(listed, shapes, strict=True)):
        flags = np.ones(shape, dtype=np.bool_) if one is None else np.asarray(one)
        if flags.shape != shape:
            found.append(
                Problem("E423", f"prescribable[{s}]: shape {flags.shape}, expected {shape}")
            )
        elif flags.dtype.kind != "b":
            found.append(Problem("E114", f"prescribable[{s}]: expected true or false",
                                 remedy="give an array of booleans"))  # fmt: skip
        out.append(flags)
    return out


def _count(chances: list[Chances]) -> tuple[int, int]:
    """Give the numbers of outcomes and of entries."""
    n_entries = sum(len(one.value) for one in chances)
    n_outcomes = sum(
        len(one.leads_to) if one.monitoring == Monitoring.SIGNALS else len(one.value)
        for one in chances
    )
    return n_outcomes, n_entries


def _put_together(
    players: tuple[str, ...], discount: Sequence[float], names: tuple[str, ...],
    payoffs: list[FloatArray], chances: list[Chances], allowed: list[BoolArray],
) -> Game:  # fmt: skip
    actions = [
        tuple(tuple(f"a{k}" for k in range(n)) for n in table.shape[:-1]) for table in payoffs
    ]
    signal: list[str] = []
    leads_to, outcome, start = [], [], [np.zeros(1, np.int64)]
    outcome_start, n_entries = [0], 0
    for one, own in zip(chances, actions, strict=True):
        start.append(one.start[1:] + n_entries)
        n_entries += len(one.value)
        if one.monitoring == Monitoring.SIGNALS:
            leads_to.append(one.leads_to)
            outcome.append(one.column + outcome_start[-1])
            signal.extend(f"k{k}" for k in range(len(one.leads_to)))
        else:
            leads_to.append(one.column)
            outcome.append(np.arange(len(one.column)) + outcome_start[-1])
            signal.extend(_name_profiles(own, np.diff(one.start)))
        outcome_start.append(outcome_start[-1] + len(leads_to[-1]))
    shapes = np.asarray([table.shape[:-1] for table in payoffs], dtype=np.int64)
    return Game(
        players=players,
        discount=np.asarray(discount, dtype=np.float64),
        state_names=names,
        action_names=tuple(actions),
        n_actions=shapes,
        profile_start=np.concatenate([[0], np.cumsum(shapes.prod(axis=1))]).astype(np.int64),
        payoff=np.concatenate([table.reshape(-1, len(players)) for table in payoffs]),
        prescribable=np.concatenate([flags.reshape(-1) for flags in allowed]),
        monitoring=np.asarray([int(one.monitoring) for one in chances], dtype=np.int64),
        outcome_start=np.asarray(outcome_start, dtype=np.int64),
        outcome_next=np.concatenate(leads_to).astype(np.int64),
        outcome_signal=tuple(signal),
        entry_start=np.concatenate(start).astype(np.int64),
        entry_outcome=np.concatenate(outcome).astype(np.int64),
        entry_probability=np.concatenate([one.value for one in chances]),
    )


def _name_profiles(actions: tuple[tuple[str, ...], ...], counts: IntArray) -> list[str]:
    """Give the signal of every entry of a state whose actions are seen: the actions' names."""
    profiles = np.ndindex(*(len(names) for names in actions))
    words = [" ".join(names[a] for names, a in zip(actions, p, strict=True)) for p in profiles]
    return [word for word, n in zip(words, counts, strict=True) for _ in range(n)]
