"""The tasks of a worker, by name. Each is loaded when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

Given = Mapping[str, Any]
Tell = Callable[[int, int, str], None]  # done, of how many (0: not known), and in words

WARM_CASE = "singapore-2018"
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


def warm_up() -> None:
    """Load what verdicts need, so that the first one is as quick as the others."""
    from detente.cases import case_path  # noqa: PLC0415

    text = case_path(WARM_CASE).read_text(encoding="utf-8")
    given: dict[str, Any] = {
        "text": text,
        "name": f"{WARM_CASE}.yaml",
        "settings": {},
        "plan": None,
        "sets": False,
    }
    run_task("verdict", given, _ignore)


def _ignore(done: int, total: int, words: str) -> None:
    """Say nothing of how far a task is."""
