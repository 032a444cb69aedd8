"""Checking a proof against a game: form, hash, steps in order, claims, seal (P1 to P5)."""

from __future__ import annotations

import gc
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detente_verify.automaton import check_equilibrium
from detente_verify.bounds import check_bounds
from detente_verify.claims import check_claim, check_no_repeats
from detente_verify.exclusion import check_empty
from detente_verify.facts import Facts
from detente_verify.form import take_list, take_object, take_some, take_text
from detente_verify.game import Game, GameReader
from detente_verify.outcome import Clock, KeyTwice, LimitHit, Rejected, Unreadable
from detente_verify.outer import check_outer
from detente_verify.reading import MAX_MEGABYTES, describe, read_json
from detente_verify.world import make_world

VERSION = 1
MAX_MADE_BY = 200
TIME_LIMIT = 300.0
PROOF_KEYS = {"detente_proof", "made_by", "game_sha256", "steps", "claims", "seal"}
_CHECKS = {
    "equilibrium": check_equilibrium, "bounds": check_bounds, "empty": check_empty,
    "outer": check_outer,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What the checker found.

    Attributes
    ----------
    verdict : "valid", "invalid", "incomplete" or "unreadable"
    proven : the claims in words; empty unless the proof is valid
    steps : what the steps that were checked say
    rule, place, message, failing : why not, where it is not valid
    """

    verdict: str
    proven: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    rule: str = ""
    place: str = ""
    message: str = ""
    failing: str = ""


def check_files(
    game_path: str | Path,
    proof_path: str | Path,
    *,
    max_megabytes: float = MAX_MEGABYTES,
    time_limit: float = TIME_LIMIT,
) -> Report:
    """Check a proof file against a game file. Never raises for what a file holds."""
    collecting = gc.isenabled()
    gc.disable()  # millions of small lists, none in a cycle
    try:
        return _check_files(Path(game_path), Path(proof_path), max_megabytes, Clock(time_limit))
    finally:
        if collecting:
            gc.enable()


def _check_files(game_path: Path, proof_path: Path, max_megabytes: float, clock: Clock) -> Report:
    steps: list[str] = []
    place = str(game_path)
    try:
        game = GameReader(read_json(game_path, max_megabytes)).read()
        clock.tick()
        place = str(proof_path)
        proof = _read_proof(proof_path, max_megabytes)
        proven = check_proof(game, proof, clock, steps)
    except Unreadable as wrong:
        return Report("unreadable", steps=tuple(steps), place=place, message=str(wrong))
    except LimitHit as hit:
        return Report("incomplete", steps=tuple(steps), place=place, message=str(hit))
    except Rejected as wrong:
        return Report(
            "invalid", (), tuple(steps), wrong.rule, wrong.place, wrong.message, wrong.failing
        )
    return Report("valid", tuple(proven), tuple(steps))


def _read_proof(path: Path, max_megabytes: float) -> Any:
    try:
        return read_json(path, max_megabytes)
    except KeyTwice as wrong:
        raise Rejected("P1", str(wrong)) from None


def check_proof(game: Game, proof: Any, clock: Clock, steps: list[str]) -> list[str]:
    """Check a proof; give its claims in words, and add those of the steps to ``steps``.

    Raises
    ------
    Rejected
        With the first rule that is broken.
    LimitHit
        Where a limit ended the checking.
    Unreadable
        Where the game file breaks a rule G that only a position of the proof brings to light.
    """
    take_object(proof, PROOF_KEYS)
    if type(proof["detente_proof"]) is not int or proof["detente_proof"] != VERSION:
        raise Rejected("P1", f"version {describe(proof['detente_proof'])}: only {VERSION} is known")
    if len(take_text(proof["made_by"])) > MAX_MADE_BY:
        raise Rejected("P1", "made_by is too long")
    if take_text(proof["game_sha256"]) != game.sha256:
        raise Rejected("P2", "the proof is about another game: "
                       f"this one has the hash {game.sha256}")  # fmt: skip
    facts = Facts(make_world(game), clock)
    for n, step in enumerate(take_list(proof["steps"])):
        name = step.get("step") if type(step) is dict else None
        if type(step) is not dict or type(name) is not str or name not in _CHECKS:
            raise Rejected("P1", f"unknown step; there are {', '.join(_CHECKS)}").at(f"step {n}")
        try:
            steps.append(_CHECKS[name](step, facts))
        except Rejected as wrong:
            raise wrong.at(f"step {n} ({name})") from None
    claims = take_list(proof["claims"])
    if not claims:
        raise Rejected("P4", "the proof claims nothing")
    proven = []
    for n, claim in enumerate(take_some(claims)):
        try:
            proven.append(check_claim(claim, facts))
        except Rejected as wrong:
            raise wrong.at(f"claim {n}") from None
    check_no_repeats(claims, facts)
    _check_seal(proof)
    return proven


def _check_seal(proof: dict[str, Any]) -> None:
    """Check that the file is as it was written; last, so that a failing rule is named first."""
    content = {key: value for key, value in proof.items() if key != "seal"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    seal = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    if take_text(proof["seal"]) != seal:
        raise Rejected("P5", "the file was changed after it was sealed")
