"""Pages about the cases of the library, as Markdown: for the documents and for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from detente.ask.casebook import DEFAULT_SAMPLES, CaseRow, CaseStudy, CaseTable
from detente.ask.sweeping.answer import PlanSweep, Sweep
from detente.ask.verdict import Check, Reading, Verdict
from detente.library import name_file
from detente.scenario.history import GENERAL, History, Origin, Sentence
from detente.scenario.model import Quantity, Scenario
from detente.show.case_words import (
    CAUTION,
    MODEL_WORDS,
    RULE,
    SCORE_WORDS,
    say_beyond,
    say_closer,
    say_history,
    say_model,
    say_ranges,
    say_share,
    say_unclaimed,
    sum_up,
)
from detente.show.numbers import print_points, print_signed
from detente.show.sweep_words import plan_sentences, short_name, with_interval
from detente.show.words import count, sentence_case
from detente.solve.solution import Status

HEADING = "## In short"  # what stands above it may be written by hand
WANTS_SOURCE = "(from general knowledge, wants a source)"
_REMARK = re.compile(r"\s#\s+(.*\S)\s*$")


@dataclass(slots=True)
class _Notes:
    """Numbers the sources in the order in which a page cites them."""

    sources: dict[str, Origin]
    judgements: frozenset[str]
    order: list[str] = field(default_factory=list)

    def cite(self, key: str, locator: str = "") -> str:
        """Give the mark of one source."""
        if key in self.judgements:
            return "judged"
        if key not in self.order:
            self.order.append(key)
        number = self.order.index(key) + 1
        return f"{number}:{locator}" if locator else str(number)

    def sentence(self, sentence: Sentence) -> str:
        """Give a sentence with its marks."""
        marks = [self.cite(r.source, r.locator) for r in sentence.references if r.source != GENERAL]
        cited = [mark for mark in marks if mark != "judged"]
        text = sentence.words
        if cited:
            text += f" \\[{', '.join(cited)}\\]"
        if "judged" in marks:
            text += " (judged)"
        if any(each.source == GENERAL for each in sentence.references):
            text += f" {WANTS_SOURCE}"
        return text

    def listed(self) -> list[str]:
        """Give the list of sources."""
        return [f"{n}. {_describe(self.sources[key])}" for n, key in enumerate(self.order, 1)]


def render_page(
    study: CaseStudy, *, above: str = "", pictures: Sequence[str] = (), numbers: bool = True
) -> str:
    """Give the page of a case.

    Parameters
    ----------
    study : what was found
    above : what is written by hand and stands above the page's own headings; it replaces the
        title and the table of numbers
    pictures : Markdown of pictures for "What comes out"
    numbers : whether to show the table of numbers
    """
    scenario, history = study.scenario, study.history
    judgements = frozenset(k for k, each in scenario.sources.items() if each.judgement)
    notes = _Notes(dict(history.sources), judgements)
    name = name_file(scenario.file)
    head = above.rstrip() or f"# {scenario.title}\n\n*{scenario.question}*"
    if not above:
        head += (
            f"\n\nThe scenario is shipped as `{name}`: `detente check {name}` checks it. This page"
            " is made from the two files of the case by `make cases`; nothing on it is written by"
            " hand."
        )
    parts = [
        head,
        HEADING,
        *_short(study),
        "## What was agreed" if not history.invented else "## The idea",
        *(notes.sentence(each) for each in history.story),
        *_dates(history, notes),
        "## Model choices and plans",
        *_choices(scenario, history),
    ]
    if numbers and not above:
        parts += ["## Numbers", *_numbers(scenario, notes)]
    parts += ["## What comes out", *pictures, *_results(study)]
    parts += ["## What the model leaves out", _bullets(history.leaves_out)]
    parts += ["## What happened", *(notes.sentence(each) for each in history.happened)]
    if history.outcome is not None:
        parts.append(
            f"**{sentence_case(say_history(study.row))}.** {notes.sentence(history.outcome.how)}"
        )
    if notes.order:
        parts += ["## Sources", "\n".join(notes.listed())]
        parts.append(
            "Addresses are given as far as they are known. The judged numbers are nobody's but"
            " ours."
        )
    return "\n\n".join(parts) + "\n"


def render_index(table: CaseTable) -> str:
    """Give the page with the table over all cases."""
    parts = [
        "# Cases",
        "Agreements of the past, and invented ones that say so, each as a scenario with its"
        " sources: what the model says of what was agreed, and what history did. `detente cases`"
        " lists them, `detente cases NAME` shows a page, `detente cases --table` computes the"
        " table. This page is made by `make cases`.",
        f"**Caution.** {CAUTION}",
        "## What the model says, and what history did",
        *sum_up(table)[:-1],
        tabulate_markdown(table),
        "\n".join(f"- *{row.title}*: {_comment(row)}" for row in table.rows if _comment(row)),
        f"Shares are of {count(table.samples, 'sample')} of the stated ranges (seed {table.seed}),"
        " with 95% confidence intervals; a share says how much of the ranges speaks for a plan, not"
        " how likely it is. *Agrees* is the share that agrees with history. Harsher threats are"
        " judged without payoff sets here; `detente check` computes them."
        if table.samples
        else "Nothing was swept.",
        "## The rule of hits and misses",
        RULE,
        "Numbers were chosen before anything was computed and not changed for what came out. Where"
        " some were changed afterwards all the same, for a slip of meaning or since a short clock"
        " took too long to compute, the case's page says which and why; its verdict is then less"
        " of a surprise than the others.",
        "Step and party are shown where both say *broken*; they are not counted. A hostile"
        " government that takes office and ends a deal is history's *broken* too, although the"
        " model counts it as a chance that the parties knew when they signed, not as a breach by"
        " one of them. Where a plan ends open, no deal is taken to follow at the values, so that"
        " it seldom holds: a hit there says little.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def tabulate_markdown(table: CaseTable) -> str:
    """Give the table as Markdown."""
    rows = [
        "| case | the model says, at the values | history | by the rule"
        " | over the ranges: holds by itself | does not | nothing claimed | agrees |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in table.rows:
        cells = (
            f"[{row.title}]({row.name}.md)",
            say_model(row),
            say_history(row),
            f"**{SCORE_WORDS[row.score]}**",
            say_share(row.holds),
            say_share(row.breaks),
            say_unclaimed(row),
            say_share(row.agrees),
        )
        rows.append(f"| {' | '.join(_cell(each) for each in cells)} |")
    return "\n".join(rows)


def _comment(row: CaseRow) -> str:
    return " ".join(each for each in (say_beyond(row), say_closer(row)) if each)


def _short(study: CaseStudy) -> Iterator[str]:
    row = study.row
    yield "\n".join(
        [
            "| | |",
            "|---|---|",
            f"| plan that stands for what was agreed | `{row.plan}`: {_cell(row.plan_title)} |",
            f"| the model, at the values | {_cell(say_model(row))} |",
            f"| the model, over the ranges | {_over_ranges(row)} |",
            f"| history | {_cell(say_history(row))} |",
            f"| by the [rule](index.md) | **{SCORE_WORDS[row.score]}** |",
        ]
    )
    comment = _comment(row)
    if comment:
        yield comment
    yield CAUTION


def _over_ranges(row: CaseRow) -> str:
    if row.holds is None:
        return f"not swept: `detente cases {row.name} --samples {DEFAULT_SAMPLES}` does that"
    return (
        f"{say_ranges(row)}, does not in {say_share(row.breaks)}, nothing claimed in"
        f" {say_unclaimed(row)}"
    )


def _dates(history: History, notes: _Notes) -> Iterator[str]:
    if history.dates:
        rows = [f"| {each.date} | {_cell(notes.sentence(each.what))} |" for each in history.dates]
        yield "\n".join(["| date | what |", "|---|---|", *rows])


def _choices(scenario: Scenario, history: History) -> Iterator[str]:
    yield _bullets(history.choices)
    yield "Plans:"
    lines = []
    for plan in scenario.plans:
        note = f" {plan.note}" if plan.note else ""
        lines.append(f"`{plan.id}`: {plan.title or plan.id}.{note}")
    yield _bullets(lines)
    yield f"`{history.plan}` stands for what was agreed. {history.plan_words}"
    for each in scenario.governments:
        turnover, hostile = scenario.value(each.turnover), scenario.value(each.hostile_successor)
        yield (
            f"A government that opposes the deal takes office in {scenario.party(each.party).name}"
            f" with a chance of {100 * turnover * hostile:.2g}% a year, at the values. A verdict is"
            " about what the parties choose; such a change is a chance that they knew of."
        )


def _numbers(scenario: Scenario, notes: _Notes) -> Iterator[str]:
    yield (
        "Every number with a range, or with a source. Those without, such as 0 and -100, fix a"
        " scale. All were chosen before anything was computed; where one was mended afterwards, the"
        " choices above say so."
    )
    rows = ["| number | value (range) | source | why |", "|---|---|---|---|"]
    for quantity in scenario.quantities.values():
        if quantity.low is None and not quantity.citations:
            continue
        marks = dict.fromkeys(notes.cite(each.source, each.locator) for each in quantity.citations)
        value = quantity.text.partition("@")[0].strip()
        cells = (
            f"`{short_name(quantity.path)}`",
            value,
            ", ".join(m if m == "judged" else f"\\[{m}\\]" for m in marks),
            _remark(scenario, quantity),
        )
        rows.append(f"| {' | '.join(_cell(each) for each in cells)} |")
    yield "\n".join(rows)


def _remark(scenario: Scenario, quantity: Quantity) -> str:
    """Give the remark at the end of the line that a number stands in."""
    found = _REMARK.search(scenario.line(quantity.place))
    return found[1] if found else ""


def _results(study: CaseStudy) -> Iterator[str]:
    answer = study.check
    yield "\n".join(
        [answer.no_deal.words[0], *(f"- {words}" for words in answer.no_deal.words[1:])]
    )
    for verdict in answer.verdicts:
        yield f"### {verdict.plan}"
        yield "\n".join(
            [
                _plainly(verdict.sentence),
                *(f"- {_plainly(sentence_case(reason))}." for reason in verdict.reasons),
            ]
        )
        yield _margins(answer, verdict)
        if study.sweep is not None:
            yield _swept(study.sweep, verdict.plan)
    if study.sweep is not None:
        yield "### All plans over the ranges"
        yield _shares(study.sweep)
    if study.tried:
        yield "### Tried, and not counted"
        yield _bullets(
            f"{each.words} ({', '.join(f'`{setting}`' for setting in each.settings)}):"
            f" {MODEL_WORDS[each.says]}. {_plainly(each.sentence)}"
            for each in study.tried
        )


def _margins(answer: Check, verdict: Verdict) -> str:
    """Give a verdict's margins under return to no deal, and what signing is worth, as a table."""
    names = answer.party_names
    rows = [
        f"| margin, points a year, by return to no deal | {' | '.join(names)} |",
        "|---|" + "---|" * len(names),
    ]
    margins = [m for m in verdict.result(Reading.NO_DEAL).margins if not m.in_response]
    for step in sorted({m.step for m in margins}):
        here = {m.party: m for m in margins if m.step == step}
        cells = [print_signed(here[p].margin) if p in here else "" for p in answer.parties]
        step_id = next(m.step_id for m in margins if m.step == step)
        rows.append(f"| {step} {step_id} | {' | '.join(cells)} |")
    entry = {e.party: e for e in verdict.entries if e.step == 1}
    cells = [
        f"{print_points(entry[p].plan)} against {print_points(entry[p].no_deal)}"
        for p in answer.parties
    ]
    rows.append(f"| worth at the start, against no deal | {' | '.join(cells)} |")
    return "\n".join(rows)


def _swept(swept: Sweep, plan: str) -> str:
    found: PlanSweep = next(each for each in swept.plans if each.plan == plan)
    return "Over the ranges: " + " ".join(plan_sentences(swept, found))


def _shares(swept: Sweep) -> str:
    rows = ["| plan | holds by itself | can hold | fails | undecided |", "|---|---|---|---|---|"]
    for each in swept.plans:
        shares = (each.holds, each.can_hold, each.fails, each.undecided)
        rows.append(f"| {each.plan} | {' | '.join(with_interval(share) for share in shares)} |")
    rows.append(
        f"\n{count(swept.done, 'sample')} of {count(len(swept.ranges), 'number')}, seed"
        f" {swept.seed}; in brackets 95% confidence intervals."
    )
    return "\n".join(rows)


def _bullets(lines: Iterator[str] | Sequence[str]) -> str:
    return "\n".join(f"- {each}" for each in lines)


def _describe(source: Origin) -> str:
    parts = [source.title, *(each for each in (source.by, source.date) if each)]
    text = ", ".join(parts) + "."
    if source.address:
        text += f" `{source.address}`."
    return f"{text} {source.note}".rstrip()


def _plainly(sentence: str) -> str:
    """Say that payoff sets are left out on purpose, where a check would blame its time limit."""
    return sentence.replace(Status.TIME_LIMIT.words, "payoff sets are not computed on this page")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
