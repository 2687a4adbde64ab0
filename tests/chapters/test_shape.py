"""The chapter's numbers against SciPy, hand counts and limits; its pictures against the numbers."""

from collections.abc import Callable

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy import optimize, special, stats

from emergence_lib import datasets, ladders
from emergence_lib.chapters.shape import numbers, pictures
from emergence_lib.laws import Array

SIZES = np.log10([8.63e9, 62.5e9, 540.35e9])


def line(ax: Axes, label: str) -> Line2D:
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


def x_of(drawn: Line2D) -> Array:
    return np.asarray(drawn.get_xdata(), dtype=float)


def y_of(drawn: Line2D) -> Array:
    return np.asarray(drawn.get_ydata(), dtype=float)


@pytest.mark.parametrize(
    ("unit", "log"), [("decade", np.log10), ("e-fold", np.log), ("doubling", np.log2)]
)
def test_a_factor_is_what_the_curve_itself_needs(unit: str, log: Callable[[float], float]) -> None:
    grow = numbers.factor(2, unit)
    # Half of the factor, in ratio, lies on each side of the threshold.
    low, high = (1 / (1 + np.exp(-2 * log(grow**side))) for side in (-0.5, 0.5))
    assert (low, high) == pytest.approx((0.1, 0.9))
    assert numbers.steepness(grow, unit) == pytest.approx(2)


def test_a_natural_logarithm_makes_nine_of_a_steepness_of_two() -> None:
    assert numbers.factor(2, "e-fold") == pytest.approx(9)  # e to the power of 2 ln 9 / 2


@pytest.mark.parametrize("shape", [*numbers.SHAPES, "hard start"])
def test_aligned_shapes_pass_the_same_two_points_and_rise(shape: str) -> None:
    assert numbers.aligned(shape, [0, 1]) == pytest.approx([0.1, 0.9])
    height = numbers.aligned(shape, np.linspace(-1.5, 2, 60))
    assert np.all(np.diff(height) >= 0)
    assert height[0] >= 0


def test_a_hard_start_starts_and_leaves_errors_that_fall_as_a_power() -> None:
    assert numbers.aligned("hard start", -0.1) == 0
    errors = 1 - numbers.aligned("hard start", np.array([0.5, 1.0, 1.5]))
    assert errors[1] / errors[0] == pytest.approx(errors[2] / errors[1])


def test_feet_are_those_of_scipys_distributions() -> None:
    for shape, law in (("probit", stats.norm), ("logistic", stats.logistic)):
        low, high = law.ppf([0.1, 0.9])
        assert numbers.aligned(shape, -1) == pytest.approx(law.cdf(2 * low - high))
    low, high = stats.gumbel_l.ppf([0.1, 0.9])
    assert numbers.aligned("Weibull", -1) == pytest.approx(stats.gumbel_l.cdf(2 * low - high))


@pytest.mark.parametrize(
    ("shape", "law"),
    [("logistic", stats.logistic), ("probit", stats.norm), ("Weibull", stats.gumbel_l)],
)
def test_subtraction_is_fitted_as_scipy_would(shape: str, law: stats.rv_continuous) -> None:
    table = datasets.load("gpt3_arithmetic")
    rows = table[(table["task"] == "3D-") & (table["setting"] == "few_shot")]
    x, right = np.log10(rows["params"].to_numpy()), np.round(rows["score"].to_numpy() * 2000)

    def cost(theta: np.ndarray) -> float:
        z = theta[0] + theta[1] * (x - 10.5)
        return -float(np.sum(right * law.logcdf(z) + (2000 - right) * law.logsf(z)))

    best = optimize.minimize(cost, [-1.0, 2.0], method="Nelder-Mead", options={"xatol": 1e-8})
    low, middle, high = (law.ppf([0.1, 0.5, 0.9]) - best.x[0]) / best.x[1] + 10.5
    fit = numbers.subtraction(shape)
    assert fit.threshold[0] == pytest.approx(middle, abs=1e-3)
    assert fit.width[0] == pytest.approx(high - low, abs=2e-3)


def test_mmlu_has_the_width_that_its_ends_give_it() -> None:
    zero, chance = numbers.mmlu(0.0, 1.0), numbers.mmlu(0.25, 1.0)
    fitted = numbers.mmlu(0.25, None)
    assert zero.width[0] > 2 * chance.width[0] > 2 * fitted.width[0]
    assert fitted.deviance[0] < chance.deviance[0] < zero.deviance[0]
    assert 0.25 < fitted.ceiling[0] < 1


def test_a_fitted_ceiling_gains_more_than_the_scatter_of_the_models_would() -> None:
    dots = ladders.one(numbers.MMLU)
    right = dots.score * dots.items

    def deviance(share: Array) -> float:
        said = dots.items * share
        parts = ((right, said), (dots.items - right, dots.items - said))
        return 2 * float(sum(special.xlogy(seen, seen / hoped).sum() for seen, hoped in parts))

    assumed, fitted = (
        deviance(numbers.mmlu(0.25, top).predict(np.log10(dots.scale))[0]) for top in (1.0, None)
    )
    spare = len(dots.scale) - 3
    assert numbers.ceiling_gain() == pytest.approx((assumed - fitted) / fitted * spare, rel=1e-3)
    assert stats.f.sf(numbers.ceiling_gain(), 1, spare) < 0.01


def test_the_printed_example_is_beyond_its_line_by_half() -> None:
    assert numbers.beyond_line([0.13, 0.25, 0.87], (1, 1)) == pytest.approx(0.50)
    # 25 + 12 * 0.937 / 0.860 = 38.1 per cent.
    by_size = numbers.beyond_line([0.13, 0.25, 0.87], numbers.PALM_STEPS)
    assert by_size == pytest.approx(0.87 - 0.381, abs=5e-4)


def test_a_straight_line_in_log_size_is_on_its_line() -> None:
    assert numbers.beyond_line(0.1 + 0.2 * SIZES, numbers.PALM_STEPS) == pytest.approx(0)


def test_the_highest_score_is_the_one_that_an_optimiser_finds() -> None:
    first, second = np.diff(SIZES)

    def score(middle: float, slope: float) -> float:
        small, medium, large = 1 / (1 + np.exp(-slope * (SIZES - middle)))
        return large - medium - (medium - small) * second / first

    for slope in (1.5, 2, 4):
        found = optimize.minimize_scalar(lambda at, k=slope: -score(at, k), bounds=(11, 12.5))
        best = -found.fun
        assert numbers.highest(slope) == pytest.approx(best, abs=1e-6)
        assert numbers.highest(slope, 0.25) == pytest.approx(0.75 * best, abs=1e-6)


def test_equal_steps_give_the_second_difference() -> None:
    scores = 1 / (1 + np.exp(-2 * (SIZES[:, None] - numbers.MIDPOINTS)))
    second = scores[2] - 2 * scores[1] + scores[0]
    assert numbers.highest(2, steps=numbers.EQUAL_STEPS) == pytest.approx(second.max())


@pytest.mark.parametrize(
    "shape", [special.expit, lambda z: -np.expm1(-np.exp(np.minimum(z, 50))), lambda z: z > 0]
)
@pytest.mark.parametrize("slope", [1.0, 4.0, 30.0])
def test_over_evenly_spread_thresholds_any_shape_averages_to_zero(
    shape: Callable[[Array], Array], slope: float
) -> None:
    places = np.linspace(-40, 60, 50_001)
    scores = shape(slope * (SIZES[:, None] - places)).astype(float)
    beyond = numbers.beyond_line(scores, numbers.PALM_STEPS)
    assert np.abs(beyond).max() > 0.05
    # An integral over decades: a curve that only ever beat its line would have most of one.
    assert abs(beyond.sum() * (places[1] - places[0])) < 0.01


def test_shares_are_counts_of_drawn_thresholds() -> None:
    rng = np.random.default_rng(0)
    scores = 1 / (1 + np.exp(-2 * (SIZES[:, None] - rng.uniform(9, 13, 100_000))))
    promised = scores[1] + (scores[1] - scores[0]) * np.diff(SIZES)[1] / np.diff(SIZES)[0]
    beyond = scores[2] - promised
    assert numbers.share_beyond(10, 2) == pytest.approx(np.mean(beyond > 0.1), abs=0.01)
    assert numbers.share_beyond(-10, 2) == pytest.approx(np.mean(beyond < -0.1), abs=0.01)
    cut = scores[2] - np.minimum(promised, 1)
    assert numbers.share_beyond(-10, 1.5, capped=True) < numbers.share_beyond(-10, 1.5)
    assert numbers.share_beyond(-10, 2, capped=True) == pytest.approx(np.mean(cut < -0.1), abs=0.01)


@pytest.mark.parametrize("points", [10, 20])
def test_cliffs_beat_their_line_when_their_step_is_the_last_one(points: float) -> None:
    # Right from the third size on only: on the line until then, and 100 points above it.
    share = (SIZES[2] - SIZES[1]) / 4
    assert numbers.share_beyond(points, numbers.CLIFF) == pytest.approx(share, abs=1e-3)
    half = numbers.share_beyond(points, numbers.CLIFF, spread=(7, 15))
    assert half == pytest.approx(share / 2, abs=1e-3)


def test_a_floor_takes_its_part_of_every_score() -> None:
    with_floor = numbers.share_beyond(15, 2, floor=0.25)
    assert with_floor == pytest.approx(numbers.share_beyond(20, 2), abs=1e-3)
    assert numbers.share_beyond(20, 2, floor=0.25) == 0


@pytest.mark.parametrize("points", [10, 20, 50])
def test_the_widest_logistic_just_gets_there(points: float) -> None:
    slope = 2 * np.log(9) / numbers.widest(points)
    assert 100 * numbers.highest(slope) == pytest.approx(points, abs=1e-3)


def test_gpt3s_scores_are_beyond_lines_through_two_models() -> None:
    found = numbers.gpt3_statistic()
    assert len(found) == 61
    table = datasets.load("gpt3_arithmetic")
    rows = table[(table["task"] == "3D+") & (table["setting"] == "few_shot")].sort_values("params")
    x, y = np.log10(rows["params"].to_numpy()), rows["score"].to_numpy()
    promised = np.polyval(np.polyfit(x[[3, 6]], y[[3, 6]], 1), x[7])
    assert numbers.gpt3_beyond("3D+") == pytest.approx(y[7] - promised)
    assert (numbers.gpt3_capped() >= found["beyond"]).all()
    assert numbers.gpt3_capped()[found["line"] <= 1].equals(found["beyond"][found["line"] <= 1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numbers.factor(2, "octave"), "unit: found 'octave', want one of decade"),
        (lambda: numbers.factor(0), "steepness: found 0"),
        (lambda: numbers.steepness(1), "growth: found 1"),
        (lambda: numbers.aligned("spline", 0), "shape: found 'spline', want hard start or one of"),
        (lambda: numbers.widest(100), "points: found 100"),
        (lambda: numbers.gpt3_beyond("CB"), "task: found 2 curves called 'CB', want one"),
    ],
)
def test_errors_name_the_argument(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("steepness", pictures.STEEPNESS)
@pytest.mark.parametrize(("floor", "ceiling"), [("0%", "100%"), ("50%", "80%")])
def test_the_marks_lie_on_the_curve_and_the_bar_is_as_long_as_the_readout_says(
    steepness: float, floor: str, ceiling: str
) -> None:
    fig, update = pictures.four_numbers()
    said = update("10B", steepness, floor, ceiling)
    (ax,) = fig.axes
    curve, marks, bar = (line(ax, label) for label in ("score", "_marks", "_width"))
    inside = (x_of(marks) >= 1e7) & (x_of(marks) <= 1e13)
    drawn = np.interp(np.log10(x_of(marks)[inside]), np.log10(x_of(curve)), y_of(curve))
    assert y_of(marks)[inside] == pytest.approx(drawn, abs=3e-3)
    length = np.diff(np.log10(x_of(bar)))[0]
    assert f"takes {length:.2f} decades" in said
    # Between two points of the drawing the curve is straight, so it may be steeper, a little.
    steepest = 100 * np.diff(y_of(curve)).max() / 0.05
    assert float(said.split("Steepest: ")[1].split()[0]) == pytest.approx(steepest, rel=0.06, abs=1)


def test_three_units_are_three_widths() -> None:
    (ax,) = pictures.three_units().axes
    for unit in numbers.UNITS:
        curve = line(ax, f"2 per {unit}")
        low, high = np.interp([0.1, 0.9], y_of(curve), np.log10(x_of(curve)))
        assert 10 ** (high - low) == pytest.approx(numbers.factor(2, unit), rel=0.02)


def test_the_mmlu_curve_is_the_fit_between_its_ends() -> None:
    fig, update = pictures.ends()
    (ax,) = fig.axes
    for floor, low in pictures.ENDS.items():
        for ceiling, high in pictures.TOPS.items():
            said = update(floor, ceiling)
            fit = numbers.mmlu(low, high)
            assert f"width {fit.width[0]:.1f} decades" in said
            curve, marks = line(ax, "logistic curve"), line(ax, "_marks")
            assert y_of(curve).min() >= low
            assert y_of(curve).max() <= fit.ceiling[0]
            done = (y_of(marks) - low) / (fit.ceiling[0] - low)
            assert done == pytest.approx([0.1, 0.5, 0.9])
            # A fit that finds the ceiling where it was assumed must not look like a dead button.
            same = high is None and round(100 * fit.ceiling[0]) == 100
            assert ("again 100%" in said) == same


def test_bars_end_where_their_ends_are() -> None:
    for (fig, _), label in ((pictures.four_numbers(), "_width"), (pictures.palm(), "_miss")):
        assert line(fig.axes[0], label).get_solid_capstyle() == "butt"


def test_tails_meet_at_the_two_marks_in_both_panels() -> None:
    for fig in pictures.tails():
        (ax,) = fig.axes
        for name in pictures.LOOKS:
            curve = line(ax, name)
            seen = np.isfinite(y_of(curve))
            at = np.interp([0, 1], x_of(curve)[seen], y_of(curve)[seen])
            assert at == pytest.approx([0.1, 0.9], abs=0.01)


def test_the_subtraction_curves_part_in_the_gap_between_two_models() -> None:
    linear, _ = pictures.subtraction()
    (ax,) = linear.axes
    halves = []
    for name in numbers.SHAPES:
        curve = line(ax, name)
        halves.append(10 ** np.interp(0.5, y_of(curve), np.log10(x_of(curve))))
    assert 12.85e9 < min(halves) < max(halves) < 174.6e9
    table = numbers.fits_table()["half of the rise at (billion parameters)"]
    assert np.array(halves) / 1e9 == pytest.approx(table.to_numpy(), rel=0.01)


@pytest.mark.parametrize(("steepness", "threshold"), [(1.5, "600B"), (2, "400B"), (4, "250B")])
def test_the_settings_of_the_links_show_the_highest_surplus_that_the_text_prints(
    steepness: float, threshold: str
) -> None:
    _, update = pictures.palm()
    first, second = np.diff(SIZES)
    z = steepness * (SIZES[:, None] - np.linspace(9, 13, 100_000))
    small, medium, large = special.expit(z)
    most = (large - medium - (medium - small) * second / first).max()
    assert f"Surplus: {100 * most:+.0f} points." in update(steepness, threshold)


@pytest.mark.parametrize("steepness", pictures.PALM_STEEPNESS)
def test_the_palm_bar_and_its_dot_say_the_same(steepness: float) -> None:
    fig, update = pictures.palm()
    above, below = fig.axes
    for threshold in pictures.PALM_THRESHOLDS:
        said = update(steepness, threshold)
        promised, score = y_of(line(above, "_miss"))
        here = y_of(line(below, "_here"))[0]
        assert here == pytest.approx(100 * (score - promised))
        assert f"{here:+.0f} points" in said
        dots, rule = line(above, "three models"), line(above, "_line")
        slopes = np.diff(y_of(rule)) / np.diff(np.log10(x_of(rule)))
        assert slopes[0] == pytest.approx(slopes[1])
        assert y_of(dots)[:2] == pytest.approx(y_of(rule)[:2])
    low, high = below.get_ylim()
    assert low < y_of(line(below, "surplus")).min()
    assert high > y_of(line(below, "surplus")).max()
