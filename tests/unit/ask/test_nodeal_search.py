"""R12: the complete search for no deal, against going through all policies one by one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from detente.ask.check import check
from detente.ask.nodeal import NoDealPolicy, find_no_deal
from detente.ask.sweeping.space import Sampler, find_ranges
from detente.compile.build import compile_scenario
from detente.kernels.stable import FOUND, NONE, STOPPED, search_stable
from detente.library import find_scenario
from detente.scenario.reading import read_scenario, read_scenario_text
from unit.ask.test_edges import PENNIES

TIE = 1e-7
SAMPLE_WITH_ONE, SAMPLE_WITHOUT = 247, 23  # of the sequence of seed 3


class TinyGame:
    """A random stochastic game as nested arrays, and its equilibria by brute force."""

    def __init__(self, rng: np.random.Generator, counts: list[tuple[int, ...]]) -> None:
        self.counts = counts
        self.n_states, self.n_parties = len(counts), len(counts[0])
        self.delta = rng.uniform(0.3, 0.95, self.n_parties)
        self.payoff = [rng.normal(size=(*each, self.n_parties)) for each in counts]
        self.following = [rng.dirichlet(np.ones(self.n_states), size=each) for each in counts]

    def tables(self):
        sizes = np.array(self.counts, dtype=np.int64)
        start = np.concatenate([[0], np.cumsum(sizes.prod(axis=1))]).astype(np.int64)
        payoff = np.concatenate([p.reshape(-1, self.n_parties) for p in self.payoff])
        chance = np.concatenate([f.reshape(-1, self.n_states) for f in self.following])
        entry_start = np.arange(len(payoff) + 1, dtype=np.int64) * self.n_states
        entry_next = np.tile(np.arange(self.n_states), len(payoff))
        return sizes, start, payoff, self.delta, entry_start, entry_next, chance.ravel()

    def is_equilibrium(self, policy) -> bool:
        """Whether no party gains by one deviation anywhere: the policy's values by iteration."""
        for i in range(self.n_parties):
            now = np.array([self.payoff[s][policy[s]][i] for s in range(self.n_states)])
            after = np.array([self.following[s][policy[s]] for s in range(self.n_states)])
            d = self.delta[i]
            value = np.linalg.solve(np.eye(self.n_states) - d * after, (1 - d) * now)
            for s in range(self.n_states):
                for own in range(self.counts[s][i]):
                    acts = (*policy[s][:i], own, *policy[s][i + 1 :])
                    worth = (1 - d) * self.payoff[s][acts][i] + d * self.following[s][acts] @ value
                    if worth > value[s] + TIE:
                        return False
        return True

    def equilibria(self):
        acts = [list(itertools.product(*(range(n) for n in each))) for each in self.counts]
        return [policy for policy in itertools.product(*acts) if self.is_equilibrium(policy)]

    def search(self, order, max_work=10**7):
        tables = self.tables()
        slack = 1e-9 * np.ptp(tables[2], axis=0)
        status, profiles, work = search_stable(*tables, order, slack, max_work)
        if status != FOUND:
            return status, None, work
        local = profiles - tables[1][:-1]
        policy = tuple(
            tuple(int(k) for k in np.unravel_index(local[s], self.counts[s]))
            for s in range(self.n_states)
        )
        return status, policy, work


def _games():
    rng = np.random.default_rng(20180612)
    shapes = [
        [(2, 2)] * 3,
        [(2, 2)] * 4,
        [(3, 2), (2, 3), (1, 2)],
        [(2, 2, 2), (2, 1, 2)],
        [(3, 3), (3, 3)],
        [(1, 3), (3, 1), (2, 2)],
    ]
    return [TinyGame(rng, shape) for shape in shapes for _ in range(12)]


def test_all_policies_one_by_one_say_the_same():
    seen = {FOUND: 0, NONE: 0}
    for game in _games():
        known = game.equilibria()
        for order in (np.arange(game.n_states), np.arange(game.n_states)[::-1].copy()):
            status, policy, _ = game.search(order)
            assert status == (FOUND if known else NONE)
            assert status == NONE or policy in known
            seen[status] += 1
    assert min(seen.values()) >= 20, seen


def test_a_search_that_is_cut_short_claims_nothing():
    game = _games()[0]
    status, _, work = game.search(np.arange(game.n_states), max_work=5)
    assert status == STOPPED
    assert work >= 5


def test_pennies_have_no_pure_equilibrium_and_the_answer_says_so():
    scenario = read_scenario_text(PENNIES, "pennies.yaml")
    found = find_no_deal(compile_scenario(scenario))
    assert not found.found
    assert found.none_over
    (warning,) = check(scenario).no_deal.warnings
    assert "unless somebody mixes at random" in warning
    assert all(ladder in warning for ladder in found.none_over)


@pytest.fixture(scope="module")
def singapore():
    scenario = read_scenario(find_scenario("singapore-2018"))
    ranges = find_ranges(scenario)
    points = Sampler(scenario, ranges, 3).draw(256)

    def at(sample: int):
        values = dict(zip([r.path for r in ranges], points[sample].tolist(), strict=True))
        return compile_scenario(scenario.with_values(values))

    return at


def _gains(compiled, found: NoDealPolicy) -> float:
    """Give the largest gain by one deviation in any state, from the values said."""
    profiles = compiled.profiles_of(found.policy)
    largest = -np.inf
    for party, delta in enumerate(compiled.discount.tolist()):
        value = found.values[:, party]
        source, options, _ = compiled.options(profiles, party)
        after = compiled.expect(value, options)
        worth = (1 - delta) * compiled.payoff[options, party] + delta * after
        largest = max(largest, float((worth - value[source]).max()))
        own = (1 - delta) * compiled.payoff[profiles, party]
        assert own + delta * compiled.expect(value, profiles) == pytest.approx(value, abs=1e-9)
    return largest


def test_what_is_found_in_singapore_is_an_equilibrium_of_all_states(singapore):
    compiled = singapore(SAMPLE_WITH_ONE)
    found = find_no_deal(compiled)
    assert found.found
    assert found.none_over == ()
    assert _gains(compiled, found) < 1e-6


def test_where_singapore_has_none_over_two_ladders_that_is_said(singapore):
    compiled = singapore(SAMPLE_WITHOUT)
    found = find_no_deal(compiled)
    assert not found.found
    assert set(found.none_over) == {"arsenal", "guarantee"}
