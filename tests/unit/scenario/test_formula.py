"""Formulas: what they mean, what they rest on, and what is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.errors import DetenteError
from detente.scenario.formula import evaluate, walk
from detente.scenario.formula_parser import Names, Parsed, parse_formula
from detente.scenario.model import Op, Scenario
from detente.scenario.quantity import TokenError
from detente.scenario.reading import read_scenario_text

BASE = """\
title: Formulas
clock: 1 year
parties: {a: {patience: 90% per year}, b: {patience: 90% per year}}
parameters: {fear: 80 (40 to 120), half-fear: fear / 2, dread: half-fear + FEAR}
ladders:
  arms: {held_by: a, levels: {full: {share: 100%}, half: {share: 50%}, 0: {undo: 1 year, heavy: 3}}}
  word: {held_by: b, levels: {none: , pledge: {credibility: 25%}, treaty: {credibility: 60%}}}
governments: {b: {turnover: 10% per year, hostile_successor: 50%, it_would: {word: none}}}
payoffs:
  a: {scale: x, term: "TERM", word: {none: -5, pledge: 20, treaty: 50}}
  b: {scale: x, word: {none: 0, pledge: -2, treaty: -8}}
steps: [{a: {arms: half}}]
"""
WHERE = {"arms": 1, "word": 2}


def scenario(term: str, more: str = "1") -> Scenario:
    return read_scenario_text(BASE.replace("TERM", term).replace("FEAR", more))


def value(term: str, hostile: bool = False, **levels: int) -> float:
    read = scenario(term)
    formula = read.payoffs["a"].terms[0].formula
    return evaluate(formula, {**WHERE, **levels}, {"b": hostile}, read)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("7", 7.0),
        ("1 + 2 * 3 - 4 / 8", 6.5),
        ("10 - 4 - 3", 3.0),
        ("24 / 4 / 3", 2.0),
        ("-(1 + 2) * -3", 9.0),
        ("2 - -3", 5.0),
        ("--2", 2.0),
        ("min(3, 2, 5) + max(1, 4)", 6.0),
        ("50% * 8", 4.0),
        ("-80 (-120 to -40) @s * (1 - arms.share)", -40.0),
        ("fear * 2", 160.0),
        ("dread", 41.0),
        ("dread * dread", 41.0**2),
        ("(arms is half) * 10 + (arms is 0) * 100", 10.0),
        ("arms.heavy", 0.0),
        ("word.credibility", 0.6),
        ("hostile(b) * 5", 0.0),
    ],
)
def test_value(term: str, expected: float) -> None:
    read = scenario(term.replace("@s ", ""))
    formula = read.payoffs["a"].terms[0].formula
    assert evaluate(formula, WHERE, {}, read) == pytest.approx(expected, rel=1e-14)


def test_levels_and_governments_change_the_value() -> None:
    assert value("arms.heavy", arms=2) == 3.0
    assert value("(arms is 0)", arms=2) == 1.0
    assert value("hostile(b) * 5", hostile=True) == 5.0


def test_value_follows_changed_numbers() -> None:
    read = scenario("fear * 2").with_values({"parameters.fear": 50.0})
    assert evaluate(read.payoffs["a"].terms[0].formula, WHERE, {}, read) == 100.0


@pytest.mark.parametrize(("level", "expected"), [(0, -5.0), (1, 0.25 * 20), (2, 0.6 * 50)])
def test_credibility_multiplies_what_a_promise_is_worth_to_others(
    level: int, expected: float
) -> None:
    read = scenario("1")
    table = read.payoffs["a"].terms[1].formula
    assert evaluate(table, {"word": level}, {}, read) == pytest.approx(expected, rel=1e-14)
    own = read.payoffs["b"].terms[0].formula
    assert own.tree.op is Op.TABLE
    assert evaluate(own, {"word": level}, {}, read) == (0.0, -2.0, -8.0)[level]


def test_formula_says_what_it_rests_on() -> None:
    formula = scenario("-80 * (1 - arms.share) * hostile(b) + dread").payoffs["a"].terms[0].formula
    assert formula.ladders == ("arms",)
    assert formula.governments == ("b",)
    assert set(formula.quantities) == {
        "payoffs.a.term",
        "ladders.arms.levels.full.share",
        "ladders.arms.levels.half.share",
        "parameters.fear",
        "parameters.half-fear.1",
        "parameters.dread.1",
    }


def test_numbers_of_a_formula_are_named_by_their_order() -> None:
    read = scenario("-80 (-90 to -70) * (1 - arms.share) + 5 * 7")
    names = {path: q.value for path, q in read.quantities.items() if path.startswith("payoffs.a.t")}
    assert names == {"payoffs.a.term.1": -80.0, "payoffs.a.term.2": 5.0, "payoffs.a.term.3": 7.0}
    assert scenario("0").quantities["payoffs.a.term"].value == 0.0
    assert scenario("1 - 0").quantities["payoffs.a.term.2"].value == 0.0


@pytest.mark.parametrize(
    ("term", "code"),
    [
        ("1 +", "E131"),
        ("1 2", "E131"),
        ("(1", "E131"),
        ("1)", "E131"),
        ("2 ** 3", "E131"),
        ("2 // 3", "E131"),
        ("arms.", "E131"),
        ("arms is", "E131"),
        ("arms.share.real", "E131"),
        ("1 < 2", "E131"),
        ("[1]", "E131"),
        ("@s", "E131"),
        ("min(1)", "E131"),
        ("lambda: 0", "E131"),
        ("__import__(os)", "E132"),
        ("arms(1)", "E132"),
        ("open('x')", "E132"),
        ("(" * 31 + "1" + ")" * 31, "E133"),
        ("-" * 400 + "1", "E133"),
        ("1 + " * 600 + "1", "E133"),
        ("1.0e999", "E125"),
        ("nan * 2", "E125"),
        ("-inf", "E125"),
        ("40 (50 to 60) * 2", "E123"),
        ("3 months * 2", "E122"),
    ],
)
def test_refused(term: str, code: str) -> None:
    names = Names({}, frozenset(), frozenset())
    with pytest.raises(TokenError) as caught:
        parse_formula(term, "p", names)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("term", "word"),
    [
        ("arms * 2", "arms"),
        ("arms.shar", "shar"),
        ("arms is haf", "haf"),
        ("ams.share", "ams"),
        ("hostile(a)", "a"),
        ("hostile(c)", "c"),
        ("feer", "feer"),
        ("fear-1", "fear-1"),
        ("arms.__class__", "__class__"),
    ],
)
def test_unknown_names_are_pointed_at(term: str, word: str) -> None:
    with pytest.raises(DetenteError) as caught:
        scenario(term)
    (problem,) = caught.value.problems
    assert problem.code == "E231"
    assert problem.place is not None
    assert problem.line_text is not None
    start = problem.place.column - 1
    assert problem.line_text[start : start + problem.place.length] == word


def test_cycle_of_parameters_is_refused_once() -> None:
    with pytest.raises(DetenteError) as caught:
        scenario("dread", "dread")
    assert [each.code for each in caught.value.problems] == ["E232"]


def test_parameters_that_double_and_double_are_refused() -> None:
    chain = ", ".join(f"p{n}: p{n + 1} + p{n + 1}" for n in range(40))
    text = BASE.replace("dread:", f"{chain}, p40: 1, dread:").replace("TERM", "p0")
    with pytest.raises(DetenteError) as caught:
        read_scenario_text(text.replace("FEAR", "1"))
    assert [each.code for each in caught.value.problems] == ["E133"]


@pytest.mark.parametrize(
    ("term", "where"),
    [
        ("1 / (1 - arms.share)", "arms is full"),
        ("1 / ((arms is 0) + hostile(b))", "arms is full"),
        ("5 / (word.credibility - 25%)", "word is pledge"),
        ("1 / (fear - 80)", ""),
    ],
)
def test_division_by_zero_at_some_level_is_refused(term: str, where: str) -> None:
    with pytest.raises(DetenteError) as caught:
        scenario(term)
    (problem,) = caught.value.problems
    assert problem.code == "E233"
    assert where in problem.message


def test_division_by_zero_that_a_changed_number_brings_is_reported() -> None:
    read = scenario("1 / (fear - 70)").with_values({"parameters.fear": 70.0})
    with pytest.raises(DetenteError, match="E233"):
        evaluate(read.payoffs["a"].terms[0].formula, WHERE, {}, read)


OPERATORS = st.sampled_from(["+", "-", "*"])


@given(st.recursive(
    st.integers(2, 9).map(str),
    lambda inner: st.one_of(
        st.tuples(inner, OPERATORS, inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, OPERATORS, inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}"),
        inner.map(lambda text: f"-({text})"),
        st.tuples(inner, inner).map(lambda t: f"min({t[0]}, {t[1]})"),
    ),
    max_leaves=12,
))  # fmt: skip
def test_arithmetic_means_what_it_means_elsewhere(text: str) -> None:
    names = Names({}, frozenset(), frozenset())
    parsed = parse_formula(text, "p", names)
    values = {number.path: number.token.value for number in parsed.numbers}
    read = scenario("1").with_values(values)
    formula = scenario("1").payoffs["a"].terms[0].formula
    computed = evaluate(type(formula)(text, parsed.tree, (), (), tuple(values)), {}, {}, read)
    assert computed == eval(text)  # the reference: Python's own arithmetic, on our own text


@given(st.text(alphabet="0123456789.+-*/(), abimnxs@:%_to'is\\\"[]", max_size=40))
def test_any_text_is_a_bounded_tree_or_refused(text: str) -> None:
    names = Names({}, frozenset(), frozenset({"a", "b"}))
    result: Parsed | TokenError
    try:
        result = parse_formula(text, "p", names)
    except TokenError as error:
        result = error
    if isinstance(result, TokenError):
        assert 0 <= result.start <= len(text)
        return
    parsed = result
    assert sum(1 for _ in walk(parsed.tree)) <= 300
    assert all(math.isfinite(each.token.value) for each in parsed.numbers)
