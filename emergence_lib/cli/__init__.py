"""The command line: ``python -m emergence_lib COMMAND``."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import fields
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NoReturn, get_args, get_origin, get_type_hints

import numpy as np
from tqdm import tqdm

from emergence_lib.audit import CurveError
from emergence_lib.audit.phrases import escaped, quoted, shown
from emergence_lib.cli import audit, output
from emergence_lib.cli.output import UsageError
from emergence_lib.experiments import store, sweep

RESULTS = (".npz",)


class Parser(argparse.ArgumentParser):
    """A parser that repeats what was typed, file names with it, in characters that do no harm."""

    def error(self, message: str) -> NoReturn:
        """Print how the command is used and what is wrong; exit with code 2."""
        super().error(shown(message))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 2 not done, 130 interrupted."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal writes every letter
    parser = Parser("python -m emergence_lib", description="Tools of the handbook.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    results = commands.add_parser("results", help="recompute the stored results of experiments")
    results.add_argument("name", nargs="?", help=f"one of {', '.join(store.EXPERIMENTS)}")
    results.set_defaults(command=lambda given: recompute(given.name))

    once = commands.add_parser("run", help="run one experiment and write its result")
    once.add_argument("name", help=f"one of {', '.join(store.EXPERIMENTS)}")
    once.add_argument("--seed", type=int, default=0)
    once.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="change a setting"
    )
    once.add_argument("-o", "--output", type=Path, help="FILE.npz")
    once.set_defaults(command=lambda given: run(given.name, given.seed, given.set, given.output))

    figure = commands.add_parser("figure", help="redraw one figure of the book")
    figure.add_argument("name", help="CHAPTER.NAME, such as mirage.exact_match_ladder")
    figure.add_argument("-o", "--output", type=Path, help="FILE.svg or FILE.png")
    figure.set_defaults(command=lambda given: draw(given.name, given.output))

    audit.add(commands)

    given = parser.parse_args(arguments)
    try:
        given.command(given)
        sys.stdout.flush()
    except (UsageError, CurveError) as error:
        print(error, file=sys.stderr)
        return 2
    except MemoryError as error:
        remedy = "Remedy: choose smaller settings or fewer curves."
        print(f"not enough memory ({shown(error) or 'none left'}). {remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        # Output that the system refuses: the disk is full, or `head` has read enough and gone.
        if not isinstance(error, BrokenPipeError):
            print(shown(error), file=sys.stderr)
        sys.stdout = io.StringIO()  # the end of the program would try once more
        return 2
    except KeyboardInterrupt:
        print("interrupted; what was finished is saved", file=sys.stderr)
        return 130
    return 0


def processes() -> Executor:
    """Return what recomputes stored results: two processes side by side."""
    return ProcessPoolExecutor(2, mp_context=get_context("spawn"))


def recompute(name: str | None) -> None:
    """Run experiments again with their stored seeds; save each as soon as it is finished."""
    if name not in (None, *store.EXPERIMENTS):
        raise UsageError(f"no experiment {quoted(name)}; there is: {', '.join(store.EXPERIMENTS)}")
    names = [name] if name else store.EXPERIMENTS
    jobs = [job for each in names for job in sweep.stored_jobs(each)]
    for job in jobs:
        output.check("results", store.path(job.name, job.seed, job.variant), RESULTS)
    print(f"{'run':36}{'CPU seconds':>12}  largest difference from what was stored")
    with processes() as executor:
        done = sweep.run_many(jobs, executor)
        for job, result in tqdm(done, total=len(jobs), leave=False, disable=None):
            path = store.path(job.name, job.seed, job.variant)
            change = compare(result, path)
            with output.told("results", path):
                result.save(path)
            tqdm.write(f"{job.label:36}{result.seconds:12.1f}  {change}")


def run(name: str, seed: int, settings: Sequence[str], target: Path | None) -> None:
    """Run one experiment with a progress bar, write its result and summarise it."""
    if name not in store.EXPERIMENTS:
        raise UsageError(f"no experiment {quoted(name)}; there is: {', '.join(store.EXPERIMENTS)}")
    if seed < 0:
        raise UsageError(f"seed: found {seed}, want 0 or more")
    experiment = store.experiment(name)
    config = configured(experiment.Config, settings)
    path = target or Path(f"{name}-{seed}.npz")
    output.check("-o", path, RESULTS)
    bar = partial(tqdm, desc=f"{name} seed {seed}", leave=False, disable=None)
    try:
        result = experiment.run(config, seed=seed, progress=bar)
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from error
    except OverflowError as error:
        raise UsageError(f"{name}: a setting is too large ({error})") from error
    with output.told("-o", path):
        result.save(path)
    print(summary(name, result, path))


def configured(kind: type[Any], settings: Sequence[str]) -> Any:
    """Return an experiment's settings with some of them changed by ``key=value``."""
    types = get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    changed = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals or key not in known:
            raise UsageError(f"--set: found {quoted(setting)}, want key=value with one of: {known}")
        changed[key] = parsed(key, text, types[key])
    try:
        return kind(**changed)
    except ValueError as error:
        raise UsageError(f"--set: {error}") from error


def parsed(key: str, text: str, kind: Any) -> Any:
    """Return a value of the type that a setting has; a tuple is written with commas."""
    if get_origin(kind) is tuple:
        return tuple(parsed(key, part, get_args(kind)[0]) for part in text.split(","))
    try:
        if kind is bool:
            return {"true": True, "false": False}[text.lower()]
        return kind(text)
    except (ValueError, KeyError) as error:
        raise UsageError(f"--set {key}: found {quoted(text)}, want {NAMES[kind]}") from error


NAMES = {int: "a whole number", float: "a number", bool: "true or false", str: "a word"}


def summary(name: str, result: store.Result, path: Path) -> str:
    """Return five lines: what ran, with which settings, how long, what it holds, where it is."""
    config = ", ".join(f"{key}={value}" for key, value in vars(result.config).items())
    shapes = ", ".join(
        f"{measure} {np.shape(getattr(result, measure))}" for measure in result.measures()
    )
    return "\n".join(
        [
            f"experiment  {name}, seed {result.seed}",
            f"settings    {config}",
            f"CPU time    {result.seconds:.1f} s",
            f"measured    {shapes}",
            f"written     {escaped(path)}",
        ]
    )


def compare(result: store.Result, path: Path) -> str:
    """Say how far a result lies from the stored one, if there is one to compare with."""
    if not path.exists():
        return "new"
    try:
        return f"{result.difference(result.load(path)):.2g}"
    except ValueError:
        return "replaces one of other settings"


def draw(name: str, target: Path | None) -> None:
    """Draw a figure of the book and write it to a file."""
    from emergence_lib.cli import figure  # which takes a second, and no other command draws

    figure.draw(name, target)
