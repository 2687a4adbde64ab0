"""Tables as people write them are read as the plain table that says the same, and it is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib.audit.curve import Curve
from emergence_lib.audit.phrases import on_command_line
from emergence_lib.audit.reading.read import read
from tests.audit.reads import only, refused

SIZES = [7e7, 4.1e8, 1.4e9, 1.2e10]
SCORES = [0.01, 0.05, 0.25, 0.8]
PERCENT = ["1", "5", "25", "80"]


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"params": SIZES, "n": 1000, **columns})


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def same(found: Curve, score: Any = SCORES) -> None:
    """Fail unless a curve is the plain one."""
    assert (found.scale.tolist(), found.score.tolist()) == (SIZES, score)
    assert found.items is not None
    assert set(found.items) == {1000}


# Percentages.


@pytest.mark.parametrize(
    ("title", "cells", "why"),
    [
        ("score", [f"{each}%" for each in PERCENT], "by its sign: '1%' as 0.01"),
        ("score", [f"{each} %" for each in PERCENT], "by its sign: '1 %' as 0.01"),
        ("score", ["1%", 5, 25, "80%"], "by its sign: '1%' as 0.01"),
        ("score", PERCENT, "since it runs to 80: '1' as 0.01"),
        ("score (%)", PERCENT, "by its name: '1' as 0.01"),
        ("Accuracy [%]", PERCENT, "by its name: '1' as 0.01"),
        ("% score", PERCENT, "by its name: '1' as 0.01"),
        ("score_percent", PERCENT, "by its name: '1' as 0.01"),
        ("score (in percent)", PERCENT, "by its name: '1' as 0.01"),
        ("score (%)", [f"{each}%" for each in PERCENT], "by its sign: '1%' as 0.01"),
        ("acc pct", ["0", "0.5", "0.25", "80"], "by its name: '0.5' as 0.005"),
    ],
)
def test_percentages_are_shares_and_that_is_told(title: str, cells: list[Any], why: str) -> None:
    curve = only(read(table(**{title: cells})))
    plain = [float(str(cell).rstrip("% ")) / 100 for cell in cells]
    same(curve, pytest.approx(plain))
    assert curve.notes == (f"I read '{title}' as percentages, {why}.",)


@given(st.lists(st.integers(0, 1000), min_size=4, max_size=4))
def test_a_percent_sign_changes_how_a_score_is_written_and_no_more(thousandths: list[int]) -> None:
    signed = only(read(table(score=[f"{each / 10}%" for each in thousandths])))
    plain = only(read(table(score=[each / 1000 for each in thousandths])))
    assert signed.score.tolist() == plain.score.tolist()


def test_standard_errors_and_chance_go_with_their_scores() -> None:
    frame = table(**{"score (%)": PERCENT, "stderr": 1.5, "chance": 25}).drop(columns="n")
    curve = only(read(frame))
    assert curve.stderr is not None
    assert (curve.stderr.tolist(), curve.chance) == ([0.015] * 4, 0.25)
    assert curve.notes[1:] == (
        "I read 'stderr' as percentages, as its scores are: '1.5' as 0.015.",
        "I read 'chance' as percentages, since it runs to 25: '25' as 0.25.",
    )
    curve = only(read(frame.assign(stderr=0.015, chance=0.25)))
    assert curve.stderr is not None
    assert (curve.stderr.tolist(), curve.chance) == ([0.015] * 4, 0.25)
    told = "I read 'stderr' as shares, though its scores are percentages: it runs to 0.015 only."
    assert curve.notes[1:] == (told,)


def test_a_second_score_is_judged_by_itself() -> None:
    curve = only(read(table(score=SCORES, other=PERCENT, other_chance="10%")))
    same(curve)
    assert curve.other is not None
    assert (curve.other.score.tolist(), curve.other.chance) == (SCORES, 0.1)


def test_of_two_metrics_one_may_be_written_as_percentages() -> None:
    rows = [
        {"params": size, "n": 1000, "task": "quiz", "metric": metric, "score": score}
        for metric, scores in (("acc", SCORES), ("f1", PERCENT))
        for size, score in zip(SIZES, scores, strict=True)
    ]
    plain, turned = read(pd.DataFrame(rows))
    same(plain)
    same(turned)
    assert plain.notes == ()
    assert turned.notes == ("I read 'f1' as percentages, since it runs to 80: '1' as 0.01.",)


TWO = table(big=["25.5", "30", "40", "60.5"], small=["0.5", "0.8", "0.9", "0.9"])
DOUBTFUL = {
    "small beside large": (TWO, "'small' runs to 0.9 only, and 'big' to 60.5"),
    "small under a sign": (
        table(**{"score (%)": SCORES}),
        "'score (%)' runs to 0.8 only, though its name says percentages",
    ),
    "some with a sign": (
        table(score=["1%", "0.05", "25%", "80%"]),
        "'score' holds 0.05 too, beside numbers with a percent sign",
    ),
    "a slip": (table(score=[0.01, 0.05, 25.5, 0.8]), "found '25.5', want a fraction from 0 to 1"),
    "a rating": (table(score=[2.5, 4, 6, 8.5]), "found '2.5', want a fraction from 0 to 1"),
}


@pytest.mark.parametrize("name", DOUBTFUL)
def test_what_could_be_either_is_asked_for_and_settled(name: str) -> None:
    frame, doubt = DOUBTFUL[name]
    said = refused(frame)
    assert doubt in said
    assert "percent=True" in said
    columns = [each for each in frame.columns if each not in ("params", "n")]
    wanted = [float(str(each).rstrip("%")) / 100 for each in frame[columns[-1]]]
    for percent in (True, columns):
        assert read(frame, percent=percent)[-1].score.tolist() == pytest.approx(wanted)
    with on_command_line():
        assert "--percent all" in refused(frame)


def test_a_few_large_numbers_among_small_ones_are_asked_for() -> None:
    frame = pd.DataFrame({"params": [*SIZES, 7e10], "n": 1000, "score": [0.1, 0.2, 0.5, 25, 60]})
    assert "found '25.0', want a fraction" in refused(frame)
    assert only(read(frame, percent=True)).score.tolist() == [0.001, 0.002, 0.005, 0.25, 0.6]


def test_shares_may_be_asked_for() -> None:
    same(only(read(table(**{"score (%)": SCORES}), percent=False)))
    big, small = read(TWO, percent=["big"])
    assert (big.score.tolist()[0], small.score.tolist()[0]) == (0.255, 0.5)
    assert "found '25.5', want a fraction" in refused(TWO, percent=["small"])
    said = refused(TWO, percent=["smal"])
    assert "percent: nothing named 'smal'; found" in said
    assert "Is 'small' meant" in said


@pytest.mark.parametrize("cell", ["120%", "-5%", "x%", "%"])
def test_a_percentage_that_is_no_share_is_quoted_as_it_stands(cell: str) -> None:
    assert f"found '{cell}', want a fraction from 0 to 1" in refused(
        table(score=["1%", "5%", "25%", cell])
    )


# Thousands.


@pytest.mark.parametrize("mark", [",", " ", "'", "\u00a0"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_thousands_of_items_may_be_set_apart(tmp_path: Path, mark: str, separator: str) -> None:
    rows = [
        f"{size:.0f}|{score}|{1000:,}".replace(",", mark)
        for size, score in zip(SIZES, SCORES, strict=True)
    ]
    text = "params|score|n\n" + "\n".join(rows)
    text = text.replace(f"1{mark}000", f'"1{mark}000"').replace("|", separator)
    curve = only(read(write(tmp_path / "t.csv", text)))
    same(curve)
    assert curve.notes == (f"I read '1{mark}000' in 'n' as 1000.",)


@pytest.mark.parametrize(
    ("cells", "separator", "wanted"),
    [
        (["500,000", "1,000,000"], ";", [5e5, 1e6]),
        (["500,000", "1,000,000"], ",", [5e5, 1e6]),
        (["160,000", "410,000"], ",", [1.6e5, 4.1e5]),
        (["160,000", "410,000"], ";", None),
        (["160,000", "410,5"], ",", None),
        (["0,160", "410,000"], ",", None),
    ],
)
def test_thousands_of_a_scale_are_read_where_no_comma_could_be_decimal(
    tmp_path: Path, cells: list[str], separator: str, wanted: list[float] | None
) -> None:
    rows = [f'"{cell}"|.1|90' for cell in cells]
    text = "\n".join(["params|score|n", *rows]).replace("|", separator)
    path = write(tmp_path / "t.csv", text)
    if wanted is None:
        assert "Remedy: " in refused(path)
        return
    curve = only(read(path))
    assert curve.scale.tolist() == wanted
    assert curve.notes == (
        f"I read '{cells[0]}' in 'params' as {wanted[0]:.6g}.".replace("+0", ""),
    )


# Columns without a name.


def exported(tmp_path: Path, frame: pd.DataFrame) -> Path:
    path = tmp_path / "exported.csv"
    frame.to_csv(path)
    return path


@pytest.mark.parametrize("index", [[0, 1, 2, 3], [3, 0, 7, 12], [0, 1, 0, 1]])
def test_the_row_numbers_of_an_export_are_left_out(tmp_path: Path, index: list[int]) -> None:
    path = exported(tmp_path, table(score=SCORES).set_axis(index))
    for source in (path, pd.read_csv(path)):
        curve = only(read(source))
        same(curve)
        assert curve.notes == (
            "I read column 1, which has no name, as row numbers, and left it out.",
        )


def test_numbers_that_count_nothing_need_a_name(tmp_path: Path) -> None:
    path = exported(tmp_path, table(score=SCORES).set_axis([0, 0, 5, 5]))
    assert "column 1 has no name" in refused(path)


def test_an_index_of_words_names_the_models(tmp_path: Path) -> None:
    frame = table(score=SCORES).set_axis(["ant", "bee", "cow", "dog"])
    for source in (frame, exported(tmp_path, frame)):
        curve = only(read(source))
        assert curve.labels == ("ant", "bee", "cow", "dog")
        assert curve.notes == (
            "I read the first column, which has no name, as the names of the models.",
        )


def test_an_index_with_a_name_is_a_column() -> None:
    same(only(read(table(score=SCORES).set_index("params"))))
    same(only(read(table(score=SCORES, model=list("abcd")).set_index(["model", "params"]))))


def test_marks_between_the_columns_of_a_printed_table_are_left_out(tmp_path: Path) -> None:
    # As lm-evaluation-harness prints results, with one row a model.
    head = (
        "|Tasks|params|Metric|   |Value |   |Stderr|\n|-----|-----:|------|---|-----:|---|-----:|\n"
    )
    rows = [
        f"|quiz |{x:.0f}|acc   |\u2191  |{y}|\u00b1  |0.0131|\n"
        for x, y in zip(SIZES, SCORES, strict=True)
    ]
    curve = only(read(write(tmp_path / "printed.md", head + "".join(rows))))
    assert (curve.name, curve.score.tolist()) == ("quiz", SCORES)
    left = "which has no name, as marks, and left it out."
    assert curve.notes == (f"I read column 4, {left}", f"I read column 6, {left}")


# Blanks.


@pytest.mark.parametrize("blank", ["", "NaN", "n/a", "NA", "-", "None"])
def test_blanks_of_optional_columns_say_nothing(tmp_path: Path, blank: str) -> None:
    more = ("stderr", "length", "other", "other_stderr", "chance", "other_chance")
    text = f"params,score,n,{','.join(more)}\n" + "".join(
        f"{x:.0f},{y},1000{f',{blank}' * len(more)}\n" for x, y in zip(SIZES, SCORES, strict=True)
    )
    curve = only(read(write(tmp_path / "t.csv", text)))
    same(curve)
    assert (curve.chance, curve.length, curve.other, curve.notes) == (None, None, None, ())


def test_a_blank_belongs_to_its_task_only() -> None:
    frame = pd.concat([table(task="a", score=SCORES, length=3), table(task="b", score=SCORES)])
    assert [each.length for each in read(frame)] == [3, None]


def test_models_that_a_task_lacks_are_left_out_of_a_wide_table() -> None:
    frame = table(model=list("abcd"), quiz=[*SCORES[:3], None], maths=["-", *SCORES[1:]], empty="")
    quiz, maths = read(frame)
    assert (quiz.labels, maths.labels) == (("a", "b", "c"), ("b", "c", "d"))
    assert quiz.notes[0] == "Left out, for there is no score: d."
    assert maths.notes == ("Left out, for there is no score: a.",)
    assert quiz.notes[-1] == "Not taken as scores: empty."


# Names of the scale.


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("Size", "parameters"),
        ("Model size", "parameters"),
        ("# params", "parameters"),
        ("number of parameters", "parameters"),
        ("params_total", "parameters"),
        ("Training FLOPs", "training compute (FLOP)"),
        ("tokens seen", "training tokens"),
        ("model", "parameters"),
    ],
)
def test_a_scale_by_another_name_is_taken_and_told(title: str, unit: str) -> None:
    cells = ["70M", "410M", "1.4B", "12B"]
    curve = only(read(table(**{title: cells}, score=SCORES).drop(columns="params")))
    same(curve)
    assert curve.unit == unit
    assert curve.notes == (f"I read '{title}' as {unit}: '70M' as 70 million.",)


@pytest.mark.parametrize("title", ["batch size", "max tokens", "image size", "file_size"])
def test_other_sizes_are_no_scale(title: str) -> None:
    frame = table(**{title: [1e5, 1e6, 1e7, 1e8]}, score=SCORES).drop(columns="params")
    assert "no column 'scale'" in refused(frame)


def test_letters_in_a_known_column_are_told() -> None:
    curve = only(read(table(score=SCORES).assign(params=["70M", "410M", "1.4B", "12B"])))
    same(curve)
    assert curve.notes == ("I read '70M' in 'params' as 70 million.",)


# Which columns of a wide table are tasks.


@pytest.mark.parametrize(
    ("columns", "taken", "left"),
    [
        ("hellaswag learning_rate seed quality", "hellaswag", "learning_rate, seed, quality"),
        ("quiz maths", "quiz, maths", ""),
        ("quiz_acc toxicity", "quiz_acc", "toxicity"),
        ("quiz quiz_stderr spread", "quiz", "spread"),
        ("quiz(%) spread", "quiz(%)", "spread"),
        ("BBH TruthfulQA diversity", "BBH, TruthfulQA", "diversity"),
    ],
)
def test_a_column_is_a_task_if_it_says_so(columns: str, taken: str, left: str) -> None:
    frame = table(**{name: PERCENT if "%" in name else SCORES for name in columns.split()})
    if "quiz_stderr" in frame:
        frame["quiz_stderr"] = 0.01
    curves = read(frame)
    notes = [f"I read these columns as tasks: {taken}. To choose, give tasks=."]
    notes += [f"Not taken as scores: {left}."] if left else []
    assert list(curves[0].notes)[-len(notes) :] == notes
    assert ", ".join(curve.name for curve in curves) == taken.replace("(%)", "")
    for name in left.split(", ") if left else ():
        (asked,) = read(frame, tasks=[name])
        assert asked.name == name


# Markdown, and tables as they come out of a spreadsheet.


def test_a_table_in_markdown_is_read(tmp_path: Path) -> None:
    text = (
        "| Model | Size | Accuracy (%) | Items |\n|:------|-----:|:---:|---|\n"
        "| a | 70M | 1 | 1,000 |\n| b | 410M | 5.0 | 1,000 |\n\n"
        "| c | 1.4B | **25** | 1,000 |\n| d | `12B` | 80 | 1,000 |\n"
    )
    for each in (text, "\n".join(line.strip("|") for line in text.split("\n"))):
        curve = only(read(write(tmp_path / "table.md", each)))
        same(curve)
        assert curve.labels == ("a", "b", "c", "d")
    said = refused(write(tmp_path / "table.md", text.replace("5.0", "bad")))
    assert "table.md, row 4, column 'accuracy': found 'bad'" in said
