"""A report in sentences: plain text, Markdown and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from emergence_lib.audit.assess import FEWEST, MOST, Obstacle, Verdict
from emergence_lib.audit.curve import Curve
from emergence_lib.audit.phrases import number, phrase, shown
from emergence_lib.audit.report import Candidate, Metric, Report, UsualScore


def sentence(report: Report) -> str:
    """Return the verdict in one sentence."""
    if report.obstacle is not None:
        return phrase("obstacle", report.obstacle.name.lower(), **_values(report))
    one = report.verdict is Verdict.SHARP and report.metric is None
    name = "sharp in one metric" if one else report.verdict
    return phrase("verdict", name, **_values(report))


def reasons(report: Report) -> list[str]:
    """Return what the verdict rests on, and what else the data say, one sentence each."""
    values = _values(report)
    found = [phrase("reason", name, **values) for name in _reasons(report)]
    return found + [_usual(score) for score in report.usual]


def _reasons(report: Report) -> Iterator[str]:
    """Name the templates of all that is said beside the verdict, in order."""
    metric, width = report.metric, report.width
    yield "at_chance" if report.first_above_chance is None else "above_chance"
    if report.curve.chance_assumed:
        yield "chance_assumed"
    if width is not None:
        yield "half_way"
        if width.low is None or width.low < report.spacing:
            yield "unresolved"
        if report.ceiling_fitted:
            yield "levels_off"
        elif report.seen < MOST:
            yield "extrapolated"
        rivals, near = _rivals(report)
        yield "no_best_curve" if len(rivals) < 2 else "close_curves" if near else "best_curve"
    if report.misfit < 0.05:
        yield "scatter"
    if metric is not None:
        yield _metric(metric)
    elif report.verdict is Verdict.SHARP:
        yield "one_metric"
    rises = report.rises and not report.falls
    if report.shape == "Gompertz" and rises and metric is None and report.curve.chance == 0:
        yield "gompertz"
    if report.obstacle not in (None, Obstacle.FEW) and report.usual:
        yield _remedy(report)
    if report.next_score is not None:
        yield "next_score"


def _metric(metric: Metric) -> str:
    if metric.width is None:
        return "metric_unseen"
    if metric.share is None:
        return "metric"
    return "metric_shares" if metric.share >= 0 else "metric_sharper"


def _remedy(report: Report) -> str:
    if report.more_models is None:
        return "no_remedy" if report.more_items is None else "more_items"
    return "more_models" if report.more_items is None else "more_of_either"


def _rivals(report: Report) -> tuple[list[Candidate], list[str]]:
    """Return the curves that AICc can compare, and the names of those within 2 of the best."""
    rivals = [each for each in report.candidates if each.behind is not None]
    return rivals, [each.name for each in rivals[1:] if each.behind is not None and each.behind < 2]


def _values(report: Report) -> dict[str, object]:
    """Return all that the templates can ask for: the report, and what follows from it."""
    threshold, first = report.threshold, report.first_above_chance
    rivals, near = _rivals(report)
    return {
        **vars(report),
        "rise": "fall" if report.falls else "rise",
        "verb": "falls" if report.falls else "rises",
        "models": len(report.curve.scale),
        "fewest": FEWEST,
        "half": threshold and size(report, threshold.best),
        "first": first and size(report, first),
        "next": size(report, report.next_scale),
        "scatter": math.sqrt(report.dispersion),
        "near": ", ".join(near),
        **dict(zip(("best", "second"), rivals, strict=False)),
    }


def _usual(score: UsualScore) -> str:
    name = score.name[0].upper() + score.name[1:]
    value = (
        "not defined (a step of zero is typical)" if score.value is None else number(score.value)
    )
    if score.low is None and score.high is None:
        return f"{name}: {value}; straight lines with the same noise have none either."
    high = "infinity" if score.high is None else number(score.high)
    low = "infinity" if score.low is None else number(score.low)
    return (
        f"{name}: {value}; 95% of straight lines with the same noise score {low} to {high} "
        f"(p = {number(score.chance, 2)})."
    )


def to_text(report: Report) -> str:
    """Return the report for a terminal."""
    title = f"{shown(report.curve.name)}: {report.verdict}"
    lines = [title, "=" * len(title), sentence(report), ""]
    return "\n".join(lines + [f"- {each}" for each in reasons(report)]) + "\n"


def to_markdown(report: Report) -> str:
    """Return the report as Markdown, with the table of rival curves."""
    rows = [
        f"| {each.name} | {each.parameters} | {each.deviance:.1f} | "
        f"{'too few models' if each.behind is None else f'{each.behind:.1f}'} |"
        for each in report.candidates
    ]
    table = ["| curve | parameters | deviance | AICc behind |", "| --- | --- | --- | --- |", *rows]
    found = [f"- {each}" for each in reasons(report)]
    head = [f"## {shown(report.curve.name)}", "", f"**{sentence(report)}**", ""]
    return "\n".join([*head, *found, "", *table]) + "\n"


def to_dict(report: Report) -> dict[str, Any]:
    """Return everything as plain numbers and text, ready for JSON; open ends are None."""
    data = {name: value for name, value in vars(report).items() if name != "curve"}
    plain = {name: _plain(value) for name, value in data.items()}
    measured = _measured(report.curve)
    return {"curve": measured, **plain, "sentence": sentence(report), "reasons": reasons(report)}


def _measured(curve: Curve) -> dict[str, Any]:
    return {
        "name": curve.name,
        "unit": curve.unit,
        "scale": curve.scale.tolist(),
        "score": curve.score.tolist(),
        "items": None if curve.items is None else curve.items.tolist(),
        "stderr": None if curve.stderr is None else curve.stderr.tolist(),
        "chance": curve.chance,
        "chance_assumed": curve.chance_assumed,
        "length": curve.length,
        "labels": list(curve.labels),
        "other": None if curve.other is None else _measured(curve.other),
    }


def to_json(report: Report) -> str:
    """Return `to_dict` as JSON, without NaN or infinity."""
    return json_text(to_dict(report))


def json_text(data: object) -> str:
    """Return data as JSON in ASCII, so that names come back as they were and steer no terminal."""
    # The one control character that JSON leaves as it is.
    return json.dumps(data, indent=2, allow_nan=False).replace("\x7f", "\\u007f")


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def size(report: Report, scale: float) -> str:
    """Return a scale with its unit: 1.2e10 parameters, 1.2e22 FLOP of training compute."""
    unit = report.curve.unit
    return f"{unit} {number(scale)}" if unit == "scale" else f"{number(scale)} {unit}"
