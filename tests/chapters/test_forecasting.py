"""The chapter's own numbers, by hand."""

import numpy as np
import pytest

from emergence_lib import laws
from emergence_lib.chapters.forecasting import numbers as forecasting
from emergence_lib.forecasts import methods as forecast_methods


def test_distance_keeps_the_curves_and_only_hides_more() -> None:
    table = forecasting.by_distance()
    assert table["curves"].nunique() == 1
    far = [{case.ladder.name: case.seen for case in forecast_methods.cases(k)} for k in (2, 32)]
    assert len(far[1]) == table["curves"].iloc[0]
    assert all(far[1][name] <= far[0][name] for name in far[1])
    assert forecasting.missed_at(32, "last") > forecasting.missed_at(2, "last")


def test_two_pass_rates_carried_on_by_hand() -> None:
    # -ln p falls from 8 to 4 over a factor of 10: it halves again over the next.
    said = forecasting.gompertz_from_two(np.exp(-8), np.exp(-4), 10, 10)
    assert said == pytest.approx(np.exp(-2))
    assert forecasting.samples_until(0.001) == 2000


def test_a_hidden_rise_passes_under_the_zero_and_reaches_half() -> None:
    slope = forecasting.steepness_hidden(2000, 1.134)
    assert laws.logistic(0.0, 1.134, slope) == pytest.approx(laws.upper_bound_after_zero(2000))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forecasting.missed_at(3, "line"), "factor, method: found 3"),
        (lambda: forecasting.shoulder_value("chess", 1, "line"), "found 'chess'"),
        (lambda: forecasting.gompertz_from_two(0, 0.1, 2, 2), "rate: found 0"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("rate", [0.5, 0.01, 0.001])
def test_the_plain_estimate_of_two_successes_is_biased_as_the_sum_over_all_outcomes(
    rate: float,
) -> None:
    drawn = np.arange(2, 200_000)
    probability = (drawn - 1) * rate**2 * (1 - rate) ** (drawn - 2)
    unbiased = ((2 - 1) / (drawn - 1) * probability).sum()
    assert unbiased == pytest.approx(rate)
    assert forecasting.plain_rate_bias(rate) == pytest.approx(
        (2 / drawn * probability).sum() / rate
    )
