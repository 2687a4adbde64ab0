"""The ledger: every number in the prose, the expression that computes it, and its accepted band."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from emergence_lib import compute
from emergence_lib.checked import load_yaml

GRADES = {
    "rerun": "re-run here",
    "recomputed": "recomputed from published data",
    "reported": "reported",
    "disputed": "disputed",
}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Write one entry for each claim, keyed by a short name.",
    "propertyNames": {
        "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$",
        "description": "Name claims in lower case with hyphens.",
    },
    "additionalProperties": {
        "type": "object",
        "description": "Give a claim a statement, a grade, a chapter, and compute+band or value.",
        "required": ["statement", "grade", "chapter"],
        "additionalProperties": False,
        "properties": {
            "statement": {
                "type": "string",
                "pattern": "\\{\\}",
                "description": "One sentence, with {} where the number stands.",
            },
            "compute": {
                "type": "string",
                "description": "An expression over laws, datasets, fitting, findings, experiments.",
            },
            "value": {
                "type": ["number", "string"],
                "description": "The reported number, for a claim that is not computed.",
            },
            "format": {
                "type": "string",
                "pattern": "\\{.*\\}",
                "description": "A Python format such as '{:.1%}'.",
            },
            "band": {
                "type": "array",
                "items": {"type": "number"},
                "minItems": 2,
                "maxItems": 2,
                "description": "Lowest and highest accepted value.",
            },
            "grade": {
                "enum": list(GRADES),
                "description": "One of rerun, recomputed, reported, disputed.",
            },
            "cite": {
                "type": "array",
                "items": {"type": "string"},
                "description": "Keys of book/references.bib.",
            },
            "chapter": {"type": "string", "description": "The page, as in _toc.yml."},
        },
        "oneOf": [
            {
                "required": ["compute", "band"],
                "properties": {"grade": {"enum": ["rerun", "recomputed", "disputed"]}},
            },
            {
                "required": ["value", "cite"],
                "properties": {"grade": {"enum": ["reported", "disputed"]}},
            },
        ],
    },
}


class ClaimError(ValueError):
    """A claim is unknown, or its number has left its band."""


@dataclass(frozen=True)
class Claim:
    """One number of the book.

    Attributes
    ----------
    name : str
        Its key in the ledger.
    statement : str
        A sentence with ``{}`` for the number.
    grade : str
        One of `GRADES`.
    chapter : str
        The page that makes the claim, as in ``_toc.yml``.
    compute : str or None
        The expression that computes the number; None if it is only reported.
    band : tuple of float or None
        Lowest and highest accepted value of a computed number.
    reported : float or str or None
        The number of a claim that is not computed.
    format : str
        How to print it.
    cite : tuple of str
        Keys of the bibliography.
    """

    name: str
    statement: str
    grade: str
    chapter: str
    compute: str | None = None
    band: tuple[float, float] | None = None
    reported: float | str | None = None
    format: str = "{}"
    cite: tuple[str, ...] = ()

    @cached_property
    def value(self) -> float | str:
        """The number, computed now.

        Raises
        ------
        ClaimError
            If it is outside its band.
        """
        if self.compute is None or self.band is None:
            assert self.reported is not None
            return self.reported
        value = compute.number(self.compute)
        low, high = self.band
        if not low <= value <= high:
            raise ClaimError(
                f"claim {self.name!r}: {self.compute} is {value:.6g}, outside its band "
                f"[{low:g}, {high:g}]; mend what moved it, or the sentence and the band"
            )
        return value

    @property
    def text(self) -> str:
        """The number as it is printed."""
        return self.format.format(self.value)

    @property
    def sentence(self) -> str:
        """The statement with its number."""
        return self.statement.replace("{}", self.text)


def load(path: str | os.PathLike[str]) -> dict[str, Claim]:
    """Return the claims of a ledger file; numbers are computed when they are first asked for.

    Raises
    ------
    emergence_lib.checked.CheckedFileError
        If the file is not a ledger; the message names file, line and remedy.
    """
    entries: dict[str, dict[str, Any]] = load_yaml(Path(path), SCHEMA)
    return {name: _claim(name, entry) for name, entry in entries.items()}


def _claim(name: str, entry: dict[str, Any]) -> Claim:
    band = entry.get("band")
    return Claim(
        name=name,
        statement=entry["statement"],
        grade=entry["grade"],
        chapter=entry["chapter"],
        compute=entry.get("compute"),
        band=(band[0], band[1]) if band else None,
        reported=entry.get("value"),
        format=entry.get("format", "{}"),
        cite=tuple(entry.get("cite", ())),
    )


def get(claims: dict[str, Claim], name: str) -> Claim:
    """Return one claim by name.

    Raises
    ------
    ClaimError
        If there is none of that name.
    """
    if name not in claims:
        raise ClaimError(f"no claim {name!r} in the ledger; it has {', '.join(sorted(claims))}")
    return claims[name]
