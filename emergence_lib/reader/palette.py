"""Colours that follow the reader's theme: every one in a figure comes from the palette."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from xml.etree.ElementTree import Element

from emergence_lib import theme

COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
DRAWN = ("path", "use", "text", "rect", "circle", "polygon")
NAMES = {light: name for name, (light, _) in theme.COLOURS.items()}


class OffPaletteError(ValueError):
    """A figure holds a colour or a bitmap that cannot follow the reader's theme."""


def check(root: Element) -> None:
    """Refuse a drawing that cannot follow light and dark.

    Raises
    ------
    OffPaletteError
        If a colour is not in `emergence_lib.theme`, or a bitmap is drawn.
    """
    filled = {element.get("id") for element in root.iter() if _says_fill(element)}
    for element, exempt in _walk(root, exempt=False):
        if element.tag == "image":
            raise OffPaletteError(
                "figure draws a bitmap, which cannot follow light and dark; instead of imshow "
                "draw the cells as one PathPatch in a theme colour, or use pcolormesh"
            )
        if (
            element.tag in DRAWN
            and not exempt
            and not _says_fill(element)
            and element.get("href", "").removeprefix("#") not in filled
        ):
            _refuse("#000000")  # what a shape is filled with that does not say
        for colour in COLOUR.findall(element.get("style", "") + element.get("fill", "")):
            if colour.lower() not in NAMES:
                _refuse(colour)


def themed(setting: str) -> str:
    """Return a setting of a style with its colours as CSS variables; ink is the text's colour."""

    def variable(match: re.Match[str]) -> str:
        name = NAMES[match[0].lower()]
        return "currentColor" if name == "ink" else f"var(--em-{name},{match[0].lower()})"

    return COLOUR.sub(variable, setting)


@cache
def rules(style: str) -> dict[str, str]:
    """Return the settings of a style attribute by name."""
    parts = (rule.partition(":") for rule in style.split(";") if ":" in rule)
    return {name.strip(): setting.strip() for name, _, setting in parts}


def _walk(element: Element, *, exempt: bool) -> Iterator[tuple[Element, bool]]:
    """Yield every element and whether it only defines something drawn (or filled) elsewhere."""
    exempt = exempt or element.tag == "defs" or (element.tag == "g" and _says_fill(element))
    yield element, exempt
    for child in element:
        yield from _walk(child, exempt=exempt)


def _says_fill(element: Element) -> bool:
    """Tell whether an element names its fill, or has none: an open marker is only transparent."""
    said = rules(element.get("style", ""))
    return "fill" in said or said.get("fill-opacity") == "0"


def _refuse(colour: str) -> None:
    raise OffPaletteError(
        f"figure uses the colour {colour}, which is not in emergence_lib.theme and would not "
        "follow light and dark; wanted one of theme.BLUE, ORANGE, TEAL, PURPLE, GOLD, GREY, "
        "RAMP, GRID, INK or 'none' (lighter shades by alpha)"
    )
