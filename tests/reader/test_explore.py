"""Explorables: the page can rebuild every frame, and every frame says what Python says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import (
    Choice,
    Explorable,
    Slider,
    Switch,
    explore,
    fluid,
    frames,
    live,
    svg,
)
from tests.reader.scenes import power

WORDS: Any = {"name": "power", "alt": "A curve bends down.", "caption": "Exact match is a power."}
LENGTH = Slider("answer length", [1, 2, 3, 5, 8], start=5, unit="digits")


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


@pytest.fixture(scope="module")
def shown() -> Explorable:
    return explore(power(), n=LENGTH, error=Switch("show the error rate"), **WORDS)


def carried_data(html: str) -> dict[str, Any]:
    match = re.search(r'<script type="application/json">(.*?)</script>', html, re.DOTALL)
    assert match
    data: dict[str, Any] = json.loads(match[1])
    return data


def picture_nodes(html: str) -> list[frames.Node]:
    match = re.search(r'<div class="em-panel">(.*?)</div>', html, re.DOTALL)
    assert match
    return frames.nodes([[ElementTree.fromstring(match[1])]])


def test_page_rebuilds_every_frame_as_a_whole_drawing_would_be(shown: Explorable) -> None:
    """Apply the page's own differences to its own picture; compare with a figure drawn afresh."""
    start = picture_nodes(shown.html)
    slots = [frames.Slot(*slot) for slot in carried_data(shown.html)["slots"]]
    figure, update = power()
    update(**shown.start)
    svg.draw(figure)
    figure.set_layout_engine("none")
    assert len(shown.settings) == 10
    for number, settings in enumerate(shown.settings):
        update(**settings)
        whole = fluid.draw(figure, "fig-power")
        assert frames.apply(start, slots, number) == frames.nodes([whole]), settings


def test_read_outs_are_those_of_the_function(shown: Explorable) -> None:
    _, update = power()
    data = carried_data(shown.html)
    for number, settings in enumerate(shown.settings):
        assert shown.readouts[tuple(settings.values())] == update(**settings)
        assert data["readouts"][number] == update(**settings)


def test_last_control_changes_fastest_as_the_script_counts(shown: Explorable) -> None:
    assert shown.settings[:3] == [
        {"n": 1, "error": False},
        {"n": 1, "error": True},
        {"n": 2, "error": False},
    ]


def test_start_picture_and_controls_agree(shown: Explorable) -> None:
    assert shown.start == {"n": 5, "error": False}
    assert 'value="3" aria-valuetext="5 digits"' in shown.html
    assert "n = 5 &amp; &lt;score&gt;" in shown.html
    assert "5 digits: 59.0% &amp; &lt;so on&gt;." in shown.html


def test_the_table_says_that_it_holds_the_start(shown: Explorable) -> None:
    said = "answer length 5 digits, show the error rate off"
    assert f"(at the start settings: {said})</caption>" in shown.html
    assert f'<table data-em-at="{said}">' in shown.html


@pytest.mark.parametrize(("count", "marks"), [(2, True), (8, True), (9, False)])
def test_a_slider_of_few_values_shows_where_it_stops(count: int, marks: bool) -> None:
    scene = power()
    html = explore(scene, n=Slider("answer length", range(1, count + 1)), **WORDS).html
    assert (f'data-em-stops style="--em-gaps:{count - 1}"' in html) == marks


def test_works_without_scripts(shown: Explorable) -> None:
    assert '<fieldset class="em-controls" hidden>' in shown.html
    assert re.search(
        r"<noscript><p>A still picture, at answer length 5 digits, show the error rate off\. "
        r"With scripts on: a slider sets the answer length from 1 digits to 8 digits",
        shown.html,
    )


def test_same_bytes_every_time() -> None:
    def draw() -> str:
        return explore(power(), n=LENGTH, **WORDS).html

    assert draw() == draw()


def test_every_input_keeps_its_keys_from_jupyterlab(shown: Explorable) -> None:
    inputs = re.findall(r"<(?:input|button|select)[^>]*>", shown.html)
    inputs = [each for each in inputs if "data-em-take" not in each]
    assert len(inputs) == 3
    assert all('data-lm-suppress-shortcuts="true"' in each for each in inputs)


def test_few_options_are_radios_and_many_are_a_menu() -> None:
    def update(n: int, metric: str) -> str:
        return f"{n} {metric}"

    def html(count: int) -> str:
        choice = Choice("metric", [f"m{number}" for number in range(count)])
        scene = (power()[0], update)
        return explore(scene, n=LENGTH, metric=choice, **WORDS).html

    assert html(4).count('type="radio"') == 4
    assert "<select" in html(5)
    assert 'type="radio"' not in html(5)


# ------------------------------------------------------------------ frames that do not fit


Scene = tuple[Figure, Callable[..., str]]


@theme.figure
def growing() -> Scene:
    figure = Figure(figsize=theme.WIDE)
    axes = figure.subplots()
    axes.set(xlim=(0, 1), ylim=(0, 1))

    def update(n: int) -> str:
        if n == 8:
            axes.plot([0, 1], [0, 1])
        return f"{n} lines"

    return figure, update


@theme.figure
def forgetful() -> Scene:
    figure = Figure(figsize=theme.WIDE)
    (line,) = figure.subplots().plot([0, 1], [0, 1])

    def update(n: int) -> str:
        if n == 8:
            line.set_color(theme.ORANGE)
        return f"{n}"

    return figure, update


@theme.figure
def silent() -> Scene:
    return Figure(figsize=theme.WIDE), lambda n: ""


def test_another_element_names_the_frame_and_the_element() -> None:
    with pytest.raises(ValueError, match=r"'power' at n = 8: .*element \d+ is <path") as raised:
        _ = explore(growing(), n=LENGTH, **WORDS).html
    assert "where the start has" in str(raised.value) or "the start lacks" in str(raised.value)


def test_traces_left_behind_are_found() -> None:
    with pytest.raises(ValueError, match="going back to n = 5 does not give the start picture"):
        _ = explore(forgetful(), n=LENGTH, **WORDS).html


def test_missing_read_out_is_found() -> None:
    with pytest.raises(ValueError, match="at n = 5: update returned ''"):
        _ = explore(silent(), n=LENGTH, **WORDS).html


@pytest.mark.parametrize(
    ("control", "complaint"),
    [
        (Slider("length", [1]), "two or more"),
        (Slider("length", [1, 1]), "all different"),
        (Slider("length", [1, 2], start=3), "starts at 3"),
        (Slider("", [1, 2]), "no label"),
        (5, "wanted a Slider"),
        (Slider("length", list(range(500))), "500 settings"),
    ],
)
def test_bad_control_is_refused_at_once(control: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        explore(power(), n=control, **WORDS)


@theme.figure
def zooming() -> Scene:
    """Limits and tick labels change, ticks keep their number: an axis that does not stand still."""
    figure = Figure(figsize=theme.WIDE)
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1])

    def update(n: int) -> str:
        axes.set_xlim(0, n)
        axes.set_xticks([0, n / 2, n])
        axes.set_xlabel(f"up to {n}")
        return f"up to {n}"

    return figure, update


def test_axis_that_changes_is_drawn_again() -> None:
    shown = explore(zooming(), n=LENGTH, **WORDS)
    texts = [{node.text for node in frame if node.tag == "text"} for frame in shown.frames]
    assert all(f"up to {n}" in seen for n, seen in zip(LENGTH.values, texts, strict=True))


def test_apply_leaves_the_start_alone() -> None:
    start = [frames.Node("path", {"d": "M0 0", "transform": "none"}, "")]
    before = deepcopy(start)
    slot = frames.Slot(0, "transform", ["none", None], [0, 1])
    assert frames.apply(start, [slot], 1)[0].attributes == {"d": "M0 0"}
    assert start == before


def test_size_stays_small() -> None:
    """A picture that differs in one curve of 30 points costs little for each further setting."""
    few = explore(power(), n=Slider("n", [1, 2]), **WORDS).html
    many = explore(power(), n=Slider("n", list(range(1, 22))), **WORDS).html
    assert (len(many) - len(few)) / 19 < 600


# ------------------------------------------------------------------ live notebooks


def test_build_never_makes_a_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "panel", lambda *_: pytest.fail("a widget was made"))
    with pytest.raises(NotImplementedError):
        explore(power(), n=LENGTH, **WORDS)._ipython_display_()


def test_without_a_kernel_the_static_form_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMERGENCE_STATIC")
    assert not live.available()


def test_widgets_call_the_same_function() -> None:
    figure, update = power()
    calls: list[dict[str, object]] = []

    def watched(**settings: object) -> str:
        calls.append(settings)
        return update(**settings)

    shown = explore(
        (figure, watched),
        n=LENGTH,
        error=Switch("show the error rate"),
        **WORDS,
    )
    panel = live.panel(shown.controls, shown.live_view())
    slider, switch, readout, picture = panel.children
    assert slider.value == 5
    assert calls[-1] == {"n": 5, "error": False}
    slider.value = 8
    assert calls[-1] == {"n": 8, "error": False}
    assert "8 digits: 43.0%" in readout.value
    switch.value = True
    assert calls[-1] == {"n": 8, "error": True}
    assert "n = 8 &amp; &lt;error&gt;" in picture.value
    panel.close_all()


def test_read_out_of_a_number_that_is_not_plain() -> None:
    assert Slider("size", np.logspace(6, 8, 3).tolist(), unit="parameters").text(1e7) == (
        "1 × 10⁷ parameters"
    )
    assert Slider("share", [0.5, 0.6], format="{:.0%}").text(0.6) == "60%"
    turn = Slider("turn", [0.25, 0.5], unit="°", format=lambda share: f"{360 * share:.0f}")
    assert turn.text(0.25) == "90°"
    assert Choice("birds", [30, 100]).text(30) == "30"
