"""Learning dynamics: its numbers on made-up runs with known answers, and what its figures draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from emergence_lib import theme
from emergence_lib.chapters.learning_dynamics import numbers, pictures
from emergence_lib.experiments import grokking, store
from emergence_lib.laws import Array

STEPS = (0, 1, 10, 100, 1000)


def made(seed: int = 0, shares: tuple[float, ...] = (0.35,), **measures: Array) -> grokking.Result:
    """Return a made-up run: nothing learned, but for the measures that are given."""
    config = grokking.Config(modulus=7, shares=shares, checkpoints=STEPS)
    shape = len(shares), len(STEPS)
    arrays: dict[str, Any] = {name: np.zeros(shape) for name in grokking.Result.measures()}
    arrays["spectrum"] = np.zeros((*shape, 3))
    for name, values in measures.items():
        arrays[name] = np.broadcast_to(values, arrays[name].shape)
    return grokking.Result(config=config, seed=seed, seconds=1.0, **arrays)


RUNS = numbers.table(
    [
        made(
            0,
            train=np.array([0, 0.2, 0.99, 1, 1]),
            test=np.array([0.1, 0, 0.05, 0.1, 0.9]),
            filtered=np.array([0.1, 0.6, 0.9, 0.8, 1]),
        ),
        made(
            4,
            train=np.array([0, 0.2, 0.5, 1, 0.97]),
            test=np.array([0.1, 0, 0.05, 0.5, 0.7]),
            filtered=np.array([0.1, 0.4, 0.5, 0.7, 1]),
        ),
    ]
)


def test_table_has_a_row_for_each_seed_share_and_checkpoint() -> None:
    spectrum = np.arange(30.0).reshape(2, 5, 3)
    two = numbers.table([made(3, (0.1, 0.2), spectrum=spectrum, train=np.arange(5) / 4)])
    assert two["seed"].tolist() == [3] * 10
    assert two["share"].tolist() == [0.1] * 5 + [0.2] * 5
    assert two["step"].tolist() == list(STEPS) * 2
    assert two["concentration"].tolist() == list(range(0, 30, 3))
    assert two["train"].tolist() == [0, 0.25, 0.5, 0.75, 1] * 2


def test_memorised_stays_memorised_when_a_training_pair_is_lost() -> None:
    known = RUNS.groupby("seed")["memorised"].apply(list)
    assert known[0] == [False, False, True, True, True]
    assert known[4] == [False, False, False, True, True]


def test_first_is_the_first_checkpoint_at_the_level() -> None:
    assert numbers.first(RUNS, "test")["step"].to_dict() == {0: 1000, 4: 100}
    assert numbers.first(RUNS, "filtered")["train"].to_dict() == {0: 0.2, 4: 0.5}
    with pytest.raises(ValueError, match=r"level: test never reaches 0\.8 in some seed"):
        numbers.first(RUNS, "test", 0.8)


def test_half_is_read_between_checkpoints_on_a_log_axis() -> None:
    assert numbers.half(RUNS, "test").to_dict() == pytest.approx({0: 100 * 10**0.5, 4: 100})
    # From before training, taken as half a step, to the first: four fifths of the way.
    assert numbers.half(RUNS, "filtered")[0] == pytest.approx(0.5 * 2**0.8)


def test_threshold_is_read_between_the_shares() -> None:
    shares = (0.1, 0.2, 0.3, 0.4, 0.5)
    runs = numbers.table([made(1, shares, test=np.array([[0.0], [0.2], [0.8], [0.7], [1.0]]))])
    after = runs[runs["step"] == 100]
    assert numbers.threshold(after).to_dict() == pytest.approx({1: 0.25})
    with pytest.raises(ValueError, match=r"level: found 0\.5, want at most 0"):
        numbers.threshold(after.assign(test=0.0))


def test_the_sweep_lists_its_budgets() -> None:
    assert (
        numbers.sweep(600)["share"].tolist() == list(store.variants("grokking")["data"].shares) * 3
    )
    with pytest.raises(ValueError, match=r"steps: found 5, want one of \[0, 10, 75"):
        numbers.sweep(5)


def test_loss_peaks_where_no_checkpoint_is_higher() -> None:
    for run, step in zip(store.stored("grokking"), numbers.loss_peak()["step"], strict=True):
        top = run.config.checkpoints.index(step)
        assert run.test_loss[0, top] == run.test_loss[0].max()


def test_agreement_tells_the_stored_range() -> None:
    said = numbers.agreement(store.stored("grokking")[0])
    for measure, form in (
        ("test", "right at about step {:.0f} (stored seeds: {:.0f} to {:.0f})"),
        ("filtered", "filtered, half at about step {:.0f} (stored: {:.0f} to {:.0f})"),
    ):
        steps = numbers.half(numbers.course(), measure)
        assert form.format(steps[0], steps.min(), steps.max()) in said


# What the chapter says about every stored seed, and no claim of it tests.


def test_the_rule_is_readable_before_it_is_used() -> None:
    read, known = numbers.first(numbers.course(), "filtered"), numbers.memorised()
    used = numbers.first(numbers.course(), "test")
    assert (3 * read["step"] < known["step"]).all()
    assert (3 * known["step"] < used["step"]).all()


def test_the_filter_reads_what_training_wrote_and_no_noise() -> None:
    most = numbers.controls().groupby("condition")[["untrained", "memorised", "final"]].max()
    assert most["untrained"].max() < 0.03
    for noise in ("numbers reshuffled", "random labels", "multiplication"):
        assert most.loc[noise].max() < 0.05, noise


# What the figures draw, without looking at pixels.


def heights(curve: Line2D) -> Array:
    return np.asarray(curve.get_ydata(), dtype=float)


def line(axes: Axes, label: str) -> Line2D:
    (match,) = [each for each in axes.lines if each.get_label() == label]
    return match


def test_live_run_is_drawn_apart_from_the_seeds() -> None:
    live = store.stored("grokking")[1]
    with_live, without = pictures.decay(live=live)
    circles = line(with_live.axes[0], "new pairs, trained on this page")
    assert np.asarray(circles.get_xdata()).tolist() == list(live.config.checkpoints[1:])
    assert heights(circles) == pytest.approx(live.test[0, 1:])
    assert not any("this page" in str(each.get_label()) for each in without.axes[0].lines)
    mean = np.mean([each.test[0, 1:] for each in store.stored("grokking")], axis=0)
    assert heights(line(with_live.axes[0], "new pairs")) == pytest.approx(mean)


def test_control_bars_are_means_and_every_seed_is_ticked() -> None:
    axes = pictures.controls().axes[0]
    (final,) = [each for each in axes.containers if each.get_label() == "at the end"]
    other = list(numbers.CONDITIONS).index("a random other one")
    mean = np.mean([each.shuffled[0, -1] for each in store.stored("grokking")])
    assert list(final)[other].get_width() == pytest.approx(mean)
    ticks = [each for each in axes.lines if each.get_label() == "_seed"]
    assert len(ticks) == 3 * len(numbers.CONDITIONS)
    assert [text.get_text() for text in axes.get_yticklabels()] == list(numbers.CONDITIONS)


def test_loss_fits_into_its_axes_and_has_the_guess() -> None:
    axes = pictures.in_use()[1].axes[0]
    assert heights(line(axes, "_guess"))[0] == pytest.approx(np.log(59))
    assert axes.get_ylim()[1] > numbers.course("no-decay")["test_loss"].max()


def test_threshold_has_a_dash_for_each_budget() -> None:
    axes = pictures.data_threshold().axes[0]
    styles = {line(axes, f"{steps:,} steps").get_linestyle() for steps in (300, 600, 1200, 2400)}
    assert len(styles) == 4
    mean = np.mean([each.test[:, 4] for each in store.stored("grokking", "data")], axis=0)
    assert heights(line(axes, "300 steps")) == pytest.approx(mean)


@pytest.mark.parametrize("look", pictures.LOOKS)
def test_training_draws_the_past_and_hides_the_future(look: str) -> None:
    figure, update = pictures.training()
    run, axes = store.stored("grokking")[0], figure.axes[0]
    step = pictures.window()[11]
    said = update(step=step, look=look)
    now = run.config.checkpoints.index(step)
    test = line(axes, "new pairs")
    assert np.max(np.asarray(test.get_xdata(), dtype=float)) == step
    assert heights(test)[: now - 1] == pytest.approx(run.test[0, 1:now])
    assert f"{run.train[0, now]:.1%} of the training pairs" in said
    if look == "filtered":
        filtered = heights(line(axes, "new pairs, filtered"))
        assert filtered[-1] == pytest.approx(run.filtered[0, now])
        assert f"filtered, {run.filtered[0, now]:.1%}" in said
    else:
        # Hidden below the axis, and out of the table of numbers.
        assert heights(line(axes, "_filtered hidden")).max() < axes.get_ylim()[0]
        assert "filtered" not in said


def test_training_has_few_frames_and_one_where_the_chapter_starts() -> None:
    assert len(pictures.window()) * len(pictures.LOOKS) <= 41
    assert pictures.window()[-1] == grokking.BOOK.steps
    assert 138 in pictures.window()


@pytest.mark.parametrize(("decay", "variant"), [(True, "own"), (False, "own-no-decay")])
def test_own_network_is_a_stored_run_until_the_reader_trains_it(decay: bool, variant: str) -> None:
    figure, update = pictures.own()
    run = store.stored("grokking", variant)[0]
    assert run.config.decay == (1 if decay else 0)
    said, axes = update(decay=decay), figure.axes[0]
    measured = {
        "seen": run.train[0],
        "new": run.test[0],
        "filtered": run.filtered[0],
        "scrambled": run.scrambled[0],
    }
    for mark, scores in measured.items():
        curve = line(axes, mark)
        assert heights(curve) == pytest.approx(scores), mark
        assert np.asarray(curve.get_xdata()).tolist() == list(run.config.checkpoints), mark
        assert curve.get_gid() == f"{theme.MOVED}{mark}"
    seen, new, filtered, scrambled = (f"{scores[-1]:.0%}" for scores in measured.values())
    assert said == (
        f"Stored run, step 1,200 of 1,200: {seen} of seen pairs, {new} of new ones; "
        f"filtered {filtered}, scrambled {scrambled}."
    )


def test_no_curve_of_the_own_network_can_run_through_its_key() -> None:
    figure = pictures.own()[0]
    figure.draw_without_rendering()
    axes = figure.axes[0]
    key = axes.get_legend()
    assert key is not None
    assert key.get_window_extent().y0 >= axes.get_window_extent().y1
    assert not axes.texts


def test_own_network_is_trained_as_its_settings_say() -> None:
    own, data = store.variants("grokking")["own"], numbers.own_data()
    assert (data["hours"], data["units"], data["share"]) == (43, 64, 0.4)
    assert (data["rate"], data["decay"], data["warmUp"]) == (own.rate, own.decay, own.warm_up)
    assert data["checkpoints"] == list(own.checkpoints)
    assert own.loss == "cross-entropy"


def test_without_decay_the_own_network_stays_wrong_and_its_filtered_score_is_high() -> None:
    # The answer to the chapter's prediction, and what the caption warns of.
    assert numbers.course("own-no-decay")["test"].max() < 0.05
    assert numbers.final("own-no-decay")["filtered"].min() > 0.65
    assert numbers.final("own")["test"].min() > 0.95
    for variant in ("own", "own-no-decay"):
        assert numbers.course(variant)["scrambled"].max() < 0.1
