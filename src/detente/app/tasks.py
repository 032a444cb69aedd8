"""The tasks of a worker, by name. Each is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

Given = Mapping[str, Any]
Tell = Callable[[int, int, str], None]  # done, of how many (0: not known), and in words

WARM_CASE, WARM_PLAN = "singapore-2018", "phased"
ANSWERS = {
    "open": "editing:answer_open",
    "titles": "editing:answer_titles",
    "change": "editing:answer_change",
    "steps": "editing:answer_steps",
    "difference": "editing:answer_difference",
    "verdict": "asking:answer_verdict",
    "check": "asking:answer_check",
    "explain": "asking:answer_explain",
    "compare": "asking:answer_compare",
    "screen": "asking:answer_screen",
    "sources": "asking:answer_sources",
    "leaning": "asking:answer_leaning",
    "pictures": "drawing:answer_pictures",
    "mend": "searching:run_mend",
    "design": "searching:run_design",
    "sweep": "searching:run_sweep",
    "report": "searching:run_report",
}
JOBS = ("mend", "design", "sweep", "report")  # these tell how far they are


def run_task(name: str, given: Given, tell: Tell) -> dict[str, Any]:
    """Run a task, and give its answer.

    Raises
    ------
    DetenteError
        Where the scenario or the question is wrong.
    KeyError
        Where there is no such task.
    """
    module, _, function = ANSWERS[name].partition(":")
    answer = getattr(import_module(f"detente.app.{module}"), function)
    found: dict[str, Any] = answer(given, tell) if name in JOBS else answer(given)
    return found


def warm_up(part: int) -> bool:
    """Load what a first verdict (part 1) and a first picture (part 2) need.

    Gives whether there is another part.
    """
    from detente.cases import case_path  # noqa: PLC0415

    text = case_path(WARM_CASE).read_text(encoding="utf-8")
    given: dict[str, Any] = {"text": text, "name": f"{WARM_CASE}.yaml", "settings": {}}
    if part == 1:
        run_task("verdict", {**given, "plan": None, "sets": False}, _ignore)
        return find_spec("altair") is not None and find_spec("vl_convert") is not None
    run_task("pictures", {**given, "plan": WARM_PLAN, "which": "margins"}, _ignore)
    return False


def _ignore(done: int, total: int, words: str) -> None:
    """Say nothing of how far a task is."""
