"""Parameters and payoffs: tables, formulas and one-off points."""

from __future__ import annotations

from collections.abc import Mapping

from detente.scenario.book import PAYOFF_WORDS, Book
from detente.scenario.formula import CONSTANTS, CREDIBILITY, make_formula, walk
from detente.scenario.formula_parser import Names, parse_formula
from detente.scenario.model import (
    Citation,
    Ladder,
    Node,
    OneOff,
    Op,
    Payoffs,
    PayoffTerm,
    Quantity,
    Unit,
)
from detente.scenario.problems import shorten
from detente.scenario.quantity import Kind, TokenError
from detente.scenario.tree import Block, Item, Scalar

PARAMETER = "parameters."
MAX_NODES = 3_000  # of a formula, once the formulas of the parameters are written out
MAX_TREE_DEPTH = 200


class PayoffReader:
    """Reads parameters and payoffs; formulas of parameters are written out where they are used.

    Parameters
    ----------
    book : Book
        With parties and ladders already read.
    governed : tuple of str
        Parties that have an entry in ``governments``.
    """

    def __init__(self, book: Book, governed: tuple[str, ...]) -> None:
        self.book = book
        parameters = book.known["parameters"]
        unread = set(book.known["ladders"]) - set(book.ladders)
        self.names = Names(
            book.ladders,
            frozenset(governed),
            frozenset(parameters),
            frozenset(unread),
        )
        self.derived: dict[str, tuple[Node, Scalar]] = {}  # parameters that are formulas
        self.cyclic: set[str] = set()

    def read_parameters(self) -> None:
        """Read ``parameters``; find formulas that lead back to themselves."""
        section = self.book.section("parameters")
        if section is None:
            return
        for key, item in section.items():
            self.book.check_name(key, "parameters")
            if not isinstance(item, Scalar):
                continue
            path = f"{PARAMETER}{key.text}"
            tree = self._parse(item, path, numbered=True)
            if tree is not None and not (tree.op is Op.QUANTITY and tree.name == path):
                self.derived[key.text] = (tree, key)
        self._find_cycles()

    def _find_cycles(self) -> None:
        """Follow parameters to the parameters they use; note each way back once."""
        uses = {
            name: [used for used in _parameters(tree) if used in self.derived]
            for name, (tree, _) in self.derived.items()
        }
        done: set[str] = set()
        for start in uses:
            trail = [start] if start not in done else []
            ahead = [iter(uses[start])]
            while trail:
                used = next(ahead[-1], None)
                if used is None:
                    done.add(trail.pop())
                    ahead.pop()
                elif used in trail:
                    self._note_cycle(trail[trail.index(used) :])
                elif used not in done:
                    trail.append(used)
                    ahead.append(iter(uses[used]))

    def _note_cycle(self, names: list[str]) -> None:
        self.cyclic.update(names)
        _, key = self.derived[names[0]]
        self.book.problems.add(
            "E232",
            f"'{names[0]}' is worked out from itself: {' -> '.join([*names, names[0]])}",
            key.place,
            remedy="write one of them as a number",
        )

    def _parse(self, item: Scalar, path: str, numbered: bool = False) -> Node | None:
        """Parse a formula and register its numbers; None where it cannot be read (noted)."""
        if item.is_empty:
            self.book.problems.add(
                "E113", f"'{path}' is empty", item.place, remedy="write a number or a formula"
            )
            return None
        try:
            parsed = parse_formula(item.text, path, self.names, numbered)
        except TokenError as error:
            self.book.refuse(error, item)
            return None
        for problem in parsed.problems:
            self.book.refuse(problem, item)
        for number in parsed.numbers:
            if number.path in CONSTANTS.values():
                self.book.quantities[number.path] = Quantity(
                    number.path, number.token.value, Unit.NUMBER, text=f"{number.token.value:g}"
                )
            else:
                self.book.register_token(number.token, item, Kind.NUMBER, number.path, number.start)
        for node in walk(parsed.tree):
            if node.op is Op.PARAMETER:
                self.book.used.add(node.name)
            if node.op is Op.ATTRIBUTE:
                self.book.used.add(f"{node.name}.{node.detail}")
        # a ladder may have been known by name and yet not readable
        unread = any(
            node.op in (Op.ATTRIBUTE, Op.IS) and node.name not in self.book.ladders
            for node in walk(parsed.tree)
        )
        return None if parsed.problems or unread else parsed.tree

    def expand(self, tree: Node, item: Scalar) -> Node | None:
        """Write out parameters that are formulas; None where that cannot be done (noted)."""
        budget = [MAX_NODES]

        def write_out(node: Node, depth: int) -> Node:
            budget[0] -= 1
            if budget[0] < 0 or depth > MAX_TREE_DEPTH:
                raise TokenError(
                    "E133",
                    "this formula is too long once its parameters are written out",
                    0,
                    len(item.text),
                    "use fewer parameters that are formulas themselves",
                )
            name = node.name.removeprefix(PARAMETER)
            if node.op is Op.PARAMETER and name in self.derived:
                return write_out(self.derived[name][0], depth + 1)
            if not node.children:
                return node
            children = [write_out(child, depth + 1) for child in node.children]
            return Node(node.op, tuple(children), node.name, node.detail)

        if self._rests_on_unread(tree):
            return None
        try:
            return write_out(tree, 0)
        except TokenError as error:
            self.book.refuse(error, item)
            return None

    def _rests_on_unread(self, tree: Node) -> bool:
        """Whether a formula uses, at any remove, a parameter that could not be read."""
        seen: set[str] = set()
        ahead = _parameters(tree)
        while ahead:
            name = ahead.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self.cyclic:
                return True
            if name in self.derived:
                ahead += _parameters(self.derived[name][0])
            elif f"{PARAMETER}{name}" not in self.book.quantities:
                return True
        return False

    def read_payoffs(self) -> dict[str, Payoffs]:
        """Read ``payoffs``; every party must have an entry."""
        out: dict[str, Payoffs] = {}
        section = self.book.section("payoffs")
        if section is None:
            return out
        for key, entry in section.items():
            party = self.book.party(key)
            if isinstance(entry, Block):
                out[key.text] = self._read_entry(party or key.text, key, entry)
        for party in self.book.known["parties"]:
            if party not in self.book.known["payoffs"] and "payoffs" not in self.book.lost:
                self.book.problems.add(
                    "E226",
                    f"'{party}' has no entry in 'payoffs'",
                    section.place,
                    remedy=f"say what {party} values, and its scale",
                )
        return out

    def _read_entry(self, party: str, key: Scalar, entry: Block) -> Payoffs:
        terms = [
            self._read_term(party, name, item)
            for name, item in entry.items()
            if name.text not in PAYOFF_WORDS
        ]
        if not terms:
            self.book.problems.add(
                "E226",
                f"'{party}' values nothing",
                key.place,
                remedy="add a table by level of a ladder, or a formula",
            )
        citations = self.book.citations(entry)
        return Payoffs(
            party,
            self.book.text(entry, "scale"),
            tuple(each for each in terms if each is not None),
            self._read_secret(party, entry, "secret_gain", citations),
            self._read_secret(party, entry, "secret_harm", citations),
            self._read_one_offs(party, entry),
            key.place,
        )

    def _read_secret(
        self, party: str, entry: Block, key: str, citations: tuple[Citation, ...]
    ) -> PayoffTerm | None:
        item = entry.entries.get(key)
        if not isinstance(item, Scalar):
            return None
        return self._formula_term(party, entry.keys[key], item, citations)

    def _read_term(self, party: str, name: Scalar, item: Item) -> PayoffTerm | None:
        book = self.book
        is_ladder = name.text in book.known["ladders"]
        if isinstance(item, Block):
            ladder = book.ladder(name)
            return self._table_term(party, name, item, ladder) if ladder is not None else None
        if not isinstance(item, Scalar):
            book.problems.add(
                "E114",
                f"'payoffs.{party}.{name.text}' is a list",
                item.place,
                remedy="write a table {level: points} or a formula",
            )
            return None
        if is_ladder:
            book.problems.add(
                "E114",
                f"'{name.text}' is a ladder, so it needs a table by level",
                item.place,
                remedy="write {level: points, ...}, or give the formula a name of its own",
            )
            return None
        if item.is_empty and ")" in name.text and self._is_noted(name):
            return None  # the rest of a formula with a comma inside { }
        book.check_name(name, "terms")
        return self._formula_term(party, name, item, ())

    def _is_noted(self, name: Scalar) -> bool:
        """Whether something wrong has been noted in the line."""
        line = name.place.line
        return any(each.place and each.place.line == line for each in self.book.problems.found)

    def _formula_term(
        self, party: str, name: Scalar, item: Scalar, citations: tuple[Citation, ...]
    ) -> PayoffTerm | None:
        tree = self._parse(item, f"payoffs.{party}.{name.text}")
        if tree is None:
            return None
        expanded = self.expand(tree, item)
        if expanded is None:
            return None
        formula = make_formula(shorten(item.text, 200), expanded, self.book.ladders, item.place)
        return PayoffTerm(party, name.text, formula, citations, name.place)

    def _table_term(self, party: str, name: Scalar, table: Block, ladder: Ladder) -> PayoffTerm:
        book = self.book
        path = f"payoffs.{party}.{ladder.id}"
        levels = [level.id for level in ladder.levels]
        for key, _ in table.items():
            if key.text not in levels:
                book.problems.add_unknown(
                    "E213",
                    key.text,
                    f"a level of {ladder.id}",
                    levels,
                    key.place,
                    f"levels of {ladder.id}",
                )
        missing = [level for level in levels if level not in table]
        if missing:
            book.problems.add(
                "E223",
                f"the table of '{ladder.id}' misses {', '.join(missing)}",
                name.place,
                remedy="a table gives points for every level: "
                + ", ".join(f"{level}: 0" for level in missing),
            )
        children = tuple(
            Node(
                Op.QUANTITY,
                name=book.number(table.entries.get(level), Kind.POINTS, f"{path}.{level}").path,
            )
            for level in levels
        )
        tree = Node(Op.TABLE, children, ladder.id)
        if party not in ladder.holders:
            tree = _believed(tree, ladder)
            book.used.add(f"{ladder.id}.{CREDIBILITY}")
        formula = make_formula(f"table of {ladder.id}", tree, book.ladders, table.place)
        return PayoffTerm(party, name.text, formula, (), name.place)

    def _read_one_offs(self, party: str, entry: Block) -> tuple[OneOff, ...]:
        book = self.book
        out: list[OneOff] = []
        block = entry.entries.get("one_off")
        for key, moves in block.items() if isinstance(block, Block) else ():
            ladder = book.ladder(key)
            if ladder is None or not isinstance(moves, Block):
                continue
            if ladder.renewed:
                book.warn(
                    key.place,
                    f"one_off points of {ladder.id} have no effect: it is chosen "
                    "anew each period, so it never moves",
                )
            for way, points in moves.items():
                path = f"payoffs.{party}.one_off.{ladder.id}.{way.text}"
                quantity = book.number(points, Kind.POINTS, path)
                between = self._read_way(ladder, way)
                direction = way.text if between is None else "pair"
                out.append(OneOff(party, ladder.id, direction, between, quantity, way.place))
        return tuple(out)

    def _read_way(self, ladder: Ladder, way: Scalar) -> tuple[int, int] | None:
        """Read ``on``, ``back`` or ``LEVEL to LEVEL``; None for the first two."""
        if way.text in ("on", "back"):
            return None
        parts = way.text.split(" to ")
        if len(parts) != 2:
            self.book.problems.add(
                "E224",
                f"'{shorten(way.text)}' is not a way for a ladder to move",
                way.place,
                remedy="write 'on', 'back', or 'LEVEL to LEVEL' "
                f"such as '{ladder.levels[-1].id} to {ladder.levels[0].id}'",
            )
            return None
        ends = [
            self.book.level(ladder, Scalar(way.at(way.text.find(part), len(part)), part.strip()))
            for part in parts
        ]
        if ends[0] is None or ends[1] is None:
            return None
        if ends[0] == ends[1]:
            self.book.problems.add(
                "E224",
                "this is no move: both levels are the same",
                way.place,
                remedy="write two different levels",
            )
        return ends[0], ends[1]


def _parameters(tree: Node) -> list[str]:
    return [node.name.removeprefix(PARAMETER) for node in walk(tree) if node.op is Op.PARAMETER]


def _believed(table: Node, ladder: Ladder) -> Node:
    """Multiply a table by the credibility of the level; levels without one count in full."""
    if not any(CREDIBILITY in level.attributes for level in ladder.levels):
        return table
    factor = Node(Op.ATTRIBUTE, name=ladder.id, detail=CREDIBILITY)
    for level in ladder.levels:
        if CREDIBILITY not in level.attributes:
            factor = Node(Op.ADD, (factor, Node(Op.IS, name=ladder.id, detail=level.id)))
    return Node(Op.MULTIPLY, (table, factor))


def warn_unused(book: Book, values: Mapping[str, Quantity]) -> None:
    """Warn of parameters and attributes that no formula uses."""
    section = book.section("parameters")
    for key, _ in section.items() if section else ():
        if f"{PARAMETER}{key.text}" not in book.used:
            book.warn(key.place, f"the parameter '{key.text}' is never used")
    for ladder in book.ladders.values():
        for name in sorted({n for level in ladder.levels for n in level.attributes}):
            if f"{ladder.id}.{name}" not in book.used:
                given = next(lv for lv in ladder.levels if name in lv.attributes)
                place = values[given.attributes[name].path].place
                book.warn(place, f"the attribute '{ladder.id}.{name}' is used in no formula")
