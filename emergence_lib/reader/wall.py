"""A wall of answers under two rulers: the same answers, marked as wholes and digit by digit.

The reader chooses who wrote them. All states are in the markup and in `wall.css`: radio buttons
that work without a script. A digit holds what each writer wrote in its place, one below the
other, and shows one of them; ``data-em-right`` lists the writers who are right. `wall.js` adds
dragging and a button that goes through the writers once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd

from emergence_lib.reader import markup
from emergence_lib.reader.controls import OWN_KEYS
from emergence_lib.reader.figure import CODE_HERE, quiet_line
from emergence_lib.reader.numbers import numbers_html
from emergence_lib.reader.output import Output

ASSETS = ("figure.css", "wall.css", "wall.js")
MOST_WRITERS = 8
"""`wall.css` has a rule for each."""
FEW = 18
"""Answers that `wall.css` shows on a small screen."""


def wall(
    questions: Sequence[str],
    answers: Sequence[str],
    written: Mapping[str, Sequence[str]],
    *,
    name: str,
    start: int,
    title: str,
    legend: str,
    button: str,
    caption: str,
    source: str,
    beside: tuple[str, Mapping[str, float]] | None = None,
) -> Output:
    """Show what several writers answered to the same questions, under two rulers.

    Parameters
    ----------
    questions, answers : sequence of str
        Answers are numerals of one length.
    written : mapping of str to sequence of str
        What each writer answered, smallest writer first, by a name of a few letters.
    name : str
        Unique on the page; the anchor is ``fig-NAME``.
    start : int
        Index of the writer who is shown first.
    title : str
        Stands above the wall; a question, where no message may be given away.
    legend : str
        What the writers are, and what they are named by.
    button : str
        What going through them once is called.
    caption, source : str
        Below the wall, as in `reader.show`.
    beside : tuple of str and mapping of str to float, optional
        What others are known to have got right, whole answers only: a sentence, and a share for
        each by name.

    Raises
    ------
    ValueError
        If there is nobody to choose from, too many, no such start, or an answer is missing or of
        another length.
    """
    check(questions, answers, written, start)
    places = len(answers[0])
    digits = {
        who: [sum(map(str.__eq__, *pair)) for pair in zip(texts, answers, strict=True)]
        for who, texts in written.items()
    }
    table = pd.DataFrame(
        {
            "answers": [each.count(places) for each in digits.values()],
            "digits": [sum(each) for each in digits.values()],
        },
        index=pd.Index(written, name="network"),
    )
    rulers = ruler(
        table["answers"],
        len(answers),
        kind="answers",
        head=f"One ruler: all {places} digits, or nothing",
        cells=whole_cells(questions, answers, written),
    ) + ruler(
        table["digits"],
        len(answers) * places,
        kind="digits",
        head="Another: digit by digit",
        cells=digit_cells(questions, answers, written),
    )
    heads = {"answers": f"answers right, of {len(answers)}"}
    heads["digits"] = f"digits right, of {len(answers) * places}"
    parts = {
        "numbers": ("Numbers", numbers_html([], title, table.rename(columns=heads))),
        "how": ("Code", CODE_HERE),
        "from": ("Source", f"<p>{markup.inline(source)}</p>"),
    }
    html = (
        f'<figure id="fig-{name}" class="em-figure em-wall em-wide" data-em-name="{name}" '
        f'aria-labelledby="fig-{name}-lead">'
        f'<figcaption class="em-lead" id="fig-{name}-lead">{markup.inline(title)}</figcaption>'
        f"{strip(table, len(answers), len(answers) * places, name, start, legend, button)}"
        f'<div class="em-picture em-rulers">{rulers}</div>'
        f'<p class="em-few">A small screen shows the first {FEW} of the {len(answers)} sums; all '
        f"are counted.</p>{row(*beside) if beside else ''}"
        f'<div class="em-side"><p class="em-caption">{markup.inline(caption)}</p></div>'
        f"{quiet_line(name, parts)}</figure>"
    )
    return Output(html, markup.plain(caption), assets=ASSETS)


def check(
    questions: Sequence[str],
    answers: Sequence[str],
    written: Mapping[str, Sequence[str]],
    start: int,
) -> None:
    """Refuse what makes no wall."""
    if not 2 <= len(written) <= MOST_WRITERS:
        raise ValueError(f"written: found {len(written)} writers, want 2 to {MOST_WRITERS}")
    if not 0 <= start < len(written):
        raise ValueError(f"start: found {start}, want 0 to {len(written) - 1}")
    if not questions or len(questions) != len(answers):
        raise ValueError(
            f"answers: found {len(answers)} for {len(questions)} questions, want one for each"
        )
    lengths = [*map(len, answers)]
    for who, texts in [("answers", answers), *written.items()]:
        found = [*map(len, texts)]
        if found != lengths or len(set(found)) != 1:
            raise ValueError(
                f"{who}: found {len(found)} numerals of {sorted(set(found))} digits, want "
                f"{len(lengths)}, all of {lengths[0]}"
            )


def strip(
    right: pd.DataFrame,
    answers: int,
    digits: int,
    name: str,
    start: int,
    legend: str,
    button: str,
) -> str:
    """Return the radio buttons, each with two bars and, for who does not see them, two counts."""
    choices = "".join(
        f'<label><input type="radio" name="fig-{name}-by" value="{at}"'
        f"{' checked' if at == start else ''} {OWN_KEYS}>"
        f'<span class="em-bars" aria-hidden="true"><i style="height:{whole / answers:.0%}"></i>'
        f'<i style="height:{each / digits:.0%}"></i></span>'
        f'<span class="em-by">{escape(str(who))}</span>'
        f'<span class="em-hidden"> gets {whole} of {answers} answers right, {each} of {digits} '
        "digits</span></label>"
        for at, (who, whole, each) in enumerate(right.itertuples(name=None))
    )
    return (
        f'<fieldset class="em-strip"><legend>{markup.inline(legend)}</legend>'
        f'<button type="button" class="em-grow" hidden {OWN_KEYS}>{escape(button)}</button>'
        f'<div class="em-by-all">{choices}</div>'
        '<span class="em-hidden" role="status"></span></fieldset>'
    )


def ruler(right: pd.Series, total: int, *, kind: str, head: str, cells: str) -> str:
    """Return one ruler: its name, the count for each writer, the marked answers as one picture."""
    counts = "".join(f"<b>{each}</b>" for each in right)
    room = f"{len(str(right.max()))}ch"
    return (
        f'<div class="em-ruler em-{kind}"><p class="em-ruler-name">{head}</p>'
        f'<p class="em-count"><span class="em-counts" style="min-width:{room}">{counts}</span> '
        f"of {total} {kind} right</p>"
        '<div class="em-sums" role="img" aria-label="All answers of the chosen size, '
        f'right {kind} marked."><div aria-hidden="true">{cells}</div></div></div>'
    )


def row(words: str, shares: Mapping[str, float]) -> str:
    """Return shares as a row of bars with their numbers."""
    items = "".join(
        f'<li><span class="em-bars" aria-hidden="true"><i style="height:{share:.0%}"></i></span>'
        f"{escape(who)} <b>{100 * share:.2g}%</b></li>"
        for who, share in shares.items()
    )
    return f'<div class="em-beside"><p>{markup.inline(words)}</p><ol>{items}</ol></div>'


def whole_cells(
    questions: Sequence[str], answers: Sequence[str], written: Mapping[str, Sequence[str]]
) -> str:
    """Return the answers in one piece each."""
    return "".join(
        f'<span data-em-right="{rights([text == answer for text in texts])}">{escape(question)}'
        f"<i>{chr(10).join(texts)}</i></span>"
        for question, answer, *texts in zip(questions, answers, *written.values(), strict=True)
    )


def digit_cells(
    questions: Sequence[str], answers: Sequence[str], written: Mapping[str, Sequence[str]]
) -> str:
    """Return the answers in single digits."""
    return "".join(
        f"<span>{escape(question)}"
        + "".join(
            f'<i data-em-right="{rights([digit == place[0] for digit in place[1:]])}">'
            f"{chr(10).join(place[1:])}</i>"
            for place in zip(answer, *texts, strict=True)
        )
        + "</span>"
        for question, answer, *texts in zip(questions, answers, *written.values(), strict=True)
    )


def rights(right: Sequence[bool]) -> str:
    """Return the places of the writers who are right, as `wall.css` looks for them."""
    return "".join(str(at) for at, each in enumerate(right) if each)
