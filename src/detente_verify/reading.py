"""Reading JSON from strangers: bounded in size, depth, number of values and digits."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from detente_verify.outcome import KeyTwice, Unreadable

MAX_MEGABYTES = 32
MAX_VALUES = 4_000_000
MAX_DEPTH = 60
MAX_DIGITS = 2_000
MAX_EXPONENT = 400
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,6})?", re.ASCII)
_FRACTION = re.compile(r"[+-]?\d+/\d+", re.ASCII)


class Written(str):
    """A JSON number with a point or an exponent, as it is written."""

    __slots__ = ()


def read_json(path: Path, max_megabytes: float = MAX_MEGABYTES) -> Any:
    """Read a JSON file; numbers with a point or an exponent are kept as `Written`.

    Raises
    ------
    Unreadable
        Where the file cannot be opened, is too large or deep, or is not JSON.
    """
    return parse_json(_read_text(path, max_megabytes))


def parse_json(text: str) -> Any:
    """Read JSON; numbers with a point or an exponent are kept as `Written`.

    Raises
    ------
    Unreadable
        Where it is not JSON, too deep, or holds numbers that are too long.

    Examples
    --------
    >>> parse_json('{"a": [1, 0.10]}')
    {'a': [1, '0.10']}
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_join, parse_int=_read_int, parse_float=_read_float,
            parse_constant=_refuse,
        )  # fmt: skip
    except json.JSONDecodeError as wrong:
        raise Unreadable(
            f"not JSON: {wrong.msg} (line {wrong.lineno}, column {wrong.colno}); "
            "is the file complete?"
        ) from None
    except RecursionError:
        raise Unreadable(f"nested more than {MAX_DEPTH} deep") from None
    _check_depth(value)
    return value


def _read_text(path: Path, max_megabytes: float) -> str:
    limit = int(max_megabytes * 2**20)
    try:
        with path.open("rb") as stream:
            raw = stream.read(limit + 1)
    except OSError as wrong:
        raise Unreadable(f"cannot be read: {wrong.strerror or wrong}") from None
    if len(raw) > limit:
        raise Unreadable(
            f"larger than {max_megabytes:g} MB; allow more with --max-size MB if you trust it"
        )
    if raw.count(b",") + raw.count(b"[") + raw.count(b"{") > MAX_VALUES:
        raise Unreadable(f"holds more than {MAX_VALUES:,} values")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable("not a text in UTF-8") from None


def _join(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) < len(pairs):
        met: set[str] = set()
        for key, _ in pairs:
            if key in met:
                raise KeyTwice(f"the key '{key[:60]}' stands twice in one object")
            met.add(key)
    return out


def _read_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Unreadable(f"a number has more than {MAX_DIGITS:,} digits")
    return int(text)


def _read_float(text: str) -> Written:
    return Written(text)


def _refuse(word: str) -> NoReturn:
    raise Unreadable(f"{word} is not a number")


def _check_depth(value: Any) -> None:
    depth, level = 0, [value] if isinstance(value, dict | list) else []
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise Unreadable(f"nested more than {MAX_DEPTH} deep")
        level = [
            inner for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]  # fmt: skip


def parse_number(value: Any) -> Fraction:
    """Read a number of a game file exactly (rule G1).

    Raises
    ------
    Unreadable
        Where it is no number, too long, or its exponent is too large.

    Examples
    --------
    >>> parse_number("1/3"), parse_number(Written("2.5e-1"))
    (Fraction(1, 3), Fraction(1, 4))
    """
    if type(value) is int:
        return Fraction(value)
    if not isinstance(value, str):
        raise Unreadable(f"expected a number, found {describe(value)} (G1)")
    text = value.strip()
    if len(text) > MAX_DIGITS:
        raise Unreadable(f"a number has more than {MAX_DIGITS:,} characters (G1)")
    if _FRACTION.fullmatch(text):
        over, under = text.split("/")
        if int(under) == 0:
            raise Unreadable(f"'{text[:40]}' divides by zero (G1)")
        return Fraction(int(over), int(under))
    if not _DECIMAL.fullmatch(text):
        raise Unreadable(f"'{text[:40]}' is not a number (G1)")
    mantissa, _, exponent = text.lower().partition("e")
    power = int(exponent or 0)
    if abs(power) > MAX_EXPONENT:
        raise Unreadable(f"'{text[:40]}' has an exponent beyond {MAX_EXPONENT} (G1)")
    whole, _, decimals = mantissa.partition(".")
    digits = int(whole + decimals)
    power -= len(decimals)
    return Fraction(digits * 10**power) if power >= 0 else Fraction(digits, 10**-power)


def describe(value: Any) -> str:
    """Name the kind of a JSON value.

    Examples
    --------
    >>> describe([]), describe(True), describe("x")
    ('a list', 'true or false', "the text 'x'")
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, Written) or type(value) is int:
        return "a number"
    if isinstance(value, str):
        return f"the text '{value[:40]}'"
    return "a list" if isinstance(value, list) else "an object"
