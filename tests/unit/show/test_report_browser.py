"""The report in a real browser: the sliders from disk, and the verdict page on one sheet."""

from __future__ import annotations

import os
import shutil

import pytest

from detente.ask.check import check
from detente.ask.dossier import Part, gather
from detente.library import describe_templates, find_scenario, read_template
from detente.scenario.reading import read_scenario, read_scenario_text
from detente.show.report import render_report
from unit.ask.sweep_scenarios import way_back

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

pytestmark = pytest.mark.slow

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PIXELS = 96 / 25.4  # of a millimetre
PAPER, MARGINS = (210, 297), (15, 16)  # of A4, and of the style sheet, in millimetres


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    paths = [path for path in map(shutil.which, BROWSERS) if path]
    if not paths:
        if os.environ.get("DETENTE_REQUIRE_BROWSER") == "1":
            pytest.fail("no browser is installed")
        pytest.skip("no browser is installed")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=paths[0], args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    scenario = way_back()
    answer = check(scenario)
    path = tmp_path_factory.mktemp("report") / "report.html"
    dossier = gather(scenario, answer, [Part.EXPLORE])
    path.write_text(render_report(answer, scenario, dossier), encoding="utf-8")
    return path, dossier.exploring


@pytest.fixture
def opened(browser, file):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    trouble = []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(file[0].as_uri())
    yield page
    assert trouble == []
    page.close()


def test_sliders_move_by_keyboard_and_say_what_comes_out(opened, file):
    found = file[1]
    (grid,) = found.plans
    patience = opened.get_by_role("slider", name=found.x.short)
    assert patience.get_attribute("aria-valuetext") == found.x.texts[found.x.today]
    patience.focus()
    for _ in range(3):
        patience.press("ArrowRight")
    here = grid.spots[found.y.today][found.x.today + 3]
    assert opened.locator("#explore-x-said").inner_text() == found.x.texts[found.x.today + 3]
    assert opened.locator("#explore-answer-1").inner_text().startswith(str(here.answer))
    patience.press("Home")
    assert opened.locator("#explore-answer-1").inner_text() == "does not hold"
    first = grid.spots[found.y.today][0]
    assert opened.locator("#explore-margin-1").inner_text() == f"−{-first.margin:.1f}"
    where = opened.locator("#explore-where-1").inner_text()
    assert where == f"The paying side, step {first.step} {first.step_id}"
    opened.get_by_role("button", name="Back to the file's values").click()
    assert opened.locator("#explore-x-said").inner_text() == found.x.texts[found.x.today]


def test_a_click_on_a_map_moves_both(opened, file):
    found = file[1]
    picture = opened.locator("#explore-map-1")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] - 12, "y": 12})
    assert opened.locator("#explore-x-said").inner_text() == found.x.texts[-1]
    assert opened.locator("#explore-y-said").inner_text() == found.y.texts[-1].replace("-", "−")
    assert opened.locator("#explore-answer-1").inner_text() == "holds by return to no deal"


def test_without_scripts_the_sliders_do_not_show(browser, file):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(file[0].as_uri())
    assert not page.locator("#explore-controls").is_visible()
    assert page.locator("#explore-map-1").is_visible()
    context.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_overflows_the_screen(browser, file, width):
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(file[0].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.close()


@pytest.mark.parametrize("name", ["singapore-2018", *describe_templates()])
def test_the_verdict_page_fits_one_sheet(browser, name):
    if name == "singapore-2018":
        scenario = read_scenario(find_scenario(name))
    else:
        scenario = read_scenario_text(read_template(name), f"{name}.yaml")
    page = browser.new_page(
        viewport={"width": int((PAPER[0] - 2 * MARGINS[0]) * PIXELS), "height": 1000}
    )
    page.emulate_media(media="print")
    page.set_content(render_report(check(scenario, time_limit=0.0), scenario))
    box = page.locator("#answer").bounding_box()
    assert box["y"] + box["height"] <= (PAPER[1] - 2 * MARGINS[1]) * PIXELS
    following = page.locator("#answer + section")
    assert following.evaluate("each => getComputedStyle(each).breakBefore") == "page"
    page.close()
