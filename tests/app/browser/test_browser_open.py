"""Opening: what the first page shows, other cases and files, the address, two browsers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import detente
from app.browser.waiting import judged, until
from detente.cases import case_path
from detente.errors import DetenteError

SLIDER = "n-payoffs.us.peace.treaty"


def test_the_first_page_shows_question_plans_and_verdict(show: Callable[..., Any]) -> None:
    page = show()
    scenario = detente.load("singapore-2018").scenario
    assert page.inner_text("h1") == scenario.title
    assert page.inner_text(".question") == scenario.question
    shown = page.locator("input[name=plan]").evaluate_all("all => all.map((each) => each.value)")
    assert shown == [plan.id for plan in scenario.plans]
    verdict = detente.load("singapore-2018").check("phased")
    sentence = page.inner_text("#verdict .sentence").replace("−", "-").casefold()
    assert sentence.rstrip(".") == verdict.sentence.casefold().rstrip(".")
    assert page.evaluate("document.querySelector('#verdict').getBoundingClientRect().bottom") < 860


def test_without_an_address_the_library_is_offered(
    address: str, new_page: Callable[..., Any]
) -> None:
    page = new_page()
    page.goto(address)
    page.get_by_role("button", name="Singapore, June 2018").first.click()
    judged(page)
    assert "case=singapore-2018" in page.url


def test_a_file_of_ones_own_opens_and_its_link_holds_it(
    show: Callable[..., Any], tmp_path: Path
) -> None:
    text = case_path("singapore-2018").read_text(encoding="utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("title: Singapore, June 2018", "title: My case"), encoding="utf-8")
    page = show()
    page.get_by_role("button", name="Open").click()
    page.set_input_files("#own-file", own)
    until(page, "document.querySelector('h1').textContent === 'My case'")
    judged(page)
    until(page, "location.hash.includes('text=')")
    page.reload()
    judged(page)
    assert page.inner_text("h1") == "My case"


def test_a_file_that_cannot_be_read_says_why_and_leaves_the_page_as_it_was(
    show: Callable[..., Any], tmp_path: Path
) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("titel: oh\n", encoding="utf-8")
    page = show()
    page.get_by_role("button", name="Open").click()
    page.set_input_files("#own-file", own)
    page.wait_for_selector("#notices .notice.bad")
    assert "titel" in page.inner_text("#notices")
    with pytest.raises(DetenteError) as refused:
        detente.load(own)
    said = page.locator("#notices li").all_inner_texts()
    assert len(said) == len(refused.value.problems) > 1
    assert all(each.startswith("Line 1:") for each in said)
    assert page.inner_text("h1") == "Singapore, June 2018"


def test_the_address_gives_the_same_view_again(
    show: Callable[..., Any],
    new_page: Callable[..., Any],
) -> None:
    page = show("case=singapore-2018&plan=framework&view=check")
    page.fill("#number-filter", "peace treaty")
    page.focus(f"[id='{SLIDER}']")
    page.keyboard.press("End")
    page.check("input[value=phased]")
    page.click("#views [data-view=sweep]")
    page.select_option("#samples", "128")
    word = judged(page)
    until(page, "location.hash.includes('samples=128')")
    other = new_page()
    other.goto(page.url)
    assert judged(other) == word
    assert other.is_checked("input[value=phased]")
    assert other.get_attribute("#views [data-view=sweep]", "aria-current") == "page"
    assert other.input_value("#samples") == "128"
    assert other.get_attribute(f"[id='{SLIDER}']", "aria-valuetext") == "−2"
    assert other.inner_text("#verdict .sentence") == page.inner_text("#verdict .sentence")


def test_back_returns_to_the_view_before(show: Callable[..., Any]) -> None:
    page = show()
    page.click("#views [data-view=steps]")
    until(page, "location.hash.includes('view=steps')")
    page.click("#views [data-view=sources]")
    until(page, "location.hash.includes('view=sources')")
    page.go_back()
    page.wait_for_selector("#steps")
    assert page.get_attribute("#views [data-view=steps]", "aria-current") == "page"


def test_a_damaged_address_is_said_and_the_rest_is_shown(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=nonsense&set=a;b:c&text=%00!")
    page.wait_for_selector("#notices .notice.bad")
    assert "damaged" in page.inner_text("#notices")
    assert page.inner_text("h1") == "Singapore, June 2018"
    assert page.get_attribute("#views [data-view=check]", "aria-current") == "page"


def test_an_address_of_a_case_that_is_not_there_offers_the_library(
    address: str, new_page: Callable[..., Any]
) -> None:
    page = new_page()
    page.goto(f"{address}/#case=nowhere")
    page.wait_for_selector("#notices .notice.bad")
    assert "nowhere" in page.inner_text("#notices")
    page.get_by_role("button", name="Singapore, June 2018").first.wait_for()


def test_two_browsers_do_not_disturb_each_other(show: Callable[..., Any]) -> None:
    one, two = show(), show("case=singapore-2018&plan=disarm-first")
    before = two.inner_text("#verdict .sentence")
    one.fill("#number-filter", "peace treaty")
    one.focus(f"[id='{SLIDER}']")
    one.keyboard.press("End")
    two.click("#views [data-view=steps]")
    two.click("[data-act=up-reward]")
    until(two, "document.querySelectorAll('#steps li')[3].dataset.step === 'reward'")
    assert judged(one) == "Holds"
    one.check("input[value=disarm-first]")
    one.click("#views [data-view=steps]")
    steps = one.locator("#steps li").evaluate_all("all => all.map((each) => each.dataset.step)")
    assert steps[3:] == ["finish", "reward"]
    judged(two)
    assert two.get_attribute(f"[id='{SLIDER}']", "aria-valuetext") == "−6"
    assert two.inner_text("#verdict .sentence") != before


def test_markup_in_a_strangers_file_stays_text(show: Callable[..., Any], tmp_path: Path) -> None:
    text = case_path("singapore-2018").read_text(encoding="utf-8")
    trap = "<img src=x onerror=document.body.dataset.trapped=1>"
    own = tmp_path / "own.yaml"
    own.write_text(
        text.replace("title: Singapore, June 2018", f'title: "{trap}"')
        .replace("name: North Korea\n", f'name: "{trap}"\n')
        .replace("title: Phased, reciprocal steps (the North Korean approach)", f'title: "{trap}"'),
        encoding="utf-8",
    )
    page = show()
    page.get_by_role("button", name="Open").click()
    page.set_input_files("#own-file", own)
    until(page, f"document.querySelector('h1').textContent === '{trap}'")
    judged(page)
    page.check("input[value=phased]")
    page.wait_for_selector("#margins figure svg")
    for view in ("steps", "compare", "screen", "sources"):
        page.click(f"#views [data-view={view}]")
        page.wait_for_selector("#view h2")
    page.wait_for_timeout(500)
    assert page.locator("#main img, #view img").count() == 0
    assert page.evaluate("document.body.dataset.trapped") is None


def test_files_of_the_folder_are_listed_with_their_names(show: Callable[..., Any]) -> None:
    page = show()
    page.get_by_role("button", name="Open").click()
    page.wait_for_selector("dialog[open] .library")
    assert "mine.yaml" in page.locator(".library .file-name").all_inner_texts()
