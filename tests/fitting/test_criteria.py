"""The criterion against numbers worked out by hand."""

import pytest

from emergence_lib.fitting.criteria import aicc


def test_the_criterion_by_hand() -> None:
    # 2k + 2k(k+1) / (n-k-1) with k = 3, n = 8: 6 + 24 / 4.
    assert aicc(10, 3, 8) == pytest.approx(10 + 6 + 6)


def test_the_correction_fades_with_many_points() -> None:
    assert aicc(10, 3, 10**7) == pytest.approx(10 + 2 * 3, abs=1e-4)


@pytest.mark.parametrize(("parameters", "points"), [(2, 3), (2, 2), (4, 5), (1, 2)])
def test_too_few_points_have_no_corrected_criterion(parameters: int, points: int) -> None:
    assert aicc(1.0, parameters, points) is None
    assert aicc(1.0, parameters, parameters + 2) is not None
