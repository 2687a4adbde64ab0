"""Explorables in a live notebook: ipywidgets bound to the same update function."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from emergence_lib.reader.controls import Choice, Control, Slider
from emergence_lib.reader.output import building_book

View = Callable[[dict[str, object]], tuple[str, str]]


def available() -> bool:
    """Return whether widgets can be shown: a running kernel, ipywidgets, and no build."""
    if building_book() or importlib.util.find_spec("ipywidgets") is None:
        return False
    shell = importlib.import_module("IPython").get_ipython()
    return getattr(shell, "kernel", None) is not None


def display(controls: Mapping[str, Control], view: View) -> None:
    """Display the widgets of an explorable."""
    importlib.import_module("IPython.display").display(panel(controls, view))


def panel(controls: Mapping[str, Control], view: View) -> Any:
    """Return the controls, the read-out and the figure as one widget.

    Parameters
    ----------
    controls : mapping of str to Control
        Named as the settings.
    view : callable
        Returns the read-out sentence and the figure's HTML for some settings.
    """
    widgets = importlib.import_module("ipywidgets")
    inputs = {key: _input(widgets, each) for key, each in controls.items()}
    readout = widgets.HTML()
    picture = widgets.HTML()

    def refresh(_change: object = None) -> None:
        sentence, figure = view({key: each.value for key, each in inputs.items()})
        readout.value = f"<p>{escape(sentence)}</p>"
        picture.value = figure

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
