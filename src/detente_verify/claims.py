"""Claims: what a proof says, each of which must follow from the facts (P40 to P46)."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from detente_verify.exact import add_up
from detente_verify.facts import Facts
from detente_verify.form import (
    take_index,
    take_list,
    take_object,
    take_rational,
    take_some,
    take_text,
    take_vector,
)
from detente_verify.outcome import Rejected, compare, show


def check_claim(claim: Any, facts: Facts) -> str:
    """Check a claim; give what it says in words."""
    kind = claim.get("claim") if type(claim) is dict else None
    if type(claim) is not dict or type(kind) is not str or kind not in _CHECKS:
        raise Rejected("P1", f"unknown claim; there are {', '.join(_CHECKS)}")
    return _CHECKS[kind](claim, facts)


def check_no_repeats(claims: list[Any], facts: Facts) -> None:
    """Check that no claim stands twice and that no position is empty and not empty (P45)."""
    texts = [json.dumps(claim, sort_keys=True) for claim in claims]
    if len(set(texts)) < len(texts):
        raise Rejected("P45", "the same claim stands twice")
    both = facts.empty & set(facts.points)
    if both:
        words = facts.world.words(min(both))
        raise Rejected("P45", f"{words} is proven both empty and not empty")


def _nonempty(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "at"})
    position = facts.world.position(claim["at"])
    if position not in facts.points:
        raise Rejected("P40", f"no step exhibits an equilibrium at {facts.world.words(position)}")
    return f"{facts.world.words(position)} has an equilibrium"


def _point(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "at", "value", "error"})
    n_players = len(facts.world.game.players)
    position = facts.world.position(claim["at"])
    value, error = take_vector(claim["value"], n_players), take_vector(claim["error"], n_players)
    words = facts.world.words(position)
    found = [p for p in facts.points.get(position, []) if p.value == value]
    if not found:
        raise Rejected("P41", f"no step exhibits an equilibrium at {words} with this value")
    if not any(all(e <= t for e, t in zip(p.error, error, strict=True)) for p in found):
        worst = min(found, key=lambda p: p.error)
        i = next(i for i, t in enumerate(error) if worst.error[i] > t)
        raise Rejected("P41", f"the error of player {i} is larger than claimed",
                       compare(worst.error[i], "<=", error[i]))  # fmt: skip
    shown = ", ".join(show(v) for v in value)
    return f"{words} has an equilibrium that pays ({shown})" + _within(error)


def _mixture(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "at", "value", "error", "of"})
    n_players = len(facts.world.game.players)
    position = facts.world.position(claim["at"])
    value, error = take_vector(claim["value"], n_players), take_vector(claim["error"], n_players)
    words = facts.world.words(position)
    lottery: dict[tuple[Fraction, ...], Fraction] = {}
    off = [Fraction(0)] * n_players
    for pair in take_some(claim["of"]):
        weight, paid = take_list(pair, 2)
        weight, paid = take_rational(weight), take_vector(paid, n_players)
        if weight <= 0:
            raise Rejected("P46", f"a weight of {show(weight)} is not positive")
        found = [p for p in facts.points.get(position, []) if p.value == paid]
        if paid in lottery or not found:
            why = "a value stands twice" if found else f"no step exhibits it at {words}"
            raise Rejected("P46", f"{why}: ({', '.join(show(v) for v in paid)})")
        lottery[paid] = weight
        least = min(p.error for p in found)
        off = [max(each) for each in zip(off, least, strict=True)]
    total = add_up(lottery.values(), "the weights")
    mixed = [add_up([w * v[i] for v, w in lottery.items()], "the lottery")
             for i in range(n_players)]  # fmt: skip
    if total != 1:
        raise Rejected("P46", "the weights do not add up to 1", compare(total, "=", Fraction(1)))
    for i in range(n_players):
        far = abs(mixed[i] - value[i]) + off[i]
        if far > error[i]:
            raise Rejected("P46", f"the lottery is farther off for player {i} than claimed",
                           compare(far, "<=", error[i]))  # fmt: skip
    shown = ", ".join(show(v) for v in value)
    return f"{words} has equilibria between which a lottery pays ({shown})" + _within(error)


def _within(error: tuple[Any, ...]) -> str:
    return ", within (" + ", ".join(show(e) for e in error) + ")" if any(error) else ", exactly"


def _empty(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "at"})
    position = facts.world.position(claim["at"])
    if position not in facts.empty:
        raise Rejected("P42", f"no step proves that {facts.world.words(position)} is empty")
    return f"{facts.world.words(position)} has no equilibrium (in pure strategies)"


def _bound(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "at", "direction", "most"})
    position = facts.world.position(claim["at"])
    direction = take_vector(claim["direction"], len(facts.world.game.players))
    most = take_rational(claim["most"])
    if not any(direction):
        raise Rejected("P43", "the direction is 0")
    words = facts.world.words(position)
    proven = facts.support(position, direction)
    if proven > most:
        raise Rejected("P43", f"less is proven about {words}", compare(proven, "<=", most))
    involved = [i for i, part in enumerate(direction) if part]
    if len(involved) == 1:
        i = involved[0]
        side = "more" if direction[i] > 0 else "less"
        limit = show(most / direction[i])
        return f"no equilibrium at {words} pays {facts.world.game.players[i]} {side} than {limit}"
    along = ", ".join(show(x) for x in direction)
    return f"no equilibrium at {words} pays more than {show(most)} in direction ({along})"


def _verdict(claim: dict[str, Any], facts: Facts) -> str:
    take_object(claim, {"claim", "plan", "verdict"})
    plan = facts.world.plans[take_index(claim["plan"], len(facts.world.plans), "plan")]
    verdict = take_text(claim["verdict"])
    if verdict not in ("holds", "fails"):
        raise Rejected("P1", "a verdict is 'holds' or 'fails'")
    if verdict == "holds" and plan.start not in facts.points:
        raise Rejected("P44", f"no step exhibits an equilibrium at the start of {plan.words}")
    if verdict == "fails" and plan.start not in facts.empty:
        raise Rejected("P44", f"no step proves that the start of {plan.words} is empty")
    return f"{plan.words} {verdict}, from {facts.world.words(plan.start)}"


_CHECKS = {
    "nonempty": _nonempty, "point": _point, "empty": _empty, "bound": _bound,
    "verdict": _verdict, "mixture": _mixture,
}  # fmt: skip
