"""The report's section on designed plans."""

from __future__ import annotations

from detente.arrays import FloatArray
from detente.ask.designing.records import Design, Designing
from detente.ask.designing.sentences import name_purposes, say_years
from detente.ask.verdict import Answer
from detente.show.markup import Child, Html, breakable, columns, join, table, tag
from detente.show.pages import broken_statements_note, render_page
from detente.show.words import count, is_negative, sentence_case, signed_points, typeset

SET_WORDS = {
    "payoff sets": "Bargained over: the payoffs of all equilibria, with lotteries between them.",
    "confirmed plans": "Bargained over: lotteries between no deal and the plans that were found to "
    "hold, with what they leave open going either way (all equilibria may allow more).",
}
COMPARES = "The egalitarian solution compares points of different parties; the others do not."


def render_design_report(answer: Designing) -> str:
    """Give the report of a design as one HTML page: the same bytes for the same answer."""
    question = f"{answer.title}: which plans reach {answer.goal}?"
    return render_page(answer.title, question, [design_section(answer)])


def design_section(answer: Designing, key: str = "design") -> Html:
    """Give the section of a report that designs plans for a goal.

    Parameters
    ----------
    answer : the answer to `design`
    key : the section's id, and the start of the ids inside it
    """
    parts: list[Child] = [
        tag("h2", f"Plans designed to reach \N{LEFT SINGLE QUOTATION MARK}{answer.goal}"
            "\N{RIGHT SINGLE QUOTATION MARK}"),
        broken_statements_note(answer.check.statements),
        tag("p", tag("span", _said(answer), class_=f"answer {_style(answer)}")),
    ]  # fmt: skip
    parts += _sentences(answer)
    if answer.settings:
        parts.append(tag("p", f"With {', '.join(answer.settings)}.", class_="note"))
    if answer.designs:
        parts.append(_overview(answer))
    for n, design in enumerate(answer.designs, start=1):
        parts += [tag("h3", _name(answer, design), id=f"{key}-{n}"), *_design(answer, design)]
    if answer.furthest is not None:
        parts.append(tag("h3", f"As far as {answer.furthest.goal}"))
        parts += _design(answer, answer.furthest.design)
    parts += _attempt(answer)
    parts += _bargains(answer)
    parts.append(_searched(answer))
    return tag("section", *parts, id=key)


def _said(answer: Designing) -> str:
    if answer.found:
        return "Can be reached."
    return "Cannot be reached." if answer.proven else "Nothing was found."


def _style(answer: Designing) -> Answer:
    if answer.found:
        return Answer.HOLDS
    return Answer.FAILS if answer.proven else Answer.UNDECIDED


def _sentences(answer: Designing) -> list[Html]:
    """Give the sentences; one that only repeats a row of the overview is left to it."""
    rows = len(answer.designs)
    said = answer.sentences
    if answer.found and rows > 0:
        said = (said[0], *said[1 + rows :])
    return [tag("p", typeset(words), class_="sentence") for words in said]


def _name(answer: Designing, design: Design) -> str:
    names = list(zip(answer.parties, answer.party_names, strict=True))
    return sentence_case(name_purposes(names, design.purposes))


def _overview(answer: Designing) -> Html:
    rows = [
        [
            tag("th", _name(answer, each), tag("span", each.plan, class_="other"), scope="row"),
            tag("td", str(len(each.steps)), class_="number"),
            tag("td", say_years(each.years)),
            *_gain_cells(each.gains, each.gains_at_best),
        ]
        for each in answer.designs
    ]
    numbers = [1, *range(3, 3 + len(answer.parties))]
    head = columns("Designed to be", "Steps", "Goal reached within", *answer.party_names,
                   numbers=numbers)  # fmt: skip
    caption = "What each plan is worth over no deal, points a year"
    return table(head, rows, caption=caption, class_="answers")


def _gain_cells(gains: FloatArray, at_best: FloatArray | None) -> list[Html]:
    cells = []
    differ = at_best is not None and bool((at_best != gains).any())
    for n, gain in enumerate(gains):
        best: Html | None = None
        if differ and at_best is not None:
            words = f"{signed_points(float(at_best[n]))} if all goes well"
            best = tag("span", words, class_="bounds")
        style = "number negative" if is_negative(float(gain)) else "number"
        cells.append(tag("td", signed_points(float(gain)), best, class_=style))
    return cells


def _design(answer: Designing, design: Design) -> list[Child]:
    holding = [each for each in design.verdict.results if each.answer is Answer.HOLDS]
    result = holding[0]  # the mildest comes first
    rows = []
    steps = [
        (each.step, each.words, time) for each, time in zip(design.moves, design.lasts, strict=True)
    ]
    for step, words, lasts in [*steps, (len(steps) + 1, "settled: it stays like that", "")]:
        number = f"{step} " if step <= len(steps) else ""
        time = tag("span", f"lasts {lasts}", class_="other") if lasts else None
        cells = [tag("td", number, words, time)]
        for party in answer.parties:
            found = [
                each.margin
                for each in result.margins
                if (each.step, each.party) == (step, party) and not each.in_response
            ]
            cells.append(_margin_cell(min(found) if found else None))
        rows.append(cells)
    head = columns("Step", *answer.party_names, numbers=range(1, 1 + len(answer.parties)))
    caption = (
        f"Smallest margins, points a year: after a breach {result.reading.words}, and "
        f"{result.opening.words} follows what the plan leaves open"
    )
    return [
        tag("p", _of_this(design.plan, design.verdict.sentence)),
        table(head, rows, caption=caption, class_="design"),
        tag(
            "details",
            tag("summary", "As lines of the scenario file"),
            tag("pre", tag("code", "\n".join(f"- {line}" for line in design.steps))),
        ),
    ]


def _of_this(plan: str, sentence: str) -> str:
    """Give a sentence that begins with a plan's name as one about the plan at hand."""
    return typeset(f"this plan {sentence.removeprefix(plan).strip()}")


def _margin_cell(margin: float | None) -> Html:
    if margin is None:
        return tag("td", "")
    style = "number negative" if is_negative(margin) else "number"
    return tag("td", signed_points(margin), class_=style)


def _attempt(answer: Designing) -> list[Child]:
    if answer.attempt is None:
        return []
    parts: list[Child] = [
        tag("h3", f"{answer.attempt.plan}: straight on, and broken"),
        tag("ul", *(tag("li", tag("code", line)) for line in answer.attempt.steps)),
        tag("p", _of_this(answer.attempt.plan, answer.attempt.verdict.sentence)),
    ]
    if answer.openers:
        rows = [
            [
                tag("td", breakable(each.path)),
                tag("td", each.today, class_="number"),
                tag("td", each.holds_at, class_="number"),
                tag("td", each.fails_at, class_="number"),
                tag("td", "yes" if each.in_range else "no"),
            ]
            for each in answer.openers
        ]
        head = columns("Number", "Today", "Holds", "Fails", "Within its range", numbers=[1, 2, 3])
        caption = "What alone would make it hold, checked on both sides"
        parts.append(table(head, rows, caption=caption, class_="named"))
    return parts


def _bargains(answer: Designing) -> list[Child]:
    if not answer.bargains or answer.enforceable is None:
        return []
    plans = {each.plan: each for each in answer.designs}
    rows = []
    for each in answer.bargains:
        cells = [tag("th", sentence_case(each.words), scope="row")]
        if each.gains is None:
            cells += [tag("td", "none", class_="number") for _ in answer.parties]
        else:
            cells += _gain_cells(each.gains, None)
        rows.append(cells)
        own = plans[each.plan]
        rows.append(
            [tag("td", each.plan, class_="quiet"), *_gain_cells(own.gains, own.gains_at_best)]
        )
    head = columns("Solution, and the plan designed for it", *answer.party_names,
                   numbers=range(1, 1 + len(answer.parties)))  # fmt: skip
    return [
        tag("h3", "Bargaining solutions"),
        table(head, rows, caption="Gains over no deal, points a year"),
        tag("p", join([SET_WORDS[answer.enforceable.by], COMPARES], " "), class_="note"),
    ]


def _searched(answer: Designing) -> Html:
    found = answer.searched
    more = "" if found.complete else " Plans that hardly differ stood for each other."
    return tag(
        "p",
        "Searched: steps that only go on, with waits of at most "
        f"{count(found.longest_wait, 'period')} between them; {count(found.states, 'state')}, "
        f"{count(found.moves, 'move')}; {found.confirmed:,} of {count(found.judged, 'plan')} "
        f"judged hold.{more}",
        class_="note",
    )
