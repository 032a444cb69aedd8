"""Step `equilibrium`: an automaton with values, and no profitable deviation (P10 to P15)."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from operator import mul
from typing import Any

from detente_verify.exact import add_up, common_denominator
from detente_verify.facts import ZERO, Facts, Point, Vector
from detente_verify.form import (
    take_index,
    take_key,
    take_list,
    take_object,
    take_profile,
    take_rational,
    take_some,
    take_vector,
)
from detente_verify.game import State
from detente_verify.outcome import Rejected, compare, show
from detente_verify.world import MAX_REMEMBERED, QUIET, Move, Target

NODE_KEYS = frozenset({"actions", "next", "signals", "punish"})
Lottery = int  # a node's number, or the number of nodes plus that of a mixture
ByNext = dict[int, Lottery]


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the automaton; the maps name lotteries."""

    position: int
    profile: int
    value: Vector
    following: ByNext
    signals: dict[int, Lottery]
    punish: tuple[ByNext, ...]


@dataclass(slots=True)
class Automaton:
    """The nodes, the mixtures over them, and which node is the only one at a position."""

    facts: Facts
    nodes: list[Node] = field(default_factory=list)
    mixtures: list[tuple[tuple[int, Fraction], ...]] = field(default_factory=list)
    punish: tuple[ByNext, ...] = ()
    alone: dict[int, int | None] = field(default_factory=dict)
    used: set[tuple[int, int]] = field(default_factory=set)  # of the step's punish
    _numbers: dict[tuple[tuple[int, Fraction], ...], int] = field(default_factory=dict)
    _parts: dict[tuple[int, Target], dict[int, Lottery]] = field(default_factory=dict)
    _size: int = 0

    def position_of(self, lottery: Lottery) -> int:
        """Give the position at which all nodes of a lottery are."""
        n = len(self.nodes)
        return self.nodes[lottery if lottery < n else self.mixtures[lottery - n][0][0]].position

    def read(self, step: dict[str, Any]) -> None:
        """Read the nodes (P10), then the maps between them."""
        take_object(step, {"step", "nodes"}, frozenset({"punish"}))
        raw = take_some(step["nodes"])
        heads = []
        for j, entry in enumerate(raw):
            try:
                heads.append(self._read_head(entry))
            except Rejected as wrong:
                raise wrong.at(f"node {j}") from None
        for j, (position, _, _) in enumerate(heads):
            self.alone[position] = None if position in self.alone else j
        # positions of all nodes are known before the first lottery is read
        self.nodes = [Node(*head, {}, {}, ()) for head in heads]
        n_players = len(self.facts.world.game.players)
        if "punish" in step:
            self.punish = self._read_punish(step["punish"])
        for j, entry in enumerate(raw):
            if len(entry) == 2 or not NODE_KEYS - {"actions"} & set(entry):
                continue
            try:
                self.nodes[j] = self._read_maps(self.nodes[j], entry)
            except Rejected as wrong:
                raise wrong.at(f"node {j}") from None
        if self.punish and len(self.punish) != n_players:
            raise Rejected("P1", "punish: expected an entry for each player")

    def _read_head(self, entry: Any) -> tuple[int, int, Vector]:
        take_object(entry, {"at", "value"}, NODE_KEYS)
        world = self.facts.world
        position = world.position(entry["at"])
        allowed = world.prescribable(position)
        if "actions" in entry:
            profile = take_profile(entry["actions"], world.state(position))
            if profile not in allowed:
                raise Rejected(
                    "P10", f"may not be prescribed: {world.state(position).words(profile)}"
                )
        elif len(allowed) == 1:
            profile = allowed[0]
        else:
            raise Rejected("P10", f"'actions' is missing and {len(allowed)} profiles are possible")
        return position, profile, take_vector(entry["value"], len(world.game.players))

    def _read_maps(self, node: Node, entry: dict[str, Any]) -> Node:
        state = self.facts.world.state(node.position)
        following = self._read_by_next(entry["next"]) if "next" in entry else {}
        punish = self._read_punish(entry["punish"]) if "punish" in entry else ()
        signals: dict[int, Lottery] = {}
        if "signals" in entry:
            if state.perfect:
                raise Rejected("P12", "'signals' in a state with perfect monitoring")
            signals = self._read_map(entry["signals"], len(state.nexts), "outcome")
        return Node(node.position, node.profile, node.value, following, signals, punish)

    def _read_punish(self, value: Any) -> tuple[ByNext, ...]:
        n_players = len(self.facts.world.game.players)
        return tuple(self._read_by_next(each) for each in take_list(value, n_players))

    def _read_by_next(self, value: Any) -> ByNext:
        return self._read_map(value, self.facts.world.n_states, "state")

    def _read_map(self, value: Any, length: int, what: str) -> dict[int, Lottery]:
        if type(value) is not dict:
            take_object(value, set())
        return {take_key(key, length, what): self._read_lottery(each)
                for key, each in value.items()}  # fmt: skip

    def _read_lottery(self, value: Any) -> Lottery:
        n = len(self.nodes)
        if type(value) is not list:
            return take_index(value, n, "node")
        parts: dict[int, Fraction] = {}
        for pair in take_some(value):
            take_list(pair, 2)
            node, weight = take_index(pair[0], n, "node"), take_rational(pair[1])
            if weight <= 0 or node in parts:
                raise Rejected(
                    "P11", f"node {node} twice, or its weight {show(weight)} not positive"
                )
            parts[node] = weight
        total = add_up(parts.values(), "the weights")
        if total != 1:
            raise Rejected("P11", "the weights of a lottery do not sum to 1",
                           compare(total, "=", Fraction(1)))  # fmt: skip
        if len({self.nodes[node].position for node in parts}) > 1:
            raise Rejected("P12", "the nodes of a lottery are at different positions")
        key = tuple(parts.items())
        if key not in self._numbers:
            self._numbers[key] = n + len(self.mixtures)
            self.mixtures.append(key)
        return self._numbers[key]

    def continuations(self, j: int) -> dict[int, Lottery]:
        """Give the lottery that follows every neighbouring outcome of a node (P12, P13)."""
        node = self.nodes[j]
        if not (node.following or node.signals or node.punish or self.punish):
            return self._continue_alone(node)
        used: set[tuple[str, int, int]] = set()
        found: dict[int, Lottery] = {}
        for move in self.facts.world.moves(node.position, node.profile):
            found[move.outcome] = lottery = self._choose(node, move, used)
            at = self.position_of(lottery)
            if at != move.position:
                words = self.facts.world.words
                raise Rejected("P12", f"outcome {self._name(move)} leads to "
                               f"{words(move.position)}, but goes on at {words(at)}")  # fmt: skip
        self._check_used(node, used)
        return found

    def _continue_alone(self, node: Node) -> dict[int, Lottery]:
        """Give the only node at every position reached; parts are shared between nodes."""
        found: dict[int, Lottery] = {}
        world = self.facts.world
        for group, target in world.routes(node.position, node.profile):
            key = group.number, target
            part = self._parts.get(key)
            if part is None:
                part = {}
                for move in world.follow(group, target):
                    only = self.alone.get(move.position)
                    if only is None:
                        raise self._none(move)
                    part[move.outcome] = only
                self._size += len(part)
                if self._size > MAX_REMEMBERED:
                    self._parts.clear()
                    self._size = len(part)
                self._parts[key] = part
            found.update(part)
        return found

    def _choose(self, node: Node, move: Move, used: set[tuple[str, int, int]]) -> Lottery:
        k, party, t, position = move
        if k in node.signals:
            used.add(("signals", 0, k))
            return node.signals[k]
        if party == QUIET and t in node.following:
            used.add(("next", 0, t))
            return node.following[t]
        if party >= 0:
            if node.punish and t in node.punish[party]:
                used.add(("punish", party, t))
                return node.punish[party][t]
            is_open = position < self.facts.world.n_states
            if is_open and self.punish and t in self.punish[party]:
                self.used.add((party, t))
                return self.punish[party][t]
        only = self.alone.get(position)
        if only is None:
            raise self._none(move)
        return only

    def _none(self, move: Move) -> Rejected:
        count = "several nodes are" if move.position in self.alone else "no node is"
        where = self.facts.world.words(move.position)
        return Rejected("P12", f"nothing says what follows outcome {self._name(move)}: "
                               f"{count} at {where}")  # fmt: skip

    def _name(self, move: Move) -> str:
        return f"{move.outcome} (next state {move.following})"

    def _check_used(self, node: Node, used: set[tuple[str, int, int]]) -> None:
        written = {("next", 0, t) for t in node.following}
        written |= {("signals", 0, k) for k in node.signals}
        written |= {("punish", i, t) for i, entries in enumerate(node.punish) for t in entries}
        idle = sorted(written - used)
        if idle:
            raise Rejected("P13", f"no outcome uses the entry {idle[0][2]} of '{idle[0][0]}'")

    def check_step_used(self) -> None:
        """Check that every entry of the step's punish is used (P13)."""
        written = {(i, t) for i, entries in enumerate(self.punish) for t in entries}
        idle = sorted(written - self.used)
        if idle:
            raise Rejected("P13", f"no outcome uses the entry {idle[0][1]} of 'punish' for player "
                                  f"{idle[0][0]}")  # fmt: skip


def check_equilibrium(step: dict[str, Any], facts: Facts) -> str:
    """Check a step `equilibrium` and add its facts; give what it says in words."""
    automaton = Automaton(facts)
    automaton.read(step)
    checker = _Checker(automaton)
    errors = checker.check()
    for node in automaton.nodes:
        facts.points.setdefault(node.position, []).append(Point(node.value, errors))
    shown = ", ".join(show(e) for e in errors)
    return f"an equilibrium of {len(automaton.nodes)} nodes, payoffs within ({shown})"


class _Checker:
    """Evaluates all nodes in integers: values over ``scale[i]``, weights over a state's total."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.game = automaton.facts.world.game
        weights = [w for mixture in automaton.mixtures for _, w in mixture]
        self.under = under = common_denominator(weights, "the weights of lotteries")
        self.parts = [[(m, int(w * under)) for m, w in mixture] for mixture in automaton.mixtures]
        self.scale: list[int] = []
        self.values: list[list[int]] = []
        for i in range(len(self.game.players)):
            each = [node.value[i] for node in automaton.nodes]
            scale = under * common_denominator(each, "the values")
            own = [v.numerator * (scale // v.denominator) for v in each]
            for mixture in automaton.mixtures:
                worth = sum((w * own[j] for j, w in mixture), ZERO)
                own.append(int(worth))
            self.scale.append(scale)
            self.values.append(own)

    def check(self) -> Vector:
        """Check all nodes; give the error of each player (P14, P15)."""
        n_players = len(self.game.players)
        worst = [ZERO] * n_players
        best: list[list[tuple[int, int] | None]] = []  # by node and player
        for j in range(len(self.automaton.nodes)):
            self.automaton.facts.clock.tick()
            try:
                best.append(self._measure(j, worst))
            except Rejected as wrong:
                raise wrong.at(f"node {j}") from None
        self.automaton.check_step_used()
        errors = tuple(r / (1 - self.game.discount(i)) for i, r in enumerate(worst))
        # 2 is the most that sum |D(m)| can be, so many nodes need no closer look
        quick = [2 * self.game.discount(i) * error for i, error in enumerate(errors)]
        for j, gains in enumerate(best):
            close = [
                i for i, (gain, slack) in enumerate(zip(gains, quick, strict=True))
                if gain and gain[0] * slack.denominator > -slack.numerator * gain[1]
            ]  # fmt: skip
            if close:
                self._look_closer(j, close, errors)
        return errors

    def _measure(self, j: int, worst: list[Fraction]) -> list[tuple[int, int] | None]:
        """Update the residuals; give each player's best gain, as numerator and denominator."""
        node = self.automaton.nodes[j]
        state = self.automaton.facts.world.state(node.position)
        follow = self.automaton.continuations(j)
        gains: list[tuple[int, int] | None] = []
        for i, (_, m) in enumerate(self.game.patience):
            scale = m * self.game.payoff_scale[i] * state.total * self.scale[i]
            others = [other for _, other in state.deviations(node.profile, i)]
            here, *there = self._worths(state, i, [node.profile, *others], follow)
            off = abs(self.values[i][j] * (scale // self.scale[i]) - here)
            if off and off * worst[i].denominator > worst[i].numerator * scale:
                worst[i] = Fraction(off, scale)
            gains.append((max(there) - here, scale) if there else None)
        return gains

    def _worths(
        self, state: State, i: int, profiles: list[int], follow: dict[int, Lottery]
    ) -> list[int]:
        """Give what profiles are worth to a player, over a common denominator."""
        d, m = self.game.patience[i]
        value_of, lottery_of = self.values[i].__getitem__, follow.__getitem__
        reward = (m - d) * state.total * self.scale[i]
        weight = d * self.game.payoff_scale[i]
        worths = []
        for profile in profiles:
            outcomes, weights = state.rows[profile]
            later = sum(map(mul, weights, map(value_of, map(lottery_of, outcomes))))
            worths.append(reward * state.payoffs[profile][i] + weight * later)
        return worths

    def _look_closer(self, j: int, players: list[int], errors: Vector) -> None:
        """Check every deviation of some players at a node with its own slack (P15)."""
        node = self.automaton.nodes[j]
        state = self.automaton.facts.world.state(node.position)
        follow = self.automaton.continuations(j)
        for i in players:
            self.automaton.facts.clock.tick()
            scale = self.game.patience[i][1] * self.game.payoff_scale[i]
            scale *= state.total * self.scale[i]
            quick = 2 * self.game.discount(i) * errors[i]
            deviations = state.deviations(node.profile, i)
            profiles = [node.profile, *(other for _, other in deviations)]
            here, *there = self._worths(state, i, profiles, follow)
            for (action, other), worth in zip(deviations, there, strict=True):
                gain = worth - here
                if gain * quick.denominator <= -quick.numerator * scale:
                    continue
                moved = self._moved(state, node.profile, other, follow)
                slack = self.game.discount(i) * errors[i] * moved
                if gain * slack.denominator > -slack.numerator * scale:
                    raise self._gains(j, i, action, Fraction(gain, scale), slack)

    def _moved(
        self, state: State, profile: int, other: int, follow: dict[int, Lottery]
    ) -> Fraction:
        """Give the sum of ``|D(m)|`` of P15."""
        shift: dict[int, int] = {}
        n = len(self.automaton.nodes)
        for row, sign in ((other, 1), (profile, -1)):
            for k, w in zip(*state.rows[row], strict=True):
                lottery = follow[k]
                if lottery < n:
                    shift[lottery] = shift.get(lottery, 0) + sign * w * self.under
                    continue
                for m, weight in self.parts[lottery - n]:
                    shift[m] = shift.get(m, 0) + sign * w * weight
        return Fraction(sum(map(abs, shift.values())), state.total * self.under)

    def _gains(self, j: int, i: int, action: int, gain: Fraction, slack: Fraction) -> Rejected:
        world = self.automaton.facts.world
        position = self.automaton.nodes[j].position
        what = world.state(position).actions[i][action]
        return Rejected(
            "P15", f"at {world.words(position)}, {self.game.players[i]} gains by '{what}': "
            f"{show(gain)}, with an error of up to {show(slack)}",
            compare(gain + slack, "<=", ZERO),
        ).at(f"node {j}")  # fmt: skip
