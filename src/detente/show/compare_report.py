"""The report's section on a comparison."""

from __future__ import annotations

from detente.ask.compare_words import say_needs, say_time
from detente.ask.comparison import ComparedPlan, Comparison, PartyStep
from detente.ask.screen_words import name_given_up
from detente.ask.verdict import Opening
from detente.library import name_file
from detente.show.compare_terminal import left_words
from detente.show.markup import Child, Html, breakable, columns, table, tag
from detente.show.pages import broken_statements_note, render_page
from detente.show.tables import how_far
from detente.show.words import is_negative, points, sentence_case, signed_points, typeset

LEGEND = (
    "Change: points a year that the step makes while it is in force, and the part of it that the "
    "party's own moves make. Worth: of the plan, and of no deal, from the beginning of the step. "
    "Exposed: what the party loses a year against never having signed if another walks away as the "
    "step begins. Each party has a scale of its own."
)


def render_comparison_report(found: Comparison) -> str:
    """Give the report of a comparison as one HTML page: the same bytes for the same answer."""
    title = " | ".join(dict.fromkeys(found.titles))
    return render_page(title, f"{title}: which plan?", [comparison_section(found)])


def comparison_section(found: Comparison) -> Html:
    """Give the section of a report that compares plans."""
    several = len(found.plans) > 1
    parts: list[Child] = [tag("h2", "Plans side by side" if several else "Who gains what, when")]
    parts += [broken_statements_note(each.statements) for each in found.statements]
    parts += [tag("p", typeset(words), class_="sentence") for words in found.sentences]
    if found.settings:
        parts.append(tag("p", f"With {', '.join(found.settings)}.", class_="note"))
    parts.append(_overview(found))
    parts.append(tag("p", LEGEND, class_="legend"))
    for plan in found.plans:
        parts += [tag("h3", plan.name), *_plan(found, plan)]
    if found.differences:
        parts.append(_differences(found))
    return tag("section", *parts, id="compare")


def _overview(found: Comparison) -> Html:
    rows = []
    for plan in found.plans:
        cells = [tag("th", plan.name, scope="row")]
        cells.append(
            tag("td", sentence_case(say_needs(plan)), class_=f"answer {plan.verdict.answer}")
        )
        cells.append(tag("td", how_far(plan.verdict, plan.verdict.results[0])))
        for party in range(len(found.parties)):
            first = plan.steps[0].parties[party]
            gain = first.plan - first.no_deal
            exposed = max((step.parties[party].exposure or 0.0 for step in plan.steps), default=0.0)
            style = "number negative" if is_negative(gain) else "number"
            words = tag("span", f"exposed up to {points(max(0.0, exposed))}", class_="bounds")
            cells.append(tag("td", signed_points(gain), words, class_=style))
        rows.append(cells)
    numbers = range(3, 3 + len(found.parties))
    head = columns("Plan", "Enforcement", "Is kept", *found.party_names, numbers=list(numbers))
    caption = "What each plan needs, and what it is worth at the start against no deal"
    return table(head, rows, caption=caption, class_="answers")


def _plan(found: Comparison, plan: ComparedPlan) -> list[Child]:
    written = next((t for t in plan.times if t.opening is Opening.WRITTEN), None)
    left = "; ".join(
        f"{name} {left_words(each)}"
        for name, each in zip(found.party_names, plan.left, strict=True)
    )
    rows = []
    for step in plan.steps:
        for party, each in enumerate(step.parties):
            name = f"{step.step} {step.step_id}" if party == 0 else ""
            words = tag("span", step.words, class_="other") if party == 0 and step.words else None
            who = tag("td", found.party_names[party])
            rows.append([tag("th", name, words, scope="row"), who, *_cells(each)])
    head = columns(
        "Step", "Party", "Change", "Own", "Plan", "No deal", "Margin", "Exposed", "Given up",
        numbers=[2, 3, 4, 5, 6, 7],
    )  # fmt: skip
    return [
        tag("p", typeset(f"time: {say_time(plan.times[0], written)}")),
        tag("p", typeset(f"left on the table: {left}")),
        table(head, rows, class_="wide steps-table"),
    ]


def _cells(each: PartyStep) -> list[Html]:
    margin, exposed = each.margin, each.exposure
    bad = margin is not None and is_negative(margin)
    return [
        tag("td", "" if each.change is None else signed_points(each.change), class_="number"),
        tag("td", "" if each.own is None else signed_points(each.own), class_="number"),
        tag("td", points(each.plan), class_="number"),
        tag("td", points(each.no_deal), class_="number"),
        tag(
            "td",
            "" if margin is None else signed_points(margin),
            class_="number negative" if bad else "number",
        ),
        tag("td", "" if exposed is None else points(max(0.0, exposed)), class_="number"),
        tag("td", name_given_up(each.given_up)),
    ]


def _differences(found: Comparison) -> Html:
    rows = [
        [
            tag("td", tag("code", breakable(each.path))),
            *(tag("td", "not there" if text is None else text) for text in each.values),
        ]
        for each in found.differences
    ]
    names = [name_file(each).rpartition("/")[2] for each in found.files]
    head = columns("What", *names)
    return table(head, rows, caption="In what the files differ", class_="numbers")
