"""The catalogue against hand counts, SciPy and chapters that ask the same of the same tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.lines import Line2D

from emergence_lib import datasets, published
from emergence_lib.chapters.catalogue import numbers, pictures
from emergence_lib.chapters.detecting import numbers as detecting
from emergence_lib.chapters.networks import numbers as networks
from emergence_lib.chapters.networks.numbers import GPT3_TASKS

PAGE = Path(__file__).parents[2] / "book" / "what-emerges" / "catalogue.md"
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
    drawn = ~table["curve"].eq(numbers.NO_CURVE)
    for why, sign in ((numbers.UNKNOWN, "n unknown"), (numbers.NO_SHARE, numbers.NO_SHARE)):
        bare = table["scored by"].str.contains(sign) & drawn
        assert bare.sum() > 9
        assert set(table.loc[bare, "first seen at"]) == {f"not known\n{why}"}
        assert set(table.loc[bare, "audit"]) == {f"not audited\n{why}"}
    claimed = table[table["curve"] == numbers.NO_CURVE]
    assert set(claimed["grade"]) == {"reported"}


def test_a_row_prints_what_the_paper_does() -> None:
    row = pictures.printed().iloc[2]
    assert row["ability"] == "Addition\n3D+, few-shot"
    assert row["curve"] == "0.15% to 80%"
    assert row["scored by"] == "exact match\nn = 2,000, chance 0.1%"
    # 350M (papers call it so): 9 of 2,000 right, 6.41e20 FLOP.
    assert row["first seen at"] == "350M\n6 × 10²⁰ FLOP; absent: 125M"
    assert row["audit"].startswith("undecided\n")


def test_numbers_that_rows_are_sorted_by_are_those_they_show() -> None:
    order = numbers.order()
    at = {each.task: i for i, each in enumerate(numbers.entries())}
    assert order["curve"][at["3D+, few-shot"]] == pytest.approx(0.804 - 0.0015)
    assert order["first seen at"][at["3D+, few-shot"]] == pytest.approx(6.41e20)
    assert order["scored by"][at["3D+, few-shot"]] == 2000
    assert np.isnan(order["curve"][at["logical deduction, BIG-bench"]])
    assert order["first seen at"][at["logical deduction, BIG-bench"]] == 3.1e23


def test_where_one_right_answer_is_enough_the_row_says_so() -> None:
    table = pictures.printed()
    seen = ~table["first seen at"].str.contains("not known|reported|absent\n")
    nothing = table["scored by"].str.contains("chance 0%")
    said = table["first seen at"].str.contains("one right answer is enough")
    assert (seen & nothing).sum() == 10  # seven of open models, three of chains
    assert set(table.index[said]) == set(table.index[seen & nothing])


def test_a_row_of_one_answer_for_all_items_leads_to_the_section_that_says_so() -> None:
    table = pictures.printed()
    said = table[table["first seen at"].str.contains("see “A leap in deduction”")]
    assert "## A leap in deduction\n" in PAGE.read_text("utf-8")
    assert list(said["ability"]) == ["Deduction\nsyllogism, pilot of 2022"]
    pilot = datasets.load("inverse_scaling_pilot").query("task == 'syllogism'")
    assert pilot["answer_balance"].str.startswith("single").all()


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (2e21, 1e21, ("2 × 10²¹", "10²¹")),
        (2.04e21, 1.96e21, ("2.04 × 10²¹", "1.96 × 10²¹")),
        (1.8e21, 1.7e21, ("1.8 × 10²¹", "1.7 × 10²¹")),
        (1e20, np.nan, ("10²⁰", "")),
    ],
)
def test_two_computes_are_written_apart(one: float, other: float, said: tuple[str, str]) -> None:
    assert pictures.flop_apart(one, other) == said


def test_no_row_is_seen_and_absent_at_the_same_compute() -> None:
    for said in pictures.printed()["first seen at"]:
        first, _, rest = said.partition("\n")
        absent = rest.partition("absent: ")[2].partition(";")[0]
        assert absent != first.removesuffix(" FLOP")


@pytest.mark.parametrize("word", ["pronoun", "addition", "reasoning", "prompt"])
def test_words_of_the_introduction_are_found_in_the_table(word: str) -> None:
    assert pictures.printed()["ability"].str.lower().str.contains(word).any()


def test_an_entry_that_is_not_one_is_refused() -> None:
    with pytest.raises(ValueError, match="task: 0 entries of 'Analogy' begin with 'x'"):
        numbers.one("Analogy", "x")


def test_the_share_done_by_13b_is_winograds_by_hand() -> None:
    # As printed: 63.4 at 125M, 82.4 at 13B, 88.6 at 175B.
    assert np.isclose(numbers.by_13b("partial"), 19.0 / 25.2).sum() == 1
    assert [len(numbers.by_13b(each)) for each in ("arithmetic", "whole", "partial")] == [
        10,
        10,
        31,
    ]


def test_what_counts_only_as_a_whole_is_written_not_picked() -> None:
    """No guess scores anything where an answer is written, by the paper's own tables."""
    whole = [each for each in numbers.few_shot() if numbers.kind(each) == "whole"]
    known = [each for each in whole if not np.isnan(each.chance)]
    assert len(known) == 9  # all but SQuADv2, where no answer can be right
    assert {each.chance for each in known} == {0.0}
    rest = [each for each in numbers.few_shot() if numbers.kind(each) == "partial"]
    assert all(each.metric in numbers.PARTS or each.chance != 0 for each in rest)


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
    # Three tasks have two metrics; each counts once.
    twice = {("CB", "f1"), ("ReCoRD", "f1"), ("SQuADv2", "f1")}
    table = table[[pair not in twice for pair in zip(table["task"], table["metric"], strict=True)]]
    assert not table.duplicated(["task", "setting"]).any()
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
    assert numbers.group_sizes("mmlu")[-1] == chosen["model"].nunique()


def test_losses_and_gains_beyond_two_errors_are_those_of_a_hand_count() -> None:
    problems = {"GSM8K": 1319, "SVAMP": 1000, "ASDiv": 2096, "AQuA": 254, "MAWPS": 2065}
    table = datasets.load("cot_by_scale")
    table = table[table["model_family"].isin(numbers.STEPS)]
    columns = ["model_family", "params", "benchmark", "prompting", "solve_rate"]
    rate = {tuple(row[:-1]): float(row[-1]) for row in table[columns].to_numpy().tolist()}
    found = {-1: 0, 1: 0}
    for (family, params, benchmark, how), r in rate.items():
        if how == "standard":
            s = rate[family, params, benchmark, "chain_of_thought"]
            error = ((s * (1 - s) + r * (1 - r)) / problems[benchmark]) ** 0.5
            found[-1] += params < 1e10 and s - r < -2 * error
            found[1] += params > 5e10 and s - r > 2 * error
    assert found == {-1: numbers.decided(-1, high=1e10), 1: numbers.decided(1, low=5e10)}
    # By eye, from the paper's table: LaMDA 8B loses on every set, PaLM 8B on GSM8K alone.
    assert (numbers.at_8b("LaMDA", -1), numbers.at_8b("PaLM", 1)) == (5, 4)


def test_a_task_with_two_bends_is_as_far_apart_as_its_bends() -> None:
    assert len(numbers.apart()) == 7
    mmlu = numbers.bend("mmlu", "accuracy").at - numbers.bend("mmlu", "tc_brier").at
    assert np.isclose(numbers.apart(), abs(mmlu)).any()


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
    assert update("syllogism", False).endswith("“No” is right for every item.")
    drawn = np.asarray(line(fig.axes[0], "GPT-3").get_ydata(), dtype=float)
    assert drawn == pytest.approx([0.023, 0.981, 0.724, 1.0])
    assert update("BoolQ", True).endswith("now “no”.")
    drawn = np.asarray(line(fig.axes[0], "GPT-2").get_ydata(), dtype=float)
    assert drawn == pytest.approx([0.5859, 0.6083, 0.6242, 0.6480])


def test_the_picture_of_tenths_marks_the_chosen_one() -> None:
    fig, update = pictures.tenths()
    update("arithmetic", 10)
    chosen = np.asarray(line(fig.axes[0], "chosen tenth of the items").get_ydata(), dtype=float)
    assert chosen == pytest.approx(numbers.groups("arithmetic")[10].to_numpy())
    mean = np.asarray(line(fig.axes[0], "mean of all items").get_ydata(), dtype=float)
    tenths = [numbers.groups("arithmetic")[each].to_numpy() for each in range(1, 11)]
    assert mean == pytest.approx(np.sum(tenths, axis=0) / 10)


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
        assert ("One bend beats a straight line" in said) == any(gain > 0 for gain in gains)
        assert ("A straight line beats one bend" in said) == any(gain < 0 for gain in gains)


def test_the_best_constant_guess_at_products_is_twice_in_a_hundred() -> None:
    assert published.best_constant_guess("2Dx") == pytest.approx(0.0199)
