"""An independent checker of Detente's proofs: standard library only, exact rationals only.

It shares no code with the solver. The rules are in docs/proof-format.md.
"""

__version__ = "0.1.0"
