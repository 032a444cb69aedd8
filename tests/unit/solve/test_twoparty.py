"""Exact polygons for two parties: answers, limits, given sets, ties and empty states."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detente.errors import DetenteError
from detente.game.build import perfect_game, stage
from detente.game.game import Game
from detente.show.solution_json import document_from_solution, write_solution
from detente.solve.components import split_states
from detente.solve.options import Options, equally_spaced
from detente.solve.solution import Solution, Status
from detente.solve.twoparty import solve


def repeated(payoffs: Any, discount: float | list[float]) -> Game:
    n1, n2 = np.asarray(payoffs).shape[:2]
    both = [discount] * 2 if isinstance(discount, float) else discount
    names = [[f"r{j}" for j in range(n1)], [f"c{j}" for j in range(n2)]]
    return perfect_game(["a", "b"], both, [stage("s", names, payoffs)])


def dilemma(g: float, loss: float) -> list[Any]:
    return [[(1, 1), (-loss, 1 + g)], [(1 + g, -loss), (0, 0)]]


def assert_hull(points: np.ndarray, expected: Any, tol: float) -> None:
    """Compare two convex sets by their supports in 360 directions."""
    directions = equally_spaced(360)
    found = (points @ directions.T).max(axis=0)
    wanted = (np.asarray(expected, dtype=float) @ directions.T).max(axis=0)
    assert np.abs(found - wanted).max() <= tol


def assert_both(solution: Solution, state: int, expected: Any, tol: float = 2e-6) -> None:
    assert solution.status is Status.CONVERGED
    assert_hull(solution.states[state].outer_vertices, expected, tol)
    assert_hull(solution.states[state].inner_vertices, expected, tol)
    assert solution.states[state].gap <= solution.tol


def dilemma_set(g: float, loss: float, d: float) -> list[tuple[float, float]]:
    """Reference result 1, for g > l."""
    if d < loss / (1 + g):
        return [(0, 0)]
    if d < g / (1 + g):
        return [(0, 0), (1 + g - loss, 0), (0, 1 + g - loss)]
    y = (1 + g + loss) / (1 + loss)
    return [(0, 0), (1, 1), (y, 0), (0, y)]


@pytest.mark.parametrize("d", [0.1, 0.19, 0.21, 0.32, 0.34, 0.6, 0.95])
def test_dilemma_on_both_sides_of_its_thresholds(d: float) -> None:
    assert_both(solve(repeated(dilemma(0.5, 0.3), d)), 0, dilemma_set(0.5, 0.3, d))


def test_dilemma_with_a_segment() -> None:
    assert_both(solve(repeated(dilemma(0.3, 0.5), 0.229)), 0, [(0, 0)])
    assert_both(solve(repeated(dilemma(0.3, 0.5), 0.24)), 0, [(0, 0), (1, 1)])


@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_three_by_three_of_abreu_and_sannikov(shift: float) -> None:
    payoffs = np.array(
        [[(16, 9), (3, 13), (0, 3)], [(21, 1), (10, 4), (-1, 0)], [(9, 0), (5, -4), (-5, -15)]]
    )
    expected = np.array([
        (7.337705, 10.982625), (1.125682, 2.8), (7.337705, 0), (7.863090, 0), (19.791798, 2.8),
        (15.563090, 9.1),
    ])  # fmt: skip
    solution = solve(repeated(payoffs + shift, 0.3), Options(tol=1e-7))
    assert_both(solution, 0, expected + shift, 4e-6)
    assert len(solution.states[0].outer_vertices) == 6


def test_no_pure_equilibrium_is_said() -> None:
    solution = solve(repeated([[(1, -1), (-1, 2)], [(-2, 2), (1, 0)]], 0.05))
    assert solution.status is Status.EMPTY
    assert solution.states[0].empty
    assert solution.gap == 0.0
    assert np.isnan(solution.lowest(0, 0)).all()


def test_battle_of_the_sexes() -> None:
    sexes = [[(0, 0), (1, 3)], [(3, 1), (0, 0)]]
    assert_both(solve(repeated(sexes, 0.3)), 0, [(1, 3), (3, 1)])
    assert_both(solve(repeated(sexes, 0.51)), 0, [(1, 3), (3, 1), (1, 1)], 0.05)
    # exactly at the threshold the third vertex is an equilibrium by an exact tie alone
    at = solve(repeated(sexes, 0.5))
    assert at.status is Status.CONVERGED
    assert_hull(at.states[0].outer_vertices, [(1, 3), (3, 1), (1, 1)], 1e-6)
    assert at.gap <= at.tol


def cournot_area(n: int, cost: float, d: float) -> float:
    q = np.linspace(0.0, 6.0, n)
    price = np.maximum(6 - q[:, None] - q[None], 0) - cost
    payoffs = np.stack([price * q[:, None], price * q[None]], axis=-1)
    x, y = solve(repeated(payoffs, d), Options(tol=1e-7)).states[0].outer_vertices.T
    return float(0.5 * np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))


@pytest.mark.parametrize(
    ("n", "cost", "d", "area"),
    [(15, 0.6, 0.8, 26.022896), (10, 0.0, 0.3, 34.960), (10, 0.0, 0.9, 39.072),
     (15, 0.0, 0.5, 37.987), (15, 0.0, 0.7, 39.206)],
)  # fmt: skip
def test_cournot_areas(n: int, cost: float, d: float, area: float) -> None:
    digits = 1e-5 if cost else 6e-4
    assert cournot_area(n, cost, d) == pytest.approx(area, abs=digits)


def test_a_duplicated_action_changes_nothing() -> None:
    once = dilemma(0.5, 0.3)
    twice = [*once, once[1]]
    a, b = (solve(repeated(p, 0.4)) for p in (once, twice))
    assert_hull(a.states[0].inner_vertices, b.states[0].inner_vertices, a.tol)
    flat = solve(repeated(np.zeros((2, 3, 2)), 0.5))
    assert_both(flat, 0, [(0, 0)], flat.tol)


def test_unequal_patience_of_a_sure_path() -> None:
    """One action each, a state paid once, then an absorbing state: values by hand."""
    stages = [
        stage("now", [["x"], ["x"]], [[(1, 2)]], [[[(1, 1.0)]]]),
        stage("later", [["x"], ["x"]], [[(4, 8)]], [[[(1, 1.0)]]]),
    ]
    solution = solve(perfect_game(["a", "b"], [0.5, 0.9], stages))
    assert_both(solution, 0, [(0.5 * 1 + 0.5 * 4, 0.1 * 2 + 0.9 * 8)], solution.tol)
    assert_both(solution, 1, [(4, 8)], solution.tol)


MATCHING = [[(1, -1), (-1, 1)], [(-1, 1), (1, -1)]]


def test_a_deviation_into_a_state_without_equilibrium_cannot_be_met() -> None:
    """Profile (stay) is fine by itself, but leaving it leads where nothing is an equilibrium."""
    loop = [[[(1, 1.0)]] * 2] * 2
    stages = [
        stage("home", [["stay", "go"], ["x"]], [[(5, 5)], [(0, 0)]], [[[(0, 1.0)]], [[(1, 1.0)]]]),
        stage("strife", [["h", "t"], ["h", "t"]], MATCHING, loop),
    ]
    solution = solve(perfect_game(["a", "b"], [0.1, 0.1], stages))
    assert [state.empty for state in solution.states] == [True, True]
    apart = perfect_game(
        ["a", "b"], [0.1, 0.1],
        [stage("home", [["stay"], ["x"]], [[(5, 5)]], [[[(0, 1.0)]]]), stages[1]],
    )  # fmt: skip
    solution = solve(apart)
    assert solution.status is Status.CONVERGED
    assert [state.empty for state in solution.states] == [False, True]


def test_prescribable_profiles_only() -> None:
    allowed = [[False, False], [False, True]]
    only = stage("s", [["c", "d"], ["c", "d"]], dilemma(0.5, 0.3), prescribable=allowed)
    assert_both(solve(perfect_game(["a", "b"], [0.9, 0.9], [only])), 0, [(0, 0)])


def test_given_sets_answer_like_solving_together() -> None:
    node = stage("node", [["c", "d"], ["c", "d"]], dilemma(0.5, 0.3),
                 [[[(1, 1.0)], [(0, 1.0)]], [[(0, 1.0)], [(0, 1.0)]]],
                 [[True, False], [False, False]])  # fmt: skip
    base = stage("base", [["c", "d"], ["c", "d"]], dilemma(0.5, 0.3), [[[(0, 1.0)]] * 2] * 2)
    discount = [0.6, 0.7]
    alone = solve(perfect_game(["a", "b"], discount, [base]), Options(tol=1e-9))
    both = perfect_game(["a", "b"], discount, [base, node])
    together = solve(both)
    given = solve(both, known={0: alone.states[0]})
    assert given.states[0] is alone.states[0]
    assert_both(given, 1, together.states[1].outer_vertices, 3e-6)
    assert given.states[1].error >= alone.states[0].error


def random_game(seed: int, n_states: int = 4, d: float = 0.7) -> Game:
    rng = np.random.default_rng(seed)
    stages = []
    for s in range(n_states):
        chances = rng.dirichlet(np.ones(n_states), (3, 3))
        moves = [[list(enumerate(cell)) for cell in row] for row in chances]
        stages.append(stage(f"s{s}", [["x", "y", "z"]] * 2, rng.uniform(0, 10, (3, 3, 2)), moves))
    return perfect_game(["a", "b"], [d, d], stages)


def slow_round(game: Game, sets: list[np.ndarray], slack: float) -> list[np.ndarray]:
    """B once, by sums of all corners, for games with few vertices; floors moved by slack."""
    out = []
    d = game.discount
    for s in range(game.n_states):
        corners: list[np.ndarray] = []
        value = {}
        reach = {}
        for a in game.profiles(s):
            span = range(int(game.entry_start[a]), int(game.entry_start[a + 1]))
            parts = [(game.entry_probability[e], sets[game.outcome_next[game.entry_outcome[e]]])
                     for e in span]  # fmt: skip
            value[a] = (1 - d) * game.payoff[a] + d * sum(q * w.min(axis=0) for q, w in parts)
            # maximisers in many directions are the corners of the weighted sum
            rows = equally_spaced(4000)
            total = sum(q * w[(w @ rows.T).argmax(axis=0)] for q, w in parts)
            reach[a] = (1 - d) * game.payoff[a] + d * total
        for a in game.profiles(s):
            own = game.actions_of(s, a)
            floor = np.full(2, -np.inf)
            for i in range(2):
                for b in range(int(game.n_actions[s, i])):
                    if b != own[i]:
                        moved = tuple(b if j == i else own[j] for j in range(2))
                        floor[i] = max(floor[i], value[game.profile_of(s, moved)][i] + slack)
            points = reach[a]
            for i in range(2):
                points = clip(points, i, floor[i])
            corners.append(points)
        out.append(np.vstack(corners))
    return out


def clip(points: np.ndarray, axis: int, floor: float) -> np.ndarray:
    kept = [p for p in points if p[axis] >= floor]
    for p, q in zip(points, np.roll(points, -1, axis=0), strict=True):
        if (p[axis] < floor) != (q[axis] < floor):
            share = (floor - p[axis]) / (q[axis] - p[axis])
            kept.append(p + share * (q - p))
    return np.array(kept).reshape(-1, 2)


@pytest.mark.parametrize("seed", range(5))
def test_applying_B_once_with_other_code_moves_neither_bound(seed: int) -> None:
    game = random_game(seed)
    solution = solve(game)
    assert solution.status is Status.CONVERGED
    assert solution.gap <= solution.tol
    rows = equally_spaced(400)
    outer = [state.outer_vertices for state in solution.states]
    inner = [state.inner_vertices for state in solution.states]
    again = slow_round(game, outer, 0.0)
    for before, after in zip(outer, again, strict=True):
        moved = (after @ rows.T).max(axis=0) - (before @ rows.T).max(axis=0)
        assert np.abs(moved).max() <= solution.tol
    again = slow_round(game, inner, 0.0)
    for state, before, after in zip(solution.states, inner, again, strict=True):
        # self-generating up to the error stated
        lost = (before @ rows.T).max(axis=0) - (after @ rows.T).max(axis=0)
        assert lost.max() <= 2 * state.error + 1e-7


def test_inner_lies_inside_outer() -> None:
    solution = solve(random_game(0))
    rows = equally_spaced(400)
    for state in solution.states:
        far = (state.outer_vertices @ rows.T).max(axis=0)
        near = (state.inner_vertices @ rows.T).max(axis=0)
        assert (near <= far + state.error).all()
        assert (far - near).max() <= state.gap


def test_limits_are_never_answers() -> None:
    game = random_game(3)
    full = solve(game)
    rounds = solve(game, Options(max_iterations=2))
    assert rounds.status is Status.ITERATION_LIMIT
    assert not rounds.status.is_answer
    hurried = solve(game, Options(time_limit_seconds=1e-9))
    assert hurried.status is Status.TIME_LIMIT
    rows = equally_spaced(90)
    for starved in (rounds, hurried):
        assert starved.gap == np.inf
        for state, whole in zip(starved.states, full.states, strict=True):
            # what is there is still an outer bound
            reach = (state.outer_vertices @ rows.T).max(axis=0)
            assert (reach >= (whole.inner_vertices @ rows.T).max(axis=0) - whole.error).all()
            assert len(state.inner_vertices) == 0


def test_solution_as_strict_json() -> None:
    starved = solve(random_game(3), Options(max_iterations=1))
    document = document_from_solution(starved)
    assert document["status"] == "iteration-limit"
    assert document["states"][0]["gap"] is None
    text = write_solution(starved)
    assert "NaN" not in text
    assert "Infinity" not in text
    state = document_from_solution(solve(repeated(dilemma(0.5, 0.3), 0.6)))["states"][0]
    assert set(state) == {"name", "empty", "outer", "inner", "gap"}
    assert len(state["outer"]["support"]) == 64
    assert state["outer"]["directions"][0] == [1.0, 0.0]
    assert state["outer"]["support"][0] == pytest.approx(1.8 / 1.3, abs=1e-6)
    empty = solve(repeated([[(1, -1), (-1, 2)], [(-2, 2), (1, 0)]], 0.05))
    state = document_from_solution(empty)["states"][0]
    assert state["empty"]
    assert state["outer"]["support"] == [None] * 64
    assert state["gap"] == 0.0


def test_wrong_number_of_players_is_refused() -> None:
    three = perfect_game(
        ["a", "b", "c"], [0.5] * 3, [stage("s", [["x"], ["x"], ["x"]], [[[(1, 2, 3)]]])]
    )
    with pytest.raises(DetenteError, match="E403"):
        solve(three)


@pytest.mark.parametrize(
    "wrong",
    [{"tol": 0.0}, {"tol": float("nan")}, {"max_iterations": 0}, {"time_limit_seconds": 0.0},
     {"directions": 2}, {"directions": np.zeros((1, 2))}, {"refinements": -1}],
)  # fmt: skip
def test_options_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(DetenteError, match=r"E40[12]"):
        Options(**wrong)


def test_parts_come_after_what_they_lead_to() -> None:
    def to(*states: int) -> list[Any]:
        return [[[(s, 1 / len(states)) for s in states]]]

    leads = [(1, 2), (0,), (3,), (3,), (4, 0)]
    stages = [stage(f"s{j}", [["x"], ["x"]], [[(0, 0)]], to(*t)) for j, t in enumerate(leads)]
    game = perfect_game(["a", "b"], [0.5, 0.5], stages)
    parts = [part.tolist() for part in split_states(game, np.zeros(5, dtype=np.bool_))]
    assert parts == [[3], [2], [0, 1], [4]]
    held = np.array([True, False, False, False, False])
    assert [p.tolist() for p in split_states(game, held)] == [[1], [3], [2], [4]]


def test_a_game_too_large_for_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("detente.solve.prepared.MAX_BYTES", 1000)
    with pytest.raises(DetenteError, match="E405"):
        solve(repeated(dilemma(0.5, 0.3), 0.6))
