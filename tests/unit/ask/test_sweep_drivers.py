"""What drives the answer, on samples where it is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from detente.ask.sweeping import drivers
from detente.ask.sweeping.drivers import (
    Study,
    choose_pair,
    draw_map,
    find_boxes,
    find_effects,
)
from detente.ask.sweeping.space import Range
from detente.scenario.model import Unit

RANGES = tuple(Range(name, Unit.NUMBER, 0.0, 1.0) for name in ("a", "b", "c", "d"))


def study(rule, n=2048, seed=1):
    points = qmc.Sobol(4, rng=seed).random(n)
    return Study(RANGES, points, rule(points))


def test_thresholds_of_a_corner_are_found():
    """It fails where a < .6 and b > .3: 42 % of the points."""
    pytest.importorskip("sklearn")
    found = find_boxes(study(lambda x: ~((x[:, 0] < 0.6) & (x[:, 1] > 0.3))))
    box = next(each for each in found if not each.holds)
    sides = {each.path: (each.under, each.value) for each in box.thresholds}
    assert set(sides) == {"a", "b"}
    assert sides["a"] == (True, pytest.approx(0.6, abs=0.01))
    assert sides["b"] == (False, pytest.approx(0.3, abs=0.01))
    assert box.coverage > 0.97
    assert box.density > 0.97


def test_one_threshold_is_not_dressed_up():
    pytest.importorskip("sklearn")
    for box in find_boxes(study(lambda x: x[:, 2] > 0.25)):
        assert [each.path for each in box.thresholds] == ["c"]
        assert box.thresholds[0].under is not box.holds


def test_coverage_and_density_are_measured_elsewhere():
    """Noise has no thresholds: what looks like some on one half is worth nothing on the other."""
    pytest.importorskip("sklearn")
    noise = np.random.default_rng(0).random(2048) < 0.1
    for box in find_boxes(study(lambda x: noise)):
        if box.holds:
            assert box.density < 0.2


def test_indices_of_a_rule_with_known_shares():
    """Holds iff a > .5 and b > .5: p = 1/4, V = 3/16; E[Y|a] is 0 or 1/2: S = (1/16)/V = 1/3."""
    pytest.importorskip("SALib")
    found = find_effects(study(lambda x: (x[:, 0] > 0.5) & (x[:, 1] > 0.5), n=4096))
    index = {each.path: each.index for each in found}
    assert index["a"] == pytest.approx(1 / 3, abs=0.05)
    assert index["b"] == pytest.approx(1 / 3, abs=0.05)
    assert index["c"] < 0.02
    assert index["d"] < 0.02
    assert [each.index for each in found] == sorted(index.values(), reverse=True)


@pytest.mark.parametrize("rule", [lambda x: x[:, 0] >= 0, lambda x: x[:, 0] < 0])
def test_where_all_is_the_same_nothing_drives_it(rule):
    assert find_effects(study(rule)) == ()
    assert find_boxes(study(rule)) == ()


def test_few_samples_say_nothing():
    few = study(lambda x: x[:, 0] > 0.5, n=32)
    assert find_effects(few) == ()
    assert find_boxes(few) == ()


def test_map_counts_every_sample_once():
    found = draw_map(study(lambda x: x[:, 1] > 0.5), "a", "b")
    assert found.count.sum() == 2048
    assert found.share[0].tolist() == [0.0] * 8
    assert found.share[-1].tolist() == [1.0] * 8
    assert found.x_edges == pytest.approx(np.linspace(0, 1, 9))


def test_map_over_a_time_up_to_never():
    ranges = (Range("undo", Unit.YEARS, 4.0, np.inf), RANGES[1])
    points = qmc.Sobol(2, rng=1).random(1024)
    points[:, 0] = ranges[0].at(points[:, 0])
    found = draw_map(Study(ranges, points, points[:, 0] > 8.0), "undo", "b")
    assert found.x_edges[[0, -1]].tolist() == [4.0, np.inf]
    assert found.count.min() > 0.7 * 1024 / found.count.size  # equally likely cells
    assert found.share[:, -1].tolist() == [1.0] * len(found.share)


def test_the_pair_is_that_of_the_thresholds_then_of_the_effects():
    few = tuple(drivers.Effect(name, 0.1, 0.0) for name in ("c", "d"))
    assert choose_pair(RANGES, few, ()) == ("c", "d")
    assert choose_pair(RANGES, (), ()) == ("a", "b")
    assert choose_pair(RANGES[:1], (), ()) is None
