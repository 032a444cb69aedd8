"""Gambit's strategic games (.nfg): read as repeated games, and stage games written.

The format, with its older spelling in which outcomes are listed by name first, is described in
the documentation of Gambit (Savani and Turocy, Gambit: The package for computation in game
theory, "The strategic game (.nfg) file format"). In it the first player's strategy changes
fastest; in game files the last player's does. Numbers are kept exactly as they are written.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn

from detente.errors import DetenteError, Place, Problem
from detente.game.exact import exact, print_exact, quoted, unlike, write_number
from detente.game.files import MAX_PROFILES, Value, parse_number
from detente.game.limits import game_bytes, print_bytes

MAX_BYTES = 64 * 2**20
TOKEN = re.compile(
    r"""[\s,]+ | (?P<text>"(?:[^"\\]|\\.)*") | (?P<brace>[{}]) | (?P<word>[^\s,{}"]+)""",
    re.VERBOSE | re.DOTALL,
)
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # text, brace, word, end
    value: str
    at: int


class _Tokens:
    """The tokens of a file, one after another, with their places."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.at = text, file, 0

    def peek(self) -> _Token:
        """Give the next token without taking it."""
        at = self.at
        while found := TOKEN.match(self.text, at):
            if found.lastgroup is not None:
                return _Token(found.lastgroup, found[0], at)
            at = found.end()
        if at < len(self.text):  # only a quotation mark that is never closed fits nothing
            self.refuse("a text is not closed", _Token("end", "", at))
        return _Token("end", "", at)

    def take(self, kind: str, what: str, value: str | None = None) -> str:
        """Take the next token, which must be of this kind (and value)."""
        token = self.peek()
        if token.kind != kind or (value is not None and token.value != value):
            shown = f"'{token.value[:40]}'" if token.value else "the end of the file"
            self.refuse(f"expected {what}, found {shown}", token)
        self.at = token.at + len(token.value)
        return token.value

    def take_text(self, what: str) -> str:
        """Take a text in quotation marks."""
        return re.sub(r"\\(.)", r"\1", self.take("text", what)[1:-1])

    def take_number(self, what: str) -> Fraction:
        """Take a whole number, a decimal or a fraction."""
        token = self.peek()
        number = parse_number(self.take("word", what))
        if number is None:
            self.refuse(f"expected {what}, found '{token.value[:40]}'", token)
        return number

    def is_next(self, kind: str, value: str | None = None) -> bool:
        """Whether the next token is of this kind (and value)."""
        token = self.peek()
        return token.kind == kind and (value is None or token.value == value)

    def refuse(self, message: str, token: _Token) -> NoReturn:
        """Raise E441 at a token."""
        line = self.text.count("\n", 0, token.at) + 1
        start = self.text.rfind("\n", 0, token.at) + 1
        end = self.text.find("\n", token.at)
        line_text = self.text[start : end if end >= 0 else len(self.text)]
        place = Place(self.file, line, token.at - start + 1, max(1, len(token.value)))
        raise DetenteError(
            Problem("E441", message, place, line_text=line_text,
                    remedy="mend the file at this place")
        )  # fmt: skip


def read_nfg(path: str | Path, discount: Sequence[Value]) -> Document:
    """Read a strategic game and repeat it for ever, all actions seen.

    Parameters
    ----------
    discount : discount factor per period of every player, or one for all

    Returns
    -------
    dict
        the content of a game file; decimals and fractions are exact

    Raises
    ------
    DetenteError
        E101 to E103 where the file cannot be read, E441 where it is no such game, E442 without a
        discount factor, E429 where it has too many profiles.
    """
    return parse_nfg(_read_text(Path(path)), discount, str(path))


def parse_nfg(text: str, discount: Sequence[Value], file: str = "<nfg>") -> Document:
    r"""Read the text of a strategic game; see `read_nfg`.

    Examples
    --------
    >>> text = 'NFG 1 R "dilemma" { "a" "b" } { 2 2 }\n\n1 1 2 -1 -1 2 1/3 0'
    >>> document = parse_nfg(text, [0.9])
    >>> document["states"][0]["payoffs"]
    [[[1, 1], [-1, 2]], [[2, -1], ['1/3', 0]]]
    """
    tokens = _Tokens(text, file)
    tokens.take("word", "NFG", "NFG")
    if tokens.take("word", "the version, 1") != "1":
        tokens.refuse("expected version 1", _Token("word", "", tokens.at - 1))
    if tokens.take("word", "R or D") not in ("R", "D"):
        tokens.refuse("expected R or D", _Token("word", "", tokens.at - 1))
    title = tokens.take_text("the title in quotation marks")
    players = _take_texts(tokens, "the name of a player")
    if not players:
        tokens.refuse("a game needs at least one player", tokens.peek())
    listed = _take_actions(tokens, len(players))
    if tokens.is_next("text"):
        tokens.take_text("a comment")
    shape = tuple(own if isinstance(own, int) else len(own) for own in listed)
    _refuse_large(math.prod(shape), len(players), tokens)
    actions = [[str(k + 1) for k in range(own)] if isinstance(own, int) else own for own in listed]
    cells = _take_cells(tokens, math.prod(shape), len(players))
    if not tokens.is_next("end"):
        tokens.refuse("expected the end of the file after the last profile", tokens.peek())
    payoffs = _arrange(cells, shape, ())
    return _repeat(title, unlike(players, "player"), actions, payoffs, discount, file)


def _repeat(
    title: str, players: list[str], actions: list[list[str]], payoffs: Any,
    discount: Sequence[Value], file: str,
) -> Document:  # fmt: skip
    """Make the game file of a stage that is played for ever, all actions seen."""
    factors = list(discount) * len(players) if len(discount) == 1 else list(discount)
    if not factors:
        raise DetenteError(
            Problem("E442", f"{file} has no discount factor, as no file of Gambit has",
                    remedy="give it with --discount, such as --discount 0.9")
        )  # fmt: skip
    stay: Any = [[0, 1]]
    for names in reversed(actions):
        stay = [stay for _ in names]
    state = {
        "name": title or "stage", "actions": actions, "payoffs": payoffs,
        "monitoring": "perfect", "transitions": stay,
    }  # fmt: skip
    return {
        "players": players,
        "discount": [write_number(d) if isinstance(d, Fraction) else d for d in factors],
        "states": [state],
    }


def _read_text(path: Path) -> str:
    place = Place(str(path), 1, 1)
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as wrong:
        raise DetenteError(
            Problem("E101", f"cannot be read: {wrong.strerror or wrong}", place,
                    remedy="check the name and the permissions")
        ) from None  # fmt: skip
    if len(raw) > MAX_BYTES:
        size = f"the file has more than {MAX_BYTES // 2**20} MB"
        raise DetenteError(Problem("E102", size, place, remedy="give a smaller game"))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DetenteError(
            Problem("E103", "this is not a text in UTF-8", place, remedy="save it as UTF-8 text")
        ) from None


def _take_texts(tokens: _Tokens, what: str) -> list[str]:
    tokens.take("brace", "{", "{")
    out = []
    while not tokens.is_next("brace", "}"):
        out.append(tokens.take_text(f"{what} in quotation marks, or }}"))
    tokens.take("brace", "}", "}")
    return out


def _refuse_large(n_profiles: int, n_players: int, tokens: _Tokens) -> None:
    """Refuse more profiles than are read, or than there can be in what is left of the file."""
    if n_profiles > MAX_PROFILES:
        size = print_bytes(game_bytes(n_profiles, n_players, n_profiles, n_profiles))
        raise DetenteError(
            Problem("E429", f"{n_profiles} action profiles, about {size}; at most {MAX_PROFILES} "
                            "are read", Place(tokens.file, 1, 1), remedy="give fewer strategies")
        )  # fmt: skip
    if 2 * n_profiles > len(tokens.text) - tokens.at + 1:  # a digit and a space for each, at least
        end = _Token("end", "", len(tokens.text))
        tokens.refuse(f"the file ends before the payoffs of {n_profiles} profiles", end)


def _take_actions(tokens: _Tokens, n_players: int) -> list[list[str] | int]:
    """Read the strategies: their names by player, or only how many each player has."""
    tokens.take("brace", "{", "{")
    actions: list[list[str] | int] = []
    while not tokens.is_next("brace", "}"):
        token = tokens.peek()
        if tokens.is_next("brace", "{"):
            actions.append(unlike(_take_texts(tokens, "the name of a strategy"), "strategy"))
        else:
            count = tokens.take_number("how many strategies a player has")
            if count.denominator != 1 or not 1 <= count <= MAX_PROFILES:
                tokens.refuse("expected a whole number of strategies, at least 1", token)
            actions.append(int(count))
        if not actions[-1]:
            tokens.refuse("a player needs at least one strategy", token)
    if len(actions) != n_players:
        found = f"strategies of {len(actions)} players"
        tokens.refuse(f"expected strategies of {n_players} players, found {found}", tokens.peek())
    tokens.take("brace", "}", "}")
    return actions


def _take_cells(tokens: _Tokens, n_profiles: int, n_players: int) -> list[list[Fraction]]:
    """Read the payoffs of every profile, in either spelling."""
    if not tokens.is_next("brace", "{"):
        return [
            [tokens.take_number(f"payoff {i + 1} of profile {k + 1}") for i in range(n_players)]
            for k in range(n_profiles)
        ]
    tokens.take("brace", "{", "{")
    outcomes = [[Fraction(0)] * n_players]  # number 0 is the outcome that pays nothing
    while not tokens.is_next("brace", "}"):
        tokens.take("brace", "{ and an outcome, or }", "{")
        tokens.take_text("the name of the outcome in quotation marks")
        outcomes.append([tokens.take_number(f"payoff {i + 1}") for i in range(n_players)])
        tokens.take("brace", "} after the payoffs of all players", "}")
    tokens.take("brace", "}", "}")
    cells = []
    for k in range(n_profiles):
        token = tokens.peek()
        number = tokens.take_number(f"the number of the outcome of profile {k + 1}")
        if number.denominator != 1 or not 0 <= number < len(outcomes):
            tokens.refuse(f"there is no outcome {number}; {len(outcomes) - 1} are listed", token)
        cells.append(outcomes[int(number)])
    return cells


def _arrange(cells: list[list[Fraction]], shape: tuple[int, ...], chosen: tuple[int, ...]) -> Any:
    """Nest the cells by the players' actions; in ``cells`` the first player's change fastest."""
    if len(chosen) < len(shape):
        return [_arrange(cells, shape, (*chosen, k)) for k in range(shape[len(chosen)])]
    place, step = 0, 1
    for k, n in zip(chosen, shape, strict=True):
        place, step = place + k * step, step * n
    return [write_number(x) for x in cells[place]]


def write_nfg(document: Document) -> str:
    """Write the stage game of a game with one state; its discount factors are not kept.

    Parameters
    ----------
    document : the content of a game file that has been checked

    Raises
    ------
    DetenteError
        E442 where the game has several states, or profiles that may not be prescribed.
    """
    refuse_prescribable(document)
    states = document["states"]
    if len(states) != 1:
        raise DetenteError(
            Problem("E442", f"the game has {len(states)} states; the strategic format holds one",
                    remedy="write it to a file that ends in .efg, and give --periods")
        )  # fmt: skip
    (state,) = states
    actions = [unlike(names, "strategy") for names in state["actions"]]
    names = " ".join(quoted(name) for name in unlike(document["players"], "player"))
    lists = "\n".join(f"  {{ {' '.join(map(quoted, own))} }}" for own in actions)
    lines = [f"NFG 1 R {quoted(state.get('name', 's0'))} {{ {names} }}", "{", lists, "}", '""', ""]
    for profile in _first_fastest([len(own) for own in actions]):
        cell = state["payoffs"]
        for k in profile:
            cell = cell[k]
        lines.append(" ".join(print_exact(exact(x)) for x in cell))
    return "\n".join(lines) + "\n"


def refuse_prescribable(document: Document) -> None:
    """Refuse a game in which some profiles may not be prescribed: Gambit has no such notion."""
    for s, state in enumerate(document["states"]):
        if "prescribable" in state and "False" in str(state["prescribable"]):
            raise DetenteError(
                Problem("E442", f"states[{s}].prescribable: Gambit's formats cannot say which "
                                "profiles an equilibrium may prescribe", remedy="drop it")
            )  # fmt: skip


def _first_fastest(sizes: list[int]) -> list[tuple[int, ...]]:
    out: list[tuple[int, ...]] = [()]
    for n in reversed(sizes):
        out = [(k, *rest) for rest in out for k in range(n)]
    return out
