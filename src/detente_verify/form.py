"""The form of a proof: exact types and keys, else the proof is invalid (rules P1 and P3)."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from detente_verify.game import State
from detente_verify.outcome import Rejected
from detente_verify.reading import MAX_DIGITS, describe

_RATIONAL = re.compile(r"-?(0|[1-9]\d*)(/[1-9]\d*)?", re.ASCII)
_INDEX = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)


def take_object(value: Any, needed: set[str], optional: frozenset[str] = frozenset()) -> Any:
    """Check that a value is an object with the needed keys and no others than allowed."""
    if type(value) is not dict:
        raise Rejected("P1", f"expected an object, found {describe(value)}")
    for key in value:
        if key not in needed and key not in optional:
            raise Rejected("P1", f"unknown key '{key[:60]}'")
    for key in sorted(needed):
        if key not in value:
            raise Rejected("P1", f"the key '{key}' is missing")
    return value


def take_list(value: Any, length: int | None = None) -> list[Any]:
    """Check that a value is a list, of a length."""
    if type(value) is not list:
        raise Rejected("P1", f"expected a list, found {describe(value)}")
    if length is not None and len(value) != length:
        raise Rejected("P1", f"a list of {len(value)} entries, expected {length}")
    return value


def take_some(value: Any) -> list[Any]:
    """Check that a value is a list that is not empty."""
    entries = take_list(value)
    if not entries:
        raise Rejected("P1", "an empty list, expected one entry or more")
    return entries


def take_text(value: Any) -> str:
    """Check that a value is a text."""
    if type(value) is not str:
        raise Rejected("P1", f"expected a text, found {describe(value)}")
    return value


def take_index(value: Any, length: int, what: str) -> int:
    """Check that a value is an index below a length."""
    if type(value) is not int:
        raise Rejected("P1", f"expected the number of a {what}, found {describe(value)}")
    if not 0 <= value < length:
        raise Rejected("P3", f"there is no {what} {str(value)[:40]}")
    return value


def take_key(key: str, length: int, what: str) -> int:
    """Read a key that names something by its number."""
    if not _INDEX.fullmatch(key):
        raise Rejected("P1", f"'{key[:40]}' is not the number of a {what}")
    return take_index(int(key), length, what)


def take_rational(value: Any) -> Fraction:
    """Read an exact rational.

    Examples
    --------
    >>> take_rational("-3/6")
    Fraction(-1, 2)
    """
    if type(value) is not str:
        raise Rejected("P1", f"expected a rational as a text, found {describe(value)}")
    if len(value) > MAX_DIGITS:
        raise Rejected("P1", f"a number has more than {MAX_DIGITS:,} characters")
    if not _RATIONAL.fullmatch(value):
        raise Rejected("P1", f"'{value[:40]}' is not a rational such as \"-3/4\"")
    over, _, under = value.partition("/")
    return Fraction(int(over), int(under or 1))


def take_vector(value: Any, length: int) -> tuple[Fraction, ...]:
    """Read a list of rationals."""
    return tuple(take_rational(each) for each in take_list(value, length))


def take_profile(value: Any, state: State) -> int:
    """Read a profile as a list of action numbers."""
    for each in take_list(value):
        if type(each) is not int:
            raise Rejected("P1", f"expected the number of an action, found {describe(each)}")
    profile = state.profile_of(value)
    if profile is None:
        raise Rejected("P3", f"there is no profile {str(value)[:60]} in state '{state.name}'")
    return profile
