"""A card has the question and the curves of its chapter."""

from __future__ import annotations

import numpy as np
import pytest
from bs4 import BeautifulSoup, Tag
from matplotlib.figure import Figure

from emergence_lib import theme
from emergence_lib.reader import show
from emergence_lib.sphinxext import cards


@pytest.mark.parametrize(
    ("paragraph", "asked"),
    [
        ("It falls. It rises. Has it? It has, e.g. here. Or not.", "It rises. Has it?"),
        ("One thing is sure. Is it? And is that?", "Is it? And is that?"),
        ("Is it? Paste the table.", "Is it?"),
        ("From 3.5 to <em>4</em> times. Is\nit?", "From 3.5 to 4 times. Is it?"),
        ('It is 4<span class="em-hidden">, re-run here</span>. Is it?', "It is 4. Is it?"),
        ("Nothing is asked. It is said.", ""),
    ],
)
def test_the_question_is_the_last_one_with_the_sentence_before(paragraph: str, asked: str) -> None:
    head = f"<header><p>Promised, is it not?</p></header>\n<p>{paragraph}</p>"
    assert cards.question(BeautifulSoup(head, "html.parser")) == asked


def test_where_the_first_paragraph_asks_nothing_the_second_may() -> None:
    head = "<header><p>Is it?</p></header><p>One. Two.</p><p>Three. Four? Five.</p>"
    assert cards.question(BeautifulSoup(head, "html.parser")) == "Three. Four?"


def test_a_chapter_without_a_paragraph_asks_nothing() -> None:
    head = BeautifulSoup("<header><p>Promised, is it not?</p></header>", "html.parser")
    assert cards.question(head) == ""


@theme.figure
def drawn() -> Figure:
    figure = Figure(figsize=theme.WIDE)
    axes = figure.subplots()
    x = np.array([0.0, 1, 2, 3])
    axes.plot(x, [0, 2, 1, 3], color=theme.BLUE, label="one")
    axes.plot(x, [3, 1, 2, 0], "--", color=theme.ORANGE, label="other")
    axes.plot([1, 2], [1.5, 1.5], "o", ls="", color=theme.TEAL, label="dots")
    axes.text(1.5, 2.5, "words")
    axes.set(xlim=(-0.5, 3.5), ylim=(-0.5, 3.5), xlabel="time", ylabel="rise")
    theme.share_axis(axes, "rise", limits=(-0.5, 3.5), ticks=(0, 1, 2, 3), whole=1)
    return figure


def test_a_thumbnail_has_the_curves_and_the_dots_and_no_words() -> None:
    html = show(drawn(), name="rise", alt="Two lines.", caption="Two lines cross here.").html
    picture = BeautifulSoup(cards.thumbnail(html), "html.parser")
    paths = picture.select("svg > svg > path")
    assert len(paths) == 2
    for path, colour in zip(paths, ("blue", "orange"), strict=True):
        assert f"var(--em-{colour}" in str(path["style"])
    circles = picture.select("svg > circle")
    assert len(circles) == 2
    assert ["teal" in str(circle["style"]) for circle in circles] == [True, True]
    # A quarter and more of the width apart, half-way up: 1 and 2 on an axis from -0.5 to 3.5.
    places = [float(str(circle["cx"]).rstrip("%")) for circle in circles]
    assert places == pytest.approx([37.5, 62.5], abs=0.2)
    assert not picture.get_text().strip()
    assert not picture.select("[id], [href]")
    outer = picture.svg
    assert isinstance(outer, Tag)
    assert outer["aria-hidden"] == "true"


def test_a_figure_without_curves_makes_no_thumbnail() -> None:
    assert cards.thumbnail('<figure class="em-figure em-wall"><p>A wall.</p></figure>') == ""
    assert (
        cards.thumbnail('<figure><svg class="em-svg em-fluid"><text>1</text></svg></figure>') == ""
    )
