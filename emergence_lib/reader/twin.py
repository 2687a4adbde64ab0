"""Twins: a figure whose process runs in the reader's browser, and whose still Python draws.

The script of a twin, ``assets/twin-NAME.js``, is called its piece. It follows the same rules as a
module of Python, with which the tests compare it, and gives Matplotlib's own artists new paths
(`theme.moved`), so there is one drawing with one look. A piece declares in three lists which
controls and data it reads and which marks it moves; they are held against what a chapter hands in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256
from importlib.resources import files

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import controls as form
from emergence_lib.reader import markup
from emergence_lib.reader.controls import Control
from emergence_lib.reader.explore import ASSETS, Explorable, Scene, check_scene
from emergence_lib.reader.figure import Picture, check_words, panels, picture
from emergence_lib.reader.output import asset

DECLARED = re.compile(r"^\s*(controls|marks|data): \[([^\]]*)\]", re.MULTILINE)
PACED = re.compile(r"^\s*pace: ", re.MULTILINE)
SLACK = " 000 000"
"""What a read-out may grow by while the process runs, so that the page does not jump."""
BUTTONS = (
    '<div class="em-control em-run">'
    f'<button type="button" class="em-play" aria-pressed="false" {form.OWN_KEYS}>'
    "<span>Play</span></button>"
    f'<button type="button" class="em-again" {form.OWN_KEYS}>'
    '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 8a5 5 0 1 0 2-4M5 1v3.4h3.4"/></svg>'
    "<span>Start again</span></button></div>"
)


def twin(
    scene: Scene,
    *,
    piece: str,
    name: str,
    alt: str,
    caption: str,
    source: str = "",
    data: Mapping[str, object] | None = None,
    **controls: Control,
) -> Twin:
    """Show a figure whose process the reader can run.

    Parameters
    ----------
    scene : tuple of figure and function
        As in `explore`: the function draws the still at the start settings with Python, and in a
        live notebook at every setting. What the script moves is marked with `theme.moved`.
    piece : str
        The script is ``twin-PIECE.js``.
    name, alt, caption, source : str
        As in `show`; ``alt`` describes the still.
    data : mapping, optional
        What else the piece reads: numbers, words, switches and lists of them. A control that the
        page does not offer is set here.
    **controls : Slider, Choice or Switch
        Named as the piece names them.

    Raises
    ------
    ValueError
        If words are missing, if controls, data or marks are not those of the piece, or if data hold
        what a script cannot read. When it is drawn: if a mark's still is empty.
    """
    check_words(name, alt, caption)
    check_scene("twin", name, scene, controls)
    handed = {
        key: plain(value, f"twin {name!r}, data {key!r}") for key, value in (data or {}).items()
    }
    declared = declaration(piece)
    _compare(name, piece, "control", set(controls), set(declared["controls"]), set(handed))
    offered = set(declared["controls"]) - set(controls)
    _compare(name, piece, "data", set(handed), {*declared["data"], *offered}, set())
    _compare(name, piece, "mark", set(_marks(panels(scene[0]))), set(declared["marks"]), set())
    return Twin(
        scene,
        controls,
        piece=piece,
        handed=handed,
        name=name,
        alt=alt,
        caption=caption,
        source=source,
    )


def declaration(piece: str) -> dict[str, list[str]]:
    """Return the controls, marks and data that a piece declares.

    Raises
    ------
    ValueError
        If there is no such script, or it leaves out a list.
    """
    script = f"twin-{piece}.js"
    try:
        text = asset(script)
    except FileNotFoundError:
        known = ", ".join(_pieces()) or "none yet"
        raise ValueError(f"piece is {piece!r}; wanted one of {known}") from None
    found = {kind: re.findall(r'"([^"]+)"', listed) for kind, listed in DECLARED.findall(text)}
    for kind in ("controls", "marks", "data"):
        if kind not in found:
            raise ValueError(
                f'{script} declares no {kind}; wanted a line such as {kind}: ["size"], in the '
                "object that it adds to emTwins"
            )
    return found


def _pieces() -> list[str]:
    names = (each.name for each in files("emergence_lib").joinpath("assets").iterdir())
    return sorted(
        name.removeprefix("twin-").removesuffix(".js")
        for name in names
        if name.startswith("twin-") and name.endswith(".js")
    )


def plain(value: object, where: str) -> object:
    """Return what a script can read, unchanged.

    Raises
    ------
    ValueError
        If a number is not finite, or a value is no number, word, switch or list of them; NumPy's
        numbers and arrays are named with their remedy.
    """
    if isinstance(value, Mapping):
        return {str(key): plain(each, where) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each, where) for each in value]
    if type(value) in (bool, int, str):
        return value
    if type(value) is float and math.isfinite(value):
        return value
    remedy = "hand on .tolist()" if hasattr(value, "tolist") else "wanted numbers, words or lists"
    raise ValueError(f"{where}: found {value!r} ({type(value).__name__}); {remedy}")


class Twin(Explorable):
    """A figure that runs in the reader's browser; its still is drawn when it is displayed."""

    kind = "em-figure em-explorable em-twin"
    assets: tuple[str, ...] = (*ASSETS, "twin.css", "twin.js")

    def __init__(
        self,
        scene: Scene,
        controls: dict[str, Control],
        *,
        piece: str,
        handed: dict[str, object],
        name: str,
        alt: str,
        caption: str,
        source: str,
    ) -> None:
        super().__init__(scene, controls, name=name, alt=alt, caption=caption, source=source)
        self.piece = piece
        self.handed = handed
        # A saved notebook has no folder of scripts: there the piece comes first, with the rest.
        self.assets = (f"twin-{piece}.js", *type(self).assets)

    @cached_property
    def _still_picture(self) -> tuple[Picture, str]:
        sentence = self.read(self.start)
        drawn = picture(self.figures, self.name)
        there = {
            path.get("data-em-mark")
            for panel in drawn
            for root in panel
            for path in root.iter("path")
        }
        for mark in declaration(self.piece)["marks"]:
            if mark not in there:
                raise ValueError(
                    f"twin {self.name!r}: the still draws nothing for the mark {mark!r}; give its "
                    "artist at least one point inside the axes, so that the script finds its path"
                )
        return drawn, markup.plain(sentence)

    @property
    def picture(self) -> Picture:
        """The still."""
        return self._still_picture[0]

    @property
    def spoken(self) -> tuple[str, str]:
        """The read-out of the still, and one as long as a run's may get."""
        said = self._still_picture[1]
        return said, said + SLACK

    @property
    def data(self) -> dict[str, object]:
        """What the harness on the page reads."""
        return {
            "piece": self.piece,
            "version": sha256(asset(f"twin-{self.piece}.js").encode()).hexdigest()[:8],
            "controls": [
                {**offered, "settings": [_bare(value) for value in control.settings]}
                for offered, control in zip(self._offered, self.controls.values(), strict=True)
            ],
            "data": self.handed,
            "marks": _marks(self.figures),
        }

    @property
    def _buttons(self) -> str:  # type: ignore[override]
        return BUTTONS if PACED.search(asset(f"twin-{self.piece}.js")) else ""

    def _plays(self, key: str, sliders: list[str]) -> bool:
        return False


def _compare(
    name: str, piece: str, kind: str, found: set[str], wanted: set[str], spare: set[str]
) -> None:
    """Refuse names that a piece does not know or does not find."""
    unknown, missing = sorted(found - wanted), sorted(wanted - found - spare)
    listed = ", ".join(sorted(wanted)) or "none"
    if unknown:
        raise ValueError(
            f"twin {name!r} has the {kind} {unknown[0]!r}, which twin-{piece}.js does not declare; "
            f"wanted {listed}"
        )
    if missing:
        remedy = {
            "control": "give it a Slider, Choice or Switch, or set it in data",
            "data": "add it to data",
            "mark": "name an artist with theme.moved(artist, ...)",
        }[kind]
        raise ValueError(
            f"twin {name!r} lacks the {kind} {missing[0]!r}, which twin-{piece}.js declares; "
            f"{remedy}"
        )


def _moved(figure: Figure) -> Iterator[tuple[str, Axes]]:
    """Yield the marks of a figure with their axes."""
    for axes in figure.axes:
        for artist in (*axes.lines, *axes.patches):
            if str(artist.get_gid() or "").startswith(theme.MOVED):
                yield str(artist.get_gid()).removeprefix(theme.MOVED), axes


def _marks(figures: Sequence[Figure]) -> dict[str, dict[str, Sequence[object]]]:
    """Return the axes of each mark as the script needs them."""
    return {
        mark: {which: _axis(axes, which) for which in "xy"}
        for figure in figures
        for mark, axes in _moved(figure)
    }


def _axis(axes: Axes, which: str) -> Sequence[object]:
    """Return the ends of an axis and whether it is logarithmic."""
    kind = getattr(axes, f"get_{which}scale")()
    if kind not in ("linear", "log"):
        raise ValueError(
            f"a twin's {which} axis is {kind!r}; wanted 'linear' or 'log', which its script knows"
        )
    low, high = getattr(axes, f"get_{which}lim")()
    return float(low), float(high), kind == "log"


def _bare(value: object) -> object:
    """Return a setting as plain Python, which NumPy's numbers are not."""
    item = getattr(value, "item", None)
    return item() if callable(item) else value
