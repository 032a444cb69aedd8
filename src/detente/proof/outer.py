"""Half-planes around the payoffs of all states at once (rule P53 of docs/proof-format.md).

The classical outer bound with a fixed fan of directions says where the planes settle. They are
moved outward a little, by k times a small amount, where k solves "growth plus one": then the
weights that hold at the settled planes hold here too, and a family moved further outward by t k is
mapped strictly inside itself. What is written is checked in fractions.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from detente.arrays import FloatArray
from detente.proof.exact import Profile, round_number
from detente.proof.facts import Direction, Facts, Planes, Weights, corner_points
from detente.proof.pricing import Pricer

OUTWARD = (1e-7, 1e-5)  # by how much planes are moved outward, of the range of payoffs
MOST_GROWTH = 1e5
MAX_ROUNDS = 20_000
MAX_TRIES = 4  # planes depend on the growth, the growth on the weights, these on the planes
MOST_SIZE = 2**20
PLANE_DIGITS = 10
ZERO = Fraction(0)
Row = tuple[int, Profile, int]  # a state, a profile, a plane


@dataclass(slots=True)
class _Drawing:
    """Planes of all states while weights for them are looked for."""

    facts: Facts
    fan: tuple[Direction, ...]
    planes: dict[int, Planes]
    growth: dict[int, Planes]
    weights: dict[Row, Weights] = field(default_factory=dict)
    reasons: dict[tuple[int, Profile], dict[str, Any]] = field(default_factory=dict)

    def evaluate(self, row: Row, weights: Weights) -> tuple[Fraction, Fraction]:
        """Give A and G of rule P53."""
        s, a, j = row
        total, pulls = self.facts.pull(s, a, self.fan[j], weights)
        grown = ZERO
        for t, y in pulls:
            if t in self.planes:
                total += self.planes[t].support(y)
                grown += self.growth[t].support(y)
            else:
                total += self.facts.support(t, y)
        return total, grown

    def rows(self) -> list[Row]:
        """List the rows that need weights."""
        return [
            (s, a, j)
            for s in self.planes
            for a in self.facts.game.states[s].prescribable
            if (s, a) not in self.reasons
            for j in range(len(self.fan))
        ]


def draw_at_once(
    facts: Facts, supports: Mapping[int, FloatArray], fan: tuple[Direction, ...], deadline: float
) -> dict[str, Any] | None:
    """Draw planes around the payoffs of states, at once, and add them to what is known.

    Parameters
    ----------
    facts : boxes and empty states shown before
    supports : by state, float64 (D,): where the planes settle; no state proven empty among them
    fan : their normals, length D
    deadline : of `time.monotonic`

    Returns
    -------
    The step ``outer``, or None where no weights were found that do.
    """
    game = facts.game
    unit = max(float(game.largest_payoff(i) - game.least_payoff(i)) for i in (0, 1)) or 1.0
    lengths = np.abs(np.array(fan)).sum(axis=1)
    growth = {s: lengths.astype(float) for s in supports}
    for outward in OUTWARD:
        # the weights of the settled planes first, moved hardly at all
        drawing = _start(facts, supports, fan, growth, 1e-3 * outward * unit)
        for _ in range(MAX_TRIES):
            if not _find_weights(drawing, deadline):
                return None
            grown = _solve_growth(drawing, lengths)
            if grown is None:
                break
            moved = _start(facts, supports, fan, grown, outward * unit)
            moved.weights, moved.reasons = drawing.weights, drawing.reasons
            drawing = moved
            if _holds(drawing):
                return _finish(drawing)
    return None


def _start(
    facts: Facts, supports: Mapping[int, FloatArray], fan: tuple[Direction, ...],
    growth: Mapping[int, FloatArray], outward: float,
) -> _Drawing:  # fmt: skip
    planes, grown = {}, {}
    for s, settled in supports.items():
        moved = settled + outward * growth[s]
        planes[s] = Planes(fan, tuple(round_number(float(h), PLANE_DIGITS, 1) for h in moved))
        grown[s] = Planes(fan, tuple(round_number(float(k), 6) for k in growth[s]))
    return _Drawing(facts, fan, planes, grown)


def _find_weights(drawing: _Drawing, deadline: float) -> bool:
    """Find weights for every row; False where the time is up."""
    facts = drawing.facts
    boxes = Pricer(facts)
    pricer = Pricer(facts)
    for s, planes in drawing.planes.items():
        pricer.corners[s] = np.unique(np.array(corner_points(planes), dtype=float), axis=0)
    for s in drawing.planes:
        for a in facts.game.states[s].prescribable:
            leads = facts.leads_to_empty(s, a)
            weights = boxes.exclude(s, a) if leads is None else None
            if leads is not None:
                drawing.reasons[s, a] = {"next": leads}
            elif weights is not None:
                drawing.reasons[s, a] = {"weights": [list(each) for each in weights]}
    for row in drawing.rows():
        if time.monotonic() > deadline:
            return False
        _find_row(drawing, pricer, row)
    return True


def _find_row(drawing: _Drawing, pricer: Pricer, row: Row) -> None:
    """Choose weights for a row: those it has, or none, where they do; else of a programme."""
    s, a, j = row
    most = drawing.planes[s].most[j]
    for weights in dict.fromkeys((drawing.weights.get(row, ()), ())):
        if drawing.evaluate(row, weights)[0] <= most:
            drawing.weights[row] = weights
            return
    found = pricer.price(s, a, drawing.fan[j])
    if found is not None:
        drawing.weights[row] = found[1]
        return
    # not enforceable inside the planes: as much of the margin's weights as is needed
    once = pricer.exclusion(s, a)
    size = Fraction(1, 16)
    while size < MOST_SIZE:
        drawing.weights[row] = tuple((i, action, size * w) for i, action, w in once)
        if drawing.evaluate(row, drawing.weights[row])[0] <= most:
            return
        size *= 2


def _solve_growth(drawing: _Drawing, lengths: FloatArray) -> dict[int, FloatArray] | None:
    """Solve ``k = lengths + greatest growth over the profiles``; None where it does not settle."""
    n = len(drawing.fan)
    place = {s: n * m for m, s in enumerate(drawing.planes)}
    owner, columns, parts, ends = [], [], [], [0]
    for row in drawing.rows():
        s, a, j = row
        owner.append(place[s] + j)
        for t, y in drawing.facts.pull(s, a, drawing.fan[j], drawing.weights[row])[1]:
            if t in place and any(y):
                j0, alpha, beta = drawing.planes[t].split(y)
                columns += [place[t] + j0, place[t] + (j0 + 1) % n]
                parts += [float(alpha), float(beta)]
        ends.append(len(columns))
    base = np.tile(lengths.astype(float), len(place))
    k = base.copy()
    source = np.repeat(np.arange(len(owner)), np.diff(ends))
    for _ in range(MAX_ROUNDS):
        grown = np.bincount(source, np.array(parts) * k[columns], len(owner))
        new = np.zeros_like(k)
        np.maximum.at(new, owner, grown)
        new += base
        if (new <= k * (1 + 1e-9)).all():
            return {s: 1.01 * new[at : at + n] for s, at in place.items()}
        k = new
        if k.max() > MOST_GROWTH * base.max():
            return None
    return None


def _holds(drawing: _Drawing) -> bool:
    """Check rule P53 in fractions."""
    for row in drawing.rows():
        s, _, j = row
        bound, grown = drawing.evaluate(row, drawing.weights[row])
        if bound > drawing.planes[s].most[j] or grown >= drawing.growth[s].most[j]:
            return False
    return True


def _finish(drawing: _Drawing) -> dict[str, Any]:
    """Note the planes as known, and give the step."""
    for s, planes in drawing.planes.items():
        drawing.facts.planes.setdefault(s, []).append(planes)
    return {"step": "outer", "sets": [_write_set(drawing, s) for s in drawing.planes]}


def _write_set(drawing: _Drawing, s: int) -> dict[str, Any]:
    numbers: Iterable[tuple[Direction, Fraction, Fraction]] = zip(
        drawing.fan, drawing.planes[s].most, drawing.growth[s].most, strict=True
    )
    profiles: list[dict[str, Any]] = []
    for a in drawing.facts.game.states[s].prescribable:
        if (s, a) in drawing.reasons:
            profiles.append({"actions": list(a), "because": drawing.reasons[s, a]})
            continue
        weights = [
            [list(each) for each in drawing.weights[s, a, j]] for j in range(len(drawing.fan))
        ]
        if any(weights):
            profiles.append({"actions": list(a), "weights": weights})
    planes = [[Fraction(l1), Fraction(l2), h, k] for (l1, l2), h, k in numbers]
    return {"at": s, "planes": planes, "profiles": profiles}
