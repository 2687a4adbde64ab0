"""Files that a command writes: refused before anything is computed, or written whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from emergence_lib.audit.phrases import shown
from emergence_lib.experiments import store


class UsageError(ValueError):
    """What was typed cannot be done; the message is all the person needs, on one line."""

    def __init__(self, message: str) -> None:
        super().__init__(shown(message, 10_000))


def check(option: str, path: Path, endings: tuple[str, ...], sources: Iterable[Path] = ()) -> None:
    """Refuse a file that could not be written, or that holds what is read or something else.

    Parameters
    ----------
    option : str
        Where the name was given, for the message.
    path : Path
        Of the file.
    endings : tuple of str
        What its name may end in: a file of another kind is not replaced by a slip of the pen.
    sources : iterable of Path
        What the command reads.

    Raises
    ------
    UsageError
        With what the system says, where it is the system that refuses.
    """
    try:
        refusal = _refusal(path, endings, sources)
        if refusal is None:
            # Only to write a file tells whether one can be written; this one has no name.
            tempfile.TemporaryFile(dir=path.resolve().parent).close()
    # A loop of links is a RuntimeError, a name that no system takes a ValueError.
    except (OSError, RuntimeError, ValueError) as error:
        refusal = f"{path} cannot be written ({reason(error)})"
    if refusal is not None:
        raise UsageError(f"{option}: {refusal}")


def _refusal(path: Path, endings: tuple[str, ...], sources: Iterable[Path]) -> str | None:
    if not path.absolute().parent.is_dir():
        return f"there is no folder {path.parent}"
    if path.is_dir():
        return f"found the folder {path}, want a file name"
    if path.exists():
        if not path.is_file():
            return f"found {path}, which is no regular file; want another name"
        if any(source.exists() and path.samefile(source) for source in sources):
            return f"found {path}, which this command reads; want another name"
        if not os.access(path, os.W_OK):
            return f"found {path}, which is write-protected; want another name"
    if path.suffix.lower() not in endings:
        return f"found {path}, want a name that ends in {' or '.join(endings)}"
    return None


@contextmanager
def replacing(option: str, path: Path) -> Iterator[BinaryIO]:
    """Open a file as `store.replacing`; raise `UsageError` where the system does not write it."""
    with told(option, path), store.replacing(path) as file:
        yield file


@contextmanager
def told(option: str, path: Path) -> Iterator[None]:
    """Raise `UsageError` in place of an error of the system: an older file is unharmed then."""
    try:
        yield
    except OSError as error:
        raise UsageError(f"{option}: {path} was not written ({reason(error)})") from error


def reason(error: Exception) -> str:
    """Return what the system said."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
