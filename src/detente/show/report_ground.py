"""What the report's answers rest on: no deal, payoffs, assumptions, sources, words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from detente.ask.verdict import Check, PayoffPicture
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Ladder, Quantity, Scenario
from detente.show.citing import cite, is_judged, judged_mark
from detente.show.markup import Child, Html, breakable, columns, link, raw, table, tag
from detente.show.payoff_chart import draw_payoffs, is_small
from detente.show.words import count, joined, points, quantity, sentence_case, typeset

MARK = "\N{BLACK DIAMOND}"
GLOSSARY = (
    ("margin", "What keeping the step is worth to a party, less what its best breach is worth, "
     "everyone expecting the plan to go on. In the party's own points a year. Negative: it would "
     "walk away."),
    ("points", "What a party's payoffs are counted in. Each party has its own scale, given beside "
     "its picture; points of different parties are never added or compared."),
    ("no deal", "What the parties would do without any agreement: each does what is best for it, "
     "given what the others do."),
    ("return to no deal", "The mildest reading of what follows a breach: the others merely go back "
     "to what they would do anyway. A plan that holds so holds by itself."),
    ("as written", "What follows a breach is what the plan says (for instance sanctions restored "
     "for five years, then the plan again), believed only as far as it is in the interest of "
     "whoever must carry it out."),
    ("harshest credible", "The most that enforcement could do: after a breach follows the worst "
     "for whoever broke the plan that the parties could keep up in their own interest. A limit, "
     "not a forecast."),
    ("holds", "Shown: no party gains by a breach at any step, at these numbers."),
    ("fails", "Shown: some party gains by a breach at some step, at these numbers."),
    ("undecided", "The bounds are too far apart to tell, or a limit was hit. Not an answer."),
    ("carries to", "How many steps are kept before the first one that is not."),
    ("would sign", "A party signs when the plan is worth more to it than no deal."),
    ("what is left open", "What the plan does not fix on its own path: what happens after an "
     "alarm, under a hostile government, or after the last step agreed so far."),
    ("patience", "What a payoff one year later is worth today: 90% per year means that ten points "
     "next year count as nine now."),
    ("period, clock", "The time between two moves; each party moves once a period."),
    ("undo", "The mean time to climb back one level of a ladder; never means irreversible."),
    ("equilibrium payoffs", "Everything that the parties could come to, on average over time, by "
     "conduct that each wants to keep to at every moment."),
    ("judged", "A number that rests on somebody's judgement, not on a document."),
)  # fmt: skip


def no_deal_section(check: Check) -> Html:
    """Say what the parties would do without an agreement, and what that is worth."""
    no_deal = check.no_deal
    rows = [
        [tag("td", name), tag("td", points(float(value)), class_="number"), tag("td", scale)]
        for name, value, scale in zip(check.party_names, no_deal.values, check.scales, strict=True)
    ]
    notes = [typeset(words) for words in no_deal.warnings]
    if not notes and not no_deal.found:
        notes.append("The search for no deal went round in circles; its last round is used.")
    if not notes and no_deal.several:
        notes.append("There are several ways to behave without a deal; one of them is used.")
    return tag(
        "section",
        tag("h2", "Without a deal"),
        *(tag("p", typeset(words)) for words in no_deal.words),
        *(tag("p", words, class_="warning") for words in notes),
        table(
            columns("Party", "Worth today", "Scale", numbers=[1]),
            rows,
            caption="The reference point of everything, points a year",
        ),
        id="no-deal",
    )


def payoffs_section(check: Check) -> Html:
    """Give the picture of equilibrium payoffs, or say why there is none."""
    picture = check.picture
    heading = tag("h2", "What could be kept up at all")
    if picture is None:
        why = (
            "No picture: it is drawn for two parties only."
            if len(check.parties) != 2
            else "No picture: the sets of payoffs were not computed, since the readings asked for "
            "did not need them."
        )
        return tag("section", heading, tag("p", why), id="payoffs")
    known = dict(zip(check.parties, check.party_names, strict=True))
    first, second = (known.get(party, party) for party in picture.parties)
    names = (first, second)
    figures = [_payoff_figure(picture, names, near=False)]
    if is_small(picture):
        figures.append(_payoff_figure(picture, names, near=True))
    return tag(
        "section",
        heading,
        tag("p", _bounds_words(picture)),
        _payoff_keys(picture),
        *figures,
        _payoff_table(picture, names),
        id="payoffs",
    )


def _bounds_words(picture: PayoffPicture) -> str:
    if len(picture.outer) == 0:
        return (
            "Proven: from today's state there is no equilibrium in pure strategies, so nothing "
            "that the parties could keep up is drawn."
        )
    if not picture.status.is_answer:
        apart = (
            f", up to {points(picture.gap)} points a year apart"
            if math.isfinite(picture.gap)
            else "; how far these are apart is not known"
        )
        return (
            f"Not finished: {picture.status.words}. The true set lies between the dark area (or "
            f"point) and the dashed line{apart}."
        )
    if len(picture.inner) == 0:
        return "No equilibrium was exhibited; whatever there is lies within the dashed line."
    if math.isfinite(picture.gap) and picture.gap < 0.05:
        return "The bounds have met: the set is known to less than a tenth of a point a year."
    return (
        "The true set lies between the dark area and the dashed line, up to "
        f"{points(picture.gap)} points a year apart."
    )


def _payoff_keys(picture: PayoffPicture) -> Html:
    keys = [
        ("feasible", "feasible: whatever the parties could do, willing or not"),
        ("outer", "outer bound: nothing outside can be kept up"),
        ("inner", "inner bound: all of this is shown to be kept up by willing parties"),
        ("no-deal", "no deal"),
        ("plan", "a plan, if everybody keeps it"),
    ]
    drawn = {
        "feasible": len(picture.feasible) > 0,
        "outer": len(picture.outer) > 0,
        "inner": len(picture.inner) > 0,
        "plan": len(picture.plans) > 0,
    }
    items = [
        tag("li", tag("span", class_=f"key set-{key}"), words)
        for key, words in keys
        if drawn.get(key, True)
    ]
    return tag("ul", *items, class_="keys sets")


def _payoff_figure(picture: PayoffPicture, names: tuple[str, str], *, near: bool) -> Html:
    svg = draw_payoffs(picture, names, "payoffs-near" if near else "payoffs", near=near)
    said = [f"{plan} at {points(x)} and {points(y)}" for plan, x, y in picture.plans]
    where = joined(
        [f"no deal at {points(picture.no_deal[0])} and {points(picture.no_deal[1])}", *said]
    )
    described = f"Payoffs of {names[0]} across and {names[1]} up, points a year: {where}."
    caption = "The same, seen from near" if near else "Average payoffs from today on, points a year"
    return tag(
        "figure",
        tag("figcaption", caption),
        tag("div", raw(svg), role="img", aria_label=described),
        class_="payoffs",
    )


def _payoff_table(picture: PayoffPicture, names: tuple[str, str]) -> Html:
    spots = [("no deal", float(picture.no_deal[0]), float(picture.no_deal[1])), *picture.plans]
    rows = [
        [tag("th", label, scope="row")]
        + [tag("td", points(value), class_="number") for value in (x, y)]
        for label, x, y in spots
    ]
    return table(columns("Point", *names, numbers=[1, 2]), rows)


def assumptions_section(
    scenario: Scenario, marks: Mapping[str, Sequence[str]] | None = None
) -> Html:
    """List every number of the file with its value in force, range and source.

    ``marks``: by path, the plans whose verdicts hang on the number most.
    """
    marks = marks or {}
    groups: dict[str, list[Quantity]] = {}
    for each in _stated(scenario):
        groups.setdefault(each.path.split(".")[0], []).append(each)
    parts = []
    for group, quantities in groups.items():
        rows = [_assumption(scenario, each, marks.get(each.path, ())) for each in quantities]
        head = columns("Number", "Value", "Range", "Source", "Line", numbers=[1, 4])
        title = sentence_case(group.replace("_", " "))
        parts.append(table(head, rows, caption=title, class_="numbers"))
    return tag(
        "section",
        tag("h2", "Assumptions"),
        tag("p", _tally(scenario)),
        tag("p", "The answers follow from these numbers; nothing here says that they are true."),
        tag(
            "p",
            f"{MARK} One of the few numbers on which the verdict on a plan hangs most.",
            class_="legend",
        )
        if marks
        else None,
        _ladders_table(scenario),
        _values_list(scenario),
        *parts,
        id="assumptions",
    )


def _stated(scenario: Scenario) -> list[Quantity]:
    """Give the numbers that somebody stated: a bare 1 in a formula, as in (1 - x), is none."""
    return [each for each in scenario.quantities.values() if each.path not in CONSTANTS.values()]


def _tally(scenario: Scenario) -> str:
    every = _stated(scenario)
    judged = sum(is_judged(scenario, each.citations) for each in every)
    bare = sum(not each.citations for each in every)
    ranged = sum(each.low is not None and each.high is not None for each in every)
    return (
        f"The file holds {count(len(every), 'number')}: {len(every) - judged - bare} from "
        f"documents, {judged} judged, {bare} without a source. {ranged} have a range."
    )


def _assumption(scenario: Scenario, each: Quantity, marked: Sequence[str]) -> list[Html]:
    value = scenario.value(each)
    shown: list[Child] = [quantity(value, each.unit)]
    if value != each.value:
        shown.append(
            tag("span", f"set; {quantity(each.value, each.unit)} in the file", class_="bounds")
        )
    ends = "none given"
    if each.low is not None and each.high is not None:
        ends = f"{quantity(each.low, each.unit)} to {quantity(each.high, each.unit)}"
    source = cite(scenario, each.citations) or tag("span", "no source", class_="quiet")
    return [
        tag("td", tag("code", breakable(each.path)), _mark(marked)),
        tag("td", *shown, class_="number"),
        tag("td", ends, class_="quiet" if ends == "none given" else None),
        tag("td", source, judged_mark(scenario, each.citations)),
        tag("td", str(each.place.line) if each.place else "", class_="number quiet"),
    ]


def _mark(plans: Sequence[str]) -> Html | None:
    if not plans:
        return None
    return tag("span", f"{MARK} {joined(list(plans))} {'hangs' if len(plans) == 1 else 'hang'} on "
               "it most", class_="mark")  # fmt: skip


def _ladders_table(scenario: Scenario) -> Html:
    names = {party.id: party.name for party in scenario.parties}
    rows = []
    for ladder in scenario.ladders:
        holders = joined([names.get(each, each) for each in ladder.holders])
        rows.append(
            [
                tag("th", ladder.name, scope="row"),
                tag("td", f"{holders}, jointly" if len(ladder.holders) > 1 else holders),
                tag("td", _levels(scenario, ladder)),
                tag("td", ladder.note, cite(scenario, ladder.citations)),
            ]
        )
    return table(
        columns("Ladder", "Moved by", "Levels, in order", "Note"),
        rows,
        caption="What can change",
    )


def _levels(scenario: Scenario, ladder: Ladder) -> Html:
    shown = []
    for n, level in enumerate(ladder.levels):
        words: list[Child] = [tag("b", f"{level.id} (today)") if n == ladder.today else level.id]
        if level.undo is not None:
            undo = scenario.value(level.undo)
            back = (
                "cannot be undone"
                if math.isinf(undo)
                else f"undone in {quantity(undo, level.undo.unit)}"
            )
            words.append(tag("span", f" ({back})", class_="quiet"))
        if level.note:
            words.append(tag("span", f" {level.note}", class_="note"))
        words.append(cite(scenario, level.citations))
        shown.append(tag("li", *words))
    return tag("ol", *shown, class_="levels")


def _values_list(scenario: Scenario) -> Html:
    """List what each party values, formula by formula."""
    names = {party.id: party.name for party in scenario.parties}
    rows = []
    for party, payoffs in scenario.payoffs.items():
        extra = [each for each in (payoffs.secret_gain, payoffs.secret_harm) if each is not None]
        for term in (*payoffs.terms, *extra):
            rows.append(
                [
                    tag("td", names.get(party, party)),
                    tag("td", term.name.replace("_", " ")),
                    tag("td", tag("code", term.formula.text), cite(scenario, term.citations)),
                ]
            )
    return table(columns("Party", "Term", "As written"), rows, caption="What each party values")


def sources_section(scenario: Scenario) -> Html:
    """List the sources, so that every citation leads somewhere."""
    items = []
    for n, (key, source) in enumerate(scenario.sources.items(), start=1):
        title = source.title or ("judgement" if source.judgement else key)
        facts: list[Child] = [
            tag("b", key), ": ", link(source.url, title) if source.url else title,
        ]  # fmt: skip
        facts += [f", {each}" for each in (source.by, source.date) if each]
        if source.judgement:
            facts.append(tag("span", " judged", class_="judged"))
        if source.document:
            facts.append(f", document {source.document}")
        if source.note:
            facts.append(tag("span", f" {source.note}", class_="note"))
        if source.url:
            facts.append(tag("span", " ", source.url, class_="url"))
        if source.sha256:
            facts.append(tag("span", " sha256 ", source.sha256, class_="url"))
        items.append(tag("li", *facts, id=f"source-{n}"))
    body = tag("ol", *items) if items else tag("p", "The file names no sources.")
    return tag("section", tag("h2", "Sources"), body, id="sources")


def statements_section(check: Check) -> Html:
    """List what the author is sure of, and what came out."""
    if not check.statements:
        body = tag("p", "The file states nothing under must_hold.")
    else:
        rows = [
            [
                tag("td", each.words, tag("span", f" because {each.because}", class_="note")
                    if each.because else None),
                tag("td", each.expected),
                tag("td", each.found, class_=None if each.kept else "negative"),
                tag("td", "as stated" if each.kept else "not as stated",
                    class_=None if each.kept else "negative"),
                tag("td", str(each.place.line) if each.place else "", class_="number quiet"),
            ]
            for each in check.statements
        ]  # fmt: skip
        head = columns("Statement", "Stated", "Found", "So it comes out", "Line", numbers=[4])
        body = table(
            head, rows, caption="If one does not come out, the model is wrong, not the world"
        )
    return tag("section", tag("h2", "What must hold"), body, id="statements")


def warnings_section(check: Check, scenario: Scenario) -> Html | None:
    """List the warnings of the scenario and of the check."""
    every = list(dict.fromkeys([*scenario.warnings, *check.warnings]))
    if not every:
        return None
    items = [tag("li", typeset(words)) for words in every]
    return tag("section", tag("h2", "Warnings"), tag("ul", *items), id="warnings")


def glossary_section() -> Html:
    """Say what the words of the report mean."""
    pairs: list[Child] = []
    for word, meaning in GLOSSARY:
        pairs.append(tag("div", tag("dt", word), tag("dd", meaning)))
    return tag("section", tag("h2", "What the words mean"), tag("dl", *pairs), id="words")
