# ruff: noqa: E501  (in the scenarios, an entry is a line)
"""Small scenarios that use every rule of plans, written by hand and drawn at random."""

from __future__ import annotations

import random
from collections.abc import Mapping

ARMS = """
title: Arms, sanctions and aid
clock: {clock}
parties:
  a: {{patience: 85% per year}}
  b: {{patience: 92% per year}}
ladders:
  arms: {{held_by: a, levels: {{more: , full: today, half: {{undo: 9 months}}, none: {{undo: 20 months}}}}}}
  guns: {{held_by: a, levels: {{many: today, few: {{undo: {undo}}}}}}}
  sanctions: {{held_by: b, levels: {{beyond: , full: today, eased: {{undo: 3 months}}, none: {{undo: 10 months}}}}}}
  aid: {{held_by: b, renewed: every period, levels: {{none: today, paid: , twice: }}}}
inspection:
  people: {{watches: arms, catches: 60%, false_alarm: {false_alarm}, contested: 10%, every: 5 months}}
  planes: {{watches: [arms, guns], catches: 40%, false_alarm: {false_alarm}}}
payoffs:
  a:
    scale: points
    arms: {{more: 1, full: 0, half: -11, none: -23}}
    guns: {{many: 0, few: -5.5}}
    sanctions: {{beyond: -130, full: -100, eased: -57, none: 0}}
    aid: {{none: 0, paid: 13, twice: 21}}
    secret_gain: {gain}
    one_off: {{arms: {{back: -3, half to none: 2}}}}
  b:
    scale: points
    arms: {{more: -120, full: -100, half: -41, none: 0}}
    guns: {{many: -20, few: 0}}
    sanctions: {{beyond: -7, full: 0, eased: -9.5, none: -19}}
    aid: {{none: 0, paid: -6, twice: -13}}
    secret_harm: -30
    one_off: {{sanctions: {{back: 1, full to beyond: -4}}}}
plans:
  deal:
    - {{id: one, first: a, a: {{arms: half, guns: few}}, b: {{sanctions: eased, aid: twice}}, lasts: 1 year}}
    - {{id: two, a: {{arms: none}}, b: {{sanctions: none, aid: paid}}}}
  leap:
    steps:
      - {{id: all, a: {{arms: none}}, b: {{sanctions: none}}}}
{more}
"""

GOVERNMENTS = """
title: A payer whose government may turn, and a treaty
clock: {clock}
parties:
  a: {{patience: 88% per year}}
  b: {{patience: 80% per year}}
ladders:
  arms: {{held_by: a, levels: {{full: today, half: {{undo: 1 year}}, none: {{undo: {undo}}}}}}}
  relief: {{held_by: b, levels: {{beyond: , none: today, some: {{undo: 4 months}}, all: {{undo: 9 months}}}}}}
  treaty: {{held_by: [a, b], levels: {{none: today, draft: , signed: {{undo: 18 months, credibility: 40%}}}}}}
  trade: {{held_by: [a, b], renewed: every period, levels: {{none: , little: today, much: }}}}
{inspection}
governments:
  b: {{turnover: 20% per year, hostile_successor: 40%, it_would: {{relief: none, treaty: none, trade: none}}, returns: 70%}}
{government}
payoffs:
  a:
    scale: points
    arms: {{full: 0, half: -6, none: -15}}
    relief: {{beyond: -60, none: -40, some: -18, all: 0}}
    treaty: {{none: 0, draft: 1, signed: 9}}
    trade: {{none: -2, little: 0, much: 3.5}}
    fear: -7 * hostile(b) * (arms is none)
    secret_gain: 9 * (arms is none) + 2
  b:
    scale: points
    arms: {{full: -50, half: -22, none: 0}}
    relief: {{beyond: -3, none: 0, some: -4, all: -11}}
    treaty: {{none: 0, draft: -0.5, signed: -2}}
    trade: {{none: -1, little: 0, much: 2}}
    secret_harm: -10
    one_off: {{treaty: {{back: -6, on: 1}}}}
plans:
  deal:
    {plan}
    steps:
      - {{id: start, a: {{arms: half}}, together: {{treaty: draft, trade: much}}, lasts: 7 months}}
      - {{id: end, first: b, a: {{arms: none}}, b: {{relief: all}}, together: {{treaty: signed}}}}
{more}
"""

BOTH = """
title: Two who may both cheat
clock: 1 year
parties:
  a: {{patience: 90% per year}}
  b: {{patience: 84% per year}}
ladders:
  arms_a: {{held_by: a, levels: {{high: today, middle: {{undo: 14 months}}, low: {{undo: never}}}}}}
  arms_b: {{held_by: b, levels: {{high: today, middle: {{undo: 2 years}}, low: {{undo: 3 years}}}}}}
inspection:
  on_a: {{watches: arms_a, catches: 35%, false_alarm: 4%, every: 8 months}}
  on_both: {{watches: [arms_a, arms_b], catches: 50%, false_alarm: 3%, contested: 25%}}
payoffs:
  a:
    scale: points
    arms_a: {{high: 0, middle: -3.3, low: -9}}
    arms_b: {{high: -60, middle: -28, low: 0}}
    secret_gain: 5
    secret_harm: -4
  b:
    scale: points
    arms_b: {{high: 0, middle: -4, low: -10.5}}
    arms_a: {{high: -70, middle: -30, low: 0}}
    secret_gain: 3 * (arms_b is low) + 2
    secret_harm: -5
plans:
  deal:
    - {{id: one, first: b, a: {{arms_a: middle}}, b: {{arms_b: middle}}}}
    - {{id: two, a: {{arms_a: low}}, b: {{arms_b: low}}, lasts: 30 months}}
{more}
"""

THREE = """
title: Three around one table
clock: 6 months
parties:
  a: {patience: 90% per year}
  b: {patience: 84% per year}
  c: {patience: 70% per year}
ladders:
  arms: {held_by: a, levels: {full: today, half: {undo: 1 year}}}
  relief: {held_by: b, levels: {none: today, all: {undo: 8 months}}}
  fund: {held_by: [b, c], levels: {empty: today, some: , full: {undo: 9 months}}}
  oil: {held_by: c, renewed: every period, levels: {none: today, sent: }}
inspection:
  people: {watches: arms, catches: 50%, false_alarm: 5%}
payoffs:
  a: {scale: points, arms: {full: 0, half: -5}, relief: {none: 0, all: 8}, oil: {none: 0, sent: 6}, secret_gain: 3.5}
  b: {scale: points, arms: {full: 0, half: 12}, relief: {none: 0, all: -4}, fund: {empty: 0, some: 1, full: 3}, secret_harm: -2}
  c: {scale: points, arms: {full: 0, half: 7}, oil: {none: 0, sent: -3}, fund: {empty: 0, some: -0.5, full: 1}}
plans:
  deal:
    - {id: one, first: c, c: {oil: sent}, a: {arms: half}, together: {fund: full}}
    - {id: two, b: {relief: all}}
if_broken:
  by_a: {then: {relief: none, oil: none}, for: 1 year}
  by_b: {then: {arms: full}, for: 2 years, resume: no}
  by_c: ignored
"""


def arms(more: str = "", **numbers: str) -> str:
    usual = {"clock": "6 months", "false_alarm": "3%", "gain": "40", "undo": "1 year"}
    return ARMS.format(more=more, **{**usual, **numbers})


INSPECTED = """inspection:
  people: {watches: arms, catches: 55%, false_alarm: 6%}"""


def governments(more: str = "", **parts: str) -> str:
    usual = {"clock": "6 months", "undo": "30 months", "inspection": INSPECTED}
    usual |= {"government": "", "plan": "later_steps: fixed"}
    text = GOVERNMENTS.format(more=more, **{**usual, **parts})
    return text.replace("    later_steps: fixed\n", "")


BREACHES = """
if_broken:
  by_a: {then: {sanctions: beyond, aid: none}, for: 2 years}
  by_b: {then: {arms: full}, for: 13 months, resume: no}
"""

HOSTILE = """
if_broken:
  by_a: {then: {relief: none}, for: 15 months}
  by_b: {then: {arms: full, trade: none}, for: 1 year}
if_hostile:
"""

BY_HAND: Mapping[str, str] = {
    "nothing written": arms(),
    "written": arms(BREACHES),
    "three months": arms(BREACHES, clock="3 months"),
    "two years": arms(BREACHES, clock="2 years"),
    "no false alarms": arms(
        BREACHES + "if_alarm: {about_a: {then: {sanctions: eased}, for: 1 month}}",
        false_alarm="0%",
        gain="90",
    ),
    "alarm ignored": arms(BREACHES + "if_alarm: {about_a: ignored}", gain="2"),
    "alarm for ever": arms(BREACHES + "if_alarm: {about_a: {then: {sanctions: full}}}"),
    "alarm ends it": arms(
        BREACHES
        + "if_alarm: {about_a: {then: {sanctions: full, aid: paid}, for: 1 year, resume: no}}"
    ),
    "breach ignored": arms(
        "if_broken: {by_b: ignored, by_a: {then: {sanctions: full}, for: 1 year}}"
    ),
    "breach by the inspected ignored": arms(
        "if_broken: {by_a: ignored}\nif_alarm: {about_a: {then: {sanctions: full}, for: 1 year}}"
    ),
    "guns never return": arms(BREACHES, undo="never", gain="7"),
    "guns return at once": arms(BREACHES, undo="0"),
    "hostile, nothing written": governments(),
    "waits": governments(HOSTILE + "  in_b: {then: {}, resume: yes}"),
    "waits for a time": governments(HOSTILE + "  in_b: {then: {arms: half}, for: 1 year}"),
    "does not resume": governments(HOSTILE + "  in_b: {then: {arms: full}, resume: no}"),
    "hostility ignored": governments(HOSTILE + "  in_b: ignored"),
    "not inspected": governments(HOSTILE + "  in_b: {then: {}}", inspection=""),
    "open end": governments(HOSTILE + "  in_b: {then: {}}", plan="later_steps: open"),
    "starts from a treaty": governments(
        HOSTILE + "  in_b: {then: {}}\nno_deal: {treaty: signed, trade: much}"
    ),
    "two governments": governments(
        HOSTILE + "  in_b: {then: {}}\n  in_a: {then: {relief: none}, for: 18 months}",
        government="  a: {turnover: 10% per year, hostile_successor: 50%, it_would: {arms: full}}",
        inspection="",
    ),
    "two governments, one ignored": governments(
        HOSTILE + "  in_b: {then: {}}\n  in_a: ignored",
        government="  a: {turnover: 10% per year, hostile_successor: 50%, it_would: {arms: none}}",
    ),
    "both cheat": BOTH.format(more=""),
    "both cheat, written": BOTH.format(
        more="if_broken: {by_a: {then: {arms_b: high}, for: 3 years}, by_b: {then: {arms_a: high}}}"
    ),
    "first alarm ignored": BOTH.format(
        more="if_alarm: {about_a: ignored, about_b: {then: {arms_a: high}, for: 2 years}}"
    ),
    "three parties": THREE,
}


def draw(seed: int) -> str:
    """Draw a scenario with one to three ladders a side and responses of all kinds."""
    lot = random.Random(seed)
    names = {"a": "b", "b": "a"}
    ladders, payoffs, moves, watched, held = [], {"a": [], "b": []}, {"a": {}, "b": {}}, [], []
    for party, other in names.items():
        for k in range(lot.choice([1, 1, 2])):
            name, n = f"l{party}{k}", lot.choice([2, 3])
            undo = ["0", "2 months", "7 months", "1 year", "2 years", "never"]
            levels = ["l0: today"] + [f"l{i}: {{undo: {lot.choice(undo)}}}" for i in range(1, n)]
            ladders.append(f"  {name}: {{held_by: {party}, levels: {{{', '.join(levels)}}}}}")
            cost = sorted(lot.uniform(0, 12) for _ in range(n - 1))
            good = sorted(lot.uniform(8, 45) for _ in range(n - 1))
            payoffs[party].append((name, [0.0, *(-c for c in cost)]))
            payoffs[other].append((name, [0.0, *good]))
            moves[party][name] = n - 1
            held.append(name)
            watched += [name] if lot.random() < 0.5 else []
    if lot.random() < 0.5:
        ladders.append("  gift: {held_by: b, renewed: every period, levels: {none: today, paid: }}")
        payoffs["a"].append(("gift", [0.0, lot.uniform(1, 9)]))
        payoffs["b"].append(("gift", [0.0, -lot.uniform(0.2, 4)]))
        moves["b"]["gift"] = 1
    lines = [f"title: Drawn {seed}", f"clock: {lot.choice(['3 months', '6 months', '1 year'])}"]
    lines += ["parties:"]
    lines += [f"  {p}: {{patience: {lot.uniform(70, 95):.1f}% per year}}" for p in names]
    lines += ["ladders:", *ladders]
    if watched:
        lines += ["inspection:"]
        for k in range(lot.choice([1, 2])):
            some = ", ".join(lot.sample(watched, lot.randint(1, len(watched))))
            false_alarm = lot.choice([0.0, lot.uniform(0, 12)])
            lines.append(
                f"  i{k}: {{watches: [{some}], catches: {lot.uniform(20, 90):.1f}%,"
                f" false_alarm: {false_alarm:.1f}%, every: {lot.choice([4, 6, 10])} months}}"
            )
    turns = lot.random() < 0.4
    if turns:
        would = f"{{{lot.choice(list(moves['b']))}: {lot.choice(['l0', 'l0'])}}}".replace(
            "gift: l0", "gift: none"
        )
        lines += [
            f"governments: {{b: {{turnover: {lot.uniform(5, 40):.1f}% per year,"
            f" hostile_successor: {lot.uniform(20, 80):.1f}%, it_would: {would}}}}}"
        ]
    lines += ["payoffs:", *_payoff_lines(lot, payoffs, moves, watched)]
    lines += ["plans:", "  deal:", *_steps(lot, moves)]
    lines += _responses(lot, moves, turns)
    return "\n".join(lines) + "\n"


def _level(name: str, level: int) -> str:
    return ["none", "paid"][level] if name == "gift" else f"l{level}"


def _payoff_lines(lot, payoffs, moves, watched) -> list[str]:
    lines = []
    for party, tables in payoffs.items():
        lines += [f"  {party}:", "    scale: points"]
        for name, values in tables:
            cells = ", ".join(f"{_level(name, i)}: {v:.3f}" for i, v in enumerate(values))
            lines.append(f"    {name}: {{{cells}}}")
        if any(name in watched for name in moves[party]) or lot.random() < 0.2:
            lines.append(f"    secret_gain: {lot.uniform(0.5, 12):.3f}")
        if lot.random() < 0.5:
            lines.append(f"    secret_harm: {-lot.uniform(0, 9):.3f}")
        if lot.random() < 0.4:
            own = next(name for name in moves[party] if name != "gift")
            lines.append(f"    one_off: {{{own}: {{back: {lot.uniform(-5, 2):.3f}}}}}")
    return lines


def _steps(lot, moves) -> list[str]:
    lines = []
    tops = [top for own in moves.values() for name, top in own.items() if name != "gift"]
    halfway = lot.random() < 0.7 and max(tops) > 1
    for share in (1, 0) if halfway else (0,):
        sides: dict[str, str] = {}
        for party, own in moves.items():
            goals = {n: max(1, top - share) for n, top in own.items()}
            sides[party] = ", ".join(f"{n}: {_level(n, to)}" for n, to in goals.items())
        extra = f", lasts: {lot.choice([5, 12, 20])} months" if lot.random() < 0.5 else ""
        extra += f", first: {lot.choice('ab')}" if lot.random() < 0.4 else ""
        lines.append(
            f"    - {{a: {{{sides['a']}}}, b: {{{sides['b']}}}{extra or ', lasts: 1 year'}}}"
        )
    return lines


def _responses(lot, moves, turns: bool) -> list[str]:
    def then(party: str) -> str:
        name = lot.choice(list(moves[party]))
        time = lot.choice(["", ", for: 5 months", ", for: 1 year", ", for: 2 years"])
        resume = lot.choice(["", "", ", resume: no"])
        return f"{{then: {{{name}: {_level(name, 0)}}}{time}{resume}}}"

    lines = []
    for heading, key, chance in (("if_broken", "by", 0.8), ("if_alarm", "about", 0.5)):
        wanted = [p for p in "ab" if lot.random() < chance]
        if wanted:
            lines.append(f"{heading}:")
        for party in wanted:
            answer = "ignored" if lot.random() < 0.15 else then("b" if party == "a" else "a")
            lines.append(f"  {key}_{party}: {answer}")
    if turns and lot.random() < 0.7:
        lines += ["if_hostile:", f"  in_b: {lot.choice(['ignored', '{then: {}}', then('a')])}"]
    return lines
