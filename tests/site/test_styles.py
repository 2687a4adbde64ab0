"""A page looks the same, pixel for pixel, with every style of the theme as with those kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route

from emergence_lib.sphinxext import stylesheets
from tests.site.conftest import SCREENSHOTS, SITE, Open, page_names

WIDTHS = (390, 1280)
THEMES = ("light", "dark")
# Everything is painted, whether in view or not, and every fold is open.
SHOWN = """async (css) => {
  for (const fold of document.querySelectorAll("details")) fold.open = true;
  const still = document.createElement("style");
  still.textContent = "* { content-visibility: visible !important; transition: none !important }"
    + "body::after { animation: none !important }";
  const whole = document.querySelector("link[href$='book.css']").cloneNode();
  whole.href = whole.href.replace("book.css", "whole.css");
  document.head.append(whole, still);
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


def differences(page: Page, name: str, *, full: bool) -> list[str]:
    """Return what is said of two pictures of a page that differ; they are kept to look at."""
    pictures = {}
    for sheet in ("book.css", "whole.css"):
        page.evaluate(WITH, sheet)
        pictures[sheet] = page.screenshot(full_page=full, type="jpeg", quality=60)
    if pictures["book.css"] == pictures["whole.css"]:
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
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in THEMES:
            page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            picture = f"{name.removesuffix('.html').replace('/', '-')}-{width}-{theme}"
            found += differences(page, picture, full=True)
            if width == min(WIDTHS):
                page.locator(".primary-toggle").click()
                found += differences(page, f"{picture}-menu", full=False)
                page.keyboard.press("Escape")
    assert found == []
