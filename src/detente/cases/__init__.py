"""The cases that are shipped with the package, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["case_names", "case_path"]


def case_names() -> tuple[str, ...]:
    """Give the names of all cases, in alphabetical order.

    Examples
    --------
    >>> "singapore-2018" in case_names()
    True
    """
    found = (Path(entry.name) for entry in files(__name__).iterdir())
    return tuple(sorted(path.stem for path in found if path.suffix == ".yaml"))


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
