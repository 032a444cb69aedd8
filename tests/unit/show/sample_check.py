# ruff: noqa: E501  (sentences stand on one line each)
"""A hand-made scenario and its check: what the terminal and the report are tried on.

Two plans, two parties, five steps, three readings. ``disarm-first`` fails under all of them,
``phased`` needs its written responses. The title tries to inject a script.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    Margin,
    NoDeal,
    Opening,
    PayoffPicture,
    Reading,
    ReadingResult,
    Sizes,
    StatementResult,
    StepMove,
    Verdict,
)
from detente.errors import Place
from detente.scenario.model import (
    Citation,
    Formula,
    Ladder,
    Level,
    MustHold,
    Node,
    Op,
    Party,
    Payoffs,
    PayoffTerm,
    Plan,
    Quantity,
    Response,
    Scenario,
    Source,
    Step,
    Trigger,
    Unit,
)
from detente.solve.solution import Status

FILE = "northland.yaml"
TITLE = 'Northland <script>alert("x")</script> & the Coalition'
PARTIES = ("northland", "coalition")
PARTY_NAMES = (
    "The Democratic Federation of Northland and its Overseas Territories",
    "Coalition <b>",
)
STEP_IDS = (
    "freeze-all-production-sites-and-declare-them",
    "ease",
    "halve",
    "inspect",
    "dismantle",
    "settled",
)
TEXT = f"title: '{TITLE}'\nclock: 6 months\n" + "\n".join(f"# line {n}" for n in range(3, 60))


def place(line: int) -> Place:
    """Give a place in the sample's file."""
    return Place(FILE, line, 3, 5)


def _number(
    path: str,
    value: float,
    unit: Unit,
    low: float | None,
    high: float | None,
    source: str,
    line: int,
) -> Quantity:
    citations = (Citation(*source.split(":")),) if source else ()
    return Quantity(path, value, unit, low, high, citations, "", place(line))


def sample_scenario() -> Scenario:
    """Build the scenario of the sample check."""
    quantities = (
        _number("clock", 0.5, Unit.YEARS, None, None, "", 2),
        _number("parties.northland.patience", 0.85, Unit.PATIENCE, 0.75, 0.95, "analyst", 5),
        _number("parties.coalition.patience", 0.9, Unit.PATIENCE, None, None, "analyst", 6),
        _number("ladders.arsenal.levels.half.undo", 2.0, Unit.YEARS, 1.0, 4.0, "agency:p2", 10),
        _number("ladders.arsenal.levels.none.undo", float("inf"), Unit.YEARS, 4.0, float("inf"), "analyst", 11),
        _number("inspection.inspectors.catches", 0.7, Unit.CHANCE, 0.5, 0.85, "agency:p4", 20),
        _number("governments.coalition.turnover", 0.12, Unit.RATE, 0.05, 0.2, "polls", 25),
        _number("payoffs.northland.sanctions.full", -100.0, Unit.NUMBER, None, None, "", 30),
        _number("payoffs.northland.sanctions.eased", -55.0, Unit.NUMBER, -70.0, -40.0, "analyst", 30),
        _number("payoffs.coalition.arsenal.full", -100.0, Unit.NUMBER, -120.0, -80.0, "missing", 34),
        _number("if_broken.by_northland.for", 5.0, Unit.YEARS, 2.0, 10.0, "agency", 41),
    )  # fmt: skip
    by_path = {each.path: each for each in quantities}
    arsenal = Ladder(
        "arsenal",
        "Northland's arsenal",
        ("northland",),
        (
            Level("full", attributes={}),
            Level("half", by_path["ladders.arsenal.levels.half.undo"]),
            Level("none", by_path["ladders.arsenal.levels.none.undo"]),
        ),
        0,
        note="Counts delivery vehicles, not warheads.",
        citations=(Citation("agency", "p1"),),
        place=place(9),
    )
    sanctions = Ladder(
        "sanctions",
        "sanctions",
        ("coalition",),
        tuple(Level(each) for each in ("beyond", "full", "eased", "none")),
        1,
        place=place(13),
    )
    broken = Response(
        Trigger.BROKEN,
        "northland",
        {"sanctions": 0},
        by_path["if_broken.by_northland.for"],
        place=place(41),
    )
    plans = tuple(
        Plan(
            plan,
            title,
            tuple(
                Step(each, {"arsenal": 1}, note="As announced." if n == 0 else "",
                     citations=(Citation("agency", "p2"),) if n == 0 else (), place=place(45 + n))
                for n, each in enumerate(STEP_IDS[:-1])
            ),
            later_steps_open=False,
            responses={(Trigger.BROKEN, "northland"): broken},
            place=place(44),
        )
        for plan, title in (("disarm-first", "Disarm first"), ("phased", "Phased, reciprocal steps"))
    )  # fmt: skip
    table = Formula(
        "sanctions",
        Node(Op.TABLE, name="sanctions"),
        ("sanctions",),
        (),
        ("payoffs.northland.sanctions.full", "payoffs.northland.sanctions.eased"),
        place(30),
    )
    payoffs = {
        "northland": Payoffs(
            "northland",
            "100 points = one year under full sanctions",
            (PayoffTerm("northland", "sanctions", table),),
        ),
        "coalition": Payoffs("coalition", "100 points = one year facing the full arsenal", ()),
    }
    sources = {
        "analyst": Source("analyst", judgement=True, by="A. Analyst", date="2026-11-21"),
        "agency": Source(
            "agency", title="Annual statement <i>", by="Inspectorate", date="2024-06-30",
            url="https://example.org/a24?x=1&y=2", sha256="ab" * 32,
        ),
        "polls": Source("polls", title="Polling average", url="javascript:alert(1)"),
    }  # fmt: skip
    return Scenario(
        title=TITLE,
        question="Would both governments still want to keep this deal at every step?",
        file=FILE,
        text=TEXT,
        clock=by_path["clock"],
        parties=tuple(
            Party(party, name, by_path[f"parties.{party}.patience"])
            for party, name in zip(PARTIES, PARTY_NAMES, strict=True)
        ),
        ladders=(arsenal, sanctions),
        inspections=(),
        governments=(),
        payoffs=payoffs,
        plans=plans,
        no_deal={},
        must_hold=(
            MustHold(
                {"inspectors.catches": "0%"},
                "phased",
                "fails",
                "nothing else deters hiding weapons",
                place(50),
            ),
        ),
        sources=sources,
        quantities=by_path,
        values={each.path: each.value for each in quantities} | {"inspection.inspectors.catches": 0.6},
        warnings=("line 12: the ladder 'sanctions' gives no undo time",),
    )  # fmt: skip


# Margins per party and step (the last is the settled phase), under the mildest reading.
_NO_DEAL = {
    "disarm-first": {"northland": (-19.04, -42.5, -60.0, 3.0, -0.02, -12.0),
                     "coalition": (31.0, 40.25, 22.0, 12.0, 8.0, 15.5)},
    "phased": {"northland": (14.0, 11.5, 6.0, -4.25, 2.0, 9.0),
               "coalition": (9.0, 3.5, 7.0, 12.0, 1.5, 4.0)},
}  # fmt: skip
_HELP = {Reading.NO_DEAL: 0.0, Reading.WRITTEN: 8.0, Reading.HARSHEST: 15.0}


def _margins(plan: str, reading: Reading) -> tuple[Margin, ...]:
    out = []
    for index, party in enumerate(PARTIES):
        for n, step_id in enumerate(STEP_IDS):
            margin = _NO_DEAL[plan][party][n] + _HELP[reading]
            spread = 1.5 if reading is Reading.HARSHEST else 0.0
            out.append(
                Margin(
                    step=n + 1,
                    step_id=step_id,
                    party=party,
                    party_name=PARTY_NAMES[index],
                    staying=40.0 + n,
                    leaving=40.0 + n - margin,
                    margin=margin,
                    low=margin - spread,
                    high=margin + spread,
                    deviation=(
                        "keeps the arsenal at full and cheats on the inspectors"
                        if party == "northland"
                        else f"takes sanctions back to <{step_id}>"
                    ),
                    state=f"arsenal half, sanctions eased, phase {n}",
                    node=10 * n,
                )
            )
            # A second state of the same step, never the worse one.
            out.append(replace(out[-1], margin=margin + 5, node=10 * n + 1, state="elsewhere"))
    if reading is Reading.WRITTEN:
        out.append(
            Margin(
                2, "ease", "coalition", PARTY_NAMES[1], -80.0, -86.5, 6.5, 6.5, 6.5,
                "lets sanctions stand where they are", "arsenal half, sanctions beyond", 70,
                "after a breach by northland",
            )
        )  # fmt: skip
    return tuple(out)


def _result(plan: str, reading: Reading, answer: Answer) -> ReadingResult:
    margins = _margins(plan, reading)
    negative = [each for each in margins if each.margin < 0]
    breaks_at = min(negative, key=lambda m: (m.step, m.margin)) if answer is Answer.FAILS else None
    return ReadingResult(
        reading=reading,
        opening=Opening.NO_DEAL,
        answer=answer,
        margins=margins,
        carries_to=len(STEP_IDS) if breaks_at is None else breaks_at.step - 1,
        breaks_at=breaks_at,
        status=Status.CONVERGED,
        gap=1.5 if reading is Reading.HARSHEST else 0.0,
        by="payoff sets" if reading is Reading.HARSHEST else "policy evaluation",
    )


def _entries(plan: str) -> tuple[Entry, ...]:
    gain = {"disarm-first": -6.0, "phased": 14.5}[plan]
    return tuple(
        Entry(n + 1, step_id, party, name, -70.0 + gain + 5 * n, -70.0)
        for party, name in zip(PARTIES, PARTY_NAMES, strict=True)
        for n, step_id in enumerate(STEP_IDS)
    )


def _moves() -> tuple[StepMove, ...]:
    words = (
        "Northland freezes the arsenal (half); the Coalition pledges not to attack, which takes effect six months later",
        "the Coalition eases sanctions, after Northland",
        "Northland halves the arsenal",
        "nobody moves",
        "Northland dismantles the arsenal; the Coalition lifts the sanctions",
    )  # fmt: skip
    return tuple(StepMove(n + 1, STEP_IDS[n], each, place(45 + n)) for n, each in enumerate(words))


def sample_verdicts() -> tuple[Verdict, Verdict]:
    """Build a verdict that fails under every reading, and one that holds as written."""
    fails = Verdict(
        plan="disarm-first",
        title="Disarm first",
        answer=Answer.FAILS,
        mildest=None,
        results=tuple(_result("disarm-first", each, Answer.FAILS) for each in Reading),
        entries=_entries("disarm-first"),
        moves=_moves(),
        sentence=(
            "disarm-first carries to step 0; at step 1 'freeze' Northland would walk away: staying 40, "
            "leaving 59, short by 19 points a year; no response that it would itself want to carry out deters this."
        ),
        reasons=(
            "Once the arsenal is gone nothing can be taken back, so the Coalition has no reason to lift the rest; "
            "foreseeing that, Northland does not take the last step.",
            "Northland would not sign: the plan is worth 6 points a year less to it than no deal.",
        ),
        n_nodes=42,
        exit_code=1,
    )  # fmt: skip
    holds = Verdict(
        plan="phased",
        title="Phased, reciprocal steps",
        answer=Answer.HOLDS,
        mildest=Reading.WRITTEN,
        results=(
            _result("phased", Reading.NO_DEAL, Answer.FAILS),
            _result("phased", Reading.WRITTEN, Answer.HOLDS),
            _result("phased", Reading.HARSHEST, Answer.HOLDS),
        ),
        entries=_entries("phased"),
        moves=_moves(),
        sentence="phased holds as written: each party keeps it at every step, given the responses in the file.",
        reasons=("By itself it carries to step 3; the written responses do the rest.",),
        n_nodes=57,
        exit_code=0,
    )  # fmt: skip
    return fails, holds


def sample_picture() -> PayoffPicture:
    """Build a payoff-set picture whose bounds have not met."""
    return PayoffPicture(
        parties=PARTIES,
        feasible=np.array([[-140.0, -60.0], [-20.0, -110.0], [40.0, -40.0], [10.0, 20.0], [-90.0, 30.0]]),
        outer=np.array([[-95.0, -60.0], [-20.0, -75.0], [12.0, -30.0], [0.0, 8.0], [-60.0, 12.0]]),
        inner=np.array([[-90.0, -55.0], [-22.0, -70.0], [8.0, -30.0], [-2.0, 4.0], [-58.0, 8.0]]),
        no_deal=np.array([-70.0, -48.0]),
        plans=(("disarm-first", -76.0, -30.0), ("phased", -55.5, -30.5)),
        status=Status.ITERATION_LIMIT,
        gap=5.25,
    )  # fmt: skip


def sample_check(picture: PayoffPicture | None = None) -> Check:
    """Build the sample check (with the sample picture where none is given)."""
    return Check(
        title=TITLE,
        file=FILE,
        parties=PARTIES,
        party_names=PARTY_NAMES,
        scales=(
            "100 points = one year under full sanctions",
            "100 points = one year facing the full arsenal",
        ),
        settings=("inspectors.catches=60%",),
        no_deal=NoDeal(
            words=(
                "Without a deal nobody moves.",
                "Once disarmed and reassured, the Coalition would restore sanctions and Northland would rearm.",
            ),
            values=np.array([-70.0, -48.0]),
            found=True,
            several=True,
            warnings=("Another equilibrium was found from another starting point.",),
        ),
        verdicts=sample_verdicts(),
        statements=(
            StatementResult(
                "phased with inspectors.catches = 0%",
                "nothing else deters hiding weapons",
                "fails",
                "holds",
                place(50),
            ),
        ),
        warnings=("The Coalition would lift sanctions without any deal: this concession is free.",),
        sizes=Sizes(states=96, profiles=864, entries=4120),
        seconds=0.4,
        picture=picture or sample_picture(),
    )  # fmt: skip
