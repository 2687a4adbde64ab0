"""One drawing whose curves stretch and whose words keep their size.

Matplotlib draws at phone width. Its tree is then taken apart: what lies inside a pair of axes goes
into a nested SVG in shares of the axes, which stretches without scaling its strokes; words, ticks
and markers are placed by shares of the axes plus a distance in pixels. So the words have the size
they were given at any width, without a script and without a second drawing. The style sheet of
figures gives the axes their height and width; see ``.em-fluid`` there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Annotation, Text

from emergence_lib import theme
from emergence_lib.reader import palette, svg
from emergence_lib.reader.svg import Element

UNITS = 2000
"""How finely a length of the axes is divided."""
STRETCHED = {"viewBox": f"0 0 {UNITS} {UNITS}", "preserveAspectRatio": "none"}
CORNER = 8.0
"""Room in pixels at the edges of the axes where Matplotlib leaves less."""
TOKEN = re.compile(r"[A-Za-z]|-?\d*\.?\d+(?:e-?\d+)?")
PLACE = re.compile(r"translate\((-?[\d.]+)[ ,](-?[\d.]+)\)")
TURN = re.compile(r"rotate\((-?[\d.]+)")

Anchor = tuple[float, float]


class RigidError(ValueError):
    """A figure cannot be stretched as it is drawn."""


@dataclass
class Panel:
    """One pair of axes in the drawing: its box in pixels, and what has been taken from it."""

    left: float
    top: float
    width: float
    height: float
    drawing: tuple[float, float]
    """Width and height of the whole drawing in pixels."""
    prefix: str
    board: bool
    """Whether it keeps the shape of a square (`theme.board`)."""
    anchors: dict[str, Anchor]
    """Where words and legends hang: shares of the axes, by name."""
    shapes: dict[str, Element]
    """Marker shapes of the drawing by identifier."""
    back: list[Element] = field(default_factory=list)
    front: list[Element] = field(default_factory=list)
    over: list[Element] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def share(self, x: float, y: float) -> Anchor:
        """Return a place of the drawing as shares of the axes."""
        return (x - self.left) / self.width, (y - self.top) / self.height


def draw(figure: Figure, prefix: str) -> list[Element]:
    """Draw a figure; return one stretching SVG for each of its axes, top to bottom.

    Markers and words lie above all curves, whatever their ``zorder``.

    Raises
    ------
    RigidError
        If the figure cannot be stretched; the message says what to do.
    ValueError
        If a word was given a size by hand.
    palette.OffPaletteError
        If a colour is not in `emergence_lib.theme`, or a bitmap is drawn.
    """
    name(figure)
    return split(svg.draw(figure), figure, prefix)


def name(figure: Figure) -> None:
    """Name what `split` has to find again in the drawing."""
    for number, axes in enumerate(figure.axes):
        axes.set_gid(f"em-axes-{number}")
        axes.yaxis.label.set_gid("em-above")
        for title in _titles(axes):
            title.set_gid("em-above")
        for count, text in enumerate(axes.texts):
            text.set_gid(f"em-words-{number}-{count}")
        if legend := axes.get_legend():
            legend.set_gid(f"em-legend-{number}")
        for collection in axes.collections:
            if isinstance(collection, PathCollection):
                collection.set_gid("em-marks")


def split(root: Element, figure: Figure, prefix: str) -> list[Element]:
    """Take Matplotlib's tree of a figure apart; see `draw`. The tree is used up."""
    svg.strip_namespaces(root)
    _check(figure, prefix)
    palette.check(root)
    _check_words(root, prefix)
    shapes = {each.get("id", ""): each for each in root.iter("path") if each.get("id")}
    groups = {each.get("id", ""): each for each in root.iter("g")}
    wide, high = (72 * side for side in figure.get_size_inches())
    made = []
    for number, axes in enumerate(figure.axes):
        place = axes.get_position()
        panel = Panel(
            left=place.x0 * wide,
            top=(1 - place.y1) * high,
            width=place.width * wide,
            height=place.height * high,
            drawing=(wide, high),
            prefix=prefix if len(figure.axes) == 1 else f"{prefix}-{number}",
            board=theme.is_board(figure),
            anchors=_anchors(axes, number),
            shapes=shapes,
        )
        for part in groups[f"em-axes-{number}"]:
            _take(part, panel)
        made.append(_assembled(panel))
    return made


def _titles(axes: Axes) -> tuple[Text, ...]:
    # Matplotlib has no public way to the title of a side; the centre is public.
    return (axes.title, axes._left_title, axes._right_title)  # type: ignore[attr-defined]


def _check(figure: Figure, prefix: str) -> None:
    """Refuse what would not keep its sense when it is stretched.

    Raises
    ------
    RigidError
        Naming the figure, what it has, and what to do instead.
    """
    rigid = "mark it with theme.rigid(figure, 'why')"
    boxes = [axes.get_position() for axes in figure.axes]
    apart = "return a list of figures, one for each panel"
    refused = (
        (not figure.axes, "no axes", "draw into figure.subplots()"),
        (
            len({round(box.x0, 2) for box in boxes}) > 1,
            "axes side by side, which cannot move below each other on a phone",
            f"{apart}, or {rigid}",
        ),
        (
            any(
                box.y0 < other.y1 - 0.01 and other.y0 < box.y1 - 0.01
                for at, box in enumerate(boxes)
                for other in boxes[:at]
            ),
            "axes on top of each other (twinx)",
            f"{apart}, or scale both curves to one axis",
        ),
        (
            any(axes.child_axes for axes in figure.axes),
            "axes inside axes (inset_axes, secondary_xaxis)",
            apart,
        ),
        (
            not all(axes.get_visible() for axes in figure.axes),
            "axes that are hidden",
            "take them out (axes.remove())",
        ),
        (
            any(axes.get_aspect() != "auto" for axes in figure.axes),
            "axes of a fixed aspect, whose shape means something",
            rigid,
        ),
        (
            bool(figure.legends or figure.texts),
            "words that belong to no axes (fig.legend, fig.text)",
            "use theme.key, ax.text",
        ),
        (
            any(isinstance(each, Legend) for axes in figure.axes for each in axes.artists),
            "a second legend",
            "write names beside the marks (theme.beside)",
        ),
        (
            any(text.get_bbox_patch() for axes in figure.axes for text in axes.texts),
            "a box behind words, which cannot keep their size with them",
            "leave bbox out: words have a halo",
        ),
    )
    for found, what, remedy in refused:
        if found:
            raise RigidError(f"figure {prefix!r} has {what}; {remedy}")


def _check_words(root: Element, prefix: str) -> None:
    """Refuse words and fills that a page cannot set as Matplotlib did."""
    for text in root.iter("text"):
        turn = TURN.search(text.get("transform", ""))
        if turn and float(turn[1]) % 360:
            raise RigidError(
                f"figure {prefix!r} turns {_said(text)!r} by {turn[1]} degrees; write words "
                "level, or mark the figure with theme.rigid(figure, 'why')"
            )
        if len(text):
            raise RigidError(
                f"figure {prefix!r} has a formula between dollars, {_said(text)!r}; write it in "
                "letters that the page can set (α, ², ⁻¹, √), and draw the figure in a function "
                "with @theme.figure, which writes powers of ten so"
            )
    for element in root.iter():
        if "url(#" in element.get("style", "") + element.get("fill", ""):
            raise RigidError(
                f"figure {prefix!r} has a hatched fill, which would stretch; use another colour, "
                "an edge or words as the second cue"
            )
    svg.check_sizes(root, prefix)


def _said(text: Element) -> str:
    return "".join(text.itertext())


def _anchors(axes: Axes, number: int) -> dict[str, Anchor]:
    """Return where words and the legend hang; the distance from there does not stretch."""
    found = {}
    back = axes.transAxes.inverted()
    for text in axes.texts:
        if isinstance(text, Annotation):
            # Matplotlib says where an annotation points only in private.
            place = text._get_xy(None, text.xy, text.xycoords)  # type: ignore[attr-defined]
        else:
            place = text.get_transform().transform(text.get_unitless_position())
        u, v = back.transform(place)
        found[str(text.get_gid())] = (float(u), 1 - float(v))
    if legend := axes.get_legend():
        box = legend.get_window_extent().transformed(back)
        found[f"em-legend-{number}"] = (_hold(box.x0, box.x1), 1 - _hold(box.y0, box.y1))
    return found


def _hold(low: float, high: float) -> float:
    """Return at which share a block keeps its place: 0 flush left, 1 flush right, or between."""
    if low > 0.98 or high < 0.02:  # beside the axes
        return float(low > 0.98)
    before, after = abs(low), abs(1 - high)
    return before / (before + after) if before + after > 0 else 0.5


def _take(
    part: Element,
    panel: Panel,
    *,
    clipped: bool = False,
    hung: Anchor | None = None,
    legend: bool = False,
    marks: bool = False,
    moved: str = "",
) -> None:
    """Take a part of the drawing into a panel, with all that is in it."""
    identity = part.get("id", "")
    if identity.startswith(theme.MOVED):
        moved = identity.removeprefix(theme.MOVED)
    clipped = clipped or "clip-path" in part.attrib
    legend = legend or identity.startswith("em-legend")
    marks = marks or identity == "em-marks"
    if identity in panel.anchors:
        hung = panel.anchors[identity]
    elif identity.startswith(("xtick", "ytick")):
        hung = _tick(part, panel)
    if part.tag == "g" and identity.startswith(("text_", "em-above", "em-words")):
        panel.over += _lines(part, panel, hung, above=identity == "em-above")
    elif part.tag == "g":
        for child in part:
            _take(child, panel, clipped=clipped, hung=hung, legend=legend, marks=marks, moved=moved)
    elif part.tag == "use":
        _mark(part, panel, clipped=clipped, hung=hung if legend else None)
    elif part.tag == "path" and part.get("style") != "fill:none":
        if marks:  # markers of several sizes are no curves
            panel.over.append(_sample(part, panel, _middle(part, panel)))
        elif legend and hung is not None:
            panel.over.append(_sample(part, panel, hung))
        else:
            layer = panel.front if clipped else panel.back
            path = _stretched(part.get("d", ""), part.get("style", ""), panel)
            if moved:
                path.set("data-em-mark", moved)
            layer.append(path)


def _tick(part: Element, panel: Panel) -> Anchor | None:
    """Return where a tick and its number hang."""
    mark = next(part.iter("use"), None)
    if mark is None:
        return None
    return panel.share(float(mark.get("x", 0)), float(mark.get("y", 0)))


def _mark(use: Element, panel: Panel, *, clipped: bool, hung: Anchor | None) -> None:
    """Place a marker; a shape that covers the axes (a band, a mesh) stretches like a curve."""
    shape = panel.shapes[use.get("href", "")[1:]]
    x, y = float(use.get("x", 0)), float(use.get("y", 0))
    style = use.get("style") or shape.get("style") or ""
    if x == 0 and abs(y - panel.drawing[1]) < 0.01:  # its path is in places of the drawing
        layer = panel.front if clipped else panel.back
        layer.append(_stretched(shape.get("d", ""), style, panel, y))
        return
    identity = use.get("href", "")[1:]
    if identity not in panel.used:
        panel.used.append(identity)
    made = Element("use", {"href": f"#{panel.prefix}-m{panel.used.index(identity)}"})
    _place(made, x, y, panel, hung)
    if use.get("style"):
        made.set("style", svg.short_style(use.get("style", "")))
    if clipped and not all(-0.01 <= each <= 1.01 for each in panel.share(x, y)):
        made.set("visibility", "hidden")
    panel.over.append(made)


def _middle(path: Element, panel: Panel) -> Anchor:
    """Return the middle of a marker as shares of the axes."""
    numbers = [float(token) for token in TOKEN.findall(path.get("d", "")) if not token.isalpha()]
    if not numbers:
        return 0.0, 0.0
    across, down = numbers[::2], numbers[1::2]
    return panel.share((min(across) + max(across)) / 2, (min(down) + max(down)) / 2)


def _sample(path: Element, panel: Panel, hung: Anchor) -> Element:
    """Return a sample of a line or a patch, its path in pixels from where the legend hangs."""
    x, y = panel.left + hung[0] * panel.width, panel.top + hung[1] * panel.height
    nested = Element("svg", {"class": "em-frame"})
    nested.set("x", _percent(hung[0]))
    nested.set("y", _percent(hung[1]))
    moved = " ".join(_moved(path.get("d", ""), lambda u, v: (u - x, v - y), digits=1))
    nested.append(_path(moved, path.get("style", "")))
    return nested


def _stretched(d: str, style: str, panel: Panel, down: float = 0) -> Element:
    """Return a path in shares of the axes."""

    def shares(x: float, y: float) -> Anchor:
        u, v = panel.share(x, y + down)
        return UNITS * u, UNITS * v

    return _path(" ".join(_moved(d, shares, digits=0)), style)


def _moved(d: str, to: Callable[[float, float], Anchor], digits: int) -> Iterator[str]:
    """Yield the letters and numbers of a path with every point moved."""
    numbers: list[float] = []
    for token in TOKEN.findall(d):
        if token.isalpha():
            yield token
            continue
        numbers.append(float(token))
        if len(numbers) == 2:
            for value in to(*numbers):
                text = f"{value:.{digits}f}"
                yield "0" if float(text) == 0 else text
            numbers.clear()


def _path(d: str, style: str) -> Element:
    path = Element("path", {"d": svg.short_path(d)})
    if style:
        path.set("style", svg.short_style(style))
    return path


def _lines(group: Element, panel: Panel, hung: Anchor | None, *, above: bool) -> list[Element]:
    """Return the lines of one text; all hang where the first does."""
    lines = list(_placed(group, 0, 0))
    made = []
    for x, y, line in lines:
        new = Element("text")
        _place(new, x, y, panel, hung if hung is not None else _outside(lines[0], panel))
        if above:
            # Titles and the name of the vertical axis begin at the edge of the picture.
            new.set("x", "0")
            new.set("dx", _short(min(0.0, CORNER - panel.left)))
        style = _words_style(line.get("style", ""), aligned=not above)
        if style:
            new.set("style", style)
        new.text = line.text
        made.append(new)
    return made


def _placed(group: Element, x: float, y: float) -> Iterator[tuple[float, float, Element]]:
    """Yield every line of a text with its place in the drawing."""
    for child in group:
        found = PLACE.search(child.get("transform", ""))
        at = (x + float(found[1]), y + float(found[2])) if found else (x, y)
        if child.tag == "text":
            yield at[0] + float(child.get("x", 0)), at[1] + float(child.get("y", 0)), child
        elif child.tag == "g":
            yield from _placed(child, *at)


def _outside(line: tuple[float, float, Element], panel: Panel) -> Anchor:
    u, v = panel.share(line[0], line[1])
    return min(max(u, 0.0), 1.0), min(max(v, 0.0), 1.0)


def _place(made: Element, x: float, y: float, panel: Panel, hung: Anchor | None) -> None:
    """Say where: a share of the axes, and from there a distance in pixels."""
    shares = panel.share(x, y)
    lengths = (panel.width, panel.height)
    beyond = []
    for axis, share, at, length in zip("xy", shares, hung or shares, lengths, strict=True):
        held = min(max(at, 0.0), 1.0)
        made.set(axis, _percent(held))
        beyond.append(_short((share - held) * length))
    if made.tag == "use":
        if beyond != ["0", "0"]:
            made.set("transform", f"translate({' '.join(beyond)})")
        return
    for axis, distance in zip("xy", beyond, strict=True):
        if distance != "0":
            made.set(f"d{axis}", distance)


def _percent(share: float) -> str:
    return f"{_short(100 * share)}%"


def _short(number: float) -> str:
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _words_style(style: str, *, aligned: bool) -> str:
    """Keep weight, alignment and colour; family and size are the page's."""
    kept = []
    for rule, setting in palette.rules(style).items():
        if rule in ("font", "font-weight") and re.search(r"\b(bold|[6-9]00)\b", setting):
            kept.append("font-weight:650")
        elif rule in ("fill", "opacity") or (rule == "text-anchor" and aligned):
            kept.append(f"{rule}:{palette.themed(setting)}")
    return ";".join(rule for rule in kept if rule != "fill:currentColor")


def _assembled(panel: Panel) -> Element:
    """Return the SVG of a panel: frame and grid, curves, then what keeps its size."""
    wide = panel.drawing[0]
    right = wide - panel.left - panel.width
    below = max([float(each.get("dy", 0)) for each in panel.over if each.get("y") == "100%"] + [4])
    room = {
        "l": panel.left,
        "r": max(right, CORNER),
        "t": max(_above(panel), CORNER),
        "b": below + 6,
    }
    style = ";".join(f"--{side}:{length:.0f}px" for side, length in room.items())
    style += f";--h:{panel.height / wide:.3f}"
    look = "em-svg em-fluid em-board" if panel.board else "em-svg em-fluid"
    root = Element("svg", {"class": look, "style": style, "stroke-linejoin": "round"})
    if panel.used:
        kept = Element("defs")
        for number, identity in enumerate(panel.used):
            shape = panel.shapes[identity]
            path = _path(svg.rounded(shape.get("d", ""), 1), shape.get("style", ""))
            path.set("id", f"{panel.prefix}-m{number}")
            kept.append(path)
        root.append(kept)
    for layer, kind in ((panel.back, {"class": "em-frame"}), (panel.front, {})):
        if layer:
            nested = Element("svg", {**STRETCHED, **kind})
            nested.extend(layer)
            root.append(nested)
    root.extend(panel.over)
    return root


def _above(panel: Panel) -> float:
    """Return the room that words above the axes take."""
    baselines = [
        float(each.get("dy", 0)) + float(each.get("y", "0").rstrip("%")) * panel.height / 100
        for each in panel.over
        if each.tag == "text"
    ]
    return float(theme.STYLE["font.size"]) - min(baselines, default=0.0)
