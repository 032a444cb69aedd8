"""Editing: steps by keys and by dragging, the text with its errors, undo, saving."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import detente
from app.browser.waiting import judged, until
from detente.cases import case_path

STEPS = "[...document.querySelectorAll('#steps > li')].map((each) => each.dataset.step).join()"
AT_FIRST = "first-cut,halve,dismantle,finish"


def wait_steps(page: Any, wanted: str) -> None:
    until(page, f"{STEPS} === '{wanted}'")


def verdict_of(text: str, plan: str, folder: Path) -> str:
    path = folder / "check.yaml"
    path.write_text(text, encoding="utf-8")
    return detente.load(path).check(plan).sentence.casefold().rstrip(".")


def sentence(page: Any) -> str:
    said: str = page.inner_text("#verdict .sentence")
    return said.replace("−", "-").casefold().rstrip(".")


def test_keys_move_a_step_the_focus_stays_and_the_move_is_announced(
    show: Callable[..., Any], tmp_path: Path
) -> None:
    page = show("case=singapore-2018&plan=disarm-first&view=steps")
    page.focus("[data-act=up-reward]")
    page.keyboard.press("Enter")
    wait_steps(page, "first-cut,halve,dismantle,reward,finish")
    assert page.evaluate("document.activeElement.dataset.act") == "up-reward"
    until(page, "document.querySelector('#live').textContent.includes('reward is step 4 of 5')")
    page.keyboard.press("Alt+ArrowUp")
    wait_steps(page, "first-cut,halve,reward,dismantle,finish")
    judged(page)
    page.click("#views [data-view=text]")
    text = page.input_value("#text")
    assert sentence(page) == verdict_of(text, "disarm-first", tmp_path)
    comments = [
        line for line in case_path("singapore-2018").read_text().splitlines() if "#" in line
    ]
    assert [line for line in text.splitlines() if "#" in line] == comments


def test_a_step_is_dragged_to_another_place(show: Callable[..., Any], tmp_path: Path) -> None:
    page = show("case=singapore-2018&plan=disarm-first&view=steps")
    page.locator("[data-step=reward] .handle").hover()
    handle = page.locator("[data-step=reward] .handle").bounding_box()
    goal = page.locator("[data-step=first-cut]").bounding_box()
    page.mouse.down()
    page.mouse.move(handle["x"], goal["y"] + goal["height"], steps=6)
    page.mouse.move(handle["x"] + 4, goal["y"] + 2, steps=3)
    page.mouse.up()
    wait_steps(page, "reward,first-cut,halve,dismantle,finish")
    judged(page)
    assert "reward" in page.inner_text(".difference .add >> nth=0")
    page.click("#views [data-view=text]")
    assert sentence(page) == verdict_of(page.input_value("#text"), "disarm-first", tmp_path)


def test_escape_gives_a_drag_up(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=steps")
    page.locator("[data-step=halve] .handle").hover()
    goal = page.locator("[data-step=first-cut]").bounding_box()
    page.mouse.down()
    page.mouse.move(goal["x"] + 20, goal["y"] + 2, steps=4)
    page.keyboard.press("Escape")
    page.mouse.up()
    page.wait_for_timeout(300)
    assert page.evaluate(STEPS) == AT_FIRST


def test_duplicate_remove_undo_and_redo(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=steps")
    page.click("[data-act=remove-finish]")
    wait_steps(page, "first-cut,halve,dismantle")
    page.click("[data-act=undo]")
    wait_steps(page, AT_FIRST)
    page.click("[data-act=redo]")
    wait_steps(page, "first-cut,halve,dismantle")
    page.keyboard.press("Control+z")
    wait_steps(page, AT_FIRST)
    page.click("[data-act=copy-halve]")
    until(page, "document.querySelectorAll('#steps > li').length === 5")


def test_a_mistake_in_the_text_is_marked_in_place_with_its_remedy(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=text")
    before = page.inner_text("#verdict .sentence")
    text = page.input_value("#text")
    wrong = text.replace("us: {sanctions: partial}", "us: {sanctons: partial}", 1)
    line = 1 + next(n for n, each in enumerate(wrong.splitlines()) if "sanctons" in each)
    page.fill("#text", wrong)
    page.wait_for_selector("#problems li")
    problem = page.inner_text("#problems li >> nth=0")
    assert f"Line {line}" in problem
    assert "sanctons" in problem
    assert "sanctions" in problem.replace("sanctons", "")
    assert page.inner_text(".gutter b") == f"✕ {line}"
    assert page.inner_text(".pane pre .bad").strip() == "sanctons"
    assert "1 problem" in page.inner_text("#views [data-view=text]")
    assert page.locator("#verdict.stale").count() == 1
    assert page.inner_text("#verdict .sentence") == before
    page.click("#problems [data-act=jump-0]")
    area = "document.querySelector('#text')"
    selected = page.evaluate(f"{area}.value.slice({area}.selectionStart, {area}.selectionEnd)")
    assert selected == "sanctons"
    page.keyboard.type("sanctions")
    judged(page)
    assert page.locator("#problems li").count() == 0


def test_the_text_judges_as_it_is_typed(show: Callable[..., Any], tmp_path: Path) -> None:
    page = show("case=singapore-2018&plan=phased&view=text")
    text = page.input_value("#text").replace("treaty: -6 (-12 to -2)", "treaty: -4 (-12 to -2)")
    page.fill("#text", text)
    until(page, "document.querySelector('#verdict .badge').innerText.trim() === 'Holds'")
    judged(page)
    assert sentence(page) == verdict_of(text, "phased", tmp_path)


def test_saving_shows_the_difference_and_keeps_comments(
    show: Callable[..., Any], folder: Path
) -> None:
    before = (folder / "mine.yaml").read_text(encoding="utf-8")
    page = show("file=mine.yaml&plan=phased")
    page.fill("#number-filter", "peace treaty values united")
    page.focus("[id='n-payoffs.us.peace.treaty']")
    page.keyboard.press("End")
    judged(page)
    page.click("[data-act=save]")
    assert "-2 (-12 to -2)" in page.inner_text("dialog .add")
    assert "-6 (-12 to -2)" in page.inner_text("dialog .remove")
    assert (folder / "mine.yaml").read_text(encoding="utf-8") == before
    page.click("dialog button.main, dialog form button >> nth=0")
    page.wait_for_selector("#notices .good")
    after = (folder / "mine.yaml").read_text(encoding="utf-8")
    changed = [
        (a, b) for a, b in zip(before.splitlines(), after.splitlines(), strict=True) if a != b
    ]
    assert len(changed) == 1
    assert "treaty: -2 (-12 to -2) @judgement" in changed[0][1]
    page.click("[data-act=save]")
    assert "Nothing was changed" in page.inner_text("dialog")


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    show: Callable[..., Any], folder: Path
) -> None:
    path = folder / "meanwhile.yaml"
    path.write_text(case_path("singapore-2018").read_text(encoding="utf-8"), encoding="utf-8")
    page = show("file=meanwhile.yaml&plan=phased&view=steps")
    page.click("[data-act=remove-finish]")
    wait_steps(page, "first-cut,halve,dismantle")
    path.write_text("title: by somebody else\n", encoding="utf-8")
    page.click("[data-act=save]")
    page.click("dialog form button >> nth=0")
    page.wait_for_selector("dialog .notice.bad")
    assert path.read_text(encoding="utf-8") == "title: by somebody else\n"


def test_a_file_can_be_downloaded(show: Callable[..., Any]) -> None:
    page = show("case=singapore-2018&plan=phased&view=steps")
    page.click("[data-act=remove-finish]")
    wait_steps(page, "first-cut,halve,dismantle")
    page.click("[data-act=save]")
    with page.expect_download() as got:
        page.get_by_role("button", name="Download").click()
    text = Path(got.value.path()).read_text(encoding="utf-8")
    assert got.value.suggested_filename.endswith(".yaml")
    assert text.startswith("# Singapore, June 2018")
