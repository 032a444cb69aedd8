"""Any change of a valid proof makes it invalid; sealed anew, it proves nothing that is not so."""

from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from detente_verify.outcome import Unreadable
from proofs.mutants import make_mutants, walk
from proofs.tools import ACCEPTED, change, check, judge, load, read_game, rehash, seal

# payoffs known by hand, for claims that a mutation turned into others
KNOWN = {"prisoners": [(2, 2), (1, 1)], "mixture": [(2, 2), (1, 1)], "sucker": [(1, 1)]}
# nonempty at state 1 becomes nonempty at state 0, which the same proof shows
ALSO_TRUE = {("two-states", ("claims", 1, "at"))}


@pytest.mark.parametrize("name", ACCEPTED)
def test_any_change_is_noticed(name: str) -> None:
    document, proof = load(name)
    game = read_game(document)
    for path, kind, mutant in make_mutants(proof):
        assert judge(game, mutant)[0], (path, kind)


@pytest.mark.parametrize("name", ACCEPTED)
def test_sealed_mutants_prove_only_what_is_so(name: str) -> None:
    document, proof = load(name)
    game = read_game(document)
    told = set(judge(game, proof)[1])
    refused: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for path, kind, mutant in make_mutants(proof):
        if path == ("seal",):
            continue
        rule, proven = judge(game, seal(mutant))
        if rule:
            refused[path].add(kind)
        elif not set(proven) <= told:
            assert path[0] == "claims", path
            assert (name, path) in ALSO_TRUE or _is_so(
                name, proof["claims"][path[1]], mutant["claims"][path[1]]
            ), (path, kind, mutant["claims"])
    for path, value in walk(proof):
        if path and path[0] not in ("made_by", "seal") and not isinstance(value, dict | list):
            # being the wrong kind of value does not count: the value itself matters
            wanted = {"digit", "text"} if value is not None else {"digit"}
            assert refused[path] & wanted, path


def _is_so(name: str, before: Any, after: Any) -> bool:
    if after["claim"] == "point":
        pairs = zip(before["error"], after["error"], strict=True)
        return before["value"] == after["value"] and all(
            Fraction(a) <= Fraction(b) for a, b in pairs
        )
    if after["claim"] == "mixture":
        return _mixes(name, after)
    if after["claim"] == "bound":
        most = Fraction(after["most"])
        direction = [Fraction(x) for x in after["direction"]]
        return all(
            sum(x * v for x, v in zip(direction, point, strict=True)) <= most
            for point in KNOWN[name]
        )
    return False


def _mixes(name: str, claim: Any) -> bool:
    """Whether a lottery over payoffs known by hand pays what is claimed."""
    lottery = [(Fraction(w), [Fraction(x) for x in paid]) for w, paid in claim["of"]]
    paid = [sum(w * v[i] for w, v in lottery) for i in range(len(claim["value"]))]
    return (
        sum(w for w, _ in lottery) == 1
        and all(w > 0 and tuple(v) in KNOWN[name] for w, v in lottery)
        and all(
            abs(p - Fraction(v)) <= Fraction(e)
            for p, v, e in zip(paid, claim["value"], claim["error"], strict=True)
        )
    )


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_proof_is_about_one_game(name: str) -> None:
    game, proof = load(name)
    for path, kind, mutant in make_mutants(game):
        try:
            rule, _ = judge(read_game(mutant), proof)
        except Unreadable:
            continue
        # "2" for 2 is the same number
        assert rule == "P2" or (kind == "type" and not rule), (path, kind)


@pytest.mark.parametrize(
    ("name", "path", "value", "rule"),
    [
        ("prisoners", ["states", 0, "payoffs", 1, 0, 0], "4", "P15"),
        ("prisoners", ["states", 0, "payoffs", 1, 1, 0], "9/10", "P20"),
        ("prisoners", ["discount", 1], "1/3", "P15"),
        ("noisy", ["states", 0, "payoffs", 0, 1, 1], 6.25, "P15"),
        ("noisy", ["states", 0, "probabilities", 0, 0], [0.91, 0.09], "P41"),
        ("noisy", ["states", 0, "probabilities", 1, 0], [0.85, 0.15], "P15"),
        ("pennies", ["states", 0, "payoffs", 0, 1, 1], "9/10", "P20"),
        ("pennies", ["states", 0, "payoffs", 0, 0, 0], "11/10", "P21"),
        ("sucker", ["states", 0, "payoffs", 0, 1, 0], "19/20", "P32"),
        ("sucker", ["discount", 0], "1/2", "P32"),
        ("plans", ["states", 0, "payoffs", 2, 0, 0], "2", "P32"),
        ("plans", ["states", 0, "chances", 2, 0, 0, 1], "0.9", "G3"),
        ("three", ["states", 0, "payoffs", 1, 0, 0, 0], "7/2", "P15"),
        ("two-states", ["states", 1, "payoffs", 0, 0, 0], "1/4", "P15"),
    ],
)  # fmt: skip
def test_a_changed_game_breaks_an_inequality(
    name: str, path: list[Any], value: Any, rule: str, tmp_path: Path
) -> None:
    game, proof = load(name)
    change(game, path, value)
    if rule == "G3":
        report = check(tmp_path, game, proof)
        assert report.verdict == "unreadable"
        assert rule in report.message
        return
    report = check(tmp_path, game, seal(rehash(game, proof)))
    assert (report.verdict, report.rule) == ("invalid", rule), report
    assert report.failing
