"""Numbers in columns of a terminal: plain signs, equal digits, never a sign rounded away."""

from __future__ import annotations

import math

NOISE = 1e-9  # points per year; below it a number is printed as zero
MAX_DECIMALS = 9


def decimals_for(value: float) -> int:
    """Give the digits after the point that keep a small number apart from zero.

    Examples
    --------
    >>> decimals_for(-19.04), decimals_for(0.0031)
    (1, 3)
    """
    size = abs(value)
    if not math.isfinite(size) or size >= 0.05 or size < NOISE:
        return 1
    return min(MAX_DECIMALS, -math.floor(math.log10(size)))


def print_points(value: float, decimals: int | None = None) -> str:
    """Print points without a plus sign.

    Examples
    --------
    >>> print_points(212.04)
    '212.0'
    """
    if math.isnan(value):
        return "unknown"
    if math.isinf(value):
        return "unbounded" if value > 0 else "-unbounded"
    digits = decimals_for(value) if decimals is None else decimals
    text = f"{value:.{digits}f}"
    return text.removeprefix("-") if float(text) == 0.0 else text


def print_signed(value: float, decimals: int | None = None) -> str:
    """Print points with their sign; zero has none.

    Examples
    --------
    >>> print_signed(12.34), print_signed(-0.0031), print_signed(0.0)
    ('+12.3', '-0.003', '0.0')
    """
    text = print_points(value, decimals)
    if text[0] == "-" or not math.isfinite(value) or float(text) == 0.0:
        return text
    return f"+{text}"


def print_units(units: int, decimals: int, *, signed: bool = False) -> str:
    """Print a number given in units of its last digit (see `detente.show.rounding`).

    Examples
    --------
    >>> print_units(-190, 1), print_units(3, 2, signed=True)
    ('-19.0', '+0.03')
    """
    digits = f"{abs(units):0{decimals + 1}d}"
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    sign = "-" if units < 0 else "+" if signed and units > 0 else ""
    return sign + text


def print_seconds(seconds: float) -> str:
    """Print a run time.

    Examples
    --------
    >>> print_seconds(0.0123), print_seconds(3.21)
    ('12 ms', '3.2 s')
    """
    if seconds < 1.0:
        return f"{max(1, round(seconds * 1000))} ms"
    return f"{seconds:.1f} s"


def clean_text(text: str) -> str:
    """Give a text with control characters replaced, so that no file can drive a terminal.

    Examples
    --------
    >>> clean_text("red" + chr(27)) == "red" + chr(0xFFFD)
    True
    """
    return "".join(
        c if c.isprintable() or c == "\n" else " " if c == "\t" else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )
