"""Linear systems in rational numbers."""

from __future__ import annotations

from fractions import Fraction
from math import lcm


def solve_exactly(rows: list[dict[int, Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Solve a square system exactly, without fractions on the way.

    Bareiss (Math. Comput. 22, 1968): every division is one of whole numbers without rest.

    Parameters
    ----------
    rows : the coefficients of each equation, by column; what is left out is zero
    right : the right-hand sides

    Raises
    ------
    ZeroDivisionError
        Where the system is singular. One whose rows are dominated by their diagonal is not.

    Examples
    --------
    >>> solve_exactly([{0: Fraction(2), 1: Fraction(-1)}, {1: Fraction(3)}],
    ...               [Fraction(0), Fraction(1)])
    [Fraction(1, 6), Fraction(1, 3)]
    """
    n = len(rows)
    table = []
    for row, value in zip(rows, right, strict=True):
        common = lcm(value.denominator, *(x.denominator for x in row.values()))
        line = [0] * (n + 1)
        for column, x in row.items():
            line[column] = x.numerator * (common // x.denominator)
        line[n] = value.numerator * (common // value.denominator)
        table.append(line)
    before = 1
    for c in range(n):
        at = next((r for r in range(c, n) if table[r][c]), None)
        if at is None:
            raise ZeroDivisionError("the system is singular")
        table[c], table[at] = table[at], table[c]
        pivot, lead = table[c], table[c][c]
        for line in table[c + 1 :]:
            factor = line[c]
            for j in range(c + 1, n + 1):
                line[j] = (lead * line[j] - factor * pivot[j]) // before
            line[c] = 0
        before = lead
    answer = [Fraction(0)] * n
    for r in reversed(range(n)):
        known = sum((table[r][c] * answer[c] for c in range(r + 1, n)), Fraction(0))
        answer[r] = (table[r][n] - known) / table[r][r]
    return answer
