"""The command: words, JSON, exit codes, scenarios."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from detente_verify.cli import main
from detente_verify.proof import check_files
from proofs.large import make_large_game, make_large_proof
from proofs.tools import HERE, load, seal

ROOT = HERE.parents[1]


def write(folder: Path, name: str = "prisoners") -> tuple[str, str]:
    game, proof = load(name)
    (folder / "game.json").write_text(json.dumps(game))
    (folder / "proof.json").write_text(json.dumps(proof))
    return str(folder / "game.json"), str(folder / "proof.json")


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    game, proof = write(tmp_path)
    assert main([game, proof]) == 0
    assert main([game, proof, "--time-limit", "0.000001"]) == 3
    assert "incomplete" in capsys.readouterr().out
    assert main([game, game]) == 1
    assert main([proof, proof]) == 2
    assert main([game, str(tmp_path / "none.json")]) == 2
    assert main([game, proof, "--max-size", "0.0001"]) == 2
    for wrong in ("0", "-1", "nan", "x"):
        with pytest.raises(SystemExit) as stop:
            main([game, proof, "--max-size", wrong])
        assert stop.value.code == 2


def test_json_holds_the_whole_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    game, proof = write(tmp_path)
    assert main([game, proof, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "valid"
    assert len(answer["proven"]) == 3
    changed = json.loads(Path(proof).read_text())
    changed["steps"][0]["punish"][0] = {"0": 0}
    Path(proof).write_text(json.dumps(seal(changed)))
    assert main([game, proof, "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["rule"] == "P15"
    assert answer["place"] == "step 0 (equilibrium), node 0"
    assert answer["failing"] == "2/5 <= 0 (off by 2/5)"
    assert answer["proven"] == []
    assert main([game, proof]) == 1
    assert "does not hold: 2/5 <= 0 (off by 2/5)" in capsys.readouterr().out


def test_a_scenario_is_checked_through_its_game(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    game, proof = write(tmp_path)
    scenario = tmp_path / "peace.yaml"
    scenario.write_text("title: Peace")
    assert main([str(scenario), proof]) == 2
    assert "write it with `detente compile peace.yaml" in capsys.readouterr().out
    Path(game).rename(tmp_path / "peace.game.json")
    assert main([str(scenario), proof]) == 0
    out = capsys.readouterr().out
    assert "checked against peace.game.json" in out
    assert out.endswith("valid\n")


def test_it_runs_as_a_module_and_imports_the_standard_library_only(tmp_path: Path) -> None:
    game, proof = write(tmp_path)
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from detente_verify.cli import main\n"
        "code = main(sys.argv[2:])\n"
        "other = {m.split('.')[0] for m in sys.modules} - set(sys.stdlib_module_names)\n"
        "print(sorted(m for m in other if not m.startswith('_')), code)"
    )
    out = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code, str(ROOT / "src"), game, proof],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert out.stdout.splitlines()[-1] == "['detente_verify'] 0"


def test_it_shares_no_code_with_detente() -> None:
    for file in (ROOT / "src" / "detente_verify").glob("*.py"):
        assert not re.search(r"\b(from|import) detente\b", file.read_text()), file
    for file in (ROOT / "src" / "detente").rglob("*.py"):
        assert not re.search(r"\b(from|import) detente_verify\b", file.read_text()), file


@pytest.mark.slow
def test_it_installs_alone(tmp_path: Path) -> None:
    game, proof = write(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "env")], check=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check",
         str(ROOT / "src" / "detente_verify")], check=True,
    )  # fmt: skip
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=json", "--disable-pip-version-check"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    names = {entry["name"] for entry in json.loads(listed.stdout)}
    assert names - {"pip", "setuptools", "wheel"} == {"detente-verify"}
    out = subprocess.run(
        [tmp_path / "env" / "bin" / "detente-verify", game, proof],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert out.stdout.endswith("valid\n")


@pytest.mark.slow
def test_a_game_as_large_as_singapore_is_checked(tmp_path: Path) -> None:
    game = make_large_game()
    (tmp_path / "game.json").write_text(json.dumps(game))
    (tmp_path / "proof.json").write_text(json.dumps(make_large_proof(game)))
    assert check_files(tmp_path / "game.json", tmp_path / "proof.json").verdict == "valid"


def test_the_large_game_is_judged_by_its_numbers(tmp_path: Path) -> None:
    game = make_large_game(n_states=6, n_actions=(2, 3), n_phases=3)
    (tmp_path / "game.json").write_text(json.dumps(game))
    proof = make_large_proof(game)
    (tmp_path / "proof.json").write_text(json.dumps(proof))
    assert check_files(tmp_path / "game.json", tmp_path / "proof.json").verdict == "valid"
    proof["steps"][0]["nodes"][7]["value"][1] = "12"
    (tmp_path / "proof.json").write_text(json.dumps(seal(proof)))
    report = check_files(tmp_path / "game.json", tmp_path / "proof.json")
    assert (report.verdict, report.rule) == ("invalid", "P15")
