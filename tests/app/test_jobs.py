"""Jobs: they tell how far they are, give a result, can be cancelled, and are forgotten."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.conftest import Served, serve, wait_until
from detente.app import models as m
from detente.app.jobs import Jobs, State
from detente.app.limits import Limits
from detente.app.server import Setup
from detente.ask.sweeping.sweep import sweep
from detente.ask.verdict import Reading
from detente.cases import case_path
from detente.library import read_template
from detente.scenario.reading import read_scenario_text
from detente.show.as_json import as_values

SMALL = read_template("mutual-limits")
SINGAPORE = case_path("singapore-2018").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[Served]:
    with serve(Setup(folder, limits=Limits(workers=1, jobs=2))) as served:
        yield served


def begin(served: Served, kind: str, text: str = SMALL, **more: Any) -> str:
    return str(served.ask("jobs", kind=kind, text=text, **more)["id"])


def look(served: Served, job: str) -> m.JobGiven:
    return m.JobGiven.model_validate(served.client.get(f"/api/jobs/{job}").json())


def finish(served: Served, job: str) -> m.JobGiven:
    wait_until(lambda: look(served, job).state != "running", 120)
    found = look(served, job)
    assert found.state == "done", found.problems
    assert found.result is not None
    assert found.progress.left_s is None
    return found


def children(pid: int) -> set[int]:
    """All processes that a process has started, and those that they have."""
    found = {int(each) for path in Path(f"/proc/{pid}/task").glob("*/children")
             for each in path.read_text().split()}  # fmt: skip
    return found.union(*(children(each) for each in found))


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.slow
def test_mend_gives_section_and_report(served: Served) -> None:
    plan = read_scenario_text(SMALL).plans[0].id
    job = begin(served, "mend", plan=plan)
    found = finish(served, job)
    assert found.result is not None
    assert found.result.record["plan"] == plan
    assert found.result.html.startswith("<section")
    page = served.client.get(f"/api/jobs/{job}/file")
    assert "attachment" in page.headers["content-disposition"]
    assert found.result.html in page.text


@pytest.mark.slow
def test_design_gives_the_text_with_its_plans(served: Served) -> None:
    scenario = read_scenario_text(SINGAPORE)
    job = begin(served, "design", SINGAPORE, goal="sanctions: partial", purpose="fastest")
    found = finish(served, job)
    assert found.text is not None
    added = {plan.id for plan in read_scenario_text(found.text).plans}
    assert added > {plan.id for plan in scenario.plans}


@pytest.mark.slow
def test_sweep_gives_the_samples_of_the_command(served: Served, tmp_path: Path) -> None:
    scenario = read_scenario_text(SMALL, "scenario.yaml")
    job = begin(served, "sweep", samples=16, seed=3, reading="no-deal")
    found = finish(served, job)
    assert (found.progress.done, found.progress.total) == (16, 16)
    own = tmp_path / "own.csv"
    readings = (Reading.NO_DEAL,)
    wanted = sweep(scenario, None, readings, samples=16, seed=3, workers=1, output=own)
    assert found.result is not None
    shares = [plan["holds"] for plan in found.result.record["plans"]]
    assert shares == [as_values(plan.holds) for plan in wanted.plans]
    text = served.client.get(f"/api/jobs/{job}/file").text
    assert text == own.read_text(encoding="utf-8")
    assert len(list(csv.DictReader(io.StringIO(text)))) == 16


@pytest.mark.slow
def test_report_is_a_page(served: Served) -> None:
    job = begin(served, "report", plans=[read_scenario_text(SMALL).plans[0].id])
    finish(served, job)
    page = served.client.get(f"/api/jobs/{job}/file").text
    assert page.startswith("<!doctype html>")
    assert read_scenario_text(SMALL).title in page


def test_cancelling_ends_all_processes(served: Served) -> None:
    before = children(os.getpid())
    job = begin(served, "sweep", SINGAPORE, samples=4096)
    wait_until(lambda: len(children(os.getpid()) - before) >= 2)  # the job, and its workers
    own = children(os.getpid()) - before
    answer = served.client.delete(f"/api/jobs/{job}")
    wait_until(lambda: not any(is_alive(pid) for pid in own), 5)
    assert answer.json()["state"] == "cancelled"
    assert look(served, job).state == "cancelled"
    assert served.client.get(f"/api/jobs/{job}/file").status_code == 404


def test_a_job_that_has_not_begun_can_be_cancelled() -> None:
    async def cancel_at_once() -> None:
        jobs = Jobs(Limits(jobs=1))
        await jobs.open()
        try:
            for _ in range(3):  # the place of each is free for the next
                job = jobs.begin("sweep", {"text": SMALL})
                await jobs.cancel(job.id)
                assert job.state is State.CANCELLED
                assert job.ended is not None
        finally:
            await jobs.close()

    asyncio.run(cancel_at_once())


@pytest.mark.slow
def test_what_is_wrong_with_a_job_is_said(served: Served) -> None:
    for body, code in (
        ({"kind": "mend", "text": "a: ["}, "E105"),
        ({"kind": "mend", "text": SMALL, "plan": "none"}, "E390"),
        ({"kind": "mend", "text": SMALL}, "E701"),
        ({"kind": "design", "text": SMALL, "goal": "none: none"}, "E394"),
    ):
        job = str(served.ask("jobs", **body)["id"])
        wait_until(lambda job=job: look(served, job).state != "running")
        found = look(served, job)
        assert (found.state, found.result) == ("failed", None)
        assert [each.code for each in found.problems] == [code]
    for kind in ("DELETE", "GET"):
        assert served.client.request(kind, "/api/jobs/0").status_code == 404


def test_too_many_jobs_are_refused_and_ids_are_random(served: Served) -> None:
    jobs = [begin(served, "sweep", SINGAPORE, samples=4096) for _ in range(2)]
    (problem,) = served.refused("jobs", 429, kind="sweep", text=SINGAPORE)
    assert problem["code"] == "E705"
    assert all(len(job) == 32 and int(job, 16) for job in jobs)
    assert jobs[0][:8] != jobs[1][:8]
    for job in jobs:
        assert served.client.delete(f"/api/jobs/{job}").json()["state"] == "cancelled"


@pytest.mark.slow
def test_old_results_are_forgotten(folder: Path) -> None:
    with serve(Setup(folder, limits=Limits(workers=1, kept_jobs=1))) as served:
        first = begin(served, "report", "a: [")
        wait_until(lambda: look(served, first).state != "running")
        second = begin(served, "report", "a: [")
        wait_until(lambda: look(served, second).state != "running")
        assert served.client.get(f"/api/jobs/{first}").status_code == 404
        assert look(served, second).state == "failed"


def test_jobs_that_nobody_asks_about_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.app.jobs.SECONDS_BETWEEN_SWEEPS", 0.1)
    with serve(Setup(folder, limits=Limits(workers=1, unasked_seconds=0.5))) as served:
        begin(served, "sweep", SINGAPORE, samples=4096)
        wait_until(lambda: not served.app.state.jobs.running, 20)
