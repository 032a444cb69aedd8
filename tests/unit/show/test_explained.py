"""What `explain` says in a terminal, on a hand-made explanation."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from detente.scenario.model import Source
from detente.show.explained import render_explanation
from detente.show.terminal import print_plain
from unit.show import records

SOURCES = {"report_a": Source("report_a", title="A report", date="2018-06-11")}


def numbers_of(line):
    return [Decimal(word) for word in re.findall(r"[+-]?\d+\.\d+", line)][-3:]


def test_the_printed_terms_add_up_to_the_printed_margin():
    text = print_plain(render_explanation(records.make_explanation()))
    lines = text.splitlines()
    rows = [numbers_of(x) for x in lines if x.startswith(("sanctions", "exposure", "one_off"))]
    total = numbers_of(next(x for x in lines if x.startswith("margin:")))
    assert len(rows) == 3
    assert [sum(column) for column in zip(*rows, strict=True)] == total
    assert total[2] == Decimal("-19.0")
    assert all(stay - leave == gap for stay, leave, gap in rows)


def test_assumptions_come_first_and_every_term_has_its_line_and_source():
    text = print_plain(render_explanation(records.make_explanation(), SOURCES), width=140)
    assert text.index("One period is 6 months.") < text.index("sanctions  ")
    assert "singapore-2018.yaml, line 30: " in text
    assert "source: report_a, p2" in text
    assert "report_a: A report, 2018-06-11" in text


@pytest.mark.parametrize(
    ("shift", "words"),
    [(0.0, "would break the plan here"), (40.0, "keeps the plan here"), (None, "indifferent")],
)
def test_the_conclusion_is_said_in_words(shift, words):
    explanation = records.make_explanation()
    shift = -explanation.margin.margin if shift is None else shift
    first = replace(explanation.rows[0], staying=explanation.rows[0].staying + shift)
    margin = replace(explanation.margin, margin=explanation.margin.margin + shift)
    changed = replace(explanation, rows=(first, *explanation.rows[1:]), margin=margin)
    assert words in re.sub(r"\s+", " ", print_plain(render_explanation(changed)))


def test_terms_that_do_not_add_up_are_not_printed_as_if_they_did():
    explanation = records.make_explanation()
    with pytest.raises(ValueError, match="add up"):
        print_plain(render_explanation(replace(explanation, rows=explanation.rows[1:])))
