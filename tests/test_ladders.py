"""Every ladder against the raw tables."""

from collections import Counter

import numpy as np
import pytest

from emergence_lib import datasets, ladders


def test_every_ladder_rises_in_scale_and_holds_shares() -> None:
    for ladder in ladders.every():
        assert np.all(np.diff(ladder.scale) > 0)
        assert np.all((ladder.score >= 0) & (ladder.score <= 1) & (ladder.items > 0))
        assert 0 <= ladder.floor < 1
        assert len(ladder) >= ladders.FEWEST
    names = Counter(ladder.name for ladder in ladders.every())
    assert max(names.values()) == 1


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("GPT-3, arithmetic", 10 * 3),
        ("GPT-3, other tasks", 51 * 3),
        ("GPT-3, MMLU", 5),
        ("chain of thought", 2 * 5 * 2),  # LaMDA and GPT-3; PaLM has three sizes only
        ("open models, pooled", 8 + 8),
        ("OLMo ladder", 10),
        ("OLMo 2, training", 2 * 10 * 2),
        ("Pythia, sizes", 2 * 9 * 2),
        ("Pythia, training", 16 * 9 * 2),
        ("Pythia, arithmetic", 2 * 5),
        ("Pythia, sampled answers", 2 * 3),
        ("Gadre grid", 3 * 46),
    ],
)
def test_every_curve_of_a_table_is_there(source: str, count: int) -> None:
    assert sum(ladder.source == source for ladder in ladders.every()) == count


def test_a_ladder_is_the_printed_row() -> None:
    table = datasets.load("gpt3_arithmetic").query("task == '3D+' and setting == 'few_shot'")
    ladder = ladders.one("GPT-3, 3D+ few-shot")
    assert ladder.score.tolist() == table.sort_values("params")["score"].tolist()
    assert (ladder.items == 2000).all()
    assert (ladder.unit, ladder.floor, ladder.counted) == ("parameters", 0, True)


def test_pythia_items_are_those_of_the_public_test() -> None:
    assert ladders.one("pythia-1.4b, piqa 0-shot").items[0] == pytest.approx(1838, rel=0.01)
    assert ladders.one("pythia-1.4b, lambada_openai 0-shot").items[0] == pytest.approx(
        5153, rel=0.01
    )


def test_two_runs_of_equal_compute_are_one_model_with_the_mean_score() -> None:
    table = datasets.load("olmo_ladder_final").query("task == 'boolq' and metric == 'acc_cloze'")
    twice = table[table["run"].str.startswith("190M-1xC")]
    rows = ladders.one("OLMo ladder, boolq").rows
    merged = rows[rows["scale"] == twice["train_flops"].iloc[0]].iloc[0]
    assert len(twice) == 2
    assert merged["score"] == pytest.approx(twice["value"].mean())
    assert merged["items"] == 2 * 3270


def test_suspect_rows_and_unknown_compute_are_left_out() -> None:
    models = ladders.open_models()
    assert not models["model"].str.contains("btlm").any()
    assert models["scale"].notna().all()


def test_an_unknown_ladder_is_an_error_that_names_others() -> None:
    with pytest.raises(ValueError, match=r"name: found 'GPT-3, chess', want for instance GPT-3, "):
        ladders.one("GPT-3, chess")


def _whole(score: np.ndarray, items: int, rounding: float = 5.1e-6) -> float:
    """Share of scores that are whole numbers of items, up to the rounding of the table."""
    return float(np.mean(np.abs(score * items - np.rint(score * items)) <= rounding * items))


@pytest.mark.parametrize("name", ["ARC-C", "GSM8K", "HellaSwag", "HumanEval", "Winograd"])
def test_the_items_of_a_benchmark_make_its_scores_whole(name: str) -> None:
    table = datasets.load("obs_scaling_benchmarks")
    score = table.loc[table["benchmark"] == name, "score"].to_numpy()
    items = ladders.OPEN_ITEMS[name]
    assert _whole(score, items) > 0.9
    assert _whole(score, items + 1) < 0.5


@pytest.mark.parametrize("name", ["GSM8K", "SVAMP", "ASDiv", "MAWPS"])
def test_solve_rates_do_not_contradict_their_items(name: str) -> None:
    table = datasets.load("cot_by_scale")
    score = table.loc[table["benchmark"] == name, "solve_rate"].to_numpy()
    items = ladders.COT_ITEMS[name]
    assert (np.round(np.rint(score * items) / items, 3) == score).all()
