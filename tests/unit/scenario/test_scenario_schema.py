"""The JSON Schema for editors agrees with what is read."""

import json
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from detente.scenario.schema import allowed_keys, json_schema

ROOT = Path(__file__).parents[3]
GOOD = [
    *sorted((ROOT / "tests" / "cases" / "good").glob("*.yaml")),
    *(p for p in sorted((ROOT / "src" / "detente").glob("*/*.yaml")) if "." not in p.stem),
]
BAD_SHAPES = ("misspelt-key", "missing-key", "wrong-shape", "empty-entry", "plan-without-steps")


def as_editor_reads(path: Path) -> object:
    """Read as an editor does: YAML 1.2, dates as text."""
    data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    return json.loads(json.dumps(data, default=str))


def test_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_pass(path: Path) -> None:
    jsonschema.validate(as_editor_reads(path), json_schema(), jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", BAD_SHAPES)
def test_wrong_shapes_do_not(name: str) -> None:
    data = as_editor_reads(ROOT / "tests" / "cases" / "bad" / f"{name}.yaml")
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json_schema(), jsonschema.Draft202012Validator)


def test_every_entry_is_described_to_the_editor() -> None:
    schema = json_schema()
    for name, model in [*schema["$defs"].items(), ("", schema)]:
        assert model.get("description"), name
        assert model["properties"], name
        for key, entry in model["properties"].items():
            assert entry.get("description"), f"{name}.{key}"


def test_editors_are_given_nothing_to_insert_that_means_nothing() -> None:
    assert '"default": null' not in json.dumps(json_schema())


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ([], {"title", "clock", "parties", "must_hold"}),
        (["parties", "x"], {"name", "patience"}),
        (["plans", "x", 0], {"id", "first", "together", "lasts"}),
        (["plans", "x", "steps", 0], {"id", "first", "together", "lasts"}),
        (["ladders", "x", "levels", "y"], {"today", "undo", "credibility"}),
        (["if_broken", "by_x"], {"then", "for", "resume"}),
    ],
)
def test_keys_allowed_at_a_place(path: list[str | int], some: set[str]) -> None:
    assert some <= set(allowed_keys(path))
