"""Predictions: what is refused, and what is folded until the reader commits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from emergence_lib.reader import predict, show
from tests.reader.scenes import curve

OPTIONS: Any = {"name": "which", "options": ["loss", "exact match"], "answer": "exact match"}


@pytest.fixture(autouse=True)
def book(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMERGENCE_STATIC", "1")


def test_answer_and_figure_are_folded() -> None:
    then = show(curve(), name="curve", alt="Two curves rise.", caption="They rise together.")
    shown = predict("Which jumps?", then=then, **OPTIONS)
    question, reveal = shown.html.split('<details class="em-reveal">')
    assert question.count('type="radio"') == 2
    assert then.html in reveal
    assert "Answer: <strong>exact match</strong>" in reveal
    assert "image/png" in shown._repr_mimebundle_()


def test_number_slider_starts_in_the_middle_and_says_nothing() -> None:
    html = predict("How often?", name="often", low=0, high=1, answer=0.76).html
    assert 'min="0" max="1" step="0.01" value="0.5"' in html
    assert 'aria-live="off">–</output>' in html


@pytest.mark.parametrize(
    ("given", "slider"),
    [
        ((0, 60, 49), 'min="0" max="60" step="1" value="30"'),
        ((0, 41, 7), 'min="0" max="41" step="1" value="20"'),
        ((0, 800, 30), 'min="0" max="800" step="10" value="400"'),
        ((0, 3, 2.5), 'min="0" max="3" step="0.05" value="1.5"'),
        ((3, 400, 77), 'min="0" max="400" step="5" value="200"'),
    ],
)
def test_guesses_move_in_steps_that_people_say(given: tuple[int, int, float], slider: str) -> None:
    low, high, answer = given
    assert slider in predict("How many?", name="many", low=low, high=high, answer=answer).html


def test_live_notebook_carries_the_assets_of_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMERGENCE_STATIC")
    then = show(curve(), name="curve", alt="Two curves rise.", caption="They rise together.")
    shown = predict("Which jumps?", then=then, **OPTIONS)
    html = shown._repr_mimebundle_()["text/html"]
    assert ".em-predict" in html
    assert ".em-figure" in html
    assert "<script>" in html


def test_numpy_numbers_are_written_as_the_script_reads_them() -> None:
    given: Any = {"low": 0, "high": np.int64(60), "answer": np.int64(42)}
    html = predict("How many?", name="many", **given).html
    assert 'data-em-answer="42.0"' in html
    assert 'max="60"' in html


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"answer": "neither"}, "answer 'neither' is not among the options"),
        ({"options": ["a", "a"], "answer": "a"}, "all different"),
        ({"options": (), "answer": 2, "low": 0, "high": 1}, "answer is 2 between low=0"),
        ({"options": (), "answer": 2}, "wanted options, or"),
        ({"options": (), "answer": 2, "low": 2, "high": 2}, "wanted options, or"),
        ({"name": "Not A Name"}, "wanted a name"),
        ({"then": 3}, "then is a int"),
    ],
)
def test_bad_prediction_is_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        predict("Which jumps?", **(OPTIONS | change))
