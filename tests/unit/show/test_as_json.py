"""Answers as strict JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from detente.show.as_json import (
    as_values,
    check_as_json,
    dump_json,
    explanation_as_json,
)
from detente.show.solution_json import write_solution
from detente.solve.solution import Solution, StateSet, Status
from unit.show import records


def strict(text):
    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_a_check_keeps_every_field_and_has_no_nan():
    check = records.make_check(statements=(records.STATEMENT,))
    check = replace(check, seconds=float("nan"))
    values = strict(dump_json(check_as_json(check)))
    assert values["format"] == "detente-check/1"
    assert values["seconds"] is None
    assert values["exit_code"] == 1
    assert values["statements"][0]["kept"] is False
    result = values["verdicts"][0]["results"][2]
    assert (result["reading"], result["status"]) == ("harshest", "iteration-limit")
    assert values["verdicts"][0]["entries"][0]["gain"] == 31.0
    assert values["no_deal"]["values"] == [-100.0, -60.5]


def test_an_explanation_has_its_differences():
    values = strict(dump_json(explanation_as_json(records.make_explanation())))
    assert values["rows"][0]["difference"] == pytest.approx(-20.29)
    assert values["rows"][0]["place"]["line"] == 30


def test_a_solution_is_spelt_as_the_interchange_format_asks():
    empty = np.empty((0, 2))
    state = StateSet("s0", np.eye(2), np.ones(2), np.ones((1, 2)), empty, float("inf"))
    solution = Solution(Status.CONVERGED, 5, 0.02, 1e-6, 1e-7, (state,))
    values = strict(write_solution(solution))
    assert set(values) >= {"status", "iterations", "seconds", "tolerance", "states"}
    assert values["states"][0] == {
        "name": "s0",
        "empty": False,
        "outer": {
            "directions": [[1.0, 0.0], [0.0, 1.0]],
            "support": [1.0, 1.0],
            "vertices": [[1.0, 1.0]],
        },
        "inner": {"vertices": []},
        "gap": None,
    }


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError, match="set has no JSON form"):
        as_values({1, 2})
