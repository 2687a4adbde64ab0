"""The numbers of chapter 11, against hand computation and made-up runs."""

from dataclasses import replace

import numpy as np
import pytest

from emergence_lib import laws
from emergence_lib.chapters.mirage import numbers as mirage
from emergence_lib.chapters.quanta import numbers as quanta
from emergence_lib.experiments import quanta as experiment

SHORT = replace(experiment.BOOK, skills=10, steps=10_000, exams=201, first=10)


def made(
    kappa: float = 1.0, first: float = 100.0, config: experiment.Config = SHORT, seed: int = 0
) -> experiment.Result:
    """Return a made-up run whose every skill jumps, in one exam, at the step that the law says."""
    rank = np.arange(1, config.skills + 1)
    learned = first * rank ** (kappa * (1 + config.alpha))
    done = config.moments[:, None] >= learned
    return experiment.Result(
        config=config,
        seed=seed,
        seconds=2.0,
        parameters=np.array([1000]),
        moments=config.moments,
        subsets=np.zeros((config.skills, 3), int),
        accuracy=np.where(done, 1.0, 0.5)[None],
        loss=np.where(done, 0.0, np.log(2))[None],
    )


def ladder(midpoints: list[float], slope: float) -> experiment.Result:
    """Return a made-up width axis: each skill a logistic from coin to perfect."""
    config = replace(
        experiment.WIDTHS, skills=len(midpoints), widths=tuple(range(1, 101)), alpha=0.01
    )
    size = np.logspace(1, 7, 100).round().astype(np.int64)
    p = laws.logistic(np.log10(size)[:, None], midpoints, slope, 0.5)
    return experiment.Result(
        config=config,
        seed=4,
        seconds=1.0,
        parameters=size,
        moments=config.moments,
        subsets=np.zeros((len(midpoints), 3), int),
        accuracy=p[:, None],
        loss=-np.log(p)[:, None],
    )


def test_crossing_is_the_last_one_and_straight_in_log_steps() -> None:
    moments = [10, 100, 1000, 10_000]
    assert quanta.crossing(moments, [0.5, 0.9, 0.5, 1.0], 0.75) == pytest.approx(10**3.5)
    assert quanta.crossing(moments, [0.5, 0.5, 0.7, 0.9], 0.75) == pytest.approx(10**3.25)
    assert quanta.crossing(moments, [0.8, 0.8, 0.9, 0.9], 0.75) == 10
    assert quanta.crossing(moments, [0.5, 0.9, 0.9, 0.7], 0.75) == np.inf


@pytest.mark.parametrize("kappa", [0.8, 1.0])
def test_learning_law_gets_back_what_was_put_in(kappa: float) -> None:
    law = quanta.learning_law(made(kappa))
    assert law["kappa"] == pytest.approx(kappa, abs=0.02)
    assert law["first"] == pytest.approx(100, rel=0.05)
    assert law["correlation"] < -0.999
    assert law["skills"] == 10


def test_skills_after_the_first_unlearned_one_are_left_out_of_the_law() -> None:
    run = made()
    run.accuracy[0, :, 4] = 0.5
    table = quanta.learning([run])
    assert table["complete"].tolist() == [True] * 4 + [False] * 6
    assert np.isinf(table["step"][4])
    assert np.isfinite(table["step"]).sum() == 9
    assert quanta.learning_law(run)["skills"] == 4


def test_rise_is_timed_between_the_two_accuracies() -> None:
    run = made()
    x = np.log10(run.moments)
    run.accuracy[0, :, 0] = np.clip(0.5 + 0.5 * (x - 2), 0.5, 1)
    row = quanta.learning([run]).iloc[0]
    assert row["rise"] == pytest.approx(0.7, abs=1e-6)
    assert row["step"] == pytest.approx(10**2.5)


def test_steps_loss_by_hand() -> None:
    # Two skills, frequencies 2/3 and 1/3 (alpha 0), learned at steps 10 and 20.
    loss = quanta.steps_loss([5, 10, 15, 20, 30], 0, 1, 10, 2)
    assert loss / np.log(2) == pytest.approx([1, 1 / 3, 1 / 3, 0, 0])
    gentle = quanta.steps_loss([0, 10, 20], 0, 1, 10, 2, gradual=True)
    assert gentle / np.log(2) == pytest.approx(
        [1, 2 / 3 * 0.5 + 1 / 3 * 0.5**0.5, 2 / 3 * 0.25 + 1 / 3 * 0.5]
    )


@pytest.mark.parametrize("gradual", [False, True])
@pytest.mark.parametrize(("alpha", "kappa"), [(0.7, 0.85), (1.0, 1.0)])
def test_a_long_list_of_steps_falls_with_the_predicted_exponent(
    alpha: float, kappa: float, gradual: bool
) -> None:
    moments = np.geomspace(300, 3000, 60)
    loss = quanta.steps_loss(moments, alpha, kappa, 1.0, 20_000, gradual)
    measured, r2 = quanta.power_exponent(moments, loss)
    assert measured == pytest.approx(float(quanta.predicted_exponent(alpha, kappa)), abs=0.03)
    assert r2 > 0.99


def test_predicted_exponent_is_that_of_the_law_when_every_skill_needs_as_many_examples() -> None:
    assert quanta.predicted_exponent(0.34) == pytest.approx(laws.quanta_data_exponent(0.34))
    assert quanta.predicted_exponent(0.7, 0.5) == pytest.approx(2 * 0.7 / 1.7)


def test_power_exponent_looks_at_late_steps_only() -> None:
    x = np.geomspace(1, 10_000, 50)
    loss = np.where(x < quanta.FROM, 7.0, 3 * x**-0.4)
    exponent, r2 = quanta.power_exponent(x, loss)
    assert (exponent, r2) == pytest.approx((0.4, 1))


def test_exponents_of_a_made_up_run() -> None:
    config = replace(SHORT, skills=200)
    (row,) = quanta.exponents({"": [made(1.0, 20.0, config)]}).to_dict("records")
    assert row["alpha"] == 0.7
    assert row["kappa"] == pytest.approx(1, abs=0.02)
    assert row["endless"] == pytest.approx(0.7 / 1.7, abs=0.01)
    # Made of steps, so the finite list predicts what is measured.
    assert row["measured"] == pytest.approx(row["finite"], abs=0.02)
    assert row["rise"] < 0.03


def test_the_stored_runs_support_what_the_chapter_says() -> None:
    table = quanta.exponents()
    assert len(table) == 9
    assert np.all(table["r2"] > 0.97)
    assert np.all(table["kappa"].between(0.75, 0.95))
    assert np.all(table["correlation"] < -0.97)
    # The end of the list matters most where frequencies are even.
    gap = (table["measured"] - table["endless"]).groupby(table["alpha"]).mean()
    assert gap[0.4] > 0.13
    assert abs(gap[1.0]) < 0.06
    assert np.all((table["finite"] / table["measured"]).between(0.95, 1.2))


def test_gentle_skills_add_up_to_the_same_slope() -> None:
    row = quanta.without_steps()
    assert row["gradual"] == pytest.approx(row["sharp"], abs=0.03)
    assert row["gradual_r2"] > row["sharp_r2"] > 0.95


def test_exponent_names_what_there_is() -> None:
    with pytest.raises(ValueError, match="name: found 'tea leaves', want one of alpha"):
        quanta.exponent("tea leaves")
    with pytest.raises(ValueError, match=r"alpha: found 0.5, want one of \[0.4, 0.7, 1.0\]"):
        quanta.exponent("kappa", 0.5)


def test_skill_widths_of_made_up_logistics() -> None:
    run = ladder([3.0, 4.0, 5.0, 99.0, -99.0], 8.0)
    table = quanta.skill_widths([run])
    # The last two never rise, or were there from the start.
    assert table["skill"].tolist() == [1, 2, 3]
    assert table["midpoint"].to_numpy() == pytest.approx([3, 4, 5], abs=0.02)
    assert table["width"].to_numpy() == pytest.approx(float(laws.logistic_width(8)), abs=0.03)


def test_the_whole_is_wider_than_its_parts_and_the_metric_is_not_why() -> None:
    table = quanta.averaging()
    assert np.all(table["whole_accuracy"] > 2 * table["part_accuracy"])
    assert np.all(table["whole_loss"] > 2 * table["part_loss"])
    assert np.all((table["whole_loss"] / table["whole_accuracy"]).between(0.9, 1.15))


def test_comparison_takes_each_system_from_its_own_chapter() -> None:
    table = quanta.comparison()
    assert table.groupby("system", sort=False)["seed"].apply(list).to_dict() == {
        "addition": [0, 1, 2],
        "repetition": [0, 1, 2],
        "32 skills": [0, 1, 2],
    }
    effect = mirage.metric_effect()
    sums = table[table["system"] == "addition"].set_index("seed")
    assert sums["ratio"].to_numpy() == pytest.approx(effect["loss_ratio"].to_numpy())
    assert quanta.ratio("addition")["lowest"] > 1.2
    assert 0.7 < quanta.ratio("repetition")["lowest"] < quanta.ratio("repetition")["highest"] < 1.3
    assert quanta.ratio("32 skills")["lowest"] > 2
    with pytest.raises(ValueError, match="system: found 'weather', want one of addition"):
        quanta.ratio("weather")


def test_width_axis_counts_solved_skills() -> None:
    run = ladder([3.0, 4.0, 5.0], 8.0)
    table = quanta.solved([run])
    assert table["skills"].iloc[[0, -1]].tolist() == [0, 3]
    assert np.all(np.diff(table["skills"]) >= 0)
    assert table["loss"].iloc[0] == pytest.approx(np.log(2), abs=1e-4)
    stored = quanta.solved()
    assert stored.groupby("seed")["skills"].max().min() > 20
    # Smooth, and no power law: the last doubling is much steeper than the first.
    local = quanta.local_exponents()
    assert local[-1] > 3 * local[:4].mean()


def test_forecast_from_early_skills_is_exact_where_the_law_is() -> None:
    table = quanta.forecast_steps(5, 15)
    assert set(table["seed"]) == {0, 1, 2}
    assert table["skill"].between(6, 15).all()
    assert table["factor"].to_numpy() == pytest.approx(
        (table["forecast"] / table["step"]).to_numpy()
    )
    assert 1.1 < np.exp(np.abs(np.log(table["factor"])).mean()) < 1.5


def test_questions_needed_wants_a_skill_that_is_learned() -> None:
    assert quanta.questions_needed(1) > quanta.questions_needed(12) > 10_000
    with pytest.raises(ValueError, match="skill: found 60, want one that every seed learned"):
        quanta.questions_needed(60)


def test_half_way_counts_what_is_neither_coin_nor_solved() -> None:
    # By hand at the last exam of each stored run: strictly between 60% and 95%.
    counts = [sum(0.6 < score < 0.95 for score in run.accuracy[0, -1]) for run in quanta.stored()]
    assert quanta.half_way(8000) == pytest.approx(np.mean(counts))
    assert quanta.half_way(1000) < 3
    assert quanta.half_way(50) < 1


def test_agreement_compares_with_the_stored_range() -> None:
    said = quanta.agreement(made(0.9, 100.0, replace(SHORT, skills=60, exams=61)))
    assert "Seed 0, 2 CPU seconds" in said
    assert "of 60 skills learned" in said
    measured = quanta.exponents()
    book = measured[measured["alpha"] == 0.7]
    assert f"stored seeds {book['measured'].min():.2f} to {book['measured'].max():.2f}" in said
