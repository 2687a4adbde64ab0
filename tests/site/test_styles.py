"""A page looks the same, pixel for pixel, with every style of the theme as with those kept."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Page, Route

from emergence_lib.sphinxext import stylesheets
from tests.site.conftest import SCREENSHOTS, SITE, Open, page_names

NOISE = 8
"""Levels of 255: a rounded edge that is drawn again has been seen to differ by 5."""
# A rule is kept or left out for all widths and themes alike, so each is looked at once.
SIZES = ((390, "dark"), (1280, "light"))
# Everything is painted, whether in view or not, and every fold but those of code is open.
SHOWN = """async (css) => {
  for (const fold of document.querySelectorAll("details:not(.em-code)")) fold.open = true;
  const still = new CSSStyleSheet();  // a style element is against the policy
  still.replaceSync("* { content-visibility: visible !important; transition: none !important }"
    + "body::after { animation: none !important }");
  document.adoptedStyleSheets.push(still);
  const whole = document.querySelector("link[href$='book.css']").cloneNode();
  whole.href = whole.href.replace("book.css", "whole.css");
  document.head.append(whole);
  await new Promise((loaded) => whole.addEventListener("load", loaded));
}"""
# Style sheets change places; then all fonts are there again.
WITH = """async (name) => {
  for (const link of document.querySelectorAll("link[rel=stylesheet]")) {
    link.disabled = !link.href.endsWith(name);
  }
  document.body.getBoundingClientRect();
  await document.fonts.ready;
}"""


def same(one: bytes, other: bytes) -> bool:
    """Say whether two pictures differ by no more than what drawing one page twice may do."""
    if one == other:
        return True
    images = [Image.open(BytesIO(each)).convert("RGB") for each in (one, other)]
    if images[0].size != images[1].size:
        return False
    return int(np.asarray(ImageChops.difference(*images)).max()) <= NOISE


def differences(page: Page, name: str, *, full: bool) -> list[str]:
    """Return what is said of two pictures of a page that differ; they are kept to look at."""
    pictures = {}
    for _ in range(2):  # a page may not have settled at its new size in the first
        for sheet in ("book.css", "whole.css"):
            page.evaluate(WITH, sheet)
            pictures[sheet] = page.screenshot(full_page=full, type="jpeg", quality=60)
        if same(*pictures.values()):
            return []
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for sheet, picture in pictures.items():
        (SCREENSHOTS / f"{name}-{sheet}.jpeg").write_bytes(picture)
    return [f"{name}: compare {name}-book.css.jpeg and {name}-whole.css.jpeg in {SCREENSHOTS}"]


@pytest.mark.parametrize("name", [*page_names(), "search.html"])
def test_no_style_is_missed(watched: Open, name: str) -> None:
    whole = stylesheets.whole(SITE / "_static")

    def answer(route: Route) -> None:
        route.fulfill(body=whole, content_type="text/css")

    tab = watched(reduced_motion="reduce")
    tab.page.route("**/whole.css", answer)
    page = tab.open(name)
    page.evaluate(SHOWN)
    found = []
    for width, theme in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        picture = f"{name.removesuffix('.html').replace('/', '-')}-{width}"
        found += differences(page, picture, full=True)
    page.set_viewport_size({"width": 390, "height": 900})
    page.locator(".primary-toggle").click()
    found += differences(page, f"{picture}-menu", full=False)
    assert found == []
