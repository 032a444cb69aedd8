"""What all pictures share: the charting library, the colours, and SVG fit for a page.

Static SVG by Vega-Altair and vl-convert: no browser, no network. Colours are fixed here and
mapped to the page's light and dark palettes by the style sheet (attribute selectors on ``fill``
and ``stroke``), so a picture also stands on its own.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from detente.errors import DetenteError, Problem

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # the first three have equal widths
FONT_SIZE = 11
INK, QUIET, RULE = "#1c2126", "#59626b", "#c9ced4"

CONFIG: dict[str, Any] = {
    "aria": False,
    "background": "transparent",
    "font": FONT,
    "padding": 2,
    "view": {"stroke": None},
    "text": {"fontSize": FONT_SIZE, "baseline": "middle"},
    "axis": {
        "labelFontSize": FONT_SIZE, "titleFontSize": FONT_SIZE, "titleFontWeight": "normal",
        "labelColor": QUIET, "titleColor": INK, "gridColor": RULE, "gridOpacity": 0.6,
        "domain": False, "ticks": False, "titlePadding": 8, "labelPadding": 5,
    },
}  # fmt: skip


def load_altair() -> Any:
    """Import Vega-Altair, or say how to install it.

    Raises
    ------
    DetenteError
        E490 where the extra ``report`` (altair, vl-convert-python) is not installed.
    """
    try:
        import altair  # noqa: PLC0415  (an extra, slow to import)
    except ImportError as error:
        raise _extra_missing("altair") from error
    if importlib.util.find_spec("vl_convert") is None:
        raise _extra_missing("vl-convert-python")
    return altair


def _extra_missing(package: str) -> DetenteError:
    return DetenteError(
        Problem(
            "E490",
            f"the report draws pictures with a package that is not installed: {package}",
            remedy='install it with: pip install "detente[report]"',
        )
    )


def draw_on(alt: Any, rows: list[dict[str, Any]], mark: str, encoding: Any, **style: Any) -> Any:
    """Give one layer: a mark with its style, its encoding, and its rows.

    The rows come last, since a chart is copied, rows and all, at every step of building it.
    """
    layer = getattr(alt.Chart(), f"mark_{mark}")(**style).encode(**encoding)
    layer.data = alt.Data(values=rows)
    return layer


def fix_scale(alt: Any, low: float, high: float, *, down: bool = False) -> Any:
    """Give a linear scale over exactly these values (``down``: the first one on top)."""
    return alt.Scale(domain=[low, high], reverse=down, nice=False, zero=False)


@contextmanager
def trust_charts(alt: Any) -> Iterator[None]:
    """Leave out the checks of every part of a chart against a schema: half the time of drawing.

    The charts of this package have one fixed shape each; the tests check them.
    """
    with alt.utils.schemapi.debug_mode(False):
        yield


def to_svg(chart: Any, key: str) -> str:
    """Render a chart as an SVG element to stand inside a page.

    ``key`` starts every id inside it, so that several pictures may share a page. The renderer
    numbers its clip paths from one call to the next; they are numbered afresh here, so that
    identical charts give identical text.
    """
    import vl_convert  # noqa: PLC0415  (an extra; `load_altair` has seen that it is there)

    alt = load_altair()
    with trust_charts(alt):
        spec = {**chart.to_dict(validate=False), "config": CONFIG}
    svg = vl_convert.vegalite_to_svg(
        spec,
        vl_version=_version(alt),
        allowed_base_urls=[],  # a picture holds all it shows: nothing is ever fetched
    )
    for n, name in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', svg))):
        fresh = f"{key}-{n}"
        svg = svg.replace(f'id="{name}"', f'id="{fresh}"')
        svg = svg.replace(f"url(#{name})", f"url(#{fresh})")
    svg = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", svg)
    svg = re.sub(r' (?:role|aria-[a-z]+|class|pointer-events)="[^"]*"', "", svg)
    return svg.replace("<svg ", '<svg class="chart" focusable="false" ', 1)


def to_png(chart: Any, config: dict[str, Any]) -> bytes:
    """Render a chart as a PNG image, twice as large as on the page."""
    import vl_convert  # noqa: PLC0415  (an extra; `load_altair` has seen that it is there)

    alt = load_altair()
    spec = {**chart.to_dict(), "config": config}
    image: bytes = vl_convert.vegalite_to_png(
        spec, vl_version=_version(alt), scale=2, allowed_base_urls=[]
    )
    return image


def _version(alt: Any) -> str:
    """Give the version of the grammar that charts are written in, as the renderer names it."""
    return ".".join(alt.SCHEMA_VERSION.split(".")[:2])


def shorten(text: str, length: int) -> str:
    """Cut a text that is too long for its room, with an ellipsis.

    Examples
    --------
    >>> shorten("dismantle", 6), shorten("ease", 6)
    ('disma…', 'ease')
    """
    return text if len(text) <= length else text[: length - 1] + "\N{HORIZONTAL ELLIPSIS}"
