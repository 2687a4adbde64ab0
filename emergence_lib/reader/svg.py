"""Matplotlib figure to inline SVG that follows the reader's theme.

Matplotlib's file is read as a tree and rewritten: palette colours become CSS variables, the ink
becomes ``currentColor``, coordinates are rounded, identifiers are short and carry the figure's
name, and what the page does not need (metadata, wrappers, invisible shapes) is left out.
"""

from __future__ import annotations

import io
import re
from functools import cache
from html import escape
from typing import Any
from xml.etree import ElementTree

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import palette

Element = ElementTree.Element

STYLE: Any = theme.STYLE  # Matplotlib types its settings by their exact names
METADATA = {"Date": None, "Creator": None, "Type": None, "Format": None}
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")
FONT_SIZE = re.compile(r"([\d.]+)px")
REFERENCE = re.compile(r"url\(#([^)]+)\)")
MEASURED = ("d", "x", "y", "points", "transform", "width", "height", "cx", "cy", "r")


def draw(figure: Figure) -> Element:
    """Draw a figure and return Matplotlib's SVG as a tree, without background."""
    stream = io.StringIO()
    backgrounds = [figure.patch, *(axes.patch for axes in figure.axes)]
    shown = [patch.get_visible() for patch in backgrounds]
    try:
        for patch in backgrounds:
            patch.set_visible(False)
        with matplotlib.rc_context(STYLE):
            FigureCanvasSVG(figure).print_svg(stream, metadata=METADATA)
        # The first drawing settles the layout: a second one would move it by a hundredth.
        figure.set_layout_engine("none")
    finally:
        for patch, visible in zip(backgrounds, shown, strict=True):
            patch.set_visible(visible)
    return ElementTree.fromstring(stream.getvalue())


def clean(root: Element, prefix: str) -> Element:
    """Rewrite Matplotlib's tree for the page, in place.

    Parameters
    ----------
    root : Element
        The tree that `draw` returns.
    prefix : str
        Starts every identifier, so that two figures on a page cannot collide.

    Raises
    ------
    palette.OffPaletteError
        If a colour is not in `emergence_lib.theme`, or a bitmap is drawn.
    """
    view = root.get("viewBox", "")
    strip_namespaces(root)
    palette.check(root)
    _tidy(root, within_definition=False)
    _rename(root, prefix)
    root.attrib.clear()
    root.attrib.update({"class": "em-svg", "viewBox": rounded(view, 1), "stroke-linejoin": "round"})
    return root


def strip_namespaces(root: Element) -> None:
    """Give every element and attribute its bare name, as a page writes it."""
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for name in [name for name in element.attrib if name.startswith("{")]:
            element.set(name.rpartition("}")[2], element.attrib.pop(name))


def check_sizes(root: Element, prefix: str) -> None:
    """Refuse words that are not of the book's one size.

    Raises
    ------
    ValueError
        If a text was given a size by hand.
    """
    wanted = float(STYLE["font.size"])
    for text in root.iter("text"):
        found = FONT_SIZE.search(text.get("style", ""))
        if found and abs(float(found[1]) - wanted) > 0.01:
            words = "".join(text.itertext())
            raise ValueError(
                f"figure {prefix!r} sets {words!r} at {float(found[1]):g} px; words in figures "
                f"have one size, {wanted:g} px, on every screen. Leave fontsize out, or say it "
                "with fewer words"
            )


def serialise(root: Element) -> str:
    """Return the tree as text, the same bytes for the same tree."""
    attributes = "".join(f' {name}="{escape(text)}"' for name, text in root.attrib.items())
    inside = escape(root.text or "", quote=False) + "".join(serialise(child) for child in root)
    return f"<{root.tag}{attributes}>{inside}</{root.tag}>"


def inline(figure: Figure, name: str, alt: str) -> str:
    """Return a figure as one inline SVG with a text alternative."""
    root = clean(draw(figure), name)
    root.attrib.update({"role": "img", "aria-label": alt})
    return serialise(root)


def rigid(figure: Figure, prefix: str) -> Element:
    """Draw a figure that keeps its shape: no wider than it is drawn, so that words keep theirs."""
    root = draw(figure)
    strip_namespaces(root)
    check_sizes(root, prefix)
    root = clean(root, prefix)
    root.set("style", f"max-width:{72 * figure.get_size_inches()[0]:.0f}px")
    return root


def png(figure: Figure) -> bytes:
    """Return the figure as a PNG file on white, for readers of paper and of other formats."""
    stream = io.BytesIO()
    with matplotlib.rc_context(STYLE):
        figure.savefig(stream, format="png", dpi=144, facecolor="white", metadata={"Software": ""})
    return stream.getvalue()


def _tidy(parent: Element, *, within_definition: bool) -> None:
    """Round, compact and flatten everything below an element."""
    kept: list[Element] = []
    for child in parent:
        inside = within_definition or child.tag == "defs"
        _tidy_attributes(child, digits=2 if inside else 1)
        _tidy(child, within_definition=inside)
        child.tail = None
        if child.tag == "text":
            _tidy_formula(child)
        elif child.text is not None and child.tag != "tspan":
            child.text = None
        if child.tag in ("metadata", "style", "title") or _invisible(child):
            continue
        if child.tag == "g" and not child.attrib:
            kept.extend(child)
        elif child.tag in ("g", "defs") and not len(child):
            continue
        else:
            kept.append(child)
    parent[:] = kept
    parent.text = parent.text if parent.tag in ("text", "tspan") else None


def _tidy_attributes(element: Element, *, digits: int) -> None:
    for name in MEASURED:
        if name in element.attrib:
            element.set(name, rounded(element.attrib[name], digits))
    if "d" in element.attrib:
        element.set("d", short_path(element.attrib["d"]))
    if "style" in element.attrib:
        element.set("style", short_style(element.attrib["style"]))
    if re.match(r"rotate\(-?0 ", element.get("transform", "")):
        del element.attrib["transform"]
    if element.tag == "g":
        element.attrib.pop("id", None)


def _tidy_formula(text: Element) -> None:
    """Let a power of ten flow in the reader's font.

    Matplotlib places each glyph for its own font; here one run holds the glyphs of one size and
    only its rise is kept, so that a narrower font leaves no gaps.
    """
    runs: list[Element] = []
    baseline = 0.0
    level = ""
    for glyph in text:
        if runs and glyph.get("y") == level and glyph.get("style") == runs[-1].get("style"):
            runs[-1].text = (runs[-1].text or "") + (glyph.text or "")
            continue
        level = glyph.get("y", "0")
        run = ElementTree.Element("tspan", {"style": glyph.get("style", "")})
        run.text = glyph.text
        rise = float(level) - baseline
        baseline = float(level)
        if abs(rise) >= 0.1:
            run.set("dy", rounded(f"{rise:.3f}", 1))
        runs.append(run)
    text[:] = runs
    if runs:
        text.text = None


def _invisible(element: Element) -> bool:
    return element.tag == "path" and element.get("style") == "fill:none"


def _rename(root: Element, prefix: str) -> None:
    """Give the identifiers that are referred to short names, in order; drop the rest."""
    wanted: dict[str, str] = {}
    for element in root.iter():
        for text in element.attrib.values():
            for target in REFERENCE.findall(text):
                wanted.setdefault(target, f"{prefix}-{len(wanted) + 1}")
        if "href" in element.attrib:
            wanted.setdefault(element.attrib["href"][1:], f"{prefix}-{len(wanted) + 1}")
    for element in root.iter():
        if "id" in element.attrib:
            old = element.attrib.pop("id")
            if old in wanted:
                element.set("id", wanted[old])
        if "href" in element.attrib:
            element.set("href", f"#{wanted[element.attrib['href'][1:]]}")
        for name, text in element.attrib.items():
            if "url(#" in text:
                element.set(name, REFERENCE.sub(lambda m: f"url(#{wanted[m[1]]})", text))


def rounded(text: str, digits: int) -> str:
    """Round every number in a text that holds numbers."""

    def short(match: re.Match[str]) -> str:
        number = f"{float(match[0]):.{digits}f}".rstrip("0").rstrip(".")
        return "0" if number == "-0" else number

    return NUMBER.sub(short, text)


def short_path(path: str) -> str:
    """Write a path without spaces after letters and without repeated line letters."""
    steps = [step.split() for step in re.split(r"(?=[A-Za-z])", path) if step.strip()]
    parts: list[str] = []
    previous = ""
    for letter, *numbers in steps:
        repeated = letter == previous == "L"
        parts.append((" " if repeated else letter) + " ".join(numbers))
        previous = letter
    return "".join(parts)


@cache
def short_style(text: str) -> str:
    """Return a style in theme colours, without the font's family, which is the page's."""
    rules = palette.rules(text).items()
    return ";".join(f"{k}:{palette.themed(v)}" for k, v in rules if k != "font-family")
