"""The requests and answers of the app, as /openapi.json describes them.

Answers are made by workers as JSON and handed on as they are; the models of answers describe
them, and the tests compare the two.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat

from detente.app.limits import DEFAULT_LIMITS


def _refuse_surrogates(text: str) -> str:
    """Refuse halves of characters, which JSON can say and no file can hold."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("this is not text: it has half of a character in it") from None
    return text


Words = Annotated[str, AfterValidator(_refuse_surrogates)]
Name = Annotated[Words, Field(min_length=1, max_length=200)]
FileName = Annotated[Words, Field(max_length=200)]
Text = Annotated[
    Words, Field(max_length=DEFAULT_LIMITS.text_characters, description="A scenario's text.")
]
Number = FiniteFloat | Literal["never"]
Settings = Annotated[
    dict[Name, Number],
    Field(
        max_length=1000,
        description="Numbers by full path, in the unit of the number (chances 0 to 1, years).",
    ),
]
ReadingName = Literal["no-deal", "written", "harshest"]
AnswerName = Literal["holds", "fails", "undecided"]
Record = Annotated[
    dict[str, Any], Field(description="What the command prints with --json; docs/json.md.")
]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Given(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProblemGiven(_Given):
    """One thing that is wrong, where, and one remedy; places count from 1."""

    code: str
    message: str
    remedy: str
    label: str
    line: int | None
    column: int | None
    end_column: int | None
    source_line: str | None


class ProblemsGiven(_Given):
    """Why a request was refused."""

    problems: list[ProblemGiven]


# --- what there is


class ReadingGiven(_Given):
    """A reading of what follows a breach."""

    id: ReadingName
    words: str
    follows: str


class AboutGiven(_Given):
    """What the page needs to know at its start."""

    version: str
    folder: str | None = Field(description="Name of the folder that files are in.")
    file: str | None = Field(description="File of the command line, to be opened first.")
    case: str | None = Field(description="Case of the command line, to be opened first.")
    readings: list[ReadingGiven]
    limits: dict[str, float]


class CaseGiven(_Given):
    """A case of the library, a template, or a file of the folder."""

    name: str
    title: str
    question: str
    kind: Literal["case", "template", "file"]


# --- opening


class OpenAsked(_Asked):
    """What to open: exactly one of case, template, file and text."""

    case: Name | None = None
    template: Name | None = None
    file: Name | None = Field(None, description="Name of a file in the folder.")
    text: Text | None = None
    name: FileName | None = None


class PartyGiven(_Given):
    """A party."""

    id: str
    name: str
    scale: str
    note: str


class StepGiven(_Given):
    """A step of a plan; targets: ladder -> level."""

    id: str
    words: str
    note: str
    targets: dict[str, str]
    first: str | None
    lasts: str | None
    line: int | None


class PlanGiven(_Given):
    """A plan."""

    id: str
    name: str
    note: str
    later_steps_open: bool
    steps: list[StepGiven]
    line: int | None


class LevelGiven(_Given):
    """A level of a ladder."""

    id: str
    note: str
    undo: str | None


class LadderGiven(_Given):
    """A ladder."""

    id: str
    name: str
    holders: list[str]
    levels: list[LevelGiven]
    today: str
    note: str


class SourceGiven(_Given):
    """Where a number comes from."""

    kind: Literal["document", "judgement", "none"]
    id: str
    locator: str
    title: str


class ParameterGiven(_Given):
    """A number with a range: what a slider needs.

    ``high`` of a range that ends with "never" is the last finite position, and ``never`` true:
    beyond it a slider says "never".
    """

    path: str
    short: str
    label: str
    words: str
    text: str
    value: Number
    low: FiniteFloat
    high: FiniteFloat
    never: bool
    unit: Literal["number", "chance", "chance per year", "years", "per year"]
    percent: bool = Field(description="Whether the file writes it as a percentage.")
    step: FiniteFloat
    source: SourceGiven
    citations: list[SourceGiven]
    line: int | None
    group: str


class GoalGiven(_Given):
    """A goal that plans could be designed for."""

    goal: str
    words: str
    ladder: str
    level: str


class TypeGiven(_Given):
    """A type of a party."""

    id: str
    note: str
    share: FiniteFloat | None


class TypesGiven(_Given):
    """The types of a party."""

    party: str
    types: list[TypeGiven]


class OpenGiven(_Given):
    """A scenario as read, for showing."""

    name: str
    text: str
    digest: str
    title: str
    question: str
    clock: str
    parties: list[PartyGiven]
    plans: list[PlanGiven]
    ladders: list[LadderGiven]
    parameters: list[ParameterGiven]
    goals: list[GoalGiven]
    types: list[TypesGiven]
    sources: list[dict[str, Any]]
    warnings: list[str]


# --- questions


class _DocAsked(_Asked):
    text: Text
    settings: Settings = Field(default_factory=dict)
    name: FileName | None = Field(None, description="The file's name, for messages and records.")


class VerdictAsked(_DocAsked):
    """Asks whether plans hold, as fast as can be."""

    plan: Name | None = Field(None, description="The plan shown; null for all.")
    sets: bool = Field(False, description="Also compute payoff sets where a verdict needs them.")


class WhereGiven(_Given):
    """A margin: whose, where, and how much, in the party's points a year."""

    party: str
    party_name: str
    step: int
    step_id: str
    margin: FiniteFloat | None
    deviation: str


class VerdictGiven(_Given):
    """The verdict on a plan."""

    plan: str
    title: str
    answer: AnswerName
    mildest: ReadingName | None
    answers: dict[ReadingName, AnswerName]
    carries_to: int
    steps: int
    first: WhereGiven | None = Field(description="Where it breaks first by the mildest reading.")
    tightest: WhereGiven | None
    sentence: str
    reasons: list[str]
    needs_sets: bool = Field(description="Undecided only for want of payoff sets.")


class VerdictsGiven(_Given):
    """The verdicts asked for; milliseconds that they took."""

    verdicts: list[VerdictGiven]
    milliseconds: FiniteFloat


class CheckAsked(_DocAsked):
    """Asks for all that is known about plans."""

    plans: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    reading: ReadingName | None = None


class MarginRow(_Given):
    """The smallest margins of a party at a step."""

    step: int
    step_id: str
    party: str
    party_name: str
    in_response: str
    reading: ReadingName
    staying: FiniteFloat | None
    leaving: FiniteFloat | None
    margin: FiniteFloat | None
    low: FiniteFloat | None
    high: FiniteFloat | None
    deviation: str
    words: str


class CheckPlan(_Given):
    """The margins of a plan, one row for each party, step and reading."""

    plan: str
    margins: list[MarginRow]


class CheckGiven(_Given):
    """The record of a check; its sentences and tables are in it."""

    record: Record
    plans: list[CheckPlan]


class PicturesAsked(_DocAsked):
    """Asks for a picture of a plan."""

    plan: Name
    which: Literal["margins", "payoffs"]


class PictureGiven(_Given):
    """A picture, what it shows in words, and what to know about it."""

    svg: str
    alt: str
    caption: str


class PicturesGiven(_Given):
    """Pictures: margins one a party, payoffs one or two."""

    svg: str = Field(description="The first picture.")
    alt: str
    note: str
    pictures: list[PictureGiven]


class ExplainAsked(_DocAsked):
    """Asks for the terms of a margin."""

    plan: Name
    step: Name | int
    party: Name | None = None
    reading: ReadingName = "no-deal"


class ExplainGiven(_Given):
    """The record of an explanation, and what it says."""

    record: Record
    sentences: list[str]


class CompareAsked(_DocAsked):
    """Asks for plans side by side; none: all."""

    plans: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    reading: ReadingName | None = None


class ScreenAsked(_DocAsked):
    """Asks which types of a party would keep a plan."""

    plan: Name
    party: Name | None = None
    reading: Literal["no-deal", "written"] = "written"


class SectionGiven(_Given):
    """An answer as a record, as a section of a report, and in sentences."""

    record: Record
    html: str
    sentences: list[str]


class SourcesAsked(_DocAsked):
    """Asks what the file's numbers rest on."""


class LeaningAsked(_DocAsked):
    """Asks on which numbers the verdict on a plan hangs most."""

    plan: Name


class RecordGiven(_Given):
    """An answer as a record and in sentences."""

    record: Record
    sentences: list[str]


class LeanGiven(_Given):
    """A number on which a verdict hangs."""

    path: str
    words: str


class LeaningGiven(_Given):
    """The numbers on which the verdict on a plan hangs most, most first."""

    numbers: list[LeanGiven]


# --- jobs


class JobAsked(_DocAsked):
    """Asks for what takes longer. What a kind does not need is ignored."""

    kind: Literal["mend", "design", "sweep", "report"]
    plan: Name | None = None
    plans: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    reading: ReadingName | None = None
    goal: Annotated[Words, Field(max_length=400)] | None = None
    purpose: Name | None = None
    samples: Annotated[int, Field(ge=1, le=DEFAULT_LIMITS.samples)] = 1024
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    pair: Annotated[list[Name], Field(min_length=2, max_length=2)] | None = None


class JobMade(_Given):
    """A job that was begun."""

    id: str


class ProgressGiven(_Given):
    """How far a job is; total 0 where nobody knows."""

    done: int
    total: int
    rate: FiniteFloat | None = Field(description="A second.")
    left_s: FiniteFloat | None
    words: str
    seconds: FiniteFloat


class JobGiven(_Given):
    """A job and, once it is done, its result."""

    id: str
    kind: str
    state: Literal["running", "done", "failed", "cancelled"]
    progress: ProgressGiven
    has_file: bool
    result: SectionGiven | None
    text: str | None = Field(description="Design: the scenario with the designed plans.")
    problems: list[ProblemGiven]


# --- changes of the text


class ChangeAsked(_DocAsked):
    """Asks for the settings to be written into the text."""


class LineGiven(_Given):
    """A line of a difference, with its number before and after."""

    kind: Literal["same", "add", "remove", "gap"]
    text: str
    before: int | None
    after: int | None


class ChangeGiven(_Given):
    """The changed text, and how it differs."""

    text: str
    difference: list[LineGiven]


class MoveAsked(_Asked):
    """Moves a step to a position, from 1."""

    step: Name
    to: Annotated[int, Field(ge=1, le=1000)]


class StepsAsked(_Asked):
    """Asks for a plan's steps to be changed: exactly one of order, move, remove, duplicate."""

    text: Text
    plan: Name
    name: FileName | None = None
    order: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = None
    move: MoveAsked | None = None
    remove: Name | None = None
    duplicate: Name | None = None


class StepsGiven(ChangeGiven):
    """The changed text, how it differs, and what is wrong with it now."""

    problems: list[ProblemGiven]


class DifferenceAsked(_Asked):
    """Asks how two texts differ."""

    before: Text
    after: Text


class DifferenceGiven(_Given):
    """How two texts differ; no lines where they do not."""

    difference: list[LineGiven]


class SaveAsked(_Asked):
    """Asks for a text to be written into the folder."""

    path: Name
    text: Text
    before_digest: Annotated[Words, Field(max_length=64)] | None = Field(
        None, description="SHA-256 of the file as it was opened; null for a new file."
    )


class SaveGiven(_Given):
    """What was written."""

    path: str
    digest: str
