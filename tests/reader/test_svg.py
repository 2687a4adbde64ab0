"""A figure becomes an SVG that follows the theme, the same bytes every time."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import palette, svg
from tests.reader.scenes import curve


@theme.figure
def line_in(colour: str) -> Figure:
    figure = Figure(figsize=theme.WIDE)
    figure.subplots().plot([0, 1], [0, 1], color=colour)
    return figure


def test_same_figure_gives_same_bytes() -> None:
    assert svg.inline(curve(), "a", "Curves.") == svg.inline(curve(), "a", "Curves.")


def test_drawing_twice_gives_same_bytes() -> None:
    figure = curve()
    assert svg.inline(figure, "a", "Curves.") == svg.inline(figure, "a", "Curves.")


def test_is_well_formed_and_sized_by_its_view_box_alone() -> None:
    root = ElementTree.fromstring(svg.inline(curve(), "a", "Curves & <more>."))
    width, height = (72 * size for size in theme.WIDE)
    assert root.get("viewBox") == f"0 0 {width:g} {height:g}"
    assert root.get("width") is None
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Curves & <more>."


@pytest.mark.parametrize("name", sorted(theme.COLOURS))
def test_palette_colour_becomes_its_variable(name: str) -> None:
    text = svg.inline(line_in(theme.COLOURS[name][0]), "a", "A line.")
    light = theme.COLOURS[name][0]
    wanted = "stroke:currentColor" if name == "ink" else f"stroke:var(--em-{name},{light})"
    assert f"{wanted};stroke-width:1.8" in text


def test_no_colour_stands_outside_a_variable() -> None:
    text = svg.inline(curve(), "a", "Curves.")
    assert not re.findall(r"#[0-9a-f]{6}", re.sub(r"var\(--em-\w+,#[0-9a-f]{6}\)", "", text))


@pytest.mark.parametrize(
    ("colour", "named"), [("red", "#ff0000"), ("white", "#ffffff"), ("#0b61a5", "#0b61a5")]
)
def test_other_colour_is_refused_by_name(colour: str, named: str) -> None:
    with pytest.raises(palette.OffPaletteError, match=named):
        svg.inline(line_in(colour), "a", "A line.")


def test_pale_box_behind_text_is_refused() -> None:
    figure = curve()
    figure.axes[0].text(1e8, 0.5, "boxed", bbox={"facecolor": "white"})
    with pytest.raises(palette.OffPaletteError, match="#ffffff"):
        svg.inline(figure, "a", "Curves.")


@pytest.mark.parametrize("draw", ["patch", "scatter", "text"])
def test_black_is_refused_though_svg_leaves_it_unsaid(draw: str) -> None:
    figure = curve()
    axes = figure.axes[0]
    if draw == "patch":
        axes.axvspan(1e8, 1e9, facecolor="black")
    elif draw == "scatter":
        axes.scatter([1e8], [0.5], color="black")
    else:
        axes.text(1e8, 0.5, "dark", color="black")
    with pytest.raises(palette.OffPaletteError, match="#000000"):
        svg.inline(figure, "a", "Curves.")


@pytest.mark.parametrize("draw", ["plot", "scatter", "errorbar"])
def test_open_markers_are_let_through_and_stay_open(draw: str) -> None:
    figure = curve()
    axes = figure.axes[0]
    if draw == "plot":
        axes.plot([1e8], [0.5], "o", mfc="none", mec=theme.TEAL)
    elif draw == "scatter":
        axes.scatter([1e8], [0.5], facecolors="none", edgecolors=theme.TEAL)
    else:
        axes.errorbar([1e8], [0.5], yerr=0.1, fmt="s", mfc="none", color=theme.TEAL)
    text = svg.inline(figure, "a", "Curves.")
    shapes = re.findall(r"<(?:use|path)[^>]*>", text)
    # A shape with an id only defines what others use.
    markers = [each for each in shapes if "--em-teal" in each and " id=" not in each]
    assert markers
    assert all("fill:none" in each or "fill-opacity:0" in each for each in markers)


def test_bitmap_is_refused_with_a_way_out() -> None:
    figure = Figure()
    figure.subplots().imshow(np.eye(3))
    with pytest.raises(palette.OffPaletteError, match="PathPatch"):
        svg.inline(figure, "a", "Cells.")


def test_identifiers_carry_the_name_and_every_reference_resolves() -> None:
    text = svg.inline(curve(), "fig-a", "Curves.")
    defined = re.findall(r' id="([^"]+)"', text)
    referred = set(re.findall(r'href="#([^"]+)"', text)) | set(re.findall(r"url\(#([^)]+)\)", text))
    assert len(defined) == len(set(defined))
    assert referred == set(defined)
    assert all(each.startswith("fig-a-") for each in defined)


def test_coordinates_have_one_decimal_and_stay_within_a_tenth() -> None:
    figure = curve()
    raw = svg.draw(figure)
    exact = [
        [float(number) for number in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        for path in raw.iter("{http://www.w3.org/2000/svg}path")
        if "stroke-width: 1.8" in path.get("style", "")
    ]
    clean = svg.clean(raw, "a")
    short = [
        [float(number) for number in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        for path in clean.iter("path")
        if "stroke-width:1.8" in path.get("style", "")
    ]
    assert len(exact) == 3
    for before, after in zip(exact, short, strict=True):
        np.testing.assert_allclose(before, after, atol=0.051)
        assert all(round(number, 1) == number for number in after)


def test_power_of_ten_is_written_with_raised_digits_of_one_size() -> None:
    root = ElementTree.fromstring(svg.inline(curve(), "a", "Curves."))
    assert "10⁷" in {text.text for text in root.iter("text")}
    assert not list(root.iter("tspan"))


def test_font_is_the_pages() -> None:
    assert "font-family" not in svg.inline(curve(), "a", "Curves.")


def test_png_is_a_picture() -> None:
    assert svg.png(curve()).startswith(b"\x89PNG")
