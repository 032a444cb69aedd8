"""A mended plan as the text of a scenario, everything else of it kept."""

from __future__ import annotations

from dataclasses import dataclass

from detente.ask.mending.domains import find_domain
from detente.ask.mending.edits import change_numbers
from detente.ask.mending.records import Mending, NumberMend, StructureMend
from detente.ask.mending.sentences import say_change
from detente.ask.mending.structure import list_variants, variant_id, write_variant
from detente.ask.verdict import Answer
from detente.errors import DetenteError, Problem, listed, nearest
from detente.library import select_plans
from detente.scenario.model import Scenario
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import parse_setting

MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Written:
    """A mended scenario: its text, the plan that holds in it, and what was changed."""

    text: str
    plan: str
    words: str


def names_of_mends(found: Mending) -> list[str]:
    """Name what can be taken: what holds, in the order of the answer."""
    numbers = [each.short for each in found.numbers if each.holds_at is not None]
    return numbers + [each.name for each in found.structures if each.answer is Answer.HOLDS]


def write_mend(found: Mending, given: Scenario, take: str | None = None) -> Written:
    """Give the text of a scenario in which the plan holds.

    Settings that were in force are written into it too.

    Parameters
    ----------
    found : the answer
    given : the scenario as read, without settings
    take : which mend, by its name or path; the first where None

    Raises
    ------
    DetenteError
        E384 where there is no such mend, E381 or E382 where the file cannot be changed so.
    """
    chosen = _choose(found, take)
    settings = {}
    for setting in found.settings:
        name, _, value = setting.partition("=")
        path, number = parse_setting(given, name.strip(), value.strip())
        settings[path] = find_domain(given, given.plan(found.plan), path).printer.exact(number)
    title = f"Mended by detente: {found.plan} in {given.title}"
    if isinstance(chosen, NumberMend):
        if chosen.holds_at is None:
            raise ValueError("a number that mends nothing was chosen")
        words = say_change(chosen)
        text = change_numbers(given, {**settings, chosen.path: chosen.holds_at.text},
                              _remark(title, words, found))  # fmt: skip
        return Written(text, found.plan, words)
    if chosen.settings:
        text = change_numbers(given, {**settings, **chosen.settings},
                              _remark(title, chosen.words, found))  # fmt: skip
        return Written(text, found.plan, chosen.words)
    base = given
    if settings:
        base = read_scenario_text(change_numbers(given, settings), given.file)
    (plan,) = select_plans(base, [found.plan])
    for variant in list_variants(base, plan, None):
        if variant_id(plan, variant) == chosen.plan:
            remark = _remark(title, chosen.words, found)
            return Written(write_variant(base, plan, variant, remark), chosen.plan, chosen.words)
    raise ValueError(f"no plan {chosen.plan} can be made")


def _remark(title: str, words: str, found: Mending) -> str:
    lines = [title, words]
    if found.settings:
        lines.append(f"with {', '.join(found.settings)}")
    return "\n".join(line.replace("\n", " ") for line in lines)


def _choose(found: Mending, take: str | None) -> NumberMend | StructureMend:
    names = names_of_mends(found) if found.answer is not Answer.HOLDS else []
    if take is None:
        take = names[0] if names else ""
    for number in found.numbers if names else ():
        if number.holds_at is not None and take in (number.short, number.path):
            return number
    for structure in found.structures:
        if structure.answer is Answer.HOLDS and take in (structure.name, structure.plan):
            return structure
    if found.answer is Answer.HOLDS:
        raise DetenteError(
            Problem("E384", f"'{found.plan}' holds as it is: there is nothing to mend",
                    remedy="leave --write out")
        )  # fmt: skip
    if not names:
        raise DetenteError(
            Problem("E384", f"nothing was found that makes '{found.plan}' hold: nothing to write",
                    remedy="try a milder question: another --reading, or --set what can be had")
        )  # fmt: skip
    near = nearest(take, names)
    shown = listed(names[:MOST_LISTED]) + (", ..." if len(names) > MOST_LISTED else "")
    raise DetenteError(
        Problem("E384", f"'{take}' is none of the mends that were found",
                remedy=(f"did you mean '{near}'? " if near else "") + f"there are: {shown}")
    )  # fmt: skip
