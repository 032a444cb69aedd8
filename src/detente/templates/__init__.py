"""The commented scenarios that ``detente new`` starts from, by name."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

__all__ = ["template_names", "template_path"]


def template_names() -> tuple[str, ...]:
    """Give the names of all templates, in alphabetical order.

    Examples
    --------
    >>> "ceasefire" in template_names()
    True
    """
    found = (Path(entry.name) for entry in files(__name__).iterdir())
    return tuple(sorted(path.stem for path in found if path.suffix == ".yaml"))


def template_path(name: str) -> Path:
    """Give the file of a template.

    Parameters
    ----------
    name : str
        One of `template_names()`.

    Raises
    ------
    KeyError
        When there is no template of that name.

    Examples
    --------
    >>> template_path("ceasefire").name
    'ceasefire.yaml'
    """
    # Compared with the list, so that a name can never lead out of the folder.
    if name not in template_names():
        raise KeyError(name)
    return Path(str(files(__name__).joinpath(f"{name}.yaml")))
