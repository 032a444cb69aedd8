"""No deal: a pure Markov perfect equilibrium of the base game, in values and words.

Found by alternating exact best replies; a fixed point of them is an equilibrium by
construction. Where they go round in circles, all policies over the ladders in question are gone
through, as far as that is possible. Rules R11 and R12 of docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import FloatArray, IntArray
from detente.ask.nodeal_search import Ended, search_apart
from detente.compile.build import Compiled, describe_deviation
from detente.solve.evaluate import discounted_values, payoff_ranges

MAX_ROUNDS = 60
TOL_TIE = 1e-9  # of the payoff range: differences below it are ties


@dataclass(frozen=True, slots=True)
class NoDealPolicy:
    """What the parties would do without an agreement.

    Attributes
    ----------
    policy : int64, shape (P, S), each party's choice in each state
    values : float64, shape (S, P), points per year
    found : whether the search ended in an equilibrium
    others : values of other equilibria that were found, each of shape (S, P)
    none_over : where nothing was found: ladders over which it is shown that there is no pure
        Markov perfect equilibrium, the others being held; empty where that is not known
    """

    policy: IntArray
    values: FloatArray
    found: bool
    others: tuple[FloatArray, ...]
    none_over: tuple[str, ...] = ()


def find_no_deal(compiled: Compiled, *, several: bool = True) -> NoDealPolicy:
    """Find what the parties would do without an agreement.

    ``several``: also look whether other starting points lead elsewhere; the policy and its
    values do not depend on it.
    """
    stated = {
        compiled.layout.number(name): level for name, level in compiled.scenario.no_deal.items()
    }
    last = {k: len(ladder.levels) - 1 for k, ladder in enumerate(compiled.layout.ladders)}
    starts = [stated, dict.fromkeys(last, 0), last]
    fixed: list[tuple[IntArray, FloatArray]] = []
    circles: list[list[IntArray]] = []
    for goals in starts:
        policy, found, circle = _alternate(compiled, head_for(compiled, goals))
        circles.append(circle)
        if found:
            fixed.append((policy, policy_values(compiled, policy)))
        if found and (not several or (stated and goals is stated)):
            break  # the scenario pins it, or nobody asks for others
    if not fixed:
        return _search_on(compiled, circles)
    policy, values = fixed[0]
    same = 1e-7 * payoff_ranges(values)
    others = [other for _, other in fixed[1:] if (np.abs(other - values) > same).any()]
    return NoDealPolicy(policy, values, True, tuple(others))


def _search_on(compiled: Compiled, circles: list[list[IntArray]]) -> NoDealPolicy:
    """Go through all policies over the ladders on which no starting point led to rest."""
    found = search_apart(compiled, [each for circle in circles for each in circle])
    if found.policy is not None:
        policy, rests, _ = _alternate(compiled, found.policy)
        if rests:
            return NoDealPolicy(policy, policy_values(compiled, policy), True, ())
    last = circles[0][0]
    names = [compiled.layout.ladders[k].id for k in sorted(found.ladders)]
    none_over = tuple(names) if found.ended is Ended.NONE else ()
    return NoDealPolicy(last, policy_values(compiled, last), False, (), none_over)


def head_for(compiled: Compiled, goals: dict[int, int]) -> IntArray:
    """Give the policy that heads for the goals and holds every ladder without one."""
    wanted = [goals.get(k) for k in range(len(compiled.layout.ladders))]
    return np.stack([compiled.choose(party, wanted) for party in range(compiled.n_parties)])


def _alternate(compiled: Compiled, start: IntArray) -> tuple[IntArray, bool, list[IntArray]]:
    """Alternate exact best replies until nobody changes; False where that never ends.

    Then also the policies that come again and again, the first given first.
    """
    policy = start
    seen: dict[bytes, IntArray] = {}
    for _ in range(MAX_ROUNDS):
        if policy.tobytes() in seen:
            place = list(seen).index(policy.tobytes())
            return policy, False, list(seen.values())[place:]
        seen[policy.tobytes()] = policy
        before = policy.copy()
        for party in range(compiled.n_parties):
            policy = policy.copy()
            policy[party] = best_reply(compiled, policy, party)
        if np.array_equal(policy, before):
            return policy, True, [policy]
    return policy, False, [policy, *seen.values()]


def best_reply(compiled: Compiled, policy: IntArray, party: int) -> IntArray:
    """Give a party's best reply to the others' policy, ties broken towards holding: int64 (S,)."""
    tables = compiled.tables
    delta = float(compiled.discount[party])
    stride = compiled.stride(party)
    first = compiled.profiles_of(policy) - policy[party] * stride
    start = np.concatenate([[0], np.cumsum(tables.n_choices[:, party])])
    row, option, _ = compiled.options(first, party)
    index, source = compiled.entries_of(option)
    begin = np.searchsorted(source, np.arange(len(option)))
    chance, following = tables.entry_chance[index], tables.entry_next[index]
    reward = compiled.payoff[option, party]
    spread = float(payoff_ranges(reward[:, None])[0])
    chosen = policy[party].copy()
    while True:
        values = _policy_value(compiled, first + chosen * stride, party)
        follow = np.add.reduceat(chance * values[following], begin)
        worth = (1 - delta) * reward + delta * follow
        best = np.maximum.reduceat(worth, start[:-1])
        improve = best > worth[start[:-1] + chosen] + TOL_TIE * spread
        first_best = _first_within(worth, best, start, row, 0.0)
        if not improve.any():
            return _first_within(worth, best, start, row, TOL_TIE * spread)
        chosen = np.where(improve, first_best, chosen)


def _first_within(
    worth: FloatArray, best: FloatArray, start: IntArray, row: IntArray, tol: float
) -> IntArray:
    """Give the first option of each state that is within ``tol`` of the best."""
    place = np.where(worth >= best[row] - tol, np.arange(len(worth)), len(worth))
    return np.minimum.reduceat(place, start[:-1]) - start[:-1]


def _policy_value(compiled: Compiled, profiles: IntArray, party: int) -> FloatArray:
    delta = float(compiled.discount[party])
    reward = (1 - delta) * compiled.payoff[profiles, party]
    return evaluate_profiles(compiled, profiles, reward[:, None], delta)[:, 0]


def evaluate_profiles(
    compiled: Compiled, profiles: IntArray, rewards: FloatArray, delta: float
) -> FloatArray:
    """Evaluate a Markov policy given by its profile in every state: float64 (S, C)."""
    tables = compiled.tables
    index, rows = compiled.entries_of(profiles)
    return discounted_values(
        rows, tables.entry_next[index], tables.entry_chance[index], rewards, delta
    )


def policy_values(compiled: Compiled, policy: IntArray) -> FloatArray:
    """Give every party's value of a policy in every state: float64, shape (S, P)."""
    profiles = compiled.profiles_of(policy)
    return np.stack(
        [_policy_value(compiled, profiles, party) for party in range(compiled.n_parties)], axis=1
    )


def policy_value_terms(compiled: Compiled, policy: IntArray, party: int) -> FloatArray:
    """Give a party's value of a policy by term: float64, shape (S, terms)."""
    delta = float(compiled.discount[party])
    profiles = compiled.profiles_of(policy)
    rewards = (1 - delta) * compiled.payoff_terms(party, profiles)
    return evaluate_profiles(compiled, profiles, rewards, delta)


def describe_no_deal(compiled: Compiled, found: NoDealPolicy) -> tuple[str, ...]:
    """Say in words what the parties would do today, and at the end of each plan."""
    sentences = [f"Without a deal: {_doing(compiled, found, 0, 'nobody moves')}."]
    for plan in compiled.scenario.plans:
        levels = list(compiled.layout.today)
        for step in plan.steps:
            for ladder, target in step.targets.items():
                k = compiled.layout.number(ladder)
                if compiled.layout.position[k] >= 0:
                    levels[compiled.layout.position[k]] = target
        row = compiled.row_of(tuple(levels))
        if row is None or row == 0:
            continue
        doing = _doing(compiled, found, row, "nobody would move")
        sentence = f"Once at {compiled.layout.words(compiled.tables.states[row])}: {doing}."
        if sentence not in sentences:
            sentences.append(sentence)
    return tuple(sentences)


def _doing(compiled: Compiled, found: NoDealPolicy, row: int, nothing: str) -> str:
    profiles = compiled.profiles_of(found.policy)
    parts = []
    for party in range(compiled.n_parties):
        stride = int(compiled.stride(party)[row])
        holding = int(profiles[row]) - int(found.policy[party, row]) * stride
        words = describe_deviation(compiled, party, holding, int(profiles[row]))
        if words and not compiled.tables.hostile[row, party]:
            parts.append(f"{compiled.scenario.parties[party].name} would {words}")
    return "; ".join(parts) or nothing


def free_concessions(compiled: Compiled, found: NoDealPolicy) -> tuple[str, ...]:
    """Name the ladders that a party would move to a plan's end without any deal."""
    layout = compiled.layout
    profiles = compiled.profiles_of(found.policy)
    row, visited = 0, set()
    while row not in visited:
        visited.add(row)
        index, _ = compiled.entries_of(profiles[[row]])
        likely = index[int(np.argmax(compiled.tables.entry_chance[index]))]
        row = int(compiled.tables.entry_next[likely])
    reached = compiled.tables.states[row]
    out = []
    for plan in compiled.scenario.plans:
        ends: dict[str, int] = {}
        for step in plan.steps:
            ends.update(step.targets)
        for ladder, target in ends.items():
            k = compiled.layout.number(ladder)
            today = layout.ladders[k].today
            if layout.position[k] >= 0 and today < target <= reached[layout.position[k]]:
                holders = " and ".join(
                    compiled.scenario.party(p).name for p in layout.ladders[k].holders
                )
                out.append(
                    f"{holders} would move {ladder} to {layout.ladders[k].levels[target].id}"
                    " even without a deal: there it gives nothing up"
                )
    return tuple(dict.fromkeys(out))
