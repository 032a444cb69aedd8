"""The payoff picture is ended by rounds, so that the same input gives the same picture."""

from __future__ import annotations

import numpy as np

from detente.ask import picture
from detente.ask.check import check
from detente.ask.verdict import Reading
from detente.scenario.reading import read_scenario
from detente.solve.solution import Status

FILE = "tests/cases/good/northland.yaml"


def draw(request):
    scenario = read_scenario(request.config.rootpath / FILE)
    answer = check(scenario, readings=[Reading.NO_DEAL], picture=True, time_limit=0)
    assert answer.picture is not None
    return answer.picture


def test_rounds_end_a_picture_and_its_bytes_repeat(request, monkeypatch):
    monkeypatch.setattr(picture, "PICTURE_ROUNDS", 3)
    first, second = draw(request), draw(request)
    assert first.status is Status.ITERATION_LIMIT
    assert np.array_equal(first.outer, second.outer)
    assert np.array_equal(first.inner, second.inner)
    monkeypatch.setattr(picture, "PICTURE_ROUNDS", 6)
    longer = draw(request)
    assert not np.array_equal(first.outer, longer.outer)
