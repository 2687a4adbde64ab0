"""A report in sentences: plain text, Markdown and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from emergence_lib.audit.assess import FEWEST, MOST, Obstacle, Verdict
from emergence_lib.audit.curve import Curve
from emergence_lib.audit.report import Range, Report, UsualScore


def sentence(report: Report) -> str:
    """Return the verdict in one sentence."""
    width, metric = report.width, report.metric
    verb = "falls" if report.falls else "rises"
    if report.verdict is Verdict.FLAT:
        low, high = report.change
        return (
            "Flat: from the smaller half of the models to the larger half the score changes by "
            f"{points(low)} to {points(high)} points."
        )
    if report.verdict is Verdict.SMOOTH and width is not None:
        return f"Smooth: the score {verb} over {span(width)} (10% to 90% of the way)."
    if report.verdict is Verdict.SHARP and width is not None:
        known = "in the one metric given" if metric is None else f"and so does {metric.name}"
        return (
            f"Sharp in every metric: the score {verb} over {span(width)}, "
            f"less than the limit of {decades(report.sharp)}, {known}."
        )
    if report.verdict is Verdict.METRIC and width is not None and metric is not None:
        other = span(metric.width) if metric.width is not None else "no rise that could be seen"
        return (
            f"Sharp by the metric: the score {verb} over {span(width)}, {metric.name} over {other}."
        )
    return "Too little data to say: " + _obstacle(report)


def _rise(report: Report) -> str:
    return "fall" if report.falls else "rise"


def _obstacle(report: Report) -> str:
    """Say what stands in the way of a verdict."""
    limit, rise = decades(report.sharp), _rise(report)
    match report.obstacle:
        case Obstacle.FEW:
            return f"{len(report.curve.scale)} models, and at least {FEWEST} are needed."
        case Obstacle.BEGINNING:
            return (
                f"the {rise} may take less than {limit}, but just its first {report.seen:.0%} "
                "was seen."
            )
        case Obstacle.METRIC if report.width and report.metric:
            name = report.metric.name
            return (
                f"the score is sharp ({span(report.width)}), but {name} could be sharp or smooth."
            )
        case Obstacle.GAP:
            return (
                f"{report.leap:.0%} of the {rise} lies between two neighbouring models, and what "
                "happens there nobody has measured."
            )
        case Obstacle.WIDTH if report.width:
            return f"the {rise} takes {span(report.width)}, and the limit for sharp is {limit}."
    low, high = report.change
    return (
        f"no rise is certain, but a change of {points(low)} to {points(high)} points from the "
        "smaller to the larger models is possible."
    )


def reasons(report: Report) -> list[str]:
    """Return what the verdict rests on, and what else the data say, one sentence each."""
    curve, found = report.curve, [_above_chance(report)]
    if curve.chance_assumed:
        found.append(
            "The result files do not say the chance level, so it was taken as 0; if guessing "
            "scores on this task, give it: --chance 0.25 for four options, chance=0.25 in Python."
        )
    if report.rises:
        found.extend(_where(report))
    if report.misfit < 0.05:
        found.append(
            f"The scores scatter around the best curve {math.sqrt(report.dispersion):.1f} times as "
            "widely as counting explains; every interval is widened by as much."
        )
    if report.metric is not None:
        found.append(_metric(report))
    elif report.verdict is Verdict.SHARP:
        found.append(
            "Only one metric is known. Give the answer length or a second score of the same items, "
            f"and the audit can tell whether the metric makes the {_rise(report)} sharp."
        )
    rises = report.rises and not report.falls
    if report.shape == "Gompertz" and rises and report.metric is None and curve.chance == 0:
        found.append(
            "The Gompertz curve fits best: a loss that falls as a power of scale would give just "
            "this curve if a whole answer has to be right."
        )
    found.extend(_usual(score) for score in report.usual)
    found.extend(_remedy(report))
    if report.next_score is not None:
        expected = score_range(report.next_score)
        found.append(
            f"At {size(report, report.next_scale)} the score should be {expected}, "
            f"if the {_rise(report)} goes on in the same way."
        )
    return found


def _above_chance(report: Report) -> str:
    curve = report.curve
    seen = (
        f"at the largest model a true score below about {report.smallest_seen:.2g} might not show"
    )
    if report.first_above_chance is None:
        return f"The last score is not above chance ({curve.chance:g}); {seen}."
    return (
        f"From {size(report, report.first_above_chance)} on every score is above chance "
        f"({curve.chance:g}); {seen}."
    )


def _where(report: Report) -> list[str]:
    threshold, width = report.threshold, report.width
    if threshold is None or width is None:
        return []
    found = [
        f"Half of the {_rise(report)} is done at "
        f"{size(report, threshold.best)} ({bounds(threshold)})."
    ]
    if width.low is None or width.low < report.spacing:
        found.append(
            "The width cannot be resolved: its interval reaches below the spacing of the models "
            f"({decades(report.spacing)}), and of what happens within a gap they know nothing."
        )
    if report.ceiling_fitted:
        found.append(f"The scores level off at {report.ceiling:.2f}; the ceiling was fitted.")
    elif report.seen < MOST:
        found.append(
            f"Only {report.seen:.0%} of the way to a score of {report.ceiling:g} has been seen; "
            "threshold and width are extrapolated."
        )
    rivals = [each for each in report.candidates if each.behind is not None]
    if len(rivals) > 1 and rivals[1].behind is not None:
        names = [each.name for each in rivals if each.behind is not None and each.behind < 2]
        found.append(
            f"By AICc (n = {len(report.curve.scale)} models) the best curve is the {rivals[0].name}"
            + (
                f"; within 2 of it: {', '.join(names[1:])}."
                if len(names) > 1
                else f", {rivals[1].behind:.1f} ahead of the {rivals[1].name}."
            )
        )
    else:
        found.append("There are too few models to compare curves by AICc.")
    return found


def _metric(report: Report) -> str:
    metric = report.metric
    if metric is None or metric.width is None:
        return f"By {metric.name if metric else 'the second metric'} no rise is certain."
    share = ""
    if metric.share is not None:
        share = (
            f"; the metric accounts for {metric.share:.0%} of the sharpness"
            if metric.share >= 0
            else "; the second metric is the sharper one"
        )
    return f"By {metric.name} it takes {span(metric.width)}{share}."


def _usual(score: UsualScore) -> str:
    name = score.name[0].upper() + score.name[1:]
    value = (
        "not defined (a step of zero is typical)" if score.value is None else f"{score.value:.3g}"
    )
    if score.low is None and score.high is None:
        return f"{name}: {value}; straight lines with the same noise have none either."
    high = "infinity" if score.high is None else f"{score.high:.3g}"
    low = "infinity" if score.low is None else f"{score.low:.3g}"
    return (
        f"{name}: {value}; 95% of straight lines with the same noise score {low} to {high} "
        f"(p = {score.chance:.2g})."
    )


def _remedy(report: Report) -> list[str]:
    if report.obstacle in (None, Obstacle.FEW) or not report.usual:
        return []
    wishes = []
    if report.more_models is not None:
        wishes.append(f"{report.more_models} times the models over the same range")
    if report.more_items is not None:
        wishes.append(f"{report.more_items} times the test items")
    if not wishes:
        return ["Neither 6 times the models nor 100 times the items would settle it."]
    return [f"If the best curve is right, {' or '.join(wishes)} should settle it."]


def to_text(report: Report) -> str:
    """Return the report for a terminal."""
    title = f"{report.curve.name}: {report.verdict}"
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
    return (
        "\n".join(
            [f"## {report.curve.name}", "", f"**{sentence(report)}**", "", *found, "", *table]
        )
        + "\n"
    )


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
    return json.dumps(to_dict(report), indent=2, allow_nan=False, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def number(scale: float) -> str:
    """Return a scale with three digits, powers of ten as 1.2e10."""
    return f"{scale:.3g}".replace("e+0", "e").replace("e+", "e")


def size(report: Report, scale: float) -> str:
    """Return a scale with its unit: 1.2e10 parameters, 1.2e22 FLOP of training compute."""
    unit = report.curve.unit
    return f"{unit} {number(scale)}" if unit == "scale" else f"{number(scale)} {unit}"


def points(change: float) -> str:
    """Return a change of a fraction in percentage points, with its sign."""
    return f"{100 * change:+.1f}"


def decades(width: float) -> str:
    """Return a width with its unit."""
    return f"{width:.2g} decade" + ("" if f"{width:.2g}" == "1" else "s")


def span(width: Range) -> str:
    """Return an interval of widths."""
    if width.low is not None and width.high is not None:
        return f"{width.low:.2f} to {width.high:.2f} decades"
    return _one_sided(width, decades, "any number of decades")


def bounds(value: Range) -> str:
    """Return an interval of scales."""
    if value.low is not None and value.high is not None:
        return f"{number(value.low)} to {number(value.high)}"
    return _one_sided(value, number, "it could be anywhere")


def _one_sided(value: Range, form: Callable[[float], str], neither: str) -> str:
    """Return the end that an interval has."""
    if value.high is not None:
        return f"at most {form(value.high)}"
    return neither if value.low is None else f"at least {form(value.low)}"


def score_range(value: Range) -> str:
    """Return a score and its interval, with a third digit where two would look alike."""
    low, high = value.low or 0.0, 1.0 if value.high is None else value.high
    digits = 2 if high - low > 0.02 else 3
    return f"{value.best:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
