"""Delta frames: one picture, and for every other setting only what differs from it.

The page carries the start picture as SVG and a table of differences. A slot is one attribute (or
the text) of one element; it lists its distinct strings and, for each frame, which one holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from emergence_lib.reader import svg

TEXT = "#"


class Node(NamedTuple):
    """One element of a picture, without its children."""

    tag: str
    attributes: dict[str, str]
    text: str


class Slot(NamedTuple):
    """What changes: element number, attribute (``#`` for text), strings, string of each frame."""

    element: int
    attribute: str
    strings: list[str | None]
    of_frame: list[int]


def nodes(picture: Sequence[Sequence[svg.Element]]) -> list[Node]:
    """List the elements of a picture, panel by panel, in document order."""
    return [
        Node(element.tag, dict(element.attrib), element.text or "")
        for panel in picture
        for tree in panel
        for element in tree.iter()
    ]


def mismatch(first: list[Node], other: list[Node]) -> str:
    """Say where two pictures stop having the same elements; empty if they never do."""
    for number, (wanted, found) in enumerate(zip(first, other, strict=False)):
        if wanted.tag != found.tag:
            return f"element {number} is {_shown(found)} where the start has {_shown(wanted)}"
    if len(first) == len(other):
        return ""
    longer = first if len(first) > len(other) else other
    number = min(len(first), len(other))
    who = "only the start has" if longer is first else "the start lacks"
    return f"{who} element {number}, {_shown(longer[number])}"


def _shown(node: Node) -> str:
    attributes = "".join(f' {name}="{text:.40}"' for name, text in node.attributes.items())
    return f"<{node.tag}{attributes}>{node.text:.40}"


def slots(frames: Sequence[list[Node]]) -> list[Slot]:
    """Return every attribute and text that is not the same in all frames."""
    found: list[Slot] = []
    for number, versions in enumerate(zip(*frames, strict=True)):
        names = dict.fromkeys(name for node in versions for name in node.attributes)
        for name in names:
            _add(found, number, name, [node.attributes.get(name) for node in versions])
        _add(found, number, TEXT, [node.text for node in versions])
    return found


def _add(found: list[Slot], number: int, name: str, values: list[str | None]) -> None:
    strings = list(dict.fromkeys(values))
    if len(strings) > 1:
        place = {text: index for index, text in enumerate(strings)}
        found.append(Slot(number, name, strings, [place[text] for text in values]))


def apply(start: list[Node], changes: Sequence[Slot], frame: int) -> list[Node]:
    """Return the elements of one frame, as the page's script would set them."""
    result = [Node(node.tag, dict(node.attributes), node.text) for node in start]
    for slot in changes:
        text = slot.strings[slot.of_frame[frame]]
        node = result[slot.element]
        if slot.attribute == TEXT:
            result[slot.element] = node._replace(text=text or "")
        elif text is None:
            node.attributes.pop(slot.attribute, None)
        else:
            node.attributes[slot.attribute] = text
    return result
