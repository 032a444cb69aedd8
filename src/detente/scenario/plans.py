"""Plans, responses, statements and the start of "no deal": document to records."""

from __future__ import annotations

from detente.scenario.book import STEP_WORDS, Book
from detente.scenario.model import MustHold, Plan, Response, Step, Trigger
from detente.scenario.quantity import Kind
from detente.scenario.tree import Block, Item, Scalar, Series

Responses = dict[tuple[Trigger, str], Response]
PREFIX = {Trigger.BROKEN: "by_", Trigger.ALARM: "about_", Trigger.HOSTILE: "in_"}
SHORT_PLAN = "deal"
VERDICTS = ("holds", "fails")


def read_plans(book: Book) -> tuple[Plan, ...]:
    """Read ``plans`` (or ``steps``, one plan called "deal"), with responses merged in."""
    common = _read_responses(book, book.root, "")
    out: list[Plan] = []
    section = book.section("plans")
    steps = book.root.entries.get("steps")
    if section is None and not book.known["plans"] and "plans" not in book.lost:
        book.problems.add(
            "E113",
            "the file has no 'plans'",
            book.root.place,
            remedy="add 'plans:' with the agreements that are on the table",
        )
    for key, item in section.items() if section else ():
        book.check_name(key, "plans")
        if key.text == SHORT_PLAN and steps is not None:
            book.problems.add(
                "E308",
                "'steps' is short for a plan called 'deal', and there is one",
                key.place,
                remedy="give this plan another name",
            )
            continue
        if isinstance(item, Series):
            out.append(_read_plan(book, key, Block(item.place), item, common))
        elif isinstance(item, Block) and isinstance(item.entries.get("steps"), Series):
            out.append(_read_plan(book, key, item, item.entries["steps"], common))
    if isinstance(steps, Series):
        key = Scalar(book.root.keys["steps"].place, SHORT_PLAN)
        out.append(_read_plan(book, key, Block(steps.place), steps, common))
    return tuple(out)


def _read_plan(book: Book, key: Scalar, entry: Block, steps: Item, common: Responses) -> Plan:
    assert isinstance(steps, Series)  # checked by the caller  # noqa: S101
    path = f"plans.{key.text}"
    read: list[Step] = []
    seen: dict[str, Step] = {}
    if not steps.items:
        book.problems.add(
            "E301",
            f"the plan '{key.text}' has no steps",
            key.place,
            remedy="add '- {id: ..., PARTY: {LADDER: LEVEL}}'",
        )
    for number, item in enumerate(steps.items, start=1):
        if not isinstance(item, Block):
            continue
        count = len(book.problems.found)
        step = _read_step(book, item, number, path)
        if len(book.problems.found) > count or _names_unread(book, item):
            book.damaged_steps.add((key.text, number - 1))
        if step.id in seen:
            book.problems.add(
                "E302",
                f"this plan has two steps '{step.id}'",
                step.place,
                remedy=f"the first is at {seen[step.id].place}; rename one",
            )
        seen.setdefault(step.id, step)
        read.append(step)
    later = entry.entries.get("later_steps")
    is_open = isinstance(later, Scalar) and not later.is_empty
    if is_open and isinstance(later, Scalar) and later.text != "open":
        book.problems.add(
            "E114",
            "'later_steps' can only be 'open'",
            later.place,
            remedy="write 'later_steps: open', or take it out",
        )
    return Plan(
        key.text,
        book.text(entry, "title", key.text),
        tuple(read),
        is_open,
        {**common, **_read_responses(book, entry, f"{path}.")},
        book.text(entry, "note"),
        book.citations(entry),
        key.place,
    )


def _read_step(book: Book, entry: Block, number: int, path: str) -> Step:
    name = entry.entries.get("id")
    step_id, place = f"step-{number}", entry.place
    if isinstance(name, Scalar) and not name.is_empty:
        book.check_name(name, "steps")
        step_id, place = name.text, name.place
    targets: dict[str, int] = {}
    movers: list[str] = []
    for key, item in entry.items():
        if key.text in STEP_WORDS and key.text != "together":
            continue
        party = "" if key.text == "together" else _mover(book, key, item)
        if party is None:
            continue
        if not isinstance(item, Block):
            book.problems.add(
                "E114",
                f"'{key.text}' should say which ladders move",
                key.place if isinstance(item, Scalar) and item.is_empty else item.place,
                remedy=f"write '{key.text}: {{LADDER: LEVEL}}'",
            )
            continue
        if party:
            movers.append(party)
        targets.update(book.targets(item, party))
        for ladder, _ in item.items():
            _check_holder(book, ladder, party)
    steps = f"{path}.steps.{step_id}"
    return Step(
        step_id,
        targets,
        _read_first(book, entry, movers),
        book.optional(entry, "lasts", Kind.TIME, steps),
        book.text(entry, "note"),
        book.citations(entry),
        place,
    )


def _names_unread(book: Book, entry: Block) -> bool:
    """Whether a step moves a ladder that could not be read."""
    return any(
        name not in book.ladders
        for item in entry.entries.values()
        if isinstance(item, Block)
        for name in item.entries
    )


def _mover(book: Book, key: Scalar, item: Item) -> str | None:
    """Check that a step's key is a party; a misspelt word of the language is told so."""
    if key.text in book.known["parties"] or "parties" in book.lost:
        return key.text
    if key.text in book.ladders and isinstance(item, Scalar):
        holders = book.ladders[key.text].holders
        under = holders[0] if len(holders) == 1 else "together"
        book.problems.add(
            "E211",
            f"'{key.text}' is a ladder; it stands under whoever moves it",
            key.place,
            remedy=f"write '{under}: {{{key.text}: {item.text or 'LEVEL'}}}'",
        )
        return None
    words = STEP_WORDS if isinstance(item, Scalar) else ("together",)
    book.problems.add_unknown(
        "E211",
        key.text,
        "a party",
        [*book.known["parties"], *words],
        key.place,
        "a step may have",
    )
    return None


def _check_holder(book: Book, key: Scalar, party: str) -> None:
    """Refuse a ladder that is not the party's ("": not held jointly)."""
    ladder = book.ladders.get(key.text)
    if ladder is None or not ladder.holders:
        return
    holders = " and ".join(ladder.holders)
    if not party and len(ladder.holders) == 1:
        book.problems.add(
            "E220",
            f"'{key.text}' is held by {holders} alone",
            key.place,
            remedy=f"write '{holders}: {{{key.text}: ...}}'",
        )
    elif party and party not in ladder.holders:
        held = [each.id for each in book.ladders.values() if each.holders == (party,)]
        book.problems.add(
            "E220",
            f"'{key.text}' is held by {holders}, not by {party}",
            key.place,
            remedy=f"ladders held by {party}: {', '.join(held) or 'none'}",
        )
    elif party and len(ladder.holders) > 1:
        book.problems.add(
            "E220",
            f"'{key.text}' is held jointly by {holders}",
            key.place,
            remedy=f"write 'together: {{{key.text}: ...}}'",
        )


def _read_first(book: Book, entry: Block, movers: list[str]) -> str | None:
    item = entry.entries.get("first")
    if not isinstance(item, Scalar) or item.is_empty or item.text == "together":
        return None
    party = book.party(item)
    if party is not None and movers and party not in movers:
        book.problems.add(
            "E305",
            f"'{party}' moves nothing in this step, so it cannot move first",
            item.place,
            remedy=f"parties that move here: {', '.join(movers)}",
        )
    return party


def _read_responses(book: Book, entry: Block, path: str) -> Responses:
    out: Responses = {}
    for trigger, prefix in PREFIX.items():
        section = entry.entries.get(trigger.value)
        for key, item in section.items() if isinstance(section, Block) else ():
            party = _subject(book, key, prefix, trigger)
            if party is not None:
                where = f"{path}{trigger.value}.{key.text}"
                out[trigger, party] = _read_response(book, trigger, party, key, item, where)
    return out


def _subject(book: Book, key: Scalar, prefix: str, trigger: Trigger) -> str | None:
    """Read the party off a key such as ``by_northland``."""
    allowed = [f"{prefix}{party}" for party in book.known["parties"]]
    if key.text in allowed:
        return key.text.removeprefix(prefix)
    if "parties" not in book.lost:
        book.problems.add_unknown(
            "E307", key.text, f"a response of '{trigger.value}'", allowed, key.place, "responses"
        )
    return None


def _read_response(
    book: Book, trigger: Trigger, party: str, key: Scalar, item: Item, path: str
) -> Response:
    if not isinstance(item, Block):
        if not isinstance(item, Scalar) or item.text != "ignored":
            book.problems.add(
                "E114",
                "a response is 'ignored', or says what follows",
                item.place,
                remedy="write 'ignored' or {then: {LADDER: LEVEL}}",
            )
        return Response(trigger, party, {}, ignored=True, place=key.place)
    then = item.entries.get("then")
    return Response(
        trigger,
        party,
        book.targets(then) if isinstance(then, Block) else {},
        book.optional(item, "for", Kind.TIME, path),
        book.flag(item, "resume", True),
        False,
        book.text(item, "note"),
        book.citations(item),
        key.place,
    )


def read_no_deal(book: Book) -> dict[str, int]:
    """Read ``no_deal``."""
    section = book.section("no_deal")
    return book.targets(section) if section is not None else {}


def read_statements(book: Book) -> tuple[MustHold, ...]:
    """Read ``must_hold``; the settings in it are checked once all numbers are known."""
    out: list[MustHold] = []
    section = book.root.entries.get("must_hold")
    for item in section.items if isinstance(section, Series) else ():
        if not isinstance(item, Block):
            continue
        plan, verdict = item.entries.get("plan"), item.entries.get("verdict")
        if "deal" in item:
            if plan is not None or verdict is not None:
                book.problems.add(
                    "E114",
                    "'deal' already gives the plan and the verdict",
                    item.keys["deal"].place,
                    remedy="write 'plan' and 'verdict', or 'deal' alone",
                )
            plan = Scalar(item.keys["deal"].place, SHORT_PLAN)
            verdict = item.entries["deal"]
        if not isinstance(plan, Scalar) or not isinstance(verdict, Scalar):
            book.problems.add(
                "E113",
                "this statement has no plan or no verdict",
                item.place,
                remedy="write 'plan: PLAN, verdict: holds' (or fails)",
            )
            continue
        if plan.text not in book.known["plans"] and "plans" not in book.lost:
            book.problems.add_unknown(
                "E217", plan.text, "a plan", book.known["plans"], plan.place, "plans"
            )
        if verdict.text not in VERDICTS:
            book.problems.add_unknown("E114", verdict.text, "a verdict", VERDICTS, verdict.place)
        when = item.entries.get("when")
        settings: dict[str, str] = {}
        for key, value in when.items() if isinstance(when, Block) else ():
            if isinstance(value, Scalar) and not value.is_empty:
                settings[key.text] = value.text
                book.settings.append((key, value))
            else:
                book.problems.add(
                    "E113",
                    f"'{key.text}' has no value here",
                    key.place,
                    remedy="write 'when: {PATH: VALUE}'",
                )
        out.append(
            MustHold(settings, plan.text, verdict.text, book.text(item, "because"), item.place)
        )
    return tuple(out)
