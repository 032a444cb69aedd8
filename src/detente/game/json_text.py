"""Read a JSON file that may come from a stranger, and find places in it again."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from detente.errors import DetenteError, Place, Problem

MAX_BYTES = 64 * 2**20
MAX_SEARCHED = 192 * 2**20  # characters walked through to place problems, a file once for each
MAX_DEPTH = 100


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed JSON text; ``text`` may be empty where only the value is known."""

    file: str
    text: str
    value: Any

    def find(self, path: str, searches: int = 0) -> tuple[int, int, str | None]:
        """Give line, column and line text of a path such as ``states[3].payoffs[0]``.

        Where the path leads nowhere, the last part of it that exists is given. After so many
        ``searches`` in this file that one more would take long, the start of the file is given.
        """
        if not self.text or (searches + 1) * len(self.text) > MAX_SEARCHED:
            return 1, 1, None
        keys = re.findall(r"\[(\d+)\]|([^.\[\]]+)", path)
        return _describe(self.text, _walk(self.text, [int(a) if a else b for a, b in keys]))


_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _walk(text: str, keys: list[int | str]) -> int:
    """Give the position where the value at the end of the keys starts."""
    at = _skip(text, 0)
    for key in keys:
        inside = _step_into(text, at, key)
        if inside is None:
            break
        at = inside
    return at


def _step_into(text: str, at: int, key: int | str) -> int | None:
    opened = text[at : at + 1]
    if opened != ("[" if isinstance(key, int) else "{"):
        return None
    at = _skip(text, at + 1)
    index = 0
    while text[at] not in "]}":
        name: int | str = index
        start = at
        if opened == "{":
            name, at = _DECODER.raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)
        if name == key:
            # for an object the key itself is the better place to point at
            return at if opened == "[" or text[at] in "[{" else start
        _, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)
        index += 1
    return None


def _describe(text: str, at: int) -> tuple[int, int, str]:
    line = text.count("\n", 0, at) + 1
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return line, at - start + 1, text[start : end if end >= 0 else len(text)]


def read_json(path: Path) -> Document:
    """Read a JSON file.

    Raises
    ------
    DetenteError
        E101 cannot be opened, E102 too large, E103 not text, E104 empty, E108 a key twice, E109
        nested too deeply, E116 not JSON, E125 NaN or Infinity.
    """
    file = str(path)
    text = _read_text(path, file)
    try:
        value = json.loads(
            text, object_pairs_hook=lambda pairs: _join(pairs, text, file),
            parse_constant=lambda word: _refuse(word, text, file),
        )  # fmt: skip
    except json.JSONDecodeError as wrong:
        _, _, line_text = _describe(text, min(wrong.pos, len(text)))
        place = Place(file, wrong.lineno, wrong.colno)
        raise DetenteError(
            Problem("E116", f"not JSON: {wrong.msg[:1].lower()}{wrong.msg[1:]}", place,
                    line_text=line_text, remedy="mend the file at this place")
        ) from None  # fmt: skip
    except RecursionError:
        raise DetenteError(_too_deep(file)) from None
    except ValueError as wrong:  # Python refuses to read integers of thousands of digits
        raise DetenteError(
            Problem("E116", f"a number cannot be read: {wrong}", Place(file, 1, 1),
                    remedy="give numbers of ordinary length")
        ) from None  # fmt: skip
    if _measure_depth(value) > MAX_DEPTH:
        raise DetenteError(_too_deep(file))
    return Document(file, text, value)


def _read_text(path: Path, file: str) -> str:
    place = Place(file, 1, 1)
    if path.is_dir():
        raise DetenteError(Problem("E101", "this is a directory", place, remedy="give a file"))
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DetenteError(
                Problem("E102", f"the file has {size / 2**20:.0f} MB, more than "
                                f"{MAX_BYTES // 2**20} MB", place, remedy="give a smaller game")
            )  # fmt: skip
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as wrong:
        raise DetenteError(
            Problem("E101", f"cannot be read: {wrong.strerror or wrong}", place,
                    remedy="check the name and the permissions")
        ) from None  # fmt: skip
    if not raw.strip():
        raise DetenteError(
            Problem("E104", "the file is empty", place, remedy="write a game into it")
        )
    if len(raw) > MAX_BYTES:
        raise DetenteError(
            Problem(
                "E102", "the file is larger than it said", place, remedy="wait until it is written"
            )
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise DetenteError(
            Problem("E103", "this is not a text in UTF-8", Place(file, line, 1),
                    remedy="save the file as UTF-8 text")
        ) from None  # fmt: skip
    if "\0" in text:
        raise DetenteError(
            Problem("E103", "this is a binary file, not a text", place, remedy="give a text file")
        )
    return text


def _too_deep(file: str) -> Problem:
    return Problem(
        "E109",
        f"nested more than {MAX_DEPTH} deep",
        Place(file, 1, 1),
        remedy="a game nests one list in another for each player, and no deeper",
    )


def _measure_depth(value: Any) -> int:
    depth, level = 0, [value]
    while level and depth <= MAX_DEPTH:
        depth += 1
        level = [
            inner for outer in level if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]  # fmt: skip
    return depth


def _join(pairs: list[tuple[str, Any]], text: str, file: str) -> dict[str, Any]:
    """Make an object of its pairs, refusing a key that stands twice."""
    out: dict[str, Any] = {}
    for key, value in pairs:
        if key in out:
            spot = max(text.rfind(json.dumps(key)), text.rfind(f'"{key}"'), 0)
            line, column, line_text = _describe(text, spot)
            raise DetenteError(
                Problem("E108", f"the key '{key}' stands twice in one object",
                        Place(file, line, column, len(key) + 2), line_text=line_text,
                        remedy="keep one of them")
            )  # fmt: skip
        out[key] = value
    return out


def _refuse(word: str, text: str, file: str) -> NoReturn:
    line, column, line_text = _describe(text, max(text.find(word), 0))
    raise DetenteError(
        Problem("E125", f"{word} is not a number", Place(file, line, column, len(word)),
                line_text=line_text, remedy="give a finite number")
    )  # fmt: skip
