"""A report as a Word file (.docx), written from its HTML page with python-docx."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

from detente.show.formats import read_main

FONT, MONOSPACE = "Arial", "Courier New"
WIDTH_MM, HEIGHT_MM, MARGIN_MM = 210, 297, 18
PICTURE_MM, WIDE_MM = 82, 120  # of a picture that stands beside others, and of one alone
COLOURS = {"holds": "0B4A7F", "fails": "A63E00", "undecided": "6A4C00", "negative": "A63E00"}
QUIET = {"note", "line", "quiet", "legend", "cite", "bounds", "other", "url", "kicker"}
GREY = "59626B"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the date of every part of the file: the same bytes every time
SCALE = 2.0  # of pictures' pixels


def write_word(page: str) -> bytes:
    """Give a report's page as a Word file: the same bytes for the same page."""
    import docx  # noqa: PLC0415  (an extra)

    document = docx.Document()
    _set_up(document, page)
    _Writer(document).walk(read_main(page))
    out = io.BytesIO()
    document.save(out)
    return _without_dates(out.getvalue())


def _set_up(document: Any, page: str) -> None:
    from docx.shared import Mm, Pt, RGBColor  # noqa: PLC0415

    part = document.sections[0]
    part.page_width, part.page_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    part.left_margin = part.right_margin = Mm(MARGIN_MM)
    part.top_margin = part.bottom_margin = Mm(MARGIN_MM)
    sizes = {"Normal": 9.5, "Title": 18, "Heading 1": 15, "Heading 2": 12, "Heading 3": 10.5}
    for name, size in sizes.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.element.rPr.rFonts.set(_ooxml("w:eastAsia"), FONT)
        if name != "Normal":
            for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                style.element.rPr.rFonts.attrib.pop(_ooxml(theme), None)
            style.font.color.rgb = RGBColor.from_string("1C2126")
    document.styles["Normal"].paragraph_format.space_after = Pt(5)
    facts = document.core_properties
    facts.title = page.partition("<h1>")[2].partition("</h1>")[0]
    facts.author = facts.last_modified_by = "Detente"
    facts.comments = ""
    facts.created = facts.modified = datetime.datetime(*LONG_AGO)


def _ooxml(name: str) -> str:
    from docx.oxml.ns import qn  # noqa: PLC0415

    return str(qn(name))


class _Writer:
    """Walks a page's tree and writes what it meets."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def walk(self, element: Any) -> None:
        """Write an element's children, one block after the other."""
        for child in element.children:
            if isinstance(child, str):
                if child.strip():
                    self._paragraph(child)
                continue
            write = getattr(self, f"_write_{child.name}", None)
            if child.name == "svg":
                self._picture(child, "")
            elif child.get("role") == "img":
                self._picture(child.svg, child["aria-label"])
            elif write is not None:
                write(child)
            else:
                self.walk(child)

    def _write_h1(self, element: Any) -> None:
        self._document.add_paragraph(_plain(element), style="Title")

    def _write_h2(self, element: Any) -> None:
        self._document.add_heading(_plain(element), level=1)

    def _write_h3(self, element: Any) -> None:
        self._document.add_heading(_plain(element), level=2)

    def _write_p(self, element: Any) -> None:
        self._paragraph(element)

    def _write_figcaption(self, element: Any) -> None:
        self._paragraph(element).paragraph_format.keep_with_next = True

    def _write_summary(self, element: Any) -> None:
        self._paragraph(element)

    def _write_pre(self, element: Any) -> None:
        paragraph = self._document.add_paragraph()
        _dress(paragraph.add_run(element.get_text()), {"code"})

    def _write_ul(self, element: Any) -> None:
        for item in element.find_all("li", recursive=False):
            self._paragraph(item, style="List Bullet")

    def _write_ol(self, element: Any) -> None:
        for n, item in enumerate(element.find_all("li", recursive=False), start=1):
            self._paragraph(item, before=f"{item.get('value', n)}. ")

    def _write_dl(self, element: Any) -> None:
        for pair in element.find_all("div", recursive=False):
            paragraph = self._document.add_paragraph()
            _dress(paragraph.add_run(f"{_plain(pair.dt)}: "), {"b"})
            _fill(paragraph, pair.dd, set())

    def _write_table(self, element: Any) -> None:
        from docx.shared import Pt  # noqa: PLC0415

        if element.caption is not None:
            caption = self._paragraph(element.caption, marks={"b"})
            caption.paragraph_format.keep_with_next = True
            caption.paragraph_format.space_before = Pt(6)
        rows = element.find_all("tr")
        wide = max(len(row.find_all(["th", "td"], recursive=False)) for row in rows)
        table = self._document.add_table(rows=0, cols=wide, style="Table Grid")
        for row in rows:
            cells = table.add_row().cells
            for cell, found in zip(
                cells, row.find_all(["th", "td"], recursive=False), strict=False
            ):
                self._cell(cell, found)
        _repeat_head(table.rows[0])
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def _cell(self, cell: Any, element: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415
        from docx.shared import Pt  # noqa: PLC0415

        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        classes = set(element.get("class") or [])
        if "number" in classes:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        marks = classes | ({"b"} if element.name == "th" else set())
        _fill(paragraph, element, marks)
        for run in paragraph.runs:
            run.font.size = Pt(7.5)

    def _paragraph(
        self,
        element: Any,
        style: str | None = None,
        before: str = "",
        marks: set[str] | None = None,
    ) -> Any:
        paragraph = self._document.add_paragraph(before, style=style)
        if isinstance(element, str):
            paragraph.add_run(_squeeze(element).strip())
        else:
            _fill(paragraph, element, (marks or set()) | set(element.get("class") or []))
        return paragraph

    def _picture(self, svg: Any, described: str) -> None:
        import vl_convert  # noqa: PLC0415  (an extra)
        from docx.shared import Mm  # noqa: PLC0415

        # The tree has lower-case names; SVG knows this one by another.
        text = str(svg).replace("viewbox=", "viewBox=")
        image = vl_convert.svg_to_png(text, scale=SCALE)
        alone = svg.find_parent(class_="figures") is None
        shown = self._document.add_picture(
            io.BytesIO(image), width=Mm(WIDE_MM if alone else PICTURE_MM)
        )
        shown._inline.docPr.set("descr", described)


def _fill(paragraph: Any, element: Any, marks: set[str]) -> None:
    """Write an element's text into a paragraph, dressed as its marks say."""
    for child in element.children:
        if isinstance(child, str):
            words = _squeeze(child)
            if words.strip() or (words and paragraph.runs):
                _dress(paragraph.add_run(words), marks)
        elif child.name == "br":
            paragraph.add_run().add_break()
        elif child.name in ("li", "ol", "ul"):
            if child.name == "li" and child.find_previous_sibling("li") is not None:
                paragraph.add_run("; ")
            _fill(paragraph, child, marks)
        else:
            classes = set(child.get("class") or [])
            if {"other", "bounds", "mark"} & classes and paragraph.runs:
                paragraph.add_run().add_break()
            _fill(paragraph, child, marks | classes | {child.name})


def _dress(run: Any, marks: set[str]) -> None:
    from docx.shared import RGBColor  # noqa: PLC0415

    if {"b", "answer", "negative", "judged", "dt"} & marks and not {"other", "bounds"} & marks:
        run.bold = True
    if "code" in marks:
        run.font.name = MONOSPACE
    colour = next((COLOURS[each] for each in COLOURS if each in marks), None)
    if colour is None and marks & QUIET:
        colour = GREY
    if colour is not None:
        run.font.color.rgb = RGBColor.from_string(colour)


def _repeat_head(row: Any) -> None:
    """Let the head of a table stand again on every page."""
    from docx.oxml import OxmlElement  # noqa: PLC0415

    mark = OxmlElement("w:tblHeader")
    mark.set(_ooxml("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _plain(element: Any) -> str:
    return _squeeze(element.get_text()).strip()


def _squeeze(text: str) -> str:
    """Write white space once, as a browser does."""
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def _without_dates(data: bytes) -> bytes:
    """Write a zip file's parts again, all with the same date."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as fresh:
        for name in given.namelist():
            info = zipfile.ZipInfo(name, LONG_AGO)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            fresh.writestr(info, given.read(name))
    return out.getvalue()
