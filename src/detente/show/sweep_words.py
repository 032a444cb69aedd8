"""What a sweep says, in sentences: the same in the terminal, in JSON and in the report."""

from __future__ import annotations

import math

from detente.ask.sweeping.answer import Box, Outcome, PlanSweep, Share, Sweep, Threshold
from detente.ask.verdict import Reading
from detente.scenario.settings import OPTIONAL_WORDS
from detente.show.words import count, joined, quantity

MIN_DENSITY = 0.5  # of a box that is called where something mostly happens
MIN_BETTERED = 0.25  # of the other samples that a box must leave out, against all samples
MAX_EFFECTS = 3
MIN_EFFECT = 0.02
OUTCOME_WORDS = {
    Outcome.HOLDS: "holds",
    Outcome.CAN_HOLD: "can hold, under harsher threats than its own",
    Outcome.FAILS: "fails",
    Outcome.UNDECIDED: "undecided",
}


def short_name(path: str) -> str:
    """Give a number's path without the words that may be left out.

    Examples
    --------
    >>> short_name("ladders.arsenal.levels.half.undo")
    'arsenal.half.undo'
    """
    words = path.split(".")
    kept = [word for word in words if word not in OPTIONAL_WORDS]
    return ".".join(kept or words)


def percent(share: float) -> str:
    """Write a share in whole percent; what is not nothing (or all) is not called so.

    Examples
    --------
    >>> percent(0.614), percent(0.001), percent(0.0), percent(0.999), percent(1.0)
    ('61%', '<1%', '0%', '>99%', '100%')
    """
    if math.isnan(share):
        return "unknown"
    whole = round(100 * share)
    if whole == 0 and share > 0:
        return "<1%"
    if whole == 100 and share < 1:
        return ">99%"
    return f"{whole}%"


def with_interval(share: Share) -> str:
    """Write a share with its confidence interval.

    Examples
    --------
    >>> with_interval(Share(61, 0.61, 0.589, 0.634))
    '61% (59 to 63)'
    """
    return f"{percent(share.share)} ({round(100 * share.low)} to {round(100 * share.high)})"


def plan_sentences(sweep: Sweep, plan: PlanSweep) -> tuple[str, ...]:
    """Give what came out for a plan, in sentences: the answer first."""
    judged = sweep.done - sweep.failed
    if judged == 0:
        return ("No sample could be judged.",)
    said = [_headline(plan, judged), *_known(sweep, plan, judged)]
    said += _by_what(plan)
    said += _otherwise(sweep, plan)
    box = _telling_box(plan)
    if box is not None:
        what = "it does not hold" if not box.holds else "it holds"
        said.append(
            f"These thresholds were found on one half of the samples; on the other they take in"
            f" {percent(box.coverage)} of those in which {what}, and in {percent(box.density)} of"
            f" all that they take in, {what}."
        )
    strong = [each for each in plan.effects if each.index - each.error >= MIN_EFFECT]
    if strong:
        names = [f"{short_name(e.path)} {percent(e.index)}" for e in strong[:MAX_EFFECTS]]
        said.append(f"Of whether it holds or not, each alone explains: {joined(names)}.")
    return tuple(said)


def _headline(plan: PlanSweep, judged: int) -> str:
    holds = with_interval(plan.holds) if _open(plan, judged) == 0 else holding_share(plan, judged)
    text = f"Holds in {holds} of {count(judged, 'sample')}"
    box = _telling_box(plan)
    if box is None:
        return f"{text}."
    verb = "holds" if box.holds else "fails"
    own = " by itself" if not box.holds and plan.can_hold.count + plan.undecided.count else ""
    mostly = "mostly" if box.coverage >= MIN_DENSITY else "often"
    when = joined([say_threshold(each) for each in box.thresholds])
    return f"{text}; {verb}{own} {mostly} when {when}."


def holding_share(plan: PlanSweep, judged: int) -> str:
    """Write the share that holds by itself; from the least to the most where it is not known."""
    open_ = _open(plan, judged)
    least = percent(plan.holds.share)
    if open_ == 0:
        return least
    return f"{least} to {percent((plan.holds.count + open_) / judged)}"


def _open(plan: PlanSweep, judged: int) -> int:
    """Give of how many samples it is not known whether the plan holds by itself."""
    return judged - plan.holds.count - plan.not_by_itself.count


def _known(sweep: Sweep, plan: PlanSweep, judged: int) -> list[str]:
    """Say what is known, where that is not whether it holds in every sample."""
    open_ = _open(plan, judged)
    if open_ == 0:
        return []
    if sweep.readings == (Reading.HARSHEST,):
        why = "that takes the payoff sets"
    else:
        why = "no stable way to behave without a deal was found, so that nothing is claimed"
    return [
        f"It is known to hold in {with_interval(plan.holds)}, and not to hold by itself in"
        f" {with_interval(plan.not_by_itself)}; in {percent(open_ / judged)} {why}."
    ]


def _telling_box(plan: PlanSweep) -> Box | None:
    """Give the box worth telling of: of what is rarer, where it says enough of that.

    Inside it such samples must be in the majority, and the others fewer than they are elsewhere by
    a good part: where nearly everything fails, it fails in any box.
    """
    known = plan.holds.count + plan.not_by_itself.count
    holding = plan.holds.count / known if known else 0.0
    for box in sorted(plan.boxes, key=lambda each: each.holds is (holding > 0.5)):
        usual = holding if box.holds else 1 - holding
        bettered = (box.density - usual) / (1 - usual) if usual < 1 else 0.0
        if box.density >= MIN_DENSITY and box.coverage > 0 and bettered >= MIN_BETTERED:
            return box
    return None


def say_threshold(threshold: Threshold) -> str:
    """Write one threshold, rounded to what a reader can use.

    Examples
    --------
    >>> from detente.scenario.model import Unit
    >>> say_threshold(Threshold("inspection.inspectors.catches", Unit.CHANCE, True, 0.6123))
    'inspectors.catches is under 61%'
    """
    side = "under" if threshold.under else "over"
    return f"{short_name(threshold.path)} is {side} {say_value(threshold)}"


def say_value(threshold: Threshold) -> str:
    """Write a threshold's value with two or three digits, in its unit."""
    value = threshold.value
    digits = 2 if 0.1 <= abs(value) < 1 else 3
    return quantity(float(f"{value:.{digits}g}"), threshold.unit)


def _by_what(plan: PlanSweep) -> list[str]:
    """Say which reading suffices, where several could."""
    own = [(r, s) for r, s in plan.by_mildest if r is not Reading.HARSHEST]
    parts = [(reading, share) for reading, share in own if share.count]
    if len(parts) < 2:
        return []
    said = [f"{percent(share.share)} {_by_reading(reading)}" for reading, share in parts]
    return [f"Of all: {joined(said)}."]


def _by_reading(reading: Reading) -> str:
    return "by return to no deal" if reading is Reading.NO_DEAL else "only as written"


def _otherwise(sweep: Sweep, plan: PlanSweep) -> list[str]:
    """Say what becomes of the samples in which it does not hold by itself."""
    judged = sweep.done - sweep.failed
    if plan.holds.count == judged:
        return []
    harsher = Reading.HARSHEST in sweep.readings and len(sweep.readings) > 1
    if not harsher:
        if _open(plan, judged):
            return []  # said already
        parts = [f"fails in {percent(plan.fails.share)}"]
        if plan.undecided.count:
            parts.append(f"undecided in {percent(plan.undecided.share)}")
        return [f"It {joined(parts)}."]
    said = []
    if _open(plan, judged) == 0:
        said.append(f"It does not hold by itself in {with_interval(plan.not_by_itself)}.")
    text = (
        f"Harsher threats than its own could hold it in {percent(plan.can_hold.share)} of all,"
        f" nothing could in {percent(plan.fails.share)}"
    )
    if plan.undecided.count:
        text += f", and {percent(plan.undecided.share)} are undecided"
    return [" ".join([*said, f"{text}."])]
