"""The published tables as several chapters read them, against printed rows, SciPy and raw files."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from emergence_lib import datasets, published


def test_gpt3_is_the_printed_row_with_scipys_wilson_interval() -> None:
    ladder = published.gpt3("3D+")
    assert list(ladder["size"]) == ["125M", "350M", "760M", "1.3B", "2.7B", "6.7B", "13B", "175B"]
    # Table H.1 of the GPT-3 paper, few-shot 3D+: 0.15, 0.45, 0.30, ... percent of 2,000.
    assert ladder["right"].tolist() == [3, 9, 6, 11, 15, 18, 168, 1608]
    for right, low, high in zip(ladder["right"], ladder["low"], ladder["high"], strict=True):
        oracle = stats.binomtest(int(right), 2000).proportion_ci(method="wilson")
        assert (low, high) == pytest.approx((oracle.low, oracle.high))
    assert published.gpt3_score("3D+", "13B") == 0.084


def test_the_gap_of_the_table_leaves_a_ladder_of_six() -> None:
    assert len(published.gpt3("4D-", "one_shot")) == 6


def test_the_slope_is_the_difference_of_logits() -> None:
    logit = np.log([0.084 / 0.916, 0.804 / 0.196])
    expected = (logit[1] - logit[0]) / np.log10(174.6 / 12.85)
    assert published.gpt3_slope("3D+", "13B", "175B") == pytest.approx(expected)


def test_open_models_leave_out_what_cannot_be_placed_or_trusted() -> None:
    raw = datasets.load("obs_scaling_emergent")
    for task, metric in (("arithmetic_3da", "accuracy"), ("ipa_transliterate", "bleu")):
        rows = raw[(raw["task"] == task) & (raw["metric"] == metric)]
        kept = rows[rows["train_flops"].notna() & ~rows["suspect"]]
        found = published.open_models(task, metric)
        assert set(found["model"]) == set(kept["model"])
        assert found["train_flops"].is_monotonic_increasing


def test_training_compute_is_six_flop_per_parameter_and_token() -> None:
    opt, pythia = (
        published.open_model("arithmetic_3da", name) for name in ("opt-66b", "pythia-2.8b-deduped")
    )
    assert opt["train_flops"] / pythia["train_flops"] == pytest.approx(
        66 * 180 / (2.8 * 300), rel=1e-3
    )
    assert opt["score"] == 0.054


def test_bigbench_tasks_are_counted_by_rising_size() -> None:
    table = published.bigbench_tasks()
    assert table["tasks"].sum() == 67
    assert table["params"].is_monotonic_increasing
    last = table.iloc[-1]
    assert (last["family"], last["tasks"]) == ("PaLM", 25)


def test_reported_thresholds_spread_over_two_decades() -> None:
    assert published.reported_spread() == pytest.approx(np.log10(2.5e24 / 1.3e22))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: published.gpt3("9D+"), "task, setting: found '9D.'"),
        (lambda: published.gpt3_score("3D+", "1T"), "size: found '1T'"),
        # Each of these was NaN, infinity, 0 or the answer to another question.
        (lambda: published.gpt3_slope("5D+", "125M", "175B"), r"score on 5D\+: found 0"),
        (lambda: published.gpt3_slope("3D+", "13B", "1T"), "size: found '1T'"),
        (lambda: published.open_models("chess"), "task: found 'chess'"),
        (
            lambda: published.open_models("ipa_transliterate"),
            "metric: found None, want one",
        ),
        (lambda: published.open_models("MMLU", "bleu"), "metric: found 'bleu', want one of accur"),
        (lambda: published.gpt3_slope("3D+", "13B", "13B"), "larger: found '13B' twice"),
        (lambda: published.open_model("MMLU", "7b"), "names end in '7b', want one"),
        (lambda: published.reported_spread("zero_shot"), "kind: found 'zero_shot'"),
    ],
)
def test_errors_name_the_argument(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
