"""Scenarios of three parties with answers known by hand; ``$delta`` is a patience."""

from __future__ import annotations

from string import Template

# Everybody's end state by itself, return to no deal: staying s against leaving (1-d) l.
#   state: s 3, l 7 (rearms, keeps troops back and the guarantee for a year): d >= 4/7
#   rival: s 4, l 6: d >= 1/3;  guarantor: s 3, l 5: d >= 2/5
# Without the guarantee the state has s -1 and never disarms.
GUARANTOR = Template("""
title: A guarantor
clock: 1 year
parties:
  state:     {name: The state, patience: $delta per year}
  rival:     {name: The rival, patience: $delta per year}
  guarantor: {name: The guarantor, patience: $delta per year}
ladders:
  arsenal:   {held_by: state, levels: {full: today, none: }}
  troops:    {held_by: rival, levels: {forward: today, back: }}
  guarantee: {held_by: guarantor, levels: {none: today, given: }}
payoffs:
  state:
    scale: points
    arsenal: {full: 0, none: -4}
    troops: {forward: 0, back: 3}
    guarantee: {none: 0, given: 4}
  rival:
    scale: points
    arsenal: {full: 0, none: 6}
    troops: {forward: 0, back: -2}
  guarantor:
    scale: points
    arsenal: {full: 0, none: 5}
    guarantee: {none: 0, given: -2}
plans:
  pact:
    - {state: {arsenal: none}, rival: {troops: back}, guarantor: {guarantee: given}}
  without:
    - {state: {arsenal: none}, rival: {troops: back}}
""")

# Paying costs the ally 4 a year. Both others can shut it out at a cost of 1 each, which costs the
# ally 3 each: its floor is -6, so nothing deters it where 4 > 6 d. Shutting out is nobody's
# interest without a deal, so return to no deal never deters it. The worst equilibrium for the ally
# is its floor: it pays and is shut out by both a third of the time (-10), and pays alone (-4)
# otherwise, which is worth 14/3 to each of the others, who could have 0.
ALLY = Template("""
title: An ally who pays
clock: 1 year
parties:
  ally:  {name: The ally, patience: $delta per year}
  north: {name: The north, patience: $delta per year}
  south: {name: The south, patience: $delta per year}
ladders:
  payment:      {held_by: ally,  renewed: every period, levels: {none: today, paid: }}
  north_market: {held_by: north, renewed: every period, levels: {open: today, shut: }}
  south_market: {held_by: south, renewed: every period, levels: {open: today, shut: }}
payoffs:
  ally:
    scale: points
    payment: {none: 0, paid: -4}
    north_market: {open: 0, shut: -3}
    south_market: {open: 0, shut: -3}
  north:
    scale: points
    payment: {none: 0, paid: 5}
    north_market: {open: 0, shut: -1}
  south:
    scale: points
    payment: {none: 0, paid: 5}
    south_market: {open: 0, shut: -1}
plans:
  pay:
    - {ally: {payment: paid}}
""")

# Inspections, alarms, and a guarantor whose government may turn, in one scenario.
WATCHED = Template("""
title: A watched state and a guarantor
clock: 6 months
parties:
  state:     {patience: $delta per year}
  rival:     {patience: 85% per year}
  guarantor: {patience: 80% per year}
ladders:
  arsenal:   {held_by: state, levels: {full: today, none: {undo: 1 year}}}
  troops:    {held_by: rival, levels: {forward: today, back: {undo: 6 months}}}
  guarantee: {held_by: guarantor, levels: {none: today, given: {undo: 3 months, credibility: 80%}}}
inspection:
  inspectors: {watches: arsenal, catches: 60%, false_alarm: 4%}
governments:
  guarantor:
    {turnover: 10% per year, hostile_successor: 30%, it_would: {guarantee: none}, returns: 50%}
payoffs:
  state:
    scale: points
    arsenal: {full: 0, none: -20}
    troops: {forward: -30, back: 0}
    guarantee: {none: 0, given: 25}
    secret_gain: 6
  rival:
    scale: points
    arsenal: {full: -40, none: 0}
    troops: {forward: 0, back: -12}
    secret_harm: -10
  guarantor:
    scale: points
    arsenal: {full: -25, none: 0}
    guarantee: {none: 0, given: -6}
    secret_harm: -5
plans:
  pact:
    - {id: promise, guarantor: {guarantee: given}}
    - {id: swap, state: {arsenal: none}, rival: {troops: back}}
if_broken:
  by_state: {then: {troops: forward, guarantee: none}, for: 2 years, resume: yes}
if_alarm:
  about_state: {then: {guarantee: none}, for: 6 months, resume: yes}
""")
