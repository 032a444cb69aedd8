"""The report's answers: all plans at a glance, then each plan step by step."""

from __future__ import annotations

from collections.abc import Iterable

from detente.ask.leaning import Leaning
from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    Reading,
    ReadingResult,
    Verdict,
)
from detente.scenario.model import Scenario
from detente.show.citing import cite
from detente.show.leaning_report import leaning_table
from detente.show.markup import Child, Html, columns, escape, join, table, tag
from detente.show.report_margins import (
    first_results,
    margin_pictures,
    margin_tables,
    plan_name,
    responses_table,
    step_words,
    titled,
)
from detente.show.tables import why_unfinished
from detente.show.words import (
    count,
    is_negative,
    points,
    sentence_case,
    signed_points,
    typeset,
)

# The first page in print: characters of a line, lines that the page has below its head, and those
# that a plan takes in the table and as a heading.
LINE, LINES_OF_PAGE, LINES_OF_PLAN = 105, 64, 6
FOLLOWS = {
    Reading.NO_DEAL: "the others merely go back to what they would do without a deal",
    Reading.WRITTEN: "the response written in the plan follows, as far as it is in the interest "
    "of whoever carries it out",
    Reading.HARSHEST: "the worst follows that could be done credibly to the party that broke it",
}


def readings_of(verdicts: Iterable[Verdict]) -> list[Reading]:
    """Give the readings that were asked for, mildest first."""
    asked = {result.reading for verdict in verdicts for result in verdict.results}
    return [reading for reading in Reading if reading in asked]


def state_answer(verdict: Verdict, result: ReadingResult) -> str:
    """Say in a few words what came out under one reading."""
    if result.answer is Answer.UNDECIDED:
        if not result.status.is_answer:
            return f"undecided: {why_unfinished(result)}"
        return f"undecided: bounds {points(result.gap)} points apart"
    said = str(result.answer)
    if result.answer is Answer.FAILS and result.breaks_at is not None:
        at = step_words(verdict, result.breaks_at.step)
        said = "fails in its responses" if result.breaks_at.in_response else f"fails at {at}"
    return said if result.status.is_answer else f"{said} ({result.status.words})"


def answers_section(check: Check) -> Html:
    """Give the first page: every plan under every reading, then each verdict in words."""
    readings = readings_of(check.verdicts)
    rows = []
    for n, verdict in enumerate(check.verdicts):
        name = tag("a", plan_name(verdict), href=f"#plan-{n + 1}")
        cells = [tag("th", name, scope="row")]
        cells += [_answer_cell(verdict, reading) for reading in readings]
        cells.append(tag("td", escape(_enough(verdict))))
        rows.append(cells)
    head = columns("Plan", *(sentence_case(each.words) for each in readings), "Enough to hold it")
    parts = [
        tag("h2", "Will it hold?"),
        _settings(check),
        _broken_statements(check),
        table(
            head,
            rows,
            caption="Each plan, by what follows a breach, mildest first",
            class_="answers",
        ),
    ]
    meanings = [f"{sentence_case(each.words)}: {FOLLOWS[each]}." for each in readings]
    parts.append(tag("p", " ".join(meanings), class_="legend"))
    brief = _is_long(check)
    for verdict in check.verdicts:
        parts.append(tag("h3", plan_name(verdict)))
        parts.append(tag("p", typeset(verdict.sentence), class_=f"sentence {verdict.answer}"))
        if not brief:
            parts += [tag("p", typeset(reason)) for reason in verdict.reasons]
    if brief:
        parts.append(tag("p", "More reasons stand with each plan.", class_="legend"))
    return tag("section", *parts, id="answer")


def _is_long(check: Check) -> bool:
    """Whether all sentences and reasons together are too long for one printed page."""
    said = [words for each in check.verdicts for words in (each.sentence, *each.reasons)]
    lines = sum(2 + len(words) // LINE for words in said) + LINES_OF_PLAN * len(check.verdicts)
    return lines > LINES_OF_PAGE


def _answer_cell(verdict: Verdict, reading: Reading) -> Html:
    """Say what came out under a reading; what else, by what is left open."""
    results = [result for result in verdict.results if result.reading is reading]
    if not results:
        return tag("td", "not asked", class_="quiet")
    said = [state_answer(verdict, result) for result in results]
    first = tag("span", said[0], class_=f"answer {results[0].answer}")
    others = [words for words in dict.fromkeys(said[1:]) if words != said[0]]
    if not others:
        return tag("td", first)
    also = f"or, by what is left open: {'; '.join(others)}"
    return tag("td", first, tag("span", also, class_="other"))


def _enough(verdict: Verdict) -> str:
    if verdict.mildest is not None:
        return verdict.mildest.words
    return "none of these" if verdict.answer is Answer.FAILS else "not known"


def _settings(check: Check) -> Html | None:
    if not check.settings:
        return None
    changed = join((tag("code", each) for each in check.settings), ", ")
    return tag("p", "Asked with numbers changed: ", changed, ".", class_="note")


def _broken_statements(check: Check) -> Html | None:
    broken = [each for each in check.statements if not each.kept]
    if not broken:
        return None
    words = (
        "Something the author of the file is sure of does not come out "
        f"({count(len(broken), 'statement')} below). Mend the model before trusting its answers."
    )
    return tag("p", tag("a", words, href="#statements"), class_="warning")


def plan_section(
    check: Check, scenario: Scenario, verdict: Verdict, n: int, leaning: Leaning | None = None
) -> Html:
    """Give everything about one plan: picture, steps, what it hangs on, margins, responses."""
    results = first_results(verdict)
    note = next((plan.note for plan in scenario.plans if plan.id == verdict.plan), "")
    kicker = f"Plan {n}" + (f": {verdict.plan}" if verdict.plan != plan_name(verdict) else "")
    parts: list[Child] = [
        tag("p", kicker, class_="kicker"),
        tag("h2", plan_name(verdict)),
        tag("p", typeset(verdict.sentence)),
        *(tag("p", typeset(reason)) for reason in verdict.reasons),
        tag("p", note, class_="note") if note else None,
        margin_pictures(check, verdict, results, n),
        _steps(scenario, verdict),
        leaning_table(scenario, leaning) if leaning is not None else None,
        margin_tables(check, results),
        _openings_table(verdict),
        _entry_table(check, verdict),
        responses_table(check, verdict, results),
    ]
    return tag("section", *parts, id=f"plan-{n}", class_="plan")


def _steps(scenario: Scenario, verdict: Verdict) -> Html:
    plan = next((plan for plan in scenario.plans if plan.id == verdict.plan), None)
    written = {step.id: step for step in plan.steps} if plan else {}
    items = []
    for move in verdict.moves:
        step = written.get(move.step_id)
        place = f"line {move.place.line}" if move.place else None
        items.append(
            tag(
                "li",
                tag("b", move.step_id),
                ": ",
                move.words,
                tag("span", " ", step.note, class_="note") if step and step.note else None,
                cite(scenario, step.citations) if step else None,
                tag("span", " ", place, class_="line") if place else None,
                value=move.step,
            )
        )
    return join([tag("h3", "Who moves what"), tag("ol", *items, class_="steps")])


def _openings_table(verdict: Verdict) -> Html | None:
    """Show how the answers depend on what the plan leaves open, where it leaves anything open."""
    if len({result.opening for result in verdict.results}) < 2:
        return None
    rows = [
        [
            tag("td", result.reading.words),
            tag("td", result.opening.words),
            tag("td", state_answer(verdict, result), class_=f"answer {result.answer}"),
            tag("td", _kept(result), class_="number"),
        ]
        for result in verdict.results
    ]
    head = columns("After a breach", "What is left open goes", "Answer", "Kept", numbers=[3])
    note = (
        "What the plan leaves open on its own path (an alarm, a hostile government, later steps) "
        "may go in several ways; each was tried."
    )
    return titled("What is left open", note, table(head, rows))


def _kept(result: ReadingResult) -> str:
    undecided = result.answer is Answer.UNDECIDED
    return "not known" if undecided else count(result.carries_to, "step")


def _entry_table(check: Check, verdict: Verdict) -> Html | None:
    if not verdict.entries:
        return None
    by_step: dict[int, dict[str, Entry]] = {}
    for entry in verdict.entries:
        by_step.setdefault(entry.step, {})[entry.party] = entry
    rows = []
    for step, entries in sorted(by_step.items()):
        label = next(iter(entries.values())).step_id
        cells = [_entry_cell(entries.get(party)) for party in check.parties]
        rows.append([tag("th", f"{step} {label}", scope="row"), *cells])
    head = columns("From step", *check.party_names, numbers=range(1, 1 + len(check.parties)))
    note = (
        "What a party gains by having the plan rather than no deal, points a year: at the first "
        "step, whether it would sign; later, whether it is still glad to have signed."
    )
    return titled("Would they sign?", note, table(head, rows))


def _entry_cell(entry: Entry | None) -> Html:
    if entry is None:
        return tag("td", class_="number")
    values = tag("span", f"{points(entry.plan)} against {points(entry.no_deal)}", class_="bounds")
    style = "number negative" if is_negative(entry.gain) else "number"
    return tag("td", signed_points(entry.gain), values, class_=style)
