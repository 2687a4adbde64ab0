"""Readers against tables whose truth the test made, and broken input against its messages."""

import json
import os
import re
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.reading import harness, table
from emergence_lib.audit.reading.read import read
from tests.audit.reads import only, refused
from tests.hostile import HOSTILE

LONG = """\
model,params,task,score,n_items
small,1e8,add,0.00,200
large,1e10,add,0.95,200
middle,1e9,add,0.25,200
small,1e8,spell,0.5,80
large,1e10,spell,0.75,80
"""
WIDE = """\
Model,Params,Add 5-digit,spell,n_items
large,1e10,0.95,0.75,200
small,1e8,0,0.5,200
"""


def items_of(curve: Curve) -> list[float]:
    assert curve.items is not None
    return curve.items.tolist()


def stderr_of(curve: Curve) -> list[float]:
    assert curve.stderr is not None
    return curve.stderr.tolist()


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str | bytes, name: str = "scores.csv") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


# Good tables.


def test_long_form_gives_a_sorted_curve_for_each_task(write: Any) -> None:
    add, spell = read(write(LONG))
    assert (add.name, add.unit, add.chance, add.length) == ("add", "parameters", None, None)
    assert add.labels == ("small", "middle", "large")
    assert add.scale.tolist() == [1e8, 1e9, 1e10]
    assert add.score.tolist() == [0, 0.25, 0.95]
    assert items_of(add) == [200, 200, 200]
    assert (spell.name, spell.score.tolist()) == ("spell", [0.5, 0.75])


def test_wide_form_gives_the_same_curves(write: Any) -> None:
    add, spell = read(write(WIDE))
    assert (add.name, add.labels, add.score.tolist()) == (
        "Add 5-digit",
        ("small", "large"),
        [0, 0.95],
    )
    assert (spell.name, spell.unit, items_of(spell)) == ("spell", "parameters", [200, 200])
    assert only(read(write(WIDE), tasks=["add 5-digit"])).name == "Add 5-digit"


def test_wide_form_has_errors_or_items_of_each_task_beside_it(write: Any) -> None:
    text = "flops,add,add_stderr,spell,spell_items\n1e20,.1,.01,.2,50\n1e21,.3,.02,.4,60\n"
    add, spell = read(write(text))
    assert add.unit == "training compute (FLOP)"
    assert stderr_of(add) == [0.01, 0.02]
    assert items_of(spell) == [50, 60]


@pytest.mark.parametrize("score", ["acc", "accuracy", "score", "exact_match", "value"])
@pytest.mark.parametrize("end", ["_stderr", "_se"])
def test_a_score_may_have_its_error_under_its_own_name(write: Any, score: str, end: str) -> None:
    curve = only(read(write(f"params,{score},{score}{end}\n1e8,.2,.04\n1e9,.5,.05\n")))
    assert stderr_of(curve) == [0.04, 0.05]


def test_two_columns_of_errors_are_not_chosen_from(write: Any) -> None:
    said = refused(write("params,acc,se,acc_stderr\n1e8,.2,.1,.04\n1e9,.5,.1,.05\n"))
    assert "'se' and 'acc_stderr' could each be the stderr" in said


def test_a_longer_name_is_no_misspelling(write: Any) -> None:
    curves = read(write("scale,task_1,task_2,n\n1,.1,.2,9\n2,.3,.4,9\n"))
    assert [curve.name for curve in curves] == ["task_1", "task_2"]


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("scale", "scale"),
        ("parameters", "parameters"),
        ("train_flops", "training compute (FLOP)"),
        ("Compute", "training compute (FLOP)"),
        ("train tokens", "training tokens"),
    ],
)
def test_the_name_of_the_scale_column_names_the_axis(write: Any, column: str, unit: str) -> None:
    curve = only(read(write(f"{column},accuracy,n\n1e4,0.1,5\n2e4,0.2,5\n")))
    assert (curve.name, curve.unit) == ("scores", unit)
    assert only(read(write(f"{column},acc,n\n1e4,0.1,5\n2e4,0.2,5\n"), unit="GPU days")).unit == (
        "GPU days"
    )


def test_chance_length_and_a_second_metric_come_from_columns(write: Any) -> None:
    text = (
        "scale,score,n_items,chance,length,other,other_chance\n"
        "1,0.0,99,0,5,0.3,0.1\n2,0.5,99,0,5,0.9,0.1\n"
    )
    curve = only(read(write(text)))
    assert (curve.chance, curve.length) == (0, 5)
    assert curve.other is not None
    assert (curve.other.score.tolist(), curve.other.chance) == ([0.3, 0.9], 0.1)
    assert items_of(curve.other) == [99, 99]
    text = "scale,score,stderr,other,other_stderr\n1,0.1,0.01,0.3,0.02\n2,0.5,0.02,0.9,0.01\n"
    curve = only(read(write(text)))
    assert curve.other is not None
    assert stderr_of(curve.other) == [0.02, 0.01]


def test_a_metric_becomes_the_second_of_the_curves_of_its_task(write: Any) -> None:
    text = (
        "scale,task,metric,score,n\n"
        "1,add,exact,0,50\n2,add,exact,.5,50\n1,add,digits,.4,50\n2,add,digits,.9,50\n"
        "1,spell,exact,0,50\n2,spell,exact,.6,50\n"
    )
    assert [curve.name for curve in read(write(text))] == ["add (exact)", "add (digits)", "spell"]
    add, spell = read(write(text), other="digits")
    assert add.other is not None
    assert (add.other.name, add.other.score.tolist()) == ("digits", [0.4, 0.9])
    assert spell.other is None
    assert only(read(write(text), metric="digits")).name == "add"


def test_options_say_what_the_table_does_not(write: Any) -> None:
    path = write(LONG.replace(",n_items", ",note"))
    add, spell = read(path, items={"add": 200, "spell": 80}, chance={"spell": 0.5}, length=3)
    assert (items_of(add), add.chance) == ([200, 200, 200], None)
    assert (items_of(spell), spell.chance, spell.length) == ([80, 80], 0.5, 3)


def test_further_columns_separate_curves_on_demand(write: Any) -> None:
    text = "scale,shots,score,n\n1,0,.1,9\n2,0,.2,9\n1,5,.3,9\n2,5,.4,9\n"
    zero, five = read(write(text), by="shots")
    assert (zero.name, five.name) == ("scores, 0", "scores, 5")
    assert five.score.tolist() == [0.3, 0.4]


def test_sizes_give_the_scale_of_tables_that_name_models_only(write: Any) -> None:
    path = write("model,add,n_items\nbig,.9,50\ntiny,.1,50\n")
    curve = only(read(path, sizes={"tiny": 1e6, "big": 1e9, "unused": 3}))
    assert (curve.scale.tolist(), curve.labels) == ([1e6, 1e9], ("tiny", "big"))
    sizes = write("model,params\nbig,1e9\ntiny,1e6\n", "sizes.csv")
    assert only(read(path, sizes=sizes)).unit == "parameters"


def test_of_several_scales_parameters_are_taken_unless_another_is_chosen(write: Any) -> None:
    path = write("train_flops,params,score,n\n1e20,1e8,.1,9\n3e20,2e8,.2,9\n")
    assert only(read(path)).unit == "parameters"
    curve = only(read(path, scale="train_flops"))
    assert (curve.unit, curve.scale.tolist()) == ("training compute (FLOP)", [1e20, 3e20])
    path = write("n_params,num_params,score,n\n1e8,2e8,.1,9\n2e8,3e8,.2,9\n")
    with pytest.raises(CurveError, match=r"'n_params' and 'num_params' could each be the scale"):
        read(path)


def test_repeats_are_pooled_by_counts_on_demand_only(write: Any) -> None:
    path = write("model,scale,score,n\na,1,0.1,100\nb,1,0.4,300\nc,2,0.5,100\n")
    with pytest.raises(CurveError, match=r"row 3: .*scale 1 again, first in .*row 2.*repeats="):
        read(path)
    curve = only(read(path, repeats="pool"))
    # 10 of 100 and 120 of 300 are 130 of 400.
    assert (curve.score.tolist(), items_of(curve)) == ([130 / 400, 0.5], [400, 100])
    assert curve.labels == ("a + b", "c")


@pytest.mark.parametrize("step", [1e-16, 1e-15, 5e-13])
@pytest.mark.parametrize("scale", [1.0, 1e9, 1e-20, 3e22])
def test_scales_alike_to_the_last_digits_are_one(write: Any, scale: float, step: float) -> None:
    again = max(scale * (1 + step), float(np.nextafter(scale, np.inf)))
    path = write(f"scale,score,n\n{scale!r},0.1,100\n{10 * scale},0.5,100\n{again!r},0.4,300\n")
    with pytest.raises(CurveError, match=r"row 4: scores: scale .* again, first in .*row 2"):
        read(path)
    curve = only(read(path, repeats="pool"))
    assert curve.scale.tolist() == [scale, 10 * scale]
    assert (curve.score.tolist(), items_of(curve)) == ([130 / 400, 0.5], [400, 100])


def test_rows_that_were_copied_count_once(write: Any) -> None:
    row = "a,1,0.1,100,7\n"
    path = write(f"model,scale,score,n,seed\n{row}{row}a,1,0.1,100,8\n{row}c,2,0.5,100,7\n")
    curve = only(read(path, repeats="pool"))
    assert (curve.score.tolist(), items_of(curve)) == ([0.1, 0.5], [200, 100])
    assert curve.notes == (
        "Rows that repeat another one cell by cell, counted once: 2.",
        "Counts were added up, as asked: 3 rows are 2 models here, and how far runs of one scale "
        "spread is not looked at.",
    )


def test_repeats_point_at_the_columns_that_tell_them_apart(write: Any) -> None:
    text = "scale,branch,score,n\n1,0,.1,9\n1,5,.2,9\n2,5,.2,9\n"
    with pytest.raises(CurveError, match=r"separate with by=\['branch'\]"):
        read(write(text))


@pytest.mark.parametrize("head", ["\ufeff", ""])
@pytest.mark.parametrize(("mark", "point"), [(";", ","), (";", "."), ("\t", ","), (",", ".")])
def test_european_and_spreadsheet_exports_are_read(
    write: Any, head: str, mark: str, point: str
) -> None:
    text = "scale,task,score,n_items\n1,a,0.25,10\n2.5,a,0.5,10\n,,,\n"
    text = text.replace(",", mark).replace(".", point).replace("\n", "\r\n")
    curve = only(read(write(head + text)))
    assert (curve.scale.tolist(), curve.score.tolist()) == ([1, 2.5], [0.25, 0.5])


@pytest.mark.parametrize("mark", [";", "\t"])
def test_thousands_by_points_are_no_single_items(write: Any, mark: str) -> None:
    text = "scale,score,n\n1,.1,1.000\n2,.5,900\n".replace(",", mark)
    with pytest.raises(CurveError, match=r"found '1\.000': decimal point or thousands\. Remedy"):
        read(write(text))
    assert items_of(only(read(write(text.replace("1.000", "1.0000"))))) == [1, 900]
    assert items_of(only(read(write("scale,score,n\n1,.1,1.000\n2,.5,900\n")))) == [1, 900]


def test_empty_columns_at_the_end_are_no_columns(write: Any) -> None:
    assert only(read(write("scale,score,n,,\n1,.1,9,,\n2,.2,9,,\n"))).score.tolist() == [0.1, 0.2]


def test_all_zeros_are_data(write: Any) -> None:
    assert only(read(write("scale,score,n\n1,0,9\n2,0,9\n"))).score.tolist() == [0, 0]


# Standard errors.


def test_a_standard_error_of_zero_becomes_the_items_of_the_other_scores(write: Any) -> None:
    scores = [(1, 0.0, 0.0), (2, 0.2, 0.2), (3, 1.0, 0.0)]
    rows = "".join(f"{x},{p},{(p * (1 - p) / 99) ** 0.5 if se else 0}\n" for x, p, se in scores)
    curve = only(read(write("scale,score,stderr\n" + rows)))
    assert curve.stderr is None
    assert items_of(curve) == pytest.approx([100, 100, 100])


@pytest.mark.parametrize(
    "rows", ["1,0,0\n2,1,0\n", "1,0.5,0\n2,0.5,0\n", "1,0,0\n2,0.3,0\n3,.4,.07\n"]
)
def test_errors_of_zero_alone_demand_items(write: Any, rows: str) -> None:
    path = write("scale,score,stderr\n" + rows)
    with pytest.raises(CurveError, match=r"neither items nor a standard error above 0.*n_items"):
        read(path)
    assert set(items_of(only(read(path, items=50)))) == {50.0}


def test_counts_are_used_only_if_the_errors_beside_them_agree(write: Any) -> None:
    text = "scale,score,n_items,stderr\n1,0.5,100,{}\n2,0.5,100,0.05\n3,1,100,0\n"
    assert items_of(only(read(write(text.format(0.0503))))) == [100, 100, 100]
    # A clustered error of .1 means 26 independent items, whatever the column of counts says.
    assert items_of(only(read(write(text.format(0.1))))) == pytest.approx([26, 101, 100])
    clustered = "scale,score,n_items,stderr\n1,0.5,100,0.1\n2,0.5,100,0.05\n"
    assert stderr_of(only(read(write(clustered)))) == [0.1, 0.05]


# Bad tables.

HEAD = "scale,score,n_items\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"scores\.csv: the file is empty"),
        ("\ufeff\n\n", r"scores\.csv: the file is empty"),
        (HEAD, r"no rows below the header"),
        ("\n" + HEAD + "1,.1,9\n", "row 1: found nothing, want the names"),
        ("1,0.1,9\n2,0.2,9\n", r"row 1: found only numbers, want the names of the columns"),
        ("scale,score,,n\n1,.1,,9\n2,.2,x,9\n", "row 1: column 3 has no name"),
        ("scale,score,Score,n\n1,.1,.1,9\n", "row 1: two columns are named 'Score'"),
        ("scale,scroe,task,n\n1,.1,a,9\n", "row 1: column 'scroe' looks like 'score' misspelt"),
        ("scale,score,chanse,n\n1,.1,0,9\n2,.1,0,9\n", "'chanse' looks like 'chance' misspelt"),
        ("parms,score,n\n1,.1,9\n2,.1,9\n", "'parms' looks like 'params' misspelt"),
        ("width,score,n\n1,.1,9\n2,.1,9\n", r"no column 'scale' \(or params.*sizes="),
        (
            "size,score,n\n1,.1,9\n2,.1,9\n",
            "'size' runs from 1 to 2, as billions, millions or logarithms",
        ),
        ("scale,task,n\n1,a,9\n2,a,9\n", r"no column 'score' \(or accuracy.* among scale, task, n"),
        ("scale,n_items\n1,9\n2,9\n", "no column 'score'"),
        ("scale,score\n1,.1\n2,.2\n", "neither items nor a standard error.*pass items="),
        (HEAD + "1,43.9,9\n2,.8,9\n", "row 2, column 'score': found '43.9'.*Divide .* by 100"),
        (HEAD + "1,43.9%,9\n2,.8,9\n", "row 2: 'score' holds 0.8 too, beside .* percent sign"),
        (HEAD + "1,.4,9\n2,-0.1,9\n", "row 3, column 'score': found '-0.1', want a fraction"),
        (HEAD + "1,.4,9\n2,7e5,9\n", "row 3, column 'score': found '7e5'.*that are scores"),
        (HEAD + "0,.4,9\n2,.1,9\n", "row 2: a scale of 0 has no place .*, and one model is left"),
        (HEAD + "0,.4,9\n0,.1,9\n", "row 2: a scale of 0 has no place .*, and nothing is left"),
        (HEAD + "1,.4,9\n-2,.1,9\n", "row 3, column 'scale': found '-2'"),
        (HEAD + "1,.4,9\n1e999,.1,9\n", "row 3, column 'scale': found '1e999'"),
        (HEAD + "1,.4,9\n7Q,.1,9\n", "row 3, column 'scale': found '7Q', want a number above 0"),
        ("scale,score,n\n1,.1,7B\n2,.1,9\n", "row 2, column 'n': found '7B'.*Write 7e9"),
        (HEAD + "1,.4,9\nbig,.1,9\n", "row 3, column 'scale': found 'big'"),
        (HEAD + "1,.4,9\n1_0,.1,9\n", "row 3, column 'scale': found '1_0'"),
        (HEAD + "1,nan,9\n2,.1,9\n", "row 2, column 'score': found 'nan'"),
        (HEAD + "1,,9\n2,.1,9\n", "row 2, column 'score': empty.*delete the row"),
        (HEAD + "1,.1,\n2,.1,9\n", "row 2: scores: neither items nor a standard error"),
        ("scale,score,n,other\n1,.1,9,\n2,.1,9,.1\n", "'other': empty.*delete the row"),
        (HEAD + "1,.1,0\n2,.1,9\n", "row 2, column 'n_items': found '0', want .* at least 1"),
        (HEAD + "1,.1,9\n1,.1,9\n", "row 3: scores: scale 1 again, first in .*row 2"),
        (HEAD + "1,.1,9\n", "row 2: scores: one model only, want at least two"),
        (HEAD + "1,0,1,9\n2,.1,9\n", "row 2: found 4 cells under 3 columns.*comma"),
        (HEAD + "1,.1\n2,.1,9\n", "row 2: found 2 cells under 3 columns"),
        (HEAD + '"1,00",.1,9\n2,.1,9\n', "found '1,00'.*nothing between thousands"),
        (HEAD + '1,"0,1",9\n2,.1,9\n', "found '0,1'.*a point for the decimals"),
        ("scale;score;n\n12,500;.1;9\n", "found '12,500': decimal comma or thousands"),
        ("scale,score,stderr\n1,.1,1.2\n2,.1,.1\n", "'stderr': found '1.2'.*Divide"),
        ("scale,score,stderr\n1,.1,-1\n2,.1,.1\n", "'stderr': found '-1'.*Correct"),
        ("scale,score,n,chance\n1,.1,9,125\n2,.1,9,125\n", r"'chance' \(and 1 more.*found '125'"),
        ("scale,score,n,chance\n1,.1,9,0\n2,.1,9,.5\n", "row 3: .*chance is 0 and 0.5 within one"),
        ("scale,score,n,length\n1,.1,9,2.5\n2,.1,9,2.5\n", "'length'.*want a whole number"),
        ("scale,task,score,n\n1,,.1,9\n2,a,.1,9\n", "row 2: column 'task' is empty"),
        ("scale,name,score,n\n1,big,.1,9\n2,small,.1,9\n", "Call the column 'model'"),
        ("scale,acc,value,n\n1,.1,.1,9\n", "'acc' and 'value' could each be the score"),
        ("model,scale,half,add,n\na,1,X,.1,9\nb,2,.5,.2,9\n", "column 'half': found 'X'.*tasks="),
        ('[{"scale": 1, "score": 0.5}]', "found JSON, want a table.*pandas.read_json"),
        ('{"scale": 1}\n{"scale": 2}', "found JSON, want a table.*lines=True"),
        ("# by hand\nscale,score,n\n1,.1,9\n", "row 1: found one column, '# by hand'"),
        ("scale,add,ad_stderr\n1,.1,.1\n", "'ad_stderr' stands beside no 'ad'.*'add'"),
        ("scale,add,add_stder\n1,.1,.1\n", "'add_stder' looks misspelt beside 'add'"),
        (HEAD + '1,.1,9\n"2,.1,9\n', "row 3: found 1 cells under 3 columns"),
    ],
)
def test_a_bad_table_is_refused_with_place_and_remedy(write: Any, text: str, message: str) -> None:
    with pytest.raises(CurveError, match=message) as caught:
        read(write(text))
    assert "scores.csv" in str(caught.value)
    assert str(caught.value).count("Remedy: ") == len(str(caught.value).splitlines())


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("scale,score\n1,½\n".encode("latin-1"), r"scores\.csv, row 2: not UTF-8 .byte 0xbd"),
        ("scale,score\n1,2\n".encode("utf-16"), "text in UTF-16, want UTF-8.*CSV UTF-8"),
        (b"PK\x03\x04 an Excel file", "a workbook or archive, not text.*CSV UTF-8"),
        (b"\x1f\x8b\x08\0 gzip", "a compressed file, not text.*Unpack it"),
        (b'"' + b"x" * 200_000, "not a table .field larger"),
        (b"scale,score\n1,.1\n2,\0", r"scores\.csv, row 3: a NUL byte.* not text.*CSV UTF-8"),
        ("scale,score\n1,2\n".encode("utf-16-le"), "row 1: a NUL byte, so this is not text"),
        (b"\0" * 200, "row 1: a NUL byte, so this is not text"),
    ],
)
def test_a_file_that_is_no_text_is_named(write: Any, raw: bytes, message: str) -> None:
    with pytest.raises(CurveError, match=message):
        read(write(raw))


def pipe(path: Path) -> None:
    os.mkfifo(path)


def pipe_behind_a_link(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def endless_device_behind_a_link(path: Path) -> None:
    path.symlink_to("/dev/zero")


def ended_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


@pytest.mark.skipif(os.name != "posix", reason="needs special files")
@pytest.mark.parametrize(
    "make", [pipe, pipe_behind_a_link, endless_device_behind_a_link, ended_socket]
)
def test_what_may_never_end_is_not_opened(
    write: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], None]
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket has to be short
    Path("results").mkdir()
    one, within = Path("scores.csv"), Path("results/result.json")
    for path in (one, within):
        make(path)
    good = write(LONG, "good.csv")
    refusal = "not a regular file. Remedy: Write what it holds to a file"
    assert refused(one).startswith(f"{one}: {refusal}")
    assert refused(good, sizes=one).startswith(f"{one}: {refusal}")
    assert refused("results", sizes={}).startswith(f"{within}: {refusal}")


def test_a_folder_gives_no_sizes(write: Any, tmp_path: Path) -> None:
    with pytest.raises(CurveError, match="not a regular file"):
        read(write(LONG), sizes=tmp_path)


def test_a_file_that_is_too_large_is_not_read_to_its_end(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("scale,score,n\n" + "1,.1,9\n" * 1000)
    monkeypatch.setattr(table, "LARGEST", 2_000_000)
    with pytest.raises(CurveError, match="scale 1 again"):
        read(path)
    with path.open("ab") as file:
        file.truncate(2_000_001)  # a hole, which takes no room on the disk
    with pytest.raises(CurveError, match="row 1002: a NUL byte"):
        read(path)
    path.write_bytes(b"1" * 2_000_001)
    with pytest.raises(CurveError, match=r"scores\.csv: more than 2 MB, .* Remedy: Leave out"):
        read(path)


@pytest.mark.parametrize("name", HOSTILE)
def test_no_message_repeats_what_could_steer_a_terminal(
    write: Any, tmp_path: Path, name: str
) -> None:
    mark = HOSTILE[name]
    tables = [
        f'task,scale,score,n\n"a{mark}b",1,.5,9\n',
        f'task,scale,score,n\n"a{mark}b",1,x{mark},9\n',
        f'"a{mark}b",sc,n\n1,2,3\n',
        f'scale,"a{mark}b",n\n1,x,3\n',
        f'scale,n,a,"a_stder{mark}"\n1,9,.1,.1\n',
    ]
    if mark.encode("utf-8", "replace") == b"?":  # half a character cannot be in a CSV file
        tables = []
    folders = (
        {"results": {f"a{mark}b": {f"acc_{mark}": 2}}},
        {"results": {f"a{mark}b": 3}},
        {"results": {"a": {"acc": 0.5}}, "model_name": f"b{mark}"},
    )
    messages = [refused(write(text)) for text in tables]
    for at, content in enumerate(folders):
        write(json.dumps(content), f"{at}/{at}.json")
        messages.append(refused(tmp_path / str(at), sizes={"other": 1} if at == 2 else {"1": 1}))
    messages.append(refused(f"no{mark}where.csv"))
    for message in messages:
        assert all(map(str.isprintable, message.split("\n")))
        assert message.count("Remedy: ") == message.count("\n") + 1


MANY = [f"a{number}" for number in range(10_000)]


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000 + ",n\n1,.1\n",
        "scale,n," + "x" * 100_000 + "\n1,9,no\n",
        "scale,n," + "x" * 50_000 + "," + "x" * 50_000 + "\n1,9,no\n",
        "task,scale,score,n\n" + "x" * 100_000 + ",1,no,9\n",
        "scale,score,n\n1," + "x" * 100_000 + ",9\n",
        ",".join(MANY) + "\n" + ",".join("1" for _ in MANY) + "\n",
        "scale,n," + ",".join(MANY) + "\n1,9," + ",".join("no" for _ in MANY) + "\n",
        "scale,n," + ",".join(MANY) + ",x_stderr\n1,9,1," + ",".join("1" for _ in MANY) + "\n",
        "," * 100_000 + "\n" + "," * 100_000 + "\n1,2\n",
        "scale,score,n\n" + "".join(f"{at},{name},9\n" for at, name in enumerate(MANY)),
    ],
)
def test_a_message_stays_short_whatever_it_quotes(write: Any, text: str) -> None:
    lines = refused(write(text)).split("\n")
    assert len(lines) <= 11
    assert max(map(len, lines)) < 1000


def test_the_number_of_problems_is_counted_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = table.Problems()
    for at in range(1000):
        problems.add(f"row {at}", f"fault {at % 7}", "none")
    problems.add_error(CurveError("row 1000: fault 0. Remedy: none."))
    monkeypatch.delattr(problems, "places")  # not looked through each time
    assert len(problems) == 1001


def test_a_suggestion_is_looked_for_only_where_it_is_shown(
    write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []

    def matches(word: str, words: Iterable[str], *more: Any) -> list[str]:
        looked.append(len(list(words)))
        return []

    path = write("model,task,score,n\n" + "".join(f"{name},t,.5,9\n" for name in MANY))
    monkeypatch.setattr("emergence_lib.audit.reading.columns.get_close_matches", matches)
    with pytest.raises(CurveError, match="and 9990 more problems"):
        read(path, sizes={f"b{number}": 1.0 for number in range(1000)})
    assert sum(looked) <= 10 * 1000


def test_all_faults_are_listed_up_to_ten(write: Any) -> None:
    rows = "".join(f"{x},{-x},9\n" for x in range(1, 16))
    with pytest.raises(CurveError) as caught:
        read(write(HEAD + "-3,.5,9\n" + rows))
    lines = str(caught.value).splitlines()
    assert len(lines) == 11
    assert "row 2, column 'scale'" in lines[0]
    assert lines[-1] == "... and 6 more problems"


def test_a_fault_that_repeats_is_told_once(write: Any) -> None:
    with pytest.raises(CurveError) as caught:
        read(write(HEAD + "1,,9\n2,,9\n3,,9\n"))
    (line,) = str(caught.value).splitlines()
    assert re.search(r"row 2, column 'score' \(and 2 more like it, next .*row 3", line)


def test_a_missing_file_suggests_the_nearest_name(write: Any) -> None:
    path = write(LONG)
    with pytest.raises(CurveError, match=r"score\.csv: no such file. Remedy: Is scores\.csv meant"):
        read(path.with_name("score.csv"))
    with pytest.raises(CurveError, match="cannot be read"):
        read("a\0b.csv")
    with pytest.raises(CurveError, match="source: found an empty name"):
        read("")
    with pytest.raises(CurveError, match=r"source: found '.*' and '.*', which are the same"):
        read([path, path.parent / ".." / path.parent.name / path.name])


@pytest.mark.parametrize("source", [7, None, b"a.csv", {"params": [1]}, [{}], [pd.DataFrame()]])
def test_what_is_no_path_and_no_table_is_told_how_to_become_one(source: Any) -> None:
    said = refused(source)
    assert re.match(r"source: found \w+, want a path or a table", said)
    assert "pandas.DataFrame of a dict" in said
    assert "pandas.concat of several frames" in said


@pytest.mark.parametrize(
    "options",
    [{"tasks": ["zz"]}, {"metric": "zz"}, {"other": "zz"}, {"only": "zz"}, {"without": "zz"}],
)
def test_nothing_is_offered_where_there_is_nothing_to_choose(
    write: Any, options: dict[str, Any]
) -> None:
    said = refused(write("params,score,n\n1e8,.1,9\n1e9,.2,9\n"), **options)
    assert "leave it out" in said.lower()
    assert not re.search(r"(from|is|them) \.|Choose one of them", said)


@pytest.mark.parametrize("column", ["params", "n"])
def test_a_fault_that_tasks_cannot_mend_does_not_name_them(write: Any, column: str) -> None:
    row = {"params": "1e8", "score": ".5", "n": "9"} | {column: "many"}
    said = refused(write(f"{','.join(row)}\n{','.join(row.values())}\n"))
    assert said.endswith("Remedy: Write a number or delete the row.")


def test_a_file_without_permission_is_named(write: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(LONG)

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CurveError, match=r"scores\.csv: no permission to read it"):
        read(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"chance": 25}, "chance: found 25, want a fraction"),
        ({"chance": {"spel": 0.5}}, "chance: there is no task 'spel'. Remedy: Is 'spell' meant"),
        ({"chance": True}, "chance: found True"),
        ({"length": 0}, "length: found 0"),
        ({"length": 10**20}, "length: found 1000.*, want a whole number of tokens, from 1 to"),
        ({"items": {"add": 0}}, "items: found 0"),
        ({"items": 100}, "200 items in the table, 100 in the option"),
        ({"tasks": ["ad"]}, "no task 'ad'. Remedy: Is 'add' meant"),
        ({"metric": "acc"}, "no metric 'acc', for the table names none"),
        ({"other": "acc"}, "no metric 'acc'; found none"),
        ({"by": "seed"}, "no column 'seed'"),
        ({"scale": "zz"}, "no column 'zz' among .* Remedy: Choose from model, params"),
        ({"only": 3}, "only: found 3, want a name or a list of names"),
        ({"by": [3]}, r"by: found \[3\], want a name or a list"),
        ({"scale": "flops"}, "no column 'flops'"),
        ({"sizes": {"small": 1}}, "sizes, and the column 'params' too"),
        ({"sizes": {"small": -1}}, "sizes: found -1 for 'small'"),
        ({"repeats": "mean"}, "repeats: found 'mean', want 'pool'"),
    ],
)
def test_a_bad_option_is_named(write: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(CurveError, match=message):
        read(write(LONG), **options)


def test_a_model_without_size_is_named(write: Any) -> None:
    path = write("model,add,n_items\nbig,.9,50\ntiny,.1,50\n")
    with pytest.raises(CurveError, match=r"row 3: sizes lacks the model 'tiny'. .*'tinny' meant"):
        read(path, sizes={"big": 1e9, "tinny": 1e6})
    sizes = write("model,params\nbig,1e9\nbig,1e9\n", "sizes.csv")
    with pytest.raises(CurveError, match=r"sizes\.csv, row 3: 'big' comes twice"):
        read(path, sizes=sizes)
    sizes = write("model,width\nbig,1e9\n", "sizes.csv")
    with pytest.raises(CurveError, match=r"sizes\.csv, row 1: found model, width.*model,scale"):
        read(path, sizes=sizes)


# Data frames.


def test_a_data_frame_reads_like_its_file(write: Any) -> None:
    for text in (LONG, WIDE):
        path = write(text)
        for one, two in zip(read(path), read(pd.read_csv(path)), strict=True):
            assert (one.name, one.labels) == (two.name, two.labels)
            assert (one.score.tolist(), items_of(one)) == (two.score.tolist(), items_of(two))


def test_a_data_frame_names_the_index_of_a_bad_row() -> None:
    frame = pd.DataFrame({"scale": [1, 2], "score": [0.5, np.nan], "n": 9}, index=["a", "b"])
    with pytest.raises(CurveError, match="table, index 'b', column 'score': empty"):
        read(frame)
    with pytest.raises(CurveError, match="table: no rows"):
        read(frame[:0])
    with pytest.raises(CurveError, match="found 'True'"):
        read(pd.DataFrame({"scale": [1, 2], "score": [True, False], "n": 9}))


# Any table.

NAMES = st.text(st.sampled_from("ab ü,;\"'\n\t%7"), min_size=1, max_size=6).filter(
    lambda text: text == text.strip()
)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    tasks = draw(st.lists(NAMES, min_size=1, max_size=3, unique=True))
    # 1,125 could be a thousand or a little more than one: refused, and tested above.
    # Small numbers could be logarithms, or billions.
    clear = st.floats(1e4, 1e30).filter(lambda x: not re.fullmatch(r"\d{1,3}\.\d{3}", repr(x)))
    scales = st.lists(clear, min_size=2, max_size=5, unique_by="{:.9e}".format)
    rows = [
        {
            "task": task,
            "model": f"{draw(NAMES)}_{at}",
            "scale": scale,
            "accuracy": draw(st.floats(0, 1)),
            "n_items": draw(st.integers(1, 10**7)),
            "chance": chance,
        }
        for task in tasks
        for chance in [draw(st.sampled_from([0.0, 0.25, 1 / 3]))]
        for at, scale in enumerate(draw(scales))
    ]
    return pd.DataFrame(draw(st.permutations(rows)))


@settings(max_examples=60, deadline=None)
@given(frames(), st.sampled_from([(",", "."), (";", ","), ("\t", ".")]), st.booleans())
def test_a_table_survives_the_way_through_a_file(
    tmp_path_factory: pytest.TempPathFactory,
    frame: pd.DataFrame,
    form: tuple[str, str],
    mark: bool,
) -> None:
    path = tmp_path_factory.mktemp("round") / "table.csv"
    encoding = "utf-8-sig" if mark else "utf-8"
    frame.to_csv(path, index=False, sep=form[0], decimal=form[1], encoding=encoding)
    curves = read(path)
    assert [curve.name for curve in curves] == list(dict.fromkeys(frame["task"]))
    for curve in curves:
        rows = frame[frame["task"] == curve.name].sort_values("scale")
        assert curve.scale.tolist() == rows["scale"].tolist()
        assert curve.score.tolist() == rows["accuracy"].tolist()
        assert items_of(curve) == rows["n_items"].tolist()
        assert curve.labels == tuple(rows["model"])
        assert curve.chance == rows["chance"].iloc[0]


WORDS = "scale score n stderr task model other chance add_se 0 1 2e9 0.5 -1 1e-320 1e-200 % nan 7B"
WORDS += " metric lower_is_better true error_rate brier_score loss hellaswag add_chance"
CELLS = st.sampled_from([*WORDS.split(), "", '"', "½", "1,5", "\0", "9" * 400])
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=6).map(
    lambda rows: "\n".join(map(",".join, rows)).encode()
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=60), TABLES))
def test_garbage_raises_a_curve_error_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("garbage") / "table.csv"
    path.write_bytes(raw)
    try:
        curves = read(path)
    except CurveError as error:
        assert "Remedy: " in str(error)  # noqa: PT017
    else:
        assert all(isinstance(curve, Curve) for curve in curves)


# Result files of lm-evaluation-harness.


def result(
    model: str, right: dict[str, int], n: int = 100, new: bool = True, **more: Any
) -> dict[str, Any]:
    """Return a result file as the harness writes it: standard errors from the sample variance."""
    scores = {}
    for task, count in right.items():
        p = count / n
        error = (p * (1 - p) / (n - 1)) ** 0.5
        tail = ",none" if new else ""
        scores[task] = {f"acc{tail}": p, f"acc_stderr{tail}": error}
        if new:
            scores[task] = {"alias": task, **scores[task]}
    content: dict[str, Any] = {"results": scores}
    arguments = f"pretrained=org/{model},revision=step1000"
    content["config"] = {"model": "hf", "model_args": arguments, "num_fewshot": 0}
    if new:
        content |= {"model_name": f"org/{model}", "n-shot": dict.fromkeys(right, 0)}
        content["n-samples"] = {task: {"original": 1000, "effective": n} for task in right}
    return content | more


SIZES = {"org/tiny": 1e6, "small": 1e8, "org/big": 1e10}


def folder(tmp_path: Path, *files: dict[str, Any]) -> Path:
    for at, content in enumerate(files):
        path = tmp_path / f"run{at}" / f"results_{at}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content))
    return tmp_path


@pytest.mark.parametrize("new", [True, False])
def test_both_forms_of_result_files_are_read(tmp_path: Path, new: bool) -> None:
    files = [
        result("big", {"add": 90, "spell": 70}, new=new),
        result("tiny", {"add": 0, "spell": 50}, new=new),
        result("small", {"add": 20, "spell": 60}, new=new),
    ]
    add, spell = read(folder(tmp_path, *files), sizes=SIZES)
    assert (add.name, add.scale.tolist()) == ("add", [1e6, 1e8, 1e10])
    assert add.labels == ("org/tiny", "org/small", "org/big")
    assert add.score.tolist() == [0, 0.2, 0.9]
    # Counts come from n-samples, or from the errors: 0 of 100 is not known exactly.
    assert (items_of(add), items_of(spell)) == ([100] * 3, [100] * 3)


def test_items_of_real_files_are_the_known_sizes_of_the_tasks(tmp_path: Path) -> None:
    # From EleutherAI/pythia, evals/pythia-v1: 1.4b zero-shot at step 43000 and 12b five-shot.
    small = {
        "hendrycksTest-formal_logic": {"acc": 0.2857142857142857, "acc_stderr": 0.0404061017820884},
        "hendrycksTest-marketing": {"acc": 0.2905982905982906, "acc_stderr": 0.029745048572674057},
        "crows_pairs_english": {"likelihood_difference": 3.4, "pct_stereotype": 0.6},
    }
    large = {
        "hendrycksTest-formal_logic": {
            "acc": 0.3492063492063492,
            "acc_stderr": 0.042639068927951315,
            "acc_norm": 0.30158730158730157,
            "acc_norm_stderr": 0.04104947269903394,
        },
        "hendrycksTest-marketing": {"acc": 0.3504273504273504, "acc_stderr": 0.03125610824421881},
        "lambada_openai": {"ppl": 4.494119251576457, "ppl_stderr": 0.0997294801023666},
    }
    path = folder(tmp_path, {"results": small}, {"results": large})
    sizes = {"results_0": 1.4e9, "results_1": 1.2e10}
    logic, marketing = read(path, sizes=sizes, metric="acc")
    # MMLU has 126 test questions on formal logic and 234 on marketing [hendrycks2021measuring].
    assert (items_of(logic), items_of(marketing)) == ([126, 126], [234, 234])


def test_filters_and_chosen_metrics(tmp_path: Path) -> None:
    def file(model: str, strict: float, loose: float) -> dict[str, Any]:
        scores = {
            "exact_match,strict-match": strict,
            "exact_match_stderr,strict-match": 0.02,
            "exact_match,flexible-extract": loose,
            "exact_match_stderr,flexible-extract": 0.03,
            "f1,none": 0.4,
            "f1_stderr,none": 0.03,
            "perplexity,none": 12.5,
        }
        return {"results": {"gsm": scores}, "model_name": model, "config": None}

    path = folder(tmp_path, file("org/tiny", 0.1, 0.2), file("org/big", 0.5, 0.6))
    strict, loose = read(path, sizes=SIZES)
    assert strict.name == "gsm (exact_match,strict-match)"
    assert (loose.score.tolist(), stderr_of(loose)) == ([0.2, 0.6], [0.03, 0.03])
    one = only(read(path, sizes=SIZES, metric="exact_match,strict-match"))
    assert (one.name, one.score.tolist()) == ("gsm", [0.1, 0.5])
    assert only(read(path, sizes=SIZES, metric="f1")).score.tolist() == [0.4, 0.4]
    both = only(
        read(
            path,
            sizes=SIZES,
            metric="exact_match,strict-match",
            other="exact_match,flexible-extract",
        )
    )
    assert both.other is not None
    assert both.other.score.tolist() == [0.2, 0.6]
    with pytest.raises(CurveError, match="'perplexity' is a loss, and verdicts are on shares"):
        read(path, sizes=SIZES, metric="perplexity")


def test_errors_that_are_no_share_of_items_stay_errors(tmp_path: Path) -> None:
    def file(model: str, score: float) -> dict[str, Any]:
        return {"results": {"mmlu": {"acc": score, "acc_stderr": 0.004}}, "model_name": model}

    path = folder(tmp_path, file("org/tiny", 0.25), file("org/big", 0.6))
    assert stderr_of(only(read(path, sizes=SIZES))) == [0.004, 0.004]


def test_number_of_parameters_and_of_choices_come_from_newer_files(tmp_path: Path) -> None:
    def file(model: str, right: int, size: int) -> dict[str, Any]:
        choice = {"output_type": "multiple_choice", "doc_to_choice": ["A", "B", "C", "D"]}
        content = result(model, {"logic": right, "law": right}, configs={"logic": choice})
        content["results"]["mmlu"] = {"acc,none": right / 100, "acc_stderr,none": 0.002}
        content["configs"]["law"] = choice
        content["group_subtasks"] = {"mmlu": ["logic", "law"], "logic": []}
        content["config"]["model_num_parameters"] = size
        return content

    path = folder(tmp_path, file("tiny", 25, 10**6), file("big", 70, 10**9))
    curves = read(path)
    assert [curve.name for curve in curves] == ["logic", "law", "mmlu"]
    assert {curve.chance for curve in curves} == {0.25}
    assert (curves[0].unit, curves[0].scale.tolist()) == ("parameters", [1e6, 1e9])
    assert read(path, chance={"logic": 0.5})[0].chance == 0.5


def test_multiple_choice_of_unknown_choices_has_no_chance_level(tmp_path: Path) -> None:
    choice = {"add": {"output_type": "multiple_choice", "doc_to_choice": "{{choices.text}}"}}
    files = [result(model, {"add": 30}, configs=choice) for model in ("tiny", "big")]
    path = folder(tmp_path, *files)
    curve = only(read(path, sizes=SIZES))
    assert (curve.chance, curve.chance_source) == (None, "")
    (note,) = curve.notes
    assert re.search(r"how many choices there are; .* chance={'add': 0.25}\.$", note)
    said = only(read(path, sizes=SIZES, chance={"add": 0.25}))
    assert (said.chance, said.chance_source, said.notes) == (0.25, "given", ())


@pytest.mark.parametrize(
    ("template", "chance"),
    [
        ("{{[sol1, sol2]}}", 1 / 2),
        ("{{ [a,b,c] }}", 1 / 3),
        ("{{[a] + wrong}}", None),
        ("{{[one]}}", None),
        ("{{[choices[0], more]}}", None),
    ],
)
def test_a_template_that_names_each_choice_tells_their_number(
    tmp_path: Path, template: str, chance: float | None
) -> None:
    choice = {"add": {"output_type": "multiple_choice", "doc_to_choice": template}}
    files = [result(model, {"add": 30}, configs=choice) for model in ("tiny", "big")]
    assert only(read(folder(tmp_path, *files), sizes=SIZES)).chance == chance


def test_older_files_do_not_say_the_chance_level_and_the_curve_knows(tmp_path: Path) -> None:
    free = {"add": {"output_type": "generate_until"}}
    choice = {"add": {"output_type": "multiple_choice", "doc_to_choice": ["A", "B"]}}
    for tiny, big, chance in (
        ({}, {}, None),
        (free, free, None),
        ({}, free, None),
        ({}, choice, 0.5),
    ):
        files = [result("tiny", {"add": 60}, configs=tiny), result("big", {"add": 60}, configs=big)]
        path = folder(tmp_path, *files)
        curve = only(read(path, sizes=SIZES))
        source = "" if chance is None else "as the files say"
        assert (curve.chance, curve.chance_source) == (chance, source)
        said = only(read(path, sizes=SIZES, chance_for_all=0.25))
        assert (said.chance, said.chance_source) == (0.25, "given")


def test_in_a_group_the_multiple_choice_tasks_say_the_chance_level(tmp_path: Path) -> None:
    configs = {
        "add": {"output_type": "generate_until"},
        "spell": {"output_type": "multiple_choice", "doc_to_choice": ["A", "B"]},
    }

    def file(model: str) -> dict[str, Any]:
        groups = {"both": ["add", "spell"]}
        return result(model, {"both": 60}, configs=configs) | {"group_subtasks": groups}

    path = folder(tmp_path, file("tiny"), file("big"))
    assert only(read(path, sizes=SIZES)).chance == 0.5


class Counted(dict[str, Any]):
    """Counts how often something is looked up in it."""

    visits = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.visits += 1
        return super().get(key, default)


@pytest.mark.parametrize(
    "groups",
    [
        {f"g{deep}": [f"g{deep + 1}"] * 60 for deep in range(60)},
        {
            f"g{deep}" if at == 0 else f"g{deep} {at}": [f"g{deep + 1}"]
            + [f"g{deep + 1} {part}" for part in range(1, 20)]
            for deep in range(60)
            for at in range(20)
        },
        {f"g{at}": [f"g{part}" for part in range(61)] for at in range(60)},
    ],
    ids=["one part many times", "many parts in each of many levels", "each holds all"],
)
def test_groups_within_groups_take_no_more_than_their_number(groups: dict[str, list[str]]) -> None:
    choice = {"output_type": "multiple_choice", "doc_to_choice": ["A", "B", "C", "D"]}
    configs = Counted(g60=choice)
    content = {"results": {name: {} for name in groups}, "configs": configs}
    chances = harness._chances(content | {"group_subtasks": groups})
    assert {chances[name] for name in groups} == {"0.25"}
    assert configs.visits <= 20


def test_groups_that_hold_themselves_say_nothing(tmp_path: Path) -> None:
    groups = {"a": ["b"], "b": ["a", "b"], "c": ["c"]}
    chances = harness._chances({"results": {"a": {}, "c": {}}, "group_subtasks": groups})
    assert set(chances.values()) == {harness.UNSAID}


def test_a_table_without_chance_says_nothing_about_it(write: Any) -> None:
    curve = only(read(write("scale,score,n\n1,.1,9\n2,.9,9\n")))
    assert (curve.chance, curve.chance_source, curve.notes) == (None, "", ())


def test_checkpoints_and_shots_are_told_apart(tmp_path: Path) -> None:
    early, late = result("big", {"add": 10}), result("big", {"add": 60})
    late["config"]["model_args"] = {"pretrained": "org/big", "revision": "step2000"}
    path = folder(tmp_path, early, late)
    sizes = {"org/big@step1000": 2e9, "org/big@step2000": 4e9}
    curve = only(read(path, sizes=sizes, unit="training tokens"))
    assert (curve.scale.tolist(), curve.unit) == ([2e9, 4e9], "training tokens")
    late["n-shot"] = {"add": 5}
    folder(tmp_path, early, late)
    with pytest.raises(CurveError, match=r"n_shot 0 \(1\), n_shot 5 \(1\), .*pool=\['n_shot'\]"):
        read(path, sizes=SIZES)


def test_every_bad_result_file_is_listed_and_no_good_one_used(tmp_path: Path) -> None:
    good = [result(model, {"add": 30}) for model in ("tiny", "small", "big")]
    path = folder(tmp_path, *good, result("unheard-of", {"add": 3}))
    bad: dict[str, str | bytes] = {
        "broken.json": '{"results": {"add": {"acc": 0.1}',
        "latin.json": '{"results": "½"}'.encode("latin-1"),
        "deep.json": '{"results": ' + "[" * 100_000,
        "holes.json": b'{"results": {"add": ' + b"\0" * 9,
    }
    for name, content in bad.items():
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CurveError) as caught:
        read(path, sizes=SIZES)
    message = str(caught.value)
    for expected in (
        r"broken\.json, line 1: broken JSON \(Expecting ',' delimiter, column 33\)",
        r"latin\.json, row 1: not UTF-8 .*Remedy: Write or copy the file again",
        r"holes\.json, row 1: a NUL byte, .* Remedy: Write or copy the file again",
        r"deep\.json: broken JSON",
        r"results_3\.json: sizes lacks the model 'org/unheard-of'",
    ):
        assert re.search(expected, message), (expected, message)
    assert message.count("Remedy: ") == len(message.splitlines())


def test_a_folder_without_permission_inside_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder(tmp_path, result("tiny", {"add": 30}), result("big", {"add": 60}))
    from os import walk

    def refuse(top: Path, onerror: Any) -> Any:
        onerror(PermissionError(13, "denied", f"{top}/locked"))
        return walk(top)

    monkeypatch.setattr("emergence_lib.audit.reading.folder.os.walk", refuse)
    with pytest.raises(CurveError, match="locked: no permission to read it"):
        read(path, sizes=SIZES)


@pytest.mark.parametrize(
    ("score", "message"),
    [
        (43.9, r"results_0\.json, results\.add\.acc,none: found '43.9'.*100.*without='add'"),
        ("N/A", r"results\.add\.acc,none: found 'N/A'.*Correct the file, or leave the task out"),
        (float("nan"), "found 'nan'"),
        (None, "found 'None'"),
    ],
)
def test_a_bad_score_in_a_file_is_named_by_its_path(
    tmp_path: Path, score: object, message: str
) -> None:
    file = result("tiny", {"add": 30})
    file["results"]["add"]["acc,none"] = score
    path = folder(tmp_path, file, result("big", {"add": 60}))
    with pytest.raises(CurveError, match=message):
        read(path, sizes=SIZES)


RUNS = '[{"params": "1B", "accuracy": 0.5}]'


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CurveError, match="no JSON file in this folder"):
        read(tmp_path)
    path = folder(tmp_path, result("tiny", {"add": 30}), result("big", {"add": 60}))
    with pytest.raises(CurveError, match=r"does not say how large 'org/tiny' is.*sizes="):
        read(path)
    with pytest.raises(CurveError, match="no metric 'f1'; found acc"):
        read(path, sizes=SIZES, metric="f1")
    with pytest.raises(CurveError, match=r"one result file is one model.*the folder"):
        read(path / "run0" / "results_0.json")
    for text, message in ((RUNS, r"want a table.*\(no results\).*read_json"), ("{", "no JSON")):
        (tmp_path / "runs.json").write_text(text)
        with pytest.raises(CurveError, match=rf"runs.json: .*{message}"):
            read(tmp_path / "runs.json")
    (tmp_path / "runs.json").unlink()
    (tmp_path / "run1" / "results_1.json").unlink()
    with pytest.raises(CurveError, match="add: one model only"):
        read(path, sizes=SIZES)


KEYS = ["results", "add", "acc", "acc,none", "acc_stderr", "n-samples", "configs", "config"]
KEYS += ["effective", "model_args", "doc_to_choice", "group_subtasks", "output_type", "model_name"]
KEYS += ["higher_is_better", "metric_list", "metric"]
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    ),
    max_leaves=20,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(JSON, min_size=1, max_size=3), JSON)
def test_any_json_gives_curves_or_a_curve_error(
    tmp_path_factory: pytest.TempPathFactory, contents: list[Any], scores: Any
) -> None:
    path = tmp_path_factory.mktemp("json")
    for at, content in enumerate(contents):
        whole = {"results": {"add": scores}, "configs": {"add": content}}
        (path / f"{at}.json").write_text(json.dumps(content if at == 2 else whole))
    try:
        read(path, sizes={"0": 1, "1": 2, "2": 3})
    except CurveError as error:
        assert "Remedy: " in str(error)  # noqa: PT017


def test_a_column_of_no_meaning_to_the_audit_is_left_alone_whatever_its_name(write: Any) -> None:
    text = "params,score,n_items,guess\n1e8,0.1,200,low\n1e9,0.4,200,low\n"
    assert only(read(write(text))).score.tolist() == [0.1, 0.4]
