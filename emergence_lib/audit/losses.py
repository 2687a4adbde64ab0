"""A curve of losses to a report of its own: a power law, its floor, a bend, and a hindcast.

A loss is no share of items: it has no chance level, no ceiling and no width from 10% to 90%, so
there is no verdict of sharp or smooth on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from emergence_lib import laws
from emergence_lib.audit.curve import SCALES, above, fail
from emergence_lib.audit.phrases import phrase
from emergence_lib.audit.report import Candidate
from emergence_lib.fitting import bent
from emergence_lib.fitting.criteria import aicc, qaicc
from emergence_lib.fitting.power import CONFIDENCE, CONSTANTS, FINEST, PowerLaw, fit_power
from emergence_lib.laws import Array

FEWEST = 5
"""Scales below which there is no report: three constants and nothing left to test them by."""
FEWEST_BEFORE = CONSTANTS + 1
"""Scales that a law has to be fitted to before the hindcast says anything."""
FEWEST_BENT = 2 * bent.ASIDE + 2
"""Scales below which a bend is not looked for."""
CLEAR = 4.0
"""By how much of AICc a bend has to lead: then it is found in 1 of 100 laws that have none (with
10 to 40 scales; with a lead of 2 in up to 4, since its place is searched for)."""
LOSSES = 1e-9, 1e9
"""Far beyond any loss in nats or bits; of larger ranges, sums of squares would overflow."""
PLAIN, FLOOR, BENT = "power law", "power law with a floor", "power law with a bend"
LAWS = {PLAIN: 2, FLOOR: CONSTANTS, BENT: 4}
"""Constants of each law that is compared."""


@dataclass(frozen=True, eq=False)
class LossCurve:
    """Losses of several models on one text, in order of scale.

    Arrays are copied, converted to floats and locked.

    Parameters
    ----------
    name : str
        Of the text or task.
    scale : ndarray, shape (models,)
        Parameters, tokens or FLOP: above 0 and strictly increasing.
    loss : ndarray, shape (models,)
        In nats or bits, above 0. Perplexities are no losses: see `of_perplexity`.
    stderr : ndarray, shape (models,), optional
        Standard error of each loss, above 0.
    unit : str
        Name of the scale, for axes.
    labels : tuple of str
        Names of the models, or empty.
    notes : tuple of str
        What a reader did on the way here, a sentence each.

    Raises
    ------
    CurveError
        If anything is out of its domain or shapes differ; the message names curve and argument.
    """

    name: str
    scale: Array
    loss: Array
    stderr: Array | None = None
    unit: str = "scale"
    labels: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check and lock the columns."""
        self._set("scale", self._column("scale", self.scale, *SCALES))
        for argument in ("loss", "stderr"):
            if (given := getattr(self, argument)) is not None:
                self._set(argument, self._column(argument, given, *LOSSES))
        if not above(self.scale[1:], self.scale[:-1]).all():
            what = "found scales that do not rise from each model to the next"
            fail(f"{self.name}: scale", what, "Sort the models, and average losses of equal scale")
        labels = tuple(map(str, self.labels))
        if labels and len(labels) != self.scale.size:
            what = f"found {len(labels)} names, want {self.scale.size} or none"
            fail(f"{self.name}: labels", what, "Name every model or no model")
        object.__setattr__(self, "labels", labels)

    def _set(self, argument: str, column: Array) -> None:
        column.flags.writeable = False
        object.__setattr__(self, argument, column)

    def _column(self, argument: str, value: ArrayLike, least: float, most: float) -> Array:
        place = f"{self.name}: {argument}"
        try:
            column = np.array(laws.within(argument, value, least, most))
        except (ValueError, OverflowError) as error:
            fail(place, str(error).removeprefix(f"{argument}: "), "Correct it or leave it out")
        if column.ndim != 1 or not column.size:
            fail(place, f"found {value!r:.60}, want numbers in one row", "Pass a list")
        if argument != "scale" and column.shape != self.scale.shape:
            what = f"found {column.size} numbers, want {self.scale.size} as in scale"
            fail(place, what, "Give one number a model")
        return column

    @classmethod
    def of_perplexity(
        cls,
        name: str,
        scale: ArrayLike,
        perplexity: ArrayLike,
        stderr: ArrayLike | None = None,
        **more: str | tuple[str, ...],
    ) -> LossCurve:
        """Return the curve of the natural logarithms of perplexities, and a note that says so.

        Parameters
        ----------
        name, scale
            As of the class.
        perplexity : array_like, shape (models,)
            Above 1, which only a model without any doubt has.
        stderr : array_like, shape (models,), optional
            Of each perplexity.
        **more
            ``unit``, ``labels`` and ``notes`` as of the class.
        """
        try:
            found = laws.within("perplexity", perplexity, 1, open_low=True)
        except ValueError as error:
            what = str(error).removeprefix("perplexity: ")
            remedy = "Correct it, or call it a loss if it is in nats already"
            fail(f"{name}: perplexity", what, remedy)
        errors = None if stderr is None else np.asarray(stderr, dtype=float) / found
        notes = (phrase("loss", "from_perplexity"), *more.pop("notes", ()))
        return cls(name, scale, np.log(found), errors, notes=notes, **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Step:
    """A step from a model to the next, at which the loss rises by a share of it."""

    start: float
    end: float
    share: float


@dataclass(frozen=True, eq=False)
class Bend:
    """What a power law with a bend would be, and by how much AICc prefers it to those without.

    Attributes
    ----------
    at : float
        Scale.
    before, after : float
        Exponents on either side.
    lead : float
        Over the better of the laws without a bend; negative if it is behind.
    """

    at: float
    before: float
    after: float
    lead: float

    @property
    def supported(self) -> bool:
        """Whether it leads clearly."""
        return self.lead > CLEAR


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Losses of the largest models as a law fitted to the smaller ones foresaw them.

    ``missed`` holds forecast over measured loss, minus 1, and ``stays`` the same of the forecast
    that the last loss before stays as it is; both are empty where there are too few smaller models.

    Attributes
    ----------
    decade : bool
        Whether the last decade of scale was left out; the last third of a range below two decades
        otherwise.
    before : int
        Number of smaller models.
    upto : float
        The largest of their scales.
    missed, stays : ndarray, shape (larger models,)
    """

    decade: bool
    before: int
    upto: float
    missed: Array
    stays: Array


@dataclass(frozen=True, eq=False)
class LossReport:
    """What can be said about a curve of losses.

    Attributes
    ----------
    curve : LossCurve
    law : PowerLaw or None
        None where there are fewer than `FEWEST` scales: then there is no report.
    rises : bool
        Whether the loss goes up with scale, at 95%.
    setbacks : tuple of Step
        Every step to a larger model of higher loss.
    candidates : tuple of Candidate
        Best first: the laws that were compared, by AICc; by QAICc where there are standard errors.
    bend : Bend or None
        None where there are fewer than `FEWEST_BENT` scales.
    hindcast : Hindcast or None
    """

    curve: LossCurve
    law: PowerLaw | None = None
    rises: bool = False
    setbacks: tuple[Step, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    bend: Bend | None = None
    hindcast: Hindcast | None = None


def audit_losses(curves: Iterable[LossCurve]) -> list[LossReport]:
    """Report on curves of losses one after the other; see `audit_loss`."""
    return [audit_loss(curve) for curve in curves]


def audit_loss(curve: LossCurve) -> LossReport:
    """Fit a power law with a floor to losses, look for a bend, and forecast the largest models.

    Parameters
    ----------
    curve : LossCurve

    Returns
    -------
    LossReport
        Without a law if there are fewer than `FEWEST` scales.
    """
    if curve.scale.size < FEWEST:
        return LossReport(curve)
    law = fit_power(curve.scale, curve.loss, curve.stderr)
    line = stats.linregress(np.log(curve.scale), np.log(curve.loss))
    candidates, bend = _compare(curve, law)
    return LossReport(
        curve,
        law,
        rises=bool(line.slope > 0 and line.pvalue < 1 - CONFIDENCE),
        setbacks=_setbacks(curve),
        candidates=tuple(candidates),
        bend=bend,
        hindcast=_hindcast(curve),
    )


def _setbacks(curve: LossCurve) -> tuple[Step, ...]:
    share = np.diff(curve.loss) / curve.loss[:-1]
    return tuple(
        Step(float(curve.scale[at]), float(curve.scale[at + 1]), float(share[at]))
        for at in np.flatnonzero(share > 0)
    )


def _compare(curve: LossCurve, law: PowerLaw) -> tuple[list[Candidate], Bend | None]:
    """Compare the laws by the residuals of the log loss, which all of them have."""
    x, y = np.log10(curve.scale), np.log(curve.loss)
    weights = np.ones_like(y) if curve.stderr is None else (curve.loss / curve.stderr) ** 2
    line = np.polyval(np.polyfit(x, y, 1, w=np.sqrt(weights)), x)
    squares = {
        PLAIN: float((y - line) ** 2 @ weights),
        FLOOR: float((y - np.log(law.predict(curve.scale))) ** 2 @ weights),
    }
    if curve.scale.size < FEWEST_BENT:
        return _ranked(squares, curve), None
    found = bent.bend(x, y, weights=weights)
    ranked = _ranked({**squares, BENT: found.rest}, curve)
    behind = {each.name: each.behind or 0.0 for each in ranked}
    return ranked, Bend(
        at=float(10**found.at),
        before=-found.before / np.log(10),
        after=-found.after / np.log(10),
        lead=min(behind[PLAIN], behind[FLOOR]) - behind[BENT],
    )


def _ranked(squares: dict[str, float], curve: LossCurve) -> list[Candidate]:
    """Return laws by AICc, or by QAICc where standard errors say how far losses should scatter."""
    points = curve.scale.size
    if curve.stderr is None:
        # How far they scatter is a constant of each law then.
        lost = {
            name: points * float(np.log(max(each / points, FINEST**2)))
            for name, each in squares.items()
        }
        worth = {name: aicc(each, LAWS[name] + 1, points) for name, each in lost.items()}
    else:
        widest = list(squares)[-1]
        scatter = max(1.0, squares[widest] / (points - LAWS[widest]))
        lost = squares
        worth = {name: qaicc(each, LAWS[name], points, scatter) for name, each in lost.items()}
    best = min(each for each in worth.values() if each is not None)
    found = [
        Candidate(name, LAWS[name], lost[name], None if each is None else each - best)
        for name, each in worth.items()
    ]
    return sorted(found, key=lambda each: np.inf if each.behind is None else each.behind)


def _hindcast(curve: LossCurve) -> Hindcast:
    """Forecast the last decade of scale, or the last third of a range below two decades."""
    x = np.log10(curve.scale)
    span = x[-1] - x[0]
    decade = bool(span >= 2)
    smaller = x <= x[-1] - (1 if decade else span / 3)
    before = int(smaller.sum())
    missed = stays = np.empty(0)
    if before >= FEWEST_BEFORE:
        errors = None if curve.stderr is None else curve.stderr[smaller]
        law = fit_power(curve.scale[smaller], curve.loss[smaller], errors)
        measured = curve.loss[~smaller]
        missed = law.predict(curve.scale[~smaller]) / measured - 1
        stays = curve.loss[smaller][-1] / measured - 1
    return Hindcast(decade, before, float(curve.scale[before - 1]), missed, stays)
