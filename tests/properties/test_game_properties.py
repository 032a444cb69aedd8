"""What must not matter to the sets of equilibrium payoffs, and what must always be so."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detente.solve.solution import Solution
from reference import games
from reference.asking import distance, sets_of, usual_tol
from reference.games import Document, only_whole_payoffs
from reference.plain_game import read_document
from reference.slow_sets import apply_B, circle, escape, support

few = settings(
    max_examples=20,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
many = settings(few, max_examples=100)

# Unusual patience, so that whole payoffs put no game exactly on a threshold.
PATIENCE = st.sampled_from([0.317, 0.4733, [0.3511, 0.5237], 0.6173, [0.6719, 0.2939]])


@st.composite
def perfect_games(draw: st.DrawFn, max_states: int = 3, max_actions: int = 3) -> Document:
    sizes = st.integers(1, max_actions)
    return games.random_game(
        seed=draw(st.integers(0, 10**6)),
        states=draw(st.integers(1, max_states)),
        actions=(draw(sizes), draw(sizes)),
        delta=draw(PATIENCE),
        whole=draw(st.booleans()),
        zeros=draw(st.booleans()),
        absorbing=draw(st.booleans()),
    )


@st.composite
def signal_games(draw: st.DrawFn, max_states: int = 2) -> Document:
    return games.random_game(
        seed=draw(st.integers(0, 10**6)),
        states=draw(st.integers(1, max_states)),
        actions=(2, draw(st.integers(1, 2))),
        signals=draw(st.integers(1, 3)),
        delta=draw(PATIENCE),
        whole=draw(st.booleans()),
        zeros=draw(st.booleans()),
        absorbing=draw(st.booleans()),
    )


all_games = perfect_games() | signal_games()


def tolerance(*played: Document) -> float:
    """How far two solves of the same set may differ: payoffs in [0, 10], two solves, twice."""
    return 40 * max(usual_tol(game) for game in played)


def bounds_of(game: Document) -> Solution:
    """Solve; without second tries where payoffs tie exactly.

    There an equilibrium need not have room to spare, which ones are exhibited is a matter of
    rounding, and only the outer bound is looked at.
    """
    return sets_of(game, refinements=0) if only_whole_payoffs(game) else sets_of(game)


def apart(
    game: Document, first: Solution, a: int, second: Solution, b: int, change: object = None
) -> float:
    """Largest distance of the bounds of state a of one answer from those of state b."""
    transform = change if callable(change) else lambda v: v
    x, y = first.states[a], second.states[b]
    outer = distance(transform(x.outer_vertices), y.outer_vertices)
    if only_whole_payoffs(game):
        return outer
    return max(outer, distance(transform(x.inner_vertices), y.inner_vertices))


def check_relabelling_players(game: Document) -> None:
    plain, swapped = bounds_of(game), bounds_of(games.swap_players(game))
    for s in range(len(game["states"])):
        assert apart(game, plain, s, swapped, s, lambda v: v[:, ::-1]) <= tolerance(game)


def check_relabelling_states(game: Document, order: list[int]) -> None:
    plain, moved = bounds_of(game), bounds_of(games.permute_states(game, order))
    for place, s in enumerate(order):
        assert apart(game, plain, s, moved, place) <= tolerance(game)


def check_units(game: Document, scale: list[float], shift: list[float]) -> None:
    plain = bounds_of(game)
    changed = bounds_of(games.rescale(game, scale, shift))
    for s in range(len(game["states"])):
        to_units = lambda v: v * scale + shift  # noqa: E731
        assert apart(game, plain, s, changed, s, to_units) <= tolerance(game) * max(1.0, *scale)


def check_duplicate(game: Document, state: int, player: int) -> None:
    doubled = games.duplicate_action(game, state, player, 0)
    before, after = bounds_of(game), bounds_of(doubled)
    distances = [apart(game, before, s, after, s) for s in range(len(game["states"]))]
    assert max(distances) <= tolerance(game)


def check_copied_state(game: Document, state: int) -> None:
    plain, split = bounds_of(game), bounds_of(games.copy_state(game, state))
    for s in range(len(game["states"])):
        assert apart(game, plain, s, split, s) <= tolerance(game)
    assert apart(game, plain, state, split, len(game["states"])) <= tolerance(game)


def check_side_by_side(first: Document, second: Document) -> None:
    second = second | {"discount": first["discount"]}
    one, two = bounds_of(first), bounds_of(second)
    both = bounds_of(games.side_by_side(first, second))
    for s in range(len(first["states"])):
        assert apart(first, one, s, both, s) <= tolerance(first, second)
    for s in range(len(second["states"])):
        assert apart(second, two, s, both, len(first["states"]) + s) <= tolerance(first, second)


def check_from_outside(game: Document) -> None:
    """Inner within outer; B by the slow code moves neither bound by more than the tolerance."""
    solution = bounds_of(game)
    plain = read_document(game)
    outer = [state.outer_vertices for state in solution.states]
    inner = [state.inner_vertices for state in solution.states]
    D = circle(12)
    after = apply_B(plain, outer, D)
    errors = [state.error for state in solution.states]
    for V, W, h, error in zip(outer, inner, after, errors, strict=True):
        assert (len(V) == 0) == (h is None)
        if h is not None:
            assert abs(h - support(V, D)).max() <= tolerance(game)
        if len(W):
            assert (support(W, D) <= support(V, D) + error + 1e-9).all()
    assert escape(plain, inner, relax=1e-9) <= tolerance(game)
    if not only_whole_payoffs(game):
        assert solution.gap <= tolerance(game)
    assert solution.gap == pytest.approx(
        max(distance(V, W) for V, W in zip(outer, inner, strict=True)), abs=tolerance(game)
    )


@few
@given(all_games)
def test_relabelling_players_exchanges_the_coordinates(game: Document) -> None:
    check_relabelling_players(game)


@few
@given(all_games, st.randoms(use_true_random=False))
def test_relabelling_states_permutes_the_answer(game: Document, random: object) -> None:
    order = list(range(len(game["states"])))
    random.shuffle(order)  # type: ignore[attr-defined]
    check_relabelling_states(game, order)


scales = st.lists(st.sampled_from([0.01, 0.5, 3.0, 100.0]), min_size=2, max_size=2)
shifts = st.lists(st.sampled_from([-20.0, 0.0, 0.3, 50.0]), min_size=2, max_size=2)


@few
@given(all_games, scales, shifts)
def test_units_of_payoffs_change_units_only(
    game: Document, scale: list[float], shift: list[float]
) -> None:
    check_units(game, scale, shift)


@few
@given(all_games, st.integers(0, 5), st.integers(0, 1))
def test_a_duplicated_action_changes_nothing(game: Document, state: int, player: int) -> None:
    check_duplicate(game, state % len(game["states"]), player)


def test_a_duplicated_action_under_signals_hides_no_equilibrium() -> None:
    game = games.noisy_dilemma(0.9, 0.5, 0.2, 0.6)
    doubled = sets_of(games.duplicate_action(game, 0, 0, 0), refinements=0)
    assert distance(doubled.states[0].inner_vertices, [(0, 0), (1.75, 1.75)]) <= tolerance(game)


@few
@given(all_games, st.integers(0, 5))
def test_a_copied_state_changes_nothing(game: Document, state: int) -> None:
    check_copied_state(game, state % len(game["states"]))


@few
@given(perfect_games(max_states=2) | signal_games(), perfect_games(max_states=2) | signal_games())
def test_unconnected_games_are_solved_together_as_apart(first: Document, second: Document) -> None:
    check_side_by_side(first, second)


@few
@given(all_games)
def test_the_answer_stands_one_more_round(game: Document) -> None:
    check_from_outside(game)


@pytest.mark.slow
@many
@given(all_games, st.integers(0, 5), st.integers(0, 1), scales, shifts)
def test_all_of_it_on_many_games(
    game: Document, state: int, player: int, scale: list[float], shift: list[float]
) -> None:
    state %= len(game["states"])
    check_relabelling_players(game)
    check_relabelling_states(game, list(np.roll(range(len(game["states"])), 1)))
    check_units(game, scale, shift)
    check_duplicate(game, state, player)
    check_copied_state(game, state)
    check_from_outside(game)
