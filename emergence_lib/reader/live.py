"""Explorables in a live notebook: ipywidgets bound to the same update function."""

from __future__ import annotations

import importlib
import importlib.util
from html import escape
from typing import TYPE_CHECKING, Any

from emergence_lib.reader import frames
from emergence_lib.reader.controls import Choice, Control, Slider
from emergence_lib.reader.figure import figure_html, fine_print, picture_html
from emergence_lib.reader.output import Output, building_book

if TYPE_CHECKING:
    from emergence_lib.reader.explore import Explorable


def available() -> bool:
    """Return whether widgets can be shown: a running kernel, ipywidgets, and no build."""
    if building_book() or importlib.util.find_spec("ipywidgets") is None:
        return False
    shell = importlib.import_module("IPython").get_ipython()
    return getattr(shell, "kernel", None) is not None


def display(explorable: Explorable) -> None:
    """Display the widgets of an explorable."""
    importlib.import_module("IPython.display").display(panel(explorable))


def panel(explorable: Explorable) -> Any:
    """Return the controls, the read-out and the figure as one widget."""
    widgets = importlib.import_module("ipywidgets")
    inputs = {key: _input(widgets, each) for key, each in explorable.controls.items()}
    readout = widgets.HTML()
    picture = widgets.HTML()
    explorable.read(explorable.start)
    camera = frames.Camera(explorable.figures, explorable.name)

    def refresh(_change: object = None) -> None:
        settings = {key: each.value for key, each in inputs.items()}
        readout.value = f"<p>{escape(explorable.read(settings))}</p>"
        picture.value = (
            figure_html(
                name=explorable.name,
                kind="em-figure",
                picture=picture_html(camera.whole(), explorable.text),
                caption=explorable.caption,
                fine=fine_print("", explorable.figures[0], explorable.source),
            )
            + Output("", "", assets=("figure.css",)).carried()
        )

    for each in inputs.values():
        each.observe(refresh, names="value")
    refresh()
    return widgets.VBox([*inputs.values(), readout, picture])


def _input(widgets: Any, control: Control) -> Any:
    named = {"description": control.label, "style": {"description_width": "initial"}}
    options = [(control.text(value), value) for value in control.settings]
    start = control.settings[0] if control.start is None else control.start
    if isinstance(control, Slider):
        wide = widgets.Layout(width="28em", max_width="100%")
        return widgets.SelectionSlider(options=options, value=start, layout=wide, **named)
    if isinstance(control, Choice):
        return widgets.ToggleButtons(options=options, value=start, **named)
    return widgets.Checkbox(value=bool(start), indent=False, **named)
