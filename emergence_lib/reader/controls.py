"""The controls of an explorable: a slider, a choice, a switch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from emergence_lib.reader.numbers import number

# JupyterLab's command mode swallows the arrow keys of an input without this attribute.
OWN_KEYS = 'data-lm-suppress-shortcuts="true" autocomplete="off"'
MOST_RADIOS = 4
MOST_STOPS = 8
"""A slider with so few values shows where it stops."""


@dataclass(frozen=True)
class Slider:
    """A quantity that takes one of several values in order; up to eight show as marks.

    Parameters
    ----------
    label : str
        What it is, in lower case.
    values : sequence
        Every value it can take, in order.
    start : object, optional
        The value it begins at; the first one if left out.
    unit : str
        Said after the value.
    format : str or callable
        How a value is written, for example ``"{:.0%}"``, or a function from a value to its text;
        four significant digits if left out.
    """

    label: str
    values: Sequence[object]
    start: object = None
    unit: str = ""
    format: str | Callable[[Any], str] = ""

    @property
    def settings(self) -> list[object]:
        """Every value, in order."""
        return list(self.values)

    def text(self, value: object) -> str:
        """Return a value as the read-out writes it."""
        if callable(self.format):
            written = self.format(value)
        else:
            written = self.format.format(value) if self.format else number(value)
        if not self.unit:
            return written
        return written + self.unit if self.unit in "%°" else f"{written} {self.unit}"


@dataclass(frozen=True)
class Choice:
    """One of a few named alternatives; radio buttons, or a menu when there are more than four."""

    label: str
    options: Sequence[object]
    start: object = None

    @property
    def settings(self) -> list[object]:
        """Every option, in order."""
        return list(self.options)

    def text(self, value: object) -> str:
        """Return an option as it is written."""
        return str(value)


@dataclass(frozen=True)
class Switch:
    """Something that is on or off."""

    label: str
    start: bool = False

    @property
    def settings(self) -> list[object]:
        """Off and on."""
        return [False, True]

    def text(self, value: object) -> str:
        """Return the state in a word."""
        return "on" if value else "off"


Control = Slider | Choice | Switch


def check(figure: str, key: str, control: object) -> None:
    """Refuse a control that cannot be set.

    Raises
    ------
    ValueError
        Naming the figure, the control and what it lacks.
    """
    where = f"explorable {figure!r}, control {key!r}"
    if not isinstance(control, Slider | Choice | Switch):
        raise ValueError(
            f"{where} is a {type(control).__name__}; wanted a Slider, a Choice or a Switch"
        )
    if not control.label.strip():
        raise ValueError(f"{where} has no label; name in a few words what it changes")
    settings = control.settings
    if len(settings) < 2 or len({spelling(value) for value in settings}) < len(settings):
        raise ValueError(f"{where} takes the values {settings}; wanted two or more, all different")
    if control.start is not None and control.start not in settings:
        raise ValueError(f"{where} starts at {control.start!r}, which is none of {settings}")


def start_index(control: Control) -> int:
    """Return the position of the value a control begins at."""
    return 0 if control.start is None else control.settings.index(control.start)


def spelling(value: object) -> str:
    """Return a value as a link in the prose spells it: ``n=10``, ``log=on``."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else f"{value:g}"


def html(figure: str, key: str, control: Control, *, playable: bool) -> str:
    """Return the native form control, set to its start."""
    identifier = f"fig-{figure}-{key}"
    label = escape(control.label)
    start = start_index(control)
    if isinstance(control, Switch):
        checked = " checked" if start else ""
        return (
            f'<label class="em-control em-switch"><input type="checkbox" role="switch" '
            f'data-em-key="{key}"{checked} {OWN_KEYS}><span>{label}</span></label>'
        )
    texts = [escape(control.text(value)) for value in control.settings]
    if isinstance(control, Slider):
        play = (
            f'<button type="button" class="em-play" aria-pressed="false" {OWN_KEYS}>'
            "<span>Play</span></button>"
            if playable
            else ""
        )
        gaps = len(texts) - 1
        stops = f'data-em-stops style="--em-gaps:{gaps}" ' if gaps < MOST_STOPS else ""
        return (
            f'<div class="em-control em-slider"><label for="{identifier}">{label}</label>'
            f'<output for="{identifier}" aria-live="off" data-em-widest="{max(texts, key=len)}">'
            f"{texts[start]}</output>"
            f'{play}<input type="range" id="{identifier}" data-em-key="{key}" min="0" '
            f'max="{len(texts) - 1}" step="1" value="{start}" aria-valuetext="{texts[start]}" '
            f"{stops}{OWN_KEYS}></div>"
        )
    if len(texts) > MOST_RADIOS:
        options = "".join(
            f'<option value="{index}"{" selected" if index == start else ""}>{text}</option>'
            for index, text in enumerate(texts)
        )
        return (
            f'<div class="em-control em-menu"><label for="{identifier}">{label}</label>'
            f'<select id="{identifier}" data-em-key="{key}" {OWN_KEYS}>{options}</select></div>'
        )
    radios = "".join(
        f'<label><input type="radio" name="{identifier}" data-em-key="{key}" value="{index}"'
        f"{' checked' if index == start else ''} {OWN_KEYS}><span>{text}</span></label>"
        for index, text in enumerate(texts)
    )
    return (
        f'<fieldset class="em-control em-choice"><legend>{label}</legend>'
        f'<div class="em-options">{radios}</div></fieldset>'
    )


def said(controls: Mapping[str, Control], settings: Mapping[str, object]) -> str:
    """Write settings as a reader sees them: ``answer length 5 digits, log scale on``."""
    return ", ".join(
        f"{control.label} {control.text(settings[key])}" for key, control in controls.items()
    )


def described(control: Control) -> str:
    """Say what a control would do, for a page without scripts."""
    settings = control.settings
    first, last = control.text(settings[0]), control.text(settings[-1])
    if isinstance(control, Slider):
        return f"a slider sets the {control.label} from {first} to {last}"
    if isinstance(control, Choice):
        return f"a choice of {control.label}: {', '.join(map(str, settings))}"
    return f"a switch: {control.label}"


def spoken(settings: Mapping[str, object]) -> str:
    """Write settings as an error message does: ``n = 5, log = on``."""
    return ", ".join(f"{key} = {spelling(value)}" for key, value in settings.items())
