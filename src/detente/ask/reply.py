"""A party's best reply to a plan: a Markov decision problem over the plan's automaton and no deal.

All others keep the plan, answer a breach as it is read, and outside the plan do what they would do
without a deal. The party may keep its word, cheat in secret, or break openly, at any node, again
and again; after the plan it does what is best for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.ask.margins import visible_options
from detente.ask.nodeal import best_reply, evaluate_profiles
from detente.compile.build import Compiled
from detente.compile.outcomes import Outcomes
from detente.compile.plan import PlanGraph
from detente.solve.evaluate import discounted_values, payoff_ranges

MAX_ROUNDS = 1_000
TOL_TIE = 1e-10  # of the payoff range: what is better by less is no reason to break a plan

KEEP, HIDE, BREAK = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Reply:
    """What a party does at every node of a plan, and in every base state without one.

    Attributes
    ----------
    act : int64 (N,), `KEEP`, `HIDE` (cheating in secret, or a breach that the plan ignores) or
        `BREAK` (an open breach that is answered)
    seen : bool (N,), whether everybody sees that it does not keep the plan
    place : int64 (N,), which of the party's unanswered deviations, or of its open breaches
    profile : int64 (N,), the profile row that is played
    ends : int64 (S,), the profile row played without a deal
    """

    graph: PlanGraph
    party: int
    act: IntArray
    seen: BoolArray
    place: IntArray
    profile: IntArray
    ends: IntArray
    moves: Moves


@dataclass(frozen=True, slots=True)
class Moves:
    """Where play goes from every node under a reply: entries of a sparse matrix.

    Attributes
    ----------
    node, target : int64 (E,); the target is numbered as by `PlanGraph.targets_of`
    column : int64 (E,), 0 where no alarm is raised, 1 + i for a first alarm about party i, -1
        after an open breach
    chance : float64 (E,)
    """

    node: IntArray
    target: IntArray
    column: IntArray
    chance: FloatArray


@dataclass(frozen=True, slots=True)
class _Breaches:
    """A party's open breaches: targets of the entries, and the place where each one's begin."""

    target: IntArray
    source: IntArray
    case: IntArray  # (N,), -1 where a breach is not answered, or there is none
    first: IntArray  # first option of each case that has one
    owned: IntArray  # those cases


def best_plan_reply(
    graph: PlanGraph, party: int, no_deal: IntArray, like: Reply | None = None
) -> Reply:
    """Find a party's best reply to a plan that all others keep, by policy iteration.

    Parameters
    ----------
    graph : the automaton; what it leaves open must lead to no deal or to written responses
    party : who replies
    no_deal : int64 (P, S), what everybody does without a deal; the party's own row is where the
        search begins
    like : a reply to the same plan with other numbers; the search begins there

    Returns
    -------
    Reply
        It keeps the plan where nothing is better, and holds where all is equal.
    """
    compiled = graph.compiled
    after = no_deal.copy()
    after[party] = best_reply(compiled, after, party)
    ends = compiled.profiles_of(after)
    end_values = _end_values(graph, ends, party)
    breaches = _list_breaches(graph, party)
    tol = TOL_TIE * float(payoff_ranges(compiled.payoff[graph.node_profile])[party])
    act, place = np.zeros(graph.n_nodes, dtype=np.int64), np.full(graph.n_nodes, -1)
    if like is not None and np.array_equal(like.graph.number, graph.number):
        act, place = like.act, like.place
    profile = _profiles(graph, party, act, place)
    for _ in range(MAX_ROUNDS):
        moves = _join_moves(graph, party, act, place, breaches)
        values = reply_values(graph, party, profile, moves, end_values)
        worth, option = _worth_of_acts(graph, party, values, end_values, breaches)
        better = worth.max(axis=0) > values + tol
        # the first of equally good acts: keeping before hiding before breaking
        best = (worth >= worth.max(axis=0) - tol).argmax(axis=0)
        if not better.any():
            best = np.where(worth[KEEP] >= values - tol, KEEP, act)
            if (best == act).all():
                seen = _is_seen(graph, party, act, place)
                return Reply(graph, party, act, seen, place, profile, ends, moves)
            better = best != act
        act = np.where(better, best, act)
        place = np.where(better, option[act, np.arange(len(act))], place)
        profile = _profiles(graph, party, act, place)
    raise ArithmeticError("the best reply to the plan was not found")


def _end_values(graph: PlanGraph, ends: IntArray, party: int) -> FloatArray:
    """Give a party's value of every end, as `PlanGraph.targets_of` numbers them: float64 (T,)."""
    return np.tile(no_deal_values(graph.compiled, ends, party), max(1, len(graph.ends)))


def no_deal_values(compiled: Compiled, ends: IntArray, party: int) -> FloatArray:
    """Give a party's value of playing given profiles in every state for ever: float64 (S,)."""
    delta = float(compiled.discount[party])
    rewards = (1 - delta) * compiled.payoff[ends, party]
    return evaluate_profiles(compiled, ends, rewards[:, None], delta)[:, 0]


def reply_values(
    graph: PlanGraph, party: int, profile: IntArray, moves: Moves, end_values: FloatArray
) -> FloatArray:
    """Give a party's value at every node when given profiles are played: float64 (N,)."""
    delta = float(graph.compiled.discount[party])
    total = (1 - delta) * graph.compiled.payoff[profile, party]
    away = moves.target >= graph.n_nodes
    total += np.bincount(
        moves.node[away],
        delta * moves.chance[away] * end_values[moves.target[away] - graph.n_nodes],
        minlength=graph.n_nodes,
    )
    inside = ~away
    return discounted_values(
        moves.node[inside], moves.target[inside], moves.chance[inside], total[:, None], delta
    )[:, 0]


def values_against(reply: Reply, party: int) -> tuple[FloatArray, FloatArray]:
    """Give what a reply leaves any party with: at nodes, float64 (N,), and without a deal, (S,)."""
    graph = reply.graph
    without = no_deal_values(graph.compiled, reply.ends, party)
    ends = np.tile(without, max(1, len(graph.ends)))
    return reply_values(graph, party, reply.profile, reply.moves, ends), without


def _list_breaches(graph: PlanGraph, party: int) -> _Breaches:
    found = visible_options(graph, party, punished=False)
    case = np.full(graph.n_nodes, -1)
    case[found.nodes] = found.case
    first = np.flatnonzero(np.diff(found.owner, prepend=-1))
    count = np.diff(np.append(found.begin, len(found.entry_row)))
    return _Breaches(
        target=graph.targets_of(found.kinds[found.entry_kind], found.entry_row),
        source=np.repeat(np.arange(len(found.option)), count),
        case=case,
        first=first,
        owned=found.owner[first],
    )


def _worth_of_acts(
    graph: PlanGraph,
    party: int,
    values: FloatArray,
    end_values: FloatArray,
    breaches: _Breaches,
) -> tuple[FloatArray, IntArray]:
    """Give the worth of keeping, hiding and breaking at every node, float64 (3, N); -inf for none.

    Also which of the unanswered deviations, or of the open breaches, is best: int64 (3, N).
    """
    payoff, delta = graph.compiled.payoff[:, party], float(graph.compiled.discount[party])
    worth = np.full((3, graph.n_nodes), -np.inf)
    option = np.full((3, graph.n_nodes), -1)
    after = np.concatenate([values, end_values])[:, None]
    worth[KEEP] = (1 - delta) * payoff[graph.node_profile]
    worth[KEEP] += delta * graph.path.follow(after)[:, 0]
    hidden = graph.unanswered(party)
    if len(hidden.nodes):
        found = (1 - delta) * payoff[hidden.options] + delta * hidden.outcomes.follow(after)[:, 0]
        np.maximum.at(worth[HIDE], hidden.nodes, found)
        best = np.flatnonzero(found >= worth[HIDE][hidden.nodes])[::-1]
        option[HIDE][hidden.nodes[best]] = best
    seen = visible_options(graph, party, punished=False)
    if len(seen.option):
        follow = np.add.reduceat(seen.chance * after[breaches.target, 0], seen.begin)
        found = (1 - delta) * payoff[seen.option] + delta * follow
        best_of = np.full(seen.n_cases, -np.inf)
        best_of[breaches.owned] = np.maximum.reduceat(found, breaches.first)
        close = 1e-12 * float(np.abs(found).max(initial=1.0))
        place = np.where(found >= best_of[seen.owner] - close, np.arange(len(found)), len(found))
        place_of = np.full(seen.n_cases, -1)
        place_of[breaches.owned] = np.minimum.reduceat(place, breaches.first)
        here = breaches.case >= 0
        worth[BREAK][here] = best_of[breaches.case[here]]
        option[BREAK][here] = place_of[breaches.case[here]]
    return worth, option


def _is_seen(graph: PlanGraph, party: int, act: IntArray, place: IntArray) -> BoolArray:
    """Say at which nodes everybody sees that the plan is not kept: bool (N,)."""
    seen: BoolArray = act == BREAK
    hides = act == HIDE
    seen[hides] = ~graph.unanswered(party).hidden[place[hides]]
    return seen


def _profiles(graph: PlanGraph, party: int, act: IntArray, place: IntArray) -> IntArray:
    """Give the profile row played at every node: int64 (N,)."""
    out = graph.node_profile.copy()
    hides, breaks = act == HIDE, act == BREAK
    out[hides] = graph.unanswered(party).options[place[hides]]
    out[breaks] = visible_options(graph, party, punished=False).option[place[breaks]]
    return out


def _join_moves(
    graph: PlanGraph, party: int, act: IntArray, place: IntArray, breaches: _Breaches
) -> Moves:
    """Put together where play goes from every node under the acts chosen."""
    nodes = np.arange(graph.n_nodes)
    pieces = [_some(graph.path, np.where(act == KEEP, nodes, -1))]
    hidden = graph.unanswered(party)
    if (act == HIDE).any():
        owner = np.full(len(hidden.nodes), -1)
        owner[place[act == HIDE]] = nodes[act == HIDE]
        pieces.append(_some(hidden.outcomes, owner))
    here = nodes[act == BREAK]
    if len(here):
        seen = visible_options(graph, party, punished=False)
        end = np.append(seen.begin, len(seen.entry_row))
        first, count = end[place[here]], np.diff(end)[place[here]]
        owner = np.repeat(here, count)
        entry = np.arange(len(owner)) + np.repeat(first - (np.cumsum(count) - count), count)
        none = np.full(len(owner), -1)
        pieces.append(Moves(owner, breaches.target[entry], none, seen.chance[entry]))
    return Moves(
        np.concatenate([each.node for each in pieces]),
        np.concatenate([each.target for each in pieces]),
        np.concatenate([each.column for each in pieces]),
        np.concatenate([each.chance for each in pieces]),
    )


def _some(outcomes: Outcomes, owner: IntArray) -> Moves:
    """Give the entries of some of the profiles of a list: those with an owner, int64 (n,), >= 0."""
    of = outcomes.pair_of[outcomes.entry_pair]
    keep = owner[of] >= 0
    pair = outcomes.entry_pair[keep]
    return Moves(
        owner[of[keep]],
        outcomes.target[keep],
        outcomes.pair_column[pair],
        outcomes.chance[keep] * outcomes.pair_weight[pair],
    )
