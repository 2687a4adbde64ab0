"""The catalogue against hand counts, SciPy and chapters that ask the same of the same tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.lines import Line2D

from emergence_lib import datasets, published
from emergence_lib.chapters.catalogue import numbers, pictures
from emergence_lib.chapters.detecting import numbers as detecting
from emergence_lib.chapters.networks import numbers as networks
from emergence_lib.chapters.networks.numbers import GPT3_TASKS

SEEDS = {
    *("Addition", "Multiplication", "Modular arithmetic", "Word sense", "Coreference"),
    *("Pragmatic inference", "Chain of thought", "Deduction", "Analogy", "In-context learning"),
}


def test_every_ability_that_is_claimed_has_a_row() -> None:
    assert {each.ability for each in numbers.entries()} >= SEEDS


def test_every_few_shot_task_of_gpt3_is_there_once() -> None:
    tables = [datasets.load(name) for name in ("gpt3_arithmetic", "gpt3_other_tasks")]
    named = {task for table in tables for task in table["task"]} - {"SuperGLUE"}
    rows = [
        each.task.removesuffix(", few-shot")
        for each in numbers.entries()
        if each.family == "GPT-3" and each.task.endswith(", few-shot")
    ]
    assert sorted(rows) == sorted(named)


@pytest.mark.parametrize("task", GPT3_TASKS)
def test_first_seen_is_where_chapter_2_sees_it(task: str) -> None:
    (entry,) = (e for e in numbers.entries() if e.task == f"{task}, few-shot")
    assert entry.first is not None
    assert entry.scale[entry.first] == networks.gpt3_first_present(task)


def test_one_absent_model_above_moves_first_seen_beyond_it() -> None:
    found = [
        numbers.Entry("a", "b", "c", "d", pd.DataFrame({"score": y, "items": 100}), 0.5).first
        # By hand: of 100, 59 right are present (P = .044) and 58 are not (P = .067).
        for y in ([0.4, 0.59, 0.7, 0.9], [0.4, 0.59, 0.58, 0.9], [0.9, 0.9, 0.9, 0.58])
    ]
    assert found == [1, 3, None]


def test_the_stored_verdicts_are_those_of_a_fresh_audit() -> None:
    pd.testing.assert_frame_equal(
        pd.read_csv(numbers.STORED, keep_default_na=False), numbers.audited()
    )


def test_verdicts_agree_with_those_of_chapter_16() -> None:
    stored = detecting.verdicts().set_index(["family", "task"])["verdict"]
    compared = 0
    for entry in numbers.entries():
        if entry.ladder:
            family, task = entry.ladder.split(", ", maxsplit=1)
            said = stored.loc[(family, task)].replace("too little data to say", "undecided")
            assert numbers.verdict(entry)[0] == said
            compared += 1
    assert compared > 20


def test_what_rests_on_unknown_items_is_neither_absent_nor_audited() -> None:
    table = pictures.printed()
    bare = table["scored by"].str.contains("n unknown") & ~table["curve"].eq(numbers.NO_CURVE)
    assert bare.sum() > 40
    assert set(table.loc[bare, "first seen at, at most"]) == {f"not known\n{numbers.UNKNOWN}"}
    assert set(table.loc[bare, "audit"]) == {f"not audited\n{numbers.UNKNOWN}"}
    claimed = table[table["curve"] == numbers.NO_CURVE]
    assert set(claimed["grade"]) == {"reported"}


def test_a_row_prints_what_the_paper_does() -> None:
    row = pictures.printed().iloc[2]
    assert row["ability"] == "Addition\n3D+, few-shot"
    assert row["curve"] == "0.15% to 80%"
    assert row["scored by"] == "exact match\nn = 2,000, chance 0.1%"
    assert row["first seen at, at most"] == "350M\nabsent: 125M"
    assert row["audit"].startswith("undecided\n")


def test_numbers_that_rows_are_sorted_by_are_those_they_show() -> None:
    order = numbers.order()
    at = {each.task: i for i, each in enumerate(numbers.entries())}
    assert order["curve"][at["3D+, few-shot"]] == pytest.approx(0.804 - 0.0015)
    assert order["first seen at, at most"][at["3D+, few-shot"]] == pytest.approx(6.41e20)
    assert order["scored by"][at["3D+, few-shot"]] == 2000
    assert np.isnan(order["curve"][at["logical deduction, BIG-bench"]])
    assert order["first seen at, at most"][at["logical deduction, BIG-bench"]] == 3.1e23


def test_an_entry_that_is_not_one_is_refused() -> None:
    with pytest.raises(ValueError, match="task: 0 entries of 'Analogy' begin with 'x'"):
        numbers.one("Analogy", "x")


def test_the_share_done_by_13b_is_winograds_by_hand() -> None:
    # As printed: 63.4 at 125M, 82.4 at 13B, 88.6 at 175B.
    assert np.isclose(numbers.by_13b("other"), 19.0 / 25.2).sum() == 1
    assert len(numbers.by_13b("arithmetic")) == 10


def test_steps_cost_palm_8b_what_the_paper_prints() -> None:
    row = numbers.rates("PaLM", 8e9)
    assert [row["plain"], row["steps"]] == [0.049, 0.041]
    p, q = 0.049, 0.041
    assert row["error"] == pytest.approx((p * (1 - p) / 1319 + q * (1 - q) / 1319) ** 0.5)
    small = numbers.gains(high=numbers.SMALL)
    assert len(small) == 5 * 7
    assert list(100 * numbers.steps("LaMDA")["gain"]) == pytest.approx([-2.2, -1.7, -1.6, 2.5, 7.8])


def test_the_gain_from_examples_is_the_mean_over_tasks() -> None:
    table = datasets.load("gpt3_other_tasks")
    table = table[table["metric"].isin(["acc", "em", "f1", "bleu_mb"]) & (table["params"] > 1e11)]
    scores = {
        (task, metric, setting): score
        for task, metric, setting, score in table[
            ["task", "metric", "setting", "score"]
        ].itertuples(index=False)
    }
    gains = [
        score - scores[task, metric, "zero_shot"]
        for (task, metric, setting), score in scores.items()
        if setting == "few_shot" and scores.get((task, metric, "zero_shot"), np.nan) >= 0
    ]
    assert numbers.few_shot_gain()["gain"].iloc[-1] == pytest.approx(np.mean(gains))


def test_a_habit_scores_what_drawing_items_gives() -> None:
    rng = np.random.default_rng(7)
    right, said = rng.random(200_000) < 0.8, rng.random(200_000) < 0.7
    assert numbers.answer_bias(0.8, 0.7) == pytest.approx((right == said).mean(), abs=0.005)
    assert numbers.answer_bias(0.5, 0.9) == pytest.approx(0.5)


def test_groups_are_means_of_the_models_in_them() -> None:
    table = datasets.load("wu_lo_groups")
    chosen = table[
        (table["task"] == "mmlu")
        & (table["difficulty_rank"] == 10)
        & (table["train_flops"] > 10**23.5)
    ]
    assert numbers.groups("mmlu")[10].iloc[-1] == pytest.approx(
        chosen["tc_brier_brier_ranked"].mean()
    )
    assert len(numbers.groups("mmlu")) == len(numbers.BINS) - 1


def test_subtasks_that_lose_by_steps_are_those_the_table_marks() -> None:
    assert set(numbers.worse_with_steps()) == {
        *("causal_judgement", "formal_fallacies", "ruin_names"),
        *("salient_translation_error_detection", "snarks", "word_sorting"),
    }


def line(axes: object, label: str) -> Line2D:
    (found,) = [each for each in axes.lines if each.get_label() == label]  # type: ignore[attr-defined]
    assert isinstance(found, Line2D)
    return found


def test_the_chain_of_thought_picture_draws_the_gains_of_the_table() -> None:
    (ax,) = pictures.steps().axes
    drawn = np.asarray(line(ax, "PaLM, GSM8K").get_ydata(), dtype=float)
    assert drawn == pytest.approx([-0.8, 20.3, 39.0])
    assert len([each for each in ax.lines if not str(each.get_label()).startswith("_")]) == 15


def test_the_pilot_picture_follows_its_controls_and_says_which_answers_are_right() -> None:
    fig, update = pictures.pilot()
    assert update("syllogism", False).endswith("The right option is the same on every item.")
    drawn = np.asarray(line(fig.axes[0], "GPT-3").get_ydata(), dtype=float)
    assert drawn == pytest.approx([0.023, 0.981, 0.724, 1.0])
    assert update("BoolQ", True).endswith("now one, now the other.")
    drawn = np.asarray(line(fig.axes[0], "GPT-2").get_ydata(), dtype=float)
    assert drawn == pytest.approx([0.5859, 0.6083, 0.6242, 0.6480])


def test_the_picture_of_tenths_marks_the_chosen_one() -> None:
    fig, update = pictures.tenths()
    update("arithmetic", 10)
    chosen = np.asarray(line(fig.axes[0], "chosen tenth of the items").get_ydata(), dtype=float)
    assert chosen == pytest.approx(numbers.groups("arithmetic")[10].to_numpy())


def test_the_panel_of_two_scores_draws_each_model_under_both() -> None:
    fig, update = pictures.twice()
    for name, task in pictures.TASKS.items():
        said = update(name)
        table = published.twice(task)
        assert f"{len(table)} models" in said
        for label, score in (("accuracy", "accuracy"), ("Brier score", "tc_brier")):
            drawn = set(np.asarray(line(fig.axes[0], label).get_ydata(), dtype=float))
            assert drawn == set(table[score])
        # What is said to be better is what AICc prefers.
        gains = [numbers.bend(task, score).gain for score in ("accuracy", "tc_brier")]
        assert said.count("better") == sum(gain > 0 for gain in gains)


def test_the_best_constant_guess_at_products_is_twice_in_a_hundred() -> None:
    assert published.best_constant_guess("2Dx") == pytest.approx(0.0199)
