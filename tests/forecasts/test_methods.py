"""Forecasts against SciPy, and on curves whose law is known."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from emergence_lib import ladders, laws
from emergence_lib.forecasts import methods as forecast_methods
from emergence_lib.forecasts.methods import Case
from emergence_lib.ladders import Ladder

SCALE = np.geomspace(1e8, 1e12, 9)


def made(score: np.ndarray, items: float = 1e6, **columns: np.ndarray) -> Ladder:
    rows = pd.DataFrame({"scale": SCALE, "score": score, "items": items} | columns)
    return Ladder("made", "made, up", "up", "made", "parameters", 0.0, rows, True)


def logistic(middle: float, slope: float, ceiling: float = 1.0) -> np.ndarray:
    return laws.logistic(np.log10(SCALE), middle, slope, 0.0, ceiling)


def test_nothing_above_a_quarter_of_the_target_is_seen() -> None:
    for case in forecast_methods.cases():
        scale = case.ladder.scale
        assert scale[case.seen - 1] <= scale[-1] / 4 * 1.001 < scale[case.seen]
        assert case.seen >= 3


def test_models_of_another_recipe_are_no_ladder() -> None:
    thought = {
        case.ladder.family
        for case in forecast_methods.cases()
        if case.ladder.source == "chain of thought"
    }
    assert thought == {"LaMDA"}
    assert ladders.one("GPT-3, MAWPS chain of thought").family == "GPT-3"


def test_hidden_scores_do_not_touch_a_forecast() -> None:
    score = logistic(10, 2)
    other = np.where(np.arange(9) < 6, score, 0.9)
    first, second = (Case(made(each), 6) for each in (score, other))
    pd.testing.assert_frame_equal(
        forecast_methods.curve_forecasts([first]), forecast_methods.curve_forecasts([second])
    )
    ends = ["low", "high"]
    pd.testing.assert_frame_equal(
        forecast_methods.audit_intervals([first])[ends],
        forecast_methods.audit_intervals([second])[ends],
    )


def test_each_shape_foresees_its_own_law() -> None:
    gompertz = np.exp(-((SCALE / 1e11) ** -0.3))
    levelled = logistic(9.5, 2.5, 0.6)
    straight = 0.1 + 0.08 * np.log10(SCALE / 1e8)
    truth = {
        "logistic": logistic(10.5, 2),
        "gompertz": gompertz,
        "free": levelled,
        "line": straight,
    }
    for method, score in truth.items():
        said = forecast_methods.curve_forecasts([Case(made(score), 7)]).loc[0, method]
        assert said == pytest.approx(score[-1], abs=2e-3), method


def test_a_falling_curve_is_forecast_to_fall_on() -> None:
    score = logistic(10, -2)
    said = forecast_methods.curve_forecasts([Case(made(score), 7)]).loc[0]
    assert said["logistic"] == pytest.approx(score[-1], abs=1e-3)
    assert said["line"] < score[6]


def test_line_and_its_interval_are_those_of_scipy() -> None:
    case = next(each for each in forecast_methods.cases() if each.ladder.name == "OPT, MMLU")
    x, y = np.log10(case.scale), case.score
    fit = stats.linregress(x, y)
    at = np.log10(case.at)
    middle = fit.intercept + fit.slope * at
    rest = np.sum((y - fit.intercept - fit.slope * x) ** 2) / (case.seen - 2)
    sd = np.sqrt(rest + rest / case.seen + (fit.stderr * (at - x.mean())) ** 2)
    reach = stats.t.ppf(0.975, case.seen - 2) * sd
    said = forecast_methods.curve_forecasts([case]).loc[0]
    assert said["line"] == pytest.approx(middle)
    assert said["line_low"] == pytest.approx(max(middle - reach, 0))
    assert said["line_high"] == pytest.approx(middle + reach)


def test_intervals_cover_when_the_law_is_true() -> None:
    rng = np.random.default_rng(0)
    truth = logistic(10.5, 2)
    many = [Case(made(rng.binomial(500, truth) / 500, 500), 6) for _ in range(60)]
    table = forecast_methods.audit_intervals(many)
    score = np.array([case.ladder.score[-1] for case in many])
    held = (table["low"] <= score) & (score <= table["high"])
    assert table["given"].all()
    assert held.mean() >= 0.9
    assert (table["high"] - table["low"]).median() < 0.5


def test_no_interval_is_given_where_nothing_rises() -> None:
    rng = np.random.default_rng(1)
    flat = [Case(made(rng.binomial(100, 0.01, 9) / 100, 100), 6) for _ in range(20)]
    table = forecast_methods.audit_intervals(flat)
    assert table["given"].mean() <= 0.15
    assert (table.loc[~table["given"], ["low", "high"]].to_numpy() == [0, 1]).all()


def test_loss_law_recovers_chinchillas() -> None:
    n, d = (
        each.ravel() for each in np.meshgrid(np.geomspace(1e8, 3e9, 5), np.geomspace(2e9, 2e11, 5))
    )
    loss = 1.7 + 400 / n**0.35 + 500 / d**0.3
    said = forecast_methods.loss_law(n, d, loss, (1e10, 1e12))
    assert said == pytest.approx(1.7 + 400 / 1e10**0.35 + 500 / 1e12**0.3, rel=2e-3)


def test_loss_first_finds_a_sigmoid_of_a_power_law() -> None:
    tokens = np.geomspace(1e9, 1e12, 9)
    loss = 0.5 + 40 * tokens**-0.2
    score = laws.logistic(-loss, -0.9, 6.0, 0.25, 0.8)
    ladder = made(score, params=np.full(9, 1e9), tokens=tokens, loss=loss)
    said = forecast_methods.by_loss([Case(made(score), 6), Case(ladder, 6)])
    assert said.index.tolist() == [1]
    assert said.loc[1, "loss_said"] == pytest.approx(loss[-1], rel=5e-3)
    assert said.loc[1, "loss_forecast"] == pytest.approx(score[-1], abs=0.01)
    assert said.loc[1, "loss_known"] == pytest.approx(score[-1], abs=0.01)
    # The same models seen, but another one to forecast.
    nearer = replace(ladder, rows=ladder.rows.iloc[:8])
    both = forecast_methods.by_loss([Case(ladder, 6), Case(nearer, 6)])
    assert both["loss_said"].to_numpy() == pytest.approx(loss[[8, 7]], rel=5e-3)


def test_other_benchmarks_see_nothing_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [each for each in forecast_methods.cases() if each.ladder.name == "Pythia, MMLU"]
    before = forecast_methods.by_benchmarks(many)
    scores, about = forecast_methods._score_matrix()
    spoilt = scores.copy()
    spoilt.loc[about["scale"] > many[0].at / 4.001] = 0.123
    monkeypatch.setattr(forecast_methods, "_score_matrix", lambda: (spoilt, about))
    pd.testing.assert_series_equal(forecast_methods.by_benchmarks(many), before)


def test_first_component_is_the_top_eigenvector_of_the_covariance() -> None:
    table = np.random.default_rng(3).normal(size=(30, 4)) @ np.diag([3.0, 1, 1, 1]) + 5
    values, vectors = np.linalg.eigh(np.cov(table.T))
    axis = vectors[:, -1] * np.sign(vectors[:, -1].sum())
    found = forecast_methods._first_component(table)
    assert found == pytest.approx((table - table.mean(axis=0)) @ axis)
    assert np.var(found, ddof=1) == pytest.approx(values[-1])


def test_gompertz_forecast_is_scipys() -> None:
    case = forecast_methods.hide(ladders.one("GPT-3, 3D+ few-shot"), 1)
    x, right = np.log10(case.scale) - 9, np.round(case.score * 2000)

    def cost(theta: np.ndarray) -> float:
        return -float(
            stats.binom.logpmf(right, 2000, np.exp(-np.exp(theta[0] - theta[1] * x))).sum()
        )

    best = optimize.minimize(cost, [1.7, 0.3], method="Nelder-Mead", options={"xatol": 1e-8})
    expected = np.exp(-np.exp(best.x[0] - best.x[1] * (np.log10(case.at) - 9)))
    said = forecast_methods.curve_forecasts([case]).loc[0, "gompertz"]
    assert said == pytest.approx(expected, abs=2e-3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forecast_methods.cases(1), "ahead: found 1"),
        (lambda: forecast_methods.hide(ladders.one("OPT, MMLU"), 0), "hidden: found 0"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
