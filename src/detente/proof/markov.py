"""Pure Markov equilibria: the smallest proofs that states have an equilibrium.

Found by alternating best replies from several policies; whatever is found is checked exactly, so
the search may use floating point.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import numpy as np

from detente.proof.automata import Audit, Automaton, markov_nodes, settle
from detente.proof.exact import ExactGame, Profile
from detente.solve.evaluate import discounted_values

MAX_ROUNDS = 50
TIE = 1e-12  # of the payoff: a reply that is better by less changes nothing
Policy = dict[int, Profile]


def find_markov(game: ExactGame) -> tuple[Automaton, Audit] | None:
    """Find a pure Markov equilibrium of the whole game; None where no trial ends in one."""
    tried: set[tuple[Profile, ...]] = set()
    for start in _starts(game):
        policy: Policy | None = start
        for _ in range(MAX_ROUNDS):
            if policy is None or tuple(policy.values()) in tried:
                break
            tried.add(tuple(policy.values()))
            found = _check(game, policy)
            if found is not None:
                return found
            policy = _reply(game, policy)
    return None


def _check(game: ExactGame, policy: Policy) -> tuple[Automaton, Audit] | None:
    everywhere = tuple(tuple(range(len(policy))) for _ in range(game.n_players))
    automaton, checked = settle(game, markov_nodes(game, policy), everywhere)
    return (automaton, checked) if checked.holds else None


def _starts(game: ExactGame) -> list[Policy]:
    """Give policies to start from: the first and last profiles, and the best of one period."""
    choices = [state.prescribable for state in game.states]
    payoffs = [state.payoff for state in game.states]
    if not all(choices):
        return []
    picks: list[list[Profile]] = [[each[0] for each in choices], [each[-1] for each in choices]]
    for weight in itertools.product((0, 1), repeat=game.n_players):
        picks.append([
            max(each, key=lambda a: sum(w * u for w, u in zip(weight, payoff[a], strict=True)))
            for each, payoff in zip(choices, payoffs, strict=True)
        ])  # fmt: skip
    return [dict(enumerate(pick)) for pick in picks]


def _values(game: ExactGame, policy: Mapping[int, Profile], player: int) -> list[float]:
    rows, columns, chances, rewards = [], [], [], []
    d = float(game.discount[player])
    for s, a in policy.items():
        state = game.states[s]
        rewards.append((1 - d) * float(state.payoff[a][player]))
        for k, q in state.chances[a]:
            rows.append(s)
            columns.append(state.follows(k))
            chances.append(float(q))
    solved = discounted_values(
        np.array(rows), np.array(columns), np.array(chances), np.array(rewards)[:, None], d
    )
    return [float(v) for v in solved[:, 0]]


def _reply(game: ExactGame, policy: Policy) -> Policy | None:
    """Let every player in turn answer with a best reply; None where it may not be prescribed."""
    policy = dict(policy)
    for i, d in enumerate(game.discount):
        values = _values(game, policy, i)
        for s, state in enumerate(game.states):
            worth = {}
            for b in range(state.shape[i]):
                a = (*policy[s][:i], b, *policy[s][i + 1 :])
                later = sum(float(q) * values[state.follows(k)] for k, q in state.chances[a])
                worth[a] = float((1 - d) * state.payoff[a][i]) + float(d) * later
            best = max(worth.values())
            if best > worth[policy[s]] + TIE * max(1.0, abs(best)):
                policy[s] = max(worth, key=worth.__getitem__)
            if policy[s] not in state.prescribable:
                return None
    return policy
