"""What the mirage leaves, against hand counts, made-up tables and the files themselves."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from scipy import optimize, stats

from emergence_lib import datasets, laws, published
from emergence_lib.chapters.after_mirage import numbers, pictures
from emergence_lib.experiments import store


def test_the_nine_tasks_are_those_of_the_table() -> None:
    assert sorted(numbers.TASKS.values()) == sorted(datasets.load("wu_lo_overall")["task"].unique())


def test_levels_for_families_are_dummies_of_a_regression() -> None:
    table = published.twice("mmlu")
    fit = numbers.bend("MMLU", "Brier score", levels=True)
    x = table["x"].to_numpy()
    families = table["family"].unique()
    design = np.column_stack(
        [
            *((table["family"] == each).to_numpy(float) for each in families),
            x,
            np.maximum(x - fit.at, 0),
        ]
    )
    found = np.linalg.lstsq(design, table["tc_brier"].to_numpy())[0]
    assert (fit.before, fit.after) == pytest.approx((found[-2], found[-2] + found[-1]))
    # What the second view draws: the line, and the same residuals, around one level.
    moved = numbers.levelled("MMLU", "Brier score")
    assert len(moved) < len(table)
    alone = [name for name in families if (table["family"] == name).sum() == 1]
    assert not set(alone) & set(moved["family"])
    rest = moved["y"] - fit.height(moved["x"], x[0])
    assert np.sum(rest**2) == pytest.approx(fit.rest)


def test_leaving_a_family_out_is_fitting_the_others() -> None:
    table = published.twice("arc").query("family != 'Pythia'")
    mine = numbers.bend("ARC", "accuracy", without="Pythia")
    line = stats.linregress(table["x"], table["accuracy"])
    straight = np.sum((table["accuracy"] - line.intercept - line.slope * table["x"]) ** 2)
    assert mine.rest <= straight
    assert mine.gain < len(table) * np.log(straight / mine.rest)


def test_an_s_curve_is_fitted_as_well_as_a_free_search_fits_it() -> None:
    table = published.twice("parsinlu_qa_mc")
    x, y = table["x"].to_numpy(), table["accuracy"].to_numpy()

    def wrong(z: np.ndarray) -> np.ndarray:
        return np.asarray(z[0] + z[1] * laws.logistic(x, z[2], z[3]) - y)

    starts = [(0.3, 0.3, middle, slope) for middle in (22, 23, 24) for slope in (1, 2, 4)]
    bounds = ([-1, -2, x[0], 0.5], [2, 4, x[-1] + 1, 2 * np.log(9)])
    free = min(2 * optimize.least_squares(wrong, z, bounds=bounds).cost for z in starts)
    by_hand = len(x) * np.log(numbers.bend("Persian reading", "accuracy").rest / free)
    assert numbers.against_curve("Persian reading", "accuracy") == pytest.approx(by_hand, abs=0.2)


def test_straddlers_have_two_models_on_either_side() -> None:
    table = published.twice("mmlu")
    at = numbers.bend("MMLU", "accuracy").at
    for name in table["family"].unique():
        right = (table.loc[table["family"] == name, "x"] > at).sum()
        left = (table["family"] == name).sum() - right
        assert (name in numbers.straddlers()) == (min(left, right) >= 2)


def test_olmo_switches_where_the_table_shows_it() -> None:
    # data/README: .273 at 231 billion tokens, .368 at 252; .270 at 126 and .401 at 168 for 13B.
    seven, thirteen = numbers.switch(), numbers.switch("OLMo2-13B")
    assert (seven["tokens"] / 1e9).round().tolist() == [231, 252]
    assert seven["acc_letter"].round(3).tolist() == [0.273, 0.368]
    assert (thirteen["tokens"] / 1e9).round().tolist() == [126, 168]
    assert (numbers.switch_together(), numbers.switch_together("OLMo2-13B")) == (7, 8)


def test_a_rising_curve_through_points_by_hand() -> None:
    # 3 and 1 are pooled to 2; outside the ends nothing is extrapolated.
    found = numbers.rising([2, 1, 3, 4], [3, 0, 1, 5], [0, 1, 2, 2.5, 3, 3.5, 9])
    assert found == pytest.approx([0, 0, 2, 2, 2, 3.5, 5])


def test_sizes_that_share_a_curve_are_not_missed_along_it(monkeypatch: pytest.MonkeyPatch) -> None:
    loss = np.tile(np.linspace(1, 3, 21), 3)
    table = pd.DataFrame(
        {
            "group": "one",
            "params": np.repeat([1e6, 1e7, 1e8], 21),
            "compute": 1e15,
            "loss": loss,
            "score": np.clip(2 - loss, 0, 1),
        }
    )
    monkeypatch.setattr(numbers, "grid", lambda task: table)
    assert numbers.miss.__wrapped__("made up", "loss") == pytest.approx(0, abs=1e-9)
    # Along parameters a size is guessed from the mean of a neighbour, and misses by the spread.
    spread = 100 * table["score"].std(ddof=0)
    assert numbers.miss.__wrapped__("made up", "params") == pytest.approx(spread, rel=0.05)


def test_the_long_grid_follows_every_network_at_every_exam() -> None:
    whole, digits = numbers.grid("whole sums"), numbers.grid("digits")
    runs = store.stored("addition", "long")
    assert len(whole) == sum(len(each.step) for each in runs)
    assert whole["score"].iloc[-1] == pytest.approx(runs[-1].exact_match[-1, 4])
    assert digits["score"].iloc[0] == pytest.approx(runs[0].position_accuracy[0, 4, :6].mean())
    assert (digits["score"] >= whole["score"] - 1e-6).all()


def test_a_model_is_seen_from_the_step_after_it_was_last_hidden() -> None:
    rate = numbers.rates()["12b"]
    for answers in (1e3, 1e5):
        step = numbers.first_seen("12b", answers)
        assert (rate[rate.index >= step] * answers >= 3).all()
        assert rate[rate.index < step].iloc[-1] * answers < 3
    assert np.isnan(numbers.first_seen("14m", 100))
    # With three right answers expected one is found in 95% of tests.
    assert 1 - np.exp(-numbers.SEEN) == pytest.approx(0.95, abs=0.001)


def test_the_onset_of_the_law_is_where_three_right_answers_are_expected() -> None:
    scale = 1e10**0.35 * np.log(2)

    def first(items: float) -> float:
        return float(
            optimize.brentq(lambda x: items * laws.gompertz(10**x, scale, 0.35) - 3, 5, 12)
        )

    assert numbers.law_onset() == pytest.approx(first(20) - first(100_000))


def test_chances_are_counts_of_the_stored_networks() -> None:
    runs = store.stored("lottery")
    at, when = runs[0].config.widths.index(4), runs[0].config.moments.index(1000)
    end = np.concatenate([each.accuracy[at, :, when] for each in runs])
    row = numbers.chances(1000).loc[4]
    assert row["nets"] == len(end)
    assert row["chance"] == pytest.approx((end > 0.99).mean())
    assert row["low"] < row["chance"] < row["high"] < row["low"] + 0.15
    sums = np.array([each.accuracy[:, :, -1] for each in store.stored("lottery", "addition")])
    assert numbers.above_half("addition", 1000).to_numpy() == pytest.approx(
        (sums > 0.5).mean((0, 2))
    )


def test_the_mean_ladder_steps_as_counted_by_hand() -> None:
    mean = np.mean([each.accuracy[:, :, -1].mean(1) for each in store.stored("lottery")], axis=0)
    steps = np.diff(mean.astype(float))
    assert numbers.mean_step() == pytest.approx(steps.max() / (mean[-1] - mean[0]), rel=1e-4)
    assert len(numbers.single_ladders()) == 210


def test_the_suspect_logs_lie_apart_from_the_first_hundred_steps_on() -> None:
    table = datasets.load("polypythia_train_loss_by_seed").query("model_size == '70m'")
    for _, rows in table.query("step >= 128").groupby("step"):
        odd = rows["suspect"].to_numpy(bool)
        assert rows.loc[odd, "train_loss"].min() > rows.loc[~odd, "train_loss"].max() + 0.1


# What the figures draw, without looking at pixels.


def line(figure: Figure, label: str) -> Line2D:
    (found,) = [each for each in figure.axes[0].lines if each.get_label() == label]
    return found


def heights(curve: Line2D) -> list[float]:
    return np.asarray(curve.get_ydata(), dtype=float).tolist()


@pytest.mark.parametrize("view", pictures.VIEWS)
def test_the_nine_tasks_are_drawn_model_by_model(view: str) -> None:
    figure, update = pictures.nine()
    labels = ("at most half a trillion training tokens", "more training tokens", "Qwen1.5")
    for task in numbers.TASKS:
        said = update(task, "Brier score", view)
        drawn = {each for label in labels for each in heights(line(figure, label))}
        table = published.twice(numbers.TASKS[task])
        wanted = (
            table["tc_brier"]
            if view == pictures.VIEWS[0]
            else numbers.levelled(task, "Brier score")["y"]
        )
        assert drawn == set(wanted)
        assert f"{len(wanted):d} models" in said


def test_rates_below_what_a_test_sees_stand_at_the_bottom() -> None:
    figure, update = pictures.resolution()
    said = update("GSM8K", 1000)
    drawn = np.array(heights(line(figure, "12B")))
    rate = numbers.rates()["12b"].to_numpy()
    assert drawn[rate >= 0.003] == pytest.approx(rate[rate >= 0.003])
    assert (drawn[rate < 0.003] < 1e-8).all()
    assert "10,000 (12B)" in said
    assert "never 14M" in said


def test_every_network_has_a_place_on_its_shelf() -> None:
    x, y = pictures.stacked(np.array([0.5, 0.5, 0.5, 0.5, 1.0]))
    assert x.tolist() == [0, 0, 0, 1, 0]
    assert y[:4] == pytest.approx(0.5, abs=0.01)
    assert len(set(zip(x, y, strict=True))) == 5
    figure, update = pictures.fates()
    for width in pictures.WIDTHS:
        said = update(width, 4000)
        assert f"{numbers.chances()['chance'].to_dict()[width]:.0%} of 210" in said
        assert (
            max(np.asarray(line(figure, "a network").get_xdata(), float))
            < figure.axes[0].get_xlim()[1]
        )


def test_along_each_axis_the_runs_of_a_size_are_drawn_at_their_scores() -> None:
    figure, update = pictures.axis()
    for skill in pictures.SKILLS:
        for name in pictures.AXES:
            assert "misses a size by" in update(skill, name)
        rows = numbers.grid(skill)
        smallest = rows.loc[rows["params"] == rows["params"].min(), "score"]
        assert set(heights(line(figure, "size 1"))) == set(smallest)


def test_marks_of_the_gains_are_those_of_the_table() -> None:
    figure = pictures.gains()
    drawn = np.asarray(line(figure, "family levels").get_xdata(), float)
    table = numbers.gains().query("score == 'Brier score'")
    assert drawn == pytest.approx(table["levels"].to_numpy()[::-1])


def axes_of(figures: list[Figure]) -> list[Axes]:
    return [each.axes[0] for each in figures]


def test_thresholds_draw_both_marks_and_both_formats() -> None:
    sums, formats = axes_of(pictures.thresholds())
    assert len(sums.lines) == 2
    assert len([each for each in formats.lines if "," in str(each.get_label())]) == 4
    # Loss falls to the right, in both.
    assert all(np.diff(each.get_xlim())[0] < 0 for each in (sums, formats))
