"""Solvers: one algorithm a file, one result type, one list of statuses."""
