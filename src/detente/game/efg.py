"""A game of a few periods as a tree in Gambit's extensive format (.efg).

Each period the players move one after another without seeing the others' moves of the period;
then chance draws the outcome. Under perfect monitoring everybody then sees all actions and the
next state; with signals everybody sees the outcome, and every player remembers the own actions.
A player's payoff at the end is the sum over periods t = 0, 1, .. of discount^t times the payoff of
the period, with exact numbers. A player with one action only does not move. The format is
described in the documentation of Gambit ("The extensive game (.efg) file format").
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from detente.errors import DetenteError, Problem, nearest
from detente.game.exact import exact, print_exact, quoted, unlike
from detente.game.nfg import Document, refuse_prescribable

MAX_NODES = 1_000_000
MAX_PERIODS = 200  # more could only be written where nobody ever has a choice
BYTES_PER_NODE = 70  # of the file, about
History = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Profile:
    """What one action profile of a state pays and leads to."""

    payoffs: tuple[Fraction, ...]
    outcomes: tuple[tuple[int, int, Fraction], ...]  # (number, next state, probability)


@dataclass(frozen=True, slots=True)
class _State:
    name: str
    actions: tuple[tuple[str, ...], ...]
    perfect: bool
    profiles: dict[tuple[int, ...], _Profile]
    labels: tuple[str, ...]  # of the outcomes with signals, of all states otherwise


@dataclass(slots=True)
class _Writer:
    """The lines written so far, and the numbers given to information sets and outcomes."""

    states: list[_State]
    discount: list[Fraction]
    lines: list[str]
    sets: dict[tuple[int, History], int] = field(default_factory=dict)
    sets_of: dict[int, int] = field(default_factory=dict)
    ends: int = 0

    def number_of(self, player: int, history: History) -> int:
        """Give the number of an information set; player 0 is chance, whose sets never repeat."""
        key = (player, history)
        if player == 0 or key not in self.sets:
            self.sets_of[player] = self.sets_of.get(player, 0) + 1
            self.sets[key] = self.sets_of[player]
        return self.sets[key]


def write_efg(
    document: Document, periods: int = 1, start: int | str = 0, max_nodes: int = MAX_NODES
) -> str:
    """Write the tree of the first periods of a game.

    Parameters
    ----------
    document : the content of a game file that has been checked
    periods : how many periods are played, at least 1
    start : number or name of the state in which the game starts
    max_nodes : most nodes of the tree

    Raises
    ------
    DetenteError
        E401 for a number of periods below 1 or above `MAX_PERIODS`, E426 where the first state is
        none, E442 for profiles that may not be prescribed, E443 where the tree would have more
        than ``max_nodes`` nodes.

    Examples
    --------
    >>> from detente.game.nfg import parse_nfg
    >>> stage = parse_nfg('NFG 1 R "pd" { "a" "b" } { 2 2 } 1 1 2 -1 -1 2 0 0', [0.5])
    >>> print("".join(write_efg(stage).splitlines(True)[3:6]), end="")
    p "" 1 1 "1.1 pd" { "1" "2" } 0
    p "" 2 1 "2.1 pd" { "1" "2" } 0
    t "" 1 "end 1" { 1, 1 }
    """
    if not 1 <= periods <= MAX_PERIODS:
        raise DetenteError(
            Problem("E401", f"the number of periods must lie between 1 and {MAX_PERIODS}, not "
                            f"{periods}", remedy="leave it out for one period")
        )  # fmt: skip
    refuse_prescribable(document)
    numbers = {state.get("name", f"s{s}"): s for s, state in enumerate(document["states"])}
    first = _find_state(start, numbers)
    states = [_read_state(state, s, numbers) for s, state in enumerate(document["states"])]
    nodes = count_nodes(states, periods, first)
    if nodes > max_nodes:
        size = nodes * BYTES_PER_NODE / 2**20
        raise DetenteError(
            Problem("E443", f"a tree of {periods} periods would have {nodes:.3g} nodes, about "
                            f"{size:.3g} MB; at most {max_nodes} are written",
                    remedy="give fewer periods")
        )  # fmt: skip
    names = " ".join(quoted(name) for name in unlike(document["players"], "player"))
    title = f"{periods} period{'s' if periods > 1 else ''} from {states[first].name}"
    head = [f"EFG 2 R {quoted(title)} {{ {names} }}", '""', ""]
    writer = _Writer(states, [exact(d) for d in document["discount"]], head)
    n = len(writer.discount)
    _write_period(writer, first, periods, (Fraction(1),) * n, (Fraction(0),) * n, ((),) * n)
    return "\n".join(writer.lines) + "\n"


def _find_state(start: int | str, numbers: dict[str, int]) -> int:
    if isinstance(start, str) and start in numbers:
        return numbers[start]
    text = str(start)
    if text.isdigit() and int(text) < len(numbers):
        return int(text)
    guess = nearest(text, numbers)
    remedy = f"did you mean '{guess}'?" if guess else f"states are 0 to {len(numbers) - 1}"
    raise DetenteError(Problem("E426", f"there is no state '{text}'", remedy=remedy))


def _read_state(state: dict[str, Any], s: int, numbers: dict[str, int]) -> _State:
    """Take a state of a checked game file apart, with exact numbers."""
    actions = tuple(tuple(unlike(names, "action")) for names in state["actions"])
    perfect = state.get("monitoring") == "perfect"
    if perfect:
        labels = unlike(list(numbers), "state")
    else:
        leads_to = [_number(outcome["next"], numbers) for outcome in state["outcomes"]]
        labels = unlike(
            [str(outcome.get("signal", f"k{k}")) for k, outcome in enumerate(state["outcomes"])],
            "signal",
        )
    profiles = {}
    for profile in itertools.product(*(range(len(own)) for own in actions)):
        if perfect:
            pairs = [(_number(to, numbers), q) for to, q in _pick(state["transitions"], profile)]
            drawn = _merge(pairs)
        else:
            chances = _pick(state["probabilities"], profile)
            drawn = [(k, leads_to[k], exact(q)) for k, q in enumerate(chances)]
        total = sum((q for *_, q in drawn), Fraction(0))  # decimals may be off by rounding
        profiles[profile] = _Profile(
            tuple(exact(x) for x in _pick(state["payoffs"], profile)),
            tuple((k, to, q / total) for k, to, q in drawn if q),
        )
    return _State(state.get("name", f"s{s}"), actions, perfect, profiles, tuple(labels))


def _merge(pairs: list[tuple[int, Any]]) -> list[tuple[int, int, Fraction]]:
    """Add up the chances of entries that lead to the same state."""
    chances: dict[int, Fraction] = {}
    for to, q in pairs:
        chances[to] = chances.get(to, Fraction(0)) + exact(q)
    return [(to, to, q) for to, q in chances.items()]


def _number(state: int | str, numbers: dict[str, int]) -> int:
    return numbers[state] if isinstance(state, str) else state


def _pick(nested: Any, where: tuple[int, ...]) -> Any:
    for k in where:
        nested = nested[k]
    return nested


def count_nodes(states: list[_State], periods: int, first: int) -> int:
    """Count the nodes of the tree without making it."""
    below = [1] * len(states)  # the end of the game is one node
    for left in range(1, periods + 1):
        below = [_count_period(state, below, last=left == 1) for state in states]
    return below[first]


def _count_period(state: _State, below: list[int], *, last: bool) -> int:
    nodes, width = 0, 1
    for names in state.actions:
        if len(names) > 1:
            nodes, width = nodes + width, width * len(names)
    if last:  # nothing is drawn after the last period
        return nodes + width
    for profile in state.profiles.values():
        nodes += (len(profile.outcomes) > 1) + sum(below[to] for _, to, _ in profile.outcomes)
    return nodes


def _write_period(
    writer: _Writer, s: int, left: int, weight: tuple[Fraction, ...], paid: tuple[Fraction, ...],
    known: tuple[History, ...],
) -> None:  # fmt: skip
    """Write the part of the tree from the start of a period.

    ``weight`` is what one payoff unit counts now, ``paid`` what was paid before, and ``known``
    what each player has seen and done.
    """
    state = writer.states[s]
    movers = [i for i, names in enumerate(state.actions) if len(names) > 1]
    for profile, opened in _walk(state, movers):
        for i in opened:
            # the state is part of what is known: with one outcome nothing else would tell it
            infoset = writer.number_of(i + 1, (s, left, known[i]))
            labels = " ".join(quoted(name) for name in state.actions[i])
            name = quoted(f"{i + 1}.{infoset} {state.name}")  # unlike all others, as Gambit asks
            writer.lines.append(f'p "" {i + 1} {infoset} {name} {{ {labels} }} 0')
        cell = state.profiles[profile]
        total = tuple(p + w * u for p, w, u in zip(paid, weight, cell.payoffs, strict=True))
        later = tuple(w * d for w, d in zip(weight, writer.discount, strict=True))
        if left == 1:
            writer.ends += 1
            shown = ", ".join(print_exact(x) for x in total)
            writer.lines.append(f't "" {writer.ends} "end {writer.ends}" {{ {shown} }}')
            continue
        if len(cell.outcomes) > 1:
            drawn = " ".join(
                f"{quoted(state.labels[k])} {print_exact(q)}" for k, _, q in cell.outcomes
            )
            writer.lines.append(f'c "" {writer.number_of(0, ())} "" {{ {drawn} }} 0')
        for k, to, _ in cell.outcomes:
            news = tuple(
                (*known[i], profile if state.perfect else profile[i], k) for i in range(len(known))
            )
            _write_period(writer, to, left - 1, later, total, news)


def _walk(state: _State, movers: list[int]) -> Iterator[tuple[tuple[int, ...], list[int]]]:
    """Give the profiles in the order of the tree, with the movers whose nodes open before each."""
    before: tuple[int, ...] | None = None
    for profile in itertools.product(*(range(len(names)) for names in state.actions)):
        changed = 0
        if before is not None:
            changed = 1 + next(k for k, i in enumerate(movers) if profile[i] != before[i])
        yield profile, movers[changed:]
        before = profile


def estimate_nodes(document: Document, periods: int, start: int | str = 0) -> int:
    """Give how many nodes the tree of these periods has."""
    numbers = {state.get("name", f"s{s}"): s for s, state in enumerate(document["states"])}
    states = [_read_state(state, s, numbers) for s, state in enumerate(document["states"])]
    return count_nodes(states, periods, _find_state(start, numbers))
