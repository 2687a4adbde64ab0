"""Showing a figure: picture, caption, numbers, source and the way to redo it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

import pandas as pd
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import markup, svg
from emergence_lib.reader.numbers import numbers_html
from emergence_lib.reader.output import Output

NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
ASSETS = ("figure.css",)


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
        Its first sentence states the message and is set apart.
    source : str
        Where the numbers come from: data set, seeds, licence.
    data : DataFrame, optional
        The numbers to list instead of those read from the labelled artists.

    Raises
    ------
    ValueError
        If the name, the text alternative or the caption is missing, if alternative and caption
        are the same, or if a colour does not follow the theme.
    """
    figures = panels(drawing)
    check_words(name, alt, caption)
    html = figure_html(
        name=name,
        kind="em-figure",
        picture=picture(figures, name, alt),
        caption=caption,
        fine=fine_print(numbers_html(figures, message(caption), data), figures[0], source),
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
    if alt.strip() == caption.strip():
        raise ValueError(
            f"figure {name!r}: alt repeats the caption; let the caption state the message and "
            "alt describe what is seen"
        )


def picture(figures: Sequence[Figure], name: str, alt: str) -> str:
    """Return the drawing as inline SVG; several panels share one text alternative."""
    trees = [svg.clean(svg.draw(figure), prefix) for figure, prefix in prefixed(figures, name)]
    return picture_html([svg.labelled(tree, "") for tree in trees], alt)


def prefixed(figures: Sequence[Figure], name: str) -> list[tuple[Figure, str]]:
    """Pair each panel with the prefix of its identifiers."""
    if len(figures) == 1:
        return [(figures[0], f"fig-{name}")]
    return [(figure, f"fig-{name}-{number}") for number, figure in enumerate(figures, start=1)]


def picture_html(trees: Sequence[svg.Element], alt: str) -> str:
    """Wrap the panels of a picture in one image with one text alternative."""
    kind = "em-picture" if len(trees) == 1 else "em-picture em-panels"
    inside = "".join(svg.serialise(tree) for tree in trees)
    return f'<div class="{kind}" role="img" aria-label="{escape(alt)}">{inside}</div>'


def figure_html(
    *, name: str, kind: str, picture: str, caption: str, fine: str, controls: str = ""
) -> str:
    """Return the whole figure element."""
    lead, rest = markup.first_sentence(caption.strip())
    return (
        f'<figure id="fig-{name}" class="{kind}" data-em-name="{name}" '
        f'aria-labelledby="fig-{name}-lead">'
        f"{controls}{picture}"
        f'<figcaption><p class="em-caption"><strong class="em-lead" id="fig-{name}-lead">'
        f"{markup.inline(lead)}</strong>{' ' + markup.inline(rest) if rest else ''}</p>"
        f"{fine}</figcaption></figure>"
    )


def fine_print(numbers: str, figure: Figure, source: str) -> str:
    """Return the quiet row below a caption: the numbers, how to redo the figure, the source."""
    parts: list[str] = []
    if numbers:
        parts.append(
            f'<details class="em-numbers"><summary>The numbers</summary>{numbers}</details>'
        )
    origin = getattr(figure, "origin", None)
    if isinstance(origin, theme.Origin):
        parts.append(
            '<details class="em-redo"><summary>Redo this figure</summary><p><code>'
            f"python -m emergence_lib figure {escape(origin.name)}</code> "
            f"({coarse(origin.seconds)})</p></details>"
        )
    if source.strip():
        parts.append(f'<p class="em-source">{markup.inline(source.strip())}</p>')
    return f'<div class="em-fine">{"".join(parts)}</div>' if parts else ""


def coarse(seconds: float) -> str:
    """Say a measured time in words that two machines agree on."""
    if seconds < 5:
        return "a few seconds"
    return "under a minute" if seconds < 60 else "some minutes"
