"""What is found when two documents are laid side by side."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a document.

    Attributes
    ----------
    document : its id
    paragraphs : where it stands; several where the document repeats it
    text : its words
    """

    document: str
    paragraphs: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quotation, or a sentence, that a document carries.

    Attributes
    ----------
    cut : where it stands and what it says
    speaker : who said it; empty where the document does not name anybody
    quoted : whether it stands between quotation marks
    mark : which quotation mark is missing, "opening" or "closing"; empty where none is
    """

    cut: Cut
    speaker: str = ""
    quoted: bool = True
    mark: str = ""


@dataclass(frozen=True, slots=True)
class WordChange:
    """Words that differ between two forms of one sentence; empty where one has none."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A passage that both documents carry.

    Attributes
    ----------
    first, second : the passage in each
    alike : share of the words that agree, 0 to 1
    changes : the words that do not
    """

    first: Quoted
    second: Quoted
    alike: float
    changes: tuple[WordChange, ...]


class Matter(StrEnum):
    """On what two documents disagree."""

    DATE = "date"
    NUMBER = "number"
    SPEAKER = "speaker"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where two documents cannot both be right.

    Attributes
    ----------
    matter : date, number or speaker
    first_says, second_says : the value in each
    first, second : the sentences they stand in
    """

    matter: Matter
    first_says: str
    second_says: str
    first: Cut
    second: Cut


@dataclass(frozen=True, slots=True)
class PointLists:
    """Lists of the same thing that do not have the same points.

    Attributes
    ----------
    about : what is listed, in the words of the first document
    first, second : the sentences with the lists
    both : points in both, each in the words of both documents
    only_first, only_second : points in one alone
    """

    about: str
    first: Cut
    second: Cut
    both: tuple[WordChange, ...]
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Alone:
    """What one document alone reports in a paragraph.

    Attributes
    ----------
    cut : the sentences, or the quotation
    names, figures : names, and numbers and dates, that the other document does not have
    quotes : quotations that it does not have
    """

    cut: Cut
    names: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    quotes: tuple[Quoted, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """Two documents side by side.

    Attributes
    ----------
    first, second : their ids
    alike : share of the names in the one with fewer names that the other has too, 0 to 1
    related : whether that is enough for one event; where not, nothing is compared
    shared : passages that both carry
    disagreements : dates, numbers and speakers on which they differ
    lists : lists of the same thing with different points
    only_first, only_second : what one alone reports
    """

    first: str
    second: str
    alike: float
    related: bool
    shared: tuple[Shared, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    lists: tuple[PointLists, ...] = ()
    only_first: tuple[Alone, ...] = ()
    only_second: tuple[Alone, ...] = ()
