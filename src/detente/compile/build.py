"""Scenario -> base game: states, moves, payoffs by term, and the `Game` for the solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from detente.arrays import BoolArray, FloatArray, IntArray
from detente.compile.layout import Layout, lay_out
from detente.compile.moves import Choice, Mover, make_mover
from detente.compile.tables import Tables, describe_shape, make_tables
from detente.compile.values import Term, Valuer, list_terms
from detente.game.game import Game, Monitoring
from detente.scenario.model import Scenario

MAX_KIN = 16  # shapes of one scenario that are kept


@dataclass(frozen=True, slots=True)
class Heading:
    """The profiles in which every party heads for given goals, by base state.

    Attributes
    ----------
    profiles : int64 (S,)
    following : int64 (S, K), the states that they can lead to, some repeated
    behind : per party, int64 (S,), the profile row in which it cheats behind that look; -1 for none
    breaches : by party, int64 (S, K), where its visible breaches can lead, as far as asked for
    """

    profiles: IntArray
    following: IntArray
    behind: tuple[IntArray, ...]
    breaches: dict[int, IntArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The base game of a scenario.

    Attributes
    ----------
    terms : per party, the columns of its payoffs
    payoff : float64 (A, P), points per year
    discount : float64 (P,), per period
    shared : what others keep with all compilations of one shape
    kin : by shape, the first compilation of the same scenario, whatever its numbers
    """

    scenario: Scenario
    layout: Layout
    mover: Mover
    tables: Tables
    terms: tuple[tuple[Term, ...], ...]
    payoff: FloatArray
    discount: FloatArray
    looks: tuple[IntArray, ...]  # per party (catalogs, choices): the honest choice that looks so
    _index: Mapping[tuple[int, int], Mapping[Choice, int]]
    _headings: dict[tuple[int | None, ...], Heading] = field(default_factory=dict)
    shared: dict[object, object] = field(default_factory=dict)
    kin: dict[tuple[object, ...], Compiled] = field(default_factory=dict)

    @property
    def n_parties(self) -> int:
        """Number of parties P."""
        return len(self.layout.parties)

    @property
    def n_states(self) -> int:
        """Number of states S."""
        return len(self.tables.n_choices)

    @property
    def n_profiles(self) -> int:
        """Number of action profiles A over all states."""
        return len(self.tables.row)

    def row_of(self, state: tuple[int, ...]) -> int | None:
        """Give the row of a state, or None where it cannot be reached."""
        try:
            return self.tables.states.index(state)
        except ValueError:
            return None

    def choices(self, row: int, party: int) -> tuple[Choice, ...]:
        """Give a party's actions in a state; holding everything first."""
        return self.tables.catalogs[party][self.tables.catalog_of[row, party]]

    def choice_index(self, row: int, party: int, choice: Choice) -> int:
        """Give the place of a choice among a party's actions in a state."""
        return self._index[party, int(self.tables.catalog_of[row, party])][choice]

    def choose(self, party: int, goals: Sequence[int | None]) -> IntArray:
        """Give the choices that head for goals, per ladder (None: hold): int64 (S,).

        Hostile governments choose what they do.
        """
        layout, tables = self.layout, self.tables
        of = tables.catalog_of[:, party]
        known = np.zeros(len(tables.catalogs[party]), dtype=np.int64)
        catalogs, rows = np.unique(of, return_index=True)
        for catalog, row in zip(catalogs.tolist(), rows.tolist(), strict=True):
            if tables.hostile[row, party]:
                continue
            state, targets = tables.states[row], []
            for k in layout.held[party]:
                level, goal = layout.level(state, k), goals[k]
                keep = level if goal is None else self.mover.towards(k, level, goal)
                targets.append(keep)
            known[catalog] = self._index[party, catalog][Choice(tuple(targets))]
        return known[of]

    def heading(self, goals: tuple[int | None, ...]) -> Heading:
        """Give the profiles that head for goals, with where they lead; made once."""
        if goals not in self._headings:
            policy = [self.choose(party, goals) for party in range(self.n_parties)]
            profiles = self.profiles_of(np.stack(policy))
            index, source = self.entries_of(profiles)
            begin = np.searchsorted(source, np.arange(len(profiles)))
            count = np.bincount(source, minlength=len(profiles))
            place = np.minimum(np.arange(int(count.max())), count[:, None] - 1)
            self._headings[goals] = Heading(
                profiles=profiles,
                following=self.tables.entry_next[index[begin[:, None] + place]],
                behind=tuple(self.cheats_behind(profiles, p) for p in range(self.n_parties)),
            )
        return self._headings[goals]

    def after_breaches(self, heading: Heading, party: int) -> IntArray:
        """Give the states to which a party's visible breaches can lead: int64 (S, K), -1 for none.

        Made once for a heading.
        """
        if party not in heading.breaches:
            source, found, seen = self.options(heading.profiles, party)
            index, origin = self.entries_of(found[seen])
            code = source[seen][origin] * self.n_states + self.tables.entry_next[index]
            row, following = np.divmod(np.unique(code), self.n_states)
            count = np.bincount(row, minlength=self.n_states)
            out = np.full((self.n_states, int(count.max(initial=0))), -1)
            out[row, np.arange(len(row)) - (np.cumsum(count) - count)[row]] = following
            heading.breaches[party] = out
        return heading.breaches[party]

    def cheats_behind(self, profiles: IntArray, party: int) -> IntArray:
        """Give the profiles in which a party cheats behind the look of profiles: int64 (n,).

        Or is honest behind a cheat's look; -1 where it can do neither.
        """
        tables = self.tables
        source, found, seen = self.options(profiles, party)
        hidden = ~seen & (tables.cheats[found, party] != tables.cheats[profiles[source], party])
        # votes on joint ladders that move nothing make copies: the first moves least
        rows, first = np.unique(source[hidden], return_index=True)
        out = np.full(len(profiles), -1)
        out[rows] = found[hidden][first]
        return out

    def stride(self, party: int) -> IntArray:
        """Give how far apart neighbouring choices of a party are in profile rows: int64 (S,)."""
        return np.asarray(self.tables.n_choices[:, party + 1 :].prod(axis=1), dtype=np.int64)

    def profiles_of(self, policy: IntArray) -> IntArray:
        """Give the profile row of a policy, int64 (P, S), in every state: int64 (S,)."""
        out = self.tables.profile_start[:-1].copy()
        for party in range(self.n_parties):
            out += policy[party] * self.stride(party)
        return out

    def entries_of(self, profiles: IntArray) -> tuple[IntArray, IntArray]:
        """Give the entries of some profiles, and from which of them each one comes."""
        first = self.tables.entry_start[profiles]
        count = self.tables.entry_start[profiles + 1] - first
        begin = np.cumsum(count) - count
        source = np.repeat(np.arange(len(profiles)), count)
        return np.arange(len(source)) + (first - begin)[source], source

    def expect(self, values: FloatArray, profiles: IntArray) -> FloatArray:
        """Give the expectation over the next states: float64, (S, ...) -> (n, ...)."""
        index, source = self.entries_of(profiles)
        chance = self.tables.entry_chance[index]
        shape = (len(index),) + (1,) * (values.ndim - 1)
        weighted = chance.reshape(shape) * values[self.tables.entry_next[index]]
        begin = np.searchsorted(source, np.arange(len(profiles)))
        return np.asarray(np.add.reduceat(weighted, begin, axis=0), dtype=np.float64)

    def options(self, profiles: IntArray, party: int) -> tuple[IntArray, IntArray, BoolArray]:
        """Give what a party could do instead, the others keeping to their part.

        Returns
        -------
        for every option: from which of ``profiles`` it departs, its profile row, and whether it is
        seen to depart, that is, to move some ladder otherwise (the profiles themselves are among
        the options)
        """
        tables = self.tables
        rows = tables.row[profiles]
        count = tables.n_choices[rows, party]
        source = np.repeat(np.arange(len(profiles)), count)
        place = np.arange(len(source)) - (np.cumsum(count) - count)[source]
        stride = self.stride(party)[rows]
        own = tables.choice[profiles, party]
        found = (profiles - own * stride)[source] + place * stride[source]
        seen = (tables.towards[found] != tables.towards[profiles][source]).any(axis=1)
        return source, found, seen

    def payoff_terms(self, party: int, profiles: IntArray) -> FloatArray:
        """Give a party's payoff by term, points per year: float64 (n, terms)."""
        columns = [each.compute(profiles) for each in self.terms[party]]
        return np.stack(columns, axis=1) if columns else np.zeros((len(profiles), 0))


def compile_scenario(scenario: Scenario, like: Compiled | None = None) -> Compiled:
    """Compile a scenario at the values in force.

    Parameters
    ----------
    scenario : as read, with any values
    like : the same scenario compiled at other values. What does not depend on them is taken
        from it; the answer is the same to the bit.

    Raises
    ------
    DetenteError
        E290 when the game would be too large.
    """
    if like is not None and not _same_words(scenario, like.scenario):
        like = None
    layout = lay_out(scenario) if like is None else like.layout
    mover = make_mover(scenario, layout)
    shape = describe_shape(layout, mover)
    kin = like.kin if like is not None else {}
    same = kin.get(shape)
    tables = make_tables(scenario, layout, mover, None if same is None else same.tables)
    valuer = Valuer(scenario, layout, mover, tables)
    terms = tuple(list_terms(valuer, party) for party in range(len(layout.parties)))
    everything = np.arange(len(tables.row))
    payoff = np.zeros((len(tables.row), len(layout.parties)))
    for party, columns in enumerate(terms):
        for each in columns:
            payoff[:, party] += each.compute(everything)
    clock = scenario.value(scenario.clock)
    index = (
        same._index
        if same is not None
        else {
            (party, number): {choice: place for place, choice in enumerate(choices)}
            for party, catalogs in enumerate(tables.catalogs)
            for number, choices in enumerate(catalogs)
        }
    )
    compiled = Compiled(
        scenario=scenario,
        layout=layout,
        mover=mover,
        tables=tables,
        terms=terms,
        payoff=payoff,
        discount=np.array([scenario.value(p.patience) ** clock for p in scenario.parties]),
        looks=same.looks
        if same is not None
        else tuple(_looks(tables, index, party) for party in range(len(layout.parties))),
        _index=index,
        _headings=same._headings if same is not None else {},
        shared=same.shared if same is not None else {},
        kin=kin,
    )
    if same is None:
        if len(kin) >= MAX_KIN:
            del kin[next(iter(kin))]
        kin[shape] = compiled
    return compiled


def _same_words(scenario: Scenario, other: Scenario) -> bool:
    """Say whether two scenarios differ in values alone."""
    names = ("clock", "parties", "ladders", "inspections", "governments", "payoffs", "plans")
    return all(getattr(scenario, name) is getattr(other, name) for name in names)


def build_game(compiled: Compiled) -> Game:
    """Give the base game as arrays, for the solver.

    Where a party could cheat, what everybody sees is the visible moves and the alarms; in all
    other states the outcome reveals the profile. Only profiles in which the holders of a joint
    ladder who can choose move it alike are prescribable: any other has the same outcome as one of
    them, in which nobody can do more on its own.
    """
    tables = compiled.tables
    can_cheat = np.zeros((compiled.n_states, compiled.n_parties), dtype=np.bool_)
    np.logical_or.at(can_cheat, tables.row, tables.cheats)
    patterns = _alarm_patterns(compiled, can_cheat)
    count = np.diff(tables.entry_start)
    profile = np.repeat(np.arange(compiled.n_profiles), count)
    visible = _visible_profile(compiled)
    sparse = [np.flatnonzero(chance[profile] > 0) for chance in patterns]
    entry = np.concatenate(sparse)
    signal = np.concatenate([np.full(len(each), s) for s, each in enumerate(sparse)])
    chance = np.concatenate(
        [tables.entry_chance[each] * patterns[s][profile[each]] for s, each in enumerate(sparse)]
    )
    profile, following = profile[entry], tables.entry_next[entry]
    order = np.lexsort((following, signal, profile))
    profile, signal, following = profile[order], signal[order], following[order]
    chance = chance[order]
    key = np.stack([tables.row[profile], visible[profile], signal, following], axis=1)
    outcomes, which = np.unique(key, axis=0, return_inverse=True)
    names = _signal_names(compiled)
    return Game(
        players=compiled.layout.parties,
        discount=compiled.discount.copy(),
        state_names=tuple(compiled.layout.words(state) for state in tables.states),
        action_names=tuple(
            tuple(
                tuple(describe_choice(compiled, row, party, each)
                      for each in compiled.choices(row, party))
                for party in range(compiled.n_parties)
            )
            for row in range(compiled.n_states)
        ),
        n_actions=tables.n_choices.astype(np.int64),
        profile_start=tables.profile_start.copy(),
        payoff=compiled.payoff.copy(),
        prescribable=tables.unanimous.copy(),
        monitoring=np.where(can_cheat.any(axis=1), Monitoring.SIGNALS, Monitoring.PERFECT).astype(
            np.int64
        ),
        outcome_start=np.searchsorted(outcomes[:, 0], np.arange(compiled.n_states + 1)),
        outcome_next=outcomes[:, 3].astype(np.int64),
        outcome_signal=tuple(names[number] for number in outcomes[:, 2]),
        entry_start=np.searchsorted(profile, np.arange(compiled.n_profiles + 1)),
        entry_outcome=which.reshape(-1).astype(np.int64),
        entry_probability=chance,
    )  # fmt: skip


def _looks(
    tables: Tables, index: Mapping[tuple[int, int], Mapping[Choice, int]], party: int
) -> IntArray:
    """Give, for every choice of every catalog, the honest choice that looks the same."""
    lists = tables.catalogs[party]
    out = np.zeros((len(lists), max(len(each) for each in lists)), dtype=np.int64)
    for number, choices in enumerate(lists):
        for place, choice in enumerate(choices):
            out[number, place] = index[party, number][Choice(choice.targets)]
    return out


def _visible_profile(compiled: Compiled) -> IntArray:
    """Number the profiles so that those that look alike share a number: int64 (A,)."""
    tables = compiled.tables
    out = np.zeros(compiled.n_profiles, dtype=np.int64)
    for party, looks in enumerate(compiled.looks):
        seen = looks[tables.catalog_of[tables.row, party], tables.choice[:, party]]
        out = out * looks.shape[1] + seen
    return out


def _alarm_patterns(compiled: Compiled, can_cheat: BoolArray) -> list[FloatArray]:
    """Give the chance of every combination of alarms under every profile, each float64 (A,)."""
    tables = compiled.tables
    patterns = [np.ones(compiled.n_profiles)]
    for party in range(compiled.n_parties):
        cheats = tables.cheats[:, party].astype(np.int64)
        alarm = tables.alarm[tables.row, party, cheats] * can_cheat[tables.row, party]
        patterns = [chance * (1.0 - alarm) for chance in patterns] + [
            chance * alarm for chance in patterns
        ]
    return patterns


def _signal_names(compiled: Compiled) -> list[str]:
    names = [""]
    for party in compiled.layout.parties:
        names += [f"{each} and {party}" if each else f"alarm about {party}" for each in names]
    return names


def describe_choice(compiled: Compiled, row: int, party: int, choice: Choice) -> str:
    """Say an action in words: ``arsenal on to half, and cheat``."""
    layout, state = compiled.layout, compiled.tables.states[row]
    parts = []
    for k, target in zip(layout.held[party], choice.targets, strict=True):
        ladder = layout.ladders[k]
        level = layout.level(state, k)
        if ladder.renewed:
            if target != ladder.today:
                parts.append(f"{ladder.id} {ladder.levels[target].id}")
        elif target > level:
            parts.append(f"{ladder.id} on to {ladder.levels[target].id}")
        elif target < level:
            parts.append(f"{ladder.id} back to {ladder.levels[target].id}")
    if layout.hostile(state, party):
        return "hostile government: " + (", ".join(parts) or "hold")
    if choice.cheats:
        parts.append("cheat in secret")
    return ", ".join(parts) or "hold"


def describe_deviation(compiled: Compiled, party: int, prescribed: int, option: int) -> str:
    """Say how a party departs from the prescribed profile (both are profile rows).

    Only what differs is said: ``move sanctions back to 'full' and keep arsenal at 'half'``.
    """
    layout, tables = compiled.layout, compiled.tables
    row = int(tables.row[option])
    state, choices = tables.states[row], compiled.choices(row, party)
    agreed, chosen = (choices[tables.choice[each, party]] for each in (prescribed, option))
    moved, kept, chose = [], [], []
    for k, asked, target in zip(layout.held[party], agreed.targets, chosen.targets, strict=True):
        ladder, level = layout.ladders[k], layout.level(state, k)
        name = f"'{ladder.levels[target].id}'"
        if asked == target:
            continue
        if ladder.renewed:
            chose.append(f"{ladder.id} {name} instead of '{ladder.levels[asked].id}'")
        elif target == level:
            kept.append(f"{ladder.id} at {name}")
        else:
            # a level before today's is nowhere to go "back" to: nobody was there
            way = "on to" if target > level else "back to" if target >= ladder.today else "to"
            moved.append(f"{ladder.id} {way} {name}")
    parts = [
        f"{verb} {_joined(what)}"
        for verb, what in (("move", moved), ("keep", kept), ("choose", chose))
        if what
    ]
    if chosen.cheats and not agreed.cheats:
        parts.append("cheat in secret")
    return _joined(parts)


def _joined(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
