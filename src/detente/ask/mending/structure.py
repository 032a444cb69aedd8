"""Other plans and clauses: split steps, another order, rewards earlier, more of a guarantee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from detente.ask.mending.domains import find_domain, shorten_path
from detente.ask.mending.edits import add_plans
from detente.ask.mending.probe import Prober
from detente.ask.mending.records import StructureMend, Worst
from detente.ask.verdict import Answer, Margin, ReadingResult
from detente.errors import DetenteError
from detente.scenario.model import Plan, Scenario, Step
from detente.scenario.reading import read_scenario_text
from detente.scenario.settings import apply_settings

MOST_PLANS = 24
FACTORS = ((0.5, "half as long"), (2.0, "twice as long"))
OFTENER = ((0.5, "twice as often"), (0.25, "four times as often"))


@dataclass(frozen=True, slots=True)
class Variant:
    """Another plan: its steps, and in words how it differs."""

    name: str
    words: str
    steps: tuple[Step, ...]


def mend_structure(
    prober: Prober, plan: Plan, given: Scenario, settings: Sequence[str]
) -> tuple[tuple[StructureMend, ...], str]:
    """Try other orders of a plan's steps and other clauses.

    Returns
    -------
    what each would do, what holds first, and why some could not be tried (empty where all were)
    """
    scenario = prober.scenario
    _, result = prober.judge(plan, {})
    breaks = result.breaks_at if result is not None else None
    tried = list(_try_clauses(prober, plan))
    variants = list_variants(scenario, plan, breaks)[:MOST_PLANS]
    reason = ""
    try:
        others = read_variants(given, plan, variants)
    except DetenteError as error:
        others, reason = given, error.problems[0].message
    ids = {each.id for each in others.plans} - {each.id for each in scenario.plans}
    if ids:
        changed = apply_settings(others, list(settings)) if settings else others
        other_prober = Prober(changed, prober.readings, 0.0)
        for variant in variants:
            if variant_id(plan, variant) in ids:
                tried.append(_judge_variant(other_prober, plan, variant))
    tried.sort(key=_order)
    return tuple(tried), reason


def variant_id(plan: Plan, variant: Variant) -> str:
    """Name the plan that a variant makes."""
    return f"{plan.id}-{variant.name}"


def write_variant(given: Scenario, plan: Plan, variant: Variant, remark: str) -> str:
    """Give the scenario's text with a variant of a plan added behind it."""
    return add_plans(given, [(plan.id, _build(plan, variant), variant.words)], remark)


def read_variants(given: Scenario, plan: Plan, variants: Sequence[Variant]) -> Scenario:
    """Read the scenario with those variants added that make sense.

    Raises
    ------
    DetenteError
        E382 where no plan can be added.
    """
    everything = [(plan.id, _build(plan, each), each.words) for each in variants]
    try:
        return read_scenario_text(add_plans(given, everything), given.file) if variants else given
    except DetenteError as error:
        if any(each.code == "E382" for each in error.problems):
            raise
    good = []  # some make no sense: take those that do, one by one
    for variant in variants:
        try:
            read_scenario_text(write_variant(given, plan, variant, ""), given.file)
        except DetenteError:
            continue  # a plan that gets stuck, or changes nothing, is no mend
        good.append((plan.id, _build(plan, variant), variant.words))
    if not good:
        return given
    return read_scenario_text(add_plans(given, good), given.file)


def _build(plan: Plan, variant: Variant) -> Plan:
    own = {
        key: each for key, each in plan.responses.items()
        if each.duration is None or each.duration.path.startswith("plans.")
    }  # fmt: skip
    shared = {key: each for key, each in plan.responses.items() if key not in own}
    # the file's own responses apply to every plan; only what differs is written again
    return replace(
        plan,
        id=variant_id(plan, variant),
        title=f"{plan.title}: {variant.words}",
        steps=variant.steps,
        responses={**own} if shared or own else {},
    )


def _judge_variant(prober: Prober, plan: Plan, variant: Variant) -> StructureMend:
    name = variant_id(plan, variant)
    chosen = prober.scenario.plan(name)
    answer, result = prober.judge(chosen, {})
    worst = prober.probe(chosen).worst
    return _record(variant.name, variant.words, name, {}, answer, result, worst)


def _record(
    name: str,
    words: str,
    plan: str,
    settings: Mapping[str, str],
    answer: Answer,
    result: ReadingResult | None,
    worst: Worst | None,
) -> StructureMend:
    carries = result.carries_to if result is not None else 0
    return StructureMend(name, words, plan, settings, answer, carries, worst)


def _order(each: StructureMend) -> tuple[int, int, float]:
    height = each.worst.units if each.worst is not None else -1e9
    return (0 if each.answer is Answer.HOLDS else 1, -each.carries_to, -height)


def _try_clauses(prober: Prober, plan: Plan) -> Iterator[StructureMend]:
    """Try responses of other lengths, and inspection more often."""
    scenario = prober.scenario
    changes: list[tuple[str, float, str]] = []
    for response in plan.responses.values():
        if response.duration is not None:
            changes += [(response.duration.path, f, w) for f, w in FACTORS]
    for inspection in scenario.inspections:
        if inspection.every is not None:
            changes += [(inspection.every.path, f, w) for f, w in OFTENER]
    for path, factor, words in changes:
        domain = find_domain(scenario, plan, path)
        text = domain.printer.exact(scenario.values[path] * factor)
        value = {path: domain.printer.read(text)}
        answer, result = prober.judge(plan, value)
        short = shorten_path(scenario, path)
        name = f"{short}={text}".replace(" ", "-")
        worst = prober.probe(plan, value).worst
        yield _record(
            name, f"{short} {words}: {text}", plan.id, {path: text}, answer, result, worst
        )


def list_variants(scenario: Scenario, plan: Plan, breaks: Margin | None) -> list[Variant]:
    """List other orders of a plan's steps, those at the failing step first."""
    failing = breaks.step - 1 if breaks is not None and not breaks.in_response else None
    found: list[Variant] = []
    for make in (_split, _lift, _reorder, _raise_guarantee):
        found += make(scenario, plan)
    unique: dict[tuple[tuple[tuple[str, int], ...], ...], Variant] = {}
    for each in found:
        unique.setdefault(tuple(tuple(step.targets.items()) for step in each.steps), each)
    names = [step.id for step in plan.steps]
    here = names[failing] if failing is not None and failing < len(names) else ""

    def distance(each: Variant) -> int:
        return 0 if here and here in each.name.split("~") else 1

    out = sorted(unique.values(), key=distance)
    return [replace(each, name=each.name.replace("~", "-")) for each in out]


def _levels_before(scenario: Scenario, plan: Plan) -> list[dict[str, int]]:
    """Give where the ladders stand before every step."""
    at = {ladder.id: ladder.today for ladder in scenario.ladders}
    out = []
    for step in plan.steps:
        out.append(dict(at))
        at.update(step.targets)
    return out


def _split(scenario: Scenario, plan: Plan) -> Iterator[Variant]:
    """Split a step: by who moves, or half way up."""
    before = _levels_before(scenario, plan)
    for n, step in enumerate(plan.steps):
        holders = [(name, scenario.ladder(name).holders) for name in step.targets]
        groups = list(dict.fromkeys(who for _, who in holders))
        if len(groups) > 1:
            for who in groups:
                first = {name: step.targets[name] for name, h in holders if h == who}
                rest = {name: step.targets[name] for name, h in holders if h != who}
                label = "-".join(who)
                yield Variant(
                    f"split~{step.id}~{label}-first",
                    f"step {step.id} in two, the part of {' and '.join(who)} first",
                    _halves(plan, n, first, rest),
                )
        middle = {
            name: before[n][name] + (1 if to > before[n][name] else -1)
            for name, to in step.targets.items()
        }
        if any(middle[name] != to for name, to in step.targets.items()):
            yield Variant(
                f"split~{step.id}~by-level",
                f"step {step.id} in two, each ladder one level first",
                _halves(plan, n, middle, dict(step.targets)),
            )


def _halves(plan: Plan, n: int, first: dict[str, int], rest: dict[str, int]) -> tuple[Step, ...]:
    step = plan.steps[n]
    one = replace(step, id=f"{step.id}-a", targets=first, first=None)
    two = replace(step, id=f"{step.id}-b", targets=rest, first=None)
    return (*plan.steps[:n], one, two, *plan.steps[n + 1 :])


def _lift(scenario: Scenario, plan: Plan) -> Iterator[Variant]:
    """Put what one step asks into the step before; then all of a party's at once."""
    for n in range(1, len(plan.steps)):
        for ladder, level in plan.steps[n].targets.items():
            steps = _moved(plan.steps, n, [ladder])
            if steps is None:
                continue
            name = scenario.ladder(ladder).levels[level].id
            yield Variant(
                f"earlier~{ladder}-{name}~{plan.steps[n].id}",
                f"{ladder} {name} one step earlier, in {plan.steps[n - 1].id}",
                steps,
            )
    for party in scenario.parties:
        changed: tuple[Step, ...] | None = plan.steps
        moved = False
        for n in range(1, len(plan.steps)):
            if changed is None or n >= len(changed):
                break
            owed = [
                name for name in changed[n].targets
                if scenario.ladder(name).holders == (party.id,)
                and name not in changed[n - 1].targets
            ]  # fmt: skip
            if owed and len(owed) < len(changed[n].targets):
                changed, moved = _moved(changed, n, owed), True
        if moved and changed is not None:
            yield Variant(
                f"earlier~all-of-{party.id}",
                f"everything that {party.id} owes one step earlier",
                changed,
            )


def _moved(steps: tuple[Step, ...], n: int, ladders: Sequence[str]) -> tuple[Step, ...] | None:
    """Move targets one step forward; a step left with nothing goes. None where it cannot be."""
    before, step = steps[n - 1], steps[n]
    if any(name in before.targets for name in ladders):
        return None
    rest = {name: to for name, to in step.targets.items() if name not in ladders}
    gained = {**before.targets, **{name: step.targets[name] for name in ladders}}
    one = replace(before, targets=gained, first=None)
    tail = (replace(step, targets=rest, first=None),) if rest else ()
    return (*steps[: n - 1], one, *tail, *steps[n + 1 :])


def _reorder(_: Scenario, plan: Plan) -> Iterator[Variant]:
    """Swap neighbouring steps that move different ladders."""
    for n in range(1, len(plan.steps)):
        one, two = plan.steps[n - 1], plan.steps[n]
        if set(one.targets) & set(two.targets) or not one.targets or not two.targets:
            continue
        yield Variant(
            f"swap~{one.id}~{two.id}",
            f"{two.id} before {one.id}",
            (*plan.steps[: n - 1], two, one, *plan.steps[n + 1 :]),
        )


def _raise_guarantee(scenario: Scenario, plan: Plan) -> Iterator[Variant]:
    """Add a level of a promise: beyond the plan's last one, or one that it leaves out."""
    before = _levels_before(scenario, plan)
    final = {**before[-1], **plan.steps[-1].targets}
    for ladder in scenario.ladders:
        if not any("credibility" in level.attributes for level in ladder.levels):
            continue
        if final[ladder.id] + 1 < len(ladder.levels):
            level = final[ladder.id] + 1
            moves = [n for n, step in enumerate(plan.steps) if ladder.id in step.targets]
            for n in moves[-1:] or range(len(plan.steps)):
                step = plan.steps[n]
                steps = list(plan.steps)
                steps[n] = replace(step, targets={**step.targets, ladder.id: level})
                yield Variant(
                    f"add~{ladder.id}-{ladder.levels[level].id}~{step.id}",
                    f"{ladder.id} {ladder.levels[level].id} added, in {step.id}",
                    tuple(steps),
                )
        for n, step in enumerate(plan.steps):
            to = step.targets.get(ladder.id)
            if to is None or to - before[n][ladder.id] < 2:
                continue
            for early in range(n):
                steps = list(plan.steps)
                at = steps[early]
                steps[early] = replace(at, targets={**at.targets, ladder.id: to - 1})
                yield Variant(
                    f"add~{ladder.id}-{ladder.levels[to - 1].id}~{at.id}",
                    f"{ladder.id} {ladder.levels[to - 1].id} added, in {at.id}",
                    tuple(steps),
                )
