"""The proof of a solved game on the command line: what to prove, and what was proven."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from detente.cli.files import write_text
from detente.errors import DetenteError, Problem, listed, nearest

if TYPE_CHECKING:
    from detente.proof.games import GameProof
    from detente.proof.points import AskedPoint
    from detente.solve.solution import Solution


def write_proof(
    file: Path, solution: Solution, asked: Sequence[str], path: Path
) -> tuple[str, bool]:
    """Prove what a solution says of a game file, or what is asked, and write the proof.

    Parameters
    ----------
    file : the game file
    asked : texts ``STATE:X,Y``; without them all states are proven
    path : where the proof goes

    Returns
    -------
    What to tell the user, and whether everything was proven.

    Raises
    ------
    DetenteError
        E426, E121 or E423 where a point cannot be read, E195 where the file cannot be written.
    """
    from detente.proof.exact import read_exact
    from detente.proof.games import prove_solution

    document = read_exact(file)
    points = [_read_point(text, solution, len(document["players"])) for text in asked]
    proof = prove_solution(document, solution, points)
    if proof.file.claims:
        write_text(path, proof.file.text())
    return _describe(proof, solution, file, path), proof.complete


def _read_point(text: str, solution: Solution, n_players: int) -> AskedPoint:
    from detente.game.files import parse_number
    from detente.proof.points import AskedPoint

    place, _, numbers = text.rpartition(":")
    names = [state.name for state in solution.states]
    if place in names:
        state = names.index(place)
    elif place.isascii() and place.isdigit() and int(place[:9]) < len(names):
        state = int(place[:9])
    else:
        guess = nearest(place, names)
        remedy = f"did you mean '{guess}'?" if guess else "write for instance --point 0:1,1"
        raise DetenteError(Problem("E426", f"--point {text}: no state '{place}'", remedy=remedy))
    value = [parse_number(each) for each in numbers.split(",")]
    exact = tuple(each for each in value if each is not None)
    if len(exact) < len(value):
        raise DetenteError(
            Problem("E121", f"--point {text}: '{numbers}' are not numbers",
                    remedy="write them with commas between, without blanks: 1,0.5")
        )  # fmt: skip
    if len(exact) != n_players:
        raise DetenteError(
            Problem("E423", f"--point {text}: {len(exact)} numbers for {n_players} players",
                    remedy="give one payoff for every player")
        )  # fmt: skip
    return AskedPoint(state, exact)


def _describe(proof: GameProof, solution: Solution, file: Path, path: Path) -> str:
    lines = []
    if proof.file.claims:
        found = []
        if proof.nonempty:
            found.append(f"{_count(len(proof.nonempty), 'state')} with equilibria, "
                         f"{_count(proof.n_points, 'vertex', 'vertices')}")  # fmt: skip
        if proof.empty:
            found.append(f"{_count(len(proof.empty), 'state')} without")
        for each in proof.points:
            if each.paid is not None:
                verb = "an equilibrium pays" if each.paid else "no equilibrium pays"
                found.append(f"{verb} {each.point.words(solution)}")
        lines.append(f"The proof is in {path}: {'; '.join(found)}.")
        lines.append(f"Check it with: detente-verify {file} {path}")
    else:
        lines.append("Nothing could be proven, so no proof is written.")
    if proof.missing:
        lines.append(f"Not proven: {listed(proof.missing)}.")
    return "\n".join(lines)


def _count(n: int, one: str, many: str = "") -> str:
    return f"{n} {one}" if n == 1 else f"{n} {many or one + 's'}"
