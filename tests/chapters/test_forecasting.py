"""The chapter's own numbers by hand, and its pictures without pixels: what is drawn is found."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emergence_lib import ladders, laws, scores
from emergence_lib.chapters.forecasting import numbers, pictures
from emergence_lib.forecasts import league, methods
from emergence_lib.reader import svg


def _line(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def _x(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_xdata(), dtype=float)


def _y(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


# Numbers


def test_distance_keeps_the_curves_and_only_hides_more() -> None:
    table = numbers.by_distance()
    far = [{case.ladder.name: case.seen for case in methods.cases(k)} for k in (2, 32)]
    assert (table["curves"] == len(far[1])).all()
    assert all(far[1][name] <= far[0][name] for name in far[1])


def test_a_last_value_is_missed_at_a_distance_as_counted_by_hand() -> None:
    cases = methods.cases(32)
    off = [abs(case.came - case.score[-1]) > 0.1 for case in cases]
    assert numbers.by_distance()["last"][32] == np.mean(off)


def test_shares_are_listed_by_name_the_largest_first() -> None:
    shares = pd.Series({"last": 0.1, "logistic": 0.25})
    assert numbers.listed(shares) == "logistic 25%; the last value stays 10%"


def test_two_pass_rates_carried_on_by_hand() -> None:
    # -ln p falls from 8 to 4 over a factor of 10: it halves again over the next.
    said = numbers.gompertz_from_two(np.exp(-8), np.exp(-4), 10, 10)
    assert said == pytest.approx(np.exp(-2))


def test_a_hidden_rise_passes_under_the_zero_and_reaches_half() -> None:
    slope = numbers.steepness_hidden(2000, 1.134)
    assert laws.logistic(0.0, 1.134, slope) == pytest.approx(laws.upper_bound_after_zero(2000))


@pytest.mark.parametrize("rate", [0.5, 0.01, 0.001])
def test_the_plain_estimate_of_two_successes_is_biased_as_the_sum_over_all_outcomes(
    rate: float,
) -> None:
    drawn = np.arange(2, 200_000)
    probability = (drawn - 1) * rate**2 * (1 - rate) ** (drawn - 2)
    unbiased = (scores.pass_until_unbiased(2, drawn) * probability).sum()
    assert unbiased == pytest.approx(rate)
    assert numbers.plain_rate_bias(rate) == pytest.approx((2 / drawn * probability).sum() / rate)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: numbers.gompertz_from_two(0, 0.1, 2, 2), "rate: found 0"),
        (lambda: numbers.gompertz_from_two(0.1, 0.2, 1, 2), "step, ahead: found 1"),
        (lambda: numbers.surprisal(0), "rate: found 0"),
        (lambda: numbers.steepness_hidden(2000, 0), "decades: found 0"),
        (lambda: numbers.plain_rate_bias(1), "rate: found 1"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


# Pictures


@pytest.mark.parametrize("curve", pictures.CURVES)
@pytest.mark.parametrize("hidden", pictures.HIDDEN)
def test_hidden_models_are_not_drawn(curve: str, hidden: int) -> None:
    fig, update = pictures.shoulder()
    said = update(curve, hidden, False)
    (ax,) = fig.axes
    ladder = ladders.one(numbers.SHOWN[curve])
    assert set(_y(_line(ax, "_seen"))) == set(ladder.score[: 8 - hidden])
    assert to_rgba(_line(ax, "all eight models").get_markeredgecolor())[3] == 0
    assert f"{ladder.score[-1]:.0%}." not in said
    ends = numbers.shoulder().loc[(curve, hidden), ["low", "high"]]
    assert _y(_line(ax, "95% interval")).tolist() == list(ends)


@pytest.mark.parametrize("method", pictures.SHAPES)
def test_drawn_curves_end_at_the_forecast(method: str) -> None:
    fig, update = pictures.shoulder()
    update("3-digit sums", 1, True)
    drawn = _line(fig.axes[0], f"_{method}")
    at = np.interp(np.log10(174.6e9), np.log10(_x(drawn)), _y(drawn))
    assert at == pytest.approx(numbers.shoulder()[method]["3-digit sums", 1], abs=2e-3)


def test_truth_shows_all_eight_at_their_scores() -> None:
    fig, update = pictures.shoulder()
    said = update("3-digit sums", 1, True)
    rings = _line(fig.axes[0], "all eight models")
    assert _y(rings).tolist() == ladders.one("GPT-3, 3D+ few-shot").score.tolist()
    assert to_rgba(rings.get_markeredgecolor())[3] == 1
    assert said.endswith("It came out at 80%.")


def test_misses_are_drawn_outside_the_span_of_the_forecasts() -> None:
    for fig, direction in zip(pictures.misses(), ("above", "below"), strict=True):
        (ax,) = fig.axes
        for name, miss in league.worst(direction).iterrows():
            span = _x(_line(ax, f"{name}: forecasts"))
            came = _x(_line(ax, f"{name}: came out"))[0]
            assert span == pytest.approx(100 * np.array([miss["least"], miss["most"]]))
            assert came == pytest.approx(100 * miss["score"])
            assert came > span[1] if direction == "above" else came < span[0]


@pytest.mark.parametrize("panel", [0, 1])
def test_league_draws_every_miss_and_no_other_forecast(panel: int) -> None:
    table = league.every_forecast().query(f"start == {league.STARTS[panel]!r}")
    (ax,) = pictures.league()[panel].axes
    shares = {text.get_text() for text in ax.texts}
    for method, name in methods.METHODS.items():
        off = 100 * (table["score"] - table[method]).dropna().to_numpy()
        drawn = [_x(_line(ax, f"{name}: too {side}")) for side in ("low", "high")]
        assert np.sort(np.concatenate(drawn)) == pytest.approx(np.sort(off[np.abs(off) > 10]))
        assert _x(_line(ax, f"{name}: median"))[0] == pytest.approx(np.median(off))
        assert f"{np.mean(np.abs(off) > 10):.0%}" in shares


def test_the_detour_is_drawn_with_its_rivals_on_the_same_curves() -> None:
    (ax,) = pictures.detour().axes
    off = 100 * league.errors("loss.notna()").abs()
    drawn = [label.get_text() for label in ax.get_yticklabels()]
    assert drawn[-1] == methods.METHODS[str(off.mean().idxmin())]
    for method in (*methods.FROM_CURVE, "loss"):
        place = drawn.index(methods.METHODS[method])
        assert _x(_line(ax, "median"))[place] == pytest.approx(off[method].median())
        assert _x(_line(ax, "mean"))[place] == pytest.approx(off[method].mean())
        missed = [text.get_text() for text in ax.texts if text.get_position()[1] == place]
        assert missed == [f"{(off[method] > 10).mean():.0%}"]


def test_distance_draws_the_share_missed_in_percent() -> None:
    (ax,) = pictures.distance().axes
    for method in methods.FROM_CURVE:
        drawn = _line(ax, methods.METHODS[method])
        assert _x(drawn).tolist() == list(numbers.FACTORS)
        assert _y(drawn) == pytest.approx(100 * numbers.by_distance()[method].to_numpy())


def test_coverage_is_drawn_table_by_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the intervals of every fortieth curve: all of them take a minute."""
    some = league.every_forecast().iloc[::40]
    many = [case for case in methods.cases() if case.ladder.name in some.index]
    table = methods.audit_intervals(many).set_index(some.index)
    monkeypatch.setattr(league, "every_forecast", lambda: some)
    monkeypatch.setattr(league, "sigmoid_intervals", lambda: table)
    (ax,) = pictures.cover().axes
    held = some["score"].between(some["line_low"], some["line_high"]).groupby(some["source"]).mean()
    squares = _line(ax, "straight line")
    drawn = [label.get_text().rpartition(" (")[0] for label in ax.get_yticklabels()]
    assert drawn == [source for source in ladders.SOURCES if source in held]
    assert _x(squares) == pytest.approx(100 * held[drawn].to_numpy())
    dots = _x(_line(ax, "sigmoids, joined"))
    assert len(dots) == some.loc[table["given"], "source"].nunique()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: [pictures.shoulder()[0]],
        pictures.misses,
        pictures.league,
        lambda: [pictures.detour()],
        lambda: [pictures.distance()],
    ],
)
def test_colours_can_follow_the_readers_theme(draw) -> None:
    for fig in draw():
        assert isinstance(fig, Figure)
        assert svg.inline(fig, "name", "what it shows").count("<svg") == 1
