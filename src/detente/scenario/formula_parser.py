"""Formulas: read into a small checked tree. Nothing is ever executed.

Grammar::

    sum     = product { ("+" | "-") product }
    product = signed { ("*" | "/") signed }
    signed  = "-" signed | "+" signed | atom
    atom    = number | "(" sum ")" | ("min" | "max") "(" sum "," sum { "," sum } ")"
            | "hostile" "(" party ")" | ladder "." attribute | ladder "is" level | parameter
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from detente.errors import listed, nearest
from detente.scenario.formula import CONSTANTS
from detente.scenario.model import Ladder, Node, Op
from detente.scenario.quantity import NOT_FINITE, Kind, Token, TokenError, scan_quantity

MAX_FORMULA = 2_000  # characters
MAX_WORDS = 300  # numbers, names, operators and brackets
MAX_BRACKETS = 30  # depth

QUOTE = "inside { } a formula with a comma needs quotes"
FUNCTIONS = ("min", "max", "hostile")

_NAME = re.compile(r"[^\W\d]\w*(?:-\w+)*")
_LEVEL = re.compile(r"\w+(?:-\w+)*")
_STARTS_NUMBER = re.compile(r"\.?\d")


@dataclass(frozen=True, slots=True)
class Names:
    """What a formula may refer to.

    ``damaged`` names exist but could not be read; what refers to them is not looked into.
    """

    ladders: Mapping[str, Ladder]
    governed: frozenset[str]
    parameters: frozenset[str]
    damaged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a formula: the path it got, and its text's position."""

    path: str
    token: Token
    start: int


@dataclass(slots=True)
class Parsed:
    """A formula as read. ``problems`` are names that nothing fits."""

    tree: Node
    numbers: list[Number] = field(default_factory=list)
    problems: list[TokenError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Word:
    kind: str  # "number", "name", "sign", "end"
    text: str
    start: int
    number: Token | None = None


def parse_formula(text: str, path: str, names: Names, numbered: bool = False) -> Parsed:
    """Read a formula.

    Parameters
    ----------
    text : str
        As in the file.
    path : str
        Path of the formula; its numbers get this path, or ``path.1``, ``path.2``, ...
    names : Names
        What it may refer to.
    numbered : bool
        Whether even a single number gets ``path.1``, unless it is the whole formula.

    Raises
    ------
    TokenError
        Where it cannot be read at all.
    """
    if len(text) > MAX_FORMULA:
        raise TokenError(
            "E133",
            f"a formula of more than {MAX_FORMULA} characters",
            0,
            1,
            "give parts of it names under 'parameters'",
        )
    words = _split(text)
    if len(words) > MAX_WORDS:
        raise TokenError(
            "E133",
            f"a formula of more than {MAX_WORDS} words",
            0,
            1,
            "give parts of it names under 'parameters'",
        )
    parser = _Parser(words, _number_paths(words, path, numbered), names)
    tree = parser.sum()
    parser.expect_end()
    return Parsed(tree, parser.numbers, parser.problems)


def _split(text: str) -> list[_Word]:
    """Split into numbers, names and signs, and an end mark."""
    words: list[_Word] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at >= len(text):
            words.append(_Word("end", "", len(text.rstrip())))
            return words
        operand = not words or (words[-1].kind == "sign" and words[-1].text != ")")
        after_is = bool(words) and words[-1].kind == "name" and words[-1].text == "is"
        signed = text[at] in "+-" and operand
        if after_is and (found := _LEVEL.match(text, at)):
            words.append(_Word("name", found.group(0), at))
            at = found.end()
        elif _STARTS_NUMBER.match(text, at + 1 if signed else at) or (
            operand and NOT_FINITE.match(text, at)
        ):
            token = scan_quantity(text, at, Kind.NUMBER, in_formula=True)
            words.append(_Word("number", text[at : token.end], at, token))
            at = token.end
        elif found := _NAME.match(text, at):
            words.append(_Word("name", found.group(0), at))
            at = found.end()
        elif text[at] in "+-*/(),.":
            words.append(_Word("sign", text[at], at))
            at += 1
        else:
            _refuse_character(text, at, words)


def _refuse_character(text: str, at: int, words: list[_Word]) -> NoReturn:
    for word, following in itertools.pairwise(words):
        if word.kind == "name" and following.text == "(" and word.text not in FUNCTIONS:
            raise _refuse_call(word)
    if text[at] == "@":
        raise TokenError(
            "E131",
            "a source must follow a number",
            at,
            1,
            "write '@source' after the number that it supports",
        )
    raise TokenError(
        "E131",
        f"{text[at]!r} has no place in a formula",
        at,
        1,
        "formulas have numbers, names, + - * /, brackets, min, max and hostile",
    )


def _refuse_call(word: _Word) -> TokenError:
    return TokenError(
        "E132",
        f"a formula cannot call '{word.text}'",
        word.start,
        len(word.text),
        "min(a, b), max(a, b) and hostile(party) are all there is",
    )


def _number_paths(words: list[_Word], path: str, numbered: bool) -> dict[int, str]:
    """Give each number's path by its position; bare 0 and 1 beside others are constants."""
    tokens = [(each.start, each.number) for each in words if each.number is not None]
    judged = [start for start, token in tokens if not (token.is_bare and token.value in CONSTANTS)]
    if not judged:
        judged = [start for start, _ in tokens]
    is_own = len(judged) == 1 and (not numbered or len(words) == 2)  # the number and the end
    paths = {
        start: path if is_own else f"{path}.{number}"
        for number, start in enumerate(judged, start=1)
    }
    for start, token in tokens:
        if start not in paths:
            paths[start] = CONSTANTS[token.value]
    return paths


class _Parser:
    """Recursive descent over the words; depth is bounded by `MAX_BRACKETS`."""

    def __init__(self, words: list[_Word], paths: dict[int, str], names: Names) -> None:
        self.words = words
        self.paths = paths
        self.names = names
        self.at = 0
        self.depth = 0
        self.numbers: list[Number] = []
        self.problems: list[TokenError] = []

    @property
    def word(self) -> _Word:
        return self.words[self.at]

    def take(self) -> _Word:
        word = self.word
        if word.kind != "end":
            self.at += 1
        return word

    def is_sign(self, *signs: str) -> bool:
        return self.word.kind == "sign" and self.word.text in signs

    def expect(self, sign: str, why: str) -> None:
        if not self.is_sign(sign):
            raise TokenError(
                "E131",
                f"'{sign}' is missing {why}",
                self.word.start,
                max(1, len(self.word.text)),
                f"put a '{sign}' here" + ("; " + QUOTE if self.word.kind == "end" else ""),
            )
        self.take()

    def expect_end(self) -> None:
        word = self.word
        if word.kind == "end":
            return
        if word.text in (")", ","):
            message, remedy = f"a '{word.text}' too many", "take it out, or open a bracket before"
        else:
            message = f"an operator is missing before '{word.text[:40]}'"
            remedy = "write + - * or / between two parts of a formula"
        raise TokenError("E131", message, word.start, len(word.text), remedy)

    def sum(self) -> Node:
        self.depth += 1
        if self.depth > MAX_BRACKETS:
            raise TokenError(
                "E133",
                f"brackets nested more than {MAX_BRACKETS} deep",
                self.word.start,
                1,
                "give parts of it names under 'parameters'",
            )
        left = self.product()
        while self.is_sign("+", "-"):
            op = Op.ADD if self.take().text == "+" else Op.SUBTRACT
            left = Node(op, (left, self.product()))
        self.depth -= 1
        return left

    def product(self) -> Node:
        left = self.signed()
        while self.is_sign("*", "/"):
            sign = self.take()
            if self.is_sign("*", "/"):
                raise TokenError(
                    "E131",
                    f"'{sign.text}{self.word.text}' is not an operator",
                    sign.start,
                    2,
                    "write powers as products, x * x",
                )
            left = Node(Op(sign.text), (left, self.signed()))
        return left

    def signed(self) -> Node:
        negative = False
        while self.is_sign("+", "-"):
            negative ^= self.take().text == "-"
        atom = self.atom()
        return Node(Op.NEGATE, (atom,)) if negative else atom

    def atom(self) -> Node:
        word = self.take()
        if word.number is not None:
            number = Number(self.paths[word.start], word.number, word.start)
            self.numbers.append(number)
            return Node(Op.QUANTITY, name=number.path)
        if word.kind == "name":
            return self.named(word)
        if word.text == "(":
            inner = self.sum()
            self.expect(")", "to close the bracket")
            return inner
        raise TokenError(
            "E131",
            "a number or a name is missing here",
            word.start,
            max(1, len(word.text)),
            "a formula looks like '-80 * (1 - arsenal.share)'",
        )

    def named(self, word: _Word) -> Node:
        if self.is_sign("("):
            return self.call(word)
        if self.is_sign("."):
            self.take()
            detail = self.take()
            if detail.kind != "name":
                raise TokenError(
                    "E131",
                    "an attribute must follow '.'",
                    detail.start,
                    1,
                    "write 'ladder.attribute'",
                )
            return self.attribute(word, detail)
        if self.word.kind == "name" and self.word.text == "is":
            self.take()
            level = self.take()
            if level.kind != "name":
                raise TokenError(
                    "E131", "a level must follow 'is'", level.start, 1, "write 'ladder is level'"
                )
            return self.stands(word, level)
        if word.text in self.names.parameters or word.text in self.names.damaged:
            return Node(Op.PARAMETER, name=f"parameters.{word.text}")
        if word.text in self.names.ladders:
            self.note(
                "E231",
                word,
                f"'{word.text}' is a ladder, not a number",
                f"write '{word.text}.ATTRIBUTE' or '{word.text} is LEVEL'",
            )
        else:
            self.unknown("E231", word, "a parameter", sorted(self.names.parameters))
        return Node(Op.PARAMETER, name=f"parameters.{word.text}")

    def call(self, word: _Word) -> Node:
        if word.text not in FUNCTIONS:
            raise _refuse_call(word)
        self.take()
        if word.text == "hostile":
            party = self.take()
            self.expect(")", "to close the bracket")
            if party.text not in self.names.governed and party.text not in self.names.damaged:
                self.unknown(
                    "E231",
                    party,
                    "a party with an entry in 'governments'",
                    sorted(self.names.governed),
                    "governments",
                )
            return Node(Op.HOSTILE, name=party.text)
        parts = [self.sum()]
        while self.is_sign(","):
            self.take()
            parts.append(self.sum())
        self.expect(")", "to close the bracket")
        if len(parts) < 2:
            raise TokenError(
                "E131",
                f"'{word.text}' needs two parts",
                word.start,
                len(word.text),
                f"write {word.text}(a, b)",
            )
        return Node(Op(word.text), tuple(parts))

    def ladder(self, word: _Word) -> Ladder | None:
        ladder = self.names.ladders.get(word.text)
        if ladder is None and word.text not in self.names.damaged:
            self.unknown("E231", word, "a ladder", list(self.names.ladders))
        return ladder

    def attribute(self, word: _Word, detail: _Word) -> Node:
        ladder = self.ladder(word)
        if ladder is not None:
            known = sorted({name for level in ladder.levels for name in level.attributes})
            if detail.text not in known:
                self.unknown(
                    "E231",
                    detail,
                    f"an attribute of a level of {word.text}",
                    known,
                    f"attributes on {word.text}",
                )
        return Node(Op.ATTRIBUTE, name=word.text, detail=detail.text)

    def stands(self, word: _Word, level: _Word) -> Node:
        ladder = self.ladder(word)
        if ladder is not None:
            known = [each.id for each in ladder.levels]
            if level.text not in known:
                self.unknown(
                    "E231", level, f"a level of {word.text}", known, f"levels of {word.text}"
                )
        return Node(Op.IS, name=word.text, detail=level.text)

    def note(self, code: str, word: _Word, message: str, remedy: str) -> None:
        length = max(1, len(word.text))
        self.problems.append(TokenError(code, message, word.start, length, remedy))

    def unknown(
        self, code: str, word: _Word, what: str, allowed: list[str], heading: str = ""
    ) -> None:
        near = nearest(word.text, allowed)
        name = heading or what.split(" ", 1)[1] + "s"
        remedy = f"{name}: {listed(allowed) or 'none'}"
        if "-" in word.text:
            remedy += "; put spaces around a minus sign"
        length = max(1, len(word.text))
        self.problems.append(
            TokenError(
                code,
                f"'{word.text[:40]}' is not {what}",
                word.start,
                length,
                remedy,
                f"did you mean '{near}'?" if near else "",
            )
        )
