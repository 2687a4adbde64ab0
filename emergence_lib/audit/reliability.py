"""How often the audit is right: sums over its stored calibration."""

from __future__ import annotations

import pandas as pd

from emergence_lib.audit import SHARP, calibration


def calibrated(*, lucky: bool = False) -> pd.DataFrame:
    """Return the stored cells whose models have luck of their own, or those in which none has."""
    table = calibration.stored()
    return table[(table["scatter"] > 0) == lucky]


def gradual(*, lucky: bool = False) -> pd.DataFrame:
    """Return the cells whose truth is no sharp rise: a decade or more, or none."""
    table = calibrated(lucky=lucky)
    return table[table["width"] >= SHARP]


def false_sharp(width: float | None = None, *, lucky: bool = False) -> float:
    """Return how often what is not sharp was called so, over all cells or those of a width.

    Raises
    ------
    ValueError
        If no such cell has that width.
    """
    table = gradual(lucky=lucky)
    if width is not None:
        known = sorted(table["width"].unique())
        if width not in known:
            raise ValueError(f"width: found {width:g}, want one of {', '.join(map(str, known))}")
        table = table[table["width"] == width]
    return float(table["sharp"].sum() / table["curves"].sum())


def worst_false_sharp(*, lucky: bool = False) -> float:
    """Return the highest share of false "sharp" in any one cell."""
    table = gradual(lucky=lucky)
    return float((table["sharp"] / table["curves"]).max())


def coverage(what: str = "width", *, fine: bool = True, lucky: bool = False) -> float:
    """Return how often an interval held the truth, over all rises of logistic or Gompertz shape.

    Parameters
    ----------
    what : str
        ``"width"`` or ``"threshold"``.
    fine : bool
        Cells with models close enough to bound the width from below, or the others.
    lucky : bool
        Cells whose models have luck of their own, or the others.

    Raises
    ------
    ValueError
        If ``what`` is neither.
    """
    table = coverage_cells(what, lucky=lucky)
    table = table[table["fine"] == fine]
    return float(table["held"].sum() / table["rising"].sum())


def lucky_coverage(what: str, width: float, items: int) -> float:
    """Return how often an interval held the truth where models have luck of their own.

    Over all cells of one true width in decades and one number of items.

    Raises
    ------
    ValueError
        If ``what`` is neither "width" nor "threshold", or no stored cell is of that kind.
    """
    table = coverage_cells(what, lucky=True)
    table = table[(table["width"] == width) & (table["items"] == items)]
    if table.empty:
        raise ValueError(f"width, items: found {width} and {items}, want those of a stored cell")
    return float(table["held"].sum() / table["rising"].sum())


def least_coverage(what: str = "width") -> float:
    """Return the lowest coverage of any one cell whose models are close enough.

    Cells in which fewer than 100 curves rose are left out: their shares are luck.
    """
    return float(_close_enough(what)["share"].min())


def kept(what: str = "width", low: float = 0.92, high: float = 0.98) -> float:
    """Return the share of these cells whose coverage lies from ``low`` to ``high``."""
    return float(_close_enough(what)["share"].between(low, high).mean())


def _close_enough(what: str) -> pd.DataFrame:
    table = coverage_cells(what)
    return table[table["fine"] & (table["rising"] >= 100)]


def coverage_cells(what: str = "width", *, lucky: bool = False) -> pd.DataFrame:
    """Return coverage cell by cell: the stored columns with ``fine``, ``held`` and ``share``.

    ``fine`` marks cells in which fewer than one width interval in twenty reaches down to a step.

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


def decided(width: float, models: int, items: int) -> float:
    """Return the share of made curves of a cell of `power` that got a verdict at all.

    Raises
    ------
    ValueError
        If there is no such cell.
    """
    undecided = power().set_index(["width", "models", "items"])["undecided"]
    if (width, models, items) not in undecided:
        found = f"width, models, items: found {width:g}, {models}, {items}"
        raise ValueError(f"{found}, want a cell of the stored calibration")
    return float(1 - undecided[width, models, items])


def made_curves() -> int:
    """Return how many made curves the stored calibration holds."""
    return int(calibration.stored()["curves"].sum())


def made_kinds() -> int:
    """Return how many kinds of curves the stored calibration has."""
    return len(calibration.stored())


def pair_share(verdict: str, whole: float, second: float) -> float:
    """Return the share of made pairs of scores that got a verdict.

    Parameters
    ----------
    verdict : str
        ``"smooth"``, ``"sharp"``, ``"metric"``, ``"flat"`` or ``"unknown"``.
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
    return float(table[verdict].sum() / table["curves"].sum())
