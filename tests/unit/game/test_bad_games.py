"""Damaged game files give the recorded messages, and the command line leaves with 2.

``python tests/unit/game/test_bad_games.py`` writes the records anew; read the difference before
keeping it.
"""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from detente.cli.app import app
from detente.errors import CODES, DetenteError
from detente.game.files import read_game

FOLDER = Path(__file__).parents[2] / "cases" / "bad-games"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))


def message(name: str) -> str:
    """Read a damaged file by its bare name, so that no folder is in the message."""
    before = Path.cwd()
    os.chdir(FOLDER)
    try:
        read_game(f"{name}.json")
    except DetenteError as error:
        return f"{error}\n"
    finally:
        os.chdir(before)
    raise AssertionError(f"{name} was read without a problem")


@pytest.mark.parametrize("name", CASES)
def test_damaged_game_gives_recorded_message(name: str) -> None:
    assert message(name) == (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_the_problem_is_one_with_place_and_remedy(name: str) -> None:
    with pytest.raises(DetenteError) as caught:
        read_game(FOLDER / f"{name}.json")
    (problem,) = caught.value.problems
    assert problem.code in CODES
    assert problem.remedy
    assert problem.place is not None
    lines = (FOLDER / f"{name}.json").read_text(encoding="utf-8").splitlines()
    assert problem.line_text == lines[problem.place.line - 1]


@pytest.mark.parametrize("name", CASES)
def test_the_command_line_leaves_with_two(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    result = CliRunner().invoke(app, ["solve", f"{name}.json"])
    assert result.exit_code == 2
    assert result.output.startswith("error[E")
    assert "Traceback" not in result.output


def test_no_record_without_its_case() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(CASES)


if __name__ == "__main__":
    for case in CASES:
        (FOLDER / f"{case}.txt").write_text(message(case), encoding="utf-8")
