"""Metrics of which less is better are turned round; losses are left out or refused."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence_lib.audit import audit
from emergence_lib.audit.curve import Curve, CurveError
from emergence_lib.audit.reading import metrics, read
from tests.hostile import HOSTILE


def table(text: str, **options: Any) -> list[Curve]:
    return read(pd.read_csv(io.StringIO(text)), **options)


def one(text: str, **options: Any) -> Curve:
    (curve,) = table(text, **options)
    return curve


def refused(text: str, **options: Any) -> str:
    with pytest.raises(CurveError) as caught:
        table(text, **options)
    return str(caught.value)


def by_metric(metric: str, **more: str) -> str:
    """Return a table of scores .9, .6 and .2 by some metric, with further columns."""
    head = ",".join(["task", "metric", "scale", "score", "n", "stderr", *more])
    rows = [
        ",".join(["quiz", metric, str(scale), str(score), "100", "0.01", *more.values()])
        for scale, score in ((1, 0.9), (2, 0.6), (3, 0.2))
    ]
    return "\n".join([head, *rows])


FALLS = ["brier_score", "Brier score", "error", "error_rate", "err", "WER", "cer", "top-1 error"]
FALLS += ["ece", "mse", "word_error_rate", "test_error", "brier_score,none"]
RISES = ["acc", "exact_match", "f1", "score", "terror_detection", "error_correction", "mc1"]
RISES += ["standard_error", "std_err", "lower", "cherry", "answer", "glossary"]
LOSSES = ["perplexity", "word_perplexity", "byte_perplexity", "bits_per_byte", "nll", "loss"]
LOSSES += ["val_loss", "cross_entropy", "Cross-entropy", "bpb", "log_loss", "ppl"]


@pytest.mark.parametrize("metric", [*FALLS, *RISES, *LOSSES])
def test_names_tell_which_way_is_better(metric: str) -> None:
    assert metrics.less_is_better(metric) == (metric in FALLS)
    assert metrics.is_loss(metric) == (metric in LOSSES)


def test_a_brier_score_is_turned_and_keeps_its_errors() -> None:
    curve = one(by_metric("brier_score"))
    assert (curve.name, curve.turned) == ("quiz (1 - brier_score)", True)
    assert curve.score == pytest.approx([0.1, 0.4, 0.8])
    assert curve.items is None
    assert curve.stderr is not None
    assert curve.stderr.tolist() == [0.01] * 3
    assert (curve.chance, curve.chance_source, curve.length) == (None, "", None)
    assert curve.notes == (
        "Less is better by 'brier_score', as its name says: the scores are 1 minus it.",
    )


@given(
    st.lists(st.integers(0, 200), min_size=2, max_size=6),
    st.sampled_from(["error", "error_rate", "test_error"]),
)
def test_a_share_of_wrong_items_is_the_share_of_right_ones(wrong: list[int], metric: str) -> None:
    rows = [("quiz", 10**at, count / 200, 200) for at, count in enumerate(wrong)]
    falls = pd.DataFrame(rows, columns=["task", "scale", metric, "n"])
    rises = falls.assign(score=1 - falls[metric]).drop(columns=metric)
    (curve,), (twin,) = read(falls), read(rises)
    assert curve.turned
    assert not twin.turned
    assert np.array_equal(curve.score, twin.score)
    assert curve.items is not None
    assert twin.items is not None
    assert np.array_equal(curve.items, twin.items)
    assert (curve.name, twin.name) == (f"quiz (1 - {metric})", "quiz")


def test_a_metric_that_is_no_share_needs_standard_errors() -> None:
    text = by_metric("brier_score").replace(",stderr", "").replace(",0.01", "")
    said = refused(text)
    assert "no standard error above 0, and 'brier_score' is no share of items" in said
    assert said.count("Remedy: Give standard errors, or choose another metric") == 1
    assert "and 2 more like it" in said


def test_a_score_without_a_name_may_be_a_share_of_wrong_items() -> None:
    text = "scale,score,n,lower_is_better\n1,.9,90,true\n2,.2,90,true\n"
    for curve in (one(text), one(text.replace("true", ""), lower_is_better=True)):
        assert curve.name == "curve (1 - score)"
        assert curve.score == pytest.approx([0.1, 0.8])
        assert curve.items is not None


def test_who_says_that_more_is_better_is_believed_of_a_curve_that_falls() -> None:
    text = "scale,score,n,chance,higher_is_better\n" + "".join(
        f"{10**at},{score},400,0,true\n" for at, score in enumerate((0.9, 0.8, 0.5, 0.3, 0.1))
    )
    silent = text.replace("true", "")
    for curve in (one(text), one(silent, lower_is_better=False)):
        assert (curve.higher_is_better, curve.turned) == (True, False)
        assert not any(reading.turned for reading in audit(curve).readings)
    for curve in (one(silent), one(silent.replace("400,0,", "400,0,true", 1))):
        assert curve.higher_is_better is None
        assert any(reading.turned for reading in audit(curve).readings)
    assert one(text.replace("true", "false")).higher_is_better is None


@pytest.mark.parametrize(
    ("metric", "known"),
    [
        *((each, True) for each in ("acc", "acc_norm", "Exact match", "mc1", "pass@10")),
        *((each, True) for each in ("token_f1", "exact_str_match", "multiple_choice_grade")),
        *((each, None) for each in ("score", "toxicity", "acc_gap", "accuracy_drop", "refusals")),
    ],
)
def test_of_an_accuracy_more_is_better_by_its_name(metric: str, known: bool | None) -> None:
    assert one(by_metric(metric)).higher_is_better is known
    assert one(by_metric(metric), lower_is_better=[metric]).higher_is_better is None
    column = "scale,{},n\n1,.9,90\n2,.2,90\n"
    assert [one(column.format(each)).higher_is_better for each in ("acc", "value")] == [True, None]


@pytest.mark.parametrize("metric", ["toxicity", "refusal_rate", "toxicity_score"])
def test_a_rise_by_a_metric_of_unknown_direction_is_read_both_ways(metric: str) -> None:
    scores = (0.02, 0.05, 0.2, 0.5, 0.8, 0.9)
    text = "scale,metric,score,n,chance\n" + "".join(
        f"{10 ** (6 + at / 2)},{metric},{score},400,0\n" for at, score in enumerate(scores)
    )
    unsaid = audit(one(text))
    assert unsaid.curve.either_way
    assert {reading.turned for reading in unsaid.readings} == {True, False}
    for curve in (
        one(text, lower_is_better=False),
        *(one(text.replace(metric, each)) for each in ("acc", "score", "f1")),
        replace(unsaid.curve, either_way=False),
    ):
        assert not any(reading.turned for reading in audit(curve).readings)
        assert not curve.either_way
    assert not one(text, lower_is_better=True).either_way


def test_what_turned_scores_cannot_be_is_refused() -> None:
    said = refused(by_metric("wer").replace("0.9", "1.2"))
    assert "column 'score': found '1.2', and less is better: 1 minus it has to be from 0" in said
    assert "Remedy: Divide the column by 100 if these are percentages" in said
    assert "found '-0.1', want a fraction" in refused(by_metric("wer").replace("0.9", "-0.1"))


@pytest.mark.parametrize(
    "options", [{"chance": 0.25}, {"chance": {"quiz": 0.25}}, {"chance_for_all": 0.25}]
)
def test_the_chance_level_of_an_accuracy_is_not_that_of_a_turned_metric(
    options: dict[str, Any],
) -> None:
    for text in (by_metric("error_rate"), by_metric("brier_score", chance="0.25")):
        curve = one(text, **options)
        assert (curve.chance, curve.chance_source) == (None, "")
        _, note = curve.notes
        assert note.startswith("The chance level that was given is not used for 'quiz (1 - ")
    (note,) = one(by_metric("error_rate").replace("quiz", "hellaswag")).notes
    assert note.startswith("Less is better")


@pytest.mark.parametrize(
    ("column", "cell", "turned"),
    [
        ("lower_is_better", "true", True),
        ("lower_is_better", "no", False),
        ("lower_is_better", "", None),
        ("higher_is_better", "False", True),
        ("higher_is_better", "1", False),
        ("Higher is better", "0", True),
    ],
)
def test_a_column_may_say_it(column: str, cell: str, turned: bool | None) -> None:
    assert one(by_metric("hurt", **{column: cell})).turned == bool(turned)
    # What is said goes before what a name makes likely.
    assert one(by_metric("brier_score", **{column: cell})).turned == (turned is not False)


def test_a_column_that_says_neither_is_refused() -> None:
    said = refused(by_metric("hurt", lower_is_better="perhaps"))
    assert "column 'lower_is_better' (and 2 more like it" in said
    assert "found 'perhaps', want true or false. Remedy: Correct it." in said
    text = by_metric("hurt", lower_is_better="true").splitlines()
    text[-1] = text[-1].replace("true", "false")
    assert "less is better in one row, and more in another" in refused("\n".join(text))


def test_the_caller_goes_before_source_and_name() -> None:
    said = by_metric("hurt", higher_is_better="true")
    for asked in (True, "hurt", ["hurt"], ["Hurt,none"]):
        curve = one(said, lower_is_better=asked)
        assert curve.turned
        assert "by 'hurt', as given: " in curve.notes[0]
    assert not one(said, lower_is_better=None).turned
    falls = by_metric("brier_score", higher_is_better="false")
    assert one(falls).turned
    assert one(falls, lower_is_better=[]).turned
    curve = one(falls, lower_is_better=False)
    assert (curve.turned, curve.name, curve.score.tolist()) == (False, "quiz", [0.9, 0.6, 0.2])


def test_a_metric_that_nobody_measured_is_refused() -> None:
    assert refused(by_metric("hurt"), lower_is_better=["hurts"]) == (
        "lower_is_better: no metric 'hurts'; found 'hurt'. Remedy: Is 'hurt' meant."
    )


def test_in_a_wide_table_the_name_of_a_column_tells() -> None:
    text = "scale,n,quiz,quiz_error_rate,word_error_rate_stderr,word_error_rate\n"
    text += "1,90,.3,.7,.01,.5\n2,90,.8,.2,.02,.4\n"
    quiz, falls, words = table(text)
    assert [each.name for each in (quiz, falls, words)] == [
        "quiz",
        "1 - quiz_error_rate",
        "1 - word_error_rate",
    ]
    assert [each.turned for each in (quiz, falls, words)] == [False, True, True]
    assert falls.score == pytest.approx(quiz.score)
    assert words.stderr is not None
    said = refused("scale,n,quiz,quiz_error\n1,90,.3,.01\n2,90,.8,.02\n")
    assert "'quiz_error' beside 'quiz' could be its standard error" in said


def test_two_metrics_that_could_each_be_the_score_need_a_choice() -> None:
    text = "task,scale,n,error_rate,wer\nquiz,1,9,.5,.4\nquiz,2,9,.4,.3\n"
    assert "'error_rate' and 'wer' could each be the score" in refused(text)


@pytest.mark.parametrize("metric", LOSSES)
def test_a_loss_alone_is_refused_in_one_line(metric: str) -> None:
    said = refused(by_metric(metric))
    assert said == (
        f"table: '{metric}' is a loss, and verdicts are on shares from 0 to 1. Remedy: Read it "
        "with read_losses, or choose an accuracy or another share of items."
    )


def test_a_loss_beside_other_metrics_is_left_out_unless_it_was_asked_for() -> None:
    text = by_metric("acc") + "\n" + by_metric("val_loss").replace("0.9", "3").partition("\n")[2]
    curve = one(text)
    assert (curve.name, curve.turned) == ("quiz", False)
    assert curve.notes == (
        "Left out, since verdicts are on shares from 0 to 1 and not on losses: 'val_loss'. "
        "In Python, python -m emergence_lib audit FILE.csv reports on them.",
    )
    assert "'val_loss' is a loss" in refused(text, metric="val_loss")
    assert "'val_loss' is a loss" in refused(text, metric="acc", other="val_loss")
    wide = "scale,n,quiz,val_loss\n1,90,.3,3.1\n2,90,.8,2.9\n"
    assert one(wide).name == "quiz"
    assert "Choose tasks=['quiz']." in refused(wide, tasks=["quiz", "val_loss"])
    # A test on weight_loss is a task like any other, if somebody says so.
    assert len(table(wide.replace("3.1", ".1").replace("2.9", ".2"), lower_is_better=False)) == 2


def results(folder: Path, scores: dict[str, float], **more: Any) -> Path:
    for at in range(3):
        found = {}
        for metric, score in scores.items():
            found[f"{metric},none"] = score - at * 0.1
            found[f"{metric}_stderr,none"] = 0.01
        content: dict[str, Any] = {"results": {"quiz": found}, "model_name": f"m{at}"}
        content["n-samples"] = {"quiz": {"effective": 500}}
        content["config"] = {"model_num_parameters": 10**at}
        (folder / f"{at}.json").write_text(json.dumps(content | more))
    return folder


LISTED = {"metric_list": [{"metric": "hurt", "higher_is_better": False}, 3, {"metric": "acc"}]}


@pytest.mark.parametrize(
    ("more", "turned"),
    [
        ({"higher_is_better": {"quiz": {"hurt": False, "acc": True}}}, True),
        ({"higher_is_better": {"quiz": {"hurt": True}}, "configs": {"quiz": LISTED}}, False),
        ({"higher_is_better": {"quiz": {"hurt": None}}, "configs": {"quiz": LISTED}}, True),
        ({"configs": {"quiz": LISTED}}, True),
        ({"configs": {"quiz": {"metric_list": "?"}}, "higher_is_better": 3}, False),
        ({}, False),
    ],
)
def test_result_files_tell_which_way_is_better(
    tmp_path: Path, more: dict[str, Any], turned: bool
) -> None:
    path = results(tmp_path, {"hurt": 0.5, "acc": 0.4}, **more)
    (curve,) = read(path, metric="hurt")
    assert curve.turned == turned
    said = more.get("higher_is_better") == {"quiz": {"hurt": True}}
    assert curve.higher_is_better is (True if said else None)
    if turned:
        assert curve.name == "quiz (1 - hurt)"
        assert curve.score == pytest.approx([0.5, 0.6, 0.7])
        assert (curve.chance, curve.items) == (None, None)
        assert "as the files say" in curve.notes[0]
    (accuracy,) = read(path)
    assert not accuracy.turned


def test_a_turned_metric_may_be_the_second_of_an_accuracy(tmp_path: Path) -> None:
    path = results(tmp_path, {"brier_score": 0.7, "acc": 0.4})
    (curve,) = read(path, metric="acc", other="brier_score")
    assert not curve.turned
    assert curve.other is not None
    assert (curve.other.name, curve.other.turned) == ("1 - brier_score", True)
    assert curve.other.score == pytest.approx([0.3, 0.4, 0.5])


@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_metric_forges_a_line(tmp_path: Path, name: str) -> None:
    metric = f"a{HOSTILE[name]}_error_rate"
    path = results(tmp_path, {metric: 0.7})
    (curve,) = read(path, metric=metric, lower_is_better=True)
    assert all(map(str.isprintable, curve.notes))
    with pytest.raises(CurveError) as caught:
        read(path, metric=metric, lower_is_better=[f"{metric}x"])
    assert str(caught.value).isprintable()
    results(tmp_path, {f"a{HOSTILE[name]}_loss": 0.7})
    with pytest.raises(CurveError) as caught:
        read(path, metric=f"a{HOSTILE[name]}_loss")
    assert str(caught.value).isprintable()
