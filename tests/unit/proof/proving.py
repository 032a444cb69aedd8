"""Solving, proving and checking games of the reference collection; shared by tests of proofs."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente.game.files import game_from_document
from detente.proof.games import GameProof, prove_solution
from detente.proof.points import AskedPoint
from detente.solve.dispatch import solve
from detente.solve.options import Options
from detente.solve.solution import Solution
from detente_verify.proof import Report, check_files


def prove(document: Any, *points: tuple[int, tuple[Any, ...]], tol: float = 1e-6) -> GameProof:
    """Solve a game and prove what the solution says, or what is asked about points."""
    asked = [AskedPoint(s, tuple(Fraction(str(x)) for x in value)) for s, value in points]
    return prove_solution(document, solve_document(document, tol), asked, seconds=30.0)


def solve_document(document: Any, tol: float = 1e-6) -> Solution:
    return solve(game_from_document(document), Options(tol=tol))


def check(folder: Path, document: Any, proof: GameProof) -> Report:
    """Let the independent checker read both files."""
    (folder / "game.json").write_text(json.dumps(document))
    (folder / "proof.json").write_text(proof.file.text())
    return check_files(folder / "game.json", folder / "proof.json")


def points_of(proof: GameProof, state: int) -> list[tuple[float, ...]]:
    """Give the payoffs that a proof claims at a state, errors below a billionth asserted."""
    out = []
    for claim in proof.file.document()["claims"]:
        if claim["claim"] == "point" and claim["at"] == state:
            assert all(Fraction(e) < Fraction(1, 10**9) for e in claim["error"])
            out.append(tuple(float(Fraction(v)) for v in claim["value"]))
    return out
