"""What is drawn: even, in the same order however it is asked for, correlated as stated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from detente.ask.sweeping.space import BLOCK, Range, Sampler, find_ranges
from detente.errors import DetenteError
from detente.library import find_scenario
from detente.scenario.model import Correlation, Unit
from detente.scenario.reading import read_scenario
from unit.ask.sweep_scenarios import inspected, way_back


@pytest.fixture(scope="module")
def singapore():
    return read_scenario(find_scenario("singapore-2018"))


def test_every_number_with_a_range_is_varied_but_for_what_is_fixed(singapore):
    found = find_ranges(singapore, {"inspection.inspectors.catches"})
    paths = [each.path for each in found]
    ranged = [
        path for path, each in singapore.quantities.items()
        if each.low is not None and not path.startswith("types.")
    ]  # fmt: skip
    assert paths == [path for path in ranged if path != "inspection.inspectors.catches"]


@pytest.mark.parametrize("start", [1, 7, BLOCK, BLOCK + 1, 3 * BLOCK + 5])
def test_points_are_the_same_wherever_one_begins(singapore, start):
    ranges = find_ranges(singapore)
    whole = Sampler(singapore, ranges, 5).draw(4 * BLOCK)
    sampler = Sampler(singapore, ranges, 5)
    sampler.skip(start)
    pieces = [sampler.draw(n) for n in (1, 2, 30)]
    assert np.concatenate(pieces).tobytes() == whole[start : start + 33].tobytes()


def test_seeds_differ(singapore):
    ranges = find_ranges(singapore)
    one, two = (Sampler(singapore, ranges, seed).draw(8) for seed in (1, 2))
    assert (one != two).all()


def test_points_are_even_and_inside():
    scenario = way_back()
    ranges = find_ranges(scenario)
    points = Sampler(scenario, ranges, 1).draw(512)
    for n, each in enumerate(ranges):
        cells, _ = np.histogram(points[:, n], bins=64, range=(each.low, each.high))
        assert (cells == 8).all()  # 512 points: each of 64 equal parts has exactly 8


def test_a_time_up_to_never_is_drawn_by_its_rate():
    undo = Range("x", Unit.YEARS, 4.0, np.inf)
    assert undo.at(np.array([0.0, 0.5, 0.75])) == pytest.approx([4.0, 8.0, 16.0])
    assert undo.at(np.array([1.0])) == np.inf


def test_ranks_correlate_as_stated():
    scenario = way_back()
    ranges = find_ranges(scenario)
    paths = [each.path for each in ranges]
    for rank in (-0.7, 0.4):
        tied = replace(scenario, correlations=(Correlation((paths[0], paths[1]), rank),))
        points = Sampler(tied, ranges, 3).draw(4096)
        assert spearmanr(points).statistic == pytest.approx(rank, abs=0.01)
        for n, each in enumerate(ranges):  # and each number alone is as even as before
            cells, _ = np.histogram(points[:, n], bins=8, range=(each.low, each.high))
            assert cells == pytest.approx([512] * 8, abs=12)


def test_correlated_points_do_not_depend_on_the_pieces():
    scenario = way_back()
    ranges = find_ranges(scenario)
    pair = (ranges[0].path, ranges[1].path)
    tied = replace(scenario, correlations=(Correlation(pair, 0.5),))
    whole = Sampler(tied, ranges, 3).draw(600)
    sampler = Sampler(tied, ranges, 3)
    sampler.skip(301)
    assert sampler.draw(299).tobytes() == whole[301:].tobytes()


def test_nothing_to_vary():
    with pytest.raises(DetenteError, match="E452"):
        find_ranges(inspected(catches="70%"))


def test_a_range_that_cannot_be_drawn_from():
    text = inspected().text.replace("undo: 1 year", "undo: 1 year (0 to never)")
    from detente.scenario.reading import read_scenario_text

    with pytest.raises(DetenteError, match=r"E452(.|\n)*1 month to never"):
        find_ranges(read_scenario_text(text, "x.yaml"))
