"""The files that the app may read and write: scenarios in one folder, by their names."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from pathlib import Path

from detente.app.problems import refusal
from detente.library import ENDINGS
from detente.scenario.reading import MAX_BYTES

MOST_LISTED = 200


class Folder:
    """One folder; nothing outside it, no folders in it, no links, no other endings.

    Parameters
    ----------
    path : the folder
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.name or str(self.path)

    def names(self) -> list[str]:
        """List the scenario files."""
        try:
            entries = sorted(self.path.iterdir())
        except OSError:
            return []
        found = [each.name for each in entries if self._is_ours(each.name) and _is_plain(each)]
        return found[:MOST_LISTED]

    def read(self, name: str) -> tuple[str, str]:
        """Give the text of a file, and the digest of its bytes.

        Raises
        ------
        RefusedError
            403 for a name that leads elsewhere, 404 where there is no such file, 413 for a large
            one, 422 for one that is not text.
        """
        data = self._read_bytes(self._find(name))
        if data is None:
            files = ", ".join(self.names()) or "none"
            raise refusal(
                404, "E707", f"there is no file '{name}' in the folder", f"files: {files}"
            )
        if len(data) > MAX_BYTES:
            raise refusal(
                413, "E702", f"'{name}' is larger than a scenario can be", "is it the right file?"
            )
        try:
            return data.decode("utf-8-sig"), digest(data)
        except UnicodeDecodeError:
            raise refusal(
                422, "E707", f"'{name}' is not text in UTF-8", "save it as UTF-8"
            ) from None

    def head(self, name: str, size: int) -> str:
        """Give the beginning of a file that `names` lists; nothing where it cannot be read."""
        data = self._read_bytes(self._find(name), size) or b""
        return data.decode("utf-8-sig", "replace")

    def write(self, name: str, text: str, before_digest: str | None) -> str:
        """Write a file, where it still is what the client has seen; give its new digest.

        Raises
        ------
        RefusedError
            403 for a name that leads elsewhere, 409 where the file has changed meanwhile.
        """
        path = self._find(name)
        data = text.encode("utf-8")
        if len(data) > MAX_BYTES:
            raise refusal(
                413, "E702", "the text is larger than a scenario can be", "make it smaller"
            )
        before = self._read_bytes(path)
        found = None if before is None else digest(before)
        if found != before_digest:
            what = "is there already" if before_digest is None else "has changed meanwhile"
            raise refusal(
                409,
                "E708",
                f"'{name}' {what}; nothing was written",
                "save under another name, or open it again",
            )
        self._replace(path, data)
        return digest(data)

    def _find(self, name: str) -> Path:
        path = self.path / name
        if not self._is_ours(name) or (
            path.is_symlink() or (path.exists() and not _is_plain(path))
        ):
            raise refusal(
                403,
                "E707",
                f"'{name}' is not a scenario file of the folder",
                "give a name that ends in .yaml, without a folder",
            )
        return path

    def _is_ours(self, name: str) -> bool:
        plain = name == Path(name).name and not any(sign in name for sign in "/\\:\0")
        printable = name.isprintable() and len(name.encode("utf-8", "replace")) <= 200
        return plain and printable and not name.startswith(".") and name.endswith(ENDINGS)

    @staticmethod
    def _read_bytes(path: Path, size: int = MAX_BYTES + 1) -> bytes | None:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        flags |= getattr(os, "O_BINARY", 0)
        try:
            descriptor = os.open(path, flags)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return stream.read(size)

    def _replace(self, path: Path, data: bytes) -> None:
        """Write beside the file and put it in its place, so that no half file is ever seen."""
        try:
            descriptor, fresh = tempfile.mkstemp(prefix=".detente-", dir=self.path)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(data)
                mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else 0o644
                Path(fresh).chmod(mode)
                Path(fresh).replace(path)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(fresh).unlink()
                raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise refusal(
                403,
                "E707",
                f"'{path.name}' cannot be written: {reason}",
                "look at the folder's permissions",
            ) from None


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def digest(data: bytes) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(data).hexdigest()
