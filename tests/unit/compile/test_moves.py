"""R2 to R6: what a period does to ladders, governments and alarms."""

from __future__ import annotations

import numpy as np
import pytest

from detente.compile.build import compile_scenario
from detente.scenario.reading import read_scenario_text

TEXT = """
title: Moves
clock: 6 months
parties:
  a: {name: A, patience: 90% per year}
  b: {name: B, patience: 90% per year}
ladders:
  arms:
    held_by: a
    levels:
      l0: today
      l1: {undo: 3 months}
      l2: {undo: 2 months}
      l3: {undo: 1 year}
      l4: {undo: never}
  joint:
    held_by: [a, b]
    levels: {none: today, some: {undo: 1 year}}
inspection:
  one: {watches: arms, every: 6 months, catches: 50%, false_alarm: 10%}
  two: {watches: arms, every: 4 months, catches: 40%, contested: 50%}
governments:
  b: {turnover: 36% per year, hostile_successor: 50%, it_would: {joint: none}, returns: 25%}
payoffs:
  a: {scale: points, arms: {l0: 0, l1: 0, l2: 0, l3: 0, l4: 0}, secret_gain: 1}
  b:
    scale: points
    arms: {l0: 0, l1: 1, l2: 2, l3: 3, l4: 4}
    one_off: {arms: {back: -6, l3 to l2: 1}}
plans:
  leap:
    - {id: leap, a: {arms: l2}}
    - {id: more, a: {arms: l3}, together: {joint: some}}
"""


@pytest.fixture(scope="module")
def compiled():
    return compile_scenario(read_scenario_text(TEXT, "moves.yaml"))


def next_states(compiled, state, towards):
    """Where a profile leads that sends the ladders to the levels named, as a dict."""
    tables, row = compiled.tables, compiled.row_of(state)
    here = np.flatnonzero((tables.row == row) & (tables.towards == towards).all(axis=1))
    entries = range(tables.entry_start[here[0]], tables.entry_start[here[0] + 1])
    return {tables.states[tables.entry_next[e]]: tables.entry_chance[e] for e in entries}


def test_going_back_passes_what_fits(compiled):
    """R3: 2 + 3 months fit into 6; nothing is left to do below today's level."""
    climb = compiled.mover.climb
    assert climb(0, 2, 0) == ((0, 1.0),)
    assert climb(0, 3, 0) == ((2, 0.5), (3, 0.5))
    assert climb(0, 4, 0) == ((4, 1.0),)
    assert climb(0, 1, 3) == ((3, 1.0),)


def test_mean_time_to_climb_back_is_undo(compiled):
    """R3: a chance of 1/2 per half year is a year on average."""
    assert 0.5 / dict(compiled.mover.climb(0, 3, 2))[2] == pytest.approx(1.0)


def test_targets_are_one_level_declared_jumps_and_what_can_be_reached(compiled):
    """R2, R3: the plan leaps from l0 to l2; l4 can never be left."""
    targets = compiled.mover.targets
    assert targets(0, 0) == (0, 1, 2)
    assert targets(0, 3) == (3, 4, 2)
    assert targets(0, 4) == (4,)
    assert targets(0, 2) == (2, 3, 1, 0)


def test_ladders_and_governments_move_independently(compiled):
    """R3, R5: 36% a year is 20% in half a year, half of it hostile."""
    after = next_states(compiled, (3, 0, 0), (2, 0))
    assert after == pytest.approx(
        {(2, 0, 0): 0.45, (3, 0, 0): 0.45, (2, 0, 1): 0.05, (3, 0, 1): 0.05}
    )


def test_hostile_governments_return_as_stated(compiled):
    """R5: a quarter of the successors of a hostile government do not oppose."""
    back = next_states(compiled, (0, 0, 1), (0, 0))
    assert back[(0, 0, 0)] == pytest.approx(0.2 * 0.25)
    assert sum(back.values()) == pytest.approx(1.0)


def test_joint_ladders_follow_the_lowest_vote(compiled):
    """R4: on only together, back by any one; only unanimous votes are prescribable."""
    tables = compiled.tables
    for state in ((0, 0, 0), (0, 1, 0)):
        rows = np.flatnonzero(tables.row == compiled.row_of(state))
        votes = np.array(
            [
                [
                    compiled.choices(tables.row[a], party)[tables.choice[a, party]].targets[-1]
                    for party in (0, 1)
                ]
                for a in rows
            ]
        )
        assert (tables.towards[rows, 1] == votes.min(axis=1)).all()
        assert (tables.unanimous[rows] == (votes[:, 0] == votes[:, 1])).all()


def test_alarms(compiled):
    """R6: one inspection of the first, one and a half of the second, half of them contested."""
    state = (2, 0, 0)
    quiet = (1 - 0.5) * (1 - 0.2) * (1 - 0.5 * 0.2)
    assert compiled.mover.alarm_chance(state, 0, True) == pytest.approx(1 - quiet)
    assert compiled.mover.alarm_chance(state, 0, False) == pytest.approx(0.1)
    assert compiled.mover.alarm_chance((0, 0, 0), 0, True) == 0.0


def test_cheating_needs_something_given_up_and_no_open_return(compiled):
    """R6."""
    assert not any(choice.cheats for choice in compiled.choices(0, 0))
    later = compiled.choices(compiled.row_of((2, 0, 0)), 0)
    assert any(choice.cheats for choice in later)
    assert all(choice.targets[0] >= 2 for choice in later if choice.cheats)


def test_hostile_government_has_no_choice(compiled):
    """R5."""
    choices = compiled.choices(compiled.row_of((0, 1, 1)), 1)
    assert len(choices) == 1
    assert choices[0].targets == (0,)


def test_one_off_points_are_counted_by_the_chance_of_the_move(compiled):
    """R10: from l3 towards l2 half the time; -6 and +1 points, twelve and two a year."""
    tables = compiled.tables
    row = compiled.row_of((3, 0, 0))
    here = np.flatnonzero((tables.row == row) & (tables.towards == (2, 0)).all(axis=1))[0]
    assert compiled.payoff[here, 1] == pytest.approx(3 + 0.5 * (-6 + 1) / 0.5)
