"""The chapter's numbers against SciPy on the raw columns; its pictures against the tables."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.container import ErrorbarContainer
from matplotlib.lines import Line2D
from scipy import optimize, stats

from emergence_lib import datasets, laws, published
from emergence_lib.chapters.evidence import numbers, pictures
from emergence_lib.fitting import FitError


def raw(task: str) -> pd.DataFrame:
    table = datasets.load("gpt3_arithmetic")
    return table[(table["task"] == task) & (table["setting"] == "few_shot")].sort_values("params")


def test_a_line_forecast_is_scipys() -> None:
    seen = raw("3D+").iloc[:7]
    oracle = stats.linregress(np.log10(seen["params"]), seen["score"])
    expected = oracle.intercept + oracle.slope * np.log10(174.6e9)
    assert numbers.gpt3_forecast("3D+", "13B") == pytest.approx(expected)


@pytest.mark.parametrize(("largest", "models"), [("6.7B", 6), ("13B", 7)])
def test_a_logistic_forecast_is_scipys_maximum_likelihood(largest: str, models: int) -> None:
    seen = raw("3D+").iloc[:models]
    x, right = np.log10(seen["params"].to_numpy()), np.round(seen["score"].to_numpy() * 2000)

    def cost(theta: np.ndarray) -> float:
        rate = 1 / (1 + np.exp(-theta[1] * (x - theta[0])))
        return -float(stats.binom.logpmf(right, 2000, rate).sum())

    best = optimize.minimize(cost, [12.0, 2.0], method="Nelder-Mead", options={"xatol": 1e-9})
    expected = 1 / (1 + np.exp(-best.x[1] * (np.log10(174.6e9) - best.x[0])))
    found = numbers.gpt3_forecast("3D+", largest, "logistic")
    assert found == pytest.approx(expected, rel=2e-3)


def test_five_digits_up_to_13b_allow_no_logistic() -> None:
    with pytest.raises(FitError, match="jump between neighbouring sizes"):
        numbers.gpt3_fit("5D+", "13B", "logistic")


@pytest.mark.parametrize("method", ["line", "last four", "log-odds"])
def test_forecast_errors_cover_every_curve_once(method: str) -> None:
    errors = numbers.forecast_errors(method)
    assert len(errors) == 61
    assert not errors.duplicated(["task", "metric"]).any()
    assert errors["forecast"].between(0, 1).all()
    assert not errors["metric"].isin(["ppl", "average"]).any()
    arithmetic, other = numbers.misses("arithmetic", method), numbers.misses("other", method)
    assert sorted([*arithmetic, *other], reverse=True) == errors["miss"].tolist()
    assert len(arithmetic) == 10


def test_forecast_errors_are_scipys_lines() -> None:
    errors = numbers.forecast_errors().set_index(["task", "metric"])
    table = datasets.load("gpt3_other_tasks")
    for task, metric in (("SymbolInsertion", "acc"), ("HellaSwag", "acc"), ("RoEn16", "bleu_sb")):
        same = (table["task"] == task) & (table["metric"] == metric)
        rows = table[same & (table["setting"] == "few_shot")].sort_values("params")
        x, y = np.log10(rows["params"].to_numpy()), rows["score"].to_numpy()
        oracle = stats.linregress(x[:7], y[:7])
        forecast = oracle.intercept + oracle.slope * x[7]
        assert errors.loc[(task, metric), "miss"] == pytest.approx(y[7] - forecast)


def test_equal_compute_pairs_are_close_and_ordered() -> None:
    pairs = numbers.equal_compute_pairs("arithmetic_3da")
    assert pairs["gap"].is_monotonic_decreasing
    models = published.open_models("arithmetic_3da").set_index("model")
    better, worse = models.loc[pairs["better"]], models.loc[pairs["worse"]]
    assert np.all(np.abs(better["train_flops"].array / worse["train_flops"].array - 1) <= 0.1)
    np.testing.assert_allclose(pairs["gap"], better["score"].array - worse["score"].array)


def test_zero_by_exact_match_is_zero_by_exact_match_only() -> None:
    table = numbers.zero_by_exact_match()
    scores = (
        published.open_models("ipa_transliterate", metric).set_index("model")["score"]
        for metric in ("exact_match", "bleu")
    )
    exact, bleu = map(dict, scores)
    both = {model: score for model, score in bleu.items() if exact.get(model) == 0}
    assert dict(zip(table["model"], table["bleu"], strict=True)) == both
    assert min(both.values()) > 0


def test_climbs_begin_at_a_tenth_and_end_at_the_top_of_each_curve() -> None:
    first, top = numbers.climbs()
    table = datasets.load("obs_scaling_emergent").query("not suspect and train_flops > 0")
    for name, task, metric in (
        ("words", "word_unscrambling", "exact_match"),
        ("BLEU", "ipa_transliterate", "bleu"),
        ("exact match", "ipa_transliterate", "exact_match"),
    ):
        rows = table[(table["task"] == task) & (table["metric"] == metric)]
        lower = rows[rows["train_flops"] < 0.999 * 10 ** first[name]]
        at = rows[np.isclose(rows["train_flops"], 10 ** first[name])]
        assert lower["score"].max() < 0.1 <= at["score"].max()
        assert rows["score"].max() == top[name]


@pytest.mark.parametrize("ceiling", [None, 1.0])
def test_the_lead_of_bleu_is_between_scipys_midpoints(ceiling: float | None) -> None:
    middle = {}
    for metric in ("bleu", "exact_match"):
        rows = published.open_models("ipa_transliterate", metric)
        x, score = np.log10(rows["train_flops"].to_numpy()), rows["score"].to_numpy()

        def cost(theta: np.ndarray, x: laws.Array = x, score: laws.Array = score) -> float:
            top = theta[2] if ceiling is None else ceiling
            rate = (top / (1 + np.exp(-theta[1] * (x - theta[0])))).clip(1e-12, 1 - 1e-12)
            return -float((score * np.log(rate) + (1 - score) * np.log(1 - rate)).sum())

        start = [24.0, 2.0, 0.5]
        fit = optimize.minimize(cost, start, method="Nelder-Mead", options={"maxiter": 5000})
        middle[metric] = fit.x[0]
    expected = middle["exact_match"] - middle["bleu"]
    assert numbers.logistic_bleu_decades(ceiling) == pytest.approx(expected, abs=2e-3)


def test_the_next_smaller_model_is_smaller() -> None:
    table = numbers.bigbench_intervals().dropna()
    assert len(table) == len(numbers.NEXT_SMALLER)
    assert (table["smaller"] < table["params"]).all()


def test_tables_for_reading_are_in_the_pages_units() -> None:
    printed, errors = numbers.forecast_table(), numbers.forecast_errors()
    np.testing.assert_allclose(printed["score minus forecast"], errors["miss"] * 100, atol=0.051)
    sizes = numbers.first_solved_table()["next smaller model tested"]
    np.testing.assert_allclose(sizes * 1e9, numbers.bigbench_intervals()["smaller"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numbers.gpt3_forecast("3D+", "13B", "spline"), "shape: found 'spline'"),
        (lambda: numbers.forecast_errors("magic"), "method: found 'magic'"),
        (lambda: numbers.misses("prose"), "kind: found 'prose'"),
    ],
)
def test_errors_name_the_argument(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


def line(ax: Axes, label: str) -> Line2D:
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


def height(drawn: Line2D) -> laws.Array:
    return np.asarray(drawn.get_ydata(), dtype=float)


@pytest.mark.parametrize("largest", pictures.LARGEST_SEEN)
def test_hidden_models_are_not_drawn(largest: str) -> None:
    fig, update = pictures.seen_so_far()
    update(largest, "linear", False)
    (ax,) = fig.axes
    seen = raw("3D+")["score"][: pictures.LARGEST_SEEN.index(largest) + 2]
    assert set(height(line(ax, "_seen"))) == set(seen)
    assert to_rgba(line(ax, "GPT-3, few-shot").get_markeredgecolor())[3] == 0
    bars = [each for each in ax.lines if each.get_label() == "_interval"]
    assert sum(to_rgba(bar.get_color())[3] == 1 for bar in bars) == len(seen)


def test_forecast_curves_end_where_the_readout_says() -> None:
    fig, update = pictures.seen_so_far()
    said = update("13B", "linear", True)
    assert "the line says 7.6%, the logistic 58.0%. Measured: 80.4%" in said
    for label, told in (("_line", 0.076), ("_logistic", 0.58)):
        curve = line(fig.axes[0], label)
        drawn = np.interp(np.log10(174.6e9), np.log10(np.asarray(curve.get_xdata())), height(curve))
        assert drawn == pytest.approx(told, abs=1e-3)
    assert "80.4" not in update("6.7B", "linear", False)


def test_logarithmic_heights_match_their_tick_labels() -> None:
    fig, update = pictures.seen_so_far()
    update("175B", "logarithmic", True)
    (ax,) = fig.axes
    told = [float(tick.get_text().rstrip("%")) / 100 for tick in ax.get_yticklabels()]
    levels = np.interp(height(line(ax, "GPT-3, few-shot")), ax.get_yticks(), np.log10(told))
    np.testing.assert_allclose(10**levels, raw("3D+")["score"])


def test_addition_is_drawn_with_its_intervals_and_a_zero_as_an_upper_bound() -> None:
    linear, logarithmic = (fig.axes[0] for fig in pictures.gpt3_addition())
    for digits in "2345":
        ladder = published.gpt3(f"{digits}D+")
        (drawn,) = [bar for bar in linear.containers if bar.get_label() == f"{digits} digits"]
        assert isinstance(drawn, ErrorbarContainer)
        ends = np.array([segment[:, 1] for segment in drawn.lines[2][0].get_segments()])
        np.testing.assert_allclose(ends, ladder[["low", "high"]])
    bounds = line(logarithmic, "5 digits, none right: upper bound")
    np.testing.assert_allclose(height(bounds), published.gpt3("5D+").query("right == 0")["high"])


@pytest.mark.parametrize("task", pictures.TASKS)
def test_one_family_picks_out_its_members(task: str) -> None:
    fig, update = pictures.one_family()
    for family in pictures.FAMILIES:
        said = update(family, task)
        models = published.open_models(numbers.COMPARED[task]).set_index("model")["score"]
        picked = set(height(line(fig.axes[0], "_family")))
        members = numbers.compared_models().query("family == @family").index
        assert picked == set(models[members])
        assert said.startswith(f"{family} ")
        assert ("has not reached" in said) == (max(picked) < 0.5)
