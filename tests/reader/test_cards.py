"""The cards of terms and graded numbers: by pointer, by finger, by keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from emergence_lib.claims import GRADES
from tests.browsers import chromium
from tests.reader.test_browser import opened

CLAIMS = {
    "half": ["`laws.exact_match(0.5, 1) < 1`, accepted from 0.4 to 0.6.", "Wei et al. (2022)"],
    "told": ["Reported, not recomputed.", "Brown et al. (2020)"],
}
TERMS = {"term-loss": "How surprised a model is by what comes next."}


def number(name: str, text: str, grade: str) -> str:
    return (
        f'<a class="em-claim em-{grade} em-nb" href="claims.html#claim-{name}" '
        f'aria-description="{GRADES[grade]}">{text}</a>'
    )


def data(name: str, content: object) -> str:
    return f'<script type="application/json" id="em-{name}">{json.dumps(content)}</script>'


BODY = (
    "<p>It gets "
    + number("half", "50%", "recomputed")
    + ' of them right; the <a class="em-term em-beginner" href="glossary.html#term-loss">loss</a>'
    " falls, and <a href='#end' id='next' style='color:inherit'>more</a>. It was "
    + number("told", "13 billion", "reported")
    + " once, "
    + number("unknown", "7", "disputed")
    + " now.</p><p id='end'>The end of it.</p>"
    + data("claims", CLAIMS)
    + data("tips", TERMS)
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(autouse=True)
def ledger(tmp_path: Path) -> None:
    (tmp_path / "claims.html").write_text("<title>Ledger</title>", "utf-8")


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent"))


def test_focus_opens_the_card_tab_enters_it_and_escape_comes_back(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, BODY)
    card = page.locator("#em-card")
    page.keyboard.press("Tab")
    rows = card.locator(":scope > span").all_inner_texts()
    assert rows == [
        "recomputed from published data",
        "laws.exact_match(0.5, 1) < 1, accepted from 0.4 to 0.6.",
        "Wei et al. (2022)",
        "Entry in the ledger",
    ]
    assert card.locator("code").inner_text() == "laws.exact_match(0.5, 1) < 1"
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert focused(page) == "50%"
    page.keyboard.press("Tab")  # to the term, and back
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert focused(page) == "Entry in the ledger"
    assert card.locator("a").evaluate("e => e.href.endsWith('/claims.html#claim-half')")
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert focused(page) == "50%"
    page.close()


def test_a_term_shows_its_definition_to_those_who_need_it(browser: Browser, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, BODY)
    term, card = page.locator("a.em-term"), page.locator("#em-card")
    term.focus()
    assert card.inner_text() == TERMS["term-loss"]
    assert term.get_attribute("aria-describedby") == "em-card"
    page.keyboard.press("Escape")
    assert term.get_attribute("aria-describedby") is None
    page.evaluate("document.documentElement.dataset.level = 'expert'")
    page.locator("#next").focus()
    term.focus()
    assert card.count() == 0
    page.close()


def test_a_pointer_opens_the_card_may_enter_it_and_leaves_it(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, BODY)
    card = page.locator("#em-card")
    page.get_by_text("13 billion").hover()
    card.wait_for()
    assert card.locator(":scope > span").all_inner_texts() == [
        *("reported", "Reported, not recomputed.", "Brown et al. (2020)", "Entry in the ledger"),
    ]
    card.get_by_role("link").hover()
    page.evaluate("new Promise((done) => setTimeout(done, 400))")
    assert card.is_visible()
    page.get_by_role("heading").hover()
    card.wait_for(state="detached")
    page.close()


def test_the_first_tap_opens_the_card_and_the_second_follows_the_link(
    browser: Browser, tmp_path: Path
) -> None:
    page = opened(browser, tmp_path, BODY, has_touch=True, viewport={"width": 390, "height": 844})
    before = page.locator("#end").bounding_box()
    page.get_by_text("50%").tap()
    box = page.locator("#em-card").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.locator("#end").bounding_box() == before, "the card takes no room in the text"
    page.locator("h1").tap()
    assert page.locator("#em-card").count() == 0
    page.get_by_text("50%").tap()
    page.get_by_text("50%").tap()
    page.wait_for_url("**/claims.html#claim-half")
    page.close()


def test_a_number_without_a_card_and_a_page_without_scripts_follow_the_link(
    browser: Browser, tmp_path: Path
) -> None:
    ways: Any = (({"has_touch": True}, "7"), ({"java_script_enabled": False}, "50%"))
    for options, text in ways:
        page = opened(browser, tmp_path, BODY, **options)
        page.get_by_role("link", name=text, exact=True).click()
        page.wait_for_url("**/claims.html#claim-*")
        page.close()


def test_the_grade_is_the_line_under_the_number(browser: Browser, tmp_path: Path) -> None:
    """Told apart without colour, in forced colours too, and no wider than the bare number."""
    body = "".join(f"<p>{number(grade, '1,234', grade)}</p>" for grade in GRADES)
    body += '<p><span id="bare">1,234</span></p>'
    looks: Any = ({}, {"forced_colors": "active"})
    for options in looks:
        page = opened(browser, tmp_path, body, **options)
        styles = page.locator("a.em-claim").evaluate_all(
            """all => all.map(getComputedStyle)
              .map(style => [style.textDecorationLine, style.textDecorationStyle])"""
        )
        assert styles == [["underline", style] for style in ("solid", "dashed", "dotted", "wavy")]
        widths = page.locator("a.em-claim, #bare").evaluate_all(
            "all => all.map(each => each.getBoundingClientRect().width)"
        )
        assert len(set(widths)) == 1
        page.close()


def test_a_card_stays_on_the_screen_however_that_is_turned(
    browser: Browser, tmp_path: Path
) -> None:
    """On a low screen there may be room neither below nor above the word."""
    space = "<div style='height:90px'></div>"
    page = opened(browser, tmp_path, space + BODY, viewport={"width": 740, "height": 210})
    card = page.locator("#em-card")
    page.get_by_text("13 billion").focus()
    card.wait_for()
    for size in ({"width": 740, "height": 210}, {"width": 390, "height": 740}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_timeout(100)
        box = card.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["y"] >= 0
        assert box["x"] + box["width"] <= size["width"]
    page.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_an_open_card_is_accessible(browser: Browser, tmp_path: Path, dark: bool) -> None:
    page = opened(browser, tmp_path, BODY)
    page.evaluate("dark => document.documentElement.dataset.theme = dark ? 'dark' : 'light'", dark)
    for link in page.locator("a.em-claim, a.em-term").all()[:2]:
        link.focus()
        page.locator("#em-card").wait_for()
        found = Axe().run(page).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
    page.close()
