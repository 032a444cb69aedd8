"""What each party can do in a state, and where the ladders and governments go from there.

Rules R1 to R6 of docs/rules.md.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

from detente.compile.layout import Layout, State
from detente.scenario.model import Inspection, Quantity, Scenario

Spread = tuple[tuple[int, float], ...]  # (level, probability), probabilities sum to one
Visible = tuple[int, ...]  # the level each ladder of a party is moved towards, in `held` order


@dataclass(frozen=True, slots=True)
class Choice:
    """One party's action: where it moves each ladder that it holds, and whether it cheats."""

    targets: Visible
    cheats: bool = False


@dataclass(frozen=True, slots=True)
class Mover:
    """The moves of a scenario at the values in force."""

    scenario: Scenario
    layout: Layout
    clock_years: float
    undo_years: tuple[tuple[float, ...], ...]  # per ladder and level
    jumps: tuple[frozenset[tuple[int, int]], ...]  # per ladder: (from, to) that steps take
    turns_hostile: tuple[float, ...]  # per government, per period
    turns_back: tuple[float, ...]
    can_cheat: tuple[bool, ...]  # per party: whether it has a secret gain
    _climbs: dict[tuple[int, int, int], Spread] = field(default_factory=dict)
    _targets: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def climb(self, ladder: int, level: int, target: int) -> Spread:
        """Give where a ladder stands a period after being moved towards a level.

        Going on is sure. Going back passes the levels whose undo times fit into the period,
        one after the other; the next is passed with probability (time left) / undo.
        """
        key = (ladder, level, target)
        if key not in self._climbs:
            self._climbs[key] = self._compute_climb(ladder, level, target)
        return self._climbs[key]

    def _compute_climb(self, ladder: int, level: int, target: int) -> Spread:
        if target >= level:
            return ((target, 1.0),)
        left = self.clock_years
        while level > target:
            undo = self.undo_years[ladder][level]
            if undo <= left * (1 + 1e-12):
                level -= 1
                left = max(0.0, left - undo)
                continue
            chance = 0.0 if math.isinf(undo) else left / undo
            return ((level - 1, chance), (level, 1 - chance)) if chance > 0 else ((level, 1.0),)
        return ((level, 1.0),)

    def targets(self, ladder: int, level: int) -> tuple[int, ...]:
        """Give the levels towards which a ladder can be moved in one period; holding first."""
        key = (ladder, level)
        if key not in self._targets:
            last = len(self.layout.ladders[ladder].levels)
            if self.layout.ladders[ladder].renewed:
                today = self.layout.ladders[ladder].today
                found = [today] + [k for k in range(last) if k != today]
            else:
                onward = {level + 1} | {to for start, to in self.jumps[ladder] if start == level}
                found = [level, *sorted(k for k in onward if k < last)]
                for target in range(level - 1, -1, -1):
                    if any(reached == target for reached, _ in self.climb(ladder, level, target)):
                        found.append(target)
            self._targets[key] = tuple(found)
        return self._targets[key]

    def towards(self, ladder: int, level: int, goal: int) -> int:
        """Give the one-period move that leads a ladder towards a goal."""
        if self.layout.ladders[ladder].renewed:
            return goal
        options = self.targets(ladder, level)
        if goal > level:
            return max(k for k in options if k <= goal)
        return min(k for k in options if k >= goal)

    def watched(self, state: State, party: int) -> tuple[Inspection, ...]:
        """Give the inspections at work: some ladder that the party gave something up on."""
        if self.layout.hostile(state, party):
            return ()
        return tuple(
            each
            for each in self.scenario.inspections
            if any(
                self.layout.ladders[k].id in each.watches and self._given_up(state, k)
                for k in self.layout.held[party]
            )
        )

    def _given_up(self, state: State, ladder: int) -> bool:
        return self.layout.level(state, ladder) > self.layout.ladders[ladder].today

    def may_cheat(self, state: State, party: int) -> bool:
        """Say whether a party could cheat unseen: it has moved on a ladder others rely on.

        With inspections, the ladders that they watch; without any, every ladder it holds.
        """
        if not self.can_cheat[party] or self.layout.hostile(state, party):
            return False
        return any(self._given_up(state, k) for k in self._cheatable(party))

    def _cheatable(self, party: int) -> list[int]:
        watched = {w for each in self.scenario.inspections for w in each.watches}
        held = self.layout.held[party]
        named = [k for k in held if self.layout.ladders[k].id in watched]
        return named or [k for k in held if not self.layout.ladders[k].renewed]

    def choices(self, state: State, party: int) -> tuple[Choice, ...]:
        """Give a party's actions in a state; holding everything first.

        A party cheats only on a ladder that it has moved on and does not openly take back.
        """
        if self.layout.hostile(state, party):
            return (Choice(self.hostile_move(state, party)),)
        held = self.layout.held[party]
        options = [self.targets(k, self.layout.level(state, k)) for k in held]
        visible = list(itertools.product(*options))
        found = [Choice(each) for each in visible]
        if self.may_cheat(state, party):
            hidden = {k for k in self._cheatable(party) if self._given_up(state, k)}
            found += [
                Choice(each, cheats=True)
                for each in visible
                if any(
                    target >= self.layout.level(state, k)
                    for k, target in zip(held, each, strict=True)
                    if k in hidden
                )
            ]
        return tuple(found)

    def hostile_move(self, state: State, party: int) -> Visible:
        """Give what a hostile government does: its own levels, as fast as undo allows."""
        name = self.layout.parties[party]
        would = next(g.would for g in self.layout.governments if g.party == name)
        moves = []
        for k in self.layout.held[party]:
            level = self.layout.level(state, k)
            goal = would.get(self.layout.ladders[k].id, level)
            back = not self.layout.ladders[k].renewed and goal < level
            moves.append(self.towards(k, level, goal) if back else goal)
        return tuple(moves)

    def alarm_chance(self, state: State, party: int, cheats: bool) -> float:
        """Give the chance of an uncontested alarm about a party within one period."""
        quiet = 1.0
        for each in self.watched(state, party):
            chance = self._value(each.catches if cheats else each.false_alarm, 0.0)
            chance *= 1.0 - self._value(each.contested, 0.0)
            count = self.clock_years / self._value(each.every, self.clock_years)
            whole = math.floor(count + 1e-9)
            quiet *= (1.0 - chance) ** whole * (1.0 - max(0.0, count - whole) * chance)
        return 1.0 - quiet

    def _value(self, quantity: Quantity | None, default: float) -> float:
        return default if quantity is None else self.scenario.value(quantity)


def make_mover(scenario: Scenario, layout: Layout) -> Mover:
    """Derive the moves per period from the scenario's values and its clock."""
    clock = scenario.value(scenario.clock)
    hostile, back = [], []
    for government in scenario.governments:
        leaves = 1.0 - (1.0 - scenario.value(government.turnover)) ** clock
        opposed = scenario.value(government.hostile_successor)
        given = government.returns
        returns = 1.0 - opposed if given is None else scenario.value(given)
        hostile.append(leaves * opposed)
        back.append(leaves * returns)
    return Mover(
        scenario=scenario,
        layout=layout,
        clock_years=clock,
        undo_years=tuple(
            tuple(0.0 if each.undo is None else scenario.value(each.undo) for each in ladder.levels)
            for ladder in scenario.ladders
        ),
        jumps=_jumps(scenario),
        turns_hostile=tuple(hostile),
        turns_back=tuple(back),
        can_cheat=tuple(
            scenario.payoffs[party].secret_gain is not None for party in layout.parties
        ),
    )


def _jumps(scenario: Scenario) -> tuple[frozenset[tuple[int, int]], ...]:
    """Collect the moves over several levels that some step of a plan takes."""
    found: dict[str, set[tuple[int, int]]] = {ladder.id: set() for ladder in scenario.ladders}
    for plan in scenario.plans:
        at = {ladder.id: ladder.today for ladder in scenario.ladders}
        for step in plan.steps:
            for ladder, target in step.targets.items():
                if target > at[ladder] + 1:
                    found[ladder].add((at[ladder], target))
                at[ladder] = target
    return tuple(frozenset(found[ladder.id]) for ladder in scenario.ladders)
