"""Curves stretch, words keep their size: the drawing taken apart says what Matplotlib drew."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import fluid, svg
from tests.reader.scenes import curve

Draw = Callable[[Axes], object]


def drawn(draw: Draw, size: tuple[float, float] = theme.WIDE) -> Figure:
    """Return a figure in the book's style with one pair of axes from 0 to 1."""

    @theme.figure
    def made() -> Figure:
        figure = Figure(figsize=size)
        axes = figure.subplots()
        axes.set(xlim=(0, 1), ylim=(0, 1))
        draw(axes)
        return figure

    return made()


def panel(draw: Draw) -> Element:
    (root,) = fluid.draw(drawn(draw), "fig-a")
    return root


def stretched(root: Element, style: str) -> list[np.ndarray]:
    """Return the points of the stretched paths of a style, as shares of the axes."""
    return [
        np.array(re.findall(r"-?\d+", path.get("d", "")), float).reshape(-1, 2) / fluid.UNITS
        for layer in root.findall("svg")
        if "viewBox" in layer.attrib
        for path in layer
        if style in path.get("style", "")
    ]


def words(root: Element, said: str) -> Element:
    (found,) = [each for each in root.iter("text") if each.text == said]
    return found


def test_a_curve_stands_where_its_data_say() -> None:
    x, y = np.linspace(0, 1, 12), np.linspace(0.1, 0.9, 12) ** 2
    (path,) = stretched(panel(lambda ax: ax.plot(x, y, color=theme.PURPLE)), "--em-purple")
    np.testing.assert_allclose(path, np.c_[x, 1 - y], atol=1 / fluid.UNITS)


def test_a_band_stretches_like_a_curve() -> None:
    x = np.linspace(0, 1, 5)
    root = panel(lambda ax: ax.fill_between(x, 0.2, 0.7, color=theme.TEAL, lw=0))
    (path,) = stretched(root, "fill:var(--em-teal")
    assert sorted({round(v, 2) for v in path[:, 1]}) == [0.3, 0.8]
    assert (path[:, 0].min(), path[:, 0].max()) == (0, 1)


@pytest.mark.parametrize("draw", ["plot", "scatter"])
def test_a_marker_is_placed_by_shares_of_the_axes(draw: str) -> None:
    def mark(ax: Axes) -> None:
        if draw == "plot":
            ax.plot([0.25], [0.9], "o", color=theme.PURPLE)
        else:
            ax.scatter([0.25], [0.9], color=theme.PURPLE)

    root = panel(mark)
    (use,) = [
        each
        for each in root.iter("use")
        if "purple" in each.get("style", "") + _shape(root, each).get("style", "")
    ]
    assert (use.get("x"), use.get("y")) == ("25%", "10%")


def _shape(root: Element, use: Element) -> Element:
    (found,) = [each for each in root.iter("path") if f"#{each.get('id')}" == use.get("href")]
    return found


def test_a_marker_beyond_the_axes_is_hidden_as_matplotlib_would_clip_it() -> None:
    root = panel(lambda ax: ax.plot([0.5, 1.05], [0.5, 0.5], "o", color=theme.PURPLE))
    uses = [each for each in root.iter("use") if each.get("y") == "50%"]
    states = {each.get("x"): each.get("visibility") for each in uses if each.get("x") != "0%"}
    assert states == {"50%": None, "100%": "hidden"}


def test_words_hang_on_their_place_and_keep_their_distance() -> None:
    def write(ax: Axes) -> None:
        ax.text(0.5, 0.25, "here", va="baseline")
        ax.annotate("there", (0.5, 0.25), xytext=(10, -7), textcoords="offset points")

    root = panel(write)
    here, there = words(root, "here"), words(root, "there")
    assert (here.get("x"), here.get("y")) == (there.get("x"), there.get("y")) == ("50%", "75%")
    assert float(there.get("dx", 0)) - float(here.get("dx", 0)) == pytest.approx(10, abs=0.2)
    assert float(there.get("dy", 0)) - float(here.get("dy", 0)) == pytest.approx(7, abs=0.2)


def test_ticks_keep_their_distance_below_and_beside_the_axes() -> None:
    root = panel(lambda ax: ax.set(xticks=[0.2], yticks=[0.6]))
    below, beside = words(root, "0.2"), words(root, "0.6")
    assert (below.get("x"), below.get("y")) == ("20%", "100%")
    assert (beside.get("x"), beside.get("y")) == ("0%", "40%")
    assert float(below.get("dy", 0)) > 10 > 0 > float(beside.get("dx", 0))


def test_the_name_of_the_vertical_axis_stands_level_above_it() -> None:
    name = words(panel(lambda ax: ax.set(ylabel="share right")), "share right")
    assert name.get("y") == "0%"
    assert float(name.get("dy", 0)) < 0
    assert "transform" not in name.attrib


@pytest.mark.parametrize(("side", "share"), [("left", 0), ("right", 100)])
def test_a_legend_keeps_its_corner(side: str, share: int) -> None:
    def explain(ax: Axes) -> None:
        ax.plot([0, 1], [0, 1], label="curve")
        where: Any = f"upper {side}"
        ax.legend(loc=where)

    name = words(panel(explain), "curve")
    assert float(name.get("x", "").rstrip("%")) == pytest.approx(share, abs=5)
    assert float(name.get("y", "").rstrip("%")) == pytest.approx(0, abs=6)


def test_every_word_has_the_one_size() -> None:
    (root,) = fluid.draw(curve(), "fig-a")
    assert "font-size" not in svg.serialise(root)


def test_a_size_by_hand_is_an_error_that_names_the_words() -> None:
    with pytest.raises(ValueError, match=r"sets 'small' at 8 px.*Leave fontsize out"):
        panel(lambda ax: ax.text(0.5, 0.5, "small", fontsize=8))
    with pytest.raises(ValueError, match=r"at 9 px"):
        panel(lambda ax: ax.tick_params(labelsize=9))


def test_words_that_stand_on_end_are_an_error() -> None:
    with pytest.raises(fluid.RigidError, match=r"turns 'up' by -90 degrees; write words level"):
        panel(lambda ax: ax.text(0.5, 0.5, "up", rotation=90))


def test_words_of_the_figure_are_an_error() -> None:
    with pytest.raises(fluid.RigidError, match=r"belong to no axes"):
        panel(lambda ax: ax.figure.text(0.5, 0.5, "afloat"))


def test_axes_side_by_side_are_sent_to_panels() -> None:
    @theme.figure
    def made() -> Figure:
        figure = Figure(figsize=theme.WIDE)
        figure.subplots(1, 2)
        return figure

    with pytest.raises(fluid.RigidError, match="return a list of figures"):
        fluid.draw(made(), "fig-a")


def test_axes_above_each_other_share_their_edges() -> None:
    @theme.figure
    def made() -> Figure:
        figure = Figure(figsize=theme.WIDE)
        above, below = figure.subplots(2)
        above.set(ylim=(0, 1000))
        below.set(ylim=(0, 1))
        return figure

    styles = [root.get("style", "") for root in fluid.draw(made(), "fig-a")]
    edges = [re.findall(r"--[lr]:(\d+)px", style) for style in styles]
    assert len(edges) == 2
    assert edges[0] == edges[1]


def test_a_rigid_figure_keeps_its_shape_and_says_why() -> None:
    figure = theme.rigid(curve(), "a circle")
    assert figure.rigid == "a circle"  # type: ignore[attr-defined]
    root = svg.rigid(figure, "fig-a")
    assert root.get("viewBox", "").startswith("0 0 358")
    assert root.get("style") == "max-width:358px"
    with pytest.raises(ValueError, match="why is empty"):
        theme.rigid(curve(), " ")


def test_same_figure_gives_same_bytes_drawn_once_or_twice() -> None:
    first = [svg.serialise(each) for each in fluid.draw(curve(), "a")]
    figure = curve()
    assert [svg.serialise(each) for each in fluid.draw(figure, "a")] == first
    assert [svg.serialise(each) for each in fluid.draw(figure, "a")] == first


def test_identifiers_carry_the_name_and_every_reference_resolves() -> None:
    (root,) = fluid.draw(curve(), "fig-a")
    text = svg.serialise(root)
    defined = re.findall(r' id="([^"]+)"', text)
    assert set(re.findall(r'href="#([^"]+)"', text)) == set(defined)
    assert len(defined) == len(set(defined))
    assert all(each.startswith("fig-a-") for each in defined)


def test_a_curve_that_leaves_the_drawing_keeps_its_place_among_the_elements() -> None:
    """Explorables hide a curve by moving it away; Matplotlib then writes an empty path."""
    inside = panel(lambda ax: ax.plot([0, 1], [0.5, 0.5], color=theme.PURPLE))
    outside = panel(lambda ax: ax.plot([0, 1], [-9, -9], color=theme.PURPLE))
    assert [each.tag for each in inside.iter()] == [each.tag for each in outside.iter()]


def test_a_band_that_leaves_the_axes_keeps_its_slope() -> None:
    def draw(ax: Axes) -> None:
        ax.fill_between([0, 1], [0, 0], [0, 10], color=theme.TEAL, lw=0)

    (path,) = stretched(panel(draw), "fill:var(--em-teal")
    top = path[path[:, 1] < 0.5]
    assert {round(float(x), 2) for x, _ in top} == {1.0}
    assert float(top[:, 1].min()) == pytest.approx(-9, abs=0.05)


def test_markers_of_several_sizes_are_no_curves() -> None:
    root = panel(lambda ax: ax.scatter([0.25, 0.5], [0.9, 0.5], s=[40, 90], color=theme.PURPLE))
    assert stretched(root, "purple") == []
    places = {(each.get("x"), each.get("y")) for each in root.iter("svg") if each.get("x")}
    assert places == {("25%", "10%"), ("50%", "50%")}


@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_a_title_begins_at_the_edge_of_the_picture(side: Any) -> None:
    title = words(panel(lambda ax: ax.set_title("above", loc=side)), "above")
    assert title.get("x") == "0"
    assert "text-anchor" not in title.get("style", "")


def test_ticks_of_the_top_and_the_right_hang_there() -> None:
    def move(ax: Axes) -> None:
        ax.xaxis.tick_top()
        ax.yaxis.tick_right()
        ax.set(xticks=[0.2], yticks=[0.6])

    root = panel(move)
    assert (words(root, "0.2").get("y"), words(root, "0.6").get("x")) == ("0%", "100%")


def test_large_numbers_are_written_out_at_their_ticks() -> None:
    root = panel(lambda ax: ax.set(ylim=(1e8, 1.1e8), yticks=[1e8, 1.1e8]))
    assert "100000000" in {text.text for text in root.iter("text")}


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda ax: ax.twinx(), r"on top of each other \(twinx\); return a list of figures"),
        (lambda ax: ax.inset_axes([0.5, 0.5, 0.3, 0.3]), r"axes inside axes"),
        (lambda ax: ax.set_visible(False), r"axes that are hidden"),
        (lambda ax: ax.set_aspect("equal"), r"fixed aspect.*theme\.rigid"),
        (lambda ax: ax.remove(), r"has no axes"),
        (lambda ax: ax.text(0.5, 0.5, "in", bbox={"fc": theme.GRID}), r"box behind words"),
        (lambda ax: ax.set_xlabel(r"$\alpha^2$ of it"), r"formula between dollars"),
        (
            lambda ax: ax.bar([0.5], [0.5], color=theme.TEAL, edgecolor=theme.INK, hatch="//"),
            r"hatched fill",
        ),
    ],
)
def test_what_cannot_be_stretched_is_named_with_a_remedy(draw: Draw, said: str) -> None:
    with pytest.raises(fluid.RigidError, match=said):
        panel(draw)


def test_a_second_legend_is_refused() -> None:
    def explain(ax: Axes) -> None:
        ax.plot([0, 1], [0, 1], label="curve")
        ax.add_artist(ax.legend(loc="upper left"))
        ax.legend(loc="lower right")

    with pytest.raises(fluid.RigidError, match="a second legend"):
        panel(explain)
