"""The file of results: nothing is lost, nothing is overwritten, nothing foreign is gone on with."""

from __future__ import annotations

import json
import resource

import numpy as np
import pytest

from detente.ask.sweeping import store as store_module
from detente.ask.sweeping.judging import PlanResult, SampleResult
from detente.ask.sweeping.running import Row
from detente.ask.sweeping.store import Store, check_output
from detente.ask.sweeping.table import Table
from detente.ask.verdict import Answer, Reading
from detente.errors import DetenteError, Problem
from unit.ask.sweep_scenarios import job_of, way_back

READINGS = (Reading.NO_DEAL, Reading.WRITTEN)
ABOUT = {"format": "x", "scenario_sha256": "abc", "seed": 1, "samples": 5, "versions": {"a": "1"}}


@pytest.fixture
def table():
    return Table(job_of(way_back(), READINGS), {"scenario": "abc", "seed": "1"})


def rows(*numbers, columns=2):
    found = []
    for n in numbers:
        held = PlanResult((Answer.HOLDS, None), 1, 0.1 + n)
        broken = PlanResult((Answer.FAILS, Answer.UNDECIDED), 0, float("nan"))
        result = SampleResult((held if n % 2 else broken,))
        if n == 3:
            result = SampleResult((), 'E233 divides by "zero", here')
        found.append(Row(n, np.array([n / 3, np.inf][:columns]), result))
    return found


def read(store):
    return [(row.number, row.point.tolist(), row.result) for row in store.rows()]


def as_read(given):
    return [(row.number, row.point.tolist(), row.result) for row in given]


def test_rows_come_back_as_they_were(tmp_path, table):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2))
        store.append(rows(3, 4))
        assert repr(read(store)) == repr(as_read(rows(0, 1, 2, 3, 4)))  # repr: nan is nan


def test_it_has_its_name_when_it_is_complete(tmp_path, table):
    path = tmp_path / "r.csv"
    with Store(path, table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2, 3, 4))
        assert not path.exists()
        store.finish()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["r.csv", "r.csv-metadata.json"]
    assert path.read_text(encoding="utf-8").splitlines()[2].startswith("1,0.3333333333333333,inf,")
    assert json.loads((tmp_path / "r.csv-metadata.json").read_text(encoding="utf-8")) == ABOUT


@pytest.mark.parametrize("torn", [b"3,0.5,0.2,hol", b"", b"3"])
def test_going_on_after_a_kill(tmp_path, table, torn):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2))
    with (tmp_path / "r.csv.partial").open("ab") as stream:
        stream.write(torn)
    with Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store:
        assert store.done == 3
        store.append(rows(3, 4))
        assert [row.number for row in store.rows()] == [0, 1, 2, 3, 4]


def test_going_on_from_nothing_begins(tmp_path, table):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store:
        assert store.done == 0


def test_going_on_from_a_header(tmp_path, table):
    Store(tmp_path / "r.csv", table, ABOUT, resume=False).close()
    with Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store:
        assert store.done == 0
        store.append(rows(0))
        assert len(read(store)) == 1


def test_where_nothing_was_done_nothing_is_left(tmp_path, table):
    with (
        pytest.raises(DetenteError, match="no cluster"),
        Store(tmp_path / "r.csv", table, ABOUT, resume=False),
    ):
        raise DetenteError(Problem("E456", "no cluster"))
    assert list(tmp_path.iterdir()) == []


def test_a_header_that_was_torn_is_written_again(tmp_path, table):
    Store(tmp_path / "r.csv", table, ABOUT, resume=False).close()
    (tmp_path / "r.csv.partial").write_bytes(b"sample,par")
    with Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store:
        store.append(rows(0))
        assert [row.number for row in store.rows()] == [0]


def test_finished_results_are_read_again_and_more_samples_go_on(tmp_path, table):
    path = tmp_path / "r.csv"
    with Store(path, table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2, 3, 4))
        store.finish()
    with Store(path, table, ABOUT, resume=True) as store:
        assert store.is_finished
        assert len(read(store)) == 5
    with Store(path, table, {**ABOUT, "samples": 6}, resume=True) as store:
        assert not store.is_finished
        assert store.done == 5
        store.append(rows(5))
        store.finish()
    assert len(path.read_text(encoding="utf-8").splitlines()) == 7


def test_nothing_is_overwritten(tmp_path, table):
    path = tmp_path / "r.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(DetenteError, match="E194"):
        Store(path, table, ABOUT, resume=False)
    assert path.read_text(encoding="utf-8") == "mine"


def test_an_unfinished_sweep_is_not_overwritten(tmp_path, table):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0))
    with pytest.raises(DetenteError, match=r"E455(.|\n)*--resume"):
        Store(tmp_path / "r.csv", table, ABOUT, resume=False)
    assert (tmp_path / "r.csv.partial").read_text(encoding="utf-8").count("\n") == 2


def test_a_file_that_came_up_meanwhile_is_not_overwritten(tmp_path, table):
    path = tmp_path / "r.csv"
    with Store(path, table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2, 3, 4))
        path.write_text("mine", encoding="utf-8")
        with pytest.raises(DetenteError, match="E194"):
            store.finish()
    assert path.read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "r.csv.partial").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scenario_sha256": "def"}, "another (its sha256 began with abc, now with def)"),
        ({"seed": 2}, "seed 1, now 2"),
        ({"versions": {"a": "2"}}, "a 1, now 2"),
        ({"plans": ["p"]}, "plans"),
    ],
)
def test_results_of_another_sweep_are_refused_and_left(tmp_path, table, change, said):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0))
    before = {each.name: each.read_bytes() for each in tmp_path.iterdir()}
    with pytest.raises(DetenteError, match="E454") as caught:
        Store(tmp_path / "r.csv", table, {**ABOUT, **change}, resume=True)
    assert said in str(caught.value)
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_fewer_samples_than_there_are(tmp_path, table):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2))
    with pytest.raises(DetenteError, match=r"E454(.|\n)*--samples 3"):
        Store(tmp_path / "r.csv", table, {**ABOUT, "samples": 2}, resume=True)


@pytest.mark.parametrize("text", ["", "[]", "{", "null"])
def test_a_damaged_description(tmp_path, table, text):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0))
    (tmp_path / "r.csv-metadata.json").write_text(text, encoding="utf-8")
    with pytest.raises(DetenteError, match="E455"):
        Store(tmp_path / "r.csv", table, ABOUT, resume=True)


@pytest.mark.parametrize("line", ["1,2\n", "7,0.1,0.2,x,,fails,0,,,abc,1\n"])
def test_damaged_lines(tmp_path, table, line):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0))
    with (tmp_path / "r.csv.partial").open("a", encoding="utf-8") as stream:
        stream.write(line)
    with pytest.raises(DetenteError, match="E455"):
        Store(tmp_path / "r.csv", table, ABOUT, resume=True)


def test_missing_lines(tmp_path, table):
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0, 2))
    with (
        Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store,
        pytest.raises(DetenteError, match="E455"),
    ):
        read(store)


def test_two_at_once(tmp_path, table):
    with (
        Store(tmp_path / "r.csv", table, ABOUT, resume=False),
        pytest.raises(DetenteError, match=r"E455.*another process"),
    ):
        Store(tmp_path / "r.csv", table, ABOUT, resume=True)


def test_a_full_disk_keeps_what_was_written(tmp_path, table):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Store(tmp_path / "r.csv", table, ABOUT, resume=False) as store:
        store.append(rows(0, 1))
        size = (tmp_path / "r.csv.partial").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, before[1]))
        try:
            with pytest.raises(DetenteError, match=r"E195(.|\n)*kept, and --resume goes on"):
                store.append(rows(2))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            store._stream.raw.close()  # what it could not write is not tried again
    with Store(tmp_path / "r.csv", table, ABOUT, resume=True) as store:
        assert store.done == 2
        store.append(rows(2))
        assert len(read(store)) == 3


@pytest.mark.parametrize(
    ("name", "code"), [("r.xlsx", "E453"), ("r", "E453"), ("none/r.csv", "E195")]
)
def test_names_that_cannot_be(tmp_path, name, code):
    with pytest.raises(DetenteError, match=code):
        check_output(tmp_path / name)


def test_parquet_without_its_package(tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "find_spec", lambda name: None)
    with pytest.raises(DetenteError, match=r"E490(.|\n)*detente\[sweep\]"):
        check_output(tmp_path / "r.parquet")


def test_parquet_has_the_same_numbers_and_says_what_decided_them(tmp_path, table):
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "r.parquet"
    with Store(path, table, ABOUT, resume=False) as store:
        store.append(rows(0, 1, 2, 3, 4))
        store.finish()
    found = parquet.read_table(path)
    assert json.loads(found.schema.metadata[b"detente"]) == ABOUT
    assert found.column_names == [each.name for each in table.columns]
    assert found["sample"].to_pylist() == [0, 1, 2, 3, 4]
    assert found["exchange.margin"].to_pylist() == [None, 1.1, None, None, None]
    assert found["exchange.answer"].to_pylist() == [
        "undecided", "holds", "undecided", None, "undecided",
    ]  # fmt: skip
    assert found["failed"].to_pylist()[3] == 'E233 divides by "zero", here'
    assert not (tmp_path / "r.parquet.partial").exists()
    with pytest.raises(DetenteError, match="E194"):
        Store(path, table, ABOUT, resume=True)
