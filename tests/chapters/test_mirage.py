"""The numbers of chapter 13, against hand computation, simulation and made-up ladders."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from emergence_lib import laws
from emergence_lib.chapters.mirage import numbers as mirage
from emergence_lib.experiments import addition

WIDTHS = addition.BOOK.widths


def ladder(
    midpoint: float = 4.0, slope: float = 3.0, seed: int = 0, widths: tuple[int, ...] = WIDTHS
) -> addition.Result:
    """Return a made-up ladder whose every live digit follows one logistic, errors independent."""
    config = addition.Config(widths=widths, items=10**9)
    size = np.array([161 * width + 60 for width in widths])
    p = laws.logistic(np.log10(size), midpoint, slope, 0.1)
    digits = np.repeat(np.repeat(p[:, None, None], 5, axis=1), 6, axis=2)
    loss = np.repeat(-np.log(p)[:, None], 5, axis=1)
    return addition.Result(
        config=config,
        seed=seed,
        seconds=1.0,
        parameters=size,
        step=np.full(len(widths), config.steps),
        exact_match=p[:, None] ** np.arange(2, 7),
        position_accuracy=digits,
        edit_distance=(1 - p)[:, None] * np.arange(2, 7),
        cross_entropy=loss,
        brier=loss / 2,
        error_correlation=np.zeros_like(loss),
    )


@pytest.mark.parametrize("slope", [0.5, 4.0])
@pytest.mark.parametrize("n", [1, 3, 20])
def test_power_levels_are_where_the_curve_is_at_the_level(n: float, slope: float) -> None:
    for level in (0.1, 0.5, 0.9):
        x = mirage.power_level(level, n, slope)
        assert laws.exact_match(laws.logistic(x, 0, slope), n) == pytest.approx(level)


def test_power_width_starts_at_the_logistics_and_falls_to_the_limit() -> None:
    assert mirage.power_width(1, 4) == pytest.approx(laws.logistic_width(4))
    # literature/claims: 1.10, 0.92, 0.84, 0.81 decades for 1, 2, 4, 8 skills of slope 4
    assert mirage.power_width([1, 2, 4, 8], 4) == pytest.approx([1.10, 0.92, 0.84, 0.81], abs=5e-3)
    assert np.all(np.diff(mirage.power_width(np.arange(1, 200))) < 0)
    assert mirage.power_width(10**7, 4) == pytest.approx(mirage.power_width_limit(4), rel=1e-6)
    assert mirage.power_width_limit() / mirage.power_width(1) == pytest.approx(0.702, abs=5e-4)


@pytest.mark.parametrize(
    ("level", "n", "slope", "name"),
    [(0, 1, 1, "level"), (1, 1, 1, "level"), (0.5, 0, 1, "n"), (0.5, 1, 0, "slope")],
)
def test_power_level_names_what_is_out_of_range(
    level: float, n: float, slope: float, name: str
) -> None:
    with pytest.raises(ValueError, match=f"^{name}: found"):
        mirage.power_level(level, n, slope)


def test_product_rule_by_hand() -> None:
    made = ladder()
    made.position_accuracy[3, 1, :3] = 0.5, 0.8, 1.0
    made.exact_match[3, 1] = 0.45
    table = mirage.product_rule([made])
    assert len(table) == 40
    row = table[(table["width"] == 32) & (table["length"] == 2)].iloc[0]
    assert row["product"] == pytest.approx(0.4)
    assert row["power"] == pytest.approx((2.3 / 3) ** 3)
    assert row["error"] == pytest.approx(-0.05)
    mean, largest = mirage.product_error([made])
    assert largest == pytest.approx(0.05)
    assert mean == pytest.approx(0.05 / 40)


def test_error_correlation_leaves_out_what_never_errs() -> None:
    made = ladder()
    made.error_correlation[2, 1:3] = 0.3, -0.1
    assert mirage.error_correlation([made]) == pytest.approx(0.2)
    assert mirage.error_correlation([ladder()]) == 0


def test_power_of_the_mean_is_never_below_the_product() -> None:
    table = mirage.product_rule()
    assert np.all(table["power"] >= table["product"] - 1e-12)


def test_transition_of_a_straight_line_is_eight_tenths_of_its_length() -> None:
    size = np.logspace(2, 5, 7)
    middle, width = mirage.transition(size, np.linspace(0.2, 0.7, 7))
    assert (middle, width) == pytest.approx((3.5, 2.4))


def test_transition_of_a_fine_logistic_is_its_width() -> None:
    size = np.logspace(-6, 6, 2001)
    middle, width = mirage.transition(size, laws.logistic(np.log10(size), 0.5, 4))
    assert (middle, width) == pytest.approx((0.5, float(laws.logistic_width(4))), abs=1e-3)


def test_transition_wants_a_rise() -> None:
    with pytest.raises(ValueError, match="want a rise"):
        mirage.transition([1, 10, 100], [0.5, 0.9, 0.5])


def test_subset_match_agrees_with_a_simulated_exam() -> None:
    rates = np.array([0.95, 0.6, 0.3, 0.8])
    right = np.random.default_rng(0).random((200_000, 4)) < rates
    for count in (1, 2, 4):
        chosen = [
            right[:, list(some)].all(1).mean() for some in itertools.combinations(range(4), count)
        ]
        assert mirage.subset_match(rates[None], count)[0] == pytest.approx(
            np.mean(chosen), abs=3e-3
        )


def test_metric_effect_on_made_up_ladders() -> None:
    # Many sizes, so that interpolation adds nothing: digits of slope 3, answers of six digits.
    made = ladder(widths=tuple(np.unique(np.geomspace(1, 10**7, 400).astype(int)).tolist()))
    effect = mirage.metric_effect([made]).iloc[0]
    assert effect["digit"] == pytest.approx(float(laws.logistic_width(3)), abs=0.02)
    assert effect["ratio"] == pytest.approx(effect["digit"] / effect["exact"])
    assert effect["share"] == pytest.approx(1 - 1 / effect["ratio"])
    assert 0.2 < effect["share"] < 0.3
    assert effect["shift"] > 0.3


def test_forecast_from_digits_is_right_where_its_assumptions_hold() -> None:
    table = mirage.forecasts(results=[ladder()])
    assert table["seen"].sum() == 5
    assert table["digits_error"].abs().max() < 1e-3
    # Whole answers are not logistic: their own extrapolation overshoots.
    unseen = table[~table["seen"]]
    assert unseen["answers_error"].max() > 0.1
    summary = mirage.forecast_error("answers", results=[ladder()])
    assert summary["highest"] == pytest.approx(unseen["answers_error"].max())
    assert summary["mean"] == pytest.approx(unseen["answers_error"].abs().mean())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mirage.forecast_error("tea leaves"), "name: found 'tea leaves'"),
        (
            lambda: mirage.forecast_error("digits", limit=256),
            "limit: found 256, want less than 256",
        ),
        (
            lambda: mirage.mean_score("parameters", 8),
            "name: found 'parameters', want one of digits",
        ),
        (lambda: mirage.mean_score("brier", 9), r"width: found 9, want one of \(8, 16"),
        (lambda: mirage.mean_score("brier", 8, 6), "length: found 6"),
        (lambda: mirage.power_width_limit(0), "slope: found 0"),
    ],
)
def test_bad_arguments_are_named(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def test_stages_counts_positions() -> None:
    made = ladder()
    made.position_accuracy[:, 4, :] = 0.5
    made.position_accuracy[0, 4, :3] = 0.1
    made.position_accuracy[7, 4, 1:] = 0.95
    counts = mirage.stages([made])
    assert counts.to_dict() == {"low": 3, "between": 33, "high": 4}


def test_agreement_speaks_of_the_points_outside_the_stored_range() -> None:
    lower, upper, live = ladder(4.05), ladder(3.95, seed=1), ladder(4.0, seed=7)
    said = mirage.agreement(live, [lower, upper])
    assert said.startswith("Seed 7, 1 CPU seconds.")
    assert "by at most 0 points" in said
    live.exact_match[6, 4] = upper.exact_match[6, 4] + 0.2
    assert "by at most 20 points" in mirage.agreement(live, [lower, upper])


def test_product_rule_names_net_and_step_of_each_paper() -> None:
    config = addition.Config(widths=(4, 8), lengths=(1, 2), steps=9, exams=(3,), items=50)
    result = addition.run(config, seed=0)
    table = mirage.product_rule([result])
    one = table[table["length"] == 2]
    assert one["width"].tolist() == [4, 8, 4, 8]
    assert one["step"].tolist() == [3, 3, 9, 9]
    assert one["parameters"].tolist() == result.parameters.tolist()
    assert one["product"].to_numpy() == pytest.approx(laws.product(result.live(2)))


def test_widths_can_be_read_along_steps() -> None:
    made = ladder(widths=tuple(np.unique(np.geomspace(1, 10**7, 400).astype(int)).tolist()))
    in_time = replace(made, step=made.parameters, parameters=np.ones_like(made.parameters))
    assert mirage.widths([in_time], "step").equals(mirage.widths([made]))


# What the chapter says in words about the stored ladders.


def test_through_training_the_product_rule_holds_and_the_metric_takes_more() -> None:
    runs = mirage.through_training()
    table = mirage.product_rule(runs)
    assert table["error"].abs().mean() < 0.004
    assert table.loc[table["length"] > 1, "error"].abs().max() < 0.025
    worst = table.iloc[int(table["error"].abs().to_numpy().argmax())]
    assert worst["length"] == 1
    assert worst["step"] < 300
    in_time, in_size = mirage.metric_effect(runs, "step"), mirage.metric_effect()
    assert in_time["share"].min() > in_size["share"].max()
    for each in runs:
        # Carry and units pass three quarters well before the other places of the answer.
        reached = each.step[(each.live(5) > 0.75).argmax(axis=0)]
        assert 2 * max(reached[0], reached[5]) < min(reached[1:5])


def test_edits_hardly_differ_from_wrong_digits() -> None:
    for each in mirage.stored():
        wrong = (1 - each.live(5)).sum(axis=1)
        assert np.all(each.edit_distance[:, 4] <= wrong + 1e-9)
        assert each.edit_distance[:, 4] == pytest.approx(wrong, rel=0.03)


def test_exact_match_is_the_product_of_the_digits() -> None:
    mean, largest = mirage.product_error()
    assert mean < 0.003
    assert largest < 0.02


def test_the_metric_takes_between_a_quarter_and_two_fifths_of_the_width() -> None:
    effect = mirage.metric_effect()
    assert len(effect) == 3
    assert effect["share"].between(0.25, 0.4).all()
    assert effect["shift"].between(0.3, 0.5).all()
    # The continuous loss is about as wide as the digits: most of the rise is not the metric's.
    assert effect["loss_ratio"].between(1.25, 1.7).all()


def test_both_forecasts_miss_and_the_digits_miss_less() -> None:
    digits, answers = mirage.forecast_error("digits"), mirage.forecast_error("answers")
    assert 0.05 < digits["mean"] < 0.12
    assert answers["mean"] > 2 * digits["mean"]
    assert answers["highest"] > 0.4


def test_the_assumed_floor_moves_the_forecast() -> None:
    low, high = (mirage.forecast_error("digits", floor=floor) for floor in (0.0, 0.25))
    assert low["highest"] < 0.1
    assert low["lowest"] < -0.2
    assert high["highest"] > 0.2
    assert high["lowest"] > -0.05


def test_single_positions_climb_in_stages() -> None:
    counts = mirage.stages()
    assert counts.sum() == 120
    assert counts["low"] > 30
    assert counts["high"] > 30


def test_the_ladder_is_the_one_described() -> None:
    assert mirage.ladder_span() == pytest.approx(np.log10((161 * 256 + 60) / (161 * 8 + 60)))
    assert mirage.training_problems() == 4000 * 256 / 5


def test_mean_score_is_over_seeds() -> None:
    stored = mirage.stored()
    expected = np.mean([each.exact_match[6, 4] for each in stored])
    assert mirage.mean_score("exact_match", 128) == pytest.approx(expected)
    digits = np.mean([each.position_accuracy[6, 4, :6] for each in stored])
    assert mirage.mean_score("digits", 128) == pytest.approx(digits)
