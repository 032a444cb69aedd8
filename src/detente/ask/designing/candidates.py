"""Plans that the search found, judged by what judges every plan; only what holds is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from detente.arrays import FloatArray
from detente.ask.designing.exclude import Exclusion, exclude
from detente.ask.designing.goal import Goal
from detente.ask.designing.moves import Moves, list_moves
from detente.ask.designing.records import Basis
from detente.ask.designing.search import Found, Path, search_paths
from detente.ask.designing.stepping import Base, Patient, Stepper, make_base, make_strict
from detente.ask.designing.steps import Responses, make_plan, split_path
from detente.ask.judge import TOL_ZERO, Judged, judge, judge_forgiving
from detente.ask.knowledge import Knower
from detente.ask.sentences import explain_unravelling
from detente.ask.verdict import Answer, Opening, Reading
from detente.scenario.model import Plan
from detente.solve.floors import Extremes

MAX_JUDGED = 64  # plans of one search that are judged
MAX_WRITTEN = 8  # of them as written, which takes longest
MAX_ATTEMPTS = 48
TRUST = (1.0, 0.9, 0.8, 0.6)  # in what waiting is worth, when patient plans are looked for


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plan that holds: its path, and its values float64 (P,) at the start."""

    path: Path
    plan: Plan
    values: FloatArray
    basis: Basis

    @property
    def n_steps(self) -> int:
        """Number of steps of the plan."""
        return len(self.plan.steps)


@dataclass(slots=True)
class Workshop:
    """Searches and judges plans of one scenario.

    Attributes
    ----------
    knower : its scenario must know how long steps may last (`with_periods`)
    responses : what the file says that every plan's breaches and alarms lead to
    """

    knower: Knower
    scales: FloatArray
    responses: Responses
    n_judged: int = 0
    n_confirmed: int = 0
    n_paths: int = 0
    n_labels: int = 0
    complete: bool = True
    _plans: dict[tuple[object, ...], Plan] = field(default_factory=dict)

    def moves(self, goal: Goal) -> Moves:
        """List the moves towards a goal."""
        return list_moves(self.knower.compiled, goal.levels)

    def find(self, moves: Moves, goal: Goal) -> dict[Basis, list[Candidate]]:
        """Find plans that hold, by what makes them hold; harsher readings only where needed."""
        no_deal = self.knower.no_deal.values
        base = self._base(moves, no_deal)
        out: dict[Basis, list[Candidate]] = {}
        strict = self._search(moves, make_strict(base, no_deal), goal)
        out[Basis.NO_DEAL] = self._confirm(moves, strict.paths, Basis.NO_DEAL)
        paths, out[Basis.BEST] = self._find_patient(moves, base, goal, Basis.BEST)
        if not out[Basis.NO_DEAL]:
            paths = [each.path for each in out[Basis.BEST]] or paths
            out[Basis.WRITTEN] = self._confirm(moves, paths[:MAX_WRITTEN], Basis.WRITTEN)
        if not any(out.values()):
            return self.find_threatened(moves, goal)
        return {basis: found for basis, found in out.items() if found}

    def find_threatened(self, moves: Moves, goal: Goal) -> dict[Basis, list[Candidate]]:
        """Find plans that hold when breaches are met by the worst that an equilibrium shows."""
        no_deal = self.knower.no_deal.values
        knowledge = self.knower.sets() if self.knower.has_sets else self.knower.cheap()
        punished = np.minimum(knowledge.punished_high, no_deal)
        if np.array_equal(punished, no_deal):
            return {}
        base = self._base(moves, punished)
        _, confirmed = self._find_patient(moves, base, goal, Basis.HARSHEST)
        return {Basis.HARSHEST: confirmed} if confirmed else {}

    def _find_patient(
        self, moves: Moves, base: Base, goal: Goal, basis: Basis
    ) -> tuple[list[Path], list[Candidate]]:
        """Search as `Patient` does; where most fails the full check, with less trust in waits."""
        paths: list[Path] = []
        confirmed: list[Candidate] = []
        for trust in TRUST:
            stepper = Patient(base, self.knower.no_deal.values, trust)
            found = self._search(moves, stepper, goal).paths
            known = {self.plan_of(moves, each).id for each in paths}
            new = [each for each in found if self.plan_of(moves, each).id not in known]
            held = self._confirm(moves, new, basis)
            paths, confirmed = paths + new, confirmed + held
            if len(held) >= len(new) / 2:
                break
        return paths, confirmed

    def exclude(self, moves: Moves, goal: Goal) -> Exclusion:
        """Find out whether bounds leave any plan that reaches the goal."""
        knowledge = self.knower.sets() if self.knower.has_sets else self.knower.cheap()
        ceilings = np.stack([vertices.max(axis=0) for vertices in self.knower.cheap().outer])
        extremes = Extremes(knowledge.punished_low, ceilings)
        base = self._base(moves, extremes.floors)
        return exclude(base, extremes, self.ends_at(moves, goal))

    def attempt(self, moves: Moves, goal: Goal, reached: tuple[int, ...] = ()) -> Path:
        """Give the straight path to the goal that says most about why none holds.

        ``reached`` are moves that it begins with.

        On a straight path every ladder goes on, a level a period, until it is where it ends. One
        that unravels comes first, then the one that carries furthest, then the one whose smallest
        margin is largest.
        """
        best: tuple[tuple[bool, int, float], Path] | None = None
        for path in self._straight(moves, goal, reached):
            plan = self.plan_of(moves, path)
            judged = judge(self.knower, plan, Reading.NO_DEAL, Opening.NO_DEAL, self.scales)
            broken = judged.result.breaks_at
            why = "" if broken is None else explain_unravelling(moves.compiled, plan, broken)
            worst = float(judged.margins.in_units(self.scales).min(initial=np.inf))
            rank = bool(why), judged.result.carries_to, round(worst, 9)
            if best is None or rank > best[0]:
                best = rank, path
        if best is None:
            raise ValueError("no path leads to the goal")
        return best[1]

    def _straight(self, moves: Moves, goal: Goal, reached: tuple[int, ...]) -> Iterable[Path]:
        is_end = self.ends_at(moves, goal)
        resting = [m for m in range(len(moves)) if moves.row[m] == moves.target[m] and is_end(m)]
        today = moves.compiled.row_of(moves.compiled.layout.today)
        begin = int(moves.target[reached[-1]]) if reached else today
        renewed = list(moves.compiled.layout.renewed)
        lasting = list(moves.compiled.layout.lasting)
        if reached:
            least = moves.compiled.tables.levels[begin][lasting]
            resting = [m for m in resting if (moves.levels[m][lasting] >= least).all()]
        for rest in resting[:: max(1, len(resting) // MAX_ATTEMPTS)]:
            end, steps, row = moves.levels[rest], list(reached), begin
            while row is not None and row != moves.row[rest]:
                open_to = moves.at[row]
                levels = moves.levels[open_to]
                fit = (levels <= end).all(axis=1) & (levels[:, renewed] == end[renewed]).all(axis=1)
                move = int(open_to[np.flatnonzero(fit)[levels[fit].sum(axis=1).argmax()]])
                steps.append(move)
                row = int(moves.target[move])
            yield Path((*steps, rest), np.zeros(moves.compiled.n_parties))

    def same_moves(self, moves: Moves, others: Moves, path: Path) -> tuple[int, ...]:
        """Give the moves of a path but the last, numbered as in a longer list of moves."""
        number = {
            (int(row), *levels): n
            for n, (row, levels) in enumerate(zip(moves.row, moves.levels.tolist(), strict=True))
        }
        return tuple(
            number[int(others.row[m]), *others.levels[m].tolist()] for m in path.moves[:-1]
        )

    def plan_of(self, moves: Moves, path: Path) -> Plan:
        """Give the plan of a path; the same for the same."""
        key = split_path(moves, path)
        if key not in self._plans:
            name = f"design {len(self._plans) + 1}"  # no plan of a file can be called so
            self._plans[key] = make_plan(moves, path, name, "", self.responses)
        return self._plans[key]

    def ends_at(self, moves: Moves, goal: Goal) -> Callable[[int], bool]:
        """Say of a move whether all ladders of the goal stand where it says."""
        ladders = [moves.compiled.layout.number(name) for name in goal.levels]
        wanted = np.array(list(goal.levels.values()))
        ends = (moves.levels[:, ladders] == wanted).all(axis=1)
        return lambda move: bool(ends[move])

    def _base(self, moves: Moves, punished: FloatArray) -> Base:
        return make_base(moves, self.knower.no_deal.values, punished, TOL_ZERO * self.scales)

    def _search(self, moves: Moves, stepper: Stepper, goal: Goal) -> Found:
        found = search_paths(moves, stepper, self.ends_at(moves, goal), self.scales)
        self.n_paths += len(found.paths)
        self.n_labels += found.n_labels
        self.complete &= found.complete
        return found

    def _confirm(self, moves: Moves, paths: list[Path], basis: Basis) -> list[Candidate]:
        if len(paths) > MAX_JUDGED:
            self.complete = False
        out = []
        for path in paths[:MAX_JUDGED]:
            plan = self.plan_of(moves, path)
            self.n_judged += 1
            judged = _JUDGES[basis](self, plan)
            if judged is not None and judged.result.answer is Answer.HOLDS:
                self.n_confirmed += 1
                out.append(Candidate(path, plan, judged.values[0].copy(), basis))
        return out

    def at_best(self, plan: Plan) -> FloatArray | None:
        """Give a plan's values (P,) if the best equilibrium follows where its path is open."""
        judged = self.judge_patient(plan)
        return None if judged is None else judged.values[0].copy()

    def judge_written(self, plan: Plan) -> Judged | None:
        """Judge a plan as written."""
        return judge(self.knower, plan, Reading.WRITTEN, Opening.WRITTEN, self.scales)

    def judge_strict(self, plan: Plan) -> Judged | None:
        """Judge a plan by return to no deal, whatever happens."""
        return judge(self.knower, plan, Reading.NO_DEAL, Opening.NO_DEAL, self.scales)

    def judge_patient(self, plan: Plan) -> Judged | None:
        """Judge a plan by return to no deal, the best equilibrium where its path is open."""
        return judge_forgiving(self.knower, plan, Reading.NO_DEAL, self.scales)

    def judge_threatened(self, plan: Plan) -> Judged | None:
        """Judge a plan under the harshest credible reading."""
        return judge_forgiving(self.knower, plan, Reading.HARSHEST, self.scales)


_JUDGES: Mapping[Basis, Callable[[Workshop, Plan], Judged | None]] = {
    Basis.NO_DEAL: Workshop.judge_strict,
    Basis.WRITTEN: Workshop.judge_written,
    Basis.BEST: Workshop.judge_patient,
    Basis.HARSHEST: Workshop.judge_threatened,
}
