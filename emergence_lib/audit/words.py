"""A report in sentences: plain text, Markdown and JSON."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from emergence_lib.audit.curve import Curve
from emergence_lib.audit.levels import PLAUSIBLE
from emergence_lib.audit.phrases import between, bounds, number, phrase, shown, size
from emergence_lib.audit.report import Candidate, Metric, Reading, Report, UsualScore
from emergence_lib.audit.verdict import FEWEST, FLAT, MOST, Obstacle, Verdict

MARKS = re.compile(r"[\\`*\[\]<>|&#~!$]|(?<!\w)_|_(?!\w)")
"""What Markdown reads as a mark; an underscore within a word is none."""
BORDER = 0.1
"""Share of a limit within which a number is called borderline."""
DIRECTION, CHANCE = "whether more is better", "the chance level"
"""What nobody said, and anybody could say."""


def sentence(report: Report) -> str:
    """Return the verdict in one sentence."""
    if report.obstacle is not None:
        return phrase("obstacle", report.obstacle.name.lower(), **_values(report))
    return phrase("verdict", report.verdict, **_values(report))


def reasons(report: Report) -> list[str]:
    """Return the rule of the verdict, what it rests on, and what else the data say."""
    values = _values(report)
    found = [phrase("rule", _rule(report), **values)]
    if report.obstacle is Obstacle.UNSAID:
        found += [_reading(each) for each in _in_order(report.readings)]
    found += [phrase("reason", name, **values) for name in _reasons(report)]
    return found + [_usual(score) for score in report.usual] + list(map(shown, report.curve.notes))


def _rule(report: Report) -> str:
    """Name the template of the rule that gave the verdict, or none."""
    if report.obstacle is not None:
        return report.obstacle.name.lower()
    return report.verdict if report.verdict in (Verdict.FLAT, Verdict.SMOOTH) else "sharp"


def _near(report: Report) -> str:
    """Return a remark if a number by which the verdict went is close to its limit."""
    low = high = None
    if report.width is not None:
        low, high = report.width.low, report.width.high
    limits: dict[str, list[tuple[float | None, float]]] = {
        "flat": [(each, FLAT) for each in map(abs, report.change)],
        "rise": [(max(map(abs, report.change)), FLAT)],
        "smooth": [(low, report.sharp), (report.leap, MOST)],
        "sharp": [(high, report.sharp), (report.seen, MOST)],
        "gap": [(report.leap, MOST)],
        "beginning": [(report.seen, MOST)],
        "width": [(low, report.sharp), (high, report.sharp)],
    }
    close = any(
        value is not None and abs(value - limit) <= BORDER * limit
        for value, limit in limits.get(_rule(report), [])
    )
    return ": borderline" if close else ""


def _in_order(readings: Iterable[Reading]) -> list[Reading]:
    return sorted(readings, key=lambda each: (each.turned, each.floor))


def _reading(reading: Reading) -> str:
    """Return what the verdict would be by one plausible value of what nobody said."""
    return phrase("reason", "reading_turned" if reading.turned else "reading", reading=reading)


def _unsaid(report: Report) -> str:
    """Name what nobody said, of a curve with several readings."""
    if any(each.turned for each in report.readings):
        return DIRECTION
    if report.below is not None or report.curve.turned:
        return "the level that the score starts from"
    return CHANCE


def _hint(report: Report) -> str | None:
    """Name the template of what may bring a verdict, where somebody can say what nobody said."""
    return {DIRECTION: "say_direction", CHANCE: "say_chance"}.get(_unsaid(report))


def _tried(report: Report) -> str:
    """Return the levels of all readings, or the range of those that are free."""
    tried = sorted({each.floor for each in report.readings})
    if set(tried) <= set(PLAUSIBLE):
        return ", ".join(number(each, 2) for each in tried)
    return f"{number(tried[0], 2)} to {number(tried[-1], 2)}"


def _reasons(report: Report) -> Iterator[str]:
    """Name the templates of all that is said beside the verdict, in order."""
    metric, width, curve = report.metric, report.width, report.curve
    if report.obstacle is Obstacle.UNSAID:
        # Whatever else there is to say would be said of one reading.
        hint = _hint(report)
        if hint is not None:
            yield hint
        return
    if any(each.turned for each in report.readings):
        yield "direction_agrees"
    elif len(report.readings) > 1:
        yield "unsaid_agrees"
    if curve.chance is not None:
        yield "at_chance" if report.first_above_chance is None else "above_chance"
        if curve.chance_source:
            yield "chance_from"
        if report.below is not None:
            yield "below"
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
    if report.shape == "Gompertz" and rises and metric is None and curve.chance == 0:
        yield "gompertz"
    if report.obstacle not in (None, Obstacle.FEW, Obstacle.BELOW) and report.usual:
        yield _remedy(report)
    if report.along is not None:
        yield "along_agrees" if report.along.verdict == report.verdict else "along_differs"
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
    """Return the curves that QAICc can compare, and the names of those within 2 of the best."""
    rivals = [each for each in report.candidates if each.behind is not None]
    return rivals, [each.name for each in rivals[1:] if each.behind is not None and each.behind < 2]


def _values(report: Report) -> dict[str, object]:
    """Return all that the templates can ask for: the report, and what follows from it."""
    threshold, first, unit = report.threshold, report.first_above_chance, report.curve.unit
    rivals, near = _rivals(report)
    return {
        **vars(report),
        "rise": "fall" if report.falls else "rise",
        "verb": "falls" if report.falls else "rises",
        "models": len(report.curve.scale),
        "fewest": FEWEST,
        "flat": FLAT,
        "most": MOST,
        "near": _near(report),
        "criterion": "AICc" if report.dispersion == 1 else "QAICc",
        "below_until": report.below and size(report.below, unit),
        "unsaid": _unsaid(report),
        "tried": _tried(report),
        "half": threshold and size(threshold.best, unit),
        "half_range": threshold and bounds(threshold, unit),
        "gap": report.gap and between(*report.gap, unit),
        "first": first and size(first, unit),
        "next": size(report.next_scale, unit),
        "scatter": math.sqrt(report.dispersion),
        "rivals": ", ".join(near),
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
    table = ["| curve | parameters | deviance | QAICc behind |", "| --- | --- | --- | --- |", *rows]
    found = [f"- {markdown(each)}" for each in reasons(report)]
    head = [f"## {markdown(shown(report.curve.name))}", "", f"**{markdown(sentence(report))}**", ""]
    return "\n".join([*head, *found, "", *table]) + "\n"


def markdown(text: str) -> str:
    """Return text of which Markdown makes nothing but the text: names may hold any mark."""
    return MARKS.sub(r"\\\g<0>", text)


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
        "chance_source": curve.chance_source,
        "turned": curve.turned,
        "higher_is_better": curve.higher_is_better,
        "either_way": curve.either_way,
        "notes": list(curve.notes),
        "length": curve.length,
        "labels": list(curve.labels),
        "other": None if curve.other is None else _measured(curve.other),
        "along": None if curve.along is None else _measured(curve.along),
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
