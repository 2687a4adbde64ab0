"""`make processors` disturbs what it says it does, and names what fails."""

from __future__ import annotations

from pathlib import Path

import last_digits
import numpy as np
import processors
import pytest
from numpy.typing import DTypeLike


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_move_by_one_unit_in_the_last_place_at_most(dtype: DTypeLike) -> None:
    x = np.linspace(-3, 3, 301, dtype=dtype)
    true = np.exp(x)
    with last_digits.shaken(1):
        once, twice = np.exp(x), np.exp(x, out=np.empty_like(x))
        assert type(np.log(np.float64(2))) is np.float64
    units = (once - true) / np.spacing(true)
    assert set(units.round(1)) <= {-1, -0.5, 0, 0.5, 1}  # below a power of two a unit is half
    assert np.mean(units != 0) > 0.5
    assert once[x == 0] == 1
    np.testing.assert_array_equal(once, twice)
    np.testing.assert_array_equal(np.exp(x), true)


def test_a_setting_that_fails_is_reported_with_its_tests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "test_digits.py").write_text(
        "import math, numpy as np\n"
        "def test_exact():\n"
        "    assert [np.exp(i / 7) for i in range(99)] == [math.exp(i / 7) for i in range(99)]\n"
    )
    chosen = {"last digits moved": processors.settings()["last digits moved"]}
    monkeypatch.setattr(processors, "settings", lambda: chosen)
    assert processors.main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert printed[0].startswith("FAILED  last digits moved")
    assert "test_digits.py::test_exact" in printed[1]
