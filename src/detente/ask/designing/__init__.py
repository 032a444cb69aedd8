"""``design``: plans that hold and reach a goal."""
