"""A slow, plain version of scenarios without a deal, written from docs/rules.md alone (R1 to R11).

Dicts, tuples and value iteration only; nothing of the compiler is used.
"""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

from detente.scenario.formula import evaluate
from detente.scenario.model import Scenario

VALUE_TOL = 1e-11
TIE_TOL = 1e-9


class State(NamedTuple):
    """R1: the level of every lasting ladder (renewed ones stand at today's), who is hostile."""

    levels: tuple[int, ...]
    hostile: tuple[bool, ...]  # by party; never where a party has no `governments` entry


class Act(NamedTuple):
    """What one party does: where it sends each ladder it holds, and whether it cheats."""

    sends: tuple[int, ...]
    cheats: bool


class World:
    """States, moves, signals and payoffs of a scenario."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.clock = scenario.value(scenario.clock)
        self.parties = [party.id for party in scenario.parties]
        self.ladders = scenario.ladders
        self.number = {ladder.id: j for j, ladder in enumerate(self.ladders)}
        self.held = [
            [j for j, ladder in enumerate(self.ladders) if party in ladder.holders]
            for party in self.parties
        ]
        self.delta = [scenario.value(party.patience) ** self.clock for party in scenario.parties]
        self.government = {each.party: each for each in scenario.governments}
        self.today = State(
            tuple(ladder.today for ladder in self.ladders), tuple(False for _ in self.parties)
        )
        self.jumps = self.find_jumps()
        self._next: dict[tuple[State, tuple[int, ...]], dict[State, float]] = {}
        self._options: dict[tuple[State, int], list[Act]] = {}
        self._flow: dict[tuple[State, tuple[Act, ...]], tuple[float, ...]] = {}

    # -- moves ---------------------------------------------------------------------------

    def find_jumps(self) -> set[tuple[int, int, int]]:
        """R2: (ladder, from, to) of every step of every plan that passes levels on the way on."""
        found = set()
        for plan in self.scenario.plans:
            force = {ladder.id: ladder.today for ladder in self.ladders}
            for step in plan.steps:
                for name, level in step.targets.items():
                    if level > force[name] and not self.ladders[self.number[name]].renewed:
                        found.add((self.number[name], force[name], level))
                    force[name] = level
        return found

    def landing(self, j: int, level: int, target: int) -> dict[int, float]:
        """R2, R3: where ladder j stands in the next period when it is sent to a level."""
        if target >= level:
            return {target: 1.0}
        left = self.clock
        while level > target:
            undo = self.ladders[j].levels[level].undo
            time = 0.0 if undo is None else self.scenario.value(undo)
            if time <= left:
                left -= time
                level -= 1
            elif math.isinf(time) or left == 0.0:
                break
            else:
                chance = left / time
                return {level - 1: chance, level: 1.0 - chance}
        return {level: 1.0}

    def targets(self, j: int, level: int) -> list[int]:
        """R2, R3: where ladder j can be sent; staying first."""
        ladder = self.ladders[j]
        if ladder.renewed:
            return [ladder.today] + [i for i in range(len(ladder.levels)) if i != ladder.today]
        ahead = [
            to
            for to in range(level + 1, len(ladder.levels))
            if to == level + 1 or (j, level, to) in self.jumps
        ]
        behind = [to for to in range(level) if self.landing(j, level, to).get(to, 0.0) > 0.0]
        return [level, *ahead, *behind]

    def toward(self, j: int, level: int, goal: int) -> int:
        """R13: the target that brings ladder j as far as can be towards a level."""
        if self.ladders[j].renewed:
            return goal
        can = self.targets(j, level)
        if goal >= level:
            return max(to for to in can if level <= to <= goal)
        return min(to for to in can if goal <= to <= level)

    def forced(self, state: State, i: int) -> Act | None:
        """R5: what a hostile government does; None for a party that may choose."""
        if not state.hostile[i]:
            return None
        would = self.government[self.parties[i]].would
        sends = []
        for j in self.held[i]:
            name, level = self.ladders[j].id, state.levels[j]
            goal = would.get(name, level)
            sends.append(self.toward(j, level, goal) if goal < level else goal)
        return Act(tuple(sends), False)

    def may_cheat(self, state: State, i: int, sends: tuple[int, ...]) -> bool:
        """R6."""
        if self.scenario.payoffs[self.parties[i]].secret_gain is None:
            return False
        watched = {self.number[name] for each in self.scenario.inspections for name in each.watches}
        return any(
            state.levels[j] > self.ladders[j].today and to >= state.levels[j]
            for j, to in zip(self.held[i], sends, strict=True)
            if not self.ladders[j].renewed
            and (j in watched or not watched.intersection(self.held[i]))
        )

    def options(self, state: State, i: int) -> list[Act]:
        """Everything a party may do in a state; the first is holding everything."""
        if (state, i) not in self._options:
            forced = self.forced(state, i)
            found = [] if forced is None else [forced]
            if forced is None:
                ways = [self.targets(j, state.levels[j]) for j in self.held[i]]
                looks = list(itertools.product(*ways))
                found += [Act(sends, False) for sends in looks]
                found += [Act(sends, True) for sends in looks if self.may_cheat(state, i, sends)]
            self._options[state, i] = found
        return self._options[state, i]

    def together(self, acts: tuple[Act, ...]) -> tuple[int, ...]:
        """R4: where every ladder is sent: the lowest of what its holders name.

        A renewed one stands where all want it, else at today's level.
        """
        named: list[list[int]] = [[] for _ in self.ladders]
        for i, act in enumerate(acts):
            for j, to in zip(self.held[i], act.sends, strict=True):
                named[j].append(to)
        return tuple(
            ladder.today if ladder.renewed and len(set(each)) > 1 else min(each)
            for ladder, each in zip(self.ladders, named, strict=True)
        )

    def next_states(self, state: State, sent: tuple[int, ...]) -> dict[State, float]:
        """R2 to R5: the chances of next period's states."""
        if (state, sent) in self._next:
            return self._next[state, sent]
        lots: list[list[tuple[int | bool, float]]] = []
        for j, ladder in enumerate(self.ladders):
            if ladder.renewed:
                lots.append([(ladder.today, 1.0)])
            else:
                lots.append(list(self.landing(j, state.levels[j], sent[j]).items()))
        for i, party in enumerate(self.parties):
            lots.append(self.governs_next(party, state.hostile[i]))
        found: dict[State, float] = {}
        for draw in itertools.product(*lots):
            chance = math.prod(p for _, p in draw)
            if chance > 0.0:
                after = [each for each, _ in draw]
                n = len(self.ladders)
                found[State(tuple(after[:n]), tuple(map(bool, after[n:])))] = chance
        self._next[state, sent] = found
        return found

    def governs_next(self, party: str, hostile: bool) -> list[tuple[int | bool, float]]:
        """R5: the chances that a party's government is hostile in the next period."""
        government = self.government.get(party)
        if government is None:
            return [(False, 1.0)]
        turn = 1.0 - (1.0 - self.scenario.value(government.turnover)) ** self.clock
        bad = self.scenario.value(government.hostile_successor)
        if hostile:
            good = 1.0 - bad
            if government.returns is not None:
                good = self.scenario.value(government.returns)
            return [(True, 1.0 - turn * good), (False, turn * good)]
        return [(True, turn * bad), (False, 1.0 - turn * bad)]

    # -- signals and payoffs -------------------------------------------------------------

    def alarm_chance(self, state: State, i: int, cheats: bool) -> float:
        """R6: the chance of an uncontested alarm about a party in one period."""
        silent = 1.0
        for each in () if state.hostile[i] else self.scenario.inspections:
            watched = [self.number[name] for name in each.watches]
            if not any(
                j in self.held[i] and state.levels[j] > self.ladders[j].today for j in watched
            ):
                continue
            number = each.catches if cheats else each.false_alarm
            chance = 0.0 if number is None else self.scenario.value(number)
            if each.contested is not None:
                chance *= 1.0 - self.scenario.value(each.contested)
            every = self.clock if each.every is None else self.scenario.value(each.every)
            whole = math.floor(self.clock / every + 1e-12)
            part = max(self.clock / every - whole, 0.0)
            silent *= (1.0 - chance) ** whole * (1.0 - part * chance)
        return 1.0 - silent

    def alarms(self, state: State, acts: tuple[Act, ...]) -> dict[tuple[int, ...], float]:
        """Chances of the sets of parties that alarms are raised about."""
        chances = [self.alarm_chance(state, i, act.cheats) for i, act in enumerate(acts)]
        found = {}
        for draw in itertools.product((False, True), repeat=len(acts)):
            p = math.prod(c if hit else 1.0 - c for hit, c in zip(draw, chances, strict=True))
            if p > 0.0:
                found[tuple(i for i, hit in enumerate(draw) if hit)] = p
        return found

    def flow(self, state: State, acts: tuple[Act, ...]) -> tuple[float, ...]:
        """R7 to R10: points per year of every party in one period."""
        if (state, acts) not in self._flow:
            self._flow[state, acts] = tuple(
                self.flow_of(i, state, acts) for i in range(len(self.parties))
            )
        return self._flow[state, acts]

    def flow_of(self, i: int, state: State, acts: tuple[Act, ...]) -> float:
        sent = self.together(acts)
        stands = {
            ladder.id: sent[j] if ladder.renewed else state.levels[j]
            for j, ladder in enumerate(self.ladders)
        }
        hostile = dict(zip(self.parties, state.hostile, strict=True))
        payoffs = self.scenario.payoffs[self.parties[i]]
        terms = list(payoffs.terms)
        if acts[i].cheats and payoffs.secret_gain is not None:
            terms.append(payoffs.secret_gain)
        if payoffs.secret_harm is not None:
            terms += [payoffs.secret_harm for k, act in enumerate(acts) if k != i and act.cheats]
        points = sum(evaluate(term.formula, stands, hostile, self.scenario) for term in terms)
        for once in payoffs.one_offs:
            j = self.number[once.ladder]
            if self.ladders[j].renewed:
                continue
            level = state.levels[j]
            for after, chance in self.landing(j, level, sent[j]).items():
                if (
                    (once.direction == "on" and after > level)
                    or (once.direction == "back" and after < level)
                    or once.between == (level, after)
                ):
                    points += chance * self.scenario.value(once.points) / self.clock
        return points


# -- no deal -----------------------------------------------------------------------------


class NoDeal:
    """R11: best replies in turn from "everybody holds", in plain value iteration."""

    def __init__(self, world: World, max_rounds: int = 60) -> None:
        self.world = world
        self.states = self.find_states()
        self.policy = {state: self.start(state) for state in self.states}
        self.values = [dict.fromkeys(self.states, 0.0) for _ in world.parties]
        for _ in range(max_rounds):
            before = dict(self.policy)
            for i in range(len(world.parties)):
                self.reply(i)
            if self.policy == before:
                return
        raise RuntimeError("no deal goes round in circles")

    def find_states(self) -> list[State]:
        """All states that any moves can lead to."""
        found, waiting = {self.world.today: None}, [self.world.today]
        while waiting:
            state = waiting.pop()
            options = [self.world.options(state, i) for i in range(len(self.world.parties))]
            for acts in itertools.product(*options):
                for after in self.world.next_states(state, self.world.together(acts)):
                    if after not in found:
                        found[after] = None
                        waiting.append(after)
        return list(found)

    def start(self, state: State) -> tuple[Act, ...]:
        """Everybody holds, or heads for the levels under `no_deal` in the file."""
        world = self.world
        goals = {world.number[name]: level for name, level in world.scenario.no_deal.items()}
        acts = []
        for i in range(len(world.parties)):
            sends = tuple(
                world.toward(j, state.levels[j], goals.get(j, state.levels[j]))
                for j in world.held[i]
            )
            acts.append(world.forced(state, i) or Act(sends, False))
        return tuple(acts)

    def reply(self, i: int) -> None:
        """Give party i an exact best reply everywhere; ties towards holding, which is first."""
        world, delta, values = self.world, self.world.delta[i], self.values[i]
        table = {}
        for state in self.states:
            rows = []
            for act in world.options(state, i):
                acts = (*self.policy[state][:i], act, *self.policy[state][i + 1 :])
                after = world.next_states(state, world.together(acts))
                rows.append((act, (1.0 - delta) * world.flow(state, acts)[i], list(after.items())))
            table[state] = rows

        def worth(row: tuple[Act, float, list[tuple[State, float]]]) -> float:
            return row[1] + delta * sum(p * values[after] for after, p in row[2])

        change = math.inf
        while change > VALUE_TOL:
            change = 0.0
            for state in self.states:
                best = max(worth(row) for row in table[state])
                change = max(change, abs(best - values[state]) / (1.0 - delta))
                values[state] = best
        scale = 1.0 + max(abs(v) for v in values.values())
        for state in self.states:
            good = [row[0] for row in table[state] if worth(row) >= values[state] - TIE_TOL * scale]
            self.policy[state] = (*self.policy[state][:i], good[0], *self.policy[state][i + 1 :])
