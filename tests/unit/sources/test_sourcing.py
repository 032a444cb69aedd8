"""What a scenario rests on: flags, documents, locators, and how all that is shown."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import detente
from detente.ask.sourcing import Sourcing, trace_sources
from detente.cli.app import app
from detente.errors import DetenteError
from detente.scenario.reading import read_scenario_text
from detente.show.sources_answer import SourcesAnswer
from detente.show.sources_terminal import render_sourcing
from detente.show.terminal import print_plain
from detente.sources.citing import Flag
from detente.sources.folder import MAX_TEXT, Match
from detente.sources.locators import read_locator

ROOT = Path(__file__).parents[3]
SHARED = ROOT.parent / "shared" / "documents"
OSTRA = Path(__file__).parent / "documents"

TEXT = """title: The lake
date: 2019-05-12
clock: 6 months
parties:
  torr: {name: Torr, patience: 85% per year (75% to 95%) @analyst}
  veldan: {name: Veldan, patience: 90% per year, source: wire:p11}
parameters:
  idle: 3
  fear: 4 (3 to 5) @courier:p9
ladders:
  boats:
    held_by: torr
    source: courier:p12 @wire:p9-10
    levels: {all: today, half: {undo: 1 year, weight: 50%}, none: {undo: 2 years @analyst}}
  ferry:
    held_by: veldan
    levels: {shut: today, open: {undo: 3 months @letter}}
payoffs:
  torr:
    scale: 10 points = a year of the ferry
    boats: {all: 0, half: -2, none: -4}
    ferry: {shut: 0, open: 10}
  veldan:
    scale: 10 points = a year without boats
    boats: {all: 0, half: 5, none: 10}
    dread: -1 * fear * (ferry is open)
plans:
  truce:
    - id: go
      torr: {boats: half}
      veldan: {ferry: open}
      lasts: 1 year
      source: courier:p7
sources:
  analyst: {judgement: yes, by: A. Analyst, date: 2026-11-21}
  courier: {title: Ferries to cross, date: 2019-05-14, document: ostra-courier, sha256: COURIER}
  wire: {title: Truce reopens lake, date: 2019, document: ostra-wire.txt}
  letter: {title: A letter from the lake, date: 2019-06-12}
  spare: {title: Nobody reads this}
"""
COURIER = hashlib.sha256((OSTRA / "ostra-courier.txt").read_bytes()).hexdigest()


def lake(sha: str = COURIER) -> str:
    return TEXT.replace("COURIER", sha)


def trace(text: str = "", folder: Path | None = None) -> Sourcing:
    return trace_sources(read_scenario_text(text or lake(), "lake.yaml"), folder)


def flags_of(found: Sourcing, end: str) -> set[str]:
    (number,) = [each for each in found.numbers if each.path.endswith(end)]
    return {str(each) for each in number.flags}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("courier", "wire"):
        text = (OSTRA / f"ostra-{name}.txt").read_bytes()
        (tmp_path / f"ostra-{name}.txt").write_bytes(text)
    return tmp_path


def test_flags_of_numbers() -> None:
    found = trace()
    assert flags_of(found, "torr.patience") == {"judged", "anachronistic"}
    assert flags_of(found, "veldan.patience") == set()  # its entry's source, dated 2019 only
    assert flags_of(found, "parameters.idle") == {"uncited", "unused"}
    assert flags_of(found, "parameters.fear") == {"anachronistic"}
    assert flags_of(found, "half.weight") == {"unused", "anachronistic"}  # no formula uses it
    assert flags_of(found, "none.undo") == {"judged", "anachronistic"}
    assert flags_of(found, "open.undo") == {"anachronistic"}
    assert flags_of(found, "clock") == {"uncited"}
    assert found.unused_sources == ("spare",)


def test_without_a_date_nothing_is_said_to_be_late() -> None:
    found = trace(lake().replace("date: 2019-05-12\n", "", 1))
    assert not found.flagged(Flag.ANACHRONISTIC)
    assert any("has no date for the event" in each for each in found.sentences)


@pytest.mark.parametrize(("event", "late"), [("2019-05-13", True), ("2019-05-14", False)])
def test_late_is_after_the_last_day_of_the_event(event: str, late: bool) -> None:
    found = trace(lake().replace("date: 2019-05-12", f"date: {event}", 1))
    assert ("anachronistic" in flags_of(found, "parameters.fear")) is late


def test_an_event_of_some_month_lasts_until_its_end() -> None:
    found = trace(lake().replace("date: 2019-05-12", "date: 2019-05", 1))
    assert "anachronistic" not in flags_of(found, "parameters.fear")
    assert "anachronistic" in flags_of(found, "open.undo")


def test_numbers_take_the_source_of_the_nearest_entry() -> None:
    numbers = {each.path: each for each in trace().numbers}
    lasts = numbers["plans.truce.steps.go.lasts"]
    assert (lasts.citations, lasts.entry) == ((), "plans.truce.steps.go")
    assert [each.locator for each in lasts.entry_citations] == ["p7"]
    weight = numbers["ladders.boats.levels.half.weight"]
    assert weight.entry == "ladders.boats"
    assert [each.source for each in weight.entry_citations] == ["courier", "wire"]


def test_documents_are_found_by_fingerprint_whatever_their_name(folder: Path) -> None:
    (folder / "ostra-courier.txt").rename(folder / "clipping")
    (folder / "other.txt").write_text("Something else.", encoding="utf-8")
    found = trace(folder=folder)
    states = {each.id: (each.match, each.file) for each in found.sources}
    assert states["courier"] == (Match.FOUND, "clipping")
    assert states["wire"] == (Match.NAMED, "ostra-wire.txt")
    assert states["letter"] == (Match.NOT_STORED, "")
    assert [each.name for each in found.unknown] == ["other.txt"]
    assert found.problems == ()
    assert found.exit_code == 0


def test_cited_passages_with_what_cites_them(folder: Path) -> None:
    passages = {(each.source, each.locator): each for each in trace(folder=folder).passages}
    assert passages["courier", "p9"].cited_by == ("parameters.fear",)
    assert passages["courier", "p9"].text.startswith("Mr Okoro said the council")
    assert passages["wire", "p9-10"].paragraphs == (9, 10)
    assert passages["wire", "p11"].cited_by == ("parties.veldan",)


def problems(found: Sourcing) -> list[tuple[str, int | None]]:
    return [(each.code, each.place.line if each.place else None) for each in found.problems]


def line_of(words: str) -> int:
    return next(n for n, line in enumerate(TEXT.splitlines(), start=1) if words in line)


def test_a_locator_that_leads_nowhere(folder: Path) -> None:
    found = trace(lake().replace("@courier:p9", "@courier:p99"), folder)
    (problem,) = found.problems
    assert (problem.code, found.exit_code) == ("E806", 1)
    assert "has no paragraph 99: it has 21" in problem.message
    assert problem.place is not None
    start = problem.place.column - 1
    assert problem.line_text[start : start + problem.place.length] == "@courier:p99"
    assert "leads nowhere" in problem.render()


@pytest.mark.parametrize("locator", ["p0", "p22", "p20-22", "p12-3", "page2", "p99999999999"])
def test_locators_out_of_range(folder: Path, locator: str) -> None:
    found = trace(lake().replace("@courier:p9", f"@courier:{locator}"), folder)
    assert [code for code, _ in problems(found)] == ["E806"]


@pytest.mark.parametrize("locator", ["p21", "page1", "annex2", "§3"])
def test_locators_that_lead_somewhere_or_are_words(folder: Path, locator: str) -> None:
    assert trace(lake().replace("@courier:p9", f"@courier:{locator}"), folder).problems == ()


def test_locators_are_read() -> None:
    assert read_locator("p4").words == "paragraph 4"
    assert read_locator("pp4-6").words == "paragraphs 4 to 6"
    assert read_locator("para12").words == "paragraph 12"
    assert read_locator("page3").words == "page 3"
    assert read_locator("4") is None


def test_a_changed_document(folder: Path) -> None:
    with (folder / "ostra-courier.txt").open("a", encoding="utf-8") as stream:
        stream.write("A last word.\n")
    found = trace(folder=folder)
    assert problems(found) == [("E804", line_of("courier: {title"))]
    now = hashlib.sha256((folder / "ostra-courier.txt").read_bytes()).hexdigest()
    assert now in found.problems[0].remedy


def test_a_missing_document(folder: Path) -> None:
    (folder / "ostra-courier.txt").unlink()
    found = trace(folder=folder)
    assert problems(found) == [("E805", line_of("courier: {title"))]
    assert found.pairs == ()


def test_a_source_dated_otherwise_than_its_document(folder: Path) -> None:
    found = trace(lake().replace("date: 2019-05-14", "date: 2019-05-15"), folder)
    assert problems(found) == [("E807", line_of("courier: {title"))]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 ...", "it is a PDF"),
        (b"PK\x03\x04rest", "an office document or an archive"),
        (b"<!DOCTYPE html><p>Text", "it is a web page"),
        ("Gr\u00fc\u00dfe".encode("latin-1"), "not text in UTF-8 (line 1)"),
        (b"text\0with\0holes", "no text"),
        (b"  \n ", "it is empty"),
        (b"a" * (MAX_TEXT + 1), "more than 5 MB"),
    ],
)
def test_what_is_no_plain_text(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "ostra-courier.pdf").write_bytes(data)
    text = lake(sha=hashlib.sha256(data).hexdigest())
    text = text.replace(", document: ostra-wire.txt", "")
    found = trace(text, tmp_path)
    assert problems(found) == [("E803", line_of("courier: {title"))]
    assert words in found.problems[0].message
    assert found.problems[0].remedy
    (courier,) = [each for each in found.sources if each.id == "courier"]
    assert (courier.match, courier.paragraphs) == (Match.FOUND, None)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(folder: Path, encoding: str) -> None:
    text = (OSTRA / "ostra-courier.txt").read_text(encoding="utf-8")
    data = text.encode(encoding)
    (folder / "ostra-courier.txt").write_bytes(data)
    found = trace(lake(sha=hashlib.sha256(data).hexdigest()), folder)
    assert found.problems == ()
    assert len(found.pairs[0].shared) == 4


@pytest.mark.parametrize("name", ["../secret.txt", "/etc/passwd", "..", "sub/notes.txt", "a\\\\b"])
def test_a_scenario_cannot_name_paths(folder: Path, name: str) -> None:
    (folder.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (folder / "sub").mkdir()
    (folder / "sub" / "notes.txt").write_text("secret", encoding="utf-8")
    text = lake().replace("document: ostra-wire.txt", f'document: "{name}"')
    found = trace(text, folder)
    assert problems(found) == [("E802", line_of("wire: {title"))]
    assert "secret" not in json.dumps([each.text for each in found.passages])


def test_links_folders_and_pipes_are_not_opened(folder: Path) -> None:
    outside = folder.parent / "outside.txt"
    outside.write_text("secret", encoding="utf-8")
    (folder / "link.txt").symlink_to(outside)
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    (folder / "folder.txt").mkdir()
    (folder / ".hidden").write_text("x", encoding="utf-8")
    os.mkfifo(folder / "pipe.txt")
    assert trace(folder=folder).unknown == ()


@pytest.mark.parametrize("name", ["none", "file.txt", "a\0b"])
def test_no_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    with pytest.raises(DetenteError, match="E801"):
        trace(folder=tmp_path / name)


def test_three_documents_are_compared_two_at_a_time(folder: Path) -> None:
    (folder / "letter.txt").write_bytes((OSTRA / "ostra-letter.txt").read_bytes())
    text = lake().replace("date: 2019-06-12}", "date: 2019-06-12, document: letter}")
    pairs = [(each.first, each.second) for each in trace(text, folder).pairs]
    assert pairs == [("courier", "wire"), ("courier", "letter"), ("wire", "letter")]


def test_command_and_its_exit_codes(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "lake.yaml"
    file.write_text(lake(), encoding="utf-8")
    told = CliRunner().invoke(app, ["sources", str(file)])
    assert told.exit_code == 0, told.output
    assert "Documents are looked at with --documents DIR." in told.output
    told = CliRunner().invoke(app, ["sources", str(file), "--documents", str(folder)])
    assert told.exit_code == 0
    words = " ".join(told.output.split())
    for each in ("Numbers", "Cited passages", "Both carry", "They disagree on", "Only courier has"):
        assert each in words
    assert "450 observers against 540 observers" in words
    file.write_text(lake(sha="0" * 64), encoding="utf-8")
    told = CliRunner().invoke(app, ["sources", str(file), "--documents", str(folder)])
    assert told.exit_code == 1
    assert "error[E804]" in told.output
    told = CliRunner().invoke(app, ["sources", str(file), "--documents", str(tmp_path / "no")])
    assert told.exit_code == 2
    assert "error[E801]" in told.output


def test_text_of_documents_cannot_drive_a_terminal(folder: Path) -> None:
    with (folder / "ostra-wire.txt").open("a", encoding="utf-8") as stream:
        stream.write("Ek said: “[bold]It is \x1b[31mred[/bold] and over”.\n")
    text = lake().replace("source: wire:p11", "source: wire:p22")
    shown = print_plain(render_sourcing(trace(text, folder)))
    assert "\x1b" not in shown
    assert "[bold]" in shown


def keys(value: object) -> set[str]:
    if isinstance(value, dict):
        return set(value).union(*(keys(each) for each in value.values()))
    return set().union(*(keys(each) for each in value)) if isinstance(value, list) else set()


def test_json_is_what_the_page_says(folder: Path) -> None:
    file = folder.parent / "lake.yaml"
    file.write_text(lake().replace("@courier:p9", "@courier:p99"), encoding="utf-8")
    told = CliRunner().invoke(app, ["sources", str(file), "--documents", str(folder), "--json"])
    assert told.exit_code == 1
    values = json.loads(told.stdout)
    assert (values["format"], values["exit_code"]) == ("detente-sources/1", 1)
    page = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`(\w+)`", page.partition("## JSON")[2]))
    place = {"file", "line", "column", "length"}  # as in docs/json.md
    assert keys(values) - place <= documented


def test_python_reads_like_the_command() -> None:
    answer = detente.load("singapore-2018").sources()
    assert "things to mend" in repr(answer)
    assert {each.path for each in answer.flagged("uncited")} >= {"clock"}
    assert "Numbers" in str(answer)
    assert answer.to_dict()["sentences"] == list(answer.sentences)
    assert "<" in answer._repr_html_()


@pytest.mark.parametrize("name", sorted(p.stem for p in (ROOT / "src/detente/cases").glob("*.yaml")
                                        if ".history" not in p.name))  # fmt: skip
def test_shipped_cases_have_nothing_to_mend(name: str) -> None:
    answer = detente.load(name).sources()
    assert answer.problems == ()
    assert not answer.record.unused_sources
    assert not answer.flagged("unused")


@pytest.fixture(scope="module")
def singapore() -> SourcesAnswer:
    """The two reports of the developers' folder; what the page tells of them is checked here."""
    return detente.load("singapore-2018").sources(SHARED)


@pytest.mark.shared
def test_both_documents_are_found_and_nothing_is_to_be_mended(singapore: SourcesAnswer) -> None:
    found = {each.id: each for each in singapore.record.sources}
    assert found["report_a"].match is found["report_b"].match is Match.FOUND
    assert (found["report_a"].paragraphs, found["report_b"].paragraphs) == (24, 21)
    assert found["report_a"].residue == (1, 22, 23, 24)
    assert found["report_b"].residue == ()
    assert singapore.problems == ()


@pytest.mark.shared
def test_shared_quotations_with_their_speakers(singapore: SourcesAnswer) -> None:
    (pair,) = singapore.pairs
    told = [
        (s.first.cut.paragraphs, s.first.speaker, s.second.cut.paragraphs, s.second.speaker)
        for s in pair.shared
    ]
    secretary, president = "Mike Pompeo", "Donald Trump"
    assert told == [
        ((5,), secretary, (7,), secretary),
        ((5,), secretary, (7,), secretary),
        ((6,), secretary, (13,), secretary),
        ((12,), president, (4,), president),
        ((12,), "the US president", (15,), president),
    ]
    assert pair.shared[2].second.mark == "opening"
    assert [s.alike == 1 for s in pair.shared] == [True, True, False, True, False]


@pytest.mark.shared
def test_the_disagreement_on_the_later_pledge_and_no_other(singapore: SourcesAnswer) -> None:
    (pair,) = singapore.pairs
    (found,) = pair.disagreements
    assert (found.first_says, found.second_says) == ("1994 and 2003", "1994 and 2005")
    assert (found.first.paragraphs, found.second.paragraphs) == ((6,), (3, 6, 18, 20))


@pytest.mark.shared
def test_the_lists_of_points(singapore: SourcesAnswer) -> None:
    (pair,) = singapore.pairs
    (lists,) = pair.lists
    assert (lists.first.paragraphs, lists.second.paragraphs) == ((14,), (9,))
    assert (len(lists.both), len(lists.only_first), len(lists.only_second)) == (1, 2, 1)
    assert "peace-keeping mechanism" in lists.only_first[0]
    assert "denuclear" in lists.both[0].first
    assert "nuclear weapons" in lists.only_second[0]


@pytest.mark.shared
def test_what_one_alone_reports(singapore: SourcesAnswer) -> None:
    (pair,) = singapore.pairs
    first = [each.cut.paragraphs[0] for each in pair.only_first]
    second = [each.cut.paragraphs[0] for each in pair.only_second]
    assert first == [7, 8, 9, 11, 12, 13, 15, 16, 17, 18, 21]
    assert second == [3, 5, 8, 10, 11, 16, 18, 20, 21]


@pytest.mark.shared
def test_the_page_says_so(singapore: SourcesAnswer) -> None:
    page = " ".join((ROOT / "docs" / "sources.md").read_text(encoding="utf-8").split())
    numbers = singapore.numbers
    judged, uncited = singapore.flagged("judged"), singapore.flagged("uncited")
    said = f"{len(judged)} of its {len(numbers)} numbers are judged"
    assert said in page
    assert f"{len(uncited)}, which set a scale" in page
    own = [n for n in numbers if n.citations and Flag.JUDGED not in n.flags]
    assert not own
    assert "none is a document's own" in page
    assert f"{len(numbers) - len(judged) - len(uncited)} have only the source" in page
