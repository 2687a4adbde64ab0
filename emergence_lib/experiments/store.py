"""How results of experiments are kept, and where the stored ones are."""

from __future__ import annotations

import importlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from importlib import metadata, resources
from itertools import product
from pathlib import Path
from secrets import token_hex
from types import ModuleType
from typing import Any, BinaryIO, Self, get_type_hints
from zipfile import ZipFile

import numpy as np

EXPERIMENTS = (
    "addition",
    "autoregressive",
    "grokking",
    "induction",
    "quanta",
    "lottery",
    "capacity",
    "hopfield",
    "percolation",
    "random_graph",
    "flocking",
    "synchronisation",
    "naming_game",
    "minority",
    "reward_gaming",
    "prisoners_dilemma",
)
"""Modules beside this one, each with a `Config`, a `Result` and `run(config, seed)`."""
SEEDS = (0, 1, 2)
"""Seeds of the stored results."""
FOLDER = Path(str(resources.files("emergence_lib"))) / "experiments" / "results"


@dataclass(frozen=True, kw_only=True)
class Result:
    """What an experiment returns: a subclass adds its arrays.

    Attributes
    ----------
    config : dataclass
        The experiment's own `Config`.
    seed : int
    seconds : float
        CPU time of the run.
    version : str
        Version of the library that ran it.
    """

    config: Any
    seed: int
    seconds: float
    version: str = field(default_factory=lambda: metadata.version("emergence_lib"))

    @classmethod
    def measures(cls) -> list[str]:
        """Return the names of the arrays that this kind of result adds."""
        return [each.name for each in fields(cls) if each.name not in Result.__dataclass_fields__]

    def difference(self, other: Self) -> float:
        """Return the largest absolute difference between the arrays of two results.

        Raises
        ------
        ValueError
            If the two were run with different settings or seeds.
        """
        if (self.config, self.seed) != (other.config, other.seed):
            raise ValueError(
                f"other: found {other.config}, seed {other.seed}; want {self.config}, "
                f"seed {self.seed}"
            )
        pairs = [(getattr(self, name), getattr(other, name)) for name in self.measures()]
        return max(float(np.abs(mine - theirs).max()) for mine, theirs in pairs)

    def save(self, path: Path) -> None:
        """Write one .npz file; an interruption leaves the old file whole."""
        about = {
            "config": asdict(self.config),
            "seed": self.seed,
            "seconds": self.seconds,
            "version": self.version,
        }
        arrays = {name: getattr(self, name) for name in self.measures()}
        with replacing(path) as file:
            np.savez_compressed(file, about=np.array(json.dumps(about)), **arrays)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file that `save` wrote.

        Raises
        ------
        ValueError
            If the file is missing, damaged, or holds another kind of result.
        """
        try:
            with ZipFile(path) as parts:
                if damaged := parts.testzip():  # NumPy reads no further than a part's header says
                    raise ValueError(f"{damaged} is damaged")
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(str(file["about"]))
                arrays = {name: file[name] for name in cls.measures()}
            settings = about.pop("config")
            lists = {name: tuple(v) if isinstance(v, list) else v for name, v in settings.items()}
            return cls(config=get_type_hints(cls)["config"](**lists), **about, **arrays)
        except Exception as error:  # zip, zlib, struct, JSON and NumPy fail each in their own way
            raise ValueError(
                f"path: {path} is not a stored {cls.__module__} result "
                f"({type(error).__name__}: {error!s:.200}). Remedy: run it again and save it; "
                "'python -m emergence_lib results' repeats the book's own"
            ) from error


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of another once it is whole; until then the old one stays.

    Parameters
    ----------
    path : Path
        A link goes on leading to its file; who may read an old file may read the new one.
    """
    path = path.resolve()
    unfinished = path.with_name(f"{token_hex(8)}.unfinished")
    try:
        with unfinished.open("xb") as file:
            yield file
        if path.exists():
            shutil.copymode(path, unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def gather(table: Sequence[Sequence[Mapping[str, Any]]], dtype: Any = None) -> dict[str, Any]:
    """Return a table of examinations as one array (rows, columns, ...) for each measure."""
    return {
        name: np.array([[cell[name] for cell in row] for row in table], dtype)
        for name in table[0][0]
    }


def experiment(name: str) -> ModuleType:
    """Return the module of an experiment.

    Raises
    ------
    ValueError
        If there is none of that name.
    """
    if name not in EXPERIMENTS:
        raise ValueError(f"name: found {name!r}, want one of {', '.join(EXPERIMENTS)}")
    return importlib.import_module(f"emergence_lib.experiments.{name}")


def variants(name: str) -> dict[str, Any]:
    """Return the settings under which an experiment is stored, by name; the book's is ``""``."""
    module = experiment(name)
    settings: dict[str, Any] = getattr(module, "VARIANTS", {"": module.Config()})
    return settings


def path(name: str, seed: int, variant: str = "") -> Path:
    """Return the file of a stored result."""
    return FOLDER / f"{'-'.join(filter(None, (name, variant)))}-{seed}.npz"


@cache
def stored(name: str, variant: str = "") -> tuple[Any, ...]:
    """Return the stored results of an experiment, one for each of `SEEDS`.

    They are read once and shared by all who ask, so their arrays are locked.

    Raises
    ------
    ValueError
        If there is no such experiment or variant, or a file is missing or damaged.
    """
    known = variants(name)
    if variant not in known:
        raise ValueError(f"variant: found {variant!r}, want one of {', '.join(map(repr, known))}")
    kind = experiment(name).Result
    results = tuple(kind.load(path(name, seed, variant)) for seed in SEEDS)
    for result, measure in product(results, kind.measures()):
        getattr(result, measure).flags.writeable = False
    return results
