"""What `mend` found, in sentences; the most useful first."""

from __future__ import annotations

from dataclasses import replace

from detente.ask.mending.records import Mending, NumberMend, StructureMend
from detente.ask.verdict import Answer

MOST_NAMED = 3


def sum_up_mending(found: Mending) -> Mending:
    """Give the answer with its sentences."""
    said = _holds_already(found) if found.answer is Answer.HOLDS else _mends(found)
    return replace(found, sentences=tuple(said))


def readings_words(found: Mending) -> str:
    """Name the readings that suffice."""
    return " or ".join(reading.words for reading in found.readings)


def say_change(each: NumberMend) -> str:
    """Say a change with what was verified on both sides.

    Such as: inspectors.catches 70% -> 81%: 81% holds, 80% fails.
    """
    if each.holds_at is None or each.fails_at is None:
        return f"{each.short}: no value is enough"
    words = "fails" if each.fails_at.answer is Answer.FAILS else "is undecided"
    return (
        f"{each.short} {each.text} -> {each.holds_at.text}:"
        f" {each.holds_at.text} holds, {each.fails_at.text} {words}"
    )


def _holds_already(found: Mending) -> list[str]:
    said = [f"{found.plan} holds as it is ({readings_words(found)}); nothing needs mending."]
    near = [each for each in found.numbers if each.fails_at is not None]
    ranged = [each for each in near if _fails_in_range(each)]
    if ranged:
        named = "; ".join(_say_break(each) for each in ranged[:MOST_NAMED])
        said.append(f"Within the stated ranges, alone, it would no longer hold at: {named}.")
    else:
        said.append("No number alone breaks it within its stated range.")
    return said


def _fails_in_range(each: NumberMend) -> bool:
    if each.fails_at is None or each.low is None or each.high is None:
        return False
    return each.low <= each.fails_at.value <= each.high


def _say_break(each: NumberMend) -> str:
    if each.fails_at is None or each.holds_at is None:
        return each.short
    unsure = ", where it is undecided" if each.fails_at.answer is Answer.UNDECIDED else ""
    return f"{each.short} {each.fails_at.text}{unsure} ({each.holds_at.text} still holds)"


def _mends(found: Mending) -> list[str]:
    worst = found.today
    where = ""
    if worst is not None:
        step = "the settled phase" if worst.step_id == "settled" else f"step {worst.step}"
        where = f": {found.parties[worst.party]} lacks {-worst.margin:.3g} points a year at {step}"
    verb = "does not hold" if found.answer is Answer.FAILS else "is undecided"
    said = [f"{found.plan} {verb} as it is ({readings_words(found)}){where}."]
    within = [each for each in found.numbers if each.in_range]
    beyond = [each for each in found.numbers if each.holds_at is not None and not each.in_range]
    if within:
        said.append(f"Smallest changes of one number: {_listed(within)}.")
    elif beyond:
        said.append(
            "No number alone is enough within its stated range. Beyond the ranges:"
            f" {_listed(beyond)}."
        )
    else:
        said.append(f"{_none_of(found)}{_best(found)}")
    negotiable = [each for each in found.numbers if each.kind.value == "negotiable"]
    if (within or beyond) and negotiable and not any(each.holds_at for each in negotiable):
        said.append("None of the clauses (times, responses, inspection) is enough alone.")
    said += _structures(found.structures, len(found.structures))
    return said


def _none_of(found: Mending) -> str:
    """Say that nothing is enough, and of how many numbers that is said."""
    unsure = sum(each.undecided > 0 for each in found.numbers)
    some = f" (for {unsure} of them some values are undecided)" if unsure else ""
    if len(found.numbers) == 1:
        some = " (some values are undecided)" if unsure else ""
        return f"{found.numbers[0].short} alone is not enough, whatever its value{some}."
    return f"None of {len(found.numbers)} numbers is enough alone, whatever its value{some}."


def _best(found: Mending) -> str:
    known = [each for each in found.numbers if each.best is not None and each.matters]
    if not known:
        return ""
    best = max(known, key=lambda each: each.best.units if each.best is not None else 0.0)
    if best.best is None or found.today is None or best.best.units <= found.today.units:
        return ""
    return (
        f" The most is done by {best.short} at {best.best_at.text}:"
        f" {found.parties[best.best.party]} then lacks {-best.best.margin:.3g} points a year."
    )


def _listed(numbers: list[NumberMend]) -> str:
    more = len(numbers) - MOST_NAMED
    words = "; ".join(say_change(each) for each in numbers[:MOST_NAMED])
    return words + (f"; and {more} more" if more > 0 else "")


def _structures(structures: tuple[StructureMend, ...], tried: int) -> list[str]:
    good = [each for each in structures if each.answer is Answer.HOLDS]
    if good:
        named = "; ".join(each.words for each in good[:MOST_NAMED])
        more = len(good) - MOST_NAMED
        return [f"Another order or clause is enough: {named}"
                + (f"; and {more} more." if more > 0 else ".")]  # fmt: skip
    if tried:
        return [f"None of {tried} other orders and clauses that were tried is enough."]
    return []
