"""The shipped tables against the printed papers, and broken files against their messages."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from emergence_lib import datasets
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
