"""Why a profile cannot be prescribed, and positions without equilibrium (P30 to P32)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from detente_verify.exact import add_up, common_denominator
from detente_verify.facts import ZERO, Facts, Vector
from detente_verify.form import (
    take_index,
    take_list,
    take_object,
    take_profile,
    take_rational,
    take_some,
)
from detente_verify.outcome import Rejected, compare

Weights = list[tuple[int, int, Fraction]]  # player, action, weight


def check_empty(step: dict[str, Any], facts: Facts) -> str:
    """Check a step `empty` and add its facts; give what it says in words."""
    take_object(step, {"step", "positions"})
    entries = take_some(step["positions"])
    for n, entry in enumerate(entries):
        facts.clock.tick()
        try:
            take_object(entry, {"at", "profiles"})
            position = facts.world.position(entry["at"])
            _check_position(position, take_list(entry["profiles"]), facts)
        except Rejected as wrong:
            raise wrong.at(f"position {n}") from None
        facts.empty.add(position)
    return f"{len(entries)} positions without equilibrium"


def _check_position(position: int, entries: list[Any], facts: Facts) -> None:
    if position in facts.empty:
        raise Rejected("P30", "the position is proven empty twice")
    missing = set(facts.world.prescribable(position))
    for n, entry in enumerate(entries):
        try:
            take_object(entry, {"actions", "because"})
            profile = take_profile(entry["actions"], facts.world.state(position))
            if profile not in missing:
                raise Rejected("P30", "the profile stands twice, or may not be prescribed")
            check_reason(entry["because"], position, profile, facts)
        except Rejected as wrong:
            raise wrong.at(f"profile {n}") from None
        missing.remove(profile)
    if missing:
        words = facts.world.state(position).words(min(missing))
        raise Rejected("P30", f"{len(missing)} profiles are missing, such as {words}")


def check_reason(value: Any, position: int, profile: int, facts: Facts) -> None:
    """Check why a profile cannot be prescribed at a position (P31, P32)."""
    if type(value) is dict and "next" in value:
        take_object(value, {"next"})
        target = facts.world.position(value["next"])
        words = facts.world.words(target)
        if target not in facts.empty:
            raise Rejected("P31", f"{words} is not proven empty")
        state, lead = facts.world.state(position), facts.world.lead(position, profile)
        reached = (lead(k) for each in state.neighbours(profile) for k in state.rows[each][0])
        if target not in reached:
            raise Rejected("P31", f"no neighbouring outcome leads to {words}")
        return
    take_object(value, {"weights"})
    weights = take_weights(take_some(value["weights"]), position, profile, facts)
    total = bound_profile(facts, position, profile, None, weights)
    if total >= 0:
        raise Rejected("P32", f"at {facts.world.words(position)}, the profile "
                       f"{facts.world.state(position).words(profile)} is not excluded",
                       compare(total, "<", ZERO))  # fmt: skip


def take_weights(value: list[Any], position: int, profile: int, facts: Facts) -> Weights:
    """Read weights on deviations from a profile (P32)."""
    state = facts.world.state(position)
    own = state.actions_of(profile)
    found: dict[tuple[int, int], Fraction] = {}
    for entry in value:
        take_list(entry, 3)
        player = take_index(entry[0], len(own), "player")
        action = take_index(entry[1], state.shape[player], "action")
        weight = take_rational(entry[2])
        if action == own[player] or (player, action) in found:
            raise Rejected("P32", f"action {action} of player {player} is no deviation, or twice")
        if weight <= 0:
            raise Rejected("P32", "a weight is not positive", compare(weight, ">", ZERO))
        found[player, action] = weight
    common_denominator(found.values(), "the weights")
    return [(player, action, weight) for (player, action), weight in found.items()]


def weigh(
    facts: Facts, position: int, profile: int, direction: Vector | None, weights: Weights
) -> tuple[Fraction, list[tuple[int, Vector]]]:
    """Give the constant of P52 and, for every outcome, its position and direction y."""
    game = facts.world.game
    s = position % facts.world.n_states
    state = game.states[s]
    n = len(game.players)
    constant = ZERO
    parts: dict[int, list[Fraction]] = {}

    def spread(row: int, player: int, rate: Fraction) -> None:
        facts.clock.tick()
        outcomes, chances = state.rows[row]
        factor = rate / state.total
        for k, w in zip(outcomes, chances, strict=True):
            if k not in parts:
                parts[k] = [ZERO] * n
            parts[k][player] += factor * w

    if direction is not None:
        for i, part in enumerate(direction):
            if part:
                constant += part * (1 - game.discount(i)) * game.payoff(s, profile, i)
                spread(profile, i, game.discount(i) * part)
    for i, action, weight in weights:
        other = state.replace(profile, i, action)
        change = game.payoff(s, profile, i) - game.payoff(s, other, i)
        constant += weight * (1 - game.discount(i)) * change
        spread(profile, i, game.discount(i) * weight)
        spread(other, i, -game.discount(i) * weight)
    lead = facts.world.lead(position, profile)
    return constant, [(lead(k), tuple(y)) for k, y in parts.items()]


def bound_profile(
    facts: Facts,
    position: int,
    profile: int,
    direction: Vector | None,
    weights: Weights,
) -> Fraction:
    """Give the left side of P32, or A of P52, with the facts known."""
    constant, parts = weigh(facts, position, profile, direction, weights)
    return add_up([constant, *(facts.support(x, y) for x, y in parts)], "the bounds")
