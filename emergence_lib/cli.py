"""The command line: ``python -m emergence_lib COMMAND``."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from tqdm import tqdm

from emergence_lib import figures, theme
from emergence_lib.experiments import store
from emergence_lib.reader import svg

FORMATS = (".svg", ".png")


class UsageError(ValueError):
    """What was typed cannot be done; the message is all the person needs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 2 misuse, 130 interrupted."""
    parser = argparse.ArgumentParser(
        "python -m emergence_lib", description="Tools of the handbook."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    results = commands.add_parser("results", help="recompute the stored results of experiments")
    results.add_argument("name", nargs="?", help=f"one of {', '.join(store.EXPERIMENTS)}")
    results.set_defaults(command=lambda given: recompute(given.name))

    figure = commands.add_parser("figure", help="redraw one figure of the book")
    figure.add_argument("name", help="CHAPTER.NAME, such as mirage.exact_match_ladder")
    figure.add_argument("-o", "--output", type=Path, help="FILE.svg or FILE.png")
    figure.set_defaults(command=lambda given: draw(given.name, given.output))

    given = parser.parse_args(arguments)
    try:
        given.command(given)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; what was finished is saved", file=sys.stderr)
        return 130
    return 0


def recompute(name: str | None) -> None:
    """Run experiments again with their stored seeds; save each as soon as it is finished."""
    if name not in (None, *store.EXPERIMENTS):
        raise UsageError(f"no experiment {name!r}; there is: {', '.join(store.EXPERIMENTS)}")
    for each in [name] if name else store.EXPERIMENTS:
        experiment = store.experiment(each)
        for seed in store.SEEDS:
            path = store.path(each, seed)
            bar = partial(tqdm, desc=f"{each} seed {seed}", leave=False, disable=None)
            result = experiment.run(seed=seed, progress=bar)
            change = compare(result, path)
            result.save(path)
            print(f"{each}  seed {seed}  {result.seconds:.1f} s CPU  {change}", flush=True)


def compare(result: store.Result, path: Path) -> str:
    """Say how far a result lies from the stored one, if there is one to compare with."""
    if not path.exists():
        return "new"
    try:
        return f"largest difference {result.difference(result.load(path)):.2g}"
    except ValueError:
        return "replaces one of other settings"


def draw(name: str, output: Path | None) -> None:
    """Draw a figure function of the book and write it to a file, each panel to its own."""
    chapter, _, function = name.partition(".")
    if chapter not in chapters() or function not in drawings(chapter):
        known = [f"{each}.{figure}" for each in chapters() for figure in drawings(each)]
        raise UsageError(f"no figure {name!r}; there are: {', '.join(known)}")
    target = output or Path(f"{name}.svg")
    if target.suffix not in FORMATS:
        raise UsageError(f"output: found {target}, want a name that ends in {' or '.join(FORMATS)}")
    if not target.parent.is_dir():
        raise UsageError(f"output: there is no folder {target.parent}")
    panels = [
        each for each in as_sequence(drawings(chapter)[function]()) if isinstance(each, Figure)
    ]
    for number, panel in enumerate(panels, start=1):
        part = f"-{number}" if len(panels) > 1 else ""
        path = target.with_name(f"{target.stem}{part}{target.suffix}")
        write(panel, path)
        print(path)


def write(figure: Figure, path: Path) -> None:
    """Write a figure as the kind of file that the name asks for; same figure, same bytes."""
    if path.suffix == ".png":
        path.write_bytes(svg.png(figure))
        return
    with matplotlib.rc_context(theme.STYLE):
        figure.savefig(path, metadata={"Date": None})


def as_sequence(drawing: Any) -> Sequence[Any]:
    """Return the parts of a drawing: a figure, panels, or a figure with its update function."""
    return drawing if isinstance(drawing, Sequence) else [drawing]


def chapters() -> list[str]:
    """Return the names of the modules of figures."""
    return [module.name for module in pkgutil.iter_modules(figures.__path__)]


def drawings(chapter: str) -> dict[str, Callable[[], Any]]:
    """Return the figure functions of a chapter by name."""
    module = importlib.import_module(f"{figures.__name__}.{chapter}")
    return {
        name: value
        for name, value in vars(module).items()
        # The mark that `theme.figure` leaves on what it decorates.
        if not name.startswith("_") and hasattr(value, "__wrapped__")
        if value.__module__ == module.__name__
    }
