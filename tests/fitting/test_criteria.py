"""The criteria against numbers worked out by hand."""

import numpy as np
import pytest

from emergence_lib.fitting.criteria import aic, aicc, bic, weights


def test_the_criteria_by_hand() -> None:
    assert aic(10, 3) == 16
    # 2k + 2k(k+1) / (n-k-1) with k = 3, n = 8: 6 + 24 / 4.
    assert aicc(10, 3, 8) == pytest.approx(10 + 6 + 6)
    assert bic(10, 3, 8) == pytest.approx(10 + 3 * np.log(8))


def test_the_correction_fades_with_many_points() -> None:
    assert aicc(10, 3, 10**7) == pytest.approx(aic(10, 3), abs=1e-4)


@pytest.mark.parametrize(("parameters", "points"), [(2, 3), (2, 2), (4, 5), (1, 2)])
def test_too_few_points_have_no_corrected_criterion(parameters: int, points: int) -> None:
    assert aicc(1.0, parameters, points) is None
    assert aicc(1.0, parameters, parameters + 2) is not None


def test_weights_are_shares_of_belief() -> None:
    # Two units of the criterion are a factor e.
    assert weights([100, 102]) == pytest.approx([np.e / (1 + np.e), 1 / (1 + np.e)])
    assert weights([5, None, 5]) == [0.5, 0, 0.5]
    assert sum(weights([1, 2, 3, 1e6])) == pytest.approx(1)


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(ValueError, match="criterion: found no number"):
        weights([None, None])
    with pytest.raises(ValueError, match="points: found 0"):
        bic(1, 1, 0)
