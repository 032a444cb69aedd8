"""Joint ladders of which a hostile government is a holder (R4, R5)."""

from __future__ import annotations

import numpy as np
import pytest

from detente.compile.build import build_game, compile_scenario
from detente.scenario.reading import read_scenario_text
from detente.solve.twoparty import solve

TREATY = """title: Treaty
clock: 1 year
parties:
  a: {patience: 85% per year}
  b: {patience: 90% per year}
ladders:
  x: {held_by: a, levels: {full: today, half: {undo: 2 years}}}
  treaty: {held_by: [a, b], levels: {none: today, draft: {undo: 1 year}, signed: {undo: 1 year}}}
governments:
  b: {turnover: 10% per year, hostile_successor: 30%, it_would: {treaty: GOAL}}
  MORE
payoffs:
  a: {scale: s, x: {full: 0, half: -1}, treaty: {none: 0, draft: 1, signed: 1.5}}
  b: {scale: s, x: {full: 0, half: 3}, treaty: {none: 0, draft: -1, signed: -3}}
plans:
  deal:
    - {id: one, a: {x: half}, together: {treaty: draft}}
"""
BOTH = "a: {turnover: 20% per year, hostile_successor: 50%, it_would: {treaty: none}}"


@pytest.mark.parametrize("goal", ["none", "draft", "signed"])
@pytest.mark.parametrize("more", ["", BOTH])
def test_every_outcome_can_be_prescribed(goal, more):
    """Wherever a hostile government goes, the others may do all that they could do."""
    text = TREATY.replace("GOAL", goal).replace("  MORE\n", f"  {more}\n" if more else "")
    compiled = compile_scenario(read_scenario_text(text, "treaty.yaml"))
    game, tables = build_game(compiled), compiled.tables
    for state in range(compiled.n_states):
        rows = np.array(game.profiles(state))
        wanted = {tuple(each) for each in tables.towards[rows]}
        allowed = rows[game.prescribable[rows]]
        assert {tuple(each) for each in tables.towards[allowed]} == wanted


def test_a_hostile_government_that_goes_further_leaves_equilibria():
    text = TREATY.replace("GOAL", "signed").replace("  MORE\n", "")
    game = build_game(compile_scenario(read_scenario_text(text, "treaty.yaml")))
    assert not any(state.empty for state in solve(game).states)
