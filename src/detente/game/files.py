"""Game files: the interchange format in JSON, read with every problem found at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from detente.errors import DetenteError, Place, Problem, listed, nearest
from detente.game.build import REMEDIES, Stage, assemble, check_players, check_stage
from detente.game.game import Game, Monitoring
from detente.game.json_text import Document, read_json

MAX_PROFILES = 20_000_000  # of one state; a game of this size would need gigabytes
MAX_PROBLEMS = 50
MAX_NUMBER_LENGTH = 400
MAX_EXPONENT = 400
GAME_KEYS = ("players", "discount", "states")
PLAN_KEYS = ("no_deal", "plans")  # read by those who prove things about plans: docs/proof-format.md
STATE_KEYS = (
    "name", "actions", "payoffs", "outcomes", "probabilities", "chances", "monitoring",
    "transitions", "prescribable",
)  # fmt: skip
OUTCOME_KEYS = ("signal", "next", "seen", "alarms")
Value = int | float | str  # a number as a game file may hold it


def read_game(path: str | Path) -> Game:
    """Read a game file.

    Raises
    ------
    DetenteError
        E1xx where the file or an entry cannot be read, E42x and E43x where the entries do not
        make a game. At most 50 problems are listed.
    """
    document = read_json(Path(path))
    return _build(document.value, document)


def game_from_document(doc: Any, file: str = "<game>", text: str = "") -> Game:
    """Make a game from the parsed content of a game file.

    Parameters
    ----------
    doc : what `json.load` gives; numbers may be strings holding decimals or fractions
    file : name shown in problems
    text : the text of the file, in which problems are placed, where there is one
    """
    return _build(doc, Document(file, text, doc))


def document_from_game(game: Game) -> dict[str, Any]:
    """Write a game as the content of a game file (for `json.dump`)."""
    return {
        "players": list(game.players),
        "discount": [float(d) for d in game.discount],
        "states": [_write_state(game, s) for s in range(game.n_states)],
    }


def _write_state(game: Game, s: int) -> dict[str, Any]:
    shape = tuple(int(n) for n in game.n_actions[s])
    rows = game.profiles(s)
    state: dict[str, Any] = {
        "name": game.state_names[s],
        "actions": [list(names) for names in game.action_names[s]],
        "payoffs": game.payoff[rows.start : rows.stop].reshape((*shape, -1)).tolist(),
    }
    entries = [range(int(game.entry_start[a]), int(game.entry_start[a + 1])) for a in rows]
    if game.monitoring[s] == Monitoring.PERFECT:
        state["monitoring"] = "perfect"
        cells = [
            [[int(game.outcome_next[game.entry_outcome[e]]), float(game.entry_probability[e])]
             for e in span] for span in entries
        ]  # fmt: skip
        state["transitions"] = _nest(cells, shape)
    else:
        first, last = int(game.outcome_start[s]), int(game.outcome_start[s + 1])
        state["outcomes"] = [
            {"signal": game.outcome_signal[k], "next": int(game.outcome_next[k])}
            for k in range(first, last)
        ]
        chances = np.zeros((len(rows), last - first))
        for row, span in enumerate(entries):
            for e in span:
                chances[row, game.entry_outcome[e] - first] += game.entry_probability[e]
        state["probabilities"] = chances.reshape((*shape, -1)).tolist()
    allowed = game.prescribable[rows.start : rows.stop]
    if not allowed.all():
        state["prescribable"] = allowed.reshape(shape).tolist()
    return state


def _nest(cells: list[Any], shape: tuple[int, ...]) -> list[Any]:
    """Arrange a flat row-major list by the players' actions."""
    for n in reversed(shape[1:]):
        cells = [cells[j : j + n] for j in range(0, len(cells), n)]
    return cells


@dataclass(slots=True)
class _Reader:
    """Walks through a document, converts, and collects problems with their paths."""

    document: Document
    problems: list[Problem] = field(default_factory=list)
    broken: bool = False  # a list that could not be walked: shapes below it are unknown

    def complain(self, code: str, path: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(code, f"{path}: {message}" if path else message,
                                     remedy=remedy))  # fmt: skip

    def take_keys(self, value: Any, path: str, known: Iterable[str]) -> bool:
        """Check that a value is an object without unknown keys."""
        if not isinstance(value, dict):
            self.complain("E114", path, f"expected an object, found {_kind(value)}")
            return False
        known = tuple(known)
        for key in value:
            if key not in known:
                guess = nearest(key, known)
                self.complain(
                    "E112", f"{path}.{key}" if path else key,
                    f"'{key}' is not a key of this object",
                    f"did you mean '{guess}'?" if guess else f"allowed keys: {listed(known)}",
                )  # fmt: skip
        return True

    def take_list(self, value: Any, path: str, length: int | None = None) -> list[Any] | None:
        if not isinstance(value, list):
            self.complain("E114", path, f"expected a list, found {_kind(value)}")
            self.broken = True
            return None
        if length is not None and len(value) != length:
            self.complain("E423", path, f"{len(value)} entries, expected {length}")
            self.broken = True
            return None
        return value

    def take_text(self, value: Any, path: str) -> str:
        if not isinstance(value, str):
            self.complain("E114", path, f"expected a text, found {_kind(value)}")
            return "?"
        return value

    def take_number(self, value: Any, path: str) -> int | float | Fraction:
        """Give a number: an int or float as it stands, a text as an exact fraction."""
        if isinstance(value, str):
            exact = parse_number(value)
            if exact is None or not _is_finite(exact):
                self.complain("E121", path, f"'{value[:40]}' is not a number",
                              'write a decimal or a fraction such as "1/3"')  # fmt: skip
                return 0
            return exact
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.complain("E114", path, f"expected a number, found {_kind(value)}")
            return 0
        if not _is_finite(value):
            self.complain("E125", path, f"{str(value)[:40]} is not a finite number")
            return 0
        return value

    def take_nested(self, value: Any, path: str, shape: tuple[int, ...], take: Any) -> Any:
        """Walk lists of the given shape; ``take(value, path)`` reads what lies inside."""
        if not shape:
            return take(value, path)
        entries = self.take_list(value, path, shape[0])
        if entries is None:
            return None
        return [
            self.take_nested(entry, f"{path}[{j}]", shape[1:], take)
            for j, entry in enumerate(entries)
        ]

    def take_next(self, value: Any, path: str, names: dict[str, int]) -> int:
        """Give the index of a state named or numbered."""
        if isinstance(value, str):
            if value in names:
                return names[value]
            guess = nearest(value, names)
            remedy = f"did you mean '{guess}'?" if guess else "give the index of a state"
            self.complain("E426", path, f"there is no state '{value}'", remedy)
            return 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.complain("E114", path, f"expected the index or name of a state, found "
                                        f"{_kind(value)}")  # fmt: skip
            return 0
        return value


@lru_cache(maxsize=100_000)
def parse_number(text: str) -> Fraction | None:
    """Read an exact decimal or fraction; None where the text is neither.

    Examples
    --------
    >>> parse_number("1/3"), parse_number("2.5e-1"), parse_number("a third")
    (Fraction(1, 3), Fraction(1, 4), None)
    """
    if len(text) > MAX_NUMBER_LENGTH or "_" in text:
        return None
    mantissa, _, exponent = text.lower().partition("e")
    if exponent and (not exponent.lstrip("+-").isdigit() or abs(int(exponent)) > MAX_EXPONENT):
        return None
    try:
        return Fraction(mantissa.strip() + ("e" + exponent if exponent else ""))
    except (ValueError, ZeroDivisionError):
        return None


def _is_finite(value: int | float | Fraction) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
    return kinds.get(type(value), "a number")


def _build(doc: Any, document: Document) -> Game:
    """Read players, discount factors and states; raise all problems together."""
    reader = _Reader(document)
    if not reader.take_keys(doc, "", (*GAME_KEYS, *PLAN_KEYS)):
        raise DetenteError(_locate(reader))
    for key in GAME_KEYS:
        if key not in doc:
            reader.complain("E113", "", f"the key '{key}' is missing")
    players = [
        reader.take_text(p, f"players[{i}]")
        for i, p in enumerate(reader.take_list(doc.get("players", []), "players") or [])
    ]
    discount = [
        float(reader.take_number(d, f"discount[{i}]"))
        for i, d in enumerate(reader.take_list(doc.get("discount", []), "discount") or [])
    ]
    if not reader.problems:
        reader.problems.extend(check_players(players, discount))
    raw = reader.take_list(doc.get("states", []), "states") or []
    if not raw and "states" in doc:
        reader.complain("E421", "states", "a game needs at least one state")
    names = _read_names(reader, raw)
    stages = []
    for s, one in enumerate(raw):
        before = len(reader.problems)
        stage = _read_state(reader, one, s, list(names)[s] if s < len(names) else "?", players,
                            names)  # fmt: skip
        if stage is not None:
            found = reader.problems[before:]
            reader.problems.extend(
                problem for problem in check_stage(s, stage, len(players), len(raw))
                if not any(_is_inside(old, problem) for old in found)
            )  # fmt: skip
            stages.append(stage)
        if len(reader.problems) > MAX_PROBLEMS:
            break
    if reader.problems:
        raise DetenteError(_locate(reader))
    return assemble(players, discount, stages)


def _read_names(reader: _Reader, states: list[Any]) -> dict[str, int]:
    """Give the index of every state by name; a state without a name is called s0, s1, ..."""
    names: dict[str, int] = {}
    for s, one in enumerate(states):
        name = one.get("name", f"s{s}") if isinstance(one, dict) else f"s{s}"
        text = reader.take_text(name, f"states[{s}].name")
        if text in names:
            reader.complain("E433", f"states[{s}].name", f"'{text}' is also the name of "
                                                         f"states[{names[text]}]")  # fmt: skip
            text = f"{text} ({s})"
        names[text] = s
    return names


def _read_state(
    reader: _Reader, one: Any, s: int, name: str, players: list[str], names: dict[str, int]
) -> Stage | None:
    path = f"states[{s}]"
    reader.broken = False
    if not reader.take_keys(one, path, STATE_KEYS):
        return None
    actions = _read_actions(reader, one, path, players)
    missing = [key for key in ("payoffs",) if key not in one]
    monitoring = one.get("monitoring", "signals")
    if monitoring not in ("perfect", "signals"):
        reader.complain("E434", f"{path}.monitoring", 'must be "perfect" or "signals"')
        return None
    perfect = monitoring == "perfect"
    table = "chances" if "chances" in one and "probabilities" not in one else "probabilities"
    wanted = ("transitions",) if perfect else ("outcomes", table)
    unwanted = ("outcomes", "probabilities", "chances") if perfect else ("transitions",)
    if not perfect and table == "probabilities":
        unwanted = (*unwanted, "chances")
    missing += [key for key in wanted if key not in one]
    for key in missing:
        reader.complain("E113", path, f"the key '{key}' is missing",
                        'with "monitoring": "perfect" give "transitions", otherwise "outcomes" '
                        'and "probabilities"')  # fmt: skip
    for key in unwanted:
        if key in one:
            reader.complain("E435", f"{path}.{key}", f"does not go with monitoring '{monitoring}'")
    if missing or actions is None:
        return None
    shape = tuple(len(names_) for names_ in actions)
    if math.prod(shape) > MAX_PROFILES:
        size = math.prod(shape) * (len(players) + 2) * 8 / 2**30
        message = f"{math.prod(shape)} action profiles, about {size:.0f} GB"
        reader.complain("E429", f"{path}.actions", f"{message}; at most {MAX_PROFILES} are read",
                        "give fewer actions")  # fmt: skip
        return None
    payoffs = reader.take_nested(
        one["payoffs"], f"{path}.payoffs", (*shape, len(players)),
        lambda value, where: float(reader.take_number(value, where)),
    )  # fmt: skip
    prescribable = None
    if "prescribable" in one:
        prescribable = reader.take_nested(
            one["prescribable"], f"{path}.prescribable", shape,
            lambda value, where: _read_flag(reader, value, where),
        )  # fmt: skip
    outcomes, chances = _read_chances(reader, one, path, shape, perfect, names)
    if reader.broken:
        return None
    kind = Monitoring.PERFECT if perfect else Monitoring.SIGNALS
    return Stage(name, actions, payoffs, kind, outcomes, chances, prescribable)


def _read_flag(reader: _Reader, value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        reader.complain("E114", path, f"expected true or false, found {_kind(value)}")
    return bool(value)


def _read_actions(
    reader: _Reader, one: dict[str, Any], path: str, players: list[str]
) -> tuple[tuple[str, ...], ...] | None:
    if "actions" not in one:
        reader.complain("E113", path, "the key 'actions' is missing")
        return None
    lists = reader.take_list(one["actions"], f"{path}.actions", len(players))
    if lists is None:
        return None
    found = []
    for i, entry in enumerate(lists):
        where = f"{path}.actions[{i}]"
        texts = reader.take_list(entry, where)
        if texts is None:
            return None
        if not texts:
            reader.complain("E424", where, "a player needs at least one action in every state")
            return None
        words = tuple(reader.take_text(a, f"{where}[{k}]") for k, a in enumerate(texts))
        if len(set(words)) < len(words):
            reader.complain("E433", where, "two actions have the same name")
        found.append(words)
    return tuple(found)


def _read_chances(
    reader: _Reader, one: dict[str, Any], path: str, shape: tuple[int, ...], perfect: bool,
    names: dict[str, int],
) -> tuple[tuple[tuple[str, int], ...], Any]:  # fmt: skip
    """Read the outcomes and the probabilities, or the transitions, of a state."""
    if perfect:

        def take_cell(value: Any, where: str) -> list[tuple[int, Any]]:
            cell = []
            for k, entry in enumerate(reader.take_list(value, where) or []):
                pair = reader.take_list(entry, f"{where}[{k}]", 2)
                if pair is not None:
                    to = reader.take_next(pair[0], f"{where}[{k}][0]", names)
                    cell.append((to, reader.take_number(pair[1], f"{where}[{k}][1]")))
            return cell

        return (), reader.take_nested(one["transitions"], f"{path}.transitions", shape, take_cell)
    outcomes = []
    listed_outcomes = reader.take_list(one["outcomes"], f"{path}.outcomes")
    if listed_outcomes == []:
        reader.complain("E424", f"{path}.outcomes", "a state needs at least one outcome")
        reader.broken = True
        return (), None
    for k, entry in enumerate(listed_outcomes or []):
        where = f"{path}.outcomes[{k}]"
        if not reader.take_keys(entry, where, OUTCOME_KEYS):
            continue
        if "next" not in entry:
            reader.complain("E113", where, "the key 'next' is missing")
            continue
        signal = reader.take_text(entry.get("signal", f"k{k}"), f"{where}.signal")
        outcomes.append((signal, reader.take_next(entry["next"], f"{where}.next", names)))
    if "chances" in one:
        chances = reader.take_nested(
            one["chances"], f"{path}.chances", shape,
            lambda value, place: _read_sparse(reader, value, place, len(outcomes)),
        )  # fmt: skip
    else:
        chances = reader.take_nested(
            one["probabilities"], f"{path}.probabilities", (*shape, len(outcomes)),
            reader.take_number,
        )  # fmt: skip
    return tuple(outcomes), chances


def _read_sparse(reader: _Reader, value: Any, path: str, n_outcomes: int) -> dict[int, Any]:
    """Read pairs of an outcome and its probability; all other outcomes have probability 0."""
    row: dict[int, Any] = {}
    for k, entry in enumerate(reader.take_list(value, path) or []):
        pair = reader.take_list(entry, f"{path}[{k}]", 2)
        if pair is None:
            continue
        number = pair[0]
        if isinstance(number, bool) or not isinstance(number, int):
            reader.complain("E114", f"{path}[{k}][0]", f"expected the number of an outcome, "
                                                       f"found {_kind(number)}")  # fmt: skip
        elif not 0 <= number < n_outcomes:
            reader.complain("E423", f"{path}[{k}][0]", f"there is no outcome {number}; they are "
                            f"0 to {n_outcomes - 1}")  # fmt: skip
        elif number in row:
            reader.complain("E433", f"{path}[{k}][0]", f"outcome {number} stands twice")
        else:
            row[number] = reader.take_number(pair[1], f"{path}[{k}][1]")
    return row


def _is_inside(first: Problem, second: Problem) -> bool:
    """Whether the first problem lies at or below the place of the second."""
    return first.message.partition(":")[0].startswith(second.message.partition(":")[0])


def _locate(reader: _Reader) -> list[Problem]:
    """Give the problems found, each with its place in the file where that can be told."""
    out = []
    for n, problem in enumerate(reader.problems[:MAX_PROBLEMS]):
        line, column, text = reader.document.find(problem.message.partition(":")[0], n)
        place = Place(reader.document.file, line, column)
        out.append(
            replace(problem, place=place, line_text=text, remedy=problem.remedy or _mend(problem))
        )
    return out


def _mend(problem: Problem) -> str:
    """Give the remedy of a problem that came without one."""
    expected = problem.message.rpartition("expected ")[2].partition(", found")[0]
    return f"write {expected} here" if problem.code == "E114" else REMEDIES[problem.code]
