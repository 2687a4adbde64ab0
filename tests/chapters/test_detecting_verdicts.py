"""The audit of the shipped ladders: the raw tables, and counts by hand."""

import numpy as np
import pytest

from emergence_lib import datasets, ladders
from emergence_lib.audit import Verdict, audit_many
from emergence_lib.chapters.detecting import numbers as verdicts


def test_the_letter_curves_carry_their_cloze_twin() -> None:
    table = datasets.load("olmo2_letter_vs_cloze").query(
        "model == 'OLMo2-13B' and task == 'mmlu' and tokens > 0"
    )
    report = verdicts.report_of("OLMo2-13B, mmlu letter")
    assert report.curve.score == pytest.approx(table["acc_letter"].to_numpy())
    assert report.curve.other is not None
    assert report.curve.other.score == pytest.approx(table["acc_cloze"].to_numpy())


def test_ladders_of_unknown_items_stay_out_and_all_others_come_in() -> None:
    audited = verdicts.audited()
    assert all(ladder.counted for ladder in audited)
    assert {each.source for each in set(ladders.every()) - set(audited)} == {
        "GPT-3, other tasks",
        "GPT-3, MMLU",
        "open models, one family",  # TruthfulQA
        "open models, pooled",
    }
    assert len(verdicts.verdicts()) == len(audited)


def test_called_emergent_are_few_shot_sums_shown_steps_and_the_listed_tasks() -> None:
    table = verdicts.verdicts().query("called")
    assert table["group"].value_counts()["GPT-3, arithmetic"] == 10
    assert table["group"].value_counts()["chain of thought"] == 2 * 5
    pooled = table[table["group"] == "open models, pooled"]
    listed = datasets.load("obs_scaling_emergent").groupby(["task", "metric"]).ngroups
    assert len(pooled) == listed + 1
    assert not table["group"].str.startswith(("Pythia", "OLMo", "Gadre")).any()


def test_verdicts_are_those_of_the_audit_run_alone() -> None:
    table = verdicts.verdicts()
    for at in (0, 40, 210, 270, 700):
        (report,) = audit_many([verdicts.curve(verdicts.audited()[at])], thorough=False)
        assert table["verdict"].iloc[at] == report.verdict


def test_counts_add_up() -> None:
    table = verdicts.verdicts()
    assert verdicts.count() == len(table) == verdicts.summary().drop(columns="group").sum().sum()
    assert verdicts.count(called=True) + verdicts.count(called=False) == len(table)
    undecided = table[table["verdict"] == Verdict.UNKNOWN]
    assert (undecided["obstacle"] != "").all()
    assert (table.drop(undecided.index)["obstacle"] == "").all()
    assert verdicts.printed()["why not"].tolist() == table["obstacle"].tolist()


def test_no_letter_curve_is_sharp_by_cloze_too() -> None:
    assert verdicts.count("sharp in every metric", "OLMo 2, training, letter") == 0


def test_curves_of_one_gap_are_counted_by_hand() -> None:
    table = verdicts.verdicts().query("called and obstacle != '' and obstacle != 'no certain rise'")
    assert verdicts.in_one_gap(called=True) == (table["leap"] >= 0.5).sum() > 0


def test_ends_of_a_width_are_those_of_the_report() -> None:
    width = verdicts.report_of("OLMo2-7B, mmlu letter").width
    assert width is not None
    assert verdicts.width_end("OLMo2-7B, mmlu letter", "low") == width.low
    assert verdicts.width_end("OLMo2-7B, mmlu letter", "high") == width.high


def test_the_gap_and_the_emergence_score_are_read_off_the_table() -> None:
    table = datasets.load("gpt3_arithmetic").query("task == '3D+' and setting == 'few_shot'")
    size, score = table.sort_values("params")[["params", "score"]].to_numpy(float).T
    assert verdicts.last_gap("GPT-3, 3D+ few-shot") == pytest.approx(np.log10(size[-1] / size[-2]))
    typical = np.sqrt(np.median(np.diff(score) ** 2))
    rise = score.max() - score.min()
    assert verdicts.emergence_score("GPT-3, 3D+ few-shot") == pytest.approx(rise / typical)


def test_wrong_names_are_named() -> None:
    with pytest.raises(ValueError, match="verdict: found 'certain'"):
        verdicts.count("certain")
    with pytest.raises(ValueError, match="name: found 'GPT-3, 6D\\+ few-shot'"):
        verdicts.report_of("GPT-3, 6D+ few-shot")
    with pytest.raises(ValueError, match="of unknown items"):
        verdicts.report_of("all open models, TruthfulQA")
    with pytest.raises(ValueError, match="end: found 'top'"):
        verdicts.width_end("GPT-3, 3D+ few-shot", "top")


def test_the_famous_are_gpt3s_eleven_and_nine_pooled_curves() -> None:
    table = verdicts.printed(verdicts.famous())
    assert table["group"].tolist() == (
        ["GPT-3, arithmetic"] * 10 + ["GPT-3, MMLU"] + ["open models, pooled"] * 9
    )
