"""What tests of the reader ask of a source."""

from __future__ import annotations

from typing import Any

import pytest

from emergence_lib.audit import Curve, read
from emergence_lib.audit.curve import CurveError


def only(curves: list[Curve]) -> Curve:
    """Return the one curve that a source holds."""
    (curve,) = curves
    return curve


def refused(source: Any, **options: Any) -> str:
    """Return why a source is refused."""
    with pytest.raises(CurveError) as caught:
        read(source, **options)
    return str(caught.value)
