"""The file of a sweep's results: written as it goes on, gone on with, finished.

While a sweep runs, its lines stand in order in ``F.partial``, where F is the file asked for, and
what they mean in ``F-metadata.json``. A line is handed to the system as soon as it and all before
it are there, so that a killed process loses what it was computing and nothing else; the disk is
told to keep it every two seconds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from detente.ask.sweeping.parquet import write_parquet
from detente.ask.sweeping.running import Row
from detente.ask.sweeping.table import Table
from detente.errors import DetenteError, Problem

ENDINGS = (".csv", ".parquet")
SECONDS_TO_DISK = 2.0
MAY_DIFFER = ("samples", "scenario")  # of what is described: more samples, another name
TAIL = 1 << 16  # bytes; longer than any line


def check_output(output: Path) -> None:
    """Find out before anything is computed whether results could be written.

    Raises
    ------
    DetenteError
        E453 for an unknown ending, E195 where there is no such folder, E490 where Parquet is
        asked for and cannot be written.
    """
    if output.suffix.lower() not in ENDINGS:
        raise DetenteError(
            Problem("E453", f"'{output}' ends neither in .csv nor in .parquet",
                    remedy=f"write for instance --output {output.stem or 'results'}.csv")
        )  # fmt: skip
    if not output.parent.is_dir():
        raise DetenteError(
            Problem("E195", f"there is no folder {output.parent}", remedy="make the folder first")
        )
    if output.suffix.lower() == ".parquet" and find_spec("pyarrow") is None:
        raise DetenteError(
            Problem("E490", "Parquet is written by a package that is not installed: pyarrow",
                    remedy="install it with: pip install 'detente[sweep]', or end the name in .csv")
        )  # fmt: skip


class Store:
    """Where the rows of one sweep are kept; a context that closes its file.

    Parameters
    ----------
    output : the file asked for; its ending says what it will be
    table : how rows are written
    about : what decides the results, and what the columns are (JSON values)
    resume : go on with what is there

    Raises
    ------
    DetenteError
        E194 and E455 where something is there and ``resume`` is false, E454 where it is of another
        sweep, E195 where nothing can be written.
    """

    def __init__(self, output: Path, table: Table, about: dict[str, Any], *, resume: bool) -> None:
        check_output(output)
        self.output = output
        self.partial = output.with_name(f"{output.name}.partial")
        self.about_path = output.with_name(f"{output.name}-metadata.json")
        self._table = table
        self._about = about
        self._stream: IO[bytes] | None = None
        self._synced = time.monotonic()
        self._appended = False
        self.done = 0
        try:
            self.done = self._go_on() if resume else self._begin()
        except OSError as error:
            self.close()
            raise self._cannot_write(error) from error
        except DetenteError:
            self.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        empty = self._stream is not None and self.done == 0 and not self._appended
        self.close()
        if empty:  # nothing came of it, so nothing stands in the way of another try
            self.partial.unlink(missing_ok=True)
            self.about_path.unlink(missing_ok=True)

    @property
    def is_finished(self) -> bool:
        """Whether the results stand under their own name already."""
        return self._stream is None

    def append(self, rows: list[Row]) -> None:
        """Write rows behind the others.

        Raises
        ------
        DetenteError
            E195 where that cannot be, such as on a full disk; what was written stays.
        """
        if self._stream is None:
            raise ValueError("the results are finished")
        try:
            self._appended = True
            self._stream.write(self._table.lines(rows).encode())
            self._stream.flush()
            if time.monotonic() - self._synced > SECONDS_TO_DISK:
                os.fsync(self._stream.fileno())
                self._synced = time.monotonic()
        except OSError as error:
            raise self._cannot_write(error) from error

    def rows(self) -> Iterator[Row]:
        """Iterate over the rows that are there.

        Raises
        ------
        DetenteError
            E455 where they are damaged.
        """
        path = self.output if self.is_finished else self.partial
        if path.suffix.lower() == ".parquet":
            path = self.partial  # kept until the other is there
        with path.open(encoding="utf-8", newline="") as stream:
            try:
                next(stream)
                for n, row in enumerate(self._table.read(stream)):
                    if row.number != n:
                        raise ValueError(f"sample {row.number} where {n} belongs")
                    yield row
            except (ValueError, StopIteration) as error:
                raise _damaged(path, str(error)) from error

    def finish(self) -> None:
        """Give the results their own name, once all samples are there.

        Raises
        ------
        DetenteError
            E194 where something of that name has come up meanwhile, E195 where it cannot be
            written.
        """
        if self._stream is None:
            return
        try:
            os.fsync(self._stream.fileno())
            self.close()
            if self.output.exists():
                raise DetenteError(_exists(self.output))
            if self.output.suffix.lower() == ".parquet":
                made = self.output.with_name(f"{self.output.name}.made")
                write_parquet(self.partial, made, self._table.columns, self._about)
                os.replace(made, self.output)
                self.partial.unlink()
            else:
                os.replace(self.partial, self.output)
        except OSError as error:
            raise self._cannot_write(error) from error

    def close(self) -> None:
        """Close the file; what is in it stays."""
        if self._stream is not None:
            stream, self._stream = self._stream, None
            stream.close()

    def _begin(self) -> int:
        for path in (self.output, self.partial):
            if path.exists():
                raise DetenteError(_exists(path))
        self._write_about()
        self._stream = self.partial.open("xb")
        _lock(self._stream, self.partial)
        self._stream.write(self._table.header().encode())
        self._stream.flush()
        return 0

    def _go_on(self) -> int:
        if not self.partial.exists() and not self.output.exists():
            return self._begin()
        self._compare()
        if self.output.exists():
            if self.output.suffix.lower() == ".parquet":
                raise DetenteError(
                    Problem("E194", f"{self.output} is finished already",
                            remedy="choose another name for another sweep")
                )  # fmt: skip
            if _count(self.output, self._table) >= self._about["samples"]:
                return int(self._about["samples"])
            os.replace(self.output, self.partial)  # more samples are asked for than there were
        self._stream = self.partial.open("r+b")
        _lock(self._stream, self.partial)
        _cut_torn_line(self._stream)
        done = _count(self.partial, self._table)
        if done > self._about["samples"]:
            raise DetenteError(
                Problem("E454", f"{self.partial} has {done:,} samples already",
                        remedy=f"ask for more: --samples {done}")
            )  # fmt: skip
        self._stream.seek(0, os.SEEK_END)
        if self._stream.tell() == 0:
            self._stream.write(self._table.header().encode())
        self._write_about()
        return done

    def _compare(self) -> None:
        """Refuse to go on with what was made from something else."""
        try:
            before = json.loads(self.about_path.read_text(encoding="utf-8"))
            if not isinstance(before, dict):
                raise TypeError("not an object")
        except (OSError, ValueError, TypeError) as error:
            raise _damaged(self.about_path, f"cannot be read: {error}") from error
        here = json.loads(json.dumps(self._about))
        differ = [
            key for key in {**here, **before}
            if key not in MAY_DIFFER and here.get(key) != before.get(key)
        ]  # fmt: skip
        if differ:
            shown = "; ".join(_difference(key, before.get(key), here.get(key)) for key in differ)
            raise DetenteError(
                Problem(
                    "E454",
                    f"what is in {self.output} was made otherwise: {shown}",
                    remedy="choose another name for new results, or ask as before",
                )
            )

    def _write_about(self) -> None:
        fresh = self.about_path.with_name(f"{self.about_path.name}.new")
        text = json.dumps(self._about, indent=2, ensure_ascii=False) + "\n"
        with fresh.open("w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(fresh, self.about_path)

    def _cannot_write(self, error: OSError) -> DetenteError:
        reason = error.strerror or str(error)
        there = ", and --resume goes on from there" if self.partial.exists() else ""
        return DetenteError(
            Problem(
                "E195",
                f"{error.filename or self.partial} cannot be written: {reason}",
                remedy=f"make room, or choose another place; what was done is kept{there}",
            )
        )


def _exists(path: Path) -> Problem:
    if path.name.endswith(".partial"):
        return Problem(
            "E455",
            f"an unfinished sweep is in {path}",
            remedy="go on with it: --resume; or remove that file to begin again",
        )
    return Problem(
        "E194",
        f"{path} exists already, and nothing is overwritten",
        remedy="choose another name with --output",
    )


def _damaged(path: Path, why: str) -> DetenteError:
    return DetenteError(
        Problem("E455", f"{path} is damaged: {why}", remedy="remove it to begin again")
    )


def _difference(key: str, before: object, here: object) -> str:
    plain = (str, int, float)
    if key == "scenario_sha256":
        was, is_ = str(before)[:8], str(here)[:8]
        return f"the scenario's text is another (its sha256 began with {was}, now with {is_})"
    if isinstance(before, plain) and isinstance(here, plain):
        return f"{key.replace('_', ' ')} {before}, now {here}"
    if isinstance(before, dict) and isinstance(here, dict):
        other = [k for k in {**before, **here} if before.get(k) != here.get(k)]
        return ", ".join(f"{k} {before.get(k)}, now {here.get(k)}" for k in other)
    return key.replace("_", " ")


def _lock(stream: IO[bytes], path: Path) -> None:
    """Keep others from writing the same file, where the system can (not on Windows)."""
    if find_spec("fcntl") is None:
        return
    import fcntl  # noqa: PLC0415

    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise DetenteError(
            Problem("E455", f"another process is writing {path}", remedy="wait until it is done")
        ) from error


def _cut_torn_line(stream: IO[bytes]) -> None:
    """Take off a last line that was not written to its end."""
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - TAIL)
    stream.seek(start)
    tail = stream.read()
    if tail and not tail.endswith(b"\n"):
        stream.truncate(start + tail.rfind(b"\n") + 1)


def _count(path: Path, table: Table) -> int:
    """Give how many samples a file has, by the number in its last line."""
    with path.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - TAIL))
        lines = stream.read().decode("utf-8", errors="replace").splitlines()
    if not lines or lines[-1] == table.header().rstrip("\n"):
        return 0
    try:
        return next(iter(table.read(lines[-1:]))).number + 1
    except ValueError as error:
        raise _damaged(path, f"in its last line, {error}") from error
