"""The chapter's numbers, each against the printed tables or against SciPy on the raw columns."""

import numpy as np
import pandas as pd
import pytest
from scipy import optimize, stats

from emergence_lib import datasets, published
from emergence_lib.chapters.evidence import numbers as evidence
from emergence_lib.fitting import FitError


def _raw(task: str) -> pd.DataFrame:
    table = datasets.load("gpt3_arithmetic")
    return table[(table["task"] == task) & (table["setting"] == "few_shot")].sort_values("params")


def test_ladder_is_the_printed_row_with_scipys_wilson_interval() -> None:
    ladder = published.gpt3("3D+")
    assert ladder["size"].tolist() == [
        "125M",
        "350M",
        "760M",
        "1.3B",
        "2.7B",
        "6.7B",
        "13B",
        "175B",
    ]
    assert ladder["right"].tolist() == [3, 9, 6, 11, 15, 18, 168, 1608]
    for right, low, high in zip(ladder["right"], ladder["low"], ladder["high"], strict=True):
        oracle = stats.binomtest(int(right), 2000).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((oracle.low, oracle.high))


def test_the_gap_of_the_table_leaves_a_ladder_of_six() -> None:
    assert len(published.gpt3("4D-", "one_shot")) == 6


def test_line_forecast_is_scipys() -> None:
    seen = _raw("3D+").iloc[:7]
    oracle = stats.linregress(np.log10(seen["params"]), seen["score"])
    expected = oracle.intercept + oracle.slope * np.log10(174.6e9)
    assert evidence.gpt3_forecast("3D+", "13B") == pytest.approx(expected)


@pytest.mark.parametrize("largest", ["6.7B", "13B"])
def test_logistic_forecast_is_scipys_maximum_likelihood(largest: str) -> None:
    seen = _raw("3D+").iloc[: 7 if largest == "13B" else 6]
    x, right = np.log10(seen["params"].to_numpy()), np.round(seen["score"].to_numpy() * 2000)

    def cost(theta: np.ndarray) -> float:
        rate = 1 / (1 + np.exp(-theta[1] * (x - theta[0])))
        return -float(stats.binom.logpmf(right, 2000, rate).sum())

    best = optimize.minimize(cost, [12.0, 2.0], method="Nelder-Mead", options={"xatol": 1e-9})
    expected = 1 / (1 + np.exp(-best.x[1] * (np.log10(174.6e9) - best.x[0])))
    found = evidence.gpt3_forecast("3D+", largest, "logistic")
    assert found == pytest.approx(expected, rel=2e-3)


def test_forecasts_fail_low_and_only_the_last_model_saves_the_logistic() -> None:
    for largest in ("760M", "1.3B", "2.7B", "6.7B"):
        assert evidence.gpt3_forecast("3D+", largest, "logistic") < 0.05
    assert evidence.gpt3_forecast("3D+", "13B", "logistic") == pytest.approx(0.58, abs=0.01)


def test_five_digits_up_to_13b_allow_no_logistic() -> None:
    with pytest.raises(FitError, match="jump between neighbouring sizes"):
        evidence.gpt3_fit("5D+", "13B", "logistic")


def test_local_slope_is_the_difference_of_logits() -> None:
    logit = np.log([0.084 / 0.916, 0.804 / 0.196])
    expected = (logit[1] - logit[0]) / np.log10(174.6 / 12.85)
    assert published.gpt3_slope("3D+", "13B", "175B") == pytest.approx(expected)


@pytest.mark.parametrize("method", ["line", "last four", "log-odds"])
def test_forecast_errors_cover_every_curve_once(method: str) -> None:
    errors = evidence.forecast_errors(method)
    assert len(errors) == 61
    assert (errors["group"] == "arithmetic").sum() == 10
    assert not errors.duplicated(["task", "metric"]).any()
    assert errors["miss"].is_monotonic_decreasing
    assert errors["forecast"].between(0, 1).all()
    assert not errors["metric"].isin(["ppl", "average"]).any()


def test_forecast_errors_are_scipys_lines() -> None:
    errors = evidence.forecast_errors().set_index(["task", "metric"])
    table = datasets.load("gpt3_other_tasks")
    for task, metric in (("SymbolInsertion", "acc"), ("HellaSwag", "acc"), ("RoEn16", "bleu_sb")):
        rows = table[
            (table["task"] == task) & (table["metric"] == metric) & (table["setting"] == "few_shot")
        ].sort_values("params")
        x, y = np.log10(rows["params"].to_numpy()), rows["score"].to_numpy()
        oracle = stats.linregress(x[:7], y[:7])
        forecast = oracle.intercept + oracle.slope * x[7]
        assert errors.loc[(task, metric), "miss"] == pytest.approx(y[7] - forecast)


def test_sharp_upward_surprises_are_arithmetic() -> None:
    assert evidence.count_errors("arithmetic", "above") == 10
    assert evidence.count_errors("other", "above") == 3
    assert evidence.count_errors("other", "over-forecast") == 42
    assert evidence.count_errors("all", "any") == 61
    top = evidence.forecast_errors().head(4)
    assert set(top["group"]) == {"arithmetic"}


def test_printed_tables_are_the_findings_in_the_pages_units() -> None:
    printed, errors = evidence.forecast_table(), evidence.forecast_errors()
    assert printed["score minus forecast"].to_numpy() == pytest.approx(
        errors["miss"].to_numpy() * 100, abs=0.051
    )
    assert printed["task"].tolist() == errors["task"].tolist()
    sizes = evidence.first_solved_table()["next smaller model tested"]
    assert sizes.to_numpy() * 1e9 == pytest.approx(
        evidence.bigbench_intervals()["smaller"].to_numpy(), nan_ok=True
    )


def test_the_pattern_does_not_hang_on_the_straight_line() -> None:
    for method in ("last four", "log-odds"):
        assert evidence.count_errors("arithmetic", "above", method) >= 9
        assert evidence.count_errors("other", "over-forecast", method) >= 40


def test_open_models_leave_out_what_cannot_be_placed_or_trusted() -> None:
    raw = datasets.load("obs_scaling_emergent")
    for task, metric in (("arithmetic_3da", "accuracy"), ("ipa_transliterate", "bleu")):
        rows = raw[(raw["task"] == task) & (raw["metric"] == metric)]
        kept = rows[rows["train_flops"].notna() & ~rows["suspect"]]
        found = published.open_models(task, metric)
        assert set(found["model"]) == set(kept["model"])
        assert found["train_flops"].is_monotonic_increasing


def test_two_models_of_equal_compute_differ_a_hundredfold() -> None:
    flops = [evidence.open_flops("arithmetic_3da", name) for name in ("opt-6.7b", "Qwen1.5-0.5B")]
    assert flops[0] == pytest.approx(flops[1], rel=0.01)
    assert evidence.open_score("arithmetic_3da", "Qwen1.5-0.5B") == 0.678
    assert evidence.open_score("arithmetic_3da", "opt-6.7b") == 0.0065


def test_training_compute_is_six_flop_per_parameter_and_token() -> None:
    opt, pythia = (
        evidence.open_flops("arithmetic_3da", name)
        for name in ("facebook/opt-66b", "EleutherAI/pythia-2.8b-deduped")
    )
    assert opt / pythia == pytest.approx(66 * 180 / (2.8 * 300), rel=1e-3)
    assert evidence.open_score("arithmetic_3da", "facebook/opt-66b") == 0.054


def test_equal_compute_pairs_are_close_and_ordered() -> None:
    pairs = evidence.equal_compute_pairs("arithmetic_3da")
    assert pairs["gap"].is_monotonic_decreasing
    for _, pair in pairs.head(3).iterrows():
        flops = [evidence.open_flops("arithmetic_3da", pair[side]) for side in ("better", "worse")]
        assert abs(flops[0] / flops[1] - 1) <= 0.1
        scores = [evidence.open_score("arithmetic_3da", pair[side]) for side in ("better", "worse")]
        assert pair["gap"] == pytest.approx(scores[0] - scores[1])


def test_open_best_looks_below_a_compute_only() -> None:
    rows = datasets.load("obs_scaling_emergent").query("task == 'word_unscrambling'")
    below = rows[rows["train_flops"] < 1e22]["score"].max()
    assert evidence.open_best("word_unscrambling", 1e22) == below


def test_zero_by_exact_match_but_not_by_bleu() -> None:
    table = evidence.zero_by_exact_match()
    assert len(table) == 30
    assert (table["bleu"] > 0).all()
    assert table["bleu"].max() / table["bleu"].min() > 100


def test_family_brackets_hold_the_first_pass() -> None:
    table = evidence.family_brackets().set_index("family")
    assert tuple(table.loc["StarCoder", ["below", "above"]]) == (6.0e21, 1.8e22)
    assert table.loc["OPT", "above"] == np.inf
    assert table.loc["OPT", "below"] == pytest.approx(7.128e22)
    assert table.loc["Qwen1.5", "below"] == 0
    assert evidence.bracket_spread() == pytest.approx(7.128e22 / 7.2e21)


def test_mmlu_spread_is_almost_two_decades() -> None:
    rows = datasets.load("obs_scaling_benchmarks").query("benchmark == 'MMLU' and not suspect")
    first = rows[rows["score"] > 0.4]["train_flops"].min()
    last = rows[rows["score"] < 0.3]["train_flops"].max()
    assert evidence.mmlu_spread() == pytest.approx(np.log10(last / first))
    assert evidence.gpt3_mmlu(1.75e11) == 0.439


def test_compared_models_carry_three_scores_each() -> None:
    table = evidence.compared_models()
    assert set(evidence.COMPARED) < set(table)
    assert table.notna().all().all()
    assert table.loc["facebook/opt-66b", "3-digit addition"] == 0.054


def test_bigbench_counts_as_published() -> None:
    assert evidence.bigbench_first() == 67
    assert evidence.bigbench_first(1e10, 1e11) == 16
    assert evidence.bigbench_first(1e11) == 48
    assert evidence.bigbench_at_largest() == 48
    table = evidence.bigbench_intervals()
    assert table["tasks"].sum() == 67
    assert (table["smaller"].dropna() < table["params"][table["smaller"].notna()]).all()


def test_reported_thresholds_repeat_the_models_that_existed() -> None:
    assert (evidence.reported_abilities(), evidence.reported_values()) == (22, 11)
    assert published.reported_spread() == pytest.approx(np.log10(2.5e24 / 1.3e22))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: published.gpt3("9D+"), "task, setting: found '9D.'"),
        (lambda: evidence.gpt3_score("3D+", "1T"), "size: found '1T'"),
        (lambda: evidence.gpt3_forecast("3D+", "13B", "spline"), "shape: found 'spline'"),
        (lambda: evidence.forecast_errors("magic"), "method: found 'magic'"),
        (lambda: evidence.count_errors("prose"), "kind: found 'prose'"),
        (lambda: evidence.count_errors("all", "up"), "direction: found 'up'"),
        (lambda: evidence.forecast_miss("Chess"), "task: found 'Chess'"),
        (lambda: published.open_models("chess"), "task: found 'chess'"),
        (lambda: published.open_models("ipa_transliterate"), "metric: found none"),
        (lambda: evidence.open_score("MMLU", "7b"), "names end in '7b', want one"),
        (lambda: evidence.dropped_rows("ugly"), "why: found 'ugly'"),
        (lambda: evidence.gpt3_mmlu(1.0), "size: found 1"),
        # Each of these was NaN, infinity, 0 or the answer to another question.
        (lambda: published.gpt3_slope("5D+", "125M", "175B"), r"score on 5D\+: found 0"),
        (lambda: published.gpt3_slope("3D+", "13B", "1T"), "size: found '1T'"),
        (lambda: evidence.median_miss("prose"), "kind: found 'prose'"),
        (lambda: evidence.open_best("word_unscrambling", 1.0), "flops: found 1"),
        (lambda: evidence.bracket_spread(level=1.1), "level: found 1.1, which no family reaches"),
        (lambda: evidence.mmlu_spread(low=1), "low: found 1"),
        (lambda: evidence.mmlu_spread(high=0), "high: found 0"),
        (lambda: published.reported_spread("zero_shot"), "kind: found 'zero_shot'"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
