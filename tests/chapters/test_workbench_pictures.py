"""The limit moves, the intervals stay, and the verdicts beside them are the audit's."""

from __future__ import annotations

import numpy as np
import pytest

from emergence_lib.chapters.workbench import numbers as workbench
from emergence_lib.chapters.workbench import pictures as figures


def test_the_bars_are_the_intervals_and_only_limit_and_verdicts_move() -> None:
    fig, update = figures.limit()
    (ax,) = fig.axes
    lines = {str(line.get_label()): line for line in ax.get_lines()}
    width = workbench.report(workbench.SUMS).width
    assert width is not None
    update(sharp=2.0)
    bar = lines[f"{workbench.SUMS}, score"]
    assert np.asarray(bar.get_xdata()).tolist() == [width.low, width.high]
    assert np.asarray(lines["_limit"].get_xdata()).tolist() == [2.0, 2.0]
    shown = [text.get_text() for text in ax.texts]
    for verdict in workbench.judged(2.0).values():
        assert str(verdict) in shown


@pytest.mark.parametrize("sharp", workbench.LIMITS)
def test_the_read_out_names_the_limit_and_every_verdict(sharp: float) -> None:
    _, update = figures.limit()
    said = update(sharp)
    assert f"below {sharp:g} decade" in said
    for verdict in workbench.judged(sharp).values():
        assert str(verdict) in said
