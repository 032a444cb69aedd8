"""A game as large as the Singapore one, with a plan of many nodes, and a proof about it."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

from proofs.tools import hash_game, seal

PLACES = 10**12  # values are rounded to this


def make_large_game(
    n_states: int = 240, n_actions: tuple[int, int] = (4, 17), n_phases: int = 66
) -> dict[str, Any]:
    """Make a game with signals, looks and alarms; keeping is action 0, best for everybody.

    An action above 0 costs its player a point and makes everybody's future worse.
    """
    rng = random.Random(1)
    states = []
    for s in range(n_states):
        outcomes: list[dict[str, Any]] = []
        chances = []
        for a in range(n_actions[0]):
            row = []
            for b in range(n_actions[1]):
                cell = []
                look = [a, b]
                for alarm in ([], [0]):
                    for t in sorted({s, (s + a + 1) % n_states, (7 * s + b) % n_states}):
                        cell.append([len(outcomes), rng.randint(1, 99)])
                        outcomes.append({"next": t, "seen": look, "alarms": alarm})
                total = sum(weight for _, weight in cell)
                row.append([[k, f"{weight}/{total}"] for k, weight in cell])
            chances.append(row)
        payoffs = [
            [[round(10 - a - rng.random() / 4, 6) if a else 10, round(10 - b * 0.5, 6)]
             for b in range(n_actions[1])] for a in range(n_actions[0])
        ]  # fmt: skip
        states.append({
            "name": f"s{s}", "actions": [[f"a{a}" for a in range(n)] for n in n_actions],
            "payoffs": payoffs, "outcomes": outcomes, "chances": chances,
        })  # fmt: skip
    everywhere = {str(s): [0, 0] for s in range(n_states)}
    phases = [
        {"name": f"p{f}", "actions": everywhere, "kept": min(f + 1, n_phases - 1),
         "alarms": [[0, f]], "breach": ["no-deal", "no-deal"]} for f in range(n_phases)
    ]  # fmt: skip
    plan = {"name": "long", "reading": "no-deal", "opening": "as-written", "start": [0, 0],
            "phases": phases}  # fmt: skip
    return {"players": ["a", "b"], "discount": ["0.95", "0.93"], "states": states,
            "no_deal": [[0, 0]] * n_states, "plans": [plan]}  # fmt: skip


def make_large_proof(game: dict[str, Any]) -> dict[str, Any]:
    """Prove that the plan holds, with values that are a little off on purpose."""
    rng = random.Random(2)
    n_states, n_phases = len(game["states"]), len(game["plans"][0]["phases"])
    places: list[Any] = [["no-deal", s] for s in range(n_states)]
    places += [[0, f, s] for f in range(n_phases) for s in range(n_states)]

    def near_ten() -> str:
        return str(Fraction(10 * PLACES + rng.randint(-9, 9), PLACES))

    nodes = [{"at": at, "value": [near_ten(), near_ten()]} for at in places]
    floor = [{"at": s, "low": ["0", "0"], "high": ["10", "10"]} for s in range(n_states)]
    return seal({
        "detente_proof": 1, "made_by": "test", "game_sha256": hash_game(game),
        "steps": [{"step": "equilibrium", "nodes": nodes}, {"step": "bounds", "entries": floor}],
        "claims": [{"claim": "verdict", "plan": 0, "verdict": "holds"}],
    })  # fmt: skip
