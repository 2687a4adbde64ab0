"""Curves and reports as the scripts of the page take and give them."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from emergence_lib.audit import Curve, Report


def plain(curve: Curve) -> dict[str, Any]:
    """Return a curve as audit.js takes it."""
    found: dict[str, Any] = {
        name: getattr(curve, name).tolist()
        for name in ("scale", "score", "items", "stderr")
        if getattr(curve, name) is not None
    }
    names = ["name", "unit", "chance", "chance_source", "turned", "length"]
    names += ["higher_is_better", "either_way"]
    found |= {camel(name): getattr(curve, name) for name in names} | {"notes": list(curve.notes)}
    more = {"other": curve.other, "along": curve.along}
    return found | {name: plain(each) for name, each in more.items() if each is not None}


def plain_report(report: Report) -> dict[str, Any]:
    """Return a report as audit.js gives it.

    Left out is what comes from simulated curves, and the sigmoid itself, whose scores both give.
    """
    apart = ("usual", "half_way", "climb")
    data = {name: _plain(value) for name, value in vars(report).items() if name not in apart}
    data |= {"curve": plain(report.curve), "verdict": str(report.verdict)}
    data["obstacle"] = report.obstacle and report.obstacle.name.lower()
    data["emergence_score"], data["linearity"] = (score.value for score in report.usual)
    return {camel(name): value for name, value in data.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def camel(name: str) -> str:
    return re.sub("_(.)", lambda found: found[1].upper(), name)
