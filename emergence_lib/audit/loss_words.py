"""A report on losses in sentences: plain text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import numpy as np

from emergence_lib.audit import words
from emergence_lib.audit.losses import (
    CLEAR,
    FEWEST,
    FEWEST_BEFORE,
    FEWEST_BENT,
    LossReport,
)
from emergence_lib.audit.phrases import number, phrase, shown, size
from emergence_lib.audit.reading.scales import PARAMETERS
from emergence_lib.audit.readings import Range


def sentence(report: LossReport) -> str:
    """Return what was found in one sentence."""
    return phrase("loss", _finding(report), **_values(report))


def reasons(report: LossReport) -> list[str]:
    """Return the law, what supports it, and what it foresaw."""
    values = _values(report)
    said = [phrase("loss", name, **values) for name in _reasons(report)]
    return said + list(map(shown, report.curve.notes))


def _finding(report: LossReport) -> str:
    """Name the template of the finding."""
    law = report.law
    if law is None:
        return "few"
    if report.rises:
        return "rises"
    if not law.falls:
        return "level"
    if report.bend is not None and report.bend.supported:
        return "bent"
    return "floor" if law.floor_range[0] > 0 else "no_floor"


def _reasons(report: LossReport) -> Iterator[str]:
    """Name the templates of all that is said beside the finding, in order."""
    law, bend, hindcast = report.law, report.bend, report.hindcast
    if law is None or hindcast is None:
        return
    if report.setbacks:
        yield "setbacks"
    if law.falls and not report.rises:
        yield "law" if report.curve.stderr is None else "law_errors"
        if report.curve.unit != PARAMETERS:
            yield "one_run"
        if bend is None:
            yield "few_to_bend"
        elif bend.supported:
            yield "bend"
        else:
            yield "no_bend" if bend.lead <= 0 else "no_clear_bend"
        yield "foreseen" if hindcast.missed.size else "few_to_foresee"
    yield "no_verdict"


def _values(report: LossReport) -> dict[str, object]:
    """Return all that the templates can ask for: the report, and what follows from it."""
    curve, law, bend, hindcast = report.curve, report.law, report.bend, report.hindcast
    values: dict[str, object] = {
        "axis": curve.unit,
        "models": curve.scale.size,
        "steps": curve.scale.size - 1,
        "fewest": FEWEST,
        "fewest_bent": FEWEST_BENT,
        "fewest_before": FEWEST_BEFORE,
        "clear": CLEAR,
        "criterion": _criterion(report),
        "count": len(report.setbacks),
        "bend": bend,
    }
    if law is not None:
        values |= {
            "formula": f"{number(law.floor)} + {number(law.fall)} "
            f"(x / {number(law.first)})^-{number(law.exponent)}",
            "exponent": Range(law.exponent, *law.exponent_range),
            "floor": Range(law.floor, *law.floor_range),
            "noise": law.noise,
        }
    if report.setbacks:
        worst = max(report.setbacks, key=lambda step: step.share)
        ends = size(worst.start, curve.unit), size(worst.end, curve.unit)
        values |= {"worst": worst, "start": ends[0], "end": ends[1]}
    if bend is not None:
        values |= {"at": size(bend.at, curve.unit), "lead": abs(bend.lead)}
    if hindcast is not None:
        part = "decade" if hindcast.decade else "third of the range"
        values |= {
            "part": f"the last {part}",
            "before": hindcast.before,
            "upto": size(hindcast.upto, curve.unit),
            "larger": hindcast.missed.size,
        }
        if hindcast.missed.size:
            values |= {
                "typical": float(np.abs(hindcast.missed).mean()),
                "last": float(hindcast.missed[-1]),
                "stays": float(np.abs(hindcast.stays).mean()),
                "stays_last": float(hindcast.stays[-1]),
            }
    return values


def _criterion(report: LossReport) -> str:
    return "AICc" if report.curve.stderr is None else "QAICc"


def to_text(report: LossReport) -> str:
    """Return the report for a terminal."""
    title = f"{shown(report.curve.name)}: a loss"
    lines = [title, "=" * len(title), sentence(report), ""]
    return "\n".join(lines + [f"- {each}" for each in reasons(report)]) + "\n"


def to_markdown(report: LossReport) -> str:
    """Return the report as Markdown, with the table of rival laws."""
    title, said = shown(report.curve.name), sentence(report)
    lines = [f"## {words.markdown(title)}", "", f"**{words.markdown(said)}**", ""]
    lines += [f"- {words.markdown(each)}" for each in reasons(report)]
    if report.candidates:
        lines += ["", *words.table(report.candidates, _criterion(report))]
    return "\n".join(lines) + "\n"


def to_dict(report: LossReport) -> dict[str, Any]:
    """Return everything as plain numbers and text, ready for JSON; open ends are None."""
    curve, law, hindcast = report.curve, report.law, report.hindcast
    return {
        "kind": "loss",
        "curve": {
            "name": curve.name,
            "unit": curve.unit,
            "scale": curve.scale.tolist(),
            "loss": curve.loss.tolist(),
            "stderr": None if curve.stderr is None else curve.stderr.tolist(),
            "labels": list(curve.labels),
            "notes": list(curve.notes),
        },
        "law": law and _plain(asdict(law)),
        "rises": report.rises,
        "setbacks": [asdict(each) for each in report.setbacks],
        "candidates": [asdict(each) for each in report.candidates],
        "bend": report.bend and {**asdict(report.bend), "supported": report.bend.supported},
        "hindcast": hindcast and _plain(asdict(hindcast)),
        "sentence": sentence(report),
        "reasons": reasons(report),
    }


def to_brief(report: LossReport) -> dict[str, Any]:
    """Return what was found of a loss as plain numbers and text, ready for JSON."""
    curve = report.curve
    said = {"kind": "loss", "name": curve.name, "unit": curve.unit, "models": curve.scale.size}
    return {**said, "law": to_dict(report)["law"], "sentence": sentence(report)}


def line(report: LossReport) -> str:
    """Return the name of a loss and what was found."""
    return f"{shown(report.curve.name)}: {sentence(report)}"


def _plain(data: dict[str, Any]) -> dict[str, Any]:
    """Return data with lists in place of arrays."""
    return {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in data.items()
    }
