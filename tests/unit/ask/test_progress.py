"""Long questions tell how far they are; the answer is the same."""

from __future__ import annotations

import pytest

from detente.ask.design import design
from detente.ask.mending.mend import mend
from detente.cases import case_path
from detente.scenario.reading import read_scenario

SCENARIO = read_scenario(case_path("singapore-2018"))
NUMBERS = ("inspectors.catches", "us.turnover")


def test_mend_tells_every_number() -> None:
    told: list[tuple[int, int, str]] = []

    def hear(done: int, total: int, words: str) -> None:
        told.append((done, total, words))

    found = mend(SCENARIO, "phased", numbers=NUMBERS, structure=False, progress=hear)
    assert [(done, total) for done, total, _ in told] == [(0, 2), (1, 2)]
    assert [words for *_, words in told] == [
        "inspection.inspectors.catches",
        "governments.us.turnover",
    ]
    quiet = mend(SCENARIO, "phased", numbers=NUMBERS, structure=False)
    assert found.sentences == quiet.sentences


@pytest.mark.slow
def test_design_tells_what_it_does() -> None:
    told: list[str] = []
    found = design(
        SCENARIO,
        "sanctions: partial",
        "fastest",
        progress=lambda done, total, words: told.append(words),
    )
    assert told[0].startswith("looking for plans among")
    assert found.found is any("choosing among" in words for words in told)
