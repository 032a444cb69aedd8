"""The command `detente-verify`."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from detente_verify import __version__
from detente_verify.proof import TIME_LIMIT, Report, check_files
from detente_verify.reading import MAX_MEGABYTES

EXIT = {"valid": 0, "invalid": 1, "unreadable": 2, "incomplete": 3}
SCENARIO_ENDINGS = {".yaml", ".yml"}


def main(arguments: list[str] | None = None) -> int:
    """Check a proof and say what was found; give the exit code."""
    options = _make_parser().parse_args(arguments)
    game, note = _find_game(Path(options.game))
    if game is None:
        report = Report("unreadable", place=options.game, message=note)
    else:
        report = check_files(
            game, options.proof, max_megabytes=options.max_size, time_limit=options.time_limit
        )
    if options.json:
        text = json.dumps({**asdict(report), "note": note if game else ""}, indent=1)
    else:
        text = _word(report, note if game else "")
    sys.stdout.write(text + "\n")
    return EXIT[report.verdict]


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="detente-verify",
        description="Check a proof about a game with exact arithmetic. Exit code: 0 valid, "
        "1 invalid, 2 a file cannot be read, 3 incomplete (a limit was hit).",
    )
    parser.add_argument("game", help="game file (JSON), or a scenario with its game file beside it")
    parser.add_argument("proof", help="proof file (JSON)")
    parser.add_argument("--json", action="store_true", help="answer in JSON")
    parser.add_argument("--max-size", type=_positive, default=MAX_MEGABYTES, metavar="MB",
                        help="largest file that is read (default: %(default)s)")  # fmt: skip
    parser.add_argument("--time-limit", type=_positive, default=TIME_LIMIT, metavar="SECONDS",
                        help="give up after this long (default: %(default)s)")  # fmt: skip
    parser.add_argument("--version", action="version", version=f"detente-verify {__version__}")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError("expected a positive number below 1,000,000")
    return value


def _find_game(path: Path) -> tuple[Path | None, str]:
    """Give the game file, and a note about it; for a scenario the file compiled from it."""
    if path.suffix.lower() not in SCENARIO_ENDINGS:
        return path, ""
    beside = path.with_suffix(".game.json")
    if beside.is_file():
        return beside, (
            f"checked against {beside.name}, which stands for the scenario; `detente compile "
            f"{path.name}` writes it anew, so that the two can be compared"
        )
    return None, (
        f"a scenario is checked through its game file, and there is no {beside.name} beside it; "
        f"write it with `detente compile {path.name}`"
    )


def _word(report: Report, note: str) -> str:
    lines = [f"step {n}: {words}" for n, words in enumerate(report.steps)]
    if note:
        lines.append(f"note: {note}")
    if report.verdict == "valid":
        lines.append("proven:")
        lines += [f"  - {words}" for words in report.proven]
        lines.append("valid")
        return "\n".join(lines)
    place = f" at {report.place}" if report.place else ""
    rule = f" (rule {report.rule} of docs/proof-format.md)" if report.rule else ""
    lines.append(f"{report.verdict}{place}: {report.message}{rule}")
    if report.failing:
        lines.append(f"  does not hold: {report.failing}")
    return "\n".join(lines)
