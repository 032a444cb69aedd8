"""Types of a party: closed forms, an independent value iteration, and the words."""

from __future__ import annotations

import re
from pathlib import Path
from string import Template

import pytest

from detente.ask.screen import screen
from detente.ask.screening import Deed, Interval
from detente.ask.verdict import Reading
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.scenario.types import values_of
from reference.plan_scenarios import BY_HAND, draw
from reference.slow_screen import reply_values

ROOT = Path(__file__).parents[3]
SLOW = ("alarm ends it", "alarm for ever", "both cheat, written", "breach by the inspected ignored")

# Reward R = 3, temptation T = 5, punishment P = 1, sucker S = 0; the serious type is not tempted
TRUST = Template("""
title: Trust
clock: 1 year
parties: {us: {patience: $delta per year}, them: {patience: $delta per year}}
ladders:
  ours: {held_by: us, renewed: every period, levels: {arm: today, disarm: }}
  theirs: {held_by: them, renewed: every period, levels: {arm: today, disarm: }}
payoffs:
  us: &prisoner
    scale: points
    points: 3 * (ours is disarm) * (theirs is disarm) + 5 * (ours is arm) * (theirs is disarm)
      + 1 * (ours is arm) * (theirs is arm)
  them:
    scale: points
    reward: 3 * (ours is disarm) * (theirs is disarm)
    tempt: 2 * (ours is disarm) * (theirs is arm)
    punish: 1 * (ours is arm) * (theirs is arm)
plans:
  trust: [{us: {ours: disarm}, them: {theirs: disarm}}]
types:
  them:
    serious: {share: $share}
    false: {with: {them.tempt: 50}}
""")


@pytest.mark.parametrize(("delta", "low"), [("30%", 0.3), ("0.0000001%", 1e-9)])
def test_trust_in_the_sense_of_kydd(delta, low):
    """Reference result 12: cooperate iff t >= (P-S)/((P-S)+(R-T)), here with a future δ.

    Keeping the plan once gives (1-δ)S + δP against a false type and R against a serious one;
    breaking it at once gives P, and (1-δ)T + δP.
    """
    answer = screen(read_scenario_text(TRUST.substitute(delta=delta, share="50%")), "trust")
    serious, false = answer.types
    assert (serious.kept, false.kept) == (None, 0)
    lost, won = (1 - low) * (1 - 0), 3 - ((1 - low) * 5 + low * 1)
    if won > 0:
        threshold = lost / (lost + won)
        assert answer.steps[0].needed == (Interval(pytest.approx(threshold), 1.0),)
    else:
        assert answer.steps[0].needed == (None,)
    # entering is compared with no deal, which pays P with either type
    enter = lost / (lost + 3 - 1)
    (entering,) = answer.entering
    assert entering.worth_it == Interval(pytest.approx(enter, abs=1e-12), 1.0)
    assert entering.gains == pytest.approx((3 - 1, -lost))


@pytest.mark.parametrize("temptation", [2.0, 2.9])
def test_kydds_threshold_itself(temptation):
    """Without a future the threshold of keeping is (P-S)/((P-S)+(R-T)), to the patience's size."""
    text = TRUST.substitute(delta="0.0000001%", share="50%").replace("+ 5 *", f"+ {temptation} *")
    answer = screen(read_scenario_text(text), "trust")
    (needed,) = answer.steps[0].needed
    assert needed is not None
    assert needed.low == pytest.approx((1 - 0) / ((1 - 0) + (3 - temptation)), abs=1e-7)


@pytest.mark.parametrize(("share", "waits"), [("34%", False), ("32%", True)])
def test_both_sides_of_the_threshold(share, waits):
    """P = 1, S = 0, R = 3, T = 1: one third (to the patience's size)."""
    text = TRUST.substitute(delta="0.0000001%", share=share).replace("+ 5 *", "+ 1 *")
    answer = screen(read_scenario_text(text), "trust")
    assert any("would rather break the plan itself" in each for each in answer.sentences) is waits
    assert (answer.entering[0].expected < 0) is waits


INSPECTED = """
title: Inspected
clock: 1 year
parties: {a: {patience: 90% per year}, b: {patience: 90% per year}}
ladders:
  arms: {held_by: a, levels: {full: today, none: {undo: 1 year}}}
  pay: {held_by: b, renewed: every period, levels: {none: today, paid: }}
  word: {held_by: a, levels: {silent: today, given: }}
inspection: {people: {watches: arms, catches: 70%, false_alarm: 5%}}
payoffs:
  a: {scale: points, arms: {full: 0, none: -1}, pay: {none: 0, paid: 5}, secret_gain: 0}
  b: {scale: points, arms: {full: -9, none: 0}, pay: {none: 0, paid: -2}, secret_harm: -6}
plans:
  deal:
    steps:
      - {id: speak, a: {word: given}}
      - {id: disarm, a: {arms: none}}
      - {id: wait, b: {pay: paid}, lasts: 3 years}
    if_alarm: {about_a: ignored}
types:
  a:
    honest: {share: 25%}
    cheat: {with: {a.secret_gain: 3}}
"""


def test_beliefs_move_by_bayes_rule():
    """Three quiet years after disarming: odds 1 to 3 times (0.95 / 0.30) each year."""
    answer = screen(read_scenario_text(INSPECTED), "deal")
    speak, disarm, wait, settled = answer.steps
    assert [each.deed for each in wait.types] == [Deed.KEEPS, Deed.CHEATS]
    assert speak.belief == disarm.belief == pytest.approx((0.25, 0.75))
    assert speak.kept == disarm.kept == pytest.approx((0.25, 0.75))
    odds = 1 / 3 * (0.95 / 0.3) ** 3
    assert wait.kept == settled.belief == pytest.approx((odds / (1 + odds), 1 / (1 + odds)))
    odds *= 0.95 / 0.3
    assert settled.kept[0] == pytest.approx(odds / (1 + odds))
    # an alarm during the step, whenever in it: 1 - 0.95^3 against 1 - 0.3^3
    honest, cheat = 0.25 * (1 - 0.95**3), 0.75 * (1 - 0.3**3)
    assert wait.alarm[0] == pytest.approx(honest / (honest + cheat))
    assert wait.separates
    assert not speak.separates


def test_a_cheap_statement_is_called_so():
    answer = screen(read_scenario_text(INSPECTED), "deal")
    assert [each.cheap for each in answer.steps] == [True, False, False, False]
    (said,) = [each for each in answer.sentences if "cheap statement" in each]
    assert "step 1 'speak'" in said
    assert any("step 3 'wait' asks nothing of a" in each for each in answer.sentences)


def test_costs_of_a_step():
    disarm = screen(read_scenario_text(INSPECTED), "deal").steps[1]
    assert [(each.cost, each.once) for each in disarm.types] == [(-1.0, 0.0), (-1.0, 0.0)]


def test_a_type_that_would_not_sign():
    """Breaking costs 7 a year for good and keeping costs 8: no deal is better."""
    text = INSPECTED.replace(
        "cheat: {with: {a.secret_gain: 3}}", "proud: {with: {a.arms.none: -9}}"
    )
    text = text.replace("if_alarm:", "if_broken: {by_a: {then: {fine: due}}}\n    if_alarm:")
    text = text.replace(
        "  word:",
        "  fine: {held_by: b, renewed: every period, levels: {none: today, due: }}\n  word:",
    )
    text = text.replace("paid: 5}", "paid: 5}, fine: {none: 0, due: -7}")
    answer = screen(read_scenario_text(text), "deal")
    assert [each.signs for each in answer.types] == [True, False]
    assert answer.steps[0].belief == (1.0, 0.0)
    assert answer.entering[0].gains[1] == 0
    assert "signing itself separates the types: not all of them would" in answer.sentences


@pytest.mark.parametrize("reading", [Reading.NO_DEAL, Reading.WRITTEN])
@pytest.mark.parametrize(
    "name",
    [
        "both cheat",
        *(pytest.param(each, marks=pytest.mark.slow) for each in sorted(BY_HAND) if each in SLOW),
    ],
)
def test_against_value_iteration(name, reading):
    """Every type's best reply, and what it leaves the other, from code that shares nothing."""
    text = BY_HAND[name] + (
        "\ntypes:\n  a: {one: , other: {with: {parties.a.patience: 60% per year}}}\n"
        "  b: {one: , other: {with: {parties.b.patience: 50% per year}}}\n"
    )
    scenario = read_scenario_text(text, "test.yaml")
    for number, party in enumerate(("a", "b")):
        answer = screen(scenario, scenario.plans[0].id, party, reading)
        for found, kind in zip(answer.types, scenario.types[party], strict=True):
            other = scenario.with_values(values_of(scenario, kind))
            worth, without = reply_values(
                scenario, other, scenario.plans[0].id, number, reading is Reading.WRITTEN
            )
            assert found.best == pytest.approx(worth[number], abs=1e-6)
            assert found.no_deal == pytest.approx(without[number], abs=1e-6)
            if found.signs:
                gains = answer.entering[0].gains[answer.types.index(found)]
                assert gains == pytest.approx(worth[1 - number] - without[1 - number], abs=1e-6)


def test_a_breach_beside_one_that_the_plan_ignores():
    """Both break at once; then no deal follows, whatever the plan ignores of one of them."""
    text = draw(3) + "\ntypes: {a: {one: , two: {with: {parties.a.patience: 30% per year}}}}\n"
    scenario = read_scenario_text(text, "test.yaml")
    for plan in scenario.plans:
        for reading in (Reading.NO_DEAL, Reading.WRITTEN):
            answer = screen(scenario, plan.id, "a", reading)
            assert any(each.deed is not Deed.KEEPS for s in answer.steps for each in s.types)


def test_three_parties_by_hand():
    """δ = .8. The state keeps: 2.4 and -.16; it breaks, others moving back: .16 (3 + 4), .16 3."""
    page = (ROOT / "docs" / "language.md").read_text(encoding="utf-8")
    (text,) = [each for each in re.findall(r"```yaml\n(.*?)```", page, re.S) if "pact:" in each]
    text += "types: {guarantor: {firm: , faint: {with: {guarantor.guarantee.given: -6}}}}\n"
    answer = screen(read_scenario_text(text), "pact")
    assert [each.kept for each in answer.types] == [None, 0]
    state, rival = answer.entering
    assert state.gains == pytest.approx((2.4, -0.16))
    assert state.worth_it.low == pytest.approx(0.16 / 2.56)
    assert rival.worth_it == Interval(0.0, 1.0)
    needed, _ = answer.steps[0].needed
    assert needed.low == pytest.approx(0.64 / (0.64 + 1.28))


def test_the_file_itself_is_a_type():
    """A type without changes gets from keeping a plan that holds what `check` says."""
    scenario = read_scenario(find_scenario("singapore-2018"))
    serious = screen(scenario, "phased", "dprk", Reading.NO_DEAL).types[0]
    assert serious.kept is None
    assert serious.best == pytest.approx(serious.honest, abs=1e-12)


def test_what_a_type_departs_from():
    scenario = read_scenario(find_scenario("singapore-2018"))
    answer = screen(scenario, "disarm-first", "dprk", Reading.NO_DEAL)
    stalling = answer.types[1]
    assert stalling.kept_openly == stalling.kept == 0
    assert stalling.departs == "keep arsenal at 'full'"
    assert answer.steps[0].separates
    assert answer.steps[0].kept == (1.0, 0.0)


def test_a_type_that_departs_when_all_steps_are_done():
    answer = screen(read_scenario(find_scenario("ceasefire-with-monitors")), "in-step")
    (serious,) = (each for each in answer.types if each.type == "serious")
    assert serious.departs_at == len(answer.steps)
    assert answer.sentences[0].startswith(
        "'serious' imitates: it would cheat in secret once all steps are done and is never seen"
    )


def test_shares_can_be_set():
    scenario = read_scenario(find_scenario("singapore-2018"))
    answer = screen(scenario, "phased", "dprk", settings=["serious.share=80%"])
    assert [each.share for each in answer.types] == pytest.approx([0.8, 0.2])


@pytest.mark.parametrize(
    ("party", "words"),
    [(None, "several parties have types"), ("x", "is not a party")],
)
def test_whose_types(party, words):
    with pytest.raises(DetenteError, match=words):
        screen(read_scenario(find_scenario("singapore-2018")), "phased", party)


def test_no_types():
    text = INSPECTED[: INSPECTED.index("types:")]
    with pytest.raises(DetenteError, match=r"E393.*no types to tell apart"):
        screen(read_scenario_text(text), "deal")


def test_a_party_without_types():
    with pytest.raises(DetenteError, match=r"E393.*'b' has no types"):
        screen(read_scenario_text(INSPECTED), "deal", "b")


def test_a_setting_that_makes_no_sense_for_a_type():
    text = INSPECTED.replace("payoffs:", "parameters: {size: 2}\npayoffs:")
    text = text.replace("secret_harm: -6", "secret_harm: -6 / size")
    text = text.replace("{a.secret_gain: 3}", "{size: 3, a.secret_gain: 3}")
    scenario = read_scenario_text(text)
    assert screen(scenario, "deal").types[1].signs
    with pytest.raises(DetenteError, match="E233"):
        screen(scenario, "deal", settings=["cheat.parameters.size=0"])


def test_the_harshest_reading_is_refused():
    with pytest.raises(ValueError, match="return to no deal, or as written"):
        screen(read_scenario_text(INSPECTED), "deal", "a", Reading.HARSHEST)
