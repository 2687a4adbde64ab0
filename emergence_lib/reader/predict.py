"""Predictions: the reader commits to an answer, then sees."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from numbers import Integral

from emergence_lib.reader import markup
from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.figure import NAME
from emergence_lib.reader.numbers import number
from emergence_lib.reader.output import Output

ASSETS = ("predict.css", "predict.js")
STEPS = 100


class Prediction(Output):
    """A question to commit to, and what is revealed then."""


def predict(
    question: str,
    *,
    name: str,
    answer: str | float,
    options: Sequence[str] = (),
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
    because: str = "",
    then: Output | None = None,
) -> Prediction:
    """Ask for a prediction, and reveal the answer when it is made.

    Parameters
    ----------
    question : str
        What to predict.
    name : str
        Unique on the page, lower case with hyphens.
    answer : str or float
        One of the options, or a number between ``low`` and ``high``.
    options : sequence of str
        Alternatives to choose from; leave out for a number.
    low, high : float, optional
        Ends of the slider for a number. If they and the answer are of type int, so are the guesses.
    unit : str
        Said after a number.
    because : str
        A sentence that follows the answer.
    then : Output, optional
        The figure or explorable that is revealed.

    Raises
    ------
    ValueError
        If the answer is not among the options or not within the range.
    """
    where = f"prediction {name!r}"
    if not NAME.fullmatch(name):
        raise ValueError(
            f"{where}: wanted a name of lower-case words joined by hyphens, such as 'five-digits'"
        )
    if not question.strip():
        raise ValueError(f"{where}: question is empty; ask what will happen")
    if then is not None and not isinstance(then, Output):
        raise ValueError(
            f"{where}: then is a {type(then).__name__}; wanted what show or explore returns"
        )
    prefix = f"predict-{name}"
    if options:
        field, said = _options(where, prefix, options, answer)
    else:
        field, said = _range(where, prefix, low, high, answer, unit)
    reason = f" {markup.inline(because)}" if because else ""
    html = (
        f'<div class="em-predict" id="{prefix}" data-em-name="{name}">'
        '<form novalidate autocomplete="off">'
        f'<fieldset><legend><span class="em-kicker">Predict</span> {markup.inline(question)}'
        f"</legend>{field}</fieldset>"
        f'<p class="em-actions" hidden><button type="submit" {OWN_KEYS}>Commit and look</button>'
        "</p></form>"
        '<details class="em-reveal"><summary>Look without predicting</summary>'
        f'<p class="em-told"><span class="em-said" role="status"></span> '
        f'<span class="em-truth">Answer: <strong>{said}</strong>.</span>{reason}</p>'
        f"{then.html if then else ''}</details></div>"
    )
    carried = tuple(dict.fromkeys((*ASSETS, *(then.assets if then else ()))))
    text = f"Predict: {markup.plain(question)} Answer: {markup.plain(said)}."
    return Prediction(html, text, assets=carried, png=then.png if then else None)


def _options(
    where: str, prefix: str, options: Sequence[str], answer: str | float
) -> tuple[str, str]:
    if answer not in options:
        raise ValueError(f"{where}: answer {answer!r} is not among the options {list(options)}")
    if len(set(options)) < len(options) or len(options) < 2:
        raise ValueError(f"{where}: options are {list(options)}; wanted two or more, all different")
    field = "".join(
        f'<label class="em-option"><input type="radio" name="{prefix}" value="{number}"'
        f"{' data-em-right' if option == answer else ''} {OWN_KEYS}>"
        f"<span>{markup.inline(option)}</span></label>"
        for number, option in enumerate(options)
    )
    return field, markup.inline(str(answer))


def _range(
    where: str,
    prefix: str,
    low: float | None,
    high: float | None,
    answer: str | float,
    unit: str,
) -> tuple[str, str]:
    if (
        isinstance(answer, str)
        or low is None
        or high is None
        or not (low <= answer <= high and low < high)
    ):
        raise ValueError(
            f"{where}: answer is {answer!r} between low={low} and high={high}; wanted options, or "
            "a number between low and high"
        )
    after = unit if unit in ("", "%") else f" {unit}"
    whole = all(isinstance(each, Integral) for each in (low, high, answer))
    low, middle, high, step = _grid(low, high, whole=whole)
    field = (
        f'<div class="em-guess"><label for="{prefix}-guess">Your guess</label>'
        f'<output for="{prefix}-guess" aria-live="off">–</output>'
        f'<input type="range" id="{prefix}-guess" min="{low:.9g}" max="{high:.9g}" step="{step:g}" '
        f'value="{middle:.9g}" data-em-answer="{float(answer)!r}" '
        f'data-em-unit="{escape(after)}" {OWN_KEYS}>'
        f'<span class="em-end">{number(low)}{escape(after)}</span>'
        f'<span class="em-end">{number(high)}{escape(after)}</span></div>'
    )
    return field, f"{number(float(answer))}{escape(after)}"


def _grid(low: float, high: float, *, whole: bool) -> tuple[float, float, float, float]:
    """Return lowest, middle and highest value of a slider, and the step between its values.

    A step is 1, 2 or 5 times a power of ten, about a hundredth of the range; the ends give way to
    it. The middle is no hint.
    """
    least = (high - low) / STEPS
    power = 10.0 ** math.floor(math.log10(least))
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= least * (1 - 1e-9))
    step = max(step, 1.0) if whole else step
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return first * step, (first + last) // 2 * step, last * step, step
