"""Jobs, in a process of their own: mend, design, sweep, and the report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from detente.app.limits import DEFAULT_LIMITS
from detente.app.reading import read, settings_of
from detente.ask.check import check
from detente.ask.verdict import Reading
from detente.errors import DetenteError, Problem
from detente.scenario.settings import apply_settings
from detente.show.as_json import check_as_json
from detente.show.pages import render_page

Given = Mapping[str, Any]
Tell = Callable[[int, int, str], None]

REPORT, SAMPLES = "report.html", "sweep.csv"  # what jobs write into their folder


def run_mend(given: Given, tell: Tell) -> dict[str, Any]:
    """Find what would make a plan hold."""
    from detente.ask.mending.mend import mend  # noqa: PLC0415
    from detente.show.mend_json import mending_as_json  # noqa: PLC0415
    from detente.show.mend_report import mending_section  # noqa: PLC0415

    pair = given["pair"]
    found = mend(
        read(given),
        _required(given, "plan"),
        _reading(given),
        settings_of(given),
        pairs=[] if pair is None else [(pair[0], pair[1])],
        best_pair=True,
        progress=tell,
    )
    section = str(mending_section(found))
    question = f"{found.title}: what would make {found.plan} hold?"
    _write(given, render_page(found.title, question, [mending_section(found)]))
    return _answer(mending_as_json(found), section, found.sentences)


def run_design(given: Given, tell: Tell) -> dict[str, Any]:
    """Find plans that reach a goal."""
    from detente.ask.design import design  # noqa: PLC0415
    from detente.show.design_json import design_as_json  # noqa: PLC0415
    from detente.show.design_report import design_section, render_design_report  # noqa: PLC0415

    goal = _required(given, "goal")
    found = design(read(given), goal, given["purpose"], settings_of(given), progress=tell)
    _write(given, render_design_report(found))
    record = design_as_json(found)
    return _answer(record, str(design_section(found)), found.sentences, found.text)


def run_sweep(given: Given, tell: Tell) -> dict[str, Any]:
    """Say over what share of the ranges plans hold."""
    from detente.ask.sweeping.sweep import Progress, sweep  # noqa: PLC0415
    from detente.show.sweep_json import sweep_as_json  # noqa: PLC0415
    from detente.show.sweep_report import sweep_section  # noqa: PLC0415
    from detente.show.sweep_words import plan_sentences  # noqa: PLC0415

    def hear(progress: Progress) -> None:
        tell(progress.done, progress.samples, "judging samples")

    reading, pair = _reading(given), given["pair"]
    tell(0, given["samples"], "starting workers")
    found = sweep(
        read(given),
        _plans(given),
        None if reading is None else (reading,),
        settings_of(given),
        samples=given["samples"],
        seed=given["seed"],
        workers=DEFAULT_LIMITS.sweep_workers,
        output=Path(given["folder"]) / SAMPLES,
        pair=None if pair is None else (pair[0], pair[1]),
        tell=hear,
    )
    sentences = [words for plan in found.plans for words in plan_sentences(found, plan)]
    record = sweep_as_json(found)
    record["output"] = ""  # a place on the server is nobody's business
    return _answer(record, str(sweep_section(found)), sentences)


def run_report(given: Given, tell: Tell) -> dict[str, Any]:
    """Check plans, and write the report."""
    from detente.show.report import render_report  # noqa: PLC0415

    tell(0, 2, "checking plans")
    scenario, settings, reading = read(given), settings_of(given), _reading(given)
    found = check(
        scenario,
        _plans(given),
        None if reading is None else (reading,),
        settings,
        picture=True,
        time_limit=DEFAULT_LIMITS.sets_seconds,
    )
    tell(1, 2, "drawing the report")
    changed = apply_settings(scenario, settings) if settings else scenario
    _write(given, render_report(found, changed))
    return _answer(check_as_json(found), "", [each.sentence for each in found.verdicts])


def _answer(
    record: dict[str, Any], html: str, sentences: Any, text: str | None = None
) -> dict[str, Any]:
    return {"result": {"record": record, "html": html, "sentences": list(sentences)}, "text": text}


def _write(given: Given, page: str) -> None:
    path = Path(given["folder"]) / REPORT
    path.write_text(page, encoding="utf-8", newline="\n")


def _required(given: Given, name: str) -> str:
    value = given[name] or next(iter(given.get(f"{name}s") or ()), None)
    if not value:
        remedy = f"give '{name}'"
        raise DetenteError(Problem("E701", f"a job of this kind needs a {name}", remedy=remedy))
    return str(value)


def _reading(given: Given) -> Reading | None:
    return None if given["reading"] is None else Reading(given["reading"])


def _plans(given: Given) -> list[str] | None:
    named = [*given["plans"], *([given["plan"]] if given["plan"] else [])]
    return list(dict.fromkeys(named)) or None
