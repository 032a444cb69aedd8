"""Build games in Python: a stage for every state, put together into a `Game`."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np

from detente.errors import DetenteError, Problem
from detente.game.game import Game, Monitoring

TOL_SUM = 1e-9
TOL_ROUNDING = 1e-14
Nested = Any  # nested sequences of numbers, or an array, indexed by the players' actions first

# What to do about a problem that was found without a remedy of its own.
REMEDIES = {
    "E113": "add it",
    "E121": "give numbers, or fractions",
    "E125": "give a finite number",
    "E420": "give one name and one discount factor for every player",
    "E421": "add a state",
    "E422": "write what a payoff one period later is worth today, such as 0.9",
    "E423": "give one entry for each action, player or outcome, in the order they are listed",
    "E424": "name at least one",
    "E426": "count the states from 0, or give a state's name",
    "E427": "write a chance of 90% as 0.9",
    "E428": 'make them add up to 1; fractions such as "1/3" are exact',
    "E433": "give each a name of its own",
    "E434": "write one of the two, or drop the key: signals are the default",
    "E435": "drop it, or change the monitoring",
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One state before it becomes part of a game.

    Attributes
    ----------
    name : name of the state
    actions : names of every player's actions
    payoffs : ``payoffs[a1][a2]..[player]``, payoff units per period
    monitoring : what everybody sees of the actions
    outcomes : (signal, next state) for every outcome; empty under perfect monitoring
    chances : with signals ``chances[a1][a2]..`` is the list of probabilities of the outcomes,
        or a dict from outcome to probability; under perfect monitoring it is the list of
        (next state, probability)
    prescribable : ``prescribable[a1][a2]..``, or None for all
    """

    name: str
    actions: tuple[tuple[str, ...], ...]
    payoffs: Nested
    monitoring: Monitoring
    outcomes: tuple[tuple[str, int], ...] = field(default=())
    chances: Nested = None
    prescribable: Nested = None


def stage(
    name: str,
    actions: Sequence[Sequence[str]],
    payoffs: Nested,
    transitions: Nested = None,
    prescribable: Nested = None,
) -> Stage:
    """Make a state with perfect monitoring.

    Parameters
    ----------
    transitions : ``transitions[a1][a2]..`` is a list of (next state, probability); None stays
        in state 0 (a repeated game)
    """
    names = tuple(tuple(a) for a in actions)
    if transitions is None:
        stay = np.empty(tuple(len(a) for a in names), dtype=object)
        for where in np.ndindex(stay.shape):
            stay[where] = [(0, 1.0)]
        transitions = stay
    return Stage(name, names, payoffs, Monitoring.PERFECT, (), transitions, prescribable)


def noisy_stage(
    name: str,
    actions: Sequence[Sequence[str]],
    payoffs: Nested,
    outcomes: Sequence[tuple[str, int]],
    probabilities: Nested,
    prescribable: Nested = None,
) -> Stage:
    """Make a state in which everybody sees one of some public outcomes.

    Parameters
    ----------
    outcomes : (signal, next state) of every outcome
    probabilities : ``probabilities[a1][a2]..[outcome]``
    """
    return Stage(
        name, tuple(tuple(a) for a in actions), payoffs, Monitoring.SIGNALS,
        tuple((str(signal), int(to)) for signal, to in outcomes), probabilities, prescribable,
    )  # fmt: skip


def perfect_game(
    players: Sequence[str], discount: Sequence[float], stages: Sequence[Stage]
) -> Game:
    """Put stages together into a game (they may also have signals; see `build_game`)."""
    return build_game(players, discount, stages)


def build_game(players: Sequence[str], discount: Sequence[float], stages: Sequence[Stage]) -> Game:
    """Put stages together into a game.

    Parameters
    ----------
    players : names, length P
    discount : discount factors per period, in (0, 1), length P

    Raises
    ------
    DetenteError
        E420 and following, all problems of the game at once.
    """
    problems = [*check_players(players, discount)]
    for s, one in enumerate(stages):
        problems.extend(check_stage(s, one, len(players), len(stages)))
    if not stages:
        problems.append(Problem("E421", "a game needs at least one state"))
    if problems:
        raise DetenteError([replace(p, remedy=p.remedy or REMEDIES[p.code]) for p in problems])
    return assemble(players, discount, stages)


def check_players(players: Sequence[str], discount: Sequence[float]) -> list[Problem]:
    """List what is wrong with the players and their discount factors."""
    found = []
    if len(players) < 1:
        found.append(Problem("E420", "a game needs at least one player"))
    if len(discount) != len(players):
        found.append(
            Problem(
                "E420", f"discount: {len(players)} players but {len(discount)} discount factors"
            )
        )
    found.extend(
        Problem("E422", f"discount[{i}]: a discount factor must lie strictly between 0 and 1, "
                        f"not {value}")
        for i, value in enumerate(discount) if not 0.0 < float(value) < 1.0
    )  # fmt: skip
    return found


def check_stage(s: int, one: Stage, n_players: int, n_states: int) -> list[Problem]:
    """List what is wrong with one state; every message starts with the path to the place."""
    where = f"states[{s}]"
    shape = tuple(len(a) for a in one.actions)
    if len(shape) != n_players:
        return [Problem("E423", f"{where}.actions: {len(shape)} lists for {n_players} players")]
    if 0 in shape:
        return [Problem("E424", f"{where}.actions[{shape.index(0)}]: a player needs at least one "
                                "action in every state")]  # fmt: skip
    found = [
        *_check_payoffs(f"{where}.payoffs", one.payoffs, (*shape, n_players)),
        *_check_prescribable(f"{where}.prescribable", one.prescribable, shape),
    ]
    for k, (_, to) in enumerate(one.outcomes):
        if not 0 <= to < n_states:
            found.append(_out_of_range(f"{where}.outcomes[{k}].next", to, n_states))
    if one.monitoring == Monitoring.SIGNALS and not one.outcomes:
        found.append(Problem("E424", f"{where}.outcomes: a state needs at least one outcome"))
    for actions in np.ndindex(shape):
        found.extend(_check_chances(where, one, actions, n_states))
    return found


def _check_payoffs(where: str, given: Nested, shape: tuple[int, ...]) -> list[Problem]:
    try:
        payoffs = np.asarray(given, dtype=float)
    except (TypeError, ValueError):  # lists of different length, or no numbers
        return [Problem("E423", f"{where}: not an array of numbers, expected shape {shape}")]
    if payoffs.shape != shape:
        return [Problem("E423", f"{where}: shape {payoffs.shape}, expected {shape}")]
    if not np.isfinite(payoffs).all():
        return [Problem("E125", f"{where}: every payoff must be a finite number")]
    return []


def _check_prescribable(where: str, given: Nested, shape: tuple[int, ...]) -> list[Problem]:
    if given is None:
        return []
    try:
        found = np.asarray(given).shape
    except ValueError:  # lists of different length
        found = ()
    return [] if found == shape else [Problem("E423", f"{where}: expected shape {shape}")]


def _out_of_range(where: str, to: object, n_states: int) -> Problem:
    return Problem("E426", f"{where}: there is no state {to}; states are 0 to {n_states - 1}")


def _check_chances(
    where: str, one: Stage, actions: tuple[int, ...], n_states: int
) -> list[Problem]:
    spot = "".join(f"[{a}]" for a in actions)
    table = "probabilities" if one.monitoring == Monitoring.SIGNALS else "transitions"
    try:
        cell = _pick(one.chances, actions)
        sparse = isinstance(cell, dict)
        table = "chances" if sparse else table
        entries = list(cell.values() if sparse else cell)
    except (IndexError, TypeError):
        return [Problem("E423", f"{where}.{table}: there is no entry {spot}")]
    found = []
    if one.monitoring == Monitoring.SIGNALS:
        place = f"{where}.{table}{spot}"
        if not sparse and len(entries) != len(one.outcomes):
            return [Problem("E423", f"{place}: {len(entries)} probabilities for "
                                    f"{len(one.outcomes)} outcomes")]  # fmt: skip
        chances = entries
    else:
        place = f"{where}.transitions{spot}"
        for k, (to, _) in enumerate(entries):
            if not 0 <= int(to) < n_states:
                found.append(_out_of_range(f"{place}[{k}]", to, n_states))
        chances = [q for _, q in entries]
    wrong = [q for q in chances if not 0.0 <= q <= 1.0]
    if wrong:
        found.append(
            Problem("E427", f"{place}: a probability must lie between 0 and 1, not {wrong[0]}")
        )
    else:
        # fractions are exact, so nothing excuses a sum that is not one
        exact = all(isinstance(q, int | Fraction) for q in chances)
        total = sum(chances)
        if total != 1 if exact else abs(float(total) - 1.0) > TOL_SUM:
            shown = f"{total}" if exact else f"{float(total):.12g}"
            off = f"{total - 1}" if exact else f"{float(total) - 1.0:+.3g}"
            found.append(Problem("E428", f"{place}: the probabilities add up to {shown}, "
                                         f"off by {off}"))  # fmt: skip
    return found


def _pick(nested: Nested, where: tuple[int, ...]) -> Any:
    for index in where:
        nested = nested[index]
    return nested


def assemble(players: Sequence[str], discount: Sequence[float], stages: Sequence[Stage]) -> Game:
    """Put checked stages together; probabilities that are off by rounding are normalised."""
    n_actions, payoff, prescribable, monitoring = [], [], [], []
    outcome_next: list[int] = []
    outcome_signal: list[str] = []
    entry_outcome: list[int] = []
    entry_probability: list[float] = []
    profile_start, outcome_start, entry_start = [0], [0], [0]
    for one in stages:
        shape = tuple(len(a) for a in one.actions)
        n_actions.append(shape)
        payoff.append(np.asarray(one.payoffs, dtype=np.float64).reshape(-1, len(players)))
        allowed = np.ones(shape) if one.prescribable is None else np.asarray(one.prescribable)
        prescribable.append(np.broadcast_to(allowed.astype(np.bool_), shape).reshape(-1))
        monitoring.append(int(one.monitoring))
        base = len(outcome_next)
        outcome_signal.extend(signal for signal, _ in one.outcomes)
        outcome_next.extend(to for _, to in one.outcomes)
        for actions in itertools.product(*(range(n) for n in shape)):
            chances = _pick(one.chances, actions)
            if one.monitoring == Monitoring.PERFECT:
                signal = " ".join(names[a] for names, a in zip(one.actions, actions, strict=True))
                pairs = []
                for to, q in chances:
                    pairs.append((len(outcome_next), float(q)))
                    outcome_next.append(int(to))
                    outcome_signal.append(signal)
            else:
                sparse = isinstance(chances, dict)
                listed = sorted(chances.items()) if sparse else enumerate(chances)
                pairs = [(base + k, float(q)) for k, q in listed]
            total = sum(q for _, q in pairs)
            total = 1.0 if abs(total - 1.0) <= TOL_ROUNDING else total
            entry_outcome.extend(k for k, q in pairs if q > 0.0)
            entry_probability.extend(q / total for _, q in pairs if q > 0.0)
            entry_start.append(len(entry_outcome))
        profile_start.append(len(entry_start) - 1)
        outcome_start.append(len(outcome_next))
    return Game(
        players=tuple(players),
        discount=np.asarray(discount, dtype=np.float64),
        state_names=tuple(one.name for one in stages),
        action_names=tuple(one.actions for one in stages),
        n_actions=np.asarray(n_actions, dtype=np.int64),
        profile_start=np.asarray(profile_start, dtype=np.int64),
        payoff=np.concatenate(payoff),
        prescribable=np.concatenate(prescribable),
        monitoring=np.asarray(monitoring, dtype=np.int64),
        outcome_start=np.asarray(outcome_start, dtype=np.int64),
        outcome_next=np.asarray(outcome_next, dtype=np.int64),
        outcome_signal=tuple(outcome_signal),
        entry_start=np.asarray(entry_start, dtype=np.int64),
        entry_outcome=np.asarray(entry_outcome, dtype=np.int64),
        entry_probability=np.asarray(entry_probability, dtype=np.float64),
    )
