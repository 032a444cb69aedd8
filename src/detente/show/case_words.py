"""What the library of cases says, in words: the same in the terminal, on pages and in Python."""

from __future__ import annotations

from detente.ask.casebook import CaseRow, CaseTable, Score, Word
from detente.ask.sweeping.answer import Outcome, Share
from detente.scenario.history import SETTLED, Fate
from detente.show.sweep_words import percent, with_interval
from detente.show.words import count, joined

CAUTION = (
    "A handful of cases that somebody picked by hand is an illustration, not a test of the model:"
    " how they ended was known before they were chosen, and every judged number could have been"
    " chosen otherwise."
)
RULE = (
    "The rule was fixed before anything was computed. The model says *holds by itself* where no"
    " party would gain by a breach at the file's own values, by return to no deal or by the"
    " responses as written; *does not hold by itself* where neither suffices, whatever harsher"
    " threats could do; *nothing claimed* where that is undecided. History says *kept* where every"
    " party did what the plan asks until its agreed end, or until the day of writing; *broken*"
    " where somebody stopped doing it, or never began, before its end, whoever's fault it was;"
    " *unclear* where sources disagree. A **hit** is holds and kept, or does not hold and broken; a"
    " **miss** is the other way round. What is unclear, invented, or not claimed counts as"
    " **neither**."
)
MODEL_WORDS = {
    Word.HOLDS: "holds by itself",
    Word.BREAKS: "does not hold by itself",
    Word.OPEN: "nothing claimed",
}
SCORE_WORDS = {Score.HIT: "hit", Score.MISS: "MISS", Score.NEITHER: "neither"}


def say_model(row: CaseRow) -> str:
    """Say what the model says at the values, and where it breaks."""
    text = MODEL_WORDS[row.says]
    if row.says is Word.BREAKS and row.breaks_at:
        text += f": {_say_step(row.breaks_at)} ({row.breaks_by})"
    return text


def say_beyond(row: CaseRow) -> str:
    """Say what harsher threats than the plan's own would do; empty where it holds anyway."""
    if row.says is Word.HOLDS:
        return ""
    return {
        Outcome.HOLDS: "",
        Outcome.CAN_HOLD: "Harsher threats than its own, or the best continuation of what it leaves"
        " open, could hold it.",
        Outcome.FAILS: "No threat that anybody would carry out could hold it.",
        Outcome.UNDECIDED: "Whether harsher threats could hold it needs the payoff sets, which are"
        " not computed here.",
    }[row.beyond]


def say_history(row: CaseRow) -> str:
    """Say what history did."""
    if row.fate is None:
        return "invented: has not happened"
    if row.fate is not Fate.BROKEN:
        return str(row.fate)
    who = f" ({joined(list(row.left_by))})" if row.left_by else " (contested by whom)"
    return f"broken {row.year}: {_say_step(row.step)}{who}"


def say_ranges(row: CaseRow) -> str:
    """Say how much of the ranges speaks for the plan."""
    return "not swept" if row.holds is None else f"holds in {with_interval(row.holds)}"


def say_share(share: Share | None) -> str:
    """Write a share, or a dash where it has no meaning."""
    return "–" if share is None else with_interval(share)


def say_unclaimed(row: CaseRow) -> str:
    """Write the share of the samples in which nothing is claimed."""
    if row.holds is None or row.breaks is None:
        return "–"
    return percent(max(0.0, 1 - row.holds.share - row.breaks.share))


def say_closer(row: CaseRow) -> str:
    """Say whether step and party agree, where both say that it breaks; else empty."""
    if row.same_step is None:
        return ""
    text = "In the model it breaks at "
    text += "the same step as in history" if row.same_step else "another step than in history"
    if row.same_party is not None:
        text += ", by the same party" if row.same_party else ", by another party"
    return f"{text}."


def sum_up(table: CaseTable) -> tuple[str, ...]:
    """Sum the table up in sentences: hits, misses, and what a guess would have done."""
    lines = [
        f"Of {count(len(table.rows), 'case')}, the model's word at the values agrees with history"
        f" in {table.hits} and disagrees in {table.misses}; {table.neither}"
        f" {'counts' if table.neither == 1 else 'count'} as neither."
    ]
    counted = [row for row in table.rows if row.score is not Score.NEITHER]
    broken = sum(row.fate is Fate.BROKEN for row in counted)
    if counted:
        lines.append(
            f"Of the {len(counted)} that {'counts' if len(counted) == 1 else 'count'}, {broken}"
            f" {'was' if broken == 1 else 'were'} broken in the end: who had said"
            f" 'broken' of all of them without any model would have agreed in {broken}."
        )
    return (*lines, CAUTION)


def _say_step(step: str) -> str:
    return "after the last step" if step == SETTLED else f"at step '{step}'"
