"""One scaling curve as the audit takes it: scores of several models, and how exact they are."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike

from emergence_lib.audit.phrases import shown
from emergence_lib.laws import Array, Flags

DIVIDE = "Divide by 100 if these are percentages"
SCALES = 1e-50, 1e50
"""Far beyond any unit; of larger ranges, thresholds would overflow."""
MOST_ITEMS, FINEST = 1e15, 1e-8
"""Items, and the standard error they would bring: beyond, scores have no digits left."""
LONGEST = 10**6
"""Tokens of an answer; of many more, the share that one of them is right has lost its digits."""
SAME = 1e-12
"""Relative difference up to which two scales are one: between them, logarithms have no digits."""


class CurveError(ValueError):
    """The input is no scaling curve; the message names the place, what was found and a remedy."""


def fail(place: str, what: str, remedy: str) -> NoReturn:
    """Raise `CurveError` for one problem."""
    raise CurveError(f"{shown(place)}: {said(what, remedy)}")


def said(what: str, remedy: str) -> str:
    """Return what is wrong and its remedy as the sentences of a message."""
    return f"{shown(what, 800)}. Remedy: {shown(remedy, 800)}."


def above(larger: ArrayLike, scale: ArrayLike) -> Flags:
    """Tell whether scales lie above others, and by more than their last digits."""
    return np.asarray(larger) > np.asarray(scale) * (1 + SAME)


@dataclass(frozen=True, eq=False)
class Curve:
    """Scores of several models on one task, in order of scale.

    Arrays are copied, converted to floats and locked. Exactly one of ``items`` and ``stderr`` is
    given.

    Parameters
    ----------
    name : str
        Of the task.
    scale : ndarray, shape (models,)
        Parameters, tokens or FLOP: above 0 and strictly increasing, at least two.
    score : ndarray, shape (models,)
        Fractions from 0 to 1.
    items : ndarray, shape (models,), or None
        Test items behind each score, above 0.
    stderr : ndarray, shape (models,), or None
        Standard error of each score, above 0.
    chance : float or None
        Score of guessing, from 0 to below 1; None if nobody said it.
    length : int, optional
        Tokens that all have to be right for a point, from 1 to `LONGEST`.
    other : Curve, optional
        A second metric of the same models, itself without ``other``.
    unit : str
        Name of the scale, for axes.
    labels : tuple of str
        Names of the models, or empty.
    chance_source : str
        Where the chance level comes from, as a sentence ends: ``"as the files say"``.
    turned : bool
        Whether the scores are 1 minus a metric of which less is better, as of an error rate; its
        chance level is unknown then.
    higher_is_better : bool, optional
        Whether more is better, of scores as they are here; None if nobody said it.
    either_way : bool
        Whether the name of the metric leaves open which way is better, and nobody said it: then a
        rise too is read both ways, and not a fall alone.
    along : Curve, optional
        The same scores by another scale of the same models, itself without ``along``.
    notes : tuple of str
        What a reader did on the way here, a sentence each: what was left out, split or inferred.

    Raises
    ------
    CurveError
        If any of this does not hold.
    """

    name: str
    scale: Array
    score: Array
    items: Array | None = None
    stderr: Array | None = None
    chance: float | None = None
    length: int | None = None
    other: Curve | None = None
    unit: str = "scale"
    labels: tuple[str, ...] = ()
    chance_source: str = ""
    turned: bool = False
    higher_is_better: bool | None = None
    either_way: bool = False
    along: Curve | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check everything, so that no later step has to."""
        for text in ("name", "unit"):
            if not isinstance(getattr(self, text), str):
                raise CurveError(f"{text}: found {getattr(self, text)!r:.60}, want text")
        self._set("scale", self._numbers("scale", self.scale))
        self._check_scale()
        self._set("score", self._column("score", self.score))
        inside = (self.score >= 0) & (self.score <= 1)
        self._every("score", self.score, inside, "from 0 to 1", DIVIDE)
        self._check_noise()
        self._set("chance", self._level())
        self._set("length", self._whole_length())
        self._set("labels", self._names())
        self._check_other()

    def _level(self) -> float | None:
        if self.chance is None:
            return None
        level = float(self._numbers("chance", [self.chance])[0])
        if not 0 <= level < 1:
            self._fail("chance", f"found {level:g}, want a number in [0, 1)", DIVIDE)
        return level

    def _check_scale(self) -> None:
        models = self.scale.size
        if models < 2:
            self._fail("scale", f"found {models} model(s), want at least two", "Add models")
        self._every("scale", self.scale, self.scale > 0, "above 0", "Leave out models of no size")
        usual = (self.scale >= SCALES[0]) & (self.scale <= SCALES[1])
        self._every("scale", self.scale, usual, "from 1e-50 to 1e50", "Take another unit")
        rising = above(self.scale[1:], self.scale[:-1])
        if not rising.all():
            at = int(np.argmin(rising))
            here, following = self.scale[at : at + 2]
            if here <= following:
                what = f"found {here:g} twice, to 12 digits (models {at + 1} and {at + 2})"
                remedy = "Average the scores of equal scales"
            else:
                what, remedy = f"found {following:g} after {here:g}", "Sort the models by scale"
            self._fail("scale", f"{what}, want strictly increasing scales", remedy)

    def _check_noise(self) -> None:
        if (self.items is None) == (self.stderr is None):
            found = "neither" if self.items is None else "both"
            self._fail("items, stderr", f"found {found}, want exactly one", "Give the item counts")
        if self.items is not None:
            name, low, high = "items", 1 / MOST_ITEMS, MOST_ITEMS
            remedy = "Leave out models without items"
        else:
            name, low, high = "stderr", FINEST, 1.0
            remedy = "Give item counts: a score of 0 or 1 is not certain either"
        values = self._column(name, getattr(self, name))
        self._every(name, values, values > 0, "above 0", remedy)
        usual = (values >= low) & (values <= high)
        self._every(name, values, usual, f"from {low:g} to {high:g}", "Correct it")
        self._set(name, values)

    def _set(self, name: str, value: object) -> None:
        if isinstance(value, np.ndarray):
            value.flags.writeable = False
        object.__setattr__(self, name, value)

    def _fail(self, argument: str, what: str, remedy: str) -> NoReturn:
        fail(f"{self.name}: {argument}", what, remedy)

    def _numbers(self, argument: str, value: ArrayLike) -> Array:
        try:
            array = np.array(value, dtype=float)
        except (TypeError, ValueError, OverflowError):
            array = np.empty(())
        if array.ndim != 1:
            self._fail(argument, f"found {value!r:.60}, want numbers in one row", "Pass a list")
        self._every(argument, array, np.isfinite(array), "finite", "Leave out missing scores")
        return array

    def _column(self, argument: str, value: ArrayLike) -> Array:
        array = self._numbers(argument, value)
        if array.shape != self.scale.shape:
            what = f"found {array.size} numbers, want {self.scale.size} as in scale"
            self._fail(argument, what, "Give one number a model")
        return array

    def _every(self, argument: str, values: Array, good: Flags, want: str, remedy: str) -> None:
        if not good.all():
            at = int(np.argmin(good))
            self._fail(argument, f"found {values[at]:g} (model {at + 1}), want {want}", remedy)

    def _whole_length(self) -> int | None:
        if self.length is None:
            return None
        try:
            length = operator.index(self.length)
        except TypeError:
            length = 0
        if not 1 <= length <= LONGEST:
            what = f"found {self.length!r}, want a whole number from 1 to {LONGEST:,}"
            self._fail("length", what, "Count the tokens of an answer")
        return length

    def _names(self) -> tuple[str, ...]:
        labels = (self.labels,) if isinstance(self.labels, str) else tuple(self.labels)
        if labels and len(labels) != self.scale.size:
            what = f"found {len(labels)} names, want {self.scale.size} or none"
            self._fail("labels", what, "Name every model or no model")
        return tuple(map(str, labels))

    def _check_other(self) -> None:
        if self.along is not None and (
            not isinstance(self.along, Curve)
            or self.along.along is not None
            or not np.array_equal(self.along.score, self.score)
        ):
            what = "found no curve of the same scores by one other scale"
            self._fail("along", what, "Give the same scores, in the same order, or leave it out")
        if self.other is None:
            return
        if not isinstance(self.other, Curve):
            self._fail("other", f"found {type(self.other).__name__}, want a Curve", "Pass a Curve")
        if self.other.other is not None:
            self._fail("other", "found a curve with a third metric", "Give it no other")
        if not np.array_equal(self.other.scale, self.scale):
            self._fail("other", "found other scales, want the same models", "Use the same models")
