"""The proofs of verdicts: two files, and which verdicts they prove."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detente.proof.writing import write_game

if TYPE_CHECKING:
    from detente.ask.proving import ProvenVerdict, Proving


@dataclass(frozen=True, slots=True, repr=False)
class ProofAnswer:
    """The answer to `Case.prove`: two files, and which verdicts they prove."""

    record: Proving

    @property
    def verdicts(self) -> tuple[ProvenVerdict, ...]:
        """Every verdict, and whether it is proven."""
        return self.record.verdicts

    def write(self, game: str | Path, proof: str | Path) -> None:
        """Write the game file and the proof, for ``detente-verify GAME PROOF``."""
        Path(game).write_text(write_game(self.record.game), encoding="utf-8")
        Path(proof).write_text(self.record.text, encoding="utf-8")

    def __repr__(self) -> str:
        proven = sum(each.proven for each in self.verdicts)
        return f"<ProofAnswer: {proven} of {len(self.verdicts)} verdicts proven>"
