"""``sweep``: over what share of the stated ranges plans hold, and what that rests on."""
