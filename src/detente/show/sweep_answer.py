"""The answer to a sweep as Python readers meet it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.ask.sweeping.answer import PlanSweep, Sweep
from detente.show.notebook import render_html
from detente.show.sweep_json import sweep_as_json
from detente.show.sweep_terminal import render_sweep
from detente.show.sweep_words import holding_share, plan_sentences
from detente.show.terminal import print_plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, repr=False)
class SweepAnswer:
    """The answer to `Case.sweep`; prints and displays as in a terminal."""

    record: Sweep

    @property
    def plans(self) -> tuple[PlanSweep, ...]:
        """What came out, one a plan."""
        return self.record.plans

    def plan(self, name: str) -> PlanSweep:
        """Give what came out for one plan."""
        for each in self.plans:
            if each.plan == name:
                return each
        raise KeyError(name)

    def sentences(self, name: str) -> tuple[str, ...]:
        """Give what came out for one plan, in sentences."""
        return plan_sentences(self.record, self.plan(name))

    def to_pandas(self) -> pd.DataFrame:
        """Give the shares of all plans as a `pandas.DataFrame`, a row a plan and outcome."""
        import pandas as pd  # noqa: PLC0415  (an extra)

        return pd.DataFrame(list(self._rows()))

    def _rows(self) -> Iterator[dict[str, Any]]:
        for plan in self.plans:
            shares = {"holds": plan.holds, "can-hold": plan.can_hold, "fails": plan.fails,
                      "undecided": plan.undecided}  # fmt: skip
            for outcome, share in shares.items():
                yield {
                    "plan": plan.plan,
                    "outcome": outcome,
                    "count": share.count,
                    "share": share.share,
                    "low": share.low,
                    "high": share.high,
                }

    def to_dict(self) -> dict[str, Any]:
        """Give what ``sweep --json`` prints."""
        return sweep_as_json(self.record)

    def __repr__(self) -> str:
        judged = self.record.done - self.record.failed
        shares = ", ".join(f"{each.plan} {holding_share(each, judged)}" for each in self.plans)
        return f"<SweepAnswer {self.record.title!r}: {self.record.done:,} samples; holds: {shares}>"

    def __str__(self) -> str:
        return print_plain(render_sweep(self.record))

    def _repr_html_(self) -> str:
        return render_html(render_sweep(self.record))
