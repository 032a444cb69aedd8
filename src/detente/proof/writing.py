"""The proof file: its hash of the game, its steps and claims, its text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.proof.exact import to_fraction, write_number
from detente.version import __version__

FORMAT = 1


@dataclass(slots=True)
class ProofFile:
    """A proof while it is written.

    Attributes
    ----------
    game_sha256 : of the game file that the proof is about, see `hash_game`
    steps : objects as in docs/proof-format.md; fractions are written as texts
    claims : what the steps show
    """

    game_sha256: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    claims: list[dict[str, Any]] = field(default_factory=list)

    def add_step(self, step: dict[str, Any]) -> int:
        """Add a step and give its number."""
        self.steps.append(step)
        return len(self.steps) - 1

    def add_claim(self, claim: dict[str, Any]) -> None:
        """Add a claim that the steps so far show."""
        self.claims.append(claim)

    def document(self) -> dict[str, Any]:
        """Give the proof as plain values, numbers as texts."""
        content = {
            "detente_proof": FORMAT,
            "made_by": f"detente {__version__}",
            "game_sha256": self.game_sha256,
            "steps": plain(self.steps),
            "claims": plain(self.claims),
        }
        return {**content, "seal": seal_proof(content)}

    def text(self) -> str:
        """Give the text of the file, a step or claim a line; a proof has one text."""
        whole = self.document()
        lines = []
        for key, value in whole.items():
            if isinstance(value, list):
                inner = ",\n".join(_compact(each) for each in value)
                lines.append(f'"{key}": [\n{inner}\n]' if inner else f'"{key}": []')
            else:
                lines.append(f'"{key}": {_compact(value)}')
        return "{" + ",\n".join(lines) + "}\n"


def seal_proof(content: Mapping[str, Any]) -> str:
    """Give the seal (hex) of a proof without one (rule P5 of docs/proof-format.md)."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """Replace every fraction in nested lists and objects by its text."""
    if isinstance(value, Fraction):
        return write_number(value)
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def write_game(document: Mapping[str, Any]) -> str:
    """Give the text of a game file, a state or plan a line."""
    lines = []
    for key, value in document.items():
        if key in ("states", "plans"):
            inner = ",\n".join(_compact(each) for each in value)
            lines.append(f'"{key}": [\n{inner}\n]')
        else:
            lines.append(f'"{key}": {_compact(value)}')
    return "{" + ",\n".join(lines) + "}\n"


def hash_game(document: Mapping[str, Any]) -> str:
    """Give the SHA-256 (hex) that ties a proof to a game (rule G10 of docs/proof-format.md).

    Parameters
    ----------
    document : the content of a game file, numbers as ints, floats, fractions or texts
    """
    return hashlib.sha256(canonical_text(document).encode()).hexdigest()


def canonical_text(document: Mapping[str, Any]) -> str:
    """Write a game file with its numbers as reduced fractions and its keys in order."""
    changed = dict(document)
    changed["discount"] = _reduce(document["discount"])
    changed["states"] = [_reduce_state(one) for one in document["states"]]
    return json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _reduce_state(one: Mapping[str, Any]) -> dict[str, Any]:
    changed = dict(one)
    for key in ("payoffs", "probabilities"):
        if key in one:
            changed[key] = _reduce(one[key])
    depth = len(one["actions"])
    for key in ("transitions", "chances"):
        if key in one:
            changed[key] = _reduce_pairs(one[key], depth)
    return changed


def _reduce(value: Any) -> Any:
    return [_reduce(each) for each in value] if isinstance(value, list) else str(to_fraction(value))


def _reduce_pairs(value: Any, depth: int) -> Any:
    """Reduce the second entry of every pair, in lists nested so deep."""
    if depth:
        return [_reduce_pairs(each, depth - 1) for each in value]
    return [[first, str(to_fraction(second))] for first, second in value]
