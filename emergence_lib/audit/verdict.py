"""The verdict on one curve, worked out here and nowhere else (its twin: ``judge`` in audit.js)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SHARP = 1.0
"""Decades: a rise whose 10-90% width is below this is called sharp. A convention, not a discovery:
one order of magnitude of scale, about two steps of a published family of models."""
FLAT = 0.05
"""A change from the smaller to the larger half of the models below this counts as none."""
FEWEST = 4
"""Models below which there is no verdict."""
MOST = 0.5
"""A gap between two models that holds more than this share of the rise hides its shape; a rise of
which less than this has been seen may end in any way."""


class Verdict(StrEnum):
    """All that an audit can conclude."""

    SMOOTH = "smooth"
    SHARP = "sharp in the one metric given"
    BOTH = "sharp in both metrics"
    METRIC = "sharp by the metric"
    FLAT = "flat"
    UNKNOWN = "undecided"


class Obstacle(StrEnum):
    """What can keep an audit from a verdict."""

    FEW = "fewer than four models"
    UNSAID = "an unsaid setting decides"
    RISE = "no rise at 95%"
    BEGINNING = "less than half seen"
    BELOW = "still below chance after it"
    METRIC = "second metric undecided"
    GAP = "most of the rise in one gap"
    WIDTH = "interval on both sides of the limit"


@dataclass(frozen=True)
class Facts:
    """What a verdict goes by, of one curve.

    Attributes
    ----------
    models : int
    flat : bool
        Whether the interval of the change stays within `FLAT`.
    rises : bool
        Whether a flat curve is rejected at 95%.
    narrow, broad : bool
        Whether the whole interval of the width lies at or below, at or above the limit for sharp.
    seen, leap : float
        Share of the rise seen so far; largest share of it between two neighbouring models.
    below : bool
        Whether scores lie below chance beyond the threshold, too.
    """

    models: int
    flat: bool
    rises: bool
    narrow: bool
    broad: bool
    seen: float
    leap: float
    below: bool = False


def judge(facts: Facts, second: int | None = None) -> tuple[Verdict, Obstacle | None]:
    """Return the verdict on a curve, and what keeps the audit from one.

    The widths alone would trust the sigmoids where nothing was measured. So a sharp rise must have
    been seen at least half-way up and end above chance: models that answer always the same change
    their score in one step. A smooth one must not owe its greater part to a single gap between two
    models.

    Parameters
    ----------
    facts : Facts
    second : int, optional
        `steepness` of a second metric, if there is one.
    """
    if facts.models < FEWEST:
        return Verdict.UNKNOWN, Obstacle.FEW
    if facts.flat:
        return Verdict.FLAT, None
    if not facts.rises:
        return Verdict.UNKNOWN, Obstacle.RISE
    if facts.narrow == facts.broad:
        return Verdict.UNKNOWN, Obstacle.WIDTH
    if facts.broad:
        return (Verdict.UNKNOWN, Obstacle.GAP) if facts.leap >= MOST else (Verdict.SMOOTH, None)
    if facts.seen < MOST:
        return Verdict.UNKNOWN, Obstacle.BEGINNING
    if facts.below:
        return Verdict.UNKNOWN, Obstacle.BELOW
    if second is None:
        return Verdict.SHARP, None
    found = {1: Verdict.BOTH, 0: Verdict.UNKNOWN, -1: Verdict.METRIC}[second]
    return found, None if second else Obstacle.METRIC


def steepness(facts: Facts) -> int:
    """Return 1 where the verdict on a curve alone is sharp, -1 where it is smooth, else 0."""
    return {Verdict.SHARP: 1, Verdict.SMOOTH: -1}.get(judge(facts)[0], 0)
