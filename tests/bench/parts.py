"""The measurements, in parts that run in processes of their own.

``python -m bench.parts NAME`` (in the folder tests) prints one JSON object a line; a line that is
there counts, whatever becomes of the process later.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import families
from bench.clock import measure, peak_megabytes, repeat
from detente.game.game import Game
from detente.solve.options import Options
from detente.solve.twoparty import solve

Rows = Iterator[dict[str, Any]]
CASE = "singapore-2018"
TABLE_TOL = 1e-6  # relative to the payoff range, as is usual
TIGHT_TOL = 1e-7  # on payoffs of 0 to 10 an error of 1e-6 in payoff units
SPARSE_TOL = 1e-4
LP_DIRECTIONS = 16


@dataclass(frozen=True, slots=True)
class Part:
    """One measurement: what runs, and after how many seconds it is stopped."""

    run: Callable[[float], Rows]
    limit: float
    environment: tuple[tuple[str, str], ...] = ()


def _options(limit: float, **settings: Any) -> Options:
    """Stop a solve before the process is stopped, so that it says what it has."""
    return Options(time_limit_seconds=max(1.0, 0.8 * limit), **settings)


def _family(name: str) -> Callable[[float], Rows]:
    def run(limit: float) -> Rows:
        game = families.FAMILIES[name]()
        for tol in (TABLE_TOL, TIGHT_TOL):
            yield measure(name, game, _options(0.5 * limit, tol=tol), min(3.0, 0.05 * limit))

    return run


def _compile(limit: float) -> Rows:
    """Solve something of every kind once, so that no other part waits for the compiler."""
    made = {
        "actions seen": (families.dilemma_two_states(), Options()),
        "signals": (families.random_signals(2), Options()),
        "directions": (families.dilemma_two_states(), Options(directions=8)),
        "sparse": (families.scenario_like(8), Options(tol=1e-3)),
    }
    for name, (game, options) in made.items():
        at = time.perf_counter()
        solve(game, options)
        yield {"name": name, "seconds": time.perf_counter() - at}


def _first_call(limit: float) -> Rows:
    """Fresh processes: Python alone, with the solver loaded, and a game solved (once cached)."""
    solved = (
        "from detente import games; "
        "games.solve(games.from_arrays([[[1, 1], [-1, 2]], [[2, -1], [0, 0]]], 0.6))"
    )
    codes = {"Python alone": "", "import detente.games": "from detente import games"}
    codes["import, and a prisoner's dilemma solved"] = solved
    subprocess.run([sys.executable, "-c", solved], check=True)  # compiles, if nothing is cached
    for name, code in codes.items():
        found = repeat(
            lambda c=code: subprocess.run([sys.executable, "-c", c], check=True), 0.02 * limit
        )
        yield {"name": name, "seconds": found["wall_best"]}


def _signals(limit: float) -> Rows:
    from bench.peers import time_programmes

    for name in ("signals2", "signals10"):
        game = families.FAMILIES[name]()
        peer = time_programmes(game, LP_DIRECTIONS, 0.25 * limit)
        fan = measure(name, game, Options(tol=TABLE_TOL, directions=LP_DIRECTIONS), 1.0)
        a_round = int(game.prescribable.sum()) * LP_DIRECTIONS
        starved = Options(tol=TABLE_TOL, directions=LP_DIRECTIONS, max_iterations=1)
        first = measure(name, game, starved, 0.3)  # no bound is known yet, so nothing is spared
        programmes = fan["rounds"] * a_round
        adaptive = measure(name, game, _options(0.3 * limit, tol=TABLE_TOL), 1.0)
        yield {
            **fan,
            "directions": LP_DIRECTIONS,
            "programmes": programmes,
            "ours_per_programme": first["cpu_best"] / a_round,
            "ratio": peer["per_programme"] * programmes / fan["cpu_best"],
            "highs_per_programme": peer["per_programme"],
            "highs_solved": peer["solved"],
            "highs_failed": peer["failed"],
            "difference": peer["difference"],
            "exact_cpu": adaptive["cpu_best"],
            "exact_status": adaptive["status"],
            "exact_gap": adaptive["gap"],
        }


def _quantecon(limit: float) -> Rows:
    from bench.peers import compare_quantecon

    yield from compare_quantecon()


def _singapore_plans(limit: float) -> Rows:
    import detente

    case = detente.load(CASE)
    found = repeat(case.check, 0.1 * limit, least=2)
    found.pop("answer")
    yield {"name": "all plans, all readings, warm", **found, "peak": peak_megabytes()}


def _singapore_compare(limit: float) -> Rows:
    import detente

    case = detente.load(CASE)
    found = repeat(case.compare, 0.1 * limit, least=2)
    found.pop("answer")
    yield {"name": "compare, all plans", **found, "peak": peak_megabytes()}


def _singapore_screen(limit: float) -> Rows:
    """Screen the types of each party under the plan with the largest automaton."""
    import detente

    case = detente.load(CASE)
    for party in case.scenario.types:
        found = repeat(lambda p=party: case.screen("phased-no-guarantee", p), 0.1 * limit, least=2)
        found.pop("answer")
        yield {"name": f"screen, types of {party}", **found, "peak": peak_megabytes()}


def _singapore_sets(limit: float) -> Rows:
    import detente
    from detente.ask.knowledge import TOL_SETS
    from detente.compile.build import build_game, compile_scenario

    game = build_game(compile_scenario(detente.load(CASE).scenario))
    yield measure("full sets", game, _options(0.5 * limit, tol=TOL_SETS), 0.05 * limit)


def _singapore_proof(limit: float) -> Rows:
    """Prove every verdict, and check the proof; both files stay in a folder of their own."""
    import detente
    from detente.ask.check import check_knowing
    from detente.ask.proving import prove_verdicts
    from detente_verify.proof import check_files

    answer, knower = check_knowing(detente.load(CASE).scenario)
    made = repeat(lambda: prove_verdicts(knower, answer.verdicts), 0.1 * limit, least=1)
    proving = made.pop("answer")
    megabytes = len(proving.text.encode()) / 1e6
    proven = sum(each.proven for each in proving.verdicts)
    name = f"proving {proven} of {len(proving.verdicts)} verdicts, {megabytes:.2f} MB"
    yield {"name": name, **made, "peak": peak_megabytes()}
    with tempfile.TemporaryDirectory() as folder:
        game, proof = Path(folder, "game.json"), Path(folder, "proof.json")
        game.write_text(json.dumps(proving.game), encoding="utf-8")
        proof.write_text(proving.text, encoding="utf-8")
        checked = repeat(lambda: check_files(game, proof), 0.2 * limit, least=1)
    verdict = checked.pop("answer").verdict
    yield {"name": f"detente-verify: {verdict}", **checked, "peak": peak_megabytes()}


def _sparse(states: int) -> Callable[[float], Rows]:
    def run(limit: float) -> Rows:
        game = families.scenario_like(states)
        yield measure(f"sparse {states}", game, _options(limit, tol=SPARSE_TOL), 0.05 * limit)

    return run


def _dense_states(limit: float) -> Rows:
    for states in (2, 3, 5, 7, 10, 15, 20, 30, 50):
        game = families.random_dense(states, 0.7)
        yield measure(f"dense {states}", game, _options(0.3 * limit, tol=TABLE_TOL), 0.5)


def _patience(limit: float) -> Rows:
    for discount in (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999):
        game = families.random_dense(10, discount)
        yield measure(f"patience {discount}", game, _options(0.2 * limit, tol=TABLE_TOL), 0.5)


def _directions(limit: float) -> Rows:
    for name in ("r10.7", "signals10"):
        game = families.FAMILIES[name]()
        for count in (8, 16, 32, 64, 128, 256, 512):
            options = _options(0.1 * limit, tol=TABLE_TOL, directions=count)
            yield {**measure(name, game, options, 0.3), "directions": count}
        exact = measure(name, game, _options(0.1 * limit, tol=TABLE_TOL), 0.3)
        yield {**exact, "directions": None}


def _threads(limit: float) -> Rows:
    count = int(os.environ["NUMBA_NUM_THREADS"])
    games: dict[str, tuple[Callable[[], Game], float]] = {
        "r50.7": (families.FAMILIES["r50.7"], TABLE_TOL),
        "sparse1000": (families.FAMILIES["sparse1000"], SPARSE_TOL),
        "signals10": (families.FAMILIES["signals10"], TABLE_TOL),
    }
    for name, (make, tol) in games.items():
        options = _options(0.25 * limit, tol=tol, threads=count)
        yield {**measure(name, make(), options, 1.0), "threads": count}


TABLE = ("pd2", "risk2", "risk5", "r10.7", "r10.9", "r10.99", "r50.7", "r50.9", "r100.7")
SPARSE = (100, 300, 1_000, 3_000, 10_000)
_LIMITS = {"pd2": 20.0, "risk2": 20.0, "r10.7": 20.0, "risk5": 30.0, "r50.7": 60.0, "r50.9": 75.0,
           "r100.7": 60.0}  # fmt: skip

PARTS: dict[str, Part] = {
    "compile": Part(_compile, 150.0),
    **{f"table {name}": Part(_family(name), _LIMITS.get(name, 30.0)) for name in TABLE},
    "signals": Part(_signals, 60.0),
    "singapore plans": Part(_singapore_plans, 30.0),
    "singapore compare": Part(_singapore_compare, 20.0),
    "singapore screen": Part(_singapore_screen, 20.0),
    "singapore proof": Part(_singapore_proof, 60.0),
    "singapore sets": Part(_singapore_sets, 40.0),
    "first call": Part(_first_call, 60.0),
    "quantecon": Part(_quantecon, 60.0),
    "patience": Part(_patience, 45.0),
    **{f"sparse {n}": Part(_sparse(n), 30.0 if n < 3_000 else 40.0 + n / 200) for n in SPARSE},
    "dense": Part(_dense_states, 40.0),
    "directions": Part(_directions, 40.0),
    **{f"threads {n}": Part(_threads, 40.0, (("NUMBA_NUM_THREADS", str(n)),)) for n in (1, 2)},
}


def _plain(value: Any) -> Any:
    """Make a value that JSON has: infinities as text."""
    if isinstance(value, np.generic):
        value = value.item()
    return str(value) if isinstance(value, float) and not np.isfinite(value) else value


def main() -> None:
    """Run the part named, within the seconds given."""
    part, limit = PARTS[sys.argv[1]], float(sys.argv[2])
    started = time.monotonic()
    for row in part.run(limit):
        line = {key: _plain(value) for key, value in row.items()}
        print(json.dumps({"part": sys.argv[1], **line}), flush=True)
    print(json.dumps({"part": sys.argv[1], "done": time.monotonic() - started}), flush=True)


if __name__ == "__main__":
    main()
