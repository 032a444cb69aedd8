"""Write docs/performance.md from the JSON of pytest-benchmark.

python tests/bench/write_page.py .benchmarks/latest.json docs/performance.md
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# name of the benchmark: (words, target in seconds or None, CPU or wall)
ROWS = {
    "test_help": ("`detente --help`", 0.5, "wall"),
    "test_check_help": ("`detente check --help`", 0.5, "wall"),
    "test_import": ("Python with `import detente`", None, "wall"),
    "test_empty_python": ("Python alone, for comparison", None, "wall"),
    "test_first_run_on_a_machine": (
        "Singapore with its report, first run on a machine, compiling included",
        40.0,
        "wall",
    ),
    "test_fresh_with_report": (
        "the same once compiled; the payoff sets of the picture get at most 20 s",
        None,
        "wall",
    ),
    "test_fresh_all_readings": ("Singapore, all plans and readings, fresh process", 8.0, "wall"),
    "test_fresh_no_deal": ("Singapore, `--reading no-deal`, fresh process", 2.0, "wall"),
    "test_warm_all_readings": ("Singapore, all plans and readings, warm process", 4.0, "wall"),
    "test_warm_no_deal": ("Singapore, `--reading no-deal`, warm process", 0.2, "wall"),
    "test_five_random_games_of_ten_states": (
        "a random game: 10 states, 3 x 3 actions, actions seen, sets to 1e-6",
        0.3,
        "CPU",
    ),
    "test_five_noisy_games_at_16_directions": (
        "a random game: 2 states, 2 x 2 actions, 3 signals, 16 directions",
        0.05,
        "CPU",
    ),
}

HEAD = """# How fast it is

Written by `make bench` from measurements on one machine; nothing here is a promise. Medians, with
the least and the most. CPU seconds are of one thread.

| what | median | least to most | target | |
|---|---|---|---|---|
"""


def write_page(data: dict[str, Any]) -> str:
    """Give the page as Markdown."""
    measured = {each["name"]: each for each in data["benchmarks"]}
    lines = []
    for name, (words, target, kind) in ROWS.items():
        if name not in measured:
            lines.append(f"| {words} | not measured | | {_target(target)} | |")
            continue
        share = 1.0 / measured[name]["extra_info"].get("games", 1)
        stats = measured[name]["stats"]
        middle, low, high = (stats[key] * share for key in ("median", "min", "max"))
        verdict = "" if target is None else "kept" if middle <= target else "**missed**"
        lines.append(
            f"| {words} | {seconds(middle)} {kind} | {seconds(low)} to {seconds(high)} "
            f"| {_target(target)} | {verdict} |"
        )
    return HEAD + "\n".join(lines) + f"\n\n{describe_machine(data)}\n"


def describe_machine(data: dict[str, Any]) -> str:
    """Say on what and when it was measured."""
    machine = data["machine_info"]
    cpu = machine.get("cpu", {})
    brand = cpu.get("brand_raw", machine.get("processor") or "unknown processor")
    return (
        f"Measured on {data['datetime'][:10]}: {brand}, {cpu.get('count', '?')} cores, "
        f"Python {machine['python_version']}, {machine['system']}."
    )


def seconds(value: float) -> str:
    """Write a time with the digits that matter."""
    return (
        f"{value:.1f} s" if value >= 10 else f"{value:.2f} s" if value >= 0.1 else f"{value:.3f} s"
    )


def _target(target: float | None) -> str:
    return "" if target is None else f"{target:g} s"


if __name__ == "__main__":
    page = write_page(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    Path(sys.argv[2]).write_text(page, encoding="utf-8")
