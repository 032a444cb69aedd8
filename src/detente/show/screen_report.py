"""The report's section on types of a party."""

from __future__ import annotations

from detente.ask.screen_words import percent, when_believed
from detente.ask.screening import Screening, ScreenStep, TypeStep
from detente.show.markup import Child, Html, breakable, columns, table, tag
from detente.show.pages import broken_statements_note, render_page
from detente.show.screen_terminal import WORD_OF, say_needed, seen_to_keep
from detente.show.words import is_negative, points, signed_points, typeset

LEGEND = (
    "Every type does what is best for it; all others keep the plan and answer breaches as said "
    "above. Belief: as the step begins, all steps before kept and no alarm raised. Needs: belief "
    "from which keeping the step is worth no less to the other party than breaking the plan openly "
    "there."
)


def render_screening_report(found: Screening) -> str:
    """Give the report of a screening as one HTML page: the same bytes for the same answer."""
    question = f"{found.title}: who would keep {found.plan}?"
    return render_page(found.title, question, [screening_section(found)])


def screening_section(found: Screening, key: str = "screen", heading: str = "h2") -> Html:
    """Give the section of a report that tells types apart; ``key`` is its id."""
    parts: list[Child] = [
        tag(heading, f"Types of {found.party_name} under {found.plan_title or found.plan}"),
        tag("p", f"If what follows a breach is: {found.reading.words}.", class_="note"),
        broken_statements_note(found.statements),
    ]
    parts += [tag("p", typeset(words), class_="sentence") for words in found.sentences]
    if found.settings:
        parts.append(tag("p", f"With {', '.join(found.settings)}.", class_="note"))
    parts += [_types(found), _entering(found), _steps(found), tag("p", LEGEND, class_="legend")]
    return tag("section", *parts, id=key)


def _types(found: Screening) -> Html:
    rows = [
        [
            tag(
                "th", each.type,
                *(tag("span", breakable(words), class_="other") for words in each.changes),
                scope="row",
            ),
            tag("td", percent(each.share), class_="number"),
            tag("td", points(each.best), class_="number"),
            tag("td", points(each.honest), class_="number"),
            tag("td", points(each.no_deal), class_="number"),
            tag("td", seen_to_keep(found, each)),
        ]
        for each in found.types
    ]  # fmt: skip
    head = columns(
        "Type", "Share", "Best reply", "Keeping its word", "No deal", "Is seen to keep",
        numbers=[1, 2, 3, 4],
    )  # fmt: skip
    return table(head, rows, caption="What the plan is worth to each type, points a year",
                 class_="types")  # fmt: skip


def _entering(found: Screening) -> Html:
    first = found.types[0].type
    rows = []
    for each in found.entering:
        cells = [tag("th", each.party_name, scope="row")]
        for gain in each.gains:
            style = "number negative" if is_negative(gain) else "number"
            cells.append(tag("td", signed_points(gain), class_=style))
        cells.append(tag("td", when_believed(each.worth_it, first)))
        rows.append(cells)
    head = columns(
        "Party",
        *(f"Against {each.type}" for each in found.types),
        "Signing is worth it",
        numbers=list(range(1, 1 + len(found.types))),
    )
    return table(head, rows, caption="What signing is worth to the others, against no deal")


def _steps(found: Screening) -> Html:
    rows = []
    for step in found.steps:
        words = tag("span", step.words, class_="other") if step.words else None
        cells = [tag("th", f"{step.step} {step.step_id}", words, scope="row")]
        cells += [_deed(each, step) for each in step.types]
        for belief in (step.belief, step.kept, step.alarm):
            cells.append(tag("td", "" if belief is None else percent(belief[0]), class_="number"))
        cells += [tag("td", say_needed(step, each)) for each in step.needed]
        rows.append(cells)
    n, first = len(found.types), found.types[0].type
    head = columns(
        "Step",
        *(each.type for each in found.types),
        f"Belief in {first}",
        "Once kept",
        "After an alarm",
        *(f"{each.party_name} needs" for each in found.entering),
        numbers=[1 + n, 2 + n, 3 + n],
    )
    return table(head, rows, caption="Step by step", class_="wide")


def _deed(each: TypeStep, step: ScreenStep) -> Html:
    cost = f"its moves: {signed_points(each.cost)} a year" if step.asks else None
    return tag("td", WORD_OF[each.deed], tag("span", cost, class_="other") if cost else None)
