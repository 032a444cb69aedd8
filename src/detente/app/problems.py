"""Problems as the app's answers carry them, and answers that refuse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from detente.errors import Problem

MOST_SENT = 200


class RefusedError(Exception):
    """A request that is refused: a status of HTTP, and the problems that say why."""

    def __init__(self, status: int, *problems: Problem) -> None:
        self.status = status
        self.problems = problems
        super().__init__(f"{status}: {problems[0].message if problems else ''}")


def refusal(status: int, code: str, message: str, remedy: str = "") -> RefusedError:
    """Give the refusal of a request for one reason."""
    return RefusedError(status, Problem(code, message, remedy=remedy))


def describe(problem: Problem) -> dict[str, Any]:
    """Give a problem as JSON values."""
    place = problem.place
    return {
        "code": problem.code,
        "message": problem.message,
        "remedy": problem.remedy,
        "label": problem.label,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
        "end_column": None if place is None else place.column + place.length,
        "source_line": problem.line_text,
    }


def problems_body(problems: Sequence[Problem]) -> bytes:
    """Give the body of an answer that refuses."""
    values = {"problems": [describe(each) for each in problems[:MOST_SENT]]}
    return json.dumps(values, allow_nan=False).encode("ascii")
