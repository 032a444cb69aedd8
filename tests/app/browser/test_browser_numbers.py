"""Sliders: moved by mouse and keys, reset, searched, typed, written into the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import detente
from app.browser.waiting import judged, until

PATH = "payoffs.us.peace.treaty"
SLIDER = f"[id='n-{PATH}']"
ROW = f"[data-number='{PATH}']"


@pytest.fixture
def page(show: Callable[..., Any]) -> Any:
    page = show()
    page.fill("#number-filter", "peace treaty values")
    return page


def answer_at(value: float) -> str:
    """What the command says at a value, in the page's words."""
    answer = detente.load("singapore-2018").check("phased", settings=[f"us.peace.treaty={value}"])
    if answer.answer == "holds":
        return "Can hold" if answer.mildest == "harshest" else "Holds"
    return "Fails" if answer.answer == "fails" else "Undecided"


def test_keys_move_a_slider_and_the_verdict_follows(page: Any) -> None:
    before = judged(page)
    assert before == answer_at(-6)
    page.focus(SLIDER)
    page.keyboard.press("End")
    assert judged(page) == answer_at(-2)
    assert judged(page) != before
    page.keyboard.press("Home")
    assert judged(page) == answer_at(-12)
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(SLIDER, "aria-valuetext") == "−11.9"


def test_a_mouse_moves_a_slider_and_the_verdict_is_grey_until_it_is_current(page: Any) -> None:
    box = page.locator(SLIDER).bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    page.evaluate(
        """() => {
          window.greys = 0;
          new MutationObserver(() => {
            if (document.querySelector("#verdict").classList.contains("stale")) window.greys += 1;
          }).observe(document.querySelector("#verdict"), {attributes: true});
        }"""
    )
    page.mouse.down()
    for part in (0.7, 0.8, 0.9, 0.99):
        page.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] / 2)
    page.mouse.up()
    said = judged(page)
    value = page.inner_text(f"{ROW} output").replace("−", "-")
    assert -3 < float(value) <= -2
    assert said == answer_at(float(value))
    assert page.evaluate("window.greys") > 0


def test_reset_brings_the_files_own_number_back(page: Any) -> None:
    before = judged(page)
    page.focus(SLIDER)
    page.keyboard.press("End")
    judged(page)
    page.click(f"[data-reset='{PATH}']")
    assert page.get_attribute(SLIDER, "aria-valuetext") == "−6"
    assert judged(page) == before
    assert "set=" not in page.url
    assert page.is_hidden(f"[data-reset='{PATH}']")


def test_a_number_can_be_typed_beyond_its_range(page: Any) -> None:
    page.click(f"{ROW} button:has-text('Type')")
    page.fill(f"{ROW} input[type=text]", "lots")
    page.keyboard.press("Enter")
    assert "not a number" in page.inner_text(f"{ROW} [role=alert]")
    page.fill(f"{ROW} input[type=text]", "-20.5")
    page.keyboard.press("Enter")
    assert page.inner_text(f"{ROW} output") == "−20.5"
    assert judged(page) == answer_at(-20.5)


def test_a_value_that_no_file_may_have_is_refused_in_words(page: Any) -> None:
    page.fill("#number-filter", "inspectors catches")
    row = "[data-number='inspection.inspectors.catches']"
    page.click(f"{row} button:has-text('Type')")
    page.fill(f"{row} input[type=text]", "170%")
    page.keyboard.press("Enter")
    assert "from 0% to 100%" in page.inner_text(f"{row} [role=alert]")
    page.keyboard.press("Escape")
    page.fill("#number-filter", "united states patience")
    row = "[data-number='parties.us.patience']"
    page.click(f"{row} button:has-text('Type')")
    page.fill(f"{row} input[type=text]", "100%")
    page.keyboard.press("Enter")
    page.wait_for_selector("#notices .notice.bad")
    assert "patience" in page.inner_text("#notices")
    assert "could not be judged" in page.inner_text("#verdict .state")
    page.click(f"{row} button:has-text('Reset')")
    judged(page)
    page.wait_for_selector("#notices .notice", state="detached")


def test_search_finds_numbers_and_changed_only_hides_the_others(page: Any) -> None:
    assert page.locator("#numbers .dial:visible").count() == 2  # of each party
    of_all = page.locator("#numbers .group:visible .count").all_inner_texts()
    assert [each.split(" of ")[0] for each in of_all] == ["1", "1"]
    page.fill("#number-filter", "no such number")
    assert page.locator("#none-found").is_visible()
    page.fill("#number-filter", "")
    page.check("text=Changed only")
    assert page.locator("#numbers .dial:visible").count() == 0
    page.uncheck("text=Changed only")
    page.fill("#number-filter", "treaty")
    page.focus(SLIDER)
    page.keyboard.press("PageUp")
    page.fill("#number-filter", "")
    page.check("text=Changed only")
    assert page.locator("#numbers .dial:visible").count() == 1


def test_every_number_with_a_range_has_a_slider(page: Any) -> None:
    scenario = detente.load("singapore-2018").scenario
    ranged = {each.path for each in scenario.quantities.values() if each.low is not None}
    shown = page.locator("[data-path]").evaluate_all("all => all.map((each) => each.dataset.path)")
    assert set(shown) == ranged
    assert len(shown) == len(ranged)


def test_a_range_that_ends_with_never_reaches_it(page: Any) -> None:
    page.fill("#number-filter", "arsenal none undo")
    page.focus("[id='n-ladders.arsenal.levels.none.undo']")
    page.keyboard.press("End")
    said = page.get_attribute("[id='n-ladders.arsenal.levels.none.undo']", "aria-valuetext")
    assert said == "never"
    judged(page)
    assert not page.locator("#notices .bad").count()
    until(page, "location.hash.includes('never')")


def test_moved_numbers_can_be_put_into_the_file(page: Any) -> None:
    page.focus(SLIDER)
    page.keyboard.press("End")
    said = judged(page)
    page.click("text=Put into the file")
    page.wait_for_selector("#notices .good")
    assert judged(page) == said
    assert "set=" not in page.url
    page.click("#views [data-view=text]")
    text = page.input_value("#text")
    assert "treaty: -2 (-12 to -2) @judgement" in text
    assert "# What a peace treaty costs" in text
