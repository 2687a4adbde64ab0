"""Find a Chromium to test with: the system's, or else the one Playwright brings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
GROUND = (
    "html{--pst-color-text-base:#222832;--pst-color-text-muted:#48566b;--pst-color-background:#fff}"
    "html[data-theme=dark]{--pst-color-text-base:#ced6dd;--pst-color-text-muted:#9ca4af;"
    "--pst-color-background:#14181e}body{background:var(--pst-color-background);margin:0}"
    "main{color:var(--pst-color-text-base);font:17px/1.6 sans-serif;margin:auto;max-width:44rem}"
)
"""The theme's colours, for components that are tested on a page of their own."""


def installed() -> str | None:
    """Return the path of the system's Chromium."""
    return next((found for found in map(shutil.which, NAMES) if found), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a headless Chromium.

    Without one the test is skipped and the reason printed; in continuous integration it fails.
    """
    path = installed()
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Error as error:
            reason = (
                "no browser: install chromium, or run 'python -m playwright install chromium' "
                f"({str(error).splitlines()[0]})"
            )
            if os.environ.get("CI"):
                pytest.fail(reason)
            pytest.skip(reason)
        yield browser
        browser.close()
