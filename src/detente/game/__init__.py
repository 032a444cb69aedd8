"""Games: the only input of the solver."""
