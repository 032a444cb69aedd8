"""Run the examples of pages in order, as a reader would, and bring what they print up to date.

python tests/tools/run_pages.py docs/tutorial.md ...

What stands in a page, each fence with at most one remark in HTML on the line before it:

``console``
    lines beginning with ``$ `` are commands, what follows is what they print; a line ``...``
    stands for lines left out, and times are not compared
``yaml`` after ``<!-- file: NAME -->``
    a file that the reader writes
``diff`` after ``<!-- file: NAME -->``
    a change of that file
``python``
    is run; ``text`` after ``<!-- printed -->`` is what the Python before it printed
``<!-- not run: REASON -->``
    before anything that is not run
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from detente.cli.app import app
from detente.cli.output import COMPILING

FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[^\n]*?) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
TIME = re.compile(r"\b(?:\d+ min )?\d[\d.,]* m?s\b")
PROGRESS = re.compile(r"^\d+ of \d+ samples, .*\n", re.M)  # gone when a terminal shows the answer
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"  # files that every page may use
HOME = "/home/you"
WIDTH = "80"


@dataclass(frozen=True, slots=True)
class Example:
    """One fence of a page: its language, its remark, its text, and where they stand."""

    language: str
    mark: str
    text: str
    start: int
    end: int
    line: int

    @property
    def reason(self) -> str:
        """Why it is not run; empty where it is."""
        found = re.fullmatch(r"not run: (.+)", self.mark)
        return found[1] if found else ""

    @property
    def file(self) -> str:
        """The file that it is, or changes; empty where it is none."""
        found = re.fullmatch(r"file: (\S+)", self.mark)
        return found[1] if found else ""


def find_examples(page: str) -> list[Example]:
    """Give every fence of a page, in order (directives of the site are no examples)."""
    return [
        Example(
            found["language"], found["mark"] or "", found["text"], found.start("text"),
            found.end("text"), page[: found.start("text")].count("\n"),
        )
        for found in FENCE.finditer(page)
    ]  # fmt: skip


def is_session(page: str) -> bool:
    """Whether a page's examples follow one another, in one folder."""
    examples = find_examples(page)
    return any(
        each.language == "console" or each.file or each.mark == "printed" for each in examples
    )


def run_page(page: str, folder: Path) -> str:
    """Run a page's examples in a folder; give the page with what they print now.

    Files under docs/examples are there from the beginning.

    Raises
    ------
    ValueError
        Where a change does not fit its file, or a command is none that can be run here.
    """
    parts, done, printed = [], 0, ""
    names: dict[str, object] = {"__name__": "example"}  # Python goes on from fence to fence
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    with contextlib.chdir(folder):
        for each in find_examples(page):
            text = each.text
            if each.reason:
                continue
            if each.language == "diff" and each.file:
                _change(Path(each.file), text)
            elif each.file:
                Path(each.file).write_text(text, encoding="utf-8")
            elif each.language == "console":
                text = "".join(_run_console(text))
            elif each.language == "python":
                printed = _run_python(text, names)
            elif each.mark == "printed":
                text = _keep_if_same(text, printed)
            parts += [page[done : each.start], text]
            done = each.end
    return "".join([*parts, page[done:]])


def _change(path: Path, diff: str) -> None:
    """Apply a change: lines with -, + or a blank before them, at the one place that fits."""
    lines = [(line[:1] or " ", line[1:]) for line in diff.splitlines()]
    old = "".join(f"{text}\n" for sign, text in lines if sign in " -")
    new = "".join(f"{text}\n" for sign, text in lines if sign in " +")
    whole = path.read_text(encoding="utf-8")
    if f"\n{whole}".count(f"\n{old}") != 1:
        raise ValueError(f"the change fits {path} not once:\n{diff}")
    path.write_text(f"\n{whole}".replace(f"\n{old}", f"\n{new}")[1:], encoding="utf-8")


def _run_console(text: str) -> Iterator[str]:
    """Give a console block with what its commands print now."""
    for found in re.finditer(r"^\$ ((?:.*\\\n)*.*\n)((?:(?!\$ ).*\n)*)", text, re.M):
        words = shlex.split(found[1].replace("\\\n", " "), comments=True)
        yield f"$ {found[1]}"
        yield _keep_if_same(found[2], _run_command(words))


def _run_command(words: list[str]) -> str:
    if words[0] == "detente":
        width = {"COLUMNS": WIDTH, "TERM": "dumb", "NO_COLOR": "1"}
        result = CliRunner().invoke(app, words[1:], env=width)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        output = result.stdout + PROGRESS.sub("", result.stderr)
    elif words[0] in ("detente-verify", "cat", "ls"):
        if words[0] == "detente-verify":
            words = [sys.executable, "-m", "detente_verify", *words[1:]]
        run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        output = run.stdout.decode("utf-8")
    else:
        raise ValueError(f"no way to run {words}")
    lines = [line.rstrip() for line in output.replace(str(Path.cwd()), HOME).splitlines()]
    return "".join(f"{line}\n" for line in lines if line != COMPILING)


def _run_python(text: str, names: dict[str, object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(text, "example", "exec"), names)
    return out.getvalue()


def _keep_if_same(shown: str, now: str) -> str:
    """Give what is shown where it is what is printed now, else what is printed now."""
    now = TIME.sub("… s", now)
    pattern = "".join(
        r"(?:.*\n)*?" if line == "...\n" else re.escape(line)
        for line in shown.splitlines(keepends=True)
    )
    return shown if re.fullmatch(pattern, now) else now


def main(pages: list[str]) -> None:
    """Bring the pages among these whose examples follow one another up to date."""
    import tempfile

    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in pages:
        path = Path(name).resolve()
        if not is_session(path.read_text(encoding="utf-8")):
            continue
        with tempfile.TemporaryDirectory() as folder:
            old = path.read_text(encoding="utf-8")
            new = run_page(old, Path(folder).resolve())
        if new != old:
            path.write_text(new, encoding="utf-8")
            print(f"{name} has changed")


if __name__ == "__main__":
    main(sys.argv[1:])
