"""Proofs about plans of a game file: the plan's own play is an equilibrium, or cannot be one.

Everything is judged afresh from the file (`detente.proof.positions`), in floating point with a
margin that exceeds rounding by far; the steps that are written hold in exact arithmetic, which
`detente-verify` checks. Rules P10 to P32 of docs/proof-format.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from detente.arrays import FloatArray
from detente.proof.exact import Profile, round_number
from detente.proof.positions import Position, Positions, write_position
from detente.solve.evaluate import discounted_values

DIGITS = 13
WIDTH = 1e-9  # of the payoff range: half the width of a claimed interval
CERTAIN = 1e-7  # of the payoff range: a gain that is claimed exceeds this


@dataclass(frozen=True, slots=True)
class Box:
    """Bounds on equilibrium payoffs of open positions: float64 (S, P) each, least and most."""

    low: FloatArray
    high: FloatArray


@dataclass(slots=True)
class Play:
    """Prescribed play from some positions on: payoffs lie between ``low`` and ``high``.

    Attributes
    ----------
    order : the positions, those asked for first; open ones are not among them
    place : position -> row
    low, high : float64 (N, P); equal where play never reaches an open position
    """

    order: list[Position]
    place: dict[Position, int]
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Departure:
    """A deviation that pays, whatever equilibrium follows: how much at least, from which node."""

    at: Position
    player: int
    action: int
    gain: float


def close(positions: Positions, starts: Iterable[Position]) -> list[Position]:
    """List the positions reached by prescribed play, nearest first; open ones are not entered."""
    order = list(dict.fromkeys(starts))
    known = set(order)
    for x in order:
        profile = positions.prescribed(x)
        if profile is None:
            continue
        for outcome, _ in positions.outcomes(positions.state_of(x), profile):
            y = positions.follow(x, profile, outcome)
            if y not in known:
                known.add(y)
                order.append(y)
    return order


def neighbours(positions: Positions, x: Position, profile: Profile) -> list[Position]:
    """List where a profile and the deviations of one player from it can lead."""
    outcomes = positions.neighbouring(positions.state_of(x), profile)
    return list(dict.fromkeys(positions.follow(x, profile, outcome) for outcome in outcomes))


def play_on(positions: Positions, starts: Iterable[Position], box: Box | None) -> Play:
    """Evaluate prescribed play from some positions on.

    Raises
    ------
    ValueError
        Where an open position is reached and ``box`` is None.
    """
    reached = close(positions, starts)
    order: list[Position] = [x for x in reached if not isinstance(x, int)]
    place: dict[Position, int] = {x: n for n, x in enumerate(order)}
    source, target, chance, states, weight, at = [], [], [], [], [], []
    payoff = np.empty((len(order), positions.n_players))
    for n, x in enumerate(order):
        profile, state = positions.prescribed(x), positions.state_of(x)
        if profile is None:
            raise ValueError("an open position prescribes nothing")
        payoff[n] = [float(u) for u in positions.payoff(state, profile)]
        for outcome, q in positions.chances(state, profile):
            y = positions.follow(x, profile, outcome)
            if isinstance(y, int):
                states.append(y)
                weight.append(q)
                at.append(n)
            else:
                source.append(n)
                target.append(place[y])
                chance.append(q)
    if states and box is None:
        raise ValueError("prescribed play reaches open positions, and nothing bounds them")
    ends = [box.low, box.high] if box is not None else [np.zeros((positions.n_states, 1))] * 2
    columns = []
    for player in range(positions.n_players):
        delta = float(positions.discount[player])
        total = np.repeat((1.0 - delta) * payoff[:, [player]], 2, axis=1)
        for side, values in enumerate(ends):
            if states:
                worth = delta * np.array(weight) * values[states, player]
                np.add.at(total[:, side], at, worth)
        columns.append(
            discounted_values(np.array(source, np.int64), np.array(target, np.int64),
                              np.array(chance), total, delta)
        )  # fmt: skip
    values = np.stack(columns, axis=1)
    return Play(order, place, values[..., 0], values[..., 1])


@dataclass(slots=True)
class PlanProver:
    """Proves verdicts about the plans of one game file.

    Attributes
    ----------
    positions : the file
    box : bounds for open positions, proven by the step `bounds` that `bound_states` writes
    """

    positions: Positions
    box: Box | None = None
    _scale: FloatArray = field(init=False)
    _wide: Box | None = field(init=False)

    def __post_init__(self) -> None:
        self._scale = self._ranges()
        self._wide = self._widen()

    def _ranges(self) -> FloatArray:
        table = [np.array(_floats(one["payoffs"])).reshape(-1, self.positions.n_players)
                 for one in self.positions.document["states"]]  # fmt: skip
        every = np.concatenate(table)
        spread = np.ptp(every, axis=0)
        return np.asarray(np.where(spread > 0, spread, 1.0), dtype=np.float64)

    def bound_states(self) -> dict[str, Any]:
        """Write floors and ceilings of all states, a little outside ``box`` (step `bounds`)."""
        if self.box is None:
            raise ValueError("there are no bounds to write")
        wide = WIDTH * self._scale
        return {
            "step": "bounds",
            "entries": [
                {"at": s, "low": _rounded(self.box.low[s] - wide),
                 "high": _rounded(self.box.high[s] + wide)}
                for s in range(self.positions.n_states)
            ],
        }  # fmt: skip

    def _widen(self) -> Box | None:
        """Give the bounds as `bound_states` writes them, rounding included."""
        if self.box is None:
            return None
        wide = 2.0 * WIDTH * self._scale
        return Box(self.box.low - wide, self.box.high + wide)

    def find_departure(self, plan: int) -> Departure | None:
        """Find a position at which a deviation surely pays, the plan's own path first.

        Positions that only a breach leads to count as well: after a deviation, too, play must
        be an equilibrium.
        """
        positions, box = self.positions, self._wide
        reached = close(positions, [positions.start(plan)])
        searched: set[Position] = set()
        while True:
            path = [x for x in reached if not isinstance(x, int) and x not in searched]
            if not path:
                return None
            searched.update(path)
            frontier: dict[Position, None] = dict.fromkeys(path)
            for x in path:
                profile = positions.prescribed(x)
                if profile is not None:
                    frontier.update(dict.fromkeys(neighbours(positions, x, profile)))
            play = play_on(positions, frontier, box)
            for x in path:
                best = max(
                    (Departure(x, *each) for each in self._gains(play, x)),
                    key=lambda each: each.gain / self._scale[each.player],
                    default=None,
                )
                if best is not None and best.gain > CERTAIN * self._scale[best.player]:
                    return best
            reached = close(positions, frontier)

    def _gains(self, play: Play, x: Position) -> list[tuple[int, int, float]]:
        """List (player, action, the least that deviating gains) at a position."""
        positions = self.positions
        profile, state = positions.prescribed(x), positions.state_of(x)
        if profile is None:
            return []
        stay = dict(positions.chances(state, profile))
        pay = positions.payoff(state, profile)
        found = []
        for player, action, other in positions.deviations(state, profile):
            delta = float(positions.discount[player])
            leave = dict(positions.chances(state, other))
            gain = (1.0 - delta) * float(positions.payoff(state, other)[player] - pay[player])
            for outcome in stay | leave:
                shift = leave.get(outcome, 0.0) - stay.get(outcome, 0.0)
                if shift != 0.0:
                    y = positions.follow(x, profile, outcome)
                    gain += delta * shift * self._worst(play, y, player, shift)
            found.append((player, action, gain))
        return found

    def _worst(self, play: Play, y: Position, player: int, shift: float) -> float:
        """Give the payoff at a position that counts against a gain weighed by ``shift``."""
        if isinstance(y, int):
            if self._wide is None:
                return -np.inf if shift > 0 else np.inf
            return float((self._wide.low if shift > 0 else self._wide.high)[y, player])
        row = play.place[y]
        return float((play.low if shift > 0 else play.high)[row, player])

    def prove_failing(self, plan: int, found: Departure) -> list[dict[str, Any]]:
        """Write that a plan's start has no equilibrium: bounds, then emptiness up to the start."""
        positions = self.positions
        profile = positions.prescribed(found.at)
        if profile is None:
            raise ValueError("a departure is from a position that prescribes a profile")
        state = positions.state_of(found.at)
        other = (*profile[: found.player], found.action, *profile[found.player + 1 :])
        after = [
            positions.follow(found.at, profile, outcome)
            for each in (profile, other)
            for outcome, _ in positions.outcomes(state, each)
        ]
        play = play_on(positions, after, self._wide)
        steps: list[dict[str, Any]] = []
        if play.order:
            steps.append(self._bound_play(play, found.player))
        reason: dict[str, Any] = {"weights": [[found.player, found.action, Fraction(1)]]}
        empty = [_no_equilibrium(found.at, profile, reason)]
        chain = _path_to(positions, positions.start(plan), found.at)
        for earlier, later in zip(chain[-2::-1], chain[:0:-1], strict=True):
            allowed = positions.prescribed(earlier)
            if allowed is None:
                raise ValueError("a plan's path does not pass open positions")
            empty.append(_no_equilibrium(earlier, allowed, {"next": write_position(later)}))
        steps.append({"step": "empty", "positions": empty})
        return steps

    def _bound_play(self, play: Play, player: int) -> dict[str, Any]:
        wide = WIDTH * self._scale[player]
        n = self.positions.n_players

        def entry(row: int, x: Position) -> dict[str, Any]:
            low: list[Fraction | None] = [None] * n
            high: list[Fraction | None] = [None] * n
            low[player] = round_number(float(play.low[row, player]) - wide, DIGITS)
            high[player] = round_number(float(play.high[row, player]) + wide, DIGITS)
            return {"at": write_position(x), "low": low, "high": high}

        return {"step": "bounds", "entries": [entry(n, x) for n, x in enumerate(play.order)]}


def _no_equilibrium(x: Position, profile: Profile, reason: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": write_position(x),
        "profiles": [{"actions": list(profile), "because": reason}],
    }


def _path_to(positions: Positions, start: Position, goal: Position) -> list[Position]:
    """Give positions from a start to a goal, each reached from the one before.

    By outcomes of prescribed play alone where that is possible, else of deviations too.
    """
    for only_kept in (True, False):
        before: dict[Position, Position] = {}
        order = [start]
        for x in order:
            profile = positions.prescribed(x)
            if x == goal or profile is None:
                continue
            for y in (_kept(positions, x, profile) if only_kept
                      else neighbours(positions, x, profile)):  # fmt: skip
                if y != start and y not in before:
                    before[y] = x
                    order.append(y)
        if goal == start or goal in before:
            chain = [goal]
            while chain[-1] != start:
                chain.append(before[chain[-1]])
            return chain[::-1]
    raise ValueError(f"{goal} is not reached from {start}")


def _kept(positions: Positions, x: Position, profile: Profile) -> list[Position]:
    outcomes = positions.outcomes(positions.state_of(x), profile)
    return [positions.follow(x, profile, outcome) for outcome, _ in outcomes]


def _rounded(values: FloatArray) -> list[Fraction]:
    return [round_number(float(v), DIGITS) for v in values]


def _floats(table: Any) -> Any:
    if isinstance(table, list):
        return [_floats(each) for each in table]
    return float(Fraction(table)) if isinstance(table, str) else float(table)
