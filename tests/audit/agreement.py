"""When two audits of one curve agree: the one question of every test that compares two.

Two processors, or two languages, differ in the last digits of an exponential. Deviances, scores
and words hardly notice. But where the likelihood is flat, or a share is taken of a rise that is
next to nothing, the same digits move a number much farther: such a number is compared by what it
does to the deviance or to the scores, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from emergence_lib.audit import Curve, Report
from emergence_lib.audit.assess import Assessment, Scatter, assess
from emergence_lib.audit.readings import gather, read_all_ways
from emergence_lib.fitting.batch import Batch
from emergence_lib.fitting.profile import Interval
from emergence_lib.laws import Array
from tests.audit.plain import plain_report

AGREED = 1e-6
"""Largest difference of deviances, of interval ends in decades, and of scores, or share of it."""
EXACT: Mapping[str, float] = MappingProxyType({})


def differences(
    ours: Any, theirs: Any, slack: Mapping[str, float] = EXACT, name: str = ""
) -> list[str]:
    """Name every number and word in which two nested results differ.

    ``slack`` says of some numbers, by their name, how far they may differ beyond `AGREED`.
    """
    if isinstance(ours, dict):
        pairs = [(ours[key], theirs[key], key) for key in ours]
    elif isinstance(ours, list | tuple):
        pairs = [(*pair, str(at)) for at, pair in enumerate(zip(ours, theirs, strict=True))]
    else:
        equal = ours == theirs
        if not equal and isinstance(ours, float) and isinstance(theirs, int | float):
            allowed = max(AGREED * max(1.0, abs(ours)), slack.get(name, 0.0))
            equal = abs(ours - theirs) <= allowed
        return [] if equal else [f"{name}: {ours!r} and {theirs!r}"]
    return [
        each
        for mine, other, key in pairs
        for each in differences(mine, other, slack, f"{name} {key}".strip())
    ]


def disagreements(
    ours: Any, theirs: Any, curve: Curve, ahead: float, ceiling: float | None = None
) -> list[str]:
    """Name what differs between two audits of a curve by more than its likelihood leaves open.

    ``curve``, of known chance, ``ahead`` and ``ceiling`` are those of `slack`, which is asked only
    where it matters.
    """
    if not differences(ours, theirs):
        return []
    return differences(ours, theirs, slack(gather([curve]), ahead, ceiling))


def report_disagreements(report: Report, theirs: dict[str, Any]) -> list[str]:
    """Name what differs between a report and one in the form of `plain_report`."""
    ours, other = _comparable(plain_report(report)), _comparable(theirs)
    if not differences(ours, other):
        return []
    return differences(ours, other, report_slack(report.curve, ours["nextScale"]))


def report_slack(curve: Curve, ahead: float) -> dict[str, float]:
    """Return how far the numbers of a report move: as far as those of any reading of its curve."""
    read = read_all_ways([curve], None)
    allowed: dict[str, float] = {}
    for at, row in enumerate(read.kept[0]):
        of_row = slack(read.batch[np.array([row])], ahead)
        allowed |= {name: max(each, allowed.get(name, 0.0)) for name, each in of_row.items()}
        allowed |= {f"readings {at} {name}": of_row[name] for name in of_row if "width" in name}
    if curve.along is not None:
        again = report_slack(replace(curve, scale=curve.along.scale, along=None, other=None), ahead)
        allowed |= {f"along {name}": again[name] for name in again if name[:5] == "width"}
    return allowed


def _comparable(data: dict[str, Any]) -> dict[str, Any]:
    """Return a report with its scales in decades; curves that fit alike come in any order."""
    half = data["threshold"]
    logs = half and {end: value and float(np.log10(value)) for end, value in half.items()}
    rivals = {each["name"]: each for each in data["candidates"]}
    following = float(np.log10(data["nextScale"]))
    apart = {"curve": None, "threshold": logs, "nextScale": following, "candidates": rivals}
    return data | apart


def slack(batch: Batch, ahead: float, ceiling: float | None = None) -> dict[str, float]:
    """Return how far the numbers of an audit move while the deviance moves by `AGREED`.

    Parameters
    ----------
    batch : Batch
        Of one curve.
    ahead : float
        log10 of the scale of the forecast.
    ceiling : float, optional
        As for `assess`.

    Returns
    -------
    dict of str to float
        By the names that `differences` gives them; widths and thresholds in decades.
    """
    found = assess(batch, ceiling)
    at = np.array([ahead])
    near, middle, far = (
        {"width": each.width, "threshold": each.threshold, "nextScore": each.forecast(at)}
        for each in (_moved(found, -1), found, _moved(found, 1))
    )
    # Scores agree to AGREED; a share of their rise can do no better than that share of it.
    rise = float(np.ptp(found.predict(batch.x)))
    allowed = {"leap": AGREED / max(rise, AGREED)}
    for name in middle:
        allowed |= _slack_of(name, found, near[name], middle[name], far[name])
    return allowed


@dataclass(frozen=True)
class _Moved(Scatter):
    """A scatter whose intervals end at a slightly lower or higher deviance."""

    by: Array

    def critical(self, parameters: int = 1) -> Array:
        return super().critical(parameters) + self.by


def _moved(found: Assessment, sign: int) -> Assessment:
    """Return an assessment whose intervals end at a slightly lower or higher deviance."""
    scatter = found.scatter
    by = sign * _least_told(found)
    return replace(found, scatter=_Moved(scatter.deviance, scatter.freedom, by))


def _least_told(found: Assessment) -> Any:
    """Return the difference of deviances that counts as none."""
    return AGREED * np.maximum(found.scatter.deviance, 1.0)


def _slack_of(
    name: str, found: Assessment, near: Interval, middle: Interval, far: Interval
) -> dict[str, float]:
    """Return how far the best value and the ends of one interval may move.

    The ends: as far as they do when the deviance at which they lie changes. The best value: on a
    parabola the distance from the bottom goes with the root of the height above it.
    """
    share = np.sqrt(_least_told(found) / found.scatter.critical())[0]
    allowed = {"best": float(share * (middle.high - middle.low)[0])}
    for end in ("low", "high"):
        ends = [getattr(each, end)[0] for each in (near, middle, far)]
        allowed[end] = float(np.ptp(ends))
    return {f"{name} {each}": value for each, value in allowed.items()}
