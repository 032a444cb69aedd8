"""No deal: a pure Markov perfect equilibrium of the base game, in values and words.

Found by alternating exact best replies; a fixed point of them is an equilibrium by
construction. Rules R11 and R12 of docs/rules.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.ask.evaluate import discounted_values
from detente.compile.build import Compiled, describe_choice
from detente.compile.moves import Choice
from detente.game.game import FloatArray

Policy = tuple[tuple[int, ...], ...]  # per party, per state row: the index of its choice

MAX_ROUNDS = 60
TOL_TIE = 1e-9  # of the payoff range: differences below it are ties


@dataclass(frozen=True, slots=True)
class NoDealPolicy:
    """What the parties would do without an agreement.

    Attributes
    ----------
    policy : index of each party's choice in each state
    values : float64, shape (S, P), points per year
    found : whether the search ended in an equilibrium
    others : values of other equilibria that were found, each of shape (S, P)
    """

    policy: Policy
    values: FloatArray
    found: bool
    others: tuple[FloatArray, ...]

    def profile(self, compiled: Compiled, row: int) -> tuple[Choice, ...]:
        """Give the profile played in a state."""
        return tuple(
            compiled.choices[row][party][self.policy[party][row]]
            for party in range(compiled.n_parties)
        )


def find_no_deal(compiled: Compiled) -> NoDealPolicy:
    """Find what the parties would do without an agreement."""
    stated = {
        compiled.scenario.ladders.index(compiled.scenario.ladder(ladder)): level
        for ladder, level in compiled.scenario.no_deal.items()
    }
    last = {k: len(ladder.levels) - 1 for k, ladder in enumerate(compiled.layout.ladders)}
    first = dict.fromkeys(last, 0)
    starts = [_heading(compiled, stated), _heading(compiled, first), _heading(compiled, last)]
    fixed: list[tuple[Policy, FloatArray]] = []
    tried: Policy | None = None
    for start in starts:
        policy, found = _alternate(compiled, start)
        tried = policy if tried is None else tried
        if found:
            fixed.append((policy, policy_values(compiled, policy)))
            if stated and len(fixed) == 1 and start is starts[0]:
                break  # the scenario pins it
    if not fixed:
        assert tried is not None  # noqa: S101  (there is always a first start)
        return NoDealPolicy(tried, policy_values(compiled, tried), False, ())
    policy, values = fixed[0]
    scale = max(1.0, float(np.ptp(values)))
    others = [other for _, other in fixed[1:] if np.abs(other - values).max() > 1e-7 * scale]
    return NoDealPolicy(policy, values, True, tuple(others))


def _heading(compiled: Compiled, goals: dict[int, int]) -> Policy:
    """Give the policy that heads for the goals and holds every ladder without one."""
    policy = []
    for party in range(compiled.n_parties):
        row_choices = []
        for row, state in enumerate(compiled.states):
            choices = compiled.choices[row][party]
            if compiled.layout.hostile(state, party):
                row_choices.append(0)
                continue
            targets = choices[0].targets
            for place, k in enumerate(compiled.layout.held[party]):
                if k in goals:
                    move = compiled.mover.towards(k, compiled.layout.level(state, k), goals[k])
                    targets = (*targets[:place], move, *targets[place + 1 :])
            row_choices.append(choices.index(Choice(targets)))
        policy.append(tuple(row_choices))
    return tuple(policy)


def _alternate(compiled: Compiled, start: Policy) -> tuple[Policy, bool]:
    """Alternate exact best replies until nobody changes; False where that never ends."""
    policy = start
    seen = set()
    for _ in range(MAX_ROUNDS):
        if policy in seen:
            return policy, False
        seen.add(policy)
        before = policy
        for party in range(compiled.n_parties):
            reply = best_reply(compiled, policy, party)
            policy = (*policy[:party], reply, *policy[party + 1 :])
        if policy == before:
            return policy, True
    return policy, False


@dataclass(frozen=True, slots=True)
class _Problem:
    """One party's Markov decision problem against the others' policy (arrays over options)."""

    start: FloatArray  # int: first option of each state
    reward: FloatArray
    option: FloatArray  # of each entry
    column: FloatArray
    chance: FloatArray


def best_reply(compiled: Compiled, policy: Policy, party: int) -> tuple[int, ...]:
    """Give a party's best reply to the others' policy, ties broken towards holding."""
    problem = _decision_problem(compiled, policy, party)
    delta = float(compiled.discount[party])
    start = problem.start.astype(np.int64)
    n = len(compiled.states)
    chosen = start[:-1] + np.array(policy[party], dtype=np.int64)
    spread = max(1e-300, float(np.ptp(problem.reward)))
    while True:
        values = _evaluate_options(problem, chosen, delta, n)
        follow = np.zeros(len(problem.reward))
        np.add.at(follow, problem.option.astype(np.int64),
                  problem.chance * values[problem.column.astype(np.int64)])  # fmt: skip
        worth = (1 - delta) * problem.reward + delta * follow
        best = np.maximum.reduceat(worth, start[:-1])
        better = best > worth[chosen] + TOL_TIE * spread
        if not better.any():
            break
        for row in np.flatnonzero(better):
            chosen[row] = start[row] + int(np.argmax(worth[start[row] : start[row + 1]]))
    reply = []
    for row in range(n):
        options = worth[start[row] : start[row + 1]]
        reply.append(int(np.flatnonzero(options >= options.max() - TOL_TIE * spread)[0]))
    return tuple(reply)


def _evaluate_options(problem: _Problem, chosen: FloatArray, delta: float, n: int) -> FloatArray:
    row_of = np.full(len(problem.reward), -1)
    row_of[chosen] = np.arange(n)
    taken = row_of[problem.option.astype(np.int64)]
    keep = taken >= 0
    reward = (1 - delta) * problem.reward[chosen]
    return discounted_values(
        taken[keep], problem.column[keep], problem.chance[keep], reward[:, None], delta
    )[:, 0]


def _decision_problem(compiled: Compiled, policy: Policy, party: int) -> _Problem:
    start, reward = [0], []
    option, column, chance = [], [], []
    for row in range(len(compiled.states)):
        profile = [compiled.choices[row][j][policy[j][row]] for j in range(compiled.n_parties)]
        for choice in compiled.choices[row][party]:
            profile[party] = choice
            each = tuple(profile)
            towards = compiled.resolve(row, each)
            rows, chances = compiled.next_rows(row, towards)
            option.extend([len(reward)] * len(rows))
            column.extend(rows)
            chance.extend(chances)
            reward.append(compiled.payoff(row, each, towards, party))
        start.append(len(reward))
    return _Problem(
        np.array(start), np.array(reward), np.array(option), np.array(column), np.array(chance)
    )


def policy_values(compiled: Compiled, policy: Policy) -> FloatArray:
    """Give every party's value of a policy in every state: float64, shape (S, P)."""
    return np.stack(
        [
            policy_value_terms(compiled, policy, party).sum(axis=1)
            for party in range(compiled.n_parties)
        ],
        axis=1,
    )


def policy_value_terms(compiled: Compiled, policy: Policy, party: int) -> FloatArray:
    """Give a party's value of a policy by term: float64, shape (S, terms)."""
    delta = float(compiled.discount[party])
    rewards, rows, columns, chances = [], [], [], []
    for row in range(len(compiled.states)):
        profile = tuple(compiled.choices[row][j][policy[j][row]] for j in range(compiled.n_parties))
        rewards.append(compiled.payoff_terms(row, profile, party))
        following, probability = compiled.next_rows(row, compiled.resolve(row, profile))
        rows.extend([row] * len(following))
        columns.extend(following)
        chances.extend(probability)
    return discounted_values(rows, columns, chances, (1 - delta) * np.array(rewards), delta)


def describe_no_deal(compiled: Compiled, found: NoDealPolicy) -> tuple[str, ...]:
    """Say in words what the parties would do today, and at the end of each plan."""
    sentences = [f"Without a deal: {_doing(compiled, found, 0, 'nobody moves')}."]
    for plan in compiled.scenario.plans:
        levels = list(compiled.layout.today)
        for step in plan.steps:
            for ladder, target in step.targets.items():
                k = compiled.scenario.ladders.index(compiled.scenario.ladder(ladder))
                if compiled.layout.position[k] >= 0:
                    levels[compiled.layout.position[k]] = target
        row = compiled.number.get(tuple(levels))
        if row is None or row == 0:
            continue
        doing = _doing(compiled, found, row, "nobody would move")
        sentence = f"Once at {compiled.layout.words(compiled.states[row])}: {doing}."
        if sentence not in sentences:
            sentences.append(sentence)
    return tuple(sentences)


def _doing(compiled: Compiled, found: NoDealPolicy, row: int, nothing: str) -> str:
    parts = []
    for party, choice in enumerate(found.profile(compiled, row)):
        words = describe_choice(compiled, row, party, choice)
        if words != "hold":
            parts.append(f"{compiled.scenario.parties[party].name} would move {words}")
    return "; ".join(parts).replace("would move cheat", "would cheat") or nothing


def free_concessions(compiled: Compiled, found: NoDealPolicy) -> tuple[str, ...]:
    """Name the ladders that a party would move to a plan's end without any deal."""
    layout = compiled.layout
    row, visited = 0, set()
    while row not in visited:
        visited.add(row)
        rows, chances = compiled.next_rows(row, compiled.resolve(row, found.profile(compiled, row)))
        row = rows[int(np.argmax(chances))]
    reached = compiled.states[row]
    out = []
    for plan in compiled.scenario.plans:
        ends: dict[str, int] = {}
        for step in plan.steps:
            ends.update(step.targets)
        for ladder, target in ends.items():
            k = compiled.scenario.ladders.index(compiled.scenario.ladder(ladder))
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
