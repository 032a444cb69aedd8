"""What a request may cost: one place for all limits of the server."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the server; what passes one is refused with a message, and nothing else suffers.

    Attributes
    ----------
    body_bytes : of a request
    body_seconds : in which a request must have come in
    text_characters : of a scenario
    quick_seconds : for opening, verdicts, changes of the text
    check_seconds : for checks, comparisons, pictures
    sets_seconds : of these for payoff sets
    job_seconds : for mend, design, sweep and report
    worker_bytes : of memory that one worker may ask for
    rest_bytes : of memory that a worker may keep between requests; with more it is replaced
    answer_bytes : of one answer
    workers : processes that answer requests
    waiting : requests that may wait for one of them
    leave_seconds : that a request whose client went away may still take
    jobs : that may run at the same time
    kept_jobs : whose results are kept
    kept_seconds : for which a finished job's result is kept
    unasked_seconds : after which a running job that nobody asks about is cancelled
    samples : of a sweep
    sweep_workers : processes of one sweep
    """

    body_bytes: int = 4 * MEGABYTE
    body_seconds: float = 30.0
    text_characters: int = 1_000_000
    quick_seconds: float = 20.0
    check_seconds: float = 60.0
    sets_seconds: float = 20.0
    job_seconds: float = 1800.0
    worker_bytes: int = 3072 * MEGABYTE
    rest_bytes: int = 900 * MEGABYTE
    answer_bytes: int = 64 * MEGABYTE
    workers: int = 2
    waiting: int = 32
    leave_seconds: float = 1.0
    jobs: int = 3
    kept_jobs: int = 16
    kept_seconds: float = 1800.0
    unasked_seconds: float = 300.0
    samples: int = 16_384
    sweep_workers: int = 2


DEFAULT_LIMITS = Limits()
