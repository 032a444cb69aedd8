"""A checker that is asked many times answers like a fresh check, to the bit."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.checker import Checker
from detente.ask.forgiving import (
    _hidden,
    _make_search,
    forgiving_graph,
    settle_compiled,
    settle_plainly,
)
from detente.ask.judge import DEFAULT_OPENING
from detente.ask.margins import Ends
from detente.ask.nodeal import find_no_deal
from detente.ask.verdict import Answer, Opening, Reading
from detente.compile.build import compile_scenario
from detente.errors import DetenteError
from detente.kernels.chains import solve_parts
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.solve import evaluate
from detente.solve.evaluate import discounted_values, split

CASES = Path(__file__).parents[2] / "cases" / "good"

# numbers alone; then what changes where play can go: alarms, times, governments, undo times
CHANGES = (
    {},
    {"parties.dprk.patience": 0.5},
    {"inspection.inspectors.catches": 0.5, "payoffs.dprk.secret_gain": 25.0},
    {"inspection.inspectors.catches": 0.0},
    {"inspection.inspectors.false_alarm": 0.0},
    {"if_broken.by_dprk.for": 2.0},
    {"governments.us.turnover": 0.0},
    {"ladders.arsenal.levels.half.undo": 0.25},
    {"clock": 1.0},
)


@pytest.fixture(scope="module")
def scenario():
    text = files("detente.cases").joinpath("singapore-2018.yaml").read_text("utf-8")
    return read_scenario_text(text, "singapore-2018.yaml")


def assert_same(scenario, plans, changes):
    checker = Checker(scenario, plans, time_limit=0)
    for values in changes:
        found = checker.judge(values)
        fresh = check(scenario.with_values(values), plans, time_limit=0)
        assert found.verdicts == fresh.verdicts
        assert found.no_deal.tobytes() == fresh.no_deal.values.tobytes()
        assert found.found == fresh.no_deal.found


def test_same_answers_to_the_bit(scenario):
    """Numbers alone, a chance that becomes 0, and back."""
    assert_same(scenario, ["phased"], (CHANGES[1], CHANGES[2], CHANGES[4], CHANGES[1]))


@pytest.mark.slow
def test_same_answers_to_the_bit_whatever_was_asked_before(scenario):
    assert_same(scenario, ["phased", "framework"], (*CHANGES, *reversed(CHANGES)))


@pytest.mark.parametrize("plans", [["phased"], ["disarm-first", "framework"]])
def test_decisions_are_the_verdicts(scenario, plans):
    """Wherever the short cuts lead: held, failed, and not to be decided without sets."""
    rng = np.random.default_rng(11)
    ranged = [path for path, each in scenario.quantities.items() if each.low is not None]
    met = set()
    for share in (0.0, 0.3, 0.6):
        values = {
            path: float(rng.uniform(scenario.quantities[path].low, scenario.quantities[path].high))
            for path in ranged
            if np.isfinite(scenario.quantities[path].high) and rng.random() < share
        }
        checker = Checker(scenario, plans, time_limit=0)
        found, full = checker.decide(values), checker.judge(values).verdicts
        for each, verdict in zip(found, full, strict=True):
            assert (each.plan, each.answer) == (verdict.plan, verdict.answer)
            assert each.mildest is verdict.mildest
            assert each.first == verdict.result(Reading.NO_DEAL, Opening.NO_DEAL)
            for reading, answer in each.answers:
                assert each.under(reading) is answer
                assert answer is verdict.result(reading, DEFAULT_OPENING[reading]).answer
                met.add((reading, answer))
    assert len(met) > 3


@pytest.mark.parametrize("name", ["unravel-k2", "way-back", "no-way-back", "minimal"])
def test_decisions_with_sets_are_the_verdicts(name):
    scenario = read_scenario(CASES / f"{name}.yaml")
    checker = Checker(scenario, time_limit=None)
    for each, verdict in zip(checker.decide(), checker.judge().verdicts, strict=True):
        assert each.answer is verdict.answer
        for reading, answer in each.answers:
            assert answer is verdict.result(reading, DEFAULT_OPENING[reading]).answer


def test_compiled_arrays_are_the_same_to_the_bit(scenario):
    base = compile_scenario(scenario)
    for values in CHANGES:
        changed = scenario.with_values(values)
        again, fresh = compile_scenario(changed, base), compile_scenario(changed)
        assert again.tables.states == fresh.tables.states
        for name in ("row", "choice", "towards", "entry_start", "entry_next", "entry_chance",
                     "alarm", "cheats", "unanimous"):  # fmt: skip
            assert getattr(again.tables, name).tobytes() == getattr(fresh.tables, name).tobytes()
        assert again.payoff.tobytes() == fresh.payoff.tobytes()
        assert again.discount.tobytes() == fresh.discount.tobytes()


def test_without_time_for_sets_the_answer_says_so(scenario):
    """What needs the sets is undecided, never something else."""
    values = {"inspection.inspectors.catches": 0.0}
    verdicts = Checker(scenario, ["phased"], time_limit=0).judge(values).verdicts
    undecided = [r for r in verdicts[0].results if r.answer is Answer.UNDECIDED]
    assert undecided
    assert all(not each.status.is_answer for each in undecided)


def test_bad_numbers_are_refused(scenario):
    checker = Checker(scenario)
    with pytest.raises(KeyError):
        checker.judge({"no.such.number": 1.0})
    with pytest.raises(DetenteError):
        checker.judge({"parties.us.patience": 1.5})


@pytest.mark.parametrize("plan", ["phased", "disarm-first"])
def test_endings_compiled_and_by_arrays_agree(scenario, plan):
    compiled = compile_scenario(scenario)
    graph = forgiving_graph(compiled, scenario.plan(plan))
    ends = Ends(find_no_deal(compiled).values)
    search = _make_search(graph, ends, _hidden(graph, ends))
    cut = np.zeros(graph.n_nodes, dtype=np.bool_)
    for closed in (False, True):
        cut[-1] = closed
        for multiple in (1.0, 2.0):
            quick = settle_compiled(search, cut, multiple)
            assert quick == pytest.approx(settle_plainly(search, cut, multiple), abs=1e-11)
            assert quick.max() > 0


@pytest.mark.parametrize("seed", range(8))
def test_values_by_parts_solve_the_system(seed, monkeypatch):
    """Chains with parts of all sizes, against the plain linear system."""
    rng = np.random.default_rng(seed)
    n, entries = 150, 150 + 60 * seed
    rows, columns = rng.integers(0, n, entries), rng.integers(0, n, entries)
    chances = rng.random(entries)
    chances /= np.maximum(np.bincount(rows, chances, n), 1e-9)[rows]
    rewards = rng.normal(size=(n, 2))
    system = np.eye(n)
    np.add.at(system, (rows, columns), -0.97 * chances)
    expected = np.linalg.solve(system, rewards)
    assert discounted_values(rows, columns, chances, rewards, 0.97) == pytest.approx(expected)
    chain = split(n, rows, columns)
    order, part_start = chain.order, chain.part_start
    assert sorted(order.tolist()) == list(range(n))
    place = np.empty(n, dtype=np.int64)
    place[order] = np.repeat(np.arange(len(part_start) - 1), np.diff(part_start))
    assert (place[rows] >= place[columns]).all()  # a part comes after all that it leads to
    solving = chain.start, chain.column, chances[chain.entry], order, part_start, rewards, 0.97
    assert solve_parts(*solving) == pytest.approx(expected)
    monkeypatch.setattr(evaluate, "MAX_PART", 10)  # larger ones are solved by NumPy
    assert discounted_values(rows, columns, chances, rewards, 0.97) == pytest.approx(expected)
    monkeypatch.setattr(evaluate, "MAX_DENSE", 10)  # and by SciPy
    assert discounted_values(rows, columns, chances, rewards, 0.97) == pytest.approx(expected)
    assert seed < 6 or chain.largest > 10
