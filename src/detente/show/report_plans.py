"""The report's answers: all plans at a glance, then each plan step by step."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from detente.ask.verdict import Answer, Check, Entry, Margin, Reading, ReadingResult, Verdict
from detente.scenario.model import Scenario
from detente.show.margin_chart import Bar, draw_margins
from detente.show.markup import Child, Html, columns, escape, join, raw, table, tag
from detente.show.report_ground import cite
from detente.show.words import (
    count,
    is_negative,
    joined,
    points,
    sentence_case,
    signed_points,
)

FOLLOWS = {
    Reading.NO_DEAL: "the others merely go back to what they would do without a deal",
    Reading.WRITTEN: "the response written in the plan follows, as far as it is in the interest "
    "of whoever carries it out",
    Reading.HARSHEST: "the worst follows that could be done credibly to the party that broke it",
}
Smallest = dict[tuple[int, str], Margin]


def readings_of(verdicts: Iterable[Verdict]) -> list[Reading]:
    """Give the readings that were asked for, mildest first."""
    asked = {result.reading for verdict in verdicts for result in verdict.results}
    return [reading for reading in Reading if reading in asked]


def smallest_margins(margins: Iterable[Margin]) -> Smallest:
    """Give the smallest margin of each party at each step, whatever the state it arises in.

    On the way a plan may pass one step in several states (a level has slipped back, one party
    has moved first); the smallest of their margins decides.
    """
    found: Smallest = {}
    for margin in margins:
        key = (margin.step, margin.party)
        kept = found.get(key)
        if kept is None or (margin.low, margin.margin) < (kept.low, kept.margin):
            found[key] = margin
    return found


def plan_name(verdict: Verdict) -> str:
    """Give the plan's title, or its id where it has none."""
    return verdict.title or verdict.plan


def state_answer(verdict: Verdict, result: ReadingResult) -> str:
    """Say in a few words what came out under one reading."""
    if not result.status.is_answer:
        return f"undecided: {result.status.words}"
    if result.answer is Answer.HOLDS:
        return "holds"
    if result.answer is Answer.UNDECIDED:
        return f"undecided: bounds {points(result.gap)} points apart"
    if result.breaks_at is None:
        return "fails"
    return f"fails at {step_words(verdict, result.breaks_at.step)}"


def step_words(verdict: Verdict, step: int) -> str:
    """Name a step of the plan: ``step 4`` or, after the last one, ``the settled phase``."""
    return f"step {step}" if step <= len(verdict.moves) else "the settled phase"


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
    for verdict in check.verdicts:
        parts.append(tag("h3", plan_name(verdict)))
        parts.append(tag("p", verdict.sentence, class_=f"sentence {verdict.answer}"))
        parts += [tag("p", reason) for reason in verdict.reasons]
    return tag("section", *parts, id="answer")


def _answer_cell(verdict: Verdict, reading: Reading) -> Html:
    """Say what came out under a reading; under each opening where they differ."""
    results = [result for result in verdict.results if result.reading is reading]
    if not results:
        return tag("td", "not asked", class_="quiet")
    said = [state_answer(verdict, result) for result in results]
    first = tag("span", said[0], class_=f"answer {_class(results[0])}")
    others = [
        tag("span", f"{words} if what is left open goes: {result.opening.words}", class_="other")
        for words, result in zip(said[1:], results[1:], strict=True)
        if words != said[0]
    ]
    return tag("td", first, *others)


def _class(result: ReadingResult) -> str:
    return str(result.answer if result.status.is_answer else Answer.UNDECIDED)


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


def plan_section(check: Check, scenario: Scenario, verdict: Verdict, n: int) -> Html:
    """Give everything about one plan: picture, steps, margins, entry, responses."""
    results = _first_results(verdict)
    note = next((plan.note for plan in scenario.plans if plan.id == verdict.plan), "")
    kicker = f"Plan {n}" + (f": {verdict.plan}" if verdict.plan != plan_name(verdict) else "")
    parts: list[Child] = [
        tag("p", kicker, class_="kicker"),
        tag("h2", plan_name(verdict)),
        tag("p", verdict.sentence),
        tag("p", note, class_="note") if note else None,
        _pictures(check, verdict, results, n),
        _steps(scenario, verdict),
        _margin_tables(check, results),
        _openings_table(verdict),
        _entry_table(check, verdict),
        _responses_table(verdict, results),
    ]
    return tag("section", *parts, id=f"plan-{n}", class_="plan")


def _first_results(verdict: Verdict) -> list[ReadingResult]:
    """Give one result a reading: the first opening computed."""
    return [verdict.result(reading) for reading in readings_of([verdict])]


def _on_path(result: ReadingResult) -> Smallest:
    return smallest_margins(each for each in result.margins if not each.in_response)


def _pictures(check: Check, verdict: Verdict, results: Sequence[ReadingResult], n: int) -> Html:
    figures = []
    for index, party in enumerate(check.parties):
        bars = list(_bars(results, party))
        if not bars:
            continue
        name = check.party_names[index]
        svg = raw(draw_margins(bars, f"margins-{n}-{index + 1}"))
        figures.append(
            tag(
                "figure",
                tag("figcaption", tag("b", name), tag("br"), check.scales[index]),
                tag("div", svg, role="img", aria_label=_describe(name, verdict, bars)),
                class_="margins",
            )
        )
    keys = join(_key(result.reading) for result in results)
    between = any(bar_is_bounded(each) for result in results for each in _on_path(result).values())
    legend = tag("p", _legend(check, bounded=between), class_="legend")
    return join(
        [
            tag("h3", "How far it carries"),
            legend,
            tag("ul", keys, class_="keys"),
            tag("div", *figures, class_="figures"),
        ]
    )


def _legend(check: Check, *, bounded: bool) -> str:
    said = [
        "Each party's margin at each step, in its own points a year: what keeping the step is "
        "worth to it, less what its best breach is worth. Right of the line (blue) it would keep "
        "the step, left of it (orange) it would walk away."
    ]
    if bounded:
        said.append("A thin line on a bar shows the bounds between which a margin is known.")
    if len(check.parties) > 1:
        said.append("Each party has its own scale; they cannot be compared.")
    return " ".join(said)


def _key(reading: Reading) -> Html:
    keep = tag("span", class_=f"key keep-{reading}")
    walk = tag("span", class_=f"key walk-{reading}")
    return tag("li", keep, walk, reading.words)


def bar_is_bounded(margin: Margin) -> bool:
    """Whether a margin is known only between bounds that differ visibly."""
    return is_negative(margin.low - margin.high)


def _bars(results: Sequence[ReadingResult], party: str) -> Iterable[Bar]:
    by_step: dict[int, list[Bar]] = {}
    for result in results:
        stop = result.breaks_at
        for (step, who), margin in _on_path(result).items():
            if who != party:
                continue
            breaks = stop is not None and (stop.step, stop.party) == (step, party)
            breaks = (
                breaks and is_negative(margin.margin) and not stop.in_response if stop else False
            )
            by_step.setdefault(step, []).append(
                Bar(step, _step_label(margin), result.reading, margin.margin, margin.low,
                    margin.high, breaks)
            )  # fmt: skip
    for step in sorted(by_step):
        yield from by_step[step]


def _step_label(margin: Margin) -> str:
    return f"{margin.step} {margin.step_id}"


def _describe(name: str, verdict: Verdict, bars: Sequence[Bar]) -> str:
    """Say in words what a picture of margins shows."""
    readings = list(dict.fromkeys(bar.reading for bar in bars))
    said = []
    for reading in readings:
        each = [f"{bar.label} {points(bar.margin)}" for bar in bars if bar.reading is reading]
        said.append(f"{reading.words}: {'; '.join(each)}")
    first = [f"{bar.label} under {bar.reading.words}" for bar in bars if bar.breaks]
    mark = f" First to break: {joined(first)}." if first else ""
    return f"Margins of {name} in the plan {plan_name(verdict)}. {'. '.join(said)}.{mark}"


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


def _margin_tables(check: Check, results: Sequence[ReadingResult]) -> Html:
    """Give a table a party: a row a step, a column a reading."""
    found = [_on_path(result) for result in results]
    steps = sorted({step for each in found for step, _ in each})
    n = len(results)
    head = columns(
        "Step", "Staying", "Leaving",
        *(f"Margin: {result.reading.words}" for result in results),
        "The best breach", numbers=range(1, 3 + n),
    )  # fmt: skip
    tables = []
    for party, name in zip(check.parties, check.party_names, strict=True):
        rows = []
        for step in steps:
            margins = [each.get((step, party)) for each in found]
            known = next((each for each in margins if each is not None), None)
            if known is None:
                continue
            rows.append(
                [
                    tag("th", _step_label(known), scope="row"),
                    tag("td", points(known.staying), class_="number"),
                    tag("td", points(known.leaving), class_="number"),
                    *(_margin_cell(each) for each in margins),
                    tag("td", _deviations(results, margins), class_="words"),
                ]
            )
        tables.append(table(head, rows, caption=name, class_="wide named"))
    mildest = results[0].reading.words if results else ""
    note = (
        f"Points a year. Staying and leaving are those under {mildest}. Where a step may be "
        "reached in several states, the one with the smallest margin is shown."
    )
    return _titled("Margins", note, *tables)


def _margin_cell(margin: Margin | None) -> Html:
    if margin is None:
        return tag("td", "not asked", class_="number quiet")
    words: list[Child] = [signed_points(margin.margin)]
    if bar_is_bounded(margin):
        words.append(tag("span", f"{points(margin.low)} to {points(margin.high)}", class_="bounds"))
    negative = is_negative(margin.margin) or math.isnan(margin.margin)
    return tag("td", *words, class_="number negative" if negative else "number")


def _deviations(results: Sequence[ReadingResult], margins: Sequence[Margin | None]) -> Html:
    """Give the best breach in words; reading by reading where they differ."""
    said: dict[str, list[str]] = {}
    for result, margin in zip(results, margins, strict=True):
        if margin is not None:
            said.setdefault(margin.deviation, []).append(result.reading.words)
    if len(said) == 1:
        return escape(next(iter(said)))
    lines = [f"{joined(readings)}: {words}" for words, readings in said.items()]
    return join(lines, "; ")


def _openings_table(verdict: Verdict) -> Html | None:
    """Show how the answers depend on what the plan leaves open, where it leaves anything open."""
    if len({result.opening for result in verdict.results}) < 2:
        return None
    rows = [
        [
            tag("td", result.reading.words),
            tag("td", result.opening.words),
            tag("td", state_answer(verdict, result), class_=f"answer {_class(result)}"),
            tag("td", count(result.carries_to, "step"), class_="number"),
        ]
        for result in verdict.results
    ]
    head = columns("After a breach", "What is left open goes", "Answer", "Kept", numbers=[3])
    note = (
        "What the plan leaves open on its own path (an alarm, a hostile government, later steps) "
        "may go in several ways; each was tried."
    )
    return _titled("What is left open", note, table(head, rows))


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
    return _titled("Would they sign?", note, table(head, rows))


def _entry_cell(entry: Entry | None) -> Html:
    if entry is None:
        return tag("td", class_="number")
    values = tag("span", f"{points(entry.plan)} against {points(entry.no_deal)}", class_="bounds")
    style = "number negative" if is_negative(entry.gain) else "number"
    return tag("td", signed_points(entry.gain), values, class_=style)


def _responses_table(verdict: Verdict, results: Sequence[ReadingResult]) -> Html | None:
    """Show whether whoever carries out a written response would want to."""
    rows = []
    for result in results:
        names = dict.fromkeys(each.in_response for each in result.margins if each.in_response)
        for name in names:
            found = smallest_margins(each for each in result.margins if each.in_response == name)
            for (step, _), margin in sorted(found.items()):
                rows.append(
                    [
                        tag("td", name),
                        tag("td", step_words(verdict, step)),
                        tag("td", margin.party_name),
                        _margin_cell(margin),
                        tag("td", margin.deviation, class_="words"),
                    ]
                )
    if not rows:
        return None
    head = columns("Response", "At", "Party", "Margin", "The best breach", numbers=[3])
    note = (
        "Points a year, as written. A response is believed only where its margins are not negative."
    )
    return _titled("Would the written responses be carried out?", note, table(head, rows))


def _titled(title: str, note: str, *body: Html) -> Html:
    return join([tag("h3", title), tag("p", note, class_="legend"), *body])
