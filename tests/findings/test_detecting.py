"""The chapter's numbers: counts by hand, closed forms, and the raw tables."""

import numpy as np
import pandas as pd
import pytest

from emergence_lib import datasets
from emergence_lib.audit import Curve, Verdict, audit_many, calibration
from emergence_lib.findings import detecting


def test_models_of_one_scale_are_pooled_item_by_item() -> None:
    rows = pd.DataFrame(
        {"flops": [1e3, 1e2, 1e3], "score": [0.5, 0.1, 1.0], "n_items": [30, 10, 10]}
    )
    scale, score, items = detecting.pooled(rows, "flops", "score", "n_items")
    assert scale.tolist() == [1e2, 1e3]
    assert items.tolist() == [10, 40]
    # 15 of 30 and 10 of 10 are 25 of 40.
    assert score == pytest.approx([0.1, 25 / 40])


def test_every_group_has_the_curves_of_its_table() -> None:
    counted = pd.Series([entry.group for entry in detecting.entries()]).value_counts()
    open_models = datasets.load("obs_scaling_emergent").groupby(["task", "metric"]).ngroups
    benchmarks = datasets.load("obs_scaling_benchmarks")["benchmark"].nunique() - 1
    assert counted["GPT-3 arithmetic"] == datasets.load("gpt3_arithmetic")["task"].nunique()
    assert counted["Open models"] == open_models + benchmarks
    assert counted["One recipe, 104 models"] == len(datasets.load("gadre_tasks"))
    assert counted["OLMo ladder"] == len(detecting.OLMO_ITEMS)
    assert counted["OLMo 2 in training, letter"] == 2 * len(detecting.OLMO_ITEMS)
    # Nine tests with and without examples, sums and products, two tests of pass@1.
    assert counted["Pythia"] == 9 * 2 + 2 + 2
    # LaMDA, GPT-3 and PaLM, five sets, two ways of asking.
    assert counted["Word problems"] == 3 * 5 * 2


def test_no_suspect_row_and_no_undisclosed_compute_enters() -> None:
    rows = detecting.open_models()
    assert not rows["suspect"].any()
    assert rows["train_flops"].notna().all()


def test_a_family_is_audited_from_four_scales_on() -> None:
    families = [each for each in detecting.entries() if each.group.endswith("family by family")]
    assert min(len(each.curve.scale) for each in families) == 4
    rows = datasets.load("obs_scaling_emergent").query(
        "family == 'OPT' and task == 'arithmetic_3da'"
    )
    (opt,) = [each for each in families if (each.family, each.task) == ("OPT", "arithmetic_3da")]
    assert opt.curve.score == pytest.approx(rows.sort_values("train_flops")["score"].to_numpy())


def _whole(score: np.ndarray, items: int, rounding: float = 5.1e-6) -> float:
    """Share of scores that are whole numbers of items, up to the rounding of the table."""
    return float(np.mean(np.abs(score * items - np.rint(score * items)) <= rounding * items))


@pytest.mark.parametrize("name", ["ARC-C", "GSM8K", "HellaSwag", "HumanEval", "Winograd"])
def test_the_items_of_a_benchmark_make_its_scores_whole(name: str) -> None:
    table = datasets.load("obs_scaling_benchmarks")
    score = table.loc[table["benchmark"] == name, "score"].to_numpy()
    items = detecting.OPEN_ITEMS[name]
    assert _whole(score, items) > 0.9
    assert _whole(score, items + 1) < 0.5


@pytest.mark.parametrize("name", ["GSM8K", "SVAMP", "ASDiv", "MAWPS"])
def test_solve_rates_do_not_contradict_their_items(name: str) -> None:
    table = datasets.load("cot_by_scale")
    score = table.loc[table["benchmark"] == name, "solve_rate"].to_numpy()
    items = detecting.COT_ITEMS[name]
    assert (np.round(np.rint(score * items) / items, 3) == score).all()


def test_the_letter_curves_carry_their_cloze_twin() -> None:
    table = datasets.load("olmo2_letter_vs_cloze").query(
        "model == 'OLMo2-13B' and task == 'mmlu' and tokens > 0"
    )
    report = detecting.report_of("OLMo 2 in training, letter", "mmlu", "OLMo2-13B")
    assert report.curve.score == pytest.approx(table["acc_letter"].to_numpy())
    assert report.curve.other is not None
    assert report.curve.other.score == pytest.approx(table["acc_cloze"].to_numpy())


def test_verdicts_are_those_of_the_audit_run_alone() -> None:
    table = detecting.verdicts()
    for at in (0, 10, 45, 60):
        (report,) = audit_many([detecting.entries()[at].curve], thorough=False)
        assert table["verdict"].iloc[at] == report.verdict


def test_counts_add_up() -> None:
    table = detecting.verdicts()
    assert detecting.count() == len(table) == detecting.summary().drop(columns="group").sum().sum()
    assert detecting.count(called=True) + detecting.count(called=False) == len(table)
    undecided = table[table["verdict"] == Verdict.UNKNOWN]
    assert (undecided["obstacle"] != "").all()
    assert (table.drop(undecided.index)["obstacle"] == "").all()
    assert len(detecting.called_table()) == detecting.count(called=True)


def test_no_letter_curve_is_sharp_by_cloze_too() -> None:
    assert detecting.count("sharp in every metric", "OLMo 2 in training, letter") == 0


def test_wrong_names_are_named() -> None:
    with pytest.raises(ValueError, match="verdict: found 'certain'"):
        detecting.count("certain")
    with pytest.raises(ValueError, match="0 curves"):
        detecting.report_of("GPT-3 arithmetic", "6D+")
    with pytest.raises(ValueError, match="kind: found 'loud'"):
        detecting.emergence_quantiles("loud", 8)
    with pytest.raises(ValueError, match="what: found 'height'"):
        detecting.coverage("height")
    with pytest.raises(ValueError, match="models: found 3"):
        detecting.aicc_penalty(2, 3)


SIZE = np.logspace(8, 12, 5)
FLAT_THEN_UP = [0.0, 0.0, 0.0, 0.0, 0.9]


@pytest.mark.parametrize(
    ("scale", "score", "items", "found"),
    [
        (SIZE[:3], [0.0, 0.2, 0.9], 100, "fewer than four models"),
        (SIZE, [0.1, 0.5, 0.1, 0.6, 0.2], 20, "no certain rise"),
        (SIZE, FLAT_THEN_UP, 20, "interval on both sides of a decade"),
    ],
)
def test_the_obstacle_is_named(
    scale: np.ndarray, score: list[float], items: int, found: str
) -> None:
    curve = Curve("made", scale, np.array(score), items=np.full(len(scale), float(items)))
    (report,) = audit_many([curve], thorough=False)
    assert report.verdict is Verdict.UNKNOWN
    assert detecting.obstacle(report) in (found, "most of the rise in one gap")


def test_a_decided_curve_has_no_obstacle() -> None:
    x = np.linspace(6, 10, 12)
    score = 1 / (1 + np.exp(-4.4 / 3 * (x - 8)))
    curve = Curve("made", 10**x, score, items=np.full(12, 1e4))
    (report,) = audit_many([curve], thorough=False)
    assert report.verdict is Verdict.SMOOTH
    assert detecting.obstacle(report) == ""


def test_r_squared_is_numpys() -> None:
    scores = detecting.near_step(0.2, 8)
    x = np.linspace(6, 10, 8)
    oracle = np.median([np.corrcoef(x, score)[0, 1] ** 2 for score in scores])
    assert detecting.r_squared(0.2, 8) == pytest.approx(oracle)
    assert detecting.r_squared(3.0, 8) > 0.95


def test_the_onset_is_where_three_right_answers_are_expected() -> None:
    for items in (20, 1000, 100_000):
        size = detecting.onset(items)
        rate = np.exp(-np.log(2) * (size / 1e10) ** -0.35)
        assert items * rate == pytest.approx(3.0)
    shift = np.log10(detecting.onset(20)) - np.log10(detecting.onset(100_000))
    assert detecting.onset_decades(20, 100_000) == pytest.approx(shift)


def test_a_line_without_noise_scores_the_number_of_its_steps() -> None:
    low, middle, high = detecting.emergence_quantiles("line", 9, items=10**9, curves=20)
    assert [low, middle, high] == pytest.approx([8, 8, 8], rel=1e-3)


def test_more_models_raise_the_score_of_one_and_the_same_curve() -> None:
    few, many = (detecting.emergence_quantiles("gradual", models)[1] for models in (8, 24))
    assert many > 2 * few


def test_the_aicc_penalty_is_its_formula() -> None:
    assert detecting.aicc_penalty(2, 8) == pytest.approx(2 * 2 + 2 * 2 * 3 / (8 - 2 - 1))


def test_the_loss_width_is_read_off_the_table() -> None:
    table = datasets.load("addition4_from_scratch").sort_values("train_set_size")
    x, loss = np.log10(table["train_set_size"].to_numpy()), table["test_cross_entropy"].to_numpy()
    levels = loss.max() - np.array([0.1, 0.9]) * np.ptp(loss)
    # The loss falls at every step, so it can be read backwards.
    start, end = np.interp(levels, loss[::-1], x[::-1])
    assert detecting.loss_width() == pytest.approx(end - start)
    assert detecting.loss_share() == pytest.approx((end - start) / np.ptp(x))


def test_a_ladder_holds_the_truth_and_narrows_with_items() -> None:
    found = detecting.ladders()
    for (_, _, width), ladder in found.items():
        assert ladder.low <= width * 1.01
        assert ladder.high >= width * 0.99
    for models in (8, 12, 24):
        for width in detecting.WIDTHS:
            spans = [
                found[models, items, width].high - found[models, items, width].low
                for items in (100, 1000, 10_000)
            ]
            assert spans == sorted(spans, reverse=True)


def test_the_drawn_ends_have_the_widths_of_the_interval() -> None:
    ladder = detecting.ladders()[24, 100, 3.0]
    for curve, width in ((ladder.narrowest, ladder.low), (ladder.widest, ladder.high)):
        top = curve.max() if curve[-1] > 0.97 else 1.0
        low, high = np.interp([0.1 * top, 0.9 * top], curve, detecting.GRID)
        assert high - low == pytest.approx(width, rel=0.15)


def test_six_models_bound_a_sharp_rise_from_above_only() -> None:
    ladder = detecting.ladders()[6, 100, 0.3]
    assert ladder.low == 0
    assert ladder.high < 1
    assert ladder.verdict == Verdict.SHARP


def test_summaries_of_the_calibration_are_sums_over_its_cells() -> None:
    table = calibration.stored()
    for lucky in (False, True):
        rows = table[(table["width"] >= 1) & ((table["scatter"] > 0) == lucky)]
        sharp = rows["sharp"] / rows["curves"]
        assert detecting.false_sharp(lucky=lucky) == pytest.approx(sharp.mean())
        assert detecting.worst_false_sharp(lucky=lucky) == sharp.max()
        one = rows["width"] == 1
        assert detecting.false_sharp(1.0, lucky=lucky) == pytest.approx(sharp[one].mean())
        for what in ("width", "threshold"):
            cells = detecting.coverage_cells(what, lucky=lucky)
            parts = [cells[cells["fine"] == fine] for fine in (True, False)]
            assert len(parts[0]) + len(parts[1]) == len(cells) > 40
            for fine, part in zip((True, False), parts, strict=True):
                assert detecting.coverage(what, fine=fine, lucky=lucky) == pytest.approx(
                    part[f"{what}_covered"].sum() / part["rising"].sum()
                )
    assert detecting.made_curves() == table["curves"].sum()
    assert detecting.made_kinds() == len(table)


def test_power_counts_both_shapes_and_no_complication() -> None:
    cell = calibration.stored().query(
        "shape in ['logistic', 'Gompertz'] and width == 0.3 and models == 12 and items == 100 "
        "and chance == 0 and ceiling == 1 and not falls and not uneven and scatter == 0"
    )
    assert len(cell) == 2
    right = cell[["sharp", "smooth"]].to_numpy().sum() / cell["curves"].sum()
    assert detecting.decided(0.3, 12, 100) == pytest.approx(right)
