"""The report: complete, safe, repeatable, and drawn without a browser."""

from __future__ import annotations

import builtins
import hashlib
import html
import importlib.util
import math
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from detente.ask.sentences import in_sentence
from detente.ask.verdict import Answer, Opening, Reading
from detente.errors import DetenteError
from detente.show import drawing, margin_chart, payoff_chart
from detente.show.margin_chart import Bar, draw_margins
from detente.show.payoff_chart import Spot, draw_payoffs, is_small, place_labels
from detente.show.report import render_report, write_report
from detente.show.report_margins import smallest_margins
from detente.show.words import typeset
from detente.solve.solution import Status
from unit.show.sample_check import (
    PARTY_NAMES,
    sample_check,
    sample_picture,
    sample_scenario,
    sample_verdicts,
)

pytest.importorskip("altair")
pytest.importorskip("vl_convert")

VOID = {"meta", "br", "wbr", "col", "input"}
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\x1b[31m'


class Page(HTMLParser):
    """Reads a page: its tags, ids, links and visible text; complains of tags left open."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.words = [], [], [], [], []
        self.attributes = set()
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.attributes |= set(found)
        if "id" in found:
            self.ids.append(found["id"])
        if "href" in found:
            self.links.append(found["href"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def page():
    return render_report(sample_check(), sample_scenario())


@pytest.fixture(scope="module")
def read(page):
    return Page(page)


def test_the_same_check_gives_the_same_bytes(page, tmp_path):
    write_report(sample_check(), sample_scenario(), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == page.encode()


def test_how_long_it_took_does_not_show(page):
    assert render_report(replace(sample_check(), seconds=99.0), sample_scenario()) == page


def test_it_is_small_and_needs_nothing_from_outside(page, read):
    assert len(page.encode()) < 1_000_000
    assert "script" not in read.tags
    assert not {"src", "srcset", "onload", "onclick", "onerror", "style"} & read.attributes
    assert "default-src 'none'" in html.unescape(page)
    assert not re.search(r"@import|url\((?!#)", page)


def test_every_link_inside_the_page_leads_somewhere(read):
    assert len(read.ids) == len(set(read.ids))
    inside = [link[1:] for link in read.links if link.startswith("#")]
    assert inside
    assert set(inside) <= set(read.ids)
    outside = [link for link in read.links if not link.startswith("#")]
    assert outside == ["https://example.org/a24?x=1&y=2"]


def test_a_hostile_title_is_text(page, read):
    assert "<script" not in page
    assert 'Northland <script>alert("x")</script> & the Coalition' in read.text
    assert "Annual statement <i>" in read.text


def test_every_text_of_the_file_is_escaped(page):
    """Put markup into every string of the answer and the scenario: no tag or attribute more."""
    check = poison(sample_check())
    scenario = poison(sample_scenario())
    scenario = replace(
        scenario,
        quantities={key: poison(each) for key, each in scenario.quantities.items()},
        values=sample_scenario().values,
    )
    quantities = {key: replace(each, path=key) for key, each in scenario.quantities.items()}
    poisoned = Page(render_report(check, replace(scenario, quantities=quantities)))
    assert "alert(1)" in poisoned.text
    assert "script" not in poisoned.tags
    assert "img" not in poisoned.tags
    assert "onerror" not in poisoned.attributes
    assert poisoned.attributes <= Page(page).attributes | {"d", "value"}


def poison(record):
    """Give a record with something hostile after every text, the words of enums excepted."""
    from dataclasses import fields, is_dataclass
    from enum import Enum

    if isinstance(record, Enum) or record is None:
        return record
    if isinstance(record, str):
        return record + HOSTILE
    if isinstance(record, tuple):
        return tuple(poison(each) for each in record)
    if is_dataclass(record):
        kept = {"party", "parties", "plan", "path", "holders", "source", "values", "quantities"}
        changed = {
            field.name: poison(getattr(record, field.name))
            for field in fields(record)
            if field.name not in kept
        }
        return replace(record, **changed)
    if isinstance(record, dict):
        return {key: poison(each) for key, each in record.items()}
    return record


def test_verdicts_stand_first_with_their_reasons(read):
    answer = read.text.split("Plan 1: disarm-first")[0]
    for verdict in sample_verdicts():
        assert typeset(verdict.sentence) in answer
        for reason in verdict.reasons:
            assert reason in answer
    assert re.search(r"Disarm first fails at step 1 fails at step 1 fails at step 1", answer)
    assert re.search(r"Phased, reciprocal steps fails at step 4 holds holds as written", answer)


def test_a_statement_that_does_not_come_out_is_said_at_the_top(read):
    answer = read.text.split("Plan 1: disarm-first")[0]
    assert "Mend the model before trusting its answers" in answer
    assert "not as stated" in read.text


def test_numbers_come_with_range_source_and_judgement(read):
    assert "payoffs. northland. sanctions. eased −55 −70 to −40 [ analyst ] judged 30" in read.text
    assert "inspectors. catches 60% set; 70% in the file 50% to 85% [ agency, p4 ] 20" in read.text
    assert "payoffs. northland. sanctions. full −100 none given no source 30" in read.text
    assert "missing (not in the list of sources)" in read.text
    assert "11 numbers: 5 from documents, 4 judged, 2 without a source. 8 have a range" in read.text


def test_a_web_address_that_is_none_is_not_a_link(read):
    assert "javascript:alert(1)" in read.text
    assert not any("javascript" in link for link in read.links)


def test_responses_entries_and_the_footer_are_there(read):
    said = f"After a breach by {in_sentence(PARTY_NAMES[0])} Coalition <b> +6.5 lets sanctions"
    assert said in read.text
    assert "−76 against −70" in read.text
    digest = hashlib.sha256(sample_scenario().text.encode()).hexdigest()
    assert f"sha256 of its text {digest}" in read.text
    assert "inspectors.catches=60%" in read.text.split("Scenario northland.yaml")[1]


def test_pictures_describe_themselves(page):
    described = re.findall(r'role="img" aria-label="([^"]*)"', page)
    assert len(described) == 5
    assert "return to no deal: 1 freeze-all-production-sites-and-declare-them −19" in described[0]
    assert "First to break: 1 freeze-all-production-sites-and-declare-them under" in described[0]
    assert "no deal at −70 and −48" in described[-1]


def test_a_limit_that_was_hit_is_never_an_answer():
    fails, holds = sample_verdicts()
    late = replace(
        holds.results[2], status=Status.TIME_LIMIT, answer=Answer.UNDECIDED, gap=math.inf
    )
    verdict = replace(
        holds, results=(*holds.results[:2], late), answer=Answer.UNDECIDED, mildest=None
    )
    check = replace(sample_check(), verdicts=(fails, verdict))
    text = Page(render_report(check, sample_scenario())).text
    assert f"undecided: {Status.TIME_LIMIT.words} not known" in text
    assert f"Not finished: {Status.ITERATION_LIMIT.words}" in text


def test_a_proven_answer_keeps_the_status_it_came_with():
    fails, holds = sample_verdicts()
    late = replace(fails.results[2], status=Status.TIME_LIMIT)
    verdict = replace(fails, results=(*fails.results[:2], late))
    check = replace(sample_check(), verdicts=(verdict, holds))
    text = Page(render_report(check, sample_scenario())).text
    assert f"fails at step 1 ({Status.TIME_LIMIT.words})" in text


def test_readings_of_what_is_left_open_are_told_apart():
    _, holds = sample_verdicts()
    best = replace(holds.results[0], opening=Opening.BEST, answer=Answer.HOLDS, breaks_at=None)
    verdict = replace(holds, results=(*holds.results, best))
    check = replace(sample_check(), verdicts=(verdict,))
    text = Page(render_report(check, sample_scenario())).text
    assert "fails at step 4 or, by what is left open: holds" in text
    assert "What is left open" in text


def test_without_a_picture_it_says_why():
    check = replace(sample_check(), picture=None)
    text = Page(render_report(check, sample_scenario())).text
    assert "No picture: the sets of payoffs were not computed" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"status": Status.CONVERGED, "gap": 0.01}, "The bounds have met"),
        ({"status": Status.CONVERGED, "gap": 5.0}, "up to 5 points a year apart"),
        ({"status": Status.TIME_LIMIT, "gap": math.inf}, "how far these are apart is not known"),
        ({"status": Status.EMPTY, "outer": np.zeros((0, 2)), "inner": np.zeros((0, 2))},
         "no equilibrium in pure strategies"),
        ({"status": Status.CONVERGED, "inner": np.zeros((0, 2)), "gap": math.inf},
         "No equilibrium was exhibited"),
    ],
)  # fmt: skip
def test_the_payoff_picture_says_how_well_it_is_known(change, words):
    picture = replace(sample_picture(), **change)
    text = Page(render_report(sample_check(picture), sample_scenario())).text
    assert words in text


@pytest.mark.parametrize("vertices", [[[-20.0, -30.0]], [[-20.0, -30.0], [-10.0, -35.0]]])
def test_points_and_segments_are_drawn(vertices):
    one = np.array(vertices)
    picture = replace(sample_picture(), outer=one, inner=one)
    svg = draw_payoffs(picture, PARTY_NAMES, "p")
    assert payoff_chart.INNER in svg
    assert "NaN" not in svg


def test_a_small_set_is_shown_again_from_near():
    small = np.array([[-70.0, -48.0], [-69.0, -48.0], [-69.5, -47.0]])
    picture = replace(sample_picture(), outer=small, inner=small, plans=(("phased", -69.4, -47.5),))
    assert is_small(picture)
    assert not is_small(sample_picture())
    text = Page(render_report(sample_check(picture), sample_scenario())).text
    assert "The same, seen from near" in text


def test_labels_of_points_that_coincide_do_not():
    spots = [Spot("no deal", 0.0, 0.0, True), *(Spot(f"plan-{n}", 0.0, 0.0) for n in range(4))]
    frame = payoff_chart.Frame(-1.0, 1.0, -1.0, 1.0)
    boxes = []
    for spot, (x, y, left) in zip(spots, place_labels(spots, frame), strict=True):
        wide = payoff_chart.CHARACTER * len(spot.label)
        start = x - wide if left else x
        boxes.append((start, y - 5, start + wide, y + 5))
    for n, a in enumerate(boxes):
        for b in boxes[n + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def bar(step, margin, reading=Reading.NO_DEAL, breaks=False, low=None, high=None):
    return Bar(
        step, f"{step} <step>", reading, margin,
        margin if low is None else low, margin if high is None else high, breaks,
    )  # fmt: skip


def test_a_chart_marks_the_first_to_break_and_colours_by_sign():
    svg = draw_margins([bar(1, 4.0), bar(2, -3.0, breaks=True), bar(3, -1.0)], "k")
    positive, negative = margin_chart.READING_COLOURS[Reading.NO_DEAL]
    assert svg.count(margin_chart.BREAK_WORDS) == 1
    assert len(re.findall(f'<path[^>]*fill="{positive}"', svg)) == 1
    assert len(re.findall(f'<path[^>]*fill="{negative}"', svg)) == 2
    assert "2 &lt;step&gt;" in svg
    assert "−3" in svg


@pytest.mark.parametrize(
    "bars",
    [
        [bar(1, 0.0)],
        [bar(1, -5.0, breaks=True)],
        [bar(1, 1e-12), bar(2, 5.0)],
        [bar(1, 5.0, low=-math.inf, high=math.inf), bar(2, math.nan), bar(3, -math.inf)],
        [bar(1, 1e9), bar(2, -1e-3, breaks=True)],
    ],
)
def test_odd_margins_are_drawn_within_the_frame(bars):
    svg = draw_margins(bars, "k")
    assert "NaN" not in svg
    assert "Infinity" not in svg
    to_x, zero = margin_chart._fit(bars)
    for each in bars:
        assert 0 <= to_x(each.margin) <= margin_chart.PLOT
    if any(each.breaks for each in bars):
        assert margin_chart.PLOT - zero >= margin_chart.MARK_ROOM - 1e-9


def test_charts_fit_the_schema_that_rendering_skips():
    alt = drawing.load_altair()
    bars = [bar(1, 4.0, low=3.0, high=5.0), bar(2, -3.0, Reading.HARSHEST, breaks=True)]
    margin_chart.build_chart(alt, bars).configure(**drawing.CONFIG).to_dict(validate=True)
    chart = payoff_chart.build_chart(alt, sample_picture(), PARTY_NAMES)
    chart.configure(**drawing.CONFIG).to_dict(validate=True)


def test_ids_inside_pictures_start_with_their_key_and_do_not_depend_on_the_order_of_calls():
    first = draw_payoffs(sample_picture(), PARTY_NAMES, "one")
    again = draw_payoffs(sample_picture(), PARTY_NAMES, "one")
    assert first == again
    assert set(re.findall(r'\bid="([^"]*)"', first)) == set(re.findall(r"url\(#([^)]*)\)", first))
    assert all(each.startswith("one-") for each in re.findall(r'\bid="([^"]*)"', first))


def test_minus_signs_of_sentences_are_real():
    fails, _ = sample_verdicts()
    verdict = replace(fails, sentence="it is worth -19.5 (not -3) since 2018-06-11")
    text = Page(render_report(replace(sample_check(), verdicts=(verdict,)), sample_scenario())).text
    assert "It is worth −19.5 (not −3) since 2018-06-11." in text


def test_the_smallest_margin_of_a_step_is_shown():
    result = sample_verdicts()[0].results[0]
    kept = smallest_margins(each for each in result.margins if not each.in_response)
    assert len(kept) == 12
    assert all(each.state != "elsewhere" for each in kept.values())


def test_a_missing_extra_is_said_with_its_remedy(monkeypatch):
    real = builtins.__import__

    def without_altair(name, *args, **kwargs):
        if name == "altair":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_altair)
    with pytest.raises(DetenteError, match=r'pip install "detente\[report\]"') as caught:
        render_report(sample_check(), sample_scenario())
    assert caught.value.problems[0].code == "E490"


def test_the_pictures_of_the_readme_are_drawn():
    root = Path(__file__).parents[3]
    if not (root / "tools" / "make_pictures.py").is_file():
        pytest.skip("the tools are not part of an installed package")
    spec = importlib.util.spec_from_file_location("make_pictures", root / "tools/make_pictures.py")
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    image = drawing.to_png(tool.draw_plans(sample_check()), tool.QUIET_TITLES)
    assert image.startswith(b"\x89PNG")


def test_every_colour_of_the_pictures_is_known_to_the_style_sheet(page):
    style, body = page.split("</style>")
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{6})"', body))
    assert used
    for colour in used:
        assert f'"{colour}"' in style, colour
