"""Reads ``correlations``: which numbers go together over their ranges."""

from __future__ import annotations

import math

from detente.errors import DetenteError
from detente.scenario.book import Book
from detente.scenario.model import Correlation, Quantity, Scenario
from detente.scenario.quantity import Kind, TokenError, parse_quantity
from detente.scenario.settings import resolve_path
from detente.scenario.tree import Block, Scalar, Series

LEAST_EIGENVALUE = 1e-9  # of a matrix of correlations; below it the entries leave no room


def has_range(quantity: Quantity) -> bool:
    """Whether a number is written with a range that is wider than a point."""
    return quantity.low is not None and quantity.high is not None and quantity.low < quantity.high


def read_correlations(scenario: Scenario, book: Book) -> tuple[Correlation, ...]:
    """Read ``correlations``; paths are looked up among the scenario's numbers."""
    section = book.root.entries.get("correlations")
    if not isinstance(section, Series) or book.pruned:
        return ()
    found: list[Correlation] = []
    for item in section.items:
        if isinstance(item, Block):
            each = _read_entry(scenario, book, item, found)
            if each is not None:
                found.append(each)
    if found and not book.problems and _contradict(found):
        book.problems.add(
            "E252",
            "no numbers could go together as these correlations say",
            section.place,
            remedy="bring the ranks nearer to 0, or take one entry out",
        )
    return tuple(found)


def _read_entry(
    scenario: Scenario, book: Book, entry: Block, before: list[Correlation]
) -> Correlation | None:
    pair, rank = entry.entries.get("between"), entry.entries.get("rank")
    names = pair.items if isinstance(pair, Series) else []
    paths = [_path_of(scenario, book, name) for name in names if isinstance(name, Scalar)]
    value = _rank_of(book, rank) if isinstance(rank, Scalar) else None
    if pair is None or value is None or None in paths:
        return None
    known = [path for path in paths if path is not None]
    if len(known) != 2 or known[0] == known[1]:
        book.problems.add(
            "E251",
            "a correlation is between two different numbers",
            pair.place,
            remedy="write 'between: [PATH, PATH]'",
        )
        return None
    between = (known[0], known[1])
    if any(set(between) == set(each.between) for each in before):
        book.problems.add(
            "E251",
            f"the correlation of {known[0]} and {known[1]} is given twice",
            pair.place,
            remedy="keep one of the two entries",
        )
        return None
    return Correlation(between, value, book.text(entry, "because"), entry.place)


def _path_of(scenario: Scenario, book: Book, name: Scalar) -> str | None:
    try:
        path = resolve_path(scenario, name.text)
    except DetenteError as error:
        for each in error.problems:
            book.problems.add(each.code, each.message, name.place, each.label, each.remedy)
        return None
    if has_range(scenario.quantities[path]):
        return path
    book.problems.add(
        "E251",
        f"{path} has no range, so that nothing can go with it",
        name.place,
        remedy="write a range behind the number: 'value (low to high)'",
    )
    return None


def _rank_of(book: Book, item: Scalar) -> float | None:
    try:
        token = parse_quantity(item.text, Kind.NUMBER)
    except TokenError as error:
        book.refuse(error, item)
        return None
    if token.low is None and abs(token.value) < 1:
        return token.value
    book.problems.add(
        "E251",
        "a rank correlation lies strictly between -1 and 1, and has no range",
        item.place,
        remedy="write for instance 'rank: -0.5'",
    )
    return None


def normal_correlations(
    correlations: tuple[Correlation, ...], paths: list[str]
) -> list[list[float]]:
    """Give the correlations of normal variables whose ranks correlate as asked, a list a row.

    For normal variables Spearman's correlation r and Pearson's p are tied by p = 2 sin(pi r / 6)
    (K. Pearson 1907); entries that name another path are left out.
    """
    place = {path: n for n, path in enumerate(paths)}
    matrix = [[float(a == b) for b in range(len(paths))] for a in range(len(paths))]
    for each in correlations:
        if each.between[0] in place and each.between[1] in place:
            a, b = place[each.between[0]], place[each.between[1]]
            matrix[a][b] = matrix[b][a] = 2 * math.sin(math.pi * each.rank / 6)
    return matrix


def _contradict(correlations: list[Correlation]) -> bool:
    """Say whether no variables can correlate so: the matrix is not positive definite."""
    paths = list(dict.fromkeys(path for each in correlations for path in each.between))
    matrix = normal_correlations(tuple(correlations), paths)
    factor: list[list[float]] = []
    for a, row in enumerate(matrix):  # Cholesky; reading files does without NumPy
        line: list[float] = []
        for b in range(a + 1):
            rest = row[b] - sum(x * y for x, y in zip(line, (*factor, line)[b], strict=False))
            if a == b:
                rest -= LEAST_EIGENVALUE
                if rest <= 0.0:
                    return True
            line.append(math.sqrt(rest) if a == b else rest / factor[b][b])
        factor.append(line)
    return False
