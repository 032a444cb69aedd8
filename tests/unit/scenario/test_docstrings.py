"""The examples in the docstrings of reading run as they stand."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize(
    "name", ["detente.errors", "detente.scenario.problems", "detente.scenario.quantity"]
)
def test_examples_of_docstrings(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
