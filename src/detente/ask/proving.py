"""Proofs of the verdicts of a check: the game file they are about, and the proof file.

Every verdict is put to the writers of proofs, which judge it afresh from the game file. What they
cannot show is listed with its reason, never left out in silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from detente.ask.forgiving import Forgiving
from detente.ask.judge import make_openness, openings_that_differ
from detente.ask.knowledge import TOL_SETS, Knower
from detente.ask.verdict import Answer, Opening, Reading, ReadingResult, Verdict
from detente.compile.export import PlanEntry, export_game
from detente.compile.plan import END_BASE, End, PlanGraph
from detente.proof.exact import Profile, round_number
from detente.proof.holding import (
    Automaton,
    Lottery,
    Node,
    drop_idle,
    follow_prescriptions,
    prove_equilibrium,
)
from detente.proof.merging import exhibit_start, prove_empty_start
from detente.proof.plans import Box, PlanProver
from detente.proof.positions import Outcome, Position, Positions
from detente.proof.writing import ProofFile, hash_game

READING_WORDS = {
    Reading.NO_DEAL: "no-deal",
    Reading.WRITTEN: "as-written",
    Reading.HARSHEST: "harshest",
}
OPENING_WORDS = {
    Opening.NO_DEAL: "no-deal",
    Opening.WRITTEN: "as-written",
    Opening.BEST: "best",
}
CERTAINTY = Fraction(1)
_NOT_EXCLUDED = "neither floors and ceilings nor half-planes around the payoffs show it"
_NOT_BOXED = "floors and ceilings do not show it, and half-planes are drawn for two parties only"
SECONDS = 20.0  # for proofs that need payoff sets


@dataclass(frozen=True, slots=True)
class ProvenVerdict:
    """A verdict of a check, and whether the proof file proves it (else why not)."""

    plan: str
    reading: Reading
    opening: Opening
    answer: Answer
    proven: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Proving:
    """The content of the game file, the text of the proof file, and what the latter proves."""

    game: dict[str, Any]
    text: str
    verdicts: tuple[ProvenVerdict, ...]

    @property
    def complete(self) -> bool:
        """Whether every verdict that was given is proven."""
        return all(each.proven for each in self.verdicts)


Entry = tuple[str, Reading, Opening]


def list_entries(knower: Knower) -> dict[Entry, PlanGraph]:
    """Give the automata of all plans, under every reading of a breach and of what is left open."""
    return {
        (plan.id, reading, opening): knower.graph(plan, make_openness(reading, opening))
        for plan in knower.compiled.scenario.plans
        for reading in READING_WORDS
        for opening in openings_that_differ(knower, plan, reading)
    }


def compile_game(knower: Knower) -> dict[str, Any]:
    """Write the game file of a scenario with all its plans; a scenario has one such file."""
    entries = [
        PlanEntry(plan, READING_WORDS[reading], OPENING_WORDS[opening], graph)
        for (plan, reading, opening), graph in list_entries(knower).items()
    ]
    return export_game(knower.compiled, knower.no_deal.policy, entries)


def prove_verdicts(knower: Knower, verdicts: Sequence[Verdict]) -> Proving:
    """Prove the verdicts of a check as far as that can be done.

    Parameters
    ----------
    knower : what was found out while the verdicts were made
    verdicts : those of the check
    """
    graphs = list_entries(knower)
    number = {key: n for n, key in enumerate(graphs)}
    results = [(verdict.plan, result) for verdict in verdicts for result in verdict.results]
    game = compile_game(knower)
    positions = Positions(game)
    proof = ProofFile(hash_game(game))
    prover = _make_prover(knower, positions)
    if any(result.reading is Reading.HARSHEST or result.opening is Opening.BEST
           for _, result in results if result.answer is Answer.FAILS):  # fmt: skip
        proof.add_step(prover.bound_states())
    answered = []
    for plan, result in results:
        key = plan, result.reading, result.opening
        why_not = _prove(knower, prover, proof, (number[key], graphs[key]), result)
        answered.append(ProvenVerdict(*key, result.answer, not why_not, why_not))
    return Proving(game, proof.text(), tuple(answered))


def _make_prover(knower: Knower, positions: Positions) -> PlanProver:
    cheap = knower.cheap()
    low = cheap.punished_low
    high = np.stack([box.max(axis=0) for box in cheap.outer])
    return PlanProver(positions, Box(low, high))


def _prove(
    knower: Knower, prover: PlanProver, proof: ProofFile, entry: tuple[int, PlanGraph],
    result: ReadingResult,
) -> str:  # fmt: skip
    """Add the proof of one verdict; give the reason where there is none."""
    number = entry[0]
    if result.answer is Answer.UNDECIDED:
        return "the verdict is undecided"
    if result.answer is Answer.FAILS:
        found = prover.find_departure(number)
        steps = (
            prover.prove_failing(number, found)
            if found is not None
            else prove_empty_start(prover.positions, prover.positions.start(number), SECONDS)
        )
        if steps is None:
            return _NOT_EXCLUDED if prover.positions.n_players == 2 else _NOT_BOXED
        for step in steps:
            proof.add_step(step)
    else:
        shown = _show_equilibrium(knower, prover.positions, *entry)
        if shown is None:
            return "no equilibrium was found that can be written down"
        proof.add_step(shown)
    verdict = "fails" if result.answer is Answer.FAILS else "holds"
    proof.add_claim({"claim": "verdict", "plan": number, "verdict": verdict})
    return ""


def _show_equilibrium(
    knower: Knower, positions: Positions, number: int, graph: PlanGraph
) -> dict[str, Any] | None:
    """Write an equilibrium that starts with the plan: as prescribed, or as it was exhibited."""
    start = positions.start(number)
    plain = follow_prescriptions(positions, start)
    if plain is not None:
        return prove_equilibrium(plain)
    plan = positions.document["plans"][number]["name"]
    shown = [each.shown for (name, _), each in knower.forgiving.items()
             if name == plan and each is not None and each.shown is not None]  # fmt: skip
    for found in (*shown, None):
        woven = _Weaver(knower, positions, number, graph, found).weave(start)
        step = None if woven is None else prove_equilibrium(woven)
        if step is not None:
            return step
    exhibited = exhibit_start(positions, start, TOL_SETS, SECONDS)
    return None if exhibited is None else prove_equilibrium(exhibited)


Key = tuple[Any, ...]  # ("at", position), ("copy", automaton, node) or ("nothing", state)


@dataclass(slots=True)
class _Weaver:
    """Writes an exhibited equilibrium as an automaton over positions.

    On the plan's own path play stands at its nodes. Where the path is left open it stands at
    ordinary states, where nodes of the exhibited automaton are copied; once it has ended, or a
    breach was seen, nodes copy what everybody does without a deal.
    """

    knower: Knower
    positions: Positions
    number: int
    graph: PlanGraph
    found: Forgiving | None
    nodes: list[Node] = field(default_factory=list)
    known: dict[Key, int] = field(default_factory=dict)
    queue: list[Key] = field(default_factory=list)
    punish: dict[tuple[int, int], Lottery] = field(default_factory=dict)
    shown: list[Forgiving] = field(default_factory=list)

    def weave(self, start: Position) -> Automaton | None:
        """Give the automaton, or None where what follows an open outcome is not known."""
        if self.found is not None:
            self.shown.append(self.found)
        self._node(("at", start))
        try:
            for key in self.queue:
                self._fill(key)
        except LookupError:
            return None
        whole = Automaton(self.positions, self.nodes, self.punish)
        return drop_idle(whole, [0])

    def _node(self, key: Key) -> int:
        if key not in self.known:
            at, actions = self._stand(key)
            self.known[key] = len(self.nodes)
            self.nodes.append(Node(at, actions))
            self.queue.append(key)
        return self.known[key]

    def _stand(self, key: Key) -> tuple[Position, Profile]:
        if key[0] == "at":
            profile = self.positions.prescribed(key[1])
            if profile is None:
                raise LookupError("an ordinary state prescribes nothing")
            return key[1], profile
        if key[0] == "nothing":
            policy = self.knower.no_deal.policy
            return key[1], self._agree(int(self.knower.compiled.profiles_of(policy)[key[1]]))
        graph = self.shown[key[1]].graph
        return int(graph.node_row[key[2]]), self._agree(int(graph.node_profile[key[2]]))

    def _agree(self, profile: int) -> Profile:
        """Give the actions of a profile, joint ladders voted alike where that moves the same."""
        tables = self.knower.compiled.tables
        if not tables.unanimous[profile]:
            row = int(tables.row[profile])
            every = np.arange(tables.profile_start[row], tables.profile_start[row + 1])
            same = tables.unanimous[every]
            same &= (tables.towards[every] == tables.towards[profile]).all(axis=1)
            same &= (tables.cheats[every] == tables.cheats[profile]).all(axis=1)
            profile = int(every[np.argmax(same)]) if same.any() else profile
        return tuple(int(x) for x in tables.choice[profile])

    def _fill(self, key: Key) -> None:
        node = self.nodes[self.known[key]]
        positions, state = self.positions, self.positions.state_of(node.at)
        for outcome in positions.neighbouring(state, node.actions):
            y, t = positions.follow(node.at, node.actions, outcome), outcome.follows
            if not isinstance(y, int):
                self._node(("at", y))
                continue
            who = positions.departed(node.at, node.actions, outcome)
            if len(who) == 1:
                self.punish[who[0], t] = ((self._node(("nothing", t)), CERTAINTY),)
                continue
            lottery = self._after(key, outcome)
            if outcome.alarms:
                node.signals[outcome.number] = lottery
            else:
                node.next[t] = lottery

    def _after(self, key: Key, outcome: Outcome) -> Lottery:
        """Give what follows an outcome in which nobody is seen to differ."""
        t = outcome.follows
        nothing = self._node(("nothing", t))
        if key[0] == "nothing":
            return ((nothing, CERTAINTY),)
        place, number = (0, self._match(key[1])) if key[0] == "at" else (key[1], key[2])
        if place >= len(self.shown):
            return ((nothing, CERTAINTY),)
        found = self.shown[place]
        on = self._go_on(place, int(found.graph.node_phase[number]), t, nothing)
        first = [p for p in sorted(range(self.positions.n_players), key=found.graph.ignores_alarm)
                 if p in outcome.alarms]  # fmt: skip
        ending = round_number(float(found.ending[number, first[0]]), 12) if first else Fraction(0)
        if ending == 0 or on == nothing:
            return ((on, CERTAINTY),)
        if ending >= 1:
            return ((nothing, CERTAINTY),)
        return ((on, 1 - ending), (nothing, ending))

    def _go_on(self, place: int, phase: int, t: int, nothing: int) -> int:
        """Give the node when an exhibited automaton is not ended by an alarm."""
        found = self.shown[place]
        n_states = self.knower.compiled.n_states
        code = int(found.graph.when_quiet(phase)[t])
        kind, row = divmod(code, n_states)
        if kind >= END_BASE:
            end, _ = found.graph.ends[kind - END_BASE]
            return nothing if end is End.NO_DEAL else self._later(found, code, row, nothing)
        number = int(found.graph.number[kind, row])
        return nothing if found.cut[number] else self._node(("copy", place, number))

    def _later(self, found: Forgiving, code: int, row: int, nothing: int) -> int:
        """Find the node that open later steps go on with: another plan's, or no deal."""
        worth = (found.ends.opened or {})[code]
        if np.array_equal(worth, self.knower.no_deal.values[row]):
            return nothing
        for judged in self.knower.forgiving.values():
            other = None if judged is None else judged.shown
            if other is None:
                continue
            here = np.flatnonzero((other.graph.node_row == row) & other.reached & ~other.cut)
            for number in here:
                if np.array_equal(other.values[number], worth):
                    if not any(each is other for each in self.shown):
                        self.shown.append(other)
                    place = next(k for k, each in enumerate(self.shown) if each is other)
                    return self._node(("copy", place, int(number)))
        raise LookupError(f"nothing exhibited pays {worth} in state {row}")

    def _match(self, at: Position) -> int:
        """Give the exhibited automaton's node of a node of the plan."""
        if self.found is None:
            return -1
        if not isinstance(at, tuple) or len(at) != 3:
            raise LookupError(f"{at} is not a node of the plan")
        here = self.graph.phases[at[1]]
        for phase, each in enumerate(self.found.graph.phases):
            number = int(self.found.graph.number[phase, at[2]])
            if each == here and number >= 0:
                return number
        raise LookupError(f"the exhibited automaton has no phase {here}")
