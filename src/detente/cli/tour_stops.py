"""What the tour shows, stop by stop. No answer stands here: each is computed when it is shown."""

from __future__ import annotations

from dataclasses import dataclass

CASE = "singapore-2018"


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the tour.

    Attributes
    ----------
    title : a few words
    words : paragraphs before anything is run
    command : what to run, as after ``detente``; ``{chance}`` is the chance that the reader chose
    until : the output is shown up to the line that begins so; empty: all of it
    ask : a question about the plan that is put first: does it hold?
    choose : how to ask for the chance; empty where there is none to choose
    default : the chance, in per cent, where the reader does not choose
    after : paragraphs after the output
    lines_of : show this section of the case's file instead of running a command
    """

    title: str
    words: tuple[str, ...]
    command: tuple[str, ...] = ()
    until: str = ""
    ask: str = ""
    choose: str = ""
    default: int = 0
    after: tuple[str, ...] = ()
    lines_of: str = ""


STOPS = (
    Stop(
        "One question",
        (
            "Detente answers one question: will an agreement between parties who do not trust each "
            "other hold?",
            "The example is the Singapore summit of June 2018. The United States wants North Korea "
            "to disarm, completely, verifiably and irreversibly. North Korea wants sanctions "
            "lifted, and a guarantee that it can rely on.",
            "Two orders of the same steps are on the table. disarm-first: everything is given up, "
            "then rewarded. phased: step against step.",
            "The tour takes five minutes. Nothing on this machine is changed.",
        ),
    ),
    Stop(
        "A proposal is one readable file",
        (
            "Who the parties are, what can change, what each side values, which plans there are: "
            "all of it stands in one file. This is what it says about inspectors (its remarks left "
            "out):",
        ),
        lines_of="inspection",
        after=(
            "70% (40% to 90%) @judgement: the value, how far it may be off, and where it comes "
            "from. Nobody reported this number, so the file says that it was judged.",
        ),
    ),
    Stop(
        "Does it hold?",
        (
            "Both sides have signed the phased plan. From then on each may break its word at any "
            "step, whenever that pays. If it does, the other side goes back to what it would do "
            "without any deal.",
        ),
        ask="Will both keep the phased plan to its end?",
        command=("check", CASE, "--plan", "phased", "--reading", "no-deal"),
        until="what follows a",
        after=(
            "The numbers are margins: what a party gains, in its own points a year, by keeping "
            "its word at that step. Where one is negative, the plan breaks.",
        ),
    ),
    Stop(
        "Why?",
        ("Every margin can be taken apart. The terms lead back to lines of the file:",),
        command=("explain", CASE, "--plan", "phased", "--step", "finish", "--party", "us"),
        until="Sources:",
        after=("The differences add up to the margin. Read the largest ones first.",),
    ),
    Stop(
        "Change a number",
        (
            "Perhaps better inspectors would mend it? Any number of the file can be changed for "
            "one question, with --set.",
        ),
        choose="How often should inspectors catch hidden weapons? Per cent, 0 to 100",
        default=95,
        ask="Will the phased plan hold now?",
        command=(
            "check", CASE, "--plan", "phased", "--reading", "no-deal",
            "--set", "inspectors.catches={chance}%",
        ),
        until="what follows a",
        after=("Compare the table with the one before: which margins have moved?",),
    ),
    Stop(
        "What would mend it?",
        (
            "Instead of guessing, ask. mend looks for the smallest change of each number that "
            "makes a plan hold, and checks it on both sides. Here for two numbers only:",
        ),
        command=(
            "mend", CASE, "--plan", "phased",
            "--number", "us.peace.treaty", "--number", "inspectors.catches",
        ),
        until="A plan holds here",
    ),
    Stop(
        "Is the other side serious?",
        (
            "One who only plays for time can behave like one who means it, for a while. The file "
            "describes a serious and a stalling North Korea. What would each do?",
        ),
        command=("screen", CASE, "--plan", "phased", "--party", "dprk"),
        until="Types \N{BOX DRAWINGS LIGHT HORIZONTAL}",
    ),
    Stop(
        "Your own agreement",
        (
            "These are the templates, complete scenarios to change:",
        ),
        command=("new",),
        after=(
            "Other questions: compare (which plan is better, and for whom), design (is there any "
            "plan that holds), sweep (how much rests on guessed numbers), check --report (a page "
            "to hand out), check --proof (for those who believe nothing). Each explains itself "
            "with --help.",
            "Remember what an answer is: what follows from the numbers in the file, never that "
            "they are true.",
        ),
    ),
)  # fmt: skip
