"""The scenario file as written: which entries it may have, and what each is for.

These models say what shape the file has, and are exported as JSON Schema for editors. What
the words and numbers mean is the business of the passes after them.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

_NUMERIC = {"type": ["string", "number"]}


def _number(words: str, example: str) -> WithJsonSchema:
    return WithJsonSchema(
        {
            **_NUMERIC,
            "description": f"{words}: value (low to high) @source",
            "examples": [example],
        }
    )


Points = Annotated[str, _number("points", "-100 (-120 to -80) @report")]
Chance = Annotated[str, _number("a chance", "70% (40% to 90%) @report")]
Rate = Annotated[str, _number("a chance per year", "12% per year (5% to 20%)")]
Time = Annotated[str, _number("a length of time", "2 years (1 to 4 years)")]
Patience = Annotated[str, _number("patience", "90% per year (80% to 95%)")]
Number = Annotated[str, _number("a number", "50% (40% to 60%)")]
FormulaText = Annotated[
    str,
    WithJsonSchema(
        {
            **_NUMERIC,
            "description": "a formula: numbers with range and source, + - * /, brackets, min, "
            "max, ladder.attribute, 'ladder is level', hostile(party), parameters",
            "examples": ["-80 (-120 to -40) * (1 - arsenal.share)"],
        }
    ),
]
Text = Annotated[str, WithJsonSchema({"type": ["string", "number"]})]
Word = Annotated[str, WithJsonSchema({"type": ["string", "number"]})]
Flag = Annotated[str, WithJsonSchema({"enum": [True, False, "yes", "no"]})]
Citations = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "description": "where it comes from: an entry of `sources`, with an optional locator",
            "examples": ["report_a:p2"],
        }
    ),
]
Note = Annotated[
    str,
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "description": "a remark for readers; it is printed, and changes nothing",
        }
    ),
]
Targets = Annotated[
    dict[str, Word], Field(description="which ladder goes to which level", min_length=1)
]


def _shape(value: Any) -> str:
    """Tell a mapping, a list and a word apart (the tags of the alternatives)."""
    if isinstance(value, dict | BaseModel):
        return "<mapping>"
    if isinstance(value, list):
        return "<list>"
    return "<empty>" if value is None else "<word>"


class Closed(BaseModel):
    """A mapping with fixed keys."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class Open(BaseModel):
    """A mapping that also takes names of the author's own."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class PartyEntry(Closed):
    """Who decides: a government, or a movement."""

    name: Text | None = Field(None, description="the name used in tables and sentences")
    patience: Patience = Field(description="what a payoff one year later is worth today")
    note: Note | None = None
    source: Citations | None = None


class LevelEntry(Open):
    """One level of a ladder, with attributes of your own for formulas."""

    __pydantic_extra__: dict[str, Annotated[Any, _number("an attribute", "50%")]] = Field(
        init=False
    )
    today: Flag | None = Field(None, description="whether the ladder stands here today")
    undo: Time | None = Field(None, description="mean time to climb back to the level before")
    credibility: Chance | None = Field(
        None,
        description="chance that a promise is kept; multiplies what it is worth to others",
        examples=["60% (30% to 80%)"],
    )
    note: Note | None = None
    source: Citations | None = None


TodayWord = Annotated[str, WithJsonSchema({"const": "today"})]
LevelForm = Annotated[
    Annotated[LevelEntry, Tag("<mapping>")]
    | Annotated[TodayWord, Tag("<word>")]
    | Annotated[None, Tag("<empty>")],
    Discriminator(_shape),
]
Names = Annotated[
    Annotated[Word, Tag("<word>")] | Annotated[list[Word], Tag("<list>")],
    Discriminator(_shape),
]


class LadderEntry(Closed):
    """An ordered list of levels that one party, or several jointly, can move."""

    name: Text | None = Field(None, description="the name used in tables and sentences")
    held_by: Names = Field(description="the party that moves it; a list for a joint ladder")
    renewed: Text | None = Field(
        None,
        description="'every period': chosen anew each period, counts in that same period",
        json_schema_extra={"enum": ["every period"]},
    )
    levels: dict[str, LevelForm] = Field(description="in order, from today's on")
    note: Note | None = None
    source: Citations | None = None


class InspectionEntry(Closed):
    """What everybody sees of hidden cheating."""

    watches: Names = Field(description="the ladder that is inspected, or a list")
    every: Time | None = Field(
        None,
        description="time between inspections; once a period if left out",
        examples=["6 months"],
    )
    catches: Chance = Field(description="chance per inspection of an alarm when the holder cheats")
    false_alarm: Chance | None = Field(
        None,
        description="chance per inspection of an alarm when the holder does not cheat",
        examples=["3% (0% to 10%)"],
    )
    contested: Chance | None = Field(
        None,
        description="chance that an alarm is disputed, so that nothing follows from it",
        examples=["10%"],
    )
    note: Note | None = None
    source: Citations | None = None


class GovernmentEntry(Closed):
    """How a party's government changes, and what a hostile successor does."""

    turnover: Rate = Field(description="chance per year that the government changes")
    hostile_successor: Chance = Field(
        description="chance that the successor opposes the deal", examples=["30% (10% to 60%)"]
    )
    it_would: Targets = Field(description="what a hostile government does")
    returns: Chance | None = Field(
        None,
        description="chance that the successor of a hostile government does not oppose it",
        examples=["70% (40% to 90%)"],
    )
    note: Note | None = None
    source: Citations | None = None


_TABLE = {
    "anyOf": [
        {"type": "object", "additionalProperties": {**_NUMERIC, "examples": ["-55 (-70 to -40)"]}},
        {**_NUMERIC, "examples": ["-80 (-120 to -40) * (1 - arsenal.share)"]},
    ],
    "description": "a table by level of a ladder, or a formula under a name of its own",
}


class PayoffEntry(Open):
    """What a party values: points per year on its own scale."""

    __pydantic_extra__: dict[str, Annotated[Any, WithJsonSchema(_TABLE)]] = Field(init=False)
    scale: Text = Field(description="what the points mean, such as '100 points = one year of ...'")
    secret_gain: FormulaText | None = Field(
        None,
        description="extra while it cheats on a watched ladder it has moved",
        examples=["40 (20 to 60) * (1 - arsenal.share)"],
    )
    secret_harm: FormulaText | None = Field(
        None,
        description="points while another party cheats",
        examples=["-30 (-40 to -20) * (1 - arsenal.share)"],
    )
    one_off: dict[str, dict[str, Points]] | None = Field(
        None, description="points, once, whenever a ladder moves: on, back, or LEVEL to LEVEL"
    )
    note: Note | None = None
    source: Citations | None = None


class StepEntry(Open):
    """One step: which party moves which ladder to which level."""

    __pydantic_extra__: dict[
        str,
        Annotated[
            Any,
            WithJsonSchema(
                {
                    "type": "object",
                    "additionalProperties": _NUMERIC,
                    "description": "a party's moves: ladder: level",
                }
            ),
        ],
    ] = Field(init=False)
    id: Word | None = Field(None, description="a short name of the step")
    first: Word | None = Field(None, description="the party that moves first; left out: together")
    together: Targets | None = Field(None, description="moves of joint ladders")
    lasts: Time | None = Field(
        None, description="the least time until the next step", examples=["1 year"]
    )
    note: Note | None = None
    source: Citations | None = None


class ResponseEntry(Closed):
    """What follows a breach, an alarm or a hostile government."""

    then: dict[str, Word] = Field(description="which ladder goes to which level")
    for_: Time | None = Field(
        None,
        alias="for",
        description="how long; for good if left out",
        examples=["5 years (2 to 10 years)"],
    )
    resume: Flag | None = Field(None, description="whether the plan goes on afterwards (yes)")
    note: Note | None = None
    source: Citations | None = None


ResponseForm = Annotated[
    Annotated[ResponseEntry, Tag("<mapping>")]
    | Annotated[
        Annotated[str, WithJsonSchema({"const": "ignored"})],
        Tag("<word>"),
    ],
    Discriminator(_shape),
]
Responses = dict[str, ResponseForm]


class PlanEntry(Closed):
    """An agreement: steps in order, with responses of its own."""

    title: Text | None = Field(None, description="the name used in tables and sentences")
    steps: list[StepEntry] = Field(
        description="what is done, in order; the levels of the last step stay in force",
        json_schema_extra={"minItems": 1},
    )
    later_steps: Text | None = Field(
        None,
        description="'open': what follows the last step is not agreed yet",
        json_schema_extra={"enum": ["open"]},
    )
    if_broken: Responses | None = Field(
        None, description="what follows a breach in this plan: by_PARTY"
    )
    if_alarm: Responses | None = Field(
        None, description="what follows an alarm in this plan: about_PARTY"
    )
    if_hostile: Responses | None = Field(
        None, description="what follows a hostile government in this plan: in_PARTY"
    )
    note: Note | None = None
    source: Citations | None = None


PlanForm = Annotated[
    Annotated[PlanEntry, Tag("<mapping>")]
    | Annotated[list[StepEntry], Tag("<list>"), Field(json_schema_extra={"minItems": 1})],
    Discriminator(_shape),
]


class StatementEntry(Closed):
    """A statement you are sure of: if it fails, the scenario is wrong, not the world."""

    when: dict[str, Text] | None = Field(
        None, description="numbers that are changed first: path: value, as after --set"
    )
    plan: Word | None = Field(None, description="the plan that the statement is about")
    verdict: Word | None = Field(
        None,
        description="what you are sure of: the plan holds, or it fails",
        json_schema_extra={"enum": ["holds", "fails"]},
    )
    deal: Word | None = Field(
        None,
        description="short for the plan 'deal' and its verdict",
        json_schema_extra={"enum": ["holds", "fails"]},
    )
    because: Text = Field(description="why you are sure, in a sentence")


class TypeEntry(Closed):
    """What a party may be, unknown to the others: the numbers in which it differs."""

    share: Chance | None = Field(
        None,
        description="how likely the others think it; left out: an equal part of the rest",
        examples=["40% (20% to 60%)"],
    )
    with_: dict[str, FormulaText] | None = Field(
        None,
        alias="with",
        description="the numbers in which it differs: path: value (low to high) @source",
    )
    note: Note | None = None
    source: Citations | None = None


TypeForm = Annotated[
    Annotated[TypeEntry, Tag("<mapping>")] | Annotated[None, Tag("<empty>")],
    Discriminator(_shape),
]


class CorrelationEntry(Closed):
    """How two numbers go together over their ranges: sweeps draw them so."""

    between: list[Text] = Field(
        description="the paths of two numbers that have ranges",
        json_schema_extra={"minItems": 2, "maxItems": 2},
    )
    rank: Text = Field(
        description="correlation of their ranks (Spearman), between -1 and 1 or -100% and 100%"
    )
    because: Text | None = Field(None, description="why they go together, in a sentence")


class SourceEntry(Closed):
    """Where numbers come from."""

    judgement: Flag | None = Field(None, description="yes: somebody's judgement, not a document")
    title: Text | None = Field(None, description="the title of a document; needed for one")
    by: Text | None = Field(None, description="who wrote it, or whose judgement it is")
    date: Text | None = Field(None, description="year, year-month or year-month-day")
    url: Text | None = Field(None, description="where it can be read; nothing is ever fetched")
    document: Text | None = Field(None, description="name of a stored document")
    sha256: Text | None = Field(None, description="fingerprint of the stored document")
    note: Note | None = None


class ScenarioDocument(Closed):
    """Who the parties are, what can change, what each values, and what is on the table."""

    title: Text = Field(description="what the scenario is called, on every page about it")
    question: Text | None = Field(None, description="the question that it is to answer")
    date: Text | None = Field(
        None,
        description="the day of the event that it explains: year, year-month or year-month-day",
        examples=["2018-06-12"],
    )
    clock: Time = Field(
        description="the length of one period; each party moves once a period",
        examples=["6 months"],
    )
    note: Note | None = None
    parties: dict[str, PartyEntry] = Field(description="who decides: name: entries")
    parameters: dict[str, FormulaText] | None = Field(
        None, description="named numbers, or formulas, for the formulas of the payoffs"
    )
    ladders: dict[str, LadderEntry] = Field(description="what can change", min_length=1)
    inspection: dict[str, InspectionEntry] | None = Field(
        None, description="who looks for hidden cheating, and how well: name: entries"
    )
    governments: dict[str, GovernmentEntry] | None = Field(
        None, description="how parties' governments change: party: entries"
    )
    payoffs: dict[str, PayoffEntry] = Field(description="one entry per party")
    plans: dict[str, PlanForm] | None = Field(
        None, description="the agreements on the table: name: steps", min_length=1
    )
    steps: list[StepEntry] | None = Field(
        None,
        description="short for one plan called 'deal'",
        json_schema_extra={"minItems": 1},
    )
    if_broken: Responses | None = Field(
        None, description="what follows a breach: by_PARTY: response"
    )
    if_alarm: Responses | None = Field(
        None, description="what follows an alarm: about_PARTY: response"
    )
    if_hostile: Responses | None = Field(
        None, description="what follows a hostile government: in_PARTY: response"
    )
    no_deal: Targets | None = Field(None, description="where the search for 'no deal' starts")
    types: dict[str, dict[str, TypeForm]] | None = Field(
        None, description="what a party may be, unknown to the others: party: type: numbers"
    )
    must_hold: list[StatementEntry] | None = Field(
        None, description="statements you are sure of; every command checks them first"
    )
    correlations: list[CorrelationEntry] | None = Field(
        None, description="which numbers go together over their ranges"
    )
    sources: dict[str, SourceEntry] | None = Field(
        None, description="where the numbers come from: name: entries"
    )
