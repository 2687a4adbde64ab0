"""No result is typed into the book's pictures, predictions, solutions and quizzes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typed import PAGES as PATTERN
from typed import complaints

ROOT = Path(__file__).parents[1]
PAGES = {path.stem: path for path in sorted(ROOT.glob(PATTERN))}


@pytest.mark.parametrize("page", PAGES)
def test_every_number_of_a_page_is_computed_or_a_declared_setting(page: str) -> None:
    listed = complaints(PAGES[page])
    assert not listed, "\n".join(listed)
