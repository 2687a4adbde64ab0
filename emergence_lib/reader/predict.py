"""Predictions and opinions: the reader commits to an answer or places a marker, then sees."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from numbers import Integral

from emergence_lib.reader import markup
from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.figure import FOLD_HERE, NAME
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
        # The code of the question holds its answer, so it waits with it.
        f"{then.html if then else ''}{FOLD_HERE}</details></div>"
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
    grid = _grid(low, high, whole=whole)
    ends = (f"{number(grid[0])}{after}", f"{number(grid[2])}{after}")
    told = {"em-answer": repr(float(answer)), "em-unit": after}
    field = _slider(prefix, "Your guess", grid, ends, told)
    return field, f"{number(float(answer))}{escape(after)}"


def _slider(
    prefix: str,
    label: str,
    grid: tuple[float, float, float, float],
    ends: tuple[str, str],
    told: Mapping[str, str],
) -> str:
    """Return a slider that says nothing yet: its ends in words, and data for the script."""
    low, middle, high, step = grid
    data = " ".join(f'data-{key}="{escape(value)}"' for key, value in told.items())
    return (
        f'<div class="em-guess"><label for="{prefix}-guess">{label}</label>'
        f'<output for="{prefix}-guess" aria-live="off">–</output>'
        f'<input type="range" id="{prefix}-guess" min="{low:.9g}" max="{high:.9g}" step="{step:g}" '
        f'value="{middle:.9g}" {data} {OWN_KEYS}>'
        f'<span class="em-end">{escape(ends[0])}</span>'
        f'<span class="em-end">{escape(ends[1])}</span></div>'
    )


def place(
    question: str,
    *,
    name: str,
    most: int,
    ends: tuple[str, str],
    because: str,
    stands: Mapping[str, tuple[int, int]] | None = None,
    since: str = "",
) -> Prediction:
    """Ask where on a scale the reader stands; asked again later, it says what moved.

    No place is the right one. The marker is kept in the reader's browser.

    Parameters
    ----------
    question : str
        What is asked.
    name : str
        Unique on the page, lower case with hyphens.
    most : int
        The scale runs in whole steps from 0 to here.
    ends : tuple of str
        What 0 and ``most`` mean.
    because : str
        A sentence for those who have placed their marker, or look without.
    stands : mapping of str to tuple of int, optional
        Others on the same scale, by name: their spans, drawn when the marker is placed. The first
        word of a name is its short form.
    since : str
        Name of the question as it was asked before.

    Raises
    ------
    ValueError
        If a name is none, the question is empty, the scale has no step, or a span leaves it.
    """
    where = f"question {name!r}"
    if not all(NAME.fullmatch(each) for each in (name, since or name)) or name == since:
        raise ValueError(
            f"{where}, since {since!r}: wanted two names of lower-case words joined by hyphens"
        )
    if not question.strip():
        raise ValueError(f"{where}: question is empty; ask where the reader stands")
    if most < 2 or not all(map(str.strip, ends)):
        raise ValueError(
            f"{where}: runs from {ends[0]!r} to {ends[1]!r} in {most} steps; wanted "
            "two or more, and words at both ends"
        )
    for who, (low, high) in (stands or {}).items():
        if not 0 <= low < high <= most:
            raise ValueError(
                f"{where}: {who} stands from {low} to {high}; wanted two places from 0 to {most}, "
                "the smaller first"
            )
    prefix = f"predict-{name}"
    told = {
        "em-unit": f" of {most}",
        "em-ends": "|".join(ends),
        **({"em-since": since} if since else {}),
    }
    field = _slider(prefix, "Your marker", (0, most // 2, most, 1), ends, told)
    html = (
        f'<div class="em-predict em-place" id="{prefix}" data-em-name="{name}">'
        '<form novalidate autocomplete="off"><fieldset><legend><span class="em-kicker">'
        f"{'Place your marker again' if since else 'Place your marker'}</span> "
        f"{markup.inline(question)}</legend>{field}</fieldset>"
        f'<p class="em-actions" hidden><button type="submit" {OWN_KEYS}>Place it</button></p>'
        '</form><details class="em-reveal"><summary>Look without placing it</summary>'
        '<p class="em-told"><span class="em-said" role="status"></span> '
        f"{markup.inline(because)}</p>{_spans(stands or {}, most, ends)}{FOLD_HERE}"
        "</details></div>"
    )
    return Prediction(html, f"Place your marker: {markup.plain(question)}", assets=ASSETS)


def _spans(stands: Mapping[str, tuple[int, int]], most: int, ends: tuple[str, str]) -> str:
    """Draw who stands where: a name and a bar each, read out in words; ends and lines named.

    The script shows the names of the lines when there are some.
    """
    bars = "".join(
        f'<li data-em-from="{low}" data-em-to="{high}"><span>{escape(who)}'
        f'<span class="em-hidden">, {low} to {high} of {most}</span></span>'
        f'<i style="--from:{low / most:.2f};--to:{high / most:.2f}"></i></li>'
        for who, (low, high) in stands.items()
    )
    if not bars:
        return ""
    named = "".join(f"<span>{escape(end)}</span>" for end in ends)
    return (
        f'<p class="em-scale em-kicker"><span></span><span>{named}</span></p>'
        f'<ul class="em-spans em-kicker">{bars}</ul>'
        '<p class="em-lines em-kicker"><span hidden>thin line: your marker before</span>'
        "<span hidden>thick line: your marker now</span></p>"
    )


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
