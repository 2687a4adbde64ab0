"""Figures are drawn in the book's style and say which function drew them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import chapters, theme
from emergence_lib.reader import svg


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


def test_where_a_page_is_dark_can_be_said() -> None:
    rules = theme.css_variables("@media(prefers-color-scheme:dark){:root{}}")
    assert f"--em-ink:{theme.COLOURS['ink'][1]};" in rules.partition("dark){:root{")[2]
    assert rules.count("{") == rules.count("}") == 3


def pictures() -> Iterator[Callable[[], Any]]:
    """Yield every function of a chapter that draws in the book's style."""
    for chapter in chapters.having("pictures.py"):
        module = chapters.module(chapter, "pictures")
        for draw in vars(module).values():
            if getattr(draw, "__module__", "") == module.__name__ and is_drawn(draw):
                yield draw


def is_drawn(draw: object) -> bool:
    return getattr(draw, "__code__", None) is theme.figure(lambda: None).__code__


def every(drawing: Any) -> list[Figure]:
    """Return the figures of a drawing: itself, its panels, or those of an explorable."""
    if isinstance(drawing, list | tuple):
        return [figure for part in drawing for figure in every(part)]
    return [drawing] if isinstance(drawing, Figure) else []


def test_pictures_are_found() -> None:
    assert {draw.__name__ for draw in pictures()} >= {"verdict", "power"}


@pytest.mark.parametrize(
    "draw",
    list(pictures()),
    ids=lambda draw: f"{draw.__module__.removeprefix('emergence_lib.')}.{draw.__name__}",
)
def test_every_picture_of_the_book_can_follow_the_readers_theme(draw: Callable[[], Any]) -> None:
    figures = every(draw())
    assert figures
    for figure in figures:
        # Refuses colours that are not in the palette, and bitmaps.
        assert svg.inline(figure, "name", "what it shows").count("<svg") == 1


def axes() -> Axes:
    return Figure().subplots()


def written(ax: Axes, axis: str) -> list[str]:
    """Return what stands at the ticks of an axis once it is drawn, small ticks included."""
    assert ax.figure is not None
    ax.figure.draw_without_rendering()  # type: ignore[union-attr]
    lines = getattr(ax, f"{axis}axis")
    low, high = sorted(lines.get_view_interval())
    ticks = lines.get_major_ticks() + lines.get_minor_ticks()
    return [each.label1.get_text() for each in ticks if low <= each.get_loc() <= high]


def test_an_axis_of_shares_says_per_cent_and_leaves_room_at_both_ends() -> None:
    ax = axes()
    theme.share_axis(ax, "right")
    assert written(ax, "y") == ["0%", "25%", "50%", "75%", "100%"]
    assert ax.get_ylabel() == "right"
    low, high = ax.get_ylim()
    assert low < 0 < 1 < high
    theme.share_axis(ax, limits=(0, 60), ticks=(0, 50), whole=100, axis="x")
    assert written(ax, "x") == ["0%", "50%"]
    assert ax.get_xlim() == (0, 60)


def test_a_log_axis_has_plain_numbers_or_powers_of_ten() -> None:
    ax = axes()
    theme.log_axis(ax, "steps", limits=(0.5, 2000), ticks=(0.5, 30, 1000))
    assert written(ax, "x") == ["0.5", "30", "1,000"]
    assert (ax.get_xscale(), ax.get_xlabel(), ax.get_yscale()) == ("log", "steps", "linear")
    theme.log_axis(ax, limits=(50, 2000), ticks=(100, 1000), write=None, axis="y")
    assert written(ax, "y")[:2] == [r"$\mathdefault{10^{2}}$", r"$\mathdefault{10^{3}}$"]
    assert len(ax.yaxis.get_minor_ticks()) > 10


def test_sizes_stand_a_decade_apart_or_where_they_are_wanted() -> None:
    ax = axes()
    theme.size_axis(ax, 3e5, 2e9)
    assert written(ax, "x") == ["1M", "10M", "100M", "1B"]
    theme.size_axis(ax, 400, 50_000, (500, 2000, 20_000), "parameters")
    assert written(ax, "x") == ["500", "2k", "20k"]
    assert ax.get_xlabel() == "parameters"


@pytest.mark.parametrize(
    ("size", "name"),
    [(1.25e8, "120M"), (1.285e10, "13B"), (1.746e11, "175B"), (1e12, "1T"), (500, "500")],
)
def test_sizes_are_written_as_in_model_names(size: float, name: str) -> None:
    assert theme.short(size) == name


def test_seeds_are_thin_and_their_mean_is_thick_and_named() -> None:
    ax = axes()
    mean = theme.seeds(ax, [1, 2], [[0, 1], [1, 3]], "net", color=theme.BLUE, marker="o")
    assert mean.tolist() == [0.5, 2]
    *thin, thick = ax.lines
    assert [np.asarray(each.get_ydata()).tolist() for each in thin] == [[0, 1], [1, 3]]
    assert np.asarray(thick.get_ydata()).tolist() == mean.tolist()
    assert all(each.get_linewidth() < thick.get_linewidth() for each in thin)
    assert [str(each.get_label()) for each in ax.lines] == ["_seed", "_seed", "net"]
    assert (thick.get_marker(), thin[0].get_marker()) == ("o", "None")
    assert {each.get_color() for each in ax.lines} == {theme.BLUE}


def test_a_name_has_the_colour_of_its_curve() -> None:
    text = theme.beside(axes(), 1, 2, "two layers", theme.TEAL, ha="right")
    assert (text.get_text(), text.get_color(), text.get_horizontalalignment()) == (
        "two layers",
        theme.TEAL,
        "right",
    )
    assert text.get_position() == (1, 2)


def test_cells_cover_the_sites_of_a_board_and_nothing_else() -> None:
    rng = np.random.default_rng(2)
    sites = rng.random((9, 9)) < 0.5
    path = theme.cells(sites)
    for row in range(9):
        for column in range(9):
            middle = ((column + 0.5) / 9, 1 - (row + 0.5) / 9)
            assert path.contains_point(middle) == sites[row, column], (row, column)


def test_stairs_climb_one_board_at_each_threshold() -> None:
    x, y = theme.stairs(np.array([0.4, 0.6]))
    assert x.tolist() == [0, 0.4, 0.4, 0.6, 0.6, 1]
    assert y.tolist() == [0, 0, 0.5, 0.5, 1, 1]
