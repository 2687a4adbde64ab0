"""Losses get a report of their own: made curves, published ones, files, and bad input."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from emergence_lib import datasets
from emergence_lib.audit import LossCurve, LossReport, audit_loss, loss_words, read, read_losses
from emergence_lib.audit.curve import CurveError
from emergence_lib.audit.losses import CLEAR
from emergence_lib.cli import main
from emergence_lib.fitting.power import fit_power
from emergence_lib.laws import Array
from tests.hostile import HOSTILE

SCALES = np.geomspace(1e6, 1e10, 12)


def made(noise: float = 0.004, seed: int = 0, scale: Array = SCALES, **more: Any) -> LossCurve:
    """Return losses with a floor of 1.7 and an exponent of 0.3."""
    true = 1.7 + 3 * (scale / scale[0]) ** -0.3
    loss = true * (1 + noise * np.random.default_rng(seed).normal(size=scale.size))
    return LossCurve("made", scale, loss, unit="parameters", **more)


def bent(seed: int = 0, noise: float = 0.004) -> LossCurve:
    """Return losses that fall with exponent 0.05 up to 1e8 and 0.3 beyond."""
    x = np.log10(SCALES / 1e8)
    loss = 3 * 10 ** -np.where(x < 0, 0.05 * x, 0.3 * x)
    return LossCurve(
        "bent", SCALES, loss * (1 + noise * np.random.default_rng(seed).normal(size=12))
    )


def said(report: LossReport) -> str:
    return loss_words.to_text(report)


# --- The statistics ---


def test_a_power_law_with_a_floor_is_found_and_no_bend() -> None:
    report = audit_loss(made())
    law = report.law
    assert law is not None
    assert law.exponent == pytest.approx(0.3, abs=0.03)
    assert law.floor_range[0] < 1.7 < law.floor_range[1]
    assert report.candidates[0].name == "power law with a floor"
    assert report.bend is not None
    assert not report.bend.supported
    text = said(report)
    assert text.startswith("made: a loss\n============\nThe loss falls as a power of parameters, ")
    assert f"towards a floor of {law.floor:.3g} (" in text
    assert "No bend is supported: by AICc (n = 12 scales)" in text


def test_a_floor_that_the_losses_cannot_tell_is_no_floor() -> None:
    loss = 5 * (SCALES / SCALES[0]) ** -0.08
    noisy = loss * (1 + 0.004 * np.random.default_rng(1).normal(size=12))
    report = audit_loss(LossCurve("bare", SCALES, noisy))
    assert report.law is not None
    assert report.law.floor_range[0] == 0
    assert "a floor cannot be told from none (any up to " in said(report)


def test_a_bend_is_found_where_it_was_made() -> None:
    report = audit_loss(bent())
    bend = report.bend
    assert bend is not None
    assert bend.supported
    assert np.log10(bend.at) == pytest.approx(8, abs=0.3)
    assert (bend.before, bend.after) == pytest.approx((0.05, 0.3), abs=0.02)
    assert "The loss does not fall as one power of scale: with exponent 0.05 up to" in said(report)
    assert "The constants of a law without a bend mean little then." in said(report)


@pytest.mark.parametrize("floor", [0.0, 1.7])
def test_a_bend_is_rarely_found_where_there_is_none(floor: float) -> None:
    x = np.geomspace(1e6, 1e10, 20)
    true = floor + 3 * (x / x[0]) ** -0.1
    rng = np.random.default_rng(4)
    leads = []
    for _ in range(60):
        bend = audit_loss(LossCurve("none", x, rng.normal(true, 0.005 * true))).bend
        assert bend is not None
        leads.append(bend.lead)
    assert sum(lead > CLEAR for lead in leads) <= stats.binom.ppf(0.999, 60, 0.02)


def test_too_few_scales_for_a_bend_say_so_with_their_number() -> None:
    nine = made(scale=np.geomspace(1e6, 1e10, 9))
    report = audit_loss(nine)
    assert report.bend is None
    assert "Whether it bends: too few scales to say (9, at least 10 are needed)." in said(report)


def test_the_hindcast_leaves_out_the_last_decade() -> None:
    curve = made()
    hindcast = audit_loss(curve).hindcast
    assert hindcast is not None
    smaller = curve.scale < 1e9
    law = fit_power(curve.scale[smaller], curve.loss[smaller])
    measured = curve.loss[~smaller]
    assert hindcast.decade
    assert (hindcast.before, hindcast.upto) == (smaller.sum(), curve.scale[smaller][-1])
    assert hindcast.missed == pytest.approx(law.predict(curve.scale[~smaller]) / measured - 1)
    assert hindcast.stays == pytest.approx(curve.loss[smaller][-1] / measured - 1)
    assert np.abs(hindcast.missed).max() < np.abs(hindcast.stays).max()
    assert "missed the losses of the last decade (3) by " in said(audit_loss(curve))


def test_the_hindcast_of_a_short_range_leaves_out_its_last_third() -> None:
    report = audit_loss(made(scale=np.geomspace(1e6, 5e7, 9)))
    assert report.hindcast is not None
    assert (report.hindcast.decade, report.hindcast.before) == (False, 6)
    assert "the losses of the last third of the range (3)" in said(report)
    few = audit_loss(made(scale=np.geomspace(1e6, 5e7, 5)))
    assert few.hindcast is not None
    assert few.hindcast.missed.size == 0
    assert "too few scales before it to say (3, at least 4 are needed)" in said(few)


def test_standard_errors_weigh_the_losses_and_widen_where_they_explain_too_little() -> None:
    curve = made(noise=0.02)
    true = audit_loss(made(noise=0.02, stderr=0.02 * curve.loss))
    small = audit_loss(made(noise=0.02, stderr=0.002 * curve.loss))
    assert true.law is not None
    assert small.law is not None
    assert small.law.noise == pytest.approx(10 * true.law.noise)
    assert small.law.exponent == pytest.approx(true.law.exponent)
    low, high = small.law.exponent_range
    narrow, wide = true.law.exponent_range
    assert None not in (low, high, narrow, wide)
    assert float(high or 0) - float(low or 0) > 0.8 * (float(wide or 0) - float(narrow or 0))
    assert "least squares with the standard errors given; residuals are " in said(true)
    assert "by QAICc (n = 12 scales)" in said(true)


def test_losses_that_rise_or_stay_are_said() -> None:
    falling = made(noise=0)
    loss = falling.loss.copy()
    loss[4] = loss[3] * 1.05
    text = said(audit_loss(LossCurve("bump", SCALES, loss, unit="parameters")))
    assert (
        "rises at 1 of 11 steps to a larger model, most by 5%, from 12.3 million parameters" in text
    )
    rising = audit_loss(LossCurve("up", SCALES, falling.loss[::-1]))
    assert rising.rises
    assert loss_words.sentence(rising).startswith("The loss rises with scale, at 95%")
    rng = np.random.default_rng(0)
    level = audit_loss(LossCurve("level", SCALES, rng.normal(2, 0.01, 12)))
    assert loss_words.sentence(level).startswith("No fall of the loss shows at 95%")


@pytest.mark.parametrize("points", [1, 2, 4])
def test_fewer_than_five_scales_get_one_line(points: int) -> None:
    report = audit_loss(made(scale=np.geomspace(1e6, 1e9, points)))
    assert (report.law, report.hindcast, report.candidates) == (None, None, ())
    line = f"No report: it takes a loss at 5 scales or more, found {points}."
    assert said(report) == f"made: a loss\n============\n{line}\n\n"
    assert loss_words.to_dict(report)["law"] is None


def test_perplexities_become_nats() -> None:
    curve = made()
    ppl = np.exp(curve.loss)
    other = LossCurve.of_perplexity("made", SCALES, ppl, 0.01 * ppl, unit="parameters")
    assert other.loss == pytest.approx(curve.loss)
    assert other.stderr == pytest.approx(np.full(12, 0.01))
    assert other.notes == ("The perplexities were turned into nats by their natural logarithm.",)
    with pytest.raises(CurveError, match="p: perplexity: found 1, want a finite number above 1"):
        LossCurve.of_perplexity("p", [1, 2], [3, 1])


# --- Published losses ---


def ladder() -> LossCurve:
    """Return the OLMo ladder's losses on C4 at the compute-optimal length, two runs a size."""
    table = datasets.load("olmo_ladder_final")
    table = table[(table["metric"] == "val_loss") & (table["chinchilla_multiple"] == 1)]
    mean = table.groupby("train_flops")["value"].mean()
    return LossCurve("c4_en", mean.index.to_numpy(), mean.to_numpy(), unit="FLOP")


def test_a_published_ladder_is_one_power_law_to_a_fifth_of_a_per_cent() -> None:
    report = audit_loss(ladder())
    assert report.law is not None
    assert report.law.noise < 0.0025
    assert not report.setbacks
    # Two runs of one setting differ by 0.001 nats here, so the law misses by little more than luck.
    assert None not in report.law.exponent_range


def test_a_published_loss_with_a_drop_has_a_bend_that_was_not_foreseen() -> None:
    table = datasets.load("addition4_from_scratch")
    examples, loss = table[["train_set_size", "test_cross_entropy"]].to_numpy(float).T
    curve = LossCurve("addition", examples, loss)
    report = audit_loss(curve)
    assert report.bend is not None
    assert report.bend.supported
    assert report.bend.after > 10 * report.bend.before
    assert 500 < report.bend.at < 650
    assert report.hindcast is not None
    # Nobody would have foreseen it: no better than to say that nothing changes.
    assert report.hindcast.missed[-1] > 0.9 * report.hindcast.stays[-1] > 1


# --- From files ---


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text))


BOTH = "task,metric,scale,score,n\n" + "".join(
    f"quiz,acc,1e{at},{at / 10},500\nquiz,{{metric}},1e{at},{9 - at},500\n" for at in range(2, 8)
)


@pytest.mark.parametrize("metric", ["val_loss", "cross_entropy", "nll", "bits_per_byte", "bpb"])
def test_losses_come_beside_the_scores(metric: str) -> None:
    source = table(BOTH.format(metric=metric))
    losses: list[LossCurve] = []
    (curve,) = read(source, losses=losses)
    (loss,) = losses
    assert curve.name == "quiz (acc)"
    assert not any("Left out" in note for note in curve.notes)
    assert loss.name == f"quiz ({metric})"
    assert loss.loss.tolist() == [7, 6, 5, 4, 3, 2]
    assert (loss.stderr, loss.notes) == (None, ())
    assert read_losses(source)[0].loss.tolist() == loss.loss.tolist()
    (alone,) = read(source)
    assert alone.name == "quiz"


@pytest.mark.parametrize("metric", ["perplexity", "ppl", "word_perplexity", "byte_perplexity"])
def test_a_perplexity_in_a_file_becomes_nats_and_says_so(metric: str) -> None:
    (loss,) = read_losses(table(BOTH.format(metric=metric)), metric=metric)
    assert loss.loss == pytest.approx(np.log([7, 6, 5, 4, 3, 2]))
    assert loss.notes == ("The perplexities were turned into nats by their natural logarithm.",)


def test_losses_of_a_wide_table_by_name_or_as_asked() -> None:
    wide = datasets.load("gadre_models")
    wide = wide[(wide["dataset"] == "rpj") & (wide["chinchilla_multiple"] == 1)]
    wide = wide[["params", "loss_c4", "loss_openlm"]]
    one, two = read_losses(wide, tasks=["loss_c4", "loss_openlm"])
    assert (one.name, two.unit) == ("loss_c4", "parameters")
    assert one.loss.tolist() == wide["loss_c4"].tolist()
    (named,) = read_losses(wide.rename(columns={"loss_c4": "val_loss"}))
    assert named.name == "val_loss"


@pytest.mark.parametrize("name", ["train/loss", "run-1 - train/loss", "train_loss", "eval/ppl"])
def test_the_losses_of_a_run_are_read_as_they_are_exported(name: str) -> None:
    header = f"Step,{name},{name}__MIN,{name}__MAX,train/grad_norm,_runtime\n"
    rows = (f"{2**at},{9 - at},{8 - at},{10 - at},{at + 0.5},{at}.5\n" for at in range(6))
    run = table(header + "".join(rows))
    (loss,) = read_losses(run, scale="Step")
    assert loss.name == name
    assert loss.scale.tolist() == [1, 2, 4, 8, 16, 32]
    assert loss.notes[-2:] == (
        "I read 'Step' as steps: '1' as 1.",
        f"Not taken as scores: {name}__MIN, {name}__MAX, train/grad_norm, _runtime.",
    )
    with pytest.raises(CurveError, match=r"Remedy: Take 'step' with scale='step'; or pass"):
        read_losses(run)


def test_what_a_file_says_of_a_loss_is_kept_or_said() -> None:
    text = "model,params,loss,stderr\n" + "".join(
        f"m{at},{at}B,{9 - at},.1\n" for at in range(1, 7)
    )
    (loss,) = read_losses(table(text))
    assert loss.labels == ("m1", "m2", "m3", "m4", "m5", "m6")
    assert (loss.scale[0], loss.unit) == (1e9, "parameters")
    assert loss.stderr is not None
    assert loss.stderr.tolist() == [0.1] * 6
    (part,) = read_losses(table(text.replace("m2,2B,7,.1", "m2,2B,,.1").replace("6,.1", "6,0")))
    assert part.labels == ("m1", "m3", "m4", "m5", "m6")
    assert part.stderr is None
    unused, read_as, left_out = part.notes
    assert unused == "The standard errors are not used, since not every loss has one above 0."
    assert read_as == "I read '1B' in 'params' as 1 billion."
    assert "m2" in left_out


def test_repeated_scales_are_refused_or_averaged_as_asked() -> None:
    text = "scale,ppl\n" + "".join(f"1e{at},{9 - at}\n" for at in range(6)) + "1e5,9\n"
    with pytest.raises(CurveError, match="scale 100,000 again"):
        read_losses(table(text))
    (loss,) = read_losses(table(text), repeats="pool")
    assert loss.loss[-1] == pytest.approx((np.log(4) + np.log(9)) / 2)
    assert "7 rows are 6 scales here" in loss.notes[-1]


@pytest.mark.parametrize(
    ("unit", "told"), [("parameters", False), ("training tokens", True), ("steps", True)]
)
def test_losses_of_one_run_are_told_to_hang_together(unit: str, told: bool) -> None:
    scale = np.geomspace(100, 1e6, 9)
    report = audit_loss(LossCurve("run", scale, 2 + scale**-0.3, unit=unit))
    assert ("then every interval here is too narrow" in said(report)) is told
    assert f"fitted up to 100,000 {unit} missed" in said(report)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("scale,loss\n1,3\n2,0\n", "found '0', want a loss or a perplexity, a number above 0"),
        ("scale,loss\n1,3\n2,-2\n", "found '-2', want a loss"),
        ("scale,loss\n1,3\n2,many\n", "found 'many', want a loss"),
        ("scale,loss\n1,\n2,\n", "no column of scores; not taken as scores: loss"),
        ("scale,loss,stderr\n1,3,-.1\n2,2,.1\n", "found '-0.1', want a standard error"),
        ("scale,ppl\n1,3\n2,.5\n", "perplexity: found 0.5, want a finite number above 1"),
        ("scale,loss\n1,3\n2,1e40\n", "loss: found 1e\\+40, want a number in"),
        ("scale,score,n\n1,.3,9\n2,.2,9\n", "no loss, going by the names of metrics and columns"),
    ],
)
def test_bad_losses_are_refused_with_place_and_remedy(text: str, wrong: str) -> None:
    with pytest.raises(CurveError, match=wrong) as caught:
        read_losses(table(text))
    assert ". Remedy: " in str(caught.value)


@pytest.mark.parametrize(
    ("argument", "change", "wrong"),
    [
        ("scale", [1, 3, 2], "do not rise from each model to the next"),
        ("scale", [1, 1, 2], "do not rise"),
        ("scale", [1, 2, np.inf], "found inf"),
        ("scale", [], "want numbers in one row"),
        ("loss", [3, 2, np.nan], "found nan"),
        ("loss", [3, 2], "found 2 numbers, want 3 as in scale"),
        ("loss", "abc", "want numbers"),
        ("loss", [[3, 2, 1]], "want numbers in one row"),
        ("loss", [10**400, 1, 1], "too large"),
        ("stderr", [0.1, 0.1, 0], "found 0"),
        ("labels", ("a",), "found 1 names, want 3 or none"),
    ],
)
def test_a_bad_curve_names_itself_and_the_argument(argument: str, change: Any, wrong: str) -> None:
    good: dict[str, Any] = {"scale": [1, 2, 3], "loss": [3, 2, 1], argument: change}
    with pytest.raises(CurveError, match=wrong) as caught:
        LossCurve("mine", **good)
    assert str(caught.value).startswith(f"mine: {argument}: ")


def test_a_curve_is_locked_and_owns_its_numbers() -> None:
    given = np.array([3.0, 2.0])
    curve = LossCurve("mine", np.array([1, 2]), given)
    given[0] = 9
    assert curve.loss.tolist() == [3, 2]
    with pytest.raises(ValueError, match="read-only"):
        curve.loss[0] = 1


@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=14), st.booleans())
def test_any_losses_get_a_report_that_can_be_written(losses: list[float], known: bool) -> None:
    scale = np.geomspace(1, 1e3, len(losses)) if len(losses) > 1 else np.ones(1)
    stderr = np.full(len(losses), 1e-3) if known else None
    report = audit_loss(LossCurve("any", scale, np.array(losses), stderr))
    data = json.dumps(loss_words.to_dict(report), allow_nan=False)
    for text in (said(report), loss_words.to_markdown(report), data):
        assert "nan" not in text.lower().replace("any", "")
    for verdict in ("smooth:", "sharp in", "Undecided"):
        assert verdict not in said(report)


# --- The command line ---


def run(text: str, folder: Path, *options: str) -> int:
    path = folder / "losses.csv"
    path.write_text(text, encoding="utf-8")
    return main(["audit", str(path), *options])


def test_the_command_line_reports_on_scores_and_losses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = BOTH.format(metric="val_loss")
    assert run(text, tmp_path) == 0
    told = capsys.readouterr().out
    assert told.index("quiz (acc): ") < told.index("quiz (val_loss): a loss")
    assert "Losses, which have no verdict: 1." in told
    assert run(text, tmp_path, "--brief") == 0
    assert "\nquiz (val_loss): The loss falls as a power of scale" in capsys.readouterr().out
    assert run(text, tmp_path, "--brief", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out)[1]["law"]["falls"]
    assert run(text, tmp_path, "--only-verdict", "flat") == 0
    few = capsys.readouterr().out
    assert "Losses, which have no verdict: 1." in few
    assert "a loss\n" not in few
    assert run(text, tmp_path, "--format", "json") == 0
    score, loss = json.loads(capsys.readouterr().out)
    assert (score["curve"]["name"], loss["kind"]) == ("quiz (acc)", "loss")
    assert "verdict" not in loss
    assert run(text, tmp_path, "--format", "markdown", "--metric", "val_loss") == 0
    marked = capsys.readouterr().out
    assert "## quiz\n\n**The loss falls as a power of scale" in marked
    assert "| power law with a floor | 3 |" in marked
    page = tmp_path / "report.html"
    assert run(text, tmp_path, "--report", str(page)) == 0
    assert "<h2>quiz (val_loss)</h2><p><strong>The loss falls" in page.read_text("utf-8")


def test_a_few_losses_do_not_stop_the_audit_of_scores(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "scale,n,quiz,val_loss\n1,90,.3,3.1\n2,90,.8,2.9\n"
    assert run(text, tmp_path) == 0
    told = capsys.readouterr().out
    assert "quiz: undecided" in told
    assert "No report: it takes a loss at 5 scales or more, found 2." in told


@pytest.mark.parametrize("name", [each for each in HOSTILE if "half" not in each])
def test_no_name_of_a_loss_steers_the_terminal(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f'1e{at},{9 - at},"a{HOSTILE[name]}b"\n' for at in range(6))
    assert run(f"scale,loss,task\n{rows}", tmp_path) == 0
    assert all(line.isprintable() for line in capsys.readouterr().out.split("\n"))
