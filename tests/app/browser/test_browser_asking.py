"""The other questions: explain, compare, mend, design, sweep, the report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import detente
from app.browser.waiting import judged, until
from detente.ask.leaning import find_leaning


def test_a_margin_is_explained_term_by_term(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=check")
    page.click("[data-act=why-4-us]")
    said = page.inner_text("dialog h2")
    answer = detente.load("singapore-2018").explain("phased", "finish", "us")
    record = answer.record
    assert "finish" in said
    assert f"{record.margin.margin:.1f}".replace("-", "−") in said
    assert page.locator("dialog tbody tr").count() == len(record.rows)
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog", state="detached")
    assert page.evaluate("document.activeElement.dataset.act") == "why-4-us"


def test_pictures_have_words_and_the_table_shows_each_reading(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=check")
    page.wait_for_selector("#margins figure svg")
    labels = page.locator("#margins [role=img]").evaluate_all(
        "all => all.map((each) => each.getAttribute('aria-label'))"
    )
    assert len(labels) == 2
    assert all(len(label) > 40 for label in labels)
    page.locator("#payoffs").scroll_into_view_if_needed()
    page.wait_for_selector("#payoffs figure svg")
    rows = list(detente.load("singapore-2018").check("phased").margins.rows())
    for reading in ("no-deal", "written"):
        page.select_option("#reading", reading)
        mine = [
            each["margin"]
            for each in rows
            if (each["reading"], each["step"], each["party"]) == (reading, 4, "us")
            and each["open"] == reading
            and not each["in_response"]
        ]
        shown = page.inner_text("[data-act=why-4-us]").replace("−", "-")
        assert shown.strip() == f"walks {min(mine):.1f}"
    assert "reading=written" in page.url


def test_two_plans_side_by_side(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=compare&o.other=framework")
    page.wait_for_selector(".twin")
    titles = page.locator(".twin h3").all_inner_texts()
    plans = {plan.id: plan.title for plan in detente.load("singapore-2018").scenario.plans}
    assert titles == [plans["phased"], plans["framework"]]
    page.select_option("#compare-second", "disarm-first")
    until(page, f"document.querySelectorAll('.twin h3')[1].innerText === {plans['disarm-first']!r}")
    page.select_option("#compare-first", "disarm-first")
    until(page, f"document.querySelectorAll('.twin h3')[1].innerText === {plans['phased']!r}")
    assert page.is_checked("input[value=disarm-first]")


def test_types_are_told_apart(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=screen&o.screened=dprk")
    page.wait_for_selector("#view .section")
    assert "stalling" in page.inner_text("#view .section")


def test_a_sweep_shows_progress_and_its_shares(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=sweep&o.samples=128")
    page.click("[data-act=run-sweep]")
    page.wait_for_selector(".job progress")
    page.wait_for_selector("#view .result .section", timeout=240_000)
    with page.expect_download() as got:
        page.click("[data-act=csv]")
    lines = Path(got.value.path()).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 128
    page.fill("#number-filter", "catches")
    page.focus("[id='n-inspection.inspectors.catches']")
    page.keyboard.press("End")
    page.wait_for_selector("#view .result .notice")
    assert "changed since" in page.inner_text("#view .result .notice")


def made_job(answer: Any) -> bool:
    return bool(answer.request.method == "POST" and answer.url.endswith("/api/jobs"))


def test_a_running_sweep_is_cancelled(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&view=sweep&o.samples=4096&o.swept=all")
    with page.expect_response(made_job) as made:
        page.click("[data-act=run-sweep]")
    job = made.value.json()["id"]
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.click("[data-act=cancel-sweep]")
    page.wait_for_selector("text=Nothing runs any more")
    answer = page.evaluate(f"fetch('/api/jobs/{job}').then((answer) => answer.text())")
    assert '"running"' not in answer
    assert page.is_enabled("[data-act=run-sweep]")


def test_mend_finds_a_change_and_trying_it_makes_the_plan_hold(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=mend")
    assert judged(page) == "Can hold"
    page.click("[data-act=run-mend]")
    page.wait_for_selector("[data-act=cancel-mend]")
    page.wait_for_selector("#view .result .tries", timeout=400_000)
    page.click("[data-act='try-payoffs.us.peace.treaty']")
    until(page, "document.querySelector('#verdict .badge').innerText.trim() === 'Holds'")
    assert page.get_attribute("[id='n-payoffs.us.peace.treaty']", "aria-valuetext") == "−4.3"
    assert page.locator("#numbers .matters:not([hidden])").count() > 0


def test_design_puts_its_plans_into_the_file(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&view=design")
    assert page.is_disabled("[data-act=run-design]")
    page.select_option("#goal-arsenal", "most")
    page.click("[data-act=run-design]")
    page.wait_for_selector("[data-act=take-design]", timeout=240_000)
    page.click("[data-act=take-design]")
    page.wait_for_selector("#steps")
    shown = page.locator("input[name=plan]").evaluate_all("all => all.map((each) => each.value)")
    known = {plan.id for plan in detente.load("singapore-2018").scenario.plans}
    assert set(shown) > known
    assert judged(page) in ("Holds", "Can hold")


def test_the_report_downloads(show: Callable[..., Any]) -> None:
    page = show()
    with page.expect_download(timeout=240_000) as got:
        page.click("[data-act=report]")
    text = Path(got.value.path()).read_text(encoding="utf-8")
    assert got.value.suggested_filename.endswith(".html")
    assert text.casefold().startswith("<!doctype html>")
    assert "Singapore, June 2018" in text


def test_the_numbers_a_verdict_hangs_on_are_found_and_marked(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased")
    page.click("[data-act=leaning]")
    page.wait_for_selector("#leaning li")
    found = find_leaning(detente.load("singapore-2018").scenario, "phased").most
    assert page.locator("#leaning li").count() == len(found)
    for each in found:
        marked = page.locator(f"[data-number='{each.path}'] .matters")
        assert marked.text_content().startswith("◆")
    page.click("#leaning li button >> nth=0")
    assert page.evaluate("document.activeElement.dataset.path") == found[0].path


def test_sources_say_what_the_command_says(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&view=sources")
    page.wait_for_selector("#flags li")
    said = page.locator("#flags li").all_text_contents()
    expected = detente.load("singapore-2018").sources().record.sentences
    assert [plain(each) for each in said] == [plain(each) for each in expected]


def plain(sentence: str) -> str:
    """Leave out what the page adds to make a sentence of words."""
    return sentence.lower().removesuffix(".")
