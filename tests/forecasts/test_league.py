"""The league's numbers against its own table, counted another way."""

import numpy as np
import pytest

from emergence_lib.forecasts import league as forecast_league
from emergence_lib.forecasts import methods as forecast_methods


def test_the_league_counts_what_the_table_of_forecasts_holds() -> None:
    table = forecast_league.every_forecast()
    assert len(table) == forecast_league.count_curves() == len(forecast_methods.cases())
    off = (table["score"] - table["line"]).abs()
    assert forecast_league.missed("line") == (off > 0.1).mean()
    assert forecast_league.median_error("line") == pytest.approx(off.median())
    by_source = (off > 0.1).groupby(table["source"]).mean()
    assert forecast_league.mean_missed("line") == pytest.approx(by_source.mean())
    two = forecast_league.count_curves("rising") + forecast_league.count_curves("at chance")
    assert two == len(table)


def test_the_ranking_begins_with_the_method_most_often_wrong() -> None:
    wrong = [forecast_league.missed(method) for method in forecast_league.ranking()]
    assert len(wrong) == len(forecast_methods.METHODS)
    assert wrong == sorted(wrong, reverse=True)


def test_gpt3s_three_digit_sums_are_forecast_as_in_chapter_six() -> None:
    name = "GPT-3, 3D+ few-shot"
    assert forecast_league.forecast_of(name, "logistic") == pytest.approx(0.58, abs=0.005)
    assert forecast_league.forecast_of(name, "score") == 0.804
    assert forecast_league.forecast_of(name, "last") == 0.084


def test_jumps_are_counted_by_hand() -> None:
    table = forecast_league.every_forecast().query("start == 'at chance'")
    came = table["score"] - table["last"] > 0.1
    alarm = table["logistic"] - table["last"] > 0.1
    assert forecast_league.jumps("logistic", what="came") == came.sum()
    assert forecast_league.jumps("logistic", what="alarm") == alarm.sum()
    assert forecast_league.jumps("logistic", what="hit") == (came & alarm).sum()
    assert forecast_league.jumps("last", what="alarm") == 0


def test_the_worst_misses_lie_outside_every_forecast() -> None:
    above, below = forecast_league.worst("above"), forecast_league.worst("below")
    assert (above["score"] > above["most"]).all()
    assert (below["score"] < below["least"]).all()
    assert above["off"].is_monotonic_decreasing
    assert below["off"].is_monotonic_increasing


@pytest.mark.slow
def test_coverage_is_the_share_of_intervals_that_hold_the_score() -> None:
    table = forecast_league.intervals()
    given = table[table["given"]]
    held = (given["low"] <= given["score"]) & (given["score"] <= given["high"])
    assert forecast_league.coverage() == held.mean()
    assert np.isfinite(table[["low", "high"]].to_numpy()).all()
    assert forecast_league.given() == len(given)
    assert forecast_league.given("line") == len(table)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forecast_league.errors("spline"), "method: found 'spline'"),
        (lambda: forecast_league.errors("line", rival="spline"), "rival: found 'spline'"),
        (lambda: forecast_league.errors("line", "flat"), "start: found 'flat'"),
        (lambda: forecast_league.errors("line", source="GPT-5"), "source: found 'GPT-5'"),
        (lambda: forecast_league.errors("loss", source="GPT-3, MMLU"), "applies to no curve"),
        (lambda: forecast_league.jumps("line", what="boom"), "what: found 'boom'"),
        (lambda: forecast_league.worst("sideways"), "direction: found 'sideways'"),
        (lambda: forecast_league.forecast_of("GPT-5", "line"), "name: found 'GPT-5'"),
        (lambda: forecast_league.forecast_of("OPT, MMLU", "loss"), "does not apply to OPT, MMLU"),
        (lambda: forecast_league.coverage("magic"), "which: found 'magic'"),
        (lambda: forecast_league.jumps("spline"), "method: found 'spline'"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
