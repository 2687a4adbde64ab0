"""The league's numbers against its own table, counted another way."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from emergence_lib.forecasts import league, methods
from emergence_lib.ladders import Ladder


def test_the_standings_count_what_the_table_of_forecasts_holds() -> None:
    table, found = league.every_forecast(), league.standings()
    assert len(table) == found["curves"]["last"] == len(methods.cases())
    assert found.index.tolist() == list(methods.METHODS)
    off = [abs(row["score"] - row["line"]) for _, row in table.iterrows()]
    assert found["missed"]["line"] == sum(each > 0.1 for each in off) / len(off)
    assert found["median"]["line"] == pytest.approx(np.median(off))
    above, at, untested = (
        league.standings(f"start == {start!r}")["curves"]
        for start in (*league.STARTS, league.UNTESTED)
    )
    assert (above + at + untested).equals(found["curves"])
    assert found["mean"]["line"] == pytest.approx(np.mean(off))


def test_a_curve_is_at_chance_where_scipys_exact_test_says_so() -> None:
    tested = 0
    for case in methods.cases()[::5]:
        ladder = case.ladder
        if league.start(case) == league.UNTESTED:
            continue
        tested += 1
        items = round(case.items[-1])
        right = round(case.score[-1] * items)
        p = stats.binomtest(right, items, ladder.floor, alternative="greater").pvalue
        assert (league.start(case) == "at chance") == (p > 0.05), ladder.name
    assert tested > 100


@pytest.mark.parametrize(
    ("right", "start"),
    [(32, "at chance"), (33, "above chance"), (5, "at chance")],
)
def test_a_curve_of_a_hundred_four_option_items_leaves_chance_at_33(right: int, start: str) -> None:
    scored = {"scale": [1.0, 2.0, 3.0, 16.0], "score": [0.2, 0.9, right / 100, 0.9], "items": 100}
    ladder = Ladder("made", "made", "up", "made", "tokens", 0.25, pd.DataFrame(scored), True)
    assert league.start(methods.Case(ladder, 3)) == start


def test_what_has_no_known_items_or_counts_no_right_answers_is_not_tested() -> None:
    table = league.every_forecast()
    untested = table["start"] == league.UNTESTED
    assert (untested == ~table["counted"]).all()
    assert untested[table.index.str.contains("bleu")].all()
    assert not table["start"][table["source"] == "GPT-3, other tasks"].isin(league.STARTS).any()


def test_a_method_is_judged_by_the_curves_it_applies_to() -> None:
    table = league.every_forecast()
    has = np.isfinite(table["loss"].to_numpy())
    assert league.standings()["curves"]["loss"] == has.sum()
    rival = (table["score"] - table["last"]).abs().to_numpy()[has]
    alike = league.standings("loss.notna()")
    assert alike["missed"]["last"] == np.mean(rival > 0.1)
    assert alike["missed"]["loss"] == league.standings()["missed"]["loss"]
    assert np.isnan(alike["missed"]["benchmarks"])


def test_tables_are_counted_apart_and_printed_in_percent() -> None:
    table = league.every_forecast()
    pythia = table[table["source"] == "Pythia, training"]
    share = np.mean(np.abs(pythia["score"] - pythia["free"]) > 0.1)
    assert league.by_source()["free"]["Pythia, training"] == share
    printed = league.league_table().set_index("table").loc["Pythia, training"]
    assert printed["curves"] == len(pythia)
    assert printed["logistic, free ceiling"] == f"{100 * share:.0f}"
    assert printed["loss, then task"] == ""


def test_the_ranking_begins_with_the_method_most_often_wrong() -> None:
    wrong = [league.standings()["missed"][method] for method in league.ranking()]
    assert len(wrong) == len(methods.METHODS)
    assert wrong == sorted(wrong, reverse=True)


def test_gpt3s_three_digit_sums_are_forecast_as_the_chapter_on_the_evidence_does() -> None:
    sums = league.every_forecast().loc["GPT-3, 3D+ few-shot"]
    assert sums["logistic"] == pytest.approx(0.58, abs=0.005)
    assert (sums["score"], sums["last"]) == (0.804, 0.084)


def test_alarms_and_hits_are_counted_by_hand() -> None:
    table = league.every_forecast().query("start == 'at chance'")
    came = table["score"] - table["last"] > 0.1
    alarm = table["logistic"] - table["last"] > 0.1
    found = league.standings("start == 'at chance'")
    assert found["alarms"]["logistic"] == alarm.sum()
    assert found["hits"]["logistic"] == (came & alarm).sum()
    assert found["alarms"]["last"] == 0


def test_curved_forecasts_miss_by_promising_and_the_last_value_by_surprise() -> None:
    off = league.errors()
    for method in ("logistic", "gompertz"):
        assert (off[method] < -0.1).sum() > 4 * (off[method] > 0.1).sum()
    assert (off["last"] > 0.1).sum() > 20 * (off["last"] < -0.1).sum()


def test_the_worst_misses_lie_outside_every_forecast() -> None:
    above, below = league.worst("above"), league.worst("below")
    assert (above["score"] > above["most"]).all()
    assert (below["score"] < below["least"]).all()
    assert above["off"].is_monotonic_decreasing
    assert below["off"].is_monotonic_increasing


def test_textbook_intervals_hold_what_lies_between_their_ends() -> None:
    table = league.every_forecast()
    held = (table["line_low"] <= table["score"]) & (table["score"] <= table["line_high"])
    found = league.intervals("line")
    assert len(found) == len(table)
    assert found["held"].mean() == held.mean()
    olmo = table["source"] == "OLMo ladder"
    assert league.coverage("line")["OLMo ladder"] == held[olmo].mean()


@pytest.mark.slow
def test_sigmoid_intervals_stand_only_where_one_is_given() -> None:
    every, found = league.sigmoid_intervals(), league.intervals("sigmoids")
    assert np.isfinite(every[["low", "high"]].to_numpy()).all()
    assert found.index.tolist() == every.index[every["given"]].tolist()
    inside = (found["low"] <= found["score"]) & (found["score"] <= found["high"])
    assert found["held"].equals(inside)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: league.errors("start == 'flat'"), "where: found .*, which holds for no curve"),
        (lambda: league.standings("source == 'GPT-5'"), "where: found .*'GPT-5'"),
        (lambda: league.worst("sideways"), "direction: found 'sideways'"),
        (lambda: league.intervals("magic"), "kind: found 'magic', want one of line, sigmoids"),
    ],
)
def test_errors_name_the_argument(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
