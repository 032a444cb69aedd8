"""Which states have no equilibrium, shown by boxes, half-planes and weights on deviations.

First floors and ceilings; then profiles are excluded one by one; where that is not enough (two
players) half-planes are drawn round by round around what is left, each round from the facts of the
one before. A state all of whose profiles are excluded is empty, and so is one that needs it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from detente.proof.bounds import prove_bounds
from detente.proof.exact import ExactGame, Profile, round_number
from detente.proof.facts import Direction, Facts, Planes, Weights
from detente.proof.pricing import Pricer

Reason = dict[str, Any]
PLANE_DIGITS = 9
# fineness of the fan, and how much of the range of payoffs a round must move to be repeated
FANS = ((1, 3e-3), (2, 1e-3), (3, 1e-4))
MAX_SWEEPS = 1000


@dataclass(slots=True)
class Search:
    """The state of the search: facts, the steps that show them, and why profiles are out."""

    facts: Facts
    wanted: set[int]
    deadline: float
    steps: list[dict[str, Any]] = field(default_factory=list)
    reasons: dict[tuple[int, Profile], Reason] = field(default_factory=dict)
    weights: dict[tuple[int, Profile, Direction], Weights] = field(default_factory=dict)

    @property
    def game(self) -> ExactGame:
        """The game."""
        return self.facts.game

    @property
    def open_states(self) -> list[int]:
        """States that matter and are not shown to be empty."""
        return [s for s in sorted(self.wanted) if s not in self.facts.empty]

    def remaining(self, s: int) -> list[Profile]:
        """List the profiles of a state that are not excluded."""
        return [a for a in self.game.states[s].prescribable if (s, a) not in self.reasons]

    def out_of_time(self) -> bool:
        """Whether the time is up."""
        return time.monotonic() > self.deadline


def prove_empty(
    game: ExactGame, states: Sequence[int], seconds: float = 60.0
) -> tuple[Facts, list[dict[str, Any]]]:
    """Show that states have no equilibrium, as far as that succeeds.

    Parameters
    ----------
    states : states thought to be empty
    seconds : when to stop trying

    Returns
    -------
    What is known in the end (``facts.empty``: the states shown), and the steps that show it.
    """
    search = Search(Facts(game), list_reached(game, states), time.monotonic() + seconds)
    targets = set(states)
    _add_bounds(search)
    pricer = Pricer(search.facts)
    _exclude(search, pricer)
    if game.n_players == 2:
        for fineness, progress in FANS:
            if targets <= search.facts.empty:
                break
            _draw(search, pricer, make_fan(game, fineness), targets, progress)
    return search.facts, search.steps


def narrow(
    facts: Facts, states: Iterable[int], fan: tuple[Direction, ...], sweeps: int, deadline: float
) -> list[dict[str, Any]]:
    """Draw half-planes around the payoffs of states for some rounds; give the steps."""
    search = Search(facts, set(states), deadline)
    pricer = Pricer(facts)
    _exclude(search, pricer)
    _draw(search, pricer, fan, set(states), FANS[0][1], sweeps)
    return search.steps


def make_fan(game: ExactGame, fineness: int) -> tuple[Direction, ...]:
    """Make normals in whole numbers that go round once: 8, 16 or 32 for fineness 1, 2 or 3.

    They fit the ranges of the two players' payoffs, up to a factor of two.
    """
    steps = range(fineness + 1)
    slopes = {(a, b) for a in steps for b in steps if math.gcd(a, b) == 1}
    quarter = sorted(slopes, key=lambda each: math.atan2(each[1], each[0]))[:-1]
    spans = [float(game.largest_payoff(i) - game.least_payoff(i)) or 1.0 for i in (0, 1)]
    powers = [round(math.log2(span)) for span in spans]
    scale = [2 ** (max(powers) - power) for power in powers]
    fan = []
    for turn in ((1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0)):
        for x, y in quarter:
            normal = scale[0] * (turn[0] * x + turn[1] * y), scale[1] * (turn[2] * x + turn[3] * y)
            divisor = math.gcd(*normal)
            fan.append((normal[0] // divisor, normal[1] // divisor))
    return tuple(fan)


def list_reached(game: ExactGame, states: Sequence[int]) -> set[int]:
    """Give the states that can be reached from some, by any play."""
    found, waiting = set(states), list(states)
    while waiting:
        state = game.states[waiting.pop()]
        for cell in state.chances.values():
            for k, _ in cell:
                if state.follows(k) not in found:
                    found.add(state.follows(k))
                    waiting.append(state.follows(k))
    return found


def _add_bounds(search: Search) -> None:
    step = prove_bounds(search.facts)
    if step is not None:
        search.steps.append(step)


def _exclude(search: Search, pricer: Pricer, states: Sequence[int] | None = None) -> None:
    """Exclude profiles by the facts as they stand, and note the states that are empty then."""
    changed = True
    while changed and not search.out_of_time():
        changed = False
        for s in search.open_states:
            for a in search.remaining(s):
                reason = _find_reason(search, pricer, s, a, states is None or s in states)
                if reason is not None:
                    search.reasons[s, a] = reason
            if not search.remaining(s):
                _note_empty(search, s)
                changed = True


def _find_reason(
    search: Search, pricer: Pricer, s: int, a: Profile, try_weights: bool
) -> Reason | None:
    leads = search.facts.leads_to_empty(s, a)
    if leads is not None:
        return {"next": leads}
    weights = pricer.exclude(s, a) if try_weights else None
    return None if weights is None else {"weights": [list(each) for each in weights]}


def _note_empty(search: Search, s: int) -> None:
    profiles = [
        {"actions": list(a), "because": search.reasons[s, a]}
        for a in search.game.states[s].prescribable
    ]
    search.facts.empty.add(s)
    entry = {"at": s, "profiles": profiles}
    if search.steps and search.steps[-1]["step"] == "empty":
        search.steps[-1]["positions"].append(entry)
    else:
        search.steps.append({"step": "empty", "positions": [entry]})


def _draw(
    search: Search, pricer: Pricer, fan: tuple[Direction, ...], targets: set[int],
    progress: float, sweeps: int = MAX_SWEEPS,
) -> None:  # fmt: skip
    """Draw half-planes round by round until the targets are empty or nothing moves."""
    unit = max(float(search.game.largest_payoff(i) - search.game.least_payoff(i)) for i in (0, 1))
    for _ in range(sweeps):
        if targets <= search.facts.empty:
            return
        moved = 0.0
        for s in search.open_states:
            if search.out_of_time():
                return
            before = pricer.corners[s]
            if not _draw_state(search, pricer, s, fan):
                continue
            if s in search.facts.empty:
                moved = np.inf
                continue
            for normal in fan:
                old, new = ((corners @ np.array(normal)).max() for corners in
                            (before, pricer.corners[s]))  # fmt: skip
                moved = max(moved, float(old - new))
        _exclude(search, pricer, ())
        if moved <= progress * unit:
            return


def _draw_state(search: Search, pricer: Pricer, s: int, fan: tuple[Direction, ...]) -> bool:
    """Draw half-planes around the payoffs of a state; give whether anything was shown."""
    tops = [_find_top(search, pricer, s, normal) for normal in fan]
    if not search.remaining(s):
        _note_empty(search, s)
        return True
    most = []
    for top in tops:
        if top is None:
            raise ArithmeticError(f"no bound of state {s} although profiles remain")
        most.append(round_number(top, PLANE_DIGITS, 1))
    planes = Planes(fan, tuple(most))
    search.steps.append({"step": "outer", "sets": [_write_set(search, s, planes)]})
    search.facts.planes.setdefault(s, []).append(planes)
    del search.facts.planes[s][:-2]  # older families are hardly ever better
    pricer.refresh(s)
    return True


def _find_top(search: Search, pricer: Pricer, s: int, normal: Direction) -> Fraction | None:
    """Find weights for a plane: the profile with the largest bound is priced until it stays on top.

    A profile that turns out impossible is excluded.
    """
    values = {
        a: search.facts.bound(s, a, normal, search.weights.get((s, a, normal), ()))
        for a in search.remaining(s)
    }
    priced: set[Profile] = set()
    while values:
        top = max(values, key=values.__getitem__)
        if top in priced:
            return values[top]
        priced.add(top)
        found = pricer.price(s, top, normal)
        if found is None:
            weights = pricer.exclude(s, top)
            if weights is not None:
                search.reasons[s, top] = {"weights": [list(each) for each in weights]}
                del values[top]
            continue
        bound = search.facts.bound(s, top, normal, found[1])
        if bound < values[top]:
            search.weights[s, top, normal], values[top] = found[1], bound
    return None


def _write_set(search: Search, s: int, planes: Planes) -> dict[str, Any]:
    profiles: list[dict[str, Any]] = []
    for a in search.game.states[s].prescribable:
        if (s, a) in search.reasons:
            profiles.append({"actions": list(a), "because": search.reasons[s, a]})
            continue
        weights = [
            [list(each) for each in search.weights.get((s, a, normal), ())]
            for normal in planes.normals
        ]
        if any(weights):
            profiles.append({"actions": list(a), "weights": weights})
    numbers = [
        [Fraction(l1), Fraction(l2), h]
        for (l1, l2), h in zip(planes.normals, planes.most, strict=True)
    ]
    return {"at": s, "planes": numbers, "profiles": profiles}
