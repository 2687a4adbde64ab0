"""What each chapter computes, shows and asks: a folder for each, named as its page.

``numbers.py`` holds what the chapter works out, ``pictures.py`` its figures, ``quiz.yml`` its
questions. A folder may lack what its page does not need, and hold a table that its numbers stored.
No chapter imports another.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parent


def name(page: str) -> str:
    """Return the folder of a page: ``book/mechanisms/learning-dynamics`` has learning_dynamics."""
    return page.rpartition("/")[2].replace("-", "_")


def having(file: str) -> list[str]:
    """Return the chapters that have a file, such as ``quiz.yml``, in alphabetical order."""
    return sorted(path.parent.name for path in FOLDER.glob(f"*/{file}"))


def module(chapter: str, part: str) -> ModuleType:
    """Return a module of a chapter, ``numbers`` or ``pictures``.

    Raises
    ------
    ValueError
        If the chapter has none.
    """
    known = having(f"{part}.py")
    if chapter not in known:
        raise ValueError(f"no {part} of a chapter {chapter!r}; there is: {', '.join(known)}")
    return importlib.import_module(f"{__name__}.{chapter}.{part}")
