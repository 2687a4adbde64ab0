"""The shipped tables against the printed papers, and broken files against their messages."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from emergence_lib import datasets, laws
from emergence_lib.checked import CheckedFileError

Broken = Callable[[str, int, list[str]], Path]


@pytest.mark.parametrize("name", datasets.names())
def test_every_data_set_loads_with_the_columns_it_describes(name: str) -> None:
    table, dataset = datasets.load(name), datasets.about(name)
    assert list(table) == [column.name for column in dataset.columns]
    assert len(table) == dataset.rows
    assert not table.duplicated(list(dataset.key)).any()
    for column in dataset.columns:
        if not column.may_be_empty:
            assert table[column.name].notna().all()


def test_every_file_of_the_folder_is_described() -> None:
    files = {path.stem for path in datasets.FOLDER.glob("*.csv")}
    assert files == set(datasets.names())


def test_the_readme_is_written_from_the_descriptions() -> None:
    page = (datasets.FOLDER / "README.md").read_text(encoding="utf-8")
    assert page == datasets.readme(), "write it again with datasets.readme()"


def test_types_are_fit_for_arithmetic() -> None:
    table = datasets.load("obs_scaling_emergent")
    assert (
        table.dtypes.astype(str).to_dict()
        | {
            "params": "int64",
            "train_flops": "float64",
            "score": "float64",
            "suspect": "bool",
        }
        == table.dtypes.astype(str).to_dict()
    )


def test_a_reader_cannot_spoil_the_table_for_the_next() -> None:
    table = datasets.load("gpt3_mmlu")
    table.loc[0, "accuracy"] = -1.0
    assert datasets.load("gpt3_mmlu").loc[0, "accuracy"] == 0.244


# Spot values as printed in the papers: an oracle that no script of this book has touched.


def _scores(task: str, setting: str) -> NDArray[np.float64]:
    table = datasets.load("gpt3_arithmetic")
    chosen = table[(table["task"] == task) & (table["setting"] == setting)]
    return chosen.sort_values("params")["score"].to_numpy() * 100


def test_gpt3_few_shot_addition_as_printed_in_table_h1() -> None:
    printed = [0.15, 0.45, 0.30, 0.55, 0.75, 0.90, 8.40, 80.4]
    assert _scores("3D+", "few_shot") == pytest.approx(printed)
    printed = [2.00, 4.10, 3.50, 4.50, 8.90, 11.9, 55.5, 100.0]
    assert _scores("2D+", "few_shot") == pytest.approx(printed)


def test_gpt3_175b_as_printed_in_table_3_9() -> None:
    printed = {
        "zero_shot": [76.9, 58.0, 34.2, 48.3, 4.0, 7.5, 0.7, 0.8, 19.8, 9.8],
        "one_shot": [99.6, 86.4, 65.5, 78.7, 14.0, 14.0, 3.5, 3.8, 27.4, 14.3],
        "few_shot": [100.0, 98.9, 80.4, 94.2, 25.5, 26.8, 9.3, 9.9, 29.2, 21.3],
    }
    tasks = ["2D+", "2D-", "3D+", "3D-", "4D+", "4D-", "5D+", "5D-", "2Dx", "1DC"]
    for setting, scores in printed.items():
        assert [_scores(task, setting)[-1] for task in tasks] == pytest.approx(scores, abs=0.06)


def test_the_one_gap_of_the_arithmetic_table_is_where_the_readme_says() -> None:
    table = datasets.load("gpt3_arithmetic")
    empty = table[table["score"].isna()]
    assert set(empty["model"]) == {"GPT-3 2.7B", "GPT-3 6.7B"}
    assert set(empty["task"]) == {"4D-"}
    assert set(empty["setting"]) == {"one_shot"}


def test_gpt3_winograd_as_printed() -> None:
    table = datasets.load("gpt3_other_tasks")
    chosen = table[(table["task"] == "Winograd") & (table["setting"] == "few_shot")]
    printed = [63.4, 67.4, 73.6, 76.9, 84.3, 85.4, 82.4, 88.6]
    assert chosen.sort_values("params")["score"].to_numpy() * 100 == pytest.approx(printed)


def test_mmlu_averages_as_printed() -> None:
    table = datasets.load("gpt3_mmlu")
    average = table[table["area"] == "average"].sort_values("params")["accuracy"]
    assert average.tolist() == [0.259, 0.249, 0.260, 0.439]


@pytest.mark.parametrize("name", ["obs_scaling_emergent", "obs_scaling_benchmarks"])
def test_open_models_compute_is_six_n_d(name: str) -> None:
    table = datasets.load(name).dropna(subset=["train_flops"])
    assert np.allclose(table["train_flops"], 6 * table["params"] * table["train_tokens"], rtol=1e-4)


def test_wei_counts_add_up_to_the_published_list() -> None:
    counts = datasets.load("wei2022_task_counts").groupby("benchmark")
    assert counts["n_tasks_first_emergent"].sum().to_dict() == {"BIG-Bench": 67, "MMLU": 51}


def test_wei_thresholds_as_printed_in_table_1() -> None:
    table = datasets.load("wei2022_emergence").set_index("ability")["train_flops"]
    assert table["Addition/subtraction (3 digit)"] == 2.3e22
    assert table["Word in Context (WiC) benchmark"] == 2.5e24


def test_item_counts_of_open_models_explain_every_accuracy() -> None:
    table = datasets.load("obs_scaling_emergent")
    counted = table[table["metric"] != "bleu"]
    right = counted["score"] * counted["n_items"]
    # Scores are rounded to five digits, so a count of 2,000 is off by at most 0.01.
    assert (right - right.round()).abs().max() < 0.06


def _curve(name: str, value: str, by: str = "step", **chosen: object) -> pd.Series:
    """Return one column of the rows that match, against the column ``by``, in its order."""
    table = datasets.load(name)
    rows = (table[list(chosen)] == pd.Series(chosen)).all(axis=1)
    return table[rows].set_index(by).sort_index()[value]


SIX_N_D = {
    "chinchilla_runs": "params",
    "gadre_models": "params",
    "pythia_pass_at_k": "params_total",
    "pythia_gsm8k_nll": "params_total",
}


@pytest.mark.parametrize("name", SIX_N_D)
def test_compute_is_six_n_d_where_the_description_says_so(name: str) -> None:
    table = datasets.load(name)
    expected = 6 * table[SIX_N_D[name]] * table["tokens"]
    assert np.allclose(table["train_flops"], expected, rtol=5e-4)


def test_addition_loss_falls_slowly_then_steeply() -> None:
    loss = datasets.load("addition4_from_scratch").set_index("train_set_size")["test_cross_entropy"]
    assert (loss.loc[160], loss.loc[928]) == (2.13809, 0.55695)
    logs = pd.Series(np.log(loss.to_numpy()), np.log(loss.index.to_numpy(float)))
    slopes = np.diff(logs) / np.diff(logs.index)
    assert (slopes < 0).all()
    assert slopes[0] == pytest.approx(-0.05, abs=5e-3)
    assert slopes.min() == pytest.approx(-3.2, abs=0.06)
    assert datasets.load("addition4_from_scratch")["used_to_fit_in_source"].sum() == 14


def test_chinchilla_has_245_runs_of_which_the_replication_kept_240() -> None:
    runs = datasets.load("chinchilla_runs")
    assert len(runs) == 245
    left_out = runs[runs["excluded_in_replication"]]["loss"]
    assert sorted(left_out) == sorted(runs["loss"])[-5:]


def test_chinchilla_fits_leave_the_residuals_they_say() -> None:
    runs = datasets.load("chinchilla_runs").query("not excluded_in_replication")
    fits = datasets.load("chinchilla_fits")
    for (_, fit), law in zip(
        fits.iterrows(), fits[[*laws.Chinchilla._fields]].to_numpy(), strict=True
    ):
        loss = laws.chinchilla_loss(runs["params"], runs["tokens"], *law)
        miss = np.log(runs["loss"] / loss)
        assert np.sqrt((miss**2).mean()) == pytest.approx(fit["rms_log_residual_on_runs"], abs=1e-5)
        assert miss.mean() == pytest.approx(fit["mean_log_residual_on_runs"], abs=1e-5)


def test_chinchilla_constants_are_those_of_the_laws() -> None:
    fits = datasets.load("chinchilla_fits").set_index("fit")[[*laws.Chinchilla._fields]]
    assert tuple(fits.loc["hoffmann2022_printed"]) == laws.HOFFMANN
    assert tuple(fits.loc["besiroglu2024"]) == laws.BESIROGLU


def test_chain_of_thought_hurts_the_small_and_helps_the_large() -> None:
    table = datasets.load("cot_by_scale").query("benchmark == 'GSM8K'")
    pairs = table.pivot(index=["model_family", "params"], columns="prompting", values="solve_rate")
    printed = {
        ("GPT-3", 6.7e9): (0.040, 0.024),
        ("GPT-3", 1.75e11): (0.156, 0.469),
        ("PaLM", 8e9): (0.049, 0.041),
        ("PaLM", 62e9): (0.096, 0.299),
        ("PaLM", 540e9): (0.179, 0.569),
    }
    for model, rates in printed.items():
        assert tuple(pairs.loc[model, ["standard", "chain_of_thought"]]) == rates
    assert set(table.loc[table["params"].isna(), "model_family"]) == {"Codex"}


def test_gadre_has_46_tasks_for_each_of_104_models() -> None:
    models, tasks = datasets.load("gadre_models"), datasets.load("gadre_tasks")
    table = datasets.load("gadre_downstream").pivot(index="model", columns="task")["accuracy"]
    assert table.shape == (104, 46)
    assert table.notna().to_numpy().all()
    assert set(table.index) == set(models["model"])
    assert set(table.columns) == set(tasks["task"])
    ever = table.max() - tasks.set_index("task")["chance"]
    assert (ever <= 0.05).sum() == 13
    assert table["mmlu"].between(0.23, 0.275).all()


def test_gadre_tokens_are_twenty_a_parameter_times_the_multiple() -> None:
    models = datasets.load("gadre_models")
    tokens = 20 * models["params"] * models["chinchilla_multiple"]
    assert np.allclose(models["tokens"], tokens, rtol=1e-9)


def test_gadre_item_counts_explain_every_accuracy() -> None:
    items = datasets.load("gadre_tasks").set_index("task")["n_items"]
    table = datasets.load("gadre_downstream").pivot(index="model", columns="task")["accuracy"]
    right = table * items
    # Five digits: half a unit of the last is this share of an item.
    missing = ((right - right.round()).abs() - 5e-6 * items).max()
    assert set(missing[missing > 1e-6].index) == {"mmlu", "mmlu_zeroshot", "jeopardy", "bbq"}


def test_jeopardy_stays_at_zero_until_a_loss_of_three_and_a_half() -> None:
    loss = datasets.load("gadre_models").set_index("model")["loss_c4"]
    score = _curve("gadre_downstream", "accuracy", by="model", task="jeopardy")
    high = loss.reindex(score.index)
    assert score[high > 3.5].mean() < 5e-4
    assert score[high.between(2.5, 2.75)].mean() == pytest.approx(0.18, abs=5e-3)


OLMO_ITEMS = {
    "arc_challenge": 1172, "arc_easy": 2376, "boolq": 3270, "csqa": 1221, "hellaswag": 10042,
    "mmlu": 14042, "openbookqa": 500, "piqa": 1838, "socialiqa": 1954, "winogrande": 1267,
}  # fmt: skip


def test_olmo_item_counts_explain_every_accuracy() -> None:
    letter = datasets.load("olmo2_letter_vs_cloze")
    path = datasets.load("olmo_ladder_trajectories")
    last = datasets.load("olmo_ladder_final")
    last = last[last["metric"].str.startswith("acc_")]
    for table, column in (
        (letter, "acc_letter"), (letter, "acc_cloze"), (path, "acc_cloze"), (last, "value"),
    ):  # fmt: skip
        items = table["task"].map(OLMO_ITEMS)
        right = table[column] * items
        assert ((right - right.round()).abs() < 0.01 + 5e-6 * items).all()
        assert all(f"{n:,}" in str(datasets.about("olmo2_letter_vs_cloze").caveats) for n in items)


def test_olmo2_7b_learns_letters_between_231_and_252_billion_tokens() -> None:
    letter = _curve("olmo2_letter_vs_cloze", "acc_letter", model="OLMo2-7B", task="mmlu")
    cloze = _curve("olmo2_letter_vs_cloze", "acc_cloze", model="OLMo2-7B", task="mmlu")
    assert len(letter) == 47
    assert letter.loc[:55000].between(0.23, 0.295).all()
    assert letter.loc[60000:70000].tolist() == pytest.approx([0.368, 0.393, 0.406], abs=5e-4)
    assert letter.loc[925000] == pytest.approx(0.589, abs=5e-4)
    assert letter.diff().idxmax() == 60000
    assert cloze.diff().loc[60000] < 0.002
    tokens = _curve("olmo2_letter_vs_cloze", "tokens", model="OLMo2-7B", task="mmlu")
    assert (tokens.loc[[55000, 60000]] / 1e9).tolist() == pytest.approx([230.7, 251.7], abs=0.05)


@pytest.mark.parametrize(
    ("model", "step", "tasks"), [("OLMo2-7B", 60000, 7), ("OLMo2-13B", 20000, 8)]
)
def test_most_letter_tasks_jump_at_the_same_checkpoint(model: str, step: int, tasks: int) -> None:
    jumps = [
        _curve("olmo2_letter_vs_cloze", "acc_letter", model=model, task=task).diff().idxmax()
        for task in OLMO_ITEMS
    ]
    assert jumps.count(step) == tasks


def test_the_ladder_has_no_sharp_turn_in_cloze_format() -> None:
    table = datasets.load("olmo_ladder_final").query("metric == 'acc_cloze'")
    ladder = table[~table["size"].isin(["7B", "13B"])]
    mmlu = ladder.query("task == 'mmlu'")
    assert mmlu["value"].agg(["min", "max"]).tolist() == pytest.approx([0.262, 0.408], abs=5e-4)
    smooth = [
        np.corrcoef(np.log10(rows["train_flops"]), rows["value"])[0, 1] > 0.95
        for _, rows in ladder.groupby("task")
    ]
    assert smooth.count(True) == 8


def test_the_same_ladder_run_twice_differs_most_on_boolq() -> None:
    table = datasets.load("olmo_ladder_final").query("metric == 'acc_cloze'")
    wide = table.pivot(index="task", columns="run", values="value")
    again = wide.filter(like="-rerun")
    first = wide[[str(run).removesuffix("-rerun") for run in again]]
    gaps = pd.Series(np.abs(again.to_numpy() - first.to_numpy()).max(axis=1), wide.index)
    assert gaps.loc["boolq"] == pytest.approx(0.079, abs=5e-4)
    assert gaps.drop("boolq").max() == pytest.approx(0.020, abs=5e-4)


def test_the_three_olmo_tables_agree_where_they_overlap() -> None:
    table = datasets.load("olmo_ladder_final").query("metric == 'acc_cloze'")
    final = table.set_index(["run", "task"])["value"]
    path = datasets.load("olmo_ladder_trajectories").sort_values("step")
    ends = path.groupby(["run", "task"])["acc_cloze"].last()
    assert len(ends) == 100
    assert (ends == final.reindex(ends.index)).all()
    last = _curve("olmo2_letter_vs_cloze", "acc_cloze", by="task", model="OLMo2-13B", step=596057)
    assert (last == final.loc["OLMo2-13B (5.0T tokens)"].reindex(last.index)).all()


def test_olmo_compute_exceeds_six_n_d_by_the_share_of_attention() -> None:
    table = datasets.load("olmo_ladder_final")
    ratio = table["train_flops"] / (6 * table["params"] * table["tokens"])
    means = ratio.groupby(table["size"]).mean()
    assert means.loc[["190M", "7B", "13B"]].tolist() == pytest.approx([1.67, 1.20, 1.15], abs=5e-3)


def test_pythia_parameters_follow_from_depth_and_width() -> None:
    models = datasets.load("pythia_models")
    layers, width = models["n_layers"], models["d_model"]
    inside = 12 * layers * width**2 + 13 * layers * width + 2 * width
    assert (models["params_non_embedding"] == inside).all()
    assert (models["params_total"] == inside + 2 * models["padded_vocab"] * width).all()


def test_pythia_lambada_accuracy_is_exactly_zero_up_to_step_512() -> None:
    table = datasets.load("pythia_checkpoints")
    zero_shot = table.query("task == 'lambada_openai' and metric == 'acc' and n_shot == 0")
    assert (zero_shot.query("step <= 512")["value"] == 0).all()
    assert (zero_shot.query("step == 1000")["value"] > 0.02).all()


def test_pythia_perplexity_falls_thirtyfold_before_the_first_right_word() -> None:
    chosen: dict[str, Any] = {"model": "pythia-1.4b", "task": "lambada_openai", "n_shot": 0}
    ppl = _curve("pythia_checkpoints", "value", metric="ppl", **chosen)
    acc = _curve("pythia_checkpoints", "value", metric="acc", **chosen)
    steps = [0, 256, 512, 1000, 3000, 143000]
    printed = [3.6e6, 7.8e5, 1.1e5, 1.7e3, 44, 6.1]
    assert ppl.loc[steps].tolist() == pytest.approx(printed, rel=0.03)
    assert acc.loc[steps[3:]].tolist() == pytest.approx([0.067, 0.32, 0.62], abs=5e-3)
    assert len(acc) == 27


def test_deduplicated_pythia_has_two_early_words_right() -> None:
    table = datasets.load("pythia_checkpoints_deduped")
    early = table.query(
        "task == 'lambada_openai' and metric == 'acc' and step <= 512 and value > 0"
    )
    assert early["model"].tolist() == ["pythia-1b-deduped"]
    assert early["value"].item() * 5153 == pytest.approx(2, abs=1e-3)


@pytest.mark.parametrize("name", ["pythia_checkpoints", "pythia_checkpoints_deduped"])
def test_pythia_sciq_leaves_chance_in_all_sizes_at_once(name: str) -> None:
    table = datasets.load(name).query("task == 'sciq' and n_shot == 0")
    assert table.query("step == 512")["value"].between(0.23, 0.27).all()
    assert table.query("step == 1000")["value"].between(0.40, 0.47).all()
    assert datasets.load(name).query("task == 'mmlu_mean'")["value"].between(0.21, 0.305).all()


@pytest.mark.parametrize("name", ["pythia_checkpoints", "pythia_checkpoints_deduped"])
def test_pythia_standard_errors_are_those_of_the_public_test_sets(name: str) -> None:
    table = datasets.load(name).query("metric == 'acc' and value > 0")
    for task, items in {"lambada_openai": 5153, "sciq": 1000, "piqa": 1838}.items():
        rows = table[table["task"] == task]
        error = np.sqrt(rows["value"] * (1 - rows["value"]) / (items - 1))
        assert np.allclose(rows["stderr"], error, rtol=0.02, atol=1e-4)


@pytest.mark.parametrize(
    "name", ["pythia_checkpoints", "pythia_checkpoints_deduped", "pythia_arithmetic_terms"]
)
def test_pythia_tokens_are_steps_times_the_batch(name: str) -> None:
    table = datasets.load(name)
    assert (table["tokens"] == table["step"] * 2097152).all()


def test_pythia_sums_come_late_and_not_in_order_of_size() -> None:
    chosen: dict[str, Any] = {"operation": "addition", "n_shot": 16, "operand_range": "10-99"}
    sums = {
        size: _curve(
            "pythia_arithmetic_terms", "accuracy", model=f"pythia-{size}-deduped-v0", **chosen
        )
        for size in ("1.4b", "2.8b", "6.9b", "12b")
    }
    rise = [0.03, 0.08, 0.33, 0.67, 0.84, 0.87]
    assert sums["12b"].tolist() == pytest.approx(rise, abs=5e-3)
    assert sums["1.4b"].max() < 0.05
    assert sums["2.8b"].iloc[-1] > sums["6.9b"].iloc[-1] + 0.2


def test_pythia_sums_count_whole_answers_and_ranges_add_up() -> None:
    table = datasets.load("pythia_arithmetic_terms")
    right = table["accuracy"] * table["n_questions"]
    assert (right - right.round()).abs().max() < 0.03
    assert (table["n_questions"] == 50 * table["n_operands"]).all()
    key = ["model", "step", "operation", "n_shot"]
    parts = table.pivot(index=key, columns="operand_range", values="accuracy")
    assert np.allclose(parts["0-99"], 0.1 * parts["0-9"] + 0.9 * parts["10-99"], atol=1e-5)


def test_pythia_pass_at_k_rises_with_k_and_is_zero_only_without_a_success() -> None:
    table = datasets.load("pythia_pass_at_k").sort_values("k")
    rises = table.groupby(["benchmark", "model", "step"])["pass_at_k"].diff().dropna()
    assert (rises >= 0).all()
    assert ((table["pass_at_k"] == 0) == (table["correct_total"] == 0)).all()
    early = table.query("benchmark == 'math' and step <= 1000")
    assert (early["correct_total"] == 0).all()


def test_pythia_pass_at_1_ends_near_one_percent_whatever_the_size() -> None:
    table = datasets.load("pythia_pass_at_k").query("benchmark == 'gsm8k' and k == 1")
    large = table.query("step == 143000 and params_total > 4e8")["pass_at_k"]
    assert len(large) == 6
    assert large.between(0.008, 0.0135).all()
    assert table.query("step == 1")["pass_at_k"].max() < 5e-6


def test_polypythia_tokens_are_steps_times_the_batch() -> None:
    table = datasets.load("polypythia_train_loss_by_seed")
    assert (table["tokens"] == 2_097_152 * table["step"]).all()
    assert (table["n_steps"] <= table["window_hi"] - table["window_lo"] + 1).all()


def test_polypythia_outliers_are_those_the_paper_names() -> None:
    # van der Wal et al.: of the 410M runs, seeds 3 and 4 have loss spikes and are outliers.
    table = datasets.load("polypythia_train_loss_by_seed").query("model_size == '410m'")
    last = table[table["step"] == table["step"].max()].set_index("seed")["train_loss"]
    assert set(last.nlargest(2).index) == {3, 4}
    assert last.drop([3, 4]).max() - last.min() < 0.03
    start = table[table["step"] == 1]["train_loss"]
    assert ((start - np.log(50_304)).abs() < 0.3).all()  # an untrained model guesses its tokens


def test_pythia_likelihood_falls_as_a_power_of_compute() -> None:
    table = datasets.load("pythia_gsm8k_nll")
    x, y = np.log(table["train_flops"]), np.log(table["nll_mean"])
    slope, intercept = np.polyfit(x, y, 1)
    assert slope == pytest.approx(-0.14, abs=5e-3)
    assert (y - slope * x - intercept).abs().max() < 0.075
    assert np.allclose(table["nll_se"], table["nll_sd"] / np.sqrt(1319), atol=5e-3)


# Broken files.


@pytest.fixture
def broken(tmp_path: Path) -> Broken:
    """Write a changed copy of a data file; give its folder."""

    def change(name: str, line: int, text: list[str]) -> Path:
        lines = (datasets.FOLDER / f"{name}.csv").read_text().splitlines()
        lines[line - 1 : line] = text
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n")
        return tmp_path

    return change


GOOD = "GPT-3 Small,2700000000,5,humanities,0.244,0.25"


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, ["model,params"], r"line 1: found columns model, params; want model, params, n_shot"),
        (
            2,
            [GOOD.replace("0.244", "24.4")],
            r"line 2: column accuracy: found '24.4'; want .* 0 to 1",
        ),
        (2, [GOOD.replace("0.244", "nan")], r"line 2: column accuracy: found 'nan'"),
        (2, [GOOD.replace("0.244", "")], r"line 2: column accuracy: found ''; want a value"),
        (2, [GOOD.replace("0.244", "n/a")], r"line 2: column accuracy: found 'n/a'; want a number"),
        (2, [GOOD.replace("2700000000", "0")], r"column params: found '0'; want .* above 0"),
        (2, [GOOD.replace("2700000000", "2.7e9")], r"column params: .*want a whole number"),
        (
            3,
            [GOOD.replace("humanities", "law")],
            r"line 3: column area: found 'law'; want one of hum",
        ),
        (4, [GOOD + ",1"], r"line 4: found 7 cells; want 6"),
        (4, [""], r"line 4: found 0 cells; want 6"),
        (3, [GOOD], r"line 3: repeats humanities, 2700000000 of line 2"),
        (21, [], r"line 20: file ends after 19 rows; want 20"),
    ],
)
def test_a_damaged_file_is_named_with_its_line_and_a_remedy(
    broken: Broken, line: int, text: list[str], message: str
) -> None:
    with pytest.raises(datasets.DataError, match=r"gpt3_mmlu\.csv, " + ".*" + message) as caught:
        datasets.load("gpt3_mmlu", broken("gpt3_mmlu", line, text))
    assert "Restore the file" in str(caught.value)


def test_a_flag_is_zero_or_one(broken: Broken) -> None:
    text = (datasets.FOLDER / "obs_scaling_emergent.csv").read_text().splitlines()[1]
    folder = broken("obs_scaling_emergent", 2, [text[:-1] + "yes"])
    with pytest.raises(datasets.DataError, match="column suspect: found 'yes'; want 0 or 1"):
        datasets.load("obs_scaling_emergent", folder)


def test_perplexity_may_exceed_one_and_accuracy_may_not(broken: Broken) -> None:
    table = datasets.load("gpt3_other_tasks")
    assert table.loc[table["metric"] == "ppl", "score"].max() > 100
    assert table.loc[table["metric"] != "ppl", "score"].max() <= 1
    row = "GPT-3 Small,125000000,2.25e+20,cloze_completion,HellaSwag,acc,zero_shot,0,33.7,0.25"
    with pytest.raises(datasets.DataError, match=r"column score: found '33\.7'"):
        datasets.load("gpt3_other_tasks", broken("gpt3_other_tasks", 2, [row]))


def test_each_metric_of_a_mixed_column_has_its_own_limits(broken: Broken) -> None:
    row = "190M-0.5xC,190M,190354176,0.5,3641,1908932608,3.633e+18,arc_challenge,{},{},"
    for metric, value in (("bpb", "16"), ("soft_logprob", "0.5"), ("soft_prob", "1.489")):
        folder = broken("olmo_ladder_final", 2, [row.format(metric, value)])
        with pytest.raises(datasets.DataError, match=f"line 2: column value: found '{value}'"):
            datasets.load("olmo_ladder_final", folder)


def test_tables_described_alike_are_checked_alike() -> None:
    plain, deduped = (
        datasets.about(name) for name in ("pythia_checkpoints", "pythia_checkpoints_deduped")
    )
    assert plain.columns == deduped.columns
    assert plain.title != deduped.title


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(datasets.DataError, match=r"gpt3_mmlu\.csv: no such file"):
        datasets.load("gpt3_mmlu", tmp_path)
    (tmp_path / "gpt3_mmlu.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(datasets.DataError, match="not UTF-8"):
        datasets.load("gpt3_mmlu", tmp_path)


def test_unknown_names_list_the_known_ones() -> None:
    with pytest.raises(ValueError, match="found 'gpt4', want one of gpt3_arithmetic, "):
        datasets.load("gpt4")


def test_descriptions_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "datasets.yml"
    shutil.copy(datasets.FOLDER / "datasets.yml", path)
    good = path.read_text()
    path.write_text(good.replace("  rows: 20\n", "  rows: twenty\n"))
    with pytest.raises(CheckedFileError, match=r"datasets\.yml:\d+: .*rows"):
        datasets.read_descriptions(path)
    path.write_text(good.replace("key: [area, params]", "key: [area, size]"))
    with pytest.raises(CheckedFileError, match=r"gpt3_mmlu\.key: no column is named 'size'"):
        datasets.read_descriptions(path)


def test_about_says_units_licence_and_caveats() -> None:
    dataset = datasets.about("obs_scaling_emergent")
    units = {column.name: column.unit for column in dataset.columns}
    assert units["train_flops"] == "FLOP"
    assert "Apache-2.0" in dataset.licence
    assert any("Qwen" in caveat for caveat in dataset.caveats)
    suspect = pd.Series(datasets.load("obs_scaling_emergent").query("suspect")["model"])
    assert suspect.nunique() == 4
