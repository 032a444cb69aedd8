"""What a plan's responses are called, the same in the terminal and in the report."""

from __future__ import annotations

from detente.ask.sentences import in_sentence
from detente.ask.verdict import Check


def name_response(check: Check, words: str) -> str:
    """Put a party's name for the id at the end of a response's words."""
    head, _, party = words.rpartition(" ")
    names = dict(zip(check.parties, check.party_names, strict=True))
    return f"{head} {in_sentence(names[party])}" if head and party in names else words
