"""Diagnostics with a place and a remedy. Imports nothing of the package."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a file (line and column count from 1; length in characters)."""

    file: str
    line: int
    column: int
    length: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, what was expected, and one remedy."""

    code: str
    message: str
    place: Place | None = None
    label: str = ""
    remedy: str = ""
    line_text: str | None = None

    def render(self) -> str:
        """Give the plain-text form: message, place, the line with a caret, the remedy."""
        out = [f"error[{self.code}]: {self.message}"]
        if self.place is not None:
            out.append(f"  --> {self.place}")
            if self.line_text is not None:
                out.extend(_underline(self.place, self.line_text, self.label))
        if self.remedy:
            out.append(f"   = {self.remedy}")
        return "\n".join(out)


class DetenteError(Exception):
    """What a user can mend: one or more problems, all that were found at once."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__(self.render())

    def render(self) -> str:
        """Give all problems as plain text: at most `MAX_PROBLEMS_SHOWN`, and how many more."""
        blocks = [problem.render() for problem in self.problems[:MAX_PROBLEMS_SHOWN]]
        more = len(self.problems) - MAX_PROBLEMS_SHOWN
        if more > 0:
            blocks.append(f"... and {more} more problem{'s' if more > 1 else ''}")
        return "\n\n".join(blocks)


MAX_PROBLEMS_SHOWN = 20
MAX_LINE_SHOWN = 74  # with the line's number it fits into a screen of 80 columns
MIN_AROUND = 12  # characters kept on both sides of the caret where a line is cut
MAX_WORD_COMPARED = 100  # comparing takes time that grows with the square

# Every code of a diagnostic with its title; docs/errors.md has one section a code.
CODES: dict[str, str] = {
    "E101": "The file cannot be opened",
    "E102": "The file is too large",
    "E103": "Not a text file",
    "E104": "The file is empty",
    "E105": "Not valid YAML",
    "E106": "A tab where spaces are needed",
    "E107": "A colon is missing",
    "E108": "The same key twice",
    "E109": "Nested too deeply",
    "E110": "Too many entries",
    "E111": "A feature of YAML that scenarios do without",
    "E112": "A key that is not known here",
    "E113": "A required entry is missing",
    "E114": "The wrong kind of entry",
    "E115": "Not a name",
    "E116": "Not valid JSON",
    "E121": "Not a number",
    "E122": "The unit does not fit",
    "E123": "The range does not contain the value",
    "E124": "A number beyond its limits",
    "E125": "Not a finite number",
    "E131": "A formula that cannot be read",
    "E132": "A formula that calls something",
    "E133": "A formula that is too long",
    "E191": "Neither a file nor a case",
    "E192": "Not a template",
    "E194": "A file that exists already",
    "E195": "A file that cannot be written",
    "E196": "A file of the command line that cannot be read",
    "E211": "Not a party",
    "E212": "Too few parties",
    "E213": "Not a level",
    "E214": "Not a ladder",
    "E215": "Not a source",
    "E216": "A source that says nothing",
    "E217": "Not a plan",
    "E220": "A ladder that this party does not hold",
    "E221": "More than one level of today",
    "E222": "A ladder without levels to move between",
    "E223": "A payoff table that misses a level",
    "E224": "Not a way for a ladder to move",
    "E225": "Undo where nothing is kept",
    "E226": "A party without payoffs",
    "E231": "A name that a formula does not know",
    "E232": "A formula that leads back to itself",
    "E233": "A division by zero",
    "E234": "A formula whose value is too large",
    "E241": "No number at this path",
    "E242": "A path that fits several numbers",
    "E243": "A setting that cannot be read",
    "E244": "A number that a type cannot change",
    "E245": "Shares that do not add up",
    "E246": "A type with nothing to tell it from",
    "E251": "A correlation that cannot be",
    "E252": "Correlations that contradict each other",
    "E290": "A scenario that is too large",
    "E301": "A plan without steps",
    "E302": "The same step twice",
    "E303": "A step that changes nothing",
    "E304": "A plan that never reaches its next step",
    "E305": "The first mover does not move",
    "E306": "A response that cannot be carried out",
    "E307": "Not a response",
    "E308": "A plan written twice",
    "E381": "A number that cannot be changed in its place",
    "E382": "A file to which no plan can be added",
    "E383": "The same number twice",
    "E384": "No mend to write",
    "E390": "No plan of this name",
    "E391": "No step of this name",
    "E392": "No party of this name",
    "E393": "No types of a party",
    "E394": "Not a goal",
    "E395": "A goal that is reached already",
    "E396": "Nothing to design a plan for",
    "E397": "Scenarios of other parties",
    "E401": "A setting of the solver out of range",
    "E402": "Directions that cannot be used",
    "E403": "A number of players that this method does not take",
    "E404": "A given set that does not fit the game",
    "E405": "Payoff sets that would not fit in memory",
    "E420": "Players and discount factors that disagree",
    "E421": "A game without states",
    "E422": "A discount factor outside 0 to 1",
    "E423": "Lists whose lengths disagree",
    "E424": "No action or no outcome in a state",
    "E426": "Not a state",
    "E427": "A probability outside 0 to 1",
    "E428": "Probabilities that do not add up to one",
    "E429": "Too many action profiles",
    "E430": "A game that would not fit in memory",
    "E433": "The same name twice",
    "E434": "Not a way of monitoring",
    "E435": "An entry that does not go with the monitoring",
    "E440": "A file format that games are not kept in",
    "E441": "Not a Gambit file",
    "E442": "A game that Gambit's formats cannot hold",
    "E443": "A game tree that would be too large",
    "E451": "A number of samples that cannot be drawn",
    "E452": "Nothing to vary",
    "E453": "Not a name for results",
    "E454": "Results of another sweep",
    "E455": "An unfinished sweep",
    "E456": "A cluster that does not answer",
    "E457": "Workers that cannot work",
    "E490": "A package that is not installed",
    "E491": "Not a part of a report",
    "E501": "Points to prove, but no proof",
    "E701": "A request that cannot be read",
    "E702": "A request that is too large",
    "E703": "An answer that takes too long",
    "E704": "An answer that takes too much memory",
    "E705": "Too much at once",
    "E706": "Not allowed to ask",
    "E707": "Not a file of the app's folder",
    "E708": "A file that has changed meanwhile",
    "E709": "No such job",
    "E710": "A port that cannot be used",
    "E711": "Steps that cannot be changed in the text",
    "E712": "A fault of Detente",
    "E801": "Documents that cannot be read",
    "E802": "A document's name that is a path",
    "E803": "A document that is not plain text",
    "E804": "A document that has changed",
    "E805": "A document that is missing",
    "E806": "A locator that leads nowhere",
    "E807": "A source dated otherwise than its document",
}


def _underline(place: Place, line_text: str, label: str) -> list[str]:
    width = max(2, len(str(place.line)))
    start = place.column - 1
    line = line_text.rstrip("\r\n")
    offset = 0
    if len(line) > MAX_LINE_SHOWN:  # cut so that the caret and its label are seen
        after = max(MIN_AROUND, len(label) + 1)
        needed = start + place.length + after - MAX_LINE_SHOWN
        offset = max(0, min(needed, start - MIN_AROUND))
    shown = line[offset : offset + MAX_LINE_SHOWN].replace("\t", " ")
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in shown)
    if offset:
        shown = f"…{shown[1:]}"
    if offset + MAX_LINE_SHOWN < len(line):
        shown = f"{shown[:-1]}…"
    carets = "^" * max(1, min(place.length, MAX_LINE_SHOWN - (start - offset)))
    pad = " " * (width + 1)
    mark = f"{pad}| {' ' * (start - offset)}{carets} {label}".rstrip()
    return [f"{pad}|", f"{place.line:>{width}} | {shown}", mark]


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Give the allowed word nearest to a misspelt one, or None where nothing is near.

    Examples
    --------
    >>> nearest("sanctons", ["sanctions", "guarantee"])
    'sanctions'
    """
    if len(word) > MAX_WORD_COMPARED:
        return None
    found = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.65)
    return found[0] if found else None


def listed(words: Iterable[str]) -> str:
    """Join words for a sentence: ``a, b, c``.

    Examples
    --------
    >>> listed(["sanctions", "guarantee"])
    'sanctions, guarantee'
    """
    return ", ".join(words)
