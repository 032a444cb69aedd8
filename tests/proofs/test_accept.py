"""Valid proofs made by hand, with what the checker says of them."""

import pytest

from detente_verify.cli import main
from proofs.tools import ACCEPTED, HERE, hash_game, load


@pytest.mark.parametrize("name", ACCEPTED)
def test_valid_proofs_are_accepted_and_told_in_words(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    stem = str(HERE / "accept" / name)
    assert main([f"{stem}.game.json", f"{stem}.proof.json"]) == 0
    assert capsys.readouterr().out == (HERE / "accept" / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", ACCEPTED)
def test_hash_is_the_documented_one(name: str) -> None:
    game, proof = load(name)
    assert proof["game_sha256"] == hash_game(game)


def test_every_step_and_claim_is_among_them() -> None:
    proofs = [load(name)[1] for name in ACCEPTED]
    assert {s["step"] for p in proofs for s in p["steps"]} == {
        "equilibrium", "bounds", "empty", "outer",
    }  # fmt: skip
    assert {c["claim"] for p in proofs for c in p["claims"]} == {
        "nonempty", "point", "empty", "bound", "verdict", "mixture",
    }  # fmt: skip
