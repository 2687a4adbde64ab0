"""The chapter's arithmetic against brute force and printed values; what its pictures draw."""

import datetime
from fractions import Fraction
from math import comb, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from scipy import stats

from emergence_lib import datasets, laws, scores
from emergence_lib.chapters.safety import numbers, pictures
from emergence_lib.reader import svg

factors = st.floats(1.1, 200)
widths = st.floats(0.1, 8)


def _line(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def _xy(line: Line2D) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(line.get_xdata(), float), np.asarray(line.get_ydata(), float)


# Checks


@pytest.mark.parametrize(
    ("total", "factor", "on_the_way"),
    [(1000, 4, 4), (1000, 2, 9), (1000, 10, 2), (64, 4, 2), (3, 4, 0), (1024, 4, 4), (1025, 4, 5)],
)
def test_checks_on_the_way_are_those_counted_by_multiplying(
    total: int, factor: int, on_the_way: int
) -> None:
    reached, count = factor, 0
    while reached < total:
        reached, count = reached * factor, count + 1
    assert numbers.checks(total, factor) == count == on_the_way


def test_a_run_of_a_thousand_is_nearly_five_steps_of_four() -> None:
    assert numbers.steps(1000, 4) == pytest.approx(log(1000) / log(4)) == pytest.approx(4.98289214)


@given(factors, widths)
def test_the_whole_rise_is_missed_as_often_as_on_a_fine_grid_of_placements(
    factor: float, width: float
) -> None:
    spacing = np.log10(factor)
    start = (np.arange(4000) + 0.5) / 4000 * spacing  # of the rise, after a check
    missed = np.mean(start + width < spacing)
    assert numbers.hidden(factor, width) == pytest.approx(missed, abs=5e-4)


@given(factors, widths)
def test_no_placement_lets_more_of_the_rise_pass_between_two_checks(
    factor: float, width: float
) -> None:
    slope = 2 * np.log(9) / width
    first = np.linspace(-20 - np.log10(factor), 20, 20001)  # a check, from the midpoint
    done = 0.5 * (1 + np.tanh(slope * first / 2))
    after = 0.5 * (1 + np.tanh(slope * (first + np.log10(factor)) / 2))
    most = numbers.between(factor, width)
    assert (after - done).max() <= most + 1e-12
    assert (after - done).max() == pytest.approx(most, rel=2e-3)


@given(st.floats(0.001, 0.999), factors, widths)
def test_what_the_next_check_finds_lies_on_the_logistic(
    level: float, factor: float, width: float
) -> None:
    slope = 2 * np.log(9) / width
    here = np.log(level / (1 - level)) / slope
    there = laws.logistic(here + np.log10(factor), 0.0, slope)
    assert numbers.by_next(level, factor, width) == pytest.approx(float(there), rel=1e-6)


def test_a_rise_as_wide_as_the_spacing_goes_from_a_tenth_to_nine_tenths() -> None:
    assert numbers.by_next(0.1, 10, 1.0) == pytest.approx(0.9)
    assert numbers.between(10, 1.0) == pytest.approx(0.8)
    assert numbers.hidden(10, 1.0) == 0


def test_the_rises_are_logistic_and_their_widths_in_order() -> None:
    table = numbers.rises()
    assert list(table.index) == list(numbers.RISES)
    assert (table["shape"] == "logistic").all()
    assert (table["narrowest"] < table["likeliest"]).all()
    assert (table["likeliest"] < table["widest"]).all()


def test_three_digit_sums_are_as_wide_as_a_plain_fit_along_compute_says() -> None:
    table = datasets.load("gpt3_arithmetic").query("setting == 'few_shot' and task == '3D+'")
    x, right = np.log10(table["train_flops"]), (table["score"] * 2000).round()
    slope, middle = (each[..., None] for each in np.mgrid[3:4:201j, 22.9:23.3:201j])
    p = laws.logistic(x.to_numpy(), middle, slope)
    likelihood = stats.binom.logpmf(right.to_numpy(), 2000, p).sum(axis=-1)
    best = np.unravel_index(likelihood.argmax(), likelihood.shape)
    width = 2 * np.log(9) / slope[best][0]
    assert numbers.rises()["likeliest"]["GPT-3: 3-digit sums"] == pytest.approx(width, abs=0.01)


def test_rises_that_fit_between_checks_are_counted_by_hand() -> None:
    table = numbers.rises()
    for spacing in numbers.SPACINGS:
        for end in numbers.ENDS:
            hidden = [numbers.hidden(spacing, width) > 0 for width in table[end]]
            assert numbers.fits(spacing, end) == sum(hidden)


# Tries


@pytest.mark.parametrize("failed", [100, 300, 1000])
def test_the_rate_left_open_is_the_exact_one_sided_bound_and_about_three_over_n(
    failed: int,
) -> None:
    left = float(laws.upper_bound_after_zero(failed))
    assert left == pytest.approx(stats.beta.ppf(0.95, 1, failed))  # Clopper and Pearson
    assert left == pytest.approx(3 / failed, rel=0.02)


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_the_chance_of_a_success_hangs_on_the_ratio_alone(tries: int, failed: int) -> None:
    assert float(numbers.shows(tries, failed)) == pytest.approx(1 - 0.05 ** (tries / failed))


def test_pass_at_four_of_the_table_follows_from_no_single_rate_but_is_below_it() -> None:
    table = numbers.tries()
    assert list(table) == list(numbers.PYTHIA)
    for name in table:
        known = table[name].dropna()
        assert known.is_monotonic_increasing
        assert (known <= 1 - (1 - known[1]) ** known.index.to_numpy(float) + 1e-12).all()


def test_no_success_is_likeliest_where_all_problems_are_equally_hard() -> None:
    rate = numbers.tries()["70M"][1]
    unequal = np.r_[np.full(64, 2 * rate), np.zeros(64)]
    assert numbers.blank("70M") == pytest.approx((1 - rate) ** 128)
    assert np.prod(1 - unequal) < numbers.blank("70M")


def test_pass_at_k_is_the_share_of_draws_with_a_right_one() -> None:
    n, c, k = 12, 3, 4
    exact = 1 - Fraction(comb(n - c, k), comb(n, k))
    assert float(scores.pass_at_k(n, c, k)) == pytest.approx(float(exact))


# Horizons


def test_doubling_times_are_those_that_the_results_file_prints() -> None:
    assert numbers.doubling().days == pytest.approx(187.778, abs=5e-4)
    assert numbers.doubling(numbers.RECENT).days == pytest.approx(128.744, abs=5e-4)


@pytest.mark.parametrize("since", ["2019-01-01", "2023-01-01"])
def test_the_line_and_its_interval_are_those_of_the_textbook(since: str) -> None:
    rows = [
        (datetime.date.fromisoformat(row["release_date"]).toordinal(), np.log2(row["p50_minutes"]))
        for row in datasets.load("metr_time_horizon").to_dict("records")
        if row["is_sota_p50"] and row["release_date"] >= since
    ]
    x, y = np.array(rows, float).T
    n, across = len(x), x - x.mean()
    slope = (across * y).sum() / (across**2).sum()
    left = y - y.mean() - slope * across
    error = np.sqrt((left**2).sum() / (n - 2) / (across**2).sum())
    reach = stats.t.ppf(0.975, n - 2) * error
    found = numbers.doubling(since)
    assert found.models == n
    assert found.days == pytest.approx(1 / slope)
    assert (found.low, found.high) == pytest.approx((1 / (slope + reach), 1 / (slope - reach)))


def test_the_bend_is_the_difference_of_criteria_worked_out_by_hand() -> None:
    table = numbers.records()
    x, y = table["day"].to_numpy(float) / 1000, np.log2(table["p50_minutes"].to_numpy())
    n, criteria = len(x), []
    for degree in (1, 2):
        design = np.vander(x, degree + 1)
        squares = np.linalg.lstsq(design, y)[1][0]
        k = degree + 2
        criteria.append(n * np.log(squares / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1))
    assert numbers.doubling().bend == pytest.approx(criteria[0] - criteria[1])


def test_a_record_lies_above_all_that_came_before() -> None:
    table = numbers.horizons()
    for row in table[table["record"]].to_dict("records"):
        before = table[table["date"] < row["date"]]
        assert (before["p50_minutes"] < row["p50_minutes"]).all()


def test_the_longest_horizon_has_the_interval_of_the_file() -> None:
    assert numbers.longest() == "claude_opus_4_6"
    assert numbers.spread("claude_opus_4_6") == pytest.approx(3633.786163 / 316.685725)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numbers.steps(1, 4), "total: found 1"),
        (lambda: numbers.checks(1000, 1), "factor: found 1"),
        (lambda: numbers.hidden(4, 0), "width: found 0"),
        (lambda: numbers.between(0.5, 1), r"factor: found 0\.5"),
        (lambda: numbers.by_next(1, 4, 1), "level: found 1"),
        (lambda: numbers.doubling("2025-12-01"), "since: found '2025-12-01'"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Pictures


@pytest.mark.parametrize("spacing", numbers.SPACINGS)
@pytest.mark.parametrize("curve", pictures.CURVES)
def test_the_checks_stand_a_factor_apart_and_the_shaded_gap_holds_the_most(
    curve: str, spacing: int
) -> None:
    fig, update = pictures.watched()
    said = update(curve, "likeliest", spacing)
    (ax,) = fig.axes
    places, seen = _xy(_line(ax, "what the checks see"))
    places, first = np.unique(places, return_index=True)
    assert places[1:] / places[:-1] == pytest.approx(np.full(len(places) - 1, spacing))
    assert places[-1] < numbers.RUN <= places[-1] * spacing * (1 + 1e-9)
    width = numbers.rises()["likeliest"][curve]
    assert np.diff(seen[first]).max() == pytest.approx(numbers.between(spacing, width))
    (gap,) = ax.patches
    low, high = np.asarray(gap.get_path().vertices)[:2, 0]
    at = int(np.diff(seen[first]).argmax())
    assert (low, high) == pytest.approx((places[at], places[at + 1]))
    assert f"{numbers.hidden(spacing, width):.0%} of placements" in said
    assert f"Checks on the way: {len(places) - 1}." in said


def test_absence_draws_three_bounds_that_meet_95_percent_at_their_own_tries() -> None:
    (ax,) = pictures.absence().axes
    for failed in pictures.FAILED:
        x, y = _xy(_line(ax, f"{failed:,} failed"))
        assert np.interp(np.log10(failed), np.log10(x), y) == pytest.approx(0.95, abs=1e-3)


def test_tries_draws_the_table_and_no_gap_of_it() -> None:
    (ax,) = pictures.tries().axes
    for name, solved in numbers.tries().items():
        x, y = _xy(_line(ax, str(name)))
        assert x.tolist() == solved.dropna().index.tolist()
        assert y.tolist() == solved.dropna().tolist()


def test_horizons_draws_every_model_once_and_lines_that_double() -> None:
    (ax,) = pictures.horizons().axes
    drawn = np.concatenate([_xy(_line(ax, name))[1] for name in ("records", "others")])
    assert sorted(drawn) == sorted(datasets.load("metr_time_horizon")["p50_minutes"])
    for name, since in (("all years", "2019-01-01"), ("since 2023", numbers.RECENT)):
        day, minutes = _xy(_line(ax, name))
        doublings = np.log2(minutes[1] / minutes[0])
        assert (day[1] - day[0]) / doublings == pytest.approx(numbers.doubling(since).days)


@pytest.mark.parametrize(
    "draw",
    [lambda: pictures.watched()[0], pictures.absence, pictures.tries, pictures.horizons],
)
def test_colours_can_follow_the_readers_theme(draw) -> None:
    assert svg.inline(draw(), "name", "what it shows").count("<svg") == 1
