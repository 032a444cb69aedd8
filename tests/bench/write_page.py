"""Write docs/performance.md from what was measured.

python tests/bench/write_page.py COMMANDS.json MEASURES.json NOTES.md docs/performance.md

The first is the JSON of pytest-benchmark, the second of run.py, the third is written by hand.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.sections import SECTIONS, reached, seconds, table

# name of the benchmark: (words, target in wall seconds or None)
COMMANDS: dict[str, tuple[str, float | None]] = {
    "test_help": ("`detente --help`", 0.5),
    "test_check_help": ("`detente check --help`", 0.5),
    "test_import": ("Python with `import detente`", None),
    "test_empty_python": ("Python alone, for comparison", None),
    "test_first_run_on_a_machine": (
        "Singapore with its report, first run on a machine, compiling included",
        40.0,
    ),
    "test_fresh_with_report": (
        "the same once compiled; the payoff sets of the picture get a set number of rounds",
        None,
    ),
    "test_fresh_all_readings": ("Singapore, all plans and readings, fresh process", 8.0),
    "test_fresh_no_deal": ("Singapore, `--reading no-deal`, fresh process", 2.0),
    "test_warm_all_readings": ("Singapore, all plans and readings, warm process", 4.0),
    "test_warm_no_deal": ("Singapore, `--reading no-deal`, warm process", 0.2),
    "test_mend_every_number": ("Singapore, `mend` of every number of a plan, warm process", 20.0),
    "test_design_all_purposes": ("Singapore, `design` for every purpose, warm process", 10.0),
    "test_app_first_page": ("`detente app`: from the command to the first page, and its end", 3.0),
    "test_app_verdict": ("`detente app`: Singapore, from a slider to the verdict shown", 0.2),
}

HEAD = """# How fast it is

Written by `make bench` from measurements on one machine; nothing here is a promise. Games are
measured in CPU seconds of the solve alone, warm, the best of repeats unless it says median;
commands in wall seconds, median. The gap is the largest distance between the outer and the inner
bound, relative to the payoff range; sets are asked for to 1e-6 of it where nothing else is said.

"""

WORDS = {
    "games": """
Left, from the project's goals: the reference program as its authors ship it, then a plain
exact-polygon trial of 150 lines, then what was to be reached. Which games these are, to the seed,
is said in `tests/bench/families.py`. The last column is the time at a tenth of the tolerance,
which on payoffs of 0 to 10 is an error of 1e-6 in payoff units.

""",
    "signals": """
A programme is one state, one profile and one direction. With 16 fixed directions the same
programmes could be solved one by one as general linear programmes: by HiGHS through
`scipy.optimize.linprog`, building them not counted. There are rounds times profiles times
directions of them. One of the first round is timed, in which no bound is known yet and every one
is solved; later, bounds spare most of them. The ratio is HiGHS's time for one, times the number of
programmes, by our time for the whole game. The supports that HiGHS finds in one round from the
final sets are compared with ours, in the states in which it gave up on no programme.

""",
    "quantecon": """
`quantecon.game_theory.RepeatedGame.equilibrium_payoffs` takes games of two players and one state.
Its answer is called right where it is within 1e-6 of the payoff range of our outer bound.

""",
    "singapore": "\n",
    "sparse": """
Two parties with three ladders and a government that changes: 15 profiles and at most 8 next states
in each state, δ = .9 and .92, to 1e-4 (`scenario_like` in `tests/bench/families.py`).

""",
    "threads": """
The same game with one and with two threads; every bit of the sets is compared.

""",
    "memory": """
Most memory of a process that solves nothing else. What stands before is Python with the solver
loaded, and the game.

""",
    "first": "\n",
    "stopped": "\n",
}

PICTURES = (
    ("performance-states.png", "CPU seconds against states"),
    ("performance-settings.png", "CPU seconds against patience and directions, wall by threads"),
)


def write_page(commands: dict[str, Any], measures: dict[str, Any], notes: str) -> str:
    """Give the page as Markdown."""
    parts = {each["part"]: each for each in measures["parts"]}
    out = [HEAD, "## Commands\n\n", write_commands(commands)]
    for key, title, write in SECTIONS:
        out.append(f"\n## {title}\n{WORDS[key]}{write(parts)}")
    out.append("\n## Pictures\n\n")
    out.extend(f"![{words}](pictures/{name})\n\n" for name, words in PICTURES)
    out.append(f"## Tried and not kept\n\n{notes.strip()}\n")
    return f"{''.join(out)}\n{describe_machine(commands)}\n"


def write_commands(data: dict[str, Any]) -> str:
    """Write the table of commands."""
    measured = {each["name"]: each["stats"] for each in data["benchmarks"]}
    lines = []
    for name, (words, target) in COMMANDS.items():
        wanted = "" if target is None else f"{target:g}"
        if name not in measured:
            lines.append([words, "not measured", "", wanted, ""])
            continue
        stats = measured[name]
        spread = f"{seconds(stats['min'])} to {seconds(stats['max'])}"
        lines.append(
            [words, seconds(stats["median"]), spread, wanted, reached(stats["median"], target)]
        )
    return table(["what", "wall s", "least to most", "to reach", ""], lines)


def describe_machine(data: dict[str, Any]) -> str:
    """Say on what and when it was measured."""
    machine = data["machine_info"]
    cpu = machine.get("cpu", {})
    brand = cpu.get("brand_raw", machine.get("processor") or "unknown processor")
    return (
        f"Measured on {data['datetime'][:10]}: {brand}, {cpu.get('count', '?')} cores, "
        f"Python {machine['python_version']}, {machine['system']}."
    )


def _read(path: str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"))


if __name__ == "__main__":
    notes = Path(sys.argv[3]).read_text(encoding="utf-8")
    measures = _read(sys.argv[2])
    page = write_page(_read(sys.argv[1]), measures, notes)
    Path(sys.argv[4]).write_text(page, encoding="utf-8")
    broken = "\n".join(f"{p['part']} failed" for p in measures["parts"] if p["ended"] == "failed")
    sys.exit(broken or None)
