"""Reports as PDF, Word and Markdown: complete, repeatable, and clear where something lacks."""

from __future__ import annotations

import builtins
import importlib.util
import io
import re
import zipfile

import pytest

from detente.errors import DetenteError
from detente.show import formats
from detente.show.formats import check_format, convert
from detente.show.report import render_report
from unit.show.sample_check import sample_check, sample_scenario, sample_verdicts

for package in ("altair", "vl_convert", "bs4"):
    pytest.importorskip(package)


@pytest.fixture(scope="module")
def page():
    return render_report(sample_check(), sample_scenario())


def has_pango():
    try:
        check_format("pdf")
    except DetenteError:
        return False
    return True


def test_html_is_the_page_itself(page):
    assert convert(page, "html") == page.encode()


def test_markdown_has_the_words_the_tables_and_what_pictures_show(page):
    pytest.importorskip("markdownify")
    text = convert(page, "md").decode()
    assert text.startswith("# Northland &lt;script>alert")  # a hostile title stays text
    assert "## Will it hold?" in text
    assert (
        "| Plan | Return to no deal | As written | Harshest credible | Enough to hold it |" in text
    )
    assert len(re.findall(r"^Picture: ", text, re.M)) == page.count('role="img"')
    assert "**Each plan, by what follows a breach, mildest first**" in text
    assert "inspectors.catches" in text
    assert not re.search(r"<(?:svg|div|script|style|p|span)\b", text)
    assert "\n\n\n" not in text


def test_a_word_file_has_headings_tables_and_pictures_with_descriptions(page):
    docx = pytest.importorskip("docx")
    document = docx.Document(io.BytesIO(convert(page, "docx")))
    headings = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert headings[0] == "Will it hold?"
    assert headings == [re.sub(r"&.*?;", "", each) for each in re.findall(r"<h2>(.*?)</h2>", page)]
    assert len(document.tables) == page.count("<table")
    assert len(document.inline_shapes) == page.count('role="img"')
    assert all(each._inline.docPr.get("descr") for each in document.inline_shapes)
    first = document.tables[0]
    assert [cell.text for cell in first.rows[0].cells][:2] == ["Plan", "Return to no deal"]
    assert first.rows[1].cells[1].text.startswith("fails at step 1")
    words = "\n".join(each.text for each in document.paragraphs)
    for verdict in sample_verdicts():
        assert verdict.sentence.split(":")[0][1:30] in words


def test_a_word_file_names_no_time(page):
    pytest.importorskip("docx")
    data = convert(page, "docx")
    assert data == convert(page, "docx")
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01" in parts.read("docProps/core.xml")


def test_a_pdf_is_repeatable_and_names_no_time(page):
    pytest.importorskip("weasyprint")
    if not has_pango():
        pytest.skip("Pango is not installed")
    data = convert(page, "pdf")
    assert data.startswith(b"%PDF-")
    assert data == convert(page, "pdf")
    assert b"CreationDate" not in data
    assert b"ModDate" not in data


def test_a_missing_package_is_said_with_its_remedy(page, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(
        formats.importlib.util, "find_spec", lambda name: None if name == "docx" else real(name)
    )
    with pytest.raises(DetenteError, match=r'pip install "detente\[formats\]"') as caught:
        convert(page, "docx")
    assert caught.value.problems[0].code == "E490"


def test_a_machine_without_pango_is_told_so(page, monkeypatch):
    pytest.importorskip("bs4")
    monkeypatch.setattr(formats, "PACKAGES", {**formats.PACKAGES, "pdf": ()})
    real = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(DetenteError, match="apt install libpango") as caught:
        convert(page, "pdf")
    assert caught.value.problems[0].code == "E490"


def test_a_pdf_fetches_nothing(page):
    pytest.importorskip("weasyprint")
    if not has_pango():
        pytest.skip("Pango is not installed")
    fetching = page.replace("</main>", '<img src="http://127.0.0.1:9/x.png" alt="x"></main>')
    plain = convert(page, "pdf")
    data = convert(fetching, "pdf")
    assert data.startswith(b"%PDF-")
    assert b"127.0.0.1" not in data
    assert len(data) < len(plain) + 2_000
