"""The table below a figure holds what its artists hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from emergence_lib.reader.artists import tables
from emergence_lib.reader.numbers import number, numbers_html
from tests.reader.scenes import curve


def axes_of(figure: Figure) -> Axes:
    axes = figure.subplots()
    axes.set(xlabel="size", ylabel="score")
    return axes


def only_table(figure: Figure) -> pd.DataFrame:
    (table,) = tables([figure])
    return table


def test_lines_over_the_same_positions_stand_side_by_side() -> None:
    table = only_table(curve())
    assert list(table.columns) == ["parameters", "few-shot", "zero-shot"]
    np.testing.assert_array_equal(table["parameters"], [1e7, 1e8, 1e9, 1e10])
    np.testing.assert_array_equal(table["zero-shot"], [0.01, 0.015, 0.1, 0.3])


def test_lines_over_other_positions_stand_under_each_other() -> None:
    figure = Figure()
    axes = axes_of(figure)
    axes.plot([1, 2], [3, 4], label="a")
    axes.scatter([5], [6], label="b")
    table = only_table(figure)
    assert list(table.columns) == ["series", "size", "score"]
    assert table.to_numpy().tolist() == [["a", 1, 3], ["a", 2, 4], ["b", 5, 6]]


def test_unlabelled_artists_are_left_out() -> None:
    figure = Figure()
    axes = axes_of(figure)
    axes.plot([1, 2], [3, 4])
    axes.plot([1, 2], [3, 4], label="_hidden")
    assert tables([figure]) == []
    assert numbers_html([figure], "Title") == ""


def test_panels_share_the_name_of_an_axis_that_is_written_below() -> None:
    figure = Figure()
    above, below = figure.subplots(2)
    above.plot([1, 2], [3, 4], label="loss")
    below.plot([1, 2], [5, 6], label="score")
    below.set(xlabel="parameters", xlim=above.get_xlim())
    assert [list(table.columns) for table in tables([figure])] == [
        ["parameters", "loss"],
        ["parameters", "score"],
    ]
    below.set(xlim=(0, 9))
    assert tables([figure])[0].columns[0] == "position", "another axis has another name"


def test_bars_take_their_names_from_the_ticks() -> None:
    figure = Figure()
    axes = axes_of(figure)
    axes.bar([0, 1], [0.2, 0.7], label="exact match")
    axes.set_xticks([0, 1], labels=["three\ndigits", "five digits"])
    table = only_table(figure)
    assert table.to_numpy().tolist() == [["three digits", 0.2], ["five digits", 0.7]]


def test_bars_between_two_round_places_keep_their_names() -> None:
    figure = Figure()
    axes = axes_of(figure)
    places = np.arange(6) + 0.7 * np.repeat([0, 1, 2], 2)
    axes.barh(places, np.arange(6), height=0.72, label="count")
    axes.set_yticks(places, list("abcdef"))
    assert only_table(figure).iloc[:, 0].tolist() == list("abcdef")


def test_a_curve_that_waits_at_a_point_tells_it_once() -> None:
    figure = Figure()
    axes_of(figure).plot([1, 2, 3, 3, 3], [0.1, 0.2, 0.2, 0.2, 0.2], label="so far")
    assert only_table(figure).to_numpy().tolist() == [[1, 0.1], [2, 0.2], [3, 0.2]]


def test_bars_lying_down_swap_the_axes() -> None:
    figure = Figure()
    axes = axes_of(figure)
    axes.barh(["a", "b"], [2, 3], label="count")
    table = only_table(figure)
    assert list(table.columns) == ["score", "count"]
    assert table.to_numpy().tolist() == [["a", 2], ["b", 3]]


def test_error_bars_give_low_and_high() -> None:
    figure = Figure()
    axes_of(figure).errorbar([1, 2], [0.5, 0.6], yerr=[[0.1, 0.2], [0.3, 0.1]], label="mean")
    table = only_table(figure)
    assert list(table.columns) == ["size", "mean", "mean, low", "mean, high"]
    np.testing.assert_allclose(table["mean, low"], [0.4, 0.4])
    np.testing.assert_allclose(table["mean, high"], [0.8, 0.7])


def test_band_gives_low_and_high_whichever_edge_came_first() -> None:
    figure = Figure()
    axes_of(figure).fill_between([1, 2, 3], [5, 6, 7], [1, 2, 3], label="interval")
    table = only_table(figure)
    assert table.to_numpy().tolist() == [[1, 1, 5], [2, 2, 6], [3, 3, 7]]


def test_data_overrides_the_artists() -> None:
    data = pd.DataFrame({"seed": [1, 2], "loss": [0.5, np.nan]})
    html = numbers_html([curve()], "Title", data)
    assert html.count("<tr>") == 3
    assert "few-shot" not in html
    assert "–" in html


def test_table_is_announced_and_scrolls_by_keyboard() -> None:
    html = numbers_html([curve()], "Larger <models>")
    assert "<caption>Larger &lt;models&gt;" in html
    assert html.count('<th scope="col"') == 3
    assert 'tabindex="0"' in html


def test_a_table_of_a_figure_with_controls_says_its_settings() -> None:
    html = numbers_html([curve()], "They rise", at='n 5, "log" on')
    assert "<caption>They rise (at the start settings: n 5, &quot;log&quot; on)" in html
    assert '<table data-em-at="n 5, &quot;log&quot; on">' in html
    assert "data-em-at" not in numbers_html([curve()], "They rise")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.123456, "0.1235"),
        (0.1, "0.1"),
        (12345.6, "12,346"),
        (5, "5"),
        (1e9, "1 × 10⁹"),
        (1.75e11, "1.75 × 10¹¹"),
        (0.0000123, "1.23 × 10⁻⁵"),
        (0, "0"),
        (-3.5, "−3.5"),
        (-np.inf, "−∞"),
        (-2.5e-9, "−2.5 × 10⁻⁹"),
        ("n-gram", "n-gram"),
        (float("nan"), "–"),
        (None, "–"),
        ("GPT-3", "GPT-3"),
        (True, "yes"),
    ],
)
def test_number(value: object, text: str) -> None:
    assert number(value) == text
