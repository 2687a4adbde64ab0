"""Quanta: its numbers against hand computation and made-up runs, and what its pictures show."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from emergence_lib import laws
from emergence_lib.chapters.quanta import numbers, pictures
from emergence_lib.experiments import addition, induction, quanta, store
from emergence_lib.laws import Array

BOOK: quanta.Result = store.stored("quanta")[0]
SHORT = replace(quanta.BOOK, skills=10, steps=10_000, exams=201, first=10)


def made(kappa: float = 1.0, first: float = 100.0, config: quanta.Config = SHORT) -> quanta.Result:
    """Return a made-up run whose every skill jumps, in one exam, at the step that the law says."""
    rank = np.arange(1, config.skills + 1)
    learned = first * rank ** (kappa * (1 + config.alpha))
    done = config.moments[:, None] >= learned
    return replace(
        BOOK,
        config=config,
        seconds=2.0,
        moments=config.moments,
        accuracy=np.where(done, 1.0, 0.5)[None],
        loss=np.where(done, 0.0, np.log(2))[None],
    )


def ladder(midpoints: list[float], slope: float) -> quanta.Result:
    """Return a made-up width axis: each skill a logistic from coin to perfect."""
    config = replace(quanta.WIDTHS, skills=len(midpoints), widths=tuple(range(1, 101)), alpha=0.01)
    size = np.logspace(1, 7, 100).round().astype(np.int64)
    p = laws.logistic(np.log10(size)[:, None], midpoints, slope, 0.5)
    return replace(
        BOOK, config=config, parameters=size, accuracy=p[:, None], loss=-np.log(p)[:, None]
    )


def heights(curve: Line2D) -> Array:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def marks(axes: Axes, label: str) -> Array:
    (match,) = [each for each in axes.collections if each.get_label() == label]
    return np.asarray(match.get_offsets(), dtype=float)


def test_a_skill_is_learned_when_it_passes_for_good_straight_in_log_steps() -> None:
    run = made()
    run.accuracy[0] = 0.5
    x = np.log10(run.moments)
    # Climbs by 0.25 a decade from step 100, after a first success that does not last.
    run.accuracy[0, :, 0] = np.clip(0.5 + (x - 2) / 4, 0.5, 1)
    run.accuracy[0, :3, 0] = 1
    run.accuracy[0, :, 1] = 0.9
    run.accuracy[0, :-1, 2] = 1
    table = numbers.learning([run])
    assert table["step"][:4].tolist() == pytest.approx([1000, 10, np.inf, np.inf])
    assert table["rise"][0] == pytest.approx((0.95 - 0.6) * 4)
    assert np.isinf(table["rise"][1:]).all()
    share = run.config.frequencies[0]
    assert table["questions"][0] == pytest.approx(1000 * share * run.config.batch)


@pytest.mark.parametrize("kappa", [0.8, 1.0])
def test_learning_law_gets_back_what_was_put_in(kappa: float) -> None:
    law = numbers.learning_law(made(kappa))
    assert law["kappa"] == pytest.approx(kappa, abs=0.02)
    assert law["first"] == pytest.approx(100, rel=0.05)
    assert law["correlation"] < -0.999
    assert law["skills"] == 10


def test_skills_after_the_first_unlearned_one_are_left_out_of_the_law() -> None:
    run = made()
    run.accuracy[0, :, 4] = 0.5
    table = numbers.learning([run])
    assert table["complete"].tolist() == [True] * 4 + [False] * 6
    assert np.isinf(table["step"][4])
    assert np.isfinite(table["step"]).sum() == 9
    assert numbers.learning_law(run)["skills"] == 4


def test_steps_loss_by_hand() -> None:
    # Two skills, frequencies 2/3 and 1/3 (alpha 0), learned at steps 10 and 20.
    loss = numbers.steps_loss([5, 10, 15, 20, 30], 0, 1, 10, 2)
    assert loss / np.log(2) == pytest.approx([1, 1 / 3, 1 / 3, 0, 0])
    gentle = numbers.steps_loss([0, 10, 20], 0, 1, 10, 2, gradual=True)
    assert gentle / np.log(2) == pytest.approx(
        [1, 2 / 3 * 0.5 + 1 / 3 * 0.5**0.5, 2 / 3 * 0.25 + 1 / 3 * 0.5]
    )


@pytest.mark.parametrize("gradual", [False, True])
@pytest.mark.parametrize(("alpha", "kappa"), [(0.7, 0.85), (1.0, 1.0)])
def test_a_long_list_of_steps_falls_with_the_predicted_exponent(
    alpha: float, kappa: float, gradual: bool
) -> None:
    moments = np.geomspace(300, 3000, 60)
    loss = numbers.steps_loss(moments, alpha, kappa, 1.0, 20_000, gradual)
    measured, r2 = numbers.power_exponent(moments, loss)
    assert measured == pytest.approx(float(numbers.predicted_exponent(alpha, kappa)), abs=0.03)
    assert r2 > 0.99


def test_power_exponent_looks_at_late_steps_only() -> None:
    x = np.geomspace(1, 10_000, 50)
    loss = np.where(x < numbers.FROM, 7.0, 3 * x**-0.4)
    exponent, r2 = numbers.power_exponent(x, loss)
    assert (exponent, r2) == pytest.approx((0.4, 1))


def test_exponents_of_a_made_up_run() -> None:
    row = numbers.run_exponents(made(1.0, 20.0, replace(SHORT, skills=200)))
    assert row["alpha"] == 0.7
    assert row["kappa"] == pytest.approx(1, abs=0.02)
    assert row["endless"] == pytest.approx(0.7 / 1.7, abs=0.01)
    # Made of steps, so the finite list predicts what is measured.
    assert row["measured"] == pytest.approx(row["finite"], abs=0.02)
    assert row["rise"] < 0.03


def test_predicted_exponent_falls_as_rare_skills_take_longer() -> None:
    assert numbers.predicted_exponent(0.7, 0.5) == pytest.approx(2 * 0.7 / 1.7)


def test_the_stored_runs_support_what_the_chapter_says() -> None:
    table = numbers.exponents()
    assert len(table) == 9
    assert np.all(table["r2"] > 0.97)
    assert np.all(table["kappa"].between(0.75, 0.95))
    assert np.all(table["correlation"] < -0.97)
    # The end of the list matters most where frequencies are even.
    gap = (table["measured"] - table["endless"]).groupby("alpha").mean()
    assert gap[0.4] > 0.13
    assert abs(gap[1.0]) < 0.06
    assert np.all((table["finite"] / table["measured"]).between(0.95, 1.2))


def test_a_made_up_ladder_of_logistic_skills_is_read_back() -> None:
    run = ladder([3.0, 4.0, 5.0, 99.0, -99.0], 8.0)
    nets = numbers.solved([run])
    assert nets["skills"].iloc[[0, -1]].tolist() == [1, 4]
    assert np.all(np.diff(nets["skills"]) >= 0)
    unlearned = run.config.frequencies[:4].sum()
    assert nets["loss"].iloc[0] == pytest.approx(unlearned * np.log(2), abs=1e-4)
    table = numbers.skill_widths([run])
    # The last two never rise, or were there from the start.
    assert table["skill"].tolist() == [1, 2, 3]
    assert table["midpoint"].to_numpy() == pytest.approx([3, 4, 5], abs=0.02)
    assert table["width"].to_numpy() == pytest.approx(float(laws.logistic_width(8)), abs=0.03)


def test_the_whole_is_wider_than_its_parts_and_the_metric_is_not_why() -> None:
    table = numbers.averaging()
    assert np.all(table["whole_accuracy"] > 2 * table["part_accuracy"])
    assert np.all(table["whole_loss"] > 2 * table["part_loss"])
    assert np.all((table["whole_loss"] / table["whole_accuracy"]).between(0.9, 1.15))


def test_comparison_takes_each_system_from_its_own_experiment() -> None:
    table = numbers.comparison()
    assert table["system"].tolist() == ["addition"] * 3 + ["repetition"] * 3 + ["32 skills"] * 3
    assert table["seed"].tolist() == [0, 1, 2] * 3
    sums = addition.widths(store.stored("addition")[1:2]).set_index("score")["width"]
    ends = [sums["cross-entropy"], sums["exact match"]]
    assert table[["continuous", "headline"]].to_numpy()[1] == pytest.approx(ends)
    symbols = induction.widths(500)["ratio"].to_numpy()
    assert table["ratio"][3:6].to_numpy() == pytest.approx(symbols)
    lowest = table.groupby("system")["ratio"].min()
    assert lowest["addition"] > 1.2
    assert table["ratio"][3:6].between(0.7, 1.3).all()
    assert lowest["32 skills"] > 2


def test_local_exponents_and_straightness_agree_with_a_fit_by_numpy() -> None:
    one = numbers.solved().query("seed == 1")
    size, loss = np.log10(one[["parameters", "loss"]].to_numpy(float)).T
    rest = loss - np.polyval(np.polyfit(size, loss, 1), size)
    assert numbers.width_r2()[1] == pytest.approx(1 - rest.var() / loss.var())
    last = [np.log10(each["loss"].to_numpy()[-2:]) for _, each in numbers.solved().groupby("seed")]
    slopes = np.diff(last)[:, 0] / np.diff(size)[-1]
    assert numbers.local_exponents()[-1] == pytest.approx(-slopes.mean())


def test_forecast_from_early_skills_misses_late_ones_by_less_than_a_half() -> None:
    table = numbers.forecast_steps(5, 15)
    assert set(table["seed"]) == {0, 1, 2}
    assert table["skill"].between(6, 15).all()
    assert 1.1 < np.exp(np.abs(np.log(table["factor"])).mean()) < 1.5


def test_half_way_counts_what_is_neither_coin_nor_solved() -> None:
    # By hand at the last exam of each stored run: strictly between 60% and 95%.
    counts = [
        sum(0.6 < score < 0.95 for score in run.accuracy[0, -1]) for run in store.stored("quanta")
    ]
    assert numbers.half_way(8000) == pytest.approx(np.mean(counts))
    assert numbers.half_way(1000) < 3
    assert numbers.half_way(50) < 1


def test_agreement_compares_with_the_stored_range() -> None:
    said = numbers.agreement(made(0.9, 100.0, replace(SHORT, skills=60, exams=61)))
    assert "Seed 0, 2 CPU seconds" in said
    assert "of 60 skills learned" in said
    book = numbers.exponents()["measured"][0.7]
    assert f"stored seeds {book.min():.2f} to {book.max():.2f}" in said


@pytest.mark.parametrize("step", [pictures.MOMENTS[0], pictures.MOMENTS[17], pictures.MOMENTS[-1]])
def test_training_shows_the_stored_exam_and_reads_it_out(step: int) -> None:
    figure, update = pictures.training()
    said = update(step=step)
    skills, loss = figure.axes
    at = BOOK.moments.tolist().index(step)
    assert heights(line(skills, "one skill")) == pytest.approx(BOOK.accuracy[0, at])
    here = line(loss, "_now")
    assert np.asarray(here.get_xdata(), dtype=float) == pytest.approx([step])
    assert heights(here) == pytest.approx([BOOK.mean_loss[0, at]])
    solved = (BOOK.accuracy[0, at] >= 0.95).sum()
    assert f"{step:,} steps: {solved} of 60 skills" in said
    low, high = skills.get_ylim()
    assert low < BOOK.accuracy.min() < 1 < high


def test_training_offers_stored_exams_few_enough_for_frames() -> None:
    assert set(pictures.MOMENTS) <= set(BOOK.moments.tolist())
    assert sorted(set(pictures.MOMENTS)) == pictures.MOMENTS
    assert len(pictures.MOMENTS) <= 41


def test_a_live_run_takes_the_place_of_the_first() -> None:
    live = made(0.9, 100.0, replace(quanta.BOOK, exams=9))
    first, second = (figure.axes[0] for figure in pictures.lighting_up(live=live))
    assert heights(line(first, "skill 7")) == pytest.approx(live.accuracy[0, :, 6])
    # A skill costs its share of ln 2 until it is learned, and is not drawn afterwards.
    costs = np.unique(heights(line(second, "skill 2, its share")))
    assert costs == pytest.approx([np.log(2) * live.config.frequencies[1], np.nan], nan_ok=True)
    circles = line(second, "all sixty skills, trained on this page")
    assert heights(circles) == pytest.approx(live.mean_loss[0])


def test_width_axis_draws_the_whole_and_every_part_that_rises() -> None:
    first, second = (figure.axes[0] for figure in pictures.width_axis())
    runs = store.stored("quanta", "widths")
    whole = heights(line(first, "all 32 skills"))
    assert whole == pytest.approx(np.mean([run.mean_loss[:, -1] for run in runs], axis=0))
    drawn = {str(each.get_label()): heights(each) for each in second.lines}
    scores = runs[0].accuracy[:, -1]
    rising = np.flatnonzero((scores[0] <= 0.65) & (scores[-1] >= 0.95))
    assert set(drawn) - {"_chance"} == {f"skill {skill + 1}" for skill in rising}
    for skill in rising:
        assert drawn[f"skill {skill + 1}"] == pytest.approx(scores[:, skill])


def test_sharpness_draws_a_pair_for_every_run() -> None:
    axes = pictures.sharpness().axes[0]
    table = numbers.comparison()
    scores = marks(axes, "continuous score")
    heads = marks(axes, "headline score or single part")
    assert scores[:, 0] == pytest.approx(table["continuous"].to_numpy())
    assert heads[:, 0] == pytest.approx(table["headline"].to_numpy())
    # The pairs stand side by side, and no two at the same height.
    assert scores[:, 1] == pytest.approx(heads[:, 1])
    assert len(set(scores[:, 1].round(6))) == len(table)
    left, right = axes.get_xlim()
    assert left < table["headline"].min()
    assert table["continuous"].max() < right
    words = " ".join(text.get_text() for text in axes.texts)
    assert all(system in words for system in table["system"])
