"""Public states: a level on every lasting ladder and a government for every party."""

from __future__ import annotations

from dataclasses import dataclass

from detente.scenario.model import Government, Ladder, Scenario

State = tuple[int, ...]  # levels of the lasting ladders, then 0/1 per government (1 = hostile)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each ladder and government stands in a state tuple.

    ``lasting`` are the ladders whose level is part of the state, ``renewed`` those chosen anew
    each period. Ladder numbers count all ladders of the scenario in order.
    """

    parties: tuple[str, ...]
    ladders: tuple[Ladder, ...]
    lasting: tuple[int, ...]
    renewed: tuple[int, ...]
    governments: tuple[Government, ...]
    held: tuple[tuple[int, ...], ...]  # per party: the ladders it holds, alone or jointly
    position: tuple[int, ...]  # per ladder: place in a state tuple, -1 for renewed ones
    today: State

    def level(self, state: State, ladder: int) -> int:
        """Give the level at which a ladder stands (today's for a renewed one)."""
        place = self.position[ladder]
        return state[place] if place >= 0 else self.ladders[ladder].today

    def hostile(self, state: State, party: int) -> bool:
        """Say whether a party's government is hostile in a state."""
        for offset, government in enumerate(self.governments):
            if government.party == self.parties[party]:
                return bool(state[len(self.lasting) + offset])
        return False

    def number(self, ladder: str) -> int:
        """Give a ladder's number by its id."""
        return next(k for k, each in enumerate(self.ladders) if each.id == ladder)

    def hostile_parties(self, state: State) -> tuple[int, ...]:
        """Give the parties whose government is hostile."""
        return tuple(i for i in range(len(self.parties)) if self.hostile(state, i))

    def words(self, state: State) -> str:
        """Name a state: ``arsenal half, sanctions partial; hostile government in us``."""
        levels = [
            f"{self.ladders[k].id} {self.ladders[k].levels[state[self.position[k]]].id}"
            for k in self.lasting
        ]
        hostile = [self.parties[i] for i in self.hostile_parties(state)]
        tail = f"; hostile government in {' and '.join(hostile)}" if hostile else ""
        return ", ".join(levels) + tail


def lay_out(scenario: Scenario) -> Layout:
    """Give the layout of a scenario's public states."""
    parties = tuple(party.id for party in scenario.parties)
    ladders = scenario.ladders
    lasting = tuple(k for k, ladder in enumerate(ladders) if not ladder.renewed)
    position = [-1] * len(ladders)
    for place, k in enumerate(lasting):
        position[k] = place
    return Layout(
        parties=parties,
        ladders=ladders,
        lasting=lasting,
        renewed=tuple(k for k, ladder in enumerate(ladders) if ladder.renewed),
        governments=scenario.governments,
        held=tuple(
            tuple(k for k, ladder in enumerate(ladders) if party in ladder.holders)
            for party in parties
        ),
        position=tuple(position),
        today=tuple(ladders[k].today for k in lasting) + (0,) * len(scenario.governments),
    )
