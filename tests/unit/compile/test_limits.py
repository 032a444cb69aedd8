"""A scenario that would be too large is refused before anything is enumerated."""

from __future__ import annotations

import pytest

from detente.compile.build import compile_scenario
from detente.compile.stages import MAX_PERIODS, make_stages
from detente.compile.tables import MAX_STATES
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text


def many_ladders(count):
    levels = "{l0: today, l1: , l2: , l3: , l4: }"
    lines = [f"  ladder{k}: {{held_by: a, levels: {levels}}}" for k in range(count)]
    return "\n".join(
        [
            "title: Too many ladders",
            "clock: 1 year",
            "parties:",
            "  a: {name: A, patience: 90% per year}",
            "  b: {name: B, patience: 90% per year}",
            "ladders:",
            *lines,
            "payoffs:",
            "  a: {scale: points, ladder0: {l0: 0, l1: 1, l2: 2, l3: 3, l4: 4}}",
            "  b: {scale: points, ladder0: {l0: 0, l1: 1, l2: 2, l3: 3, l4: 4}}",
            "plans:",
            "  deal:",
            "    - {id: one, a: {ladder0: l1}}",
        ]
    )


def test_too_many_states_name_the_ladders_to_coarsen():
    with pytest.raises(DetenteError) as caught:
        compile_scenario(read_scenario_text(many_ladders(7), "many.yaml"))
    (problem,) = caught.value.problems
    assert problem.code == "E290"
    assert f"{5**7:,} states" in problem.message
    assert f"{MAX_STATES:,}" in problem.message
    assert "ladder0 (5 levels)" in problem.remedy
    assert problem.place is not None


def test_too_many_combinations_of_moves_are_refused_too():
    """5^5 states pass, but each has hundreds of moves."""
    with pytest.raises(DetenteError, match="E290"):
        compile_scenario(read_scenario_text(many_ladders(5), "many.yaml"))


def test_moves_are_counted_before_they_are_listed():
    """4^12 moves of one party in a single state would not fit in memory."""
    renewed = "{l0: today, l1: , l2: , l3: }"
    text = many_ladders(0).replace(
        "ladders:\n",
        "ladders:\n  ladder0: {held_by: a, levels: {l0: today, l1: , l2: , l3: , l4: }}\n"
        + "".join(
            f"  payment{k}: {{held_by: a, renewed: every period, levels: {renewed}}}\n"
            for k in range(12)
        ),
    )
    with pytest.raises(DetenteError, match="E290"):
        compile_scenario(read_scenario_text(text, "many.yaml"))


def test_steps_of_too_many_periods_are_refused():
    text = many_ladders(1).replace("{ladder0: l1}}", "{ladder0: l1}, lasts: 5000 years}")
    scenario = read_scenario_text(text, "long.yaml")
    (stage,) = make_stages(compile_scenario(scenario), scenario.plans[0])
    assert stage.periods == MAX_PERIODS
    longer = read_scenario_text(text.replace("5000 years", "5001 years"), "long.yaml")
    with pytest.raises(DetenteError, match=r"E290.*5,001 periods") as caught:
        make_stages(compile_scenario(longer), longer.plans[0])
    assert caught.value.problems[0].place is not None
