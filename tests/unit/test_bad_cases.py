"""Damaged files give the recorded messages: code, place, the line with a caret, one remedy.

``python tests/unit/test_bad_cases.py`` writes the records anew; read the difference before
keeping it.
"""

import os
import re
from pathlib import Path

import pytest

from detente.errors import CODES, DetenteError
from detente.scenario.reading import MAX_BYTES, read_scenario

FOLDER = Path(__file__).parents[1] / "cases" / "bad"
CASES = sorted(path.name for path in FOLDER.glob("*.yaml"))
WITHOUT_LINE = {"E101", "E102", "E104"}  # there is no line to show
SOURCES = Path(__file__).parents[2] / "src" / "detente" / "scenario"
READING = {
    code
    for path in SOURCES.glob("*.py")
    for code in re.findall(r'"(E\d{3})"', path.read_text(encoding="utf-8"))
}


def message(name: str) -> str:
    """Read a damaged file by its bare name, so that no folder is in the message."""
    before = Path.cwd()
    os.chdir(FOLDER)
    try:
        read_scenario(name)
    except DetenteError as error:
        return f"{error}\n"
    finally:
        os.chdir(before)
    raise AssertionError(f"{name} was read without a problem")


def record(name: str) -> Path:
    return FOLDER / name.replace(".yaml", ".txt")


@pytest.mark.parametrize("name", CASES)
def test_damaged_file_gives_recorded_message(name: str) -> None:
    assert message(name) == record(name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CASES)
def test_each_problem_has_place_line_and_remedy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    with pytest.raises(DetenteError) as caught:
        read_scenario(name)
    lines = (FOLDER / name).read_bytes().decode("utf-8", errors="replace").splitlines()
    for problem in caught.value.problems:
        assert problem.code in CODES
        assert problem.remedy
        assert problem.place is not None
        assert problem.place.file == name
        if problem.code in WITHOUT_LINE or name in ("binary.yaml", "not-utf8.yaml"):
            continue
        assert problem.line_text == lines[problem.place.line - 1]
        assert 1 <= problem.place.column <= len(problem.line_text) + 1
    places = [(p.place.line, p.place.column) for p in caught.value.problems if p.place]
    assert places == sorted(places)


def test_no_record_without_its_case() -> None:
    recorded = {path.stem for path in FOLDER.glob("*.txt")}
    assert recorded == {name.removesuffix(".yaml") for name in CASES}


def test_every_reading_code_has_a_case() -> None:
    shown = {
        code
        for path in FOLDER.glob("*.txt")
        for code in re.findall(r"^error\[(E\d+)\]", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    # a missing file, a large one and a setting: below; a step of a case's history: test_history.py
    elsewhere = {"E101", "E102", "E243", "E391"}
    assert READING - elsewhere - shown == set()


def test_directory(tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match=r"E101.*is a directory"):
        read_scenario(tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(DetenteError, match=r"E101.*there is no file"):
        read_scenario(tmp_path / "none.yaml")


def test_name_that_no_file_can_have() -> None:
    with pytest.raises(DetenteError, match=r"E101.*cannot be opened"):
        read_scenario("a\0b.yaml")


def test_ten_megabytes_are_refused_without_being_parsed(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_text("title: large\n" + "# filler\n" * (10_000_000 // 9), encoding="utf-8")
    with pytest.raises(DetenteError) as caught:
        read_scenario(path)
    (problem,) = caught.value.problems
    assert problem.code == "E102"
    assert str(MAX_BYTES // 1000) in problem.message


if __name__ == "__main__":
    for case in CASES:
        record(case).write_text(message(case), encoding="utf-8")
