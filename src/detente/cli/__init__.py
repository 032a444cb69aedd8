"""The command line: parse, call, print; no arithmetic."""

from __future__ import annotations

import io
import os
import sys
import traceback

from detente.cli.app import app

FAULT = 70  # EX_SOFTWARE; Python's own 1 would read as "does not hold"
FAULT_WORDS = """
This is a fault of Detente, not of your file, and no answer was reached.
Please report it with the lines above and, if you may, the file.
"""


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    # The linear systems are small: more than one thread costs time, and much of it on a busy
    # machine. Only a default, and only before NumPy is loaded.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    for stream in (sys.stdout, sys.stderr):
        # A name that a pipe's encoding lacks is written with an escape instead of failing.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except Exception:
        traceback.print_exc()
        sys.stderr.write(FAULT_WORDS)
        sys.exit(FAULT)
