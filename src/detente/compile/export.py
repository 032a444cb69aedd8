"""A scenario as a game file: the base game in exact decimals, no deal, and plans as phases.

The file is the game that proofs are about. Payoffs, chances and discount factors are the compiled
floats, rounded to `DIGITS` significant decimal digits; the likeliest next state of every profile
takes up what rounding left, so that chances add up to exactly one. Chances of alarms are
multiplied exactly, so that profiles which move the ladders alike do so to the last digit.
Format: docs/proof-format.md, G1 to G8; rules of meaning: docs/rules.md, R13 to R20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import pairwise
from typing import Any

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.compile.build import Compiled, describe_choice
from detente.compile.plan import END_BASE, End, PlanGraph

DIGITS = 15
EXACT = Context(prec=1000)  # for sums and products of rounded chances: nothing is rounded again
NO_DEAL, ANY = "no-deal", "any"
Target = int | str | None


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan under one reading: what the file calls it, and its automaton.

    ``reading`` and ``opening`` are words of the format; ``graph`` must follow them.
    """

    name: str
    reading: str
    opening: str
    graph: PlanGraph


def export_game(
    compiled: Compiled, no_deal: IntArray | None, plans: Sequence[PlanEntry]
) -> dict[str, Any]:
    """Write the base game of a scenario, and plans, as the content of a game file.

    Parameters
    ----------
    compiled : the scenario
    no_deal : int64, shape (P, S), each party's choice in each state, or None to leave it out
    plans : plans to be written into the file

    Returns
    -------
    dict
        For `json.dump`; numbers are texts that hold exact decimals.
    """
    names = state_names(compiled)
    document: dict[str, Any] = {
        "players": list(compiled.layout.parties),
        "discount": [write_decimal(d) for d in compiled.discount],
        "states": [_write_state(compiled, row, names[row]) for row in range(compiled.n_states)],
    }
    if no_deal is not None:
        document["no_deal"] = no_deal.T.tolist()
    if plans:
        document["plans"] = [_write_plan(entry) for entry in plans]
    return document


def state_names(compiled: Compiled) -> list[str]:
    """Give every state a name of its own, in the words of the scenario."""
    names: list[str] = []
    for row, state in enumerate(compiled.tables.states):
        words = compiled.layout.words(state)
        names.append(words if words not in names else f"{words} ({row})")
    return names


def write_decimal(value: float) -> str:
    """Write a number with at most `DIGITS` significant digits.

    Examples
    --------
    >>> write_decimal(0.1 * 0.7), write_decimal(-3.0)
    ('0.07', '-3')
    """
    return _text(_round(value))


def _round(value: float) -> Decimal:
    return Context(prec=DIGITS).create_decimal(Decimal(float(value)))


def _text(value: Decimal) -> str:
    if value == 0:
        return "0"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def round_chances(chances: FloatArray) -> list[Decimal]:
    """Round probabilities to decimals that add up to exactly one.

    Examples
    --------
    >>> round_chances(np.array([0.1 * 3, 0.7]))
    [Decimal('0.3'), Decimal('0.7')]
    """
    rounded = [_round(chance) for chance in chances]
    largest = max(range(len(rounded)), key=rounded.__getitem__)
    rest = Decimal(1)
    for place, each in enumerate(rounded):
        if place != largest:
            rest = EXACT.subtract(rest, each)
    rounded[largest] = rest
    return rounded


def look_of(compiled: Compiled, profiles: IntArray) -> IntArray:
    """Give what everybody sees each party do: int64 (n, P), the honest choice that looks so."""
    tables = compiled.tables
    row = tables.row[profiles]
    return np.stack(
        [
            looks[tables.catalog_of[row, party], tables.choice[profiles, party]]
            for party, looks in enumerate(compiled.looks)
        ],
        axis=1,
    )


def _alarm_patterns(compiled: Compiled, profile: int) -> list[tuple[tuple[int, ...], Decimal]]:
    """Give the sets of parties an alarm may be about, with their chances."""
    tables, row = compiled.tables, int(compiled.tables.row[profile])
    patterns: list[tuple[tuple[int, ...], Decimal]] = [((), Decimal(1))]
    for party in range(compiled.n_parties):
        alarm = _round(tables.alarm[row, party, int(tables.cheats[profile, party])])
        quiet = EXACT.subtract(Decimal(1), alarm)
        split = [(who, EXACT.multiply(chance, quiet)) for who, chance in patterns]
        split += [((*who, party), EXACT.multiply(chance, alarm)) for who, chance in patterns]
        patterns = [(who, chance) for who, chance in split if chance > 0]
    return patterns


def _write_state(compiled: Compiled, row: int, name: str) -> dict[str, Any]:
    tables = compiled.tables
    first, last = int(tables.profile_start[row]), int(tables.profile_start[row + 1])
    shape = tuple(int(n) for n in tables.n_choices[row])
    state: dict[str, Any] = {
        "name": name,
        "actions": [
            [describe_choice(compiled, row, party, each) for each in compiled.choices(row, party)]
            for party in range(compiled.n_parties)
        ],
        "payoffs": _nest([[write_decimal(u) for u in each] for each in compiled.payoff[first:last]],
                         shape),
    }  # fmt: skip
    revealed = not tables.cheats[first:last].any() and not tables.alarm[row].any()
    state |= _write_seen(compiled, first, last, shape) if not revealed else {
        "monitoring": "perfect",
        "transitions": _nest([_moves(compiled, a) for a in range(first, last)], shape),
    }  # fmt: skip
    if not tables.unanimous[first:last].all():
        state["prescribable"] = tables.unanimous[first:last].reshape(shape).tolist()
    return state


def _moves(compiled: Compiled, profile: int) -> list[list[Any]]:
    begin, end = (int(x) for x in compiled.tables.entry_start[profile : profile + 2])
    chances = round_chances(compiled.tables.entry_chance[begin:end])
    following = compiled.tables.entry_next[begin:end].tolist()
    return [[t, _text(q)] for t, q in zip(following, chances, strict=True)]


def _write_seen(
    compiled: Compiled, first: int, last: int, shape: tuple[int, ...]
) -> dict[str, Any]:
    """Write the outcomes of a state in which not everything is seen, and their chances."""
    parties = compiled.layout.parties
    looks = look_of(compiled, np.arange(first, last))
    number: dict[tuple[object, ...], int] = {}
    outcomes: list[dict[str, Any]] = []
    cells = []
    for a in range(first, last):
        begin, end = (int(x) for x in compiled.tables.entry_start[a : a + 2])
        seen = tuple(int(x) for x in looks[a - first])
        chances = round_chances(compiled.tables.entry_chance[begin:end])
        cell = []
        for who, weight in _alarm_patterns(compiled, a):
            for e, chance in zip(range(begin, end), chances, strict=True):
                following = int(compiled.tables.entry_next[e])
                key = (seen, who, following)
                if key not in number:
                    number[key] = len(outcomes)
                    signal = " and ".join(f"alarm about {parties[p]}" for p in who)
                    outcome: dict[str, Any] = {
                        "signal": signal, "next": following, "seen": list(seen)
                    }  # fmt: skip
                    if who:
                        outcome["alarms"] = list(who)
                    outcomes.append(outcome)
                cell.append([number[key], _text(EXACT.multiply(weight, chance))])
        cells.append(cell)
    return {"outcomes": outcomes, "chances": _nest(cells, shape)}


def _nest(cells: list[Any], shape: tuple[int, ...]) -> list[Any]:
    for n in reversed(shape[1:]):
        cells = [cells[j : j + n] for j in range(0, len(cells), n)]
    return cells


def _write_plan(entry: PlanEntry) -> dict[str, Any]:
    graph = entry.graph
    return {
        "name": entry.name,
        "reading": entry.reading,
        "opening": entry.opening,
        "start": [int(graph.node_phase[0]), int(graph.node_row[0])],
        "phases": [_write_phase(entry, phase) for phase in range(len(graph.number))],
    }


def _write_phase(entry: PlanEntry, phase: int) -> dict[str, Any]:
    """Write who does what in a phase, and where each kind of outcome leads."""
    graph, compiled = entry.graph, entry.graph.compiled
    rows = np.flatnonzero(graph.number[phase] >= 0)
    prescribed = graph.prescribed(phase)
    out: dict[str, Any] = {
        "name": describe_phase(graph, phase),
        "actions": {
            str(row): [int(x) for x in compiled.tables.choice[prescribed[row]]] for row in rows
        },
        "kept": _target(entry, graph.when_quiet(phase)),
    }
    parties = range(compiled.n_parties)
    heeded = [p for p in parties if not graph.ignores_alarm(p)]
    if heeded:
        out["alarms"] = [[p, _target(entry, graph.after_alarm(phase, p))] for p in heeded]
    out["breach"] = [_after_breach(entry, phase, p) for p in parties]
    alike = _looks_alike(graph, phase, rows)
    if alike:
        out["alike"] = alike
    return out


def _after_breach(entry: PlanEntry, phase: int, party: int) -> Any:
    graph = entry.graph
    if entry.reading == "harshest":
        return ANY
    if graph.ignores_breach(phase, party):  # such looks stand in "alike"
        return NO_DEAL
    n_states = graph.compiled.n_states
    return _target(entry, graph.after_breach(phase, party) * n_states + np.arange(n_states))


def _target(entry: PlanEntry, codes: IntArray) -> Target | list[Target]:
    """Write codes by next row; one word or number where it says the same for all rows."""
    graph = entry.graph
    n_states = graph.compiled.n_states
    out: list[Target] = []
    for code in codes:
        kind, row = divmod(int(code), n_states)
        if kind >= END_BASE:
            end, _ = graph.ends[kind - END_BASE]
            out.append(NO_DEAL if end is End.NO_DEAL else ANY)
        else:
            met = kind < len(graph.number) and graph.number[kind, row] >= 0
            out.append(kind if met else None)
    told = [each for each in out if each is not None]
    if told and all(x == y for x, y in pairwise(told)):
        return told[0]
    return out


def _looks_alike(graph: PlanGraph, phase: int, rows: IntArray) -> dict[str, list[list[int]]]:
    """Give, by state, the looks other than the prescribed one that count as keeping the plan.

    Those of breaches that are ignored, and of votes on a joint ladder that move nothing.
    """
    compiled = graph.compiled
    found: dict[str, list[list[int]]] = {}
    profiles = graph.prescribed(phase)[rows]
    here = look_of(compiled, profiles)
    for party in range(compiled.n_parties):
        source, options, seen = compiled.options(profiles, party)
        if not graph.ignores_breach(phase, party):
            source, options = source[~seen], options[~seen]
        looks = look_of(compiled, options)
        for place, look in zip(source, looks, strict=True):
            if (look != here[place]).any():
                listed = found.setdefault(str(int(rows[place])), [])
                if look.tolist() not in listed:
                    listed.append(look.tolist())
    return found


def describe_phase(graph: PlanGraph, phase: int) -> str:
    """Say what a phase of a plan is, in a few words.

    Examples of answers: ``step 2 (freeze)``, ``settled``, ``step 1 (first), broken by us, 3 left``.
    """
    here = graph.phases[phase]
    settled = here.stage >= len(graph.stages)
    step = len(graph.plan.steps) if settled else graph.stages[here.stage].step
    words = "settled" if settled else f"step {step + 1} ({graph.plan.steps[step].id})"
    if here.response is not None:
        words += f", {here.response[0].value} {here.response[1]}"
    return f"{words}, {here.left} left" if here.left > 1 else words
