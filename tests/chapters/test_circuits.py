"""Circuits: its numbers against hand computation and made-up runs, and what its pictures show."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.container import BarContainer
from matplotlib.lines import Line2D

from emergence_lib.chapters.circuits import numbers, pictures
from emergence_lib.experiments import ablation, induction, store
from emergence_lib.laws import Array
from emergence_lib.reader import fluid, frames, svg

BOOK: induction.Result = store.stored("induction")[0]


def run(start: float, seed: int = 7) -> induction.Result:
    """Return a made-up run whose accuracy rises from 10% to 90% in a line over 100 steps."""
    accuracy = np.clip((BOOK.step - start) / 100, 0, 1) * 0.8 + 0.1
    return replace(BOOK, seed=seed, seconds=2.0, accuracy=accuracy[None])


def rungs(middle: float, later: float, seed: int = 0) -> induction.Result:
    """Return a made-up ladder: accuracy rises at one size, at another after more training."""
    made: induction.Result = store.stored("induction", "ladder")[0]
    critical = np.where(made.step >= 1000, later, middle)
    accuracy = np.clip(np.log10(made.parameters[:, None] / critical) + 0.5, 0, 1)
    return replace(made, seed=seed, accuracy=accuracy)


def heights(curve: Line2D) -> Array:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def test_a_jump_is_read_off_straight_lines() -> None:
    table = numbers.jump(results=[run(310), run(210, seed=1)])
    assert table["seed"].tolist() == [7, 1]
    assert table["start"].to_numpy() == pytest.approx([335, 235], abs=3)
    assert table["half"].to_numpy() == pytest.approx([360, 260], abs=1e-9)
    assert table["steps"].to_numpy() == pytest.approx([50, 50], abs=3)
    with pytest.raises(ValueError, match=r"level: found 0.3, want at most 0.1, its top"):
        numbers.jump(results=[run(900)])


def test_looking_back_tells_the_first_block_from_the_rest() -> None:
    previous = np.zeros_like(BOOK.previous)
    previous[..., 1:16], previous[..., 16], previous[..., 17:] = 0.8, 0.5, 0.2
    made = replace(BOOK, previous=previous)
    assert numbers.looks_back(made) == pytest.approx(0.8)
    assert numbers.looks_back(made, late=True) == pytest.approx(0.2)


def test_evidence_lists_every_intervention_once_with_its_seeds() -> None:
    table = numbers.evidence()
    assert sorted(table.index) == sorted(ablation.INTERVENTIONS)
    lines = ["whole"] + ["necessary"] * 4 + ["the route"] * 4 + ["the content"] * 2
    assert table["line"].tolist() == lines
    place = ablation.INTERVENTIONS.index("first head two back")
    seeds = [each.cut[0, place] for each in store.stored("induction")]
    mean = sum(seeds) / 3
    row = table.loc["first head two back", ["lowest", "mean", "highest", "kept"]].to_numpy()
    expected = [min(seeds), mean, max(seeds), mean / numbers.score("accuracy")]
    assert row.astype(float) == pytest.approx(expected)


def test_ideal_head_agrees_with_a_simulation_in_loops() -> None:
    tokens, periods = induction.sequences(induction.BOOK, 400, np.random.default_rng(3))
    shares = []
    for sequence, period in zip(tokens, periods, strict=True):
        for t in range(period, 31):
            after = [sequence[j] for j in range(1, t + 1) if sequence[j - 1] == sequence[t]]
            shares.append(np.mean(np.array(after) == sequence[t + 1]))
    assert numbers.ideal(400, seed=3) == pytest.approx(np.mean(shares))


def test_lead_gives_the_share_of_attention() -> None:
    for share, rivals in ((0.98, 12), (0.5, 1), (0.1, 30)):
        weight = np.exp(numbers.lead(share, rivals))
        assert weight / (weight + rivals) == pytest.approx(share)
    with pytest.raises(ValueError, match="share: found 1, want"):
        numbers.lead(1, 3)
    with pytest.raises(ValueError, match="rivals: found 0, want at least 1"):
        numbers.lead(0.5, 0)


def test_critical_sizes_of_made_up_ladders() -> None:
    made = [rungs(6000, 1500), rungs(4000, 2000, seed=1)]
    assert numbers.critical(500, made) == pytest.approx([6000, 4000], rel=1e-6)
    assert numbers.critical(2000, made) == pytest.approx([1500, 2000], rel=1e-6)
    with pytest.raises(ValueError, match="budget: found 500 steps, after which seed 0"):
        numbers.critical(500, [rungs(10**7, 1500)])
    with pytest.raises(ValueError, match="step: found 501, want one of"):
        numbers.critical(501)


def test_on_target_reads_the_two_diagonals() -> None:
    table = numbers.on_target(300).set_index("place")
    last = BOOK.patterns[-1]
    assert table.loc[6, "first head, one back, step 800"] == pytest.approx(last[0, 5, 4])
    assert table.loc[13, "second head, after the copy, step 800"] == pytest.approx(last[1, 12, 5])
    # The block has eight symbols, so the ninth place is the first with an earlier copy.
    assert table["second head, after the copy, step 300"].first_valid_index() == 9


def test_agreement_says_what_the_chapter_tests() -> None:
    said = numbers.agreement(run(300))
    assert said.startswith("Seed 7, 2 CPU seconds. Its accuracy passes 30% at step 325")
    assert "(the 3 stored seeds: " in said
    assert "ends at 90% (stored: 86% to 89%)" in said


# What the chapter says in words about every stored seed; means are held by its claims.


def test_every_seed_jumps_within_a_hundred_steps_and_sooner_with_the_first_head_given() -> None:
    learned, given = numbers.jump(), numbers.jump("given")
    assert learned["steps"].between(60, 100).all()
    assert given["start"].max() < 0.7 * learned["start"].min()
    assert numbers.coincidence().min() > 0.99


def test_the_circuit_passes_every_line_of_evidence() -> None:
    kept = numbers.evidence()["kept"]
    sufficient = {"nothing changed", "seen by keys only", "first head one back"}
    assert set(kept.index[kept > 0.9]) == sufficient
    assert set(kept.index[kept > 0.22]) == sufficient | {"first head blurred"}


def test_width_moves_the_moment_and_the_narrowest_never_get_there() -> None:
    assert (numbers.critical(500) / numbers.critical(2000)).min() > 2
    assert max(each.accuracy[0].max() for each in store.stored("induction", "narrow")) < 0.3
    assert induction.widths(500)["ratio"].between(0.8, 1.8).all()
    # Later the loss goes on falling after accuracy has jumped.
    assert (induction.widths(2000)["ratio"] > 1.5).all()


def test_curves_through_training_are_means_of_the_stored_runs() -> None:
    stored, one = store.stored("induction"), store.stored("induction", "one-layer")
    losses, formation = pictures.losses().axes[0], pictures.formation().axes[0]
    for axes, label, scores in (
        (losses, "two layers", [each.loss[0] for each in stored]),
        (losses, "one layer", [each.loss[0] for each in one]),
        (formation, "accuracy, two layers", [each.accuracy[0] for each in stored]),
        (formation, "second head: prefix matching", [each.prefix[0] for each in stored]),
        (formation, "first head: one back", [numbers.looks_back(each) for each in stored]),
    ):
        assert heights(line(axes, label)) == pytest.approx(np.mean(scores, axis=0))
    assert heights(line(losses, "_guess"))[0] == pytest.approx(5 * np.log(2))
    assert not any("this page" in str(each.get_label()) for each in formation.lines)
    given, learned = (
        line(pictures.given_head().axes[0], each)
        for each in ("first head given", "both heads learned")
    )
    assert np.argmax(heights(given) > 0.5) < np.argmax(heights(learned) > 0.5)


def test_a_live_run_is_marked_by_circles_that_a_legend_explains() -> None:
    live = run(300)
    axes = pictures.formation(live=live).axes[0]
    circles = line(axes, "accuracy, trained on this page")
    assert np.asarray(circles.get_xdata()).tolist() == live.step.tolist()
    assert heights(circles) == pytest.approx(live.accuracy[0])
    assert axes.get_legend().get_texts()[0].get_text() == circles.get_label()  # type: ignore[union-attr]


def test_patterns_are_squares_whose_area_is_attention_beside_where_it_should_be() -> None:
    figures = pictures.patterns()
    titles = [each.axes[0].get_title("left") for each in figures]
    assert titles == [f"{n} head, step {step}" for n in ("first", "second") for step in (300, 800)]
    for figure, layer, step in zip(figures, (0, 0, 1, 1), (300, 800, 300, 800), strict=True):
        axes = figure.axes[0]
        (squares,) = axes.collections
        assert isinstance(squares, PathCollection)
        offsets = np.asarray(squares.get_offsets()).astype(int)
        pattern = BOOK.patterns[step // 20, layer].astype(float)
        assert squares.get_sizes() == pytest.approx(85 * pattern[offsets[:, 1], offsets[:, 0]])
        # What is left out is faint.
        assert len(offsets) == (pattern > 0.02).sum()
        wanted = line(axes, "_where it should")
        x = np.asarray(wanted.get_xdata(), dtype=float)
        assert heights(wanted) - x == pytest.approx((1, 7)[layer])
        assert (x.min(), heights(wanted).max()) == (0 if layer == 0 else 1, 15)
        letters = "".join(text.get_text() for text in axes.get_xticklabels())
        assert letters[:8] == letters[8:]
        assert len(set(letters)) == 8
        assert svg.inline(figure, "name", "what it shows").count("<") < 1600
    assert BOOK.example[15 - 7 - 1] == BOOK.example[15]


def test_evidence_has_a_bar_for_every_intervention() -> None:
    axes, table = pictures.evidence().axes[0], numbers.evidence()
    bars = [each for each in axes.containers if isinstance(each, BarContainer)]
    assert [each.get_label() for each in bars] == list(pictures.LINE_COLOURS)
    drawn = [bar.get_width() for container in bars for bar in container]
    assert drawn == pytest.approx(table["mean"].tolist())
    assert [text.get_text() for text in axes.get_yticklabels()] == table.index.tolist()
    one = np.asarray(line(axes, "_one layer").get_xdata(), dtype=float)
    assert one[0] == pytest.approx(numbers.score("accuracy", "one-layer"))


def test_ladder_draws_both_budgets_of_accuracy_and_loss() -> None:
    for figure, name in zip(pictures.ladder(), ("accuracy", "loss"), strict=True):
        for budget in numbers.BUDGETS:
            stored = store.stored("induction", "ladder")
            scores = [getattr(each, name)[:, budget // 100] for each in stored]
            curve = line(figure.axes[0], f"{budget:,} steps")
            assert heights(curve) == pytest.approx(np.mean(scores, axis=0))
            assert np.asarray(curve.get_xdata()).tolist() == stored[0].parameters.tolist()


@pytest.mark.parametrize("step", [0, 460, 800])
def test_training_draws_the_step_and_reads_it_out(step: int) -> None:
    figure, update = pictures.training()
    said, now = update(step=step), step // 20
    skill, *heads = figure.axes
    dot = line(skill, "_now")
    assert np.asarray(dot.get_xdata()).tolist() == [step]
    assert heights(dot) == pytest.approx([BOOK.accuracy[0, now]])
    for axes, layer, query in zip(heads, (1, 0), (12, 5), strict=True):
        (bars,) = axes.containers
        assert isinstance(bars, BarContainer)
        drawn = [bar.get_height() for bar in bars]
        assert drawn == pytest.approx(BOOK.patterns[now, layer, query, :13], abs=1e-3)
        assert not any(drawn[query + 1 :])
    assert said.startswith(f"Step {step}: {BOOK.accuracy[0, now]:.0%} right.")
    for share in (BOOK.patterns[now, 1, 12, 5], BOOK.patterns[now, 0, 5, 4]):
        assert f"{share:.0%}" in said


def test_training_offers_the_jump_step_by_step_and_keeps_its_elements() -> None:
    jump = numbers.jump()
    fine = [step for step in BOOK.step if jump["start"].min() <= step <= jump["end"].max()]
    assert set(fine) <= set(pictures.MOMENTS) <= set(BOOK.step.tolist())
    assert len(pictures.MOMENTS) <= 21
    figure, update = pictures.training()
    drawn: list[Any] = []
    for step in (0, 800):
        update(step=step)
        drawn.append(frames.nodes([fluid.draw(figure, "t")]))
    assert frames.mismatch(*drawn) == ""
