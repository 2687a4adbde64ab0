"""Showing a figure: message, picture, caption, and one quiet line for all that is behind it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import fluid, markup, svg
from emergence_lib.reader.numbers import numbers_html
from emergence_lib.reader.output import Output

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ASSETS = ("figure.css", "take.js")
CODE_HERE = "<!-- code -->"
"""Where a page puts the code of the cell that shows the figure."""
FOLD_HERE = "<!-- fold of code -->"
"""Where a page puts that code, fold and all, if nothing that the cell shows has a fold for it."""
TAKE = "".join(
    f'<button type="button" data-em-take="{kind}">{word}</button>'
    for kind, word in (
        ("svg", "SVG"),
        ("png", "PNG"),
        ("csv", "CSV"),
        ("embed", "Embed"),
        ("cite", "Cite"),
    )
)
FEWEST_WORDS = 3

Picture = list[list[svg.Element]]


class Shown(Output):
    """A figure as the page shows it."""


def show(
    drawing: Figure | Sequence[Figure],
    *,
    name: str,
    alt: str,
    caption: str,
    source: str = "",
    data: pd.DataFrame | None = None,
) -> Shown:
    """Show a figure, or several panels side by side.

    Parameters
    ----------
    drawing : Figure or sequence of Figure
        What a `theme.figure` function returns.
    name : str
        Unique on the page, lower case with hyphens; the anchor is ``fig-NAME``.
    alt : str
        What the figure shows, for someone who cannot see it.
    caption : str
        Its first sentence states the message and becomes the title.
    source : str
        Where the numbers come from: data set, seeds, licence.
    data : DataFrame, optional
        The numbers to list instead of those read from the labelled artists.

    Raises
    ------
    ValueError
        If the name, the text alternative or the caption is missing, if alternative and caption
        are the same, if the caption does not begin with a sentence, or if a colour does not
        follow the theme.
    """
    figures = panels(drawing)
    check_words(name, alt, caption)
    html = figure_html(
        name=name,
        kind="em-figure",
        picture=picture_html(picture(figures, name), drawn_width(figures[0]), alt),
        caption=caption,
        fine=fine_print(name, numbers_html(figures, message(caption), data), figures[0], source),
    )
    return Shown(html, alt, assets=ASSETS, png=lambda: svg.png(figures[0]))


def message(caption: str) -> str:
    """Return the first sentence of a caption as plain text without its full stop."""
    lead, _ = markup.first_sentence(caption.strip())
    return markup.plain(lead).removesuffix(".")


def panels(drawing: Figure | Sequence[Figure]) -> list[Figure]:
    """Return the figures of a drawing, of which there must be at least one."""
    figures = [drawing] if isinstance(drawing, Figure) else list(drawing)
    for figure in figures:
        if not isinstance(figure, Figure):
            raise ValueError(
                f"drawing holds a {type(figure).__name__}; wanted a Matplotlib Figure or a list "
                "of them (a pair of figure and update function goes to explore)"
            )
    if not figures:
        raise ValueError("drawing is an empty list; wanted at least one Matplotlib Figure")
    return figures


def check_words(name: str, alt: str, caption: str) -> None:
    """Refuse a figure that cannot be linked to, heard or understood."""
    if not NAME.fullmatch(name):
        raise ValueError(
            f"name is {name!r}; wanted lower-case words joined by hyphens, such as 'loss-curves'"
        )
    if not alt.strip():
        raise ValueError(
            f"figure {name!r}: alt is empty; write one or two sentences saying what the picture "
            "shows (axes, curves, where they bend) to someone who cannot see it"
        )
    if not caption.strip():
        raise ValueError(
            f"figure {name!r}: caption is empty; write a first sentence that states the message, "
            "then what is drawn and how it was obtained"
        )
    lead, _ = markup.first_sentence(caption.strip())
    if len(lead.split()) < FEWEST_WORDS or not lead.rstrip("\"'*)").endswith((".", "!", "?")):
        raise ValueError(
            f"figure {name!r}: the caption begins with {lead!r}, which is no sentence; let the "
            "first sentence state the message, with a verb and a full stop: it becomes the "
            "figure's title"
        )
    if alt.strip() == caption.strip():
        raise ValueError(
            f"figure {name!r}: alt repeats the caption; let the caption state the message and "
            "alt describe what is seen"
        )


def picture(figures: Sequence[Figure], name: str) -> Picture:
    """Draw each panel: stretching SVGs, or one that keeps its shape (`theme.rigid`)."""
    return [drawn(figure, prefix) for figure, prefix in prefixed(figures, name)]


def drawn(figure: Figure, prefix: str) -> list[svg.Element]:
    """Draw one panel."""
    if hasattr(figure, "rigid"):
        return [svg.rigid(figure, prefix)]
    return fluid.draw(figure, prefix)


def prefixed(figures: Sequence[Figure], name: str) -> list[tuple[Figure, str]]:
    """Pair each panel with the prefix of its identifiers."""
    if len(figures) == 1:
        return [(figures[0], f"fig-{name}")]
    return [(figure, f"fig-{name}-{number}") for number, figure in enumerate(figures, start=1)]


def picture_html(panels: Picture, width: float, alt: str) -> str:
    """Wrap the panels of a picture in one image with one text alternative.

    Parameters
    ----------
    panels : list of list of Element
        For each panel its SVGs, top to bottom.
    width : float
        At least so wide is a panel, px, where there is room for several.
    alt : str
        What the whole shows.
    """
    kind = "em-picture" if len(panels) == 1 else "em-picture em-panels"
    inside = "".join(
        f'<div class="em-panel">{"".join(svg.serialise(each) for each in panel)}</div>'
        for panel in panels
    )
    return (
        f'<div class="{kind}" style="--drawn:{width:.0f}px" role="img" '
        f'aria-label="{escape(alt)}">{inside}</div>'
    )


def drawn_width(figure: Figure) -> float:
    """Return the width of a drawing in pixels of the page."""
    return 72 * float(figure.get_size_inches()[0])


def figure_html(
    *, name: str, kind: str, picture: str, caption: str, fine: str, controls: str = ""
) -> str:
    """Return the whole figure: message, picture, controls and caption, one quiet line."""
    lead, rest = markup.first_sentence(caption.strip())
    wide = " em-wide" if "em-panels" in picture else ""
    said = f'<p class="em-caption">{markup.inline(rest)}</p>' if rest else ""
    side = f'<div class="em-side">{controls}{said}</div>' if controls or said else ""
    return (
        f'<figure id="fig-{name}" class="{kind}{wide}" data-em-name="{name}" '
        f'aria-labelledby="fig-{name}-lead">'
        f'<figcaption class="em-lead" id="fig-{name}-lead">{markup.inline(lead)}</figcaption>'
        f"{picture}{side}{fine}</figure>"
    )


def fine_print(name: str, numbers: str, figure: Figure, source: str) -> str:
    """Return the quiet line below a figure: Numbers, Code, Source, Take; one opens at a time."""
    origin = getattr(figure, "origin", None)
    redo = (
        f"<p>Redo it: <code>python -m emergence_lib figure {escape(origin.name)}</code> "
        f"({coarse(origin.seconds)}).</p>"
        if isinstance(origin, theme.Origin)
        else ""
    )
    parts = {
        "numbers": ("Numbers", numbers),
        "how": ("Code", f"{redo}{CODE_HERE}" if redo else ""),
        "from": ("Source", f"<p>{markup.inline(source.strip())}</p>" if source.strip() else ""),
        "take": ("Take", f'<p>{TAKE}<span role="status"></span></p>'),
    }
    return quiet_line(name, parts)


def quiet_line(name: str, parts: Mapping[str, tuple[str, str]]) -> str:
    """Return folds in one line, by kind: the word that opens each, and what it holds, if any."""
    folds = "".join(
        f'<details class="em-{kind}" name="fine-{name}"{" hidden" if kind == "take" else ""}>'
        f"<summary>{word}</summary>{inside}</details>"
        for kind, (word, inside) in parts.items()
        if inside
    )
    return f'<div class="em-fine">{folds}</div>'


def coarse(seconds: float) -> str:
    """Say a measured time in words that two machines agree on."""
    if seconds < 5:
        return "a few seconds"
    return "under a minute" if seconds < 60 else "some minutes"
