"""Scales however they are written, sizes in names, and the same scores by two scales."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib.audit.phrases import on_command_line
from emergence_lib.audit.reading import scales
from emergence_lib.audit.reading.read import read
from tests.audit.reads import only, refused


def table(**columns: list[Any]) -> pd.DataFrame:
    models = len(next(iter(columns.values())))
    scores = [0.1 + 0.8 * at / models for at in range(models)]
    return pd.DataFrame(columns | {"score": scores, "n": 100})


# How a number is written.


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7B", 7e9),
        ("7b", 7e9),
        ("1.3B", 1.3e9),
        ("1.3 B", 1.3e9),
        ("410M", 4.1e8),
        ("70k", 7e4),
        ("1.5T", 1.5e12),
        ("13bn", 1.3e10),
        ("2 million", 2e6),
        ("6e9", 6e9),
        ("1,300,000,000", 1.3e9),
        ("1 300 000 000", 1.3e9),
        ("1\u00a0300\u00a0000\u00a0000", 1.3e9),
        ("1'300'000'000", 1.3e9),
        ("1.300.000.000", 1.3e9),
        ("12 500", 12500),
    ],
)
@pytest.mark.parametrize("source", ["csv", "frame", "sizes file", "sizes"])
def test_a_scale_may_have_letters_and_groups_of_digits(
    tmp_path: Path, text: str, value: float, source: str
) -> None:
    path, sizes = tmp_path / "scores.csv", tmp_path / "sizes.csv"
    path.write_text(f'scale,score,n\n"{text}",.1,9\n1e15,.5,9\n')
    named = pd.DataFrame({"model": ["a", "b"], "score": [0.1, 0.5], "n": 9})
    sizes.write_text(f'model,params\na,"{text}"\nb,1e15\n')
    if source == "csv":
        found = read(path)
    elif source == "frame":
        found = read(table(scale=[text, "1e15"]))
    elif source == "sizes file":
        found = read(named, sizes=sizes)
    else:
        found = read(named, sizes={"a": text, "b": 1e15})
    assert only(found).scale.tolist() == [value, 1e15]


def test_decimal_commas_go_with_letters_where_cells_are_apart_by_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("params;score;n\n1,3B;0,1;9\n6,7B;0,5;9\n")
    assert only(read(path)).scale.tolist() == [1.3e9, 6.7e9]


@pytest.mark.parametrize(
    "text", ["1,30", "1,30,000", "B", "7BB", "1.2.3B", "7 B B", "-7B", "seven", "1,300B", "0x7"]
)
def test_what_could_be_two_numbers_or_none_is_refused(text: str) -> None:
    assert f"found '{text}', want a number above 0" in refused(table(scale=[text, "1e12"]))


@given(st.integers(1, 999), st.sampled_from([("M", 6), ("B", 9), ("T", 12)]))
def test_one_number_however_written_is_one_curve(digits: int, letter: tuple[str, int]) -> None:
    number = digits * 10 ** letter[1]
    forms = [
        f"{digits}{letter[0]}",
        f"{digits} {letter[0].lower()}",
        f"{digits}e{letter[1]}",
        f"{number:,}",
        f"{number:_}".replace("_", " "),
        str(number),
        number,
    ]
    curves = [only(read(table(params=[10_000, form, "2e15"]))) for form in forms]
    assert {tuple(curve.scale.tolist()) for curve in curves} == {(1e4, float(number), 2e15)}


# What it is written in.


@pytest.mark.parametrize(
    ("column", "values", "units"),
    [
        ("log_params", [7.8, 9.2, 10.1], ["log10", "ln", "log2"]),
        ("compute", [17.8, 19.2, 22.2], ["log10"]),
        ("size", [7, 13, 70], ["billions", "millions"]),
        ("% of tokens", [7, 13, 70], ["percent"]),
        ("tokens", [9.3, 11.5, 12.1], ["log10", "billions", "trillions"]),
        ("params", [7, 13, 70], ["billions", "millions"]),
        ("params", [7.8, 9.2, 10.1], ["billions", "millions", "log10"]),
        ("parameters", [70, 160, 1400], ["billions", "millions"]),
        ("parameters", [100, 3000, 300_000], ["millions"]),
        ("params", [1000, 3000, 9000], ["billions", "millions"]),
        ("tokens", [20.7, 22.4, 24.2, 27.6], ["log10", "log2", "ln"]),
        ("compute", [59.8, 66.4, 73.1, 79.7], ["log2", "ln"]),
    ],
)
def test_a_scale_that_is_not_in_plain_numbers_is_refused_with_what_settles_it(
    column: str, values: list[float], units: list[str]
) -> None:
    frame = table(**{column: values})
    said = refused(frame)
    assert f"'{column}' runs from" in said
    for unit in (*units, "plain"):
        assert f"scale_unit='{unit}'" in said
        curve = only(read(frame, scale_unit=unit))
        np.testing.assert_allclose(curve.scale, in_plain_numbers(values, unit))
        asked = f"The scale was written as {unit} and converted, as asked."
        assert (asked in curve.notes) == (unit != "plain")
    with on_command_line():
        assert f"--scale-unit {units[0]}" in refused(frame)


def in_plain_numbers(values: list[float], unit: str) -> list[float]:
    powers = {"percent": -2, "millions": 6, "billions": 9, "trillions": 12}
    base = {"log10": 10.0, "ln": np.e, "log2": 2.0}.get(unit)
    return [base**each if base else each * 10.0 ** powers.get(unit, 0) for each in values]


@pytest.mark.parametrize(
    ("column", "values", "unit", "said"),
    [
        ("log10_flops", [17.8, 19.2, 22.2], "log10", "training compute (FLOP) in logarithms"),
        ("log10(FLOPs)", [17.8, 19.2, 22.2], "log10", "training compute (FLOP) in logarithms"),
        ("log2 tokens", [28, 30, 33], "log2", "training tokens in logarithms to base 2"),
        ("ln_compute", [40.9, 44, 51], "ln", "training compute (FLOP) in natural logarithms"),
        ("size_b", [0.07, 1.3, 6.9], "billions", "parameters in billions"),
        ("#Params (B)", [7, 13, 70], "billions", "parameters in billions"),
        ("params_in_billions", [7, 13, 70], "billions", "parameters in billions"),
        ("Model size (M)", [70, 160, 12000], "millions", "parameters in millions"),
        ("tokens_bn", [2, 300, 1400], "billions", "training tokens in billions"),
    ],
)
def test_a_unit_in_the_name_of_a_scale_is_taken_and_told(
    tmp_path: Path, column: str, values: list[float], unit: str, said: str
) -> None:
    frame = table(**{column: values})
    curve = only(read(frame))
    np.testing.assert_allclose(curve.scale, in_plain_numbers(values, unit))
    assert curve.unit == said.partition(" in ")[0]
    assert curve.notes[0].startswith(f"I read '{column}' as {said}: '{values[0]}' as ")
    plain = only(read(frame, scale_unit="plain"))
    np.testing.assert_allclose(plain.scale, values)
    named = pd.DataFrame({"model": list("abc"), column: values})
    named.to_csv(tmp_path / "sizes.csv", index=False)
    frame = frame.drop(columns=column).assign(model=list("abc"))
    sized = only(read(frame, sizes=tmp_path / "sizes.csv"))
    np.testing.assert_allclose(sized.scale, curve.scale)


def test_a_unit_in_a_name_is_not_taken_for_numbers_far_too_large() -> None:
    assert only(read(table(size_b=[7e7, 1.3e9, 6.9e9]))).scale.tolist() == [7e7, 1.3e9, 6.9e9]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("tokens", [100, 1000, 10000]),
        ("scale", [1, 2, 3]),
        ("scale", [17.8, 19.2, 22.2]),
        ("params", [10_000, 30_000, 90_000]),
        ("params", [100, 1e5, 1e8]),
        ("scale", [10, 30, 100, 300, 1000]),
        ("scale", [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]),
        ("scale", [100, 200, 300, 400]),
        ("flops", [1e3, 1e6, 1e9]),
    ],
)
def test_honestly_small_scales_pass_without_questions(column: str, values: list[Any]) -> None:
    assert only(read(table(**{column: values}))).notes == ()


SPREAD = 1e9 * 10 ** (np.arange(8) / 4)
"""Sizes over almost two decades."""


@pytest.mark.parametrize("unit", scales.BASES)
@pytest.mark.parametrize("source", ["scale", "tokens", "compute", "chosen", "sizes", "sizes file"])
def test_a_logarithm_is_doubted_wherever_it_stands(tmp_path: Path, source: str, unit: str) -> None:
    # A rise over decades would look as sharp as one within a few tenths of a decade.
    values = (np.log10(SPREAD) / np.log10(scales.BASES[unit])).tolist()
    names = [f"m{at}" for at in range(8)]
    column = "magnitude" if source == "chosen" else source
    frame = table(**{"model": names, column: values})
    options: dict[str, Any] = {"scale": column} if source == "chosen" else {}
    if "sizes" in source:
        frame = frame.drop(columns=column)
        options = {"sizes": dict(zip(names, values, strict=True))}
    if source == "sizes file":
        options = {"sizes": tmp_path / "sizes.csv"}
        pd.DataFrame({"model": names, "scale": values}).to_csv(options["sizes"], index=False)
    said = refused(frame, **options)
    assert all(f"scale_unit='{each}'" in said for each in (*scales.BASES, "plain"))
    curve = only(read(frame, **options, scale_unit=unit))
    np.testing.assert_allclose(curve.scale, SPREAD, rtol=1e-9)
    plain = only(read(frame, **options, scale_unit="plain"))
    np.testing.assert_allclose(plain.scale, values)


def test_a_logarithm_of_0_is_a_scale_of_1() -> None:
    frame = table(examples=[0, 1, 2, 3, 4])
    assert "as logarithms" in refused(frame, scale="examples")
    curve = only(read(frame, scale="examples", scale_unit="log10"))
    np.testing.assert_allclose(curve.scale, [1, 10, 100, 1e3, 1e4])


@pytest.mark.parametrize("column", ["steps", "training examples", "epoch", "width"])
def test_a_chosen_scale_of_another_kind_passes(column: str) -> None:
    assert only(read(table(**{column: [1, 10, 50]}), scale=column)).scale.tolist() == [1, 10, 50]


def test_a_chosen_logarithm_is_still_doubted() -> None:
    frame = table(log_flops=[17.8, 19.2, 22.2], params=[7e7, 4e8, 1e10])
    assert "as logarithms, natural" in refused(frame, scale="log_flops")
    curve = only(read(frame, scale="log_flops", scale_unit="log10"))
    np.testing.assert_allclose(curve.scale, [10**17.8, 10**19.2, 10**22.2])
    assert curve.unit == "training compute (FLOP)"
    assert only(read(frame)).unit == "parameters"


def test_letters_say_their_own_unit() -> None:
    frame = table(size_b=["0.4", "7B", "13"])
    assert only(read(frame, scale_unit="billions")).scale.tolist() == [4e8, 7e9, 1.3e10]


@pytest.mark.parametrize("column", ["params", "scale", "tokens", "size"])
def test_small_numbers_among_letters_are_asked_for(column: str) -> None:
    values = ["100M", "300M", "1B", "3", "10", "30"]
    frame = table(**{column: values})
    said = refused(frame)
    assert f"'{column}' runs from 3 to 30 where it has no letters, as billions" in said
    curve = only(read(frame, scale_unit="billions"))
    assert curve.scale.tolist() == [1e8, 3e8, 1e9, 3e9, 1e10, 3e10]
    named = pd.DataFrame({"model": list("abcdef"), "score": 0.5, "n": 9})
    assert "where it has no letters" in refused(
        named, sizes=dict(zip("abcdef", values, strict=True))
    )


@pytest.mark.parametrize(("unit", "most"), [("billions", "1e5"), ("millions", "1e7")])
def test_a_number_above_what_its_unit_allows_is_refused(unit: str, most: str) -> None:
    frame = table(params=[1, 3, 10, 3e11])
    assert f"want at most {most} as {unit}. Remedy: Write every row in one unit" in refused(
        frame, scale_unit=unit
    )


@pytest.mark.parametrize("other", ["1.300", "1.3", "12.500", "1.300B"])
def test_a_mark_between_thousands_is_no_decimal_mark_elsewhere(tmp_path: Path, other: str) -> None:
    frame = table(params=[other, "30.000.000", "1.000.000"])
    for options in ({}, {"scale_unit": "plain"}):
        said = refused(frame, **options)
        assert f"'params' holds '30.000.000' and '{other}': one mark between thousands" in said
    named = pd.DataFrame({"model": ["a", "b"], "score": [0.1, 0.5], "n": 9})
    sizes = {"a": other, "b": "1.000.000"}
    path = tmp_path / "sizes.csv"
    path.write_text(f"model,params\na,{other}\nb,1.000.000\n")
    assert "one mark between thousands" in refused(named, sizes=sizes)
    assert "one mark between thousands" in refused(named, sizes=path)
    assert only(read(table(params=[13_000.0, "1.000.000"]))).scale.tolist() == [13_000, 1e6]


def test_a_logarithm_says_nothing_of_other_columns() -> None:
    frame = table(compute=[17.8, 19.2]).assign(score=[0, 1], chance=0, stderr=[0, 0.01])
    curve = only(read(frame, scale_unit="log10"))
    assert (curve.score.tolist(), curve.chance) == ([0, 1], 0)


def test_a_file_of_sizes_is_doubted_alike(tmp_path: Path) -> None:
    frame = pd.DataFrame({"model": ["a", "b"], "score": [0.1, 0.5], "n": 9})
    path = tmp_path / "sizes.csv"
    path.write_text("model,params\na,7\nb,70\n")
    assert "sizes.csv, row 1: 'params' runs from 7 to 70" in refused(frame, sizes=path)
    curve = only(read(frame, sizes=path, scale_unit="billions"))
    assert (curve.scale.tolist(), curve.unit) == ([7e9, 7e10], "parameters")
    path.write_text("model,log10_flops\na,20\nb,22\n")
    curve = only(read(frame, sizes=path, scale_unit="log10"))
    assert (curve.scale.tolist(), curve.unit) == ([1e20, 1e22], "training compute (FLOP)")


@pytest.mark.parametrize(
    ("values", "unit", "message"),
    [
        ([17, 400], "log10", r"found '400', want a number above 0 (1e-50 to 1e50) as log10"),
        ([17, -400], "log10", r"found '-400'"),
        ([17, 1e300], "ln", r"found '1e+300'"),
        ([1, 1e50], "billions", r"found '1e+50'"),
        ([1, -1], "billions", r"found '-1'"),
        ([1, 2], "dozens", r"scale_unit: found 'dozens', want one of percent, plain"),
    ],
)
def test_what_is_beyond_any_scale_is_refused(values: list[float], unit: str, message: str) -> None:
    assert message in refused(table(compute=values), scale_unit=unit)


def test_sizes_that_are_counted_need_no_unit(tmp_path: Path) -> None:
    frame = pd.DataFrame({"model": ["m-1b", "m-7b"], "score": [0.1, 0.5], "n": 9})
    said = refused(frame, sizes="names", scale_unit="billions")
    assert "scale_unit: found 'billions', but the sizes are plain numbers" in said


# Sizes in names.


@pytest.mark.parametrize(
    ("name", "size", "family"),
    [
        ("EleutherAI/pythia-410m", 4.1e8, "pythia"),
        ("EleutherAI/pythia-1.4b-deduped-v0", 1.4e9, "pythia deduped"),
        ("meta/llama-2-7b-hf", 7e9, "llama-2"),
        ("facebook/opt-6.7b", 6.7e9, "opt"),
        ("bigscience/bloom-7b1", 7.1e9, "bloom"),
        ("Cerebras-GPT_111M", 1.11e8, "cerebras-gpt"),
        ("Qwen2.5-0.5B-Instruct", 5e8, "qwen2.5 instruct"),
        ("mistral-7B-v0.1", 7e9, "mistral"),
        ("13B", 1.3e10, ""),
        ("lab-70b/student-1b", 1e9, "student"),
        ("web3base", None, None),
        ("mixtral-8x7b", None, "mixtral-8x7b"),
        ("run-1b-300b", None, "run"),
        ("int4bit", None, None),
        ("gpt2", None, None),
        ("v1.3", None, None),
        ("", None, None),
    ],
)
def test_the_size_in_a_name_is_one_word(name: str, size: float | None, family: str | None) -> None:
    assert scales.size_in(name) == size
    if name != "mixtral-8x7b":
        assert scales.family(name) == family


def write(folder: Path, **models: dict[str, Any]) -> Path:
    """Write a result file for each model."""
    for at, (name, more) in enumerate(models.items()):
        scores = {"quiz": {"acc,none": 0.1 * (at + 1), "acc_stderr,none": 0.02}}
        content = {"results": scores, "model_name": f"lab/{name}", **more}
        path = folder / name / "results.json"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))
    return folder


def test_sizes_in_names_are_offered_and_taken_when_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs", **{"m-70m": {}, "m-410m": {}, "m-1.4b": {}})
    frame = pd.DataFrame({"model": ["m-70m", "m-410m", "m-1.4b"], "score": 0.5, "n": 9})
    for source in (folder, frame):
        said = refused(source)
        assert "with sizes='names':" in said
        assert "m-1.4b 1.4 billion" in said
        curve = only(read(source, sizes="names"))
        assert (curve.scale.tolist(), curve.unit) == ([7e7, 4.1e8, 1.4e9], "parameters")
        (note,) = (each for each in curve.notes if each.startswith("Sizes are those in the names"))
        assert "m-70m 7e7" in note
        with on_command_line():
            assert "--sizes names" in refused(source)


def test_sizes_in_names_stand_in_for_no_scale_beside_them() -> None:
    frame = table(params=[7e7, 4e8, 1e10])
    assert "sizes, and the column 'params' too. Remedy: Give the scale once" in refused(
        frame, sizes="names"
    )
    assert "no column 'model'" in refused(frame.drop(columns="params"), sizes="names")


def test_names_without_a_size_are_no_offer(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs", small={}, large={})
    frame = pd.DataFrame({"model": ["small", "large"], "score": [0.1, 0.5], "n": 9})
    for source in (folder, frame):
        assert "names'" not in refused(source)
        assert "no one size in the name" in refused(source, sizes="names")


def test_a_count_in_the_file_stands_in_for_a_name_without_a_size(tmp_path: Path) -> None:
    counted = {"config": {"model_num_parameters": 10**9}}
    folder = write(tmp_path / "runs", **{"m-70m": counted, "large": counted})
    assert only(read(folder, sizes="names")).scale.tolist() == [7e7, 1e9]


def test_a_file_called_names_is_a_file(tmp_path: Path) -> None:
    frame = pd.DataFrame({"model": ["a", "b"], "score": [0.1, 0.5], "n": 9})
    (tmp_path / "names").write_text("model,params\na,1e8\nb,1e9\n")
    assert only(read(frame, sizes=tmp_path / "names")).scale.tolist() == [1e8, 1e9]


# Sizes of files, and of nothing.


def test_a_file_name_is_offered_only_where_it_is_unique(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs", a={}, b={}, c={})
    said = refused(folder, sizes={"lab/a": 1e9})
    assert "sizes lacks the model 'lab/b'. Remedy: Add 'lab/b' to it." in said
    assert "'results'" not in said
    (folder / "c" / "results.json").rename(folder / "c" / "last.json")
    said = refused(folder, sizes={"lab/a": 1e9, "lab/b": 2e9})
    assert "Add 'lab/c' or 'last' to it" in said


def test_a_file_name_that_many_models_share_stands_for_none(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs", a={}, b={}, c={})
    said = refused(folder, sizes={"lab/a": 1e9, "results": 2e9})
    assert "'results' in sizes stands for files of 'lab/b', of 'lab/c'" in said
    assert "Remedy: Name the models there: 'lab/b', 'lab/c'" in said


def checkpoints(folder: Path, *steps: int) -> Path:
    for at, step in enumerate(steps):
        scores = {"quiz": {"acc": 0.1 * (at + 1), "acc_stderr": 0.02}}
        content = {"results": scores, "config": {"model_args": "pretrained=lab/m-1b"}}
        path = folder / f"step{step}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))
    return folder


def test_a_checkpoint_at_step_0_is_left_out_whatever_the_sizes_say(tmp_path: Path) -> None:
    folder = checkpoints(tmp_path / "runs", 0, 1, 512)
    sizes = tmp_path / "tokens.csv"
    sizes.write_text("model,tokens\nstep1,2097152\nstep512,1073741824\n")
    said = refused(folder, sizes=sizes)
    assert "sizes lacks the model 'lab/m-1b'. Remedy: Add 'step0' to it." in said
    sizes.write_text(sizes.read_text() + "step0,0\n")
    for told in (sizes, {"step0": 0, "step1": 2097152, "step512": 1073741824}):
        curve = only(read(folder, sizes=told))
        assert curve.scale.tolist() == [2097152, 1073741824]
        (note,) = curve.notes
        assert note.startswith("Left out, for a scale of 0 has no logarithm: ")
        assert "step0.json" in note


def test_checkpoints_of_one_model_are_told_apart_by_their_files(tmp_path: Path) -> None:
    said = refused(checkpoints(tmp_path / "runs", 1, 8, 512))
    assert "how large 'lab/m-1b' is. Remedy: Give sizes={'step1': ...}" in said
    assert "names'" not in said


def test_the_name_of_the_model_is_found_where_other_harnesses_write_it(tmp_path: Path) -> None:
    general = [{"config_general": {"model_name": f"lab/{name}"}} for name in ("m-1b", "m-7b")]
    for at, content in enumerate(general):
        scores = {"results": {"quiz": {"acc": 0.5, "acc_stderr": 0.02}}}
        (tmp_path / f"{at}.json").write_text(json.dumps(content | scores))
    curve = only(read(tmp_path, sizes="names"))
    assert (curve.labels, curve.scale.tolist()) == (("lab/m-1b", "lab/m-7b"), [1e9, 7e9])


def test_a_scale_of_0_in_a_table_is_left_out(tmp_path: Path) -> None:
    curve = only(read(table(tokens=[0, 1e9, 1e10], model=["start", "middle", "end"])))
    assert (curve.labels, curve.scale.tolist()) == (("middle", "end"), [1e9, 1e10])
    assert curve.notes == ("Left out, for a scale of 0 has no logarithm: start.",)


# Two scales.

SIZES, FLOPS, TOKENS = [7e7, 4e8, 1e9], [1e18, 1e20, 3e21], [1e9, 2e9, 4e9]


def test_the_same_scores_by_compute_stand_along_those_by_parameters() -> None:
    curve = only(read(table(flops=FLOPS, params=SIZES), chance=0.05, length=2))
    along = curve.along
    assert along is not None
    assert (curve.unit, curve.scale.tolist()) == ("parameters", SIZES)
    assert (along.unit, along.scale.tolist()) == ("training compute (FLOP)", FLOPS)
    for name in ("score", "items", "chance", "length"):
        np.testing.assert_array_equal(getattr(along, name), getattr(curve, name))
    chosen = only(read(table(flops=FLOPS, params=SIZES), scale="flops")).along
    assert chosen is not None
    assert (chosen.unit, chosen.scale.tolist()) == ("parameters", SIZES)


def test_a_second_metric_goes_along() -> None:
    frame = table(params=SIZES, flops=FLOPS).assign(other=[0.2, 0.5, 0.9])
    curve = only(read(frame))
    assert curve.along is not None
    assert curve.along.other is not None
    assert curve.along.other.scale.tolist() == FLOPS
    rows = [
        {"task": "add", "metric": metric, "params": x, "flops": y, "score": score, "n": 9}
        for metric, score in (("exact", 0.1), ("digits", 0.5))
        for x, y in zip(SIZES, FLOPS, strict=True)
    ]
    curve = only(read(pd.DataFrame(rows), other="digits"))
    assert curve.along is not None
    assert curve.along.other is not None
    assert (curve.along.other.name, curve.along.other.scale.tolist()) == ("digits", FLOPS)


@pytest.mark.parametrize(
    ("flops", "why"),
    [
        (["1e18", "", "3e21"], "is not a number above 0 in every row"),
        (["1e18", "unknown", "3e21"], "is not a number above 0 in every row"),
        ([1e18, 0, 3e21], "is not a number above 0 in every row"),
        ([1e18, 1e18, 3e21], "does not grow from model to model"),
        ([1e20, 1e18, 3e21], "does not grow from model to model"),
        ([1e18, 1e20, 1e60], "is beyond 1e-50 to 1e50"),
        ([18, 20, 21.5], "is hardly written in plain numbers"),
    ],
)
def test_a_second_scale_that_makes_no_curve_is_named(flops: list[Any], why: str) -> None:
    curve = only(read(table(params=SIZES, flops=flops)))
    assert curve.along is None
    assert curve.notes[0].startswith("No curve by training compute (FLOP) too: 'flops' ")
    assert why in curve.notes[0]


def test_tokens_stand_in_where_compute_makes_no_curve() -> None:
    curve = only(read(table(params=SIZES, flops=[1e20] * 3, tokens=TOKENS)))
    assert curve.along is not None
    assert (curve.along.unit, curve.notes) == ("training tokens", ())


def test_pooled_repeats_need_one_second_scale_each() -> None:
    frame = table(params=[7e7, 7e7, 1e9, 1e9], flops=[1e18, 1e18, 3e21, 3e21])
    curve = only(read(frame, repeats="pool"))
    assert curve.along is not None
    assert curve.along.scale.tolist() == [1e18, 3e21]
    assert "4 rows are 2 models here" in curve.notes[0]
    frame.loc[0, "flops"] = 2e18
    assert "differs between rows of one scale" in only(read(frame, repeats="pool")).notes[1]


def test_a_file_of_sizes_may_hold_two_scales(tmp_path: Path) -> None:
    folder = write(tmp_path / "runs", a={}, b={}, c={})
    frame = pd.DataFrame({"model": ["a", "b", "c"], "score": [0.1, 0.2, 0.5], "n": 9})
    path = tmp_path / "sizes.csv"
    path.write_text("model,flops,params\na,1e18,7e7\nb,1e20,4e8\nc,3e21,1e9\n")
    for source in (folder, frame):
        for scale, wanted in ((None, (SIZES, FLOPS)), ("flops", (FLOPS, SIZES))):
            curve = only(read(source, sizes=path, scale=scale))
            assert curve.along is not None
            assert (curve.scale.tolist(), curve.along.scale.tolist()) == wanted


def test_files_that_count_parameters_have_them_along_a_given_scale(tmp_path: Path) -> None:
    models = {
        name: {"config": {"model_num_parameters": int(size)}}
        for name, size in zip("abc", SIZES, strict=True)
    }
    folder = write(tmp_path / "runs", **models)
    curve = only(read(folder, sizes=dict(zip(("a", "b", "c"), FLOPS, strict=True))))
    assert curve.along is not None
    assert (curve.along.unit, curve.along.scale.tolist()) == ("parameters", SIZES)
    # Sizes that only round the counts are no second scale.
    assert only(read(folder, sizes={"a": 7.1e7, "b": 4e8, "c": 1.1e9})).along is None


# Columns that are no scores.

HELPERS: dict[str, list[Any]] = {
    "learning_rate": [6e-4, 3e-4, 2e-4],
    "dropout": [0.1, 0.1, 0.1],
    "seed": [0, 0, 0],
    "size_b": [0.07, 0.4, 1.0],
    "batch size": [0.5, 0.5, 1],
    "weight-decay": [0.1, 0.1, 0.1],
    "epoch": [1, 1, 1],
    "date": ["2023-01-01", "2023-02-01", "2023-02-09"],
    "lab": ["x", "x", "x"],
}


def test_helper_columns_of_a_wide_table_are_no_tasks_and_are_listed_once() -> None:
    frame = table(params=SIZES, **HELPERS).rename(columns={"score": "quiz"})
    frame["maths"] = [0.3, 0.3, 0.4]
    quiz, maths = read(frame)
    assert (quiz.name, maths.name) == ("quiz", "maths")
    listed = "learning_rate, dropout, seed, size_b, batch size, weight-decay, epoch"
    assert quiz.notes == (
        "I read these columns as tasks: quiz, maths. To choose, give tasks=.",
        f"Not taken as scores: {listed}.",
    )
    assert maths.notes == ()


def test_a_helper_column_that_is_named_is_a_task() -> None:
    frame = table(params=SIZES, **HELPERS).rename(columns={"score": "quiz"})
    assert [each.name for each in read(frame, tasks=["dropout"])] == ["dropout"]


def test_helper_columns_alone_are_no_table_of_scores() -> None:
    frame = pd.DataFrame({"params": SIZES, "n": 9, "dropout": 0.1, "seed": 0})
    said = refused(frame)
    assert "no column of scores; not taken as scores: dropout, seed" in said
    assert "tasks=['dropout']" in said
