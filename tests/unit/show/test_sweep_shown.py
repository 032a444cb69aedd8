"""What a sweep says: sentences first, sign and share never rounded away, the same everywhere."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from detente.ask.sweeping.answer import (
    Box,
    Effect,
    Failure,
    Outcome,
    PlanSweep,
    Share,
    ShareMap,
    Sweep,
    Threshold,
)
from detente.ask.sweeping.space import Range
from detente.ask.verdict import Reading, StatementResult
from detente.scenario.model import Unit
from detente.show.as_json import dump_json
from detente.show.sweep_answer import SweepAnswer
from detente.show.sweep_json import sweep_as_json
from detente.show.sweep_report import sweep_section
from detente.show.sweep_terminal import render_sweep
from detente.show.sweep_words import plan_sentences
from detente.show.terminal import print_plain

CATCHES = "inspection.inspectors.catches"
TURNOVER = "governments.us.turnover"


def share(count, of=4096):
    part = count / of
    return Share(count, part, max(0.0, part - 0.02), min(1.0, part + 0.02))


PLAN = PlanSweep(
    plan="phased",
    title="Phased steps",
    today=Outcome.HOLDS,
    holds=share(2499),
    can_hold=share(0),
    fails=share(1597),
    undecided=share(0),
    not_by_itself=share(1597),
    by_mildest=((Reading.NO_DEAL, share(2000)), (Reading.WRITTEN, share(499))),
    effects=(Effect(CATCHES, 0.31, 0.03), Effect(TURNOVER, 0.12, 0.03)),
    boxes=(
        Box(
            False,
            (
                Threshold(CATCHES, Unit.CHANCE, True, 0.6123),
                Threshold(TURNOVER, Unit.RATE, False, 0.2213),
            ),
            0.62,
            0.88,
        ),
    ),
    map=ShareMap(
        CATCHES, TURNOVER, Unit.CHANCE, Unit.RATE, np.array([0.4, 0.65, 0.9]),
        np.array([0.08, 0.165, 0.25]), np.array([[0.3, 0.9], [np.nan, 0.5]]),
        np.array([[10.0, 10.0], [0.0, 10.0]]),
    ),
)  # fmt: skip
SWEEP = Sweep(
    title="Singapore",
    file="singapore.yaml",
    settings=("clock=1 year",),
    seed=1,
    samples=4096,
    done=4096,
    failed=0,
    failures=(),
    studied=4096,
    ranges=(Range(CATCHES, Unit.CHANCE, 0.4, 0.9), Range("undo", Unit.YEARS, 4.0, np.inf)),
    readings=(Reading.NO_DEAL, Reading.WRITTEN),
    plans=(PLAN,),
    statements=(),
    warnings=(),
    scenario_sha256="ab" * 32,
    versions=(("detente", "0.1.0"),),
    output="",
    seconds=3.0,
)


def flat(sweep):
    return re.sub(r"\s+", " ", print_plain(render_sweep(sweep)))


def test_the_first_sentence():
    assert plan_sentences(SWEEP, PLAN)[0] == (
        "Holds in 61% (59 to 63) of 4,096 samples; fails mostly when inspectors.catches is under"
        " 61% and us.turnover is over 22% per year."
    )


def test_harsher_threats_are_told_apart():
    plan = replace(PLAN, can_hold=share(400), fails=share(1000), undecided=share(197))
    sweep = replace(SWEEP, readings=tuple(Reading), plans=(plan,))
    said = " ".join(plan_sentences(sweep, plan))
    assert "fails by itself mostly when" in said
    assert "could hold it in 10% of all, nothing could in 24%, and 5% are undecided" in said


def test_a_box_that_says_no_more_than_all_samples_is_not_told():
    rare = replace(PLAN, holds=share(200), fails=share(3896), not_by_itself=share(3896))
    assert plan_sentences(SWEEP, replace(rare, boxes=(replace(PLAN.boxes[0], density=0.96),)))[
        0
    ] == ("Holds in 5% (3 to 7) of 4,096 samples.")


def test_where_it_rarely_holds_that_is_told():
    rare = replace(PLAN, holds=share(400), fails=share(3696), not_by_itself=share(3696))
    box = replace(PLAN.boxes[0], holds=True, density=0.7)
    assert "; holds mostly when" in plan_sentences(SWEEP, replace(rare, boxes=(box,)))[0]


def test_terminal_shows_sentences_before_tables():
    text = flat(SWEEP)
    order = ["HOLDS IN 61%", "Holds in 61%", "# holds - fails", "What was varied", "seed 1"]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert "inspectors.catches ############ 31% (+-3)" in text


def test_a_broken_statement_comes_first():
    broken = StatementResult("phased fails when x", "sure", "fails", "holds", None)
    text = flat(replace(SWEEP, statements=(broken,)))
    assert text.index("The model is wrong, not the world") < text.index("HOLDS IN")


def test_what_is_unfinished_and_failed_is_said():
    some = replace(
        SWEEP, done=2048, failed=3, failures=(Failure("E233 divides by zero", 3),),
        warnings=("3 of 2,048 samples could not be judged; shares are of the others",),
    )  # fmt: skip
    text = flat(some)
    assert "Not finished: 2,048 of 4,096 samples" in text
    assert "Not judged (3): E233 divides by zero" in text


def test_without_any_judged_sample_nothing_is_claimed():
    nothing = Share(0, float("nan"), 0.0, 1.0)
    plan = replace(
        PLAN, holds=nothing, can_hold=nothing, fails=nothing, undecided=nothing,
        not_by_itself=nothing, effects=(), boxes=(), map=None,
    )  # fmt: skip
    text = flat(replace(SWEEP, failed=4096, plans=(plan,)))
    assert "HOLDS IN unknown" in text
    assert "No sample could be judged." in text


def test_json_is_strict_and_says_the_same():
    found = json.loads(dump_json(sweep_as_json(SWEEP)), parse_constant=pytest.fail)
    assert found["format"] == "detente-sweep/1"
    assert found["plans"][0]["sentences"][0].startswith("Holds in 61%")
    assert found["plans"][0]["holds"]["share"] == 2499 / 4096
    assert found["plans"][0]["map"]["share"][1][0] is None
    assert found["ranges"][1]["high"] is None
    assert found["complete"] is True


def test_report_has_pictures_and_the_same_sentences():
    pytest.importorskip("altair")
    page = str(sweep_section(SWEEP))
    assert page.count("<svg") == 3
    assert "Holds in 61% (59 to 63) of 4,096 samples" in page
    assert page == str(sweep_section(SWEEP))


def test_a_name_of_a_stranger_is_only_text():
    pytest.importorskip("altair")
    plan = replace(PLAN, plan="<script>", title="<script>alert(1)</script>")
    assert "<script" not in str(sweep_section(replace(SWEEP, plans=(plan,))))


def test_python_answer_reads_as_in_a_terminal():
    answer = SweepAnswer(SWEEP)
    assert str(answer) == print_plain(render_sweep(SWEEP))
    assert answer.sentences("phased") == plan_sentences(SWEEP, PLAN)
    assert repr(answer) == "<SweepAnswer 'Singapore': 4,096 samples; holds: phased 61%>"
    table = answer.to_pandas()
    assert table["count"].sum() == 4096
    with pytest.raises(KeyError):
        answer.plan("none")


def test_where_it_is_not_known_in_all_samples_the_first_sentence_says_how_far_that_goes():
    """A fifth of what holds and a half unknown is no share of a fifth."""
    plan = replace(
        PLAN, holds=share(820), can_hold=share(410), fails=share(818), undecided=share(2048),
        not_by_itself=share(2252), boxes=(), by_mildest=(),
    )  # fmt: skip
    sweep = replace(SWEEP, readings=tuple(Reading), plans=(plan,))
    first, second, third, *_ = plan_sentences(sweep, plan)
    assert first == "Holds in 20% to 45% of 4,096 samples."
    assert second == (
        "It is known to hold in 20% (18 to 22), and not to hold by itself in 55% (53 to 57); in 25%"
        " no stable way to behave without a deal was found, so that nothing is claimed."
    )
    assert third == (
        "Harsher threats than its own could hold it in 10% of all, nothing could in 20%, and 50%"
        " are undecided."
    )
    assert "HOLDS IN 20% TO 45%" in flat(sweep)
    harshest = replace(sweep, readings=(Reading.HARSHEST,))
    assert "in 25% that takes the payoff sets" in plan_sentences(harshest, plan)[1]
