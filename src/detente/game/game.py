"""A finite discounted stochastic game with public outcomes, as read-only arrays.

Axis letters: S states, P players, A action profiles (of all states, stacked), K outcomes
(of all states, stacked), E entries of the sparse matrix "profile -> outcome".
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from detente.arrays import BoolArray, FloatArray, IntArray


class Monitoring(IntEnum):
    """What everybody sees of the actions taken in a state."""

    PERFECT = 0  # the outcome reveals the profile: no two profiles share an outcome
    SIGNALS = 1


@dataclass(frozen=True, slots=True)
class Game:
    """A game in the notation of the rules of meaning.

    Profiles of state ``s`` are rows ``profile_start[s]:profile_start[s + 1]``, row-major in
    the players' actions (the last player's action changes fastest). Outcomes of state ``s``
    are rows ``outcome_start[s]:outcome_start[s + 1]``. Profile ``a`` leads to the outcomes
    ``entry_outcome[entry_start[a]:entry_start[a + 1]]`` with ``entry_probability`` (positive,
    summing to one).

    Attributes
    ----------
    players : tuple of str, length P
    discount : float64 array, shape (P,), in (0, 1), per period
    state_names : tuple of str, length S
    action_names : nested tuples of str; ``action_names[s][i][a_i]``
    n_actions : int64 array, shape (S, P)
    profile_start : int64 array, shape (S + 1,)
    payoff : float64 array, shape (A, P), payoff of one period, in payoff units
    prescribable : bool array, shape (A,); a profile that an equilibrium may prescribe
    monitoring : int64 array, shape (S,), values of `Monitoring`
    outcome_start : int64 array, shape (S + 1,)
    outcome_next : int64 array, shape (K,), the next state of each outcome
    outcome_signal : tuple of str, length K
    entry_start : int64 array, shape (A + 1,)
    entry_outcome : int64 array, shape (E,)
    entry_probability : float64 array, shape (E,)
    """

    players: tuple[str, ...]
    discount: FloatArray
    state_names: tuple[str, ...]
    action_names: tuple[tuple[tuple[str, ...], ...], ...]
    n_actions: IntArray
    profile_start: IntArray
    payoff: FloatArray
    prescribable: BoolArray
    monitoring: IntArray
    outcome_start: IntArray
    outcome_next: IntArray
    outcome_signal: tuple[str, ...]
    entry_start: IntArray
    entry_outcome: IntArray
    entry_probability: FloatArray
    _hash: list[str] = field(default_factory=list, repr=False, compare=False)

    def __post_init__(self) -> None:
        for array in self.arrays().values():
            array.setflags(write=False)

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Give the numerical arrays by name, in a fixed order."""
        names = (
            "discount", "n_actions", "profile_start", "payoff", "prescribable", "monitoring",
            "outcome_start", "outcome_next", "entry_start", "entry_outcome", "entry_probability",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}

    @property
    def n_states(self) -> int:
        """Number of states S."""
        return len(self.state_names)

    @property
    def n_players(self) -> int:
        """Number of players P."""
        return len(self.players)

    @property
    def n_profiles(self) -> int:
        """Number of action profiles A of all states together."""
        return int(self.profile_start[-1])

    @property
    def content_hash(self) -> str:
        """SHA-256 of players, names and arrays (hex)."""
        if not self._hash:
            digest = hashlib.sha256()
            digest.update(repr((self.players, self.state_names, self.action_names)).encode())
            digest.update(repr(self.outcome_signal).encode())
            for name, array in self.arrays().items():
                digest.update(f"{name}{array.shape}{array.dtype.str}".encode())
                digest.update(np.ascontiguousarray(array).tobytes())
            self._hash.append(digest.hexdigest())
        return self._hash[0]

    def profiles(self, state: int) -> range:
        """Give the profile rows of a state."""
        return range(int(self.profile_start[state]), int(self.profile_start[state + 1]))

    def actions_of(self, state: int, profile: int) -> tuple[int, ...]:
        """Give the players' actions in a profile row of a state."""
        local = profile - int(self.profile_start[state])
        shape = tuple(int(n) for n in self.n_actions[state])
        return tuple(int(i) for i in np.unravel_index(local, shape))

    def profile_of(self, state: int, actions: tuple[int, ...]) -> int:
        """Give the profile row of the players' actions in a state."""
        shape = tuple(int(n) for n in self.n_actions[state])
        return int(self.profile_start[state]) + int(np.ravel_multi_index(actions, shape))
