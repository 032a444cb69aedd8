"""Step `outer`: half-planes around the payoffs of two players (P50 to P53)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from detente_verify.exact import add_up
from detente_verify.exclusion import Weights, check_reason, take_weights, weigh
from detente_verify.facts import ZERO, Facts, Planes, take_planes
from detente_verify.form import take_list, take_object, take_profile, take_some
from detente_verify.outcome import Rejected, compare


@dataclass(frozen=True, slots=True)
class _Set:
    position: int
    planes: Planes
    left_out: frozenset[int]
    weights: dict[int, list[Weights]]  # by profile and plane


def check_outer(step: dict[str, Any], facts: Facts) -> str:
    """Check a step `outer` and add its facts; give what it says in words."""
    if len(facts.world.game.players) != 2:
        raise Rejected("P52", "half-planes are for two players only")
    take_object(step, {"step", "sets"})
    entries = take_some(step["sets"])
    growing = _is_growing(entries[0])
    sets: dict[int, _Set] = {}
    for n, entry in enumerate(entries):
        try:
            each = _read_set(entry, facts, growing=growing)
            if each.position in sets:
                raise Rejected("P1", "the position stands twice in one step")
        except Rejected as wrong:
            raise wrong.at(f"set {n}") from None
        sets[each.position] = each
    family = {x: each.planes for x, each in sets.items()} if growing else {}
    for n, each in enumerate(sets.values()):
        try:
            _check_set(each, family, facts)
        except Rejected as wrong:
            raise wrong.at(f"set {n}") from None
    for x, each in sets.items():
        facts.planes.setdefault(x, []).append(each.planes)
    return f"half-planes around the payoffs at {len(sets)} positions"


def _is_growing(entry: Any) -> bool:
    """Say whether the first plane of the step has a k; all others must do as it does."""
    if type(entry) is dict and type(entry.get("planes")) is list and entry["planes"]:
        first = entry["planes"][0]
        return type(first) is list and len(first) == 4
    return False


def _read_set(entry: Any, facts: Facts, *, growing: bool) -> _Set:
    take_object(entry, {"at", "planes", "profiles"})
    position = facts.world.position(entry["at"])
    planes = take_planes(entry["planes"], growing=growing)
    for j, k in enumerate(planes.growth):
        if k <= 0:
            raise Rejected("P53", f"the k of plane {j} is not positive", compare(k, ">", ZERO))
    allowed = set(facts.world.prescribable(position))
    left_out: set[int] = set()
    weights: dict[int, list[Weights]] = {}
    for n, raw in enumerate(take_list(entry["profiles"])):
        try:
            reason = type(raw) is dict and "because" in raw
            take_object(raw, {"actions", "because" if reason else "weights"})
            profile = take_profile(raw["actions"], facts.world.state(position))
            if profile not in allowed or profile in left_out or profile in weights:
                raise Rejected("P52", "the profile stands twice, or may not be prescribed")
            if reason:
                check_reason(raw["because"], position, profile, facts)
                left_out.add(profile)
                continue
            weights[profile] = [
                take_weights(take_list(each), position, profile, facts)
                for each in take_list(raw["weights"], len(planes.normals))
            ]
        except Rejected as wrong:
            raise wrong.at(f"profile {n}") from None
    return _Set(position, planes, frozenset(left_out), weights)


def _check_set(each: _Set, family: dict[int, Planes], facts: Facts) -> None:
    state = facts.world.state(each.position)
    for profile in facts.world.prescribable(each.position):
        if profile in each.left_out:
            continue
        given = each.weights.get(profile)
        for j, normal in enumerate(each.planes.normals):
            facts.clock.tick()
            constant, parts = weigh(
                facts, each.position, profile, normal, given[j] if given else []
            )
            supports = [_support(x, y, family, facts) for x, y in parts]
            most = add_up([constant, *(bound for bound, _ in supports)], "the bounds")
            growth = add_up([more for _, more in supports], "the bounds")
            where = f"at {facts.world.words(each.position)}, plane {j}, profile " + state.words(
                profile
            )
            if most > each.planes.most[j]:
                raise Rejected("P53" if family else "P52", f"{where}: A is above h",
                               compare(most, "<=", each.planes.most[j]))  # fmt: skip
            if family and growth >= each.planes.growth[j]:
                raise Rejected("P53", f"{where}: G is not below k",
                               compare(growth, "<", each.planes.growth[j]))  # fmt: skip


def _support(
    position: int, y: tuple[Fraction, ...], family: dict[int, Planes], facts: Facts
) -> tuple[Fraction, Fraction]:
    if position in family:
        return family[position].bound(y)
    return facts.support(position, y), ZERO
