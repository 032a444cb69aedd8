"""The report of `sweep`: sentences first, then pictures, tables last."""

from __future__ import annotations

from pathlib import Path

from detente.ask.sweeping.answer import PlanSweep, Sweep
from detente.scenario.model import Scenario
from detente.show.markup import Child, Html, breakable, columns, raw, table, tag
from detente.show.pages import wrap_page
from detente.show.sweep_chart import draw_effects, draw_share_map, draw_shares
from detente.show.sweep_words import (
    OUTCOME_WORDS,
    percent,
    plan_sentences,
    say_threshold,
    short_name,
    with_interval,
)
from detente.show.words import count, joined, quantity, typeset


def render_sweep_report(sweep: Sweep, scenario: Scenario) -> str:
    """Give the report of a sweep as one HTML page.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` is not installed.
    """
    header = tag(
        "header",
        tag("h1", sweep.title),
        tag("p", scenario.question, class_="question") if scenario.question else None,
    )
    body = tag("main", header, sweep_section(sweep), _footer(sweep))
    return wrap_page(f"{sweep.title}: over what share of the ranges?", body)


def sweep_section(sweep: Sweep) -> Html:
    """Give the section of a report that says over what share of the ranges plans hold."""
    parts: list[Child] = [tag("h2", "Over what share of the ranges does it hold?"), _broken(sweep)]
    if not sweep.complete:
        words = f"Not finished: {sweep.done:,} of {count(sweep.samples, 'sample')}."
        parts.append(tag("p", words, class_="warning"))
    if sweep.settings:
        changed = f"With numbers fixed: {', '.join(sweep.settings)}."
        parts.append(tag("p", changed, class_="note"))
    for plan in sweep.plans:
        parts.append(tag("h3", plan.title or plan.plan))
        parts += [tag("p", typeset(words)) for words in plan_sentences(sweep, plan)]
        today = f"At the file's own values: {OUTCOME_WORDS[plan.today]}."
        parts.append(tag("p", today, class_="note"))
    if sweep.done > sweep.failed:
        parts.append(raw(draw_shares(sweep, "sweep-shares")))
        parts += [_pictures(plan, n) for n, plan in enumerate(sweep.plans, start=1)]
        parts.append(_shares_table(sweep))
    parts += [_boxes_table(sweep), _ranges_table(sweep), *_notes(sweep)]
    return tag("section", *parts, id="sweep")


def _broken(sweep: Sweep) -> Html | None:
    broken = [each for each in sweep.statements if not each.kept]
    if not broken:
        return None
    said = "; ".join(f"{each.words}: the model says {each.found}" for each in broken)
    return tag("p", f"The model is wrong, not the world: {said}.", class_="warning")


def _pictures(plan: PlanSweep, n: int) -> Html | None:
    if not plan.effects and plan.map is None:
        return None
    parts: list[Child] = [tag("h3", f"What {plan.title or plan.plan} hangs on")]
    if plan.effects:
        parts.append(
            tag("p", "Share of whether it holds that each number explains alone, with 95% bounds.",
                class_="legend")
        )  # fmt: skip
        parts.append(raw(draw_effects(plan.effects, f"sweep-effects-{n}")))
    if plan.map is not None:
        words = "In how many of 100 samples it holds, over two numbers."
        parts.append(tag("p", words, class_="legend"))
        parts.append(raw(draw_share_map(plan.map, f"sweep-map-{n}")))
    return tag("div", *parts)


def _shares_table(sweep: Sweep) -> Html:
    rows = [
        [
            tag("th", plan.title or plan.plan, scope="row"),
            *(
                tag("td", with_interval(share), class_="number")
                for share in (plan.holds, plan.can_hold, plan.fails, plan.undecided)
            ),
        ]
        for plan in sweep.plans
    ]
    head = columns("Plan", "Holds", "Can hold", "Fails", "Undecided", numbers=[1, 2, 3, 4])
    return table(head, rows, caption="Shares of the samples, in percent, with 95% intervals")


def _boxes_table(sweep: Sweep) -> Html | None:
    rows = [
        [
            tag("th", plan.title or plan.plan, scope="row"),
            tag("td", "holds" if box.holds else "does not hold"),
            tag("td", joined([say_threshold(each) for each in box.thresholds])),
            tag("td", percent(box.coverage), class_="number"),
            tag("td", percent(box.density), class_="number"),
        ]
        for plan in sweep.plans
        for box in plan.boxes
        if box.coverage > 0
    ]
    if not rows:
        return None
    head = columns("Plan", "Where it", "When", "Coverage", "Density", numbers=[3, 4])
    caption = (
        "Thresholds that set such samples apart. Coverage: how many of all samples where it does "
        "(or does not) hold meet them. Density: of the samples that meet them, how many are such"
    )
    return table(head, rows, caption=caption)


def _ranges_table(sweep: Sweep) -> Html:
    rows = [
        [
            tag("td", breakable(short_name(each.path))),
            tag("td", quantity(each.low, each.unit), class_="number"),
            tag("td", quantity(each.high, each.unit), class_="number"),
        ]
        for each in sweep.ranges
    ]
    return table(columns("Number", "From", "To", numbers=[1, 2]), rows, caption="What was varied")


def _notes(sweep: Sweep) -> list[Html]:
    words = (
        "All numbers are drawn together, evenly from their ranges; every plan is judged at the "
        "same samples. The shares say how much of the stated ranges speaks for a plan, not how "
        "likely it is."
    )
    said = [tag("p", words, class_="note")]
    if sweep.failures:
        reasons = "; ".join(f"{each.reason} ({each.count:,})" for each in sweep.failures)
        said.append(tag("p", f"Samples that could not be judged: {reasons}.", class_="warning"))
    said += [tag("p", typeset(each), class_="note") for each in dict.fromkeys(sweep.warnings)]
    return said


def _footer(sweep: Sweep) -> Html:
    versions = ", ".join(f"{name} {number}" for name, number in sweep.versions)
    name = Path(sweep.file).name
    return tag(
        "footer",
        tag("p", f"Scenario {name}, sha256 of its text {sweep.scenario_sha256}."),
        tag("p", f"{count(sweep.done, 'sample')}, seed {sweep.seed}. Made with {versions}."),
    )
