"""Messages between the server and its workers: a kind, a length, JSON bytes.

JSON and not pickle: what a worker says is data to the server, whatever a stranger's file made
of the worker.
"""

from __future__ import annotations

import struct
from enum import Enum

HEAD = struct.Struct(">cI")  # kind, length of what follows


class Kind(Enum):
    """What a message is."""

    TASK = b"T"  # server to worker: {"task": name, "given": {...}}
    PROGRESS = b"P"  # {"done": n, "total": n, "words": "..."}
    ANSWER = b"A"  # the body of the answer, as the client gets it
    PROBLEMS = b"E"  # {"status": n, "problems": [...]}
    FAULT = b"X"  # {"traceback": "..."}: an error of the program


def pack(kind: Kind, payload: bytes) -> bytes:
    """Give a message as bytes."""
    return HEAD.pack(kind.value, len(payload)) + payload


def unpack_head(head: bytes) -> tuple[Kind, int]:
    """Give the kind of a message, and how many bytes of it follow.

    Raises
    ------
    ValueError
        Where the bytes are not the beginning of a message.

    Examples
    --------
    >>> unpack_head(pack(Kind.ANSWER, b"{}")[:5])
    (<Kind.ANSWER: b'A'>, 2)
    """
    kind, length = HEAD.unpack(head)
    return Kind(kind), length
