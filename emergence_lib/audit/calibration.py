"""How often the audit is right: made curves whose truth is known, audited by the thousand.

``calibration.csv`` and the tables named after it, beside this file, hold what the book quotes;
``python -m emergence_lib.audit.calibration``, the last part of ``make results``, writes them anew
(a quarter of an hour).
"""

from __future__ import annotations

import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special
from tqdm import tqdm

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.many import audit_many
from emergence_lib.audit.reading import read
from emergence_lib.audit.readings import Range
from emergence_lib.audit.verdict import Verdict
from emergence_lib.fitting.batch import Batch, counts
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, all_right
from emergence_lib.laws import Array

SEED = 0
REPLICATES = 300
"""Made curves a cell of the stored table."""
PAIRS = 100
"""Made pairs of curves a cell of the second table."""
MODELS = (4, 5, 8, 12, 24)
ITEMS = (20, 100, 1000, 10_000)
WIDTHS = (0.3, 1.0, 3.0)
FIRST, LAST = 6.0, 10.0
"""log10 of the smallest and the largest model."""
EARLIEST, LATEST = 7.0, 9.0
"""Between these the threshold is drawn, evenly."""
LENGTH = 5
"""Tokens of the made answers whose length is known."""
STORED = Path(__file__).with_name("calibration.csv")
STORED_PAIRS = Path(__file__).with_name("calibration_pairs.csv")
STORED_UNSAID = Path(__file__).with_name("calibration_unsaid.csv")
STORED_MIXED = Path(__file__).with_name("calibration_mixed.csv")


@dataclass(frozen=True)
class Truth:
    """The curve behind made scores.

    Attributes
    ----------
    shape : str
        ``"flat"``, ``"line"``, ``"logistic"``, ``"Gompertz"`` or ``"step"``.
    width : float
        Decades from 10% to 90% of the rise: 0 for a step; infinite for a flat curve and for a
        line, which have no such width.
    chance : float
        Score of guessing, known to the audit; a flat curve stays there or at `level`.
    ceiling : float
        Score far above the threshold, not known to the audit.
    level : float
        Score of a flat curve.
    falls : bool
        Whether the score goes down with scale.
    uneven : bool
        Whether the models stand at random places instead of evenly.
    scatter : float
        Standard deviation of each model's own luck, in log-odds, beyond what counting explains.
    """

    shape: str
    width: float
    chance: float = 0.0
    ceiling: float = 1.0
    level: float = 0.0
    falls: bool = False
    uneven: bool = False
    scatter: float = 0.0

    def score(self, x: Array, threshold: Array) -> Array:
        """Return the true scores at log10 scales ``x``, both of shape (curves, models)."""
        if self.shape == "flat":
            return np.full_like(x, self.level)
        x, threshold = (-x, -threshold) if self.falls else (x, threshold)
        if self.shape == "line":
            share = 0.1 + 0.7 * (x - x.min()) / np.ptp(x)
        elif self.shape == "step":
            share = (x > threshold).astype(float)
        else:
            form = {each.name: each for each in (LOGISTIC, GOMPERTZ)}[self.shape]
            share = form.parts(form.middle + form.spread / self.width * (x - threshold))[0]
        return self.chance + (self.ceiling - self.chance) * share


@dataclass(frozen=True)
class Cell:
    """One truth, and how well it is measured."""

    truth: Truth
    models: int
    items: int


def simulate(cell: Cell, replicates: int, rng: np.random.Generator) -> tuple[Batch, Array]:
    """Return made curves of one cell, and log10 of their true thresholds."""
    size = (replicates, cell.models)
    x = np.broadcast_to(np.linspace(FIRST, LAST, cell.models), size)
    if cell.truth.uneven:
        # No two models closer than a tenth of an even step: such pairs are one size in practice.
        steps = 0.1 + 0.9 * rng.dirichlet(np.ones(cell.models - 1), replicates) * (cell.models - 1)
        share = np.cumsum(steps, axis=1) / steps.sum(axis=1, keepdims=True)
        x = FIRST + (LAST - FIRST) * np.insert(share, 0, 0.0, axis=1)
    threshold = rng.uniform(EARLIEST, LATEST, replicates)
    p = cell.truth.score(x, np.broadcast_to(threshold[:, None], size))
    if cell.truth.scatter:
        p = special.expit(special.logit(p) + rng.normal(0, cell.truth.scatter, size))
    score = rng.binomial(cell.items, p) / cell.items
    return counts(10**x, score, cell.items, cell.truth.chance), threshold


def covers(found: Range | None, truth: float) -> bool:
    """Tell whether an interval holds the truth; an open end holds all beyond."""
    return (
        found is not None
        and (found.low is None or found.low <= truth)
        and (found.high is None or truth <= found.high)
    )


def made_curves(cell: Cell, batch: Batch, *, said: bool = True) -> list[Curve]:
    """Return made curves as a reader would give them, their chance level said or not."""
    items = np.full(cell.models, cell.items)
    chance = cell.truth.chance if said else None
    return [
        Curve("made", 10**x, score, items, chance=chance, higher_is_better=True)
        for x, score in zip(batch.x, batch.score, strict=True)
    ]


def tally(cell: Cell, replicates: int = REPLICATES, seed: int = SEED) -> dict[str, Any]:
    """Return one row of the table: the cell, and how many of its made curves came out how."""
    batch, threshold = simulate(cell, replicates, generator(cell, seed))
    reports = list(audit_many(made_curves(cell, batch), thorough=False))
    verdicts = [report.verdict for report in reports]
    rising = [(r, place) for r, place in zip(reports, threshold, strict=True) if r.rises]
    places = [report.threshold for report, _ in rising]
    widths = [report.width for report, _ in rising]
    return {
        **asdict(cell.truth),
        "models": cell.models,
        "items": cell.items,
        "curves": replicates,
        "flat": verdicts.count(Verdict.FLAT),
        "smooth": verdicts.count(Verdict.SMOOTH),
        "sharp": verdicts.count(Verdict.SHARP),
        "rising": len(rising),
        "threshold_covered": sum(covers(r.threshold, 10**place) for r, place in rising),
        "width_covered": sum(covers(each, cell.truth.width) for each in widths),
        "threshold_open": sum(each is not None and _open(each) for each in places),
        "width_open_low": sum(each is not None and each.low is None for each in widths),
        "width_open_high": sum(each is not None and each.high is None for each in widths),
    }


def _open(found: Range) -> bool:
    return found.low is None or found.high is None


ONE_METRIC = (
    Truth("flat", np.inf),
    Truth("flat", np.inf, level=0.3),
    Truth("flat", np.inf, level=0.25, chance=0.25),
    Truth("line", np.inf),
    Truth("step", 0.0),
    *(Truth(shape, width) for shape, width in product(("logistic", "Gompertz"), WIDTHS)),
)
"""Truths measured on every ladder and every test."""
VARIANTS: tuple[dict[str, float | bool], ...] = (
    {"chance": 0.25},
    {"ceiling": 0.8},
    {"falls": True},
    {"uneven": True},
    {"scatter": 0.3},
)
"""Complications, each measured alone with every rise, on fewer ladders."""
LADDERS = (8, 24)


def cells() -> list[Cell]:
    """Return the cells of the stored table."""
    plain = [Cell(*each) for each in product(ONE_METRIC, MODELS, ITEMS)]
    harder = [
        Truth(shape, width, **change)  # type: ignore[arg-type]
        for change, shape, width in product(VARIANTS, ("logistic", "Gompertz"), WIDTHS)
    ]
    return plain + [Cell(*each) for each in product(harder, LADDERS, ITEMS)]


UNSAID = (
    *(Truth("flat", np.inf, level=each, chance=each) for each in (0.0, 0.25)),
    *(
        Truth(shape, width, chance)
        for shape, width, chance in product(("logistic", "Gompertz"), WIDTHS, (0.0, 0.25, 0.5))
    ),
)
"""Truths that are audited without their chance level."""


def unsaid_cells() -> list[Cell]:
    """Return the cells of the stored table of curves whose chance level nobody said."""
    return [Cell(*each) for each in product(UNSAID, LADDERS, ITEMS[1:])]


def tally_unsaid(cell: Cell, replicates: int = PAIRS, seed: int = SEED) -> dict[str, Any]:
    """Return one row of the third table: verdicts on made curves without their chance level."""
    batch, _ = simulate(cell, replicates, generator(cell, seed))
    reports = audit_many(made_curves(cell, batch, said=False), thorough=False)
    return {
        "shape": cell.truth.shape,
        "width": cell.truth.width,
        "chance": cell.truth.chance,
        "models": cell.models,
        "items": cell.items,
        "curves": replicates,
        **_counted([report.verdict for report in reports]),
    }


@dataclass(frozen=True)
class Mixed:
    """Runs of two settings in one table: the small models with few examples, the large with more.

    Attributes
    ----------
    gain : float
        What the second setting adds to a score that rises smoothly, over three decades.
    models, items : int
    """

    gain: float
    models: int
    items: int


def mixed() -> list[Mixed]:
    """Return the cells of the stored table of mixed settings."""
    return [Mixed(*each) for each in product((0.2, 0.4), LADDERS, ITEMS[1:])]


def tally_mixed(cell: Mixed, replicates: int = PAIRS, seed: int = SEED) -> dict[str, Any]:
    """Return one row of the fourth table: what the reader, and then the audit, made of them.

    ``refused`` counts tables from which no curve came; the verdicts are of the curves of the
    others, the setting said in a column ``n_shot``.
    """
    rng = generator(cell, seed)
    x = np.linspace(FIRST, LAST, cell.models)
    shots = np.where(np.arange(cell.models) < cell.models // 2, 0, 5)
    truth = Truth("logistic", 3.0, ceiling=0.5).score(x[None], np.array([[8.0]]))[0]
    verdicts, refused = [], 0
    for _ in range(replicates):
        score = rng.binomial(cell.items, truth + cell.gain * (shots > 0)) / cell.items
        table = pd.DataFrame(
            {"params": 10**x, "score": score, "n_items": cell.items, "n_shot": shots, "chance": 0}
        )
        try:
            curves = read(table)
        except CurveError:
            refused += 1
            continue
        verdicts += [report.verdict for report in audit_many(curves, thorough=False)]
    return {**asdict(cell), "tables": replicates, "refused": refused, **_counted(verdicts)}


def _counted(verdicts: list[Verdict]) -> dict[str, int]:
    return {verdict.name.lower(): verdicts.count(verdict) for verdict in Verdict}


@dataclass(frozen=True)
class Pair:
    """An ability seen twice: by a score, and by a second score or one token of its answers.

    Attributes
    ----------
    width : float
        Decades of the second score's rise, or of one token's. Logistic.
    whole : float
        Decades of the audited score's rise (Gompertz); with a length it follows from ``width``.
    length : int
        Tokens of an answer; 0 for a second score.
    models, items : int
    """

    width: float
    whole: float
    length: int
    models: int
    items: int


def pairs() -> list[Pair]:
    """Return the cells of the stored table of verdicts that need a second metric."""
    ladders = list(product(LADDERS, ITEMS[1:]))
    scores = [
        Pair(width, whole, 0, *ladder)
        for whole, width, ladder in product((0.3, 3.0), WIDTHS, ladders)
    ]
    token = all_right(LENGTH).spread / LOGISTIC.spread
    lengths = [
        Pair(width, width * token, LENGTH, *ladder)
        for width, ladder in product((0.3, 1.2, 3.0), ladders)
    ]
    return scores + lengths


def tally_pair(pair: Pair, replicates: int = PAIRS, seed: int = SEED) -> dict[str, Any]:
    """Return one row of the second table: how many made pairs of curves got which verdict."""
    rng = generator(pair, seed)
    x = np.linspace(FIRST, LAST, pair.models)
    # Both scores rise at one place, well inside: what is tested is the comparison.
    away = x - rng.uniform(7.5, 8.5, (replicates, 1))
    shape = all_right(pair.length) if pair.length else GOMPERTZ
    whole, second = (
        rng.binomial(pair.items, form.parts(form.middle + form.spread / width * away)[0])
        / pair.items
        for form, width in ((shape, pair.whole), (LOGISTIC, pair.width))
    )
    items = np.full(pair.models, pair.items)
    curves = [
        Curve(
            "made",
            10**x,
            one,
            items,
            chance=0.0,
            length=pair.length or None,
            other=None if pair.length else Curve("second", 10**x, two, items, chance=0.0),
        )
        for one, two in zip(whole, second, strict=True)
    ]
    reports = audit_many(curves, thorough=False)
    verdicts = _counted([report.verdict for report in reports])
    return {**asdict(pair), "curves": replicates, **verdicts}


def generator(cell: Cell | Pair | Mixed, seed: int) -> np.random.Generator:
    """Return a stream of its own for each cell: adding one leaves the others as they are."""
    return np.random.default_rng([seed, zlib.crc32(repr(cell).encode())])


def stored() -> pd.DataFrame:
    """Return the stored table: one row a cell of `cells`, counts of made curves."""
    return pd.read_csv(STORED)


def stored_pairs() -> pd.DataFrame:
    """Return the second stored table: one row a cell of `pairs`."""
    return pd.read_csv(STORED_PAIRS)


def stored_unsaid() -> pd.DataFrame:
    """Return the third stored table: one row a cell of `unsaid_cells`."""
    return pd.read_csv(STORED_UNSAID)


def stored_mixed() -> pd.DataFrame:
    """Return the fourth stored table: one row a cell of `mixed`."""
    return pd.read_csv(STORED_MIXED)


def main() -> None:
    """Compute the tables anew, on all processors, and write them beside this file."""
    tables = (
        (STORED_MIXED, tally_mixed, mixed()),
        (STORED_UNSAID, tally_unsaid, unsaid_cells()),
        (STORED_PAIRS, tally_pair, pairs()),
        (STORED, tally, cells()),
    )
    with ProcessPoolExecutor() as pool:
        for path, count, made in tables:
            rows = list(tqdm(pool.map(count, made), total=len(made), disable=None))
            pd.DataFrame(rows).to_csv(path, index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
