"""Valid proofs damaged in one place: each names the rule it breaks, and the numbers.

A case lists what is ``set`` in the proof ("DROP" removes, "TWICE" doubles a list) and in the
``game``; a proof about a changed game is bound to it anew, so that only the numbers can object.
"""

import json
from pathlib import Path

import pytest

from proofs.tools import HERE, change, check, load, rehash, seal

CASES = [
    (path.stem, case)
    for path in sorted(HERE.glob("reject/*.json"))
    for case in json.loads(path.read_text())
]
RULES_OF_FORM = {"P1", "P2", "P3", "P4"}


@pytest.mark.parametrize(
    ("name", "case"), CASES, ids=[f"{name}-{c['rule']}-{c['says'][:40]}" for name, c in CASES]
)
def test_rejected_for_the_reason_named(name: str, case: dict, tmp_path: Path) -> None:
    game, proof = load(name)
    for path, value in case.get("game", []):
        change(game, path, value)
    if "game" in case:
        proof = rehash(game, proof)
    for path, value in case["set"]:
        if value == "TWICE":
            value = proof["steps"][path[1]][path[2]] * 2
        change(proof, path, value)
    if "seal" in proof and ["seal"] not in [path for path, _ in case["set"]]:
        proof = seal(proof)
    report = check(tmp_path, game, proof)
    assert (report.verdict, report.rule) == ("invalid", case["rule"]), report
    assert case["says"] in report.message
    assert not report.proven
    if "failing" in case:
        assert report.failing == case["failing"]


def test_every_rule_of_proofs_is_broken_by_some_case() -> None:
    page = (HERE.parents[1] / "docs" / "proof-format.md").read_text()
    rules = {word.strip("*|., ") for line in page.splitlines() if line.startswith(("**P", "| **P"))
             for word in line.split("**")[1].split()[:1]}  # fmt: skip
    assert len(rules) > 20
    # a residual (P14) and a reason (P51) cannot be broken by themselves, only what uses them
    assert rules - {case["rule"] for _, case in CASES} == {"P14", "P51"}
