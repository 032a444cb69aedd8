"""Hand-made answers, so that what is shown can be tested without a solver."""

from __future__ import annotations

import numpy as np

from detente.ask.explanation import Explanation, TermRow
from detente.ask.verdict import (
    Answer,
    Check,
    Entry,
    Margin,
    NoDeal,
    Opening,
    Reading,
    ReadingResult,
    Sizes,
    StatementResult,
    StepMove,
    Verdict,
)
from detente.errors import Place
from detente.scenario.model import Citation, Quantity, Unit
from detente.solve.solution import Status

PARTIES = ("us", "dprk")
NAMES = {"us": "United States", "dprk": "North Korea"}
FILE = "singapore-2018.yaml"


def make_margin(
    step: int,
    party: str,
    margin: float,
    *,
    step_id: str = "freeze",
    staying: float = 212.0,
    half_width: float = 0.0,
    in_response: str = "",
) -> Margin:
    return Margin(
        step=step,
        step_id=step_id,
        party=party,
        party_name=NAMES[party],
        staying=staying,
        leaving=staying - margin,
        margin=margin,
        low=margin - half_width,
        high=margin + half_width,
        deviation="keep sanctions at maximum",
        state="today",
        node=step,
        in_response=in_response,
    )


MARGINS = (
    make_margin(1, "us", 12.34),
    make_margin(1, "dprk", 4.0),
    make_margin(2, "us", -19.04, step_id="dismantle"),
    make_margin(2, "dprk", 0.0031, step_id="dismantle"),
    make_margin(3, "us", 6.0, step_id="settled"),
    make_margin(3, "dprk", 8.0, step_id="settled"),
)


def make_result(
    reading: Reading = Reading.NO_DEAL,
    answer: Answer = Answer.FAILS,
    *,
    margins: tuple[Margin, ...] = MARGINS,
    carries_to: int = 1,
    status: Status = Status.CONVERGED,
    gap: float = 0.0,
    by: str = "policy evaluation",
    opening: Opening = Opening.NO_DEAL,
) -> ReadingResult:
    breaks = next((m for m in margins if m.margin < 0), None)
    return ReadingResult(
        reading=reading,
        opening=opening,
        answer=answer,
        margins=margins,
        carries_to=carries_to,
        breaks_at=breaks if answer is Answer.FAILS else None,
        status=status,
        gap=gap,
        by=by,
    )


def make_verdict(
    plan: str = "phased",
    answer: Answer = Answer.FAILS,
    results: tuple[ReadingResult, ...] | None = None,
    exit_code: int = 1,
    sentence: str = "",
) -> Verdict:
    holding = tuple(m for m in MARGINS if m.margin >= 0)
    return Verdict(
        plan=plan,
        title="Phased, reciprocal steps",
        answer=answer,
        mildest=None,
        results=results
        or (
            make_result(),
            make_result(
                Reading.WRITTEN,
                margins=(*MARGINS, make_margin(1, "dprk", -2.5, in_response="if_broken by_us")),
            ),
            make_result(
                Reading.HARSHEST,
                Answer.UNDECIDED,
                margins=holding,
                status=Status.ITERATION_LIMIT,
                gap=1.25,
                by="payoff sets",
            ),
        ),
        entries=(
            Entry(1, "freeze", "us", NAMES["us"], 231.0, 200.0),
            Entry(2, "dismantle", "us", NAMES["us"], 190.0, 200.0),
            Entry(1, "freeze", "dprk", NAMES["dprk"], 40.0, 44.5),
        ),
        moves=(
            StepMove(1, "freeze", "arsenal to most, sanctions to partial", Place(FILE, 40, 5)),
            StepMove(
                2,
                "dismantle",
                "arsenal to none, sanctions lifted, guarantee to unprecedented",
                Place(FILE, 41, 5),
            ),
            StepMove(3, "settled", "everything stays", None),
        ),
        sentence=sentence
        or (
            f"{plan} CARRIES TO step 1; at step 2 'dismantle' the United States would walk away: "
            "staying 212, leaving 231, short by 19 points a year."
        ),
        reasons=("Once the arsenal is gone nothing can be taken back.",),
        n_nodes=17,
        exit_code=exit_code,
    )


def make_check(
    verdicts: tuple[Verdict, ...] | None = None,
    statements: tuple[StatementResult, ...] = (),
) -> Check:
    return Check(
        title="Singapore, June 2018",
        file=FILE,
        parties=PARTIES,
        party_names=tuple(NAMES.values()),
        scales=(
            "100 points = one year facing the full arsenal",
            "100 points = one year under maximum sanctions",
        ),
        settings=("inspectors.catches=50%",),
        no_deal=NoDeal(
            words=("nobody moves", "once disarmed, North Korea would rearm"),
            values=np.array([-100.0, -60.5]),
            found=True,
            several=True,
            warnings=(),
        ),
        verdicts=verdicts or (make_verdict(),),
        statements=statements,
        warnings=("the United States would lift sanctions without any deal",),
        sizes=Sizes(1200, 9400, 31000),
        seconds=0.124,
    )


STATEMENT = StatementResult(
    words="phased fails when inspectors.catches is 0%",
    because="nothing else deters hiding weapons",
    expected="fails",
    found="holds",
    place=Place(FILE, 90, 5),
)


def make_explanation() -> Explanation:
    quantity = Quantity(
        path="payoffs.us.sanctions.lifted",
        value=-55.0,
        unit=Unit.NUMBER,
        low=-70.0,
        high=-40.0,
        citations=(Citation("report_a", "p2"),),
        text="-55 (-70 to -40) @report_a:p2",
        place=Place(FILE, 33, 20),
    )
    staying = (100.04, 50.04, 61.92)
    leaving = (120.33, 55.33, 55.38)
    rows = tuple(
        TermRow(
            name=name,
            part="value",
            staying=s,
            leaving=t,
            place=Place(FILE, 30 + i, 5),
            line=f"    {name}: -55 (-70 to -40) @report_a:p2",
            quantities=(quantity,) if i == 0 else (),
        )
        for i, (name, s, t) in enumerate(
            zip(("sanctions", "exposure", "one_off guarantee"), staying, leaving, strict=True)
        )
    )
    margin = make_margin(2, "us", sum(staying) - sum(leaving), step_id="dismantle", staying=212.0)
    return Explanation(
        plan="phased",
        reading=Reading.NO_DEAL,
        opening=Opening.NO_DEAL,
        margin=margin,
        prescribed="lift sanctions",
        rows=rows,
        assumptions=(
            "A payoff one year later is worth 90% of the same payoff today to the United States.",
            "One period is 6 months.",
        ),
    )
