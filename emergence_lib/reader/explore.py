"""Explorables: a figure with controls that works on a page without any server.

Every setting is drawn when the book is built; the page carries the start picture and the
differences (`emergence_lib.reader.frames`), and a small script swaps them. In a live notebook the
same update function is bound to ipywidgets.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from html import escape
from itertools import product
from math import prod

from matplotlib.figure import Figure

from emergence_lib.reader import controls as form
from emergence_lib.reader import film, frames, live, markup, svg
from emergence_lib.reader.controls import Choice, Control, Slider, Switch
from emergence_lib.reader.figure import (
    Picture,
    check_words,
    drawn_width,
    figure_html,
    fine_print,
    message,
    panels,
    picture_html,
)
from emergence_lib.reader.numbers import numbers_html
from emergence_lib.reader.output import Output

__all__ = ["Choice", "Explorable", "Slider", "Switch", "explore"]

Update = Callable[..., str]
Scene = tuple[Figure | Sequence[Figure], Update]
ASSETS = ("figure.css", "explorable.css", "controls.js", "explorable.js", "take.js")
MOST_FRAMES = 200


def explore(
    scene: Scene,
    *,
    name: str,
    alt: str,
    caption: str,
    source: str = "",
    **controls: Control,
) -> Explorable:
    """Show a figure that the reader can change.

    Parameters
    ----------
    scene : tuple of figure and function
        The function takes one keyword argument per control, changes the artists of the figure in
        place (same artists, limits and ticks) and returns the read-out sentence.
    name, alt, caption, source : str
        As in `show`; ``alt`` describes the picture at the start settings.
    **controls : Slider, Choice or Switch
        Named as the function's arguments; every combination is drawn.

    Raises
    ------
    ValueError
        If words or controls are missing, or there are too many combinations. When it is drawn:
        if a frame has other elements than the start, or ``update`` leaves traces.
    """
    check_words(name, alt, caption)
    check_scene("explorable", name, scene, controls)
    count = prod(len(control.settings) for control in controls.values())
    if count > MOST_FRAMES:
        raise ValueError(
            f"explorable {name!r} has {count} settings, all drawn into the page; wanted at most "
            f"{MOST_FRAMES} (41 for one slider, 9 by 9 for two)"
        )
    return Explorable(scene, controls, name=name, alt=alt, caption=caption, source=source)


def check_scene(kind: str, name: str, scene: Scene, controls: Mapping[str, Control]) -> None:
    """Refuse what is no figure with controls.

    Raises
    ------
    ValueError
        If the scene is no pair of figure and function, or a control is none or there is none.
    """
    if not isinstance(scene, tuple) or len(scene) != 2 or not callable(scene[1]):
        raise ValueError(
            f"{kind} {name!r}: scene is a {type(scene).__name__}; wanted the pair "
            "(figure, update) with update(**settings) -> read-out sentence"
        )
    if not controls:
        raise ValueError(f"{kind} {name!r} has no controls; give a Slider, Choice or Switch")
    for key, control in controls.items():
        form.check(name, key, control)


class Explorable(Output):
    """A figure with controls; drawn when it is displayed."""

    kind = "em-figure em-explorable"
    assets: tuple[str, ...] = ASSETS

    def __init__(
        self,
        scene: Scene,
        controls: dict[str, Control],
        *,
        name: str,
        alt: str,
        caption: str,
        source: str,
    ) -> None:
        drawing, self.update = scene
        self.figures = panels(drawing)
        self.controls = controls
        self.name = name
        self.caption = caption
        self.source = source
        super().__init__("", alt, assets=self.assets, png=self._png)

    @property
    def start(self) -> dict[str, object]:
        """The settings it begins with."""
        return {
            key: control.settings[form.start_index(control)]
            for key, control in self.controls.items()
        }

    @property
    def settings(self) -> list[dict[str, object]]:
        """Every combination of settings; the last control changes fastest."""
        values = [control.settings for control in self.controls.values()]
        return [dict(zip(self.controls, chosen, strict=True)) for chosen in product(*values)]

    @cached_property
    def _film(self) -> film.Film:
        return film.shoot(self.figures, self.name, self.start, self.settings, self.read)

    def read(self, settings: dict[str, object]) -> str:
        """Set the figure and return the read-out sentence.

        Raises
        ------
        ValueError
            If the update function returns no sentence.
        """
        sentence = self.update(**settings)
        if not isinstance(sentence, str) or not sentence.strip():
            raise ValueError(
                f"explorable {self.name!r} at {form.spoken(settings)}: update returned "
                f"{sentence!r}; wanted the read-out sentence"
            )
        return sentence

    @property
    def frames(self) -> list[list[frames.Node]]:
        """The elements of every frame, in the order of `settings`."""
        return self._film.frames

    @property
    def readouts(self) -> dict[tuple[object, ...], str]:
        """The read-out sentence of every combination of settings."""
        keys = [tuple(settings.values()) for settings in self.settings]
        return dict(zip(keys, self._film.readouts, strict=True))

    @property
    def picture(self) -> Picture:
        """The drawing at the start settings."""
        return self._film.start

    @property
    def spoken(self) -> tuple[str, str]:
        """The read-out at the start settings, and the longest of all."""
        said = (self.readouts[tuple(self.start.values())], max(self._film.readouts, key=len))
        return markup.plain(said[0]), markup.plain(said[1])

    @property
    def data(self) -> dict[str, object]:
        """What the script on the page reads: controls, differences and read-outs."""
        return {
            "controls": self._offered,
            "slots": frames.slots(self.frames),
            "readouts": [markup.plain(sentence) for sentence in self._film.readouts],
        }

    @property
    def _offered(self) -> list[dict[str, object]]:
        """What the script on the page has to know of the controls."""
        return [
            {
                "key": key,
                "values": [form.spelling(value) for value in control.settings],
                "texts": [control.text(value) for value in control.settings],
            }
            for key, control in self.controls.items()
        ]

    @property
    def html(self) -> str:
        """The figure, its controls and what the script on the page reads."""
        picture = self.picture
        readout, longest = self.spoken
        # "<" would end the element early if a read-out held "</script>".
        data = json.dumps(self.data, separators=(",", ":"), ensure_ascii=False)
        controls = (
            f"{self._controls_html()}"
            f'<p class="em-readout" data-em-longest="{escape(longest)}"><span>{escape(readout)}'
            "</span></p>"
        )
        after = (
            '<p class="em-live em-hidden" role="status"></p>'
            f"<noscript><p>{escape(self._still())}</p></noscript>"
            f'<script type="application/json">{data.replace("<", chr(92) + "u003c")}</script>'
        )
        return figure_html(
            name=self.name,
            kind=self.kind,
            controls=controls + after,
            picture=picture_html(picture, max(map(drawn_width, self.figures)), self.text),
            caption=self.caption,
            fine=fine_print(
                self.name,
                numbers_html(
                    self.figures,
                    message(self.caption),
                    at=form.said(self.controls, self.start),
                ),
                self.figures[0],
                self.source,
            ),
        )

    def _controls_html(self) -> str:
        sliders = [key for key, each in self.controls.items() if isinstance(each, Slider)]
        parts = "".join(
            form.html(self.name, key, control, playable=self._plays(key, sliders))
            for key, control in self.controls.items()
        )
        return (
            '<fieldset class="em-controls" hidden><legend class="em-hidden">Controls of the figure'
            f"</legend>{parts}{self._buttons}</fieldset>"
        )

    _buttons = ""

    def _plays(self, key: str, sliders: list[str]) -> bool:
        """Say whether a control can be played through: the only slider can."""
        return sliders == [key]

    def _still(self) -> str:
        at = form.said(self.controls, self.start)
        offered = "; ".join(form.described(control) for control in self.controls.values())
        return f"A still picture, at {at}. With scripts on: {offered}."

    def _png(self) -> bytes:
        self.read(self.start)
        return svg.png(self.figures[0])

    def _ipython_display_(self) -> None:
        """Show ipywidgets in a live notebook; in a build leave it to the static form."""
        if not live.available():
            raise NotImplementedError
        live.display(self.controls, self.live_view())

    def live_view(self) -> live.View:
        """Return the function that a live notebook calls: settings to read-out and figure."""
        self.read(self.start)
        camera = film.Camera(self.figures, self.name)
        style = Output("", "", assets=("figure.css",)).carried()

        def view(settings: dict[str, object]) -> tuple[str, str]:
            sentence = self.read(settings)
            figure = figure_html(
                name=self.name,
                kind="em-figure",
                picture=picture_html(camera.whole(), drawn_width(self.figures[0]), self.text),
                caption=self.caption,
                fine=fine_print(self.name, "", self.figures[0], self.source),
            )
            return sentence, figure + style

        return view
