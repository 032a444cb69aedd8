"""Hostile files: bounded in size, depth, digits and time, and never a traceback."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from detente_verify.exact import add_up, common_denominator
from detente_verify.outcome import LimitHit, Rejected, Unreadable, compare, show
from detente_verify.proof import check_files
from detente_verify.reading import Written, parse_json, parse_number, read_json
from proofs.tools import ACCEPTED, check, load, seal

PRISONERS = Path(__file__).parents[2] / "proofs" / "accept" / "prisoners.game.json"
TEXTS = {
    "empty": ("", "not JSON"),
    "cut": ('{"detente_proof": 1, "steps": [', "is the file complete?"),
    "more": ("{} {}", "not JSON"),
    "nan": ('{"a": NaN}', "NaN is not a number"),
    "infinity": ("[-Infinity]", "-Infinity is not a number"),
    "long integer": ('{"a": ' + "9" * 5000 + "}", "more than 2,000 digits"),
    "deep lists": ("[" * 100_000, "nested more than 60 deep"),
    "deep closed": ("[" * 61 + "]" * 61, "nested more than 60 deep"),
    "deep objects": ('{"a":' * 50_000, "nested more than 60 deep"),
    "many values": ("[" + "0," * 4_100_000 + "0]", "more than 4,000,000 values"),
    "not text": (b"\xff\xfe\x00\x01", "not a text in UTF-8"),
    "comment": ("// no\n{}", "not JSON"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_sound_json_is_unreadable(name: str, tmp_path: Path) -> None:
    content, message = TEXTS[name]
    file = tmp_path / "proof.json"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    for pair in ((PRISONERS, file), (file, PRISONERS)):
        report = check_files(*pair)
        assert report.verdict == "unreadable"
        assert message in report.message


def test_a_key_that_stands_twice() -> None:
    keys = ",".join(f'"k{j}": 0' for j in range(100_000))
    with pytest.raises(Unreadable, match="'k99999' stands twice"):
        parse_json("{" + keys + ',"k99999": 1}')


def test_a_key_twice_makes_a_proof_invalid(tmp_path: Path) -> None:
    file = tmp_path / "proof.json"
    file.write_text('{"detente_proof": 1, "detente_proof": 1}')
    report = check_files(PRISONERS, file)
    assert (report.verdict, report.rule) == ("invalid", "P1")


@pytest.mark.parametrize("name", ACCEPTED[:3])
def test_no_truncated_proof_is_accepted(name: str, tmp_path: Path) -> None:
    game, proof = load(name)
    (tmp_path / "game.json").write_text(json.dumps(game))
    text = json.dumps(proof)
    for length in range(len(text)):
        if length % 7 == 0 or length > len(text) - 3:
            (tmp_path / "cut.json").write_text(text[:length])
            report = check_files(tmp_path / "game.json", tmp_path / "cut.json")
            assert report.verdict == "unreadable"


def test_files_that_are_not_there_or_too_large(tmp_path: Path) -> None:
    assert "No such file" in check_files(tmp_path / "none", PRISONERS).message
    assert "directory" in check_files(tmp_path, PRISONERS).message
    large = tmp_path / "large.json"
    large.write_text(" " * 2**20 + "{}")
    with pytest.raises(Unreadable, match=r"larger than 0\.5 MB; allow more with --max-size"):
        read_json(large, 0.5)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (Written("0.10"), Fraction(1, 10)), ("1/3", Fraction(1, 3)), ("-2.5e-3", Fraction(-1, 400)),
        (7, Fraction(7)), ("+4/6", Fraction(2, 3)), (".5", Fraction(1, 2)), ("5.", Fraction(5)),
        ("1e3", Fraction(1000)), ("-0", Fraction(0)),
    ],
)  # fmt: skip
def test_numbers_of_games_are_exact(text: object, value: Fraction) -> None:
    assert parse_number(text) == value


@pytest.mark.parametrize(
    "text",
    ["1e999999999", "1e401", "1e-401", "1/0", "one", "", "1_000", "0x10", "1/2/3", "٣", "nan",
     "inf", "9" * 2001, "1 / 2", None, True, [], {}],
)  # fmt: skip
def test_what_is_no_number_is_refused(text: object) -> None:
    with pytest.raises(Unreadable, match="G1"):  # a huge exponent would take for ever
        parse_number(text)


def test_common_denominators_are_bounded() -> None:
    primes = [p for p in range(2, 60_000) if all(p % q for q in range(2, int(p**0.5) + 1))]
    numbers = [Fraction(1, p) for p in primes]
    for function in (common_denominator, add_up):
        with pytest.raises(LimitHit, match="more than 65,536 bits"):
            function(numbers, "examples")
    with pytest.raises(LimitHit, match="too many"):
        common_denominator([Fraction(1, 2**65_000)] * 40_000, "examples")
    assert add_up([Fraction(1, 3), Fraction(-1, 3)], "examples") == 0


def test_a_limit_ends_as_incomplete(tmp_path: Path) -> None:
    game, proof = load("prisoners")
    under = [str(10**1900 + j) for j in range(60)]
    node = proof["steps"][0]["nodes"][0]
    proof["steps"][0]["nodes"] = [{**node, "value": [f"1/{x}", "0"]} for x in under]
    report = check(tmp_path, game, seal(proof))
    assert (report.verdict, report.proven) == ("incomplete", ())
    assert "common denominator of the values" in report.message


def test_the_time_limit_ends_as_incomplete(tmp_path: Path) -> None:
    report = check(tmp_path, *load("prisoners"), time_limit=1e-9)
    assert (report.verdict, report.proven) == ("incomplete", ())
    assert "time limit" in report.message


def test_numbers_are_shown_in_full_or_marked() -> None:
    assert show(Fraction(-1, 3)) == "-1/3"
    assert show(Fraction(10**40 + 1, 10**40)).startswith("about 1.0")
    long = Fraction(10 ** (sys.get_int_max_str_digits() + 10))
    assert "300 digits" in show(long)
    assert compare(Fraction(1, 2), "<=", Fraction(1, 3)) == "1/2 <= 1/3 (off by 1/6)"


def test_places_are_told_from_the_outside_in() -> None:
    assert Rejected("P1", "x").at("node 1").at("step 0").place == "step 0, node 1"
