"""Numbers as written: values, units, ranges, sources and their limits."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.scenario.model import Citation
from detente.scenario.quantity import Kind, Token, TokenError, parse_quantity


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("40", Kind.POINTS, 40.0),
        ("-100", Kind.POINTS, -100.0),
        ("+.5e1", Kind.POINTS, 5.0),
        ("12 points", Kind.POINTS, 12.0),
        ("12 points  per year", Kind.POINTS, 12.0),
        ("50%", Kind.NUMBER, 0.5),
        ("3", Kind.NUMBER, 3.0),
        ("70%", Kind.CHANCE, 0.7),
        ("70 %", Kind.CHANCE, 0.7),
        ("0.7", Kind.CHANCE, 0.7),
        ("0", Kind.CHANCE, 0.0),
        ("100%", Kind.CHANCE, 1.0),
        ("12% per year", Kind.RATE, 0.12),
        ("2% per month", Kind.RATE, 1 - 0.98**12),
        ("100% per month", Kind.RATE, 1.0),
        ("6 months", Kind.TIME, 0.5),
        ("1 year", Kind.TIME, 1.0),
        ("10 days", Kind.TIME, 10 / 365.25),
        ("2 weeks", Kind.TIME, 14 / 365.25),
        ("never", Kind.TIME, math.inf),
        ("0", Kind.TIME, 0.0),
        ("90% per year", Kind.PATIENCE, 0.9),
        ("99% per month", Kind.PATIENCE, 0.99**12),
    ],
)
def test_value_in_its_unit(text: str, kind: Kind, value: float) -> None:
    token = parse_quantity(text, kind)
    assert token.value == pytest.approx(value, rel=1e-15, abs=0)
    assert token.low is None
    assert token.high is None
    assert token.is_bare


@pytest.mark.parametrize(
    ("text", "kind", "low", "high"),
    [
        ("40 (20 to 60)", Kind.POINTS, 20.0, 60.0),
        ("-80 (-120 to -40)", Kind.POINTS, -120.0, -40.0),
        ("70% (40% to 90%)", Kind.CHANCE, 0.4, 0.9),
        ("70% (40 to 90)", Kind.CHANCE, 0.4, 0.9),
        ("12% per year (5% to 20%)", Kind.RATE, 0.05, 0.2),
        ("2 years (1 to 4 years)", Kind.TIME, 1.0, 4.0),
        ("9 months (6 to 18 months)", Kind.TIME, 0.5, 1.5),
        ("9 months (6 months to 2 years)", Kind.TIME, 0.5, 2.0),
        ("9 months (6 to 18)", Kind.TIME, 0.5, 1.5),
        ("10 years (4 years to never)", Kind.TIME, 4.0, math.inf),
        ("10 years (4 to never)", Kind.TIME, 4.0, math.inf),
        ("never (10 years to never)", Kind.TIME, 10.0, math.inf),
        ("90% per year (80% to 95%)", Kind.PATIENCE, 0.8, 0.95),
        ("5 (5 to 5)", Kind.POINTS, 5.0, 5.0),
    ],
)
def test_range_takes_the_unit_of_its_value(text: str, kind: Kind, low: float, high: float) -> None:
    token = parse_quantity(text, kind)
    assert (token.low, token.high) == (low, high)


def test_sources_with_locators_follow_one_another() -> None:
    token = parse_quantity("70% (40% to 90%) @report_a:p2 @b-2 @c:§3", Kind.CHANCE)
    assert [each.citation for each in token.cited] == [
        Citation("report_a", "p2"),
        Citation("b-2"),
        Citation("c", "§3"),
    ]
    assert not token.is_bare


@pytest.mark.parametrize(
    ("text", "kind", "code", "start"),
    [
        ("", Kind.POINTS, "E121", 0),
        ("quite high", Kind.CHANCE, "E121", 0),
        ("40 (20-60)", Kind.POINTS, "E121", 3),
        ("40 (20 to 60", Kind.POINTS, "E121", 3),
        ("40 (1 to 2 to 3)", Kind.POINTS, "E121", 3),
        ("12,000", Kind.POINTS, "E121", 0),
        ("1_000", Kind.POINTS, "E121", 0),
        ("40 @", Kind.POINTS, "E121", 3),
        ("40 @a 7", Kind.POINTS, "E121", 6),
        ("٣", Kind.POINTS, "E121", 0),
        ("1" + " " * 400, Kind.POINTS, "E121", 0),
        ("6", Kind.TIME, "E122", 0),
        ("2 fortnights", Kind.TIME, "E122", 2),
        ("50% years", Kind.TIME, "E122", 0),
        ("12%", Kind.RATE, "E122", 0),
        ("12% per day", Kind.RATE, "E122", 4),
        ("70% per year", Kind.CHANCE, "E122", 0),
        ("6 months", Kind.CHANCE, "E122", 0),
        ("90%", Kind.PATIENCE, "E122", 0),
        ("5%", Kind.POINTS, "E122", 0),
        ("40 (20 to 60 months)", Kind.POINTS, "E122", 10),
        ("40 (50 to 60)", Kind.POINTS, "E123", 3),
        ("40 (60 to 20)", Kind.POINTS, "E123", 3),
        ("70% (0.5 to 0.9)", Kind.CHANCE, "E123", 4),
        ("120%", Kind.CHANCE, "E124", 0),
        ("70", Kind.CHANCE, "E124", 0),
        ("-1%", Kind.CHANCE, "E124", 0),
        ("70% (10% to 110%)", Kind.CHANCE, "E124", 12),
        ("120% per month", Kind.RATE, "E124", 0),
        ("100% per year", Kind.PATIENCE, "E124", 0),
        ("0% per year", Kind.PATIENCE, "E124", 0),
        ("90% per year (80% to 100%)", Kind.PATIENCE, "E124", 21),
        ("-6 months", Kind.TIME, "E124", 0),
        ("1e13", Kind.POINTS, "E124", 0),
        ("nan", Kind.POINTS, "E125", 0),
        (".NaN", Kind.CHANCE, "E125", 0),
        ("-.inf", Kind.POINTS, "E125", 0),
        ("infinity", Kind.TIME, "E125", 0),
        ("1e999", Kind.POINTS, "E125", 0),
        ("1 (0 to inf)", Kind.POINTS, "E125", 8),
    ],
)
def test_refused_with_code_and_position(text: str, kind: Kind, code: str, start: int) -> None:
    with pytest.raises(TokenError) as caught:
        parse_quantity(text, kind)
    assert (caught.value.code, caught.value.start) == (code, start)
    assert caught.value.remedy


@given(st.text(max_size=60), st.sampled_from(list(Kind)))
def test_any_text_is_a_finite_number_or_refused(text: str, kind: Kind) -> None:
    result: Token | TokenError
    try:
        result = parse_quantity(text, kind)
    except TokenError as error:
        result = error
    if isinstance(result, TokenError):
        assert 0 <= result.start <= len(text)
        return
    token = result
    assert math.isfinite(token.value) or kind is Kind.TIME


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.floats(0, 1e6, allow_nan=False),
    st.floats(0, 1e6, allow_nan=False),
)
def test_written_numbers_are_read_exactly(value: float, below: float, above: float) -> None:
    low, high = value - below, value + above
    token = parse_quantity(f"{value!r} ({low!r} to {high!r})", Kind.POINTS)
    assert (token.value, token.low, token.high) == (value, low, high)


@given(st.floats(1e-6, 1 - 1e-6))
def test_chance_per_month_is_that_of_twelve_months_in_a_row(monthly: float) -> None:
    token = parse_quantity(f"{monthly!r} per month", Kind.RATE)
    assert 1 - token.value == pytest.approx((1 - monthly) ** 12, rel=1e-9, abs=1e-15)
