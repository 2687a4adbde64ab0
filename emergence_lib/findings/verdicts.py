"""Every ladder that the book ships, audited: which rises are sharp, and why most cannot be decided.

Left out are ladders whose number of items is not known: without it nobody knows how exact their
scores are.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from emergence_lib import datasets, scores
from emergence_lib.audit import Curve, Obstacle, Report, Verdict, audit_many
from emergence_lib.audit.assess import MOST
from emergence_lib.findings import ladders
from emergence_lib.findings.ladders import Ladder


@cache
def audited() -> tuple[Ladder, ...]:
    """Return the ladders whose number of items is known, in the order of `ladders.every`."""
    return tuple(ladder for ladder in ladders.every() if ladder.counted)


def curve(ladder: Ladder) -> Curve:
    """Return a ladder as the audit takes it; letters of OLMo 2 have cloze for a second metric."""
    other = None
    if ladder.source == "OLMo 2, training" and ladder.name.endswith("letter"):
        other = curve(ladders.one(ladder.name.removesuffix("letter") + "cloze"))
    return Curve(
        ladder.name,
        ladder.scale,
        ladder.score,
        items=ladder.items,
        chance=ladder.floor,
        unit=ladder.unit,
        other=other,
    )


def called(ladder: Ladder) -> bool:
    """Tell whether lists of emergent abilities hold the task, or the way it was asked.

    References
    ----------
    wei2022emergent; its tasks among the open models' are those of ruan2024observational.
    """
    if ladder.source == "GPT-3, arithmetic":
        return ladder.task.endswith("few-shot")
    if ladder.source == "GPT-3, MMLU":
        return ladder.task == "MMLU average"
    if ladder.source == "chain of thought":
        return ladder.task.endswith("chain of thought")
    if ladder.source.startswith("open models"):
        listed = set(datasets.load("obs_scaling_emergent")["task"]) | {"MMLU"}
        return ladder.task.split()[0] in listed
    return False


def group(ladder: Ladder) -> str:
    """Return the source of a ladder, for OLMo 2 in training with the way it was scored."""
    way = ladder.task.split()[-1]
    return f"{ladder.source}, {way}" if ladder.source == "OLMo 2, training" else ladder.source


@cache
def reports() -> tuple[Report, ...]:
    """Return the audits of `audited`, in their order."""
    return tuple(audit_many([curve(ladder) for ladder in audited()], thorough=False))


def report_of(name: str) -> Report:
    """Return the audit of the ladder of a name.

    Raises
    ------
    ValueError
        If there is none, or its number of items is not known.
    """
    ladder = ladders.one(name)
    if not ladder.counted:
        raise ValueError(f"name: found {name!r}, of unknown items, want a ladder that was audited")
    return reports()[audited().index(ladder)]


@cache
def verdicts() -> pd.DataFrame:
    """Return the audit of every ladder: one row each.

    Returns
    -------
    DataFrame
        group, family, task, called, models, verdict, low and high (decades; NaN if open or without
        a rise), seen, leap, obstacle (why there is no verdict, or nothing).
    """
    rows = []
    for ladder, report in zip(audited(), reports(), strict=True):
        width = report.width
        low, high = (None, None) if width is None else (width.low, width.high)
        rows.append(
            {
                "group": group(ladder),
                "family": ladder.family,
                "task": ladder.task,
                "called": called(ladder),
                "models": len(ladder),
                "verdict": str(report.verdict),
                "low": np.nan if low is None else low,
                "high": np.nan if high is None else high,
                "seen": report.seen,
                "leap": report.leap,
                "obstacle": str(report.obstacle or ""),
            }
        )
    return pd.DataFrame(rows)


def count(
    verdict: str = "", group: str = "", called: bool | None = None, obstacle: str = ""
) -> int:
    """Count audited ladders; an argument left out selects all.

    Raises
    ------
    ValueError
        If no ladder is in the group, or there is no such verdict or obstacle.
    """
    table = verdicts()
    known = {"verdict": tuple(map(str, Verdict)), "group": tuple(table["group"].unique())}
    known["obstacle"] = tuple(table["obstacle"].unique())
    chosen = np.ones(len(table), bool)
    for name, value in {"verdict": verdict, "group": group, "obstacle": obstacle}.items():
        if value:
            if value not in known[name]:
                raise ValueError(f"{name}: found {value!r}, want one of {', '.join(known[name])}")
            chosen &= (table[name] == value).to_numpy()
    if called is not None:
        chosen &= (table["called"] == called).to_numpy()
    return int(chosen.sum())


def in_one_gap(*, called: bool) -> int:
    """Count undecided ladders of which one gap holds most of the fitted rise."""
    table = verdicts()
    undecided = (table["verdict"] == Verdict.UNKNOWN) & (table["called"] == called)
    rises = table["obstacle"] != Obstacle.RISE
    return int((undecided & rises & (table["leap"] >= MOST)).sum())


def summary() -> pd.DataFrame:
    """Count verdicts by group, as a page prints them."""
    table = verdicts()
    counted = pd.crosstab(table["group"], table["verdict"]).reindex(
        index=table["group"].unique(), columns=[str(each) for each in Verdict], fill_value=0
    )
    return counted.loc[:, counted.sum() > 0].rename_axis(columns=None).reset_index()


def famous() -> list[int]:
    """Return the places in `audited` of GPT-3 and the pooled open models on listed tasks."""
    sources = ("GPT-3, arithmetic", "GPT-3, MMLU", "open models, pooled")
    return [i for i, each in enumerate(audited()) if called(each) and each.source in sources]


def printed(places: Sequence[int] | None = None) -> pd.DataFrame:
    """Return `verdicts`, or those at some places, as a page prints them."""
    table = verdicts() if places is None else verdicts().iloc[list(places)]
    return pd.DataFrame(
        {
            "group": table["group"],
            "models": table["family"],
            "task": table["task"],
            "scales": table["models"],
            "narrowest (decades)": table["low"],
            "widest (decades)": table["high"],
            "verdict": table["verdict"],
            "why not": table["obstacle"],
        }
    )


def width_end(name: str, end: str) -> float:
    """Return an end of a ladder's width in decades, or infinity or 0 where it is open.

    Raises
    ------
    ValueError
        If there is no such ladder, or none that rises, or the end is neither low nor high.
    """
    if end not in ("low", "high"):
        raise ValueError(f"end: found {end!r}, want low or high")
    width = report_of(name).width
    if width is None:
        raise ValueError(f"name: found {name!r}, which does not rise, want a ladder with a width")
    value = width.low if end == "low" else width.high
    if value is None:
        return 0.0 if end == "low" else float("inf")
    return float(value)


def emergence_score(name: str) -> float:
    """Return the emergence score of a ladder."""
    return float(scores.emergence_score(ladders.one(name).score))


def last_gap(name: str) -> float:
    """Return the decades between the two largest models of a ladder."""
    scale = ladders.one(name).scale
    return float(np.log10(scale[-1] / scale[-2]))
