"""Compiled kernels on arrays: NumPy and Numba only."""
