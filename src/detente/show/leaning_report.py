"""The report's tables of the numbers on which verdicts hang most."""

from __future__ import annotations

from collections.abc import Sequence

from detente.ask.leaning import Lean, LeanEnd, Leaning
from detente.ask.verdict import Answer
from detente.scenario.model import Scenario
from detente.show.citing import cite, judged_mark
from detente.show.markup import Html, breakable, columns, join, table, tag
from detente.show.words import count, is_negative, joined, quantity, signed_points

WORDS = {Answer.HOLDS: "holds", Answer.FAILS: "does not hold", Answer.UNDECIDED: "not known"}


def leaning_table(scenario: Scenario, leaning: Leaning) -> Html | None:
    """Show the few numbers on which the verdict on a plan hangs most, each with its source.

    None where no number has a range.
    """
    if not leaning.n_tried:
        return None
    heading = tag("h3", "What the verdict hangs on most")
    if not leaning.most:
        words = (
            f"None of the {count(leaning.n_tried, 'number')} with a range moves it: not one of "
            "them, alone at either end of its range, changes the smallest margin."
        )
        return join([heading, tag("p", words, class_="legend")])
    rows = [
        [
            tag("td", tag("code", breakable(each.short))),
            tag("td", quantity(each.value, each.unit), class_="number"),
            _end(leaning, scenario, each, each.low),
            _end(leaning, scenario, each, each.high),
            tag("td", cite(scenario, each.citations) or tag("span", "no source", class_="quiet"),
                judged_mark(scenario, each.citations)),
        ]
        for each in leaning.most
    ]  # fmt: skip
    head = columns(
        "Number", "Value", "At the lower end of its range", "At the upper end", "Source",
        numbers=[1],
    )  # fmt: skip
    return join([heading, tag("p", _say(leaning), class_="legend"),
                 table(head, rows, class_="wide leaning")])  # fmt: skip


def _say(leaning: Leaning) -> str:
    turning = sum(each.overturns for each in leaning.numbers)
    bare = (
        f" {count(leaning.n_bare, 'number')} without a range stood still." if leaning.n_bare else ""
    )
    tried = count(leaning.n_tried, "number")
    return (
        f"{tried} with a range, each moved alone to both ends of it: {turning or 'none'} "
        f"{'overturns' if turning < 2 else 'overturn'} the verdict. {_today(leaning)} "
        "Shown for each end: whether the plan then holds "
        f"({joined([each.words for each in leaning.readings], 'or')}), and its smallest margin. "
        "What overturns the verdict comes first, then what moves that margin furthest."
        f"{bare}"
    )


def _today(leaning: Leaning) -> str:
    said = f"At the values in force the plan {WORDS[leaning.answer]}"
    if leaning.answer is Answer.UNDECIDED:
        said = "At the values in force the answer is not known"
    if leaning.today is None:
        return f"{said}."
    return f"{said}, and its smallest margin is {signed_points(leaning.today.margin)}."


def _end(leaning: Leaning, scenario: Scenario, lean: Lean, end: LeanEnd) -> Html:
    value = tag("span", f"{quantity(end.value, lean.unit)}: ", class_="quiet")
    style = f"answer {end.answer}" if end.answer is not leaning.answer else None
    words: list[Html | None] = [value, tag("span", WORDS[end.answer], class_=style)]
    if end.worst is not None:
        who = scenario.party(end.worst.party).name
        margin = signed_points(end.worst.margin)
        said = f"{margin} {who}, step {end.worst.step} {end.worst.step_id}"
        if end.worst.step_id == "settled":
            said = f"{margin} {who}, settled"
        bad = is_negative(end.worst.margin)
        words.append(tag("span", said, class_="other negative" if bad else "other"))
    return tag("td", *words)


def marks_of(leanings: Sequence[Leaning]) -> dict[str, list[str]]:
    """Give, by path of a number, the plans whose verdicts hang on it most."""
    marks: dict[str, list[str]] = {}
    for leaning in leanings:
        for each in leaning.most:
            marks.setdefault(each.path, []).append(leaning.plan_title or leaning.plan)
    return marks
