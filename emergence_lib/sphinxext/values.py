"""The values of claims, kept from build to build, each under a key of all that it can reach.

They lie in one JSON file, which is replaced whole. What cannot be read is not known.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from sphinx.application import Sphinx

from emergence_lib import chapters, compute
from emergence_lib.claims import Claim
from emergence_lib.experiments import store
from emergence_lib.sphinxext import reach

Value = float | bool


def kept(app: Sphinx) -> Path:
    """Return the folder of all that is kept from build to build, beside the pages."""
    return Path(app.outdir).parent / ".kept"


class Values:
    """Works out expressions as `compute` does, and none of them twice.

    Parameters
    ----------
    path : Path
        Where they are kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known = self._read()
        self._reached: dict[tuple[str, ...], str] = {}
        self._modules = cache(compute.modules)

    def number(self, expression: str, chapter: str) -> float:
        """Return the number of an expression; see `compute.number`."""
        return self._value(compute.number, expression, chapter)

    def holds(self, expression: str, chapter: str) -> bool:
        """Say whether a comparison is true; see `compute.holds`."""
        return bool(self._value(compute.holds, expression, chapter))

    def key(self, claim: Claim) -> str:
        """Return the key of a claim's value."""
        kind = compute.holds if claim.band is None else compute.number
        return self._key(kind, claim.expression, chapters.name(claim.page))

    def outdated(self) -> bool:
        """Say whether anything that the keys stand for has changed since they were made."""
        return any(reached(modules) != key for modules, key in self._reached.items())

    def keep(self, claims: Iterable[Claim]) -> None:
        """Write the values of some claims, as far as they are known, and no others."""
        keys = {self.key(claim) for claim in claims if claim.expression}
        wanted = {key: self.known[key] for key in keys & self.known.keys()}
        if wanted != self._read():
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with store.replacing(self.path) as file:
                file.write(json.dumps(wanted, indent=0, sort_keys=True).encode())

    def _value(self, kind: Callable[..., Value], expression: str, chapter: str) -> Value:
        key = self._key(kind, expression, chapter)
        if key not in self.known:
            self.known[key] = kind(expression, chapter)
        return self.known[key]

    def _key(self, kind: Callable[..., Value], expression: str, chapter: str) -> str:
        modules = tuple(self._modules(expression, chapter))
        if modules not in self._reached:
            self._reached[modules] = reached(modules)
        return f"{self._reached[modules]} {kind.__name__} {expression}"

    def _read(self) -> dict[str, Value]:
        try:
            found = json.loads(self.path.read_text("utf-8"))
            values = {str(key): value for key, value in found.items()}
        except (OSError, ValueError, AttributeError):
            return {}
        known = {key: value for key, value in values.items() if isinstance(value, Value)}
        return {key: value for key, value in known.items() if math.isfinite(value)}


def reached(modules: tuple[str, ...]) -> str:
    """Return the key of all that some modules reach, and of what evaluates expressions."""
    return reach.key(reach.files(f"import {name}" for name in (compute.__name__, *modules)))
