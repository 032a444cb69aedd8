"""Files that the command line itself reads and writes, with errors that a user can mend."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from detente.errors import DetenteError, Problem

if TYPE_CHECKING:
    from detente.arrays import FloatArray

MAX_DIRECTIONS_BYTES = 10_000_000
SCHEMA_FILE = "detente.schema.json"
EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"  # where editors look for it


def write_new_file(path: Path, text: str, option: str = "with --output FILE.yaml") -> None:
    """Write a file that must not exist yet; ``option`` is how another name is given.

    Raises
    ------
    DetenteError
        E194 where something of that name exists, E195 where it cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise DetenteError(
            Problem(
                "E194",
                f"{path} exists already, and nothing is overwritten",
                remedy=f"choose another name {option}".rstrip(),
            )
        ) from None
    except OSError as error:
        raise DetenteError(_cannot_write(path, error)) from None


def check_place(path: Path) -> None:
    """Find out before anything is computed whether a file could stand there.

    Raises
    ------
    DetenteError
        E195 where its folder is missing, or it is a folder itself.
    """
    if not path.parent.is_dir():
        raise DetenteError(
            Problem("E195", f"there is no folder {path.parent}", remedy="make the folder first")
        )
    if path.is_dir():
        raise DetenteError(Problem("E195", f"{path} is a folder", remedy="name a file in it"))


def write_text(path: Path, text: str) -> None:
    """Write a file, replacing what was there.

    Raises
    ------
    DetenteError
        E195 where it cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DetenteError(_cannot_write(path, error)) from None


def write_schema(path: Path, *, ours_only: bool = False) -> None:
    """Write the JSON Schema of scenario files, for editors.

    Parameters
    ----------
    path : the file
    ours_only : leave a file alone that is there and is not such a schema (of some version)

    Raises
    ------
    DetenteError
        E195 where it cannot be written.
    """
    from detente.scenario.schema import SCHEMA_TITLE, json_schema

    if ours_only and path.exists():
        try:
            old = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            return
        if not isinstance(old, dict) or old.get("title") != SCHEMA_TITLE:
            return
    write_text(path, json.dumps(json_schema(), indent=2, allow_nan=False) + "\n")


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file, replacing what was there.

    Raises
    ------
    DetenteError
        E195 where it cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise DetenteError(_cannot_write(path, error)) from None


def refuse_both(directions: int | None, directions_file: Path | None) -> None:
    """Refuse two ways of giving directions at once.

    Raises
    ------
    DetenteError
        E402
    """
    if directions is not None and directions_file is not None:
        raise DetenteError(
            Problem("E402", "directions are given twice", remedy="drop one of the two options")
        )


def refuse_points_without_proof(points: list[str] | None, proof: Path | None) -> None:
    """Refuse points that no proof is asked for.

    Raises
    ------
    DetenteError
        E501
    """
    if points and proof is None:
        raise DetenteError(
            Problem("E501", "--point says what to prove, but no proof is asked for",
                    remedy="add --proof OUT.json")
        )  # fmt: skip


def read_directions(path: Path) -> FloatArray:
    """Read a JSON list of vectors.

    Returns
    -------
    float64 array, shape (D, P)

    Raises
    ------
    DetenteError
        E196 where the file cannot be read, E402 where it is not a list of equal vectors.
    """
    import numpy as np

    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_DIRECTIONS_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DetenteError(Problem("E196", f"{path} cannot be read: {reason}")) from None
    if len(raw) > MAX_DIRECTIONS_BYTES:
        raise DetenteError(Problem("E196", f"{path} is larger than 10 MB"))
    try:
        vectors = json.loads(raw)
    except (ValueError, RecursionError):
        vectors = None
    if not _are_vectors(vectors):
        raise DetenteError(
            Problem(
                "E402",
                f"{path} is not a JSON list of vectors of equal length",
                remedy="write for instance [[1, 0], [0, 1], [-1, 0], [0, -1]]",
            )
        )
    return np.array(vectors, dtype=np.float64)


def _are_vectors(vectors: object) -> bool:
    if not isinstance(vectors, list) or not vectors:
        return False
    if not all(isinstance(each, list) and each for each in vectors):
        return False
    if len({len(each) for each in vectors}) != 1:
        return False
    return all(isinstance(x, (int, float)) and not isinstance(x, bool) for v in vectors for x in v)


def _cannot_write(path: Path, error: OSError) -> Problem:
    reason = error.strerror or str(error)
    return Problem("E195", f"{path} cannot be written: {reason}", remedy="choose another place")
