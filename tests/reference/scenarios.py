"""Small scenarios with closed forms, as text with their numbers put in."""

from __future__ import annotations

from string import Template

INSPECTED = Template("""
title: An inspected party
clock: 1 year
parties:
  a: {name: The inspected, patience: $delta per year}
  b: {name: The payer, patience: $delta per year}
ladders:
  arms:
    held_by: a
    levels: {armed: today, frozen: {undo: 1 year}}
  relief:
    held_by: b
    renewed: every period
    levels: {none: today, paid: }
inspection:
  inspectors: {watches: arms, catches: $catches, false_alarm: $false_alarm}
payoffs:
  a:
    scale: points
    relief: {none: 0, paid: 5}
    arms: {armed: 0, frozen: -1}
    secret_gain: 4 * (relief is paid)
  b:
    scale: points
    relief: {none: 0, paid: -1}
    arms: {armed: 0, frozen: 3}
plans:
  exchange:
    steps:
      - {id: freeze, a: {arms: frozen}}
      - {id: pay, b: {relief: paid}}
""")

TURNOVER = Template("""
title: A payer whose government may turn
clock: 1 year
parties:
  a: {name: A, patience: $delta per year}
  b: {name: B, patience: $delta per year}
ladders:
  aid_a: {held_by: a, renewed: every period, levels: {none: today, paid: }}
  aid_b: {held_by: b, renewed: every period, levels: {none: today, paid: }}
governments:
  b: {turnover: $turnover per year, hostile_successor: 100%, it_would: {aid_b: none}, returns: 0%}
payoffs:
  a: {scale: points, aid_a: {none: 0, paid: -0.5}, aid_b: {none: 0, paid: 1.5}}
  b: {scale: points, aid_b: {none: 0, paid: -0.5}, aid_a: {none: 0, paid: 1.5}}
plans:
  exchange:
    steps:
      - {id: both, a: {aid_a: paid}, b: {aid_b: paid}}
""")

WAY_BACK = Template("""
title: Disarmament for relief
clock: 1 year
parties:
  a: {name: The armed side, patience: $delta per year}
  b: {name: The paying side, patience: $delta per year}
ladders:
  arsenal: {held_by: a, levels: {armed: today, disarmed: {undo: $undo}}}
  relief: {held_by: b, renewed: every period, levels: {none: today, paid: }}
payoffs:
  a:
    scale: points
    relief: {none: 0, paid: 1}
    arsenal: {armed: 0, disarmed: -0.3}
    one_off: {arsenal: {back: -0.1}}
  b:
    scale: points
    relief: {none: 0, paid: -0.5}
    arsenal: {armed: 0, disarmed: 1}
plans:
  exchange:
    steps:
      - {id: both, a: {arsenal: disarmed}, b: {relief: paid}}
""")
