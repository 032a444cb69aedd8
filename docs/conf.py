"""How the documentation site is built: `make docs`, or `sphinx-build docs build/site`."""

import sys
from pathlib import Path

from detente.version import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "Detente"
author = "The Detente authors"
copyright = author
release = version = __version__
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "contents",
    "docstrings",
    "mathml",
]
# Types in docstrings are words for people ("number or name"), not always names of things.
suppress_warnings = ["ref.python"]
exclude_patterns = ["dev", "examples"]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_google_docstring = False
napoleon_use_rtype = False

# The site works from disk: no fonts, scripts or summaries that a browser would have to fetch.
html_theme = "furo"
html_title = "Detente"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False
html_show_sphinx = False
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
pygments_style = "friendly"
pygments_dark_style = "monokai"
