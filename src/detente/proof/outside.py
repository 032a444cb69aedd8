"""Proofs that no equilibrium of a state pays a given point: a half-plane between the two."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np

from detente.game.files import game_from_document
from detente.proof.empty import list_reached, make_fan, narrow, prove_empty
from detente.proof.exact import ExactGame, Point
from detente.proof.facts import Direction, Facts
from detente.proof.outer import draw_at_once
from detente.proof.writing import ProofFile, plain
from detente.solve.options import Options
from detente.solve.solution import Solution

FAN_TOLERANCE = 1e-9
TRIALS = ((1, 0), (1, 8), (2, 4), (3, 4))  # fineness of the fan, rounds drawn before
MOST_EDGES = 24
EDGE_DIGITS = 10**5


def exclude_point(
    file: ProofFile, document: Mapping[str, Any], game: ExactGame, solution: Solution, state: int,
    point: Point, seconds: float,
) -> bool:  # fmt: skip
    """Add steps that show that no equilibrium of a state pays a point, and claim it.

    Floors and ceilings first; where they are not enough (two players), half-planes around the
    payoffs of all states that matter. Nothing is added where that does not succeed.
    """
    deadline = time.monotonic() + seconds
    reached = list_reached(game, [state])
    facts, steps = prove_empty(game, [s for s in reached if solution.states[s].empty], seconds)
    claim = _separate(facts, state, point)
    for fineness, sweeps in TRIALS if game.n_players == 2 else ():
        if claim is not None or time.monotonic() > deadline:
            break
        fan = make_fan(game, fineness)
        if sweeps:
            steps += narrow(facts, reached, fan, sweeps, deadline)
        step = _draw(facts, document, reached, _join(fan, _list_edges(solution, state)), deadline)
        if step is not None:
            steps.append(step)
        claim = _separate(facts, state, point)
    if claim is None:
        return False
    for each in steps:
        file.add_step(each)
    file.add_claim(claim)
    return True


def _draw(
    facts: Facts,
    document: Mapping[str, Any],
    reached: set[int],
    fan: tuple[Direction, ...],
    deadline: float,
) -> dict[str, Any] | None:
    from detente.solve.directions import run  # noqa: PLC0415  (imports the kernels)

    options = Options(tol=FAN_TOLERANCE, directions=np.array(fan, dtype=float))
    bounds = run(game_from_document(plain(document)), options)
    supports = {s: bounds.states[s].outer_support for s in sorted(reached) if s not in facts.empty}
    if any(bounds.states[s].empty for s in supports):
        return None
    return draw_at_once(facts, supports, fan, deadline)


def _list_edges(solution: Solution, state: int) -> list[Direction]:
    """List the normals of the longest edges of a state's outer bound, in whole numbers."""
    vertices = solution.states[state].outer_vertices
    edges = np.roll(vertices, -1, axis=0) - vertices
    size = np.abs(edges).max(axis=1)
    longest = [e for e in np.argsort(-size, kind="stable")[:MOST_EDGES] if size[e] > 0]
    return [
        (round(EDGE_DIGITS * edges[e, 1] / size[e]), round(-EDGE_DIGITS * edges[e, 0] / size[e]))
        for e in longest
    ]


def _join(fan: tuple[Direction, ...], more: list[Direction]) -> tuple[Direction, ...]:
    """Put normals together, once each, by their angle from the first axis."""
    reduced = {(a // math.gcd(a, b), b // math.gcd(a, b)) for a, b in [*fan, *more]}
    return tuple(sorted(reduced, key=lambda each: math.atan2(each[1], each[0]) % math.tau))


def _separate(facts: Facts, state: int, point: Point) -> dict[str, object] | None:
    """Find a direction in which a point is worth more than every payoff; claim the bound."""
    directions: list[tuple[int, ...]] = [
        tuple(sign * int(i == j) for j in range(len(point)))
        for i in range(len(point)) for sign in (1, -1)
    ]  # fmt: skip
    for planes in facts.planes.get(state, []):
        directions.extend(planes.normals)
    for direction in directions:
        exact = [Fraction(d) for d in direction]
        most = facts.support(state, exact)
        if sum((d * x for d, x in zip(exact, point, strict=True)), Fraction(0)) > most:
            return {"claim": "bound", "at": state, "direction": exact, "most": most}
    return None
