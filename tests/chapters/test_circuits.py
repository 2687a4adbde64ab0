"""The numbers of chapter 9, against hand computation and made-up runs."""

import numpy as np
import pytest

from emergence_lib.chapters.circuits import numbers as circuits
from emergence_lib.experiments import ablation, induction

STEPS = np.arange(0, 801, 20)


def run(start: float = 300, seed: int = 0, final: float = 0.9) -> induction.Result:
    """Return a made-up run whose accuracy rises in a line over 100 steps."""
    accuracy = np.clip((STEPS - start) / 100, 0, 1) * (final - 0.1) + 0.1
    cut = np.linspace(final, 0.1, len(ablation.INTERVENTIONS))
    previous = np.zeros((1, len(STEPS), 31))
    previous[..., 1:16], previous[..., 16], previous[..., 17:] = 0.8, 0.5, 0.2
    return induction.Result(
        config=induction.BOOK,
        seed=seed,
        seconds=2.0,
        parameters=np.array([11_232]),
        step=STEPS,
        accuracy=accuracy[None],
        loss=4 - 3 * accuracy[None],
        fresh_loss=4 + 0 * accuracy[None],
        copied=accuracy[None],
        prefix=accuracy[None] ** 2,
        previous=previous,
        cut=cut[None],
        example=np.resize(np.arange(8), 16),
        patterns=np.zeros((len(STEPS), 2, 16, 16), np.float16),
    )


def rungs(middle: float, later: float, seed: int = 0) -> induction.Result:
    """Return a made-up ladder: accuracy is a step at one size, at another after more training."""
    config = induction.VARIANTS["ladder"]
    step = np.arange(0, config.steps + 1, config.every)
    size = np.array([95 * width + 8 * width**2 for width in config.widths])
    critical = np.where(step >= 1000, later, middle)
    accuracy = np.clip(np.log10(size[:, None] / critical) + 0.5, 0, 1)
    blank = run(seed=seed)
    return induction.Result(
        config=config,
        seed=seed,
        seconds=1.0,
        parameters=size,
        step=step,
        accuracy=accuracy,
        loss=3 - 2 * accuracy,
        fresh_loss=accuracy,
        copied=accuracy,
        prefix=accuracy**3,
        previous=np.zeros((*accuracy.shape, 31)),
        cut=np.tile(blank.cut, (len(size), 1)),
        example=blank.example,
        patterns=blank.patterns,
    )


def test_crossing_is_read_off_straight_lines() -> None:
    made = run(start=310, final=0.9)
    assert circuits.crossing(made, 0.5) == pytest.approx(360)
    table = circuits.jump(results=[made, run(start=210, seed=1)])
    assert table["start"].to_numpy() == pytest.approx([335, 235], abs=3)
    assert table["steps"].to_numpy() == pytest.approx([50, 50], abs=3)


def test_crossing_wants_a_level_that_is_reached() -> None:
    with pytest.raises(ValueError, match=r"level: found 0.95, want above 0.10, to 0.90"):
        circuits.crossing(run(), 0.95)


def test_coincidence_is_a_correlation() -> None:
    made = run()
    expected = np.corrcoef(made.accuracy[0], made.prefix[0])[0, 1]
    assert circuits.coincidence([made]) == pytest.approx([expected])


def test_looks_back_tells_the_first_block_from_the_rest() -> None:
    made = run()
    assert circuits.looks_back(made) == pytest.approx(0.8)
    assert circuits.looks_back(made, late=True) == pytest.approx(0.2)


def test_evidence_lists_every_intervention_once() -> None:
    table = circuits.evidence([run(final=0.9), run(final=0.7, seed=1)])
    assert sorted(table["intervention"]) == sorted(ablation.INTERVENTIONS)
    assert table["line"].tolist() == (
        ["whole"] + ["necessary"] * 4 + ["the route"] * 4 + ["the content"] * 2
    )
    whole = table.iloc[0]
    assert (whole["mean"], whole["lowest"], whole["highest"], whole["kept"]) == pytest.approx(
        (0.8, 0.7, 0.9, 1)
    )
    last = table.set_index("intervention").loc[ablation.INTERVENTIONS[-1]]
    assert last["kept"] == pytest.approx(0.1 / 0.8)
    with pytest.raises(ValueError, match="intervention: found 'prayer'"):
        circuits.after("prayer")


def test_ideal_head_agrees_with_a_simulation_in_loops() -> None:
    tokens, periods = induction.sequences(induction.BOOK, 400, np.random.default_rng(3))
    shares, seen = [], []
    for sequence, period in zip(tokens, periods, strict=True):
        for t in range(period, 31):
            after = [sequence[j] for j in range(1, t + 1) if sequence[j - 1] == sequence[t]]
            shares.append(np.mean(np.array(after) == sequence[t + 1]))
            seen.append(np.mean(sequence[: t + 1] == sequence[t + 1]))
    assert circuits.ideal(400, seed=3) == pytest.approx(np.mean(shares))
    assert circuits.copying(400, seed=3) == pytest.approx(np.mean(seen))


def test_lead_gives_the_share_of_attention() -> None:
    for share, rivals in ((0.98, 12), (0.5, 1), (0.1, 30)):
        weight = np.exp(circuits.lead(share, rivals))
        assert weight / (weight + rivals) == pytest.approx(share)
    with pytest.raises(ValueError, match="share: found 1, want"):
        circuits.lead(1, 3)
    with pytest.raises(ValueError, match="rivals: found 0, want at least 1"):
        circuits.lead(0.5, 0)


def test_guess_is_even() -> None:
    assert circuits.guess() == pytest.approx(5 * np.log(2))


def test_critical_size_and_budget_factor_of_made_up_ladders() -> None:
    made = [rungs(6000, 1500), rungs(4000, 2000, seed=1)]
    assert circuits.critical(500, made) == pytest.approx([6000, 4000], rel=1e-6)
    assert circuits.critical(2000, made) == pytest.approx([1500, 2000], rel=1e-6)
    assert circuits.budget_factor(made) == pytest.approx([4, 2])


def test_critical_size_wants_a_ladder_that_passes_half() -> None:
    with pytest.raises(ValueError, match="budget: found 500 steps, after which seed 0"):
        circuits.critical(500, [rungs(10**7, 1500)])


def test_a_loss_that_mirrors_accuracy_is_as_sharp() -> None:
    table = circuits.widths(500, [rungs(6000, 1500)])
    assert table.loc[0, "ratio"] == pytest.approx(1)
    assert (table["prefix"] < table["accuracy"]).all()


def test_steps_without_an_examination_are_refused() -> None:
    with pytest.raises(ValueError, match="step: found 501, want one of"):
        circuits.ladder(501, [rungs(6000, 1500)])


def test_agreement_says_what_the_chapter_tests() -> None:
    said = circuits.agreement(run(seed=7), [run(280), run(320, seed=1)])
    assert said.startswith("Seed 7, 2 CPU seconds. Its accuracy passes 30% at step 325")
    assert "ends at 90% (stored: 90% to 90%)" in said


# What the chapter says in words about the stored runs.


def test_every_seed_jumps_within_a_hundred_steps() -> None:
    table = circuits.jump()
    assert len(table) == 3
    assert table["start"].between(380, 430).all()
    assert table["steps"].between(60, 100).all()


def test_skill_and_score_rise_together() -> None:
    assert circuits.coincidence().min() > 0.99


def test_one_layer_stays_at_the_level_of_blurring() -> None:
    one = circuits.score("accuracy", "one-layer")
    assert 0.2 < one < 0.32
    assert circuits.after("first head blurred") == pytest.approx(one, abs=0.06)
    assert circuits.score("copied", "one-layer") > 0.95


def test_the_circuit_passes_every_line_of_evidence() -> None:
    kept = circuits.evidence().set_index("intervention")["kept"]
    for name in ("seen by keys only", "first head one back"):
        assert kept[name] > 0.9
    for name in (
        "first head removed",
        "second head removed",
        "second head blurred",
        "seen by queries only",
        "seen by values only",
        "seen by all but keys",
        "first head two back",
    ):
        assert kept[name] < 0.22


def test_a_given_first_head_brings_the_jump_forward() -> None:
    assert circuits.jump("given")["start"].max() < 0.7 * circuits.jump()["start"].min()


def test_the_first_head_looks_back_where_it_is_needed() -> None:
    assert circuits.mean_look_back() > 0.45
    assert circuits.mean_look_back(late=True) < 0.15


def test_trained_nets_do_a_little_better_than_one_match() -> None:
    assert circuits.ideal() < circuits.score("accuracy") < circuits.ideal() + 0.08


def test_the_critical_size_falls_with_the_budget() -> None:
    assert circuits.budget_factor().min() > 2

    assert circuits.ladder_score("accuracy", 12, 500) < 0.2
    assert circuits.ladder_score("accuracy", 12, 2000) > 0.5


def test_the_narrowest_nets_do_not_get_there_in_five_times_the_steps() -> None:
    assert max(each.accuracy[0].max() for each in circuits.stored("narrow")) < 0.3


def test_accuracy_and_loss_are_about_equally_sharp() -> None:
    assert circuits.widths(500)["ratio"].between(0.8, 1.8).all()


def test_product_width_is_read_off_a_drawn_product() -> None:
    x = np.linspace(-12, 12, 200_001)
    for skills in (1, 2, 7):
        product = (1 / (1 + np.exp(-x))) ** skills
        start, end = np.interp([0.1, 0.9], product, x)
        one = 2 * np.log(9)
        assert circuits.product_width(skills) == pytest.approx((end - start) / one, rel=1e-6)
    # In the limit 0.9 and 0.1 are passed where skills times the miss rate is -log of them.
    limit = (np.log(np.log(10)) - np.log(-np.log(0.9))) / (2 * np.log(9))
    assert circuits.product_width(10**9) == pytest.approx(limit, rel=1e-6)
    with pytest.raises(ValueError, match="skills: found 0, want at least 1"):
        circuits.product_width(0)


def test_later_the_loss_goes_on_falling_after_accuracy_has_jumped() -> None:
    table = circuits.ladder(2000).groupby("width")["loss"].mean()
    gap = (table[8] - table[12]) / (table.max() - table.min())
    assert circuits.share_of_fall(8, 12, 2000) == pytest.approx(gap)
    assert 0.6 < gap < 0.8
    assert (circuits.widths(2000)["ratio"] > 1.5).all()


def test_on_target_reads_the_two_diagonals() -> None:
    run = circuits.stored()[0]
    table = circuits.on_target(300).set_index("place")
    last = run.patterns[-1]
    assert table.loc[6, "first head, one back, step 800"] == pytest.approx(last[0, 5, 4])
    assert table.loc[13, "second head, after the copy, step 800"] == pytest.approx(last[1, 12, 5])
    # The block has eight symbols, so the ninth place is the first with an earlier copy.
    assert table["second head, after the copy, step 300"].first_valid_index() == 9
