"""Figures are drawn in the book's style and say which function drew them."""

from __future__ import annotations

import re
from collections.abc import Callable

from matplotlib.figure import Figure

from emergence_lib import theme


@theme.figure
def one() -> Figure:
    return Figure()


@theme.figure
def panels() -> list[Figure]:
    return [Figure(), Figure()]


@theme.figure
def scene() -> tuple[list[Figure], Callable[..., str]]:
    return [Figure(), Figure()], lambda: "read-out"


def test_every_figure_is_signed_alone_as_a_panel_and_in_an_explorable() -> None:
    drawn = {"one": [one()], "panels": panels(), "scene": scene()[0]}
    for name, figures in drawn.items():
        for figure in figures:
            assert figure.origin.name == f"test_theme.{name}"  # type: ignore[attr-defined]
            assert figure.origin.seconds >= 0  # type: ignore[attr-defined]


def test_a_figure_has_the_books_size_and_the_style_does_not_leak() -> None:
    assert tuple(one().get_size_inches()) == theme.WIDE
    assert tuple(Figure().get_size_inches()) != theme.WIDE


def test_every_light_colour_is_unique_so_that_it_can_be_found_again() -> None:
    light = [pair[0] for pair in theme.COLOURS.values()]
    assert len(set(light)) == len(light)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_that_carry_words_are_legible_in_both_themes() -> None:
    for name in ("blue", "orange", "teal", "purple", "gold", "grey", "ink"):
        light, dark = theme.COLOURS[name]
        assert contrast(light, "#ffffff") >= 4.5, name
        assert contrast(dark, "#14181d") >= 4.5, name


def test_the_style_rules_name_every_colour_twice() -> None:
    rules = theme.css_variables()
    for name in theme.COLOURS:
        assert len(re.findall(rf"--em-{name}:", rules)) == 2
