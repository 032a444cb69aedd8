"""The page on JSON names what `mend` prints, field by field."""

from __future__ import annotations

from detente.ask.mending.mend import mend
from detente.show.mend_json import mending_as_json
from tools.write_json_page import MEND_FIELDS
from unit.ask.sweep_scenarios import way_back


def test_the_page_has_the_fields_of_a_mend():
    found = mending_as_json(mend(way_back(), "exchange", pairs=[("b.patience", "b.relief.paid")]))
    (pair,) = found["pairs"]
    shown = {
        "Mending": found,
        "MendedNumber": found["mends"][0],
        "WorstMargin": found["today"],
        "OtherPlan": found["structures"][0],
        "PairOfNumbers": pair,
        "FrontierPoint": pair["frontier"][0],
    }
    assert set(shown) == set(MEND_FIELDS)
    for title, values in shown.items():
        assert list(values) == list(MEND_FIELDS[title]), title
