"""Every page in a real browser with the network cut."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.site.conftest import SCREENSHOTS, Open, page_names, paint_all

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
THEMES = ("light", "dark")
# For people to look at: a picture of a whole page takes seconds.
PICTURED = (("phone", "light"), ("desktop", "dark"))
COLOURS = ["color-contrast", "link-in-text-block"]


def violations(page: Page, size: str, theme: str) -> list[str]:
    """Return what axe finds grave, looking once at what does not depend on size or theme.

    Colours are those of the theme: in each, all are looked at on the desktop, and on the phone
    those around the article, whose menus differ. Other rules do not depend on the theme.
    """
    only = {"type": "rule", "values": COLOURS}
    around = None if size == "desktop" else {"exclude": [["article"]]}
    found = Axe().run(page, around, {"resultTypes": ["violations"], "runOnly": only}).response
    breaches = found["violations"]
    if theme == "light":
        off = {name: {"enabled": False} for name in COLOURS}
        found = Axe().run(page, options={"resultTypes": ["violations"], "rules": off}).response
        breaches += found["violations"]
    return [
        f"{each['id']}: {node['target']}"
        for each in breaches
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


# Elements of a cell's output that stand on another colour than the page.
BOXES = """() => {
  const ground = getComputedStyle(document.body).backgroundColor;
  const clear = (colour) => colour === ground || colour === "rgba(0, 0, 0, 0)";
  const outputs = ".cell_output, .cell_output > *, .em-figure, .em-figure svg";
  return [...document.querySelectorAll(outputs)]
    .filter((each) => !clear(getComputedStyle(each).backgroundColor))
    .map((each) => each.className.baseVal ?? each.className);
}"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", page_names())
def test_a_page_loads_fits_and_is_accessible(
    watched: Open, name: str, size: str, theme: str
) -> None:
    width, height = SIZES[size]
    tab = watched(viewport={"width": width, "height": height}, color_scheme=theme)
    page = tab.open(name)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    overflow = [page.evaluate("document.documentElement.scrollWidth - innerWidth")]
    page.evaluate(
        "for (const each of document.querySelectorAll('details:not([open])')) "
        "{ each.open = true; each.dataset.tried = '' }"
    )
    overflow.append(page.evaluate("document.documentElement.scrollWidth - innerWidth"))
    page.evaluate("for (const each of document.querySelectorAll('[data-tried]')) each.open = false")
    # What is out of sight is not painted; axe and the picture are to see all of it.
    paint_all(page)
    if (size, theme) in PICTURED:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        picture = SCREENSHOTS / f"{Path(name).with_suffix('').as_posix().replace('/', '-')}"
        page.screenshot(path=f"{picture}-{size}-{theme}.jpeg", full_page=True, quality=80)
    boxes = page.evaluate(BOXES) if theme == "dark" else []
    grave = violations(page, size, theme)
    assert tab.elsewhere == []
    assert tab.complaints == []
    assert max(overflow) <= 0, "the page scrolls sideways, closed or with every fold open"
    assert boxes == []
    assert grave == []


@pytest.mark.parametrize("name", page_names())
def test_a_page_reads_without_scripts(watched: Open, name: str) -> None:
    tab = watched(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = tab.open(name)
    assert tab.complaints == []
    assert page.locator("article h1").is_visible()
    for control in page.locator(".em-controls, .em-level").all():
        assert not control.is_visible()
    for picture in page.locator(".em-figure:not(details *) .em-picture .em-svg").all():
        # What is out of sight is not painted, and then may count as hidden.
        picture.scroll_into_view_if_needed()
        expect(picture).to_be_visible()
    for quiz in page.locator(".em-quiz").all():
        assert quiz.locator("legend").first.is_visible()
    page.screenshot(
        path=SCREENSHOTS / f"{Path(name).with_suffix('').as_posix().replace('/', '-')}-noscript.png"
    )


def test_search_works_with_the_network_cut(watched: Open) -> None:
    tab = watched()
    page = tab.open("search.html?q=exact+match")
    page.wait_for_selector("#search-results li a", timeout=10_000)
    hits = page.locator("#search-results li a").all_inner_texts()
    assert any("mirage" in each.lower() for each in hits)
    assert tab.elsewhere == []
    assert tab.complaints == []


@pytest.mark.parametrize(
    "word",
    [
        "constructor",
        "constructors",
        "__proto__",
        "toString",
        "hasOwnProperty",
        "valueOf",
        "constructor emergence",
    ],
)
def test_a_search_knows_no_words_that_scripts_know(watched: Open, word: str) -> None:
    """Plain objects of a script seem to hold a few words; no page of the book does."""
    tab = watched()
    page = tab.open(f"search.html?q={quote(word)}")
    expect(page.locator("#search-results")).to_contain_text("did not match any documents")
    assert page.locator("#search-results li").count() == 0
    assert tab.complaints == []


def test_the_first_page_leads_to_the_book(watched: Open) -> None:
    tab = watched()
    page = tab.open("index.html")
    page.wait_for_url("**/book/index.html")
    assert page.locator("h1").count() >= 1
    assert tab.elsewhere == []
