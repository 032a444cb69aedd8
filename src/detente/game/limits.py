"""What fits into memory: estimates made before anything is allocated."""

from __future__ import annotations

import os

from detente.errors import Problem

SHARE = 0.8  # of the machine's memory that a game may take
FALLBACK_BYTES = 8 * 2**30  # where the system does not say how much memory there is
BYTES_PER_PROFILE = 8 + 1 + 8  # its start among the entries, its flag, and slack
BYTES_PER_ENTRY = 8 + 8
BYTES_PER_OUTCOME = 8 + 8 + 56  # next state, reference to the signal's name, the name


def memory_limit() -> int:
    """Give how many bytes a game may take on this machine."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return FALLBACK_BYTES
    return int(SHARE * total) if total > 0 else FALLBACK_BYTES


def game_bytes(n_profiles: int, n_players: int, n_outcomes: int, n_entries: int) -> int:
    """Estimate the bytes that the arrays of a game take."""
    return (
        n_profiles * (8 * n_players + BYTES_PER_PROFILE)
        + n_outcomes * BYTES_PER_OUTCOME
        + n_entries * BYTES_PER_ENTRY
    )


def refuse_large(where: str, what: str, n_bytes: int) -> list[Problem]:
    """List the problem (E430) of what would not fit into memory, or nothing.

    Parameters
    ----------
    where : path to the place, as in every problem of a game
    what : what is large, in numbers: ``40000 action profiles``
    """
    limit = memory_limit()
    if n_bytes <= limit:
        return []
    return [
        Problem(
            "E430",
            f"{where}: {what} would take about {print_bytes(n_bytes)} of memory; "
            f"{print_bytes(limit)} may be used here",
            remedy="give fewer states or actions, or transitions as a sparse matrix",
        )
    ]


def print_bytes(n_bytes: int) -> str:
    """Write a number of bytes with the unit that fits.

    Examples
    --------
    >>> print_bytes(3 * 2**30), print_bytes(40_000), print_bytes(2**80)
    ('3.0 GB', '0.0 GB', '1.1e+15 GB')
    """
    size = n_bytes / 2**30
    return f"{size:.1f} GB" if size < 1e6 else f"{size:.1e} GB"
