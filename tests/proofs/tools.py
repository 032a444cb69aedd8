"""Reading, changing and checking proof files; shares no code with the checker."""

from __future__ import annotations

import copy
import hashlib
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from detente_verify.game import Game, GameReader
from detente_verify.outcome import Clock, Rejected
from detente_verify.proof import Report, check_files, check_proof
from detente_verify.reading import parse_json

HERE = Path(__file__).parent
ACCEPTED = sorted(path.name[: -len(".proof.json")] for path in HERE.glob("accept/*.proof.json"))


def load(name: str) -> tuple[Any, Any]:
    """Give the game and the proof of an accepted case."""
    game, proof = (HERE / "accept" / f"{name}.{kind}.json" for kind in ("game", "proof"))
    return json.loads(game.read_text()), json.loads(proof.read_text())


def hash_game(document: Any) -> str:
    """Give the hash of a game (rule G10); floats stand for their shortest decimals."""
    out = copy.deepcopy(document)
    out["discount"] = _write_all(out["discount"])
    for state in out["states"]:
        for key in {"payoffs", "probabilities"} & set(state):
            state[key] = _write_all(state[key])
        for key in {"transitions", "chances"} & set(state):
            state[key] = _write_seconds(state[key], len(state["actions"]))
    text = json.dumps(out, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_all(value: Any) -> Any:
    return [_write_all(v) for v in value] if isinstance(value, list) else str(Fraction(str(value)))


def _write_seconds(value: Any, depth: int) -> Any:
    if depth:
        return [_write_seconds(v, depth - 1) for v in value]
    return [[first, _write_all(second)] for first, second in value]


def seal(proof: Any) -> Any:
    """Give a proof with its seal (rule P5) as it must be."""
    content = {key: value for key, value in proof.items() if key != "seal"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {**content, "seal": hashlib.sha256(text.encode()).hexdigest()}


def check(folder: Path, game: Any, proof: Any, **options: float) -> Report:
    """Write both as files and check them."""
    (folder / "game.json").write_text(json.dumps(game))
    (folder / "proof.json").write_text(json.dumps(proof))
    return check_files(folder / "game.json", folder / "proof.json", **options)


def read_game(game: Any) -> Game:
    """Read a game as the checker does."""
    return GameReader(parse_json(json.dumps(game))).read()


def judge(game: Game, proof: Any) -> tuple[str, list[str]]:
    """Check a proof against a game that was read; give the rule it breaks and what it proves."""
    try:
        return "", check_proof(game, parse_json(json.dumps(proof)), Clock(60), [])
    except Rejected as wrong:
        return wrong.rule, []


def rehash(game: Any, proof: Any) -> Any:
    """Give the proof bound to another game."""
    return {**proof, "game_sha256": hash_game(game)}


def change(document: Any, path: list[Any], value: Any) -> None:
    """Set, or with the value "DROP" remove, what lies at the end of a path."""
    *way, last = path
    for key in way:
        document = document[key]
    if value == "DROP":
        del document[last]
    else:
        document[last] = value
