"""Problems in colour read as the plain ones."""

from __future__ import annotations

from detente.errors import Place, Problem
from detente.show.problems import render_problems
from detente.show.terminal import print_plain

PROBLEM = Problem(
    "E214",
    "'sanctons' is not a ladder",
    Place("singapore.yaml", 41, 10, 8),
    "did you mean 'sanctions'?",
    "ladders held by us: sanctions, guarantee",
    "    us: {sanctons: partial}",
)


def test_the_text_is_that_of_render():
    assert render_problems([PROBLEM]).plain == PROBLEM.render()


def test_several_are_counted_and_all_shown():
    text = render_problems([PROBLEM, Problem("E101", "no such file")]).plain
    assert PROBLEM.render() in text
    assert "error[E101]: no such file" in text
    assert text.endswith("2 problems")


def test_control_characters_never_reach_the_terminal():
    text = print_plain(render_problems([Problem("E101", "bad \x1b]0;title\x07")]))
    assert "\x1b" not in text
    assert "\x07" not in text
