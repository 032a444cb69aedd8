"""Everybody: keyboard alone, screen readers, narrow screens, dark mode, no motion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.browser.waiting import judged, until

VIEWS = ("check", "steps", "text", "compare", "mend", "design", "sweep", "screen", "sources")
NARROW, NARROWEST = (390, 800), (360, 740)
FOCUSED = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const name = element.dataset.act || element.dataset.view || element.id || element.name;
  return [name || element.className, element.value ?? "", parseFloat(style.outlineWidth) || 0];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), NARROW])
def test_no_view_breaks_a_rule_of_accessibility(
    show: Callable[..., Any], scheme: str, size: tuple[int, int]
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = show(size=size, color_scheme=scheme)
    for view in (*VIEWS, "numbers"):
        page.evaluate(f"document.querySelector('#views [data-view={view}]').click()")
        page.wait_for_timeout(700)
        found = axe.Axe().run(page, options={"resultTypes": ["violations", "passes"]}).response
        assert len(found["passes"]) > 15, "the checker did not look"
        said = [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        assert not said, view


def test_dialogs_break_no_rule_either(show: Callable[..., Any]) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = show("case=singapore-2018&plan=phased&view=check")
    for button in ("[data-act=open]", "[data-act=save]", "[data-act=why-1-us]"):
        page.click(button)
        page.wait_for_selector("dialog[open] h2")
        found = axe.Axe().run(page).response
        assert not [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]]
        page.keyboard.press("Escape")
        page.wait_for_selector("dialog", state="detached")


@pytest.mark.parametrize("size", [NARROWEST, NARROW, (1280, 860)])
def test_no_view_is_wider_than_the_screen(show: Callable[..., Any], size: tuple[int, int]) -> None:
    page = show(size=size)
    for view in (*VIEWS, "numbers"):
        page.evaluate(f"document.querySelector('#views [data-view={view}]').click()")
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0], view


def test_a_walk_with_the_keyboard_alone(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=disarm-first")
    page.keyboard.press("Tab")
    assert page.inner_text(":focus") == "Skip to the verdict"
    page.keyboard.press("Enter")
    seen = []

    def tab_to(wanted: str, most: int = 60) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            name, _, outline = page.evaluate(FOCUSED)
            seen.append((name, outline))
            if name == wanted:
                return
        pytest.fail(f"no way to {wanted}: {seen}")

    tab_to("plan")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("input[value=phased]")
    before = judged(page)
    tab_to("steps")
    page.keyboard.press("Enter")
    page.wait_for_selector("#steps")
    tab_to("down-first-cut")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('#steps li').dataset.step === 'halve'")
    page.keyboard.press("Control+z")
    until(page, "document.querySelector('#steps li').dataset.step === 'first-cut'")
    tab_to("number-filter")
    page.keyboard.type("peace treaty united")
    tab_to("n-payoffs.us.peace.treaty")
    page.keyboard.press("End")
    assert judged(page) == "Holds" != before
    hidden = [name for name, outline in seen if outline < 2 and name not in ("plan", "own-file")]
    assert not hidden, "the focus must be seen"


def test_the_verdict_is_announced(show: Callable[..., Any]) -> None:
    page = show()
    page.fill("#number-filter", "peace treaty united")
    page.focus("[id='n-payoffs.us.peace.treaty']")
    page.keyboard.press("End")
    judged(page)
    until(page, "document.querySelector('#live').textContent.includes(': Holds')")
    assert page.get_attribute("#live", "aria-live") == "polite"


def test_landmarks_and_one_heading_of_the_first_level(show: Callable[..., Any]) -> None:
    page = show()
    for name in ("main", "header", "nav[aria-label]", "aside[aria-label]"):
        assert page.locator(name).count() >= 1, name
    assert page.locator("h1").count() == 1


def test_answers_differ_in_shape_and_word_not_in_colour_alone(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased")
    shapes = page.evaluate(
        """async () => {
          const { mark } = await import("/static/js/dom.js");
          return ["holds", "can", "fails", "undecided"].map((kind) => mark(kind).innerHTML);
        }"""
    )
    assert len(set(shapes)) == 4


def test_who_wants_no_motion_gets_none(show: Callable[..., Any]) -> None:
    page = show(reduced_motion="reduce")
    moving = page.evaluate(
        """[...document.querySelectorAll("*")].filter((each) =>
           parseFloat(getComputedStyle(each).transitionDuration) > 0 ||
           getComputedStyle(each).animationName !== "none").length"""
    )
    assert moving == 0
