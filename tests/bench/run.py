"""Run every measurement in a process of its own, within its time limit, and keep what it said.

python tests/bench/run.py .benchmarks/measures.json [PART ...]

A part that is stopped keeps the rows that it had printed and is reported as stopped; parts for
which no time is left are reported as not measured. Nothing here fails for being slow; that a
part broke is told by the page (write_page.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS))
TOTAL_SECONDS = 660.0  # of the fifteen minutes of a run; commands and compiling take the others
FACTOR = float(os.environ.get("DETENTE_BENCH_FACTOR", "1"))  # more time on slow or busy machines


def run_part(name: str, limit: float, environment: dict[str, str]) -> dict[str, Any]:
    """Run a part, and give its rows and how it ended: finished, stopped or failed."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        words = [sys.executable, "-m", "bench.parts", name, str(limit)]
        started = time.monotonic()
        process = subprocess.Popen(
            words, cwd=TESTS, stdout=out, stderr=err, env={**os.environ, **environment}
        )
        try:
            process.wait(limit)
            ended = "finished" if process.returncode == 0 else "failed"
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            ended = "stopped"
        out.seek(0)
        err.seek(0)
        rows = [json.loads(line) for line in out.read().splitlines() if line.endswith("}")]
        answer: dict[str, Any] = {
            "part": name, "ended": ended, "limit": limit,
            "seconds": time.monotonic() - started, "rows": [r for r in rows if "done" not in r],
        }  # fmt: skip
        if ended == "failed":
            answer["words"] = err.read().strip().splitlines()[-1:] or ["no message"]
        return answer


def main() -> None:
    """Run the parts asked for (all), and write what was found."""
    from bench.parts import PARTS

    target, wanted = Path(sys.argv[1]), sys.argv[2:] or list(PARTS)
    target.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + FACTOR * TOTAL_SECONDS
    found: list[dict[str, Any]] = []
    for name in wanted:
        part = PARTS[name]
        left = deadline - time.monotonic()
        if left < 5.0:
            found.append({"part": name, "ended": "not started", "rows": [], "limit": part.limit})
            continue
        found.append(run_part(name, min(FACTOR * part.limit, left), dict(part.environment)))
        print(f"{name}: {found[-1]['ended']} after {found[-1]['seconds']:.1f} s", flush=True)
        target.write_text(json.dumps({"parts": found}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
