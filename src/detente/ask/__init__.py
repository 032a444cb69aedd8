"""The questions asked of a scenario: one a file."""
