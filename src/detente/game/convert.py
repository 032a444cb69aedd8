"""Game files of any kind, told apart by how their names end."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from detente.errors import DetenteError, Problem, listed
from detente.game.efg import write_efg
from detente.game.exact import exact, write_number
from detente.game.files import Value, game_from_document
from detente.game.json_text import read_json
from detente.game.nfg import Document, read_nfg, write_nfg

READ = (".json", ".nfg")
WRITTEN = (".json", ".nfg", ".efg")


def read_document(path: str | Path, discount: Sequence[Value] = ()) -> Document:
    """Read a game from a game file (.json) or a strategic game of Gambit (.nfg), and check it.

    Parameters
    ----------
    discount : discount factors of an .nfg file, which has none: one for each player, or one

    Returns
    -------
    dict
        the content of a game file; numbers are those that are written, to the last digit

    Raises
    ------
    DetenteError
        E440 where the name ends otherwise, E441 and E442 for an .nfg file, E442 where a game file
        would get a second discount factor, and everything of `detente.game.files.read_game`.
    """
    path = Path(path)
    ending = check_ending(path, READ, "read from")
    if ending == ".nfg":
        document = read_nfg(path, discount)
        game_from_document(document, str(path))
        return document
    if discount:
        raise DetenteError(
            Problem("E442", f"{path} has discount factors of its own",
                    remedy="drop --discount; it is for .nfg files")
        )  # fmt: skip
    read = read_json(path)
    game_from_document(read.value, str(path), read.text)
    exact_document: Document = json.loads(read.text, parse_float=_keep)
    return exact_document


def _keep(text: str) -> Value:
    """Give a decimal as a float where that shows the same number, else as its text."""
    return write_number(exact(text))


def print_document(document: Document, ending: str, periods: int = 1, start: int | str = 0) -> str:
    """Give the text of a game file that ends in ``ending`` (.json, .nfg or .efg)."""
    if ending == ".nfg":
        return write_nfg(document)
    if ending == ".efg":
        return write_efg(document, periods, start)
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def check_ending(path: Path, endings: tuple[str, ...], verb: str) -> str:
    """Give the ending of a file's name, which must be one of these.

    Raises
    ------
    DetenteError
        E440
    """
    ending = path.suffix.lower()
    if ending not in endings:
        raise DetenteError(
            Problem("E440", f"'{path}' does not say what kind of file it is",
                    remedy=f"games are {verb} files that end in {listed(endings)}")
        )  # fmt: skip
    return ending
