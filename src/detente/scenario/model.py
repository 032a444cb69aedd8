"""The scenario as read: frozen records, named as in the file, each with its place.

Numbers are `Quantity` records; their values are looked up through `Scenario.value`, so that
``--set``, sweeps and mends change values without reading the file again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from detente.errors import Place


class Unit(StrEnum):
    """What a number measures, and how its ``value`` is normalised."""

    NUMBER = "number"  # points, weights: as written
    CHANCE = "chance"  # 0 to 1
    RATE = "chance per year"  # chance that it happens within a year, 0 to 1
    YEARS = "years"  # a duration; inf for "never"
    PATIENCE = "per year"  # what a payoff one year later is worth today, in (0, 1)


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference to an entry of ``sources``, with an optional locator: ``@report_a:p2``."""

    source: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of the file: ``value (low to high) @source``."""

    path: str
    value: float
    unit: Unit
    low: float | None = None
    high: float | None = None
    citations: tuple[Citation, ...] = ()
    text: str = ""
    place: Place | None = None


class Op(StrEnum):
    """Kinds of a formula's nodes."""

    QUANTITY = "quantity"  # a number of the file: .name is its path
    PARAMETER = "parameter"  # an entry of `parameters`: .name is its path
    ATTRIBUTE = "attribute"  # a level's attribute: .name ladder, .detail attribute
    IS = "is"  # 1 when ladder .name stands at level .detail, else 0
    HOSTILE = "hostile"  # 1 while the government of party .name is hostile, else 0
    TABLE = "table"  # value by level of ladder .name; children: one QUANTITY per level
    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    NEGATE = "neg"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a formula's tree."""

    op: Op
    children: tuple[Node, ...] = ()
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A checked formula: what it says, and on which ladders and governments it depends."""

    text: str
    tree: Node
    ladders: tuple[str, ...]
    governments: tuple[str, ...]
    quantities: tuple[str, ...]  # paths of the numbers in it, parameters included
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Who decides. ``patience`` is the discount factor per year."""

    id: str
    name: str
    patience: Quantity
    note: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a ladder. ``undo``: mean time to climb back one level (None: at once)."""

    id: str
    undo: Quantity | None = None
    attributes: Mapping[str, Quantity] = field(default_factory=dict)
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """An ordered list of levels; ``today`` is an index into it.

    ``renewed`` ladders (a payment, a delivery) are chosen anew each period and take effect in
    the same period; all others take effect from the next period on.
    """

    id: str
    name: str
    holders: tuple[str, ...]
    levels: tuple[Level, ...]
    today: int
    renewed: bool = False
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None

    def index(self, level: str) -> int:
        """Give a level's position on the ladder."""
        return next(i for i, each in enumerate(self.levels) if each.id == level)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What everybody sees of hidden cheating. ``every`` None: once a period."""

    id: str
    watches: tuple[str, ...]
    catches: Quantity
    false_alarm: Quantity | None = None
    every: Quantity | None = None
    contested: Quantity | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Government:
    """Turnover of a party's government, and what a hostile successor does.

    ``returns``: chance that the successor of a hostile government is friendly again (None:
    one minus ``hostile_successor``). ``would``: ladder id -> level index.
    """

    party: str
    turnover: Quantity
    hostile_successor: Quantity
    would: Mapping[str, int]
    returns: Quantity | None = None
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PayoffTerm:
    """A named part of a party's payoff, points per year."""

    party: str
    name: str
    formula: Formula
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class OneOff:
    """Points that a party gets, once, whenever a ladder moves in a way.

    ``direction`` is ``"on"`` or ``"back"`` (any move that way), or ``"pair"`` with
    ``between`` giving the two level indices.
    """

    party: str
    ladder: str
    direction: str
    between: tuple[int, int] | None
    points: Quantity
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Payoffs:
    """All that a party values."""

    party: str
    scale: str
    terms: tuple[PayoffTerm, ...]
    secret_gain: PayoffTerm | None = None
    secret_harm: PayoffTerm | None = None
    one_offs: tuple[OneOff, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: which ladders go to which level (indices).

    ``first``: the party that moves first (the others move one period later), or None when
    neither sees the other's move first. ``lasts``: the least time until the next step.
    """

    id: str
    targets: Mapping[str, int]
    first: str | None = None
    lasts: Quantity | None = None
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


class Trigger(StrEnum):
    """What a written response answers."""

    BROKEN = "if_broken"  # keys by_<party>
    ALARM = "if_alarm"  # keys about_<party>
    HOSTILE = "if_hostile"  # keys in_<party>


@dataclass(frozen=True, slots=True)
class Response:
    """What follows a breach, an alarm, or a hostile government, as written.

    ``ignored``: the plan simply goes on. ``duration`` None: until the end of time (after a
    hostile government: as long as it is in office). ``resume``: after it the plan goes on
    at the step where it stood; otherwise no deal.
    """

    trigger: Trigger
    party: str
    targets: Mapping[str, int]
    duration: Quantity | None = None
    resume: bool = True
    ignored: bool = False
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """An agreement: steps in order, then settled (or open), with its responses."""

    id: str
    title: str
    steps: tuple[Step, ...]
    later_steps_open: bool
    responses: Mapping[tuple[Trigger, str], Response]
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class MustHold:
    """A statement that the analyst is sure of."""

    when: Mapping[str, str]  # path -> value as text, as in --set
    plan: str
    verdict: str  # "holds" or "fails"
    because: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class PartyType:
    """What a party may be, unknown to the others: the numbers in which it differs.

    ``share``: how likely the others think it, relative to its party's other types (None: an equal
    part of what the stated shares leave over). ``changes``: full path of a number of the file ->
    its value for this type.
    """

    party: str
    id: str
    changes: Mapping[str, Quantity]
    share: Quantity | None = None
    note: str = ""
    citations: tuple[Citation, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two numbers go together over their ranges, for sweeps.

    ``rank`` is Spearman's correlation of ranks, strictly between -1 and 1; ``between`` holds
    full paths.
    """

    between: tuple[str, str]
    rank: float
    because: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of ``sources``."""

    id: str
    judgement: bool = False
    title: str = ""
    by: str = ""
    date: str = ""
    url: str = ""
    document: str = ""
    sha256: str = ""
    note: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole scenario file, checked."""

    title: str
    question: str
    file: str
    text: str
    clock: Quantity
    parties: tuple[Party, ...]
    ladders: tuple[Ladder, ...]
    inspections: tuple[Inspection, ...]
    governments: tuple[Government, ...]
    payoffs: Mapping[str, Payoffs]
    plans: tuple[Plan, ...]
    no_deal: Mapping[str, int]  # ladder -> level index from which the search for no deal starts
    must_hold: tuple[MustHold, ...]
    sources: Mapping[str, Source]
    quantities: Mapping[str, Quantity]
    values: Mapping[str, float]
    warnings: tuple[str, ...] = ()
    correlations: tuple[Correlation, ...] = ()
    types: Mapping[str, tuple[PartyType, ...]] = field(default_factory=dict)  # by party
    date: str = ""  # of the event: 2018, 2018-06 or 2018-06-12

    def value(self, quantity: Quantity) -> float:
        """Give the value in force of a number of the file."""
        return self.values[quantity.path]

    def with_values(self, values: Mapping[str, float]) -> Scenario:
        """Give the same scenario with some values changed (paths of `quantities`)."""
        return replace(self, values={**self.values, **values})

    def party(self, party: str) -> Party:
        """Give a party by its id."""
        return next(each for each in self.parties if each.id == party)

    def ladder(self, ladder: str) -> Ladder:
        """Give a ladder by its id."""
        return next(each for each in self.ladders if each.id == ladder)

    def plan(self, plan: str) -> Plan:
        """Give a plan by its id."""
        return next(each for each in self.plans if each.id == plan)

    def line(self, place: Place | None) -> str:
        """Give the line of the file that a place stands in."""
        if place is None:
            return ""
        lines = self.text.splitlines()
        return lines[place.line - 1] if place.line <= len(lines) else ""
