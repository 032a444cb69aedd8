"""What `check` says in a terminal, on hand-made answers."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from detente.ask.verdict import Answer, Opening, Reading
from detente.show.notebook import render_html
from detente.show.tables import name_response
from detente.show.terminal import print_plain, render_check, render_verdict
from detente.solve.solution import Status
from unit.show import records


def show(check, width=80):
    return print_plain(render_check(check), width)


def test_the_answer_comes_first_and_in_a_sentence():
    text = show(records.make_check())
    answer = text.index("DOES NOT HOLD  phased")
    assert "phased CARRIES TO step 1; at step 2 'dismantle'" in text
    assert "Once the arsenal is gone nothing can be taken back." in text
    assert answer < text.index("what follows a breach") < text.index("Glad to sign?")
    assert text.index("Glad to sign?") < text.index("Nobody moves.") < text.index("1,200 states")


def test_a_failed_statement_comes_before_every_answer():
    text = show(records.make_check(statements=(records.STATEMENT,)))
    assert text.index("The model is wrong, not the world") < text.index("DOES NOT HOLD")
    assert "you say fails, the model says holds" in re.sub(r"\s+", " ", text)
    assert "singapore-2018.yaml:90:5" in text


def test_a_kept_statement_is_only_counted():
    kept = replace(records.STATEMENT, found="fails")
    text = show(records.make_check(statements=(kept,)))
    assert "The model is wrong" not in text
    assert "1 of 1 statement comes out as you say" in text


def test_negative_margins_say_so_without_colour():
    text = show(records.make_check())
    assert re.search(r"^2 dismantle +breaks -19\.0 +\+0\.003$", text, re.M)
    assert re.search(r"^1 freeze +\+12\.3 +\+4\.0$", text, re.M)


def test_negative_margins_are_red_on_a_terminal():
    console = Console(force_terminal=True, width=80, highlight=False, color_system="standard")
    with console.capture() as captured:
        console.print(render_check(records.make_check()))
    assert re.search(r"\x1b\[1;31m *breaks -19\.0\x1b\[0m", captured.get())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_wider_than_the_screen(width):
    check = records.make_check((records.make_verdict(), records.make_verdict("framework")))
    lines = [x for x in show(check, width).splitlines() if not x.startswith("  detente explain")]
    assert max(len(line) for line in lines) <= width


def test_a_response_that_nobody_would_carry_out_is_shown():
    text = show(records.make_check())
    assert "Within these responses somebody would not do its part" in text
    assert re.search(r"^if_broken by_us +.* breaks -2\.5 ", text, re.M)


def test_a_response_is_named_by_the_party_it_is_about():
    check = records.make_check()
    assert name_response(check, "response to a breach by us") == (
        "response to a breach by United States"
    )
    assert name_response(check, "resuming after a response") == "resuming after a response"


def test_a_plan_that_only_the_harshest_reading_holds_does_not_read_as_held():
    results = (
        records.make_result(Reading.NO_DEAL),
        records.make_result(Reading.HARSHEST, Answer.HOLDS),
    )
    verdict = records.make_verdict(answer=Answer.HOLDS, results=results)
    text = show(records.make_check((replace(verdict, mildest=Reading.HARSHEST),)))
    assert "CAN HOLD  phased" in text
    assert "\nHOLDS  phased" not in text
    held = show(records.make_check((replace(verdict, mildest=Reading.WRITTEN),)))
    assert "\nHOLDS  phased" in held


def test_the_command_offered_asks_what_was_asked():
    check = replace(
        records.make_check(
            (records.make_verdict(results=(records.make_result(Reading.HARSHEST),)),)
        ),
        settings=("clock=1 year",),
    )
    assert "--party us --reading harshest --set 'clock=1 year'" in show(check)


def test_a_limit_that_was_hit_stands_beside_the_reading():
    text = show(records.make_check(), width=140)
    line = next(each for each in text.splitlines() if each.startswith("harshest credible"))
    assert "undecided" in line
    assert Status.ITERATION_LIMIT.words in line


def test_an_undecided_reading_says_how_wide_the_bounds_are():
    result = records.make_result(Reading.HARSHEST, Answer.UNDECIDED, gap=1.25, by="payoff sets")
    verdict = records.make_verdict(answer=Answer.UNDECIDED, results=(result,))
    assert "known within 1.2 points" in show(records.make_check((verdict,)), width=140)


def test_a_margin_known_only_within_bounds_shows_both():
    margins = (records.make_margin(1, "us", 1.0, half_width=2.0),)
    result = records.make_result(Reading.HARSHEST, Answer.UNDECIDED, margins=margins)
    verdict = records.make_verdict(answer=Answer.UNDECIDED, results=(result,))
    assert "unknown -1.0 to +3.0" in show(records.make_check((verdict,)), width=140)


def test_the_smallest_margin_of_a_step_is_the_one_shown():
    margins = (records.make_margin(1, "us", 3.0), records.make_margin(1, "us", -1.0))
    verdict = records.make_verdict(results=(records.make_result(margins=margins),))
    text = show(records.make_check((verdict,)))
    assert "breaks -1.0" in text
    assert "+3.0" not in text


def test_what_is_left_open_is_shown_only_where_the_answer_may_depend_on_it():
    one = records.make_result(opening=Opening.NO_DEAL)
    two = records.make_result(opening=Opening.BEST, answer=Answer.HOLDS)
    text = show(records.make_check((records.make_verdict(results=(one, two)),)), width=160)
    assert "left open: the best equilibrium for the plan" in text
    assert "Left open: where the plan says nothing" in text
    assert "left open" not in show(records.make_check()).lower()


@pytest.mark.parametrize(
    ("carries_to", "answer", "words"),
    [
        (0, Answer.FAILS, "not even at step 1"),
        (1, Answer.FAILS, "to step 1 of 2"),
        (2, Answer.FAILS, "all 2 steps, not after"),
        (2, Answer.HOLDS, "to the end"),
        (1, Answer.UNDECIDED, "not known"),
    ],
)
def test_how_far_a_plan_carries(carries_to, answer, words):
    result = records.make_result(answer=answer, carries_to=carries_to)
    assert words in show(records.make_check((records.make_verdict(results=(result,)),)))


def test_a_plan_whose_responses_fail_keeps_its_steps():
    inside = replace(records.make_margin(1, "us", -2.5), in_response="if_broken by_us")
    result = replace(records.make_result(carries_to=2), breaks_at=inside)
    text = show(records.make_check((records.make_verdict(results=(result,)),)))
    assert "its steps, not responses" in text


def test_entry_says_who_would_sign_and_who_would_be_sorry():
    text = re.sub(r"\s+", " ", show(records.make_check()))
    assert "United States: yes, the plan is worth +31.0 points a year against no deal" in text
    assert "at step 2 no deal would be better for it (-10.0)" in text
    assert "North Korea: no, the plan is worth -4.5 points a year against no deal." in text


def test_no_deal_is_told_in_words_with_its_doubts():
    check = records.make_check()
    assert "There is more than one such outcome" in re.sub(r"\s+", " ", show(check))
    lost = replace(check, no_deal=replace(check.no_deal, found=False, several=False))
    assert "went round in a circle" in re.sub(r"\s+", " ", show(lost))
    assert "Not an answer: no deal was not found." in show(lost)


def test_margins_that_rest_on_a_no_deal_not_found_are_no_answer():
    result = records.make_result(answer=Answer.UNDECIDED, status=Status.ITERATION_LIMIT)
    text = re.sub(r"\s+", " ", show(records.make_check((records.make_verdict(results=(result,)),))))
    assert "Not an answer: it rests on a no deal that was not found." in text
    assert "Not an answer" not in show(records.make_check())


def test_the_next_command_is_offered():
    text = show(records.make_check(), width=60)
    assert "\n  detente explain singapore-2018.yaml --plan phased --step 2 --party us" in text


def test_a_hostile_file_cannot_drive_the_terminal():
    check = replace(records.make_check(), title="safe\x1b[31m[bold]red[/bold]")
    text = show(check)
    assert "\x1b" not in text
    assert "[bold]red[/bold]" in text


def test_unknown_and_unbounded_values_are_words():
    check = records.make_check()
    no_deal = replace(check.no_deal, values=np.array([np.nan, -np.inf]))
    text = re.sub(r"\s+", " ", show(replace(check, no_deal=no_deal)))
    assert "United States unknown and North Korea -unbounded" in text


def test_one_plan_alone_and_the_notebook_say_the_same():
    check = records.make_check()
    alone = render_verdict(check, check.verdicts[0])
    assert "breaks -19.0" in print_plain(alone)
    page = render_html(alone)
    assert "breaks -19.0" in page
    assert page.startswith("<pre")
