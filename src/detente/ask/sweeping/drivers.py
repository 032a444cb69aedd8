"""What decides whether a plan holds: indices, thresholds, and a map over two numbers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.sweeping.answer import Box, Effect, ShareMap, Threshold
from detente.ask.sweeping.space import Range

MIN_SAMPLES_EFFECTS = 128  # below it the indices are noise
MIN_SAMPLES_BOX = 64
MAX_DEPTH = 3  # thresholds in a box
MIN_IN_BOX = 0.02  # of the samples that the box is looked for in
MIN_BETTER = 0.02  # of the score, for one more threshold
CELLS = 30  # samples that a cell of the map should have
MAX_BINS = 8
PACKAGES = ("SALib", "sklearn")


@dataclass(frozen=True, slots=True)
class Study:
    """The samples that are looked at: points float64 (n, D), and whether it holds, bool (n,)."""

    ranges: tuple[Range, ...]
    points: FloatArray
    holds: BoolArray

    @property
    def is_mixed(self) -> bool:
        """Whether there is anything to tell apart."""
        return bool(self.holds.any() and not self.holds.all())


def missing_packages() -> tuple[str, ...]:
    """Give the packages of the extra ``sweep`` that are not installed."""
    return tuple(name for name in PACKAGES if find_spec(name) is None)


def find_effects(study: Study) -> tuple[Effect, ...]:
    """Give the first-order variance-based indices of all numbers, largest first.

    The share of the variance of "holds" (1 or 0) that is gone once a number is known, estimated
    from the samples at hand: they are cut into slices of equally many along each number, and the
    variance of the slices' means is taken (Plischke, Borgonovo and Smith 2013), as SALib has it.
    With correlated numbers an index also has what goes with the number.
    """
    if len(study.points) < MIN_SAMPLES_EFFECTS or not study.is_mixed:
        return ()
    from SALib.analyze import delta  # noqa: PLC0415  (an extra)

    problem = {
        "num_vars": len(study.ranges),
        "names": [each.path for each in study.ranges],
        "bounds": [[0.0, 1.0]] * len(study.ranges),
    }
    found = delta.analyze(
        problem, study.points, study.holds.astype(np.float64), method="sobol", seed=1
    )
    effects = [
        Effect(each.path, float(index), float(error))
        for each, index, error in zip(study.ranges, found["S1"], found["S1_conf"], strict=True)
    ]
    return tuple(sorted(effects, key=lambda each: -each.index))


def find_boxes(study: Study) -> tuple[Box, ...]:
    """Give the thresholds that best set apart where the plan does not hold, and where it does.

    Trees of at most three questions (Breiman and others 1984) are grown on the first half; of all
    their leaves the one with the best balance of coverage and density (their harmonic mean) is
    taken, a further threshold only where it betters that clearly. Coverage and density (Friedman
    and Fisher 1999; Bryant and Lempert 2010) are then measured on the second half.
    """
    if len(study.points) < MIN_SAMPLES_BOX or not study.is_mixed:
        return ()
    found = [_find_box(study, holds) for holds in (False, True)]
    return tuple(box for box in found if box is not None)


def _find_box(study: Study, holds: bool) -> Box | None:
    wanted = study.holds == holds
    half = len(study.points) // 2  # both halves of the sequence cover the ranges evenly
    fit, rest = slice(half), slice(half, None)
    best: tuple[Threshold, ...] | None = None
    best_score = -np.inf
    for thresholds in _leaves(study, fit):
        score = _balance(*_measure(study, thresholds, wanted, fit))
        score -= MIN_BETTER * len(thresholds)
        if thresholds and score > best_score:
            best, best_score = thresholds, score
    if best is None:
        return None
    coverage, density = _measure(study, best, wanted, rest)
    return Box(holds, best, coverage, density) if np.isfinite(coverage * density) else None


def _leaves(study: Study, part: slice) -> list[tuple[Threshold, ...]]:
    """Give the leaves of trees of every depth, as thresholds."""
    from sklearn.tree import DecisionTreeClassifier  # noqa: PLC0415  (an extra)

    points, holds = study.points[part], study.holds[part]
    least = max(4, int(MIN_IN_BOX * len(points)))
    found = []
    for depth in range(1, MAX_DEPTH + 1):
        tree = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=least, random_state=0)
        tree.fit(points, holds)
        shape = tree.tree_
        waiting: list[tuple[int, tuple[Threshold, ...]]] = [(0, ())]
        while waiting:
            node, thresholds = waiting.pop()
            if shape.children_left[node] < 0:
                found.append(thresholds)
                continue
            each = study.ranges[shape.feature[node]]
            for under, child in ((True, shape.children_left), (False, shape.children_right)):
                side = Threshold(each.path, each.unit, under, float(shape.threshold[node]))
                waiting.append((int(child[node]), _tighten(thresholds, side)))
    return found


def _tighten(thresholds: tuple[Threshold, ...], side: Threshold) -> tuple[Threshold, ...]:
    """Add a threshold; of two on the same side of the same number the later is the tighter."""
    others = [t for t in thresholds if (t.path, t.under) != (side.path, side.under)]
    return (*others, side)


def _measure(
    study: Study, thresholds: tuple[Threshold, ...], wanted: BoolArray, part: slice
) -> tuple[float, float]:
    """Give coverage and density of a box among some samples; nan where there are none."""
    place = {each.path: n for n, each in enumerate(study.ranges)}
    inside = np.ones(len(study.points), dtype=np.bool_)
    for each in thresholds:
        column = study.points[:, place[each.path]]
        inside &= column <= each.value if each.under else column > each.value
    inside, such = inside[part], wanted[part]
    both, nothing = int((inside & such).sum()), float("nan")
    coverage = both / int(such.sum()) if such.any() else nothing
    density = both / int(inside.sum()) if inside.any() else nothing
    return coverage, density


def _balance(coverage: float, density: float) -> float:
    """Give the harmonic mean of coverage and density; 0 where there is none."""
    total = coverage + density
    return 2 * coverage * density / total if total > 0 else 0.0


def draw_map(study: Study, x: str, y: str) -> ShareMap:
    """Give the share that holds over two numbers, in cells of equally likely sides."""
    place = {each.path: n for n, each in enumerate(study.ranges)}
    across, up = study.ranges[place[x]], study.ranges[place[y]]
    bins = int(np.clip(np.sqrt(len(study.points) / CELLS), 2, MAX_BINS))
    shares = np.linspace(0.0, 1.0, bins + 1)
    x_edges, y_edges = across.at(shares), up.at(shares)
    column = _cells(study.points[:, place[x]], x_edges)
    row = _cells(study.points[:, place[y]], y_edges)
    count, held = np.zeros((bins, bins)), np.zeros((bins, bins))
    np.add.at(count, (row, column), 1.0)
    np.add.at(held, (row, column), study.holds.astype(np.float64))
    with np.errstate(invalid="ignore"):
        share = held / count
    return ShareMap(x, y, across.unit, up.unit, x_edges, y_edges, share, count)


def _cells(values: FloatArray, edges: FloatArray) -> IntArray:
    return np.asarray(np.clip(np.searchsorted(edges, values, side="right") - 1, 0, len(edges) - 2))


def choose_pair(
    ranges: tuple[Range, ...], effects: tuple[Effect, ...], boxes: tuple[Box, ...]
) -> tuple[str, str] | None:
    """Give the two numbers that matter most: those of the thresholds first, then by effect."""
    named = [each.path for box in boxes for each in box.thresholds]
    ranked = [*named, *(each.path for each in effects), *(each.path for each in ranges)]
    two = list(dict.fromkeys(ranked))[:2]
    return (two[0], two[1]) if len(two) == 2 else None
