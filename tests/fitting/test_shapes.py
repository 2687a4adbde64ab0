"""The sigmoids against the book's own closed forms, SciPy and finite differences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from emergence_lib import laws
from emergence_lib.fitting.shapes import GOMPERTZ, LOGISTIC, PROBIT, WEIBULL, Shape, all_right

SHAPES = [LOGISTIC, GOMPERTZ, PROBIT, WEIBULL, all_right(1), all_right(5), all_right(80)]
Z = np.linspace(-4, 12, 33)


def test_the_logistic_is_scipys() -> None:
    assert LOGISTIC.parts(Z).up == pytest.approx(special.expit(Z), rel=1e-13)
    assert LOGISTIC.spread == pytest.approx(2 * np.log(9))


def test_the_gompertz_is_an_exponential_of_a_power_law() -> None:
    x = np.array([1.0, 10, 100, 1000])
    law = laws.gompertz(x, 5.0, 0.7)
    assert GOMPERTZ.parts(0.7 * np.log(x) - np.log(5)).up == pytest.approx(law)


@pytest.mark.parametrize(
    ("shape", "oracle"),
    [(PROBIT, stats.norm), (WEIBULL, stats.gumbel_l), (GOMPERTZ, stats.gumbel_r)],
)
def test_a_shape_is_the_distribution_that_its_name_promises(
    shape: Shape, oracle: stats.rv_continuous
) -> None:
    parts = shape.parts(Z)
    assert parts.up == pytest.approx(oracle.cdf(Z), rel=1e-12)
    assert parts.down == pytest.approx(oracle.sf(Z), rel=1e-12, abs=1e-100)
    assert parts.slope == pytest.approx(oracle.pdf(Z), rel=1e-12, abs=1e-100)


@given(st.integers(1, 200), st.floats(-3, 9))
def test_an_answer_is_right_when_every_token_is(length: int, z: float) -> None:
    parts = all_right(length).parts(np.array(z))
    assert float(parts.up) == pytest.approx(laws.exact_match(special.expit(z), length), rel=1e-11)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_slopes_are_finite_differences(shape: Shape) -> None:
    step = 1e-5
    before, here, after = (shape.parts(Z + shift) for shift in (-step, 0, step))
    assert here.slope == pytest.approx((after.up - before.up) / (2 * step), rel=1e-6, abs=1e-10)
    assert here.bend == pytest.approx((after.slope - before.slope) / (2 * step), rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_the_inverse_inverts_and_the_middle_is_half_way(shape: Shape) -> None:
    share = np.array([0.001, 0.1, 0.5, 0.9, 0.999])
    assert shape.parts(shape.inverse(share)).up == pytest.approx(share, rel=1e-9)
    assert float(shape.parts(np.array(shape.middle)).up) == pytest.approx(0.5)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
@pytest.mark.parametrize("z", [-1e300, -1e5, -700, -40, 40, 700, 1e5, 1e300])
def test_far_out_nothing_over_or_underflows(shape: Shape, z: float) -> None:
    with np.errstate(all="raise", under="ignore"):
        up, down, slope, bend = (float(part) for part in shape.parts(np.array(z)))
    assert np.isfinite([up, down, slope, bend]).all()
    assert up > 0
    assert up + down == pytest.approx(1)
    assert (up if z < 0 else down) < 1e-12


@pytest.mark.parametrize("length", [0, -1, 2.5])
def test_a_length_that_is_no_count_is_refused(length: float) -> None:
    with pytest.raises(ValueError, match="length: found"):
        all_right(length)  # type: ignore[arg-type]
