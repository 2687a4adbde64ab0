"""A curve refuses whatever no audit could use, and says what to do instead."""

from typing import Any

import numpy as np
import pytest

from emergence_lib.audit import audit
from emergence_lib.audit.curve import Curve, CurveError

GOOD: dict[str, Any] = {
    "name": "addition",
    "scale": [1e8, 1e9, 1e10],
    "score": [0.0, 0.2, 1.0],
    "items": [100, 100, 200],
    "stderr": None,
}


def made(**changes: Any) -> Curve:
    return Curve(**{**GOOD, **changes})


def test_numbers_become_locked_float_arrays_of_their_own() -> None:
    scale = np.array([1, 2, 3])
    curve = made(scale=scale, length=np.int64(4), chance=0, labels=["a", "b", "c"])
    scale[0] = 7
    assert curve.scale.tolist() == [1.0, 2.0, 3.0]
    assert (curve.scale.dtype, curve.items.dtype if curve.items is not None else None) == (
        np.dtype(float),
        np.dtype(float),
    )
    assert (curve.length, curve.chance, curve.labels) == (4, 0.0, ("a", "b", "c"))
    with pytest.raises(ValueError, match="read-only"):
        curve.score[0] = 0.5


def test_a_curve_may_have_errors_instead_of_items_and_a_second_metric() -> None:
    second = made(name="digits right", score=[0.4, 0.7, 1.0], chance=0.1)
    curve = made(items=None, stderr=[0.01, 0.02, 0.01], other=second)
    assert curve.items is None
    assert curve.other is second


@pytest.mark.parametrize("step", [5e-12, 1e-9])
def test_scales_that_differ_in_the_eleventh_digit_are_two(step: float) -> None:
    report = audit(made(scale=[1e9, 1e9 * (1 + step), 1e10]))
    assert np.isfinite([report.spacing, report.next_scale, report.misfit]).all()


def test_all_zeros_are_a_curve() -> None:
    assert made(score=[0, 0, 0]).score.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scale": [1e8, 1e10, 1e9]}, "scale: found 1e.09 after 1e.10, .* Sort the models"),
        ({"scale": [1e8, 1e9, 1e9]}, "scale: found 1e.09 twice, .* Average"),
        ({"scale": [1e8, 1e9, np.nextafter(1e9, 2e9)]}, r"1e.09 twice, to 12 digits .models 2 and"),
        ({"scale": [1, 1 + 5e-13, 2]}, r"found 1 twice, to 12 digits .models 1 and 2."),
        ({"scale": [0, 1e9, 1e10]}, r"scale: found 0 \(model 1\), want above 0"),
        ({"scale": [-5, 1e9, 1e10]}, "scale: found -5"),
        ({"scale": [1e8, 1e9, np.inf]}, r"scale: found inf \(model 3\), want finite"),
        ({"scale": [1e8]}, r"scale: found 1 model\(s\), want at least two"),
        ({"scale": 1e8}, "scale: found 100000000.0, want numbers in one row"),
        ({"scale": ["small", "large", "huge"]}, "scale: found .*small.*, want numbers"),
        ({"score": [0, 0.5]}, "score: found 2 numbers, want 3 as in scale"),
        ({"score": [0, 43.9, 80]}, r"score: found 43.9 \(model 2\), want from 0 to 1. .*100"),
        ({"score": [-0.1, 0, 1]}, "score: found -0.1"),
        ({"score": [0, None, 1]}, r"score: found nan \(model 2\), want finite"),
        ({"items": None}, "items, stderr: found neither, want exactly one"),
        ({"stderr": [0.1, 0.1, 0.1]}, "items, stderr: found both"),
        ({"items": [100, 0, 100]}, r"items: found 0 \(model 2\), want above 0"),
        ({"items": None, "stderr": [0.1, 0.1, 0]}, r"stderr: found 0 \(model 3\).*not certain"),
        ({"chance": 25}, r"chance: found 25, want a number in \[0, 1\). Remedy: Divide by 100"),
        ({"chance": 1}, "chance: found 1"),
        ({"length": 0}, "length: found 0, want a whole number"),
        ({"length": 2.5}, "length: found 2.5"),
        ({"length": 10**20}, "length: found 1000.*, want a whole number from 1 to 1,000,000"),
        ({"labels": ["a"]}, "labels: found 1 names, want 3 or none"),
        ({"scale": [1e8, 1e9, 1e308]}, r"scale: found 1e\+308 \(model 3\), want from 1e-50"),
        ({"items": [1e200, 9, 9]}, r"items: found 1e\+200 \(model 1\), want from 1e-15 to 1e\+15"),
        ({"other": 0.5}, "other: found float, want a Curve"),
        ({"other": made(scale=[1e8, 1e9, 2e10])}, "other: found other scales"),
        ({"other": made(other=made())}, "other: found a curve with a third metric"),
        ({"name": 7}, "name: found 7, want text"),
        ({"name": "a\x1b[2J\nb", "chance": 25}, r"^a\\x1b\[2J\\nb: chance: found 25.*Divide"),
        ({"name": "a" * 100_000, "chance": 25}, r"^a{50,250} \.\.\. a{50,250}: chance: found 25"),
        ({"unit": None}, "unit: found None, want text"),
    ],
)
def test_a_bad_argument_is_named_with_a_remedy(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(CurveError, match=message) as caught:
        made(**changes)
    assert changes.keys() & {"name", "unit"} or "Remedy: " in str(caught.value)
