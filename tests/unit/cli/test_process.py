"""The command as a process: what it imports, how it takes interrupts and closed pipes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

MODULE = [sys.executable, "-m", "detente"]
HEAVY = ("numba", "llvmlite", "scipy", "pandas", "altair")
WITHOUT = """
import sys
from detente.cli.app import app
try:
    app({words!r})
except SystemExit as leaving:
    code = leaving.code or 0
heavy = [name for name in {heavy!r} if name in sys.modules]
print(code, heavy, file=sys.stderr)
"""


def loaded_by(words, folder):
    script = WITHOUT.format(words=list(words), heavy=HEAVY)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=folder, check=True
    )
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("check", "--help"), 0),
        (("new",), 0),
        (("new", "ceasefire"), 0),
        (("schema",), 0),
        (("check", "no-such-file.yaml"), 2),
        (("check", "wrong.yaml"), 2),
        (("check", "singapore-2018", "--plan", "none"), 2),
        (("check", "singapore-2018", "--set", "nothing=1"), 2),
    ],
)
def test_what_needs_no_solver_loads_none(tmp_path, words, code):
    (tmp_path / "wrong.yaml").write_text("title: only a title\n", encoding="utf-8")
    assert loaded_by(words, tmp_path) == f"{code} []"


def test_the_top_level_imports_nothing_heavy():
    script = (
        "import sys, detente; print([m for m in ('numpy', 'rich', 'typer') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_closed_pipe_leaves_no_traceback():
    with subprocess.Popen(
        [*MODULE, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    ) as process:
        process.stdout.close()
        stderr = process.stderr.read()
    assert stderr == b""
    assert process.returncode == 141


def test_a_fault_of_the_program_is_no_answer():
    script = (
        "import detente.cli.commands as c\n"
        "def fail(*_):\n"
        "    raise ZeroDivisionError\n"
        "c.read_file = fail\n"
        "from detente.cli import main\n"
        "main()\n"
    )
    words = [sys.executable, "-c", script, "check", "singapore-2018"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 70
    assert done.stdout == ""
    assert "a fault of Detente" in done.stderr


def test_a_poor_encoding_is_no_obstacle(tmp_path):
    text = "title: \u00c9t\u00e9\n"
    (tmp_path / "\u00e9.yaml").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [*MODULE, "check", "\u00e9.yaml"],
        capture_output=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"error[E" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupt_leaves_no_traceback():
    script = (
        "import time, detente.cli.commands as c\n"
        "def wait(*_):\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(30)\n"
        "c.read_file = wait\n"
        "from detente.cli import main\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, "check", "singapore-2018"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline() == "ready\n"
        start = time.perf_counter()
        process.send_signal(signal.SIGINT)
        stderr = process.stderr.read()
    assert time.perf_counter() - start < 20
    assert stderr == "stopped\n"
    assert process.returncode == 130
