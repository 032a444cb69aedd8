"""What a goal names: a level for some ladders, written ``ladder: level, ladder: level``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detente.errors import DetenteError, Problem, listed, nearest
from detente.scenario.model import Ladder, Scenario


@dataclass(frozen=True, slots=True)
class Goal:
    """Levels that ladders are to stand at for good.

    Attributes
    ----------
    levels : ladder -> index of the level
    words : ``arsenal: none, sanctions: lifted``
    """

    levels: Mapping[str, int]
    words: str


def read_goal(scenario: Scenario, text: str) -> Goal:
    """Read a goal.

    Parameters
    ----------
    scenario : whose ladders it names
    text : ``ladder: level``, several parted by commas; ``=`` does for the colon

    Raises
    ------
    DetenteError
        E394 where it is not written so, names no ladder or no level of it (the nearest are
        offered), or a level behind today's; E395 where it is reached already.

    Examples
    --------
    >>> from detente.library import find_scenario
    >>> from detente.scenario.reading import read_scenario
    >>> read_goal(read_scenario(find_scenario("singapore-2018")), "arsenal: none").levels
    {'arsenal': 4}
    """
    problems: list[Problem] = []
    levels: dict[str, int] = {}
    for part in text.split(","):
        name, _, level = part.replace("=", ":", 1).partition(":")
        name, level = name.strip(), level.strip()
        if not name or not level:
            problems.append(_unreadable(scenario, part))
            continue
        found = _read_part(scenario, name, level)
        if isinstance(found, Problem):
            problems.append(found)
        elif levels.get(name, found) != found:
            problems.append(Problem("E394", f"the goal names two levels of '{name}'",
                                    remedy="name one"))  # fmt: skip
        else:
            levels[name] = found
    if problems:
        raise DetenteError(problems)
    goal = make_goal(scenario, levels)
    if all(scenario.ladder(name).today == level for name, level in levels.items()):
        raise DetenteError(
            Problem("E395", f"'{goal.words}' is reached already: that is where things stand today",
                    remedy="name a level further on")
        )  # fmt: skip
    return goal


def make_goal(scenario: Scenario, levels: Mapping[str, int]) -> Goal:
    """Give a goal with its words."""
    words = (f"{name}: {scenario.ladder(name).levels[k].id}" for name, k in levels.items())
    return Goal(dict(levels), ", ".join(words))


def _unreadable(scenario: Scenario, part: str) -> Problem:
    ladder = scenario.ladders[0]
    return Problem(
        "E394",
        f"'{part.strip()}' does not say which ladder is to stand at which level",
        remedy=f"write for instance '{ladder.id}: {ladder.levels[-1].id}';"
        f" ladders: {listed(each.id for each in scenario.ladders)}",
    )


def _read_part(scenario: Scenario, name: str, level: str) -> int | Problem:
    ladders = {each.id: each for each in scenario.ladders}
    if name not in ladders:
        return Problem("E394", f"'{name}' is not a ladder", remedy=_offer(name, ladders, "ladders"))
    ladder = ladders[name]
    names = [each.id for each in ladder.levels]
    if level not in names:
        remedy = _offer(level, names, f"levels of {name}")
        return Problem("E394", f"'{level}' is not a level of '{name}'", remedy=remedy)
    place = names.index(level)
    if place < ladder.today and not ladder.renewed:
        return Problem(
            "E394",
            f"'{level}' lies behind today's level of '{name}', and plans are looked for that go on",
            remedy=f"levels ahead: {listed(names[ladder.today + 1 :]) or 'none'}",
        )
    return place


def _offer(word: str, names: Mapping[str, Ladder] | list[str], what: str) -> str:
    near = nearest(word, names)
    meant = f"did you mean '{near}'? " if near else ""
    return f"{meant}{what}: {listed(names)}"
