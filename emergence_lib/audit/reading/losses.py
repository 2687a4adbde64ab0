"""From checked points to a curve of losses."""

from __future__ import annotations

import numpy as np

from emergence_lib.audit.curve import CurveError
from emergence_lib.audit.losses import LossCurve
from emergence_lib.audit.phrases import fault, phrase
from emergence_lib.audit.reading.assemble import again, alike
from emergence_lib.audit.reading.metrics import is_perplexity
from emergence_lib.audit.reading.points import Point
from emergence_lib.audit.reading.table import Problems
from emergence_lib.laws import Array


def loss_curve(
    name: str, points: list[Point], unit: str, pool: bool, problems: Problems
) -> LossCurve | None:
    """Return the curve of losses through some points, or note why there is none.

    Parameters
    ----------
    name : str
        Of the curve.
    points : list of Point
        In any order; those without a number for the loss are left out.
    unit : str
        Name of the scale.
    pool : bool
        Whether losses at equal scale are averaged.
    problems : Problems
        Grows by what is wrong.
    """
    told = sorted((each for each in points if "score" in each.values), key=lambda p: p.scale)
    notes = []
    if len(told) < len(points):
        notes.append(phrase("loss", "blank", count=len(points) - len(told)))
    if not told:
        what = fault("empty", want=phrase("want", "loss"), part="column")
        problems.add(points[0].place, *what)
        return None
    groups = alike(told) if pool else [[each] for each in told]
    if again(name, [each[0] for each in groups], problems):
        return None
    perplexity = is_perplexity(told[0].entry.metric)
    stderr = _errors(told) if len(groups) == len(told) else None
    if len(groups) < len(told):
        notes.append(phrase("loss", "averaged", rows=len(told), models=len(groups)))
    elif stderr is None and any("stderr" in each.values for each in told):
        notes.append(phrase("loss", "no_errors"))
    labels = [" + ".join(dict.fromkeys(_model(p) for p in each)) for each in groups]
    try:
        return (LossCurve.of_perplexity if perplexity else LossCurve)(
            name,
            np.array([each[0].scale for each in groups]),
            np.array([_mean(each, perplexity) for each in groups]),
            stderr,
            unit=unit,
            labels=tuple(labels) if any(labels) else (),
            notes=tuple(notes),
        )
    except CurveError as error:
        problems.add_error(error)
        return None


def _model(point: Point) -> str:
    return point.entry.cells.get("model", "")


def _mean(points: list[Point], perplexity: bool) -> float:
    """Return the mean loss; of perplexities the geometric mean, which has the mean logarithm."""
    values = [point.values["score"] for point in points]
    return float(np.exp(np.mean(np.log(values))) if perplexity else np.mean(values))


def _errors(points: list[Point]) -> Array | None:
    """Return standard errors if every loss has one above 0."""
    errors = np.array([point.values.get("stderr", 0.0) for point in points])
    return errors if (errors > 0).all() else None
