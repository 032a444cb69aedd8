"""The page on the app says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from detente.app.limits import DEFAULT_LIMITS, MEGABYTE
from detente.app.running import DEFAULT_PORT
from detente.scenario.reading import MAX_BYTES

PAGE = (Path(__file__).parents[3] / "docs" / "app.md").read_text(encoding="utf-8")


def rows() -> dict[str, str]:
    return dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", PAGE, re.MULTILINE))


def test_limits_are_those_of_the_program() -> None:
    limits, found = DEFAULT_LIMITS, rows()
    assert found["size of a request"] == f"{limits.body_bytes // MEGABYTE} MB"
    assert found["size of a scenario"] == f"{MAX_BYTES // 1_000_000} MB"
    quick = "time for reading, quick verdicts and changes of the text"
    assert found[quick] == f"{limits.quick_seconds:g} s"
    checks = f"{limits.check_seconds:g} s, of these {limits.sets_seconds:g} s for payoff sets"
    assert found["time for checks, comparisons and pictures"] == checks
    minutes = f"{limits.job_seconds / 60:g} minutes"
    assert found["time for mend, design, sweep and report"] == minutes
    assert found["memory of one worker"].startswith(f"{limits.worker_bytes // (1 << 30)} GB")
    assert found["jobs at the same time"] == str(limits.jobs)
    assert found["samples of a sweep"] == f"{limits.samples:,}"
    kept = f"{limits.kept_seconds / 60:g} minutes, and at most {limits.kept_jobs} jobs"
    assert found["a finished job is kept for"] == kept
    unasked = f"{limits.unasked_seconds / 60:g} minutes"
    assert found["a job that no page asks about is cancelled after"] == unasked
    assert f"first free one from {DEFAULT_PORT} on" in found["`--port N`"]
