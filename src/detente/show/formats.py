"""Reports in other formats than HTML, all made from the finished page.

PDF by WeasyPrint, Word files by python-docx (`detente.show.word`), Markdown by markdownify: extras.
The same page gives the same bytes in each.
"""

from __future__ import annotations

import hashlib
import importlib.util
import re
from pathlib import Path
from typing import Any

from detente.errors import DetenteError, Problem

PACKAGES = {  # by format: modules and what installs them
    "html": (),
    "pdf": ("weasyprint",),
    "docx": ("docx", "bs4"),
    "md": ("markdownify", "bs4"),
}
EXTRA = 'pip install "detente[formats]"'
LEFT_OUT = ("script", "style", "nav")  # of a page, where nothing can be clicked or moved
PDF_STYLE = """
@page { size: A4; margin: 15mm 15mm 17mm;
  @bottom-right { content: counter(page) " / " counter(pages); color: #59626b;
    font: 8pt "Liberation Sans", Arial, sans-serif; } }
@page :first { @bottom-right { content: none; } }
body { font-family: "Liberation Sans", Arial, Helvetica, sans-serif; }
nav { display: block !important; font-size: 8pt; margin: 0 0 0.4rem; line-height: 1.35; }
nav a { margin-right: 0.7rem; }
nav a::after { content: " " target-counter(attr(href), page); color: #59626b; }
"""


def name_format(path: Path) -> str:
    """Give the format that a file's name ends in.

    Raises
    ------
    ValueError
        Where the ending is none of a report's.

    Examples
    --------
    >>> name_format(Path("summit.HTM"))
    'html'
    """
    ending = path.suffix.lower().removeprefix(".")
    ending = {"htm": "html", "markdown": "md"}.get(ending, ending)
    if ending not in PACKAGES:
        raise ValueError(f"'{path.name}' should end in one of: .{', .'.join(PACKAGES)}")
    return ending


def check_format(name: str) -> None:
    """Find out whether a report can be written in a format.

    Raises
    ------
    DetenteError
        E490 where a package, or a library of the machine that it needs, is not there.
    """
    for package in ("altair", "vl_convert"):
        if importlib.util.find_spec(package) is None:
            raise _missing(
                "a report needs the charting library, which is not installed",
                "install it with: pip install 'detente[report]'",
            )
    for package in PACKAGES[name]:
        if importlib.util.find_spec(package) is None:
            raise _missing(
                f"a report as .{name} needs a package that is not installed: {package}",
                f"install it with: {EXTRA}; or write .html",
            )
    if name == "pdf":
        _load_weasyprint()


def convert(page: str, name: str) -> bytes:
    """Give a report's HTML page in a format: ``html``, ``pdf``, ``docx`` or ``md``.

    Raises
    ------
    DetenteError
        E490 where the format needs something that is not installed.
    """
    check_format(name)
    if name == "pdf":
        return _write_pdf(page)
    if name == "docx":
        from detente.show.word import write_word  # noqa: PLC0415  (an extra)

        return write_word(page)
    if name == "md":
        return _write_markdown(page).encode("utf-8")
    return page.encode("utf-8")


def _missing(message: str, remedy: str) -> DetenteError:
    return DetenteError(Problem("E490", message, remedy=remedy))


def _load_weasyprint() -> Any:
    """Import WeasyPrint, which needs the library Pango on the machine."""
    try:
        import weasyprint  # noqa: PLC0415  (an extra, slow to import)
    except OSError as error:
        raise _missing(
            "a report as .pdf needs the library Pango, which this machine does not have",
            "install it (Debian or Ubuntu: apt install libpango-1.0-0 libpangoft2-1.0-0; macOS:"
            " brew install pango); or write .html and print it from a browser",
        ) from error
    return weasyprint


def _write_pdf(page: str) -> bytes:
    weasyprint = _load_weasyprint()

    # No way of fetching is allowed: a report holds all it shows.
    fetcher = weasyprint.urls.URLFetcher(allowed_protocols=())
    document = weasyprint.HTML(string=page, url_fetcher=fetcher)
    sheet = weasyprint.CSS(string=PDF_STYLE)
    data: bytes = document.write_pdf(
        stylesheets=[sheet],
        pdf_identifier=hashlib.sha256(page.encode("utf-8")).digest()[:16],
    )
    return data


def read_main(page: str) -> Any:
    """Give the content of a page as a tree, without what only a browser can use.

    A picture's place is taken by its ``svg`` element; `describe` says what it shows.
    """
    from bs4 import BeautifulSoup  # noqa: PLC0415  (an extra)

    main = BeautifulSoup(page, "html.parser").main
    if main is None:
        raise ValueError("a report has one main element")
    for element in main.find_all(LEFT_OUT):
        element.decompose()
    for element in main.find_all(id="explore-controls"):
        element.decompose()
    for element in main.find_all("wbr"):
        element.decompose()
    main.smooth()
    return main


def _write_markdown(page: str) -> str:
    """Give a page as Markdown; a picture is replaced by what it shows, in words."""
    from bs4 import BeautifulSoup  # noqa: PLC0415
    from markdownify import MarkdownConverter  # noqa: PLC0415

    main = read_main(page)
    soup = BeautifulSoup("", "html.parser")
    for picture in main.find_all(attrs={"role": "img"}):
        words = soup.new_tag("p")
        words.string = f"Picture: {picture['aria-label']}"
        picture.replace_with(words)
    for picture in main.find_all("svg"):
        picture.decompose()
    for caption in main.find_all(["caption", "figcaption"]):
        _lift_caption(soup, caption)
    for link in main.select('a[href^="#"]'):
        link.unwrap()  # Markdown has no places to jump to within a table or a list
    for words in main.find_all("span"):
        # Stands below the rest of its cell on the page.
        classes = words.get("class") or []
        if {"other", "bounds", "mark"} & set(classes) and words.get_text():
            words.insert_before("; ")
    for words in main.find_all(string=True):
        words.replace_with(str(words).replace("&", "&amp;").replace("<", "&lt;"))
    converter = MarkdownConverter(
        heading_style="ATX", bullets="-", escape_misc=False, escape_underscores=False
    )
    text = converter.convert_soup(main)
    text = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _lift_caption(soup: Any, caption: Any) -> None:
    """Put a caption as a paragraph before what it names: Markdown's tables have none."""
    words = soup.new_tag("p")
    strong = soup.new_tag("strong")
    strong.string = " ".join(caption.get_text(" ").split())
    words.append(strong)
    owner = caption.find_parent("table") if caption.name == "caption" else None
    if owner is None:
        caption.replace_with(words)
        return
    owner.insert_before(words)
    caption.decompose()
