"""A browser with the pieces of the twins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browsers import chromium
from tests.twins.stage import Pieces


@pytest.fixture(scope="module")
def pieces() -> Iterator[Pieces]:
    with chromium() as browser:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield Pieces(page)
        assert errors == []
