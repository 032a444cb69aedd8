"""The shape of the file: checked against the models, and exported for editors."""

from __future__ import annotations

from functools import cache
from typing import Any

from detente.errors import nearest
from detente.scenario.problems import Problems
from detente.scenario.tree import Block, Item, Scalar, Series

SCHEMA_ADDRESS = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_TITLE = "Detente scenario"
_EXPECTED = {
    "string_type": "a word or a number",
    "dict_type": "entries of the form 'key: value'",
    "model_type": "entries of the form 'key: value'",
    "model_attributes_type": "entries of the form 'key: value'",
    "list_type": "a list: lines beginning with '- ', or [a, b]",
    "none_required": "nothing",
}


@cache
def json_schema() -> dict[str, Any]:
    """Give the JSON Schema of scenario files, for completion and checks in editors.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12.
    """
    from detente.scenario.document import ScenarioDocument  # noqa: PLC0415  (pydantic is slow)

    schema = _tidy(ScenarioDocument.model_json_schema(by_alias=True))
    return {"$schema": SCHEMA_ADDRESS, **schema, "title": SCHEMA_TITLE}


def _tidy(node: Any) -> Any:
    """Leave out what editors would show or insert to no use, and lift what they look for.

    An entry that may be left out is "this or nothing" to pydantic, with nothing as its default:
    editors would insert the default, and would not find the description inside. The titles
    repeat the names.
    """
    if isinstance(node, list):
        return [_tidy(each) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _tidy(value) for key, value in node.items() if not _is_noise(key, value)}
    main, *others = node.get("anyOf", [{}])
    if others == [{"type": "null"}] and "type" in main:
        kinds = main["type"] if isinstance(main["type"], list) else [main["type"]]
        outer = {key: value for key, value in node.items() if key != "anyOf"}
        node = {**main, **outer, "type": [*kinds, "null"]}
        if "enum" in node:
            node["enum"] = [*node["enum"], None]
    return node


def _is_noise(key: str, value: Any) -> bool:
    return (key == "default" and value is None) or (key == "title" and isinstance(value, str))


def check_shape(root: Block, problems: Problems) -> bool:
    """Check the tree against the models; take out what does not fit.

    Parameters
    ----------
    root : Block
        The file. Entries with a wrong shape are noted and taken out, so that the passes
        after this one can look at the rest.
    problems : Problems
        Where to note what is wrong.

    Returns
    -------
    bool
        Whether something is missing or was taken out.
    """
    from pydantic import ValidationError  # noqa: PLC0415

    from detente.scenario.document import ScenarioDocument  # noqa: PLC0415

    noted = False
    while True:
        try:
            ScenarioDocument.model_validate(to_plain(root))
        except ValidationError as error:
            errors = error.errors(include_url=False, include_context=True)
        else:
            return noted
        if not noted:  # errors of later rounds only follow from what was taken out
            for each in errors:
                _note(each, root, problems)
            noted = True
        taken = [_take_out(root, _culprit(each)) for each in errors]
        if not any(taken):  # what is missing at the top of the file
            return True


def to_plain(item: Item) -> Any:
    """Give the tree as dicts, lists and strings (None where nothing is written)."""
    if isinstance(item, Scalar):
        return None if item.is_empty else item.text
    if isinstance(item, Series):
        return [to_plain(each) for each in item.items]
    return {key: to_plain(value) for key, value in item.entries.items()}


def _path(error: Any) -> list[Any]:
    """Give the keys and list positions that lead to an error, without the models' tags."""
    return [part for part in error["loc"] if not str(part).startswith("<")]


def _culprit(error: Any) -> list[Any]:
    path = _path(error)
    return path[:-1] if error["type"] == "missing" else path


def _note(error: Any, root: Block, problems: Problems) -> None:
    path = _path(error)
    if error["type"] == "missing":
        _note_missing(root, path, problems)
        return
    found, name = _walk(root, path)
    if found is None:
        return
    if error["type"] == "extra_forbidden" and isinstance(name, Scalar):
        _note_unknown(path, name, found, problems)
    else:
        _note_wrong(error, path, name, found, problems)


def _walk(root: Item, path: list[Any]) -> tuple[Item | None, Scalar | Item | None]:
    """Follow a path; give the item there and its key (the item itself in a list)."""
    item: Item = root
    name: Scalar | Item | None = None
    for part in path:
        if isinstance(item, Block) and part in item.entries:
            name, item = item.keys[part], item.entries[part]
        elif isinstance(item, Series) and isinstance(part, int) and part < len(item.items):
            item = item.items[part]
            name = item
        else:
            return None, None
    return item, name


def _take_out(root: Block, path: list[Any]) -> bool:
    """Take an entry out, or the list that it stands in; tell whether it was there."""
    if not path:
        return False
    parent, _ = _walk(root, path[:-1])
    if isinstance(parent, Series):
        return _take_out(root, path[:-1])
    if isinstance(parent, Block) and path[-1] in parent.entries:
        parent.drop(path[-1])
        return True
    return False


def _words(path: list[Any]) -> str:
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in path)


def _note_missing(root: Block, path: list[Any], problems: Problems) -> None:
    parent, name = _walk(root, path[:-1])
    if not isinstance(parent, Block):
        return
    word = str(path[-1])
    # a misspelt key, or one without its colon, has been noted as such
    unknown = [key for key in parent.keys if key not in allowed_keys(path[:-1])]
    if any(key.startswith(f"{word} ") or nearest(key, [word]) for key in unknown):
        return
    whole = "the file" if len(path) == 1 else f"'{_words(path[:-1])}'"
    where = name.place if name is not None else parent.place
    problems.add(
        "E113", f"{whole} has no '{word}'", where, remedy=f"add '{word}: {_example(word)}'"
    )


def _note_unknown(path: list[Any], name: Scalar, found: Item, problems: Problems) -> None:
    allowed = allowed_keys(path[:-1])
    word = name.text
    first = word.split(" ")[0]
    if " " in word and first in allowed and isinstance(found, Scalar) and found.is_empty:
        problems.add(
            "E107",
            f"there is no ':' after '{first}'",
            name.place,
            remedy=f"write '{first}: {word[len(first) + 1 :]}'",
        )
        return
    if isinstance(found, Scalar) and found.is_empty and not word.isidentifier():
        problems.add(
            "E112",
            f"'{word[:60]}' is not a key here",
            name.place,
            remedy="put text with a comma in it in quotes, inside { }",
        )
        return
    where = f"'{_words(path[:-1])}'" if len(path) > 1 else "the file"
    problems.add_unknown("E112", word, f"a key of {where}", allowed, name.place, "keys here")


def _note_wrong(
    error: Any, path: list[Any], name: Scalar | Item | None, found: Item, problems: Problems
) -> None:
    kind = error["type"]
    expected = _EXPECTED.get(kind, "")
    empty = isinstance(found, Scalar) and found.is_empty
    place = name.place if empty and name is not None else found.place
    words = _words(path) or "the file"
    if kind == "too_short" or empty:
        problems.add(
            "E113",
            f"'{words}' is empty",
            place,
            remedy=f"write {_full_example(path) or expected or 'at least one entry'}",
        )
        return
    if kind.startswith("union_tag"):
        tags = error.get("ctx", {}).get("expected_tags", "")
        expected = " or ".join(
            words_for
            for tag, words_for in (
                ("<mapping>", _EXPECTED["dict_type"]),
                ("<list>", _EXPECTED["list_type"]),
                ("<word>", _EXPECTED["string_type"]),
            )
            if tag in tags
        )
    what = {Scalar: "a single word or number", Block: "a group of keys", Series: "a list"}
    problems.add(
        "E114",
        f"'{words}' is {what[type(found)]} where something else belongs",
        place,
        remedy=f"write {expected or error['msg']}",
    )


def _example(key: str) -> str:
    return {
        "patience": "90% per year",
        "clock": "6 months",
        "held_by": "PARTY",
        "catches": "70%",
        "turnover": "10% per year",
        "hostile_successor": "30%",
        "it_would": "{LADDER: LEVEL}",
        "then": "{LADDER: LEVEL}",
        "scale": "100 points = ...",
        "because": "...",
        "watches": "LADDER",
    }.get(key, "...")


def _full_example(path: list[Any]) -> str:
    key = str(path[-1]) if path else ""
    example = _example(key)
    return f"'{key}: {example}'" if example != "..." else ""


def allowed_keys(path: list[Any]) -> list[str]:
    """Give the fixed keys that may stand at a place of the file.

    Parameters
    ----------
    path : list of str and int
        Keys and list positions that lead there.
    """
    schema = json_schema()
    nodes = [schema]
    for part in path:
        following: list[dict[str, Any]] = []
        for node in _alternatives(nodes, schema):
            if isinstance(part, int):
                following += [node["items"]] if "items" in node else []
            elif part in node.get("properties", {}):
                following.append(node["properties"][part])
            elif isinstance(node.get("additionalProperties"), dict):
                following.append(node["additionalProperties"])
        nodes = following
    return [key for node in _alternatives(nodes, schema) for key in node.get("properties", {})]


def _alternatives(nodes: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    out: list[dict[str, Any]] = []
    for node in nodes:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[-1]]
        inner = node.get("anyOf", []) + node.get("oneOf", [])
        out += _alternatives(inner, schema) if inner else [node]
    return out
