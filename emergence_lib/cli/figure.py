"""``python -m emergence_lib figure``: a figure of the book as a file."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure

from emergence_lib import chapters, theme
from emergence_lib.audit.phrases import escaped, quoted
from emergence_lib.cli import output
from emergence_lib.cli.output import UsageError
from emergence_lib.reader import svg

FORMATS = (".svg", ".png")


def draw(name: str, given: Path | None) -> None:
    """Draw a figure function of the book and write it to a file, each panel to its own."""
    chapter, _, function = name.partition(".")
    illustrated = chapters.having("pictures.py")
    if chapter not in illustrated or function not in drawings(chapter):
        known = [f"{each}.{figure}" for each in illustrated for figure in drawings(each)]
        raise UsageError(f"no figure {quoted(name)}; there are: {', '.join(known)}")
    target = given or Path(f"{name}.svg")
    output.check("-o", target, FORMATS)
    panels = [
        each for each in as_sequence(drawings(chapter)[function]()) if isinstance(each, Figure)
    ]
    for number, panel in enumerate(panels, start=1):
        part = f"-{number}" if len(panels) > 1 else ""
        path = target.with_name(f"{target.stem}{part}{target.suffix}")
        with output.replacing("-o", path) as file:
            file.write(written(panel, path.suffix.lower()))
        print(escaped(path))


def written(figure: Figure, ending: str) -> bytes:
    """Return a figure as the kind of file that an ending asks for; same figure, same bytes."""
    if ending == ".png":
        return svg.png(figure)
    stream = io.BytesIO()
    with matplotlib.rc_context(theme.STYLE):
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def as_sequence(drawing: Any) -> Sequence[Any]:
    """Return the parts of a drawing: a figure, panels, or a figure with its update function."""
    return drawing if isinstance(drawing, Sequence) else [drawing]


def drawings(chapter: str) -> dict[str, Callable[[], Any]]:
    """Return the figure functions of a chapter by name."""
    module = chapters.module(chapter, "pictures")
    return {
        name: value
        for name, value in vars(module).items()
        # The mark that `theme.figure` leaves on what it decorates.
        if not name.startswith("_") and hasattr(value, "__wrapped__")
        if value.__module__ == module.__name__
    }
