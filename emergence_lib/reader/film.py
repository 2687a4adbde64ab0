"""Drawing an explorable at every setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import NamedTuple

from matplotlib.axis import Axis
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure

from emergence_lib.reader import fluid, svg
from emergence_lib.reader.controls import spoken
from emergence_lib.reader.figure import Picture, prefixed
from emergence_lib.reader.frames import Node, mismatch, nodes

Settings = dict[str, object]


class StructureError(ValueError):
    """Two frames of an explorable do not have the same elements."""


class Film(NamedTuple):
    """The start picture of an explorable, the elements of every frame, and every read-out."""

    start: Picture
    frames: list[list[Node]]
    readouts: list[str]


def shoot(
    figures: Sequence[Figure],
    name: str,
    start: Settings,
    every: Sequence[Settings],
    read: Callable[[Settings], str],
) -> Film:
    """Draw the start picture and a frame for each of the settings.

    Parameters
    ----------
    figures, name
        What is drawn, and the explorable's name.
    start, every : dict, sequence of dict
        The settings of the start picture and of the frames.
    read : callable
        Sets the figures and returns the read-out.

    Raises
    ------
    StructureError
        If a frame has other elements than the start, or the way back does not lead there.
    """
    read(start)
    camera = Camera(figures, name)
    picture = camera.whole()
    first = nodes(picture)
    film = Film(picture, [], [])
    for settings in every:
        film.readouts.append(read(settings))
        frame = nodes(camera.quick())
        if mismatch(first, frame):
            frame = nodes(camera.whole())
        if trouble := mismatch(first, frame):
            raise StructureError(
                f"explorable {name!r} at {spoken(settings)}: {trouble}. update must keep every "
                "artist, tick and legend entry of the start; hide with set_alpha(0) rather than "
                "set_visible(False), and keep markers inside the axes"
            )
        film.frames.append(frame)
    read(start)
    if nodes(camera.whole()) != first:
        raise StructureError(
            f"explorable {name!r}: going back to {spoken(start)} does not give the start picture "
            "again; update must set everything that any setting changes"
        )
    return film


class Camera:
    """Draws the same figures again and again, each axis only when it has changed.

    Most of the time of a drawing goes into tick labels, and in an explorable they stand still.
    The layout is settled by the first picture and kept, so that nothing jumps.
    """

    def __init__(self, figures: Sequence[Figure], name: str) -> None:
        self._figures = prefixed(figures, name)
        self._drawn: dict[str, svg.Element] = {}
        self._axes: dict[str, Axis] = {}
        for number, (figure, _) in enumerate(self._figures):
            fluid.name(figure)
            svg.draw(figure)  # settles the layout
            for count, axes in enumerate(figure.axes):
                for axis in (axes.xaxis, axes.yaxis):
                    label = f"still-{number}-{count}-{axis.axis_name}"
                    axis.set_gid(label)
                    self._axes[label] = axis

    def whole(self) -> Picture:
        """Draw everything."""
        trees = [svg.draw(figure) for figure, _ in self._figures]
        for tree in trees:
            for element in tree.iter():
                label = element.get("id", "")
                if label in self._axes:
                    self._drawn[label] = deepcopy(element)
        return self._clean(trees)

    def quick(self) -> Picture:
        """Draw what has changed since the last picture, and put the rest back in place."""
        still = [
            label for label, axis in self._axes.items() if label in self._drawn and not axis.stale
        ]
        for label in still:
            _stand_still(self._axes[label], label)
        try:
            trees = [svg.draw(figure) for figure, _ in self._figures]
        finally:
            for label in still:
                del self._axes[label].draw
        for tree in trees:
            for element in tree.iter():
                if element.get("id") in still:
                    element[:] = deepcopy(self._drawn[element.get("id", "")])[:]
        return self._clean(trees)

    def _clean(self, trees: list[svg.Element]) -> Picture:
        return [
            fluid.split(tree, figure, prefix)
            for tree, (figure, prefix) in zip(trees, self._figures, strict=True)
        ]


def _stand_still(axis: Axis, label: str) -> None:
    # Matplotlib offers no way to skip an artist and keep its place: an invisible one draws no
    # group and counts as changed, an animated one is drawn when saving, and a renderer is asked
    # only when the labels have been laid out, which is what takes the time.
    def draw(renderer: RendererBase) -> None:
        renderer.open_group("axis", gid=label)
        renderer.close_group("axis")

    axis.draw = draw  # type: ignore[method-assign]
