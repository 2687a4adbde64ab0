"""How often the audit is right: tables and sums over its stored calibration."""

from __future__ import annotations

import pandas as pd

from emergence_lib.audit import SHARP, Verdict, calibration


def calibrated(*, lucky: bool = False) -> pd.DataFrame:
    """Return the stored cells whose models have luck of their own, or those in which none has."""
    table = calibration.stored()
    return table[(table["scatter"] > 0) == lucky]


def false_alarms(*, lucky: bool = False) -> pd.DataFrame:
    """Return the cells whose truth is no sharp rise: a decade or more, or none.

    ``share`` is how often the audit said "sharp". All cells hold equally many curves, so its mean
    is the share of all.
    """
    table = calibrated(lucky=lucky)
    return table[table["width"] >= SHARP].assign(share=table["sharp"] / table["curves"])


def coverage(what: str, where: str, *, lucky: bool = False) -> float:
    """Return how often an interval held the truth, over all curves of some cells.

    Parameters
    ----------
    what : str
        ``"width"`` or ``"threshold"``.
    where : str
        Which cells of `coverage_cells`, as a query: ``"fine"``, ``"width == 0.3"``.
    lucky : bool
        Cells whose models have luck of their own, or the others.

    Raises
    ------
    ValueError
        If ``what`` is neither, or no stored cell is of that kind.
    """
    table = coverage_cells(what, lucky=lucky).query(where)
    if table.empty:
        raise ValueError(f"where: found {where!r}, which no stored cell is; want a kind of them")
    return float(table["held"].sum() / table["rising"].sum())


def coverage_cells(what: str, *, lucky: bool = False) -> pd.DataFrame:
    """Return coverage cell by cell, over all rises of logistic or Gompertz shape.

    To the stored columns come ``fine``, ``held`` and ``share``. ``fine`` marks cells whose models
    are close enough to bound the width from below: fewer than one interval in twenty reaches down
    to a step. In cells in which fewer than 100 curves rose, the share is luck.

    Raises
    ------
    ValueError
        If ``what`` is neither ``"width"`` nor ``"threshold"``.
    """
    if what not in ("width", "threshold"):
        raise ValueError(f"what: found {what!r}, want width or threshold")
    table = calibrated(lucky=lucky)
    table = table[table["shape"].isin(["logistic", "Gompertz"]) & (table["rising"] > 0)]
    return table.assign(
        fine=table["width_open_low"] < 0.05 * table["rising"],
        held=table[f"{what}_covered"],
        share=table[f"{what}_covered"] / table["rising"],
    )


def power() -> pd.DataFrame:
    """Return the share of made curves that got a right verdict, by width, models and items.

    Logistic and Gompertz together, chance 0, ceiling 1, even ladders: "sharp" is right for 0.3
    decades, "smooth" for 3; at exactly one decade neither verdict should come often.
    """
    table = calibrated()
    plain = (table["chance"] == 0) & (table["ceiling"] == 1) & ~table["falls"] & ~table["uneven"]
    table = table[plain & table["shape"].isin(["logistic", "Gompertz"])]
    sums = table.groupby(["width", "models", "items"])[["sharp", "smooth", "curves"]].sum()
    decided = pd.DataFrame(
        {
            "sharp": sums["sharp"] / sums["curves"],
            "smooth": sums["smooth"] / sums["curves"],
        }
    )
    decided["undecided"] = 1 - decided.sum(axis=1)
    return decided.reset_index()


def unsaid(where: str, verdict: str = Verdict.SHARP.name.lower()) -> float:
    """Return the share of made curves that got a verdict without their chance level.

    Parameters
    ----------
    where : str
        Which cells of `calibration.stored_unsaid`, as a query.
    verdict : str
        Name of a `Verdict` in small letters.
    """
    table = calibration.stored_unsaid().query(where)
    return float(table[verdict].sum() / table["curves"].sum())


def pairs(whole: float, second: float) -> pd.Series:
    """Return the share of made pairs of scores that got each verdict, by its name in `Verdict`.

    Parameters
    ----------
    whole, second : float
        True widths in decades of the audited score and of the second one.

    Raises
    ------
    ValueError
        If there are no pairs of these widths.
    """
    table = calibration.stored_pairs()
    table = table[(table["length"] == 0) & (table["whole"] == whole) & (table["width"] == second)]
    if table.empty:
        raise ValueError(f"whole, second: found {whole:g} and {second:g}, want widths of the pairs")
    sums = table[[verdict.name.lower() for verdict in Verdict]].sum()
    return sums / table["curves"].sum()
