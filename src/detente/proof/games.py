"""The proof of a solved game: states with equilibria and payoffs in them, states without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from detente.proof.automata import Audit, Automaton, step_from_automaton
from detente.proof.empty import prove_empty
from detente.proof.equilibria import exhibit_vertices
from detente.proof.exact import ExactGame, exact_game, round_number
from detente.proof.markov import find_markov
from detente.proof.points import AskedPoint, PointAnswer, prove_points
from detente.proof.writing import ProofFile, hash_game
from detente.solve.solution import Solution

ERROR_DIGITS = 3
LOOSER = (1.0, 0.5, 0.0)  # slack of the deviations, as multiples of what the sets were made for


@dataclass(frozen=True, slots=True)
class GameProof:
    """A proof of what a solution says, and what of it could not be proven.

    Attributes
    ----------
    file : the proof; without claims where nothing could be proven
    nonempty, empty : states proven to have equilibria, and proven to have none
    points : what was proven about the points asked for
    n_points : number of payoffs that stand for vertices of the inner sets
    missing : sentences about what is not proven
    """

    file: ProofFile
    nonempty: tuple[int, ...]
    empty: tuple[int, ...]
    points: tuple[PointAnswer, ...]
    n_points: int
    missing: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether everything that the solution says of emptiness is proven."""
        return not self.missing


def prove_solution(
    document: Mapping[str, Any],
    solution: Solution,
    points: Sequence[AskedPoint] = (),
    seconds: float = 60.0,
) -> GameProof:
    """Prove which states have equilibria, with the vertices of the inner sets, and which have none.

    Parameters
    ----------
    document : the content of the game file, numbers exact or as read
    solution : its solution; it only says what to prove, and every claim is checked exactly
    points : prove these instead: that an equilibrium pays each, or that none does
    seconds : when to stop looking for proofs that something does not exist
    """
    game = exact_game(document)
    file = ProofFile(hash_game(document))
    if points:
        answers = prove_points(file, document, game, solution, points, seconds)
        missing = [
            f"whether an equilibrium pays {each.point.words(solution)}"
            for each in answers if each.paid is None
        ]  # fmt: skip
        return GameProof(file, (), (), tuple(answers), 0, tuple(missing))
    nonempty, n_points = _claim_points(file, game, solution)
    empty = _claim_empty(file, game, solution, seconds)
    missing = _list_missing(solution, set(nonempty), set(empty))
    if sum(len(one.inner_vertices) for one in solution.states) and not n_points:
        missing.append("the vertices of the inner sets")
    return GameProof(file, tuple(nonempty), tuple(empty), (), n_points, tuple(missing))


def _claim_empty(file: ProofFile, game: ExactGame, solution: Solution, seconds: float) -> list[int]:
    thought_empty = [s for s, one in enumerate(solution.states) if one.empty]
    if not thought_empty:
        return []
    facts, steps = prove_empty(game, thought_empty, seconds)
    empty = sorted(facts.empty)
    for step in steps if empty else []:
        file.add_step(step)
    for s in empty:
        file.add_claim({"claim": "empty", "at": s})
    return empty


def _claim_points(file: ProofFile, game: ExactGame, solution: Solution) -> tuple[list[int], int]:
    """Exhibit the inner vertices, else a Markov equilibrium; claim what they show."""
    sets = [one.inner_vertices for one in solution.states]
    wanted = [(s, v) for s, each in enumerate(sets) for v in range(len(each))]
    error = max((one.error for one in solution.states if len(one.inner_vertices)), default=0.0)
    shown: set[int] = set()
    n_points = 0
    for looser in LOOSER if wanted else ():
        exhibit = exhibit_vertices(game, sets, wanted, error, looser)
        if exhibit is not None:
            n_points += _claim(file, game, exhibit.automaton, exhibit.audit, shown)
            break
    if any(not one.empty and s not in shown for s, one in enumerate(solution.states)):
        found = find_markov(game)
        if found is not None:
            _claim(file, game, *found, shown)
    return sorted(shown), n_points


def _claim(
    file: ProofFile, game: ExactGame, automaton: Automaton, audit: Audit, shown: set[int]
) -> int:
    """Add an automaton, that its states are not empty, and the payoffs of its nodes."""
    file.add_step(step_from_automaton(game, automaton))
    error = [round_number(e, ERROR_DIGITS, 1) for e in audit.errors]
    for s in sorted({node.state for node in automaton.nodes} - shown):
        file.add_claim({"claim": "nonempty", "at": s})
        shown.add(s)
    points = dict.fromkeys(
        (node.state, value) for node, value in zip(automaton.nodes, automaton.values, strict=True)
    )
    for s, value in sorted(points, key=lambda each: each[0]):
        file.add_claim({"claim": "point", "at": s, "value": list(value), "error": error})
    return len(points)


def _list_missing(solution: Solution, nonempty: set[int], empty: set[int]) -> list[str]:
    out = []
    for s, one in enumerate(solution.states):
        if one.empty and s not in empty:
            out.append(f"that {one.name} has no equilibrium")
        elif not one.empty and s not in nonempty:
            out.append(f"that {one.name} has an equilibrium")
    return out
