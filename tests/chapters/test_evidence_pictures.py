"""The chapter's pictures without pixels: what is drawn equals the finding."""

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emergence_lib import published
from emergence_lib.chapters.evidence import numbers as evidence
from emergence_lib.chapters.evidence import pictures as figures
from emergence_lib.reader import svg


def _line(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def _y(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


@pytest.mark.parametrize("largest", figures.LARGEST_SEEN)
def test_hidden_models_are_not_drawn(largest: str) -> None:
    fig, update = figures.seen_so_far()
    update(largest, "linear", False)
    (ax,) = fig.axes
    seen = evidence.gpt3_seen("3D+", largest)
    assert set(np.asarray(_line(ax, "_seen").get_xdata())) == set(seen["params"])
    assert set(_y(_line(ax, "_seen"))) == set(seen["score"])
    assert to_rgba(_line(ax, "GPT-3, few-shot").get_markeredgecolor())[3] == 0
    bars = [line for line in ax.lines if line.get_label() == "_interval"]
    shown = [to_rgba(bar.get_color())[3] == 1 for bar in bars]
    assert sum(shown) == len(seen)


def test_truth_shows_all_eight_at_their_scores() -> None:
    fig, update = figures.seen_so_far()
    said = update("13B", "linear", True)
    rings = _line(fig.axes[0], "GPT-3, few-shot")
    assert _y(rings) == pytest.approx(published.gpt3("3D+")["score"].to_numpy())
    assert to_rgba(rings.get_markeredgecolor())[3] == 1
    assert "the logistic 58.0%" in said
    assert "Measured: 80.4%" in said


def test_forecast_curves_end_where_the_readout_says() -> None:
    fig, update = figures.seen_so_far()
    said = update("6.7B", "linear", False)
    line, logistic = (_line(fig.axes[0], label) for label in ("_line", "_logistic"))
    at = np.log10(174.6e9)
    for curve, shape in ((line, "line"), (logistic, "logistic")):
        drawn = np.interp(at, np.log10(np.asarray(curve.get_xdata())), _y(curve))
        assert drawn == pytest.approx(evidence.gpt3_forecast("3D+", "6.7B", shape), abs=1e-3)
    assert "measurement?" in said
    assert "80.4" not in said


def test_logarithmic_heights_match_their_tick_labels() -> None:
    fig, update = figures.seen_so_far()
    update("175B", "logarithmic", True)
    (ax,) = fig.axes
    ticks = [tick.get_text() for tick in ax.get_yticklabels()]
    assert ticks == list(figures.LOG_TICKS)
    heights = _y(_line(ax, "GPT-3, few-shot"))
    levels = np.interp(heights, ax.get_yticks(), [-4, -3, -2, -1, 0])
    assert 10**levels == pytest.approx(published.gpt3("3D+")["score"].to_numpy())


def test_addition_is_drawn_twice_with_intervals() -> None:
    linear, logarithmic = (fig.axes[0] for fig in figures.gpt3_addition())
    assert logarithmic.get_yscale() == "log"
    for digits in "2345":
        ladder = published.gpt3(f"{digits}D+")
        (drawn,) = [bar for bar in linear.containers if bar.get_label() == f"{digits} digits"]
        assert isinstance(drawn, ErrorbarContainer)
        assert _y(drawn.lines[0]) == pytest.approx(ladder["score"].to_numpy())
        ends = np.array([segment[:, 1] for segment in drawn.lines[2][0].get_segments()])
        assert ends == pytest.approx(ladder[["low", "high"]].to_numpy())


def test_a_zero_on_the_logarithmic_axis_is_an_upper_bound() -> None:
    ax = figures.gpt3_addition()[1].axes[0]
    bounds = _line(ax, "5 digits, none right: upper bound")
    ladder = published.gpt3("5D+").query("right == 0")
    assert _y(bounds) == pytest.approx(ladder["high"].to_numpy())


def test_forecast_errors_are_drawn_in_points_and_in_order() -> None:
    (ax,) = figures.forecast_errors().axes
    groups = [_line(ax, name) for name in ("arithmetic", "word scrambling", "all other tasks")]
    drawn = np.concatenate([_y(line) for line in groups])
    order = np.argsort(np.concatenate([np.asarray(line.get_xdata()) for line in groups]))
    assert drawn[order] == pytest.approx(evidence.forecast_errors()["miss"].to_numpy() * 100)
    assert [len(_y(line)) for line in groups] == [10, 5, 46]


def test_two_metrics_draw_every_open_model() -> None:
    scramble, phonetic = (fig.axes[0] for fig in figures.two_metrics())
    expected = published.open_models("word_unscrambling")["score"].to_numpy()
    assert _y(_line(scramble, "exact match")) == pytest.approx(expected)
    for label, metric in (("BLEU", "bleu"), ("exact match", "exact_match")):
        expected = published.open_models("ipa_transliterate", metric)["score"].to_numpy()
        assert _y(_line(phonetic, label)) == pytest.approx(expected)


@pytest.mark.parametrize("task", figures.TASKS)
def test_one_family_picks_out_its_members(task: str) -> None:
    fig, update = figures.one_family()
    models = evidence.compared_models()
    for family in figures.FAMILIES:
        said = update(family, task)
        ladder = models[models["family"] == family]
        picked = _line(fig.axes[0], "_family")
        assert set(_y(picked)) == set(ladder[task])
        assert said.startswith(f"{family} ")
        assert ("has not reached" in said) == bool((ladder[task] < 0.5).all())
    assert _y(_line(fig.axes[0], "open models")) == pytest.approx(models[task].to_numpy())


def test_first_solved_spans_from_the_smaller_model_to_the_first() -> None:
    (ax,) = figures.first_solved().axes
    table = evidence.bigbench_intervals()
    spans = [np.asarray(line.get_xdata()) for line in ax.lines if line.get_label() == "_range"]
    assert [span[1] for span in spans] == table["params"].tolist()
    known = table["smaller"].notna()
    assert [span[0] for span in np.array(spans)[known]] == table.loc[known, "smaller"].tolist()
    notes = " ".join(text.get_text() for text in ax.texts)
    assert all(f"{count} tasks" in notes for count in table["tasks"])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: [figures.seen_so_far()[0]],
        figures.gpt3_addition,
        lambda: [figures.forecast_errors()],
        figures.two_metrics,
        lambda: [figures.one_family()[0]],
        lambda: [figures.first_solved()],
    ],
)
def test_colours_can_follow_the_readers_theme(draw) -> None:
    for fig in draw():
        assert isinstance(fig, Figure)
        assert svg.inline(fig, "name", "what it shows").count("<svg") == 1
