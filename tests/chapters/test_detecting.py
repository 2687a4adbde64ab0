"""The chapter's numbers against closed forms, raw tables and hand counts; its pictures, too."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from emergence_lib import datasets, ladders
from emergence_lib.audit import Verdict, reliability
from emergence_lib.audit.assess import assess
from emergence_lib.audit.readings import gather
from emergence_lib.chapters.detecting import numbers as detecting
from emergence_lib.chapters.detecting import pictures
from emergence_lib.fitting.models import STEEPEST
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC
from tests.fitting.valleys import by_width


def drawn(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def x_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_xdata(), dtype=float)


def y_of(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


def test_wrong_names_are_named() -> None:
    with pytest.raises(ValueError, match="kind: found 'loud', want one of noise, line, gradual"):
        detecting.emergence_quantiles("loud", 8)
    with pytest.raises(ValueError, match="items: found 3"):
        detecting.onset(3)
    with pytest.raises(ValueError, match=r"name: found 'GPT-3, 6D\+ few-shot'"):
        detecting.report_of("GPT-3, 6D+ few-shot")
    with pytest.raises(ValueError, match="of unknown items"):
        detecting.report_of("all open models, TruthfulQA")


def test_r_squared_is_numpys() -> None:
    x = np.linspace(6, 10, 8)
    oracle = np.median([np.corrcoef(x, made)[0, 1] ** 2 for made in detecting.near_step()])
    assert detecting.r_squared() == pytest.approx(oracle)
    assert detecting.r_squared(3.0) > 0.95


def test_the_onset_is_where_three_right_answers_are_expected() -> None:
    for items in (20, 1000, 100_000):
        rate = np.exp(-np.log(2) * (detecting.onset(items) / 1e10) ** -0.35)
        assert items * rate == pytest.approx(3.0)


def test_a_line_without_noise_scores_the_number_of_its_steps() -> None:
    quantiles = detecting.emergence_quantiles("line", 9, items=10**9)
    assert quantiles == pytest.approx([8, 8, 8], rel=1e-3)


def test_the_score_of_a_sharp_rise_is_mostly_infinite_from_eight_models_on() -> None:
    finite = [np.isfinite(detecting.emergence_quantiles("sharp", m)[1]) for m in detecting.LADDERS]
    assert finite == [models < 8 for models in detecting.LADDERS]


def test_the_loss_width_is_read_off_the_table() -> None:
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    x, loss = np.log10(table["train_set_size"].to_numpy()), table["test_cross_entropy"].to_numpy()
    levels = loss.max() - np.array([0.1, 0.9]) * np.ptp(loss)
    # The loss falls at every step, so it can be read backwards.
    start, end = np.interp(levels, loss[::-1], x[::-1])
    assert detecting.loss_width() == pytest.approx(end - start)


def test_bounds_hold_the_true_width_and_narrow_with_items() -> None:
    found = detecting.bounds()
    for (_, _, width), bounds in found.items():
        assert bounds.low <= width * 1.01
        assert bounds.high >= width * 0.99
    for models in (8, 12, 24):
        for width in detecting.WIDTHS:
            some = [found[models, items, width] for items in (100, 1000, 10_000)]
            spans = [bounds.high - bounds.low for bounds in some]
            assert spans == sorted(spans, reverse=True)


def test_the_drawn_ends_have_the_widths_of_the_interval() -> None:
    bounds = detecting.bounds()[24, 100, 3.0]
    for curve, width in ((bounds.narrowest, bounds.low), (bounds.widest, bounds.high)):
        top = curve.max() if curve[-1] > 0.97 else 1.0
        low, high = np.interp([0.1 * top, 0.9 * top], curve, detecting.GRID)
        assert high - low == pytest.approx(width, rel=0.15)


def test_six_models_bound_a_sharp_rise_from_above_only() -> None:
    bounds = detecting.bounds()[6, 100, 0.3]
    assert bounds.low == 0
    assert bounds.high < 1
    assert bounds.verdict == Verdict.SHARP


def test_the_letter_curves_carry_their_cloze_twin() -> None:
    table = datasets.load("olmo2_letter_vs_cloze").query(
        "model == 'OLMo2-13B' and task == 'mmlu' and tokens > 0"
    )
    report = detecting.report_of("OLMo2-13B, mmlu letter")
    assert report.curve.score == pytest.approx(table["acc_letter"].to_numpy())
    assert report.curve.other is not None
    assert report.curve.other.score == pytest.approx(table["acc_cloze"].to_numpy())


def test_ladders_of_unknown_items_stay_out_and_all_others_come_in() -> None:
    audited = detecting.counted()
    assert all(ladder.counted for ladder in audited)
    assert {each.source for each in ladders.every() if each not in audited} == {
        "GPT-3, other tasks",
        "GPT-3, MMLU",
        "open models, one family",  # TruthfulQA, BLEU
        "open models, pooled",
    }
    assert not any("bleu" in ladder.task for ladder in audited)


def test_called_emergent_are_few_shot_sums_shown_steps_and_the_listed_tasks() -> None:
    table = detecting.verdicts().query("called")
    assert table["group"].value_counts()["GPT-3, arithmetic"] == 10
    assert table["group"].value_counts()["chain of thought"] == 2 * 5
    pooled = table[table["group"] == "open models, pooled"]
    listed = datasets.load("obs_scaling_emergent").query("metric != 'bleu'")
    assert len(pooled) == listed.groupby(["task", "metric"]).ngroups + 1
    assert not table["group"].str.startswith(("Pythia", "OLMo", "Gadre")).any()


def test_the_stored_verdicts_are_those_of_an_audit_made_now() -> None:
    stored, now = detecting.verdicts(), detecting.audited()
    numeric = ["low", "high", "leap"]
    pd.testing.assert_frame_equal(stored.drop(columns=numeric), now.drop(columns=numeric))
    # Where the likelihood is flat an end moves with the processor's last digits.
    far = ~np.isclose(stored[numeric], now[numeric], rtol=1e-4, equal_nan=True).all(axis=1)
    assert far.sum() == 0, stored[far].join(now[far][numeric].add_suffix(" now"))


@pytest.mark.parametrize(
    ("family", "task"),
    [("CodeLlama", "HellaSwag"), ("Llama", "arithmetic_2da"), ("pythia-70m", "arc_easy 5-shot")],
)
def test_a_narrow_rise_that_brute_force_allows_leaves_the_width_open(
    family: str, task: str
) -> None:
    # All that fits as well lies between, or right at, two models: easily overlooked.
    table = detecting.verdicts()
    (at,) = np.flatnonzero((table["family"] == family) & (table["task"] == task))
    batch = gather([detecting.curve(detecting.counted()[at])])
    found = assess(batch)
    target = found.scatter.deviance + found.scatter.critical()
    narrowest = STEEPEST * batch.gap
    assert (
        min(by_width(found.rising, shape, True, narrowest)[0] for shape in (LOGISTIC, GOMPERTZ))
        < target
    )
    assert found.width.open_low.all()
    assert np.isnan(table["low"][at])


def test_verdicts_are_those_of_the_audit_run_alone() -> None:
    table, audited = detecting.verdicts(), detecting.counted()
    for at in (0, 40, 210, 270, 700):
        report = detecting.report_of(audited[at].name)
        assert table["verdict"].iloc[at] == report.verdict
        width = report.width and report.width.high
        assert table["high"].iloc[at] == pytest.approx(width or np.nan, nan_ok=True)


def test_every_verdict_is_counted_and_only_the_undecided_have_an_obstacle() -> None:
    table = detecting.verdicts()
    assert detecting.tally().to_numpy().sum() == len(table)
    pairs = list(zip(table["called"], table["verdict"], strict=True))
    assert detecting.tally(called=True)["smooth"].sum() == pairs.count((True, "smooth"))
    undecided = table["verdict"] == Verdict.UNKNOWN
    assert ((table["obstacle"] != "") == undecided).all()
    assert detecting.printed(table)["why not"].tolist() == table["obstacle"].tolist()


def test_the_famous_are_gpt3s_eleven_and_eight_pooled_curves_and_none_is_sharp() -> None:
    table = detecting.famous()
    assert table["group"].tolist() == (
        ["GPT-3, arithmetic"] * 10 + ["GPT-3, MMLU"] + ["open models, pooled"] * 8
    )
    assert set(table["verdict"]) == {Verdict.SMOOTH, Verdict.UNKNOWN}


@pytest.mark.parametrize("width", pictures.WIDTHS)
def test_the_ladder_and_its_bounds_are_drawn(width: str) -> None:
    fig, update = pictures.what_a_ladder_tells()
    ax, strip = fig.axes
    for models in pictures.MODELS:
        said = update(models, 1000, width)
        bounds = detecting.bounds()[models, 1000, pictures.WIDTHS[width]]
        assert set(x_of(drawn(ax, "score"))) == set(10 ** np.linspace(6, 10, models))
        assert set(y_of(drawn(ax, "score"))) == set(bounds.score)
        ends = np.clip([bounds.low, bounds.high], pictures.NARROW, pictures.BROAD)
        assert x_of(drawn(strip, "95% interval of the width")) == pytest.approx(ends)
        assert x_of(drawn(strip, "true width")) == [pictures.WIDTHS[width]]
        assert said.startswith(f"{models} models, 1,000 items")
        assert ("a step included" in said) == (bounds.low == 0)


def test_the_readout_gives_the_verdict() -> None:
    _, update = pictures.what_a_ladder_tells()
    assert update(6, 100, "0.3 decades").endswith("; sharp.")
    assert update(8, 100, "3 decades").endswith("; smooth.")
    assert update(24, 1000, "1 decade").endswith("; undecided.")


def test_line_and_logistic_fit_the_same_dots() -> None:
    (ax,) = pictures.line_and_logistic().axes
    x, made = np.linspace(6, 10, 8), detecting.near_step()[0]
    assert y_of(drawn(ax, "score")) == pytest.approx(made)
    line, logistic = drawn(ax, "straight line"), drawn(ax, "logistic")
    slope = np.polynomial.Polynomial.fit(x, made, 1)
    assert y_of(line) == pytest.approx(slope(np.log10(x_of(line))))
    at = np.interp(x, np.log10(x_of(logistic)), y_of(logistic))
    assert at == pytest.approx(made, abs=0.06)


def test_more_models_alone_raise_the_drawn_score_of_a_gradual_rise() -> None:
    (ax,) = pictures.usual_scores().axes
    line = drawn(ax, "rise over 3 decades, median")
    medians = dict(zip(x_of(line), y_of(line), strict=True))
    assert list(medians.values()) == sorted(medians.values())
    assert medians[24] > 2 * medians[8]


def test_calibration_draws_every_cell_once() -> None:
    alarms, coverage = (fig.axes[0] for fig in pictures.calibration_cells())
    lucky = reliability.false_alarms(lucky=True)
    gradual = pd.concat([reliability.false_alarms(), lucky[lucky["width"] == 1]])
    marks = [line for line in alarms.lines if str(line.get_label())[0] != "_"]
    shares = np.concatenate([y_of(line) for line in marks])
    assert sorted(shares) == pytest.approx(sorted(gradual["sharp"] / gradual["curves"]))
    held = np.concatenate([y_of(line) for line in coverage.lines])
    cells = [reliability.coverage_cells("width", lucky=lucky) for lucky in (False, True)]
    assert sorted(held) == pytest.approx(sorted(pd.concat(cells)["share"]))
    for ax, shown in ((alarms, shares), (coverage, held)):
        low, high = ax.get_ylim()
        assert low < shown.min() <= shown.max() < high


def test_by_hand_draws_both_formats_and_the_loss() -> None:
    letter, loss = (fig.axes[0] for fig in pictures.by_hand())
    for kind in ("letter", "cloze"):
        report = detecting.report_of(f"OLMo2-7B, mmlu {kind}")
        assert y_of(drawn(letter, kind)) == pytest.approx(report.curve.score)
        fitted = drawn(letter, f"{kind}, fitted")
        assert y_of(fitted) == pytest.approx(report.predict(x_of(fitted)))
    assert y_of(drawn(loss, "test loss"))[[0, -1]] == pytest.approx([2.13809, 0.557], abs=1e-3)


def test_bars_are_as_long_as_their_share_and_say_the_number() -> None:
    (ax,) = pictures.every_group().axes
    table = detecting.tally()
    lengths = sum(np.array([bar.get_width() for bar in bars]) for bars in ax.containers)
    assert lengths == pytest.approx(np.ones(len(table)))
    smooth = next(bars for bars in ax.containers if bars.get_label() == "smooth")
    share = table["smooth"] / table.sum(axis=1)
    assert [bar.get_width() for bar in smooth] == pytest.approx(share.to_list())
    written = [int(text.get_text()) for text in ax.texts]
    assert sum(written) == len(detecting.verdicts())


def test_famous_curves_fill_every_panel_with_their_scores() -> None:
    axes = [figure.axes[0] for figure in pictures.famous_curves()]
    report = detecting.report_of("GPT-3, 2D+ few-shot")
    assert y_of(axes[1].lines[0]) == pytest.approx(report.curve.score)
    assert axes[1].get_title(loc="left") == "2-digit +"
    assert len(axes) == len(detecting.famous())
    assert all(ax.get_title(loc="left") for ax in axes)
