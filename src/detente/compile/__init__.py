"""Scenario -> game, with provenance back to the lines of the file."""
