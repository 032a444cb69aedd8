"""The sections of docs/performance.md that are made of measured games."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]
Measures = dict[str, dict[str, Any]]  # by part: how it ended, and its rows

# family: (words, reference program, plain trial in Numba, what to reach), CPU seconds
TARGETS: dict[str, tuple[str, str, str, float | None]] = {
    "pd2": ("prisoner's dilemma, two states", "0.016", "0.002", 0.0005),
    "risk2": ("risk sharing, 2 endowments, 20 steps each", "0.16", "0.008", 0.0015),
    "risk5": ("risk sharing, 5 endowments, 20 steps, 4,405 profiles", "9.6", "0.31", 0.05),
    "r10.7": ("random, 10 states x 3x3, δ=.7", "1.3 to 2.5 (often wrong)", "0.18", 0.015),
    "r10.9": ("random, 10 states x 3x3, δ=.9", "17", "0.76", 0.04),
    "r10.99": ("random, 10 states x 3x3, δ=.99", "", "", None),
    "r50.7": ("random, 50 states x 3x3, δ=.7", "about 330", "22", 0.6),
    "r50.9": ("random, 50 states x 3x3, δ=.9", "no answer", "86", 1.5),
    "r100.7": ("random, 100 states x 3x3, δ=.7", "no right answer", "–", 3.0),
}
PATIENCE_FACTOR = 3.0
SIGNAL_MICROSECONDS, SIGNAL_RATIO = 5.0, 1500.0
SINGAPORE = {
    "singapore plans": 0.5, "singapore sets": 2.0, "singapore proof": 5.0,
    "singapore compare": 2.0, "singapore screen": 2.0,
}  # fmt: skip
NO_TARGET = ("proving",)  # names of rows that stand beside one with a target
SPARSE_SECONDS, SPARSE_MEGABYTES = 60.0, 2048.0


def seconds(value: float) -> str:
    """Write a time with the digits that matter."""
    if value >= 100:
        return f"{value:.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2g}" if value < 1 else f"{value:.2f}"


def relative(value: Any) -> str:
    """Write an error relative to the payoff range; infinities came as text."""
    return f"{value:.1e}" if isinstance(value, float | int) else "not bounded"


def reached(value: float, target: float | None, *, at_most: bool = True) -> str:
    """Say whether a target was kept, and by what factor it was missed."""
    if target is None:
        return ""
    factor = value / target if at_most else target / value
    return "kept" if factor <= 1.0 else f"**missed**, {factor:.3g} times"


def answered(row: Row) -> bool:
    """Whether a row is an answer; what was stopped at a limit can keep no target."""
    return row.get("status", "converged") in ("converged", "empty")


def verdict(row: Row, value: float, target: float | None) -> str:
    """Say whether a target was kept by a row, or at which limit it was stopped."""
    return reached(value, target) if answered(row) else f"**{row['status']}**"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table in Markdown."""
    heads = list(heads)
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)]) + "\n"


def ended(measures: Measures, part: str) -> str:
    """Say why a part has no number."""
    if part not in measures:
        return "not measured"
    how = measures[part]["ended"]
    limit = measures[part].get("limit", 0.0)
    words = {
        "stopped": f"stopped after {limit:.0f} s",
        "failed": f"failed: {' '.join(measures[part].get('words', []))}",
        "not started": "not measured: the time of the run was used up",
    }
    return words.get(how, "no row")


def rows_of(measures: Measures, part: str) -> list[Row]:
    """Give the rows of a part (none where it did not run)."""
    return list(measures.get(part, {}).get("rows", []))


def write_games(measures: Measures) -> str:
    """Write the table of games with everything seen, against the targets."""
    lines = []
    for name, (words, reference, trial, target) in TARGETS.items():
        found = rows_of(measures, f"table {name}")
        if not found:
            why = ended(measures, f"table {name}")
            lines.append([words, reference, trial, _number(target), why, *[""] * 5])
            continue
        row, tight = found[0], found[1:]
        how = verdict(row, row["cpu_best"], target)
        lines.append(
            [words, reference, trial, _number(target), seconds(row["cpu_best"]),
             seconds(row["cpu_median"]), how, str(row["rounds"]), relative(row["gap"]),
             seconds(tight[0]["cpu_best"]) if tight else "not measured"]
        )  # fmt: skip
    heads = ["game", "reference", "trial", "to reach", "measured, best", "median", "", "rounds",
             "gap", "to 1e-7"]  # fmt: skip
    page = table(heads, lines)
    patient, usual = rows_of(measures, "table r10.99"), rows_of(measures, "table r10.9")
    if patient and usual and answered(patient[0]) and answered(usual[0]):
        ratio = patient[0]["cpu_best"] / usual[0]["cpu_best"]
        page += (
            f"\nPatience: δ=.99 costs {ratio:.1f} times δ=.9 (to reach: at most "
            f"{PATIENCE_FACTOR:g}); {reached(ratio, PATIENCE_FACTOR)}.\n"
        )
    return page


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def write_signals(measures: Measures) -> str:
    """Write the table of games with signals, against one LP for each programme."""
    lines = []
    for row in rows_of(measures, "signals"):
        mine, theirs, ratio = (
            row[key] for key in ("ours_per_programme", "highs_per_programme", "ratio")
        )
        game = f"{row['states']} states, {row['profiles']} profiles, δ={row['discount']:g}"
        lost = f", {row['highs_failed']} given up" if row["highs_failed"] else ""
        exact = f"{row['exact_status']}, gap {relative(row['exact_gap'])}"
        lines.append(
            [game, f"{row['programmes']:,}", seconds(row["cpu_best"]), f"{1e6 * mine:.2f} µs",
             reached(1e6 * mine, SIGNAL_MICROSECONDS),
             f"{1e3 * theirs:.2f} ms ({row['highs_solved']} tried{lost})", f"{ratio:,.0f}",
             reached(ratio, SIGNAL_RATIO, at_most=False), relative(row["difference"]),
             f"{seconds(row['exact_cpu'])} ({exact})"]
        )  # fmt: skip
    if not lines:
        return f"{ended(measures, 'signals')}\n"
    heads = ["game", "programmes", "CPU s", "one, first round", f"≤ {SIGNAL_MICROSECONDS:g} µs",
             "HiGHS, one", "ratio", f"≥ {SIGNAL_RATIO:,.0f}", "supports differ by",
             "adaptive directions, CPU s"]  # fmt: skip
    return table(heads, lines)


def write_quantecon(measures: Measures) -> str:
    """Write the comparison with QuantEcon.py."""
    lines = []
    for row in rows_of(measures, "quantecon"):
        if "failed" in row:
            answer, times = f"raises {row['failed']}", ["", "", ""]
        else:
            off = row["difference"]
            right = isinstance(off, float) and off <= 1e-6
            answer = "right" if right else f"**wrong**: off by {relative(off)}"
            times = [seconds(row["theirs_first"]), seconds(row["theirs"]),
                     f"{row['theirs'] / row['ours']:.2g}"]  # fmt: skip
        lines.append(
            [row["name"], seconds(row["ours_first"]), seconds(row["ours"]), *times, answer]
        )
    if not lines:
        return f"{ended(measures, 'quantecon')}\n"
    heads = ["repeated game", "ours, first call", "warm", "QuantEcon.py, first call", "warm",
             "ratio of warm", "its answer"]  # fmt: skip
    loaded = rows_of(measures, "quantecon")[0]["import_seconds"]
    return (
        table(heads, lines) + f"\nImporting it takes {seconds(loaded)} s more, in every process.\n"
    )


def write_singapore(measures: Measures) -> str:
    """Write what the shipped case takes in a warm process."""
    lines = []
    for part, target in SINGAPORE.items():
        for row in rows_of(measures, part) or [None]:
            if row is None:
                lines.append([part, ended(measures, part), "", _number(target), ""])
                continue
            goal = None if row["name"].startswith(NO_TARGET) else target
            how = f", {row['status']}, gap {relative(row['gap'])}" if "status" in row else ""
            lines.append(
                [f"{row['name']}{how}", seconds(row["cpu_best"]), seconds(row["wall_best"]),
                 _number(goal), verdict(row, row["cpu_best"], goal)]
            )  # fmt: skip
    return table(["Singapore 2018", "CPU s", "wall s", "to reach", ""], lines)


def write_sparse(measures: Measures) -> str:
    """Write the table of sparse games, with memory."""
    lines = []
    parts = [name for name in measures if name.startswith("sparse ")]
    for part in parts:
        for row in rows_of(measures, part):
            lines.append(
                [f"{row['states']:,}", f"{row['profiles']:,}", seconds(row["cpu_best"]),
                 seconds(row["wall_best"]), f"{1e3 * row['cpu_best'] / row['states']:.2g}",
                 f"{row['peak']:.0f}", row["status"], relative(row["gap"])]
            )  # fmt: skip
        if not rows_of(measures, part):
            lines.append([part.removeprefix("sparse "), "", ended(measures, part), *[""] * 5])
    heads = ["states", "profiles", "CPU s", "wall s", "CPU ms a state", "peak MB", "status", "gap"]
    page = table(heads, lines)
    largest = rows_of(measures, "sparse 10000")
    if largest:
        row = largest[0]
        page += (
            f"\n10,000 states: {seconds(row['wall_best'])} s (to reach: {SPARSE_SECONDS:g}), "
            f"{verdict(row, row['wall_best'], SPARSE_SECONDS)}; {row['peak']:.0f} MB (to reach: "
            f"{SPARSE_MEGABYTES:g}), {verdict(row, row['peak'], SPARSE_MEGABYTES)}.\n"
        )
    return page


def write_threads(measures: Measures) -> str:
    """Write wall times by number of threads, and whether every bit is the same."""
    by_game: dict[str, dict[int, Row]] = {}
    for part in (name for name in measures if name.startswith("threads ")):
        for row in rows_of(measures, part):
            by_game.setdefault(row["name"], {})[row["threads"]] = row
    lines = []
    for name, found in by_game.items():
        settled = all(answered(row) for row in found.values())
        digests = {row["digest"] for row in found.values()}
        same = "yes" if len(digests) == 1 else "**no**"
        if len(found) < 2 or not settled:
            same = "not compared: a limit was hit"
        one, two = (seconds(found[n]["wall_best"]) if n in found else "" for n in (1, 2))
        lines.append([name, one, two, same])
    heads = ["game", "1 thread, wall s", "2 threads, wall s", "the same to the bit"]
    return table(heads, lines) if lines else f"{ended(measures, 'threads 1')}\n"


def write_memory(measures: Measures) -> str:
    """Write the peak memory of the processes that solved the games of the table."""
    lines = []
    for name, (words, *_) in TARGETS.items():
        for row in rows_of(measures, f"table {name}")[:1]:  # the later ones share the process
            lines.append([words, f"{row['peak_before']:.0f}", f"{row['peak']:.0f}"])
    return table(["game", "before the solve, MB", "at its peak, MB"], lines)


def write_first(measures: Measures) -> str:
    """Write what a fresh process takes, and what compiling took."""
    lines = [[row["name"], seconds(row["seconds"])] for row in rows_of(measures, "first call")]
    compiled = sum(row["seconds"] for row in rows_of(measures, "compile"))
    lines.append(
        ["loading or compiling all kernels (compiled once on a machine)", seconds(compiled)]
    )
    return table(["fresh process", "wall s"], lines)


def write_stopped(measures: Measures) -> str:
    """List the parts that did not finish."""
    found = [f"- {name}: {ended(measures, name)}" for name, part in measures.items()
             if part["ended"] != "finished"]  # fmt: skip
    return "\n".join(found) + "\n" if found else "Every measurement finished.\n"


SECTIONS: tuple[tuple[str, str, Callable[[Measures], str]], ...] = (
    ("games", "Games in which all actions are seen", write_games),
    ("signals", "Games with signals", write_signals),
    ("quantecon", "Repeated games, and QuantEcon.py", write_quantecon),
    ("singapore", "The Singapore case", write_singapore),
    ("sparse", "Sparse games, like those of scenarios", write_sparse),
    ("threads", "Threads", write_threads),
    ("memory", "Memory", write_memory),
    ("first", "The first call", write_first),
    ("stopped", "What was stopped", write_stopped),
)
