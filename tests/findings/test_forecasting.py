"""The chapter's numbers: against SciPy on the raw columns, and on curves whose law is known."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from emergence_lib import laws
from emergence_lib.findings import forecasting, ladders
from emergence_lib.findings.forecasting import Case
from emergence_lib.findings.ladders import Ladder

SCALE = np.geomspace(1e8, 1e12, 9)


def made(score: np.ndarray, items: float = 1e6, **columns: np.ndarray) -> Ladder:
    rows = pd.DataFrame({"scale": SCALE, "score": score, "items": items} | columns)
    return Ladder("made", "made, up", "up", "made", "parameters", 0.0, rows, True)


def logistic(middle: float, slope: float, ceiling: float = 1.0) -> np.ndarray:
    return laws.logistic(np.log10(SCALE), middle, slope, 0.0, ceiling)


def test_nothing_above_a_quarter_of_the_target_is_seen() -> None:
    for case in forecasting.cases():
        scale = case.ladder.scale
        assert scale[case.seen - 1] <= scale[-1] / 4 * 1.001 < scale[case.seen]
        assert case.seen >= 3


def test_hidden_scores_do_not_touch_a_forecast() -> None:
    score = logistic(10, 2)
    other = np.where(np.arange(9) < 6, score, 0.9)
    first, second = (Case(made(each), 6) for each in (score, other))
    pd.testing.assert_frame_equal(
        forecasting.curve_forecasts([first]), forecasting.curve_forecasts([second])
    )
    ends = ["low", "high"]
    pd.testing.assert_frame_equal(
        forecasting.audit_intervals([first])[ends], forecasting.audit_intervals([second])[ends]
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
        said = forecasting.curve_forecasts([Case(made(score), 7)]).loc[0, method]
        assert said == pytest.approx(score[-1], abs=2e-3), method


def test_a_falling_curve_is_forecast_to_fall_on() -> None:
    score = logistic(10, -2)
    said = forecasting.curve_forecasts([Case(made(score), 7)]).loc[0]
    assert said["logistic"] == pytest.approx(score[-1], abs=1e-3)
    assert said["line"] < score[6]


def test_line_and_its_interval_are_those_of_scipy() -> None:
    case = next(each for each in forecasting.cases() if each.ladder.name == "OPT, MMLU")
    x, y = np.log10(case.ladder.scale[: case.seen]), case.ladder.score[: case.seen]
    fit = stats.linregress(x, y)
    at = np.log10(case.at)
    middle = fit.intercept + fit.slope * at
    rest = np.sum((y - fit.intercept - fit.slope * x) ** 2) / (case.seen - 2)
    sd = np.sqrt(rest + rest / case.seen + (fit.stderr * (at - x.mean())) ** 2)
    reach = stats.t.ppf(0.975, case.seen - 2) * sd
    said = forecasting.curve_forecasts([case]).loc[0]
    assert said["line"] == pytest.approx(middle)
    assert said["line_low"] == pytest.approx(max(middle - reach, 0))
    assert said["line_high"] == pytest.approx(middle + reach)


def test_intervals_cover_when_the_law_is_true() -> None:
    rng = np.random.default_rng(0)
    truth = logistic(10.5, 2)
    many = [Case(made(rng.binomial(500, truth) / 500, 500), 6) for _ in range(60)]
    table = forecasting.audit_intervals(many)
    score = np.array([case.ladder.score[-1] for case in many])
    held = (table["low"] <= score) & (score <= table["high"])
    assert table["given"].all()
    assert held.mean() >= 0.9
    assert (table["high"] - table["low"]).median() < 0.5


def test_no_interval_is_given_where_nothing_rises() -> None:
    rng = np.random.default_rng(1)
    flat = [Case(made(rng.binomial(100, 0.01, 9) / 100, 100), 6) for _ in range(20)]
    table = forecasting.audit_intervals(flat)
    assert table["given"].mean() <= 0.15
    assert (table.loc[~table["given"], ["low", "high"]].to_numpy() == [0, 1]).all()


def test_loss_law_recovers_chinchillas() -> None:
    n, d = (
        each.ravel() for each in np.meshgrid(np.geomspace(1e8, 3e9, 5), np.geomspace(2e9, 2e11, 5))
    )
    loss = 1.7 + 400 / n**0.35 + 500 / d**0.3
    said = forecasting.loss_law(n, d, loss, (1e10, 1e12))
    assert said == pytest.approx(1.7 + 400 / 1e10**0.35 + 500 / 1e12**0.3, rel=2e-3)


def test_loss_first_finds_a_sigmoid_of_a_power_law() -> None:
    tokens = np.geomspace(1e9, 1e12, 9)
    loss = 0.5 + 40 * tokens**-0.2
    score = laws.logistic(-loss, -0.9, 6.0, 0.25, 0.8)
    ladder = made(score, params=np.full(9, 1e9), tokens=tokens, loss=loss)
    said = forecasting.by_loss([Case(made(score), 6), Case(ladder, 6)])
    assert said.index.tolist() == [1]
    assert said.loc[1, "loss_said"] == pytest.approx(loss[-1], rel=5e-3)
    assert said.loc[1, "loss_forecast"] == pytest.approx(score[-1], abs=0.01)
    assert said.loc[1, "loss_known"] == pytest.approx(score[-1], abs=0.01)


def test_other_benchmarks_see_nothing_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [each for each in forecasting.cases() if each.ladder.name == "Pythia, MMLU"]
    before = forecasting.by_benchmarks(many)
    scores, about = forecasting._score_matrix()
    spoilt = scores.copy()
    spoilt.loc[about["scale"] > many[0].at / 4.001] = 0.123
    monkeypatch.setattr(forecasting, "_score_matrix", lambda: (spoilt, about))
    pd.testing.assert_series_equal(forecasting.by_benchmarks(many), before)


def test_first_component_is_the_top_eigenvector_of_the_covariance() -> None:
    table = np.random.default_rng(3).normal(size=(30, 4)) @ np.diag([3.0, 1, 1, 1]) + 5
    values, vectors = np.linalg.eigh(np.cov(table.T))
    axis = vectors[:, -1] * np.sign(vectors[:, -1].sum())
    found = forecasting._first_component(table)
    assert found == pytest.approx((table - table.mean(axis=0)) @ axis)
    assert np.var(found, ddof=1) == pytest.approx(values[-1])


def test_the_league_counts_what_the_table_of_forecasts_holds() -> None:
    table = forecasting.every_forecast()
    assert len(table) == forecasting.count_curves() == len(forecasting.cases())
    off = (table["score"] - table["line"]).abs()
    assert forecasting.missed("line") == (off > 0.1).mean()
    assert forecasting.median_error("line") == pytest.approx(off.median())
    assert forecasting.tail_error("line") == pytest.approx(off.quantile(0.9))
    league = forecasting.league()
    assert league["missed"].is_monotonic_decreasing
    both = league["too_low"] + league["too_high"]
    assert league["missed"].to_numpy() == pytest.approx(both.to_numpy())
    two = forecasting.count_curves("rising") + forecasting.count_curves("at chance")
    assert two == len(table)


def test_gpt3s_three_digit_sums_are_forecast_as_in_chapter_six() -> None:
    name = "GPT-3, 3D+ few-shot"
    assert forecasting.forecast_of(name, "logistic") == pytest.approx(0.58, abs=0.005)
    assert forecasting.forecast_of(name, "score") == 0.804
    assert forecasting.forecast_of(name, "last") == 0.084


def test_gompertz_forecast_is_scipys() -> None:
    case = next(each for each in forecasting.cases() if each.ladder.name == "GPT-3, 3D+ few-shot")
    x, right = np.log10(case.ladder.scale[:7]) - 9, np.round(case.ladder.score[:7] * 2000)

    def cost(theta: np.ndarray) -> float:
        return -float(
            stats.binom.logpmf(right, 2000, np.exp(-np.exp(theta[0] - theta[1] * x))).sum()
        )

    best = optimize.minimize(cost, [1.7, 0.3], method="Nelder-Mead", options={"xatol": 1e-8})
    expected = np.exp(-np.exp(best.x[0] - best.x[1] * (np.log10(case.at) - 9)))
    said = forecasting.forecast_of("GPT-3, 3D+ few-shot", "gompertz")
    assert said == pytest.approx(expected, abs=2e-3)


def test_jumps_are_counted_by_hand() -> None:
    table = forecasting.every_forecast().query("start == 'at chance'")
    came = table["score"] - table["last"] > 0.1
    alarm = table["logistic"] - table["last"] > 0.1
    assert forecasting.jumps("logistic", what="came") == came.sum()
    assert forecasting.jumps("logistic", what="alarm") == alarm.sum()
    assert forecasting.jumps("logistic", what="hit") == (came & alarm).sum()
    assert forecasting.jumps("last", what="alarm") == 0


def test_the_worst_misses_lie_outside_every_forecast() -> None:
    above, below = forecasting.worst("above"), forecasting.worst("below")
    assert (above["score"] > above["most"]).all()
    assert (below["score"] < below["least"]).all()
    assert above["off"].is_monotonic_decreasing
    assert below["off"].is_monotonic_increasing


def test_distance_keeps_the_curves_and_only_hides_more() -> None:
    table = forecasting.by_distance()
    assert table["curves"].nunique() == 1
    models = table.drop_duplicates("factor").set_index("factor")["models"]
    assert models.is_monotonic_decreasing
    assert forecasting.missed_at(32, "last") > forecasting.missed_at(2, "last")


def test_two_pass_rates_carried_on_by_hand() -> None:
    # -ln p falls from 8 to 4 over a factor of 10: it halves again over the next.
    said = forecasting.gompertz_from_two(np.exp(-8), np.exp(-4), 10, 10)
    assert said == pytest.approx(np.exp(-2))
    assert forecasting.seen_by_pass_until(0.001) == 2000


@pytest.mark.slow
def test_coverage_is_the_share_of_intervals_that_hold_the_score() -> None:
    table = forecasting.intervals()
    given = table[table["given"]]
    held = (given["low"] <= given["score"]) & (given["score"] <= given["high"])
    assert forecasting.coverage() == held.mean()
    assert np.isfinite(table[["low", "high"]].to_numpy()).all()
    assert forecasting.given() == len(given)
    assert forecasting.given("line") == len(table)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: forecasting.cases(1), "ahead: found 1"),
        (lambda: forecasting.errors("spline"), "method: found 'spline'"),
        (lambda: forecasting.errors("line", rival="spline"), "rival: found 'spline'"),
        (lambda: forecasting.errors("line", "flat"), "start: found 'flat'"),
        (lambda: forecasting.errors("line", source="GPT-5"), "source: found 'GPT-5'"),
        (lambda: forecasting.errors("loss", source="GPT-3, MMLU"), "applies to no curve"),
        (lambda: forecasting.jumps("line", what="boom"), "what: found 'boom'"),
        (lambda: forecasting.worst("sideways"), "direction: found 'sideways'"),
        (lambda: forecasting.forecast_of("GPT-5", "line"), "name: found 'GPT-5'"),
        (lambda: forecasting.forecast_of("OPT, MMLU", "loss"), "does not apply to OPT, MMLU"),
        (lambda: forecasting.coverage("magic"), "which: found 'magic'"),
        (lambda: forecasting.missed_at(3, "line"), "factor, method: found 3"),
        (lambda: forecasting.hide(ladders.one("OPT, MMLU"), 0), "models_hidden: found 0"),
        (lambda: forecasting.shoulder_value("chess", 1, "line"), "found 'chess'"),
        (lambda: forecasting.pass_rate("hoped"), "case: found 'hoped'"),
        (lambda: forecasting.gompertz_from_two(0, 0.1, 2, 2), "rate: found 0"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
