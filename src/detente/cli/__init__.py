"""The command line: parse, call, print; no arithmetic."""

from __future__ import annotations

from detente.cli.app import app


def main() -> None:
    """Run the command line; leaves the process with its exit code."""
    app()
