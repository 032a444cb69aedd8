"""The commands about the exact game file of a scenario and the proofs of its verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.commands import File, Settings, read_file
from detente.cli.files import write_text
from detente.cli.output import working
from detente.errors import DetenteError, Problem

if TYPE_CHECKING:
    from detente.ask.knowledge import Knower
    from detente.ask.proving import ProvenVerdict
    from detente.ask.verdict import Check

GAME_ENDING = ".game.json"


def compile(
    file: File,
    settings: Settings = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE.json",
                     help="Where to write it; without it, NAME.game.json in this folder."),
    ] = None,
) -> None:  # fmt: skip
    """Write the game that a scenario means, plans included, as an exact game file."""
    scenario = read_file(file, settings)
    target = output or Path(f"{Path(file).stem}{GAME_ENDING}")
    with working(f"compiling {scenario.title}"):
        from detente.ask.knowledge import Knower
        from detente.ask.nodeal import find_no_deal
        from detente.ask.proving import compile_game
        from detente.compile.build import compile_scenario
        from detente.proof.writing import write_game

        compiled = compile_scenario(scenario)
        game = compile_game(Knower(compiled, find_no_deal(compiled)))
    write_text(target, write_game(game))
    typer.echo(
        f"{target} is written: {len(game['states'])} states,"
        f" {len(game['plans'])} ways to read {len(scenario.plans)} plans."
    )


def prepare_proof(path: Path) -> None:
    """Find out before anything is computed whether a proof can be written.

    Raises
    ------
    DetenteError
        E195 where the folder is missing or the name is a folder's.
    """
    if path.is_dir():
        raise DetenteError(Problem("E195", f"{path} is a folder", remedy="name a file in it"))
    if not path.parent.is_dir():
        raise DetenteError(
            Problem("E195", f"there is no folder {path.parent}", remedy="make the folder first")
        )


def write_scenario_proof(file: str, answer: Check, knower: Knower, path: Path) -> str:
    """Prove the verdicts of a check; write the proof, and the game file beside it.

    Returns
    -------
    What to tell the user.
    """
    with working("proving the verdicts"):
        from detente.ask.proving import prove_verdicts
        from detente.proof.writing import write_game

        proving = prove_verdicts(knower, answer.verdicts)
    lines = [_describe_missing(each) for each in proving.verdicts if not each.proven]
    n_proven = len(proving.verdicts) - len(lines)
    if not n_proven:
        return "\n".join(["No verdict could be proven, so no proof is written:", *lines])
    game = path.with_name(f"{Path(file).stem}{GAME_ENDING}")
    write_text(path, proving.text)
    write_text(game, write_game(proving.game))
    count = len(proving.verdicts)
    head = f"Proven: {n_proven} of {count} verdicts. The proof is in {path}, the game in {game}."
    check = f"Check it with: detente-verify {game} {path}"
    return "\n".join([head, *(["Not proven:", *lines] if lines else []), check])


def _describe_missing(each: ProvenVerdict) -> str:
    from detente.ask.verdict import Answer

    words = {Answer.HOLDS: "holds", Answer.FAILS: "fails", Answer.UNDECIDED: "is undecided"}
    return (
        f"- {each.plan} {words[each.answer]} under '{each.reading.words}', what is left open"
        f" followed by {each.opening.words}: {each.why_not}"
    )
