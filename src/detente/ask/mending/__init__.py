"""``mend``: the smallest changes that make a plan hold."""
