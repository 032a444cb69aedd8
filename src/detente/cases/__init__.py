"""The cases that are shipped with the package, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["case_names", "case_path", "history_path"]

HISTORY = ".history"  # before the ending: the file that stands beside a case's scenario


def case_names() -> tuple[str, ...]:
    """Give the names of all cases, in alphabetical order.

    Examples
    --------
    >>> "singapore-2018" in case_names()
    True
    """
    found = (Path(entry.name) for entry in files(__name__).iterdir())
    stems = (path.stem for path in found if path.suffix == ".yaml")
    return tuple(sorted(stem for stem in stems if not stem.endswith(HISTORY)))


def case_path(name: str) -> Path:
    """Give the file of a case.

    Parameters
    ----------
    name : str
        One of `case_names()`.

    Raises
    ------
    KeyError
        When there is no case of that name.

    Examples
    --------
    >>> case_path("singapore-2018").name
    'singapore-2018.yaml'
    """
    # Compared with the list, so that a name can never lead out of the folder.
    if name not in case_names():
        raise KeyError(name)
    return Path(str(files(__name__).joinpath(f"{name}.yaml")))


def history_path(name: str) -> Path:
    """Give the file that says what came of a case.

    Raises
    ------
    KeyError
        When there is no case of that name.

    Examples
    --------
    >>> history_path("singapore-2018").name
    'singapore-2018.history.yaml'
    """
    return case_path(name).with_name(f"{name}{HISTORY}.yaml")
