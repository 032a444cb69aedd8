"""A slow, plain reader of Gambit's .efg files, and values of strategies by walking the tree.

Written from the description of the format alone; shares nothing with the writer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}])|([^\s,{}"]+)')


@dataclass
class Node:
    kind: str
    player: int = 0
    infoset: int = 0
    actions: list[str] = field(default_factory=list)
    chances: list[Fraction] = field(default_factory=list)
    payoffs: list[Fraction] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)


def read_tree(text: str) -> tuple[list[str], Node]:
    """Give the players and the root."""
    tokens = [match[1] if match[1] is not None else match[2] or match[3]
              for match in TOKEN.finditer(text)]  # fmt: skip
    assert tokens[:3] == ["EFG", "2", "R"]
    at = 4  # after the title
    players, at = _braced(tokens, at)
    root, at = _node(tokens, at + 1)  # after the comment
    assert at == len(tokens), "something follows the tree"
    return players, root


def _braced(tokens: list[str], at: int) -> tuple[list[str], int]:
    assert tokens[at] == "{"
    end = tokens.index("}", at)
    return tokens[at + 1 : end], end + 1


def _node(tokens: list[str], at: int) -> tuple[Node, int]:
    kind = tokens[at]
    at += 2  # the name follows the kind
    if kind == "t":
        payoffs, at = _braced(tokens, at + 2)
        return Node("t", payoffs=[Fraction(x) for x in payoffs]), at
    node = Node(kind)
    if kind == "p":
        node.player = int(tokens[at])
        at += 1
    node.infoset = int(tokens[at])
    listed, at = _braced(tokens, at + 2)
    if kind == "c":
        node.actions, node.chances = listed[::2], [Fraction(x) for x in listed[1::2]]
        assert sum(node.chances) == 1
    else:
        node.actions = listed
    assert tokens[at] == "0", "no payoffs before the end"
    at += 1
    for _ in node.actions:
        child, at = _node(tokens, at)
        node.children.append(child)
    return node, at


def count(node: Node) -> int:
    return 1 + sum(count(child) for child in node.children)


def value(node: Node, choose) -> list[Fraction]:
    """Expected payoffs when ``choose(player, infoset)`` is the number of the action taken."""
    if node.kind == "t":
        return node.payoffs
    if node.kind == "p":
        return value(node.children[choose(node.player, node.infoset)], choose)
    parts = [value(child, choose) for child in node.children]
    return [
        sum((q * part[i] for q, part in zip(node.chances, parts, strict=True)), Fraction(0))
        for i in range(len(parts[0]))
    ]


def infosets(node: Node, found: dict | None = None) -> dict[tuple[int, int], list[str]]:
    """Every information set with its actions, which must be the same wherever it recurs."""
    found = {} if found is None else found
    if node.kind == "p":
        known = found.setdefault((node.player, node.infoset), node.actions)
        assert known == node.actions
    for child in node.children:
        infosets(child, found)
    return found
