"""The chapter's numbers: counts by hand, closed forms, and the raw tables."""

import numpy as np
import pytest

from emergence_lib import datasets
from emergence_lib.audit import Verdict
from emergence_lib.chapters.detecting import numbers as detecting


def test_wrong_names_are_named() -> None:
    with pytest.raises(ValueError, match="kind: found 'loud'"):
        detecting.emergence_quantiles("loud", 8)
    with pytest.raises(ValueError, match="models: found 3"):
        detecting.aicc_penalty(2, 3)
    with pytest.raises(ValueError, match="items: found 3"):
        detecting.onset(3)


def test_r_squared_is_numpys() -> None:
    scores = detecting.near_step(0.2, 8)
    x = np.linspace(6, 10, 8)
    oracle = np.median([np.corrcoef(x, score)[0, 1] ** 2 for score in scores])
    assert detecting.r_squared(0.2, 8) == pytest.approx(oracle)
    assert detecting.r_squared(3.0, 8) > 0.95


def test_the_onset_is_where_three_right_answers_are_expected() -> None:
    for items in (20, 1000, 100_000):
        size = detecting.onset(items)
        rate = np.exp(-np.log(2) * (size / 1e10) ** -0.35)
        assert items * rate == pytest.approx(3.0)
    shift = np.log10(detecting.onset(20)) - np.log10(detecting.onset(100_000))
    assert detecting.onset_decades(20, 100_000) == pytest.approx(shift)


def test_a_line_without_noise_scores_the_number_of_its_steps() -> None:
    low, middle, high = detecting.emergence_quantiles("line", 9, items=10**9, curves=20)
    assert [low, middle, high] == pytest.approx([8, 8, 8], rel=1e-3)


def test_more_models_raise_the_score_of_one_and_the_same_curve() -> None:
    few, many = (detecting.emergence_quantiles("gradual", models)[1] for models in (8, 24))
    assert many > 2 * few


def test_the_aicc_penalty_is_its_formula() -> None:
    assert detecting.aicc_penalty(2, 8) == pytest.approx(2 * 2 + 2 * 2 * 3 / (8 - 2 - 1))


def test_the_loss_width_is_read_off_the_table() -> None:
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    x, loss = np.log10(table["train_set_size"].to_numpy()), table["test_cross_entropy"].to_numpy()
    levels = loss.max() - np.array([0.1, 0.9]) * np.ptp(loss)
    # The loss falls at every step, so it can be read backwards.
    start, end = np.interp(levels, loss[::-1], x[::-1])
    assert detecting.loss_width() == pytest.approx(end - start)
    assert detecting.loss_share() == pytest.approx((end - start) / np.ptp(x))


def test_a_ladder_holds_the_truth_and_narrows_with_items() -> None:
    found = detecting.told()
    for (_, _, width), ladder in found.items():
        assert ladder.low <= width * 1.01
        assert ladder.high >= width * 0.99
    for models in (8, 12, 24):
        for width in detecting.WIDTHS:
            spans = [
                found[models, items, width].high - found[models, items, width].low
                for items in (100, 1000, 10_000)
            ]
            assert spans == sorted(spans, reverse=True)


def test_the_drawn_ends_have_the_widths_of_the_interval() -> None:
    ladder = detecting.told()[24, 100, 3.0]
    for curve, width in ((ladder.narrowest, ladder.low), (ladder.widest, ladder.high)):
        top = curve.max() if curve[-1] > 0.97 else 1.0
        low, high = np.interp([0.1 * top, 0.9 * top], curve, detecting.GRID)
        assert high - low == pytest.approx(width, rel=0.15)


def test_six_models_bound_a_sharp_rise_from_above_only() -> None:
    ladder = detecting.told()[6, 100, 0.3]
    assert ladder.low == 0
    assert ladder.high < 1
    assert ladder.verdict == Verdict.SHARP
