"""The published settings for editors lead to the schema, and name files that exist."""

from __future__ import annotations

import fnmatch
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from detente.cli.files import EDITOR_LINE, SCHEMA_FILE

PAGE = (Path(__file__).parents[3] / "docs" / "editors.md").read_text(encoding="utf-8")
SCENARIO = "scenarios/strait.yaml"


def example(language):
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.M | re.S)
    return found


def test_the_line_at_the_top_is_the_one_that_is_written():
    assert example("yaml") == f"{EDITOR_LINE}\n"
    assert f"--output {SCHEMA_FILE}\n" in example("sh")


def test_visual_studio_code():
    settings = json.loads(example("json"))
    ((schema, patterns),) = settings["yaml.schemas"].items()
    assert Path(schema) == Path(SCHEMA_FILE)
    assert any(fnmatch.fnmatch(SCENARIO, pattern) for pattern in patterns)
    assert settings["yaml.schemaStore.enable"] is False  # nothing is fetched


def test_neovim():
    text = example("lua")
    assert f'["./{SCHEMA_FILE}"]' in text
    patterns = re.findall(r'"([^"]*\*[^"]*)"', text)
    assert any(fnmatch.fnmatch(SCENARIO, pattern) for pattern in patterns)
    assert text.count("{") == text.count("}")
    assert "schemaStore = { enable = false" in text


def test_jetbrains():
    options = {
        each.get("name"): each.get("value") for each in ET.fromstring(example("xml")).iter("option")
    }
    assert options["relativePathToSchema"] == SCHEMA_FILE
    assert fnmatch.fnmatch(SCENARIO, options["path"])
