"""The documents of a folder: found by fingerprint, read as text, nothing outside touched."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from detente.errors import DetenteError, Problem
from detente.scenario.model import Source

MAX_FILES = 2000
MAX_HASHED = 200_000_000  # bytes of a file that is still fingerprinted
MAX_TEXT = 5_000_000  # bytes of a document that is still read
BLOCK = 1 << 20

_MAGIC = (
    (b"%PDF-", "a PDF", "save its text with: pdftotext -layout FILE.pdf FILE.txt"),
    (b"PK\x03\x04", "an office document or an archive", "open it and save it as plain text"),
    (b"\xd0\xcf\x11\xe0", "an office document", "open it and save it as plain text"),
    (b"\x1f\x8b", "compressed", "unpack it first"),
    (b"{\\rtf", "rich text", "open it and save it as plain text"),
    (b"\x89PNG", "a picture", "type its text, or let a program read it"),
    (b"\xff\xd8\xff", "a picture", "type its text, or let a program read it"),
)
_WEB = (b"<!doctype html", b"<html")


class Match(StrEnum):
    """How a source's document was found."""

    FOUND = "found"  # a file with its fingerprint
    NAMED = "named"  # a file of its name; the source gives no fingerprint
    CHANGED = "changed"  # a file of its name with another fingerprint
    MISSING = "missing"
    NOT_STORED = "not stored"  # the source names no document


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the folder: its name, its size in bytes, and its fingerprint."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Matched:
    """A source and the file that is its document, if there is one."""

    source: str
    match: Match
    file: Stored | None = None


def list_folder(folder: Path) -> tuple[Stored, ...]:
    """Fingerprint the files of a folder.

    Only plain files that lie in the folder itself are looked at: no folders in it, and no links
    that lead out of it.

    Raises
    ------
    DetenteError
        E801 where it is no folder, cannot be read, or has too many files.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "name the folder that holds the documents, for instance --documents documents"
        raise DetenteError(
            Problem("E801", f"the documents in '{folder}' cannot be read: {reason}", remedy=remedy)
        ) from None
    if len(entries) > MAX_FILES:
        raise DetenteError(
            Problem(
                "E801",
                f"'{folder}' has {len(entries):,} entries, more than {MAX_FILES:,}",
                remedy="put the documents of the scenario into a folder of their own",
            )
        )
    inside = folder.resolve()
    found = [_fingerprint(Path(each.path), inside) for each in entries if each.name[0] != "."]
    return tuple(each for each in found if each is not None)


def _fingerprint(path: Path, inside: Path) -> Stored | None:
    try:
        real = path.resolve(strict=True)
        status = real.stat()
        if not stat.S_ISREG(status.st_mode) or real.parent != inside:
            return None
        digest = hashlib.sha256()
        size = 0
        with real.open("rb") as stream:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > MAX_HASHED:
                    return Stored(path.name, status.st_size, "")
                digest.update(block)
    except OSError:  # gone, or not ours to read: it cannot be anybody's document
        return None
    return Stored(path.name, size, digest.hexdigest())


def match_documents(
    sources: Mapping[str, Source], files: Sequence[Stored]
) -> tuple[tuple[Matched, ...], tuple[Stored, ...]]:
    """Find each source's document by its fingerprint, else by its name.

    Returns
    -------
    matched : one for each source, in their order
    unknown : the files that are no source's document
    """
    by_hash = {each.sha256: each for each in files if each.sha256}
    matched = []
    for source in sources.values():
        file = by_hash.get(source.sha256.lower()) if source.sha256 else None
        if file is not None:
            matched.append(Matched(source.id, Match.FOUND, file))
            continue
        file = _by_name(source.document, files)
        if not source.document and not source.sha256:
            matched.append(Matched(source.id, Match.NOT_STORED))
        elif file is None:
            matched.append(Matched(source.id, Match.MISSING))
        else:
            match = Match.CHANGED if source.sha256 else Match.NAMED
            matched.append(Matched(source.id, match, file))
    taken = {each.file.name for each in matched if each.file is not None}
    return tuple(matched), tuple(each for each in files if each.name not in taken)


def _by_name(name: str, files: Sequence[Stored]) -> Stored | None:
    """Find a file by its name, or by its name without the ending where only one has it."""
    if not name:
        return None
    exact = [each for each in files if each.name == name]
    stems = [each for each in files if Path(each.name).stem == name]
    found = exact or stems
    return found[0] if len(found) == 1 else None


def is_plain_name(name: str) -> bool:
    """Whether a document's name is a bare name, and no path.

    Examples
    --------
    >>> is_plain_name("report-a"), is_plain_name("../secret"), is_plain_name("/etc/passwd")
    (True, False, False)
    """
    return (
        name not in (".", "..") and not any(char in name for char in "/\\\0") and name.isprintable()
    )


def read_text(folder: Path, file: Stored) -> str:
    """Read a document of the folder as text.

    Raises
    ------
    DetenteError
        E803 where it is no text, or changed while it was read.
    """
    if file.size > MAX_TEXT or not file.sha256:
        megabytes = MAX_TEXT // 1_000_000
        _refuse(file.name, f"it has more than {megabytes} MB", "cut it down to what is cited")
    try:
        data = (folder.resolve() / file.name).read_bytes()
    except OSError as error:
        _refuse(file.name, error.strerror or str(error), "look at its permissions")
    if hashlib.sha256(data).hexdigest() != file.sha256:
        _refuse(file.name, "it changed while it was read", "run the command again")
    for magic, what, remedy in _MAGIC:
        if data.startswith(magic):
            _refuse(file.name, f"it is {what}, not plain text", remedy)
    if data.lstrip()[:64].lower().startswith(_WEB):
        remedy = "open it in a browser, and save it as text"
        _refuse(file.name, "it is a web page, not plain text", remedy)
    text = _decode(file.name, data)
    if "\0" in text:
        _refuse(file.name, "it holds bytes that are no text", "save it as plain text in UTF-8")
    if not text.strip():
        _refuse(file.name, "it is empty", "save the document's text in it")
    return text


def _decode(name: str, data: bytes) -> str:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        remedy = "save it as UTF-8; on a Western system: iconv -f WINDOWS-1252 -t UTF-8"
        _refuse(name, f"it is not text in UTF-8 (line {line})", remedy)


def _refuse(name: str, why: str, remedy: str) -> NoReturn:
    raise DetenteError(Problem("E803", f"'{name}' cannot be read as text: {why}", remedy=remedy))
