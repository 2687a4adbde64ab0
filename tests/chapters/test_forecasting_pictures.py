"""The chapter's pictures without pixels: what is drawn equals the finding."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from emergence_lib import ladders
from emergence_lib.chapters.forecasting import numbers as forecasting
from emergence_lib.chapters.forecasting import pictures as figures
from emergence_lib.forecasts import league as forecast_league
from emergence_lib.forecasts import methods as forecast_methods
from emergence_lib.reader import svg


def _line(ax: Axes, label: str) -> Line2D:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def _x(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_xdata(), dtype=float)


def _y(line: Line2D) -> np.ndarray:
    return np.asarray(line.get_ydata(), dtype=float)


@pytest.fixture
def few_intervals(monkeypatch: pytest.MonkeyPatch) -> pd.DataFrame:
    """Intervals of every fortieth curve: all of them take a minute."""
    rows = forecast_league.every_forecast()
    names = rows["name"].iloc[::40]
    many = [case for case in forecast_methods.cases() if case.ladder.name in set(names)]
    some = rows[rows["name"].isin(names)]
    found = forecast_methods.audit_intervals(many).set_index(some.index)
    table = some[["source", "name", "start", "seen", "score", "line_low", "line_high"]].join(found)
    monkeypatch.setattr(forecast_league, "intervals", lambda: table)
    monkeypatch.setattr(forecast_league, "every_forecast", lambda: some)
    return table


@pytest.mark.parametrize("curve", figures.CURVES)
@pytest.mark.parametrize("hidden", figures.HIDDEN)
def test_hidden_models_are_not_drawn(curve: str, hidden: int) -> None:
    fig, update = figures.shoulder()
    said = update(curve, hidden, False)
    (ax,) = fig.axes
    ladder = ladders.one(forecasting.SHOWN[curve])
    assert set(_y(_line(ax, "_seen"))) == set(ladder.score[: 8 - hidden])
    assert to_rgba(_line(ax, "all eight models").get_markeredgecolor())[3] == 0
    assert f"{ladder.score[-1]:.0%}." not in said
    ends = [forecasting.shoulder_value(curve, hidden, end) for end in ("low", "high")]
    assert _y(_line(ax, "95% interval")).tolist() == ends


@pytest.mark.parametrize("method", ["line", "logistic", "gompertz"])
def test_drawn_curves_end_at_the_forecast(method: str) -> None:
    fig, update = figures.shoulder()
    update("3-digit sums", 1, True)
    drawn = _line(fig.axes[0], f"_{method}")
    at = np.interp(np.log10(174.6e9), np.log10(_x(drawn)), _y(drawn))
    assert at == pytest.approx(forecasting.shoulder_value("3-digit sums", 1, method), abs=2e-3)


def test_truth_shows_all_eight_at_their_scores() -> None:
    fig, update = figures.shoulder()
    said = update("3-digit sums", 1, True)
    rings = _line(fig.axes[0], "all eight models")
    assert _y(rings).tolist() == ladders.one("GPT-3, 3D+ few-shot").score.tolist()
    assert to_rgba(rings.get_markeredgecolor())[3] == 1
    assert said.endswith("It came out at 80%.")


def test_misses_are_drawn_outside_the_span_of_the_forecasts() -> None:
    for fig, direction in zip(figures.misses(), ("above", "below"), strict=True):
        (ax,) = fig.axes
        for _, miss in forecast_league.worst(direction).iterrows():
            span = _x(_line(ax, f"{miss['name']}: forecasts"))
            came = _x(_line(ax, f"{miss['name']}: came out"))[0]
            assert span == pytest.approx(100 * np.array([miss["least"], miss["most"]]))
            assert came == pytest.approx(100 * miss["score"])
            assert came > span[1] if direction == "above" else came < span[0]


@pytest.mark.parametrize("panel", [0, 1])
def test_league_draws_every_miss_and_no_other_forecast(panel: int) -> None:
    start = forecast_league.STARTS[panel]
    (ax,) = figures.league()[panel].axes
    for method, name in forecast_methods.METHODS.items():
        off = 100 * forecast_league.errors(method, start)
        drawn = [_x(_line(ax, f"{name}: too {side}")) for side in ("low", "high")]
        assert np.sort(np.concatenate(drawn)) == pytest.approx(np.sort(off[np.abs(off) > 10]))
        assert _x(_line(ax, f"{name}: median"))[0] == pytest.approx(np.median(off))
    shares = {text.get_text() for text in ax.texts}
    missed = [forecast_league.missed(method, start) for method in forecast_methods.METHODS]
    assert {f"{share:.0%}" for share in missed} <= shares


def test_distance_draws_the_share_missed_in_percent() -> None:
    (ax,) = figures.distance().axes
    for method in forecast_methods.FROM_CURVE:
        drawn = _line(ax, forecast_methods.METHODS[method])
        expected = [100 * forecasting.missed_at(each, method) for each in forecasting.FACTORS]
        assert _y(drawn) == pytest.approx(expected)


def test_coverage_is_drawn_table_by_table(few_intervals: pd.DataFrame) -> None:
    (ax,) = figures.cover().axes
    squares = _line(ax, "straight line")
    sources = [each for each in ladders.SOURCES if (few_intervals["source"] == each).any()]
    expected = [100 * forecast_league.coverage("line", source=each) for each in sources]
    assert _x(squares) == pytest.approx(expected)
    dots = _x(_line(ax, "sigmoids, joined"))
    assert len(dots) == few_intervals.loc[few_intervals["given"], "source"].nunique()


@pytest.mark.parametrize(
    "draw",
    [
        lambda: [figures.shoulder()[0]],
        figures.misses,
        figures.league,
        lambda: [figures.distance()],
    ],
)
def test_colours_can_follow_the_readers_theme(draw) -> None:
    for fig in draw():
        assert isinstance(fig, Figure)
        assert svg.inline(fig, "name", "what it shows").count("<svg") == 1
